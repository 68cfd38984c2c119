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
from winset.sentences import Sentence
from winset.studies.back_test_scores import BackTest, scored_test
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
SOURCES = {
    "icio": Source("OECD ICIO Extended 2023; Teti (2024)", "OECD terms, with attribution"),
    "wiod": Source("WIOD 2016 release; Teti (2024)", "CC BY 4.0"),
}


@dataclass(frozen=True, slots=True)
class BackTests:
    """Some or all of them."""

    tests: tuple[BackTest, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset backtest --json`` prints."""
        return {"winset": __version__, "tests": [test.to_json() for test in self.tests]}


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
) -> BackTests:
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
        return BackTests((_own(asked, after),))
    if asked is None:
        every = (_bundled(row, given, placebos, seed) for row in known.values())
        return BackTests((*every, _nafta()))
    if asked == NAFTA:
        return BackTests((_nafta(),))
    checked(asked)
    return BackTests((_bundled(known[asked], given, placebos, seed),))


def checked(asked: str) -> None:
    """Refuse what is no bundled back-test.

    Raises
    ------
    DataError
        It is none.
    """
    there = [*bundled(), NAFTA]
    if asked not in there:
        raise DataError(
            f"{asked[:80]}: no such back-test.{did_you_mean(asked[:80], there)} There are "
            f"{', '.join(there)}; or a scenario with --after WORLD."
        )


def checked_given(percent: float) -> float:
    """Return the percent off the cost of trade that is given beforehand.

    Raises
    ------
    DataError
        It is not from 0 to 90.
    """
    if not 0.0 <= percent <= 90.0:
        raise DataError(f"given is {percent:g} percent off; it must be from 0 to 90.")
    return percent


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
            Sentence(
                "cost of the pairs × exp(−β/θ), β = {beta} estimated before, θ = {theta}",
                beta=f"{beta:.3f}",
                theta=f"{theta:g}",
            ),
            np.where(treated, np.exp(-beta / theta), 1.0),
            before.tariff[0],
        ),
        "given": (
            Sentence(
                "{given} percent off the cost of the pairs, given beforehand", given=f"{given:g}"
            ),
            np.where(treated, 1.0 - given / 100.0, 1.0),
            before.tariff[0],
        ),
        "tariffs": (
            Sentence("tariffs of the pairs as they changed, nothing else"),
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
    return scored_test(
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
    return scored_test(
        key=NAFTA,
        title=Sentence("NAFTA: tariffs of 1993 to those of 2005, 40 industries"),
        first=1993,
        last=2005,
        entered="1994-01-01",
        codes=codes,
        X=X,
        Y=Y,
        treated=treated,
        forecasts={
            "tariffs": (
                Sentence("tariffs of 1993 to 2005 in Caliendo and Parro's world"),
                (X, X * factor),
            )
        },
        fakes=[],
        sources=("Caliendo & Parro (2015)", "Yotov et al. (2016), manufactures 1993 and 2005"),
        note=Sentence("The forecast is of all goods, what happened of manufactures."),
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
    if result.shock.export_tax is not None:
        changed |= (np.atleast_3d(result.shock.export_tax.T).T != 0.0).any(axis=0)
    treated = changed & ~np.eye(len(before.codes), dtype=bool)
    Y = later.trade.sum(axis=0)
    if not later.domestic_known:
        Y = later.accounts(scenario.parameters.value_added_share).flows
    X = result.flows
    return scored_test(
        key=Path(asked).stem,
        title=scenario.title,
        first=before.year,
        last=later.year,
        entered="",
        codes=before.codes,
        X=X,
        Y=Y,
        treated=treated,
        forecasts={"scenario": (Sentence("the scenario as it stands"), (X, result.new_flows))},
        fakes=[],
        sources=tuple(s.title for s in (*before.sources, *later.sources)),
        note="",
    )


def _place(text: str) -> str | Path:
    return Path(text) if Path(text).exists() else text


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
