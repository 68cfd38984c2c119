"""Ideal points: where members stand, comparable over the years, from yes, abstain and no.

The model is the dynamic ordinal probit of Bailey, Strezhnev & Voeten (2017, Journal of Conflict
Resolution 61(2)). Member i in year t stands at θ_it (D dimensions). On a roll call with item j

    y* = β_j · θ_it + ε,  ε ~ N(0, 1):   no if y* ≤ κ_j1,  abstain up to κ_j2,  yes above it.

Absence says nothing. Years are linked by θ_it ~ N(θ_i,t−1, ω² I) and by items: roll calls on the
same text in neighboring sessions share β and κ. The estimate is the posterior mode

    max  log-likelihood − Σ|β_j|²/2σ² − Σ|θ_it − θ_i,t−1|²/2ω² − (weak priors on the cutpoints)
    subject to  mean of θ_it θ_it' = I,

found by Newton steps on all items, then on all paths, in turn (block coordinate ascent; each block
is concave). The multiplier of the constraint is known in closed form from what a change of scale
does to the priors: Λ = (Σ ββ'/σ² − Σ ΔΔ'/ω²)/n, where n counts the member-years. Standard errors
are those of a path given the items, from the inverse of the path's precision (Laplace). The
reported scale has mean 0 and standard deviation 1 over all member-years with votes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError
from winset.governance.rollcalls.records import ABSTAIN, NO, RollCalls, data_folder
from winset.tables import embedded_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

MAX_DIMENSIONS = 2
PULL_FLOOR = 1e-3  # keeps a path's precision positive before the first sweeps have settled


@dataclass(frozen=True, slots=True)
class IdealPoints:
    """Estimated positions.

    Attributes
    ----------
    members : tuple of N str
    years : (T,) int
    position : (N, T, D) float
        Mean 0 and standard deviation 1 over member-years; NaN where the member did not vote.
        On the first dimension the first pole is above the second.
    standard_error : (N, T, D) float
        Of ``position``, given the items; NaN likewise.
    sweeps : int
        Sweeps over all items and paths until no position moved by more than the tolerance.
    """

    members: tuple[str, ...]
    years: NDArray[np.int64]
    position: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    sweeps: int

    def mean(
        self, member: str, years: Sequence[int], *, dimension: int = 0
    ) -> tuple[float, float] | None:
        """Return (mean position, standard error) of a member over the years in which it voted.

        The standard error is the mean of the yearly ones: neighboring years are estimated
        together, so that averaging does not shrink the error as it would for independent draws.
        None when the member has no estimate in these years.
        """
        if member not in self.members:
            return None
        chosen = np.isin(self.years, np.asarray(years))
        row = self.members.index(member)
        position = self.position[row, chosen, dimension]
        known = np.isfinite(position)
        if not known.any():
            return None
        error = self.standard_error[row, chosen, dimension]
        return float(position[known].mean()), float(error[known].mean())


def estimate(
    calls: RollCalls,
    *,
    dimensions: int = 1,
    innovation: float = 0.3,
    discrimination: float = 0.7,
    poles: tuple[str, str] = ("USA", "RUS"),
    tolerance: float = 1e-4,
    max_sweeps: int = 500,
    progress: Callable[[int, float], None] | None = None,
) -> IdealPoints:
    """Estimate ideal points of all members in all years.

    Parameters
    ----------
    calls : RollCalls
    dimensions : 1 or 2
        With two, the first axis is the one on which items discriminate most.
    innovation : float
        ω, the standard deviation of a year's change, in units of the scale (standard deviations
        over member-years).
    discrimination : float
        σ, the prior standard deviation of the items' discriminations.
    poles : two codes
        The first stands above the second on the first dimension, on average over common years.
    tolerance : float
        Largest change of a position in one sweep at which to stop.
    progress : callable, optional
        Called with the sweep's number and its largest change.

    Raises
    ------
    DataError
        Dimensions other than 1 or 2, fewer than two members, or a pole that did not vote.
    ConvergenceError
        ``max_sweeps`` did not reach the tolerance.

    Source: Bailey, Strezhnev & Voeten (2017) for the model; Imai, Lo & Olmsted (2016) for
    estimating it without sampling.
    """
    from winset.governance.rollcalls.ordinal_kernels import item_step, path_step

    if dimensions not in range(1, MAX_DIMENSIONS + 1):
        raise DataError(f"dimensions = {dimensions}: ideal points have 1 or 2 dimensions.")
    layout = lay_out(calls)
    for pole in poles:
        if pole not in calls.members or not calls.votes[:, calls.members.index(pole)].any():
            raise DataError(f"Pole {pole!r} cast no vote; name two members that did.")

    position = _start(calls.votes, dimensions)[layout.member]
    covariance = np.zeros((len(position), dimensions, dimensions))
    items = len(layout.item_pointers) - 1
    slopes = np.zeros((items, dimensions))
    cutpoints = opening_cutpoints(layout)
    inner = np.diff(layout.starts)
    within = np.ones(len(position) - 1, dtype=np.bool_)
    within[np.cumsum(inner)[:-1] - 1] = False
    change = np.inf
    for sweep in range(1, max_sweeps + 1):
        before = position.copy()
        item_step(
            layout.item_pointers,
            layout.state_by_item,
            layout.vote_by_item,
            position,
            slopes,
            cutpoints,
            discrimination**2,
            3 if sweep == 1 else 1,
        )
        walk = np.diff(position, axis=0)[within]
        pull = slopes.T @ slopes / discrimination**2 - walk.T @ walk / innovation**2
        path_step(
            layout.state_pointers,
            layout.item_by_state,
            layout.vote_by_state,
            slopes,
            cutpoints,
            layout.starts,
            innovation,
            _floor(pull / len(position)),
            position,
            covariance,
        )
        stretch, shrink = _roots(position.T @ position / len(position))
        position = position @ shrink
        slopes = slopes @ stretch
        covariance = shrink @ covariance @ shrink
        change = float(np.abs(position - before).max())
        if progress is not None:
            progress(sweep, change)
        if change < tolerance:
            break
    else:
        state = int(np.abs(position - before).max(axis=1).argmax())
        raise ConvergenceError(
            f"Ideal points still move by {change:.1e} after {max_sweeps} sweeps "
            f"(tolerance {tolerance:.1e}). Raise max_sweeps.",
            residual=change,
            economy=calls.members[layout.member[state]],
        )
    return _label(calls, layout, position, covariance, slopes, poles, sweep)


@cache
def un_ideal_points() -> IdealPoints:
    """Return the embedded estimates for the UN General Assembly, 1946–2025, one dimension.

    They are what ``estimate(un_roll_calls())`` gives; ``scripts/estimate_ideal_points.py`` wrote
    them, rounded to four decimals.
    """
    rows = embedded_rows(data_folder() / "ideal_points.csv.gz")
    members = tuple(sorted({row["code"] for row in rows}))
    years = np.unique([int(row["year"]) for row in rows])
    row_of = {code: k for k, code in enumerate(members)}
    position = np.full((len(members), len(years), 1), np.nan)
    error = np.full_like(position, np.nan)
    for row in rows:
        cell = row_of[row["code"]], int(row["year"]) - int(years[0]), 0
        position[cell] = float(row["ideal_point"])
        error[cell] = float(row["standard_error"])
    return IdealPoints(members, years, position, error, sweeps=0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Votes sorted by item and by state. A state is a member in a year of its span.

    ``member`` and ``year`` (S,) say which; member i's states are ``starts[i]:starts[i + 1]``.
    """

    member: NDArray[np.int64]
    year: NDArray[np.int64]
    starts: NDArray[np.int64]
    voted: NDArray[np.bool_]
    item_pointers: NDArray[np.int64]
    state_by_item: NDArray[np.int64]
    vote_by_item: NDArray[np.uint8]
    state_pointers: NDArray[np.int64]
    item_by_state: NDArray[np.int64]
    vote_by_state: NDArray[np.uint8]


def lay_out(calls: RollCalls) -> Layout:
    """Sort the votes; members span the years from their first vote to their last."""
    row, column = np.nonzero(calls.votes)
    present = np.unique(column)
    if len(present) < 2:
        raise DataError("Ideal points need at least two members that vote.")
    year = calls.years[row]
    first = np.full(len(calls.members), np.iinfo(np.int64).max)
    last = np.full(len(calls.members), -1)
    np.minimum.at(first, column, year)
    np.maximum.at(last, column, year)
    length = np.where(last >= 0, last - first + 1, 0)
    offset = np.concatenate(([0], np.cumsum(length)))
    member = np.repeat(np.arange(len(calls.members)), length)
    state = offset[column] + year - first[column]
    item = np.unique(calls.items, return_inverse=True)[1][row]
    vote = calls.votes[row, column]
    by_item = np.lexsort((state, item))
    by_state = np.lexsort((item, state))
    states = int(offset[-1])
    return Layout(
        member=member,
        year=np.arange(states) - offset[member] + first[member],
        starts=np.unique(offset),
        voted=np.bincount(state, minlength=states) > 0,
        item_pointers=_pointers(item),
        state_by_item=state[by_item],
        vote_by_item=vote[by_item],
        state_pointers=np.concatenate(([0], np.cumsum(np.bincount(state, minlength=states)))),
        item_by_state=item[by_state],
        vote_by_state=vote[by_state],
    )


def _pointers(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each group begins once its entries are sorted."""
    return np.concatenate(([0], np.cumsum(np.bincount(group))))


def _start(votes: NDArray[np.uint8], dimensions: int) -> NDArray[np.float64]:
    """Return (N, D) starting positions: leading eigenvectors of the agreement between members.

    Pairs that never voted together count as average.
    """
    together = np.zeros((votes.shape[1],) * 2)
    same = np.zeros_like(together)
    cast = (votes > 0).astype(np.float32)
    together = (cast.T @ cast).astype(np.float64)
    for vote in np.unique(votes[votes > 0]):
        chosen = (votes == vote).astype(np.float32)
        same += chosen.T @ chosen
    share = np.divide(same, together, out=np.full_like(same, np.nan), where=together > 0)
    share[np.isnan(share)] = np.nanmean(share)
    centered = share - share.mean(axis=0) - share.mean(axis=1, keepdims=True) + share.mean()
    vectors = np.linalg.eigh(centered)[1][:, ::-1][:, :dimensions]
    return np.ascontiguousarray(vectors / vectors.std(axis=0))


def opening_cutpoints(layout: Layout) -> NDArray[np.float64]:
    """Return (J, 2) cutpoints that reproduce each item's shares when nobody differs."""
    from scipy.special import ndtri

    items = len(layout.item_pointers) - 1
    item = np.repeat(np.arange(items), np.diff(layout.item_pointers))
    count = np.full((items, 3), 0.5)
    np.add.at(count, (item, layout.vote_by_item.astype(np.int64) - NO), 1.0)
    below = np.cumsum(count, axis=1)[:, : ABSTAIN - NO + 1] / count.sum(axis=1, keepdims=True)
    return np.ascontiguousarray(ndtri(below), dtype=np.float64)


def _floor(pull: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lift the eigenvalues of the multiplier to ``PULL_FLOOR``."""
    values, vectors = np.linalg.eigh(pull)
    lifted: NDArray[np.float64] = (vectors * np.maximum(values, PULL_FLOOR)) @ vectors.T
    return lifted


def _roots(second_moment: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the symmetric square root of a matrix and its inverse."""
    values, vectors = np.linalg.eigh(second_moment)
    return (vectors * np.sqrt(values)) @ vectors.T, (vectors / np.sqrt(values)) @ vectors.T


def _label(
    calls: RollCalls,
    layout: Layout,
    position: NDArray[np.float64],
    covariance: NDArray[np.float64],
    slopes: NDArray[np.float64],
    poles: tuple[str, str],
    sweeps: int,
) -> IdealPoints:
    """Turn to the principal axes of the items, fix signs and scale, and spread over the years."""
    axes = np.linalg.eigh(slopes.T @ slopes)[1][:, ::-1]
    turned = position @ axes
    error = np.sqrt(np.einsum("da,sde,ea->sa", axes, covariance, axes))
    level = turned[layout.voted].mean(axis=0)
    spread = turned[layout.voted].std(axis=0)
    turned, error = (turned - level) / spread, error / spread

    years = np.arange(layout.year.min(), layout.year.max() + 1)
    shape = (len(calls.members), len(years), position.shape[1])
    cells = layout.member[layout.voted], layout.year[layout.voted] - years[0]
    spread_out = np.full(shape, np.nan)
    errors = np.full(shape, np.nan)
    spread_out[cells] = turned[layout.voted]
    errors[cells] = error[layout.voted]

    above, below = (spread_out[calls.members.index(pole)] for pole in poles)
    both = np.isfinite(above[:, 0]) & np.isfinite(below[:, 0])
    difference = above[both].mean(axis=0) - below[both].mean(axis=0) if both.any() else np.ones(1)
    spread_out *= np.where(difference < 0.0, -1.0, 1.0)
    return IdealPoints(calls.members, years, spread_out, errors, sweeps)
