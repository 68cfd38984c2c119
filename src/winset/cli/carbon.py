"""``winset carbon`` and ``winset club``: who emits for whom, and which climate club holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import PAY, app
from winset.cli.run import (
    BlocsOption,
    CsvOption,
    JsonOption,
    LangOption,
    OutOption,
    ReportOption,
    SetOption,
    pairs,
    to_write,
)
from winset.errors import DataError

if TYPE_CHECKING:
    from winset.display import Table
    from winset.report.outputs import Output

GAMES = ("nordhaus", "trade")


@app.command(rich_help_panel=PAY)
def carbon(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="[WORLD|SCENARIO|FOLDER]",
            help="An embedded world, a folder of one with emissions.csv, or a folder of tables flows.csv, "
            "final.csv, emissions.csv, household_emissions.csv; or a scenario (a bundled one's name, a TOML "
            "file): before and after it.",
        ),
    ] = Path("icio-2022"),
    set_: SetOption = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Whose emissions are in whose goods: production, consumption, imports and exports by region.

    Of a scenario the same before and after it, and what becomes of it by scale, composition and technique.

    Example: winset carbon icio-2022
    """
    from winset.cli.show import deliver
    from winset.report import carbon_changes, environment, question_pages, speech
    from winset.report.outputs import output
    from winset.studies.carbon import Carbon
    from winset.studies.carbon_changes import account

    where = output(out, csv)
    spoken = speech.checked(lang)
    done = account(source, overrides=pairs(set_), blocs_file=blocs)
    if report is not None:
        from winset.report import page

        with speech.speaking(spoken):
            page.write_sheet(question_pages.carbon(done), report)
    shown: list[Table | str]
    if isinstance(done, Carbon):
        shown = [*environment.accounts(done), *environment.against_published(done)]
        notes = environment.carbon_notes(done)
    else:
        shown = [*carbon_changes.tables(done), *carbon_changes.sentences(done)]
        notes = carbon_changes.notes(done)
    deliver(
        where,
        done.to_json(),
        shown,
        [f"Note: {note}" for note in notes],
        title=f"Who emits for whom: {done.title}",
        worlds=() if done.world is None else (done.world,),
        json=json,
        files=(report,),
    )


@app.command(rich_help_panel=PAY)
def club(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="[SCENARIO]",
            help="A club in trade general equilibrium: a bundled one's name or a TOML file.",
        ),
    ] = None,
    game: Annotated[
        str | None,
        typer.Option(metavar="GAME", help="Whose payoffs: nordhaus (with --data), or trade."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Of nordhaus: tables input_original.csv and parameters.csv of the regions.",
        ),
    ] = None,
    scc: Annotated[
        float | None,
        typer.Option(metavar="USD", help="Of nordhaus: social cost of carbon, USD a tonne."),
    ] = None,
    tariff: Annotated[
        float | None,
        typer.Option(metavar="RATE", help="Penalty on outsiders: 0.05 is 5 %. [the scenario's]"),
    ] = None,
    price: Annotated[
        float | None,
        typer.Option(metavar="USD", help="Carbon price of the members. [the scenario's]"),
    ] = None,
    status: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Of nordhaus: a table of region and status (1 in, 0 out): show that club too.",
        ),
    ] = None,
    members: Annotated[
        str | None,
        typer.Option(
            "--club", metavar="GROUP", help="Of a scenario: show the club of these members too."
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.npy",
            callback=to_write,
            help="Of a scenario: write the payoffs of all economies in all clubs, (clubs, economies).",
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Threads [all cores].", min=1)] = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Which club holds: every club is solved, and whoever would leave or join is named.

    Example: winset club climate-club
    """
    from winset.cli.show import deliver
    from winset.report.outputs import output

    where = output(out, csv)
    played = game or ("trade" if scenario is not None else "nordhaus")
    if played not in GAMES:
        raise DataError(f"--game {played}: there is {' and '.join(GAMES)}.")
    given = {"--data": data, "--scc": scc, "--status": status}
    if played == "trade":
        if scenario is None:
            raise DataError("name a club: winset club climate-club, or a TOML file with [club].")
        if wrong := [key for key, value in given.items() if value is not None]:
            raise DataError(f"{wrong[0]} belongs to --game nordhaus. Drop it, or the scenario.")
        _in_trade(
            scenario, where, tariff, price, members, workers, blocs, save, report, lang, json=json
        )
        return
    if any(given is not None for given in (scenario, price, members, save, report)):
        raise DataError(
            "--game nordhaus takes its regions from --data, no scenario, --price, --club, --save or "
            "--report. Drop those."
        )
    if data is None or scc is None or tariff is None:
        raise DataError(
            "--game nordhaus needs --data FOLDER, --scc USD and --tariff RATE; or name a club in trade: "
            "winset club climate-club."
        )
    from winset.report import environment
    from winset.studies.climate_club import climate_clubs

    done = climate_clubs(data, cost=scc, tariff=tariff, status=status)
    deliver(
        where,
        done.to_json(),
        environment.clubs(done),
        [f"Note: {note}" for note in environment.club_notes(done)],
        title="Which climate club holds",
        json=json,
    )


def _in_trade(
    scenario: str,
    where: Output,
    penalty: float | None,
    price: float | None,
    members: str | None,
    workers: int | None,
    blocs: Path | None,
    save: Path | None,
    report: Path | None,
    lang: str,
    *,
    json: bool,
) -> None:
    from winset.cli.show import deliver, progress
    from winset.files import replacing
    from winset.report import speech, trade_clubs
    from winset.studies import club_order, trade_club

    spoken = speech.checked(lang)
    order = club_order.read_order(scenario)
    with progress("clubs", quiet=json) as tell:
        done = trade_club.solve_club(
            order,
            penalty=penalty,
            price=price,
            club=members,
            workers=workers,
            blocs_file=blocs,
            progress=tell,
        )
    if save is not None:
        import numpy as np

        with replacing(save) as draft, draft.open("wb") as file:
            np.save(file, done.payoffs)
    if report is not None:
        from winset.report import page, question_pages

        with speech.speaking(spoken):
            page.write_sheet(question_pages.club(done), report)
    deliver(
        where,
        done.to_json(),
        trade_clubs.shown(done),
        [f"Note: {note}" for note in trade_clubs.notes(done)],
        title=order.scenario.title,
        worlds=(done.world,),
        json=json,
        files=(save, report),
    )
