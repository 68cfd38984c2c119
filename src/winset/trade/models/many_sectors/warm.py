"""A model with an inner problem as the pair of functions that Newton's method wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from winset.trade.models.many_sectors.equations import Baseline, State, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.numbers import Array

B = TypeVar("B", bound=Baseline)
G = TypeVar("G", bound=Target)
S = TypeVar("S", bound=State)


class WarmEquations(Generic[B, G, S]):
    """Residuals and Jacobian at x; prices and spending begin where the last evaluation found them.

    `evaluate` and `jacobian` are the model's; a state is None where the model has none.
    """

    def __init__(
        self,
        base: B,
        goal: G,
        warm: S | None,
        evaluate: Callable[[B, G, Array, Array | None, Array | None], S | None],
        jacobian: Callable[[B, G, S], Array],
    ) -> None:
        self.base, self.goal, self.last = base, goal, warm
        self._evaluate, self._jacobian = evaluate, jacobian

    def residual(self, x: Array) -> tuple[Array, S | None]:
        """Return the residuals at x and the state."""
        last = self.last
        state = self._evaluate(
            self.base,
            self.goal,
            x,
            None if last is None else last.price,
            None if last is None else last.spending,
        )
        if state is None:
            return np.full(self.base.unknowns, np.nan), None
        self.last = state
        return state.residual, state

    def slope(self, x: Array, state: S | None) -> Array:
        """Return the Jacobian at a state; x is in it."""
        del x
        if state is None:
            return np.full((self.base.unknowns, self.base.unknowns), np.nan)
        return self._jacobian(self.base, self.goal, state)
