"""What a vote weighs: power indices of every member under a voting rule."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import html
from winset.errors import DataError
from winset.governance import powerdp

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from winset.governance.rules import Rule

#: Joint totals × sizes that the lattice may hold: 8 bytes each, twice.
MOST_STATES = 40_000_000

#: Weights beyond this total are for enumeration (to 30 members) or Monte Carlo.
MOST_TOTAL = 20_000_000

#: Threads of the dynamic program over large weights; each holds a few arrays of quota size.
THREADS = 2


@dataclass(frozen=True, slots=True)
class MemberPower:
    """The power of one member; None where an index cannot be computed for a rule this large.

    Attributes
    ----------
    code : str
    weights : tuple
        One for each majority.
    banzhaf_absolute : float
        η_i / 2^(n−1), the probability of being decisive when all others toss a coin.
    banzhaf : float
        η_i / Σ η.
    shapley_shubik : float
        Probability of being the pivot in a random order.
    coleman_prevent, coleman_initiate : float
        η_i over the winning, and over the losing coalitions.
    public_good : float | None
        Share of the memberships in minimal winning coalitions (Holler 1982).
    deegan_packel : float | None
        Mean over minimal winning coalitions of 1/|S| when i is in S (Deegan & Packel 1978).
    johnston : float | None
        Share of Σ 1/(number of critical members) over vulnerable coalitions (Johnston 1978).
    veto, dummy : bool
        In every winning coalition; decisive in none.
    swings : int | None
        η_i, the winning coalitions that lose when i leaves; None when sampled.
    """

    code: str
    weights: tuple[int | float, ...]
    banzhaf: float
    banzhaf_absolute: float
    shapley_shubik: float
    coleman_prevent: float
    coleman_initiate: float
    public_good: float | None
    deegan_packel: float | None
    johnston: float | None
    veto: bool
    dummy: bool
    swings: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the keys of the documented JSON."""
        return {
            "code": self.code,
            "weights": list(self.weights),
            "banzhaf": self.banzhaf,
            "banzhaf_absolute": self.banzhaf_absolute,
            "shapley_shubik": self.shapley_shubik,
            "coleman_prevent": self.coleman_prevent,
            "coleman_initiate": self.coleman_initiate,
            "public_good": self.public_good,
            "deegan_packel": self.deegan_packel,
            "johnston": self.johnston,
            "veto": self.veto,
            "dummy": self.dummy,
        }


@dataclass(frozen=True, slots=True)
class Power:
    """The power of all members, and of the body.

    Attributes
    ----------
    rule : Rule
    members : tuple of MemberPower
    power_to_act : float
        Winning coalitions / 2^n (Coleman 1971).
    winning_coalitions, minimal_winning_coalitions : int | None
        Exact; None when not counted.
    method : str
        ``enumeration``, ``weights``, ``lattice`` or ``Monte Carlo``.
    standard_errors : dict | None
        With Monte Carlo: of ``banzhaf_absolute``, ``shapley_shubik`` (n numbers each) and
        ``power_to_act``.
    """

    rule: Rule
    members: tuple[MemberPower, ...]
    power_to_act: float
    winning_coalitions: int | None
    minimal_winning_coalitions: int | None
    method: str
    standard_errors: dict[str, Any] | None = None

    @property
    def blocking_coalitions(self) -> int | None:
        """Coalitions without which nothing passes: as many as coalitions that lose."""
        if self.winning_coalitions is None:
            return None
        return int(2 ** len(self.members)) - self.winning_coalitions

    def column(self, index: str) -> NDArray[np.float64]:
        """Return one index of all members."""
        return np.array([getattr(member, index) for member in self.members], dtype=np.float64)

    def table(self) -> pd.DataFrame:
        """Return one row per member, the most powerful first."""
        import pandas as pd

        rows = [member.to_json() for member in self.members]
        frame = pd.DataFrame(rows).set_index("code")
        return frame.sort_values(["shapley_shubik", "banzhaf"], ascending=False)

    def _repr_html_(self) -> str:
        """Show the power of every member."""
        shown = ["weights", "banzhaf", "banzhaf_absolute", "shapley_shubik", "coleman_prevent"]
        return html(
            self.rule.title,
            [f"A proposal passes with probability {self.power_to_act:.4g} when all toss a coin."],
            self.table()[[*shown, "veto"]],
            dict.fromkeys(shown[1:], 4),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the documented JSON."""
        quotas = [m.shown(m.quota) for m in self.rule.majorities]
        payload: dict[str, Any] = {
            "members": [member.to_json() for member in self.members],
            "power_to_act": self.power_to_act,
            "quota": quotas[0] if len(quotas) == 1 else quotas,
            "winning_coalitions": self.winning_coalitions,
            "minimal_winning_coalitions": self.minimal_winning_coalitions,
        }
        if self.standard_errors is not None:
            payload["standard_errors"] = self.standard_errors
        return payload


@dataclass(frozen=True, slots=True)
class _Counts:
    """What the indices are made of; `None` where there is no count."""

    swings: list[int]
    shapley: list[float]
    winning: int
    minimal_total: int | None
    minimal: list[float] | None
    packel: list[float] | None
    johnston: list[float] | None
    method: str


def power(rule: Rule, *, samples: int | None = None, seed: int = 0) -> Power:
    """Return all power indices of a rule.

    With swings η_i, ω winning coalitions and n members: absolute Penrose–Banzhaf η_i/2^(n−1);
    Coleman's power to prevent η_i/ω, to initiate η_i/(2^n − ω), of the body to act ω/2^n;
    Shapley–Shubik Σ_S |S|!(n−|S|−1)!/n! over the swings S of i, for large weights as
    ∫₀¹ P(swing of i when all others are in with probability p) dp.

    Up to 30 members every coalition is looked at. Beyond, a rule of one majority (with vetoes)
    is counted by dynamic programming over its weights: all indices but Johnston's. Several
    majorities are counted over the lattice of their totals while that is small enough: all
    indices but those of minimal winning coalitions and Johnston's. What is left needs `samples`.

    Parameters
    ----------
    samples : int, optional
        Estimate by Monte Carlo from so many coalitions and as many orders, with standard errors.
    seed : int
        Of the Monte Carlo.

    Raises
    ------
    DataError
        The rule is too large to be counted exactly and `samples` is not given, or is below 100.

    References
    ----------
    Penrose (1946); Shapley & Shubik (1954); Banzhaf (1965); Coleman (1971); Deegan & Packel
    (1978); Johnston (1978); Holler (1982); Felsenthal & Machover (1998), The Measurement of
    Voting Power. The integral: Owen (1972), Multilinear Extensions of Games.
    """
    if samples is not None:
        return _sampled(rule, samples, seed)
    n = len(rule)
    if n <= powerdp.MOST_ENUMERATED:
        return _indices(rule, _enumerated(rule))
    single = as_weighted(rule)
    if single is not None and sum(single[0]) <= MOST_TOTAL:
        return _indices(rule, _by_weights(*single))
    states = (n + 1) * math.prod(m.total + 1 for m in _with_vetoes(rule).majorities)
    if states <= MOST_STATES:
        return _indices(rule, _by_lattice(_with_vetoes(rule)))
    raise DataError(
        f"{rule.title}: {n} members are too many to look at every coalition (at most "
        f"{powerdp.MOST_ENUMERATED}), and the weights too large to count by their totals "
        f"({' and '.join(str(m.total) for m in rule.majorities)}). Round the weights, or ask "
        "for an estimate with --samples 1000000."
    )


def as_weighted(rule: Rule) -> tuple[list[int], int] | None:
    """Return weights and a quota that say the same as a rule of one majority and vetoes.

    A veto is a weight so large that the quota is out of reach without it. None when the rule has
    several majorities.
    """
    if len(rule.majorities) != 1:
        return None
    majority = rule.majorities[0]
    divisor = math.gcd(*majority.weights)
    weights = [w // divisor for w in majority.weights]
    quota = -(-majority.quota // divisor)
    extra = sum(weights) - quota + 1
    for i in rule.veto:
        weights[i] += extra
    return weights, quota + extra * len(rule.veto)


def _with_vetoes(rule: Rule) -> Rule:
    """Return a rule of several majorities with its vetoes as one more majority."""
    from dataclasses import replace

    from winset.governance.rules import Majority

    if not rule.veto:
        return rule
    marks = tuple(int(i in rule.veto) for i in range(len(rule)))
    half = len(rule.truth)
    return replace(
        rule,
        majorities=(*rule.majorities, Majority("veto", marks, len(rule.veto))),
        truth=(False,) * half + rule.truth,
        veto=(),
    )


def words_of(rule: Rule) -> NDArray[np.uint64]:
    """Return one bit for every coalition of a rule of at most 30 members."""
    return powerdp.winning_words(
        np.array([m.weights for m in rule.majorities], dtype=np.int64),
        np.array([m.quota for m in rule.majorities], dtype=np.int64),
        np.array(rule.truth, dtype=np.bool_),
        np.int64(sum(1 << i for i in rule.veto)),
    )


def _enumerated(rule: Rule) -> _Counts:
    n = len(rule)
    winning, swings, shared, minimal, total = powerdp.count_all(words_of(rule), n)
    orders = [Fraction(1, n * math.comb(n - 1, s)) for s in range(n)]
    shapley = [
        float(sum((int(swings[i, s]) * orders[s] for s in range(n)), Fraction(0))) for i in range(n)
    ]

    def divided(counts: NDArray[np.int64]) -> list[float]:
        each = [Fraction(0)] + [Fraction(1, k) for k in range(1, n + 1)]
        return [
            float(sum((int(counts[i, k]) * each[k] for k in range(1, n + 1)), Fraction(0)))
            for i in range(n)
        ]

    return _Counts(
        [int(x) for x in swings.sum(axis=1)],
        shapley,
        int(winning),
        int(total),
        [float(x) for x in minimal.sum(axis=1)],
        divided(minimal),
        divided(shared),
        "enumeration",
    )


def _by_weights(weights: list[int], quota: int) -> _Counts:
    """One majority of any size; see `powerdp.weighted_swings` for the cost."""
    n = len(weights)
    primes = powerdp.primes_for(n)
    # A swing of S is a swing of the others under the dual quota: the lower one is cheaper.
    dual = sum(weights) - quota + 1
    low = min(quota, dual)
    nodes, shares = powerdp.quadrature(n - 1)
    powers, powers_share = powerdp.quadrature(n - 1, digits=13.0, monomials=True)
    with ThreadPoolExecutor(THREADS) as pool:
        residues = pool.map(lambda q: powerdp.weighted_swings(weights, low, prime=q), primes)
        counted = list(residues)
        losing = list(pool.map(lambda q: powerdp.weighted_losing(weights, low, q), primes))
        minimal = list(pool.map(lambda q: powerdp.count_minimal(weights, quota, q), primes))
        swung = list(pool.map(lambda p: powerdp.weighted_swings(weights, low, p=float(p)), nodes))
        ones = powerdp.weighted_minimal(weights, quota)[1]
        by_size = list(
            pool.map(lambda s: powerdp.weighted_minimal(weights, quota, s=float(s))[1], powers)
        )
    swings = [powerdp.from_residues([int(r[i]) for r in counted], primes) for i in range(n)]
    below = powerdp.from_residues(losing, primes)
    return _Counts(
        swings,
        [math.fsum(c * v[i] for c, v in zip(shares, swung, strict=True)) for i in range(n)],
        2**n - below if low == quota else below,
        powerdp.from_residues(minimal, primes),
        [float(x) for x in ones],
        [math.fsum(c * v[i] for c, v in zip(powers_share, by_size, strict=True)) for i in range(n)],
        None,
        "weights",
    )


def weighted_shares(
    weights: Sequence[int], quota: int, index: str = "banzhaf"
) -> NDArray[np.float64]:
    """Return normalized Banzhaf or Shapley–Shubik shares of one majority, and nothing else.

    For searches that ask many times: by the dynamic program, whatever the number of members.

    Raises
    ------
    DataError
        An unknown index.
    """
    low = min(quota, sum(weights) - quota + 1)
    if index == "banzhaf":
        values = np.array(powerdp.weighted_swings(weights, low, p=0.5))
    elif index == "shapley_shubik":
        nodes, by = powerdp.quadrature(len(weights) - 1)
        at_nodes = [powerdp.weighted_swings(weights, low, p=float(p)) for p in nodes]
        values = by @ np.array(at_nodes)
    else:
        raise DataError(f"index {index!r}: use banzhaf or shapley_shubik.")
    return np.asarray(values / values.sum())


def _by_lattice(rule: Rule) -> _Counts:
    n = len(rule)
    win = np.zeros((1,) * len(rule.majorities), dtype=np.int64)
    for k, majority in enumerate(rule.majorities):
        shape = [1] * len(rule.majorities)
        shape[k] = -1
        reached = np.arange(majority.total + 1) >= majority.quota
        win = win + (reached.astype(np.int64) << k).reshape(shape)
    swings, winning = powerdp.lattice_swings(
        np.array([m.weights for m in rule.majorities], dtype=np.int64),
        np.array(rule.truth, dtype=np.bool_)[win],
    )
    orders = [Fraction(1, n * math.comb(n - 1, s)) for s in range(n)]
    shapley = [
        float(sum((c * o for c, o in zip(row, orders, strict=True)), Fraction(0))) for row in swings
    ]
    return _Counts(
        [sum(row) for row in swings], shapley, winning, None, None, None, None, "lattice"
    )


def _shares(values: Sequence[float] | None, n: int) -> list[float] | list[None]:
    if values is None:
        return [None] * n
    total = math.fsum(values)
    return [value / total for value in values]


def _indices(rule: Rule, counts: _Counts) -> Power:
    n = len(rule)
    every = sum(counts.swings)
    losing = 2**n - counts.winning
    good = _shares(counts.minimal, n)
    packel = _shares(counts.packel, n)
    johnston = _shares(counts.johnston, n)
    members = tuple(
        MemberPower(
            code,
            tuple(m.shown(m.weights[i]) for m in rule.majorities),
            float(Fraction(swings, every)),
            float(Fraction(swings, 2 ** (n - 1))),
            counts.shapley[i],
            float(Fraction(swings, counts.winning)),
            float(Fraction(swings, losing)),
            good[i],
            packel[i],
            johnston[i],
            swings == counts.winning,
            swings == 0,
            swings,
        )
        for i, (code, swings) in enumerate(zip(rule.members, counts.swings, strict=True))
    )
    return Power(
        rule,
        members,
        float(Fraction(counts.winning, 2**n)),
        counts.winning,
        counts.minimal_total,
        counts.method,
    )


def _sampled(rule: Rule, samples: int, seed: int) -> Power:
    """Estimate from random coalitions (Banzhaf, Coleman) and random orders (Shapley–Shubik)."""
    if samples < 100:
        raise DataError(f"--samples {samples}: an error cannot be stated from so few; give 100+.")
    n = len(rule)
    weights = np.array([m.weights for m in rule.majorities], dtype=np.int64)
    quotas = np.array([m.quota for m in rule.majorities], dtype=np.int64)
    truth = np.array(rule.truth, dtype=np.bool_)
    veto = np.array(rule.veto, dtype=np.intp)
    generator = np.random.default_rng(seed)

    def wins(inside: NDArray[np.bool_], totals: NDArray[np.int64]) -> NDArray[np.bool_]:
        bits = (totals >= quotas).astype(np.int64) << np.arange(len(quotas))
        return np.asarray(truth[bits.sum(axis=-1)] & inside[..., veto].all(axis=-1))

    swings = np.zeros(n)
    pivots = np.zeros(n)
    winning = 0
    done = 0
    while done < samples:
        size = min(4096, samples - done)
        done += size
        inside = generator.random((size, n)) < 0.5
        totals = inside @ weights.T
        winning += int(wins(inside, totals).sum())
        for i in range(n):
            there = inside.copy()
            there[:, i] = True
            without = there.copy()
            without[:, i] = False
            missing = np.where(inside[:, i, None], 0, weights[:, i])
            full = totals + missing
            swings[i] += (wins(there, full) & ~wins(without, full - weights[:, i])).sum()
        order = generator.permuted(np.tile(np.arange(n), (size, 1)), axis=1)
        rank = np.argsort(order, axis=1)
        low, high = np.zeros(size, dtype=np.int64), np.full(size, n, dtype=np.int64)
        while np.any(low < high):  # the first place in the order at which the coalition wins
            middle = (low + high) // 2
            reached = rank < middle[:, None]
            good = wins(reached, reached @ weights.T)
            high = np.where(good, middle, high)
            low = np.where(good, low, np.minimum(middle + 1, high))
        pivots += np.bincount(order[np.arange(size), low - 1], minlength=n)
    absolute, shapley, act = swings / samples, pivots / samples, winning / samples
    if act in (0.0, 1.0) or swings.sum() == 0:
        raise DataError(
            f"--samples {samples}: all coalitions drawn {'win' if act else 'lose'}; nothing can "
            "be estimated. Take more samples, or a rule of one majority."
        )

    def error(share: NDArray[np.float64]) -> list[float]:
        return [float(x) for x in np.sqrt(share * (1 - share) / samples)]

    members = tuple(
        MemberPower(
            code,
            tuple(m.shown(m.weights[i]) for m in rule.majorities),
            float(absolute[i] / absolute.sum()),
            float(absolute[i]),
            float(shapley[i]),
            float(absolute[i] / (2 * act)),
            float(absolute[i] / (2 * (1 - act))),
            None,
            None,
            None,
            i in rule.veto,
            False,
        )
        for i, code in enumerate(rule.members)
    )
    errors = {
        "samples": samples,
        "banzhaf_absolute": error(absolute),
        "shapley_shubik": error(shapley),
        "power_to_act": error(np.array([act]))[0],
    }
    return Power(rule, members, act, None, None, "Monte Carlo", errors)


def minimal_coalitions(rule: Rule, *, most: int = 20, blocking: bool = False) -> list[list[str]]:
    """List minimal winning coalitions, up to `most`; or minimal blocking ones.

    A coalition blocks when the rest of the members lose without it.

    Raises
    ------
    DataError
        More than 30 members.
    """
    n = len(rule)
    if n > powerdp.MOST_ENUMERATED:
        raise DataError(
            f"{n} members: coalitions are listed for at most {powerdp.MOST_ENUMERATED}. "
            "Leave out --list."
        )
    words = words_of(rule)
    if blocking:
        words = _dual(words, n)
    masks = powerdp.list_minimal(words, n, most)
    return [[rule.members[i] for i in range(n) if int(mask) >> i & 1] for mask in masks]


def _dual(words: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """Return the coalitions whose complement loses."""
    bits = np.unpackbits(words.view(np.uint8), bitorder="little")[: 1 << n]
    flipped = np.zeros(max(64, 1 << n), dtype=np.uint8)
    flipped[: 1 << n] = 1 - bits[::-1]
    return np.packbits(flipped, bitorder="little").view(np.uint64)
