"""The report of any question, for a page: ``POST /api/sections/STUDY`` and ``POST /api/report/STUDY``.

What the page shows of a question is what its report says, so that nothing is written twice: title, verdict,
tables and charts in the language asked for, and beside them the JSON of the command to the last bit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from winset.errors import DataError, did_you_mean
from winset.web import questions
from winset.web.asked import told

LANGUAGES = ("en", "ru", "zh")

if TYPE_CHECKING:
    from winset.report.page import Sheet
    from winset.report.sections import Figure, Grid, Section
    from winset.web.bundled_questions import Offers
    from winset.web.whole import Briefing, Judgement


def sections(study: str, raw: Any, lang: str) -> dict[str, Any]:
    """Return a question's report in parts.

    Tables are texts as the report writes them, with the number of each cell that holds one; charts are SVG
    at two widths with their data as CSV.

    Raises
    ------
    DataError
        An unknown study or language, anything wrong with the body, or a question that is for a job.
    """
    from winset.report import speech

    speech.checked(lang)  # before anything is solved
    return kept(study, _found(study, raw), lang)[0]


def kept(study: str, found: Any, lang: str) -> tuple[dict[str, Any], str]:
    """Return the report of what was found in parts, and as a page of its own."""
    from winset.report import page, speech

    spoken = speech.checked(lang)
    with speech.speaking(spoken):
        sheet = _sheet(study, found)
        parts = {
            "title": sheet.title,
            "kicker": sheet.kicker,
            "verdict": list(sheet.verdict),
            "sections": [_section(part, spoken) for part in sheet.sections],
            "method": list(sheet.method),
            "sources": list(sheet.sources),
            # a brief is text, whose JSON is in a language too
            "figures": sheet.figures if study == "brief" else told(found),
        }
        return parts, page.render_sheet(sheet)


def report(study: str, raw: Any, lang: str) -> tuple[bytes, str, str]:
    """Return a question's report as a page of its own, its media type and a name for the file."""
    from winset.report import page, speech

    spoken = speech.checked(lang)
    found = _found(study, raw)
    with speech.speaking(spoken):
        content = page.render_sheet(_sheet(study, found)).encode()
    name = named(questions.QUESTIONS[study](raw).title, study, "html")
    return content, "text/html; charset=utf-8", name


def named(title: str, study: str, suffix: str) -> str:
    """Return a name for a file of a report."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-").lower()
    return f"{stem[:60] or study}.{suffix}"


def _found(study: str, raw: Any) -> Any:
    if study not in questions.QUESTIONS:
        raise DataError(
            f"no report of {study[:80]!r}.{did_you_mean(study[:80], questions.QUESTIONS)} There are: "
            f"{', '.join(questions.QUESTIONS)}."
        )
    return questions.found(study, raw)


def _sheet(study: str, found: Any) -> Sheet:
    make = SHEETS.get(study, _by_figures)
    return make(found)


def _by_figures(found: Any) -> Sheet:
    """Return the page of a study that has no words of its own: the tables of its JSON."""
    from winset.display import Table
    from winset.report.sheets import book
    from winset.report.told import sheet

    payload = told(found)
    whole = book(payload)
    main = whole.table()
    shown = []
    for tab in whole.sheets:
        table = Table(tab.name)
        numbers = [
            all(isinstance(row[k], int | float | None) for row in tab.rows)
            for k in range(len(tab.columns))
        ]
        for column, figure in zip(tab.columns, numbers, strict=True):
            (table.figures if figure and table.columns else table.names)(str(column))
        for row in tab.rows:
            table.add_row(*("–" if x is None else _cell(x) for x in row))
        shown.append(table)
    return sheet(main.name, "", shown, figures=payload)


def _cell(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _vote(found: Any) -> Sheet:
    from winset.report import power
    from winset.studies.voting_power import DesignedRule

    if isinstance(found, DesignedRule):
        return power.sheet(found.design.power)
    return power.sheet(found.enlarged or found.power, found.united)


def _agree(found: Any) -> Sheet:
    from winset.report import common_ground

    if found.whole is None:
        raise DataError("by_year = true has no report. Ask for the whole span.")
    return common_ground.page(found)


def _offer(found: Offers) -> Sheet:
    from winset.report import offer_pages

    return offer_pages.sheet(found.done, found.to_json())


def _common(found: Any) -> Sheet:
    from winset.report import common_goods_page
    from winset.studies.common_goods import Contribution

    if isinstance(found, Contribution):
        return common_goods_page.sheet(found)
    return common_goods_page.routes_sheet(found)


def _bank(found: Any) -> Sheet:
    from winset.report import bank_page
    from winset.studies.bank import Bank
    from winset.studies.bank_design import Founding

    if isinstance(found, Bank):
        return bank_page.sheet(found)
    return bank_page.founding_sheet(found) if isinstance(found, Founding) else _by_figures(found)


def _people(found: Any) -> Sheet:
    from winset.report import people_pages
    from winset.studies.people import PeopleStudy
    from winset.studies.people_scenario import PeopleScenario

    if isinstance(found, PeopleScenario):
        return people_pages.scenario_sheet(found)
    return people_pages.study_sheet(found) if isinstance(found, PeopleStudy) else _by_figures(found)


def _route(found: Any) -> Sheet:
    from winset.report import route_maps
    from winset.studies.changed_ways import ChangedWays
    from winset.studies.routes import Journey

    if isinstance(found, Journey):
        return route_maps.journey_sheet(found, found.to_json())
    if isinstance(found, ChangedWays):
        return route_maps.changed_sheet(found, found.to_json())
    return route_maps.network_sheet(found, found.to_json())


def _track(found: Any) -> Sheet:
    from winset.report import promise_page

    return promise_page.sheet(found)


def _gap(found: Any) -> Sheet:
    from winset.delivery.lorenz import Poverty
    from winset.report import gap_page, question_pages

    return question_pages.gap(found) if isinstance(found, Poverty) else gap_page.sheet(found)


def _backtest(found: Any) -> Sheet:
    from winset.report import back_tests

    return back_tests.sheet(found)


def _brief(found: Briefing) -> Sheet:
    from winset.report.brief import pages

    return pages.sheet(found.written())


def _summit(found: Judgement) -> Sheet:
    from winset.report import verdicts
    from winset.report.speech import known
    from winset.report.told import sheet

    done = found.verdicts
    return sheet(
        known(done.summit.file.title),
        "",
        [*(verdicts.draft(found.draft) if found.draft else ()), *verdicts.shown(done)],
        verdict=(verdicts.counted(done),),
        method=verdicts.notes(done),
        figures=found.to_json(),
    )


def _paged(name: str) -> Callable[[Any], Sheet]:
    def make(found: Any) -> Sheet:
        from winset.report import question_pages

        page: Sheet = getattr(question_pages, name)(found)
        return page

    return make


#: Studies whose page stands in `winset.report.question_pages`, under the same name.
QUESTION_PAGES = (
    "match", "treaty", "even", "deal", "union", "war", "depend", "carbon", "club",
)  # fmt: skip
#: What makes the page of each study; of another one it is made of its figures.
SHEETS: Mapping[str, Callable[[Any], Sheet]] = {
    "vote": _vote,
    "agree": _agree,
    "offer": _offer,
    "backtest": _backtest,
    "bank": _bank,
    "common": _common,
    "gap": _gap,
    "people": _people,
    "route": _route,
    "track": _track,
    "brief": _brief,
    "summit": _summit,
    **{name: _paged(name) for name in QUESTION_PAGES},
}


def _section(part: Section, lang: str) -> dict[str, Any]:
    return {
        "id": part.id,
        "title": part.title,
        "paragraphs": list(part.paragraphs),
        "figures": [_figure(one) for one in part.figures],
        "tables": [_table(grid, lang) for grid in part.grids],
        "items": [
            Markup(item).striptags() if hasattr(item, "__html__") else item for item in part.items
        ],
    }


def _figure(one: Figure) -> dict[str, str]:
    said = {"id": one.id, "caption": one.caption, "csv": one.csv}
    return said | {"wide": str(one.wide), "narrow": str(one.narrow)}


def _table(grid: Grid, lang: str) -> dict[str, Any]:
    from winset.report.page import number
    from winset.report.told import value

    rows = [
        [
            [cell, value(cell, lang)]
            if isinstance(cell, str)
            else [number(cell, grid.digits[k - 1] if k else 0), cell]
            for k, cell in enumerate(row)
        ]
        for row in grid.rows
    ]
    return {"columns": list(grid.headings), "rows": rows, "words": list(grid.words)}
