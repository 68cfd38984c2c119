"""The solver at the edge: huge changes, autarky, and failures that name the economy."""

from __future__ import annotations

import numpy as np
import pytest

import winset
from winset.errors import ConvergenceError, DataError
from winset.scenario import Scenario, parse


def of(*changes: dict[str, object], **settings: object) -> Scenario:
    return parse({"change": list(changes), "parameters": settings, "on": "2025-09-01"})


#: Huge changes, whose income falls to zero where deficits stay, and how KAZ and USA fare with none.
HUGE: dict[str, tuple[dict[str, object], str | None, tuple[float, float]]] = {
    "ninety percent off": (
        {"kind": "trade-cost", "among": "SCO+", "percent": -90.0},
        "GIN",
        (45.32, 0.9973),
    ),
    "tariff of 400 percent": (
        {"kind": "tariff", "exporters": "all", "importers": ["USA"], "rate": 4.0},
        "GUY",
        (0.9983, 0.9839),
    ),
    "no exports": (
        {"kind": "trade-cost", "exporters": ["KAZ"], "importers": "all", "factor": 1e4},
        "KAZ",
        (0.9200, 1.0000),
    ),
    "tenfold productivity": (
        {"kind": "productivity", "economies": ["KAZ"], "percent": 900.0},
        None,
        (92.99, 1.0001),
    ),
}


@pytest.mark.parametrize("closure", ["world-share", "multiplicative", "additive", "balanced"])
@pytest.mark.parametrize("name", HUGE)
def test_a_huge_change_converges_or_names_the_economy(name: str, closure: str) -> None:
    change, poorest, (kazakhstan, america) = HUGE[name]
    world, scenario = winset.world(), of(change, deficits=closure)
    if poorest is not None and closure in ("world-share", "additive"):
        with pytest.raises(
            ConvergenceError, match=f"the income of {poorest} falls to zero"
        ) as failed:
            winset.solve(world, scenario)
        assert failed.value.economy == poorest
        assert failed.value.residual > 1e-11
        return
    result = winset.solve(world, scenario)
    assert result.solver.residual <= 1e-11
    assert np.all(result.welfare > 0)
    if closure == "balanced":
        at = [world.index["KAZ"], world.index["USA"]]
        assert result.welfare[at] == pytest.approx([kazakhstan, america], rel=1e-4)


def test_autarky_of_one_economy_costs_it_its_gains_from_trade() -> None:
    """With balanced trade and no tariffs: Ŵ = λ_nn^(1/(θβ))."""
    world = winset.world()
    walls = [
        {"kind": "trade-cost", "exporters": ["IND"], "importers": "all", "factor": 1e6},
        {"kind": "trade-cost", "exporters": "all", "importers": ["IND"], "factor": 1e6},
    ]
    open_again = winset.solve(
        world,
        of({"kind": "productivity", "economies": ["IND"], "factor": 1.0}, deficits="balanced"),
    )
    result = winset.solve(world, of(*walls, deficits="balanced"))
    k = world.index["IND"]
    own = open_again.new_flows[k, k] / open_again.new_flows[:, k].sum()
    assert result.welfare[k] / open_again.welfare[k] == pytest.approx(own ** (1 / 2), rel=1e-6)
    assert result.new_flows[k].sum() - result.new_flows[k, k] < 1e-6 * result.new_flows[k, k]


def test_labor_supply_too_elastic_for_an_income_is_refused() -> None:
    change = {"kind": "trade-cost", "among": "SCO", "percent": -10.0}
    with pytest.raises(DataError, match="labor_supply_elasticity = 10 gives the labor of"):
        winset.solve(winset.world(), of(change, labor_supply_elasticity=10.0))


def test_result_views_agree() -> None:
    result = winset.solve(winset.world(), winset.Scenario.from_toml("sco-2025"))
    table, cube, plain = result.table(), result.to_xarray(), result.to_json()
    assert table.loc["KAZ", "welfare_percent"] == pytest.approx(
        float(cube["welfare_percent"].sel(economy="KAZ"))
    )
    assert [e["code"] for e in plain["economies"]] == sorted(result.codes)
    assert cube["welfare_musd"].attrs["units"]
    assert plain["summary"]["members_gaining"] == 27
    assert plain["world"]["sha256"] == result.world.sha256


def test_json_has_exactly_the_documented_keys() -> None:
    plain = winset.solve(winset.world(), winset.Scenario.from_toml("sco-2025")).to_json()
    assert list(plain) == [
        "winset", "scenario", "parameters", "world", "solver", "economies", "counted", "summary",
    ]  # fmt: skip
    assert set(plain["economies"][0]) == {
        "code", "name", "role", "welfare_percent", "welfare_musd", "real_wage_percent",
        "wage_percent", "price_percent", "price_numeraire_percent", "employment_percent", "deficit_percent",
        "exports_percent", "imports_percent", "exports_to_gdp_percent", "imports_to_gdp_percent",
        "tariff_revenue_musd", "utility_percent", "utility_musd",
    }  # fmt: skip
    assert set(plain["summary"]) == {
        "members_gaining", "members_losing", "outsiders_gaining", "outsiders_losing",
        "members_musd", "outsiders_musd", "world_musd", "worst", "unmoved_below_percent",
        "outsiders_losing_more_than", "worst_in_money",
    }  # fmt: skip
    assert set(plain["world"]) == {
        "name", "year", "sha256", "economies", "floored", "absent", "unmet", "tariff_sources",
        "services_left_out",
    }  # fmt: skip
    assert set(plain["solver"]) == {"iterations", "residual", "seconds"}


@pytest.mark.parametrize(
    ("change", "parameters"),
    [
        ({"kind": "trade-cost", "among": "SCO", "factor": 1e-320}, {}),
        ({"kind": "trade-cost", "among": "all", "factor": 1e-10}, {"trade_elasticity": 100.0}),
        ({"kind": "trade-cost", "among": "all", "factor": 5e307}, {"trade_elasticity": 1e-9}),
        ({"kind": "productivity", "economies": "all", "factor": 1e-320}, {"trade_elasticity": 0.1}),
    ],
)
def test_a_change_beyond_the_numbers_of_a_computer_is_a_message(
    change: dict[str, object], parameters: dict[str, object]
) -> None:
    scenario = parse({"on": "2025-09-01", "change": [change], "parameters": parameters})
    with pytest.raises(
        (ConvergenceError, DataError), match=r"[Uu]se a smaller change|[Tt]ry a smaller"
    ):
        winset.solve(winset.world(), scenario)


def test_the_last_bits_do_not_depend_on_the_threads_of_blas() -> None:
    """Products are divided among threads, which changes the order of their sums."""
    import os
    import subprocess
    import sys

    code = (
        "import hashlib, winset; r = winset.solve(winset.world(), "
        "winset.Scenario.from_toml('sco-2025')); "
        "print(hashlib.sha256(r.welfare.tobytes() + r.new_flows.tobytes()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"OMP_NUM_THREADS": count, "OPENBLAS_NUM_THREADS": count},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for count in ("1", "2")
    }
    assert len(digests) == 1
