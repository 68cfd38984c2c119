"""Where the source data and the inputs of others lie: beside the repository, where there are any."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
SHARED = Path(os.environ.get("WINSET_SHARED", REPOSITORY.parent / "shared"))
