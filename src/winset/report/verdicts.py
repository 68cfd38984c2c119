"""The verdicts on a summit's phrases, and on a draft's, as tables and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.studies.summit import NOT_COMPUTED, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.studies.summit import Checked, Verdicts


def shown(done: Verdicts) -> list[Table | str]:
    """Return every phrase with question, figure and verdict, and how to run each again."""
    table = Table(done.summit.file.title)
    table.names("phrase", "id")
    table.figures("figure", "asked")
    table.names("verdict")
    part = ""
    for judged in done.phrases:
        asked = judged.phrase
        if asked.part != part:
            part = asked.part
            table.add_part(part)
        table.add_row(
            asked.phrase,
            asked.id,
            written(judged.number),
            f"{asked.test} {written(judged.compared)}" if asked.test else "–",
            judged.verdict,
        )
    said: list[Table | str] = [table, counted(done)]
    for judged in done.phrases:
        if judged.overturned:
            said.append(
                f"{judged.phrase.id}: another verdict under another rule: {'; '.join(judged.overturned)}."
            )
    said += [
        f"{judged.phrase.id}: {NOT_COMPUTED}: {judged.why}"
        for judged in done.phrases
        if judged.verdict == NOT_COMPUTED
    ]
    said.append("What is asked, and the command that answers (with --json for the figure):")
    said += [
        f"  {j.phrase.id}: {j.phrase.question} {j.phrase.command}".rstrip() for j in done.phrases
    ]
    return said


def counted(done: Verdicts) -> str:
    """Say how many phrases have which verdict."""
    return "; ".join(f"{verdict}: {done.count(verdict)}" for verdict in VERDICTS) + "."


def draft(lines: Sequence[Checked]) -> list[Table | str]:
    """Return a draft's phrases: what each states, and the verdict on the phrase that it is like."""
    table = Table("The draft, before the summit")
    table.figures("line")
    table.names("phrase", "figure", "deadline", "like", "verdict")
    for line in lines:
        verdict = NOT_COMPUTED if line.like is None else line.like.verdict
        table.add_row(
            str(line.line),
            line.text if len(line.text) <= 90 else line.text[:89] + "…",
            "yes" if line.figure else "no",
            "yes" if line.deadline else "no",
            "–" if line.like is None else line.like.phrase.id,
            verdict,
        )
    bare = sum(not (line.figure and line.deadline) for line in lines)
    new = sum(line.like is None for line in lines)
    said: list[Table | str] = [
        table,
        f"{len(lines) - bare} of {len(lines)} phrases state both a figure and a deadline; the others cannot "
        "be checked later. Say what is to be counted, how much, until when, and in which public series.",
    ]
    if new:
        said.append(
            f"{new} are like no phrase of the summit file: add a [[phrase]] with question, command, number "
            "and test, and they have a verdict too."
        )
    said += [
        f"line {line.line}: {line.like.phrase.question} {line.like.phrase.command}"
        for line in lines
        if line.like is not None
    ]
    said.append(
        "Likeness is of words, not of meaning: read the question before you cite the verdict."
    )
    return said


def notes(done: Verdicts) -> list[str]:
    """Return where the phrases are from, and what is assumed."""
    file = done.summit.file
    told = [file.note] if file.note else []
    told += [f"{j.phrase.id}: {j.phrase.assumes}" for j in done.phrases if j.phrase.assumes]
    return told + ([f"Source: {file.source}"] if file.source else [])


def written(value: float | bool | str | None) -> str:
    """Write a figure as it is, to six digits."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.6g}" if isinstance(value, int | float) else value
