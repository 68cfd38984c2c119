"""The same Banzhaf and Shapley–Shubik shares as the package powerindex 0.3.5."""

from __future__ import annotations

import numpy as np
import pytest

from winset.governance.voting.power_indices import power
from winset.governance.voting.rules import find_rule, weighted

powerindex = pytest.importorskip("powerindex")


@pytest.mark.parametrize("name", ["eec-1958", "us-electoral-college"])
def test_bundled_rules(name: str) -> None:
    rule = find_rule(name).build()
    game = powerindex.Game(rule.majorities[0].quota, list(rule.majorities[0].weights))
    game.calc_banzhaf()
    game.calc_shapley_shubik()
    found = power(rule)
    np.testing.assert_allclose(found.column("banzhaf"), game.banzhaf, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        found.column("shapley_shubik"), game.shapley_shubik, rtol=1e-12, atol=1e-15
    )


def test_random_rules() -> None:
    generator = np.random.default_rng(6)
    for _ in range(5):
        weights = [int(w) for w in generator.integers(1, 40, 35)]
        quota = int(sum(weights) * generator.uniform(0.5, 0.9)) + 1
        game = powerindex.Game(quota, weights)
        game.calc_banzhaf()
        game.calc_shapley_shubik()
        found = power(weighted([f"m{i}" for i in range(35)], weights, quota))
        np.testing.assert_allclose(found.column("banzhaf"), game.banzhaf, rtol=1e-12)
        np.testing.assert_allclose(found.column("shapley_shubik"), game.shapley_shubik, rtol=1e-12)
