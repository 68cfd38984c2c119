"""What gravity expects of people and works written together, tried on a year that it has not seen.

    E[n_ij] = exp( o_i + d_j + b₁ ln distance + b₂ border + b₃ language + b₄ colony + b₅ visa + b₆ ln(1 +
    past) )

with an effect of every origin and destination (`winset.gravity.expectation`). The past are migrants of the
first year
at hand. It takes up most of what ties a pair, so that what is left says where a tie is weaker or stronger
than its
own past and geography let one expect. A visa's coefficient is a correlation, not an effect: visas follow
migration as well as drive it, and they are of 2025.

**Out of sample.** Stocks of 2015 are explained with those of 2010 as the past; the forecast for 2020 puts
stocks of
2015 into the place of 2010 and leaves effects and coefficients as they are. Beside it stand two forecasts
that need no
model: nothing changes (n₂₀₁₅), and each pair goes on as it went (2 n₂₀₁₅ − n₂₀₁₀, not below nobody).

**Science.** Works of pairs by distance, border, language, colony, whether both are in the bloc and whether
both
are in the European Union:  w_ij = exp(a_i + a_j + … + β bloc_ij + ε eu_ij). e^β is how much more two
members write
together than two others as far apart; at the Union's effect works of the bloc would be Σ w_ij e^(ε − β),
all else
equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, listed
from winset.gravity.expectation import expectation, rounded
from winset.people.records import embedded
from winset.places import geography
from winset.places.blocs import load_blocs
from winset.places.ties import tied, visas

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from winset.gravity.expectation import Coefficient, Expectation
    from winset.numbers import Array, Mask
    from winset.people.records import Records

FEWEST = 10
TRAINED, PAST, TRIED = 2015, 2010, 2020
#: In which a bloc's effect is measured; the embedded years of all pairs.
SNAPSHOTS = (2013, 2018, 2023)


@dataclass(frozen=True, slots=True)
class PeopleGravity:
    """Actual and expected figures of one year, (n, n) on `codes`, and the pairs that were used."""

    kind: str
    year: int
    codes: tuple[str, ...]
    actual: Array
    pairs: Mask
    found: Expectation
    without_place: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return ``gravity`` of the JSON."""
        return {
            "year": self.year,
            "economies": len(self.codes),
            "coefficients": [coefficient(c) for c in self.found.coefficients],
            "observations": self.found.observations,
            "clusters": self.found.clusters,
            "fit": rounded(self.found.fit),
            "solver": {"residual": self.found.residual},
            "without_place": list(self.without_place),
        }


@dataclass(frozen=True, slots=True)
class PeopleForecast:
    """How far forecasts of 2020 are off: of gravity and of the two that need no model.

    Errors are over all pairs known in 2010, 2015 and 2020: absolute, as a share of the stocks of 2020;
    root of the
    mean square, persons; and of the log of stocks above `LEAST` persons.
    """

    pairs: int
    stock: float
    gravity: tuple[float, float, float]
    same: tuple[float, float, float]
    trend: tuple[float, float, float]

    def to_json(self) -> dict[str, Any]:
        """Return ``out_of_sample`` of the JSON."""
        names = ("absolute_share", "root_mean_square", "root_mean_square_log")
        rows = {
            "gravity": self.gravity,
            "no_change": self.same,
            "trend": self.trend,
        }
        return {
            "estimated_on": [PAST, TRAINED],
            "tried_on": TRIED,
            "pairs": self.pairs,
            "persons": self.stock,
            "forecasts": [
                {"forecast": name} | dict(zip(names, map(rounded, row), strict=True))
                for name, row in rows.items()
            ],
        }


LEAST = 100.0


def coefficient(c: Coefficient) -> dict[str, Any]:
    """Return an entry of ``coefficients``."""
    return {"name": c.name, "estimate": rounded(c.estimate), "error": rounded(c.error)}


def placed(codes: Sequence[str]) -> tuple[str, ...]:
    """Return those whose place is known."""
    return tuple(code for code in codes if code in geography.points())


def regressors(codes: Sequence[str], *, with_visas: bool = True) -> dict[str, Array]:
    """Return what tells pairs apart beside their past, (n, n) each."""
    found = dict(_regressors(tuple(codes)))
    if not with_visas:
        del found["visa"]
    return found


@lru_cache(maxsize=8)
def _regressors(codes: tuple[str, ...]) -> dict[str, Array]:
    distance = geography.distances(codes)
    apart = ~np.eye(len(codes), dtype=bool)
    return {
        "ln_distance": np.log(np.where(apart, np.maximum(distance, 1.0), 1.0)),
        "border": geography.contiguity(codes),
        "language": tied(codes, "comlang_off"),
        "colony": tied(codes, "colony"),
        "visa": visas(codes).astype(np.float64),
    }


def observed(actual: Array) -> Mask:
    """Return pairs that are known, of origins and destinations with anybody in them."""
    pairs: Mask = np.asarray(np.isfinite(actual) & ~np.eye(len(actual), dtype=bool))
    while True:
        there = np.where(pairs, actual, 0.0) > 0
        going, coming = np.asarray(there.any(axis=1)), np.asarray(there.any(axis=0))
        kept: Mask = pairs & np.outer(going, coming)
        if (kept == pairs).all():
            return kept
        pairs = kept


def people_gravity(records: Records, year: int) -> PeopleGravity:
    """Estimate gravity on a year of a table.

    Raises
    ------
    DataError
        Fewer than `FEWEST` origins or destinations whose place is known.
    ConvergenceError
        The estimation did not converge.
    """
    codes = placed(records.codes)
    here = records.select(codes)
    actual = here.of(year)
    pairs = observed(actual)
    if min(int(pairs.any(axis=1).sum()), int(pairs.any(axis=0).sum())) < FEWEST:
        raise DataError(
            f"{records.kind} of {year}: gravity takes at least {FEWEST} origins and {FEWEST} "
            "destinations with "
            f"anybody whose place is known; the table has {listed(codes)}. Give a larger table."
        )
    used = regressors(codes, with_visas=records.kind != "works")
    if records.kind != "works":
        used["ln_past"] = np.log1p(past(codes, before=year))
    found = expectation(
        np.where(pairs, actual, 0.0), used, pairs, f"gravity of {records.kind} in {year}"
    )
    without = tuple(code for code in records.codes if code not in codes)
    return PeopleGravity(records.kind, year, codes, actual, pairs, found, without)


def past(codes: Sequence[str], *, before: int) -> Array:
    """Return migrants of the first year at hand, nobody where none is known; (n, n)."""
    stocks = embedded("migrants")
    index = stocks.index
    at = [k for k, code in enumerate(codes) if code in index]
    found = np.zeros((len(codes), len(codes)))
    if stocks.years[0] < before:
        rows = [index[codes[k]] for k in at]
        found[np.ix_(at, at)] = np.nan_to_num(stocks.people[0][np.ix_(rows, rows)])
    return found


def out_of_sample() -> PeopleForecast:
    """PeopleForecast the stocks of 2020 from those up to 2015, see the module.

    Raises
    ------
    ConvergenceError
        The estimation did not converge.
    """
    stocks = embedded("migrants")
    codes = placed(stocks.codes)
    here = stocks.select(codes)
    before, now, later = (here.of(year) for year in (PAST, TRAINED, TRIED))
    pairs = observed(now) & np.isfinite(before) & np.isfinite(later)
    pairs &= observed(np.where(pairs, now, np.nan))
    used = regressors(codes) | {
        "ln_past": np.log1p(np.nan_to_num(before)),
        "ln_first": np.log1p(past(codes, before=PAST)),
    }
    found = expectation(np.where(pairs, now, 0.0), used, pairs, "gravity of migrants in 2015")
    slope = found.slope("ln_past")
    shift = 0.0 if slope is None else slope.estimate
    ahead = np.log1p(np.nan_to_num(now)) - np.log1p(np.nan_to_num(before))
    grown = np.exp(shift * ahead)
    trend = np.maximum(2.0 * now - before, 0.0)
    actual = later[pairs]
    return PeopleForecast(
        int(pairs.sum()),
        float(actual.sum()),
        *(_errors(made[pairs], actual) for made in (found.expected * grown, now, trend)),
    )


def _errors(made: Array, actual: Array) -> tuple[float, float, float]:
    off = made - actual
    large = (actual >= LEAST) & (made > 0)
    logs = np.log(made[large]) - np.log(actual[large])
    return (
        float(np.abs(off).sum() / actual.sum()),
        float(np.sqrt((off**2).mean())),
        float(np.sqrt((logs**2).mean())),
    )


@dataclass(frozen=True, slots=True)
class ScienceEffect:
    """What being in one bloc does to works of a year, against the European Union; logs with their errors."""

    year: int
    bloc: Coefficient | None
    union: Coefficient | None
    works: float
    at_union: float | None
    at_union_low: float | None
    at_union_high: float | None

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``science.years``."""

        def one(c: Coefficient | None) -> dict[str, float] | None:
            if c is None:
                return None
            ends = [np.exp(c.estimate + k * 1.959963984540054 * c.error) for k in (0, -1, 1)]
            return dict(zip(("factor", "low", "high"), map(rounded, ends), strict=True))

        return {
            "year": self.year,
            "bloc_effect": one(self.bloc),
            "eu_effect": one(self.union),
            "works_among_members": self.works,
            "works_at_eu_effect": None if self.at_union is None else rounded(self.at_union),
            "works_at_eu_effect_low": None
            if self.at_union_low is None
            else rounded(self.at_union_low),
            "works_at_eu_effect_high": None
            if self.at_union_high is None
            else rounded(self.at_union_high),
        }


def science(members: Sequence[str], on: dt.date) -> tuple[ScienceEffect, ...]:
    """Return the effect of being in a group on works written together, at the years at hand.

    Raises
    ------
    ConvergenceError
        The estimation did not converge.
    """
    works = embedded("works")
    codes = placed(works.codes)
    here = works.select(codes)
    inside = np.array([code in members for code in codes])
    union = np.array([code in load_blocs()["EU"].members(on) for code in codes])
    both = np.outer(inside, inside) & ~np.eye(len(codes), dtype=bool)
    europe = np.outer(union, union) & ~np.eye(len(codes), dtype=bool)
    found = []
    for year in SNAPSHOTS:
        actual = here.of(year)
        pairs = observed(actual)
        used = regressors(codes, with_visas=False) | {
            "bloc": both.astype(np.float64),
            "eu": europe.astype(np.float64),
        }
        made = expectation(np.where(pairs, actual, 0.0), used, pairs, f"gravity of works in {year}")
        bloc, eu = made.slope("bloc"), made.slope("eu")
        written = float(actual[both & pairs].sum()) / 2.0
        at: list[float | None] = [None, None, None]
        if bloc is not None and eu is not None:
            # Both are estimated on other pairs: their errors are taken as independent.
            error = float(np.hypot(bloc.error, eu.error))
            gap = eu.estimate - bloc.estimate
            at = [written * float(np.exp(gap + k * 1.959963984540054 * error)) for k in (0, -1, 1)]
        found.append(ScienceEffect(year, bloc, eu, written, *at))
    return tuple(found)
