"""Duties of many lines as one rate: the mean that trade weighs, and rates that keep what duties do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from winset.numbers import Array


def trade_weighted(value: Array, rate: Array) -> float:
    """Return Σ v t / Σ v; lines that a duty keeps out count for nothing."""
    total = float(value.sum())
    return float((value * rate).sum()) / total if total > 0 else 0.0


def free_trade_weights(value: Array, rate: Array, substitution: float) -> Array:
    """Return b_k ∝ v_k (1 + t_k)^σ: what lines would sell at equal prices, by CES demand."""
    weight = value * (1.0 + rate) ** substitution
    total = float(weight.sum())
    if not total > 0:
        raise DataError("no line has trade: a mean of their duties does not exist.")
    return np.asarray(weight / total)


def price_rate(weights: Array, rate: Array, substitution: float) -> float:
    """Return the uniform rate at which the lines together cost as much as at their own duties.

    1 + u = [Σ_k b_k (1 + t_k)^(1−σ)]^(1/(1−σ)): the expenditure aggregator (Bach and Martin's idea, from
    general knowledge), b the weights of `free_trade_weights`. At σ = 1 the geometric mean.
    """
    if abs(substitution - 1.0) < 1e-9:
        return float(np.expm1((weights * np.log1p(rate)).sum()))
    power = 1.0 - substitution
    return float((weights * (1.0 + rate) ** power).sum() ** (1.0 / power)) - 1.0


def welfare_rate(weights: Array, rate: Array, substitution: float, demand: float) -> float:
    """Return the uniform rate that costs the buyers' economy as much welfare as the duties of the lines.

    World prices are given; the lines together have demand P^E_m, and free-trade spending 1. The loss:

        W(t) = (P^(1+E_m) − 1)/(1 + E_m) − Σ_k t_k v_k,    v_k = b_k (1 + t_k)^(−σ) P^(σ+E_m),

    and u solves W(u) = W(t): Anderson and Neary's trade restrictiveness index, for this demand system (from
    general knowledge). It is at least as high as the mean where duties differ.
    """
    from scipy.optimize import brentq

    def loss(rates: Array) -> float:
        price = 1.0 + price_rate(weights, rates, substitution)
        power = 1.0 + demand
        spent = np.log(price) if abs(power) < 1e-12 else (price**power - 1.0) / power
        trade = weights * (1.0 + rates) ** -substitution * price ** (substitution + demand)
        return float(spent - (rates * trade).sum())

    target = loss(rate)
    if target <= 1e-15:
        return 0.0
    high = max(float(rate.max()), 1e-6)
    while loss(np.full(len(rate), high)) < target:
        high *= 2.0
        if high > 1e6:
            raise DataError("no uniform duty costs as much welfare as those of the lines.")
    return float(brentq(lambda u: loss(np.full(len(rate), u)) - target, 0.0, high, xtol=1e-12))
