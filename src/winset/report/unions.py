"""A customs union seen from outside: tables and sentences for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report import words
from winset.report.significant import at_most
from winset.report.speech import coded, known, listed, local, name, say, tiny
from winset.report.tables import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winset.studies.customs_union import UnionStudy
    from winset.trade.policy.customs_union import Union, UnionAtTariff


def other_rules(study: UnionStudy) -> str:
    """Say what the other deficit rules overturn of the union at its members' tariffs."""
    world, welfare = study.union.world, study.union.plain.welfare
    own = dict(zip(world.codes, (100.0 * (welfare - 1.0)).tolist(), strict=True))
    return words.gains_by_rule(dict(zip(world.codes, world.names, strict=True)), study.others, own)


def shown(done: Union, title: str, *, top: int) -> Iterator[Table | str]:
    """Yield what ``winset union`` prints."""
    harmless = done.harmless
    yield _members(done, title)
    yield from _inside(done, done.plain)
    yield from _outside(done, top)
    if (open_ := done.to_all) is not None:
        within, without = (float(open_.variation[x].sum()) for x in (done.inside, ~done.inside))
        losing = len(done.losing(open_))
        yield say(
            "Were the same cut given to all (most favored nation): members {members}, outsiders {outsiders} "
            "billion USD a year; {n} outsiders lose.",
            members=figure(within / 1000, 2),
            outsiders=figure(without / 1000, 2),
            n=losing,
        )
    if done.common is not None:
        yield from _common(done, done.common)
    if harmless is None:
        return
    yield _tariffs(done, harmless, top)
    out = np.flatnonzero(~done.inside)
    gain = float(harmless.variation[done.inside].sum())
    off = float(np.abs(harmless.welfare[out] - 1.0).max())
    each = (
        say("one rate for each outsider's goods")
        if done.level == "partner"
        else say("the tariff by sector, moved by one factor for each outsider")
    )
    yield say(
        "This tariff is {each}: it tells outsiders apart, as a common external tariff does not.",
        each=each,
    )
    told = {
        "off": at_most(100 * off, 4),
        "gain": local(f"{abs(gain) / 1000:.2f}"),
        "percent": figure(100.0 * float(harmless.welfare[done.inside][0] - 1.0), 3),
    }
    yield (
        say(
            "With this tariff no outsider's welfare moves (at most by {off} %), and the union gains "
            "{gain} billion USD a year: {percent} % for every member, after transfers.",
            **told,
        )
        if gain > 0
        else say(
            "With this tariff no outsider's welfare moves (at most by {off} %), and the union loses "
            "{gain} billion USD a year: {percent} % for every member, after transfers.",
            **told,
        )
    )
    duties = harmless.duties
    yield say(
        "Duties on the whole: {before} % before, {after} % now, on the imports before; {n} of {all} "
        "outsiders face higher ones.",
        before=_rate(duties.before_whole),
        after=_rate(duties.after_whole),
        n=done.raised(harmless),
        all=int(done.judged.sum()),
    )
    paid = [
        f"{coded(done.world.codes[k])} {figure(float(harmless.transfer[k]), 0)}"
        for k in np.argsort(harmless.transfer, kind="stable")
        if done.inside[k]
    ]
    yield say("Transfers inside, USD million received: {paid}.", paid=listed(paid))


def _common(done: Union, at: UnionAtTariff) -> Iterator[Table | str]:
    """The best common tariff by sector, and whether it keeps what Kemp & Wan promise."""
    table = Table(say("Best common tariff, one rate for all outsiders"))
    table.names(say("sector"))
    table.figures(say("rate %"))
    for sector, rate in done.rates_by_sector().items():
        table.add_row(known(sector), _rate(rate))
    yield table
    out = np.flatnonzero(done.judged if done.judged.any() else ~done.inside)
    worst = int(out[np.argmin(at.welfare[out])])
    gain = float(at.variation[done.inside].sum())
    told = {"gain": local(f"{abs(gain) / 1000:.2f}")}
    if done.kemp_wan:
        yield say(
            "It harms no outsider, and the union gains {gain} billion USD a year: with payments inside, what "
            "Kemp and Wan promise can be had with one rate a sector.",
            **told,
        )
    elif done.harms_nobody:
        yield say(
            "It harms no outsider, but the union loses {gain} billion USD a year: what Kemp and Wan promise "
            "cannot be had with one rate a sector, as far as was found.",
            **told,
        )
    else:
        told["name"] = name(done.world.codes[worst], done.world.names[worst])
        told["lost"] = figure(100.0 * float(at.welfare[worst] - 1.0), 3)
        yield (
            say(
                "No common tariff was found that harms nobody: {name} still loses ({lost} %), and the union "
                "gains {gain} billion USD a year.",
                **told,
            )
            if gain > 0
            else say(
                "No common tariff was found that harms nobody: {name} still loses ({lost} %), and the union "
                "loses {gain} billion USD a year.",
                **told,
            )
        )


def _members(done: Union, title: str) -> Table:
    table = Table(title)
    table.names(say("member"), say("economy"))
    table.figures(say("welfare %"), say("USD million"))
    if done.harmless is not None:
        table.figures(say("harmless, before transfers"), say("transfer"), say("after: welfare %"))
    places = np.flatnonzero(done.inside)
    for k in places[np.argsort(-done.plain.welfare[places], kind="stable")]:
        row = [
            done.world.codes[k],
            name(done.world.codes[k], done.world.names[k]),
            figure(100.0 * float(done.plain.welfare[k] - 1.0), 2),
            figure(float(done.plain.variation[k]), 0),
        ]
        if (harmless := done.harmless) is not None:
            row += [
                figure(float(harmless.variation[k] - harmless.transfer[k]), 0),
                figure(float(harmless.transfer[k]), 0),
                figure(100.0 * float(harmless.welfare[k] - 1.0), 3),
            ]
        table.add_row(*row)
    return table


def _inside(done: Union, at: UnionAtTariff) -> Iterator[str]:
    duties = at.duties
    yield say(
        "A {form} of {n}: duties on the whole are {before} % before and {after} % after, on the imports "
        "before; {raised} of {all} outsiders face higher ones.",
        form=say("customs union") if done.form == "customs-union" else say("free-trade area"),
        n=len(done.members),
        before=_rate(duties.before_whole),
        after=_rate(duties.after_whole),
        raised=done.raised(at),
        all=int(done.judged.sum()),
    )


def _outside(done: Union, top: int) -> Iterator[Table | str]:
    out = np.flatnonzero(~done.inside)
    losing = done.losing(done.plain)
    inside = float(done.plain.variation[done.inside].sum())
    outside = float(done.plain.variation[out].sum())
    if done.not_judged:
        yield say(
            "The data have no duties on the goods of {names}: whether it loses is not said, and it is not "
            "counted below.",
            names=listed(
                name(code, done.world.names[done.world.index[code]]) for code in done.not_judged
            ),
        )
    yield say(
        "{n} of {all} outsiders lose. In money: members {members}, outsiders {outsiders} billion USD a year.",
        n=len(losing),
        all=int(done.judged.sum()),
        members=figure(inside / 1000, 2),
        outsiders=figure(outside / 1000, 2),
    )
    if top and len(losing):
        table = Table(say("Outsiders that lose most ({n})", n=min(top, len(losing))))
        table.names(say("code"), say("economy"))
        table.figures(say("welfare %"), say("USD million"), say("duty before %"), say("after %"))
        row_of = {int(k): row for row, k in enumerate(out)}
        for k in losing[np.argsort(done.plain.welfare[losing], kind="stable")][:top]:
            row = row_of[int(k)]
            table.add_row(
                done.world.codes[k],
                name(done.world.codes[k], done.world.names[k]),
                figure(100.0 * float(done.plain.welfare[k] - 1.0), 3),
                figure(float(done.plain.variation[k]), 0),
                _rate(done.plain.duties.before[row]),
                _rate(done.plain.duties.after[row]),
            )
        yield table


def _tariffs(done: Union, harmless: UnionAtTariff, top: int) -> Table:
    how = (
        say("one rate for each outsider's goods")
        if done.level == "partner"
        else say("mean rate, by sector as the union's, one factor for each outsider")
    )
    table = Table(say("The tariff that harms nobody: {how}", how=how))
    table.names(say("code"), say("economy"))
    table.figures(say("before %"), say("union %"), say("harmless %"))
    out = np.flatnonzero(~done.inside)
    size = done.calibrated.initial.income[out]
    for row in np.argsort(-size, kind="stable")[:top]:
        table.add_row(
            done.world.codes[out[row]],
            name(done.world.codes[out[row]], done.world.names[out[row]]),
            _rate(done.plain.duties.before[row]),
            _rate(done.plain.duties.after[row]),
            _rate(harmless.duties.after[row]),
        )
    return table


def _rate(value: float) -> str:
    return "" if np.isnan(value) else local(f"{100 * value:.2f}".replace("-", "−"))


def figure(value: float, digits: int) -> str:
    """Write a figure of a sentence as the language does."""
    return local(number(value, digits))


def footer(done: Union) -> str:
    """Return what identifies the computation."""
    world, parameters = done.world, done.parameters
    beta = f"β {local(f'{parameters.value_added_share:g}')}, "
    if world.technology is not None and world.technology.value_added is not None:
        beta = ""
    return beta + say(
        "elasticities {elasticities}, deficits {rule}; world {world}, sha256 {hash}; residual {residual} "
        "after {n} steps",
        elasticities=parameters.elasticities or say("of the world"),
        rule=known(parameters.deficits),
        world=world.name,
        hash=world.sha256[:12],
        residual=tiny(done.solver.residual),
        n=done.solver.iterations,
    )
