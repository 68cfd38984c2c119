r"""The war in which every player's tariffs are its best answer to the others', solved exactly.

Wages and levers move together: a Newton step in wages, and for every player the step to its answer
(`policy.best_response`), mixed over the last iterates (Anderson 1965). One player is its optimal tariff.

An equilibrium of the first-order conditions is no proof: `policy.nash_certificate` tries every player's
other tariffs, and what it finds is the certificate.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import ConvergenceError, DataError, InfeasibleError, listed
from winset.trade.models.many_sectors import equations as hat
from winset.trade.numerics.anderson import Anderson
from winset.trade.numerics.blas import one_thread
from winset.trade.policy import best_response
from winset.trade.policy.nash_certificate import Certificate, certify
from winset.trade.result import Solver

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.trade.policy.best_response import Contest
    from winset.trade.policy.sufficient_statistics import War


TOLERANCE = 1e-10  # of rates and of wages
SAME = 1e-6  # rates by which two solutions count as one
MOST_STEPS = 150
MEMORY = 5
PATIENCE = 15  # steps after which a rate at its bound counts as staying there
RUNAWAY = 1.0  # a rate still rising here, where the equilibrium ends, has no best value
LONGEST = 0.5  # most that a rate, or the log of a wage, moves in one step


@dataclass(frozen=True, slots=True)
class Found:
    """Levers at rest, the equilibrium there, its derivatives, and how it was reached."""

    z: Array
    state: hat.State
    answer: best_response.BestResponse
    steps: int
    residual: float


@dataclass(frozen=True, slots=True)
class NashEquilibrium:
    """Where every player's levers are its best answer to the others'.

    Attributes
    ----------
    z : (m,) array
        The levers' rates.
    marginal : (players,) array
        Largest derivative of a player's payoff by one of its own levers, percent of its income.
    certificate : Certificate or None
    spread : float
        Largest difference between the rates found from the different starting points.
    starts : int
    """

    contest: Contest
    z: Array
    state: hat.State
    welfare: Array
    variation: Array
    marginal: Array
    certificate: Certificate | None
    spread: float
    starts: int
    solver: Solver

    @property
    def payoff(self) -> Array:
        """Sum of the equivalent variations of each player, USD million."""
        return np.asarray(self.contest.weights @ self.variation)

    @property
    def tariff(self) -> Array:
        """Each player's mean rate, weighted by its imports at customs value, (players,)."""
        return mean_rates(self.contest, self.z, self.state)

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset war --method exact --json`` prints."""
        game, levers, world = self.contest, self.contest.levers, self.contest.world
        inside = {m for player in game.players for m in player.members}
        percent = 100.0 * self.payoff / game.scale
        players = []
        for k, player in enumerate(game.players):
            said: dict[str, Any] = {
                "code": player.code,
                "tariff": float(self.tariff[k]),
                "welfare_percent": float(percent[k]),
            }
            if len(player.members) > 1:
                said["members"] = [
                    {"code": world.codes[m], "welfare_percent": 100.0 * float(self.welfare[m] - 1)}
                    for m in player.members
                ]
            if game.instruments != "uniform":
                said["rates"] = [game.lever(a) | {"tariff": float(self.z[a])} for a in levers.of(k)]
            players.append(said)
        return {
            "method": "exact",
            "elasticities": game.parameters.elasticities,
            "balanced": game.parameters.deficits == "balanced",
            "instruments": game.instruments,
            "parameters": game.parameters.told(),
            "world": {"name": world.name, "year": world.year, "sha256": world.sha256},
            "players": players,
            "others": [
                {"code": code, "welfare_percent": 100.0 * float(self.welfare[k] - 1.0)}
                for k, code in enumerate(world.codes)
                if k not in inside
            ],
            "certificate": None if self.certificate is None else asdict(self.certificate),
            "starts": self.starts,
            "spread": self.spread,
            "largest_derivative_percent": float(self.marginal.max()),
            "solver": asdict(self.solver),
        }


def mean_rates(game: Contest, z: Array, state: hat.State) -> Array:
    """Return each player's mean rate on what its levers cover, weighted by imports, (players,)."""
    levers = game.levers
    rates = levers.tariff(game.base.tariff, z)
    at = (levers.sector, levers.exporter, levers.importer)
    value = state.share[at] * state.spending[levers.sector, levers.importer] / (1.0 + rates[at])
    owner = levers.owner[levers.lever]
    total = np.bincount(owner, value, len(game.players))
    return np.asarray(np.bincount(owner, value * rates[at], len(game.players)) / total)


@one_thread()
def war(game: Contest, *, starts: int = 2, seed: int = 0, points: int = 200) -> NashEquilibrium:
    """Find the tariffs that are best answers to each other.

    Parameters
    ----------
    starts : int
        Starting points: one over the trade elasticity, then random rates up to 50 percent.
    seed : int
        Of the random starting points and of the random deviations.
    points : int
        Deviations tried for every player; with 0 there is no certificate.

    Raises
    ------
    InfeasibleError
        A player's best tariff is no interior one.
    ConvergenceError
        The conditions were not met, the starting points lead to different wars, or a player gains
        by a deviation.
    """
    begun = time.perf_counter()
    generator = np.random.default_rng(seed)
    first = np.full(len(game.levers), 1.0 / float(np.median(game.base.theta)))
    draws = [generator.uniform(0.0, 0.5, len(game.levers)) for _ in range(starts - 1)]
    found = [best_answers(game, start) for start in [first, *draws]]
    z, state, last = found[0].z, found[0].state, found[0].answer
    apart = [float(np.abs(other.z - z).max()) for other in found]
    if max(apart) > SAME:
        worst = found[int(np.argmax(apart))].z
        lever = int(np.argmax(np.abs(worst - z)))
        code = game.players[game.levers.owner[lever]].code
        raise ConvergenceError(
            f"the war has more than one equilibrium: a rate of {code} is {z[lever]:.4g} from one "
            f"starting point and {worst[lever]:.4g} from another. Take fewer players.",
            residual=max(apart),
            economy=code,
        )
    welfare, variation = best_response.variations(game, state)
    marginal = np.array([
        np.abs(last.marginal[k, game.levers.of(k)]).max() for k in range(len(game.players))
    ])  # fmt: skip
    certificate = certify(game, z, last, points=points, seed=seed) if points else None
    return NashEquilibrium(
        contest=game,
        z=z,
        state=state,
        welfare=welfare,
        variation=variation,
        marginal=100.0 * marginal / game.scale,
        certificate=certificate,
        spread=max(apart),
        starts=starts,
        solver=Solver(
            sum(other.steps for other in found), found[0].residual, time.perf_counter() - begun
        ),
    )


def best_answers(
    game: Contest,
    start: Array,
    warm: hat.State | None = None,
    *,
    playing: NDArray[np.bool_] | None = None,
) -> Found:
    """Iterate from `start` until no lever of those `playing` (all by default) moves.

    Raises
    ------
    InfeasibleError
        A best rate lies beyond `strategy.LEAST` or `strategy.MOST`.
    ConvergenceError
        The rates do not settle.
    """
    z = start.copy()
    state = best_response.settle(game, z, warm)
    mixing = Anderson(len(z), MEMORY)
    size = 1.0
    for step in range(1, MOST_STEPS + 1):
        found = best_response.answer(
            game, state, z, tolerance=float(np.clip(1e-3 * size, 1e-13, 1e-6))
        )
        move = found.proposal - z
        if playing is not None:
            move = np.where(playing, move, 0.0)
        size = max(float(np.abs(state.residual).max()), float(np.abs(move).max()))
        if size <= TOLERANCE:
            return Found(z, state, found, step, size)
        if not np.isfinite(size):
            break
        if step > PATIENCE:
            _interior(game, z, move)
        move = np.clip(move, -LONGEST, LONGEST)
        new = np.clip(mixing.next(move, z + move), best_response.LEAST, best_response.MOST)
        new = z + np.clip(new - z, -LONGEST, LONGEST)
        ahead = state.x + found.correction + found.drift @ (new - z)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            moved = hat.evaluate(game.base, game.goal(new), ahead, state.price, state.spending)
        if moved is None or not np.all(moved.income > 0):
            try:
                moved = best_response.settle(game, new, state)
            except ConvergenceError:
                _interior(game, new, new - z, top=RUNAWAY)
                raise
        z, state = new, moved
    lever = int(np.argmax(np.nan_to_num(np.abs(move), nan=np.inf)))
    code = game.players[game.levers.owner[lever]].code
    raise ConvergenceError(
        f"the tariff war was not solved: after {step} steps a rate of {code} is still moving by "
        f"{size:.2g}. Take fewer players or other instruments.",
        residual=size,
        economy=code,
    )


@one_thread()
def reactions(game: Contest, war: NashEquilibrium, *, points: int = 9) -> tuple[Array, Array]:
    """Return what each of two players answers to the other's tariffs.

    The other's tariffs run from zero to twice its rate in the war, (points, 2) both: column p holds
    what player p faces, and what it answers.

    Raises
    ------
    DataError
        The war is not one of two players with one rate each.
    """
    if len(game.players) != 2 or len(game.levers) != 2:
        raise DataError(
            f"a best-response diagram is for two players with one rate each; here are "
            f"{len(game.players)} with {len(game.levers)} rates. Use --players A,B."
        )
    order = [int(game.levers.of(k)[0]) for k in (0, 1)]
    faced, answers = np.empty((points, 2)), np.empty((points, 2))
    for p, own in enumerate(order):
        other = order[1 - p]
        faced[:, p] = np.linspace(0.0, 2.0 * war.z[other], points)
        z, state = war.z.copy(), war.state
        for row in range(points):
            z[other] = faced[row, p]
            found = best_answers(game, z, state, playing=np.arange(2) == own)
            z, state = found.z.copy(), found.state
            answers[row, p] = z[own]
    return faced, answers


def _interior(game: Contest, z: Array, move: Array, *, top: float = best_response.MOST) -> None:
    """Raise InfeasibleError where a rate is at its bound, or above `top`, and pushed outward."""
    beyond = ((z >= top) & (move > 0)) | ((z <= best_response.LEAST) & (move < 0))
    if not beyond.any():
        return
    lever = int(np.argmax(beyond))
    codes = dict.fromkeys(game.players[k].code for k in game.levers.owner[beyond])
    side = "above" if z[lever] > 0 else "below"
    why = "Its trade reacts too little to the tariff: use larger elasticities, or leave it out."
    if np.any(game.base.deficit != 0.0):
        why = (
            "A deficit is a transfer that stays whatever the tariff; remove deficits first "
            "(--balanced), or leave it out."
        )
    raise InfeasibleError(
        f"the war has no interior equilibrium: the best tariff of {listed(codes)} lies {side} "
        f"{100 * z[lever]:.0f} percent. {why}"
    )


def compared(done: NashEquilibrium, statistics: War) -> dict[str, Any]:
    """Return how far a war by sufficient statistics is from the exact one, both of one rate each."""
    game = done.contest
    places = [player.members[0] for player in game.players]
    gap = np.abs(statistics.tariff[places] - done.tariff)
    welfare = 100.0 * (statistics.welfare - done.welfare)
    return {
        "players": [
            {
                "code": player.code,
                "tariff": float(statistics.tariff[m]),
                "welfare_percent": 100.0 * float(statistics.welfare[m] - 1.0),
            }
            for player, m in zip(game.players, places, strict=True)
        ],
        "mean_tariff_gap": float(gap.mean()),
        "largest_tariff_gap": float(gap.max()),
        "largest_tariff_gap_player": game.players[int(np.argmax(gap))].code,
        "largest_welfare_gap_percent": float(np.abs(welfare).max()),
    }
