"""Newton's method with a line search, and continuation in the size of the change."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from winset.numbers import Array


S = TypeVar("S")


MOST_STEPS = 200  # in all, after which a failure is final: a hopeless change must not take forever
POLISHED = 1e-13  # residual from which another step only moves rounding errors
KEPT = 0.3  # a corrected Jacobian is kept while a step cuts the residual to this part


@dataclass(frozen=True, slots=True)
class Root(Generic[S]):
    """Where the iteration stopped. `converged` is judged by the caller's tolerance alone."""

    x: Array
    state: S
    residual: float
    worst: int
    iterations: int
    converged: bool


def solve(
    equations: tuple[Callable[[Array], tuple[Array, S]], Callable[[Array, S], Array]],
    start: Array,
    *,
    valid: Callable[[S], bool],
    tolerance: float = 1e-12,
    most: int = 40,
    longest: float = 3.0,
    thrifty: bool = False,
) -> Root[S]:
    """Solve F(x) = 0 by x ← x − λ J⁻¹F, halving λ until ‖F‖∞ falls and the state is valid.

    A step is cut so that no unknown (a logarithm) moves by more than `longest`. Returns the
    best iterate with `converged` false when no step along Newton's direction (or, where the
    Jacobian is singular, along the least-squares one) helps, or `most` Jacobians pass; the
    caller decides whether to try a smaller change or to raise.

    Where a Jacobian costs many evaluations, `thrifty` keeps it for as long as a step cuts the
    residual to a third, correcting it after each by what the step has shown (Broyden 1965).
    """
    function, slope = equations

    def shortened(step: NDArray[np.floating[Any]]) -> tuple[Array, Array, S] | None:
        reach = _size(step)
        if not 0 < reach < float("inf"):
            return None
        damping = min(1.0, longest / reach)
        while damping > 1e-4:
            trial = x - damping * step
            new_residual, new_state = function(trial)
            if _size(new_residual) < size and valid(new_state):
                return trial, new_residual, new_state
            damping /= 2.0
        return None

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        x, (residual, state) = start, function(start)
        size = _size(residual)
        iterations = steps = 0
        inverse: Array | None = None
        while size > tolerance and steps < most and np.isfinite(size):
            iterations += 1
            better = None
            if inverse is not None:
                trial = x - inverse @ residual
                new_residual, new_state = function(trial)
                if _size(new_residual) < KEPT * size and valid(new_state):
                    inverse = _corrected(inverse, trial - x, new_residual - residual)
                    x, residual, state = trial, new_residual, new_state
                    size = _size(residual)
                    continue
                inverse = None
            steps += 1
            matrix = slope(x, state)
            if not np.all(np.isfinite(matrix)):
                break
            with suppress(np.linalg.LinAlgError):
                better = shortened(np.linalg.solve(matrix, residual))
            if better is None:
                # An economy cut off from the rest leaves its wage undetermined: the shortest of
                # the least-squares steps does not chase it.
                better = shortened(np.linalg.lstsq(matrix, residual, rcond=1e-12)[0])
            if better is None:
                break
            if thrifty:
                with suppress(np.linalg.LinAlgError):
                    fresh = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
                    inverse = _corrected(fresh, better[0] - x, better[1] - residual)
            x, residual, state = better
            size = _size(residual)
        if iterations and POLISHED < size <= tolerance:
            # The last Jacobian serves once more, so that a gain of a few dollars is exact too.
            with suppress(np.linalg.LinAlgError):
                step = np.linalg.solve(matrix, residual) if inverse is None else inverse @ residual
                better = shortened(step)
                if better is not None:
                    x, residual, state = better
                    size = _size(residual)
    return Root(x, state, size, int(np.argmax(np.abs(residual))), iterations, size <= tolerance)


def _corrected(inverse: Array, step: Array, change: Array) -> Array | None:
    """Return Broyden's correction of J⁻¹: the smallest that maps the residual's change to the step."""
    seen = inverse @ change
    scale = float(step @ seen)
    if not np.isfinite(scale) or abs(scale) <= 1e-300:
        return None
    return np.asarray(inverse + np.outer(step - seen, step @ inverse) / scale)


def _size(vector: NDArray[np.floating[Any]]) -> float:
    largest = float(np.max(np.abs(vector)))
    return largest if np.isfinite(largest) else float("inf")


def follow(
    problem: Callable[
        [float], tuple[Callable[[Array], tuple[Array, S]], Callable[[Array, S], Array]]
    ],
    start: Array,
    *,
    valid: Callable[[S], bool],
    tolerance: float = 1e-12,
    smallest: float = 1.0 / 256.0,
    thrifty: bool = False,
) -> Root[S]:
    """Solve ``problem(1)``; if Newton fails, walk there from ``problem(0)``, where `start` is the root.

    The stride halves after a failure and doubles after a success; each start is extrapolated
    from the last two roots.
    """
    root = solve(problem(1.0), start, valid=valid, tolerance=tolerance, thrifty=thrifty)
    if root.converged and valid(root.state):
        return root
    iterations = root.iterations
    done, stride = 0.0, 0.5
    x = before = start
    ahead = 0.0
    while done < 1.0:
        part = min(1.0, done + stride)
        guess = x + (x - before) * ((part - done) / ahead if ahead else 0.0)
        final = part == 1.0
        close = tolerance if final else max(tolerance, 1e-9)
        root = solve(problem(part), guess, valid=valid, tolerance=close, thrifty=thrifty)
        iterations += root.iterations
        if root.converged and valid(root.state):
            before, x, ahead, done = x, root.x, part - done, part
            stride *= 2.0
        else:
            stride /= 2.0
            if stride < smallest or iterations > MOST_STEPS:
                break
    return Root(root.x, root.state, root.residual, root.worst, iterations, done == 1.0)
