"""``winset bank``: which projects all would sign, who pays, and whose bank it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import PAY, app
from winset.cli.run import CsvOption, JsonOption, LangOption, OutOption, ReportOption
from winset.errors import DataError


@app.command(rich_help_panel=PAY)
def bank(
    portfolio: Annotated[
        str | None,
        typer.Argument(metavar="[PORTFOLIO]", help="A bundled portfolio's name or a TOML file."),
    ] = None,
    game: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A JSON file of budget, projects, and approvals or utilities."
        ),
    ] = None,
    satisfaction: Annotated[
        str | None,
        typer.Option(
            metavar="MEASURE", help="What an approved project is worth: cost or cardinality [cost]."
        ),
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Only these projects, by comma.")
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            metavar="TARGET",
            help="Capital and quota for power that is equal, population, sqrt, contribution, or a blend.",
        ),
    ] = None,
    capital: Annotated[
        str | None,
        typer.Option(
            metavar="RULES",
            help="By comma: equal, contribution (GDP), ppp, trade, population, sqrt, blends; or proposals.",
        ),
    ] = None,
    of: Annotated[
        str | None, typer.Option(metavar="BANK", help="Votes by the articles of a bank: aiib.")
    ] = None,
    members: Annotated[
        str | None, typer.Option(metavar="BLOC|CODES", help="Of the bank to be founded: SCO, SCO+.")
    ] = None,
    total: Annotated[
        float, typer.Option(metavar="MUSD", help="Subscribed capital, USD million.")
    ] = 100_000.0,
    basic: Annotated[
        float | None,
        typer.Option(metavar="PART", help="Basic votes, as a part of all [0.12; 0 with --design]."),
    ] = None,
    quota: Annotated[
        str | None, typer.Option(metavar="QUOTA", help="Of the votes, for --capital [75%].")
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Members of a bloc on this date.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Threads [all cores].", min=1)
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            metavar="N", help="Draws of costs, delays, effects and elasticity [none].", min=0
        ),
    ] = 0,
    seed: Annotated[
        int, typer.Option(help="Of draws, and of what is checked at random.", min=0)
    ] = 0,
    aversion: Annotated[
        float | None,
        typer.Option(
            metavar="E",
            help="Also weigh the poor: inequality aversion above 0, such as 1.",
        ),
    ] = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Which projects would all sign, who pays, and whose bank is it.

    Example: winset bank two-islands
    """
    from winset.cli.show import deliver, progress
    from winset.report import bank_capital, banks, speech
    from winset.report.outputs import output

    where = output(out, csv)
    spoken = speech.checked(lang)
    asked = {
        "a portfolio": portfolio,
        "--game": game,
        "--design": design,
        "--capital": capital,
        "--of": of,
    }
    given = [name for name, value in asked.items() if value is not None]
    if len(given) > 1:
        raise DataError(f"{' and '.join(given)} are {len(given)} questions. Ask one at a time.")
    founding = design is not None or capital is not None
    for name, value in (("--members", members), ("--basic", basic), ("--on", on)):
        if value is not None and not founding:
            raise DataError(f"{name} is for a bank to be founded: --design or --capital.")
    if quota is not None and capital is None:
        raise DataError("--quota is for --capital: a design finds the quota by itself.")
    if report is not None and (game is not None or of is not None):
        raise DataError("--report is for a portfolio, --design and --capital.")
    if game is not None:
        from winset.studies.bank_game import count_ballots

        counted = count_ballots(game, satisfaction=satisfaction)
        deliver(
            where,
            counted.to_json(),
            banks.ballots(counted),
            [f"Note: {note}" for note in banks.ballot_notes(counted)],
            title="What a budget buys",
            json=json,
        )
        return
    if aversion is not None and portfolio is None:
        raise DataError("--aversion is for the projects of a portfolio. Name one.")
    if only is not None and portfolio is None:
        raise DataError("--only is for the projects of a portfolio. Name one.")
    if satisfaction is not None:
        raise DataError(
            "--satisfaction is for --game: members of a bank have gains, not approvals."
        )
    if of is not None:
        from winset.studies.bank_design import articles

        found = articles(of)
        deliver(
            where,
            found.to_json(),
            bank_capital.articles(found),
            [f"Note: {note}" for note in bank_capital.article_notes(found)],
            title="Votes in the AIIB",
            json=json,
        )
        return
    if founding:
        from winset.places.dates import read_date
        from winset.studies.bank_design import PROPOSALS, design_bank, propose

        if members is None:
            raise DataError("whose bank? Add --members SCO, or codes by comma.")
        date = None if on is None else read_date(on)
        if design is not None:
            bank_ = design_bank(design, members, total=total, part=basic or 0.0, on=date)
        else:
            wanted = PROPOSALS if capital == "proposals" else tuple(str(capital).split(","))
            part = 0.12 if basic is None else basic
            bank_ = propose(
                members,
                capital_rules=wanted,
                total=total,
                part=part,
                quota="75%" if quota is None else quota,
                on=date,
            )
        if report is not None:
            from winset.report import bank_page

            with speech.speaking(spoken):
                bank_page.write_founding(bank_, report)
        deliver(
            where,
            bank_.to_json(),
            bank_capital.founding(bank_),
            [f"Note: {note}" for note in bank_capital.founding_notes(bank_)],
            title="Whose bank it is",
            json=json,
            files=(report,),
        )
        return
    if portfolio is None:
        _list_portfolios()
        return
    from winset.studies.bank import run_bank

    wanted_ = None if only is None else [name.strip() for name in only.split(",")]
    with progress("portfolios", quiet=json, unit="portfolios") as told:
        done = run_bank(
            portfolio,
            only=wanted_,
            workers=workers,
            seed=seed,
            draws=draws,
            aversion=aversion,
            progress=told,
        )
    if report is not None:
        from winset.report import bank_page

        with speech.speaking(spoken):
            bank_page.write(done, report)
    deliver(
        where,
        done.to_json(),
        banks.portfolios(done),
        [f"Note: {note}" for note in banks.portfolio_notes(done)],
        title=done.plan.title,
        worlds=(done.world,),
        json=json,
        files=(report,),
    )


def _list_portfolios() -> None:
    from winset.cli.show import listing
    from winset.finance.projects import bundled_portfolios, find_plan

    listing([(name, find_plan(name).title) for name in bundled_portfolios()])
