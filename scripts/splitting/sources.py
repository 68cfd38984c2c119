"""What is known of economies, inside icio-2022 and outside: the margins of the split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scripts.blanks.filling import GRAVITY, filled, fuels_of, rows
from scripts.splitting import pairs
from scripts.splitting.parquet import read_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array

#: Economies of the ADB's tables in their order, which its summary gives by number only. Value added
#: by number agrees with GDP to a factor of `LIKE_GDP`, which is checked at reading.
ADB = (
    "AUS AUT BEL BGR BRA CAN CHE CHN CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IDN IND IRL ITA JPN "
    "KOR LTU LUX LVA MEX MLT NLD NOR POL PRT ROU RUS SVK SVN SWE TUR TWN USA BGD MYS PHL THA VNM KAZ MNG "
    "LKA PAK FJI LAO BRN BTN KGZ KHM MDV NPL SGP HKG ARG COL ECU ARM GEO EGY KWT SAU ARE NZL"
).split()
LIKE_GDP = 1.6
ADB_GOODS = 16
FUEL = "Fuels"
#: WTO's groups made disjoint: what remains of each after its parts.
WTO_GROUPS = {
    "Food": ("Food",),
    "Agricultural raw materials": ("Agricultural products", "Food"),
    "Fuels": ("Fuels",),
    "Ores and metals": ("Fuels and mining products", "Fuels"),
    "Iron and steel": ("Iron and steel",),
    "Pharmaceuticals": ("Pharmaceuticals",),
    "Other chemicals": ("Chemicals", "Pharmaceuticals"),
    "Office and telecom": ("Office and telecom equipment",),
    "Automotive": ("Automotive products",),
    "Other transport": ("Transport equipment", "Automotive products"),
    "Other machinery": (
        "Machinery and transport equipment",
        "Office and telecom equipment",
        "Transport equipment",
    ),
    "Textiles": ("Textiles",),
    "Clothing": ("Clothing",),
    "Other manufactures": (
        "Manufactures",
        "Iron and steel",
        "Chemicals",
        "Machinery and transport equipment",
        "Textiles",
        "Clothing",
    ),
}


@dataclass(frozen=True)
class Sources:
    """Figures by economy; pairs in USD million, rows exporting, NaN where a source has no economy.

    Attributes
    ----------
    codes : economies of the bilateral totals
    goods, fuels : (n, n) totals of 2023, and of HS chapter 27 in 2018 where both are covered
    gdp, people : (n,) 2023
    guessed : (n, n) pairs whose total is by gravity, see `scripts.blanks.filling`
    services : exports and imports of services over GDP by code
    compositions : features of exports by source and code: WTO groups, HS chapters, ADB sectors
    imported : features of imports by code: the WTO's categories
    adb_output : gross output over value added by code, ADB's 16 goods sectors and services
    """

    codes: tuple[str, ...]
    goods: Array
    fuels: Array
    gdp: Array
    people: Array
    guessed: Array
    services: dict[str, float]
    compositions: dict[str, dict[str, Array]]
    imported: dict[str, Array]
    adb_output: dict[str, Array]

    def total(self, exporters: list[str], importers: list[str], fuels: bool = False) -> Array:
        """Return totals among economies, NaN where an economy is not covered."""
        place = {code: k for k, code in enumerate(self.codes)}
        cube = np.full((len(self.codes) + 1,) * 2, np.nan)
        cube[:-1, :-1] = self.fuels if fuels else self.goods
        rows = [place.get(code, -1) for code in exporters]
        columns = [place.get(code, -1) for code in importers]
        return cube[np.ix_(rows, columns)]

    def size(self, codes: list[str]) -> Array:
        """Return GDP in USD million, NaN where it is not known."""
        place = dict(zip(self.codes, self.gdp, strict=True))
        return np.array([place.get(code, np.nan) for code in codes])

    def guessed_share(self, code: str) -> float:
        """Return how much of an economy's goods trade no side reports, percent."""
        k = self.codes.index(code)
        both = self.goods[k].sum() + self.goods[:, k].sum()
        guess = (self.goods * self.guessed)[k].sum() + (self.goods * self.guessed)[:, k].sum()
        return float(100.0 * guess / both)

    def wealth(self, codes: list[str]) -> Array:
        """Return GDP per head, the median where the number of people is not known."""
        place = dict(zip(self.codes, self.gdp / self.people, strict=True))
        values = np.array([place.get(code, np.nan) for code in codes])
        return np.where(np.isnan(values), np.nanmedian(list(place.values())), values)


def number(text: str) -> float:
    """Return a cell, zero where it is blank."""
    return float(text) if text else 0.0


def read(shared: Path) -> Sources:
    """Read every source."""
    codes = tuple(row["iso3"] for row in rows(shared / "world2023" / "country_labels.csv"))
    goods = np.genfromtxt(shared / "world2023" / "trade.csv", delimiter=",", skip_header=1)
    goods = np.nan_to_num(goods) / 1e3
    np.fill_diagonal(goods, 0.0)
    gdp = np.genfromtxt(shared / "world2023" / "gdp.csv", skip_header=1) / 1e6
    fuels = fuels_of(shared, codes)
    whole = filled(shared, codes, goods, tabled=False)
    goods = pairs.with_national(codes, whole.trade, shared)
    people = {
        row["iso3"]: float(row["population"])
        for row in rows(shared / "countries" / "population_2023.csv")
        if row["population"]
    }
    services = {
        row["iso3"]: float(row["services_trade_pct_gdp"]) / 100.0
        for row in rows(shared / "remittances_services" / "services_trade_pct_gdp_latest.csv")
        if row["services_trade_pct_gdp"]
    }
    groups = {}
    for row in rows(shared / "wto_trade_by_product_group" / "exports_by_group_2015_musd.csv"):
        values = [
            number(row[whole]) - sum(number(row[part]) for part in parts)
            for whole, *parts in WTO_GROUPS.values()
        ]
        groups[row["iso3"]] = np.maximum(np.array(values), 0.0)
    chapters = {
        row.pop("iso3"): np.array([number(value) for value in row.values()]) / 1e6
        for row in rows(shared / "product_trade_hs2_hs6" / "exports_to_world_hs2_2019_usd.csv")
    }
    categories = {
        row.pop("iso3"): np.array([number(value) for value in row.values()]) / 1e6
        for row in rows(
            shared / "wto_trade_by_product_group" / "imports_by_mtn_category_2015_usd.csv"
        )
    }
    exports, output = _adb(shared, dict(zip(codes, gdp, strict=True)))
    return Sources(
        codes=codes,
        goods=goods,
        fuels=fuels,
        gdp=gdp,
        people=np.array([people.get(code, np.nan) for code in codes]),
        guessed=whole.source == GRAVITY,
        services=services,
        compositions={"ADB": exports, "HS": chapters, "WTO": groups},
        imported=categories,
        adb_output=output,
    )


def _adb(shared: Path, gdp: dict[str, float]) -> tuple[dict[str, Array], dict[str, Array]]:
    table = read_parquet(shared / "adb_mrio_summary" / "summary.parquet")
    year, economy, sector = (np.array(table[key]).astype(int) for key in ("t", "s", "i"))
    exports, output = {}, {}
    for k, code in enumerate(ADB, start=1):
        rows_ = np.flatnonzero((year == 2022) & (economy == k))
        rows_ = rows_[np.argsort(sector[rows_])]
        column = {key: np.array(table[key])[rows_] for key in ("x", "va", "e")}
        added = float(column["va"].sum())
        if code in gdp and not 1 / LIKE_GDP < added / gdp[code] < LIKE_GDP:
            raise ValueError(f"ADB's economy {k} has a value added of {added:g}; is it {code}?")
        # "e" is what is sold at home: output less it is 9.4 of Mongolia's mining, 3,900 bn of China's
        exports[code] = np.maximum(column["x"] - column["e"], 0.0)[:ADB_GOODS]
        by = column["x"] / added
        output[code] = np.append(by[:ADB_GOODS], by[ADB_GOODS:].sum())
    return exports, output
