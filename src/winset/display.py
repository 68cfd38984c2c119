"""How results show themselves in a notebook: a heading, sentences, one table; and figures with a sign."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd


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
    text = f"{value:+,.{digits}f}"
    if not any(character in "123456789" for character in text):
        return text[1:]
    return text.replace("-", "−")


#: Units of money, the largest first: USD million, word, decimals.
_UNITS = ((1e6, "trillion", 2), (1e3, "billion", 1), (1.0, "million", 0), (1e-3, "thousand", 0))


def money(musd: float) -> str:
    """Write USD million with a sign, in the unit that fits.

    >>> [money(musd) for musd in (196_101.0, -5_989.4, 12.3, 0.4, -2e-5, 0.0)]
    ['+196.1 billion', '−6.0 billion', '+12 million', '+400 thousand', '−20', '0']
    """
    for size, word, digits in _UNITS:
        shown = signed(musd / size, digits)
        if abs(musd) >= size and shown.strip("+−").replace(",", "") != "1000":
            return f"{shown} {word}"
    return signed(musd * 1e6, 0)
