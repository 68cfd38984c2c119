"""``winset vote``: what one vote weighs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import app
from winset.cli.run import ChartOption, ReportOption
from winset.errors import DataError

if TYPE_CHECKING:
    from winset.governance.voting.design import Design
    from winset.governance.voting.majorities import Quota
    from winset.governance.voting.power_indices import Power


@app.command()
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
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Members of a bloc on this date.")
    ] = None,
    blocs: Annotated[
        Path | None, typer.Option("--blocs", metavar="FILE", help="A CSV that adds blocs.")
    ] = None,
    chart: ChartOption = None,
    report: ReportOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """What does one vote weigh: the power of every member under a voting rule.

    Example: winset vote population --members SCO --quota 55%
    """
    from winset.governance.voting import rules
    from winset.governance.voting.power_indices import minimal_coalitions, power
    from winset.places.blocs import load_blocs
    from winset.places.dates import read_date

    if rule is None:
        _list_rules()
        return
    if accession is not None and design is not None:
        raise DataError("--accession and --design are two questions. Ask one at a time.")
    date = None if on is None else read_date(on)
    known = load_blocs(blocs)
    spec = rules.find_rule(rule)
    codes = (
        rules.parse_members(members, on=date or spec.on, blocs=known)
        if members is not None
        else spec.codes(on=date, blocs=known)
    )
    quotas = _quotas(quota)
    if design is not None:
        from winset.governance.voting.design import design as find_design
        from winset.governance.voting.design import target_shares

        found = find_design(codes, target_shares(design, codes), title=f"Designed for {design}")
        written = _write(found.power, chart, report)
        _show_design(found, design, json=json)
        if not json:
            typer.echo(written, nl=False)
        return
    built = spec.build(members=codes, quotas=quotas, on=date, blocs=known)
    for warning in built.warnings:
        typer.echo(f"winset: warning: {warning}", err=True)
    found_power = power(built, samples=samples, seed=seed)
    payload = found_power.to_json() if json else {}
    if coalitions is not None:
        winning = minimal_coalitions(built, most=coalitions)
        blocking = minimal_coalitions(built, most=coalitions, blocking=True)
        payload |= {"minimal_winning": winning, "minimal_blocking": blocking}
    if accession is not None:
        joining = rules.parse_members(accession, on=date, blocs=known)
        if double := [code for code in joining if code in codes]:
            raise DataError(f"--accession {accession}: {', '.join(double)} is a member already.")
        wider = spec.build(members=[*codes, *joining], quotas=quotas, on=date, blocs=known)
        after = power(wider, samples=samples, seed=seed)
        payload |= {"accession": _accession(found_power, after)}
    written = _write(found_power if accession is None else after, chart, report)
    if json:
        from winset.cli.show import print_json

        print_json(payload)
        return
    from winset.cli.show import console
    from winset.report import votes

    terminal = console()
    if accession is not None:
        terminal.print(votes.accession(found_power, after))
        terminal.print(votes.summary(after))
        typer.echo(written, nl=False)
        return
    terminal.print(votes.table(found_power))
    terminal.print(votes.summary(found_power))
    if coalitions is not None:
        terminal.print(votes.coalitions("Minimal winning coalitions", winning))
        terminal.print(votes.coalitions("Minimal blocking coalitions", blocking))
    if built.source:
        terminal.print(f"Source: {built.source}", style="dim")
    typer.echo(written, nl=False)


def _write(power: Power, chart: Path | None, report: Path | None) -> str:
    """Write what was asked for; returns the lines that say so."""
    if chart is not None:
        from winset.report import charts
        from winset.report.power import frame, power_chart

        table = frame(power)
        charts.write(lambda width: power_chart(table, width=width), chart)
    if report is not None:
        from winset.report import plain_page
        from winset.report.power import sheet as page

        plain_page.write(page(power), report)
    return "".join(f"Written: {path}\n" for path in (chart, report) if path is not None)


def _list_rules() -> None:
    from winset.governance.voting import rules

    names = rules.bundled_rules()
    width = max(len(name) for name in names)
    for name in names:
        spec = rules.find_rule(name)
        mark = " (give --members)" if spec.template else ""
        typer.echo(f"{name:<{width}}  {spec.title}{mark}")


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


def _accession(before: Power, after: Power) -> list[dict[str, Any]]:
    old = {member.code: member for member in before.members}
    rows = []
    for member in after.members:
        was = old.get(member.code)
        rows.append(
            {
                "code": member.code,
                "banzhaf_before": was.banzhaf if was else None,
                "banzhaf_after": member.banzhaf,
                "shapley_shubik_before": was.shapley_shubik if was else None,
                "shapley_shubik_after": member.shapley_shubik,
                "banzhaf_absolute_before": was.banzhaf_absolute if was else None,
                "banzhaf_absolute_after": member.banzhaf_absolute,
            }
        )
    return rows


def _show_design(found: Design, target: str, *, json: bool) -> None:
    if json:
        from winset.cli.show import print_json

        codes = [member.code for member in found.power.members]
        shares = {code: float(t) for code, t in zip(codes, found.target, strict=True)}
        print_json(
            found.power.to_json()
            | {
                "design": {
                    "target": target,
                    "index": found.index,
                    "shares": shares,
                    "distance": found.distance,
                    "largest_deviation": found.largest,
                }
            }
        )
        return
    from winset.cli.show import console
    from winset.report import votes

    terminal = console()
    terminal.print(votes.design(found))
    terminal.print(votes.design_summary(found))
