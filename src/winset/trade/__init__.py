"""Who gains, who loses: equilibria of world trade."""

from winset.trade.result import TradeResult
from winset.trade.solver import solve

__all__ = ["TradeResult", "solve"]
