"""Write what the page must know of an economy before any is solved: its names and its population.

    python -m scripts.derive_page_economies

Names in three languages and aliases are the package's own tables (docs/decisions/0031-maps-and-names.md),
so that no browser's list decides them; the chart of voting power needs populations.
"""

from __future__ import annotations

import json
from pathlib import Path

from winset.places import economies
from winset.tables import embedded_rows

TARGET = Path(economies.__file__).parents[1] / "web" / "static" / "data" / "economies.json"


def contents() -> str:
    """Return the JSON text: one line per economy, its names, aliases and population."""
    named = {row["code"]: row for row in embedded_rows(economies.FOLDER / "names.csv")}
    aliases: dict[str, list[str]] = {code: [] for code in named}
    for row in embedded_rows(economies.FOLDER / "aliases.csv"):
        aliases[row["code"]].append(row["alias"])
    rows = []
    for code, economy in economies.economies().items():
        said: dict[str, object] = {
            language: named[code][language] for language in ("en", "ru", "zh")
        }
        said |= {"population": economy.population, "aliases": aliases[code]}
        rows.append(f"{json.dumps(code)}: {json.dumps(said, ensure_ascii=False)}")
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(contents(), encoding="utf-8")
