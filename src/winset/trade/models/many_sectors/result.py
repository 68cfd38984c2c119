"""SectorResult: which industries of which economy grow or shrink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.trade.models.many_sectors.equations import customs_value

if TYPE_CHECKING:
    import pandas as pd

    from winset.numbers import Array
    from winset.trade.models.many_sectors.equations import State
    from winset.trade.models.many_sectors.solve import Calibrated
    from winset.trade.models.model import Shift
    from winset.worlds import World


@dataclass(frozen=True, slots=True)
class SectorResult:
    """Both equilibria by sector, and the change between them; sectors in the order of the baseline."""

    world: World
    calibrated: Calibrated
    state: State
    change: Shift

    def columns(self) -> dict[str, Array]:
        """Return levels and changes by sector and economy, (J, n), in the order of the world."""
        base, before, after = self.calibrated.base, self.calibrated.initial, self.state
        flows, new_flows = self.flows(), self.new_flows()

        def ordered(array: Array) -> Array:
            result = np.zeros_like(base.labor)
            result[self.calibrated.base.order[: len(array)]] = array
            return result

        def abroad(cube: Array, axis: int) -> Array:
            return ordered(cube.sum(axis=axis) - cube.diagonal(axis1=1, axis2=2))

        def labor(output: Array) -> Array:
            paid = base.labor * output
            return ordered(100.0 * paid / paid.sum(axis=0))

        output, new_output = ordered(before.output), ordered(after.output)
        exports, new_exports = abroad(flows, 2), abroad(new_flows, 2)
        imports, new_imports = abroad(flows, 1), abroad(new_flows, 1)
        return {
            "output_musd": output,
            "output_percent": _percent(output, new_output),
            "exports_musd": exports,
            "exports_percent": _percent(exports, new_exports),
            "imports_musd": imports,
            "imports_percent": _percent(imports, new_imports),
            "employment_share_percent": labor(before.output),
            "new_employment_share_percent": labor(after.output),
            "price_percent": ordered(100.0 * np.expm1(after.price)),
        }

    def flows(self) -> Array:
        """Customs value of the traded sectors before, (T, n, n)."""
        return customs_value(self.calibrated.initial, self.calibrated.base.tariff)

    def new_flows(self) -> Array:
        """Customs value of the traded sectors after, (T, n, n)."""
        return customs_value(self.state, self.change.tariff)

    def table(self) -> pd.DataFrame:
        """Return one row per economy and sector."""
        import pandas as pd

        index = pd.MultiIndex.from_product(
            [self.world.codes, self.world.sectors], names=["code", "sector"]
        )
        return pd.DataFrame({k: v.T.ravel() for k, v in self.columns().items()}, index=index)

    def to_json(self) -> list[dict[str, Any]]:
        """Return one object per sector, in the order of the world, with one per economy in it."""
        columns = self.columns()
        theta = np.full(len(self.world.sectors), np.nan)
        theta[self.calibrated.base.order[: len(self.calibrated.base.theta)]] = (
            self.calibrated.base.theta
        )
        codes = sorted(enumerate(self.world.codes), key=lambda pair: pair[1])
        technology = self.world.technology
        names = self.world.sectors if technology is None else technology.names
        return [
            {
                "sector": sector,
                "name": names[j],
                "elasticity": _finite(theta[j]),
                "economies": [
                    {"code": code, **{key: _finite(v[j, k]) for key, v in columns.items()}}
                    for k, code in codes
                ],
            }
            for j, sector in enumerate(self.world.sectors)
        ]


def _percent(before: Array, after: Array) -> Array:
    ratio = np.divide(after, before, out=np.full_like(before, np.nan), where=before > 0)
    return 100.0 * (ratio - 1.0)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
