"""Elasticities of substitution by tariff line: embedded estimates, a user's file, and what fills the rest."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed
from winset.tables import embedded_rows, header, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array

FOLDER = Path(__file__).parents[1] / "data" / "tariff-lines"

#: Above it an estimate is cut: a few raw materials have more than 100.
MOST = 30.0
#: From which an elasticity is, the best first.
FROM = ("file", "hs6", "hs4", "hs2", "all")


@dataclass(frozen=True, slots=True)
class LineElasticities:
    """Elasticities of L lines, and from where each one is.

    Attributes
    ----------
    substitution, demand, supply : (L,)
        demand is negative; supply may be infinite. NaN in demand or supply where the file says nothing.
    source : L strings of `FROM`
        ``hs6``: estimated for the line; ``hs4``, ``hs2``, ``all``: median of heading, chapter, all.
    capped : number of lines whose estimate was cut to `MOST`
    """

    substitution: Array
    demand: Array
    supply: Array
    source: tuple[str, ...]
    capped: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many lines have their elasticity from where."""
        return {name: self.source.count(name) for name in FROM}


@lru_cache(maxsize=1)
def estimates() -> dict[str, float]:
    """Return σ by code of HS 2007 where its own estimate is significant and of the right sign (ProTEE)."""
    return {
        row["hs6_2007"]: float(row["substitution"])
        for row in embedded_rows(FOLDER / "elasticities.csv.gz")
        if row["own"] == "1"
    }


@lru_cache(maxsize=1)
def _headings() -> dict[str, float]:
    """Return σ of codes whose estimate is their heading's mean."""
    return {
        row["hs6_2007"]: float(row["substitution"])
        for row in embedded_rows(FOLDER / "elasticities.csv.gz")
        if row["own"] == "0" and row["substitution"]
    }


@lru_cache(maxsize=1)
def concordance() -> dict[str, str]:
    """Return the code of HS 2007 for each of HS 2017."""
    return {row["hs6_2017"]: row["hs6_2007"] for row in embedded_rows(FOLDER / "hs2017.csv.gz")}


@lru_cache(maxsize=1)
def _sectors() -> dict[str, dict[str, float]]:
    """Return the sectors of world icio-2022 by code, heading and chapter, with the share of its codes."""
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in embedded_rows(FOLDER / "hs2017.csv.gz"):
        if row["sector"]:
            for digits in (6, 4, 2):
                counts[row["hs6_2017"][:digits]][row["sector"]] += 1
    return {
        code: {sector: n / sum(of.values()) for sector, n in of.items()}
        for code, of in counts.items()
    }


def line_sectors(code: str) -> dict[str, float]:
    """Return which sectors of world icio-2022 make a line, with shares, or its heading."""
    for digits in (6, 4, 2):
        if len(code) >= digits and (found := _sectors().get(code[:digits])):
            return found
    return {}


@lru_cache(maxsize=1)
def _medians() -> dict[str, float]:
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for code, sigma in estimates().items():
        for digits in (4, 2, 0):
            groups[code[:digits]].append(min(sigma, MOST))
    return {code: median(of) for code, of in groups.items()}


def revision(codes: Sequence[str], where: str) -> str:
    """Tell the revision of the Harmonized System, "2007" or "2017"; blank where the codes fit both.

    Raises
    ------
    DataError
        Some codes exist in 2007 alone, others in 2017 alone.
    """
    new, old = set(concordance()), set(concordance().values())
    six = {code[:6] for code in codes}
    only_old, only_new = sorted(six & (old - new)), sorted(six & (new - old))
    if only_old and only_new:
        raise DataError(
            f"{where}: revisions of the Harmonized System are mixed: {listed(only_old, 3)} are of 2007, "
            f"{listed(only_new, 3)} of 2017. Convert them to one revision first."
        )
    return "2007" if only_old else "2017" if only_new else ""


def line_elasticities(
    codes: Sequence[str], *, of: str = "", file: Path | None = None
) -> LineElasticities:
    """Return elasticities for lines; what a file gives comes first, what is missing is filled and counted.

    Of a line without an estimate of its own the median of its heading is taken, of its chapter, of all.
    A code of HS 2017 has the estimate of the code of 2007 that it was.
    """
    own = read_file(file) if file is not None else {}
    map17 = {} if of == "2007" else concordance()
    substitution, source, capped = np.empty(len(codes)), [], 0
    demand, supply = np.full(len(codes), np.nan), np.full(len(codes), np.nan)
    for k, code in enumerate(codes):
        sigma, name = _embedded(code, map17)
        told = own.get(code) or own.get(code[:6])
        if told is not None:
            if math.isfinite(told[0]):
                sigma, name = told[0], "file"
            demand[k], supply[k] = told[1], told[2]
        if name != "file" and sigma > MOST:
            sigma, capped = MOST, capped + 1
        substitution[k] = sigma
        source.append(name)
    return LineElasticities(substitution, demand, supply, tuple(source), capped)


def _embedded(code: str, map17: dict[str, str]) -> tuple[float, str]:
    six = map17.get(code[:6], code[:6])
    if len(six) == 6:
        if six in estimates():
            return estimates()[six], "hs6"
        if six in _headings():
            return _headings()[six], "hs4"
    for digits, name in ((4, "hs4"), (2, "hs2")):
        if len(six) >= digits and six[:digits] in _medians():
            return _medians()[six[:digits]], name
    return _medians()[""], "all"


def read_file(path: Path) -> dict[str, tuple[float, float, float]]:
    """Read a user's elasticities: ``code``, ``substitution``, and ``demand``, ``supply`` if wanted.

    Raises
    ------
    DataError
        The wrong sign, a code twice, no number.
    """
    names = ("substitution", "demand", "supply")
    found: dict[str, tuple[float, float, float]] = {}
    column = "hs6" if "hs6" in header(path) else "code"
    for number, row in rows(path, (column, "substitution"), figures=names):
        code = row[column]
        if len(code) % 2:
            raise DataError(
                f"{path} row {number}: {column} is {code!r}: a leading zero was lost? Write 0{code}, as text."
            )
        if code in found:
            raise DataError(f"{path} row {number}: {code} stands twice. Keep one.")
        figures = []
        for name in names:
            text = row.get(name, "")
            try:
                figure = float(text) if text else math.nan
            except ValueError:
                raise DataError(
                    f"{path} row {number}: {name} is {text!r}; it must be a number."
                ) from None
            wrong = figure >= 0 if name == "demand" else figure <= 0
            if wrong:
                sign = "below" if name == "demand" else "above"
                raise DataError(
                    f"{path} row {number}: {name} of {code} is {figure:g}; it has the wrong sign, and "
                    f"must be {sign} 0."
                )
            figures.append(figure)
        found[code] = (figures[0], figures[1], figures[2])
    return found
