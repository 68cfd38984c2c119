"""Grouped Lorenz curves: exact integrals, curves that are recovered, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import beta, betainc

from winset.delivery import lorenz
from winset.delivery.quadrature import integral
from winset.errors import DataError

P = np.arange(1, 20) / 20.0
CURVE = lorenz.Quadratic(0.8, -1.4, 0.15)
HUMP = lorenz.Beta(0.6, 0.98, 0.55)


def test_an_integral_with_ends_that_have_no_value() -> None:
    assert integral(lambda x: np.log(1.0 / x), 0.0, 1.0) == pytest.approx(1.0, abs=1e-13)
    assert integral(lambda x: x**-0.3, 0.0, 2.0) == pytest.approx(2.0**0.7 / 0.7, abs=1e-12)
    assert integral(lambda x: x, 1.0, 1.0) == 0.0


@pytest.mark.parametrize("curve", [CURVE, HUMP])
def test_a_curve_is_recovered_from_its_own_points(curve: Any) -> None:
    fit = {"quadratic": lorenz.fit_quadratic, "beta": lorenz.fit_beta}[curve.form]
    found = fit(P, curve.at(P))
    assert found.coefficients == pytest.approx(curve.coefficients, abs=1e-9)
    best = lorenz.grouped(P, curve.at(P), mean=10, line=5, form="best", where="points")
    assert best.curve.form == curve.form


@pytest.mark.parametrize("curve", [CURVE, HUMP])
def test_slopes_are_those_of_the_curve(curve: Any) -> None:
    h = 1e-6
    assert curve.slope(P) == pytest.approx((curve.at(P + h) - curve.at(P - h)) / (2 * h), abs=1e-8)
    bent = (curve.slope(P + h) - curve.slope(P - h)) / (2 * h)
    assert curve.curvature(P) == pytest.approx(bent, rel=1e-6)


def test_the_quadratics_measures_in_closed_form() -> None:
    """Headcount and severity after Datt (1998), table 2, as the calculators write them."""
    z = 0.7
    found = lorenz.poverty(CURVE, 1.0, z, P, CURVE.at(P))
    b, m, n, e = CURVE.b, CURVE.m, CURVE.n, CURVE.e
    r = np.sqrt(n**2 - 4 * m * e**2)
    head = -(n + r * (b + 2 * z) / np.sqrt((b + 2 * z) ** 2 - m)) / (2 * m)
    assert found.headcount == pytest.approx(head, abs=1e-13)
    s1, s2 = (r - n) / (2 * m), -(r + n) / (2 * m)
    logs = np.log((1 - head / s1) / (1 - head / s2))
    low = float(CURVE.at(np.array([head]))[0])
    severity = 2 * found.gap - head - (CURVE.a * head + b * low - r / 16 * logs) / z**2
    assert found.severity == pytest.approx(severity, abs=1e-12)


def test_the_betas_measures_in_closed_form() -> None:
    z = 0.7
    found = lorenz.poverty(HUMP, 1.0, z, P, HUMP.at(P))
    t, g, d, H = HUMP.theta, HUMP.gamma, HUMP.delta, found.headcount

    def part(a: float, b: float) -> float:
        return float(betainc(a, b, H) * beta(a, b))

    inner = (
        g * g * part(2 * g - 1, 2 * d + 1)
        - 2 * g * d * part(2 * g, 2 * d)
        + d * d * part(2 * g + 1, 2 * d - 1)
    )
    expected = (1 - 1 / z) * (2 * found.gap - (1 - 1 / z) * H) + (t / z) ** 2 * inner
    assert found.severity == pytest.approx(expected, abs=1e-12)
    area = integral(lambda x: HUMP.at(x), 0.0, 1.0)
    assert found.gini == pytest.approx(1 - 2 * area, abs=1e-12)


@pytest.mark.parametrize("curve", [CURVE, HUMP])
def test_what_lines_do(curve: Any) -> None:
    low, high = (lorenz.poverty(curve, 1.0, z, P, curve.at(P)) for z in (0.3, 0.9))
    for key in ("headcount", "gap", "severity", "watts"):
        assert 0 <= getattr(low, key) < getattr(high, key), key
    nobody = lorenz.poverty(CURVE, 1.0, 1e-9, P, CURVE.at(P))
    assert (nobody.headcount, nobody.gap, nobody.severity, nobody.watts) == (0, 0, 0, 0)
    assert sum(high.deciles) == pytest.approx(1, abs=1e-15)


def test_the_share_with_incomes_below_zero_is_told() -> None:
    curve = lorenz.Beta(0.58, 0.94, 0.53)
    found = lorenz.poverty(curve, 1.0, 0.8, P, curve.at(P))
    assert 0 < found.negative < lorenz.BOTTOM
    assert found.to_json()["negative_share"] == found.negative


POINTS = "p,L\n0.2,0.06\n0.4,0.18\n0.6,0.34\n0.8,0.56\n1,1\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POINTS.replace("0.18", "0.25"), "not convex"),
        (POINTS.replace("0.4,", "0.1,"), "Sort by p"),
        (POINTS.replace("1,1", "1,0.9"), "all people have all income"),
        (POINTS.replace("0.2,0.06", "20,6"), "Divide percent by 100"),
        (POINTS.replace("0.34", "much"), "must be a number"),
        ("p,L\n0.5,0.2\n1,1\n", "takes 4 or more"),
        ("share\n" + "\n".join(["0.1"] * 9) + "\n", "sums to 0.9"),
        ("share\n" + "\n".join(["10"] * 10) + "\n", "Divide percent by 100"),
        ("share\n" + "\n".join(["0.1"] * 10) + "\n", "not convex|not below p"),
        ("q,r\n1,2\n", "no columns p and L"),
    ],
)
def test_what_is_no_distribution_is_refused(
    winset: Any, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text)
    done = winset("gap", "--lorenz", str(path), "--mean", "10", "--line", "5")
    assert done.code == 2
    assert re.search(said, " ".join(done.err.split()))


def test_deciles_and_points_are_one(winset: Any, tmp_path: Path) -> None:
    cumulated = CURVE.at(np.arange(0, 11) / 10.0)
    share = np.diff(np.append(cumulated[:-1], 1.0))
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("share\n" + "\n".join(repr(float(x)) for x in share) + "\n")
    points = zip(np.arange(1, 11) / 10.0, np.cumsum(share), strict=True)
    two.write_text(
        "p,L\n" + "\n".join(f"{float(p)!r},{min(float(L), 1.0)!r}" for p, L in points) + "\n"
    )
    asked = ("--mean", "10", "--line", "5", "--form", "quadratic", "--json")
    first = winset("gap", "--lorenz", str(one), *asked).json
    second = winset("gap", "--lorenz", str(two), *asked).json
    for key in ("gini", "headcount", "gap", "severity", "watts"):
        assert first[key] == pytest.approx(second[key], abs=1e-10)
    assert len(first["deciles"]) == 10


def test_a_mean_and_a_form_that_are_none() -> None:
    with pytest.raises(DataError, match="must be above 0"):
        lorenz.poverty(CURVE, 0.0, 1.0, P, CURVE.at(P))
    with pytest.raises(DataError, match="no Lorenz curve"):
        lorenz.poverty(lorenz.Quadratic(-1.0, 0.0, 0.0), 1.0, 1.0, P, P)
