"""Derive the bundled portfolios ``sco-bank`` and ``sco-bank-20`` from a table of projects with their sources.

    python -m scripts.derive_portfolios SOURCE/projects.csv

Cost, year, status and source of each project are those of the table, contradictory figures in its note. What
a project does to hours and money is not what its promoters say: a planned line takes the hours of lines like
it, see the network's own grades, and what is assumed besides stands in the note of the project.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import tomli_w

FOLDER = Path(__file__).parents[1] / "src" / "winset" / "data" / "portfolios"

#: US consumer prices, 1982-84 = 100: annual averages from general knowledge, that of 2025 an estimate.
PRICES = {"2018": 251.1, "2019": 255.7, "2022": 292.7, "2023": 304.7, "2024": 313.7, "2025": 322.0}

#: Of a year that the twenty need besides.
EARLIER = {"2003": 184.0}

Link = dict[str, Any]
Changes = dict[str, list[Link]]


def rail(start: str, end: str, **figures: float) -> Link:
    """A railway, with the figures of the network's plan where none are given."""
    return {"start": start, "end": end, "mode": "rail", **figures}


#: Row of the table, short name, years of building, hosts, links, and what is assumed.
PROJECTS: tuple[tuple[str, str, int, str, list[Link], str], ...] = (
    (
        "1",
        "CKU",
        6,
        "CHN KGZ UZB",
        [rail("kashgar", "jalalabad_kg"), rail("jalalabad_kg", "andijan")],
        "",
    ),
    (
        "2",
        "TransAfghan",
        5,
        "UZB AFG PAK",
        [
            rail("mazar", "kharlachi_af"),
            rail("kharlachi_af", "kharlachi", km=6, hours=0.2, usd=0.5),
            rail("kharlachi", "peshawar", km=100, hours=3.1, usd=8.0),
        ],
        "The last 106 km to Peshawar at the speed and price of the planned part.",
    ),
    ("3", "Herat", 2, "TKM AFG", [rail("torghundi", "herat")], ""),
    ("6", "Rasht", 3, "IRN", [rail("rasht", "astara_ir")], ""),
    ("7", "Chabahar", 1, "IRN", [rail("chabahar", "zahedan")], ""),
    ("8", "Basra", 2, "IRN IRQ", [rail("shalamcheh", "basra_city")], ""),
    ("10", "Kars", 5, "TUR", [rail("kars", "dilucu"), rail("dilucu", "nakhchivan")], ""),
    ("38", "VungAng", 6, "LAO VNM", [rail("vientiane", "vungang")], ""),
    (
        "39",
        "LaoCai",
        5,
        "VNM",
        [rail("hanoi", "laocai", hours=5.9), rail("hanoi", "haiphong", hours=2.0)],
        "Goods at 50 km/h, stops included, in place of 32: an assumption.",
    ),
    ("40", "Muse", 6, "MMR", [rail("mandalay", "muse")], ""),
    ("45", "Kerung", 8, "NPL CHN", [rail("kathmandu", "gyirong")], ""),
    (
        "46",
        "Raxaul",
        6,
        "NPL",
        [rail("birgunj", "kathmandu", km=136, hours=4.2, usd=10.9)],
        "At the speed and price of other planned railways: an assumption.",
    ),
    (
        "47",
        "ML1",
        6,
        "PAK",
        [
            rail("rohri", "karachi", hours=9.6),
            rail("lahore", "rohri", hours=14.8),
            rail("islamabad", "lahore", hours=5.8),
            rail("peshawar", "islamabad", hours=3.5),
        ],
        "Goods at 50 km/h, stops included, in place of 32: an assumption.",
    ),
    (
        "48",
        "Karakoram",
        4,
        "PAK",
        [{"start": "islamabad", "end": "gilgit", "mode": "road", "hours": 31.0}],
        "The 241 km rebuilt at 25 km/h, the rest as it is: an assumption.",
    ),
    ("58", "Iraq", 5, "IRQ", [rail("faw", "fishkhabur")], ""),
    ("60", "Hafeet", 3, "ARE OMN", [rail("sohar", "abudhabi")], ""),
)

#: What makes twenty of the sixteen: a border post, a road, a line and a corridor, all of them in use today.
MORE: tuple[tuple[str, str, int, str, Changes, str], ...] = (
    (
        "4",
        "Torghundi",
        1,
        "TKM AFG",
        {"borders": [{"place": "torghundi", "mode": "rail", "hours": 5.7}]},
        "The hours of the Turkmen side, Serhetabat, in place of the mean of its neighbors: an assumption.",
    ),
    (
        "42",
        "Trilateral",
        4,
        "IND MMR THA",
        {
            "links": [
                {"start": "tamu", "end": "mandalay", "mode": "road", "hours": 11.75},
                {"start": "yangon", "end": "myawaddy", "mode": "road", "hours": 10.75},
            ]
        },
        "The part in Myanmar at 40 km/h, stops included, in place of 21: an assumption.",
    ),
    (
        "61",
        "Kapikule",
        5,
        "TUR BGR",
        {"links": [rail("istanbul", "kapikule", hours=5.6)]},
        "Goods at 50 km/h, stops included, in place of 32: an assumption.",
    ),
    (
        "68",
        "MiddleCorridor",
        6,
        "KAZ AZE GEO",
        {
            "links": [
                rail("almaty", "altynkol", hours=6.9),
                rail("shu", "almaty", hours=6.2),
                rail("moiynty", "shu", hours=8.8),
                rail("karaganda", "moiynty", hours=6.4),
                rail("karaganda", "zhezkazgan", hours=10.8),
                rail("zhezkazgan", "beyneu", hours=24.84),
                rail("beyneu", "aktau", hours=8.0),
                rail("baku", "ganja", hours=7.2),
                rail("ganja", "tbilisi", hours=3.8),
                rail("tbilisi", "poti", hours=6.24),
            ]
        },
        "Its railways at 50 km/h, stops included, in place of 35 and 32; ports and borders as today: an "
        "assumption.",
    ),
)

HEAD: dict[str, Any] = {
    "title": "An SCO development bank and sixteen projects of the region",
    "source": "Projects, costs and their sources as each one names; a compilation of public pages of 2026. "
    "Proposals that winset puts together, not a program of any bank.",
    "note": "Costs are those of announcements; what promoters say of effects is not used. Capacity, tolls "
    "and goods not traded today are left out.",
    "world": "world-2023-free",
    "on": "2025-09-01",
    "dollars": 2023,
    "network": "eurasia",
    "bank": {
        "members": "SCO",
        "budget_musd": 20000,
        "interest": 0.05,
        "payment": "gdp",
        "capital": "gdp",
        "decision": "unanimity",
    },
    "deflator": PRICES,
}


def main(source: Path) -> None:
    """Write the portfolios."""
    with source.open(encoding="utf-8", newline="") as file:
        table = {row["id"]: row for row in csv.DictReader(file)}
    sixteen = [
        project(table[number], name, years, hosts, {"links": links}, assumed)
        for number, name, years, hosts, links, assumed in PROJECTS
    ]
    write("sco-bank", HEAD, sixteen)
    four = [project(table[number], *rest) for number, *rest in MORE]  # type: ignore[arg-type]
    title = "An SCO development bank and twenty projects of the region"
    write("sco-bank-20", HEAD | {"title": title, "deflator": EARLIER | PRICES}, sixteen + four)


def project(
    row: dict[str, str], name: str, years: int, hosts: str, changes: Changes, assumed: str
) -> dict[str, Any]:
    """Return ``[[project]]`` of a row of the table."""
    return {
        "name": name,
        "title": row["name"],
        "cost_musd": float(row["cost_musd"]),
        "cost_year": int(row["cost_year"]),
        "other_costs": row["note"],
        "years_of_building": years,
        "life": 40,
        "upkeep": 0.02,
        "hosts": hosts.split(),
        "status": f"{row['status']} ({row['status_date']})",
        "source": f"{row['source_title']}: {row['source_address']} ({row['grade']})",
        "note": assumed,
        **changes,
    }


def write(name: str, head: dict[str, Any], projects: list[dict[str, Any]]) -> None:
    """Write one portfolio."""
    text = (
        "# Written by scripts/derive_portfolios.py. Years of building, a life of 40 years and 2 % of upkeep\n"
        "# a year are assumptions; prices are from general knowledge, that of 2025 an estimate.\n"
    )
    target = FOLDER / f"{name}.toml"
    target.write_text(text + tomli_w.dumps(head | {"project": projects}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
