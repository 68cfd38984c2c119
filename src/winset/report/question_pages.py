"""The pages of questions: where trade fits, a union, a war, a deal, treaties, votes, poverty.

What a terminal prints, as sections, with the pictures that belong to it. Pages of a run, of shares, of
votes and of tariff lines stand in files of their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from winset.environment.dependence import sources
from winset.report import (
    carbon_changes,
    deals,
    delivery,
    dependence,
    environment,
    even_tables,
    frontier,
    gap_page,
    matches,
    reactions,
    trade_clubs,
    treaty_tables,
    unions,
    wars,
)
from winset.report.common_ground_tables import ROLL_CALLS
from winset.report.page import Sheet, gains_pictured
from winset.report.sections import Section, figure
from winset.report.speech import known, local, say
from winset.report.told import grid, sections, sheet, sourced, timeless
from winset.studies.carbon_changes import CarbonChange
from winset.studies.customs_union import NO_TARIFFS
from winset.studies.income_gap_result import Gap

if TYPE_CHECKING:
    from winset.delivery.lorenz import Poverty
    from winset.studies.carbon import Carbon
    from winset.studies.commitments import Commitments
    from winset.studies.customs_union import UnionStudy
    from winset.studies.dependence import Dependence
    from winset.studies.evenhandedness import EvenHandedness
    from winset.studies.scenario_deal import DealStudy
    from winset.studies.tariff_war import TariffWar
    from winset.studies.trade_club import TradeClub
    from winset.studies.trade_match import Match


def match(done: Match, *, top: int = 15) -> Sheet:
    """Return the page of where trade fits."""
    parts = []
    if done.untapped.flows:
        parts.append(
            Section(
                id="untapped",
                title=say("Actual and expected trade"),
                figures=(
                    figure(
                        "flows",
                        lambda width: matches.dots(done, top=top, width=width, titled=False),
                        caption=say(matches.READ),
                        data=matches.flows_frame(done, top=top).drop(columns="label"),
                    ),
                ),
            )
        )
    for k, table in enumerate(matches.tables(done, top=top)):
        parts.append(Section(id=f"table-{k}", title=table.title, grids=(grid(table),)))
    return Sheet(
        title=say("Where trade of {who} fits", who=known(done.group)),
        kicker=say(
            "worlds {fits} and {whole} · membership as of {on}",
            fits=done.fits.world.name,
            whole=done.untapped.world.name,
            on=done.on.isoformat(),
        ),
        verdict=matches.sentences(done),
        sections=tuple(parts),
        method=(
            *matches.notes(done),
            *(say("{who}.", who=line) for line in matches.footer(done).splitlines()),
        ),
        sources=sourced(done.fits.world, done.untapped.world),
        figures=done.to_json(),
    )


def union(study: UnionStudy, *, top: int = 20) -> Sheet:
    """Return the page of a union seen from outside."""
    done, title = study.union, known(study.scenario.title)
    group, made, _ = title.partition(NO_TARIFFS)
    if made:
        title = say("{group}: no tariffs inside", group=known(group))
    said = [item for item in unions.shown(done, title, top=top) if isinstance(item, str)]
    tables = [item for item in unions.shown(done, title, top=top) if not isinstance(item, str)]
    return Sheet(
        title=title,
        kicker=say(
            "{form} seen from outside · world {world} ({year}) · membership as of {on}",
            form=say("customs union") if done.form == "customs-union" else say("free-trade area"),
            world=done.world.name,
            year=str(done.world.year),
            on=study.scenario.on.isoformat(),
        ),
        verdict=(*said, unions.other_rules(study)),
        sections=(
            *gains_pictured(
                done.world.codes,
                done.world.names,
                done.members,
                done.plain.welfare,
                done.plain.variation,
            ),
            *sections(tables),
        ),
        method=(
            say(
                "Inside, tariffs go to zero, on top of what the scenario changes; outside, members of a "
                "customs union share one tariff by sector, the mean of their own, weighted by imports. The "
                "equilibrium is solved in exact changes with sectors and input-output links (Caliendo & "
                "Parro 2015). A tariff that harms nobody: Kemp & Wan (1976)."
            ),
            say("{who}.", who=unions.footer(done)),
        ),
        sources=sourced(done.world),
        figures=timeless(study.to_json()),
    )


def war(done: TariffWar) -> Sheet:
    """Return the page of a war, solved exactly or by sufficient statistics."""
    said, footer = wars.shown(done, top=len(done.world))
    told = tuple(item for item in said if isinstance(item, str))
    if done.exact is not None:
        page = reactions.sheet(done.exact, done.agreed)
        return replace(page, verdict=(*page.verdict, *(t for t in told if t not in page.verdict)))
    world, found = done.world, done.statistics
    assert found is not None
    tables = [item for item in said if not isinstance(item, str)]
    return Sheet(
        title=say("A tariff war in {name}", name=world.name),
        kicker=say(
            "world {world} ({year}, {n} {n|economy|economies}) · {players} players · by sufficient "
            "statistics",
            world=world.name,
            year=str(world.year),
            n=len(world),
            players=len(found.players),
        ),
        verdict=told,
        sections=(
            *gains_pictured(world.codes, world.names, found.players, found.welfare),
            *sections(tables),
        ),
        method=(
            say(
                "Every player sets the one tariff that is best for its welfare, given all other tariffs, by "
                "sufficient statistics of trade shares (Lashkaripour 2021); welfare is real income."
            ),
            say("{who}.", who=footer),
        ),
        sources=sourced(world),
        figures=timeless(done.to_json()),
    )


def deal(done: DealStudy) -> Sheet:
    """Return the page of a package deal, with what the other deficit rules say of it."""
    return frontier.sheet(done.deal, done.agenda, deals.other_rules(done))


def treaty(done: Commitments) -> Sheet:
    """Return the page of who has joined what."""
    return sheet(
        treaty_tables.title(done),
        say("treaties of the United Nations · who has signed and joined them"),
        list(treaty_tables.shown(done, top=20)),
        method=treaty_tables.notes(done),
        sources=(
            "United Nations Treaty Collection, Multilateral Treaties Deposited with the Secretary-General.",
        ),
        figures=done.to_json(),
    )


def even(done: EvenHandedness) -> Sheet:
    """Return the page of votes on like texts."""
    return sheet(
        even_tables.title(done),
        say("even-handedness · recorded votes of the General Assembly of the United Nations"),
        list(even_tables.shown(done)),
        method=even_tables.notes(done),
        sources=ROLL_CALLS,
        figures=done.to_json(),
    )


def gap(done: Gap | Poverty) -> Sheet:
    """Return the page of a scenario's gains on incomes, or of a grouped distribution."""
    if isinstance(done, Gap):
        return gap_page.sheet(done)
    return sheet(
        say("Poverty and inequality from grouped data"),
        say(
            "mean {mean} · line {line}", mean=local(f"{done.mean:g}"), line=local(f"{done.line:g}")
        ),
        [delivery.poverty_table(done)],
        verdict=delivery.said_of_poverty(done),
        method=(
            say(
                "A Lorenz curve is fitted to the points, general quadratic or Beta, whichever fits better "
                "unless one is named; the measures are its integrals."
            ),
        ),
        sources=(say("The figures are those that were given."),),
        figures=done.to_json(),
    )


def depend(done: Dependence, *, top: int = 15) -> Sheet:
    """Return the page of on whom a group depends."""
    return sheet(
        say("On whom {group} depends", group=dependence.called(done)),
        say(
            "minerals, fuels, goods · world {world} · membership as of {on}",
            world=done.world.name,
            on=done.on.isoformat(),
        ),
        dependence.tables(done, top=top),
        verdict=dependence.sentences(done),
        method=dependence.notes(done),
        sources=(*sources(), *sourced(done.world)),
        figures=done.to_json(),
    )


def carbon(done: Carbon | CarbonChange) -> Sheet:
    """Return the page of who emits for whom in a world, or before and after a scenario."""
    if isinstance(done, CarbonChange):
        return sheet(
            say("Who emits for whom: {title}", title=known(done.title)),
            say("CO2 before and after a scenario · world {world}", world=done.world.name),
            carbon_changes.tables(done),
            verdict=carbon_changes.sentences(done),
            method=carbon_changes.notes(done),
            sources=sourced(done.world),
            figures=done.to_json(),
        )
    return sheet(
        say("Who emits for whom: {title}", title=known(done.title)),
        say("CO2 by where it arises and by whom it serves"),
        [*environment.accounts(done), *environment.against_published(done)],
        method=environment.carbon_notes(done),
        sources=() if done.world is None else sourced(done.world),
        figures=done.to_json(),
    )


def club(done: TradeClub) -> Sheet:
    """Return the page of a club in trade."""
    return sheet(
        known(done.order.scenario.title),
        say(
            "clubs in trade general equilibrium · world {world} ({year}, {n} {n|economy|economies}) · "
            "{chosen} that choose",
            world=done.world.name,
            year=str(done.world.year),
            n=len(done.world),
            chosen=len(done.codes),
        ),
        trade_clubs.shown(done),
        method=trade_clubs.notes(done),
        sources=sourced(done.world),
        figures=timeless(done.to_json()),
    )
