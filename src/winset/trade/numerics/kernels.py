"""What is asked of compiled kernels as such."""

from __future__ import annotations

from typing import Any

FAST = {"reassoc", "contract", "arcp", "nsz"}  # NaN and infinity keep their meaning


def cached(kernel: Any) -> bool:
    """Tell whether a kernel compiled earlier is at hand, so that it need not be compiled now.

    Asked of numba's own index, which knows under which name it is kept and whether the source has
    changed since; numba has no public way to ask.
    """
    return bool(kernel._cache._cache_file._load_index())
