"""A run in words: who gains, who loses, what was assumed, what it does to trade and tariffs.

Apart from the charts of the same figures, because a table in the terminal need not wait for altair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import money, signed
from winset.errors import listed
from winset.places.economies import economies
from winset.studies import deficit_rules
from winset.trade.gains import UNMOVED, direction
from winset.worlds import tariff_sources
from winset.worlds.domestic import DOMESTIC_FLOOR
from winset.worlds.sector_accounts import unmet_note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.places.groups import Group
    from winset.studies.deficit_rules import OtherGains, OtherRule
    from winset.studies.scenario_deal import OtherDeal
    from winset.studies.scenario_run import Study
    from winset.studies.sharing import OtherWorth
    from winset.trade.effects.figures import Diversion, Tariffs
    from winset.trade.policy.requested_tariffs import RequestedTariff
    from winset.trade.result import TradeResult


MOST_SERVICES = 8  # members whose share of services is said one by one


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
    summary = result.summary()
    if left_out := counted(result.shock.group, f"world {result.world.name}"):
        sentences.append(left_out)
    outside = np.flatnonzero(~inside)
    if len(outside):
        lost = outside[way[outside] < 0]
        if len(lost):
            sentences.append(_losing(result, lost, len(outside)))
        else:
            sentences.append(f"None of the {len(outside)} outsiders loses.")
    sentences.append(
        f"In money: members {money(summary['members_musd'])}, outsiders "
        f"{money(summary['outsiders_musd'])}, world {money(summary['world_musd'])} USD of "
        f"{result.world.year} a year."
    )
    return tuple(sentences)


def claims(study: Study) -> tuple[str, ...]:
    """Return the verdict, and beside it whether it holds under the other deficit rules."""
    said = (*verdict(study.result), *by_utility(study.result))
    return said if study.others is None else (*said, other_rules(study.result, study.others))


def by_utility(result: TradeResult) -> tuple[str, ...]:
    """Say what utility says where the article's formula says something else; nothing where it does not."""
    gap = np.abs(result.utility - result.welfare)
    if float(gap.max()) < UNMOVED:
        return ()
    inside = [result.world.index[code] for code in result.members]
    most = sorted(inside, key=lambda k: -gap[k])[:3] if len(inside) < len(result.codes) else []
    most = most or [int(np.argmax(gap))]
    told = ", ".join(
        f"{result.world.names[k]} {signed(100 * (result.utility[k] - 1), 2)} % instead of "
        f"{signed(100 * (result.welfare[k] - 1), 2)} %"
        for k in most
    )
    return (
        "Welfare is by the formula of Ignatenko et al. (2025), which leaves tax relief out of the cost of "
        f"labor. By the utility of the same consumption and labor: {told}, world "
        f"{money(float(result.utility_variation.sum()))} USD.",
    )


def counted(group: Group, of: str) -> str:
    """Say who of those chosen is counted, and why the others are not; nothing where all are.

    >>> import datetime as dt
    >>> from winset.places.groups import read_group
    >>> counted(read_group("SCO", on=dt.date(2022, 1, 1)), "world-2023")
    '10 chosen, 8 counted: Iran joined SCO in 2023, Belarus in 2024.'
    """
    if not (group.later or group.absent):
        return ""
    reasons, bloc = [], ""
    for who in group.later:
        into = "" if who.bloc == bloc else f" joined {who.bloc}"
        reasons.append(f"{name_of(who.code)}{into} in {who.joined.year}")
        bloc = who.bloc
    if group.absent:
        who_not = ", ".join(name_of(code) for code in group.absent)
        reasons.append(f"{who_not} {'is' if len(group.absent) == 1 else 'are'} not in {of}")
    chosen = group.to_json()["chosen"]
    return f"{chosen} chosen, {len(group.codes)} counted: {', '.join(reasons)}."


def name_of(code: str) -> str:
    """Return the name of an economy, the code itself where winset has none."""
    known = economies().get(code)
    return code if known is None else known.name


def _losing(result: TradeResult, lost: NDArray[np.intp], outsiders: int) -> str:
    """Say how many outsiders lose, by how much, and who loses most in percent and in money."""
    gain, musd = 100.0 * (result.welfare - 1.0), result.equivalent_variation
    names = result.world.names
    counted = result.summary()["outsiders_losing_more_than"]
    above = [f"{many} more than {bound} %" for bound, many in reversed(counted.items()) if many]
    worst, poorest = lost[np.argmin(gain[lost])], lost[np.argmin(musd[lost])]
    who = f"{names[worst]} ({signed(gain[worst], 2)} %"
    who += (
        f", {money(musd[worst])} USD)"
        if worst == poorest
        else f"), in money {names[poorest]} ({money(musd[poorest])} USD)"
    )
    many = f"{len(lost)} of {outsiders} outsiders {'loses' if len(lost) == 1 else 'lose'}"
    tally = f", {' and '.join(above)}" if above else ""
    return f"{many}{tally}; worst {who}."


def other_rules(result: TradeResult, others: tuple[OtherRule, ...]) -> str:
    """Say in one sentence what of the verdict the other deficit rules overturn."""
    parts = [f"{rules(other)}: {_overturned(result, other)}" for other in others]
    if all(other.holds for other in others):
        names = ", ".join(map(rules, others))
        return (
            f"Under the other deficit rules ({names}) no sign turns, and no gain moves by more than "
            f"{deficit_rules.GAIN:g} point, no count of losers by more than {deficit_rules.COUNT:.0%}, no "
            f"sum by more than {deficit_rules.MONEY:.0%}."
        )
    return f"Under the other deficit rules: {'; '.join(parts)}."


def gains_by_rule(
    names: Mapping[str, str], others: Sequence[OtherGains], own: Mapping[str, float]
) -> str:
    """Say in one sentence what of a union or a war the other deficit rules overturn.

    `names` by code, `own` the gains in percent under the own rule.
    """
    if all(other.holds for other in others):
        listing = ", ".join(map(rules, others))
        return (
            f"Under the other deficit rules ({listing}) nobody inside changes sides, no gain moves by more "
            f"than {deficit_rules.GAIN:g} point, no count of losers by more than {deficit_rules.COUNT:.0%}."
        )
    parts = []
    for other in others:
        if other.refused:
            parts.append(f"{rules(other)}: {other.refused.rstrip('.')}")
            continue
        said = [f"{other.losing} lose"] if other.more_or_fewer else []
        told = [*other.flipped[:3]]
        if other.widest and other.widest not in other.flipped:
            told.append(other.widest)
        said += [
            f"{names[code]} {signed(other.welfare_percent[code], 2)} % instead of {signed(own[code], 2)} %"
            for code in told
        ]
        if len(other.flipped) > 3:
            said.append(f"{len(other.flipped) - 3} more inside change sides")
        parts.append(f"{rules(other)}: {', '.join(said) or 'the same'}")
    return f"Under the other deficit rules: {'; '.join(parts)}."


def rules(other: OtherRule | OtherWorth | OtherGains | OtherDeal) -> str:
    """Name a deficit rule, by all its names."""
    return " and ".join(other.rules)


def refusal(other: OtherRule | OtherWorth | OtherDeal) -> str:
    """Say that there is no equilibrium under a deficit rule, and why."""
    return f"no equilibrium ({other.refused.rstrip('.')})"


def _overturned(result: TradeResult, other: OtherRule) -> str:
    """What another rule says where it says something else."""
    if other.result is None:
        return refusal(other)
    if other.holds:
        return "the same"
    theirs = other.result
    summary = theirs.summary()
    names = dict(zip(result.codes, result.world.names, strict=True))
    said = []
    for key in other.overturned:
        who = key.partition("_")[0]
        if key == "worst":
            worst = summary["worst"]
            said.append(f"worst {names[worst['code']]} ({signed(worst['welfare_percent'], 2)} %)")
        elif key in deficit_rules.COUNTS:
            said.append(f"{summary[key]} {who} lose")
        else:
            said.append(f"{who} {money(summary[key])} USD")
    told = [
        *other.flipped[:3],
        *([other.widest] if other.widest not in ("", *other.flipped) else []),
    ]
    for code in told:
        place = result.world.index[code]
        one, two = (100.0 * (r.welfare[place] - 1.0) for r in (result, theirs))
        said.append(f"{names[code]} {signed(two, 2)} % instead of {signed(one, 2)} %")
    if len(other.flipped) > 3:
        said.append(f"{len(other.flipped) - 3} more members change sides")
    return ", ".join(said)


def _answered(answer: RequestedTariff) -> str:
    """Say what a tariff that was asked for came to."""
    rates = sorted(set(answer.rates.values()))
    span = f"{100 * rates[0]:.2f} %"
    if rates[-1] - rates[0] > 5e-5:
        span += f" to {100 * rates[-1]:.2f} %"
    who = listed(answer.rates, most=4)
    if answer.how == "quota":
        return f"Change {answer.change}, quota: what holds {who} to it is a tariff of {span}."
    return f"Change {answer.change}, answer = {answer.how}: the tariff of {who} is {span}."


def notes(study: Study) -> tuple[str, ...]:
    """Return what was assumed or left out for this run, beyond the parameters."""
    result = study.result
    said = [
        f"Change {number} ({study.scenario.changes[number - 1].kind}) alters nothing here."
        for number in study.idle
    ]
    said += [_answered(answer) for answer in result.answers]
    if result.floored:
        said.append(
            f"Exports exceed what GDP can hold; domestic sales set to {DOMESTIC_FLOOR:.0%} of "
            f"output: {', '.join(result.floored)}."
        )
    unmet = result.world.unmet(result.scenario.parameters.value_added_share)
    if unmet is not None:
        said.append(unmet_note(unmet))
    if (left := result.world.services_left_out()) is not None:
        said.append(_services(left, result.members))
    if (basis := result.world.tariff_basis()) is not None:
        said.append(f"Tariffs rest on: {tariff_sources.said(basis)}.")
    said.extend(result.world.notes)
    return tuple(said)


def _services(left: dict[str, Any], members: tuple[str, ...]) -> str:
    """Say what share of trade a result on goods alone leaves out, in all and by member."""
    percent = left["percent"]
    known = sorted((code for code in members if code in percent), key=lambda c: -percent[c])
    said = f"Services are left out: {left['world_percent']:.0f} % of the world's trade"
    if known:
        shown = known if len(known) <= MOST_SERVICES else [*known[:3], *known[-2:]]
        between = "" if len(known) <= MOST_SERVICES else "; most and least of the members'"
        said += f"{between}: " + ", ".join(f"{code} {percent[code]:.0f} %" for code in shown)
    if unknown := [code for code in members if code not in percent]:
        said += f"; not known of {listed(unknown)}"
    return said + "."


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
