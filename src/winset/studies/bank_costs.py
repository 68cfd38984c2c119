"""What every portfolio of a plan does to trade costs: pairs changed directly, and ways through a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.finance.projects import BorderLine, LinkLine, TerminalLine
from winset.network import (
    BorderChange,
    LinkChange,
    TerminalChange,
    Terms,
    read_network,
    variations,
)
from winset.network import changed as changed_network
from winset.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winset.finance.projects import Plan, Project
    from winset.network import Change, Network, Variations
    from winset.numbers import Array
    from winset.worlds import World


@dataclass(frozen=True, slots=True)
class Costs:
    """ln d̂ of every portfolio.

    Attributes
    ----------
    pairs : tuple of arrays or None
        ln d̂ of what each project changes between pairs directly.
    best : bool
        Whether a pair takes the best of the projects, or all of them multiply.
    routes : Variations or None
        What projects change in a network.
    network : Network or None
    """

    world: World
    count: int
    pairs: tuple[Array | None, ...]
    best: bool
    routes: Variations | None
    network: Network | None
    shape: tuple[int, ...]

    def direct(self, mask: int) -> Array:
        """What pairs changed directly have, in the shape of the world's costs."""
        found = np.zeros(self.shape)
        for k, pair in enumerate(self.pairs):
            if pair is not None and mask >> k & 1:
                found = np.minimum(found, pair) if self.best else found + pair
        return found

    def __call__(self, mask: int) -> Array:
        """Return ln d̂ of a portfolio."""
        change = None if self.routes is None else self.routes.changes(mask)
        return self._both(mask, change)

    def walk(self) -> Iterator[tuple[int, Array]]:
        """Give every portfolio once."""
        if self.routes is None:
            for mask in range(1 << self.count):
                yield mask, self.direct(mask)
            return
        for mask, change in self.routes.walk():
            yield mask, self._both(mask, change)

    def _both(self, mask: int, change: Array | None) -> Array:
        direct = self.direct(mask)
        if change is None or self.routes is None:
            return direct
        return np.asarray(direct + np.log(self.routes.factors(change, self.world.codes)))


def costs_of(plan: Plan, world: World, terms: Terms | None = None) -> Costs:
    """Lay the projects on a world and a network.

    Raises
    ------
    DataError
        Names that the world or the network does not have, or a project that moves no pair of the world.
    """
    shape = world.tariff.shape if world.sectored else world.tariffs.shape
    pairs = tuple(_direct(plan, project, world) for project in plan.projects)
    routes, network = None, None
    if plan.file.network:
        beside = plan.folder / plan.file.network
        network = read_network(beside if beside.is_dir() else plan.file.network)
        if plan.file.before:
            earlier = [
                BorderChange(**each.model_dump(), replaces=True) for each in plan.file.before
            ]
            network = changed_network(network, earlier)
        if not set(network.economies) & set(world.codes):
            raise DataError(
                f"network {network.title!r} and world {world.name!r} have no economy in common."
            )
        changed = [_network_changes(project, network) for project in plan.projects]
        routes = variations(network, changed, terms or terms_of(plan))
    return Costs(
        world, len(plan.projects), pairs, plan.file.overlap == "best", routes, network, shape
    )


def terms_of(plan: Plan, value_of_day: float | None = None) -> Terms:
    """Return what routes are chosen by."""
    given = plan.file.routes
    usual = Terms()
    return Terms(
        value_of_day=value_of_day or given.value_of_day or usual.value_of_day,
        value_of_unit=given.value_of_unit,
    )


def _direct(plan: Plan, project: Project, world: World) -> Array | None:
    if not project.pairs:
        return None
    scenario = Scenario(
        title=project.title,
        changes=project.pairs,
        world=plan.file.world,
        on=plan.on,
        parameters=plan.parameters,
        folder=plan.folder,
    )
    try:
        shock = scenario.resolve(world)
    except DataError as error:
        raise DataError(f"project {project.name}: {error}") from error
    return np.asarray(np.log(shock.cost))


def _network_changes(project: Project, network: Network) -> list[Change]:
    """Return what a project does to a network.

    Raises
    ------
    DataError
        Names the project: a place or link that is not there, or hours that rise and money that does not fall.
    """
    line = project.line
    made: list[Change] = [
        *(LinkChange(**each.model_dump()) for each in line.links),
        *(BorderChange(**each.model_dump()) for each in line.borders),
        *(TerminalChange(**each.model_dump()) for each in line.terminals),
    ]
    try:
        changed_network(network, made)
    except DataError as error:
        raise DataError(f"project {project.name}: {error}") from error
    lines: list[LinkLine | BorderLine | TerminalLine] = []
    lines += [*line.links, *line.borders, *line.terminals]
    for each in lines:
        present = _present(network, each)
        if each.hours is None or not present or each.hours <= max(h for h, _ in present):
            continue
        if each.usd is None or each.usd >= max(usd for _, usd in present):
            raise DataError(
                f"project {project.name}: hours = {each.hours:g} of {_place(each)} are above the "
                f"{max(h for h, _ in present):g} that it takes today. A project adds a better choice; write "
                "fewer hours, or leave it out."
            )
    return made


def _place(each: LinkLine | BorderLine | TerminalLine) -> str:
    if isinstance(each, LinkLine):
        return f"{each.start}-{each.end} ({each.mode})"
    return f"{each.place if isinstance(each, BorderLine) else each.node} {each.mode}".strip()


def _present(
    network: Network, each: LinkLine | BorderLine | TerminalLine
) -> list[tuple[float, float]]:
    """Return hours and USD of what stands at a place today, open rows alone."""
    if isinstance(each, LinkLine):
        return [
            (row.hours, row.usd)
            for row in network.links
            if {row.start, row.end} == {each.start, each.end}
            and row.mode == each.mode
            and row.status in ("", "open")
        ]
    if isinstance(each, BorderLine):
        return [
            (row.hours, row.usd)
            for row in network.borders
            if (row.node == each.place or f"{row.start}-{row.end}" == each.place)
            and each.mode in ("", row.mode)
            and each.direction in ("", row.direction)
        ]
    return [
        (row.hours, row.usd)
        for row in network.terminals
        if row.node == each.node and row.mode == each.mode
    ]
