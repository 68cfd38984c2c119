"""shapiq gives the same values; a brute-force reference gives the same nucleolus."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from winset.games import Game, banzhaf, interaction, nucleolus, shapley
from winset.games.core import in_prekernel


@pytest.mark.parametrize("n", [3, 6, 9])
def test_shapiq(n: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from shapiq import ExactComputer
        from shapiq import Game as Peer

        values = np.random.default_rng(n).normal(size=1 << n)
        values[0] = 0.0
        ours = Game(tuple(f"P{k}" for k in range(n)), values)

        class Tabulated(Peer):  # type: ignore[misc]
            def value_function(self, coalitions: np.ndarray) -> np.ndarray:
                masks = coalitions @ (1 << np.arange(n))
                return np.asarray(values[masks])

        computer = ExactComputer(Tabulated(n_players=n, normalize=False))
        value = computer("SV", order=1)
        power = computer("BV", order=1)
        pairs = computer("SII", order=2)
    np.testing.assert_allclose(shapley(ours), [value[(k,)] for k in range(n)], atol=1e-10)
    np.testing.assert_allclose(banzhaf(ours), [power[(k,)] for k in range(n)], atol=1e-10)
    theirs = [
        [0.0 if i == j else pairs[(min(i, j), max(i, j))] for j in range(n)] for i in range(n)
    ]
    np.testing.assert_allclose(interaction(ours), theirs, atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_powerindex(seed: int) -> None:
    """Weighted majority games: another package's Shapley–Shubik and Banzhaf indices."""
    from powerindex import Game as Peer

    weights = [int(w) for w in np.random.default_rng(seed).integers(1, 30, 9)]
    quota = sum(weights) // 2 + 1
    masks = np.arange(1 << 9)
    total = sum((masks >> k & 1) * w for k, w in enumerate(weights))
    ours = Game(tuple(f"P{k}" for k in range(9)), (total >= quota).astype(float))
    theirs = Peer(quota, weights)
    theirs.calc_shapley_shubik()
    theirs.calc_banzhaf()
    np.testing.assert_allclose(shapley(ours), theirs.shapley_shubik, atol=1e-12)
    power = banzhaf(ours)
    np.testing.assert_allclose(power / power.sum(), theirs.banzhaf, atol=1e-12)


def reference(values: np.ndarray, n: int, *, bounded: bool) -> np.ndarray:
    """The nucleolus by the definition: a coalition is settled if its excess cannot fall below ε.

    Every stage asks of every coalition, by a linear program of its own, for the least excess it
    can have among the optimal divisions: no duals, no spans.
    """
    everybody = (1 << n) - 1
    rows = np.array([[m >> k & 1 for k in range(n)] for m in range(1 << n)], dtype=float)
    bounds = [(values[1 << k] if bounded else None, None) for k in range(n)] + [(None, None)]
    open_, equal, right = list(range(1, everybody)), [rows[everybody]], [values[everybody]]
    x = np.zeros(n)
    while open_ and np.linalg.matrix_rank(np.array(equal)) < n:
        upper = -np.column_stack([rows[open_], np.ones(len(open_))])
        found = linprog(
            np.append(np.zeros(n), 1.0),
            A_ub=upper,
            b_ub=-values[open_],
            A_eq=np.column_stack([equal, np.zeros(len(equal))]),
            b_eq=right,
            bounds=bounds,
        )
        assert found.status == 0
        epsilon = found.x[n]
        x = found.x[:n]
        limit = [*bounds[:n], (epsilon, epsilon)]
        settled = []
        for m in open_:
            if values[m] - rows[m] @ x < epsilon - 1e-7:
                continue
            least = linprog(
                -np.append(rows[m], 0.0),
                A_ub=upper,
                b_ub=-values[open_] + 1e-9,
                A_eq=np.column_stack([equal, np.zeros(len(equal))]),
                b_eq=right,
                bounds=limit,
            )
            if least.status == 0 and values[m] + least.fun > epsilon - 1e-7:
                settled.append(m)
        assert settled
        for m in settled:
            open_.remove(m)
            if np.linalg.matrix_rank(np.array([*equal, rows[m]])) > len(equal):
                equal.append(rows[m])
                right.append(values[m] - epsilon)
        basis = np.linalg.qr(np.array(equal).T)[0]
        open_ = [m for m in open_ if np.linalg.norm(rows[m] - basis @ (basis.T @ rows[m])) > 1e-9]
    if np.linalg.matrix_rank(np.array(equal)) == n:
        x = np.linalg.solve(np.array(equal), np.array(right))
    return x


def draw(generator: np.random.Generator, n: int) -> np.ndarray:
    """A random game: whole numbers 0–3 half of the time, which makes stages degenerate."""
    values = (
        generator.integers(0, 4, 1 << n).astype(float)
        if generator.random() < 0.5
        else generator.normal(size=1 << n) * generator.integers(1, 5)
    )
    values[0] = 0.0
    return values


@pytest.mark.parametrize(("n", "games"), [(3, 120), (4, 60), (5, 12)])
def test_nucleolus_against_the_definition(n: int, games: int) -> None:
    generator = np.random.default_rng(n)
    for _ in range(games):
        values = draw(generator, n)
        game = Game(tuple("ABCDEFG"[:n]), values)
        bounded = game.singles().sum() < game.grand - 1e-9
        found = nucleolus(game, kind="nucleolus" if bounded else "prenucleolus")
        expected = reference(values, n, bounded=bounded)
        np.testing.assert_allclose(found.division, expected, atol=1e-6, err_msg=str(values))


def kohlberg(values: np.ndarray, rows: np.ndarray, x: np.ndarray) -> bool:
    """Kohlberg's criterion by brute force: at every level, the coalitions whose excess reaches it
    carry positive weights that sum to everybody; written down whole, a linear program for each."""
    n = rows.shape[1]
    excess = values[1:-1] - rows @ x
    scale = max(1.0, float(np.abs(values).max()))
    order = np.argsort(-excess)
    level = 0
    while level < len(order):
        while (
            level + 1 < len(order)
            and excess[order[level]] - excess[order[level + 1]] < 1e-7 * scale
        ):
            level += 1
        reached = rows[order[: level + 1]]
        found = linprog(
            np.append(np.zeros(len(reached)), -1.0),
            A_ub=np.column_stack([-np.eye(len(reached)), np.ones(len(reached))]),
            b_ub=np.zeros(len(reached)),
            A_eq=np.column_stack([reached.T, np.zeros(n)]),
            b_eq=np.ones(n),
            bounds=[(0, None)] * len(reached) + [(0, 1)],
        )
        if found.status != 0 or -found.fun < 1e-9:
            return False
        if np.linalg.matrix_rank(reached) == n:
            return True
        level += 1
    return True


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7])
def test_two_thousand_prenucleoli_by_brute_force(n: int) -> None:
    """400 games of each size, degenerate ones included: Kohlberg's criterion on all coalitions, the
    prekernel, and no random division that complains less in Schmeidler's order."""
    generator = np.random.default_rng(100 + n)
    rows = np.array([[m >> k & 1 for k in range(n)] for m in range(1, (1 << n) - 1)], dtype=float)
    for _ in range(400):
        values = draw(generator, n)
        game = Game(tuple("ABCDEFG"[:n]), values)
        found = nucleolus(game, kind="prenucleolus")
        assert in_prekernel(game, found.division), values
        assert kohlberg(values, rows, found.division), values
        complaint = np.sort(values[1:-1] - rows @ found.division)[::-1]
        for size in (1e-3, 0.1, 1.0):
            step = generator.normal(size=n)
            other = found.division + size * (step - step.mean())
            theirs = np.sort(values[1:-1] - rows @ other)[::-1]
            differs = np.flatnonzero(np.abs(theirs - complaint) > 1e-7)
            assert not len(differs) or theirs[differs[0]] > complaint[differs[0]], values
        levels = [stage.excess for stage in found.stages]
        assert all(a >= b - 1e-9 for a, b in pairwise(levels))
