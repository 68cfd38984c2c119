"""Where k joint posts help most: the arcs whose loss hurts whoever uses a network most, exactly.

An attack takes one attackable arc away. What remains is a maximum flow, or the least cost of bringing
supply to demand in which a unit that is not sent costs a penalty, and one that does not arrive again.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.contribution.flows import Shipment, flow
from winset.errors import ConvergenceError, DataError, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.contribution.network import FlowNetwork

MOST_TRIED = 5_000  # sets of arcs that are all tried; beyond, an integer program
MOST_WORK = 400_000  # sets times arcs, likewise
MOST_LISTED = 50  # sets that are as good
MOST_ALONE = 400  # arcs whose loss is looked at one by one
GAP = 1e-6  # of the value: between the integer program and the exact flow


@dataclass(frozen=True, slots=True)
class Interdiction:
    """The best attack on a network, and what it changes.

    Attributes
    ----------
    attacked : tuple of positions
        Of arcs. None of them can be spared.
    before, after : Shipment
    tried : int
        How many sets of arcs were tried; 0 where an integer program found the best.
    as_good : tuple of tuples
        Other sets of as few arcs with the same value; known where all were tried.
    alone : mapping
        For every attackable arc the value without it; empty where there are too many.
    """

    network: FlowNetwork
    attacks: int
    attacked: tuple[int, ...]
    before: Shipment
    after: Shipment
    tried: int
    as_good: tuple[tuple[int, ...], ...]
    alone: dict[int, Fraction]

    @property
    def value(self) -> Fraction:
        """What remains, or what it costs."""
        return self.after.value or Fraction(0)


def interdict(network: FlowNetwork, attacks: int) -> Interdiction:
    """Find the attack of at most `attacks` arcs that leaves the least flow, or costs the most.

    Every set of arcs is tried where there are at most 5,000 of them, exactly. Else a mixed-integer program
    (the dual of the flow, with binary attacks; Wood 1993, from general knowledge) finds the set, whose value
    is computed exactly and must be that of the program. Of several sets that are as good, one of the fewest
    arcs is taken; of these the one whose arcs stand last, nearest to where flow ends in most tables.

    Raises
    ------
    DataError
        A negative number of attacks.
    InfeasibleError
        Nothing bounds the flow that remains.
    ConvergenceError
        The integer program did not end, or its value is not that of the exact flow.
    """
    if attacks < 0:
        raise DataError(f"--attacks {attacks}: it must be zero or more.")
    choices = network.attackable
    most = min(attacks, len(choices))
    sets = sum(comb(len(choices), k) for k in range(most + 1))
    if sets <= MOST_TRIED and sets * len(network.arcs) <= MOST_WORK:
        attacked, as_good = _by_trial(network, choices, most)
    else:
        attacked, as_good, sets = _by_program(network, choices, most), (), 0
    after = flow(network, attacked)
    if after.value is None:
        raise InfeasibleError(
            f"{network.title}: the flow from {network.nodes[network.start]} to "
            f"{network.nodes[network.end]} has no bound, whatever {attacks} attacks take away. Give arcs a "
            "capacity, or allow more attacks."
        )
    alone: dict[int, Fraction] = {}
    if len(choices) <= MOST_ALONE:
        for k in choices:
            value = flow(network, (k,)).value
            if value is not None:
                alone[k] = value
    return Interdiction(network, attacks, attacked, flow(network), after, sets, as_good, alone)


def _worse(network: FlowNetwork, one: Fraction | None, other: Fraction | None) -> bool:
    """Tell whether one value is worse for whoever uses the network; None is a flow without bound."""
    if network.problem == "max-flow":
        return one is not None and (other is None or one < other)
    assert one is not None
    assert other is not None
    return one > other


def _by_trial(
    network: FlowNetwork, choices: Sequence[int], most: int
) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    best = flow(network).value
    equal: list[tuple[int, ...]] = [()]
    for size in range(1, most + 1):
        for attacked in combinations(choices, size):
            value = flow(network, attacked).value
            if _worse(network, value, best):
                best, equal = value, [attacked]
            elif value == best and len(equal[0]) == size:
                equal.append(attacked)
    return equal[-1], tuple(reversed(equal[:-1]))


def _by_program(network: FlowNetwork, choices: Sequence[int], most: int) -> tuple[int, ...]:
    """Solve the integer program, and leave out what its set can spare."""
    program = _DualProgram(network, choices, most)
    attacked, bound = program.solve()
    value = flow(network, attacked).value
    if value is None:
        return attacked
    slack = GAP * max(1.0, abs(float(value)))
    if abs(bound - float(value)) > slack:
        raise ConvergenceError(
            f"{network.title}: the integer program says {bound:.9g}, the flow that its attack leaves is "
            f"{float(value):.9g}. Scale the figures to one order of magnitude.",
            residual=abs(bound - float(value)),
        )
    for k in attacked:
        fewer = tuple(j for j in attacked if j != k)
        if flow(network, fewer).value == value:
            attacked = fewer
    return attacked


class _DualProgram:
    """The dual of the flow with an attack, a 0 or 1 for every attackable arc, by HiGHS.

    Maximum flow: min Σ u_a β_a, β_a + x_a ≥ α_head − α_tail, α_start = 0, α_end = 1, all in {0, 1}.
    Costs: max Σ_n d_n ρ_n − Σ_a u_a π_a, ρ_head − ρ_tail − π_a ≤ c_a + 2 P x_a, with ρ ≤ P where there is
    demand and ρ ≥ −P where there is supply; P the penalty.
    """

    def __init__(self, network: FlowNetwork, choices: Sequence[int], most: int) -> None:
        from winset.highs import Quiet

        self.network, self.choices = network, choices
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.columns: list[tuple[float, float, float, bool]] = []
        self.flow = network.problem == "max-flow"
        self.of_node = [self._node(n) for n in range(len(network.nodes))]
        self.attack = {k: self._column(0.0, 0.0, 1.0, whole=True) for k in choices}
        for k in range(len(network.arcs)):
            self._arc(k)
        self.rows.append((dict.fromkeys(self.attack.values(), 1.0), -np.inf, float(most)))
        self.model = Quiet()

    def _column(self, worth: float, low: float, high: float, *, whole: bool = False) -> int:
        self.columns.append((worth, low, high, whole))
        return len(self.columns) - 1

    def _node(self, n: int) -> int:
        network = self.network
        if self.flow:
            low, high = float(n == network.end), float(n != network.start)
            return self._column(0.0, low, high, whole=True)
        demand, penalty = float(network.supply[n]), float(network.penalty)
        low = -penalty if demand < 0 else -np.inf
        high = penalty if demand > 0 else np.inf
        return self._column(demand, low, high)

    def _arc(self, k: int) -> None:
        arc = self.network.arcs[k]
        row = {self.of_node[arc.head]: 1.0, self.of_node[arc.tail]: -1.0}
        if arc.capacity is not None:
            size = float(arc.capacity)
            worth, most = (size, 1.0) if self.flow else (-size, np.inf)
            row[self._column(worth, 0.0, most)] = -1.0
        if k in self.attack:
            row[self.attack[k]] = -1.0 if self.flow else -2.0 * float(self.network.penalty)
        self.rows.append((row, -np.inf, 0.0 if self.flow else float(arc.cost)))

    def solve(self) -> tuple[tuple[int, ...], float]:
        """Return the arcs attacked and the value of the program."""
        import highspy

        model: Any = self.model
        endless = highspy.kHighsInf
        for worth, low, high, whole in self.columns:
            model.addCol(worth, max(low, -endless), min(high, endless), 0, [], [])
            if whole:
                column = model.getNumCol() - 1
                model.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        for row, low, high in self.rows:
            model.addRow(
                max(low, -endless), high, len(row),
                np.array(list(row), dtype=np.int32), np.array(list(row.values())),
            )  # fmt: skip
        sense = highspy.ObjSense
        model.changeObjectiveSense(sense.kMinimize if self.flow else sense.kMaximize)
        for key, value in (
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 1e-9),
            ("mip_feasibility_tolerance", 1e-9),
            ("primal_feasibility_tolerance", 1e-9),
        ):
            model.setOptionValue(key, value)
        model.run()
        status = model.getModelStatus()
        if self.flow and status == highspy.HighsModelStatus.kInfeasible:
            return (), np.inf  # whatever is attacked, arcs without bound lead to the end
        if status != highspy.HighsModelStatus.kOptimal:
            raise ConvergenceError(
                f"{self.network.title}: the integer program over {len(self.choices)} arcs ended without an "
                f"answer: {model.modelStatusToString(status)}.",
                residual=np.inf,
            )
        found = model.getSolution().col_value
        attacked = tuple(k for k in self.choices if found[self.attack[k]] > 0.5)
        return attacked, float(model.getInfo().objective_function_value)
