"""Scenario: what changes, among whom, at which date; from TOML and back. It knows no solver."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
import tomllib
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import numpy as np
import tomli_w
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from winset.blocs import load_blocs
from winset.blocs import resolve as resolve_bloc
from winset.economies import code_of_name, economies
from winset.errors import DataError, did_you_mean
from winset.worlds import World, embedded_worlds, world

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.blocs import Bloc

SCENARIOS = Path(__file__).parent / "data" / "scenarios"

MOST_FILE_BYTES = 50_000_000

#: Key of `Parameters.entry_cost_share` for the economies not named.
OTHERS = "others"

Deficits = Literal["world-share", "multiplicative", "additive", "balanced"]
Revenue = Literal["lump-sum", "income-tax"]
Economies = str | list[str]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of the model; the defaults are those of the theory page.

    Attributes
    ----------
    trade_elasticity : float
        θ > 0, elasticity of trade to its cost (Simonovska & Waugh 2014: about 4).
    value_added_share : float
        β in (0, 1], value added in gross output.
    deficits : str
        What trade deficits do, see the theory page.
    labor_supply_elasticity : float
        κ ≥ 0, elasticity of labor supply to the real wage after tax.
    scale_elasticity : float
        ψ ≥ 0, elasticity of productivity to employment.
    revenue : str
        Whether tariff revenue is handed out or lowers the tax on labor income.
    elasticities : str
        In a world with sectors, the set of trade elasticities: one that the world names,
        ``uniform`` (trade_elasticity in every sector), or blank for the world's own.
    entry_cost_share : float or mapping
        ν in [0, 1), the share of its sales in a market that an exporter pays there for entry:
        one number, or by economy with ``others`` for the rest.
    pass_through : float
        How much of a tariff firms pass on to prices (1: all), see `winset.trade.entry`.
    """

    trade_elasticity: float = 4.0
    value_added_share: float = 0.5
    deficits: Deficits = "world-share"
    labor_supply_elasticity: float = 0.0
    scale_elasticity: float = 0.0
    revenue: Revenue = "lump-sum"
    elasticities: str = ""
    entry_cost_share: float | dict[str, float] = 0.0
    pass_through: float = 1.0

    @property
    def has_entry_costs(self) -> bool:
        """Whether market entry is paid in the destination, or pass-through is incomplete."""
        share = self.entry_cost_share
        values = share.values() if isinstance(share, dict) else [share]
        return self.pass_through != 1.0 or any(value > 0 for value in values)

    def entry_costs(self, codes: Sequence[str]) -> NDArray[np.float64]:
        """Return ν by economy, (n,).

        Raises
        ------
        DataError
            A share is given for an economy that the world does not have.
        """
        share = self.entry_cost_share
        if not isinstance(share, dict):
            return np.full(len(codes), share)
        if unknown := [code for code in share if code not in codes and code != OTHERS]:
            raise DataError(
                f"entry_cost_share: {unknown[0]!r} is not in the world."
                f"{did_you_mean(unknown[0], [*codes, OTHERS])} Write codes, and {OTHERS} for the rest."
            )
        return np.array([share.get(code, share.get(OTHERS, 0.0)) for code in codes])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


EntryShare = Annotated[float, Field(ge=0, lt=1)]


class _ParametersFile(_Strict):
    trade_elasticity: float = Field(4.0, gt=0, le=100)
    value_added_share: float = Field(0.5, gt=0, le=1)
    deficits: Deficits = "world-share"
    labor_supply_elasticity: float = Field(0.0, ge=0, le=10)
    scale_elasticity: float = Field(0.0, ge=0, le=10)
    revenue: Revenue = "lump-sum"
    elasticities: str = ""
    entry_cost_share: EntryShare | dict[str, EntryShare] = 0.0
    pass_through: float = Field(1.0, gt=0, le=1)


class TradeCost(_Strict):
    """Iceberg trade costs change by `percent` (or by `factor`); both directions if `among`."""

    kind: Literal["trade-cost"]
    among: Economies | None = None
    exporters: Economies | None = None
    importers: Economies | None = None
    sector: str | None = None
    sectors: list[str] | None = None
    file: str | None = None
    percent: float | None = Field(None, gt=-100)
    factor: float | None = Field(None, gt=0)


class Tariff(_Strict):
    """The ad-valorem tariff becomes `rate` (0.10 is ten percent)."""

    kind: Literal["tariff"]
    among: Economies | None = None
    exporters: Economies | None = None
    importers: Economies | None = None
    sector: str | None = None
    sectors: list[str] | None = None
    file: str | None = None
    rate: float | None = Field(None, gt=-1)


class Productivity(_Strict):
    """The productivity of these economies changes by `percent` (or by `factor`)."""

    kind: Literal["productivity"]
    economies: Economies
    percent: float | None = Field(None, gt=-100)
    factor: float | None = Field(None, gt=0)


Change = TradeCost | Tariff | Productivity
_CHANGE: TypeAdapter[Change] = TypeAdapter(Annotated[Change, Field(discriminator="kind")])


class _ScenarioFile(_Strict):
    title: str = ""
    world: str = "world-2023"
    on: dt.date | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    change: list[dict[str, Any]] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shock:
    """What a scenario changes in a given world, as arrays (row exports, column imports).

    Attributes
    ----------
    cost : (n, n) array, or (J, n, n) in a world with sectors
        d̂, factor on the iceberg cost; 1 where nothing changes.
    tariff : (n, n) array, or (J, n, n) in a world with sectors
        t', the tariff after the change.
    productivity : (n,) array
        Â, factor on the productivity of gross output.
    members : tuple of codes
        The economies that the change names, in the order of the world.
    absent : tuple of codes
        Members of a named bloc that the world does not have.
    """

    cost: NDArray[np.float64]
    tariff: NDArray[np.float64]
    productivity: NDArray[np.float64]
    members: tuple[str, ...]
    absent: tuple[str, ...]

    def changes_nothing(self, world: World) -> bool:
        """Tell whether every array is what the world has already."""
        return bool(
            np.all(self.cost == 1.0)
            and np.all(self.productivity == 1.0)
            and np.all(self.tariff == (world.tariff if world.sectored else world.tariffs))
        )


@dataclass(frozen=True)
class Scenario:
    """A titled list of changes to a world, with the parameters to solve it under.

    >>> import winset
    >>> scenario = winset.Scenario.from_toml("sco-2025")
    >>> scenario.changes[0].percent
    -10.0
    """

    title: str
    changes: tuple[Change, ...]
    world: str = "world-2023"
    on: dt.date = field(default_factory=dt.date.today)
    parameters: Parameters = field(default_factory=Parameters)
    folder: Path = Path()
    name: str = ""

    @classmethod
    def from_toml(
        cls, source: str | Path, *, overrides: Mapping[str, str] | None = None
    ) -> Scenario:
        """Read a bundled scenario by name or a TOML file by path.

        `overrides` are the command line's ``--set`` pairs: a parameter, ``percent``, ``factor``
        or ``rate`` (of the one change that has it, or ``change.2.percent`` for the second),
        ``world``, ``on`` or ``title``.

        Raises
        ------
        DataError
            With the file, the line, the value and the remedy.
        """
        path = find_scenario(source)
        try:
            if path.stat().st_size > MOST_FILE_BYTES:
                raise DataError(f"{path} is larger than 50 MB; a scenario is a few lines of TOML.")
            text = path.read_text(encoding="utf-8-sig")
            raw = tomllib.loads(text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DataError(f"{path}: not readable as TOML ({error}).") from error
        return parse(raw, text=text, path=path, overrides=overrides or {})

    def to_toml(self) -> str:
        """Return the scenario as TOML that `from_toml` reads back."""
        changes = [
            {k: v for k, v in change.model_dump().items() if v is not None}
            for change in self.changes
        ]
        head = {"title": self.title, "world": self.world, "on": self.on.isoformat()}
        parts = [tomli_w.dumps(head), "[parameters]\n" + tomli_w.dumps(asdict(self.parameters))]
        parts += ["[[change]]\n" + tomli_w.dumps(change) for change in changes]
        return "\n".join(parts)

    def with_parameters(self, **changes: Any) -> Scenario:
        """Return the scenario under other parameters."""
        known = [f.name for f in fields(Parameters)]
        for key in changes:
            if key not in known:
                raise DataError(
                    f"unknown parameter {key!r}.{did_you_mean(key, known)} Known: {', '.join(known)}."
                )
        values = _checked_parameters(asdict(self.parameters) | changes, "parameters")
        return replace(self, parameters=values)

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
            Unknown names, an empty group, or two changes that contradict each other.
        """
        tariff = (target.tariff if target.sectored else target.tariffs).copy()
        cost, productivity = np.ones_like(tariff), np.ones(len(target))
        named: dict[str, None] = {}
        absent: dict[str, None] = {}
        set_by: dict[bytes, tuple[int, float]] = {}
        groups = _Groups(target, self.on, blocs, absent)
        for number, change in enumerate(self.changes, 1):
            where = f"change {number} ({change.kind})"
            if isinstance(change, Productivity):
                rows = groups.positions(change.economies, f"{where}: economies")
                productivity[rows] *= _factor(change.percent, change.factor)
                named |= dict.fromkeys(target.codes[k] for k in rows)
                continue
            sectors = _sectors(change, target, where)
            if change.file is not None:
                column = "factor" if change.kind == "trade-cost" else "rate"
                cells = _pairs_file(self.folder / change.file, target, column)
                for (i, k, sector), value in cells.items():
                    at = (i, k) if sectors is None else (sector if sector >= 0 else sectors, i, k)
                    named[target.codes[k]] = None
                    if change.kind == "trade-cost":
                        cost[at] *= value
                        named[target.codes[i]] = None
                    else:  # a tariff is the importer's doing
                        tariff[at] = value
                continue
            mask = groups.pairs(change, where)
            named |= dict.fromkeys(groups.named(change, where))
            if sectors is not None:
                by_sector = np.zeros(len(target.sectors), dtype=np.bool_)
                by_sector[sectors] = True
                mask = by_sector[:, None, None] & mask
            if isinstance(change, TradeCost):
                cost[mask] *= _factor(change.percent, change.factor)
            else:
                rate = cast("float", change.rate)
                earlier = set_by.get(mask.tobytes())
                if earlier is not None and earlier[1] != rate:
                    raise DataError(
                        f"{where}: rate = {rate:g} contradicts change {earlier[0]}, which sets "
                        f"{earlier[1]:g} for the very same pairs. Keep one of them."
                    )
                set_by[mask.tobytes()] = (number, rate)
                tariff[mask] = rate
        members = tuple(code for code in target.codes if code in named) or target.codes
        return Shock(cost, tariff, productivity, members, tuple(absent))


def _factor(percent: float | None, factor: float | None) -> float:
    return 1.0 + percent / 100.0 if percent is not None else cast("float", factor)


def _sectors(change: TradeCost | Tariff, target: World, where: str) -> NDArray[np.intp] | None:
    """Return the positions of the traded sectors that a change is about; None without sectors."""
    given = change.sectors if change.sectors is not None else change.sector
    names = [given] if isinstance(given, str) else given
    if not target.sectored:
        if names is not None:
            raise DataError(
                f"{where}: world {target.name!r} has no sectors, but the change names "
                f"{', '.join(names)}. Drop the key, or use a world with sectors."
            )
        return None
    technology = target.technology
    traded = np.ones(len(target.sectors), np.bool_) if technology is None else technology.traded
    if names is None:
        return np.flatnonzero(traded)
    positions = []
    for name in names:
        j = target.sector(name)
        if not traded[j]:
            raise DataError(f"{where}: sector {name!r} of world {target.name!r} is not traded.")
        positions.append(j)
    return np.array(sorted(set(positions)), dtype=np.intp)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Turns what a change names into positions in a world."""

    world: World
    on: dt.date
    blocs: Mapping[str, Bloc] | None
    absent: dict[str, None]

    def positions(self, group: Economies, where: str) -> NDArray[np.intp]:
        if group == "all":
            return np.arange(len(self.world))
        known = self.blocs if self.blocs is not None else load_blocs()
        codes: dict[str, None] = {}
        for item in [group] if isinstance(group, str) else group:
            if item in self.world.index:
                codes[item] = None
                continue
            if item.removesuffix("+").casefold() not in {c.casefold() for c in known}:
                code = code_of_name(item)
                hint = (
                    f" Write {code}." if code else did_you_mean(item, [*known, *self.world.codes])
                )
                raise DataError(
                    f"{where}: {item!r} is neither a bloc nor an economy of world "
                    f"{self.world.name!r}.{hint}"
                )
            for code in resolve_bloc(item, self.on, known):
                if code in self.world.index:
                    codes[code] = None
                elif code in economies():
                    self.absent[code] = None
                else:
                    raise DataError(
                        f"{where}: bloc {item} holds {code!r}, which is neither ISO 3166 nor an "
                        f"economy of world {self.world.name!r}.{did_you_mean(code, economies())}"
                    )
        if not codes:
            raise DataError(f"{where} = {group!r} names no economy of world {self.world.name!r}.")
        return np.array(sorted(self.world.index[code] for code in codes), dtype=np.intp)

    def _sides(
        self, change: TradeCost | Tariff, where: str
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        if change.among is not None:
            both = self.positions(change.among, f"{where}: among")
            if len(both) < 2:
                raise DataError(
                    f"{where}: among = {change.among!r} is one economy of world "
                    f"{self.world.name!r}; a change among a group needs two."
                )
            return both, both
        exporters = self.positions(cast("Economies", change.exporters), f"{where}: exporters")
        importers = self.positions(cast("Economies", change.importers), f"{where}: importers")
        return exporters, importers

    def pairs(self, change: TradeCost | Tariff, where: str) -> NDArray[np.bool_]:
        exporters, importers = self._sides(change, where)
        mask = np.zeros((len(self.world), len(self.world)), dtype=np.bool_)
        mask[np.ix_(exporters, importers)] = True
        np.fill_diagonal(mask, val=False)
        if not mask.any():
            raise DataError(f"{where} covers no pair of different economies.")
        return mask

    def named(self, change: TradeCost | Tariff, where: str) -> Iterable[str]:
        for group in (change.among, change.exporters, change.importers):
            if group is not None and group != "all":
                for k in self.positions(group, where):
                    yield self.world.codes[k]


def _pairs_file(path: Path, target: World, column: str) -> dict[tuple[int, int, int], float]:
    """Read ``exporter,importer,factor`` (or ``rate``), and ``sector``: −1 where none is named."""
    cells: dict[tuple[int, int, int], float] = {}
    technology = target.technology
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise DataError(f"{path} is larger than 50 MB; it needs one row per pair.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            header = reader.fieldnames or []
            if missing := [c for c in ("exporter", "importer", column) if c not in header]:
                raise DataError(
                    f"{path} row 1: no column {', '.join(missing)}; found {', '.join(header)}."
                )
            for number, row in enumerate(reader, 2):
                where = f"{path} row {number}"
                pair = []
                for side in ("exporter", "importer"):
                    code = (row[side] or "").strip()
                    if code not in target.index:
                        raise DataError(
                            f"{where}: {side} {code!r} is not in world {target.name!r}."
                            f"{did_you_mean(code, target.codes)}"
                        )
                    pair.append(target.index[code])
                sector = -1
                if name := (row.get("sector") or "").strip():
                    if name not in target.sectors:
                        raise DataError(
                            f"{where}: sector {name!r} is not in world {target.name!r}."
                            f"{did_you_mean(name, target.sectors)}"
                        )
                    sector = target.sectors.index(name) if target.sectored else -1
                    if technology is not None and not technology.traded[sector]:
                        raise DataError(
                            f"{where}: sector {name!r} of world {target.name!r} is not traded."
                        )
                key = (pair[0], pair[1], sector)
                try:
                    value = float(row[column] or "")
                except ValueError:
                    value = math.nan
                low = 0.0 if column == "factor" else -1.0
                if not (math.isfinite(value) and value > low):
                    raise DataError(
                        f"{where}: {column} is {row[column]!r}; it must be a number above {low:g}."
                    )
                if key in cells:
                    raise DataError(f"{where}: the pair is given twice. Keep one row.")
                if key[0] == key[1]:
                    raise DataError(f"{where}: a change at home is not a trade cost. Drop the row.")
                cells[key] = value
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error}).") from error
    if not cells:
        raise DataError(f"{path}: no rows.")
    return cells


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


def parse(
    raw: Mapping[str, Any],
    *,
    text: str = "",
    path: Path | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Scenario:
    """Make a scenario of a TOML (or JSON) object; `text` serves to name lines in messages."""
    place = _Place(text, str(path) if path else "scenario")
    document = dict(raw)
    for key, value in (overrides or {}).items():
        _override(document, key, value)
    try:
        outer = _ScenarioFile.model_validate(_dated(document, place))
    except ValidationError as error:
        raise place.explain(error, "") from None
    changes: list[Change] = []
    for number, item in enumerate(outer.change, 1):
        section = f"change {number}"
        try:
            change = _CHANGE.validate_python(item)
        except ValidationError as error:
            raise place.explain(error, section) from None
        _consistent(change, place, section)
        changes.append(change)
    if not changes:
        raise DataError(f"{place.name}: no [[change]]; the scenario changes nothing. Add one.")
    return Scenario(
        title=outer.title or (path.stem if path else "untitled"),
        changes=tuple(changes),
        world=outer.world,
        on=outer.on or dt.date.today(),
        parameters=_checked_parameters(outer.parameters, place),
        folder=path.parent if path else Path(),
        name=path.stem if path else "",
    )


def _dated(document: dict[str, Any], place: _Place) -> dict[str, Any]:
    on = document.get("on")
    if isinstance(on, str):
        try:
            document["on"] = dt.date.fromisoformat(on)
        except ValueError:
            raise DataError(
                f"{place.at('on')}: on = {on!r} is not a date. Write it like 2025-09-01."
            ) from None
    elif isinstance(on, dt.datetime):
        document["on"] = on.date()
    return document


def _checked_parameters(raw: Mapping[str, Any], place: _Place | str) -> Parameters:
    try:
        values = _ParametersFile.model_validate(dict(raw))
    except ValidationError as error:
        source = place if isinstance(place, _Place) else _Place("", place)
        raise source.explain(error, "parameters") from None
    result = Parameters(**values.model_dump())
    bound = result.value_added_share - result.scale_elasticity * result.labor_supply_elasticity
    if bound <= 0:
        raise DataError(
            f"scale_elasticity × labor_supply_elasticity = "
            f"{result.scale_elasticity * result.labor_supply_elasticity:g} must be less than "
            f"value_added_share = {result.value_added_share:g}: output would explode. Lower one."
        )
    if result.has_entry_costs and result.value_added_share != 1.0:
        raise DataError(
            f"entry_cost_share and pass_through belong to a model without intermediates, but "
            f"value_added_share = {result.value_added_share:g}. Set value_added_share = 1."
        )
    return result


def _consistent(change: Change, place: _Place, section: str) -> None:
    """What pydantic cannot say of one field alone."""
    at = place.at(section)
    if isinstance(change, Tariff | TradeCost):
        ends = change.exporters is not None or change.importers is not None
        ways = [change.among is not None, ends, change.file is not None]
        if sum(ways) != 1:
            raise DataError(
                f"{at}: name the pairs in one way: among, or exporters and importers, or file."
            )
        if ends and (change.exporters is None or change.importers is None):
            missing = "importers" if change.importers is None else "exporters"
            raise DataError(f'{at}: {missing} is missing. Add it, or write {missing} = "all".')
    sizes = {"rate": change.rate} if isinstance(change, Tariff) else {}
    if not isinstance(change, Tariff):
        sizes = {"percent": change.percent, "factor": change.factor}
    given = [name for name, value in sizes.items() if value is not None]
    if isinstance(change, Tariff | TradeCost):
        if change.sector is not None and change.sectors is not None:
            raise DataError(f"{at}: sector and sectors contradict each other. Keep one.")
        if change.sectors == []:
            raise DataError(f"{at}: sectors is empty. Name a sector, or drop the key.")
        if change.file is not None and (change.sector is not None or change.sectors is not None):
            raise DataError(f"{at}: a file names sectors in a column of its own. Drop the key.")
    from_file = not isinstance(change, Productivity) and change.file is not None
    if from_file and given:
        raise DataError(f"{at}: {given[0]} and file contradict each other. Keep one.")
    if not from_file and len(given) != 1:
        found = " and ".join(given) or "none"
        raise DataError(f"{at}: give exactly one of {', '.join(sizes)} (found {found}).")


def _override(document: dict[str, Any], key: str, text: str) -> None:
    """Lay one ``--set key=value`` on a raw scenario."""
    value = _parsed(text)
    if key in ("world", "on", "title"):
        document[key] = text
        return
    parameter = key.removeprefix("parameters.")
    if parameter in (f.name for f in fields(Parameters)):
        document["parameters"] = dict(document.get("parameters", {})) | {parameter: value}
        return
    changes = document["change"] = [dict(item) for item in document.get("change", [])]
    match = re.fullmatch(r"(?:change\.(\d+)\.)?([a-z_]+)", key)
    sizes = ["percent", "factor", "rate", "among", "exporters", "importers", "economies"]
    sizes += ["sector", "sectors"]
    if match is None or match[2] not in sizes:
        known = [f.name for f in fields(Parameters)] + ["world", "on", "title", *sizes]
        raise DataError(
            f"--set {key}={text}: unknown key.{did_you_mean(key, known)} Known: {', '.join(known)}, "
            "change.1.percent …"
        )
    name = match[2]
    if match[1] is None:
        having = [k for k, item in enumerate(changes) if name in item]
        if len(having) != 1:
            raise DataError(
                f"--set {key}={text}: {len(having)} changes have {name}. "
                f"Say which one, for example change.1.{name}={text}."
            )
        number = having[0]
    else:
        number = int(match[1]) - 1
        if not 0 <= number < len(changes):
            raise DataError(f"--set {key}={text}: the scenario has {len(changes)} changes.")
    changes[number][name] = value


def _parsed(text: str) -> Any:
    """Read the right side of ``--set``: a TOML value, or a plain word."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@dataclass(frozen=True, slots=True)
class _Place:
    """Finds the line of a key, so that messages can name it."""

    text: str
    name: str

    def at(self, section: str, key: str = "") -> str:
        lines = self.text.splitlines()
        start = 0
        if match := re.fullmatch(r"change (\d+)", section):
            heads = [
                k for k, line in enumerate(lines) if re.match(r"\s*\[\[\s*change\s*\]\]", line)
            ]
            if int(match[1]) <= len(heads):
                start = heads[int(match[1]) - 1]
        elif section == "parameters":
            heads = [k for k, line in enumerate(lines) if re.match(r"\s*\[\s*parameters", line)]
            start = heads[0] if heads else 0
        else:
            key = key or section
        number = start
        if key:
            for k in range(start, len(lines)):
                if re.match(rf"\s*{re.escape(key)}\s*=", lines[k]):
                    number = k
                    break
        line = f" line {number + 1}" if lines else ""
        return f"{self.name}{line}{f' ({section})' if section else ''}"

    def explain(self, error: ValidationError, section: str) -> DataError:
        problem = error.errors()[0]
        spot = [str(part) for part in problem["loc"]]
        spot = [
            p for p in spot if p not in ("trade-cost", "tariff", "productivity", "list[str]", "str")
        ]
        key = spot[-1] if spot else ""
        at = self.at(section or key, key)
        value = problem.get("input")
        if problem["type"] == "extra_forbidden":
            known = _known_keys(section, problem["loc"])
            return DataError(
                f"{at}: unknown key {key!r}.{did_you_mean(key, known)} Known: {', '.join(known)}."
            )
        if problem["type"].startswith("union_tag"):
            kinds = ["trade-cost", "tariff", "productivity"]
            kind = value.get("kind") if isinstance(value, dict) else None
            if kind is None:
                return DataError(f"{at}: kind is missing. It is one of {', '.join(kinds)}.")
            return DataError(
                f"{at}: unknown kind {kind!r}.{did_you_mean(str(kind), kinds)} "
                f"Known: {', '.join(kinds)}."
            )
        return DataError(f"{at}: {key} = {value!r} is wrong: {problem['msg']}.")


def _known_keys(section: str, location: Sequence[int | str]) -> list[str]:
    if section == "parameters":
        return list(_ParametersFile.model_fields)
    for model in (TradeCost, Tariff, Productivity):
        if location and location[0] == model.model_fields["kind"].annotation.__args__[0]:  # type: ignore[union-attr]
            return list(model.model_fields)
    return list(_ScenarioFile.model_fields)
