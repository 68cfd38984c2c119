"""The tariffs of world-2023 against published means, and inside the unions that have none.

`tariff_means_2023.csv` has every importer: its MFN mean and what it is of, the scale, the mean that the
world applies, weighted by trade, and the published one (WDI TM.TAX.MRCH.WM.AR.ZS, latest to 2022, else UN
SDG 17.10.1 to 2018) with the gap. `scripts/derive_tariffs_2023.py` writes it.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import winset
from winset.places.blocs import load_blocs
from winset.worlds.tariff_sources import TARIFF_SOURCES

WORLD = winset.world("world-2023")
RATE, MFN, KIND = WORLD.tariff[0], WORLD.mfn[0], WORLD.tariff_source[0]
OFF = ~np.eye(len(WORLD), dtype=bool)
with (Path(__file__).parent / "tariff_means_2023.csv").open(encoding="utf-8") as file:
    MEANS = {row["importer"]: row for row in csv.DictReader(file)}


def test_all_194_importers_are_in_the_fixture_and_have_the_mean_that_it_says() -> None:
    assert tuple(MEANS) == WORLD.codes
    for k, code in enumerate(WORLD.codes):
        mean = 100 * RATE[:, k] @ WORLD.flows[:, k] / WORLD.flows[:, k].sum()
        said = MEANS[code]
        assert mean == pytest.approx(float(said["applied_percent"]), abs=2e-3), code
        if said["published_percent"]:
            gap = float(said["gap_points"])
            assert mean - float(said["published_percent"]) == pytest.approx(gap, abs=2e-3), code


def test_importers_that_are_not_measured_have_the_published_mean_where_the_scale_is_free() -> None:
    free = [
        row
        for row in MEANS.values()
        if float(row["measured_share"]) == 0
        and row["published_percent"]
        and float(row["mfn_percent"]) > 0
        and 0.1 < float(row["scale"]) < 1.5
    ]
    assert len(free) == 81
    for row in free:
        assert float(row["gap_points"]) == pytest.approx(0, abs=2e-3), row["importer"]


def test_gaps_of_measured_importers_are_known_and_named() -> None:
    told = {c: r for c, r in MEANS.items() if float(r["measured_share"]) > 0 and r["gap_points"]}
    gaps = {code: float(row["gap_points"]) for code, row in told.items()}
    assert float(np.median(np.abs(list(gaps.values())))) < 0.8
    assert {code for code, gap in gaps.items() if abs(gap) > 3} == {
        "ARE", "BGD", "IND", "JOR", "SAU", "TUN", "VNM"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["EAEU", "EU", "GCC", "USMCA", "Mercosur"])
def test_a_union_has_no_tariffs_inside(name: str) -> None:
    members = load_blocs(None)[name].members(dt.date(2023, 7, 1))
    rows = [WORLD.index[code] for code in members if code in WORLD.index]
    assert len(rows) > 2
    assert not RATE[np.ix_(rows, rows)].any()


@pytest.mark.parametrize(
    ("exporter", "importer", "percent", "source"),
    [
        ("CHN", "RUS", 6.57, "measured"),  # Russia's MFN mean is 6.4 (WDI 2018)
        ("RUS", "CHN", 4.52, "measured"),  # fuels enter China at 0 to 6 %
        ("IND", "PAK", 5.62, "measured"),
        ("PAK", "IND", 3.12, "measured"),  # before the 200 % of 2019
        ("KAZ", "KGZ", 0.0, "agreement"),
        ("RUS", "UZB", 0.0, "agreement"),
        ("CHN", "UZB", 3.84, "importer-mean"),
        ("RUS", "IRN", 6.54, "agreement"),  # half of Iran's
        ("CHN", "IRN", 13.07, "importer-mean"),
    ],
)
def test_rates_of_known_pairs(exporter: str, importer: str, percent: float, source: str) -> None:
    i, k = WORLD.index[exporter], WORLD.index[importer]
    assert 100 * RATE[i, k] == pytest.approx(percent, abs=0.01)
    assert TARIFF_SOURCES[KIND[i, k]] == source


def test_every_pair_says_what_it_rests_on_and_no_preference_is_above_mfn() -> None:
    assert (KIND[OFF] > 0).all()
    assert not KIND[~OFF].any()
    assert (MFN >= RATE).all()
    basis = WORLD.tariff_basis()
    assert basis is not None
    assert sum(basis.values()) == pytest.approx(1.0, abs=1e-12)
    assert {source: round(share, 2) for source, share in basis.items()} == {
        "measured": 0.65, "importer-mean": 0.06, "agreement": 0.29
    }  # fmt: skip


def test_the_two_worlds_of_2023_differ_in_tariffs_and_what_is_filled_in_alone() -> None:
    free = winset.world("world-2023-free")
    assert not free.tariff.any()
    assert free.codes == WORLD.codes
    other = free.trade != WORLD.trade
    assert not free.trade[other].any()  # tests/unit/test_worlds.py says where
    np.testing.assert_array_equal(free.gdp, WORLD.gdp)


def test_accounts_with_revenue_balance() -> None:
    accounts = WORLD.accounts(0.5)
    rest = accounts.spending - 0.5 * accounts.output
    np.testing.assert_allclose(accounts.income, rest, rtol=1e-12)
    assert abs(accounts.deficit.sum()) < 1e-9 * accounts.output.sum()
    duty = (WORLD.flows * RATE).sum(axis=0)
    np.testing.assert_allclose(accounts.revenue, duty, rtol=1e-12)


def test_the_script_gives_the_embedded_rates_and_half_matters_little(shared_data: Path) -> None:
    from scripts.derive_tariffs_2023 import derive, with_blanks_filled

    filled = with_blanks_filled(shared_data, winset.world("world-2023-free"))
    np.testing.assert_allclose(filled.trade, WORLD.trade, rtol=1e-5)
    laid, rows, _ = derive(shared_data, filled)
    np.testing.assert_allclose(laid.tariff[0], RATE, atol=1e-6)
    assert rows == list(MEANS.values())
    trade = WORLD.flows.sum()
    for half in (0.25, 0.75):
        other = derive(shared_data, filled, half)[0].tariff[0]
        moved = np.abs(other - RATE) > 1e-4
        assert 0.005 < WORLD.flows[moved].sum() / trade < 0.15
        assert abs((other - RATE) * WORLD.flows).sum() / trade < 1e-3  # a tenth of a point


def test_the_services_that_goods_leave_out_are_known_by_economy() -> None:
    left = WORLD.services_left_out()
    assert left is not None
    assert left["world_percent"] == pytest.approx(39.3, abs=0.6)
    assert left["percent"]["MDV"] > 60 > 15 > left["percent"]["TJK"]
    assert set(left["unknown"]) >= {"IRN", "SYR", "TKM"}  # none, or of 2010 and before
    assert set(left["percent"]) | set(left["unknown"]) == set(WORLD.codes)
    assert winset.world("icio-2022").services_left_out() is None
    run = winset.solve(WORLD, winset.Scenario.from_toml("uzbekistan-wto"))
    assert run.manifest()["world"]["services_left_out"] == left
    assert run.manifest()["world"]["tariff_sources"] == WORLD.tariff_basis()


def test_what_tariffs_rest_on_is_written_and_read_again(tmp_path: Path) -> None:
    from winset.worlds import read_world, write_world

    small = WORLD.select(["CHN", "KAZ", "KGZ", "UZB"])
    back = read_world(write_world(small, tmp_path / "small"))
    assert back.tariff_source is not None
    assert small.tariff_source is not None
    np.testing.assert_array_equal(back.tariff_source, small.tariff_source)
    assert back.tariff_basis() == small.tariff_basis()
    assert back.facts["services_percent"] == small.facts["services_percent"]


def test_an_unknown_source_is_refused_with_its_row(tmp_path: Path) -> None:
    from winset.worlds import find_problems, write_world

    folder = write_world(WORLD.select(["CHN", "KAZ", "UZB"]), tmp_path / "small")
    path = folder / "tariffs.csv"
    path.write_text(path.read_text("utf-8").replace("measured", "measure", 1), "utf-8")
    (problem,) = find_problems(folder)
    assert "tariffs.csv row 2: source is 'measure'. Did you mean measured?" in problem
