"""What of a message goes out to a caller: its words, in bounds, without the places of the server's disk."""

from __future__ import annotations

import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import winset
from winset.errors import shortened


def spoken(message: str, *folders: Path) -> str:
    """Return a message without the folders of this machine, and those given; files keep their names."""
    for root in (*map(str, folders), *_roots()):
        for separator in ("/", "\\"):
            message = message.replace(root + separator, "")
        message = message.replace(root, "a folder of the server")
    return shortened(message)


@lru_cache(maxsize=1)
def _roots() -> tuple[str, ...]:
    """Where the program, its user and its drafts live, the longest first."""
    package = Path(winset.__file__).parent
    places = {*package.parents[:2], package, Path(sys.prefix), Path(tempfile.gettempdir())}
    places |= {Path.cwd(), Path("~").expanduser()}
    short = 3  # "/", "/x": of no meaning, and part of "/api"
    return tuple(sorted((str(p) for p in places if len(str(p)) > short), key=len, reverse=True))
