"""Export taxes: as written and laid, where they are refused, slopes by differences, draws and words."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.properties.test_sectors import linked
from tests.properties.worlds import CLOSURES
from tests.unit import test_sector_derivatives as slopes
from tests.unit.test_model_equations import moved, world

import winset as library
from winset.errors import DataError
from winset.scenario import Parameters, parse
from winset.studies import scenario_run
from winset.studies.club_order import shock_of
from winset.studies.economy_view import view
from winset.trade import solve
from winset.trade.coalitions.problem import prepare
from winset.trade.models.many_sectors import derivatives
from winset.trade.models.many_sectors.equations import Baseline, Target, target
from winset.trade.models.many_sectors.solve import MODEL as MANY
from winset.trade.models.model import Shift, calibrate
from winset.trade.models.one_sector.solve import MODEL as ONE
from winset.trade.uncertainty.draws import solve_draws
from winset.trade.uncertainty.sampling import sample

TAX: dict[str, Any] = {"kind": "export-tax", "from": "C00", "to": "all", "percent": 10}
ON = "2025-09-01"


def asked(*changes: dict[str, Any], **parameters: Any) -> Any:
    return parse(
        {"on": ON, "change": list(changes), "parameters": parameters, "world": "world-2023"}
    )


def test_a_tax_lies_on_the_pairs_and_sectors_named_and_nowhere_else() -> None:
    small = world()
    laid = asked(TAX, TAX | {"from": "C01", "to": "C02", "percent": -4.0}).resolve(small).export_tax
    wanted = np.zeros((4, 4))
    wanted[0, 1:], wanted[1, 2] = 0.1, -0.04
    np.testing.assert_array_equal(laid, wanted)
    parts = linked(small, 3, 5)
    laid = asked(TAX | {"sector": "s1"}).resolve(parts).export_tax
    assert laid is not None
    np.testing.assert_array_equal(laid[1], np.where(wanted == 0.1, 0.1, 0.0))
    assert not laid[[0, 2]].any()
    among = {"kind": "export-tax", "among": ["C00", "C01"], "percent": 10}
    both = asked(among).resolve(small)
    assert both.export_tax is not None
    assert both.export_tax[0, 1] == both.export_tax[1, 0] == 0.1
    assert np.count_nonzero(both.export_tax) == 2
    assert both.members == ("C00", "C01")


def test_a_phase_brings_a_part_and_nothing_is_idle() -> None:
    staged = {"on": ON, "year": 2026, "change": [TAX | {"phase": [2026, 2029]}]}
    laid = parse(staged).resolve(world()).export_tax
    assert laid is not None
    assert laid[0, 1] == pytest.approx(0.025)
    none = asked(TAX | {"percent": 0}).resolve(world())
    assert none.export_tax is None
    assert none.idle == (1,)
    assert none.changes_nothing(world())
    assert not asked(TAX).resolve(world()).changes_nothing(world())
    assert asked(TAX).resolve(world()).sha256 != none.sha256


def test_the_file_reads_back_and_begins_with_tariffs() -> None:
    scenario = parse({"on": ON, "change": [TAX | {"phase": [2026, 2029]}]})
    assert scenario.world == "world-2023"
    again = parse(tomllib.loads(scenario.to_toml()))
    assert again.changes == scenario.changes
    assert 'from = "C00"' in scenario.to_toml()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"among": ["C00", "C01"]}, "name the pairs in one way: among, or from and to"),
        ({"to": None}, 'to is missing. Add it, or write to = "all"'),
        ({"from": None}, 'from is missing. Add it, or write from = "all"'),
        ({"from": None, "to": None}, "name the pairs in one way"),
        ({"percent": -100}, "percent"),
        ({"percent": None}, "percent"),
        ({"sectors": []}, "sectors is empty"),
        ({"sector": "a", "sectors": ["b"]}, "contradict each other"),
        ({"importers": "C01"}, "importers"),
    ],
)
def test_what_contradicts_itself_is_refused(more: dict[str, Any], words: str) -> None:
    given = {key: value for key, value in (TAX | more).items() if value is not None}
    with pytest.raises(DataError, match=words):
        asked(given)


def test_the_same_pair_is_taxed_once() -> None:
    with pytest.raises(DataError, match="what C00 sells to C01 is taxed by a change before"):
        asked(TAX, TAX | {"to": "C01"}).resolve(world())


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"entry_cost_share": 0.2, "value_added_share": 1.0}, "the model of entry costs"),
        ({"energy": {}}, "the model of many sectors and energy"),
    ],
)
def test_models_without_it_refuse(parameters: dict[str, Any], words: str) -> None:
    data = world() if "energy" not in parameters else library.world("icio-2022")
    tax = TAX if "energy" not in parameters else TAX | {"from": "RUS"}
    with pytest.raises(DataError, match=words):
        solve(data, asked(tax, **parameters))


def test_games_of_coalitions_unions_and_clubs_refuse() -> None:
    with pytest.raises(DataError, match=r"all coalitions is not for an export-tax.*winset run"):
        prepare(world(), asked(TAX | {"to": ["C01"]}))
    order: Any = type("Order", (), {"scenario": asked(TAX)})()
    with pytest.raises(DataError, match="A club is not for an export-tax"):
        shock_of(order, world(), None)
    from winset.studies.customs_union import unite

    tax = TAX | {"from": "KAZ", "to": "RUS"}
    with pytest.raises(DataError, match="winset union is not for an export-tax"):
        unite(asked({"kind": "free-trade-area", "among": ["KAZ", "RUS"]}, tax))


@pytest.mark.parametrize("closure", CLOSURES, ids=lambda closure: "-".join(closure))
def test_slopes_of_one_sector_are_what_differences_show(closure: dict[str, Any]) -> None:
    base, _ = ONE.baseline(world(), Parameters(**closure))
    tax = np.random.default_rng(17).uniform(-0.1, 0.4, (4, 4))
    np.fill_diagonal(tax, 0.0)
    residual, slope = ONE.problem(base, Shift(*moved(base), tax), 0.7, False, None)
    x = np.random.default_rng(15).normal(0.0, 0.02, base.unknowns)
    exact = slope(x, residual(x)[1])
    for k in range(base.unknowns):
        step = np.zeros_like(x)
        step[k] = 1e-6
        numeric = (residual(x + step)[0] - residual(x - step)[0]) / 2e-6
        np.testing.assert_allclose(exact[:, k], numeric, atol=1e-6 * (1.0 + np.abs(numeric).max()))


@pytest.fixture(scope="module", params=[CLOSURES[0], CLOSURES[-1]], ids=["plain", "all"])
def base(request: pytest.FixtureRequest) -> Baseline:
    return calibrate(MANY, linked(world(), 3, 5), Parameters(**request.param)).base


def goal(base: Baseline, direction: Any = None, size: float = 0.0) -> Target:
    """Tariffs somewhat higher and exports taxed, and from there a small change."""
    n = len(base.value_added)
    tax = np.random.default_rng(18).uniform(-0.1, 0.4, base.tariff.shape)
    tax[:, np.arange(n), np.arange(n)] = 0.0
    cost, tariff, productivity = np.full(base.tariff.shape, 1.02), base.tariff + 0.03, np.ones(n)
    if direction is not None:
        cost = cost * np.exp(size * direction.cost)
        tariff = tariff + size * direction.tariff
        productivity = productivity * np.exp(size * direction.productivity)
    return target(base, Shift(cost, tariff, productivity, tax), 1.0)


def drawn(base: Baseline) -> tuple[derivatives.Direction, np.ndarray]:
    draw = np.random.default_rng(5)
    shape, n = base.tariff.shape, len(base.value_added)
    direction = derivatives.Direction(
        draw.normal(size=shape), draw.normal(size=shape), draw.normal(size=n)
    )
    return direction, draw.normal(size=base.unknowns)


def test_forward_with_export_taxes_is_what_differences_show(base: Baseline) -> None:
    direction, dx = drawn(base)
    x, here = slopes.place(base), goal(base)
    now = slopes.state(base, here, x)
    by_x = derivatives.forward(base, here, now, dx[:, None])
    assert by_x is not None
    ends = [slopes.state(base, here, x + sign * slopes.STEP * dx) for sign in (-1, 1)]
    slopes.compare(by_x, *ends, slopes.STEP)
    none = np.zeros((base.unknowns, 1))
    by_change = derivatives.forward(base, here, now, none, direction)
    assert by_change is not None
    ends = [slopes.state(base, goal(base, direction, sign * slopes.STEP), x) for sign in (-1, 1)]
    slopes.compare(by_change, *ends, slopes.STEP)


def test_pullback_with_export_taxes_is_the_adjoint_of_forward(base: Baseline) -> None:
    draw, n = np.random.default_rng(8), len(base.value_added)
    here = goal(base)
    now = slopes.state(base, here, slopes.place(base))
    weights = {
        "residual": draw.normal(size=base.unknowns),
        "income": draw.normal(size=n) / base.value_added,
        "consumer_price": draw.normal(size=n),
    }
    back = derivatives.pullback(base, here, now, **weights)
    direction, dx = drawn(base)

    def along(d: np.ndarray, change: Any) -> float:
        found = derivatives.forward(base, here, now, d[:, None], change)
        assert found is not None
        income = found.value_added + found.revenue + found.deficit
        return float(
            weights["residual"] @ found.residual[:, 0]
            + weights["income"] @ income[:, 0]
            + weights["consumer_price"] @ found.consumer_price[:, 0]
        )

    assert back.x @ dx == pytest.approx(along(dx, None), rel=1e-7)
    zero = np.zeros_like(base.tariff)
    for name in ("cost", "tariff", "productivity"):
        only = derivatives.Direction(zero, zero, np.zeros(n))
        only = replace(only, **{name: getattr(direction, name)})
        inner = float((getattr(back, name) * getattr(direction, name)).sum())
        assert inner == pytest.approx(along(np.zeros_like(dx), only), rel=1e-7), name


@pytest.mark.parametrize("sectors", [0, 3])
def test_draws_are_what_the_solver_finds_of_each(sectors: int) -> None:
    data = linked(world(), sectors, 5) if sectors else world()
    drawn = sample(data, parse({"on": ON, "change": [TAX]}), 3, 1)
    done = solve_draws(drawn)
    for draw in range(3):
        wanted = 100.0 * (solve(*drawn.drawn(draw)).welfare - 1.0)
        np.testing.assert_allclose(done.columns["welfare_percent"][draw], wanted, atol=1e-8)


def test_a_run_says_what_the_tax_raises_and_that_it_is_part_of_the_gain() -> None:
    tax = {"kind": "export-tax", "from": "KAZ", "to": "all", "percent": 10.0}
    done = scenario_run.run(asked(tax))
    from winset.report.words import notes

    assert any("Export taxes raise" in said and "Kazakhstan" in said for said in notes(done))
    result = done.result
    assert result.diversion is not None
    assert result.welfare[result.world.index["KAZ"]] > 1.0
    assert result.after.export_revenue is not None
    seen = view(result, "KAZ")
    raised = result.after.export_revenue[result.world.index["KAZ"]]
    price = result.price[result.world.index["KAZ"]]
    assert seen.parts["export_tax_revenue_musd"] == pytest.approx(raised / price)
    assert sum(seen.parts.values()) == pytest.approx(seen.row["welfare_musd"], rel=1e-9)
