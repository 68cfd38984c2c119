"""Models of trade; only an Equilibrium leaves a model."""
