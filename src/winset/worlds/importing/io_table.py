r"""The books of an inter-country input–output table while it is read, and whether they balance.

Sellers are pairs (economy, sector), N = n J of them, economy by economy. The books of a table hold

    use[r, s]        what seller r sells to producer s
    bought[r, n]     what seller r sells to the final users of economy n, positive cells
    drawn[r, n]      negative cells of final use, as positive numbers: stocks drawn down
    beyond[r]        what r sells outside the economies kept
    other[s]         what producer s pays besides: value added, taxes, margins, imports from beyond

all in USD million. A table balances where, for every seller, what it sells is what it spends and both
are the totals that the table states.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.tables import records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from winset.numbers import Array


MOST_LINE = 4_000_000  # characters: 4,915 columns of EORA26 take less than 150,000
MOST_SELLERS = 20_000
TOLERANCE = 1e-3  # of what a seller sells
SHOWN = 8


@dataclass
class Books:
    """The books of a table, filled row by row; see the head of this module.

    `sold` and `spent` are the totals that the table states, NaN where it states none.
    """

    path: Path
    year: int
    codes: tuple[str, ...]
    names: dict[str, str]
    sectors: tuple[str, ...]
    titles: dict[str, str]
    file: Path | None = None  # whose hash says which table it was, where `path` is a folder
    use: Array = field(init=False)
    bought: Array = field(init=False)
    drawn: Array = field(init=False)
    beyond: Array = field(init=False)
    other: Array = field(init=False)
    sold: Array = field(init=False)
    spent: Array = field(init=False)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        n, size = len(self.codes), len(self.codes) * len(self.sectors)
        if not 0 < size <= MOST_SELLERS or n < 2:
            raise DataError(
                f"{self.path}: {n} economies and {len(self.sectors)} sectors; this is not an "
                "inter-country table that fits in memory."
            )
        self.use = np.zeros((size, size))
        self.bought, self.drawn = np.zeros((size, n)), np.zeros((size, n))
        self.beyond, self.other = np.zeros(size), np.zeros(size)
        self.sold, self.spent = np.full(size, np.nan), np.full(size, np.nan)

    def place(self, code: str, sector: str) -> int:
        """Return the position of a seller."""
        return self.codes.index(code) * len(self.sectors) + self.sectors.index(sector)

    def sale(self, seller: int, users: CellGroups, buyers: CellGroups, cells: Array) -> None:
        """Enter a row of the table."""
        self.use[seller] += users.sums(cells, len(self.use))
        self.buy(seller, buyers, cells)

    def buy(self, seller: int, buyers: CellGroups, cells: Array) -> None:
        """Enter the final use of a row."""
        n = len(self.codes)
        self.bought[seller] += buyers.sums(np.maximum(cells, 0.0), n)
        self.drawn[seller] += buyers.sums(np.maximum(-cells, 0.0), n)

    def sales(self) -> Array:
        """Return what every seller sells, stocks drawn down taken off, (N,)."""
        return np.asarray(
            self.use.sum(axis=1) + (self.bought - self.drawn).sum(axis=1) + self.beyond
        )

    def costs(self) -> Array:
        """Return what every producer spends, (N,)."""
        return np.asarray(self.use.sum(axis=0) + self.other)

    def check(self, tolerance: float) -> None:
        """Raise DataError with the sellers whose books are off by more than `tolerance`.

        The measure is relative to what is sold or spent, at least 1 USD million.
        """
        sales, costs = self.sales(), self.costs()
        size = np.maximum(np.maximum(np.abs(sales), np.abs(costs)), 1.0)
        problems = []
        for what, here, there in (
            ("sales of {} add up to {:,.6g}, their total says {:,.6g}", sales, self.sold),
            ("costs of {} add up to {:,.6g}, their total says {:,.6g}", costs, self.spent),
            ("{} sells {:,.6g} but spends {:,.6g}", sales, costs),
        ):
            gap = np.abs(np.nan_to_num(here - there)) / size
            wrong = np.flatnonzero(gap > tolerance)
            if not len(wrong):
                continue
            count = f"{len(wrong):,} of {len(gap):,} sellers"
            for k in wrong[np.argsort(-gap[wrong], kind="stable")][:SHOWN]:
                said = what.format(self.seller(k), here[k], there[k])
                problems.append(
                    f"{said} USD million: {100 * (here[k] - there[k]) / size[k]:+.3g} %"
                )
            problems.append(f"in all {count}, the largest gap {100 * gap.max():.3g} %")
        if problems:
            raise DataError(
                f"{self.path}: the accounts do not balance to {100 * tolerance:g} %.\n  "
                + "\n  ".join(problems)
                + "\nMend the file; or, if it is as published, accept the gaps with a larger "
                "--tolerance (0.02 is two percent): what is left over then goes to value added."
            )

    def without(self, codes: set[str]) -> Books:
        """Leave economies out: what is sold to them goes beyond, what is bought of them is a cost."""
        stay = np.array([code not in codes for code in self.codes])
        keep = np.repeat(stay, len(self.sectors))
        books = replace(self, codes=tuple(c for c, k in zip(self.codes, stay, strict=True) if k))
        books.use = self.use[keep][:, keep]
        books.bought, books.drawn = self.bought[keep][:, stay], self.drawn[keep][:, stay]
        gone = self.use[keep][:, ~keep].sum(axis=1)
        gone += (self.bought - self.drawn)[keep][:, ~stay].sum(axis=1)
        books.beyond = self.beyond[keep] + gone
        books.other = self.other[keep] + self.use[~keep][:, keep].sum(axis=0)
        books.sold, books.spent = self.sold[keep], self.spent[keep]
        return books

    def seller(self, k: int) -> str:
        """Name a seller in a message."""
        count = len(self.sectors)
        return f"{self.codes[k // count]}, sector {self.sectors[k % count]}"


@dataclass(frozen=True, slots=True)
class CellGroups:
    """Which cells of a row belong where: `columns` of it are added up at `at`."""

    columns: NDArray[np.intp]
    at: NDArray[np.intp]

    @classmethod
    def of(cls, pairs: Sequence[tuple[int, int]]) -> CellGroups:
        """Make it of (column, position) pairs."""
        array = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        return cls(array[:, 0].copy(), array[:, 1].copy())

    def sums(self, cells: Array, size: int) -> Array:
        """Add up cells by position, (size,)."""
        return np.asarray(
            np.bincount(self.at, weights=cells[self.columns], minlength=size), dtype=np.float64
        )


def rows(path: Path, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Stream the rows of a table with their numbers; one row at a time is in memory."""
    return records(path, separator=separator, most_line=MOST_LINE)


def numbers(cells: list[str], path: Path, row: int, first: int = 1) -> Array:
    """Read the cells of a row; a blank one is zero. `first` is the first cell's column, from 1."""
    try:
        values = np.array(list(map(float, cells)))
    except ValueError:
        values = np.array([_number(c, path, row, first + k) for k, c in enumerate(cells)])
    if not np.isfinite(values).all():
        k = int(np.argmin(np.isfinite(values)))
        raise DataError(f"{path} row {row}, column {first + k}: {cells[k]!r} is not a number.")
    return values


def _number(text: str, path: Path, row: int, column: int) -> float:
    text = text.strip()
    if not text:
        return 0.0
    try:
        return float(text)
    except ValueError:
        raise DataError(
            f"{path} row {row}, column {column}: {text!r} is not a number. Cells must hold plain "
            "numbers, without separators of thousands."
        ) from None
