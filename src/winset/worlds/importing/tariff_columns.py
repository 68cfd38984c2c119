"""Columns of tables of tariffs, by what they hold: the one place where they are spelled.

WITS's *Tariff and Trade Analysis* has a header of its own; its bulk files of TRAINS, MAcMap and the Global
Tariff Database have others, and users have theirs. Three readers take them: a rate by pair (`PAIRS`), a rate
by product (`PRODUCTS`) and tariff lines (`LINES`). What each takes differs and is stated apart, in the order
in which a name is preferred, so that a name added for one is not taken by another unseen. Names are folded.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WitsHeader:
    """The header of WITS's *Tariff and Trade Analysis*: one name for each."""

    importer: str = "reporter"
    exporter: str = "partner"
    product: str = "product"
    duty: str = "dutytype"
    rate: str = "simple average"
    year: str = "tariff year"
    value: str = "imports value in 1000 usd"

    @property
    def needed(self) -> tuple[str, ...]:
        """What tells the layout from others, and what is read of every row."""
        return self.importer, self.exporter, self.product, self.duty, self.rate


WITS = WitsHeader()

#: Types of duty of WITS and TRAINS: in force, preferential, for all, and bound, which is no duty.
AHS, PRF, MFN, BND = "AHS", "PRF", "MFN", "BND"


@dataclass(frozen=True, slots=True)
class TariffColumns:
    """What a reader takes, the preferred name first; nothing where it does not look."""

    exporter: tuple[str, ...]
    importer: tuple[str, ...]
    rate: tuple[str, ...]
    product: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    duty: tuple[str, ...] = ()
    revision: tuple[str, ...] = ()
    value: tuple[str, ...] = ()


PAIRS = TariffColumns(
    exporter=("exporter", WITS.exporter, "partner name", "partneriso", "origin", "iso3_o"),
    importer=("importer", WITS.importer, "reporter name", "reporteriso", "destination", "iso3_d"),
    rate=("rate", "tariff", "ahs", "applied", "mfn", WITS.rate, "weighted average", "value"),
)

#: Besides those of pairs: the names of TRAINS's bulk files, MAcMap's, the Global Tariff Database's.
PRODUCTS = TariffColumns(
    exporter=(*PAIRS.exporter, "partner_iso", "partnercode", "partner code", "iso2"),
    importer=(
        *PAIRS.importer, "reporter_iso", "reportercode", "reporter code", "reporter_iso_n", "iso1",
    ),
    rate=(*PAIRS.rate, "simpleaverage", "simple_average", "advalorem", "ave", "adv", "t"),
    product=(
        WITS.product, "product code", "productcode", "hs6", "hscode", "k", "cmdcode", "commodity",
    ),
    sector=("sector", "industry", "isic"),
    year=(WITS.year, "tariffyear", "year"),
    duty=(WITS.duty, "duty type", "tarifftype", "duty_type"),
    revision=("nomencode", "nomen code", "nomenclature", "revision", "hs revision", "nativenomen"),
)  # fmt: skip

LINES = TariffColumns(
    exporter=("exporter", WITS.exporter, "i"),
    importer=("importer", WITS.importer, "j"),
    rate=("applied", "rate", "tariff", "ave", WITS.rate, "simpleaverage", "ahs", "duty"),
    product=(
        "hs6", "line", WITS.product, "productcode", "product code", "commodity", "code", "k",
    ),
    value=("value", "trade", "v"),
)  # fmt: skip
