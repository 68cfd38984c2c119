"""JSON with a checksum: what is read back is what was written, to the last bit, or it is damaged."""

from __future__ import annotations

import json
import zlib
from typing import Any


def seal(said: Any) -> dict[str, Any]:
    """Return an object with its checksum, for a file.

    >>> seal({"x": 1.5})
    {'crc32': 2803862978, 'said': {'x': 1.5}}
    """
    return {"crc32": _checksum(said), "said": said}


def unseal(found: Any) -> Any:
    """Return what `seal` was given.

    Raises
    ------
    ValueError
        It is no sealed object, or not the one that was sealed.
    """
    if not isinstance(found, dict) or set(found) != {"crc32", "said"}:
        raise ValueError("no checksum")
    if found["crc32"] != _checksum(found["said"]):
        raise ValueError("another checksum")
    return found["said"]


def _checksum(said: Any) -> int:
    # JSON gives numbers back as they were, so that the text is the same after it was read
    return zlib.crc32(json.dumps(said, separators=(",", ":")).encode())
