"""A question that was understood, and what its answer says in JSON."""

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
        Returns what the study found, which has the JSON of the command as its `to_json`, or that JSON;
        or raises a `WinsetError`.
    long : str
        Why it is a job, in a sentence; blank where it is answered at once.
    """

    title: str
    players: tuple[str, ...]
    answer: Callable[[], Any]
    long: str = ""


def told(found: Any) -> Any:
    """Return what the command of a study prints with ``--json``."""
    return found if isinstance(found, dict | list) else found.to_json()
