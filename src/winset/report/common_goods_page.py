"""The page of `winset common`: charts of efforts, payments, answers and coalitions, and all figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from winset.contribution.center import best_answer
from winset.report import page
from winset.report.common_goods import (
    RULES,
    notes,
    of_program,
    routes,
    routes_notes,
    shown,
)
from winset.report.sections import Grid, Section, figure
from winset.studies.common_goods import CommonGood

if TYPE_CHECKING:
    from pathlib import Path

    from winset.report.charts import Picture
    from winset.studies.common_goods import Contribution
    from winset.studies.interdicted import Routes
    from winset.studies.joint_program import ResearchProgram


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
    kicker = "common good" + (" · illustrative" if file.illustrative else "")
    return page.Sheet(
        title=done.title,
        kicker=kicker,
        verdict=tuple(said),
        sections=tuple(sections),
        method=tuple(notes(done)),
        sources=tuple(s for s in (file.source,) if s),
        figures=done.to_json(),
    )


def routes_sheet(done: Routes) -> page.Sheet:
    """Return the page of a network."""
    said = tuple(item for item in routes(done) if isinstance(item, str))
    return page.Sheet(
        title=f"Where {done.found.attacks} posts help most",
        kicker=f"{done.network.problem} · {done.network.title}",
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
    names = [center.members[k] for k in order]
    efforts = pd.DataFrame(
        {
            "member": names * 2,
            "case": ["alone"] * len(center) + ["together"] * len(center),
            "effort": [*done.alone.efforts[order], *done.together.efforts[order]],
        }
    )
    payments = pd.DataFrame(
        [
            {"member": code, "rule": RULES[rule], "pays": float(x[k])}
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
        (code, *(float(gains[rule][k]) for rule in gains)) for k, code in enumerate(center.members)
    ]
    found = [
        Section(
            "efforts",
            "Alone and together",
            figures=(
                figure(
                    "efforts", lambda width: _bars(efforts, "effort", "case", width),
                    caption="What each gives.", data=efforts,
                ),
            ),
        ),
        Section(
            "payments",
            "Who pays what",
            figures=(
                figure(
                    "payments", lambda width: _bars(payments, "pays", "rule", width),
                    caption=f"What each bears under every rule, {done.plan.file.unit}.", data=payments,
                ),
            ),
            grids=(_grid(("gain by rule", *(RULES[r] for r in gains)), rows, 1),),
        ),
        Section(
            "sizes",
            "Which coalitions hold",
            figures=(
                figure(
                    "sizes", lambda width: _stability(sizes, width),
                    caption="The best coalition of every size, and how many payments can hold.",
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
                {"member": done.center.members[k], "others": 100.0 * step, "effort": answer}
            )
    frame = pd.DataFrame(rows)
    return Section(
        "reactions",
        "How one answers to the others",
        figures=(
            figure(
                "reactions", lambda width: _lines(frame, width),
                caption="What the two largest give by themselves when all others give so many percent of "
                "what they give alone.", data=frame,
            ),
        ),
    )  # fmt: skip


def _bars(frame: pd.DataFrame, value: str, by: str, width: int) -> Picture:
    import altair as alt

    made: Picture = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(f"{value}:Q", title=value),
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
            x=alt.X("others:Q", title="the others' efforts, percent"),
            y=alt.Y("effort:Q", title="own effort"),
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
            x=alt.X("size:O", title="members of the coalition"),
            y=alt.Y("all payoffs of the best:Q", scale=alt.Scale(zero=False)),
            size=alt.Size(
                "with payments:Q", title="payments can hold", legend=alt.Legend(orient="bottom")
            ),
        )
        .properties(width=max(width - 90, 160), height=220)
    )
    return made


def _of_routes(done: Routes) -> Section:
    network, found = done.network, done.found
    links: list[tuple[Any, ...]] = [
        (" → ".join(network.name(k)), float(loss)) for k, loss in done.links[:50]
    ]
    passing: list[tuple[Any, ...]] = [
        (who, float(a), float(b), float(b - a)) for who, (a, b) in done.displaced().items()
    ]
    grids = [_grid(("link", "loss if it alone is lost"), links, 2)] if links else []
    if found.attacked and passing:
        grids.append(_grid(("what passes", "before", "after", "change"), passing, 2))
    return Section(
        "routes",
        "Routes",
        paragraphs=tuple(item for item in routes(done) if isinstance(item, str)),
        grids=tuple(grids),
    )


def _of_research(done: ResearchProgram) -> Section:
    cases = ("low", "middle", "high")
    rows: list[tuple[Any, ...]] = [
        (
            code,
            float(done.spent[k]),
            *(float(done.gains[c][k]) for c in cases),
            float(done.own_return[k]),
            float(done.joint_return[k]),
        )
        for k, code in enumerate(done.members)
    ]
    headings = ("member", "adds", "gain, low", "middle", "high", "own return", "joint return")
    return Section(
        "program",
        "A joint program of research",
        paragraphs=tuple(of_program(done)),
        grids=(_grid(headings, rows, 2),),
    )
