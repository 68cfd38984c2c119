"""Tables and sentences of `winset club` in trade general equilibrium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.games import clubs as membership
from winset.report.speech import coded, few, language, local, money, plain, say, signed
from winset.worlds.inventory import YEAR

if TYPE_CHECKING:
    from winset.studies.trade_club import TradeClub

LISTED = 3  # stable clubs with a table of their own


def shown(done: TradeClub) -> list[Table | str]:
    """Return the verdict, the stable clubs, and how one gets there."""
    found: list[Table | str] = [_verdict(done)]
    if done.asked is not None:
        found.append(_table(done, done.asked, say("The club asked about")))
        gain = membership.moving(done.choosing, done.asked)
        movers = [
            say(
                "{who} by {how} ({gain})",
                who=coded(done.codes[k]),
                how=say("leaving") if done.asked >> k & 1 else say("joining"),
                gain=money(gain[k]),
            )
            for k in np.argsort(-gain)
            if gain[k] > done.tie[k]
        ]
        found.append(
            say("It is not stable: {movers} would gain.", movers=few(movers, 4))
            if movers
            else say("It is stable: nobody gains by moving alone.")
        )
    for one in done.looked[:LISTED]:
        found.append(_table(done, one.number, say("Stable: {who}", who=_who(done, one.number))))
        if one.cheapest is not None:
            found.append(
                say("It holds from a penalty of {percent} % on.", percent=_percent(one.cheapest, 2))
            )
        if one.objection is None:
            found.append(say("No group would gain by moving together either."))
        else:
            found.append(
                say(
                    "A group would gain by moving together to {who}.", who=_who(done, one.objection)
                )
            )
    found += _on_the_way(done)
    return found


def _percent(rate: float, digits: int) -> str:
    return plain(100 * rate, digits)


def _short(value: float) -> str:
    return local(f"{value:g}")


def _who(done: TradeClub, club: int) -> str:
    return few([coded(code) for code in done.members(club)] or [say("nobody")], 30)


def _verdict(done: TradeClub) -> str:
    rules = done.order.rules
    penalty = _short(100 * rules.penalty)
    at = say("at a penalty of {percent} %", percent=penalty)
    if rules.carbon_price:
        at = say(
            "at {usd} USD a tonne and a penalty of {percent} %",
            usd=_short(rules.carbon_price),
            percent=penalty,
        )
    tried = (
        say(
            "all {n} clubs of {chosen} that choose with the core {core} were solved",
            n=done.problem.count,
            chosen=len(done.codes),
            core=few(map(coded, done.core), 8),
        )
        if done.core
        else say(
            "all {n} clubs of {chosen} that choose were solved",
            n=done.problem.count,
            chosen=len(done.codes),
        )
    )
    if not done.stable:
        return say("No club is stable {at}: {tried}.", at=at, tried=tried)
    if len(done.stable) == 1:
        return say(
            "One club is stable {at}, of {size} of {all}: {tried}.",
            at=at,
            size=len(done.members(done.stable[0])),
            all=len(done.world),
            tried=tried,
        )
    return say("{n} clubs are stable {at}: {tried}.", n=len(done.stable), at=at, tried=tried)


def _table(done: TradeClub, club: int, title: str) -> Table:
    fall = done.co2_percent(club)
    made = Table(
        say("{title} (USD million a year)", title=title)
        if fall is None
        else say(
            "{title} (USD million a year; world CO2 {percent} %)",
            title=title,
            percent=signed(fall, 2),
        )
    )
    made.names(say("economy"), "" if language() == "en" else say("role"))
    made.figures(say("payoff"), say("by moving alone"))
    moving = dict(zip(done.codes, membership.moving(done.choosing, club), strict=True))
    inside = set(done.members(club))
    for k in np.argsort(-done.payoffs[club], kind="stable"):
        code = done.world.codes[k]
        made.add_row(
            coded(code),
            _role(done, code, inside),
            signed(float(done.payoffs[club, k]), 0),
            signed(float(moving[code]), 0) if code in moving else "–",
        )
    return made


def _role(done: TradeClub, code: str, inside: set[str]) -> str:
    if code in done.core:
        return say("core¦of a club")
    return say("in¦a club") if code in inside else say("out¦of a club")


def _on_the_way(done: TradeClub) -> list[Table | str]:
    said: list[Table | str] = []
    for number, one in enumerate(done.rounds, 1):
        joined, left = (
            few([coded(done.codes[k]) for k in who], 30) for who in (one.joined, one.left)
        )
        parts = [say("{who} join", who=joined)] if joined else []
        parts += [say("{who} leave", who=left)] if left else []
        said.append(say("Round {n}: {what}.", n=str(number), what=say("; ").join(parts)))
    if not done.rests:
        said.append(say("The rounds do not come to rest."))
    if done.order.rules.penalty:
        low = done.everybody.penalty
        said.append(
            say("No penalty up to 100 % holds everybody in.")
            if low is None
            else say(
                "Everybody stays in from a penalty of {percent} % on.", percent=_percent(low, 2)
            )
        )
    if done.everybody.price is not None:
        said.append(
            say(
                "Everybody stays in up to a carbon price of {usd} USD a tonne at this penalty.",
                usd=plain(done.everybody.price),
            )
        )
    pivotal = [coded(done.codes[k]) for k, club in done.pivotal if club is None]
    if pivotal:
        said.append(
            say("Pivotal: if {who} stays out, no club of the others holds.", who=few(pivotal, 30))
        )
    return said


def notes(done: TradeClub) -> list[str]:
    """Return what the verdict rests on."""
    said = [
        say(
            "Stable: no member gains by leaving alone and no outsider by joining alone. Each club that is "
            "called so was solved anew with its {n} deviations, and holds.",
            n=len(done.codes),
        ),
        say(
            "Payoffs are equivalent variation in general equilibrium, tariff revenue included, and damages "
            "avoided; outsiders do not retaliate."
        ),
    ]
    if done.order.rules.carbon_price:
        said.append(
            say(
                "A carbon price works through the demand for energy (substitution with elasticity "
                "{elasticity}); its revenue stays at home, and the price of fuels does not fall: there is no "
                "leakage through it, nor by a change of industries.",
                elasticity=_short(done.order.rules.energy_elasticity),
            )
        )
        said.append(
            say(
                "CO2 is territorial of {year}, on the trade of {trade}.",
                year=str(YEAR),
                trade=str(done.world.year),
            )
        )
    if done.unknown and done.co2_percent(0) is not None:
        said.append(
            say(
                "No CO2 is counted for {who}, of which no figure is at hand.",
                who=few(map(coded, done.unknown), 12),
            )
        )
    return said
