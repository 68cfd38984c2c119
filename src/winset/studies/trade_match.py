"""A group of economies → which pair fits best by sector, and where trade is below what it could be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.errors import DataError
from winset.gravity import complementarity as index
from winset.gravity.expectation import rounded
from winset.gravity.potential import Potential, potential
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.places.groups import Group, read_group
from winset.sentences import Listing, Sentence
from winset.trade.numerics.blas import one_thread
from winset.worlds import world as load_world

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winset.numbers import Array
    from winset.worlds import World


SECTORED = "icio-2022"
GRAVITY = "world-2023"
LEVEL = 0.95
STRONGEST = 3  # sectors listed for every member
SHARED = 3  # sectors named in which exports meet imports


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members and how their trade fits, see `winset.gravity.complementarity`.

    `forth` is what `first` sells to `second`, `back` the other way. `complementarity_forth` compares
    what `first` exports with what `second` imports, to and from all; `complementarity` is the mean of
    both. `meets_forth` names the sectors that most of it comes from. Shares are fractions; an index
    without a base (an economy that exports nothing) is NaN.
    """

    first: str
    second: str
    complementarity_forth: float
    complementarity_back: float
    complementarity: float
    meets_forth: tuple[str, ...]
    meets_back: tuple[str, ...]
    export_similarity: float
    intra_industry: float
    intensity_forth: float
    intensity_back: float
    preference: float
    forth_musd: float
    back_musd: float


@dataclass(frozen=True, slots=True)
class Strength:
    """One sector of an economy: RCA, RSCA, Lafay, Grubel–Lloyd, exports and their share."""

    sector: str
    name: str
    rca: float
    rsca: float
    lafay: float
    intra_industry: float
    exports_musd: float
    share: float


@dataclass(frozen=True, slots=True)
class Fits:
    """Indices by sector: pairs by complementarity, the best first, and each member's sectors by RCA."""

    world: World
    members: tuple[str, ...]
    absent: tuple[str, ...]
    pairs: tuple[Pair, ...]
    sectors: Mapping[str, tuple[Strength, ...]]


@dataclass(frozen=True, slots=True)
class Flow:
    """Trade of one direction against what gravity expects, USD million.

    `low` and `high` bound the expected trade; `untapped` is expected less actual, negative where
    more is traded than expected. `below`: actual is less than `low`; `above`: more than `high`.
    """

    exporter: str
    importer: str
    actual: float
    expected: float
    error: float
    low: float
    high: float
    untapped: float

    @property
    def below(self) -> bool:
        """Whether actual trade is below the interval of the expected."""
        return self.actual < self.low

    @property
    def above(self) -> bool:
        """Whether it is above."""
        return self.actual > self.high


@dataclass(frozen=True, slots=True)
class Untapped:
    """Gravity on a world and the flows among the members, the most untapped first.

    `unrecorded` are the pairs of members whose trade is not on record, blank or filled in: they are not
    compared, for what nobody counted is not below anything.
    """

    world: World
    sector: str | None
    members: tuple[str, ...]
    absent: tuple[str, ...]
    estimate: Potential
    flows: tuple[Flow, ...]
    unrecorded: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """What `winset match` answers."""

    group: str
    on: dt.date
    chosen: Group
    fits: Fits
    untapped: Untapped

    @property
    def members(self) -> tuple[str, ...]:
        """Codes of those compared."""
        return self.chosen.codes

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset match --json`` prints."""
        names = self.names()
        return {
            "winset": __version__,
            "group": self.group,
            "on": self.on.isoformat(),
            "members": [{"code": code, "name": names[code]} for code in self.members],
            "counted": self.chosen.to_json(),
            "complementarity": _fits_json(self.fits),
            "potential": _untapped_json(self.untapped),
        }

    def names(self) -> dict[str, str]:
        """Return the members' names."""
        known = economies()
        worlds = (self.untapped.world, self.fits.world)
        found = {}
        for code in self.members:
            here = [w.names[w.index[code]] for w in worlds if code in w.index]
            found[code] = known[code].name if code in known else here[0]
        return found


@one_thread()
def match(
    group: str,
    *,
    on: dt.date,
    sectored: str | Path = SECTORED,
    gravity: str | Path = GRAVITY,
    sector: str | None = None,
    blocs_file: Path | None = None,
) -> Match:
    """Compare the members of a group, by sector on one world and by gravity on another.

    Raises
    ------
    DataError
        An unknown bloc or code, fewer than two members, a world without sectors, or one too small
        for gravity.
    ConvergenceError
        The gravity estimation did not converge.
    """
    blocs = load_blocs(blocs_file)
    by_sector, whole = load_world(sectored), load_world(gravity)
    if len(by_sector.sectors) < 2:
        raise DataError(
            f"world {by_sector.name!r} has one sector; which exports fit which imports takes "
            f"several. Use --world {SECTORED}, or another world with sectors.csv."
        )
    if sector is not None and len(whole.sectors) < 2:
        raise DataError(
            f"--sector {sector}: world {whole.name!r} has one sector. Name a world with sectors: "
            f"--gravity {SECTORED}."
        )
    codes = dict.fromkeys((*whole.codes, *by_sector.codes, *economies()))
    chosen = read_group(group, on=on, codes=codes, blocs=blocs)
    members = chosen.codes
    if len(members) < 2:
        raise DataError(
            Sentence(
                "{group}: {who} is one economy; a match takes two. Name a bloc, or codes by comma such as "
                "CHN,KAZ.",
                group=group,
                who=Listing(members),
            )
        )
    return Match(
        group,
        on,
        chosen,
        fits(by_sector, members),
        untapped(whole, members, sector=sector),
    )


def fits(world: World, members: Sequence[str]) -> Fits:
    """Return the indices of every pair and member; those that the world lacks are `absent`."""
    inside = tuple(code for code in members if code in world.index)
    exports, imports = index.by_sector(world.trade)
    part, need = index.shares(exports), index.shares(imports)
    flows = world.flows
    tables = {
        "fit": index.michaely(exports, imports),
        "similarity": index.export_similarity(exports),
        "two_way": index.grubel_lloyd_total(world.trade, world.trade.transpose(0, 2, 1)),
        "intensity": index.trade_intensity(flows),
        "preference": index.trade_preference(flows),
    }
    names = world.sectors if world.technology is None else world.technology.names

    def meets(seller: int, buyer: int) -> tuple[str, ...]:
        both = np.minimum(part[:, seller], need[:, buyer])
        order = np.argsort(-both, kind="stable")[:SHARED]
        return tuple(names[j] for j in order if both[j] > 0)

    pairs = []
    for a, b in combinations(inside, 2):
        i, n = world.index[a], world.index[b]
        forth, back = float(tables["fit"][i, n]), float(tables["fit"][n, i])
        pairs.append(
            Pair(
                first=a,
                second=b,
                complementarity_forth=forth,
                complementarity_back=back,
                complementarity=(forth + back) / 2.0,
                meets_forth=meets(i, n),
                meets_back=meets(n, i),
                export_similarity=float(tables["similarity"][i, n]),
                intra_industry=float(tables["two_way"][i, n]),
                intensity_forth=float(tables["intensity"][i, n]),
                intensity_back=float(tables["intensity"][n, i]),
                preference=float(tables["preference"][i, n]),
                forth_musd=float(flows[i, n]),
                back_musd=float(flows[n, i]),
            )
        )
    # An economy that exports nothing has no index: its pairs come last, not anywhere.
    pairs.sort(
        key=lambda p: (-p.complementarity if p.complementarity > 0 else 0.0, p.first, p.second)
    )
    return Fits(
        world,
        inside,
        tuple(code for code in members if code not in world.index),
        tuple(pairs),
        _strengths(world, inside, exports, imports),
    )


def _strengths(
    world: World, members: Sequence[str], exports: Array, imports: Array
) -> dict[str, tuple[Strength, ...]]:
    advantage = index.rca(exports)
    columns = (
        advantage,
        index.symmetric(advantage),
        index.lafay(exports, imports),
        index.grubel_lloyd(exports, imports),
        exports,
        index.shares(exports),
    )
    names = world.sectors if world.technology is None else world.technology.names
    found = {}
    for code in members:
        k = world.index[code]
        order = [int(j) for j in np.argsort(-advantage[:, k], kind="stable")]
        found[code] = tuple(
            Strength(world.sectors[j], names[j], *(float(column[j, k]) for column in columns))
            for j in order
            if advantage[j, k] >= 0  # NaN: nobody exports it
        )
    return found


def untapped(world: World, members: Sequence[str], *, sector: str | None = None) -> Untapped:
    """Return the flows among the members against what gravity expects on a world.

    Raises
    ------
    DataError, ConvergenceError
        See `winset.gravity.potential.potential`.
    """
    estimate = potential(world, sector=sector)
    place = {code: k for k, code in enumerate(estimate.codes)}
    inside = tuple(code for code in members if code in place)
    low, high = estimate.interval(LEVEL)
    flows = []
    for a in inside:
        for b in inside:
            i, n = place[a], place[b]
            if a != b and np.isfinite(estimate.error[i, n]) and world.recorded(a, b):
                actual, expected = float(estimate.actual[i, n]), float(estimate.expected[i, n])
                flows.append(
                    Flow(
                        exporter=a,
                        importer=b,
                        actual=actual,
                        expected=expected,
                        error=float(estimate.error[i, n]),
                        low=float(low[i, n]),
                        high=float(high[i, n]),
                        untapped=expected - actual,
                    )
                )
    flows.sort(key=lambda f: (-f.untapped, f.exporter, f.importer))
    absent = tuple(code for code in members if code not in place)
    unrecorded = tuple(pair for pair in combinations(inside, 2) if not world.recorded(*pair))
    return Untapped(world, sector, inside, absent, estimate, tuple(flows), unrecorded)


def _world_json(world: World) -> dict[str, Any]:
    return {
        "name": world.name,
        "year": world.year,
        "sha256": world.sha256,
        "economies": len(world),
        "sectors": len(world.sectors),
    }


def _fits_json(done: Fits) -> dict[str, Any]:
    return {
        "world": _world_json(done.world),
        "absent": list(done.absent),
        "pairs": [
            {
                "first": pair.first,
                "second": pair.second,
                "complementarity": _finite(pair.complementarity),
                "complementarity_forth": _finite(pair.complementarity_forth),
                "complementarity_back": _finite(pair.complementarity_back),
                "sectors_forth": list(pair.meets_forth),
                "sectors_back": list(pair.meets_back),
                "export_similarity": _finite(pair.export_similarity),
                "intra_industry": _finite(pair.intra_industry),
                "trade_intensity_forth": _finite(pair.intensity_forth),
                "trade_intensity_back": _finite(pair.intensity_back),
                "trade_preference": _finite(pair.preference),
                "trade_forth_musd": _finite(pair.forth_musd),
                "trade_back_musd": _finite(pair.back_musd),
            }
            for pair in done.pairs
        ],
        "economies": [
            {
                "code": code,
                "sectors": [
                    {
                        "sector": s.sector,
                        "name": s.name,
                        "rca": _finite(s.rca),
                        "rsca": _finite(s.rsca),
                        "lafay": _finite(s.lafay),
                        "intra_industry": _finite(s.intra_industry),
                        "exports_musd": _finite(s.exports_musd),
                        "export_share_percent": _finite(100.0 * s.share),
                    }
                    for s in done.sectors[code]
                ],
            }
            for code in done.members
        ],
    }


def _untapped_json(done: Untapped) -> dict[str, Any]:
    estimate = done.estimate
    low, high = estimate.quartiles()
    return {
        "world": _world_json(done.world),
        "absent": list(done.absent),
        "without_place": list(estimate.without_point),
        "sector": done.sector,
        "level": LEVEL,
        "coefficients": {
            c.name: {"estimate": rounded(c.estimate), "error": rounded(c.error)}
            for c in estimate.coefficients
        },
        "observations": estimate.observations,
        "clusters": estimate.pairs,
        "fit": rounded(estimate.fit),
        "actual_to_expected_quartiles": [rounded(low), rounded(high)],
        "solver": {"residual": estimate.residual},
        "unrecorded": [list(pair) for pair in done.unrecorded],
        "flows": [
            {
                "exporter": flow.exporter,
                "importer": flow.importer,
                "actual_musd": rounded(flow.actual),
                "expected_musd": rounded(flow.expected),
                "error_log": rounded(flow.error),
                "low_musd": rounded(flow.low),
                "high_musd": rounded(flow.high),
                "untapped_musd": rounded(flow.untapped),
                "below": flow.below,
                "above": flow.above,
            }
            for flow in done.flows
        ],
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
