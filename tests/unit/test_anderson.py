"""Anderson's method: one rule, plain and compiled."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from winset.trade import compiled
from winset.trade.numerics import anderson
from winset.trade.numerics.anderson import Anderson, fixed_point

SIZE, MEMORY = 30, 4


def contraction(seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(SIZE, SIZE))
    return 0.9 * matrix / np.abs(np.linalg.eigvals(matrix)).max(), generator.normal(size=SIZE)


def iterates(advance: object, steps: int, restart: int) -> list[np.ndarray]:
    """Iterates of x ← Mx + b from zero, everything forgotten at step `restart`."""
    matrix, offset = contraction(1)
    x, held = np.zeros(SIZE), 0
    last = np.zeros(SIZE), np.zeros(SIZE)
    store = np.zeros((MEMORY, SIZE)), np.zeros((MEMORY, SIZE)), np.zeros((MEMORY, MEMORY))
    seen = []
    for step in range(steps):
        image = matrix @ x + offset
        fresh = step in (0, restart)
        gap = image - x
        held = advance(held, fresh, x, gap, image, *last, *store)  # type: ignore[operator]
        last = gap, image
        assert held == (step if step < restart else step - restart)
        seen.append(x.copy())
    return seen


def test_compiled_and_plain_take_the_same_steps() -> None:
    plain, fast = (iterates(a, 25, 12) for a in (anderson.advance, compiled.advance))
    for one, other in zip(plain, fast, strict=True):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-9)


def test_the_weights_are_those_of_least_squares() -> None:
    """The next iterate is the combination of images whose gaps cancel best."""
    matrix, offset = contraction(2)
    mixing, x = Anderson(SIZE, MEMORY), np.zeros(SIZE)
    points: list[np.ndarray] = []
    for _ in range(4):
        points.append(x)
        image = matrix @ x + offset
        x = mixing.next(image - x, image)
    images = [matrix @ p + offset for p in points]
    gaps = [i - p for i, p in zip(images, points, strict=True)]
    d_gaps = np.array([b - a for a, b in pairwise(gaps)]).T
    d_images = np.array([b - a for a, b in pairwise(images)]).T
    weights = np.linalg.lstsq(d_gaps, gaps[-1], rcond=None)[0]
    assert x == pytest.approx(images[-1] - d_images @ weights, rel=1e-6)


def test_the_first_step_and_one_after_forgetting_are_plain() -> None:
    mixing = Anderson(2, 3)
    assert mixing.next(np.array([1.0, 2.0]), np.array([3.0, 4.0])).tolist() == [3.0, 4.0]
    assert mixing.next(np.array([0.5, 0.0]), np.array([5.0, 5.0])).tolist() != [5.0, 5.0]
    mixing.forget()
    assert mixing.next(np.array([0.5, 0.0]), np.array([5.0, 5.0])).tolist() == [5.0, 5.0]


def test_nothing_moved_is_a_plain_step() -> None:
    mixing = Anderson(2, 3)
    for _ in range(3):
        assert mixing.next(np.zeros(2), np.array([3.0, 4.0])).tolist() == [3.0, 4.0]


def test_a_linear_problem_is_solved_in_as_many_steps_as_unknowns() -> None:
    matrix, offset = contraction(3)
    small, count = matrix[:3, :3], 0

    def step(x: np.ndarray) -> np.ndarray:
        nonlocal count
        count += 1
        return small @ x + offset[:3]

    found = fixed_point(step, np.zeros(3), tolerance=1e-12, memory=3)
    assert found == pytest.approx(np.linalg.solve(np.eye(3) - small, offset[:3]))
    assert count <= 6


def test_arrays_keep_their_shape() -> None:
    found = fixed_point(lambda x: 0.5 * x + 1.0, np.zeros((2, 3, 2)), tolerance=1e-13)
    assert found is not None
    assert found.shape == (2, 3, 2)
    assert found == pytest.approx(2.0, abs=1e-12)


def test_what_has_no_fixed_point_ends_without_one() -> None:
    assert fixed_point(lambda x: x + 1.0, np.zeros(2), tolerance=1e-10) is None
    assert fixed_point(lambda x: np.full_like(x, np.nan), np.zeros(2), tolerance=1e-10) is None


def test_an_iteration_that_stands_still_begins_anew_after_thirty_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a fixed point the gap stays one: from the second step on nothing is gained."""
    steps: list[int] = []
    begun: list[int] = []

    def away(x: np.ndarray) -> np.ndarray:
        steps.append(1)
        return x + 1.0

    monkeypatch.setattr(anderson, "MOST_STEPS", 70)
    monkeypatch.setattr(anderson.Anderson, "forget", lambda _: begun.append(len(steps)))
    assert anderson.fixed_point(away, np.zeros(2), tolerance=1e-9) is None
    assert len(steps) == 70
    assert begun == [31, 61]


@pytest.mark.parametrize(("second", "begins"), [(1.9e-3, []), (2.1e-3, [2])])
def test_a_gap_that_more_than_doubles_begins_anew(
    monkeypatch: pytest.MonkeyPatch, second: float, begins: list[int]
) -> None:
    gaps = iter([1e-3, second, 1e-12])
    steps: list[int] = []
    begun: list[int] = []

    def step(x: np.ndarray) -> np.ndarray:
        steps.append(1)
        return x + next(gaps)

    monkeypatch.setattr(anderson.Anderson, "forget", lambda _: begun.append(len(steps)))
    assert anderson.fixed_point(step, np.zeros(2), tolerance=1e-9) is not None
    assert begun == begins
