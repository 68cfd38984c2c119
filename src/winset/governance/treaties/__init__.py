"""Who signed and joined which treaty, and how alike commitments are."""
