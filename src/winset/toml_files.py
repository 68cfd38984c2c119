"""Reading TOML: a file as an object, strict models of it, and the line that a message is about."""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ConfigDict, field_validator

from winset.errors import DataError, control_character, did_you_mean

if TYPE_CHECKING:
    from pydantic import ValidationError

MOST_BYTES = 5_000_000
MOST_TEXT = 2_000  # characters of one value

#: Where the files lie that come with winset: messages name them without the place of installation.
BUNDLED = Path(__file__).parent / "data"

#: What pydantic puts into the place of an error for a type among several.
TYPE_NAME = re.compile(r"str|int|float|bool|constrained-\w+|\w+\[.*\]")


class Strict(BaseModel):
    """What is read from outside: no unknown key, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        """Texts go to terminals, charts and pages: no control characters, no books."""
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                if found := control_character(text):
                    raise ValueError(f"{found} is a control character. Take it out")
                if len(text) > MOST_TEXT:
                    raise ValueError(
                        f"{len(text):,} characters, and at most {MOST_TEXT:,} are read"
                    )
        return value


def read_toml(path: Path) -> tuple[dict[str, Any], TomlPosition]:
    """Return a file as an object, and what finds lines in it.

    Raises
    ------
    DataError
        The file is unreadable, larger than 5 MB, or not TOML.
    """
    try:
        if path.exists() and not path.is_file():
            raise DataError(f"{path}: is no file. Name a TOML file.")
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path} is larger than {MOST_BYTES / 1e6:g} MB; it is a few lines.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: not readable as TOML in UTF-8 ({error}).") from error
    return parse_toml(text, _named(path), path)


def parse_toml(text: str, name: str, path: Path | str = "") -> tuple[dict[str, Any], TomlPosition]:
    """Return a text as an object, and what finds lines in it; messages call it by its `name`.

    Raises
    ------
    DataError
        It is not TOML.
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a figure of 5,000 digits too
        raise DataError(f"{path or name}: not readable as TOML in UTF-8 ({error}).") from error
    if _beyond(raw):  # in hexadecimal no limit of Python's keeps it out
        raise DataError(
            f"{path or name}: a whole number in it is beyond 1e308. Write the figure meant."
        )
    return raw, TomlPosition(text, name)


def _named(path: Path) -> str:
    """Return a file as messages name it: one of winset's own from its folder of data on."""
    return path.relative_to(BUNDLED).as_posix() if path.is_relative_to(BUNDLED) else str(path)


def _beyond(value: Any) -> bool:
    """Tell whether a whole number in a value of TOML is too large for a figure."""
    left = [value]  # not by calls: tables lie in each other as deep as the reader of TOML goes
    while left:
        value = left.pop()
        if isinstance(value, int) and abs(value) > sys.float_info.max:
            return True
        if isinstance(value, (dict, list)):
            left += value.values() if isinstance(value, dict) else value
    return False


@dataclass(frozen=True, slots=True)
class TomlPosition:
    """Finds the line of a key; without a text (an object that came over HTTP) only the name is said."""

    text: str
    name: str

    def at(self, section: str, key: str = "") -> str:
        """Say where a key stands: ``file.toml line 6 (change 1)``.

        `section` is a table (``parameters``), the number of one (``change 2``), or a key at the top.
        """
        lines = self.text.splitlines()
        counted = re.fullmatch(r"(\w+) (\d+)", section)
        head = rf"\[\[\s*{counted[1]}\s*\]\]" if counted else rf"\[\s*{re.escape(section)}\b"
        heads = [k for k, line in enumerate(lines) if section and re.match(rf"\s*{head}", line)]
        number = int(counted[2]) - 1 if counted else 0
        start = heads[number] if number < len(heads) else 0
        if not counted and not heads:
            key = key or section
        found = (
            k for k in range(start, len(lines)) if re.match(rf"\s*{re.escape(key)}\s*=", lines[k])
        )
        line = f" line {(next(found, start) if key else start) + 1}" if lines else ""
        return f"{self.name}{line}{f' ({section})' if section else ''}"

    def explain(self, error: ValidationError, section: str, *models: type[Strict]) -> DataError:
        """Say what pydantic found; with several `models`, their ``kind`` tells which it is."""
        # A key that takes several types fails once for each: the deepest failure is the reader's.
        problem = max(error.errors(), key=lambda f: (len(f["loc"]), f["type"] != "int_type"))
        kinds = {_kind(model): model for model in models} if len(models) > 1 else {}
        spot = [part for part in problem["loc"] if not TYPE_NAME.fullmatch(str(part))]
        model = models[0]
        if spot and (chosen := kinds.get(str(spot[0]))) is not None:
            model, spot = chosen, spot[1:]
        if not section and len(spot) > 1 and isinstance(spot[1], int):
            model, section = _inside(model, str(spot[0])), f"{spot[0]} {spot[1] + 1}"
            spot = spot[2:] or [section]
        keys = [part for part in spot if isinstance(part, str)]
        key = keys[-1] if keys else ""
        shown = " ".join(keys)
        at = self.at(section or (keys[0] if keys else ""), key)
        value = problem.get("input")
        if problem["type"] == "extra_forbidden":
            known = [each.alias or name for name, each in model.model_fields.items()]
            return DataError(
                f"{at}: unknown key {key!r}.{did_you_mean(key, known)} Known: {', '.join(known)}."
            )
        if problem["type"] == "missing":
            return DataError(f"{at}: {shown} is missing. Add it.")
        if problem["type"].startswith("union_tag"):
            kind = value.get("kind") if isinstance(value, dict) else None
            if kind is None:
                return DataError(f"{at}: kind is missing. It is one of {', '.join(kinds)}.")
            return DataError(
                f"{at}: unknown kind {kind!r}.{did_you_mean(str(kind), list(kinds))} "
                f"Known: {', '.join(kinds)}."
            )
        return DataError(
            f"{at}: {shown} = {_said(value)} is wrong: {problem['msg'].removeprefix('Value error, ')}."
        )


def _said(value: Any) -> str:
    """Repeat a value in at most 80 characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        return "a value too long to show"
    return text if len(text) <= 80 else text[:77] + "…"


def _kind(model: type[Strict]) -> str:
    return str(get_args(model.model_fields["kind"].annotation)[0])


def _inside(model: type[Strict], key: str) -> type[Strict]:
    """Return the model of the tables under a key, the outer one where they have none."""
    field = model.model_fields.get(key)
    kinds = get_args(field.annotation) if field is not None else ()
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, Strict)), model)
