"""Figures as people write them, in plain notation: decimal commas, marks for thousands, no value.

A cell such as 3,700 is 3.7 to one reader and 3700 to another. The other cells of its column decide: one
that can be read in one way only (3700,5 or 1,234.5) tells the mark of all. Where none does, or two
disagree, the column is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

#: How programs write that there is no value, without capitals: R, the World Bank, Eurostat, Excel.
NO_VALUE = frozenset(
    ("", "na", "n/a", "n.a.", "nan", "..", "...", "…", "-", "--", "–", "—", ":", "#n/a", "null")
)

#: What a column of plain figures, an end of line between them, is written with.
PLAIN_COLUMN = re.compile(r"[0-9.eE+\-\n]*")
TWO_POINTS = re.compile(r"\.[^.\n]*\.")
#: Cells of such a column that have no value.
NO_FIGURE = tuple(f"\n{word}\n" for word in sorted(NO_VALUE) if PLAIN_COLUMN.fullmatch(word))
PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
SPACES = " \u00a0\u2009\u202f'’"
POWER = r"(?:[eE][+-]?[0-9]+)?"
#: A decimal comma; points, spaces or apostrophes may mark thousands.
COMMA = re.compile(
    rf"[+-]?(?:[0-9]+,[0-9]+{POWER}|[1-9][0-9]{{0,2}}(?:[.][0-9]{{3}})+,[0-9]+|"
    rf"[1-9][0-9]{{0,2}}(?:[.][0-9]{{3}}){{2,}}|[1-9][0-9]{{0,2}}(?:[{SPACES}][0-9]{{3}})+,[0-9]+)"
)
#: A decimal point; commas, spaces or apostrophes mark thousands.
POINT = re.compile(
    rf"[+-]?[1-9][0-9]{{0,2}}(?:(?:,[0-9]{{3}})+(?:\.[0-9]*)?|(?:[{SPACES}][0-9]{{3}})+\.[0-9]*)"
)
#: Only spaces or apostrophes: the same either way.
SPACED = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?:[{SPACES}][0-9]{{3}})+")
#: A plain figure that a decimal comma elsewhere makes doubtful, and one that needs a decimal point.
THREE = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")

Mark = Literal["comma", "point"]


@dataclass
class Figures:
    """The figures of one column of a file.

    Attributes
    ----------
    where : str
        The file, for messages.
    column : str
    cells : callable
        All cells of the column with their rows: asked where one cell does not tell.
    declared : str, optional
        The decimal mark, where it is declared.
    local : bool
        Whether cells stand between semicolons or tabs, as where the comma is the decimal mark: there
        1.234 may be a thousand.
    mark : str or None
        The decimal mark, as declared or found so far.
    """

    where: str
    column: str
    cells: Callable[[], Iterable[tuple[int, str]]]
    declared: Mark | None = None
    local: bool = False
    mark: Mark | None = field(init=False)

    def __post_init__(self) -> None:
        self.mark = self.declared

    def plain(self, text: str, row: int) -> str:
        """Return a cell in plain notation, nothing for no value; what is no figure stays as it is.

        Raises
        ------
        DataError
            A figure that can be read in two ways.
        """
        bare = text.strip().replace("\u2212", "-")
        if PLAIN.fullmatch(bare):
            if self.local and self.mark is None and THREE.fullmatch(bare):
                self.mark = self._found(bare, row)
            if (self.declared or self.local) and self.mark == "comma" and "." in bare:
                if not THREE.fullmatch(bare):
                    raise DataError(
                        f"{self.where} row {row}: {self.column} is {text.strip()!r}, a decimal point "
                        "where the comma is the decimal mark."
                    )
                return bare.replace(".", "")
            return bare
        if bare.casefold() in NO_VALUE:
            return ""
        if SPACED.fullmatch(bare):
            return re.sub(f"[{SPACES}]", "", bare)
        comma, point = COMMA.fullmatch(bare), POINT.fullmatch(bare)
        if not (comma or point):
            return bare
        if self.mark is None:
            self.mark = self._found(bare, row)
        if self.mark == "comma":
            if not comma:
                raise self._doubtful(bare, row, "elsewhere the comma is the decimal mark")
            return re.sub(rf"[.{SPACES}]", "", bare).replace(",", ".")
        if not point:
            raise self._doubtful(bare, row, "elsewhere the point is the decimal mark")
        return re.sub(rf"[,{SPACES}]", "", bare)

    def plain_column(self, cells: Sequence[str], rows: Sequence[int]) -> Sequence[str]:
        """Return cells in plain notation; at once where nothing in them could be read otherwise."""
        if self.declared != "comma" and not self.local:
            text = "\n".join(("", *cells, ""))
            if PLAIN_COLUMN.fullmatch(text) and not (
                TWO_POINTS.search(text) or any(cell in text for cell in NO_FIGURE)
            ):
                return cells
        return [self.plain(text, row) for text, row in zip(cells, rows, strict=True)]

    def _found(self, text: str, row: int) -> Mark:
        """Find the decimal mark in the whole column."""
        told: dict[Mark, tuple[int, str]] = {}
        doubtful: tuple[int, str] | None = None
        for at, cell in self.cells():
            bare = cell.strip().replace("\u2212", "-")
            comma, point = COMMA.fullmatch(bare), POINT.fullmatch(bare)
            if comma and not point:
                told.setdefault("comma", (at, bare))
            elif point and not comma:
                told.setdefault("point", (at, bare))
            elif PLAIN.fullmatch(bare) and "." in bare:
                if THREE.fullmatch(bare):
                    doubtful = doubtful or (at, bare)
                else:
                    told.setdefault("point", (at, bare))
        if len(told) == 2:
            (a, one), (b, other) = told["comma"], told["point"]
            raise DataError(
                f"{self.where}: {self.column} is {one!r} in row {a} and {other!r} in row {b}: two decimal "
                "marks in one column. Write all figures in one way."
            )
        if not told:
            raise self._doubtful(text, row, "no other figure of the column tells")
        mark = next(iter(told))
        if mark == "comma" and doubtful is not None and not self.local:
            raise self._doubtful(
                doubtful[1], doubtful[0], "elsewhere the comma is the decimal mark"
            )
        return mark

    def _doubtful(self, text: str, row: int, why: str) -> DataError:
        return DataError(
            f"{self.where} row {row}: {self.column} is {text!r}, which can be read in two ways ({why}). "
            "Write it without marks for thousands and with a decimal point, or declare the mark with "
            "--decimal comma or --decimal point where the command has it."
        )
