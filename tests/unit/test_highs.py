"""One process, several models of HiGHS: whoever comes second is solved too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_a_package_is_found_after_a_division_and_before_one(tmp_path: Path, winset: Any) -> None:
    game = tmp_path / "game.csv"
    game.write_text("coalition,value\nA,1\nB,2\nC,1\nA+B,7\nA+C,5\nB+C,6\nA+B+C,12\n")
    for _ in range(2):
        assert winset("share", "--game", game).code == 0
        said = winset("offer", "china-india", "--top", 1)
        assert said.code == 0, said.err
