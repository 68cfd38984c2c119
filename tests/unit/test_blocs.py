"""Blocs: members by date, partners, a user's own, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from winset.errors import DataError
from winset.places.blocs import find_bloc, load_blocs, resolve
from winset.places.economies import economies

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2025, 9, 1)

ASKED = (
    "SCO EU EAEU CIS ASEAN RCEP CPTPP USMCA Mercosur AfCFTA AU GCC SAARC BRICS G7 G20 OECD NATO "
    "APEC OPEC ECOWAS EAC SADC CARICOM Commonwealth"
).split()


@pytest.mark.parametrize("name", [*ASKED, "Arab League", "Pacific Alliance"])
def test_every_bloc_has_members_with_known_codes_and_a_source(name: str) -> None:
    bloc = load_blocs()[name]
    assert bloc.members(TODAY)
    assert all(stay.code in economies() and stay.source for stay in bloc.memberships)


@pytest.mark.parametrize(
    ("date", "members"),
    [
        ("2001-06-14", 0),
        ("2001-06-15", 6),
        ("2017-06-08", 6),
        ("2017-06-09", 8),
        ("2023-07-04", 9),
        ("2024-07-04", 10),
        ("2025-09-01", 10),
    ],
)
def test_sco_grows_on_the_dates_of_its_summits(date: str, members: int) -> None:
    assert len(load_blocs()["SCO"].members(dt.date.fromisoformat(date))) == members


def test_sco_family_is_ten_members_and_seventeen_partners() -> None:
    partners = "AFG MNG AZE ARM KHM NPL LKA TUR EGY SAU QAT BHR KWT MDV MMR ARE LAO".split()
    assert set(load_blocs()["SCO"].partners(TODAY)) == set(partners)
    assert len(resolve("SCO+", TODAY)) == 27


@pytest.mark.parametrize(
    ("name", "count"),
    [("EU", 27), ("NATO", 32), ("OECD", 38), ("DAC", 32), ("AU", 55), ("AfCFTA", 54), ("Commonwealth", 56),
     ("G20", 19), ("APEC", 21), ("BRICS", 10), ("ASEAN", 10), ("OPEC", 12), ("Arab League", 22)],
)  # fmt: skip
def test_number_of_members(name: str, count: int) -> None:
    assert len(resolve(name, TODAY)) == count


def test_the_committee_of_donors_grew() -> None:
    """32 states and the European Union in 2025 (mfa.gov.lv); Lithuania was the 31st member in 2022."""
    bloc = load_blocs()["DAC"]
    counted = {year: len(bloc.members(dt.date(year, 12, 31))) for year in (2012, 2013, 2021, 2024)}
    assert counted == {2012: 23, 2013: 28, 2021: 29, 2024: 31}


def test_a_state_that_left_is_out_on_that_day() -> None:
    bloc = load_blocs()["EU"]
    assert "GBR" in bloc.members(dt.date(2020, 1, 31))
    assert "GBR" not in bloc.members(dt.date(2020, 2, 1))


def test_two_stays_of_one_economy() -> None:
    bloc = load_blocs()["Arab League"]
    assert "SYR" in bloc.members(dt.date(2010, 1, 1))
    assert "SYR" not in bloc.members(dt.date(2015, 1, 1))
    assert "SYR" in bloc.members(dt.date(2024, 1, 1))


def test_no_stays_of_one_economy_overlap() -> None:
    for bloc in load_blocs().values():
        seen: dict[tuple[str, str], dt.date] = {}
        for stay in sorted(bloc.memberships, key=lambda m: m.joined):
            key = (stay.code, stay.role)
            assert seen.get(key, dt.date.min) <= stay.joined, (bloc.code, stay.code)
            seen[key] = stay.left or dt.date.max


def test_names_in_any_case_and_unknown_ones() -> None:
    assert find_bloc("mercosur")[0].code == "Mercosur"
    with pytest.raises(DataError, match=r"no bloc 'ASEEN'. Did you mean ASEAN"):
        find_bloc("ASEEN")


def test_an_empty_bloc_says_when_it_was_founded() -> None:
    with pytest.raises(DataError, match="no member on 1999-01-01; it was founded on 2001-06-15"):
        resolve("SCO", dt.date(1999, 1, 1))


def test_a_bloc_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("bloc,code,joined,left\nTrio,KAZ,2020,2022-06\nTrio,UZB,,\n", "utf-8")
    blocs = load_blocs(file)
    assert blocs["Trio"].members(dt.date(2021, 1, 1)) == ("UZB", "KAZ")
    assert resolve("trio", TODAY, blocs) == ("UZB",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bloc,kode\nT,KAZ\n", "row 1: no column code"),
        ("bloc,code\nSCO,KAZ\n", "the name of winset's own SCO"),
        ("bloc,code\nT,Kazakhstan\n", "row 2: 'Kazakhstan' is not a code such as KAZ. Write KAZ"),
        ("bloc,code,role\nT,KAZ,chief\n", "row 2: role is 'chief'; it is member or partner"),
        ("bloc,code,joined\nT,KAZ,1 May\n", "row 2: joined is '1 May'; write a date"),
        ("bloc,code,joined,left\nT,KAZ,2020,2019\n", "row 2: left 2019-01-01 is not after"),
        ("bloc,code\nT,KAZ\nT,KAZ\n", "row 3: KAZ in T is row 2 again"),
        ("bloc,code,kind\nT,KAZ,club\n", "kind is 'club'"),
        ("bloc,code\n", "no rows"),
    ],
)
def test_a_wrong_file_of_blocs(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "own.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(DataError) as failure:
        load_blocs(file)
    assert message in str(failure.value)
