"""The binaries of embedded worlds hold what their CSV files say, to the last bit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

import winset
from winset.worlds import embedded_worlds, read_world
from winset.worlds.compact import NAME, read_compact, write_compact
from winset.worlds.package import DATA

if TYPE_CHECKING:
    from pathlib import Path

    from winset.worlds import World


def same(one: World, two: World) -> None:
    assert one.sha256 == two.sha256
    for field in ("name", "year", "codes", "names", "sectors", "domestic_known"):
        assert getattr(one, field) == getattr(two, field), field
    for field in ("sources", "notes"):
        assert getattr(one, field) == getattr(two, field), field
    assert dict(one.facts) == dict(two.facts)
    for field in ("gdp", "trade", "tariff", "mfn_rates"):
        np.testing.assert_array_equal(getattr(one, field), getattr(two, field))
    assert (one.mfn is None) == (two.mfn is None)
    assert (one.tariff_source is None) == (two.tariff_source is None)
    if one.tariff_source is not None and two.tariff_source is not None:
        np.testing.assert_array_equal(one.tariff_source, two.tariff_source)
    assert (one.technology is None) == (two.technology is None)
    if one.technology is not None and two.technology is not None:
        assert one.technology.names == two.technology.names
        assert list(one.technology.elasticity_sets) == list(two.technology.elasticity_sets)
        for a, b in zip(one.technology.arrays(), two.technology.arrays(), strict=True):
            np.testing.assert_array_equal(a, b)


WHOLE = [
    name for name in embedded_worlds() if (DATA / name / NAME).exists()
]  # not what adds to another


@pytest.mark.parametrize("name", WHOLE)
def test_the_binary_is_what_the_csv_files_say(name: str) -> None:
    """Where this fails, run ``python -m scripts.derive_compact_worlds``."""
    same(read_compact(DATA / name / NAME), read_world(DATA / name))
    same(winset.world(name), read_world(DATA / name))


@pytest.mark.parametrize("name", WHOLE)
def test_the_binary_is_small(name: str) -> None:
    folder = DATA / name
    packed = sum(path.stat().st_size for path in folder.glob("*.csv*"))
    assert (folder / NAME).stat().st_size < packed


def test_the_same_world_is_written_to_the_same_bytes(tmp_path: Path) -> None:
    world = winset.world("icio-2022").select(["CHN", "KAZ", "RUS"])
    for path in (tmp_path / "a.npz", tmp_path / "b.npz"):
        write_compact(world, path)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    same(read_compact(tmp_path / "a.npz"), world)


def test_a_world_read_of_a_binary_cannot_be_changed() -> None:
    world = winset.world("icio-2022")
    for array in (world.gdp, world.trade, world.tariff, *world.technology.arrays()):  # type: ignore[union-attr]
        assert not array.flags.writeable


def test_the_binary_holds_no_objects_to_be_unpickled() -> None:
    with np.load(DATA / "icio-2022" / NAME, allow_pickle=False) as file:
        assert json.loads(file["about"].tobytes())["codes"][0] == "AGO"
        assert all(file[name].dtype.kind in "fu" for name in file.files)
