"""(World, Scenario) → TradeResult: the equilibrium before and after."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError
from winset.trade.models.entry_costs import equations as entry
from winset.trade.models.entry_costs import solve as entering
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors import solve as sectoral
from winset.trade.models.many_sectors.result import SectorResult
from winset.trade.models.one_sector import equations as onesector
from winset.trade.numerics import newton
from winset.trade.numerics.blas import one_thread
from winset.trade.policy import requested_tariffs
from winset.trade.result import Solver, TradeResult

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.scenario import Parameters, Scenario, Shock
    from winset.worlds import Accounts, World


TOLERANCE = 1e-11


@one_thread()
@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # see _sound
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
    begun = time.perf_counter()
    shock = scenario.resolve(world, blocs)
    if not shock.answers:
        return _sound(_solved(world, scenario, shock, begun))

    def gains(tried: Shock) -> Array:
        found = _solved(world, scenario, tried, begun)
        return found.income * (found.welfare - 1.0)

    known, settled = requested_tariffs.settle(world, scenario.parameters, shock, gains)
    return replace(_sound(_solved(world, scenario, known, begun)), answers=settled)


def _sound(result: TradeResult) -> TradeResult:
    """Raise DataError where a price or a wage is too large or too small for a number."""
    for key in ("wage", "price", "welfare", "equivalent_variation"):
        column = getattr(result, key)
        sound = np.isfinite(column) & ((column > 0) | (key not in ("wage", "price")))
        if not np.all(sound):
            raise DataError(
                f"the change is so large that the {key.replace('_', ' ')} of "
                f"{result.codes[int(np.argmin(sound))]} is beyond the numbers of a computer. Use a "
                "smaller change."
            )
    return result


def _solved(world: World, scenario: Scenario, shock: Shock, begun: float) -> TradeResult:
    """Solve for the equilibrium after a shock all of whose sizes are known."""
    parameters = scenario.parameters
    if world.sectored:
        if parameters.has_entry_costs:
            raise DataError(
                f"entry_cost_share and pass_through belong to the model of one sector, but world "
                f"{world.name!r} has {len(world.sectors)}. Drop them, or use another world."
            )
        return with_sectors(world, scenario, shock, begun)
    if parameters.elasticities:
        raise DataError(
            f"elasticities = {parameters.elasticities!r}: world {world.name!r} has no sectors and so "
            "no sets of elasticities. Use trade_elasticity."
        )
    if parameters.has_entry_costs:
        return _with_entry_costs(world, scenario, shock, begun)
    accounts = world.accounts(scenario.parameters.value_added_share)
    base = baseline(accounts, world.tariffs, scenario.parameters)
    iterations = 0
    if scenario.parameters.deficits == "balanced" and np.any(accounts.deficit):
        root = _find(base, *_nothing(world), world, "while removing the deficits", deficits=True)
        iterations += root.iterations
        base = rebased(base, root.state)
    root = _find(base, shock.cost, shock.tariff, shock.productivity, world, "of the scenario")
    return _result(world, scenario, shock, accounts, base, root, iterations, begun)


def baseline(accounts: Accounts, tariff: Array, parameters: Parameters) -> onesector.Baseline:
    """Turn accounts into shares and parameters for the kernel."""
    spent = accounts.flows * (1.0 + tariff)
    return onesector.Baseline(
        share=spent / spent.sum(axis=0),
        tariff=tariff,
        output=accounts.output,
        deficit=accounts.deficit,
        relief=1.0 - accounts.revenue / accounts.value_added,
        theta=parameters.trade_elasticity,
        beta=parameters.value_added_share,
        kappa=parameters.labor_supply_elasticity,
        psi=parameters.scale_elasticity,
        multiplicative=parameters.deficits == "multiplicative",
        income_tax=parameters.revenue == "income-tax",
    )


def without_deficits(base: onesector.Baseline, world: World) -> onesector.Baseline:
    """Return the equilibrium in which every deficit is removed, as a baseline of its own.

    Raises
    ------
    ConvergenceError
        There is none; names the worst economy.
    """
    root = _find(base, *_nothing(world), world, "while removing the deficits", deficits=True)
    return rebased(base, root.state)


def _nothing(world: World) -> tuple[Array, Array, Array]:
    return np.ones((len(world), len(world))), np.asarray(world.tariffs), np.ones(len(world))


def _find(
    base: onesector.Baseline,
    cost: Array,
    tariff: Array,
    productivity: Array,
    world: World,
    what: str,
    *,
    deficits: bool = False,
) -> newton.Root[onesector.State]:
    """Find the root or raise; with `deficits`, the change is that deficits go to zero."""

    def problem(part: float) -> onesector.Equations:
        here = replace(base, deficit=base.deficit * (1.0 - part)) if deficits else base
        return onesector.equations(here, onesector.target(here, cost, tariff, productivity, part))

    def valid(state: onesector.State) -> bool:
        return bool(np.all(onesector.income(base, state) > 0))

    root = newton.follow(problem, np.zeros(base.unknowns), valid=valid, tolerance=TOLERANCE)
    if root.converged:
        return root
    income = onesector.income(base, root.state) / root.state.output
    income[np.isnan(income)] = np.inf
    poorest = int(np.argmin(income))
    if income[poorest] < 1e-3:
        code = world.codes[poorest]
        raise ConvergenceError(
            f"no equilibrium {what}: the income of {code} falls to zero, because the surplus that "
            f"it sends abroad is held fixed while its earnings shrink. Try a smaller change, or "
            f"another deficits setting (multiplicative, balanced).",
            residual=root.residual,
            economy=code,
        )
    code = world.codes[root.worst % len(world)]
    raise ConvergenceError(
        f"the equilibrium {what} was not found: after {root.iterations} Newton steps the residual "
        f"is {root.residual:.2g} of output, largest in {code}. The change may leave {code} without "
        'a market for its surplus: try a smaller change, or deficits = "balanced".',
        residual=root.residual,
        economy=code,
    )


def rebased(base: onesector.Baseline, state: onesector.State) -> onesector.Baseline:
    """Return an equilibrium without deficits as a baseline of its own."""
    return replace(
        base,
        share=state.share,
        output=state.output,
        deficit=np.zeros_like(base.deficit),
        relief=1.0 - state.revenue / (base.beta * state.output),
    )


def _defined(welfare: Array, income: Array, kappa: float, world: World) -> None:
    """Raise DataError where the cost of labor exceeds income."""
    if np.any(np.isnan(welfare)):
        k = int(np.argmax(np.isnan(welfare)))
        raise DataError(
            f"labor_supply_elasticity = {kappa:g} gives the labor of {world.codes[k]} a cost above "
            f"its income of {income[k]:.6g} USD million: its welfare is not defined. Use a smaller "
            'elasticity or deficits = "balanced".'
        )


def _result(
    world: World,
    scenario: Scenario,
    shock: Shock,
    accounts: Accounts,
    base: onesector.Baseline,
    root: newton.Root[onesector.State],
    earlier: int,
    begun: float,
) -> TradeResult:
    state = root.state
    initial = onesector.evaluate(
        base,
        onesector.target(base, *_nothing(world), 0.0),
        np.zeros(base.unknowns),
    )
    flows = initial.share * initial.spending / (1.0 + base.tariff)
    new_flows = state.share * state.spending / (1.0 + shock.tariff)
    income = onesector.income(base, initial)
    welfare, variation = onesector.welfare(base, initial, state)
    _defined(welfare, income, base.kappa, world)
    level = (state.price * initial.spending).sum() / initial.spending.sum()
    return TradeResult(
        world=world,
        scenario=scenario,
        shock=shock,
        members=shock.members,
        absent=shock.absent,
        floored=accounts.floored,
        income=income,
        welfare=welfare,
        equivalent_variation=variation,
        wage=state.wage,
        price=state.price,
        price_level=float(level),
        employment=state.labor,
        flows=flows,
        new_flows=new_flows,
        output=initial.output,
        new_output=state.output,
        revenue=initial.revenue,
        new_revenue=state.revenue,
        solver=Solver(
            iterations=earlier + root.iterations,
            residual=root.residual,
            seconds=time.perf_counter() - begun,
        ),
    )


def with_sectors(
    world: World,
    scenario: Scenario,
    shock: Shock,
    begun: float,
    finder: Callable[..., newton.Root[hat.State]] = sectoral.find,
) -> TradeResult:
    """Solve a world with sectors; `finder` does the work of `sectoral.find`."""
    calibrated = sectoral.calibrate(world, scenario.parameters, finder)
    base, initial = calibrated.base, calibrated.initial
    cost, tariff, productivity = sectoral.traded_shock(calibrated, shock)
    root = finder(base, cost, tariff, productivity, world, "of the scenario", warm=initial)
    state = root.state
    sectors = SectorResult(world, calibrated, state, cost, tariff, productivity)
    welfare, variation = sectoral.welfare(base, initial, state)
    _defined(welfare, initial.income, base.kappa, world)
    spending = initial.spending.sum(axis=0)
    return TradeResult(
        world=world,
        scenario=scenario,
        shock=shock,
        members=shock.members,
        absent=shock.absent,
        floored=calibrated.floored,
        income=initial.income,
        welfare=welfare,
        equivalent_variation=variation,
        wage=state.wage,
        price=state.consumer_price,
        price_level=float((state.consumer_price * spending).sum() / spending.sum()),
        employment=state.labor,
        flows=_with_home(sectors.flows(), initial, base),
        new_flows=_with_home(sectors.new_flows(), state, base),
        output=initial.output.sum(axis=0),
        new_output=state.output.sum(axis=0),
        revenue=initial.revenue,
        new_revenue=state.revenue,
        solver=Solver(
            iterations=calibrated.iterations + root.iterations,
            residual=root.residual,
            seconds=time.perf_counter() - begun,
        ),
        sectors=sectors,
    )


def _with_home(traded: Array, state: hat.State, base: hat.Baseline) -> Array:
    """Add up sectors, (n, n), with what is not traded sold at home."""
    return np.asarray(traded.sum(axis=0) + np.diag(state.output[len(base.theta) :].sum(axis=0)))


def _with_entry_costs(world: World, scenario: Scenario, shock: Shock, begun: float) -> TradeResult:
    base, floored = entering.baseline(world, scenario.parameters)
    same, earlier = _nothing(world), 0
    if scenario.parameters.deficits == "balanced" and np.any(base.transfer):
        there = entering.find(base, *same, world, "while removing the transfers", transfers=True)
        base, earlier = entering.rebased(base, there.state), there.iterations
    initial = entry.evaluate(base, entry.target(base, *same, 0.0), np.zeros(3 * len(base.output)))
    change = (shock.cost, shock.tariff, shock.productivity)
    root = entering.find(base, *change, world, "of the scenario")
    state = root.state
    welfare, variation = entering.welfare(base, initial, state)
    _defined(welfare, initial.spending, base.kappa, world)
    return TradeResult(
        world=world,
        scenario=scenario,
        shock=shock,
        members=shock.members,
        absent=shock.absent,
        floored=floored,
        income=initial.spending,
        welfare=welfare,
        equivalent_variation=variation,
        wage=state.wage,
        price=state.price,
        price_level=float((state.price * initial.spending).sum() / initial.spending.sum()),
        employment=state.labor,
        flows=initial.flows,
        new_flows=state.flows,
        output=initial.output,
        new_output=state.output,
        revenue=initial.revenue,
        new_revenue=state.revenue,
        solver=Solver(
            iterations=earlier + root.iterations,
            residual=root.residual,
            seconds=time.perf_counter() - begun,
        ),
    )
