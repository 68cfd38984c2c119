"""One thread of BLAS for one equilibrium.

The products are small, so threads would wait for each other; and how many of them a product is
divided among decides its last bits, which must not depend on the machine or on what else runs.
"""

from __future__ import annotations

import sys
from contextlib import ContextDecorator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType


@lru_cache(maxsize=2)
def _controller(scipy: bool) -> Any:  # scipy brings a BLAS of its own once it is loaded
    from threadpoolctl import ThreadpoolController

    del scipy
    return ThreadpoolController()


def _limit() -> Any:
    return _controller("scipy.linalg" in sys.modules).limit(limits=1, user_api="blas")


class one_thread(ContextDecorator):  # noqa: N801 - reads as a word: with one_thread(): …
    """Limit BLAS to one thread, as a context or as a decorator."""

    def _recreate_cm(self) -> one_thread:
        return one_thread()

    def __enter__(self) -> None:
        """Set the limit."""
        self._limit = _limit()
        self._limit.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Restore what was."""
        self._limit.__exit__(kind, error, trace)


def stay_with_one_thread() -> None:
    """Limit BLAS to one thread from now on, in a process that solves on threads of its own."""
    import scipy.linalg  # noqa: F401  (a BLAS can be limited only once it is loaded)

    _limit()
