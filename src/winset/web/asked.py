"""A question that was understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was understood.

    Attributes
    ----------
    title : str
        What it is about, for the list of jobs.
    players : tuple of str
        About whom, as far as the body says.
    answer : function
        Returns the JSON of the command, or raises a `WinsetError`.
    long : str
        Why it is a job, in a sentence; blank where it is answered at once.
    """

    title: str
    players: tuple[str, ...]
    answer: Callable[[], Any]
    long: str = ""
