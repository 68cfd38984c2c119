r"""The SDG Index: indicators scaled to 0–100, means by goal, and a region's score where a goal is missing.

    score = 100 · clip((x − worst)/(best − worst), 0, 1)
    goal  = mean of the scores that a country has
    index = mean of all goals; a goal without any score takes the regional one

The regional score of a goal is the plain mean over the *ranked* countries of the region: those with
values for at least `LEAST_SHARE` of the indicators. Others are scored, and neither ranked nor part of a
region's mean. Both rules were found from the figures of 2019, and reproduce them: all indices and all
regional scores at hand.

Source of the figures: Sachs, Schmidt-Traub, Kroll, Lafortune & Fuller (2019), Sustainable Development
Report 2019.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__, tables
from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from winset.numbers import Array, Mask

BEST, WORST = "Best value (= 100)", "Worst value (= 0)"
LEAST_SHARE = 0.8
GOAL = re.compile(r"sdg(\d+)_")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The value of an indicator that scores 100 and the one that scores 0."""

    best: float
    worst: float


@dataclass(frozen=True, slots=True)
class Scored:
    """One country: its index (None where too few indicators have values), goals and indicators, 0–100.

    `goals` are those with a score of their own, `regional` those taken from the region.
    """

    code: str
    region: str
    index: float | None
    goals: Mapping[int, float]
    regional: Mapping[int, float]
    indicators: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SdgIndex:
    """All countries of a folder, by code, and how far given regional scores are from computed ones."""

    countries: tuple[Scored, ...]
    indicators: int
    goals: tuple[int, ...]
    regional_gap: float | None

    @property
    def ranked(self) -> tuple[Scored, ...]:
        """Those with an index, the highest first."""
        found = [c for c in self.countries if c.index is not None]
        return tuple(sorted(found, key=lambda c: (-(c.index or 0.0), c.code)))

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset track --method sdg-index FOLDER --json`` prints."""
        return {
            "winset": __version__,
            "method": "sdg-index",
            "indicators_counted": self.indicators,
            "ranked": len(self.ranked),
            "regional_gap": self.regional_gap,
            "countries": [
                {
                    "code": c.code,
                    "region": c.region or None,
                    "index": c.index,
                    "goals": {str(goal): score for goal, score in c.goals.items()},
                    "regional_goals": {str(goal): score for goal, score in c.regional.items()},
                    "indicators": dict(c.indicators),
                }
                for c in self.countries
            ],
        }


def scaled(x: Array, best: Array, worst: Array) -> Array:
    """Return 100 · clip((x − worst)/(best − worst), 0, 1), elementwise; NaN stays NaN."""
    with np.errstate(invalid="ignore"):
        return np.asarray(100.0 * np.clip((x - worst) / (best - worst), 0.0, 1.0))


def goal_means(scores: Array, goal: Array) -> Array:
    """Return the mean of each goal (countries × goals), NaN without any score.

    Parameters
    ----------
    scores : (countries, indicators) array, NaN where there is no value
    goal : (indicators,) array
        To which of the goals 0 … G−1 each indicator belongs.
    """
    goals = int(goal.max()) + 1
    member = (goal[:, None] == np.arange(goals)).astype(np.float64)
    known = ~np.isnan(scores)
    count = known @ member
    with np.errstate(invalid="ignore"):
        return np.asarray((np.where(known, scores, 0.0) @ member) / np.where(count, count, np.nan))


def regional_means(goals: Array, region: Array, ranked: Mask) -> Array:
    """Return each country's regional score of each goal: the mean over its region's ranked countries.

    Shapes (countries, goals), (countries,) of any labels, (countries,).
    """
    found = np.full(goals.shape, np.nan)
    for name in np.unique(region):
        here = region == name
        inside = goals[here & ranked]
        known = ~np.isnan(inside)
        count = known.sum(axis=0)
        with np.errstate(invalid="ignore"):
            mean = np.where(known, inside, 0.0).sum(axis=0) / np.where(count, count, np.nan)
        found[here] = mean
    return found


def sdg_index(folder: Path) -> SdgIndex:
    """Score the countries of a folder.

    It holds ``codebook.csv`` (Code, best and worst value as the report heads them, and ``global`` = yes
    where an indicator counts), ``values.csv`` (iso3, code, value), and in any further tables a country's
    region (iso3 or id, region) or its region's score (iso3, goal, regional_score), which is then taken as
    it is given.

    Raises
    ------
    DataError
        A file or column is missing, an indicator is unknown, twice given, or has equal bounds; a ranked
        country lacks a goal and its region is not told.
    """
    if not folder.is_dir():
        raise DataError(
            f"{folder} is not a folder. The SDG Index takes codebook.csv and values.csv."
        )
    bounds = _codebook(folder)
    codes, values = _values(folder, bounds)
    names = list(bounds)
    number = np.array([_goal(name) for name in names])
    goals = tuple(sorted(set(number.tolist())))
    place = np.searchsorted(np.array(goals), number)
    best = np.array([bounds[name].best for name in names])
    worst = np.array([bounds[name].worst for name in names])
    scores = scaled(values, best, worst)
    means = goal_means(scores, place.astype(np.float64))
    ranked = (~np.isnan(scores)).sum(axis=1) >= LEAST_SHARE * len(names) - 1e-9
    region, given = _regions(folder, codes, goals)
    computed = regional_means(means, region, ranked & (region != ""))
    computed[region == ""] = np.nan
    both = ~np.isnan(given) & ~np.isnan(computed)
    stand_in = np.where(np.isnan(given), computed, given)
    full = np.where(np.isnan(means), stand_in, means)
    for k, g in zip(*np.nonzero(np.isnan(full) & ranked[:, None]), strict=True):
        raise DataError(
            f"{folder}: {codes[k]} has no score for goal {goals[g]}, and its region's is not known. Add a "
            "table with iso3 and region, or with iso3, goal and regional_score."
        )
    countries = tuple(
        Scored(
            code=code,
            region=str(region[k]),
            index=float(full[k].mean()) if ranked[k] else None,
            goals={
                g: float(means[k, j]) for j, g in enumerate(goals) if means[k, j] == means[k, j]
            },
            regional={
                g: float(full[k, j])
                for j, g in enumerate(goals)
                if ranked[k] and means[k, j] != means[k, j]
            },
            indicators={
                name: float(scores[k, j])
                for j, name in enumerate(names)
                if scores[k, j] == scores[k, j]
            },
        )
        for k, code in enumerate(codes)
    )
    gap = float(np.abs(given - computed)[both].max()) if both.any() else None
    return SdgIndex(countries, len(names), goals, gap)


def _codebook(folder: Path) -> dict[str, Bounds]:
    path = folder / "codebook.csv"
    found: dict[str, Bounds] = {}
    for row, cells in tables.rows(path, ("Code", BEST, WORST), figures=(BEST, WORST)):
        if cells.get("global", "yes").casefold() != "yes":
            continue
        name, where = cells["Code"], f"{path} row {row}"
        if name in found:
            raise DataError(f"{where}: indicator {name} stands twice. Keep one.")
        best, worst = (_number(cells[key], key, where) for key in (BEST, WORST))
        if best == worst:
            raise DataError(f"{where}: {name}: best and worst value are both {best:g}.")
        _goal(name, where)
        found[name] = Bounds(best, worst)
    if not found:
        raise DataError(f"{path}: no indicator in it that counts (global = yes).")
    return found


def _values(folder: Path, bounds: Mapping[str, Bounds]) -> tuple[list[str], Array]:
    path = folder / "values.csv"
    place = {name: k for k, name in enumerate(bounds)}
    known = {cells["Code"] for _, cells in tables.rows(folder / "codebook.csv", ("Code",))}
    found: dict[str, Array] = {}
    for row, cells in tables.rows(path, ("iso3", "code", "value"), figures=("value",)):
        code, name, where = cells["iso3"], cells["code"], f"{path} row {row}"
        if name not in place:
            if name not in known:
                raise DataError(f"{where}: indicator {name!r} is not in codebook.csv.")
            continue
        line = found.setdefault(code, np.full(len(place), np.nan))
        if not np.isnan(line[place[name]]):
            raise DataError(f"{where}: {code} has {name} twice. Keep one.")
        if cells["value"]:
            line[place[name]] = _number(cells["value"], "value", where)
    if not found:
        raise DataError(f"{path}: no value in it.")
    codes = sorted(found)
    return codes, np.array([found[code] for code in codes])


def _regions(folder: Path, codes: Sequence[str], goals: Sequence[int]) -> tuple[Array, Array]:
    """Return each country's region ("" where not told), and regional scores as given (NaN: not)."""
    at = {code: k for k, code in enumerate(codes)}
    column = {goal: k for k, goal in enumerate(goals)}
    region = np.full(len(codes), "", dtype=object)
    given = np.full((len(codes), len(goals)), np.nan)
    for path, key, label in _tables(folder):
        for row, cells in tables.rows(path):
            code, where = cells[key], f"{path} row {row}"
            if code not in at:
                continue
            if label and cells[label]:
                if region[at[code]] not in ("", cells[label]):
                    raise DataError(
                        f"{where}: the region of {code} is {cells[label]!r} here and "
                        f"{region[at[code]]!r} elsewhere. Make them one."
                    )
                region[at[code]] = cells[label]
            if cells.get("regional_score") and cells.get("goal", "") in map(str, column):
                score = _number(cells["regional_score"], "regional_score", where)
                given[at[code], column[int(cells["goal"])]] = score
    return region, given


def _tables(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield further tables of a folder: the column of codes, and the one of regions or ""."""
    for path in sorted(folder.glob("*.csv")):
        if path.name in ("codebook.csv", "values.csv"):
            continue
        columns = tables.header(path)
        key = next((name for name in ("iso3", "id") if name in columns), "")
        label = next((name for name in columns if name.casefold().startswith("region")), "")
        label = "" if label == "regional_score" else label
        if key and (label or "regional_score" in columns):
            yield path, key, label


def _goal(name: str, where: str = "codebook.csv") -> int:
    found = GOAL.match(name)
    if not found:
        raise DataError(f"{where}: indicator {name!r} does not name its goal. Write it as sdg1_….")
    return int(found[1])


def _number(text: str, what: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise DataError(f"{where}: {what} is {text!r}; it must be a number.")
    return value
