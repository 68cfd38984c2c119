"""What answers look like, for the OpenAPI description.

Answers are the objects of the command line, so nothing here runs when a request is answered; the
tests hold these models against real answers. They are one file because they are one description.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import models_json_schema

from winset.scenario.parameters import ParametersFile
from winset.trade.result import BY_UTILITY, COLUMNS, OF_EXPORT_TAXES
from winset.web.bodies import BODIES, STUDIES

PREFIX = "#/components/schemas/"


class Answer(BaseModel):
    """What goes out."""

    model_config = ConfigDict(extra="allow", arbitrary_types_allowed=True)


class Refused(Answer):
    """What is wrong, where, which value, and what to do; the words of the command line."""

    error: str
    code: str = Field(description="what kind of failure it is, in a word that does not change")


class SolverUsed(Answer):
    """How the equilibrium was found."""

    iterations: int
    residual: float = Field(description="largest, over an economy's output")
    seconds: float


class WorldUsed(Answer):
    """The data that a result rests on."""

    name: str
    year: int
    sha256: str
    economies: int
    floored: list[str]
    unmet: dict[str, Any] | None
    absent: list[str]
    tariff_sources: dict[str, float] | None
    services_left_out: dict[str, Any] | None


class ScenarioUsed(Answer):
    """The scenario as it was run."""

    name: str
    title: str
    on: dt.date
    toml: str


class Worst(Answer):
    """Who loses most."""

    code: str
    welfare_percent: float


class WorstInMoney(Answer):
    """Who loses most in money."""

    code: str
    welfare_musd: float


class Summary(Answer):
    """Who gains and who loses, counted and summed."""

    members_gaining: int
    members_losing: int
    outsiders_gaining: int
    outsiders_losing: int
    outsiders_losing_more_than: dict[str, int] = Field(description="by the percentage lost")
    unmoved_below_percent: float
    members_musd: float
    outsiders_musd: float
    world_musd: float
    worst: Worst
    worst_in_money: WorstInMoney


class _Economy(Answer):
    code: str
    name: str
    role: Literal["member", "outsider"]


_COLUMNS: dict[str, Any] = {
    key: (float | None, Field(description=f"{meaning} ({unit})"))
    for key, (unit, meaning) in (COLUMNS | BY_UTILITY).items()
} | {
    key: (float, Field(None, description=f"{meaning} ({unit}), where a change taxes exports"))
    for key, (unit, meaning) in OF_EXPORT_TAXES.items()
}
EconomyResult = create_model(
    "EconomyResult", __base__=_Economy, __doc__="What the change does to one economy.", **_COLUMNS
)


class Widest(Answer):
    """An economy and its gain."""

    code: str
    welfare_percent: float


class OtherFindings(Answer):
    """The same change under another assumption, and what of the verdict that overturns."""

    summary: Summary | None = Field(description="null where there is no equilibrium")
    refused: str | None
    overturned: list[str] = Field(description="keys of the summary")
    flipped: list[str] = Field(
        description="members that gain under one assumption and lose under the other"
    )
    widest: Widest | None
    economies: list[Widest] = Field(
        description="the gain of each under it; empty without equilibrium"
    )


class OtherDeficitRule(OtherFindings):
    """The same change under another rule on deficits."""

    rule: str
    rules: list[str]


class LaterMember(Answer):
    """A member of a named bloc that joins after the date that counts."""

    code: str
    bloc: str
    joined: dt.date


class Counted(Answer):
    """Who was chosen and who is counted."""

    chosen: int
    counted: int
    later: list[LaterMember]
    absent: list[str]


class PartnerTrade(Answer):
    """Trade of one economy with a partner, USD million, before and after."""

    code: str
    name: str
    exports_musd: float
    new_exports_musd: float
    imports_musd: float
    new_imports_musd: float


class EconomySeen(Answer):
    """What a run says of one economy."""

    code: str
    welfare_musd: float
    parts: dict[str, float]
    trade: dict[str, float]
    partners: list[PartnerTrade]
    sectors: list[dict[str, Any]] | None = None


class SolveAnswer(Answer):
    """What `winset run --json` prints."""

    winset: str
    scenario: ScenarioUsed
    parameters: ParametersFile
    world: WorldUsed
    solver: SolverUsed
    economies: list[EconomyResult]  # type: ignore[valid-type]
    counted: Counted
    summary: Summary
    deficit_rules: list[OtherDeficitRule] | None = Field(None, description="where asked for")
    blanks_filled: OtherFindings | None = Field(
        None, description="with deficit_rules, in a world whose source has blanks"
    )
    economy: EconomySeen | None = Field(None, description="where asked for")


class CoreVerdict(Answer):
    """Whether there is a division to which no coalition objects."""

    empty: bool
    least_core_excess_musd: float


class WorthUnderRule(Answer):
    """What an agreement is worth under another rule on deficits."""

    rule: str
    rules: list[str]
    grand_musd: float | None
    refused: str | None
    players: list[dict[str, Any]]


class ShareAnswer(Answer):
    """What `winset share --json` prints."""

    counted: Counted
    left_out_members: list[str]
    deficit_rules: list[WorthUnderRule]
    players: list[str]
    coalitions: int
    resolution: Literal["full", "compact"]
    method: Literal["exact", "dividends"]
    order: int | None = Field(description="of the dividends")
    error_musd: float = Field(description="that a worth may have")
    dividends: dict[str, Any] | None
    grand_musd: float
    own_gain_musd: dict[str, float]
    standalone_musd: dict[str, float]
    shapley: dict[str, float]
    nucleolus: dict[str, float]
    equal: dict[str, float]
    population: dict[str, float]
    gdp: dict[str, float]
    banzhaf: dict[str, float]
    core: CoreVerdict
    in_core: dict[str, bool]
    objections: dict[str, list[dict[str, Any]]]
    transfers: dict[str, list[dict[str, Any]]]
    certificate: dict[str, Any]


class Job(Answer):
    """A job; `result` is there once it is done, `error` when it has failed."""

    id: str
    study: str = Field(json_schema_extra={"enum": ["share", *STUDIES]})
    state: Literal["queued", "running", "done", "failed", "cancelled", "removed"]
    title: str
    players: list[str]
    resolution: Literal["full", "compact"] | None = Field(description="of shares")
    body: Any = Field(None, description="what was asked for, as it came; not in the list of jobs")
    created: float = Field(description="seconds since 1970")
    done: int = Field(description="blocks of coalitions solved; 0 or 1 of other studies")
    total: int
    seconds_left: float | None = Field(description="null when not known")
    result: Any = Field(None, description="the object of the study's command, such as ShareAnswer")
    error: str | None = None
    code: str | None = Field(None, description="of the error")
    waits: str | None = Field(None, description="why the queue stands still")


class JobList(Answer):
    """All jobs, the newest first, without results."""

    jobs: list[Job]


class VoteAnswer(Answer):
    """What `winset vote --json` prints."""

    members: list[dict[str, Any]]
    power_to_act: float
    counted: Counted


class CountedOverYears(Counted):
    """The same, with the members whose votes are counted though they joined later in the span."""

    newer: list[LaterMember]


class AgreeAnswer(Answer):
    """What `winset agree --json` prints for one span of years."""

    counted: CountedOverYears
    years: str
    economies: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    cohesion: dict[str, Any]


class MatchAnswer(Answer):
    """What `winset match --json` prints."""

    group: str
    on: dt.date
    members: list[dict[str, str]]
    counted: Counted
    complementarity: dict[str, Any]
    potential: dict[str, Any]


class TreatyAnswer(Answer):
    """What `winset treaty --json` prints."""

    bloc: str
    on: dt.date
    level: float
    economies: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    common: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    treaties: list[dict[str, Any]]
    not_measured: list[str]
    counted: Counted


class DependAnswer(Answer):
    """What `winset depend --json` prints."""

    winset: str
    group: str
    on: dt.date
    members: list[str]
    counted: Counted
    caveat: str
    minerals: list[dict[str, Any]]
    minerals_concentrated: dict[str, int]
    fuels: dict[str, Any]
    goods: list[dict[str, Any]]
    world: dict[str, Any]
    short_run_elasticity: float
    stopped_sector: str | None
    partners: list[dict[str, Any]]


class CarbonAnswer(Answer):
    """What `winset carbon --json` prints; accounts are by region and gas, in the unit of the CO2.

    Of a scenario they are those before, with ``after``, ``changes`` by economy and ``emissions`` of the run.
    """

    winset: str
    title: str
    unit: str
    year: int
    measured_by_sector: bool
    world: dict[str, Any]
    regions: list[str]
    sectors: list[str]
    gases: list[str]
    production: dict[str, dict[str, float]]
    consumption: dict[str, dict[str, float]]
    imports: dict[str, dict[str, float]]
    exports: dict[str, dict[str, float]]
    households: dict[str, dict[str, float]]
    embodied: list[dict[str, Any]]
    bilateral: list[dict[str, Any]]
    compared: list[dict[str, Any]]
    after: dict[str, Any] | None = None
    changes: list[dict[str, Any]] | None = None
    emissions: dict[str, Any] | None = None


class ClubAnswer(Answer):
    """What `winset club SCENARIO --json` prints."""

    game: Literal["trade"]
    winset: str
    title: str
    on: dt.date
    world: dict[str, Any]
    parameters: ParametersFile
    players: list[str]
    core: list[str]
    penalty_percent: float
    carbon_price_usd_per_tonne: float
    clubs: int
    stable_count: int
    stable: list[dict[str, Any]]
    everybody: dict[str, Any]
    asked: dict[str, Any] | None
    rounds: list[dict[str, Any]]
    rounds_come_to_rest: bool
    pivotal: list[dict[str, Any]]
    with_transfers: dict[str, Any]
    solver: dict[str, Any]


class EvenAnswer(Answer):
    """What `winset even --json` prints."""

    bloc: str
    years: str
    family: str | None
    level: float
    economies: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    not_measured: list[str]
    counted: Counted


class TrackAnswer(Answer):
    """What `winset track --json` prints."""

    who: str
    pledges_counted: int
    pledges: list[dict[str, Any]]
    by_method: list[dict[str, Any]]
    scores: list[dict[str, Any]]


class GapAnswer(Answer):
    """What `winset gap --json` prints; of a scenario, or of grouped data."""

    verdicts: dict[str, str] | None = None
    groups: list[dict[str, Any]] | None = None
    between: list[dict[str, Any]] | None = None
    persons: list[dict[str, Any]] | None = None
    gini: float | None = None
    headcount: float | None = None
    deciles: list[float] | None = None


class BacktestAnswer(Answer):
    """What `winset backtest --json` prints."""

    tests: list[dict[str, Any]]


class RouteAnswer(Answer):
    """What `winset route --json` prints; which keys there are depends on what was asked."""

    winset: str
    network: dict[str, Any]
    terms: dict[str, Any]
    changes: dict[str, Any]
    notes: list[str]


class DealAnswer(Answer):
    """What `winset deal --json` prints."""

    package: list[str]
    total: float
    gains: dict[str, float]
    optimal_packages: list[list[str]]
    frontier: list[dict[str, Any]]
    bargains: dict[str, Any]
    vetoes: list[dict[str, Any]]
    concession: dict[str, Any] | None
    passing_alone: list[str]


class UnionAnswer(Answer):
    """What `winset union --json` prints."""

    winset: str
    scenario: dict[str, Any]
    world: dict[str, Any]
    parameters: ParametersFile
    form: Literal["customs-union", "free-trade-area"]
    members: list[Any]
    outsiders: list[Any]
    not_judged: list[str]
    duties: dict[str, Any]
    summary: dict[str, Any]
    harmless: dict[str, Any] | None
    common: dict[str, Any] | None
    to_all: dict[str, Any] | None
    solver: dict[str, Any]


class WarAnswer(Answer):
    """What `winset war --json` prints."""

    method: str
    elasticities: str
    balanced: bool
    world: dict[str, Any]
    players: list[Any]
    solver: dict[str, Any]
    on: dt.date
    counted: Counted


class OfferAnswer(Answer):
    """What `winset offer --json` prints."""

    winset: str


class SectionsAnswer(Answer):
    """The report of a question in parts; `figures` is the JSON of its command."""

    title: str
    kicker: str
    verdict: list[str]
    sections: list[dict[str, Any]]
    method: list[str]
    sources: list[str]
    figures: Any


class BriefAnswer(Answer):
    """What `winset brief --json` prints."""

    winset: str
    bloc: str
    members: list[str]
    on: str
    title: str
    opening: list[str]
    sections: list[dict[str, Any]]


class SummitAnswer(Answer):
    """What `winset summit --json` prints; with `check`, `draft` too."""

    winset: str
    summit: dict[str, Any]
    verdicts: dict[str, int]
    phrases: list[dict[str, Any]]


class CommonAnswer(Answer):
    """What `winset common --json` prints: of a center, or of a network of routes."""

    winset: str


class BankAnswer(Answer):
    """What `winset bank --json` prints: of a portfolio, a ballot, or a bank to be founded."""

    winset: str


class PeopleAnswer(Answer):
    """What `winset people --json` prints: of a bloc `accounts`, of a scenario `outcomes`, or `promises`."""

    winset: str
    group: str | None = None
    on: dt.date | None = None
    accounts: list[dict[str, Any]] | None = None
    science: dict[str, Any] | None = None
    out_of_sample: dict[str, Any] | None = None
    scenario: dict[str, Any] | None = None
    outcomes: list[dict[str, Any]] | None = None
    labor_agreements: list[dict[str, Any]] | None = None
    trade: dict[str, Any] | None = None
    promises: list[dict[str, Any]] | None = None


class Worlds(Answer):
    """Embedded worlds."""

    worlds: list[dict[str, Any]]


class Blocs(Answer):
    """Blocs with members, partners and size on a date."""

    on: dt.date
    blocs: list[dict[str, Any]]


class Scenarios(Answer):
    """Bundled scenarios; one with `files` goes by its name over HTTP."""

    scenarios: list[dict[str, Any]]


#: Every answer defined above, in its order.
ANSWERS = tuple(Answer.__subclasses__())


def schemas() -> dict[str, Any]:
    """Return the components of the OpenAPI description."""
    _, bodies = models_json_schema(
        [(model, "validation") for model in BODIES], ref_template=PREFIX + "{model}"
    )
    _, answers = models_json_schema(
        [(model, "serialization") for model in ANSWERS], ref_template=PREFIX + "{model}"
    )
    found: dict[str, Any] = answers["$defs"] | bodies["$defs"]
    for kind in ("TradeCost", "Tariff"):
        del found[kind]["properties"]["file"]
    return found


def body(*models: type[BaseModel], texts: bool = False) -> dict[str, Any]:
    """Return what `openapi_extra` says of a request: one of the models, or a bundled name."""
    choices: list[dict[str, Any]] = [{"$ref": PREFIX + model.__name__} for model in models]
    if texts:
        choices.append({"type": "string", "description": "name of a bundled scenario"})
    schema = choices[0] if len(choices) == 1 else {"anyOf": choices}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def answer(
    model: type[BaseModel], status: int = 200, *, many: bool = False
) -> dict[int | str, Any]:
    """Return what `responses` says of an endpoint that answers a model."""
    schema: dict[str, Any] = {"$ref": PREFIX + model.__name__}
    if many:
        schema = {"anyOf": [schema, {"type": "array", "items": schema}]}
    said = {"description": model.__doc__, "content": {"application/json": {"schema": schema}}}
    return {status: said} | REFUSALS


REFUSALS: dict[int | str, Any] = {
    status: {
        "description": words,
        "content": {"application/json": {"schema": {"$ref": PREFIX + "Refused"}}},
    }
    for status, words in (
        (400, "The body is not JSON."),
        (403, "Another site or another host name."),
        (404, "Not there."),
        (413, "The body is too large."),
        (415, "The body is not application/json."),
        (422, "The input is wrong; the words are those of the command line."),
        (429, "Too many requests or jobs; see Retry-After."),
        (503, "No answer in time."),
        (507, "The disk of the server is full."),
    )
}
