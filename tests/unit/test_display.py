"""The one table of the terminal: folded, thinned out, stacked, and no figure ever cut."""

from __future__ import annotations

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from winset.display import Table, folded, signed


def gains() -> Table:
    table = Table("Ten percent off the cost of trading with each other")
    table.names("code", "economy")
    table.figures("welfare %", "USD mn")
    table.figures("exports %", "prices %", spare=True)
    table.add_part("members")
    table.add_row("BIH", "Bosnia and Herzegovina", "+10.54", "−12,345,678", "+1.0", "−0.10")
    table.add_part()
    table.add_row("", "together", "–", "+1", "", "")
    return table


def test_wide_enough_every_column_stands() -> None:
    assert gains().plain(80) == [
        "Ten percent off the cost of trading with each other",
        "code  economy                 welfare %       USD mn  exports %  prices %",
        "----  ----------------------  ---------  -----------  ---------  --------",
        "members",
        "BIH   Bosnia and Herzegovina     +10.54  −12,345,678       +1.0     −0.10",
        "----  ----------------------  ---------  -----------  ---------  --------",
        "      together                        –           +1",
    ]


def test_narrower_headings_and_names_fold() -> None:
    assert gains().plain(64) == [
        "Ten percent off the cost of trading with each other",
        "code  economy         welfare %       USD mn  exports %   prices",
        "                                                               %",
        "----  --------------  ---------  -----------  ---------  -------",
        "members",
        "BIH   Bosnia and         +10.54  −12,345,678       +1.0    −0.10",
        "      Herzegovina",
        "----  --------------  ---------  -----------  ---------  -------",
        "      together                –           +1",
    ]


def test_then_spare_columns_go_and_are_named() -> None:
    assert gains().plain(48) == [
        "Ten percent off the cost of trading with each",
        "other",
        "code  economy             welfare %       USD mn",
        "----  ------------------  ---------  -----------",
        "members",
        "BIH   Bosnia and             +10.54  −12,345,678",
        "      Herzegovina",
        "----  ------------------  ---------  -----------",
        "      together                    –           +1",
        "Left out at this width: exports %, prices %.",
    ]


def test_then_each_row_is_a_block_with_all_its_figures() -> None:
    assert gains().plain(30) == [
        "Ten percent off the cost of",
        "trading with each other",
        "members",
        "BIH  Bosnia and Herzegovina",
        "  welfare %  +10.54",
        "  USD mn     −12,345,678",
        "  exports %  +1.0",
        "  prices %   −0.10",
        "",
        "together",
        "  welfare %  –",
        "  USD mn     +1",
    ]


def test_a_terminal_shows_losses_in_red_and_a_pipe_no_color_at_all() -> None:
    def shown(*, terminal: bool) -> str:
        out = io.StringIO()
        colors = "standard" if terminal else None
        Console(file=out, width=80, force_terminal=terminal, color_system=colors).print(gains())
        return out.getvalue()

    assert re.search("\x1b\\[31m *−12,345,678", shown(terminal=True))
    assert "\x1b" not in shown(terminal=False)
    assert shown(terminal=False).splitlines()[4].split()[-1] == "−0.10"


def test_wide_letters_count_twice() -> None:
    table = Table()
    table.names("economy")
    table.figures("%")
    table.add_row("中国", "+1")
    table.add_row("Chad", "−10")
    assert [line.split()[-1] for line in table.plain(40)[2:]] == ["+1", "−10"]
    assert len({cell_len(line) for line in table.plain(40)}) == 1


FIGURE = st.from_regex(r"[+−]?[1-9][0-9]{0,2}(,[0-9]{3}){0,4}(\.[0-9]{1,4})?", fullmatch=True)
NAME = st.text("abcdefghij KLMнопмир中国", min_size=0, max_size=40)


@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=9),
    st.integers(1, 5),
    st.integers(34, 130),
    st.data(),
)
def test_no_figure_is_cut_at_any_width(
    kinds: list[tuple[bool, bool]], rows: int, width: int, data: st.DataObject
) -> None:
    table = Table(data.draw(NAME))
    for k, (figure, spare) in enumerate(kinds):
        (table.figures if figure else table.names)(f"heading {k}", spare=spare)
    for _ in range(rows):
        table.add_row(*(data.draw(FIGURE if column.figure else NAME) for column in table.columns))
    lines = table.plain(width)
    assert all(cell_len(line) <= width for line in lines)
    said = "\n".join(lines)
    tokens = said.split()
    out = said.partition("Left out at this width: ")[2]
    for column in table.columns:
        named = column.heading.replace(" ", r"\s+")
        gone = column.spare and re.search(rf"{named}[,.]", out)
        for cell in column.cells:
            assert gone or not column.figure or cell in tokens


def test_a_word_longer_than_the_line_breaks_anywhere_and_a_sign_is_a_real_minus() -> None:
    assert folded("abcdefgh ij", 4) == ["abcd", "efgh", "ij"]
    assert folded("", 4) == [""]
    assert signed(-1234.5, 1) == "−1,234.5"
