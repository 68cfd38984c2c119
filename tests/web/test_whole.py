"""A brief and a summit over HTTP: the same as the commands, by lines that are read and never run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.web.test_questions import PHRASES, timeless

from winset.cli.asking import ask
from winset.report import speech
from winset.report.brief import dossier, law, lines, pages, standing
from winset.studies.brief.answers import CommandError
from winset.web import questions, sections, whole, written
from winset.web.asked import told

if TYPE_CHECKING:
    from pathlib import Path

ON = "2025-09-01"
LINES = (
    f"winset bloc SCO --on {ON}",
    f'winset bloc --claim "SCO largest population" --on {ON}',
    f"winset bloc --rank gdp --among 'regional organizations' --on {ON}",
    f"winset run sco-2025 --set among=EAEU --set on={ON} --economy=KAZ",
    f"winset stable sco-2025 --set among=EAEU --set on={ON} --players EAEU --outsiders UZB",
    "winset vote consensus --members CHN,KAZ --on 2025-09-01",
    f"winset people SCO --of migrants --on {ON}",
)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A brief of three sections."""
    monkeypatch.setattr(dossier, "SECTIONS", (standing, lines, law))


def test_a_line_is_answered_as_its_command() -> None:
    for line in LINES:
        found = json.loads(json.dumps(told(whole.asked(line, questions._read).answer())))
        assert timeless(found) == timeless(ask(line)), line


@pytest.mark.usefixtures("short")
def test_a_brief_is_that_of_the_command_in_each_language() -> None:
    for lang in ("en", "ru", "zh"):
        said = ask_brief("SCO", "--for", "UZB", "--on", ON, "--lang", lang)
        body = {"bloc": "SCO", "on": ON, "lang": lang} | {"for": "UZB"}
        assert told(questions.QUESTIONS["brief"](body).answer()) == said


def ask_brief(*words: str) -> Any:
    import contextlib
    import io

    import typer

    from winset.cli.app import app

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        typer.main.get_command(app).main(
            ["brief", *words, "--json"], "winset", standalone_mode=False
        )
    return json.loads(printed.getvalue())


@pytest.mark.usefixtures("short")
def test_a_brief_that_was_kept_is_written_as_it_was(tmp_path: Path) -> None:
    found = questions.QUESTIONS["brief"]({"bloc": "SCO", "on": ON}).answer()
    parts, page = sections.kept("brief", found, "ru")
    kept = json.loads(json.dumps(parts["figures"]))
    with speech.speaking("ru"):
        assert pages.page(dossier.restored(kept)) == page
        pages.write(found.written(), tmp_path / "brief.md")
    assert written.brief(kept, "md") == (tmp_path / "brief.md").read_bytes()
    for leaf in kept["sections"]:  # the anchors to which the page links
        assert f'<h2 id="{leaf["id"]}">' in page
    assert [part["id"] for part in parts["sections"]] == [leaf["id"] for leaf in kept["sections"]]
    first = kept["sections"][0]["commands"][0]
    assert first in parts["sections"][0]["items"]


@pytest.mark.usefixtures("short")
def test_every_command_of_a_brief_is_one_that_http_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    asked: list[str] = []
    refused: list[str] = []

    def read(line: str) -> Any:
        asked.append(line)
        try:
            whole.asked(line, questions._read)
        except whole.WinsetError as error:
            refused.append(str(error))
        raise whole.DataError("not answered here.")

    from winset.places.dates import read_date
    from winset.studies.brief.answers import Answers
    from winset.studies.brief.desk import desk

    for bloc, seat in (("SCO", "KAZ"), ("EU", None), ("ASEAN", "VNM")):
        dossier.brief(desk(bloc, on=read_date(ON), seat=seat, answers=Answers(read)))
    assert len(asked) > 40
    assert refused == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("ls /", "no command that answers a question over HTTP"),
        ("winset serve", "no command that answers a question over HTTP"),
        ("winset world import /etc", "no command that answers a question over HTTP"),
        ("winset run sco-2025 --out /tmp/x.csv", "--out is not asked over HTTP"),
        ("winset share --game /etc/passwd", "--game is not asked over HTTP"),
        ("winset bloc SCO --blocs /etc/passwd", "--blocs is not asked over HTTP"),
        ("winset vote sco --resume", "--resume is not asked over HTTP"),
        ("winset vote sco un-security-council", "has no place"),
        ("winset vote 'sco", "no command line"),
    ],
)
def test_a_summit_runs_nothing_and_writes_nothing(client: Any, command: str, said: str) -> None:
    text = PHRASES.replace("winset vote sco", command)
    answer = client.post("/api/summit", {"text": text})
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert "your summit line" in answer.json()["error"]
    with pytest.raises(CommandError):
        whole.asked(command, questions._read)


@pytest.mark.parametrize(
    "command",
    ["winset run /etc/passwd", "winset vote /etc/passwd", "winset deal ../../x.toml",
     "winset track /etc", "winset bank /etc/passwd", "winset offer /etc/passwd", "winset union x.toml",
     "winset run sco-2025 --set world=/etc", "winset gap /etc/passwd", "winset common /etc/passwd"],
)  # fmt: skip
def test_a_summit_reads_no_file_of_the_server(client: Any, command: str) -> None:
    text = PHRASES.replace("winset vote sco", command)
    answer = client.post("/api/summit", {"text": text})
    assert answer.status_code == 200, answer.text
    phrase = answer.json()["phrases"][1]
    assert phrase["verdict"] == "cannot be computed"
    assert "root:" not in answer.text


def test_a_long_summit_and_every_brief_are_jobs(client: Any) -> None:
    for study, body in (
        ("brief", {"bloc": "SCO"}),
        (
            "summit",
            {"text": PHRASES.replace("winset vote sco", "winset war icio-2022 --method exact")},
        ),
    ):
        answer = client.post(f"/api/{study}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "for-a-job"), answer.text
        said = client.post(f"/api/sections/{study}?long=say", body)
        assert (said.status_code, list(said.json())) == (200, ["long"])


def test_the_verdicts_of_a_summit_are_in_the_language_asked_for(client: Any) -> None:
    body = {"text": PHRASES}
    said = {
        lang: client.post(f"/api/sections/summit?lang={lang}", body).json() for lang in ("en", "ru")
    }
    assert said["en"]["figures"] == said["ru"]["figures"]
    assert "supported" in said["en"]["verdict"][0]
    assert "подтверждается" in said["ru"]["verdict"][0]
