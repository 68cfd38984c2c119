"""On what do they agree? Agreement by pair, cohesion of a bloc, who holds it together or apart.

Everything starts from a vote matrix (R roll calls × N members) with cells ``ABSENT``, ``NO``,
``ABSTAIN``, ``YES`` of ``winset.governance.rollcalls.records``. Absence is never a position: a pair is
compared on the roll calls in which both voted, and a bloc is counted without its absent members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.governance.rollcalls.records import ABSENT, ABSTAIN, NO, YES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array, Bytes


POSITIONS = (NO, ABSTAIN, YES)
_STEPS = np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0))) / 2.0
WEIGHTS = {"identical": (_STEPS > 0).astype(np.float64), "linear": _STEPS, "quadratic": _STEPS**2}
"""Disagreement between no, abstain and yes (3, 3), from 0 to 1. *identical*: any two different
votes disagree in full; *linear*: abstaining is half way; *quadratic*: a quarter of the way."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Agreement of every pair of members; (N, N), symmetric.

    Attributes
    ----------
    votes : int
        Roll calls in which both voted; on the diagonal, in which the member voted.
    agreement : float
        1 − observed disagreement; NaN for a pair that never voted together.
    kappa, pi : float
        Cohen's κ and Scott's π: agreement beyond what chance would give. NaN also where chance
        agreement is complete (both always cast the same one vote).
    """

    votes: NDArray[np.int64]
    agreement: Array
    kappa: Array
    pi: Array


@dataclass(frozen=True, slots=True)
class Cohesion:
    """Cohesion of a bloc over the roll calls in which at least two of its members voted.

    Attributes
    ----------
    roll_calls : int
    rice : float
        Mean of |Y − N|/(Y + N) (Rice 1928), over roll calls with a yes or a no in the bloc.
    agreement_index : float
        Mean of (max(Y, N, A) − ½[(Y + N + A) − max(Y, N, A)])/(Y + N + A)
        (Hix, Noury & Roland 2005): 1 unanimous, 0 evenly split in three.
    unanimous : float
        Share of roll calls in which all members that voted cast the same vote.

    All three are NaN when there is no roll call to average over.
    """

    roll_calls: int
    rice: float
    agreement_index: float
    unanimous: float


@dataclass(frozen=True, slots=True)
class Roles:
    """What each member does to the bloc's cohesion; arrays of (N,).

    Attributes
    ----------
    with_others : float
        Share of its votes that equal the plurality of the *other* members (ties left out).
    lone_dissents : int
        Roll calls in which it alone stood against at least two others who all voted alike.
    pivotal : float
        Share of its votes that, cast otherwise, would have changed the bloc's sole plurality.
    cohesion_without : float
        The bloc's agreement index with the member left out.

    A share is NaN when the member cast no vote to which it could apply.
    """

    with_others: Array
    lone_dissents: NDArray[np.int64]
    pivotal: Array
    cohesion_without: Array


def agreement(votes: Bytes, *, weights: str = "identical") -> Pairs:
    """Compare every pair of members.

    With c_ab the roll calls in which i voted a and j voted b, n their sum, w the disagreement
    weights, p and q the marginal shares of i and j *on these n roll calls*, and r = (p + q)/2:

        agreement = 1 − Σ w_ab c_ab/n
        κ = 1 − (Σ w_ab c_ab/n)/(Σ w_ab p_a q_b)      Cohen (1960, 1968)
        π = 1 − (Σ w_ab c_ab/n)/(Σ w_ab r_a r_b)      Scott (1955)

    Parameters
    ----------
    votes : (R, N) uint8
    weights : "identical" (default), "linear" or "quadratic"
        See ``WEIGHTS``. With the default, agreement is the share of identical votes (what Bailey,
        Strezhnev & Voeten publish) and κ is the plain Cohen's κ; Häge (2011, Political Analysis
        19(3)) explains why raw agreement misleads when nearly everyone votes yes.

    Raises
    ------
    DataError
        Unknown weights.
    """
    if weights not in WEIGHTS:
        raise DataError(
            f"Unknown weights {weights!r}; use one of {', '.join(WEIGHTS)}."
            f"{did_you_mean(weights, WEIGHTS)}"
        )
    disagreement = WEIGHTS[weights]
    cast = [(votes == position).astype(np.float64) for position in POSITIONS]
    count = np.array([[own.T @ other for other in cast] for own in cast])  # (3, 3, N, N)
    rows, columns = count.sum(axis=1), count.sum(axis=0)
    together = rows.sum(axis=0)
    pooled = (rows + columns) / 2.0
    observed = np.einsum("ab,abij->ij", disagreement, count) * together
    by_cohen = np.einsum("ab,aij,bij->ij", disagreement, rows, columns)
    by_scott = np.einsum("ab,aij,bij->ij", disagreement, pooled, pooled)
    return Pairs(
        votes=together.astype(np.int64),
        agreement=1.0 - _ratio(observed, together**2),
        kappa=1.0 - _ratio(observed, by_cohen),
        pi=1.0 - _ratio(observed, by_scott),
    )


def tally(votes: Bytes) -> NDArray[np.int64]:
    """Count the members that voted no, abstained and voted yes on each roll call: (R, 3)."""
    return np.stack([(votes == position).sum(axis=1) for position in POSITIONS], axis=1)


def rice_index(votes: Bytes) -> Array:
    """Return |Y − N|/(Y + N) of each roll call, (R,); NaN without a yes or a no (Rice 1928)."""
    no, _, yes = tally(votes).T
    return _ratio(np.abs(yes - no), yes + no)


def agreement_index(votes: Bytes) -> Array:
    """Return the agreement index of each roll call, (R,); NaN when nobody voted.

    (max − ½ (total − max))/total with max the largest of yes, abstain and no
    (Hix, Noury & Roland 2005, British Journal of Political Science 35(2)).
    """
    return _index(tally(votes))


def cohesion(votes: Bytes) -> Cohesion:
    """Average the cohesion of the members in the columns over the roll calls, see ``Cohesion``."""
    count = tally(votes)
    total = count.sum(axis=1)
    usable = total >= 2
    if not usable.any():
        return Cohesion(0, np.nan, np.nan, np.nan)
    rice = rice_index(votes)[usable]
    return Cohesion(
        roll_calls=int(usable.sum()),
        rice=_mean(rice),
        agreement_index=_mean(_index(count)[usable]),
        unanimous=_mean((count.max(axis=1) == total)[usable]),
    )


def plurality(votes: Bytes) -> Bytes:
    """Return the position most members took on each roll call, (R,); ``ABSENT`` in a tie."""
    return _lead(tally(votes))


def common_position(votes: Bytes) -> tuple[Bytes, Array]:
    """Return the vote nearest to all members on each roll call, and how far they are from it.

    The position x in {no, abstain, yes} with the smallest Σ|v_i − x| over the members that voted:
    the median vote. Between positions equally near in sum, the one whose farthest member is
    nearest, then abstaining. The distance is the mean |v_i − x|/2: 0 when all can sign, 1 when
    all stand at the other end. ``ABSENT`` and NaN when nobody voted.
    """
    count = tally(votes)
    total = count.sum(axis=1)
    steps = 2.0 * _STEPS
    summed = count @ steps
    farthest = np.where(count[:, :, None] > 0, steps, 0.0).max(axis=1)
    is_pole = np.array([1.0, 0.0, 1.0])
    order = summed * 100.0 + farthest * 10.0 + is_pole  # sums are whole numbers: never overtaken
    best = order.argmin(axis=1)
    distance = _ratio(np.take_along_axis(summed, best[:, None], axis=1)[:, 0], 2.0 * total)
    return np.where(total > 0, best + NO, ABSENT).astype(np.uint8), distance


def roles(votes: Bytes) -> Roles:
    """Find who votes with the others, who dissents alone, who is pivotal, see ``Roles``."""
    members = votes.shape[1]
    count = tally(votes)
    lead = _lead(count)
    with_others = np.full(members, np.nan)
    lone = np.zeros(members, dtype=np.int64)
    pivotal = np.full(members, np.nan)
    without = np.full(members, np.nan)
    for member in range(members):
        own = votes[:, member]
        cast = own != ABSENT
        rest = count.copy()
        rest[cast, own[cast].astype(np.int64) - NO] -= 1
        others = _lead(rest)
        comparable = cast & (others != ABSENT)
        with_others[member] = _mean(own[comparable] == others[comparable])
        rest_total = rest.sum(axis=1)
        united = (rest.max(axis=1) == rest_total) & (rest_total >= 2)
        lone[member] = int((cast & united & (own != others)).sum())
        decides = np.zeros(len(votes), dtype=np.bool_)
        for position in POSITIONS:
            changed = rest.copy()
            changed[:, position - NO] += 1
            decides |= _lead(changed) != lead
        settled = cast & (lead != ABSENT)
        pivotal[member] = _mean(decides[settled])
        without[member] = _mean(_index(rest)[rest_total >= 2])
    return Roles(with_others, lone, pivotal, without)


def between(own: Bytes, other: Bytes) -> tuple[int, float, float]:
    """Compare two blocs: (roll calls, agreement of the pluralities, mean agreement of pairs).

    Roll calls in which both blocs have a sole plurality; the mean is over all pairs of a member
    here and another there, weighted by the roll calls in which both voted. NaN when there is none.
    """
    mine, theirs = plurality(own), plurality(other)
    both = (mine != ABSENT) & (theirs != ABSENT)
    here, there = tally(own), tally(other)
    pairs = here.sum(axis=1) @ there.sum(axis=1)
    same = float((here * there).sum() / pairs) if pairs else np.nan
    return int(both.sum()), _mean(mine[both] == theirs[both]), same


def similarity_order(similarity: Array) -> NDArray[np.int64]:
    """Order members so that alike ones are neighbors: the rows of a readable heat map.

    Optimal leaf order (Bar-Joseph, Gifford & Jaakkola 2001) of an average-linkage tree on
    1 − similarity (N, N); a pair without a value counts as average.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    if len(similarity) < 3:
        return np.arange(len(similarity))
    distance = 1.0 - similarity
    off = ~np.eye(len(distance), dtype=np.bool_)
    known = off & np.isfinite(distance)
    distance = np.where(known, distance, distance[known].mean() if known.any() else 1.0)
    np.fill_diagonal(distance, 0.0)
    condensed = squareform((distance + distance.T) / 2.0, checks=False)
    tree = optimal_leaf_ordering(linkage(condensed, "average"), condensed)
    return np.asarray(leaves_list(tree), dtype=np.int64)


def _index(count: NDArray[np.int64]) -> Array:
    """Return the agreement index of counts (R, 3)."""
    total = count.sum(axis=1)
    return _ratio(1.5 * count.max(axis=1) - 0.5 * total, total)


def _lead(count: NDArray[np.int64]) -> Bytes:
    """Return the sole largest of the counts (R, 3) as a vote, ``ABSENT`` in a tie or at zero."""
    top = count.max(axis=1)
    sole = ((count == top[:, None]).sum(axis=1) == 1) & (top > 0)
    return np.where(sole, count.argmax(axis=1) + NO, ABSENT).astype(np.uint8)


def _ratio(top: NDArray[np.generic], bottom: NDArray[np.generic]) -> Array:
    """Divide, with NaN where the denominator is zero."""
    result = np.full(np.shape(top), np.nan)
    np.divide(top, bottom, out=result, where=np.asarray(bottom) != 0)
    return result


def _mean(values: NDArray[np.generic]) -> float:
    """Return the mean of the finite values, NaN when there is none."""
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    return float(numbers.mean()) if len(numbers) else float("nan")
