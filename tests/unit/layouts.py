"""Inter-country tables of made-up figures, written in the layouts of OECD, ADB and EORA26."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FINAL = {
    "icio": ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR"),
    "adb": ("F1", "F2", "F3", "F4", "F5"),
    "eora": (
        "Household final consumption P.3h",
        "Non-profit institutions serving households P.3n",
        "Government final consumption P.3g",
        "Gross fixed capital formation P.51",
        "Changes in inventories P.52",
        "Acquisitions less disposals of valuables P.53",
    ),
}
STOCKS = 4  # the column of changes in inventories, in every layout


@dataclass(frozen=True)
class Table:
    """A table that balances: use (N, N), final (N, n, K), what producers pay besides (2, N)."""

    codes: tuple[str, ...]
    sectors: tuple[str, ...]
    use: np.ndarray
    final: np.ndarray
    paid: np.ndarray

    @property
    def output(self) -> np.ndarray:
        return self.use.sum(axis=1) + self.final.sum(axis=(1, 2))


def balanced(
    codes: Iterable[str],
    sectors: Iterable[str],
    *,
    kinds: int = 5,
    seed: int = 0,
    drawn: float = 0.0,
) -> Table:
    """Draw a table; with `drawn`, that part of home sales comes from stock."""
    codes, sectors = tuple(codes), tuple(sectors)
    n, count = len(codes), len(sectors)
    random = np.random.default_rng(seed)
    size = n * count
    home = np.kron(np.eye(n), np.ones((count, count))) * 4.0 + 0.4
    use = random.uniform(0.2, 1.0, (size, size)) * home
    final = random.uniform(1.0, 3.0, (size, n, kinds))
    for k in range(n):
        final[k * count : (k + 1) * count, k] *= 8.0
    if drawn:
        for k in range(n):
            rows = slice(k * count, (k + 1) * count)
            final[rows, k, STOCKS] = -drawn * final[rows, k, 0]
    spent, sold = use.sum(axis=0), use.sum(axis=1) + final.sum(axis=(1, 2))
    use *= np.minimum(1.0, 0.6 * sold / spent)
    added = use.sum(axis=1) + final.sum(axis=(1, 2)) - use.sum(axis=0)
    return Table(codes, sectors, use, final, np.array([0.03 * added, 0.97 * added]))


def _labels(table: Table) -> list[tuple[str, str]]:
    return [(code, sector) for code in table.codes for sector in table.sectors]


def icio(
    table: Table, path: Path, *, final_codes: tuple[str, ...] | None = None, old: bool = False
) -> Path:
    """Write OECD's CSV; `final_codes` where final users are not those that sell (CN1, CN2: CHN)."""
    sellers = [f"{code}_{sector}" for code, sector in _labels(table)]
    buyers = [
        f"{code}_{use}"
        for code in final_codes or table.codes
        for use in FINAL["icio"][: table.final.shape[2]]
    ]
    taxes, value_added, total = ("AUS_TAXSUB", "VALU", "OUTPUT") if old else ("TLS", "VA", "OUT")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["V1", *sellers, *buyers, "TOTAL" if old else "OUT"])
        for k, label in enumerate(sellers):
            cells = [*table.use[k], *table.final[k].ravel(), table.output[k]]
            writer.writerow([label, *(f"{x:.10g}" for x in cells)])
        blank = [""] * (len(buyers) + 1)
        for label, cells in (
            (taxes, table.paid[0]),
            (value_added, table.paid[1]),
            (total, table.use.sum(axis=0) + table.paid.sum(axis=0)),
        ):
            writer.writerow([label, *(f"{x:.10g}" for x in cells), *blank])
    return path


def adb(table: Table, path: Path, *, title: str = "Multiregional Input-Output Table 2023") -> Path:
    """Write ADB's sheet as CSV; the sectors must be c1, c2, …."""
    labels = _labels(table)
    names = [f"Making, selling of {sector}" for _, sector in labels]
    buyers = [(code, use) for code in table.codes for use in FINAL["adb"]]
    blank = [""] * len(buyers)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        rest = [""] * (len(labels) + len(buyers) + 4)
        writer.writerow([title, *rest])
        writer.writerow([f"{len(table.codes)} economies, at current prices", *rest])
        writer.writerow(["In millions of US$", *rest])
        writer.writerow(["", *rest])
        writer.writerow(["", "", "", "", *names, *(use for _, use in buyers), "TOTAL"])
        writer.writerow(["", "", "", "", *(c for c, _ in labels), *(c for c, _ in buyers), "ToT"])
        writer.writerow(["", "", "", "", *(s for _, s in labels), *(u for _, u in buyers), ""])
        for k, (code, sector) in enumerate(labels):
            cells = [*table.use[k], *table.final[k].ravel(), table.output[k]]
            writer.writerow(["", names[k], code, sector, *(f"{x:.10g}" for x in cells)])
        inputs = table.use.sum(axis=0)
        none = 0.0 * inputs
        for code, cells in (
            ("r60", inputs),
            ("r99", table.paid[0]),
            ("r61", none),
            ("r62", none),
            ("r63", none),
            ("r64", 0.9 * table.paid[1]),
            ("trs", 0.1 * table.paid[1]),
            ("r69", inputs + table.paid.sum(axis=0)),
        ):
            writer.writerow(["", code, "TOT", code, *(f"{x:.10g}" for x in cells), *blank, ""])
        writer.writerow(["Source: made up"])
    return path


def eora(table: Table, folder: Path, *, rest: float = 0.0, year: int = 2017) -> Path:
    """Write a folder of EORA26 in thousand USD, with a rest of the world of one line.

    The rest buys and sells `rest` of every sector and final user.
    """
    folder.mkdir(parents=True, exist_ok=True)
    labels = [(code, "Industries", sector) for code, sector in _labels(table)]
    labels.append(("ROW", "Industries", "TOTAL"))
    kinds = FINAL["eora"][: table.final.shape[2]]
    buyers = [(code, "Final demand", use) for code in (*table.codes, "ROW") for use in kinds]
    size = len(labels)
    use = np.full((size, size), rest)
    use[:-1, :-1] = table.use
    final = np.full((size, len(buyers)), rest)
    final[:-1, : -len(kinds)] = table.final.reshape(size - 1, -1)
    final[:-1, -len(kinds) :] = 0.0
    paid = np.zeros((6, size))
    paid[:2, :-1] = table.paid

    def write(name: str, matrix: np.ndarray) -> None:
        with (folder / name).open("w", encoding="utf-8") as file:
            for row in 1e3 * matrix:
                file.write("\t".join(f"{x:.10g}" for x in row) + "\n")

    write(f"Eora26_{year}_bp_T.txt", use)
    write(f"Eora26_{year}_bp_FD.txt", final)
    write(f"Eora26_{year}_bp_VA.txt", paid)
    for name, rows in (("T", labels), ("FD", buyers)):
        text = "".join(f"The {c}\t{c}\t{kind}\t{item}\t\n" for c, kind, item in rows)
        (folder / f"labels_{name}.txt").write_text(text, "utf-8")
    (folder / "labels_VA.txt").write_text("Primary inputs\tCompensation of employees D.1\t\n" * 6)
    return folder
