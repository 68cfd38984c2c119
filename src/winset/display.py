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
