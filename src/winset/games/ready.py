"""Ready games of the literature, and what is known of them in closed form."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.games.game import Game
from winset.games.sparse import SparseGame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.numbers import Array

MOST_ESTATE = 1_000_000  # whole units of an estate, for random arrival
MOST_CLAIMS = 20_000  # coalitions whose claims leave something


def airport(costs: Mapping[str, float]) -> SparseGame:
    r"""The airport game's dual, whose values are the airport's: who needs the runway how long.

    The game costs c(S) = max_{i∈S} c_i. Its dual c*(S) = c(N) − c(N∖S) has dividends c_(k) − c_(k−1) of those
    who need the k-th piece, and no others; Shapley's and Banzhaf's values of a game and its dual are the
    same. Source: Littlechild & Owen (1973).

    >>> airport({"small": 3.0, "large": 5.0}).shapley().tolist()
    [1.5, 3.5]
    """
    _checked(costs, "cost")
    order = sorted(costs, key=lambda name: (costs[name], name))
    dividends: dict[tuple[str, ...], float] = {}
    before = 0.0
    for k, name in enumerate(order):
        if costs[name] > before:
            dividends[tuple(order[k:])] = costs[name] - before
            before = costs[name]
    return SparseGame.of(tuple(costs), dividends)


def airport_nucleolus(costs: Mapping[str, float]) -> Array:
    """The nucleolus of the airport game in closed form, (n,): what each pays, in the order of `costs`.

    From the smallest up, r = min over k of what the first k have not paid of c_k, over k + 1, or of c_n over
    the n who are left; those up to the k that is least pay r each.
    Source: Littlechild (1974), from general knowledge.

    >>> airport_nucleolus({"small": 3.0, "large": 5.0}).tolist()
    [1.5, 3.5]
    """
    _checked(costs, "cost")
    c = np.array(list(costs.values()), dtype=np.float64)
    order = np.argsort(c, kind="stable")
    result, done, paid, n = np.zeros(len(c)), 0, 0.0, len(c)
    while done < n:
        over = np.arange(2.0, n - done + 2.0)
        over[-1] -= 1.0
        each = (c[order[done:]] - paid) / over
        least = int(n - done - 1 - np.argmin(each[::-1]))  # the last of the smallest
        result[order[done : done + least + 1]] = each[least]
        paid += float(each[least]) * (least + 1)
        done += least + 1
    return result


def glove(left: Sequence[str], right: Sequence[str]) -> Game:
    """Pairs of gloves: v(S) = min(|S ∩ left|, |S ∩ right|). Source: Shapley & Shubik (1969)."""
    a, b = frozenset(left), frozenset(right)
    if a & b:
        raise DataError(f"{min(a & b)} holds a left and a right glove. Keep one.")
    return Game.from_function((*left, *right), lambda s: float(min(len(s & a), len(s & b))))


def assignment(worth: Mapping[tuple[str, str], float]) -> Game:
    """The best matching of buyers with sellers, by the worth of each pair. Source: Shapley & Shubik (1971).

    >>> assignment({("b", "s"): 2.0, ("c", "s"): 3.0})["bcs"]
    3.0
    """
    from scipy.optimize import linear_sum_assignment

    buyers = tuple(dict.fromkeys(b for b, _ in worth))
    sellers = tuple(dict.fromkeys(s for _, s in worth))
    if both := set(buyers) & set(sellers):
        raise DataError(f"{min(both)} is a buyer and a seller. Keep one.")

    def matched(inside: frozenset[str]) -> float:
        rows = [b for b in buyers if b in inside]
        columns = [s for s in sellers if s in inside]
        table = np.array([[max(0.0, worth.get((b, s), 0.0)) for s in columns] for b in rows])
        if not table.size:
            return 0.0
        return float(table[linear_sum_assignment(table, maximize=True)].sum())

    return Game.from_function((*buyers, *sellers), matched)


def flow(
    pipes: Sequence[tuple[str, str, str, float]], *, source: str = "source", sink: str = "sink"
) -> Game:
    """What flows from source to sink through the pipes of a coalition. Source: Kalai & Zemel (1982).

    Each pipe is (owner, from, to, capacity).
    """
    owners = tuple(dict.fromkeys(owner for owner, *_ in pipes))
    if any(not capacity >= 0 for *_, capacity in pipes):
        raise DataError("a pipe's capacity is zero or more.")

    def through(inside: frozenset[str]) -> float:
        room: dict[str, dict[str, float]] = {}
        for owner, here, there, capacity in pipes:
            if owner in inside:
                room.setdefault(here, {})
                room.setdefault(there, {})
                room[here][there] = room[here].get(there, 0.0) + capacity
                room[there].setdefault(here, 0.0)
        total = 0.0
        while (path := _path(room, source, sink)) is not None:
            most = min(room[a][b] for a, b in path)
            for a, b in path:
                room[a][b] -= most
                room[b][a] += most
            total += most
        return total

    return Game.from_function(owners, through)


def _path(
    room: dict[str, dict[str, float]], source: str, sink: str
) -> list[tuple[str, str]] | None:
    """A shortest way along which something still flows (Edmonds & Karp 1972)."""
    came: dict[str, str] = {source: source}
    edge = [source]
    while edge and sink not in came:
        new = []
        for here in edge:
            for there, left in room.get(here, {}).items():
                if left > 0.0 and there not in came:
                    came[there] = here
                    new.append(there)
        edge = new
    if sink not in came:
        return None
    way, now = [], sink
    while now != source:
        way.append((came[now], now))
        now = came[now]
    return way[::-1]


def bankruptcy(estate: float, claims: Mapping[str, float]) -> Game:
    """What is left for a coalition when all others are paid: max(0, E − Σ_{j∉S} d_j).

    Source: O'Neill (1982).
    """
    _estate(estate, claims)
    return Game.from_function(
        tuple(claims),
        lambda s: max(0.0, estate - sum(d for name, d in claims.items() if name not in s)),
    )


def bankruptcy_by_dividends(estate: float, claims: Mapping[str, float]) -> SparseGame:
    """The bankruptcy game of any number of claimants, where few coalitions claim less than the estate.

    v(N∖C) = max(0, E − d(C)) is not zero for those C alone, and with it Δ(N∖C) = Σ_{B⊇C} (−1)^{|B∖C|} v(N∖B).

    Raises
    ------
    DataError
        More than 20,000 coalitions claim less than the estate.
    """
    _estate(estate, claims)
    names, d = tuple(claims), list(claims.values())
    worth: dict[tuple[int, ...], float] = {(): float(estate)}
    edge: list[tuple[int, ...]] = [()] if estate > 0 else []
    while edge:
        new: list[tuple[int, ...]] = []
        for rest in edge:
            for k in range(rest[-1] + 1 if rest else 0, len(d)):
                left = worth[rest] - d[k]
                if left > 0.0:
                    worth[(*rest, k)] = left
                    new.append((*rest, k))
            if len(worth) > MOST_CLAIMS:
                raise DataError(
                    f"more than {MOST_CLAIMS:,} coalitions claim less than the estate of {estate:g}: the "
                    "game has too many dividends. divide_estate does without them."
                )
        edge = new
    dividends = dict.fromkeys(worth, 0.0)
    for rest, left in worth.items():
        for size in range(len(rest) + 1):
            for part in combinations(rest, size):
                dividends[part] += (-1.0) ** (len(rest) - size) * left
    return SparseGame.of(
        names,
        {
            tuple(name for k, name in enumerate(names) if k not in rest): number
            for rest, number in dividends.items()
            if number and len(rest) < len(names)
        },
    )


def divide_estate(estate: float, claims: Mapping[str, float]) -> dict[str, Array]:
    """Divide an estate among claims by every rule, for any number of claimants.

    * proportional: in proportion to claims.
    * equal-awards: min(d_i, λ); equal-losses: max(0, d_i − λ).
    * talmud: half the claims by equal awards, what is beyond them by equal losses; the nucleolus of the
      bankruptcy game.
    * adjusted-proportional: what the others concede first, the rest in proportion to what is then claimed.
    * random-arrival: paid in order of arrival, averaged over all orders; the Shapley value of the bankruptcy
      game. Only for claims and an estate in whole numbers.

    Sources: O'Neill (1982); Aumann & Maschler (1985); Thomson (2003).

    >>> divide_estate(200.0, {"a": 100.0, "b": 200.0, "c": 300.0})["talmud"].tolist()
    [50.0, 75.0, 75.0]
    """
    _estate(estate, claims)
    d = np.array(list(claims.values()), dtype=np.float64)
    total = d.sum()
    result = {
        "proportional": estate * d / total if total else d,
        "equal-awards": _awards(estate, d),
        "equal-losses": d - _awards(total - estate, d),
    }
    half = d / 2.0
    if estate <= half.sum():
        result["talmud"] = _awards(estate, half)
    else:
        result["talmud"] = d - _awards(total - estate, half)
    least = np.maximum(0.0, estate - (total - d))
    rest = np.minimum(d - least, estate - least.sum())
    left = estate - least.sum()
    result["adjusted-proportional"] = least + (left * rest / rest.sum() if left > 0.0 else 0.0)
    if np.all(d == np.round(d)) and estate == round(estate):
        result["random-arrival"] = _arrivals(round(estate), d.astype(np.int64))
    return result


def _awards(estate: float, claims: Array) -> Array:
    """min(d_i, λ) with λ such that the estate is used up."""
    order = np.argsort(claims, kind="stable")
    result, left = np.zeros(len(claims)), float(estate)
    for done, k in enumerate(order):
        result[k] = min(float(claims[k]), left / (len(claims) - done))
        left -= float(result[k])
    return result


def _arrivals(estate: int, claims: Array) -> Array:
    """E[min(d_i, what those before have left)] over all orders, by counting subsets of each size and sum."""
    n = len(claims)
    if estate > MOST_ESTATE:
        raise DataError(
            f"an estate of {estate:,} whole units; random arrival counts up to {MOST_ESTATE:,}. "
            "Divide estate and claims by a common unit."
        )
    result = np.zeros(n)
    # Weights |S|!(n−1−|S|)!/n! = 1/(n C(n−1, s)); counts of up to C(100, 50) are exact enough as floats.
    weight = np.array([1.0 / (n * comb(n - 1, s)) for s in range(n)])
    for i in range(n):
        counts = np.zeros(
            (n, estate + 1)
        )  # by members before and what they claim, up to the estate
        counts[0, 0] = 1.0
        seen = 0
        for j in range(n):
            d = int(claims[j])
            if j == i:
                continue
            seen += 1
            if d <= estate:
                counts[1 : seen + 1, d:] += counts[:seen, : estate + 1 - d].copy()
        paid = np.minimum(float(claims[i]), estate - np.arange(estate + 1.0))
        result[i] = float(weight @ (counts @ paid))
    return result


def _checked(numbers: Mapping[str, float], what: str) -> None:
    if not numbers:
        raise DataError("a game needs a player.")
    for name, number in numbers.items():
        if not (number >= 0.0 and np.isfinite(number)):
            raise DataError(f"the {what} of {name} is {number:g}; it must be a number from 0.")


def _estate(estate: float, claims: Mapping[str, float]) -> None:
    _checked(claims, "claim")
    if not 0.0 <= estate <= sum(claims.values()):
        raise DataError(
            f"an estate of {estate:g} for claims of {sum(claims.values()):g}: it must be from 0 to what is "
            "claimed in all."
        )
