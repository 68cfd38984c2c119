r"""Power where members have united beforehand: the Owen and the Banzhaf–Owen index.

A member of union k is pivotal where unions R and members S of its own stand before it, all other unions being
whole or absent,

    ψ_i = Σ_{R⊆M∖k} Σ_{S⊆P_k∖i} a_{|R|} b_{|S|} [w(P_R ∪ S) loses, w(P_R ∪ S ∪ i) wins],

with a_r = r!(m−1−r)!/m! and b_s = s!(p−1−s)!/p! of m unions and p members (Owen 1977), or a = 2^{1−m} and
b = 2^{1−p} (Banzhaf–Owen: Owen 1981, from general knowledge). What unions and members bring is kept as
totals of every majority, equal ones together and none counted beyond its quota.

Sums are of positive numbers only, so that they are exact to about thirteen digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.governance.voting.counting import with_vetoes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.governance.voting.rules import Rule
    from winset.numbers import Array, Integers, Mask

MOST_TOTALS = 4_000_000  # different totals × sizes kept of the coalitions of unions
MOST_PAIRS = 3_000_000_000  # of totals of unions and of members that are looked at
BLOCK = 2_000_000  # of them at once


@dataclass(frozen=True, slots=True)
class UnionPower:
    """The power of members who have united.

    Attributes
    ----------
    codes : n strings
    unions : tuple of positions
        Who belongs together; whoever is in no union is one of its own, and stands last.
    owen : (n,) array
        Sums to one.
    banzhaf_owen : (n,) array
        Probability of being decisive when every other union and every fellow member tosses a coin.
    """

    codes: tuple[str, ...]
    unions: tuple[tuple[int, ...], ...]
    owen: Array
    banzhaf_owen: Array

    def to_json(self) -> dict[str, Any]:
        """Return ``unions`` and ``united`` of ``winset vote --json``: the power of each, and inside."""
        return {
            "unions": [
                {
                    "members": [self.codes[k] for k in group],
                    "shapley_shubik": float(self.owen[list(group)].sum()),
                }
                for group in self.unions
            ],
            "united": [
                {"code": code, "owen": owen, "banzhaf_owen": banzhaf}
                for code, owen, banzhaf in zip(
                    self.codes, self.owen.tolist(), self.banzhaf_owen.tolist(), strict=True
                )
            ],
        }


def union_power(rule: Rule, unions: Sequence[Sequence[str]]) -> UnionPower:
    """Return the Owen and Banzhaf–Owen index of every member.

    Parameters
    ----------
    unions : lists of members
        Whoever is in none is a union of one.

    Raises
    ------
    DataError
        Somebody who is no member, or is in two unions; or more totals than can be kept.

    >>> from winset.governance.voting.rules import weighted
    >>> found = union_power(weighted(["a", "b", "c"], [1, 1, 1], 2), [["a", "b"]])
    >>> found.owen.tolist(), found.banzhaf_owen.tolist()
    ([0.5, 0.5, 0.0], [0.5, 0.5, 0.0])
    """
    groups = grouped(rule.members, unions)
    table = _Totals(with_vetoes(rule))
    m = len(groups)
    whole = np.array([table.weights[list(group)].sum(axis=0) for group in groups])
    result = np.zeros((2, len(rule)))
    for k, group in enumerate(groups):
        outer, among = table.spread(np.delete(whole, k, axis=0))
        outside = among @ _chances(m)
        for i in group:
            inner, fellows = table.spread(table.weights[[j for j in group if j != i]])
            within = fellows @ _chances(len(group))
            result[:, i] = table.swings(outer, outside, inner, within, table.weights[i])
    return UnionPower(rule.members, tuple(tuple(group) for group in groups), result[0], result[1])


def grouped(members: Sequence[str], unions: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return the positions of each union, and of each who is in none.

    Raises
    ------
    DataError
        Somebody who is no member, or is in two unions.
    """
    index = {code: k for k, code in enumerate(members)}
    groups: list[list[int]] = []
    for union in unions:
        for code in union:
            if code not in index:
                raise DataError(f"unions: {code} is no member. Name members of the rule.")
            if any(index[code] in group for group in groups):
                raise DataError(f"unions: {code} is in two unions. Keep one.")
        groups.append([index[code] for code in dict.fromkeys(union)])
    taken = {k for group in groups for k in group}
    return [group for group in groups if group] + [
        [k] for k in range(len(members)) if k not in taken
    ]


def _chances(size: int) -> Array:
    """Chance of one coalition of s others of `size − 1`, (size, 2): by random orders, and by coins."""
    return np.array([[1.0 / (size * comb(size - 1, s)), 0.5 ** (size - 1)] for s in range(size)])


class _Totals:
    """A rule over the totals of its majorities, those of equal weights as one axis each."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.weights = np.array([m.weights for m in rule.majorities], dtype=np.int64).T
        self.quotas = np.array([m.quota for m in rule.majorities], dtype=np.int64)
        self.truth = np.array(rule.truth, dtype=np.bool_)
        sizes = [int(q) + 1 for q in self.quotas]
        steps = [1]
        for size in sizes[:-1]:
            steps.append(steps[-1] * size)
        if steps[-1] * sizes[-1] >= 2**62:
            raise DataError(
                f"{rule.title}: totals of all majorities together are too many to tell apart. "
                "Round the weights."
            )
        self.steps = np.array(steps, dtype=np.int64)
        self.pairs = 0

    def spread(self, weights: Integers) -> tuple[Integers, Array]:
        """Return the totals of the coalitions of some, (S, axes), and how many by size, (S, k + 1)."""
        totals = np.zeros((1, len(self.quotas)), np.int64)
        counts = np.zeros((1, len(weights) + 1))
        counts[0, 0] = 1.0
        for row in weights:
            both = np.concatenate([totals, np.minimum(totals + row, self.quotas)])
            more = np.zeros_like(counts)
            more[:, 1:] = counts[:, :-1]
            keys, at, where = np.unique(both @ self.steps, return_index=True, return_inverse=True)
            if len(keys) * counts.shape[1] > MOST_TOTALS:
                raise DataError(
                    f"{self.rule.title}: {len(weights)} unions come to more than "
                    f"{MOST_TOTALS // counts.shape[1]:,} different totals. Name fewer and larger unions, "
                    "or round the weights."
                )
            merged = np.zeros((len(keys), counts.shape[1]))
            half = len(totals)
            np.add.at(merged, where[:half], counts)
            np.add.at(merged, where[half:], more)
            totals, counts = both[at], merged
        return totals, counts

    def wins(self, totals: Integers) -> Mask:
        state = ((totals >= self.quotas).astype(np.int64) << np.arange(len(self.quotas))).sum(
            axis=-1
        )
        return np.asarray(self.truth[state])

    def swings(
        self, outer: Integers, outside: Array, inner: Integers, within: Array, weight: Integers
    ) -> Array:
        """Σ chance of the coalitions that lose without a member and win with it, (2,)."""
        if len(self.quotas) == 1:  # the totals are in order: those that swing stand together
            below = np.zeros((len(outer) + 1, 2))
            below[1:] = np.cumsum(outside, axis=0)
            need = self.quotas[0] - inner[:, 0]
            first, last = (np.searchsorted(outer[:, 0], x) for x in (need - weight[0], need))
            return np.asarray(((below[last] - below[first]) * within).sum(axis=0))
        self.pairs += len(outer) * len(inner)
        if self.pairs > MOST_PAIRS:
            raise DataError(
                f"{self.rule.title}: more than {MOST_PAIRS:,} totals of unions and members meet. Name fewer "
                "and larger unions."
            )
        result = np.zeros(2)
        width = max(1, BLOCK // len(outer))
        for begin in range(0, len(inner), width):
            met = outer[:, None] + inner[None, begin : begin + width]
            swing = self.wins(met + weight) & ~self.wins(met)
            result += ((swing.T @ outside) * within[begin : begin + width]).sum(axis=0)
        return result
