"""The same scenario under the other deficit rules: does what is claimed hold?

What trade deficits do is an assumption that no data settle (`docs/decisions/0029`). The change is solved
under every rule; a claim is overturned where a sign flips, where the number of losers or a sum moves by
more than a stated amount, or where somebody else loses most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.scenario.parameters import DEFICIT_RULES
from winset.trade.gains import direction
from winset.trade.solver import solve_shock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.scenario import Scenario
    from winset.scenario.parameters import Deficits
    from winset.trade.result import TradeResult

#: Share of the economies counted by which a number of losers must move to be told.
COUNT = 0.05
#: Share of the larger of two sums by which a sum must move to be told.
MONEY = 0.25
#: Percentage points by which the new worst loser must lose more than the old one to be told.
LEAD = 0.1
#: Percentage points by which one economy's gain must move to be told.
GAIN = 1.0

SUMS = ("members_musd", "outsiders_musd", "world_musd")
COUNTS = ("members_losing", "outsiders_losing")


@dataclass(frozen=True, slots=True)
class OtherRule:
    """A scenario under another rule than its own.

    Attributes
    ----------
    rules : tuple of str
        The names of the rule; more than one where they are the same equations. Empty where it is the
        data that are others (`winset.studies.filled_blanks`).
    result : TradeResult or None
        None where there is no equilibrium under it; then `refused` says why.
    overturned : tuple of str
        Keys of the summary that it overturns: of `SUMS`, `COUNTS`, and ``worst``.
    flipped : tuple of codes
        Members that gain under one rule and lose under the other.
    widest : code
        The economy whose gain differs most in percentage points; blank where by less than `GAIN`.
    """

    rules: tuple[str, ...]
    result: TradeResult | None
    refused: str = ""
    overturned: tuple[str, ...] = ()
    flipped: tuple[str, ...] = ()
    widest: str = ""

    @property
    def holds(self) -> bool:
        """Whether everything that is claimed holds under this rule too."""
        return self.result is not None and not (self.overturned or self.flipped or self.widest)

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``deficit_rules`` of ``winset run --json``."""
        return {"rule": self.rules[0], "rules": list(self.rules), **self.findings()}

    def findings(self) -> dict[str, Any]:
        """Return what is found under it, and what of the claims it overturns."""
        economies = []
        if self.result is not None:
            percent = (100.0 * (self.result.welfare - 1.0)).tolist()
            economies = [
                {"code": code, "welfare_percent": gain}
                for code, gain in sorted(zip(self.result.codes, percent, strict=True))
            ]
        return {
            "summary": None if self.result is None else self.result.summary(),
            "refused": self.refused or None,
            "overturned": list(self.overturned),
            "flipped": list(self.flipped),
            "widest": next((one for one in economies if one["code"] == self.widest), None),
            "economies": economies,
        }


def under_other_rules(result: TradeResult) -> tuple[OtherRule, ...]:
    """Solve what a scenario changed under every rule but its own.

    Tariffs that were asked for stay at the rates found under the scenario's own rule.
    """
    own = result.scenario.parameters.deficits
    return tuple(_under(rules, result) for rules in others(own))


def others(own: Deficits) -> tuple[tuple[Deficits, ...], ...]:
    """Return the rules that are other equations than a scenario's own.

    >>> others("additive")
    (('multiplicative',), ('balanced',))
    """
    return tuple(rules for rules in DEFICIT_RULES if own not in rules)


def under(scenario: Scenario, rule: Deficits) -> Scenario:
    """Return a scenario with another rule on deficits."""
    return replace(scenario, parameters=replace(scenario.parameters, deficits=rule))


def _under(rules: tuple[Deficits, ...], result: TradeResult) -> OtherRule:
    try:
        other = solve_shock(result.world, under(result.scenario, rules[0]), result.shock)
    except (ConvergenceError, DataError) as error:
        return OtherRule(rules, None, refused=str(error))
    return compare(rules, result, other)


def compare(rules: tuple[str, ...], result: TradeResult, other: TradeResult) -> OtherRule:
    """Return what a result under another rule overturns of what is claimed under the own."""
    ours, theirs = result.summary(), other.summary()
    inside = np.isin(result.codes, result.members)
    groups = {"members": inside, "outsiders": ~inside, "world": np.ones_like(inside)}
    overturned = []
    for key in SUMS:
        one, two = ours[key], theirs[key]
        income = float(result.income[groups[key.removesuffix("_musd")]].sum())
        moved = [int(direction(musd / income)) for musd in (one, two)] if income else [0, 0]
        apart = abs(one - two) > MONEY * max(abs(one), abs(two))
        if any(moved) and (apart or moved[0] * moved[1] < 0):
            overturned.append(key)
    for key in COUNTS:
        size = int(groups[key.removesuffix("_losing")].sum())
        if abs(ours[key] - theirs[key]) > COUNT * size:
            overturned.append(key)
    gains, theirs_gains = 100.0 * (result.welfare - 1.0), 100.0 * (other.welfare - 1.0)
    old, new = (
        result.world.index[ours["worst"]["code"]],
        result.world.index[theirs["worst"]["code"]],
    )
    if theirs_gains[new] < 0 and theirs_gains[old] - theirs_gains[new] > LEAD:
        overturned.append("worst")
    way, their_way = direction(gains / 100.0), direction(theirs_gains / 100.0)
    flipped = np.flatnonzero(inside & (way * their_way < 0))
    gap = np.abs(gains - theirs_gains)
    widest = int(np.argmax(gap))
    return OtherRule(
        rules,
        other,
        overturned=tuple(overturned),
        flipped=tuple(result.codes[k] for k in flipped),
        widest=result.codes[widest] if gap[widest] > GAIN else "",
    )


@dataclass(frozen=True, slots=True)
class OtherGains:
    """Everybody's gain in a union or a war under another rule than its own.

    Attributes
    ----------
    rules : tuple of str
        The names of the rule.
    welfare_percent : mapping of codes
        Empty where it is refused; then `refused` says why.
    losing : int
        Of those of whom it is said whether they lose.
    more_or_fewer : bool
        Whether that number differs from the one under the own rule by more than `COUNT` of them.
    flipped, widest
        As in `OtherRule`.
    """

    rules: tuple[str, ...]
    welfare_percent: Mapping[str, float]
    losing: int = 0
    more_or_fewer: bool = False
    flipped: tuple[str, ...] = ()
    widest: str = ""
    refused: str = ""

    @property
    def holds(self) -> bool:
        """Whether everything that is claimed holds under this rule too."""
        return not (self.refused or self.more_or_fewer or self.flipped or self.widest)

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``deficit_rules`` of ``winset union --json`` and ``winset war --json``."""
        gains = self.welfare_percent
        return {
            "rule": self.rules[0],
            "rules": list(self.rules),
            "refused": self.refused or None,
            "losing": None if self.refused else self.losing,
            "flipped": list(self.flipped),
            "widest": {"code": self.widest, "welfare_percent": gains[self.widest]}
            if self.widest
            else None,
            "economies": [{"code": code, "welfare_percent": gains[code]} for code in sorted(gains)],
        }


def gains_under(
    rules: tuple[str, ...],
    codes: Sequence[str],
    welfare: Array,
    solved: Callable[[], Array],
    *,
    members: NDArray[np.bool_],
    judged: NDArray[np.bool_],
) -> OtherGains:
    """Compare Ŵ (n,) with what `solved` returns under another rule.

    `members` may change sides, `judged` are those of whom it is counted how many lose.
    """
    try:
        other = solved()
    except (ConvergenceError, DataError, InfeasibleError) as error:
        return OtherGains(rules, {}, refused=str(error))
    way, their_way = direction(welfare - 1.0), direction(other - 1.0)
    losing, before = int((judged & (their_way < 0)).sum()), int((judged & (way < 0)).sum())
    gap = 100.0 * np.abs(other - welfare)
    widest = int(np.argmax(gap))
    percent = (100.0 * (other - 1.0)).tolist()
    return OtherGains(
        rules,
        dict(zip(codes, percent, strict=True)),
        losing=losing,
        more_or_fewer=abs(losing - before) > COUNT * int(judged.sum()),
        flipped=tuple(codes[int(k)] for k in np.flatnonzero(members & (way * their_way < 0))),
        widest=codes[widest] if gap[widest] > GAIN else "",
    )
