"""What a model is made of, and the way from a world to an equilibrium that all models take.

A model is a folder: `equations.py` holds its equations and nothing else, `solve.py` says in a `Model`
how a world becomes its baseline and a state of it an `Equilibrium`. Continuation, refusal and the
removal of deficits stand here, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from winset.trade.equilibrium import TOLERANCE, Equilibrium, checked, lost
from winset.trade.numerics import newton

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.numbers import Array
    from winset.scenario import Parameters, Shock
    from winset.worlds import World

    Equations = tuple[Callable[[Array], tuple[Array, Any]], Callable[[Array, Any], Array]]


SHRUNK = 0.03  # wage, as a factor, below which a root is found anew in finer terms
POLISHING = 6  # Jacobians that this takes at most
CONSISTENT = 1e-9  # residual below which the data are an equilibrium as they stand


class _Baseline(Protocol):
    @property
    def tariff(self) -> Array: ...

    @property
    def deficit(self) -> Array: ...

    @property
    def relief(self) -> Array: ...

    @property
    def kappa(self) -> float: ...

    @property
    def income_tax(self) -> bool: ...

    @property
    def unknowns(self) -> int: ...


class _Sought(_Baseline, Protocol):
    @property
    def article(self) -> bool: ...


class _State(Protocol):
    @property
    def income(self) -> Array: ...

    @property
    def residual(self) -> Array: ...


B = TypeVar("B", bound=_Baseline)
S = TypeVar("S", bound=_State)


class Shift(NamedTuple):
    """d̂, t' and Â, and e' where exports are taxed, the sectors in the model's own order."""

    cost: Array
    tariff: Array
    productivity: Array
    export_tax: Array | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[S]):
    """An equilibrium, and the state of the model in it."""

    x: Array
    state: S
    equilibrium: Equilibrium


@dataclass(frozen=True, slots=True)
class Calibrated(Generic[B, S]):
    """The initial equilibrium of a world.

    `iterations` are the Newton steps that it took to get there, `floored` the economies whose
    exports exceed what their GDP can hold.
    """

    base: B
    initial: S
    before: Equilibrium
    floored: tuple[str, ...]
    iterations: int


class Finder(Protocol):
    """What `find` does; draws find equilibria near one that is known."""

    def __call__(
        self,
        model: Model[B, S],
        base: B,
        change: Shift,
        world: World,
        what: str,
        *,
        vanish: bool = False,
        warm: S | None = None,
    ) -> Outcome[S]: ...


@dataclass(frozen=True, slots=True)
class Model(Generic[B, S]):
    """What is a model's own.

    Attributes
    ----------
    name : str
        As in `winset.trade.capabilities`.
    unit : str
        What its residuals are relative to.
    thrifty : bool
        Whether a Jacobian costs many evaluations, see `newton.solve`.
    baseline : function
        The accounts of a world as shares and parameters, and the economies that were floored.
    change : function
        What a shock changes, the sectors in the order of the baseline.
    problem : function (base, change, part, vanish, warm)
        The equations a `part` of the way to a change; where deficits `vanish`, 1 − part is left of them.
    start : function (base, near)
        The state at the baseline; None where it does not exist. `near` is a state to begin from.
    rebased : function
        A state as a baseline of its own.
    figures : function (base, change, root)
        The equilibrium at a root.
    """

    name: str
    unit: str
    thrifty: bool
    baseline: Callable[[World, Parameters], tuple[B, tuple[str, ...]]]
    change: Callable[[B, Shock], Shift]
    problem: Callable[[B, Shift, float, bool, S | None], Equations]
    start: Callable[[B, S | None], S | None]
    rebased: Callable[[B, S], B]
    figures: Callable[[B, Shift, newton.Root[S]], Equilibrium]


def kept(base: _Baseline) -> Array:
    """Return 1 − R/V, what revenue leaves to be taxed of labor, where it lowers that tax; else 1. (n,)."""
    relieved = base.income_tax and base.kappa > 0
    return base.relief if relieved else np.ones_like(base.deficit)


def sought(base: _Sought) -> Array | None:
    """Return what `equilibrium.compared` takes as `kept` where gains are sought: None by the article."""
    return None if base.article else kept(base)


def nothing(base: B) -> Shift:
    """Return the change that changes nothing."""
    return Shift(np.ones_like(base.tariff), base.tariff, np.ones(len(base.deficit)))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a change beyond measure: no root
def find(
    model: Model[B, S],
    base: B,
    change: Shift,
    world: World,
    what: str,
    *,
    vanish: bool = False,
    warm: S | None = None,
) -> Outcome[S]:
    """Find the equilibrium that a change leads to, from the baseline or the state `warm`.

    Where Newton's method fails the change is made in steps. With `vanish` it is, besides, that the
    deficits go to zero. `what` names the equilibrium in a message: "of the scenario".

    Raises
    ------
    ConvergenceError
        There is none to 1e-11 of every economy's output or value added; names the worst economy.
    DataError
        A price or a wage is beyond the numbers of a computer.
    """
    root = newton.follow(
        lambda part: model.problem(base, change, part, vanish, warm),
        np.zeros(base.unknowns),
        valid=positive,
        tolerance=TOLERANCE,
        thrifty=model.thrifty,
    )
    return accepted(model, base, change, root, world, what, vanish=vanish, warm=warm)


def _polished(
    equations: Equations, root: newton.Root[S], left: Array, thrifty: bool
) -> newton.Root[S]:
    """Find a root anew with market clearing in terms of what is left of an economy's output.

    In terms of what it made before a miss hides where little is left.
    """
    function, slope = equations
    scale = np.ones(len(root.x))
    scale[: len(left)] = np.minimum(left, 1.0)

    def scaled(x: Array) -> tuple[Array, Any]:
        residual, state = function(x)
        return residual / scale, state

    finer = newton.solve(
        (scaled, lambda x, state: slope(x, state) / scale[:, None]),
        root.x,
        valid=positive,
        tolerance=TOLERANCE,
        most=POLISHING,
        thrifty=thrifty,
    )
    size = np.abs(finer.state.residual)
    steps = root.iterations + finer.iterations
    return newton.Root(finer.x, finer.state, float(size.max()), int(np.argmax(size)), steps, True)


def accepted(
    model: Model[B, S],
    base: B,
    change: Shift,
    root: newton.Root[S | None],
    world: World,
    what: str,
    *,
    vanish: bool = False,
    warm: S | None = None,
) -> Outcome[S]:
    """Return the equilibrium at a root, or raise as `find` does, whose options those are.

    Where an economy shrinks below `SHRUNK` the root is found anew in finer terms.
    """
    state = root.state
    if state is None:
        worst = root.worst % len(world)
        raise lost(world.codes, what, model.unit, root.residual, worst, root.iterations)
    there = newton.Root(root.x, state, root.residual, root.worst, root.iterations, root.converged)
    figures = model.figures(base, change, there)
    if root.converged and np.min(figures.wage) < SHRUNK:
        equations = model.problem(base, change, 1.0, vanish, warm)
        there = _polished(equations, there, figures.wage, model.thrifty)
        figures = model.figures(base, change, there)
    return Outcome(there.x, there.state, checked(figures, world.codes, what, unit=model.unit))


def positive(state: _State | None) -> bool:
    """Tell whether a state exists and every income in it is positive."""
    return state is not None and bool(np.all(state.income > 0))


def calibrate(
    model: Model[B, S], world: World, parameters: Parameters, finder: Finder = find
) -> Calibrated[B, S]:
    """Return the initial equilibrium of a world, deficits removed where they are to be balanced.

    Where the data leave a sector with less final demand than none, consumption there is zero and
    the data are no equilibrium: the model's own, at unchanged tariffs, is the starting point.

    Raises
    ------
    DataError
        The accounts cannot be closed.
    ConvergenceError
        There is no equilibrium without deficits, or none of the accounts.
    """
    base, floored = model.baseline(world, parameters)
    balanced = parameters.deficits == "balanced" and bool(np.any(base.deficit))
    start, iterations = None, 0
    if not balanced:
        start = model.start(base, None)
    if start is None or not np.abs(start.residual).max() <= CONSISTENT:
        what = "while removing the deficits" if balanced else "of the accounts"
        found = finder(model, base, nothing(base), world, what, vanish=balanced)
        iterations = found.equilibrium.iterations
        base = model.rebased(base, found.state)
        start = model.start(base, found.state)
    if start is None:
        raise lost(world.codes, "of the accounts", model.unit, float("inf"), 0, iterations)
    size = np.abs(start.residual)
    root = newton.Root(
        np.zeros(base.unknowns), start, float(size.max()), int(np.argmax(size)), 0, True
    )
    before = model.figures(base, nothing(base), root)
    return Calibrated(base, start, before, floored, iterations)
