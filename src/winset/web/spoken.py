"""What of a message goes out to a caller: its words, in bounds, without the places of the server's disk."""

from __future__ import annotations

import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import winset
from winset.errors import shortened

if TYPE_CHECKING:
    from winset.errors import WinsetError


def spoken(message: str, *folders: Path) -> str:
    """Return a message without the folders of this machine, and those given; files keep their names."""
    for root in (*map(str, folders), *_roots()):
        for separator in ("/", "\\"):
            message = message.replace(root + separator, "")
        message = message.replace(root, "a folder of the server")
    return shortened(message)


def in_language(error: WinsetError, accepted: str) -> str:
    """Return an error's message in the first language that a caller accepts; in English if it has no other.

    `accepted` is the header Accept-Language, which the page sends in its own language.
    """
    from winset.report import speech

    message = error.args[0] if error.args else ""
    for known in speech.LANGUAGES:
        if accepted[:2].casefold() == known:
            with speech.speaking(known):
                return speech.retold(message)
    return str(error)


@lru_cache(maxsize=1)
def _roots() -> tuple[str, ...]:
    """Where the program, its user and its drafts live, the longest first."""
    package = Path(winset.__file__).parent
    places = {*package.parents[:2], package, Path(sys.prefix), Path(tempfile.gettempdir())}
    places |= {Path.cwd(), Path("~").expanduser()}
    short = 3  # "/", "/x": of no meaning, and part of "/api"
    return tuple(sorted((str(p) for p in places if len(str(p)) > short), key=len, reverse=True))
