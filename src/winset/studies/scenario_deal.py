"""A deal whose issues are scenarios: each is solved on the trade model, and packages together.

The table of a deal adds up what each issue brings alone. Scenarios interact: cheaper trade on top of
cheaper trade, a tariff on what has become cheaper. `Agenda.together` solves a package as a whole, so
that the difference can be stated.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from winset.errors import DataError, did_you_mean
from winset.governance.packages.issues import Issues, Terms, apply_terms, find_deal, read_terms
from winset.places.blocs import load_blocs
from winset.places.groups import read_group
from winset.scenario import Scenario, bundled_scenarios, parse, read_scenario
from winset.trade import solve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.places.blocs import Bloc
    from winset.scenario import Change
    from winset.trade import TradeResult
    from winset.worlds import World

#: What a figure of the table is, and to how many decimals it is kept.
UNITS = {"welfare_musd": 3, "welfare_percent": 7}


class ScenarioTerms(Terms):
    """A TOML of a deal with ``[scenarios]``; world, on and parameters are those of inline ones."""

    scenarios: dict[str, str | dict[str, Any]] = Field(default_factory=dict)
    unit: str = "welfare_musd"
    countries: str | list[str] | None = None
    world: str = "world-2023"
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


def has_scenarios(source: str | Path) -> bool:
    """Tell whether a deal's issues are scenarios."""
    path = find_deal(source)
    return path.suffix.casefold() == ".toml" and bool(read_terms(path, ScenarioTerms).scenarios)


def read_agenda(
    source: str | Path, *, unit: str | None = None, blocs_file: Path | None = None
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
    if terms.table is not None or terms.issues:
        raise DataError(f"{path}: [scenarios] and a table of figures contradict each other.")
    chosen = terms.unit if unit is None else unit
    if chosen not in UNITS:
        raise DataError(
            f"{path}: unit = {chosen!r}.{did_you_mean(chosen, UNITS)} Known: {', '.join(UNITS)}."
        )
    blocs = load_blocs(blocs_file)
    scenarios = tuple(
        _scenario(name, said, terms, path.parent) for name, said in terms.scenarios.items()
    )
    _same(terms.scenarios, scenarios, path)
    world = scenarios[0].load_world()
    results = tuple(solve(world, scenario, blocs=blocs) for scenario in scenarios)
    codes = _countries(terms, results, world, blocs, path)
    issues = Issues(
        tuple(terms.scenarios),
        codes,
        tuple(_gains(result, codes, chosen) for result in results),
    )
    return Agenda(apply_terms(issues, terms, path), scenarios, chosen, world, results, blocs)


def _scenario(
    name: str, said: str | dict[str, Any], terms: ScenarioTerms, folder: Path
) -> Scenario:
    if isinstance(said, dict):
        outer: dict[str, Any] = {"title": name, "world": terms.world}
        outer |= {"parameters": terms.parameters, **({"on": terms.on} if terms.on else {})}
        try:
            return replace(parse(outer | said), folder=folder, name=name)
        except DataError as error:
            raise DataError(f"issue {name!r}: {error}") from None
    if said in bundled_scenarios():
        return read_scenario(said)
    beside = folder / said
    if not beside.is_file():
        raise DataError(
            f"issue {name!r}: {said!r} is neither a bundled scenario nor a file beside the deal."
            f"{did_you_mean(said, bundled_scenarios())}"
        )
    return read_scenario(beside)


def _same(names: Mapping[str, Any], scenarios: Sequence[Scenario], path: Path) -> None:
    """Refuse scenarios that cannot be run as one."""
    first, *others = scenarios
    head, *rest = names
    for name, scenario in zip(rest, others, strict=True):
        for key in ("world", "on", "parameters"):
            mine, other = getattr(first, key), getattr(scenario, key)
            if mine != other:
                raise DataError(
                    f"{path}: issues {head!r} and {name!r} have different {key} ({mine}, {other}); "
                    "they could not be run together. Make them the same."
                )


def _countries(
    terms: ScenarioTerms,
    results: Sequence[TradeResult],
    world: World,
    blocs: Mapping[str, Bloc],
    path: Path,
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
        where=f"{path}: countries",
        of=f"world {world.name!r}",
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
