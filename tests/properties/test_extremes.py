"""Extreme changes by two routes: what is printed clears every market in terms of what is left of it."""

from __future__ import annotations

import numpy as np
import pytest

import winset as library
from winset.errors import WinsetError
from winset.scenario import parse
from winset.trade.equilibrium import CLEARING, missed


def plain(base_flows, output, theta, beta, factor, where, start):
    """Balanced trade by damped substitution on wages, in logarithms: no Newton step, no shared code."""
    share = base_flows / base_flows.sum(axis=0)
    productivity = np.ones(len(output))
    productivity[where] = factor
    log_wage = np.log(start)
    for _ in range(200_000):
        wage = np.exp(log_wage)
        price = np.ones(len(output))
        for _ in range(400):
            cost = wage**beta * price ** (1 - beta) / productivity
            new = ((share * cost[:, None] ** -theta).sum(axis=0)) ** (-1 / theta)
            if np.abs(new / price - 1).max() < 1e-15:
                break
            price = new
        cost = wage**beta * price ** (1 - beta) / productivity
        after = share * (cost[:, None] / price[None, :]) ** -theta
        spending = wage * output
        sales = after @ spending
        gap = np.log(sales / (wage * output))
        if np.abs(gap).max() < 1e-13:
            break
        log_wage += gap * (beta / (1 + theta))
        log_wage -= np.log((np.exp(log_wage) * output).sum() / output.sum())
    return np.exp(log_wage), price


CASES = [("KGZ", 1e-2), ("KGZ", 1e-3), ("USA", 1e-2), ("MNG", 1e-4)]


@pytest.mark.parametrize(("code", "factor"), CASES)
def test_one_sector_against_plain_substitution(code: str, factor: float) -> None:
    world = library.world().select(["CHN", "RUS", "KAZ", "KGZ", "MNG", "USA", "DEU", "IND"])
    scenario = parse(
        {
            "on": "2025-09-01",
            "change": [{"kind": "productivity", "economies": [code], "factor": factor}],
            "parameters": {"deficits": "balanced"},
        }
    )
    result = library.solve(world, scenario)
    assert missed(result.after).max() <= CLEARING
    k = world.position(code)
    start = result.before
    wage, price = plain(start.flows, start.output, 4.0, 0.5, factor, k, result.after.wage * 1.05)
    np.testing.assert_allclose(result.after.wage / result.after.wage[0], wage / wage[0], rtol=1e-8)
    np.testing.assert_allclose(
        result.after.price / result.after.price[0], price / price[0], rtol=1e-8
    )


@pytest.mark.parametrize("deficits", ["world-share", "multiplicative", "balanced"])
@pytest.mark.parametrize("factor", [1e-9, 1e-6, 1e-3, 1e3, 1e6])
def test_what_is_printed_clears(deficits: str, factor: float) -> None:
    cleared("world-2023", deficits, factor)


@pytest.mark.parametrize(("deficits", "factor"), [("balanced", 1e-3), ("multiplicative", 1e3)])
def test_what_is_printed_of_many_sectors_clears(deficits: str, factor: float) -> None:
    cleared("icio-2022", deficits, factor)


def cleared(world: str, deficits: str, factor: float) -> None:
    scenario = parse(
        {
            "on": "2025-09-01",
            "change": [{"kind": "productivity", "economies": ["KAZ"], "factor": factor}],
            "parameters": {"deficits": deficits},
        }
    )
    try:
        result = library.solve(library.world(world), scenario)
    except WinsetError:
        return  # refused by name
    assert missed(result.after).max() <= CLEARING
