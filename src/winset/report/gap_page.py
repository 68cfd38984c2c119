"""The page of `winset gap`: Lorenz curves before and after, growth incidence, map and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.display import Table
from winset.report import income_gaps, told
from winset.report.labels import round_numbers
from winset.report.page import Sheet, write_sheet
from winset.report.sections import Section, figure
from winset.report.speech import known, local, name, say

if TYPE_CHECKING:
    from pathlib import Path

    from winset.report.charts import Picture
    from winset.studies.income_gap_result import Gap


def incidence_frame(done: Gap) -> pd.DataFrame:
    """Return growth by twentieth of the world's people."""
    rows = [
        {"twentieth": k, "percent": float(x), "label": _label(k, float(x))}
        for k, x in enumerate(done.growth_incidence, 1)
    ]
    return pd.DataFrame(rows)


def _label(twentieth: int, percent: float) -> str:
    return say("twentieth {k}: {x} %", k=str(twentieth), x=local(f"{percent:.3f}"))


def incidence(frame: pd.DataFrame, *, width: int) -> Picture:
    """The growth-incidence curve."""
    chart: Picture = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "twentieth:O", title=say("twentieths of the world's people, the poorest first")
            ),
            y=alt.Y("percent:Q", title=say("change of income, percent")),
            description=alt.Description("label:N"),
        )
        .properties(width=width - 60, height=220)
    )
    return chart


def lorenz_frame(done: Gap) -> pd.DataFrame:
    """Return the Lorenz curve of economies by people, before and after."""
    rows = []
    for when, y in (
        (say("before"), done.income),
        (say("after"), done.income * (1.0 + done.growth)),
    ):
        order = np.argsort(y)
        people = np.concatenate([[0.0], np.cumsum(done.people[order])]) / done.people.sum()
        total = (done.people * y).sum()
        income = np.concatenate([[0.0], np.cumsum((done.people * y)[order])]) / total
        rows += [
            {"when": when, "people": 100.0 * p, "income": 100.0 * x}
            for p, x in zip(people, income, strict=True)
        ]
    return pd.DataFrame(rows)


def lorenz(frame: pd.DataFrame, *, width: int) -> Picture:
    """Both curves."""
    chart: Picture = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x=alt.X("people:Q", title=say("percent of people, the poorest economies first")),
            y=alt.Y("income:Q", title=say("percent of income")),
            color=alt.Color("when:N", sort=None, legend=alt.Legend(title=None, orient="top")),
            strokeDash=alt.StrokeDash("when:N", sort=None, legend=None),
        )
        .properties(width=width - 60, height=260)
    )
    return chart


def gains_frame(done: Gap) -> pd.DataFrame:
    """Return gain against income of every economy."""
    return pd.DataFrame(
        {
            "economy": [name(c) for c in done.codes],
            "income": done.income,
            "percent": 100.0 * done.growth,
            "people": done.people / 1e6,
        }
    )


def gains(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bubbles: gain against income per head, area by people."""
    ends = (float(frame["income"].min()) / 1.3, float(frame["income"].max()) * 1.3)
    chart: Picture = (
        alt.Chart(frame)
        .mark_circle(opacity=0.6)
        .encode(
            x=alt.X(
                "income:Q",
                scale=alt.Scale(type="log", domain=ends, nice=False),
                axis=alt.Axis(values=round_numbers(*ends, most=width // 70), format=",d"),
                title=say("income per head, dollars of 2021"),
            ),
            y=alt.Y("percent:Q", title=say("change, percent")),
            size=alt.Size("people:Q", legend=None),
            description=alt.Description("economy:N"),
        )
        .properties(width=width - 60, height=260)
    )
    return chart


def sheet(done: Gap) -> Sheet:
    """Return the page."""
    grown, curve, gained = incidence_frame(done), lorenz_frame(done), gains_frame(done)
    pictures = (
        figure(
            "incidence",
            lambda width: incidence(grown, width=width),
            caption=say("Growth of income by twentieths of the world's people."),
            data=grown[["twentieth", "percent"]],
        ),
        figure(
            "gains",
            lambda width: gains(gained, width=width),
            caption=say("Gain against income per head; area is people."),
            data=gained,
        ),
        figure(
            "lorenz",
            lambda width: lorenz(curve, width=width),
            caption=say("Lorenz curves of economies by people, before and after."),
            data=curve,
        ),
    )
    shown = income_gaps.printed(done)
    tables = [item for item in shown if isinstance(item, Table)]
    return Sheet(
        title=say("Does it narrow the gap: {title}", title=known(done.title)),
        kicker=say(
            "gap · {n} economies, incomes of {year}",
            n=len(done.codes),
            year=str(done.incomes.year),
        ),
        verdict=tuple(income_gaps.sentences(done)),
        sections=(
            Section(id="gap", title=say("Who gains how much"), figures=pictures),
            *told.sections(tables, parts=True),
        ),
        method=tuple(income_gaps.notes(done)),
        sources=(
            "Gapminder (World Bank, IMF, UN): incomes per head, household incomes, Gini (CC BY 4.0)",
            "World Inequality Database: deciles of post-tax national income",
            "UN SDG database 10.6.1: votes in the IMF, the IBRD and the General Assembly",
        ),
        figures=done.to_json(),
    )


def write_page(done: Gap, path: Path) -> None:
    """Write the page."""
    write_sheet(sheet(done), path)
