"""Figures of cooperative games at their exact bounds, by hand or by brute force."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.games import (
    Game,
    banzhaf,
    core,
    egalitarian,
    equal_surplus,
    excesses,
    in_core,
    interaction,
    myerson,
    nucleolus,
    objections,
    owen,
    proportional,
    sampled_shapley,
    shapley,
    share,
    transfers,
    weighted_shapley,
)
from winset.games import nucleolus as nucleolus_function
from winset.games.core import TOLERANCE, in_kernel, in_prekernel
from winset.games.enlargement import growth
from winset.games.excess_program import scale_of

nucleolus_module = __import__("sys").modules[nucleolus_function.__module__]

GLOVE = Game.from_function(["L", "R1", "R2"], lambda s: float("L" in s and bool({"R1", "R2"} & s)))


def random_game(n: int, seed: int) -> Game:
    values = np.random.default_rng(seed).normal(size=1 << n)
    values[0] = 0.0
    return Game(tuple(f"P{k:02}" for k in range(n)), values)


def brute(game: Game, x: np.ndarray, most: int) -> list[tuple[tuple[str, ...], float]]:
    """The largest excesses, from all of them sorted."""
    masks = np.arange(1 << game.n)
    together = sum(((masks >> k) & 1) * x[k] for k in range(game.n))
    gap = game.values - together
    gap[[0, -1]] = -np.inf
    order = np.lexsort((masks, -gap))[:most]
    return [(tuple(game.name(int(k)).split("+")), float(gap[k])) for k in order if gap[k] > 0]


@pytest.mark.parametrize(("n", "seed"), [(4, 1), (12, 2), (18, 3), (20, 4)])
def test_objections_are_the_largest_of_all_coalitions(n: int, seed: int) -> None:
    game = random_game(n, seed)
    x = np.full(n, game.grand / n)
    wanted = brute(game, x, 10)
    found = objections(game, x)
    assert [o.coalition for o in found] == [coalition for coalition, _ in wanted]
    np.testing.assert_allclose([o.excess for o in found], [e for _, e in wanted], rtol=1e-10)


def test_the_largest_objection_among_tens_of_thousands() -> None:
    """Twenty players; nine groups of 4,096 coalitions object, the last of them the most."""
    n = 20
    masks = np.arange(1 << n)
    group, inside = masks >> 12, masks & 4095
    excess = np.where(group >= 247, 1.0 + (group - 247) + 1e-4 * inside, 0.5)
    excess[[0, -1]] = 0.0
    together = np.array([bin(m).count("1") for m in range(1 << n)], dtype=float)
    game = Game(tuple(f"P{k:02}" for k in range(n)), together + excess)
    found = objections(game, np.ones(n), most=3)
    wanted = brute(game, np.ones(n), 3)
    assert [o.coalition for o in found] == [coalition for coalition, _ in wanted]
    assert found[0].excess == pytest.approx(9.0 + 1e-4 * 4094)


def test_of_equal_objections_the_lower_mask_comes_first_and_most_is_kept() -> None:
    game = Game.from_function("ABCD", lambda s: 1.0 if len(s) == 2 else 0.0)
    found = objections(game, np.zeros(4), most=4)
    assert [o.coalition for o in found] == [("A", "B"), ("A", "C"), ("B", "C"), ("A", "D")]
    assert len(objections(game, np.zeros(4), most=50)) == 6
    assert len(objections(game, np.zeros(4), most=1)) == 1


def test_an_excess_of_zero_is_no_objection() -> None:
    game = Game.from_function("AB", lambda s: {1: 1.0, 2: 2.0}[len(s)])
    assert objections(game, np.array([1.0, 1.0])) == ()
    assert in_core(game, np.array([1.0, 1.0]))
    small = 3 * TOLERANCE * scale_of(game)
    assert [o.coalition for o in objections(game, np.array([1.0 - small, 1.0 + small]))] == [("A",)]
    assert not in_core(game, np.array([1.0 - small, 1.0 + small]))
    tiny = 0.3 * TOLERANCE * scale_of(game)
    assert objections(game, np.array([1.0 - tiny, 1.0 + tiny])) == ()
    assert in_core(game, np.array([1.0 - tiny, 1.0 + tiny]))


def test_a_division_that_gives_away_too_much_or_little_is_not_in_the_core() -> None:
    game = Game.from_function("AB", lambda s: {1: 0.0, 2: 1.0}[len(s)])
    assert in_core(game, np.array([0.5, 0.5]))
    for total in (1.0 + 1e-6, 1.0 - 1e-6):
        assert not in_core(game, np.array([0.5, total - 0.5]))


@pytest.mark.parametrize(
    ("pair", "empty"),
    [(2 / 3 + 0.003, True), (2 / 3 + 1e-6, True), (2 / 3, False), (2 / 3 - 1e-6, False)],
)
def test_a_core_that_is_just_empty(pair: float, empty: bool) -> None:
    """Three players, pairs worth a, all worth 1: the core is empty if and only if a > 2/3."""
    game = Game.from_function("ABC", lambda s: {1: 0.0, 2: pair, 3: 1.0}[len(s)])
    found = core(game)
    assert found.empty is empty
    assert found.least_core_excess == pytest.approx(pair - 2 / 3, abs=1e-10)
    assert in_core(game, nucleolus(game).division) is not empty
    assert found.balanced_worth == pytest.approx(1.5 * pair, abs=1e-9)


def test_excesses() -> None:
    np.testing.assert_allclose(
        excesses(GLOVE, np.array([0.6, 0.3, 0.1])), [0, -0.6, -0.3, 0.1, -0.1, 0.3, -0.4, 0],
        atol=1e-15,
    )  # fmt: skip


def test_kernel_and_prekernel() -> None:
    """Davis & Maschler (1965): s_ij ≤ s_ji unless x_j is already what j has alone."""
    assert in_kernel(GLOVE, np.array([1.0, 0.0, 0.0]))
    assert in_prekernel(GLOVE, np.array([1.0, 0.0, 0.0]))
    assert not in_kernel(GLOVE, np.array([2 / 3, 1 / 6, 1 / 6]))
    assert not in_kernel(GLOVE, np.array([1 - 1e-5, 5e-6, 5e-6]))
    # v(AB) = 10, v(ABC) = 2: the kernel keeps C at 0, the prekernel takes 4 from it
    game = Game.from_function(
        "ABC", lambda s: {"AB": 10.0, "ABC": 2.0}.get("".join(sorted(s)), 0.0)
    )
    assert in_kernel(game, np.array([1.0, 1.0, 0.0]))
    assert not in_prekernel(game, np.array([1.0, 1.0, 0.0]))
    assert in_prekernel(game, np.array([3.0, 3.0, -4.0]))
    assert not in_prekernel(game, np.array([3.0 + 1e-4, 3.0 - 1e-4, -4.0]))
    assert not in_kernel(game, np.array([1.1, 0.9, 0.0]))


@pytest.mark.parametrize("seed", range(6))
def test_the_nucleolus_is_in_the_kernel(seed: int) -> None:
    """Schmeidler (1969); a step of 1e-4 away from it is not, where three players leave one point."""
    game = random_game(3, seed)
    x = nucleolus(game, kind="prenucleolus").division
    assert in_prekernel(game, x)
    step = 1e-4 * scale_of(game) * np.array([1.0, -1.0, 0.0])
    assert not in_prekernel(game, x + step)


def test_the_certificate_rejects_a_division_that_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    game = random_game(5, 3)
    polished = nucleolus_module.polished

    def off(*arguments: Any) -> tuple[np.ndarray, np.ndarray]:
        x, levels = polished(*arguments)
        return x + 1e-5 * np.array([1, -1, 0, 0, 0]), levels

    monkeypatch.setattr(nucleolus_module, "polished", off)
    with pytest.raises(ConvergenceError, match="not certified: a coalition exceeds its level"):
        nucleolus(game, kind="prenucleolus")


def test_the_certificate_rejects_weights_that_do_not_balance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataclasses import replace

    game = random_game(5, 3)
    level = nucleolus_module.solve_level

    def off(*arguments: Any, **options: Any) -> Any:
        solved = level(*arguments, **options)
        dual = solved.dual.copy()
        dual[np.argmax(dual)] += 1e-5
        return replace(solved, dual=dual)

    monkeypatch.setattr(nucleolus_module, "solve_level", off)
    with pytest.raises(ConvergenceError, match=r"weights miss balance by [1-9]"):
        nucleolus(game, kind="prenucleolus")


def test_no_imputation_no_nucleolus() -> None:
    game = Game.from_function("AB", lambda s: {1: 1.0, 2: 1.5}[len(s)])
    with pytest.raises(InfeasibleError, match=r"have 2 alone and 1\.5 together"):
        nucleolus(game)
    np.testing.assert_allclose(nucleolus(game, kind="prenucleolus").division, [0.75, 0.75])
    assert share(game).nucleolus.kind == "prenucleolus"


def paid(players: str, have: list[float], want: list[float]) -> dict[tuple[str, str], float]:
    return {
        (p.payer, p.receiver): p.amount
        for p in transfers(list(players), np.array(have), np.array(want))
    }


def test_transfers_by_hand() -> None:
    assert paid("ABC", [6, 0, 0], [2, 2, 2]) == {("A", "B"): 2, ("A", "C"): 2}
    assert paid("ABCD", [5, 1, 3, 0], [3, 3, 2, 1]) == {("A", "B"): 2, ("C", "D"): 1}
    assert paid("AB", [1, 1], [1, 1]) == {}


@pytest.mark.parametrize("wrong", [4.0, 5.99])
def test_transfers_do_not_pay_six_into_four(wrong: float) -> None:
    with pytest.raises(DataError, match="differ by"):
        paid("ABC", [6, 0, 0], [wrong / 3] * 3)


def test_transfers_settle_beyond_the_exact_size() -> None:
    """Seventeen players are one group: still what each lacks is what each receives."""
    players = [f"P{k}" for k in range(18)]
    have = np.arange(18.0)
    want = np.full(18, have.mean())
    balance = dict(zip(players, have, strict=True))
    payments = transfers(players, have, want)
    for payment in payments:
        assert payment.amount > 0
        balance[payment.payer] -= payment.amount
        balance[payment.receiver] += payment.amount
    np.testing.assert_allclose(list(balance.values()), want, atol=1e-9)
    assert len(payments) <= 17


def test_the_largest_payment_comes_first() -> None:
    amounts = [
        p.amount for p in transfers("ABCD", np.array([9.0, 0, 0, 0]), np.array([0, 2.0, 3, 4]))
    ]
    assert amounts == [4, 3, 2]


def steps(*gains: list[float]) -> np.ndarray:
    return np.array(gains)


def test_an_entrant_that_loses_is_not_let_in_as_complete() -> None:
    """Candidate A, member M: M would gain by A's entry, A would lose."""
    found = growth(steps([0.0, 0.0], [-1.0, 5.0]), 1)
    assert (found.order, found.complete) == ((), False)
    assert found.blocked == ((0, 0),)
    assert found.open_door == ()


def test_a_member_that_loses_blocks_and_an_open_door_lets_in() -> None:
    found = growth(steps([0.0, 0.0], [1.0, -1.0]), 1)
    assert (found.order, found.complete, found.blocked) == ((), False, ((0, 1),))
    assert found.open_door == (0,)


def test_a_gain_of_exactly_zero_harms_nobody_but_draws_nobody_in() -> None:
    found = growth(steps([0.0, 0.0], [0.0, 0.0]), 1)
    assert (found.order, found.complete) == ((0,), True)
    assert found.open_door == ()


def test_losses_up_to_the_tolerance_count_as_none() -> None:
    gains = steps([0.0, 0.0], [-1e-6, 1.0])
    assert growth(gains, 1, tolerance=1.1e-6).complete
    assert not growth(gains, 1, tolerance=1e-6).complete
    assert not growth(gains, 1, tolerance=np.array([0.0, 5.0])).complete
    small = steps([0.0, 0.0], [1e-6, 1.0])
    assert growth(small, 1, tolerance=1e-6).open_door == (0,)
    assert growth(small, 1, tolerance=1.1e-6).open_door == ()


def test_the_largest_gain_enters_first_through_an_open_door() -> None:
    gains = steps([0, 0, 0], [1, 0, 0], [0, 2, 0], [3, 3, 0])
    found = growth(gains.astype(float), 2)
    assert found.open_door == (1, 0)
    assert found.complete


def test_sampled_shapley_of_an_additive_game_has_no_error() -> None:
    worth = {"A": 1.0, "B": 2.0, "C": -3.0}
    found = sampled_shapley("ABC", lambda s: sum(worth[p] for p in s), orders=4, seed=1)
    np.testing.assert_allclose(found.value, [1, 2, -3], atol=1e-12)
    np.testing.assert_allclose(found.standard_error, 0, atol=1e-12)
    assert found.orders == 4


def test_sampled_shapley_is_within_its_interval() -> None:
    game = random_game(6, 8)
    names = list(game.players)
    found = sampled_shapley(names, lambda s: game[s], orders=4000, seed=5)
    exact = shapley(game)
    low, high = found.interval(3.5)
    assert np.all((low <= exact) & (exact <= high))
    np.testing.assert_allclose(high - low, 7 * found.standard_error)
    np.testing.assert_allclose(found.interval()[1] - found.value, 1.96 * found.standard_error)
    assert np.all(found.standard_error < 0.05)
    assert np.all(found.standard_error > 0.002)
    assert found.value.sum() == pytest.approx(game.grand, abs=1e-9)
    again = sampled_shapley(names, lambda s: game[s], orders=4000, seed=5)
    np.testing.assert_array_equal(found.value, again.value)
    other = sampled_shapley(names, lambda s: game[s], orders=4000, seed=6)
    assert not np.array_equal(found.value, other.value)


@pytest.mark.parametrize("orders", [3, 0])
def test_sampled_shapley_needs_four_orders(orders: int) -> None:
    with pytest.raises(DataError, match=f"orders = {orders}; four are the least"):
        sampled_shapley("AB", lambda _: 0.0, orders=orders)


def test_values_of_a_game_by_hand() -> None:
    """v(A) = 1, v(B) = 2, v(C) = 0, v(AB) = 4, v(AC) = 3, v(BC) = 2, v(ABC) = 9."""
    worth = {"A": 1, "B": 2, "C": 0, "AB": 4, "AC": 3, "BC": 2, "ABC": 9}
    game = Game.from_function("ABC", lambda s: float(worth["".join(sorted(s))]))
    np.testing.assert_allclose(shapley(game), [3.5, 3.5, 2])
    np.testing.assert_allclose(
        banzhaf(game), [(1 + 2 + 3 + 7) / 4, (2 + 3 + 2 + 6) / 4, (0 + 2 + 0 + 5) / 4]
    )
    np.testing.assert_allclose(equal_surplus(game), [3, 4, 2])
    np.testing.assert_allclose(egalitarian(game), [3, 3, 3])
    np.testing.assert_allclose(proportional(game, [1, 2, 6]), [1, 2, 6])
    # dividends: A 1, B 2, AB 1, AC 2, ABC 3
    np.testing.assert_allclose(game.dividends(), [0, 1, 2, 1, 0, 2, 0, 3])
    np.testing.assert_allclose(
        weighted_shapley(game, [1, 2, 3]),
        [1 + 1 / 3 + 2 / 4 + 3 / 6, 2 + 2 / 3 + 6 / 6, 6 / 4 + 9 / 6],
    )
    np.testing.assert_allclose(
        interaction(game), [[0, 1 + 1.5, 2 + 1.5], [2.5, 0, 1.5], [3.5, 1.5, 0]]
    )
    # A–B linked alone: C stands apart, so that A and B share v(AB) and C has its own
    np.testing.assert_allclose(myerson(game, [("A", "B")]), [1.5, 2.5, 0])
    # A and B as one union against C: halves of what each adds, then halves inside
    np.testing.assert_allclose(owen(game, [("A", "B")])[2], ((0 - 0) + (9 - 4)) / 2)
    np.testing.assert_allclose(owen(game, [("A", "B")]).sum(), 9)


@pytest.mark.parametrize("bad", [[1, 0, 1], [1, -1, 1], [1, np.inf, 1], [1, np.nan, 1], [1, 1]])
def test_weights_must_be_positive(bad: list[float]) -> None:
    for rule in (weighted_shapley, proportional):
        with pytest.raises(DataError, match="positive" if len(bad) == 3 else "need 3 weights"):
            rule(GLOVE, bad)


def test_owen_refuses_who_is_twice_or_unknown() -> None:
    with pytest.raises(DataError, match="L is in two unions"):
        owen(GLOVE, [("L",), ("L", "R1")])
    with pytest.raises(DataError, match="no player 'R3'"):
        owen(GLOVE, [("R3",)])


@pytest.mark.parametrize(
    ("players", "values", "message"),
    [
        ((), [0.0], "needs a player"),
        (("A", "A"), [0.0, 1, 1, 1], "'A' is named twice"),
        (("A",), [0.0, 1, 2], "need 2 values"),
        (("A",), [1.0, 1], "worth of nobody is 1"),
        (("A", "B"), [0.0, 1, np.nan, 1], "worth of B is nan"),
    ],
)
def test_what_is_no_game(players: tuple[str, ...], values: list[float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Game(players, np.array(values))


def test_thirty_players_are_the_most() -> None:
    with pytest.raises(DataError, match=r"31 players.*at most 30"):
        Game(tuple(f"P{k}" for k in range(31)), np.zeros(2))


@pytest.mark.parametrize(("slack", "holds"), [(0.0, True), (1e-9, False)])
def test_properties_hold_at_equality_and_not_below(slack: float, holds: bool) -> None:
    additive = {frozenset(c): float(len(c)) for r in (1, 2, 3) for c in combinations("ABC", r)}
    additive[frozenset("AB")] -= slack
    game = Game.from_function("ABC", lambda s: additive[s])
    assert (game.counterexample("superadditive") is None) is holds
    assert (game.counterexample("convex") is None) is holds
    flat = Game.from_function("AB", lambda s: 1.0 - slack * (len(s) == 2))
    assert (flat.counterexample("monotone") is None) is holds
    essential = Game.from_function("AB", lambda s: {1: 1.0, 2: 2.0 + slack}[len(s)])
    assert (essential.counterexample("essential") is None) is not holds


def test_superadditivity_ends_at_eighteen_players() -> None:
    assert random_game(18, 1).counterexample("monotone") is not None
    with pytest.raises(DataError, match="19 players means"):
        random_game(19, 1).counterexample("superadditive")


def test_share_judges_every_rule() -> None:
    own = np.array([0.9, 0.1, 0.0])
    found = share(GLOVE, weights={"gdp": np.array([2.0, 1.0, 1.0])}, own=own)
    assert found.in_core == {
        "shapley": False,
        "nucleolus": True,
        "equal": False,
        "gdp": False,
        "own": False,
    }
    np.testing.assert_allclose(found.divisions["gdp"], [0.5, 0.25, 0.25])
    assert found.objections["own"][0].coalition == ("L", "R2")
    assert found.objections["own"][0].excess == pytest.approx(0.1)
    assert [(p.payer, p.receiver, round(p.amount, 9)) for p in found.transfers["nucleolus"]] == [
        ("R1", "L", 0.1)
    ]
    said = found.to_json()
    assert said["grand_musd"] == 1
    assert said["own_gain_musd"] == {"L": 0.9, "R1": 0.1, "R2": 0.0}
    assert said["core"]["empty"] is False
    assert list(found.table()["shapley"]) == sorted(found.table()["shapley"], reverse=True)
