"""Chart, section and page of a package deal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from winset.errors import DataError
from winset.report import deals
from winset.report.charts import GAIN, LOSS, NOTHING
from winset.report.labels import ABOVE, LINES, folded, long, place, written
from winset.report.page import Sheet
from winset.report.sections import Grid, Section, figure
from winset.report.speech import coded, known, language, listed, local, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from winset.governance.packages.integer_program import Package
    from winset.governance.packages.search import Deal
    from winset.report.charts import Picture
    from winset.studies.scenario_deal import Agenda

LONGEST = 120  # pixels of a name in one line
KINDS = {
    "frontier": "no package betters both",
    "best": "largest total that keeps every floor",
    "bargain": "a bargain",
}
#: What a package is to the chart beside a bargain.
ROLES = {"frontier": "frontier", "best": "best"}
#: Color and shape of each kind.
MARKS = {
    KINDS["frontier"]: ("#8c8c8c", "circle"),
    KINDS["best"]: (GAIN, "square"),
    KINDS["bargain"]: (LOSS, "triangle-up"),
}


def frame(deal: Deal) -> pd.DataFrame:
    """Return the packages that the chart shows: the frontier, the best, the bargains."""
    found: dict[tuple[str, ...], tuple[Package, list[str]]] = {}

    def add(package: Package | None, role: str) -> None:
        if package is not None:
            found.setdefault(package.issues, (package, []))[1].append(role)

    for package in deal.frontier:
        add(package, "frontier")
    for package in deal.optimal[:1]:
        add(package, "best")
    if deal.payments is None:
        for name, bargain in deal.bargains.items():
            add(bargain, deals.NAMES[name])
    rows = []
    for issues, (package, roles) in found.items():
        kind = "best" if "best" in roles else "frontier" if roles == ["frontier"] else "bargain"
        floors = [float(f) for f in deal.issues.floors]
        kept = all(g >= f for g, f in zip(package.gains, floors, strict=True))
        rows.append(
            {
                "package": listed(map(known, issues)) or say("(nothing)"),
                "short": _short_name(issues, deal.issues.names),
                "total": package.total,
                "worst": package.worst,
                "worst_off": coded(deal.issues.countries[package.gains.index(package.worst)]),
                "on_frontier": "frontier" in roles,
                "keeps_floors": kept,
                "kind": say(KINDS[kind]),
                "roles": listed(map(_role, roles)),
            }
        )
    table = pd.DataFrame(rows).sort_values(["worst", "total"], ignore_index=True)
    table["label"] = [
        say(
            "{package}: total {total}, worst off {who} with {worst} ({roles})",
            package=row.package,
            total=local(f"{row.total:,.6g}"),
            who=row.worst_off,
            worst=local(f"{row.worst:,.6g}"),
            roles=row.roles,
        )
        for row in table.itertuples(index=False)
    ]
    return table


def _role(role: str) -> str:
    return say(ROLES[role]) if role in ROLES else known(role)


def frontier_chart(table: pd.DataFrame, *, width: int, unit: str = "") -> Picture:
    """Total gain against the gain of the worst off; the steps bound what is possible."""
    wide = width >= 500
    inner, tall = width - (110 if wide else 80), 360 if wide else 300
    said = {"unit": f", {unit}" if unit else ""}
    x_ends = _padded(table["worst"])
    y_ends = _padded(table["total"])
    x = alt.X(
        "worst:Q",
        title=say("gain of the worst off{unit}", **said),
        scale=alt.Scale(domain=x_ends, nice=False),
        axis=alt.Axis(tickCount=max(3, width // 110), format=",.6~r"),
    )
    y = alt.Y(
        "total:Q",
        title=say("total gain{unit}", **said),
        scale=alt.Scale(domain=y_ends, nice=False),
        axis=alt.Axis(format=",.6~r"),
    )
    border = table[table["on_frontier"]]
    layers: list[alt.Chart] = []
    if x_ends[0] < 0 < x_ends[1]:
        zero = alt.Chart(pd.DataFrame({"worst": [0.0]}))
        layers.append(zero.mark_rule(color="#999999", strokeDash=[3, 3]).encode(x=x))
    ends = pd.DataFrame(
        {
            "worst": [x_ends[0], *border["worst"], border["worst"].iloc[-1]],
            "total": [border["total"].iloc[0], *border["total"], y_ends[0]],
        }
    )
    line = alt.Chart(ends).mark_line(
        color="#8c8c8c", strokeWidth=1.3, interpolate="step-before", aria=False
    )
    layers.append(line.encode(x=x, y=y))
    marks = {say(text): MARKS[text] for text in KINDS.values() if say(text) in set(table["kind"])}
    kinds = list(marks)
    color = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=[color for color, _ in marks.values()]),
        legend=alt.Legend(
            title=None,
            orient="top",
            labelLimit=inner,
            columnPadding=28,
            direction="horizontal" if wide else "vertical",
        ),
    )
    points = alt.Chart(table).mark_point(filled=True, size=90, opacity=1)
    layers.append(
        points.encode(
            x=x,
            y=y,
            color=color,
            shape=alt.Shape(
                "kind:N",
                scale=alt.Scale(domain=kinds, range=[shape for _, shape in marks.values()]),
                legend=None,
            ),
            description=alt.Description("label:N"),
        )
    )
    texts = [_short(str(text), 44 if wide else 26) for text in table["short"]]
    xs = [(v - x_ends[0]) / (x_ends[1] - x_ends[0]) * inner for v in table["worst"]]
    ys = [(y_ends[1] - v) / (y_ends[1] - y_ends[0]) * tall for v in table["total"]]
    spots = place(xs, ys, texts, width=inner, height=tall, places=ABOVE)
    names = pd.DataFrame(
        [
            {
                "worst": x_ends[0] + spot.x / inner * (x_ends[1] - x_ends[0]),
                "total": y_ends[1] - spot.y / tall * (y_ends[1] - y_ends[0]),
                "text": text,
                "align": spot.align,
            }
            for spot, text in zip(spots, texts, strict=True)
            if spot is not None
        ],
        columns=["worst", "total", "text", "align"],
    )
    return alt.layer(*layers, *written(names, x, y)).properties(width=inner, height=tall)


def _padded(values: pd.Series[float]) -> tuple[float, float]:
    """Return the ends of an axis with room around the values, also around a single one."""
    low, high = float(values.min()), float(values.max())
    room = 0.15 * (high - low) or 0.1 * abs(high) or 1.0
    return low - room, high + room


def _short_name(package: tuple[str, ...], names: tuple[str, ...]) -> str:
    """Name a package by what it leaves out where that is less."""
    out = [name for name in names if name not in package]
    if not out:
        return say("all {n}", n=len(names))
    if len(out) < len(package) - 1:
        return say("all but {issues}", issues=listed(map(known, out)))
    return listed(map(known, package)) or say("(nothing)")


def _short(text: str, most: int) -> str:
    most = most if language() != "zh" else most // 2  # letters twice as wide
    return text if len(text) <= most else text[: most - 1].rstrip(" ,、") + "…"


def gains_frame(deal: Deal) -> pd.DataFrame:
    """Return what every issue brings to every country, and the best package below."""
    issues = deal.issues
    best = deal.optimal[0]
    rows = [
        (known(name), coded(country), float(gain), name in best.issues)
        for name, row in zip(issues.names, issues.gains, strict=True)
        for country, gain in zip(issues.countries, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=["issue", "country", "gain", "in_package"])


def gains_chart(table: pd.DataFrame, *, width: int) -> Picture:
    """Who gains and who loses from which issue: the sign in color, the figure written in."""
    wide = width >= 500
    shown = table.copy()
    largest = shown.groupby("country")["gain"].transform(lambda column: column.abs().max())
    shown["share"] = shown["gain"] / largest.where(largest > 0, 1.0)
    shown["label"] = [
        say(
            "{issue}, {who}: {gain}",
            issue=row.issue,
            who=row.country,
            gain=local(f"{row.gain:+,.6g}".replace("-", "−")),
        )
        for row in shown.itertuples(index=False)
    ]
    shown["text"] = [_figure(value) for value in shown["gain"]]
    for key in ("issue", "country"):
        shown[key] = [folded(name, LONGEST, size=11.0) for name in shown[key]]
    issues = list(dict.fromkeys(shown["issue"]))
    countries = list(dict.fromkeys(shown["country"]))
    across, down = ("country", "issue") if wide else ("issue", "country")
    x_order, y_order = (countries, issues) if wide else (issues, countries)
    upright = not (wide and language() == "en")
    base = alt.Chart(shown).encode(
        x=alt.X(
            f"{across}:N",
            sort=x_order,
            title=None,
            axis=alt.Axis(
                orient="top",
                ticks=False,
                domain=False,
                labelAngle=-90 if upright else 0,
                minExtent=max(long(name, 11.0) for name in x_order) + 12 if upright else 0,
                labelLimit=LONGEST + 20,
                labelExpr=LINES,
            ),
        ),
        y=alt.Y(
            f"{down}:N",
            sort=y_order,
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=LONGEST + 20, labelExpr=LINES),
        ),
    )
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color(
            "share:Q",
            scale=alt.Scale(domain=[-1, 0, 1], range=[LOSS, NOTHING, GAIN]),
            legend=None,
        ),
        description=alt.Description("label:N"),
    )
    texts = base.mark_text(fontSize=9 if wide else 8, aria=False).encode(
        text="text:N",
        color=alt.condition("abs(datum.share) > 0.6", alt.value("white"), alt.value("#222222")),
    )
    inner = width - (190 if wide else 70)
    return alt.layer(cells, texts).properties(width=inner, height=alt.Step(28 if wide else 24))


def _figure(value: float) -> str:
    """Write a figure in a cell: three digits, thousands as k."""
    if abs(value) >= 9999.5:
        text = say("{n}k", n=f"{value / 1000:,.0f}")
    elif abs(value) >= 99.5 or value == round(value):
        text = f"{value:,.0f}"
    else:
        text = f"{value:.3g}"
    return local(text.replace("-", "−"))


def picture(deal: Deal, name: str, *, unit: str = "") -> Callable[[int], Picture]:
    """Return what draws the chart of a name at a width.

    Raises
    ------
    DataError
        No such chart.
    """
    if name == "frontier":
        table = frame(deal)
        return lambda width: frontier_chart(table, width=width, unit=unit)
    if name == "gains":
        gains = gains_frame(deal)
        return lambda width: gains_chart(gains, width=width)
    raise DataError(f"--draw {name}: the charts of a deal are frontier and gains.")


def section(deal: Deal, agenda: Agenda | None = None) -> Section:
    """Return a package deal as a part of a report."""
    unit = "" if agenda is None else say(UNIT_NAMES[agenda.unit])
    table, gains = frame(deal), gains_frame(deal)
    issues = deal.issues
    largest = max(abs(float(sum(row))) for row in issues.gains)

    def line(name: str, figures: Sequence[float]) -> tuple[str, ...]:
        return (name, *(deals.rounded(x, largest) for x in (*figures, math.fsum(figures))))

    best = deal.optimal[0]
    rows = [
        line(known(name), [float(g) for g in row])
        for name, row in zip(issues.names, issues.gains, strict=True)
    ]
    rows.append(line(say("best package"), best.gains))
    if agenda is not None:
        rows.append(line(say("run as a whole"), agenda.together(best.issues)))
    if deal.payments is not None:
        rows.append(line(say("payments"), deal.payments))
    figures = [
        figure(
            "gains",
            lambda width: gains_chart(gains, width=width),
            caption=say(
                "Gain or loss of every country by every issue; the color compares with the country's own "
                "largest figure."
            ),
            data=gains,
        )
    ]
    paragraphs = [say("Figures in {unit}.", unit=unit)] if unit else []
    if len(table) == 1:
        paragraphs.append(
            say("No package betters the best one, neither in total nor for the worst off.")
        )
    else:
        figures.append(
            figure(
                "frontier",
                lambda width: frontier_chart(table, width=width, unit=unit),
                caption=say(
                    "Total gain against the gain of the worst off. No package lies above and to the right "
                    "of the steps; floors are not asked of the frontier."
                ),
                data=table.drop(columns=["label", "short"]),
            )
        )
    return Section(
        id="deal",
        title=say("What each issue brings, and what a package can"),
        paragraphs=tuple(paragraphs),
        figures=tuple(figures),
        grids=(
            Grid(
                (say("issue"), *map(coded, issues.countries), say("total")),
                tuple(rows),
                (0,) * (len(issues.countries) + 1),
            ),
        ),
        items=tuple(say("{line}.", line=line) for line in deals.summary(deal, agenda)[2:]),
    )


UNIT_NAMES = {"welfare_musd": "USD million a year", "welfare_percent": "percent of welfare"}


def sheet(deal: Deal, agenda: Agenda | None = None, others: Sequence[str] = ()) -> Sheet:
    """Return the page of a package deal; `others` is what the other deficit rules say of it."""
    issues = deal.issues
    figures = deal.to_json()
    method = [
        say(
            "The best package has the largest total gain among those that leave nobody below its floor: "
            "an integer program, solved by HiGHS, its answer checked in exact arithmetic. Bargains are "
            "over whole packages: Nash (1950) has the largest product of gains above the floors, Kalai "
            "and Smorodinsky (1975) the largest least share of what each could have, the egalitarian one "
            "(Kalai 1977) the largest least gain."
        ),
    ]
    sources = [known(text) for text in (issues.source, issues.note) if text]
    if agenda is not None:
        figures |= agenda.to_json(deal.optimal[0].issues)
        method.append(
            say(
                "Every issue is a scenario of the trade model, solved on world {world} (sha256 {hash}); the "
                "table adds up what each brings alone, and the package is solved once more as a whole. The "
                "scenarios stand in the figures below.",
                world=agenda.world.name,
                hash=agenda.world.sha256[:12],
            )
        )
        sources += [source.title for source in agenda.world.sources]
    return Sheet(
        title=known(issues.title) or say("A package deal"),
        kicker=say(
            "package deal · {n} {n|issue|issues}, {countries} {countries|country|countries}",
            n=len(issues.names),
            countries=len(issues.countries),
        ),
        verdict=tuple(
            say("{line}.", line=line) for line in (*deals.summary(deal, agenda)[:2], *others)
        ),
        sections=(section(deal, agenda),),
        method=tuple(method),
        sources=tuple(sources) or (say("The figures are those of the file."),),
        figures=figures,
    )
