"""Tables and sentences of `winset carbon SCENARIO`: who emits for whom before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report.environment import LARGEST, carbon_notes, place
from winset.report.speech import few, known, plain, say, signed

if TYPE_CHECKING:
    from winset.studies.carbon_changes import CarbonChange

NOTHING = 1e-9  # of the world's CO2: a change below it is none


def tables(done: CarbonChange) -> list[Table]:
    """Return a row per economy, the largest changes first, and the flows that change most."""
    return [_accounts(done), _flows(done)]


def _accounts(done: CarbonChange) -> Table:
    table = Table(
        say(
            "CO2 before and after: {title} (million tonnes; economies by the size of the change)",
            title=known(done.title),
        )
    )
    table.names(say("region¦of emissions"), say("role"))
    table.figures(say("production"), say("change"))
    table.figures(say("scale¦of emissions"), say("composition"), say("technique"), spare=True)
    table.figures(say("consumption"), say("change"), say("net imports, change"))
    table.figures(say("households, change"), spare=True)
    rows = done.changes()
    rows.sort(key=lambda row: -abs(row["production_change_mt"]) - abs(row["consumption_change_mt"]))
    for row in rows:
        moved = (
            "scale_mt", "composition_mt", "technique_mt", "consumption_mt", "consumption_change_mt",
            "net_imports_change_mt", "households_change_mt",
        )  # fmt: skip
        table.add_row(
            place(row["code"]),
            say("member") if row["inside"] else "",
            plain(row["production_mt"], 2),
            _moved(row["production_change_mt"]),
            *(plain(row[key], 2) if key == "consumption_mt" else _moved(row[key]) for key in moved),
        )
    return table


def _flows(done: CarbonChange) -> Table:
    """Return what changes most between two regions, by both methods."""
    table = Table(
        say(
            "CO2 in what regions sell to each other, by final demand and by border: the largest changes "
            "(million tonnes)"
        )
    )
    table.names(say("from¦where"), say("to¦where"))
    table.figures(say("by final demand"), say("change"), say("by border"), say("change"))
    old, new = done.before.accounts, done.after.accounts
    served, sold = new.embodied[0] - old.embodied[0], new.bilateral[0] - old.bilateral[0]
    size = np.abs(served)
    np.fill_diagonal(size, 0.0)
    for k in np.argsort(-size, axis=None, kind="stable")[:LARGEST].tolist():
        m, n = divmod(k, len(size))
        if not size[m, n] > NOTHING * old.production.sum():
            break
        table.add_row(
            place(old.regions[m]),
            place(old.regions[n]),
            plain(float(old.embodied[0, m, n]), 2),
            _moved(float(served[m, n])),
            plain(float(old.bilateral[0, m, n]), 2),
            _moved(float(sold[m, n])),
        )
    return table


def _moved(value: float) -> str:
    return signed(value, 3)


def sentences(done: CarbonChange) -> list[str]:
    """Say what changes where things are made, for whom, and what leaks."""
    run, old, new = done.emissions, done.before.accounts, done.after.accounts
    whole, within = float(run.change.sum()), run.inside
    used, before = new.consumption[0] - old.consumption[0], old.consumption[0] - old.production[0]
    after = new.consumption[0] - new.production[0]
    said = [
        say(
            "The world's CO2 {change} million tonnes ({percent} %): by scale {scale}, by composition "
            "{composition}, by technique {technique}, of households {households}.",
            change=signed(whole, 2),
            percent=signed(100.0 * whole / float(run.before.sum()), 3),
            scale=signed(float(run.scale.sum()), 2),
            composition=signed(float(run.composition.sum()), 2),
            technique=signed(float(run.technique.sum()), 2) if run.technique.any() else "0",
            households=signed(float(run.households.sum()), 2),
        ),
        say(
            "Members: production {made}, consumption {used} million tonnes; outsiders: {others} and "
            "{others_used}. Members' net imports of CO2 were {before} and are {after}.",
            made=signed(float((new.production - old.production)[0][within].sum()), 2),
            used=signed(float(used[within].sum()), 2),
            others=signed(float((new.production - old.production)[0][~within].sum()), 2),
            others_used=signed(float(used[~within].sum()), 2),
            before=signed(float(before[within].sum()), 1),
            after=signed(float(after[within].sum()), 1),
        ),
    ]
    if run.leakage is not None:
        said.append(
            say(
                "Leakage: {percent} % of what falls inside rises outside.",
                percent=plain(100.0 * run.leakage, 1),
            )
        )
    return said


def notes(done: CarbonChange) -> list[str]:
    """Return what the figures count, and what they do not."""
    said = carbon_notes(done.before)
    if done.result.sectors is None:
        said.append(say("One sector: all that changes in production is scale."))
    elif not done.emissions.technique.any():
        said.append(
            say(
                "CO2 by volume: nobody changes how things are made. With fuels named "
                "([parameters.energy]) and a carbon price they do."
            )
        )
    if done.result.scenario.parameters.energy is not None:
        said.append(
            say(
                "Inputs of fuels are laid where the CO2 is, as in the model with energy: the accounts before "
                "differ from those of the world alone."
            )
        )
    below = [
        place(code)
        for n, code in enumerate(done.after.accounts.regions)
        if done.after.accounts.consumption[0, n] < 0 <= done.before.accounts.consumption[0, n]
    ]
    if below:
        said.append(say("Negative footprints after it: {who}.", who=few(below, 8)))
    return said
