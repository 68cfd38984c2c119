"""The hash of a shock: the same for the same change, another for any other."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

import winset
from winset.places.groups import Group
from winset.scenario import Scenario, parse
from winset.scenario.shock import Shock


def of(*changes: dict[str, object], folder: Path | None = None) -> Scenario:
    path = None if folder is None else folder / "scenario.toml"
    return parse({"change": list(changes), "on": "2025-09-01"}, path=path)


def resolved(*changes: dict[str, object], folder: Path | None = None) -> Shock:
    return of(*changes, folder=folder).resolve(winset.world())


CUT: dict[str, object] = {"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -10.0}
OTHERS: list[dict[str, object]] = [
    {"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -10.000001},
    {"kind": "trade-cost", "exporters": ["KAZ"], "importers": ["UZB"], "percent": -10.0},
    {"kind": "tariff", "exporters": ["KAZ"], "importers": ["UZB"], "rate": 0.01},
    {"kind": "productivity", "economies": ["KAZ"], "percent": -10.0},
    {"kind": "tariff", "exporters": ["KAZ"], "importers": ["UZB"], "answer": "optimal"},
    {"kind": "tariff", "exporters": ["KAZ"], "importers": ["UZB"], "answer": "reciprocal"},
]


def test_the_hash_is_of_the_arrays_in_a_stated_order() -> None:
    shock = resolved(CUT)
    stated = b"".join(a.astype("<f8").tobytes() for a in (shock.cost, shock.tariff))
    stated += shock.productivity.astype("<f8").tobytes()
    assert shock.sha256 == hashlib.sha256(stated).hexdigest()


@pytest.mark.parametrize("other", OTHERS, ids=[str(k) for k in range(len(OTHERS))])
def test_another_change_has_another_hash(other: dict[str, object]) -> None:
    hashes = {resolved(change).sha256 for change in (CUT, *OTHERS) if change is not other}
    assert resolved(other).sha256 not in hashes


def test_the_same_change_in_other_words_has_the_same_hash(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text("exporter,importer,factor\nKAZ,UZB,0.9\nUZB,KAZ,0.9\n", encoding="utf-8")
    in_a_file: dict[str, object] = {"kind": "trade-cost", "file": "cells.csv"}
    assert resolved(in_a_file, folder=tmp_path).sha256 == resolved(CUT).sha256
    file.write_text("exporter,importer,factor\nKAZ,UZB,0.9\nUZB,KAZ,0.8\n", encoding="utf-8")
    assert resolved(in_a_file, folder=tmp_path).sha256 != resolved(CUT).sha256


def test_a_negative_zero_is_a_zero() -> None:
    shock = resolved(CUT)
    signed = Shock(shock.cost, shock.tariff * -0.0, shock.productivity, Group(()))
    plain = Shock(shock.cost, np.zeros_like(shock.tariff), shock.productivity, Group(()))
    assert signed.sha256 == plain.sha256


def test_the_manifest_and_the_json_carry_the_hash() -> None:
    scenario = of(CUT)
    result = winset.solve(winset.world(), scenario)
    assert result.manifest()["scenario"]["shock_sha256"] == result.shock.sha256
    assert result.to_json()["scenario"]["shock_sha256"] == resolved(CUT).sha256
