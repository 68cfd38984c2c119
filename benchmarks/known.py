"""What splitting the rest of the world does to the gains of those who were known, and why it does.

The same change is solved on icio-2022 and on world-2022-sectors; the difference in percentage points of the
gain of each of the 80 economies that both have. Beside it two yardsticks:

- *a tenth*: the same with a tenth of the change. Gains known to first order are a sum over partners of trade
  times the change of their wages; one rest of the world has one wage, its parts have their own, so that the
  difference is in proportion to the change, and no bound in points holds for changes of every size;
- *true parts*: known economies of icio-2022, whose figures nobody imputes, put together to one and compared
  with themselves apart. What is then lost is lost by adding up alone.

The split world's own parts put together again are icio-2022 in every cell (`tests/unit/test_split_world.py`),
so that all of the difference is from wages that part, and from tariffs that icio-2022 does not have.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import winset
from winset.numbers import Array
from winset.scenario import parse
from winset.trade.numerics.blas import one_thread
from winset.worlds import World

BOUND = 0.005  # points
SCO = ["CHN", "RUS", "IND", "KAZ", "PAK", "BLR", "ARE", "EGY", "KHM", "LAO", "MMR", "SAU", "TUR"]
#: Known economies that are put together for the yardstick: like the rest of the world, some sell oil.
MERGED = ["NGA", "AGO", "BRN", "NOR", "CIV", "CMR", "SEN", "STP", "JOR", "BGD", "ECU", "UKR"]
REST = "ROW"

Change = dict[str, Any]


def cheaper(*codes: str, percent: float = -10.0) -> Change:
    """Costs between these economies."""
    return {"kind": "trade-cost", "among": list(codes), "percent": percent}


#: What changes, and whether the rest of the world is named in it.
CASES: list[tuple[str, Change]] = [
    ("10 % off costs between Kazakhstan and China", cheaper("KAZ", "CHN")),
    ("10 % off costs among Germany, France, Italy, Spain", cheaper("DEU", "FRA", "ITA", "ESP")),
    (
        "25 points on the tariffs of the United States on China",
        {"kind": "tariff", "exporters": "CHN", "importers": ["USA"], "points": 0.25},
    ),
    (
        "10 % off costs among Brazil, Russia, India, China, South Africa",
        cheaper("BRA", "RUS", "IND", "CHN", "ZAF"),
    ),
    ("10 % off costs among the 13 of the SCO that `icio-2022` has", cheaper(*SCO)),
    ("10 % off costs between China and the whole rest of the world", cheaper("CHN", REST)),
]


def laid(change: Change, world: World, known: set[str], part: float) -> Change:
    """Return a part of a change, the rest of the world being all that a world has of it."""
    change = dict(change)
    rest = [code for code in world.codes if code not in known]
    if REST in change.get("among", ()):
        (other,) = (code for code in change.pop("among") if code != REST)
        change |= {"exporters": [other], "importers": rest}
    for key in ("percent", "points"):
        if key in change:
            change[key] *= part
    return change


def gains(world: World, change: Change, known: list[str], part: float = 1.0) -> Array:
    """Percent of welfare of the known, (k,)."""
    made = laid(change, world, set(known), part)
    changes = [made]
    if "among" not in made and made["kind"] == "trade-cost":  # both ways
        changes.append(made | {"exporters": made["importers"], "importers": made["exporters"]})
    scenario = parse({"on": "2022-12-31", "world": world.name, "change": changes})
    welfare = winset.solve(world, scenario).welfare
    return np.asarray(100.0 * (welfare[[world.index[code] for code in known]] - 1.0))


def measured(
    whole: World, parts: World, known: list[str], change: Change, part: float = 1.0
) -> Array:
    """Differences in points of the gains of the known, (k,)."""
    return gains(parts, change, known, part) - gains(whole, change, known, part)


def row(title: str, gap: Array, known: list[str], names: dict[str, str]) -> str:
    """A line of the table of docs/world-2022-sectors.md."""
    size = np.abs(gap)
    worst, under = int(np.argmax(size)), int((size < BOUND).sum())
    return (
        f"| {title} | {size[worst]:.2g} | {names[known[worst]]} | {np.median(size):.1g} | "
        f"{under} of {len(known)} |"
    )


def yardstick(base: World, change: Change) -> tuple[list[str], Array] | None:
    """Known economies put together and compared with themselves apart; None where they are in the change."""
    named = {code for key in ("among", "exporters", "importers") for code in change.get(key, ())}
    merged = [code for code in MERGED if code in base.index]
    if named & {*merged, REST}:
        return None
    others = [code for code in base.codes if code not in {*merged, REST}]
    whole = base.aggregate({REST: [*merged, REST]})
    return others, measured(whole, base, others, change)


@one_thread()
def table(base: World, split: World) -> list[str]:
    """The lines of the table."""
    known = [code for code in base.codes if code != REST]
    names = dict(zip(base.codes, base.names, strict=True))
    lines = ["| change | largest difference | whose | median | below 0.005 | with a tenth of the change |"
             " true parts put together |", "|---|---:|---|---:|---:|---:|---:|"]  # fmt: skip
    for title, change in CASES:
        gap = measured(base, split, known, change)
        tenth = np.abs(measured(base, split, known, change, 0.1))
        found = yardstick(base, change)
        small = f"{tenth.max():.1g}, {int((tenth < BOUND).sum())} below"
        alike = "–" if found is None else f"{np.abs(found[1]).max():.2g}"
        lines.append(f"{row(title, gap, known, names)} {small} | {alike} |")
    return lines


def main() -> None:
    """Print the table."""
    print("\n".join(table(winset.world("icio-2022"), winset.world("world-2022-sectors"))))


if __name__ == "__main__":
    main()
