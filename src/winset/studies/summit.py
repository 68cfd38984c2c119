"""A summit's phrases as questions: each with a command, a figure in its answer, and a verdict.

A phrase is *supported* where its figure passes the test that stands beside it, *not supported* where it does
not, and *cannot be computed* where the file says why, or the command refuses or has no such figure. A verdict
that another reasonable rule would turn around names that rule.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError, model_validator

from winset import __version__
from winset.errors import DataError, WinsetError, did_you_mean
from winset.studies.brief.answers import Answers, CommandError
from winset.toml_files import Strict, TomlPosition, parse_toml, read_toml

if TYPE_CHECKING:
    from winset.studies.brief.answers import Ask

SUMMITS = Path(__file__).parents[1] / "data" / "summits"
SUPPORTED, NOT_SUPPORTED, NOT_COMPUTED = "supported", "not supported", "cannot be computed"
VERDICTS = (SUPPORTED, NOT_SUPPORTED, NOT_COMPUTED)
TESTS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
}
MOST_BYTES = 1_000_000  # of a draft


class OtherTest(Strict):
    """Another reasonable rule: the same test of another figure."""

    rule: str
    command: str = ""
    number: str
    than_command: str = ""
    than_number: str = ""


class Phrase(Strict):
    """A phrase with its question, command and test."""

    id: str
    part: str = ""
    phrase: str
    question: str
    command: str = ""
    number: str = ""
    unit: str = ""
    test: Literal[">", ">=", "<", "<=", "=="] | None = None
    value: float | bool | str | None = None
    than_command: str = ""
    than_number: str = ""
    cannot: str = ""
    assumes: str = ""
    other: list[OtherTest] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Phrase:
        compared = (self.value is not None) + bool(self.than_number)
        if self.cannot:
            if self.test is not None or compared or self.other:
                raise ValueError("what cannot be computed has no test, value or other rule")
        elif not (self.command and self.number):
            raise ValueError("give command and number, or cannot = the reason why there is none")
        elif self.test is None or compared != 1:
            raise ValueError('give test, such as ">=", with value or than_number, one of the two')
        return self


class SummitFile(Strict):
    """A summit file."""

    title: str
    bloc: str = ""
    on: dt.date | None = None
    source: str = ""
    note: str = ""
    phrase: list[Phrase] = Field(min_length=1, max_length=500)


@dataclass(frozen=True, slots=True)
class Summit:
    """A summit's phrases, as a file has them."""

    name: str
    file: SummitFile
    place: TomlPosition


@dataclass(frozen=True, slots=True)
class Judged:
    """A phrase with its figure and verdict.

    Attributes
    ----------
    number, compared : float, bool, str or None
        The figure and what it is compared with; None where there is none.
    verdict : str
        One of `VERDICTS`.
    why : str
        What makes it impossible to compute.
    overturned : tuple of str
        Other rules under which the verdict is another one.
    """

    phrase: Phrase
    number: float | bool | str | None
    compared: float | bool | str | None
    verdict: str
    why: str
    overturned: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``phrases``."""
        asked = self.phrase
        return {
            "id": asked.id,
            "part": asked.part,
            "phrase": asked.phrase,
            "question": asked.question,
            "command": asked.command,
            "path": asked.number,
            "number": self.number,
            "unit": asked.unit,
            "test": asked.test,
            "compared_with": self.compared,
            "verdict": self.verdict,
            "why": self.why,
            "assumes": asked.assumes,
            "overturned_by": list(self.overturned),
        }


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A summit with the verdict on every phrase."""

    summit: Summit
    phrases: tuple[Judged, ...]

    def count(self, verdict: str) -> int:
        """Count the phrases with a verdict."""
        return sum(judged.verdict == verdict for judged in self.phrases)

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset summit --json`` prints."""
        file = self.summit.file
        return {
            "winset": __version__,
            "summit": {
                "name": self.summit.name,
                "title": file.title,
                "bloc": file.bloc,
                "on": None if file.on is None else file.on.isoformat(),
                "source": file.source,
                "note": file.note,
            },
            "verdicts": {verdict: self.count(verdict) for verdict in VERDICTS},
            "phrases": [judged.to_json() for judged in self.phrases],
        }


def bundled_summits() -> tuple[str, ...]:
    """Names of the summits that come with winset."""
    return tuple(sorted(path.stem for path in SUMMITS.glob("*.toml")))


def read_summit(source: str | Path) -> Summit:
    """Read a bundled summit by name or a TOML file by path.

    Raises
    ------
    DataError
        With the file, the line, the value and the remedy.
    """
    known = bundled_summits()
    path = SUMMITS / f"{source}.toml" if str(source) in known else Path(source)
    if not path.is_file():
        raise DataError(
            f"summit {str(source)[:200]!r} is neither bundled ({', '.join(known)}) nor a file."
            f"{did_you_mean(str(source)[:200], known)}"
        )
    return _summit(*read_toml(path), path.stem)


def parse_summit(text: str, name: str) -> Summit:
    """Read the text of a TOML file; messages call it by its `name`.

    Raises
    ------
    DataError
        As `read_summit`.
    """
    return _summit(*parse_toml(text, name), name)


def _summit(raw: dict[str, Any], place: TomlPosition, name: str) -> Summit:
    try:
        file = SummitFile.model_validate(raw)
    except ValidationError as error:
        raise _explained(error, place) from error
    seen: set[str] = set()
    for k, phrase in enumerate(file.phrase):
        if not phrase.id or phrase.id in seen:
            at = place.at(f"phrase {k + 1}", "id")
            raise DataError(
                f"{at}: the id {phrase.id!r} is {'given twice' if phrase.id else 'blank'}. Give each its own."
            )
        seen.add(phrase.id)
    return Summit(name, file, place)


def judge(summit: Summit, ask: Ask | Answers) -> Verdicts:
    """Ask every phrase's command and judge its figure.

    Raises
    ------
    DataError
        A command that is none, or a figure that its test cannot be put to; with the line of the file.
    """
    answers = ask if isinstance(ask, Answers) else Answers(ask)
    return Verdicts(
        summit, tuple(_judged(summit, k, answers) for k in range(len(summit.file.phrase)))
    )


def _judged(summit: Summit, at: int, answers: Answers) -> Judged:
    asked = summit.file.phrase[at]
    try:
        return _answered(asked, answers)
    except (CommandError, TypeError) as error:
        line = summit.place.at(f"phrase {at + 1}", "command" if asked.command else "")
        raise DataError(f"{line}: {error}") from error


def _answered(asked: Phrase, answers: Answers) -> Judged:
    if asked.cannot:
        number = None
        if asked.command and asked.number:
            with contextlib.suppress(_NoFigureError):
                number = _figure(answers, asked.command, asked.number)
        return Judged(asked, number, None, NOT_COMPUTED, asked.cannot, ())
    try:
        number, compared, holds = _tested(
            asked, answers, asked.command, asked.number, asked.than_command, asked.than_number
        )
    except _NoFigureError as error:
        return Judged(asked, None, None, NOT_COMPUTED, str(error), ())
    overturned: list[str] = []
    for other in asked.other:
        command = other.command or asked.command
        than = other.than_command or other.command or asked.than_command
        path = other.than_number or asked.than_number
        try:
            *_, under = _tested(asked, answers, command, other.number, than, path)
        except _NoFigureError as error:
            overturned.append(f"{other.rule}: {NOT_COMPUTED} ({error})")
            continue
        if under != holds:
            overturned.append(other.rule)
    verdict = SUPPORTED if holds else NOT_SUPPORTED
    return Judged(asked, number, compared, verdict, "", tuple(overturned))


class _NoFigureError(Exception):
    """A command refuses, or its answer has no such figure."""


def _figure(answers: Answers, command: str, path: str) -> Any:
    try:
        return answers(command).figure(path).value
    except CommandError:
        raise
    except WinsetError as error:
        raise _NoFigureError(str(error)) from error


def _tested(
    asked: Phrase, answers: Answers, command: str, path: str, than: str, than_path: str
) -> tuple[Any, Any, bool]:
    number = _figure(answers, command, path)
    compared = asked.value
    if than_path:
        compared = _figure(answers, than or command, than_path)
    assert asked.test is not None
    ordered = _is_figure(number) and _is_figure(compared)
    if not ordered and (asked.test != "==" or type(number) is not type(compared)):
        raise TypeError(
            f"{path} is {number!r}: whether it is {asked.test} {compared!r} makes no sense."
        )
    return number, compared, bool(TESTS[asked.test](number, compared))


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _explained(error: ValidationError, place: TomlPosition) -> DataError:
    """Name the phrase that a fault is of: its rules hold for the whole of it."""
    fault = error.errors()[0]
    spot = fault["loc"]
    if fault["type"] == "value_error" and len(spot) == 2 and spot[0] == "phrase":
        said = fault["msg"].removeprefix("Value error, ")
        return DataError(f"{place.at(f'phrase {int(spot[1]) + 1}')}: {said}.")
    return place.explain(error, "", SummitFile)


# ------------------------------------------------------------------ a draft, before the summit

#: What a promise needs so that anybody can tell later whether it was kept.
FIGURE = re.compile(
    r"\d|percent|per cent|\b(?:one|two|three|four|five|ten|hundred|thousand|million|billion)\b",
    re.I,
)
DEADLINE = re.compile(
    r"\b(?:by|until|before|within|in|from|to)\b[^.;]{0,24}\b(?:20\d\d|years?|months?|decade)\b",
    re.I,
)
WORD = re.compile(r"[^\W\d_]{4,}")
STOP = frozenset(
    "that this with from shall will should must their which have been also other more than each".split()
)
LIKE = 0.34  # share of a phrase's words that a line must have in common with it


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of a draft: what it states, and the mapped phrase that it is like."""

    line: int
    text: str
    figure: bool
    deadline: bool
    like: Judged | None

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``draft``."""
        like = self.like
        return {
            "line": self.line,
            "text": self.text,
            "states_figure": self.figure,
            "states_deadline": self.deadline,
            "like": None if like is None else like.phrase.id,
            "question": None if like is None else like.phrase.question,
            "command": None if like is None else like.phrase.command,
            "verdict": NOT_COMPUTED if like is None else like.verdict,
            "why": "no phrase of the summit file is like it" if like is None else like.why,
        }


def check_draft(path: Path, verdicts: Verdicts) -> tuple[Checked, ...]:
    """Read a draft, a phrase on each line, and find for each what it states and what it is like.

    Raises
    ------
    DataError
        No text in UTF-8, larger than 1 MB, or without a phrase.
    """
    try:
        if not path.is_file():
            raise DataError(
                f"--check {path}: no such file. Name a text with a phrase on each line."
            )
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"--check {path}: larger than {MOST_BYTES / 1e6:g} MB. Check one text.")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"--check {path}: not readable as text in UTF-8 ({error}).") from error
    return check_text(text, verdicts, f"--check {path}")


def check_text(draft: str, verdicts: Verdicts, where: str) -> tuple[Checked, ...]:
    """Find for each line of a draft what it states and what it is like.

    Raises
    ------
    DataError
        There is no phrase in it.
    """
    found = [
        Checked(
            at,
            text,
            FIGURE.search(text) is not None,
            DEADLINE.search(text) is not None,
            _likest(text, verdicts),
        )
        for at, line in enumerate(draft.splitlines(), 1)
        if (text := line.strip().lstrip("#*-• ").strip()) and _words(text)
    ]
    if not found:
        raise DataError(f"{where}: no phrase in it. Write one on each line.")
    return tuple(found)


def _words(text: str) -> set[str]:
    return {word.casefold()[:6] for word in WORD.findall(text)} - {w[:6] for w in STOP}


def _likest(text: str, verdicts: Verdicts) -> Judged | None:
    """Return the phrase with most words in common, by the larger share of either's; None below `LIKE`."""
    said = _words(text)
    best, score = None, LIKE
    for judged in verdicts.phrases:
        words = _words(judged.phrase.phrase)
        common = len(said & words)
        if common and (share := common / min(len(said), len(words))) >= score:
            best, score = judged, math.nextafter(share, 2.0)
    return best
