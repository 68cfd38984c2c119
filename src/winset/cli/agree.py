"""``winset agree``: on what do the members of a bloc agree, and where do they part?"""

from __future__ import annotations

import math
import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, ChartOption, ReportOption
from winset.cli.show import console, print_json

if TYPE_CHECKING:
    from winset.governance.rollcalls.common_ground import CommonGround
    from winset.governance.rollcalls.ideal_points import IdealPoints

PAIRS_SHOWN = 5


@app.command()
def agree(
    bloc: Annotated[
        str, typer.Argument(help="A bloc, 'all', or ISO3 codes separated by commas: CHN,RUS,KAZ.")
    ],
    years: Annotated[
        str, typer.Option(help="A year or a range, 1946 to 2019; the year a session opened.")
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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False,
) -> None:
    """On what do the members of a bloc agree, by their votes in the UN General Assembly?"""
    from winset.governance.rollcalls.records import ISSUES, flaws
    from winset.places.blocs import load_blocs
    from winset.studies.agreement import agreement, label, read_years

    first, last = read_years(years)
    points = _points(dimensions) if estimate or dimensions != 1 else None
    ask = partial(
        agreement,
        bloc,
        years,
        issue=issue,
        against=against,
        weights=weights,
        points=points,
        on=on,
        blocs=load_blocs(blocs_file),
    )
    found = ask(by_year=by_year)
    title = f"{bloc}, {label(first, last)}" + (f" on {ISSUES[issue].lower()}" if issue else "")
    if chart is not None or report is not None:
        from winset.governance.rollcalls.ideal_points import un_ideal_points
        from winset.report import charts, common_ground, common_ground_charts, plain_page

        placed = un_ideal_points() if points is None else points
    if chart is not None:
        name = draw or ("course" if by_year else "agreement")
        parts = ask(by_year=True) if name == "course" and not by_year else found
        charts.write(common_ground_charts.picture(name, parts, placed, first, last), chart)
    if report is not None:
        whole = ask(by_year=False)[0] if by_year else found[0]
        course = [part.payload for part in ask(by_year=True)] if last > first else None
        plain_page.write(common_ground.sheet(title, whole, placed, course), report)
    payload = [part.payload for part in found]
    if as_json:
        print_json(payload if by_year else payload[0])
    elif by_year:
        _show_years(bloc, payload)
    else:
        _show(title, found[0].ground, payload[0])
    if not as_json:
        for note in flaws(found[-1].ground.members, first, last):
            console().print(f"Note: {note}", style="dim")
        for path in (chart, report):
            if path is not None:
                console().print(f"Written: {path}")


def _points(dimensions: int) -> IdealPoints:
    """Estimate the ideal points anew, with a line of progress on stderr."""
    from winset.governance.rollcalls.ideal_points import estimate as estimate_points
    from winset.governance.rollcalls.records import un_roll_calls

    def progress(sweep: int, change: float) -> None:
        if sweep % 10 == 0:
            print(f"ideal points: sweep {sweep}, change {change:.1e}", file=sys.stderr)

    return estimate_points(un_roll_calls(), dimensions=dimensions, progress=progress)


def _two(value: float | None) -> str:
    """Write a figure with two decimals, a dash for none."""
    return "–" if value is None or math.isnan(value) else f"{value:.2f}"


def _percent(value: float | None) -> str:
    """Write a share as a percentage."""
    return "–" if value is None else f"{100 * value:.0f} %"


def _show_years(bloc: str, payload: list[dict[str, Any]]) -> None:
    """Print the course of cohesion over the years."""
    from rich.table import Table

    table = Table(title=f"{bloc}: cohesion by year")
    table.add_column("year")
    for head in ("members", "roll calls", "unanimous", "agreement index", "Rice", "median point"):
        table.add_column(head, justify="right")
    against = any("against" in year for year in payload)
    if against:
        table.add_column(f"agrees with {payload[0]['against']['bloc']}", justify="right")
    for year in payload:
        own = year["cohesion"]
        cells = [
            year["years"],
            str(sum(1 for economy in year["economies"] if economy["votes"])),
            str(own["roll_calls"]),
            _percent(own["unanimous"]),
            _two(own["agreement_index"]),
            _two(own["rice"]),
            _two(own["common_position"]["median"]),
        ]
        table.add_row(*cells, *([_percent(year["against"]["pair_agreement"])] if against else []))
    console().print(table)


def _show(title: str, ground: CommonGround, payload: dict[str, Any]) -> None:
    """Print members, pairs, issues and the roll calls that divide most."""
    from rich.table import Table

    from winset.governance.rollcalls.records import ISSUES, member_names

    out, own, names = console(), payload["cohesion"], member_names()
    out.print(
        f"{title}: {own['roll_calls']} roll calls. The members voted alike on "
        f"{_percent(own['unanimous'])}; agreement index {_two(own['agreement_index'])}, "
        f"Rice {_two(own['rice'])} (1 = united)."
    )
    meeting = own["common_position"]
    if meeting["median"] is not None:
        low, high = meeting["outermost"]
        out.print(
            f"Ideal points run from {low} to {high}; the median is {_two(meeting['median'])}, "
            f"nearest to it {meeting['median_member']}."
        )
    if "against" in payload:
        other = payload["against"]
        out.print(
            f"With {other['bloc']}: majorities agree on {_percent(other['plurality_agreement'])} "
            f"of {other['roll_calls']} roll calls, pairs of members on "
            f"{_percent(other['pair_agreement'])}."
        )
    table = Table(title="Members, by ideal point")
    table.add_column("member")
    for head in ("votes", "ideal point", "±", "with the others", "alone", "pivotal", "AI without"):
        table.add_column(head, justify="right")
    rows = list(zip(payload["economies"], own["members"], strict=True))
    for economy, role in sorted(
        rows, key=lambda row: (row[0]["ideal_point"] is None, -(row[0]["ideal_point"] or 0.0))
    ):
        table.add_row(
            f"{economy['code']} {names[economy['code']]}",
            str(economy["votes"]),
            _two(economy["ideal_point"]),
            _two(economy["standard_error"]),
            _percent(role["with_others"]),
            str(role["lone_dissents"]),
            _percent(role["pivotal"]),
            _two(role["cohesion_without"]),
        )
    out.print(table)
    table = Table(title="By issue")
    table.add_column("issue")
    for head in ("roll calls", "unanimous", "agreement index", "Rice"):
        table.add_column(head, justify="right")
    for code, part in own["by_issue"].items():
        table.add_row(
            f"{code} {ISSUES[code]}",
            str(part["roll_calls"]),
            _percent(part["unanimous"]),
            _two(part["agreement_index"]),
            _two(part["rice"]),
        )
    out.print(table)
    _show_pairs(payload["pairs"])
    if ground.divided:
        out.print("Most divided:")
        for split in ground.divided:
            sides = "; ".join(
                f"{len(side)} {word}" + (f" ({', '.join(side)})" if len(side) <= 10 else "")
                for word, side in (("yes", split.yes), ("abstain", split.abstain), ("no", split.no))
                if side
            )
            out.print(f"  {split.date} {split.resolution} {split.title}: {sides}", markup=False)


def _show_pairs(pairs: list[dict[str, Any]]) -> None:
    """Print the pairs that agree most and least beyond chance."""
    from rich.table import Table

    known = sorted((p for p in pairs if p["kappa"] is not None), key=lambda p: -p["kappa"])
    if len(known) > 2 * PAIRS_SHOWN:
        title = f"The {PAIRS_SHOWN} pairs that agree most, and least, beyond chance"
        known = known[:PAIRS_SHOWN] + known[-PAIRS_SHOWN:]
    else:
        title = "Pairs, by agreement beyond chance"
    table = Table(title=title)
    table.add_column("pair")
    for head in ("votes", "agreement", "Cohen's κ", "Scott's π"):
        table.add_column(head, justify="right")
    for pair in known:
        table.add_row(
            f"{pair['a']}–{pair['b']}",
            str(pair["votes"]),
            _percent(pair["agreement"]),
            _two(pair["kappa"]),
            _two(pair["pi"]),
        )
    console().print(table)
