"""Does a state vote alike on like texts that name different countries?

For state i and the pairs p of resolutions (a, b) on which it voted twice and that name neither i,

    same_i = Σ_p 1[v_ia = v_ib]/n_i        expected_i = Σ_p Σ_k q_ak q_bk/n_i

where q_ak is the share of all voters that cast vote k on a: what a state drawn at random for each of
the two would give. Pairs of the same two countries are no independent evidence: the interval is a
bootstrap over pairs of countries named (clusters), each drawn with all its rows, widened to Wilson's for
as many independent votes as there are clusters (where all agree, a bootstrap has no width). The
measure knows no state and no bloc: every state is asked the same. It sees sameness alone: who votes
yes on everything is even-handed by it, and like titles are not like facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.governance.intervals import wilson
from winset.governance.rollcalls.records import NO, YES, RollCalls, un_roll_calls
from winset.tables import embedded_rows, rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.numbers import Array

    Rows = NDArray[np.int64]

FEWEST_CLUSTERS = 5  # pairs of countries named, below which no interval is given
DRAWS = 2_000
MOST_BYTES = 5_000_000
COLUMNS = ("family", "year", "a", "names_a", "b", "names_b")


@dataclass(frozen=True, slots=True)
class TextPair:
    """Two resolutions of like content, and the countries they name."""

    family: str
    year: int
    a: str
    names_a: str
    b: str
    names_b: str

    @property
    def named(self) -> tuple[str, str]:
        """The two countries, in the order of their codes: the cluster."""
        first, second = sorted((self.names_a, self.names_b))
        return first, second


@dataclass(frozen=True, slots=True)
class EvenHand:
    """How alike one state votes on like texts.

    Attributes
    ----------
    pairs, clusters : int
        Pairs on which it voted twice, and pairs of countries among them.
    same, expected : float or None
        Share of equal votes, and what voters drawn at random would give; None without pairs.
    low, high : float or None
        95 % interval of `same`; None with fewer than five pairs of countries.
    leaning : dict
        By country named, how much firmer its vote was on texts naming it than on their twins,
        (yes = 1, abstention = ½, no = 0), and the number of pairs.
    """

    code: str
    pairs: int
    clusters: int
    same: float | None
    expected: float | None
    low: float | None
    high: float | None
    leaning: dict[str, tuple[float, int]]


def text_pairs(path: Path | None = None) -> tuple[TextPair, ...]:
    """Return winset's pairs, or those of a file with the columns of ``COLUMNS``.

    Raises
    ------
    DataError
        A symbol that is no roll call, or stands for several; a year that is none; both texts naming
        the same country.
    """
    known: dict[str, int] = {}
    for symbol in un_roll_calls().resolutions:
        known[symbol] = known.get(symbol, 0) + 1
    if path is None:
        from importlib import resources

        source = embedded_rows(resources.files("winset") / "data" / "pairs" / "pairs.csv")
        read = list(enumerate(source, 2))
    else:
        read = list(rows(path, COLUMNS, most_bytes=MOST_BYTES))
    found = []
    for number, row in read:
        where = f"{path or 'pairs.csv'} row {number}"
        for key in ("a", "b"):
            if known.get(row[key], 0) != 1:
                count = known.get(row[key], 0)
                raise DataError(
                    f"{where}: {row[key]!r} stands for {count} roll calls; give a symbol of one, such as "
                    "A/RES/78/77."
                )
        if not row["year"].strip().isdigit():
            raise DataError(f"{where}: year is {row['year']!r}; write one like 2022.")
        if row["names_a"] == row["names_b"]:
            raise DataError(f"{where}: both texts name {row['names_a']}. Pair two countries.")
        found.append(TextPair(row["family"], int(row["year"]), *(row[k] for k in COLUMNS[2:])))
    if not found:
        raise DataError(f"{path}: no pairs. Give one row per pair.")
    return tuple(found)


def even_hand(
    calls: RollCalls, codes: Sequence[str], pairs: Sequence[TextPair], *, seed: int = 0
) -> list[EvenHand]:
    """Measure each state, see the module's text."""
    row_of = {symbol: row for row, symbol in enumerate(calls.resolutions) if symbol}
    first = np.array([row_of[pair.a] for pair in pairs], dtype=np.int64)
    second = np.array([row_of[pair.b] for pair in pairs], dtype=np.int64)
    chance = _chance(calls, first, second)
    clusters = sorted({pair.named for pair in pairs})
    cluster = np.array([clusters.index(pair.named) for pair in pairs])
    return [_one(calls, code, pairs, first, second, chance, cluster, seed) for code in codes]


def _chance(calls: RollCalls, first: Rows, second: Rows) -> Array:
    """Return for each pair Σ_k q_ak q_bk."""

    def shares(at: Rows) -> Array:
        counts = np.stack([(calls.votes[at] == k).sum(axis=1) for k in range(NO, YES + 1)], axis=1)
        out: Array = counts / counts.sum(axis=1, keepdims=True)
        return out

    both: Array = (shares(first) * shares(second)).sum(axis=1)
    return both


def _one(
    calls: RollCalls,
    code: str,
    pairs: Sequence[TextPair],
    first: Rows,
    second: Rows,
    chance: Array,
    cluster: Rows,
    seed: int,
) -> EvenHand:
    """Measure one state."""
    column = int(calls.columns([code])[0])
    one, other = calls.votes[first, column], calls.votes[second, column]
    apart = np.array([calls.members[column] not in pair.named for pair in pairs])
    used = np.flatnonzero((one > 0) & (other > 0) & apart)
    if not len(used):
        return EvenHand(code, 0, 0, None, None, None, None, {})
    same = (one[used] == other[used]).astype(np.float64)
    groups, member = np.unique(cluster[used], return_inverse=True)
    low = high = None
    if len(groups) >= FEWEST_CLUSTERS:
        hits = np.bincount(member, weights=same)
        sizes = np.bincount(member).astype(np.float64)
        draws = np.random.default_rng(seed).multinomial(
            len(groups), np.full(len(groups), 1 / len(groups)), size=DRAWS
        )
        share = (draws @ hits) / (draws @ sizes)
        least = wilson(float(same.mean()) * len(groups), len(groups))
        low = min(float(np.quantile(share, 0.025)), least[0])
        high = max(float(np.quantile(share, 0.975)), least[1])
    score = {NO: 0.0, NO + 1: 0.5, YES: 1.0}
    gaps: dict[str, list[float]] = {}
    for k in used.tolist():
        gap = score[int(one[k])] - score[int(other[k])]
        gaps.setdefault(pairs[k].names_a, []).append(gap)
        gaps.setdefault(pairs[k].names_b, []).append(-gap)
    return EvenHand(
        code,
        len(used),
        len(groups),
        float(same.mean()),
        float(chance[used].mean()),
        low,
        high,
        {name: (float(np.mean(values)), len(values)) for name, values in sorted(gaps.items())},
    )
