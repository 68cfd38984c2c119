"""Derive the bundled series of pledges: a panel of indicators by economy, and series of groups.

    python -m scripts.derive_indicators PANEL/indicators.csv INCOME/income_gap_1990_2030.csv \
        CAPACITY/capacity_2000_2023_mw.csv

`indicators.csv` is the panel at hand, four significant digits. `groups.csv` has what a group promised
together: energy intensity weighted by GDP at purchasing power (intensity is energy over that GDP, so that
the mean is the group's own but for economies without figures), the renewable share weighted by energy so
reckoned, and capacity added up. A group's year is there where economies with at least 95 percent of its
GDP (of capacity: all that the table has) have a figure.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import defaultdict
from pathlib import Path

from winset import tables
from winset.places.blocs import resolve

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "indicators"
INTENSITY, SHARE = "energy_intensity_mj_per_usd", "renewable_share_final_energy_pct"
GROUPS = {"APEC": "2014-11-01", "ASEAN": "2025-10-16", "EU": "2023-10-01"}
ENOUGH = 0.95
Cells = dict[tuple[str, int], dict[str, float]]


def read(path: str) -> Cells:
    """Return a table's figures by economy and year."""
    found: Cells = {}
    with Path(path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            figures = {}
            for name, text in row.items():
                try:
                    figures[name] = float(text)
                except ValueError:
                    continue
            found[row["iso3"], int(row["year"])] = figures
    return found


def short(x: float) -> str:
    """Four significant digits."""
    return f"{x:.4g}" if abs(x) < 1e4 else f"{x:.0f}"


def weighted(panel: Cells, incomes: Cells) -> list[list[str]]:
    """Intensity and renewable share of the groups."""
    rows = []
    for group, on in GROUPS.items():
        members = resolve(group, dt.date.fromisoformat(on))
        for year in range(2000, 2025):
            gdp = {
                c: f["gdp_pc_ppp2021"] * f["population"]
                for c in members
                if "gdp_pc_ppp2021" in (f := incomes.get((c, year), {}))
            }
            known = [c for c in gdp if INTENSITY in panel.get((c, year), {})]
            if sum(gdp[c] for c in known) < ENOUGH * sum(gdp.values()) or not known:
                continue
            energy = {c: panel[c, year][INTENSITY] * gdp[c] for c in known}
            total = sum(energy.values())
            mean = total / sum(gdp[c] for c in known)
            rows.append(
                [group, str(year), INTENSITY, short(mean), f"{len(known)} of {len(members)}"]
            )
            both = [c for c in known if SHARE in panel[c, year]]
            if sum(energy[c] for c in both) < ENOUGH * total:
                continue
            mean = sum(energy[c] * panel[c, year][SHARE] for c in both) / sum(
                energy[c] for c in both
            )
            rows.append([group, str(year), SHARE, short(mean), f"{len(both)} of {len(members)}"])
    return rows


def capacities(capacity: Cells) -> list[list[str]]:
    """Renewable, solar and wind capacity in GW."""
    sums: dict[tuple[str, int, str], float] = defaultdict(float)
    counted: dict[tuple[str, int, str], int] = defaultdict(int)
    sco = resolve("SCO", dt.date(2025, 9, 1))
    asean = resolve("ASEAN", dt.date(2025, 10, 16))
    whole: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (code, year), figures in capacity.items():
        wanted = [("COP28", "total_renewable_mw", "renewable_capacity_gw")]
        if code in sco and code != "CHN":
            wanted += [
                ("SCO without CHN", f"{x}_mw", f"{x}_capacity_gw") for x in ("solar", "wind")
            ]
        if code in sco:
            wanted += [
                ("SCO", "solar_mw", "solar_capacity_gw"),
                ("SCO", "wind_mw", "wind_capacity_gw"),
            ]
        for group, column, name in wanted:
            if column in figures:
                sums[group, year, name] += figures[column] / 1000.0
                counted[group, year, name] += 1
        share = figures.get("renewable_share_capacity_pct", 0.0)
        if code in asean and share > 0 and "total_renewable_mw" in figures:
            whole[year][0] += figures["total_renewable_mw"]
            whole[year][1] += figures["total_renewable_mw"] / share * 100.0
    rows = [
        [group, str(year), name, short(value), f"{counted[group, year, name]} economies"]
        for (group, year, name), value in sorted(sums.items())
    ]
    rows += [
        ["ASEAN", str(year), "renewable_share_capacity_pct", short(100 * part / all_), ""]
        for year, (part, all_) in sorted(whole.items())
    ]
    return rows


def main() -> None:
    """Write both tables."""
    panel, incomes, capacity = (read(path) for path in sys.argv[1:4])
    columns = tables.header(Path(sys.argv[1]))[2:]
    rows = [
        [code, str(year), *(short(f[c]) if c in f else "" for c in columns)]
        for (code, year), f in sorted(panel.items())
    ]
    tables.write_rows(TARGET / "indicators.csv", ["economy", "year", *columns], rows)
    rows = sorted(weighted(panel, incomes) + capacities(capacity))
    header = ["economy", "year", "indicator", "value", "note"]
    tables.write_rows(TARGET / "groups.csv", header, rows)


if __name__ == "__main__":
    main()
