"""Common goods: what each gives alone and together, and where joint posts on a network help most."""
