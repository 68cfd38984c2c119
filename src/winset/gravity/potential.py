r"""Where trade is below what it could be: gravity predicted against actual, with its doubt.

    E[X_in | z] = exp( b' z_in + e_i + m_n ) = μ_in,      z = ln distance, border, region

for every exporter i and importer n ≠ i, zeros of trade included, by Poisson pseudo-maximum
likelihood (`winset.gravity.ppml`). The effects e_i and m_n take up everything that an economy has for
all its partners (size, wealth, remoteness, tariffs for all), so the sums of μ over importers and over
exporters are those of the data: what a pair trades above its μ, others trade below. Potential is where trade
would go if only distance, borders and regions told partners apart.

Standard errors are those of `winset.gravity.expectation`; an interval is the doubt about what is to be
*expected* of a pair like this, not the spread of pairs around it.

Sources: Santos Silva & Tenreyro (2006), "The Log of Gravity", Review of Economics and Statistics 88(4);
Fally (2015), "Structural gravity and fixed effects", Journal of International Economics 97, for the
sums; Cameron & Miller (2015), "A Practitioner's Guide to Cluster-Robust Inference", Journal of Human
Resources 50(2), equation 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed
from winset.gravity.expectation import Coefficient, expectation, interval
from winset.places import geography

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.worlds import World


#: Fewest economies that gravity is estimated on; with fewer the effects leave nothing to explain.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Potential:
    """Actual and expected trade of every pair, USD million, (n, n), rows exporting.

    Attributes
    ----------
    codes : tuple of n codes
        The economies that gravity was estimated on.
    actual, expected : (n, n) arrays
        X and μ; NaN on the diagonal. μ is 0 for an exporter that exports, or an importer that
        imports, nothing at all.
    error : (n, n) array
        Standard error of ln μ; NaN on the diagonal and where μ is 0.
    coefficients : tuple of Coefficient
    without_point : tuple of codes
        Economies of the world whose place is not known, left out.
    observations, pairs : int
        Flows, and unordered pairs (clusters).
    fit : float
        Squared correlation of actual and expected trade.
    residual : float
        Power of ten that no relative gap of the sums over exporters or importers exceeds.
    """

    codes: tuple[str, ...]
    actual: Array
    expected: Array
    error: Array
    coefficients: tuple[Coefficient, ...]
    without_point: tuple[str, ...]
    observations: int
    pairs: int
    fit: float
    residual: float

    def interval(self, level: float = 0.95) -> tuple[Array, Array]:
        """Return the lower and upper end of the interval of the expected trade, (n, n) each."""
        return interval(self.expected, self.error, level)

    def quartiles(self) -> tuple[float, float]:
        """Between which ratios of actual to expected trade the middle half of what is expected lies.

        Quartiles of X/μ over all pairs, each weighing as much as its μ.
        """
        seen = self.expected > 0
        weight = self.expected[seen]
        ratio = self.actual[seen] / weight
        order = np.argsort(ratio, kind="stable")
        reached = np.cumsum(weight[order]) / weight.sum()
        low, high = ratio[order][np.searchsorted(reached, [0.25, 0.75])]
        return float(low), float(high)


def potential(world: World, *, sector: str | None = None) -> Potential:
    """Estimate gravity on the trade of a world: all sectors together, or one.

    Raises
    ------
    DataError
        An unknown sector, or fewer than `FEWEST` economies whose place is known and that trade.
    ConvergenceError
        The estimation did not converge.
    """
    flows = world.flows if sector is None else world.trade[world.sector(sector)]
    known = np.array([code in geography.points() for code in world.codes])
    codes = tuple(code for code, here in zip(world.codes, known, strict=True) if here)
    actual = np.array(flows[np.ix_(known, known)], dtype=np.float64)
    np.fill_diagonal(actual, 0.0)
    sells, buys = np.asarray(actual.any(axis=1)), np.asarray(actual.any(axis=0))
    if min(int(sells.sum()), int(buys.sum())) < FEWEST:
        without = listed([c for c, here in zip(world.codes, known, strict=True) if not here])
        raise DataError(
            f"world {world.name!r}: gravity needs at least {FEWEST} economies that export and "
            f"{FEWEST} that import and whose place is known; {int(sells.sum())} export and "
            f"{int(buys.sum())} import. "
            + (f"Place not known: {without}. Use ISO 3166 alpha-3 codes. " if without else "")
            + "Use a larger world, such as world-2023."
        )
    pairs = sells[:, None] & buys[None, :] & ~np.eye(len(codes), dtype=bool)
    regressors = {
        "ln_distance": np.log(np.where(pairs, geography.distances(codes), 1.0)),
        "border": geography.contiguity(codes),
        "region": geography.same_region(codes),
    }
    found = expectation(actual, regressors, pairs, f"gravity on world {world.name!r}")
    expected = found.expected
    for array in (actual, expected):
        np.fill_diagonal(array, np.nan)
    return Potential(
        codes=codes,
        actual=actual,
        expected=expected,
        error=found.error,
        coefficients=found.coefficients,
        without_point=tuple(c for c, here in zip(world.codes, known, strict=True) if not here),
        observations=found.observations,
        pairs=found.clusters,
        fit=found.fit,
        residual=found.residual,
    )
