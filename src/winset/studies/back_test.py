r"""Would winset have foreseen it: a change put into the world before, beside what then happened.

A forecast is the change of trade of every pair, x̂ = Δ ln X_in, in a world whose output does not grow. What
happened is y = Δ ln X_in − g with g the growth of all trade of the pairs scored, so that both are changes
beyond the world's. Scored, by pair and weighted by trade before or not, are

    correlation of y and x̂; slope of y on x̂ (1: sizes right); share of variance 1 − Σ w (y − x̂)² / Σ w y²,

against two naive forecasts: no change beyond the world's (share 0 by definition), and growth in proportion,
x̂ = Δ ln Y_i + Δ ln E_n − 2 Δ ln of the world's, with the sizes of exporter and importer as they turned out (a
forecast that nobody could have made before; it says what sizes alone explain). Openness is imports over
spending on goods, by economy.

Placebo: the same change laid on as many pairs drawn at random among pairs of the same economies' peers;
where as many placebos correlate as well, the correlation says nothing of the agreement.

Source: Kehoe (2005), "An Evaluation of the Performance of Applied General Equilibrium Models of the Impact
of NAFTA", for the idea of correlation, slope and share of variance (from general knowledge).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__, tables
from winset.errors import DataError, did_you_mean
from winset.places.groups import Group, names
from winset.scenario import Parameters, Scenario, Shock, read_scenario
from winset.trade.solver import solve, solve_shock
from winset.worlds import World
from winset.worlds.package import world as load_world
from winset.worlds.world_data import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.numbers import Array, Mask

FOLDER = Path(__file__).parents[1] / "data" / "back-tests"
NAFTA = "nafta-1993"
GIVEN = 5.0  # percent off the cost of trade, the forecast given beforehand
PLACEBOS = 40
LEAST = 1.0  # USD million in both years, for a pair to be scored
REST = ("ROW",)
SOURCES = {
    "icio": Source("OECD ICIO Extended 2023; Teti (2024)", "OECD terms, with attribution"),
    "wiod": Source("WIOD 2016 release; Teti (2024)", "CC BY 4.0"),
}


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
class Forecast:
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
    forecasts: tuple[Forecast, ...]
    placebos: int
    sources: tuple[str, ...]
    note: str

    @property
    def best(self) -> Forecast:
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


def to_json(done: Sequence[BackTest]) -> dict[str, Any]:
    """Return the object that ``winset backtest --json`` prints."""
    return {"winset": __version__, "tests": [test.to_json() for test in done]}


def bundled() -> dict[str, dict[str, str]]:
    """Return the back-tests that come with winset by id; the NAFTA world's own is not in the table."""
    return {row["id"]: row for row in tables.embedded_rows(FOLDER / "tests.csv")}


def back_tests(
    asked: str | None,
    *,
    after: str | None = None,
    given: float = GIVEN,
    placebos: int = PLACEBOS,
    seed: int = 1,
) -> tuple[BackTest, ...]:
    """Run back-tests: one by id, all of them, or a scenario of your own against a world of a later year.

    Raises
    ------
    DataError
        No such test; a world after with other economies, or not later than the world before.
    """
    known = bundled()
    if after is not None:
        if asked is None:
            raise DataError(
                "--after takes a scenario: winset backtest scenario.toml --after WORLD."
            )
        return (_own(asked, after),)
    if asked is None:
        return (*(_bundled(row, given, placebos, seed) for row in known.values()), _nafta())
    if asked == NAFTA:
        return (_nafta(),)
    if asked not in known:
        every = [*known, NAFTA]
        raise DataError(
            f"{asked}: no such back-test.{did_you_mean(asked, every)} There are {', '.join(every)}; or a "
            "scenario with --after WORLD."
        )
    return (_bundled(known[asked], given, placebos, seed),)


def _bundled(row: Mapping[str, str], given: float, placebos: int, seed: int) -> BackTest:
    first, last = int(row["first"]), int(row["last"])
    before, later = (_world(row["panel"], year) for year in (first, last))
    treated = _treated(row["pairs"], before.codes)
    beta = float(row["beta"])
    # Goods alone: surpluses in goods may exceed half of an economy's output of goods, so that income is all
    # of it, as in the guide's endowment economies.
    parameters = Parameters(value_added_share=1.0)
    theta = parameters.trade_elasticity
    forecasts = {
        "estimated": (
            f"cost of the pairs × exp(−β/θ), β = {beta:.3f} estimated before, θ = {theta:g}",
            np.where(treated, np.exp(-beta / theta), 1.0),
            before.tariff[0],
        ),
        "given": (
            f"{given:g} percent off the cost of the pairs, given beforehand",
            np.where(treated, 1.0 - given / 100.0, 1.0),
            before.tariff[0],
        ),
        "tariffs": (
            "tariffs of the pairs as they changed, nothing else",
            np.ones_like(before.tariff[0]),
            np.where(treated, later.tariff[0], before.tariff[0]),
        ),
    }
    made = {
        name: (said, _flows(before, cost, tariff, parameters))
        for name, (said, cost, tariff) in forecasts.items()
    }
    rng = np.random.default_rng(seed)
    fakes = [
        _flows(
            before,
            np.where(_fake(treated, rng), np.exp(-beta / theta), 1.0),
            before.tariff[0],
            parameters,
        )
        for _ in range(placebos)
    ]
    return _scored(
        key=row["id"],
        title=row["title"],
        first=first,
        last=last,
        entered=row["entered"],
        codes=before.codes,
        X=before.trade[0],
        Y=later.trade[0],
        treated=treated,
        forecasts=made,
        fakes=fakes,
        sources=(SOURCES[row["panel"]].title, row["beta_source"]),
        note=row["note"],
    )


def _nafta() -> BackTest:
    """Manufactures of 1993 and 2005 against tariffs that changed in the world of 1993 with industries."""
    result = solve(load_world("caliendo-parro-1993"), read_scenario("nafta"))
    codes = result.codes
    X, Y = (_flat(FOLDER / "manufacturing.csv.gz", year, codes)[0] for year in (1993, 2005))
    three = np.array([code in ("CAN", "MEX", "USA") for code in codes])
    treated = three[:, None] & three[None, :] & ~np.eye(len(codes), dtype=bool)
    # The panel has its own levels: the model's factors of change are laid on them.
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(result.flows > 0, result.new_flows / result.flows, 1.0)
    return _scored(
        key=NAFTA,
        title="NAFTA: tariffs of 1993 to those of 2005, 40 industries",
        first=1993,
        last=2005,
        entered="1994-01-01",
        codes=codes,
        X=X,
        Y=Y,
        treated=treated,
        forecasts={
            "tariffs": ("tariffs of 1993 to 2005 in Caliendo and Parro's world", (X, X * factor))
        },
        fakes=[],
        sources=("Caliendo & Parro (2015)", "Yotov et al. (2016), manufactures 1993 and 2005"),
        note="The forecast is of all goods, what happened of manufactures.",
    )


def _own(asked: str, after: str) -> BackTest:
    """A scenario of the user's own against a later world of the same economies."""
    scenario = read_scenario(asked)
    before, later = scenario.load_world(), load_world(_place(after))
    if later.codes != before.codes:
        other = sorted(set(later.codes) ^ set(before.codes))
        raise DataError(
            f"world {later.name!r} has other economies than {before.name!r}: "
            f"{', '.join(other[:8]) or 'in another order'}. Give both the same."
        )
    if later.year <= before.year:
        raise DataError(
            f"world {later.name!r} is of {later.year}, not after {before.name!r} of {before.year}."
        )
    result = solve(before, scenario)
    cost = np.atleast_3d(result.shock.cost.T).T
    changed = (cost != 1.0).any(axis=0)
    changed |= (before.tariff != np.atleast_3d(result.shock.tariff.T).T).any(axis=0)
    treated = changed & ~np.eye(len(before.codes), dtype=bool)
    Y = later.trade.sum(axis=0)
    if not later.domestic_known:
        Y = later.accounts(scenario.parameters.value_added_share).flows
    X = result.flows
    return _scored(
        key=Path(asked).stem,
        title=scenario.title,
        first=before.year,
        last=later.year,
        entered="",
        codes=before.codes,
        X=X,
        Y=Y,
        treated=treated,
        forecasts={"scenario": ("the scenario as it stands", (X, result.new_flows))},
        fakes=[],
        sources=tuple(s.title for s in (*before.sources, *later.sources)),
        note="",
    )


def _place(text: str) -> str | Path:
    return Path(text) if Path(text).exists() else text


def _scored(
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

    def forecast(name: str, said: str, x: Array, opened: Array, share: float | None) -> Forecast:
        return Forecast(
            name,
            said,
            _score(actual[scored], x[scored], np.ones(int(scored.sum()))),
            _score(actual[scored], x[scored], weight),
            means(x),
            _score(open_, opened, np.ones(len(open_))),
            share,
        )

    found = []
    for name, (said, (old, new)) in forecasts.items():
        x = _logs(old, new)
        opened = np.log(_openness(new)[homes] / _openness(old)[homes]) if len(open_) else open_
        share = None
        if fakes and name == "estimated":
            own = _score(actual[scored], x[scored], weight).correlation
            others = [
                _score(actual[scored], _logs(*fake)[scored], weight).correlation for fake in fakes
            ]
            if own is not None:
                share = float(np.mean([o is not None and o >= own for o in others]))
        found.append(forecast(name, said, x, opened, share))
    flat = np.zeros((n, n))
    found.append(
        forecast("no change", "nothing beyond the world's growth", flat, np.zeros(len(open_)), None)
    )
    sizes = _proportion(X, Y, scored)
    found.append(
        forecast(
            "in proportion",
            "sizes of exporter and importer as they turned out, known only afterwards",
            sizes,
            np.zeros(len(open_)),
            None,
        )
    )
    return BackTest(
        key, title, first, last, entered, int(kinds["treated"].sum()), int(scored.sum()), growth,
        means(actual), tuple(found), len(fakes), sources, note,
    )  # fmt: skip


def _score(actual: Array, said: Array, weight: Array) -> Score:
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


def _flows(world: World, cost: Array, tariff: Array, parameters: Parameters) -> tuple[Array, Array]:
    """Solve and return customs values before and after."""
    shock = Shock(cost, tariff, np.ones(len(world.codes)), Group(world.codes))
    scenario = Scenario(
        "a change of the past", (), parameters=parameters, on=dt.date(world.year, 1, 1)
    )
    result = solve_shock(world, scenario, shock)
    return result.flows, result.new_flows


def _treated(text: str, codes: Sequence[str]) -> Mask:
    """Read pairs: ``A,B`` among, ``A,B x C`` between, several by semicolon; both directions."""
    at = {code: k for k, code in enumerate(codes)}
    found = np.zeros((len(codes), len(codes)), dtype=bool)
    for part in text.split(";"):
        sides = [[at[c] for c in names(side) if c in at] for side in part.split(" x ")]
        first, second = sides[0], sides[-1]
        found[np.ix_(first, second)] = found[np.ix_(second, first)] = True
    np.fill_diagonal(found, val=False)
    return found


def _fake(treated: Mask, rng: np.random.Generator) -> Mask:
    """Return the same pattern of pairs among other economies, drawn at random."""
    order = rng.permutation(len(treated))
    return np.asarray(treated[np.ix_(order, order)] & ~treated)


def _world(panel: str, year: int) -> World:
    rows = [r for r in tables.embedded_rows(FOLDER / f"{panel}.csv.gz") if r["year"] == str(year)]
    codes = tuple(sorted({row["exporter"] for row in rows}))
    trade, tariff = _flat(FOLDER / f"{panel}.csv.gz", year, codes)
    return World(
        name=f"{panel}-goods-{year}",
        year=year,
        codes=codes,
        names=codes,
        gdp=np.full(len(codes), np.nan),
        sectors=("goods",),
        # The panel counts tariffs in; a world's flows are as customs record them.
        trade=(trade / (1.0 + tariff))[None],
        tariff=tariff[None],
        domestic_known=True,
        sources=(SOURCES[panel],),
    )


def _flat(path: Path, year: int, codes: Sequence[str]) -> tuple[Array, Array]:
    at = {code: k for k, code in enumerate(codes)}
    goods, tariff = np.zeros((len(codes), len(codes))), np.zeros((len(codes), len(codes)))
    for row in tables.embedded_rows(path):
        if row["year"] == str(year) and row["exporter"] in at and row["importer"] in at:
            cell = at[row["exporter"]], at[row["importer"]]
            goods[cell] = float(row["goods"])
            tariff[cell] = float(row["tariff"] or 0.0) / 100.0
    return goods, tariff
