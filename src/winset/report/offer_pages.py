"""The page of `winset offer`: lines by gain, chapters by trade, and what two parties can both have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from winset.report import offers
from winset.report.charts import GAIN, LOSS, NOTHING
from winset.report.labels import LINES, folded
from winset.report.page import Sheet
from winset.report.sections import Grid, Section, figure
from winset.report.speech import clauses, coded, known, plain, retold, say
from winset.report.treemap import treemap
from winset.studies.offer_lists import gaps, ranked, reciprocity

if TYPE_CHECKING:
    from winset.report.charts import Picture
    from winset.studies.offers import Negotiation

SHOWN = 15  # lines of the bars and of a table
STEPS = 60  # points of the frontier
HEIGHT = 360
WEIGHTED = "best at some weights"


def lines_frame(done: Negotiation, *, top: int = SHOWN) -> pd.DataFrame:
    """Return the concessions that bring all parties together most: a row for each party's gain."""
    of = done.concessions
    order = np.argsort(-np.abs(of.gains).max(axis=1), kind="stable")[:top]
    rows = []
    for k in order:
        code = done.lines.codes[int(of.line[k])]
        line = say(
            "{party} {code} {line}",
            party=coded(done.parties[int(of.importer[k])]),
            code=code,
            line=offers.called(code),
        )
        for p, party in enumerate(done.parties):
            gain = float(of.gains[k, p])
            rows.append(
                {
                    "line": line,
                    "party": coded(party),
                    "gain": gain,
                    "label": say(
                        "{line}: {party} {gain}",
                        line=line,
                        party=coded(party),
                        gain=offers.figure(gain),
                    ),
                }
            )
    return pd.DataFrame(rows)


def bars(done: Negotiation, *, width: int) -> Picture:
    """Ranked bars: what the largest concessions bring each party."""
    frame = lines_frame(done)
    room = 200 if width >= 500 else 150
    frame["line"] = [folded(line, room) for line in frame["line"]]
    chart: Picture = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "gain:Q",
                title=say("welfare, {unit}", unit=known(done.terms.unit)),
                axis=alt.Axis(tickCount=max(3, width // 110)),
            ),
            y=alt.Y(
                "line:N",
                sort=None,
                title=None,
                axis=alt.Axis(labelLimit=room + 10, labelExpr=LINES),
            ),
            yOffset=alt.YOffset("party:N", sort=None),
            color=alt.Color(
                "party:N",
                sort=None,
                scale=alt.Scale(scheme="tableau10"),
                legend=alt.Legend(title=None, orient="top"),
            ),
            description=alt.Description("label:N"),
        )
        .properties(width=width - room - 20, height=alt.Step(max(11.0, 26.0 / len(done.parties))))
    )
    return chart


def chapters_frame(done: Negotiation, width: int) -> pd.DataFrame:
    """Return a rectangle for every chapter whose duties fall: area its trade, color all parties' gain."""
    of = done.concessions
    chapter = np.array([done.lines.codes[int(line)][:2] for line in of.line])
    rows = [
        {
            "chapter": code,
            "name": offers.called(code),
            "trade": float(of.covered[chapter == code].sum()),
            "gain": float(of.gains[chapter == code].sum()),
        }
        for code in sorted(set(chapter.tolist()))
    ]
    frame = pd.DataFrame(rows).sort_values(["trade", "chapter"], ascending=[False, True])
    boxes = treemap(frame["trade"].tolist(), float(width), float(HEIGHT))
    for k, key in enumerate(("x", "y", "w", "h")):
        frame[key] = [box[k] for box in boxes]
    frame["x2"], frame["y2"] = frame["x"] + frame["w"], frame["y"] + frame["h"]
    frame["share"] = 100.0 * frame["gain"] / frame["trade"]
    frame["text"] = [
        code if w > 22 and h > 14 else ""
        for code, w, h in zip(frame["chapter"], frame["w"], frame["h"], strict=True)
    ]
    frame["label"] = [
        say(
            "{code} {name}: trade {trade}, gain {gain}",
            code=code,
            name=name,
            trade=plain(trade),
            gain=offers.figure(gain),
        )
        for code, name, trade, gain in zip(
            frame["chapter"], frame["name"], frame["trade"], frame["gain"], strict=True
        )
    ]
    return frame


def chapter_map(done: Negotiation, *, width: int) -> Picture:
    """Treemap by chapter."""
    frame = chapters_frame(done, width)
    most = float(np.abs(frame["share"]).max()) or 1.0
    place = alt.Scale(domain=[0, width], nice=False)
    base = alt.Chart(frame)
    boxes = base.mark_rect(stroke="white", strokeWidth=1).encode(
        x=alt.X("x:Q", scale=place, axis=None),
        x2="x2:Q",
        y=alt.Y("y:Q", scale=alt.Scale(domain=[HEIGHT, 0], nice=False), axis=None),
        y2="y2:Q",
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[-most, 0, most], range=[LOSS, NOTHING, GAIN]),
            legend=alt.Legend(title=say("gain, % of trade"), orient="top"),
        ),
        description=alt.Description("label:N"),
    )
    words = (
        base.transform_calculate(cx="(datum.x + datum.x2) / 2", cy="(datum.y + datum.y2) / 2")
        .mark_text(fontSize=11)
        .encode(
            x=alt.X("cx:Q", scale=place, axis=None),
            y=alt.Y("cy:Q", scale=alt.Scale(domain=[HEIGHT, 0], nice=False), axis=None),
            text="text:N",
        )
    )
    return alt.layer(boxes, words).properties(width=width - 20, height=HEIGHT)


def frontier_frame(done: Negotiation) -> pd.DataFrame:
    """Return what the first two parties get from the best package at every weight of theirs.

    With weight λ the best package takes each concession with λ g_1 + (1 − λ) g_2 > 0: points of the frontier
    that some weights lead to; packages between them are not drawn.
    """
    g = done.concessions.gains[:, [done.parties.index(name) for name in done.seats[:2]]]
    rows = []
    for weight in np.linspace(0.0, 1.0, STEPS):
        taken = g @ np.array([weight, 1.0 - weight]) > 0
        rows.append((float(g[taken, 0].sum()), float(g[taken, 1].sum()), say(WEIGHTED)))
    marks = (
        (say("nothing"), np.zeros(len(g), dtype=bool)),
        (say("all offers"), np.ones(len(g), dtype=bool)),
        (say("largest package"), None if done.package is None else done.package.taken),
        (say("Nash bargain"), None if done.nash is None else done.nash.taken),
    )
    rows += [
        (float(g[taken, 0].sum()), float(g[taken, 1].sum()), name)
        for name, taken in marks
        if taken is not None
    ]
    frame = pd.DataFrame(rows, columns=["first", "second", "package"])
    frame["label"] = [
        say(
            "{package}: {first} {one}, {second} {two}",
            package=name,
            first=coded(done.seats[0]),
            one=offers.figure(a),
            second=coded(done.seats[1]),
            two=offers.figure(b),
        )
        for a, b, name in zip(frame["first"], frame["second"], frame["package"], strict=True)
    ]
    return frame


def frontier(done: Negotiation, *, width: int) -> Picture:
    """Gains of the first two parties from the packages of `frontier_frame`."""
    frame = frontier_frame(done)
    line = frame["package"] == say(WEIGHTED)
    unit = known(done.terms.unit)
    x = alt.X("first:Q", title=say("{who}, {unit}", who=coded(done.seats[0]), unit=unit))
    y = alt.Y("second:Q", title=say("{who}, {unit}", who=coded(done.seats[1]), unit=unit))
    curve = (
        alt.Chart(frame[line]).mark_line(color=GAIN, point=True).encode(x=x, y=y, order="first:Q")
    )
    points = (
        alt.Chart(frame[~line])
        .mark_point(filled=True, size=110, opacity=1.0)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("package:N", sort=None, legend=alt.Legend(title=None, orient="top")),
            color=alt.Color("package:N", sort=None, scale=alt.Scale(scheme="tableau10")),
            description=alt.Description("label:N"),
        )
    )
    return alt.layer(curve, points).properties(width=width - 60, height=300)


def sheet(done: Negotiation, payload: dict[str, Any]) -> Sheet:
    """Return the page."""
    sections = []
    if len(done.concessions):
        pictures = [
            figure(
                "lines",
                lambda width: bars(done, width=width),
                caption=say("What the largest concessions bring each party, every one by itself."),
                data=lines_frame(done).drop(columns="label"),
            ),
            figure(
                "chapters",
                lambda width: chapter_map(done, width=width),
                caption=say(
                    "Chapters: area is the trade whose duty falls, color what all parties gain on it."
                ),
                data=chapters_frame(done, 860)[["chapter", "name", "trade", "gain"]],
            ),
        ]
        if len(done.parties) > 1:
            pictures.append(
                figure(
                    "frontier",
                    lambda width: frontier(done, width=width),
                    caption=say(
                        "What {first} and {second} can have together.",
                        first=coded(done.seats[0]),
                        second=coded(done.seats[1]),
                    ),
                    data=frontier_frame(done)[["package", "first", "second"]],
                )
            )
        sections.append(
            Section(id="lines", title=say("Lines and packages"), figures=tuple(pictures))
        )
    for party in done.seats:
        grids = tuple(
            grid
            for requests in (True, False)
            if (grid := _list(done, party, requests=requests)) is not None
        )
        if grids:
            sections.append(
                Section(
                    id=f"lists-{party}",
                    title=say("{party}: requests, then offers", party=coded(party)),
                    paragraphs=(
                        say(
                            "Requests are ranked by the party's gain per unit of the giver's loss, offers by "
                            "its partners' gain per unit of its own. Money is {unit} a year.",
                            unit=known(done.terms.unit),
                        ),
                    ),
                    grids=grids,
                )
            )
    sections.append(_compared(done))
    terms = done.terms
    return Sheet(
        title=known(terms.title) or say("Tariff lines"),
        kicker=say(
            "tariff lines · {n} {n|line|lines}, {k} {k|concession|concessions}",
            n=len(done.lines.codes),
            k=len(done.concessions),
        ),
        verdict=offers.sentences(done),
        sections=tuple(sections),
        method=(
            say("{line}.", line=offers.footer(done)),
            say(
                "The largest package maximizes the sum of gains with every floor and cap kept: an integer "
                "program, solved by HiGHS to a proved gap. The Nash bargain maximizes the product of gains "
                "above the floors."
            ),
            *map(retold, done.notes),
        ),
        sources=tuple(text for text in (terms.source,) if text)
        or (say("The figures are those of the file."),),
        figures=payload,
    )


def _list(done: Negotiation, party: str, *, requests: bool) -> Grid | None:
    rows = offers.worth_naming(done, ranked(done, party, requests=requests))[:SHOWN]
    if not rows:
        return None
    whose = requests and len(done.parties) > 2
    return Grid(
        (
            say("request" if requests else "offer¦to give"),
            say("trade"),
            say("duty, %"),
            say("to, %¦duty"),
            say("gain¦of a concession"),
            say("cost¦of a concession"),
            say("gain per cost"),
        ),
        tuple(
            (
                f"{row['code']} {offers.called(row['code'])}"
                + (f" ({coded(row['importer'])})" if whose else ""),
                plain(row["trade"], 1),
                plain(100 * row["duty_before"], 1),
                plain(100 * row["duty_after"], 1),
                row["gain"],
                plain(row["cost"], 2),
                None if row["gain_per_cost"] is None else plain(row["gain_per_cost"], 2),
            )
            for row in rows
        ),
        (1, 1, 1, 2, 2, 2),
    )


def _compared(done: Negotiation) -> Section:
    off = {(g["party"], g["method"]): g["gap_percent"] for g in gaps(done.totals)}
    methods = Grid(
        (
            say("all offers, {unit}", unit=known(done.terms.unit)),
            say("welfare"),
            say("as seller"),
            say("as buyer"),
            say("revenue"),
            say("off the exact, %"),
        ),
        tuple(
            (
                clauses([coded(total.party), offers.method(total.method)]),
                total.welfare,
                total.producer_surplus,
                total.consumer_surplus,
                total.tariff_revenue,
                off.get((total.party, total.method)),
            )
            for total in done.totals
        ),
        (1, 1, 1, 1, 0),
    )
    counted = Grid(
        (
            say("gives"),
            say("lines¦tariff"),
            say("trade covered"),
            say("cut × trade"),
            say("exports less imports let in"),
        ),
        tuple(
            (
                coded(row["party"]),
                plain(row["lines"]),
                plain(row["trade_covered_given"], 1),
                plain(row["cut_times_trade_given"], 1),
                row["mercantilist"],
            )
            for row in reciprocity(done)
        ),
        (0, 1, 1, 1),
    )
    return Section(
        id="methods", title=say("By method, and as negotiators count"), grids=(methods, counted)
    )
