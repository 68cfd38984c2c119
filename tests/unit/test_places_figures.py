"""Figures, ties and bounds of claims; codes of every kind; distances, borders and regions."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.printed import made_world

from winset.errors import DataError
from winset.places import geography
from winset.places.blocs import Bloc, Membership, find_bloc, load_blocs
from winset.places.codes import code_of_name, names, read_codes, remedy
from winset.places.dates import read_date
from winset.places.economies import economies
from winset.places.groups import read_group
from winset.studies.claims import REGIONAL, about, check, figures, listing, rank

if TYPE_CHECKING:
    from pathlib import Path

ON = dt.date(2025, 9, 1)

FLOWS = [
    [500.0, 30, 20, 10],
    [10.0, 500, 40, 10],
    [20.0, 10, 500, 25],
    [5.0, 5, 15, 500],
]
WORLD = replace(
    made_world("KAZ UZB KGZ TJK", FLOWS),
    gdp=np.array([300.0, 100.0, 200.0, 400.0]),
    domestic_known=True,
)


def bloc(name: str, *codes: str, **changes: object) -> Bloc:
    stays = tuple(Membership(c.removeprefix("+"), "partner" if c[0] == "+" else "member",
                             dt.date(2000, 1, 1), None, "", "") for c in codes)  # fmt: skip
    said = {
        "code": name, "name": name, "kind": "organization", "regional": True, "treaty": True,
        "secretariat": True, "founded": dt.date(2000, 1, 1), "memberships": stays, "source": "s", "note": "n",
    }  # fmt: skip
    return Bloc(**said | changes)  # type: ignore[arg-type]


BLOCS = {
    b.code: b
    for b in (
        bloc("NORTH", "KAZ", "UZB", "+KGZ"),
        bloc("SOUTH", "TJK"),
        bloc("WEST", "UZB", "KGZ", kind="forum", treaty=False),
        bloc("LONE", "UZB", secretariat=False),
        bloc("WIDE", "KGZ", regional=False),
    )
}


# Claims.


def holds(text: str) -> list[bool]:
    return [v.holds for v in check(text, on=ON, world=WORLD, blocs=BLOCS).verdicts]


def test_figures_add_up_with_what_is_missing() -> None:
    size = figures(["KAZ", "UZB", "XYZ"], replace(WORLD, gdp=np.array([300.0, np.nan, 1, 1])))
    known = economies()
    assert size.population == known["KAZ"].population + known["UZB"].population
    assert size.area_km2 == known["KAZ"].area_km2 + known["UZB"].area_km2
    assert size.gdp_musd == 300.0
    assert size.trade_inside_musd == 40.0
    assert size.missing == {
        "population": ("XYZ",), "area": ("XYZ",), "gdp": ("UZB", "XYZ"), "trade": ("XYZ",),
    }  # fmt: skip
    assert [size.of(m) for m in ("gdp", "trade", "area")] == [300.0, 40.0, size.area_km2]
    assert size.to_json() | {"missing": 0} == {
        "population": int(size.population), "area_km2": size.area_km2, "gdp_musd": 300.0,
        "trade_inside_musd": 40.0, "missing": 0,
    }  # fmt: skip


def test_blocs_are_ranked_from_either_end() -> None:
    places = rank("gdp", on=ON, world=WORLD, blocs=BLOCS)
    assert [(p.rank, p.bloc, p.figure, p.economies) for p in places] == [
        (1, "NORTH", 400.0, 2), (2, "SOUTH", 400.0, 1), (3, "WEST", 300.0, 2), (4, "WIDE", 200.0, 1),
        (5, "LONE", 100.0, 1),
    ]  # fmt: skip
    least = rank("trade", on=ON, world=WORLD, blocs=BLOCS, smallest=True)
    assert [(p.bloc, p.figure) for p in least] == [
        ("LONE", 0.0), ("SOUTH", 0.0), ("WIDE", 0.0), ("NORTH", 40.0), ("WEST", 50.0),
    ]  # fmt: skip
    assert [p.kind for p in places] == [
        "organization",
        "organization",
        "forum",
        *["organization"] * 2,
    ]


def test_a_tie_is_not_the_largest_for_either() -> None:
    assert holds("NORTH largest gdp among all blocs") == [False]
    assert holds("SOUTH largest gdp among all blocs") == [False]
    assert holds("SOUTH largest gdp among SOUTH,WEST") == [True]
    assert holds("NORTH+ largest gdp among all blocs") == [True]  # with its partner 600
    assert holds("LONE smallest trade among all blocs") == [False]
    assert holds("LONE smallest gdp among all blocs") == [True]


def test_the_rival_is_the_runner_up_or_the_first() -> None:
    (won,) = check("WEST largest trade among all blocs", on=ON, world=WORLD, blocs=BLOCS).verdicts
    assert (won.holds, won.rank, won.figure, won.blocs) == (True, 1, 50.0, 5)
    assert won.rival is not None
    assert (won.rival.bloc, won.rival.figure) == ("NORTH", 40.0)
    (lost,) = check("WIDE largest gdp among all", on=ON, world=WORLD, blocs=BLOCS).verdicts
    assert lost.rival is not None
    assert (lost.holds, lost.rank, lost.rival.bloc) == (False, 4, "NORTH")
    (alone,) = check("WIDE largest gdp among WIDE", on=ON, world=WORLD, blocs=BLOCS).verdicts
    assert (alone.holds, alone.blocs, alone.rival) == (True, 1, None)


def test_lists_of_blocs() -> None:
    def listed(among: str, **more: str) -> list[str]:
        return sorted(
            p.bloc for p in rank("gdp", on=ON, world=WORLD, blocs=BLOCS, among=among, **more)
        )

    assert listed(REGIONAL) == ["NORTH", "SOUTH"]
    assert listed("forums") == listed("forum") == ["WEST"]
    assert listed("Everything") == sorted(BLOCS)
    assert listed("wide, LONE") == ["LONE", "WIDE"]
    assert listed(REGIONAL, besides="WEST") == ["NORTH", "SOUTH", "WEST"]
    assert listed(REGIONAL, besides="NORTH+") == ["NORTH+", "SOUTH"]  # in place of itself
    both = check("NORTH largest trade", on=ON, world=WORLD, blocs=BLOCS).verdicts
    assert [(v.among, v.blocs, v.holds) for v in both] == [
        (REGIONAL, 2, True),
        ("all blocs", 5, False),
    ]


def test_a_bloc_without_members_is_not_ranked() -> None:
    late = BLOCS | {"LATE": bloc("LATE", "KAZ", founded=dt.date(2000, 1, 1))}
    before = rank("gdp", on=dt.date(1999, 1, 1), world=WORLD, blocs=late)
    assert before == ()


@pytest.mark.parametrize(
    ("text", "holds", "share"),
    [
        ("NORTH gdp at least 400", True, 40.0),
        ("NORTH gdp at least 400.1", False, 40.0),
        ("NORTH gdp at most 400", True, 40.0),
        ("NORTH gdp at most 399.9", False, 40.0),
        ("NORTH gdp at least 40%", True, 40.0),
        ("NORTH gdp at least 41 percent", False, 40.0),
        ("NORTH gdp at most 40 %", True, 40.0),
        ("north+ GDP at least 6e2", True, 60.0),
        ("NORTH trade at least 20%", True, 20.0),
        ("NORTH gdp at least 1,000", False, 40.0),
        ("NORTH gdp at least 4_00", True, 40.0),
    ],
)
def test_bounds_count_where_they_are_just_met(text: str, holds: bool, share: float) -> None:
    claim = check(text, on=ON, world=WORLD, blocs=BLOCS)
    assert claim.threshold is not None
    assert claim.threshold.holds is holds
    assert claim.threshold.share_percent == pytest.approx(share, abs=1e-12)
    assert claim.threshold.percent is ("%" in text or "percent" in text)
    assert claim.relation in ("at least", "at most")
    assert claim.verdicts == ()


def test_shares_of_people_are_of_everybody_on_land() -> None:
    everyone = [e for e in economies().values() if e.region != "Antarctic"]
    for metric, whole in (
        ("population", sum(e.population or 0 for e in everyone)),
        ("area", sum(e.area_km2 or 0 for e in everyone)),
    ):
        claim = check(f"SOUTH {metric} at least 1%", on=ON, world=WORLD, blocs=BLOCS)
        assert claim.threshold is not None
        own = figures(["TJK"], WORLD).of(metric)
        assert claim.threshold.share_percent == pytest.approx(100 * own / whole, rel=1e-12)
        assert claim.threshold.figure == own


def test_what_is_missing_is_told_with_the_claim() -> None:
    odd = BLOCS | {"ODD": bloc("ODD", "KAZ", "XYZ")}
    for text in ("ODD largest gdp among ODD", "ODD gdp at least 1"):
        assert check(text, on=ON, world=WORLD, blocs=odd).missing == ("XYZ",)
    assert check("NORTH gdp at least 1", on=ON, world=WORLD, blocs=BLOCS).missing == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("NORTH is great", "is not understood"),
        ("NORTH wealth at least 3", "'wealth' is not a measure"),
        ("NORTH largest wealth", "'wealth' is not a measure"),
        ("EAST largest gdp", "no bloc 'EAST'"),
        ("NORTH gdp at least 1.2.3", "'1.2.3' in the claim is not a number"),
    ],
)
def test_claims_that_are_refused(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        check(text, on=ON, world=WORLD, blocs=BLOCS)


def test_what_the_json_says_of_a_bloc() -> None:
    said = listing(BLOCS.values(), ON, WORLD)
    assert said["on"] == "2025-09-01"
    first = said["blocs"][0]
    assert (first["bloc"], first["members"], first["partners"]) == (
        "NORTH",
        ["KAZ", "UZB"],
        ["KGZ"],
    )
    assert first["figures"]["gdp_musd"] == 400.0
    assert (first["founded"], first["kind"], first["treaty"]) == (
        "2000-01-01",
        "organization",
        True,
    )
    assert (first["source"], first["note"], first["name"]) == ("s", "n", "NORTH")
    unknown = about(replace(BLOCS["WEST"], founded=dt.date.min), ON)
    assert (unknown["founded"], unknown["treaty"], unknown["secretariat"]) == (None, False, True)


def test_treaty_and_secretariat_of_the_embedded_blocs() -> None:
    known = load_blocs()
    said = {name: (known[name].treaty, known[name].secretariat, known[name].regional)
            for name in ("SCO", "BRICS", "EU", "APEC")}  # fmt: skip
    assert said["SCO"] == (True, True, True)
    assert said["EU"] == (True, True, True)
    assert said["BRICS"] == (False, False, False)
    assert said["APEC"][0] is False


# Codes.


def test_names_in_three_languages_and_by_alias() -> None:
    assert {code_of_name(n) for n in ("Kazakhstan", " KAZAKHSTAN ", "казахстан", "哈萨克斯坦")} == {
        "KAZ"
    }
    assert code_of_name("Côte d’Ivoire") == code_of_name("côte d'ivoire") == "CIV"
    assert code_of_name("nowhere") is None
    assert len(names()) > 600


def test_alpha_3_with_old_codes_aggregates_and_own_ones() -> None:
    found = read_codes(["kaz", "ROM", "WLD", "ROW1", "?"])
    assert found.codes == {"kaz": "KAZ", "ROM": "ROU", "ROW1": "ROW1"}
    assert list(found.aggregates) == ["WLD"]
    assert found.unknown == ("?",)
    assert found.notes == ("ROM is read as ROU, its code today.",)


def test_alpha_2_and_numbers_become_alpha_3() -> None:
    two = read_codes(["kz", "DE", "EL"])  # the statistical office of Europe writes EL and UK
    assert two.codes == {"kz": "KAZ", "DE": "DEU", "EL": "GRC"}
    assert two.notes == ("Codes are alpha-2, read as alpha-3.",)
    number = read_codes(["398", "004", "4", "999"])
    assert number.codes == {"398": "KAZ", "004": "AFG", "4": "AFG"}
    assert number.notes == ("Codes are numeric (UN M49), read as alpha-3.",)
    assert (*number.aggregates, *number.unknown) == ("999",)
    unions = read_codes(["398", "711", "810"])  # of several states, none of which it is alone
    assert unions.codes == {"398": "KAZ"}
    assert list(unions.aggregates) == ["711", "810"]


def test_names_are_read_and_told() -> None:
    many = ["Kazakhstan", "Uzbekistan", "China", "India", "Pakistan", "Belarus", "Iran"]
    found = read_codes(many)
    assert list(found.codes.values()) == ["KAZ", "UZB", "CHN", "IND", "PAK", "BLR", "IRN"]
    (note,) = found.notes
    assert "Belarus (BLR)" in note
    assert "Iran" not in note  # six are named, the others counted
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["KAZ", "UZB", "DE"], "KAZ is alpha-3, DE alpha-2"),
        (["KAZ", "UZB", "398", "417"], "KAZ is alpha-3, 398 numeric"),
    ],
)
def test_codes_of_several_kinds_are_refused(texts: list[str], said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_codes(texts)


def test_an_aggregate_among_own_codes_is_asked_about() -> None:
    with pytest.raises(DataError, match=r"^WLD is .* most other codes \(A1, A2, A3\)"):
        read_codes(["WLD", "A1", "A2", "A3"])
    with pytest.raises(DataError, match="WLD is"):
        read_codes(["WLD", "A1", "A2", "KAZ"])
    half = read_codes(["WLD", "A1", "KAZ"])  # half of them are of ISO 3166
    assert list(half.aggregates) == ["WLD"]
    assert set(read_codes(["A1", "A2", "A3"]).codes) == {"A1", "A2", "A3"}
    by_name = read_codes(["WLD", "Kazakhstan", "A1"])
    assert list(by_name.aggregates) == ["WLD"]


@pytest.mark.parametrize(("own", "good"), [(4, True), (5, True), (6, False)])
def test_an_aggregate_among_codes_of_a_tables_own_is_doubted_from_half_on(
    own: int, good: bool
) -> None:
    known = ["KAZ", "UZB", "KGZ", "TJK", "CHN", "RUS"][: 10 - own]
    texts = ["WLD", *known, *(f"C{k:02d}" for k in range(own))]
    if good:
        assert list(read_codes(texts).aggregates) == ["WLD"]
    else:
        with pytest.raises(
            DataError, match=r"WLD is .* and most other codes \(C00, .* are no ISO 3166"
        ):
            read_codes(texts)


def test_the_remedy_names_the_nearest() -> None:
    assert "Kazakhstan" in remedy("Kazakstan")
    assert remedy("Kazakstan").startswith("write the code of an economy, such as KAZ.")


# Groups, dates, files of blocs.


def test_long_texts_are_cut_where_they_are_quoted() -> None:
    for length, shown in ((78, "x" * 78), (79, "x" * 76)):
        with pytest.raises(DataError) as told:
            read_group("x" * length, on=ON, codes={"KAZ": 0}, where="--players", of="world 'made'")
        quoted = str(told.value).split("'")[1]
        assert quoted.rstrip("…") == shown, length
    with pytest.raises(DataError, match=f"'{'2' * 80}' is not a date"):
        read_date("2" * 90)
    assert read_date("2025-09-01") == ON


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("X,KAZ,member,2001-13,", "joined is '2001-13'"),
        ("X,KAZ,member,2001-1-1-1,", "joined is '2001-1-1-1'"),
        ("X,KAZ,member,2001,2001", "left 2001-01-01 is not after joined 2001-01-01"),
        ("X,KAZ,guest,2001,", "role is 'guest'; it is member or partner"),
        ("X,Kazakhstan,member,2001,", "Write KAZ"),
        ("X+,KAZ,member,2001,", r"bloc is 'X\+'"),
        ('"X,Y",KAZ,member,2001,', "bloc is 'X,Y'"),
        ("X,K,member,2001,", "'K' is not a code"),
        ("X,KAZ,member,2001,\nX,KAZ,member,2001,", "KAZ in X is row 2 again"),
    ],
)
def test_rows_of_a_file_of_blocs_that_are_refused(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "blocs.csv"
    path.write_text(f"bloc,code,role,joined,left\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=said):
        load_blocs(path)


def test_a_file_of_blocs_says_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "bloc,name,code,role,joined,left,kind\n"
        "X,The X,KAZ,member,2001-02,2010,forum\nX,The X,UZB,partner,2000,,forum\nY,,KGZ,,,,\n",
        encoding="utf-8",
    )
    mine = load_blocs(path)
    x, wide = find_bloc("x+", mine)
    assert wide
    assert (x.name, x.kind, x.founded, x.source) == (
        "The X",
        "forum",
        dt.date(2000, 1, 1),
        "mine.csv",
    )
    assert (x.regional, x.treaty, x.secretariat) == (True, False, False)
    assert x.memberships[0].joined == dt.date(2001, 2, 1)
    assert x.members(dt.date(2009, 12, 31)) == ("KAZ",)
    assert x.members(dt.date(2010, 1, 1)) == ()
    assert x.partners(ON) == ("UZB",)
    y, wide = find_bloc("Y", mine)
    assert not wide
    assert (y.name, y.kind, y.founded) == ("Y", "grouping", dt.date.min)
    assert y.members(dt.date(1500, 1, 1)) == ("KGZ",)


# Geography.


def test_distances_by_the_haversine_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {"POLE": (90.0, 0.0), "ZERO": (0.0, 0.0), "EAST": (0.0, 90.0), "ANTI": (0.0, 180.0),
              "HALF": (60.0, 90.0)}  # fmt: skip
    monkeypatch.setattr(geography, "points", lambda: places)
    quarter = geography.EARTH * math.pi / 2
    found = geography.distances(["POLE", "ZERO", "EAST", "ANTI", "HALF"])
    assert found[0, 1] == found[0, 2] == pytest.approx(quarter, rel=1e-12)
    assert found[1, 2] == pytest.approx(quarter, rel=1e-12)
    assert found[1, 3] == pytest.approx(2 * quarter, rel=1e-12)
    assert found[0, 4] == pytest.approx(quarter / 3, rel=1e-12)
    assert found[2, 4] == pytest.approx(quarter * 2 / 3, rel=1e-12)
    assert found[1, 4] == pytest.approx(quarter, rel=1e-12)
    np.testing.assert_array_equal(found, found.T)
    assert not found.diagonal().any()


def test_embedded_points_and_borders() -> None:
    assert geography.points()["UZB"] == (41.0, 64.0)
    assert geography.EARTH == 6371.0088
    assert len(geography.points()) > 200
    assert ("CHN", "KAZ") in geography.borders()
    assert all(a < b for a, b in geography.borders())
    found = geography.contiguity(["KAZ", "CHN", "DEU", "FRA"])
    assert found.tolist() == [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]


def test_regions_and_subregions() -> None:
    codes = ["KAZ", "UZB", "CHN", "DEU", "XX1", "XX2"]
    region = geography.same_region(codes)
    assert region[0].tolist() == [0, 1, 1, 0, 0, 0]
    assert region[4].tolist() == [0] * 6  # of what has no region, nothing is said
    assert region.dtype == np.float64
    assert set(region.ravel()) == {0.0, 1.0}
    assert geography.same_region(codes, sub=True)[0].tolist() == [0, 1, 0, 0, 0, 0]
    assert not geography.same_region(codes).diagonal().any()
