"""Who exports in a table of reporters and partners: by its rows, or as declared; never a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winset.errors import DataError
from winset.worlds.importing import Columns, import_world

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "reporter,partner,flow,value\n"
EXPORTS = "KAZ,UZB,X,10\nUZB,KAZ,X,7\n"
IMPORTS = "UZB,KAZ,Import,11\nKAZ,UZB,Import,8\n"
AGAIN = "KAZ,UZB,RX,3\n"
BARE = "reporter,partner,value\nKAZ,UZB,10\nUZB,KAZ,7\n"


def flows(folder: Path, text: str, reporter: str | None) -> tuple[float, float]:
    """What KAZ sells to UZB, and UZB to KAZ."""
    (folder / "trade.csv").write_text(text, encoding="utf-8")
    (folder / "gdp.csv").write_text("code,gdp\nKAZ,1e12\nUZB,1e12\n", encoding="utf-8")
    columns = Columns(reporter=reporter)
    made = import_world(folder / "trade.csv", folder / "gdp.csv", year=2020, columns=columns)
    return float(made.trade[0, 0, 1]), float(made.trade[0, 1, 0])


@pytest.mark.parametrize(
    ("text", "reporter", "found"),
    [
        (HEAD + EXPORTS, None, (10, 7)),
        (HEAD + EXPORTS, "exports", (10, 7)),
        (HEAD + IMPORTS, None, (11, 8)),
        (HEAD + IMPORTS, "imports", (11, 8)),
        (HEAD + EXPORTS + IMPORTS, "exports", (10, 7)),
        (HEAD + EXPORTS + IMPORTS, "imports", (11, 8)),
        (HEAD + EXPORTS + AGAIN, None, (10, 7)),
        (HEAD + AGAIN + IMPORTS, None, (11, 8)),
        (BARE, "exports", (10, 7)),
        (BARE, "imports", (7, 10)),
    ],
)
def test_who_exports(
    tmp_path: Path, text: str, reporter: str | None, found: tuple[float, float]
) -> None:
    assert flows(tmp_path, text, reporter) == found


@pytest.mark.parametrize(
    ("text", "reporter", "said"),
    [
        (HEAD + EXPORTS, "imports", "no rows"),
        (HEAD + IMPORTS, "exports", "no rows"),
        (HEAD + EXPORTS + IMPORTS, None, r"exports \(row 2\) and of imports \(row 4\)"),
        (HEAD + "KAZ,UZB,?,1\n", "exports", r"row 2: '\?' says neither export nor import"),
        (BARE, None, "--reporter exports or --reporter imports"),
        (BARE, "both", "--reporter both: not one of exports, imports"),
        ("exporter,importer,value\nKAZ,UZB,1\n", "exports", "--reporter is for a table with"),
    ],
)
def test_what_does_not_say_who_exports(
    tmp_path: Path, text: str, reporter: str | None, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        flows(tmp_path, text, reporter)


@pytest.mark.parametrize(
    ("text", "noted"), [(HEAD + EXPORTS + AGAIN + AGAIN, 1), (HEAD + EXPORTS, 0)]
)
def test_what_is_left_out_as_trade_again_is_told_once(
    tmp_path: Path, text: str, noted: int
) -> None:
    (tmp_path / "trade.csv").write_text(text, encoding="utf-8")
    (tmp_path / "gdp.csv").write_text("code,gdp\nKAZ,1e12\nUZB,1e12\n", encoding="utf-8")
    made = import_world(tmp_path / "trade.csv", tmp_path / "gdp.csv", year=2020)
    said = "Rows of re-exports and re-imports are left out; exports contain the former."
    assert list(made.notes).count(said) == noted
