"""Values: what each player can claim of a game, by one pass over all coalitions."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, factorial
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.games import kernels
from winset.games.game import Game

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from winset.numbers import Array


def shapley(game: Game) -> Array:
    """Shapley value φ_i = Σ_{S∌i} |S|!(n−|S|−1)!/n! [v(S∪i) − v(S)], (n,).

    Source: Shapley (1953).

    >>> game = Game.from_function("ABC", lambda s: 1.0 if {"A"} < s else 0.0)
    >>> shapley(game).round(4).tolist()
    [0.6667, 0.1667, 0.1667]
    """
    return shapley_and_banzhaf(game)[0]


def banzhaf(game: Game) -> Array:
    """Banzhaf value β_i = 2^{1−n} Σ_{S∌i} [v(S∪i) − v(S)], (n,): not efficient.

    Source: Banzhaf (1965); Dubey & Shapley (1979).
    """
    return shapley_and_banzhaf(game)[1]


def shapley_and_banzhaf(game: Game) -> tuple[Array, Array]:
    """Return both, from the same pass over the coalitions."""
    n = game.n
    entering = np.array([1.0 / (s * comb(n, s)) if s else 0.0 for s in range(n + 1)])
    leaving = np.append(entering[1:], 0.0)  # |S|!(n−|S|−1)!/n!
    weights = np.stack([entering + leaving, leaving, np.full(n + 1, 0.5 ** (n - 1))])
    sums = kernels.sums_by_player(game.values, weights, n)
    return sums[0, :n] - sums[1, n], 2.0 * sums[2, :n] - sums[2, n]


def weighted_shapley(game: Game, weights: Sequence[float] | Array) -> Array:
    """Weighted Shapley value Σ_{T∋i} w_i/w(T) Δ(T), (n,): dividends shared by weight.

    Source: Shapley (1953); Kalai & Samet (1987).

    Raises
    ------
    DataError
        A weight is not positive.
    """
    w = _positive(game, weights, "weight")
    return np.asarray(kernels.weighted_shares(game.dividends(), w, game.n))


def equal_surplus(game: Game) -> Array:
    """v({i}) + (v(N) − Σ v({j}))/n, (n,): equal parts of what cooperation adds."""
    singles = game.singles()
    return np.asarray(singles + (game.grand - singles.sum()) / game.n)


def egalitarian(game: Game) -> Array:
    """v(N)/n, (n,)."""
    return np.full(game.n, game.grand / game.n)


def proportional(game: Game, weights: Sequence[float] | Array) -> Array:
    """v(N) w_i/Σw, (n,): in proportion to population, GDP or anything else.

    Raises
    ------
    DataError
        A weight is not positive.
    """
    w = _positive(game, weights, "weight")
    return np.asarray(game.grand * w / w.sum())


def _positive(game: Game, weights: Sequence[float] | Array, what: str) -> Array:
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (game.n,):
        raise DataError(f"{game.n} players need {game.n} {what}s, found {w.shape}.")
    if not np.all(w > 0) or not np.all(np.isfinite(w)):
        k = int(np.argmin(np.where(np.isfinite(w), w, -np.inf)))
        raise DataError(f"the {what} of {game.players[k]} is {w[k]:g}; it must be positive.")
    return w


def interaction(game: Game) -> Array:
    """Shapley interaction index of pairs, (n, n), symmetric with a zero diagonal.

    I_ij = Σ_{T⊆N∖ij} t!(n−t−2)!/(n−1)! [v(T∪ij) − v(T∪i) − v(T∪j) + v(T)].

    Source: Grabisch & Roubens (1999).
    """
    n = game.n
    if n < 2:
        return np.zeros((n, n))
    p = np.zeros(n + 3)
    for t in range(n - 1):
        p[t + 2] = factorial(t) * factorial(n - t - 2) / factorial(n - 1)
    both, one, none = p[: n + 1], p[1 : n + 2], p[2 : n + 3]  # p at s−2, s−1 and s members
    pairs = kernels.pair_sums(game.values, both + 2.0 * one + none, n)
    rows = kernels.sums_by_player(game.values, np.stack([one + none, none]), n)
    upper = pairs - rows[0, :n, None] - rows[0, None, :n] + rows[1, n]
    result = np.triu(upper, 1)
    return np.asarray(result + result.T)


def owen(game: Game, unions: Sequence[Sequence[str]]) -> Array:
    """Owen value: Shapley's among unions, and again inside each, (n,).

    Players outside every union are unions of their own. Source: Owen (1977).

    Raises
    ------
    DataError
        An unknown player, or one in two unions.
    """
    return _among_unions(game, unions, lambda others, inside: (others + 1) * comb(others, inside))


def banzhaf_owen(game: Game, unions: Sequence[Sequence[str]]) -> Array:
    """Banzhaf–Owen value: Banzhaf's among unions, and again inside each, (n,); not efficient.

    What i adds on average where each other union is whole or absent, and each other member of i's union in or
    out, with equal chances. Source: Owen (1981), from general knowledge.

    >>> from winset.games import Game
    >>> majority = Game.from_function("ABC", lambda s: float(len(s) > 1))
    >>> banzhaf_owen(majority, [["A", "B"]]).tolist()
    [0.5, 0.5, 0.0]
    """
    return _among_unions(game, unions, lambda others, _: 1 << others)


def _among_unions(
    game: Game, unions: Sequence[Sequence[str]], one_of: Callable[[int, int], int]
) -> Array:
    """Sum what a player adds, by how many others there are and are inside; of unions, then of members."""
    groups = unions_of(game.players, unions)
    m = len(groups)
    result = np.zeros(game.n)
    whole = [sum(1 << k for k in group) for group in groups]
    for g, group in enumerate(groups):
        others = [whole[h] for h in range(m) if h != g]
        size = len(group)
        for mask in range(1 << len(others)):
            q = sum(others[h] for h in range(len(others)) if mask >> h & 1)
            outer = 1.0 / one_of(m - 1, mask.bit_count())
            for inner in range(1 << size):
                s = q | sum(1 << group[h] for h in range(size) if inner >> h & 1)
                for h in range(size):
                    if not inner >> h & 1:
                        weight = outer / one_of(size - 1, inner.bit_count())
                        gain = game.values[s | 1 << group[h]] - game.values[s]
                        result[group[h]] += weight * gain
    return result


def unions_of(players: Sequence[str], unions: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return the positions of the players in each union; others are unions of their own.

    Raises
    ------
    DataError
        An unknown player, or one in two unions.
    """
    index = {p: k for k, p in enumerate(players)}
    groups: list[list[int]] = []
    seen: set[int] = set()
    for union in unions:
        group = []
        for name in union:
            if name not in index:
                raise DataError(f"no player {name!r}.{did_you_mean(name, players)}")
            if index[name] in seen:
                raise DataError(f"{name} is in two unions. Keep one.")
            seen.add(index[name])
            group.append(index[name])
        if group:
            groups.append(group)
    return groups + [[k] for k in range(len(players)) if k not in seen]


def myerson(game: Game, links: Sequence[tuple[str, str]]) -> Array:
    """Myerson value: Shapley's of the game in which only connected coalitions cooperate, (n,).

    Source: Myerson (1977).

    Raises
    ------
    DataError
        An unknown player.
    """
    near = np.zeros(game.n, dtype=np.int64)
    for a, b in links:
        i, j = game.mask([a]), game.mask([b])
        near[i.bit_length() - 1] |= j
        near[j.bit_length() - 1] |= i
    return shapley(Game(game.players, kernels.restricted(game.values, near)))


@dataclass(frozen=True, slots=True)
class Sampled:
    """A sampled value: estimates, standard errors, and the draws they rest on."""

    value: Array
    standard_error: Array
    orders: int

    def interval(self, z: float = 1.96) -> tuple[Array, Array]:
        """Return the confidence interval, 95 percent by default."""
        return self.value - z * self.standard_error, self.value + z * self.standard_error


def sampled_shapley(
    players: Sequence[str],
    worth: Callable[[frozenset[str]], float],
    *,
    orders: int = 1000,
    seed: int = 0,
) -> Sampled:
    """Estimate the Shapley value of a game too large to tabulate, from random orders.

    Each order is used forwards and backwards, which cancels much of the noise; standard errors
    are those of the pairs. Source: Castro, Gómez & Tejada (2009); Mitchell et al. (2022).
    """
    if orders < 4:
        raise DataError(f"orders = {orders}; four are the least.")
    generator = np.random.default_rng(seed)
    names = list(players)
    draws = np.zeros((orders // 2, len(names)))
    for row in draws:
        order = generator.permutation(len(names))
        for way in (order, order[::-1]):
            inside: frozenset[str] = frozenset()
            before = 0.0
            for k in way:
                inside |= {names[k]}
                after = worth(inside)
                row[k] += (after - before) / 2.0
                before = after
    error = draws.std(axis=0, ddof=1) / np.sqrt(len(draws))
    return Sampled(draws.mean(axis=0), error, 2 * len(draws))


def by_name(game: Game, x: Array) -> Mapping[str, float]:
    """Return a division as a dictionary."""
    return {p: float(v) for p, v in zip(game.players, x, strict=True)}
