"""What others call fair: tau value, Gately's point, modiclus and more, for games of few players."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.games.excess_program import Settled, members, scale_of
from winset.games.game import Game
from winset.games.lexicographic import Lexicographic, lexicographic
from winset.games.nucleolus import nucleolus
from winset.games.points import gately, minimal_rights, solidarity, tau, utopia
from winset.games.values import by_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from winset.numbers import Array, Mask

MOST_FURTHER = 12
MOST_MODICLUS = 8  # its game has twice as many players
MOST_LISTED = 12  # players whose coalitions are all written down
MOST_CORNERS = 6  # players; a core may have n! corners
#: Rules of `further`, each a function Game → (n,).
RULES: Mapping[str, Callable[[Game], Array]]


class Listed:
    """Coalitions of a game that are all written down; see `lexicographic.ObjectionSearch`."""

    def __init__(self, game: Game, weights: Array) -> None:
        n = game.n
        self.players, self.singles, self.grand = game.players, game.singles(), game.grand
        self.scale = scale_of(game)
        masks = np.flatnonzero(weights > 0.0)
        masks = masks[(masks > 0) & (masks < (1 << n) - 1)]
        self.inside: Mask = (members(masks.tolist(), n) > 0.5).reshape(-1, n)
        self.values, self.weights = game.values, weights

    def first(self) -> Mask:
        return self.inside

    def _at(self, inside: Mask) -> Any:
        return inside.astype(np.int64) @ (1 << np.arange(len(self.players)))

    def worth(self, inside: Mask) -> Array:
        return np.asarray(self.values[self._at(inside)])

    def weight(self, inside: Mask) -> Array:
        return np.asarray(self.weights[self._at(inside)])

    def worst(self, x: Array, settled: Settled) -> tuple[Mask, float]:
        _, *apart = settled.complement()
        free = np.abs(self.inside @ apart[0]) + np.abs(self.inside @ apart[1]) > 1e-10
        rows = self.inside[free]
        if not len(rows):
            return rows, -np.inf
        excess = (self.worth(rows) - rows @ x) / self.weight(rows)
        at = int(np.argmax(excess))
        return rows[at : at + 1], float(excess[at])


def proportional_nucleolus(game: Game) -> Lexicographic:
    """Return the nucleolus of (v(S) − x(S))/v(S), over the coalitions that are worth something.

    The shares are imputations. Source: Young, Okada & Hashimoto (1982).

    Raises
    ------
    DataError
        A coalition is worth less than nothing, or more than 12 players.
    InfeasibleError
        There is no imputation, or coalitions worth something leave some share open.
    """
    if game.n > MOST_LISTED:
        raise DataError(f"{game.n} players: the proportional nucleolus is for {MOST_LISTED}.")
    least = int(np.argmin(game.values))
    if game.values[least] < 0.0:
        raise DataError(
            f"{game.name(least)} is worth {game.values[least]:g}: in proportion to what they are worth, "
            "none may be worth less than nothing."
        )
    if game.singles().sum() > game.grand * (1.0 + 1e-9):
        raise InfeasibleError("the game has no imputation and no proportional nucleolus.")
    listed = Listed(game, game.values)
    whole = np.vstack([np.ones(game.n), listed.inside])
    if np.linalg.matrix_rank(whole) < game.n:
        raise InfeasibleError(
            "too few coalitions are worth something: proportions leave some of the shares open."
        )
    return lexicographic(listed, bounded=True)


def modiclus(game: Game) -> Array:
    """Return the modiclus, (n,): it makes the largest differences of complaints e(S) − e(T) least.

    It is what the prenucleolus of the dual cover gives to the first of two copies of the players,
    max{v(S) + v*(T), v*(S) + v(T)} for S of the first and T of the second, with v*(S) = v(N) − v(N∖S).
    Source: Sudhölter (1997), from general knowledge.

    Raises
    ------
    DataError
        More than 8 players.

    >>> from winset.games import glove
    >>> modiclus(glove("A", "BC")).round(9).tolist()
    [0.5, 0.25, 0.25]
    """
    n = game.n
    if n > MOST_MODICLUS:
        raise DataError(f"{n} players: the modiclus is for {MOST_MODICLUS}.")
    v = np.asarray(game.values)
    dual = game.grand - v[::-1]
    cover = np.maximum(np.add.outer(dual, v), np.add.outer(v, dual)).ravel()
    twice = (*game.players, *(f"{name}*" for name in _apart(game.players)))
    return nucleolus(Game(twice, cover), kind="prenucleolus").division[:n]


def _apart(players: tuple[str, ...]) -> list[str]:
    """Names none of which is a player's with a mark at its end."""
    return [f"{k}:{name}" for k, name in enumerate(players)]


def core_corners(game: Game) -> Array:
    """Return the corners of the core, (m, n), none where it is empty; in ascending order.

    The imputations are cut by one coalition after another: corners on the wrong side are replaced by where
    edges cross (double description). Source: Motzkin et al. (1953), from general knowledge.

    Raises
    ------
    DataError
        More than 6 players: a core may have n! corners.

    >>> game = Game.from_function("AB", lambda s: 3.0 if len(s) == 2 else float("A" in s))
    >>> core_corners(game).tolist()
    [[1.0, 2.0], [3.0, 0.0]]
    """
    n, singles = game.n, game.singles()
    if n > MOST_CORNERS:
        raise DataError(
            f"{n} players: corners of the core are listed for {MOST_CORNERS}; there may be n! of them."
        )
    scale, surplus = scale_of(game), game.grand - float(singles.sum())
    close = 1e-10 * scale
    if surplus < -close:
        return np.zeros((0, n))
    rows = members(range(1, len(game.values) - 1), n)
    rows = np.concatenate([np.eye(n), rows[rows.sum(axis=1) > 1]])
    worth = np.array([game.values[int(row @ (1 << np.arange(n)))] for row in rows])
    corners = singles + max(surplus, 0.0) * np.eye(n) if n > 1 else np.array([[game.grand]])
    corners = corners[:1] if surplus <= close else corners
    for k in range(n, len(rows)):
        slack = corners @ rows[k] - worth[k]
        keep, out = slack >= -close, np.flatnonzero(slack < -close)
        inner = np.flatnonzero(slack > close)
        tight = np.abs(corners @ rows[:k].T - worth[:k]) <= close
        new = []
        for a in inner:
            for b in out:
                both = rows[:k][tight[a] & tight[b]]
                if np.linalg.matrix_rank(np.vstack([np.ones(n), both])) == n - 1:
                    part = slack[a] / (slack[a] - slack[b])
                    new.append(corners[a] + part * (corners[b] - corners[a]))
        corners = np.vstack([corners[keep], *new]) if new else corners[keep]
        corners = corners[np.unique(np.round(corners / (10 * close)), axis=0, return_index=True)[1]]
    return np.asarray(corners[np.lexsort(np.round(corners / (100 * close)).T[::-1])])


RULES = {
    "tau": tau,
    "utopia": utopia,
    "minimal_rights": minimal_rights,
    "gately": gately,
    "solidarity": solidarity,
    "per_capita": lambda game: nucleolus(game, kind="per-capita").division,
    "proportional_nucleolus": lambda game: proportional_nucleolus(game).division,
    "modiclus": modiclus,
}


@dataclass(frozen=True, slots=True)
class FurtherPoints:
    """Further divisions of a game, bounds of the tau value, and corners of the core.

    Attributes
    ----------
    points : mapping of rule to (n,) array
    refused : mapping of rule to str
        Why a rule gives nothing.
    corners : (m, n) array or None
    """

    game: Game
    points: Mapping[str, Array]
    refused: Mapping[str, str]
    corners: Array | None

    def to_json(self) -> dict[str, Any]:
        """Return ``further`` of ``winset share --game FILE --json``."""
        return {
            **{
                rule: dict(by_name(self.game, self.points[rule])) if rule in self.points else None
                for rule in RULES
            },
            "core_vertices": None
            if self.corners is None
            else [dict(by_name(self.game, corner)) for corner in self.corners],
            "refused": dict(self.refused),
        }


def further(game: Game) -> FurtherPoints | None:
    """Return what every further rule gives, and why some give nothing; None for more than 12 players."""
    if game.n > MOST_FURTHER:
        return None
    points: dict[str, Array] = {}
    refused: dict[str, str] = {}
    corners = None
    for rule, of in RULES.items():
        try:
            points[rule] = np.asarray(of(game))
        except (ConvergenceError, DataError, InfeasibleError) as error:
            refused[rule] = str(error)
    try:
        corners = core_corners(game)
    except DataError as error:
        refused["core_vertices"] = str(error)
    return FurtherPoints(game, points, refused, corners)
