"""The largest package among thousands of concessions, with a proved gap; and the Nash bargain over them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.numbers import Array, Mask


GAP = 1e-4  # relative, of the optimum to what is found
MOST_SECONDS = 60.0
MOST_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit that a package keeps: Σ_k weight_k x_k ≤ most."""

    name: str
    weights: Array
    most: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """A package.

    Attributes
    ----------
    taken : (K,) bool
    gains : (P,) what it brings each party
    value : what was maximized, at this package
    bound : what no package can exceed; value ≤ optimum ≤ bound
    """

    taken: Mask
    gains: Array
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """(bound − value)/|value|."""
        return (
            (self.bound - self.value) / max(abs(self.value), 1e-300)
            if self.bound > self.value
            else 0.0
        )


def largest_package(
    gains: Array,
    floors: Sequence[float],
    *,
    caps: Sequence[Cap] = (),
    gap: float = GAP,
    seconds: float = MOST_SECONDS,
) -> Chosen:
    """Maximize Σ_k Σ_p g_kp x_k over x ∈ {0, 1}^K with Σ_k g_kp x_k ≥ floor_p for each party p, and the caps.

    An integer program, solved by HiGHS to a proved relative `gap`; its answer is added up anew, and one that
    misses a floor or a cap by rounding is looked for again with a margin.

    Parameters
    ----------
    gains : (K, P)

    Raises
    ------
    InfeasibleError
        No package keeps floors and caps.
    ConvergenceError
        The gap is not proved within `seconds`.
    """
    _check(gains, floors, caps)
    return _solve(gains, floors, caps, gains.sum(axis=1), gap, seconds)


def _check(gains: Array, floors: Sequence[float], caps: Sequence[Cap]) -> None:
    if not np.isfinite(gains).all():
        k, p = (int(i) for i in np.argwhere(~np.isfinite(gains))[0])
        raise DataError(f"the gain of party {p + 1} from concession {k + 1} is not finite.")
    if len(floors) != gains.shape[1]:
        raise DataError(f"{len(floors)} floors for {gains.shape[1]} parties.")
    for cap in caps:
        if len(cap.weights) != len(gains):
            raise DataError(
                f"cap {cap.name}: {len(cap.weights)} weights for {len(gains)} concessions."
            )


@dataclass(frozen=True, slots=True)
class _Found:
    """What HiGHS found: the variables, its objective, and the bound that it proved."""

    x: Array
    bound: float


def _maximize(
    objective: Array,
    matrix: Array,
    least: Array,
    upper: Array,
    *,
    whole: int,
    lower: Array | None = None,
    gap: float = 0.0,
    seconds: float = MOST_SECONDS,
) -> _Found | None:
    """Maximize c·x with matrix x ≥ least, the first `whole` variables 0 or 1; None where nothing fits."""
    import highspy

    from winset.highs import Quiet

    model = Quiet()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", gap)
    model.setOptionValue("mip_abs_gap", 0.0)
    model.setOptionValue("time_limit", seconds)
    count = len(objective)
    model.addVars(count, np.zeros(count) if lower is None else lower, upper)
    places = np.arange(count, dtype=np.int32)
    model.changeColsCost(count, places, -objective)
    if whole:
        kinds = np.full(whole, highspy.HighsVarType.kInteger)
        model.changeColsIntegrality(whole, places[:whole], kinds)
    filled = matrix != 0
    starts = np.append(0, np.cumsum(filled.sum(axis=1))[:-1]).astype(np.int32)
    model.addRows(
        len(matrix),
        np.asarray(least, dtype=np.float64),
        np.full(len(matrix), highspy.kHighsInf),
        int(filled.sum()),
        starts,
        np.nonzero(filled)[1].astype(np.int32),
        matrix[filled],
    )
    model.run()
    status = model.getModelStatus()
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        return None
    info = model.getInfo()
    if status != highspy.HighsModelStatus.kOptimal:
        raise ConvergenceError(
            f"the best package was not proved to within {100 * gap:g} % in {seconds:g} seconds "
            f"({model.modelStatusToString(status)}). Ask for a wider --gap.",
            residual=float(info.mip_gap) if whole else math.nan,
        )
    bound = info.mip_dual_bound if whole else info.objective_function_value
    return _Found(np.array(model.getSolution().col_value), -float(bound))


def _limits(gains: Array, floors: Sequence[float], caps: Sequence[Cap]) -> tuple[Array, Array]:
    """Return the rows of floors and caps as matrix x ≥ least, each scaled to 1."""
    rows = [*gains.T, *(-cap.weights for cap in caps)]
    least = [*floors, *(-cap.most for cap in caps)]
    sizes = np.array([float(np.abs(row).max(initial=0.0)) or 1.0 for row in rows])
    return np.array(rows) / sizes[:, None], np.array(least) / sizes


def _kept(taken: Mask, matrix: Array, least: Array) -> Mask:
    """Tell which floors and caps a package keeps, added up without rounding."""
    return np.array(
        [math.fsum(row[taken]) >= b - 1e-12 for row, b in zip(matrix, least, strict=True)],
        dtype=bool,
    )


def _possible(matrix: Array, least: Array) -> Mask:
    """Tell which concessions can be in a package: not those whose cost no others together make good.

    Without it a solver, which keeps limits to within a tolerance, takes many small losses of a party that
    can gain nothing.
    """
    may = np.ones(matrix.shape[1], dtype=bool)
    while True:
        best = np.where(may, np.maximum(matrix, 0.0), 0.0).sum(axis=1)
        out = may & ((matrix < 0) & (matrix + best[:, None] < least[:, None] - 1e-11)).any(axis=0)
        if not out.any():
            return may
        may &= ~out


def _chosen(taken: Mask, gains: Array, value: float, bound: float) -> Chosen:
    totals = np.array([math.fsum(g[taken]) for g in gains.T])
    return Chosen(taken, totals, value, max(value, bound))


def _solve(
    gains: Array,
    floors: Sequence[float],
    caps: Sequence[Cap],
    objective: Array,
    gap: float,
    seconds: float,
) -> Chosen:
    count = len(gains)
    matrix, least = _limits(gains, floors, caps)
    nothing = InfeasibleError(
        Sentence("no package keeps the floors and caps together. Lower a floor or raise a cap.")
    )
    if count == 0:
        if (least > 0).any():
            raise nothing
        return _chosen(np.zeros(0, dtype=bool), gains, 0.0, 0.0)
    scale = float(np.abs(objective).max()) or 1.0
    margin, bound = np.zeros(len(least)), math.inf
    for more in (1e-9, 1e-7, 1e-5, 0.0):  # the solver keeps limits to within a tolerance
        found = _maximize(
            objective / scale, matrix, least + margin, _possible(matrix, least).astype(float),
            whole=count, gap=gap, seconds=seconds,
        )  # fmt: skip
        if found is None:
            if margin.any():
                break
            raise nothing
        if not margin.any():
            bound = found.bound * scale  # of the limits as they stand
        taken = found.x > 0.5
        broken = ~_kept(taken, matrix, least)
        if not broken.any():
            return _chosen(taken, gains, math.fsum(objective[taken]), bound)
        margin[broken] = more
    raise ConvergenceError(
        "rounding keeps every package found just outside a floor or cap. Move it a little.",
        residual=0.0,
    )


def nash_package(
    gains: Array, floors: Sequence[float], *, caps: Sequence[Cap] = (), gap: float = 1e-3
) -> Chosen | None:
    """Maximize Π_p (Σ_k g_kp x_k − floor_p); None where no package leaves every party above its floor.

    Σ_p ln u_p, u_p the gain as a share of the most that p can have, is bounded from above by tangents, a new
    one at every point met (Nash 1950; the outer approximation of a concave function). First shares of
    concessions are allowed: the best of them, rounded, is mostly within `gap` in logs; if it is not, whole
    concessions are asked for. `value` and `bound` are sums of logarithms.

    Raises
    ------
    InfeasibleError
        No package keeps floors and caps.
    ConvergenceError
        The bound does not close.
    """
    _check(gains, floors, caps)
    parties = gains.shape[1]
    limits = matrix, least = _limits(gains, floors, caps)
    free = _possible(matrix, least).astype(float)
    most = np.empty(parties)
    for p in range(parties):  # with shares of concessions allowed
        found = _maximize(gains[:, p], matrix, least, free, whole=0)
        if found is None:
            raise InfeasibleError(
                Sentence("no package keeps the floors and caps together. Lower a floor.")
            )
        most[p] = found.bound - floors[p]
    if most.min() <= 0:
        return None
    unit, floor = gains / most, np.array(floors) / most
    cuts = [
        _tangent(unit, floor, p, at) for p in range(parties) for at in (1.0, 0.5, 0.2, 0.05, 0.01)
    ]
    best: Chosen | None = None
    for whole in (False, True):
        for _ in range(MOST_ROUNDS):
            found = _under(cuts, matrix, least, free, parties, whole=whole, gap=0.1 * gap)
            if found is None:
                return best
            x = found.x[: len(gains)]
            for taken in (x > 0.5, x > 1.0 - 1e-6, x > 1e-6):
                reached = np.array([math.fsum(u[taken]) for u in unit.T]) - floor
                if reached.min() > 0 and _kept(taken, *limits).all():
                    value = float(np.log(reached).sum())
                    if best is None or value > best.value:
                        best = _chosen(taken, gains, value, found.bound)
            if best is not None and found.bound - best.value <= gap:
                return _chosen(best.taken, gains, best.value, found.bound)
            at_x = unit.T @ x - floor
            if whole:  # what was met is known: the bound is that of the others
                row = np.where(x > 0.5, -1.0, 1.0)
                matrix = np.vstack([matrix, row])
                least = np.append(least, 1.0 - float((x > 0.5).sum()))
            bound = float(found.x[len(gains) :].sum())
            if at_x.min() > 0 and bound - float(np.log(at_x).sum()) <= 0.1 * gap and not whole:
                break
            cuts += [_tangent(unit, floor, p, max(float(at_x[p]), 1e-6)) for p in range(parties)]
    raise ConvergenceError(
        f"the Nash bargain did not close its gap in {MOST_ROUNDS} rounds.", residual=math.nan
    )


def _tangent(unit: Array, floor: Array, p: int, at: float) -> tuple[Array, float, int]:
    """Return ln u ≤ ln at + (u − at)/at with u = unit·x − floor: a row of x, its bound, and whose it is."""
    return unit[:, p] / at, 1.0 + float(floor[p]) / at - math.log(at), p


def _under(
    cuts: list[tuple[Array, float, int]],
    matrix: Array,
    least: Array,
    upper: Array,
    parties: int,
    *,
    whole: bool,
    gap: float,
) -> _Found | None:
    """Maximize the sum of logarithms under their tangents; `upper` is 0 where nothing can be taken."""
    count = len(upper)
    rows = np.zeros((len(matrix) + len(cuts), count + parties))
    bounds = np.append(least, [b for _, b, _ in cuts])
    rows[: len(matrix), :count] = matrix
    for k, (row, _, p) in enumerate(cuts, len(matrix)):
        rows[k, :count], rows[k, count + p] = row, -1.0
    return _maximize(
        np.append(np.zeros(count), np.ones(parties)),
        rows,
        bounds,
        np.append(upper, np.zeros(parties)),
        whole=count if whole else 0,
        lower=np.append(np.zeros(count), np.full(parties, -50.0)),
        gap=gap,
    )
