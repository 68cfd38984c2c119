"""A deal: its issues are a table of figures, or scenarios that are solved on the trade model.

The table of a deal adds up what each issue brings alone. Scenarios interact: cheaper trade on top of
cheaper trade, a tariff on what has become cheaper. `Agenda.together` solves a package as a whole, so
that the difference can be stated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from winset.errors import ConvergenceError, DataError, InfeasibleError, did_you_mean
from winset.governance.packages.issues import (
    Issues,
    Terms,
    apply_terms,
    checked_terms,
    find_deal,
    read_issues,
    read_terms,
    written_out,
)
from winset.governance.packages.search import Deal, deal
from winset.places.blocs import load_blocs
from winset.places.groups import read_group
from winset.scenario import Scenario, bundled_scenarios, parse, read_scenario
from winset.sentences import Sentence
from winset.studies import deficit_rules
from winset.toml_files import TomlPosition
from winset.trade import solve
from winset.worlds import WITHOUT_TARIFFS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.places.blocs import Bloc
    from winset.scenario import Change
    from winset.scenario.parameters import Deficits
    from winset.trade import TradeResult
    from winset.worlds import World

#: What a figure of the table is, and to how many decimals it is kept.
UNITS = {"welfare_musd": 3, "welfare_percent": 7}


class ScenarioTerms(Terms):
    """A TOML of a deal with ``[scenarios]``; world, on and parameters are those of inline ones."""

    scenarios: dict[str, str | dict[str, Any]] = Field(default_factory=dict)
    unit: str = "welfare_musd"
    countries: str | list[str] | None = None
    world: str = WITHOUT_TARIFFS
    on: dt.date | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A package run as a whole, against the sum of its issues run one by one.

    Attributes
    ----------
    package : tuple of names
    apart, together : n floats
        Gain of each country: the sum, and the whole.
    broken : tuple of (country, gain, floor)
        Floors that the sum keeps and the whole does not.
    """

    package: tuple[str, ...]
    apart: tuple[float, ...]
    together: tuple[float, ...]
    broken: tuple[tuple[str, float, float], ...]

    @property
    def difference(self) -> float:
        """The whole less the sum, of all countries."""
        return sum(self.together) - sum(self.apart)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Issues that are scenarios, solved one by one."""

    issues: Issues
    scenarios: tuple[Scenario, ...]
    unit: str
    world: World
    results: tuple[TradeResult, ...]
    blocs: Mapping[str, Bloc]
    _whole: dict[tuple[str, ...], tuple[float, ...]] = field(default_factory=dict)

    def together(self, package: Sequence[str]) -> tuple[float, ...]:
        """Return the gain of each country when the scenarios of a package are run as one."""
        key = tuple(package)
        if key not in self._whole:
            chosen = [self.scenarios[self.issues.names.index(name)] for name in key]
            if not chosen:
                self._whole[key] = (0.0,) * len(self.issues.countries)
            else:
                whole = replace(
                    chosen[0],
                    title=" + ".join(key),
                    changes=tuple(change for scenario in chosen for change in _absolute(scenario)),
                )
                result = solve(self.world, whole, blocs=self.blocs)
                gains = _gains(result, self.issues.countries, self.unit)
                self._whole[key] = tuple(float(x) for x in gains)
        return self._whole[key]

    def interaction(self, package: Sequence[str]) -> Interaction:
        """Return how far a package run as a whole is from the sum of its issues."""
        apart = tuple(
            float(x) for x in self.issues.of(self.issues.names.index(name) for name in package)
        )
        together = self.together(package)
        rows = zip(self.issues.countries, together, self.issues.floors, strict=True)
        broken = tuple((code, x, float(floor)) for code, x, floor in rows if x < floor)
        return Interaction(tuple(package), apart, together, broken)

    def to_json(self, package: Sequence[str]) -> dict[str, Any]:
        """Return what the JSON of a deal says beside the deal."""
        from winset import __version__

        found = self.interaction(package)
        codes = self.issues.countries
        return {
            "unit": self.unit,
            "interaction": {
                "package": list(found.package),
                "total_apart": sum(found.apart),
                "total_together": sum(found.together),
                "difference": found.difference,
                "gains_together": dict(zip(codes, found.together, strict=True)),
                "broken_floors": [
                    {"country": code, "gain": gain, "floor": floor}
                    for code, gain, floor in found.broken
                ],
            },
            "scenarios": [
                {"issue": name, "title": scenario.title, "toml": scenario.to_toml()}
                for name, scenario in zip(self.issues.names, self.scenarios, strict=True)
            ],
            "world": {"name": self.world.name, "sha256": self.world.sha256},
            "solver": {"max_residual": max(result.solver.residual for result in self.results)},
            "winset": __version__,
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is on the table: issues, and the scenarios behind them where they are such."""

    issues: Issues
    agenda: Agenda | None


@dataclass(frozen=True, slots=True)
class OtherDeal:
    """The deal under another deficit rule: its best package, and what the one chosen brings.

    `broken` are the countries that the package chosen leaves below their floors; `refused` says why
    there is no answer.
    """

    rules: tuple[str, ...]
    package: tuple[str, ...] = ()
    total: float = 0.0
    chosen: float = 0.0
    broken: tuple[str, ...] = ()
    refused: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``deficit_rules`` of ``winset deal --json``."""
        answered = not self.refused
        return {
            "rule": self.rules[0],
            "rules": list(self.rules),
            "refused": self.refused or None,
            "package": list(self.package) if answered else None,
            "total": self.total if answered else None,
            "total_of_chosen": self.chosen if answered else None,
            "broken_floors": list(self.broken),
        }


@dataclass(frozen=True, slots=True)
class DealStudy:
    """The packages that all can sign, and the scenarios behind the issues where they are such.

    `others` is the deal under the other deficit rules, for issues that are scenarios.
    """

    deal: Deal
    agenda: Agenda | None
    others: tuple[OtherDeal, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset deal --json`` prints."""
        said = self.deal.to_json()
        if self.agenda is not None:
            said |= self.agenda.to_json(self.deal.optimal[0].issues)
            said["deficit_rules"] = [other.to_json() for other in self.others]
        return said


def propose(
    source: str | Path | Mapping[str, Any],
    *,
    terms: Path | None = None,
    floors: Mapping[str, str | float] | None = None,
    unit: str | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> Proposal:
    """Read what is on the table; issues that are scenarios are solved, each alone.

    Parameters
    ----------
    source : str, path or mapping
        A bundled deal, a CSV or TOML file, or what a TOML holds, which then names no file.
    terms : path, optional
        A TOML with exclude, need and floors, for a CSV.
    floors : mapping, optional
        Least gain with which a country signs, in place of what the source says.
    unit : str, optional
        Of scenarios: ``welfare_musd`` or ``welfare_percent``.

    Raises
    ------
    DataError
        Anything wrong with the source, see `read_agenda` and `winset.governance.packages.issues`.
    ConvergenceError
        A scenario without equilibrium.
    """
    agenda = None
    if isinstance(source, Mapping):
        said = checked_terms(source, ScenarioTerms, TomlPosition("", "deal"))
        if said.table is not None:
            raise DataError(f"deal: table = {said.table!r} is a file. Write [issues] out.")
        if said.scenarios:
            agenda = solved_agenda(said, "deal", None, unit=unit, blocs=blocs)
        issues = written_out(said, "deal") if agenda is None else agenda.issues
    elif terms is None and has_scenarios(source):
        agenda = read_agenda(source, unit=unit, blocs=blocs)
        issues = agenda.issues
    else:
        issues = read_issues(source, terms)
    if agenda is None and unit is not None:
        raise DataError(f"--unit {unit}: the issues are a table of figures, in its own unit.")
    issues = issues.with_floors(floors or {})
    return Proposal(issues, None if agenda is None else replace(agenda, issues=issues))


def strike(proposal: Proposal, *, side_payments: bool = False) -> DealStudy:
    """Find the packages that all can sign.

    Raises
    ------
    InfeasibleError
        No package keeps the floors.
    """
    found, agenda = deal(proposal.issues, side_payments=side_payments), proposal.agenda
    if agenda is None:
        return DealStudy(found, None)
    others = deficit_rules.others(agenda.scenarios[0].parameters.deficits)
    struck = [_under(rules, agenda, found, side_payments=side_payments) for rules in others]
    return DealStudy(found, agenda, tuple(struck))


def _under(
    rules: tuple[Deficits, ...], agenda: Agenda, chosen: Deal, *, side_payments: bool
) -> OtherDeal:
    """Strike the deal anew, its scenarios solved under another rule on deficits."""
    issues = agenda.issues
    try:
        gains = tuple(
            _gains(
                solve(agenda.world, deficit_rules.under(scenario, rules[0]), blocs=agenda.blocs),
                issues.countries,
                agenda.unit,
            )
            for scenario in agenda.scenarios
        )
        theirs = replace(issues, gains=gains)
        best = deal(theirs, side_payments=side_payments).optimal[0]
    except (ConvergenceError, DataError, InfeasibleError) as error:
        return OtherDeal(rules, refused=str(error))
    package = chosen.optimal[0].issues
    brought = theirs.of(theirs.names.index(name) for name in package)
    rows = zip(theirs.countries, brought, theirs.floors, strict=True)
    broken = () if side_payments else tuple(code for code, gain, floor in rows if gain < floor)
    return OtherDeal(rules, best.issues, float(best.total), float(sum(brought)), broken)


def has_scenarios(source: str | Path) -> bool:
    """Tell whether a deal's issues are scenarios."""
    path = find_deal(source)
    return path.suffix.casefold() == ".toml" and bool(read_terms(path, ScenarioTerms).scenarios)


def read_agenda(
    source: str | Path, *, unit: str | None = None, blocs: Mapping[str, Bloc] | None = None
) -> Agenda:
    """Read a deal whose issues are scenarios, and solve each of them.

    ``[scenarios]`` has a name for each issue and a bundled scenario, a file beside the deal, or the
    scenario itself (``[[scenarios.NAME.change]]``).

    Raises
    ------
    DataError
        Anything wrong with the file or a scenario; scenarios on different worlds, dates or under
        different parameters; a country that the world does not have.
    ConvergenceError
        A scenario without equilibrium.
    """
    path = find_deal(source)
    terms = read_terms(path, ScenarioTerms)
    return solved_agenda(terms, path, path.parent, unit=unit, blocs=blocs)


def solved_agenda(
    terms: ScenarioTerms,
    where: str | Path,
    folder: Path | None,
    *,
    unit: str | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> Agenda:
    """Solve the scenarios of a deal; files lie in `folder`, and without one there are none."""
    if terms.table is not None or terms.issues:
        raise DataError(f"{where}: [scenarios] and a table of figures contradict each other.")
    chosen = terms.unit if unit is None else unit
    if chosen not in UNITS:
        raise DataError(
            f"{where}: unit = {chosen!r}.{did_you_mean(chosen, UNITS)} Known: {', '.join(UNITS)}."
        )
    known = load_blocs() if blocs is None else blocs
    scenarios = tuple(
        _scenario(name, said, terms, folder) for name, said in terms.scenarios.items()
    )
    _same(terms.scenarios, scenarios, where)
    world = scenarios[0].load_world()
    results = tuple(solve(world, scenario, blocs=known) for scenario in scenarios)
    codes = _countries(terms, results, world, known, where)
    issues = Issues(
        tuple(terms.scenarios),
        codes,
        tuple(_gains(result, codes, chosen) for result in results),
    )
    return Agenda(apply_terms(issues, terms, where), scenarios, chosen, world, results, known)


def _scenario(
    name: str, said: str | dict[str, Any], terms: ScenarioTerms, folder: Path | None
) -> Scenario:
    if isinstance(said, dict):
        outer: dict[str, Any] = {"title": name, "world": terms.world}
        outer |= {"parameters": terms.parameters, **({"on": terms.on} if terms.on else {})}
        try:
            read = parse(outer | said)
            return replace(read, name=name, folder=read.folder if folder is None else folder)
        except DataError as error:
            raise DataError(f"issue {name!r}: {error}") from None
    if said in bundled_scenarios():
        return read_scenario(said)
    if folder is None or not (folder / said).is_file():
        beside = "" if folder is None else " nor a file beside the deal"
        raise DataError(
            f"issue {name!r}: {said!r} is {'not' if folder is None else 'neither'} a bundled "
            f"scenario{beside}.{did_you_mean(said, bundled_scenarios())}"
        )
    return read_scenario(folder / said)


def _same(names: Mapping[str, Any], scenarios: Sequence[Scenario], where: str | Path) -> None:
    """Refuse scenarios that cannot be run as one."""
    first, *others = scenarios
    head, *rest = names
    for name, scenario in zip(rest, others, strict=True):
        for key in ("world", "on", "parameters"):
            mine, other = getattr(first, key), getattr(scenario, key)
            if mine != other:
                raise DataError(
                    f"{where}: issues {head!r} and {name!r} have different {key} ({mine}, {other}); "
                    "they could not be run together. Make them the same."
                )


def _countries(
    terms: ScenarioTerms,
    results: Sequence[TradeResult],
    world: World,
    blocs: Mapping[str, Bloc],
    where: str | Path,
) -> tuple[str, ...]:
    """Return who decides: as the file says, or all that the changes name."""
    if terms.countries is None:
        named = {code for result in results for code in result.members}
        return tuple(code for code in world.codes if code in named)
    return read_group(
        terms.countries,
        on=terms.on or results[0].scenario.on,
        codes=world.index,
        blocs=blocs,
        where=f"{where}: countries",
        of=Sentence("world '{world}'", world=world.name),
    ).codes


def _gains(result: TradeResult, codes: Sequence[str], unit: str) -> tuple[Fraction, ...]:
    """Return the column `unit` of the result, in decimals that can be added up exactly."""
    percent = unit == "welfare_percent"
    values = 100.0 * (result.welfare - 1.0) if percent else result.equivalent_variation
    rows = [result.world.index[code] for code in codes]
    return tuple(Fraction(f"{values[row]:.{UNITS[unit]}f}") for row in rows)


def _absolute(scenario: Scenario) -> list[Change]:
    """Return the changes with files that are found from anywhere."""
    found = []
    for change in scenario.changes:
        file: str | None = getattr(change, "file", None)
        moved = {} if file is None else {"file": str((scenario.folder / file).resolve())}
        found.append(change.model_copy(update=moved))
    return found
