"""Scales, certificates, files and enlargements of games: the figures at their edges."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.errors import DataError, InfeasibleError
from winset.games import Game, excess_program, share, side_payments
from winset.games.core import TOLERANCE, core, in_core, in_kernel, objections
from winset.games.enlargement import growth
from winset.games.excess_program import ALL_ROWS, scale_of
from winset.games.nucleolus import nucleolus
from winset.games.side_payments import transfers
from winset.games.values import (
    equal_surplus,
    interaction,
    myerson,
    owen,
    sampled_shapley,
    weighted_shapley,
)

if TYPE_CHECKING:
    from pathlib import Path


def majority(pair: float, grand: float = 1.0, offset: float = 0.0) -> Game:
    """Three players: a pair has `pair`, all have `grand`, each `offset` besides."""
    worth = {1: 0.0, 2: pair, 3: grand}
    return Game.from_function("ABC", lambda s: worth[len(s)] + offset * len(s))


# The core.


@pytest.mark.parametrize("offset", [0.0, 1e6, -1e6])
def test_a_core_that_is_empty_by_a_third_of_a_percent(offset: float) -> None:
    """Pairs of 0.669 × 3 / 2 = 1.0035: empty whatever each player has besides."""
    found = core(majority(0.669, offset=offset))
    assert found.empty
    assert found.least_core_excess == pytest.approx((1.5 * 0.669 - 1) * 2 / 3, rel=1e-3)
    assert found.balanced_worth - (1.0 + 3 * offset) == pytest.approx(1.5 * 0.669 - 1, rel=1e-3)
    assert [weight for _, weight in found.balanced] == pytest.approx([0.5] * 3)
    assert {c for c, _ in found.balanced} == {("A", "B"), ("A", "C"), ("B", "C")}
    assert not core(majority(0.665, offset=offset)).empty


def test_the_core_of_one_player() -> None:
    found = core(Game(("A",), np.array([0.0, 5.0])))
    assert (found.empty, found.least_core_excess, found.balanced, found.balanced_worth) == (
        False, 0.0, (), 5.0,
    )  # fmt: skip
    assert found.division.tolist() == [5.0]
    assert objections(Game(("A",), np.array([0.0, 5.0])), np.array([1.0])) == ()
    assert in_core(Game(("A",), np.array([0.0, 5.0])), np.array([5.0]))
    assert not in_core(Game(("A",), np.array([0.0, 5.0])), np.array([4.0]))


def test_tolerance_is_of_the_surplus_not_of_what_each_has() -> None:
    game = majority(0.669, offset=1e9)
    assert scale_of(game) == pytest.approx(1.0, rel=1e-6)
    assert scale_of(majority(0.0, 0.0, offset=4.0)) == 12.0  # nothing to gain: of the worths
    assert scale_of(Game.from_function("AB", lambda _: 0.0)) == 1.0
    lost = Game(("A", "B"), np.array([0.0, -7.0, 5.0, -2.0]))  # the parts, 7 in size
    assert scale_of(lost) == 7.0


def test_an_excess_is_an_objection_from_the_tolerance_on() -> None:
    game = majority(0.6)
    for over, many in ((0.5, 0), (2.0, 1)):
        x = np.array([0.3 - over * TOLERANCE, 0.3, 0.4 + over * TOLERANCE])
        found = objections(game, x)
        assert len(found) == many
        assert in_core(game, x) is (many == 0)
    with pytest.raises(DataError, match=r"3 players need 3 shares, found \(2,\)"):
        objections(game, np.zeros(2))


def test_the_kernel_lets_only_the_weak_be_outweighed() -> None:
    game = majority(0.5)
    assert in_kernel(game, np.full(3, 1 / 3))
    assert not in_kernel(game, np.array([0.5, 0.25, 0.25]))
    # A alone has all of it: B and C at their own worth of nothing may be outweighed.
    alone = Game.from_function("ABC", lambda s: float("A" in s and len(s) > 1))
    assert in_kernel(alone, np.array([1.0, 0.0, 0.0]))
    assert not in_kernel(alone, np.array([0.8, 0.2, 0.0]))


# The nucleolus.


def test_levels_and_weights_of_the_nucleolus() -> None:
    found = nucleolus(majority(0.8))
    np.testing.assert_allclose(found.division, 1 / 3, atol=1e-9)
    (stage,) = found.stages
    assert stage.excess == pytest.approx(0.8 - 2 / 3)
    assert sorted(stage.coalitions) == [("A", "B"), ("A", "C"), ("B", "C")]
    assert sum(stage.weights) == pytest.approx(1.0)
    assert found.largest_excess_error <= 1e-9
    assert found.largest_balance_error <= 1e-9
    assert found.scans >= 1
    per_head = nucleolus(Game(("A", "B"), np.array([0.0, 1.0, 0.0, 4.0])), kind="per-capita")
    np.testing.assert_allclose(per_head.division, [2.5, 1.5], atol=1e-9)
    assert per_head.stages[0].excess == pytest.approx(-1.5)


def test_an_imputation_that_just_is() -> None:
    just = Game(("A", "B"), np.array([0.0, 1.0, 2.0, 3.0]))
    np.testing.assert_allclose(nucleolus(just).division, [1, 2], atol=1e-9)
    with pytest.raises(InfeasibleError, match=r"3 alone and 2\.5 together"):
        nucleolus(Game(("A", "B"), np.array([0.0, 1.0, 2.0, 2.5])))
    assert share(Game(("A", "B"), np.array([0.0, 1.0, 2.0, 2.5]))).nucleolus.kind == "prenucleolus"
    assert share(just).nucleolus.kind == "nucleolus"


@pytest.mark.parametrize("n", [7, 14])
@pytest.mark.parametrize("per_head", [False, True])
def test_blocks_passed_over_hold_nothing_above_the_floor(n: int, per_head: bool) -> None:
    """At one division after another, with more and more players settled, as by looking at all."""
    draw = np.random.default_rng(n)
    game = Game(tuple(f"P{k}" for k in range(n)), np.append(0.0, draw.normal(size=(1 << n) - 1)))
    weight = 1.0 / np.maximum(np.arange(n + 1.0), 1.0) if per_head else None
    remembered, x, passed = excess_program.Excesses(game, weight), np.zeros(n), 0
    for step in range(30):
        x = x + draw.normal(size=n) * 0.5 ** (step / 3)
        free = np.zeros(n)
        free[step // 10 :] = draw.uniform(
            1, 2, n - step // 10
        )  # coalitions of settled players alone: none
        every, where = excess_program.Excesses(game, weight).largest(x, (free, free))
        floor = every[min(step, 5)]
        best, at = remembered.largest(x, (free, free), floor=floor)
        above = every > floor
        assert (best[best > floor], at[best > floor]) == (
            pytest.approx(every[above], abs=0),
            pytest.approx(where[above], abs=0),
        )
        passed += len(every) - len(best)
    assert (passed > 0) == (not per_head)


def test_scans_of_a_level_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nine players not all coalitions are rows: they are looked through again and again."""
    looks: list[int] = []

    def looked(*given: Any, **more: Any) -> Any:
        looks.append(1)
        return found(*given, **more)

    found = excess_program.Excesses.largest
    monkeypatch.setattr(excess_program.Excesses, "largest", looked)
    n, size = 9, np.array([m.bit_count() for m in range(1 << 9)])
    game = Game(tuple("ABCDEFGHI"), np.where(size >= 5, 1.0, 0.0) * size)
    settled = excess_program.Settled(np.ones((1, n)), np.array([1.0]))
    level = excess_program.solve_level(
        game, excess_program.Excesses(game), settled, excess_program.first_rows(n),
        np.full(n, 1 / 9), size=np.ones(n + 1), scale=9.0, bounded=True,
    )  # fmt: skip
    assert level.scans == len(looks) > 0
    assert level.epsilon == pytest.approx(0.0, abs=1e-8)  # eight of nine would have 8 of 8


@pytest.mark.parametrize("n", [31, 60])
def test_how_much_memory_all_coalitions_would_take(n: int) -> None:
    with pytest.raises(
        DataError, match=f"{n} players: all 2.{n} coalitions take {2**n * 8 / 1e9:,.0f} GB"
    ):
        Game(tuple(f"P{k}" for k in range(n)), np.zeros(2))


# Enlargement.


def test_who_loses_most_is_who_keeps_out() -> None:
    # Candidates A, B; members M, N. A's entry costs M 1 and N 2; B's costs itself 3.
    gains = np.array([[0, 0, 0, 0], [5, 0, -1, -2], [0, -3, -1, 9], [0, 0, 0, -9]], dtype=float)
    found = growth(gains, 2)
    assert found.order == ()
    assert found.blocked == ((0, 3), (1, 1))
    assert found.open_door == (0,)


def test_the_longest_order_is_found_where_the_first_step_matters() -> None:
    # A first loses; B first, then A, and C never.
    gains = np.zeros((8, 4))
    gains[0b001] = [-1, 0, 0, 0]
    gains[0b010] = [0, 1, 0, 1]
    gains[0b011] = [1, 1, 0, 2]
    gains[0b111] = [0, 1, 1, 2]
    gains[0b110] = [0, 0, 1, 1]
    gains[0b100] = [0, 0, -1, 5]
    gains[0b101] = [0, 0, -1, 5]
    found = growth(gains, 3)
    assert (found.order, found.complete) == ((1, 0), False)
    assert found.blocked == ((2, 0),)


# Payments.


def test_beyond_the_bound_all_are_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    gap = np.array([1.0, -1.0, 2.0, -2.0, 3.0, -3.0])
    assert sorted(map(sorted, side_payments._groups(gap, list(range(6)), 1e-9))) == [
        [0, 1], [2, 3], [4, 5],
    ]  # fmt: skip
    monkeypatch.setattr(side_payments, "EXACT", 5)
    assert side_payments._groups(gap, list(range(6)), 1e-9) == [list(range(6))]
    assert side_payments._groups(gap, [0, 1], 1e-9) == [[0, 1]]
    assert side_payments._groups(gap, [], 1e-9) == []


def test_groups_that_settle_by_themselves() -> None:
    have = np.array([3.0, 0, 5, 0, 7, 0])
    want = np.array([0.0, 3, 0, 5, 0, 7])
    found = {(p.payer, p.receiver): p.amount for p in transfers("ABCDEF", have, want)}
    assert found == {("A", "B"): 3, ("C", "D"): 5, ("E", "F"): 7}


@pytest.mark.parametrize(("off", "told"), [(0.0, False), (5e-7, False), (2e-6, True)])
def test_what_is_paid_is_what_there_is(off: float, told: bool) -> None:
    have, want = np.array([2.0, 0.0]), np.array([1.0, 1.0 + off])
    if told:
        with pytest.raises(DataError, match="differ by"):
            transfers("AB", have, want)
    else:
        (payment,) = transfers("AB", have, want)
        assert payment.amount == pytest.approx(1.0)


def test_nobody_is_paid_for_rounding() -> None:
    assert transfers("AB", np.array([1e6, 1e6]), np.array([1e6 + 1e-8, 1e6 - 1e-8])) == ()


# Games and their files.


def test_a_game_s_file_keeps_the_letters_of_its_players(tmp_path: Path) -> None:
    game = Game(("Қазақстан", "O'zbekiston"), np.array([0.0, 1.0, 2.0, 5.0]))
    game.save(tmp_path / "game.npy", {"unit": "USD million"})
    text = (tmp_path / "game.json").read_text(encoding="utf-8")
    assert "Қазақстан" in text
    assert json.loads(text) == {"players": list(game.players), "unit": "USD million"}
    again = Game.load(tmp_path / "game.npy")
    assert again.players == game.players
    assert again.values.tolist() == [0.0, 1.0, 2.0, 5.0]
    named = Game.load(tmp_path / "game.npy", players=["A", "B"])
    assert named["AB"] == 5.0


def test_too_many_players_are_told_the_memory_they_take() -> None:
    with pytest.raises(DataError, match=r"31 players: all 2\^31 coalitions take 17 GB"):
        Game(tuple(f"P{k}" for k in range(31)), np.zeros(1))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("A,1\nA+B,2\nB,x", "row 4: value is 'x'"),
        ("A,1\nA+B,\nB,1", "row 3: value has no figure"),
        ("A,1\nA+A,2", "row 3: 'A\\+A' names a player twice"),
        ("A,1\nA,2", "row 3: A is row 2 again"),
        (",1\nA,2", "row 2: the worth of nobody is 1"),
        ("A,1\nB,1\nC,1\nA+B+C,9", r"3 of 8 coalitions are missing: A\+B, A\+C, B\+C"),
        ('"A,B",1\nA,1', "'A,B' counts as one player"),
        ("AB,3\nA,1\nB,1", "'AB' counts as one player"),
    ],
)
def test_files_that_are_no_game(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "game.csv"
    path.write_text(f"coalition,value\n{rows}\n", encoding="utf-8")
    with pytest.raises(DataError, match=said):
        Game.load(path)


def test_missing_coalitions_are_filled_with_the_best_of_their_parts(tmp_path: Path) -> None:
    path = tmp_path / "game.csv"
    path.write_text("coalition,value\nA,1\nB,2\nC,0\nA+B,5\nA+B+C,9\n", encoding="utf-8")
    game = Game.load(path, fill="superadditive")
    assert [game[s] for s in ("AC", "BC", "AB", "ABC")] == [1.0, 2.0, 5.0, 9.0]
    path.write_text("coalition,value\nA,1\nD,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="'D' is not a player"):
        Game.load(path, players=["A", "B"])


@pytest.mark.parametrize(
    ("whole", "such"),
    [("ABCDE", "A+B+C+D"), ("A/B/C/D/E", "A+B+C+D"), ("A B;C", "A+B+C"), ("AB", "A+B")],
)
def test_members_that_are_not_joined_by_plus_are_shown_joined(
    tmp_path: Path, whole: str, such: str
) -> None:
    path = tmp_path / "game.csv"
    path.write_text(f"coalition,value\nA,1\nB,2\nC,3\nD,4\nE,5\n{whole},9\n", encoding="utf-8")
    with pytest.raises(DataError) as told:
        Game.load(path)
    assert f"'{whole}' counts as one player." in str(told.value)
    assert str(told.value).endswith(f"such as {such}.")


def test_twenty_players_fit_in_a_file_and_twenty_one_do_not(tmp_path: Path) -> None:
    path = tmp_path / "game.csv"
    for count, said in ((20, "coalitions are missing"), (21, "more than 20 players")):
        lines = "\n".join(f"P{k},1" for k in range(count))
        path.write_text(f"coalition,value\n{lines}\n", encoding="utf-8")
        with pytest.raises(DataError, match=said):
            Game.load(path)


# Values.

GLOVES = Game.from_function("ABC", lambda s: float("A" in s and len(s) > 1))


def test_values_by_hand() -> None:
    dividends = GLOVES.dividends()
    assert dividends.tolist() == [0, 0, 0, 1, 0, 1, 0, -1]
    # AB: 1/2 each; AC: 1/3, 2/3; ABC: −1/4, −1/4, −1/2.
    np.testing.assert_allclose(
        weighted_shapley(GLOVES, [1, 1, 2]), [1 / 2 + 1 / 3 - 1 / 4, 1 / 4, 2 / 3 - 1 / 2]
    )
    np.testing.assert_allclose(equal_surplus(majority(0, 1.0, 2.0)), [2 + 1 / 3] * 3)
    np.testing.assert_allclose(owen(GLOVES, [["B", "C"]]), [0.5, 0.25, 0.25])
    np.testing.assert_allclose(myerson(GLOVES, [("A", "B")]), [0.5, 0.5, 0.0])
    # I_AB: T = {} gives 1, T = {C} gives 1 − 1 − 0 + 0 = 0: half of it; of B and C (0 − 1) / 2.
    index = interaction(GLOVES)
    np.testing.assert_allclose(index, [[0, 0.5, 0.5], [0.5, 0, -0.5], [0.5, -0.5, 0]])


def test_a_thousand_orders_are_drawn_where_none_are_asked_for() -> None:
    assert sampled_shapley("AB", lambda s: float(len(s))).orders == 1000


def test_sampled_values_of_known_orders() -> None:
    found = sampled_shapley("ABC", lambda s: float(len(s) ** 2), orders=7, seed=3)
    assert found.orders == 6  # pairs of orders
    np.testing.assert_allclose(found.value, 3.0)  # forwards and backwards add up to n each
    low, high = found.interval()
    np.testing.assert_allclose(low, high)
    glove = sampled_shapley("ABC", GLOVES.__getitem__, orders=4000, seed=1)
    np.testing.assert_allclose(glove.value, [2 / 3, 1 / 6, 1 / 6], atol=0.02)
    low, high = glove.interval()
    np.testing.assert_allclose(high - low, 2 * 1.96 * glove.standard_error)
    # Of a pair of orders B is second in one with probability 1/3, worth 1/2 then.
    assert glove.standard_error[1] == pytest.approx(
        np.sqrt(1 / 12 - 1 / 36) / np.sqrt(2000), rel=0.1
    )


def test_the_error_of_two_pairs_of_orders_is_half_their_difference() -> None:
    """B is worth 1/2 in a pair of orders, or nothing."""
    seen = {
        (float(found.value[1]), float(found.standard_error[1]))
        for found in (
            sampled_shapley("ABC", GLOVES.__getitem__, orders=4, seed=k) for k in range(20)
        )
    }
    assert seen == {(0.0, 0.0), (0.25, 0.25), (0.5, 0.0)}


def test_what_the_json_of_a_division_says() -> None:
    said = share(majority(0.8), own=np.array([1.0, 0.0, 0.0])).to_json()
    assert said["core"] == {"empty": True, "least_core_excess_musd": pytest.approx(0.8 - 2 / 3)}
    assert (said["coalitions"], said["grand_musd"]) == (8, 1.0)
    assert said["own_gain_musd"] == {"A": 1.0, "B": 0.0, "C": 0.0}
    assert said["standalone_musd"] == {"A": 0.0, "B": 0.0, "C": 0.0}
    assert said["population"] == {}
    paid = said["transfers"]["equal"]
    assert [(p["from"], p["to"]) for p in paid] == [("A", "B"), ("A", "C")]
    assert [p["musd"] for p in paid] == pytest.approx([1 / 3, 1 / 3])
    assert said["objections"]["own"][0] == {
        "coalition": ["B", "C"],
        "excess_musd": pytest.approx(0.8),
    }
    assert set(said["in_core"]) == {"shapley", "nucleolus", "equal", "own"}
    assert share(majority(0.8)).to_json()["own_gain_musd"] == {}
    shown = share(majority(0.8), own=np.array([1.0, 0.0, 0.0]))._repr_html_()
    assert "8 coalitions; together 1.000. The core is empty." in shown
    assert "equal: A+B would have 0.133 more alone." in shown
    many = share(majority(1200.4, 1500.4))._repr_html_()
    assert "together 1,500. The core is empty." in many


def test_worths_beyond_what_can_be_told_apart_are_refused(tmp_path):
    path = tmp_path / "game.csv"
    for large, refused in ((1e10, False), (1.1e10, True)):
        path.write_text(f"coalition,value\nA,0\nB,1\nA+B,{large}\n", encoding="utf-8")
        if refused:
            with pytest.raises(DataError, match=r"worths of 1 \(row 3\) and 1\.1e\+10 \(row 4\)"):
                Game.load(path)
        else:
            assert Game.load(path).grand == 1e10


def test_interaction_of_two_and_of_one() -> None:
    two = Game(("A", "B"), np.array([0.0, 1.0, 2.0, 7.0]))
    np.testing.assert_allclose(interaction(two), [[0, 4], [4, 0]])
    assert interaction(Game(("A",), np.array([0.0, 1.0]))).tolist() == [[0.0]]


def test_the_nucleolus_beyond_the_size_whose_coalitions_all_fit_in_one_program() -> None:
    """An airport that each of nine needs twice as long as the one before."""
    n = ALL_ROWS + 1
    cost = 2.0 ** np.arange(n)
    masks = np.arange(1 << n)
    longest = np.zeros(1 << n)
    for k in range(n):
        longest[(masks >> k) & 1 == 1] = cost[k]
    found = nucleolus(Game(tuple(f"P{k}" for k in range(n)), -longest))
    assert found.largest_excess_error <= 1e-6
    assert -found.division.sum() == pytest.approx(cost[-1])
    # Littlechild (1974): the first pays c₁/2, each of the next half of what is left of its own cost.
    paid, left = [], 0.0
    for k in range(n - 1):
        paid.append((cost[k] - left) / 2.0)
        left += paid[-1]
    np.testing.assert_allclose(-found.division[:-1], paid, rtol=1e-6)
