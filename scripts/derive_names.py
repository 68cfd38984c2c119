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

#: Where winset says otherwise than CLDR: the policy is docs/decisions/0031-maps-and-names.md.
OWN = {
    ("KGZ", "ru"): "Кыргызстан",
    ("USA", "ru"): "США",
    ("ZAF", "ru"): "ЮАР",
    ("FSM", "ru"): "Микронезия",
    ("MMR", "ru"): "Мьянма",
    ("COD", "ru"): "ДР Конго",
    ("COG", "ru"): "Конго",
    ("PSE", "ru"): "Палестина",
    ("PSE", "zh"): "巴勒斯坦",
    ("SHN", "ru"): "Остров Святой Елены",
    ("VGB", "ru"): "Британские Виргинские острова",
    ("VIR", "ru"): "Виргинские острова США",
    ("UMI", "ru"): "Внешние малые острова США",
    ("HKG", "en"): "Hong Kong, China",
    ("HKG", "ru"): "Гонконг (Китай)",
    ("HKG", "zh"): "中国香港",
    ("MAC", "en"): "Macao, China",
    ("MAC", "ru"): "Макао (Китай)",
    ("MAC", "zh"): "中国澳门",
    ("TWN", "en"): "Chinese Taipei",
    ("TWN", "ru"): "Китайский Тайбэй",
    ("TWN", "zh"): "中国台北",
    ("FLK", "en"): "Falkland Islands (Malvinas)",
    ("FLK", "ru"): "Фолклендские (Мальвинские) острова",
    ("FLK", "zh"): "福克兰群岛（马尔维纳斯）",
}


def written_out(name: str) -> str:
    """Return a Russian name without the abbreviations for islands, with a capital letter.

    >>> written_out("о-ва Кука"), written_out("Маршалловы о-ва")
    ('Острова Кука', 'Маршалловы острова')
    """
    said = name.replace("о-ва", "острова").replace("о-в", "остров")
    return said[0].upper() + said[1:]


def main(source: Path) -> None:
    """Join codes and names."""
    numeric = {cell[:3]: cell[3:] for cell in source.read_text(encoding="utf-8").split()}
    two = {row["code"]: row["iso2"] for row in embedded_rows(FOLDER / "economies.csv")}
    spoken = {code: Locale(code).territories for code in ("ru", "zh")}
    rows = []
    for code, economy in economies().items():
        found = {"en": economy.name} | {s: spoken[s].get(two[code], economy.name) for s in spoken}
        found["ru"] = written_out(found["ru"])
        said = [OWN.get((code, s), name) for s, name in found.items()]
        rows.append((code, numeric.get(code, ""), *said))
    write_rows(FOLDER / "names.csv", ("code", "numeric", "en", "ru", "zh"), rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
