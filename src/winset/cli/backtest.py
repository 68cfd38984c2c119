"""``winset backtest``: would winset have foreseen it?"""

from __future__ import annotations

from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import (
    CsvOption,
    JsonOption,
    LangOption,
    OutOption,
    ReportOption,
    SeedOption,
)


@app.command(rich_help_panel=DELIVERED)
def backtest(
    test: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEST|SCENARIO]",
            help="eu-2004, eaeu-2015, china-korea-2015, eu-vietnam-2020, rcep-2022 or nafta-1993 [all]; or a "
            "scenario of your own with --after.",
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="WORLD", help="The world of a later year: a name or a folder."),
    ] = None,
    given: Annotated[
        float,
        typer.Option(
            metavar="PERCENT",
            help="Off the cost of trade of the pairs: the forecast given beforehand.",
            min=0.0,
            max=90.0,
        ),
    ] = 5.0,
    placebos: Annotated[
        int, typer.Option(metavar="N", help="Made-up agreements of as many pairs.", min=0, max=1000)
    ] = 40,
    seed: SeedOption = 1,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Would winset have foreseen it: past agreements put into the world before, beside what happened.

    Example: winset backtest eu-2004
    """
    from winset.cli.show import deliver
    from winset.report import back_tests, page, speech
    from winset.report.outputs import output
    from winset.studies import back_test

    where = output(out, csv)
    spoken = speech.checked(lang)
    done = back_test.back_tests(test, after=after, given=given, placebos=placebos, seed=seed)
    if report is not None:
        with speech.speaking(spoken):
            page.write_sheet(back_tests.sheet(done), report)
    deliver(
        where,
        done.to_json(),
        [item for one in done.tests for item in back_tests.shown(one)],
        [back_tests.footer()],
        title="Would winset have foreseen it?",
        json=json,
        files=(report,),
    )
