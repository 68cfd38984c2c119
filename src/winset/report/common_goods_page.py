"""The page of `winset common`: charts of efforts, payments, answers and coalitions, and all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from winset.contribution.center import best_answer
from winset.report import page
from winset.report.common_goods import (
    BEARING,
    notes,
    shown,
)
from winset.report.joint_programs import of_program, program_headings
from winset.report.sections import Grid, Section, figure
from winset.report.speech import coded, known, say
from winset.report.watched_routes import place, routes, routes_notes, way
from winset.studies.common_goods import CommonGood

if TYPE_CHECKING:
    from pathlib import Path

    from winset.report.charts import Picture
    from winset.studies.common_goods import Contribution
    from winset.studies.interdicted import Routes
    from winset.studies.joint_program import ResearchProgram


#: What stands at the foot of bars.
AXES_OF_BARS = {"effort": "effort", "pays": "pays"}


def write(done: Contribution, path: Path) -> None:
    """Write the page of a center."""
    page.write_sheet(sheet(done), path)


def write_routes(done: Routes, path: Path) -> None:
    """Write the page of a network."""
    page.write_sheet(routes_sheet(done), path)


def sheet(done: Contribution) -> page.Sheet:
    """Return the page of a center."""
    file = done.plan.file
    said = [item for item in shown(done) if isinstance(item, str)]
    sections: list[Section] = []
    if isinstance(done.center, CommonGood):
        sections += _sections(done.center)
    if done.routes is not None:
        sections.append(_of_routes(done.routes))
    if done.program is not None:
        sections.append(_of_research(done.program))
    kicker = say("common good · illustrative") if file.illustrative else say("common good")
    return page.Sheet(
        title=known(done.title),
        kicker=kicker,
        verdict=tuple(said),
        sections=tuple(sections),
        method=tuple(notes(done)),
        sources=tuple(known(s) for s in (file.source,) if s),
        figures=done.to_json(),
    )


def routes_sheet(done: Routes) -> page.Sheet:
    """Return the page of a network."""
    said = tuple(item for item in routes(done) if isinstance(item, str))
    return page.Sheet(
        title=say("Where {n} {n|post helps|posts help} most", n=done.found.attacks),
        kicker=f"{known(done.network.problem)} · {known(done.network.title)}",
        verdict=said,
        sections=(_of_routes(done),),
        method=tuple(routes_notes(done)),
        sources=(),
        figures=done.to_json(),
    )


def _grid(headings: tuple[str, ...], rows: list[tuple[Any, ...]], digits: int) -> Grid:
    return Grid(headings, tuple(rows), (digits,) * (len(headings) - 1))


def _sections(done: CommonGood) -> list[Section]:
    center = done.center
    order = [int(k) for k in np.argsort(-center.benefit, kind="stable")]
    names = [coded(center.members[k]) for k in order]
    efforts = pd.DataFrame(
        {
            "member": names * 2,
            "case": [say("alone")] * len(center) + [say("together")] * len(center),
            "effort": [*done.alone.efforts[order], *done.together.efforts[order]],
        }
    )
    payments = pd.DataFrame(
        [
            {"member": code, "rule": say(BEARING[rule]), "pays": float(x[k])}
            for rule, x in done.payments.items()
            for k, code in zip(order, names, strict=True)
        ]
    )
    sizes = pd.DataFrame(
        {
            "size": range(2, len(center) + 1),
            "stable": done.found.counts[2:, 3],
            "with payments": done.found.counts[2:, 4],
            "all payoffs of the best": done.found.welfare[2:, 0],
        }
    )
    gains = done.gains
    rows = [
        (coded(code), *(float(gains[rule][k]) for rule in gains))
        for k, code in enumerate(center.members)
    ]
    found = [
        Section(
            "efforts",
            say("Alone and together"),
            figures=(
                figure(
                    "efforts", lambda width: _bars(efforts, "effort", "case", width),
                    caption=say("What each gives."), data=efforts,
                ),
            ),
        ),
        Section(
            "payments",
            say("Who pays what"),
            figures=(
                figure(
                    "payments", lambda width: _bars(payments, "pays", "rule", width),
                    caption=say(
                        "What each bears under every rule, {unit}.", unit=known(done.plan.file.unit)
                    ),
                    data=payments,
                ),
            ),
            grids=(_grid((say("gain by rule"), *(say(BEARING[r]) for r in gains)), rows, 1),),
        ),
        Section(
            "sizes",
            say("Which coalitions hold"),
            figures=(
                figure(
                    "sizes", lambda width: _stability(sizes, width),
                    caption=say("The best coalition of every size, and how many payments can hold."),
                    data=sizes,
                ),
            ),
        ),
    ]  # fmt: skip
    if center.kind in ("sum", "ces", "best-shot", "network"):
        found.insert(1, _reactions(done))
    return found


def _reactions(done: CommonGood) -> Section:
    """How the two with the largest benefits answer to what the others give."""
    rows = []
    for k in np.argsort(-done.center.benefit, kind="stable")[:2]:
        for step in np.linspace(0.0, 2.0, 21):
            answer = best_answer(done.center, int(k), step * done.alone.efforts)
            rows.append(
                {"member": coded(done.center.members[k]), "others": 100.0 * step, "effort": answer}
            )
    frame = pd.DataFrame(rows)
    return Section(
        "reactions",
        say("How one answers to the others"),
        figures=(
            figure(
                "reactions", lambda width: _lines(frame, width),
                caption=say(
                    "What the two largest give by themselves when all others give so many percent of what "
                    "they give alone."
                ), data=frame,
            ),
        ),
    )  # fmt: skip


def _bars(frame: pd.DataFrame, value: str, by: str, width: int) -> Picture:
    import altair as alt

    made: Picture = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(f"{value}:Q", title=say(AXES_OF_BARS[value])),
            y=alt.Y("member:N", sort=None, title=None),
            yOffset=alt.YOffset(f"{by}:N", sort=None),
            color=alt.Color(
                f"{by}:N", sort=None, title=None, legend=alt.Legend(orient="bottom", columns=2)
            ),
        )
        .properties(
            width=max(width - 120, 160),
            height=(20 + 4 * frame[by].nunique()) * frame["member"].nunique(),
        )
    )
    return made


def _lines(frame: pd.DataFrame, width: int) -> Picture:
    import altair as alt

    made: Picture = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x=alt.X("others:Q", title=say("the others' efforts, percent")),
            y=alt.Y("effort:Q", title=say("own effort")),
            color=alt.Color("member:N", sort=None, title=None, legend=alt.Legend(orient="bottom")),
        )
        .properties(width=max(width - 90, 160), height=220)
    )
    return made


def _stability(frame: pd.DataFrame, width: int) -> Picture:
    import altair as alt

    made: Picture = (
        alt.Chart(frame)
        .mark_circle()
        .encode(
            x=alt.X("size:O", title=say("members of the coalition")),
            y=alt.Y(
                "all payoffs of the best:Q",
                title=say("all payoffs of the best"),
                scale=alt.Scale(zero=False),
            ),
            size=alt.Size(
                "with payments:Q",
                title=say("payments can hold"),
                legend=alt.Legend(orient="bottom"),
            ),
        )
        .properties(width=max(width - 90, 160), height=220)
    )
    return made


def _of_routes(done: Routes) -> Section:
    network, found = done.network, done.found
    links: list[tuple[Any, ...]] = [
        (way(network.name(k)), float(loss)) for k, loss in done.links[:50]
    ]
    passing: list[tuple[Any, ...]] = [
        (place(who), float(a), float(b), float(b - a)) for who, (a, b) in done.displaced().items()
    ]
    grids = [_grid((say("link"), say("loss if it alone is lost")), links, 2)] if links else []
    if found.attacked and passing:
        grids.append(
            _grid((say("what passes"), say("before"), say("after"), say("change")), passing, 2)
        )
    return Section(
        "routes",
        say("Routes"),
        paragraphs=tuple(item for item in routes(done) if isinstance(item, str)),
        grids=tuple(grids),
    )


def _of_research(done: ResearchProgram) -> Section:
    cases = ("low", "middle", "high")
    rows: list[tuple[Any, ...]] = [
        (
            coded(code),
            float(done.spent[k]),
            *(float(done.gains[c][k]) for c in cases),
            float(done.own_return[k]),
            float(done.joint_return[k]),
        )
        for k, code in enumerate(done.members)
    ]
    headings = (say("member"), *program_headings())
    return Section(
        "program",
        say("A joint program of research"),
        paragraphs=tuple(of_program(done)),
        grids=(_grid(headings, rows, 2),),
    )
