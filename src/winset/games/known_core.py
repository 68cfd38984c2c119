r"""The least core over the coalitions that are known, where not all can be: a bound that is proved.

    min ε  subject to  x(S) + ε ≥ v(S) for every S known,  x(N) = v(N).

Every row is a row of the least core's own program too, so that the optimum bounds its value from below
whatever the others are worth. From above nothing is proved: a coalition nobody has looked at may object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError

if TYPE_CHECKING:
    from winset.numbers import Array, Mask

SLACK = 1e-9  # of v(N), that the nearest division may leave of the bound


@dataclass(frozen=True, slots=True)
class KnownCore:
    """What the known coalitions say of the least core.

    Attributes
    ----------
    lower : float
        ε over the known ones: the least core's value is no less. Above zero the core is empty.
    division : (n,) array
        Of those that leave no known coalition more than `lower`, the one nearest to what was asked.
    known : int
        Coalitions looked at.
    """

    lower: float
    division: Array
    known: int


def known_core(inside: Mask, worth: Array, grand: float, near: Array) -> KnownCore:
    """Bound the least core by coalitions (m, n) of known worth (m,).

    Parameters
    ----------
    near : (n,) array
        Of all divisions at the bound, that with the least Σ |x_i − near_i| is returned.

    Raises
    ------
    ConvergenceError
        A linear program failed.

    >>> pairs = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], bool)
    >>> found = known_core(pairs, np.array([1.0, 1.0, 1.0]), 1.0, np.zeros(3))
    >>> round(found.lower, 9), found.division.round(9).tolist()
    (0.333333333, [0.333333333, 0.333333333, 0.333333333])
    """
    from scipy.sparse import csr_array, hstack

    m, n = inside.shape
    # x(S) = v(N) − x(N∖S): the shorter of the two
    large = inside.sum(axis=1) > n / 2
    short = np.where(large[:, None], ~inside, inside)
    rows = csr_array(np.where(large[:, None], 1.0, -1.0) * short)  # −x(S) up to a constant
    size = max(abs(grand), 1e-300)
    bound = np.where(large, grand - worth, -worth) / size
    ones, none = np.ones((1, n)), csr_array((m, n))
    first = _solved(
        np.append(np.zeros(n), 1.0),
        hstack([rows, csr_array(-np.ones((m, 1)))]),
        bound,
        csr_array(np.column_stack([ones, np.zeros((1, 1))])),
    )
    epsilon = float(first[n])
    unit = csr_array(np.eye(n))
    nearest = _solved(
        np.append(np.zeros(n), np.ones(n)),
        hstack([rows, none], format="csr"),
        bound + epsilon + SLACK,
        csr_array(np.column_stack([ones, np.zeros((1, n))])),
        (hstack([unit, -unit]), near / size),
        (hstack([-unit, -unit]), -near / size),
    )
    return KnownCore(epsilon * size, nearest[:n] * size, m)


def _solved(cost: Array, rows: Any, bound: Array, total: Any, *more: tuple[Any, Array]) -> Array:
    """Minimize over rows that are at most their bound, and a total of one."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    found = linprog(
        cost,
        A_ub=vstack([rows, *(part for part, _ in more)]),
        b_ub=np.concatenate([bound, *(limit for _, limit in more)]),
        A_eq=total,
        b_eq=[1.0],
        bounds=(None, None),
        method="highs",
    )
    if found.status != 0 or found.x is None:
        raise ConvergenceError(f"a linear program failed: {found.message}", residual=np.inf)
    return np.asarray(found.x)
