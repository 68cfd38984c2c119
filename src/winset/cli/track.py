"""``winset track``: what was promised, and what was delivered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OutOption,
    ReportOption,
)
from winset.errors import DataError, did_you_mean

METHODS = ("pledges", "sdg-index")


@app.command(rich_help_panel=DELIVERED)
def track(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[BLOC|FILE]",
            help="A group with bundled pledges, all of them (all), or a file or folder of your own.",
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Pledges of a draft: which could be checked, and what is missing."
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            help="pledges (what can be checked), or sdg-index (scores of a folder with codebook.csv and "
            "values.csv).",
        ),
    ] = "pledges",
    series: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="economy, year, indicator, value [series.csv beside the pledges; else winset's panel].",
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Who is bound: the members on this date [that of the pledge]."
        ),
    ] = None,
    blocs_file: BlocsOption = None,
    top: Annotated[int, typer.Option(help="How many countries to list.", min=1)] = 20,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """What became of the promises: which can be checked at all, and how far are those that can.

    Four methods stand side by side; where they differ nobody is ranked.

    Example: winset track SCO
    """
    from winset.cli.show import deliver
    from winset.report import speech
    from winset.report.outputs import output

    where = output(out, csv)
    spoken = speech.checked(lang)
    if method not in METHODS:
        raise DataError(
            f"--method {method}: not known.{did_you_mean(method, METHODS)} One of: {', '.join(METHODS)}."
        )
    if (what is None) == (check is None):
        raise DataError(
            "name a group, as winset track SCO, or a draft, as winset track --check FILE."
        )
    if method == "sdg-index":
        if what is None:
            raise DataError("--method sdg-index takes a folder with codebook.csv and values.csv.")
        from winset.delivery.sdg_index import sdg_index
        from winset.report import delivery

        done = sdg_index(Path(what))
        deliver(
            where,
            done.to_json(),
            [delivery.ranking(done, top=top), *delivery.said_of_index(done)],
            title="SDG Index",
            json=json,
        )
        return
    from winset.report import promises

    if check is not None:
        from winset.delivery import pledges

        account = pledges.account("all", pledges.from_place(check))
        deliver(
            where,
            promises.checked(account),
            [promises.table(account), *promises.sentences(account)],
            title=f"Pledges of {account.who}",
            json=json,
        )
        return
    from winset.places.dates import read_date
    from winset.studies.promise_keeping import track as tracked

    followed = tracked(
        str(what),
        series=series,
        on=None if on is None else read_date(on),
        blocs_file=blocs_file,
    )
    if report is not None:
        from winset.report.promise_page import write_page

        with speech.speaking(spoken):
            write_page(followed, report)
    deliver(
        where,
        followed.to_json(),
        [promises.table(followed.account), *promises.followed(followed)],
        promises.footer(followed),
        title=f"Pledges of {followed.account.who}",
        json=json,
        files=(report,),
    )
