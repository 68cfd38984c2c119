"""What one facility costs whom, and what contributors with incomes of their own give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.contribution import wealth
from winset.errors import DataError, listed
from winset.games import Game, airport, nucleolus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.contribution.reading import CenterPlan
    from winset.contribution.wealth import Giving
    from winset.numbers import Array
    from winset.places.groups import Group

MOST_NUCLEOLUS = 16


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility as large as the largest need: who pays what of its cost.

    Attributes
    ----------
    need : (n,) array
        What the facility would cost each alone.
    payments : mapping of rule to (n,) array
        Shapley's Σ_{k≤i} (c_k − c_{k−1})/(n − k + 1), by rising cost (Littlechild & Owen 1973); the
        nucleolus; equal parts; in proportion to need.
    """

    plan: CenterPlan
    members: tuple[str, ...]
    need: Array
    payments: dict[str, Array]

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset common --json`` prints of a facility."""
        return {
            "winset": __version__,
            "title": self.plan.file.title or self.plan.name,
            "illustrative": self.plan.file.illustrative,
            "unit": self.plan.file.unit,
            "technology": {"kind": "facility"},
            "cost": float(self.need.max()),
            "members": [
                {
                    "code": code,
                    "need": float(self.need[k]),
                    **{f"pays_{rule}": float(x[k]) for rule, x in self.payments.items()},
                }
                for k, code in enumerate(self.members)
            ],
            "shapley": {
                m: float(x) for m, x in zip(self.members, self.payments["shapley"], strict=True)
            },
        }


def facility(plan: CenterPlan, group: Group) -> Facility:
    """Share the cost of a facility by every rule.

    Raises
    ------
    DataError
        A member without a need.
    """
    members = group.codes
    need = _column(plan, members, "need")
    sparse = airport({m: float(x) for m, x in zip(members, need, strict=True)})
    by_name = dict(zip(sparse.players, sparse.shapley(), strict=True))
    payments = {"shapley": np.array([float(by_name[m]) for m in members])}
    if len(members) <= MOST_NUCLEOLUS:
        payments["nucleolus"] = -nucleolus(costs(members, need), kind="prenucleolus").division
    total = float(need.max())
    payments["equal"] = np.full(len(members), total / len(members))
    payments["need"] = total * need / need.sum()
    return Facility(plan, members, need, payments)


def costs(members: Sequence[str], need: Array) -> Game:
    """The game of what each coalition would pay, as losses: v(S) = −max_{i∈S} c_i."""
    values = np.zeros(1 << len(members))
    for k, cost in enumerate(need):
        size = 1 << k
        values[size : 2 * size] = np.minimum(values[:size], -cost)
    return Game(tuple(members), values)


@dataclass(frozen=True, slots=True)
class Incomes:
    """Contributors with incomes of their own, by themselves and under Lindahl's prices."""

    plan: CenterPlan
    members: tuple[str, ...]
    income: Array
    share: Array
    alone: Giving
    lindahl: Giving

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset common --json`` prints of incomes."""
        return {
            "winset": __version__,
            "title": self.plan.file.title or self.plan.name,
            "illustrative": self.plan.file.illustrative,
            "unit": self.plan.file.unit,
            "technology": {"kind": "wealth"},
            "level_alone": self.alone.level,
            "level_lindahl": self.lindahl.level,
            "members": [
                {
                    "code": code,
                    "income": float(self.income[k]),
                    "share": float(self.share[k]),
                    "given_alone": float(self.alone.given[k]),
                    "kept_alone": float(self.alone.kept[k]),
                    "given_lindahl": float(self.lindahl.given[k]),
                    "kept_lindahl": float(self.lindahl.kept[k]),
                    "price": float(self.lindahl.price[k]),
                }
                for k, code in enumerate(self.members)
            ],
        }


def incomes(plan: CenterPlan, group: Group) -> Incomes:
    """Find what each gives of its income.

    Raises
    ------
    DataError
        A member without income or share, or one that is out of range.
    """
    members = group.codes
    income, share = (_column(plan, members, key) for key in ("income", "share"))
    return Incomes(
        plan, members, income, share, wealth.alone(income, share), wealth.lindahl(income, share)
    )


def _column(plan: CenterPlan, members: Sequence[str], key: str) -> Array:
    known = {m.code: getattr(m, key) for m in plan.file.member}
    if missing := [m for m in members if known.get(m) is None]:
        raise DataError(
            f"{plan.place.name}: no {key} of {listed(missing)}, which kind = {plan.kind!r} needs. Add it to "
            "each [[member]]."
        )
    return np.array([known[m] for m in members], dtype=np.float64)
