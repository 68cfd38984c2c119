"""One number of a scenario moved over a range, the equilibrium solved at each of its values.

`read_sweep` understands what the command line says, ``percent=-30:0:31``; `solve_sweep` solves. Every
value is an equilibrium of its own, to the solver's tolerance; in a world with sectors they are found near
that of the middle value (`winset.trade.uncertainty.many_sectors_kernel`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError, DataError, did_you_mean
from winset.scenario import Parameters
from winset.scenario.overrides import SIZES
from winset.trade.models.model import find
from winset.trade.numerics.blas import one_thread
from winset.trade.result import COLUMNS
from winset.trade.solver import solve_shock
from winset.trade.uncertainty.many_sectors_kernel import Nearby
from winset.worlds.technology import UNIFORM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.scenario import Scenario
    from winset.trade.result import TradeResult
    from winset.worlds import World


MOST = 1_000  # values
WORDS = ("deficits", "revenue", "elasticities", "energy")  # parameters that are not numbers


@dataclass(frozen=True, slots=True)
class Range:
    """What is swept: a key as after ``--set``, and its values."""

    key: str
    points: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """The result at every value of a range."""

    range: Range
    results: tuple[TradeResult, ...]

    def column(self, key: str) -> Array:
        """Return a column of the table at every value, (values, n)."""
        return np.array([result.columns()[key] for result in self.results])

    def summaries(self) -> list[dict[str, Any]]:
        """Return the summary at every value."""
        return [result.summary() for result in self.results]

    def to_json(self) -> list[dict[str, Any]]:
        """Return the value of ``sweep`` in ``winset run --json``."""
        said = []
        for value, result in zip(self.range.points, self.results, strict=True):
            columns = result.columns()
            said.append(
                {
                    "key": self.range.key,
                    "value": value,
                    "residual": result.solver.residual,
                    "summary": result.summary(),
                    "economies": [
                        {"code": code, **{key: _finite(columns[key][k]) for key in COLUMNS}}
                        for k, code in sorted(enumerate(result.codes), key=lambda pair: pair[1])
                    ],
                }
            )
        return said


def read_sweep(text: str) -> Range:
    """Read ``KEY=LOW:HIGH:COUNT``.

    >>> read_sweep("trade_elasticity=2:10:5").points
    (2.0, 4.0, 6.0, 8.0, 10.0)

    Raises
    ------
    DataError
        Anything else, or a key that is not a number of the scenario.
    """
    how = f"--sweep {text}: write it as KEY=LOW:HIGH:COUNT, for example percent=-30:0:31."
    key, equals, span = text.partition("=")
    key = key.strip()
    parts = span.split(":")
    if not equals or not key or len(parts) != 3:
        raise DataError(how)
    numbers = [name.name for name in fields(Parameters) if name.name not in WORDS]
    known = [*numbers, *SIZES]
    match = re.fullmatch(r"(?:change\.\d+\.|parameters\.)?([a-z_]+)", key)
    if match is None or match[1] not in known:
        raise DataError(
            f"--sweep {text}: {key!r} is not a number of the scenario."
            f"{did_you_mean(match[1] if match else key, known)} Known: {', '.join(known)}, "
            "change.1.percent …"
        )
    try:
        low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    except ValueError:
        raise DataError(how) from None
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        raise DataError(f"--sweep {text}: from {low:g} to {high:g} is no range. Give two numbers.")
    if not 2 <= count <= MOST:
        raise DataError(f"--sweep {text}: {count} values; it must be 2 to {MOST:,}.")
    # Rounded to what a reader would write: thirds of a percent stay, 0.30000000000000004 does not.
    values = (float(f"{value:.12g}") for value in np.linspace(low, high, count))
    return Range(key, tuple(values))


@one_thread()
def solve_sweep(
    scenario: Scenario,
    span: Range,
    *,
    blocs: Mapping[str, Bloc] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Solve the scenario at every value.

    Raises
    ------
    DataError
        A value that the scenario cannot have.
    ConvergenceError
        A value without an equilibrium; names it.
    """
    results: dict[int, TradeResult] = {}
    world = scenario.load_world()
    _felt(scenario, world, span.key)
    count = len(span.points)
    nearby = Nearby()
    order = sorted(range(count), key=lambda k: (abs(k - count // 2), k))
    for done, k in enumerate(order):
        text = repr(span.points[k])
        try:
            here = scenario.with_override(span.key, text)
            shock = here.resolve(world, blocs)
            finder = find if shock.requests else nearby.find
            results[k] = solve_shock(world, here, shock, finder)
        except ConvergenceError as error:
            raise ConvergenceError(
                f"--sweep {span.key} = {text}: {error}",
                residual=error.residual,
                economy=error.economy,
            ) from None
        except DataError as error:
            problem = str(error).removeprefix(f"--set {span.key}={text}: ")
            raise DataError(f"--sweep {span.key} = {text}: {problem}") from None
        if progress is not None:
            progress(done + 1, count)
    return Sweep(span, tuple(results[k] for k in range(count)))


def _felt(scenario: Scenario, world: World, key: str) -> None:
    """Raise DataError for a parameter that the world's own figures overrule."""
    technology = world.technology
    if technology is None:
        return
    name = key.removeprefix("parameters.")
    if name == "trade_elasticity" and scenario.parameters.elasticities != UNIFORM:
        raise DataError(
            f"--sweep {key}: world {world.name!r} has an elasticity for each sector. Add "
            "--set elasticities=uniform for one that rules them all."
        )
    if name == "value_added_share" and technology.value_added is not None:
        raise DataError(
            f"--sweep {key}: world {world.name!r} has value-added shares of its own, so that nothing "
            "would change. Sweep another number."
        )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
