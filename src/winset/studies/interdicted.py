"""Where joint posts on a network help most, which link's loss costs most, and where flow goes instead."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from winset import __version__
from winset.contribution.interdiction import Interdiction, interdict
from winset.contribution.network import checked_problem, read_network
from winset.tables import find

if TYPE_CHECKING:
    from pathlib import Path

    from winset.contribution.network import FlowNetwork


@dataclass(frozen=True, slots=True)
class Routes:
    """The best attack on a network, with what traces it."""

    found: Interdiction
    data: dict[str, Any]

    @property
    def network(self) -> FlowNetwork:
        """What was asked about."""
        return self.found.network

    @property
    def links(self) -> list[tuple[int, Fraction]]:
        """Arcs whose loss alone changes something, and by how much, the worst first."""
        before = self.found.before.value
        if before is None:
            return []
        sign = -1 if self.network.problem == "max-flow" else 1
        changes = [(k, sign * (value - before)) for k, value in self.found.alone.items()]
        return sorted(((k, x) for k, x in changes if x > 0), key=lambda pair: (-pair[1], pair[0]))

    def through(self, along: tuple[Fraction, ...]) -> list[Fraction]:
        """What passes into, or begins in, each node."""
        passed = [Fraction(0)] * len(self.network.nodes)
        sent = [Fraction(0)] * len(self.network.nodes)
        for arc, amount in zip(self.network.arcs, along, strict=True):
            passed[arc.head] += amount
            sent[arc.tail] += amount
        return [max(a, b) for a, b in zip(passed, sent, strict=True)]

    def displaced(self) -> dict[str, tuple[Fraction, Fraction]]:
        """What passes through each country before and after; by node where countries are not given."""
        network = self.network
        if not self.found.before.along or not self.found.after.along:
            return {}
        names = network.countries or network.nodes
        totals: dict[str, tuple[Fraction, Fraction]] = {}
        before, after = (self.through(f.along) for f in (self.found.before, self.found.after))
        for k, name in enumerate(names):
            if name:
                a, b = totals.get(name, (Fraction(0), Fraction(0)))
                totals[name] = (a + before[k], b + after[k])
        return totals

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset common --routes … --json`` prints.

        ``value`` is the flow that remains, or what bringing supply to demand then costs with the penalties of
        what is not sent and not served; ``attacked`` are pairs of nodes.
        """
        network, found = self.network, self.found
        before, after = found.before, found.after
        costs = network.problem != "max-flow"
        return {
            "winset": __version__,
            "problem": network.problem,
            "attacks": found.attacks,
            "data": self.data,
            "value": float(found.value),
            "attacked": [list(network.name(k)) for k in found.attacked],
            "value_before": None if before.value is None else float(before.value),
            "penalty": float(network.penalty) if costs else None,
            "unsent": float(sum(after.unsent, Fraction(0))) if costs else None,
            "unserved": float(after.amount) if costs else None,
            "method": "every set of arcs was tried" if found.tried else "integer program",
            "sets_tried": found.tried,
            "as_good": [[list(network.name(k)) for k in arcs] for arcs in found.as_good],
            "links": [
                {
                    "start": network.name(k)[0],
                    "end": network.name(k)[1],
                    "value_without": float(found.alone[k]),
                    "loss": float(loss),
                }
                for k, loss in self.links
            ],
            "arcs": [
                {
                    "start": network.name(k)[0],
                    "end": network.name(k)[1],
                    "capacity": None if arc.capacity is None else float(arc.capacity),
                    "attackable": arc.attackable,
                    "attacked": k in found.attacked,
                    "flow_before": float(before.along[k]) if before.along else None,
                    "flow_after": float(after.along[k]),
                }
                for k, arc in enumerate(network.arcs)
            ],
            "passing": [
                {"who": who, "before": float(a), "after": float(b), "change": float(b - a)}
                for who, (a, b) in self.displaced().items()
            ],
        }


def routes(
    folder: Path, problem: str, attacks: int, *, start: str = "Start", end: str = "End"
) -> Routes:
    """Read the network of a folder and find the best attack on it.

    Raises
    ------
    DataError
        See `winset.contribution.network.read_network` and `winset.contribution.interdiction.interdict`.
    InfeasibleError
        Nothing bounds the flow.
    """
    network = read_network(folder, checked_problem(problem), start=start, end=end)
    digest = hashlib.sha256()
    for name in ("nodes.csv", "arcs.csv"):
        path = find(folder, name)
        digest.update(b"" if path is None else path.read_bytes())
    return asked_of(network, attacks, data=folder.name, sha256=digest.hexdigest())


def asked_of(network: FlowNetwork, attacks: int, *, data: str, sha256: str = "") -> Routes:
    """Find the best attack on a network."""
    about = {"name": data} | ({"sha256": sha256} if sha256 else {})
    return Routes(interdict(network, attacks), about)
