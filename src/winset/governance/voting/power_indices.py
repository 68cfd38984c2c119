"""What a vote weighs: power indices of every member under a voting rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import html
from winset.errors import DataError
from winset.governance.voting import coalition_bits, counting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from winset.governance.voting.counting import Number
    from winset.governance.voting.rules import Rule

#: Joint totals × sizes that the lattice may hold: 8 bytes each, twice.
MOST_STATES = 40_000_000

#: Weights beyond this total are for enumeration (to 30 members) or Monte Carlo.
MOST_TOTAL = 20_000_000

#: Members × members × total: what counting by totals takes. 1,000 members with a total of two million.
MOST_WORK = 2_000_000_000_000

#: Coalitions of members that differ in more than names, for `counting.by_kinds`.
MOST_KINDS = 400_000

#: 2^6 coalitions are looked at in the time that one state of `by_kinds` takes, and more.
KINDS_FROM = 6


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
    nevison : float | None
        ω_i / 2^(n−1), the probability that the coalition wins when i is in it and all others toss a coin;
        ω_i = (ω + η_i)/2 are the winning coalitions with i (Nevison 1979).
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
    nevison: float | None = None

    @property
    def rae(self) -> float:
        """Probability of being on the side of the outcome when all toss a coin, 1/2 + η_i/2^n (Rae 1969)."""
        return 0.5 + 0.5 * self.banzhaf_absolute

    @property
    def konig_brauninger(self) -> float:
        """Inclusiveness ω_i/ω, the share of the winning coalitions with i (König & Bräuninger 1998)."""
        return 0.5 + 0.5 * self.coleman_prevent

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
            "rae": self.rae,
            "konig_brauninger": self.konig_brauninger,
            "nevison": self.nevison,
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
    kinds = counting.kinds_of(rule)
    if kinds.states <= min(MOST_KINDS, 2 ** max(n - KINDS_FROM, 0)):
        return _indices(rule, counting.by_kinds(rule, kinds))
    if n <= coalition_bits.MOST_ENUMERATED:
        return _indices(rule, counting.by_enumeration(rule))
    single = counting.as_weighted(rule)
    if single is not None and sum(single[0]) <= min(MOST_TOTAL, MOST_WORK // n**2):
        return _indices(rule, counting.by_weights(*single))
    if counting.lattice_states(rule) <= MOST_STATES:
        return _indices(rule, counting.by_lattice(rule))
    raise DataError(
        f"{rule.title}: {n} members are too many to look at every coalition (at most "
        f"{coalition_bits.MOST_ENUMERATED}), and the weights too large to count by their totals "
        f"({' and '.join(str(m.total) for m in rule.majorities)}). Round the weights, or ask "
        "for an estimate with --samples 1000000."
    )


def _shares(values: Sequence[Number] | None, n: int) -> list[float] | list[None]:
    if values is None:
        return [None] * n
    times = Counter(values)
    total = sum((Fraction(value) * many for value, many in times.items()), Fraction(0))
    share = {value: float(value / total) for value in times}
    return [share[value] for value in values]


def _indices(rule: Rule, counts: counting.Counts) -> Power:
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
            swings / every,  # of whole numbers of any length, rounded once
            swings / 2 ** (n - 1),
            counts.shapley[i],
            swings / counts.winning,
            swings / losing,
            good[i],
            packel[i],
            johnston[i],
            swings == counts.winning,
            swings == 0,
            swings,
            (counts.winning + swings) / 2**n,
        )
        for i, (code, swings) in enumerate(zip(rule.members, counts.swings, strict=True))
    )
    return Power(
        rule,
        members,
        counts.winning / 2**n,
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

    def wins(vetoes: NDArray[np.int64], totals: NDArray[np.int64]) -> NDArray[np.bool_]:
        bits = (totals >= quotas).astype(np.int64) << np.arange(len(quotas))
        return np.asarray(truth[bits.sum(axis=-1)] & (vetoes == len(veto)))

    swings = np.zeros(n)
    pivots = np.zeros(n)
    winning = 0
    done = 0
    while done < samples:
        size = min(4096, samples - done)
        done += size
        inside = generator.random((size, n)) < 0.5
        totals, vetoes = inside @ weights.T, inside[:, veto].sum(axis=1)
        winning += int(wins(vetoes, totals).sum())
        for i in range(n):
            apart = np.where(inside[:, i, None], 0, weights[:, i])
            there = vetoes + (~inside[:, i] & (i in rule.veto))
            with_, without = totals + apart, totals + apart - weights[:, i]
            swings[i] += (wins(there, with_) & ~wins(there - (i in rule.veto), without)).sum()
        order = generator.permuted(np.tile(np.arange(n), (size, 1)), axis=1)
        rank = np.argsort(order, axis=1)
        low, high = np.zeros(size, dtype=np.int64), np.full(size, n, dtype=np.int64)
        while np.any(low < high):  # the first place in the order at which the coalition wins
            middle = (low + high) // 2
            reached = rank < middle[:, None]
            good = wins(reached[:, veto].sum(axis=1), reached @ weights.T)
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
            nevison=float(act + absolute[i] / 2),
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
    if n > coalition_bits.MOST_ENUMERATED:
        raise DataError(
            f"{n} members: coalitions are listed for at most {coalition_bits.MOST_ENUMERATED}. "
            "Leave out --list."
        )
    words = counting.words_of(rule)
    if blocking:
        words = _dual(words, n)
    masks = coalition_bits.list_minimal(words, n, most)
    return [[rule.members[i] for i in range(n) if int(mask) >> i & 1] for mask in masks]


def _dual(words: NDArray[np.uint64], n: int) -> NDArray[np.uint64]:
    """Return the coalitions whose complement loses."""
    bits = np.unpackbits(words.view(np.uint8), bitorder="little")[: 1 << n]
    flipped = np.zeros(max(64, 1 << n), dtype=np.uint8)
    flipped[: 1 << n] = 1 - bits[::-1]
    return np.packbits(flipped, bitorder="little").view(np.uint64)
