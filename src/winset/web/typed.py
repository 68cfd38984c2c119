"""A value that came as text, as the kind that a body has under its key."""

from __future__ import annotations

import contextlib
import re
from typing import Any, get_args

from winset.errors import DataError


def kind(annotation: Any) -> str:
    """Name the kind of a key's value as JSON Schema does; text where it could be several."""
    kinds = {bool: "boolean", int: "integer", float: "number"}
    among = (one for one in get_args(annotation) or (annotation,) if one is not type(None))
    known = {kinds.get(one if isinstance(one, type) else type(one), "string") for one in among}
    return known.pop() if len(known) == 1 else "string"


def typed(key: str, text: str, kind: str) -> Any:
    """Return a text as a value of a kind, see `kind`.

    Raises
    ------
    DataError
        It is none; the message begins with `key`.
    """
    if kind == "boolean" and text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]{1,3})?", text):
        with contextlib.suppress(ValueError):
            return float(text)
    if kind != "string":
        words = {"boolean": "true or false", "integer": "a whole number", "number": "a number"}
        raise DataError(f"{key} = {text[:80]!r} is wrong: it must be {words[kind]}.")
    return text
