"""Derive the embedded tables of tariff lines: elasticities, concordance, and the examples.

Run from the repository with the folder of source files:

    python scripts/derive_tariff_lines.py ../shared/data
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1] / "src" / "winset" / "data"
TARGET = ROOT / "tariff-lines"
YEARS = (2017, 2018, 2019)
KUSD = 1e-3  # to USD million


def main(shared: Path) -> None:
    """Write elasticities.csv.gz, hs2017.csv.gz, china-india.csv.gz and kazakhstan-exports.csv.gz."""
    TARGET.mkdir(exist_ok=True)
    protee = []
    for row in _read(shared / "trade_elasticities" / "protee_hs6.csv"):
        sigma = -float(row["elasticity"]) if row["elasticity"] else 0.0
        if sigma <= 0:  # no estimate, or of the wrong sign
            protee.append((row["hs6_2007"], "", 0))
        else:
            protee.append((row["hs6_2007"], f"{sigma:g}", int(row["not_significant"] == "0")))
    _write("elasticities.csv.gz", ("hs6_2007", "substitution", "own"), protee)
    industry = {
        row["HS5_6d"]: row["ISIC3_2d"]
        for row in _read(shared / "trade_elasticities" / "hs2017_to_isic3_2d.csv")
    }
    broad = {
        row["HS5_6d"]: row["BEC4_3d"]
        for row in _read(shared / "trade_elasticities" / "hs2017_to_bec4.csv")
    }
    pairs = []
    for row in _read(shared / "trade_elasticities" / "hs2017_to_hs2007.csv"):
        sectors = INDUSTRIES.get(industry.get(row["HS5_6d"], ""), ("",))
        chapter = row["HS5_6d"][:2]  # tells where an industry of revision 3 is two sectors
        if chapter == "30":
            sector = "C21"
        elif sectors[0] == "C24A" and chapter not in ("72", "73"):
            sector = "C24B"
        elif sectors[0] == "C302T309" and chapter == "89":
            sector = "C301"
        else:
            sector = sectors[0]
        pairs.append((row["HS5_6d"], row["HS3_6d"], sector, broad.get(row["HS5_6d"], "")))
    _write("hs2017.csv.gz", ("hs6_2017", "hs6_2007", "sector", "bec"), sorted(pairs))
    _write(
        "china-india.csv.gz",
        ("heading", "exporter", "importer", "value", "applied", "mfn", "year"),
        [*_china(shared), *_india(shared)],
    )
    _write(
        "kazakhstan-exports.csv.gz",
        ("heading", "exporter", "importer", "value", "applied", "year", "duty_from", "others_from"),
        _kazakhstan(shared),
    )


def _china(shared: Path) -> list[tuple[object, ...]]:
    """China's imports by heading from India and from all others, mean of three years, USD million."""
    rates = {
        row["hs6"]: float(row["mean"]) / 100.0
        for row in _read(shared / "tariff_lines_china_rcep" / "china_base_rates_hs6.csv")
    }
    india: defaultdict[str, float] = defaultdict(float)
    world: defaultdict[str, float] = defaultdict(float)
    duty: defaultdict[str, float] = defaultdict(float)
    rated: defaultdict[str, float] = defaultdict(float)
    plain: defaultdict[str, list[float]] = defaultdict(list)
    for code, rate in rates.items():
        plain[code[:4]].append(rate)
    path = shared / "product_trade_hs2_hs6" / "china_india_hs6_2017_2019_kusd.csv"
    for row in _read(path):
        code = row["hs6"]
        own = sum(float(row[f"chn_imports_from_ind_{year}"]) for year in YEARS) / len(YEARS) * KUSD
        all_ = sum(float(row[f"chn_imports_world_{year}"]) for year in YEARS) / len(YEARS) * KUSD
        india[code[:4]] += own
        world[code[:4]] += all_
        if code in rates:
            duty[code[:4]] += rates[code] * own
            rated[code[:4]] += own
    made: list[tuple[object, ...]] = []
    for heading in sorted(world):
        if heading not in plain or world[heading] <= 0:
            continue
        rate = sum(plain[heading]) / len(plain[heading])
        if rated[heading] > 0:  # weighted by what India sells
            rate = duty[heading] / rated[heading]
        others = max(world[heading] - india[heading], 0.0)
        for exporter, value in (("IND", india[heading]), ("ROW", others)):
            made.append(
                (heading, exporter, "CHN", f"{value:.3g}", f"{rate:.4g}", f"{rate:.4g}", 2019)
            )
    return made


def _india(shared: Path) -> list[tuple[object, ...]]:
    """India's imports by chapter from China and all others, April 2019 to March 2020, USD million.

    Rates are India's on China by industry (world icio-2022), weighted by codes of the chapter.
    """
    industry = {
        row["HS5_6d"]: row["ISIC3_2d"]
        for row in _read(shared / "trade_elasticities" / "hs2017_to_isic3_2d.csv")
    }
    by_industry = _rates_of_india()
    lists: defaultdict[str, list[float]] = defaultdict(list)
    for code, isic in industry.items():
        if (rate := by_industry.get(isic)) is not None:
            lists[code[:2]].append(rate)
    made: list[tuple[object, ...]] = []
    for row in _read(shared / "product_trade_hs2_hs6" / "india_hs2_fy2019_20_musd.csv"):
        chapter = row["hs2"]
        china, world = float(row["imports_from_chn"] or 0), float(row["imports_from_world"] or 0)
        if chapter not in lists or world <= 0:
            continue
        rate = sum(lists[chapter]) / len(lists[chapter])
        for exporter, value in (("CHN", china), ("ROW", max(world - china, 0.0))):
            made.append(
                (chapter, exporter, "IND", f"{value:.4g}", f"{rate:.4g}", f"{rate:.4g}", 2019)
            )
    return made


#: Partners by whom Kazakhstan's exports are at hand and who levy a duty on them; Russia levies none.
PARTNERS = ("CHN", "DEU", "GBR", "GRC")
#: Gold, silver and waste of them: no mean of a sector is theirs.
PRECIOUS = ("7106", "7108", "7112")
#: A sector's mean below it is that of its few lines that pay: taken for free.
LEAST = 5e-4


def _kazakhstan(shared: Path) -> list[tuple[object, ...]]:
    """Kazakhstan's exports of 2021 by heading and partner, and what others sell there, USD million.

    China's duties are the base rates of RCEP (MFN of 2014) by six digits, weighted by what Kazakhstan
    sells (``hs6``; ``heading`` where the code is of another revision); those of others are the importer's
    mean on Kazakhstan by sector in icio-2022 (``sector``), below `LEAST` free. What others sell is
    China's imports of the heading, mean of 2017-2019 (``heading``), or what the importer buys of the
    sector in icio-2022, in equal parts for its headings (``sector``).
    """
    from winset.worlds import world
    from winset.worlds.line_elasticities import line_sectors

    base = world("icio-2022")
    kaz = base.index["KAZ"]
    rates = {
        row["hs6"]: float(row["mean"]) / 100.0
        for row in _read(shared / "tariff_lines_china_rcep" / "china_base_rates_hs6.csv")
    }
    plain: defaultdict[str, list[float]] = defaultdict(list)
    for code, rate in rates.items():
        plain[code[:4]].append(rate)
    bought: defaultdict[str, float] = defaultdict(float)
    for row in _read(shared / "product_trade_hs2_hs6" / "china_india_hs6_2017_2019_kusd.csv"):
        own = sum(float(row[f"chn_imports_world_{year}"]) for year in YEARS)
        bought[row["hs6"][:4]] += own / len(YEARS) * KUSD
    sold: defaultdict[tuple[str, str], list[tuple[str, float]]] = defaultdict(list)
    for row in _read(shared / "kaz_exports_hs6_baci" / "kaz_exports_2021_by_partner_hs6.csv"):
        code = row["hs6_2002"]
        if row["partner"] in PARTNERS:
            sold[row["partner"], code[:4]].append((code, float(row["value_kusd"]) * KUSD))
    headings: defaultdict[int, float] = defaultdict(float)  # of a sector
    for heading in sorted(
        {row["HS5_6d"][:4] for row in _read(shared / "trade_elasticities" / "hs2017_to_hs2007.csv")}
    ):
        for sector, share in line_sectors(heading).items():
            headings[base.sectors.index(sector)] += share
    made: list[tuple[object, ...]] = []
    for partner, heading in sorted(sold):
        of, n = sold[partner, heading], base.index[partner]
        value = sum(v for _, v in of)
        parts = {base.sectors.index(s): x for s, x in line_sectors(heading).items()}
        if partner == "CHN":
            if heading not in plain:
                continue
            mean = sum(plain[heading]) / len(plain[heading])
            rate = sum(v * rates.get(code, mean) for code, v in of) / value
            source = "hs6" if all(code in rates for code, _ in of) else "heading"
            others, others_from = max(bought[heading] - value, 0.0), "heading"
        else:
            if not parts or heading in PRECIOUS:
                continue
            rate = sum(x * float(base.tariff[j, kaz, n]) for j, x in parts.items())
            rate = rate if rate >= LEAST else 0.0
            rest = [i for i in range(len(base.codes)) if i not in (kaz, n)]
            others = sum(
                x / headings[j] * float(base.trade[j, rest, n].sum()) for j, x in parts.items()
            )
            source = others_from = "sector"
        if f"{value:.3g}" != "0" and value >= 0.001:
            for exporter, amount in (("KAZ", value), ("ROW", others)):
                told = (f"{amount:.3g}", f"{rate:.4g}", 2021, source, others_from)
                made.append((heading, exporter, partner, *told))
    return made


#: ISIC revision 3 of a code → sectors of icio-2022 (ISIC revision 4) whose mean rate is taken.
INDUSTRIES = {
    "01": ("A01",), "02": ("A02",), "05": ("A03",), "10": ("B05",), "11": ("B06",), "12": ("B07",),
    "13": ("B07",), "14": ("B08",), "15": ("C10T12",), "16": ("C10T12",), "17": ("C13T15",),
    "18": ("C13T15",), "19": ("C13T15",), "20": ("C16",), "21": ("C17_18",), "22": ("C17_18",),
    "23": ("C19",), "24": ("C20", "C21"), "25": ("C22",), "26": ("C23",), "27": ("C24A", "C24B"),
    "28": ("C25",), "29": ("C28",), "30": ("C26",), "31": ("C27",), "32": ("C26",), "33": ("C26",),
    "34": ("C29",), "35": ("C302T309", "C301"), "36": ("C31T33",),
}  # fmt: skip


def _rates_of_india() -> dict[str, float]:
    from winset.worlds import world

    base = world("icio-2022")
    china, india = base.index["CHN"], base.index["IND"]
    found = {}
    for isic, sectors in INDUSTRIES.items():
        places = [base.sectors.index(sector) for sector in sectors]
        found[isic] = sum(float(base.tariff[j, china, india]) for j in places) / len(places)
    return found


def _read(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(name: str, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    (TARGET / name).write_bytes(gzip.compress(out.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
