"""Gravity of people against pyfixest: slopes, fitted stocks and clustered errors, with regions not known."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from winset.people.records import embedded
from winset.studies.people_gravity import past, people_gravity, regressors

CODES = (
    "CHN RUS KAZ KGZ TJK UZB IND PAK IRN BLR TUR DEU FRA GBR USA MEX JPN ARE SAU EGY ZAF NGA AUS BRA "
    "UKR POL ITA ESP CAN MYS"
).split()


def test_slopes_stocks_and_clustered_errors_against_pyfixest() -> None:
    import pyfixest

    ours = people_gravity(embedded("migrants").select(CODES), 2020)
    i, k = np.nonzero(ours.pairs)
    assert len(i) < len(CODES) * (len(CODES) - 1)  # China and others name few origins
    z = regressors(ours.codes) | {"ln_past": np.log1p(past(ours.codes, before=2020))}
    data = pd.DataFrame({name: values[i, k] for name, values in z.items()})
    data = data.assign(
        people=ours.actual[i, k], i=i, k=k, pair=np.minimum(i, k) * len(CODES) + np.maximum(i, k)
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The inplace keyword", module=r"pyfixest\.")
        fitted = pyfixest.fepois(
            f"people ~ {' + '.join(z)} | i + k",
            data=data,
            vcov={"CRV1": "pair"},
            ssc=pyfixest.ssc(k_adj=False, G_adj=True),
            iwls_tol=1e-12,
        )
        table = fitted.tidy()
    assert [c.name for c in ours.found.coefficients] == list(z)
    for c in ours.found.coefficients:
        assert c.estimate == pytest.approx(table.loc[c.name, "Estimate"], rel=1e-6, abs=1e-8)
        assert c.error == pytest.approx(table.loc[c.name, "Std. Error"], rel=1e-4)
    np.testing.assert_allclose(
        ours.found.expected[i, k], np.asarray(fitted.predict(type="response")), rtol=1e-5
    )
