"""A refusal in the language that a caller accepts, figures and codes the same; in English for all others."""

from __future__ import annotations

import pytest
from tests.web.conftest import Client

BODIES = (
    ("treaty", {"bloc": "SCO", "on": "1990-01-01"}, "ШОС на 1990-01-01 нет членов"),
    ("route", {"from": "Tashkentt", "to": "Karachi"}, "не узел и не экономика сети eurasia"),
    ("even", {"bloc": "BRICS", "years": "2025-2005"}, "Попробуйте 2005-2025"),
    ("match", {"bloc": "KAZ", "on": "2025-09-01"}, "Казахстан — одна экономика"),
)


@pytest.mark.parametrize(("study", "body", "said"), BODIES, ids=[b[0] for b in BODIES])
def test_a_refusal_is_said_in_the_language_asked_for(
    client: Client, study: str, body: dict[str, str], said: str
) -> None:
    def refused(language: str) -> dict[str, str]:
        answer = client.request(
            "POST", f"/api/sections/{study}", json=body, headers={"Accept-Language": language}
        )
        assert answer.status_code == 422
        told: dict[str, str] = answer.json()
        return told

    russian, english = refused("ru-RU,ru;q=0.9"), refused("fr")
    assert said in russian["error"]
    assert russian["code"] == english["code"] == "wrong-input"
    assert english == refused("en")
    assert english["error"].isascii()
