"""The report of a question in parts: the command's figures, the words of its page, in three languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from winset.web.questions import QUESTIONS
from winset.web.sections import SHEETS, sections

BODIES: dict[str, dict[str, Any]] = {
    "vote": {"rule": "population", "members": "EAEU", "on": "2025-09-01"},
    "agree": {"bloc": "EAEU", "years": "2018-2019"},
    "treaty": {"bloc": "EAEU", "on": "2025-09-01"},
    "even": {"bloc": "CHN,USA,RUS"},
    "deal": {"deal": "silk-road-example"},
    "track": {"group": "EU"},
    "gap": {
        "points": [[0.2, 0.06], [0.4, 0.18], [0.6, 0.35], [0.8, 0.58], [1.0, 1.0]],
        "mean": 51.6,
        "line": 57.8,
    },
}


@pytest.mark.parametrize("study", BODIES)
def test_figures_are_those_of_the_command_and_cells_hold_their_numbers(
    client: Any, study: str
) -> None:
    said = client.post(f"/api/sections/{study}?lang=ru", BODIES[study])
    assert said.status_code == 200, said.text
    found = said.json()
    assert found["figures"] == client.post(f"/api/{study}", BODIES[study]).json()
    assert found["verdict"]
    tables = [table for part in found["sections"] for table in part["tables"]]
    assert tables
    for table in tables:
        for row in table["rows"]:
            assert len(row) == len(table["columns"])
            for text, number in row:
                if number is not None:
                    plain = re.sub(r"\s", "", text).replace("−", "-").replace(",", ".")
                    assert float(plain.rstrip("%")) == pytest.approx(number, abs=5e-3)
    for part in found["sections"]:
        for picture in part["figures"]:
            assert picture["wide"].startswith("<svg")
            assert "style=" not in picture["wide"]  # which the page's policy forbids


@pytest.mark.parametrize("lang", ["ru", "zh"])
def test_headings_and_verdicts_are_in_the_language_asked_for(lang: str) -> None:
    script = {"ru": r"[\u0400-\u04ff]", "zh": r"[\u4e00-\u9fff]"}[lang]
    for study, body in BODIES.items():
        found = sections(study, body, lang)
        for text in (*found["verdict"], *(part["title"] for part in found["sections"])):
            assert re.search(script, text), (study, text)


def test_a_report_is_the_page_of_its_own(client: Any) -> None:
    answer = client.post("/api/report/treaty?lang=zh", BODIES["treaty"])
    assert answer.status_code == 200
    assert '<html lang="zh-Hans">' in answer.text
    assert "treaties-of-eaeu" in answer.headers["content-disposition"]


def test_what_is_wrong_is_said(client: Any) -> None:
    for path, body, status in (
        ("/api/sections/wra", {}, 422),
        ("/api/sections/war?lang=fr", {"world": "icio-2022"}, 422),
        ("/api/report/deal", {"deal": "nothing"}, 422),
        ("/api/sections/agree", {"bloc": "SCO", "years": "2018-2019", "by_year": True}, 422),
    ):
        answer = client.post(path, body)
        assert answer.status_code == status, answer.text
        assert answer.json()["error"].endswith((".", "?"))


def test_a_study_without_words_of_its_own_is_shown_by_its_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("winset.web.sections.SHEETS", {})
    found = sections("track", BODIES["track"], "en")
    main = next(part for part in found["sections"] if part["title"] == "pledges")
    assert len(main["tables"][0]["rows"]) == len(found["figures"]["pledges"])
    json.dumps(found, allow_nan=False)


def test_every_question_has_words() -> None:
    assert set(SHEETS) <= set(QUESTIONS)
