"""The members of a bank: whom a project needs, what part of a cost each bears, which of them win a vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.governance.voting import rules
from winset.places.economies import economies
from winset.studies.capital_rules import capital_shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.finance.projects import Plan
    from winset.numbers import Array, Mask
    from winset.worlds import World

UNANIMITY = "unanimity"
FIXED = ("capital", "gdp", "population", "equal")
MOST_VOTERS = 20


def hosts_of(plan: Plan, on: World, members: Sequence[str]) -> list[int]:
    """Return the members that host each project, as masks; a host that is no member need not be asked."""
    found = []
    known = {*on.codes, *economies()}
    for project in plan.projects:
        mask = 0
        for code in project.line.hosts:
            if code not in known:
                raise DataError(
                    f"project {project.name}: host {code!r} is no economy.{did_you_mean(code, known)}"
                )
            if code in members:
                mask |= 1 << list(members).index(code)
        found.append(mask)
    return found


def shares_of(plan: Plan, members: Sequence[str], sizes: Array) -> dict[str, Array]:
    """Return the fixed parts of the cost under each rule, (p,) each, that sum to 1."""
    people = [economies()[code].population if code in economies() else None for code in members]
    made = {
        "capital": capital_of(plan.bank.capital, members, sizes),
        "gdp": sizes / sizes.sum(),
        "equal": np.full(len(members), 1.0 / len(members)),
    }
    if all(people):
        heads = np.array([float(count or 0) for count in people])
        made["population"] = heads / heads.sum()
    elif plan.bank.payment == "population":
        raise DataError(
            "[bank] payment: a member has no figure of population. Choose another rule."
        )
    return made


def capital_of(capital: str | Mapping[str, float], members: Sequence[str], sizes: Array) -> Array:
    """Return shares of capital, (p,): a table by member, ``gdp``, ``ppp``, ``trade``, ``equal``, a blend.

    Raises
    ------
    DataError
        A member without a subscription, an unknown rule.
    """
    if isinstance(capital, str):
        text = capital.replace("gdp", "contribution")
        if text == "contribution":
            return np.asarray(sizes / sizes.sum())
        return capital_shares(text, list(members))
    for code in capital:
        if code not in members:
            raise DataError(f"[bank] capital: {code!r} is no member.{did_you_mean(code, members)}")
    given = np.array([float(capital.get(code, 0.0)) for code in members])
    if np.any(given < 0) or not given.sum() > 0:
        raise DataError("[bank] capital: subscriptions are zero or more, and one is above it.")
    return np.asarray(given / given.sum())


def wins_of(plan: Plan, members: Sequence[str]) -> Mask | None:
    """Return which coalitions of members win under the bank's decision rule, (2^p,); None for unanimity."""
    if plan.bank.decision == UNANIMITY:
        return None
    beside = plan.folder / plan.bank.decision
    spec = rules.find_rule(beside if beside.is_file() else plan.bank.decision)
    rule = spec.build(members=members, on=plan.on)
    if len(members) > MOST_VOTERS:
        raise DataError(
            f"{len(members)} members: a vote is counted for at most {MOST_VOTERS}. Use unanimity."
        )
    return np.array(
        [
            rule.wins([code for k, code in enumerate(members) if mask >> k & 1])
            for mask in range(1 << len(members))
        ]
    )
