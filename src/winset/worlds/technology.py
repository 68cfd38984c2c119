"""How sectors produce and what is consumed: elasticities, value-added, input and final shares."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from winset.numbers import Array


#: Name of the choice under which every traded sector has the parameter ``trade_elasticity``.
UNIFORM = "uniform"


@dataclass(frozen=True, slots=True)
class Technology:
    """What the data say of production and consumption, by sector; J sectors, n economies.

    Attributes
    ----------
    elasticity : (J,) array
        θ_j, NaN where the sector is not traded.
    elasticity_sets : mapping of (J,) arrays
        Further published sets, by name (the columns ``theta_…`` of sectors.csv).
    names : tuple of J strings
    value_added : (J, n) array, optional
        γ_n^j, value added in gross output; without it the parameter ``value_added_share`` rules.
    inputs : (n, J, J) array, optional
        ``inputs[n, k, j]``, purchases from sector k in the gross output of sector j; without it
        all sectors buy the composite that households consume.
    final : (J, n) array, optional
        α_n^j, shares of final consumption; without it they follow from the accounts.
    """

    elasticity: Array
    names: tuple[str, ...]
    elasticity_sets: Mapping[str, Array] = field(default_factory=dict)
    value_added: Array | None = None
    inputs: Array | None = None
    final: Array | None = None

    def __post_init__(self) -> None:
        for array in self.arrays():
            array.flags.writeable = False

    def arrays(self) -> Iterator[Array]:
        """Every array, in a fixed order."""
        yield self.elasticity
        for name in sorted(self.elasticity_sets):
            yield self.elasticity_sets[name]
        for array in (self.value_added, self.inputs, self.final):
            if array is not None:
                yield array

    @property
    def traded(self) -> NDArray[np.bool_]:
        """Which sectors are traded, (J,)."""
        return ~np.isnan(self.elasticity)

    def theta(self, chosen: str, uniform: float) -> Array:
        """Return the elasticities of a set (blank: the world's own), NaN where not traded.

        Raises
        ------
        DataError
            The world has no set of that name.
        """
        if not chosen:
            return self.elasticity
        if chosen == UNIFORM:
            return np.where(self.traded, uniform, np.nan)
        by_fold = {name.casefold(): name for name in self.elasticity_sets}
        if chosen.casefold() not in by_fold:
            known = [UNIFORM, *self.elasticity_sets]
            raise DataError(
                f"elasticities = {chosen!r}: the world has no such set.{did_you_mean(chosen, known)} "
                f"Known: {', '.join(known)}; blank for the world's own."
            )
        return self.elasticity_sets[by_fold[chosen.casefold()]]

    def select(self, keep: NDArray[np.intp]) -> Technology:
        """Keep these economies."""
        return replace(
            self,
            value_added=None if self.value_added is None else self.value_added[:, keep],
            inputs=None if self.inputs is None else self.inputs[keep],
            final=None if self.final is None else self.final[:, keep],
        )

    def merge(self, summing: Array, output: Array, consumption: Array) -> Technology:
        """Merge economies: shares become means weighted by output (J, n) or consumption (n,)."""

        def mean(shares: Array, weights: Array) -> Array:
            total = weights @ summing.T
            plain = (shares @ summing.T) / summing.sum(axis=1)
            weighted = (shares * weights) @ summing.T
            return np.asarray(np.divide(weighted, total, out=plain, where=total > 0))

        inputs = None
        if self.inputs is not None:
            by_supplier = self.inputs.transpose(1, 2, 0)  # [k, j, n]
            inputs = np.array([mean(shares, output) for shares in by_supplier]).transpose(2, 0, 1)
        return replace(
            self,
            value_added=None if self.value_added is None else mean(self.value_added, output),
            inputs=inputs,
            final=None
            if self.final is None
            else mean(self.final, np.broadcast_to(consumption, self.final.shape)),
        )

    def merge_sectors(
        self, summing: Array, labels: tuple[str, ...], output: Array, what: str
    ) -> Technology:
        """Merge sectors (rows of `summing`) of the same elasticities; weights are output (J, n).

        Raises
        ------
        DataError
            Sectors of different elasticities would be merged.
        """

        def common(values: Array) -> Array:
            result = []
            for row, label in zip(summing, labels, strict=True):
                inside = values[row > 0]
                if not np.all((inside == inside[0]) | (np.isnan(inside) & np.isnan(inside[0]))):
                    raise DataError(
                        f"{what}: the sectors of {label!r} have different elasticities "
                        f"({', '.join(f'{v:g}' for v in inside)}). Merge sectors of one elasticity."
                    )
                result.append(inside[0])
            return np.array(result)

        counts = summing.sum(axis=1)[:, None]
        total = summing @ output
        weights = np.divide(
            summing[:, :, None] * output,
            total[:, None],
            out=summing[:, :, None] / counts[:, :, None] + np.zeros_like(output),
            where=(total > 0)[:, None],
        )  # [merged, sector, n]
        first = [int(np.flatnonzero(row)[0]) for row in summing]
        alone = summing.sum(axis=1) == 1
        return Technology(
            elasticity=common(self.elasticity),
            names=tuple(
                self.names[k] if one else label
                for k, one, label in zip(first, alone, labels, strict=True)
            ),
            elasticity_sets={n: common(v) for n, v in self.elasticity_sets.items()},
            value_added=None
            if self.value_added is None
            else np.einsum("gjn,jn->gn", weights, self.value_added),
            inputs=None
            if self.inputs is None
            else np.einsum("gjn,nkj,hk->nhg", weights, self.inputs, summing),
            final=None if self.final is None else summing @ self.final,
        )
