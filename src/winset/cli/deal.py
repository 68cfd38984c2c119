"""``winset deal``: which issues to bundle so that everybody can sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import app
from winset.errors import DataError


@app.command()
def deal(
    issues: Annotated[
        str, typer.Argument(metavar="ISSUES", help="A bundled deal, a CSV or a TOML file.")
    ],
    terms: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A TOML with exclude, need and floors, for a CSV."),
    ] = None,
    floor: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=X", help="Least gain with which CODE signs [0]. Repeatable."),
    ] = None,
    side_payments: Annotated[
        bool, typer.Option("--side-payments", help="Let those who gain pay those who lose.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Which package can all sign: the largest total gain that leaves nobody worse off.

    Example: winset deal silk-road-example
    """
    from winset.governance import issues as tables
    from winset.governance import packages

    read = tables.read_issues(issues, terms)
    floors: dict[str, str] = {}
    for option in floor or []:
        code, equals, value = option.partition("=")
        if not equals:
            raise DataError(f"--floor {option}: write it as CODE=GAIN, for example --floor KGZ=2.")
        floors[code.strip()] = value.strip()
    found = packages.deal(read.with_floors(floors), side_payments=side_payments)
    if json:
        from winset.cli.show import print_json

        print_json(found.to_json())
        return
    from winset.cli.show import console
    from winset.report import deals

    terminal = console()
    terminal.print(deals.table(found))
    for line in deals.summary(found):
        terminal.print(line)
