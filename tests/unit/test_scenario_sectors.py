"""Changes in a world with sectors: which cells they reach, what a file says of sectors, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit.changes import ONE, TARIFF, WORLD, scenario, tariff

from winset.errors import DataError
from winset.scenario import Scenario, parse, read_scenario
from winset.worlds.technology import Technology

if TYPE_CHECKING:
    from pathlib import Path

#: The three economies with two sectors that are traded and one that is not.
SPLIT = replace(
    WORLD,
    sectors=("ore", "oil", "homes"),
    trade=np.stack([WORLD.trade[0], 2.0 * WORLD.trade[0], np.diag(np.diag(WORLD.trade[0]))]),
    tariff=np.stack([np.array(TARIFF), 0.5 * np.array(TARIFF), np.zeros((3, 3))]),
    technology=Technology(names=("Ores", "Oils", "Homes"), elasticity=np.array([4.0, 5.0, np.nan])),
)


def laid(*changes: dict[str, Any], **outer: Any) -> Any:
    return scenario(*changes, **outer).resolve(SPLIT)


@pytest.mark.parametrize(
    ("which", "cut"),
    [
        ({}, [0.9, 0.9, 1.0]),
        ({"sector": "oil"}, [1.0, 0.9, 1.0]),
        ({"sectors": ["oil"]}, [1.0, 0.9, 1.0]),
        ({"sectors": ["oil", "ore", "oil"]}, [0.9, 0.9, 1.0]),
    ],
)
def test_a_change_reaches_the_traded_sectors_that_it_names(
    which: dict[str, Any], cut: list[float]
) -> None:
    shock = laid(ONE | which)
    assert shock.cost[:, 0, 1].tolist() == pytest.approx(cut)
    assert shock.cost[:, 1, 0].tolist() == pytest.approx(cut)
    assert (shock.cost[:, 2] == 1.0).all()
    np.testing.assert_array_equal(shock.tariff, SPLIT.tariff)


def test_a_tariff_of_one_sector_leaves_the_others() -> None:
    shock = laid(tariff(rate=0.3, sector="oil"))
    np.testing.assert_allclose(shock.tariff[1, 1], [0.3, 0.0, 0.3])
    np.testing.assert_array_equal(shock.tariff[[0, 2]], SPLIT.tariff[[0, 2]])
    assert not shock.changes_nothing(SPLIT)
    assert laid(tariff(percent=0.0)).changes_nothing(SPLIT)


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ({"sector": "gas"}, r"sector 'gas' is not in world 'made'"),
        (
            {"sector": "homes"},
            r"change 1 \(trade-cost\): sector 'homes' of world 'made' is not traded",
        ),
        ({"sectors": ["ore", "homes"]}, "sector 'homes' of world 'made' is not traded"),
    ],
)
def test_sectors_that_are_refused(which: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        laid(ONE | which)


def test_a_sector_in_a_world_without_any_is_refused() -> None:
    for which in ({"sector": "ore"}, {"sectors": ["ore", "oil"]}):
        names = "ore, oil" if "sectors" in which else "ore"
        with pytest.raises(
            DataError, match=rf"world 'made' has no sectors, but the change names {names}\. Drop"
        ):
            scenario(ONE | which).resolve(WORLD)


def from_file(tmp_path: Path, text: str, kind: str = "tariff") -> Any:
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8")
    return replace(scenario({"kind": kind, "file": "pairs.csv"}), folder=tmp_path).resolve(SPLIT)


def test_a_file_names_sectors_in_a_column(tmp_path: Path) -> None:
    """A row without a sector is of all that are traded; one with a sector replaces it there."""
    text = "exporter,importer,sector,rate\nUZB,KAZ,,0.25\nUZB,KAZ,oil,0.5\nUZB,KGZ,ore,0.75\n"
    shock = from_file(tmp_path, text)
    assert shock.tariff[:, 1, 0].tolist() == [0.25, 0.5, 0.0]
    assert shock.tariff[:, 1, 2].tolist() == [0.75, 0.2, 0.0]
    costs = from_file(
        tmp_path, "exporter,importer,sector,factor\nUZB,KAZ,,0.8\nKAZ,KGZ,oil,0.5\n", "trade-cost"
    )
    assert costs.cost[:, 1, 0].tolist() == [0.8, 0.8, 1.0]
    assert costs.cost[:, 0, 2].tolist() == [1.0, 0.5, 1.0]
    assert costs.members == ("KAZ", "UZB", "KGZ")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("UZB,KAZ,homes,0.1", "row 2: sector 'homes' of world 'made' is not traded"),
        ("UZB,KAZ,oils,0.1", r"row 2: sector 'oils' is not in world 'made'\. Did you mean oil"),
        ("UZB,KAZ,oil,0.1\nUZB,KAZ,oil,0.2", "row 3: the pair is given twice"),
        ("UZB,KAZ,,0.1\nUZB,KAZ,,0.2", "row 3: the pair is given twice"),
    ],
)
def test_rows_by_sector_that_are_refused(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        from_file(tmp_path, f"exporter,importer,sector,rate\n{row}\n")


@pytest.mark.parametrize(
    ("year", "cost", "rate"), [(2025, 1.0, 0.05), (2026, 0.9, 0.15), (2027, 0.8, 0.25)]
)
def test_a_file_comes_into_force_in_parts(
    tmp_path: Path, year: int, cost: float, rate: float
) -> None:
    """Costs begin at one, tariffs at what they are."""
    for name, column, value in (("c", "factor", 0.8), ("t", "rate", 0.25)):
        (tmp_path / f"{name}.csv").write_text(
            f"exporter,importer,{column}\nUZB,KAZ,{value}\n", "utf-8"
        )
    phase = {"phase": [2026, 2027]}
    changes = [
        {"kind": "trade-cost", "file": "c.csv"} | phase,
        {"kind": "tariff", "file": "t.csv"} | phase,
    ]
    shock = replace(scenario(*changes, year=year), folder=tmp_path).resolve(WORLD)
    assert shock.cost[1, 0] == pytest.approx(cost)
    assert shock.tariff[1, 0] == pytest.approx(rate)
    assert (np.delete(shock.cost.ravel(), 3) == 1.0).all()


def test_the_one_sector_of_a_world_is_the_whole_of_it(tmp_path: Path) -> None:
    """Named or not, a pair has one row."""
    (tmp_path / "pairs.csv").write_text(
        "exporter,importer,sector,rate\nUZB,KAZ,goods,0.1\nUZB,KGZ,,0.2\n", encoding="utf-8"
    )
    given = replace(scenario({"kind": "tariff", "file": "pairs.csv"}), folder=tmp_path)
    assert given.resolve(WORLD).tariff[1].tolist() == [0.1, 0.0, 0.2]
    (tmp_path / "pairs.csv").write_text(
        "exporter,importer,sector,rate\nUZB,KAZ,goods,0.1\nUZB,KAZ,,0.2\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="row 3: the pair is given twice"):
        given.resolve(WORLD)


@pytest.mark.parametrize(
    ("column", "value", "new"),
    [("percent", -50, 0.2), ("points", 0.1, 0.5), ("cap", 0.15, 0.15), ("swiss", 0.2, 0.4 / 3)],
)
def test_a_file_may_hold_any_formula(tmp_path: Path, column: str, value: float, new: float) -> None:
    shock = from_file(tmp_path, f"exporter,importer,{column}\nUZB,KGZ,{value}\n")
    assert shock.tariff[0, 1, 2] == pytest.approx(new)  # of 0.4
    assert shock.tariff[2, 1, 2] == 0.0


# What is left of settings: titles of overrides, parameters by keyword, texts that are read back.


def test_titles_tell_each_override_in_words() -> None:
    raw = {
        "on": "2025-09-01",
        "change": [ONE | {"phase": [2026, 2027]}, tariff(rate=0.1, mfn=False)],
    }
    for key, text, said in (
        ("year", "2026", " (year = 2026)"),
        ("change.2.mfn", "true", " (change 2: mfn = true)"),
        ("change.1.phase", "[2026, 2030]", " (change 1: phase = 2026,2030)"),
        ("change.2.rate", "0.25", " (change 2: rate = 0.25)"),
        ("change.2.rate", "0.1", ""),
        ("change.2.percent", "-3", " (change 2: percent = -3)"),
        ("deficits", "balanced", ""),
    ):
        assert parse(raw, overrides={key: text}).title == f"untitled{said}", key


def test_an_override_is_a_value_of_toml_or_a_word() -> None:
    raw = {"on": "2025-09-01", "change": [ONE]}

    def set_(key: str, text: str) -> Scenario:
        return parse(raw, overrides={key: text})

    assert set_("percent", "3").changes[0].percent == 3.0  # type: ignore[union-attr]
    assert set_("among", "EAEU").changes[0].among == "EAEU"  # type: ignore[union-attr]
    assert set_("title", "3").title == "3"
    assert set_("world", "icio-2022").world == "icio-2022"
    assert set_("trade_elasticity", "5").parameters.trade_elasticity == 5.0
    with pytest.raises(DataError, match="percent = True is wrong"):
        set_("percent", "true")
    with pytest.raises(DataError, match="year = '20x6' is wrong"):
        set_("year", "20x6")
    once = scenario().with_override("percent", "-25")
    assert once.changes[0].percent == -25.0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "trade-cost", "among": ["KAZ", "UZB"]},
        {"kind": "productivity", "economies": ["KAZ"]},
    ],
)
@pytest.mark.parametrize(
    ("size", "good"),
    [({"factor": 0.001}, True), ({"factor": 0.0}, False), ({"factor": -0.5}, False),
     ({"percent": -99.9}, True), ({"percent": -100.0}, False), ({"percent": -150.0}, False)],
)  # fmt: skip
def test_costs_and_productivity_stay_positive(
    change: dict[str, Any], size: dict[str, float], good: bool
) -> None:
    if good:
        assert scenario(change | size).changes
    else:
        (key, value), *_ = size.items()
        with pytest.raises(DataError, match=rf"{key} = {value} is wrong"):
            scenario(change | size)


def test_a_scenario_that_is_read_already_stays_and_a_name_takes_overrides() -> None:
    given = scenario()
    assert read_scenario(given) is given
    assert read_scenario("sco-2025", {"percent": "-25"}).changes[0].percent == -25.0  # type: ignore[union-attr]
    assert read_scenario("sco-2025").changes[0].percent == -10.0  # type: ignore[union-attr]


def test_parameters_by_keyword_are_checked() -> None:
    given = scenario()
    assert given.with_parameters(trade_elasticity=7.0).parameters.trade_elasticity == 7.0
    assert given.parameters.trade_elasticity == 4.0
    with pytest.raises(
        DataError, match=r"unknown parameter 'elasticity'\..* Known: trade_elasticity"
    ):
        given.with_parameters(elasticity=7.0)
    with pytest.raises(DataError, match="trade_elasticity = 0"):
        given.with_parameters(trade_elasticity=0.0)


def test_what_is_written_is_read_back_with_year_and_doubt(tmp_path: Path) -> None:
    whole = scenario(
        ONE | {"phase": [2026, 2029]},
        year=2027,
        world="icio-2022",
        doubt={"flows": {"sigma": 0.1}},
        parameters={"deficits": "balanced", "value_added_share": 0.7},
    )
    path = tmp_path / "again.toml"
    path.write_text(whole.to_toml(), encoding="utf-8")
    again = Scenario.from_toml(path)
    for name in ("changes", "year", "world", "doubt", "parameters", "on", "title"):
        assert getattr(again, name) == getattr(whole, name), name


def test_a_world_beside_the_scenario_is_found(tmp_path: Path) -> None:
    from winset.worlds import write_world

    write_world(WORLD, tmp_path / "mine")
    path = tmp_path / "s.toml"
    path.write_text(scenario(world="mine").to_toml(), "utf-8")
    assert Scenario.from_toml(path).load_world().codes == WORLD.codes
    with pytest.raises(DataError, match="world 'mine' is neither embedded"):
        scenario(world="mine").load_world()
