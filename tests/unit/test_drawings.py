"""How every chart is laid out, at the widths where layouts change: as stored in drawings.json.

A chart changes only on purpose: after such a change, ``python -m tests.unit.test_drawings`` stores
the drawings anew, and the difference is read before it is committed. What the charts *say* is tested
by figures in test_report_*.py. Widths: a desk, the first that counts as one, the last that does not, and
one too narrow for the usual number of ticks.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from altair.utils.schemapi import debug_mode

from winset.governance.voting.power_indices import power
from winset.governance.voting.rules import weighted
from winset.report import (
    charts,
    common_ground_charts,
    diversion,
    doubts,
    frontier,
    industries,
    matches,
    reactions,
)
from winset.report import power as powers
from winset.studies.trade_match import Flow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STORED = Path(__file__).with_name("drawings.json")
WIDTHS = (860, 500, 499, 200)


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


GAINS = frame(
    code=list("ABC"), name=["Land A", "Land B", "Land C"], role=["member", "member", "outsider"],
    welfare_percent=[2.0, -1.0, 0.5], inside_trade=[5.0, 50.0, 1.0], label=list("abc"),
)  # fmt: skip
SHARES = frame(
    code=list("AABB"), name=["Land A"] * 2 + ["Land B"] * 2, rule=["shapley", "equal"] * 2,
    musd=[1.0, 2, 3, 4], percent=[0.5, 1, 1.5, 2], label=list("abcd"),
)  # fmt: skip
DIVERTED = frame(
    code=list("AABB"), name=["Land A"] * 2 + ["Land B"] * 2, part=["creation", "diversion"] * 2,
    musd=[10.0, 20, 30, 40], label=list("abcd"),
)  # fmt: skip
INTERVALS = frame(
    code=list("AB"), name=["Land A", "Land B"], baseline=[1.0, -2.0], low=[0.5, -4.0], high=[2.0, 3.0],
    chance=["90 %", "10 %"], label=list("ab"),
)  # fmt: skip
DRIVERS = frame(driver=["elasticity", "rest"], share_percent=[60.0, 40.0], label=list("ab"))
SWEPT = frame(
    value=[1.0, 2.0] * 2, curve=["world"] * 2 + ["Land A"] * 2, unit=["billion USD"] * 2 + ["percent"] * 2,
    figure=[1.0, 2.0, 3.0, 4.0],
)  # fmt: skip
MOVES = frame(
    code=list("AABB"), name=["Land A"] * 2 + ["Land B"] * 2, sector=["s", "t"] * 2,
    industry=["Ores", "Oils"] * 2, change_points=[1.0, -1.0, 2.0, -2.0],
    employment_share_percent=[60.0, 40.0] * 2,
)  # fmt: skip
PARTS = frame(
    code=list("AABB"), name=["Land A"] * 2 + ["Land B"] * 2, part=["own trade", "scale"] * 2,
    percent=[1.0, 2, 3, 4], welfare_percent=[3.0, 3, 7, 7], label=list("abcd"),
)  # fmt: skip
ANSWERS = frame(**{"answer of": ["A", "B"], "A": [10.0, 30.0], "B": [20.0, 40.0], "step": [0, 0]})
DEAL = frame(
    package=["rail", "gas"], short=["rail", "a very long name of a package of many issues"], total=[8.0, 9.0],
    worst=[-1.0, 4.0], on_frontier=[True, True], kind=[frontier.KINDS["best"], frontier.KINDS["frontier"]],
    label=list("ab"),
)  # fmt: skip
ISSUES = frame(
    issue=["rail", "rail", "gas", "gas"], country=list("ABAB"), gain=[1.0, -2.0, 30_000.0, 0.5],
    in_package=[True] * 4,
)  # fmt: skip
PLACES = frame(
    code=list("AABB"), name=["Land A"] * 2 + ["Land B"] * 2, year=[2014, 2016] * 2,
    ideal_point=[0.5, 0.6, -0.5, -0.6], standard_error=[0.1] * 4, low=[0.3, 0.4, -0.7, -0.8],
    high=[0.7, 0.8, -0.3, -0.4], run=[0] * 4,
)  # fmt: skip


def pairs(count: int) -> pd.DataFrame:
    codes = [f"M{k}" for k in range(count)]
    rows = [(a, b, 0.35 if a < b else 0.8, 10) for a in codes for b in codes if a != b][:4]
    table = pd.DataFrame(rows, columns=["a", "b", "agreement", "votes"])
    table.attrs["order"] = codes
    return table


def years(*which: int) -> list[dict[str, Any]]:
    ground = {
        "roll_calls": 9, "agreement_index": 0.8, "rice": 0.5, "unanimous": 0.3,
        "common_position": {"median": 0.1},
    }  # fmt: skip
    return [{"years": str(y), "economies": [{"votes": 3}], "cohesion": ground} for y in which]


def many_places(count: int) -> pd.DataFrame:
    parts = [PLACES.iloc[:2].assign(code=f"M{k}", ideal_point=k / 2) for k in range(count)]
    return pd.concat(parts, ignore_index=True)


class Levers(list):  # type: ignore[type-arg]
    def of(self, k: int) -> np.ndarray:
        return np.array([k])


WAR: Any = SimpleNamespace(
    contest=SimpleNamespace(
        players=[SimpleNamespace(code="A"), SimpleNamespace(code="B")], levers=Levers([0, 1])
    ),
    z=np.array([0.2, 0.3]),
)
MATCHED: Any = SimpleNamespace(
    names=lambda: {"A": "Land A", "B": "Land B"},
    untapped=SimpleNamespace(
        flows=[
            Flow("A", "B", 2_000.0, 12_000.0, 0.1, 9_000.0, 15_000.0, 10_000.0),
            Flow("B", "A", 0.0, 500.0, 0.2, 300.0, 700.0, 500.0),
        ]
    ),
)
POWER = powers.frame(power(weighted(["a", "b", "c", "d"], [4, 2, 2, 1], 5)))
PEOPLE = POWER.assign(size=[9e6, 4e6, 1e6, 5e3], per_head=[1.0, 0.9, 1.8, 1.2])
PEOPLE.attrs["size"] = "population"

DRAWN: Mapping[str, Callable[[int], Any]] = {
    "gains": lambda w: charts.bars(GAINS, width=w),
    "scatter": lambda w: charts.scatter(GAINS, width=w),
    "map": lambda w: charts.world_map(GAINS, width=w),
    "shares": lambda w: charts.shares_dots(SHARES, width=w),
    "diversion": lambda w: diversion.bars(DIVERTED, width=w),
    "intervals": lambda w: doubts.interval_plot(INTERVALS, width=w),
    "drivers": lambda w: doubts.driver_bars(DRIVERS, width=w),
    "sweep": lambda w: doubts.sweep_curves(SWEPT, "percent", "billion USD", width=w),
    "sweep of members": lambda w: doubts.sweep_curves(SWEPT, "percent", "percent", width=w),
    "industries": lambda w: industries.heat(MOVES, order=["t", "s", "u"], width=w),
    "parts": lambda w: industries.stacked(PARTS, w),
    "war": lambda w: reactions.diagram(ANSWERS, WAR, width=w),
    "matches": lambda w: matches.dots(MATCHED, top=5, width=w),
    "power": lambda w: powers.power_chart(POWER, width=w),
    "power of people": lambda w: powers.power_chart(PEOPLE, width=w),
    "frontier": lambda w: frontier.frontier_chart(DEAL, width=w, unit="USD million"),
    "deal": lambda w: frontier.gains_chart(ISSUES, width=w),
    "agreement": lambda w: common_ground_charts.heat_map(pairs(3), width=w),
    "agreement of 10": lambda w: common_ground_charts.heat_map(pairs(10), width=w),
    "agreement of 28": lambda w: common_ground_charts.heat_map(pairs(28), width=w),
    "agreement of 40": lambda w: common_ground_charts.heat_map(pairs(40), width=w),
    "agreement of 60": lambda w: common_ground_charts.heat_map(pairs(60), width=w),
    "agreement of 61": lambda w: common_ground_charts.heat_map(pairs(61), width=w),
    "positions": lambda w: common_ground_charts.paths(PLACES, width=w),
    "positions of 9": lambda w: common_ground_charts.paths(many_places(9), width=w),
    "positions of a year": lambda w: common_ground_charts.paths(
        PLACES[PLACES["year"] == 2014], width=w
    ),
    "course": lambda w: common_ground_charts.course(years(2014, 2015), width=w),
    "course of a year": lambda w: common_ground_charts.course(years(2014), width=w),
    "course of 30": lambda w: common_ground_charts.course(years(*range(1990, 2020)), width=w),
}


def drawing(name: str, width: int) -> dict[str, Any]:
    """A chart as it goes to the renderer, without what differs from version to version."""
    with debug_mode(False):  # the figures' tests have them checked against the schema
        spec: dict[str, Any] = charts._specification(DRAWN[name](width))
    spec.pop("$schema")
    found = spec.pop("datasets", {})
    datasets = {k: rows for k, rows in found.items() if isinstance(rows, list)}  # not the shapes
    spec.get("data", {}).pop("values", None)
    names: dict[str, str] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        if isinstance(value, float) and not value.is_integer():
            return float(f"{value:.9g}") if math.isfinite(value) else str(value)
        if isinstance(value, str) and value in datasets:
            return names.setdefault(value, f"data {len(names)}")
        return int(value) if isinstance(value, float) else value

    laid: dict[str, Any] = plain(spec)
    return laid | {"data": {names[k]: plain(rows) for k, rows in datasets.items() if k in names}}


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of a drawing by their path."""
    if isinstance(value, dict) and value:
        return {k: v for key, one in value.items() for k, v in flat(one, f"{path}/{key}").items()}
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return {k: v for n, one in enumerate(value) for k, v in flat(one, f"{path}/{n}").items()}
    return {path: value}


def stored(name: str, width: int) -> dict[str, Any]:
    """Return what is stored: the first width in full, of the others what differs."""
    kept: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))[name]
    whole = kept[str(WIDTHS[0])] | kept[str(width)]
    return {key: value for key, value in whole.items() if value != "absent"}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_laid_out_as_stored(name: str, width: int) -> None:
    assert flat(drawing(name, width)) == stored(name, width)


def store() -> None:
    """Store every drawing anew."""
    found: dict[str, dict[str, Any]] = {}
    for name in DRAWN:
        first = flat(drawing(name, WIDTHS[0]))
        found[name] = {str(WIDTHS[0]): first}
        for width in WIDTHS[1:]:
            here = flat(drawing(name, width))
            gone = dict.fromkeys(first.keys() - here.keys(), "absent")
            changed = {k: v for k, v in here.items() if k not in first or first[k] != v}
            found[name][str(width)] = dict(sorted((gone | changed).items()))
    text = json.dumps(found, ensure_ascii=False, indent=0)
    STORED.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    store()
