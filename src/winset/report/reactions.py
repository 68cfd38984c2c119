"""The best-response diagram of a war between two players, and the report's section on a war."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from winset.report.charts import GAIN
from winset.report.page import Sheet
from winset.report.sections import Figure, Grid, Section, figure
from winset.report.speech import coded, known, local, name, plain, say, tiny
from winset.report.told import sourced, timeless
from winset.report.wars import bargain_sentences, losers, sentences
from winset.trade.policy import nash_tariffs

if TYPE_CHECKING:
    from winset.report.charts import Picture
    from winset.trade.policy.nash_bargain import NashBargain
    from winset.trade.policy.nash_tariffs import NashEquilibrium

ANSWER_COLORS = (GAIN, "#e66101")


def frame(done: NashEquilibrium, *, points: int = 9) -> pd.DataFrame:
    """Return what the diagram shows: the tariff each of two players answers to the other's, percent."""
    faced, answered = nash_tariffs.reactions(done.contest, done, points=points)
    codes = [player.code for player in done.contest.players]
    rows = []
    for p in (0, 1):
        for row in range(points):
            pair = [0.0, 0.0]
            pair[1 - p], pair[p] = faced[row, p], answered[row, p]
            rows.append(
                {
                    "answer of": codes[p],
                    codes[0]: 100.0 * pair[0],
                    codes[1]: 100.0 * pair[1],
                    "step": row,
                }
            )
    return pd.DataFrame(rows)


def diagram(data: pd.DataFrame, done: NashEquilibrium, *, width: int) -> Picture:
    """Best-response diagram: each player's best tariff against the other's, and where they cross."""
    first, second = (player.code for player in done.contest.players)
    game = done.contest
    rates = [float(done.z[game.levers.of(k)[0]]) for k in (0, 1)]
    at = pd.DataFrame(
        [
            {
                first: 100.0 * rates[0],
                second: 100.0 * rates[1],
                "label": say(
                    "war: {first} {one} %, {second} {two} %",
                    first=coded(first),
                    second=coded(second),
                    one=plain(100 * rates[0], 1),
                    two=plain(100 * rates[1], 1),
                ),
            }
        ]
    )
    low = {c: float(data[c].min()) for c in (first, second)}
    high = {c: float(data[c].max()) for c in (first, second)}

    def domain(code: str) -> alt.Scale:
        pad = 0.05 * (high[code] - low[code])
        return alt.Scale(domain=[max(low[code] - pad, 0.0), high[code] + pad], nice=False)

    ticks = alt.Axis(tickCount=max(3, width // 120))
    curves = (
        alt.Chart(data.assign(who=[name(code) for code in data["answer of"]]))
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X(
                f"{first}:Q",
                title=say("tariff of {who}, percent", who=name(first)),
                scale=domain(first),
                axis=ticks,
            ),
            y=alt.Y(
                f"{second}:Q",
                title=say("tariff of {who}, percent", who=name(second)),
                scale=domain(second),
                axis=ticks,
            ),
            order="step:Q",
            color=alt.Color(
                "who:N",
                title=say("best answer of"),
                scale=alt.Scale(domain=[name(first), name(second)], range=list(ANSWER_COLORS)),
                legend=alt.Legend(orient="top"),
            ),
        )
    )
    point = alt.Chart(at).mark_point(filled=True, size=90, color="#222222", opacity=1.0)
    point = point.encode(x=f"{first}:Q", y=f"{second}:Q", description="label:N")
    label = alt.Chart(at).mark_text(align="left", dx=9, dy=-9, fontSize=11)
    label = label.encode(x=f"{first}:Q", y=f"{second}:Q", text="label:N")
    chart: Picture = alt.layer(curves, point, label).properties(width=width, height=min(width, 420))
    return chart


def section(done: NashEquilibrium, agreed: NashBargain | None = None) -> Section:
    """Return the report's section on a war, with the diagram where two players set one rate each."""
    game, world = done.contest, done.contest.world
    change = 100.0 * done.payoff / game.scale
    figures: list[Figure] = []
    if len(game.players) == 2 and len(game.levers) == 2:
        data = frame(done)
        caption = say(
            "Each line is one player's best tariff against the other's; they cross in the war."
        )
        figures = [
            figure(
                "reactions",
                lambda width: diagram(data, done, width=width),
                caption=caption,
                data=data,
            )
        ]
    headings, digits = [say("player"), say("tariff, %"), say("welfare, %")], [1, 2]
    columns = [100.0 * done.tariff, change]
    if agreed is not None:
        headings += [say("agreed tariff, %"), say("above the war, %")]
        digits += [1, 2]
        columns += [100.0 * agreed.tariff, 100.0 * agreed.worth / game.scale]
    rows: tuple[tuple[str | float | None, ...], ...] = tuple(
        (name(player.code), *(float(column[k]) for column in columns))
        for k, player in enumerate(game.players)
    )
    return Section(
        id="war",
        title=say("If they retaliate"),
        paragraphs=(
            losers(world, 100.0 * (done.welfare - 1.0)),
            *sentences(done, None),
            *([] if agreed is None else bargain_sentences(agreed)),
        ),
        figures=tuple(figures),
        grids=(Grid(tuple(headings), rows, tuple(digits)),),
    )


def sheet(done: NashEquilibrium, agreed: NashBargain | None) -> Sheet:
    """Return the page of a war."""
    game, world = done.contest, done.contest.world
    parts = section(done, agreed)
    figures = timeless(done.to_json()) | (
        {} if agreed is None else {"cooperation": agreed.to_json()}
    )
    return Sheet(
        title=say("A tariff war in {name}", name=world.name),
        kicker=say(
            "world {world} ({year}, {n} {n|economy|economies}) · {players} players · {instruments} tariffs",
            world=world.name,
            year=str(world.year),
            n=len(world),
            players=len(game.players),
            instruments=known(game.instruments),
        ),
        verdict=parts.paragraphs,
        sections=(replace(parts, paragraphs=()),),
        method=(
            say(
                "Every player sets the tariffs that are best for the real income of its members, given "
                "all other tariffs, in general equilibrium (exact hat algebra; Ossa 2014). The rates are "
                "found by exact derivatives from several starting points; then other rates are tried for "
                "every player, and none of them pays."
            ),
            say(
                "Deficits: {rule}. Value added in output where the world names none: {share}. Elasticities: "
                "{elasticities}. Data sha256 {hash}; residual {residual} after {n} {n|step|steps}.",
                rule=known(game.parameters.deficits),
                share=local(f"{game.parameters.value_added_share:g}"),
                elasticities=game.parameters.elasticities or say("of the world"),
                hash=world.sha256,
                residual=tiny(done.solver.residual),
                n=done.solver.iterations,
            ),
        ),
        sources=sourced(world),
        figures=figures,
    )
