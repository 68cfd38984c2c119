"""Scenarios: composition, dates, overrides, and messages that name the line."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest

import winset
from winset.errors import DataError
from winset.scenario import Scenario, bundled_scenarios

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'title = "t"\non = "2025-09-01"\n'
COST = '[[change]]\nkind = "trade-cost"\namong = ["KAZ", "UZB"]\npercent = -10\n'


def read(tmp_path: Path, text: str, **overrides: str) -> Scenario:
    path = tmp_path / "scenario.toml"
    path.write_text(text, "utf-8")
    return Scenario.from_toml(path, overrides=overrides)


def test_costs_multiply_and_tariffs_replace(tmp_path: Path) -> None:
    text = HEAD + COST + COST
    for rate in (0.1, 0.3):
        exporter = "CHN" if rate == 0.1 else "all"
        text += f'[[change]]\nkind = "tariff"\nexporters = "{exporter}"\nimporters = ["USA"]\nrate = {rate}\n'
    world = winset.world()
    shock = read(tmp_path, text).resolve(world)
    k, u, c, a = (world.index[code] for code in ("KAZ", "UZB", "CHN", "USA"))
    assert shock.cost[k, u] == pytest.approx(0.81)
    assert shock.cost[k, k] == 1.0
    assert shock.tariff[c, a] == 0.3  # the later change covers more pairs and stands
    assert shock.tariff[a, c] == 0.0
    assert set(shock.members) == {"KAZ", "UZB", "CHN", "USA"}


def test_blocs_resolve_on_the_date(tmp_path: Path) -> None:
    text = COST.replace('["KAZ", "UZB"]', '"SCO"')
    world = winset.world()
    then = read(tmp_path, 'on = "2016-01-01"\n' + text).resolve(world)
    now = read(tmp_path, 'on = "2025-09-01"\n' + text).resolve(world)
    assert (len(then.members), len(now.members)) == (6, 10)
    assert read(tmp_path, text).on == dt.date.today()


def test_members_that_the_world_lacks_are_named(tmp_path: Path) -> None:
    shock = read(tmp_path, HEAD + COST.replace('["KAZ", "UZB"]', '"APEC"')).resolve(winset.world())
    assert shock.absent == ("TWN",)


def test_lists_may_mix_blocs_and_codes(tmp_path: Path) -> None:
    text = HEAD + COST.replace('["KAZ", "UZB"]', '["EAEU", "MNG"]')
    assert len(read(tmp_path, text).resolve(winset.world()).members) == 6


def test_changes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("exporter,importer,factor\nKAZ,UZB,0.5\n", "utf-8")
    text = HEAD + '[[change]]\nkind = "trade-cost"\nfile = "pairs.csv"\n'
    world = winset.world()
    shock = read(tmp_path, text).resolve(world)
    assert shock.cost[world.index["KAZ"], world.index["UZB"]] == 0.5
    assert np.count_nonzero(shock.cost != 1.0) == 1


@pytest.mark.parametrize("name", bundled_scenarios())
def test_bundled_scenarios_survive_a_round_trip(name: str, tmp_path: Path) -> None:
    once = Scenario.from_toml(name)
    path = once.folder / "again.toml"  # files are sought beside the scenario
    text = once.to_toml()
    path = tmp_path / "again.toml"
    for file in once.folder.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path.write_text(text, "utf-8")
    again = Scenario.from_toml(path)
    assert (again.changes, again.parameters, again.on) == (once.changes, once.parameters, once.on)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("percent", "-20", -20.0),
        ("change.1.percent", "5", 5.0),
        ("trade_elasticity", "7", 7.0),
        ("parameters.trade_elasticity", "7", 7.0),
    ],
)
def test_overrides(tmp_path: Path, key: str, value: str, expected: float) -> None:
    scenario = read(tmp_path, HEAD + COST, **{key: value})
    change = scenario.changes[0]
    found = change.percent if "percent" in key else scenario.parameters.trade_elasticity  # type: ignore[union-attr]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "colour = 1\n" + COST, "line 3 (colour): unknown key 'colour'"),
        (
            HEAD + COST.replace("percent", "percnt"),
            "line 6 (change 1): unknown key 'percnt'. Did you",
        ),
        (
            HEAD + COST.replace("trade-cost", "trade-costs"),
            "(change 1): unknown kind 'trade-costs'",
        ),
        (HEAD + COST.replace("UZB", "UZX"), "'UZX' is neither a bloc nor an economy"),
        (HEAD + COST.replace('"UZB"', '"Uzbekistan"'), "Write UZB"),
        (HEAD + COST.replace("-10", "-100"), "line 6 (change 1): percent = -100"),
        (HEAD + COST.replace("-10", '"ten"'), "line 6 (change 1): percent = 'ten' is wrong"),
        (HEAD + COST.replace("-10", "nan"), "percent = nan is wrong"),
        (HEAD + COST + "factor = 0.9\n", "give exactly one of percent, factor"),
        (HEAD + COST.replace("percent = -10\n", ""), "give exactly one of percent, factor"),
        (HEAD + COST.replace('["KAZ", "UZB"]', "[]"), "names no economy"),
        (HEAD + COST.replace('["KAZ", "UZB"]', '["KAZ"]'), "a change among a group needs two"),
        (HEAD + COST + 'exporters = "all"\n', "name the pairs in one way"),
        (
            HEAD + '[[change]]\nkind = "tariff"\nexporters = "all"\nrate = 0.1\n',
            "importers is missing",
        ),
        (
            HEAD + '[[change]]\nkind = "tariff"\nexporters="all"\nimporters="all"\nrate = -1\n',
            "rate = -1 is wrong",
        ),
        (
            HEAD
            + '[[change]]\nkind = "tariff"\nexporters = ["CHN"]\nimporters = ["USA"]\nrate = 0.1\n'
            * 1
            + '[[change]]\nkind = "tariff"\nexporters = ["CHN"]\nimporters = ["USA"]\nrate = 0.2\n',
            "rate = 0.2 contradicts change 1, which sets 0.1",
        ),
        (HEAD, "no [[change]]; the scenario changes nothing"),
        (HEAD + COST.replace("-10", "0"), "changes nothing in world 'world-2023-free'"),
        (HEAD.replace("2025-09-01", "1 May") + COST, "on: '1 May' is not a date"),
        (HEAD + "[parameters]\ntheta = 4\n" + COST, "unknown key 'theta'"),
        (
            HEAD + "[parameters]\ntrade_elasticity = 0\n" + COST,
            "line 4 (parameters): trade_elasticity",
        ),
        (HEAD + '[parameters]\ndeficits = "none"\n' + COST, "deficits = 'none' is wrong"),
        (
            HEAD + "[parameters]\nscale_elasticity = 1\nlabor_supply_elasticity = 1\n" + COST,
            "output would explode",
        ),
        (HEAD + 'world = "world-2032"\n' + COST, "Did you mean world-2023 or world-2023-free"),
        (HEAD + "[[change\n", "not readable as TOML"),
        (HEAD + '[[change]]\nkind = "trade-cost"\nfile = "gone.csv"\n', "not readable as CSV"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, message: str) -> None:
    from winset.studies import scenario_run

    path = tmp_path / "scenario.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError) as failure:
        scenario_run.run(path)
    assert message in str(failure.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("KAZ,UZX,0.9\n", "row 2: importer 'UZX' is not in world"),
        ("KAZ,UZB,zero\n", "row 2: factor is 'zero'; it must be a number above 0"),
        ("KAZ,UZB,0\n", "row 2: factor is '0'"),
        ("KAZ,UZB,0.9\nKAZ,UZB,0.8\n", "row 3: the pair is given twice"),
        ("KAZ,KAZ,0.9\n", "row 2: a change at home is not a trade cost"),
        ("", "no rows"),
    ],
)
def test_files_of_changes_that_are_refused(tmp_path: Path, rows: str, message: str) -> None:
    (tmp_path / "pairs.csv").write_text("exporter,importer,factor\n" + rows, "utf-8")
    text = HEAD + '[[change]]\nkind = "trade-cost"\nfile = "pairs.csv"\n'
    with pytest.raises(DataError) as failure:
        read(tmp_path, text).resolve(winset.world())
    assert message in str(failure.value)
