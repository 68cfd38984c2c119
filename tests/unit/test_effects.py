"""Figures beside welfare: columns of the table, shares of changes, quadrature, tariffs."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

import winset
from winset.errors import DataError
from winset.scenario import parse
from winset.trade.effects.creation_diversion import measure
from winset.trade.effects.sweep import read_sweep, solve_sweep
from winset.trade.effects.welfare_decomposition import MOST_CHANGES, by_change, chebyshev
from winset.trade.models.entry_costs.equations import responses
from winset.trade.result import BALANCED, columns_of

CHANGES: list[dict[str, object]] = [
    {"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -20.0},
    {"kind": "tariff", "exporters": ["CHN"], "importers": ["KAZ"], "rate": 0.2},
    {"kind": "productivity", "economies": ["UZB"], "percent": 5.0},
]


def test_the_columns_are_what_their_names_say() -> None:
    """Two economies, by hand; the second exports nothing and has no deficit to speak of."""
    columns = columns_of(
        welfare=np.array([1.1, 1.0]),
        equivalent_variation=np.array([12.0, 0.0]),
        wage=np.array([1.2, 1.0]),
        price=np.array([1.5, 1.0]),
        price_level=1.25,
        employment=np.array([1.1, 1.0]),
        exports=np.array([100.0, 0.0]),
        new_exports=np.array([150.0, 0.0]),
        imports=np.array([140.0, 0.0]),
        new_imports=np.array([210.0, 3.0]),
        new_revenue=np.array([7.0, 0.5]),
    )
    first = {key: float(column[0]) for key, column in columns.items()}
    assert first == pytest.approx(
        {
            "welfare_percent": 10.0,
            "welfare_musd": 12.0,
            "real_wage_percent": -20.0,
            "wage_percent": 20.0,
            "price_percent": 20.0,
            "price_numeraire_percent": 50.0,
            "employment_percent": 10.0,
            "exports_percent": 50.0,
            "imports_percent": 50.0,
            "exports_to_gdp_percent": 100 * (1.5 / 1.32 - 1),
            "imports_to_gdp_percent": 100 * (1.5 / 1.32 - 1),
            "deficit_percent": 100 * ((60 / 1.25) / 40 - 1),
            "tariff_revenue_musd": 7.0,
        }
    )
    empty = {key for key, column in columns.items() if np.isnan(column[1])}
    assert empty == {
        "exports_percent", "imports_percent", "exports_to_gdp_percent", "imports_to_gdp_percent",
        "deficit_percent",
    }  # fmt: skip


@pytest.mark.parametrize(("surplus", "known"), [(2.0 * BALANCED, True), (0.5 * BALANCED, False)])
def test_a_deficit_of_rounding_has_no_percentage(surplus: float, known: bool) -> None:
    one = np.ones(1)
    columns = columns_of(
        welfare=one, equivalent_variation=one, wage=one, price=one, price_level=1.0, employment=one,
        exports=one, new_exports=one, imports=one - surplus, new_imports=one, new_revenue=one,
    )  # fmt: skip
    assert np.isfinite(columns["deficit_percent"][0]) == known


def test_the_share_of_a_change_is_its_mean_over_all_orders() -> None:
    world = winset.world().closed(0.5).select(["KAZ", "UZB", "CHN", "RUS"])
    full = parse({"change": CHANGES, "on": "2025-01-01"})
    whole = winset.solve(world, full)
    shares = by_change(world, full, whole.welfare)

    def gain(chosen: tuple[int, ...]) -> np.ndarray:
        if not chosen:
            return np.zeros(len(world))
        part = parse({"change": [CHANGES[k] for k in sorted(chosen)], "on": "2025-01-01"})
        return 100.0 * (winset.solve(world, part).welfare - 1.0)

    for k in range(3):
        orders = [order[: order.index(k)] for order in permutations(range(3))]
        mean = np.mean([gain((*before, k)) - gain(before) for before in orders], axis=0)
        assert shares[k] == pytest.approx(mean, abs=1e-9)
    assert sum(shares) == pytest.approx(100 * (whole.welfare - 1), abs=1e-9)


@pytest.mark.parametrize("count", [1, MOST_CHANGES + 1])
def test_one_change_or_too_many_are_not_divided(count: int) -> None:
    full = parse({"change": CHANGES[:1] * count, "on": "2025-01-01"})
    assert by_change(winset.world(), full, np.ones(len(winset.world()))) == ()


@pytest.mark.parametrize("steps", [2, 4, 8])
def test_chebyshev_points_integrate_and_differentiate_polynomials(steps: int) -> None:
    points, slopes, weights = chebyshev(steps)
    assert (points[0], points[-1], len(points)) == (0.0, 1.0, steps + 1)
    for power in range(steps + 1):
        assert weights @ points**power == pytest.approx(1.0 / (power + 1), abs=1e-13)
        exact = power * points ** max(power - 1, 0)
        assert slopes @ points**power == pytest.approx(exact, abs=1e-9)


def test_the_response_to_a_tariff_with_entry_costs() -> None:
    """φ = pass-through + (1 + ψ) ν/(1 − ν)."""
    found = responses(np.array([0.0, 0.2, 0.5]), 0.25, 0.9)
    assert found == pytest.approx([0.9, 0.9 + 1.25 * 0.25, 0.9 + 1.25])


def test_who_changes_a_tariff() -> None:
    scenario = parse({"change": CHANGES[1:2], "on": "2025-01-01"})
    result = winset.solve(winset.world(), scenario)
    tariffs = measure(result, result.shock).tariffs
    assert tariffs is not None
    assert [c for c, moves in zip(result.codes, tariffs.changing, strict=True) if moves] == ["KAZ"]


def test_a_sweep_has_the_summary_of_every_value() -> None:
    scenario = parse({"change": CHANGES[:1], "on": "2025-01-01"})
    swept = solve_sweep(scenario, read_sweep("percent=-20:-10:2"))
    for value, summary in zip((-20.0, -10.0), swept.summaries(), strict=True):
        single = parse({"change": [CHANGES[0] | {"percent": value}], "on": "2025-01-01"})
        assert summary == winset.solve(winset.world(), single).summary()


@pytest.mark.parametrize("way", ["rate", "percent", "file"])
def test_a_tariff_is_above_minus_one(way: str, tmp_path: Path) -> None:
    """−1 would be goods for nothing: refused to the last digit, whatever leads there."""
    pair: dict[str, object] = {"kind": "tariff", "exporters": ["CHN"], "importers": ["KAZ"]}
    world, file = winset.world(), tmp_path / "rates.csv"

    def of(rate: float) -> float:
        changes = [pair | {"rate": rate}]
        if way == "percent":  # of a subsidy by half
            changes = [pair | {"rate": -0.5}, pair | {"percent": 100.0 * (rate / -0.5 - 1.0)}]
        elif way == "file":
            file.write_text(f"exporter,importer,rate\nCHN,KAZ,{rate}\n", encoding="utf-8")
            changes = [{"kind": "tariff", "file": file.name}]
        raw = {"change": changes, "on": "2025-01-01"}
        tariff = parse(raw, path=tmp_path / "scenario.toml").resolve(world).tariff
        return float(tariff[world.index["CHN"], world.index["KAZ"]])

    with pytest.raises(DataError, match=r"must exceed -1|greater than -1|above -1"):
        of(-1.0)
    assert of(-0.99) == pytest.approx(-0.99)
