"""``winset run``: who gains, who loses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import app
from winset.errors import DataError

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study

ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A bundled scenario's name or a TOML file.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a parameter, a key of a change, on, year or world. Repeatable.",
    ),
]
BlocsOption = Annotated[
    Path | None, typer.Option("--blocs", metavar="FILE", help="A CSV that adds blocs.")
]
OnOption = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", help="Membership of blocs on this date [today]."),
]
ElasticitiesOption = Annotated[
    str | None,
    typer.Option(
        metavar="SET",
        help="Trade elasticities by sector: a set that the world names, or uniform.",
    ),
]
DrawsOption = Annotated[
    int | None,
    typer.Option(metavar="N", help="Draw parameters and flows N times: intervals and chances."),
]
SeedOption = Annotated[int, typer.Option(help="Of the draws: the same seed, the same figures.")]
SweepOption = Annotated[
    str | None,
    typer.Option(
        metavar="KEY=LOW:HIGH:COUNT", help="Solve for a range of a number: percent=-30:0:31."
    ),
]
ChartOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the chart alone: .svg, .png or .html.")
]
ReportOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write a page with charts and tables (HTML).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]


def pairs(options: list[str] | None) -> dict[str, str]:
    """Split the ``--set`` options."""
    result: dict[str, str] = {}
    for option in options or []:
        key, equals, value = option.partition("=")
        if not equals or not key.strip():
            raise DataError(
                f"--set {option}: write it as key=value, for example --set percent=-20."
            )
        result[key.strip()] = value.strip()
    return result


def further(
    done: Study,
    draws: int | None,
    seed: int,
    sweep: str | None,
    blocs: Path | None,
    *,
    quiet: bool,
) -> Study:
    """Add to a study the intervals and the sweep that were asked for, with a bar each."""
    from winset.cli.show import announce_compilation, progress
    from winset.studies import scenario_run

    if draws is not None:
        from winset.trade.uncertainty.draws import compiled

        announce_compilation(lambda: compiled(done.world))
        with progress("parameters and flows", quiet=quiet, unit="draws") as report:
            done = scenario_run.doubted(done, draws, seed=seed, blocs_file=blocs, progress=report)
    if sweep is not None:
        with progress("the sweep", quiet=quiet, unit="values") as report:
            done = scenario_run.swept(done, sweep, blocs_file=blocs, progress=report)
    return done


@app.command()
def run(
    scenario: ScenarioArgument,
    set_: SetOption = None,
    top: Annotated[
        int, typer.Option(help="How many losing outsiders to list, and industries.", min=0)
    ] = 10,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write economies.csv, result.json, report.html here."),
    ] = None,
    blocs: BlocsOption = None,
    elasticities: ElasticitiesOption = None,
    draws: DrawsOption = None,
    seed: SeedOption = 1,
    sweep: SweepOption = None,
    economy: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Add one economy: parts of its gain, partners, sectors."),
    ] = None,
    chart: ChartOption = None,
    json: JsonOption = False,
) -> None:
    """Who gains and who loses: solve a scenario and list the gains of every economy.

    Example: winset run sco-2025 --set percent=-20
    """
    from winset.studies import scenario_run

    overrides = pairs(set_)
    if elasticities is not None:
        overrides["elasticities"] = elasticities
    done = scenario_run.run(scenario, overrides=overrides, blocs_file=blocs)
    done = scenario_run.under_other_rules(done)
    if economy is not None:
        done = scenario_run.seen_from(done, economy)
    done = further(done, draws, seed, sweep, blocs, quiet=json)
    if chart is not None:
        from winset.report import doubts

        doubts.write_chart(done, chart)
    if out is not None:
        from winset.report import doubts, files

        files.write_all(done, out, doubts.sections(done))
    if json:
        from winset.cli.show import print_json

        print_json(done.to_json())
        return
    from winset.cli.show import console
    from winset.report import tables, words

    terminal = console()
    if done.intervals is None:
        terminal.print(tables.gains(done, outsiders=top))
    else:
        from winset.report import doubts

        terminal.print(doubts.gains(done, done.intervals, outsiders=top))
    for sentence in (*words.claims(done), *words.lines(done)):
        terminal.print(sentence)
    if done.result.sectors is not None:
        from winset.report import industries

        for table in industries.printed(done, top=top):
            terminal.print(table)
    if done.economy is not None:
        from winset.report import one_economy

        for table in one_economy.printed(done.economy, top=top):
            terminal.print(table)
    if done.intervals is not None:
        for sentence in (*doubts.sentences(done.intervals), *doubts.totals(done.intervals)):
            terminal.print(sentence)
    if done.sweep is not None:
        from winset.report import doubts

        terminal.print(doubts.sweep_table(done.sweep))
    for note in words.notes(done):
        terminal.print(f"Note: {note}", style="dim")
    terminal.print(tables.footer(done), style="dim")
    if done.intervals is not None:
        terminal.print(doubts.footer(done.intervals), style="dim")
    if out is not None:
        terminal.print(f"Written: {out}/report.html, economies.csv, result.json")


@app.command()
def report(
    scenario: ScenarioArgument,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The page to write [SCENARIO.html].")
    ] = None,
    share: Annotated[
        str | None,
        typer.Option(metavar="GROUP", help="Add fair shares of a bloc, or of codes by comma."),
    ] = None,
    resolution: Annotated[str, typer.Option(help="Of the shares: full or compact.")] = "full",
    draws: DrawsOption = None,
    seed: SeedOption = 1,
    sweep: SweepOption = None,
    set_: SetOption = None,
    blocs: BlocsOption = None,
) -> None:
    """Write one self-contained page with table, charts, map, method and sources.

    Example: winset report sco-2025 --share SCO --out out/sco-2025.html
    """
    from winset.report import files
    from winset.studies import scenario_run, sharing

    detail = sharing.checked_resolution(resolution)
    done = scenario_run.run(scenario, overrides=pairs(set_), blocs_file=blocs)
    done = scenario_run.under_other_rules(done)
    done = further(done, draws, seed, sweep, blocs, quiet=False)
    target = out or Path(f"{Path(scenario).stem}.html")
    from winset.report import doubts

    sections = doubts.sections(done)
    if share is not None:
        from winset.report import division

        divided = sharing.share(
            scenario,
            players=share,
            resolution=detail,
            overrides=pairs(set_),
            blocs_file=blocs,
        )
        sections.append(division.section(divided))
    files.write_page(done, target, sections)
    typer.echo(f"Written: {target}")
