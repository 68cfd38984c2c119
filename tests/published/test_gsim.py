"""The four-region example of Francois & Hall (2003)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from winset.studies.one_market import read_market

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = {
    "regions": ["US", "JP", "EU", "RW"],
    "trade": [[0, 50, 200, 300], [500, 0, 150, 200], [300, 100, 200, 200], [50, 100, 110, 20]],
    "tariff_factor": [
        [1.0, 1.21, 1.41, 1.22],
        [1.37, 1.0, 1.31, 1.23],
        [1.32, 1.36, 1.0, 1.18],
        [1.57, 1.41, 1.25, 1.15],
    ],
    "demand_elasticity": -1.25,
    "supply_elasticity": 1.5,
    "substitution_elasticity": 5,
    "experiment": "US-EU tariffs to zero (both directions)",
}
#: Changes of world prices as printed.
PRINTED = (0.0792, -0.0316, 0.0480, -0.0184)


def test_world_prices_of_the_four_regions(tmp_path: Path) -> None:
    path = tmp_path / "market.json"
    path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    found = read_market(path).to_json("gsim")["world_price"]
    for name, printed in zip(EXAMPLE["regions"], PRINTED, strict=True):
        assert round(found[name], 4) == printed


def test_the_file_as_it_was_handed_on(shared_data: Path) -> None:
    found = read_market(shared_data / "validation" / "gsim" / "gsim_4x4.json").to_json("gsim")
    assert [round(x, 4) for x in found["world_price"].values()] == list(PRINTED)


def test_welfare_is_the_sum_of_the_published_parts(tmp_path: Path) -> None:
    """ΔPS = p̂X(1 + ½E_x p̂), ΔCS = V(½E_m ĉ² sign ĉ − ĉ), revenue from M(1 + q̂)(1 + p̂): by a plain loop."""
    path = tmp_path / "market.json"
    path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    found = read_market(path).to_json("gsim")
    trade, before = np.array(EXAMPLE["trade"], float), np.array(EXAMPLE["tariff_factor"])
    after = before.copy()
    after[0, 2] = after[2, 0] = 1.0
    n, demand, supply, swap = 4, -1.25, 1.5, 5.0
    theta = trade * before / (trade * before).sum(axis=0)
    phi = trade / trade.sum(axis=1, keepdims=True)
    change = after / before - 1.0
    own = theta * demand - (1 - theta) * swap
    matrix, right = np.zeros((n, n)), np.zeros(n)
    for i in range(n):
        matrix[i, i] += supply
        for v in range(n):
            for r in range(n):
                weight = phi[i, v] * (own[i, v] if r == i else theta[r, v] * (demand + swap))
                matrix[i, r] -= weight
                right[i] += weight * change[r, v]
    p = np.linalg.solve(matrix, right)
    faced = p[:, None] + change
    q = np.array(
        [
            [
                sum(
                    (own[i, v] if r == i else theta[r, v] * (demand + swap)) * faced[r, v]
                    for r in range(n)
                )
                for v in range(n)
            ]
            for i in range(n)
        ]
    )
    trade1 = trade * (1 + q) * (1 + p[:, None])
    c = (theta * faced).sum(axis=0)
    producers = p * trade.sum(axis=1) * (1 + 0.5 * supply * p)
    consumers = (trade * before).sum(axis=0) * (0.5 * demand * c**2 * np.sign(c) - c)
    revenue = (trade1 * (after - 1)).sum(axis=0) - (trade * (before - 1)).sum(axis=0)
    for key, figures in (
        ("world_price", p),
        ("composite_price", c),
        ("producer_surplus", producers),
        ("consumer_surplus", consumers),
        ("tariff_revenue", revenue),
        ("welfare", producers + consumers + revenue),
    ):
        assert list(found[key].values()) == pytest.approx(list(figures), rel=1e-11)


@pytest.mark.parametrize(
    ("experiment", "changed"),
    [
        ("JP tariffs to zero", {(0, 1), (2, 1), (3, 1)}),
        ("US-EU tariffs by 40 % (both directions)", {(0, 2), (2, 0)}),
        ("all tariffs to 5 percent", {(i, v) for i in range(4) for v in range(4) if i != v}),
    ],
)
def test_an_experiment_in_words(
    tmp_path: Path, experiment: str, changed: set[tuple[int, int]]
) -> None:
    path = tmp_path / "market.json"
    path.write_text(json.dumps(EXAMPLE | {"experiment": experiment}), encoding="utf-8")
    market = read_market(path).markets
    moved = {(int(i), int(v)) for _, i, v in np.argwhere(market.after != market.before)}
    assert moved == changed
