"""The SDG Index of 2019, poverty of a grouped Lorenz curve, and the guide's gravity, as published."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from winset import Parameters, World
from winset.delivery import lorenz
from winset.delivery.sdg_index import SdgIndex, sdg_index
from winset.gravity.expectation import expectation
from winset.gravity.panel import effect, read_panel
from winset.places.groups import Group
from winset.scenario import Scenario, Shock
from winset.trade.solver import solve_shock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from winset.gravity.panel import Effect, Panel


@pytest.fixture(scope="module")
def index(shared_data: Path) -> SdgIndex:
    return sdg_index(shared_data / "validation" / "sdg_index_2019")


def test_scores_goals_and_indices_of_the_report(index: SdgIndex, shared_data: Path) -> None:
    folder = shared_data / "validation" / "sdg_index_2019"
    ours = {country.code: country for country in index.countries}
    scores = pd.read_csv(folder / "scores_A_to_L.csv")
    gaps = [
        abs(ours[c].indicators[i] - s) for c, i, s in scores[["iso3", "code", "score"]].to_numpy()
    ]
    assert len(gaps) == 7120
    assert max(gaps) <= 1e-6
    goals = pd.read_csv(folder / "goals_A_to_L.csv", na_values=["."])
    measured = goals.dropna(subset=["score"])
    gaps = [abs(ours[c].goals[g] - s) for c, g, s in measured[["iso3", "goal", "score"]].to_numpy()]
    assert len(gaps) == 1501
    assert max(gaps) <= 1e-6
    published = goals.drop_duplicates("iso3").set_index("iso3")["index"]
    for code, value in published.items():
        mine = ours[str(code)].index
        assert (mine is None) == math.isnan(value), code
        assert mine is None or abs(mine - value) <= 1e-6, code


def test_the_regional_score_is_the_mean_of_the_ranked(index: SdgIndex) -> None:
    assert index.regional_gap is not None
    assert index.regional_gap < 1e-10  # of all 7 regions × 17 goals as published
    assert len(index.ranked) == 162
    assert sum(bool(country.regional) for country in index.ranked) == 52


def test_the_general_quadratic_of_the_world_banks_calculator(shared_data: Path) -> None:
    told = json.loads((shared_data / "validation" / "poverty" / "quadratic.json").read_text())
    points, expected = told["grouped_lorenz"], told["quadratic"]
    found = lorenz.grouped(
        np.array(points["p"], dtype=float),
        np.array(points["L"], dtype=float),
        mean=points["mean"],
        line=points["poverty_line"],
        form="quadratic",
        where="points",
    )
    for key in ("gini", "gap", "severity", "median"):
        assert getattr(found, key) == pytest.approx(expected[key], abs=1e-12), key
    assert found.deciles == pytest.approx(expected["deciles"], abs=1e-12)
    # Theirs passes through 32 bits, and their Watts is a coarse sum.
    assert found.headcount == pytest.approx(0.76005812, abs=5e-9)
    assert found.watts == pytest.approx(0.3817667, abs=5e-8)


@pytest.fixture(scope="module")
def panel(shared_data: Path) -> Panel:
    folder = shared_data / "panels"
    return read_panel(
        folder / "agtpa_panel_1986_2006.csv.gz", folder / "agtpa_rta_lags_nonzero.csv.gz"
    )


GUIDE: tuple[tuple[str, str, Sequence[str], dict[str, Any]], ...] = (
    (
        "1 traditional gravity", "1", ("log_dist", "cntg", "lang", "clny", "log_y", "log_e"),
        {"estimator": "ols", "effects": (), "domestic": False},
    ),
    (
        "1 traditional gravity", "3", ("log_dist", "cntg", "lang", "clny"),
        {"estimator": "ols", "effects": ("exporter-year", "importer-year"), "domestic": False},
    ),
    (
        "1 traditional gravity", "4", ("log_dist", "cntg", "lang", "clny"),
        {"effects": ("exporter-year", "importer-year"), "domestic": False},
    ),
    ("3 RTA effects", "5", ("rta", "rta_lead4"), {}),
    ("3 RTA effects", "7", ("rta", "rta_lag4", "rta_lag8", "rta_lag12"), {"borders": "year"}),
)  # fmt: skip


@pytest.mark.parametrize(("table", "column", "regressors", "options"), GUIDE)
def test_gravity_of_the_guide(
    panel: Panel,
    shared_data: Path,
    table: str,
    column: str,
    regressors: Sequence[str],
    options: dict[str, Any],
) -> None:
    published = pd.read_csv(
        shared_data / "panels" / "agtpa_published_coefficients_part.csv", dtype=str
    )
    rows = published[(published["table"] == table) & (published["column"] == column)]
    assert len(rows)
    found = effect(panel, regressors, **options).to_json()
    for name, value, error, n in rows[["variable", "estimate", "std_error", "n"]].to_numpy():
        mine = found["coefficients"][name]
        assert found["n"] == int(n)
        for told, ours in ((value, mine["estimate"]), (error, mine["std_error"])):
            digits = len(told.partition(".")[2])
            assert abs(ours - float(told)) <= 0.51 * 10.0**-digits, (name, told, ours)


def test_gravity_of_people_has_the_guides_slopes_and_errors(
    panel: Panel, shared_data: Path
) -> None:
    """Column 4 of the guide's table 1 by the regression of ``winset people``, which is of one table.

    Six years stand in it as blocks on the diagonal: exporters and importers of a year are origins and
    destinations of their own, and errors go together by pair over all years.
    """
    years = tuple(range(1986, 2007, 4))
    sample = panel.chosen(np.isin(panel.year, years) & ~panel.domestic)
    codes, ends = np.unique([sample.exporter, sample.importer], return_inverse=True)
    block = (sample.year - years[0]) // 4 * len(codes)
    i, k = ends.reshape(2, -1) + block
    size = len(years) * len(codes)

    def laid(values: Any) -> Any:
        table = np.zeros((size, size), dtype=np.asarray(values).dtype)
        table[i, k] = values
        return table

    names = ("log_dist", "cntg", "lang", "clny")
    columns = sample.columns | {"log_dist": np.log(sample.columns["dist"])}
    found = expectation(
        laid(sample.trade),
        {name: laid(columns[name]) for name in names},
        laid(np.ones(len(i), dtype=bool)),
        "trade of the guide",
        clusters=laid(sample.columns["pair_id"].astype(np.intp)),
    )
    published = pd.read_csv(
        shared_data / "panels" / "agtpa_published_coefficients_part.csv", dtype=str
    ).query("table == '1 traditional gravity' and column == '4'")
    assert tuple(published["variable"]) == names
    assert found.observations == 28_152
    assert found.used == names
    for one, told in zip(found.coefficients, published.itertuples(), strict=True):
        for text, ours in ((told.estimate, one.estimate), (told.std_error, one.error)):
            assert abs(ours - float(text)) <= 0.51 * 10.0 ** -len(text.partition(".")[2]), one


@pytest.fixture(scope="module")
def agreement(panel: Panel) -> Effect:
    return effect(panel, ["rta"])


def test_an_agreements_effect_to_seven_places(agreement: Effect) -> None:
    found = agreement.to_json()
    assert found["n"] == 28_482
    assert found["coefficients"]["rta"]["estimate"] == pytest.approx(0.5571853, abs=5e-8)


def test_nafta_in_general_equilibrium_is_approached(
    panel: Panel, agreement: Effect, shared_data: Path
) -> None:
    """The guide's application 2, year 1994, σ = 7: NAFTA taken out of what the regression expects.

    What is left (0.04 points of Canada's real GDP, 0.7 of its exports; medians below): the guide fills costs
    of pairs that never traded from a regression on distance, and its steps iterate PPML; here such pairs
    stay without trade and the equilibrium is solved exactly.
    """
    published = pd.read_csv(shared_data / "panels" / "agtpa_ge_nafta_effects_A_to_L.csv")
    sample = panel.chosen(np.isin(panel.year, agreement.years))
    rows = agreement.estimated.rows
    codes = sorted({str(code) for code in sample.exporter})
    at = {code: k for k, code in enumerate(codes)}
    n = len(codes)
    flows = np.zeros((n, n))
    for row, value in zip(rows, agreement.estimated.fitted, strict=True):
        if sample.year[row] == 1994:
            flows[at[str(sample.exporter[row])], at[str(sample.importer[row])]] = value
    inside = np.array([code in ("CAN", "MEX", "USA") for code in codes])
    nafta = inside[:, None] & inside[None, :] & ~np.eye(n, dtype=bool)
    world = World(
        name="guide-1994",
        year=1994,
        codes=tuple(codes),
        names=tuple(codes),
        gdp=np.full(n, np.nan),
        sectors=("goods",),
        trade=flows[None],
        tariff=np.zeros((1, n, n)),
        domestic_known=True,
    )
    parameters = Parameters(trade_elasticity=6.0, value_added_share=1.0, deficits="multiplicative")
    shock = Shock(
        np.where(nafta, np.exp(0.557 / 6.0), 1.0), np.zeros((n, n)), np.ones(n), Group(tuple(codes))
    )
    result = solve_shock(world, Scenario("without NAFTA", (), parameters=parameters), shock)
    germany = result.wage[at["DEU"]]
    abroad = [f.sum(axis=1) - np.diag(f) for f in (result.flows, result.new_flows)]
    having = {  # of having the agreement, against a world without it
        "exports_pct_full": 100.0 * (abroad[0] * germany / abroad[1] - 1.0),
        "price_pct_full": 100.0 * (germany / result.wage - 1.0),
        "imr_pct_full": 100.0 * (germany / result.price - 1.0),
        "real_gdp_pct_full": 100.0 * (result.price / result.wage - 1.0),
    }
    places = [at[code] for code in published["iso3"]]
    bounds = {"exports_pct_full": (0.75, 0.06), "price_pct_full": (0.17, 0.01),
              "imr_pct_full": (0.09, 0.011), "real_gdp_pct_full": (0.04, 0.002)}  # fmt: skip
    for column, (largest, median) in bounds.items():
        gaps = np.abs(having[column][places] - published[column].to_numpy())
        assert gaps.max() < largest, column
        assert np.median(gaps) < median, column
