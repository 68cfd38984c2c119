"""Derive the bundled pledges from a collection of summit pledges with their sources.

    python -m scripts.derive_pledges SOURCE/pledges.csv

Pledges stand in words of the collection's own; facts with their page. Kept: every row. What is not a
date or a figure there ("not stated", "2030; 2035") is left blank here and said in the note, so that what
cannot be checked is seen to be so.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from winset import tables
from winset.delivery.pledges import COLUMNS

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "pledges" / "pledges.csv"
DATE = re.compile(r"\d{4}(-\d\d-\d\d)?")
FIGURE = re.compile(r"-?\d+(\.\d+)?")
#: What the bundled series can measure: baseline_year, direction, bound, on, measure. Who is bound, and
#: which way is meant, are read from the wording by hand.
MEASURED = {
    "sco25-pv": ("2025", "up", "together", "", "solar_capacity_gw"),
    "sco25-wind": ("2025", "up", "together", "", "wind_capacity_gw"),
    "cop28-res": ("2022", "up", "together", "", "renewable_capacity_gw"),
    "asean-cap45": ("", "up", "together", "", "renewable_share_capacity_pct"),
    "asean-ei40": ("2005", "down", "together", "", "energy_intensity_mj_per_usd"),
    "apec-ei45": ("2005", "down", "together", "", "energy_intensity_mj_per_usd"),
    "apec-res": ("2010", "up", "together", "", "renewable_share_final_energy_pct"),
    "eu-res425": ("", "up", "together", "", "renewable_share_final_energy_pct"),
    "nato-35": ("2024", "up", "each", "2025-06-25", "milex_pct_gdp"),
}

#: Pages that were read again, in a stored copy, and what each is. All others were not.
AGENCY, PAPER, STATE = "agency's report read", "newspaper's report read", "government's page read"
READ = {
    "http://en.people.cn/n3/2025/0901/c90000-20360529.html": AGENCY,
    "http://en.people.cn/n3/2025/0901/c90000-20360320.html": AGENCY,
    "https://www.sentinelassam.com/more-news/international/china-announces-100-livelihood-projects-rmb-2-billion-"
    "grant-and-sco-focused-scholarships": AGENCY,
    "https://www.azernews.az/business/246801.html": AGENCY,
    "https://news.by/eng/news/politika/in-tianjin-heads-of-states-approve-sco-development-strategy-"
    "until-2035": AGENCY,
    "https://24.kg/english/341784_Number_of_documents_signed_as_a_result_of_SCO_Heads_of_State_Council_"
    "meeting/": AGENCY,
    "https://newsin.asia/china-offers-us-4-7-billion-special-lending-facility-to-shanghai-cooperation-"
    "organization/": AGENCY,
    "https://news.cgtn.com/news/3d3d674d7949444d78457a6333566d54/index.html": AGENCY,
    "http://en.people.cn/n3/2021/0918/c90000-9898305.html": AGENCY,
    "http://english.scio.gov.cn/featured/xigovernance/2018-06/08/content_51807403_4.htm": STATE,
    "https://thechinatimes.com/online/2012/06/3884.html": PAPER,
    "http://english.eastday.com/eastday/englishedition/node20665/node20668/node22810/node160523/node160525/"
    "userobject1ai2328552.html": AGENCY,
}
#: What a page does not say, or others say otherwise, by pledge: how it was checked, and a note.
DIFFERS = {
    "sco25-bank": (
        "agency's report read, others differ",
        "reports of the declaration's text differ: to activate consultations (TASS by AzerNews), or that "
        "interested members decided to establish the bank and to go on talking (Sputnik, 2 Sept 2025)",
    ),
    "sco18-training": (
        "agency's report read, deadline in another",
        "the page names no deadline; a summary of the speech by China Daily says three years",
    ),
    "sco12-scholar": (
        "newspaper's report read, deadline in another",
        "the page names no deadline; Tengrinews of 8 June 2012 quotes ten years",
    ),
    "sco14-training": ("", "the page calls the meeting the 17th; it was the 14th"),
}


def derived(row: dict[str, str]) -> list[str]:
    """One row of the bundled table."""
    notes = [row["note"]] if row["note"] else []
    kept = {}
    for name, pattern in (("baseline", FIGURE), ("target", FIGURE), ("deadline", DATE)):
        fits = pattern.fullmatch(row[name]) is not None
        kept[name] = row[name] if fits else ""
        if row[name] and not fits:
            notes.append(f"{name} in the source: {row[name]}")
    series = "" if re.match(r"no public series|none", row["data_series"]) else row["data_series"]
    unit = "" if row["unit"] == "not measurable" else row["unit"]
    how, said = DIFFERS.get(row["id"], ("", ""))
    notes += [said] if said else []
    checked = how or READ.get(row["source_address"], "")
    return [
        row["id"], row["bloc"], row["date"], row["pledge"], row["indicator"] if unit else "", unit,
        series, kept["baseline"], kept["target"], kept["deadline"], row["source_title"],
        row["source_address"], "; ".join(notes), *MEASURED.get(row["id"], ("",) * 5),
        checked,
    ]  # fmt: skip


def main() -> None:
    """Write the table."""
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = [derived(row) for row in csv.DictReader(file)]
    tables.write_csv(TARGET, COLUMNS, rows, "comma")


if __name__ == "__main__":
    main()
