"""Sentences that remember what they are made of, so that a report can say them in another language.

A note is written where its figures are known, in rooms and studies; there, in JSON and in the terminal it is
English text. `winset.report.speech.retold` says it again from its parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import close_to, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SLOT = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Listing:
    """Codes, names or sentences in a row, the first `most` of them; all where another `mark` divides them."""

    items: tuple[str, ...]
    most: int = 8
    mark: str = ", "

    def __str__(self) -> str:
        """Join them in English."""
        return listed(self.items, self.most) if self.mark == ", " else self.mark.join(self.items)


class Sentence(str):
    """English text with its template and values, as `winset.report.speech.say` has them.

    >>> Sentence("{n} {n|line is|lines are} free.", n=1), Sentence("{n} {n|line is|lines are} free.", n=1234)
    ('1 line is free.', '1,234 lines are free.')
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Sentence:
        """Fill a template in."""
        made = super().__new__(cls, filled(template, values, form=_form, write=_written))
        made.template, made.values = template, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Give what a copy is made of."""
        return (self.template,), dict(self.values)


class Verbatim(str):
    """A value that stays in every language as it is written: a code, an option, what a user typed.

    >>> Verbatim("KAZ")
    'KAZ'
    """


def meant(name: str, known: Iterable[str], *, mark: str = "'") -> str:
    """Return what `winset.errors.did_you_mean` does, as a sentence; names as written, between marks."""
    close = tuple(Verbatim(f"{mark}{one}{mark}") for one in close_to(name, known))
    return Sentence(" Did you mean {names}?", names=Listing(close, mark=" or ")) if close else ""


def filled(
    text: str,
    values: Mapping[str, object],
    *,
    form: Callable[[int], int],
    write: Callable[[object], str],
) -> str:
    """Set values into a template: ``{n}`` is one, ``{n|gains|gain}`` the form that goes with a number.

    `form` gives which of the forms, `write` how a value is written.
    """

    def put(slot: re.Match[str]) -> str:
        value = values[slot[1]]
        if slot[2] is None:
            return write(value)
        assert isinstance(value, int)
        return slot[2].split("|")[form(value)]

    return SLOT.sub(put, text)


def _form(count: int) -> int:
    return int(abs(count) != 1)


def _written(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
