"""No text of one language stands in another's report; every sentence is in every catalog, once."""

from __future__ import annotations

import ast
import csv
import json
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import winset.report
from winset.contribution.reading import CenterFile
from winset.environment.dependence import materials
from winset.errors import DataError
from winset.network import read_network
from winset.network.changes import ASSUMED
from winset.network.network import MODES, UNGRADED
from winset.people.records import WHAT
from winset.report import diversion, methods, page, speech, words
from winset.report.brief import dossier
from winset.studies import (
    back_test,
    center_figures,
    commitments,
    dependence,
    evenhandedness,
    scenario_run,
)
from winset.worlds import tariff_sources
from winset.worlds.line_names import chapters, line_name
from winset.worlds.package import DATA

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study

REPORT = Path(winset.report.__file__).parent
#: What the data call things, beside their notes, titles and sectors.
NAMED = (
    "member outsider world-share additive multiplicative balanced shapley nucleolus equal population gdp "
    "million billion trillion thousand lognormal normal beta mean sd sigma "
    "uniform partner sector partner-sector full compact"
).split()
#: Words in Latin letters that stand in Russian and Chinese reports: products, measures, titles of data sets.
LATIN = {
    "winset",
    "scenario",
    "toml",
    "run",
    "CSV",
    "JSON",
    "USD",
    "GDP",
    "BACI",
    "SHA",
    "Natural",
    "Earth",
}
#: Authors, whose names are cited as they publish.
AUTHORS = set(
    "Dekle Eaton Kortum Costinot Rodríguez Clare Simonovska Waugh Head Mayer Caliendo Parro Alvarez Lucas "
    "Ignatenko et al Viner".split()
)


def spoken() -> dict[str, str]:
    """Every sentence that a report can say, with the file that says it."""
    found: dict[str, str] = {}
    held: dict[Path, dict[str, ast.expr]] = {}
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(REPORT.rglob("*.py"))}
    for path, tree in trees.items():
        held[path] = {}
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            target = node.target if isinstance(node, ast.AnnAssign) else target
            if isinstance(target, ast.Name) and node.value is not None:  # type: ignore[attr-defined]
                held[path][target.id] = node.value  # type: ignore[attr-defined]
    every = {name: node for own in held.values() for name, node in own.items()}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called == "say" or (
                isinstance(node.func, ast.Attribute) and node.func.attr == "say"
            ):
                for text in _texts(node.args[0], every | held[path]):
                    found.setdefault(text, path.name)
    for path in sorted((REPORT / "templates").glob("*.html")):
        for text in re.findall(r'say\("([^"]*)"', path.read_text("utf-8")):
            found.setdefault(text, path.name)
    for path in sorted(set(REPORT.parent.rglob("*.py")) - set(trees)):
        text = path.read_text("utf-8")
        if "Sentence(" in text:
            found |= dict.fromkeys(_sentences(ast.parse(text)), path.name)
    kept = {*methods.MISSING, "differences between industries", *diversion.PARTS}
    kept |= {heading for _, heading, _ in page.SHOWN}
    kept |= {section.TITLE for section in (dossier.seat, *dossier.SECTIONS)}
    for equations in methods.EQUATIONS.values():
        kept |= {label for label, _ in equations}
    kept |= set(words.REASONS.values())
    return found | dict.fromkeys(kept, "constants")


def _sentences(tree: ast.Module) -> list[str]:
    """Templates of the notes that rooms and studies make, `winset.sentences.Sentence`."""
    held = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return [
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "Sentence" and node.args
        for text in _texts(node.args[0], held)
    ]


def _texts(told: ast.expr, constants: dict[str, ast.expr]) -> list[str]:
    if isinstance(told, ast.IfExp):
        return [*_texts(told.body, constants), *_texts(told.orelse, constants)]
    if isinstance(told, ast.Subscript):
        told = told.value
    if isinstance(told, ast.Name | ast.Attribute):
        held = constants.get(told.id if isinstance(told, ast.Name) else told.attr)
        if held is None:
            return []
        if isinstance(held, ast.IfExp):
            return _texts(held, constants)
        parts = held.values if isinstance(held, ast.Dict) else [held]
        return [t.value for part in parts for t in ast.walk(part) if _is_text(t)]  # type: ignore[attr-defined]
    return [told.value] if _is_text(told) else []  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def of_data() -> set[str]:
    """Notes, titles and sectors of everything bundled."""
    found = {*NAMED, *tariff_sources.MEANING.values()}
    for package in sorted(DATA.glob("*/datapackage.json")):
        if (package.parent / "trade.csv.gz").exists() or package.parent.name.startswith("world"):
            found |= set(json.loads(package.read_text("utf-8")).get("notes", ()))
        sectors = package.parent / "sectors.csv"
        if sectors.exists():
            found |= {
                row["name"] for row in csv.DictReader(sectors.read_text("utf-8").splitlines())
            }
    found |= {*commitments.LIMITS, commitments.STALE, *evenhandedness.LIMITS, dependence.CAVEAT}
    found |= {material.name for material in materials()} | {line_name(c) for c in chapters()}
    found |= {read_network("eurasia").title, *MODES}
    links = read_network("eurasia").links
    found |= {ASSUMED, UNGRADED}
    found |= {x for k in links for x in (k.grade, k.hours_grade, k.status, *k.passages)}
    with (DATA / "treaties" / "treaties.csv").open(encoding="utf-8") as file:
        found |= {row["field"] for row in csv.DictReader(file)}
    with (DATA / "people" / "effects.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found |= {row[key] for key in ("kind", "unit", "basis", "read", "note") if row[key]}
    found |= {*WHAT.values(), *center_figures.SOURCES.values()}
    found |= {row[key] for row in back_test.bundled().values() for key in ("title", "note")}
    found.add(CenterFile.model_fields["unit"].default)
    for path in sorted((DATA / "centers").glob("*.toml")):
        center = tomllib.loads(path.read_text("utf-8"))
        found |= {
            center["title"],
            center.get("note", center["title"]),
            CenterFile.model_fields["unit"].default,
        }
        found |= {
            part["source"]
            for part in center.values()
            if isinstance(part, dict) and "source" in part
        }
    for path in sorted((DATA / "portfolios").glob("*.toml")):
        plan = tomllib.loads(path.read_text("utf-8"))
        found |= {plan["title"], plan["note"]}
        found |= {one[key] for one in plan["project"] for key in ("title", "note") if one.get(key)}
    for path in sorted((DATA / "pledges").glob("*.csv")):
        with path.open(encoding="utf-8") as file:
            found |= {row["unit"] for row in csv.DictReader(file)} - {"", "%", "million"}
    for path in sorted((DATA / "summits").glob("*.toml")):
        told = tomllib.loads(path.read_text("utf-8"))
        found |= {told["title"], told["note"]}
        for phrase in told["phrase"]:
            keys = ("part", "phrase", "question", "cannot", "assumes")
            found |= {phrase[key] for key in keys if phrase.get(key)}
            found |= {other["rule"] for other in phrase.get("other", ())}
    for folder in ("scenarios", "rules", "deals", "clubs", "people", "tariff-lines"):
        for path in sorted((DATA / folder).glob("*.toml")):
            about = tomllib.loads(path.read_text("utf-8"))
            found.add(about["title"])
            if folder == "tariff-lines":
                found |= {about["note"], about["unit"]}
            found |= set(about.get("club", {}).get("regions", ()))
    return found


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_sentence_of_the_code_is_in_the_catalog(language: speech.Language) -> None:
    missing = {
        text: file for text, file in spoken().items() if text not in speech.catalog(language)
    }
    assert missing == {}


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_notes_titles_and_sectors_of_the_data_are_in_the_catalog(language: speech.Language) -> None:
    assert sorted(of_data() - set(speech.catalog(language))) == []


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_a_catalog_fills_in_only_what_the_sentence_gives(language: speech.Language) -> None:
    slots = re.compile(r"\{(\w+)[}|]")
    for english, text in speech.catalog(language).items():
        assert set(slots.findall(text)) <= set(slots.findall(english)), english


def test_plural_forms_are_as_many_as_the_language_has() -> None:
    for language, many in (("ru", 3), ("zh", 1)):
        for text in speech.catalog(language).values():
            for forms in re.findall(r"\{\w+\|([^{}]*)\}", text):
                assert len(forms.split("|")) == many, text


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_words_that_diplomats_do_not_use_are_in_no_catalog(language: speech.Language) -> None:
    whole = "\n".join(speech.catalog(language).values())
    for word in ("集团", "Киргизия", "аутсайдер", "посторонни", "промежуточные продукты"):
        assert word not in whole


@pytest.mark.parametrize(
    ("language", "figure", "money"),
    [
        ("en", "−1,234.50", "−6.0 billion"),
        ("ru", "−1\N{NO-BREAK SPACE}234,50", "−6,0 млрд"),
        ("zh", "−1,234.50", "−60.0亿"),
    ],
)
def test_figures_are_written_as_the_language_does(
    language: speech.Language, figure: str, money: str
) -> None:
    with speech.speaking(language):
        assert speech.signed(-1234.5, 2) == figure
        assert speech.money(-6000.0) == money


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(DataError, match="no report in 'fr'"):
        speech.checked("fr")


#: Attributes that a screen reader, or a finger that rests, makes words of.
SAID = ("aria-label", "aria-roledescription", "title", "alt", "placeholder")


class Read(HTMLParser):
    """The words of a page but those marked as English, code, or formula."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        self.said += [told[key] or "" for key in SAID if key in told]
        if tag in ("meta", "input", "br", "link", "path", "rect", "circle", "line"):
            return
        apart = tag in ("style", "script", "code", "pre", "defs") or told.get("lang") == "en"
        self.open.append((tag, apart or told.get("class") == "equation"))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(apart for _, apart in self.open):
            self.said.append(data)


@pytest.fixture(scope="module", params=["sco-2025", "nafta"])
def study(request: pytest.FixtureRequest) -> Study:
    return scenario_run.under_other_rules(scenario_run.run(request.param))


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_a_report_says_nothing_in_english(study: Study, language: speech.Language) -> None:
    with speech.speaking(language):
        text = page.render(study)
    assert f'<html lang="{language}' in text
    read = Read()
    read.feed(text)
    allowed = (
        LATIN | AUTHORS | set(study.world.codes) | {study.world.name, *study.world.name.split("-")}
    )
    allowed |= {"icio"}  # another world, which a note of this one names
    # one letter is a symbol of an equation; a rule's own name stands beside its translation
    allowed |= {"world", "share", "multiplicative", "additive", "balanced"}
    foreign = {
        word
        for piece in read.said
        for word in re.findall(r"[A-Za-zÀ-ɏ]{2,}", re.sub(r"[0-9a-f]{64}", "", piece))
        if word not in allowed
    }
    assert foreign == set()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Services are left out: 24 % of the world's trade: CHN 11 %; not known of KAZ."),
        ("ru", "Услуги не учтены: 24 % мировой торговли: Китай — 11 %; нет данных: Казахстан."),
        ("zh", "未计入服务贸易：占世界贸易的24%：中国11%；无数据：哈萨克斯坦。"),
    ],
)
def test_what_goods_leave_out_is_said_by_name(language: speech.Language, said: str) -> None:
    left = {"world_percent": 23.9, "percent": {"CHN": 11.2}}
    with speech.speaking(language):
        assert words._services(left, ("CHN", "KAZ")) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "additive: 3 lose, China −0.20 % instead of +0.10 %"),
        ("ru", "неизменная сумма: проигравших: 3, Китай −0,20 % вместо +0,10 %"),
        ("zh", "固定数额：3个受损，中国−0.20%（原为+0.10%）"),
    ],
)
def test_what_another_rule_says_of_a_union_or_war(language: speech.Language, said: str) -> None:
    other = SimpleNamespace(
        rules=("additive",),
        holds=False,
        refused="",
        losing=3,
        more_or_fewer=True,
        flipped=("CHN",),
        widest="CHN",
        welfare_percent={"CHN": -0.2},
    )
    with speech.speaking(language):
        told = words.gains_by_rule({"CHN": "China"}, [other], {"CHN": 0.1})  # type: ignore[list-item]
    assert said in told


def test_an_english_report_says_nothing_in_another_script(study: Study) -> None:
    text = page.render(study)
    assert re.search(r"[\u0400-\u04ff\u4e00-\u9fff]", text) is None
