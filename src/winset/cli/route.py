"""``winset route``: how long does a container take, who depends on whose transit, what a border costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import PAY, app
from winset.cli.run import (
    ChartOption,
    CsvOption,
    JsonOption,
    LangOption,
    OutOption,
    ReportOption,
)
from winset.errors import DataError

if TYPE_CHECKING:
    from winset.report.speech import Language


@app.command(rich_help_panel=PAY)
def route(
    start: Annotated[
        str | None, typer.Argument(metavar="[FROM]", help="A node's id or name, or an economy.")
    ] = None,
    end: Annotated[str | None, typer.Argument(metavar="[TO]", help="The same.")] = None,
    network: Annotated[
        str, typer.Option(metavar="NETWORK", help="eurasia, or a folder of your own.")
    ] = "eurasia",
    whole: Annotated[
        bool, typer.Option("--map", help="The whole network: who is central, who depends on whom.")
    ] = False,
    close: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLACE",
            help="Shut a border KAZ-UZB, one way KAZ>UZB, a node, a link a-b, a passage (suez). Repeatable.",
        ),
    ] = None,
    open_: Annotated[
        str, typer.Option("--open", metavar="STATUS", help="Open links that are planned, or all.")
    ] = "",
    borders: Annotated[
        float,
        typer.Option("--faster-borders", metavar="PERCENT", help="Less hours at every border."),
    ] = 0.0,
    speed: Annotated[
        float | None,
        typer.Option(metavar="KMH", help="Every road and railway at least so fast."),
    ] = None,
    mode: Annotated[
        str, typer.Option(metavar="MODES", help="Only by these, with commas: road,rail.")
    ] = "",
    day: Annotated[
        float,
        typer.Option("--day", metavar="PERCENT", help="Of the goods' value that a day costs."),
    ] = 1.35,
    value: Annotated[
        str | None,
        typer.Option(
            metavar="USD", help="What a unit of cargo is worth; none: time alone [the network's]."
        ),
    ] = None,
    days_by_sector: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV: sector, percent that a day costs of its goods."),
    ] = None,
    theta: Annotated[
        float | None,
        typer.Option(metavar="X", help="Soft choice of ways with this elasticity besides."),
    ] = None,
    alternatives: Annotated[int, typer.Option(help="How many other ways.", min=0, max=50)] = 3,
    world: Annotated[
        str | None,
        typer.Option(metavar="WORLD", help="Whose trade, whose equilibrium [world-2023]."),
    ] = None,
    top: Annotated[int, typer.Option(help="How many rows a table shows.", min=1)] = 12,
    chart: ChartOption = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """How long does a container take, through whom, and what does a closed border cost?

    Example: winset route Tashkent Karachi
    """
    from winset.cli.show import deliver
    from winset.report import routes, speech
    from winset.report.outputs import output
    from winset.studies import route_answers

    where = output(out, csv)
    spoken = speech.checked(lang)
    question = route_answers.asked_in_percent(
        network,
        day=day,
        value=value,
        modes=mode,
        closed=close or (),
        opened_status=open_,
        faster=borders,
        speed=speed,
    )
    if (start is None) != (end is None):
        raise DataError("route: name both ends, FROM and TO.")
    if start is not None and end is not None:
        for option, given in (("--world", world), ("--days-by-sector", days_by_sector)):
            if given is not None:
                raise DataError(
                    f"{option}: of --map, --close and --open alone. A way needs none; leave it out."
                )
        _between(
            question, (start, end), whole, theta, alternatives, where, chart, report, spoken, json
        )
        return
    if theta is not None:
        raise DataError("--theta: soft choice is of a way. Name FROM and TO.")
    if not whole and not question.changes:
        raise DataError("route: name FROM and TO, or --map, or what is closed or opened (--close).")
    from winset.report import charts, page, route_maps
    from winset.worlds import WITH_TARIFFS

    world = world or WITH_TARIFFS
    if whole:
        if days_by_sector is not None:
            raise DataError(
                "--days-by-sector: for what --close and --open are worth, without --map."
            )
        view = route_answers.view(question, world=world)
        payload = view.to_json()
        with speech.speaking(spoken):
            if chart is not None:
                charts.write(lambda width: route_maps.network_map(view, width=width), chart)
            if report is not None:
                page.write_sheet(route_maps.network_sheet(view, payload), report)
        shown = [*routes.network_tables(view, top=top), *routes.network_sentences(view)]
        notes, worlds, title = view.notes, (view.world,), question.network.title
    else:
        by_sector = None
        if days_by_sector is not None:
            by_sector = route_answers.days_of_sectors(days_by_sector)
        done = route_answers.worth(question, world=world, by_sector=by_sector)
        payload = done.to_json()
        with speech.speaking(spoken):
            if chart is not None:
                charts.write(lambda width: route_maps.changed_bars(done, width=width), chart)
            if report is not None:
                page.write_sheet(route_maps.changed_sheet(done, payload), report)
        shown = [*routes.changed_tables(done, top=top), *routes.changed_sentences(done)]
        notes, worlds, title = done.notes, (done.result.world,), question.said
    deliver(
        where,
        payload,
        shown,
        [*(f"Note: {note}" for note in notes), routes.footer(question)],
        title=title,
        worlds=worlds,
        json=json,
        files=(chart, report),
    )


def _between(
    question: object,
    ends: tuple[str, str],
    whole: bool,
    theta: float | None,
    alternatives: int,
    where: object,
    chart: Path | None,
    report: Path | None,
    spoken: Language,
    json: bool,
) -> None:
    """Answer for one way."""
    from winset.cli.show import deliver
    from winset.report import routes
    from winset.report.outputs import Output
    from winset.studies.network_questions import Question
    from winset.studies.routes import journey

    assert isinstance(question, Question)
    assert isinstance(where, Output)
    if whole:
        raise DataError("route: FROM and TO, or --map: ask one of the two.")
    done = journey(question, *ends, theta=theta, alternatives=alternatives)
    payload = done.to_json()
    if chart is not None or report is not None:
        from winset.report import charts, page, route_maps, speech

        with speech.speaking(spoken):
            if chart is not None:
                charts.write(lambda width: route_maps.route_map(done, width=width), chart)
            if report is not None:
                page.write_sheet(route_maps.journey_sheet(done, payload), report)
    deliver(
        where,
        payload,
        [*routes.ways(done), *routes.soft_table(done), *routes.way_sentences(done)],
        [*(f"Note: {note}" for note in done.notes), routes.footer(question)],
        title=f"From {done.start.name} to {done.end.name}",
        json=json,
        files=(chart, report),
    )
