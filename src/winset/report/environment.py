"""Tables and sentences of `winset carbon` and `winset club`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table, signed
from winset.errors import listed
from winset.report.speech import coded, few, known, language, local, retold, say
from winset.studies.carbon_checks import negative, without_emissions
from winset.worlds.inventory import YEAR

if TYPE_CHECKING:
    from winset.studies.carbon import Carbon
    from winset.studies.carbon_checks import Inventoried
    from winset.studies.climate_club import ClimateClubs, Club
    from winset.studies.emission_bound import EmissionBound
    from winset.studies.run_emissions import RunEmissions

LARGEST = 12  # flows between regions that are listed


def place(region: str) -> str:
    """Return a region as its table calls it; an economy's name in other languages."""
    return region if language() == "en" else retold(region)


def accounts(done: Carbon) -> list[Table]:
    """Return a table of accounts for each gas."""
    found = done.accounts
    made = []
    for g, gas in enumerate(found.gases):
        table = Table(
            say(
                "{gas}: who emits for whom ({title}; in the unit of the emissions)",
                gas=gas,
                title=known(done.title),
            )
        )
        table.names(say("region¦of emissions"))
        table.figures(say("production"), say("consumption"), say("net imports"))
        table.figures(say("imports"), say("exports"), say("households"), spare=True)
        for n, region in enumerate(found.regions):
            made_here, used = found.production[g, n], found.consumption[g, n]
            table.add_row(
                place(region),
                local(f"{made_here:,.6g}"),
                local(f"{used:,.6g}"),
                local(_signed(used - made_here)),
                local(f"{found.imports[g, n]:,.6g}"),
                local(f"{found.exports[g, n]:,.6g}"),
                local(f"{found.households[g, n]:,.6g}"),
            )
        made.append(table)
    return made


def against_published(done: Carbon) -> list[Table]:
    """Return a world's consumption beside the published one, the largest first."""
    if done.world is None:
        return []
    table = Table(say("Consumption with households: winset's beside the Global Carbon Project's"))
    table.names(say("economy"))
    table.figures("winset", say("published¦figure"), say("gap %"), say("tonnes a head"))
    for code, used, published, each in sorted(done.compared(), key=lambda row: -row[1])[:LARGEST]:
        table.add_row(
            coded(code),
            local(f"{used:,.0f}"),
            "–" if published is None else local(f"{published:,.0f}"),
            "–" if not published else local(signed(100.0 * (used / published - 1.0), 1)),
            "–" if each is None else local(f"{each:.1f}"),
        )
    return [table]


def run_sentences(done: RunEmissions) -> list[str]:
    """Say what a scenario does to CO2."""
    whole, changed = float(done.before.sum()), float(done.change.sum())
    within, outside = float(done.change[done.inside].sum()), float(done.change[~done.inside].sum())
    said = [
        f"CO2 {_mt(changed)} million tonnes ({signed(100 * changed / whole, 3)} % of the world's of "
        f"{done.carbon.year}): by scale {_mt(float(done.scale.sum()))}, by composition "
        f"{_mt(float(done.composition.sum()))}, by technique {_technique(done)}, of households "
        f"{_mt(float(done.households.sum()))}; members {_mt(within)}, outsiders {_mt(outside)}."
    ]
    if done.leakage is not None:
        said.append(f"Leakage: {100 * done.leakage:.0f} % of what falls inside rises outside.")
    if done.priced.any():
        said.append(
            f"The carbon price raises {float(done.priced.sum()) / 1e3:,.1f} billion USD, handed out where it "
            "is paid."
        )
        if done.by_intensity:
            said.append(
                "Without fuels named ([parameters.energy]) the price is a cost on output by its CO2: nobody "
                "changes how things are made."
            )
    if done.idle:
        said.append(
            f"CO2 without output in {listed(done.idle, 6)}: its intensity is not defined, and no change "
            "moves it. Give the sector its sales in trade.csv, or move its CO2."
        )
    return said


def bound_sentences(done: EmissionBound) -> list[str]:
    """Say what keeps a bound on emissions, and what it costs."""
    whose = "the world's" if done.constraint.whose == "world" else "the members'"
    limit = f"{whose} CO2 is not above {done.bound:,.1f} million tonnes"
    if not done.binding:
        return [f"The bound holds by itself: {limit} ({done.after:,.1f}). Its shadow price is 0."]
    worth = (
        f"A tonne more would be worth {signed(done.shadow, 2)} USD to the world, "
        f"{signed(done.shadow_members, 2)} USD to the members."
    )
    over = f"without the bound it would be {done.without:,.1f}"
    if done.price:
        who = listed(done.payers, 6)
        return [f"So that {limit}, {who} pay {done.price:,.2f} USD a tonne; {over}. {worth}"]
    part = "the change" if done.constraint.change is None else f"change {done.constraint.change}"
    return [f"So that {limit}, {100 * done.size:.2f} % of {part} is made; {over}. {worth}"]


def _technique(done: RunEmissions) -> str:
    """Say nothing but 0 where a model cannot change it."""
    return _mt(float(done.technique.sum())) if done.technique.any() else "0"


def _mt(value: float) -> str:
    return signed(value, 1)


def carbon_notes(done: Carbon) -> list[str]:
    """Return what the figures count, and what they do not."""
    notes = [
        say(
            "Consumption and imports are by final demand (multi-regional): every unit stands once, and what "
            "passes through a third region counts where it ends. Bilateral figures (--json) are by border, "
            "inputs included: they add up to production, not to consumption."
        ),
        say("Households' own emissions stand apart; production and consumption leave them out."),
    ]
    if done.gas is not None and not done.gas.measured:
        notes.append(
            say(
                "CO2 is territorial of {year}, the Global Carbon Project's by economy; by sector it is "
                "derived from kinds of source and the world's intensities, not measured.",
                year=str(done.gas.year),
            )
        )
    if done.world is not None and (
        done.world.technology is None or done.world.technology.inputs is None
    ):
        notes.append(
            say(
                "World {world} has no table of inputs: half of output is inputs, in the composition of final "
                "demand.",
                world=done.world.name,
            )
        )
    if (against := done.inventoried) is not None:
        notes.append(_in_unit(against))
    alone = len(done.system.sectors) == 1
    silent = [
        place(region) if alone else f"{place(region)}, {sector}"
        for region, sector in without_emissions(done.system)
    ]
    if silent:
        notes.append(
            say(
                "{n} {n|industry has|industries have} output and no emissions: {who}.",
                n=len(silent),
                who=few(silent, 6),
            )
        )
    below = [f"{place(one['region'])} ({one['gas']})" for one in negative(done.accounts)]
    if below:
        notes.append(
            say(
                "Negative footprints of {who}: stocks were run down by more than was consumed.",
                who=few(below, 8),
            )
        )
    idle = done.system.output <= 0
    if idle.any():
        notes.append(say("{n} industries have no output, and no emissions.", n=int(idle.sum())))
    return notes


def _in_unit(against: Inventoried) -> str:
    """Say in which unit CO2 is, by the inventories, or that it is in none."""
    factors = [total / known for total, known in zip(against.totals, against.known, strict=True)]
    if not against.unit:
        return say(
            "CO2 is in no unit of the Global Carbon Project's inventories of {year}: {low} to {high} times "
            "million tonnes ({n} {n|economy|economies} compared).",
            year=str(YEAR),
            low=local(f"{min(factors):.3g}"),
            high=local(f"{max(factors):.3g}"),
            n=len(factors),
        )
    return say(
        "CO2 is in {unit} by the Global Carbon Project's inventories of {year}: {factor} times their million "
        "tonnes, in the middle of {n} {n|economy|economies}.",
        year=str(YEAR),
        unit=against.unit,
        factor=local(f"{float(np.median(factors)):.4g}"),
        n=len(factors),
    )


def _signed(value: float) -> str:
    return f"{value:+,.6g}".replace("-", "−")


def clubs(done: ClimateClubs) -> list[Table | str]:
    """Return what holds, and who is in it."""
    shown: list[Table | str] = [_verdict(done)]
    if done.asked is not None:
        shown += [_table(done, done.asked, "The club asked about"), _asked(done, done.asked)]
    shown += [_table(done, club, _title(done, club)) for club in done.stable if club.members.any()]
    return shown


def _verdict(done: ClimateClubs) -> str:
    tried = f"all {done.tried:,} clubs of {len(done.game)} regions were tried"
    at = f"at {done.cost:g} USD a tonne and a penalty of {100 * done.tariff:g} %"
    if not done.stable:
        return f"No club is stable {at}: {tried}."
    if len(done.stable) > 1:
        return f"{len(done.stable)} clubs are stable {at}: {tried}."
    club = done.stable[0]
    if not club.members.any():
        return f"No club holds {at}, but the one of nobody: {tried}."
    return f"One club is stable {at}, of {int(club.members.sum())} regions: {tried}."


def _title(done: ClimateClubs, club: Club) -> str:
    return f"Stable: {', '.join(done.names(club))}"


def _asked(done: ClimateClubs, club: Club) -> str:
    if club.stable:
        return "It is stable: nobody gains by moving alone."
    movers = np.argsort(-club.moving)[: int((club.moving > 0).sum())]
    said = [
        f"{done.game.regions[k]} by {'leaving' if club.members[k] else 'joining'} "
        f"({signed(float(club.moving[k]), 2)} bn)"
        for k in movers
    ]
    return f"It is not stable: {listed(said, 4)} would gain."


def _table(done: ClimateClubs, club: Club, title: str) -> Table:
    table = Table(f"{title} (USD billion a year)")
    table.names("region", "")
    table.figures("welfare", "against no club", "gain by moving alone")
    for k in np.argsort(-(club.welfare - done.nobody), kind="stable"):
        table.add_row(
            done.game.regions[k],
            "in" if club.members[k] else "out",
            signed(float(club.welfare[k]), 2),
            signed(float(club.welfare[k] - done.nobody[k]), 2),
            signed(float(club.moving[k]), 2),
        )
    return table


def club_notes(done: ClimateClubs) -> list[str]:
    """Return what the verdict rests on."""
    notes = [
        "Stable: no member gains by leaving alone and no outsider by joining alone. Groups that move "
        "together are another question.",
        "Payoffs are the quadratic ones of Nordhaus (2015) as published with a replication: trade by fixed "
        "curves, no general equilibrium; outsiders charge their own part of the social cost.",
    ]
    for club in done.stable:
        if club.held_between and club.members.any():
            spans = ", ".join(f"{100 * a:.2f} to {100 * b:.2f} %" for a, b in club.held_between)
            notes.append(
                f"The club of {int(club.members.sum())} holds at penalties of {spans}; the mean price is "
                f"{club.price:.2f} USD a tonne, and emissions fall by {100 * club.cut:.2f} %."
            )
    return notes
