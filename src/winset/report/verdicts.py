"""The verdicts on a summit's phrases, and on a draft's, as tables and sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.speech import known, local, say
from winset.studies.summit import NOT_COMPUTED, NOT_SUPPORTED, SUPPORTED, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.studies.summit import Checked, Verdicts

#: Verdicts in words.
CALLED = {
    SUPPORTED: "supported",
    NOT_SUPPORTED: "not supported",
    NOT_COMPUTED: "cannot be computed",
}


def shown(done: Verdicts) -> list[Table | str]:
    """Return every phrase with question, figure and verdict, and how to run each again."""
    table = Table(known(done.summit.file.title))
    table.names(say("phrase"), say("id"))
    table.figures(say("figure"), say("asked"))
    table.names(say("verdict"))
    part = ""
    for judged in done.phrases:
        asked = judged.phrase
        if asked.part != part:
            part = asked.part
            table.add_part(known(part))
        table.add_row(
            known(asked.phrase),
            asked.id,
            written(judged.number),
            f"{asked.test} {written(judged.compared)}" if asked.test else "–",
            say(CALLED[judged.verdict]),
        )
    said: list[Table | str] = [table, counted(done)]
    for judged in done.phrases:
        if judged.overturned:
            said.append(
                say(
                    "{id}: another verdict under another rule: {rules}.",
                    id=judged.phrase.id,
                    rules=say("; ").join(map(known, judged.overturned)),
                )
            )
    said += [
        say("{id}: cannot be computed: {why}", id=judged.phrase.id, why=known(judged.why))
        for judged in done.phrases
        if judged.verdict == NOT_COMPUTED
    ]
    said.append(say("What is asked, and the command that answers (with --json for the figure):"))
    said += [
        f"  {j.phrase.id}: {known(j.phrase.question)} {j.phrase.command}".rstrip()
        for j in done.phrases
    ]
    return said


def counted(done: Verdicts) -> str:
    """Say how many phrases have which verdict."""
    counts = (
        say("{verdict}: {n}", verdict=say(CALLED[each]), n=done.count(each)) for each in VERDICTS
    )
    return say("{who}.", who=say("; ").join(counts))


def draft(lines: Sequence[Checked]) -> list[Table | str]:
    """Return a draft's phrases: what each states, and the verdict on the phrase that it is like."""
    table = Table(say("The draft, before the summit"))
    table.figures(say("line¦of a draft"))
    table.names(say("phrase"), say("figure"), say("deadline"), say("like"), say("verdict"))
    for line in lines:
        verdict = NOT_COMPUTED if line.like is None else line.like.verdict
        table.add_row(
            str(line.line),
            line.text if len(line.text) <= 90 else line.text[:89] + "…",
            say("yes") if line.figure else say("no"),
            say("yes") if line.deadline else say("no"),
            "–" if line.like is None else line.like.phrase.id,
            say(CALLED[verdict]),
        )
    bare = sum(not (line.figure and line.deadline) for line in lines)
    new = sum(line.like is None for line in lines)
    said: list[Table | str] = [
        table,
        say(
            "{n} of {all} phrases state both a figure and a deadline; the others cannot be checked later. "
            "Say what is to be counted, how much, until when, and in which public series.",
            n=len(lines) - bare,
            all=len(lines),
        ),
    ]
    if new:
        said.append(
            say(
                "{n} are like no phrase of the summit file: add a [[phrase]] with question, command, number "
                "and test, and they have a verdict too.",
                n=new,
            )
        )
    said += [
        say("line {line}: {asked}", line=str(line.line), asked=known(line.like.phrase.question))
        + f" {line.like.phrase.command}"
        for line in lines
        if line.like is not None
    ]
    said.append(
        say("Likeness is of words, not of meaning: read the question before you cite the verdict.")
    )
    return said


def notes(done: Verdicts) -> list[str]:
    """Return where the phrases are from, and what is assumed."""
    file = done.summit.file
    told = [known(file.note)] if file.note else []
    told += [
        say("{id}: {assumed}", id=j.phrase.id, assumed=known(j.phrase.assumes))
        for j in done.phrases
        if j.phrase.assumes
    ]
    return told + ([say("Source: {source}", source=file.source)] if file.source else [])


def written(value: float | bool | str | None) -> str:
    """Write a figure as it is, to six digits."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return local(f"{value:,.6g}") if isinstance(value, int | float) else known(value)
