"""Who emits for whom, and which climate club holds."""
