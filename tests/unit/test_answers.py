"""Tariffs that a scenario asks for: reciprocal, optimal, by statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as winset_library
from winset.errors import DataError, InfeasibleError
from winset.scenario import Scenario, parse

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'world = "world-2023"\non = "2025-04-02"\n'
PLAIN = "[parameters]\nvalue_added_share = 1.0\n"


@pytest.fixture(scope="module")
def small() -> winset_library.World:
    """Four large economies of 2023 and the rest of the world, domestic sales included."""
    world, apart = winset_library.world().closed(1.0), ["USA", "CHN", "DEU", "IND"]
    rest = [code for code in world.codes if code not in apart]
    return world.aggregate({"ROW": rest}).select([*apart, "ROW"])


def scenario(*changes: dict[str, Any], **parameters: Any) -> Scenario:
    given = {"value_added_share": 1.0, "deficits": "balanced"} | parameters
    full = [{"kind": "tariff", **change} for change in changes]
    return parse({"change": full, "parameters": given, "on": "2025-01-01"})


def test_reciprocal_is_what_the_other_side_levies(small: winset_library.World) -> None:
    ask = scenario(
        {"exporters": ["CHN"], "importers": ["USA"], "rate": 0.3},
        {"exporters": ["DEU", "IND"], "importers": ["USA"], "rate": 0.1},
        {"exporters": ["USA"], "importers": "all", "answer": "reciprocal"},
    )
    say = scenario(
        {"exporters": ["CHN"], "importers": ["USA"], "rate": 0.3},
        {"exporters": ["DEU", "IND"], "importers": ["USA"], "rate": 0.1},
        {"exporters": ["USA"], "importers": ["CHN"], "rate": 0.3},
        {"exporters": ["USA"], "importers": ["DEU", "IND"], "rate": 0.1},
    )
    asked, said = winset_library.solve(small, ask), winset_library.solve(small, say)
    assert np.array_equal(asked.welfare, said.welfare)
    assert dict(asked.answers[0].rates) == {"CHN": 0.3, "DEU": 0.1, "IND": 0.1, "ROW": 0.0}


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"labor_supply_elasticity": 0.5, "revenue": "income-tax"},
        {"labor_supply_elasticity": 0.5, "revenue": "income-tax", "objective": "article"},
        {"entry_cost_share": 0.2},
    ],
)
def test_no_rate_on_a_grid_is_better_than_the_optimal_one(
    small: winset_library.World, parameters: dict[str, Any]
) -> None:
    change = {"exporters": "all", "importers": ["USA"]}
    best = winset_library.solve(small, scenario(change | {"answer": "optimal"}, **parameters))
    (answer,) = best.answers
    rate = answer.rates["USA"]
    assert 0.05 < rate < 1.0
    for other in np.linspace(0.0, 1.0, 41):
        tried = winset_library.solve(small, scenario(change | {"rate": float(other)}, **parameters))
        if parameters.get("objective") == "article":
            assert tried.welfare[0] <= best.welfare[0] + 1e-13
        else:
            assert tried.utility[0] <= best.utility[0] + 1e-13


def test_two_optimal_tariffs_answer_each_other(small: winset_library.World) -> None:
    first = {"exporters": "all", "importers": ["USA"], "answer": "optimal"}
    second = {"exporters": ["USA"], "importers": "all", "answer": "optimal"}
    both = winset_library.solve(small, scenario(first, second))
    america, others = (next(iter(a.rates.values())) for a in both.answers)
    fixed = {"exporters": ["USA"], "importers": "all", "rate": others}
    again = winset_library.solve(small, scenario(first, fixed))
    assert again.answers[0].rates["USA"] == pytest.approx(america, abs=1e-5)
    fixed = {"exporters": "all", "importers": ["USA"], "rate": america}
    again = winset_library.solve(small, scenario(fixed, second))
    assert again.answers[0].rates["CHN"] == pytest.approx(others, abs=1e-5)


def test_the_statistic_of_a_very_small_economy_is_one_over_epsilon() -> None:
    flows = np.array([[900.0, 50.0, 1e-6], [50.0, 900.0, 1e-6], [1e-6, 1e-6, 1e-3]])
    world = winset_library.World(
        name="three",
        year=2020,
        codes=("A", "B", "C"),
        names=("A", "B", "C"),
        gdp=flows.sum(axis=1),
        sectors=("goods",),
        trade=flows[None],
        tariff=np.zeros((1, 3, 3)),
        domestic_known=True,
    )
    ask = scenario({"exporters": "all", "importers": ["C"], "answer": "sufficient"})
    (answer,) = winset_library.solve(world, ask).answers
    assert answer.rates["C"] == pytest.approx(0.25, rel=1e-6)


def test_statistics_are_not_for_inputs(small: winset_library.World) -> None:
    ask = scenario(
        {"exporters": "all", "importers": ["USA"], "answer": "sufficient"}, value_added_share=0.5
    )
    with pytest.raises(DataError, match="only input is labor"):
        winset_library.solve(small, ask)


def test_a_fixed_deficit_may_leave_no_best_tariff(small: winset_library.World) -> None:
    ask = scenario(
        {"exporters": "all", "importers": ["USA"], "answer": "optimal"}, deficits="world-share"
    )
    with pytest.raises(InfeasibleError, match="no best tariff inside"):
        winset_library.solve(small, ask)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('among = "SCO"\nanswer = "optimal"', "answer and among do not go together"),
        ('exporters = "all"\nimporters = "USA"\nanswer = "best"', "answer = 'best' is wrong"),
        (
            'exporters = "all"\nimporters = "USA"\nanswer = "optimal"\nrate = 0.1',
            "give exactly one of rate, percent, points, cap, swiss, margin, answer",
        ),
        ('exporters = "all"\nimporters = "USA"\nanswer = "optimal"\nmfn = true', "answer and mfn"),
        ('exporters = ["USA", "CHN"]\nimporters = ["USA"]\nanswer = "optimal"', "USA is on both"),
    ],
)
def test_bad_input(change: str, message: str, tmp_path: Path, winset: Any) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'{HEAD}[[change]]\nkind = "tariff"\n{change}\n')
    said = winset("run", path)
    assert said.code == 2
    assert message in said.err
    assert "Traceback" not in said.err


def test_the_note_and_the_json_say_what_was_found(tmp_path: Path, winset: Any) -> None:
    path = tmp_path / "x.toml"
    change = 'kind = "tariff"\nexporters = "all"\nimporters = "USA"\nanswer = "sufficient"\n'
    path.write_text(f"{HEAD}{PLAIN}[[change]]\n{change}")
    said = winset("run", path)
    assert "Change 1, answer = sufficient: the tariff of USA is" in said.out
    (answer,) = winset("run", path, "--json").json["answers"]
    assert answer["change"] == 1
    assert answer["answer"] == "sufficient"
    assert list(answer["rates"]) == ["USA"]
    assert "asks for a tariff" in winset("share", path, "--players", "EAEU").err


FACING = (
    {"exporters": ["USA"], "importers": ["CHN"], "answer": "reciprocal"},
    {"exporters": ["CHN"], "importers": ["USA"], "answer": "reciprocal"},
)


def test_two_reciprocal_answers_that_wait_for_each_other_are_refused(
    small: winset_library.World,
) -> None:
    rate = {"exporters": ["CHN"], "importers": ["USA"], "rate": 0.3}
    for order in (FACING, FACING[::-1]):
        with pytest.raises(DataError, match=r"change 2 and change 3: .*each waits") as said:
            winset_library.solve(small, scenario(rate, *order))
        i, n = (small.codes[k] for k in sorted(small.position(c) for c in ("USA", "CHN")))
        assert (
            f"the tariff of {n} on {i} is to be reciprocal, and so is that of {i} on {n}: each waits "
            "for the other. Give one of them a rate, or another answer."
        ) in str(said.value)


def test_one_reciprocal_answer_that_faces_others_in_part_is_refused(
    small: winset_library.World,
) -> None:
    wide = {"exporters": "all", "importers": ["USA", "DEU"], "answer": "reciprocal"}
    with pytest.raises(DataError, match="each waits for the other"):
        winset_library.solve(small, scenario(FACING[0], wide))


def test_a_later_answer_takes_the_place_of_a_reciprocal_one(small: winset_library.World) -> None:
    """Then only one is left to wait for: no matter which of the two it is."""
    rate = {"exporters": ["CHN"], "importers": ["USA"], "rate": 0.3}
    best = {"exporters": ["CHN"], "importers": ["USA"], "answer": "sufficient"}
    result = winset_library.solve(small, scenario(rate, *FACING, best))
    assert result.answers[0].rates["CHN"] == result.answers[2].rates["USA"]


@pytest.mark.parametrize("how", ["optimal", "sufficient"])
def test_reciprocal_tariffs_follow_in_whatever_order_the_changes_stand(
    small: winset_library.World, how: str
) -> None:
    asked = {"exporters": ["CHN"], "importers": ["USA"], "answer": how}
    one, other = (
        winset_library.solve(small, scenario(*order))
        for order in ((asked, FACING[0]), (FACING[0], asked))
    )
    assert np.array_equal(one.shock.tariff, other.shock.tariff)
    assert np.array_equal(one.welfare, other.welfare)
    rates = {a.how: a.rates for a in one.answers}
    assert rates["reciprocal"]["CHN"] == rates[how]["USA"] > 0
