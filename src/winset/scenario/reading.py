"""Scenario: what changes, among whom, at which date; from TOML and back."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import tomli_w
from pydantic import Field, ValidationError

from winset.errors import DataError, did_you_mean
from winset.places.dates import read_date
from winset.scenario.changes import (
    CHANGE,
    KINDS,
    OF_TARIFFS,
    CarbonPrice,
    Change,
    consistent,
)
from winset.scenario.constraints import Constraint, checked_constraint
from winset.scenario.doubts import Doubts, checked_doubts
from winset.scenario.overrides import override, told
from winset.scenario.parameters import EnergyBlock, Parameters, checked_parameters
from winset.scenario.shock import Shock, lay
from winset.toml_files import Strict, TomlPosition, read_toml
from winset.worlds import WITH_TARIFFS, WITHOUT_TARIFFS, World, embedded_worlds, world

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winset.places.blocs import Bloc

Absent = Literal["refused", "left-out"]
SCENARIOS = Path(__file__).parents[1] / "data" / "scenarios"


class _ScenarioFile(Strict):
    title: str = ""
    world: str = ""
    on: dt.date | None = None
    year: int | None = Field(None, ge=1900, le=2200)
    absent: Absent = "refused"
    parameters: dict[str, Any] = Field(default_factory=dict)
    change: list[dict[str, Any]] = Field(default_factory=list)
    doubt: dict[str, Any] = Field(default_factory=dict)
    constraint: dict[str, Any] | None = None


@dataclass(frozen=True)
class Scenario:
    """A titled list of changes to a world, with the parameters to solve it under.

    `absent` says what becomes of a code that stands for an economy which the world does not have: it is
    ``refused``, or ``left-out`` and told, as a bloc's member is.

    >>> import winset
    >>> scenario = winset.Scenario.from_toml("sco-2025")
    >>> scenario.changes[0].percent
    -10.0
    """

    title: str
    changes: tuple[Change, ...]
    world: str = WITHOUT_TARIFFS
    on: dt.date = field(default_factory=dt.date.today)
    parameters: Parameters = field(default_factory=Parameters)
    folder: Path = Path()
    name: str = ""
    year: int | None = None
    doubt: Doubts = field(default_factory=Doubts)
    constraint: Constraint | None = None
    absent: Absent = "refused"

    def __post_init__(self) -> None:
        """A carbon price is solved by the model with energy, without fuels where none are named."""
        asked = self.constraint is not None and self.constraint.by == "carbon-price"
        asked = asked or any(isinstance(c, CarbonPrice) for c in self.changes)
        if asked and self.parameters.energy is None:
            object.__setattr__(self, "parameters", replace(self.parameters, energy=EnergyBlock()))

    @classmethod
    def from_toml(
        cls, source: str | Path, *, overrides: Mapping[str, str] | None = None
    ) -> Scenario:
        """Read a bundled scenario by name or a TOML file by path.

        `overrides` are the command line's ``--set`` pairs: a parameter, a key of a change such as
        ``percent`` or ``rate`` (of the one change that has it, or ``change.2.percent`` for the
        second), ``world``, ``on``, ``year`` or ``title``.

        Raises
        ------
        DataError
            With the file, the line, the value and the remedy.
        """
        path = find_scenario(source)
        raw, position = read_toml(path)
        return parse(raw, text=position.text, path=path, overrides=overrides or {})

    def to_toml(self) -> str:
        """Return the scenario as TOML that `from_toml` reads back."""
        changes = [
            {k: v for k, v in change.model_dump(by_alias=True).items() if v is not None}
            for change in self.changes
        ]
        head: dict[str, Any] = {"title": self.title, "world": self.world, "on": self.on.isoformat()}
        if self.year is not None:
            head["year"] = self.year
        if self.absent != "refused":
            head["absent"] = self.absent
        parts = [tomli_w.dumps(head), tomli_w.dumps({"parameters": self.parameters.told()})]
        for change in changes:
            flat = {k: v for k, v in change.items() if not isinstance(v, dict)}
            parts.append("[[change]]\n" + tomli_w.dumps(flat))
            inner = {k: v for k, v in change.items() if isinstance(v, dict) and v}
            parts += [f"[change.{key}]\n" + tomli_w.dumps(table) for key, table in inner.items()]
        if doubt := self.doubt.given():
            parts.append(tomli_w.dumps({"doubt": doubt}))
        if self.constraint is not None:
            parts.append(tomli_w.dumps({"constraint": self.constraint.given()}))
        return "\n".join(parts)

    def with_parameters(self, **changes: Any) -> Scenario:
        """Return the scenario under other parameters."""
        known = [f.name for f in fields(Parameters)]
        for key in changes:
            if key not in known:
                raise DataError(
                    f"unknown parameter {key!r}.{did_you_mean(key, known)} Known: {', '.join(known)}."
                )
        values = checked_parameters(self.parameters.told() | changes, "parameters")
        return replace(self, parameters=values)

    def with_override(self, key: str, text: str) -> Scenario:
        """Return the scenario with one ``--set key=text`` laid on it."""
        document = tomllib.loads(self.to_toml())
        override(document, key, text)
        changed = parse(document)
        return replace(changed, folder=self.folder, name=self.name)

    def load_world(self) -> World:
        """Load the world that the scenario names; a folder is sought beside the scenario."""
        if self.world in embedded_worlds():
            return world(self.world)
        beside = self.folder / self.world
        return world(beside if beside.is_dir() else self.world)

    def resolve(self, target: World, blocs: Mapping[str, Bloc] | None = None) -> Shock:
        """Lay the changes on a world, in order.

        Raises
        ------
        DataError
            Unknown names, an empty group, two changes that contradict each other, or a bound on emissions,
            which `winset.studies.scenario_run.run` alone keeps.
        """
        if self.constraint is not None:
            raise DataError(
                "[constraint] is kept by winset run alone, which looks for the size or the price that keeps "
                "it. Drop it here."
            )
        return lay(
            self.changes,
            target,
            on=self.on,
            year=self.year,
            blocs=blocs,
            folder=self.folder,
            elasticity=self.parameters.trade_elasticity,
            absent_codes=self.absent == "left-out",
        )


def read_scenario(
    source: str | Path | Scenario, overrides: Mapping[str, str] | None = None
) -> Scenario:
    """Return a scenario as it is, or read it from a bundled name or a path with `overrides`."""
    if isinstance(source, Scenario):
        return source
    return Scenario.from_toml(source, overrides=overrides or {})


def bundled_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that come with winset."""
    return tuple(sorted(path.stem for path in SCENARIOS.glob("*.toml")))


def find_scenario(source: str | Path) -> Path:
    """Return the file of a bundled scenario's name or of a path."""
    if str(source) in bundled_scenarios():
        return SCENARIOS / f"{source}.toml"
    path = Path(source)
    if not path.is_file():
        known = bundled_scenarios()
        raise DataError(
            f"scenario {str(source)!r} is neither bundled ({', '.join(known)}) nor a file."
            f"{did_you_mean(str(source), known)}"
        )
    return path


def usual_world(changes: Iterable[Change]) -> str:
    """Return the world of a scenario that names none: the one with tariffs if it changes any.

    >>> usual_world(Scenario.from_toml("sco-2025").changes)
    'world-2023-free'
    """
    return WITH_TARIFFS if any(isinstance(c, OF_TARIFFS) for c in changes) else WITHOUT_TARIFFS


def parse(
    raw: Mapping[str, Any],
    *,
    text: str = "",
    path: Path | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Scenario:
    """Make a scenario of a TOML (or JSON) object; `text` serves to name lines in messages."""
    place = TomlPosition(text, str(path) if path else "scenario")
    document = dict(raw)
    for key, value in (overrides or {}).items():
        override(document, key, value)
    try:
        outer = _ScenarioFile.model_validate(_dated(document, place))
    except ValidationError as error:
        raise place.explain(error, "", _ScenarioFile) from None
    changes: list[Change] = []
    for number, item in enumerate(outer.change, 1):
        section = f"change {number}"
        try:
            change = CHANGE.validate_python(item)
        except ValidationError as error:
            raise place.explain(error, section, *KINDS) from None
        consistent(change, place, section)
        changes.append(change)
    if not changes:
        raise DataError(f"{place.name}: no [[change]]; the scenario changes nothing. Add one.")
    if outer.year is not None and all(change.phase is None for change in changes):
        raise DataError(
            f"{place.at('year')}: year = {outer.year}, but no change has a phase, so that the year "
            "alters nothing. Give a change a phase, such as phase = [2026, 2030], or drop year."
        )
    renamed = not overrides or "title" in overrides
    other = "" if renamed else told(raw, document)
    return Scenario(
        title=(outer.title or (path.stem if path else "untitled")) + other,
        changes=tuple(changes),
        world=outer.world or usual_world(changes),
        on=outer.on or dt.date.today(),
        parameters=checked_parameters(outer.parameters, place),
        folder=path.parent if path else Path(),
        name=path.stem if path else "",
        year=outer.year,
        doubt=checked_doubts(outer.doubt, place),
        constraint=checked_constraint(outer.constraint, changes, place),
        absent=outer.absent,
    )


def _dated(document: dict[str, Any], place: TomlPosition) -> dict[str, Any]:
    on = document.get("on")
    if isinstance(on, str):
        document["on"] = read_date(on, f"{place.at('on')}: on")
    elif isinstance(on, dt.datetime):
        document["on"] = on.date()
    return document
