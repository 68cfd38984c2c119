"""(World, Scenario) → TradeResult: the equilibrium before and after."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.trade.capabilities import (
    ENERGY,
    ENTRY_COSTS,
    MANY_SECTORS,
    ONE_SECTOR,
    can,
    model_of,
    needed,
)
from winset.trade.equilibrium import compared
from winset.trade.models.energy.solve import MODEL as ENERGY_MODEL
from winset.trade.models.entry_costs.solve import MODEL as ENTRY_COSTS_MODEL
from winset.trade.models.many_sectors.result import SectorResult
from winset.trade.models.many_sectors.solve import MODEL as MANY_SECTORS_MODEL
from winset.trade.models.model import calibrate, find, kept
from winset.trade.models.one_sector.solve import MODEL as ONE_SECTOR_MODEL
from winset.trade.numerics.blas import one_thread
from winset.trade.policy import requested_tariffs
from winset.trade.result import Solver, TradeResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.scenario import Parameters, Scenario, Shock
    from winset.trade.models.model import Finder, Model, Outcome, Shift
    from winset.worlds import World


MODELS: Mapping[str, Model[Any, Any]] = {
    ONE_SECTOR: ONE_SECTOR_MODEL,
    MANY_SECTORS: MANY_SECTORS_MODEL,
    ENTRY_COSTS: ENTRY_COSTS_MODEL,
    ENERGY: ENERGY_MODEL,
}


def solve(
    world: World, scenario: Scenario, *, blocs: Mapping[str, Bloc] | None = None
) -> TradeResult:
    """Solve for the equilibrium that a scenario leads to.

    Exact hat algebra: one sector with roundabout production (`models.one_sector` states the
    equations), a world with sectors by `models.many_sectors`, entry costs by `models.entry_costs`.
    Newton with the analytic Jacobian, safeguarded by a line search and by continuation in the
    size of the change.

    Parameters
    ----------
    world : World
        Its accounts are closed with the scenario's value-added share.
    scenario : Scenario
        The changes and the parameters.

    Raises
    ------
    DataError
        The scenario names what the world does not have, or the accounts cannot be closed.
    ConvergenceError
        No equilibrium to 1e-11 of every economy's output was found; names the worst economy.
    InfeasibleError
        A best tariff was asked for (`policy.requested_tariffs`) and lies at no finite rate.

    Examples
    --------
    >>> import winset
    >>> result = winset.solve(winset.world(), winset.Scenario.from_toml("sco-2025"))
    >>> result.solver.residual < 1e-10
    True
    """
    return solve_shock(world, scenario, scenario.resolve(world, blocs))


@one_thread()
@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # `equilibrium.checked` refuses them
def solve_shock(
    world: World, scenario: Scenario, shock: Shock, finder: Finder = find
) -> TradeResult:
    """Do what `solve` does with a scenario that is resolved already; `finder` does the work of `find`."""
    begun = time.perf_counter()
    parameters = scenario.parameters
    model = chosen(world, parameters)
    if shock.export_tax is not None and not can(model.name, "export tax"):
        raise DataError(
            f"an export-tax is not for the model of {model.name}: the models of one sector and of many "
            "sectors hand its revenue to the exporter. Drop energy, carbon prices, entry_cost_share and "
            "pass_through, or the tax."
        )
    if shock.requests:
        needed(world, parameters, "optimal answer", "A tariff or quota that is asked for")
    calibrated = calibrate(model, world, parameters, finder)
    base, before = calibrated.base, calibrated.before

    def after(change: Shift) -> Outcome[Any]:
        return finder(model, base, change, world, "of the scenario", warm=calibrated.initial)

    untaxed = kept(base)

    def gains(tried: Shock) -> Array:
        reached = after(model.change(base, tried)).equilibrium
        if not parameters.by_article:
            return compared(before, reached, base.kappa, world.codes, untaxed)[1]
        welfare, _ = compared(before, reached, base.kappa, world.codes)
        return np.asarray(before.income * (welfare - 1.0))

    shock, requested = requested_tariffs.resolve(
        world, parameters, shock, gains,
        lambda tried: after(model.change(base, tried)).equilibrium.flows,
    )  # fmt: skip
    change = model.change(base, shock)
    found = after(change)
    welfare, variation = compared(before, found.equilibrium, base.kappa, world.codes)
    utility, in_money = compared(before, found.equilibrium, base.kappa, world.codes, untaxed)
    sectors = None
    if can(model.name, "sectors"):
        sectors = SectorResult(world, calibrated, found.state, change)
    return TradeResult(
        world=world,
        scenario=scenario,
        shock=shock,
        floored=calibrated.floored,
        before=before,
        after=found.equilibrium,
        welfare=welfare,
        equivalent_variation=variation,
        utility=utility,
        utility_variation=in_money,
        solver=Solver(
            iterations=calibrated.iterations + found.equilibrium.iterations,
            residual=found.equilibrium.residual,
            seconds=time.perf_counter() - begun,
        ),
        sectors=sectors,
        answers=requested,
    )


def chosen(world: World, parameters: Parameters) -> Model[Any, Any]:
    """Return the model that a world and parameters call for, or raise as `capabilities.model_of`."""
    return MODELS[model_of(world, parameters)]
