"""A customs union seen from outside: tables and sentences for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report import words
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
        yield (
            f"Were the same cut given to all (most favored nation): members {number(within / 1000, 2)}, "
            f"outsiders {number(without / 1000, 2)} billion USD a year; {losing} outsiders lose."
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
        "one rate for each outsider's goods"
        if done.level == "partner"
        else "the tariff by sector, moved by one factor for each outsider"
    )
    yield (
        f"This tariff is {each}: it tells outsiders apart, as a common external tariff does not."
    )
    yield (
        f"With this tariff no outsider's welfare moves (at most by {off:.0e} of it), and the union "
        f"{'gains' if gain > 0 else 'loses'} {abs(gain) / 1000:.2f} billion USD a year: "
        f"{number(100.0 * float(harmless.welfare[done.inside][0] - 1.0), 3)} % for every member, "
        "after transfers."
    )
    duties = harmless.duties
    yield (
        f"Duties on the whole: {_rate(duties.before_whole)} % before, "
        f"{_rate(duties.after_whole)} % now, on the imports before; {done.raised(harmless)} of "
        f"{int(done.judged.sum())} "
        "outsiders face higher ones."
    )
    paid = [
        f"{done.world.codes[k]} {number(float(harmless.transfer[k]), 0)}"
        for k in np.argsort(harmless.transfer, kind="stable")
        if done.inside[k]
    ]
    yield "Transfers inside, USD million received: " + ", ".join(paid) + "."


def _common(done: Union, at: UnionAtTariff) -> Iterator[Table | str]:
    """The best common tariff by sector, and whether it keeps what Kemp & Wan promise."""
    table = Table("Best common tariff, one rate for all outsiders")
    table.names("sector")
    table.figures("rate %")
    for sector, rate in done.rates_by_sector().items():
        table.add_row(sector, _rate(rate))
    yield table
    out = np.flatnonzero(done.judged if done.judged.any() else ~done.inside)
    worst = int(out[np.argmin(at.welfare[out])])
    gain = float(at.variation[done.inside].sum())
    lost = number(100.0 * float(at.welfare[worst] - 1.0), 3)
    money = f"{abs(gain) / 1000:.2f} billion USD a year"
    if done.kemp_wan:
        yield (
            f"It harms no outsider, and the union gains {money}: with payments inside, what Kemp and Wan "
            "promise can be had with one rate a sector."
        )
    elif done.harms_nobody:
        yield (
            f"It harms no outsider, but the union loses {money}: what Kemp and Wan promise cannot be had "
            "with one rate a sector, as far as was found."
        )
    else:
        yield (
            f"No common tariff was found that harms nobody: {done.world.names[worst]} still loses "
            f"({lost} %), and the union {'gains' if gain > 0 else 'loses'} {money}."
        )


def _members(done: Union, title: str) -> Table:
    table = Table(title)
    table.names("member", "economy")
    table.figures("welfare %", "USD million")
    if done.harmless is not None:
        table.figures("harmless, before transfers", "transfer", "after: welfare %")
    places = np.flatnonzero(done.inside)
    for k in places[np.argsort(-done.plain.welfare[places], kind="stable")]:
        row = [
            done.world.codes[k],
            done.world.names[k],
            number(100.0 * float(done.plain.welfare[k] - 1.0), 2),
            number(float(done.plain.variation[k]), 0),
        ]
        if (harmless := done.harmless) is not None:
            row += [
                number(float(harmless.variation[k] - harmless.transfer[k]), 0),
                number(float(harmless.transfer[k]), 0),
                number(100.0 * float(harmless.welfare[k] - 1.0), 3),
            ]
        table.add_row(*row)
    return table


def _inside(done: Union, at: UnionAtTariff) -> Iterator[str]:
    form = "customs union" if done.form == "customs-union" else "free-trade area"
    duties, outside = at.duties, int(done.judged.sum())
    yield (
        f"A {form} of {len(done.members)}: duties on the whole are {_rate(duties.before_whole)} % "
        f"before and {_rate(duties.after_whole)} % after, on the imports before; {done.raised(at)} of "
        f"{outside} outsiders face higher ones."
    )


def _outside(done: Union, top: int) -> Iterator[Table | str]:
    out = np.flatnonzero(~done.inside)
    losing = done.losing(done.plain)
    inside = float(done.plain.variation[done.inside].sum())
    outside = float(done.plain.variation[out].sum())
    if done.not_judged:
        names = ", ".join(done.world.names[done.world.index[code]] for code in done.not_judged)
        yield (
            f"The data have no duties on the goods of {names}: whether it loses is not said, and it is not "
            "counted below."
        )
    yield (
        f"{len(losing)} of {int(done.judged.sum())} outsiders lose. In money: members "
        f"{number(inside / 1000, 2)}, outsiders {number(outside / 1000, 2)} billion USD a year."
    )
    if top and len(losing):
        table = Table(f"Outsiders that lose most ({min(top, len(losing))})")
        table.names("code", "economy")
        table.figures("welfare %", "USD million", "duty before %", "after %")
        row_of = {int(k): row for row, k in enumerate(out)}
        for k in losing[np.argsort(done.plain.welfare[losing], kind="stable")][:top]:
            row = row_of[int(k)]
            table.add_row(
                done.world.codes[k],
                done.world.names[k],
                number(100.0 * float(done.plain.welfare[k] - 1.0), 3),
                number(float(done.plain.variation[k]), 0),
                _rate(done.plain.duties.before[row]),
                _rate(done.plain.duties.after[row]),
            )
        yield table


def _tariffs(done: Union, harmless: UnionAtTariff, top: int) -> Table:
    how = {
        "partner": "one rate for each outsider's goods",
        "partner-sector": "mean rate, by sector as the union's, one factor for each outsider",
    }
    table = Table(f"The tariff that harms nobody: {how[done.level]}")
    table.names("code", "economy")
    table.figures("before %", "union %", "harmless %")
    out = np.flatnonzero(~done.inside)
    size = done.calibrated.initial.income[out]
    for row in np.argsort(-size, kind="stable")[:top]:
        table.add_row(
            done.world.codes[out[row]],
            done.world.names[out[row]],
            _rate(done.plain.duties.before[row]),
            _rate(done.plain.duties.after[row]),
            _rate(harmless.duties.after[row]),
        )
    return table


def _rate(value: float) -> str:
    return "" if np.isnan(value) else f"{100 * value:.2f}".replace("-", "−")


def footer(done: Union) -> str:
    """Return what identifies the computation."""
    world, parameters = done.world, done.parameters
    beta = f"β {parameters.value_added_share:g}, "
    if world.technology is not None and world.technology.value_added is not None:
        beta = ""
    return (
        f"{beta}elasticities {parameters.elasticities or 'of the world'}, deficits "
        f"{parameters.deficits}; world {world.name}, sha256 {world.sha256[:12]}; residual "
        f"{done.solver.residual:.1e} after {done.solver.iterations} steps"
    )
