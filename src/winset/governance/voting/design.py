"""Which weights and quota give the power that was promised, and what an accession changes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, did_you_mean
from winset.governance.voting.counting import weighted_shares
from winset.governance.voting.majorities import gdp, optimal_quota, population
from winset.governance.voting.power_indices import power
from winset.governance.voting.rules import weighted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.governance.voting.power_indices import Power

TARGETS = ("equal", "population", "sqrt", "contribution")

#: All weights of a designed rule together: a weight is a part in ten thousand.
PARTS = 10_000

#: Shares of the weights that are tried as quota, besides the optimal one.
QUOTAS = tuple(k / 100 for k in range(51, 96, 2))


@dataclass(frozen=True, slots=True)
class Design:
    """Weights and a quota whose power comes close to a target.

    Attributes
    ----------
    power : Power
        Of the rule found; its weights sum to about `PARTS`.
    target : (n,) array
        Wished shares of power, summing to 1.
    distance : float
        √Σ (share of power − target)².
    largest : float
        Largest single deviation.
    index : str
        Which index is meant by power: ``banzhaf`` or ``shapley_shubik``.
    """

    power: Power
    target: NDArray[np.float64]
    distance: float
    largest: float
    index: str


def target_shares(
    text: str, codes: Sequence[str], more: Mapping[str, Sequence[float | None]] | None = None
) -> NDArray[np.float64]:
    """Return the shares that ``equal``, ``sqrt`` or ``0.5*equal+0.5*population`` stands for.

    ``contribution`` is the share of GDP. A blend is a sum with factors, scaled to 1. `more` are figures of
    other measures by their name, (n,) each.

    Raises
    ------
    DataError
        An unknown target, a factor that is not positive, an economy without the figure.
    """
    result, others = np.zeros(len(codes)), dict(more or {})
    known = (*TARGETS, *others)
    asked = "--design" if more is None else "capital"
    for part in text.replace(" ", "").split("+"):
        match = re.fullmatch(r"(?:(\d*\.?\d+)\*)?([a-z-]+)", part)
        name = match[2] if match else part
        if match is None or name not in known:
            raise DataError(
                f"{asked} {text}: {part!r} is no target.{did_you_mean(name, known)} Known: "
                f"{', '.join(known)}, and blends such as 0.5*equal+0.5*population."
            )
        factor = float(match[1] or 1)
        if factor == 0:
            raise DataError(f"{asked} {text}: the factor of {name} must be above 0.")
        result += factor * _measure(name, codes, others.get(name))
    return np.asarray(result / result.sum())


def _measure(
    name: str, codes: Sequence[str], given: Sequence[float | None] | None
) -> NDArray[np.float64]:
    if name == "equal":
        return np.full(len(codes), 1 / len(codes))
    figures = given
    if figures is None:
        figures = gdp(codes) if name == "contribution" else population(codes)
    for code, figure in zip(codes, figures, strict=True):
        if figure is None:
            raise DataError(f"--design {name}: no figure for {code!r}. Leave it out of --members.")
    values = np.array(figures, dtype=np.float64)
    if name == "sqrt":
        values = np.sqrt(values)
    return np.asarray(values / values.sum())


def design(
    codes: Sequence[str],
    target: NDArray[np.float64],
    *,
    index: str = "banzhaf",
    rounds: int = 12,
    title: str = "designed",
) -> Design:
    """Search weights and quota whose shares of power come closest to a target.

    The inverse problem has no formula. For each quota in `QUOTAS`, and the optimal quota of the
    target, weights start at the target and are multiplied by target/power until the distance
    √Σ (p_i − t_i)² no longer falls; the best of all is kept. The result is a local optimum,
    stated with its distance. Exact where the target is equal.

    Parameters
    ----------
    codes : n strings
    target : (n,) array
        Shares, none negative, summing to 1.
    index : str
        ``banzhaf`` (normalized) or ``shapley_shubik``.

    Raises
    ------
    DataError
        Fewer than two members, a target that is not shares, an unknown index.

    Source: the fixed-point iteration is that of Leech (2002), Designing the voting system for the
    Council of the European Union, Public Choice 113; the quota, Słomczyński & Życzkowski (2006).
    """
    if len(codes) < 2 or np.any(target < 0) or abs(float(target.sum()) - 1) > 1e-9:
        raise DataError("a design needs two or more members and shares that sum to 1.")
    best: tuple[float, list[int], int] | None = None
    for share in (optimal_quota(list(target)), *QUOTAS):
        found = _closest(target, share, index, rounds)
        if best is None or found[0] < best[0] - 1e-12:
            best = found
    assert best is not None
    _, weights, quota = best
    rule = weighted(codes, weights, quota, title=title)
    reached = power(rule)
    gap = reached.column(index) - target
    return Design(reached, target, float(np.sqrt(gap @ gap)), float(np.abs(gap).max()), index)


def _closest(
    target: NDArray[np.float64], share: float, index: str, rounds: int
) -> tuple[float, list[int], int]:
    """Return distance, weights and quota of the best step at one quota."""
    weights = target.copy()
    best: tuple[float, list[int], int] | None = None
    for _ in range(rounds):
        # a member of the target keeps at least one vote
        whole = [int(w) for w in np.maximum(np.rint(weights * PARTS), target > 0)]
        quota = min(math.floor(share * sum(whole)) + 1, sum(whole))
        reached = weighted_shares(whole, quota, index)
        distance = float(np.linalg.norm(reached - target))
        if best is not None and distance >= best[0] - 1e-12:
            break
        best = (distance, whole, quota)
        weights = weights * np.where(reached > 0, target / np.maximum(reached, 1e-12), 2.0)
        weights /= weights.sum()
    assert best is not None
    return best
