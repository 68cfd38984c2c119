"""The page of `winset track`: pace against need, and every line that can be followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from winset.display import Table
from winset.report import promises, told
from winset.report.page import Sheet, write_sheet
from winset.report.sections import Section, figure
from winset.report.speech import known, say

if TYPE_CHECKING:
    from pathlib import Path

    from winset.report.charts import Picture
    from winset.studies.promise_keeping_result import PromiseReport

MOST_VERDICT = 6  # sentences above the pictures


def bullets_frame(done: PromiseReport) -> pd.DataFrame:
    """Return a row for every line: the share of the way done, and of the time that is over."""
    rows = []
    for kept in done.measured:
        for line in kept.lines:
            if line.four is None:
                continue
            name = f"{kept.pledge.key}, {promises.called(line.economy)}"
            reached = 100.0 * (line.four.distance.figure or 0.0)
            clock = 100.0 * line.four.elapsed
            label = say(
                "{line}: {way} % of the way, {time} % of the time",
                line=name,
                way=f"{reached:.0f}",
                time=f"{clock:.0f}",
            )
            rows.append({"line": name, "done": reached, "time": clock, "label": label})
    return pd.DataFrame(rows)


def bullets(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bullet charts: the bar is the way done, the tick where the clock stands."""
    base = alt.Chart(frame).encode(
        y=alt.Y("line:N", sort=None, title=None, axis=alt.Axis(labelLimit=200)),
        description=alt.Description("label:N"),
    )
    bar = base.mark_bar(size=9).encode(
        x=alt.X("done:Q", title=say("percent of the way to the target"))
    )
    tick = base.mark_tick(thickness=3, size=18, color="#c1440e").encode(x="time:Q")
    chart: Picture = (bar + tick).properties(width=width - 220, height=alt.Step(24))
    return chart


def series_frame(done: PromiseReport) -> pd.DataFrame:
    """Return every followed line year by year, with the way that was promised."""
    rows = []
    for kept in done.measured:
        for line in kept.lines:
            name = f"{kept.pledge.key}, {promises.called(line.economy)}"
            path = line.path
            for year, value in zip(line.line.years, line.line.values, strict=True):
                what = say("measured¦series")
                rows.append({"line": name, "what": what, "year": year, "value": float(value)})
            for year, value in ((path.base_year, path.base), (path.deadline, path.target)):
                rows.append(
                    {"line": name, "what": say("promised¦series"), "year": year, "value": value}
                )
    return pd.DataFrame(rows)


def multiples(frame: pd.DataFrame, *, width: int) -> Picture:
    """Small multiples: what was measured, and the straight way to what was promised."""
    columns = 2 if width > 600 else 1
    chart: Picture = (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=12))
        .encode(
            x=alt.X("year:Q", title=None, axis=alt.Axis(format="d", tickCount=4)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
            color=alt.Color("what:N", legend=alt.Legend(title=None, orient="top")),
            strokeDash=alt.StrokeDash("what:N", legend=None),
            facet=alt.Facet("line:N", columns=columns, title=None),
        )
        .properties(width=(width - 60 * columns) // columns, height=120)
        .resolve_scale(y="independent", x="independent")
    )
    return chart


def write_page(done: PromiseReport, path: Path) -> None:
    """Write the account of a group's pledges as one page."""
    write_sheet(sheet(done), path)


def sheet(done: PromiseReport) -> Sheet:
    """Return the page."""
    shown = promises.followed(done)
    said = tuple(item for item in shown if isinstance(item, str))
    frame = bullets_frame(done)
    sections = []
    if len(frame):
        lines = series_frame(done)
        pictures = (
            figure(
                "pace",
                lambda width: bullets(frame, width=width),
                caption=say(
                    "Share of the way done; the mark is the share of the time that is over."
                ),
                data=frame[["line", "done", "time"]],
            ),
            figure(
                "series",
                lambda width: multiples(lines, width=width),
                caption=say("What was measured, and the straight way to what was promised."),
                data=lines,
            ),
        )
        grids = tuple(told.grid(item) for item in shown if isinstance(item, Table))
        sections.append(Section(id="followed", title=say("How far"), figures=pictures, grids=grids))
    sections.append(
        Section(
            id="pledges",
            title=say("All pledges, those that cannot be checked first"),
            grids=(told.grid(promises.table(done.account)),),
        )
    )
    return Sheet(
        title=say("What became of the promises: {who}", who=known(done.account.who)),
        kicker=say(
            "pledges · {n} counted, {followed} followed",
            n=len(done.account.pledges),
            followed=len(done.measured),
        ),
        verdict=said[:MOST_VERDICT],
        sections=tuple(sections),
        method=(*said[MOST_VERDICT:], *promises.footer(done)),
        sources=tuple(dict.fromkeys(p.source for p in done.account.pledges if p.source))
        or (say("The pledges are those of the file."),),
        figures=done.to_json(),
    )
