"""Economies, blocs and where they lie."""
