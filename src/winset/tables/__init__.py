"""Reading and writing tables: the one place that knows CSV."""
