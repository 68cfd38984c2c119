"""Derive the embedded world icio-2022 from the OECD inter-country tables and Teti's tariffs.

Run from the repository with the folder of source files:

    python scripts/derive_icio.py ../shared/data

Spending in the source includes tariffs and is [sector, importer, exporter]. Mended here:

- Russia's rates on China, India, Pakistan and the Emirates (0.6 % on average: preferences applied
  to all goods) become the rates that Russia applies to most of its partners, its MFN rates;
- rates among Belarus, Kazakhstan and Russia, a customs union, become zero;
- 1 million USD is added to every economy's own spending in every sector, so that none is empty.

Flows are spending over one plus the mended tariff. Values are rounded to six significant digits.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from winset.worlds import Source, World, write_world
from winset.worlds.technology import Technology

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "icio-2022"

PREFERRED_BY_MISTAKE = ("CHN", "IND", "PAK", "ARE")
CUSTOMS_UNION = ("BLR", "KAZ", "RUS")
SETS = ("IS", "U4", "CP", "BSY", "GYY", "Shap", "FGO", "LL")
NAMES = {
    "A01": "Crops and livestock",
    "A02": "Forestry",
    "A03": "Fishing",
    "B05": "Coal",
    "B06": "Oil and gas",
    "B07": "Metal ores",
    "B08": "Other mining",
    "B09": "Mining support",
    "C10T12": "Food, beverages, tobacco",
    "C13T15": "Textiles, apparel, leather",
    "C16": "Wood",
    "C17_18": "Paper and printing",
    "C19": "Refined petroleum",
    "C20": "Chemicals",
    "C21": "Pharmaceuticals",
    "C22": "Rubber and plastics",
    "C23": "Non-metallic minerals",
    "C24A": "Iron and steel",
    "C24B": "Non-ferrous metals",
    "C25": "Fabricated metals",
    "C26": "Electronics",
    "C27": "Electrical equipment",
    "C28": "Machinery",
    "C29": "Motor vehicles",
    "C301": "Ships",
    "C302T309": "Other transport equipment",
    "C31T33": "Furniture, other manufacturing",
    "Services": "Services",
}


def mended(tariff: np.ndarray, codes: list[str]) -> np.ndarray:
    """Return the tariffs [sector, importer, exporter] without their known flaws."""
    tariff = tariff.copy()
    russia = codes.index("RUS")
    for rates in tariff:
        values, counts = np.unique(rates[russia], return_counts=True)
        for code in PREFERRED_BY_MISTAKE:
            rates[russia, codes.index(code)] = values[np.argmax(counts)]
    union = [codes.index(code) for code in CUSTOMS_UNION]
    tariff[np.ix_(np.arange(len(tariff)), union, union)] = 0.0
    return tariff


def main(shared: Path) -> None:
    """Read the source arrays and write the embedded package."""
    with np.load(shared / "icio2022" / "icio2022.npz") as source:
        codes = [str(code) for code in source["countries"]]
        sectors = [str(s).removesuffix(" (aggregate)") for s in source["sectors"]]
        spending = source["spending"].copy()
        tariff = mended(np.round(source["tariff"].astype(np.float64), 6), codes)
        sets = {name: source[f"theta_{name}"].copy() for name in SETS}
    own = np.arange(len(codes))
    spending[:, own, own] += 1.0
    tariff = tariff.transpose(0, 2, 1)
    trade = spending.transpose(0, 2, 1) / (1.0 + tariff)
    with (shared / "countries" / "countries.csv").open(encoding="utf-8") as file:
        about = {row["iso3"]: row for row in csv.DictReader(file)}
    names = {"ROW": "Rest of the world"}
    world = World(
        name="icio-2022",
        year=2022,
        codes=tuple(codes),
        names=tuple(names.get(c) or about[c]["name"] for c in codes),
        gdp=np.full(len(codes), np.nan),
        sectors=tuple(sectors),
        trade=trade,
        tariff=np.where(trade > 0, tariff, 0.0),
        domestic_known=True,
        sources=(
            Source(
                "OECD Inter-Country Input-Output tables, extended, 2023 release: 2022",
                "OECD terms and conditions, with attribution",
                "https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html",
            ),
            Source(
                "Teti (2024), Global Tariff Database: rates of 2021",
                "With attribution",
                "https://feodorateti.github.io/data.html",
            ),
            Source(
                "Trade elasticities: Lashkaripour (2021) and the articles that name the sets",
                "With attribution",
                "https://doi.org/10.1016/j.jinteco.2021.103489",
            ),
        ),
        facts={"region": tuple(about.get(c, {}).get("region", "") for c in codes)},
        notes=(
            "Russia's tariffs on China, India, Pakistan and the Emirates are its MFN rates; the "
            "source has preferences there, averaging 0.6 %, for all goods.",
            "Tariffs among Belarus, Kazakhstan and Russia are 0 (customs union).",
            "Tariffs of the rest of the world are not known and taken as 0.",
            "1 million USD is added to every economy's own spending in every sector.",
            "No input–output table: sectors are linked through the value-added share only.",
            "Values rounded to six significant digits.",
        ),
        technology=Technology(
            elasticity=sets["IS"].copy(),
            names=tuple(NAMES[s] for s in sectors),
            elasticity_sets=sets,
        ),
    )
    write_world(world, TARGET, digits=6, compress=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
