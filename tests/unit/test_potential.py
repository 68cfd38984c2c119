"""Gravity: it finds what made the data, keeps the sums, names what it cannot place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.properties.worlds import build

import winset as library
from winset.errors import ConvergenceError, DataError
from winset.gravity import expectation
from winset.gravity.potential import FEWEST, potential
from winset.places import geography

CODES = "ARG BRA CHL CHN DEU FRA IND ITA JPN KAZ PAK RUS USA".split()
TRUE = {"ln_distance": -0.8, "border": 0.5, "region": 0.3}


def world(flows: np.ndarray, codes: list[str] = CODES) -> library.World:
    """A world of real places and invented trade."""
    return replace(build(flows), codes=tuple(codes), names=tuple(codes))


def made(codes: list[str] = CODES) -> np.ndarray:
    """Trade that follows gravity exactly."""
    draw = np.random.default_rng(1)
    n = len(codes)
    distance = geography.distances(codes) + np.eye(n)
    index = TRUE["ln_distance"] * np.log(distance) + TRUE["border"] * geography.contiguity(codes)
    index += TRUE["region"] * geography.same_region(codes)
    index += draw.normal(10, 2, n)[:, None] + draw.normal(0, 1, n)[None, :]
    flows = np.exp(index)
    np.fill_diagonal(flows, 1e3)
    return flows


def test_exact_gravity_is_found_with_no_doubt() -> None:
    flows = made()
    found = potential(world(flows))
    assert {c.name: c.estimate for c in found.coefficients} == pytest.approx(TRUE, abs=1e-7)
    assert all(c.error < 1e-6 for c in found.coefficients)
    np.testing.assert_allclose(
        found.expected[~np.eye(len(CODES), dtype=bool)],
        flows[~np.eye(len(CODES), dtype=bool)],
        rtol=1e-6,
    )
    assert found.residual <= 1e-9
    assert found.fit == pytest.approx(1.0)


def test_sums_over_exporters_and_importers_are_those_of_the_data() -> None:
    found = potential(library.world())
    for axis in (0, 1):
        np.testing.assert_allclose(
            np.nansum(found.expected, axis=axis), np.nansum(found.actual, axis=axis), rtol=1e-9
        )


def test_zeros_are_trade_of_nothing_not_left_out() -> None:
    flows = made()
    flows[0, 3] = flows[5, 7] = 0.0
    found = potential(world(flows))
    assert found.observations == len(CODES) * (len(CODES) - 1)
    assert found.actual[0, 3] == 0.0
    assert found.expected[0, 3] > 0.0
    assert np.isfinite(found.error[0, 3])


def test_who_exports_nothing_is_expected_to_export_nothing() -> None:
    flows = made()
    flows[2, :2] = flows[2, 3:] = 0.0
    found = potential(world(flows))
    assert np.nansum(found.expected[2]) == 0.0
    assert np.isnan(found.error[2]).all()
    assert np.isfinite(found.error[3, 2])


def test_errors_are_those_of_the_whole_sandwich() -> None:
    """V = G/(G − 1) H⁻¹ Σ s_g s_g' H⁻¹ over all parameters at once, clustered by unordered pairs."""
    n = len(CODES)
    flows = made() * np.random.default_rng(3).lognormal(0, 1, (n, n))
    found = potential(world(flows))
    i, k = np.nonzero(~np.eye(n, dtype=bool))
    slopes = [np.log(geography.distances(CODES) + np.eye(n)), geography.contiguity(CODES)]
    slopes.append(geography.same_region(CODES))
    effects = [i[:, None] == np.arange(n), k[:, None] == np.arange(n - 1)]
    design = np.hstack([np.array([z[i, k] for z in slopes]).T, *effects]).astype(float)
    mean, left = found.expected[i, k], flows[i, k] - found.expected[i, k]
    bread = np.linalg.inv(design.T @ (mean[:, None] * design))
    score = {pair: np.zeros(design.shape[1]) for pair in zip(np.minimum(i, k), np.maximum(i, k))}  # noqa: B905
    for row, a, b in zip(design * left[:, None], i, k, strict=True):
        score[min(a, b), max(a, b)] += row
    many = len(score)
    assert found.pairs == many == n * (n - 1) // 2
    meat = sum(np.outer(x, x) for x in score.values())
    whole = bread @ meat @ bread * many / (many - 1)
    np.testing.assert_allclose(
        [c.error for c in found.coefficients], np.sqrt(np.diag(whole)[:3]), rtol=1e-6
    )
    each = np.sqrt(np.einsum("ra,ab,rb->r", design, whole, design))
    np.testing.assert_allclose(found.error[i, k], each, rtol=1e-6)
    assert np.isnan(found.error.diagonal()).all()


def test_interval_and_its_level() -> None:
    found = potential(library.world("icio-2022"))
    low, high = found.interval(0.95)
    pair = (3, 5)
    assert high[pair] / found.expected[pair] == pytest.approx(
        np.exp(1.959963984540054 * found.error[pair])
    )
    assert low[pair] * high[pair] == pytest.approx(found.expected[pair] ** 2)
    assert (found.interval(0.5)[0] > low)[~np.isnan(low)].all()


def test_the_rest_of_the_world_has_no_place() -> None:
    found = potential(library.world("icio-2022"))
    assert found.without_point == ("ROW",)
    assert len(found.codes) == 80


def test_one_sector_of_many() -> None:
    data = library.world("icio-2022")
    found = potential(data, sector="C29")
    k, n = data.index["DEU"], data.index["FRA"]
    here = [found.codes.index(code) for code in ("DEU", "FRA")]
    assert found.actual[here[0], here[1]] == data.trade[data.sector("C29"), k, n]
    with pytest.raises(DataError, match="sector 'C2' is not in world 'icio-2022'"):
        potential(data, sector="C2")


def test_too_few_economies() -> None:
    few = CODES[: FEWEST - 1]
    with pytest.raises(DataError, match="at least 10 economies that export and 10 that import"):
        potential(world(made(few), few))
    with pytest.raises(DataError, match="Place not known: C00, C01"):
        potential(build(np.ones((12, 12))))


def test_regressors_that_say_nothing_are_dropped() -> None:
    """Islands have no land borders; all of one region share it."""
    islands = "ATG BHS BRB CUB DMA GRD JAM KNA LCA TTO VCT".split()
    found = potential(world(made(islands), islands))
    assert [c.name for c in found.coefficients] == ["ln_distance"]
    assert found.coefficients[0].estimate == pytest.approx(TRUE["ln_distance"], abs=1e-6)


def test_a_border_that_nobody_trades_across_has_no_slope() -> None:
    """Expected trade falls with every step there: the slope would be as long as the patience."""
    flows = np.where(geography.contiguity(CODES) > 0, 0.0, made())
    with pytest.raises(
        ConvergenceError, match=r"gravity on world 'test': .* has no maximum"
    ) as told:
        potential(world(flows))
    assert told.value.residual < 1e-9


@pytest.mark.parametrize(("bound", "good"), [(1.0, True), (0.999, False)])
def test_sums_that_miss_by_more_than_the_bound_are_no_estimate(
    monkeypatch: pytest.MonkeyPatch, bound: float, good: bool
) -> None:
    """Twice the trade of everybody is off by one."""
    monkeypatch.setattr(
        expectation,
        "ppml",
        lambda actual, *_: (2.0 * actual, np.array([-0.8, 0.5, 0.3]), [0, 1, 2]),
    )
    monkeypatch.setattr(expectation, "SUMS", bound)
    flows = np.exp2(np.round(np.log2(made())))
    if good:
        assert potential(world(flows)).residual == 1.0
    else:
        with pytest.raises(
            ConvergenceError, match=r"what is expected of an economy is 1\.0e\+00 away"
        ):
            potential(world(flows))


def test_order_of_economies_does_not_matter() -> None:
    flows = made() * np.random.default_rng(2).lognormal(0, 1, (len(CODES), len(CODES)))
    back = slice(None, None, -1)
    one, other = potential(world(flows)), potential(world(flows[back, back], CODES[::-1]))
    np.testing.assert_allclose(one.expected, other.expected[back, back], rtol=1e-8)
    np.testing.assert_allclose(one.error, other.error[back, back], rtol=1e-6)


def test_quartiles_weigh_by_what_is_expected() -> None:
    found = replace(
        potential(library.world("icio-2022")),
        expected=np.array([[np.nan, 1.0], [99.0, np.nan]]),
        actual=np.array([[np.nan, 5.0], [198.0, np.nan]]),
    )
    assert found.quartiles() == (2.0, 2.0)


def test_distances() -> None:
    found = geography.distances(["FRA", "DEU", "AUS"])
    assert found.diagonal().tolist() == [0.0, 0.0, 0.0]
    np.testing.assert_array_equal(found, found.T)
    # a degree of the meridian is 111.2 km; France's point is 46 N, 2 E
    assert found[0, 1] == pytest.approx(758, abs=1)
    assert geography.distances(["AUS", "BRA"])[0, 1] < np.pi * geography.EARTH


def test_borders_and_regions() -> None:
    codes = ["KAZ", "CHN", "IND", "FRA", "GUF"]
    border = geography.contiguity(codes)
    assert border[0, 1] == border[1, 2] == 1.0
    assert border[0, 2] == border[0, 3] == 0.0
    np.testing.assert_array_equal(border, border.T)
    region = geography.same_region(codes)
    assert region[0, 1] == 1.0
    assert region[0, 3] == region[3, 4] == 0.0
    assert geography.same_region(codes, sub=True)[0, 1] == 0.0
    assert region.diagonal().sum() == 0.0


def test_every_economy_of_the_table_has_a_point() -> None:
    from winset.places.economies import economies

    assert set(geography.points()) == set(economies())
    assert all(a < b for a, b in geography.borders())
    assert {code for pair in geography.borders() for code in pair} <= set(economies())
