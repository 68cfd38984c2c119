"""Numerical methods that know nothing of trade."""
