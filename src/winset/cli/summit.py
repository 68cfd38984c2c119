"""``winset summit``: a summit's phrases, each a question, a command, a figure and a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import CsvOption, JsonOption, OutOption


@app.command(rich_help_panel=DELIVERED)
def summit(
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="A bundled summit's name or a TOML file.")
    ] = "sco-2025",
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="DRAFT",
            help="A draft with a phrase on each line: what it states, and the verdict on what it is like.",
        ),
    ] = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """What are a summit's phrases worth: supported, not supported, or cannot be computed.

    Example: winset summit sco-2025
    """
    from winset.cli.asking import ask
    from winset.cli.show import deliver
    from winset.report import verdicts
    from winset.report.outputs import output
    from winset.studies import summit as study

    where = output(out, csv)
    read = study.read_summit(file)
    done = study.judge(read, ask)
    payload, shown, dim = done.to_json(), verdicts.shown(done), verdicts.notes(done)
    if check is not None:
        lines = study.check_draft(check, done)
        payload = {"draft": [line.to_json() for line in lines], **payload}
        shown, dim = verdicts.draft(lines), []
    deliver(
        where,
        payload,
        shown,
        [f"Note: {note}" for note in dim],
        title=read.file.title,
        json=json,
    )
