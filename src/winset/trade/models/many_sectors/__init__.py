"""Many sectors with input–output links and tariffs."""
