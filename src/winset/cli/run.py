"""``winset run``: who gains, who loses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import DATA, GAIN, app
from winset.errors import DataError
from winset.files import check_target

if TYPE_CHECKING:
    from winset.display import Table
    from winset.studies.scenario_run import Study


def to_write(path: Path | None) -> Path | None:
    """Refuse, before any work, the name of a file that cannot be written."""
    if path is not None:
        check_target(path)
    return path


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
    Path | None,
    typer.Option(
        metavar="FILE", callback=to_write, help="Write the chart alone: .svg, .png or .html."
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", callback=to_write, help="Write a page with charts and tables (HTML)."
    ),
]
LangOption = Annotated[
    str, typer.Option("--lang", metavar="LANGUAGE", help="Of the report: en, ru or zh.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="PATH",
        help="Write the figures: FILE.xlsx (all tables, parameters, sources, notes), FILE.csv (the main "
        "table), FILE.json, or a folder for CSV and JSON.",
    ),
]
CsvOption = Annotated[
    str,
    typer.Option(
        "--csv",
        metavar="STYLE",
        help="Of a CSV: comma, or semicolon with decimal commas, as Excel opens it where those are usual.",
    ),
]


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


@app.command(rich_help_panel=GAIN)
def run(
    scenario: ScenarioArgument,
    set_: SetOption = None,
    top: Annotated[
        int, typer.Option(help="How many losing outsiders to list, and industries.", min=0)
    ] = 10,
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    elasticities: ElasticitiesOption = None,
    draws: DrawsOption = None,
    seed: SeedOption = 1,
    sweep: SweepOption = None,
    economy: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Add one economy: parts of its gain, partners, sectors."),
    ] = None,
    gap: Annotated[
        bool, typer.Option("--gap", help="Add what it does to the gap between rich and poor.")
    ] = False,
    chart: ChartOption = None,
    json: JsonOption = False,
) -> None:
    """Who gains and who loses: solve a scenario and list the gains of every economy.

    In a folder, --out writes economies.csv, result.json and report.html.

    Example: winset run sco-2025 --set percent=-20
    """
    from winset.report.outputs import output
    from winset.studies import scenario_run

    where = output(out, csv)

    overrides = pairs(set_)
    if elasticities is not None:
        overrides["elasticities"] = elasticities
    done = scenario_run.run(scenario, overrides=overrides, blocs_file=blocs)
    done = scenario_run.under_other_rules(done)
    if economy is not None:
        done = scenario_run.seen_from(done, economy)
    if gap:
        done = scenario_run.with_gap(done)
    done = further(done, draws, seed, sweep, blocs, quiet=json)
    if chart is not None:
        from winset.report import doubts

        doubts.write_chart(done, chart)
    files: tuple[Path, ...] = ()
    if out is not None:
        from winset.report import doubts
        from winset.report.files import write_all

        files = write_all(done, where, doubts.sections(done) if where.folder else ())
    from winset.cli.show import present, print_json

    if json:
        print_json(done.to_json())
        return
    shown, dim = _shown(done, top=top)
    present({}, shown, dim, json=False, files=(chart, *files))


def _shown(done: Study, *, top: int) -> tuple[list[Table | str], list[str]]:
    """Return the tables and sentences of a run; and its notes and what it rests on."""
    from winset.report import tables, words

    shown: list[Table | str] = []
    dim = [f"Note: {note}" for note in words.notes(done)]
    dim.append(tables.footer(done))
    if done.intervals is None:
        shown.append(tables.gains(done, outsiders=top))
    else:
        from winset.report import doubts

        shown.append(doubts.gains(done, done.intervals, outsiders=top))
        dim.append(doubts.footer(done.intervals))
    shown += (*words.claims(done), *words.lines(done))
    if done.result.sectors is not None:
        from winset.report import industries

        shown += industries.printed(done, top=top)
    if done.emissions is not None:
        from winset.report import environment

        shown += environment.run_sentences(done.emissions)
    if done.bound is not None:
        shown += environment.bound_sentences(done.bound)
    if done.economy is not None:
        from winset.report import one_economy

        shown += one_economy.printed(done.economy, top=top)
    if done.gap is not None:
        from winset.report import income_gaps

        shown += income_gaps.printed(done.gap)
        dim += income_gaps.notes(done.gap)
    if done.intervals is not None:
        shown += (*doubts.sentences(done.intervals), *doubts.totals(done.intervals))
    if done.sweep is not None:
        from winset.report import doubts

        shown.append(doubts.sweep_table(done.sweep))
    return shown, dim


@app.command(rich_help_panel=DATA)
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
    lang: LangOption = "en",
) -> None:
    """Write one self-contained page with table, charts, map, method and sources.

    Example: winset report sco-2025 --share SCO --out out/sco-2025.html
    """
    from winset.report import files, speech
    from winset.studies import scenario_run, sharing

    spoken = speech.checked(lang)
    detail = sharing.checked_resolution(resolution)
    target = out or Path(f"{Path(scenario).stem}.html")
    check_target(target)
    done = scenario_run.run(scenario, overrides=pairs(set_), blocs_file=blocs)
    done = scenario_run.under_other_rules(done)
    done = further(done, draws, seed, sweep, blocs, quiet=False)
    divided = None
    if share is not None:
        divided = sharing.share(
            scenario,
            players=share,
            resolution=detail,
            overrides=pairs(set_),
            blocs_file=blocs,
        )
    from winset.report import division, doubts

    with speech.speaking(spoken):
        sections = doubts.sections(done)
        if divided is not None:
            sections.append(division.section(divided))
        files.write_page(done, target, sections)
    typer.echo(f"Written: {target}")
