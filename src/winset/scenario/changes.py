"""The kinds of change a scenario may hold, and what of a change contradicts itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from winset.errors import DataError
from winset.scenario.formulas import FORMULAS
from winset.scenario.people_changes import (
    PEOPLE_KINDS,
    OfPeople,
    PeopleChange,
    consistent_people,
)
from winset.toml_files import Strict, TomlPosition

Economies = str | list[str]

#: First and last year of a change that comes into force in equal yearly stages.
Phase = Annotated[list[Annotated[int, Field(ge=1900, le=2200)]], Field(min_length=2, max_length=2)]


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
    phase: Phase | None = None


class Tariff(Strict):
    """The ad-valorem tariff becomes what one formula of `winset.scenario.formulas` makes of it.

    With `mfn`, what the exporters named are given is given to every exporter. With `answer` the rate
    is not known but asked for: `winset.trade.policy.requested_tariffs` finds it.
    """

    kind: Literal["tariff"]
    among: Economies | None = None
    exporters: Economies | None = None
    importers: Economies | None = None
    sector: str | None = None
    sectors: list[str] | None = None
    file: str | None = None
    rate: float | None = Field(None, gt=-1)
    percent: float | None = None
    points: float | None = None
    cap: float | None = None
    swiss: float | None = None
    margin: float | None = None
    answer: Literal["reciprocal", "optimal", "sufficient"] | None = None
    mfn: bool | None = None
    phase: Phase | None = None

    def formula(self) -> tuple[str, float] | None:
        """The formula's key and its size; None where a file or an answer gives them."""
        given = [(key, getattr(self, key)) for key in FORMULAS]
        return next(((key, size) for key, size in given if size is not None), None)


class ExportTax(Strict):
    """Exporters tax what they sell to the buyers named: `percent` of the price that their producers get.

    The revenue is the exporters'. Below zero it is a subsidy that they pay. A duty of a share s of the price
    at the border is s/(1 − s) of what producers get.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True
    )

    kind: Literal["export-tax"]
    among: Economies | None = None
    from_: Economies | None = Field(None, alias="from")
    to: Economies | None = None
    sector: str | None = None
    sectors: list[str] | None = None
    percent: float = Field(gt=-100, le=1000)
    phase: Phase | None = None


class Productivity(Strict):
    """The productivity of these economies changes by `percent` (or by `factor`)."""

    kind: Literal["productivity"]
    economies: Economies
    percent: float | None = Field(None, gt=-100)
    factor: float | None = Field(None, gt=0)
    phase: Phase | None = None


class FreeTradeArea(Strict):
    """No tariffs among a group; on others its members keep their own."""

    kind: Literal["free-trade-area"]
    among: Economies
    sector: str | None = None
    sectors: list[str] | None = None
    phase: Phase | None = None


class CustomsUnion(Strict):
    """No tariffs among a group and one on each outsider: `external`, or the mean of the members' rates."""

    kind: Literal["customs-union"]
    among: Economies
    external: float | None = Field(None, gt=-1, le=10)
    sector: str | None = None
    sectors: list[str] | None = None
    phase: Phase | None = None


class Joining(Strict):
    """Newcomers take a union's tariffs on outsiders and have none with it; or they join the WTO.

    Joining the WTO, their rates fall by `percent` and to at most `bound`, for everybody, and others ask
    of them at most the MFN rate.
    """

    kind: Literal["accession"]
    newcomers: Economies
    to: Economies
    percent: float | None = Field(None, ge=-100, le=0)
    bound: float | None = Field(None, ge=0, le=10)
    sector: str | None = None
    sectors: list[str] | None = None
    phase: Phase | None = None


class Sanctions(Strict):
    """Trade between senders and targets costs `percent` more, or is prohibited.

    `trade` says whose: the senders' ``exports`` to the targets, their ``imports``, or both.
    """

    kind: Literal["sanctions"]
    senders: Economies
    targets: Economies
    trade: Literal["both", "exports", "imports"] = "both"
    percent: float | None = Field(None, gt=0, le=100_000)
    prohibitive: bool | None = None
    sector: str | None = None
    sectors: list[str] | None = None
    phase: Phase | None = None


class Quota(Strict):
    """Importers buy no more of exporters than a limit; the tariff that holds them to it is found.

    `percent` lowers the limit from the present flow, `limit_musd` states it. The quota's rent is the
    importers', as a tariff's revenue: licenses are auctioned.
    """

    kind: Literal["quota"]
    exporters: Economies
    importers: Economies
    percent: float | None = Field(None, gt=-100, le=0)
    limit_musd: float | None = Field(None, gt=0)
    phase: None = None


class CarbonBorder(Strict):
    """Importers charge the CO2 in goods from others: a tariff of the price, less what was paid, times CO2.

    `price` and `paid` are USD a tonne; `paid` is by code of an economy or bloc what its producers paid at
    home, and leaves no charge where it is the price or more. A rate is in proportion to the CO2 of a sector's
    own production, without that of its inputs from elsewhere (`winset.worlds.carbon`).
    """

    kind: Literal["carbon-border"]
    importers: Economies
    exporters: Economies = "all"
    price: float = Field(ge=0, le=100_000)
    paid: dict[str, Annotated[float, Field(ge=0, le=100_000)]] = Field(default_factory=dict)
    sector: str | None = None
    sectors: list[str] | None = None
    phase: Phase | None = None


class CarbonPrice(Strict):
    """These economies price the CO2 of their own sectors and keep the revenue, handed out at home.

    `price` is USD a tonne, of all sectors and households, or of the sectors named (and of `households`
    then only where it says so). With a block of energy it falls on the fuels that are burnt; without one
    it is a cost by intensity on output (`winset.trade.models.energy`).
    """

    kind: Literal["carbon-price"]
    economies: Economies
    price: float = Field(ge=0, le=100_000)
    sector: str | None = None
    sectors: list[str] | None = None
    households: bool | None = None
    phase: Phase | None = None


WTO = "WTO"
KINDS = (
    TradeCost, Tariff, Productivity, ExportTax, FreeTradeArea, CustomsUnion, Joining, Sanctions, Quota,
    CarbonBorder, CarbonPrice, *PEOPLE_KINDS,
)  # fmt: skip
Agreement = FreeTradeArea | CustomsUnion | Joining | Sanctions
Change = (
    TradeCost
    | Tariff
    | ExportTax
    | Productivity
    | Agreement
    | Quota
    | CarbonBorder
    | CarbonPrice
    | PeopleChange
)
#: The kinds that change tariffs, or tax what tariffs tax.
OF_TARIFFS = Tariff | ExportTax | FreeTradeArea | CustomsUnion | Joining | Quota | CarbonBorder
CHANGE: TypeAdapter[Change] = TypeAdapter(Annotated[Change, Field(discriminator="kind")])


def consistent(change: Change, place: TomlPosition, section: str) -> None:
    """What pydantic cannot say of one field alone."""
    at = place.at(section)
    _in_order(change, place, section)
    if isinstance(change, OfPeople):
        consistent_people(change, at)
        return
    if isinstance(change, Quota):
        if (change.percent is None) == (change.limit_musd is None):
            found = "none" if change.percent is None else "both"
            raise DataError(f"{at}: give percent or limit_musd (found {found}).")
        return
    if (
        not isinstance(change, Productivity)
        and change.sector is not None
        and change.sectors is not None
    ):
        raise DataError(f"{at}: sector and sectors contradict each other. Keep one.")
    if isinstance(change, Agreement):
        _agreed(change, at)
        return
    if isinstance(change, ExportTax):
        _levied(change, at)
        return
    if isinstance(change, CarbonBorder | CarbonPrice):
        if change.sectors == []:
            raise DataError(f"{at}: sectors is empty. Name a sector, or drop the key.")
        told = change.sector is not None or change.sectors is not None
        if isinstance(change, CarbonPrice) and change.households is False and not told:
            raise DataError(f"{at}: households = false needs the sectors that pay. Name them.")
        return
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
    names = (*FORMULAS, "answer") if isinstance(change, Tariff) else ("percent", "factor")
    sizes = {name: getattr(change, name) for name in names}
    given = [name for name, value in sizes.items() if value is not None]
    if isinstance(change, Tariff | TradeCost):
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
    if isinstance(change, Tariff):
        _answering(change, at)
        if change.mfn and change.file is not None:
            raise DataError(
                f"{at}: mfn and file contradict each other: a file says what each exporter gets. "
                "Drop mfn, or name the pairs with among, or exporters and importers."
            )
        for name in (name for name in given if name in FORMULAS):
            if problem := FORMULAS[name].problem(sizes[name]):
                spot = place.at(section, name)
                raise DataError(f"{spot}: {name} = {sizes[name]:g} is out of range: it {problem}")


def _in_order(change: Change, place: TomlPosition, section: str) -> None:
    """A phase ends after it begins."""
    if change.phase is not None and change.phase[0] > change.phase[1]:
        first, last = change.phase
        raise DataError(
            f"{place.at(section, 'phase')}: phase = [{first}, {last}] ends before it begins. "
            f"Write the first year first: [{last}, {first}]."
        )


def _levied(change: ExportTax, at: str) -> None:
    """What does not go together in an export tax."""
    if change.sectors == []:
        raise DataError(f"{at}: sectors is empty. Name a sector, or drop the key.")
    ends = change.from_ is not None or change.to is not None
    if (change.among is not None) == ends:
        raise DataError(f"{at}: name the pairs in one way: among, or from and to.")
    if ends and (change.from_ is None or change.to is None):
        missing = "to" if change.to is None else "from"
        raise DataError(f'{at}: {missing} is missing. Add it, or write {missing} = "all".')


def _agreed(change: Agreement, at: str) -> None:
    """What does not go together in an agreement or in sanctions."""
    if change.sectors == []:
        raise DataError(f"{at}: sectors is empty. Name a sector, or drop the key.")
    if isinstance(change, Sanctions) and (change.percent is None) == (not change.prohibitive):
        found = "none" if change.percent is None else "both"
        raise DataError(f"{at}: give percent or prohibitive = true (found {found}).")
    if isinstance(change, Joining):
        sizes = {"percent": change.percent, "bound": change.bound}
        given = [key for key, size in sizes.items() if size is not None]
        if change.to != WTO and given:
            raise DataError(
                f"{at}: {given[0]} is for to = {WTO!r}; of a union the newcomer takes the tariffs as they "
                f"are. Drop {given[0]}."
            )
        if change.to == WTO and not given:
            raise DataError(
                f"{at}: say what becomes of the newcomer's own tariffs: percent (a cut, −80) or bound (the "
                "highest rate, 0.15)."
            )


def _answering(change: Tariff, at: str) -> None:
    """What does not go with ``answer``."""
    if change.answer is None:
        return
    for key, value in (
        ("among", change.among),
        ("mfn", change.mfn or None),
        ("phase", change.phase),
        ("sector", change.sector or change.sectors),
    ):
        if value is not None:
            raise DataError(
                f"{at}: answer and {key} do not go together: an answer is one rate of importers on "
                f"exporters, in force at once, in every sector. Drop {key}."
            )


def in_force(change: Change, year: int | None) -> float:
    """The share of a change that is in force in a year, from 0 to 1; all of it without a year.

    A phase from a to b has b − a + 1 equal stages, the first in year a: (year − a + 1)/(b − a + 1).

    >>> cut = Tariff(kind="tariff", among="SCO", percent=-50, phase=[2026, 2029])
    >>> [in_force(cut, year) for year in (2025, 2026, 2028, 2031)]
    [0.0, 0.25, 0.75, 1.0]
    """
    if change.phase is None or year is None:
        return 1.0
    first, last = change.phase
    return min(max((year - first + 1) / (last - first + 1), 0.0), 1.0)
