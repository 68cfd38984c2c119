"""Tables and sentences of `winset club` in trade general equilibrium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table, money, signed
from winset.errors import listed
from winset.games import clubs as membership
from winset.worlds.inventory import YEAR

if TYPE_CHECKING:
    from winset.studies.trade_club import TradeClub

LISTED = 3  # stable clubs with a table of their own


def shown(done: TradeClub) -> list[Table | str]:
    """Return the verdict, the stable clubs, and how one gets there."""
    found: list[Table | str] = [_verdict(done)]
    if done.asked is not None:
        found.append(_table(done, done.asked, "The club asked about"))
        gain = membership.moving(done.choosing, done.asked)
        movers = [
            f"{done.codes[k]} by {'leaving' if done.asked >> k & 1 else 'joining'} ({money(gain[k])})"
            for k in np.argsort(-gain)
            if gain[k] > done.tie[k]
        ]
        found.append(
            f"It is not stable: {listed(movers, 4)} would gain."
            if movers
            else "It is stable: nobody gains by moving alone."
        )
    for one in done.looked[:LISTED]:
        found.append(_table(done, one.number, f"Stable: {_who(done, one.number)}"))
        if one.cheapest is not None:
            found.append(f"It holds from a penalty of {100 * one.cheapest:.2f} % on.")
        if one.objection is None:
            found.append("No group would gain by moving together either.")
        else:
            found.append(f"A group would gain by moving together to {_who(done, one.objection)}.")
    found += _on_the_way(done)
    return found


def _who(done: TradeClub, club: int) -> str:
    return listed(done.members(club) or ["nobody"], 30)


def _verdict(done: TradeClub) -> str:
    rules = done.order.rules
    at = f"at a penalty of {100 * rules.penalty:g} %"
    if rules.carbon_price:
        at = f"at {rules.carbon_price:g} USD a tonne and a penalty of {100 * rules.penalty:g} %"
    tried = (
        f"all {done.problem.count:,} clubs of {len(done.codes)} that choose"
        f"{f' with the core {listed(done.core)}' if done.core else ''} were solved"
    )
    if not done.stable:
        return f"No club is stable {at}: {tried}."
    if len(done.stable) == 1:
        club = done.stable[0]
        size = len(done.members(club))
        return f"One club is stable {at}, of {size} of {len(done.world)}: {tried}."
    return f"{len(done.stable)} clubs are stable {at}: {tried}."


def _table(done: TradeClub, club: int, title: str) -> Table:
    fall = done.co2_percent(club)
    about = "" if fall is None else f"; world CO2 {signed(fall, 2)} %"
    made = Table(f"{title} (USD million a year{about})")
    made.names("economy", "")
    made.figures("payoff", "by moving alone")
    moving = dict(zip(done.codes, membership.moving(done.choosing, club), strict=True))
    inside = set(done.members(club))
    for k in np.argsort(-done.payoffs[club], kind="stable"):
        code = done.world.codes[k]
        role = "core" if code in done.core else "in" if code in inside else "out"
        made.add_row(
            code,
            role,
            signed(float(done.payoffs[club, k]), 0),
            signed(float(moving[code]), 0) if code in moving else "–",
        )
    return made


def _on_the_way(done: TradeClub) -> list[Table | str]:
    said: list[Table | str] = []
    for number, one in enumerate(done.rounds, 1):
        parts = [
            f"{listed([done.codes[k] for k in who], 30)} {what}"
            for who, what in ((one.joined, "join"), (one.left, "leave"))
            if who
        ]
        said.append(f"Round {number}: {'; '.join(parts)}.")
    if not done.rests:
        said.append("The rounds do not come to rest.")
    if done.order.rules.penalty:
        low = done.everybody.penalty
        said.append(
            "No penalty up to 100 % holds everybody in."
            if low is None
            else f"Everybody stays in from a penalty of {100 * low:.2f} % on."
        )
    if done.everybody.price is not None:
        said.append(
            f"Everybody stays in up to a carbon price of {done.everybody.price:,.0f} USD a tonne at this "
            "penalty."
        )
    pivotal = [done.codes[k] for k, club in done.pivotal if club is None]
    if pivotal:
        said.append(f"Pivotal: if {listed(pivotal, 30)} stays out, no club of the others holds.")
    return said


def notes(done: TradeClub) -> list[str]:
    """Return what the verdict rests on."""
    said = [
        "Stable: no member gains by leaving alone and no outsider by joining alone. Each club that is called "
        f"so was solved anew with its {len(done.codes)} deviations, and holds.",
        "Payoffs are equivalent variation in general equilibrium, tariff revenue included, and damages "
        "avoided; outsiders do not retaliate.",
    ]
    if done.order.rules.carbon_price:
        said.append(
            "A carbon price works through the demand for energy (substitution with elasticity "
            f"{done.order.rules.energy_elasticity:g}); its revenue stays at home, and the price of fuels "
            "does not fall: there is no leakage through it, nor by a change of industries."
        )
        said.append(f"CO2 is territorial of {YEAR}, on the trade of {done.world.year}.")
    if done.unknown and done.co2_percent(0) is not None:
        said.append(
            f"No CO2 is counted for {listed(done.unknown, 12)}, of which no figure is at hand."
        )
    return said
