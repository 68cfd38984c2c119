"""The equilibrium against gegravity, and the command line against an empty interpreter.

The same machine, the same run. gegravity (Herman 2021) builds its baseline and simulates a trade
agreement on the n largest economies of world-2023; winset solves a change of trade costs among
the same members on the same n, and on all 194.
"""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import winset
from winset.scenario import Scenario, TradeCost

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (30, 60, 100)
MEMBERS = ("CHN", "IND", "RUS", "KAZ", "PAK", "IRN", "UZB", "BLR")


def best(action: Callable[[], Any], repetitions: int) -> float:
    """Seconds of the fastest of several calls."""
    times = []
    for _ in range(repetitions):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return min(times)


def largest(n: int) -> winset.World:
    """The n largest economies of world-2023 with their domestic sales."""
    world = winset.world()
    order = np.argsort(-world.gdp)[:n]
    return world.select([world.codes[k] for k in sorted(order)]).closed(0.5)


def cheaper(world: winset.World) -> Scenario:
    """Ten percent off the cost of trade among the members that the world has."""
    inside = [code for code in MEMBERS if code in world.index]
    return Scenario("", (TradeCost(kind="trade-cost", among=inside, percent=-10.0),))


def peer(world: winset.World) -> Callable[[], Any]:
    """gegravity on the same world: baseline, agreement among the members, simulation."""
    flows = world.flows
    table = pd.DataFrame(
        {
            "exporter": np.repeat(world.codes, len(world)),
            "importer": np.tile(world.codes, len(world)),
            "year": "2023",
            "trade": flows.ravel(),
            "Y": np.repeat(flows.sum(axis=1), len(world)),
            "E": np.tile(flows.sum(axis=0), len(world)),
        }
    )
    table["international"] = (table["exporter"] != table["importer"]).astype(int)
    table["pta"] = 0
    inside = table["exporter"].isin(MEMBERS) & table["importer"].isin(MEMBERS)
    coefficients = pd.DataFrame(
        {"var": ["international", "pta"], "coeff": [-3.0, 0.42], "ste": 0.1}
    )

    def run() -> Any:
        import gegravity

        model = gegravity.OneSectorGE(
            gegravity.BaselineData(
                table, trade_var_name="trade", expend_var_name="E", output_var_name="Y"
            ),
            year="2023",
            reference_importer="DEU",
            expend_var_name="E",
            output_var_name="Y",
            sigma=5,
            cost_variables=["international", "pta"],
            cost_coeff_values=gegravity.CostCoeffs(coefficients, "var", "coeff", "ste"),
            quiet=True,
        )
        model.build_baseline(omr_rescale=10)
        experiment = model.baseline_data.copy()
        experiment.loc[(inside & (table["exporter"] != table["importer"])).to_numpy(), "pta"] = 1
        model.define_experiment(experiment)
        model.simulate()
        return model

    return run


def exponent(sizes: tuple[int, ...], seconds: list[float]) -> float:
    """Slope of log seconds on log n."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def process(*arguments: str) -> float:
    """Seconds of a whole process, the fastest of five."""
    return best(lambda: subprocess.run(arguments, check=True, capture_output=True), repetitions=5)


def main() -> dict[str, float]:
    """Measure and print; returns the figures."""
    theirs, ours = [], []
    print(f"gegravity {importlib.metadata.version('gegravity')}, winset {winset.__version__}")
    print(f"{'n':>5} {'gegravity s':>12} {'winset ms':>10} {'ratio':>9}")
    for n in SIZES:
        world = largest(n)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs.append(best(peer(world), repetitions=1))
        scenario = cheaper(world)
        winset.solve(world, scenario)
        ours.append(best(lambda w=world, s=scenario: winset.solve(w, s), repetitions=30))
        print(f"{n:>5} {theirs[-1]:>12.2f} {1e3 * ours[-1]:>10.2f} {theirs[-1] / ours[-1]:>9.0f}")
    world, sco = winset.world(), Scenario.from_toml("sco-2025")
    whole = best(lambda: winset.solve(world, sco), repetitions=30)
    print(f"{len(world):>5} {'':>12} {1e3 * whole:>10.2f}")
    growth = exponent(SIZES, theirs), exponent((*SIZES, len(world)), [*ours, whole])
    print(f"growth with n: gegravity n^{growth[0]:.1f}, winset n^{growth[1]:.1f}")
    empty = process(sys.executable, "-c", "pass")
    launcher = [sys.executable, "-m", "winset.cli"]
    help_seconds = process(*launcher, "--help")
    run_seconds = process(*launcher, "run", "sco-2025")
    print(f"python -c pass {empty:.3f} s, winset --help {help_seconds:.3f} s "
          f"({help_seconds / empty:.1f}x), winset run sco-2025 {run_seconds:.3f} s "
          f"({run_seconds / empty:.1f}x)")  # fmt: skip
    return {
        "gegravity_100_over_winset_100": theirs[-1] / ours[-1],
        "winset_194_ms": 1e3 * whole,
        "gegravity_exponent": growth[0],
        "winset_exponent": growth[1],
        "python_pass_s": empty,
        "help_s": help_seconds,
        "run_s": run_seconds,
    }
