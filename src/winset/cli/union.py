"""``winset union``: does the club harm outsiders, and which tariff would not?"""

from __future__ import annotations

from typing import Annotated

import typer

from winset.cli.app import GAIN, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    ElasticitiesOption,
    JsonOption,
    LangOption,
    OnOption,
    OutOption,
    ReportOption,
    SetOption,
    pairs,
)


@app.command(rich_help_panel=GAIN)
def union(
    group: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|BLOC", help="A scenario, a bloc, or codes by comma: who unites."
        ),
    ],
    world: Annotated[
        str | None,
        typer.Option(help="An embedded world, or a folder [of the scenario; a bloc: icio-2022]."),
    ] = None,
    on: OnOption = None,
    harmless: Annotated[
        bool,
        typer.Option(
            "--harmless", "--nobody-harmed", help="Find the tariff that harms nobody (Kemp & Wan)."
        ),
    ] = False,
    common: Annotated[
        bool,
        typer.Option("--common", help="Find the best common tariff: one rate a sector for all."),
    ] = False,
    mfn: Annotated[
        bool, typer.Option("--mfn", help="Compare with the same cut given to everybody.")
    ] = False,
    free_trade: Annotated[
        bool,
        typer.Option("--free-trade", help="A free-trade area: no common tariff on outsiders."),
    ] = False,
    instruments: Annotated[
        str | None,
        typer.Option(
            help="Of the harmless tariff: partner, one rate for each outsider's goods, or "
            "partner-sector, the union's tariff by sector moved by one factor for each.",
        ),
    ] = None,
    least: Annotated[
        float, typer.Option(metavar="PERCENT", help="Least harmless rate; below zero: a subsidy.")
    ] = -50.0,
    most: Annotated[float, typer.Option(metavar="PERCENT", help="Highest harmless rate.")] = 200.0,
    keep: Annotated[
        int | None,
        typer.Option(
            help="Keep so many of the largest outsiders; merge the others into REST.", min=1
        ),
    ] = None,
    set_: SetOption = None,
    elasticities: ElasticitiesOption = None,
    top: Annotated[int, typer.Option(help="How many outsiders to list.", min=0)] = 10,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Does the club harm outsiders: a customs union or free-trade area, seen from outside.

    Inside, tariffs go to zero, on top of what the scenario changes; outside, members of a customs
    union share one tariff by sector, the mean of their own.

    Example: winset union SCO --world icio-2022 --harmless
    """
    from winset.cli.show import deliver
    from winset.places.blocs import load_blocs
    from winset.report import speech, unions
    from winset.report.outputs import output
    from winset.studies.customs_union import unite

    where = output(out, csv)
    spoken = speech.checked(lang)
    overrides = pairs(set_)
    if elasticities is not None:
        overrides["elasticities"] = elasticities
    if world is not None:
        overrides["world"] = world
    if on is not None:
        overrides["on"] = on
    done = unite(
        group,
        overrides=overrides,
        blocs=load_blocs(blocs),
        form="free-trade-area" if free_trade else "customs-union",
        harmless=harmless,
        common=common,
        to_all=mfn,
        instruments=instruments,
        least_percent=least,
        most_percent=most,
        keep=keep,
    )
    if report is not None:
        from winset.report import page, question_pages

        with speech.speaking(spoken):
            page.write_sheet(question_pages.union(done, top=max(top, 1)), report)
    shown = list(unions.shown(done.union, done.scenario.title, top=top))
    shown.append(unions.other_rules(done))
    deliver(
        where,
        done.to_json(),
        shown,
        [unions.footer(done.union)],
        title=done.scenario.title,
        worlds=(done.union.world,),
        json=json,
        files=(report,),
    )
