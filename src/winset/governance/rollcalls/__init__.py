"""Who voted what, and where members stand."""
