"""``winset track``: what was promised, and what was delivered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import CsvOption, JsonOption, OutOption
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
    top: Annotated[int, typer.Option(help="How many countries to list.", min=1)] = 20,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """What became of the promises: which of them can be checked at all, and what is missing.

    Example: winset track SCO
    """
    from winset.cli.show import deliver
    from winset.report.outputs import output

    where = output(out, csv)
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
    from winset.delivery import pledges
    from winset.report import promises

    if check is not None:
        account = pledges.account("all", pledges.from_place(check))
    elif what is not None and Path(what).exists():
        account = pledges.account("all", pledges.from_place(Path(what)))
    else:
        account = pledges.account(str(what), pledges.bundled())
    deliver(
        where,
        account.to_json(),
        [promises.table(account), *promises.sentences(account)],
        title=f"Pledges of {account.who}",
        json=json,
    )
