"""One thread of BLAS for one equilibrium.

The products are small, so threads would wait for each other; and how many of them a product is
divided among decides its last bits, which must not depend on the machine or on what else runs.
"""

from __future__ import annotations

import threading
from contextlib import ContextDecorator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType


@lru_cache(maxsize=1)
def _controller() -> Any:
    import scipy.linalg  # noqa: F401  (a BLAS can be limited only once it is loaded)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


class one_thread(ContextDecorator):  # noqa: N801 - reads as a word: with one_thread(): …
    """Limit BLAS to one thread, as a context or as a decorator.

    The limit is of the process, so contexts of several threads share one: the first to enter sets
    it, the last to leave restores what was. One that restored its own would lift it for the others.
    """

    _lock = threading.Lock()
    _inside = 0
    _limit: Any = None

    def _recreate_cm(self) -> one_thread:
        return one_thread()

    def __enter__(self) -> None:
        """Set the limit."""
        with one_thread._lock:
            if one_thread._inside == 0:
                one_thread._limit = _controller().limit(limits=1, user_api="blas")
            one_thread._inside += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Restore what was, if nobody else needs the limit."""
        with one_thread._lock:
            one_thread._inside -= 1
            if one_thread._inside == 0:
                one_thread._limit.restore_original_limits()
                one_thread._limit = None


def stay_with_one_thread() -> None:
    """Limit BLAS to one thread from now on, in a process that solves on threads of its own."""
    _controller().limit(limits=1, user_api="blas")
