"""Kernels of games against plain loops over coalitions, within one block of them and over many."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from winset.games import kernels
from winset.subsets import moebius

SIZES = (3, 9)  # of nine players a block has eight coalitions


def drawn(n: int) -> np.ndarray:
    values = np.random.default_rng(n).normal(size=1 << n)
    values[0] = 0.0
    return values


def inside(mask: int, n: int) -> list[int]:
    return [k for k in range(n) if mask >> k & 1]


def test_players_of_a_block() -> None:
    assert [kernels.low_bits(n) for n in (1, 6, 7, 9, 18, 19, 30)] == [1, 6, 1, 3, 12, 12, 12]


def test_the_first_that_is_not_finite() -> None:
    values = drawn(3)
    assert kernels.first_not_finite(values) == -1
    values[5] = np.inf
    assert kernels.first_not_finite(values) == 5
    values[2] = np.nan
    assert kernels.first_not_finite(values) == 2


@pytest.mark.parametrize("n", SIZES)
def test_dividends_are_what_parts_do_not_have(n: int) -> None:
    values = drawn(n)
    dividends = values.copy()
    moebius(dividends, -1.0)
    for mask in (0b101, (1 << n) - 1, 1 << (n - 1)):
        parts = (s for s in range(1 << n) if s & ~mask == 0)
        signed = sum((-1) ** (mask ^ s).bit_count() * values[s] for s in parts)
        assert dividends[mask] == pytest.approx(signed, abs=1e-9)
    moebius(dividends, 1.0)
    np.testing.assert_allclose(dividends, values, atol=1e-9)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_is_missing_is_the_best_of_its_parts(sign: float) -> None:
    """A player alone nothing; others what their parts have, be it less than nothing."""
    values = np.full(16, np.nan)
    values[0], values[0b0001], values[0b0010], values[0b0110] = (
        0.0,
        sign * 2.0,
        sign * 3.0,
        sign * 7.0,
    )
    kernels.fill_superadditive(values, 4)
    assert (values[0b0100], values[0b1000]) == (0.0, 0.0)
    assert values[0b0011] == sign * 5.0
    assert values[0b0111] == (9.0 if sign > 0 else -5.0)  # {1}+{2,3}, or {1}+{2}+{3}
    assert values[0b1110] == (7.0 if sign > 0 else -3.0)
    assert values[0b0110] == sign * 7.0


def test_pairs_that_break_a_property_and_equality_that_does_not() -> None:
    sizes = np.array([m.bit_count() for m in range(8)], dtype=float)
    for check in (kernels.not_superadditive, kernels.not_monotone, kernels.not_convex):
        assert check(sizes, 3, 0.0) == (-1, -1)
    broken = sizes.copy()
    broken[0b011] = 1.9
    assert set(kernels.not_superadditive(broken, 3, 1e-9)) == {0b001, 0b010}
    assert kernels.not_superadditive(broken, 3, 0.2) == (-1, -1)
    broken[0b011] = 0.9
    assert kernels.not_monotone(broken, 3, 1e-9) == (0b001, 0b011)
    assert kernels.not_monotone(broken, 3, 0.2) == (-1, -1)
    concave = np.sqrt(sizes)
    one, two = kernels.not_convex(concave, 3, 1e-9)
    assert concave[one] + concave[two] > concave[one | two] + concave[one & two]
    assert kernels.not_convex(concave, 3, 2.0) == (-1, -1)


@pytest.mark.parametrize("n", SIZES)
def test_sums_over_the_coalitions_of_a_player_and_of_a_pair(n: int) -> None:
    values, weights = drawn(n), np.random.default_rng(7).normal(size=(2, n + 1))
    by_size = np.array([m.bit_count() for m in range(1 << n)])
    has = np.array([[m >> k & 1 for m in range(1 << n)] for k in range(n)], dtype=float)
    found = kernels.sums_by_player(values, weights, n)
    for r in range(2):
        weighed = weights[r][by_size] * values
        np.testing.assert_allclose(found[r, :n], has @ weighed, atol=1e-9)
        assert found[r, n] == pytest.approx(weighed.sum(), abs=1e-9)
    weighed = weights[0][by_size] * values
    wanted = np.triu((has * weighed) @ has.T)
    pairs = kernels.pair_sums(values, weights[0], n)
    np.testing.assert_allclose(pairs, wanted, atol=1e-9)


@pytest.mark.parametrize("n", SIZES)
def test_the_worst_of_every_block(n: int) -> None:
    draw = np.random.default_rng(8)
    values, x, scale = drawn(n), draw.normal(size=n), draw.uniform(0.5, 2.0, n + 1)
    a = np.zeros(n)
    a[0] = 1.0  # of two that are told apart by the first player alone
    low = kernels.low_bits(n)
    for apart in (-1.0, 1e-10):
        blocks = np.arange(1 << (n - low))
        left_out = (a, np.zeros(n), apart)
        best, where = kernels.worst_by_block(values, n, x, left_out, scale, blocks)
        for block in range(len(best)):
            excess = {
                m: (values[m] - x[inside(m, n)].sum()) * scale[m.bit_count()]
                for m in range(block << low, (block + 1) << low)
                if m not in (0, (1 << n) - 1) and (apart < 0 or m & 1)
            }
            wanted = max(excess, key=excess.__getitem__)
            assert (where[block], best[block]) == (wanted, pytest.approx(excess[wanted]))
    plain = [abs(values[m] - x[inside(m, n)].sum()) for m in range(1 << n)]
    assert kernels.spread(values, n, x) == pytest.approx(max(plain))


@pytest.mark.parametrize("n", SIZES)
def test_the_largest_excesses_in_order(n: int) -> None:
    x = np.random.default_rng(9).normal(size=n)
    values = drawn(n)
    values[0b010] = values[0b001] - x[0] + x[1]  # two that are equal
    tables = kernels.table(x, n)
    excess = {m: values[m] - x[inside(m, n)].sum() for m in range(1, (1 << n) - 1)}
    ranked = sorted(excess, key=lambda m: (-round(excess[m], 9), m))
    for most in (1, 4, len(ranked)):
        masks, found = kernels.top(values, n, *tables, -np.inf, most)
        assert masks.tolist() == ranked[:most]
        np.testing.assert_allclose(found, [excess[m] for m in ranked[:most]], atol=1e-9)
    above, _ = kernels.top(values, n, *tables, 0.5, 100)
    assert set(above.tolist()) == {m for m in ranked if excess[m] > 0.5} or len(above) == 100


@pytest.mark.parametrize("n", SIZES)
def test_what_each_could_have_without_each_other(n: int) -> None:
    values, x = drawn(n), np.random.default_rng(10).normal(size=n)
    found = kernels.surpluses(values, n, *kernels.table(x, n))
    excess = [values[m] - x[inside(m, n)].sum() for m in range(1 << n)]
    for i in range(n):
        assert found[i, i] == -np.inf
        for j in range(n):
            if i != j:
                wanted = max(e for m, e in enumerate(excess) if m >> i & 1 and not m >> j & 1)
                assert found[i, j] == pytest.approx(wanted)


def test_a_coalition_has_the_worth_of_its_connected_parts() -> None:
    values = drawn(4)
    links = np.array([0b0010, 0b0101, 0b0010, 0b0000])  # a chain of three, and one apart
    found = kernels.restricted(values, links)
    assert found[0b0111] == pytest.approx(values[0b0111])
    assert found[0b0101] == pytest.approx(values[0b0001] + values[0b0100])  # their link is not in
    assert found[0b1111] == pytest.approx(values[0b0111] + values[0b1000])
    assert found[0b1011] == pytest.approx(values[0b0011] + values[0b1000])


@pytest.mark.parametrize("n", SIZES)
def test_dividends_are_shared_by_weight(n: int) -> None:
    dividends, weights = drawn(n), np.random.default_rng(11).uniform(0.5, 2.0, n)
    weights[1] = 0.0
    found = kernels.weighted_shares(dividends, weights, n)
    wanted = np.zeros(n)
    for size in range(1, n + 1):
        for members in combinations(range(n), size):
            total = weights[list(members)].sum()
            if total > 0.0:
                mask = sum(1 << k for k in members)
                wanted[list(members)] += weights[list(members)] / total * dividends[mask]
    np.testing.assert_allclose(found, wanted, atol=1e-9)
