r"""An equilibrium of world trade: what leaves every model, checked once and compared once.

A model (`winset.trade.models`) turns a world into an `Equilibrium` before and one after a change. What
is asked of an equilibrium is asked here alone (`judged`, `checked`), and what a change is worth is said
here alone (`enjoyed`, `worth`, `compared`). Kernels that solve many at once keep no object for each:
they compile `judged`, `enjoyed` and `worth` (`winset.trade.compiled`) and return a `Report`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from winset.errors import ConvergenceError, DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array

TOLERANCE = 1e-11  # of the residual, in terms of an economy's output or value added
CLEARING = 1e-8  # what markets may miss, in terms of an economy's own new output
BALANCE = 1e-7  # what accounts may miss by rounding, in terms of the economy's size
NO_LIVING = 1e-3  # income over output below which an economy is taken to have none


class Status(IntEnum):
    """How the search for an equilibrium ended; kernels return it."""

    CONVERGED = 0
    NOT_CONVERGED = 1  # the residual stays above the tolerance
    NO_INCOME = 2  # an economy's income is zero or negative
    NOT_FINITE = 3  # a figure is beyond the numbers of a computer
    NO_ACCOUNTS = 4  # the accounts cannot be closed
    NO_WELFARE = 5  # the cost of labor is not below an economy's income
    REFUSED = 6  # by the ordinary solver, whose error says why


class Report(NamedTuple):
    """What a kernel says of the equilibria that it solved.

    `residual` is the largest, `by_newton` how many took Newton's method after all. `status` is that of
    the first that failed, at position `where` (−1: none) and in `economy` (−1: in none alone).
    """

    status: int
    residual: float
    by_newton: int
    where: int
    economy: int


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """One equilibrium. Money is USD million, world value added being the numéraire.

    Attributes
    ----------
    income, value_added, revenue, deficit : (n,) arrays
        I = V + R + D, what is left to spend on final goods; V = wL; tariff revenue; the transfer
        received.
    output, sales : (n,) arrays
        What is made, and what markets pay for it net of tariffs and export taxes; equal in equilibrium.
    wage, price, labor, relief : (n,) arrays
        Factors on those of the initial equilibrium (1 in it): ŵ, P̂, L̂, and (1 − τ')/(1 − τ) of
        the income tax.
    spending : (n,) array
        Gross spending on goods, tariffs included.
    flows : (n, n) array
        Customs value, rows export; all sectors together, what is not traded on the diagonal.
    balance : float
        μ, by which multiplicative deficits scale sales so that world trade balances; otherwise 1.
    residual : float
        The largest miss of market clearing, relative to the economy's output or value added.
    worst : int
        The position of the economy that misses it.
    iterations : int
        Newton steps that it took.
    carbon : (n,) array or None
        Revenue of a carbon price, part of income, in a model that has one.
    export_revenue : (n,) array or None
        Revenue of the economy's own export taxes, part of income; None where there are none. Flows contain
        it, sales do not.
    """

    income: Array
    value_added: Array
    revenue: Array
    deficit: Array
    output: Array
    sales: Array
    wage: Array
    price: Array
    labor: Array
    relief: Array
    spending: Array
    flows: Array
    balance: float
    residual: float
    worst: int
    iterations: int
    carbon: Array | None = None
    export_revenue: Array | None = None


def judged(residual: float, lowest_income: float, tolerance: float) -> Status:
    """Return whether a point is an equilibrium, by its residual and the lowest income of all.

    NaN fails. Plain arithmetic, so that kernels compile it.
    """
    if not (isfinite(residual) and isfinite(lowest_income)):
        return Status.NOT_FINITE
    if residual > tolerance:
        return Status.NOT_CONVERGED
    if lowest_income <= 0.0:
        return Status.NO_INCOME
    return Status.CONVERGED


def enjoyed(income: Any, value_added: Any, relief: Any, kappa: float) -> Any:
    """Return I − κ/(1+κ) V/s, what welfare is a factor on: income less the cost of labor.

    `relief` is s of the equilibrium compared with. Not positive: welfare is not defined.
    Plain arithmetic, for arrays and compiled kernels alike.
    """
    return income - kappa / (1.0 + kappa) * value_added / relief


def worth(income: Any, new_income: Any, enjoyed: Any, earned: Any, price: Any) -> tuple[Any, Any]:
    """Return Ŵ and the equivalent variation (Ŵ − 1)(I − κ/(1+κ) V/s) in USD million.

        Ŵ = (ω Î + (1 − ω) ŵ L̂) / P̂,   ω = I / (I − κ/(1+κ) V/s),

    the labor-adjusted welfare of Ignatenko, Lashkaripour, Macedoni & Simonovska (2025); Î/P̂ at κ = 0.
    `enjoyed` is the denominator of ω, `earned` ŵ L̂. Plain arithmetic, for arrays and compiled kernels
    alike.
    """
    weight = income / enjoyed
    change = (weight * (new_income / income) + (1.0 - weight) * earned) / price
    return change, (change - 1.0) * enjoyed


def checked(
    found: Equilibrium, codes: Sequence[str], what: str, *, unit: str = "output"
) -> Equilibrium:
    """Return an equilibrium that is one, or say in which economy it is none.

    Every price, wage and income is positive and finite, markets clear to `TOLERANCE`, sales are
    output, income is value added, revenue and deficit, and the world's deficits sum to zero.

    Parameters
    ----------
    what : str
        Which equilibrium, for the message: "of the scenario".
    unit : str
        What the residual is relative to.

    Raises
    ------
    ConvergenceError
        It is no equilibrium; names the economy.
    DataError
        A price or a wage is beyond the numbers of a computer.
    """
    status = judged(found.residual, float(np.min(found.income)), TOLERANCE)
    if status in (Status.NOT_CONVERGED, Status.NO_INCOME) or not isfinite(found.residual):
        raise not_found(found, codes, what, unit)
    for key, column in (("wage", found.wage), ("price", found.price), ("income", found.income)):
        _representable(key, column, codes, positive=True)
    size = np.maximum.reduce(
        [found.output, found.spending, found.value_added / (found.wage * found.labor)]
    )
    means = found.value_added + found.revenue + found.deficit
    for further in (found.carbon, found.export_revenue):
        if further is not None:
            means = means + further
    misses = {
        "income is not its value added, revenue and deficit": (found.income - means) / size,
    }
    own = missed(found)
    least = int(np.argmax(own))
    if not own[least] <= CLEARING:
        raise ConvergenceError(
            f"the equilibrium {what} does not clear: what {codes[least]} sells is {float(own[least]):.2g} of "
            "its output away from what it makes, of which little is left. Use a smaller change.",
            residual=float(own[least]),
            economy=codes[least],
        )
    if found.balance == 1.0:  # what multiplicative deficits leave open, μ closes
        total = found.deficit.sum() / size.sum()
        misses["deficits and those of all others do not sum to zero"] = np.full(len(codes), total)
    for problem, miss in misses.items():
        worst = int(np.argmax(np.abs(miss)))
        if not abs(miss[worst]) <= BALANCE:
            raise ConvergenceError(
                f"the equilibrium {what} does not balance: in {codes[worst]} {problem} "
                f"({float(miss[worst]):.2g} of its size). Check its accounts, or leave it out.",
                residual=float(abs(miss[worst])),
                economy=codes[worst],
            )
    return found


def missed(found: Equilibrium) -> Array:
    """Return |sales − output| of every economy in terms of its own new output, (n,).

    The residual is in terms of what an economy made before, so that it hides a miss where little is left.
    """
    return np.asarray(np.abs(found.sales / found.output - 1.0))


def not_found(
    found: Equilibrium, codes: Sequence[str], what: str, unit: str = "output"
) -> ConvergenceError:
    """Return the error that says why a search ended without an equilibrium."""
    with np.errstate(invalid="ignore", divide="ignore"):
        living = found.income / found.output
    living = np.where(np.isnan(living), np.inf, living)
    poorest = int(np.argmin(living))
    if living[poorest] < NO_LIVING:
        code = codes[poorest]
        return ConvergenceError(
            f"no equilibrium {what}: the income of {code} falls to zero, because the surplus that "
            f"it sends abroad is held fixed while its earnings shrink. Try a smaller change, or "
            f"another deficits setting (multiplicative, balanced).",
            residual=found.residual,
            economy=code,
        )
    return lost(codes, what, unit, found.residual, found.worst, found.iterations)


def lost(
    codes: Sequence[str], what: str, unit: str, residual: float, worst: int, iterations: int
) -> ConvergenceError:
    """Return the error of a search that ended nowhere."""
    code = codes[worst]
    return ConvergenceError(
        f"the equilibrium {what} was not found: after {iterations} Newton steps the residual "
        f"is {residual:.2g} of {unit}, largest in {code}. The change may leave {code} without "
        'a market for its surplus: try a smaller change, or deficits = "balanced".',
        residual=residual,
        economy=code,
    )


def compared(
    before: Equilibrium,
    after: Equilibrium,
    kappa: float,
    codes: Sequence[str],
    kept: Array | None = None,
) -> tuple[Array, Array]:
    r"""Return Ŵ and the equivalent variation of every economy, (n,) each.

    Without `kept` by the article's formula, see `worth`. With it by the utility of the model's own
    consumption and labor,

        U = C − ξ L^{1+1/κ} κ/(1+κ),  ξ L^{1/κ} = (w/P)/(1 − R/V) before,  so that
        Ŵ = (Î I/P̂ − κ/(1+κ) V/k · s ŵ L̂/P̂) / (I − κ/(1+κ) V/k),

    L̂^{1+1/κ} = L̂ · s ŵ/P̂ being how labor is supplied. `kept` is k = 1 − R/V, what revenue leaves to be
    taxed before, where it lowers the tax on labor, else 1, (n,); the two differ only there.

    Raises
    ------
    DataError
        The cost of labor is not below an economy's income, or a figure is beyond measure.
    """
    taxed, earned = measured(after.relief, after.wage * after.labor, kept)
    rest = enjoyed(before.income, before.value_added, taxed, kappa)
    if np.any(~(rest > 0)):
        k = int(np.argmin(rest > 0))
        raise DataError(
            f"labor_supply_elasticity = {kappa:g} gives the labor of {codes[k]} a cost above "
            f"its income of {before.income[k]:.6g} USD million: its welfare is not defined. Use a smaller "
            'elasticity or deficits = "balanced".'
        )
    welfare, variation = worth(before.income, after.income, rest, earned, after.price)
    _representable("welfare", welfare, codes)
    _representable("equivalent variation", variation, codes)
    return welfare, variation


def measured(relief: Any, earned: Any, kept: Any) -> tuple[Any, Any]:
    """Return by what `enjoyed` divides V, and what `worth` takes as earned, see `compared`.

    `relief` is s and `earned` ŵ L̂, of the equilibrium compared with.
    """
    return (relief, earned) if kept is None else (kept, relief * earned)


def _representable(
    name: str, column: Array, codes: Sequence[str], *, positive: bool = False
) -> None:
    """Raise DataError where a figure is too large or too small for a number."""
    sound = np.isfinite(column)
    if positive:
        sound &= column > 0
    if not np.all(sound):
        raise DataError(
            f"the change is so large that the {name} of {codes[int(np.argmin(sound))]} is beyond the "
            "numbers of a computer. Use a smaller change."
        )
