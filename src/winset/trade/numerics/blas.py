"""One thread of BLAS for one equilibrium.

The products are small, so threads would wait for each other; and how many of them a product is
divided among decides its last bits, which must not depend on the machine or on what else runs.
"""

from __future__ import annotations

import sys
import threading
from contextlib import ContextDecorator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from types import TracebackType


@lru_cache(maxsize=2)
def _controller(scipy: bool) -> Any:  # scipy brings a BLAS of its own once it is loaded
    from threadpoolctl import ThreadpoolController

    del scipy
    return ThreadpoolController()


def _limit(scipy: bool) -> Any:
    _take_control()
    return _controller(scipy).limit(limits=1, user_api="blas")


def _take_control() -> None:
    """Make this thread the one that threadpoolctl obeys.

    It ignores, without a word, all but the thread that limited OpenBLAS first; our limit is of the
    process, and whichever thread comes first sets it.
    """
    from threadpoolctl import OpenBLASController

    # Versions before 3.7 obey every thread.
    release = getattr(OpenBLASController, "clear_controlling_thread", None)
    if release is not None:
        release(force=True)


class one_thread(ContextDecorator):  # noqa: N801 - reads as a word: with one_thread(): …
    """Limit BLAS to one thread, as a context or as a decorator.

    The limit is of the process, so contexts of several threads share one: the first to enter sets
    it, the last to leave restores what was. One that restored its own would lift it for the others.
    """

    _lock = threading.Lock()
    _inside = 0
    _limits: ClassVar[list[Any]] = []  # one more where scipy came in between
    _scipy = False

    def _recreate_cm(self) -> one_thread:
        return one_thread()

    def __enter__(self) -> None:
        """Set the limit."""
        shared = one_thread
        with shared._lock:
            scipy = "scipy.linalg" in sys.modules
            if not shared._limits or scipy > shared._scipy:
                shared._limits.append(_limit(scipy))
                shared._scipy = scipy
            shared._inside += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Restore what was, unless somebody else still needs the limit."""
        shared = one_thread
        with shared._lock:
            shared._inside -= 1
            while not shared._inside and shared._limits:
                _take_control()
                shared._limits.pop().restore_original_limits()


def stay_with_one_thread() -> None:
    """Limit BLAS to one thread from now on, in a process that solves on threads of its own."""
    import scipy.linalg  # noqa: F401  (a BLAS can be limited only once it is loaded)

    _limit(scipy=True)
