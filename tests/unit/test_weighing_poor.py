"""Divisions that weigh the poor: closed forms of two and three members, and every other division."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.optimize import minimize
from tests.properties.fuzzing import called

from winset.delivery.inequality import atkinson, equally_distributed, gini, mld, theil
from winset.errors import DataError
from winset.games import Game
from winset.games.core import core, in_core
from winset.studies.bank import run_bank
from winset.studies.bank_poor import narrowest_gains
from winset.studies.weighing_poor import (
    Aversion,
    aversion_of,
    checked_epsilon,
    fairest,
    narrowest,
    weigh,
)

if TYPE_CHECKING:
    from winset.numbers import Array


def averse(income: list[float], people: Any = None, epsilon: float = 1.0) -> Aversion:
    heads = np.full(len(income), 1e6) if people is None else np.asarray(people, dtype=float)
    return Aversion(epsilon, heads, np.array(income))


@pytest.mark.parametrize(
    ("total", "wanted"),
    [
        (30.0, [30.0, 0.0]),  # the poor one is not raised to the other's income
        (100.0, [100.0, 0.0]),  # just
        (160.0, [130.0, 30.0]),  # both at 230 a head
    ],
)
def test_two_members_in_closed_form(total: float, wanted: list[float]) -> None:
    """A million people each with 100 and 200 USD: a million USD are a dollar a head."""
    of = averse([100.0, 200.0])
    assert narrowest(total, np.zeros(2), of) == pytest.approx(wanted, rel=1e-12)
    game = Game(("A", "B"), np.array([0.0, 0.0, 0.0, total]))
    for epsilon in (0.5, 1.0, 3.0):
        division, gap = fairest(game, averse([100.0, 200.0], epsilon=epsilon))
        assert division == pytest.approx(wanted, abs=1e-4)
        assert gap <= 1e-6


def test_people_count_and_nobody_has_less_than_alone() -> None:
    """Three million poor with 100 and one with 300 that has 20 alone: the poor share what is left."""
    of = averse([100.0, 300.0], [3e6, 1e6])
    assert narrowest(80.0, np.array([0.0, 20.0]), of) == pytest.approx([60.0, 20.0])
    # (3·100 + 300 + 800)/4 = 350 a head of both
    assert narrowest(800.0, np.array([0.0, 20.0]), of) == pytest.approx([750.0, 50.0])
    with pytest.raises(DataError, match=r"alone the members have 20, together 10 .*keeps all in"):
        narrowest(10.0, np.array([0.0, 20.0]), of)


def test_three_members_in_closed_form() -> None:
    """The poorest has all that the other two do not have without it; what they have together they keep."""
    values = np.zeros(8)
    values[0b110], values[0b111] = 60.0, 100.0  # B and C alone 60, all 100
    game = Game(("A", "B", "C"), values)
    of = averse([100.0, 1000.0, 2000.0])
    done = weigh(game, of, core(game))
    assert done.divisions["welfare"] == pytest.approx([40.0, 60.0, 0.0], abs=1e-4)
    assert done.divisions["narrowest"] == pytest.approx([100.0, 0.0, 0.0], abs=1e-9)
    assert in_core(game, done.divisions["welfare"])
    assert not in_core(game, done.divisions["narrowest"])
    said = done.to_json({"welfare": done.divisions["welfare"]})
    after = np.array([140.0, 1060.0, 2000.0])
    assert said["equally_distributed_usd"]["welfare"] == pytest.approx(np.exp(np.log(after).mean()))
    assert said["gini"]["welfare"] == pytest.approx(gini(after))
    assert said["equally_distributed_usd_before"] == pytest.approx((100 * 1000 * 2000.0) ** (1 / 3))


def test_an_empty_core_gives_way_by_the_least_core() -> None:
    """Any two have 60, all 80: each two may be short by 20/3; the poorest gets what that leaves."""
    values = np.array([0.0, 0.0, 0.0, 60.0, 0.0, 60.0, 60.0, 80.0])
    game = Game(("A", "B", "C"), values)
    found = core(game)
    assert found.least_core_excess == pytest.approx(20.0 / 3.0)
    division, _ = fairest(game, averse([100.0, 900.0, 900.0]), found)
    assert division == pytest.approx([80.0 / 3.0] * 3, abs=1e-4)  # the least core is one point


def random_game(draw: Any, n: int) -> Game:
    """A game with a core: worths below those of a division, with room."""
    x = draw.uniform(5.0, 60.0, n)
    values = np.array(
        [
            sum(x[k] for k in range(n) if mask >> k & 1) * draw.uniform(0.3, 0.95)
            for mask in range(1 << n)
        ]
    )
    values[0], values[-1] = 0.0, x.sum()
    return Game(tuple("ABCDE"[:n]), values)


@pytest.mark.parametrize("epsilon", [0.5, 1.0, 2.5])
def test_no_division_of_the_core_has_more_welfare(epsilon: float) -> None:
    """Random games of five: against a general solver of scipy, and the bound against divisions at random."""
    draw = np.random.default_rng(int(10 * epsilon))
    for _ in range(3):
        n = 5
        game = random_game(draw, n)
        of = averse(draw.uniform(50.0, 400.0, n).tolist(), draw.uniform(2e5, 2e6, n), epsilon)
        division, gap = fairest(game, of)
        assert in_core(game, division)
        reached = of.welfare(division)
        assert gap <= 1e-5
        rows = np.array([[mask >> k & 1 for k in range(n)] for mask in range(1, (1 << n) - 1)])
        peer = minimize(
            lambda x, of=of: -of.welfare(x),
            core(game).division,
            constraints=[
                {"type": "eq", "fun": lambda x, g=game: x.sum() - g.grand},
                {"type": "ineq", "fun": lambda x, g=game, r=rows: r @ x - g.values[1:-1]},
            ],
            method="SLSQP",
            options={"ftol": 1e-13, "maxiter": 500},
        )
        assert reached >= -peer.fun - 1e-5
        assert division == pytest.approx(peer.x, abs=0.05)


def test_the_narrowest_gap_is_least_by_every_index() -> None:
    draw = np.random.default_rng(5)
    n = 6
    people, income = draw.uniform(1e5, 3e6, n), draw.uniform(50.0, 500.0, n)
    least = draw.uniform(0.0, 20.0, n)
    of = Aversion(1.0, people, income)
    total = float(least.sum()) + 90.0
    best = of.after(narrowest(total, least, of))
    indices = (theil, mld, gini, lambda y, w: atkinson(y, w, epsilon=2.0))
    for _ in range(200):
        part = draw.dirichlet(np.full(n, 0.3))
        other = of.after(least + part * (total - least.sum()))
        for index in indices:
            assert index(best, people) <= index(other, people) + 1e-12


def test_welfare_is_the_equally_distributed_income() -> None:
    of = averse([100.0, 300.0], [3e6, 1e6], 2.0)
    gains = np.array([30.0, -10.0])
    z = np.array([110.0, 290.0])
    assert of.welfare(gains) == pytest.approx(equally_distributed(z, of.people, epsilon=2.0))
    assert of.welfare(np.array([-400.0, 0.0])) == -np.inf


@pytest.mark.parametrize("epsilon", [0.0, -1.0, 11.0, float("nan")])
def test_an_aversion_out_of_bounds_is_refused(epsilon: float) -> None:
    with pytest.raises(DataError, match="above 0 and at most 10"):
        checked_epsilon(epsilon)


def test_a_member_without_figures_is_refused() -> None:
    with pytest.raises(DataError, match="QQQ has no figure of population"):
        aversion_of(1.0, ["KAZ", "QQQ"], np.array([1.0, 1.0]))


def poor_plan(**bank: Any) -> dict[str, Any]:
    """A costly project of rich members, and a cheap one that a poor member needs."""
    return {
        "dollars": 2023,
        "on": "2025-09-01",
        "bank": {"members": ["CHN", "TJK", "PAK"], "budget_musd": 900, "payment": "gdp"} | bank,
        "project": [
            {
                "name": "rich",
                "cost_musd": 500,
                "hosts": ["CHN", "PAK"],
                "pairs": [{"among": "CHN,PAK", "percent": -2}],
            },
            {
                "name": "poor",
                "cost_musd": 500,
                "hosts": ["CHN", "TJK"],
                "pairs": [{"among": "CHN,TJK", "percent": -2}],
            },
        ],
    }


def test_a_bank_that_weighs_the_poor() -> None:
    """The larger sum is a project of the rich pair; with aversion the smaller one of the poorest wins."""
    done = run_bank(poor_plan(), aversion=9.0)
    assert done.table is not None
    rate = done.plan.bank.interest
    shares, of = done.shares["gdp"], done.averse
    assert of is not None

    def worth(mask: int) -> float:
        net = done.table.values[mask] - shares * done.table.cost[mask]  # type: ignore[union-attr]
        z = of.income + 1e6 * rate * net / of.people
        return equally_distributed(z, of.people, epsilon=9.0)

    chosen = done.own["welfare"]
    affordable = [mask for mask in range(4) if done.table.outlay[mask] <= 900]
    assert chosen.figure == pytest.approx(max(worth(mask) for mask in affordable))
    assert chosen.mask == max(affordable, key=worth)
    assert done.plan.chosen(chosen.mask or 0) == ["poor"]
    assert done.plan.chosen(done.own["sum"].mask or 0) == ["rich"]
    mask, paid = done.payments["narrowest"]
    assert paid.sum() == pytest.approx(done.exact[mask].cost)
    alone = np.array([done.claims[1 << k] for k in range(3)])  # type: ignore[index]
    net = done.left(mask, paid)
    assert np.all(net >= alone - 1e-9)
    poorest = int(np.argmin(of.income))
    assert net[poorest] == pytest.approx(net.sum() - alone.sum() + alone[poorest])
    said = done.to_json()["aversion"]
    assert said["best"]["welfare"]["equally_distributed_usd"] == pytest.approx(chosen.figure)
    lowest = min(row["gini"] for row in said["payments"].values())
    assert said["payments"]["narrowest"]["gini"] == pytest.approx(lowest)


def test_present_values_are_weighed_by_what_they_bring_a_year() -> None:
    """At 5 % a present value of 600 is 30 a year: the poor one has it all."""
    of = averse([100.0, 200.0])
    assert narrowest_gains(600.0, np.zeros(2), of, 0.05) == pytest.approx([600.0, 0.0])
    assert narrowest_gains(3200.0, np.zeros(2), of, 0.05) == pytest.approx([2600.0, 600.0])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("share", "sco-2025", "--players", "KAZ,KGZ", "--aversion", "0"), "above 0"),
        (("share", "sco-2025", "--players", "all", "--aversion", "1"), "27 at most"),
        (("bank", "--of", "aiib", "--aversion", "1"), "projects of a portfolio"),
        (("bank", "two-islands", "--aversion", "1"), "IS[EW] has no figure of population"),
    ],
)
def test_what_cannot_be_weighed_is_refused(line: tuple[str, ...], said: str) -> None:
    done = called(*line)
    assert done.code == 2
    assert not done.out
    import re

    assert re.search(said, done.err.replace("\n", " ")), done.err


def test_shares_that_weigh_the_poor() -> None:
    """Kazakhstan and Kyrgyzstan: every dollar above what each has alone is the poorer one's."""
    import json

    line = ("share", "sco-2025", "--players", "KAZ,KGZ", "--aversion", "1")
    done = called(*line, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    alone = told["standalone_musd"]
    rest = told["grand_musd"] - sum(alone.values())
    wanted = {"KAZ": alone["KAZ"], "KGZ": alone["KGZ"] + rest}
    for rule in ("welfare", "narrowest"):
        assert told[rule] == pytest.approx(wanted, abs=1e-3)
        assert told["in_core"][rule]
    assert told["aversion"]["epsilon"] == 1.0
    figures: dict[str, Array] = told["aversion"]["equally_distributed_usd"]
    assert figures["welfare"] == max(figures.values())  # type: ignore[type-var]
