r"""Many changes of trade costs, each in general equilibrium: what every portfolio of projects is worth.

A coalition of states changes costs between its members alone, which `coalitions` makes use of. A portfolio
of projects changes any pair of economies, each portfolio others. What is common is the Jacobian, which
hardly differs from one to the next: chord steps

    x ← x − J⁻¹ F(x),   J at the equilibrium with half of the projects,

from a start that sums what single projects have moved, cost a few evaluations of the model. What they do not
bring to `TOLERANCE`, and every model but that of one sector, goes to `find`, as a run of one scenario does.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from winset.trade.capabilities import ONE_SECTOR
from winset.trade.equilibrium import TOLERANCE, compared
from winset.trade.models.model import Shift, accepted, calibrate, find, positive, sought
from winset.trade.numerics.blas import one_thread
from winset.trade.numerics.newton import Root
from winset.trade.solver import chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from winset.numbers import Array
    from winset.scenario import Parameters
    from winset.trade.equilibrium import Equilibrium
    from winset.trade.models.model import Calibrated, Model
    from winset.worlds import World

FINE = 1e-13  # residual at which steps end; what is accepted is `TOLERANCE`
MOST_STEPS = 24
BATCH = 32  # portfolios that a thread takes at once


class Worth(NamedTuple):
    """What a change is worth: equivalent variation (n,) in USD million, the unknowns, the residual."""

    gains: Array
    x: Array
    residual: float


@dataclass(frozen=True, slots=True)
class Ground:
    """A world before any project, with what every portfolio needs.

    Attributes
    ----------
    inverse : (n, n) array or None
        J⁻¹; None where chord steps do not apply.
    """

    world: World
    model: Model[Any, Any]
    calibrated: Calibrated[Any, Any]
    inverse: Array | None = None

    @property
    def before(self) -> Equilibrium:
        """The initial equilibrium."""
        return self.calibrated.before

    @property
    def fast(self) -> bool:
        """Whether chord steps apply."""
        base = self.calibrated.base
        return self.model.name == ONE_SECTOR and base.unknowns == len(self.world)


def ground(world: World, parameters: Parameters) -> Ground:
    """Return the world of a study, calibrated.

    Raises
    ------
    DataError, ConvergenceError
        The accounts cannot be closed.
    """
    model = chosen(world, parameters)
    return Ground(world, model, calibrate(model, world, parameters))


def _shift(on: Ground, log_cost: Array) -> Shift:
    """Return the change: costs, tariffs and productivities otherwise as they are."""
    base = on.calibrated.base
    cost = np.broadcast_to(np.exp(log_cost), base.tariff.shape)
    return Shift(cost, base.tariff, np.ones(len(on.world)))


@one_thread()
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def exactly(on: Ground, log_cost: Array, what: str) -> Worth:
    """Solve one portfolio as `winset.solve` does; `log_cost` is ln d̂, (n, n).

    Raises
    ------
    ConvergenceError, DataError
        There is no equilibrium; names the portfolio.
    """
    base, warm = on.calibrated.base, on.calibrated.initial
    found = find(on.model, base, _shift(on, log_cost), on.world, what, warm=warm)
    return _worth(on, found.equilibrium, found.x)


def _worth(on: Ground, after: Equilibrium, x: Array) -> Worth:
    base = on.calibrated.base
    variation = compared(on.before, after, base.kappa, on.world.codes, sought(base))[1]
    return Worth(variation, x, after.residual)


def sharpened(on: Ground, log_cost: Array, what: str) -> Ground:
    """Return the ground with the inverse Jacobian at the equilibrium of some portfolio."""
    if not on.fast:
        return on
    base = on.calibrated.base
    change = _shift(on, log_cost)
    there = exactly(on, log_cost, what)
    function, slope = on.model.problem(base, change, 1.0, False, None)
    with one_thread():
        inverse = np.linalg.inv(slope(there.x, function(there.x)[1]))
    return Ground(on.world, on.model, on.calibrated, np.ascontiguousarray(inverse))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def nearly(on: Ground, log_cost: Array, start: Array, what: str) -> Worth:
    """Solve one portfolio by chord steps from a start (n,); by `exactly` where they do not arrive."""
    if on.inverse is None:
        return exactly(on, log_cost, what)
    base = on.calibrated.base
    change = _shift(on, log_cost)
    function, _ = on.model.problem(base, change, 1.0, False, None)
    x = start
    residual, state = function(x)
    size, steps = float(np.abs(residual).max()), 0
    while size > FINE and steps < MOST_STEPS:
        steps += 1
        trial = x - on.inverse @ residual
        moved, there = function(trial)
        new = float(np.abs(moved).max())
        if not new < size:  # rounding, or no way down
            break
        x, residual, state, size = trial, moved, there, new
    if not (size <= TOLERANCE and positive(state)):
        return exactly(on, log_cost, what)
    root = Root(x, state, size, int(np.argmax(np.abs(residual))), steps, True)
    outcome = accepted(on.model, base, change, root, on.world, what)
    return _worth(on, outcome.equilibrium, outcome.x)


def each(
    on: Ground,
    portfolios: Iterable[tuple[int, Array]],
    start: Callable[[int], Array],
    name: Callable[[int], str],
    *,
    workers: int | None = None,
) -> Iterator[tuple[int, Worth]]:
    """Solve portfolios (mask, ln d̂) one after another on threads; yields them in the order given.

    Parameters
    ----------
    start : function of the mask
        Where to begin, (n,).
    name : function of the mask
        For messages: ``of the portfolio CKU+ML1``.

    Raises
    ------
    ConvergenceError, DataError
        A portfolio has no equilibrium; names it.
    """

    def several(batch: list[tuple[int, Array]]) -> list[tuple[int, Worth]]:
        return [(mask, nearly(on, cost, start(mask), name(mask))) for mask, cost in batch]

    count = workers or os.cpu_count() or 1
    queue = iter(portfolios)
    with one_thread(), ThreadPoolExecutor(count) as pool:
        while True:
            some = [list(islice(queue, BATCH)) for _ in range(2 * count)]
            some = [batch for batch in some if batch]
            if not some:
                return
            for solved in pool.map(several, some):
                yield from solved
