"""A summit's phrases: every command runs, every verdict is the test of its figure, faults are named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from winset.cli.asking import ask
from winset.errors import DataError
from winset.studies import summit
from winset.studies.brief.answers import Answers, CommandError, find

HEAD = 'title = "T"\n'
PHRASE = """[[phrase]]
id = "a"
phrase = "Words of a summit"
question = "Is it so?"
command = "winset track SCO"
number = "checkable"
"""


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(ask)


@pytest.fixture(scope="module")
def verdicts(answers: Answers) -> summit.Verdicts:
    return summit.judge(summit.read_summit("sco-2025"), answers)


def told(tmp_path: Path, text: str) -> summit.Summit:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + text, "utf-8")
    return summit.read_summit(path)


def test_the_bundled_summit_has_its_sixteen_phrases(verdicts: summit.Verdicts) -> None:
    parts = [judged.phrase.part for judged in verdicts.phrases]
    assert {part: parts.count(part) for part in parts} == {
        "five points": 5,
        "global governance": 5,
        "six statements": 6,
    }


def test_every_phrase_has_a_command_that_runs_and_a_figure_in_its_answer(
    verdicts: summit.Verdicts, answers: Answers
) -> None:
    for judged in verdicts.phrases:
        asked = judged.phrase
        assert judged.verdict in summit.VERDICTS
        assert answers(asked.command).figure(asked.number).value == judged.number, asked.id


def test_a_verdict_is_the_test_of_its_figure(verdicts: summit.Verdicts) -> None:
    for judged in verdicts.phrases:
        if judged.phrase.cannot:
            assert judged.verdict == summit.NOT_COMPUTED
            continue
        assert judged.phrase.test is not None
        holds = summit.TESTS[judged.phrase.test](judged.number, judged.compared)
        assert judged.verdict == (summit.SUPPORTED if holds else summit.NOT_SUPPORTED)
    assert verdicts.count(summit.SUPPORTED)
    assert verdicts.count(summit.NOT_SUPPORTED)


def test_other_rules_are_asked_and_named_where_they_overturn(verdicts: summit.Verdicts) -> None:
    found = {judged.phrase.id: judged.overturned for judged in verdicts.phrases}
    assert found["sovereign-equality"] == ("the UN Security Council's rule",)
    assert found["multilateralism"] == ("deficits that stay as they are",)
    assert found["mutual-benefit"] == ()


def test_json_of_the_command_line_is_that_of_the_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from winset.cli.summit import summit as command

    path = tmp_path / "mine.toml"
    path.write_text(HEAD + PHRASE + 'test = ">="\nvalue = 4\n', "utf-8")
    command(str(path), json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["verdicts"] == {"supported": 1, "not supported": 0, "cannot be computed": 0}
    (only,) = printed["phrases"]
    assert (only["number"], only["compared_with"], only["path"]) == (4, 4, "checkable")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", 'give test, such as ">=", with value or than_number'),
        ('test = ">"\nvalue = 1\nthan_number = "checkable"\n', "one of the two"),
        ('test = ">"\nvalue = 1\ncannot = "why"\n', "no test, value or other rule"),
        ('test = "~"\nvalue = 1\n', "test = '~' is wrong"),
        ('tests = ">"\n', "unknown key 'tests'. Did you mean test?"),
    ],
)
def test_a_phrase_that_says_too_little_or_too_much_is_refused(
    tmp_path: Path, more: str, said: str
) -> None:
    with pytest.raises(DataError, match=re.escape(said)) as refused:
        told(tmp_path, PHRASE + more)
    assert "mine.toml line" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("checkable", "checked", "there is no 'checked'. Did you mean checkable?"),
        ("checkable", "missing", "missing is a dict, not one figure"),
        ("checkable", "who", "makes no sense"),
        ("track SCO", "trick SCO", "trick"),
        ("track SCO", "track SCO --depth 3", "--depth"),
        ("track SCO", "track SCO --out x.csv", "--out has no place here"),
        ("track SCO", "serve", "no command that answers"),
        ("track SCO", "track 'SCO", "no command line"),
    ],
)
def test_a_command_or_place_that_is_none_is_a_fault_of_the_file(
    tmp_path: Path, answers: Answers, old: str, new: str, said: str
) -> None:
    text = PHRASE.replace(old, new) + 'test = ">"\nvalue = 0\n'
    with pytest.raises(DataError, match=re.escape(said)) as refused:
        summit.judge(told(tmp_path, text), answers)
    assert "mine.toml line 6 (phrase 1)" in str(refused.value)


def test_what_a_command_refuses_cannot_be_computed(tmp_path: Path, answers: Answers) -> None:
    text = PHRASE.replace("track SCO", "track MERCOSUR") + 'test = ">"\nvalue = 0\n'
    (judged,) = summit.judge(told(tmp_path, text), answers).phrases
    assert judged.verdict == summit.NOT_COMPUTED
    assert "no pledge of that group" in judged.why


def test_a_null_is_no_figure(tmp_path: Path, answers: Answers) -> None:
    text = PHRASE.replace('"checkable"', '"pledges[id=sco25-beidou].target"')
    (judged,) = summit.judge(told(tmp_path, text + 'test = ">"\nvalue = 0\n'), answers).phrases
    assert (judged.verdict, judged.number) == (summit.NOT_COMPUTED, None)


def test_an_id_stands_once(tmp_path: Path) -> None:
    whole = PHRASE + 'test = ">"\nvalue = 0\n'
    with pytest.raises(DataError, match="'a' is given twice"):
        told(tmp_path, whole + whole)


def test_a_draft_is_read_line_by_line(tmp_path: Path, verdicts: summit.Verdicts) -> None:
    path = tmp_path / "draft.md"
    path.write_text(
        "# Draft\n\n- Put differences aside and seek common ground.\n"
        "* Build 500 km of railway by 2030.\n- Friendship shall flourish.\n",
        "utf-8",
    )
    lines = summit.check_draft(path, verdicts)
    assert [line.line for line in lines] == [1, 3, 4, 5]
    assert [line.figure for line in lines] == [False, False, True, False]
    assert [line.deadline for line in lines] == [False, False, True, False]
    assert [None if line.like is None else line.like.phrase.id for line in lines] == [
        None,
        "common-ground",
        None,
        None,
    ]


def test_a_draft_without_a_phrase_is_refused(tmp_path: Path, verdicts: summit.Verdicts) -> None:
    path = tmp_path / "draft.txt"
    path.write_text("\n--\n", "utf-8")
    with pytest.raises(DataError, match="no phrase in it"):
        summit.check_draft(path, verdicts)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("a..b", "no place in a JSON"),
        ("rows[3].x", "no entry"),
        ("rows[code=C].x", "0 entries have code = C"),
        ("count(rows[0].x)", "cannot be counted"),
        ("max(rows)", "no figures"),
        ("x[0]", "x is no list"),
    ],
)
def test_places_that_are_none(path: str, said: str) -> None:
    answer = {"x": 1, "rows": [{"code": "A", "x": 1}, {"code": "B", "x": None}]}
    with pytest.raises(DataError, match=re.escape(said)):
        find(answer, path)
    assert find(answer, "min(rows[].x)") == 1


def test_a_refusal_is_remembered() -> None:
    asked = []

    def once(line: str) -> None:
        asked.append(line)
        raise DataError("no")

    answers = Answers(once)
    for _ in range(2):
        with pytest.raises(DataError, match="no"):
            answers("winset x")
    assert asked == ["winset x"]
    assert issubclass(CommandError, DataError)
