"""One thread of BLAS for one equilibrium, whichever library is loaded when."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from winset.trade.numerics.blas import one_thread

KERNEL = """
import winset, importlib
from threadpoolctl import threadpool_info
from winset.trade.coalitions import compute
problem = compute.prepare(
    winset.world(), winset.Scenario.from_toml("sco-2025"), ["KAZ", "KGZ", "RUS", "BLR"]
)
module = importlib.import_module("winset.trade.coalitions.batch_kernel")
whole = module.solve_block
def watched(*given):
    out = whole(*given)
    print(sorted({i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"}))
    return out
module.solve_block = watched
compute.solve_unit(problem, 0)
"""


def test_a_kernel_never_runs_on_a_blas_that_came_after_the_limit() -> None:
    """numba loads SciPy's BLAS with its first product: inside the limit, which did not know of it."""
    done = subprocess.run(
        [sys.executable, "-c", KERNEL], capture_output=True, text=True, check=False
    )
    assert done.stdout == "[1]\n", done.stdout + done.stderr[-500:]


def threads() -> set[int]:
    return {i["num_threads"] for i in threadpool_info() if i["user_api"] == "blas"}


@pytest.fixture
def two() -> Any:
    """Two threads of BLAS outside, as far as the machine has them."""
    with threadpool_limits(limits=2, user_api="blas"):
        yield threads()


def test_the_limit_holds_inside_and_is_lifted_after(two: set[int]) -> None:
    with one_thread():
        assert threads() == {1}
        with one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == two


def test_the_limit_of_one_thread_is_not_lifted_by_another(two: set[int]) -> None:
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with one_thread():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with one_thread():
        thread.start()
        entered.wait(10)
        leave.set()
        thread.join()
        assert threads() == {1}
    assert threads() == two
