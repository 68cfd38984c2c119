"""A group of economies → who lives, studies and publishes where, against what gravity expects."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.errors import DataError, did_you_mean
from winset.gravity.expectation import rounded
from winset.people import records as tables_of
from winset.people.records import KINDS, WHAT, Records, embedded
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.places.groups import Group, read_group
from winset.sentences import Sentence
from winset.studies.people_gravity import (
    PeopleForecast,
    PeopleGravity,
    ScienceEffect,
    out_of_sample,
    people_gravity,
    science,
)
from winset.trade.numerics.blas import one_thread

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from winset.numbers import Array
    from winset.people.records import Kind

LEVEL = 0.95
#: The year that is shown and explained where none is asked for: the last with most destinations.
USUAL_YEAR = {"migrants": 2020, "students": 2016, "works": 2023}
#: Partners beyond the group that are listed for each member and direction.
BEYOND = 10


@dataclass(frozen=True, slots=True)
class Corridor:
    """People of one direction against what gravity expects; NaN where nothing is expected or known."""

    origin: str
    destination: str
    count: float
    expected: float
    low: float
    high: float

    @property
    def tie(self) -> str:
        """``weaker``, ``stronger``, ``as expected``; blank where nothing is expected."""
        if not np.isfinite(self.low):
            return ""
        return (
            "weaker"
            if self.count < self.low
            else "stronger"
            if self.count > self.high
            else "as expected"
        )

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``corridors``."""
        return {
            "origin": self.origin,
            "destination": self.destination,
            "count": self.count,
            "expected_count": _known(self.expected),
            "expected_count_low": _known(self.low),
            "expected_count_high": _known(self.high),
            "tie": self.tie or None,
        }


@dataclass(frozen=True, slots=True)
class Side:
    """One member: abroad and from abroad, inside the group and in all, where known.

    `out_concentration` and `in_concentration` are sums of squared shares, NaN where nobody is; `growth` is
    what
    those abroad have grown by since the first year, percent.
    """

    code: str
    name: str
    out_all: float
    out_inside: float
    in_all: float
    in_inside: float
    out_concentration: float
    in_concentration: float
    growth: float
    per_thousand: float
    destinations_known: int
    origins_known: int

    @property
    def balance(self) -> float:
        """From abroad less abroad."""
        return self.in_all - self.out_all

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``members``."""
        return {
            "code": self.code,
            "name": self.name,
            "abroad": self.out_all,
            "abroad_inside": self.out_inside,
            "from_abroad": _known(self.in_all),
            "from_abroad_inside": _known(self.in_inside),
            "balance": _known(self.balance),
            "abroad_concentration": _known(self.out_concentration),
            "from_abroad_concentration": _known(self.in_concentration),
            "abroad_growth_percent": _known(self.growth),
            "abroad_per_thousand": _known(self.per_thousand),
            "destinations_known": self.destinations_known,
            "origins_known": self.origins_known,
        }


@dataclass(frozen=True, slots=True)
class PeopleAccount:
    """One table of people as seen from a group."""

    kind: str
    title: str
    year: int
    since: int
    members: tuple[Side, ...]
    absent: tuple[str, ...]
    inside: tuple[Corridor, ...]
    beyond: tuple[Corridor, ...]
    missing: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]
    totals: tuple[tuple[str, int, float], ...]
    gravity: PeopleGravity | None
    sha256: str
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``accounts``."""
        return {
            "of": self.kind,
            "title": self.title,
            "year": self.year,
            "since": self.since,
            "sha256": self.sha256,
            "members": [side.to_json() for side in self.members],
            "absent": list(self.absent),
            "corridors": [one.to_json() for one in self.inside],
            "beyond": [one.to_json() for one in self.beyond],
            "missing": [{"origin": a, "destination": b} for a, b in self.missing],
            "no_breakdown": [
                {"code": code, "year": year, "from_abroad": total}
                for code, year, total in self.totals
            ],
            "gravity": None if self.gravity is None else self.gravity.to_json(),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class PeopleStudy:
    """What `winset people BLOC` answers."""

    group: str
    on: dt.date
    chosen: Group
    accounts: tuple[PeopleAccount, ...]
    science: tuple[ScienceEffect, ...]
    works: tuple[tuple[int, float], ...]
    forecast: PeopleForecast | None

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset people BLOC --json`` prints."""
        known = economies()
        return {
            "winset": __version__,
            "group": self.group,
            "on": self.on.isoformat(),
            "members": [
                {"code": code, "name": known[code].name if code in known else code}
                for code in self.chosen.codes
            ],
            "counted": self.chosen.to_json(),
            "accounts": [account.to_json() for account in self.accounts],
            "science": {
                "years": [effect.to_json() for effect in self.science],
                "works_among_members": [
                    {"year": year, "works": works} for year, works in self.works
                ],
            },
            "out_of_sample": None if self.forecast is None else self.forecast.to_json(),
        }


@one_thread()
def people(
    group: str,
    *,
    on: dt.date,
    of: str | None = None,
    year: int | None = None,
    data: Path | None = None,
    blank: str | None = None,
    hosts: Path | None = None,
    forecast: bool = False,
    blocs_file: Path | None = None,
) -> PeopleStudy:
    """Account for the people of a group: embedded tables, or one of your own.

    Raises
    ------
    DataError
        An unknown bloc, code, kind or year, or a table that is wrong.
    ConvergenceError
        A gravity estimation did not converge.
    """
    kinds = read_kinds(of)
    if data is not None and of is None:
        kinds = ("migrants",)
    if (year is not None or data is not None or hosts is not None) and len(kinds) > 1:
        raise DataError(
            "--year, --data and --hosts go with one table. Add --of migrants, students or works."
        )
    if blank is not None and data is None:
        raise DataError("--blank is about a table of your own. Add --data FILE.")
    blocs = load_blocs(blocs_file)
    whole = [
        embedded(kind) if data is None else tables_of.read_records(data, kind=kind, blank=blank)
        for kind in kinds
    ]
    codes = dict.fromkeys((*(code for one in whole for code in one.codes), *economies()))
    chosen = read_group(group, on=on, codes=codes, blocs=blocs)
    accounts = tuple(account(one, chosen.codes, year=year, own=data, hosts=hosts) for one in whole)
    written: tuple[tuple[int, float], ...] = ()
    effects: tuple[ScienceEffect, ...] = ()
    if "works" in kinds and data is None and len(chosen.codes) > 1:
        effects = science(chosen.codes, on)
        written = _works(chosen.codes)
    tried = out_of_sample() if forecast else None
    return PeopleStudy(group, on, chosen, accounts, effects, written, tried)


def read_kinds(of: str | None) -> tuple[Kind, ...]:
    """Read ``--of``; all three tables without it."""
    if of is None:
        return KINDS
    for kind in KINDS:
        if of == kind:
            return (kind,)
    raise DataError(
        f"--of {of[:80]}: it is {', '.join(KINDS[:-1])} or {KINDS[-1]}.{did_you_mean(of[:80], KINDS)}"
    )


def digest(kind: str, own: Path | None = None) -> str:
    """Return the SHA-256 of the table that figures come from."""
    path = tables_of.FOLDER / f"{kind}.csv.gz" if own is None else own
    return hashlib.sha256(path.read_bytes()).hexdigest()


def account(
    records: Records,
    members: Sequence[str],
    *,
    year: int | None = None,
    own: Path | None = None,
    hosts: Path | None = None,
) -> PeopleAccount:
    """Account for one table."""
    when = year
    if when is None:
        when = USUAL_YEAR[records.kind] if own is None else records.years[-1]
    here = records.of(when)
    index = records.index
    inside = [code for code in members if code in index]
    at = [index[code] for code in inside]
    if hosts is not None:
        tables_of.read_hosts(hosts, here, records.codes)
    notes = list(records.notes)
    explained: PeopleGravity | None = None
    try:
        explained = people_gravity(records, when)
    except DataError as few:
        if own is None:
            raise
        notes.append(Sentence("Nothing is expected: {why}", why=str(few)))
    first = records.people[0]
    sides = tuple(_side(records, code, here, first, at) for code in inside)
    pairs = [(a, b) for a in inside for b in inside if a != b]
    known = [(a, b) for a, b in pairs if np.isfinite(here[index[a], index[b]])]
    corridors = [_corridor(a, b, here, index, explained) for a, b in known]
    corridors.sort(key=lambda c: (-c.count, c.origin, c.destination))
    silent = tuple(code for code in inside if not np.isfinite(here[:, index[code]]).any())
    return PeopleAccount(
        kind=records.kind,
        title=records.title,
        year=when,
        since=records.years[0],
        members=sides,
        absent=tuple(code for code in members if code not in index),
        inside=tuple(corridors),
        beyond=tuple(_beyond(records, here, inside, explained)),
        missing=tuple(pair for pair in pairs if pair not in set(known)),
        silent=silent,
        totals=_totals(records, silent, own),
        gravity=explained,
        sha256=digest(records.kind, own),
        notes=tuple(notes),
    )


def _side(records: Records, code: str, here: Array, first: Array, at: list[int]) -> Side:
    k = records.index[code]
    out, into = here[k], here[:, k]
    before = first[k][np.isfinite(first[k]) & np.isfinite(out)].sum()
    now = out[np.isfinite(first[k]) & np.isfinite(out)].sum()
    about = economies().get(code)
    population = None if about is None else about.population
    known = bool(np.isfinite(into).any())
    return Side(
        code=code,
        name=code if about is None else about.name,
        out_all=float(np.nansum(out)),
        out_inside=float(np.nansum(out[at])),
        in_all=float(np.nansum(into)) if known else np.nan,
        in_inside=float(np.nansum(into[at])) if known else np.nan,
        out_concentration=_concentration(out),
        in_concentration=_concentration(into),
        growth=float(100.0 * (now / before - 1.0)) if before > 0 else np.nan,
        per_thousand=1000.0 * float(np.nansum(out)) / population if population else np.nan,
        destinations_known=int(np.isfinite(out).sum()),
        origins_known=int(np.isfinite(into).sum()),
    )


def _concentration(row: Array) -> float:
    whole = float(np.nansum(row))
    return float(np.nansum((row / whole) ** 2)) if whole > 0 else np.nan


def _corridor(
    a: str, b: str, here: Array, index: dict[str, int], explained: PeopleGravity | None
) -> Corridor:
    count = float(here[index[a], index[b]])
    if explained is None or a not in explained.codes or b not in explained.codes:
        return Corridor(a, b, count, np.nan, np.nan, np.nan)
    i, j = explained.codes.index(a), explained.codes.index(b)
    if not explained.pairs[i, j]:
        return Corridor(a, b, count, np.nan, np.nan, np.nan)
    expected, error = explained.found.expected[i, j], explained.found.error[i, j]
    half = 1.959963984540054 * error
    return Corridor(
        a,
        b,
        count,
        float(expected),
        float(expected * np.exp(-half)),
        float(expected * np.exp(half)),
    )


def _beyond(
    records: Records, here: Array, inside: Sequence[str], explained: PeopleGravity | None
) -> list[Corridor]:
    index = records.index
    outside = [code for code in records.codes if code not in inside]
    found = []
    for code in inside:
        ways = [(code, other) for other in outside], [(other, code) for other in outside]
        for way in ways[: 1 if records.kind == "works" else 2]:
            known = [(a, b) for a, b in way if here[index[a], index[b]] > 0]
            known.sort(key=lambda pair: (-here[index[pair[0]], index[pair[1]]], pair))
            found += [_corridor(a, b, here, index, explained) for a, b in known[:BEYOND]]
    return found


def _totals(
    records: Records, silent: Sequence[str], own: Path | None
) -> tuple[tuple[str, int, float], ...]:
    """Return, of students, totals of hosts that name no origins: the last year stated."""
    if records.kind != "students" or own is not None:
        return ()
    found = []
    stated = tables_of.totals_of_students()
    for code in silent:
        years = [y for (c, y), (_, total) in stated.items() if c == code and total is not None]
        if years:
            last = max(years)
            found.append((code, last, float(stated[code, last][1] or 0.0)))
    return tuple(found)


def _works(members: Sequence[str]) -> tuple[tuple[int, float], ...]:
    years, cells = tables_of.works_by_year()
    family = {code for pair in cells for code in pair}
    if not set(members) <= family:
        return ()
    total = np.sum(
        [w for (a, b), w in cells.items() if a in members and b in members]
        or [(0.0,) * len(years)],
        axis=0,
    )
    return tuple((year, float(works)) for year, works in zip(years, total, strict=True))


def _known(value: float) -> float | None:
    return rounded(value) if np.isfinite(value) else None


__all__ = [
    "WHAT",
    "Corridor",
    "PeopleAccount",
    "PeopleStudy",
    "Side",
    "account",
    "digest",
    "people",
]
