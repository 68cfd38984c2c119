r"""Games given by their Harsanyi dividends: any number of players, values in closed form.

    v(S) = Σ_{T⊆S} Δ(T),

with Δ(T) ≠ 0 for few T. A value that is linear divides every dividend by itself: what it gives of the game
that is worth one to whoever has all of T. So a hundred players are no harder than ten, where the
dividends are few.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.games.game import MOST_PLAYERS, Game
from winset.games.values import unions_of
from winset.subsets import ranks, spread_out, worths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from winset.numbers import Array, Integers, Mask

MOST_CONNECTIONS = 4096  # terms that the dividend of one coalition may turn into on a graph
MOST_PAIRED = 4000  # players of a matrix of pairs
FEW = 1_000_000  # memberships to look up
MOST_RANKED = 60  # players of whom coalitions of any size have a rank in 64 bits


@dataclass(frozen=True)
class SparseGame:
    """A game by the dividends of some coalitions; that of all others is zero.

    Attributes
    ----------
    players : tuple of n strings
    members : tuple of (m_k, k) arrays
        Positions of the coalitions of each size that occurs, ascending in a row.
    dividends : tuple of (m_k,) arrays

    Raises
    ------
    DataError
        Names that repeat, rows that are not ascending positions, dividends that are not finite.

    >>> game = SparseGame.of("ABC", {"AB": 2.0, "ABC": 3.0})
    >>> game["AB"], game.grand, game.shapley().tolist()
    (2.0, 5.0, [2.0, 2.0, 1.0])
    """

    players: tuple[str, ...]
    members: tuple[Integers, ...]
    dividends: tuple[Array, ...]

    def __post_init__(self) -> None:
        n = len(self.players)
        if n == 0:
            raise DataError("a game needs a player.")
        if len(set(self.players)) != n:
            twice = next(p for p in self.players if self.players.count(p) > 1)
            raise DataError(f"player {twice!r} is named twice. Keep one.")
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            if rows.ndim != 2 or not rows.shape[1] or numbers.shape != (len(rows),):
                raise DataError(
                    f"coalitions {rows.shape} and dividends {numbers.shape} do not belong together."
                )
            if not np.all(np.isfinite(numbers)):
                at = int(np.argmin(np.isfinite(numbers)))
                raise DataError(
                    f"the dividend of {self.name(rows[at])} is {numbers[at]}; it must be finite."
                )
            if len(rows) and (
                rows.min() < 0 or rows.max() >= n or np.any(rows[:, 1:] <= rows[:, :-1])
            ):
                raise DataError(
                    f"coalitions are rows of positions 0 to {n - 1}, ascending and without repetition."
                )

    @classmethod
    def of(cls, players: Sequence[str], dividends: Mapping[Any, float]) -> SparseGame:
        """Return the game with these dividends, by coalitions of names; repeated ones add up.

        Raises
        ------
        DataError
            An unknown player, or a dividend of nobody.
        """
        names = tuple(players)
        index = {p: k for k, p in enumerate(names)}
        terms: dict[tuple[int, ...], float] = {}
        for coalition, number in dividends.items():
            for name in coalition:
                if name not in index:
                    raise DataError(f"no player {name!r}.{did_you_mean(name, names)}")
            row = tuple(sorted({index[name] for name in coalition}))
            if not row:
                raise DataError(f"the dividend of nobody is {number:g}; nobody is worth nothing.")
            terms[row] = terms.get(row, 0.0) + float(number)
        return cls._gathered(names, terms)

    @classmethod
    def _gathered(
        cls, players: tuple[str, ...], terms: Mapping[tuple[int, ...], float]
    ) -> SparseGame:
        sizes = sorted({len(row) for row in terms})
        by_size = [sorted(row for row in terms if len(row) == size) for size in sizes]
        return cls(
            players,
            tuple(np.array(rows, dtype=np.int64) for rows in by_size),
            tuple(np.array([terms[row] for row in rows]) for rows in by_size),
        )

    @classmethod
    def of_game(cls, game: Game, *, above: float = 0.0) -> SparseGame:
        """Return the dividends of a tabulated game that are larger than `above` in size."""
        numbers = game.dividends()
        terms = {
            tuple(k for k in range(game.n) if mask >> k & 1): float(numbers[mask])
            for mask in np.flatnonzero(np.abs(numbers) > above).tolist()
            if mask
        }
        return cls._gathered(game.players, terms)

    @property
    def n(self) -> int:
        """Number of players."""
        return len(self.players)

    @property
    def grand(self) -> float:
        """v(N)."""
        return float(sum(numbers.sum() for numbers in self.dividends))

    @property
    def terms(self) -> int:
        """How many dividends there are."""
        return sum(len(numbers) for numbers in self.dividends)

    def name(self, row: Iterable[int]) -> str:
        """Return the members at some positions, joined by ``+``."""
        return "+".join(self.players[k] for k in row)

    def _inside(self, coalition: Iterable[str]) -> Mask:
        index = {p: k for k, p in enumerate(self.players)}
        inside = np.zeros(self.n, np.bool_)
        for name in coalition:
            if name not in index:
                raise DataError(f"no player {name!r}.{did_you_mean(name, self.players)}")
            inside[index[name]] = True
        return inside

    def __getitem__(self, coalition: Iterable[str]) -> float:
        return float(self.worth(self._inside(coalition)[None])[0])

    def worth(self, inside: Mask) -> Array:
        """v(S) of coalitions (m, n) of booleans, (m,)."""
        out = np.zeros(len(inside))
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            if len(inside) * rows.size <= FEW:  # sooner done than threads are woken
                out += (inside[:, rows].all(axis=2) * numbers).sum(axis=1)
            else:
                worths(np.ascontiguousarray(inside), rows, numbers, out)
        return out

    def singles(self) -> Array:
        """v({i}), (n,)."""
        return self._divided(lambda size: float(size == 1))

    def _divided(self, weight: Any) -> Array:
        """Σ_{T∋i} weight(|T|) Δ(T), (n,)."""
        result = np.zeros(self.n)
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            size = rows.shape[1]
            part = np.repeat(numbers * weight(size), size)
            result += np.bincount(rows.ravel(), part, self.n)
        return result

    def shapley(self) -> Array:
        """φ_i = Σ_{T∋i} Δ(T)/|T|, (n,). Source: Harsanyi (1963)."""
        return self._divided(lambda size: 1.0 / size)

    def banzhaf(self) -> Array:
        """β_i = Σ_{T∋i} Δ(T)/2^{|T|−1}, (n,): not efficient."""
        return self._divided(lambda size: 0.5 ** (size - 1))

    def solidarity(self) -> Array:
        """Solidarity value, (n,): what a coalition brings on average, whoever of it comes last.

        ψ_i = Σ_{S∋i} (n−s)!(s−1)!/n! A(S) with A(S) = Σ_{j∈S} [v(S) − v(S∖j)]/s, which for u_T is t/s where
        T ⊆ S: members and others of T have shares that depend on t and n alone.
        Source: Nowak & Radzik (1994).
        """
        return self._by_two(_solidarity_of)

    def _by_two(self, shares: Any) -> Array:
        """Σ_T Δ(T) (inner share to members, outer share to others), (n,)."""
        result = np.zeros(self.n)
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            size = rows.shape[1]
            inner, outer = shares(self.n, size)
            got = np.bincount(rows.ravel(), np.repeat(numbers, size), self.n)
            result += (inner - outer) * got + outer * numbers.sum()
        return result

    def weighted_shapley(self, weights: Sequence[float] | Array) -> Array:
        """Σ_{T∋i} w_i/w(T) Δ(T), (n,). Source: Shapley (1953); Kalai & Samet (1987).

        Raises
        ------
        DataError
            A weight is not positive.
        """
        w = np.asarray(weights, dtype=np.float64)
        if w.shape != (self.n,) or not np.all(np.isfinite(w) & (w > 0)):
            raise DataError(f"{self.n} players need as many positive weights.")
        result = np.zeros(self.n)
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            each = w[rows] * (numbers / w[rows].sum(axis=1))[:, None]
            result += np.bincount(rows.ravel(), each.ravel(), self.n)
        return result

    def owen(self, unions: Sequence[Sequence[str]]) -> Array:
        """Owen value, (n,): Δ(T) to the unions that T meets in equal parts, then to T's members in each.

        Source: Owen (1977).
        """
        return self._among_unions(unions, lambda met, same: met * same)

    def banzhaf_owen(self, unions: Sequence[Sequence[str]]) -> Array:
        """Banzhaf–Owen value, (n,): Σ_{T∋i} Δ(T) 2^{1−unions met} 2^{1−members of T in i's}.

        Source: Owen (1981), from general knowledge.
        """
        return self._among_unions(unions, lambda met, same: 2.0 ** (met + same - 2.0))

    def _among_unions(self, unions: Sequence[Sequence[str]], part: Any) -> Array:
        """Σ_{T∋i} Δ(T) / part(unions that T meets, members of T in i's), (n,)."""
        union = np.zeros(self.n, np.int64)
        for g, group in enumerate(unions_of(self.players, unions)):
            union[group] = g
        result = np.zeros(self.n)
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            held = union[rows]
            same = (held[:, :, None] == held[:, None, :]).sum(axis=2)  # of T in my union
            met = (1.0 / same).sum(axis=1)  # unions that T meets
            each = numbers[:, None] / part(met[:, None], same)
            result += np.bincount(rows.ravel(), each.ravel(), self.n)
        return result

    def on_graph(self, links: Sequence[tuple[str, str]]) -> SparseGame:
        r"""Myerson's game: only connected players cooperate.

        u_T becomes the game that is worth one to whoever holds one of the least connected sets
        around T: its dividends are those of 1 − Π(1 − u_C). On a graph without cycles there is one such set.
        Source: Myerson (1977); Owen (1986) for graphs without cycles.

        Raises
        ------
        DataError
            An unknown player, or more than 4,096 terms for one dividend.
        """
        near = [0] * self.n
        index = {p: k for k, p in enumerate(self.players)}
        for a, b in links:
            for name in (a, b):
                if name not in index:
                    raise DataError(f"no player {name!r}.{did_you_mean(name, self.players)}")
            near[index[a]] |= 1 << index[b]
            near[index[b]] |= 1 << index[a]
        terms: dict[int, float] = {}
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            for row, number in zip(rows.tolist(), numbers.tolist(), strict=True):
                mask = sum(1 << k for k in row)
                for held, sign in _held_together(near, mask, self.name(row)).items():
                    terms[held] = terms.get(held, 0.0) + sign * number
        return self._gathered(
            self.players,
            {
                tuple(k for k in range(self.n) if m >> k & 1): number
                for m, number in terms.items()
                if number
            },
        )

    def myerson(self, links: Sequence[tuple[str, str]]) -> Array:
        """Myerson value, (n,): Shapley's of the game `on_graph`. Source: Myerson (1977)."""
        return self.on_graph(links).shapley()

    def interaction(self, *, kind: str = "shapley") -> Array:
        """Interaction index of pairs, (n, n), symmetric with a zero diagonal.

        I_ij = Σ_{T⊇ij} w(|T|) Δ(T) with w = 1/(|T| − 1) for Shapley's, 2^{2−|T|} for Banzhaf's, and
        2/(|T| (|T| − 1)) for the Shapley–Taylor index, which divides v(N) − Σ v({i}) among pairs.

        Source: Grabisch & Roubens (1999); Sundararajan, Dhamdhere & Agarwal (2020), from general knowledge.
        """
        by = {
            "shapley": lambda t: 1.0 / (t - 1),
            "banzhaf": lambda t: 0.5 ** (t - 2),
            "taylor": lambda t: 2.0 / (t * (t - 1)),
        }
        if kind not in by:
            raise DataError(f"kind = {kind!r}: it is shapley, banzhaf or taylor.")
        if self.n > MOST_PAIRED:
            raise DataError(f"{self.n} players have too many pairs; {MOST_PAIRED} are the most.")
        result = np.zeros((self.n, self.n))
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            size = rows.shape[1]
            if size < 2:
                continue
            part = numbers * by[kind](size)
            for a in range(size):
                for b in range(a + 1, size):
                    np.add.at(result, (rows[:, a], rows[:, b]), part)
        return np.asarray(result + result.T)

    def pairs(self) -> Array:
        """Δ({i, j}), what two bring each other by themselves, (n, n), symmetric with a zero diagonal."""
        result = np.zeros((self.n, self.n))
        for rows, numbers in zip(self.members, self.dividends, strict=True):
            if rows.shape[1] == 2:
                np.add.at(result, (rows[:, 0], rows[:, 1]), numbers)
        return np.asarray(result + result.T)

    def marginals(self) -> Array:
        """v(N) − v(N∖i), (n,): what each takes along by leaving."""
        return self._divided(lambda _: 1.0)

    def game(self) -> Game:
        """Return the tabulated game.

        Raises
        ------
        DataError
            More than 30 players.
        """
        if self.n > MOST_PLAYERS:
            raise DataError(
                f"{self.n} players: a table of all coalitions has room for {MOST_PLAYERS}. "
                "Ask the sparse game for its values."
            )
        merged = SparseGame.of_rows(self.players, self.members, self.dividends)
        return Game(self.players, spread_out(self.n, list(merged.members), list(merged.dividends)))

    @classmethod
    def of_rows(
        cls, players: Sequence[str], members: Iterable[Integers], dividends: Iterable[Array]
    ) -> SparseGame:
        """Return the game of some rows of positions, those that come twice added up."""
        kept_rows: list[Integers] = []
        kept_numbers: list[Array] = []
        for rows, numbers in zip(members, dividends, strict=True):
            if len(players) <= MOST_RANKED:
                order, at = np.unique(ranks(rows, len(players)), return_index=True)
                if len(order) < len(rows):
                    place = np.searchsorted(order, ranks(rows, len(players)))
                    numbers = np.asarray(np.bincount(place, numbers, len(order)), dtype=np.float64)
                    rows = rows[at]
            kept_rows.append(rows)
            kept_numbers.append(np.asarray(numbers, dtype=np.float64))
        return cls(tuple(players), tuple(kept_rows), tuple(kept_numbers))


def _held_together(near: list[int], mask: int, name: str) -> dict[int, int]:
    """Dividends, by mask, of the game worth one to whoever holds all of a mask in one connected part."""
    least = _least_connected(near, mask, name)
    terms: dict[int, int] = {}
    for held in least:
        more = {held: 1}
        for other, sign in terms.items():
            more[other | held] = more.get(other | held, 0) - sign
        for key, sign in more.items():
            terms[key] = terms.get(key, 0) + sign
        terms = {key: sign for key, sign in terms.items() if sign}
        if len(terms) > MOST_CONNECTIONS:
            raise _too_many(name)
    return terms


def _least_connected(near: list[int], mask: int, name: str) -> list[int]:
    """Return the connected sets around a mask of which no part is one."""
    first = mask & -mask
    seen, edge, found = {first}, [first], []
    while edge:
        new = []
        for held in edge:
            if mask & ~held == 0:
                found.append(held)
                continue
            around, rest = 0, held
            while rest:
                around |= near[(rest & -rest).bit_length() - 1]
                rest &= rest - 1
            around &= ~held
            while around:
                bit = around & -around
                around &= around - 1
                if held | bit not in seen:
                    seen.add(held | bit)
                    new.append(held | bit)
            if len(seen) > 64 * MOST_CONNECTIONS:
                raise _too_many(name)
        edge = new
    found.sort(key=lambda held: held.bit_count())
    least: list[int] = []
    for held in found:
        if not any(other & ~held == 0 for other in least):
            least.append(held)
    return least


def _too_many(name: str) -> DataError:
    return DataError(
        f"the ways to connect {name} are too many on this graph. Use one with fewer links, or a "
        "tabulated game."
    )


def _solidarity_of(n: int, t: int) -> tuple[float, float]:
    """Shares of a member and of another in the solidarity value of u_T."""
    # ψ_i = Σ_{S∋i} (n−s)!(s−1)!/n! · A(S),  A(S) = Σ_{j∈S} [v(S) − v(S∖j)]/s = t/s where T ⊆ S.
    inner = sum(comb(n - t, s - t) / (s * comb(n, s)) * t / s for s in range(t, n + 1))
    outer = sum(comb(n - t - 1, s - t - 1) / (s * comb(n, s)) * t / s for s in range(t + 1, n + 1))
    return inner, outer
