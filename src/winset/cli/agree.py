"""``winset agree``: on what do the members of a bloc agree, and where do they part?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from winset.cli.app import DECIDE, app
from winset.cli.run import BlocsOption, ChartOption, CsvOption, LangOption, OutOption, ReportOption
from winset.cli.show import deliver, sentences


@app.command(rich_help_panel=DECIDE)
def agree(
    bloc: Annotated[
        str, typer.Argument(help="A bloc, 'all', or ISO3 codes separated by commas: CHN,RUS,KAZ.")
    ],
    years: Annotated[
        str, typer.Option(help="A year or a range, 1946 to 2025; the year a session opened.")
    ],
    issue: Annotated[
        str | None, typer.Option(help="Only roll calls on one issue: me, nu, di, hr, co, ec.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Compare with another bloc (as BLOC, without 'all').")
    ] = None,
    by_year: Annotated[bool, typer.Option("--by-year", help="One result per year.")] = False,
    weights: Annotated[
        str,
        typer.Option(help="Disagreement of abstaining and voting: identical, linear, quadratic."),
    ] = "identical",
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Estimate the ideal points anew (under a minute).")
    ] = False,
    dimensions: Annotated[
        int, typer.Option(help="Dimensions of the ideal points; 2 is always estimated anew.")
    ] = 1,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When membership counts [the end of the last year]."),
    ] = None,
    blocs_file: BlocsOption = None,
    chart: ChartOption = None,
    draw: Annotated[
        str | None,
        typer.Option(help="What --chart shows: agreement, positions, or course (by year)."),
    ] = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False,
) -> None:
    """On what do the members of a bloc agree, by their votes in the UN General Assembly?"""
    from winset.places.blocs import load_blocs
    from winset.report import speech
    from winset.report.outputs import output
    from winset.studies import agreement

    where = output(out, csv)
    spoken = speech.checked(lang)
    picture = draw or ("course" if by_year else "agreement")
    first, last = agreement.read_years(years)
    done = agreement.agree(
        bloc,
        years,
        issue=issue,
        against=against,
        by_year=by_year,
        whole=report is not None,
        course=(chart is not None and picture == "course") or (report is not None and last > first),
        weights=weights,
        estimate=estimate,
        dimensions=dimensions,
        on=on,
        blocs=load_blocs(blocs_file),
        progress=_progress,
    )
    if chart is not None:
        from winset.report import charts, common_ground_charts

        parts = done.course if picture == "course" else done.parts
        with speech.speaking(spoken):
            drawn = common_ground_charts.picture(picture, parts, done.points, first, last)
        with speech.speaking(spoken):
            charts.write(drawn, chart)
    if report is not None:
        from winset.report import common_ground, page

        with speech.speaking(spoken):
            page.write_sheet(common_ground.page(done), report)
    from winset.report import common_ground_tables

    shown = list(common_ground_tables.shown(done))
    title = f"Common ground of {common_ground_tables.title(done)}"
    last_part = done.parts[-1]
    notes = (
        *common_ground_tables.membership(last_part),
        *common_ground_tables.flaws(last_part.ground.members, done.first, done.last),
    )
    deliver(
        where,
        done.to_json(),
        shown,
        [f"Note: {note}" for note in notes],
        title=title,
        notes=(*sentences(shown), *notes),
        json=as_json,
        files=(chart, report),
    )


def _progress(sweep: int, change: float) -> None:
    """Say on stderr how far the estimate of the ideal points is."""
    if sweep % 10 == 0:
        print(f"ideal points: sweep {sweep}, change {change:.1e}", file=sys.stderr)
