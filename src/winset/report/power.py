"""Chart, section and page of voting power."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.governance.voting.majorities import population
from winset.report import votes
from winset.report.charts import GAIN, LOSS
from winset.report.labels import place, round_numbers, written
from winset.report.page import Sheet
from winset.report.sections import Grid, Section, figure
from winset.report.speech import coded, few, known, language, listed, local, name, plain, say

if TYPE_CHECKING:
    from winset.governance.voting.power_indices import Power
    from winset.governance.voting.unions import UnionPower
    from winset.report.charts import Picture

#: Large numbers on an axis, in words.
WORDS = {
    "en": "replace(replace(format(datum.value, '~s'), 'G', ' bn'), 'M', ' m')",
    "ru": "replace(replace(replace(format(datum.value, '~s'), 'G', ' млрд'), 'M', ' млн'), 'k', ' тыс.')",
    "zh": "datum.value >= 1e8 ? format(datum.value / 1e8, '~g') + '亿' : datum.value >= 1e4 ? "
    "format(datum.value / 1e4, '~g') + '万' : format(datum.value, '~g')",
}

METHODS = {
    "enumeration": "Every coalition was looked at; counts are exact.",
    "kinds": "Every coalition was looked at, equal members taken together; counts are exact.",
    "weights": "Coalitions were counted by their total weight, in whole numbers without rounding; "
    "Shapley–Shubik, Deegan–Packel and the public good index are exact to about twelve digits.",
    "lattice": "Coalitions were counted by their joint totals, in whole numbers without rounding.",
    "Monte Carlo": "Coalitions and orders were drawn at random; standard errors are stated.",
}


def frame(power: Power) -> pd.DataFrame:
    """Return what the chart draws: a row for each member, power in percent, size and per head.

    Size is population; where a member has none (the states of a federation, parties), it is the
    weight in the first majority.
    """
    codes = [member.code for member in power.members]
    persons = population(codes)
    by_people = all(figure is not None for figure in persons)
    heads = votes.per_head(power)
    total = math.fsum(member.weights[0] for member in power.members)
    table = pd.DataFrame(
        {
            "code": codes,
            "name": [name(c) for c in codes],
            "size": [float(n or 0) for n in persons]
            if by_people
            else [float(member.weights[0]) for member in power.members],
            "weight_percent": [100 * m.weights[0] / total for m in power.members],
            "banzhaf_percent": 100 * power.column("banzhaf"),
            "shapley_shubik_percent": 100 * power.column("shapley_shubik"),
            "banzhaf_absolute": power.column("banzhaf_absolute"),
            "per_head": [heads.get(c, math.nan) for c in codes],
        }
    )
    table["label"] = [
        say(
            "{name}: {n} people, {share} % of the power, {heads} times the average per head"
            if by_people
            else "{name}: {n} votes, {share} % of the power",
            name=row["name"],
            n=plain(float(row["size"])),
            share=plain(float(row["banzhaf_percent"]), 2),
            heads=local(f"{row['per_head']:.2f}"),
        )
        for row in table.to_dict("records")
    ]
    table.attrs["size"] = "population" if by_people else "weight"
    return table


def power_chart(table: pd.DataFrame, *, width: int) -> Picture:
    """Scatter of power against population, both axes logarithmic.

    The line is where every person has the mean power: power with the square root of population
    (Penrose 1946); against weight, where power is proportional to it. Dummies have no logarithm and
    are left out.
    """
    people = table.attrs["size"] == "population"
    shown = table[(table["banzhaf_percent"] > 0) & (table["size"] > 0)]
    shown = shown.sort_values(["size", "code"], ascending=[False, True]).reset_index(drop=True)
    ratio = shown["per_head"] if people else shown["banzhaf_percent"] / shown["weight_percent"]
    slope = 0.5 if people else 1.0
    first = shown.iloc[0]
    level = float(first["banzhaf_percent"] / ratio.iloc[0] / first["size"] ** slope)
    side = {
        True: say("above: more per head") if people else say("above: more than weight"),
        False: say("below: less per head") if people else say("below: less than weight"),
    }
    shown["side"] = [side[bool(r >= 1)] for r in ratio]

    inner, tall = width - 90, round(min(470, width * 0.8))
    x_ends = (float(shown["size"].min()) / 1.3, float(shown["size"].max()) * 1.3)
    line = [level * end**slope for end in x_ends]
    y_ends = (
        min(float(shown["banzhaf_percent"].min()), line[0]) / 1.25,
        max(float(shown["banzhaf_percent"].max()), line[1]) * 1.25,
    )
    x = alt.X(
        "size:Q",
        title=say("population (logarithmic scale)")
        if people
        else say("weight (logarithmic scale)"),
        scale=alt.Scale(type="log", domain=x_ends, nice=False),
        axis=alt.Axis(values=round_numbers(*x_ends, most=width // 70), labelExpr=WORDS[language()]),
    )
    y = alt.Y(
        "banzhaf_percent:Q",
        title=say("share of power, percent (logarithmic scale)"),
        scale=alt.Scale(type="log", domain=y_ends, nice=False),
        axis=alt.Axis(values=round_numbers(*y_ends, most=9), format="~g"),
    )
    rule = (
        alt.Chart(pd.DataFrame({"size": x_ends, "banzhaf_percent": line}))
        .mark_line(color="#777777", strokeDash=[5, 4], strokeWidth=1.2)
        .encode(x=x, y=y)
    )
    said = (
        say("dashed: the same power per head")
        if people
        else say("dashed: power in proportion to weight")
    )
    points = (
        alt.Chart(shown)
        .mark_circle(size=58, opacity=0.9)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "side:N",
                scale=alt.Scale(domain=list(side.values()), range=[GAIN, LOSS]),
                legend=alt.Legend(
                    title=said,
                    orient="top",
                    titleFontWeight="normal",
                    titleLimit=inner,
                    labelLimit=inner,
                    columnPadding=28,
                    direction="vertical" if width < 500 else "horizontal",
                ),
            ),
            description=alt.Description("label:N"),
        )
    )

    def pixels(values: pd.Series[float], ends: tuple[float, float], length: int) -> list[float]:
        share = np.log(values / ends[0]) / np.log(ends[1] / ends[0])
        return [float(s) * length for s in share]

    spots = place(
        pixels(shown["size"], x_ends, inner),
        [tall - p for p in pixels(shown["banzhaf_percent"], y_ends, tall)],
        list(shown["name"]),
        width=inner,
        height=tall,
    )
    named = pd.DataFrame(
        [
            {
                "size": x_ends[0] * (x_ends[1] / x_ends[0]) ** (spot.x / inner),
                "banzhaf_percent": y_ends[1] * (y_ends[0] / y_ends[1]) ** (spot.y / tall),
                "text": code,
                "align": spot.align,
            }
            for spot, code in zip(spots, shown["name"], strict=True)
            if spot is not None
        ],
        columns=["size", "banzhaf_percent", "text", "align"],
    )
    return alt.layer(rule, points, *written(named, x, y)).properties(width=inner, height=tall)


def section(power: Power) -> Section:
    """Return the power of every member as a part of a report."""
    table = frame(power)
    people = table.attrs["size"] == "population"
    heads = people and bool(table["per_head"].notna().all())
    powerless = [str(code) for code in table["code"][table["banzhaf_percent"] <= 0]]
    caption = (
        say(
            "Each member's share of power (Penrose–Banzhaf) against its population. On the dashed line "
            "every person would have the same power: power grows with the square root of population."
        )
        if people
        else say(
            "Each member's share of power (Penrose–Banzhaf) against its weight. On the dashed line "
            "power would be proportional to weight."
        )
    )
    if powerless:
        who = few(map(coded, powerless), most=8)
        caption += say(" Without power, and so not on a logarithmic scale: {who}.", who=who)
    columns = (
        say("Banzhaf, %"),
        say("absolute"),
        say("Shapley–Shubik, %"),
        say("prevent"),
        say("initiate"),
    )
    rows = [
        (
            name(member.code),
            *(local(votes.plain(weight)) for weight in member.weights),
            local(f"{100 * member.banzhaf:.2f}"),
            local(f"{member.banzhaf_absolute:.4g}"),
            local(f"{100 * member.shapley_shubik:.2f}"),
            local(f"{member.coleman_prevent:.3f}"),
            local(f"{member.coleman_initiate:.3f}"),
            *((local(f"{table['per_head'].iloc[k]:.2f}"),) if heads else ()),
            say("veto") if member.veto else say("dummy") if member.dummy else "",
        )
        for k, member in sorted(enumerate(power.members), key=lambda at: -at[1].banzhaf)
    ]
    names = [known(m.name) for m in power.rule.majorities]
    headings = (
        say("member"),
        *(names if len(names) > 1 else [say("weight")]),
        *columns,
        *((say("per head"),) if heads else ()),
        "",
    )
    return Section(
        id="power",
        title=say("What one vote weighs"),
        paragraphs=tuple(say("{who}.", who=line) for line in votes.summary(power).splitlines()),
        figures=(
            figure(
                "power-by-size",
                lambda width: power_chart(table, width=width),
                caption=caption,
                data=table.drop(columns="label").rename(columns={"size": table.attrs["size"]}),
            ),
        ),
        grids=(Grid(headings, tuple(rows), (0,) * (len(headings) - 1)),),
    )


def united_section(power: Power, united: UnionPower) -> Section:
    """Return what members have who have united, beside what they have by themselves."""
    whole = {group: float(united.owen[list(group)].sum()) for group in united.unions}
    rows = []
    for group in sorted(united.unions, key=lambda g: (-whole[g], united.codes[g[0]])):
        for k in sorted(group, key=lambda k: (-float(united.owen[k]), united.codes[k])):
            alone = power.members[k]
            rows.append(
                (
                    name(united.codes[k]),
                    listed(name(united.codes[j]) for j in group) if len(group) > 1 else "",
                    local(f"{100 * float(united.owen[k]):.2f}"),
                    local(f"{100 * alone.shapley_shubik:.2f}"),
                    local(f"{float(united.banzhaf_owen[k]):.4g}"),
                    local(f"{alone.banzhaf_absolute:.4g}"),
                )
            )
    headings = (
        say("member"),
        say("united with"),
        say("Owen, %"),
        say("Shapley–Shubik, %"),
        say("Banzhaf–Owen"),
        say("absolute"),
    )
    return Section(
        id="unions",
        title=say("Where members have united"),
        paragraphs=(
            say(
                "Owen: how often a member decides when first whole unions and then the members of one join "
                "in random order. Banzhaf–Owen: how often when every other union and every fellow member "
                "says yes or no with equal chance. Beside each stands what the member has by itself."
            ),
        ),
        grids=(Grid(headings, tuple(rows), (0,) * (len(headings) - 1)),),
    )


def sheet(power: Power, united: UnionPower | None = None) -> Sheet:
    """Return the page of a voting rule, and of who has united under it."""
    rule = power.rule
    most = max(member.banzhaf for member in power.members)
    strongest = [member.code for member in power.members if member.banzhaf == most]
    vetoes = [member.code for member in power.members if member.veto]
    dummies = [member.code for member in power.members if member.dummy]
    share = plain(100 * most, 1)
    who = few(map(coded, strongest), most=8)
    if len(strongest) == len(rule):
        first = say("All {n} members have the same power", n=len(rule))
    elif len(strongest) > 1:
        first = say("{who} have the most power, {share} percent of all each", who=who, share=share)
    else:
        first = say("{who} has the most power, {share} percent of all", who=who, share=share)
    verdict = [
        say(
            "{first}; a proposal passes with probability {chance}.",
            first=first,
            chance=local(f"{power.power_to_act:.4g}"),
        )
    ]
    if vetoes:
        verdict.append(
            say("Every member can say no.")
            if len(vetoes) == len(rule)
            else say("Nothing passes without {who}.", who=listed(map(coded, vetoes)))
        )
    if dummies:
        verdict.append(say("Never decisive: {who}.", who=listed(map(coded, dummies))))
    return Sheet(
        title=known(rule.title),
        kicker=say("voting power · {n} {n|member|members}", n=len(rule)),
        verdict=(*verdict, *(say("Warning: {text}", text=w) for w in votes.warnings(rule))),
        sections=(
            section(power),
            *(() if united is None else (united_section(power, united),)),
        ),
        method=(
            say(
                "Penrose–Banzhaf: how often a member is decisive when all others say yes or no with "
                "equal chance. Shapley–Shubik: how often it completes a majority when members join in "
                "random order. Coleman: the chance to prevent what would pass, and to initiate what "
                "would not. Per head: the power of one citizen, 1 being the mean (Penrose 1946)."
            ),
            say(METHODS[power.method]),
        ),
        sources=tuple(
            text
            for text in (rule.source, "Population: World Bank, World Development Indicators, 2023.")
            if text
        ),
        figures=power.to_json() | ({} if united is None else united.to_json()),
    )
