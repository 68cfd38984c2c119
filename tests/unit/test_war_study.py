"""``winset war``: membership by date, and the study behind the command."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from winset.errors import DataError
from winset.studies.tariff_war import fight, war_players
from winset.worlds import world


def codes(said: dict[str, Any]) -> set[str]:
    return {player["code"] for player in said["players"]}


def test_members_of_a_bloc_are_those_of_the_date(winset: Any) -> None:
    """Bulgaria and Romania joined the EU in 2007, Croatia in 2013; the United Kingdom left in 2020."""
    before = winset("war", "icio-2022", "--players", "EU,USA", "--on", "2006-01-01", "--json").json
    now = winset("war", "icio-2022", "--players", "EU,USA", "--on", "2025-09-01", "--json").json
    assert "GBR" in codes(before)
    assert not {"BGR", "ROU", "HRV"} & codes(before)
    assert "GBR" not in codes(now)
    assert {"BGR", "ROU", "HRV", "USA"} <= codes(now)
    assert (before["on"], now["on"]) == ("2006-01-01", "2025-09-01")
    assert len(codes(now)) == 28


def test_the_date_is_printed_and_today_without_one(winset: Any) -> None:
    said = winset("war", "icio-2022", "--players", "EAEU", "--on", "2016-01-01", "--top", "1")
    assert "members of blocs on 2016-01-01" in said.out
    assert winset("war", "icio-2022", "--players", "RUS,KAZ", "--json").json["on"] == (
        dt.date.today().isoformat()
    )
    refused = winset("war", "icio-2022", "--on", "soon")
    assert (refused.code, refused.out) == (2, "")
    assert "--on: 'soon' is not a date" in refused.err


def test_players_as_one_and_alone() -> None:
    data, day = world("icio-2022"), dt.date(2025, 9, 1)
    assert war_players("all", day, data, None, as_one=False) is None
    alone = war_players("EAEU,USA", day, data, None, as_one=False)
    assert alone == {c: [c] for c in ("BLR", "KAZ", "RUS", "USA")}
    together = war_players("EAEU,USA", day, data, None, as_one=True)
    assert together == {"EAEU": ["BLR", "KAZ", "RUS"], "USA": ["USA"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "guess"}, "it is sufficient, exact, both"),
        ({"method": "sufficient", "as_one": True}, "--as-one needs --method exact"),
        ({"method": "both", "instruments": "sector"}, "--instruments: sufficient statistics know"),
        ({"method": "both", "as_one": True}, "--as-one: sufficient statistics know no such war"),
        ({"transfers": True}, "add --cooperate"),
        ({"players": "EAEU,XYZ"}, "'XYZ' is neither a bloc nor"),
        ({"method": "sufficient", "pictures": ("--chart",)}, "--chart needs --method exact"),
    ],
)
def test_options_that_contradict_each_other(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        fight("icio-2022", **options)


def test_both_methods_side_by_side_are_those_alone() -> None:
    data = world("icio-2022").select(["USA", "CHN", "DEU", "JPN"])
    both = fight(data, method="both", points=0, balanced=True).to_json()
    statistics = fight(data, method="sufficient", balanced=True).to_json()
    exact = fight(data, method="exact", points=0, balanced=True).to_json()
    assert both["players"] == exact["players"]
    found = {p["code"]: p for p in both["sufficient"]["players"]}
    for player in statistics["players"]:
        assert found[player["code"]]["tariff"] == pytest.approx(player["tariff"], rel=1e-12)
