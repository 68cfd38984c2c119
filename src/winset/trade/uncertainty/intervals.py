r"""What the draws say: intervals for every figure, chances of gaining, and what drives the spread.

The interval of a figure runs from the 2.5th to the 97.5th percentile of its draws; beside it stand the
median and the figure without doubt, which is not one of the draws.

What drives the spread is told by the regression of ranks (Iman & Conover 1979): with R(·) the ranks
over draws, standardized to mean 0 and variance 1,

    R(y) = Σ_k b_k R(x_k) + e,      share_k = b_k · corr(R(x_k), R(y)),      rest = 1 − Σ_k share_k.

The rule on deficits is a category: it enters as two columns of zeros and ones (both are zero under
the first), whose shares are added; the sum does not depend on which rule has none.

The shares are those of Pratt (1987): they add up to R², whatever correlation is left between the
scalars, and one that plays no part has a share near zero, of either sign. The rest is what no scalar
explains alone: the errors of the flows, interactions, and effects that are not monotone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.trade.gains import direction
from winset.trade.numerics.blas import one_thread
from winset.trade.result import COLUMNS
from winset.trade.uncertainty.sampling import DEFICITS, RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from winset.numbers import Array, Places
    from winset.trade.result import TradeResult
    from winset.trade.uncertainty.draws import Draws
    from winset.trade.uncertainty.sampling import Sample


LEVELS = (0.025, 0.5, 0.975)
KEYS = ("low", "median", "high")
TOTALS = ("members_musd", "outsiders_musd", "world_musd")
REST = "rest"
PER_SCALAR = 10  # draws for each scalar, fewer of which tell nothing of what drives the spread


@dataclass(frozen=True, slots=True)
class RuleDraws:
    """What the draws under one rule on deficits say.

    `totals` are the quantiles (3,) of members, outsiders and the world at `LEVELS`, USD million.
    """

    rule: str
    draws: int
    all_members_gain: float
    totals: Mapping[str, Array]

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``intervals.by_rule``."""
        return {
            "rule": self.rule,
            "draws": self.draws,
            "all_members_gain": self.all_members_gain,
            **{key: _named(self.totals[key]) for key in TOTALS},
        }


@dataclass(frozen=True, slots=True)
class Intervals:
    """What a sample says of a result.

    Attributes
    ----------
    result : TradeResult
        Without doubt: the baseline of every interval.
    quantiles : mapping of (3, n) arrays
        For every column of the table, at `LEVELS`; NaN where a draw has no such figure.
    chance : (n,) array
        Share of the draws in which an economy gains.
    all_members_gain : float
        Share of the draws in which every member gains.
    totals : mapping of (3,) arrays
        For members, outsiders and the world, USD million.
    by_rule : tuple of RuleDraws
        The same of the draws under each rule on deficits; empty where the rule is not drawn.
    drivers : mapping of (scalars + 1,) arrays
        Shares of the spread of each total's draws, in the order of `names`, the rest last.
    economy_drivers : (scalars + 1, n) array
        The same for the welfare of every economy.
    """

    result: TradeResult
    sample: Sample
    draws: Draws
    names: tuple[str, ...]
    quantiles: Mapping[str, Array]
    chance: Array
    all_members_gain: float
    totals: Mapping[str, Array]
    drivers: Mapping[str, Array]
    economy_drivers: Array
    by_rule: tuple[RuleDraws, ...] = ()

    def baselines(self) -> dict[str, float]:
        """Return the totals without doubt, USD million."""
        summary = self.result.summary()
        return {key: float(summary[key]) for key in TOTALS}

    def to_json(self) -> dict[str, Any]:
        """Return the value of ``intervals`` in ``winset run --json``."""
        columns = self.result.columns()
        baselines = self.baselines()
        return {
            "draws": len(self.sample),
            "seed": self.sample.seed,
            "levels": list(LEVELS),
            "distributions": {k: dict(v) for k, v in self.sample.distributions.items()},
            "left_out": [{"draw": draw, "reason": reason} for draw, reason in self.draws.left_out],
            "solver": {
                "max_residual": self.draws.max_residual,
                "resolved_by_newton": self.draws.resolved_by_newton,
                "seconds": self.draws.seconds,
            },
            "all_members_gain": self.all_members_gain,
            "by_rule": [one.to_json() for one in self.by_rule],
            "summary": {
                key: {**_named(self.totals[key]), "baseline": baselines[key]} for key in TOTALS
            },
            "drivers": {
                key: dict(zip(self.names, map(_finite, self.drivers[key]), strict=True))
                for key in TOTALS
            },
            "economies": [
                {
                    "code": code,
                    "gains": float(self.chance[k]),
                    "drivers": dict(
                        zip(self.names, map(_finite, self.economy_drivers[:, k]), strict=True)
                    ),
                    **{
                        key: {
                            **_named(self.quantiles[key][:, k]),
                            "baseline": _finite(columns[key][k]),
                        }
                        for key in COLUMNS
                    },
                }
                for k, code in sorted(enumerate(self.result.codes), key=lambda pair: pair[1])
            ],
        }


@one_thread()
def intervals(result: TradeResult, sample: Sample, draws: Draws) -> Intervals:
    """Reduce the draws to intervals, chances and drivers."""
    kept = draws.kept
    columns = {key: column[kept] for key, column in draws.columns.items()}
    gain = direction(columns["welfare_percent"] / 100.0) > 0
    inside = np.isin(np.array(result.codes), result.members)
    money = columns["welfare_musd"]
    totals = {
        "members_musd": money[:, inside].sum(axis=1),
        "outsiders_musd": money[:, ~inside].sum(axis=1),
        "world_musd": money.sum(axis=1),
    }
    x = sample.values[kept]
    rules = None if sample.rules is None else sample.rules[kept]
    every_member = np.asarray(gain[:, inside].all(axis=1))
    return Intervals(
        result=result,
        sample=sample,
        draws=draws,
        names=(*sample.names, *(() if rules is None else (DEFICITS,)), REST),
        quantiles={key: np.quantile(column, LEVELS, axis=0) for key, column in columns.items()},
        chance=gain.mean(axis=0),
        all_members_gain=float(every_member.mean()),
        totals={key: np.quantile(total, LEVELS) for key, total in totals.items()},
        drivers={key: drivers(x, total[:, None], rules)[:, 0] for key, total in totals.items()},
        economy_drivers=drivers(x, columns["welfare_percent"], rules),
        by_rule=() if rules is None else _by_rule(rules, every_member, totals),
    )


def _by_rule(
    rules: Places, every_member: NDArray[np.bool_], totals: Mapping[str, Array]
) -> tuple[RuleDraws, ...]:
    found = []
    for k, rule in enumerate(RULES):
        own = rules == k
        if own.any():
            spans = {key: np.quantile(total[own], LEVELS) for key, total in totals.items()}
            share = float(every_member[own].mean())
            found.append(RuleDraws(rule, int(own.sum()), share, spans))
    return tuple(found)


def drivers(x: Array, y: Array, rules: Places | None = None) -> Array:
    """Return the shares of the spread of ranks that go with each scalar, and the rest.

    Parameters
    ----------
    x : (draws, k) array
    y : (draws, m) array
    rules : (draws,) array of int, optional
        A category of every draw, a position in `RULES`: one more scalar, behind the others.

    Returns
    -------
    (k + 1, m) array, with `rules` (k + 2, m); NaN where y does not vary, or with fewer than `PER_SCALAR`
    draws for each scalar.

    Examples
    --------
    >>> x = np.random.default_rng(1).random((200, 2))
    >>> [round(float(share), 6) for share in drivers(x, np.exp(9 * x[:, :1]))[:, 0]]
    [1.0, 0.0, 0.0]
    """
    from scipy.stats import rankdata

    count = len(x)
    k = x.shape[1] + (rules is not None)
    if count < PER_SCALAR * max(k, 1):
        return np.full((k + 1, y.shape[1]), np.nan)

    def standardized(values: Array) -> Array:
        ranks = rankdata(values, axis=0)
        spread = ranks.std(axis=0)
        centered = ranks - ranks.mean(axis=0)
        return np.asarray(np.divide(centered, spread, out=np.zeros_like(ranks), where=spread > 0))

    if rules is not None:
        x = np.column_stack([x, rules == 1, rules == 2])
    left, right = standardized(x), standardized(y)
    slopes = np.linalg.lstsq(left, right, rcond=None)[0]
    shares = slopes * (left.T @ right) / count
    if rules is not None:
        shares = np.vstack([shares[:-2], shares[-2:].sum(axis=0)])
    found = np.vstack([shares, 1.0 - shares.sum(axis=0)])
    found[:, ~right.any(axis=0)] = np.nan
    return np.asarray(found)


def _named(values: Array) -> dict[str, float | None]:
    return dict(zip(KEYS, map(_finite, values), strict=True))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
