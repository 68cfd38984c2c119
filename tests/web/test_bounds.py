"""What a question over HTTP hands on to its study, its bounds, and what a worker says of its progress."""

from __future__ import annotations

import datetime as dt
import errno
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from winset.errors import DataError
from winset.studies import trade_match
from winset.web import job_folder, models, questions, reading, spoken, worker
from winset.web.asked import told
from winset.web.sealed import seal

if TYPE_CHECKING:
    from pathlib import Path

RULE = {"title": "A body", "members": {"P": 2, "Q": 1}, "quota": 2}


def test_a_vote_is_handed_on(handed: list[Any]) -> None:
    body = {"rule": RULE, "on": "2025-09-01", "coalitions": 1_000, "samples": 1_000_000, "seed": 5}
    asked = questions.vote(body)
    assert (asked.title, asked.players, asked.long) == ("Power under A body", ("P", "Q"), "")
    untitled = questions.vote({"rule": RULE | {"title": ""}})
    assert untitled.title == "Power under rule"
    assert told(asked.answer()) == {}
    ((name, arguments, options),) = handed
    assert (name, arguments) == ("weigh", (RULE,))
    assert options["on"] == dt.date(2025, 9, 1)
    assert (options["coalitions"], options["samples"], options["seed"]) == (1_000, 1_000_000, 5)
    assert options["quotas"] == {}
    questions.vote({"rule": RULE, "design": "equal"}).answer()
    assert handed[1][0] == "tailor"
    assert handed[1][1] == (RULE, "equal")


@pytest.mark.parametrize(
    ("quota", "quotas"), [(3, {"": 3}), ("55%", {"": "55%"}), ({"weight": 3}, {"weight": 3})]
)
def test_quotas_by_name_or_alone(quota: Any, quotas: Any) -> None:
    assert questions._quotas(quota) == quotas
    assert questions._quotas(None) == {}
    for wrong in (True, [3], {"weight": None}):
        with pytest.raises(DataError, match="quota must be a number or text"):
            questions._quotas(wrong)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rule": "eu-consil"}, "rule 'eu-consil' is not bundled .* Did you mean eu-council"),
        ({"rule": 3}, "rule '' is not bundled"),
        ({"rule": RULE, "accession": ["R"], "design": "equal"}, "two questions"),
        ({"rule": RULE, "coalitions": 1_001}, "coalitions must be a whole number from 1 to 1000"),
        ({"rule": RULE, "coalitions": 0}, "coalitions must be a whole number from 1 to"),
        ({"rule": RULE, "samples": 1_000_001}, "samples must be a whole number from 1 to 1000000"),
        ({"rule": RULE, "seed": -1}, "seed must be a whole number from 0 to 4294967295"),
        ({"rule": RULE, "seed": 2**32}, "seed must be"),
        ({"rule": RULE, "seed": True}, "seed must be"),
        ({"rule": RULE, "quorum": 1}, "unknown key"),
    ],
)
def test_votes_that_are_refused(body: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        questions.vote(body)


def test_as_many_voters_as_are_taken_and_not_one_more() -> None:
    for count in (questions.MOST_VOTERS, questions.MOST_VOTERS + 1):
        rule = {"members": {f"M{k}": 1 for k in range(count)}, "quota": 2}
        if count == questions.MOST_VOTERS:
            assert len(questions.vote({"rule": rule}).players) == count
        else:
            with pytest.raises(DataError, match=f"{count} members; over HTTP"):
                questions.vote({"rule": rule})


def test_common_ground_is_handed_on_and_kept(handed: list[Any]) -> None:
    asked = questions.agree({"bloc": "SCO", "years": "2015-2019", "issue": "hr", "by_year": True})
    assert (asked.title, asked.long) == ("Common ground of SCO, 2015-2019", "")
    asked.answer()
    asked.answer()
    assert len(handed) == 1
    assert handed[0][1] == ("SCO", "2015-2019")
    assert handed[0][2] == {
        "issue": "hr", "against": None, "by_year": True, "weights": "identical", "estimate": False,
        "dimensions": 1, "on": None,
    }  # fmt: skip
    for again in ({"estimate": True}, {"dimensions": 2}):
        long = questions.agree({"bloc": "SCO", "years": "2015"} | again).long
        assert long.startswith("Ideal points that are estimated anew")
    with pytest.raises(DataError, match="dimensions must be a whole number from 1 to 2"):
        questions.agree({"bloc": "SCO", "years": "2015", "dimensions": 3})
    with pytest.raises(DataError, match="years is missing"):
        questions.agree({"bloc": "SCO"})
    assert len(questions.agree({"bloc": "X" * 300, "years": "2015"}).title) == 200


def test_a_match_is_handed_on(handed: list[Any]) -> None:
    asked = questions.match({"bloc": "SCO", "on": "2025-09-01", "sector": "ore"})
    assert asked.title == "Where trade of SCO fits"
    asked.answer()
    assert handed[0][1] == ("SCO",)
    assert handed[0][2] == {
        "on": dt.date(2025, 9, 1), "sectored": trade_match.SECTORED, "gravity": trade_match.GRAVITY,
        "sector": "ore",
    }  # fmt: skip
    questions.match({"bloc": "SCO", "world": "icio-2022"}).answer()
    assert handed[1][2]["sectored"] == "icio-2022"
    with pytest.raises(DataError, match="icio-2023"):
        questions.match({"bloc": "SCO", "world": "icio-2023"})


def issues(count: int) -> dict[str, Any]:
    return {"issues": {f"i{k}": {"A": 1, "B": -1} for k in range(count)}}


CHANGE = {"kind": "trade-cost", "among": "EAEU", "percent": -10.0}


def scenarios(count: int, **more: Any) -> dict[str, Any]:
    one = {"change": [CHANGE]}
    return {"on": "2025-09-01", "scenarios": {f"s{k}": one for k in range(count)}} | more


def test_a_deal_is_handed_on(handed: list[Any]) -> None:
    body = {"deal": "silk-road-example", "floors": {"A": 1}, "side_payments": True}
    asked = questions.deal(body)
    assert (asked.title, asked.long) == ("silk-road-example", "")
    asked.answer()
    assert [call[0] for call in handed] == ["propose", "strike"]
    assert handed[0][1] == ("silk-road-example",)
    assert handed[0][2] == {"floors": {"A": 1}, "unit": None}
    assert handed[1][2] == {"side_payments": True}
    assert questions.deal({"deal": issues(1)}).title == "Deal"
    assert questions.deal({"deal": issues(1) | {"title": "T" * 300}}).title == "T" * 200
    dated = questions.deal({"deal": scenarios(1)})
    dated.answer()
    assert handed[2][1][0]["on"] == dt.date(2025, 9, 1)


def test_which_deals_are_jobs() -> None:
    most, some = questions.MOST_ISSUES, questions.MOST_SCENARIOS
    assert questions.deal({"deal": issues(most)}).long == ""
    assert questions.deal({"deal": issues(most + 1)}).long.startswith(
        f"A table of more than {most}"
    )
    assert questions.deal({"deal": scenarios(some)}).long == ""
    assert "solved one after another" in questions.deal({"deal": scenarios(some + 1)}).long
    assert (
        "in a world with sectors" in questions.deal({"deal": scenarios(1, world="icio-2022")}).long
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"deal": issues(reading.MOST_NAMES + 1)}, "at most 1000 issues and countries"),
        ({"deal": {"issues": {"a": {f"C{k}": 1 for k in range(1001)}}}}, "at most 1000 issues"),
        ({"deal": scenarios(reading.MOST_CHANGES + 1)}, "at most 100 scenarios"),
        ({"deal": "silk-rod-example"}, "deal 'silk-rod-example' is not bundled"),
        ({"deal": 3}, "deal '' is not bundled"),
        ({"deal": issues(1), "floors": {"A": True}}, "floors must be an object"),
        ({"deal": issues(1), "floors": [1]}, "floors must be an object"),
        ({"deal": issues(1), "floors": {f"C{k}": 1 for k in range(1001)}}, "floors must be"),
        ({"deal": issues(1), "side_payments": 1}, "side_payments is true or false"),
    ],
)
def test_deals_that_are_refused(body: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        questions.deal(body)


def test_a_union_is_handed_on(handed: list[Any]) -> None:
    asked = questions.union({"group": "EAEU", "mfn": True, "least": -20, "keep": 10_000})
    assert asked.long == ""
    asked.answer()
    (scenario,), options = handed[0][1:]
    assert scenario.title == asked.title
    assert options == {
        "form": "customs-union", "harmless": False, "common": False, "to_all": True,
        "instruments": None, "least_percent": -20.0, "most_percent": 200.0, "keep": 10_000,
    }  # fmt: skip
    questions.union({"group": "EAEU", "free_trade": True, "elasticities": "uniform"}).answer()
    assert handed[1][2]["form"] == "free-trade-area"
    assert handed[1][2]["least_percent"] == -50.0
    assert handed[1][1][0].parameters.elasticities == "uniform"
    for sought in ("harmless", "common"):
        long = questions.union({"group": "EAEU", sought: True}).long
        assert long == f"{sought} is a search over many equilibria."
    named = questions.union({"group": "sco-2025", "world": "icio-2022"})
    named.answer()
    assert handed[2][1][0].world == "icio-2022"
    with pytest.raises(DataError, match="keep must be a whole number from 1 to 10000"):
        questions.union({"group": "EAEU", "keep": 10_001})


def test_a_war_is_handed_on(handed: list[Any]) -> None:
    asked = questions.war({"world": "icio-2022", "players": ["KAZ", "RUS"], "balanced": True})
    assert (asked.title, asked.long) == ("Tariff war in icio-2022: KAZ,RUS", "")
    asked.answer()
    assert handed[0][1] == ("icio-2022",)
    assert handed[0][2] == {
        "method": None, "instruments": "uniform", "as_one": False, "value_added_share": None,
        "cooperate": False, "transfers": False, "players": "KAZ,RUS", "on": None,
        "elasticities": "", "balanced": True, "starts": 2, "points": 200, "seed": 0,
    }  # fmt: skip
    exact = questions.war({"world": "icio-2022", "value_added_share": 0.5, "points": 0})
    assert exact.long.startswith("A war that is solved exactly")
    exact.answer()
    assert (handed[1][2]["value_added_share"], handed[1][2]["points"]) == (0.5, 0)
    assert handed[1][2]["players"] == "all"
    for wrong in ({"starts": 0}, {"starts": 101}, {"points": 100_001}, {"points": -1}):
        with pytest.raises(DataError, match="must be a whole number"):
            questions.war({"world": "icio-2022"} | wrong)
    with pytest.raises(DataError, match="world is missing"):
        questions.war({})


def test_what_takes_long_is_told_to_be_a_job() -> None:
    with pytest.raises(DataError, match=r'a search .* study = "union" to POST /api/jobs'):
        questions.at_once("union", {"group": "EAEU", "common": True})
    assert questions.at_once("vote", {"rule": RULE})["members"]


# Values of a body.


def test_numbers_of_a_body_at_their_bounds() -> None:
    assert reading.whole({"k": 1}, "k", 1, 3) == 1
    assert reading.whole({"k": 3}, "k", 1, 3) == 3
    assert reading.whole({}, "k", 1, 3, usual=2) == 2
    for wrong in (0, 4, 1.0, True, "1"):
        with pytest.raises(DataError, match="k must be a whole number from 1 to 3"):
            reading.whole({"k": wrong}, "k", 1, 3)
    assert reading.number({"k": 1e300}, "k") == 1e300
    assert reading.number({"k": 2}, "k", 5.0) == 2.0
    assert reading.number({}, "k", 5.0) == 5.0
    for odd in (1.1e300, True, "1"):
        with pytest.raises(DataError, match="must be a number"):
            reading.number({"k": odd}, "k")
    assert reading.text({"k": "x" * 12_000}, "k", "body") == "x" * 12_000
    with pytest.raises(DataError, match="must be a short string"):
        reading.text({"k": "x" * 12_001}, "k", "body")
    assert reading.truth({"k": True}, "k")
    assert not reading.truth({}, "k")


def test_what_a_body_asks_for_beside_its_scenario() -> None:
    further = reading.further
    asked = {
        "scenario": "a",
        "draws": 500,
        "seed": 2**32 - 1,
        "deficit_rules": True,
        "economy": "KAZ",
    }
    assert further(asked) == ({"scenario": "a"}, reading.Further(500, 2**32 - 1, True, "KAZ"))
    assert further({"scenario": "a"}) == ({"scenario": "a"}, reading.Further(None, 1, False))
    rest, _ = further({"scenario": "a", "draws": 5, "set": {}})
    assert rest == {"scenario": "a", "set": {}}
    for wrong in ({"draws": 501}, {"draws": 0}, {"seed": -1}):
        with pytest.raises(DataError, match="must be a whole number"):
            further({"scenario": "a"} | wrong)
    with pytest.raises(DataError, match="deficit_rules is true or false"):
        further({"scenario": "a", "deficit_rules": 1})
    with pytest.raises(DataError, match="economy = 1 is wrong"):
        further({"scenario": "a", "economy": 1})


def test_a_body_that_is_no_json() -> None:
    assert reading.document(b'{"a": [1]}') == {"a": [1]}
    for wrong in (b"{", b"\xff", b'{"a": NaN}', b"[" * 5000):
        with pytest.raises(reading.BodyError, match="the body is not JSON"):
            reading.document(wrong)


# The description of answers.


def test_one_body_is_itself_and_several_are_any_of_them() -> None:
    one, two = models.Refused, models.SolverUsed

    def schema(*of: Any, **options: Any) -> Any:
        said = models.body(*of, **options)["requestBody"]
        assert said["required"] is True
        return said["content"]["application/json"]["schema"]

    assert schema(one) == {"$ref": "#/components/schemas/Refused"}
    assert schema(one, two)["anyOf"] == [schema(one), schema(two)]
    assert schema(one, texts=True)["anyOf"][1]["type"] == "string"


# The worker.


@pytest.mark.parametrize(
    ("progress", "done", "left"),
    [
        ({"done": 3, "total": 8, "seconds_left": 1.5, "at": 2}, 3, 1.5),
        ({"done": 3, "total": 8, "seconds_left": None, "at": 2}, 3, None),
        ({"done": 3, "total": 8, "seconds_left": "1", "at": 2}, 3, None),
        ({"done": 3, "total": 8, "seconds_left": True, "at": 2}, 3, None),
        ({"done": 3, "total": 8, "seconds_left": 1.5, "at": True}, 3, None),
        ({"done": 0, "total": 2**53 - 1, "seconds_left": 1.5, "at": 2}, 0, 1.5),
        ({"done": -1, "total": 8, "seconds_left": 1.5, "at": 2}, 0, None),
        ({"done": True, "total": 8, "seconds_left": 1.5, "at": 2}, 0, None),
        ({"done": 3, "total": 2**53, "seconds_left": 1.5, "at": 2}, 0, None),
        ([], 0, None),
    ],
)
def test_a_record_of_progress_counts_where_it_is_one(
    tmp_path: Path, progress: Any, done: int, left: float | None
) -> None:
    (tmp_path / "progress.json").write_text(json.dumps(progress))
    found = job_folder.progress(tmp_path, 9)
    assert (found["done"], found["seconds_left"]) == (done, left)


ORDERED = {"title": "T", "players": ["A"], "total": 1, "created": 1.5, "body": None}


@pytest.mark.parametrize(
    "wrong",
    [{"title": 3}, {"players": "A"}, {"players": [1]}, {"total": -1}, {"created": "x"}, {"study": 3},
     {"resolution": "x"}, {"created": float("nan")}],
)  # fmt: skip
def test_an_order_is_one_or_damaged(tmp_path: Path, wrong: dict[str, Any]) -> None:
    (tmp_path / "order.json").write_text(json.dumps(seal(ORDERED)))
    assert job_folder.order(tmp_path) == ORDERED | {"study": "share", "resolution": None}
    (tmp_path / "order.json").write_text(json.dumps(seal(ORDERED | wrong)))
    with pytest.raises(job_folder.Damaged, match=r"its order\.json is damaged"):
        job_folder.order(tmp_path)
    assert job_folder.order(tmp_path / "gone") is None


def test_a_full_disk_is_found_where_an_error_comes_from() -> None:
    def chain(number: int) -> BaseException:
        outer = DataError("x")
        outer.__cause__ = OSError(number, "x")
        return outer

    assert worker.full(OSError(errno.ENOSPC, "x"))
    assert worker.full(chain(errno.EDQUOT))
    assert not worker.full(chain(errno.EACCES))
    assert not worker.full(None)
    assert not worker.full(ValueError())


def test_progress_is_told_twice_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    fake = SimpleNamespace(monotonic=lambda: clock[0], time=lambda: 5_000.0)
    monkeypatch.setattr(worker, "time", fake)
    report = worker.progress(tmp_path)

    def told() -> Any:
        return json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))

    report(2, 10)  # two were done before
    assert told() == {"done": 2, "total": 10, "seconds_left": None, "at": 5_000.0}
    clock[0] += 0.49
    report(3, 10)
    assert told()["done"] == 2
    clock[0] += 0.51
    report(4, 10)
    assert told()["seconds_left"] == pytest.approx(3.0)  # one second for two, six to go
    report(10, 10)
    assert (told()["done"], told()["seconds_left"]) == (10, None)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (DataError("no such bloc"), "no such bloc"),
        (OSError(errno.EACCES, "Permission denied"), "Permission denied."),
        (MemoryError(), "the job needs more than 2.5 GB of memory. Name fewer players."),
        (ZeroDivisionError(), "winset failed; the log of the job says where."),
    ],
)
def test_how_a_job_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, said: str
) -> None:
    def fail(_: Any) -> Any:
        raise fault

    monkeypatch.setattr(worker, "solve", fail)
    file, left = worker.outcome(tmp_path, 2_500_000_000)
    assert (file, left["error"]) == ("error.json", said)
    assert left.get("code") == getattr(fault, "code", None)
    monkeypatch.setattr(worker, "solve", lambda _: {"x": 1})
    assert worker.outcome(tmp_path, 1) == ("result.json", {"x": 1})


def test_messages_without_places_and_in_bounds(tmp_path: Path) -> None:
    assert spoken.spoken(f"{tmp_path}/a.csv row 2", tmp_path) == "a.csv row 2"
    assert spoken.spoken("x" * 2_000) == "x" * 2_000
    assert spoken.spoken("x" * 2_001) == f"{'x' * 1000} … {'x' * 1000}"
