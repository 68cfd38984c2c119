"""Whose bank it is: votes by a bank's articles, proposals of capital, and capital for a target of power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__, tables
from winset.errors import DataError
from winset.finance import capital
from winset.finance.capital import named
from winset.governance.voting import rules
from winset.governance.voting.power_indices import power
from winset.places.groups import Group
from winset.studies.capital_rules import capital_shares
from winset.studies.voting_power import tailor

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from winset.finance.capital import Year
    from winset.governance.voting.design import Design
    from winset.governance.voting.majorities import Quota
    from winset.governance.voting.power_indices import Power
    from winset.numbers import Array, Integers
    from winset.places.blocs import Bloc

FOLDER = rules.FOLDER.parent / "banks"
SHARE_MUSD = 0.1  # a share of the AIIB
AIIB = "aiib"
PROPOSALS = ("equal", "contribution", "0.5*equal+0.5*contribution")
TOTAL_MUSD = 100_000.0
PARTS = 1_000_000  # shares that capital is divided into


@dataclass(frozen=True, slots=True)
class Articles:
    """The AIIB's votes by the rule of its articles beside those it states.

    Attributes
    ----------
    shares, founder, stated, by_rule : (n,) arrays
        `by_rule` is where all shares are taken; who has fewer votes has not paid or taken all of them.
    basic : int
        What each member has beside shares.
    """

    codes: tuple[str, ...]
    shares: Integers
    founder: Integers
    stated: Integers
    by_rule: Integers
    basic: int

    @property
    def applies(self) -> list[str]:
        """Members whose votes are those of the rule, to the unit."""
        return [c for c, a, b in zip(self.codes, self.stated, self.by_rule, strict=True) if a == b]

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset bank --of aiib --json`` prints."""
        total = int(self.stated.sum())
        return {
            "bank": AIIB,
            "basic_votes": self.basic,
            "votes": total,
            "members": [
                {
                    "code": code,
                    "shares": int(shares),
                    "founder": bool(founder),
                    "votes_by_rule": int(by_rule),
                    "votes": int(stated),
                    "difference": int(stated - by_rule),
                    "percent": 100.0 * float(stated) / total,
                }
                for code, shares, founder, stated, by_rule in zip(
                    self.codes, self.shares, self.founder, self.stated, self.by_rule, strict=True
                )
            ],
            "rule_applies": len(self.applies),
            "winset": __version__,
        }


def articles(bank: str) -> Articles:
    """Return the votes of a bank whose capital table is at hand.

    Basic votes are 12 % of all votes in force, of which unpaid shares bring none: they follow from the total
    stated, and everybody's votes from them.

    Raises
    ------
    DataError
        Another bank than the AIIB.
    """
    if bank != AIIB:
        raise DataError(
            f"--of {bank}: the capital table at hand is that of {AIIB}. Powers of others: winset vote ndb, "
            "edb, adb, ibrd."
        )
    lines = [row for _, row in tables.rows(FOLDER / f"{AIIB}.csv")]
    codes = tuple(row["code"] for row in lines)
    taken = [round(float(row["subscription_musd"]) / SHARE_MUSD) for row in lines]
    shares = np.array(taken, dtype=np.int64)
    founder = np.array([int(row["founder"]) for row in lines], dtype=np.int64)
    stated = np.array([int(row["votes"]) for row in lines], dtype=np.int64)
    n = len(codes)
    basic = round(0.12 * int(stated.sum()) / n)
    return Articles(codes, shares, founder, stated, shares + 600 * founder + basic, basic)


@dataclass(frozen=True, slots=True)
class CapitalProposal:
    """Capital by a rule, the votes that it brings, and their power.

    Attributes
    ----------
    capital : (n,) array
        Parts that sum to 1.
    """

    rule: str
    capital: Array
    power: Power

    def to_json(self, total: float) -> dict[str, Any]:
        """Return an entry of ``proposals``."""
        codes = self.power.rule.members
        weights = np.array(self.power.rule.majorities[0].weights, dtype=np.float64)
        return {
            "rule": self.rule,
            "capital_percent": named(codes, 100.0 * self.capital),
            "capital_musd": named(codes, total * self.capital),
            "votes_percent": named(codes, 100.0 * weights / weights.sum()),
            "banzhaf": {m.code: m.banzhaf for m in self.power.members},
            "shapley_shubik": {m.code: m.shapley_shubik for m in self.power.members},
            "veto": [m.code for m in self.power.members if m.veto],
            "dummies": [m.code for m in self.power.members if m.dummy],
        }


@dataclass(frozen=True, slots=True)
class Founding:
    """Proposals for a bank of some members, or the one found for a target of power.

    Attributes
    ----------
    design : Design or None
        The weights and quota found, where power was given a target.
    years : list of Year
        Ten years of the bank.
    """

    group: Group
    proposals: tuple[CapitalProposal, ...]
    total: float
    part: float
    quota: Quota
    design: Design | None
    target: str
    years: list[Year]
    terms: capital.LoanTerms

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset bank --design`` and ``--capital`` print with ``--json``."""
        said: dict[str, Any] = {
            "members": list(self.proposals[0].power.rule.members),
            "counted": self.group.to_json(),
            "total_musd": self.total,
            "basic_votes_percent": 100.0 * self.part,
            "quota": self.quota,
            "proposals": [each.to_json(self.total) for each in self.proposals],
            "lending_capacity_musd": capital.lending_capacity(self.total, 0.0, self.terms.gearing),
            "cash_flow": [each.to_json() for each in self.years],
            "winset": __version__,
        }
        if self.design is not None:
            found, one = self.design, self.proposals[0]
            codes = found.power.rule.members
            majority = found.power.rule.majorities[0]
            said["design"] = {
                "target": self.target,
                "index": found.index,
                "wished": named(codes, found.target),
                "reached": {m.code: m.banzhaf for m in found.power.members},
                "quota_votes": majority.quota,
                "all_votes": majority.total,
                "quota_percent": 100.0 * majority.quota / majority.total,
                "distance": found.distance,
                "largest_deviation": found.largest,
                "capital_percent": named(codes, 100.0 * one.capital),
            }
        return said


def propose(
    members: str,
    *,
    capital_rules: Sequence[str] = PROPOSALS,
    total: float = TOTAL_MUSD,
    part: float = 0.12,
    quota: Quota = "75%",
    terms: Mapping[str, Any] | None = None,
    on: dt.date | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> Founding:
    """Return what each rule of capital means for the members of a bank.

    Parameters
    ----------
    members : str
        A bloc or codes by comma.
    capital_rules : list of str
        ``equal``, ``contribution`` (GDP), ``ppp``, ``trade``, ``population``, ``sqrt``, and blends.
    total : float
        Subscribed capital, USD million.
    part : float
        Basic votes, as a part of all.
    quota : str or number
        Of the votes.

    Raises
    ------
    DataError
        Unknown members or rules; a quota that nobody reaches; figures out of range.
    """
    group = rules.parse_group(members, on=on, blocs=blocs)
    codes = group.codes
    checked = _terms(total, terms)
    made = [
        CapitalProposal(
            name, shares := capital_shares(name, codes), _power(codes, shares, part, quota, name)
        )
        for name in capital_rules
    ]
    return Founding(
        group, tuple(made), total, part, quota, None, "", capital.cash_flow(checked), checked
    )


def design_bank(
    target: str,
    members: str,
    *,
    total: float = TOTAL_MUSD,
    part: float = 0.0,
    terms: Mapping[str, Any] | None = None,
    on: dt.date | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> Founding:
    """Find capital and a quota under which the power of members is close to a target.

    Raises
    ------
    DataError
        An unknown target or member; or basic votes above what a member is to have.
    """
    found = tailor("one-state-one-vote", target, members=members, on=on, blocs=blocs).design
    majority = found.power.rule.majorities[0]
    weights = np.array(majority.weights, dtype=np.float64)
    shares = capital.capital_for(weights / weights.sum(), part)
    checked = _terms(total, terms)
    return Founding(
        rules.parse_group(members, on=on, blocs=blocs),
        (CapitalProposal(f"for power by {target}", shares, found.power),),
        total,
        part,
        f"{majority.quota} of {majority.total}",
        found,
        target,
        capital.cash_flow(checked),
        checked,
    )


def _terms(total: float, terms: Mapping[str, Any] | None) -> capital.LoanTerms:
    if not 0 < total <= 1e9:
        raise DataError(
            f"--total {total:g}: subscribed capital is above 0 and at most 1e9 USD million."
        )
    given = {"lent_a_year": total / 10.0} | dict(terms or {})
    return capital.LoanTerms(capital=total, **given)


def _power(codes: Sequence[str], shares: Array, part: float, quota: Quota, name: str) -> Power:
    """Return the power of votes by shares and basic votes."""
    counted = capital.votes(PARTS * shares, np.zeros(len(codes)), part=part, founder_votes=0)
    built = rules.weighted(codes, [int(x) for x in counted], quota, title=f"Capital by {name}")
    return power(built)
