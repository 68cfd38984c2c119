"""What the OpenAPI description says of bodies is what is read: bounds, defaults, names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from winset.errors import DataError
from winset.trade.coalitions.problem import Resolution
from winset.trade.policy.tariff_instruments import INSTRUMENTS
from winset.web import bodies, models, questions, reading
from winset.worlds import embedded_worlds

#: The least that a body of each question must say.
LEAST: dict[str, dict[str, Any]] = {
    "vote": {"rule": {"members": {"P": 2, "Q": 1}, "quota": 2}},
    "agree": {"bloc": "SCO", "years": "2015"},
    "match": {"bloc": "SCO", "on": "2025-09-01"},
    "treaty": {"bloc": "SCO", "on": "2025-09-01"},
    "depend": {"bloc": "SCO", "on": "2025-09-01"},
    "carbon": {"world": "icio-2022"},
    "club": {"scenario": "climate-club"},
    "even": {"bloc": "SCO"},
    "track": {"group": "SCO"},
    "gap": {"scenario": "sco-2025"},
    "backtest": {"test": "eu-2004"},
    "route": {"from": "Tashkent", "to": "Karachi"},
    "deal": {"deal": "silk-road-example"},
    "union": {"group": "EAEU"},
    "war": {"world": "icio-2022"},
    "common": {"arcs": [{"start": "Start", "end": "End", "capacity": 1}]},
    "offer": {"lines": "china-india"},
    "bank": {"portfolio": "two-islands"},
    "people": {"scenario": "labor-agreement"},
    "brief": {"bloc": "SCO", "on": "2025-09-01"},
    "summit": {
        "text": """title = "x"
[[phrase]]
id = "a"
phrase = "p"
question = "q"
cannot = "nobody knows"
"""
    },
}
BODIES = {
    "vote": bodies.VoteBody,
    "agree": bodies.AgreeBody,
    "match": bodies.MatchBody,
    "treaty": bodies.TreatyBody,
    "depend": bodies.DependBody,
    "carbon": bodies.CarbonBody,
    "club": bodies.ClubBody,
    "even": bodies.EvenBody,
    "track": bodies.TrackBody,
    "gap": bodies.GapBody,
    "backtest": bodies.BacktestBody,
    "route": bodies.RouteBody,
    "deal": bodies.DealBody,
    "union": bodies.UnionBody,
    "war": bodies.WarBody,
    "offer": bodies.OfferBody,
    "common": bodies.CommonBody,
    "bank": bodies.BankBody,
    "people": bodies.PeopleBody,
    "brief": bodies.BriefBody,
    "summit": bodies.SummitBody,
}


def described(study: str) -> dict[str, dict[str, Any]]:
    return BODIES[study].model_json_schema()["properties"]  # type: ignore[no-any-return]


def numbers() -> Iterator[tuple[str, str, int, int]]:
    """Every whole number of a body with its bounds."""
    for study in BODIES:
        for key, said in described(study).items():
            for kind in said.get("anyOf", [said]):
                if kind.get("type") == "integer" and "maximum" in kind:
                    yield study, key, kind["minimum"], kind["maximum"]


def test_every_study_is_described() -> None:
    assert set(BODIES) == set(questions.QUESTIONS)
    assert [model.__name__ for model in bodies.LONG] == [f"{s.title()}Job" for s in BODIES]
    for study, model in zip(BODIES, bodies.LONG, strict=True):
        assert model.model_json_schema()["properties"]["study"]["const"] == study
        assert model.__doc__ == f"{BODIES[study].__doc__} As a job."


@pytest.mark.parametrize(("study", "key", "low", "high"), list(numbers()))
def test_a_number_is_read_up_to_the_bound_that_is_described(
    study: str, key: str, low: int, high: int
) -> None:
    for good in (low, high):
        questions.QUESTIONS[study](LEAST[study] | {key: good})
    for wrong in (low - 1, high + 1):
        with pytest.raises(DataError, match=rf"{key} must be a whole number from {low} to {high}"):
            questions.QUESTIONS[study](LEAST[study] | {key: wrong})


@pytest.mark.parametrize("study", list(BODIES))
def test_what_is_left_out_is_read_as_its_described_default(study: str, handed: list[Any]) -> None:
    questions.QUESTIONS[study](LEAST[study]).answer()
    usual = {
        key: said["default"]
        for key, said in described(study).items()
        if said.get("default") is not None and key not in LEAST[study]
    }
    assert usual or study in (
        "treaty",
        "club",
        "offer",
        "track",
        "carbon",
        "summit",
    )  # which have none but the day, or none
    for key, value in usual.items():
        questions._agree.cache_clear()
        questions.QUESTIONS[study](LEAST[study] | {key: value}).answer()
    each = len(handed) // (1 + len(usual))
    for k in range(len(handed)):
        assert handed[k] == handed[k % each], list(usual)


def test_keys_that_are_described_are_those_that_are_read() -> None:
    for study, least in LEAST.items():
        with pytest.raises(DataError, match="unknown key 'no such'") as told:
            questions.QUESTIONS[study](least | {"no such": 1})
        known = str(told.value).partition("Known: ")[2].rstrip(".").split(", ")
        assert set(known) == set(described(study)), study


def test_scenarios_are_bounded_as_described() -> None:
    said = bodies.ScenarioBody.model_json_schema()["properties"]
    year = said["year"]["anyOf"][0]
    change = {"kind": "trade-cost", "among": "EAEU", "percent": -10.0}

    def phased(at: int) -> dict[str, Any]:
        return {"on": "2025-09-01", "year": at, "change": [change | {"phase": [1950, 2190]}]}

    for good in (year["minimum"], year["maximum"]):
        assert reading.scenario(phased(good)).year == good
    for wrong in (year["minimum"] - 1, year["maximum"] + 1):
        with pytest.raises(DataError, match=f"year = {wrong} is wrong"):
            reading.scenario(phased(wrong))
    assert said["change"]["maxItems"] == reading.MOST_CHANGES
    assert said["change"]["minItems"] == 1
    drawn = bodies.DrawnBody.model_json_schema()["properties"]
    draws, seed = drawn["draws"]["anyOf"][0], drawn["seed"]
    assert (draws["minimum"], draws["maximum"]) == (1, reading.MOST_DRAWS)
    for good in (seed["minimum"], seed["maximum"]):
        assert reading.further({"scenario": "sco-2025", "seed": good})[1].seed == good
    with pytest.raises(DataError, match="seed must be"):
        reading.further({"scenario": "sco-2025", "seed": seed["maximum"] + 1})
    usual = reading.further({"scenario": "sco-2025"})[1]
    assert (usual.seed, usual.deficit_rules) == (
        seed["default"],
        drawn["deficit_rules"]["default"],
    )


def test_examples_are_read() -> None:
    assert reading.scenario(bodies.EXAMPLE).title == bodies.EXAMPLE["title"]
    for study, model in BODIES.items():
        example = model.model_json_schema()["example"]
        assert questions.QUESTIONS[study](example).title
    union = bodies.UnionBody.model_json_schema()["example"]
    assert union == {"group": "SCO", "mfn": True}
    changed = bodies.ChangedBody.model_json_schema()["example"]
    assert reading.scenario(changed).changes[0].percent == -20.0
    assert reading.share_order(bodies.ShareBody.model_json_schema()["example"]).players == "SCO"


def test_names_of_worlds_instruments_and_resolutions_are_all_there_are() -> None:
    schema = bodies.ScenarioBody.model_json_schema()["properties"]["world"]
    embedded, left_out = schema["anyOf"]
    assert set(embedded["enum"]) == set(embedded_worlds())
    assert left_out == {"type": "null"}
    assert schema["default"] is None  # what is asked decides: tariffs or other costs
    assert set(reading.ONE_SECTOR) <= set(schema["description"].split())
    assert set(described("war")["instruments"]["enum"]) == set(INSTRUMENTS)
    share = bodies.ShareBody.model_json_schema()["properties"]["resolution"]
    assert set(share["enum"]) == set(get_args(Resolution))


def test_no_body_takes_a_key_that_is_not_named_nor_a_file() -> None:
    found = models.schemas()
    for model in bodies.BODIES:
        assert found[model.__name__]["additionalProperties"] is False
    for kind in ("TradeCost", "Tariff"):
        assert "file" not in found[kind]["properties"]
        assert "percent" in found[kind]["properties"]
    for model in models.ANSWERS:
        assert found[model.__name__]["additionalProperties"] is True


def test_refusals_are_described_with_every_answer() -> None:
    said = models.answer(models.Job, 202)
    assert set(said) == {202, 400, 403, 404, 413, 415, 422, 429, 503, 507}
    assert said[202]["description"] == models.Job.__doc__
    schema = said[202]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Job"}
    for status in models.REFUSALS:
        words = said[status]
        assert words["content"]["application/json"]["schema"]["$ref"].endswith("/Refused")
    many = models.answer(models.AgreeAnswer, many=True)[200]["content"]["application/json"][
        "schema"
    ]
    one = {"$ref": "#/components/schemas/AgreeAnswer"}
    assert many == {"anyOf": [one, {"type": "array", "items": one}]}
