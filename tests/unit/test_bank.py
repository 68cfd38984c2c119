"""Portfolios of projects: all objectives against brute force, programs against tables, runs, bad input."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.properties.fuzzing import called

import winset
from winset.errors import DataError
from winset.finance import bound
from winset.finance import portfolios as choosing
from winset.finance.projects import find_plan, parse_plan, service
from winset.scenario import Scenario
from winset.studies.bank import Bank, run_bank
from winset.studies.bank_gains import TOLERANCE, gains_of, said, solver_of
from winset.studies.bank_projects import irr

if TYPE_CHECKING:
    from winset.numbers import Array

MEMBERS = ["CHN", "KAZ", "KGZ", "UZB"]


def plan(projects: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    bank = {"members": MEMBERS, "budget_musd": 5000, "payment": "gdp"} | more.pop("bank", {})
    return {"dollars": 2023, "on": "2025-09-01", "bank": bank, "project": projects} | more


def project(name: str, percent: float, among: str = "CHN,KAZ", **more: Any) -> dict[str, Any]:
    pairs = [{"among": among, "percent": percent}]
    return {"name": name, "cost_musd": 100, "pairs": pairs} | more


THREE = [
    project("road", -2, "CHN,KAZ,UZB", cost_musd=900, years_of_building=2, life=20, upkeep=0.02),
    project("rail", -3, "CHN,KGZ,UZB", cost_musd=4000, years_of_building=5, life=40, hosts=["KGZ"]),
    project("port", -1, "KAZ,KGZ", cost_musd=30, life=10),
]


@pytest.fixture(scope="module")
def three() -> Bank:
    return run_bank(plan(THREE))


def table(
    seed: int, count: int = 12, members: int = 4
) -> tuple[choosing.PortfolioTable, dict[int, Array]]:
    """Values of all portfolios that have dividends of up to three projects, small ones of all others."""
    draw = np.random.default_rng(seed)
    dividends: dict[int, Array] = {}
    values = np.zeros((1 << count, members))
    for mask in range(1, 1 << count):
        size = mask.bit_count()
        spread = {1: 60.0, 2: 12.0, 3: 3.0}.get(size, 0.02 * 0.2 ** (size - 4))
        mean = 40.0 if size == 1 else 0.0
        dividends[mask] = draw.normal(mean, spread, members)
        values[mask] = dividends[mask]
    from winset.subsets import moebius

    for k in range(members):
        column = np.ascontiguousarray(values[:, k])
        moebius(column, 1.0)
        values[:, k] = column
    cost = draw.uniform(40, 250, count)
    return (
        choosing.PortfolioTable(
            tuple(f"m{k}" for k in range(members)),
            values,
            choosing.additive(cost.tolist()),
            choosing.additive(cost.tolist()),
            0.5 * float(cost.sum()),
            draw.uniform(500, 5000, members),
        ),
        dividends,
    )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("objective", bound.OBJECTIVES)
def test_programs_find_what_brute_force_finds(seed: int, objective: str) -> None:
    """All portfolios of 12 projects against programs on dividends of three, with exact values on the way."""
    every, dividends = table(seed)
    shares = np.full(4, 0.25)
    kept = {mask: each for mask, each in dividends.items() if mask.bit_count() <= 3}
    cost = np.array([every.cost[1 << k] for k in range(12)])
    model = np.zeros_like(every.values)
    for mask, each in kept.items():
        model[mask] = each
    from winset.subsets import moebius

    for k in range(4):
        column = np.ascontiguousarray(model[:, k])
        moebius(column, 1.0)
        model[:, k] = column
    search = bound.Search(
        kept,
        np.abs(every.values - model).max(axis=0),
        lambda mask: every.values[mask],
        cost,
        cost,
        every.budget,
        shares,
        every.sizes,
    )
    found = bound.prove(search, objective)
    best = choosing.choices(every, shares)[objective]
    if best.mask is None:
        assert found.mask is None
        return
    assert found.figure == pytest.approx(best.figure, rel=1e-9)
    assert found.mask == best.mask
    assert found.gap <= 1e-6 * max(1.0, abs(found.figure))
    assert found.solved < 1 << 12


def test_programs_find_what_a_majority_passes() -> None:
    """Three of four members, payments in equal parts: the largest sum that passes, by exclusion."""
    every, dividends = table(4, 10)
    shares = np.full(4, 0.25)
    passing = np.array([mask.bit_count() >= 3 for mask in range(16)])
    best = choosing.choices(every, shares, choosing.winning(every, shares, passing))["decision"]
    cost = np.array([every.cost[1 << k] for k in range(10)])
    search = bound.Search(
        dividends,
        np.zeros(4),
        lambda mask: every.values[mask],
        cost,
        cost,
        every.budget,
        shares,
        every.sizes,
        lambda net: bool(passing[int((net >= -1e-9) @ (1 << np.arange(4)))]),
    )
    kept = {mask: each for mask, each in dividends.items() if mask.bit_count() <= 3}
    found = bound.prove(replace(search, dividends=kept, errors=np.full(4, 5.0)), "decision")
    assert (found.mask, found.figure) == (best.mask, pytest.approx(best.figure, rel=1e-9))
    with pytest.raises(DataError, match="objective 'decision'"):
        bound.prove(replace(search, passes=None), "decision")


def test_every_objective_is_what_it_says() -> None:
    every, _ = table(7, 6, 3)
    shares = np.array([0.5, 0.3, 0.2])
    made = choosing.choices(every, shares)
    best: dict[str, float] = dict.fromkeys(made, -np.inf)
    for mask in range(1 << 6):
        if every.outlay[mask] > every.budget:
            continue
        values, cost = every.values[mask], every.cost[mask]
        total, net = values.sum() - cost, values - shares * cost
        reached = {"sum": total, "max_min": 100 * (net / every.sizes).min()}
        if (net >= -1e-9).all():
            reached["all_gain"] = total
        if (values >= -1e-9).all() and total >= -1e-9:
            reached["agreed_shares"] = total
        if total >= -1e-9:
            reached["side_payments"] = total
        if (net > 0).all():
            reached["nash"] = np.log(net).sum()
        for name, figure in reached.items():
            best[name] = max(best[name], float(figure))
    assert {name: choice.figure for name, choice in made.items()} == pytest.approx(
        best, nan_ok=True
    )
    assert made["side_payments"].mask == made["sum"].mask


def test_the_price_of_a_veto_and_the_frontier() -> None:
    every, _ = table(3, 7, 3)
    shares = np.full(3, 1 / 3)
    net, within = every.net(shares), every.affordable
    prices = choosing.price_of_vetoes(every, shares)
    accepted = every.total[within & (net >= -1e-9).all(axis=1)].max()
    for k, member in enumerate(every.members):
        others = np.delete(net, k, axis=1)
        without = every.total[within & (others >= -1e-9).all(axis=1)].max()
        assert prices[member] == pytest.approx(without - accepted)
    line = choosing.frontier(every, shares)
    worst = (net / every.sizes).min(axis=1) * 100
    for mask, total, least in line:
        beats = within & (every.total >= total) & (worst >= least)
        assert not np.any(beats & ((every.total > total) | (worst > least)))
        assert worst[mask] == least


def test_a_coalition_builds_what_it_hosts() -> None:
    values = np.array([[0.0, 0.0], [5.0, 1.0], [2.0, 3.0], [7.0, 4.0]])
    every = choosing.PortfolioTable(
        ("a", "b"),
        values,
        choosing.additive([2.0, 1.0]),
        choosing.additive([2.0, 1.0]),
        9.0,
        np.ones(2),
    )
    worth, by = choosing.coalition_values(every, [0b01, 0b10])
    assert worth.tolist() == [0.0, 3.0, 2.0, 8.0]
    assert by.tolist() == [0, 1, 2, 3]


def test_without_cost_one_pair_is_the_run_of_that_change() -> None:
    done = run_bank(plan([project("one", -5, cost_musd=0, life=1)], bank={"interest": 0.0}))
    change = (
        Scenario.from_toml("sco-2025")
        .with_override("among", "CHN,KAZ")
        .with_override("percent", "-5")
    )
    result = winset.solve(winset.world(change.world), change)
    ours = done.alone[0].gains
    assert np.abs(ours / result.equivalent_variation - 1.0).max() <= 1e-12
    at = [done.world.index[code] for code in MEMBERS]
    assert done.exact[1].total == pytest.approx(result.equivalent_variation[at].sum(), rel=1e-12)


def test_every_portfolio_is_an_equilibrium_of_its_own(three: Bank) -> None:
    again = solver_of(
        find_or(plan(THREE)), three.world, [three.world.index[code] for code in MEMBERS]
    )
    assert three.gains.table is not None
    for mask in range(8):
        exact = again.columns(again.exact(mask))
        assert three.gains.table[mask] == pytest.approx(exact, abs=1e-6)


def find_or(raw: dict[str, Any]) -> Any:
    return parse_plan(raw)


def test_identical_projects_count_once() -> None:
    done = run_bank(
        plan([project("one", -2), project("same", -2), project("other", -1, "KAZ,UZB")])
    )
    assert done.gains.table is not None
    assert done.gains.table[0b011] == pytest.approx(done.gains.table[0b001], rel=1e-9, abs=1e-7)
    assert done.same == [(0, 1)]
    assert done.own["sum"].mask not in (0b011, 0b111)


def test_present_values_follow_who_is_in_service(three: Bank) -> None:
    """By hand: every year's gain is that of the projects that run then."""
    assert three.table is not None
    assert three.gains.table is not None
    rate = three.plan.bank.interest
    expected = np.zeros(5)
    for year in range(1, 46):
        running = sum(
            1 << k
            for k, each in enumerate(three.plan.projects)
            if each.opening < year <= each.opening + each.line.life
        )
        expected += three.gains.table[0b111 & running] / (1 + rate) ** year
    assert three.table.values[0b111] == pytest.approx(expected[:-1])
    road = three.plan.projects[0]
    assert road.present_cost(0.05) == pytest.approx(450 + 450 / 1.05)
    upkeep = sum(18 / 1.05**year for year in range(3, 23))
    assert road.present_upkeep(0.05) == pytest.approx(upkeep)


def test_the_rate_of_return_brings_benefits_to_costs(three: Bank) -> None:
    for each, single in zip(three.plan.projects, three.alone, strict=True):
        if single.irr is None:
            continue
        yearly = float(single.gains[[three.world.index[c] for c in MEMBERS]].sum())
        worth = yearly * each.annuity(single.irr) - each.present_upkeep(single.irr)
        assert worth == pytest.approx(each.present_cost(single.irr), rel=1e-9)
    assert irr(three.plan.projects[0], -1.0) is None


def test_payments_add_up_and_what_is_recommended_is_accepted(three: Bank) -> None:
    for rule, (mask, paid) in three.payments.items():
        assert paid.sum() == pytest.approx(three.exact[mask].cost), rule
    net = three.net(three.rule, three.recommended)
    assert net.min() >= -1e-6
    prices = three.unanimity()
    assert all(row["price_musd"] >= -1e-6 for row in prices.values())
    assert prices["side_payments"]["price_musd"] == pytest.approx(0.0, abs=1e-9)
    assert prices["gdp"]["price_musd"] >= prices["agreed_shares"]["price_musd"] - 1e-9
    for near in three.neighbors():
        assert near.total <= three.exact[three.recommended].total + 1e-6 or (
            near.outlay > three.plan.bank.budget_musd
            or (near.values - three.shares[three.rule] * near.cost).min() < 0
        )


def test_a_majority_passes_what_one_would_block(three: Bank) -> None:
    done = run_bank(plan(THREE, bank={"decision": "one-state-one-vote"}))
    assert three.own["all_gain"].figure <= done.own["decision"].figure <= done.own["sum"].figure


def test_dividends_keep_to_their_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same portfolios without solving them all: errors at random are within what is stated."""
    from winset.studies import bank_gains

    names = ["CHN,KAZ", "CHN,KGZ", "KAZ,KGZ", "KAZ,UZB", "CHN,UZB", "KGZ,UZB,RUS", "RUS,KAZ"]
    raw = plan([project(f"p{k}", -2 - k, among) for k, among in enumerate(names)])
    world = winset.world("world-2023-free")
    solver = solver_of(parse_plan(raw), world, [world.index[code] for code in MEMBERS])
    whole = gains_of(solver)
    monkeypatch.setattr(bank_gains, "EXACT_PROJECTS", 5)
    monkeypatch.setattr(bank_gains, "CHECKS", 30)
    part = gains_of(solver, seed=1)
    assert part.order is not None
    assert whole.table is not None
    assert part.table is not None
    error = np.abs(part.table - whole.table).max(axis=0)
    assert np.all(error <= part.errors)
    assert part.errors.max() <= 20 * TOLERANCE * np.abs(whole.table).max()
    by_hand = said(solver, part.dividends, [0b1011])
    assert by_hand[0] == pytest.approx(part.table[0b1011], rel=1e-9, abs=1e-9)


def test_service_weights_add_up_to_annuities() -> None:
    projects = parse_plan(plan(THREE)).projects
    running = service(projects, 0.04)
    for k, each in enumerate(projects):
        weight = sum(w for there, w in running if there >> k & 1)
        assert weight == pytest.approx(each.annuity(0.04))


def changed(**more: Any) -> dict[str, Any]:
    return plan([project("one", -2, **more)])


@pytest.mark.parametrize(
    ("raw", "said_of_it"),
    [
        (plan([]), "no \\[\\[project\\]\\]"),
        (plan([project(f"p{k}", -1) for k in range(31)]), "31 projects; at most 30"),
        (plan([project("one", -1), project("one", -2)]), "'one' stands twice"),
        (changed(cost_musd=9000), "below the cheapest project, one at 9,000"),
        (changed(cost_year=2015), "in dollars of 2015, the portfolio in those of 2023"),
        (changed(pairs=[]), "it changes nothing"),
        (changed(hosts=["XXX"]), "host 'XXX' is no economy"),
        (changed(links=[{"start": "a", "end": "b", "mode": "rail"}]), "no network is named"),
        (changed(pairs=[{"among": "CHN,KAZ", "percent": 5}]), "become dearer"),
        (changed(pairs=[{"among": "CHN,QQQ", "percent": -5}]), "project one: .*QQQ"),
        (changed(pairs=[{"among": "CHN,KAZ"}]), "exactly one of percent, factor"),
        (changed(cost_musd=-1), "greater than or equal to 0"),
        (plan([project("a", -1)], bank={"members": "KAZZ"}), "KAZZ"),
        (plan([project("a", -1)], bank={"decision": "sco2"}), "sco2"),
        (plan([project("a", -1)], bank={"capital": {"FRA": 1.0}}), "'FRA' is no member"),
        (plan([project("a", -1)], bank={"budget": 3}), "unknown key 'budget'"),
    ],
)
def test_what_is_wrong_is_said(raw: dict[str, Any], said_of_it: str) -> None:
    with pytest.raises(DataError, match=said_of_it):
        run_bank(raw)


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        ({"links": [{"start": "kashgar", "end": "baku", "mode": "rail"}]}, "no such link"),
        ({"links": [{"start": "kashgarr", "end": "baku", "mode": "rail"}]}, "no node 'kashgarr'"),
        (
            {"links": [{"start": "rohri", "end": "karachi", "mode": "rail", "hours": 99.0}]},
            "hours = 99 of rohri-karachi",
        ),
        (
            {"borders": [{"place": "zamynuud", "mode": "rail", "hours": 99.0}]},
            "hours = 99 of zamynuud rail",
        ),
        ({"borders": [{"place": "zamynuud", "hours": -1.0}]}, "greater than or equal to 0"),
    ],
)
def test_what_a_network_cannot_take_is_said(change: dict[str, Any], said_of_it: str) -> None:
    raw = plan([{"name": "one", "cost_musd": 100} | change], network="eurasia")
    with pytest.raises(DataError, match=said_of_it):
        run_bank(raw)


def test_deflators_bring_costs_into_one_year() -> None:
    raw = plan([project("one", -2, cost_year=2015)], deflator={"2015": 80.0, "2023": 100.0})
    found = parse_plan(raw).projects[0]
    assert found.cost == pytest.approx(125.0)
    assert found.stated == (100.0, 2015)


@pytest.mark.parametrize("json_asked", [True, False])
def test_on_the_command_line(tmp_path: Any, json_asked: bool) -> None:
    import tomli_w

    path = tmp_path / "plan.toml"
    path.write_text(tomli_w.dumps(plan(THREE, title="Three")), encoding="utf-8")
    assert find_plan(path).title == "Three"
    done = called("bank", str(path), *(["--json"] if json_asked else []))
    assert done.code == 0, done.err
    if json_asked:
        told = json.loads(done.out)
        assert told["portfolios"]["method"] == "exact"
        assert {"all_gain", "sum", "max_min", "nash", "equal_shares"} <= set(told["best"])
        assert len(told["neighbors"]) == 3
        assert set(told["payments"]) >= {"capital", "gdp", "equal", "benefit", "shapley"}
    else:
        assert "What unanimity costs" in done.out


def test_sums_of_portfolios() -> None:
    figures = [1.5, 2.0, -3.0]
    expected = [
        sum(f for f, inside in zip(figures, bits[::-1], strict=True) if inside)
        for bits in product((0, 1), repeat=3)
    ]
    assert choosing.additive(figures).tolist() == pytest.approx(expected)


def test_doubts_say_how_often_a_portfolio_is_the_best(tmp_path: Any) -> None:
    page = tmp_path / "bank.html"
    line = ("bank", "two-islands", "--draws", "20", "--seed", "1")
    done = called(*line, "--json", "--report", str(page))
    assert done.code == 0, done.err
    assert called(*line, "--json").out == done.out  # the same draws
    told = json.loads(done.out)
    rows = told["doubt"]["portfolios"]
    assert sum(row["best_share"] for row in rows) >= 1.0 - 1e-12
    nothing = next(row for row in rows if not row["projects"])
    assert nothing["all_gain_share"] == 1.0
    assert all(row["low_musd"] <= row["mean_sum_musd"] <= row["high_musd"] for row in rows)
    assert told["doubt"]["robust"] in [row["projects"] for row in rows]
    text = page.read_text(encoding="utf-8")
    assert "Who pays" in text
    assert "<svg" in text
    assert told["unanimity"]["equal"]["price_musd"] > 0
    assert list(told["blockers_of_best_sum"]["equal"]) == ["ISW"]
