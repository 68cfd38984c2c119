"""``winset effect``: did an agreement matter?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import BlocsOption, CsvOption, JsonOption, OutOption, SeedOption
from winset.errors import DataError


@app.command(rich_help_panel=DELIVERED)
def effect(
    panel: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A table of exporter, importer, year, trade and more; of an indicator: economy, year, "
            "value, since.",
        ),
    ],
    method: Annotated[
        str,
        typer.Option(
            metavar="METHOD",
            help="gravity; of an indicator: did (staggered), event-study, or synthetic.",
        ),
    ] = "gravity",
    regressors: Annotated[
        str,
        typer.Option(metavar="NAMES", help="Columns, lags and leads too: rta,rta_lag4; log_dist."),
    ] = "rta",
    effects: Annotated[
        str,
        typer.Option(
            metavar="KINDS",
            help="Absorbed: exporter-year, importer-year, pair, exporter, importer, year; or none.",
        ),
    ] = "exporter-year,importer-year,pair",
    borders: Annotated[
        str, typer.Option(metavar="KIND", help="none, one, year, or economy (each home's own).")
    ] = "none",
    by_year: Annotated[
        str, typer.Option(metavar="NAMES", help="Of the regressors, a slope for each year.")
    ] = "",
    clusters: Annotated[
        str, typer.Option(metavar="KIND", help="Of errors: pair, exporter, importer, none.")
    ] = "pair",
    estimator: Annotated[
        str, typer.Option(metavar="NAME", help="ppml, or ols of the logarithm of positive trade.")
    ] = "ppml",
    international: Annotated[
        bool, typer.Option("--international", help="Leave sales at home out.")
    ] = False,
    years: Annotated[
        str | None, typer.Option(metavar="YEARS", help="1986,1990,1994 [see --interval].")
    ] = None,
    interval: Annotated[
        int | None,
        typer.Option(metavar="N", help="Every N-th year [4 of 13 years or more, else 1].", min=1),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option("--with", metavar="FILE", help="Further columns by pair and year; else 0."),
    ] = None,
    treated: Annotated[
        str | None,
        typer.Option(
            metavar="BLOC", help="Of an indicator without since: years of joining a bloc."
        ),
    ] = None,
    economy: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of a synthetic control: the treated one.")
    ] = None,
    window: Annotated[
        int, typer.Option(metavar="N", help="Years before and after the treatment.", min=2, max=50)
    ] = 5,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Made-up treatments, for the placebo.", min=0, max=5000)
    ] = 200,
    seed: SeedOption = 1,
    blocs_file: BlocsOption = None,
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Did it matter: what an agreement did to trade, or joining a bloc to an indicator.

    Trade by gravity on a panel of pairs and years; an indicator by comparison with those that did not join.

    Example: winset effect panel.csv --regressors rta,rta_lag4 --with lags.csv
    """
    from winset.cli.show import deliver
    from winset.gravity.panel import effect as estimated
    from winset.gravity.panel import read_panel
    from winset.places.blocs import load_blocs
    from winset.places.groups import names
    from winset.report import effects as report
    from winset.report.outputs import output

    where = output(out, csv)
    if method != "gravity":
        from winset.studies.treatment_effect import treatment

        found = treatment(
            panel,
            method,
            treated=treated,
            economy=economy,
            window=window,
            draws=draws,
            seed=seed,
            blocs_file=blocs_file,
        )
        deliver(
            where,
            found.to_json(),
            [*report.treated_tables(found), *report.treated_sentences(found)],
            [report.treated_footer(found)],
            title=f"What joining did: {panel.name}",
            json=json,
        )
        return
    if blocs_file is not None:
        load_blocs(blocs_file)
    for name, value in (("--treated", treated), ("--economy", economy), ("--blocs", blocs_file)):
        if value is not None:
            raise DataError(
                f"{name} {value} is of an indicator: give --method did or synthetic too."
            )
    told = None if years is None else [_year(text) for text in names(years)]
    done = estimated(
        read_panel(panel, beside),
        names(regressors),
        estimator=estimator,
        effects=() if effects.strip() == "none" else names(effects),
        borders=borders,
        by_year=names(by_year),
        clusters=clusters,
        domestic=not international,
        years=told,
        interval=interval,
    )
    deliver(
        where,
        done.to_json(),
        [report.table(done), *report.sentences(done)],
        [report.footer(done)],
        title=f"What moved trade: {panel.name}",
        json=json,
    )


def _year(text: str) -> int:
    if not text.isdigit():
        raise DataError(f"--years: {text!r} is no year. Write them as 1986,1990.")
    return int(text)
