"""Tables of voting power for the terminal."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from winset.display import Table
from winset.governance.voting.majorities import population
from winset.report.speech import coded, known, listed, local, say
from winset.report.words import counted
from winset.studies.voting_power import DesignedRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.governance.voting.design import Design
    from winset.governance.voting.power_indices import Power
    from winset.governance.voting.rules import Rule
    from winset.governance.voting.unions import UnionPower
    from winset.studies.voting_power import VotingPower


def shown(done: VotingPower | DesignedRule) -> list[Table | str]:
    """Return what ``winset vote`` prints."""
    if isinstance(done, DesignedRule):
        return [design(done.design), design_summary(done.design)]
    if done.enlarged is not None:
        return [accession(done.power, done.enlarged), summary(done.enlarged)]
    said: list[Table | str] = [table(done.power), summary(done.power)]
    if sentence := counted(done.group, "the rule"):
        said.append(sentence)
    if done.united is not None:
        said.append(unions(done.united))
    if done.minimal is not None:
        winning, blocking = done.minimal
        said.append(coalitions("Minimal winning coalitions", winning))
        said.append(coalitions("Minimal blocking coalitions", blocking))
    return said


def source(done: VotingPower | DesignedRule) -> str:
    """Return where the rule is from; nothing for a rule that was designed or enlarged."""
    if isinstance(done, DesignedRule) or done.enlarged is not None or not done.power.rule.source:
        return ""
    return f"Source: {done.power.rule.source}"


def table(power: Power) -> Table:
    """Return every member's power, the most powerful first."""
    rule = power.rule
    result = Table(rule.title)
    result.names("member")
    several = len(rule.majorities) > 1
    result.figures(*(m.name if several else "weight" for m in rule.majorities))
    result.figures("Banzhaf %")
    result.figures("absolute", spare=True)
    result.figures("Shapley %")
    result.figures("prevent", "per head", spare=True)
    result.figures("")
    heads = per_head(power)
    order = sorted(power.members, key=lambda m: (-m.shapley_shubik, -m.banzhaf, m.code))
    for member in order:
        head = heads.get(member.code)
        result.add_row(
            member.code,
            *(plain(weight) for weight in member.weights),
            f"{100 * member.banzhaf:.2f}",
            f"{member.banzhaf_absolute:.4g}",
            f"{100 * member.shapley_shubik:.2f}",
            f"{member.coleman_prevent:.3f}",
            "–" if head is None else f"{head:.2f}",
            "veto" if member.veto else "dummy" if member.dummy else "",
        )
    return result


def unions(found: UnionPower) -> Table:
    """Return what members have who have united, union after union, the most powerful first."""
    result = Table("Where members have united")
    result.names("union", "member")
    result.figures("Owen %", "Banzhaf–Owen")
    whole = {group: float(found.owen[list(group)].sum()) for group in found.unions}
    for group in sorted(found.unions, key=lambda g: (-whole[g], found.codes[g[0]])):
        several = len(group) > 1
        if several:
            result.add_row(
                "+".join(found.codes[k] for k in group), "", f"{100 * whole[group]:.2f}", ""
            )
        for k in sorted(group, key=lambda k: (-float(found.owen[k]), found.codes[k])):
            result.add_row(
                "" if several else "–",
                found.codes[k],
                f"{100 * float(found.owen[k]):.2f}",
                f"{float(found.banzhaf_owen[k]):.4g}",
            )
    return result


def many(count: int) -> int | str:
    """Return a count to print: whole to 24 digits, in powers of ten beyond.

    >>> many(2**27), many(2**190)
    (134217728, '1.569 × 10^57')
    """
    if count < 10**24:
        return count
    digits, _, power = f"{Decimal(count):.3e}".partition("e+")
    return local(digits) + f" × 10^{power}"


def plain(weight: int | float) -> str:
    """Return a weight with separators, whole where it is."""
    return f"{weight:,}" if isinstance(weight, int) else f"{weight:,.10g}"


def per_head(power: Power) -> dict[str, float]:
    """Return the power of one person, 1 being the mean over all persons; {} without populations.

    A citizen is decisive at home with probability √(2/(π N)), and the member abroad with its
    absolute Banzhaf power: equal for all persons when power goes with the square root of N
    (Penrose 1946).
    """
    codes = [member.code for member in power.members]
    persons = population(codes)
    if any(figure is None for figure in persons):
        return {}
    raw = {
        member.code: member.banzhaf_absolute * math.sqrt(2 / (math.pi * float(n or 1)))
        for member, n in zip(power.members, persons, strict=True)
    }
    everyone = sum(float(n or 0) for n in persons)
    mean = sum(raw[c] * float(n or 0) for c, n in zip(codes, persons, strict=True)) / everyone
    return {code: value / mean for code, value in raw.items()} if mean else {}


def summary(power: Power) -> str:
    """Return what holds of the body as a whole."""
    rule = power.rule
    quotas = say("; ").join(
        say(
            "{name} {quota} of {total}",
            name=known(m.name) if len(rule.majorities) > 1 else say("quota"),
            quota=local(plain(m.shown(m.quota))),
            total=local(plain(m.shown(m.total))),
        )
        for m in rule.majorities
    )
    lines = [
        say(
            "{n} members; {quotas}; passes with probability {chance}",
            n=len(rule),
            quotas=quotas,
            chance=local(f"{power.power_to_act:.4g}"),
        )
    ]
    if power.winning_coalitions is not None:
        minimal = power.minimal_winning_coalitions
        counts = {
            "n": many(power.winning_coalitions),
            "blocking": many(2 ** len(rule) - power.winning_coalitions),
        }
        lines.append(
            say("Winning coalitions: {n}; blocking coalitions: {blocking}", **counts)
            if minimal is None
            else say(
                "Winning coalitions: {n}, {minimal} of them minimal; blocking coalitions: {blocking}",
                minimal=many(minimal),
                **counts,
            )
        )
    heads = per_head(power)
    if heads:
        most, least = max(heads, key=lambda c: heads[c]), min(heads, key=lambda c: heads[c])
        if heads[least] > 0:
            lines.append(
                say(
                    "Square-root test: one person of {most} has {ratio} times the power of one of {least}",
                    most=coded(most),
                    least=coded(least),
                    ratio=local(f"{heads[most] / heads[least]:.2f}"),
                )
            )
    if power.standard_errors is not None:
        errors = power.standard_errors
        lines.append(
            say(
                "Estimated from {n} draws; largest standard error {banzhaf} (Banzhaf, absolute), "
                "{shapley} (Shapley–Shubik)",
                n=errors["samples"],
                banzhaf=local(f"{max(errors['banzhaf_absolute']):.2g}"),
                shapley=local(f"{max(errors['shapley_shubik']):.2g}"),
            )
        )
    return "\n".join(lines)


def warnings(rule: Rule) -> tuple[str, ...]:
    """Return what is to be said against a rule, see `winset.governance.voting.rules`."""
    if not rule.warnings:
        return ()
    low = listed(
        say(
            "{name}: {quota} of {total}",
            name=known(m.name),
            quota=local(str(m.shown(m.quota))),
            total=local(str(m.shown(m.total))),
        )
        for m in rule.majorities
        if 2 * m.quota <= m.total
    )
    return (
        say(
            "the quota is not above half ({low}): two coalitions without a common member may both win.",
            low=low,
        ),
    )


def coalitions(title: str, found: Sequence[Sequence[str]]) -> str:
    """Return a list of coalitions, a line each."""
    return "\n".join([f"{title} (the first {len(found)}):", *("  " + " ".join(c) for c in found)])


def accession(before: Power, after: Power) -> Table:
    """Return the power of each member before and after others join."""
    result = Table(after.rule.title)
    result.names("member")
    result.figures("Banzhaf % before", "after", "Shapley % before", "after", "absolute", "after")
    old = {member.code: member for member in before.members}
    for member in sorted(after.members, key=lambda m: (-m.shapley_shubik, m.code)):
        was = old.get(member.code)
        result.add_row(
            member.code,
            f"{100 * was.banzhaf:.2f}" if was else "–",
            f"{100 * member.banzhaf:.2f}",
            f"{100 * was.shapley_shubik:.2f}" if was else "–",
            f"{100 * member.shapley_shubik:.2f}",
            f"{was.banzhaf_absolute:.4g}" if was else "–",
            f"{member.banzhaf_absolute:.4g}",
        )
    return result


def design(found: Design) -> Table:
    """Return the weights found, the power they give and the power wished."""
    result = Table(found.power.rule.title)
    result.names("member")
    result.figures("weight", "power %", "target %", "gap")
    shares = found.power.column(found.index)
    rows = zip(found.power.members, shares, found.target, strict=True)
    for member, share, wished in sorted(rows, key=lambda row: (-row[2], row[0].code)):
        gap = f"{100 * (share - wished):+.3f}".replace("-", "−")
        result.add_row(
            member.code,
            plain(member.weights[0]),
            f"{100 * share:.3f}",
            f"{100 * wished:.3f}",
            "0.000" if not any(c in "123456789" for c in gap) else gap,
        )
    return result


def design_summary(found: Design) -> str:
    """Return the quota and how close the design comes."""
    majority = found.power.rule.majorities[0]
    return (
        f"Quota {plain(majority.quota)} of {plain(majority.total)} "
        f"({100 * majority.quota / majority.total:.1f} %); distance to the target "
        f"{found.distance:.2g}, largest gap {100 * found.largest:.2g} points; passes with "
        f"probability {found.power.power_to_act:.3g}"
    )
