"""What a command answers with ``--json``, asked once, and where in it a figure stands.

A place is written as one reads it: ``summary.members_musd``, ``economies[code=KAZ].welfare_percent``,
``pairs[0].alike``. ``max(…)``, ``min(…)`` and ``count(…)`` go over a list: ``min(economies[].share)``,
``count(common)``. Nothing else is computed, so that every figure is one of the answer's own.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, WinsetError, did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    #: Runs a command line such as ``winset treaty SCO`` and returns what it prints with ``--json``.
    Ask = Callable[[str], Any]

_OVER = re.compile(r"(max|min|count)\((.*)\)")
_STEP = re.compile(r"([^.\[\]]+)((?:\[[^\]]*\])*)")


class CommandError(DataError):
    """A line that is no command, an option that a command has not, or a place that its answer has not."""


def words_of(line: str) -> list[str]:
    """Split a command line into its words, ``winset`` at the beginning left out.

    Raises
    ------
    CommandError
        A quote is not closed.

    >>> words_of("winset agree 'SCO' --years 2019"), words_of("treaty SCO")
    (['agree', 'SCO', '--years', '2019'], ['treaty', 'SCO'])
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise CommandError(f"{line}: no command line ({error}).") from error
    return words[1:] if words[:1] == ["winset"] else words


@dataclass(frozen=True, slots=True)
class Stated:
    """One figure, and where it stands: the command whose JSON has it, and the place in it."""

    command: str
    path: str
    value: int | float | bool | str

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``figures``."""
        return {"command": self.command, "path": self.path, "value": self.value}


@dataclass(frozen=True, slots=True)
class Reply:
    """The JSON of one command."""

    command: str
    payload: Any

    def find(self, path: str) -> Any:
        """Return what stands at a place, see `find`."""
        try:
            return find(self.payload, path)
        except DataError as error:
            raise CommandError(f"{self.command}: {error}") from error

    def figure(self, path: str) -> Stated:
        """Return a figure of the answer.

        Raises
        ------
        CommandError
            There is no such place, or a list stands there.
        DataError
            What stands there is null: the command has no figure.
        """
        value = self.find(path)
        if not isinstance(value, int | float | bool | str):
            kind = f"a {type(value).__name__}, not one figure"
            fault: type[DataError] = CommandError
            if value is None:
                kind, fault = "null: there is no figure", DataError
            raise fault(f"{self.command}: {path} is {kind}.")
        return Stated(self.command, path, value)


@dataclass(slots=True)
class Answers:
    """Answers by their commands: each is asked once, and a refusal is one too."""

    ask: Ask
    asked: dict[str, Reply | WinsetError] = field(default_factory=dict)

    def __call__(self, command: str) -> Reply:
        """Return the answer to a command.

        Raises
        ------
        WinsetError
            The command refuses, now as when it was first asked.
        """
        if command not in self.asked:
            try:
                self.asked[command] = Reply(command, self.ask(command))
            except WinsetError as error:
                self.asked[command] = error
        found = self.asked[command]
        if isinstance(found, WinsetError):
            raise found
        return found


def find(payload: Any, path: str) -> Any:
    """Return what stands at a place of a JSON.

    Raises
    ------
    DataError
        The place is written wrongly, or there is none such.

    >>> answer = {"economies": [{"code": "KAZ", "share": 0.5}, {"code": "UZB", "share": 0.4}]}
    >>> find(answer, "economies[code=UZB].share"), find(answer, "max(economies[].share)")
    (0.4, 0.5)
    >>> find(answer, "count(economies)")
    2
    """
    over = _OVER.fullmatch(path.strip())
    if over is None:
        return _walk(payload, path.strip())
    found = _walk(payload, over[2])
    if over[1] == "count":
        if not isinstance(found, list | dict):
            raise DataError(f"{path}: what stands there cannot be counted.")
        return len(found)
    figures = [x for x in found if x is not None] if isinstance(found, list) else []
    if not figures or not all(isinstance(x, int | float) for x in figures):
        raise DataError(f"{path}: there are no figures to choose from.")
    return max(figures) if over[1] == "max" else min(figures)


def _walk(payload: Any, path: str) -> Any:
    steps = _STEP.findall(path)
    if not steps or ".".join(key + chosen for key, chosen in steps) != path:
        raise DataError(
            f"{path!r} is no place in a JSON. Write keys by dots, as summary.worst.code."
        )
    return _steps(payload, steps, path)


def _steps(found: Any, steps: list[tuple[str, str]], path: str) -> Any:
    for at, (key, chosen) in enumerate(steps):
        if not isinstance(found, dict) or key not in found:
            known = list(found) if isinstance(found, dict) else []
            there = f" There are: {listed(known, 12)}." if known else ""
            raise DataError(f"{path}: there is no {key!r}.{did_you_mean(key, known)}{there}")
        found = found[key]
        for one in re.findall(r"\[([^\]]*)\]", chosen):
            if not isinstance(found, list):
                raise DataError(f"{path}: {key} is no list.")
            if one == "":
                return [_steps(entry, steps[at + 1 :], path) for entry in found]
            found = _entry(found, one, path)
    return found


def _entry(rows: list[Any], chosen: str, path: str) -> Any:
    name, equals, value = chosen.partition("=")
    if not equals:
        if not re.fullmatch(r"\d+", chosen) or int(chosen) >= len(rows):
            raise DataError(f"{path}: there is no entry [{chosen}] among {len(rows)}.")
        return rows[int(chosen)]
    fitting = [row for row in rows if isinstance(row, dict) and str(row.get(name)) == value]
    if len(fitting) != 1:
        raise DataError(f"{path}: {len(fitting)} entries have {name} = {value}; name one.")
    return fitting[0]
