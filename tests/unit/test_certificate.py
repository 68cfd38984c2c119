"""The certificate of dividends: the largest error is climbed to, and bounds are where they are said to be."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from winset.errors import DataError
from winset.trade.coalitions import both_ends, dividends
from winset.trade.coalitions.certificate import certify
from winset.trade.coalitions.dividends import DECAYS, LEAST_TOLERANCE, DividendOrder, checked

if TYPE_CHECKING:
    from winset.trade.coalitions.certificate import Checker
    from winset.trade.coalitions.families import Families

WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])


class Known:
    """Errors that are known: a sum of weights, so that every way up leads to everybody."""

    def __init__(self) -> None:
        self.exact: dict[bytes, float] = {}

    def errors(self, inside: Any) -> Any:
        self.exact |= {row.tobytes(): 0.0 for row in inside}
        return inside @ WEIGHTS


def test_the_largest_error_is_climbed_to_from_the_worst_of_the_sample() -> None:
    inside = np.zeros((3, 7), np.bool_)
    inside[0, :2] = inside[1, 1:3] = inside[2, [0, 3]] = True  # errors of 3, 5 and 5
    found = certify(cast("Checker", Known()), inside, 0.5, seed=0)
    assert found.largest == WEIGHTS.sum()
    assert found.worst == tuple(range(7))
    assert found.by_size == ((2, 3, 5.0, pytest.approx(np.sqrt((9 + 25 + 25) / 3))),)
    assert found.rms == pytest.approx(np.sqrt((9 + 25 + 25) / 3))
    assert found.rest == 0.5


def test_the_least_tolerance_is_still_taken() -> None:
    assert checked(8, None, LEAST_TOLERANCE) == (None, LEAST_TOLERANCE)
    for tolerance in (np.nextafter(LEAST_TOLERANCE, 0.0), 1.0):
        with pytest.raises(DataError, match="a part of the worth of all"):
            checked(8, None, float(tolerance))


def test_of_more_than_thirty_players_the_whole_is_no_tolerance() -> None:
    least = both_ends.LEAST_TOLERANCE
    assert both_ends.asked(40, None, least) == (None, least)
    for tolerance in (1.0, 2.0, float(np.nextafter(least, 0.0))):
        with pytest.raises(DataError, match=r"from .* to below 1"):
            both_ends.asked(40, None, tolerance)


def test_memory_of_an_order_is_asked_for_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 10 players to order 3: 175 coalitions with three members and four figures, and 2¹⁰ values."""
    need = 8 * (3 + 4) * (10 + 45 + 120) + 8 * 2**10
    monkeypatch.setattr(dividends, "most_memory", lambda: need)
    assert checked(10, 3, None) == (3, None)
    monkeypatch.setattr(dividends, "most_memory", lambda: need - 1)
    with pytest.raises(DataError, match="175 equilibria"):
        checked(10, 3, None)


def grown(*totals: float, n: int = 6, first: int = 1) -> Any:
    """A run whose orders, from the `first` on, summed to so much."""
    families = cast("Families", SimpleNamespace(players=n))
    run = dividends._Run(families, 1_000.0, 0, 0, None)
    run.orders = [
        DividendOrder(k, math.comb(n, k), math.comb(n, k), total, total)
        for k, total in enumerate(totals, start=first)
    ]
    return run


def test_what_is_left_out_is_the_sum_of_a_geometric_row() -> None:
    run = grown(0.0, 100.0, 10.0)
    assert run.rate == pytest.approx(0.1)
    assert run.rest == pytest.approx(1.0 + 0.1 + 0.01 + 0.001, rel=1e-3)
    run.left = 5.0
    assert run.rest == pytest.approx(5.0 + 1.0 / 0.9)
    assert grown(0.0, 100.0, 100.0).rest == math.inf
    assert grown(0.0, 100.0, 10.0, n=3).rest == 0.0  # everybody was solved


def test_single_members_count_where_they_are_worth_something() -> None:
    assert grown(0.0, 5.0).rate is None  # one order is no row
    assert grown(50.0, 5.0).rate == pytest.approx(0.1)
    assert grown(0.0, 50.0, 0.0).rate == 0.0  # what is left is rounding


def test_dividends_that_fall_no_faster_than_the_bound_fail() -> None:
    assert grown(0.0, 1.0, DECAYS).fails
    assert not grown(0.0, 1.0, float(np.nextafter(DECAYS, 0.0))).fails
    assert not grown(0.0, 1.0).fails
