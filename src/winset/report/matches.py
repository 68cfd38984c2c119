"""Tables and the chart of `winset match`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.display import Table
from winset.errors import listed
from winset.report.charts import GAIN, LOSS
from winset.report.words import counted
from winset.studies.trade_match import LEVEL, STRONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.report.charts import Picture
    from winset.studies.trade_match import Fits, Flow, Match, Untapped


def tables(done: Match, *, top: int) -> list[Table]:
    """Return the tables that have rows: pairs by fit, members' sectors, flows by what is untapped."""
    made = []
    names = done.names()
    if done.fits.pairs:
        made.append(_pairs(done.fits, top))
    if done.fits.members:
        made.append(_sectors(done.fits, names))
    if done.untapped.flows:
        made.append(_flows(done.untapped, names, top))
    return made


def _pairs(done: Fits, top: int) -> Table:
    table = _table(f"Which pair fits best, by sector ({done.world.name})", "A", "B")
    table.figures("fit", "A→B", "B→A")
    table.figures("similar", "two-way", "preference", "A→B, USD bn", "B→A, USD bn", spare=True)
    for pair in done.pairs[:top]:
        table.add_row(
            pair.first,
            pair.second,
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
    table = _table(f"Strongest sectors of each ({done.world.name}; RCA above 1)", "code", "economy")
    table.names("sectors, with RCA and the share of exports")
    for code in done.members:
        strong = [s for s in done.sectors[code] if s.rca > 1.0][:STRONGEST]
        said = "; ".join(f"{s.name} {s.rca:.1f} ({100 * s.share:.0f} %)" for s in strong)
        table.add_row(code, names[code], said or "–")
    return table


def _flows(done: Untapped, names: dict[str, str], top: int) -> Table:
    what = done.world.name + (f", {done.sector}" if done.sector else "")
    table = _table(f"Where trade is below what it could be ({what}; USD billion)", "from", "to")
    table.figures("actual", "expected", "95 % interval", "untapped")
    table.names("")
    for flow in done.flows[:top]:
        table.add_row(
            names[flow.exporter],
            names[flow.importer],
            billion(flow.actual),
            billion(flow.expected),
            f"{billion(flow.low)} – {billion(flow.high)}",
            billion(flow.untapped, sign=True),
            "below" if flow.below else "above" if flow.above else "",
        )
    return table


def _table(title: str, *names: str) -> Table:
    table = Table(title)
    table.names(*names)
    return table


def sentences(done: Match) -> tuple[str, ...]:
    """Say in words which pair fits best and how much trade is untapped."""
    names = done.names()
    return (*_best(done.fits, names), *_below(done.untapped, names))


def _best(done: Fits, names: Mapping[str, str]) -> tuple[str, ...]:
    if len(done.members) < 2:
        return (
            f"No pair can be compared by sector: world {done.world.name} has "
            f"{listed(done.members) or 'none'} of the members.",
        )
    ranked = [pair for pair in done.pairs if pair.complementarity > 0]
    if not ranked:
        return (f"No pair fits: no member exports what another imports in {done.world.name}.",)
    best = ranked[0]
    first, second = names[best.first], names[best.second]
    mean = 100.0 * float(np.mean([pair.complementarity for pair in ranked]))
    others = f"; the mean of the {len(ranked)} pairs is {mean:.0f}" if len(ranked) > 1 else ""
    return (
        f"{first} and {second} fit best, {100 * best.complementarity:.0f} of 100{others}.",
        f"What {first} exports and {second} imports meet above all in: "
        f"{'; '.join(best.meets_forth) or 'nothing'}. The other way: "
        f"{'; '.join(best.meets_back) or 'nothing'}.",
    )


def _below(done: Untapped, names: Mapping[str, str]) -> tuple[str, ...]:
    if not done.flows:
        return (
            f"No trade among members can be compared with gravity: world {done.world.name} has "
            f"{listed(done.members) or 'none'} of the members with a place and trade.",
        )
    short = [flow for flow in done.flows if flow.below]
    over = [flow for flow in done.flows if flow.above]
    said = [
        f"{_counted(short).capitalize()} below the {100 * LEVEL:.0f} % interval of what gravity expects, by "
        f"{billion(sum(f.untapped for f in short))} billion USD in all; {_counted(over)} above it, by "
        f"{billion(-sum(f.untapped for f in over))}; of {len(done.flows)} among members."
    ]
    if short:
        most = max(short, key=lambda flow: flow.untapped)
        said.append(
            f"Most is untapped from {names[most.exporter]} to {names[most.importer]}: "
            f"{billion(most.actual)} billion USD where {billion(most.expected)} are expected "
            f"({billion(most.low)} to {billion(most.high)})."
        )
    else:
        said.append("No trade among members is below what gravity expects of it.")
    return tuple(said)


def _counted(flows: Sequence[Flow]) -> str:
    return f"{len(flows) or 'no'} flow{'' if len(flows) == 1 else 's'} {'is' if len(flows) == 1 else 'are'}"


def billion(musd: float, *, sign: bool = False) -> str:
    """Write USD million as billion, with as many decimals as its size can bear.

    >>> billion(120_264.0), billion(-4_660.0), billion(12.4)
    ('120.3', '−4.66', '0.012')
    """
    size = abs(musd) / 1e3
    digits = 1 if size >= 10 else 2 if size >= 1 or size == 0 else 3
    return f"{musd / 1e3:{'+' if sign else ''},.{digits}f}".replace("-", "−")


def notes(done: Match) -> tuple[str, ...]:
    """Return what is left out and how to read the figures."""
    said = [sentence] if (sentence := counted(done.chosen, "the worlds")) else []
    for part, what in ((done.fits, "the indices by sector"), (done.untapped, "gravity")):
        if part.absent:
            said.append(
                f"Not in world {part.world.name} and so without {what}: {', '.join(part.absent)}."
            )
    if done.untapped.estimate.without_point:
        said.append(
            "Place not known, so not in gravity: "
            f"{', '.join(done.untapped.estimate.without_point)}."
        )
    if done.fits.pairs:
        said.append(
            "Of 100, fit: what one exports is, sector by sector, what the other imports (Michaely); "
            "similar: both export the same (Finger–Kreinin); two-way: their trade goes both ways within "
            "sectors (Grubel–Lloyd). Preference is 0 where they trade as their sizes suggest, +1 where "
            "with nobody else."
        )
    low, high = done.untapped.estimate.quartiles()
    said.append(
        f"Half of the trade expected in the world is in pairs whose actual trade is {low:.2f} to "
        f"{high:.2f} times as much; an interval is the doubt about what is expected, not this spread."
    )
    return tuple(said)


def footer(done: Match) -> str:
    """Return the lines that make the figures traceable."""
    estimate = done.untapped.estimate
    slopes = ", ".join(
        f"{c.name} {_plain(c.estimate, 2)} ({c.error:.2f})" for c in estimate.coefficients
    )
    fits, whole = done.fits.world, done.untapped.world
    return (
        f"gravity by PPML with exporter and importer effects: {slopes}; {estimate.observations:,} "
        f"flows, errors clustered by {estimate.pairs:,} pairs; squared correlation {estimate.fit:.2f}; "
        f"residual {estimate.residual:.1e}\n"
        f"worlds {fits.name}, sha256 {fits.sha256[:12]}, and {whole.name}, sha256 {whole.sha256[:12]}; "
        f"membership as of {done.on.isoformat()}"
    )


def flows_frame(done: Match, *, top: int) -> pd.DataFrame:
    """Return what the chart draws: one row per flow, the most untapped first."""
    names = done.names()
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
    return (
        f"{names[flow.exporter]} to {names[flow.importer]}: actual {billion(flow.actual)}, expected "
        f"{billion(flow.expected)} ({billion(flow.low)} to {billion(flow.high)}) billion USD"
    )


def dots(done: Match, *, top: int, width: int) -> Picture:
    """Actual trade (dot) against the interval of the expected (bar, with a tick at the estimate)."""
    frame = flows_frame(done, top=top)
    for key in ("actual", "expected", "low", "high"):
        frame[key] = frame[f"{key}_musd"] / 1e3
    shown = frame[["actual", "low"]].to_numpy()
    least = float(shown[shown > 0].min())
    frame["actual"] = frame["actual"].clip(lower=least / 2.0)  # no trade: at the scale's edge
    axis = alt.Axis(title="USD billion, logarithmic", format="~g", tickCount=max(3, width // 120))
    rows = alt.Y("flow:N", sort=None, title=None, axis=alt.Axis(labelLimit=170, minExtent=48))
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
    title = "Dot: actual trade. Bar: 95 % interval of what gravity expects, with a tick at the estimate."
    return alt.layer(bars, ticks, actual).properties(
        width=width - 180,
        height=alt.Step(20),
        title=alt.Title(title, fontSize=11, fontWeight="normal", anchor="start"),
    )


def _hundred(value: float) -> str:
    return _plain(100.0 * value, 0)


def _plain(value: float, digits: int, *, sign: bool = False) -> str:
    if value != value:  # NaN
        return "–"
    return f"{value:{'+' if sign else ''},.{digits}f}".replace("-", "−")
