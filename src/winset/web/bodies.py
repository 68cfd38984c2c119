"""What requests look like, for the OpenAPI description.

Requests are checked by the models of `winset.scenario` themselves and by `winset.web.reading` and
`winset.web.questions`, so nothing here runs when a request is answered. It is one file because OpenAPI
describes them together.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from winset.scenario import changes
from winset.scenario.parameters import ParametersFile

EXAMPLE: dict[str, Any] = {
    "title": "Ten percent off the cost of trade in the SCO",
    "on": "2025-09-01",
    "parameters": {"trade_elasticity": 4.0},
    "change": [{"kind": "trade-cost", "among": "SCO", "percent": -10.0}],
}

WorldName = Literal[
    "world-2023", "world-2023-free", "icio-2022", "world-2022-sectors", "caliendo-parro-1993"
]
Change = Annotated[changes.Change, Field(discriminator="kind")]


class Body(BaseModel):
    """What comes in: nothing but the keys that are named."""

    model_config = ConfigDict(extra="forbid")


class ScenarioBody(Body):
    """A scenario, as in the TOML files; a change cannot name a `file` over HTTP."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    title: str = ""
    world: WorldName | None = Field(
        None,
        description="an embedded world; world-2023 for changes of tariffs and world-2023-free for others "
        "if left out",
    )
    on: dt.date | None = Field(None, description="when membership counts; today if left out")
    year: int | None = Field(None, ge=1900, le=2200, description="in which phases have come so far")
    absent: Literal["refused", "left-out"] = Field(
        "refused", description="what becomes of the code of an economy that the world does not have"
    )
    parameters: ParametersFile = ParametersFile.model_validate({})
    change: list[Change] = Field(min_length=1, max_length=100)


Anything = Annotated[
    ScenarioBody | str, Field(description="an object, or the name of a bundled scenario")
]


class ChangedBody(Body):
    """A scenario with some of its keys set, as `--set` does it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"scenario": "sco-2025", "set": {"percent": -20}}},
    )

    scenario: Anything
    set: dict[str, str | float] = Field(default_factory=dict)


class DrawnBody(ChangedBody):
    """The same, with intervals from draws of parameters and flows, and the other deficit rules."""

    draws: int | None = Field(None, ge=1, le=500, description="in worlds with one sector")
    seed: int = Field(1, ge=0, le=2**32 - 1)
    deficit_rules: bool = Field(False, description="whether the other rules are solved beside")
    economy: str | None = Field(None, description="the code of one to look at more closely")


class ShareBody(Body):
    """Whose gain is to be divided."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"scenario": "sco-2025", "players": "SCO"}},
    )

    scenario: Anything
    set: dict[str, str | float] = Field(default_factory=dict)
    players: list[str] | str | None = Field(
        None, description="blocs and codes, a list or by comma; the members if left out"
    )
    resolution: Literal["full", "compact"] = "full"
    aversion: float | None = Field(
        None, gt=0, le=10, description="inequality aversion: also by rules that weigh the poor"
    )


class VoteBody(Body):
    """A voting rule and its members."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"rule": "population", "members": "SCO", "quota": "55%"}},
    )

    rule: str | dict[str, Any] = Field(
        description="a bundled rule's name, or an object as in a rule file"
    )
    members: list[str] | str | None = None
    on: dt.date | None = None
    quota: str | float | dict[str, str | float] | None = None
    accession: list[str] | str | None = Field(None, description="who joins")
    design: str | None = Field(
        None, description="find the rule: equal, population, sqrt, contribution, or a blend"
    )
    coalitions: int | None = Field(None, ge=1, le=1000, description="so many minimal coalitions")
    samples: int | None = Field(None, ge=1, le=1_000_000)
    seed: int = Field(0, ge=0, le=2**32 - 1)
    unions: list[list[str]] | str | None = Field(
        None, description="who has united: lists of members, or text such as A,B;C,D"
    )


class AgreeBody(Body):
    """A group and years of votes in the UN General Assembly."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"bloc": "SCO", "years": "2010-2025"}}
    )

    bloc: list[str] | str = Field(description="a bloc, all, or codes")
    years: str = Field(description="1946 to 2025: a year or a range")
    issue: Literal["me", "nu", "di", "hr", "co", "ec"] | None = None
    against: str | None = Field(None, description="another group to compare with")
    on: dt.date | None = None
    by_year: bool = False
    weights: Literal["identical", "linear", "quadratic"] = "identical"
    estimate: bool = Field(False, description="ideal points estimated anew: as a job")
    dimensions: Literal[1, 2] = Field(1, description="2 is estimated anew: as a job")


class MatchBody(Body):
    """Whose trade is compared."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"bloc": "SCO", "on": "2025-09-01"}}
    )

    bloc: list[str] | str = Field(description="a bloc, or blocs and codes")
    world: WorldName = Field("icio-2022", description="for the indices by sector")
    gravity: WorldName = Field("world-2023", description="that gravity is estimated on")
    sector: str | None = Field(None, description="gravity of one sector of that world")
    on: dt.date | None = None


class TreatyBody(Body):
    """Whose commitments are compared, and when."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"bloc": "SCO", "on": "2025-09-01"}}
    )

    bloc: list[str] | str = Field(description="a bloc, or blocs and codes")
    on: dt.date | None = Field(None, description="of members and treaties; today if left out")


class DependBody(Body):
    """On whom a group depends, and whose stop is asked for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"bloc": "KAZ", "stop": "RUS,CHN"}}
    )

    bloc: list[str] | str = Field(description="a bloc, or blocs and codes")
    stop: list[str] | str | None = Field(None, description="the largest suppliers if left out")
    world: WorldName = "world-2022-sectors"
    sector: str | None = Field(None, description="stops of its goods alone")
    short: float = Field(1.0, gt=0, le=100, description="trade elasticity of the short run")
    partners: int = Field(5, ge=0, le=20, description="how many suppliers stop")
    on: dt.date | None = Field(None, description="of members; today if left out")


class CarbonBody(Body):
    """Whose CO2 is counted: in a world, or before and after a scenario."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"world": "icio-2022"}})

    world: WorldName | None = Field(None, description="or scenario")
    scenario: Anything | None = Field(None, description="or world")
    set: dict[str, str | float] = Field(default_factory=dict)


class ClubBody(Body):
    """A club in trade general equilibrium, as in the TOML files."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "scenario": {
                    "on": "2025-09-01",
                    "club": {"players": "RUS,KAZ,UZB", "penalty": 0.1, "rest": "others"},
                    "change": [{"kind": "free-trade-area", "among": ["RUS", "KAZ", "UZB"]}],
                }
            }
        },
    )

    scenario: str | dict[str, Any] = Field(
        description="a bundled club's name, or an object as in the TOML files; where more than 10 choose, as "
        "a job"
    )
    penalty: float | None = Field(None, ge=0, le=10, description="in place of the scenario's")
    price: float | None = Field(None, ge=0, le=100_000, description="USD a tonne, in its place")
    club: list[str] | str | None = Field(None, description="members of a club to be shown too")


class EvenBody(Body):
    """Whose votes on like texts are compared, and in which years."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"bloc": "SCO", "years": "2005-2025"}}
    )

    bloc: list[str] | str = Field(description="a bloc, all, or codes")
    years: str = Field("2005-2025", description="1980 to 2025: a year or a range")
    family: str | None = Field(None, description="rights or territory; both if left out")
    on: dt.date | None = None


class TrackBody(Body):
    """Whose pledges are followed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"group": "SCO"}})

    group: str = Field(description="a group with bundled pledges, or all")


class GapBody(Body):
    """A scenario whose gains are laid on incomes; or a grouped distribution, its mean and a line."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"scenario": "sco-2025"}}
    )

    scenario: Anything | None = Field(None, description="or points")
    set: dict[str, str | float] = Field(default_factory=dict)
    points: list[tuple[float, float]] | None = Field(
        None, min_length=2, max_length=1000, description="cumulative shares of people and of income"
    )
    mean: float | None = None
    line: float | None = Field(None, description="in the unit of the mean")
    form: Literal["quadratic", "beta", "best"] | None = Field(None, description="of points")
    incomes: Literal["household", "wid"] = "household"
    year: int | None = Field(None, ge=1990, le=2024, description="the world's if left out")
    lines: str | None = Field(None, description="dollars a day by comma, or none")
    ppp: int = Field(2021, ge=2005, le=2021, description="of the lines")
    north: list[str] | str = "OECD"
    south: list[str] | str = "G77"


class BacktestBody(Body):
    """Which agreement of the past is tested."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"test": "eu-2004"}})

    test: str = Field(description="eu-2004, eaeu-2015, china-korea-2015, …")
    given: float = Field(5.0, ge=0, le=90, description="percent off, given beforehand")
    placebos: int = Field(40, ge=0, le=200)
    seed: int = Field(1, ge=0, le=2**32 - 1)


class DealBody(Body):
    """Issues, and the terms under which each signs."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"deal": "silk-road-example", "floors": {"KGZ": 2}}},
    )

    deal: str | dict[str, Any] = Field(
        description="a bundled deal's name, or an object as in the TOML files"
    )
    floors: dict[str, str | float] | None = Field(None, description="least gain of each to sign")
    side_payments: bool = False
    unit: Literal["welfare_musd", "welfare_percent"] | None = Field(
        None, description="of issues that are scenarios"
    )


class RouteBody(Body):
    """Which way, or with `map` the whole network, or what a closed border or an opened link is worth."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"from": "Tashkent", "to": "Karachi"}}
    )

    start: str | None = Field(None, alias="from", description="a node, or an economy's largest one")
    to: str | None = None
    map: bool = Field(False, description="who lies in the middle, who depends on whose transit")
    close: list[str] | str = Field("", description="KAZ-UZB, KAZ>UZB, a node, a-b, or suez")
    open: str = Field("", description="planned, under construction, or all")
    faster_borders: float = Field(0.0, ge=0.0, le=100.0, description="percent less hours")
    speed: float | None = Field(None, gt=0.0, description="km/h at least of roads and railways")
    mode: str = Field("", description="road,rail,sea: by these alone")
    day: float = Field(1.35, ge=0.0, le=50.0, description="percent of the value that a day costs")
    value: float | Literal["none"] | None = Field(None, description="USD of a unit of cargo")
    theta: float | None = Field(None, gt=0.0, description="of soft choice of ways")
    alternatives: int = Field(3, ge=0, le=50)
    world: WorldName = "world-2023"


class UnionBody(Body):
    """Who unites, and what is asked of the outside."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"group": "SCO", "mfn": True}}
    )

    group: str | list[str] | ScenarioBody = Field(
        description="a bundled scenario's name, the object of one, a bloc, or codes"
    )
    set: dict[str, str | float] = Field(default_factory=dict)
    world: WorldName | None = None
    elasticities: str | None = None
    harmless: bool = Field(False, description="the tariff that harms nobody: as a job")
    common: bool = Field(False, description="the best common tariff: as a job")
    mfn: bool = Field(False, description="compare with the same cut given to everybody")
    free_trade: bool = Field(False, description="a free-trade area")
    instruments: Literal["partner", "partner-sector"] | None = None
    least: float = Field(-50.0, gt=-100.0, description="percent, of a harmless rate")
    most: float = Field(200.0, description="percent")
    keep: int | None = Field(None, ge=1, le=10_000, description="of the largest outsiders")


class WarBody(Body):
    """Who fights, and how."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"world": "icio-2022", "balanced": True}}
    )

    world: WorldName
    players: list[str] | str = Field("all", description="all, a bloc, or codes")
    on: dt.date | None = None
    as_one: bool = False
    method: Literal["sufficient", "exact", "both"] | None = Field(
        None, description="exact and both: as a job"
    )
    instruments: Literal["uniform", "partner", "sector", "partner-sector"] = "uniform"
    elasticities: str = ""
    balanced: bool = False
    value_added_share: float | None = None
    cooperate: bool = False
    transfers: bool = False
    starts: int = Field(2, ge=1, le=100)
    points: int = Field(200, ge=0, le=100_000)
    seed: int = Field(0, ge=0, le=2**32 - 1)


class OfferBody(Body):
    """Tariff lines that winset brings along, or a table of them, and how they are answered for."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"lines": "china-india"}}
    )

    lines: str | None = Field(None, description="a bundled example's name")
    table: str | None = Field(
        None,
        max_length=1_000_000,
        description="in place of it: the text of a table of lines, not kept",
    )
    cut: float | None = Field(
        None, ge=0, le=100, description="of a table: percent of every duty [100]"
    )
    percent: bool | None = Field(None, description="of a table: whether rates are in percent")
    method: Literal["exact", "gsim", "smart"] | None = None
    demand: float | None = Field(None, ge=-100, lt=0, description="elasticity of import demand")
    supply: float | None = Field(None, gt=0, le=1000, description="elasticity of export supply")
    floors: dict[str, float] | None = Field(None, description="least gain of each to sign")


class CommonBody(Body):
    """A common good, or a network of routes."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"center": "security-center"}}
    )

    center: str | dict[str, Any] | None = Field(
        None, description="a bundled center's name, or an object as in the TOML files"
    )
    members: list[str] | str | None = Field(None, description="in place of the center's own")
    on: dt.date | None = None
    arcs: list[dict[str, Any]] | None = Field(
        None, description="in place of a center: start, end, capacity?, cost?, attackable?"
    )
    nodes: list[dict[str, Any]] | None = Field(
        None, description="of the arcs: name, demand (below zero: supply), country?"
    )
    problem: Literal["max-flow", "shortest-path", "min-cost"] = "max-flow"
    attacks: int = Field(1, ge=0, le=100, description="how many arcs are watched, or lost")
    start: str = Field("Start", description="where a maximum flow begins")
    end: str = Field("End", description="where it ends")


class BankBody(Body):
    """Projects of a bank, a ballot, or a bank to be founded: one of the four."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"portfolio": "two-islands"}}
    )

    portfolio: str | dict[str, Any] | None = Field(
        None, description="a bundled portfolio's name, or an object as in the TOML files"
    )
    only: list[str] | str | None = Field(None, description="names of projects")
    draws: int = Field(0, ge=0, le=2_000, description="of costs, delays, effects, elasticity")
    seed: int = Field(0, ge=0)
    game: dict[str, Any] | None = Field(
        None, description="budget, projects, and approvals or utilities"
    )
    satisfaction: Literal["cost", "cardinality"] | None = None
    design: str | None = Field(None, description="equal, population, sqrt, contribution, a blend")
    capital: list[str] | str | None = Field(None, description="rules of capital, or proposals")
    members: list[str] | str | None = Field(None, description="of the bank to be founded")
    total: float = Field(100_000.0, gt=0, description="subscribed capital, USD million")
    basic: float | None = Field(None, ge=0, lt=1, description="basic votes, as a part of all")
    quota: str | None = None
    on: dt.date | None = None
    aversion: float | None = Field(
        None, gt=0, le=10, description="inequality aversion: also weigh the poor among members"
    )


class PeopleBody(Body):
    """Who studies, lives and publishes where; or what changes of rules do to it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"scenario": "sco-visa-free", "draws": 20}}
    )

    bloc: list[str] | str | None = Field(None, description="a bloc, or blocs and codes")
    scenario: Anything | None = Field(
        None, description="an example of winset people, a bundled scenario's name, or an object"
    )
    set: dict[str, str | float] | None = None
    of: Literal["migrants", "students", "works"] | None = Field(
        None, description="of a bloc, all tables if left out: as a job"
    )
    year: int | None = Field(None, description="of a bloc's table, such as 2015")
    on: dt.date | None = Field(None, description="of a bloc's members; today if left out")
    forecast: bool | None = Field(None, description="try gravity on a year that it has not seen")
    promises: bool | None = Field(None, description="what a bloc was promised")
    totals: Literal["open", "closed"] | None = Field(None, description="of a scenario")
    capacity: Literal["held"] | None = Field(
        None, description="of a scenario: hosts take no more than they have; as a job"
    )
    draws: int | None = Field(None, ge=1, le=200, description="of a scenario, for intervals")
    seed: int = Field(1, ge=0, le=2**32 - 1, description="of a scenario")


class BriefBody(Body):
    """For whom a brief is written; always as a job."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"bloc": "SCO", "for": "KAZ"}}
    )

    bloc: list[str] | str = Field(description="a bloc such as SCO, SCO+, or codes")
    seat: str | None = Field(None, alias="for", description="from the desk of one economy: a code")
    on: dt.date | None = Field(None, description="of members; today if left out")
    lang: Literal["en", "ru", "zh"] = "en"


class SummitBody(Body):
    """A summit's phrases, of a bundled summit or of the text of a TOML file."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"summit": "sco-2025"}})

    summit: str | None = Field(None, description="a bundled summit's name; or text")
    text: str | None = Field(
        None,
        max_length=100_000,
        description="of a TOML file, not kept; more than 30 questions as a job",
    )
    check: str | None = Field(
        None, max_length=100_000, description="a draft's text with a phrase on each line"
    )


#: What each study is asked.
ASKED: dict[str, type[Body]] = {
    "solve": DrawnBody,
    "share": ShareBody,
    "vote": VoteBody,
    "agree": AgreeBody,
    "match": MatchBody,
    "treaty": TreatyBody,
    "depend": DependBody,
    "carbon": CarbonBody,
    "club": ClubBody,
    "even": EvenBody,
    "track": TrackBody,
    "gap": GapBody,
    "backtest": BacktestBody,
    "route": RouteBody,
    "deal": DealBody,
    "union": UnionBody,
    "war": WarBody,
    "offer": OfferBody,
    "common": CommonBody,
    "bank": BankBody,
    "people": PeopleBody,
    "brief": BriefBody,
    "summit": SummitBody,
}


def _as_job(model: type[Body]) -> type[BaseModel]:
    name = model.__name__.removesuffix("Body")
    study: Any = Literal[name.lower()]
    return create_model(
        f"{name}Job",
        __base__=model,
        __doc__=f"{model.__doc__} As a job.",
        study=(study, ...),
        sections=(bool, Field(False, description="whether its report in parts is kept too")),
    )


#: The questions beyond a scenario, see `winset.web.questions`.
STUDIES = tuple(study for study in ASKED if study not in ("solve", "share"))

#: The same bodies as jobs: `study` says which.
LONG = tuple(_as_job(ASKED[study]) for study in STUDIES)

BODIES: tuple[type[BaseModel], ...] = (
    ScenarioBody, ChangedBody, DrawnBody, ShareBody, *(ASKED[study] for study in STUDIES), *LONG,
)  # fmt: skip
