"""Derive the bundled incomes, distributions and votes of international institutions.

    python -m scripts.derive_incomes GAP/income_gap_1990_2030.csv DIST/wid_posttax_nat_deciles.csv \
        VOTES/voting_rights_percent.csv

`incomes.csv`: years to 2024, forecasts after it left out; shares of people below the older lines are kept
for the years from 2019 on. `deciles.csv`: the latest year of each economy, percent of post-tax national
income, with a flag where WID has little behind it. `votes.csv`: the latest year, percent of votes.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from winset.tables import write_rows

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "incomes"
LAST, OLDER = 2024, 2019
GROUPS = {
    "Low income": "low",
    "Lower middle income": "lower-middle",
    "Upper middle income": "upper-middle",
    "High income": "high",
}
#: Where the collection says that WID's figures are extrapolated or imputed.
IMPUTED = {"UZB", "TJK", "MMR", "LAO", "AFG", "SAU", "QAT", "BHR", "KWT", "ARE", "OMN"}
#: Where it says that the smoothed Gini has little or no survey behind it.
THIN = {"KWT", "QAT", "BHR", "SAU", "AFG", "KHM"}
DECILES = [f"d{k}" for k in range(1, 11)]


def rows_of(path: str) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whole(text: str, digits: int = 0, by: float = 1.0) -> str:
    """A figure rounded, blank where there is none."""
    return f"{float(text) / by:.{digits}f}" if text else ""


def group(text: str) -> str:
    """The group's short name."""
    return next((short for name, short in GROUPS.items() if name.casefold() == text.casefold()), "")


def main() -> None:
    """Write the tables."""
    incomes = [
        [
            r["iso3"], r["year"], whole(r["population"], by=1000.0), whole(r["gdp_pc_ppp2021"]),
            whole(r["mean_income_day_ppp2021"], 2), whole(r["gini_gapminder"], 1),
            group(r["income_group_wb"]) if int(r["year"]) >= OLDER else "",
            *(r[c] if int(r["year"]) >= OLDER else "" for c in ("pov215", "pov685")),
            "thin" if r["iso3"] in THIN else "",
        ]
        for r in rows_of(sys.argv[1])
        if int(r["year"]) <= LAST
    ]  # fmt: skip
    header = ["economy", "year", "population_thousand", "gdp_pc", "mean_day", "gini", "group",
              "below_215_ppp2017", "below_685_ppp2017", "quality"]  # fmt: skip
    write_rows(TARGET / "incomes.csv", header, incomes)
    latest: dict[str, dict[str, str]] = {}
    for row in rows_of(sys.argv[2]):
        if all(row[d] for d in DECILES) and row["year"] >= latest.get(row["iso3"], row)["year"]:
            latest[row["iso3"]] = row
    deciles = [
        [c, r["year"], *(r[d] for d in DECILES), "imputed" if c in IMPUTED else ""]
        for c, r in sorted(latest.items())
    ]
    write_rows(TARGET / "deciles.csv", ["economy", "year", *DECILES, "quality"], deciles)
    voting: dict[str, dict[str, str]] = {}
    for row in rows_of(sys.argv[3]):
        if row["imf"] and row["ibrd"] and row["year"] >= voting.get(row["iso3"], row)["year"]:
            voting[row["iso3"]] = row
    votes = [[c, r["year"], r["imf"], r["ibrd"], r["unga"]] for c, r in sorted(voting.items())]
    write_rows(TARGET / "votes.csv", ["economy", "year", "imf", "ibrd", "unga"], votes)


if __name__ == "__main__":
    main()
