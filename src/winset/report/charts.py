"""Charts and the map, each made once and used by the report and the web page.

Every chart is an altair chart; `svg` turns it into a picture whose marks carry their figures as
labels, so that it reads without scripts, scales, prints, and speaks to a screen reader.
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

from winset.display import signed
from winset.errors import DataError
from winset.files import replacing
from winset.worlds.package import DATA

Picture = alt.Chart | alt.LayerChart | alt.FacetChart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winset.studies.scenario_run import Study
    from winset.studies.sharing import Shares

#: Diverging colors that color-blind readers tell apart (ColorBrewer PuOr); zero is white.
LOSS, NOTHING, GAIN = "#b35806", "#f7f7f7", "#542788"
NO_DATA = "#d9d9d9"
ALONE = 860  # width of a chart that stands alone
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"

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
    frame["label"] = [
        f"{name}: {signed(gain, 2)} %, {signed(musd, 0)} USD million"
        for name, gain, musd in zip(
            frame["name"], frame["welfare_percent"], frame["welfare_musd"], strict=True
        )
    ]
    return frame[
        ["code", "name", "role", "welfare_percent", "welfare_musd", "inside_trade", "label"]
    ]


def bars(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bar chart of the members' gains in percent, largest first."""
    members = frame[frame["role"] == "member"]
    label = "code" if width < 500 else "name"
    shown = members.nlargest(40, "welfare_percent")
    if len(members) > len(shown):
        shown = pd.concat(
            [members.nlargest(20, "welfare_percent"), members.nsmallest(20, "welfare_percent")]
        )
    chart: Picture = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            x=alt.X(
                "welfare_percent:Q",
                title="equivalent variation, percent of welfare",
                axis=alt.Axis(tickCount=max(3, width // 90)),
            ),
            y=alt.Y(f"{label}:N", sort="-x", title=None, axis=alt.Axis(minExtent=48)),
            color=alt.condition("datum.welfare_percent < 0", alt.value(LOSS), alt.value(GAIN)),
            description=alt.Description("label:N"),
        )
        .properties(width=width - 140 * (label == "name"), height=alt.Step(16))
    )
    return chart


def scatter(frame: pd.DataFrame, *, width: int) -> Picture:
    """Scatter of gain against trade with the group, over value added."""
    base = alt.Chart(frame[frame["inside_trade"] > 0]).encode(
        x=alt.X(
            "inside_trade:Q",
            title="trade with the group before, percent of value added",
            scale=alt.Scale(type="symlog", constant=1),
            axis=alt.Axis(values=[0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
        ),
        y=alt.Y("welfare_percent:Q", title="gain, percent"),
    )
    points = base.mark_circle(size=46, opacity=0.75).encode(
        color=alt.Color(
            "role:N",
            scale=alt.Scale(domain=["member", "outsider"], range=[GAIN, "#8c8c8c"]),
            legend=alt.Legend(title=None, orient="top-left"),
        ),
        description=alt.Description("label:N"),
    )
    names = base.mark_text(align="left", dx=6, fontSize=9).encode(text="code:N")
    named = names.transform_filter("datum.role == 'member'")
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color="#999").encode(y="y:Q")
    return alt.layer(zero, points, named).properties(width=width, height=min(380, width))


def world_map(frame: pd.DataFrame, *, width: int, title: str = "gain, percent") -> Picture:
    """World map of a percentage; the color scale ends at the 95th percentile."""
    edge = max(float(np.nanpercentile(frame["welfare_percent"].abs(), 95)), 1e-3)
    land = alt.InlineData(
        values=shapes(), format=alt.TopoDataFormat(type="topojson", feature="world")
    )
    scale = alt.Scale(domain=[-edge, 0, edge], range=[LOSS, NOTHING, GAIN], clamp=True)
    legend = alt.Legend(orient="bottom", gradientLength=min(300, width - 60))
    color = alt.Color("welfare_percent:Q", title=title, scale=scale, legend=legend)
    chart: Picture = (
        alt.Chart(land)
        .mark_geoshape(stroke="#aaaaaa", strokeWidth=0.3, invalid=None)
        .transform_lookup(
            lookup="properties.code",
            from_=alt.LookupData(frame, "code", ["welfare_percent", "label"]),
        )
        .transform_calculate(label="isValid(datum.label) ? datum.label : 'no data'")
        .encode(
            color=alt.condition("datum.label !== 'no data'", color, alt.value(NO_DATA)),
            description=alt.Description("label:N"),
        )
        .project("naturalEarth1")
        .properties(width=width, height=round(width * 0.47))
    )
    return chart


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
    gdp = shares.lattice.problem.base.output * shares.lattice.problem.base.beta
    columns = ({} if done.own is None else {"own gain": done.own}) | dict(done.divisions)
    rows = [
        {
            "code": code,
            "name": world.names[world.index[code]],
            "rule": rule,
            "musd": float(x[k]),
            "percent": 100.0 * float(x[k]) / float(gdp[k]),
        }
        for rule, x in columns.items()
        for k, code in enumerate(done.game.players)
    ]
    frame = pd.DataFrame(rows)
    frame["label"] = [
        f"{name}, {rule}: {signed(musd, 0)} USD million, {signed(percent, 2)} % of GDP"
        for name, rule, musd, percent in zip(
            frame["name"], frame["rule"], frame["musd"], frame["percent"], strict=True
        )
    ]
    return frame


def shares_dots(frame: pd.DataFrame, *, width: int) -> Picture:
    """Dot plot of every player's share under every rule, percent of its GDP."""
    rules = [rule for rule in RULE_COLORS if rule in set(frame["rule"])]
    label = "code" if width < 500 else "name"
    value = frame[frame["rule"] == "shapley"]
    order = list(value.sort_values("percent", ascending=False)[label])
    chart: Picture = (
        alt.Chart(frame)
        .mark_point(filled=True, size=70, opacity=0.85)
        .encode(
            x=alt.X(
                "percent:Q",
                title="share, percent of GDP",
                scale=alt.Scale(type="symlog", constant=0.5),
                axis=alt.Axis(values=[0, 0.5, 1, 2, 5, 10, 20, 50, 100], format="~g"),
            ),
            y=alt.Y(f"{label}:N", sort=order, title=None, axis=alt.Axis(grid=True, minExtent=48)),
            color=alt.Color(
                "rule:N",
                scale=alt.Scale(domain=rules, range=[RULE_COLORS[rule] for rule in rules]),
                legend=alt.Legend(title=None, orient="top", columns=3 if width < 500 else 0),
            ),
            shape=alt.Shape("rule:N", scale=alt.Scale(domain=rules), legend=None),
            description=alt.Description("label:N"),
        )
        .properties(width=width - 140 * (label == "name"), height=alt.Step(18))
    )
    return chart


def transfers_frame(shares: Shares, rule: str) -> pd.DataFrame:
    """Return what each player receives on balance under a rule, percent of GDP, for the map."""
    done, world = shares.sharing, shares.world
    own = np.zeros(done.game.n) if done.own is None else done.own
    gdp = (shares.lattice.problem.base.output * shares.lattice.problem.base.beta)[: done.game.n]
    net = done.divisions[rule] - own
    frame = pd.DataFrame({"code": done.game.players, "welfare_percent": 100.0 * net / gdp})
    frame["label"] = [
        f"{world.names[world.index[c]]}: {'receives' if x > 0 else 'pays'} "
        f"{abs(x):,.0f} USD million, {signed(p, 2)} % of GDP"
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
            draft.write_bytes(vl_convert.vegalite_to_png(_specification(chart), scale=2.0))
        else:
            page = vl_convert.vegalite_to_html(_specification(chart), bundle=True)
            draft.write_text(page, encoding="utf-8")


def svg(chart: Picture, *, name: str) -> str:
    """Render a chart as SVG text; `name` keeps its ids apart from those of the page's others."""
    picture = _rounded(str(vl_convert.vegalite_to_svg(_specification(chart))))
    ids = dict.fromkeys(re.findall(r'(?<=\bid=")[^"]+', picture))
    for k, old in enumerate(ids):  # vl-convert numbers on from chart to chart
        picture = re.sub(rf'(?<=["#]){re.escape(old)}(?=[")])', f"{name}-{k}", picture)
    return picture


def _specification(chart: Picture) -> dict[str, Any]:
    styled = (
        chart.configure(font=FONT, padding={"left": 24, "right": 12, "top": 6, "bottom": 6})
        .configure_view(stroke=None)
        .configure_axis(
            gridColor="#e6e6e6", labelFontSize=11, titleFontSize=11, titleFontWeight="normal"
        )
    )
    with alt.data_transformers.enable("default", max_rows=None):
        specification: dict[str, Any] = styled.to_dict()
    return specification


def _rounded(picture: str) -> str:
    """Give path coordinates one decimal, a tenth of a pixel: a third of the size."""
    return re.sub(
        r' d="([^"]+)"',
        lambda path: ' d="' + re.sub(r"-?\d+\.\d+", lambda x: f"{float(x[0]):.1f}", path[1]) + '"',
        picture,
    )
