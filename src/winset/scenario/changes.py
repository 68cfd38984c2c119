"""The kinds of change a scenario may hold, and what of a change contradicts itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from winset.errors import DataError
from winset.scenario.places import Place, Strict

Economies = str | list[str]


class TradeCost(Strict):
    """Iceberg trade costs change by `percent` (or by `factor`); both directions if `among`."""

    kind: Literal["trade-cost"]
    among: Economies | None = None
    exporters: Economies | None = None
    importers: Economies | None = None
    sector: str | None = None
    sectors: list[str] | None = None
    file: str | None = None
    percent: float | None = Field(None, gt=-100)
    factor: float | None = Field(None, gt=0)


class Tariff(Strict):
    """The ad-valorem tariff becomes `rate` (0.10 is ten percent)."""

    kind: Literal["tariff"]
    among: Economies | None = None
    exporters: Economies | None = None
    importers: Economies | None = None
    sector: str | None = None
    sectors: list[str] | None = None
    file: str | None = None
    rate: float | None = Field(None, gt=-1)


class Productivity(Strict):
    """The productivity of these economies changes by `percent` (or by `factor`)."""

    kind: Literal["productivity"]
    economies: Economies
    percent: float | None = Field(None, gt=-100)
    factor: float | None = Field(None, gt=0)


Change = TradeCost | Tariff | Productivity
CHANGE: TypeAdapter[Change] = TypeAdapter(Annotated[Change, Field(discriminator="kind")])


def consistent(change: Change, place: Place, section: str) -> None:
    """What pydantic cannot say of one field alone."""
    at = place.at(section)
    if isinstance(change, Tariff | TradeCost):
        ends = change.exporters is not None or change.importers is not None
        ways = [change.among is not None, ends, change.file is not None]
        if sum(ways) != 1:
            raise DataError(
                f"{at}: name the pairs in one way: among, or exporters and importers, or file."
            )
        if ends and (change.exporters is None or change.importers is None):
            missing = "importers" if change.importers is None else "exporters"
            raise DataError(f'{at}: {missing} is missing. Add it, or write {missing} = "all".')
    sizes = {"rate": change.rate} if isinstance(change, Tariff) else {}
    if not isinstance(change, Tariff):
        sizes = {"percent": change.percent, "factor": change.factor}
    given = [name for name, value in sizes.items() if value is not None]
    if isinstance(change, Tariff | TradeCost):
        if change.sector is not None and change.sectors is not None:
            raise DataError(f"{at}: sector and sectors contradict each other. Keep one.")
        if change.sectors == []:
            raise DataError(f"{at}: sectors is empty. Name a sector, or drop the key.")
        if change.file is not None and (change.sector is not None or change.sectors is not None):
            raise DataError(f"{at}: a file names sectors in a column of its own. Drop the key.")
    from_file = not isinstance(change, Productivity) and change.file is not None
    if from_file and given:
        raise DataError(f"{at}: {given[0]} and file contradict each other. Keep one.")
    if not from_file and len(given) != 1:
        found = " and ".join(given) or "none"
        raise DataError(f"{at}: give exactly one of {', '.join(sizes)} (found {found}).")
