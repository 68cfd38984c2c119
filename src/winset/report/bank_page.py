"""The page of ``winset bank``: map of links, frontier, payments, cash by year, and all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from winset.display import Table
from winset.report import banks, page, route_maps, told
from winset.report.charts import DISCLAIMER, GAIN, LOSS
from winset.report.sections import Grid, Section, figure

if TYPE_CHECKING:
    from pathlib import Path

    from winset.report.charts import Picture
    from winset.studies.bank import Bank
    from winset.studies.bank_design import Founding

FEW = 200.0  # height of a chart


def write(done: Bank, path: Path) -> None:
    """Write the page of a portfolio."""
    page.write_sheet(sheet(done), path)


def write_founding(done: Founding, path: Path) -> None:
    """Write the page of proposals for a bank."""
    page.write_sheet(founding_sheet(done), path)


def sheet(done: Bank) -> page.Sheet:
    """Return the page of a portfolio."""
    plan = done.plan
    shown = banks.portfolios(done)
    sections = [*_map(done), *_frontier(done), _payments(done), *_cash(done), _projects(done)]
    return page.Sheet(
        title=plan.title,
        kicker=f"bank of {', '.join(done.members)}",
        verdict=tuple(item for item in shown if isinstance(item, str)),
        sections=tuple(sections),
        method=tuple(banks.portfolio_notes(done)),
        sources=tuple(
            text for text in (plan.file.source, *(p.line.source for p in plan.projects)) if text
        ),
        figures=done.to_json(),
    )


def founding_sheet(done: Founding) -> page.Sheet:
    """Return the page of proposals for a bank."""
    shown = banks.founding(done)
    years = pd.DataFrame([year.to_json() for year in done.years])
    tables = [item for item in shown if isinstance(item, Table)]
    return page.Sheet(
        title="Whose bank it is",
        kicker=", ".join(done.proposals[0].power.rule.members),
        verdict=tuple(item for item in shown if isinstance(item, str)),
        sections=(
            Section("proposals", "Capital, votes, power", grids=tuple(map(told.grid, tables[:-1]))),
            Section(
                "cash",
                "Ten years of the bank",
                figures=(
                    figure(
                        "cash",
                        lambda width: _lines(
                            years,
                            ["loans_musd", "reserves_musd", "borrowed_musd", "room_musd"],
                            width,
                        ),
                        caption="Loans, reserves, what is borrowed, and room to lend; USD million.",
                        data=years,
                    ),
                ),
                grids=(told.grid(tables[-1]),),
            ),
        ),
        method=tuple(banks.founding_notes(done)),
        sources=(),
        figures=done.to_json(),
    )


def _map(done: Bank) -> list[Section]:
    network = done.network
    if network is None:
        return []
    chosen, largest = done.recommended, done.own["sum"].mask or 0
    rows: list[dict[str, Any]] = []
    for k, project in enumerate(done.plan.projects):
        way = (
            "recommended"
            if chosen >> k & 1
            else "in the largest sum"
            if largest >> k & 1
            else "not"
        )
        for link in project.line.links:
            a, b = network.node(link.start), network.node(link.end)
            rows.append(
                {
                    "from": a.name,
                    "to": b.name,
                    "project": project.name,
                    "mode": link.mode,
                    "status": way,
                    "way": way,
                    "lon": a.lon,
                    "lat": a.lat,
                    "lon2": b.lon,
                    "lat2": b.lat,
                    "size": 1.0,
                    "grade": "assumed" if link.hours is not None else "planned",
                }
            )
    if not rows:
        return []
    frame = pd.DataFrame(rows)
    return [
        Section(
            "map",
            "What is built",
            figures=(
                figure(
                    "links",
                    lambda width: route_maps.projects_map(frame, network, width=width),
                    caption="Links of the projects, drawn straight. " + DISCLAIMER,
                    data=frame,
                ),
            ),
        )
    ]


def _frontier(done: Bank) -> list[Section]:
    if len(done.frontier) < 2:
        return []
    frame = pd.DataFrame(
        [
            {"projects": done.plan.label(mask), "sum": total, "worst": worst}
            for mask, total, worst in done.frontier
        ]
    )

    def draw(width: int) -> Picture:
        base = alt.Chart(frame).encode(
            x=alt.X(
                "sum:Q", title="sum, USD million", axis=alt.Axis(tickCount=max(3, width // 120))
            ),
            y=alt.Y(
                "worst:Q", title="worst-off member, percent of GDP", scale=alt.Scale(zero=False)
            ),
        )
        made: Picture = (
            base.mark_line(color="#bbbbbb", interpolate="step-before")
            + base.mark_circle(size=50, color=GAIN).encode(
                description=alt.Description("projects:N")
            )
        ).properties(width=width - 70, height=FEW)
        return made

    rule = banks.PAYMENTS[done.rule]
    rows = tuple((row["projects"], row["sum"], row["worst"]) for row in frame.to_dict("records"))
    return [
        Section(
            "frontier",
            "The sum against the worst-off",
            figures=(
                figure(
                    "frontier",
                    draw,
                    caption=f"Portfolios that none beats in both, cost paid by {rule}.",
                    data=frame,
                ),
            ),
            grids=(Grid(("portfolio", "sum, USD million", "worst-off, % of GDP"), rows, (0, 4)),),
        )
    ]


def _payments(done: Bank) -> Section:
    rows = [
        {
            "member": code,
            "rule": banks.PAYMENTS[rule],
            "pays": float(paid[k]),
            "net": float(done.left(mask, paid)[k]),
        }
        for rule, (mask, paid) in done.payments.items()
        for k, code in enumerate(done.members)
    ]
    frame = pd.DataFrame(rows)

    def draw(width: int) -> Picture:
        made: Picture = (
            alt.Chart(frame)
            .mark_bar()
            .encode(
                x=alt.X(
                    "net:Q",
                    title="net gain, USD million",
                    axis=alt.Axis(tickCount=max(3, width // 140)),
                ),
                y=alt.Y("rule:N", title=None),
                row=alt.Row(
                    "member:N", title=None, header=alt.Header(labelAngle=0, labelAlign="left")
                ),
                color=alt.condition("datum.net < 0", alt.value(LOSS), alt.value(GAIN)),
            )
            .properties(width=width - 190, height=alt.Step(10))
        )
        return made

    return Section(
        "payments",
        "Who pays",
        figures=(
            figure("payments", draw, caption="What each has left under every rule.", data=frame),
        ),
        grids=tuple(told.grid(item) for item in banks.portfolios(done) if isinstance(item, Table))[
            -2:
        ],
    )


def _cash(done: Bank) -> list[Section]:
    years = pd.DataFrame(done.cash_flow())
    if years.empty:
        return []
    columns = ["building_musd", "upkeep_musd", "members_gain_musd"]
    return [
        Section(
            "cash",
            "Year by year",
            figures=(
                figure(
                    "years",
                    lambda width: _lines(years, columns, width),
                    caption="What the recommended portfolio costs and brings, USD million a year.",
                    data=years,
                ),
            ),
        )
    ]


def _lines(years: pd.DataFrame, columns: list[str], width: int) -> Picture:
    frame = years.melt("year", columns, "what", "musd")
    frame["what"] = [name.removesuffix("_musd").replace("_", " ") for name in frame["what"]]
    made: Picture = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x=alt.X("year:Q", title="year"),
            y=alt.Y("musd:Q", title="USD million"),
            color=alt.Color("what:N", title=None, legend=alt.Legend(orient="top", columns=2)),
        )
        .properties(width=width - 70, height=FEW)
    )
    return made


def _projects(done: Bank) -> Section:
    tables = [item for item in banks.portfolios(done) if isinstance(item, Table)]
    items = []
    for project in done.plan.projects:
        cost, year = project.stated
        other = f"; also: {project.line.other_costs}" if project.line.other_costs else ""
        assumed = f" {project.line.note}" if project.line.note else ""
        items.append(
            f"{project.title}: {cost:,.6g} USD million of {year}{other}.{assumed} {project.line.source}"
        )
    return Section(
        "projects",
        "Every project alone",
        grids=tuple(map(told.grid, tables[:2])),
        items=tuple(items),
    )
