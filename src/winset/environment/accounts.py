"""Accounts of emissions of a multi-regional input-output system: where goods are made, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from winset.numbers import Array

NEGLIGIBLE = 1e-12  # of the largest output: what is below makes nothing


@dataclass(frozen=True, slots=True)
class InterIndustry:
    """Who uses what of whom, with emissions; R regions, J sectors, N = R J industries, K gases.

    Industries are ordered region by region; money and gases have any unit that is one throughout.

    Attributes
    ----------
    regions, sectors, gases : tuples of strings
    flows : (N, N) array
        ``Z[i, j]``: what industry i sells to industry j.
    final : (N, R) array
        ``Y[i, n]``: what industry i sells to the final demand of region n. Changes of stocks may be negative.
    emissions : (K, N) array
        F, of production.
    households : (K, R) array
        Of final demand itself (heating, driving); reported apart.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    gases: tuple[str, ...]
    flows: Array
    final: Array
    emissions: Array
    households: Array

    @property
    def output(self) -> Array:
        """x = Z·1 + Y·1, (N,)."""
        return np.asarray(self.flows.sum(axis=1) + self.final.sum(axis=1))

    def industry(self, k: int) -> str:
        """Say which industry is at a position."""
        return f"{self.regions[k // len(self.sectors)]}, {self.sectors[k % len(self.sectors)]}"


@dataclass(frozen=True, slots=True)
class Embodied:
    """Emissions from where they arise to whom they serve.

    Attributes
    ----------
    regions, gases : tuples of strings
    embodied : (K, R, R) array
        ``[g, m, n]``: emitted in m for what n consumes in the end; each unit stands once.
    bilateral : (K, R, R) array
        ``[g, m, n]``: emitted in m for all that m sells to n, inputs too; the diagonal is what m makes for
        itself. No unit stands twice within m; what n makes of m's inputs and sells on counts as n's import.
    households : (K, R) array
    """

    regions: tuple[str, ...]
    gases: tuple[str, ...]
    embodied: Array
    bilateral: Array
    households: Array

    @property
    def production(self) -> Array:
        """Σ_n embodied[:, m, n], (K, R): what arises in a region, households apart."""
        return np.asarray(self.embodied.sum(axis=2))

    @property
    def consumption(self) -> Array:
        """Σ_m embodied[:, m, n], (K, R): what arises anywhere for a region's final demand."""
        return np.asarray(self.embodied.sum(axis=1))

    @property
    def imports(self) -> Array:
        """Σ_{m≠n} embodied[:, m, n], (K, R): what arises abroad for a region's final demand."""
        return self.consumption - self._own

    @property
    def exports(self) -> Array:
        """Σ_{n≠m} embodied[:, m, n], (K, R): what arises in a region for others' final demand."""
        return self.production - self._own

    @property
    def _own(self) -> Array:
        return np.asarray(np.diagonal(self.embodied, axis1=1, axis2=2))


def embodied(system: InterIndustry) -> Embodied:
    r"""Return who emits for whom.

    With A = Z x̂⁻¹, S = F x̂⁻¹, L = (I − A)⁻¹, Y the final demand by region, and A_mm, S_m, e_mn the parts of
    region m and all that it sells to n, as input or for final use,

        embodied[:, m, n]  = Σ_{i in m} S_i (L Y)_in           (multi-regional, MRIO),
        bilateral[:, m, n] = S_m (I − A_mm)⁻¹ e_mn             (emissions embodied in bilateral trade, EEBT),

    the latter's diagonal being S_m (I − A_mm)⁻¹ y_mm. Rows of both sum to production. An industry without
    output has no intensity. Accounts as in Miller & Blair (2009), from general knowledge.

    Raises
    ------
    DataError
        Emissions or inputs of an industry without output, or inputs that no output covers.
    """
    regions, count = len(system.regions), len(system.sectors)
    output = system.output
    makes = output > NEGLIGIBLE * float(np.max(output, initial=0.0))
    idle = np.flatnonzero(~makes & (system.emissions != 0).any(axis=0))
    if len(idle):
        k = int(idle[0])
        raise DataError(
            f"emissions of {system.industry(k)}, whose output is {output[k]:.6g}: its intensity is not "
            "defined. Give its sales in flows.csv or final.csv, or move its emissions to who makes them."
        )
    bought = system.flows.sum(axis=0)
    if (empty := ~makes & (bought > NEGLIGIBLE * float(np.max(output, initial=0.0)))).any():
        k = int(np.flatnonzero(empty)[0])
        raise DataError(
            f"{system.industry(k)} buys inputs of {bought[k]:.6g}, but its output is {output[k]:.6g}: what "
            "is in its inputs would be lost. Give its sales in flows.csv or final.csv, or drop its inputs."
        )
    inverse = np.divide(1.0, output, out=np.zeros_like(output), where=makes)
    inputs = system.flows * inverse
    intensity = system.emissions * inverse
    needed = _solved(np.eye(len(output)) - inputs, system.final, system)
    serves = intensity[:, :, None] * needed
    through = serves.reshape(len(system.gases), regions, count, regions).sum(axis=2)
    return Embodied(
        regions=system.regions,
        gases=system.gases,
        embodied=through,
        bilateral=_bilateral(system, inputs, intensity),
        households=system.households,
    )


def _bilateral(system: InterIndustry, inputs: Array, intensity: Array) -> Array:
    regions, count = len(system.regions), len(system.sectors)
    sold = system.flows.reshape(-1, regions, count).sum(axis=2) + system.final
    found = np.empty((len(system.gases), regions, regions))
    for m in range(regions):
        own = slice(m * count, (m + 1) * count)
        for_use = sold[own].copy()
        for_use[:, m] = system.final[own, m]
        needed = _solved(np.eye(count) - inputs[own, own], for_use, system)
        found[:, m] = intensity[:, own] @ needed
    return found


def _solved(matrix: Array, right: Array, system: InterIndustry) -> Array:
    try:
        found = np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        found = np.full_like(right, np.nan)
    if not np.isfinite(found).all():
        raise DataError(
            f"the inputs of the {len(system.regions)} regions take all of their output, so that nothing is "
            "left for final use. Check final.csv: it must hold what is consumed and invested."
        )
    return np.asarray(found)
