"""Derive world-2022-sectors: 24 economies split out of the rest of the world of icio-2022.

Run from the repository with the folder of source files:

    python -m scripts.derive_split_world ../shared/data

`scripts.splitting.method` says how. All economies with bilateral totals are split at once; those of `UNITS`
are kept, the others stay in the rest of the world. The error of the method comes from `errors.csv` beside the
result; with ``--errors`` it is measured anew first, in about ten minutes.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import winset
from scripts.splitting import leave_one_out, method, tariffs
from scripts.splitting.report import (
    FEW,
    by_class,
    distribution,
    draw,
    gain_errors,
    laid,
    own,
    percentiles,
)
from scripts.splitting.sources import read
from winset import tables
from winset.places.economies import economies
from winset.worlds.split_out import IMPUTED, NAME, Parts, single, write_split

if TYPE_CHECKING:
    from scripts.splitting.sources import Sources

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "world-2022-sectors"
PAGE = Path(__file__).parents[1] / "docs" / "world-2022-sectors.md"
FIGURE = Path(__file__).parents[1] / "docs" / "images" / "split-errors.svg"
BASE = "icio-2022"
#: The SCO's members, partners and observers that icio-2022 lacks, and what makes the CIS, ECO, GCC,
#: SAARC, MERCOSUR and BRICS whole, with Iraq between them.
UNITS = (
    "AFG ARM AZE BHR BOL BTN ETH GEO IRN IRQ KGZ KWT LKA MDA MDV MNG NPL OMN PRY QAT TJK TKM URY UZB"
).split()
TELLING = 5.0  # percent of trade by gravity: above it an economy's row says so
BAD = 50.0  # percent of exports misallocated: above it an economy's row says so
SAID = {
    "ADB": "ADB's sectors 2022",
    "HS": "HS chapters 2019",
    "WTO": "WTO's product groups 2015",
}
SOURCES = (
    (
        "CEPII BACI HS22, 2023 (pairs), HS 1992, 2018 (chapter 27 by pair)",
        "Etalab Open Licence 2.0",
        "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    ),
    (
        "World Trade Organization: exports by product group, imports by category, 2015",
        "WTO terms, with attribution",
        "https://data.wto.org",
    ),
    (
        "UN Comtrade: exports by HS chapter, 2019; a derived aggregate enters",
        "UN terms, with attribution",
        "https://comtradeplus.un.org",
    ),
    (
        "Asian Development Bank, Multiregional Input-Output Tables, 72 economies, 2022: sector totals",
        "ADB terms, with attribution",
        "https://kidb.adb.org/mrio",
    ),
    (
        "National statistics of Uzbekistan and Kyrgyzstan: trade by partner, 2022",
        "With attribution",
        "https://stat.uz",
    ),
    (
        "World Bank, WDI: GDP 2023, services trade, applied tariffs",
        "CC BY 4.0",
        "https://datacatalog.worldbank.org/dataset/world-development-indicators",
    ),
    (
        "UN SDG database 17.10.1 (ITC, UNCTAD, WTO): MFN tariffs by product group",
        "UN terms, with attribution",
        "https://unstats.un.org/sdgs",
    ),
    (
        "WTO, Regional Trade Agreements Information System: agreements in force in 2023",
        "WTO terms, with attribution",
        "https://rtais.wto.org",
    ),
)


def write_errors(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the leave-one-out errors, a row for each economy and set of sources."""
    columns = list(max(rows, key=len))
    tables.write_rows(
        path,
        columns,
        (
            [f"{v:.4g}" if isinstance(v := row.get(c, ""), float) else str(v) for c in columns]
            for row in rows
        ),
    )


def parts_of(
    shared: Path, sources: Sources
) -> tuple[Parts, method.Split, tariffs.Tariffs, list[int]]:
    """Split, keep the units, and lay on the tariffs."""
    base = winset.world(BASE)
    outside = [code for code in sources.codes if code not in base.index]
    split = method.split(sources, leave_one_out.known_of(base), outside)
    kept = [outside.index(code) for code in UNITS]
    others = [k for k in range(len(split.units)) if k not in kept]
    inside = np.zeros((len(kept) + 1, len(kept) + 1, len(base.sectors)))
    inside[:-1, :-1] = split.inside[np.ix_(kept, kept)]
    inside[:-1, -1] = split.inside[kept][:, others].sum(axis=1)
    inside[-1, :-1] = split.inside[others][:, kept].sum(axis=0)
    exports, imports = split.exports[kept], split.imports[kept]
    bought = np.concatenate([imports, inside[:-1, :-1].transpose(1, 2, 0)], axis=2)
    rates = tariffs.tariffs(shared, base, tuple(UNITS), bought)
    parts = Parts(single(exports), single(imports), single(inside), rates.by, rates.on)
    return parts, split, rates, kept


def main(shared: Path, *, errors: bool) -> None:
    """Write the embedded folder."""
    TARGET.mkdir(exist_ok=True)
    sources = read(shared)
    if errors or not (TARGET / "errors.csv").exists():
        measured = leave_one_out.measured(sources, winset.world(BASE))
        write_errors(measured, TARGET / "errors.csv")
    with (TARGET / "errors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    PAGE.write_text(laid(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    draw(rows, FIGURE)
    classes = by_class(rows)
    parts, split, rates, kept = parts_of(shared, sources)
    write_split(parts, TARGET / NAME)
    lines = []
    for k, code in zip(kept, UNITS, strict=True):
        basis = split.basis[code]
        low, middle, high = percentiles(classes[basis], "exports_misallocated")
        imported = percentiles(classes[basis], "imports_misallocated")[1]
        said = (
            " and ".join(SAID[name] for name in basis.split("+"))
            if basis in classes and basis != "neighbors"
            else ("the mix of its neighbors and its fuels by pair")
        )
        text = (
            f"exports by {said}: {middle:.0f} % misallocated at the median of known economies, "
            f"{low:.0f} to {high:.0f} for 80 % of them; imports {imported:.0f} %"
        )
        alike = own(classes[basis])
        if len(alike) >= FEW:
            gains = gain_errors(alike)
            text += (
                f"; for 80 % of economies so known gains miss the true ones by at most {gains['bloc']:.0f} % "
                f"(costs in the main bloc), {gains['own']:.0f} % (own tariffs), {gains['against']:.0f} % "
                "(tariffs against it)"
            )
        guessed = sources.guessed_share(code)
        if guessed >= TELLING:
            text += f"; {guessed:.0f} % of its goods trade is by gravity"
        if middle > BAD:
            text += "; above 50 %: do not rest a claim on its industries"
        about = economies()[code]
        lines.append(
            [code, about.name, about.region, text, basis, f"{split.miss[k]:.1f}", rates.basis[code]]
        )
    tables.write_rows(
        TARGET / "economies.csv",
        ["code", "name", "region", IMPUTED, "sources", "margins_missed_percent", "tariffs"],
        lines,
    )
    notes = [
        f"{len(UNITS)} economies marked as imputed are split out of the rest of the world of {BASE}; all "
        "other flows are its own, and the parts sum to its rest of the world cell by cell.",
        "What each imputed economy rests on, and how far the method errs where the truth is known: "
        f"winset world show {TARGET.name}.",
        "Coal that Mongolia and others in the rest of the world sell stands under oil and gas, where "
        f"{BASE} has it.",
        "Tariffs of and on the imputed economies are MFN rates times agreements in force; those of Iraq, "
        "Turkmenistan and what remains of the rest of the world are not known and taken as 0.",
        *[note for note in winset.world(BASE).notes if not note.startswith("Tariffs of the rest")],
    ]
    about_ = {
        "profile": "data-package",
        "name": TARGET.name,
        "year": 2022,
        "rest": f"what remains; {distribution(rows)}",
        "unit": "USD million",
        "base": BASE,
        "sources": [{"title": t, "path": p, "license": c} for t, c, p in SOURCES],
        "licenses": [{"title": t} for t in dict.fromkeys(c for _, c, _ in SOURCES)],
        "notes": notes,
    }
    (TARGET / "datapackage.json").write_text(
        json.dumps(about_, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), errors="--errors" in sys.argv)
