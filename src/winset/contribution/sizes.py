r"""Identical members: which sizes of a coalition hold, in closed form.

n members with b and c each, φ = b/c, efforts that add up. With k of them acting as one the level is

    linear:     G = φ (k² + n − k)
    quadratic:  G = A θ/(1 + θ),  θ = φ (k² + n − k),                        all at once (``nash``)
                                  θ = Φ + φ k²/(1 + Φ),  Φ = φ (n − k),      the coalition first (``leader``)

and payoffs follow. A size is stable where no member gains by leaving, u_in(k) ≥ u_out(k − 1), and no
outsider by joining, u_out(k) ≥ u_in(k + 1). With linear benefits

    u_in(k) − u_out(k − 1) = −(b²/2c)(k − 1)(k − 3),

so that three hold, whatever n ≥ 3, b and c; at three a member is as well off outside, so that two hold too.
The leader's game with quadratic benefits has the form of
Barrett (1994), all at once that of Carraro & Siniscalco (1993), both from general knowledge; the formulas are
derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from winset.contribution.center import Form, Timing
    from winset.numbers import Array

SLACK = 1e-12  # of what a payoff is made of


@dataclass(frozen=True, slots=True)
class Sizes:
    """Payoffs by size of the coalition, k = 0 … n; (n + 1,) arrays, NaN where there is no such member.

    Attributes
    ----------
    level, inside, outside, together : arrays
        G, a member's and an outsider's payoff, and everybody's sum.
    """

    level: Array
    inside: Array
    outside: Array
    together: Array

    @property
    def stable(self) -> tuple[int, ...]:
        """Sizes from which nobody gains by moving alone; 1 stands for no coalition."""
        n = len(self.level) - 1
        slack = SLACK * float(np.nanmax(np.abs(self.together)))
        found = []
        for k in range(1, n + 1):
            stays = k == 1 or self.inside[k] >= self.outside[k - 1] - slack
            waits = k == n or self.outside[k] >= self.inside[k + 1] - slack
            if stays and waits:
                found.append(k)
        return tuple(found)

    @property
    def farsighted(self) -> tuple[int, ...]:
        """Sizes from which nobody gains by leaving, once others have left too where they then would.

        The smallest is 1; from there upwards a size is farsightedly stable if a member has there at least
        what an outsider has at the next smaller stable size, to which its leaving would lead.
        """
        slack = SLACK * float(np.nanmax(np.abs(self.together)))
        found = [1]
        for k in range(2, len(self.level)):
            if self.inside[k] >= self.outside[found[-1]] - slack:
                found.append(k)
        return tuple(found)


def by_size(
    n: int,
    *,
    benefit: float,
    cost: float,
    form: Form = "linear",
    timing: Timing = "nash",
    satiation: float = 1.0,
) -> Sizes:
    """Return payoffs by size of the coalition, see the module for the equations.

    >>> by_size(10, benefit=2.0, cost=3.0).stable
    (2, 3)

    Raises
    ------
    DataError
        Fewer than two members, or a figure that is not positive.
    """
    if n < 2 or not (benefit > 0 and cost > 0 and satiation > 0):
        raise DataError(
            "sizes need at least two members, and benefit, cost and satiation above zero."
        )
    k = np.arange(n + 1.0)
    phi = benefit / cost
    acting = np.where(k < 2, 1.0, k)  # alone, or nobody: as if by itself
    weight = np.where(k < 2, phi * n, phi * (k**2 + n - k))
    if form == "linear":
        level, marginal = weight, np.ones(n + 1)
        inner = acting * phi
        value = level
    else:
        outer = np.ones(n + 1)
        if timing == "leader":
            rest = phi * (n - k)
            outer = np.where(k < 2, 1.0, 1.0 + rest)
            weight = np.where(k < 2, weight, rest + phi * k**2 / outer)
        level = satiation * weight / (1.0 + weight)
        marginal = satiation - level
        inner = acting * phi * marginal / outer
        value = satiation * level - level**2 / 2.0
    lone = phi * marginal
    inside = benefit * value - cost * inner**2 / 2.0
    outside = benefit * value - cost * lone**2 / 2.0
    inside[0], outside[n] = np.nan, np.nan
    members = np.where(k < 2, 0.0, k)
    together = np.where(members > 0, members * inside, 0.0) + np.where(
        members < n, (n - members) * outside, 0.0
    )
    return Sizes(level, inside, outside, np.asarray(together))
