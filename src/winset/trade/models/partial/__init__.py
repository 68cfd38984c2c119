"""Partial equilibrium of tariff lines: exact CES, its first order (GSIM), and SMART."""
