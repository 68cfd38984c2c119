"""What every method of partial equilibrium keeps: first order, homogeneity, no change, no diversion alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.lines_at_hand import markets

from winset.trade.models.partial.markets import LineOutcome, Markets
from winset.trade.models.partial.methods import METHODS, solve

EVERY = pytest.mark.parametrize("method", METHODS)


def _scaled(given: Markets, step: float) -> Markets:
    return given.with_after(given.before + step * (given.after - given.before))


def _welfare(done: LineOutcome) -> np.ndarray:
    return np.concatenate(
        [done.producer_surplus.ravel(), (done.consumer_surplus + done.tariff_revenue).ravel()]
    )


@EVERY
def test_no_change_is_nothing(method: str) -> None:
    given = markets(cut=0.0)
    done = solve(given, method)
    for name in ("world_price", "composite_price", "created", "diverted", "tariff_revenue"):
        assert np.abs(getattr(done, name)).max() < 1e-12
    assert done.trade == pytest.approx(given.value, abs=1e-12)


def test_gsim_is_the_first_order_of_exact() -> None:
    """Halving a small cut quarters the difference."""
    given = markets(seed=3)
    gap = [
        float(
            np.abs(
                solve(_scaled(given, step), "gsim").world_price
                - solve(_scaled(given, step), "exact").world_price
            ).max()
        )
        for step in (0.02, 0.01, 0.005)
    ]
    assert gap[0] / gap[1] == pytest.approx(4.0, rel=0.05)
    assert gap[1] / gap[2] == pytest.approx(4.0, rel=0.05)


@pytest.mark.parametrize("method", ["gsim", "exact"])
def test_smart_is_the_first_order_where_supply_is_infinite(method: str) -> None:
    """With one duty for all before: imports, welfare, and what third suppliers lose."""
    given = markets(importers=1, supply=np.inf, mfn=True, seed=5)

    def gap(step: float) -> float:
        small = _scaled(given, step)
        one, other = solve(small, "smart"), solve(small, method)
        return max(
            float(np.abs(one.trade.sum(axis=1) - other.trade.sum(axis=1)).max()),
            float(np.abs(one.diverted[:, :2] - other.diverted[:, :2]).max()),
            float(np.abs(_welfare(one) - _welfare(other)).max()),
        )

    assert gap(0.02) / gap(0.01) == pytest.approx(4.0, rel=0.1)
    assert gap(0.01) / gap(0.005) == pytest.approx(4.0, rel=0.1)


def test_smart_is_its_closed_formula() -> None:
    """Creation M ε dt/((1 + t)(1 − ε/η)); diversion M_p M_n (a − 1)/(M_p a + M_n)."""
    given = markets(6, 5, 1, seed=2)
    one_cut = given.before.copy()
    one_cut[:, 0] = 1.0 + 0.3 * (given.before[:, 0] - 1.0)
    given = given.with_after(one_cut)
    done = solve(given, "smart")
    for line in range(6):
        own, others = given.value[line, 0, 0], given.value[line, 1:, 0].sum()
        before, after = given.before[line, 0, 0], given.after[line, 0, 0]
        demand, supply = given.demand[line, 0], given.supply[line, 0]
        created = own * demand * (after - before) / (before * (1 - demand / supply))
        assert done.created[line, 0, 0] == pytest.approx(created, rel=1e-12)
        a = (after / before) ** -given.substitution[line, 0]
        diverted = own * others * (a - 1) / (own * a + others) if own else 0.0
        assert done.diverted[line, 0, 0] == pytest.approx(diverted, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("cut", [0.3, 1.0])
def test_diversion_in_smart_sums_to_zero_and_takes_no_more_than_there_is(cut: float) -> None:
    given = markets(20, 6, 2, seed=7, cut=cut)
    given = replace(given, substitution=np.full((20, 2), 400.0))
    done = solve(given, "smart")
    assert np.abs(done.diverted.sum(axis=1)).max() < 1e-10
    assert (done.diverted >= -given.value - 1e-10).all()


@EVERY
def test_one_supplier_diverts_nothing(method: str) -> None:
    done = solve(markets(8, 1, 1, seed=4), method)
    assert np.abs(done.diverted).max() < 1e-10


@EVERY
def test_a_line_split_in_two_changes_no_total(method: str) -> None:
    given = markets(3, 4, 2, seed=9)
    halves = Markets(
        np.concatenate([0.5 * given.value, 0.5 * given.value]),
        *(
            np.concatenate([part, part])
            for part in (given.before, given.after, given.demand, given.supply, given.substitution)
        ),
    )
    whole, split = solve(given, method), solve(halves, method)
    for name in ("trade", "producer_surplus", "consumer_surplus", "tariff_revenue", "diverted"):
        one, other = getattr(whole, name).sum(axis=0), getattr(split, name).sum(axis=0)
        assert one == pytest.approx(other, abs=1e-9)


@EVERY
def test_exporters_with_equal_duties_may_be_merged(method: str) -> None:
    given = markets(5, 4, 1, seed=11, supply=1.5)
    before, after = given.before.copy(), given.after.copy()
    before[:, 3], after[:, 3] = before[:, 2], after[:, 2]
    given = replace(given, before=before, after=after)
    value = given.value[:, :3].copy()
    value[:, 2] += given.value[:, 3]
    merged = Markets(
        value, before[:, :3], after[:, :3], given.demand, given.supply[:, :3], given.substitution
    )
    apart, together = solve(given, method), solve(merged, method)
    for name in ("consumer_surplus", "tariff_revenue", "composite_price"):
        assert getattr(apart, name) == pytest.approx(getattr(together, name), abs=1e-10)
    assert apart.producer_surplus[:, 2:].sum(axis=1) == pytest.approx(
        together.producer_surplus[:, 2], abs=1e-10
    )


@EVERY
def test_pieces_are_the_whole(method: str) -> None:
    given = markets(7, 3, 2, seed=13)
    whole = solve(given, method)
    parts = [METHODS[method](piece) for _, piece in given.pieces(cells=12)]
    assert len(parts) == 4
    assert whole.trade == pytest.approx(np.concatenate([p.trade for p in parts]), abs=1e-12)
