"""How sure: draws of parameters and flows."""
