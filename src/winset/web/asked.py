"""A question that was understood, and what its answer says in JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Called with steps done and steps in all.
Progress = Callable[[int, int], None]


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
    steps : int
        Of how many a job has done some, where `stepped` tells.
    stepped : function or None
        The same as `answer`, and calls what it is given with steps done and steps in all.
    """

    title: str
    players: tuple[str, ...]
    answer: Callable[[], Any]
    long: str = ""
    steps: int = 1
    stepped: Callable[[Progress], Any] | None = None


def told(found: Any) -> Any:
    """Return what the command of a study prints with ``--json``."""
    return found if isinstance(found, dict | list) else found.to_json()
