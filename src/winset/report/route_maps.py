"""Maps of networks and ways, and the pages around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from winset.network.network import Link
from winset.report import routes
from winset.report.charts import DISCLAIMER, GAIN, HATCHED, LOSS, shapes
from winset.report.page import Sheet
from winset.report.sections import Grid, Section, figure
from winset.report.speech import known, listed, name, percent, plain, retold, say, together
from winset.report.told import grid, sections, sourced

if TYPE_CHECKING:
    from winset.network.network import Network
    from winset.network.paths import Leg
    from winset.report.charts import Picture
    from winset.studies.changed_ways import ChangedWays
    from winset.studies.routes import Journey
    from winset.studies.whole_network import NetworkView

MODES = ("road", "rail", "sea", "air", "pipeline")
COLORS = ("#a6761d", "#542788", "#1b9e77", "#e7298a", "#666666")
MARGIN = 4.0  # degrees around what is shown
SHOWN = 250  # links of a map of trade
LAND = "#f0f0f0"
AROUND = (
    180.0  # a link longer than this in degrees crosses the date line: it is left out of the drawing
)


def network_frame(network: Network) -> pd.DataFrame:
    """Return the links on land with where they begin and end."""
    rows = [_line(network, link, link.status, 1.0) for link in network.links if link.mode != "sea"]
    return pd.DataFrame(rows)


def trade_frame(done: NetworkView) -> pd.DataFrame:
    """Return the busiest links with their trade, USD billion."""
    network = done.question.network
    rows = [
        _line(
            network,
            link,
            say("{n} USD billion", n=plain(amount / 1000.0, 1)),
            amount / 1000.0,
        )
        for link, amount in done.carried()
        if link.mode != "sea"
    ]
    return pd.DataFrame(rows[:SHOWN])


def route_frame(done: Journey) -> pd.DataFrame:
    """Return the links of the best way and of the others, each with its way."""
    network = done.question.network
    ways = [(say("best"), done.best), (say("fastest"), done.fastest)]
    ways += [] if done.cheapest is None else [(say("cheapest"), done.cheapest)]
    ways += [(routes.without(other.avoids), other.route) for other in done.alternatives]
    names: dict[tuple[Leg, ...], list[str]] = {}
    for label, found in ways:  # a way that is both bears both names
        names.setdefault(found.legs, []).append(label)
    rows = []
    for legs, both in names.items():
        for leg in legs:
            if isinstance(leg.row, Link):
                hours = say("{n} hours", n=plain(leg.row.hours, 1))
                row = _line(network, leg.row, hours, leg.row.hours)
                rows.append({**row, "way": listed(both)})
    return pd.DataFrame(rows)


def _line(network: Network, link: Link, said: str, size: float) -> dict[str, Any]:
    a, b = network.node(link.start), network.node(link.end)
    return {
        "from": routes.placed(a),
        "to": routes.placed(b),
        "mode": link.mode,
        "status": link.status,
        "lon": a.lon,
        "lat": a.lat,
        "lon2": b.lon,
        "lat2": b.lat,
        "size": size,
        "grade": link.hours_grade,
        "label": say(
            "{a} – {b} by {mode}: {said}",
            a=routes.placed(a),
            b=routes.placed(b),
            mode=known(link.mode),
            said=said,
        ),
    }


def _drawn(frame: pd.DataFrame, lines: alt.Chart, width: int, places: pd.DataFrame) -> Picture:
    """Lay lines and named places on the land around them."""
    lon = pd.concat([frame["lon"], frame["lon2"]])
    lat = pd.concat([frame["lat"], frame["lat2"]])
    box = [float(lon.min()), float(lon.max()), float(lat.min()), float(lat.max())]
    span = max(box[1] - box[0], box[3] - box[2], 4.0)
    height = round(
        width * min(max((box[3] - box[2] + 2 * MARGIN) / (span + 2 * MARGIN), 0.35), 0.8)
    )
    # Mercator: the box fills the picture; latitudes are stretched away from the equator.
    south, north = (np.degrees(np.arcsinh(np.tan(np.radians(y)))) for y in (box[2], box[3]))
    scale = min(
        width / np.radians(box[1] - box[0] + 2 * MARGIN),
        height / np.radians(north - south + 2 * MARGIN),
    )
    middle = float(np.degrees(np.arctan(np.sinh(np.radians((south + north) / 2.0)))))
    land = (
        alt.Chart(
            alt.InlineData(
                values=shapes(), format=alt.TopoDataFormat(type="topojson", feature="world")
            )
        )
        .mark_geoshape(stroke="#bdbdbd", strokeWidth=0.4, clip=True)
        .encode(
            color=alt.condition("datum.properties.disputed", alt.value(HATCHED), alt.value(LAND))
        )
    )
    dots = (
        alt.Chart(places)
        .mark_circle(color="#222222", size=14, clip=True)
        .encode(longitude="lon:Q", latitude="lat:Q", description=alt.Description("name:N"))
    )
    written = alt.Chart(places).encode(longitude="lon:Q", latitude="lat:Q", text="name:N")
    edges = written.mark_text(  # lines pass under the names
        fontSize=9, dy=-7, clip=True, stroke=LAND, strokeWidth=3, aria=False
    )
    names = written.mark_text(fontSize=9, dy=-7, color="#222222", clip=True)
    return (
        alt.layer(land, lines, dots, edges, names)
        .project(
            "mercator",
            center=[(box[0] + box[1]) / 2.0, middle],
            scale=float(scale),
            translate=[width / 2.0, height / 2.0],
        )
        .properties(width=width, height=height)
    )


def _lines(
    frame: pd.DataFrame, color: alt.Color, size: alt.Size | alt.Value, **mark: Any
) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(frame[(frame["lon"] - frame["lon2"]).abs() < AROUND])
        .mark_rule(clip=True, opacity=0.85, **mark)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            longitude2="lon2:Q",
            latitude2="lat2:Q",
            color=color,
            size=size,
            strokeDash=alt.condition("datum.mode === 'sea'", alt.value([6, 4]), alt.value([1, 0])),
            description=alt.Description("label:N"),
        )
    )
    return chart


def _legend(columns: int, values: list[str] | None = None) -> alt.Legend:
    return alt.Legend(
        title=None,
        orient="top",
        columns=columns,
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolSize=300,
        columnPadding=16,
        labelLimit=300,
        values=alt.Undefined if values is None else values,
    )


def network_map(done: NetworkView, *, width: int) -> Picture:
    """Draw the busiest links, as wide as their trade, by mode."""
    frame = trade_frame(done)
    frame["by"] = [known(mode) for mode in frame["mode"]]
    color = alt.Color(
        "by:N",
        scale=alt.Scale(domain=list(map(known, MODES)), range=list(COLORS)),
        legend=_legend(0, sorted(set(frame["by"]))),
    )
    size = alt.Size(
        "size:Q",
        scale=alt.Scale(range=[0.4, 9.0]),
        legend=None,
    )
    return _drawn(
        frame, _lines(frame, color, size), width, _hubs(done.question.network, frame, width)
    )


def route_map(done: Journey, *, width: int) -> Picture:
    """Draw the best way, the fastest, the cheapest and the others."""
    frame = route_frame(done)
    names = list(dict.fromkeys(frame["way"]))
    palette = [GAIN, "#1b9e77", "#a6761d", "#e7298a", "#377eb8", "#666666", LOSS]
    color = alt.Color(
        "way:N",
        scale=alt.Scale(domain=names, range=palette[: len(names)]),
        legend=_legend(1 if width < 500 else 3),
    )
    frame = frame.iloc[::-1]  # the best one on top
    frame["thick"] = np.where(frame["way"] == names[0], 4.0, 2.0)
    size = alt.Size("thick:Q", scale=None, legend=None)
    return _drawn(
        frame, _lines(frame, color, size), width, _hubs(done.question.network, frame, width)
    )


def projects_map(frame: pd.DataFrame, network: Network, *, width: int) -> Picture:
    """Draw the links that projects build or improve, by what becomes of each project (`way`)."""
    names = list(dict.fromkeys(frame["way"]))
    color = alt.Color(
        "way:N",
        scale=alt.Scale(domain=names, range=[GAIN, "#a6761d", "#999999"][: len(names)]),
        legend=_legend(0),
    )
    lines = _lines(frame, color, alt.value(3.0))
    return _drawn(frame, lines, width, _hubs(network, frame, width))


def _hubs(network: Network, frame: pd.DataFrame, width: int) -> pd.DataFrame:
    """Return places to name: the heaviest that are drawn, far enough apart."""
    drawn = {*frame["from"], *frame["to"]}
    apart = (
        40.0
        * (frame[["lon", "lon2"]].to_numpy().max() - frame[["lon", "lon2"]].to_numpy().min() + 8.0)
        / width
    )
    chosen: list[Any] = []
    for node in sorted(network.nodes, key=lambda node: (-node.weight, node.id)):
        if not drawn.isdisjoint((node.name, routes.placed(node))) and all(
            abs(node.lon - other.lon) > 1.6 * apart or abs(node.lat - other.lat) > 0.5 * apart
            for other in chosen
        ):
            chosen.append(node)
    return pd.DataFrame(
        [{"name": routes.placed(n), "lon": n.lon, "lat": n.lat} for n in chosen[:40]]
    )


def journey_sheet(done: Journey, payload: dict[str, Any]) -> Sheet:
    """Return the page of a way."""
    frame = route_frame(done)
    picture = figure(
        "ways",
        lambda width: route_map(done, width=width),
        caption=together(
            [
                say(
                    "Ways from {a} to {b}, links drawn straight, by sea dashed.",
                    a=routes.placed(done.start),
                    b=routes.placed(done.end),
                ),
                say(DISCLAIMER),
            ]
        ),
        data=frame.drop(columns="label"),
    )
    table, legs = routes.ways(done)
    return Sheet(
        title=say(
            "How long from {a} to {b}?", a=routes.placed(done.start), b=routes.placed(done.end)
        ),
        kicker=routes.footer(done.question),
        verdict=tuple(routes.way_sentences(done)),
        sections=(
            Section("ways", say("The ways"), figures=(picture,), grids=(grid(table),)),
            Section("legs", legs.title, grids=(grid(legs),)),
            *sections(routes.soft_table(done)),
        ),
        method=(say(METHOD), *map(retold, done.notes)),
        sources=routes.sources(done.question),
        figures=payload,
    )


def network_sheet(done: NetworkView, payload: dict[str, Any]) -> Sheet:
    """Return the page of a network."""
    picture = figure(
        "network",
        lambda width: network_map(done, width=width),
        caption=together(
            [
                say(
                    "Roads and railways as wide as the trade on them when all of it takes the best way."
                ),
                say(DISCLAIMER),
            ]
        ),
        data=trade_frame(done).drop(columns="label"),
    )
    rows = Grid(
        (
            say("economy"),
            say("others' trade through it, %"),
            say("depends most on"),
            say("share of its trade, %"),
        ),
        tuple(
            (
                name(row["code"], row["name"]),
                plain(100.0 * row["centrality"], 1),
                "" if row["most_dependent_on"] is None else name(row["most_dependent_on"]),
                plain(100.0 * row["share_through_it"]),
            )
            for row in payload["economies"]
        ),
        (1, 0, 0),
        words=(1,),
    )
    return Sheet(
        title=say("Whose goods pass through whom?"),
        kicker=routes.footer(done.question),
        verdict=tuple(routes.network_sentences(done)),
        sections=(
            Section("network", say("The network"), figures=(picture,)),
            Section("economies", say("Who lies in the middle"), grids=(rows,)),
        ),
        method=(say(METHOD), *map(retold, done.notes)),
        sources=(*routes.sources(done.question), *sourced(done.world)),
        figures=payload,
    )


def changed_sheet(done: ChangedWays, payload: dict[str, Any]) -> Sheet:
    """Return the page of what changed ways are worth."""
    frame = changed_frame(done)
    picture = figure(
        "worth",
        lambda width: changed_bars(done, width=width),
        caption=say(
            "Those whose welfare moves most; lines: a day worth 0.6 to 2.1 % of the goods' value."
        ),
        data=frame.drop(columns="label"),
    )
    return Sheet(
        title=say("What is it worth? {changes}", changes=routes.changes(done.question)),
        kicker=routes.footer(done.question),
        verdict=tuple(routes.changed_sentences(done)),
        sections=(
            Section("worth", say("Who gains, who loses"), figures=(picture,)),
            *sections(routes.changed_tables(done, top=len(frame))),
        ),
        method=(say(METHOD), *map(retold, done.notes)),
        sources=(*routes.sources(done.question), *sourced(done.result.world)),
        figures=payload,
    )


def changed_frame(done: ChangedWays, *, top: int = 15) -> pd.DataFrame:
    """Return those whose welfare moves most, percent, with the range of a day's value."""
    result = done.result
    order = np.argsort(-np.abs(result.welfare - 1.0), kind="stable")[:top]
    frame = pd.DataFrame(
        {
            "economy": [name(result.codes[k], result.world.names[k]) for k in order],
            "percent": 100.0 * (result.welfare[order] - 1.0),
            "low": 100.0 * (done.low.welfare[order] - 1.0),
            "high": 100.0 * (done.high.welfare[order] - 1.0),
        }
    )
    frame["label"] = [
        say("{name}: {gain}", name=n, gain=percent(p, 3))
        for n, p in zip(frame["economy"], frame["percent"], strict=True)
    ]
    return frame.sort_values("percent", ignore_index=True)


def changed_bars(done: ChangedWays, *, width: int) -> Picture:
    """Draw whose welfare moves most."""
    frame = changed_frame(done)
    y = alt.Y("economy:N", sort=None, title=None, axis=alt.Axis(labelLimit=180))
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("percent:Q", title=say("welfare, percent")),
            y=y,
            color=alt.condition("datum.percent < 0", alt.value(LOSS), alt.value(GAIN)),
            description=alt.Description("label:N"),
        )
    )
    spans = alt.Chart(frame).mark_rule(color="#222222").encode(x="low:Q", x2="high:Q", y=y)
    return alt.layer(bars, spans).properties(width=width - 200, height=alt.Step(18))


METHOD = (
    "A way is chosen by v · days + USD / value, v being what a day costs of the goods' value (0.6 to 2.1 %, "
    "Hummels & Schaur 2013). Costs of two economies are means over their nodes by weight; only changes "
    "enter the equilibrium: factor exp(change)."
)
