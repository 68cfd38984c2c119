"""Pledges against series: how far each is, by four methods, and what nobody can know."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.delivery import pledges as told
from winset.delivery.pace import arrival, trend_break
from winset.delivery.series import Line, SeriesBook, bundled_series, read_series
from winset.delivery.status import Course, four
from winset.errors import DataError, listed
from winset.places.blocs import Blocs, bloc_of, load_blocs
from winset.places.economies import economies
from winset.places.groups import names, read_group
from winset.sentences import Sentence
from winset.studies.promise_keeping_result import FollowedPledge, PromiseReport, Tracked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path as FilePath

    from winset.delivery.pledges import Pledge
    from winset.numbers import Array

RELATIVE = re.compile(r"(% of|ratio to) (\d{4})")
BEFORE = 5  # years that tell the pace before a pledge


def track(
    who: str | FilePath,
    *,
    series: FilePath | None = None,
    on: dt.date | None = None,
    blocs_file: FilePath | None = None,
) -> PromiseReport:
    """Follow the pledges of a group, or of a file or folder, in series.

    A folder holds ``pledges.csv`` and, if you like, ``series.csv``; a file's series stand beside it.
    Without any the panel that comes with winset is asked.

    Raises
    ------
    DataError
        Bad pledges or series; a line of one value; a group whose members changed, without `on`.
    """
    import pathlib

    blocs = load_blocs(blocs_file) if blocs_file is not None else load_blocs()
    path = pathlib.Path(who)
    own = path.exists()
    if own:
        account = told.account("all", told.from_place(path))
        beside = (path if path.is_dir() else path.parent) / "series.csv"
        if series is None and beside.exists():
            series = beside
    else:
        account = told.account(str(who), told.bundled())
    book = bundled_series() if series is None else read_series(series)
    followed, kept = [], {}
    for pledge in account.pledges:
        measure = _measure(pledge, book)
        if measure and not pledge.series and series is not None:
            pledge = replace(pledge, series=series.name)
        followed.append(pledge)
        if measure and pledge.target is not None and pledge.deadline:
            kept[pledge.key] = _kept(pledge, book, measure, on, blocs, own=series is not None)
    followed.sort(key=lambda p: -len(p.missing))
    return PromiseReport(told.Account(account.who, tuple(followed)), kept, book.name)


def _measure(pledge: Pledge, book: SeriesBook) -> str:
    return next((m for m in (pledge.measure, pledge.indicator, pledge.series) if book.of(m)), "")


def _kept(
    pledge: Pledge, book: SeriesBook, measure: str, on: dt.date | None, blocs: Blocs, *, own: bool
) -> FollowedPledge:
    lines = book.of(measure)
    _check_unit(pledge, book.units.get(measure, ""))
    date = _date(pledge.date)
    base_year, deadline = _base_year(pledge), int(pledge.deadline[:4])
    if deadline <= base_year:
        raise DataError(
            f"pledge {pledge.key}: the deadline {pledge.deadline} is not after the year {base_year} that "
            "it is measured from."
        )
    bound, who = _bound(pledge, lines, on, deadline, blocs)
    tracked: list[Tracked] = []
    gaps: dict[str, str] = {}
    last = max((int(lines[c].years[-1]) for c in who if c in lines), default=None)
    placebos = [line for c, line in lines.items() if c not in who and c in economies()]
    if own:
        placebos = [line for c, line in lines.items() if c not in who and c != pledge.who]
    others = np.array(
        [x for c, line in lines.items() if c in economies() or own
         for x in [line.at(base_year)] if x is not None]
    )  # fmt: skip
    for code in who:
        if code not in lines:
            gaps[code] = Sentence("no series of {measure}", measure=measure)
            continue
        if len(lines[code].years) == 1 and own:
            raise DataError(
                f"{book.name}: {measure} of {code} has one value, of {int(lines[code].years[0])}; a pace "
                "takes two. Add a year, or leave the economy out."
            )
        found = _tracked(pledge, lines[code], bound, base_year, deadline, date, others, placebos)
        if isinstance(found, str):
            gaps[code] = found
        else:
            tracked.append(found)
    before, needed = _paces(pledge, lines, who, date, deadline)
    return FollowedPledge(pledge, tuple(tracked), gaps, bound, last, before, needed)


def _tracked(
    pledge: Pledge,
    line: Line,
    bound: str,
    base_year: int,
    deadline: int,
    date: dt.date,
    others: Array,
    placebos: Sequence[Line],
) -> Tracked | str:
    """Follow one line, or say why it cannot be."""
    rebased = _rebased(pledge, line, base_year)
    if isinstance(rebased, str):
        return rebased
    line, relative = rebased
    own = line.at(base_year)
    stated = pledge.start
    # A member's own value is its baseline; what is stated is the group's.
    base = stated if own is None or (bound == told.TOGETHER and stated is not None) else own
    if base is None:
        return Sentence("no value in {year}, and no baseline is stated", year=str(base_year))
    target = float(pledge.target if pledge.target is not None else np.nan)
    up = pledge.up if pledge.up is not None else None
    if up is None:
        return Sentence("which way is better is not said: give a direction")
    since = line.between(base_year + 0.5, np.inf)
    if not len(since.years):
        return Sentence(
            "no value after {year} (the last is of {last})",
            year=str(base_year),
            last=str(int(line.years[-1])),
        )
    path = Course(float(base_year), base, target, float(deadline), up)
    if path.beyond(base):
        held = path.beyond(float(line.values[-1]))
        return Tracked(line.economy, path, line, None, held, None, None, _missing(since))
    done = four(path, line, np.zeros(0) if relative else others)
    from_base = Line(
        line.economy,
        line.indicator,
        np.concatenate([[float(base_year)], since.years]),
        np.concatenate([[base], since.values]),
    )
    at_pledge = line.at(date.year)
    from_year = float(date.year) if at_pledge is not None else float(base_year)
    start = at_pledge if at_pledge is not None else base
    needed = (target - start) / (deadline - from_year) if deadline > from_year else 0.0
    change = trend_break(line, float(date.year), needed, up=up, placebos=placebos)
    return Tracked(
        line.economy, path, line, done, None, arrival(from_base, target), change, _missing(since)
    )


def _rebased(pledge: Pledge, line: Line, base_year: int) -> tuple[Line, bool] | str:
    """Return a line in the unit of the pledge, and whether that is relative to its own start."""
    relative = RELATIVE.fullmatch(pledge.unit)
    since = told.FLOWS.fullmatch(pledge.unit) and pledge.baseline is None
    if relative is None and not (since and pledge.baseline_year is not None):
        return line, False
    year = int(relative[2]) if relative else base_year
    start = line.at(year)
    if start is None or (relative and start == 0):
        return Sentence("no value in {year}, from which it is counted", year=str(year))
    if relative:
        values = line.values / start * (100.0 if relative[1] == "% of" else 1.0)
    else:
        values = line.values - start
    return Line(line.economy, line.indicator, line.years, np.asarray(values), line.source), True


def _bound(
    pledge: Pledge, lines: Mapping[str, Line], on: dt.date | None, deadline: int, blocs: Blocs
) -> tuple[str, tuple[str, ...]]:
    """Return how a pledge binds and whom: the group as one, or its members."""
    where = f"pledge {pledge.key}"
    bound = pledge.bound
    alone = names(pledge.who)
    if not bound:
        if pledge.who in lines or all(code in economies() for code in alone):
            bound = told.TOGETHER if pledge.who in lines else told.EACH
        else:
            raise DataError(
                f"{where}: it is not said who is bound. Add a column bound: each where every member of "
                f"{pledge.who} is held to the target, together where {pledge.who} is, with rows of "
                f"{pledge.who} in the series."
            )
    if bound == told.TOGETHER:
        return bound, (pledge.who,)
    if pledge.on:
        on = _date(pledge.on)
    if on is None:
        on = _date(pledge.date)
        last = max((int(line.years[-1]) for line in lines.values()), default=deadline)
        end = dt.date(max(min(last, deadline), on.year), 12, 31)
        then, now = (set(_members(pledge.who, day, blocs, where)) for day in (on, end))
        if then != now:
            joined, left = listed(sorted(now - then)), listed(sorted(then - now))
            changes = [f"{joined} joined" if joined else "", f"{left} left" if left else ""]
            raise DataError(
                f"{where}: the members of {pledge.who} changed between the pledge of {pledge.date} and "
                f"{end.year}: {', '.join(c for c in changes if c)}. Say who is bound: --on {on} for those "
                f"who promised, --on {end} for those of later, or a column on."
            )
    return bound, _members(pledge.who, on, blocs, where)


def _members(who: str, on: dt.date, blocs: Blocs, where: str) -> tuple[str, ...]:
    if all(bloc_of(name, blocs) is None and name not in economies() for name in names(who)):
        raise DataError(
            f"{where}: {who!r} is neither a bloc nor the code of an economy, so that nobody knows its "
            "members. Add it with --blocs FILE, or bind it together."
        )
    return read_group(who, on=on, blocs=blocs, where=where).codes


def _paces(
    pledge: Pledge, lines: Mapping[str, Line], who: Sequence[str], date: dt.date, deadline: int
) -> tuple[float | None, float | None]:
    """Return the pace a year before a pledge of a group as one, and the pace that it needs."""
    if len(who) != 1 or who[0] not in lines:
        return None, None
    found = _rebased(pledge, lines[who[0]], _base_year(pledge))
    line = lines[who[0]] if isinstance(found, str) else found[0]
    before = line.between(-np.inf, date.year)
    before = (
        before.between(float(before.years[-1]) - BEFORE, np.inf) if len(before.years) else before
    )
    if len(before.years) < 2 or pledge.target is None:
        return None, None
    pace = arrival(before, pledge.target)
    start = (
        pledge.start if isinstance(found, str) or pledge.start is not None else line.at(date.year)
    )
    from_year = _base_year(pledge)
    if start is None:
        start, from_year = float(before.values[-1]), int(before.years[-1])
    needed = (pledge.target - start) / (deadline - from_year)
    return None if pace is None else pace.slope, needed


def _base_year(pledge: Pledge) -> int:
    relative = RELATIVE.fullmatch(pledge.unit)
    if pledge.baseline_year is not None:
        return pledge.baseline_year
    return int(relative[2]) if relative else _date(pledge.date).year


def _check_unit(pledge: Pledge, unit: str) -> None:
    if unit and pledge.unit and unit != pledge.unit and not RELATIVE.fullmatch(pledge.unit):
        raise DataError(
            f"pledge {pledge.key} is in {pledge.unit!r}, its series in {unit!r}. Turn one into the other."
        )


def _date(text: str) -> dt.date:
    """Return the day of a pledge; a year or month counts from its first."""
    try:
        return dt.date.fromisoformat((text + "-01-01")[:10] if len(text) < 10 else text)
    except ValueError:
        raise DataError(f"{text!r} is no date. Write it like 2025-09-01.") from None


def _missing(line: Line) -> tuple[int, ...]:
    years = set(line.years.astype(int).tolist())
    return tuple(y for y in range(min(years), max(years)) if y not in years)
