"""Derive the embedded world caliendo-parro-1993 and the tariffs of the scenario nafta.

Run from the repository with the folder of source files:

    python scripts/derive_caliendo_parro.py ../shared/data

The source stacks sectors; within a block rows import and columns export, as exports then exceed
gross output in 26 cells (by 13 billion USD in all), against 93 (160 billion) the other way round.
In those cells gross output is exports. Values are rounded to seven significant digits.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from winset.files import replacing
from winset.worlds import Source, World, write_world
from winset.worlds.technology import Technology

DATA = Path(__file__).parents[1] / "src" / "winset" / "data"

CODES = (
    "ARG AUS AUT BRA CAN CHL CHN DNK FIN FRA DEU GRC HUN IND IDN IRL ITA JPN KOR MEX NLD NZL NOR "
    "PRT ZAF ESP SWE TUR GBR USA ROW"
).split()
NAMES = {"ROW": "Rest of the world", "GBR": "United Kingdom", "USA": "United States"}
SECTORS = {"Real State": "Real Estate", "Machinery n.e.c": "Machinery n.e.c."}
NAFTA = ("MEX", "CAN", "USA")
SOURCE = Source(
    "Caliendo & Parro (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review of "
    "Economic Studies 82(1), supplementary data: 31 regions, 40 sectors, 1993",
    "Supplementary data of the article, with attribution",
    "https://doi.org/10.1093/restud/rdu035",
)


def main(shared: Path) -> None:
    """Read the source tables and write the embedded package and the scenario's tariffs."""
    folder = shared / "cp2015"
    n, sectors = len(CODES), (folder / "sectors.txt").read_text(encoding="utf-8").split("\n")
    names = (folder / "regions.txt").read_text(encoding="utf-8").split("\n")
    sectors = [SECTORS.get(s.strip(), s.strip()) for s in sectors if s.strip()]
    theta = np.loadtxt(folder / "T.txt")
    traded = len(theta)

    def blocks(name: str) -> np.ndarray:
        """Read importer × exporter blocks, return [sector, exporter, importer]."""
        return np.loadtxt(folder / name).reshape(traded, n, n).transpose(0, 2, 1)

    trade = np.zeros((len(sectors), n, n))
    tariff = np.zeros_like(trade)
    trade[:traded] = blocks("xbilat1993.txt") / 1e3  # thousand USD to million
    tariff[:traded] = blocks("tariffs1993.txt") / 100.0
    exports = trade.sum(axis=2)
    output = np.maximum(np.loadtxt(folder / "GO.txt") / 1e6, exports)
    for j in range(len(sectors)):
        np.fill_diagonal(trade[j], output[j] - exports[j])
    value_added = np.loadtxt(folder / "B.txt")
    # Each block gives the composition of inputs, summing to one; one cell is −0.0008: none.
    mix = np.loadtxt(folder / "IO.txt").reshape(n, len(sectors), len(sectors)).clip(0.0)
    total = mix.sum(axis=1, keepdims=True)
    mix = np.divide(mix, total, out=np.zeros_like(mix), where=total > 0)
    inputs = mix * (1.0 - value_added.T)[:, None, :]
    world = World(
        name="caliendo-parro-1993",
        year=1993,
        codes=tuple(CODES),
        names=tuple(NAMES.get(c, name.strip()) for c, name in zip(CODES, names, strict=False)),
        gdp=(value_added * output).sum(axis=0),
        sectors=tuple(sectors),
        trade=trade,
        tariff=tariff,
        domestic_known=True,
        sources=(SOURCE,),
        notes=(
            "Tariffs of 1993; 20 of the 40 sectors are traded.",
            "Where exports exceed gross output (26 cells, 13 billion USD), output is set to exports.",
            "Where inputs exceed spending, final consumption is set to zero, as in the article; the "
            "baseline is solved for anew.",
            "Values rounded to seven significant digits.",
        ),
        technology=Technology(
            elasticity=np.concatenate([theta, np.full(len(sectors) - traded, np.nan)]),
            names=tuple(sectors),
            value_added=value_added,
            inputs=inputs,
        ),
    )
    write_world(world, DATA / world.name, digits=7, compress=True)
    later = blocks("tariffs2005.txt") / 100.0
    with (
        replacing(DATA / "scenarios" / "nafta-2005.csv") as path,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["exporter", "importer", "sector", "rate"])
        rows = [CODES.index(code) for code in NAFTA]
        for j in range(traded):
            for i in rows:
                for k in rows:
                    if i != k:
                        rate = f"{later[j, i, k]:.7g}"
                        writer.writerow([CODES[i], CODES[k], sectors[j], rate])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
