"""What the trade data of 2023 lack, filled in: the scripts' estimates, and the line beside a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scripts.blanks import filling

import winset
from winset.report import words
from winset.scenario import parse
from winset.studies import scenario_run
from winset.studies.filled_blanks import with_blanks_filled

if TYPE_CHECKING:
    from pathlib import Path

FREE = winset.world("world-2023-free")
UNION_STATE = {
    "on": "2025-09-01",
    "world": "world-2023-free",
    "change": [{"kind": "trade-cost", "among": ["BLR", "RUS"], "percent": -10}],
}


def test_a_claim_that_the_blanks_make_is_overturned_in_the_same_breath() -> None:
    done = scenario_run.under_other_rules(scenario_run.run(parse(UNION_STATE)))
    assert done.result.table().loc["BLR", "welfare_percent"] == 0.0  # no trade to be made cheaper
    assert done.filled is not None
    assert not done.filled.holds
    said = words.claims(done)[-1]
    assert said.startswith("With the trade filled in that the source lacks, as in world-2023: ")
    assert "Belarus +" in said
    told = done.to_json()["blanks_filled"]
    assert told["widest"]["code"] == "BLR"
    filled = winset.world("world-2023")
    free = replace(filled, tariff=np.zeros_like(filled.tariff), mfn=None, tariff_source=None)
    alone = winset.solve(free, parse(UNION_STATE))
    gains = {row["code"]: row["welfare_percent"] for row in told["economies"]}
    assert gains["BLR"] == pytest.approx(alone.table().loc["BLR", "welfare_percent"], rel=1e-9)


def test_other_worlds_have_no_such_line() -> None:
    for world in ("world-2023", "icio-2022"):
        scenario = parse({**UNION_STATE, "world": world})
        assert with_blanks_filled(winset.solve(winset.world(world), scenario)) is None
    own = replace(FREE, gdp=FREE.gdp * 2.0)  # a world of one's own of the same name
    assert with_blanks_filled(winset.solve(own, parse(UNION_STATE))) is None


def test_the_block_is_found_and_filled_by_the_first_source_there_is(shared_data: Path) -> None:
    trade = FREE.flows * ~np.eye(len(FREE), dtype=bool)
    done = filling.filled(shared_data, FREE.codes, trade)
    assert len(done.block) == 76
    inside = np.zeros(trade.shape, dtype=bool)
    inside[np.ix_(done.block, done.block)] = True
    np.fill_diagonal(inside, False)
    assert np.array_equal(done.source > 0, inside)
    assert np.array_equal(done.trade[~inside], trade[~inside])
    known = winset.world(filling.BASE)
    stated = set()
    for row in filling.rows(filling.REPORTED):
        i, k = FREE.index[row["exporter"]], FREE.index[row["importer"]]
        ways = [(i, k), (k, i)] if row["of"] == "both ways" else [(i, k)]
        assert sum(done.trade[way] for way in ways) == pytest.approx(float(row["musd"]))
        stated |= set(ways)
    for i, k in np.argwhere(inside):
        both = FREE.codes[i] in known.index and FREE.codes[k] in known.index
        expected = (
            filling.REPORT if (int(i), int(k)) in stated else filling.INPUT_OUTPUT if both else None
        )
        assert expected in (None, done.source[i, k])
    alone = filling.filled(shared_data, FREE.codes, trade, tabled=False)
    assert not (alone.source == filling.INPUT_OUTPUT).any()


def test_estimates_are_near_where_the_truth_is_on_record(shared_data: Path) -> None:
    """As docs/data.md says: 20 blocks of pairs on record, blanked and filled."""
    trade = FREE.flows * ~np.eye(len(FREE), dtype=bool)
    found = filling.errors(shared_data, FREE.codes, trade)
    tabled, gravity = (np.median(found[k], axis=0) for k in (filling.INPUT_OUTPUT, filling.GRAVITY))
    assert tabled[0] < 0.13
    assert abs(tabled[1] - 1) < 0.03
    assert gravity[0] < 0.40
    assert abs(gravity[1] - 1) < 0.04
