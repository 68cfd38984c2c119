"""What a run does to trade: creation and diversion, tariffs before and after, as a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.display import signed
from winset.report.charts import GAIN, LOSS
from winset.report.sections import Grid, Section, figure
from winset.report.words import billion, digits_for, lines, percent

if TYPE_CHECKING:
    from winset.report.charts import Picture
    from winset.studies.scenario_run import Study
    from winset.trade.effects.figures import Diversion

MOST_IMPORTERS, MOST_OUTSIDERS = 20, 10
#: What the two parts are called, and their colors.
PARTS = {"creation": GAIN, "diversion": LOSS}


def section(study: Study) -> Section | None:
    """Return creation, diversion and tariffs as a part of the report; None where nothing applies."""
    found = study.result.diversion
    if found is None or (not found.reached.any() and found.tariffs is None):
        return None
    figures = []
    adjusted = float(found.adjustment.sum())
    if found.reached.any():
        data = frame(study, found)
        figures.append(
            figure(
                "diversion",
                lambda width: bars(data, width=width),
                caption="Trade creation and trade diversion by importer, USD million of "
                f"{study.world.year} at the spending and costs of before; the largest.",
                data=data.drop(columns="label"),
            )
        )
    return Section(
        id="diversion",
        title="Trade created and diverted",
        paragraphs=(
            *lines(study),
            "What the partners of a change gain in a market displaces sales at home (creation) or "
            "sales of outsiders (diversion): Viner (1950). Both are changes of shares of spending, "
            "tariffs included, times spending before, at the wages and costs of before. As these "
            "adjust, the partners' sales change by "
            f"{billion(adjusted, digits_for(adjusted))} billion USD more.",
        ),
        figures=tuple(figures),
        grids=tuple(grid for grid in (_outsiders(study, found), _rates(study, found)) if grid.rows),
    )


def frame(study: Study, found: Diversion) -> pd.DataFrame:
    """Return one row per importer and part, the importers with most first."""
    size = np.abs(found.creation) + np.abs(found.diversion)
    order = sorted(np.flatnonzero(found.reached), key=lambda k: (-size[k], found.codes[k]))
    rows = [
        {
            "code": found.codes[k],
            "name": study.world.names[k],
            "part": part,
            "musd": float(figures[k]),
            "label": f"{study.world.names[k]}, {part}: {signed(float(figures[k]), 0)} USD million",
        }
        for k in order[:MOST_IMPORTERS]
        for part, figures in zip(PARTS, (found.creation, found.diversion), strict=True)
    ]
    return pd.DataFrame(rows)


def bars(data: pd.DataFrame, *, width: int) -> Picture:
    """Stacked bars of creation and diversion by importer."""
    label = "code" if width < 500 else "name"
    chart: Picture = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X(
                "musd:Q",
                title="USD million",
                axis=alt.Axis(tickCount=max(3, width // 160), format=",.0f"),
            ),
            y=alt.Y(
                f"{label}:N",
                sort=list(dict.fromkeys(data[label])),
                title=None,
                axis=alt.Axis(minExtent=48),
            ),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=list(PARTS), range=list(PARTS.values())),
                legend=alt.Legend(title=None, orient="top"),
            ),
            description=alt.Description("label:N"),
        )
        .properties(width=width - 140 * (label == "name"), height=alt.Step(16))
    )
    return chart


def _outsiders(study: Study, found: Diversion) -> Grid:
    names = dict(zip(study.world.codes, study.world.names, strict=True))
    ranked = found.outsiders() if found.diversion.sum() >= 0 else found.outsiders()[::-1]
    return Grid(
        ("USD million", "diverted from it"),
        tuple((names[code], signed(musd, 0).lstrip("+")) for code, musd in ranked[:MOST_OUTSIDERS]),
        (0,),
    )


def _rates(study: Study, found: Diversion) -> Grid:
    """The tariffs of the importers that change theirs, those that buy most first."""
    headings = (
        "tariff weighted by trade, %",
        "on members, before",
        "after",
        "on outsiders, before",
        "after",
    )
    if found.tariffs is None:
        return Grid(headings, (), (2,) * 4)
    tariffs = found.tariffs
    bought = tariffs.flows.sum(axis=0)
    order = sorted(np.flatnonzero(tariffs.changing), key=lambda k: (-bought[k], found.codes[k]))
    rows = []
    for k in order[:MOST_IMPORTERS]:
        alone = np.arange(len(found.codes)) == k
        means = [tariffs.mean(group, alone) for group in (found.members, ~found.members)]
        cells = [
            None if m[key] is None else percent(float(m[key] or 0.0))
            for m in means
            for key in ("weighted_percent", "new_weighted_percent")
        ]
        rows.append((study.world.names[k], *cells))
    return Grid(headings, tuple(rows), (2,) * 4)
