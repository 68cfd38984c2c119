"""Tariff changes as negotiators write them: formulas, MFN, margins, phases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.properties.test_sectors import with_sectors
from tests.properties.worlds import build

import winset
from winset.errors import DataError
from winset.scenario import Scenario, parse
from winset.worlds import World
from winset.worlds.mfn import inferred

if TYPE_CHECKING:
    from pathlib import Path

CODES = ["AAA", "BBB", "CCC", "DDD"]
#: Rows export. AAA charges 20 % on all but BBB (5 %), BBB 10 % on all, CCC nothing, DDD subsidizes.
RATES = np.array(
    [
        [0.0, 0.1, 0.0, -0.1],
        [0.05, 0.0, 0.0, 0.0],
        [0.2, 0.1, 0.0, 0.3],
        [0.2, 0.1, 0.0, 0.0],
    ]
)


def world() -> World:
    flows = np.full((4, 4), 10.0) + np.diag(np.full(4, 90.0))
    return build(flows, RATES, CODES)


def tariff(**keys: Any) -> dict[str, Any]:
    return {"kind": "tariff", "exporters": "all", "importers": ["AAA"]} | keys


def rates(*changes: dict[str, Any], target: World | None = None, **outer: Any) -> np.ndarray:
    """The tariffs of AAA on BBB, CCC and DDD after some changes."""
    scenario = parse({"change": list(changes), "on": "2025-01-01", **outer})
    return scenario.resolve(target or world()).tariff[..., 1:, 0]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"rate": 0.07}, [0.07, 0.07, 0.07]),
        ({"percent": -36.0}, [0.032, 0.128, 0.128]),
        ({"percent": 50.0}, [0.075, 0.3, 0.3]),
        ({"percent": -100.0}, [0.0, 0.0, 0.0]),
        ({"points": 0.05}, [0.1, 0.25, 0.25]),
        ({"points": -0.1}, [0.0, 0.1, 0.1]),
        ({"cap": 0.15}, [0.05, 0.15, 0.15]),
        ({"cap": 0.0}, [0.0, 0.0, 0.0]),
        ({"swiss": 0.08}, [0.08 * 0.05 / 0.13, 0.08 * 0.2 / 0.28, 0.08 * 0.2 / 0.28]),
        ({"margin": 0.25}, [0.15, 0.15, 0.15]),
        ({"margin": 1.0}, [0.0, 0.0, 0.0]),
    ],
)
def test_each_formula_by_hand(keys: dict[str, float], expected: list[float]) -> None:
    assert rates(tariff(**keys)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("size", [{"swiss": 0.08}, {"cap": 0.1}, {"points": -0.05}])
def test_a_subsidy_is_no_tariff_to_cut(size: dict[str, float]) -> None:
    change = {"kind": "tariff", "exporters": ["AAA"], "importers": ["DDD"], **size}
    shock = parse({"change": [change], "on": "2025-01-01"}).resolve(world())
    assert shock.tariff[0, 3] == -0.1


def test_formulas_compose_in_order() -> None:
    cut, cap = tariff(percent=-50.0), tariff(cap=0.08)
    assert rates(cut, cap) == pytest.approx([0.025, 0.08, 0.08])
    assert rates(cap, cut) == pytest.approx([0.025, 0.04, 0.04])
    assert rates(cut, cut) == pytest.approx([0.0125, 0.05, 0.05])


def test_a_formula_takes_sectors() -> None:
    split = with_sectors(world(), 3, 4.0, 0.5, 1)
    found = rates(tariff(swiss=0.1, sectors=["s0", "s2"]), target=split)
    plain = np.array([0.05, 0.2, 0.2])
    assert found[1] == pytest.approx(plain)
    assert found[[0, 2]] == pytest.approx(np.tile(0.1 * plain / (0.1 + plain), (2, 1)))


def test_percent_of_a_trade_cost_is_what_it_was() -> None:
    change = {"kind": "trade-cost", "among": ["AAA", "BBB"], "percent": -10.0}
    shock = parse({"change": [change], "on": "2025-01-01"}).resolve(world())
    assert shock.cost[0, 1] == 0.9
    assert np.array_equal(shock.tariff, RATES)


# MFN: a cut given to all.


def test_a_cut_given_to_all_raises_nobody() -> None:
    cut = tariff(exporters=["CCC"], rate=0.08)
    assert rates(cut) == pytest.approx([0.05, 0.08, 0.2])
    assert rates(cut | {"mfn": True}) == pytest.approx([0.05, 0.08, 0.08])  # BBB had 5 %


def test_a_rise_given_to_all_lowers_nobody() -> None:
    rise = tariff(exporters=["BBB"], rate=0.1, mfn=True)
    assert rates(rise) == pytest.approx([0.1, 0.2, 0.2])
    assert parse({"change": [rise]}).resolve(world()).tariff[0, 0] == 0.0  # nobody taxes itself


def test_a_rise_for_one_and_a_cut_for_another_is_for_all() -> None:
    mixed = tariff(exporters=["BBB", "CCC"], rate=0.1, mfn=True)
    assert rates(mixed) == pytest.approx([0.1, 0.1, 0.1])


def test_formulas_are_given_to_all_by_formula() -> None:
    assert rates(tariff(exporters=["CCC"], percent=-50.0, mfn=True)) == pytest.approx(
        [0.025, 0.1, 0.1]
    )
    assert rates(tariff(exporters=["BBB"], cap=0.15, mfn=True)) == pytest.approx([0.05, 0.15, 0.15])


def test_mfn_reaches_only_the_importers_named_and_no_home() -> None:
    change = {"kind": "tariff", "among": ["AAA", "BBB"], "rate": 0.01, "mfn": True}
    shock = parse({"change": [change], "on": "2025-01-01"}).resolve(world())
    assert shock.tariff[:, :2] == pytest.approx(
        np.array([[0, 0.01], [0.01, 0], [0.01, 0.01], [0.01, 0.01]])
    )
    assert np.array_equal(shock.tariff[:, 2:], RATES[:, 2:])
    assert shock.members == ("AAA", "BBB")  # outsiders benefit, but are not the ones named


def test_mfn_by_sector() -> None:
    split = with_sectors(world(), 2, 4.0, 0.5, 1)
    found = rates(tariff(exporters=["CCC"], rate=0.0, mfn=True, sector="s1"), target=split)
    assert found == pytest.approx(np.array([[0.05, 0.2, 0.2], [0.0, 0.0, 0.0]]))


def test_the_game_of_coalitions_refuses_mfn() -> None:
    from winset.trade.coalitions.compute import prepare

    change = {"kind": "tariff", "among": ["AAA", "BBB"], "percent": -50.0, "mfn": True}
    scenario = parse({"change": [change], "on": "2025-01-01"})
    with pytest.raises(DataError, match="mfn = true gives a coalition's tariff cut to everybody"):
        prepare(world(), scenario)


# The MFN rate.


def test_the_mfn_rate_is_the_highest_that_some_share() -> None:
    n = 9
    rates = np.zeros((1, n, n))
    rates[0, 1:, 0] = [
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        0.12,
        0.12,
        0.45,
    ]  # union, third parties, one singled out
    assert inferred(rates)[0, 0] == pytest.approx(0.12)
    rates[0, 1:, 0] = [0.02, 0.02, 0.02, 0.02, 0.02, 0.12, 0.12, 0.45]  # a bloc with a preference
    assert inferred(rates)[0, 0] == pytest.approx(0.12)
    rates[0, 1:, 0] = [0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07]  # each its own mix of goods
    assert inferred(rates)[0, 0] == pytest.approx(0.04)
    assert inferred(np.zeros((2, n, n))) == pytest.approx(np.zeros((2, n)))


def test_the_union_of_the_data_has_the_rate_of_third_parties() -> None:
    icio = winset.world("icio-2022")
    sector, germany, france = icio.sector("A01"), icio.index["DEU"], icio.index["FRA"]
    usa = icio.index["USA"]
    assert icio.tariff[sector, france, germany] == 0.0
    assert icio.mfn_rates[sector, france, germany] == pytest.approx(0.0506, abs=1e-4)
    assert icio.mfn_rates[sector, france, germany] == icio.mfn_rates[sector, usa, germany]


def test_mfn_of_the_data_goes_before_and_survives(tmp_path: Path) -> None:
    mfn = np.where(np.eye(4), 0.0, 0.24)[None]
    known = replace(world(), mfn=mfn.copy())
    assert rates(tariff(margin=0.5), target=known) == pytest.approx([0.12, 0.12, 0.12])
    assert known.sha256 != world().sha256
    folder = winset.write_world(known, tmp_path / "w")
    again = winset.world(folder)
    assert again.mfn is not None
    assert again.mfn == pytest.approx(mfn)
    assert again.sha256 == known.sha256
    small = known.select(["BBB", "AAA"])
    assert small.mfn is not None
    assert small.mfn[0, 0, 1] == 0.24
    merged = known.aggregate({"REST": ["CCC", "DDD"]})
    assert merged.mfn is not None
    assert merged.mfn.shape == merged.tariff.shape
    assert merged.mfn[0, merged.index["REST"], 0] == pytest.approx(0.24)
    closed = known.closed(0.5)
    assert closed.mfn is not None
    assert closed.mfn[0] == pytest.approx(mfn[0])


def test_a_blank_mfn_is_the_rate(tmp_path: Path) -> None:
    folder = winset.write_world(replace(world(), mfn=world().tariff.copy()), tmp_path / "w")
    path = folder / "tariffs.csv"
    text = path.read_text("utf-8")
    assert text.splitlines()[0] == "exporter,importer,rate,mfn"
    path.write_text(
        text.replace("CCC,AAA,0.2,0.2", "CCC,AAA,0.2,").replace("5,0.05", "5,0.3"), "utf-8"
    )
    mfn = winset.world(folder).mfn
    assert mfn is not None
    assert mfn[0, 1:, 0] == pytest.approx([0.3, 0.2, 0.2])
    path.write_text(text.replace("CCC,AAA,0.2,0.2", "CCC,AAA,0.2,-1"), "utf-8")
    with pytest.raises(DataError, match=r"mfn is -1; a tariff must exceed -1"):
        winset.world(folder)
    path.write_text(text.replace("CCC,AAA,0.2,0.2", "CCC,AAA,0.2,high"), "utf-8")
    with pytest.raises(DataError, match=r"mfn is 'high'; it must be a number"):
        winset.world(folder)


# Phases.


@pytest.mark.parametrize(
    ("year", "part"), [(2025, 0.0), (2026, 0.2), (2028, 0.6), (2030, 1.0), (2040, 1.0), (None, 1.0)]
)
def test_a_phase_comes_in_equal_yearly_stages(year: int | None, part: float) -> None:
    outer = {} if year is None else {"year": year}
    found = rates(tariff(rate=0.1, phase=[2026, 2030]), **outer)
    before = np.array([0.05, 0.2, 0.2])
    assert found == pytest.approx(before + part * (0.1 - before), abs=1e-15)


def test_a_change_without_a_phase_is_complete_in_every_year() -> None:
    found = rates(tariff(percent=-50.0), tariff(points=0.1, phase=[2026, 2027]), year=2026)
    assert found == pytest.approx([0.075, 0.15, 0.15])


def test_costs_and_productivity_have_phases_too() -> None:
    changes = [
        {"kind": "trade-cost", "among": ["AAA", "BBB"], "percent": -10.0, "phase": [2026, 2027]},
        {"kind": "productivity", "economies": ["CCC"], "factor": 1.2, "phase": [2025, 2028]},
    ]
    shock = parse({"change": changes, "year": 2026}).resolve(world())
    assert shock.cost[0, 1] == pytest.approx(0.95)
    assert shock.productivity == pytest.approx([1, 1, 1.1, 1])


def test_one_phase_may_follow_another_on_the_same_pairs() -> None:
    first = tariff(rate=0.1, phase=[2026, 2027])
    then = tariff(rate=0.0, phase=[2028, 2029])
    assert rates(first, then, year=2028) == pytest.approx([0.05, 0.05, 0.05])
    assert rates(first, then) == pytest.approx([0.0, 0.0, 0.0])
    with pytest.raises(DataError, match="contradicts change 1"):
        rates(first, then | {"phase": [2027, 2029]})


def test_mfn_and_phase_together() -> None:
    found = rates(tariff(exporters=["CCC"], rate=0.1, mfn=True, phase=[2026, 2027]), year=2026)
    assert found == pytest.approx([0.05, 0.15, 0.15])


# In files, through --set, and back to TOML.


def test_formulas_by_pair_from_a_file(tmp_path: Path) -> None:
    text = "exporter,importer,swiss\nBBB,AAA,0.05\nCCC,AAA,0.2\n"
    (tmp_path / "cuts.csv").write_text(text, "utf-8")
    raw = {"change": [{"kind": "tariff", "file": "cuts.csv"}], "on": "2025-01-01"}
    scenario = parse(raw, path=tmp_path / "s.toml")
    found = scenario.resolve(world()).tariff[1:, 0]
    assert found == pytest.approx([0.025, 0.1, 0.2])


def test_a_row_for_one_sector_replaces_the_row_for_all(tmp_path: Path) -> None:
    text = "exporter,importer,sector,percent\nCCC,AAA,,-50\nCCC,AAA,s1,-10\n"
    (tmp_path / "cuts.csv").write_text(text, "utf-8")
    raw = {"change": [{"kind": "tariff", "file": "cuts.csv"}], "on": "2025-01-01"}
    split = with_sectors(world(), 2, 4.0, 0.5, 1)
    found = parse(raw, path=tmp_path / "s.toml").resolve(split).tariff[:, 2, 0]
    assert found == pytest.approx([0.1, 0.18])
    staged = {"change": [raw["change"][0] | {"phase": [2026, 2027]}], "year": 2026}  # type: ignore[index]
    found = parse(staged, path=tmp_path / "s.toml").resolve(split).tariff[:, 2, 0]
    assert found == pytest.approx([0.15, 0.19])


TOML = """on = "2025-01-01"
[[change]]
kind = "tariff"
exporters = "all"
importers = ["AAA"]
percent = -36
phase = [2026, 2030]
"""


def from_text(tmp_path: Path, text: str = TOML, **overrides: str) -> Scenario:
    path = tmp_path / "s.toml"
    path.write_text(text, "utf-8")
    pairs = {key.replace("__", "."): value for key, value in overrides.items()}
    return Scenario.from_toml(path, overrides=pairs)


def test_set_reaches_every_key(tmp_path: Path) -> None:
    scenario = from_text(tmp_path, year="2028", change__1__mfn="true", percent="-20")
    change = scenario.changes[0]
    assert change.kind == "tariff"
    assert (scenario.year, change.mfn, change.percent) == (2028, True, -20.0)
    assert from_text(tmp_path, phase="[2027, 2028]").changes[0].phase == [2027, 2028]


def test_set_puts_one_formula_in_the_place_of_another(tmp_path: Path) -> None:
    change = from_text(tmp_path, change__1__swiss="0.08").changes[0]
    assert change.kind == "tariff"
    assert change.formula() == ("swiss", 0.08)


def test_back_to_toml(tmp_path: Path) -> None:
    once = from_text(tmp_path, year="2028", change__1__mfn="true")
    again = from_text(tmp_path, once.to_toml())
    assert (again.changes, again.year) == (once.changes, 2028)
    assert "year" not in from_text(tmp_path).to_toml()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("percent = -36", "swiss = 8", "line 7 (change 1): swiss = 8 is out of range: it must be"),
        (
            "percent = -36",
            "swiss = 0",
            "swiss = 0 is out of range: it must be above 0 and at most 1",
        ),
        ("percent = -36", "swiss = 8", "Write the coefficient as a fraction: 0.08"),
        ("percent = -36", "points = 5", "Write 0.05 for five percentage points"),
        ("percent = -36", "cap = 15", "Write 0.15 for a cap of fifteen percent"),
        ("percent = -36", "cap = -0.1", "cap = -0.1 is out of range: it must be at least 0"),
        ("percent = -36", "margin = 25", "Write 0.25 for a preference of a quarter"),
        ("percent = -36", "percent = -101", "it must be at least -100"),
        ("percent = -36", "percent = inf", "percent = inf is wrong"),
        ("percent = -36", 'cap = "ten"', "cap = 'ten' is wrong"),
        ("percent = -36", "percent = -36\ncap = 0.1", "(found percent and cap)"),
        (
            "percent = -36",
            "",
            "exactly one of rate, percent, points, cap, swiss, margin, answer (found none)",
        ),
        ("percent = -36", "swis = 0.1", "unknown key 'swis'. Did you mean swiss?"),
        ("percent = -36", "percent = -36\nmfn = 1", "mfn = 1 is wrong"),
        ("[2026, 2030]", "[2030, 2026]", "phase = [2030, 2026] ends before it begins"),
        ("[2026, 2030]", "[2026]", "phase = [2026] is wrong"),
        ("[2026, 2030]", "[20, 30]", "phase = 20 is wrong"),
        ("phase = [2026, 2030]", "", "no change has a phase"),
        ('importers = ["AAA"]', 'importers = ["AAA"]\nphaze = 1', "Did you mean phase?"),
    ],
)
def test_what_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = "year = 2027\n" + TOML
    assert old in text
    with pytest.raises(DataError) as failure:
        from_text(tmp_path, text.replace(old, new))
    assert message in str(failure.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [tariff(percent=-36.0), tariff(rate=0.1)],
            "rate = 0.1 contradicts change 1, which has percent = -36 for the very same pairs",
        ),
        (
            [tariff(rate=0.1), tariff(margin=0.5)],
            "margin = 0.5 contradicts change 1, which sets 0.1",
        ),
        (
            [{"kind": "tariff", "exporters": ["AAA"], "importers": ["DDD"], "percent": 1e3}],
            "the tariff of DDD on AAA would be -1.1; a tariff must exceed -1",
        ),
    ],
)
def test_contradictions(changes: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(DataError) as failure:
        rates(*changes)
    assert message in str(failure.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("exporter,importer,rate,swiss\nBBB,AAA,0.1,0.1\n", "rate and swiss contradict each other"),
        ("exporter,importer,size\nBBB,AAA,0.1\n", "no column rate or percent or points or cap"),
        (
            "exporter,importer,swiss\nBBB,AAA,8\n",
            "row 2: swiss is '8'; it must be above 0 and at most 1",
        ),
        (
            "exporter,importer,margin\nBBB,AAA,half\n",
            "row 2: margin is 'half'; it must be at least 0",
        ),
    ],
)
def test_files_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "cuts.csv").write_text(text, "utf-8")
    raw = {"change": [{"kind": "tariff", "file": "cuts.csv"}], "on": "2025-01-01"}
    with pytest.raises(DataError) as failure:
        parse(raw, path=tmp_path / "s.toml").resolve(world())
    assert message in str(failure.value)


def test_mfn_and_file_contradict(tmp_path: Path) -> None:
    raw = {"change": [{"kind": "tariff", "file": "cuts.csv", "mfn": True}], "on": "2025-01-01"}
    with pytest.raises(DataError, match="mfn and file contradict each other"):
        parse(raw, path=tmp_path / "s.toml")


# What a run says of changes that alter nothing.


def test_a_cut_of_no_tariff_is_said_to_alter_nothing(winset: Any, tmp_path: Path) -> None:
    cut = '[[change]]\nkind = "tariff"\namong = ["KAZ", "UZB"]\npercent = -36\n'
    cost = '[[change]]\nkind = "trade-cost"\namong = ["KAZ", "UZB"]\npercent = -5\n'
    path = tmp_path / "s.toml"
    head = 'on = "2025-09-01"\nworld = "world-2023-free"\n'
    path.write_text(head + cut, "utf-8")
    said = winset("run", path)
    assert said.code == 2
    assert "The world has no tariffs that a percent, cap, Swiss formula or margin" in said.err
    path.write_text(head + cut + cost, "utf-8")
    said = winset("run", path, "--top", 0)
    assert said.code == 0
    assert "Note: Change 1 (tariff) alters nothing here." in said.out


def test_a_year_before_every_phase_says_so(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        'on = "2025-09-01"\n[[change]]\nkind = "trade-cost"\namong = ["KAZ", "UZB"]\n'
        "percent = -5\nphase = [2026, 2028]\n",
        "utf-8",
    )
    assert winset("run", path, "--set", "year=2026", "--top", 0).code == 0
    said = winset("run", path, "--set", "year=2025")
    assert (said.code, said.out) == (2, "")
    assert "No phase has begun by 2025" in said.err
    said = winset("run", path, "--set", "year=soon")
    assert "year = 'soon' is wrong" in said.err


# What a run prints.


@pytest.fixture
def place(tmp_path: Path) -> Path:
    winset.write_world(world(), tmp_path / "w")
    (tmp_path / "s.toml").write_text(TOML.replace("on = ", 'world = "w"\non = '), "utf-8")
    return tmp_path


def test_a_run_says_what_it_creates_and_diverts(winset: Any, place: Path) -> None:
    said = winset("run", place / "s.toml", "--set", 'exporters=["CCC"]', "--out", place / "out")
    out = " ".join(said.out.split())
    assert "Trade creation +0.00" in out
    assert "together once they adjust; diverted most from DDD (" in out
    assert (
        "Tariffs of AAA, weighted by trade: on members 20.00 → 12.80 %, on outsiders 12.50" in out
    )
    page = (place / "out" / "report.html").read_text("utf-8")
    assert '<h2 id="diversion">' in page
    assert 'download="diversion.csv"' in page


def test_a_rise_says_that_sales_at_home_replace_imports(winset: Any, place: Path) -> None:
    rise = ("--set", "percent=50", "--set", 'exporters=["CCC"]')
    said = " ".join(winset("run", place / "s.toml", *rise).out.split())
    assert "(sales at home replace imports)" in said
    assert "diverted most to DDD (0.0003), BBB (0.0003)." in said


def test_the_keys_are_there_where_they_apply(winset: Any, place: Path) -> None:
    keys = {"creation", "diversion", "adjustment", "tariffs"}
    said = winset("run", place / "s.toml", "--json").json
    assert keys <= set(said)
    parts = [said[key]["importers"][0]["musd"] for key in ("creation", "diversion")]
    assert said["creation"]["partners"]
    assert sum(parts) > 0
    better = '[[change]]\nkind = "productivity"\neconomies = ["AAA"]\npercent = 1\n'
    (place / "s.toml").write_text('world = "w"\n' + better, "utf-8")
    assert keys & set(winset("run", place / "s.toml", "--json").json) == {"tariffs"}
    (place / "s.toml").write_text(better.replace("AAA", "KAZ"), "utf-8")
    assert keys & set(winset("run", place / "s.toml", "--json").json) == set()
