r"""Players of a tariff game, what they want, and how it answers to every tariff.

A player is a country, or a bloc whose members share one tariff on outsiders and trade with each other
as the world says. It wants the sum of its members' equivalent variations,

    U_p = Σ_{m∈p} EV_m,       EV_m = (I'_m − e_m)/P̂_m − I_m + e⁰_m,

with e_m = κ/(1+κ) of labor income (zero unless labor supply responds). Around an equilibrium with
levers z (`policy.tariff_instruments`), F(x, z) = 0 gives dx/dz = −F_x⁻¹ F_z and so the derivative of every
player's payoff by every lever, exactly.

A player's first-order condition says that what a tariff wins in the terms of trade equals what it
loses in the volume of trade. The loss is Σ_c t_c p_c dM_c over its cells c, linear in its own rates, so that

    z ← z − B⁻¹ ∂U/∂z,       B_ab = Σ_{c∈b} (p_c M_c/P̂) (d ln M_c/dz_a) w_c

leads to its best answer in a few steps: the rate at which the condition would hold if the responses
of quantities and prices stayed what they are. At the fixed point ∂U/∂z = 0 whatever B is.

Sources: Johnson (1953); Ossa (2014, American Economic Review 104); Dekle, Eaton & Kortum (2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import ConvergenceError, DataError, listed
from winset.trade.capabilities import ENTRY_COSTS, can, model_of
from winset.trade.equilibrium import TOLERANCE, enjoyed
from winset.trade.models.many_sectors import equations as hat
from winset.trade.models.many_sectors import solve as many_sectors
from winset.trade.models.many_sectors.derivatives import respond, sector_equations
from winset.trade.models.model import Shift, calibrate, find, kept, positive
from winset.trade.numerics import newton
from winset.trade.numerics.blas import one_thread
from winset.trade.policy import tariff_instruments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.scenario import Parameters
    from winset.trade.models.many_sectors.derivatives import Response, Tangent
    from winset.trade.models.many_sectors.solve import Calibrated
    from winset.worlds import World


LEAST, MOST = -0.9, 10.0  # rates between which an interior tariff is sought
MOST_CELLS = 12_000_000  # of the derivatives of prices; a quarter of a kilobyte of memory each
UPHILL = 0.5  # step along the gradient where the conditions give no direction


@dataclass(frozen=True, slots=True)
class Player:
    """A country, or a bloc that acts as one; `members` are positions in the world."""

    code: str
    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contest:
    """A world at its initial equilibrium, the players in it and their levers."""

    world: World
    parameters: Parameters
    calibrated: Calibrated
    players: tuple[Player, ...]
    levers: tariff_instruments.Levers
    instruments: tariff_instruments.Instruments

    @property
    def base(self) -> hat.Baseline:
        """The initial equilibrium as shares and parameters."""
        return self.calibrated.base

    @property
    def weights(self) -> Array:
        """Which economies each player speaks for, (players, n) of zeros and ones."""
        result = np.zeros((len(self.players), len(self.world)))
        for k, player in enumerate(self.players):
            result[k, list(player.members)] = 1.0
        return result

    @property
    def scale(self) -> Array:
        """What a payoff is a percentage of: initial income less the effort of labor, (players,)."""
        initial = self.calibrated.initial
        rest = enjoyed(initial.income, initial.value_added, 1.0, self.base.kappa)
        return np.asarray(self.weights @ rest)

    def lever(self, place: int) -> dict[str, str]:
        """Name the partner and the sector of a lever, as far as it is for one."""
        said = {}
        if self.levers.partner[place] >= 0:
            said["partner"] = self.world.codes[self.levers.partner[place]]
        if self.levers.kind[place] >= 0:
            said["sector"] = self.world.sectors[self.base.order[self.levers.kind[place]]]
        return said

    def goal(self, z: Array) -> hat.Target:
        """Where the levers lead."""
        return target(self.base, self.levers.tariff(self.base.tariff, z))


@dataclass(frozen=True, slots=True)
class BestResponse:
    """An evaluation at wages x and levers z, equilibrium or not, with its derivatives.

    Attributes
    ----------
    correction : (unknowns,) array
        −F_x⁻¹ F, the Newton step to the equilibrium.
    drift : (unknowns, m) array
        dx/dz.
    payoff : (players,) array
    marginal : (players, m) array
        dU/dz, the equilibrium responding.
    proposal : (m,) array
        Where each player's condition would have its own levers.
    """

    state: hat.State
    correction: Array
    drift: Array
    payoff: Array
    marginal: Array
    proposal: Array


def target(base: hat.Baseline, tariff: Array) -> hat.Target:
    """Return the goal of new tariffs alone."""
    one = np.ones_like(tariff)
    return hat.target(base, Shift(one, tariff, np.ones(len(base.value_added))), 1.0)


@one_thread()
def contest(
    world: World,
    parameters: Parameters,
    players: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    how: tariff_instruments.Instruments = "uniform",
) -> Contest:
    """Set up a tariff game.

    Parameters
    ----------
    players : codes, or a mapping of names to codes; all economies by default
        A name with several codes is a bloc that acts as one.
    how : str
        What a player sets: one rate (``uniform``), or one by ``partner``, ``sector`` or both.

    Raises
    ------
    DataError
        An economy in two players, an unknown one, or a player that imports nothing.
    ConvergenceError
        The accounts are no equilibrium, or none without deficits was found.
    """
    suited(world, parameters, "war")
    calibrated = calibrate(many_sectors.MODEL, world, parameters)
    if players is None:
        players = world.codes
    if not isinstance(players, dict):
        players = {str(code): [str(code)] for code in players}
    said: list[Player] = []
    seen: dict[int, str] = {}
    for code, codes in players.items():
        places = tuple(sorted(world.position(item) for item in codes))
        if not places:
            raise DataError(f"player {code}: none of its members is in world {world.name!r}.")
        for place in places:
            if place in seen:
                raise DataError(
                    f"{world.codes[place]} is in two players, {seen[place]} and {code}. Name it once."
                )
            seen[place] = code
        name = world.names[places[0]] if codes == [code] else code
        said.append(Player(code, name, places))
    levers = tariff_instruments.of_players(calibrated.base.share, [p.members for p in said], how)
    if idle := [p.code for k, p in enumerate(said) if not np.any(levers.owner == k)]:
        raise DataError(
            f"world {world.name!r}: {listed(idle)} imports nothing from outside, so that it has no "
            "tariff to set. Leave it out."
        )
    count, n = calibrated.base.labor.shape
    if (size := count * n * (n + len(levers))) > MOST_CELLS:
        raise DataError(
            f"{len(levers)} rates in a world of {n} economies and {count} sectors are too many to "
            f"differentiate ({size / MOST_CELLS:.1f} times what is allowed). Name fewer players, or "
            "use coarser --instruments."
        )
    if alone := [p.code for p in said if not _exports(calibrated, p) > 0]:
        raise DataError(f"world {world.name!r}: {listed(alone)} exports nothing. Leave it out.")
    return Contest(world, parameters, calibrated, tuple(said), levers, how)


def suited(world: World, parameters: Parameters, use: str = "war") -> None:
    """Raise DataError where the model that parameters call for does not declare a "war" or "union"."""
    if world.technology is None and parameters.elasticities:
        raise DataError(
            f"world {world.name!r} has no sets of elasticities. Leave out --elasticities."
        )
    games = "unions" if use == "union" else "tariff games"
    model = ENTRY_COSTS if parameters.has_entry_costs else model_of(world, parameters)
    if not can(model, use):
        if model == ENTRY_COSTS:
            raise DataError(
                f"entry_cost_share and pass_through are not part of {games}. Leave them out."
            )
        raise DataError(f"the model of {model} has no {games}. Use another world.")


def _exports(calibrated: Calibrated, player: Player) -> float:
    inside = list(player.members)
    sold = calibrated.base.share[:, inside, :].sum(axis=(0, 1))
    sold[inside] = 0.0
    return float(sold.sum())


def variations(game: Contest, state: hat.State) -> tuple[Array, Array]:
    """Return Ŵ and the equivalent variation of every economy."""
    return many_sectors.variations(game.base, game.calibrated.initial, state)


def settle(
    game: Contest, z: Array, start: hat.State | None = None, *, base: hat.Baseline | None = None
) -> hat.State:
    """Return the equilibrium at levers z, or raise ConvergenceError.

    `start` is a state to begin from, `base` another baseline than the game's (other transfers).
    """
    base = game.base if base is None else base
    goal = game.goal(z)
    equations = sector_equations(base, goal, start or game.calibrated.initial)
    begin = np.zeros(base.unknowns) if start is None else start.x
    root = newton.solve(
        (equations.residual, equations.slope),
        begin,
        valid=positive,
        tolerance=TOLERANCE,
    )
    if root.converged and root.state is not None:
        return root.state
    tariff = game.levers.tariff(game.base.tariff, z)
    change = Shift(np.ones_like(tariff), tariff, np.ones(len(game.world)))
    return find(many_sectors.MODEL, base, change, game.world, "of the tariffs").state


def answer(game: Contest, state: hat.State, z: Array, *, tolerance: float = 1e-13) -> BestResponse:
    """Differentiate every payoff by every lever at a state, see the module.

    Raises
    ------
    ConvergenceError
        The linearized prices or spending diverge.
    """
    base, goal = game.base, game.goal(z)
    found = respond(base, goal, state, game.levers.lift(base, goal, state), tolerance=tolerance)
    if found is None:
        raise ConvergenceError(
            "the equilibrium could not be differentiated: prices or spending diverge.",
            residual=float("inf"),
        )
    gains = gradient(base, game.calibrated.initial, state, found)
    payoff = game.weights @ variations(game, state)[1]
    marginal = game.weights @ gains
    proposal = z + _step(game, goal, state, found.tangent, marginal)
    return BestResponse(state, found.correction, found.drift, payoff, marginal, proposal)


def gradient(base: hat.Baseline, initial: hat.State, state: hat.State, found: Response) -> Array:
    """Return the derivative of every economy's equivalent variation by every change, (n, m)."""
    tangent, n = found.tangent, len(base.value_added)
    income = tangent.value_added + tangent.revenue + tangent.deficit
    effort = base.kappa / (1.0 + base.kappa) * state.value_added
    growth = tangent.value_added / state.value_added[:, None]
    spared: Array | float = 0.0
    if base.relieved:
        relief = found.drift[n : 2 * n]
        if base.article:
            effort = effort / state.relief
            growth = growth - relief
            spared = -(effort * initial.value_added / state.value_added)[:, None] * relief
        else:  # what labor takes home pays for its effort at the margin
            effort = effort * state.relief / kept(base)
            growth = growth + relief
    enjoyed = (state.income - effort)[:, None] * tangent.consumer_price
    gain = (income - effort[:, None] * growth - enjoyed) / state.consumer_price[:, None]
    return np.asarray(gain + spared)


def _step(
    game: Contest, goal: hat.Target, state: hat.State, tangent: Tangent, marginal: Array
) -> Array:
    """Return −B⁻¹ ∂U/∂z of every player's own levers, (m,)."""
    result = np.zeros(len(game.levers))
    for owner in range(len(game.players)):
        own = game.levers.of(owner)
        matrix = volumes(game, goal, state, tangent, own, own)
        slope = marginal[owner, own]
        step = -np.linalg.solve(matrix.T, slope)
        if not step @ slope >= 0:  # no ascent: where buying rises with the tariff, go uphill
            step = UPHILL * slope / np.abs(slope).max()
        result[own] = step
    return result


def volumes(
    game: Contest,
    goal: hat.Target,
    state: hat.State,
    tangent: Tangent,
    rates: NDArray[np.intp],
    changes: NDArray[np.intp],
    weight: Array | None = None,
) -> Array:
    """Return Σ_{c∈b} weight_n (p_c M_c/P̂_n) w_c d ln M_c/dz_a: levers b in rows, changes a in columns.

    `weight` is one number for each importer (1 by default); changes beyond the levers are those
    that the tangent has besides.
    """
    base, levers = game.base, game.levers
    cells = np.flatnonzero(np.isin(levers.lever, rates, kind="table"))
    j, i, n = levers.sector[cells], levers.exporter[cells], levers.importer[cells]
    at, lever = (j, i, n), levers.lever[cells]
    theta, keep = base.theta[j][:, None], goal.keep[at]
    place = np.full(max(len(levers), int(changes.max()) + 1), -1)
    place[changes] = np.arange(len(changes))
    growth = (
        theta * tangent.price[j, n][:, changes]
        - (1.0 + theta) * tangent.cost[j, i][:, changes]
        + tangent.spending[j, n][:, changes] / state.spending[j, n][:, None]
    )
    own = np.flatnonzero(place[lever] >= 0)
    growth[own, place[lever[own]]] -= (1.0 + theta[own, 0]) * (keep * levers.weight[cells])[own]
    worth = state.share[at] * keep * state.spending[j, n] / state.consumer_price[n]
    worth = worth * levers.weight[cells] * (1.0 if weight is None else weight[n])
    row = np.searchsorted(rates, lever)
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(len(rates)))
    return np.asarray(np.add.reduceat((worth[:, None] * growth)[order], starts, axis=0))
