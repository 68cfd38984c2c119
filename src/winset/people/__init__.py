"""People: who lives, studies and publishes where, and what a change of rules does."""
