"""Charts of common ground: who agrees with whom, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from winset.errors import DataError
from winset.governance.rollcalls.alignment import similarity_order
from winset.governance.rollcalls.records import member_names
from winset.report.charts import GAIN, LOSS, NOTHING
from winset.report.speech import coded, local, name, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from winset.governance.rollcalls.common_ground import CommonGround
    from winset.governance.rollcalls.ideal_points import IdealPoints
    from winset.report.charts import Picture
    from winset.studies.agreement import SpanAgreement

#: Cells with their figure written in, and the largest map whose cells speak to a screen reader.
MOST_WRITTEN = {True: 28, False: 10}
MOST_SPOKEN = 60
#: Members whose paths have a color each; of more, only the outermost and the median have one.
MOST_COLORED = 8
#: Colors that color-blind readers tell apart (Okabe & Ito), the dark ones first.
COLORS = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#000000",
    "#e69f00",
    "#56b4e9",
    "#7f3b08",
)
HEIGHT = "ideal point, standard deviations"

#: Standard errors to each side of a band: about 95 percent.
BAND = 1.96


def agreement_frame(ground: CommonGround) -> pd.DataFrame:
    """Return a row for every ordered pair that voted together; alike members are neighbors."""
    codes, pairs = ground.members, ground.pairs
    order = [int(k) for k in similarity_order(pairs.agreement)]
    rows = [
        (codes[i], codes[j], float(pairs.agreement[i, j]), pairs.kappa[i, j], pairs.votes[i, j])
        for i in order
        for j in order
        if i != j and pairs.votes[i, j]
    ]
    table = pd.DataFrame(rows, columns=["a", "b", "agreement", "kappa", "votes"])
    table.attrs["order"] = [codes[k] for k in order]
    return table


def heat_map(table: pd.DataFrame, *, width: int) -> Picture:
    """Agreement of every pair, in an order that puts alike members side by side."""
    order, wide = table.attrs["order"], width >= 500
    count = len(order)
    inner = width - 100
    side = min(inner, max(30 * count, 150)) if wide else inner
    size = min(11.0, max(4.0, side / count * 0.85))
    shown = table.assign(percent=100 * table["agreement"])
    shown["label"] = [
        say(
            "{a} and {b}: {share} % of {n} roll calls",
            a=coded(a),
            b=coded(b),
            share=f"{percent:.0f}",
            n=int(votes),
        )
        for a, b, percent, votes in zip(
            shown["a"], shown["b"], shown["percent"], shown["votes"], strict=True
        )
    ]
    low = max(0.0, float(np.floor(shown["percent"].min() / 10) * 10))
    axis = alt.Axis(labelFontSize=size, labelOverlap=False, ticks=False, domain=False, grid=False)
    across = alt.Axis(
        labelFontSize=size,
        labelOverlap=False,
        ticks=False,
        domain=False,
        grid=False,
        labelAngle=-90,
        orient="top",
    )
    base = alt.Chart(shown).encode(
        x=alt.X("b:N", sort=order, title=None, axis=across),
        y=alt.Y("a:N", sort=order, title=None, axis=axis),
    )
    color = alt.Color(
        "percent:Q",
        title=say("same vote, percent of roll calls"),
        scale=alt.Scale(domain=[low, 100], range=[NOTHING, "#b2abd2", GAIN]),
        legend=alt.Legend(orient="bottom", gradientLength=min(260, side), titleLimit=side),
    )
    spoken = count <= MOST_SPOKEN
    cells = base.mark_rect(aria=spoken, stroke="white" if count <= 40 else None)
    if spoken:
        cells = cells.encode(color=color, description=alt.Description("label:N"))
    else:
        cells = cells.encode(color=color)
    layers = [cells]
    if count <= MOST_WRITTEN[wide]:
        pale = low + 0.62 * (100 - low)
        layers.append(
            base.mark_text(fontSize=min(9.0, side / count * 0.42), aria=False).encode(
                text=alt.Text("percent:Q", format=".0f"),
                color=alt.condition(
                    f"datum.percent > {pale:.1f}", alt.value("white"), alt.value("#333333")
                ),
            )
        )
    return alt.layer(*layers).properties(width=side, height=side)


def path_frame(
    points: IdealPoints, members: tuple[str, ...], first: int, last: int
) -> pd.DataFrame:
    """Return a row for every member and year with an ideal point, and its band."""
    names = member_names()
    rows = []
    for code in members:
        if code not in points.members:
            continue
        row, run, before = points.members.index(code), 0, None
        for t, year in enumerate(points.years.tolist()):
            place = float(points.position[row, t, 0])
            if not first <= year <= last or not np.isfinite(place):
                continue
            if before is not None and year != before + 1:
                run += 1  # a gap breaks the line
            before = year
            error = float(points.standard_error[row, t, 0])
            rows.append(
                (
                    code,
                    name(code, names[code]),
                    year,
                    place,
                    error,
                    place - BAND * error,
                    place + BAND * error,
                    run,
                )
            )
    columns = ["code", "name", "year", "ideal_point", "standard_error", "low", "high", "run"]
    return pd.DataFrame(rows, columns=columns)


def paths(table: pd.DataFrame, *, width: int) -> Picture:
    """Ideal points over time with bands of 95 percent; a dot plot when there is only one year."""
    if table["year"].min() == table["year"].max():
        return _dots(table, width=width)
    wide = width >= 500
    inner, tall = width - (130 if wide else 110), 400 if wide else 300
    mean = table.groupby("code")["ideal_point"].mean().sort_values()
    if len(mean) <= MOST_COLORED:
        named = list(mean.index)
    else:
        middle = mean.index[int((mean - mean.median()).abs().argmin())]
        named = list(dict.fromkeys([mean.index[0], middle, mean.index[-1]]))
    first, last = int(table["year"].min()), int(table["year"].max())
    y_ends = (float(table["low"].min()) - 0.1, float(table["high"].max()) + 0.1)
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(format="d", tickCount=min(last - first, width // 80), grid=False),
    )
    y = alt.Y(
        "ideal_point:Q",
        title=say(HEIGHT),
        scale=alt.Scale(domain=y_ends, nice=False),
    )
    color = alt.Color(
        "code:N",
        scale=alt.Scale(domain=named, range=[COLORS[k] for k in range(len(named))]),
        legend=None,
    )
    chosen = table[table["code"].isin(named)]
    rest = table[~table["code"].isin(named)]
    detail = [alt.Detail("code:N"), alt.Detail("run:N")]
    layers: list[Any] = []
    if len(rest):
        layers.append(
            alt.Chart(rest)
            .mark_line(color="#bdbdbd", strokeWidth=0.9, aria=False)
            .encode(x=x, y=y, detail=detail)
        )
    band = alt.Chart(chosen).mark_area(opacity=0.16, aria=False)
    layers.append(
        band.encode(
            x=x,
            y=alt.Y("low:Q", scale=alt.Scale(domain=y_ends, nice=False), title=say(HEIGHT)),
            y2="high:Q",
            color=color,
            detail=detail,
        )
    )
    line = alt.Chart(chosen).mark_line(strokeWidth=1.8)
    layers.append(line.encode(x=x, y=y, color=color, detail=detail))
    layers.append(_ends(chosen, last, y_ends, tall, x, y, color))
    return alt.layer(*layers).properties(width=inner, height=tall)


def _ends(
    table: pd.DataFrame,
    last: int,
    y_ends: tuple[float, float],
    tall: int,
    x: alt.X,
    y: alt.Y,
    color: alt.Color,
) -> alt.Chart:
    """Write each member's code at the right, as near to the end of its line as there is room."""
    final = table.sort_values("year").groupby("code").last()["ideal_point"].sort_values()
    apart = 11 * (y_ends[1] - y_ends[0]) / tall
    places = final.to_numpy(copy=True)
    for k in range(1, len(places)):  # upward, then back down as far as the frame asks
        places[k] = max(places[k], places[k - 1] + apart)
    for k in range(len(places) - 1, -1, -1):
        top = y_ends[1] if k == len(places) - 1 else places[k + 1] - apart
        places[k] = min(places[k], top)
    ends = pd.DataFrame({"code": list(final.index), "ideal_point": places, "year": last})
    text = alt.Chart(ends).mark_text(align="left", dx=6, fontSize=10, fontWeight="bold")
    ends_at: alt.Chart = text.encode(x=x, y=y, text="code:N", color=color)
    return ends_at


def _dots(table: pd.DataFrame, *, width: int) -> Picture:
    """Ideal points of one year, with their bands."""
    label = "name" if width >= 500 else "code"
    order = list(table.sort_values("ideal_point", ascending=False)[label])
    y = alt.Y(f"{label}:N", sort=order, title=None, axis=alt.Axis(labelOverlap=False))
    said = [
        f"{row.name}: {local(f'{row.ideal_point:.2f} ± {row.standard_error:.2f}')}"
        for row in table.itertuples(index=False)
    ]
    base = alt.Chart(table.assign(label=said))
    bars = base.mark_rule(color=GAIN, strokeWidth=1.5, aria=False).encode(
        x=alt.X("low:Q", title=say(HEIGHT), axis=alt.Axis(tickCount=max(3, width // 110))),
        x2="high:Q",
        y=y,
    )
    points = base.mark_circle(color=GAIN, size=46).encode(
        x="ideal_point:Q", y=y, description=alt.Description("label:N")
    )
    inner = width - (200 if width >= 500 else 90)
    return alt.layer(bars, points).properties(width=inner, height=alt.Step(15))


def course(payload: list[dict[str, Any]], *, width: int) -> Picture:
    """Agreement index of a bloc, year by year."""
    table = course_frame(payload)
    first, last = int(table["year"].min()), int(table["year"].max())
    shown = table.melt("year", ["agreement_index", "unanimous"], "what", "value").dropna()
    shown["what"] = shown["what"].map(
        {"agreement_index": say("agreement index"), "unanimous": say("share of unanimous votes")}
    )
    chart: Picture = (
        alt.Chart(shown)
        .mark_line(point=alt.OverlayMarkDef(size=22), strokeWidth=1.8)
        .encode(
            x=alt.X(
                "year:Q",
                title=None,
                scale=alt.Scale(domain=[first, max(last, first + 1)], nice=False),
                axis=alt.Axis(format="d", tickCount=max(1, min(last - first, width // 80))),
            ),
            y=alt.Y("value:Q", title=say("1 = united"), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "what:N",
                scale=alt.Scale(range=[GAIN, LOSS]),
                legend=alt.Legend(title=None, orient="top", labelLimit=300, columnPadding=28),
            ),
        )
        .properties(width=width - 90, height=260)
    )
    return chart


def course_frame(payload: list[dict[str, Any]]) -> pd.DataFrame:
    """Return cohesion by year."""
    return pd.DataFrame(
        [
            {
                "year": int(part["years"]),
                "members": sum(1 for economy in part["economies"] if economy["votes"]),
                **{
                    key: part["cohesion"][key]
                    for key in ("roll_calls", "agreement_index", "rice", "unanimous")
                },
                "median": part["cohesion"]["common_position"]["median"],
            }
            for part in payload
        ]
    )


def picture(
    name: str, found: Sequence[SpanAgreement], points: IdealPoints, first: int, last: int
) -> Callable[[int], Picture]:
    """Return what draws the chart of a name at a width; `found` holds one span, or years.

    Raises
    ------
    DataError
        No such chart, or nothing to draw in it.
    """
    if name == "agreement":
        pairs = agreement_frame(found[-1].ground)
        return lambda width: heat_map(pairs, width=width)
    if name == "positions":
        members = dict.fromkeys(code for part in found for code in part.ground.members)
        places = path_frame(points, tuple(members), first, last)
        if not len(places):
            raise DataError(f"--draw positions: no ideal point in {first}-{last}.")
        return lambda width: paths(places, width=width)
    if name == "course":
        payload = [part.payload for part in found]
        return lambda width: course(payload, width=width)
    raise DataError(f"--draw {name}: the charts are agreement, positions and course.")
