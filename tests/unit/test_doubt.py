"""Draws of parameters and flows: what is drawn, that each draw is solved, what is said of them."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from winset.errors import DataError
from winset.report import doubts
from winset.scenario import Distribution, Scenario, parse
from winset.studies import scenario_run
from winset.trade.effects.sweep import read_sweep, solve_sweep
from winset.trade.equilibrium import TOLERANCE, Report, Status
from winset.trade.result import COLUMNS
from winset.trade.solver import solve, solve_shock
from winset.trade.uncertainty import draws as many
from winset.trade.uncertainty import many_sectors_kernel, one_sector_kernel
from winset.trade.uncertainty.draws import Draws, solve_draws
from winset.trade.uncertainty.intervals import drivers, intervals
from winset.trade.uncertainty.many_sectors_kernel import Nearby
from winset.trade.uncertainty.sampling import STANDARD_ERRORS, Sample, quantile, sample

REPOSITORY = Path(__file__).parents[2]
OWN = {"doubt.deficits": '{distribution = "fixed"}'}  # the scenario's own rule on deficits
PLAIN = OWN | {"revenue": "lump-sum", "labor_supply_elasticity": "0", "scale_elasticity": "0"}


def drawn(name: str, count: int, sets: dict[str, str] | None = None, seed: int = 1) -> Sample:
    scenario = Scenario.from_toml(name, overrides=sets or {})
    return sample(scenario.load_world(), scenario, count, seed)


def farthest(draws: Draws, of: Sample, checked: list[int]) -> float:
    """Largest difference from the ordinary solver, money in terms of an economy's income."""
    worst = 0.0
    for draw in checked:
        result = solve(*of.drawn(draw))
        for key, column in result.columns().items():
            unit = result.income if key.endswith("_musd") else 100.0
            if key == "deficit_percent":  # of a small difference between large figures
                unit = 100.0 * np.maximum(1.0, np.abs(column))
                unit = unit * result.output / np.abs(result.flows.sum(0) - result.flows.sum(1))
            gap = np.abs(draws.columns[key][draw] - column) / unit
            assert np.array_equal(np.isnan(draws.columns[key][draw]), np.isnan(column)), key
            worst = max(worst, float(np.nan_to_num(gap).max()))
    return worst


@pytest.mark.parametrize(
    ("name", "sets"),
    [
        ("sco-2025", {}),
        ("sco-2025", OWN),
        ("sco-2025", OWN | {"deficits": "balanced"}),
        ("liberation-day", PLAIN),
        ("liberation-day", PLAIN | {"deficits": "multiplicative"}),
        ("liberation-day", PLAIN | {"labor_supply_elasticity": "0.5", "value_added_share": "0.6"}),
        ("liberation-day", OWN | {"deficits": "balanced"}),
        ("liberation-day", {"value_added_share": "0.7", "scale_elasticity": "0.1"}),
    ],
)
def test_a_draw_of_one_sector_is_what_the_solver_finds(name: str, sets: dict[str, str]) -> None:
    of = drawn(name, 12, sets)
    draws = solve_draws(of)
    assert draws.resolved_by_newton <= 1
    assert draws.max_residual < 1e-11
    assert draws.kept.sum() >= 11
    assert farthest(draws, of, [k for k in (0, 5, 11) if draws.kept[k]]) < 1e-9


@pytest.mark.parametrize(
    "sets",
    [
        {},
        OWN,
        OWN | {"deficits": "world-share", "labor_supply_elasticity": "0.4"},
        OWN | {"deficits": "multiplicative", "labor_supply_elasticity": "0.4"},
    ],
)
def test_a_draw_of_many_sectors_is_what_the_solver_finds(sets: dict[str, str]) -> None:
    of = drawn("nafta", 5, sets)
    draws = solve_draws(of)
    assert draws.resolved_by_newton == 0
    assert draws.max_residual < 1e-11
    assert farthest(draws, of, [0, 4]) < 1e-9


def test_productivity_of_many_sectors_is_in_the_kernel_too() -> None:
    """The ordinary solver would find the same, and hide a kernel that always misses."""
    change = {"kind": "productivity", "economies": ["MEX", "CAN"], "percent": 4.0}
    scenario = parse({"world": "caliendo-parro-1993", "change": [change], "on": "1994-01-01"})
    of = sample(scenario.load_world(), scenario, 3, 1)
    draws = solve_draws(of)
    assert draws.resolved_by_newton == 0
    assert farthest(draws, of, [1]) < 1e-9


def test_entry_costs_are_left_to_the_ordinary_solver() -> None:
    of = drawn(
        "liberation-day",
        3,
        {"entry_cost_share": "0.1", "value_added_share": "1", "deficits": "balanced"},
    )
    draws = solve_draws(of)
    assert draws.resolved_by_newton == 3
    assert farthest(draws, of, [0, 2]) == 0.0


def test_an_answer_is_sought_anew_in_every_draw() -> None:
    tariff = {"kind": "tariff", "exporters": "CHN", "importers": "USA"}
    scenario = parse(
        {
            "on": "2025-01-01",
            "parameters": {"value_added_share": 1.0},
            "change": [
                tariff | {"rate": 0.3},
                tariff | {"exporters": "USA", "importers": "CHN", "answer": "sufficient"},
            ],
        }
    )
    of = sample(scenario.load_world(), scenario, 3, 1)
    draws = solve_draws(of)
    assert draws.resolved_by_newton == 3
    assert farthest(draws, of, [0, 2]) == 0.0
    rates = {solve(*of.drawn(draw)).answers[0].rates["CHN"] for draw in range(3)}
    assert len(rates) == 3


def test_a_draw_that_misses_is_solved_by_newton(monkeypatch: pytest.MonkeyPatch) -> None:
    of = drawn("sco-2025", 4)
    well = solve_draws(of)
    found = many._reference

    def misled(*given: Any) -> Any:
        reference = found(*given)
        return reference._replace(inverses=-reference.inverses)  # type: ignore[union-attr]

    monkeypatch.setattr(many, "_reference", misled)
    draws = solve_draws(of)
    assert draws.resolved_by_newton == 4
    for key, column in well.columns.items():
        assert draws.columns[key] == pytest.approx(column, abs=1e-6, rel=1e-9, nan_ok=True), key


def kernel_draw(sets: dict[str, str], **changed: Any) -> tuple[Report, np.ndarray]:
    """The kernel's report and rows of one draw, some of what it is given being changed."""
    of = drawn("liberation-day", 2, PLAIN | sets)
    shock = of.scenario.resolve(of.world)
    seen: list[tuple[Report, np.ndarray]] = []
    whole = one_sector_kernel.solve_draw

    def watched(flows: Any, theta: Any, beta: Any, common: Any, reference: Any, *rest: Any) -> Any:
        common = common._replace(**{k: v for k, v in changed.items() if k in common._fields})
        if "inverses" in changed:
            reference = reference._replace(inverses=changed["inverses"] * reference.inverses)
        flows[0] *= changed.get("sells", 1.0)
        report = whole(flows, changed.get("theta", theta), beta, common, reference, *rest)
        seen.append((report, rest[-1].copy()))
        return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_sector_kernel, "solve_draw", watched)
        many._by_chords(
            of, shock, {key: np.full((2, len(of.world)), np.nan) for key in COLUMNS}, 1, None
        )
    return seen[0]


def test_the_kernel_says_how_a_draw_ended() -> None:
    good, rows = kernel_draw({})
    assert (good.status, good.by_newton, good.where, good.economy) == (Status.CONVERGED, 0, -1, -1)
    assert isinstance(good.status, Status)
    assert 0 < good.residual <= TOLERANCE
    assert np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("sets", "changed", "status"),
    [
        ({}, {"inverses": 0.0}, Status.NOT_CONVERGED),
        ({"deficits": "balanced"}, {"inverses": 0.0}, Status.NOT_CONVERGED),
        ({}, {"theta": float("nan")}, Status.NOT_FINITE),
        ({}, {"known": True, "sells": 0.0}, Status.NO_ACCOUNTS),
        ({"labor_supply_elasticity": "3"}, {}, Status.NO_WELFARE),
    ],
    ids=["no step", "no step without deficits", "no number", "no sales", "labor"],
)
def test_a_draw_that_fails_says_why_and_leaves_no_figures(
    sets: dict[str, str], changed: dict[str, Any], status: Status
) -> None:
    report, rows = kernel_draw(sets, **changed)
    assert report.status == status
    assert np.isnan(rows).all()


def test_a_residual_above_the_tolerance_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = Report(Status.NOT_CONVERGED, 2e-11, 0, -1, -1)
    monkeypatch.setattr(one_sector_kernel, "solve_draw", lambda *_: failed)
    assert solve_draws(drawn("sco-2025", 3)).resolved_by_newton == 3


def test_a_draw_of_sectors_that_misses_is_solved_by_newton(monkeypatch: pytest.MonkeyPatch) -> None:
    of = drawn("nafta", 2)
    lost = many_sectors_kernel.Sweeps(Status.NOT_CONVERGED, 1.0, 200)
    monkeypatch.setattr(many_sectors_kernel, "iterate", lambda *_: lost)
    draws = solve_draws(of)
    assert draws.resolved_by_newton == 2
    assert farthest(draws, of, [1]) < 1e-9


def test_what_the_model_refuses_near_a_reference_is_not_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = drawn("nafta", 2)
    whole = many_sectors_kernel.iterate

    def sloppy(*given: Any) -> Any:
        sweeps = whole(*given)
        given[4][:] += 1e-6  # wages a millionth off
        return sweeps

    monkeypatch.setattr(many_sectors_kernel, "iterate", sloppy)
    assert solve_draws(of).resolved_by_newton == 2


def test_a_hypercube_meets_every_slice_once() -> None:
    of = drawn("sco-2025", 40)
    theta, beta = of.values.T
    for u in (
        stats.norm.cdf(np.log(theta / 4.0) / 0.25),
        stats.norm.cdf(np.log(beta / (1 - beta)) / 0.2),
    ):
        assert sorted(np.floor(40 * u).astype(int)) == list(range(40))


def test_errors_of_flows_have_mean_one_and_their_sigma() -> None:
    of = drawn("sco-2025", 2, {"doubt.flows": "{sigma = 0.4}"})
    ratio = of.trade(1).ravel()[of.cells] / of.world.trade.ravel()[of.cells]
    assert ratio.mean() == pytest.approx(1.0, abs=0.01)
    assert np.log(ratio).std() == pytest.approx(0.4, abs=0.01)
    assert not np.array_equal(of.trade(0), of.trade(1))
    assert of.trade(0).diagonal(axis1=1, axis2=2) == pytest.approx(
        of.world.trade.diagonal(axis1=1, axis2=2)
    )


def test_elasticities_by_sector_have_the_published_standard_errors() -> None:
    of = drawn("nafta", 2000)
    theta = of.world.technology.elasticity  # type: ignore[union-attr]
    for name, where, column in zip(of.names, of.sectors, of.values.T, strict=True):
        if where is None or float(theta[where[0]]) not in STANDARD_ERRORS:
            continue
        value = float(theta[where[0]])
        spread = np.exp(np.log(column).std() ** 2) - 1  # (s/θ)², read off the logarithms
        assert np.median(column) == pytest.approx(value, rel=0.05), name
        assert np.sqrt(spread) * value == pytest.approx(STANDARD_ERRORS[value], rel=0.05), name
    assert "trade_elasticity of Auto, Other Transport" in of.names  # drawn together


def test_a_world_without_standard_errors_gets_one_factor() -> None:
    scenario = parse(
        {
            "world": "icio-2022",
            "on": "2025-01-01",
            "change": [{"kind": "trade-cost", "among": "EU", "percent": -5.0}],
        }
    )
    world = scenario.load_world()
    of = sample(world, scenario, 3, 1)
    assert of.names == ("trade_elasticity", "value_added_share")
    there, told = of.drawn(1)
    before, after = world.technology, there.technology
    assert before is not None
    assert after is not None
    assert after.elasticity / before.elasticity == pytest.approx(of.values[1, 0])
    assert told.parameters.value_added_share == of.values[1, 1]


def test_value_added_shares_of_a_world_shift_and_inputs_make_room() -> None:
    of = drawn("nafta", 3)
    before, after = of.world.technology, of.drawn(0)[0].technology
    assert before is not None
    assert after is not None
    old, new = before.value_added, after.value_added
    assert old is not None
    assert new is not None
    inside = (old > 0) & (old < 1)
    was, now = old[inside], new[inside]
    odds = now / (1 - now) / (was / (1 - was))
    assert odds == pytest.approx(of.values[0, of.names.index("value_added_share")])
    for technology in (before, after):
        total = technology.value_added + technology.inputs.sum(axis=1).T  # type: ignore[operator,union-attr]
        assert total[inside] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("given", "median", "frozen"),
    [
        (Distribution("lognormal", sigma=0.3), 4.0, stats.lognorm(0.3, scale=4.0)),
        (Distribution("uniform", low=2.0, high=8.0), 4.0, stats.uniform(2.0, 6.0)),
        (
            Distribution("triangular", low=2.0, mode=3.0, high=8.0),
            4.0,
            stats.triang(1 / 6, loc=2.0, scale=6.0),
        ),
    ],
)
def test_quantiles_are_those_of_the_distribution(
    given: Distribution, median: float, frozen: Any
) -> None:
    u = np.linspace(0.01, 0.99, 23)
    assert quantile(given, median, u) == pytest.approx(frozen.ppf(u))


def test_the_same_seed_gives_the_same_figures_on_any_number_of_threads() -> None:
    """In a process of its own: what other tests left running must not lift the limit on BLAS meanwhile."""
    code = (
        "import hashlib\n"
        "from tests.unit.test_doubt import drawn\n"
        "from winset.trade.uncertainty.draws import solve_draws\n"
        "def said(of, workers=None):\n"
        "    columns = solve_draws(of, workers=workers).columns\n"
        "    print(hashlib.sha256(b''.join(columns[key].tobytes() for key in sorted(columns))).hexdigest())\n"
        "of = drawn('sco-2025', 60)\n"
        "said(of, 1), said(of, 3), said(drawn('sco-2025', 60)), said(drawn('sco-2025', 60, seed=2))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    one, three, again, other = done.stdout.split()
    assert one == three == again != other


def test_without_doubt_an_interval_is_its_baseline() -> None:
    sets = {
        "doubt.trade_elasticity": "{sigma = 1e-9}",
        "doubt.value_added_share": '{distribution="fixed"}',
    }
    sets |= {"doubt.flows": '{distribution = "fixed"}'} | OWN
    of = drawn("eu-2004", 20, sets)
    assert of.names == ("trade_elasticity",)
    result = solve(of.world, of.scenario)
    said = intervals(result, of, solve_draws(of))
    for key, column in result.columns().items():
        for row in said.quantiles[key]:
            assert row == pytest.approx(column, rel=1e-6, abs=1e-6, nan_ok=True), key
    assert said.all_members_gain == 1.0
    assert said.totals["members_musd"] == pytest.approx(result.summary()["members_musd"], rel=1e-6)


def test_intervals_and_chances_are_those_of_the_draws() -> None:
    of = drawn("liberation-day", 41)
    draws = solve_draws(of)
    assert draws.left_out  # labor of some economy costs more than its income
    assert "labor_supply_elasticity" in draws.left_out[0][1]
    said = intervals(solve(of.world, of.scenario), of, draws)
    kept = np.delete(np.arange(41), [draw for draw, _ in draws.left_out])
    money = draws.columns["welfare_musd"][kept]
    assert said.quantiles["welfare_musd"][2] == pytest.approx(np.percentile(money, 97.5, axis=0))
    assert said.totals["world_musd"] == pytest.approx(
        np.percentile(money.sum(axis=1), [2.5, 50, 97.5])
    )
    k = of.world.index["VNM"]
    assert said.chance[k] == (money[:, k] > 0).mean()
    assert any("left out" in sentence for sentence in doubts.sentences(said))


def test_too_many_draws_without_equilibrium_are_an_error() -> None:
    of = drawn("liberation-day", 20, {"labor_supply_elasticity": "3", "scale_elasticity": "0"})
    with pytest.raises(DataError, match=r"of 20 draws cannot be solved, the first because: "):
        solve_draws(of)


def test_drivers_of_a_known_function() -> None:
    generator = np.random.default_rng(3)
    x = generator.random((4000, 3))
    y = 3 * x[:, 0] + 4 * x[:, 1]
    shares = drivers(x, np.column_stack([y, generator.random(4000), np.ones(4000)]))
    assert shares[:, 0] == pytest.approx([9 / 25, 16 / 25, 0, 0], abs=0.03)
    assert shares[-1, 1] == pytest.approx(1.0, abs=0.01)
    assert np.isnan(shares[:, 2]).all()
    assert shares[:, :2].sum(axis=0) == pytest.approx(1.0)
    assert np.isnan(drivers(x[:29], y[:29, None])).all()


def test_a_scenario_keeps_its_doubts() -> None:
    raw = {
        "on": "2025-01-01",
        "change": [{"kind": "trade-cost", "among": "SCO", "percent": -5.0}],
        "doubt": {
            "trade_elasticity": {
                "distribution": "triangular",
                "low": 2.0,
                "mode": 4.0,
                "high": 9.0,
            },
            "flows": {"sigma": 0.1},
        },
    }
    scenario = parse(raw)
    assert scenario.doubt.flows == Distribution("lognormal", sigma=0.1)
    assert scenario.doubt.value_added_share is None
    again = parse(tomllib.loads(scenario.to_toml()))
    assert again.doubt == scenario.doubt
    assert again == replace(scenario, title=again.title)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"trade_elastisity": {}},
            r"unknown key 'trade_elastisity'. Did you mean trade_elasticity\?",
        ),
        ({"flows": {"sgma": 0.1}}, r"unknown key 'sgma'. Did you mean sigma\?"),
        ({"flows": {}}, "flows = lognormal needs sigma"),
        ({"flows": {"sigma": 0.1, "median": 2.0}}, "Drop median"),
        ({"flows": {"sigma": -0.1}}, r"flows.sigma = -0.1 is wrong"),
        ({"flows": {"distribution": "uniform", "low": 0.5, "high": 2.0}}, "Use one of lognormal"),
        (
            {"value_added_share": {"distribution": "lognormal", "sigma": 0.2}},
            "between 0 and 1",
        ),
        (
            {"value_added_share": {"distribution": "uniform", "low": 0.5, "high": 1.5}},
            "0 < low < high ≤ 1",
        ),
        (
            {"trade_elasticity": {"distribution": "uniform", "low": -1.0, "high": 8.0}},
            "0 < low < high ≤ 100",
        ),
        (
            {"trade_elasticity": {"distribution": "uniform", "low": 8.0, "high": 2.0}},
            "0 < low < high ≤ 100",
        ),
        (
            {"trade_elasticity": {"distribution": "triangular", "low": 2, "mode": 9, "high": 8}},
            "must lie between low = 2 and high = 8",
        ),
        ({"trade_elasticity": {"distribution": "lognorml"}}, r"Did you mean lognormal"),
        ({"trade_elasticity": {"sigma": 0.2, "low": 1.0}}, "does not take low"),
        ({"value_added_share": {"sigma": 0.2, "median": 1.0}}, "must lie between 0 and 1"),
    ],
)
def test_bad_doubts_say_what_is_wrong(table: dict[str, Any], message: str) -> None:
    change = {"kind": "trade-cost", "among": "SCO", "percent": -5.0}
    with pytest.raises(DataError, match=message):
        parse({"change": [change], "doubt": table})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--draws", "1"), "--draws 1: it must be between 2 and 20,000."),
        (("--draws", "-5"), "--draws -5: it must be"),
        (("--draws", "10", "--seed", "-1"), "--seed -1: it must be a whole number"),
        (("--sweep", "percent"), "write it as KEY=LOW:HIGH:COUNT"),
        (("--sweep", "percent=-30:0"), "write it as KEY=LOW:HIGH:COUNT"),
        (("--sweep", "percent=-30:0:x"), "write it as KEY=LOW:HIGH:COUNT"),
        (("--sweep", "percent=-30:0:2.5"), "write it as KEY=LOW:HIGH:COUNT"),
        (("--sweep", "percent=5:5:3"), "is no range"),
        (("--sweep", "percent=nan:5:3"), "is no range"),
        (("--sweep", "percent=-30:0:1"), "1 values; it must be 2 to 1,000"),
        (("--sweep", "percnt=-30:0:3"), "Did you mean percent?"),
        (("--sweep", "deficits=0:1:3"), "is not a number of the scenario"),
        (("--sweep", "rate=0:0.5:3"), "0 changes have rate"),
        (("--sweep", "change.4.percent=-30:0:3"), "the scenario has 1 changes"),
        (("--sweep", "percent=-150:0:4"), "percent = -100.0 is wrong"),
        (("--set", "doubt.flows={sigma=9}", "--draws", "5"), "flows.sigma = 9 is wrong"),
        (
            ("--set", 'doubt.trade_elasticity={distribution="standard-errors"}', "--draws", "5"),
            "standard errors belong to elasticities by sector",
        ),
        (("--chart", "gains.gif"), "a chart is written as .svg, .png or .html"),
    ],
)
def test_bad_options_are_one_message_and_code_2(
    winset: Any, arguments: tuple[str, ...], message: str
) -> None:
    said = winset("run", "sco-2025", *arguments)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("doubt", "message"),
    [
        ({"trade_elasticity": {"sigma": 0.2, "median": 5.0}}, "has an elasticity for each sector"),
        (
            {"value_added_share": {"distribution": "uniform", "low": 0.3, "high": 0.6}},
            "value-added shares of its own",
        ),
    ],
)
def test_a_world_with_figures_of_its_own_refuses_others(
    doubt: dict[str, Any], message: str
) -> None:
    scenario = Scenario.from_toml("nafta")
    change = {"kind": "tariff", "among": "EU", "rate": 0.0}
    scenario = replace(scenario, doubt=parse({"change": [change], "doubt": doubt}).doubt)
    with pytest.raises(DataError, match=message):
        sample(scenario.load_world(), scenario, 5, 1)


def test_nothing_in_doubt_is_an_error() -> None:
    fixed = '{distribution = "fixed"}'
    sets = {f"doubt.{k}": fixed for k in ("trade_elasticity", "value_added_share", "flows")} | OWN
    with pytest.raises(DataError, match="everything is fixed"):
        drawn("sco-2025", 5, sets)


def test_a_sweep_is_a_row_of_solutions() -> None:
    scenario = Scenario.from_toml("sco-2025")
    done = solve_sweep(scenario, read_sweep("percent=-20:0:3"))
    for value, result in zip((-20.0, -10.0, 0.0), done.results, strict=True):
        exact = solve(scenario.load_world(), scenario.with_override("percent", str(value)))
        assert np.array_equal(result.welfare, exact.welfare)
    assert done.results[2].summary()["members_gaining"] == 0  # nothing changes, nobody gains


def test_a_sweep_of_sectors_finds_what_the_solver_finds() -> None:
    scenario = parse(
        {
            "world": "caliendo-parro-1993",
            "on": "1994-01-01",
            "change": [{"kind": "trade-cost", "among": ["MEX", "USA"], "percent": -5.0}],
        }
    )
    seen: list[tuple[int, int]] = []
    span = read_sweep("percent=-20:0:5")
    done = solve_sweep(scenario, span, progress=lambda *state: seen.append(state))
    assert seen[-1] == (5, 5)
    for value, result in zip(span.points, done.results, strict=True):
        exact = solve(scenario.load_world(), scenario.with_override("percent", repr(value)))
        assert result.welfare == pytest.approx(exact.welfare, abs=1e-10)
        assert result.solver.residual < 1e-11


@pytest.mark.parametrize("key", ["trade_elasticity", "value_added_share"])
def test_a_sweep_that_the_world_overrules_is_an_error(key: str) -> None:
    with pytest.raises(DataError, match=r"of its own|for each sector"):
        solve_sweep(Scenario.from_toml("nafta"), read_sweep(f"{key}=0.2:0.8:3"))


def test_the_references_of_different_problems_are_kept_apart() -> None:
    scenario = Scenario.from_toml("nafta")
    finder = Nearby()
    world = scenario.load_world()
    first = solve_shock(world, scenario, scenario.resolve(world), finder.find)
    assert set(finder.references) == {"while removing the deficits", "of the scenario"}
    assert first.welfare == pytest.approx(solve(world, scenario).welfare, abs=1e-12)


def test_run_prints_intervals_and_sweep(winset: Any) -> None:
    said = winset("run", "sco-2025", "--draws", "30", "--sweep", "percent=-20:0:3", "--json")
    assert said.code == 0, said.err
    found = said.json
    told = found["intervals"]
    assert (told["draws"], told["seed"], told["levels"]) == (30, 1, [0.025, 0.5, 0.975])
    assert [row["code"] for row in told["economies"]] == [row["code"] for row in found["economies"]]
    for row, base in zip(told["economies"], found["economies"], strict=True):
        figures = row["welfare_percent"]
        assert figures["baseline"] == base["welfare_percent"]
        assert figures["low"] <= figures["median"] <= figures["high"]
        assert 0.0 <= row["gains"] <= 1.0
    assert told["summary"]["members_musd"]["baseline"] == found["summary"]["members_musd"]
    drawn_too = {"trade_elasticity", "value_added_share", "deficits", "rest"}
    assert set(told["drivers"]["members_musd"]) == drawn_too
    assert [item["value"] for item in found["sweep"]] == [-20.0, -10.0, 0.0]
    assert found["sweep"][1]["summary"] == found["summary"]
    text = (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8")
    keys = {*told, *told["economies"][0], *told["solver"], *found["sweep"][0]}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


def test_run_says_how_sure_it_is(winset: Any, tmp_path: Path) -> None:
    chart = tmp_path / "gains.svg"
    said = winset("run", "sco-2025", "--draws", "30", "--top", "2", "--chart", str(chart))
    assert said.code == 0, said.err
    assert "All members gain in 100 % of 30 draws." in said.out
    assert "30 draws, seed 1: trade_elasticity lognormal (sigma 0.25, median 4)" in said.out
    assert "gains in" in said.out
    assert "Kazakhstan" in chart.read_text(encoding="utf-8")


def test_the_report_has_sections_on_doubt(tmp_path: Path) -> None:
    from winset.report import doubts, files
    from winset.report.outputs import output

    done = scenario_run.doubted(scenario_run.run("sco-2025"), 30)
    done = scenario_run.swept(done, "percent=-20:0:5")
    pages = []
    for name in ("a", "b"):
        files.write_all(done, output(tmp_path / name, "comma"), doubts.sections(done))
        pages.append((tmp_path / name / "report.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    assert "How sure is this?" in pages[0]
    assert "All members gain in 100 % of 30 draws." in pages[0]
    assert "If percent were another" in pages[0]
    assert "intervals" in json.loads((tmp_path / "a" / "result.json").read_text(encoding="utf-8"))
