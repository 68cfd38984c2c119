"""The integer programme against all packages, and what the bargaining solutions promise."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winset.errors import InfeasibleError
from winset.governance.packages.issues import Issues
from winset.governance.packages.search import MOST_TIES, deal


@st.composite
def negotiations(draw: st.DrawFn, most: int = 9) -> Issues:
    """Random gains, some issues that exclude or need others, some floors."""
    k = draw(st.integers(1, most))
    n = draw(st.integers(1, 4))
    rows = draw(
        st.lists(st.lists(st.integers(-60, 80), min_size=n, max_size=n), min_size=k, max_size=k)
    )
    exclude = ((0, k - 1),) if k > 2 and draw(st.booleans()) else ()
    need = ((0, 1),) if k > 3 and draw(st.booleans()) else ()
    floors = tuple(Fraction(draw(st.sampled_from([0, 0, 0, -20, 10])), 10) for _ in range(n))
    return Issues(
        tuple(f"i{j}" for j in range(k)),
        tuple(f"c{i}" for i in range(n)),
        tuple(tuple(Fraction(x, 10) for x in row) for row in rows),
        exclude,
        need,
        floors,
    )


def admissible(issues: Issues) -> list[tuple[int, ...]]:
    """Every package that keeps to exclude and need."""
    k = len(issues.names)
    every = (p for size in range(k + 1) for p in combinations(range(k), size))
    return [p for p in every if issues.admits(p)]


def above(issues: Issues, package: tuple[int, ...]) -> list[Fraction]:
    """Gains above the floors."""
    return [g - f for g, f in zip(issues.of(package), issues.floors, strict=True)]


@settings(max_examples=40)
@given(issues=negotiations())
def test_against_every_package(issues: Issues) -> None:
    every = admissible(issues)
    kept = [p for p in every if min(above(issues, p)) >= 0]
    if not kept:
        with pytest.raises(InfeasibleError, match="floor"):
            deal(issues)
        return
    found = deal(issues)
    best = max(sum(issues.of(p)) for p in kept)
    wanted = {tuple(issues.names[k] for k in p) for p in kept if sum(issues.of(p)) == best}
    assert found.optimal[0].total == float(best)
    listed = {package.issues for package in found.optimal}
    assert len(listed) == len(found.optimal) == min(len(wanted), MOST_TIES)
    assert listed <= wanted

    points = {(sum(issues.of(p)), min(issues.of(p))) for p in every}
    undominated = {
        a for a in points if not any(b != a and b[0] >= a[0] and b[1] >= a[1] for b in points)
    }
    assert [(p.total, p.worst) for p in found.frontier] == sorted(
        ((float(a), float(b)) for a, b in undominated), reverse=True
    )

    for veto in found.vetoes:
        i = issues.countries.index(veto.country)
        free = [p for p in every if all(u >= 0 for j, u in enumerate(above(issues, p)) if j != i)]
        assert veto.cost == float(max(sum(issues.of(p)) for p in free) - best)

    ideal = [max(above(issues, p)[i] for p in kept) for i in range(len(issues.countries))]
    who = [i for i, b in enumerate(ideal) if b > 0]
    if not who:
        return

    def gains_of(name: str) -> list[Fraction]:
        bargain = found.bargains[name]
        assert bargain is not None
        return above(issues, tuple(issues.names.index(k) for k in bargain.issues))

    least = gains_of("egalitarian")
    assert min(least[i] for i in who) == max(min(above(issues, p)[i] for i in who) for p in kept)
    even = gains_of("kalai_smorodinsky")
    assert min(even[i] / ideal[i] for i in who) == max(
        min(above(issues, p)[i] / ideal[i] for i in who) for p in kept
    )
    product = max(math.prod(above(issues, p)[i] for i in who) for p in kept)
    if product > 0:
        assert math.isclose(math.prod(gains_of("nash")[i] for i in who), product, rel_tol=1e-8)
    else:
        assert found.bargains["nash"] is None
    for name, bargain in found.bargains.items():  # nobody can gain without another losing
        if bargain is not None:
            mine = gains_of(name)
            assert not any(
                above(issues, p) != mine
                and all(a >= b for a, b in zip(above(issues, p), mine, strict=True))
                for p in kept
            ), name


@settings(max_examples=25)
@given(issues=negotiations(6), factors=st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_scale_does_not_move_nash_and_kalai_smorodinsky(issues: Issues, factors: list[int]) -> None:
    """Scale invariance: other units for one country leave its relative gains as they were."""
    n = len(issues.countries)
    scaled = Issues(
        issues.names,
        issues.countries,
        tuple(tuple(g * factors[i] for i, g in enumerate(row)) for row in issues.gains),
        issues.exclude,
        issues.need,
        tuple(f * factors[i] for i, f in enumerate(issues.floors)),
    )
    try:
        first = deal(issues).bargains
    except InfeasibleError:
        with pytest.raises(InfeasibleError):
            deal(scaled)
        return
    second = deal(scaled).bargains
    a, b = first["nash"], second["nash"]
    assert (a is None) == (b is None)
    if a is not None and b is not None:
        one = math.prod(float(g - f) for g, f in zip(a.gains, map(float, issues.floors)))  # noqa: B905
        two = math.prod(float(g - f) for g, f in zip(b.gains, map(float, scaled.floors)))  # noqa: B905
        assert math.isclose(one * math.prod(factors[:n]), two, rel_tol=1e-8, abs_tol=1e-9)


@settings(max_examples=25)
@given(issues=negotiations(7))
def test_side_payments_share_the_surplus_evenly(issues: Issues) -> None:
    try:
        found = deal(issues, side_payments=True)
    except InfeasibleError:
        assert max(sum(issues.of(p)) for p in admissible(issues)) < sum(issues.floors)
        return
    best = max(sum(issues.of(p)) for p in admissible(issues))
    assert found.optimal[0].total == float(best)
    assert found.payments is not None
    assert abs(sum(found.payments)) < 1e-9
    said = found.to_json()["gains"]
    surplus = {c: said[c] - float(f) for c, f in zip(issues.countries, issues.floors, strict=True)}
    assert max(surplus.values()) - min(surplus.values()) < 1e-9


def test_the_nash_bargain_is_not_the_first_package_that_the_tangents_offer() -> None:
    """Products 8 · 7 = 56 and 13 · 4 = 52: the search must go on after the second is found."""
    rows = ((-5, 0), (5, -3), (2, -1), (6, 8), (-6, -2))
    issues = Issues(
        tuple(f"i{k}" for k in range(5)),
        ("a", "b"),
        tuple(tuple(Fraction(x) for x in row) for row in rows),
    )
    nash = deal(issues).bargains["nash"]
    assert nash is not None
    assert (nash.issues, nash.gains) == (("i2", "i3"), (8.0, 7.0))


def test_fourteen_issues() -> None:
    import numpy as np

    generator = np.random.default_rng(14)
    gains = generator.integers(-300, 340, (14, 6))
    issues = Issues(
        tuple(f"i{k}" for k in range(14)),
        tuple(f"c{i}" for i in range(6)),
        tuple(tuple(Fraction(int(x), 100) for x in row) for row in gains),
    )
    masks = (np.arange(1 << 14)[:, None] >> np.arange(14)) & 1
    totals = masks @ gains
    kept = totals[(totals >= 0).all(axis=1)]
    found = deal(issues)
    assert round(found.optimal[0].total * 100) == kept.sum(axis=1).max()
    egalitarian = found.bargains["egalitarian"]
    assert egalitarian is not None
    assert round(egalitarian.worst * 100) == kept.min(axis=1).max()
