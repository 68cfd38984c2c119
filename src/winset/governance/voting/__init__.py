"""What a vote weighs."""
