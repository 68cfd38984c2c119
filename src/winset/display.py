"""How results show themselves: in a notebook, in a terminal and a pipe; and figures with a sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    from rich.console import Console, ConsoleOptions
    from rich.text import Text

GAP = "  "  # between columns
NARROWEST = 14  # to which a column of names is folded, where its longest word allows it


def html(
    title: str,
    sentences: Iterable[str] = (),
    frame: pd.DataFrame | None = None,
    digits: Mapping[str, int] | None = None,
    note: str = "",
) -> str:
    """Return HTML for ``_repr_html_``; `digits` are the decimals of the frame's columns.

    >>> html("a < b", ["It is so."])
    '<p><b>a &lt; b</b></p><p>It is so.</p>'
    """
    parts = [f"<p><b>{escape(title)}</b></p>"]
    parts += [f"<p>{escape(sentence)}</p>" for sentence in sentences]
    if frame is not None:
        formats = {
            column: f"{{:,.{places}f}}".format
            for column, places in (digits or {}).items()
            if column in frame
        }
        parts.append(
            frame.to_html(formatters=formats, na_rep="–", border=0, escape=True, notebook=True)
        )
    if note:
        parts.append(f"<p><small>{escape(note)}</small></p>")
    return "".join(parts)


def signed(value: float, digits: int) -> str:
    """Format a figure with its sign, a real minus, and no sign where it rounds to zero.

    >>> signed(-0.7, 2)
    '−0.70'
    """
    # a whole number of many digits keeps all of them
    text = f"{value:+,d}" if isinstance(value, int) and not digits else f"{value:+,.{digits}f}"
    if not any(character in "123456789" for character in text):
        return text[1:]
    return text.replace("-", "−")


#: Units of money, the largest first: USD million, word, decimals.
_UNITS = ((1e6, "trillion", 2), (1e3, "billion", 1), (1.0, "million", 0), (1e-3, "thousand", 0))


def money(musd: float) -> str:
    """Write USD million with a sign, in the unit that fits.

    >>> [money(musd) for musd in (196_101.0, -5_989.4, 999.7, 12.3, 0.4, -2e-5, 0.0)]
    ['+196.1 billion', '−6.0 billion', '+1,000 million', '+12 million', '+400 thousand', '−20', '0']
    """
    for size, word, digits in _UNITS:
        if abs(musd) >= size:
            return f"{signed(musd / size, digits)} {word}"
    return signed(musd * 1e6, 0)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a `Table`: figures stand on the right and in one piece, names may fold.

    `spare`: a row says what it must without it.
    """

    heading: str
    figure: bool
    spare: bool
    cells: list[str]


@dataclass(slots=True)
class Table:
    """A table in plain text for any width, without boxes: what every command prints.

    Where it is too wide, headings and names fold at spaces; then spare columns are left out, the last
    first, and named below; then every row becomes a block of lines. No figure is ever cut.

    >>> table = Table("Gains")
    >>> table.names("economy")
    >>> table.figures("USD mn")
    >>> table.add_row("Kazakhstan", "+1,969")
    >>> print("\\n".join(table.plain(80)))
    Gains
    economy     USD mn
    ----------  ------
    Kazakhstan  +1,969
    """

    title: str = ""
    columns: list[Column] = field(default_factory=list)
    parts: dict[int, str] = field(default_factory=dict)

    def names(self, *headings: str, spare: bool = False) -> None:
        """Add columns of names."""
        self.columns += [Column(heading, False, spare, []) for heading in headings]

    def figures(self, *headings: str, spare: bool = False) -> None:
        """Add columns of figures."""
        self.columns += [Column(heading, True, spare, []) for heading in headings]

    def add_row(self, *cells: str) -> None:
        """Add a row; cells that are not given are blank."""
        for column, cell in zip(
            self.columns, (*cells, *[""] * (len(self.columns) - len(cells))), strict=True
        ):
            column.cells.append(cell)

    def add_part(self, label: str = "") -> None:
        """Begin a new part of the rows."""
        self.parts[len(self)] = label

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.columns[0].cells) if self.columns else 0

    def plain(self, width: int) -> list[str]:
        """Return the lines of the table, none of them wider than `width`."""
        return ["".join(text for text, _ in pieces).rstrip() for pieces in self._lines(width)]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Give the lines with colors, for whatever can show them."""
        from rich.text import Text

        for pieces in self._lines(options.max_width):
            line = Text.assemble(*pieces, no_wrap=True, overflow="ignore")
            line.rstrip()
            yield line

    def _lines(self, width: int) -> Iterator[list[tuple[str, str]]]:
        for line in folded(self.title, width) if self.title else ():
            yield [(line, "bold")]
        shown = list(self.columns)
        while (widths := _widths(shown, width)) is None:
            spare = [column for column in shown if column.spare]
            if not spare:
                yield from self._blocks(width)
                return
            shown.remove(spare[-1])
        yield from self._grid(shown, widths, width)
        if left_out := [c.heading for c in self.columns if c not in shown and c.heading]:
            said = f"Left out at this width: {', '.join(left_out)}."
            yield from ([(line, "dim")] for line in folded(said, width))

    def _grid(
        self, shown: Sequence[Column], widths: Sequence[int], width: int
    ) -> Iterator[list[tuple[str, str]]]:
        headings = [folded(c.heading, w) for c, w in zip(shown, widths, strict=True)]
        for at in range(max(map(len, headings))):
            yield _row(shown, widths, [h[at] if at < len(h) else "" for h in headings])
        rule = [("-" * w + GAP, "") for w in widths]
        yield rule
        for row in range(len(self)):
            if row in self.parts:
                label = self.parts[row]
                yield from ([(x, "italic")] for x in folded(label, width)) if label else [rule]
            cells = [
                [c.cells[row]] if c.figure else folded(c.cells[row], w)
                for c, w in zip(shown, widths, strict=True)
            ]
            for at in range(max(map(len, cells))):
                yield _row(shown, widths, [c[at] if at < len(c) else "" for c in cells])

    def _blocks(self, width: int) -> Iterator[list[tuple[str, str]]]:
        """One row after another: its names on a line, then a line for every other cell."""
        first = next((k for k, c in enumerate(self.columns) if c.figure), len(self.columns)) or 1
        head, rest = self.columns[:first], self.columns[first:]
        side = min(max((len(c.heading) for c in rest), default=0), width // 2)
        for row in range(len(self)):
            if row in self.parts:
                for line in folded(self.parts[row], width):
                    yield [(line, "italic")]
            name = GAP.join(c.cells[row].strip() for c in head if c.cells[row].strip())
            yield from ([(line, "bold")] for line in folded(name, width) if line)
            for column in rest:
                cell, style = column.cells[row], _style(column, column.cells[row])
                if not cell:
                    continue
                if side + len(cell) + 2 * len(GAP) > width and column.figure:
                    yield from ([(GAP + x, "")] for x in folded(column.heading, width - 2))
                    yield [(GAP + cell, style)]
                    continue
                heading = folded(column.heading, side)
                value = [cell] if column.figure else folded(cell, width - side - 2 * len(GAP))
                for at in range(max(len(heading), len(value))):
                    left = heading[at] if at < len(heading) else ""
                    text = value[at] if at < len(value) else ""
                    yield [(GAP + _padded(left, side, right=False) + GAP, ""), (text, style)]


def _row(
    columns: Sequence[Column], widths: Sequence[int], texts: Sequence[str]
) -> list[tuple[str, str]]:
    return [
        (_padded(text, w, right=c.figure) + GAP, _style(c, text))
        for c, w, text in zip(columns, widths, texts, strict=True)
    ]


def _style(column: Column, text: str) -> str:
    """Losses are red where there are colors."""
    return "red" if column.figure and text.startswith("−") else ""


def _padded(text: str, width: int, *, right: bool) -> str:
    from rich.cells import cell_len

    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _widths(columns: Sequence[Column], width: int) -> list[int] | None:
    """Return the widths of columns that fit into `width`, None where nothing folds so far."""
    from rich.cells import cell_len

    room = width - len(GAP) * (len(columns) - 1)
    wanted = [max(map(cell_len, (c.heading, *c.cells))) for c in columns]
    if sum(wanted) <= room:
        return wanted
    found = []
    for column, most in zip(columns, wanted, strict=True):
        longest = max(map(cell_len, (*column.heading.split(" "), "")))
        if column.figure:
            found.append(max(map(cell_len, column.cells), default=0))
        else:
            words = (word for cell in column.cells for word in cell.split(" "))
            found.append(max(min(most, NARROWEST), *map(cell_len, words), 0))
        found[-1] = max(found[-1], longest)
    if sum(found) > room:
        return None
    left = room - sum(found)
    for k in sorted(range(len(found)), key=lambda k: wanted[k] - found[k]):
        more = min(wanted[k] - found[k], left)  # first where little is needed to fold nothing
        found[k] += more
        left -= more
    return found


def folded(text: str, width: int) -> list[str]:
    """Break a text at spaces into lines of at most `width` cells; a word that is longer, anywhere.

    >>> folded("Bosnia and Herzegovina", 12)
    ['Bosnia and', 'Herzegovina']
    """
    from rich.cells import cell_len, chop_cells

    found = [""]
    for k, word in enumerate(text.split(" ")):
        joined = f"{found[-1]} {word}" if k else word
        if cell_len(joined) <= width:
            found[-1] = joined
        elif cell_len(word) <= width:
            found.append(word)
        else:
            found += chop_cells(word, max(width, 1))
    return found if found[0] or len(found) == 1 else found[1:]
