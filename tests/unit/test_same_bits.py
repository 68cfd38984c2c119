"""What a command prints does not depend on how many threads BLAS has, which machines decide.

Products are divided among threads, and that changes the order of their sums and so the last bits: every
study limits BLAS to one thread (`winset.trade.numerics.blas`), and one that forgets it is found here.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from threadpoolctl import threadpool_limits

from winset.trade.numerics.blas import _take_control

COMMANDS = [
    ("run", "sco-2025", "--draws", "4"),
    ("run", "nafta", "--draws", "2"),
    ("share", "sco-2025", "--players", "EAEU"),
    ("share", "sco-2025", "--players", "SCO", "--method", "dividends", "--order", "3"),
    ("war", "icio-2022", "--players", "CHN,USA", "--balanced"),
    ("union", "EAEU"),
    ("match", "EAEU", "--on", "2025-09-01"),
    ("deal", "sco-summit-2025"),
    ("agree", "EAEU", "--years", "2015-2019"),
    ("vote", "population", "--members", "SCO"),
    ("even", "SCO"),
    ("offer", "china-india"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_threads_of_blas_do_not_reach_the_last_bits(winset: Any, command: tuple[str, ...]) -> None:
    said = []
    for count in (2, 1):
        _take_control()
        with threadpool_limits(count, user_api="blas"):
            one = winset(*command, "--json").json
        said.append(json.dumps(without_seconds(one)))
    assert said[0] == said[1]


def without_seconds(said: Any) -> Any:
    """Leave out how long it took, wherever that stands."""
    if isinstance(said, dict):
        return {key: without_seconds(one) for key, one in said.items() if key != "seconds"}
    return [without_seconds(one) for one in said] if isinstance(said, list) else said
