"""The page of ``winset bank``: map of links, frontier, payments, cash by year, and all figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from winset.display import Table
from winset.report import bank_capital, banks, page, route_maps, routes, told
from winset.report.charts import DISCLAIMER, GAIN, LOSS
from winset.report.sections import Grid, Section, figure
from winset.report.speech import known, listed, local, say, together

if TYPE_CHECKING:
    from pathlib import Path

    from winset.report.charts import Picture
    from winset.studies.bank import Bank
    from winset.studies.bank_design import Founding

FEW = 200.0  # height of a chart
#: Lines of cash by year, by their names in the JSON.
CASH = {
    "loans_musd": "loans",
    "reserves_musd": "reserves¦of a bank",
    "borrowed_musd": "borrowed",
    "room_musd": "room",
    "building_musd": "building",
    "upkeep_musd": "upkeep",
    "members_gain_musd": "members gain¦a year",
}


def write(done: Bank, path: Path) -> None:
    """Write the page of a portfolio."""
    page.write_sheet(sheet(done), path)


def write_founding(done: Founding, path: Path) -> None:
    """Write the page of proposals for a bank."""
    page.write_sheet(founding_sheet(done), path)


def sheet(done: Bank) -> page.Sheet:
    """Return the page of a portfolio."""
    figures, done = done.to_json(), _titled(done)
    plan = done.plan
    shown = banks.portfolios(done)
    sections = [*_map(done), *_frontier(done), _payments(done), *_cash(done), _projects(done)]
    return page.Sheet(
        title=known(plan.title),
        kicker=say("bank of {who}", who=listed(map(banks.member, done.members))),
        verdict=tuple(item for item in shown if isinstance(item, str)),
        sections=tuple(sections),
        method=tuple(banks.portfolio_notes(done)),
        sources=tuple(
            known(text)
            for text in (plan.file.source, *(p.line.source for p in plan.projects))
            if text
        ),
        figures=figures,
    )


def _titled(done: Bank) -> Bank:
    """Return the same with the projects called by their titles, as whoever reads a page knows them."""
    plan = done.plan
    called = [known(project.title or project.name) for project in plan.projects]
    projects = zip(plan.projects, called, strict=True)
    alone = zip(done.alone, called, strict=True)
    return replace(
        done,
        plan=replace(plan, projects=tuple(replace(each, name=name) for each, name in projects)),
        alone=tuple(replace(each, name=name) for each, name in alone),
    )


def founding_sheet(done: Founding) -> page.Sheet:
    """Return the page of proposals for a bank."""
    shown = bank_capital.founding(done)
    years = pd.DataFrame([year.to_json() for year in done.years])
    tables = [item for item in shown if isinstance(item, Table)]
    return page.Sheet(
        title=say("Whose bank it is"),
        kicker=listed(map(banks.member, done.proposals[0].power.rule.members)),
        verdict=tuple(item for item in shown if isinstance(item, str)),
        sections=(
            Section(
                "proposals",
                say("Capital, votes, power"),
                grids=tuple(map(told.grid, tables[:-1])),
            ),
            Section(
                "cash",
                say("Ten years of the bank"),
                figures=(
                    figure(
                        "cash",
                        lambda width: _lines(
                            years,
                            ["loans_musd", "reserves_musd", "borrowed_musd", "room_musd"],
                            width,
                        ),
                        caption=say(
                            "Loans, reserves, what is borrowed, and room to lend; USD million."
                        ),
                        data=years,
                    ),
                ),
                grids=(told.grid(tables[-1]),),
            ),
        ),
        method=tuple(bank_capital.founding_notes(done)),
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
            say("recommended")
            if chosen >> k & 1
            else say("in the largest sum")
            if largest >> k & 1
            else say("not¦built")
        )
        for link in project.line.links:
            a, b = network.node(link.start), network.node(link.end)
            rows.append(
                {
                    "from": routes.placed(a),
                    "to": routes.placed(b),
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
            say("What is built"),
            figures=(
                figure(
                    "links",
                    lambda width: route_maps.projects_map(frame, network, width=width),
                    caption=together(
                        [say("Links of the projects, drawn straight."), say(DISCLAIMER)]
                    ),
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
            {"projects": banks.label(done.plan, mask), "sum": total, "worst": worst}
            for mask, total, worst in done.frontier
        ]
    )

    def draw(width: int) -> Picture:
        base = alt.Chart(frame).encode(
            x=alt.X(
                "sum:Q",
                title=say("sum, USD million"),
                axis=alt.Axis(tickCount=max(3, width // 120)),
            ),
            y=alt.Y(
                "worst:Q",
                title=say("worst-off member, percent of GDP"),
                scale=alt.Scale(zero=False),
            ),
        )
        made: Picture = (
            base.mark_line(color="#bbbbbb", interpolate="step-before")
            + base.mark_circle(size=50, color=GAIN).encode(
                description=alt.Description("projects:N")
            )
        ).properties(width=width - 70, height=FEW)
        return made

    rule = say(banks.PAYMENTS[done.rule])
    headings = (say("portfolio"), say("sum, USD million"), say("worst-off, % of GDP"))
    rows = tuple((row["projects"], row["sum"], row["worst"]) for row in frame.to_dict("records"))
    return [
        Section(
            "frontier",
            say("The sum against the worst-off"),
            figures=(
                figure(
                    "frontier",
                    draw,
                    caption=say(
                        "Portfolios that none beats in both, cost paid by {rule}.", rule=rule
                    ),
                    data=frame,
                ),
            ),
            grids=(Grid(headings, rows, (0, 4)),),
        )
    ]


def _payments(done: Bank) -> Section:
    rows = [
        {
            "member": banks.member(code),
            "rule": say(banks.PAYMENTS[rule]),
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
                    title=say("net gain, USD million"),
                    axis=alt.Axis(tickCount=max(3, width // 140)),
                ),
                y=alt.Y("rule:N", title=None),
                row=alt.Row(
                    "member:N",
                    title=None,
                    header=alt.Header(labelAngle=0, labelAnchor="start", labelOrient="top"),
                ),
                color=alt.condition("datum.net < 0", alt.value(LOSS), alt.value(GAIN)),
            )
            .properties(width=width - 130, height=alt.Step(13))
        )
        return made

    return Section(
        "payments",
        say("Who pays"),
        figures=(
            figure(
                "payments", draw, caption=say("What each has left under every rule."), data=frame
            ),
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
            say("Year by year"),
            figures=(
                figure(
                    "years",
                    lambda width: _lines(years, columns, width),
                    caption=say(
                        "What the recommended portfolio costs and brings, USD million a year."
                    ),
                    data=years,
                ),
            ),
        )
    ]


def _lines(years: pd.DataFrame, columns: list[str], width: int) -> Picture:
    frame = years.melt("year", columns, "what", "musd")
    frame["what"] = [say(CASH[name]) for name in frame["what"]]
    made: Picture = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x=alt.X("year:Q", title=say("year")),
            y=alt.Y("musd:Q", title=say("USD million")),
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
        told_of = {
            "title": known(project.title),
            "cost": local(f"{cost:,.6g}"),
            "year": str(year),
        }
        other = known(project.line.other_costs)
        parts = [
            say("{title}: {cost} USD million of {year}; also: {other}.", **told_of, other=other)
            if other
            else say("{title}: {cost} USD million of {year}.", **told_of)
        ]
        if project.line.note:
            parts.append(known(project.line.note))
        items.append(f"{together(parts)} {project.line.source}")
    return Section(
        "projects",
        say("Every project alone"),
        grids=tuple(map(told.grid, tables[:2])),
        items=tuple(items),
    )
