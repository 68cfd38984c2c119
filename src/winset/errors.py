"""What can go wrong, said so that the user can mend it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


#: Characters of a message: it repeats the value that is wrong, which may be a book.
MOST_SAID = 2_000

#: Characters that command a terminal, or that no page and no chart may hold.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class WinsetError(Exception):
    """Base of every error that winset raises on purpose.

    The message says what is wrong, where, which value, and what to do. The command line
    prints it without a traceback and exits with code 2.

    Attributes
    ----------
    code : str
        What kind of failure it is, in a word that does not change: HTTP sends it beside the message,
        and the page says it in the language of its reader. They are listed in docs/web.md.
    """

    code = "failed"


class DataError(WinsetError):
    """An input (file, scenario, option) is wrong."""

    code = "wrong-input"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ConvergenceError(WinsetError):
    """A solver did not reach its tolerance.

    Attributes
    ----------
    residual : float
        Largest residual at the last iterate.
    economy : str | None
        The economy (or player) in whose equation it sits.
    """

    code = "not-converged"

    def __init__(self, message: str, *, residual: float, economy: str | None = None) -> None:
        super().__init__(message)
        self.residual = residual
        self.economy = economy


class InfeasibleError(WinsetError):
    """A problem has no solution; the message names the constraints that make it so."""

    code = "no-solution"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `` Did you mean X?`` (with a leading space), or nothing when no name is close.

    >>> did_you_mean("KAZZ", ["KAZ", "RUS"])
    ' Did you mean KAZ?'
    >>> did_you_mean("kaz", ["KAZ", "RUS"])
    ' Did you mean KAZ?'
    """
    close = close_to(name, known)
    return f" Did you mean {' or '.join(close)}?" if close else ""


def close_to(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that are like one, at most three."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), list(by_fold), n=3, cutoff=0.6)
    return [by_fold[c] for c in close]


def listed(codes: Iterable[str], most: int = 8) -> str:
    """Join codes for a message, the first few and how many more.

    >>> listed(["A", "B", "C"], most=2)
    'A, B and 1 more'
    """
    codes = list(codes)
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(codes[:most]) + more


def plain(message: str) -> str:
    """Return a message fit for a terminal, whatever it repeats of a file.

    Control characters are written out, and each line is `shortened`.

    >>> print(plain("a\\x07b\\r"))
    a\\x07b\\x0d
    """
    lines = message.split("\n")
    return "\n".join(
        shortened(re.sub(CONTROL.pattern + "|\r", lambda c: f"\\x{ord(c[0]):02x}", line))
        for line in lines
    )


def shortened(text: str) -> str:
    """Return a text within `MOST_SAID`, its middle left out where it is longer."""
    half = MOST_SAID // 2
    return text if len(text) <= MOST_SAID else f"{text[:half]} … {text[-half:]}"


def control_character(text: str) -> str:
    """Name the first control character, but for tabs and ends of lines; blank where there is none.

    What others write goes to terminals, charts and pages, so that no text may hold one.

    >>> control_character("a\\x07b"), control_character("a\\tb")
    ('U+0007', '')
    """
    found = CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""
