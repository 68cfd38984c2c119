"""Derive world-2023: the trade of world-2023-free with its block of blanks filled, and 194 × 194 tariffs.

`scripts.blanks.filling` says how the blanks are filled. The tariffs, each with what it rests on:

Run from the repository with the folder of source files, after `derive_world_2023` and `derive_icio`:

    python -m scripts.derive_tariffs_2023 ../shared/data

Preferences for least developed countries count as agreements that leave what the giver's scheme leaves
(`LEFT_FOR_LEAST_DEVELOPED`). Three sources, the first that applies to a pair:

- `agreement`: zero inside EAEU, EU, GCC, Mercosur and USMCA; outside `icio-2022`, zero where a full
  agreement is in force and half of the importer's rate (`HALF`) where a partial one is; a minor one
  changes nothing;
- `measured`: both economies are in `icio-2022`: its rates by sector weighted by the pair's trade in
  goods. A rate of exactly zero in every sector, of an importer that has tariffs and no agreement
  with the exporter, is missing there, not measured;
- `importer-mean`: the importer's MFN mean m (World Tariff Profiles 2022, else WDI to 2018;
  Uzbekistan about 7.5 %) times a scale s.

The scale: an importer outside `icio-2022` is scaled so that its mean weighted by trade is the one
that WDI (latest to 2022, else UN SDG to 2018) publishes, the rate m·s staying between `LEAST` m and
`MOST` m. An importer inside it is scaled by what is measured: the mean weighted by trade of its
rates on the economies of `icio-2022` without an agreement with it, over m.

`mfn` is m·s where the pair is not measured; where it is, the larger of the rate and m·s for a pair
with an agreement, and the rate for a pair without one. Rates are rounded to five digits.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scripts.blanks import filling
from winset.places.blocs import load_blocs, resolve
from winset.worlds import Source, World, write_world
from winset.worlds import world as load_world
from winset.worlds.tariff_sources import TARIFF_SOURCES

if TYPE_CHECKING:
    from winset.numbers import Array

DATA = Path(__file__).parents[1] / "src" / "winset" / "data"
FIXTURE = Path(__file__).parents[1] / "tests" / "published" / "tariff_means_2023.csv"
GENERAL = Path(__file__).parents[1] / "tests" / "published" / "tariff_pairs_by_judgement_2023.csv"

HALF = 0.5
LEAST, MOST = 0.1, 1.5
DIGITS = 5
UNIONS = ("EAEU", "EU", "GCC", "Mercosur", "USMCA")
ON = dt.date(2023, 7, 1)
#: What is left of the MFN rate for least developed countries, by giver: the lines that are not free in
#: `agreements/unilateral_preferences_2023.csv`, which is general knowledge.
LEFT_FOR_LEAST_DEVELOPED = {
    "AUS": 0.0,
    "CAN": 0.0,
    "CHE": 0.0,
    "CHN": 0.05,
    "EU": 0.0,
    "GBR": 0.0,
    "IND": 0.06,
    "JPN": 0.02,
    "KOR": 0.05,
    "NOR": 0.0,
}
#: The United Nations' list of 2023 (general knowledge), as far as the world has them.
LEAST_DEVELOPED = (
    "AFG AGO BDI BEN BFA BGD BTN CAF COD COM DJI ERI ETH GIN GMB GNB HTI KHM KIR LAO LBR LSO MDG MLI MMR MOZ "
    "MRT MWI NER NPL RWA SDN SEN SLB SLE SOM SSD STP TCD TGO TLS TUV TZA UGA YEM ZMB"
).split()
FACTOR = {"zero": 0.0, "partial": HALF, "minor": 1.0, "none": 1.0}
STATED = {"UZB": (7.5, "2020, US Department of Commerce, Uzbekistan country commercial guide")}


#: How the note begins that says what is filled in.
FILLING = "Trade among 76 economies"

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Importer:
    """What is published of one importer, in percent; None where nothing is."""

    mfn: float | None
    told_by: str
    applied: float | None
    applied_by: str


def importers(shared: Path) -> dict[str, Importer]:
    """Read the MFN and applied means of every importer that has them."""
    found = {}
    with (shared / "tariffs_by_importer" / "tariffs_by_importer.csv").open() as file:
        for row in csv.DictReader(file):
            year = row["mfn_simple_year"].removesuffix(".0")
            mfn, told = None, ""
            if row["iso3"] in STATED:
                mfn, told = STATED[row["iso3"]]
            elif row["wtp2023_mfn_simple_pct"]:
                mfn, told = float(row["wtp2023_mfn_simple_pct"]), "2022, World Tariff Profiles"
            elif row["mfn_simple_pct"]:
                mfn, told = float(row["mfn_simple_pct"]), f"{year}, WDI"
            applied, by = None, ""
            if row["applied_weighted_pct"]:
                applied = float(row["applied_weighted_pct"])
                by = f"{row['applied_weighted_year'].removesuffix('.0')}, WDI"
            elif row["unsd_applied_weighted_alp_pct"]:
                applied = float(row["unsd_applied_weighted_alp_pct"])
                by = f"{row['unsd_year'].removesuffix('.0')}, UN SDG"
            found[row["iso3"]] = Importer(mfn, told, applied, by)
    return found


def agreements(shared: Path, index: dict[str, int]) -> tuple[Array, Array]:
    """Return the factor of every pair, (n, n), and whether only general knowledge tells it."""
    factor = np.ones((len(index), len(index)))
    general = np.zeros(factor.shape, dtype=bool)
    with (shared / "agreements" / "pairs_2023.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["iso3_a"] in index and row["iso3_b"] in index:
                a, b = index[row["iso3_a"]], index[row["iso3_b"]]
                factor[a, b] = factor[b, a] = FACTOR[row["treat_2023"]]
                general[a, b] = general[b, a] = row["only_general_knowledge"] == "1"
    return factor, general


def measured(codes: tuple[str, ...]) -> tuple[Array, Array]:
    """Return the mean rate of every pair of `icio-2022`, (n, n), and whether both are in it."""
    known = load_world("icio-2022")
    goods = [j for j, sector in enumerate(known.sectors) if sector != "Services"]
    trade, duty = known.trade[goods].sum(axis=0), (known.trade * known.tariff)[goods].sum(axis=0)
    rate = np.divide(duty, trade, out=np.zeros_like(duty), where=trade > 0)
    inside = np.array([code in known.index for code in codes])
    at = np.array([known.index.get(code, 0) for code in codes])
    return rate[np.ix_(at, at)], np.outer(inside, inside)


def derive(shared: Path, target: World, half: float = HALF) -> tuple[World, Rows, Rows]:
    """Lay the tariffs on a world without any; return it, a row on every importer, and the pairs
    whose agreement is told by general knowledge alone."""
    codes, n = target.codes, len(target)
    flows = target.flows
    off = ~np.eye(n, dtype=bool)
    factor, general = agreements(shared, target.index)
    factor[factor == HALF] = half
    blocs = load_blocs(None)
    poor = [target.index[c] for c in LEAST_DEVELOPED if c in target.index]
    for giver, left in LEFT_FOR_LEAST_DEVELOPED.items():
        inside = blocs["EU"].members(ON) if giver == "EU" else (giver,)
        pairs = np.ix_(poor, [target.index[c] for c in inside])
        general[pairs] |= factor[pairs] > left
        factor[pairs] = np.minimum(factor[pairs], left)
    union = np.zeros((n, n), dtype=bool)
    for name in UNIONS:
        inside = [k for k, c in enumerate(codes) if c in blocs[name].members(ON)]
        union[np.ix_(inside, inside)] = True
    told, both = measured(codes)
    missing = (told == 0) & (factor == 1.0) & told.any(axis=0)[None, :]
    seen = both & ~missing & ~union & off
    published = importers(shared)
    mean = np.array([published[c].mfn if published[c].mfn is not None else np.nan for c in codes])
    regions = np.array(target.facts["region"])
    by_region = {r: float(np.nanmedian(mean[regions == r])) for r in set(regions)}
    guessed = np.isnan(mean)
    mean = np.where(guessed, [by_region[r] for r in regions], mean) / 100.0
    # rates per unit of scale on what is not measured, and what is
    plain = np.where(seen | union | ~off, 0.0, factor) * mean[None, :]
    fixed = np.where(seen, told, 0.0)
    imports = flows.sum(axis=0)
    scale = np.ones(n)
    for k in range(n):
        free = seen[:, k] & (factor[:, k] == 1.0)
        if both[k, k]:
            if flows[free, k].sum() > 0 and mean[k] > 0:
                scale[k] = (fixed[free, k] @ flows[free, k]) / flows[free, k].sum() / mean[k]
        elif (applied := published[codes[k]].applied) is not None:
            scalable = plain[:, k] @ flows[:, k]
            wanted = applied / 100.0 * imports[k] - fixed[:, k] @ flows[:, k]
            scale[k] = wanted / scalable if scalable > 0 else 1.0
            scale[k] = np.clip(scale[k], LEAST, MOST)
    rate = np.round(fixed + plain * scale[None, :], DIGITS)
    base = np.broadcast_to(mean * scale, (n, n))
    preferred = union | (factor < 1.0)
    mfn = np.where(seen, np.where(preferred, np.maximum(rate, base), rate), base)
    mfn = np.round(np.where(off, np.maximum(mfn, rate), 0.0), DIGITS)
    kind = np.where(seen, 1, np.where(union | (factor < 1.0), 3, 2)) * off
    rows = []
    for k, code in enumerate(codes):
        one = published[code]
        made = 100.0 * float(rate[:, k] @ flows[:, k] / imports[k])
        by = f"median of {regions[k]}" if guessed[k] else one.told_by
        rows.append(
            {
                "importer": code,
                "mfn_percent": f"{100 * mean[k]:.2f}",
                "mfn_of": by,
                "scale": f"{scale[k]:.4f}",
                "measured_share": f"{flows[seen[:, k], k].sum() / imports[k]:.4f}",
                "applied_percent": f"{made:.3f}",
                "published_percent": "" if one.applied is None else f"{one.applied:.2f}",
                "published_of": one.applied_by,
                "gap_points": "" if one.applied is None else f"{made - one.applied:.3f}",
            }
        )
    judged = general & ~seen & off
    share = flows / flows.sum()
    notes = (
        "Goods only: services trade is not in BACI.",
        "Tariffs are rates of 2021 weighted by the pair's trade of 2022 (measured), the importer's mean, or "
        "what an agreement makes of it; column source of tariffs.csv says which for every pair.",
        "Importers' means are MFN means of 2022 (World Tariff Profiles) or of the latest year to 2018 (WDI), "
        "scaled to the applied mean that is published; none is published for "
        f"{', '.join(c for c, g in zip(codes, guessed, strict=True) if g)}, who have the median of their "
        "region.",
        "A partial agreement is taken to halve the importer's rate, a full one to end it, however long "
        f"its phases: a judgement. {int(judged.sum())} rates ({share[judged].sum():.1%} of trade) rest on "
        "general knowledge of an agreement or preference alone.",
        "Least developed countries enter ten economies that free them (Australia, Canada, China, EU, India, "
        "Japan, Korea, Norway, Switzerland, United Kingdom) at what is left of the MFN rate, where nothing "
        "is measured.",
        "Not in the rates: other preferences that one side gives (GSP) where they are not measured; the "
        "duties of 2018 to 2023 between USA and China, India's of 2019 on Pakistan, those on Russia since "
        "2022.",
        "Domestic sales are not observed; they follow from GDP, see the theory page.",
        "Values rounded to six significant digits.",
        *(note for note in target.notes if note.startswith(FILLING)),
    )
    laid = replace(
        target,
        name="world-2023",
        tariff=rate[None],
        mfn=mfn[None],
        tariff_source=kind.astype(np.int8)[None],
        notes=notes,
        sources=(*target.sources, *SOURCES),
    )
    names = {0.0: "zero", half: "partial", 1.0: "minor or none"}
    pairs = [
        {
            "exporter": codes[i],
            "importer": codes[k],
            "treatment": names.get(float(factor[i, k]), "preference"),
            "source": TARIFF_SOURCES[kind[i, k]],
        }
        for i, k in np.argwhere(general & off)
    ]
    return laid, rows, pairs


def write(path: Path, rows: Rows) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


SOURCES = (
    Source(
        "Teti (2024), Global Tariff Database: rates of 2021, weighted as in icio-2022",
        "With attribution",
        "https://feodorateti.github.io/data.html",
    ),
    Source(
        "WTO, ITC and UNCTAD, World Tariff Profiles 2023: MFN means of 2022",
        "Free with attribution",
        "https://www.wto.org/english/res_e/publications_e/world_tariff_profiles23_e.htm",
    ),
    Source(
        "World Bank, World Development Indicators: MFN means to 2018, applied means weighted by trade",
        "CC BY 4.0",
        "https://datacatalog.worldbank.org/dataset/world-development-indicators",
    ),
    Source(
        "UN SDG Global Database, series TM_TAX_WMPS to 2018 (ITC, UNCTAD, WTO)",
        "Free with attribution",
        "https://unstats.un.org/sdgs/dataportal",
    ),
    Source(
        "WTO, Regional Trade Agreements Information System, April 2024; DESTA; treatment by judgement",
        "Free with attribution",
        "https://rtais.wto.org",
    ),
)


def with_blanks_filled(shared: Path, free: World) -> World:
    """Return the world without tariffs with its block of blanks filled, and what it says of that."""
    trade = free.flows.copy()
    np.fill_diagonal(trade, 0.0)
    done = filling.filled(shared, free.codes, trade)
    inside = [free.codes[k] for k in done.block]
    family = sorted(set(resolve("SCO+", dt.date(2025, 9, 1))) & set(inside))
    total = done.trade.sum()
    made = done.trade[done.source > 0].sum()
    by = {
        name: done.trade[done.source == place].sum() / made
        for place, name in enumerate(filling.SOURCES)
        if place
    }
    share = [done.share(k) for k in range(len(free))]
    most = sorted(inside, key=lambda code: -share[free.index[code]])[:4]
    note = (
        f"{FILLING}, {len(family)} of the SCO family among them ({', '.join(family)}), is blank in the "
        f"source and filled in here, {made / total:.1%} of all: {by['reported']:.0%} of that "
        f"from what statistical offices and ministries said, {by['icio-2022']:.0%} from icio-2022, "
        f"{by['fuels']:.0%} from fuels of 2018, {by['gravity']:.0%} by gravity. Most of it: "
        + ", ".join(f"{code} {share[free.index[code]]:.0f} %" for code in most)
        + " of its goods trade."
    )
    return replace(
        free,
        trade=done.trade[None],
        notes=(*(n for n in free.notes if not n.startswith("No trade is on record")), note),
        facts={
            **free.facts,
            "filled_percent": tuple(
                f"{share[k]:.1f}" if code in inside else "" for k, code in enumerate(free.codes)
            ),
            "filled_by": tuple(done.told(k) for k in range(len(free))),
        },
    )


def main(shared: Path) -> None:
    """Write the world with tariffs, and what tests hold it to."""
    laid, rows, pairs = derive(shared, with_blanks_filled(shared, load_world("world-2023-free")))
    shutil.rmtree(DATA / "world-2023", ignore_errors=True)
    write_world(laid, DATA / "world-2023", digits=6, compress=True)
    write(FIXTURE, rows)
    write(GENERAL, pairs)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
