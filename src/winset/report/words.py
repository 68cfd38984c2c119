"""A run in words: who gains, who loses, what was assumed, what it does to trade and tariffs.

Apart from the charts of the same figures, because a table in the terminal need not wait for altair.
It is one file because the sentences of a verdict, of its rivals under other rules and of its notes share
their names, figures and lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.report.speech import (
    clauses,
    coded,
    few,
    known,
    language,
    listed,
    local,
    money,
    name,
    plain,
    say,
    signed,
)
from winset.report.speech import percent as percent_signed
from winset.studies import deficit_rules
from winset.trade.gains import UNMOVED, direction
from winset.worlds import tariff_sources
from winset.worlds.carbon import ROW
from winset.worlds.domestic import DOMESTIC_FLOOR
from winset.worlds.sector_accounts import unmet_note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.places.groups import Group
    from winset.studies.deficit_rules import OtherGains, OtherRule
    from winset.studies.scenario_deal import OtherDeal
    from winset.studies.scenario_run import Study
    from winset.studies.sharing import OtherWorth
    from winset.trade.effects.figures import Diversion, Tariffs
    from winset.trade.policy.requested_tariffs import RequestedTariff
    from winset.trade.result import TradeResult


#: What another deficit rule says of a group.
LOSING = {
    "members": "{n} {n|member loses|members lose}",
    "outsiders": "{n} {n|outsider loses|outsiders lose}",
}
TOTALS = {
    "members": "members {musd} USD",
    "outsiders": "outsiders {musd} USD",
    "world": "world {musd} USD",
}
MOST_SERVICES = 8  # members whose share of services is said one by one


def verdict(result: TradeResult) -> tuple[str, ...]:
    """Return two or three sentences: how many gain, who loses, what the world gains."""
    codes = np.array(result.codes)
    inside = np.isin(codes, result.members)
    gain = 100.0 * (result.welfare - 1.0)
    names = names_of(result)
    sentences = []
    way = direction(result.welfare - 1.0)
    lost = np.flatnonzero(inside & (way < 0))
    losers = [str(code) for code in codes[lost][np.argsort(gain[lost], kind="stable")]]
    members = int(inside.sum())
    gaining = int((inside & (way > 0)).sum())
    who = [say("{n} of {all} members gain", n=gaining, all=members)]
    if unmoved := members - gaining - len(losers):
        who.append(say("{n} {n|is|are} unmoved", n=unmoved))
    alone = names[result.members[0]] if members == 1 else ""
    if losers and alone:
        percent = percent_of(float(gain[lost[0]]))
        sentences.append(say("{name} loses ({percent}).", name=alone, percent=percent))
    elif losers:
        said = few(
            (f"{names[c]} {percent_of(gain[result.world.index[c]])}" for c in losers), most=5
        )
        sentences.append(
            say("{who}; {said} {n|loses|lose}.", who=clauses(who), said=said, n=len(losers))
        )
    elif alone:
        sentences.append(
            say("{name} gains.", name=alone) if gaining else say("{name} is unmoved.", name=alone)
        )
    else:
        sentences.append(say("{who}.", who=clauses(who)))
    summary = result.summary()
    if left_out := counted(result.shock.group, say("world {name}", name=result.world.name)):
        sentences.append(left_out)
    outside = np.flatnonzero(~inside)
    if len(outside):
        lost = outside[way[outside] < 0]
        if len(lost):
            sentences.append(_losing(result, lost, len(outside)))
        else:
            sentences.append(say("None of the {n} outsiders loses.", n=len(outside)))
    sentences.append(
        say(
            "In money: members {members}, outsiders {outsiders}, world {world} USD of {year} a year.",
            members=money(summary["members_musd"]),
            outsiders=money(summary["outsiders_musd"]),
            world=money(summary["world_musd"]),
            year=str(result.world.year),
        )
    )
    return tuple(sentences)


def names_of(result: TradeResult) -> dict[str, str]:
    """Return the names of a result's economies in the language spoken."""
    return {
        code: name(code, own) for code, own in zip(result.codes, result.world.names, strict=True)
    }


def percent_of(value: float) -> str:
    """Write a gain in percent."""
    return percent_signed(float(value), 2)


def claims(study: Study) -> tuple[str, ...]:
    """Return the verdict, and beside it whether it holds under the other deficit rules and on other data."""
    said = (*verdict(study.result), *by_utility(study.result))
    if study.others is not None:
        said = (*said, other_rules(study.result, study.others))
    if study.filled is not None:
        said = (*said, filled_in(study.result, study.filled))
    return said


def by_utility(result: TradeResult) -> tuple[str, ...]:
    """Say what utility says where the article's formula says something else; nothing where it does not."""
    gap = np.abs(result.utility - result.welfare)
    if float(gap.max()) < UNMOVED:
        return ()
    inside = [result.world.index[code] for code in result.members]
    most = sorted(inside, key=lambda k: -gap[k])[:3] if len(inside) < len(result.codes) else []
    most = most or [int(np.argmax(gap))]
    names = names_of(result)
    told = listed(
        say(
            "{name} {new} instead of {old}",
            name=names[result.codes[k]],
            new=percent_of(100 * (result.utility[k] - 1)),
            old=percent_of(100 * (result.welfare[k] - 1)),
        )
        for k in most
    )
    return (
        say(
            "Welfare is by the formula of Ignatenko et al. (2025), which leaves tax relief out of the "
            "cost of labor. By the utility of the same consumption and labor: {told}, world {world} USD.",
            told=told,
            world=money(float(result.utility_variation.sum())),
        ),
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
        said = {"name": name(who.code), "year": str(who.joined.year)}
        reasons.append(
            say("{name} in {year}", **said)
            if who.bloc == bloc
            else say("{name} joined {bloc} in {year}", bloc=known(who.bloc), **said)
        )
        bloc = who.bloc
    if group.absent:
        reasons.append(
            say(
                "{who} {n|is|are} not in {of}",
                who=listed(name(code) for code in group.absent),
                n=len(group.absent),
                of=of,
            )
        )
    return say(
        "{chosen} chosen, {n} counted: {reasons}.",
        chosen=group.to_json()["chosen"],
        n=len(group.codes),
        reasons=listed(reasons),
    )


def _losing(result: TradeResult, lost: NDArray[np.intp], outsiders: int) -> str:
    """Say how many outsiders lose, by how much, and who loses most in percent and in money."""
    gain, musd = 100.0 * (result.welfare - 1.0), result.equivalent_variation
    names = names_of(result)
    counted = result.summary()["outsiders_losing_more_than"]
    above = [
        say("{n} more than {bound} %", n=many, bound=local(str(bound)))
        for bound, many in reversed(counted.items())
        if many
    ]
    worst, poorest = lost[np.argmin(gain[lost])], lost[np.argmin(musd[lost])]
    said = {
        "name": names[result.codes[worst]],
        "percent": percent_of(gain[worst]),
        "musd": money(musd[poorest]),
        "poorest": names[result.codes[poorest]],
    }
    who = (
        say("{name} ({percent}, {musd} USD)", **said)
        if worst == poorest
        else say("{name} ({percent}), in money {poorest} ({musd} USD)", **said)
    )
    many = say("{n} of {all} outsiders {n|loses|lose}", n=len(lost), all=outsiders)
    tally = [say(" and ").join(above)] if above else []
    return say("{many}; worst {who}.", many=clauses([many, *tally]), who=who)


def other_rules(result: TradeResult, others: tuple[OtherRule, ...]) -> str:
    """Say in one sentence what of the verdict the other deficit rules overturn."""
    if all(other.holds for other in others):
        return say(
            "Under the other deficit rules ({names}) no sign turns, and no gain moves by more than "
            "{gain} point, no count of losers by more than {count}, no sum by more than {money}; "
            "less than {least} % of income is unmoved.",
            names=listed(map(rules, others)),
            **_bounds(),
        )
    parts = [
        say("{rule}: {said}", rule=rules(other), said=_overturned(result, other))
        for other in others
    ]
    return say("Under the other deficit rules: {parts}.", parts=say("; ").join(parts))


def _bounds() -> dict[str, str]:
    """By how much a figure must move for a verdict to be overturned."""
    return {
        "gain": local(f"{deficit_rules.GAIN:g}"),
        "count": f"{deficit_rules.COUNT:.0%}",
        "money": f"{deficit_rules.MONEY:.0%}",
        "least": local(f"{100 * UNMOVED:g}"),
    }


def filled_in(result: TradeResult, other: OtherRule) -> str:
    """Say in one sentence what of the verdict turns where the blanks of the trade data are filled in."""
    if other.holds:
        return say(
            "With the trade filled in that the source lacks, as in world-2023, no sign turns, and no gain "
            "moves by more than {gain} point, no count of losers by more than {count}, no sum by more than "
            "{money}; less than {least} % of income is unmoved.",
            **_bounds(),
        )
    return say(
        "With the trade filled in that the source lacks, as in world-2023: {said}.",
        said=_overturned(result, other),
    )


def gains_by_rule(
    names: Mapping[str, str], others: Sequence[OtherGains], own: Mapping[str, float]
) -> str:
    """Say in one sentence what of a union or a war the other deficit rules overturn.

    `names` by code, `own` the gains in percent under the own rule.
    """
    if all(other.holds for other in others):
        return say(
            "Under the other deficit rules ({names}) nobody inside changes sides, no gain moves by more "
            "than {gain} point, no count of losers by more than {count}.",
            names=listed(map(rules, others)),
            gain=local(f"{deficit_rules.GAIN:g}"),
            count=f"{deficit_rules.COUNT:.0%}",
        )
    parts = [
        say("{rule}: {said}", rule=rules(other), said=_other_gains(names, other, own))
        for other in others
    ]
    return say("Under the other deficit rules: {parts}.", parts=say("; ").join(parts))


def _other_gains(names: Mapping[str, str], other: OtherGains, own: Mapping[str, float]) -> str:
    """What another rule says of a union or a war where it says something else."""
    if other.refused:
        return reason(other.refused).rstrip(".")
    said = [say("{n} lose", n=other.losing)] if other.more_or_fewer else []
    told = [*other.flipped[:3]]
    if other.widest and other.widest not in other.flipped:
        told.append(other.widest)
    said += [
        say(
            "{name} {new} instead of {old}",
            name=name(code, names[code]),
            new=percent_signed(other.welfare_percent[code], 2),
            old=percent_signed(own[code], 2),
        )
        for code in told
    ]
    if len(other.flipped) > 3:
        said.append(say("{n} more inside change sides", n=len(other.flipped) - 3))
    return clauses(said) or say("the same")


#: Why there is no equilibrium, as `winset.trade.equilibrium` says it, and what a report says of it.
REASONS = {
    r"sufficient statistics know no such deficits": "sufficient statistics know no such deficits",
    r"no equilibrium .*: the income of (\w+) falls to zero": "no equilibrium: the income of {who} falls to "
    "zero, because the surplus that it sends abroad is held fixed while its earnings shrink",
    r"the equilibrium .* was not found: .* largest in (\w+)\.": "the equilibrium was not found; the residual "
    "is largest in {who}",
    r"the equilibrium .* does not clear: what (\w+) sells": "the equilibrium does not clear: of what {who} "
    "makes little is left",
    r"the equilibrium .* does not balance: in (\w+) ": "the equilibrium does not balance in {who}",
}


def reason(message: str) -> str:
    """Return why something could not be solved: the message itself in English, its sense elsewhere."""
    if language() == "en":
        return message
    for pattern, english in REASONS.items():
        if found := re.match(pattern, message):
            return say(english, who="".join(map(name, found.groups())))
    return say("the equilibrium was not found")


def rules(other: OtherRule | OtherWorth | OtherGains | OtherDeal) -> str:
    """Name a deficit rule, by all its names."""
    return say(" and ").join(map(known, other.rules))


def refusal(other: OtherRule | OtherWorth | OtherGains | OtherDeal) -> str:
    """Say that there is no equilibrium under a deficit rule, and why."""
    return say("no equilibrium ({why})", why=reason(other.refused).rstrip("."))


def _overturned(result: TradeResult, other: OtherRule) -> str:
    """What another rule says where it says something else."""
    if other.result is None:
        return refusal(other)
    if other.holds:
        return say("the same")
    theirs = other.result
    summary = theirs.summary()
    names = names_of(result)
    said = []
    for key in other.overturned:
        who = key.partition("_")[0]
        if key == "worst":
            worst = summary["worst"]
            gain = percent_of(worst["welfare_percent"])
            said.append(say("worst {name} ({gain})", name=names[worst["code"]], gain=gain))
        elif key in deficit_rules.COUNTS:
            said.append(say(LOSING[who], n=summary[key]))
        else:
            said.append(say(TOTALS[who], musd=money(summary[key])))
    told = [
        *other.flipped[:3],
        *([other.widest] if other.widest not in ("", *other.flipped) else []),
    ]
    for code in told:
        place = result.world.index[code]
        one, two = (percent_of(100.0 * (r.welfare[place] - 1.0)) for r in (result, theirs))
        said.append(say("{name} {new} instead of {old}", name=names[code], new=two, old=one))
    if len(other.flipped) > 3:
        said.append(say("{n} more members change sides", n=len(other.flipped) - 3))
    return clauses(said)


def _answered(answer: RequestedTariff) -> str:
    """Say what a tariff that was asked for came to."""
    rates = sorted(set(answer.rates.values()))
    low, high = (f"{plain(100 * rate, 2)} %" for rate in (rates[0], rates[-1]))
    span = say("{low} to {high}", low=low, high=high) if rates[-1] - rates[0] > 5e-5 else low
    who = few(answer.rates, most=4)
    if answer.how == "quota":
        return say(
            "Change {change}, quota: what holds {who} to it is a tariff of {span}.",
            change=answer.change,
            who=who,
            span=span,
        )
    return say(
        "Change {change}, answer = {how}: the tariff of {who} is {span}.",
        change=answer.change,
        how=answer.how,
        who=who,
        span=span,
    )


def notes(study: Study) -> tuple[str, ...]:
    """Return what was assumed or left out for this run, beyond the parameters."""
    result = study.result
    said = [
        say(
            "Change {n} ({kind}) alters nothing here.",
            n=number,
            kind=study.scenario.changes[number - 1].kind,
        )
        for number in study.idle
    ]
    said += [_answered(answer) for answer in result.answers]
    if (raised := result.after.export_revenue) is not None:
        said.append(_raised(result, raised))
    if result.absent and ROW in result.world.index and ROW not in result.members:
        said.append(
            say(
                "Who is left out is in the rest of the world ({row}), which is not counted in.",
                row=ROW,
            )
        )
    if result.floored:
        said.append(
            say(
                "Exports exceed what GDP can hold; domestic sales set to {floor} of output: {who}.",
                floor=f"{DOMESTIC_FLOOR:.0%}",
                who=listed(code if language() == "en" else name(code) for code in result.floored),
            )
        )
    unmet = result.world.unmet(result.scenario.parameters.value_added_share)
    if unmet is not None:
        said.append(unmet_note(unmet) if language() == "en" else _unmet(unmet))
    if (left := result.world.services_left_out()) is not None:
        said.append(_services(left, result.members))
    if (basis := result.world.tariff_basis()) is not None:
        said.append(say("Tariffs rest on: {basis}.", basis=_basis(basis)))
    said.extend(map(known, result.world.notes))
    return tuple(said)


def _raised(result: TradeResult, raised: Array) -> str:
    """Say what export taxes raise, and for whom."""
    names = names_of(result)
    who = sorted(np.flatnonzero(raised), key=lambda k: -abs(raised[k]))
    return say(
        "Export taxes raise {musd} million USD a year, the exporters' own: {who}.",
        musd=plain(float(raised.sum())),
        who=few((f"{names[result.codes[k]]} {plain(float(raised[k]))}" for k in who), most=4),
    )


def _services(left: dict[str, Any], members: tuple[str, ...]) -> str:
    """Say what share of trade a result on goods alone leaves out, in all and by member."""
    percent = left["percent"]
    told = sorted((code for code in members if code in percent), key=lambda c: -percent[c])
    world = plain(left["world_percent"])
    said = [say("Services are left out: {share} % of the world's trade", share=world)]
    if told:
        shown = told if len(told) <= MOST_SERVICES else [*told[:3], *told[-2:]]
        each = listed(
            say("{name} {share} %", name=coded(code), share=plain(percent[code])) for code in shown
        )
        said[0] = (
            say(
                "Services are left out: {share} % of the world's trade: {each}",
                share=world,
                each=each,
            )
            if len(told) == len(shown)
            else say(
                "Services are left out: {share} % of the world's trade; most and least of the "
                "members': {each}",
                share=world,
                each=each,
            )
        )
    if unknown := [coded(code) for code in members if code not in percent]:
        said.append(say("not known of {who}", who=few(unknown, most=4)))
    return say("{parts}.", parts=say("; ").join(said))


def _basis(shares: Mapping[str, float]) -> str:
    """Say in the language spoken what `winset.worlds.tariff_sources.said` says in English."""
    if language() == "en":
        return tariff_sources.said(shares)
    ordered = sorted(shares.items(), key=lambda pair: -pair[1])
    parts = [
        {"source": known(tariff_sources.MEANING[source]), "share": plain(100 * share, 1)}
        for source, share in ordered
    ]
    return listed(
        (
            say("{source} {share} % of trade", **parts[0]),
            *(say("{source} {share} %", **part) for part in parts[1:]),
        )
    )


def _unmet(found: dict[str, Any]) -> str:
    """Say in the language spoken what `winset.worlds.sector_accounts.unmet_note` says in English."""
    most = listed(
        say(
            "{name} ({musd} million USD, {percent} %)",
            name=name(one["code"]),
            musd=plain(one["musd"]),
            percent=plain(one["percent_of_income"], 1),
        )
        for one in found["economies"][:3]
    )
    return say(
        "Inputs bought exceed what is spent in some sectors of {n} {n|economy|economies}: consumption "
        "there is set to zero and the rest scaled down, {musd} million USD or {percent} % of what is "
        "consumed. Most: {most}.",
        n=len(found["economies"]),
        musd=plain(found["musd"]),
        percent=local(f"{found['percent_of_income']:.2g}"),
        most=most,
    )


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
        instead = say(" (sales at home replace imports)") if created < 0 else ""
        said.append(
            say(
                "Trade creation {created}{instead}, diversion {diverted} billion USD at unchanged "
                "costs, {all} together once they adjust{most}.",
                created=billion(created, digits),
                instead=instead,
                diverted=billion(diverted, digits),
                all=billion(created + diverted + adjusted, digits),
                most=_most(study, found, digits + 1),
            )
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
    names = names_of(study.result)
    said = listed(
        f"{names[code]} ({billion(abs(musd), digits).lstrip('+')})" for code, musd in shown
    )
    if total >= 0:
        return say("; diverted most from {said}", said=said)
    return say("; diverted most to {said}", said=said)


def _tariffs(study: Study, found: Diversion, tariffs: Tariffs) -> str:
    """Tariffs before and after of the importers that change theirs."""
    changing = tariffs.changing
    whose = [code for code, yes in zip(study.world.codes, changing, strict=True) if yes]
    who = (
        names_of(study.result)[whose[0]]
        if len(whose) == 1
        else say("the {n} importers that change theirs", n=len(whose))
    )
    parts = []
    for members, group in ((True, found.members), (False, ~found.members)):
        mean = tariffs.mean(group, changing)
        old, new = mean["weighted_percent"], mean["new_weighted_percent"]
        if old is not None and new is not None:
            said = {"old": percent(old), "new": percent(new)}
            parts.append(
                say("on members {old} → {new} %", **said)
                if members
                else say("on outsiders {old} → {new} %", **said)
            )
    return say("Tariffs of {who}, weighted by trade: {parts}.", who=who, parts=listed(parts))


def percent(value: float) -> str:
    """Write a rate without a plus, by itself."""
    return plain(value, 2)
