"""``winset offer``: tariff lines, what to ask for, what to offer, and what all can sign."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import DECIDE, app
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
    from winset.report.outputs import Output
    from winset.studies.offer_terms import OfferTerms


@app.command(rich_help_panel=DECIDE)
def offer(
    lines: Annotated[
        str,
        typer.Argument(
            metavar="LINES",
            help="A bundled example, a CSV of tariff lines, a TOML with offers, or a JSON of one market.",
        ),
    ],
    method: Annotated[
        str | None, typer.Option(metavar="NAME", help="exact, gsim or smart [exact].")
    ] = None,
    cut: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT", help="Of a CSV: cut every duty between its parties by so much [100]."
        ),
    ] = None,
    party: Annotated[
        str | None, typer.Option("--for", metavar="CODE", help="Whose lists are shown [the first].")
    ] = None,
    floor: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE=X", help="Least gain with which CODE signs [0]. Repeatable."),
    ] = None,
    elasticities: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV: hs6, substitution, and demand, supply if known."),
    ] = None,
    demand: Annotated[
        float | None, typer.Option(metavar="X", help="Elasticity of import demand [-1.25].")
    ] = None,
    supply: Annotated[
        float | None,
        typer.Option(metavar="X", help="Elasticity of export supply, inf for given prices [1.5]."),
    ] = None,
    rates: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Of the duties: fraction or percent.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Of lines of several years.")] = None,
    duties: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Duties by line, where LINES is trade alone, such as BACI."
        ),
    ] = None,
    importers: Annotated[
        str | None, typer.Option(metavar="CODES", help="Who bargains [all importers of the table].")
    ] = None,
    revision: Annotated[
        str | None,
        typer.Option(metavar="YEAR", help="Convert codes to this revision of the HS: 2007."),
    ] = None,
    concordance: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A CSV of codes: from, to, and share if known."),
    ] = None,
    gap: Annotated[
        float, typer.Option(metavar="X", help="To which the best package is proved, relative.")
    ] = 1e-4,
    world: Annotated[
        str | None,
        typer.Option(
            metavar="WORLD", help="Take the offers through general equilibrium too: icio-2022."
        ),
    ] = None,
    top: Annotated[int, typer.Option(help="How many lines a list shows.", min=1)] = 10,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Of tables that memory does not hold: solve line by line, results into DIR.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an unfinished --save.")
    ] = False,
    chart: ChartOption = None,
    report: ReportOption = None,
    lang: LangOption = "en",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """What do I ask, what do I offer, line by line, so that all sign?

    Example: winset offer china-india
    """
    from dataclasses import replace

    from winset.report import speech
    from winset.report.outputs import output

    where = output(out, csv)
    spoken = speech.checked(lang)
    if lines.casefold().endswith(".json"):
        _one_market(lines, method, where, json=json)
        return
    from winset.studies import offer_lists
    from winset.studies.offer_terms import read_terms
    from winset.studies.offers import negotiate

    terms = read_terms(lines)
    if cut is not None:
        if terms.offers:
            raise DataError("--cut: the offers stand in the file. Change them there.")
        if not 0 <= cut <= 100:
            raise DataError(f"--cut {cut:g}: it is a percentage, 0 to 100.")
        terms = replace(terms, every=cut)
    if rates not in (None, "fraction", "percent"):
        raise DataError(f"--rates {rates[:80]}: it is fraction or percent.")
    if demand is not None and not demand < 0:
        raise DataError(
            f"--demand {demand:g}: the elasticity of demand has the wrong sign; it is below 0."
        )
    if supply is not None and not supply > 0:
        raise DataError(
            f"--supply {supply:g}: the elasticity of supply has the wrong sign; it is above 0."
        )
    if resume and save is None:
        raise DataError("--resume needs --save DIR, the folder of the run to go on with.")
    if not 0 <= gap < 1:
        raise DataError(f"--gap {gap:g}: it is from 0 to 1, 0.001 for 0.1 percent.")
    terms = replace(
        terms,
        elasticities=elasticities or terms.elasticities,
        demand=terms.demand if demand is None else demand,
        supply=terms.supply if supply is None else supply,
        percent=terms.percent if rates is None else rates == "percent",
        year=terms.year if year is None else year,
        duties=duties or terms.duties,
        importers=terms.importers if importers is None else tuple(importers.split(",")),
        revision=revision or terms.revision,
        concordance=concordance or terms.concordance,
    )
    if save is not None:
        for option, given in (
            ("--world", world), ("--chart", chart), ("--report", report), ("--floor", floor),
        ):  # fmt: skip
            if given:
                raise DataError(f"{option}: it needs every line at once. Leave it out with --save.")
        _line_by_line(terms, save, method, party, top, where, resume=resume, json=json)
        return
    done = negotiate(terms, method=method, gap=gap, floors=_floors(floor))
    if party is not None and party not in done.parties:
        raise DataError(f"--for {party[:80]}: no party. Parties: {', '.join(done.parties)}.")
    payload = offer_lists.to_json(done)
    general = None
    if world is not None:
        from winset.studies.offer_general import through

        general = through(done, world)
        payload["general_equilibrium"] = general.to_json()
    if chart is not None or report is not None:
        from winset.report import charts, offer_pages, page

        with speech.speaking(spoken):
            if chart is not None:
                charts.write(lambda width: offer_pages.bars(done, width=width), chart)
            if report is not None:
                page.write_sheet(offer_pages.sheet(done, payload), report)
    from winset.cli.show import deliver
    from winset.report import offers

    said = offers.sentences(done)
    notes = (*done.notes, *(() if general is None else general.notes))
    deliver(
        where,
        payload,
        [
            *offers.tables(done, party=party or done.seats[0], top=top, general=general),
            *said,
        ],
        [*(f"Note: {note}" for note in notes), offers.footer(done)],
        title=done.terms.title,
        worlds=() if general is None else (general.world,),
        notes=(*said, *notes, offers.footer(done)),
        json=json,
        files=(chart, report),
    )


def _line_by_line(
    terms: OfferTerms,
    folder: Path,
    method: str | None,
    party: str | None,
    top: int,
    where: Output,
    *,
    resume: bool,
    json: bool,
) -> None:
    """Answer for a table that memory does not hold."""
    from winset.cli.show import deliver, progress
    from winset.report import offers
    from winset.studies.offers_streamed import negotiate_streamed

    with progress("the table", quiet=json, unit="lines") as shown:
        done = negotiate_streamed(terms, folder, method=method, resume=resume, progress=shown)
    if party is not None and party not in done.parties:
        raise DataError(f"--for {party[:80]}: it trades none of the lines.")
    notes = (*(f"Note: {note}" for note in done.notes), offers.footer(done))
    deliver(
        where,
        done.to_json(),
        [*offers.streamed_tables(done, party=party, top=top), *offers.streamed_sentences(done)],
        notes,
        title=done.terms.title,
        json=json,
    )


def _one_market(path: str, method: str | None, where: Output, *, json: bool) -> None:
    """Answer for one market of a JSON file."""
    from winset.cli.show import deliver
    from winset.report import offers
    from winset.studies.one_market import read_market

    market = read_market(Path(path))
    payload = market.all_methods() if method in (None, "all") else market.to_json(str(method))
    deliver(
        where,
        payload,
        offers.market_tables(payload),
        [f"Experiment: {market.experiment}."],
        title=f"One market: {market.experiment}",
        json=json,
    )


def _floors(options: list[str] | None) -> dict[str, float]:
    """Split the ``--floor`` options."""
    floors: dict[str, float] = {}
    for option in options or []:
        code, equals, value = option.partition("=")
        try:
            floors[code.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals:
            raise DataError(
                f"--floor {option}: write it as CODE=GAIN, for example --floor IND=100."
            )
    return floors
