"""Reports of rooms, such as offers, people or banks: one language each, names not codes, notes said again."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import re
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.networks import NODES, written
from tests.unit.test_report_languages import Read
from tests.unit.test_route import named

from winset.delivery import pledges
from winset.display import Table
from winset.network import read_network
from winset.places.economies import economies
from winset.places.node_names import node_names
from winset.report import (
    back_tests,
    bank_page,
    charts,
    common_goods_page,
    gap_page,
    offer_pages,
    page,
    people_pages,
    promise_page,
    question_pages,
    route_maps,
    speech,
    told,
)
from winset.sentences import Listing, Sentence
from winset.studies import (
    back_test,
    bank,
    club_order,
    commitments,
    common_goods,
    offer_lists,
    trade_club,
)
from winset.studies.bank_design import propose
from winset.studies.carbon import carbon
from winset.studies.carbon_changes import carbon_changes
from winset.studies.changed_ways import worth
from winset.studies.dependence import depend
from winset.studies.network_questions import asked
from winset.studies.offer_terms import read_terms
from winset.studies.offers import negotiate
from winset.studies.people import people
from winset.studies.people_laying import find_people_scenario
from winset.studies.people_scenario import people_scenario
from winset.studies.promise_keeping import track
from winset.studies.route_answers import view
from winset.studies.routes import journey
from winset.studies.scenario_run import gap_of
from winset.web import questions, sections

if TYPE_CHECKING:
    from winset.report.page import Sheet

#: Words in Latin letters of every page: the program, formats, methods and authors, symbols, names of worlds.
LATIN = set(
    "winset JSON CSV CES GSIM SMART HiGHS Hummels Schaur exp eurasia CEPII working paper CO Cr Nb Li world "
    "show free sectors toml borders nodes csv TEU read OpenAlex PPML sha Gapminder Open SDG ESCAP Index GDP "
    "CAREC CPMM json Global Carbon Project icio two ZamynUud Beine Delogu Ragot Noël Journal of Economic "
    "Geography ln BRICS ISE ISW Working Paper bridge ferry harbor islands match DAC IV DESA UNESCO GeoDist "
    "Passport Nash Kalai Smorodinsky Finger Grubel Lloyd Kreinin Michaely Caliendo Parro Kemp Wan "
    "Lashkaripour Penrose ROW".split()
)
ON = dt.date(2025, 9, 1)
NO_LAND = {
    "type": "Topology",
    "objects": {"world": {"type": "GeometryCollection", "geometries": []}},
    "arcs": [],
}


@lru_cache(maxsize=1)
def _offers() -> Any:
    return negotiate(read_terms("china-india"))


@lru_cache(maxsize=1)
def _club() -> Any:
    return trade_club.solve_club(club_order.read_order("free-trade-example"), club="KAZ,RUS")


@lru_cache(maxsize=1)
def _dependence() -> Any:
    return depend("SCO,MNG", on=dt.date(2025, 9, 1), world="world-2023-free", top=1)


def _small(folder: Path) -> Path:
    """A network of a user: names of its nodes are nobody's language."""
    return written(folder / "small", **named("CHN", "KAZ", "UZB", "RUS"))


def _offer(_: Path) -> Sheet:
    return offer_pages.sheet(_offers(), offer_lists.to_json(_offers()))


def _way(_: Path) -> Sheet:
    done = journey(asked(closed=["TKM-UZB", "suez"], faster=10.0), "Tashkent", "Karachi")
    return route_maps.journey_sheet(done, done.to_json())


def _whole(folder: Path) -> Sheet:
    done = view(asked(_small(folder), speed=60.0))
    return route_maps.network_sheet(done, done.to_json())


def _worth(folder: Path) -> Sheet:
    done = worth(asked(_small(folder), closed=["CHN>KAZ"]))
    return route_maps.changed_sheet(done, done.to_json())


@lru_cache(maxsize=1)
def _bank() -> Any:
    return bank.run_bank("two-islands", draws=20)


def _pledged() -> set[str]:
    """Words of pledges, which stand as they were written."""
    told = " ".join(f"{p.key} {p.pledge}" for p in pledges.bundled() if p.who == "BRICS")
    return set(re.findall(r"[A-Za-z]{2,}", told))


def _people(_: Path) -> Sheet:
    done = people_scenario(find_people_scenario("russia-scholarships"), draws=20)
    return people_pages.scenario_sheet(done)


AGREE = {"bloc": "SCO", "years": "2019"}
LORENZ = [[0.2, 0.06], [0.4, 0.18], [0.6, 0.35], [0.8, 0.58], [1, 1]]


@lru_cache(maxsize=1)
def _answer(study: str, body: str) -> Any:
    return questions.found(study, json.loads(body))


def _asked(study: str, body: Any, _: Path) -> Sheet:
    """The page of a question that is asked over HTTP, as the tabs of the page do."""
    named = {"poverty": "gap"}.get(study, study)
    return sections.SHEETS[named](_answer(named, json.dumps(body)))


PAGES = {
    "offer": _offer,
    "depend": lambda _: question_pages.depend(_dependence()),
    "club": lambda _: question_pages.club(_club()),
    "way": _way,
    "network": _whole,
    "worth": _worth,
    "people": _people,
    "group": lambda _: people_pages.study_sheet(people("KAZ,KGZ", on=ON, of="students")),
    "labor": lambda _: people_pages.scenario_sheet(
        people_scenario(find_people_scenario("labor-agreement"))
    ),
    "bank": lambda _: bank_page.sheet(_bank()),
    "founding": lambda _: bank_page.founding_sheet(propose("SCO", on=ON)),
    "common": lambda _: common_goods_page.sheet(
        common_goods.common("digital-corridor", members="KAZ,KGZ,RUS")
    ),
    "gap": lambda _: gap_page.sheet(gap_of("nafta")[0]),
    "track": lambda _: promise_page.sheet(track("BRICS")),
    "carbon": lambda _: question_pages.carbon(carbon("icio-2022")),
    "carbon of a scenario": lambda _: question_pages.carbon(carbon_changes("sco-2025")),
    "backtest": lambda _: back_tests.sheet(back_test.back_tests(None, placebos=1)),
    **{
        study: partial(_asked, study, body)
        for study, body in {
            "treaty": {"bloc": "KAZ,RUS", "on": "2025-09-01"},
            "agree": AGREE,
            "even": {"bloc": "BRICS"},
            "deal": {"deal": "silk-road-example"},
            "match": {"bloc": "CHN,KAZ", "on": "2025-09-01"},
            "union": {"group": "CHN,KAZ", "world": "icio-2022"},
            "war": {"world": "icio-2022", "balanced": True},
            "vote": {"rule": "sco"},
            "poverty": {"points": LORENZ, "mean": 12, "line": 6.85},
        }.items()
    },
}


def _treaties() -> set[str]:
    """Words of titles of treaties, which stand as deposited, and their beginnings, for a cell cuts them."""
    told = " ".join(f"{t.code} {t.title}" for t in commitments.treaties())
    words = re.findall(r"[A-Za-zÀ-ɏ]{2,}", told)
    return {word[:k] for word in words for k in range(2, len(word) + 1)}


def _resolutions() -> set[str]:
    """Words of titles of resolutions, which stand as the United Nations print them, and who is cited."""
    divided = _answer("agree", json.dumps(AGREE)).parts[0].ground.divided
    told = " ".join(f"{split.resolution} {split.title}" for split in divided)
    cited = "Bailey Strezhnev Voeten Hix Noury Roland"
    return set(re.findall(r"[A-Za-zÀ-ɏ]{2,}", f"{told} {cited}"))


@pytest.mark.parametrize("language", ["ru", "zh"])
@pytest.mark.parametrize("room", PAGES)
def test_a_page_says_nothing_in_another_language(
    room: str, language: speech.Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_maps, "shapes", lambda: NO_LAND)  # the world's shapes take seconds
    drawn = charts.svg
    monkeypatch.setattr(  # a narrow picture has the words of the wide one
        charts, "svg", lambda chart, name: drawn(chart, name=name) if "wide" in name else ""
    )
    with speech.speaking(language):
        text = page.render_sheet(PAGES[room](tmp_path))
    read = Read()
    read.feed(text)
    said = [re.sub(r"[0-9a-f]{12,64}", "", piece) for piece in read.said]
    own = (
        {row.split(",")[1] for row in NODES.splitlines()}
        | {"small"}
        | set(economies())
        | _pledged()
        | (_treaties() if room == "treaty" else set())
        | (_resolutions() if room == "agree" else set())
    )
    foreign = {word for piece in said for word in re.findall(r"[A-Za-zÀ-ɏ]{2,}", piece)}
    assert foreign - LATIN - own == set()
    script = {"ru": "[\u4e00-\u9fff]", "zh": "[\u0400-\u04ff]"}[language]
    assert not re.search(script, " ".join(said))
    cut = [text for text in re.findall("<text[^>]*>([^<]*)", text) if text.rstrip().endswith("…")]
    assert cut == []  # names in charts stand whole
    assert f'<html lang="{language}' in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "Все предложения вместе: в проигрыше Индия."),
        ("zh", "全部出价合计使印度受损。"),
    ],
)
def test_a_verdict_has_the_figures_of_the_english_one(language: speech.Language, said: str) -> None:
    from winset.report import offers

    english = offers.sentences(_offers())
    with speech.speaking(language):
        other = offers.sentences(_offers())
    assert other[0] == said
    figures = re.compile(r"\d+(?:[.,]\d+)*")
    for one, two in zip(english, other, strict=True):
        assert sorted(figures.findall(one)) == sorted(figures.findall(two.replace(",", ".")))


def test_roles_in_a_club_and_the_way_there_are_said() -> None:
    with speech.speaking("ru"):
        sheet = question_pages.club(_club())
    roles = {row[0]: row[1] for row in sheet.sections[0].grids[0].rows}
    assert (roles["Казахстан"], roles["Индия"]) == ("в клубе", "вне клуба")
    told = " ".join(line for part in sheet.sections for line in part.paragraphs)
    assert "Круг 2: выходят: Индия, Пакистан." in told
    with speech.speaking("zh"):
        assert "第2轮：印度、巴基斯坦退出。" in " ".join(
            line for part in question_pages.club(_club()).sections for line in part.paragraphs
        )


def test_every_place_of_the_network_has_a_name_of_its_own() -> None:
    nodes = read_network("eurasia").nodes
    for language, script in (("ru", "[\u0400-\u04ff]"), ("zh", "[\u4e00-\u9fff]")):
        names = node_names(language)
        assert set(names) == {node.id for node in nodes}
        assert len(set(names.values())) == len(names)
        assert all(re.search(script, name) for name in names.values())


def test_a_sentence_remembers_its_parts() -> None:
    note = Sentence(
        "Not in world '{world}': {who}.", world="w", who=Listing(("KAZ", "KGZ", "TJK"), most=2)
    )
    assert note == "Not in world 'w': KAZ, KGZ and 1 more."
    assert isinstance(note, str)
    for again in (copy.copy(note), pickle.loads(pickle.dumps(note))):
        assert (again, again.template, again.values) == (note, note.template, note.values)
    assert speech.retold(note) == note
    with speech.speaking("ru"):
        assert speech.retold(note) == "Нет в мире данных w: Казахстан, Кыргызстан и ещё 1."
        assert speech.retold("UZB>KAZ") == "Узбекистан → Казахстан"
        assert speech.retold("1,234.5") == "1\N{NO-BREAK SPACE}234,5"
        assert speech.retold("a note of a user's own") == "a note of a user's own"
    with speech.speaking("zh"):
        closed = asked(closed=["KAZ-UZB", "suez"], faster=10.0).said
        assert speech.retold(closed) == "关闭：哈萨克斯坦 – 乌兹别克斯坦、苏伊士运河；边境加快10%"
    assert str(closed) == "closed: KAZ-UZB, suez; borders 10 % faster"


def test_words_that_are_one_in_english_are_told_apart() -> None:
    assert speech.say("largest¦supplier") == speech.say("largest¦package") == "largest"
    with speech.speaking("ru"):
        assert speech.say("largest¦supplier") != speech.say("largest¦package")
        assert (speech.known("Petroleum", "mineral"), speech.known("Petroleum")) == (
            "нефть",
            "Нефтепродукты",
        )


@pytest.mark.parametrize("language", ["ru", "zh"])
@pytest.mark.parametrize("room", ["bank", "founding", "people", "labor", "gap"])
def test_tables_have_the_figures_of_the_english_ones(
    room: str, language: speech.Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "svg", lambda *_, **__: "")

    def figures(spoken: speech.Language) -> list[float]:
        with speech.speaking(spoken):
            sheet = PAGES[room](tmp_path)
        cells = [
            cell
            for part in sheet.sections
            for grid in part.grids
            for row in grid.rows
            for cell in row
        ]
        numbers = [told.value(c, spoken) if isinstance(c, str) else c for c in cells]
        return [x for x in numbers if x is not None]

    english = figures("en")
    assert len(english) > 8
    assert figures(language) == english


def test_a_table_says_of_which_part_its_rows_are() -> None:
    table = Table("Inequality")
    table.names("index")
    table.figures("change")
    table.add_part("between economies")
    table.add_row("Gini", "+0.1")
    table.add_part("between persons")
    table.add_row("Gini", "−0.2")
    assert told.grid(table).rows == (("Gini", "+0.1"), ("Gini", "−0.2"))
    assert told.grid(table, parts=True).rows == (
        ("between economies", ""),
        ("Gini", "+0.1"),
        ("between persons", ""),
        ("Gini", "−0.2"),
    )
