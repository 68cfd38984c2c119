"""Reading a center from TOML: members, what the good is worth and costs, how efforts add up, routes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from winset.contribution.center import FORMS, KINDS, TIMINGS, Form, Kind, Timing
from winset.contribution.network import PROBLEMS, FlowNetwork, Problem, RouteArc
from winset.errors import DataError, did_you_mean, listed
from winset.places.dates import read_date
from winset.toml_files import Strict, TomlPosition, read_toml
from winset.worlds import WITH_TARIFFS

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[1] / "data" / "centers"
FACILITY, WEALTH = "facility", "wealth"  # kinds beside those of `winset.contribution.center`
Proxy = Literal["equal", "gdp", "population", "research", "internet"]
Reach = Literal["distance", "borders", "trade", "research"]
Positive = Field(gt=0)


class TechnologyFile(Strict):
    """How efforts add up."""

    kind: str = "sum"
    form: str = "linear"
    timing: str = "nash"
    satiation: float | None = None
    rho: float | None = None
    threshold: float | None = None
    weights: Reach | list[list[float]] | None = None
    half_distance_km: float = Field(1000.0, gt=0)


class SizedFile(Strict):
    """A total that is spread over members by something that is known of them."""

    total: float
    proxy: Proxy = "equal"
    low: float = Field(1.0, gt=0, le=1)
    high: float = Field(1.0, ge=1)
    source: str = ""


class MemberFile(Strict):
    """A member, with figures of its own."""

    code: str
    benefit: float | list[float] | None = None
    cost: float | None = None
    capacity: float | None = None
    need: float | None = None
    income: float | None = None
    share: float | None = None
    key: float | None = None
    source: str = ""


class RouteFile(Strict):
    """An arc of a network; no capacity: unbounded."""

    start: str
    end: str
    capacity: float | None = Field(None, gt=0)
    cost: float = Field(0.0, ge=0)
    attackable: bool = True


class NodeFile(Strict):
    """What is known of a node of the network: whose it is, what it supplies (negative) or demands."""

    name: str
    country: str = ""
    demand: float = 0.0


class RoutesFile(Strict):
    """The question that is asked of the routes."""

    problem: str
    attacks: int = Field(1, ge=0)
    start: str = "Start"
    end: str = "End"
    source: str = ""


class SpilloverFile(Strict):
    """A joint program of research and what it rests on."""

    program_musd: float = Field(gt=0)
    world: str = WITH_TARIFFS
    through: Literal["trade", "research"] = "trade"
    split: Proxy = "gdp"
    own: list[float] = Field(min_length=3, max_length=3)
    foreign: list[float] = Field(min_length=3, max_length=3)
    source: str = ""


class CenterFile(Strict):
    """A center as it is written; see docs/common-goods.md."""

    title: str = ""
    note: str = ""
    source: str = ""
    illustrative: bool = False
    unit: str = "USD million a year"
    members: str | list[str] | None = None
    on: dt.date | None = None
    technology: TechnologyFile = Field(default_factory=lambda: TechnologyFile.model_validate({}))
    benefit: SizedFile | None = None
    cost: SizedFile | None = None
    member: list[MemberFile] = Field(default_factory=list)
    route: list[RouteFile] = Field(default_factory=list)
    node: list[NodeFile] = Field(default_factory=list)
    routes: RoutesFile | None = None
    spillover: SpilloverFile | None = None


@dataclass(frozen=True, slots=True)
class CenterPlan:
    """A center that was read, and where its keys stand."""

    name: str
    file: CenterFile
    place: TomlPosition
    kind: Kind | Literal["facility", "wealth"]
    form: Form
    timing: Timing


def bundled_centers() -> tuple[str, ...]:
    """Names of the centers that come with winset."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read_center(source: str | Path | Mapping[str, Any]) -> CenterPlan:
    """Read a bundled center by its name, a TOML file, or an object of the same keys.

    Raises
    ------
    DataError
        Neither bundled nor a file; not TOML; a key that is unknown or has a wrong value.
    """
    if isinstance(source, str | Path):
        known = bundled_centers()
        path = FOLDER / f"{source}.toml" if str(source) in known else Path(source)
        if not path.is_file():
            raise DataError(
                f"center {str(source)!r} is neither bundled ({', '.join(known)}) nor a file."
                f"{did_you_mean(str(source), known)}"
            )
        raw, place = read_toml(path)
        name = path.stem
    else:
        raw, place, name = dict(source), TomlPosition("", "center"), "center"
    if isinstance(on := raw.get("on"), str):
        raw["on"] = read_date(on, f"{place.at('on')}: on")
    try:
        file = CenterFile.model_validate(raw)
    except ValidationError as error:
        raise place.explain(error, "", CenterFile) from None
    found = file.technology
    kinds = (*KINDS, FACILITY, WEALTH)

    def one_of(key: str, value: str, known: tuple[str, ...]) -> Any:
        if value not in known:
            raise DataError(
                f"{place.at('technology', key)}: {key} = {value!r} is not known."
                f"{did_you_mean(value, known)} One of {', '.join(known)}."
            )
        return value

    _consistent(file, place)
    return CenterPlan(
        name,
        file,
        place,
        one_of("kind", found.kind, kinds),
        one_of("form", found.form, FORMS),
        one_of("timing", found.timing, TIMINGS),
    )


#: What each kind takes beside the keys that all take.
OWN_KEYS = {"ces": ("rho",), "threshold": ("threshold",), "network": ("weights",)}


def _consistent(file: CenterFile, place: TomlPosition) -> None:
    """What pydantic cannot say of one field alone."""
    found, kind = file.technology, file.technology.kind
    for owner, keys in OWN_KEYS.items():
        for key in keys:
            given = getattr(found, key) is not None
            at = place.at("technology", key)
            if given and kind != owner:
                raise DataError(
                    f"{at}: {key} belongs to kind = {owner!r}, not to {kind!r}. Drop it."
                )
            if not given and kind == owner:
                raise DataError(f"{at}: {key} is missing, which kind = {kind!r} needs. Add it.")
    if found.satiation is not None and found.form != "quadratic":
        at = place.at("technology", "satiation")
        raise DataError(f"{at}: satiation belongs to form = 'quadratic'. Drop it, or add the form.")
    for number, member in enumerate(file.member, 1):
        for key in ("benefit", "cost", "capacity", "need", "key"):
            value = getattr(member, key)
            for figure in value if isinstance(value, list) else [value]:
                if figure is not None and figure <= 0:
                    raise DataError(
                        f"{place.at(f'member {number}', key)}: {key} of {member.code} is {figure:g}; it must "
                        "be above zero."
                    )
        for key, fits, said in (
            ("income", (member.income or 0.0) >= 0, "zero or more"),
            ("share", member.share is None or 0 < member.share < 1, "between 0 and 1"),
        ):
            if not fits:
                raise DataError(
                    f"{place.at(f'member {number}', key)}: {key} of {member.code} is "
                    f"{getattr(member, key):g}; it must be {said}."
                )
        if isinstance(member.benefit, list) and (
            len(member.benefit) != 2 or member.benefit[0] > member.benefit[1]
        ):
            raise DataError(
                f"{place.at(f'member {number}', 'benefit')}: a range has a lower and an upper end: [1, 2]."
            )
    for name in ("benefit", "cost"):
        sized = getattr(file, name)
        if sized is not None and not sized.total > 0:
            raise DataError(
                f"{place.at(name, 'total')}: total = {sized.total:g}; it must be above zero."
            )
        if sized is not None and any(getattr(m, name) is not None for m in file.member):
            raise DataError(
                f"{place.at(name)}: {name} stands both here and with members. Keep one way."
            )
    if bool(file.route) != (file.routes is not None):
        missing = "[routes]" if file.route else "[[route]]"
        raise DataError(f"{place.name}: {missing} is missing: routes need both. Add it.")
    if file.node and not file.route:
        raise DataError(f"{place.at('node 1')}: nodes belong to routes, of which there are none.")


def network_of(plan: CenterPlan) -> FlowNetwork | None:
    """Return the routes of a center as a network; nodes stand in the order in which they are first named.

    Raises
    ------
    DataError
        As `winset.contribution.network.read_network` says of a folder.
    """
    file, place = plan.file, plan.place
    if file.routes is None:
        return None
    asked = file.routes
    problem: Problem | None = next((p for p in PROBLEMS if p == asked.problem), None)
    if problem is None:
        raise DataError(
            f"{place.at('routes', 'problem')}: problem = {asked.problem!r} is not known."
            f"{did_you_mean(asked.problem, PROBLEMS)} One of {', '.join(PROBLEMS)}."
        )
    names = list(dict.fromkeys(name for r in file.route for name in (r.start, r.end)))
    about = {node.name: node for node in file.node}
    for number, node in enumerate(file.node, 1):
        if node.name not in names:
            said = f"no route leads to {node.name!r}.{did_you_mean(node.name, names)}"
            raise DataError(f"{place.at(f'node {number}', 'name')}: {said}")
    arcs: dict[tuple[str, str], RouteArc] = {}
    for number, r in enumerate(file.route, 1):
        at = place.at(f"route {number}")
        if (r.start, r.end) in arcs or r.start == r.end:
            said = "leads to itself" if r.start == r.end else "stands twice"
            raise DataError(f"{at}: the route from {r.start} to {r.end} {said}.")
        capacity = None if r.capacity is None else Fraction(repr(r.capacity))
        arcs[r.start, r.end] = RouteArc(
            names.index(r.start), names.index(r.end), capacity, Fraction(repr(r.cost)), r.attackable
        )
    demand = [Fraction(repr(about[n].demand)) if n in about else Fraction(0) for n in names]
    of_flow = problem == "max-flow"
    if of_flow:
        for key in ("start", "end"):
            if getattr(asked, key) not in names:
                raise DataError(
                    f"{place.at('routes', key)}: no node {getattr(asked, key)!r}; found {listed(names)}."
                )
        if asked.start == asked.end:
            raise DataError(
                f"{place.at('routes', 'end')}: the flow is to run from a node to itself."
            )
    elif not (min(demand) < 0 < max(demand)):
        raise DataError(
            f"{place.at('routes', 'problem')}: no [[node]] supplies (demand < 0), or none demands."
        )
    return FlowNetwork(
        title=file.title or plan.name,
        problem=problem,
        nodes=tuple(names),
        arcs=tuple(arcs.values()),
        supply=tuple(demand),
        start=names.index(asked.start) if of_flow else -1,
        end=names.index(asked.end) if of_flow else -1,
        countries=tuple(about[n].country if n in about else "" for n in names)
        if any(node.country for node in file.node)
        else (),
    )
