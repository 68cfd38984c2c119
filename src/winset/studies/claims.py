"""How large is a bloc, which is the largest, and is it true what is said of it."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from winset.errors import DataError, did_you_mean
from winset.places.blocs import KINDS, find_bloc, load_blocs
from winset.places.economies import economies
from winset.places.groups import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from winset.places.blocs import Bloc
    from winset.worlds import World

Metric = Literal["population", "area", "gdp", "trade"]
METRICS: dict[str, tuple[str, str]] = {
    "population": ("people", "population of 2023, World Bank"),
    "area": ("km²", "land and inland water, mledoze/countries"),
    "gdp": ("USD million", "GDP of the world's year"),
    "trade": ("USD million", "goods trade among the bloc's own economies"),
}
REGIONAL = "regional organizations"
EVERYTHING = "all blocs"


@dataclass(frozen=True, slots=True)
class GroupSize:
    """Size of a group of economies.

    Attributes
    ----------
    population, area_km2, gdp_musd, trade_inside_musd : float
        Sums over the economies with a figure.
    missing : dict of metric to codes
        The economies without a figure, which count as nothing.
    """

    population: float
    area_km2: float
    gdp_musd: float
    trade_inside_musd: float
    missing: dict[str, tuple[str, ...]]

    def of(self, metric: str) -> float:
        """Return one of the figures by the metric's name."""
        return {
            "population": self.population,
            "area": self.area_km2,
            "gdp": self.gdp_musd,
            "trade": self.trade_inside_musd,
        }[metric]

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the documented JSON."""
        return {
            "population": int(self.population),
            "area_km2": self.area_km2,
            "gdp_musd": self.gdp_musd,
            "trade_inside_musd": self.trade_inside_musd,
            "missing": {metric: list(codes) for metric, codes in self.missing.items()},
        }


def figures(codes: Iterable[str], world: World) -> GroupSize:
    """Add up population, area, GDP and the trade inside a group."""
    codes = list(codes)
    known = economies()
    people = {c: known[c].population for c in codes if c in known}
    area = {c: known[c].area_km2 for c in codes if c in known}
    inside = [world.index[c] for c in codes if c in world.index]
    gdp = {c: float(world.gdp[world.index[c]]) for c in codes if c in world.index}
    trade = world.trade.sum(axis=0)[inside][:, inside]
    missing = {
        "population": [c for c in codes if people.get(c) is None],
        "area": [c for c in codes if area.get(c) is None],
        "gdp": [c for c in codes if not math.isfinite(gdp.get(c, math.nan))],
        "trade": [c for c in codes if c not in world.index],
    }
    return GroupSize(
        float(sum(p for p in people.values() if p is not None)),
        float(sum(a for a in area.values() if a is not None)),
        float(sum(v for v in gdp.values() if math.isfinite(v))),
        float(trade.sum() - trade.trace()),
        {metric: tuple(out) for metric, out in missing.items() if out},
    )


def about(bloc: Bloc, on: dt.date) -> dict[str, Any]:
    """Return what the JSON says of a bloc beside its members."""
    return {
        "bloc": bloc.code,
        "name": bloc.name,
        "kind": bloc.kind,
        "regional": bloc.regional,
        "treaty": bloc.treaty,
        "secretariat": bloc.secretariat,
        "founded": None if bloc.founded == dt.date.min else bloc.founded.isoformat(),
        "on": on.isoformat(),
        "source": bloc.source,
        "note": bloc.note,
    }


def listing(blocs: Iterable[Bloc], on: dt.date, world: World) -> dict[str, Any]:
    """Return what ``winset bloc --json`` prints: every bloc with members and size on a date."""
    return {
        "on": on.isoformat(),
        "blocs": [
            about(bloc, on)
            | {"members": list(bloc.members(on)), "partners": list(bloc.partners(on))}
            | {"figures": figures(bloc.members(on), world).to_json()}
            for bloc in blocs
        ],
    }


@dataclass(frozen=True, slots=True)
class RankedBloc:
    """A bloc's place in a ranking."""

    rank: int
    bloc: str
    kind: str
    economies: int
    figure: float
    missing: tuple[str, ...]


def rank(
    metric: str,
    *,
    on: dt.date,
    world: World,
    blocs: Mapping[str, Bloc] | None = None,
    among: str = EVERYTHING,
    besides: str | None = None,
    smallest: bool = False,
) -> tuple[RankedBloc, ...]:
    """Rank the blocs of a list by population, area, GDP or trade inside.

    Parameters
    ----------
    among : str
        ``"all blocs"``, without mere lists such as the least developed countries;
        ``"regional organizations"``: organization, union or alliance, regional, with a founding
        treaty and a permanent secretariat; a kind, or a plural of one (``"forums"``); or blocs
        joined by commas.
    besides : str, optional
        A bloc that is ranked although the list does not hold it, such as ``SCO+``.

    Raises
    ------
    DataError
        Unknown metric, list or bloc.
    """
    if metric not in METRICS:
        raise DataError(
            f"{metric!r} is not a measure.{did_you_mean(metric, METRICS)} "
            f"Known: {', '.join(METRICS)}."
        )
    known = load_blocs() if blocs is None else blocs
    inside = _listed(among, known)
    ranked = [bloc.code for bloc in known.values() if inside(bloc) and bloc.members(on)]
    if besides is not None and besides not in ranked:
        ranked = [name for name in ranked if f"{name}+" != besides] + [besides]
    sized = []
    for name in ranked:
        bloc, wide = find_bloc(name, known)
        codes = bloc.codes(on, partners=wide)
        total = figures(codes, world)
        sized.append((total.of(metric), name, bloc.kind, len(codes), total.missing.get(metric, ())))
    sized.sort(key=lambda row: (row[0] if smallest else -row[0], row[1]))
    return tuple(
        RankedBloc(place, name, kind, count, figure, missing)
        for place, (figure, name, kind, count, missing) in enumerate(sized, 1)
    )


def _listed(among: str, known: Mapping[str, Bloc]) -> Callable[[Bloc], bool]:
    folded = among.strip().casefold()
    if folded in (EVERYTHING, "all", "everything"):
        return lambda bloc: bloc.kind != "list"
    if folded == REGIONAL:
        return lambda bloc: (
            bloc.kind in ("organization", "union", "alliance")
            and bloc.regional
            and bloc.treaty
            and bloc.secretariat
        )
    if folded.removesuffix("s") in KINDS:
        return lambda bloc: bloc.kind == folded.removesuffix("s")
    listed = {find_bloc(name, known)[0].code for name in names(among)}
    return lambda bloc: bloc.code in listed


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer on one list of blocs.

    Attributes
    ----------
    among : str
        The list on which the answer depends.
    blocs : int
        How many blocs are on it.
    holds : bool
    rank : int
        Place of the bloc that the claim is about.
    figure : float
    rival : RankedBloc | None
        The runner-up if the claim holds, the first if it does not.
    """

    among: str
    blocs: int
    holds: bool
    rank: int
    figure: float
    rival: RankedBloc | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """The answer to "at least" or "at most" so much, or such a share of the world."""

    holds: bool
    figure: float
    share_percent: float
    bound: float
    percent: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence about a bloc, and what the figures say."""

    text: str
    bloc: str
    metric: str
    relation: str
    on: dt.date
    verdicts: tuple[Verdict, ...]
    threshold: Threshold | None
    missing: tuple[str, ...]


GRAMMAR = (
    "Write BLOC largest|smallest population|area|gdp|trade [among LIST], "
    "or BLOC population|area|gdp|trade at least|at most NUMBER[%]; "
    'for example "SCO largest population" or "SCO+ gdp at least 25%".'
)
_SUPERLATIVE = re.compile(
    r"(?P<bloc>.+?)\s+(?P<relation>largest|smallest)\s+(?P<metric>\w+)(?:\s+among\s+(?P<among>.+))?",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?P<bloc>.+?)\s+(?P<metric>\w+)\s+at\s+(?P<relation>least|most)\s+"
    r"(?P<number>[0-9][0-9_.,]*(?:e[0-9]+)?)\s*(?P<percent>%|percent)?",
    re.IGNORECASE,
)


def check(
    text: str, *, on: dt.date, world: World, blocs: Mapping[str, Bloc] | None = None
) -> Claim:
    """Hold a claim such as ``SCO largest population`` against the figures.

    A superlative is answered on the list it names, or on two: regional organizations with a
    treaty and a secretariat, and all blocs. A share is one of the whole world: all economies
    (Antarctica left out) for population and area, those of `world` for GDP, its trade between
    economies for trade.

    Raises
    ------
    DataError
        The sentence is not understood, or names an unknown bloc, measure or list.
    """
    known = load_blocs() if blocs is None else blocs
    if (found := _SUPERLATIVE.fullmatch(text.strip())) is not None:
        return _superlative(text, found, on, world, known)
    if (found := _BOUND.fullmatch(text.strip())) is not None:
        return _bound(text, found, on, world, known)
    raise DataError(f"the claim {text!r} is not understood. {GRAMMAR}")


def _superlative(
    text: str, found: re.Match[str], on: dt.date, world: World, known: Mapping[str, Bloc]
) -> Claim:
    bloc, wide = find_bloc(found["bloc"], known)
    name = bloc.code + "+" * wide
    metric, smallest = found["metric"].casefold(), found["relation"].casefold() == "smallest"
    lists: Sequence[str] = [found["among"]] if found["among"] else [REGIONAL, EVERYTHING]
    verdicts: list[Verdict] = []
    missing: tuple[str, ...] = ()
    for among in lists:
        places = rank(
            metric, on=on, world=world, blocs=known, among=among, besides=name, smallest=smallest
        )
        own = next(place for place in places if place.bloc == name)
        rivals = [place for place in places if place.bloc != name]
        tie = [p for p in rivals if p.figure == own.figure]
        holds = own.rank == 1 and not tie
        verdicts.append(
            Verdict(among, len(places), holds, own.rank, own.figure, rivals[0] if rivals else None)
        )
        missing = own.missing
    return Claim(
        text, name, metric, found["relation"].casefold(), on, tuple(verdicts), None, missing
    )


def _bound(
    text: str, found: re.Match[str], on: dt.date, world: World, known: Mapping[str, Bloc]
) -> Claim:
    bloc, wide = find_bloc(found["bloc"], known)
    metric = found["metric"].casefold()
    if metric not in METRICS:
        raise DataError(
            f"{metric!r} is not a measure.{did_you_mean(metric, METRICS)} "
            f"Known: {', '.join(METRICS)}."
        )
    codes = bloc.codes(on, partners=wide)
    own = figures(codes, world)
    lands = [e.code for e in economies().values() if e.region != "Antarctic"]
    whole = figures(lands if metric in ("population", "area") else world.codes, world)
    try:
        bound = float(found["number"].replace(",", "").replace("_", ""))
    except ValueError:
        raise DataError(f"{found['number']!r} in the claim is not a number. {GRAMMAR}") from None
    share = 100.0 * own.of(metric) / whole.of(metric)
    value = share if found["percent"] else own.of(metric)
    least = found["relation"].casefold() == "least"
    return Claim(
        text,
        bloc.code + "+" * wide,
        metric,
        f"at {found['relation'].casefold()}",
        on,
        (),
        Threshold(
            value >= bound if least else value <= bound,
            own.of(metric),
            share,
            bound,
            found["percent"] is not None,
        ),
        own.missing.get(metric, ()),
    )
