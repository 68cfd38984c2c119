"""Indices of trade by sector: small cases by hand, one economy, no trade."""

from __future__ import annotations

import numpy as np
import pytest

from winset.gravity import complementarity

EXPORTS = np.array([[6.0, 1.0, 1.0], [2.0, 3.0, 3.0]])
IMPORTS = np.array([[2.0, 4.0, 2.0], [4.0, 0.0, 4.0]])


def test_by_sector_leaves_domestic_sales_out() -> None:
    trade = np.array([[[100.0, 1.0, 2.0], [3.0, 100.0, 4.0], [5.0, 6.0, 100.0]]])
    exports, imports = complementarity.by_sector(trade)
    assert exports.tolist() == [[3.0, 7.0, 11.0]]
    assert imports.tolist() == [[8.0, 7.0, 6.0]]


def test_rca_is_the_share_over_the_worlds() -> None:
    # shares of A: 3/4 and 1/4; of the world 8/16 each
    np.testing.assert_allclose(complementarity.rca(EXPORTS), [[1.5, 0.5, 0.5], [0.5, 1.5, 1.5]])


def test_symmetric_rca() -> None:
    np.testing.assert_allclose(
        complementarity.symmetric(complementarity.rca(EXPORTS))[:, 0], [0.2, -1 / 3]
    )


def test_rca_of_one_economy_alone_is_one_where_it_exports() -> None:
    found = complementarity.rca(np.array([[5.0], [3.0], [0.0]]))
    assert found[:2, 0].tolist() == [1.0, 1.0]
    assert np.isnan(found[2, 0])  # nobody exports it: nothing to compare with


def test_rca_of_an_economy_without_exports_is_nan_and_disturbs_nobody() -> None:
    found = complementarity.rca(np.hstack([EXPORTS, np.zeros((2, 1))]))
    assert np.isnan(found[:, 3]).all()
    np.testing.assert_allclose(found[:, :3], complementarity.rca(EXPORTS))


def test_rca_is_zero_where_others_export() -> None:
    assert complementarity.rca(np.array([[0.0, 2.0], [1.0, 2.0]]))[0, 0] == 0.0


def test_michaely() -> None:
    # A exports (3/4, 1/4); B imports (1, 0): 1 − (1/4 + 1/4)/2; C imports (1/3, 2/3): 1 − 5/12
    found = complementarity.michaely(EXPORTS, IMPORTS)
    assert found[0, 1] == pytest.approx(0.75)
    assert found[0, 2] == pytest.approx(1 - 5 / 12)
    # B exports (1/4, 3/4), A imports (1/3, 2/3)
    assert found[1, 0] == pytest.approx(1 - 1 / 12)


def test_michaely_ends() -> None:
    ends = complementarity.michaely(
        np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 7.0], [2.0, 0.0]])
    )
    assert ends.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert np.isnan(complementarity.michaely(np.zeros((2, 2)), np.ones((2, 2)))).all()


def test_export_similarity_in_the_world_and_in_a_third_market() -> None:
    found = complementarity.export_similarity(EXPORTS)
    assert found[0, 1] == pytest.approx(0.5)  # min(3/4, 1/4) + min(1/4, 3/4)
    assert found[1, 2] == pytest.approx(1.0)
    trade = np.array([[[0.0, 9.0, 1.0], [1.0, 0.0, 3.0], [0.0, 0.0, 0.0]]] * 2)
    trade[1, 1, 2] = 1.0
    there = complementarity.export_similarity(trade[:, :, 2])
    assert there[0, 1] == pytest.approx(0.75)  # (1/2, 1/2) and (3/4, 1/4)


def test_grubel_lloyd() -> None:
    found = complementarity.grubel_lloyd(
        np.array([[4.0], [3.0], [0.0]]), np.array([[4.0], [1.0], [0.0]])
    )
    assert found[:2, 0].tolist() == [1.0, 0.5]
    assert np.isnan(found[2, 0])
    total = complementarity.grubel_lloyd_total(np.array([[4.0], [3.0]]), np.array([[4.0], [1.0]]))
    assert total.tolist() == [pytest.approx(1 - 2 / 12)]


def test_grubel_lloyd_of_a_pair_is_the_same_from_both_ends() -> None:
    trade = np.array([[[0.0, 3.0], [1.0, 0.0]], [[0.0, 2.0], [2.0, 0.0]]])
    found = complementarity.grubel_lloyd_total(trade, trade.transpose(0, 2, 1))
    assert found[0, 1] == found[1, 0] == pytest.approx(1 - 2 / 8)


def test_lafay() -> None:
    # A: X (6, 2), M (2, 4): balance 2/14; sector 1: (4/8 − 2/14) · 8/14
    found = complementarity.lafay(EXPORTS, IMPORTS)
    assert found[0, 0] == pytest.approx(100 * (4 / 8 - 2 / 14) * 8 / 14)
    assert found[1, 0] == pytest.approx(-found[0, 0])


def test_lafay_of_a_sector_without_trade_is_zero_and_of_no_trade_nan() -> None:
    found = complementarity.lafay(
        np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[2.0, 0.0], [0.0, 0.0]])
    )
    assert found[:, 0].tolist() == [0.0, 0.0]
    assert np.isnan(found[:, 1]).all()


FLOWS = np.array([[50.0, 4.0, 2.0], [2.0, 50.0, 2.0], [1.0, 3.0, 50.0]])


def test_trade_intensity() -> None:
    # A sells 4 of its 6 to B; B imports 7 of the 11 that all but A import
    found = complementarity.trade_intensity(FLOWS)
    assert found[0, 1] == pytest.approx((4 / 6) / (7 / 11))
    assert np.isnan(found.diagonal()).all()


def test_trade_intensity_of_even_trade_is_one() -> None:
    found = complementarity.trade_intensity(np.ones((5, 5)))
    np.testing.assert_allclose(found[~np.eye(5, dtype=bool)], 1.0)


def test_trade_intensity_without_exports_is_nan() -> None:
    flows = FLOWS.copy()
    flows[0, 1:] = 0.0
    assert np.isnan(complementarity.trade_intensity(flows)[0]).all()


def test_trade_preference() -> None:
    # T: AB 6, AC 3, BC 5; sizes 9, 11, 8, in all 28
    share, others = 6 / 9, 5 / 19
    inward, outward = share / others, (1 - share) / (1 - others)
    found = complementarity.trade_preference(FLOWS)
    assert found[0, 1] == pytest.approx((inward - outward) / (inward + outward))
    assert found[0, 1] == found[1, 0]


def test_trade_preference_ends() -> None:
    flows = np.zeros((4, 4))
    flows[0, 1], flows[2, 3] = 3.0, 5.0
    found = complementarity.trade_preference(flows)
    assert found[0, 1] == found[1, 0] == 1.0
    assert found[0, 2] == -1.0
    assert np.isnan(complementarity.trade_preference(np.zeros((3, 3)))).all()
