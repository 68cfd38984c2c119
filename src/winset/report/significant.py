"""Figures of a common good by the digits that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report.speech import local

if TYPE_CHECKING:
    from typing import SupportsFloat


def figure(value: SupportsFloat, digits: int) -> str:
    """Write a figure with so many digits that count."""
    return local(f"{float(value):,.{digits}g}")


def signed_figure(value: float) -> str:
    return local(f"{value:+,.5g}".replace("-", "−"))
