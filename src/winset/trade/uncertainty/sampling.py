r"""What is drawn when nobody knows a figure for sure, and from which distribution.

Scalars x_k are drawn by Latin hypercube (McKay, Beckman & Conover 1979): with N draws each of the N
equally likely slices of every scalar is met once, x_k = F_k⁻¹(u_k). Flows have errors of their own,

    X_in ← X_in exp(σ z_in − σ²/2),   z standard normal, independent, i ≠ n,

so that the expected flow is the one in the data. Domestic sales follow as `World.accounts` derives them;
where they are in the data they stay.

The defaults, and where they come from (`[doubt]` in a scenario changes them):

- θ, one for all sectors: lognormal with the scenario's θ as median and σ = 0.25. Simonovska & Waugh
  (2014) estimate about 4; one σ above it is 5.1, near the median of the
  structural estimates from tariffs that Head & Mayer (2014) survey (from general knowledge).
- θ_j by sector, where the elasticities are those of Caliendo & Parro (2015): lognormal with the estimate
  as median and σ_j = √ln(1 + (s_j/θ_j)²) from the standard error s_j of their table 1 (99 percent
  sample). Other sets of elasticities: one factor for all of them, lognormal, σ = 0.25.
- β: the log odds are normal with σ = 0.2, the spread of the value-added shares of whole economies in
  `caliendo-parro-1993`. In a world with value-added shares of its own the log odds of all of them shift
  together, and input shares make room in proportion.
- the rule on deficits: each of the three that are different equations is as likely, whatever the
  scenario's own, for no data at hand tell them apart (`docs/decisions/0029`). Which draw has which is
  stratified as the scalars are, by a generator of its own: a scenario that fixes the rule has the same
  elasticities and flows as one that does not.
- flows: σ = 0.2. The flows of goods of `icio-2022` and of `world-2023` differ, pair by pair and beyond
  what exporters and importers have in common, by about 0.3 in logarithms for pairs that trade more
  than 100 million dollars; if both err alike, each by 0.3/√2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.scenario.doubts import Distribution
from winset.scenario.parameters import DEFICIT_RULES
from winset.worlds.technology import UNIFORM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.scenario import Scenario
    from winset.scenario.parameters import Deficits
    from winset.worlds import World


DEFAULTS: dict[str, Distribution] = {
    "trade_elasticity": Distribution("lognormal", sigma=0.25),
    "value_added_share": Distribution("logit-normal", sigma=0.2),
    "flows": Distribution("lognormal", sigma=0.2),
    "deficits": Distribution("categorical"),
}

#: Caliendo & Parro (2015), table 1, 99 percent sample: estimate of θ_j → its standard error.
STANDARD_ERRORS: dict[float, float] = {
    9.11: 2.01,  # agriculture
    13.53: 3.67,  # mining
    2.62: 0.61,  # food
    8.10: 1.28,  # textile
    11.50: 2.87,  # wood
    16.52: 2.65,  # paper
    64.85: 15.61,  # petroleum
    3.13: 1.78,  # chemicals
    1.67: 2.23,  # plastic
    2.41: 1.60,  # minerals
    3.28: 2.51,  # basic metals
    6.99: 2.12,  # metal products
    1.45: 2.80,  # machinery
    12.95: 4.53,  # office
    12.91: 1.64,  # electrical
    3.95: 1.77,  # communication
    8.71: 1.56,  # medical
    3.98: 1.08,  # other
}

THETA, BETA, FLOWS, DEFICITS = "trade_elasticity", "value_added_share", "flows", "deficits"
RULES = tuple(rules[0] for rules in DEFICIT_RULES)
FEWEST, MOST = 2, 20_000


@dataclass(frozen=True)
class Sample:
    """All draws of one study: scalars as numbers, errors of flows as a seed for each draw.

    Attributes
    ----------
    world, scenario
        As they are, without doubt.
    names : tuple of str
        The scalars: ``trade_elasticity`` (or ``trade_elasticity of …`` by sector) and
        ``value_added_share``.
    values : (draws, len(names)) array
        θ or θ_j; β, or the factor on the odds of every value-added share.
    sectors : tuple
        For each scalar, the positions of the sectors whose θ_j it is (None: not one of them).
    distributions : mapping
        What was drawn from, as the scenario file would have it.
    seed : int
    sigma : float
        Of the errors of flows; 0 without.
    rules : (draws,) array of int, or None
        The rule on deficits of every draw, a position in `RULES`; None where it is the scenario's own.
    """

    world: World
    scenario: Scenario
    names: tuple[str, ...]
    values: Array
    sectors: tuple[NDArray[np.intp] | None, ...]
    distributions: Mapping[str, Mapping[str, Any]]
    seed: int
    sigma: float
    rules: NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def cells(self) -> NDArray[np.intp]:
        """Positions in the raveled cube of trade of the flows that have an error."""
        return np.flatnonzero((self.world.trade > 0) & ~np.eye(len(self.world), dtype=np.bool_))

    @cached_property
    def parts(self) -> tuple[Array, Array]:
        """The flows that have an error, and the cube without them."""
        rest = self.world.trade.copy()
        rest.reshape(-1)[self.cells] = 0.0
        return self.world.trade.reshape(-1)[self.cells], rest

    def column(self, name: str) -> Array | None:
        """Return the draws of a scalar, None where it is not drawn."""
        return self.values[:, self.names.index(name)] if name in self.names else None

    def by_rule(self) -> list[tuple[Deficits, NDArray[np.intp]]]:
        """Return each rule on deficits that is drawn, with its draws."""
        if self.rules is None:
            return [(self.scenario.parameters.deficits, np.arange(len(self)))]
        found = [(rule, np.flatnonzero(self.rules == k)) for k, rule in enumerate(RULES)]
        return [(rule, draws) for rule, draws in found if len(draws)]

    def trade(self, draw: int) -> Array:
        """Return the flows of a draw, (J, n, n)."""
        if self.sigma == 0:
            return self.world.trade.copy()
        erring, rest = self.parts
        rng = np.random.default_rng((self.seed, draw))
        z = rng.standard_normal(len(erring), dtype=np.float32)
        z *= np.float32(self.sigma)
        z -= np.float32(self.sigma**2 / 2)
        trade = rest.copy()
        trade.reshape(-1)[self.cells] = erring * np.exp(z)
        return trade

    def drawn(self, draw: int) -> tuple[World, Scenario]:
        """Return the world and the scenario of a draw, fit for `winset.trade.solve`."""
        parameters, technology = self.scenario.parameters, self.world.technology
        if self.rules is not None:
            parameters = replace(parameters, deficits=RULES[self.rules[draw]])
        theta = None if technology is None else technology.elasticity.copy()
        if technology is not None and parameters.elasticities != UNIFORM:
            theta = technology.theta(parameters.elasticities, parameters.trade_elasticity).copy()
            technology = replace(technology, elasticity_sets={})
            parameters = replace(parameters, elasticities="")
        for name, where, value in zip(self.names, self.sectors, self.values[draw], strict=True):
            number = float(value)
            if theta is not None and where is not None:
                theta[where] = number if len(where) < len(theta) else theta * number
            elif name == THETA:
                parameters = replace(parameters, trade_elasticity=number)
            elif technology is not None and technology.value_added is not None:
                old = technology.value_added
                new = old * number / (1.0 - old + old * number)
                inputs = technology.inputs
                if inputs is not None:
                    room = np.divide(1.0 - new, 1.0 - old, out=np.ones_like(old), where=old < 1.0)
                    inputs = inputs * room.T[:, None, :]
                technology = replace(technology, value_added=new, inputs=inputs)
            else:
                parameters = replace(parameters, value_added_share=number)
        if technology is not None and theta is not None:
            technology = replace(technology, elasticity=theta)
        world = replace(self.world, trade=self.trade(draw), technology=technology)
        return world, replace(self.scenario, parameters=parameters)


@dataclass(frozen=True, slots=True)
class _Scalar:
    """One scalar in doubt: its distribution, its median where that is not told, its sectors.

    `of` says what it is where it is not the figure itself.
    """

    name: str
    distribution: Distribution
    median: float
    sectors: NDArray[np.intp] | None = None
    of: str = ""


def sample(world: World, scenario: Scenario, draws: int, seed: int = 1) -> Sample:
    """Draw parameters by Latin hypercube from the scenario's distributions or the defaults.

    Raises
    ------
    DataError
        Too few or too many draws, a bad seed, a distribution that the world has no figures for,
        or nothing in doubt at all.
    """
    from scipy.stats import qmc

    if not FEWEST <= draws <= MOST:
        raise DataError(f"--draws {draws}: it must be between {FEWEST} and {MOST:,}.")
    if not 0 <= seed < 2**32:
        raise DataError(f"--seed {seed}: it must be a whole number from 0 to {2**32 - 1}.")
    scalars = [*_elasticities(world, scenario), *_value_added(world, scenario)]
    flows = scenario.doubt.flows or DEFAULTS[FLOWS]
    sigma = flows.sigma or 0.0
    rules = scenario.doubt.deficits or DEFAULTS[DEFICITS]
    ruled = rules.distribution != "fixed"
    if not scalars and not sigma and not ruled:
        raise DataError("[doubt]: everything is fixed, so nothing is in doubt. Drop --draws.")
    values = np.empty((draws, len(scalars)))
    if scalars:
        hypercube = qmc.LatinHypercube(len(scalars), rng=np.random.default_rng(seed))
        cells = hypercube.random(draws)
        for k, scalar in enumerate(scalars):
            values[:, k] = quantile(scalar.distribution, scalar.median, cells[:, k])
    described = {s.name: {**s.distribution.given(), **_center(s)} for s in scalars}
    told = {"of": f"{', '.join(RULES)}, each as likely"} if ruled else {}
    return Sample(
        world=world,
        scenario=scenario,
        names=tuple(s.name for s in scalars),
        values=values,
        sectors=tuple(s.sectors for s in scalars),
        distributions=described | {FLOWS: flows.given(), DEFICITS: rules.given() | told},
        seed=seed,
        sigma=sigma,
        rules=_rules(draws, seed) if ruled else None,
    )


def _rules(draws: int, seed: int) -> NDArray[np.intp]:
    """Draw a rule on deficits for every draw: as many of each, to one, in random order."""
    every = np.arange(draws, dtype=np.intp) % len(RULES)
    return np.random.default_rng((seed, MOST)).permutation(every)  # flows: (seed, draw)


def quantile(distribution: Distribution, median: float, u: Array) -> Array:
    """Return F⁻¹(u); `median` counts where the distribution tells none.

    >>> float(quantile(Distribution("lognormal", sigma=0.3), 4.0, np.array([0.5]))[0])
    4.0
    """
    from scipy import stats

    kind = distribution.distribution
    low, high = distribution.low or 0.0, distribution.high or 0.0
    if kind == "uniform":
        return np.asarray(low + (high - low) * u)
    if kind == "triangular":
        peak = ((distribution.mode or 0.0) - low) / (high - low)
        return np.asarray(stats.triang.ppf(u, peak, loc=low, scale=high - low))
    center = distribution.median or median
    shift = (distribution.sigma or 0.0) * stats.norm.ppf(u)
    if kind == "logit-normal":
        odds = center / (1.0 - center) * np.exp(shift)
        return np.asarray(odds / (1.0 + odds))
    return np.asarray(center * np.exp(shift))


def _center(scalar: _Scalar) -> dict[str, float | str]:
    told: dict[str, float | str] = {"of": scalar.of} if scalar.of else {}
    if scalar.distribution.distribution not in ("uniform", "triangular"):
        told["median"] = scalar.distribution.median or scalar.median
    return told


def _elasticities(world: World, scenario: Scenario) -> list[_Scalar]:
    """θ, or θ_j by sector."""
    parameters, told = scenario.parameters, scenario.doubt.trade_elasticity
    kind = None if told is None else told.distribution
    technology = world.technology
    if kind == "fixed":
        return []
    if technology is None or parameters.elasticities == UNIFORM:
        if kind == "standard-errors":
            raise DataError(
                "[doubt] trade_elasticity: standard errors belong to elasticities by sector, but "
                f"one θ = {parameters.trade_elasticity:g} rules here. Use lognormal, uniform or "
                "triangular."
            )
        return [_Scalar(THETA, told or DEFAULTS[THETA], parameters.trade_elasticity)]
    theta = technology.theta(parameters.elasticities, parameters.trade_elasticity)
    traded = np.flatnonzero(~np.isnan(theta))
    known = [j for j in traded if float(theta[j]) in STANDARD_ERRORS]
    if kind == "standard-errors" and not known:
        raise DataError(
            f"[doubt] trade_elasticity: no standard errors are known for the elasticities of world "
            f"{world.name!r}{_of_set(parameters.elasticities)}. Use lognormal with a sigma."
        )
    if kind in ("uniform", "triangular") or (told is not None and told.median is not None):
        raise DataError(
            f"[doubt] trade_elasticity: world {world.name!r} has an elasticity for each sector, which a "
            "lognormal factor with a sigma multiplies. Drop the other numbers, or set elasticities = "
            '"uniform".'
        )
    if kind == "lognormal" or 2 * len(known) < len(traded):
        every = np.arange(len(theta))  # a factor on all of them
        what = "factor on every sector's own"
        return [_Scalar(THETA, told or DEFAULTS[THETA], 1.0, every, what)]
    scalars = []
    for value in dict.fromkeys(float(theta[j]) for j in traded):
        rows = np.flatnonzero(theta == value)
        error = STANDARD_ERRORS.get(value)
        sigma = DEFAULTS[THETA].sigma
        if error is not None:
            sigma = float(np.sqrt(np.log1p((error / value) ** 2)))
        names = ", ".join(world.sectors[j] for j in rows)
        distribution = Distribution("lognormal", sigma=sigma)
        scalars.append(_Scalar(f"{THETA} of {names}", distribution, value, rows))
    return scalars


def _of_set(name: str) -> str:
    return f" (set {name})" if name else ""


def _value_added(world: World, scenario: Scenario) -> list[_Scalar]:
    """β, or the odds of all value-added shares."""
    told = scenario.doubt.value_added_share
    distribution = told or DEFAULTS[BETA]
    if distribution.distribution == "fixed":
        return []
    technology, beta = world.technology, scenario.parameters.value_added_share
    if technology is not None and technology.value_added is not None:
        if distribution.distribution != "logit-normal" or distribution.median is not None:
            raise DataError(
                f"[doubt] value_added_share: world {world.name!r} has value-added shares of its own, "
                "whose log odds a logit-normal with a sigma shifts. Drop the other numbers."
            )
        what = "factor on the odds of every sector's own"
        return [_Scalar(BETA, Distribution("lognormal", sigma=distribution.sigma), 1.0, of=what)]
    if technology is not None and technology.inputs is not None:
        return []  # the data's input shares leave nothing to draw
    if told is None and beta >= 1.0:
        return []  # no intermediates by choice
    if beta >= 1.0 and distribution.distribution == "logit-normal" and distribution.median is None:
        raise DataError(
            "[doubt] value_added_share: the scenario's own is 1, whose odds are infinite. Give a "
            "median below 1, or leave it fixed."
        )
    return [_Scalar(BETA, distribution, beta)]
