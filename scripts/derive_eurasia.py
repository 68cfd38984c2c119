"""Derive the embedded network of Eurasia from the collected corridors.

Run from the repository with the folder of source files:

    python scripts/derive_eurasia.py ../shared/data

Lengths become hours by the speed without delay of the economy where a link begins and where it ends (CAREC
CPMM), or of all CAREC economies, times the share of the day in which a truck or a train moves; they become
money by cost per tonne-kilometer. Each side of a crossing gets its own row: what was measured there last, or
the average of its country, or of all CAREC economies. The grade of every figure says which it was.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from statistics import mean

from winset.files import replacing
from winset.network.lengths import doubtful, expected_km
from winset.network.network import Node

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "eurasia"
READ, DERIVED, KNOWN = "read", "derived", "general knowledge"

#: Share of the day in which cargo on a link moves: a driver's hours, a train's stops (general knowledge).
MOVING = {"road": 0.5, "rail": 0.6}
KNOTS = 16.0
SCOPES = {
    "KAZ": "Kazakhstan", "UZB": "Uzbekistan", "MNG": "Mongolia", "PAK": "Pakistan", "TJK": "Tajikistan",
    "KGZ": "Kyrgyzstan", "GEO": "Georgia", "CHN": "China (Xinjiang, Inner Mongolia)", "AZE": "Azerbaijan",
    "AFG": "Afghanistan", "TKM": "Turkmenistan",
}  # fmt: skip
#: Where speeds were never measured and roads and railways are other than in Central Asia (general knowledge).
SPEEDS = {
    **dict.fromkeys(
        [(e, "road") for e in ("RUS", "BLR", "TUR", "IRN", "UKR", "SAU", "ARE", "OMN", "QAT", "KWT", "BHR",
                               "JOR", "THA", "MYS", "VNM", "POL", "DEU", "LTU", "ROU", "BGR", "GRC", "HUN",
                               "NLD", "ISR", "EGY", "KOR", "JPN", "SGP")], 60.0),
    **dict.fromkeys(
        [(e, "rail") for e in ("RUS", "BLR", "POL", "DEU", "LTU", "ROU", "BGR", "HUN", "NLD", "UKR")], 55.0),
}  # fmt: skip
#: Container trains on the broad gauge: 3,289 USD per 40 feet over 5,430 km, at 20 tonnes (both read).
TRANSIT_RAIL = round(3289.0 / 5430.0 / 20.0, 4)
BROAD = {"KAZ", "RUS", "BLR"}
INDIA = {"road": 0.0455, "rail": 0.0236}
SEA_USD = round(
    947.0 / 10.0 / 19_546.0, 5
)  # Shanghai to Europe, TEU of 10 tonnes, July 2023 (read)

CUSTOMS_UNION = {"RUS", "BLR", "KAZ", "KGZ", "ARM"}
SINGLE_MARKET = {"POL", "DEU", "LTU", "ROU", "BGR", "GRC", "HUN", "NLD"}

#: Ports of the sea distances that are no node, roughly where they lie (general knowledge).
PORTS = {
    "Hong Kong": ("hongkong", "HKG", 114.2, 22.3), "Safaga (Egypt, Red Sea)": ("safaga", "EGY", 33.9, 26.7),
    "Djibouti": ("djibouti", "DJI", 43.1, 11.6), "Mombasa": ("mombasa", "KEN", 39.7, -4.1),
    "Trieste": ("trieste", "ITA", 13.8, 45.6), "Valencia": ("valencia", "ESP", -0.3, 39.5),
    "New York": ("newyork", "USA", -74.0, 40.7), "Los Angeles": ("losangeles", "USA", -118.3, 33.7),
    "Santos": ("santos", "BRA", -46.3, -24.0), "Durban": ("durban", "ZAF", 31.0, -29.9),
}  # fmt: skip

Rows = list[dict[str, str]]


def main(shared: Path) -> None:
    """Write nodes.csv, links.csv, borders.csv and terminals.csv."""
    folder = shared / "corridors_eurasia"
    nodes = {row["id"]: row for row in table(folder / "nodes.csv")}
    for name, (key, economy, lon, lat) in PORTS.items():
        nodes[key] = {
            "id": key, "name": name.split(" (")[0], "iso3": economy, "lon": f"{lon}", "lat": f"{lat}",
            "population": "", "port": "1", "grade": "approx",
        }  # fmt: skip
    speeds = table(folder / "speeds_costs.csv")
    rates = Rates(speeds)
    links = land(table(folder / "links.csv"), nodes, rates)
    links += sea(table(folder / "sea_distances.csv"))
    used = {row[side] for row in links for side in (0, 1)}
    write(
        "nodes.csv",
        ("id", "name", "economy", "lon", "lat", "population", "port", "grade"),
        [
            (
                n["id"],
                n["name"],
                n["iso3"],
                n["lon"],
                n["lat"],
                n["population"] or "0",
                n["port"],
                n["grade"],
            )
            for n in nodes.values()
            if n["id"] in used
        ],
    )
    head = ("from", "to", "mode", "km", "hours", "usd_per_tonne", "status", "passages", "grade",
            "hours_grade", "usd_grade", "check")  # fmt: skip
    write("links.csv", head, links)
    borders = sides(table(folder / "border_times.csv"), nodes, links)
    write(
        "borders.csv", ("node", "mode", "direction", "hours", "usd", "grade", "rests_on"), borders
    )
    write("terminals.csv", ("node", "mode", "hours", "usd", "grade", "rests_on"), terminals())


class Rates:
    """Speeds and costs by economy and mode, the latest year of each."""

    def __init__(self, rows: Rows) -> None:
        self.found = {
            (row["kind"], row["mode"], row["scope"]): float(row["value"])
            for row in sorted(rows, key=lambda row: row["year"])
            if row["value"]
        }

    def speed(self, economy: str, mode: str) -> tuple[float, str]:
        """Return km/h in motion and how it is known."""
        kind = "speed without delay"
        if own := self.found.get((kind, mode, SCOPES.get(economy, ""))):
            return own, READ
        if (economy, mode) in SPEEDS:
            return SPEEDS[economy, mode], KNOWN
        return self.found[kind, mode, "CAREC all"], KNOWN

    def cost(self, economy: str, mode: str) -> tuple[float, str]:
        """Return USD per tonne-km and how it is known."""
        if mode == "rail" and economy in BROAD:
            return TRANSIT_RAIL, DERIVED
        if economy == "IND":
            return INDIA[mode], DERIVED
        kind = "cost per tonne-km (derived: value/10000)"
        if own := self.found.get((kind, mode, SCOPES.get(economy, ""))):
            return own, DERIVED
        return self.found[kind, mode, "CAREC all"], KNOWN


def land(rows: Rows, nodes: dict[str, dict[str, str]], rates: Rates) -> list[tuple[str, ...]]:
    """Return roads, railways and the ships of the Caspian."""
    found = []
    for row in rows:
        a, b = nodes[row["a"]], nodes[row["b"]]
        km = float(row["km"])
        grade = READ if row["km_source"].startswith("read") else KNOWN
        if row["km_source"].startswith("great circle"):
            grade = DERIVED
        status = row["status"].casefold()
        status = "under construction" if status.startswith("partly open") else status
        if row["mode"] == "caspian ship":
            hours, hours_grade = km / (306.0 / 12.0), DERIVED  # Baku–Turkmenbashi in 12 hours
            found.append(
                line(
                    row,
                    "sea",
                    km,
                    hours,
                    SEA_USD * km,
                    status,
                    "caspian",
                    grade,
                    hours_grade,
                    KNOWN,
                    "",
                )
            )
            continue
        mode = row["mode"]
        speeds = [rates.speed(n["iso3"], mode) for n in (a, b)]
        costs = [rates.cost(n["iso3"], mode) for n in (a, b)]
        hours = km / MOVING[mode] * sum(0.5 / speed for speed, _ in speeds)
        usd = km * sum(0.5 * cost for cost, _ in costs)
        # The share of the day in motion is general knowledge; a speed that was read makes it derived at best.
        read = grade == READ and all(g == READ for _, g in speeds)
        hours_grade = DERIVED if read else KNOWN
        priced = grade == READ and all(g == DERIVED for _, g in costs)
        found.append(
            line(row, mode, km, hours, usd, status, "", grade, hours_grade, DERIVED if priced else KNOWN,
                 checked(a, b, km, mode))
        )  # fmt: skip
    return found


def checked(a: dict[str, str], b: dict[str, str], km: float, mode: str) -> str:
    """Return a flag where a length is more than a third off the second opinion."""
    ends = [Node("", "", n["iso3"], float(n["lon"]), float(n["lat"]), 0.0) for n in (a, b)]
    expected = expected_km(ends[0], ends[1], mode)
    if expected is None:
        return "too short to check"
    return f"differs: {expected:.0f} km expected" if doubtful(km, expected) else ""


def line(
    row: dict[str, str], mode: str, km: float, hours: float, usd: float, *rest: str
) -> tuple[str, ...]:
    """Return a row of links.csv."""
    return (row["a"], row["b"], mode, f"{km:g}", f"{hours:.2f}", f"{usd:.2f}", *rest)


def sea(rows: Rows) -> list[tuple[str, ...]]:
    """Return ways by sea, and beside those through Suez the ones around the Cape."""
    found, seen = [], set()
    for row in rows:
        ends = [row[f"{side}_id"] or PORTS[row[side]][0] for side in ("from", "to")]
        if row["passages"] == "caspian" or ends[0] == ends[1]:
            continue  # the Caspian has its own rows among the links
        pair = tuple(sorted(ends))
        if pair in seen:
            continue
        seen.add(pair)
        passages = "+".join(sorted(row["passages"].split("+")))
        ways = [(row["km_shortest"], passages)]
        if row["km_without_suez"]:
            ways.append((row["km_without_suez"], "south_africa"))
        for length, by in ways:
            km = float(length)
            hours = km / (KNOTS * 1.852)
            found.append(
                (*ends, "sea", f"{km:g}", f"{hours:.1f}", f"{SEA_USD * km:.2f}", "open", by, DERIVED, DERIVED,
                 DERIVED, "")
            )  # fmt: skip
    return found


def sides(
    rows: Rows, nodes: dict[str, dict[str, str]], links: list[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Return what leaving and entering takes at every node with a crossing by road or rail."""
    measured: dict[tuple[str, str, str], tuple[str, float, float | None]] = {}
    national: dict[tuple[str, str, str], tuple[str, float, float | None]] = {}
    for row in sorted(rows, key=lambda row: row["year"]):
        if row["mode"] not in ("road", "rail") or not row["hours"] or "queue" in row["measure"]:
            continue
        if (
            row["direction"] == "inspection"
            or "waiting" in row["measure"]
            or "handling" in row["measure"]
        ):
            continue  # a part of the time, or a bad week
        ways = {"outbound": ("out",), "inbound": ("in",)}.get(row["direction"], ("out", "in"))
        if row["direction"] in ("into Poland", "out of Poland"):
            ways = ("in",) if row["direction"] == "into Poland" else ("out",)
        usd = float(row["cost_usd"]) / 20.0 if row["cost_usd"] else None
        said = f"{row['source']}, {row['year']}"
        for way in ways:
            if row["node_id"]:
                measured[row["node_id"], row["mode"], way] = (said, float(row["hours"]), usd)
            elif row["crossing"].startswith("ALL"):
                national[row["country"], row["mode"], way] = (said, float(row["hours"]), usd)
    found = []
    crossings = sorted(
        {
            (end, link[2], other)
            for link in links
            for end, other in ((link[0], link[1]), (link[1], link[0]))
            if link[2] in ("road", "rail") and nodes[end]["iso3"] != nodes[other]["iso3"]
        }
    )
    by_side: dict[tuple[str, str], set[str]] = {}
    for end, mode, other in crossings:
        by_side.setdefault((end, mode), set()).add(nodes[other]["iso3"])
    for (end, mode), neighbors in by_side.items():
        economy = nodes[end]["iso3"]
        for way in ("out", "in"):
            union = next(
                (u for u in (CUSTOMS_UNION, SINGLE_MARKET) if {economy, *neighbors} <= u), None
            )
            averages = [found for (of, by, _), found in national.items() if of and by == mode]
            own = measured.get((end, mode, way))
            if own:
                hours, usd, grade, said = own[1], own[2], READ, own[0]
            elif union is not None:
                hours, usd, grade, said = 0.0, 0.0, KNOWN, "no customs inside the union"
            elif average := national.get((economy, mode, way)) or national.get(
                (economy, mode, "in" if way == "out" else "out")
            ):
                hours, usd, grade = average[1], average[2], DERIVED
                said = f"average of the country: {average[0]}"
            else:
                hours, usd, grade = mean(one[1] for one in averages), None, KNOWN
                said = "mean of the averages of CAREC economies"
            if usd is None:
                usd = mean(one[2] for one in averages if one[2] is not None)
            found.append((end, mode, way, f"{hours:.4g}", f"{usd:.2f}", grade, said))
    return found


def terminals() -> list[tuple[str, ...]]:
    """Return what loading and unloading takes."""
    return [
        ("", "rail", "24", "5", KNOWN, "a day at a rail terminal"),
        ("", "sea", "72", "12", KNOWN, "three days in port"),
        ("kuryk", "sea", "69.7", "12", READ, "CAREC CPMM 2020, port outbound"),
        (
            "aktau",
            "sea",
            "28",
            "12",
            DERIVED,
            "Baku-Aktau with the wait takes 40 hours, 12 of them at sea",
        ),
        ("baku", "sea", "1.8", "1.8", READ, "CAREC CPMM 2022, Alat port outbound"),
        ("turkmenbashi", "sea", "28", "12", KNOWN, "as Aktau"),
    ]


def table(path: Path) -> Rows:
    """Read a table of the sources."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write one table."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    TARGET.mkdir(exist_ok=True)
    with replacing(TARGET / name) as draft:
        draft.write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
