"""Tariff games: derivatives, answers, certificates, bargains; what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.properties.worlds import build

import winset as library
from winset.errors import ConvergenceError, DataError, InfeasibleError
from winset.scenario import Parameters
from winset.trade.policy import best_response, nash_bargain, nash_certificate, nash_tariffs
from winset.trade.policy.sufficient_statistics import sufficient_war
from winset.trade.policy.tariff_instruments import INSTRUMENTS

if TYPE_CHECKING:
    from pathlib import Path

FEW = ["USA", "CHN", "DEU", "BRA"]
LABOR = Parameters(value_added_share=1.0, deficits="balanced")


@pytest.fixture(scope="module")
def world() -> library.World:
    return library.world("icio-2022").select(FEW)


@pytest.fixture(scope="module")
def folder(world: library.World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return library.write_world(world, tmp_path_factory.mktemp("few") / "few")


@pytest.fixture(scope="module")
def linked() -> library.World:
    """Input–output links and sectors that are not traded."""
    return library.world("caliendo-parro-1993").select(["USA", "MEX", "CAN"])


@pytest.mark.parametrize("how", INSTRUMENTS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"value_added_share": 0.5},
        {"deficits": "multiplicative", "value_added_share": 0.7},
        {"labor_supply_elasticity": 0.5, "scale_elasticity": 0.1, "value_added_share": 0.6},
        {"labor_supply_elasticity": 0.5, "revenue": "income-tax", "value_added_share": 0.6},
        {"labor_supply_elasticity": 0.5, "revenue": "income-tax", "objective": "article"},
    ],
)
def test_derivatives_are_those_of_central_differences(
    world: library.World, how: Any, settings: dict[str, Any]
) -> None:
    parameters = replace(LABOR, **({"deficits": "world-share"} | settings))
    game = best_response.contest(world, parameters, how=how)
    z = np.random.default_rng(3).uniform(0.0, 0.4, len(game.levers))
    state = best_response.settle(game, z)
    exact = best_response.answer(game, state, z).marginal / game.scale[:, None]
    for lever in np.random.default_rng(4).choice(len(z), min(3, len(z)), replace=False):
        # Richardson's extrapolation, so that the differences are not what is tested.
        slopes = []
        for step in (2e-3, 1e-3):
            ends = []
            for sign in (1, -1):
                moved = z.copy()
                moved[lever] += sign * step
                there = best_response.settle(game, moved, state)
                ends.append(game.weights @ best_response.variations(game, there)[1] / game.scale)
            slopes.append((ends[0] - ends[1]) / (2.0 * step))
        numeric = (4.0 * slopes[1] - slopes[0]) / 3.0
        np.testing.assert_allclose(
            exact[:, lever], numeric, atol=1e-7 * max(1.0, np.abs(numeric).max())
        )


def test_derivatives_agree_with_the_adjoint(linked: library.World) -> None:
    from winset.trade.models.many_sectors.derivatives import linearize

    game = best_response.contest(linked, Parameters(deficits="balanced"), ["USA", "MEX"], "sector")
    z = np.full(len(game.levers), 0.1)
    state = best_response.settle(game, z)
    exact = best_response.answer(game, state, z).marginal
    levers = game.levers
    for k, economy in enumerate(("USA", "MEX")):
        place = linked.position(economy)
        dense = linearize(game.base, game.goal(z), state).welfare_gradient(place).tariff
        cells = dense[levers.sector, levers.exporter, levers.importer]
        summed = np.bincount(levers.lever, cells, len(levers))
        growth = state.income[place] / state.consumer_price[place]
        np.testing.assert_allclose(exact[k] / growth, summed, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("how", INSTRUMENTS)
def test_no_player_gains_by_two_hundred_other_tariffs(world: library.World, how: Any) -> None:
    game = best_response.contest(world, LABOR, how=how)
    done = nash_tariffs.war(game, points=200)
    assert done.certificate is not None
    assert done.certificate.points == 200
    assert done.certificate.largest_gain_percent <= 1e-9
    assert done.spread < 1e-8
    assert done.marginal.max() < 1e-7


def test_two_wars_are_an_error(world: library.World, monkeypatch: pytest.MonkeyPatch) -> None:
    solved = nash_tariffs.best_answers

    def elsewhere(game: Any, start: Any, *rest: Any) -> Any:
        found = solved(game, start, *rest)
        return found if np.ptp(start) == 0 else replace(found, z=found.z + np.array([0, 0.1, 0, 0]))

    monkeypatch.setattr(nash_tariffs, "best_answers", elsewhere)
    with pytest.raises(ConvergenceError, match="more than one equilibrium: a rate of CHN"):
        nash_tariffs.war(best_response.contest(world, LABOR), points=0)
    assert nash_tariffs.war(best_response.contest(world, LABOR), points=0, starts=1).spread == 0.0


def test_finer_instruments_serve_the_one_who_has_them(world: library.World) -> None:
    def gain(how: Any) -> float:
        return float(nash_tariffs.war(best_response.contest(world, LABOR, ["USA"], how)).payoff[0])

    assert gain("uniform") < gain("sector") < gain("partner")


def test_where_labor_is_the_only_input_the_best_rate_differs_by_partner_alone(
    world: library.World,
) -> None:
    """A tariff moves nothing but relative wages: goods of one origin have one price."""
    by_partner = nash_tariffs.war(best_response.contest(world, LABOR, how="partner"), points=0)
    game = best_response.contest(world, LABOR, how="partner-sector")
    by_both = nash_tariffs.war(game, points=0)
    rate_of = {
        (owner, partner): rate
        for owner, partner, rate in zip(
            by_partner.contest.levers.owner,
            by_partner.contest.levers.partner,
            by_partner.z,
            strict=True,
        )
    }
    expected = [rate_of[key] for key in zip(game.levers.owner, game.levers.partner, strict=True)]
    np.testing.assert_allclose(by_both.z, expected, rtol=1e-7)


def test_input_links_and_sectors_without_trade(linked: library.World) -> None:
    game = best_response.contest(linked, Parameters(deficits="balanced"))
    done = nash_tariffs.war(game, points=40)
    assert np.all(done.tariff > 0)
    assert done.certificate is not None
    assert done.certificate.alone == 0


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"value_added_share": 0.5},
        {"labor_supply_elasticity": 0.5, "scale_elasticity": 0.1},
    ],
)
def test_a_deviation_solved_in_the_batch_is_the_one_solved_alone(
    world: library.World, settings: dict[str, Any]
) -> None:
    game = best_response.contest(world, replace(LABOR, **settings), how="sector")
    found = nash_tariffs.best_answers(game, np.full(len(game.levers), 0.2))
    slope = nash_certificate.derivatives.slope(
        game.base, game.goal(found.z), found.state, tolerance=1e-12
    )
    own = game.levers.of(1)
    tried = nash_certificate.deviations(found.z[own], 6, np.random.default_rng(0))
    gains, alone = nash_certificate.payoffs(
        game, found.z, found.answer, np.linalg.inv(slope), 1, tried
    )
    assert alone == 0
    for row, rates in enumerate(tried):
        z = found.z.copy()
        z[own] = rates
        there = best_response.settle(game, z)
        assert gains[row] == pytest.approx(
            best_response.variations(game, there)[1][1], abs=1e-8 * game.scale[1]
        )


def test_a_profitable_deviation_is_no_equilibrium(world: library.World) -> None:
    game = best_response.contest(world, LABOR)
    z = np.full(len(game.levers), 0.05)
    there = best_response.answer(game, best_response.settle(game, z), z)
    with pytest.raises(ConvergenceError, match="this is no equilibrium: USA gains"):
        nash_certificate.certify(game, z, there, points=50, seed=0)


def test_deviations_of_closures_that_the_batch_does_not_know_are_solved_alone() -> None:
    world = build(np.array([[80.0, 20.0, 6.0], [20.0, 70.0, 9.0], [6.0, 9.0, 40.0]]))
    game = best_response.contest(
        world, Parameters(deficits="multiplicative", value_added_share=1.0)
    )
    done = nash_tariffs.war(game, points=10, starts=1)
    assert done.certificate is not None
    assert done.certificate.alone == 30


def test_a_bloc_sets_one_tariff_on_outsiders_and_none_inside() -> None:
    wide = library.world("icio-2022").select([*FEW, "FRA"])
    game = best_response.contest(wide, LABOR, {"EU": ["DEU", "FRA"], "USA": ["USA"]})
    levers = game.levers
    inside = [wide.position("DEU"), wide.position("FRA")]
    assert not np.any(np.isin(levers.exporter, inside) & (levers.owner[levers.lever] == 0))
    done = nash_tariffs.war(game)
    tariff = levers.tariff(game.base.tariff, done.z)
    assert np.all(
        tariff[:, inside, :][:, :, inside] == game.base.tariff[:, inside, :][:, :, inside]
    )
    assert done.payoff[0] == pytest.approx(done.variation[inside].sum())
    alone = nash_tariffs.war(best_response.contest(wide, LABOR, ["DEU", "FRA", "USA"]))
    assert done.payoff[0] > alone.variation[inside].sum()


def test_two_in_one_player_are_one_merged_economy() -> None:
    """Identical twins without trade costs between them act as their aggregate does."""
    third = np.array([[30.0, 30.0, 10.0], [30.0, 30.0, 10.0], [10.0, 10.0, 80.0]])
    split = nash_tariffs.war(
        best_response.contest(build(third), LABOR, {"AB": ["C00", "C01"], "C02": ["C02"]})
    )
    merged = build(third).aggregate({"AB": ["C00", "C01"]})
    whole = nash_tariffs.war(best_response.contest(merged, LABOR))
    np.testing.assert_allclose(split.z, whole.z, rtol=1e-7)


def test_a_transfer_that_stays_leaves_no_interior_war(winset: Any, tmp_path: Path) -> None:
    world = build(np.array([[80.0, 10.0], [30.0, 60.0]]))
    with pytest.raises(InfeasibleError, match="no interior equilibrium: the best tariff of C00"):
        nash_tariffs.war(best_response.contest(world, replace(LABOR, deficits="world-share")))
    place = library.write_world(world, tmp_path / "two")
    said = winset("war", place, "--method", "exact")
    assert (said.code, said.out) == (2, "")
    assert "the war has no interior equilibrium" in said.err
    assert "remove deficits first (--balanced)" in said.err
    assert winset("war", place, "--method", "exact", "--balanced", "--json").code == 0


def test_sufficient_statistics_are_near_but_not_the_war(world: library.World) -> None:
    done = nash_tariffs.war(best_response.contest(world, LABOR))
    gap = nash_tariffs.compared(done, sufficient_war(world, balanced=True))
    assert 1e-4 < gap["largest_tariff_gap"] < 0.03


def test_best_responses_cross_in_the_war(world: library.World) -> None:
    game = best_response.contest(world, LABOR, ["USA", "CHN"])
    done = nash_tariffs.war(game)
    faced, answers = nash_tariffs.reactions(game, done, points=3)
    for p in (0, 1):
        assert faced[1, p] == pytest.approx(done.z[1 - p], rel=1e-9)
        assert answers[1, p] == pytest.approx(done.z[p], rel=1e-7)
    with pytest.raises(DataError, match="for two players with one rate each; here are 4"):
        nash_tariffs.reactions(best_response.contest(world, LABOR), done)


def test_the_section_of_a_report_shows_the_diagram_and_the_bargain(world: library.World) -> None:
    from winset.report import reactions

    done = nash_tariffs.war(best_response.contest(world, LABOR, ["USA", "CHN"]), points=5)
    section = reactions.section(done, nash_bargain.cooperate(done))
    assert section.figures[0].wide.startswith("<svg")
    assert section.figures[0].csv.startswith("answer of,USA,CHN,step")
    assert [row[0] for row in section.grids[0].rows] == ["United States", "China"]
    assert section.grids[0].rows[0][1] == pytest.approx(100 * done.tariff[0])
    plain = reactions.section(nash_tariffs.war(best_response.contest(world, LABOR), points=0))
    assert plain.figures == ()
    assert len(plain.grids[0].rows) == 4


@pytest.mark.parametrize("transfers", [False, True])
def test_a_bargain_cannot_be_improved(world: library.World, transfers: bool) -> None:
    done = nash_tariffs.war(best_response.contest(world, LABOR), points=0)
    agreed = nash_bargain.cooperate(done, transfers=transfers)
    assert np.all(agreed.worth > 0)
    assert abs(agreed.transfer.sum()) < 1e-6
    product = np.log(agreed.worth).sum()
    generator = np.random.default_rng(1)
    for _ in range(12):
        z = np.maximum(agreed.z + generator.normal(0, 0.01, len(agreed.z)), 0.0)
        paid = agreed.transfer + transfers * generator.normal(0, 100.0, len(agreed.transfer))
        paid = paid - paid.mean()
        base = done.contest.base
        base = replace(base, deficit=base.deficit + paid)
        state = best_response.settle(done.contest, z, agreed.state, base=base)
        worth = best_response.variations(done.contest, state)[1] - done.payoff
        assert not (np.all(worth > 0) and np.log(worth).sum() > product + 1e-9)


def test_payments_make_the_pie_larger_and_equal_shares_of_it(world: library.World) -> None:
    done = nash_tariffs.war(best_response.contest(world, LABOR), points=0)
    without, paid = nash_bargain.cooperate(done), nash_bargain.cooperate(done, transfers=True)
    assert paid.worth.sum() > without.worth.sum()
    assert np.ptp(paid.worth) / paid.worth.mean() < 0.05
    np.testing.assert_allclose(paid.z, 0.0, atol=1e-8)


def test_war_on_the_command_line(winset: Any, folder: Path, tmp_path: Path) -> None:
    said = winset(
        "war", folder, "--players", "USA,CHN", "--balanced", "--method", "both",
        "--cooperate", "--points", "20", "--json", "--chart", tmp_path / "war.svg",
    )  # fmt: skip
    assert said.code == 0, said.err
    found = said.json
    assert [p["code"] for p in found["players"]] == ["USA", "CHN"]
    assert set(found["players"][0]) == {"code", "tariff", "welfare_percent"}
    assert [o["code"] for o in found["others"]] == ["DEU", "BRA"]
    assert set(found["solver"]) == {"iterations", "residual", "seconds"}
    assert found["certificate"]["largest_gain_percent"] < 1e-9
    assert found["sufficient"]["largest_tariff_gap"] < 0.02
    for player in found["cooperation"]["players"]:
        assert player["worth_percent"] > 0
    assert (tmp_path / "war.svg").read_text("utf-8").startswith("<svg")
    again = winset(
        "war", folder, "--players", "USA,CHN", "--balanced", "--method", "exact",
        "--points", "20", "--json",
    ).json  # fmt: skip
    for key in ("players", "others", "certificate"):
        assert again[key] == found[key]


def test_war_prints_its_proof(winset: Any) -> None:
    said = winset(
        "war", "icio-2022", "--players", "USA,EU", "--as-one", "--balanced", "--points", "10",
        "--starts", "1", "--top", "3",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "27 members" in said.out
    assert "No player gains by another tariff: of 10 tried" in said.out


def test_too_many_rates_are_refused() -> None:
    wide = library.world("icio-2022")
    with pytest.raises(DataError, match="are too many to differentiate"):
        best_response.contest(wide, LABOR, how="partner-sector")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "guess"], "--method guess: it is sufficient, exact, both"),
        (["--instruments", "secter"], "--instruments secter: it is uniform, partner, sector"),
        (["--method", "sufficient", "--cooperate"], "--cooperate needs --method exact"),
        (["--method", "both", "--instruments", "sector"], "know no such war"),
        (["--transfers"], "add --cooperate"),
        (["--players", "CHN,SCO", "--as-one"], "CHN is in two players, CHN and SCO"),
        (
            ["--players", "USA", "--balanced", "--cooperate", "--points", "0"],
            "nobody bargains alone",
        ),
        (["--players", ","], "names nobody"),
        (["--players", "ASEAN,USX", "--method", "exact"], "'USX' is neither a bloc nor an economy"),
        (["--value-added-share", "1.5"], "value_added_share"),
    ],
)
def test_what_is_refused(winset: Any, arguments: list[str], message: str) -> None:
    said = winset("war", "icio-2022", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert "Traceback" not in said.err


def test_a_player_that_does_not_trade_is_named() -> None:
    flows = np.array([[80.0, 20.0, 0.0], [20.0, 70.0, 0.0], [0.0, 0.0, 40.0]])
    with pytest.raises(DataError, match="C02 imports nothing from outside"):
        best_response.contest(build(flows), LABOR)


def test_a_war_has_a_page_with_its_diagram(winset: Any, tmp_path: Path) -> None:
    page = tmp_path / "war.html"
    options = ["--players", "USA,CHN", "--balanced", "--points", "20", "--report", page]
    said = winset("war", "icio-2022", *options)
    assert said.code == 0, said.err
    assert f"Written: {page}" in said.out
    text = page.read_text(encoding="utf-8")
    assert "A tariff war in icio-2022" in text
    assert text.count("<figure>") == 1
    assert "No player gains by another tariff" in text
    first = page.read_bytes()
    winset("war", "icio-2022", *options)
    assert page.read_bytes() == first
