"""What one vote weighs: a rule, its members on a date, and the power of each, now or with others joining."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError
from winset.governance.voting import rules
from winset.governance.voting.power_indices import Power, minimal_coalitions, power
from winset.governance.voting.unions import UnionPower, grouped, union_power
from winset.places.blocs import MOST_BYTES
from winset.places.groups import read_group
from winset.sentences import Listing, Sentence, Verbatim
from winset.tables import rows

if TYPE_CHECKING:
    from pathlib import Path

    from winset.governance.voting.design import Design
    from winset.governance.voting.majorities import Quota
    from winset.governance.voting.rules import Rule, Spec
    from winset.places.blocs import Bloc
    from winset.places.groups import Group


@dataclass(frozen=True, slots=True)
class VotingPower:
    """The power of the members of a rule, and what was asked besides.

    Attributes
    ----------
    power : Power
    minimal : pair of lists of coalitions, or None
        Minimal winning and minimal blocking ones, as many as were asked for.
    enlarged : Power or None
        The same rule with those who join.
    group : Group
        Who votes, and who joins the bloc only later.
    united : UnionPower or None
        Where members have united.
    """

    power: Power
    group: Group
    minimal: tuple[list[list[str]], list[list[str]]] | None = None
    enlarged: Power | None = None
    united: UnionPower | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset vote --json`` prints."""
        said = self.power.to_json() | {"counted": self.group.to_json()}
        if self.minimal is not None:
            winning, blocking = self.minimal
            said |= {"minimal_winning": winning, "minimal_blocking": blocking}
        if self.enlarged is not None:
            said["accession"] = _accession(self.power, self.enlarged)
        if self.united is not None:
            said |= self.united.to_json()
        return said


@dataclass(frozen=True, slots=True)
class DesignedRule:
    """A rule found for a wished distribution of power."""

    target: str
    design: Design
    group: Group

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset vote --design --json`` prints."""
        found = self.design
        codes = [member.code for member in found.power.members]
        return found.power.to_json() | {
            "counted": self.group.to_json(),
            "design": {
                "target": self.target,
                "index": found.index,
                "shares": {c: float(t) for c, t in zip(codes, found.target, strict=True)},
                "distance": found.distance,
                "largest_deviation": found.largest,
            },
        }


def weigh(
    rule: str | Path | Mapping[str, Any],
    *,
    members: str | None = None,
    quotas: Mapping[str, Quota] | None = None,
    on: dt.date | None = None,
    accession: str | None = None,
    coalitions: int | None = None,
    samples: int | None = None,
    seed: int = 0,
    unions: str | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> VotingPower:
    """Return the power of every member under a rule.

    Parameters
    ----------
    rule : str, path or mapping
        A bundled rule's name, a file, or what such a file holds.
    members : str, optional
        Who votes, in place of the rule's own: a bloc, or codes by comma.
    quotas : mapping, optional
        By name of a majority; ``""`` is the only one.
    accession : str, optional
        Who joins: the power of all is then computed a second time.
    coalitions : int, optional
        How many minimal winning and blocking coalitions to list.
    samples : int, optional
        Estimate from so many random coalitions and orders.
    unions : str, optional
        Who has united, see `read_unions`.

    Raises
    ------
    DataError
        An unknown rule, member or quota; somebody who joins and is a member; a rule too large; unions
        that are none.
    """
    spec = _spec(rule)
    group = voters(spec, members, on=on, blocs=blocs)
    built = spec.build(members=group.codes, quotas=quotas, on=on, blocs=blocs)
    if unions is not None and accession is not None:
        raise DataError("unions and accession are two questions. Ask one at a time.")
    known = None if unions is None else read_unions(unions, built, on=on, blocs=blocs)
    found, minimal, enlarged = power(built, samples=samples, seed=seed), None, None
    if coalitions is not None:
        minimal = (
            minimal_coalitions(built, most=coalitions),
            minimal_coalitions(built, most=coalitions, blocking=True),
        )
    if accession is not None:
        joining = rules.parse_members(accession, on=on, blocs=blocs)
        if double := [code for code in joining if code in built.members]:
            raise DataError(
                Sentence(
                    "--accession {accession}: {who} is a member already.",
                    accession=Verbatim(accession),
                    who=Listing(tuple(double), most=len(double)),
                )
            )
        everybody = [*built.members, *joining]
        wider = spec.build(members=everybody, quotas=quotas, on=on, blocs=blocs)
        enlarged = power(wider, samples=samples, seed=seed)
    united = None if known is None else union_power(built, known)
    return VotingPower(found, group, minimal, enlarged, united)


def read_unions(
    text: str, rule: Rule, *, on: dt.date | None = None, blocs: Mapping[str, Bloc] | None = None
) -> list[tuple[str, ...]]:
    """Read ``A,B;C,D``: unions by semicolon, of members and blocs by comma; of a bloc, those who vote.

    Raises
    ------
    DataError
        A name that is neither a member nor a bloc, a bloc none of whom votes, or a member of two unions.
    """
    found = [
        read_group(
            part,
            on=on or dt.date.today(),
            codes=rule.members,
            blocs=blocs,
            where="unions",
            of=f"rule {rule.title!r}",
        ).codes
        for part in text.split(";")
    ]
    grouped(rule.members, found)
    return found


def unions_in(path: Path) -> str:
    """Return the unions of a CSV with the columns union and member, as `read_unions` takes them.

    Raises
    ------
    DataError
        A file that cannot be read, without rows, or with a cell left empty.
    """
    groups: dict[str, list[str]] = {}
    for number, row in rows(path, ("union", "member"), most_bytes=MOST_BYTES):
        union, member = row["union"].strip(), row["member"].strip()
        if not union or not member or set(",;") & set(member):
            raise DataError(f"{path} row {number}: give one union and one member.")
        groups.setdefault(union, []).append(member)
    if not groups:
        raise DataError(f"{path}: no rows. Give one row per union and member.")
    return ";".join(",".join(members) for members in groups.values())


def tailor(
    rule: str | Path | Mapping[str, Any],
    target: str,
    *,
    members: str | None = None,
    on: dt.date | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> DesignedRule:
    """Find weights and a quota under which the power of a rule's members is close to a target.

    Raises
    ------
    DataError
        An unknown rule or member, or a target that is none.
    """
    from winset.governance.voting.design import design, target_shares

    group = voters(_spec(rule), members, on=on, blocs=blocs)
    codes = group.codes
    found = design(codes, target_shares(target, codes), title=f"Designed for {target}")
    return DesignedRule(target, found, group)


def assembled(
    rule: str | Path | Mapping[str, Any],
    *,
    members: str | None = None,
    quotas: Mapping[str, Quota] | None = None,
    on: dt.date | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> Rule:
    """Return the rule with its members, before anything is counted."""
    spec = _spec(rule)
    codes = voters(spec, members, on=on, blocs=blocs).codes
    return spec.build(members=codes, quotas=quotas, on=on, blocs=blocs)


def voters(
    spec: Spec,
    members: str | None,
    *,
    on: dt.date | None,
    blocs: Mapping[str, Bloc] | None,
) -> Group:
    """Return who votes: those named, or those of the rule."""
    if members is None:
        return spec.group(on=on, blocs=blocs)
    return rules.parse_group(members, on=on or spec.on, blocs=blocs)


def _spec(rule: str | Path | Mapping[str, Any]) -> Spec:
    return rules.read_rule(rule) if isinstance(rule, Mapping) else rules.find_rule(rule)


def _accession(before: Power, after: Power) -> list[dict[str, Any]]:
    old = {member.code: member for member in before.members}
    rows = []
    for member in after.members:
        was = old.get(member.code)
        rows.append(
            {
                "code": member.code,
                "banzhaf_before": was.banzhaf if was else None,
                "banzhaf_after": member.banzhaf,
                "shapley_shubik_before": was.shapley_shubik if was else None,
                "shapley_shubik_after": member.shapley_shubik,
                "banzhaf_absolute_before": was.banzhaf_absolute if was else None,
                "banzhaf_absolute_after": member.banzhaf_absolute,
            }
        )
    return rows
