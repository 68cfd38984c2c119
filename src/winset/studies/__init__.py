"""The composers: what needs more than one room, or words beside figures."""
