r"""Whose emissions are in whose goods, before a scenario and after it.

Both accounts are of the model's own equilibria. With π' the trade shares, Y' output, I' income and γ', α' the
shares of inputs and of final demand (which a carbon price changes, see `winset.trade.models.energy`), what
sector k of economy i sells to m is

    Z'_{ik,mj} = μ π'_{im}^k / (1 + t'_{im}^k) γ'_m^{kj} Y'_m^j   as an input of j,
    F'_{ik,m}  = μ π'_{im}^k / (1 + t'_{im}^k) α'_m^k I'_m        for final demand,

at customs value, and its CO2 is that of the run (`winset.studies.run_emissions`). So what changes in
production is scale, composition and technique of the run, and what changes in consumption sums to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.environment.accounts import embodied
from winset.errors import DataError, did_you_mean
from winset.scenario.reading import bundled_scenarios
from winset.studies import scenario_run
from winset.studies.carbon import Carbon, bounded, carbon, known_carbon, laid
from winset.studies.run_emissions import changed, emissions_after, sector_order
from winset.trade.capabilities import ENTRY_COSTS, model_of
from winset.trade.models.energy.equations import EnergyState
from winset.trade.numerics.blas import one_thread
from winset.worlds import embedded_worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.environment.accounts import InterIndustry
    from winset.numbers import Array
    from winset.scenario import Scenario
    from winset.studies.run_emissions import RunEmissions
    from winset.trade import TradeResult
    from winset.trade.equilibrium import Equilibrium
    from winset.trade.models.many_sectors.equations import State
    from winset.trade.models.many_sectors.result import SectorResult
    from winset.worlds import World


@dataclass(frozen=True, slots=True)
class CarbonChange:
    """The accounts of a scenario's world before and after, and the parts of what changes."""

    result: TradeResult
    before: Carbon
    after: Carbon
    emissions: RunEmissions

    @property
    def title(self) -> str:
        """Of the scenario."""
        return self.result.scenario.title

    @property
    def world(self) -> World:
        """That the scenario was laid on."""
        return self.result.world

    def to_json(self) -> dict[str, Any]:
        """Return the accounts before as those of a world, the same `after`, and what changes.

        ``changes`` has by economy what changes in its production (``scale``, ``composition`` and
        ``technique``, households apart), consumption and net imports; ``emissions`` is that of a run.
        """
        said, manifest = self.before.to_json(), self.result.manifest()
        later = self.after.to_json()
        accounts = (
            "production", "consumption", "imports", "exports", "households", "embodied", "bilateral",
        )  # fmt: skip
        # The rows by economy are the main table of a workbook, and stand first.
        return (
            {"changes": self.changes()}
            | said
            | {
                "title": self.title,
                "scenario": manifest["scenario"],
                "parameters": manifest["parameters"],
                "members": list(self.result.members),
                "after": {key: later[key] for key in accounts},
                "emissions": self.emissions.to_json(),
            }
        )

    def changes(self) -> list[dict[str, Any]]:
        """Return one row per economy, million tonnes."""
        old, new, run = self.before.accounts, self.after.accounts, self.emissions
        made, used = old.production[0], old.consumption[0]
        more, more_used = new.production[0] - made, new.consumption[0] - used
        homes = new.households[0] - old.households[0]
        return [
            {
                "code": code,
                "inside": bool(run.inside[n]),
                "production_mt": float(made[n]),
                "production_change_mt": float(more[n]),
                "scale_mt": float(run.scale[n]),
                "composition_mt": float(run.composition[n]),
                "technique_mt": float(run.technique[n]),
                "consumption_mt": float(used[n]),
                "consumption_change_mt": float(more_used[n]),
                "net_imports_mt": float(used[n] - made[n]),
                "net_imports_change_mt": float(more_used[n] - more[n]),
                "households_mt": float(old.households[0, n]),
                "households_change_mt": float(homes[n]),
            }
            for n, code in enumerate(old.regions)
        ]


def account(
    source: str | Path,
    *,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> Carbon | CarbonChange:
    """Account for a world, a folder of tables, or a scenario: what a name or a path is.

    Raises
    ------
    DataError
        As `winset.studies.carbon.carbon` and `carbon_changes`; nothing of the name, or what belongs to a
        scenario beside a world.
    """
    name, path = str(source), Path(source)
    if name in bundled_scenarios() or path.is_file() or path.suffix == ".toml":
        return carbon_changes(source, overrides=overrides, blocs_file=blocs_file)
    if name not in embedded_worlds() and not path.is_dir():
        known = (*embedded_worlds(), *bundled_scenarios())
        raise DataError(
            f"{name}: no such folder, embedded world ({', '.join(embedded_worlds())}) or scenario. A folder "
            "of tables holds flows.csv, final.csv and emissions.csv; a scenario is a bundled one's name or a "
            f"TOML file.{did_you_mean(name, known)}"
        )
    if overrides or blocs_file is not None:
        raise DataError(f"{name} is no scenario: --set and --blocs change one. Drop them.")
    return carbon(source)


@one_thread()
def carbon_changes(
    source: str | Path | Scenario,
    *,
    overrides: Mapping[str, str] | None = None,
    blocs_file: Path | None = None,
) -> CarbonChange:
    """Account for who emits for whom before a scenario and after it.

    Raises
    ------
    DataError
        As `winset.studies.scenario_run.run`; a world of whose CO2 nothing is known or that is too large; CO2
        of a sector without output; or entry costs, with which sales do not tell the volume of output.
    """
    result = scenario_run.solved(source, overrides=overrides, blocs_file=blocs_file).result
    if model_of(result.world, result.scenario.parameters) == ENTRY_COSTS:
        raise DataError(
            f"scenario {result.scenario.title!r}: with entry costs sales do not tell how much is made. Drop "
            "entry_cost_share and pass_through."
        )
    gas = known_carbon(result.world)
    bounded(result.world)
    done = changed(result, gas)
    made, homes = emissions_after(result, gas)
    name = result.world.name
    first, later = _systems(result, (gas.sectors, gas.households), (made, homes))
    before = Carbon(name, first, embodied(first), result.world, gas)
    after = Carbon(name, later, embodied(later), result.world, gas)
    return CarbonChange(result, before, after, done)


def _systems(
    result: TradeResult, before: tuple[Array, Array], after: tuple[Array, Array]
) -> tuple[InterIndustry, InterIndustry]:
    """Return the inter-industry systems of both equilibria, with CO2 of sectors and of households."""
    if result.sectors is None:
        return (
            _of_one(result.world, result.before, before),
            _of_one(result.world, result.after, after),
        )
    found = result.sectors
    base = found.calibrated.base
    return (
        _of_many(result, found, found.calibrated.initial, base.tariff, before),
        _of_many(result, found, found.state, found.change.tariff, after),
    )


def _of_one(world: World, at: Equilibrium, gas: tuple[Array, Array]) -> InterIndustry:
    """Return the system of one sector: what is not consumed of spending, X − I, is inputs."""
    sold = at.balance * at.flows / at.spending
    inputs = ((at.spending - at.income) / at.output)[:, None, None]
    return laid(world, sold[None], inputs, at.output[None], at.income[None], *gas)


def _of_many(
    result: TradeResult, found: SectorResult, state: State, tariff: Array, gas: tuple[Array, Array]
) -> InterIndustry:
    base, traded = found.calibrated.base, len(state.share)
    count, n = state.output.shape
    sold = np.zeros((count, n, n))
    sold[:traded] = state.share / (1.0 + tariff)
    sold[traded:, np.arange(n), np.arange(n)] = 1.0
    inputs, final = base.inputs, base.final
    if isinstance(state, EnergyState):
        inputs, final = state.how.inputs, state.how.final
    back = np.argsort(sector_order(result))
    return laid(
        result.world,
        state.balance * sold[back],
        inputs[:, back][:, :, back],
        state.output[back],
        (final * state.income)[back],
        *gas,
    )
