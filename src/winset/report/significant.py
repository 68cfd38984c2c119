"""Figures by the digits that count, and bounds that are as good as nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from winset.report.speech import local

if TYPE_CHECKING:
    from typing import SupportsFloat


def figure(value: SupportsFloat, digits: int) -> str:
    """Write a figure with so many digits that count."""
    return local(f"{float(value):,.{digits}g}")


def signed_figure(value: float) -> str:
    return local(f"{value:+,.5g}".replace("-", "−"))


def at_most(value: float, digits: int) -> str:
    """Write a bound with so many decimals that it is not below the value, and never zero.

    >>> at_most(3e-9, 4), at_most(0.12341, 4)
    ('0.0001', '0.1235')
    """
    scale = 10**digits
    return local(f"{max(math.ceil(scale * abs(value)), 1) / scale:.{digits}f}")
