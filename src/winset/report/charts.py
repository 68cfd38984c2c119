"""Charts and the map, each made once and used by the report and the web page.

Every chart is an altair chart; `svg` turns it into a picture whose marks carry their figures as
labels, so that it reads without scripts, scales, prints, and speaks to a screen reader. It is one file
because all charts share their marks, colors and captions.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd
import vl_convert

from winset.errors import DataError
from winset.files import replacing
from winset.report import speech, voices
from winset.report.labels import LINES, folded, place
from winset.report.speech import known, name, percent, plain, say, signed
from winset.trade.gains import direction
from winset.worlds.package import DATA

Picture = alt.Chart | alt.LayerChart | alt.FacetChart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from winset.numbers import Array
    from winset.studies.scenario_run import Study
    from winset.studies.sharing import Shares

#: Diverging colors that color-blind readers tell apart (ColorBrewer PuOr); zero is white.
LOSS, NOTHING, GAIN = "#b35806", "#f7f7f7", "#542788"
NO_DATA = "#d9d9d9"
ALONE = 860  # width of a chart that stands alone
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans SC', 'PingFang SC', "
    "'Microsoft YaHei', sans-serif"
)
#: What stands for lines at an angle until `svg` draws them: no other mark has this color.
HATCHED = "#d1d2d3"
HATCHING = (
    '<defs><pattern id="hatching" width="4" height="4" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="4" height="4" fill="#f7f7f7"/>'
    '<rect width="1.4" height="4" fill="#8c8c8c"/></pattern></defs>'
)
#: Figures on axes as the language writes them.
LOCALES: dict[str, dict[str, Any]] = {
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""]},
    "ru": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", ""]},
    "zh": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]},
}
MOST_LOSERS = 15  # outsiders in the chart of who loses

DISCLAIMER = (
    "The boundaries and names shown on this map do not imply any opinion on the legal status of "
    "any country or territory, or on the delimitation of its frontiers."
)


@lru_cache(maxsize=1)
def shapes() -> dict[str, Any]:
    """Return the embedded Natural Earth shapes as TopoJSON, one object per code."""
    text = (DATA / "geometry" / "world.topo.json").read_text(encoding="utf-8")
    topology: dict[str, Any] = json.loads(text)
    return topology


def gains_frame(study: Study) -> pd.DataFrame:
    """Return what the charts draw: one row per economy, with its trade inside the group."""
    result = study.result
    frame = result.table().reset_index()
    inside = np.isin(np.array(result.codes), result.members)
    flows = result.flows
    with_group = (
        flows[:, inside].sum(axis=1)
        + flows[inside, :].sum(axis=0)
        - 2.0 * np.where(inside, flows.diagonal(), 0.0)
    )
    value_added = study.scenario.parameters.value_added_share * result.output
    if result.sectors is not None:  # shares by sector, from the data where there are any
        value_added = result.sectors.calibrated.base.value_added
    share = pd.Series(100.0 * with_group / value_added, index=list(result.codes))
    frame["inside_trade"] = frame["code"].map(share)
    frame["name"] = [
        name(code, own) for code, own in zip(frame["code"], frame["name"], strict=True)
    ]
    frame["label"] = _said_of_gains(frame)
    return frame[
        ["code", "name", "role", "welfare_percent", "welfare_musd", "inside_trade", "label"]
    ]


def frame_of_gains(
    codes: Sequence[str],
    names: Sequence[str],
    members: Sequence[str],
    welfare: Array,
    variation: Array | None = None,
) -> pd.DataFrame:
    """Return what the charts of gains draw, from figures that no `Study` holds; see `gains_frame`."""
    frame = pd.DataFrame(
        {
            "code": list(codes),
            "name": [name(code, own) for code, own in zip(codes, names, strict=True)],
            "role": ["member" if code in members else "outsider" for code in codes],
            "welfare_percent": 100.0 * (welfare - 1.0),
        }
    )
    if variation is None:
        gains = zip(frame["name"], frame["welfare_percent"], strict=True)
        frame["label"] = [
            say("{name}: {gain}", name=who, gain=percent(gain)) for who, gain in gains
        ]
    else:
        frame["welfare_musd"] = variation
        frame["label"] = _said_of_gains(frame)
    return frame


def _said_of_gains(frame: pd.DataFrame) -> list[str]:
    return [
        say(
            "{name}: {gain}, {musd} USD million", name=who, gain=percent(gain), musd=signed(musd, 0)
        )
        for who, gain, musd in zip(
            frame["name"], frame["welfare_percent"], frame["welfare_musd"], strict=True
        )
    ]


def side(width: int) -> int:
    """Room for names at the left of bars."""
    return 118 if width < 500 else 190


def bars(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bar chart of the members' gains in percent, largest first."""
    members = frame[frame["role"] == "member"]
    shown = members.nlargest(40, "welfare_percent")
    if len(members) > len(shown):
        shown = pd.concat(
            [members.nlargest(20, "welfare_percent"), members.nsmallest(20, "welfare_percent")]
        )
    return _bars(shown, "-x", width)


def losers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return who loses, the largest loss in percent first."""
    lost = frame[direction(frame["welfare_percent"].to_numpy() / 100.0) < 0]
    return lost.sort_values(["welfare_percent", "code"], ignore_index=True)


def losses(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bar chart of those that lose most in percent, the worst first."""
    return _bars(losers(frame).head(MOST_LOSERS), "x", width)


def _bars(shown: pd.DataFrame, order: str, width: int) -> Picture:
    chart: Picture = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            x=alt.X(
                "welfare_percent:Q",
                title=say("gain, percent of welfare"),
                axis=alt.Axis(tickCount=max(3, width // 120)),
            ),
            y=named("name", order, width),
            color=alt.condition("datum.welfare_percent < 0", alt.value(LOSS), alt.value(GAIN)),
            description=alt.Description("label:N"),
        )
        .properties(width=width - side(width), height=alt.Step(16))
    )
    return chart


def named(column: str, order: Any, width: int, *, grid: bool = False, lines: bool = False) -> alt.Y:
    """Return an axis of names, readable at both widths; `lines` where they are `folded`."""
    axis = alt.Axis(
        minExtent=48,
        labelLimit=side(width) - 8,
        labelFontSize=11,
        grid=grid,
        labelExpr=LINES if lines else alt.Undefined,
    )
    return alt.Y(f"{column}:N", sort=order, title=None, axis=axis)


def scatter(frame: pd.DataFrame, *, width: int) -> Picture:
    """Scatter of gain against trade with the group, over value added; names where there is room."""
    shown = frame[frame["inside_trade"] > 0].copy()
    shown["role"] = [known(role) for role in shown["role"]]
    across, down = width - 60, min(380, width)
    most = 1.15 * float(shown["inside_trade"].max()) if len(shown) else 1.0
    low, high = (
        (min(float(shown["welfare_percent"].min()), 0.0), float(shown["welfare_percent"].max()))
        if len(shown)
        else (0.0, 1.0)
    )
    room = max(0.06 * (high - low), 1e-6)
    ends = [low - room, high + room]
    base = alt.Chart(shown).encode(
        x=alt.X(
            "inside_trade:Q",
            title=say("trade with the group before, percent of value added"),
            scale=alt.Scale(type="symlog", constant=1, domain=[0, most], nice=False),
            axis=alt.Axis(
                values=[t for t in (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if t <= most],
                format=",d",
            ),
        ),
        y=alt.Y(
            "welfare_percent:Q",
            title=say("gain, percent of welfare"),
            scale=alt.Scale(domain=ends, nice=False),
        ),
    )
    points = base.mark_circle(size=46, opacity=0.75).encode(
        color=alt.Color(
            "role:N",
            scale=alt.Scale(domain=[known("member"), known("outsider")], range=[GAIN, "#8c8c8c"]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        description=alt.Description("label:N"),
    )
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color="#999").encode(y="y:Q")
    layers = [zero, points, *_beside(shown, base, (across, down), most, ends)]
    return alt.layer(*layers).properties(width=across, height=down)


def _beside(
    shown: pd.DataFrame, base: alt.Chart, size: tuple[int, int], most: float, ends: list[float]
) -> list[alt.Chart]:
    """Return the names that have room, members before outsiders and those that move most first."""
    order = shown.assign(
        first=shown["role"] != known("member"), size=-shown["welfare_percent"].abs()
    ).sort_values(["first", "size"], ignore_index=True)
    x = size[0] * np.log1p(order["inside_trade"].to_numpy()) / np.log1p(most)
    y = size[1] * (ends[1] - order["welfare_percent"].to_numpy()) / (ends[1] - ends[0])
    spots = place(
        x.tolist(),
        y.tolist(),
        list(order["name"]),
        width=size[0],
        height=size[1],
        level=size[1] * ends[1] / (ends[1] - ends[0]),
    )
    by_place: dict[tuple[int, int, str], list[str]] = {}
    for code, a, b, spot in zip(order["code"], x, y, spots, strict=True):
        if spot is not None:
            key = (round(spot.x - a), round(spot.y - b), spot.align)
            by_place.setdefault(key, []).append(str(code))
    return [
        base.transform_filter(alt.FieldOneOfPredicate(field="code", oneOf=codes))
        .mark_text(
            align=align,  # type: ignore[arg-type]
            baseline="middle",
            dx=dx,
            dy=dy,
            fontSize=9,
            color="#333333",
            aria=False,
        )
        .encode(text="name:N")
        for (dx, dy, align), codes in by_place.items()
    ]


def world_map(frame: pd.DataFrame, *, width: int, title: str | None = None) -> Picture:
    """World map of a percentage; the color scale ends at the 95th percentile; what is disputed is hatched."""
    edge = max(float(np.nanpercentile(frame["welfare_percent"].abs(), 95)), 1e-3)
    land = alt.InlineData(
        values=shapes(), format=alt.TopoDataFormat(type="topojson", feature="world")
    )
    scale = alt.Scale(domain=[-edge, 0, edge], range=[LOSS, NOTHING, GAIN], clamp=True)
    legend = alt.Legend(orient="bottom", gradientLength=min(300, width - 60))
    color = alt.Color(
        "welfare_percent:Q",
        title=title or say("gain, percent"),
        scale=scale,
        legend=legend,
        condition=[
            {"test": "datum.state === 'disputed'", "value": HATCHED},
            {"test": "datum.state === 'none'", "value": NO_DATA},
        ],
    )
    nothing = say("no data")
    chart: Picture = (
        alt.Chart(land)
        .mark_geoshape(stroke="#aaaaaa", strokeWidth=0.3, invalid=None)
        .transform_lookup(
            lookup="properties.code",
            from_=alt.LookupData(frame, "code", ["welfare_percent", "label"]),
        )
        .transform_calculate(
            state="datum.properties.disputed ? 'disputed' : isValid(datum.label) ? 'shown' : 'none'"
        )
        .transform_calculate(
            label="datum.state === 'disputed' ? "
            f"{json.dumps(say('disputed, no figure'))} : datum.state === 'shown' ? datum.label : "
            f"{json.dumps(nothing)}"
        )
        .encode(
            color=color,
            description=alt.Description("label:N"),
        )
        .project("naturalEarth1")
        .properties(width=width, height=round(width * 0.47))
    )
    return chart


def map_key() -> str:
    """Say what gray and hatching are."""
    return say("Gray: no data. Hatched: disputed, no figure.")


RULE_COLORS = {
    "own gain": "#7f7f7f",
    "shapley": "#542788",
    "nucleolus": "#e66101",
    "equal": "#1b9e77",
    "population": "#377eb8",
    "gdp": "#a6761d",
}


def shares_frame(shares: Shares) -> pd.DataFrame:
    """Return one row per player and rule: the share in USD million and in percent of GDP."""
    done, world = shares.sharing, shares.world
    gdp = shares.lattice.problem.before.value_added
    columns = ({} if done.own is None else {"own gain": done.own}) | dict(done.divisions)
    rows = [
        {
            "code": code,
            "name": name(code, world.names[world.index[code]]),
            "rule": known(rule),
            "musd": float(x[k]),
            "percent": 100.0 * float(x[k]) / float(gdp[k]),
        }
        for rule, x in columns.items()
        for k, code in enumerate(done.game.players)
    ]
    frame = pd.DataFrame(rows)
    frame["label"] = [
        say(
            "{name}, {rule}: {musd} USD million, {share} of GDP",
            name=who,
            rule=rule,
            musd=signed(musd, 0),
            share=percent(part),
        )
        for who, rule, musd, part in zip(
            frame["name"], frame["rule"], frame["musd"], frame["percent"], strict=True
        )
    ]
    return frame


def shares_dots(frame: pd.DataFrame, *, width: int) -> Picture:
    """Dot plot of every player's share under every rule, percent of its GDP."""
    colors = {known(rule): color for rule, color in RULE_COLORS.items()}
    rules = [rule for rule in colors if rule in set(frame["rule"])]
    value = frame[frame["rule"] == known("shapley")]
    order = list(value.sort_values("percent", ascending=False)["name"])
    chart: Picture = (
        alt.Chart(frame)
        .mark_point(filled=True, size=70, opacity=0.85)
        .encode(
            x=alt.X(
                "percent:Q",
                title=say("share, percent of GDP"),
                scale=alt.Scale(type="symlog", constant=0.5),
                axis=alt.Axis(values=[0, 0.5, 1, 2, 5, 10, 20, 50, 100], format="~g"),
            ),
            y=named("name", order, width, grid=True),
            color=alt.Color(
                "rule:N",
                scale=alt.Scale(domain=rules, range=[colors[rule] for rule in rules]),
                legend=alt.Legend(title=None, orient="top", columns=3 if width < 500 else 0),
            ),
            shape=alt.Shape("rule:N", scale=alt.Scale(domain=rules), legend=None),
            description=alt.Description("label:N"),
        )
        .properties(width=width - side(width), height=alt.Step(18))
    )
    return chart


def transfers_frame(shares: Shares, rule: str) -> pd.DataFrame:
    """Return what each player receives on balance under a rule, percent of GDP, for the map."""
    done, world = shares.sharing, shares.world
    own = np.zeros(done.game.n) if done.own is None else done.own
    gdp = shares.lattice.problem.before.value_added[: done.game.n]
    net = done.divisions[rule] - own
    frame = pd.DataFrame({"code": done.game.players, "welfare_percent": 100.0 * net / gdp})
    frame["label"] = [
        say(
            "{name}: receives {musd} USD million, {share} of GDP"
            if x > 0
            else "{name}: pays {musd} USD million, {share} of GDP",
            name=name(c, world.names[world.index[c]]),
            musd=plain(abs(x)),
            share=percent(p),
        )
        for c, x, p in zip(done.game.players, net, frame["welfare_percent"], strict=True)
    ]
    return frame


def write(make: Callable[[int], Picture], path: Path) -> None:
    """Write one chart alone, as its suffix says: .svg, .png (twice the pixels) or .html.

    Raises
    ------
    DataError
        Another suffix, or a place that cannot be written.
    """
    suffix = path.suffix.casefold()
    if suffix not in (".svg", ".png", ".html"):
        raise DataError(f"--chart {path}: a chart is written as .svg, .png or .html.")
    chart = make(ALONE)
    with replacing(path) as draft:
        if suffix == ".svg":
            draft.write_text(svg(chart, name="chart"), encoding="utf-8")
        elif suffix == ".png":
            draft.write_bytes(vl_convert.svg_to_png(svg(chart, name="chart"), scale=2.0))
        else:
            page = vl_convert.vegalite_to_html(_specification(chart), bundle=True)
            draft.write_text(page, encoding="utf-8")


def svg(chart: Picture, *, name: str) -> str:
    """Render a chart as SVG text; `name` keeps its ids apart from those of the page's others."""
    drawn = vl_convert.vegalite_to_svg(
        _specification(chart), format_locale=LOCALES[speech.language()]
    )
    picture = _rounded(str(drawn))
    if speech.language() != "en":
        picture = voices.voiced(picture)
    if f'fill="{HATCHED}"' in picture:
        picture = picture.replace(f'fill="{HATCHED}"', 'fill="url(#hatching)"')
        picture = re.sub(r"(<svg[^>]*>)", lambda head: head[1] + HATCHING, picture, count=1)
    ids = dict.fromkeys(re.findall(r'(?<=\bid=")[^"]+', picture))
    for k, old in enumerate(ids):  # vl-convert numbers on from chart to chart
        picture = re.sub(rf'(?<=["#]){re.escape(old)}(?=[")])', f"{name}-{k}", picture)
    return picture


def _specification(chart: Picture) -> dict[str, Any]:
    styled = (
        chart.configure(font=FONT, padding={"left": 24, "right": 12, "top": 10, "bottom": 6})
        .configure_view(stroke=None)
        .configure_axis(
            gridColor="#e6e6e6",
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
        )
    )
    with alt.data_transformers.enable("default", max_rows=None):
        specification: dict[str, Any] = styled.to_dict()
    _fold_titles(specification, ALONE, ALONE)
    return specification


def _fold_titles(part: Any, across: float, down: float) -> None:
    """Break the titles of axes into lines that are no longer than their axes, in place."""
    if isinstance(part, list):
        for each in part:
            _fold_titles(each, across, down)
        return
    if not isinstance(part, dict):
        return
    across, down = (
        size if isinstance(size := part.get(key), int | float) else before
        for key, before in (("width", across), ("height", down))
    )
    for key, room in (("x", across), ("y", down)):
        channel = part.get("encoding", {}).get(key, {})
        for titled in (channel, channel.get("axis")):
            if isinstance(titled, dict) and isinstance(title := titled.get("title"), str):
                lines = folded(title, room, size=11.0).split("\n")
                titled["title"] = lines if len(lines) > 1 else title
    for key in ("layer", "hconcat", "vconcat", "concat", "spec"):
        _fold_titles(part.get(key), across, down)


def _rounded(picture: str) -> str:
    """Give path coordinates one decimal, a tenth of a pixel: a third of the size."""
    return re.sub(
        r' d="([^"]+)"',
        lambda path: ' d="' + re.sub(r"-?\d+\.\d+", lambda x: f"{float(x[0]):.1f}", path[1]) + '"',
        picture,
    )
