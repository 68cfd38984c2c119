"""The command line's ``--set key=value`` laid on a raw scenario."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.scenario.formulas import FORMULAS
from winset.scenario.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Keys of a scenario, and keys of its changes.
OUTER = ("world", "on", "title", "year", "absent")
SIZES = ("percent", "factor", "price", *(key for key in FORMULAS if key != "percent"))
#: Keys that are whole numbers.
WHOLE = ("years", "first_years")
INNER = (
    *SIZES,
    "answer",
    "mfn",
    "phase",
    "among",
    "exporters",
    "importers",
    "economies",
    "sector",
    "sectors",
    "from",
    "to",
    "of",
    "effect",
    "trade",
    "number",
    "budget_musd",
    "cost_usd",
    "covers",
    "migrants",
    "coefficient",
    "gain",
    "income_usd",
    *WHOLE,
)


def override(document: dict[str, Any], key: str, text: str) -> None:
    """Lay one ``--set key=value`` on a raw scenario."""
    value = _parsed(text)
    if key in OUTER:
        document[key] = value if key == "year" and isinstance(value, int) else text
        return
    parameter = key.removeprefix("parameters.")
    if parameter in (f.name for f in fields(Parameters)):
        given = dict(document.get("parameters", {}))
        document["parameters"] = given | {parameter: _real(value)}
        return
    if key.startswith("doubt."):
        document["doubt"] = dict(document.get("doubt", {})) | {key.removeprefix("doubt."): value}
        return
    changes = document["change"] = [dict(item) for item in document.get("change", [])]
    match = re.fullmatch(r"(?:change\.(\d+)\.)?([a-z_]+)", key)
    if match is None or match[2] not in INNER:
        known = [*(f.name for f in fields(Parameters)), *OUTER, *INNER]
        raise DataError(
            f"--set {key}={text}: unknown key.{did_you_mean(key, known)} Known: {', '.join(known)}, "
            "change.1.percent …"
        )
    name = match[2]
    if match[1] is None:
        having = [k for k, item in enumerate(changes) if name in item]
        if len(having) != 1:
            raise DataError(
                f"--set {key}={text}: {len(having)} changes have {name}. "
                f"Say which one, for example change.1.{name}={text}."
            )
        number = having[0]
    else:
        number = int(match[1]) - 1
        if not 0 <= number < len(changes):
            raise DataError(f"--set {key}={text}: the scenario has {len(changes)} changes.")
    if name in FORMULAS and changes[number].get("kind") == "tariff":
        for other in FORMULAS:  # one formula takes the place of another
            changes[number].pop(other, None)
    changes[number][name] = value if name in WHOLE else _real(value)


def told(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what `override` made of a scenario's changes, for its title: " (percent = -20)".

    A title says what the file does; where something else is computed, it must say so. Parameters
    are printed beside every result and are left out.
    """
    said = [
        f"{key} = {_written(after[key])}"
        for key in ("world", "on", "year", "absent")
        if key in after and str(after[key]) != str(before.get(key))
    ]
    old, new = before.get("change", []), after.get("change", [])
    for number, (was, item) in enumerate(zip(old, new, strict=True), 1):
        where = f"change {number}: " if len(new) > 1 else ""
        said += [
            f"{where}{key} = {_written(value)}"
            for key, value in item.items()
            if key not in was or was[key] != value
        ]
    return f" ({', '.join(said)})" if said else ""


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ",".join(map(_written, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _real(value: Any) -> Any:
    """Take a whole number for a real one, where there is a real one of its size."""
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    try:
        return float(value)
    except OverflowError:
        return value


def _parsed(text: str) -> Any:
    """Read the right side of ``--set``: a TOML value, or a plain word."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # no TOML, or a figure of thousands of digits
        return text
    return value
