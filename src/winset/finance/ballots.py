"""A game of projects in a JSON file: budget, costs, and who approves of what or has how much of it."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, control_character, did_you_mean
from winset.finance.budgeting import Ballots

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SATISFACTIONS = ("cost", "cardinality")
KEYS = ("budget", "projects", "approvals", "utilities", "title", "source")
MOST_BYTES = 20_000_000


class _TwiceError(ValueError):
    """A name that stands twice in an object."""


def read_ballots(path: Path, satisfaction: str | None = None) -> Ballots:
    """Read a file ``{"budget": 3, "projects": {"p1": 1}, "approvals": {"KAZ": ["p1"]}}``.

    ``utilities`` gives ``{"KAZ": {"p1": 2}}`` in place of ``approvals``. Figures are read as they are
    written: 0.1 is one tenth.

    Parameters
    ----------
    satisfaction : str, optional
        What an approved project is to a voter: its ``cost`` (the default) or 1 (``cardinality``). Utilities
        speak for themselves.

    Raises
    ------
    DataError
        Not readable, a key or a project that is not known, a figure that is none or negative, a name that
        stands twice, or a budget below the cheapest project.
    """
    try:
        if not path.is_file():
            raise DataError(f"{path}: is no file. Name a JSON file.")
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path} is larger than {MOST_BYTES / 1e6:g} MB.")
        raw = json.loads(
            path.read_text(encoding="utf-8-sig"),
            parse_float=_exact,
            parse_int=_exact,
            parse_constant=_exact,
            object_pairs_hook=_once,
        )
    except _TwiceError as error:
        raise DataError(
            f"{path}: {error.args[0]!r} stands twice in one object. Keep it once."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not readable as JSON in UTF-8 ({error}).") from error
    return parse_ballots(raw, satisfaction, str(path))


def _exact(text: str) -> Fraction | float:
    """Return a figure as it is written; what is none, or beyond 1e308, as infinite."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    return Fraction(text) if math.isfinite(number) and len(text) < 400 else math.inf


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def parse_ballots(raw: Any, satisfaction: str | None, place: str) -> Ballots:
    """Make ballots of what a file holds, see `read_ballots`."""
    if satisfaction is not None and satisfaction not in SATISFACTIONS:
        raise DataError(
            f"--satisfaction {satisfaction}: it is {' or '.join(SATISFACTIONS)}."
            f"{did_you_mean(satisfaction, SATISFACTIONS)}"
        )
    if not isinstance(raw, dict):
        raise DataError(f"{place}: not an object with budget, projects and approvals or utilities.")
    for key in raw:
        if key not in KEYS:
            raise DataError(
                f"{place}: unknown key {key!r}.{did_you_mean(key, KEYS)} Known: {', '.join(KEYS)}."
            )
    for key in ("budget", "projects"):
        if key not in raw:
            raise DataError(f"{place}: {key} is missing. Add it.")
    ways = [key for key in ("approvals", "utilities") if key in raw]
    if len(ways) != 1:
        found = " and ".join(ways) or "none"
        raise DataError(f"{place}: give approvals or utilities, one of the two (found {found}).")
    budget = _figure(raw["budget"], f"{place}: budget")
    costs = {
        name: _figure(cost, f"{place}: cost of {name}")
        for name, cost in _object(raw["projects"], f"{place}: projects").items()
    }
    if not costs:
        raise DataError(f"{place}: projects is empty. Name one with its cost.")
    cheapest = min(costs, key=lambda name: (costs[name], name))
    if costs[cheapest] > budget:
        raise DataError(
            f"{place}: budget = {float(budget):g} is below the cheapest project, {cheapest} at "
            f"{float(costs[cheapest]):g}: nothing can be bought. Raise it, or correct the costs."
        )
    ballots = _object(raw[ways[0]], f"{place}: {ways[0]}")
    if not ballots:
        raise DataError(f"{place}: {ways[0]} is empty: nobody votes. Name a voter.")
    if ways == ["utilities"]:
        return Ballots(budget, costs, _utilities(ballots, costs, place), "utilities")
    measure = satisfaction or SATISFACTIONS[0]
    return Ballots(budget, costs, _approved(ballots, costs, place, measure), measure)


def _approved(
    ballots: Mapping[str, Any], costs: Mapping[str, Fraction], place: str, measure: str
) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    for voter, approved in ballots.items():
        at = f"{place}: approvals of {voter}"
        if not isinstance(approved, list):
            raise DataError(f'{at}: write a list of projects, such as ["{next(iter(costs))}"].')
        found[voter] = {}
        for name in approved:
            _known(name, costs, at)
            if name in found[voter]:
                raise DataError(f"{at}: {name!r} stands twice. Keep it once.")
            worth = costs[name] if measure == "cost" else Fraction(1)
            found[voter][name] = worth
    return found


def _utilities(
    ballots: Mapping[str, Any], costs: Mapping[str, Fraction], place: str
) -> dict[str, dict[str, Fraction]]:
    found: dict[str, dict[str, Fraction]] = {}
    for voter, table in ballots.items():
        at = f"{place}: utilities of {voter}"
        found[voter] = {}
        for name, figure in _object(table, at).items():
            _known(name, costs, at)
            worth = _figure(figure, f"{at}: {name}")
            if worth > 0:
                found[voter][name] = worth
    return found


def _known(name: Any, costs: Mapping[str, Fraction], at: str) -> None:
    if not isinstance(name, str) or name not in costs:
        shown = name if isinstance(name, str) else str(name)
        raise DataError(f"{at}: {shown!r} is no project.{did_you_mean(shown, costs)}")


def _object(value: Any, at: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError(f"{at}: not an object of names.")
    for name in value:
        if not name.strip() or control_character(name):
            raise DataError(f"{at}: {name!r} is no name.")
    return value


def _figure(value: Any, at: str) -> Fraction:
    if not isinstance(value, Fraction):
        shown = value if isinstance(value, str | bool) or value is None else str(value)
        raise DataError(f"{at} = {shown!r} is no number. Write one.")
    if value < 0:
        raise DataError(f"{at} = {float(value):g} is negative. It must be zero or more.")
    return value
