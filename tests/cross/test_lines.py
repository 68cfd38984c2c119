"""Exact partial equilibrium against a general solver of nonlinear equations; small packages by trying all."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import root
from tests.unit.lines_at_hand import markets

from winset.governance.packages.many_lines import Cap, largest_package, nash_package
from winset.trade.models.partial.exact import exact


@pytest.mark.parametrize("seed", range(6))
def test_exact_at_large_tariffs(seed: int) -> None:
    """In levels: demands from CES expenditure, supplies of constant elasticity, excess demand by scipy."""
    given = markets(3, 4, 3, seed=seed, cut=1.0)
    given = given.with_after(np.where(given.after < given.before, 1.0, given.before * 1.8))
    found = exact(given)
    for line in range(3):
        trade, before, after = given.value[line], given.before[line], given.after[line]
        sigma, demand, supply = (
            given.substitution[line], given.demand[line], given.supply[line],
        )  # fmt: skip
        taste = trade * before**sigma  # at world prices 1 and composite prices 1
        spent = (trade * before).sum(axis=0)
        taste = taste / spent

        def index(prices: np.ndarray) -> np.ndarray:
            power = 1.0 - sigma  # noqa: B023
            return (taste * prices**power).sum(axis=0) ** (1.0 / power)  # noqa: B023

        at_start = index(before)

        def quantities(p: np.ndarray, factor: np.ndarray) -> np.ndarray:
            prices = p[:, None] * factor
            whole = index(prices)
            wanted = spent * (whole / at_start) ** demand / at_start  # noqa: B023
            return taste * (prices / whole) ** -sigma * wanted  # noqa: B023

        def excess(log: np.ndarray) -> np.ndarray:
            p = np.exp(log)
            return quantities(p, after).sum(axis=1) - trade.sum(axis=1) * p**supply  # noqa: B023

        assert quantities(np.ones(4), before) == pytest.approx(trade, rel=1e-9)
        solved = root(excess, np.zeros(4), tol=1e-13)
        p = np.exp(solved.x)
        assert found.world_price[line] == pytest.approx(p - 1.0, abs=1e-9)
        assert found.trade[line] == pytest.approx(
            quantities(p, after) * p[:, None], rel=1e-8, abs=1e-9
        )


@pytest.mark.parametrize("count", [3, 9, 14])
def test_packages_by_trying_all(count: int) -> None:
    rng = np.random.default_rng(count)
    gains = rng.normal(size=(count, 2)).round(3)
    cap = Cap("most", np.ones(count), count // 2)
    best, product_of = 0.0, 0.0
    for picks in product((False, True), repeat=count):
        taken = np.array(picks)
        sums = gains[taken].sum(axis=0)
        if sums.min() >= 0 and taken.sum() <= count // 2:
            best = max(best, float(sums.sum()))
            product_of = max(product_of, float(np.prod(sums)))
    found = largest_package(gains, (0.0, 0.0), caps=(cap,), gap=0.0)
    assert found.value == pytest.approx(best, abs=1e-9)
    nash = nash_package(gains, (0.0, 0.0), caps=(cap,), gap=1e-9)
    if product_of == 0:
        assert nash is None
    else:
        assert nash is not None
        assert float(np.prod(nash.gains)) == pytest.approx(product_of, rel=1e-7)
