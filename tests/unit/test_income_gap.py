"""Inequality indices by their properties, and a scenario's gains laid on incomes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from winset.delivery import inequality as measure
from winset.delivery.incomes import incomes
from winset.errors import DataError
from winset.studies import income_channels, scenario_run

RNG = np.random.default_rng(8)
Y, W = RNG.lognormal(0.0, 1.0, 60), RNG.uniform(1.0, 9.0, 60)
GROUP = np.repeat(np.arange(6), 10)
INDICES = {
    "theil": measure.theil,
    "mld": measure.mld,
    "gini": measure.gini,
    "atkinson": measure.atkinson,
    "atkinson 2": lambda y, w: measure.atkinson(y, w, epsilon=2.0),
}


def test_parts_add_to_the_whole() -> None:
    for part in measure.parts(Y, W, GROUP):
        assert part.between + part.within == pytest.approx(part.total, abs=1e-12)
        assert part.between > 0
        assert part.within > 0


@pytest.mark.parametrize("name", INDICES)
def test_a_uniform_gain_changes_nothing_and_a_transfer_to_the_poor_lowers(name: str) -> None:
    index = INDICES[name]
    assert index(1.37 * Y, W) == pytest.approx(index(Y, W), abs=1e-12)
    poor, rich = int(np.argmin(Y)), int(np.argmax(Y))
    moved = Y.copy()
    moved[rich] -= 0.1 / W[rich]
    moved[poor] += 0.1 / W[poor]
    assert index(moved, W) < index(Y, W) - 1e-9
    assert index(np.full(5, 3.0), np.ones(5)) == pytest.approx(0.0, abs=1e-12)
    twice = index(np.concatenate([Y, Y]), np.concatenate([W, W]))
    assert twice == pytest.approx(index(Y, W), abs=1e-12)


def test_gini_by_all_pairs_and_atkinson_by_its_formula() -> None:
    share = W / W.sum()
    pairs = (share[:, None] * share[None, :] * np.abs(Y[:, None] - Y[None, :])).sum()
    assert measure.gini(Y, W) == pytest.approx(pairs / (2 * share @ Y), abs=1e-12)
    equal = measure.equally_distributed(Y, W, epsilon=2.0)
    assert equal == pytest.approx(1.0 / (share @ (1.0 / Y)), abs=1e-12)
    assert measure.atkinson(Y, W, epsilon=1.0) == pytest.approx(
        1.0 - np.exp(-measure.mld(Y, W)), abs=1e-12
    )
    assert measure.atkinson(Y, W, epsilon=0.0) == pytest.approx(0.0, abs=1e-12)


def test_lognormal_shares_lines_and_headcounts_are_one_distribution() -> None:
    gini, mean = np.array([0.25, 0.4, 0.6]), np.array([5.0, 10.0, 20.0])
    fine = measure.lognormal_shares(gini, 20_000)
    for k in range(3):
        assert measure.gini(fine[k]) == pytest.approx(gini[k], abs=1e-4)
    below = measure.lognormal_below(mean, gini, np.full(3, 4.2))
    assert np.allclose(measure.lognormal_line(mean, gini, below), 4.2, atol=1e-9)
    assert measure.lognormal_shares(gini).sum(axis=1) == pytest.approx(1.0, abs=1e-12)


def test_the_worlds_gini_of_persons_is_near_the_published_one() -> None:
    """World Bank (2016), Poverty and Shared Prosperity: 0.625 in 2013 (from general knowledge)."""
    data = incomes(2013)
    known = np.isfinite(data.mean)
    y = (data.mean[:, None] * data.deciles * 10.0)[known].ravel()
    found = measure.gini(y, np.repeat(data.people[known] / 10.0, 10))
    assert abs(found - 0.625) < 0.02
    assert found == pytest.approx(0.6176, abs=5e-4)


def test_growth_incidence_of_a_uniform_gain_is_flat() -> None:
    assert np.allclose(measure.incidence(Y, 1.02 * Y, W), 2.0, atol=1e-9)
    y = np.array([1.0, 2.0])
    found = measure.incidence(y, np.array([1.1, 2.0]), np.ones(2), 2)
    assert found == pytest.approx([10.0, 0.0])


def test_convergence_finds_a_slope_that_was_put_in() -> None:
    start = RNG.lognormal(9.0, 1.0, 50)
    end = start * np.exp(10 * (0.05 - 0.02 * np.log(start)))
    done = measure.convergence(2000, 2010, start, end)
    assert done.beta == pytest.approx(-0.02, abs=1e-12)
    assert done.sigma_last == pytest.approx(0.8 * done.sigma_first, abs=1e-12)
    with pytest.raises(DataError, match="four or more"):
        measure.convergence(2000, 2010, start[:3], end[:3])


def test_shares_that_are_none_are_refused() -> None:
    for bad in ([0.2] * 4, [0.5, 0.3, 0.2], [-0.1, 0.5, 0.6]):
        with pytest.raises(DataError):
            measure.deciles(bad, "here")
    with pytest.raises(DataError, match="above 0"):
        measure.theil(np.array([1.0, 0.0]))


def test_a_scenario_on_incomes(winset: Any) -> None:
    said = winset("gap", "sco-2025", "--json").json
    assert said["verdicts"] == {
        "between_unweighted": "widens", "between_by_people": "narrows", "persons": "narrows",
    }  # fmt: skip
    for row in said["parts"]:
        assert row["between"] + row["within"] == pytest.approx(row["total"], abs=1e-12)
    by_code = {row["code"]: row for row in said["economies"]}
    world = said["groups"][0]
    before = sum(r["people"] * r["income_before"] for r in by_code.values())
    after = sum(
        r["people"] * r["income_before"] * (1 + r["change_percent"] / 100) for r in by_code.values()
    )
    assert world["change_percent"] == pytest.approx(100 * (after / before - 1), abs=1e-9)
    assert [row["line"] for row in said["poverty"]] == [3.0, 4.2, 8.3]
    assert all(row["change_people"] < 0 for row in said["poverty"])
    sco = next(row for row in said["voice"] if row["group"] == "SCO")
    assert sco["imf_percent"] < sco["people_percent"]
    assert (sco["sco_percent"], sco["sco_votes_over_people"]) == (
        pytest.approx(100.0),
        pytest.approx(1.0),
    )
    dac = next(row for row in said["voice"] if row["group"] == "DAC")
    assert dac["imf_percent"] > 50 > dac["gdp_ppp_percent"] > dac["people_percent"]
    assert dac["sco_percent"] == 0
    assert dac["sco_votes_over_people"] is None
    by = {row["code"]: row for row in said["voice_by_economy"]}
    inside = [row for row in by.values() if row["sco_percent"]]
    assert [row["sco_percent"] for row in inside] == [pytest.approx(10.0)] * 10
    assert by["USA"]["unga_percent"] == by["TUV"]["unga_percent"] == pytest.approx(0.518, abs=0.001)
    people = {code: row["people_percent"] for code, row in by.items()}
    assert by["KGZ"]["sco_votes_over_people"] / by["IND"]["sco_votes_over_people"] == pytest.approx(
        people["IND"] / people["KGZ"]
    )
    total = sum(row["people_percent"] for row in inside)
    assert by["IND"]["sco_people_percent"] == pytest.approx(100 * people["IND"] / total)
    assert by["CHN"]["imf_votes_over_gdp_ppp"] == pytest.approx(
        by["CHN"]["imf_percent"] / by["CHN"]["gdp_ppp_percent"]
    )
    run = winset("run", "sco-2025", "--gap", "--json").json
    assert run["gap"]["verdicts"] == said["verdicts"]
    assert run["gap"]["between"] == said["between"]


def test_deciles_of_national_income_and_older_lines(winset: Any) -> None:
    wid = winset("gap", "sco-2025", "--incomes", "wid", "--json").json
    assert wid["incomes"]["concept"] == "wid"
    assert "UZB" in wid["incomes"]["thin"]
    assert wid["poverty"] == []
    older = winset("gap", "sco-2025", "--lines", "2.15,6.85", "--ppp", "2017", "--json").json
    assert [row["ppp"] for row in older["poverty"]] == [2017, 2017]
    assert 0.05 < older["poverty"][0]["below_before"] < 0.12


def test_a_channel_by_decile_moves_what_is_within(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "channel.csv"
    columns = [f"d{k}" for k in range(1, 11)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["economy", *columns])
        writer.writerow(["IND", *([5] * 5), *([0] * 5)])
    plain = winset("gap", "sco-2025", "--lines", "none", "--json").json
    said = winset("gap", "sco-2025", "--lines", "none", "--channel", path, "--json").json
    assert "channel.csv" in said["channels"]
    within = [row["within"] for row in said["parts"] if row["index"] == "mld"]
    assert within[1] < within[0]
    flat = [row["within"] for row in plain["parts"] if row["index"] == "mld"]
    assert flat[1] == pytest.approx(flat[0], abs=1e-12)  # neutral


def _shares(path: Path, rows: dict[tuple[str, str], list[float]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["economy", "sector", *(f"d{k}" for k in range(1, 11))])
        for (economy, sector), shares in rows.items():
            writer.writerow([economy, sector, *shares])
    return path


SECTORS = ("gap", "sco-2025", "--set", "world=icio-2022", "--lines", "none", "--json")
FOOD, MACHINES = "A01", "C28"


def test_what_a_decile_buys_and_where_it_earns(winset: Any, tmp_path: Path) -> None:
    """The poor half of India lives on food and by farming, the rich half on machines and by making them.

    The deciles' gains beside their economy are those of the run's own prices and outputs by sector, by hand.
    """
    half = [100.0] * 5 + [0.0] * 5
    rows = {("IND", FOOD): half, ("IND", MACHINES): half[::-1]}
    path = _shares(tmp_path / "shares.csv", rows)
    run = winset("run", "sco-2025", "--set", "world=icio-2022", "--json").json
    table = {
        one["sector"]: next(e for e in one["economies"] if e["code"] == "IND")
        for one in run["sectors"]
        if one["sector"] in (FOOD, MACHINES)
    }
    result = scenario_run.run("sco-2025", overrides={"world": "icio-2022"}).result
    deciles = np.array([[2.0, 3, 4, 5, 6, 8, 10, 12, 18, 32]]) / 100.0
    poor = deciles[0, :5].sum()
    found, said = income_channels.channels(result, ["IND"], deciles, spending=path)
    food, machines = (np.log1p(table[s]["price_percent"] / 100.0) for s in (FOOD, MACHINES))
    wanted = np.expm1(-(1.0 - poor) * (food - machines))
    assert found[0, 0] == pytest.approx(wanted, rel=1e-12)
    assert found[0, 9] == pytest.approx(np.expm1(poor * (food - machines)), rel=1e-12)
    assert "the prices of what each decile buys, from shares.csv" in said
    found, said = income_channels.channels(result, ["IND"], deciles, earnings=path)
    food, machines = (1.0 + table[s]["output_percent"] / 100.0 for s in (FOOD, MACHINES))
    assert found[0, 0] == pytest.approx(food / (poor * food + (1 - poor) * machines) - 1, rel=1e-12)
    assert (1.0 + found[0]) @ deciles[0] == pytest.approx(
        1.0, abs=1e-14
    )  # the economy's gain stands
    alike = _shares(
        tmp_path / "alike.csv", {("IND", FOOD): [30.0] * 10, ("IND", MACHINES): [70.0] * 10}
    )
    both, _ = income_channels.channels(result, ["IND"], deciles, spending=alike, earnings=alike)
    assert np.abs(both).max() < 1e-15


def test_channels_by_sector_from_the_command_line(winset: Any, tmp_path: Path) -> None:
    half = [100.0] * 5 + [0.0] * 5
    rows = {("IND", FOOD): half, ("IND", MACHINES): half[::-1]}
    path = _shares(tmp_path / "shares.csv", rows)
    plain, said = (
        winset(*SECTORS).json,
        winset(*SECTORS, "--spending", path, "--earnings", path).json,
    )
    assert said["channels"].count("shares.csv") == 2
    assert said["persons"] != plain["persons"]
    assert said["between"] == plain["between"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({("IND", "ZZ"): [100.0] * 10}, "no sector 'ZZ'"),
        ({("XXX", FOOD): [100.0] * 10}, "'XXX' has no income"),
        ({("IND", FOOD): [90.0] * 10}, "sum to 90 percent"),
        ({("IND", FOOD): [-5.0] * 10}, "below zero"),
        ({("IND", FOOD): ["much"] * 10}, "must be a number"),
    ],
)
def test_shares_that_cannot_be(winset: Any, tmp_path: Path, rows: Any, said: str) -> None:
    done = winset(*SECTORS, "--spending", _shares(tmp_path / "shares.csv", rows))
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())


def test_sectors_are_needed_for_their_prices(winset: Any, tmp_path: Path) -> None:
    path = _shares(tmp_path / "shares.csv", {("IND", FOOD): [100.0] * 10})
    done = winset("gap", "sco-2025", "--lines", "none", "--earnings", path)
    assert done.code == 2
    assert "has no sectors. Take one that has" in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("gap",), "name a scenario"),
        (("gap", "sco-2025", "--lines", "2.15"), "PPP years cannot be mixed"),
        (("gap", "sco-2025", "--lines", "4.2", "--ppp", "2017"), "PPP years cannot be mixed"),
        (("gap", "sco-2025", "--lines", "much"), "no line"),
        (("gap", "sco-2025", "--ppp", "now"), "no year"),
        (("gap", "sco-2025", "--incomes", "guess"), "not known"),
        (("gap", "sco-2025", "--year", "1900"), "there are 1990 to 2024"),
        (("gap", "sco-2025", "--north", "Nowhere"), "neither a bloc"),
    ],
)
def test_what_is_wrong_is_refused(winset: Any, asked: tuple[str, ...], said: str) -> None:
    done = winset(*asked)
    assert done.code == 2
    assert not done.out
    assert said in " ".join(done.err.split())


def test_a_mean_and_a_line_of_two_ppp_years_are_refused(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "deciles.csv"
    path.write_text("share\n" + "".join(f"{x}\n" for x in (0.03, 0.05, 0.06, 0.07, 0.08, 0.09,
                                                        0.11, 0.13, 0.16, 0.22)))  # fmt: skip
    line = ("gap", "--lorenz", path, "--mean", "10", "--line", "8.3")
    assert winset(*line).code == 0
    assert winset(*line, "--ppp", "2021,2021").code == 0
    done = winset(*line, "--ppp", "2017,2021")
    assert done.code == 2
    assert "2017 PPP" in done.err
