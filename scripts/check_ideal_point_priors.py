"""Which prior predicts votes it has not seen: a grid of σ (items) and ω (change from year to year).

    python scripts/check_ideal_point_priors.py [../shared/data/unvotes/published_ideal_points.csv]

One vote in twenty is hidden (seed 0), everything is estimated from the rest, and the hidden votes are
predicted: mean log-likelihood per vote, higher is better. The published ideal points, if given, are
only compared with: the lowest correlation over the fifth years from 1970. About five minutes.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winset.governance.rollcalls.ideal_points import (
    IdealPoints,
    estimate,
    lay_out,
    opening_cutpoints,
)
from winset.governance.rollcalls.ordinal_kernels import item_step
from winset.governance.rollcalls.records import NO, YES, RollCalls, un_roll_calls

HIDDEN = 0.05
DISCRIMINATIONS = (0.35, 0.5, 0.7, 1.0, 1.4, 2.0)
INNOVATIONS = (0.15, 0.3, 0.6)
ITEM_STEPS = 30


def held_out(calls: RollCalls, points: IdealPoints, hidden: np.ndarray, sigma: float) -> float:
    """Return the mean log-likelihood of the hidden votes, items refitted to the seen ones."""
    seen = replace(calls, votes=np.where(hidden, 0, calls.votes))
    layout = lay_out(seen)
    at = points.position[layout.member, layout.year - points.years[0], 0]
    position = np.nan_to_num(at)[:, None]
    slopes = np.zeros((len(layout.item_pointers) - 1, 1))
    cutpoints = opening_cutpoints(layout)
    arrays = layout.item_pointers, layout.state_by_item, layout.vote_by_item
    item_step(*arrays, position, slopes, cutpoints, sigma**2, ITEM_STEPS)
    row, column = np.nonzero(hidden)
    place = points.position[column, calls.years[row] - points.years[0], 0]
    item = np.unique(calls.items, return_inverse=True)[1][row]
    known = np.isfinite(place)
    predictor = slopes[item, 0] * place
    below = ndtr(cutpoints[item] - predictor[:, None])
    vote = calls.votes[row, column]
    chance = np.where(
        vote == NO, below[:, 0], np.where(vote == YES, 1 - below[:, 1], below[:, 1] - below[:, 0])
    )
    return float(np.log(np.maximum(chance[known], 1e-12)).mean())


def lowest_correlation(points: IdealPoints, published: pd.DataFrame) -> float:
    """Return the least Pearson correlation over the published years from 1970."""
    found = []
    for year, rows in published[published["Year"] >= 1970].groupby("Year"):
        ours = [points.mean(code, [int(year)]) for code in rows["code"]]
        pairs = [
            (own[0], theirs)
            for own, theirs in zip(ours, rows["idealpoint"], strict=True)
            if own is not None
        ]
        found.append(np.corrcoef(np.array(pairs).T)[0, 1])
    return min(found)


def main(path: Path | None) -> None:
    """Print the grid."""
    calls = un_roll_calls()
    hidden = (np.random.default_rng(0).random(calls.votes.shape) < HIDDEN) & (calls.votes > 0)
    seen = replace(calls, votes=np.where(hidden, 0, calls.votes).astype(np.uint8))
    published = None
    if path is not None:
        from winset.governance.rollcalls.records import member_names

        codes = {name.split(" (")[0]: code for code, name in member_names().items()}
        codes |= {"United States of America": "USA"}
        published = pd.read_csv(path)
        published["code"] = published["CountryName"].map(codes).fillna("")
    print("sigma  omega  log-likelihood of hidden votes  lowest correlation with the published")
    for sigma in DISCRIMINATIONS:
        for omega in INNOVATIONS:
            points = estimate(seen, discrimination=sigma, innovation=omega, tolerance=1e-3)
            fit = held_out(calls, points, hidden, sigma)
            least = "" if published is None else f"{lowest_correlation(points, published):.4f}"
            print(f"{sigma:5.2f}  {omega:5.2f}  {fit:.5f}  {least}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
