"""How sure a result is: tables for the terminal, charts and the report's section.

It is one file because table, chart and sentence are made of the same frame of intervals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from winset.display import Table
from winset.report import charts
from winset.report.charts import GAIN, LOSS, named, side
from winset.report.sections import Figure, Grid, Section, figure
from winset.report.speech import (
    clauses,
    known,
    language,
    listed,
    local,
    plain,
    say,
    signed,
    together,
)
from winset.report.speech import percent as percent_signed
from winset.report.tables import number
from winset.report.words import names_of, reason
from winset.trade.uncertainty.intervals import REST, TOTALS
from winset.trade.uncertainty.sampling import DEFICITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winset.report.charts import Picture
    from winset.studies.scenario_run import Study
    from winset.trade.effects.sweep import Sweep
    from winset.trade.uncertainty.intervals import Intervals

OUTSIDERS = 8  # the worst ones, in charts
MOST_MEMBERS = 40
CURVES = 8  # members with a curve of their own
COLUMNS = 6  # members with a column of their own in the terminal
FIGURES = ("baseline", "low", "median", "high")
WHO = {"members_musd": "members", "outsiders_musd": "outsiders", "world_musd": "world"}
RANGE = {
    "members_musd": "Members: {musd}, from {low} to {high} billion USD of {year} a year.",
    "outsiders_musd": "Outsiders: {musd}, from {low} to {high} billion USD of {year} a year.",
    "world_musd": "World: {musd}, from {low} to {high} billion USD of {year} a year.",
}
#: What draws vary, by the name of the scalar.
DRIVERS = {
    "trade_elasticity": "the trade elasticity",
    "value_added_share": "the value-added share",
    DEFICITS: "the rule on deficits",
}
NAMED = 5  # members that a sentence names


def percent(share: float) -> str:
    """Write a share in percent: whole, but never 100 or 0 where it is not all or none.

    >>> percent(0.9981), percent(1.0), percent(0.934)
    ('99.8 %', '100 %', '93 %')
    """
    digits = 1 if 0.0 < share < 0.01 or 0.99 < share < 1.0 else 0
    return f"{plain(100 * share, digits)}{'' if language() == 'zh' else ' '}%"


def readable(scalar: str) -> str:
    """Write the name of a scalar for a sentence.

    >>> readable("trade_elasticity of Textile")
    'the trade elasticity of Textile'
    """
    if scalar == REST:
        return say("the errors of the flows and on interactions")
    figure, _, where = scalar.partition(" of ")
    said = say(DRIVERS.get(figure, "the trade elasticity"))
    return say("{figure} of {where}", figure=said, where=known(where)) if where else said


def sentences(doubt: Intervals) -> tuple[str, ...]:
    """Say how sure it is that all members gain, and which member is least sure."""
    inside = np.isin(np.array(doubt.result.codes), doubt.result.members)
    rows = np.flatnonzero(inside)
    names = names_of(doubt.result)
    codes = doubt.result.codes
    count = int(doubt.draws.kept.sum())
    sure = {"share": percent(doubt.all_members_gain), "n": count}
    said = [
        say("All members gain in {share} of {n} draws.", **sure)
        if len(rows) > 1
        else say("{name} gains in {share} of {n} draws.", name=names[codes[rows[0]]], **sure)
    ]
    chance = doubt.chance[rows]
    if len(rows) > 1 and doubt.all_members_gain < 1.0:
        never = int((chance == 0.0).sum())
        always = {"n": int((chance == 1.0).sum()), "all": len(rows)}
        said.append(
            say("{n} of {all} gain in every draw, {never} in none.", never=never, **always)
            if never
            else say("{n} of {all} gain in every draw.", **always)
        )
        torn = [k for k in rows if 0.0 < doubt.chance[k] < 1.0]
        torn = sorted(torn, key=lambda k: (abs(doubt.chance[k] - 0.5), k))[:NAMED]
        if torn:
            listing = listed(f"{names[codes[k]]} ({percent(doubt.chance[k])})" for k in torn)
            said.append(
                say(
                    "Least sure, with the share of draws in which it gains: {listing}.",
                    listing=listing,
                )
            )
    shares = doubt.drivers["members_musd"]
    if len(doubt.names) > 1 and np.isfinite(shares).all():
        top = int(np.argmax(shares))
        said.append(
            say(
                "What the members gain together depends most on {scalar}: {share} of the spread.",
                scalar=readable(doubt.names[top]),
                share=percent(shares[top]),
            )
        )
    only = "" if len(rows) > 1 else names[codes[rows[0]]]
    said += [_by_rule(doubt, only)] if doubt.by_rule else []
    if left := len(doubt.draws.left_out):
        said.append(
            say(
                "{n} of {all} draws cannot be solved and are left out; the first: {why}",
                n=left,
                all=len(doubt.sample),
                why=reason(doubt.draws.left_out[0][1]),
            )
        )
    return tuple(said)


def _by_rule(doubt: Intervals, who: str) -> str:
    """Say what the draws under each rule on deficits say; `who` is the only member, if there is one."""
    parts = [
        say(
            "{rule} {share} ({musd})",
            rule=known(one.rule),
            share=percent(one.all_members_gain),
            musd=signed(one.totals["members_musd"][1] / 1e3, 1),
        )
        for one in doubt.by_rule
    ]
    if not who:
        return say(
            "The rule on deficits is drawn too; all members gain, by rule (members' median, billion "
            "USD): {parts}.",
            parts=listed(parts),
        )
    return say(
        "The rule on deficits is drawn too; {name} gains, by rule (members' median, billion USD): "
        "{parts}.",
        name=who,
        parts=listed(parts),
    )


def gains(study: Study, doubt: Intervals, *, outsiders: int) -> Table:
    """Return the members by gain, then the outsiders that lose most, each with its interval."""
    frame = _frame(doubt)
    members = frame[frame["role"] == "member"]
    outside = frame[frame["role"] == "outsider"].nsmallest(outsiders, "baseline")
    table = Table(study.scenario.title)
    table.names("code", "economy")
    table.figures("welfare %", "2.5 %")
    table.figures("median", spare=True)
    table.figures("97.5 %", "gains in")
    table.figures("USD mn", spare=True)
    for part, rows in (("members", members), (f"outsiders losing most ({outsiders})", outside)):
        if rows.empty:
            continue
        table.add_part(part)
        for row in rows.to_dict("records"):
            table.add_row(
                row["code"],
                row["name"],
                *(number(row[key], 2) for key in FIGURES),
                percent(row["gains"]),
                number(row["musd"], 0),
            )
    return table


def totals(doubt: Intervals) -> list[str]:
    """Return the intervals of the totals, a line each."""
    baselines = doubt.baselines()
    return [
        say(
            RANGE[key],
            musd=signed(baselines[key] / 1e3, 1),
            low=signed(low / 1e3, 1),
            high=signed(high / 1e3, 1),
            year=str(doubt.result.world.year),
        )
        for key in TOTALS
        for low, _, high in [doubt.totals[key]]
    ]


def footer(doubt: Intervals) -> str:
    """Return what was drawn from what, and how the draws were solved."""
    return (
        f"{len(doubt.sample)} draws, seed {doubt.sample.seed}: {'; '.join(drawn(doubt))}\n"
        f"largest residual of a draw {doubt.draws.max_residual:.1e}; "
        f"{doubt.draws.resolved_by_newton} solved again by Newton's method"
    )


def drawn(doubt: Intervals) -> list[str]:
    """Say what was drawn from which distribution, the elasticities by sector in one."""
    every = doubt.sample.distributions
    by_sector = [given["sigma"] for name, given in every.items() if " of " in name]
    said = [f"{name} {_described(given)}" for name, given in every.items() if " of " not in name]
    if by_sector:
        said.insert(
            0,
            say(
                "trade_elasticity by sector lognormal (sigma {low} to {high}, median each sector's own)",
                low=local(f"{min(by_sector):.3g}"),
                high=local(f"{max(by_sector):.3g}"),
            ),
        )
    return said


def _described(given: Mapping[str, Any]) -> str:
    numbers = [
        f"{say(k)} {local(f'{v:.3g}')}" for k, v in given.items() if k not in ("distribution", "of")
    ]
    inner = clauses([*numbers, *([known(given["of"])] if "of" in given else [])])
    kind = known(str(given["distribution"]))
    return f"{kind} ({inner})" if inner else kind


def sweep_table(sweep: Sweep) -> Table:
    """Return a row for every value: the totals, and the welfare of the largest members."""
    first = sweep.results[0]
    rows = _largest(sweep)[:COLUMNS]
    table = Table(f"{first.scenario.title}: {sweep.range.key}")
    table.figures(sweep.range.key, "members bn", "outsiders bn", "world bn", "gain")
    table.figures(*(f"{first.codes[k]} %" for k in rows), spare=True)
    welfare = sweep.column("welfare_percent")
    for value, summary, gain in zip(sweep.range.points, sweep.summaries(), welfare, strict=True):
        members = summary["members_gaining"]
        table.add_row(
            f"{value:g}".replace("-", "−"),
            *(number(summary[key] / 1e3, 1) for key in TOTALS),
            f"{members} of {len(first.members)}",
            *(number(float(gain[k]), 2) for k in rows),
        )
    return table


def _largest(sweep: Sweep) -> list[int]:
    """Positions of the members with the largest income, the first `CURVES`."""
    first = sweep.results[0]
    rows = [first.world.index[code] for code in first.members]
    return sorted(rows, key=lambda k: (-first.income[k], first.codes[k]))[:CURVES]


def _frame(doubt: Intervals) -> pd.DataFrame:
    """One row per economy: interval of welfare, chance of gaining; members first, by gain."""
    result = doubt.result
    low, median, high = doubt.quantiles["welfare_percent"]
    inside = set(result.members)
    frame = pd.DataFrame(
        {
            "code": result.codes,
            "name": list(names_of(result).values()),
            "role": ["member" if code in inside else "outsider" for code in result.codes],
            "baseline": result.columns()["welfare_percent"],
            "low": low,
            "median": median,
            "high": high,
            "gains": doubt.chance,
            "musd": result.equivalent_variation,
        }
    )
    return frame.sort_values(["role", "baseline"], ascending=[True, False], ignore_index=True)


def interval_frame(doubt: Intervals) -> pd.DataFrame:
    """Return what the interval plot shows: the members, and the outsiders that lose most."""
    frame = _frame(doubt)
    members = frame[frame["role"] == "member"]
    if len(members) > MOST_MEMBERS:
        half = MOST_MEMBERS // 2
        members = pd.concat([members.head(half), members.tail(half)])
    outside = frame[frame["role"] == "outsider"].nsmallest(OUTSIDERS, "baseline")
    shown = pd.concat([members, outside], ignore_index=True)
    shown["chance"] = [percent(share) for share in shown["gains"]]
    shown["label"] = [
        say(
            "{name}: {gain}, in 95 % of draws between {low} and {high}; gains in {chance}",
            name=row["name"],
            gain=percent_signed(row["baseline"]),
            low=signed(row["low"], 2),
            high=percent_signed(row["high"]),
            chance=row["chance"],
        )
        for row in shown.to_dict("records")
    ]
    return shown


def interval_plot(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bars from the 2.5th to the 97.5th percentile, a dot at the result, and the chance of gaining."""
    y = named("name", list(frame["name"]), width, grid=True)
    room = side(width) + 50
    edge = float(np.abs(frame[["low", "high", "baseline"]].to_numpy()).max())
    bend = max(edge / 40.0, 1e-6)  # linear below, logarithmic above
    sizes = [m * 10.0**k for k in range(-6, 4) for m in (1, 2, 5)]
    shown = [t for t in sizes if bend <= t <= edge]
    ticks = sorted([-t for t in shown] + [0.0] + shown)
    x = alt.X(
        "low:Q",
        title=say("welfare, percent"),
        scale=alt.Scale(type="symlog", constant=bend),
        axis=alt.Axis(values=ticks, format="~g", labelOverlap=True),
    )
    color = alt.condition("datum.baseline < 0", alt.value(LOSS), alt.value(GAIN))
    base = alt.Chart(frame)
    bars = base.mark_rule(strokeWidth=5, opacity=0.4).encode(
        x=x, x2="high:Q", y=y, color=color, description=alt.Description("label:N")
    )
    dots = base.mark_circle(size=46, opacity=1).encode(x=alt.X("baseline:Q"), y=y, color=color)
    zero = alt.Chart(pd.DataFrame({"x": [0]})).mark_rule(color="#777").encode(x="x:Q")
    chance = base.mark_text(align="left", fontSize=10, dx=6).encode(
        x=alt.value(width - room), y=y, text="chance:N"
    )
    return alt.layer(zero, bars, dots, chance).properties(
        width=width - room,
        height=alt.Step(15),
        title=alt.Title(
            say("gains in"), anchor="end", fontSize=10, fontWeight="normal", frame="group", dx=44
        ),
    )


def driver_frame(doubt: Intervals) -> pd.DataFrame:
    """Return the shares of the spread of the members' total, the largest ten and the rest."""
    shares = doubt.drivers["members_musd"]
    order = [k for k in np.argsort(-shares) if doubt.names[k] != REST][:10]
    rows = [(readable(doubt.names[k]).removeprefix("the "), 100 * float(shares[k])) for k in order]
    rows.append((say("flows, interactions"), 100 * float(shares[-1])))
    frame = pd.DataFrame(rows, columns=["driver", "share_percent"])
    frame["label"] = [
        say("{driver}: {share} % of the spread", driver=d, share=plain(s)) for d, s in rows
    ]
    return frame


def driver_bars(frame: pd.DataFrame, *, width: int) -> Picture:
    """Bars of what drives the spread."""
    chart: Picture = (
        alt.Chart(frame)
        .mark_bar(color=GAIN)
        .encode(
            x=alt.X("share_percent:Q", title=say("percent of the spread of ranks")),
            y=alt.Y(
                "driver:N",
                sort=list(frame["driver"]),
                title=None,
                axis=alt.Axis(labelLimit=120 if width < 500 else 240),
            ),
            description=alt.Description("label:N"),
        )
        .properties(width=width - (150 if width < 500 else 260), height=alt.Step(18))
    )
    return chart


def sweep_frame(sweep: Sweep) -> pd.DataFrame:
    """Return one row per value and curve: totals in billion USD, members in percent."""
    first = sweep.results[0]
    names = names_of(first)
    welfare = sweep.column("welfare_percent")
    rows = [
        {
            "value": value,
            "curve": say(WHO[key]),
            "unit": "billion USD",
            "figure": summary[key] / 1e3,
        }
        for value, summary in zip(sweep.range.points, sweep.summaries(), strict=True)
        for key in TOTALS
    ]
    rows += [
        {
            "value": value,
            "curve": names[first.codes[k]],
            "unit": "percent",
            "figure": float(welfare[m, k]),
        }
        for m, value in enumerate(sweep.range.points)
        for k in _largest(sweep)
    ]
    return pd.DataFrame(rows)


def sweep_curves(frame: pd.DataFrame, key: str, unit: str, *, width: int) -> Picture:
    """Curves over the swept number, of the totals or of the largest members."""
    shown = frame[frame["unit"] == unit]
    curves = list(dict.fromkeys(shown["curve"]))
    title = say("gain, billion USD a year") if unit == "billion USD" else say("welfare, percent")
    zero = alt.Chart(pd.DataFrame({"y": [0]})).mark_rule(color="#999").encode(y="y:Q")
    encoded = alt.Chart(shown).encode(
        x=alt.X("value:Q", title=key, scale=alt.Scale(zero=False)),
        y=alt.Y("figure:Q", title=title),
        color=alt.Color(
            "curve:N",
            scale=alt.Scale(domain=curves, scheme="dark2"),
            legend=alt.Legend(title=None, orient="top", columns=2 if width < 500 else 4),
        ),
        strokeDash=alt.StrokeDash("curve:N", scale=alt.Scale(domain=curves), legend=None),
    )
    lines = encoded.mark_line(strokeWidth=2)
    return alt.layer(zero, lines).properties(width=width - 60, height=min(300, width - 60))


def write_chart(study: Study, path: Path) -> None:
    """Write one chart alone: of the intervals, else of the sweep, else of the members' gains."""
    if study.intervals is not None:
        frame = interval_frame(study.intervals)
        charts.write(lambda width: interval_plot(frame, width=width), path)
    elif study.sweep is not None:
        curves, key = sweep_frame(study.sweep), study.sweep.range.key
        charts.write(lambda width: sweep_curves(curves, key, "billion USD", width=width), path)
    else:
        gained = charts.gains_frame(study)
        charts.write(lambda width: charts.bars(gained, width=width), path)


def sections(study: Study) -> list[Section]:
    """Return the report's sections on intervals and on the sweep, where the study has them."""
    result = []
    if study.intervals is not None:
        result.append(_doubt_section(study.intervals))
    if study.sweep is not None:
        result.append(_sweep_section(study.sweep))
    return result


def _doubt_section(doubt: Intervals) -> Section:
    frame = interval_frame(doubt)
    kept = int(doubt.draws.kept.sum())
    rows: tuple[tuple[str | float | None, ...], ...] = tuple(
        (
            row["name"],
            *(float(row[key]) for key in FIGURES),
            percent(row["gains"]),
        )
        for row in frame.to_dict("records")
    )
    return Section(
        id="doubt",
        title=say("How sure is this?"),
        paragraphs=(
            together(
                (
                    say(
                        "The elasticities, the value-added shares and the trade flows are known with an "
                        "error, and no data tell what deficits do. {n} {n|time|times} they were drawn "
                        "anew (seed {seed}) and the equilibrium solved again.",
                        n=len(doubt.sample),
                        seed=str(doubt.sample.seed),
                    ),
                    *sentences(doubt),
                )
            ),
            together(totals(doubt)),
        ),
        figures=(
            figure(
                "intervals",
                lambda width: interval_plot(frame, width=width),
                caption=say(
                    "Welfare of the members and of the outsiders that lose most: the dot is the result, "
                    "the bar holds 95 % of {n} draws, the column at the right says in how many the "
                    "economy gains. The scale is logarithmic away from zero.",
                    n=kept,
                ),
                data=frame.drop(columns=["label", "chance"]),
            ),
            *_driver_figure(doubt),
        ),
        grids=(
            Grid(
                (
                    say("economy"),
                    say("welfare, %"),
                    local("2.5 %"),
                    say("median"),
                    local("97.5 %"),
                    say("gains in"),
                ),
                rows,
                (2, 2, 2, 2, 0),
            ),
        ),
        items=tuple(say("Drawn: {said}.", said=said) for said in drawn(doubt)),
    )


def _driver_figure(doubt: Intervals) -> tuple[Figure, ...]:
    """Return the bars of what drives the spread, none with too few draws to tell."""
    if not np.isfinite(doubt.drivers["members_musd"]).all():
        return ()
    frame = driver_frame(doubt)
    return (
        figure(
            "drivers",
            lambda width: driver_bars(frame, width=width),
            caption=say(
                "What the spread of the members' gain together comes from, by a regression of ranks over "
                "the draws."
            ),
            data=frame.drop(columns="label"),
        ),
    )


def _sweep_section(sweep: Sweep) -> Section:
    frame, key = sweep_frame(sweep), sweep.range.key
    first, last = sweep.range.points[0], sweep.range.points[-1]
    return Section(
        id="sweep",
        title=say("If {key} were another", key=key),
        paragraphs=(
            say(
                "The equilibrium was solved for {n} {n|value|values} of {key}, from {first} to {last}, all "
                "else equal.",
                n=len(sweep.results),
                key=key,
                first=local(f"{first:g}"),
                last=local(f"{last:g}"),
            ),
        ),
        figures=(
            figure(
                "sweep-totals",
                lambda width: sweep_curves(frame, key, "billion USD", width=width),
                caption=say("Gains together, billion USD a year."),
                data=frame[frame["unit"] == "billion USD"],
            ),
            figure(
                "sweep-members",
                lambda width: sweep_curves(frame, key, "percent", width=width),
                caption=say("Welfare of the largest members, percent."),
                data=frame[frame["unit"] == "percent"],
            ),
        ),
    )
