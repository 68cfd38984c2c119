"""Indices of trade by sector: bounds, symmetry, sums, and no dependence on the unit of money."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from winset.gravity import complementarity

CELL = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))


@st.composite
def cubes(draw: st.DrawFn) -> np.ndarray:
    """Trade by sector, exporter and importer, many cells without any."""
    count, n = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    return draw(arrays.arrays(np.float64, (count, n, n), elements=CELL))


def within(values: np.ndarray, low: float, high: float) -> bool:
    seen = values[~np.isnan(values)]
    return bool(np.all((seen >= low - 1e-12) & (seen <= high + 1e-12)))


@given(cubes())
def test_bounds(trade: np.ndarray) -> None:
    exports, imports = complementarity.by_sector(trade)
    assert within(complementarity.rca(exports), 0, np.inf)
    assert within(complementarity.symmetric(complementarity.rca(exports)), -1, 1)
    assert within(complementarity.michaely(exports, imports), 0, 1)
    assert within(complementarity.export_similarity(exports), 0, 1)
    assert within(complementarity.grubel_lloyd(exports, imports), 0, 1)
    assert within(complementarity.grubel_lloyd_total(exports, imports), 0, 1)
    assert within(complementarity.trade_intensity(trade.sum(axis=0)), 0, np.inf)
    assert within(complementarity.trade_preference(trade.sum(axis=0)), -1, 1)


@given(cubes())
def test_symmetry(trade: np.ndarray) -> None:
    exports, _ = complementarity.by_sector(trade)
    similar = complementarity.export_similarity(exports)
    np.testing.assert_array_equal(similar, similar.T)
    np.testing.assert_allclose(similar.diagonal()[exports.sum(axis=0) > 0], 1.0)
    pairs = complementarity.grubel_lloyd_total(trade, trade.transpose(0, 2, 1))
    np.testing.assert_allclose(pairs, pairs.T)
    preference = complementarity.trade_preference(trade.sum(axis=0))
    np.testing.assert_allclose(preference, preference.T, atol=1e-12)


@given(cubes())
def test_means_and_sums(trade: np.ndarray) -> None:
    """RCA weighted by the world's shares is 1, Lafay sums to zero."""
    exports, imports = complementarity.by_sector(trade)
    world = exports.sum(axis=1) / max(exports.sum(), 1e-300)
    advantage = complementarity.rca(exports)
    for column in advantage.T[exports.sum(axis=0) > 0]:
        assert np.nansum(world * column) == pytest.approx(1.0)
    for column in complementarity.lafay(exports, imports).T:
        assert np.isnan(column).all() or column.sum() == pytest.approx(0.0, abs=1e-9)


@given(cubes(), st.floats(1e-3, 1e3))
def test_the_unit_of_money_does_not_matter(trade: np.ndarray, unit: float) -> None:
    exports, imports = complementarity.by_sector(trade)
    flows = trade.sum(axis=0)
    for one, other in (
        (complementarity.rca(exports), complementarity.rca(unit * exports)),
        (
            complementarity.michaely(exports, imports),
            complementarity.michaely(unit * exports, unit * imports),
        ),
        (
            complementarity.export_similarity(exports),
            complementarity.export_similarity(unit * exports),
        ),
        (
            complementarity.grubel_lloyd(exports, imports),
            complementarity.grubel_lloyd(unit * exports, unit * imports),
        ),
        (
            complementarity.lafay(exports, imports),
            complementarity.lafay(unit * exports, unit * imports),
        ),
        (complementarity.trade_intensity(flows), complementarity.trade_intensity(unit * flows)),
        (complementarity.trade_preference(flows), complementarity.trade_preference(unit * flows)),
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


@given(cubes(), st.integers(0, 3), st.floats(1e-2, 1e2))
def test_complementarity_is_about_composition_not_size(
    trade: np.ndarray, which: int, factor: float
) -> None:
    """An economy that exports and imports more of everything fits as before."""
    exports, imports = complementarity.by_sector(trade)
    k = which % exports.shape[1]
    more, need = exports.copy(), imports.copy()
    more[:, k] *= factor
    need[:, k] *= factor
    np.testing.assert_allclose(
        complementarity.michaely(more, need),
        complementarity.michaely(exports, imports),
        rtol=1e-9,
        atol=1e-9,
    )
