"""Official votes since November 2019: how they join the older source, and the rule of issue codes."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from winset.governance.rollcalls.alignment import agreement
from winset.governance.rollcalls.records import missing_votes, un_roll_calls
from winset.report.common_ground_tables import flaws

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_every_official_vote_is_in_the_record(shared_data):
    """The ninety resolutions that both sources hold are the overlap; they do not differ."""
    folder = shared_data / "unga_2019_2026"
    calls = un_roll_calls()
    row_of = {symbol: row for row, symbol in enumerate(calls.resolutions) if symbol}
    cell = {"": 0, "N": 1, "A": 2, "Y": 3}
    common = 0
    with (folder / "votes.csv").open(encoding="utf-8") as stream:
        for said in csv.DictReader(stream):
            row = row_of[said.pop("symbol")]
            common += calls.years[row] == 2019
            ours = calls.votes[row, [calls.members.index(code) for code in said]]
            assert ours.tolist() == [cell[vote] for vote in said.values()]
    assert common == 90


@pytest.mark.parametrize(("year", "usa_chn", "chn_rus"), [(2019, 0.21, 0.87), (2025, 0.09, 0.87)])
def test_agreement_by_day_is_that_of_the_official_files(year, usa_chn, chn_rus):
    """Their note counts calendar years, and abstention as half way."""
    calls = un_roll_calls()
    dated = calls.rows(
        np.array(
            [
                day.startswith(str(year)) and re.match(r"A/RES/(7[4-9]|80|ES)", symbol) is not None
                for day, symbol in zip(calls.dates, calls.resolutions, strict=True)
            ]
        )
    )
    found = agreement(dated.votes, weights="linear").agreement
    usa, chn, rus = dated.columns(["USA", "CHN", "RUS"])
    assert found[usa, chn] == pytest.approx(usa_chn, abs=0.006)
    assert found[chn, rus] == pytest.approx(chn_rus, abs=0.006)


def test_an_emergency_session_belongs_to_the_session_open_that_day():
    calls = un_roll_calls()
    place = dict(zip(calls.resolutions, zip(calls.years, calls.dates, strict=True), strict=True))
    assert place["A/RES/ES-11/1"] == (2021, "2022-03-02")
    assert place["A/RES/ES-11/4"] == (2022, "2022-10-12")
    assert place["A/RES/ES-10/24"] == (2024, "2024-09-18")


def test_titles_bridge_the_sessions_that_descriptions_do_not():
    calls = un_roll_calls()
    embargo = [
        row
        for row, title in enumerate(calls.titles)
        if title.startswith("Necessity of ending the economic") and calls.years[row] >= 2015
    ]
    assert {2019, 2020, 2022, 2023, 2024, 2025} <= set(calls.years[embargo].tolist())
    assert len(set(calls.items[embargo].tolist())) == 1


def test_the_rule_of_issue_codes_on_the_resolutions_of_both_sources(shared_data):
    said = subprocess.run(
        [sys.executable, SCRIPTS / "recent_votes.py", shared_data / "unga_2019_2026"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    agree = {code: int(n) for code, n in re.findall(r"^(\w\w): (\d+) agree", said, re.MULTILINE)}
    assert said.startswith("90 resolutions in both sources")
    assert agree == {"me": 89, "nu": 90, "di": 74, "hr": 87, "co": 67, "ec": 57}


def test_the_last_session_of_the_older_source_keeps_no_copied_codes():
    calls = un_roll_calls()
    last = calls.rows(calls.years == 2019)
    copied = [codes for codes in last.issues if {"co", "ec", "di"} <= codes]
    assert not copied
    assert sum("co" in codes for codes in last.issues) == 7


def test_what_is_missing_is_listed_and_told():
    missing = {row["resolution"]: row for row in missing_votes()}
    assert {"A/RES/ES-11/7", "A/RES/ES-10/27", "A/RES/80/2"} <= set(missing)
    assert not set(missing) & set(un_roll_calls().resolutions)
    (told,) = flaws(["CHN"], 2024, 2024)
    assert f"{sum(row['year'] == '2024' for row in missing.values())} that were" in told
    assert not flaws(["CHN"], 2010, 2019)
