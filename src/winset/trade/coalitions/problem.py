"""The game of a scenario's players before it is solved: who plays, what changes among them, whose it is.

`prepare` lays it out; its `fingerprint` tells two games apart by everything that enters an equilibrium.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from winset import __version__
from winset.errors import DataError, listed
from winset.scenario import CustomsUnion, Joining, Tariff
from winset.trade.capabilities import can, model_of, without_export_taxes
from winset.trade.coalitions.neighbors import covered
from winset.trade.coalitions.sector_rows import unknowns_of
from winset.trade.models.many_sectors.equations import Baseline as Sectors
from winset.trade.models.many_sectors.solve import MODEL as SECTORS
from winset.trade.models.model import Shift, calibrate
from winset.trade.models.one_sector.solve import MODEL
from winset.trade.numerics.blas import one_thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array, Mask
    from winset.places.blocs import Bloc
    from winset.scenario import Scenario
    from winset.trade.equilibrium import Equilibrium
    from winset.trade.models.model import Calibrated, Model
    from winset.trade.models.one_sector import equations as onesector
    from winset.worlds import World


Resolution = Literal["full", "compact"]
OR_DIVIDENDS = ", or ask winset share for --method dividends."
OUTSIDERS = 8  # the largest outsiders that a compact world keeps; the rest merge by region
MOST_PLAYERS = 30
SLOW_PLAYERS = 16  # without a kernel, a coalition takes milliseconds
SECTOR_PLAYERS = 18  # in a world with sectors, near the world before, a millisecond or a few
ROW_PLAYERS = 22  # as rows of a matrix, see `rows`, a tenth of one
ROW_BITS = 10  # of a unit that is solved as rows of a matrix: one inverse Jacobian serves them all
UNIT_BYTES = 32_000_000  # of solutions kept in a unit, to predict its neighbors from


@dataclass(frozen=True, slots=True)
class Problem:
    """What every coalition needs; arrays as in `batch_kernel.solve_block`, players first.

    Attributes
    ----------
    players : tuple of codes
        In the order of the bits: the smallest economy is bit 0.
    world : World
        As it is solved: merged where the resolution is compact, players first.
    base : Baseline
        The world before, deficits removed where the scenario says so.
    before : Equilibrium
        What gains are measured from.
    cost, tariff, productivity : (p, p), (p, p), (p,) arrays
        The change between players; in a world with sectors of each that is traded, (T, p, p), in the order
        of the model.
    fast : bool
        Whether the kernel for one sector without tariffs and with fixed labor applies.
    about : mapping
        What identifies the game: scenario, world, resolution, versions.
    penalty : (n, p) array, or (T, n, p), or None
        The tariff of a player inside on an economy outside, after; None where all outside is left as it is.
    """

    players: tuple[str, ...]
    world: World
    base: onesector.Baseline | Sectors
    before: Equilibrium
    cost: Array
    tariff: Array
    productivity: Array
    fast: bool
    bits: int
    about: Mapping[str, Any]
    penalty: Array | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of all economies, players first."""
        return self.world.codes

    @property
    def sectored(self) -> bool:
        """Whether the model is that of many sectors."""
        return isinstance(self.base, Sectors)

    @property
    def model(self) -> Model[Any, Any]:
        """The model that solves it."""
        return SECTORS if self.sectored else MODEL

    @property
    def unknowns(self) -> int:
        """How many numbers a coalition's equilibrium is known by where many are solved near each other."""
        return unknowns_of(self.base) if isinstance(self.base, Sectors) else len(self.world)

    def shift(self, inside: Mask) -> Shift:
        """Return what a coalition of players, (p,), changes in the world, as the model takes it."""
        base, members = self.base, np.flatnonzero(inside)
        cost, tariff = np.ones_like(base.tariff), base.tariff.copy()
        productivity = np.ones(len(self.world))
        if self.penalty is not None:
            tariff[..., members] = self.penalty[..., members]
        pairs = (..., members[:, None], members)
        cost[pairs], tariff[pairs] = self.cost[pairs], self.tariff[pairs]
        home = (..., np.arange(len(productivity)), np.arange(len(productivity)))
        tariff[home] = base.tariff[home]
        productivity[members] = self.productivity[members]
        return Shift(cost, tariff, productivity)

    @property
    def units(self) -> int:
        """Number of units."""
        return 1 << (len(self.players) - self.bits)

    @property
    def fingerprint(self) -> str:
        """Hash of `about`, of every array and of every parameter: of all that enters an equilibrium."""
        digest = hashlib.sha256(json.dumps(self.about, sort_keys=True).encode())
        levied = () if self.penalty is None else (self.penalty,)
        for part in (*astuple(self.base), self.cost, self.tariff, self.productivity, *levied):
            digest.update(np.ascontiguousarray(part, dtype="<f8").tobytes())
        return digest.hexdigest()


def with_home_sales(world: World, value_added_share: float) -> World:
    """Return a world whose accounts stay exact when economies are merged."""
    return world if world.sectored else world.closed(value_added_share)


def sizes(world: World, value_added_share: float) -> Array:
    """Return the value added of every economy, USD million, (n,)."""
    if world.sectored:
        return world.sector_accounts(value_added_share).value_added
    return world.accounts(value_added_share).value_added


def compact_world(world: World, players: Sequence[str], value_added_share: float) -> World:
    """Keep the players and the largest outsiders, merge the rest by region; accounts stay exact."""
    closed = with_home_sales(world, value_added_share)
    inside, size = set(players), sizes(world, value_added_share)
    outside = sorted(
        (code for code in closed.codes if code not in inside),
        key=lambda code: (-size[closed.index[code]], code),
    )
    regions = closed.facts.get("region", ("",) * len(closed))
    groups: dict[str, list[str]] = {}
    for code in outside[OUTSIDERS:]:
        groups.setdefault(f"Rest of {regions[closed.index[code]] or 'world'}", []).append(code)
    return closed.aggregate({name: codes for name, codes in groups.items() if len(codes) > 1})


@one_thread()
def prepare(
    world: World,
    scenario: Scenario,
    players: Sequence[str] | None = None,
    *,
    resolution: Resolution = "full",
    blocs: Mapping[str, Bloc] | None = None,
    sort: bool = True,
    most: int = MOST_PLAYERS,
    in_full: bool = True,
) -> Problem:
    """Lay out the game of a scenario: by default its members are the players.

    Players are sorted by size, the smallest first, which makes neighbors most alike; with
    `sort` false they keep the order given. Where not all coalitions are to be solved (`in_full`
    false) players are not refused for the time that it would take.

    Raises
    ------
    DataError
        Unknown or too few or too many players, or a change that none of them carries out.
    """
    if not can(model_of(world, scenario.parameters), "lattice"):
        raise DataError(
            "the game of all coalitions is played in the models of one sector and of many sectors: "
            f"{model_of(world, scenario.parameters)} is none of them. Drop energy, carbon prices, "
            "entry_cost_share and pass_through."
        )
    if any(isinstance(change, Tariff) and change.mfn for change in scenario.changes):
        raise DataError(
            "mfn = true gives a coalition's tariff cut to everybody, but in the game of all coalitions "
            "outsiders are left as they are. Drop mfn, or compare single runs (winset run)."
        )
    if any(isinstance(change, Joining | CustomsUnion) for change in scenario.changes):
        raise DataError(
            "an accession or a customs union changes tariffs on outsiders, but in the game of all coalitions "
            "outsiders are left as they are. Use free-trade-area, or compare single runs (winset run)."
        )
    shock = without_export_taxes(scenario.resolve(world, blocs), "The game of all coalitions")
    if shock.requests:
        asked = shock.requests[0]
        raise DataError(
            f"change {asked.change} asks for a tariff (answer = {asked.how!r}), but "
            "the game of all coalitions needs changes of known size. Run the scenario first and write "
            "the rate that it finds."
        )
    chosen = tuple(dict.fromkeys(players if players is not None else shock.members))
    rows = [world.position(code) for code in chosen]
    if not 2 <= len(chosen) <= most:
        raise DataError(
            f"{len(chosen)} players: the game of all coalitions needs 2 to {most}. "
            f"Name fewer with --players{OR_DIVIDENDS if len(chosen) > most else '.'}"
        )
    beta = scenario.parameters.value_added_share
    if sort:
        size = sizes(world, beta)
        chosen = tuple(sorted(chosen, key=lambda c: (size[world.index[c]], c)))
    rows = [world.index[code] for code in chosen]
    pairs = (..., np.array(rows)[:, None], np.array(rows))
    cost, tariff = shock.cost[pairs], shock.tariff[pairs]
    productivity = shock.productivity[rows]
    old = (world.tariff if world.sectored else world.tariffs)[pairs]
    if np.all(cost == 1.0) and np.all(productivity == 1.0) and np.all(tariff == old):
        raise DataError(
            f"scenario {scenario.title!r} changes nothing among {listed(chosen)}. Choose other players."
        )
    small = (
        compact_world(world, chosen, beta)
        if resolution == "compact"
        else with_home_sales(world, beta)
    )
    small = small.select([*chosen, *(c for c in small.codes if c not in set(chosen))])
    calibrated: Calibrated[Any, Any]
    if world.sectored:
        calibrated = calibrate(SECTORS, small, scenario.parameters)
        cost, tariff = (array[traded_of(calibrated.base)] for array in (cost, tariff))
        width, fast = unknowns_of(calibrated.base), False
    else:
        calibrated = calibrate(MODEL, small, scenario.parameters)
        base = calibrated.base
        fast = not (base.tariff.any() or tariff.any() or base.kappa or base.multiplicative)
        width = len(small)
    base = calibrated.base
    bits = min(len(chosen), max(4, int(np.log2(UNIT_BYTES / (8 * width)))), 16)
    problem = Problem(
        players=chosen,
        world=small,
        base=base,
        before=calibrated.before,
        cost=cost,
        tariff=tariff,
        productivity=productivity,
        fast=fast,
        bits=bits if fast else min(bits, ROW_BITS, len(chosen)),
        about={
            "winset": __version__,
            "scenario": scenario.to_toml(),
            "shock_sha256": shock.sha256,
            "world": {"name": world.name, "year": world.year, "sha256": world.sha256},
            "resolution": resolution,
            "players": list(chosen),
        },
    )
    if not fast and in_full:
        _in_time(problem)
    return problem


def traded_of(base: Sectors) -> NDArray[np.intp]:
    """Return the positions in the world of the traded sectors, as the model has them."""
    return base.order[: len(base.theta)]


def _in_time(problem: Problem) -> None:
    """Refuse more players than all of their coalitions can be solved in a while without the fast kernel."""
    if not covered(problem):
        many, why = (
            SLOW_PLAYERS,
            "takes Newton's method, milliseconds instead of microseconds",
        )
    elif problem.sectored:
        many, why = SECTOR_PLAYERS, "takes some milliseconds instead of microseconds"
    else:
        many, why = ROW_PLAYERS, "takes a tenth of a millisecond instead of microseconds"
    if len(problem.players) > many:
        where = (
            "in a world with sectors"
            if problem.sectored
            else ("with tariffs, multiplicative deficits or elastic labor")
        )
        raise DataError(
            f"{len(problem.players)} players {where}: every coalition {why}, so that only {many} players are "
            f"allowed. Name fewer with --players{OR_DIVIDENDS}"
        )
