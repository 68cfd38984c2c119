"""A refusal in the language that a caller accepts, figures and codes the same; in English for all others."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from tests.unit.test_report_languages import spoken
from tests.web.conftest import Client

import winset.report

LOCALES = Path(winset.report.__file__).parent / "locales"
SLOT = re.compile(r"\{[^{}]*\}")

SANCTIONS = {
    "kind": "sanctions",
    "senders": "USA",
    "targets": "USA,CHN",
    "trade": "both",
    "percent": 9,
}


def changed(**change: object) -> dict[str, object]:
    """Return a scenario of one change."""
    return {"scenario": {"title": "One", "world": "icio-2022", "change": [change]}}


#: What is typed as it stands: options, networks and worlds by name, commands.
TYPED = {"Services", "draws", "eurasia", "free", "icio", "seed", "total", "vote", "winset", "world"}

BODIES = (
    ("treaty", {"bloc": "SCO", "on": "1990-01-01"}, "ШОС на 1990-01-01 нет членов"),
    ("route", {"from": "Tashkentt", "to": "Karachi"}, "не узел и не экономика сети eurasia"),
    ("even", {"bloc": "BRICS", "years": "2025-2005"}, "Попробуйте 2005-2025"),
    ("match", {"bloc": "KAZ", "on": "2025-09-01"}, "Казахстан — одна экономика"),
    (
        "match",
        {"bloc": "KAZZ", "on": "2025-09-01"},
        "'KAZZ' — не объединение и не код экономики. Может быть",
    ),
    ("treaty", {"bloc": ",", "on": "2025-09-01"}, "Не названо ни одной экономики"),
    ("treaty", {"bloc": "SCO", "on": "soon"}, "'soon' — не дата"),
    ("agree", {"bloc": "SCO", "years": "then"}, "Годы then: нужен год"),
    ("vote", {"rule": "sco", "accession": "CHN"}, "Уже среди членов: Китай"),
    ("vote", {"rule": "sco", "seed": -1}, "Значение seed должно быть целым числом"),
    ("bank", {"members": "SCO", "design": "fair", "total": "much"}, "total = 'much': нужно число"),
    (
        "solve",
        changed(kind="trade-cost", exporters="KAZ", importers="KAZ", percent=-10),
        "ни одной пары разных экономик",
    ),
    (
        "solve",
        changed(kind="trade-cost", among="SCO", percent=-10, sector="C10T13"),
        "Отрасли 'C10T13' нет в мире icio-2022 (всего их 28). Может быть, C10T12",
    ),
    (
        "solve",
        {"scenario": "sco-2025", "set": {"change.1.sector": "C10T12"}},
        "нет отраслей, а изменение называет: C10T12",
    ),
    (
        "solve",
        {"scenario": "sco-2025", "economy": "KAZZ"},
        "Экономики 'KAZZ' нет в мире",
    ),
    ("solve", changed(kind="free-trade-area", among="KAZ"), "'KAZ' — одна экономика"),
    (
        "solve",
        changed(kind="accession", newcomers="KAZ", to="EAEU"),
        "Уже в 'EAEU': Казахстан",
    ),
    ("solve", changed(**SANCTIONS), "На обеих сторонах: США"),
    (
        "solve",
        {"scenario": "nafta", "draws": 9},
        "только в мирах с одной отраслью",
    ),
)


@pytest.mark.parametrize(("study", "body", "said"), BODIES, ids=[b[2] for b in BODIES])
def test_a_refusal_is_said_in_the_language_asked_for(
    client: Client, study: str, body: dict[str, object], said: str
) -> None:
    def refused(language: str) -> dict[str, str]:
        path = "/api/solve" if study == "solve" else f"/api/sections/{study}"
        answer = client.request("POST", path, json=body, headers={"Accept-Language": language})
        assert answer.status_code == 422
        told: dict[str, str] = answer.json()
        return told

    russian, english = refused("ru-RU,ru;q=0.9"), refused("fr")
    assert said in russian["error"]
    assert russian["code"] == english["code"] in ("wrong-input", "unknown-name", "nobody")
    assert english == refused("en")
    assert english["error"].isascii()
    chinese = refused("zh-CN,zh;q=0.9")["error"]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u0400-\u04ff]", chinese)
    for text in (russian["error"], chinese):
        words = re.findall(r"[A-Za-z]{4,}", re.sub(r"'[^']*'", "", text))
        assert set(words) <= TYPED | {str(value) for value in body.values()}, text


def refusals(language: str) -> dict[str, str]:
    """Return every refusal that has other words in a language, by the English ones."""
    text = (LOCALES / f"{language}.toml").read_text(encoding="utf-8")
    table: dict[str, str] = tomllib.loads(text)["refusals"]
    return table


def test_every_catalogued_refusal_is_made_somewhere_and_said_in_three_languages() -> None:
    english, russian, chinese = set(refusals("ru")), refusals("ru"), refusals("zh")
    assert set(chinese) == english
    assert english <= set(spoken())
    assert len(english) >= 40
    for said, script in ((russian, "[\u0400-\u04ff]"), (chinese, "[\u4e00-\u9fff]")):
        for template, text in said.items():
            own = SLOT.sub("", text)
            if re.search("[A-Za-z]{3}", SLOT.sub("", template)):
                assert re.search(script, own) or not own.strip(" ()（）"), template
            assert set(re.findall("[a-z]{4,}", own)) <= TYPED, template
