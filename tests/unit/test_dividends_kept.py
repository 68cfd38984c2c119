"""A run of dividends that is ended at any moment goes on where it was, and says the same to the last bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.test_dividends import problem

from winset.errors import DataError
from winset.trade.coalitions import both_ends, dividends, families
from winset.trade.coalitions.kept import RECORD, Kept


class Killed(BaseException):
    """As a signal would, between two parts."""


def said(found: dividends.Dividends | both_ends.BothEnds) -> str:
    if isinstance(found, both_ends.BothEnds):
        arrays = [found.shapley, found.pairs, found.without]
        return repr([found.solved, found.max_residual, [a.tobytes() for a in arrays]])
    return json.dumps(found.to_json()) + repr([found.max_residual, found.values.tobytes()])


@pytest.mark.parametrize("method", [dividends, both_ends])
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_five_times_and_resumed(
    method: Any, workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "unit_of", lambda _: 4)
    made, file = problem(9), tmp_path / "nine.solved"
    more = {"checks": 100} if method is dividends else {}
    whole = said(method.compute(made, order=3, workers=workers, **more))
    solve, done = families.solve_rows, 0

    def until_killed(*arguments: Any) -> Any:
        nonlocal done
        done += 1
        if done % 4 == 0:
            raise Killed
        return solve(*arguments)

    for attempt in range(5):
        monkeypatch.setattr(families, "solve_rows", until_killed)
        with pytest.raises(Killed):
            method.compute(made, order=3, workers=workers, save=file, resume=attempt > 0, **more)
        if attempt == 2:  # in the middle of a record
            with file.open("r+b") as spoiled:
                spoiled.truncate(file.stat().st_size - 9)
    monkeypatch.setattr(families, "solve_rows", solve)
    arguments = {"order": 3, "workers": workers, "save": file, "resume": True, **more}
    assert said(method.compute(made, **arguments)) == whole
    monkeypatch.setattr(families, "solve_rows", None)  # what is finished solves nothing
    assert said(method.compute(made, **arguments)) == whole


def test_files_that_are_refused(tmp_path: Path) -> None:
    made, file = problem(5), tmp_path / "five.solved"

    def run(asked: Any = made, **more: Any) -> None:
        dividends.compute(asked, order=2, checks=20, **more)

    run(save=file)
    sound = file.read_bytes()
    for spoiled, words in (
        (sound[:-1] + bytes([sound[-1] ^ 1]), "is damaged"),
        (b"\x93NUMPY no line of JSON", "does not hold equilibria"),
        (b"{}\n", "does not hold equilibria"),
    ):
        file.write_bytes(spoiled)
        with pytest.raises(DataError, match=words):
            run(save=file, resume=True)
    file.write_bytes(sound)
    with pytest.raises(DataError, match="was begun with another"):
        run(problem(5, percent=-9.0), save=file, resume=True)
    with pytest.raises(DataError, match="exists: go on with it by --resume"):
        run(save=file)
    with pytest.raises(DataError, match="there is no"):
        run(save=tmp_path / "six.solved", resume=True)
    with pytest.raises(DataError, match="--resume needs --save"):
        run(resume=True)
    with Kept.open(made, file, resume=True), pytest.raises(DataError, match="another process"):
        run(save=file, resume=True)
    assert file.read_bytes() == sound
    assert {path.name for path in tmp_path.iterdir()} == {"five.solved"}


def test_a_record_holds_a_part_as_it_was_solved(tmp_path: Path) -> None:
    made = problem(5)
    with families.growth(made, save=tmp_path / "x") as grown:
        inside = np.eye(5, dtype=bool) | np.eye(5, k=1, dtype=bool)
        found = grown.solve(inside, np.zeros((5, len(made.codes))))
        again = grown.solve(inside, np.zeros((5, len(made.codes))))
    for one, other in zip(found, again, strict=True):
        assert one.tobytes() == other.tobytes()
    held = (tmp_path / "x").read_bytes().partition(b"\n")[2]
    assert len(held) == RECORD.size + 8 * 5 * (len(made.codes) + 5 + 2)
