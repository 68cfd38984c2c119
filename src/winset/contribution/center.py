"""A common good of several contributors: what each gives when some act as one, and what all are worth.

Member i gives an effort g_i, which costs it c_i g_i²/2. Together they reach a level G, worth b_i f(G) to it:

* ``sum``: G = Σ g;  ``weakest-link``: G = min g;  ``best-shot``: G = max g (Hirshleifer 1983);
* ``ces``: G = (Σ g^ρ)^(1/ρ), which is the sum at ρ = 1, goes to the weakest link as ρ → −∞ and, its
  contributions with it, to the best shot as ρ → 2;
* ``network``: G_i = Σ_j W_ij g_j, what reaches member i;
* ``threshold``: the good is there at Σ g ≥ τ, and worth b_i, or it is not.

f(G) = G (``linear``) or A G − G²/2 (``quadratic``), which is satisfied at G = A. A coalition S maximizes the
sum of its members' payoffs, every outsider its own, all at once (the partial-agreement equilibrium), or the
coalition first (``leader``). Nobody's own world is the empty coalition, and the best of all is everybody.

With quadratic costs all of it is closed. Let β be Σ_{k∈S} b_k for a member and b_j for an outsider,
e = ρ/(2 − ρ) and T = (Σ_i (β_i/c_i)^e)^(1/e). Then G = T f′(G), so G = T (linear) or A T/(1 + T)
(quadratic), and g_i = G (β_i/(c_i T))^((1+e)/2). For the sum e = 1 and g_i = β_i f′(G)/c_i.

The equations are derived here from these first-order conditions; the names of the technologies are
Hirshleifer's and the equilibrium Chander and Tulkens', from general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from winset.errors import DataError, InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array

Kind = Literal["sum", "weakest-link", "best-shot", "ces", "network", "threshold"]
Form = Literal["linear", "quadratic"]
Timing = Literal["nash", "leader"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FORMS: tuple[Form, ...] = get_args(Form)
TIMINGS: tuple[Timing, ...] = get_args(Timing)
MOST_MEMBERS = 27  # whose coalitions are all looked at
BEST_SHOT = 2.0  # ρ from which one contributor does it all
NO_RHO = 0.01  # around 0, where the level has no limit


@dataclass(frozen=True, slots=True)
class Center:
    """A common good and its n members.

    Attributes
    ----------
    members : tuple of n strings
    benefit, cost : (n,) arrays
        b and c, positive: money per unit of level, and twice the money of the first unit of effort.
    kind, form, timing : str
    satiation : float
        A, of quadratic benefits.
    rho : float
        Of ``ces``.
    threshold : float
        τ, of ``threshold``.
    capacity : (n,) array
        The most that each can give, of ``threshold``; infinite where not said.
    weights : (n, n) array or None
        W of ``network``: ``weights[i, j]`` is what reaches i of a unit of j's effort.
    """

    members: tuple[str, ...]
    benefit: Array
    cost: Array
    kind: Kind = "sum"
    form: Form = "linear"
    timing: Timing = "nash"
    satiation: float = 1.0
    rho: float = 1.0
    threshold: float = 0.0
    capacity: Array = field(default_factory=lambda: np.zeros(0))
    weights: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.members)
        if not len(self.capacity):
            object.__setattr__(self, "capacity", np.full(n, np.inf))
        _checked(self)

    def __len__(self) -> int:
        return len(self.members)

    @property
    def exponent(self) -> float:
        """e = ρ/(2 − ρ); infinite for the best shot, NaN where efforts do not add up so."""
        if self.kind == "sum":
            return 1.0
        if self.kind == "ces":
            return np.inf if self.rho >= BEST_SHOT else self.rho / (2.0 - self.rho)
        return np.inf if self.kind == "best-shot" else np.nan

    @property
    def identical(self) -> bool:
        """Whether every member is like every other."""
        alike = all(np.ptp(x) <= 1e-12 * abs(x[0]) for x in (self.benefit, self.cost))
        bounds = self.capacity
        return alike and self.weights is None and bool((bounds == bounds[0]).all())

    def level(self, efforts: Array) -> Array:
        """Return the level that efforts reach for each member, (n,).

        The CES is taken relative to the largest effort (or the smallest, for ρ < 0), so that no power
        overflows.
        """
        g = np.asarray(efforts, dtype=np.float64)
        if self.kind == "network":
            assert self.weights is not None
            return np.asarray(self.weights @ g)
        if self.kind in ("sum", "threshold"):
            reached = float(g.sum())
        elif self.kind == "weakest-link":
            reached = float(g.min())
        elif self.kind == "best-shot":
            reached = float(g.max())
        else:
            reached = ces(g, self.rho)
        return np.full(len(self), reached)

    def worth(self, level: Array) -> Array:
        """Return f(G), or whether the threshold is reached."""
        G = np.asarray(level, dtype=np.float64)
        if self.kind == "threshold":
            return (self.threshold * (1.0 - 1e-12) <= G).astype(np.float64)
        return G if self.form == "linear" else self.satiation * G - G**2 / 2.0

    def outcome(self, efforts: Array) -> Efforts:
        """Return what efforts are worth to all."""
        g = np.asarray(efforts, dtype=np.float64)
        level = self.level(g)
        return Efforts(g, level, self.benefit * self.worth(level), self.cost * g**2 / 2.0)


@dataclass(frozen=True, slots=True)
class Efforts:
    """Efforts, the level that each member enjoys, and money: benefits and costs; all (n,)."""

    efforts: Array
    level: Array
    benefits: Array
    costs: Array

    @property
    def payoffs(self) -> Array:
        """Benefits less costs, (n,)."""
        return np.asarray(self.benefits - self.costs)


def ces(efforts: Array, rho: float) -> float:
    """(Σ g^ρ)^(1/ρ): the smallest of the efforts as ρ → −∞, the largest as ρ → ∞.

    >>> [round(ces(np.array([1.0, 2.0, 4.0]), rho), 6) for rho in (1.0, -400.0, 400.0)]
    [7.0, 1.0, 4.0]
    """
    g = np.asarray(efforts, dtype=np.float64)
    pivot = float(g.min() if rho < 0 else g.max())
    if pivot <= 0.0:
        return 0.0
    return float(pivot * np.sum((g / pivot) ** rho) ** (1.0 / rho))


def play(center: Center, coalition: Sequence[bool] | NDArray[np.bool_]) -> Efforts:
    """Return what all give when the members of a coalition act as one, in the closed forms above.

    * weakest link: all give what the least willing gives, G = min(B_S/Σ_{S} c, min_{j∉S} b_j/c_j) f′: of its
      equilibria the one that is best for all;
    * best shot: who wants most provides, the coalition through its cheapest member;
    * threshold: the coalition provides τ at least cost where that is worth it to its members together, else
      the outsider for whom it is worth most alone, else nobody.
    """
    inside = np.asarray(coalition, dtype=np.bool_)
    if inside.sum() < 2:
        inside = np.zeros(len(center), dtype=np.bool_)
    b, c = center.benefit, center.cost
    if center.kind == "threshold":
        return center.outcome(_provided(center, inside))
    if center.kind == "network":
        assert center.weights is not None
        joint = (b * inside) @ center.weights
        return center.outcome(np.where(inside, joint, b * center.weights.diagonal()) / c)
    beta = np.where(inside, b[inside].sum(), b)
    if center.kind == "weakest-link":
        T = float(np.where(inside, beta / max(c[inside].sum(), 1e-300), b / c).min())
        return center.outcome(np.full(len(center), _level(center, T)))
    e = center.exponent
    if np.isinf(e):
        provider = _provider(center, inside)
        efforts = np.zeros(len(center))
        efforts[provider] = _level(center, float(beta[provider] / c[provider]))
        return center.outcome(efforts)
    if center.timing == "leader":
        beta = np.where(inside, beta / (1.0 + (b / c)[~inside].sum()), beta)
    T = ces(beta / c, e)
    return center.outcome(_level(center, T) * (beta / c / T) ** ((1.0 + e) / 2.0))


def _level(center: Center, T: float) -> float:
    return T if center.form == "linear" else center.satiation * T / (1.0 + T)


def _provider(center: Center, inside: NDArray[np.bool_]) -> int:
    """Who wants most: the coalition through its cheapest member, or an outsider; the first of equals."""
    ratio = np.where(inside, -np.inf, center.benefit / center.cost)
    outside = int(np.argmax(ratio))
    if not inside.any():
        return outside
    cheapest = int(np.argmin(np.where(inside, center.cost, np.inf)))
    wanted = float(center.benefit[inside].sum() / center.cost[cheapest])
    return cheapest if wanted >= ratio[outside] else outside


def least_cost(center: Center, inside: NDArray[np.bool_]) -> tuple[Array, float]:
    """Efforts with which a group reaches the threshold cheapest, (n,), and their cost, infinite if it cannot.

    Marginal costs are equal but for those at their capacity: g_i = min(capacity_i, λ/c_i).
    """
    efforts = np.zeros(len(center))
    order = [int(i) for i in np.argsort(center.cost * center.capacity, kind="stable") if inside[i]]
    need, free = center.threshold, float((1.0 / center.cost[inside]).sum())
    for at, i in enumerate(order):
        price = need / free
        if price <= center.cost[i] * center.capacity[i]:
            for j in order[at:]:
                efforts[j] = price / center.cost[j]
            return efforts, float((center.cost * efforts**2).sum() / 2.0)
        efforts[i] = center.capacity[i]
        need -= center.capacity[i]
        free -= 1.0 / center.cost[i]
    return np.zeros(len(center)), np.inf


def _provided(center: Center, inside: NDArray[np.bool_]) -> Array:
    if inside.any():
        efforts, cost = least_cost(center, inside)
        if center.benefit[inside].sum() >= cost:
            return efforts
    able = center.capacity >= center.threshold
    net = np.where(
        able & ~inside, center.benefit - center.cost * center.threshold**2 / 2.0, -np.inf
    )
    efforts = np.zeros(len(center))
    if net.max() >= 0.0:
        efforts[int(np.argmax(net))] = center.threshold
    return efforts


def best_answer(center: Center, member: int, efforts: Array) -> float:
    """What a member gives for its own best when all others give what they give."""
    from scipy.optimize import minimize_scalar

    given = np.array(efforts, dtype=np.float64)

    def loss(own: float) -> float:
        given[member] = own
        return -float(center.outcome(given).payoffs[member])

    if center.kind in ("weakest-link", "threshold"):
        raise DataError(f"answers are drawn for efforts that add up, not for {center.kind}.")
    top = 4.0 * float(play(center, np.ones(len(center), dtype=np.bool_)).efforts.max()) + 1e-9
    found = minimize_scalar(
        loss, bounds=(0.0, top), method="bounded", options={"xatol": 1e-9 * top}
    )
    return 0.0 if loss(0.0) <= float(found.fun) else float(found.x)


def _checked(center: Center) -> None:
    """Refuse what has no meaning."""
    n = len(center)
    if n < 2:
        raise DataError(f"{n} member: a common good needs at least two.")
    if n > MOST_MEMBERS:
        raise DataError(
            f"{n} members have 2^{n} coalitions; all of them are looked at for at most {MOST_MEMBERS}. Name "
            "fewer members, or let some act as one."
        )
    if len(set(center.members)) != n:
        twice = next(m for m in center.members if center.members.count(m) > 1)
        raise DataError(f"member {twice} is named twice. Keep it once.")
    for what, values in (
        ("benefit", center.benefit), ("cost", center.cost), ("capacity", center.capacity),
    ):  # fmt: skip
        if values.shape != (n,):
            raise DataError(f"{n} members need {n} figures of {what}, found {len(values)}.")
        for name, value in zip(center.members, values, strict=True):
            if not value > 0 or (what != "capacity" and not np.isfinite(value)):
                raise DataError(f"the {what} of {name} is {value:g}; it must be above zero.")
    if center.form == "quadratic" and not 0 < center.satiation < np.inf:
        raise DataError(f"satiation is {center.satiation:g}; it must be above zero.")
    if center.timing == "leader" and center.kind != "sum":
        raise DataError(
            "timing = leader is worked out for kind = sum. Leave it out, or change the kind."
        )
    if center.kind == "ces" and (not np.isfinite(center.rho) or abs(center.rho) < NO_RHO):
        raise DataError(
            f"rho is {center.rho:g}; near 0 the level (Σ g^rho)^(1/rho) has no limit. Take it at least "
            f"{NO_RHO:g} away from 0."
        )
    if center.kind in ("network", "threshold") and center.form != "linear":
        raise DataError(f"kind = {center.kind} takes form = linear.")
    if center.kind == "network":
        _checked_weights(center)
    if center.kind == "threshold":
        _checked_threshold(center)
    elif np.isfinite(center.capacity).any():
        raise DataError(
            f"capacities are for kind = threshold, not for {center.kind}. Leave them out."
        )


def _checked_weights(center: Center) -> None:
    W, n = center.weights, len(center)
    if W is None or W.shape != (n, n):
        raise DataError(
            "kind = network needs weights: what reaches each member of each one's effort."
        )
    if not (np.isfinite(W).all() and (W >= 0).all() and (W.diagonal() > 0).all()):
        raise DataError("weights are zero or more, and above zero of a member's own effort.")
    between = W - np.diag(W.diagonal())
    alone = [
        name
        for k, name in enumerate(center.members)
        if not between[k].any() and not between[:, k].any()
    ]
    if alone:
        raise DataError(
            f"{', '.join(alone)}: out of reach; no effort of others reaches there and none from there "
            "reaches others. Add a weight, or leave it out."
        )


def _checked_threshold(center: Center) -> None:
    if not 0 < center.threshold < np.inf:
        raise DataError(f"threshold is {center.threshold:g}; it must be above zero.")
    most = float(center.capacity.sum())
    if most < center.threshold:
        raise InfeasibleError(
            f"the threshold is {center.threshold:g} and all members can give {most:g} together: "
            f"{center.threshold - most:g} are missing. Lower the threshold, or raise capacities."
        )
