"""The rate of the most favoured nation: what an importer charges who has no preference.

Where the data give it (the column ``mfn`` of tariffs.csv) it is that. Where they do not, it is
inferred for every importer and sector from the rates that the importer applies (decision 11):

1. The positive rates are rounded to four digits and counted over exporters. It is the highest rate
   that at least two exporters and 5 percent of them share: preferences are below the MFN rate, and a
   rate above it, a sanction, is for one or two.
2. Otherwise, in data whose rates differ by each exporter's mix of goods, it is the median of the
   positive rates, the higher one of the middle two.
3. Zero where no rate is positive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from winset.numbers import Array


DIGITS = 4
LEAST_SHARE = 0.05  # of the exporters


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
                result[j, importer] = _usual(positive, max(2.0, LEAST_SHARE * (n - 1)))
    return result


def _usual(positive: Array, least: float) -> float:
    """The highest rate that `least` exporters share, or the upper median; `positive` is sorted."""
    first, counts = np.unique(np.round(positive, DIGITS), return_index=True, return_counts=True)[1:]
    shared = np.flatnonzero(counts >= least)
    if len(shared):
        k = int(shared[-1])
        return float(np.median(positive[first[k] : first[k] + counts[k]]))
    return float(positive[len(positive) // 2])
