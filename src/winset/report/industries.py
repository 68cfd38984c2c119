"""Which industries grow or shrink, and welfare taken apart: tables, charts, the report's section."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.display import Table
from winset.report.charts import GAIN, LOSS, NOTHING, named, side
from winset.report.labels import LINES, folded
from winset.report.sections import Grid, Section, figure
from winset.report.speech import known, percent, plain, say, signed, together
from winset.report.tables import number
from winset.report.words import names_of

if TYPE_CHECKING:
    from winset.report.charts import Picture
    from winset.studies.scenario_run import Study
    from winset.trade.effects.figures import Decomposition

#: Exact parts by what moves welfare, and by what it is worth; each set adds up.
SOURCES = {
    "own_trade_share": "own trade",
    "productivity": "productivity",
    "scale": "scale",
    "revenue": "tariff revenue",
    "export_tax": "export taxes",
    "transfers": "transfers",
    "employment": "employment",
}
PATH = {"terms_of_trade": "terms of trade", "volume": "volume of trade", "other": "other"}
FIRST_ORDER = {
    "welfare": "sum",
    "terms_of_trade": "terms of trade",
    "volume": "volume of trade",
    "real_wage": "real wage",
}
WARNING = (
    "The first-order sum is no welfare change: it weighs finite changes with the tariffs before. "
    "Published tables often print it as welfare; only the exact parts add up to the equivalent "
    "variation."
)
#: Changes shown beside that of the share.
PERCENT = ("output_percent", "exports_percent", "imports_percent")
MOST_MEMBERS = 40  # drawn; the tables and JSON have all
#: Parts that color-blind readers tell apart (after Okabe & Ito 2008).
COLORS = ("#542788", "#e69f00", "#56b4e9", "#b35806", "#009e73", "#7f7f7f", "#cc79a7")
NEGLIGIBLE = 5e-4  # percentage points: a part that rounds to nothing everywhere is not shown


def printed(study: Study, *, top: int) -> list[Table | str]:
    """Return what the terminal shows of a world with sectors: industries, then welfare in parts."""
    found: list[Table | str] = []
    if top:
        found.append(moves_table(study, top=top))
    found.extend(sentences(study))
    tables = parts(study, outsiders=top)
    if tables is not None:
        found.extend((*tables, WARNING))
    return found


def moves(study: Study) -> pd.DataFrame:
    """Return one row per economy and industry, by the change of its share in employment.

    `change_points` is in percentage points of the economy's employment: what moves from one industry
    to another, whatever the size of the economy, its wage or the numéraire; an economy's sum to zero.
    """
    result = study.result
    sectors = result.sectors
    if sectors is None:
        return pd.DataFrame()
    frame = sectors.table().reset_index()
    technology = result.world.technology
    names = result.world.sectors if technology is None else technology.names
    frame["name"] = frame["code"].map(names_of(result))
    spoken = dict(zip(result.world.sectors, map(known, names), strict=True))
    frame["industry"] = frame["sector"].map(spoken)
    frame["role"] = np.where(frame["code"].isin(result.members), "member", "outsider")
    share, new = frame["employment_share_percent"], frame["new_employment_share_percent"]
    frame["change_points"] = new - share
    return frame.sort_values(
        ["change_points", "code", "sector"], ascending=[False, True, True], ignore_index=True
    )


def moves_table(study: Study, *, top: int) -> Table:
    """Return the industries that grow and shrink most, members first; `top` of each."""
    frame = moves(study)
    table = Table("Which industries: change of their share in an economy's employment")
    table.names("code", "economy", "industry")
    table.figures("before %", "points")
    table.figures("output %", "exports %", "imports %", spare=True)
    for role in ("member", "outsider"):
        rows = frame[frame["role"] == role]
        for part, what in zip(_ends(rows, role, top), ("grow most", "shrink most"), strict=True):
            if part.empty:
                continue
            table.add_part(f"{role}s: {what}")
            for row in part.to_dict("records"):
                table.add_row(
                    row["code"],
                    row["name"],
                    row["industry"],
                    f"{row['employment_share_percent']:.2f}",
                    number(row["change_points"], 2),
                    *(number(row[key], 1) for key in PERCENT),
                )
    return table


def _ends(rows: pd.DataFrame, role: str, top: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the `top` industries that grow and that shrink most, of every member alike if few."""
    grown = rows[rows["change_points"] > NEGLIGIBLE]
    shrunk = rows[rows["change_points"] < -NEGLIGIBLE].iloc[::-1]
    members = rows["code"].nunique()
    if role == "member" and 0 < members <= top:
        each = top // members
        return grown.groupby("code").head(each), shrunk.groupby("code").head(each)
    return grown.head(top), shrunk.head(top)


def sentences(study: Study) -> tuple[str, ...]:
    """Say which industry of which member gains and loses most employment."""
    frame = moves(study)
    inside = frame[frame["role"] == "member"]
    if inside["change_points"].abs().max() <= NEGLIGIBLE:
        return (say("No member's industries change their share in its employment."),)
    best, worst = inside.iloc[0], inside.iloc[-1]
    said = [
        {
            "industry": row["industry"],
            "name": row["name"],
            "points": signed(row["change_points"], 2),
            "before": plain(row["employment_share_percent"], 2),
        }
        for row in (best, worst)
    ]
    return (
        say(
            "Grows most among members: {industry} in {name}, {points} points of its employment (from "
            "{before} %).",
            **said[0],
        ),
        say(
            "Shrinks most among members: {industry} in {name}, {points} points of its employment (from "
            "{before} %).",
            **said[1],
        ),
    )


def parts(study: Study, *, outsiders: int) -> tuple[Table, Table] | None:
    """Return welfare in exact parts, and the first-order sum apart from it."""
    taken = study.result.decomposition
    if taken is None:
        return None
    rows = _rows(study, outsiders)
    exact = Table("Welfare taken apart, percent: each group adds up to the equivalent variation")
    columns = exact_columns(taken)
    exact.names("code")
    exact.figures("welfare", *columns)
    first = Table("First order, percent: NOT welfare")
    first.names("code")
    first.figures(*FIRST_ORDER.values())
    for k in rows:
        code = taken.codes[k]
        cells = [taken.welfare[k], *(column[k] for column in columns.values())]
        exact.add_row(code, *(number(float(cell), 2) for cell in cells))
        first.add_row(code, *(number(float(taken.first_order[key][k]), 2) for key in FIRST_ORDER))
    return exact, first


def exact_columns(taken: Decomposition) -> dict[str, np.ndarray]:
    """Return the exact parts by heading; sources that are nothing everywhere are left out.

    The first column of each group is marked with = and the others with +, as a sum is written.
    """
    sources = {k: v for k, v in taken.sources.items() if np.abs(v).max() > NEGLIGIBLE}
    groups: list[dict[str, np.ndarray]] = [
        {say(SOURCES[key]): value for key, value in sources.items()},
        {say(PATH[key]): taken.path[key] for key in PATH},
        {say("change {n}", n=k): part for k, part in enumerate(taken.changes, 1)},
    ]
    return {
        f"{'+' if k else '='} {heading}": value
        for group in groups
        for k, (heading, value) in enumerate(group.items())
    }


def _rows(study: Study, outsiders: int) -> list[int]:
    """Positions of the members by gain, then of the outsiders that lose most."""
    result = study.result
    gain = result.welfare
    inside = np.isin(np.array(result.codes), result.members)
    order = np.argsort(-gain, kind="stable")
    losing = [k for k in order[::-1] if not inside[k]][:outsiders]
    return [int(k) for k in (*order[inside[order]], *losing)]


def sections(study: Study) -> tuple[Section, ...]:
    """Return what the report of a world with sectors has more: industries, and welfare in parts."""
    if study.result.sectors is None:
        return ()
    found = [_industries(study)]
    if study.result.decomposition is not None:
        found.append(_decomposition(study, study.result.decomposition))
    return tuple(found)


def _industries(study: Study) -> Section:
    frame = moves(study)
    inside = _largest(frame[frame["role"] == "member"])
    data = inside[
        [
            "code",
            "sector",
            "industry",
            "employment_share_percent",
            "change_points",
            "output_percent",
        ]
    ]
    listed: list[tuple[str | float | None, ...]] = [
        (
            f"{row['industry']}, {row['name']}",
            plain(row["employment_share_percent"], 2),
            *(None if row[key] != row[key] else row[key] for key in ("change_points", *PERCENT)),
        )
        for part in _ends(inside, "pooled", 10)
        for row in part.to_dict("records")
    ]
    headings = (
        say("grow and shrink most"),
        say("employment before, %"),
        say("points"),
        say("output, %"),
        say("exports, %"),
        say("imports, %"),
    )
    return Section(
        id="industries",
        title=say("Which industries"),
        paragraphs=(
            *sentences(study),
            say(
                "An industry grows here when its share in the employment of its economy does; the sum over "
                "industries is zero, since the change moves labor between them."
            ),
        ),
        figures=(
            figure(
                "heat",
                lambda width: heat(inside, order=list(study.world.sectors), width=width),
                caption=say(
                    "Change of an industry's share in the employment of each member, percentage points; "
                    "the scale ends at the 95th percentile."
                ),
                data=data,
            ),
        ),
        grids=(Grid(headings, tuple(listed), (2, 2, 1, 1, 1)),) if listed else (),
    )


def _largest(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the members whose industries move most, where there are more than can be drawn."""
    size = frame.groupby("code")["change_points"].agg(lambda x: x.abs().sum())
    return frame[frame["code"].isin(size.nlargest(MOST_MEMBERS).index)]


def heat(frame: pd.DataFrame, *, order: list[str], width: int) -> Picture:
    """Heat map: industries down, members across, color by the change of the employment share."""
    edge = max(float(np.nanpercentile(frame["change_points"].abs(), 95)), 1e-3)
    names = dict(zip(frame["sector"], frame["industry"], strict=True))
    frame = frame.assign(
        label=[
            say(
                "{industry}, {name}: {points} points of employment, from {before} %",
                industry=row["industry"],
                name=row["name"],
                points=signed(row["change_points"], 2),
                before=plain(row["employment_share_percent"], 2),
            )
            for row in frame.to_dict("records")
        ]
    )
    room = 112 if (small := width < 500) else 220
    frame["industry"] = [folded(industry, room, size=11.0) for industry in frame["industry"]]
    lines = max(industry.count("\n") for industry in frame["industry"]) + 1
    chart: Picture = (
        alt.Chart(frame)
        .mark_rect(stroke="#ffffff", strokeWidth=0.5)
        .encode(
            x=alt.X(
                "name:N", title=None, axis=alt.Axis(orient="top", labelAngle=-90, labelLimit=140)
            ),
            y=alt.Y(
                "industry:N",
                title=None,
                sort=[
                    folded(names[sector], room, size=11.0) for sector in order if sector in names
                ],
                axis=alt.Axis(labelLimit=room + 15, labelExpr=LINES),
            ),
            color=alt.Color(
                "change_points:Q",
                title=say("percentage points of employment"),
                scale=alt.Scale(domain=[-edge, 0, edge], range=[LOSS, NOTHING, GAIN], clamp=True),
                legend=alt.Legend(orient="bottom", gradientLength=min(300, width - 60)),
            ),
            description=alt.Description("label:N"),
        )
        .properties(width=width - room - (8 if small else 30), height=alt.Step(max(15, 12 * lines)))
    )
    return chart


def _decomposition(study: Study, taken: Decomposition) -> Section:
    names = names_of(study.result)
    rows = _rows(study, 0)
    columns = exact_columns(taken)
    exact: list[tuple[str | float | None, ...]] = [
        (names[taken.codes[k]], *(_cell(c[k]) for c in (taken.welfare, *columns.values())))
        for k in rows
    ]
    first: list[tuple[str | float | None, ...]] = [
        (names[taken.codes[k]], *(_cell(taken.first_order[key][k]) for key in FIRST_ORDER))
        for k in rows
    ]
    figures = []
    for name, group, labels, caption in (
        ("sources", taken.sources, SOURCES, say("What moves the welfare of each member, percent.")),
        (
            "path",
            taken.path,
            PATH,
            say("What the change of each member's trade is worth, percent."),
        ),
    ):
        frame = parts_frame(study, group, labels, rows[:MOST_MEMBERS])
        figures.append(
            figure(
                name,
                partial(stacked, frame),
                caption=together(
                    (caption, say("The mark is their sum, the equivalent variation."))
                ),
                data=frame.drop(columns="label"),
            )
        )
    return Section(
        id="parts",
        title=say("Welfare taken apart"),
        paragraphs=(
            say(
                "Each group of parts adds up to the equivalent variation, exactly: own trade (what imports "
                "save, directly and through inputs), tariff revenue, transfers and the rest; and, along "
                "the path from the tariffs before to those after, terms of trade and volume of trade. "
                "Where the scenario has several changes, the parts of each are their Shapley values."
            ),
            say(WARNING),
        ),
        figures=tuple(figures),
        grids=(
            Grid(
                (say("exact, %"), say("welfare"), *columns), tuple(exact), (2,) * (1 + len(columns))
            ),
            Grid(
                (
                    say("first order, %: not welfare"),
                    *(say(FIRST_ORDER[key]) for key in FIRST_ORDER),
                ),
                tuple(first),
                (2,) * len(FIRST_ORDER),
            ),
        ),
    )


def _cell(value: float) -> float:
    """Round as the table does, so that a loss of nothing is not colored as a loss."""
    return round(float(value), 2) + 0.0


def parts_frame(
    study: Study, group: dict[str, np.ndarray], labels: dict[str, str], rows: list[int]
) -> pd.DataFrame:
    """Return one row per member and part that is not nothing everywhere."""
    world, names, welfare = (
        study.world,
        names_of(study.result),
        100.0 * (study.result.welfare - 1.0),
    )
    shown = [k for k in labels if k in group and np.abs(group[k]).max() > NEGLIGIBLE]
    return pd.DataFrame(
        [
            {
                "code": world.codes[k],
                "name": names[world.codes[k]],
                "part": say(labels[key]),
                "percent": float(group[key][k]),
                "welfare_percent": float(welfare[k]),
                "label": say(
                    "{name}, {part}: {percent}",
                    name=names[world.codes[k]],
                    part=say(labels[key]),
                    percent=percent(float(group[key][k])),
                ),
            }
            for k in rows
            for key in shown
        ],
        columns=["code", "name", "part", "percent", "welfare_percent", "label"],
    )


def stacked(frame: pd.DataFrame, width: int) -> Picture:
    """Stacked bars of the parts of each member's welfare, with a mark at their sum."""
    parts_, order = (list(dict.fromkeys(frame[key])) for key in ("part", "name"))
    y = named("name", order, width)
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "percent:Q",
                title=say("percent of welfare"),
                axis=alt.Axis(tickCount=max(3, width // 120)),
            ),
            y=y,
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=parts_, range=list(COLORS[: len(parts_)])),
                legend=alt.Legend(title=None, orient="top", columns=2 if width < 500 else 0),
            ),
            description=alt.Description("label:N"),
        )
    )
    sums = (
        alt.Chart(frame.drop_duplicates("code"))
        .mark_tick(color="#1b1b1f", thickness=3, size=14)
        .encode(x="welfare_percent:Q", y=y)
    )
    return alt.layer(bars, sums).properties(width=width - side(width), height=alt.Step(20))
