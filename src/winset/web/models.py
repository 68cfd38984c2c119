"""What requests and answers look like, for the OpenAPI description.

Requests are checked by the models of `winset.scenario` themselves (`winset.web.reading`), and answers
are the objects of the command line, so nothing here runs when a request is answered; the tests
hold these models against real answers.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import models_json_schema

from winset.scenario.changes import Productivity, Tariff, TradeCost
from winset.scenario.parameters import ParametersFile
from winset.trade.result import COLUMNS

PREFIX = "#/components/schemas/"
EXAMPLE: dict[str, Any] = {
    "title": "Ten percent off the cost of trade in the SCO",
    "on": "2025-09-01",
    "parameters": {"trade_elasticity": 4.0},
    "change": [{"kind": "trade-cost", "among": "SCO", "percent": -10.0}],
}

Change = Annotated[TradeCost | Tariff | Productivity, Field(discriminator="kind")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="allow", arbitrary_types_allowed=True)


class Scenario(_Body):
    """A scenario, as in the TOML files; a change cannot name a `file` over HTTP."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})

    title: str = ""
    world: Literal["world-2023", "icio-2022", "caliendo-parro-1993"] = Field(
        "world-2023", description="an embedded world"
    )
    on: dt.date | None = Field(None, description="when membership counts; today if left out")
    year: int | None = Field(None, ge=1900, le=2200, description="in which phases have come so far")
    parameters: ParametersFile = ParametersFile.model_validate({})
    change: list[Change] = Field(min_length=1, max_length=100)


Anything = Annotated[
    Scenario | str, Field(description="an object, or the name of a bundled scenario")
]


class Changed(_Body):
    """A scenario with some of its keys set, as `--set` does it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"scenario": "sco-2025", "set": {"percent": -20}}},
    )

    scenario: Anything
    set: dict[str, str | float] = Field(default_factory=dict)


class Drawn(Changed):
    """The same, with intervals from draws of parameters and flows where `draws` is given."""

    draws: int | None = Field(None, ge=1, le=500, description="in worlds with one sector")
    seed: int = Field(1, ge=0, le=2**32 - 1)


class Share(_Body):
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


class Vote(_Body):
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


class Agree(_Body):
    """A group and years of votes in the UN General Assembly."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"bloc": "SCO", "years": "2010-2019"}}
    )

    bloc: list[str] | str = Field(description="a bloc, all, or codes")
    years: str = Field(description="1946 to 2019: a year or a range")
    issue: Literal["me", "nu", "di", "hr", "co", "ec"] | None = None
    against: str | None = Field(None, description="another group to compare with")
    on: dt.date | None = None
    by_year: bool = False


class Problem(_Answer):
    """What is wrong, where, which value, and what to do; the words of the command line."""

    error: str


class Solver(_Answer):
    """How the equilibrium was found."""

    iterations: int
    residual: float = Field(description="largest, over an economy's output")
    seconds: float


class WorldUsed(_Answer):
    """The data that a result rests on."""

    name: str
    year: int
    sha256: str
    economies: int
    floored: list[str]
    unmet: dict[str, Any] | None
    absent: list[str]


class ScenarioUsed(_Answer):
    """The scenario as it was run."""

    name: str
    title: str
    on: dt.date
    toml: str


class Worst(_Answer):
    """Who loses most."""

    code: str
    welfare_percent: float


class Summary(_Answer):
    """Who gains and who loses, counted and summed."""

    members_gaining: int
    members_losing: int
    outsiders_gaining: int
    outsiders_losing: int
    unmoved_below_percent: float
    members_musd: float
    outsiders_musd: float
    world_musd: float
    worst: Worst


class _Economy(_Answer):
    code: str
    name: str
    role: Literal["member", "outsider"]


_COLUMNS: dict[str, Any] = {
    key: (float | None, Field(description=f"{meaning} ({unit})"))
    for key, (unit, meaning) in COLUMNS.items()
}
EconomyResult = create_model(
    "EconomyResult", __base__=_Economy, __doc__="What the change does to one economy.", **_COLUMNS
)


class Solved(_Answer):
    """What `winset run --json` prints."""

    winset: str
    scenario: ScenarioUsed
    parameters: ParametersFile
    world: WorldUsed
    solver: Solver
    economies: list[EconomyResult]  # type: ignore[valid-type]
    summary: Summary


class CoreVerdict(_Answer):
    """Whether there is a division to which no coalition objects."""

    empty: bool
    least_core_excess_musd: float


class Shared(_Answer):
    """What `winset share --json` prints."""

    players: list[str]
    coalitions: int
    resolution: Literal["full", "compact"]
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


class Job(_Answer):
    """A job; `result` is there once it is done, `error` when it has failed."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled", "removed"]
    title: str
    players: list[str]
    resolution: Literal["full", "compact"]
    created: float = Field(description="seconds since 1970")
    done: int = Field(description="blocks of coalitions solved")
    total: int
    seconds_left: float | None = Field(description="null when not known")
    result: Shared | None = None
    error: str | None = None


class Jobs(_Answer):
    """All jobs, the newest first, without results."""

    jobs: list[Job]


class Power(_Answer):
    """What `winset vote --json` prints."""

    members: list[dict[str, Any]]
    power_to_act: float


class Ground(_Answer):
    """What `winset agree --json` prints for one span of years."""

    years: str
    economies: list[dict[str, Any]]
    pairs: list[dict[str, Any]]
    cohesion: dict[str, Any]


class Worlds(_Answer):
    """Embedded worlds."""

    worlds: list[dict[str, Any]]


class Blocs(_Answer):
    """Blocs with members, partners and size on a date."""

    on: dt.date
    blocs: list[dict[str, Any]]


class Scenarios(_Answer):
    """Bundled scenarios; one with `files` goes by its name over HTTP."""

    scenarios: list[dict[str, Any]]


BODIES = (Scenario, Changed, Drawn, Share, Vote, Agree)
ANSWERS = (Problem, Solved, Shared, Job, Jobs, Power, Ground, Worlds, Blocs, Scenarios)


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
        "content": {"application/json": {"schema": {"$ref": PREFIX + "Problem"}}},
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
    )
}
