"""What a run does to trade: creation and diversion, tariffs before and after, as a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from winset.report.charts import GAIN, LOSS, named, side
from winset.report.sections import Grid, Section, figure
from winset.report.speech import name, plain, say, signed
from winset.report.words import billion, digits_for, lines, names_of, percent

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
                caption=say(
                    "Trade creation and trade diversion by importer, USD million of {year} at the "
                    "spending and costs of before; the largest.",
                    year=str(study.world.year),
                ),
                data=data.drop(columns="label"),
            )
        )
    return Section(
        id="diversion",
        title=say("Trade created and diverted"),
        paragraphs=(
            *lines(study),
            say(
                "What the partners of a change gain in a market displaces sales at home (creation) or "
                "sales of outsiders (diversion): Viner (1950). Both are changes of shares of spending, "
                "tariffs included, times spending before, at the wages and costs of before. As these "
                "adjust, the partners' sales change by {musd} billion USD more.",
                musd=billion(adjusted, digits_for(adjusted)),
            ),
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
            "name": name(found.codes[k], study.world.names[k]),
            "part": say(part),
            "musd": float(figures[k]),
            "label": say(
                "{name}, {part}: {musd} USD million",
                name=name(found.codes[k], study.world.names[k]),
                part=say(part),
                musd=signed(float(figures[k]), 0),
            ),
        }
        for k in order[:MOST_IMPORTERS]
        for part, figures in zip(PARTS, (found.creation, found.diversion), strict=True)
    ]
    return pd.DataFrame(rows)


def bars(data: pd.DataFrame, *, width: int) -> Picture:
    """Stacked bars of creation and diversion by importer."""
    chart: Picture = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X(
                "musd:Q",
                title=say("USD million"),
                axis=alt.Axis(tickCount=max(2, width // 160), format=",.0f"),
            ),
            y=named("name", list(dict.fromkeys(data["name"])), width),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=[say(part) for part in PARTS], range=list(PARTS.values())),
                legend=alt.Legend(title=None, orient="top"),
            ),
            description=alt.Description("label:N"),
        )
        .properties(width=width - side(width), height=alt.Step(16))
    )
    return chart


def _outsiders(study: Study, found: Diversion) -> Grid:
    names = names_of(study.result)
    ranked = found.outsiders() if found.diversion.sum() >= 0 else found.outsiders()[::-1]
    return Grid(
        (say("USD million"), say("diverted from it")),
        tuple((names[code], plain(musd)) for code, musd in ranked[:MOST_OUTSIDERS]),
        (0,),
    )


def _rates(study: Study, found: Diversion) -> Grid:
    """The tariffs of the importers that change theirs, those that buy most first."""
    headings = (
        say("tariff weighted by trade, %"),
        say("on members, before"),
        say("after"),
        say("on outsiders, before"),
        say("after"),
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
        rows.append((name(found.codes[k], study.world.names[k]), *cells))
    return Grid(headings, tuple(rows), (2,) * 4)
