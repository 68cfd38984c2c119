"""All 2^18 climate clubs of 19 regions in general equilibrium, and 1,000 of them by ``winset.solve``.

``python -m benchmarks clubs --sectors`` does it in a world of 28 sectors (`icio-2022`), whose rest of the
world, which does not choose, is a 20th region; ``--players CODES`` lets some choose alone. ``--core EU,USA``
and ``--price 36`` are for another core than the European Union, and another price than the club's own.
"""

from __future__ import annotations

import sys
import tomllib

import numpy as np

import winset
from winset.studies import club_order, trade_club
from winset.trade.coalitions import clubs
from winset.trade.solver import solve_shock

SAMPLE = 1000


def regions_of(regions: dict[str, list[str]], codes: tuple[str, ...]) -> dict[str, list[str]]:
    """The regions of the bundled club in `icio-2022`."""
    found = {name: [c for c in of if c in codes] for name, of in regions.items()}
    found["Africa"].append("STP")
    found["Asia and Oceania"].append("TWN")
    return found


def order_of(sectors: bool, players: str | None, core: list[str]) -> club_order.ClubOrder:
    """The bundled climate club; with the European Union alone as core 18 choose."""
    raw = tomllib.loads((club_order.CLUBS / "climate-club.toml").read_text(encoding="utf-8"))
    club = raw["club"]
    club["core"] = core
    if sectors:
        raw["world"] = "icio-2022"
        club["regions"] = regions_of(club["regions"], winset.world(raw["world"]).codes)
        club["players"] = [name for name in club["damage"] if name not in core]
    if players is not None:
        club["players"] = players
    return club_order.read_order(raw)


def _said(value: float | None, times: float = 1.0) -> str:
    return "none" if value is None else f"{times * value:.2f}"


def main() -> None:
    """Solve, time and compare."""
    words = sys.argv[1:]
    players = words[words.index("--players") + 1] if "--players" in words else None
    core = words[words.index("--core") + 1] if "--core" in words else "EU"
    price = float(words[words.index("--price") + 1]) if "--price" in words else None
    order = order_of("--sectors" in words, players, core.split(","))
    done = trade_club.solve_club(order, price=price)
    count, n = done.problem.count, len(done.world)
    print(
        f"{count:,} clubs of {n} regions, {len(done.world.sectors)} sectors: {done.solved.seconds:.1f} s, "
        f"{1e6 * done.solved.seconds / count:.0f} us each; by Newton {done.solved.by_newton}, "
        f"largest residual {done.solved.max_residual:.1e}"
    )
    print(
        f"stable {len(done.stable)}; with cheapest penalty, highest price, deviations solved anew: "
        f"{done.seconds:.1f} s"
    )
    for one in done.looked:
        print(
            f"  holds: {', '.join(done.members(one.number))}; CO2 {done.co2_percent(one.number):+.1f} %"
        )
    print(
        f"everybody: from a penalty of {_said(done.everybody.penalty, 100.0)} % on, up to "
        f"{_said(done.everybody.price)} USD a tonne, CO2 {done.co2_percent(count - 1):+.1f} %"
    )
    for number, step in enumerate(done.rounds, 1):
        moves = [f"{done.codes[k]} joins" for k in step.joined]
        moves += [f"{done.codes[k]} leaves" for k in step.left]
        print(f"  round {number}: {', '.join(moves)}")
    sample = min(SAMPLE, count)
    numbers = np.random.default_rng(0).choice(count, sample, replace=False)
    gap = 0.0
    for number, inside in zip(numbers, done.problem.inside(numbers), strict=True):
        result = solve_shock(done.world, order.scenario, clubs.shock_of(done.problem, inside))
        apart = np.abs(done.solved.gains[number] - result.equivalent_variation)
        gap = max(gap, float((apart / result.before.income).max()))
    print(f"{sample:,} of them by winset.solve: largest difference {gap:.1e} of income")


if __name__ == "__main__":
    main()
