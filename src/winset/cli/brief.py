"""``winset brief``: one document for a bloc or one of its members, each figure with its command."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DATA, app
from winset.cli.run import JsonOption, LangOption, OnOption


@app.command(rich_help_panel=DATA)
def brief(
    bloc: Annotated[
        str, typer.Argument(metavar="BLOC", help="A bloc such as SCO or EU; SCO+ adds partners.")
    ],
    for_: Annotated[
        str | None,
        typer.Option("--for", metavar="CODE", help="From the desk of one economy, in or outside."),
    ] = None,
    on: OnOption = None,
    lang: LangOption = "en",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the brief: FILE.html, .pdf, .docx or .md."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """What the whole house says of a bloc: a dossier, every figure with the command that computes it.

    Example: winset brief SCO --for KAZ --out out/sco.html
    """
    from winset.cli.asking import ask
    from winset.cli.show import announce_compilation, present
    from winset.places.dates import read_date
    from winset.report import speech
    from winset.report.brief import pages
    from winset.report.brief.dossier import brief as write
    from winset.studies.brief.answers import Answers
    from winset.studies.brief.desk import desk

    spoken = speech.checked(lang)
    if out is not None:
        pages.writer_of(out)
    day = dt.date.today() if on is None else read_date(on)
    whose = desk(bloc, on=day, seat=for_, answers=Answers(ask))
    announce_compilation()
    with speech.speaking(spoken):
        done = write(whose)
        payload = done.to_json()
        if out is not None:
            pages.write(done, out)
        lines = pages.markdown(done) if out is None and not json else "\n".join(done.opening)
    present(payload, [lines], json=json, files=(out,))
