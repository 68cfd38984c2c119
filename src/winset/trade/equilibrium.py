r"""An equilibrium of world trade: what leaves every model, checked once and compared once.

A model (`winset.trade.models`) turns a world into an `Equilibrium` before and one after a change. What
is asked of an equilibrium is asked here alone: that it was found (`Status`), that every figure is a
number and every income positive; and what a change is worth is said here alone (`worth`).
Kernels that solve many at once keep no object for each; they judge with `Status` and compile `worth`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from winset.numbers import Array


class Status(IntEnum):
    """How the search for an equilibrium ended; kernels return it."""

    CONVERGED = 0
    NOT_CONVERGED = 1  # the residual stays above the tolerance
    NO_INCOME = 2  # an economy's income is zero or negative
    NOT_FINITE = 3  # a figure is beyond the numbers of a computer
    NO_ACCOUNTS = 4  # the accounts cannot be closed
    NO_WELFARE = 5  # the cost of labor is not below income


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
    income, value_added, revenue, deficit, output : (n,) arrays
        I = V + R + D, what is left to spend on final goods; V = wL; tariff revenue; the transfer
        received; sales at customs value.
    wage, price, labor, relief : (n,) arrays
        Factors on those of the initial equilibrium (1 in it): ŵ, P̂, L̂, and (1 − τ')/(1 − τ) of
        the income tax.
    spending : (n,) array
        Gross spending on goods, tariffs included.
    flows : (n, n) array
        Customs value, rows export; all sectors together, what is not traded on the diagonal.
    residual : float
        The largest miss of market clearing over all economies, relative to the economy's output.
    iterations : int
        Newton steps that it took.
    """

    income: Array
    value_added: Array
    wage: Array
    price: Array
    labor: Array
    relief: Array
    output: Array
    spending: Array
    revenue: Array
    deficit: Array
    flows: Array
    residual: float
    iterations: int


def worth(
    income: Any,
    new_income: Any,
    earned: Any,
    value_added: Any,
    relief: Any,
    price: Any,
    kappa: float,
) -> tuple[Any, Any]:
    """Return Ŵ and the equivalent variation (Ŵ − 1)(I − κ/(1+κ) V/s) in USD million.

        Ŵ = (ω Î + (1 − ω) ŵ L̂) / P̂,   ω = I / (I − κ/(1+κ) V/s),

    the labor-adjusted welfare of Ignatenko, Lashkaripour, Macedoni & Simonovska (2025); Î/P̂ at κ = 0.
    `earned` is ŵ L̂, `relief` s. Plain arithmetic, so that it serves arrays and compiled kernels alike;
    where the cost of labor is not below income (I ≤ κ/(1+κ) V/s) welfare is not defined and the caller
    must refuse.
    """
    rest = income - kappa / (1.0 + kappa) * value_added / relief
    weight = income / rest
    change = (weight * (new_income / income) + (1.0 - weight) * earned) / price
    return change, (change - 1.0) * rest
