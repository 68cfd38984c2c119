"""``winset common``: who pays for what helps all, and where joint posts help most."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import PAY, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OnOption,
    OutOption,
    ReportOption,
)
from winset.errors import DataError


@app.command(rich_help_panel=PAY)
def common(
    center: Annotated[
        str | None,
        typer.Argument(metavar="[CENTER]", help="A bundled center's name or a TOML file."),
    ] = None,
    members: Annotated[
        str | None,
        typer.Option(metavar="GROUP", help="Who contributes: a bloc, or codes by comma."),
    ] = None,
    on: OnOption = None,
    routes: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Ask about a network instead: nodes.csv, arcs.csv."),
    ] = None,
    problem: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="max-flow, shortest-path or min-cost [max-flow]."),
    ] = None,
    attacks: Annotated[
        int | None, typer.Option(metavar="K", help="How many arcs are watched, or lost [1].")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="NODE", help="Where a maximum flow begins [Start]."),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="NODE", help="Where it ends [End].")
    ] = None,
    blocs: BlocsOption = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Who pays for what helps all: alone and together, free riders, shares, coalitions; and routes.

    Example: winset common anti-drug
    """
    from winset.cli.show import announce_compilation, deliver, listing, progress
    from winset.report import common_goods as words
    from winset.report import speech, watched_routes
    from winset.report.outputs import output

    where = output(out, csv)
    spoken = speech.checked(lang)
    if routes is not None:
        if center is not None:
            raise DataError("give a CENTER or --routes FOLDER, one of the two.")
        from winset.studies.interdicted import routes as ask

        if members is not None or on is not None:
            raise DataError("--members and --on belong to a CENTER, not to --routes.")
        count = 1 if attacks is None else attacks
        posts = ask(routes, problem or "max-flow", count, start=start or "Start", end=end or "End")
        if report is not None:
            from winset.report import common_goods_page

            with speech.speaking(spoken):
                common_goods_page.write_routes(posts, report)
        deliver(
            where,
            posts.to_json(),
            watched_routes.routes(posts),
            [f"Note: {note}" for note in watched_routes.routes_notes(posts)],
            title=f"Where {count} posts help most: {routes.name}",
            json=json,
            files=(report,),
        )
        return
    if (problem, attacks, start, end) != (None, None, None, None):
        raise DataError("--problem, --attacks, --from and --to belong to --routes FOLDER. Add it.")
    if center is None:
        from winset.contribution.reading import bundled_centers, read_center

        listing([(name, read_center(name).file.title) for name in bundled_centers()])
        return
    from winset.places.blocs import load_blocs
    from winset.places.dates import read_date
    from winset.studies import common_goods

    day = None if on is None else read_date(on)
    announce_compilation(common_goods.compiled)
    with progress("coalitions", quiet=json, unit="coalitions") as shown:
        done = common_goods.common(
            center, members=members, on=day, blocs=load_blocs(blocs), progress=shown
        )
    if report is not None:
        from winset.report import common_goods_page

        with speech.speaking(spoken):
            common_goods_page.write(done, report)
    deliver(
        where,
        done.to_json(),
        words.shown(done),
        [f"Note: {note}" for note in words.notes(done)],
        title=done.title,
        json=json,
        files=(report,),
    )
