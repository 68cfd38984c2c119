"""Every coalition of a scenario's players in general equilibrium."""
