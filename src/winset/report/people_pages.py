"""The pages of `winset people`: a map of flows, a table of corridors, and what is not known."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.places.geography import points
from winset.report import charts, people_changes, told
from winset.report import people as tell
from winset.report.charts import GAIN, LOSS, NO_DATA
from winset.report.page import Sheet, write_sheet
from winset.report.sections import Section, figure
from winset.report.speech import known, name, say, together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from winset.display import Table
    from winset.report.charts import Picture
    from winset.studies.people import PeopleAccount, PeopleStudy
    from winset.studies.people_scenario import PeopleScenario

KINDS = {"migrants": "Migrants", "students": "Students", "works": "Works"}
LARGEST = {
    "migrants": "The largest corridors of migrants, {year}; width by the root of the count.",
    "students": "The largest corridors of students, {year}; width by the root of the count.",
    "works": "The largest corridors of works, {year}; width by the root of the count.",
}
MORE = {
    "migrants": "Migrants more by destination, with 95 percent intervals.",
    "students": "Students more by destination, with 95 percent intervals.",
    "works": "Works more by destination, with 95 percent intervals.",
}
TOTALS = {
    "open": "membership as of {on} · totals open",
    "closed": "membership as of {on} · totals closed",
}
DRAWN = 60  # corridors on a map
LISTED = 25  # places of bars
LAND = "land"
DATA_SOURCES = (
    "United Nations, Department of Economic and Social Affairs (2020), International Migrant Stock. CC "
    "BY 3.0 IGO.",
    "UNESCO Institute for Statistics, students by origin and destination. CC BY-SA 3.0 IGO.",
    "OpenAlex, counted by V. Batagelj, 27 August 2024. CC0.",
    "Passport Index, January 2025, through ilyankou/passport-index-dataset. MIT.",
    "CEPII GeoDist (Mayer & Zignago 2011); World Bank/KNOMAD, remittances of 2021 (CC BY 4.0).",
)


def flows_frame(account: PeopleAccount) -> pd.DataFrame:
    """Return the largest corridors with the places of both ends."""
    place = points()
    half = [c for c in account.inside if account.kind != "works" or c.origin < c.destination]
    shown = half if len(half) > 1 else list(account.beyond)
    rows = [
        {
            "origin": c.origin,
            "destination": c.destination,
            "count": c.count,
            "tie": say(tell.TIES[c.tie or "not compared"]),
            "latitude": place[c.origin][0],
            "longitude": place[c.origin][1],
            "latitude2": place[c.destination][0],
            "longitude2": place[c.destination][1],
            "label": f"{tell.named(c.origin)} → {tell.named(c.destination)}: {tell.count(c.count)}",
        }
        for c in shown
        if c.origin in place and c.destination in place and c.count > 0
    ]
    columns = [
        "origin",
        "destination",
        "count",
        "tie",
        "latitude",
        "longitude",
        "latitude2",
        "longitude2",
        "label",
    ]
    return pd.DataFrame(rows[:DRAWN], columns=columns)


def flow_map(frame: pd.DataFrame, *, width: int) -> Picture:
    """Lines from origin to destination, as wide as the root of who moved; color is the tie."""
    # Named, not inline: altair copies what is inline at every step.
    land = alt.NamedData(name=LAND, format=alt.TopoDataFormat(type="topojson", feature="world"))
    ground = alt.Chart(land).mark_geoshape(fill="#f2f2f2", stroke="#bbbbbb", strokeWidth=0.3)
    shown = frame.copy()
    shown["width"] = np.sqrt(shown["count"])
    ties = [say(tell.TIES[tie]) for tie in tell.TIES]
    lines = (
        alt.Chart(shown)
        .mark_rule(opacity=0.65)
        .encode(
            latitude="latitude:Q",
            longitude="longitude:Q",
            latitude2="latitude2:Q",
            longitude2="longitude2:Q",
            strokeWidth=alt.StrokeWidth(
                "width:Q", scale=alt.Scale(rangeMin=0.4, rangeMax=7.0), legend=None
            ),
            color=alt.Color(
                "tie:N",
                scale=alt.Scale(domain=ties, range=[LOSS, "#636363", GAIN, NO_DATA]),
                legend=alt.Legend(
                    title=say("tie"),
                    orient="bottom",
                    columns=2,
                    symbolStrokeWidth=3,
                    labelLimit=200,
                ),
            ),
            description=alt.Description("label:N"),
        )
    )
    picture: Picture = alt.layer(ground, lines).project("naturalEarth1")
    picture = picture.properties(width=width, height=round(width * 0.47))
    picture.datasets = {LAND: charts.shapes()}
    return picture


def bars_frame(done: PeopleScenario, kind: str) -> pd.DataFrame:
    """Return what a scenario brings each destination, with its intervals."""
    outcome = next(one for one in done.outcomes if one.kind == kind)
    rows = [
        {
            "name": name(place.code, place.name),
            "more": place.more.central,
            "low": place.more.low95,
            "high": place.more.high95,
            "label": f"{name(place.code, place.name)}: {tell.said_figure(place.more)}",
        }
        for place in outcome.destinations[:LISTED]
    ]
    return pd.DataFrame(rows, columns=["name", "more", "low", "high", "label"])


def bars(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bars of what a change brings, with the 95 percent interval as a line."""
    base = alt.Chart(frame).encode(y=charts.named("name", None, width))
    drawn = base.mark_bar(opacity=0.6).encode(
        x=alt.X("more:Q", title=say("persons more")),
        color=alt.condition("datum.more < 0", alt.value(LOSS), alt.value(GAIN)),
        description=alt.Description("label:N"),
    )
    spans = base.mark_rule().encode(x="low:Q", x2="high:Q")
    picture: Picture = alt.layer(drawn, spans)
    return picture.properties(width=width - charts.side(width), height=alt.Step(16))


def _drawn(make: Callable[..., Picture], frame: pd.DataFrame, width: int) -> Picture:
    return make(frame, width=width)


def _sections(shown: Sequence[Table | str]) -> tuple[Section, ...]:
    found: list[Section] = []
    said: list[str] = []
    for item in shown:
        if isinstance(item, str):
            said.append(item)
            continue
        found.append(
            Section(f"part-{len(found) + 1}", item.title, tuple(said), grids=(told.grid(item),))
        )
        said = []
    if said:
        found.append(Section(f"part-{len(found) + 1}", say("In words"), tuple(said)))
    return tuple(found)


def study_sheet(done: PeopleStudy) -> Sheet:
    """Return the page of a group."""
    maps = []
    for account in done.accounts:
        frame = flows_frame(account)
        if not frame.empty:
            key = f"map-{account.kind}"
            caption = together(
                [say(LARGEST[account.kind], year=str(account.year)), say(charts.DISCLAIMER)]
            )
            drawn = figure(
                key,
                partial(_drawn, flow_map, frame),
                caption=caption,
                data=frame.drop(columns="label"),
            )
            maps.append(Section(key, known(account.title), figures=(drawn,)))
    shown = tell.tables(done, top=LISTED)
    verdict = tuple(item for item in shown if isinstance(item, str))[:3]
    return Sheet(
        title=say("Who studies, lives and publishes where: {who}", who=known(done.group)),
        kicker=say("membership as of {on}", on=done.on.isoformat()),
        verdict=verdict,
        sections=(*maps, *_sections(shown)),
        method=(*tell.notes(done), *tell.footer(done)),
        sources=DATA_SOURCES,
        figures=done.to_json(),
    )


def scenario_sheet(done: PeopleScenario) -> Sheet:
    """Return the page of a scenario."""
    drawn = []
    for outcome in done.outcomes:
        frame = bars_frame(done, outcome.kind)
        if not frame.empty:
            key = f"bars-{outcome.kind}"
            made = figure(
                key,
                partial(_drawn, bars, frame),
                caption=say(MORE[outcome.kind]),
                data=frame.drop(columns="label"),
            )
            drawn.append(Section(key, say(KINDS[outcome.kind]), figures=(made,)))
    shown = people_changes.scenario_tables(done, top=LISTED)
    return Sheet(
        title=known(done.scenario.title),
        kicker=say(
            TOTALS[done.totals],
            on=done.scenario.on.isoformat(),
        ),
        verdict=tuple(item for item in shown if isinstance(item, str))[:3],
        sections=(*drawn, *_sections(shown)),
        method=tuple(people_changes.scenario_notes(done)),
        sources=DATA_SOURCES,
        figures=done.to_json(),
    )


def write_study(done: PeopleStudy, path: Path) -> None:
    """Write the page of a group."""
    write_sheet(study_sheet(done), path)


def write_scenario(done: PeopleScenario, path: Path) -> None:
    """Write the page of a scenario."""
    write_sheet(scenario_sheet(done), path)
