"""Derive the voting rules of development banks, and the capital table of the AIIB, from tables of votes.

    python -m scripts.derive_banks SOURCE

SOURCE holds the folders ``aiib_ndb``, ``dev_bank_votes_recent`` and ``voting_rights_ifi``. Figures are facts
that the banks publish, second-hand. Founders of the AIIB are those of Schedule A of its Articles (2015).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

DATA = Path(__file__).parents[1] / "src" / "winset" / "data"

FOUNDERS = (
    "AUS AUT AZE BGD BRA BRN KHM CHN DNK EGY FIN FRA GEO DEU ISL IND IDN IRN ISR ITA JOR KAZ KOR KWT KGZ LAO "
    "LUX MYS MDV MLT MNG MMR NPL NLD NZL NOR OMN PAK PHL POL PRT QAT RUS SAU SGP ZAF ESP LKA SWE CHE TJK THA "
    "TUR ARE GBR UZB VNM"
).split()

LISTED = "Wikipedia articles of 2025 that quote the banks"


def rule(name: str, head: dict[str, str], weights: dict[str, float], quota: str) -> None:
    """Write one rule file."""
    lines = [f'{key} = "{text}"' for key, text in head.items()]
    lines += [f'quota = "{quota}"', "", "[weights]"]
    lines += [
        f"{code} = {weight:g}" if weight % 1 else f"{code} = {weight:.0f}"
        for code, weight in weights.items()
    ]
    (DATA / "rules" / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(source: Path) -> None:
    """Write all rules and the capital table."""
    members = rows(source / "aiib_ndb" / "aiib_members.csv")
    votes = {row["iso3"]: float(row["votes"]) for row in members}
    rule(
        "aiib",
        {
            "title": "Asian Infrastructure Investment Bank, 2025, ordinary decisions",
            "source": "Articles of Agreement of the Asian Infrastructure Investment Bank (2015), Article 28: "
            "votes are basic votes, one for each share, and 600 for each founding member; matters are "
            f"decided by a majority of the votes cast. Votes of mid-2025: {LISTED}.",
            "note": "A super majority takes three quarters of the votes and two thirds of the members, a "
            "special majority half of both: ask with --quota 75% what the votes alone do.",
        },
        votes,
        ">50%",
    )
    recent = rows(source / "dev_bank_votes_recent" / "bank_votes.csv")
    rule(
        "ndb",
        {
            "title": "New Development Bank, 2025, ordinary decisions",
            "source": "Agreement on the New Development Bank (2014), Articles 5 and 6: votes equal "
            f"subscribed shares; a simple majority of the votes cast. Shares of mid-2025: {LISTED}.",
            "note": "A special majority takes two thirds of the votes and four of the five founders.",
        },
        {row["iso3"]: float(row["votes"]) for row in recent if row["bank"] == "NDB"},
        ">50%",
    )
    rule(
        "edb",
        {
            "title": "Eurasian Development Bank, about 2024, by shares of capital",
            "source": f"Shares of capital in percent, about 2024, before Uzbekistan joined: {LISTED}. That "
            "more than half of them decide is from general knowledge.",
        },
        {row["iso3"]: float(row["vote_or_share_pct"]) for row in recent if row["bank"] == "EDB"},
        ">50%",
    )
    rights = rows(source / "voting_rights_ifi" / "voting_rights_percent.csv")
    for name, year, title in (
        ("adb", "2018", "Asian Development Bank, 2018"),
        ("ibrd", "2019", "International Bank for Reconstruction and Development, 2019"),
    ):
        rule(
            name,
            {
                "title": f"{title}, ordinary decisions",
                "source": f"Percent of votes in {year}: United Nations SDG indicator 10.6.1, from the bank's "
                "annual report, to thousandths. Ordinary matters take a majority of the votes cast.",
            },
            {
                row["iso3"]: round(float(row[name]), 3)
                for row in rights
                if row["year"] == year and row[name] and float(row[name]) > 0
            },
            ">50%",
        )
    table = DATA / "banks" / "aiib.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "subscription_musd", "founder", "votes"])
        for row in members:
            code = row["iso3"]
            writer.writerow([code, row["subscription_musd"], int(code in FOUNDERS), row["votes"]])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
