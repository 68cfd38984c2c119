"""Compiled kernels that numba keeps and cannot load: one message that says how to clear them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from winset import cli
from winset.trade.numerics.kernels import damaged_cache

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
from numba import njit

@njit(cache=True)
def twice(x):
    return 2 * x
"""


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("content", [b"", b"\x80", b"noise", None])
def test_a_damaged_cache_is_told(
    ending: str, content: bytes | None, tmp_path: Path, winset: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`None`: the file that numba wrote, cut in half."""
    name = f"kernel_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def called(*_: Any) -> None:
        sys.modules.pop(name, None)
        assert __import__(name).twice(21) == 42

    called()
    (kept,) = (tmp_path / "__pycache__").glob(f"*.{ending}")
    sound = kept.read_bytes()
    kept.write_bytes(sound[: len(sound) // 2] if content is None else content)
    monkeypatch.setattr(cli, "app", called)
    said = winset("share", "sco-2025")
    assert said.code == 2
    assert "Traceback" not in said.err
    assert said.err.startswith(
        f"winset: the compiled kernels in {tmp_path / '__pycache__'} are damaged."
    )
    for path in (tmp_path / "__pycache__").glob("*.nb[ic]"):  # as the message says
        path.unlink()
    assert winset("share", "sco-2025").code == 0


def test_other_errors_are_none_of_the_cache(winset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall() -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(cli, "app", fall)
    with pytest.raises(KeyError, match="a fault of ours") as told:
        winset("run")
    assert damaged_cache(told.value) == ""
