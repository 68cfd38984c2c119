"""Small random worlds and scenarios for the properties."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from winset.scenario import Scenario, parse
from winset.worlds import World

NAMES = [f"C{k:02d}" for k in range(40)]
#: Parameters that close a model in one way each, and in all at once.
CLOSURES: list[dict[str, Any]] = [
    {},
    {"deficits": "multiplicative"},
    {"labor_supply_elasticity": 0.5, "scale_elasticity": 0.1},
    {"labor_supply_elasticity": 0.5, "revenue": "income-tax"},
    {"deficits": "multiplicative", "labor_supply_elasticity": 0.5, "scale_elasticity": 0.1,
     "revenue": "income-tax"},
]  # fmt: skip


def build(
    flows: np.ndarray, tariff: np.ndarray | None = None, codes: list[str] | None = None
) -> World:
    """Make a world of flows with domestic sales."""
    n = len(flows)
    codes = codes or NAMES[:n]
    rates = np.zeros((n, n)) if tariff is None else tariff
    return World(
        name="test",
        year=2023,
        codes=tuple(codes),
        names=tuple(codes),
        gdp=np.full(n, np.nan),
        sectors=("goods",),
        trade=np.array(flows, dtype=float)[None],
        tariff=np.array(rates, dtype=float)[None],
        domestic_known=True,
    )


@st.composite
def worlds(draw: st.DrawFn, *, tariffs: bool = True, balanced: bool = False) -> World:
    """Draw a world of 3 to 7 economies that sell most of their output at home."""
    n = draw(st.integers(3, 7))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    size = np.exp(generator.normal(0, 1.5, n)) * 1e4
    flows = np.outer(size, size) / size.sum() * np.exp(generator.normal(0, 1, (n, n))) * 0.2
    if balanced:
        flows = (flows + flows.T) / 2
    np.fill_diagonal(flows, 0.0)
    np.fill_diagonal(flows, size + 8 * np.maximum(flows.sum(axis=1), flows.sum(axis=0)))
    tariff = generator.uniform(0, 0.3, (n, n)) if tariffs else np.zeros((n, n))
    np.fill_diagonal(tariff, 0.0)
    return build(flows, tariff)


def parameters(*, closures: bool = True) -> st.SearchStrategy[dict[str, object]]:
    """Draw parameters over every closure, labor supply, scale and use of revenue."""
    return st.fixed_dictionaries(
        {
            "trade_elasticity": st.floats(1.5, 9.0),
            "value_added_share": st.floats(0.3, 1.0),
            "deficits": st.sampled_from(
                ["world-share", "multiplicative", "additive", "balanced"]
                if closures
                else ["world-share"]
            ),
            "labor_supply_elasticity": st.sampled_from([0.0, 0.0, 0.5]),
            "scale_elasticity": st.sampled_from([0.0, 0.1]),
            "revenue": st.sampled_from(["lump-sum", "income-tax"]),
        }
    )


def scenario(settings: dict[str, object], *changes: dict[str, object]) -> Scenario:
    """Make a scenario of plain dictionaries."""
    return parse({"parameters": settings, "change": list(changes), "on": "2025-09-01"})


def cheaper(*codes: str, percent: float = -15.0) -> dict[str, object]:
    """A fall in the cost of trade among some economies."""
    return {"kind": "trade-cost", "among": list(codes), "percent": percent}
