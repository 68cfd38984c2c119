"""A table of an indicator → what joining did to it, by three methods, and whether the data can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__, tables
from winset.delivery.treatment import (
    IndicatorPanel,
    Staggered,
    Synthetic,
    placebo_share,
    staggered,
    synthetic,
    table_of,
)
from winset.errors import DataError, did_you_mean
from winset.gravity.absorbed import estimate
from winset.places.blocs import find_bloc, load_blocs

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array

GRAVITY, EVENT, DID, SYNTHETIC = METHODS = ("gravity", "event-study", "did", "synthetic")
LEVEL = 1.959963984540054
DRAWS = 200
WINDOW = 5


@dataclass(frozen=True, slots=True)
class Treated:
    """What a method found: effects by name with errors, the pre-test and the placebo.

    `pre_p` is of no effect before the treatment, `placebo` the share of made-up treatments with as large
    an effect; None where there is no such test.
    """

    method: str
    n: int
    names: tuple[str, ...]
    effects: Array
    errors: Array
    effect: float
    std_error: float | None
    pre_p: float | None
    placebo: float | None
    treated: int
    controls: int
    synthetic: Synthetic | None = None

    @property
    def verdict(self) -> str:
        """Say whether the data can tell, and if not, why."""
        if self.pre_p is not None and self.pre_p < 0.05:
            return (
                "the data cannot tell: the treated moved apart before the treatment already "
                f"(p = {self.pre_p:.3f})"
            )
        if self.std_error is not None and abs(self.effect) < LEVEL * self.std_error:
            return "the data cannot tell the effect from none"
        if self.placebo is not None and self.placebo > 0.05:
            return f"the data cannot tell: {self.placebo:.0%} of made-up treatments have as large an effect"
        return "the effect is told from none, before and by placebo"

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset effect FILE --method … --json`` prints."""
        said: dict[str, Any] = {
            "winset": __version__,
            "method": self.method,
            "n": self.n,
            "coefficients": {
                name: {
                    "estimate": float(b),
                    "std_error": float(s),
                    "low": float(b - LEVEL * s),
                    "high": float(b + LEVEL * s),
                }
                for name, b, s in zip(self.names, self.effects, self.errors, strict=True)
            },
            "effect": self.effect,
            "std_error": self.std_error,
            "pre_trend_p": self.pre_p,
            "placebo_share": self.placebo,
            "treated": self.treated,
            "controls": self.controls,
            "verdict": self.verdict,
            "told": self.verdict.startswith("the effect is"),
        }
        if self.synthetic is not None:
            found = self.synthetic
            said["synthetic"] = {
                "economy": found.economy,
                "since": found.since,
                "error_before": found.error_before,
                "error_after": found.error_after,
                "p_value": found.p_value,
                "placebos": found.placebos,
                "weights": [{"code": c, "weight": w} for c, w in found.weights.items()],
                "years": [
                    {"year": int(y), "actual": float(a), "made": float(m)}
                    for y, a, m in zip(found.years, found.actual, found.made, strict=True)
                ],
            }
        return said


def treatment(
    path: Path,
    method: str,
    *,
    treated: str | None = None,
    economy: str | None = None,
    window: int = WINDOW,
    draws: int = DRAWS,
    seed: int = 1,
    blocs_file: Path | None = None,
) -> Treated:
    """Estimate what joining did to an indicator.

    The file has economy, year, value and since, the year from which an economy is treated, blank for
    never; without since, `treated` names a bloc whose years of joining are taken.

    Raises
    ------
    DataError
        A bad table or method, nobody treated, or too few years or untreated economies.
    """
    if method not in METHODS[1:]:
        raise DataError(
            f"--method {method}: not known.{did_you_mean(method, METHODS)} One of: {', '.join(METHODS)}."
        )
    panel = read_treated(path, treated, blocs_file)
    if np.isnan(panel.since).all():
        raise DataError(f"{path}: no economy of it is treated; nothing to measure.")
    n = int(np.isfinite(panel.values).sum())
    if method == SYNTHETIC:
        return _synthetic(panel, economy, n)
    if method == DID:
        found = staggered(panel, window)
        return _of_staggered(found, n, placebo_share(panel, window, draws, seed))
    return _event_study(panel, window)


def read_treated(path: Path, treated: str | None, blocs_file: Path | None) -> IndicatorPanel:
    """Read the table of `treatment`.

    Raises
    ------
    DataError
        A column is missing, a figure is none, a year stands twice, or since changes within an economy.
    """
    columns = tables.header(path)
    needed = ["economy", "year", "value"]
    if treated is None:
        needed.append("since")
    elif "since" in columns:
        raise DataError(f"{path} has a column since: leave --treated out, or the column.")
    economies, years, values = [], [], []
    since: dict[str, str] = {}
    seen: set[tuple[str, int]] = set()
    for row, cells in tables.rows(path, needed, figures=("value",)):
        where = f"{path} row {row}"
        if not (cells["year"].isdigit() and len(cells["year"]) == 4):
            raise DataError(f"{where}: year is {cells['year']!r}. Write four digits, as 2024.")
        key = cells["economy"], int(cells["year"])
        if key in seen:
            raise DataError(f"{where}: {key[0]} stands twice in {key[1]}. Keep one.")
        seen.add(key)
        told = cells.get("since", "")
        if since.setdefault(key[0], told) != told:
            raise DataError(
                f"{where}: {key[0]} is treated since {told or 'never'} here and "
                f"{since[key[0]] or 'never'} above. Give it one year."
            )
        if told and not (told.isdigit() and len(told) == 4):
            raise DataError(f"{where}: since is {told!r}. Write a year, or nothing for never.")
        if not cells["value"]:
            continue
        try:
            values.append(float(cells["value"]))
        except ValueError as error:
            raise DataError(
                f"{where}: value is {cells['value']!r}; it must be a number."
            ) from error
        economies.append(key[0])
        years.append(key[1])
    if not values:
        raise DataError(f"{path}: no value in it.")
    when = {code: float(year) for code, year in since.items() if year}
    if treated is not None:
        bloc, _ = find_bloc(treated, load_blocs(blocs_file))
        when = {}
        for stay in sorted(bloc.memberships, key=lambda m: m.joined, reverse=True):
            if stay.role == "member":
                when[stay.code] = float(stay.joined.year)  # the first joining counts
    return table_of(economies, years, values, when)


def _of_staggered(found: Staggered, n: int, placebo: float | None) -> Treated:
    return Treated(
        DID,
        n,
        tuple(f"event_{e}" for e in found.events),
        found.effects,
        np.sqrt(np.diag(found.covariance)),
        found.effect,
        found.std_error,
        found.pre_p,
        placebo,
        found.treated,
        found.controls,
    )


def _event_study(panel: IndicatorPanel, window: int) -> Treated:
    """Two-way effects and a regressor for every year from the treatment, the ends taken together."""
    from scipy.stats import chi2

    i, t = np.nonzero(np.isfinite(panel.values))
    y = panel.values[i, t]
    away = panel.years[t] - panel.since[i]
    events = [e for e in range(-window, window + 1) if e != -1]
    columns = {}
    for e in events:
        here = away == e
        if e == -window:
            here = away <= e
        if e == window:
            here = away >= e
        if here.any():
            columns[e] = here.astype(np.float64)
    if not any(e >= 0 for e in columns):
        raise DataError("no treated economy has a value after its treatment.")
    found = estimate(y, np.column_stack(list(columns.values())), [i, t], i, poisson=False)
    kept = [list(columns)[k] for k in found.kept]
    errors = np.sqrt(np.diag(found.covariance))
    before = np.array([e < -1 for e in kept])
    after = np.array([e >= 0 for e in kept])
    p = None
    if before.any():
        b = found.slopes[before]
        statistic = float(b @ np.linalg.pinv(found.covariance[np.ix_(before, before)]) @ b)
        p = float(chi2.sf(statistic, int(before.sum())))
    w = after / after.sum()
    treated = int((~np.isnan(panel.since)).sum())
    return Treated(
        EVENT,
        len(y),
        tuple(f"event_{e}" for e in kept),
        found.slopes,
        errors,
        float(w @ found.slopes),
        float(np.sqrt(w @ found.covariance @ w)),
        p,
        None,
        treated,
        len(panel.economies) - treated,
    )


def _synthetic(panel: IndicatorPanel, economy: str | None, n: int) -> Treated:
    treated = [c for c, s in zip(panel.economies, panel.since, strict=True) if not np.isnan(s)]
    if economy is None:
        if len(treated) != 1:
            raise DataError(
                f"{len(treated)} economies are treated; a synthetic control is of one: --economy "
                f"{treated[0]}."
            )
        economy = treated[0]
    found = synthetic(panel, economy)
    return Treated(
        SYNTHETIC,
        n,
        (),
        np.zeros(0),
        np.zeros(0),
        found.effect,
        None,
        None,
        found.p_value,
        1,
        found.placebos,
        found,
    )
