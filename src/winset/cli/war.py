"""``winset war``: what if everybody retaliates?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import GAIN, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OnOption,
    OutOption,
    ReportOption,
    to_write,
)


@app.command(rich_help_panel=GAIN)
def war(
    world: Annotated[str, typer.Argument(metavar="WORLD", help="An embedded world, or a folder.")],
    players: Annotated[
        str, typer.Option(metavar="GROUP", help="Who fights: all, a bloc, or codes by comma.")
    ] = "all",
    on: OnOption = None,
    as_one: Annotated[
        bool, typer.Option("--as-one", help="A bloc among the players sets one tariff. [exact]")
    ] = False,
    method: Annotated[
        str | None,
        typer.Option(
            help="sufficient statistics (Lashkaripour 2021), exact, or both; exact where an option "
            "needs it.",
        ),
    ] = None,
    instruments: Annotated[
        str,
        typer.Option(help="What a player sets: uniform, partner, sector, partner-sector. [exact]"),
    ] = "uniform",
    elasticities: Annotated[
        str, typer.Option(metavar="SET", help="A set of trade elasticities of the world [its own].")
    ] = "",
    balanced: Annotated[
        bool, typer.Option("--balanced", help="Remove trade deficits before the war.")
    ] = False,
    value_added_share: Annotated[
        float | None,
        typer.Option(help="Value added in output where the world names none [1]. [exact]"),
    ] = None,
    cooperate: Annotated[
        bool, typer.Option("--cooperate", help="Bargain from the war: what is peace worth? [exact]")
    ] = False,
    transfers: Annotated[
        bool, typer.Option("--transfers", help="The bargain may include payments.")
    ] = False,
    starts: Annotated[
        int, typer.Option(help="Starting points, which must lead to the same war.", min=1, max=100)
    ] = 2,
    points: Annotated[
        int,
        typer.Option(help="Deviations tried for every player; 0: none.", min=0, max=100_000),
    ] = 200,
    seed: Annotated[int, typer.Option(help="Of random starts and deviations.", min=0)] = 0,
    chart: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            callback=to_write,
            help="Best responses of two players: .svg, .png or .html.",
        ),
    ] = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    top: Annotated[
        int, typer.Option(help="How many of the largest economies to list.", min=1)
    ] = 20,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """What if everybody retaliates: the tariffs and losses of a trade war.

    Example: winset war icio-2022 --balanced
    """
    from winset.cli.show import deliver
    from winset.places.blocs import load_blocs
    from winset.places.dates import read_date
    from winset.report import speech
    from winset.report.outputs import output
    from winset.studies.tariff_war import fight

    where = output(out, csv)
    spoken = speech.checked(lang)
    files = {"--chart": chart, "--report": report}
    done = fight(
        world,
        players=players,
        on=None if on is None else read_date(on),
        as_one=as_one,
        method=method,
        instruments=instruments,
        elasticities=elasticities,
        balanced=balanced,
        value_added_share=value_added_share,
        cooperate=cooperate,
        transfers=transfers,
        starts=starts,
        points=points,
        seed=seed,
        pictures=tuple(option for option, file in files.items() if file is not None),
        blocs=load_blocs(blocs),
    )
    if done.exact is not None and chart is not None:
        from winset.report import charts, reactions

        exact = done.exact
        frame = reactions.frame(exact)
        with speech.speaking(spoken):
            charts.write(lambda width: reactions.diagram(frame, exact, width=width), chart)
    if report is not None:
        from winset.report import page, question_pages

        with speech.speaking(spoken):
            page.write_sheet(question_pages.war(done), report)
    from winset.report import wars

    shown, footer = wars.shown(done, top=top)
    deliver(
        where,
        done.to_json(),
        shown,
        [footer],
        title=f"Tariff war in {done.world.name}: {players}",
        worlds=(done.world,),
        json=json,
        files=(chart, report),
    )
