"""Pair resolutions of like content that name different countries, from the embedded roll calls.

    python scripts/derive_pairs.py

Writes ``src/winset/data/pairs/pairs.csv``: the family of the two texts, their session's year, and of
each its symbol, the country named and its title. Titles decide, by the patterns below; two texts of
one family and session that name different countries are a pair. Whoever disputes a pair strikes its
row, and gives the file to ``winset even --pairs``.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from pathlib import Path

from derive_unvotes import write_rows
from winset.governance.rollcalls.records import un_roll_calls

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "pairs"
FIRST = 1980
#: Countries as titles of human-rights resolutions name them.
NAMED = {
    "Afghanistan": "AFG", "Belarus": "BLR", "Bolivia": "BOL", "Chile": "CHL", "Cuba": "CUB",
    "Democratic People": "PRK", "Democratic Republic of the Congo": "COD", "El Salvador": "SLV",
    "Guatemala": "GTM", "Haiti": "HTI", "Iran": "IRN", "Iraq": "IRQ", "Kuwait": "IRQ",
    "Kosovo": "SRB", "Myanmar": "MMR", "Nigeria": "NGA", "Rwanda": "RWA", "Sudan": "SDN",
    "Syrian Arab Republic": "SYR", "Turkmenistan": "TKM", "Uzbekistan": "UZB", "Crimea": "RUS",
    "occupied territories of Ukraine": "RUS", "Zaire": "COD",
}  # fmt: skip
RIGHTS = re.compile(r"(?:[Ss]ituation of|^)\s?[Hh]uman rights(?:,| | and fundamental freedoms)")
PALESTINIANS = re.compile(r"[Ii]sraeli practices affecting the human rights")
#: Use of force against, or occupation of, another's territory: pattern of the title, country named.
TERRITORY = {
    r"occupied Syrian Golan": "ISR", r"Israeli settlements in": "ISR",
    r"militarization of the Autonomous Republic of Crimea": "RUS",
    r"[Tt]erritorial integrity of Ukraine": "RUS", r"^Aggression against Ukraine": "RUS",
    r"Abkhazia, Georgia": "RUS", r"occupied territories of Azerbaijan": "ARM",
    r"[Kk]ampuchea": "VNM", r"[Ee]ast [Tt]imor": "IDN", r"[Gg]renada": "USA", r"[Pp]anama\b": "USA",
    r"[Ww]estern [Ss]ahara": "MAR", r"[Cc]yprus": "TUR", r"^(?:The situation in )?[Aa]fghanistan\b": "RUS",
}  # fmt: skip
SOVIET_FORCES = range(1980, 1988)  # the sessions whose texts on Afghanistan are on foreign troops


def rights(title: str) -> str | None:
    """Return the one country that a text on human rights names."""
    if PALESTINIANS.search(title):
        return "ISR"
    if not RIGHTS.search(title):
        return None
    found = {code for name, code in NAMED.items() if name.casefold() in title.casefold()}
    return found.pop() if len(found) == 1 else None


def territory(title: str, year: int) -> str | None:
    """Return the country whose force or occupation a text is about."""
    for pattern, code in TERRITORY.items():
        if re.search(pattern, title):
            if "fghanistan" in pattern and year not in SOVIET_FORCES:
                return None
            return code
    return None


def main() -> None:
    """Find the texts, pair them, write."""
    calls = un_roll_calls()
    times = Counter(calls.resolutions)  # paragraphs and amendments share their text's symbol
    texts: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    for row, title in enumerate(calls.titles):
        year, symbol = int(calls.years[row]), calls.resolutions[row]
        if year < FIRST or not symbol or times[symbol] > 1:
            continue
        for family, named in (("rights", rights(title)), ("territory", territory(title, year))):
            if named is not None:
                texts.setdefault((family, year), []).append((symbol, named, title))
    rows: list[list[object]] = []
    for (family, year), found in sorted(texts.items()):
        rows += [[family, year, *a, *b] for a, b in combinations(found, 2) if a[1] != b[1]]
    TARGET.mkdir(parents=True, exist_ok=True)
    header = ["family", "year", "a", "names_a", "title_a", "b", "names_b", "title_b"]
    write_rows(TARGET / "pairs.csv", header, rows)
    print(f"{len(rows)} pairs")


if __name__ == "__main__":
    main()
