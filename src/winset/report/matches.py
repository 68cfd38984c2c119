"""Tables and the chart of `winset match`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.display import Table
from winset.report.charts import GAIN, LOSS
from winset.report.speech import coded, few, known, language, listed, local, name, say, tiny
from winset.report.words import counted
from winset.studies.trade_match import LEVEL, STRONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.report.charts import Picture
    from winset.studies.trade_match import Fits, Flow, Match, Untapped

UNRECORDED = 6  # pairs without a record that are named


def tables(done: Match, *, top: int) -> list[Table]:
    """Return the tables that have rows: pairs by fit, members' sectors, flows by what is untapped."""
    made = []
    names = named(done)
    if done.fits.pairs:
        made.append(_pairs(done.fits, top))
    if done.fits.members:
        made.append(_sectors(done.fits, names))
    if done.untapped.flows:
        made.append(_flows(done.untapped, names, top))
    return made


def _pairs(done: Fits, top: int) -> Table:
    table = _table(
        say("Which pair fits best, by sector ({world})", world=done.world.name), "A", "B"
    )
    table.figures(say("fit"), "A→B", "B→A")
    table.figures(
        say("similar"),
        say("two-way"),
        say("preference"),
        say("A→B, USD bn"),
        say("B→A, USD bn"),
        spare=True,
    )
    for pair in done.pairs[:top]:
        table.add_row(
            coded(pair.first),
            coded(pair.second),
            _hundred(pair.complementarity),
            _hundred(pair.complementarity_forth),
            _hundred(pair.complementarity_back),
            _hundred(pair.export_similarity),
            _hundred(pair.intra_industry),
            _plain(pair.preference, 2, sign=True),
            billion(pair.forth_musd),
            billion(pair.back_musd),
        )
    return table


def _sectors(done: Fits, names: dict[str, str]) -> Table:
    table = _table(
        say("Strongest sectors of each ({world}; RCA above 1)", world=done.world.name),
        say("code"),
        say("economy"),
    )
    table.names(say("sectors, with RCA and the share of exports"))
    for code in done.members:
        strong = [s for s in done.sectors[code] if s.rca > 1.0][:STRONGEST]
        said = say("; ").join(
            say(
                "{sector} {rca} ({share} %)",
                sector=known(s.name),
                rca=local(f"{s.rca:.1f}"),
                share=f"{100 * s.share:.0f}",
            )
            for s in strong
        )
        table.add_row(code, names[code], said or "–")
    return table


def _flows(done: Untapped, names: dict[str, str], top: int) -> Table:
    what = done.world.name + (f", {known(done.sector)}" if done.sector else "")
    table = _table(
        say("Where trade is below what it could be ({what}; USD billion)", what=what),
        *(("from", "to") if language() == "en" else (say("exporter"), say("importer"))),
    )
    table.figures(say("actual"), say("expected"), say("95 % interval"), say("untapped"))
    table.names("")
    for flow in done.flows[:top]:
        table.add_row(
            names[flow.exporter],
            names[flow.importer],
            billion(flow.actual),
            billion(flow.expected),
            f"{billion(flow.low)} – {billion(flow.high)}",
            billion(flow.untapped, sign=True),
            say("below") if flow.below else say("above") if flow.above else "",
        )
    return table


def _table(title: str, *names: str) -> Table:
    table = Table(title)
    table.names(*names)
    return table


def sentences(done: Match) -> tuple[str, ...]:
    """Say in words which pair fits best and how much trade is untapped."""
    names = named(done)
    return (*_best(done.fits, names), *_below(done.untapped, names))


def _best(done: Fits, names: Mapping[str, str]) -> tuple[str, ...]:
    if len(done.members) < 2:
        return (
            say(
                "No pair can be compared by sector: world {world} has {who} of the members.",
                world=done.world.name,
                who=_those(done.members),
            ),
        )
    ranked = [pair for pair in done.pairs if pair.complementarity > 0]
    if not ranked:
        return (
            say(
                "No pair fits: no member exports what another imports in {world}.",
                world=done.world.name,
            ),
        )
    best = ranked[0]
    first, second = names[best.first], names[best.second]
    mean = 100.0 * float(np.mean([pair.complementarity for pair in ranked]))
    others = ""
    if len(ranked) > 1:
        others = say("; the mean of the {n} pairs is {mean}", n=len(ranked), mean=f"{mean:.0f}")
    return (
        say(
            "{first} and {second} fit best, {fit} of 100{others}.",
            first=first,
            second=second,
            fit=f"{100 * best.complementarity:.0f}",
            others=others,
        ),
        say(
            "What {first} exports and {second} imports meet above all in: {forth}. The other way: {back}.",
            first=first,
            second=second,
            forth=say("; ").join(map(known, best.meets_forth)) or say("nothing"),
            back=say("; ").join(map(known, best.meets_back)) or say("nothing"),
        ),
    )


def named(done: Match) -> dict[str, str]:
    """Return the members' names in the language spoken."""
    return {code: name(code, english) for code, english in done.names().items()}


def _those(codes: Sequence[str]) -> str:
    return listed(map(coded, codes)) if codes else say("none")


def _below(done: Untapped, names: Mapping[str, str]) -> tuple[str, ...]:
    if not done.flows:
        return (
            say(
                "No trade among members can be compared with gravity: world {world} has {who} of the "
                "members with a place and trade.",
                world=done.world.name,
                who=_those(done.members),
            ),
        )
    short = [flow for flow in done.flows if flow.below]
    over = [flow for flow in done.flows if flow.above]
    said = [
        say(
            "{below} below the {level} % interval of what gravity expects, by {untapped} billion USD in all; "
            "{above} above it, by {over}; of {n} among members.",
            below=_counted(short).capitalize(),
            level=f"{100 * LEVEL:.0f}",
            untapped=billion(sum(f.untapped for f in short)),
            above=_counted(over),
            over=billion(-sum(f.untapped for f in over)),
            n=len(done.flows),
        )
    ]
    if short:
        most = max(short, key=lambda flow: flow.untapped)
        said.append(
            say(
                "Most is untapped from {exporter} to {importer}: {actual} billion USD where {expected} are "
                "expected ({low} to {high}).",
                exporter=names[most.exporter],
                importer=names[most.importer],
                actual=billion(most.actual),
                expected=billion(most.expected),
                low=billion(most.low),
                high=billion(most.high),
            )
        )
    else:
        said.append(say("No trade among members is below what gravity expects of it."))
    return tuple(said)


def _counted(flows: Sequence[Flow]) -> str:
    if not flows:
        return say("no flows are")
    return say("{n} {n|flow is|flows are}", n=len(flows))


def billion(musd: float, *, sign: bool = False) -> str:
    """Write USD million as billion, with as many decimals as its size can bear.

    >>> billion(120_264.0), billion(-4_660.0), billion(12.4)
    ('120.3', '−4.66', '0.012')
    """
    size = abs(musd) / 1e3
    digits = 1 if size >= 10 else 2 if size >= 1 or size == 0 else 3
    return local(f"{musd / 1e3:{'+' if sign else ''},.{digits}f}".replace("-", "−"))


def notes(done: Match) -> tuple[str, ...]:
    """Return what is left out and how to read the figures."""
    said = [sentence] if (sentence := counted(done.chosen, say("the worlds"))) else []
    for part, what in (
        (done.fits, say("the indices by sector")),
        (done.untapped, say("gravity")),
    ):
        if part.absent:
            said.append(
                say(
                    "Not in world {world} and so without {what}: {who}.",
                    world=part.world.name,
                    what=what,
                    who=listed(map(coded, part.absent)),
                )
            )
    if done.untapped.estimate.without_point:
        said.append(
            say(
                "Place not known, so not in gravity: {who}.",
                who=listed(map(coded, done.untapped.estimate.without_point)),
            )
        )
    if pairs := done.untapped.unrecorded:
        said.append(
            say(
                "Not compared with gravity, because {world} has no record of their trade (it is blank or "
                "filled in): {who}.",
                world=done.untapped.world.name,
                who=few((f"{coded(a)}–{coded(b)}" for a, b in pairs), most=UNRECORDED),
            )
        )
    if done.fits.pairs:
        said.append(
            say(
                "Of 100, fit: what one exports is, sector by sector, what the other imports (Michaely); "
                "similar: both export the same (Finger–Kreinin); two-way: their trade goes both ways within "
                "sectors (Grubel–Lloyd). Preference is 0 where they trade as their sizes suggest, +1 where "
                "with nobody else."
            )
        )
    low, high = done.untapped.estimate.quartiles()
    said.append(
        say(
            "Half of the trade expected in the world is in pairs whose actual trade is {low} to {high} times "
            "as much; an interval is the doubt about what is expected, not this spread.",
            low=local(f"{low:.2f}"),
            high=local(f"{high:.2f}"),
        )
    )
    return tuple(said)


def footer(done: Match) -> str:
    """Return the lines that make the figures traceable."""
    estimate = done.untapped.estimate
    slopes = ", ".join(
        f"{known(c.name)} {_plain(c.estimate, 2)} ({local(f'{c.error:.2f}')})"
        for c in estimate.coefficients
    )
    fits, whole = done.fits.world, done.untapped.world
    return "\n".join(
        (
            say(
                "gravity by PPML with exporter and importer effects: {slopes}; {n} flows, errors clustered "
                "by {pairs} pairs; squared correlation {fit}; residual {residual}",
                slopes=slopes,
                n=estimate.observations,
                pairs=estimate.pairs,
                fit=local(f"{estimate.fit:.2f}"),
                residual=tiny(estimate.residual),
            ),
            say(
                "worlds {fits}, sha256 {fits_hash}, and {whole}, sha256 {whole_hash}; membership as of "
                "{on}",
                fits=fits.name,
                fits_hash=fits.sha256[:12],
                whole=whole.name,
                whole_hash=whole.sha256[:12],
                on=done.on.isoformat(),
            ),
        )
    )


def flows_frame(done: Match, *, top: int) -> pd.DataFrame:
    """Return what the chart draws: one row per flow, the most untapped first."""
    names = named(done)
    return pd.DataFrame(
        [
            {
                "flow": f"{names[flow.exporter]} → {names[flow.importer]}",
                "exporter": flow.exporter,
                "importer": flow.importer,
                "actual_musd": flow.actual,
                "expected_musd": flow.expected,
                "low_musd": flow.low,
                "high_musd": flow.high,
                "label": _label(flow, names),
            }
            for flow in done.untapped.flows[:top]
        ]
    )


def _label(flow: Flow, names: dict[str, str]) -> str:
    return say(
        "{exporter} to {importer}: actual {actual}, expected {expected} ({low} to {high}) billion USD",
        exporter=names[flow.exporter],
        importer=names[flow.importer],
        actual=billion(flow.actual),
        expected=billion(flow.expected),
        low=billion(flow.low),
        high=billion(flow.high),
    )


#: How to read `dots`.
READ = "Dot: actual trade. Bar: 95 % interval of what gravity expects, with a tick at the estimate."


def dots(done: Match, *, top: int, width: int, titled: bool = True) -> Picture:
    """Actual trade (dot) against the interval of the expected (bar, with a tick at the estimate)."""
    frame = flows_frame(done, top=top)
    for key in ("actual", "expected", "low", "high"):
        frame[key] = frame[f"{key}_musd"] / 1e3
    shown = frame[["actual", "low"]].to_numpy()
    least = float(shown[shown > 0].min())
    frame["actual"] = frame["actual"].clip(lower=least / 2.0)  # no trade: at the scale's edge
    axis = alt.Axis(
        title=say("USD billion, logarithmic"), format="~g", tickCount=max(3, width // 120)
    )
    rows = alt.Y(
        "flow:N",
        sort=None,
        title=None,
        axis=alt.Axis(labelLimit=170 if width >= 500 else 120, minExtent=48),
    )
    scale = alt.Scale(type="log", domainMin=least / 2.0)
    base = alt.Chart(frame).encode(y=rows)
    bars = base.mark_rule(strokeWidth=6, opacity=0.35, color=GAIN).encode(
        x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"
    )
    ticks = base.mark_tick(thickness=2, size=12, color=GAIN).encode(
        x=alt.X("expected:Q", axis=axis)
    )
    actual = base.mark_point(filled=True, size=70, color=LOSS, opacity=1.0).encode(
        x=alt.X("actual:Q", axis=axis), description=alt.Description("label:N")
    )
    chart = alt.layer(bars, ticks, actual).properties(
        width=width - (180 if width >= 500 else 130), height=alt.Step(20)
    )
    if not titled:
        return chart
    return chart.properties(
        title=alt.Title(say(READ), fontSize=11, fontWeight="normal", anchor="start")
    )


def _hundred(value: float) -> str:
    return _plain(100.0 * value, 0)


def _plain(value: float, digits: int, *, sign: bool = False) -> str:
    if value != value:  # NaN
        return "–"
    return local(f"{value:{'+' if sign else ''},.{digits}f}".replace("-", "−"))
