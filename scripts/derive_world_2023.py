"""Derive the embedded world-2023-free from BACI trade, WDI GDP and the country tables.

Run from the repository with the folder of source files:

    python scripts/derive_world_2023.py ../shared/data

Values are rounded to six significant digits; flows under 0.5 dollars are none.
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset.worlds import Source, World, write_world
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from winset.numbers import Array

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "world-2023-free"


#: A block of blanks in the source: zero in both directions for every pair of the 76.
BLANKS = (
    "No trade is on record among 76 economies, eight of the SCO family among them (AFG, BLR, IRN, LAO, MNG, "
    "NPL, RUS, TJK): the source is blank there. Among the twelve of them that icio-2022 has it was 192 "
    "billion USD in 2022, so that what these gain or lose by each other is missing; world-2023 fills it in."
)
EARLIEST = 2015  # services of an older year are not those of today


def services(
    shared: Path, codes: list[str], gdp: Array, trade: Array
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the share of services in exports plus imports, percent, and its source; blank if not known.

    From `icio-2022` where it has the economy; else services trade in GDP (WDI) against goods trade.
    """
    known = load_world("icio-2022")
    away = known.trade * ~np.eye(len(known), dtype=bool)
    both = away.sum(axis=1) + away.sum(axis=2)
    share = 100.0 * both[known.sectors.index("Services")] / both.sum(axis=0)
    with (shared / "remittances_services" / "services_trade_pct_gdp_latest.csv").open() as file:
        told = {row["iso3"]: row for row in csv.DictReader(file)}
    goods = trade.sum(axis=0) + trade.sum(axis=1)
    percent, source = [], []
    for k, code in enumerate(codes):
        row = told.get(code)
        if code in known.index:
            percent.append(f"{share[known.index[code]]:.1f}")
            source.append("icio-2022")
        elif row and row["services_trade_pct_gdp"] and int(row["year"]) >= EARLIEST:
            sold = float(row["services_trade_pct_gdp"]) / 100.0 * gdp[k]
            percent.append(f"{100.0 * sold / (sold + goods[k]):.1f}")
            source.append(f"WDI {row['year']}")
        else:
            percent.append("")
            source.append("")
    return tuple(percent), tuple(source)


def main(shared: Path) -> None:
    """Read the source tables and write the embedded package."""
    folder = shared / "world2023"
    with (folder / "country_labels.csv").open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    codes = tuple(row["iso3"] for row in labels)
    trade = np.genfromtxt(folder / "trade.csv", delimiter=",", skip_header=1)
    trade = np.nan_to_num(trade) / 1e3  # thousand USD to million
    np.fill_diagonal(trade, 0.0)
    trade[trade < 5e-7] = 0.0
    gdp = np.genfromtxt(folder / "gdp.csv", skip_header=1) / 1e6
    with (shared / "countries" / "countries.csv").open(encoding="utf-8") as file:
        about = {row["iso3"]: row for row in csv.DictReader(file)}
    with (shared / "countries" / "population_2023.csv").open(encoding="utf-8") as file:
        people = {row["iso3"]: row["population"] for row in csv.DictReader(file)}
    percent, source = services(shared, list(codes), gdp, trade)
    order = sorted(range(len(codes)), key=codes.__getitem__)
    world = World(
        name="world-2023-free",
        year=2023,
        codes=tuple(codes[k] for k in order),
        names=tuple(about.get(codes[k], {}).get("name", labels[k]["CountryName"]) for k in order),
        gdp=gdp[order],
        sectors=("goods",),
        trade=trade[np.ix_(order, order)][None],
        tariff=np.zeros((1, len(codes), len(codes))),
        domestic_known=False,
        sources=(
            Source(
                "CEPII BACI HS22, 2023, release 202501 (Gaulier & Zignago 2010): goods trade",
                "Etalab Open Licence 2.0",
                "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
            ),
            Source(
                "World Bank, World Development Indicators: GDP in current USD, population, 2023",
                "CC BY 4.0",
                "https://datacatalog.worldbank.org/dataset/world-development-indicators",
            ),
            Source(
                "mledoze/countries: names, regions and areas",
                "ODbL 1.0",
                "https://github.com/mledoze/countries",
            ),
        ),
        facts={
            "population": tuple(people.get(codes[k], "") for k in order),
            "area_km2": tuple(about.get(codes[k], {}).get("area_km2", "") for k in order),
            "region": tuple(about.get(codes[k], {}).get("region", "") for k in order),
            "services_percent": tuple(percent[k] for k in order),
            "services_source": tuple(source[k] for k in order),
        },
        notes=(
            "Goods only: services trade is not in BACI.",
            "No tariffs: every tariff of the baseline is 0, a change of tariff counts from there.",
            "Domestic sales are not observed; they follow from GDP, see the theory page.",
            "Values rounded to six significant digits.",
            BLANKS,
        ),
    )
    shutil.rmtree(TARGET, ignore_errors=True)
    write_world(world, TARGET, digits=6)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
