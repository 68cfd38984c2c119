"""Games from dividends: their error, what they say of it, and what they refuse."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as library
from winset.errors import DataError
from winset.games import Game, banzhaf, core, known_core, shapley
from winset.places.blocs import resolve
from winset.scenario import Scenario, parse
from winset.studies.whole_world import for_everybody
from winset.trade.coalitions import both_ends, certificate, compute, dividends
from winset.trade.coalitions.families import growth
from winset.trade.coalitions.neighbors import covered, lay_out, solve_rows
from winset.trade.coalitions.problem import prepare

if TYPE_CHECKING:
    from winset.trade.coalitions.problem import Problem

ON = Scenario.from_toml("sco-2025").on


def problem(n: int = 10, among: list[str] | None = None, **change: Any) -> Problem:
    codes = list(among or resolve("SCO+", ON))[:n]
    what = {"kind": "trade-cost", "percent": -10.0} | change
    parameters = what.pop("parameters", {})
    raw = {"on": ON.isoformat(), "change": [what | {"among": codes}], "parameters": parameters}
    return prepare(library.world(), parse(raw), codes, resolution="compact", in_full=False)


CHANGES = [
    {},
    {"percent": -30.0},
    {"percent": 20.0},
    {"kind": "tariff", "rate": 0.1, "percent": None},
    {"parameters": {"deficits": "multiplicative", "labor_supply_elasticity": 0.5}},
    {"parameters": {"deficits": "additive", "scale_elasticity": 0.1}},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_rows_are_what_the_ordinary_solver_finds(change: dict[str, Any]) -> None:
    made = problem(8, **change)
    assert covered(made)
    generator = np.random.default_rng(0)
    inside = generator.random((40, 8)) < 0.6
    inside = inside[inside.sum(axis=1) > 1][:12]
    found = solve_rows(lay_out(made), inside, np.zeros((12, len(made.codes))))
    for row, gains, value in zip(inside, found.gains, found.values, strict=True):
        mask = sum(1 << k for k in np.flatnonzero(row).tolist())
        exact, _ = compute.exact_gains(made, mask)
        rounding = 1e-12 * made.base.output.sum()
        np.testing.assert_allclose(gains, exact, rtol=1e-9, atol=rounding)
        assert value == pytest.approx(exact[row].sum(), rel=1e-9, abs=rounding)


@pytest.mark.parametrize(
    "change", [{}, {"kind": "tariff", "rate": 0.1, "percent": None}], ids=["costs", "tariffs"]
)
def test_the_stated_error_covers_the_largest_in_a_world_with_sectors(
    change: dict[str, Any],
) -> None:
    world = library.world("icio-2022")
    codes = [code for code in resolve("SCO+", ON) if code in world.index][:6]
    what = {"kind": "trade-cost", "percent": -10.0, "among": codes} | change
    scenario = parse({"on": ON.isoformat(), "world": "icio-2022", "change": [what]})
    made = prepare(world, scenario, codes, resolution="compact")
    exact = compute.compute(made)
    assert exact.resolved_by_newton == 0
    result = library.solve(made.world, scenario)
    together = result.equivalent_variation[: len(codes)].sum()
    assert exact.values[-1] == pytest.approx(together, rel=1e-9)
    found = dividends.compute(made, order=3, checks=20)
    off = np.abs(found.values - exact.values)
    assert off.max() <= found.certificate.stated < 0.01 * abs(together)


def test_an_income_tax_under_elastic_labor_is_left_to_newton() -> None:
    parameters = {"labor_supply_elasticity": 0.5, "revenue": "income-tax"}
    made = problem(4, kind="tariff", rate=0.1, percent=None, parameters=parameters)
    assert not covered(made)


@pytest.mark.parametrize("change", CHANGES[:4], ids=str)
@pytest.mark.parametrize("order", [2, 3, 5])
def test_the_stated_error_covers_the_largest(change: dict[str, Any], order: int) -> None:
    made = problem(11, **change)
    exact = compute.compute(made).values
    found = dividends.compute(made, order=order, checks=500)
    off = np.abs(found.values - exact)
    assert off.max() <= found.certificate.stated
    summed = sum(float(f.dividends.sum()) for f in found.families)
    largest = max(
        float(off.max()), abs(summed - exact[-1])
    )  # of all together the exact one is kept
    assert 0.9 * largest <= found.certificate.largest <= largest * (1 + 1e-6) + 1e-6
    assert found.certificate.checked >= 500
    assert found.order == order
    sizes = np.array([mask.bit_count() for mask in range(len(exact))])
    assert off[sizes <= order].max() <= 1e-9 * abs(exact[-1])
    assert found.values[-1] == pytest.approx(exact[-1], rel=1e-9)


def test_a_tolerance_is_kept_and_the_whole_is_exact() -> None:
    made = problem(10)
    exact = compute.compute(made).values
    loose = dividends.compute(made, tolerance=1e-3)
    tight = dividends.compute(made, tolerance=1e-7)
    for found, tolerance in ((loose, 1e-3), (tight, 1e-7)):
        assert found.certificate.stated <= tolerance * abs(exact[-1])
        assert np.abs(found.values - exact).max() <= found.certificate.stated
    assert loose.order < tight.order
    whole = dividends.compute(problem(5), order=9)
    assert whole.order == 5
    assert whole.certificate.rest == 0.0


def test_what_cannot_matter_is_not_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dividends, "WHOLE", 10)
    made = problem(14)
    exact = compute.compute(made).values
    found = dividends.compute(made, tolerance=1e-3, checks=2000)
    third = found.orders[2]
    assert 0 < third.solved < third.count
    assert np.abs(found.values - exact).max() <= found.certificate.stated <= 1e-3 * exact[-1]
    known = {tuple(row) for f in found.families for row in f.members.tolist()}
    for row in found.families[2].members.tolist():
        assert all(part in known for part in combinations(row, 2))


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    one = dividends.compute(problem(9), order=4, workers=1, checks=300)
    two = dividends.compute(problem(9), order=4, workers=2, checks=300)
    assert one.values.tobytes() == two.values.tobytes()
    assert one.certificate == two.certificate


def test_coalitions_are_drawn_of_every_size_and_once() -> None:
    inside = certificate.drawn(13, 2000, 0)
    sizes = inside.sum(axis=1)
    assert set(sizes.tolist()) == set(range(2, 14))
    assert len(np.unique(inside, axis=0)) == len(inside) >= 2000
    assert len(certificate.drawn(5, 10_000, 0)) == 2**5 - 6


def test_dividends_that_do_not_fall_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dividends, "DECAYS", 1e-3)  # what falls tenfold then does not
    with pytest.raises(DataError, match="dividends do not fall fast enough: orders 2 to 3 sum to"):
        dividends.compute(problem(8), order=3, checks=50)
    assert dividends.compute(problem(4), order=4, checks=50).order == 4  # nothing is left out


def test_a_change_so_large_that_dividends_do_not_fall_is_refused_or_solved_whole() -> None:
    """96 percent off all costs among nine: each joins all others, and larger orders sum to as much."""
    made = problem(9, percent=-96.0, parameters={"deficits": "balanced"})
    with pytest.raises(DataError, match=r"do not fall fast enough: .* solve every coalition"):
        dividends.compute(made, order=3, checks=50)
    done = dividends.compute(made, tolerance=1e-6, checks=50)
    assert done.order == 9  # raised to all
    np.testing.assert_allclose(done.values, compute.compute(made).values, rtol=1e-9, atol=1e-3)


def test_parts_come_first() -> None:
    with growth(problem(6), 1) as grown:
        grown.add(np.array([[0]]))
        with pytest.raises(ValueError, match="before its parts"):
            grown.add(np.array([[0, 1]]))


@pytest.mark.parametrize("order", [2, 3])
def test_the_least_core_is_no_less_than_the_solved_coalitions_say(order: int) -> None:
    made = problem(9)
    game = Game(made.players, compute.compute(made).values)
    ends = both_ends.compute(made, order=order)
    masks = ends.inside @ (1 << np.arange(9))
    assert len(np.unique(masks)) == len(masks) == 2 * (9 + 36) + (order - 2) * 84
    np.testing.assert_allclose(ends.worths, game.values[masks], atol=1e-9 * game.grand)
    found, exact = known_core(ends.inside, ends.worths, ends.grand, ends.own), core(game)
    assert found.lower <= exact.least_core_excess + 1e-7 * game.grand
    excess = ends.worths - ends.inside @ found.division
    assert excess.max() <= found.lower + 1e-6 * game.grand
    assert found.division.sum() == pytest.approx(game.grand)


@pytest.mark.parametrize("order", [2, 3])
def test_both_ends_against_the_whole_lattice(order: int) -> None:
    made = problem(12)
    game = Game(made.players, compute.compute(made).values)
    found = both_ends.compute(made, order=order)
    off = np.abs(found.shapley - shapley(game))
    assert off.max() <= found.error
    assert off.max() <= (2e-5, 2e-6)[order - 2] * game.grand
    assert np.abs(found.banzhaf - banzhaf(game)).max() <= 1e-3 * game.grand
    assert found.grand == pytest.approx(game.grand, rel=1e-10)
    whole = compute.own_gains(made)
    np.testing.assert_allclose(found.own, whole, rtol=1e-9)
    without = compute.coalition_gains(made, (1 << 12) - 2)  # all but the first
    np.testing.assert_allclose(found.without[0], without, atol=1e-9 * game.grand)
    np.testing.assert_allclose(found.pairs[3, 5], game.values[1 << 3 | 1 << 5], rtol=1e-9)


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"order": 1}, "coalitions of one change nothing; 2 is the lowest"),
        ({"tolerance": 1e-14}, "differences of double precision"),
        ({"tolerance": 1.0}, "below 1"),
        ({"tolerance": float("nan")}, "below 1"),
        ({"order": 3, "tolerance": 0.1}, "one of the two"),
        ({"order": 15}, r"equilibria and [\d.,]+ GB of memory"),
    ],
)
def test_what_is_refused(asked: dict[str, Any], match: str) -> None:
    with pytest.raises(DataError, match=match):
        dividends.checked(30, asked.get("order"), asked.get("tolerance"))


def test_of_very_many_orders_above_three_are_refused() -> None:
    for asked, match in (
        ({"order": 4}, "it is 2 or 3"), ({"order": 1}, "it is 2 or 3"), ({"tolerance": 1e-9}, "from 1e-05"),
        ({"order": 2, "tolerance": 0.1}, "one of the two"),
    ):  # fmt: skip
        with pytest.raises(DataError, match=match):
            both_ends.compute(problem(3), **asked)
    with pytest.raises(DataError, match=r"2000 players: 400 are the most, .* [\d.,]+ GB"):
        both_ends.asked(2000, None, None)
    with pytest.raises(DataError, match="with orders up to 3 the Shapley values are within"):
        both_ends.compute(problem(6, percent=-60.0), tolerance=1e-5)


def test_a_change_among_some_becomes_one_among_all() -> None:
    scenario, widened = for_everybody(Scenario.from_toml("sco-2025"))
    assert widened
    assert scenario.changes[0].among == "all"  # type: ignore[union-attr]
    assert for_everybody(scenario) == (scenario, False)


def test_json_of_dividends(winset: Any) -> None:
    exact = winset(
        "share", "sco-2025", "--players", "EAEU,IND,CHN", "--resolution", "compact", "--json"
    )
    assert (exact.json["method"], exact.json["order"], exact.json["error_musd"]) == (
        "exact",
        None,
        0.0,
    )
    said = winset("share", "sco-2025", "--players", "EAEU,IND,CHN", "--resolution", "compact",
                  "--method", "dividends", "--order", "4", "--json")  # fmt: skip
    assert said.code == 0, said.err
    plain = said.json
    assert (plain["method"], plain["order"]) == ("dividends", 4)
    assert plain["error_musd"] == plain["dividends"]["certificate"]["stated_error_musd"] > 0
    for code in plain["players"]:
        off = abs(plain["shapley"][code] - exact.json["shapley"][code])
        assert off <= plain["error_musd"]
    assert [o["order"] for o in plain["dividends"]["by_order"]] == [1, 2, 3, 4]


def test_the_table_names_method_order_and_error(winset: Any) -> None:
    said = winset("share", "sco-2025", "--players", "EAEU", "--method", "dividends", "--order", "3")
    assert "dividends to order 3, ±" in said.out
    assert "Not every coalition was solved" in said.out
    assert "checked" in said.out


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--method", "guess"], "--method guess"),
        (["--method", "exact", "--order", "3"], "--order belongs to --method dividends"),
        (["--order", "1"], "2 is the lowest order"),
        (["--method", "dividends", "--gains"], "--gains belongs to --method exact"),
        (["--method", "dividends", "--resume"], "--resume needs --save FILE"),
    ],
)
def test_options_that_contradict_each_other(winset: Any, options: list[str], match: str) -> None:
    said = winset("share", "sco-2025", "--players", "EAEU", *options)
    assert said.code == 2
    assert match in said.err


def test_more_than_thirty_players(winset: Any) -> None:
    """Thirty-two of Africa: pairs, all but pairs, and what follows from them."""
    said = winset("share", "afcfta", "--method", "dividends", "--json")
    assert said.code == 0, said.err
    plain = said.json
    count = len(plain["players"])
    assert count > 30
    assert (plain["method"], plain["order"]) == ("dividends", 2)
    assert len(plain["synergy"]) == count * (count - 1) // 2
    assert sum(plain["shapley"].values()) == pytest.approx(plain["grand_musd"] + plain["gap_musd"])
    assert abs(plain["gap_musd"]) <= plain["error_musd"] <= 0.01 * plain["grand_musd"]
    assert len(plain["partners"]) == 3 * count
    assert len(plain["absences"]) == len(plain["worst_absences"]) == count
    least = plain["least_core"]
    assert (least["at_most_musd"], least["proved"], least["empty"]) == (None, False, None)
    assert least["at_least_musd"] < 0
    assert least["known"] == 2 * (count + count * (count - 1) // 2)
    assert sum(least["division_musd"].values()) == pytest.approx(plain["grand_musd"])
    assert plain["objections_known"]["own"] is None
    objecting = plain["objections_known"]["equal"]
    assert objecting["coalition"] == ["MOZ", "ZAF"]
    pair = next(r for r in plain["synergy"] if {r["one"], r["other"]} == {"MOZ", "ZAF"})
    share_of_two = 2 * plain["grand_musd"] / count
    assert objecting["excess_musd"] == pytest.approx(pair["synergy_musd"] - share_of_two)
    table = winset("share", "afcfta", "--method", "dividends").out
    assert "None of them objects to: own gain, shapley." in table
    assert "is not proved; the nucleolus is not computed." in table
    assert "Who gains from whom" in table
    assert "dividends to order 2, ±" in table
    refused = winset("share", "afcfta")
    assert refused.code == 2
    assert "or ask winset share for --method dividends" in refused.err
