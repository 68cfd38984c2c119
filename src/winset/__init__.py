"""winset: the open laboratory for international cooperation.

The public names are loaded when first used, so that ``import winset`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "1.0.0"

_PUBLIC = {
    "ConvergenceError": "winset.errors",
    "DataError": "winset.errors",
    "InfeasibleError": "winset.errors",
    "WinsetError": "winset.errors",
    "Parameters": "winset.scenario",
    "Scenario": "winset.scenario",
    "TradeResult": "winset.trade",
    "World": "winset.worlds",
    "read_world": "winset.worlds",
    "solve": "winset.trade",
    "world": "winset.worlds",
    "write_world": "winset.worlds",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    try:
        module = _PUBLIC[name]
    except KeyError:
        raise AttributeError(f"module 'winset' has no attribute {name!r}") from None
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted(__all__)
