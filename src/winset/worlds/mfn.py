"""The rate of the most favoured nation: what an importer charges who has no preference.

Where the data give it (the column ``mfn`` of tariffs.csv) it is that. Where they do not, it is
inferred for every importer and sector from the rates that the importer applies (decision 11):

1. The positive rates are rounded to four digits and counted over exporters. The rate that most of
   them face, if at least two and a quarter of them do; of several such, the highest.
2. Otherwise, in data whose rates differ by each exporter's mix of goods, the median of the positive
   rates, the higher one of the middle two.
3. Zero where no rate is positive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DIGITS = 4
LEAST_SHARE = 0.25  # of the exporters with a positive rate


def inferred(tariff: Array) -> Array:
    """Return the rate of every sector and importer, (J, n), from applied rates, (J, n, n).

    >>> rates = np.array([[[0.0, 0.0, 0.1], [0.2, 0.0, 0.1], [0.2, 0.05, 0.0]]])
    >>> inferred(rates)
    array([[0.2 , 0.05, 0.1 ]])
    """
    count, n = tariff.shape[0], tariff.shape[-1]
    result = np.zeros((count, n))
    for j in range(count):
        for importer in range(n):
            rates = np.delete(tariff[j, :, importer], importer)
            positive = np.sort(rates[rates > 0])
            if len(positive):
                result[j, importer] = _usual(positive)
    return result


def _usual(positive: Array) -> float:
    """The rate that most face, or the upper median; `positive` is sorted."""
    rounded, first, counts = np.unique(
        np.round(positive, DIGITS), return_index=True, return_counts=True
    )
    most = int(counts.max())
    if most >= 2 and most >= LEAST_SHARE * len(positive):
        k = int(np.flatnonzero(counts == most)[-1])
        return float(np.median(positive[first[k] : first[k] + most]))
    return float(positive[len(positive) // 2])
