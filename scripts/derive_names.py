"""Derive names.csv: the numeric code of each economy and its names in English, Russian and Chinese.

    python scripts/derive_names.py iso-3166.txt

The argument lists alpha-3 and numeric codes of ISO 3166 (UN M49) as ``KAZ398``. Russian and Chinese
names are those of Unicode's CLDR, by Babel; where winset says otherwise, `OWN` does. Aliases are kept
by hand in aliases.csv.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel import Locale

from winset.places.economies import economies
from winset.tables import embedded_rows, write_rows

FOLDER = Path(__file__).parents[1] / "src" / "winset" / "data" / "economies"

OWN = {
    ("KGZ", "ru"): "Кыргызстан",
    ("HKG", "ru"): "Гонконг",
    ("MAC", "ru"): "Макао",
    ("PSE", "ru"): "Палестина",
    ("HKG", "zh"): "中国香港",
    ("MAC", "zh"): "中国澳门",
    ("PSE", "zh"): "巴勒斯坦",
    ("MMR", "ru"): "Мьянма",
    ("COD", "ru"): "ДР Конго",
    ("COG", "ru"): "Конго",
}


def main(source: Path) -> None:
    """Join codes and names."""
    numeric = {cell[:3]: cell[3:] for cell in source.read_text(encoding="utf-8").split()}
    two = {row["code"]: row["iso2"] for row in embedded_rows(FOLDER / "economies.csv")}
    spoken = {code: Locale(code).territories for code in ("ru", "zh")}
    rows = []
    for code, economy in economies().items():
        ru, zh = (OWN.get((code, s)) or spoken[s].get(two[code], economy.name) for s in spoken)
        rows.append((code, numeric.get(code, ""), economy.name, ru, zh))
    write_rows(FOLDER / "names.csv", ("code", "numeric", "en", "ru", "zh"), rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
