"""A brief's figures are those of its commands, to the last bit; one language; a lack is one line."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.test_report_languages import LATIN, Read

from winset.cli.asking import ask
from winset.errors import DataError
from winset.report import speech
from winset.report.brief import dossier, foreseen, gains, lines, pages, promises
from winset.report.brief.dossier import Brief
from winset.studies.brief.answers import Answers
from winset.studies.brief.desk import Desk, desk

ON = dt.date(2026, 6, 1)
LACKED = {"bank", "pledges"}


@pytest.fixture(scope="module")
def kazakhstan() -> Desk:
    """A small bloc, so that every command of its brief is quick."""
    return desk("EAEU", on=ON, seat="KAZ", answers=Answers(ask))


@pytest.fixture(scope="module")
def english(kazakhstan: Desk) -> Brief:
    return whole(kazakhstan)


def whole(whose: Desk) -> Brief:
    """Its brief, with those sections of the SCO that it lacks."""
    done = dossier.brief(whose)
    assert {leaf.id for leaf in done.leaves if leaf.lack} == LACKED
    sco = desk("SCO", on=ON, seat="KAZ", answers=whose.answers)
    more = promises.build(sco)
    return replace(done, leaves=(*(x for x in done.leaves if not x.lack), more))


def spoken(whose: Desk, language: speech.Language) -> Brief:
    with speech.speaking(language):
        return whole(whose)


def test_every_figure_is_in_the_json_of_its_command_to_the_last_bit(english: Brief) -> None:
    again = Answers(ask)
    walked = 0
    for leaf in english.leaves:
        for _, figure in leaf.said:
            value = again(figure.command).figure(figure.path).value
            assert (type(value), value) == (type(figure.value), figure.value), figure
            walked += 1
        for bar in leaf.bars:
            assert again(bar.figure.command).figure(bar.figure.path).value == bar.figure.value
            assert bar.value == pytest.approx(
                float(bar.figure.value) * round(bar.value / float(bar.figure.value), 6)
            )
    assert walked > 200


def test_no_figure_is_written_that_is_not_noted(kazakhstan: Desk, english: Brief) -> None:
    for done in (english, spoken(kazakhstan, "ru"), spoken(kazakhstan, "zh")):
        for leaf in done.leaves:
            texts = sorted({text for text, _ in leaf.said}, key=len, reverse=True)
            for piece in (leaf.sentence, leaf.seat, *(cell for row in leaf.rows for cell in row)):
                rest = re.sub(
                    r"^(line |строка |税目)\d+(, \D+)?$|CO2|G77|Группа 77|77国", "", piece
                )
                for text in texts:
                    rest = rest.replace(text, "")
                assert not re.search(r"\d", rest), (leaf.id, piece, rest)


def test_every_section_has_all_its_parts_or_a_lack(english: Brief) -> None:
    assert [leaf.id for leaf in english.leaves if leaf.lack] == []
    for leaf in english.leaves:
        for part in (leaf.sentence, leaf.doubt, leaf.change, leaf.sources, leaf.rows, leaf.bars):
            assert part, leaf.id
        assert {len(row) for row in leaf.rows} == {len(leaf.headings)}, leaf.id
        assert leaf.commands()
    ids = [leaf.id for leaf in english.leaves]
    assert len(ids) == len(set(ids))
    assert ids[0] == "seat"


def test_lines_of_two_members_come_before_those_of_one(kazakhstan: Desk) -> None:
    sco = desk("SCO", on=ON, seat="KAZ", answers=kazakhstan.answers)
    assert lines.build(sco).sentence.startswith("Between ")
    assert "could ask its buyers" in lines.build(kazakhstan).sentence


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_a_brief_says_nothing_in_english(kazakhstan: Desk, language: speech.Language) -> None:
    with speech.speaking(language):
        read = Read()
        read.feed(pages.page(whole(kazakhstan)))
    allowed = LATIN | {"FILE", "track", "offer"}
    foreign = {
        word
        for piece in read.said
        for word in re.findall(r"[A-Za-zÀ-ɏ]{2,}", piece)
        if word not in allowed and not word.isupper()
    }
    assert foreign == set()


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 член на"), (3, "3 члена на"), (11, "11 членов на"), (21, "21 член на")]
)
def test_russian_counts_members_rightly(n: int, said: str) -> None:
    with speech.speaking("ru"):
        told = speech.say(
            "{n} {n|member|members} as of {on} · every figure with the command that computes it",
            n=n,
            on="2026-06-01",
        )
    assert told.startswith(said)


def test_same_desk_same_bytes(kazakhstan: Desk, english: Brief) -> None:
    again = whole(kazakhstan)
    assert json.dumps(again.to_json()) == json.dumps(english.to_json())
    assert pages.markdown(again) == pages.markdown(english)


def test_a_page_loads_nothing_and_names_every_command(english: Brief) -> None:
    text = pages.page(english)
    assert not re.search(r'(?:src|href)="https?:', text.split("<details>")[0])
    for leaf in english.leaves:
        for command in leaf.commands():
            assert command.replace("'", "&#39;").replace('"', "&#34;") in text


def test_a_document_holds_every_sentence_and_row(english: Brief, tmp_path: Path) -> None:
    path = tmp_path / "brief.docx"
    pages.write(english, path)
    with zipfile.ZipFile(path) as book:
        text = book.read("word/document.xml").decode("utf-8")
        pictures = [name for name in book.namelist() if name.startswith("word/media/")]
    plain = re.sub(r"<[^>]+>", "", text).replace("&amp;", "&")
    for leaf in english.leaves:
        for piece in (leaf.title, leaf.sentence, leaf.doubt, *(row[-1] for row in leaf.rows)):
            assert piece in plain
    assert len(pictures) == len(english.leaves)
    # The headings of a table stand again where it runs over a page.
    assert text.count("<w:tblHeader/>") == sum(bool(leaf.rows) for leaf in english.leaves)


def test_the_score_of_back_tests_is_told_good_or_bad(english: Brief) -> None:
    leaf = next(leaf for leaf in english.leaves if leaf.id == "foreseen")
    assert leaf.sentence.endswith("foresaw better than chance only: enlargement of the EU.")
    told = {row[0]: row[1:] for row in leaf.rows}
    assert told["enlargement of the EU 2003–2007"] == ("+23.4", "+16.0", "3.1 %", "64.4 %", "0 %")
    assert told["NAFTA 1993–2005"] == ("−10.0", "+27.5", "−5.2 %", "75.7 %", "–")

    def worse(line: str) -> Any:
        answer = json.loads(json.dumps(leaf.ask(line).payload))
        for forecast in answer["tests"][0]["forecasts"]:
            forecast["placebo_share_as_good"] = 0.5
        return answer

    poor = foreseen.build(replace(leaf.desk, answers=Answers(worse)))
    assert poor.sentence == "Of 6 agreements of the past winset foresaw none better than chance."


def refusing(line: str) -> Any:
    raise DataError(f"no {line}")


def bare(*members: str, bloc: str = "EAEU") -> Desk:
    return Desk(bloc, members, ON, None, Answers(refusing))


def test_a_lack_is_one_line() -> None:
    for build in (promises.build, lines.build):
        leaf = build(bare("ARM", "KGZ"))
        assert leaf.lack
        assert "EAEU" in leaf.lack
        assert pages.paragraphs(leaf) == (leaf.lack,)


def test_what_a_command_refuses_is_a_lack_of_its_section() -> None:
    leaf = dossier._built(gains, bare("ARM", "KGZ"))
    assert leaf.lack.startswith("Not computed: no winset run sco-2025 --set world=world-2023")
    assert leaf.title == gains.TITLE


def test_other_files_are_refused_before_anything_is_computed(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=re.escape("written as .html, .pdf, .docx, .md")):
        pages.writer_of(tmp_path / "x.xlsx")


def test_paper_without_a_browser_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINSET_BROWSER", "no-such-browser")
    with pytest.raises(DataError, match="WINSET_BROWSER=no-such-browser is not to be found"):
        pages.writer_of(tmp_path / "x.pdf")


def test_a_browser_that_prints_nothing_is_an_error(
    english: Brief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "browser"
    fake.write_text("#!/bin/sh\necho no display >&2\nexit 3\n", "utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("WINSET_BROWSER", str(fake))
    with pytest.raises(DataError, match=re.escape("could not print the brief (no display")):
        pages.write(english, tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


def test_a_document_without_its_library_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(DataError, match="pip install 'winset\\[docx\\]'"):
        pages.writer_of(tmp_path / "x.docx")


def test_whom_a_brief_is_for_is_read_like_everything() -> None:
    answers = Answers(refusing)
    assert desk("sco+", on=ON, seat="kaz", answers=answers).bloc == "SCO+"
    with pytest.raises(DataError, match=re.escape("--for Kazakhstan: no economy. Write KAZ.")):
        desk("SCO", on=ON, seat="Kazakhstan", answers=answers)
    with pytest.raises(DataError, match="neither a bloc"):
        desk("SCOO", on=ON, seat=None, answers=answers)
    with pytest.raises(DataError, match="1 member"):
        desk("KAZ", on=ON, seat=None, answers=answers)
