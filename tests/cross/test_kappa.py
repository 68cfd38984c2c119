"""Cohen's κ against scikit-learn, on real pairs and with all weights."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from winset.governance.rollcalls.alignment import agreement
from winset.governance.rollcalls.records import un_roll_calls

WEIGHTS = {"identical": None, "linear": "linear", "quadratic": "quadratic"}


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("year", [1956, 1972, 1989, 2015])
def test_kappa_equals_scikit_learn(year, weights):
    calls = un_roll_calls().of_years(year, year)
    codes = ["USA", "RUS", "IND", "FRA", "EGY", "IRN"]
    votes = calls.votes[:, calls.columns(codes)]
    pairs = agreement(votes, weights=weights)
    for i in range(len(codes)):
        for j in range(i + 1, len(codes)):
            both = (votes[:, i] > 0) & (votes[:, j] > 0)
            assert pairs.votes[i, j] == both.sum()
            expected = cohen_kappa_score(
                votes[both, i], votes[both, j], labels=[1, 2, 3], weights=WEIGHTS[weights]
            )
            assert pairs.kappa[i, j] == pytest.approx(expected, abs=1e-12)


def test_raw_agreement_is_accuracy():
    votes = un_roll_calls().of_years(2000, 2000).votes
    pairs = agreement(votes[:, :12])
    both = (votes[:, 3] > 0) & (votes[:, 7] > 0)
    assert pairs.agreement[3, 7] == pytest.approx(np.mean(votes[both, 3] == votes[both, 7]))
