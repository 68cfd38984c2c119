"""Gravity: where trade fits, and where it is below what it could be."""
