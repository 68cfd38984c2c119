r"""Do the exports of one economy fit the imports of another? Indices of trade by sector.

Arrays: J sectors, n economies. `exports` and `imports` are (J, n) in any money, `flows` (n, n) and
`trade` (J, n, n) with rows exporting; domestic sales (a diagonal) are not trade: `by_sector` leaves
them out. Every index is a ratio, so the unit of money cancels. Where a ratio has no base (an economy
without exports, a sector that nobody exports) the index is NaN; where a flow is zero and its base is
not, the index is what its equation gives. One economy alone has nothing to be compared with: its
RCA is 1 in every sector that it exports.

All of them depend on how finely sectors are cut: with few sectors everybody looks alike.

Sources
-------
Balassa (1965), "Trade Liberalisation and 'Revealed' Comparative Advantage", Manchester School 33.
Dalum, Laursen & Villumsen (1998), "Structural Change in OECD Export Specialisation Patterns",
International Review of Applied Economics 12(3).
Drysdale & Garnaut (1982), "Trade Intensities and the Analysis of Bilateral Trade Flows in a
Many-Country World: A Survey", Hitotsubashi Journal of Economics 22(2).
Finger & Kreinin (1979), "A Measure of 'Export Similarity' and Its Possible Uses", Economic Journal 89.
Grubel & Lloyd (1975), Intra-Industry Trade, Macmillan.
Iapadre & Tajoli (2014), "Emerging countries and trade regionalization. A network analysis",
Journal of Policy Modeling 36.
Lafay (1992), "The Measurement of Revealed Comparative Advantages", in Dagenais & Muet (eds.),
International Trade Modelling, Chapman & Hall.
Michaely (1996), "Trade Preferential Agreements in Latin America: An Ex-Ante Assessment", World Bank
Policy Research Working Paper 1583.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from winset.numbers import Array


def by_sector(trade: Array) -> tuple[Array, Array]:
    """Return exports and imports, (J, n) each, of flows (J, n, n); domestic sales left out.

    >>> exports, imports = by_sector(np.array([[[9.0, 2.0], [3.0, 9.0]]]))
    >>> exports.tolist(), imports.tolist()
    ([[2.0, 3.0]], [[3.0, 2.0]])
    """
    home = trade.diagonal(axis1=1, axis2=2)
    return np.asarray(trade.sum(axis=2) - home), np.asarray(trade.sum(axis=1) - home)


def shares(amounts: Array) -> Array:
    """Return amounts over the sum of their column, (J, n); NaN in a column without any."""
    return _ratio(amounts, np.broadcast_to(amounts.sum(axis=0), amounts.shape))


def rca(exports: Array) -> Array:
    r"""Revealed comparative advantage (Balassa 1965), (J, n), ≥ 0, neutral at 1.

    ``RCA_i^j = (X_i^j / Σ_j X_i^j) / (Σ_i X_i^j / Σ_ij X_i^j)``: the share of a sector in an
    economy's exports over its share in the exports of all.

    >>> rca(np.array([[30.0, 10.0], [10.0, 30.0]]))[:, 0].tolist()
    [1.5, 0.5]
    """
    world = shares(exports.sum(axis=1, keepdims=True))
    return _ratio(shares(exports), np.broadcast_to(world, exports.shape))


def symmetric(index: Array) -> Array:
    """Map an index that is neutral at 1 to one that is neutral at 0: ``(I − 1)/(I + 1)``, in [−1, 1].

    Of RCA it is RSCA (Dalum, Laursen & Villumsen 1998): −1 where nothing is exported. Any shape.

    >>> symmetric(np.array([0.0, 1.0, 3.0])).tolist()
    [-1.0, 0.0, 0.5]
    """
    return np.asarray((index - 1.0) / (index + 1.0))


def michaely(exports: Array, imports: Array) -> Array:
    r"""Trade complementarity (Michaely 1996), (n, n), in [0, 1]; rows export.

    ``C_in = 1 − ½ Σ_j |m_n^j − x_i^j|`` with the sector shares x of i's exports and m of n's imports:
    1 where i exports just what n imports, 0 where nothing that i exports is imported by n. It is
    about composition, not size, and not symmetric. The diagonal compares an economy's own exports
    and imports.

    >>> michaely(np.array([[3.0, 1.0], [1.0, 1.0]]), np.array([[1.0, 0.0], [1.0, 1.0]])).tolist()
    [[0.75, 0.25], [1.0, 0.5]]
    """
    return _overlap(shares(exports), shares(imports))


def export_similarity(exports: Array) -> Array:
    r"""Export similarity (Finger & Kreinin 1979), (n, n), symmetric, in [0, 1].

    ``S_ab = Σ_j min(x_a^j, x_b^j)`` with sector shares x; 1 on the diagonal: two economies that
    compete in the same sectors. Given exports to all it is the general index; given those to one
    market, ``trade[:, :, market]``, it is the article's index of similarity in a third market.

    >>> export_similarity(np.array([[3.0, 1.0], [1.0, 3.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    return _overlap(shares(exports), shares(exports))


def grubel_lloyd(exports: Array, imports: Array) -> Array:
    r"""Intra-industry trade by sector (Grubel & Lloyd 1975), in [0, 1], any shape.

    ``GL = 1 − |X − M| / (X + M)``: 1 where exports equal imports, 0 where trade goes one way, NaN
    where there is none.

    >>> grubel_lloyd(np.array([4.0, 5.0]), np.array([0.0, 5.0])).tolist()
    [0.0, 1.0]
    """
    return 1.0 - _ratio(np.abs(exports - imports), exports + imports)


def grubel_lloyd_total(exports: Array, imports: Array) -> Array:
    r"""Intra-industry trade over all sectors (axis 0), weighted by trade, in [0, 1].

    ``GL = 1 − Σ_j |X^j − M^j| / Σ_j (X^j + M^j)``. Of (J, n) it is (n,); of ``trade`` and its
    transpose, ``trade.transpose(0, 2, 1)``, it is that of every pair, (n, n).

    >>> grubel_lloyd_total(np.array([[4.0], [5.0]]), np.array([[0.0], [5.0]])).tolist()
    [0.7142857142857143]
    """
    return 1.0 - _ratio(np.abs(exports - imports).sum(axis=0), (exports + imports).sum(axis=0))


def lafay(exports: Array, imports: Array) -> Array:
    r"""Contribution of a sector to the trade balance (Lafay 1992), (J, n), percentage points.

    ``LFI^j = 100 [ (X^j − M^j)/(X^j + M^j) − Σ(X − M)/Σ(X + M) ] · (X^j + M^j)/Σ(X + M)``: positive
    where a sector does better than the economy's trade as a whole. Sums to zero over sectors. A
    sector without trade contributes nothing.

    >>> lafay(np.array([[3.0], [1.0]]), np.array([[1.0], [3.0]])).tolist()
    [[25.0], [-25.0]]
    """
    net, gross = exports - imports, exports + imports
    total = np.broadcast_to(gross.sum(axis=0), gross.shape)
    balance = _ratio(np.broadcast_to(net.sum(axis=0), net.shape), total)
    # (net/gross − balance) · gross, written so that a sector without trade is 0 and not 0/0
    return 100.0 * _ratio(net - balance * gross, total)


def trade_intensity(flows: Array) -> Array:
    r"""Trade intensity (Brown 1949, Kojima 1964; Drysdale & Garnaut 1982), (n, n), neutral at 1.

    ``I_in = (X_in / X_i) / (M_n / (M − M_i))``: the share of n in i's exports over its share in the
    imports of all but i, which does not export to itself. Rows export; NaN on the diagonal, where
    i exports nothing, and where n imports nothing.

    >>> trade_intensity(np.array([[0.0, 2.0, 2.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]))[0].tolist()
    [nan, 1.0, 1.0]
    """
    abroad = _abroad(flows)
    exports = abroad.sum(axis=1, keepdims=True)
    imports = abroad.sum(axis=0)
    share = _ratio(abroad, np.broadcast_to(exports, abroad.shape))
    others = np.broadcast_to((imports.sum() - imports)[:, None], abroad.shape)
    result = _ratio(share, _ratio(np.broadcast_to(imports, abroad.shape), others))
    np.fill_diagonal(result, np.nan)
    return result


def trade_preference(flows: Array) -> Array:
    r"""Revealed trade preference (Iapadre & Tajoli 2014), (n, n), symmetric, in [−1, 1].

    Of two-way trade ``T_in = X_in + X_ni`` with its sums ``T_i`` and ``T``: the share of n in i's
    trade over its share in the trade of the rest of the world, and the same for all but n,

        HI = (T_in/T_i) / ((T_n − T_in)/(T − T_i)),    HE = (1 − T_in/T_i) / (1 − (T_n − T_in)/(T − T_i)),
        RTP = (HI − HE)/(HI + HE) = (T_in d − b c)/(T_in d + b c)

    with ``b = T_i − T_in``, ``c = T_n − T_in``, ``d = T − T_i − T_n + T_in``. About 0 where a pair
    trades as the sizes of both suggest (the more economies, the nearer), 1 where it trades with nobody
    else, −1 where it does not trade. Its range does not depend on size, and it is the same from both
    ends. NaN on the diagonal and for an economy that does not trade.

    >>> flows = np.array([[0.0, 3.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    >>> round(float(trade_preference(flows)[0, 1]), 4)
    0.7778
    """
    abroad = _abroad(flows)
    both = abroad + abroad.T
    size = both.sum(axis=1)
    across = (size[:, None] - both) * (size[None, :] - both)
    inside = both * (size.sum() - size[:, None] - size[None, :] + both)
    result = _ratio(inside - across, inside + across)
    np.fill_diagonal(result, np.nan)
    return result


def _overlap(left: Array, right: Array) -> Array:
    """Return Σ_j min(left_i^j, right_n^j) = 1 − ½ Σ_j |left − right| for columns that sum to one."""
    return np.asarray(np.minimum(left[:, :, None], right[:, None, :]).sum(axis=0))


def _abroad(flows: Array) -> Array:
    result = np.array(flows, dtype=np.float64)
    np.fill_diagonal(result, 0.0)
    return result


def _ratio(part: Array, whole: Array) -> Array:
    """Return part/whole, NaN where the whole is zero."""
    return np.asarray(np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0))
