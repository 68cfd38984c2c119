"""A run in words: who gains, who loses, what was assumed, what it does to trade and tariffs.

Apart from the charts of the same figures, because a table in the terminal need not wait for altair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import signed
from winset.errors import listed
from winset.trade.gains import direction
from winset.worlds.domestic import DOMESTIC_FLOOR
from winset.worlds.sector_accounts import unmet_note

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study
    from winset.trade.effects.figures import Diversion, Tariffs
    from winset.trade.policy.requested_tariffs import RequestedTariff
    from winset.trade.result import TradeResult


def verdict(result: TradeResult) -> tuple[str, ...]:
    """Return two or three sentences: how many gain, who loses, what the world gains."""
    codes = np.array(result.codes)
    inside = np.isin(codes, result.members)
    gain = 100.0 * (result.welfare - 1.0)
    names = dict(zip(result.codes, result.world.names, strict=True))
    sentences = []
    way = direction(result.welfare - 1.0)
    lost = np.flatnonzero(inside & (way < 0))
    losers = [str(code) for code in codes[lost][np.argsort(gain[lost], kind="stable")]]
    members = int(inside.sum())
    gaining = int((inside & (way > 0)).sum())
    who = f"{gaining} of {members} members gain"
    if unmoved := members - gaining - len(losers):
        who += f", {unmoved} {'is' if unmoved == 1 else 'are'} unmoved"
    if losers:
        said = ", ".join(
            f"{names[c]} {signed(gain[result.world.index[c]], 2)} %" for c in losers[:5]
        )
        more = f" and {len(losers) - 5} more" if len(losers) > 5 else ""
        sentences.append(f"{who}; {said}{more} {'loses' if len(losers) == 1 else 'lose'}.")
    else:
        alone = f"{names[result.members[0]]} {'gains' if gaining else 'is unmoved'}."
        sentences.append(f"{who}." if members > 1 else alone)
    outside = np.flatnonzero(~inside)
    if len(outside):
        lost = outside[way[outside] < 0]
        if len(lost):
            worst = lost[np.argmin(gain[lost])]
            sentences.append(
                f"{len(lost)} of {len(outside)} outsiders lose, worst {names[result.codes[worst]]} "
                f"({signed(gain[worst], 2)} %)."
            )
        else:
            sentences.append(f"None of the {len(outside)} outsiders loses.")
    summary = result.summary()
    sentences.append(
        f"In money: members {signed(summary['members_musd'] / 1e3, 1)}, "
        f"outsiders {signed(summary['outsiders_musd'] / 1e3, 1)}, "
        f"world {signed(summary['world_musd'] / 1e3, 1)} billion USD of {result.world.year} a year."
    )
    return tuple(sentences)


def _answered(answer: RequestedTariff) -> str:
    """Say what a tariff that was asked for came to."""
    rates = sorted(set(answer.rates.values()))
    span = f"{100 * rates[0]:.2f} %"
    if rates[-1] - rates[0] > 5e-5:
        span += f" to {100 * rates[-1]:.2f} %"
    who = listed(answer.rates, most=4)
    return f"Change {answer.change}, answer = {answer.how}: the tariff of {who} is {span}."


def notes(study: Study) -> tuple[str, ...]:
    """Return what was assumed or left out for this run, beyond the parameters."""
    result = study.result
    said = [
        f"Change {number} ({study.scenario.changes[number - 1].kind}) alters nothing here."
        for number in study.idle
    ]
    said += [_answered(answer) for answer in result.answers]
    if result.absent:
        said.append(
            f"Not in world {result.world.name} and so left out: {', '.join(result.absent)}."
        )
    if result.floored:
        said.append(
            f"Exports exceed what GDP can hold; domestic sales set to {DOMESTIC_FLOOR:.0%} of "
            f"output: {', '.join(result.floored)}."
        )
    unmet = result.world.unmet(result.scenario.parameters.value_added_share)
    if unmet is not None:
        said.append(unmet_note(unmet))
    said.extend(result.world.notes)
    return tuple(said)


def lines(study: Study) -> tuple[str, ...]:
    """Return one sentence on creation and diversion and one on tariffs, where they apply."""
    found = study.result.diversion
    if found is None:
        return ()
    said = []
    if found.reached.any():
        created, diverted = float(found.creation.sum()), float(found.diversion.sum())
        adjusted = float(found.adjustment.sum())
        digits = digits_for(created, diverted)
        instead = " (sales at home replace imports)" if created < 0 else ""
        said.append(
            f"Trade creation {billion(created, digits)}{instead}, diversion "
            f"{billion(diverted, digits)} billion USD at unchanged costs, "
            f"{billion(created + diverted + adjusted, digits)} together once they adjust"
            f"{_most(study, found, digits + 1)}."
        )
    if found.tariffs is not None and found.tariffs.changing.any():
        said.append(_tariffs(study, found, found.tariffs))
    return tuple(said)


def billion(musd: float, digits: int = 1) -> str:
    return signed(musd / 1e3, digits)


def digits_for(*musd: float) -> int:
    """Decimals of billions: fewer where they are many."""
    most = max(abs(figure) for figure in musd)
    return 1 if most >= 10_000 else 2 if most >= 1_000 else 3


def _most(study: Study, found: Diversion, digits: int) -> str:
    """The three outsiders that trade is diverted from most, or to, as the total has it."""
    total = float(found.diversion.sum())
    ranked = found.outsiders() if total >= 0 else found.outsiders()[::-1]
    shown = [(code, musd) for code, musd in ranked[:3] if musd * total > 0]
    if not shown:
        return ""
    names = dict(zip(study.world.codes, study.world.names, strict=True))
    said = ", ".join(
        f"{names[code]} ({billion(abs(musd), digits).lstrip('+')})" for code, musd in shown
    )
    return f"; diverted most {'from' if total >= 0 else 'to'} {said}"


def _tariffs(study: Study, found: Diversion, tariffs: Tariffs) -> str:
    """Tariffs before and after of the importers that change theirs."""
    changing = tariffs.changing
    whose = [name for name, yes in zip(study.world.names, changing, strict=True) if yes]
    who = whose[0] if len(whose) == 1 else f"the {len(whose)} importers that change theirs"
    parts = []
    for words, group in (("members", found.members), ("outsiders", ~found.members)):
        mean = tariffs.mean(group, changing)
        old, new = mean["weighted_percent"], mean["new_weighted_percent"]
        if old is not None and new is not None:
            parts.append(f"on {words} {percent(old)} → {percent(new)} %")
    return f"Tariffs of {who}, weighted by trade: {', '.join(parts)}."


def percent(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
