"""Write the tables of docs/methods.md: what others published, what winset computes, and the difference.

``python -m scripts.write_methods`` computes every figure anew between the page's marks; where the data of
a table are not beside the repository the table stays as it is and the script says so.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from tests.published.test_africa_roads import network as roads_of
from tests.published.test_banks import AIIB
from tests.published.test_games import airport, bankruptcy
from tests.published.test_gsim import EXAMPLE, PRINTED
from tests.published.test_liberation_day import CASES, COLUMNS, ENTRY
from tests.published.test_nafta import PUBLISHED
from tests.published.test_people import SHEET
from tests.shared import REPOSITORY
from tests.shared import SHARED as OUTSIDE

from winset.cli.asking import ask
from winset.delivery import lorenz
from winset.delivery.sdg_index import sdg_index
from winset.environment.reading import read_club_game
from winset.files import replacing
from winset.games import nucleolus, shapley
from winset.studies.bank_design import articles
from winset.studies.one_market import read_market

SHARED = OUTSIDE / "data"
PAGE = REPOSITORY / "docs" / "methods.md"
Row = tuple[str, str, float]  # what, theirs as printed, ours


def nafta() -> list[Row]:
    """Caliendo & Parro (2015), table 2."""
    parts = {row["code"]: row["first_order"] for row in ask("winset run nafta")["decomposition"]}
    names = ("welfare", "terms_of_trade", "volume", "real_wage")
    return [
        (f"{code}, {name.replace('_', ' ')}, %", f"{told:.2f}", parts[code][f"{name}_percent"])
        for code, figures in PUBLISHED.items()
        for name, told in zip(names, figures, strict=False)
    ]


def liberation() -> list[Row]:
    """Ignatenko et al. (2025), tables 1 and 9, United States."""
    found: list[Row] = []
    for case, (changes, figures) in CASES.items():
        options = " ".join(f"--set '{change}'" for change in (ENTRY, *changes))
        answer = ask(f"winset run liberation-day {options}")
        (usa,) = (row for row in answer["economies"] if row["code"] == "USA")
        for column, told in zip(COLUMNS, figures, strict=True):
            digits = 2 if column in ("welfare_percent", "employment_percent") else 1
            name = column.removesuffix("_percent").replace("_", " ")
            found.append((f"{case}: {name}, %", f"{told:.{digits}f}", usa[column]))
    return found


def votes() -> list[Row]:
    """Indices of two councils, in closed form."""
    council = {row["code"]: row for row in ask("winset vote un-security-council")["members"]}
    six = {row["code"]: row for row in ask("winset vote eec-1958")["members"]}
    elected = next(code for code, row in council.items() if not row["veto"])
    told = (
        ("UN Security Council, permanent, Shapley–Shubik", "421/2145", council["CHN"]["shapley_shubik"]),
        ("UN Security Council, elected, Shapley–Shubik", "4/2145", council[elected]["shapley_shubik"]),
        ("UN Security Council, permanent, Banzhaf", "848/5080", council["CHN"]["banzhaf"]),
        ("UN Security Council, elected, Banzhaf", "84/5080", council[elected]["banzhaf"]),
        ("Treaty of Rome, Germany, Banzhaf", "5/21", six["DEU"]["banzhaf"]),
        ("Treaty of Rome, Belgium, Shapley–Shubik", "9/60", six["BEL"]["shapley_shubik"]),
        ("Treaty of Rome, Luxembourg, Banzhaf", "0", six["LUX"]["banzhaf"]),
    )  # fmt: skip
    return [(what, theirs, float(ours)) for what, theirs, ours in told]


def games() -> list[Row]:
    """Divisions with a closed form."""
    found: list[Row] = []
    for estate, told in (
        (100, ("100/3",) * 3),
        (200, ("50", "75", "75")),
        (300, ("50", "100", "150")),
    ):
        ours = nucleolus(bankruptcy(estate, [100, 200, 300])).division
        found += [
            (f"estate of {estate}, claim of {claim}", theirs, float(share))
            for claim, theirs, share in zip((100, 200, 300), told, ours, strict=True)
        ]
    ours = nucleolus(airport([1.0, 2.0, 4.0])).division
    found += [
        (f"runway of {cost}, nucleolus", theirs, float(share))
        for cost, theirs, share in zip((1, 2, 4), ("-1/2", "-3/4", "-11/4"), ours, strict=True)
    ]
    value = shapley(airport([1.0, 2.0, 4.0]))
    found += [
        (f"runway of {cost}, Shapley value", theirs, float(share))
        for cost, theirs, share in zip((1, 2, 4), ("-1/3", "-5/6", "-17/6"), value, strict=True)
    ]
    return found


def markets() -> list[Row]:
    """Francois & Hall (2003), four regions."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "market.json"
        path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
        found = read_market(path).to_json("gsim")["world_price"]
    return [
        (f"world price, {region}", f"{told:.4f}", found[region])
        for region, told in zip(EXAMPLE["regions"], PRINTED, strict=True)
    ]


def club() -> list[Row]:
    """Nordhaus (2015), payoffs as a replication's file holds them."""
    folder = SHARED / "validation" / "climate_club"
    game = read_club_game(folder)
    table = pd.read_csv(folder / "results_scc_12.5_and_50.csv")
    status = table[[f"Final_Status_{r}" for r in game.regions]].to_numpy() == 1
    welfare = table[[f"Final_Welfare_{r}" for r in game.regions]].to_numpy(dtype=float)
    found: list[Row] = []
    for k in (0, len(table) // 2, len(table) - 1):
        cost, tariff = float(table["SCC_param"][k]), float(table["tariff_param"][k])
        ours = game.payoffs(status[k], cost, tariff)
        worst = int(np.argmax(np.abs(ours - welfare[k])))
        found.append(
            (
                f"{cost:g} USD a tonne, penalty {tariff:g}: {game.regions[worst]}, the region furthest off",
                repr(float(welfare[k][worst])),
                float(ours[worst]),
            )
        )
    return found


def poverty() -> list[Row]:
    """The World Bank's calculator, as a published test of a replication holds it."""
    told = json.loads((SHARED / "validation" / "poverty" / "quadratic.json").read_text("utf-8"))
    points, expected = told["grouped_lorenz"], told["quadratic"]
    found = lorenz.grouped(
        np.array(points["p"], dtype=float),
        np.array(points["L"], dtype=float),
        mean=points["mean"],
        line=points["poverty_line"],
        form="quadratic",
        where="points",
    )
    return [
        (name, repr(float(expected[name])), float(getattr(found, name)))
        for name in ("gini", "gap", "severity", "median")
    ]


def goals() -> list[Row]:
    """The SDG Index of 2019: the five countries furthest off, of all."""
    folder = SHARED / "validation" / "sdg_index_2019"
    ours = {country.code: country for country in sdg_index(folder).countries}
    told = pd.read_csv(folder / "goals_A_to_L.csv", na_values=["."]).drop_duplicates("iso3")
    rows = [
        (f"index, {code}", repr(float(value)), float(ours[code].index or 0.0))
        for code, value in told[["iso3", "index"]].dropna().to_numpy()
    ]
    return sorted(rows, key=lambda row: -abs(row[2] - float(row[1])))[:5]


def labor() -> list[Row]:
    """Adhikari, Cha'ngom, Kaila & Shrestha (2024), the sheet of their mean corridor."""
    (sheet,) = ask("winset people labor-agreement")["labor_agreements"]
    return [
        (key.replace("_", " "), f"{told:.{digits}f}", float(sheet[key]))
        for key, told, digits in SHEET
    ]


def bank() -> list[Row]:
    """The AIIB's table of capital and votes: shares of votes, and votes by its articles."""
    members = {row["code"]: row for row in articles("aiib").to_json()["members"]}
    return [
        (f"share of votes, {code}, %", f"{told:.3f}", float(members[code]["percent"]))
        for code, told in AIIB.items()
    ]


def ways() -> list[Row]:
    """Flows cut off in the networks of the Pyomo gallery; market access by Africa's roads (Krantz)."""
    folder = SHARED / "validation"
    found: list[Row] = []
    for attacks, told in ((0, "80"), (1, "10"), (2, "0")):
        line = f"winset common --routes {folder}/interdiction/max_flow --problem max-flow --attacks {attacks}"
        found.append((f"largest flow with {attacks} arcs cut", told, ask(line)["value"]))
    with tempfile.TemporaryDirectory() as made:
        roads = roads_of(folder / "africa_roads", Path(made) / "africa", borders=False)
        access = ask(f"winset route --map --network {roads} --speed 100")["market_access"]
    return [
        *found,
        ("market access, every road at 100 km/h, %", "42.06", access["change_percent"]),
    ]


#: By mark in the page; whether the data are embedded.
TABLES: dict[str, tuple[Callable[[], list[Row]], bool]] = {
    "nafta": (nafta, True),
    "liberation": (liberation, True),
    "votes": (votes, True),
    "games": (games, True),
    "markets": (markets, True),
    "club": (club, False),
    "poverty": (poverty, False),
    "goals": (goals, False),
    "labor": (labor, True),
    "bank": (bank, True),
    "ways": (ways, False),
}


def number(told: str) -> float:
    """Read a figure as it is printed, fractions too."""
    return float(Fraction(told)) if "/" in told else float(told)


def table(rows: Sequence[Row]) -> str:
    """Return a table of Markdown: ours with two digits more than theirs, the difference to two digits."""
    lines = ["| | theirs | ours | difference |", "|---|---:|---:|---:|"]
    for what, told, ours in rows:
        digits = 12 if "/" in told else min(len(told.partition(".")[2]) + 2, 12)
        gap = ours - number(told)
        shown = "0" if abs(gap) < 5e-13 else f"{gap:+.1e}".replace("e-0", "e-")
        lines.append(f"| {what} | {told} | {ours:.{digits}f} | {shown} |".replace("-", "−"))
    return "\n".join(lines)


def replaced(page: str, name: str, made: str) -> str:
    """Put a table between its marks."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    assert marks.search(page), name
    return marks.sub(lambda found: f"{found[1]}\n{made}\n\n{found[2]}", page)


def main() -> None:
    """Compute every table whose data are at hand."""
    page = PAGE.read_text(encoding="utf-8")
    for name, (rows, embedded) in TABLES.items():
        if not embedded and not SHARED.is_dir():
            print(f"{name}: its data are not at {SHARED}; left as it is", file=sys.stderr)
            continue
        page = replaced(page, name, table(rows()))
    with replacing(PAGE) as draft:
        draft.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
