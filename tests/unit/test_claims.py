"""Size of blocs, rankings, and claims about them."""

from __future__ import annotations

import datetime as dt

import pytest

import winset
from winset.errors import DataError
from winset.places.blocs import resolve
from winset.studies.claims import check, figures, rank

ON = dt.date(2025, 9, 1)


@pytest.mark.parametrize(
    ("name", "million_km2", "billion_people"),
    [
        ("SCO", 36.3, 3.41),
        ("SCO+", 44.0, 3.86),
        ("BRICS", 45.6, 3.89),
        ("APEC", 62.5, 2.95),
        ("NATO", 24.9, 0.97),
    ],
)
def test_area_and_population(name: str, million_km2: float, billion_people: float) -> None:
    size = figures(resolve(name, ON), winset.world())
    assert round(size.area_km2 / 1e6, 1) == million_km2
    assert round(size.population / 1e9, 2) == billion_people


def test_what_has_no_figure_is_named() -> None:
    size = figures(resolve("APEC", ON), winset.world())
    assert size.missing["population"] == ("TWN",)


def test_trade_inside_leaves_domestic_sales_out() -> None:
    world = winset.world()
    both = figures(["KAZ", "UZB"], world)
    i, k = world.index["KAZ"], world.index["UZB"]
    assert both.trade_inside_musd == pytest.approx(world.flows[i, k] + world.flows[k, i])


def test_the_answer_depends_on_the_list() -> None:
    claim = check("SCO largest population", on=ON, world=winset.world())
    regional, everything = claim.verdicts
    assert regional.holds
    assert regional.among == "regional organizations"
    assert regional.rival is not None
    assert regional.rival.bloc == "SAARC"
    assert not everything.holds
    assert everything.rank == 7


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("SCO largest area among SCO,EU,ASEAN,NATO", True),
        ("SCO largest area among regional organizations", False),  # the OAS is larger
        ("SCO+ largest area among regional organizations", True),
        ("SCO largest population among SCO,BRICS", False),
        ("EU smallest population among EU,ASEAN", True),
        ("sco+ Largest population among regional organizations", True),
    ],
)
def test_superlatives(text: str, holds: bool) -> None:
    assert check(text, on=ON, world=winset.world()).verdicts[0].holds is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("SCO population at least 40%", True),
        ("SCO population at least 45%", False),
        ("SCO gdp at most 25 percent", True),
        ("SCO population at least 3,400,000,000", True),
    ],
)
def test_bounds(text: str, holds: bool) -> None:
    threshold = check(text, on=ON, world=winset.world()).threshold
    assert threshold is not None
    assert threshold.holds is holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SCO is great", "not understood. Write BLOC largest"),
        ("SCO largest wealth", "'wealth' is not a measure"),
        ("XYZQ largest area", "no bloc 'XYZQ'"),
        ("SCO largest area among planets", "no bloc 'planets'"),
    ],
)
def test_claims_that_are_not_understood(text: str, message: str) -> None:
    with pytest.raises(DataError) as failure:
        check(text, on=ON, world=winset.world())
    assert message in str(failure.value)


def test_ranking_by_gdp_starts_with_the_largest() -> None:
    places = rank("gdp", on=ON, world=winset.world(), among="forums")
    assert places[0].bloc == "G20"
    assert [p.figure for p in places] == sorted((p.figure for p in places), reverse=True)
