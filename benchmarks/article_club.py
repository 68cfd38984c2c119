"""The climate club of Farrokhi & Lashkaripour (2025) with 28 sectors and fuels, by the ordinary solver.

``python -m benchmarks article_club`` prints what the article's prices do to CO2 when everybody sets them.
With ``--core EU,USA`` and ``--price 53`` it goes through the rounds of accession instead, each region judging
whether to move when the others stay; with ``--highest`` also for the highest price at which nobody leaves
the club of all. Regions move as one, every equilibrium is `winset.solve` of all of `icio-2022`, and the rest
of the world does not choose. ``--supply 1`` gives coal, and oil and gas, that elasticity.
"""

from __future__ import annotations

import sys
import time
import tomllib
from dataclasses import dataclass

import winset
from benchmarks.clubs import regions_of
from winset.scenario import Parameters, Scenario
from winset.scenario.changes import CarbonPrice, Tariff
from winset.scenario.parameters import EnergyBlock
from winset.studies import club_order
from winset.studies.run_emissions import emitted

FUELS = ("B05", "B06", "C19")
PRICES = (36.0, 53.0, 89.0, 156.2)  # the article's highest of three cores, and the whole damage
PENALTY = 0.25
MOST_ROUNDS = 8
HIGHEST = 400.0  # price that is tried


@dataclass(frozen=True)
class Club:
    """Regions of a world, what a tonne costs each, and what it takes to solve them."""

    world: winset.World
    regions: dict[str, list[str]]
    damage: dict[str, float]
    parameters: Parameters

    def solved(self, members: set[str], price: float) -> tuple[dict[str, float], float]:
        """Return what a club is worth to every region, USD million a year, and CO2 in percent."""
        inside = [code for region in sorted(members) for code in self.regions[region]]
        outside = [code for code in self.world.codes if code not in set(inside)]
        changes: list[CarbonPrice | Tariff] = []
        if inside:
            changes.append(CarbonPrice(kind="carbon-price", economies=inside, price=price))
        if inside and outside:
            changes.append(
                Tariff(kind="tariff", exporters=outside, importers=inside, points=PENALTY)
            )
        scenario = Scenario(title="a club", changes=tuple(changes), parameters=self.parameters)
        result = winset.solve(self.world, scenario)
        run = emitted(result)
        assert run is not None
        gains = dict(zip(self.world.codes, result.equivalent_variation.tolist(), strict=True))
        fall = -float(run.change.sum())
        worth = {
            region: sum(gains[code] for code in codes) + fall * self.damage[region]
            for region, codes in self.regions.items()
        }
        return worth, -100.0 * fall / float(run.before.sum())

    def rounds(self, core: set[str], price: float) -> None:
        """Print who moves in each round, from the core on, until nobody does."""
        members = set(core)
        for number in range(1, MOST_ROUNDS + 1):
            here, co2 = self.solved(members, price)
            moved = {}
            for region in self.regions:
                if region not in core:
                    there = self.solved(members ^ {region}, price)[0]
                    if (gain := there[region] - here[region]) > 0:
                        moved[region] = gain
            print(f"  {len(members)} inside, CO2 {co2:+.1f} %; round {number}:", end=" ")
            print(
                ", ".join(f"{r} {'leaves' if r in members else 'joins'}" for r in moved) or "rest"
            )
            if not moved:
                return
            members ^= set(moved)
        print("  no rest")

    def highest(self, core: set[str]) -> float | None:
        """Return the highest price at which nobody leaves the club of everybody; None above 1 USD."""
        everybody = set(self.regions)

        def held(price: float) -> bool:
            here = self.solved(everybody, price)[0]
            return all(
                self.solved(everybody - {region}, price)[0][region] <= here[region]
                for region in self.regions
                if region not in core
            )

        low, high = HIGHEST, None
        while not held(low):
            low, high = 0.75 * low, low
            if low < 1.0:
                return None
        while high is not None and high - low > 1.0:
            middle = (low + high) / 2.0
            low, high = (middle, high) if held(middle) else (low, middle)
        return low


def club(supply: float | None) -> Club:
    """The article's regions in `icio-2022`, with fuels."""
    raw = tomllib.loads((club_order.CLUBS / "climate-club.toml").read_text(encoding="utf-8"))
    world = winset.world("icio-2022")
    regions = regions_of(raw["club"]["regions"], world.codes)
    merged = {code for codes in regions.values() for code in codes}
    damage = raw["club"]["damage"]
    regions |= {code: [code] for code in damage if code in world.codes and code not in merged}
    given = {} if supply is None else {"B05": supply, "B06": supply}
    return Club(world, regions, damage, Parameters(energy=EnergyBlock(FUELS, supply=given)))


def main() -> None:
    """Print CO2 at the article's prices, and the rounds that are asked for."""
    words = sys.argv[1:]

    def option(name: str) -> str | None:
        return words[words.index(name) + 1] if name in words else None

    said = option("--supply")
    found = club(None if said is None else float(said))
    core, price = option("--core"), option("--price")
    if core is None or price is None:
        for each in PRICES:
            begun = time.perf_counter()
            everybody = Scenario(
                title="everybody",
                changes=(CarbonPrice(kind="carbon-price", economies="all", price=each),),
                parameters=found.parameters,
            )
            run = emitted(winset.solve(found.world, everybody))
            assert run is not None
            percent = 100.0 * float(run.change.sum() / run.before.sum())
            inside = found.solved(set(found.regions), each)[1]
            print(
                f"{each:g} USD a tonne: CO2 {percent:+.1f} % if all pay it, {inside:+.1f} % if the rest of "
                f"the world stays out; two equilibria in {time.perf_counter() - begun:.1f} s"
            )
        return
    found.rounds(set(core.split(",")), float(price))
    if "--highest" not in words:
        return
    top = found.highest(set(core.split(",")))
    print(f"everybody stays up to {'no price' if top is None else f'{top:.0f} USD a tonne'}")


if __name__ == "__main__":
    main()
