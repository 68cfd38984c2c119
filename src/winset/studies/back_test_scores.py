"""How near a forecast of trade came: correlation, slope and share of variance, by pair and by economy.

Equations: `winset.studies.back_test`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.numbers import Array, Mask

LEAST = 1.0  # USD million in both years, for a pair to be scored
REST = ("ROW",)


@dataclass(frozen=True, slots=True)
class Score:
    """How near a forecast came over a set of pairs or economies; None where it has no variance."""

    count: int
    correlation: float | None
    slope: float | None
    explained: float | None

    def to_json(self) -> dict[str, Any]:
        """Return an entry of a forecast."""
        return {
            "count": self.count,
            "correlation": self.correlation,
            "slope": self.slope,
            "variance_explained": self.explained,
        }


@dataclass(frozen=True, slots=True)
class TradeForecast:
    """One forecast: what it said, its scores, and its means over the sets of `BackTest.happened`."""

    name: str
    said: str
    by_pair: Score
    by_pair_weighted: Score
    predicted: Mapping[str, float | None]
    openness: Score
    placebo_share: float | None

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``forecasts``."""
        return {
            "forecast": self.name,
            "said": self.said,
            "pairs": self.by_pair.to_json(),
            "pairs_weighted": self.by_pair_weighted.to_json(),
            "predicted": dict(self.predicted),
            "openness": self.openness.to_json(),
            "placebo_share_as_good": self.placebo_share,
        }


@dataclass(frozen=True, slots=True)
class BackTest:
    """One change, its forecasts, and what happened.

    `happened` is the mean of Δ ln X beyond the world's growth, weighted by trade before: of the treated
    pairs, of pairs of a treated economy with others, and of others.
    """

    key: str
    title: str
    first: int
    last: int
    entered: str
    pairs: int
    scored: int
    growth: float
    happened: Mapping[str, float | None]
    forecasts: tuple[TradeForecast, ...]
    placebos: int
    sources: tuple[str, ...]
    note: str

    @property
    def best(self) -> TradeForecast:
        """Of winset's own, the one that explains most, weighted."""
        own = [f for f in self.forecasts if f.name not in ("no change", "in proportion")]
        return max(own, key=lambda f: f.by_pair_weighted.explained or -np.inf)

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``tests`` of ``winset backtest --json``."""
        return {
            "id": self.key,
            "title": self.title,
            "first": self.first,
            "last": self.last,
            "entered": self.entered or None,
            "treated_pairs": self.pairs,
            "scored_pairs": self.scored,
            "growth_of_all_trade": self.growth,
            "happened": dict(self.happened),
            "forecasts": [forecast.to_json() for forecast in self.forecasts],
            "placebos": self.placebos,
            "sources": list(self.sources),
            "note": self.note,
        }


def scored_test(
    *,
    key: str,
    title: str,
    first: int,
    last: int,
    entered: str,
    codes: Sequence[str],
    X: Array,
    Y: Array,
    treated: Mask,
    forecasts: Mapping[str, tuple[str, tuple[Array, Array]]],
    fakes: Sequence[tuple[Array, Array]],
    sources: tuple[str, ...],
    note: str,
) -> BackTest:
    n = len(codes)
    inside = np.array([code not in REST for code in codes])
    home = np.eye(n, dtype=bool)
    scored = (X >= LEAST) & (Y >= LEAST) & ~home & inside[:, None] & inside[None, :]
    if int(scored.sum()) < 10:
        raise DataError(
            f"back-test {key}: {int(scored.sum())} pairs trade in both years; too few to score."
        )
    growth = float(np.log(Y[scored].sum() / X[scored].sum()))
    actual = np.log(np.where(scored, Y, 1.0) / np.where(scored, X, 1.0)) - growth
    weight = X[scored]
    party: Mask = np.asarray((treated | treated.T).any(axis=0))
    beside = scored & ~treated & (party[:, None] | party[None, :])
    kinds = {"treated": scored & treated, "with_others": beside,
             "others": scored & ~treated & ~beside}  # fmt: skip
    # Openness needs sales at home: only where both years have them.
    homes: Mask = np.asarray((np.diag(X) > 0) & (np.diag(Y) > 0) & inside)
    homes &= (_openness(X) > 0) & (_openness(Y) > 0)
    open_ = np.log(_openness(Y)[homes] / _openness(X)[homes]) if homes.sum() > 3 else np.zeros(0)

    def means(x: Array) -> dict[str, float | None]:
        return {
            kind: float(np.average(x[mask], weights=X[mask])) if mask.any() else None
            for kind, mask in kinds.items()
        }

    def forecast(
        name: str, said: str, x: Array, opened: Array, share: float | None
    ) -> TradeForecast:
        return TradeForecast(
            name,
            said,
            score(actual[scored], x[scored], np.ones(int(scored.sum()))),
            score(actual[scored], x[scored], weight),
            means(x),
            score(open_, opened, np.ones(len(open_))),
            share,
        )

    found = []
    for name, (said, (old, new)) in forecasts.items():
        x = _logs(old, new)
        opened = np.log(_openness(new)[homes] / _openness(old)[homes]) if len(open_) else open_
        share = None
        if fakes and name == "estimated":
            own = score(actual[scored], x[scored], weight).correlation
            others = [
                score(actual[scored], _logs(*fake)[scored], weight).correlation for fake in fakes
            ]
            if own is not None:
                share = float(np.mean([o is not None and o >= own for o in others]))
        found.append(forecast(name, said, x, opened, share))
    flat = np.zeros((n, n))
    found.append(
        forecast(
            "no change",
            Sentence("nothing beyond the world's growth"),
            flat,
            np.zeros(len(open_)),
            None,
        )
    )
    sizes = _proportion(X, Y, scored)
    found.append(
        forecast(
            "in proportion",
            Sentence("sizes of exporter and importer as they turned out, known only afterwards"),
            sizes,
            np.zeros(len(open_)),
            None,
        )
    )
    return BackTest(
        key, title, first, last, entered, int(kinds["treated"].sum()), int(scored.sum()), growth,
        means(actual), tuple(found), len(fakes), sources, note,
    )  # fmt: skip


def score(actual: Array, said: Array, weight: Array) -> Score:
    """Return correlation, slope and the share of variance, weights summing to anything."""
    if len(actual) < 3:
        return Score(len(actual), None, None, None)
    w = weight / weight.sum()
    y, x = actual - w @ actual, said - w @ said
    var, cov = float(w @ (x * x)), float(w @ (x * y))
    around = float(w @ (y * y))
    whole = float(w @ (actual * actual))
    still = var <= 1e-24
    return Score(
        len(actual),
        None if still or around <= 0 else cov / np.sqrt(var * around),
        None if still else cov / var,
        None if whole <= 0 else 1.0 - float(w @ (actual - said) ** 2) / whole,
    )


def _logs(old: Array, new: Array) -> Array:
    both = (old > 0) & (new > 0)
    return np.asarray(np.log(np.where(both, new, 1.0) / np.where(both, old, 1.0)))


def _openness(X: Array) -> Array:
    """Return imports over spending."""
    whole = X.sum(axis=0)
    return np.asarray((whole - np.diag(X)) / np.where(whole > 0, whole, 1.0))


def _proportion(X: Array, Y: Array, scored: Mask) -> Array:
    """Return the change of trade that goes with sizes: of exporters' and importers' trade with all."""
    a, b = np.where(scored, X, 0.0), np.where(scored, Y, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.log(b.sum(axis=1) / a.sum(axis=1))
        into = np.log(b.sum(axis=0) / a.sum(axis=0))
    whole = float(np.log(b.sum() / a.sum()))
    found = np.nan_to_num(out)[:, None] + np.nan_to_num(into)[None, :] - 2.0 * whole
    return np.asarray(np.where(scored, found, 0.0))
