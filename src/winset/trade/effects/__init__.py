"""What an equilibrium is taken apart into."""
