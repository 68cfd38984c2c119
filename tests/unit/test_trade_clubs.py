"""Clubs in trade general equilibrium: rows against the ordinary solver, what holds against brute force."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.properties.test_sectors import linked
from tests.properties.worlds import build

import winset
from winset.environment.abatement import abated
from winset.errors import DataError
from winset.games import clubs as membership
from winset.scenario import Parameters, Productivity, Scenario, Tariff, TradeCost
from winset.studies import club_order, trade_club
from winset.trade.coalitions import clubs, compute, sector_rows
from winset.trade.solver import solve_shock
from winset.worlds import World

RULES: tuple[dict[str, Any], ...] = (
    {},
    {"labor_supply_elasticity": 0.5, "scale_elasticity": 0.1},
    {"deficits": "multiplicative", "trade_elasticity": 2.5},
    {"deficits": "balanced", "value_added_share": 1.0},
)
PENALTY, CUT, FALL = 0.15, -40.0, 0.985


def closed_world(n: int, *, seed: int) -> World:
    """A world with tariffs whose economies sell most of their output at home."""
    generator = np.random.default_rng(seed)
    size = np.exp(generator.normal(0, 1.2, n)) * 1e4
    flows = np.outer(size, size) / size.sum() * np.exp(generator.normal(0, 1, (n, n))) * 0.2
    np.fill_diagonal(flows, 0.0)
    np.fill_diagonal(flows, size + 4 * np.maximum(flows.sum(axis=1), flows.sum(axis=0)))
    rates = generator.uniform(0, 0.3, (n, n))
    np.fill_diagonal(rates, 0.0)
    return build(flows, rates)


def laid(world: World, parameters: Parameters, choosing: int = 5) -> clubs.ClubProblem:
    n, rates = len(world), world.tariff if world.sectored else world.tariffs
    home = np.eye(n, dtype=bool)
    cost = np.where(home, 1.0, np.full(rates.shape, 0.95))
    inner = np.where(home, rates, rates * (1.0 + CUT / 100.0))
    penalty = np.where(home, rates, rates + PENALTY)
    return clubs.lay(
        world, parameters,
        choosing=world.codes[:choosing], core=world.codes[choosing : choosing + 1],
        cost=cost, tariff=inner, penalty=penalty, productivity=np.full(n, FALL), about={},
    )  # fmt: skip


def written(world: World, members: list[str], parameters: Parameters) -> Scenario:
    """The same club as changes that anybody can write."""
    changes: list[Any] = [Productivity(kind="productivity", economies=members, factor=FALL)]
    if len(members) > 1:
        changes.append(TradeCost(kind="trade-cost", among=members, factor=0.95))
        changes.append(Tariff(kind="tariff", among=members, percent=CUT))
    if others := [c for c in world.codes if c not in members]:
        changes.append(Tariff(kind="tariff", exporters=others, importers=members, points=PENALTY))
    return Scenario(title="a club", changes=tuple(changes), parameters=parameters)


@pytest.mark.parametrize("rules", RULES, ids=lambda r: ",".join(r) or "plain")
def test_every_club_is_what_the_ordinary_solver_finds(rules: dict[str, Any]) -> None:
    parameters = Parameters(**rules)
    world = closed_world(8, seed=3).closed(parameters.value_added_share)
    problem = laid(world, parameters)
    told: list[tuple[int, int]] = []
    done = clubs.solve_all(problem, progress=lambda *at: told.append(at))
    assert told[-1][0] == told[-1][1] == len(told)
    assert problem.count == 32  # five choose
    assert done.by_newton <= problem.count // 8  # the rows find nearly all
    numbers = np.random.default_rng(1).permutation(problem.count)[:20]
    for number, inside in zip(numbers, problem.inside(numbers), strict=True):
        members = [c for c, yes in zip(world.codes, inside, strict=True) if yes]
        result = winset.solve(world, written(world, members, parameters))
        gap = np.abs(done.gains[number] - result.equivalent_variation)
        assert (gap / result.before.income).max() < 1e-9, members
        if done.labor is not None:
            assert done.labor[number] == pytest.approx(result.after.labor, abs=1e-9)


@pytest.mark.parametrize("rules", RULES[1:3], ids=lambda r: ",".join(r) or "plain")
def test_every_club_of_sectors_is_what_the_ordinary_solver_finds(rules: dict[str, Any]) -> None:
    parameters = Parameters(**{k: v for k, v in rules.items() if k != "trade_elasticity"})
    world = linked(closed_world(7, seed=3), 3, seed=4)
    problem = laid(world, parameters)
    done = clubs.solve_all(problem)
    assert done.by_newton == 0
    assert done.max_residual < 1e-12
    numbers = np.random.default_rng(1).permutation(problem.count)[:5]
    for number, inside in zip(numbers, problem.inside(numbers), strict=True):
        members = [c for c, yes in zip(world.codes, inside, strict=True) if yes]
        scenario = written(world, members, parameters)
        result = winset.solve(world, scenario)
        gap = np.abs(done.gains[number] - result.equivalent_variation)
        assert (gap / result.before.income).max() < 1e-9, members
        again = solve_shock(world, scenario, clubs.shock_of(problem, inside))
        assert again.equivalent_variation == pytest.approx(result.equivalent_variation, rel=1e-9)
        if done.labor is not None:
            assert done.labor[number] == pytest.approx(result.after.labor, abs=1e-9)


def test_what_a_row_of_sectors_misses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that stops early is left to the ordinary solver: its residual says so."""
    problem = laid(linked(closed_world(7, seed=3), 3, seed=4), Parameters())
    rows = sector_rows.rows_of(problem.problem)
    inside = problem.inside(np.arange(problem.count))
    start = np.zeros((len(inside), sector_rows.unknowns_of(rows.base)))
    found = rows.near(inside, start, rows.frozen)
    assert 0.0 < found.residual.max() < 1e-12
    monkeypatch.setattr(sector_rows, "FINE", 1e-4)
    rough = rows.near(inside, start, rows.frozen)
    assert np.isnan(rough.residual[-8:]).all()
    assert np.isnan(rough.gains[-8:]).all()
    np.testing.assert_array_equal(rough.u[-8:], start[-8:])


def test_a_club_with_a_carbon_price_in_a_world_with_sectors() -> None:
    raw = {
        "world": "icio-2022",
        "on": "2025-09-01",
        "club": {
            "players": "CHN,USA,IND",
            "rest": "others",
            "penalty": 0.05,
            "carbon_price": 10.0,
            "social_cost": 100.0,
        },
    }
    done = trade_club.solve_club(club_order.read_order(raw))
    assert len(done.world.sectors) == 28
    assert done.solved.by_newton == 0
    assert [done.members(one.number) for one in done.looked] == [["CHN", "USA", "IND"]]
    assert all(one.gap < 1e-9 for one in done.looked)
    output, beta = club_order.output_of(done.order, done.world)
    accounts = done.world.sector_accounts(0.5)
    assert output * beta == pytest.approx(accounts.value_added, rel=1e-12)
    assert not done.payoffs[0].any()


def test_too_many_for_a_world_with_sectors() -> None:
    raw = {"world": "icio-2022", "on": "2025-09-01", "club": {"players": "all", "penalty": 0.05}}
    with pytest.raises(DataError, match=r"at most 18 that choose in a world with sectors"):
        trade_club.solve_club(club_order.read_order(raw))


def test_what_one_alone_does_to_outsiders_counts_in_the_game_of_coalitions_too() -> None:
    world = closed_world(6, seed=5).closed(0.5)
    problem = laid(world, Parameters(), choosing=4).problem
    alone = compute.solve_coalition(problem, 0b1).gains[0]
    result = winset.solve(world, written(world, [world.codes[0]], Parameters()))
    assert alone == pytest.approx(result.equivalent_variation, rel=1e-9, abs=1e-6)
    assert abs(alone[1]) > 0.1


def test_a_club_without_a_penalty_is_another_game() -> None:
    world = closed_world(5, seed=2).closed(0.5)
    with_it = laid(world, Parameters(), choosing=3).problem
    import dataclasses

    without = dataclasses.replace(with_it, penalty=None)
    assert with_it.fingerprint != without.fingerprint


def brute(payoffs: np.ndarray[Any, Any], club: int) -> bool:
    return all(payoffs[club ^ (1 << k), k] <= payoffs[club, k] for k in range(payoffs.shape[1]))


def test_what_holds_is_what_trying_every_move_finds() -> None:
    for seed in range(20):
        payoffs = np.random.default_rng(seed).normal(size=(32, 5))
        tie = np.full(5, 1e-12)
        wants = membership.wanting(payoffs, tie)
        found = np.flatnonzero(~wants.any(axis=1)).tolist()
        assert found == [m for m in range(32) if brute(payoffs, m)]
        for k in range(5):
            kept = membership.holding_without(wants, k)
            for m in range(32):
                others = all(payoffs[m ^ (1 << j), j] <= payoffs[m, j] for j in range(5) if j != k)
                assert kept[m] == (others and not m >> k & 1)
        for m in range(32):
            moved = membership.objection(payoffs, tie, m)
            better = [
                s for s in range(32)
                if s != m
                and all(payoffs[s, k] > payoffs[m, k] for k in range(5) if (s ^ m) >> k & 1)
            ]  # fmt: skip
            assert (moved in better) if better else moved is None


def test_transfers_leave_everybody_with_what_they_have_outside_and_a_part() -> None:
    payoffs = np.random.default_rng(4).normal(size=(16, 4))
    surplus = membership.surplus(payoffs)
    for club in range(16):
        paid = membership.transfers(payoffs, club)
        assert paid.sum() == pytest.approx(0.0, abs=1e-12)
        inside = [k for k in range(4) if club >> k & 1]
        assert all(paid[k] == 0 for k in range(4) if k not in inside)
        for k in inside:
            left = payoffs[club ^ (1 << k), k]
            assert payoffs[club, k] + paid[k] - left == pytest.approx(surplus[club] / len(inside))


def test_rounds_come_to_rest_in_a_stable_club_or_say_that_they_do_not() -> None:
    ends = set()
    for seed in range(30):
        payoffs = np.random.default_rng(seed).normal(size=(16, 4))
        steps, rests = membership.rounds(payoffs, np.zeros(4))
        club = steps[-1].club if steps else 0
        assert rests == brute(payoffs, club)
        ends.add(rests)
    assert ends == {True, False}


@pytest.mark.parametrize("elasticity", [0.3, 0.65, 1.0, 2.0])
def test_the_last_tonne_cut_costs_its_price(elasticity: float) -> None:
    """With the tax as the only wedge, resources spent at the margin are the price of what they avoid."""
    v, beta, step = np.array([4e-4, 9e-5]), 0.5, 1e-3
    assert abated(0.0, v, value_added_share=beta, elasticity=elasticity).emissions == pytest.approx(
        1.0
    )

    def at(price: float) -> tuple[Any, Any]:
        done = abated(price, v, value_added_share=beta, elasticity=elasticity)
        return done.resources, done.emissions * done.resources

    for price in (5.0, 60.0, 400.0):
        (more, less), (used, left) = at(price + step), at(price - step)
        # A unit of value added of an economy emits v/β tonnes to begin with.
        assert (more - used) / ((left - less) * v / beta) == pytest.approx(price, rel=1e-5)


def test_a_bundled_club_is_solved_verified_and_said(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "payoffs.npy"
    line = ("club", "free-trade-example", "--club", "KAZ,RUS", "--save", path, "--json")
    said = winset(*line).json
    payoffs = np.load(path)
    assert payoffs.shape == (said["clubs"], len(said["economies"]))
    every = [row["payoff_musd"] for row in said["everybody"]["economies"]]
    assert payoffs[-1].tolist() == every
    assert not payoffs[0].any()  # nobody does nothing
    assert (said["clubs"], said["stable_count"]) == (64, 1)
    (found,) = said["stable"]
    assert found["verified"]
    assert found["largest_gap_over_income"] < 1e-9
    assert max(row["gain_by_moving_musd"] or 0 for row in found["economies"]) <= 0
    assert found["members"] == ["CHN", "KAZ", "RUS", "UZB"] or set(found["members"]) == {
        "CHN", "KAZ", "RUS", "UZB",
    }  # fmt: skip
    assert 0 < found["cheapest_penalty_percent"] < said["penalty_percent"]
    assert said["asked"]["is_stable"] is False
    assert sum(
        row["received_musd"] for row in said["with_transfers"]["largest"]["received"]
    ) == pytest.approx(0, abs=1e-6)
    text = winset("club", "free-trade-example").out
    assert "One club is stable at a penalty of 5 %, of 4 of 7: all 64 clubs" in text


def test_the_cheapest_penalty_is_where_it_begins_to_hold() -> None:
    order = club_order.read_order("free-trade-example")
    first = trade_club.solve_club(order)
    (number,), (one,) = first.stable, first.looked
    assert one.cheapest is not None
    held = {
        shift: number in trade_club.solve_club(order, penalty=one.cheapest + shift).stable
        for shift in (-2e-4, 0.0)
    }
    assert held == {-2e-4: False, 0.0: True}


CLUB = """\
world = "world-2023"
on = 2025-09-01

[club]
{club}

[[change]]
kind = "free-trade-area"
among = "all"
"""


THIRTY_ONE = ",".join(
    "KAZ KGZ TJK UZB RUS CHN IND PAK IRN BLR MNG AFG ARE BHR EGY KHM KWT LKA MDV MMR NPL QAT SAU TUR ARM AZE "
    "LAO USA DEU FRA BRA".split()
)


def test_fuels_are_refused_with_what_to_do_instead() -> None:
    raw = {
        "world": "icio-2022",
        "on": "2025-09-01",
        "parameters": {"energy": {"sectors": ["B05"]}},
        "club": {"players": "CHN,USA", "penalty": 0.05, "carbon_price": 10.0},
    }
    with pytest.raises(DataError, match="One club with fuels is a scenario: carbon-price and"):
        trade_club.solve_club(club_order.read_order(raw))


@pytest.mark.parametrize(
    ("club", "said"),
    [
        ('players = "KAZ"', "1 economies choose and 0 are the core: a club takes two"),
        ('players = "KAZ,RUS"\npenalty = 10.5', "line 6 (club): penalty = 10.5 is above 1,000 %"),
        (
            f'players = "{THIRTY_ONE}"\npenalty = 0.1',
            "31 economies choose and 0 are the core",
        ),
        ('players = "KAZ,RUS"\n[parameters.energy]\nsectors = ["B05"]', "Use world = 'icio-2022'"),
        ('players = "KAZ,RUS"\npenalty = -0.1', "line 6 (club): penalty = -0.1 is wrong"),
        (
            'players = "G20,EU,OPEC"\npenalty = 0.1',
            "all clubs are tried for at most 22 that choose",
        ),
        ('players = "KAZ,RUS"\npenalti = 0.1', "unknown key 'penalti'. Did you mean penalty?"),
        ('players = "KAZ,XYZ"\npenalty = 0.1', "'XYZ' is neither a bloc nor an economy"),
        (
            'players = "KAZ,RUS"\nsocial_cost = 50.0\n[club.damage]\nKAZ = 3.0',
            "social_cost and damage contradict each other",
        ),
        ('players = "KAZ,RUS"\n[club.damage]\nZZZ = 3.0', "'ZZZ' is not in the world"),
        ('players = "KAZ,RUS"\n[club.regions]\nA = "KAZ"\nB = "KAZ"', "KAZ is in two groups"),
    ],
)
def test_a_wrong_club_is_refused_with_its_line(
    tmp_path: Path, winset: Any, club: str, said: str
) -> None:
    path = tmp_path / "club.toml"
    path.write_text(CLUB.format(club=club), encoding="utf-8")
    done = winset("club", path)
    assert (done.code, done.out) == (2, "")
    assert said in done.err, done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["climate-klub"], "Did you mean climate-club?"),
        (["climate-club", "--scc", "50"], "--scc belongs to --game nordhaus"),
        (["--game", "trade"], "name a club"),
        (["--game", "nordhaus"], "--game nordhaus needs --data FOLDER"),
        (
            ["climate-club", "--tariff", "11"],
            "penalty = 11 (--tariff): it must be between 0 and 10",
        ),
        (["--game", "chess"], "--game chess: there is nordhaus and trade."),
        (["free-trade-example", "--club", "others"], "others neither chooses nor is of the core"),
    ],
)
def test_a_wrong_line_is_refused(winset: Any, words: list[str], said: str) -> None:
    done = winset("club", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err, done.err


def test_nothing_is_no_club(tmp_path: Path, winset: Any) -> None:
    path = tmp_path / "club.toml"
    path.write_text('[club]\nplayers = "KAZ,RUS"\n', encoding="utf-8")
    assert "the club does nothing" in winset("club", path).err
    path.write_text('title = "x"\n', encoding="utf-8")
    assert "no [club]" in winset("club", path).err


def test_regions_keep_all_co2_and_all_gdp() -> None:
    order = club_order.read_order("climate-club")
    merged, gas, _ = club_order.world_of(order, None)
    assert len(merged) == 19
    whole = order.scenario.load_world()
    assert merged.gdp.sum() == pytest.approx(whole.closed(0.5).gdp.sum(), rel=1e-12)
    from winset.worlds.inventory import inventories

    assert gas.sum() == pytest.approx(
        sum(one.territorial for code, one in inventories().items() if code in whole.index)
    )
    assert set(order.rules.damage) == set(merged.codes)


def test_masks_put_the_core_inside_and_the_rest_outside() -> None:
    world = closed_world(6, seed=1).closed(0.5)
    problem = laid(world, Parameters(), choosing=3)
    inside = problem.inside(np.arange(problem.count))
    assert inside[:, 3].all()
    assert not inside[:, 4:].any()
    assert {tuple(row) for row in inside[:, :3].tolist()} == set(product((False, True), repeat=3))


#: Farrokhi & Lashkaripour (2025), tables 3 and 5: price, change of the world's CO2 when all are inside.
ARTICLE = ((36.0, -13.4), (53.0, -18.6), (89.0, -28.0), (156.2, -41.0))


def test_the_world_s_co2_falls_nearly_as_in_the_article() -> None:
    """Not tuned: other data, no industries, no price of fuels; within five points and in order."""
    order = club_order.read_order("climate-club")
    world, gas, _ = club_order.world_of(order, None)
    v = gas / world.accounts(0.5).output
    falls = [
        100.0 * float(((abated(p, v, value_added_share=0.5).emissions - 1.0) @ gas) / gas.sum())
        for p, _ in ARTICLE
    ]
    assert falls == sorted(falls, reverse=True)
    for fall, (_, theirs) in zip(falls, ARTICLE, strict=True):
        assert fall == pytest.approx(theirs, abs=5.0)
