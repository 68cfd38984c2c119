r"""The nucleolus: the division whose largest complaint is least, then the next, and so on.

Stage k minimizes ε subject to x(S) + w_S ε ≥ v(S) for every coalition whose excess is not yet
settled, and x(S) = v(S) − w_S ε_j for those that are. Rows come from scans of all coalitions.

A linear program may have many solutions; which coalitions are settled is decided by its optimal
*face*. A row with a positive dual is tight in every solution (complementary slackness), at least
one of them is, and with it every coalition in the linear span of settled ones. A row that is tight
throughout but has a zero dual is found in a later stage with the same ε. So at most n − 1 stages
settle everything, however degenerate they are (Maschler, Peleg & Shapley 1979; Kopelowitz 1967;
Benedek, Fliege & Nguyen 2021).

The certificate is Kohlberg's criterion (1971) in the form of Nguyen (2016): at every level, the
coalitions whose excess reaches it include positive weights that sum to a combination of those
settled before (the duals), and no unsettled coalition exceeds it: checked by one search through all of them
for each level, at the final division.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from winset.errors import ConvergenceError, InfeasibleError
from winset.games.excess_program import (
    TOLERANCE,
    Excesses,
    Settled,
    first_rows,
    members,
    scale_of,
    solve_level,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from winset.games.game import Game
    from winset.numbers import Array


Kind = Literal["nucleolus", "prenucleolus", "per-capita"]
POSITIVE = 1e-6  # a dual above it is positive; the duals of a stage sum to about one


@dataclass(frozen=True, slots=True)
class Stage:
    """One level of complaint.

    Attributes
    ----------
    excess : float
        ε_k, in the unit of the game (per member for the per-capita nucleolus).
    coalitions : tuple
        Coalitions whose excess is settled at this level by a positive weight.
    weights : tuple of float
        Their weights; they sum, with multiples of coalitions settled before, to a multiple of
        everybody.
    """

    excess: float
    coalitions: tuple[tuple[str, ...], ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Nucleolus:
    """The nucleolus and its certificate.

    Attributes
    ----------
    division : (n,) array
    stages : tuple of Stage
    largest_excess_error : float
        By how much an unsettled coalition exceeds its level at most, over all levels.
    largest_balance_error : float
        By how much the weights of a level fail to balance at most.
    scans : int
        Times that the largest excess of all coalitions was looked for.
    """

    kind: Kind
    division: Array
    stages: tuple[Stage, ...]
    largest_excess_error: float
    largest_balance_error: float
    scans: int


@dataclass(slots=True)
class _Tight:
    """What is tight in every solution: coalitions by stage, and players at their minimum."""

    rows: list[tuple[int, int]] = field(default_factory=list)
    least: list[int] = field(default_factory=list)
    stages: int = 0


def nucleolus(
    game: Game,
    *,
    kind: Kind = "nucleolus",
    progress: Callable[[int, int], None] | None = None,
) -> Nucleolus:
    """Return the nucleolus (Schmeidler 1969), prenucleolus or per-capita prenucleolus.

    The nucleolus is sought among imputations, x_i ≥ v({i}); the others among all efficient
    divisions. The per-capita one divides an excess by the number of members (Grotte 1970).

    Raises
    ------
    InfeasibleError
        There is no imputation: Σ v({i}) > v(N).
    ConvergenceError
        A linear program failed, or the certificate does not hold.

    >>> from winset.games import Game
    >>> game = Game.from_function("ABC", lambda s: float({"A"} < s))
    >>> nucleolus(game).division.round(9).tolist()
    [1.0, 0.0, 0.0]
    """
    n, singles = game.n, game.singles()
    scale = scale_of(game)
    surplus = (game.grand - singles.sum()) / scale
    if kind == "nucleolus" and surplus < -TOLERANCE:
        raise InfeasibleError(
            f"the game has no imputation: the players have {singles.sum():.6g} alone and "
            f"{game.grand:.6g} together. Ask for the prenucleolus."
        )
    size = np.arange(n + 1.0) if kind == "per-capita" else np.ones(n + 1)
    size[0] = 1.0
    settled = Settled(np.ones((1, n)), np.array([surplus]))
    fixed, excesses = _Tight(), Excesses(game, 1.0 / size)
    masks, start = first_rows(n), np.full(n, surplus / n)
    stages: list[Stage] = []
    record: list[tuple[Settled, Array]] = []
    scans = 0
    while len(settled.rows) < n:
        if progress is not None:
            progress(len(settled.rows), n)
        level = solve_level(
            game,
            excesses,
            settled,
            masks,
            start,
            size=size,
            scale=scale,
            bounded=kind == "nucleolus",
        )
        masks, start, epsilon, scans = level.masks, level.z, level.epsilon, scans + level.scans
        dual, at_least = level.dual, level.at_least
        tight = np.flatnonzero(dual > POSITIVE)
        bound = [k for k in range(n) if kind == "nucleolus" and at_least[k] > POSITIVE]
        cover = dual[tight] @ members([masks[k] for k in tight], n)
        record.append((settled, cover + (at_least if kind == "nucleolus" else 0.0)))
        stages.append(
            Stage(
                epsilon * scale,
                tuple(tuple(game.name(masks[k]).split("+")) for k in tight),
                tuple(float(dual[k]) for k in tight),
            )
        )
        before = settled
        for k in sorted(tight, key=lambda k: -dual[k]):
            row = members([masks[k]], n)[0]
            worth = float((game.values[masks[k]] - row @ singles) / scale)
            settled = settled.plus(row, worth - float(size[masks[k].bit_count()]) * epsilon)
            fixed.rows.append((len(stages) - 1, masks[k]))
        for player in bound:
            settled = settled.plus(np.eye(n)[player], 0.0)
            fixed.least.append(player)
        fixed.stages = len(stages)
        if len(settled.rows) == len(before.rows):
            raise ConvergenceError(
                f"stage {len(stages)} of the nucleolus settles no coalition: its duals are all below "
                f"{POSITIVE:g}.",
                residual=float(dual.max(initial=0.0)),
            )
    rows = members([mask for _, mask in fixed.rows], n)
    normal = (game.values[[mask for _, mask in fixed.rows]] - rows @ singles) / scale
    y, levels = polished(
        surplus,
        (rows, normal, size[rows.sum(axis=1).astype(int)]),
        [level for level, _ in fixed.rows],
        fixed.least,
        fixed.stages,
    )
    division, levels = y * scale + singles, levels * scale
    stages = [
        Stage(float(level), s.coalitions, s.weights)
        for level, s in zip(levels, stages, strict=True)
    ]
    excess_error, balance_error, more = _certify(game, division, stages, record, size, scale)
    return Nucleolus(kind, division, tuple(stages), excess_error, balance_error, scans + more)


def polished(
    surplus: float,
    tight: tuple[Array, Array, Array],
    level_of: Sequence[int],
    least: Sequence[int],
    stages: int,
) -> tuple[Array, Array]:
    """Solve all tight rows at once for the division and the levels, in the scaled zero-normalized game.

    `tight` are rows, worths and weights of coalitions, `level_of` the stage of each; `least` are players at
    their minimum.
    """
    rows, worth, weights = tight
    n = rows.shape[1]
    system = [np.append(np.ones(n), np.zeros(stages))]
    right = [surplus]
    for row, value, weight, level in zip(rows, worth, weights, level_of, strict=True):
        system.append(np.append(row, weight * (np.arange(stages) == level)))
        right.append(float(value))
    for k in least:
        system.append(np.append(np.eye(n)[k], np.zeros(stages)))
        right.append(0.0)
    solution = np.linalg.lstsq(np.array(system), np.array(right), rcond=None)[0]
    return solution[:n], solution[n:]


def _certify(
    game: Game,
    x: Array,
    stages: list[Stage],
    record: list[tuple[Settled, Array]],
    size: Array,
    scale: float,
) -> tuple[float, float, int]:
    """Check every level on the full excess vector, and the balance of its weights."""
    excess_error = balance_error = 0.0
    excesses = Excesses(game, 1.0 / size)
    for stage, (before, whole) in zip(stages, record, strict=True):
        basis, *apart = before.complement()
        best, _where = excesses.largest(x, (apart[0], apart[1]), floor=stage.excess)
        excess_error = max(excess_error, float(best.max(initial=-np.inf)) - stage.excess)
        balance_error = max(balance_error, float(np.abs(whole - basis @ (basis.T @ whole)).max()))
    if excess_error > 1e-7 * scale or balance_error > 1e-7:
        raise ConvergenceError(
            f"the nucleolus is not certified: a coalition exceeds its level by {excess_error:.3g} "
            f"and the weights miss balance by {balance_error:.3g}.",
            residual=max(excess_error / scale, balance_error),
        )
    return max(excess_error, 0.0), balance_error, len(stages)
