"""Write what the page must know of an economy before any is solved: ISO alpha-2 code, population.

    python -m scripts.derive_page_economies

The browser names countries in the reader's language by their alpha-2 code; the chart of voting power
needs their populations. Both come from the package's own table of economies.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from winset.places import economies

TARGET = Path(economies.__file__).parents[1] / "web" / "static" / "data" / "economies.json"


def contents() -> str:
    """Return the JSON text: one line per economy, ``"KAZ": ["KZ", "Kazakhstan", 20330104]``."""
    with (economies.FOLDER / "economies.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            f"{json.dumps(row['code'])}: "
            + json.dumps(
                [row["iso2"], row["name"], int(row["population"]) if row["population"] else None],
                ensure_ascii=False,
            )
            for row in csv.DictReader(file)
        ]
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    TARGET.write_text(contents(), encoding="utf-8")
