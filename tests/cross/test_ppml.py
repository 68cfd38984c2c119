"""Gravity by PPML against statsmodels' Poisson regression with all dummies, and pyfixest's own errors."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as statsmodels

import winset as library
from winset.gravity.potential import Potential, potential
from winset.places import geography

#: Enough to be unlike each other: large, small, islands, with and without common borders.
CODES = (
    "CHN RUS KAZ KGZ TJK UZB IND PAK IRN BLR MNG TUR DEU FRA POL BRA ARG URY BOL USA MEX JPN KOR "
    "VNM IDN EGY ZAF NGA KEN AUS NZL FJI ISL MDV"
).split()


@pytest.fixture(scope="module")
def small() -> library.World:
    return library.world().select(CODES)


@pytest.fixture(scope="module")
def ours(small: library.World) -> Potential:
    return potential(small)


@pytest.fixture(scope="module")
def data(small: library.World) -> pd.DataFrame:
    n = len(CODES)
    i, k = np.nonzero(~np.eye(n, dtype=bool))
    return pd.DataFrame(
        {
            "flow": small.flows[i, k],
            "i": i,
            "k": k,
            "pair": np.minimum(i, k) * n + np.maximum(i, k),
            "ln_distance": np.log(geography.distances(CODES)[i, k]),
            "border": geography.contiguity(CODES)[i, k],
            "region": geography.same_region(CODES)[i, k],
        }
    )


def test_slopes_expected_trade_and_errors_against_statsmodels(
    ours: Potential, data: pd.DataFrame
) -> None:
    slopes = ["ln_distance", "border", "region"]
    dummies = [pd.get_dummies(data[key], prefix=key, dtype=float) for key in ("i", "k")]
    design = pd.concat([data[slopes], dummies[0], dummies[1].iloc[:, 1:]], axis=1)
    scale = data["flow"].mean()
    fitted = statsmodels.GLM(
        data["flow"] / scale, design, family=statsmodels.families.Poisson()
    ).fit(
        tol=1e-13,
        maxiter=200,
        cov_type="cluster",
        cov_kwds={"groups": data["pair"], "use_correction": False},
    )
    groups = data["pair"].nunique()
    factor = groups / (groups - 1)
    assert [c.name for c in ours.coefficients] == slopes
    for c in ours.coefficients:
        assert c.estimate == pytest.approx(fitted.params[c.name], rel=1e-7, abs=1e-8)
        assert c.error == pytest.approx(np.sqrt(factor) * fitted.bse[c.name], rel=1e-6)
    mean = np.asarray(fitted.fittedvalues) * scale
    np.testing.assert_allclose(ours.expected[data["i"], data["k"]], mean, rtol=1e-6)
    z, v = design.to_numpy(), np.asarray(fitted.cov_params()) * factor
    errors = np.sqrt(np.einsum("ap,pq,aq->a", z, v, z, optimize=True))
    np.testing.assert_allclose(ours.error[data["i"], data["k"]], errors, rtol=1e-5)
    assert ours.pairs == groups


def test_slopes_and_clustered_errors_against_pyfixest(ours: Potential, data: pd.DataFrame) -> None:
    """Its sandwich sweeps the effects out, ours keeps them: the slopes' block is the same."""
    import pyfixest

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The inplace keyword", module=r"pyfixest\.")
        fitted = pyfixest.fepois(
            "flow ~ ln_distance + border + region | i + k",
            data=data,
            vcov={"CRV1": "pair"},
            ssc=pyfixest.ssc(k_adj=False, G_adj=True),
            iwls_tol=1e-12,
        )
        table = fitted.tidy()
    for c in ours.coefficients:
        assert c.estimate == pytest.approx(table.loc[c.name, "Estimate"], rel=1e-6, abs=1e-8)
        assert c.error == pytest.approx(table.loc[c.name, "Std. Error"], rel=1e-4)
