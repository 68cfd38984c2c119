"""``winset gap``: does it narrow the gap between rich and poor?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DELIVERED, app
from winset.cli.run import CsvOption, JsonOption, OutOption
from winset.errors import DataError


@app.command(rich_help_panel=DELIVERED)
def gap(
    lorenz: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Points of a Lorenz curve: columns p and L, or share."),
    ] = None,
    mean: Annotated[
        float | None, typer.Option(metavar="M", help="Mean income, in the unit of the line.")
    ] = None,
    line: Annotated[float | None, typer.Option(metavar="Z", help="The poverty line.")] = None,
    form: Annotated[
        str, typer.Option(metavar="FORM", help="quadratic, beta, or best of the two.")
    ] = "best",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Does it narrow the gap: poverty and inequality from grouped data.

    Example: winset gap --lorenz FILE.csv --mean 51.6 --line 57.8
    """
    from winset.cli.show import deliver
    from winset.report import delivery
    from winset.report.outputs import output
    from winset.studies.poverty import from_file

    where = output(out, csv)
    if lorenz is None or mean is None or line is None:
        raise DataError(
            "give --lorenz FILE with --mean M and --line Z, in one unit and one PPP year."
        )
    done = from_file(lorenz, mean=mean, line=line, form=form)
    deliver(
        where,
        done.to_json(),
        [delivery.poverty_table(done), *delivery.said_of_poverty(done)],
        title=f"Poverty and inequality of {lorenz.name}",
        json=json,
    )
