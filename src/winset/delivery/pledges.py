"""Pledges as a table: what was promised, by whom, until when, and what is missing to check it.

A pledge can be checked where it has an indicator with a unit, a target, a deadline, a public series, and
a baseline wherever the indicator is a level: what is given, built or lent *since* the pledge begins at
none. What lacks one of them is a result, and comes first.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winset import __version__, tables
from winset.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parents[1] / "data" / "pledges"
COLUMNS = (
    "id", "who", "date", "pledge", "indicator", "unit", "series", "baseline", "target", "deadline",
    "source", "address", "note", "baseline_year", "direction", "bound", "on", "measure",
    "checked",
)  # fmt: skip
NEEDED = ("id", "who", "date", "pledge", "target", "deadline")
PARTS = ("indicator", "baseline", "target", "deadline", "series")
DIRECTIONS = {"up": True, "increase": True, "down": False, "decrease": False}
EACH, TOGETHER = BOUND = ("each", "together")
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
#: Units of what is counted from the pledge on, so that the baseline is none of it.
FLOWS = re.compile(r"(count|yes/no|GW|(bn|tn|mn) [A-Z]{3})( a year)?|million")


@dataclass(frozen=True, slots=True)
class Pledge:
    """One pledge; figures are None and texts blank where nothing is said."""

    key: str
    who: str
    date: str
    pledge: str
    indicator: str
    unit: str
    series: str
    baseline: float | None
    target: float | None
    deadline: str
    source: str
    address: str
    note: str
    wording: str = ""
    paragraph: str = ""
    baseline_year: int | None = None
    direction: str = ""
    bound: str = ""
    on: str = ""
    measure: str = ""
    checked: str = ""

    @property
    def up(self) -> bool | None:
        """Whether more is better; by baseline and target where it is not said, None where neither tells."""
        if self.direction:
            return DIRECTIONS[self.direction]
        start = self.start
        return None if start is None or self.target is None else self.target > start

    @property
    def start(self) -> float | None:
        """The baseline; none of what is counted from the pledge on."""
        return 0.0 if self.baseline is None and FLOWS.fullmatch(self.unit) else self.baseline

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of `PARTS` it lacks."""
        start = self.start is not None or (self.baseline_year is not None and bool(self.direction))
        has = (
            bool(self.indicator and self.unit), start, self.target is not None,
            bool(self.deadline), bool(self.series or self.measure),
        )  # fmt: skip
        return tuple(part for part, there in zip(PARTS, has, strict=True) if not there)

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``pledges``."""
        return {
            "id": self.key,
            "who": self.who,
            "date": self.date,
            "pledge": self.pledge,
            "indicator": self.indicator or None,
            "unit": self.unit or None,
            "series": self.series or None,
            "baseline": self.baseline,
            "target": self.target,
            "deadline": self.deadline or None,
            "missing": list(self.missing),
            "checkable": not self.missing,
            "source": self.source,
            "address": self.address,
            "note": self.note or None,
            "wording": self.wording or None,
            "paragraph": self.paragraph or None,
            "baseline_year": self.baseline_year,
            "direction": self.direction or None,
            "bound": self.bound or None,
            "checked": self.checked or None,
        }


@dataclass(frozen=True, slots=True)
class Account:
    """The pledges of one group, those that cannot be checked first."""

    who: str
    pledges: tuple[Pledge, ...]

    @property
    def unchecked(self) -> tuple[Pledge, ...]:
        """Pledges that lack something."""
        return tuple(p for p in self.pledges if p.missing)

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset track BLOC --json`` prints."""
        return {
            "winset": __version__,
            "who": self.who,
            "pledges_counted": len(self.pledges),
            "checkable": len(self.pledges) - len(self.unchecked),
            "missing": {
                part: sum(part in pledge.missing for pledge in self.pledges) for part in PARTS
            },
            "pledges": [pledge.to_json() for pledge in self.pledges],
        }


def read_pledges(path: Path) -> tuple[Pledge, ...]:
    """Read and check a table of pledges with the columns `COLUMNS`, the last ones optional.

    Raises
    ------
    DataError
        A column is missing, an id stands twice, a date or figure is none, a deadline is before the
        pledge, or the target is the baseline or on its wrong side.
    """
    found: dict[str, Pledge] = {}
    for row, cells in tables.rows(path, NEEDED, figures=("baseline", "target")):
        where = f"{path.name} row {row}"
        for name in ("date", "deadline"):
            if cells[name] and not DATE.fullmatch(cells[name]):
                raise DataError(
                    f"{where}: {name} is {cells[name]!r}. Write a year or a date, 2030 or 2030-12-31, or "
                    "leave it blank where none is stated."
                )
        if not cells["date"]:
            raise DataError(f"{where}: no date of the pledge.")
        # A year counts to its end where it is a deadline, from its beginning where it is a date.
        if cells["deadline"] and _day(cells["deadline"], "12-31") < _day(cells["date"], "01-01"):
            raise DataError(
                f"{where}: the deadline {cells['deadline']} is before the pledge of {cells['date']}."
            )
        key = cells["id"]
        if not key or key in found:
            raise DataError(
                f"{where}: the id is {'given twice' if key else 'blank'}. Give each its own."
            )
        start, target = (
            _figure(cells.get(name, ""), name, where) for name in ("baseline", "target")
        )
        if start is not None and start == target:
            raise DataError(
                f"{where}: baseline and target are both {start:g}: nothing is promised."
            )
        direction = cells.get("direction", "").casefold()
        if direction and direction not in DIRECTIONS:
            raise DataError(
                f"{where}: direction is {direction!r}. Write up where more is better, down where less is."
            )
        if direction and start is not None and target is not None:
            wanted = "above" if DIRECTIONS[direction] else "below"
            if (target > start) != DIRECTIONS[direction]:
                raise DataError(
                    f"{where}: the target {target:g} is on the wrong side of the baseline {start:g}: "
                    f"direction {direction} asks for one {wanted} it."
                )
        bound = cells.get("bound", "").casefold()
        if bound and bound not in BOUND:
            raise DataError(
                f"{where}: bound is {bound!r}. Write each where every member is held to the target, "
                "together where the group is."
            )
        year = cells.get("baseline_year", "")
        if year and not re.fullmatch(r"\d{4}", year):
            raise DataError(f"{where}: baseline_year is {year!r}. Write four digits, as 2015.")
        if year and cells["deadline"] and int(year) >= int(cells["deadline"][:4]):
            raise DataError(f"{where}: baseline_year {year} is not before the deadline.")
        found[key] = Pledge(
            key=key,
            who=cells["who"],
            date=cells["date"],
            pledge=cells["pledge"],
            indicator=cells.get("indicator", ""),
            unit=cells.get("unit", ""),
            series=cells.get("series", ""),
            baseline=start,
            target=target,
            deadline=cells["deadline"],
            source=cells.get("source", ""),
            address=cells.get("address", ""),
            note=cells.get("note", ""),
            wording=cells.get("wording", ""),
            paragraph=cells.get("paragraph", ""),
            baseline_year=int(year) if year else None,
            direction=direction,
            bound=bound,
            on=cells.get("on", ""),
            measure=cells.get("measure", ""),
            checked=cells.get("checked", ""),
        )
    if not found:
        raise DataError(f"{path}: no pledge in it.")
    return tuple(found.values())


def account(who: str, pledges: Sequence[Pledge]) -> Account:
    """Return the pledges of a group, or of all, those that lack most first.

    Raises
    ------
    DataError
        Nobody of that name made a pledge.
    """
    names = sorted({pledge.who for pledge in pledges})
    chosen = [p for p in pledges if who.casefold() in ("all", p.who.casefold())]
    if not chosen:
        raise DataError(
            f"{who}: no pledge of that group is bundled.{did_you_mean(who, names)} There are: "
            f"{', '.join(names)}; or give a file of your own."
        )
    order = sorted(chosen, key=lambda p: -len(p.missing))  # stable: else as they stand
    return Account(who, tuple(order))


def bundled() -> tuple[Pledge, ...]:
    """Return the pledges that come with winset."""
    return read_pledges(FOLDER / "pledges.csv")


def from_place(path: Path) -> tuple[Pledge, ...]:
    """Read pledges from a file, or from pledges.csv of a data package."""
    if path.is_dir():
        about = path / "datapackage.json"
        if about.exists():
            try:
                json.loads(about.read_text(encoding="utf-8"))
            except ValueError as error:
                raise DataError(f"{about}: no JSON ({error}).") from error
        path = path / "pledges.csv"
    return read_pledges(path)


def _day(text: str, rest: str) -> str:
    return text + f"-{rest}"[len(text) - 4 :]


def _figure(text: str, what: str, where: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise DataError(f"{where}: {what} is {text!r}; it must be a number, or blank.") from error
