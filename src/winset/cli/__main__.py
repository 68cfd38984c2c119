"""``python -m winset.cli`` does what ``winset`` does."""

from winset.cli import main

main()
