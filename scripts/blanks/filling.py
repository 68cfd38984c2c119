r"""Fill the block of blanks in the goods trade of 2023: no pair of 76 economies has any in the source.

Each pair of the block has the first of these that there is:

1. *reported*: what a statistical office or ministry is reported to have said, `reported.csv` beside this
   file, each with its address. A figure for both ways together is divided as the estimates below divide it.
2. *icio-2022*: goods trade of 2022 of the pair in `icio-2022`, times

       r_i c_n / s,   r_i = Σ_n T_in / Σ_n I_in,   c_n = Σ_i T_in / Σ_i I_in,   s = Σ T / Σ I

   over the pairs that both worlds have (T: 2023, I: `icio-2022`), so that coverage and growth of exporter
   and importer are taken over.
3. *fuels*: chapter 27 of the HS in 2018 by BACI, where it is more than what follows; not of Iran, whose oil
   Korea and others have not bought since sanctions returned that year (BusinessKorea, 22 April 2019).
4. *gravity*: Poisson regression with an effect of every exporter and importer on log distance, a common
   border, a common official language, a common colonizer, a colonial tie and a free-trade agreement in
   force, over all pairs outside the block (zeros included); for a pair of the block, exp of its terms and
   the effects of both.

`python -m scripts.blanks.filling ../shared/data` prints how far 2 and 4 err where the truth is on record:
blocks drawn at random outside the block are blanked and filled.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset.gravity.ppml import ppml
from winset.places.geography import contiguity, distances
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from winset.numbers import Array, Mask

REPORTED = Path(__file__).with_name("reported.csv")
BASE = "icio-2022"
ANCHOR = "RUS"  # one of the block
NO_FUELS = "IRN"  # what it sold in 2018 tells nothing of 2023
#: Codes of the table of distances that are not today's.
OLD_CODES = {"ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "YUG": "SRB"}
SOURCES = ("", "reported", "icio-2022", "fuels", "gravity")
REPORT, INPUT_OUTPUT, FUELS, GRAVITY = 1, 2, 3, 4
DRAWS, SEED = 20, 1
SIZES = {INPUT_OUTPUT: 12, GRAVITY: 45}  # of the blocks that are blanked to measure errors


@dataclass(frozen=True)
class Filled:
    """Trade with the block filled.

    Attributes
    ----------
    trade : (n, n) USD million, rows exporting
    source : (n, n) place in `SOURCES`: 0 on record
    block : positions of the economies of the block
    """

    trade: Array
    source: Array
    block: Array

    def share(self, k: int, source: int | None = None) -> float:
        """Return how much of an economy's goods trade is filled in, or from one source, percent."""
        counted = self.source > 0 if source is None else self.source == source
        both = self.trade[k].sum() + self.trade[:, k].sum()
        return float(
            100.0 * ((self.trade * counted)[k].sum() + (self.trade * counted)[:, k].sum()) / both
        )

    def told(self, k: int) -> str:
        """Return what an economy's trade rests on where it is not on record; blank if all of it is."""
        return ", ".join(
            f"{name} {share:.1f}"
            for place, name in enumerate(SOURCES[1:], 1)
            if (share := self.share(k, place)) >= 0.05
        )


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def blank_block(codes: tuple[str, ...], trade: Array) -> Array:
    """Return the positions of the economies none of which trades with another of them.

    They are those that have no trade with Russia either way, less who trades with one of these.
    """
    anchor = codes.index(ANCHOR)
    some = np.flatnonzero((trade[anchor] == 0) & (trade[:, anchor] == 0))
    while True:
        inside = trade[np.ix_(some, some)]
        met = (inside > 0).sum(axis=0) + (inside > 0).sum(axis=1)
        if not met.any():
            return some
        some = np.delete(some, int(met.argmax()))


def regressors(shared: Path, codes: tuple[str, ...]) -> Array:
    """Return what gravity is regressed on, (6, n, n)."""
    place, n = {code: k for k, code in enumerate(codes)}, len(codes)
    ties = np.zeros((3, n, n))
    for row in rows(shared / "geodist_cepii" / "dist_cepii.csv"):
        i, k = (place.get(OLD_CODES.get(row[end], row[end])) for end in ("iso_o", "iso_d"))
        if i is not None and k is not None:
            ties[:, i, k] = [float(row[name]) for name in ("comlang_off", "comcol", "colony")]
    free = np.zeros((n, n))
    for row in rows(shared / "agreements" / "pairs_2023.csv"):
        i, k = place.get(row["iso3_a"]), place.get(row["iso3_b"])
        if i is not None and k is not None and row["treat_2023"] == "zero":
            free[i, k] = free[k, i] = 1.0
    away = distances(codes)
    np.fill_diagonal(away, 1.0)
    return np.stack([np.log(away), contiguity(codes), *ties, free])


def by_gravity(trade: Array, terms: Array, blocks: list[Array]) -> Array:
    """Return what gravity expects of every pair, estimated outside the blocks.

    With μ the expected values and b the slopes, an effect of exporter i and importer n together is
    log μ_ir + log μ_sn - log μ_sr less the terms' own, r and s being economies outside every block.
    """
    pairs: Mask = ~np.eye(len(trade), dtype=np.bool_)
    for block in blocks:
        pairs[np.ix_(block, block)] = False
    mean, found, kept = ppml(np.where(pairs, trade, 0.0), terms, pairs)
    slope = np.zeros(len(terms))
    slope[list(kept)] = found
    own = np.tensordot(slope, terms, 1)
    outside = np.delete(np.arange(len(trade)), np.concatenate(blocks))
    r, s = outside[np.argsort(-trade[outside].sum(axis=1), kind="stable")[:2]]
    effects = np.log(np.where(pairs, mean, 1.0)) - own
    return np.exp(own + effects[:, [r]] + effects[[s], :] - effects[s, r])


def by_input_output(codes: tuple[str, ...], trade: Array, blocks: list[Array]) -> Array:
    """Return the pair's goods trade in `icio-2022`, brought to the level of 2023; NaN where it has none."""
    known = load_world(BASE)
    goods = [j for j, sector in enumerate(known.sectors) if sector != "Services"]
    flows = known.trade[goods].sum(axis=0)
    here = np.array([k for k, code in enumerate(codes) if code in known.index])
    at = np.array([known.index[codes[k]] for k in here])
    there, ours = flows[np.ix_(at, at)], trade[np.ix_(here, here)]
    counted = ~np.eye(len(here), dtype=np.bool_)
    for block in blocks:
        inside = np.isin(here, block)
        counted[np.ix_(inside, inside)] = False
    ours, theirs = ours * counted, there * counted
    rows_, columns = ours.sum(axis=1) / theirs.sum(axis=1), ours.sum(axis=0) / theirs.sum(axis=0)
    level = ours.sum() / theirs.sum()
    result = np.full(trade.shape, np.nan)
    result[np.ix_(here, here)] = there * np.outer(rows_, columns) / level
    return result


def fuels_of(shared: Path, codes: tuple[str, ...]) -> Array:
    """Return trade in chapter 27 of the HS in 2018, (n, n), USD million."""
    place = {code: k for k, code in enumerate(codes)}
    result = np.zeros((len(codes), len(codes)))
    for row in rows(shared / "energy_trade_hs27_baci" / "energy_trade_hs27_2015_2018.csv"):
        i, k = place.get(row["exporter"]), place.get(row["importer"])
        if i is not None and k is not None and i != k and row["kusd_2018"]:
            result[i, k] = float(row["kusd_2018"]) / 1e3
    return result


def filled(shared: Path, codes: tuple[str, ...], trade: Array, *, tabled: bool = True) -> Filled:
    """Fill the block of blanks of the trade of 2023, (n, n), USD million, rows exporting.

    Without `tabled` nothing is taken from `icio-2022`: for what is held against it.
    """
    block = blank_block(codes, trade)
    inside = np.zeros(trade.shape, dtype=np.bool_)
    inside[np.ix_(block, block)] = True
    np.fill_diagonal(inside, False)
    expected = by_gravity(trade, regressors(shared, codes), [block])
    fuels, table = fuels_of(shared, codes), by_input_output(codes, trade, [block])
    fuels[codes.index(NO_FUELS)] = 0.0
    result, source = trade.copy(), np.zeros(trade.shape, dtype=np.int8)
    for value, place, here in (
        (expected, GRAVITY, inside),
        (fuels, FUELS, inside & (fuels > expected)),
        (table, INPUT_OUTPUT, inside & np.isfinite(table) & tabled),
    ):
        result[here], source[here] = value[here], place
    place_of = {code: k for k, code in enumerate(codes)}
    for row in rows(REPORTED):
        i, k = place_of[row["exporter"]], place_of[row["importer"]]
        if not inside[i, k]:
            raise ValueError(
                f"{row['exporter']} to {row['importer']} is not a pair of the block of blanks."
            )
        ways = [(i, k), (k, i)] if row["of"] == "both ways" else [(i, k)]
        estimated = sum(float(result[way]) for way in ways)
        for way in ways:
            result[way] *= float(row["musd"]) / estimated
            source[way] = REPORT
    return Filled(result, source, block)


def errors(shared: Path, codes: tuple[str, ...], trade: Array) -> dict[int, Array]:
    """Blank random blocks that are on record and fill them: (draws, 2) per source, the share misallocated
    and the sum over the true one.

    The blocks for gravity are of economies outside the twelve that trade most, as in the true block.
    """
    rng = np.random.default_rng(SEED)
    block, terms = blank_block(codes, trade), regressors(shared, codes)
    fuels, known = fuels_of(shared, codes), load_world(BASE)
    size = trade.sum(axis=0) + trade.sum(axis=1)
    others = np.setdiff1d(np.arange(len(codes)), block)
    small = others[np.argsort(-size[others], kind="stable")[12:]]
    tabled = np.array([k for k in others if codes[k] in known.index])
    result: dict[int, list[tuple[float, float]]] = {INPUT_OUTPUT: [], GRAVITY: []}
    for _ in range(DRAWS):
        for source, pool in ((INPUT_OUTPUT, tabled), (GRAVITY, small)):
            drawn = np.sort(rng.choice(pool, SIZES[source], replace=False))
            if source == GRAVITY:
                guess = np.maximum(by_gravity(trade, terms, [block, drawn]), fuels)
            else:
                guess = by_input_output(codes, trade, [block, drawn])
            off = ~np.eye(len(drawn), dtype=np.bool_)
            made, true = guess[np.ix_(drawn, drawn)][off], trade[np.ix_(drawn, drawn)][off]
            result[source].append(
                (
                    float(np.abs(made - true).sum() / 2.0 / true.sum()),
                    float(made.sum() / true.sum()),
                )
            )
    return {source: np.array(values) for source, values in result.items()}


def main(shared: Path) -> None:
    """Print the errors of both estimates, and what fills the block."""
    free = load_world("world-2023-free")
    trade = free.flows.copy()
    np.fill_diagonal(trade, 0.0)
    done = filled(shared, free.codes, trade)
    for place, name in enumerate(SOURCES[1:], 1):
        here = done.source == place
        print(f"{name}: {int(here.sum())} pairs, {done.trade[here].sum():,.0f} million USD")
    print(f"of all goods trade: {100 * done.trade[done.source > 0].sum() / done.trade.sum():.2f} %")
    for place, found in errors(shared, free.codes, trade).items():
        wrong, ratio = np.percentile(found, (10, 50, 90), axis=0).T
        print(
            f"{SOURCES[place]}, {DRAWS} blocks of {SIZES[place]}: misallocated {wrong.round(3)}, "
            f"sum over the true one {ratio.round(3)} (10th, 50th, 90th percentile)"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
