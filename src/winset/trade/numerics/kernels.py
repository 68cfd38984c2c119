"""What is asked of compiled kernels as such."""

from __future__ import annotations

import traceback
from typing import Any

FAST = {"reassoc", "contract", "arcp", "nsz"}  # NaN and infinity keep their meaning
#: Options of `numba.njit`. By zero numba divides as numpy does: the kernel judges what comes of it, where
#: an exception would end the run.
KERNEL: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
FAST_KERNEL: dict[str, Any] = KERNEL | {"fastmath": FAST}


def cached(kernel: Any) -> bool:
    """Tell whether a kernel compiled earlier is at hand, so that it need not be compiled now.

    Asked of numba's own index, which knows under which name it is kept and whether the source has
    changed since; numba has no public way to ask.
    """
    return bool(kernel._cache._cache_file._load_index())


def damaged_cache(error: BaseException) -> str:
    """Say where numba keeps the compiled kernels that it could not load; blank for any other error.

    Numba reads its cache without checking it, so that a damaged file raises whatever it raises.
    """
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__") == "numba.core.caching":
            keeper = frame.f_locals.get("self")
            if place := getattr(keeper, "_cache_path", ""):
                return str(place)
    return ""
