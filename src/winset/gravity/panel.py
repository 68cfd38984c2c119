r"""A panel of trade by pair and year, and what an agreement did to it: gravity with effects swept out.

    E[X_ijt] = exp(β'z_ijt + e_it + m_jt + γ_ij)

e: exporter and year, m: importer and year, γ: the pair, both directions as one. Domestic sales, where the
panel has them, all share one γ, so that borders and agreements are told from selling at home.

Sources: Yotov, Piermartini, Monteiro & Larch (2016), An Advanced Guide to Trade Policy Analysis, chapter 1;
Baier & Bergstrand (2007) on effects of pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__, tables
from winset.errors import DataError, did_you_mean, listed
from winset.gravity.absorbed import Absorbed, estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.numbers import Array, Mask

    Labels = NDArray[np.intp]

KEYS = ("exporter", "importer", "year", "trade")
EFFECTS = ("exporter-year", "importer-year", "pair", "exporter", "importer", "year")
STANDARD = ("exporter-year", "importer-year", "pair")
BORDERS = ("none", "one", "year", "economy")
CLUSTERS = ("pair", "exporter", "importer", "none")
ESTIMATORS = ("ppml", "ols")
SIZES = ("log_y", "log_e")
GUIDE_INTERVAL = 4
LONG = 13  # yearly panels from this length on are thinned, unless told otherwise
LEVEL = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of a file: who sells to whom, when, how much, and further columns by name."""

    exporter: NDArray[np.str_]
    importer: NDArray[np.str_]
    year: NDArray[np.int64]
    trade: Array
    columns: Mapping[str, Array]

    @property
    def domestic(self) -> Mask:
        """Which rows are sales at home."""
        return np.asarray(self.exporter == self.importer)

    def chosen(self, rows: Mask) -> Panel:
        """Return some of the rows."""
        return Panel(
            self.exporter[rows],
            self.importer[rows],
            self.year[rows],
            self.trade[rows],
            {name: column[rows] for name, column in self.columns.items()},
        )


@dataclass(frozen=True, slots=True)
class Effect:
    """Slopes by name, what was absorbed, and the sample."""

    names: tuple[str, ...]
    left_out: tuple[str, ...]
    estimated: Absorbed
    estimator: str
    effects: tuple[str, ...]
    clusters: str
    borders: str
    years: tuple[int, ...]
    rows: int

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset effect FILE --json`` prints."""
        found = self.estimated
        return {
            "winset": __version__,
            "n": len(found.rows),
            "coefficients": {
                name: {
                    "estimate": float(b),
                    "std_error": float(s),
                    "low": float(b - LEVEL * s),
                    "high": float(b + LEVEL * s),
                }
                for name, b, s in zip(self.names, found.slopes, found.errors, strict=True)
            },
            "left_out": list(self.left_out),
            "estimator": self.estimator,
            "effects": list(self.effects),
            "borders": self.borders,
            "clusters": self.clusters,
            "clusters_counted": found.clusters,
            "years": list(self.years),
            "rows_without_trade_in_a_group": self.rows - len(found.rows),
            "steps": found.steps,
        }


def read_panel(path: Path, beside: Path | None = None) -> Panel:
    """Read a panel: exporter, importer, year, trade, and any further columns of figures.

    `beside` is a second table by exporter, importer and year whose columns are added; a row that it has
    not is zero in all of them.

    Raises
    ------
    DataError
        A column is missing, a cell is no number, trade is negative, or a pair stands twice in a year.
    """
    text, figures = _columns(path, KEYS)
    exporter, importer = text["exporter"], text["importer"]
    year = figures.pop("year")
    trade = figures.pop("trade")
    if (trade < 0).any():
        raise DataError(f"{path} row {int(np.argmax(trade < 0)) + 2}: trade is negative.")
    key = _key(exporter, importer, year)
    if len(np.unique(key)) < len(key):
        names, count = np.unique(key, return_counts=True)
        raise DataError(
            f"{path}: {names[np.argmax(count)]} stands twice. Keep one row of a pair and year."
        )
    if beside is not None:
        more_text, more = _columns(beside, KEYS[:3])
        place = {k: n for n, k in enumerate(key.tolist())}
        other = _key(more_text["exporter"], more_text["importer"], more.pop("year"))
        at = np.array([place.get(k, -1) for k in other.tolist()])
        for name, column in more.items():
            if name in figures or name == "trade":
                raise DataError(f"{beside}: column {name} stands in {path} too. Keep one.")
            laid = np.zeros(len(key))
            laid[at[at >= 0]] = column[at >= 0]
            figures[name] = laid
    return Panel(exporter, importer, year.astype(np.int64), trade, figures)


def _columns(
    path: Path, needed: Sequence[str]
) -> tuple[dict[str, NDArray[np.str_]], dict[str, Array]]:
    """Return columns of codes and columns of figures; further ones of text are left out."""
    cells: dict[str, list[str]] = {}
    for block in tables.blocks(path, needed):
        for name, column in block.columns.items():
            cells.setdefault(name, []).extend(cell.strip() for cell in column)
    if not cells:
        raise DataError(f"{path}: no row in it.")
    text = {name: np.array(cells.pop(name)) for name in ("exporter", "importer")}
    figures: dict[str, Array] = {}
    for name, column in cells.items():
        try:
            figures[name] = np.array(column, dtype=np.float64)
        except ValueError as error:
            if name in needed:
                raise DataError(
                    f"{path}: column {name} holds what is no number ({error})."
                ) from error
            continue
        if name in needed and not np.isfinite(figures[name]).all():
            row = int(np.argmin(np.isfinite(figures[name]))) + 2
            raise DataError(f"{path} row {row}: {name} is no finite number.")
    return text, figures


def _key(exporter: NDArray[np.str_], importer: NDArray[np.str_], year: Array) -> NDArray[np.str_]:
    parts = zip(exporter.tolist(), importer.tolist(), year.tolist(), strict=True)
    return np.array([f"{a} to {b}, {int(t)}" for a, b, t in parts])


def years_of(panel: Panel, years: Sequence[int] | None, interval: int | None) -> tuple[int, ...]:
    """Return the years to use: those told, or every `interval`-th from the first.

    Without either, every fourth of a yearly panel of `LONG` years or more, so that trade has time to
    answer, as the guide advises; else all.
    """
    known = sorted(set(panel.year.tolist()))
    if years is not None:
        if missing := [y for y in years if y not in known]:
            raise DataError(
                f"years {listed(map(str, missing))} are not in the panel ({known[0]}–{known[-1]})."
            )
        return tuple(sorted(years))
    if interval is None:
        yearly = known[-1] - known[0] + 1 == len(known) >= LONG
        interval = GUIDE_INTERVAL if yearly else 1
        if not yearly:
            return tuple(known)
    return tuple(y for y in known if (y - known[0]) % interval == 0)


def effect(
    panel: Panel,
    regressors: Sequence[str],
    *,
    estimator: str = "ppml",
    effects: Sequence[str] = STANDARD,
    borders: str = "none",
    by_year: Sequence[str] = (),
    clusters: str = "pair",
    domestic: bool = True,
    years: Sequence[int] | None = None,
    interval: int | None = None,
) -> Effect:
    """Estimate what regressors do to trade.

    Parameters
    ----------
    regressors : names of columns
        ``log_x`` is the logarithm of column x where no column is called so; ``log_y`` and ``log_e`` are
        the logarithms of an exporter's sales to all and an importer's purchases from all in the year.
    borders : none, one (``intl_border``), year (``intl_border_1986`` …, the last year left out) or economy
    by_year : names among the regressors
        Each becomes one regressor for every year, ``log_dist_1986`` and so on.
    domestic : bool
        Whether sales at home are counted, where the panel has them.

    Raises
    ------
    DataError
        An unknown option or column, or nothing left to estimate.
    ConvergenceError
        See `winset.gravity.absorbed.estimate`.
    """
    for told, known, option in (
        (estimator, ESTIMATORS, "--estimator"),
        (borders, BORDERS, "--borders"),
        (clusters, CLUSTERS, "--clusters"),
        *((one, EFFECTS, "--effects") for one in effects),
    ):
        if told not in known:
            raise DataError(
                f"{option} {told}: not known.{did_you_mean(told, known)} One of: {', '.join(known)}."
            )
    chosen = years_of(panel, years, interval)
    panel = panel.chosen(np.isin(panel.year, chosen))
    sizes = _sizes(panel)
    keep = np.ones(len(panel.trade), dtype=bool) if domestic else ~panel.domestic
    if estimator == "ols":
        keep &= panel.trade > 0
    panel = panel.chosen(keep)
    sizes = {name: column[keep] for name, column in sizes.items()}
    named: dict[str, Array] = {}
    for name in regressors:
        column = sizes[name] if name in sizes else column_of(panel, name)
        if name in by_year:
            named |= {f"{name}_{t}": column * (panel.year == t) for t in chosen}
        else:
            named[name] = column
    named |= _borders(panel, borders, chosen)
    if not named:
        raise DataError("name what is to be estimated: --regressors rta")
    y = panel.trade if estimator == "ppml" else np.log(panel.trade)
    found = estimate(
        y,
        np.column_stack(list(named.values())),
        [labels(panel, one) for one in effects],
        None if clusters == "none" else labels(panel, clusters, apart=True),
        poisson=estimator == "ppml",
    )
    names = tuple(named)
    return Effect(
        names=tuple(names[k] for k in found.kept),
        left_out=tuple(n for k, n in enumerate(names) if k not in found.kept),
        estimated=found,
        estimator=estimator,
        effects=tuple(effects),
        clusters=clusters,
        borders=borders,
        years=chosen,
        rows=len(y),
    )


def column_of(panel: Panel, name: str) -> Array:
    """Return a column, or the logarithm of one."""
    if name in panel.columns:
        column = panel.columns[name]
    elif name.startswith("log_") and name[4:] in panel.columns:
        inner = panel.columns[name[4:]]
        if (inner <= 0).any():
            raise DataError(f"{name}: column {name[4:]} is not above zero everywhere.")
        column = np.log(inner)
    else:
        raise DataError(
            f"the panel has no column {name!r}.{did_you_mean(name, panel.columns)} Columns: "
            f"{', '.join(panel.columns) or 'none'}. Name some with --regressors, or add them with --with."
        )
    if not np.isfinite(column).all():
        raise DataError(f"column {name} has no value in {int((~np.isfinite(column)).sum())} rows.")
    return column


def labels(panel: Panel, kind: str, *, apart: bool = False) -> Labels:
    """Number the groups of an effect; domestic pairs are one, or `apart`, as they are clusters."""
    both = np.unique(np.concatenate([panel.exporter, panel.importer]))
    a, b = np.searchsorted(both, panel.exporter), np.searchsorted(both, panel.importer)
    t = panel.year - panel.year.min()
    span = int(t.max()) + 1
    raw = {
        "exporter": a,
        "importer": b,
        "year": t,
        "exporter-year": a * span + t,
        "importer-year": b * span + t,
        "pair": np.minimum(a, b) * len(both) + np.maximum(a, b),
    }[kind]
    if kind == "pair" and not apart:
        raw = np.where(a == b, -1, raw)
    return np.unique(raw, return_inverse=True)[1].astype(np.intp)


def _sizes(panel: Panel) -> dict[str, Array]:
    found = {}
    for name, kind in zip(SIZES, ("exporter-year", "importer-year"), strict=True):
        group = labels(panel, kind)
        with np.errstate(divide="ignore"):
            found[name] = np.log(np.bincount(group, panel.trade)[group])
    return found


def _borders(panel: Panel, borders: str, years: Sequence[int]) -> dict[str, Array]:
    abroad = (~panel.domestic).astype(np.float64)
    if borders == "one":
        return {"intl_border": abroad}
    if borders == "year":
        return {f"intl_border_{t}": abroad * (panel.year == t) for t in years[:-1]}
    if borders == "economy":
        return {
            f"home_{code}": (panel.domestic & (panel.exporter == code)).astype(np.float64)
            for code in np.unique(panel.exporter)
        }
    return {}
