"""The nucleolus of a game by its dividends, for any number of players, proved or said not to be.

The procedure is `lexicographic`. The search for the coalition that objects most is the mixed-integer program
of `sparse_core`, with what keeps it out of the span of the settled ones: S is in the span of rows R if and
only if C s = 0 for a basis C of what is orthogonal to them, had exactly in fractions; so that of the whole
numbers c·s one at least must be ≥ 1 or ≤ −1, each with a zero-one variable that says so.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import InfeasibleError
from winset.games.lexicographic import Lexicographic, lexicographic
from winset.games.sparse_core import SECONDS, Objector, sizes

if TYPE_CHECKING:
    from typing import Literal

    from winset.games.excess_program import Settled
    from winset.games.sparse import SparseGame
    from winset.numbers import Array, Mask

LARGEST = 10_000  # entry of an equation that a zero-one variable can switch on and off


def sparse_nucleolus(
    game: SparseGame,
    *,
    kind: Literal["nucleolus", "prenucleolus"] = "nucleolus",
    seconds: float = SECONDS,
) -> Lexicographic:
    """Return the nucleolus (Schmeidler 1969) or prenucleolus of a game by its dividends.

    Parameters
    ----------
    seconds : float
        For each search; one that takes longer leaves what it bounds unproved.

    Raises
    ------
    InfeasibleError
        There is no imputation: Σ v({i}) > v(N).
    DataError
        More dividends than a search takes.
    ConvergenceError
        A linear program failed.

    >>> from winset.games import SparseGame
    >>> game = SparseGame.of("ABC", {"AB": 1.0, "AC": 1.0, "ABC": -1.0})
    >>> found = sparse_nucleolus(game)
    >>> found.division.round(9).tolist(), found.proved
    ([1.0, 0.0, 0.0], True)
    """
    search = _Sparse(game, seconds)
    if kind == "nucleolus" and search.singles.sum() > game.grand + 1e-9 * search.scale:
        raise InfeasibleError(
            f"the game has no imputation: the players have {search.singles.sum():.6g} alone and "
            f"{game.grand:.6g} together. Ask for the prenucleolus."
        )
    return lexicographic(search, bounded=kind == "nucleolus")


class _Sparse:
    """The coalitions of a sparse game; see `lexicographic.ObjectionSearch`."""

    def __init__(self, game: SparseGame, seconds: float) -> None:
        self.game, self.players, self.grand = game, game.players, game.grand
        self.singles, self.scale = game.singles(), sizes(game) or 1.0
        self.objector = Objector(game, seconds=seconds)
        self.of: Settled | None = None

    def first(self) -> Mask:
        one = np.eye(len(self.players), dtype=np.bool_)
        rows = np.unique(np.concatenate([one, ~one]), axis=0)
        return np.asarray(rows[rows.any(axis=1) & ~rows.all(axis=1)])

    def worth(self, inside: Mask) -> Array:
        return self.game.worth(inside)

    def weight(self, inside: Mask) -> Array:
        return np.ones(len(inside))

    def worst(self, x: Array, settled: Settled) -> tuple[Mask, float]:
        if self.of is not settled:
            self.of = settled
            # Of the first stage the program itself leaves out nobody and everybody, which is all there is.
            self.objector.outside([] if len(settled.rows) == 1 else orthogonal(settled.rows))
        inside, bound = self.objector.largest(x)
        if inside is None:
            return np.zeros((0, len(x)), np.bool_), bound
        _, *apart = settled.complement()
        found = self._near(x, inside, apart)
        return found, max(bound, float((self.worth(found) - found @ x).max(initial=-np.inf)))

    def _near(self, x: Array, inside: Mask, apart: list[Array]) -> Mask:
        """A coalition, and those that differ from it in one member, outside the span."""
        rows = inside ^ np.concatenate(
            [np.zeros((1, len(x)), np.bool_), np.eye(len(x), dtype=np.bool_)]
        )
        free = np.abs(rows @ apart[0]) + np.abs(rows @ apart[1]) > 1e-10
        return np.asarray(rows[free & rows.any(axis=1) & ~rows.all(axis=1)])


def orthogonal(rows: Array) -> list[list[int]]:
    """A basis, in whole numbers, of what is orthogonal to rows of zeros and ones; none where entries grow.

    >>> orthogonal(np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]))
    [[0, -1, 1]]
    """
    reduced: list[tuple[int, list[Fraction]]] = []
    for row in rows:
        line = [Fraction(int(e)) for e in row]
        for pivot, other in reduced:
            if factor := line[pivot]:
                line = [a - factor * b if b else a for a, b in zip(line, other, strict=True)]
        pivot = next((k for k, e in enumerate(line) if e), -1)
        if pivot < 0:
            continue
        line = [e / line[pivot] for e in line]
        reduced = [
            (at, [a - other[pivot] * b if b else a for a, b in zip(other, line, strict=True)])
            for at, other in reduced
        ]
        reduced.append((pivot, line))
    pivots = {pivot for pivot, _ in reduced}
    basis = []
    for free in range(rows.shape[1]):
        if free in pivots:
            continue
        vector = [Fraction(0)] * rows.shape[1]
        vector[free] = Fraction(1)
        for pivot, line in reduced:
            vector[pivot] = -line[free]
        whole = lcm(*(e.denominator for e in vector))
        basis.append([int(e * whole) for e in vector])
    if any(abs(e) > LARGEST for vector in basis for e in vector):
        return []
    return basis
