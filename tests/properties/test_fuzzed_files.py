"""A file that is spoiled is read or refused: exit 0, or exit 2 with one message, within five seconds.

A failure names a kind and a number: ``python -m benchmarks fuzz`` tries ten thousand, and
``tests.properties.fuzzing.spoiled(kind, number)`` returns the file.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.properties.fuzzing import KINDS, given, spoiled, tried

#: Files in all; the bench asks for more with WINSET_FUZZED.
COUNT = int(os.environ.get("WINSET_FUZZED", "560"))


@pytest.mark.parametrize("name", KINDS)
def test_spoiled_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    found = {k: tried(name, k, tmp_path / str(k)) for k in range(COUNT // len(KINDS))}
    faults = {k: said.fault for k, said in found.items() if said.fault}
    assert not faults, (name, faults, {k: spoiled(name, k) for k in list(faults)[:2]})
    codes = {said.code for said in found.values()}
    assert codes == {0, 2}  # some are sound after all, and some are not


@pytest.mark.parametrize("name", KINDS)
def test_the_files_that_are_spoiled_are_sound(name: str, tmp_path: Path) -> None:
    """What is refused before it is spoiled would show nothing."""
    for k, files in enumerate(KINDS[name].sound):
        said = given(name, files, tmp_path / str(k))
        assert (said.code, said.fault) == (0, ""), (next(iter(files)), said.err)
