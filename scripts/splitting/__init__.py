"""Economies split out of the rest of the world of icio-2022: sources, composition, flows, and their error."""
