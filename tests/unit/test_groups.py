"""The one parser of "SCO+,KAZ": who is meant, who is left out, and what is refused."""

from __future__ import annotations

import datetime as dt

import pytest

from winset.errors import DataError
from winset.places.blocs import load_blocs, resolve
from winset.places.groups import Group, names, read_group

ON = dt.date(2025, 9, 1)
CODES = ("CHN", "KAZ", "RUS", "UZB", "X01")


def test_blocs_and_codes_in_the_order_named_and_nobody_twice():
    found = read_group("UZB,EAEU,KAZ", on=ON, codes=CODES)
    assert found.codes == ("UZB", "KAZ", "RUS")
    assert found.absent == ("BLR", "ARM", "KGZ")


def test_a_plus_adds_partners_and_a_date_decides_who_is_in():
    assert set(read_group("SCO+", on=ON).codes) == set(resolve("SCO+", ON))
    assert len(read_group("SCO", on=dt.date(2016, 1, 1)).codes) == 6
    assert len(read_group("SCO", on=ON).codes) == 10


def test_lists_and_text_are_the_same():
    assert read_group(["SCO", "EAEU"], on=ON) == read_group("SCO, EAEU", on=ON)
    assert names(" SCO+ ,, KAZ,") == ("SCO+", "KAZ")


@pytest.mark.parametrize("name", ["sco", "Sco", "SCO", " arab league", "MERCOSUR+"])
def test_blocs_in_any_case(name):
    assert read_group(name, on=ON).codes


def test_codes_in_any_case_but_exactly_first():
    assert read_group("kaz,x01", on=ON, codes=CODES).codes == ("KAZ", "X01")
    assert read_group("kaz", on=ON, codes=("KAZ", "kaz")).codes == ("kaz",)


def test_all_means_everybody_of_the_world():
    assert read_group("all", on=ON, codes=CODES) == Group(CODES)
    with pytest.raises(DataError, match="'all' is neither"):
        read_group("all", on=ON)


def test_present_narrows_blocs_but_not_codes():
    found = read_group("EAEU,CHN", on=ON, codes=CODES, present={"RUS"})
    assert found == Group(("RUS", "CHN"), ("BLR", "KAZ", "ARM", "KGZ"))
    assert read_group("all", on=ON, codes=CODES, present={"RUS"}).codes == ("RUS",)


def test_who_is_named_by_code_is_not_absent():
    found = read_group("EAEU,KAZ", on=ON, codes=CODES, present={"RUS"})
    assert found == Group(("RUS", "KAZ"), ("BLR", "ARM", "KGZ"))


def test_without_a_world_members_are_taken_as_the_list_has_them(tmp_path):
    path = tmp_path / "blocs.csv"
    path.write_text("bloc,code\nClub,ALPHA\nClub,BETA\n")
    blocs = load_blocs(path)
    assert read_group("Club,KAZ", on=ON, blocs=blocs).codes == ("ALPHA", "BETA", "KAZ")
    with pytest.raises(DataError, match="bloc Club holds 'ALPHA', which is neither ISO 3166 nor"):
        read_group("Club", on=ON, blocs=blocs, codes=CODES)
    assert read_group("Club", on=ON, blocs=blocs, codes=("ALPHA", "BETA")).codes[1] == "BETA"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SCOO", r"^--players: 'SCOO' is neither a bloc nor an economy of w.* Did you mean SCO\?"),
        ("KAZX", r"Did you mean KAZ\?"),
        ("Kazakhstan", r"Write KAZ\."),
        ("EAEU++", r"'EAEU\+\+' is neither"),
        ("", r"nothing names no economy of w"),
        (" , ", r"nothing names no economy of w"),
        ("G7", r"'G7' names no economy of w"),
        ("X" * 500, r"'X{76}…' is neither"),
    ],
)
def test_refusals_say_where_what_and_the_remedy(text, message):
    with pytest.raises(DataError, match=message):
        read_group(text, on=ON, codes=CODES, where="--players", of="w")


def test_a_bloc_that_was_not_yet_founded_is_refused():
    with pytest.raises(DataError, match="founded on"):
        read_group("SCO", on=dt.date(1990, 1, 1), codes=CODES)
