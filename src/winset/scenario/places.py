"""Where in a scenario's text something stands, so that messages can name the line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ConfigDict

from winset.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from pydantic import ValidationError


MOST_FILE_BYTES = 50_000_000


class Strict(BaseModel):
    """What is read from outside: no unknown key, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Finds the line of a key, so that messages can name it."""

    text: str
    name: str

    def at(self, section: str, key: str = "") -> str:
        lines = self.text.splitlines()
        start = 0
        if match := re.fullmatch(r"change (\d+)", section):
            heads = [
                k for k, line in enumerate(lines) if re.match(r"\s*\[\[\s*change\s*\]\]", line)
            ]
            if int(match[1]) <= len(heads):
                start = heads[int(match[1]) - 1]
        elif section in ("parameters", "doubt"):
            heads = [k for k, line in enumerate(lines) if re.match(rf"\s*\[\s*{section}", line)]
            start = heads[0] if heads else 0
        else:
            key = key or section
        number = start
        if key:
            for k in range(start, len(lines)):
                if re.match(rf"\s*{re.escape(key)}\s*=", lines[k]):
                    number = k
                    break
        line = f" line {number + 1}" if lines else ""
        return f"{self.name}{line}{f' ({section})' if section else ''}"

    def explain(self, error: ValidationError, section: str, *models: type[Strict]) -> DataError:
        """Say what pydantic found; with several `models`, their ``kind`` tells which it is."""
        problem = error.errors()[0]
        kinds = {_kind(model): model for model in models} if len(models) > 1 else {}
        spot = [str(part) for part in problem["loc"]]
        model = kinds.get(spot[0], models[0]) if spot else models[0]
        spot = [p for p in spot if p not in (*kinds, "list[str]", "str") and not p.isdigit()]
        key = spot[-1] if spot else ""
        at = self.at(section or key, key)
        value = problem.get("input")
        if problem["type"] == "extra_forbidden":
            known = list(model.model_fields)
            return DataError(
                f"{at}: unknown key {key!r}.{did_you_mean(key, known)} Known: {', '.join(known)}."
            )
        if problem["type"].startswith("union_tag"):
            kind = value.get("kind") if isinstance(value, dict) else None
            if kind is None:
                return DataError(f"{at}: kind is missing. It is one of {', '.join(kinds)}.")
            return DataError(
                f"{at}: unknown kind {kind!r}.{did_you_mean(str(kind), list(kinds))} "
                f"Known: {', '.join(kinds)}."
            )
        return DataError(f"{at}: {key} = {value!r} is wrong: {problem['msg']}.")


def _kind(model: type[Strict]) -> str:
    return str(get_args(model.model_fields["kind"].annotation)[0])
