"""What a result, creation and diversion, tariffs and a sweep say, and Newton's method: by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.unit.printed import made_world

from winset.errors import DataError
from winset.scenario import Parameters, parse
from winset.trade import solve
from winset.trade.effects.creation_diversion import measure
from winset.trade.effects.figures import Decomposition, Diversion, Tariffs
from winset.trade.effects.sweep import read_sweep
from winset.trade.models.entry_costs.solve import MODEL as ENTRY
from winset.trade.numerics import newton
from winset.trade.result import TradeResult, columns_of

MEMBERS = np.array([True, True, False, False])
WORLD = made_world(
    "B A D C",
    [[900, 10, 20, 30], [40, 800, 50, 60], [7, 8, 700, 9], [1, 2, 3, 600]],
    [[0, 0.1, 0.2, 0.1], [0.05, 0, 0.1, 0.1], [0.1, 0.5, 0, 0.1], [0.3, 0.2, 0.1, 0]],
)


def found() -> Diversion:
    """In the order B, A, D, C: B and A gain in each other's markets, from C and D."""
    change = np.zeros((4, 4))
    change[0, 1], change[1, 0] = 3000.0, 5000.0
    change[0, 0], change[1, 1] = -1200.0, -2300.0
    diverted = np.zeros((4, 4))
    diverted[2, 0], diverted[3, 0], diverted[2, 1] = 3500.0, 300.0, 700.0
    created = np.zeros((4, 4))
    created[0, 1], created[1, 0] = 2300.0, 1200.0
    tariffs = Tariffs(
        flows=np.array([[0, 10, 20, 30], [40, 0, 50, 60], [7, 8, 0, 9], [0, 0, 0, 0]], dtype=float),
        duty=np.array([[0, 1, 4, 3], [2, 0, 5, 6], [0.7, 4, 0, 0], [0, 0, 0, 0]]),
        new_duty=np.array([[0, 0, 4, 3], [0, 0, 5, 6], [0.7, 4, 0, 0], [0, 0, 0, 0]]),
        rate=np.array([[0, 0.1, 0.2, 0], [0.05, 0, 0.1, 0], [0.1, 0.5, 0, 0], [0.3, 0.2, 0.1, 0]]),
        new_rate=np.array([[0, 0, 0.2, 0], [0, 0, 0.1, 0], [0.1, 0.5, 0, 0], [0.3, 0.2, 0.1, 0]]),
    )
    return Diversion(
        codes=("B", "A", "D", "C"), members=MEMBERS, change=change - diverted,
        adjusted=np.zeros((4, 4)), created=created, diverted=diverted,
        adjustment=np.array([100.0, -40.0, 0.0, 0.0]), tariffs=tariffs,
    )  # fmt: skip


def test_creation_diversion_and_adjustment_by_importer_and_partner() -> None:
    said = found().to_json()
    assert said["creation"] == {
        "musd": 3500.0,
        "importers": [{"code": "A", "musd": 2300.0}, {"code": "B", "musd": 1200.0}],
        "partners": [{"code": "A", "musd": 1200.0}, {"code": "B", "musd": 2300.0}],
    }
    assert said["diversion"] == {
        "musd": 4500.0,
        "importers": [{"code": "A", "musd": 700.0}, {"code": "B", "musd": 3800.0}],
        "outsiders": [{"code": "C", "musd": 300.0}, {"code": "D", "musd": 4200.0}],
    }
    assert said["adjustment"] == {
        "musd": 60.0,
        "importers": [{"code": "A", "musd": -40.0}, {"code": "B", "musd": 100.0}],
    }
    assert found().outsiders() == [("D", 4200.0), ("C", 300.0)]
    still = replace(found(), change=np.zeros((4, 4)), tariffs=None)
    assert still.to_json() == {}


def test_a_market_is_reached_where_anything_changes() -> None:
    change = np.zeros((4, 4))
    change[0, 1], change[2, 3] = 5.0, -5.0
    assert replace(found(), change=change).reached.tolist() == [False, True, False, True]


def test_mean_tariffs_before_and_after() -> None:
    rates = {row["code"]: row for row in found().to_json()["tariffs"]}
    assert list(rates) == ["A", "B", "D"]  # C has none
    assert rates["A"]["members"] == {
        "weighted_percent": pytest.approx(10.0), "new_weighted_percent": 0.0,
        "simple_percent": pytest.approx(10.0), "new_simple_percent": 0.0,
    }  # fmt: skip
    assert rates["A"]["outsiders"] == {
        "weighted_percent": pytest.approx(50.0), "new_weighted_percent": pytest.approx(50.0),
        "simple_percent": pytest.approx(35.0), "new_simple_percent": pytest.approx(35.0),
    }  # fmt: skip
    assert rates["A"]["all"]["weighted_percent"] == pytest.approx(100 * 5 / 18)
    assert rates["A"]["all"]["new_weighted_percent"] == pytest.approx(100 * 4 / 18)
    tariffs = found().tariffs
    assert tariffs is not None
    assert tariffs.changing.tolist() == [True, True, False, False]
    nobody = np.zeros(4, dtype=bool)
    assert set(tariffs.mean(nobody, MEMBERS).values()) == {None}
    last = np.arange(4) == 3
    assert tariffs.mean(last, MEMBERS)["weighted_percent"] is None  # nothing is bought
    assert tariffs.mean(last, MEMBERS)["simple_percent"] == pytest.approx(25.0)


def test_decompositions_by_code() -> None:
    taken = Decomposition(
        codes=("B", "A"), welfare=np.array([2.0, 1.0]), sources={"scale": np.array([0.5, 0.25])},
        path={"volume": np.array([3.0, 4.0])}, first_order={"welfare": np.array([5.0, 6.0])},
        changes=(np.array([7.0, 8.0]),),
    )  # fmt: skip
    assert taken.to_json()[0] == {
        "code": "A", "welfare_percent": 1.0, "sources": {"scale_percent": 0.25},
        "path": {"volume_percent": 4.0}, "first_order": {"welfare_percent": 6.0},
        "changes_percent": [8.0],
    }  # fmt: skip


# A result.


def solved(**change: Any) -> TradeResult:
    said = {"kind": "tariff", "exporters": ["B"], "importers": ["A"], "rate": 0.0} | change
    result = solve(WORLD, parse({"on": "2025-09-01", "change": [said]}))
    return replace(result, diversion=measure(result, result.shock))


def test_tariffs_and_shares_as_measured() -> None:
    result = solved()
    assert result.members == ("B", "A")
    done = result.diversion
    assert done is not None
    assert done.tariffs is not None
    flows = result.flows
    off = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(done.tariffs.flows[off], flows[off])
    assert not done.tariffs.flows.diagonal().any()
    np.testing.assert_allclose(done.tariffs.duty, done.tariffs.flows * WORLD.tariffs)
    assert done.tariffs.new_duty[0, 1] == 0.0
    assert done.reached.tolist() == [False, True, False, False]
    # What B gains in A's market at unchanged costs is what the others lose.
    assert done.change[0, 1] > 0
    assert done.change[:, 1].sum() == pytest.approx(0.0, abs=1e-9 * done.change[0, 1])
    assert np.all(np.delete(done.change[:, 1], 0) < 0)
    np.testing.assert_allclose(done.diverted[[2, 3], 1], -done.change[[2, 3], 1])
    assert done.diverted[[0, 1], 1].tolist() == [0.0, 0.0]
    assert not np.delete(done.diverted, 1, axis=1).any()
    assert done.creation[1] == pytest.approx(-done.change[1, 1])
    assert done.created.sum() == pytest.approx(done.creation.sum())
    # Shares of spending tariffs included, by the elasticity: 4.
    paid = flows[:, 1] * (1 + WORLD.tariffs[:, 1])
    share = paid / paid.sum()
    new = share * np.array([1.1**4, 1, 1, 1])
    np.testing.assert_allclose(done.change[:, 1], paid.sum() * (new / new.sum() - share), rtol=1e-9)


def test_creation_and_diversion_have_no_unit_of_money() -> None:
    """Changes below a million count as those above."""
    said = {"kind": "tariff", "exporters": ["B"], "importers": ["A"], "rate": 0.0}
    found_ = []
    for scale in (1.0, 1e-5):
        world = replace(WORLD, trade=scale * WORLD.trade)
        result = solve(world, parse({"on": "2025-09-01", "change": [said]}))
        found_.append(measure(result, result.shock))
    one, other = found_
    for name in ("change", "created", "diverted", "adjustment"):
        np.testing.assert_allclose(
            getattr(other, name), 1e-5 * getattr(one, name), rtol=1e-6, atol=1e-12
        )
    assert one.diverted.sum() > 0


def test_counts_sums_and_trade_inside() -> None:
    result = solved()
    welfare = np.array([1.01, 0.99, 1.00004, 0.98])
    done = replace(result, welfare=welfare, equivalent_variation=np.array([5.0, -3.0, 0.1, -40.0]))
    assert done.summary() == {
        "members_gaining": 1, "members_losing": 1, "outsiders_gaining": 0, "outsiders_losing": 1,
        "outsiders_losing_more_than": {"0.05": 1, "0.1": 1},
        "worst_in_money": {"code": "C", "welfare_musd": -40.0},
        "unmoved_below_percent": pytest.approx(0.005), "members_musd": 2.0,
        "outsiders_musd": pytest.approx(-39.9), "world_musd": pytest.approx(-37.9),
        "worst": {"code": "C", "welfare_percent": pytest.approx(-2.0)},
    }  # fmt: skip
    inside = done.between(("B", "A"))
    assert inside[0] == pytest.approx(result.flows[0, 1] + result.flows[1, 0])
    assert inside[1] == pytest.approx(result.new_flows[0, 1] + result.new_flows[1, 0])
    said = done.to_json()
    assert [e["code"] for e in said["economies"]] == ["A", "B", "C", "D"]
    assert [e["role"] for e in said["economies"]] == ["member", "member", "outsider", "outsider"]
    assert said["economies"][1]["welfare_percent"] == pytest.approx(1.0)
    assert said["world"]["economies"] == 4
    table = done.table()
    assert list(table.index) == ["B", "A", "D", "C"]
    assert "The 2 members by gain, and the 2 outsiders that lose most, of 4" in done._repr_html_()


def test_columns_by_hand() -> None:
    columns = columns_of(
        welfare=np.array([1.01]), equivalent_variation=np.array([7.0]), wage=np.array([1.2]),
        price=np.array([1.1]), price_level=1.05, employment=np.array([1.01]),
        exports=np.array([100.0]), new_exports=np.array([126.0]), imports=np.array([120.0]),
        new_imports=np.array([168.0]), new_revenue=np.array([3.0]),
    )  # fmt: skip
    want = {
        "welfare_percent": 1.0, "welfare_musd": 7.0, "real_wage_percent": 100 * (1.2 / 1.1 - 1),
        "wage_percent": 20.0, "price_percent": 100 * (1.1 / 1.05 - 1), "price_numeraire_percent": 10.0,
        "employment_percent": 1.0, "exports_percent": 26.0, "imports_percent": 40.0,
        "exports_to_gdp_percent": 100 * (1.26 / 1.212 - 1), "imports_to_gdp_percent": 100 * (1.4 / 1.212 - 1),
        "deficit_percent": 100.0, "tariff_revenue_musd": 3.0,
    }  # fmt: skip
    assert {k: float(v[0]) for k, v in columns.items()} == pytest.approx(want)


@pytest.mark.parametrize(
    ("exports", "imports", "missing"),
    [
        (0.0, 10.0, {"exports_percent", "exports_to_gdp_percent"}),
        (10.0, 0.0, {"imports_percent", "imports_to_gdp_percent"}),
        (10.0, 10.0, {"deficit_percent"}),
    ],
)
def test_percentages_without_a_base_are_none(
    exports: float, imports: float, missing: set[str]
) -> None:
    one = np.array([1.0])
    columns = columns_of(
        welfare=one, equivalent_variation=one, wage=one, price=one, price_level=1.0, employment=one,
        exports=np.array([exports]), new_exports=one, imports=np.array([imports]), new_imports=one,
        new_revenue=one,
    )  # fmt: skip
    assert {key for key, column in columns.items() if np.isnan(column[0])} == missing


# Entry costs.


def test_sales_at_home_leave_gdp_where_exporters_pay_for_entry() -> None:
    """X_home = GDP + T − imports, T = (1 − ν)(imports − (1 − ν) exports), Y = (1 − ν) sales + ν purchases."""
    flows = np.array([[0.0, 30, 20], [10, 0, 30], [25, 15, 0]])
    gdp = np.array([200.0, 150.0, 180.0])
    world = replace(made_world("A B C", flows.tolist()), gdp=gdp, domestic_known=False)
    nu = 0.3
    parameters = Parameters(entry_cost_share=nu, value_added_share=1.0)
    base = ENTRY.baseline(world, parameters)[0]
    imports, exports = flows.sum(axis=0), flows.sum(axis=1)
    home = gdp - imports + 0.7 * (imports - 0.7 * exports)
    np.testing.assert_allclose(base.output, 0.7 * (home + exports) + 0.3 * (home + imports))
    np.testing.assert_allclose((base.share * base.spending).diagonal(), home)
    np.testing.assert_allclose((base.share * base.spending)[0, 1], 30.0)


# Sweeps.


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("percent=-30:0:4", (-30.0, -20.0, -10.0, 0.0)),
        ("parameters.trade_elasticity=2:10:2", (2.0, 10.0)),
        ("change.2.rate=0:0.3:4", (0.0, 0.1, 0.2, 0.3)),
    ],
)
def test_values_of_a_sweep(text: str, points: tuple[float, ...]) -> None:
    assert read_sweep(text).points == points
    assert read_sweep(text).key == text.partition("=")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("percent=0:1:1", "1 values; it must be 2 to 1,000"),
        ("percent=0:1:1001", "1001 values"),
        ("percent=1:1:5", "from 1 to 1 is no range"),
        ("percent=0:inf:5", "from 0 to inf is no range"),
        ("percent=0:1", "write it as KEY=LOW:HIGH:COUNT"),
        ("percent=a:1:3", "write it as KEY=LOW:HIGH:COUNT"),
        ("=0:1:3", "write it as KEY=LOW:HIGH:COUNT"),
        ("percents=0:1:3", "is not a number of the scenario. Did you mean percent"),
        ("deficits=0:1:3", "is not a number of the scenario"),
    ],
)
def test_sweeps_that_are_refused(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_sweep(text)
    assert len(read_sweep("percent=0:1:1000").points) == 1000


# Newton's method.


def root(function: Any, slope: Any, start: list[float], **options: Any) -> newton.Root[Any]:
    def evaluated(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.asarray(function(x)), x

    return newton.solve(
        (evaluated, lambda x, _: np.asarray(slope(x))),
        np.array(start),
        valid=lambda _: True,
        **options,
    )


def test_newton_finds_a_root_and_says_how() -> None:
    found_ = root(lambda x: x**2 - [2.0, 9.0], lambda x: np.diag(2 * x), [1.0, 1.0])
    np.testing.assert_allclose(found_.x, [np.sqrt(2), 3.0], rtol=1e-14)
    assert found_.converged
    assert 4 <= found_.iterations <= 9
    assert found_.residual <= 1e-12
    calm = root(lambda x: 0.0 * x, lambda _: pytest.fail("no step is needed"), [1.0])
    assert (calm.iterations, calm.converged) == (0, True)


def test_newton_halves_its_step_where_it_overshoots() -> None:
    found_ = root(lambda x: np.arctan(5 * x), lambda x: np.diag(5 / (1 + 25 * x**2)), [2.0])
    assert found_.converged
    assert abs(found_.x[0]) < 1e-12


def test_a_long_step_is_cut_and_a_singular_one_is_the_shortest() -> None:
    seen: list[float] = []

    def function(x: np.ndarray) -> np.ndarray:
        seen.append(float(x[0]))
        return x - 100.0

    done = root(function, lambda _: np.eye(1), [0.0], longest=3.0)
    assert done.converged
    assert seen[1] == pytest.approx(3.0)
    both = root(lambda x: np.array([x.sum() - 2.0] * 2), lambda _: np.ones((2, 2)), [0.0, 0.0])
    assert both.converged
    np.testing.assert_allclose(both.x, [1.0, 1.0])


def test_no_root_is_said_to_be_none() -> None:
    stuck = root(lambda x: x**2 + 1.0, lambda x: np.diag(2 * x), [1.0])
    assert not stuck.converged
    assert stuck.residual >= 1.0
    gone = root(lambda x: x * np.nan, lambda x: np.eye(len(x)), [1.0])
    assert not gone.converged
    assert gone.residual == np.inf


def test_a_kept_jacobian_is_corrected_by_what_steps_show() -> None:
    count = [0]

    def slope(x: np.ndarray) -> np.ndarray:
        count[0] += 1
        return np.diag(2 * x)

    thrifty = root(lambda x: x**2 - [2.0, 3.0], slope, [1.5, 1.6], thrifty=True)
    assert thrifty.converged
    assert count[0] <= 2 < thrifty.iterations
    inverse = np.linalg.inv(np.array([[2.0, 1.0], [0.0, 3.0]]))
    step, change = np.array([1.0, 2.0]), np.array([4.5, 5.5])
    corrected = newton._corrected(inverse, step, change)
    assert corrected is not None
    np.testing.assert_allclose(corrected @ change, step)  # maps the change to the step
    assert newton._corrected(inverse, step, np.zeros(2)) is None
    small = newton._corrected(inverse, 1e-8 * step, 1e-8 * change)
    assert small is not None
    np.testing.assert_allclose(small, corrected)


def test_a_walk_from_a_known_root_where_the_whole_way_fails() -> None:
    """x³ − 3x + 2 + c·part has no root near the start for a whole step, but along the way."""

    def problem(part: float) -> Any:
        def function(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return np.tanh(3 * (x - 4.0 * part)), x

        return function, lambda x, _: np.diag(3 / np.cosh(3 * (x - 4.0 * part)) ** 2)

    near = lambda x: bool(np.all(np.abs(x) < 10))  # noqa: E731
    done = newton.follow(problem, np.zeros(1), valid=near)
    assert done.converged
    np.testing.assert_allclose(done.x, [4.0], atol=1e-10)
    never = newton.follow(
        lambda part: (
            (lambda x: (x**2 + part, x)), lambda x, _: np.diag(2 * x + 1e-3)
        ),
        np.zeros(1), valid=near,
    )  # fmt: skip
    assert not never.converged
