"""Derive winset's table of research, internet use and joint works of the SCO's 27 from the files at hand.

Usage: python scripts/derive_common_goods.py SHARED_DATA
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

OUT = Path(__file__).parents[1] / "src" / "winset" / "data" / "common-goods"
PANEL, WORKS = "indicator_panel_2000_2024/indicators.csv", "coauthorship_openalex"
COLUMNS = {"research_percent_of_gdp": "rd_pct_gdp", "internet_percent": "internet_users_pct"}
YEAR = "2023"


def main(shared: Path) -> None:
    """Write figures.csv, coauthorship.csv and datapackage.json."""
    with (shared / WORKS / "coauthorship_among_27_2000_2023.csv").open(encoding="utf-8") as file:
        pairs = [(r["iso_a"], r["iso_b"], int(r[YEAR])) for r in csv.DictReader(file)]
    codes = sorted({code for a, b, _ in pairs for code in (a, b)})
    with (shared / PANEL).open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["iso3"] in codes]
    figures = []
    for code in codes:
        row: dict[str, str] = {"code": code}
        for name, column in COLUMNS.items():
            known = [r for r in rows if r["iso3"] == code and r[column]]
            last = max(known, key=lambda r: r["year"]) if known else None
            row[name] = "" if last is None else f"{float(last[column]):.4g}"
            row[name.split("_")[0] + "_year"] = "" if last is None else last["year"]
        figures.append(row)
    OUT.mkdir(exist_ok=True)
    _write("figures.csv", figures)
    _write(
        "coauthorship.csv", [{"code": a, "partner": b, "works": str(n)} for a, b, n in pairs if n]
    )
    package = {
        "profile": "data-package",
        "name": "common-goods",
        "title": "Research, internet use and jointly written works of the SCO's members and partners",
        "sources": [
            {
                "title": "UN SDG Global Database (research, October 2020) and ITU (internet use), by "
                "Gapminder Systema Globalis",
                "path": "https://github.com/open-numbers/ddf--gapminder--systema_globalis",
                "license": "CC BY 4.0; UN terms, free with attribution",
            },
            {
                "title": "OpenAlex, works by countries of their authors, counted by V. Batagelj, August 2024",
                "path": "https://github.com/bavla/OpenAlex",
                "license": "CC0 1.0",
            },
        ],
        "licenses": [{"title": "CC BY 4.0"}],
        "notes": [
            "Research spending is of 2017 or 2018 for most: no newer copy was at hand.",
            "Works are counted whole: one with authors in ten countries makes 45 pairs. Those of Tajikistan "
            "and Mongolia are doubtful.",
        ],
        "resources": [
            _resource("figures", {
                "code": "ISO 3166 alpha-3",
                "research_percent_of_gdp": "spending on research and development, percent of GDP",
                "research_year": "its year",
                "internet_percent": "persons who use the internet, percent",
                "internet_year": "its year",
            }),
            _resource("coauthorship", {
                "code": "ISO 3166 alpha-3",
                "partner": "the later code in the alphabet",
                "works": f"works of {YEAR} with an author in each",
            }),
        ],
    }  # fmt: skip
    text = json.dumps(package, indent=2, ensure_ascii=False)
    (OUT / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _resource(name: str, fields: dict[str, str]) -> dict[str, object]:
    texts = ("code", "partner")
    return {
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": k, "type": "string" if k in texts else "number", "description": v}
                for k, v in fields.items()
            ]
        },
    }


def _write(name: str, rows: list[dict[str, str]]) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
