"""A tariff war of all against all, against a plain Newton with finite differences.

The same machine, the same run, the same conditions (Lashkaripour 2021, equations 6, 7 and 14) on
icio-2022: the peer stacks wages and tariffs, differences its residual by each of the 162 unknowns and
solves. Then the exact war: the derivatives of all payoffs by all tariffs against those by central
differences of solved equilibria; and the whole command.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

import winset
from benchmarks.spine import best, process
from winset.scenario import Parameters
from winset.trade.policy import best_response, nash_tariffs
from winset.trade.policy.sufficient_statistics import sufficient_war

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def newton(residual: Callable[[Array], Array], x: Array, *, tolerance: float = 1e-10) -> Array:
    """Solve by plain Newton, the Jacobian by one-sided differences."""
    for _ in range(50):
        value = residual(x)
        if np.abs(value).max() < tolerance:
            return x
        slope = np.empty((len(x), len(x)))
        for k in range(len(x)):
            moved = x.copy()
            moved[k] += 1e-7
            slope[:, k] = (residual(moved) - value) / 1e-7
        x = x - np.linalg.solve(slope, value)
    raise RuntimeError("the peer did not converge")


def peer(world: winset.World) -> Callable[[], Array]:
    """The war by statistics, as plainly as it can be written; returns Ŵ."""
    assert world.technology is not None
    theta = world.technology.elasticity[:, None, None]
    accounts = world.sector_accounts(1.0)
    paid = accounts.flows * (1.0 + world.tariff)
    by_sector = paid.sum(axis=1)
    share, basket = paid / by_sector[:, None], by_sector / by_sector.sum(axis=0)
    n = len(world)
    abroad = ~np.eye(n, dtype=bool)
    revenue = (paid - accounts.flows).sum(axis=(0, 1))

    def levels(x: Array, value: Array, part: float, spent: Array | None) -> tuple[Any, ...]:
        wage = np.exp(x[:n])
        rates = np.where(abroad, np.exp(x[n:])[None], 0.0) if spent is None else world.tariff
        kernel = share * (wage[:, None] * (1.0 + rates) / (1.0 + world.tariff)) ** -theta
        total = kernel.sum(axis=1)
        new = kernel / total[:, None]
        taxed = (basket * (new * rates / (1.0 + rates)).sum(axis=1)).sum(axis=0)
        income = (wage * value + part) / (1.0 - taxed)
        flow = new / (1.0 + rates) * (basket * income)[:, None]
        return wage, total, new, income, flow

    def clearing(wage: Array, value: Array, flow: Array) -> Array:
        gap = (wage * value - flow.sum(axis=(0, 2))) / value
        return np.asarray(gap + (wage * value).sum() / value.sum() - 1.0)

    def run() -> Array:
        value = accounts.value_added
        deficit = by_sector.sum(axis=0) - revenue - value

        def without(x: Array) -> Array:
            wage, _, _, _, flow = levels(x, value, 0.0, deficit)
            return clearing(wage, value, flow)

        x = np.zeros(n)
        for part in (0.5, 0.0):

            def reduced(x: Array, part: float = part) -> Array:
                wage, _, _, _, flow = levels(x, value, part * deficit, deficit)
                return clearing(wage, value, flow)

            x = newton(reduced, x)
        wage, total, _, income, _ = levels(x, value, 0.0, deficit)
        base_total, base_income, base_wage = total, income, wage

        def war(y: Array) -> Array:
            full = np.concatenate([x + y[:n], y[n:]])
            wage, _, new, _, flow = levels(full, value, 0.0, None)
            exports = flow * abroad
            weight = exports / exports.sum(axis=(0, 2))[None, :, None]
            answer = 1.0 / (weight * theta * (1.0 - new)).sum(axis=(0, 2))
            market = (wage * value - flow.sum(axis=(0, 2))) / (base_wage * value)
            fixed = (wage * value).sum() / (base_wage * value).sum() - 1.0
            return np.concatenate([market + fixed, np.log(answer) - y[n:]])

        y = newton(war, np.concatenate([np.zeros(n), np.full(n, np.log(0.25))]))
        _, total, _, income, _ = levels(np.concatenate([x + y[:n], y[n:]]), value, 0.0, None)
        price = np.exp((basket * np.log(total / base_total) / -theta[:, :, 0]).sum(axis=0))
        return np.asarray(income / base_income / price)

    return run


def main() -> dict[str, float]:
    """Measure and print; returns the figures."""
    begun = time.perf_counter()
    world = winset.world("icio-2022")
    reading = time.perf_counter() - begun
    theirs_run = peer(world)
    gap = float(np.abs(theirs_run() - sufficient_war(world, balanced=True).welfare).max())
    theirs = best(theirs_run, repetitions=1)
    ours = best(lambda: sufficient_war(world, balanced=True), repetitions=5)
    print(
        f"icio-2022: {len(world)} economies, {len(world.sectors)} sectors, read in {reading:.2f} s"
    )
    print(f"war by statistics: plain Newton {theirs:.2f} s, winset {ours:.3f} s, "
          f"ratio {theirs / ours:.0f} (largest difference of welfare {gap:.0e})")  # fmt: skip
    game = best_response.contest(world, Parameters(value_added_share=1.0, deficits="balanced"))
    begun = time.perf_counter()
    done = nash_tariffs.war(game, starts=1, points=0)
    exact = time.perf_counter() - begun
    one = best(lambda: best_response.answer(game, done.state, done.z), repetitions=3)

    def central() -> Array:
        columns = []
        for k in range(len(done.z)):
            ends = []
            for step in (1e-4, -1e-4):
                z = done.z.copy()
                z[k] += step
                state = best_response.settle(game, z, done.state)
                ends.append(game.weights @ best_response.variations(game, state)[1])
            columns.append((ends[0] - ends[1]) / 2e-4)
        return np.array(columns).T

    differenced = best(central, repetitions=1)
    error = float(
        np.abs(
            (central() - best_response.answer(game, done.state, done.z).marginal) / game.scale[:, None]
        ).max()
    )  # fmt: skip
    print(f"exact war: {exact:.2f} s in {done.solver.iterations} steps; all {len(done.z)}² derivatives "
          f"{one:.3f} s, by central differences {differenced:.1f} s, ratio {differenced / one:.0f} "
          f"(largest difference {error:.0e})")  # fmt: skip
    whole = process(sys.executable, "-m", "winset.cli", "war", "icio-2022", "--balanced", "--json")
    empty = process(sys.executable, "-c", "pass")
    print(f"python -c pass {empty:.3f} s, winset war icio-2022 {whole:.2f} s")
    return {
        "plain_over_winset": theirs / ours,
        "winset_war_s": ours,
        "exact_war_s": exact,
        "central_over_exact_derivatives": differenced / one,
        "read_icio_s": reading,
        "command_s": whole,
    }
