"""What is said of a run beside its welfare: `Decomposition`, `Diversion`, `Tariffs`.

They are made by `effects.welfare_decomposition` and `effects.creation_diversion`, which know results;
results know only these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from winset.numbers import Array, Mask


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Welfare in parts, percent of initial welfare, arrays (n,).

    The parts of `sources`, of `path` and of `changes` each add up to `welfare`, the exact
    equivalent variation; `first_order` does not. `changes` is empty where the scenario has one
    change, or more than `MOST_CHANGES`.
    """

    codes: tuple[str, ...]
    welfare: Array
    sources: dict[str, Array]
    path: dict[str, Array]
    first_order: dict[str, Array]
    changes: tuple[Array, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one object per economy, sorted by code."""
        groups = {"sources": self.sources, "path": self.path, "first_order": self.first_order}
        return [
            {
                "code": code,
                "welfare_percent": float(self.welfare[k]),
                **{
                    group: {f"{key}_percent": float(part[k]) for key, part in parts.items()}
                    for group, parts in groups.items()
                },
                "changes_percent": [float(part[k]) for part in self.changes],
            }
            for k, code in sorted(enumerate(self.codes), key=lambda pair: pair[1])
        ]


@dataclass(frozen=True, slots=True)
class Tariffs:
    """Tariffs of every pair over all traded sectors, (n, n) arrays, row exports.

    `flows` is customs value before (zero at home), `duty` and `new_duty` the duties on those very
    flows at the tariffs before and after; `rate` and `new_rate` are means of the sectors.
    """

    flows: Array
    duty: Array
    new_duty: Array
    rate: Array
    new_rate: Array

    def mean(self, exporters: Mask, importers: Mask) -> dict[str, float | None]:
        """Mean tariff of some importers on some exporters, percent: weighted by trade, and plain."""
        pairs = exporters[:, None] & importers[None, :] & ~np.eye(len(exporters), dtype=np.bool_)
        bought = float(self.flows[pairs].sum())
        some = bool(pairs.any())
        return {
            "weighted_percent": _ratio(self.duty[pairs], bought),
            "new_weighted_percent": _ratio(self.new_duty[pairs], bought),
            "simple_percent": 100.0 * float(self.rate[pairs].mean()) if some else None,
            "new_simple_percent": 100.0 * float(self.new_rate[pairs].mean()) if some else None,
        }

    @property
    def changing(self) -> Mask:
        """Which importers change a tariff, (n,)."""
        return np.asarray((self.rate != self.new_rate).any(axis=0))


@dataclass(frozen=True, slots=True)
class Diversion:
    """Creation and diversion of a run, USD million; all arrays (n, n), row exports.

    Attributes
    ----------
    members : (n,) array of bool
        The members of the change, for the means of tariffs.
    change : array
        Δ of every pair, the diagonal included, summed over the markets that the change reaches.
    adjusted : array
        E (π' − π̃) of every pair, likewise.
    created : array
        Creation by partner and importer.
    diverted : array
        −Δ of the outsiders of each market.
    adjustment : (n,) array
        What the partners gain besides, by importer, as wages and costs adjust.
    tariffs : Tariffs or None
        None where no tariff is above or below zero, before or after.
    """

    codes: tuple[str, ...]
    members: Mask
    change: Array
    adjusted: Array
    created: Array
    diverted: Array
    adjustment: Array
    tariffs: Tariffs | None

    @property
    def creation(self) -> Array:
        """Trade creation by importer, (n,)."""
        return np.asarray(-self.change.diagonal())

    @property
    def diversion(self) -> Array:
        """Trade diversion by importer, (n,)."""
        return np.asarray(self.diverted.sum(axis=0))

    @property
    def reached(self) -> Mask:
        """Which importers have a market that the change reaches, (n,)."""
        return np.asarray((self.change != 0).any(axis=0))

    def outsiders(self) -> list[tuple[str, float]]:
        """What each outsider loses to the partners, in all markets, most first."""
        lost = self.diverted.sum(axis=1)
        order = sorted(range(len(lost)), key=lambda k: (-lost[k], self.codes[k]))
        return [(self.codes[k], float(lost[k])) for k in order if lost[k] != 0]

    def to_json(self) -> dict[str, Any]:
        """Return the keys ``creation`` … ``tariffs`` of a run, where they apply."""
        said: dict[str, Any] = {}
        if self.reached.any():
            here = self.reached
            partners = self.created.sum(axis=1)
            lost = self.diverted.sum(axis=1)
            said["creation"] = {
                "musd": float(self.creation.sum()),
                "importers": self._listed(self.creation, here),
                "partners": self._listed(partners, partners != 0),
            }
            said["diversion"] = {
                "musd": float(self.diversion.sum()),
                "importers": self._listed(self.diversion, here),
                "outsiders": self._listed(lost, lost != 0),
            }
            said["adjustment"] = {
                "musd": float(self.adjustment.sum()),
                "importers": self._listed(self.adjustment, here),
            }
        if self.tariffs is not None:
            said["tariffs"] = self._rates(self.tariffs)
        return said

    def _listed(self, figures: Array, where: Iterable[bool]) -> list[dict[str, Any]]:
        rows = [
            {"code": code, "musd": float(figure)}
            for code, figure, shown in zip(self.codes, figures, where, strict=True)
            if shown
        ]
        return sorted(rows, key=lambda row: row["code"])

    def _rates(self, tariffs: Tariffs) -> list[dict[str, Any]]:
        everyone = np.ones(len(self.codes), dtype=np.bool_)
        groups = {"members": self.members, "outsiders": ~self.members, "all": everyone}
        charging = ((tariffs.rate != 0) | (tariffs.new_rate != 0)).any(axis=0)
        rows = []
        for k in np.flatnonzero(charging):
            alone = np.arange(len(self.codes)) == k
            means = {name: tariffs.mean(group, alone) for name, group in groups.items()}
            rows.append({"code": self.codes[k], **means})
        return sorted(rows, key=lambda row: str(row["code"]))


def _ratio(duty: Array, bought: float) -> float | None:
    return 100.0 * float(duty.sum()) / bought if bought > 0 else None
