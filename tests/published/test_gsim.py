"""The four-region example of Francois & Hall (2003)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.studies.one_market import read_market

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE: dict[str, Any] = {
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


@pytest.mark.parametrize(
    "more",
    [
        {"experiment": "US-EU tariffs cut by 100 %  (both directions)."},
        {"demand_elasticity": [-1.25] * 4, "supply_elasticity": [1.5, 1.5, 1.5, 1.5]},
        {"substitution_elasticity": {"RW": 5, "EU": 5.0, "JP": 5, "US": 5}},
        {"experiment": None, "new_tariff_factor": "zero"},
        {"note": "of a reader", "printed_anything": [1, 2]},
    ],
)
def test_the_example_told_in_other_ways(winset: Any, tmp_path: Path, more: dict[str, Any]) -> None:
    told = {**EXAMPLE, **more}
    if told["experiment"] is None:
        del told["experiment"]
        told["new_tariff_factor"] = [list(row) for row in EXAMPLE["tariff_factor"]]
        told["new_tariff_factor"][0][2] = told["new_tariff_factor"][2][0] = 1
    path = tmp_path / "market.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    found = winset("offer", path, "--method", "gsim", "--json").json
    assert [round(x, 4) for x in found["world_price"].values()] == list(PRINTED)


def test_markets_of_other_sizes_and_names(winset: Any, tmp_path: Path) -> None:
    """Three economies with spaces and hyphens, one of which sells nothing and one that levies nothing."""
    market = {
        "regions": ["Guinea-Bissau", "Côte d'Ivoire", "Rest of world"],
        "trade": [[0, 4, 30], [0, 0, 0], [60, 20, 0]],
        "tariff_factor": [[1, 1.2, 1], [1, 1, 1], [1.1, 1.3, 1]],
        "demand_elasticity": -1,
        "supply_elasticity": 1.5,
        "substitution_elasticity": [1, 4, 5],
        "experiment": "Côte d'Ivoire tariffs on Guinea-Bissau to zero",
    }
    path = tmp_path / "market.json"
    path.write_text(json.dumps(market), encoding="utf-8")
    for method in ("gsim", "exact", "smart"):
        found = winset("offer", path, "--method", method, "--json").json
        assert list(found["welfare"]) == market["regions"]
        assert found["producer_surplus"]["Côte d'Ivoire"] == 0.0
        assert found["tariff_revenue"]["Rest of world"] == 0.0
    market["experiment"] = "all tariffs by 0 %"
    path.write_text(json.dumps(market), encoding="utf-8")
    still = winset("offer", path, "--method", "gsim", "--json").json
    assert {round(x, 15) for x in still["welfare"].values()} == {0.0}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"substitution_elasticity": [[5] * 4] * 4}, "given by pair"),
        ({"substitution_elasticity": {"US": 5}}, "an object with a number for each region"),
        ({"demand_elasticity": 1.25}, "demand is 1.25"),
        ({"experiment": "US tariffs on XX to zero"}, "'XX', which is no region"),
        ({"experiment": "US tariffs on EU to zero (both directions)"}, "one direction"),
        ({"tariff_factor": [[0.05] * 4] * 4}, "Write 1.1 for a tariff of 10 percent"),
    ],
)
def test_markets_that_cannot_be_are_refused(
    winset: Any, tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    path = tmp_path / "market.json"
    path.write_text(json.dumps({**EXAMPLE, **more}), encoding="utf-8")
    refused = winset("offer", path, "--method", "gsim", "--json")
    assert refused.code == 2
    assert said in refused.err
