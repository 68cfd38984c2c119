"""Who exports in a table of reporters and partners: what its rows say, or what is declared; no guess."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winset.errors import DataError
from winset.worlds.importing import files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

REPORTER = (
    "reporter", "reporteriso", "reporteriso3", "reporter_iso", "reporter_iso3", "reporter iso",
    "reportercode", "reporter_code", "reporter code", "reporter name", "reporterdesc", "ref_area",
    "reporting economy",
)  # fmt: skip
PARTNER = (
    "partner", "partneriso", "partneriso3", "partner_iso", "partner_iso3", "partner iso", "partnercode",
    "partner_code", "partner code", "partner name", "partnerdesc", "counterpart_area",
    "counterpart country code", "partner economy",
)  # fmt: skip
FLOW = (
    "flow_direction", "flowdirection", "flowcode", "flow_code", "flow code", "flowdesc", "trade_flow",
    "trade flow", "tradeflow", "trade flow name", "trade flow code", "flow", "indicator",
    "indicator code", "indicator_code",
)  # fmt: skip
KNOWN = ("exports", "imports")
EXPORTS = re.compile(r"x|e|exports?|txg.*|xprt.*|экспорт|出口", re.IGNORECASE)
IMPORTS = re.compile(r"m|i|imports?|tmg.*|mprt.*|импорт|进口", re.IGNORECASE)
AGAIN = re.compile(r"r[xm]|re-?(exports?|imports?)|реэкспорт|реимпорт", re.IGNORECASE)


@dataclass
class Ends:
    """The columns of a table of reporters; nothing of them where it is a table of exporters.

    Attributes
    ----------
    exporter, importer : str, optional
        The columns of reporters and partners; rows of imports are turned, see `directed`.
    flow : str, optional
        The column that says what a row is.
    only : str, optional
        The direction of all rows or, with `flow`, of those that are kept.
    """

    exporter: str | None = None
    importer: str | None = None
    flow: str | None = None
    only: str | None = None
    notes: list[str] = field(default_factory=list)
    _first: dict[str, int] = field(default_factory=dict)

    def directed(self, piece: pd.DataFrame, path: Path) -> pd.DataFrame:
        """Return the rows of one direction, senders in the column `exporter`.

        Raises
        ------
        DataError
            A file has both directions and none is chosen, or a row says neither.
        """
        if self.exporter is None:
            return piece
        ends = [self.exporter, self.importer]
        if self.flow is None:
            return _turned(piece, ends) if self.only == "imports" else piece
        texts = zip(piece.index.tolist(), piece[self.flow].tolist(), strict=True)
        said = [_meaning(text, path, row) for row, text in texts]
        for row, what in zip(piece.index, said, strict=True):
            self._first.setdefault(what, int(row))
        if "again" in self._first and not self.notes:
            self.notes.append(
                "Rows of re-exports and re-imports are left out; exports contain the former."
            )
        both = {"exports", "imports"} <= set(self._first)
        if both and self.only is None:
            raise DataError(
                f"{path}: rows of exports (row {self._first['exports']}) and of imports (row "
                f"{self._first['imports']}), which tell the same trade twice. Choose with --reporter exports "
                "or --reporter imports."
            )
        kept = piece[[what != "again" and self.only in (None, what) for what in said]]
        return _turned(kept, ends) if "imports" in self._first and self.only != "exports" else kept


def _turned(piece: pd.DataFrame, ends: list[str | None]) -> pd.DataFrame:
    """Return rows of imports with senders and receivers in each other's place."""
    return piece.rename(columns=dict(zip(ends, reversed(ends), strict=True)))


def _meaning(text: str, path: Path, row: int) -> str:
    for pattern, what in ((AGAIN, "again"), (EXPORTS, "exports"), (IMPORTS, "imports")):
        if pattern.fullmatch(text.strip()):
            return what
    raise DataError(
        f"{path} row {row}: {text!r} says neither export nor import. Keep the rows of one direction and "
        "declare it with --reporter exports or --reporter imports."
    )


def ends(
    path: Path,
    header: Sequence[str],
    exporter: str | None,
    importer: str | None,
    declared: str | None,
) -> Ends:
    """Find the columns of a table of reporters; without such columns nothing is found.

    Raises
    ------
    DataError
        A table of reporters without a direction, or a word that is none.
    """
    if declared is not None and declared not in KNOWN:
        raise DataError(f"--reporter {declared}: not one of {', '.join(KNOWN)}.")
    reporter, partner = files.found(header, REPORTER), files.found(header, PARTNER)
    if exporter is not None or importer is not None or reporter is None or partner is None:
        if declared is not None:
            raise DataError(
                f"{path}: --reporter is for a table with the columns reporter and partner; found "
                f"{', '.join(header[:8])}. Drop it."
            )
        return Ends()
    flow = files.found(header, FLOW)
    if flow is not None:
        return Ends(reporter, partner, flow, declared)
    if declared is None:
        raise DataError(
            f"{path}: a reporter may report its exports or its imports, and no column says which. Declare it "
            "with --reporter exports or --reporter imports."
        )
    return Ends(
        reporter,
        partner,
        only=declared,
        notes=[f"Reporters report their {declared}, as declared."],
    )
