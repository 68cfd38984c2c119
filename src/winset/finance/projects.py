r"""A portfolio file: a bank, its members and budget, and projects with what they cost and what they change.

Money is USD million of one year, `Plan.dollars`; a cost of another year needs a deflator. Costs fall in equal
parts at the beginning of each year of building, b years; service begins then and lasts L years, with gains
and upkeep at the end of each:

    PV of cost = Σ_{t<b} (c/b)(1+r)^{−t},   weight of year t of service (1+r)^{−t}, t = b+1 … b+L.

A portfolio's gain in a year is that of the projects in service then.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from winset.errors import DataError, did_you_mean
from winset.places.dates import read_date
from winset.scenario import Parameters, TradeCost
from winset.scenario.changes import CHANGE, consistent
from winset.scenario.parameters import checked_parameters
from winset.toml_files import Strict, TomlPosition, read_toml
from winset.worlds import WITHOUT_TARIFFS, embedded_worlds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from winset.numbers import Array

FOLDER = Path(__file__).parents[1] / "data" / "portfolios"

MOST_PROJECTS = 30
EXACT_PROJECTS = 14  # of which every portfolio is solved
TABLE_PROJECTS = 20  # of which every portfolio is known by dividends

Payment = Literal["capital", "gdp", "population", "equal", "benefit"]
Overlap = Literal["best", "both"]


class LinkLine(Strict):
    """A link that a project improves, opens or builds; see `winset.network.LinkChange`."""

    start: str
    end: str
    mode: str
    hours: float | None = Field(None, ge=0)
    usd: float | None = Field(None, ge=0)
    km: float | None = Field(None, gt=0)


class BorderLine(Strict):
    """A border that a project improves; see `winset.network.BorderChange`."""

    place: str
    mode: str = ""
    direction: str = ""
    hours: float | None = Field(None, ge=0)
    usd: float | None = Field(None, ge=0)


class TerminalLine(Strict):
    """Loading and unloading that a project improves; see `winset.network.TerminalChange`."""

    node: str
    mode: str
    hours: float | None = Field(None, ge=0)
    usd: float | None = Field(None, ge=0)


class ProjectLine(Strict):
    """``[[project]]`` of a portfolio file."""

    name: str = Field(min_length=1, max_length=40)
    title: str = ""
    cost_musd: float = Field(ge=0, le=1e9)
    cost_year: int | None = Field(None, ge=1900, le=2100)
    other_costs: str = ""
    years_of_building: int = Field(0, ge=0, le=40)
    life: int = Field(30, ge=1, le=200)
    upkeep: float = Field(0.0, ge=0, le=1)
    hosts: list[str] = Field(default_factory=list)
    status: str = ""
    source: str = ""
    note: str = ""
    pairs: list[dict[str, Any]] = Field(default_factory=list)
    links: list[LinkLine] = Field(default_factory=list)
    borders: list[BorderLine] = Field(default_factory=list)
    terminals: list[TerminalLine] = Field(default_factory=list)


class BankLine(Strict):
    """``[bank]`` of a portfolio file."""

    members: str | list[str]
    budget_musd: float = Field(gt=0, le=1e9)
    interest: float = Field(0.05, ge=0, le=0.5)
    payment: Payment = "capital"
    capital: str | dict[str, float] = "gdp"
    decision: str = "unanimity"


class RoutesLine(Strict):
    """``[routes]``: what a day and a tonne are worth; see `winset.network.Terms`."""

    value_of_day: float | None = Field(None, gt=0, le=0.2)
    value_of_unit: float | None = Field(None, gt=0)


class DoubtLine(Strict):
    """``[doubt]``: how unsure figures are, as standard deviations of logarithms but for years."""

    cost: float = Field(0.3, ge=0, le=2)
    delay_years: float = Field(2.0, ge=0, le=20)
    effect: float = Field(0.3, ge=0, le=2)
    trade_elasticity: float = Field(0.2, ge=0, le=1)


class PlanFile(Strict):
    """A portfolio file."""

    title: str = ""
    source: str = ""
    note: str = ""
    world: str = WITHOUT_TARIFFS
    on: dt.date | None = None
    dollars: int = Field(ge=1900, le=2100)
    network: str = ""
    overlap: Overlap = "best"
    before: list[BorderLine] = Field(default_factory=list)
    bank: BankLine
    routes: RoutesLine = Field(default_factory=lambda: RoutesLine.model_validate({}))
    doubt: DoubtLine = Field(default_factory=lambda: DoubtLine.model_validate({}))
    deflator: dict[str, float] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    project: list[ProjectLine] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Project:
    """A project, its cost in the plan's dollars.

    Attributes
    ----------
    pairs : tuple of TradeCost
        What it changes between pairs of economies directly.
    """

    name: str
    title: str
    cost: float
    stated: tuple[float, int]
    line: ProjectLine
    pairs: tuple[TradeCost, ...]

    @property
    def opening(self) -> int:
        """Years before service."""
        return self.line.years_of_building

    @property
    def routed(self) -> bool:
        """Whether it changes a network."""
        return bool(self.line.links or self.line.borders or self.line.terminals)

    def present_cost(self, interest: float) -> float:
        """PV of building, USD million."""
        years = max(self.opening, 1)
        return float(np.mean((1.0 + interest) ** -np.arange(years))) * self.cost

    def present_upkeep(self, interest: float) -> float:
        """PV of upkeep, USD million."""
        return self.line.upkeep * self.cost * self.annuity(interest)

    def annuity(self, interest: float) -> float:
        """PV of 1 a year in service."""
        years = np.arange(self.opening + 1, self.opening + self.line.life + 1)
        return float(((1.0 + interest) ** -years).sum())


@dataclass(frozen=True, slots=True)
class Plan:
    """A bank and projects, as read."""

    title: str
    name: str
    file: PlanFile
    parameters: Parameters
    projects: tuple[Project, ...]
    on: dt.date
    folder: Path

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the projects: bit k of a portfolio is project k."""
        return tuple(project.name for project in self.projects)

    @property
    def bank(self) -> BankLine:
        """The bank."""
        return self.file.bank

    def label(self, mask: int) -> str:
        """Return the names in a portfolio, joined by ``+``."""
        return "+".join(self.chosen(mask)) or "nothing"

    def chosen(self, mask: int) -> list[str]:
        """Return the names in a portfolio."""
        return [name for k, name in enumerate(self.names) if mask >> k & 1]


def bundled_portfolios() -> tuple[str, ...]:
    """Names of the portfolios that come with winset."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def without_files(plan: Plan) -> None:
    """Refuse a plan that names files, as one from elsewhere may not.

    Raises
    ------
    DataError
        A world, network or rule that is not bundled, or pairs in a file.
    """
    if plan.file.world not in embedded_worlds():
        raise DataError(
            f"world {plan.file.world[:80]!r}: it is one of {', '.join(embedded_worlds())}."
        )
    if plan.file.network not in ("", "eurasia"):
        raise DataError(f"network {plan.file.network[:80]!r}: there is eurasia.")
    if not re.fullmatch(r"[a-z0-9-]+", plan.bank.decision):
        raise DataError(
            f"decision {plan.bank.decision[:80]!r}: unanimity, or a bundled rule's name."
        )
    if any(change.file is not None for project in plan.projects for change in project.pairs):
        raise DataError("pairs: a file is none of an object's. Write the pairs.")


def narrowed(plan: Plan, names: Sequence[str]) -> Plan:
    """Return a plan with some of its projects, in their order.

    Raises
    ------
    DataError
        A name that is no project, or stands twice.
    """
    known = plan.names
    for k, name in enumerate(names):
        if name not in known:
            raise DataError(f"--only {name}: no such project.{did_you_mean(name, known)}")
        if name in names[:k]:
            raise DataError(f"--only {name}: named twice. Keep it once.")
    return replace(plan, projects=tuple(p for p in plan.projects if p.name in names))


def find_plan(source: str | Path) -> Plan:
    """Read a bundled portfolio by its name, or a file.

    Raises
    ------
    DataError
        Neither; or as `parse_plan`.
    """
    known = bundled_portfolios()
    path = FOLDER / f"{source}.toml" if str(source) in known else Path(source)
    if not path.is_file():
        raise DataError(
            f"portfolio {str(source)!r} is neither bundled ({', '.join(known)}) nor a file."
            f"{did_you_mean(str(source), known)}"
        )
    raw, place = read_toml(path)
    return parse_plan(raw, place, path)


def parse_plan(
    raw: Mapping[str, Any], place: TomlPosition | None = None, path: Path | None = None
) -> Plan:
    """Make a plan of a TOML (or JSON) object.

    Raises
    ------
    DataError
        With line and remedy: an unknown key; no project, or too many; a name twice; costs of years that
        have no deflator; a project that changes nothing; links without a network; a budget below the
        cheapest project.
    """
    place = place or TomlPosition("", "portfolio")
    document = dict(raw)
    if isinstance(on := document.get("on"), str):
        document["on"] = read_date(on, f"{place.at('on')}: on")
    try:
        file = PlanFile.model_validate(document)
    except ValidationError as error:
        raise place.explain(error, "", PlanFile) from None
    if not file.project:
        raise DataError(f"{place.name}: no [[project]]. Add one.")
    if len(file.project) > MOST_PROJECTS:
        raise DataError(
            f"{place.name}: {len(file.project)} projects; at most {MOST_PROJECTS} make a portfolio. "
            "Leave out those that no member would sign by itself."
        )
    projects: list[Project] = []
    for number, line in enumerate(file.project, 1):
        project = _project(line, file, place, f"project {number}")
        if project.name in {other.name for other in projects}:
            raise DataError(
                f"{place.at(f'project {number}', 'name')}: {project.name!r} stands twice. Rename one."
            )
        projects.append(project)
    cheapest = min(projects, key=lambda project: project.cost)
    if cheapest.cost > file.bank.budget_musd:
        raise DataError(
            f"{place.at('bank', 'budget_musd')}: budget_musd = {file.bank.budget_musd:g} is below the "
            f"cheapest project, {cheapest.name} at {cheapest.cost:,.6g}: nothing can be built. Raise it."
        )
    return Plan(
        title=file.title or (path.stem if path else "portfolio"),
        name=path.stem if path else "",
        file=file,
        parameters=checked_parameters(file.parameters, place),
        projects=tuple(projects),
        on=file.on or dt.date.today(),
        folder=path.parent if path else Path(),
    )


def _project(line: ProjectLine, file: PlanFile, place: TomlPosition, section: str) -> Project:
    at = place.at(section)
    if "+" in line.name:
        raise DataError(f"{place.at(section, 'name')}: {line.name!r} has a +, which joins names.")
    routed = bool(line.links or line.borders or line.terminals)
    if routed and not file.network:
        raise DataError(f"{at}: it changes links or borders, but no network is named. Add network.")
    if not routed and not line.pairs:
        raise DataError(f"{at}: it changes nothing. Give it links, borders, terminals or pairs.")
    return Project(
        name=line.name,
        title=line.title or line.name,
        cost=_in_dollars(line, file, place, section),
        stated=(line.cost_musd, line.cost_year or file.dollars),
        line=line,
        pairs=tuple(_pairs(line.pairs, file.overlap, place, section)),
    )


def _in_dollars(line: ProjectLine, file: PlanFile, place: TomlPosition, section: str) -> float:
    """Return the cost in the dollars of the plan."""
    year = line.cost_year or file.dollars
    if year == file.dollars:
        return line.cost_musd
    for needed in (year, file.dollars):
        if not file.deflator.get(str(needed), 0.0) > 0:
            raise DataError(
                f"{place.at(section, 'cost_year')}: the cost of {line.name} is in dollars of {year}, the "
                f"portfolio in those of {file.dollars}, and [deflator] has no price level of {needed}. Add "
                "it, or write all costs in one year's dollars."
            )
    return line.cost_musd * file.deflator[str(file.dollars)] / file.deflator[str(year)]


def _pairs(
    lines: Sequence[Mapping[str, Any]], overlap: str, place: TomlPosition, section: str
) -> Iterator[TradeCost]:
    for raw in lines:
        try:
            change = CHANGE.validate_python({"kind": "trade-cost", **raw})
        except ValidationError as error:
            raise place.explain(error, section, TradeCost) from None
        consistent(change, place, section)
        if not isinstance(change, TradeCost) or change.phase is not None:
            raise DataError(f"{place.at(section)}: pairs say what trade costs do, without a phase.")
        dearer = (change.percent or 0.0) > 0 or (change.factor or 1.0) > 1
        if overlap == "best" and dearer:
            raise DataError(
                f'{place.at(section)}: pairs that become dearer are none of a choice (overlap = "best"). '
                'Write overlap = "both", under which changes of projects multiply.'
            )
        yield change


def service(
    projects: Sequence[Project], interest: float, delays: Array | None = None
) -> list[tuple[int, float]]:
    """Return the sets of projects in service one after another, as masks, each with its weight.

    PV of portfolio P = Σ weight · gain(P ∩ set). `delays` are years added to each opening, (m,).

    >>> service([], 0.05)
    []
    """
    later = np.zeros(len(projects), np.int64) if delays is None else np.rint(delays).astype(int)
    opening = np.array([project.opening for project in projects], np.int64) + later
    closing = opening + np.array([project.line.life for project in projects], np.int64)
    found: dict[int, float] = {}
    for year in range(1, int(closing.max(initial=0)) + 1):
        running = (opening < year) & (year <= closing)
        mask = sum(1 << k for k in np.flatnonzero(running).tolist())
        if mask:
            found[mask] = found.get(mask, 0.0) + (1.0 + interest) ** -year
    return list(found.items())
