"""Which issues to bundle so that everybody can sign."""
