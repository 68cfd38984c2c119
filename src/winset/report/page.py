"""Pages: of a run and, as a `Sheet`, of any other question; each one file, without a network.

A page may run the script that it carries and no other, and load nothing: titles, sources and names
are other people's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from winset import __version__
from winset.files import replacing
from winset.report import charts, diversion, industries, speech, words
from winset.report.methods import methods
from winset.report.sections import Figure, Grid, Section, csv_link, economies_csv, figure
from winset.report.speech import known, name, say, signed
from winset.trade.result import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from winset.numbers import Array
    from winset.report.charts import Picture
    from winset.studies.scenario_run import Study

#: Nothing is loaded and nothing is sent; charts carry their styles.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

#: Columns of the page's table: key, heading, decimals.
SHOWN = (
    ("welfare_percent", "welfare, %", 2),
    ("welfare_musd", "USD million", 0),
    ("real_wage_percent", "real wage, %", 2),
    ("wage_percent", "wage, %", 2),
    ("price_percent", "prices, %", 2),
    ("employment_percent", "employment, %", 2),
    ("exports_percent", "exports, %", 1),
    ("imports_percent", "imports, %", 1),
    ("exports_to_gdp_percent", "exports/GDP, %", 1),
    ("imports_to_gdp_percent", "imports/GDP, %", 1),
    ("deficit_percent", "trade deficit, %", 1),
    ("tariff_revenue_musd", "tariff revenue, USD million", 0),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one page says.

    Attributes
    ----------
    title, kicker : str
        `kicker` is the line above the title: what was asked.
    verdict : tuple of str
        The answer, in sentences.
    sections : tuple of Section
    method, sources : tuple of str
    figures : JSON object
        Everything that was computed, for whoever wants to check.
    large : bool
        Tables are read on paper, not looked up: larger type, and none is broken between pages.
    """

    title: str
    kicker: str
    verdict: tuple[str, ...]
    sections: tuple[Section, ...]
    method: tuple[str, ...]
    sources: tuple[str, ...]
    figures: Any
    large: bool = False


def render_sheet(sheet: Sheet) -> str:
    """Return a sheet as HTML text."""
    figures = json.dumps(sheet.figures, ensure_ascii=False, allow_nan=False, indent=1)
    return _rendered(
        "sheet", sheet=sheet, sections=sheet.sections, version=__version__, figures=figures
    )


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write a sheet to a file."""
    page = render_sheet(sheet)
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")


def render(study: Study, sections: Sequence[Section] = ()) -> str:
    """Return the page as HTML text; `sections` come between the pictures and the table."""
    result = study.result
    manifest = result.manifest()
    del manifest["solver"]["seconds"]  # the page of the same run is the same to the byte
    rows = [
        {
            "code": code,
            "name": name(str(code), row["name"]),
            "role": row["role"],
            **_cells(row),
        }
        for code, row in result.table().iterrows()
    ]
    traded = diversion.section(study)
    return _rendered(
        "report",
        study=study,
        result=result,
        verdict=words.claims(study),
        notes=words.notes(study),
        title=known(study.scenario.title),
        summary=result.summary(),
        kicker=say(
            "world {world} ({year}, {n} {n|economy|economies}) · membership as of {on}",
            world=study.world.name,
            year=str(study.world.year),
            n=len(study.world),
            on=study.scenario.on.isoformat(),
        ),
        inside=result.between(result.members),
        shown=SHOWN,
        columns=COLUMNS,
        rows=rows,
        sections=[
            *pictures(study),
            *industries.sections(study),
            *([] if traded is None else [traded]),
            *sections,
        ],
        disclaimer=say(charts.DISCLAIMER),
        methods=methods(study),
        csv=csv_link(economies_csv(study)),
        manifest=json.dumps(manifest, ensure_ascii=False, indent=1),
        toml=study.scenario.to_toml(),
    )


def _rendered(name: str, **values: Any) -> str:
    """Fill a template in, with its script and the policy that lets this one run."""
    found = environment()
    script = found.get_template(f"{name}.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"{POLICY}; script-src 'sha256-{digest}'"
    page = found.get_template(f"{name}.html")
    return page.render(script=Markup(script), policy=policy, **values)


def environment() -> jinja2.Environment:
    """Return what renders the templates of this package."""
    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    found.filters["number"] = number
    found.filters["link"] = link
    found.filters["known"] = known
    found.filters["money"] = speech.money
    found.globals["say"] = say
    found.globals["language"] = speech.language
    found.globals["LANGUAGE_TAG"] = {"en": "en", "ru": "ru", "zh": "zh-Hans"}
    return found


def pictures(study: Study) -> tuple[Section, ...]:
    """Return what every report begins with: the map, the members' gains, gain against trade."""
    frame = charts.gains_frame(study)
    data = frame.drop(columns="label")
    members = data[data["role"] == "member"]
    drawn = [
        (
            "map",
            say("The world"),
            speech.together([charts.map_key(), say(charts.DISCLAIMER)]),
            charts.world_map,
            data,
        ),
        (
            "bars",
            say("Members"),
            say("Gain of each member, percent of its welfare."),
            charts.bars,
            members,
        ),
        (
            "scatter",
            say("Gain and trade with the group"),
            say(
                "Who trades more with the group gains more; the horizontal scale is logarithmic. Names "
                "stand where there is room."
            ),
            charts.scatter,
            data,
        ),
    ]
    found = [
        Section(
            name,
            title,
            figures=(figure(name, partial(_at, make, frame), caption=caption, data=shown),),
        )
        for name, title, caption, make, shown in drawn
    ]
    found.insert(2, _losers(frame))
    return tuple(found)


def gains_pictured(
    codes: Sequence[str],
    names: Sequence[str],
    members: Sequence[str],
    welfare: Array,
    variation: Array | None = None,
) -> tuple[Section, ...]:
    """Return the map, the members and who loses, of gains that no `Study` holds.

    `welfare` is the ratio of after to before, `variation` its worth in USD million where that is known,
    (N,) each.
    """
    frame = charts.frame_of_gains(codes, names, members, welfare, variation)
    data = frame.drop(columns="label")
    found = [
        Section(
            "map",
            say("The world"),
            figures=(
                figure(
                    "map",
                    partial(_at, charts.world_map, frame),
                    caption=speech.together([charts.map_key(), say(charts.DISCLAIMER)]),
                    data=data,
                ),
            ),
        )
    ]
    if 1 < len(members) < len(codes):
        inside = data[data["role"] == "member"]
        found.append(
            Section(
                "bars",
                say("Members"),
                figures=(
                    figure(
                        "bars",
                        partial(_at, charts.bars, frame),
                        caption=say("Gain of each member, percent of its welfare."),
                        data=inside,
                    ),
                ),
            )
        )
    if variation is not None:
        return (*found, _losers(frame))
    lost = charts.losers(frame)
    if not lost.empty:
        found.append(Section("losers", say("Who loses"), figures=(_losses(frame, lost),)))
    return tuple(found)


def _losses(frame: pd.DataFrame, lost: pd.DataFrame) -> Figure:
    return figure(
        "losers",
        partial(_at, charts.losses, frame),
        caption=say(
            "Those that lose most, percent of welfare; the largest {n}.",
            n=min(len(lost), charts.MOST_LOSERS),
        ),
        data=lost.drop(columns="label"),
    )


def _losers(frame: pd.DataFrame) -> Section:
    """Return who loses, members and outsiders alike, in percent and in money."""
    lost = charts.losers(frame)
    title = say("Who loses")
    if lost.empty:
        return Section("losers", title, (say("Nobody loses 0.005 percent of welfare or more."),))
    rows = tuple(
        (
            row["name"],
            known(row["role"]),
            float(row["welfare_percent"]),
            float(row["welfare_musd"]),
        )
        for row in lost.to_dict("records")
    )
    poorest = lost.iloc[int(lost["welfare_musd"].to_numpy().argmin())]
    return Section(
        "losers",
        title,
        paragraphs=(
            say(
                "{n} {n|economy loses|economies lose} 0.005 percent of welfare or more. Most in percent: "
                "{worst} ({percent}); most in money: {poorest} ({musd} USD).",
                n=len(lost),
                worst=lost["name"].iloc[0],
                percent=speech.percent(float(lost["welfare_percent"].iloc[0])),
                poorest=poorest["name"],
                musd=speech.money(float(poorest["welfare_musd"])),
            ),
        ),
        figures=(_losses(frame, lost),),
        grids=(Grid((say("who loses"), say("role"), "%", say("USD million")), rows, (0, 2, 0)),),
    )


def _at(make: Callable[..., Picture], frame: pd.DataFrame, width: int) -> Picture:
    return make(frame, width=width)


def _cells(row: Any) -> dict[str, float | None]:
    return {key: None if row[key] != row[key] else float(row[key]) for key, _, _ in SHOWN}


def number(value: float | None, digits: int) -> str:
    """Format a signed figure with a real minus sign; an en dash where there is none."""
    return "–" if value is None else signed(value, digits)


def link(address: str) -> Markup:
    """Return an address of the web as a link, and any other as text."""
    if re.match("https?://", address, re.IGNORECASE) is None:
        return escape(address)
    return Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(address)


def _template(name: str) -> str:
    return files("winset.report").joinpath("templates", name).read_text(encoding="utf-8")
