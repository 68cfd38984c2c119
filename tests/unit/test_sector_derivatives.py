"""Derivatives of the model of many sectors: by differences, and one reading against the other."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from tests.properties.worlds import CLOSURES

import winset as library
from winset.scenario import Parameters
from winset.trade.models.many_sectors import derivatives
from winset.trade.models.many_sectors.derivatives import Direction, Lift, Tangent
from winset.trade.models.many_sectors.equations import Baseline, State, Target, evaluate, target
from winset.trade.models.many_sectors.solve import MODEL, variations
from winset.trade.models.model import Shift, calibrate, find

STEP = 1e-5


@pytest.fixture(scope="module")
def world() -> library.World:
    """Input–output links, elasticities of their own, and sectors that are not traded."""
    return library.world("caliendo-parro-1993").select(["USA", "MEX", "CAN"])


@pytest.fixture(scope="module", params=CLOSURES, ids=lambda closure: "-".join(map(str, closure)))
def base(world: library.World, request: pytest.FixtureRequest) -> Baseline:
    return calibrate(MODEL, world, Parameters(**request.param)).base


def moved(base: Baseline) -> tuple[Direction, np.ndarray]:
    """A change of every cost, tariff and productivity, and one of x."""
    draw = np.random.default_rng(5)
    shape = base.tariff.shape
    direction = Direction(draw.normal(size=shape), draw.normal(size=shape), draw.normal(size=3))
    return direction, draw.normal(size=base.unknowns)


def goal(base: Baseline, direction: Direction | None = None, size: float = 0.0) -> Target:
    """Somewhat higher tariffs, and from there a small change."""
    cost, tariff, productivity = np.full(base.tariff.shape, 1.02), base.tariff + 0.03, np.ones(3)
    if direction is not None:
        cost = cost * np.exp(size * direction.cost)
        tariff = tariff + size * direction.tariff
        productivity = productivity * np.exp(size * direction.productivity)
    return target(base, Shift(cost, tariff, productivity), 1.0)


def place(base: Baseline) -> np.ndarray:
    """Not an equilibrium: residuals matter too."""
    return np.random.default_rng(6).normal(0.0, 0.01, base.unknowns)


def state(base: Baseline, there: Target, x: np.ndarray) -> State:
    found = evaluate(base, there, x)
    assert found is not None
    return found


LOGARITHMS = ("labor", "consumer_price")


def compare(tangent: Tangent, low: State, high: State, step: float, column: int = 0) -> None:
    """All that a tangent holds is what differences show."""
    for field in fields(Tangent):
        down, up = getattr(low, field.name), getattr(high, field.name)
        if field.name in LOGARITHMS:
            down, up = np.log(down), np.log(up)
        numeric = (up - down) / (2.0 * step)
        exact = getattr(tangent, field.name)[..., column]
        size = np.abs(numeric).max() + 1e-3 * np.abs(up).max()
        np.testing.assert_allclose(exact, numeric, atol=2e-6 * size, err_msg=field.name)


def test_forward_is_what_differences_of_x_show(base: Baseline) -> None:
    _, dx = moved(base)
    x, there = place(base), goal(base)
    tangent = derivatives.forward(base, there, state(base, there, x), dx[:, None])
    assert tangent is not None
    ends = [state(base, there, x + sign * STEP * dx) for sign in (-1, 1)]
    compare(tangent, *ends, STEP)


def test_forward_is_what_differences_of_costs_tariffs_and_productivity_show(
    base: Baseline,
) -> None:
    direction, _ = moved(base)
    x, none = place(base), np.zeros((base.unknowns, 1))
    here = goal(base)
    tangent = derivatives.forward(base, here, state(base, here, x), none, direction)
    assert tangent is not None
    ends = [state(base, goal(base, direction, sign * STEP), x) for sign in (-1, 1)]
    compare(tangent, *ends, STEP)


def test_what_an_economy_receives_is_added_to_its_deficit(base: Baseline) -> None:
    x, here = place(base), goal(base)
    lift = derivatives.lifted(here, base, state(base, here, x), moved(base)[0])
    received = np.array([[1e3, 0.0], [-4e2, 2e2], [0.0, 5e1]])
    both = lift.times(np.array([2.0])).with_transfers(received)
    for field in fields(Lift):
        first, again = getattr(lift, field.name), getattr(both, field.name)
        np.testing.assert_array_equal(again[..., :1], 2.0 * first)
        if field.name != "deficit":
            assert not again[..., 1:].any()
    np.testing.assert_array_equal(both.deficit[:, 1:], received)
    none = np.zeros((base.unknowns, 3))
    tangent = derivatives.forward(base, here, state(base, here, x), none, both)
    assert tangent is not None
    for k in (0, 1):
        ends = [
            state(replace(base, deficit=base.deficit + sign * STEP * received[:, k]), here, x)
            for sign in (-1, 1)
        ]
        compare(tangent, *ends, STEP, column=1 + k)


def test_pullback_is_the_adjoint_of_forward(base: Baseline) -> None:
    draw = np.random.default_rng(8)
    x, here = place(base), goal(base)
    now = state(base, here, x)
    weights = {
        "residual": draw.normal(size=base.unknowns),
        "income": draw.normal(size=3) / base.value_added,
        "consumer_price": draw.normal(size=3),
    }
    back = derivatives.pullback(base, here, now, **weights)
    direction, dx = moved(base)
    none = np.zeros_like(dx)

    def along(d: np.ndarray, change: Direction | None) -> float:
        found = derivatives.forward(base, here, now, d[:, None], change)
        assert found is not None
        income = found.value_added + found.revenue + found.deficit
        return float(
            weights["residual"] @ found.residual[:, 0]
            + weights["income"] @ income[:, 0]
            + weights["consumer_price"] @ found.consumer_price[:, 0]
        )

    assert back.x @ dx == pytest.approx(along(dx, None), rel=1e-7)
    zero = np.zeros_like(base.tariff)
    for name in ("cost", "tariff", "productivity"):
        only = Direction(zero, zero, np.zeros(3))
        only = replace(only, **{name: getattr(direction, name)})
        inner = float((getattr(back, name) * getattr(direction, name)).sum())
        assert inner == pytest.approx(along(none, only), rel=1e-7), name


def test_the_equilibrium_responds_as_differences_of_equilibria_show(
    base: Baseline, world: library.World
) -> None:
    direction, _ = moved(base)
    direction = Direction(0.1 * direction.cost, 0.1 * direction.tariff, direction.productivity)

    def solved(size: float) -> State:
        shift = Shift(
            np.full(base.tariff.shape, 1.02) * np.exp(size * direction.cost),
            base.tariff + 0.03 + size * direction.tariff,
            np.exp(size * direction.productivity),
        )
        return find(MODEL, base, shift, world, "of the test").state

    now, here = solved(0.0), goal(base)
    ends = solved(-STEP), solved(STEP)
    exact = derivatives.linearize(base, here, now)
    dx, tangent = exact.response(direction)
    numeric = (ends[1].x - ends[0].x) / (2.0 * STEP)
    np.testing.assert_allclose(dx, numeric, atol=2e-6 * np.abs(numeric).max())
    kept = replace(tangent, residual=np.zeros((base.unknowns, 1)))
    compare(kept, *(replace(end, residual=np.zeros(base.unknowns)) for end in ends), STEP)
    np.testing.assert_allclose(tangent.residual, 0.0, atol=1e-7)
    lift = derivatives.lifted(here, base, now, direction)
    at_once = derivatives.respond(base, here, now, lift)
    assert at_once is not None
    np.testing.assert_allclose(at_once.drift[:, 0], dx, rtol=1e-8)
    np.testing.assert_allclose(at_once.matrix, exact.matrix, rtol=1e-8, atol=1e-9)
    assert np.abs(at_once.correction).max() < 1e-9
    for field in fields(Tangent):
        wanted = getattr(tangent, field.name)
        found = getattr(at_once.tangent, field.name)
        np.testing.assert_allclose(
            found, wanted, rtol=1e-7, atol=1e-8 * (1.0 + np.abs(wanted).max())
        )


def test_away_from_the_equilibrium_the_correction_is_newtons_step(base: Baseline) -> None:
    x, here = place(base), goal(base)
    now = state(base, here, x)
    found = derivatives.respond(
        base, here, now, derivatives.lifted(here, base, now, moved(base)[0])
    )
    assert found is not None
    np.testing.assert_allclose(found.matrix @ found.correction, -now.residual, atol=1e-12)
    closer = state(base, here, x + found.correction)
    assert np.abs(closer.residual).max() < 0.3 * np.abs(now.residual).max()


def test_gradient_of_welfare_is_what_differences_show(base: Baseline, world: library.World) -> None:
    """Of ln(Î/P̂), by a cost, a tariff and a productivity; nothing is left by x at the root."""
    here = goal(base)

    def solved(**change: np.ndarray) -> State:
        shift = Shift(np.full(base.tariff.shape, 1.02), base.tariff + 0.03, np.ones(3))
        return find(MODEL, base, shift._replace(**change), world, "of the test").state

    def welfare(there: State) -> float:
        return float(np.log(there.income[1] / there.consumer_price[1]))

    gradient = derivatives.linearize(base, here, solved()).welfare_gradient(1)
    assert np.abs(gradient.x).max() < 1e-7
    cell = (0, 0, 1)
    for name in ("cost", "tariff", "productivity"):
        at = cell if name != "productivity" else 1
        ends = []
        for sign in (-1, 1):
            whole = {
                "cost": np.full(base.tariff.shape, 1.02),
                "tariff": base.tariff + 0.03,
                "productivity": np.ones(3),
            }[name]
            step = sign * 1e-4
            whole[at] = whole[at] + step if name == "tariff" else whole[at] * np.exp(step)
            ends.append(welfare(solved(**{name: whole})))
        numeric = (ends[1] - ends[0]) / 2e-4
        assert getattr(gradient, name)[at] == pytest.approx(numeric, rel=1e-3, abs=1e-7), name


def test_newtons_slope_is_rough_and_fails_as_no_number(base: Baseline) -> None:
    x, here = place(base), goal(base)
    now = state(base, here, x)
    rough = derivatives.slope(base, here, now)
    fine = derivatives.slope(base, here, now, tolerance=1e-13)
    assert rough.shape == fine.shape == (base.unknowns, base.unknowns)
    np.testing.assert_allclose(rough, fine, atol=0.02 * np.abs(fine).max())
    lost = replace(now, share=np.full_like(now.share, np.nan))
    assert np.isnan(derivatives.slope(base, here, lost)).all()
    assert derivatives.slope(base, here, lost).shape == (base.unknowns, base.unknowns)
    assert (
        derivatives.respond(base, here, lost, derivatives.lifted(here, base, now, moved(base)[0]))
        is None
    )
    with pytest.raises(FloatingPointError, match=r"adjoint .* did not converge"):
        derivatives.pullback(
            base, here, lost, residual=np.ones(base.unknowns), income=np.ones(3),
            consumer_price=np.ones(3),
        )  # fmt: skip
    with pytest.raises(FloatingPointError, match="linearized equilibrium did not converge"):
        derivatives.Linearization(base, here, lost, fine).response(moved(base)[0])


def test_equations_begin_where_the_last_evaluation_ended(base: Baseline) -> None:
    x, here = place(base), goal(base)
    equations = derivatives.sector_equations(base, here)
    residual, now = equations.residual(x)
    assert now is not None
    np.testing.assert_array_equal(residual, now.residual)
    assert equations.last is now
    again, _ = equations.residual(x)
    np.testing.assert_allclose(again, residual, atol=1e-12)
    np.testing.assert_array_equal(equations.slope(x, now), derivatives.slope(base, here, now))
    nowhere, none = equations.residual(np.full(base.unknowns, np.nan))
    assert none is None
    assert nowhere.shape == (base.unknowns,)
    assert np.isnan(nowhere).all()
    lost = equations.slope(x, None)
    assert lost.shape == (base.unknowns, base.unknowns)
    assert np.isnan(lost).all()


def test_variations_of_a_state_are_those_of_its_equilibrium(
    base: Baseline, world: library.World
) -> None:
    shift = Shift(np.full(base.tariff.shape, 1.02), base.tariff + 0.03, np.full(3, 1.01))
    initial = evaluate(base, target(base, Shift(np.ones_like(base.tariff), base.tariff, np.ones(3)), 0.0),
                       np.zeros(base.unknowns))  # fmt: skip
    assert initial is not None
    after = find(MODEL, base, shift, world, "of the test").state
    welfare, equivalent = variations(base, initial, after)
    # Equivalent variation is the income before that would have bought the change; κ = 0 in closed form.
    if base.kappa == 0.0:
        ratio = after.income / initial.income / after.consumer_price
        np.testing.assert_allclose(welfare, ratio, rtol=1e-12)
        np.testing.assert_allclose(equivalent, initial.income * (ratio - 1.0), rtol=1e-9)
    assert np.isfinite(welfare).all()
