r"""What a carbon price cuts and costs where energy is an input with a constant elasticity of substitution.

Value added is made of labor and energy, energy being made of labor at a constant cost, in shares 1 − a and a:

    c = [1 − a + a (1 + τ)^{1−ς}]^{1/(1−ς)},          cost with the tax, a part τ of the price of energy
    r = c^ς [1 − a + a (1 + τ)^{−ς}],                  of it what is used up
    e = c^ς (1 + τ)^{−ς},                              energy, and CO2, in a unit of value added

with ς the elasticity of substitution. The revenue stays in the economy: a price of carbon is a fall of the
productivity of value added by 1/r, and emissions are e/r of what they were for each unit of labor. With
roundabout production the productivity of output falls by r^{−β}. Supply of fuels is taken to be elastic:
there is no leakage through their price.

The form and ς = 0.65 are of Farrokhi & Lashkaripour (2025, equation of energy demand and table A.4); the
share of energy in costs, 3.1 % of gross output, is the mean of their table 1 weighted by what the table
implies of output (share of CO2 over carbon intensity).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from winset.numbers import Array

ELASTICITY = 0.65
ENERGY_SHARE = 0.031  # of gross output


@dataclass(frozen=True, slots=True)
class Abated:
    """Under a carbon price, (n,) each: r of the module, and emissions for each unit of labor as a factor."""

    resources: Array
    emissions: Array


def abated(
    price: float,
    intensity: Array,
    *,
    value_added_share: float | Array,
    energy_share: float = ENERGY_SHARE,
    elasticity: float = ELASTICITY,
) -> Abated:
    """Return what a carbon price does in economies of some intensity.

    Parameters
    ----------
    price : float
        USD a tonne of CO2, zero or more.
    intensity : (n,) array
        Tonnes of CO2 per USD of gross output (million tonnes per USD million).
    value_added_share : float or (n,) array
        β; the share of energy in value added is `energy_share`/β, below one.
    elasticity : float
        ς > 0; 1 is the limit of Cobb and Douglas.
    """
    share = energy_share / value_added_share
    tax = 1.0 + price * intensity / energy_share
    if abs(elasticity - 1.0) < 1e-9:
        cost = tax**share
    else:
        power = 1.0 - elasticity
        cost = (1.0 - share + share * tax**power) ** (1.0 / power)
    used = cost**elasticity * (1.0 - share + share * tax**-elasticity)
    energy = cost**elasticity * tax**-elasticity
    return Abated(np.asarray(used), np.asarray(energy / used))
