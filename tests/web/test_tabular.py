"""``GET /api/STUDY.csv``: read by pandas it has the JSON's figures, and is what ``--out FILE.csv`` writes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from winset.errors import DataError
from winset.report.sheets import book
from winset.web import bodies, tabular
from winset.web.guard import CODES

ON = "on=2025-09-01"
#: Study, address, the command line that says the same.
SAME = (
    ("solve", "scenario=sco-2025&percent=-20", "run sco-2025 --set percent=-20"),
    ("solve", "scenario=sco-2025&draws=20&seed=3", "run sco-2025 --draws 20 --seed 3"),
    ("share", "scenario=sco-2025&players=EAEU", "share sco-2025 --players EAEU"),
    ("vote", "rule=population&members=SCO&quota=55%25&on=2025-09-01",
     "vote population --members SCO --quota 55% --on 2025-09-01"),
    ("agree", "bloc=SCO&years=2018-2019&by_year=true", "agree SCO --years 2018-2019 --by-year"),
    ("match", f"bloc=CHN,KAZ,RUS&{ON}", "match CHN,KAZ,RUS --on 2025-09-01"),
    ("treaty", f"bloc=CHN,KAZ,RUS&{ON}", "treaty CHN,KAZ,RUS --on 2025-09-01"),
    ("depend", "bloc=KAZ&partners=1&on=2025-09-01", "depend KAZ --partners 1 --on 2025-09-01"),
    ("club", "scenario=free-trade-example&penalty=0.1", "club free-trade-example --tariff 0.1"),
    ("even", "bloc=CHN,USA&family=rights", "even CHN,USA --family rights"),
    ("track", "group=APEC", "track APEC"),
    ("gap", "scenario=sco-2025&lines=none", "gap sco-2025 --lines none"),
    ("backtest", "test=eaeu-2015&placebos=2", "backtest eaeu-2015 --placebos 2"),
    ("route", "from=Tashkent&to=Karachi", "route Tashkent Karachi"),
    ("deal", "deal=silk-road-example&side_payments=true", "deal silk-road-example --side-payments"),
    ("union", f"group=CHN,KAZ&keep=5&mfn=TRUE&{ON}",
     "union CHN,KAZ --keep 5 --mfn --set on=2025-09-01"),
    ("war", f"world=icio-2022&balanced=true&{ON}", "war icio-2022 --balanced --on 2025-09-01"),
    ("people", "scenario=labor-agreement&coefficient=0.3", "people labor-agreement --set coefficient=0.3"),
)  # fmt: skip


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])


@pytest.mark.parametrize(("study", "query", "line"), SAME, ids=[f"{s} {q}" for s, q, _ in SAME])
def test_a_table_is_the_csv_of_the_command_and_has_the_figures_of_the_json(
    client: Any, winset: Any, tmp_path: Path, study: str, query: str, line: str
) -> None:
    answer = client.get(f"/api/{study}.csv?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    said = winset(*line.split(), "--json", "--out", tmp_path / "a.csv")
    assert answer.text == (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    sheet = book(said.json).table()
    frame = read(answer.text)
    assert list(frame.columns) == list(sheet.columns)
    for row, cells in zip(sheet.rows, frame.itertuples(index=False), strict=True):
        for one, other in zip(row, cells, strict=True):
            assert one == other or one is None or isinstance(one, str)


def test_any_table_of_a_workbook_has_an_address(client: Any, winset: Any) -> None:
    whole = book(winset("union", "CHN,KAZ", "--keep", "5", "--set", ON, "--json").json)
    for sheet in whole.figures:
        answer = client.get(f"/api/union.csv?group=CHN,KAZ&keep=5&{ON}&table={sheet.name}")
        assert list(read(answer.text).columns) == list(sheet.columns)
    refused = client.get(f"/api/union.csv?group=CHN,KAZ&keep=5&{ON}&table=member")
    assert refused.status_code == 422
    assert refused.json()["error"].startswith("no table 'member'. Did you mean members?")


def test_decimal_commas_where_they_are_asked_for(client: Any) -> None:
    plain = client.get("/api/deal.csv?deal=silk-road-example").text
    marked = client.get("/api/deal.csv?deal=silk-road-example&csv=semicolon").text
    frame = pd.read_csv(io.StringIO(marked), sep=";", decimal=",")
    assert frame.equals(pd.read_csv(io.StringIO(plain)))


@pytest.mark.parametrize(
    ("address", "said", "code"),
    [
        ("solve.csv?scenario=sco-2052", "is not bundled", "wrong-input"),
        ("solve.csv?percent=-20", "scenario", "wrong-input"),
        (
            "solve.csv?scenario=sco-2025&percent=-20&percent=-10",
            "percent is given twice",
            "wrong-input",
        ),
        ("solve.csv?scenario=sco-2025&percent=much", "percent", "wrong-input"),
        ("solve.csv?scenario=sco-2025&percent=0", "changes nothing", "changes-nothing"),
        ("solve.csv?scenario=sco-2025&draws=many", "it must be a whole number", "wrong-input"),
        ("solve.csv?scenario=sco-2025&world=/etc", "is not embedded", "wrong-input"),
        ("vote.csv?rule=sco&colour=red", "unknown key 'colour'", "wrong-input"),
        ("vote.csv?rule=/etc/passwd", "is not bundled", "wrong-input"),
        ("agree.csv?bloc=SKO&years=2019", "'SKO' is neither a bloc", "unknown-name"),
        ("agree.csv?bloc=SCO&years=2019&by_year=1", "it must be true or false", "wrong-input"),
        ("war.csv?world=icio-2022&method=exact", "to POST /api/jobs", "for-a-job"),
        ("war.csv?world=icio-2022&value_added_share=nan", "it must be a number", "wrong-input"),
        ("share.csv?scenario=sco-2025", "27 players", "for-a-job"),
        ("deal.csv?deal=silk-road-example&csv=tabs", "it is comma or semicolon", "wrong-input"),
    ],
)
def test_what_is_wrong_is_said_in_json_with_a_code(
    client: Any, address: str, said: str, code: str
) -> None:
    answer = client.get(f"/api/{address}")
    assert answer.status_code == 422, answer.text
    assert set(answer.json()) == {"error", "code"}
    assert said in answer.json()["error"]
    assert answer.json()["code"] == code


def test_other_refusals_have_codes_too(client: Any) -> None:
    assert client.get("/api/nothing.csv").json()["code"] == "not-found"
    assert client.request("POST", "/api/solve.csv", json={}).json()["code"] == "not-allowed"
    assert client.request("POST", "/api/solve", content="{").json()["code"] == "not-json"
    json = {"content-type": "application/json"}
    assert (
        client.request("POST", "/api/solve", content="{", headers=json).json()["code"]
        == "unreadable"
    )
    foreign = client.get("/api/worlds", headers={"origin": "http://x.example"})
    assert foreign.json()["code"] == "other-site"
    assert len(set(CODES.values())) == len(CODES)


def test_every_study_has_its_table_described(client: Any) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    for study, asked in bodies.ASKED.items():
        described = paths[f"/api/{study}.csv"]["get"]
        keys = {item["name"] for item in described["parameters"]}
        assert keys == {*asked.model_fields, "table", "csv"}


def test_kinds_of_an_address() -> None:
    def body(*pairs: tuple[str, str]) -> dict[str, Any]:
        return tabular.order(bodies.WarBody, pairs).body

    assert body(("starts", "3"), ("balanced", "True"), ("value_added_share", "-1e-3")) == {
        "starts": 3,
        "balanced": True,
        "value_added_share": -1e-3,
    }
    assert tabular.order(bodies.AgreeBody, [("dimensions", "2")]).body == {"dimensions": 2}
    assert tabular.order(bodies.UnionBody, [("on", "x"), ("mfn", "false")]).body == {
        "mfn": False,
        "set": {"on": "x"},
    }
    for key, text in (("starts", "3.5"), ("starts", "1_0"), ("value_added_share", "1.2.3"),
                      ("value_added_share", "inf"), ("balanced", "yes")):  # fmt: skip
        with pytest.raises(DataError, match=f"address: {key} = "):
            body((key, text))
