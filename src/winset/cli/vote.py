"""``winset vote``: what one vote weighs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import DECIDE, app
from winset.cli.run import ChartOption, CsvOption, LangOption, OutOption, ReportOption
from winset.errors import DataError

if TYPE_CHECKING:
    from winset.governance.voting.majorities import Quota
    from winset.governance.voting.power_indices import Power
    from winset.governance.voting.unions import UnionPower
    from winset.studies.voting_power import DesignedRule, VotingPower


@app.command(rich_help_panel=DECIDE)
def vote(
    rule: Annotated[
        str | None,
        typer.Argument(metavar="[RULE]", help="A bundled rule's name or a TOML file."),
    ] = None,
    members: Annotated[
        str | None,
        typer.Option(metavar="BLOC|CODES", help="Who votes: SCO, SCO+, or CHN,RUS,IND."),
    ] = None,
    quota: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUOTA",
            help="12, 0.55, 55%, >50%, 2/3, all, optimal; NAME=QUOTA with several. Repeatable.",
        ),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            metavar="TARGET",
            help="Find the rule whose power is equal, population, sqrt, contribution, or a blend.",
        ),
    ] = None,
    accession: Annotated[
        str | None,
        typer.Option(metavar="CODES", help="Who joins; shows the power of each before and after."),
    ] = None,
    coalitions: Annotated[
        int | None,
        typer.Option("--list", metavar="N", help="List up to N minimal coalitions.", min=1),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(metavar="N", help="Estimate from N random coalitions and orders."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the estimate.", min=0)] = 0,
    unions: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.csv|A,B;C,D",
            help="Who has united: members and blocs by comma, unions by semicolon, or a CSV union,member.",
        ),
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Members of a bloc on this date.")
    ] = None,
    blocs: Annotated[
        Path | None, typer.Option("--blocs", metavar="FILE", help="A CSV that adds blocs.")
    ] = None,
    chart: ChartOption = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """What does one vote weigh: the power of every member under a voting rule.

    Example: winset vote population --members SCO --quota 55%
    """
    from winset.cli.show import deliver
    from winset.places.blocs import load_blocs
    from winset.places.dates import read_date
    from winset.report import speech, votes
    from winset.report.outputs import output
    from winset.studies import voting_power

    where = output(out, csv)
    speech.checked(lang)
    if rule is None:
        _list_rules()
        return
    if accession is not None and design is not None:
        raise DataError("--accession and --design are two questions. Ask one at a time.")
    if unions is not None and design is not None:
        raise DataError("--unions and --design are two questions. Ask one at a time.")
    date = None if on is None else read_date(on)
    known = load_blocs(blocs)
    quotas = _quotas(quota)
    done: VotingPower | DesignedRule
    if design is not None:
        done = voting_power.tailor(rule, design, members=members, on=date, blocs=known)
        shown = done.design.power
    else:
        done = voting_power.weigh(
            rule,
            members=members,
            quotas=quotas,
            on=date,
            accession=accession,
            coalitions=coalitions,
            samples=samples,
            seed=seed,
            unions=_unions(unions),
            blocs=known,
        )
        for warning in done.power.rule.warnings:
            typer.echo(f"winset: warning: {warning}", err=True)
        shown = done.enlarged or done.power
    _write(
        shown,
        done.united if isinstance(done, voting_power.VotingPower) else None,
        chart,
        report,
        lang,
    )
    said, source = votes.shown(done), [line for line in [votes.source(done)] if line]
    deliver(
        where,
        done.to_json(),
        said,
        source,
        title=shown.rule.title,
        json=json,
        files=(chart, report),
    )


def _write(
    power: Power, united: UnionPower | None, chart: Path | None, report: Path | None, lang: str
) -> None:
    """Write what was asked for."""
    if chart is None and report is None:
        return
    from winset.report import charts, page, speech
    from winset.report.power import frame, power_chart, sheet

    with speech.speaking(speech.checked(lang)):
        if chart is not None:
            table = frame(power)
            charts.write(lambda width: power_chart(table, width=width), chart)
        if report is not None:
            page.write_sheet(sheet(power, united), report)


def _list_rules() -> None:
    from winset.cli.show import listing
    from winset.governance.voting import rules

    rows = []
    for name in rules.bundled_rules():
        spec = rules.find_rule(name)
        rows.append((name, spec.title + (" (give --members)" if spec.template else "")))
    listing(rows)


def _unions(text: str | None) -> str | None:
    """Return unions as they are written, or as a file has them."""
    from winset.studies.voting_power import unions_in

    return unions_in(Path(text)) if text is not None and text.casefold().endswith(".csv") else text


def _quotas(options: list[str] | None) -> dict[str, Quota]:
    """Split ``NAME=QUOTA``; a number alone has the name ``""``."""
    result: dict[str, Quota] = {}
    for option in options or []:
        name, equals, text = option.rpartition("=")
        if name.endswith(">") and equals:  # >=55%
            name, text = "", option
        name, text = name.strip(), text.strip()
        if name in result:
            raise DataError(f"--quota {option}: given twice. Keep one.")
        result[name] = text
    return result
