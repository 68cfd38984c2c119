"""One market from a JSON file and an experiment in it → prices and welfare by economy."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError, did_you_mean, listed
from winset.trade.models.partial.markets import Markets
from winset.trade.models.partial.methods import METHODS, solve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winset.numbers import Array
    from winset.trade.models.partial.markets import LineOutcome

MOST_BYTES = 20_000_000
MOST_REGIONS = 400

#: Names of the matrix of tariff factors after the experiment, where it is given by figures.
AFTER = ("new_tariff_factor", "tariff_factor_new", "tariff_factor_after")
ELASTICITIES = ("demand_elasticity", "supply_elasticity", "substitution_elasticity")
KNOWN = ("regions", "trade", "tariff_factor", "experiment", *AFTER, *ELASTICITIES)
#: Keys that say something to readers and nothing to the solver.
SAID = ("source", "rows", "title", "note", "unit")

WORDS = re.compile(
    r"(?P<who>.+?)\s+tariffs?\s+(?:on\s+(?P<on>.+?)\s+)?(?P<how>(?:cut\s+)?by\s+(?P<cut>[0-9.]+)\s*(?:%|percent)|to\s+zero|"
    r"to\s+(?P<rate>[0-9.]+)\s*(?:%|percent))\s*(?P<both>\(both directions\))?\s*\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OneMarket:
    """A market of n economies that all sell and buy, and what is to change in it."""

    regions: tuple[str, ...]
    markets: Markets
    experiment: str

    def solve(self, method: str) -> LineOutcome:
        """Solve it by a method."""
        return solve(self.markets, method)

    def to_json(self, method: str) -> dict[str, Any]:
        """Return what ``winset offer FILE.json --method … --json`` prints, in the unit of trade."""
        done = self.solve(method)
        names = self.regions
        welfare = done.welfare(names, names)

        def said(figures: Array) -> dict[str, float]:
            return {name: float(x) for name, x in zip(names, figures, strict=True)}

        return {
            "method": method,
            "experiment": self.experiment,
            "world_price": said(done.world_price[0]),
            "composite_price": said(done.composite_price[0]),
            "producer_surplus": said(done.producer_surplus[0]),
            "consumer_surplus": said(done.consumer_surplus[0]),
            "tariff_revenue": said(done.tariff_revenue[0]),
            "welfare": {name: float(welfare[name][0]) for name in names},
        }

    def all_methods(self) -> dict[str, Any]:
        """Return the three methods beside each other and how far the linear one is from the exact."""
        found: dict[str, dict[str, Any]] = {name: self.to_json(name) for name in METHODS}
        for answer in found.values():
            del answer["method"], answer["experiment"]
        gap = {
            name: found["gsim"]["welfare"][name] - found["exact"]["welfare"][name]
            for name in self.regions
        }
        return {
            "method": "all",
            "experiment": self.experiment,
            "methods": found,
            "gap_of_gsim": {"welfare": gap},
        }


def read_market(path: Path) -> OneMarket:
    """Read one market.

    ``regions`` names n economies; ``trade`` is n × n at world prices, rows export; ``tariff_factor`` is
    n × n, 1 + t. Elasticities are one figure, n, or an object by region. What changes is ``experiment`` in
    words ("US-EU tariffs to zero (both directions)", "US tariffs on EU to zero", "US tariffs to zero",
    "all tariffs by 40 %") or ``new_tariff_factor``, n × n.

    Raises
    ------
    DataError
        What is wrong and where.
    """
    content = _load(path)
    unknown = [key for key in content if key not in KNOWN + SAID and not key.startswith("printed")]
    if unknown:
        raise DataError(
            f"{path}: unknown key {unknown[0]!r}.{did_you_mean(unknown[0], KNOWN)} "
            f"Known: {', '.join(KNOWN)}."
        )
    missing = [
        key for key in ("regions", "trade", "tariff_factor", *ELASTICITIES) if key not in content
    ]
    if missing:
        raise DataError(f"{path}: {', '.join(missing)} is missing. Add it.")
    regions = _regions(content["regions"], path)
    n = len(regions)
    trade = _matrix(content["trade"], "trade", n, path)
    before = _matrix(content["tariff_factor"], "tariff_factor", n, path)
    _factors(before, "tariff_factor", regions, path)
    demand, supply, swap = (_elasticity(content[key], key, regions, path) for key in ELASTICITIES)
    after, said = _experiment(content, regions, before, path)
    _factors(after, "the new tariff factor", regions, path)
    try:
        markets = Markets(
            trade[None], before[None], after[None], demand[None], supply[None], swap[None]
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    return OneMarket(regions, markets, said)


def _load(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(
                f"{path} is larger than {MOST_BYTES / 1e6:g} MB; one market is smaller."
            )
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not readable as JSON in UTF-8 ({error}).") from error
    if not isinstance(content, dict):
        raise DataError(
            f"{path}: it must be one JSON object with regions, trade and tariff_factor."
        )
    return content


def _regions(value: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise DataError(f"{path}: regions must be a list of names.")
    if not 1 < len(value) <= MOST_REGIONS:
        raise DataError(f"{path}: {len(value)} regions; 2 to {MOST_REGIONS} can be read.")
    if twice := next((name for name in value if value.count(name) > 1), None):
        raise DataError(f"{path}: region {twice} stands twice. Name each once.")
    return tuple(value)


def _matrix(value: Any, what: str, n: int, path: Path) -> Array:
    if not isinstance(value, list) or len(value) != n:
        count = len(value) if isinstance(value, list) else "no"
        raise DataError(f"{path}: {what} has {count} rows, and there are {n} regions.")
    for k, row in enumerate(value, 1):
        if not isinstance(row, list) or len(row) != n:
            raise DataError(
                f"{path}: {what} row {k} does not have {n} figures, one for each region."
            )
        for figure in row:
            if isinstance(figure, bool) or not isinstance(figure, int | float):
                raise DataError(f"{path}: {what} row {k} has {figure!r}; it must be a number.")
    return np.array(value, dtype=np.float64)


def _elasticity(value: Any, what: str, regions: tuple[str, ...], path: Path) -> Array:
    n = len(regions)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return np.full(n, float(value))
    if isinstance(value, dict) and set(value) == set(regions):
        value = [value[name] for name in regions]
    if isinstance(value, list) and value and all(isinstance(part, list) for part in value):
        raise DataError(
            f"{path}: {what} is given by pair; it is one of each economy: of supply the exporter's, of "
            f"demand and substitution the importer's. Give one number, or a list of {n}."
        )
    if isinstance(value, list) and len(value) == n:
        return np.asarray(_matrix([value] * n, what, n, path)[0])
    raise DataError(
        f"{path}: {what} must be one number, a list of {n}, one for each region, or an object with a number "
        "for each region."
    )


def _factors(factors: Array, what: str, regions: tuple[str, ...], path: Path) -> None:
    if (factors >= 1.0).all():
        return
    i, v = (int(k) for k in np.argwhere(~(factors >= 1.0))[0])
    raise DataError(
        f"{path}: {what} of {regions[v]} on {regions[i]} is {factors[i, v]:g}; it is 1 + t, at least 1. "
        "Write 1.1 for a tariff of 10 percent."
    )


def _experiment(
    content: Mapping[str, Any], regions: tuple[str, ...], before: Array, path: Path
) -> tuple[Array, str]:
    given = [key for key in AFTER if key in content]
    told = content.get("experiment")
    if len(given) > 1:
        raise DataError(f"{path}: {' and '.join(given)} are both given. Keep one.")
    if given:
        words = told if isinstance(told, str) else f"tariff factors of {given[0]}"
        return _matrix(content[given[0]], given[0], len(regions), path), words
    if isinstance(told, list):
        return _matrix(told, "experiment", len(regions), path), "tariff factors of experiment"
    if not isinstance(told, str):
        raise DataError(
            f'{path}: experiment is missing. Say it in words, as "A-B tariffs to zero (both directions)", '
            f"or give {AFTER[0]}."
        )
    found = WORDS.fullmatch(told.strip())
    if found is None:
        raise DataError(
            f'{path}: experiment {told[:80]!r} is not understood. Write "A-B tariffs to zero (both '
            f'directions)", "A tariffs on B to zero", "A tariffs to zero", "all tariffs by 40 %", or give '
            f"{AFTER[0]}."
        )
    who, both = found["who"].strip(), bool(found["both"])
    which = (
        _pairs(who, both, regions, path)
        if found["on"] is None
        else _one_way(who, found["on"].strip(), both, regions, path)
    )
    after = before.copy()
    if found["cut"]:
        after[which] = 1.0 + (before[which] - 1.0) * (1.0 - float(found["cut"]) / 100.0)
    elif found["rate"]:
        after[which] = 1.0 + float(found["rate"]) / 100.0
    else:
        after[which] = 1.0
    return after, told


def _one_way(
    who: str, on: str, both: bool, regions: tuple[str, ...], path: Path
) -> tuple[int, int]:
    """Return the cell of what one economy levies on goods of another."""
    for name in (who, on):
        if name not in regions:
            raise DataError(
                f"{path}: experiment names {name!r}, which is no region.{did_you_mean(name, regions)} "
                f"Regions: {listed(regions)}."
            )
    if both or who == on:
        raise DataError(
            f"{path}: experiment {who} tariffs on {on}: name two economies and one direction, or write "
            f'"{who}-{on} tariffs ... (both directions)".'
        )
    return regions.index(on), regions.index(who)


def _pairs(
    who: str, both: bool, regions: tuple[str, ...], path: Path
) -> tuple[Array, Array] | Array:
    """Return which cells change: exporters × importers, without an economy's tariff on itself."""
    cells = np.zeros((len(regions), len(regions)), dtype=bool)
    if who.casefold() in ("all", "world"):
        cells[:] = True
        np.fill_diagonal(cells, False)
        return cells
    if who in regions:  # its own tariffs, on all others
        cells[:, regions.index(who)] = True
        cells[regions.index(who), regions.index(who)] = False
        return cells
    splits = [
        (who[: mark.start()].strip(), who[mark.end() :].strip())
        for mark in re.finditer(r"\s*[-–]\s*", who)
    ]
    fitting = [pair for pair in splits if pair[0] in regions and pair[1] in regions]
    if len(fitting) != 1:
        raise DataError(
            f"{path}: experiment names {who!r}, which is no region and no pair of them. "
            f"Regions: {listed(regions)}."
        )
    if not both:
        a, b = fitting[0]
        raise DataError(
            f"{path}: experiment {who} tariffs: in which direction? Write (both directions), "
            f'"{a} tariffs on {b}", or "{a} tariffs" for what {a} levies on all.'
        )
    i, j = (regions.index(name) for name in fitting[0])
    cells[i, j] = cells[j, i] = True
    return cells
