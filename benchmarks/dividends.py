"""What dividends state of their error, against the largest error over all coalitions.

For each change and order: coalitions solved by dividends, what they found and state, and the true largest
error over all 2^N, every one of them solved as well. ``python -m benchmarks dividends --players 20`` for
the N largest of the SCO family (14 where nothing is said), ``--full`` on all economies, ``--largest`` for
the largest economies of the world, ``--only CHANGE`` for one, ``--sectors`` for those of 1993 with four
sectors, input–output links and tariffs. Of fewer than 20 players as small a part of the coalitions is
checked as of 20. What is refused because dividends do not fall is a row that says so.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

import winset
from winset.errors import DataError
from winset.places.blocs import resolve
from winset.scenario import Scenario, parse
from winset.trade.coalitions import compute, dividends
from winset.trade.coalitions.certificate import CHECKS
from winset.trade.coalitions.problem import prepare, sizes

if TYPE_CHECKING:
    from winset.trade.coalitions.problem import Problem
    from winset.worlds import World

ON = Scenario.from_toml("sco-2025").on
COST: dict[str, Any] = {"kind": "trade-cost"}
CHANGES: dict[str, dict[str, Any]] = {
    **{
        f"costs {percent:+d} %": COST | {"percent": float(percent)}
        for percent in (-5, -10, -30, 20)
    },
    "tariffs 10 %": {"kind": "tariff", "rate": 0.1},
}
ORDERS = range(3, 7)
GROUPS = {
    "Primary": ("Agriculture", "Mining"),
    "Light": ("Food", "Textile", "Wood", "Paper", "Other"),
}


def four_sectors() -> World:
    """The world of 1993 (Caliendo & Parro 2015) with its 40 sectors in four; elasticities are means."""
    world = winset.world("caliendo-parro-1993")
    technology = world.technology
    assert technology is not None
    of = dict(zip(technology.names, world.sectors, strict=True))
    groups = {group: [of[name] for name in names] for group, names in GROUPS.items()}
    traded = np.array(
        [bool(np.any(sheet[~np.eye(len(world), dtype=bool)])) for sheet in world.trade]
    )
    groups["Services"] = [s for s, there in zip(world.sectors, traded, strict=True) if not there]
    taken = {sector for sectors in groups.values() for sector in sectors}
    groups["Heavy"] = [sector for sector in world.sectors if sector not in taken]
    elasticity = technology.elasticity.copy()
    for sectors in groups.values():
        rows = [world.sectors.index(sector) for sector in sectors]
        weight = world.trade[rows].sum(axis=(1, 2))
        elasticity[rows] = np.average(elasticity[rows], weights=weight)
    same = replace(technology, elasticity=elasticity, elasticity_sets={})
    return replace(world, technology=same).aggregate_sectors(groups)


def players_of(world: World, n: int, codes: list[str]) -> list[str]:
    """The n largest of some economies."""
    size = sizes(world, 0.5)
    there = [code for code in codes if code in world.index and code != "ROW"]
    return sorted(there, key=lambda code: -size[world.index[code]])[:n]


def lattice(world: World, codes: list[str], change: dict[str, Any], *, full: bool) -> Problem:
    """The game of a change among some."""
    raw = {"on": str(ON), "world": world.name, "change": [change | {"among": codes}]}
    resolution: Any = "full" if full else "compact"
    return prepare(world, parse(raw), codes, resolution=resolution, in_full=False)


def rows(made: Problem, name: str) -> list[bool]:
    """Print a row for each order; returns whether each was covered."""
    begun = time.perf_counter()
    exact = compute.compute(made)
    print(
        f"<!-- {name}: {len(exact.values):,} coalitions of {len(made.codes)} economies, largest residual "
        f"{exact.max_residual:.1e}, {time.perf_counter() - begun:.0f} s; all together "
        f"{exact.values[-1]:,.0f} -->",
        flush=True,
    )
    covered, checks = [], min(CHECKS, max(200, len(exact.values) // 100))
    for order in ORDERS:
        begun = time.perf_counter()
        try:
            found = dividends.compute(made, order=order, checks=checks)
        except DataError as error:
            print(f"| {name} | {order} | refused: {str(error).partition(':')[0]} | | | | | | |")
            continue
        off, stated = float(np.abs(found.values - exact.values).max()), found.certificate.stated
        covered.append(off <= stated)
        print(
            f"| {name} | {order} | {sum(o.solved for o in found.orders):,} | {found.orders[-1].largest:,.3g} "
            f"| {found.certificate.checked:,} | {found.certificate.largest:,.3g} | {stated:,.3g} | "
            f"{off:,.3g} | {'yes' if covered[-1] else 'NO'} | <!-- {time.perf_counter() - begun:.0f} s -->",
            flush=True,
        )
    return covered


def main() -> None:
    """Compare and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--players", type=int, default=14)
    for flag in ("--sectors", "--full", "--largest"):
        options.add_argument(flag, action="store_true")
    options.add_argument("--only", choices=CHANGES, metavar="CHANGE")
    asked, _ = options.parse_known_args(sys.argv[1:])
    world = four_sectors() if asked.sectors else winset.world()
    wide = asked.sectors or asked.largest
    codes = players_of(world, asked.players, list(world.codes if wide else resolve("SCO+", ON)))
    print(
        f"{', '.join(codes)}; {len(world.sectors)} sectors, {'full' if asked.full else 'compact'}"
    )
    print(
        "| players | order | equilibria | largest dividend | checked | largest found | stated ± | true "
        "largest | covered |\n|---|---:|---:|---:|---:|---:|---:|---:|---|"
    )
    covered = [
        one
        for name, change in CHANGES.items()
        if asked.only in (None, name)
        for one in rows(lattice(world, codes, change, full=asked.full), name)
    ]
    print(f"{sum(covered)} of {len(covered)} covered")


if __name__ == "__main__":
    main()
