"""``winset world``: what is in a world, whether a folder is sound, and how to make one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import app
from winset.errors import DataError

worlds_app = typer.Typer(
    help="Worlds: what is in one, whether a folder is sound, how to make your own.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(worlds_app, name="world")

Column = Annotated[str | None, typer.Option(metavar="NAME", help="Its column, in a long table.")]


@worlds_app.callback()
def names(context: typer.Context) -> None:
    """List the embedded worlds."""
    if context.invoked_subcommand is None:
        from winset.worlds import embedded_worlds, world

        for name in embedded_worlds():
            data = world(name)
            typer.echo(f"{name}: {len(data)} economies, {len(data.sectors)} sectors, {data.year}")
        typer.echo("\nwinset world --help lists show, check and import.")


@worlds_app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="[NAME or DIR]", help="Which world.")
    ] = "world-2023",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Print what is in a world, its sources and its hash.

    Example: winset world show world-2023
    """
    from winset.worlds import world

    about = world(name).describe()
    if json:
        from winset.cli.show import print_json

        print_json(about)
        return
    typer.echo(f"{about['name']}, {about['year']}: {about['economies']} economies, "
               f"{about['sectors']} sector{'s' * (about['sectors'] != 1)}")  # fmt: skip
    typer.echo(
        f"trade      {about['trade_musd'] / 1e3:,.1f} USD billion in {about['pairs']:,} pairs"
    )
    if about["gdp_musd"] is not None:
        typer.echo(f"GDP        {about['gdp_musd'] / 1e3:,.1f} USD billion")
    known = "from the data" if about["domestic_sales_known"] else "derived from GDP"
    typer.echo(f"domestic   sales {known}")
    typer.echo(f"tariffs    {about['tariffs']:,} pairs above zero")
    if about["floored"]:
        typer.echo(f"floored    at β = 0.5: {', '.join(about['floored'])}")
    typer.echo(f"largest    {', '.join(about['largest'])}")
    for source in about["sources"]:
        terms = f" ({source['license']})" if source["license"] else ""
        typer.echo(f"source     {source['title']}{terms}")
    for note in about["notes"]:
        typer.echo(f"note       {note}")
    typer.echo(f"sha256     {about['sha256']}")


@worlds_app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A world folder.")],
) -> None:
    """List every problem of a world folder at once, each with file and row.

    Example: winset world check my-world
    """
    from winset.worlds import find_problems, world

    if problems := find_problems(folder):
        raise DataError(
            f"world folder {folder}: {len(problems)} problem{'s' * (len(problems) > 1)}\n  "
            + "\n  ".join(problems)
        )
    data = world(folder)
    typer.echo(f"{folder}: sound. {len(data)} economies, {data.year}, sha256 {data.sha256}")


@worlds_app.command(name="import")
def import_(
    trade: Annotated[
        Path, typer.Option(metavar="FILE", help="BACI, a long CSV, or a square matrix.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The world folder to make.")],
    gdp: Annotated[
        Path | None, typer.Option(metavar="FILE", help="GDP by code; the World Bank's table too.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Which year, if there are several.")] = None,
    countries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="BACI's country codes [beside the trade].")
    ] = None,
    unit: Annotated[
        str, typer.Option(help="Of the trade: usd, thousand-usd, million-usd or billion-usd.")
    ] = "million-usd",
    gdp_unit: Annotated[str, typer.Option(help="Of the GDP, likewise.")] = "usd",
    exporter_column: Column = None,
    importer_column: Column = None,
    value_column: Column = None,
    year_column: Column = None,
    code_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of the codes in the GDP file.")
    ] = None,
    gdp_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of the GDP.")
    ] = None,
    without: Annotated[
        str, typer.Option(metavar="CODES", help="Leave out: codes by comma, or missing.")
    ] = "",
) -> None:
    """Make a world folder of published files: CEPII's BACI, a long CSV, or a square matrix.

    Example: winset world import --trade BACI_HS22_Y2023_V202501.csv --gdp gdp.csv --out world
    """
    from winset.worlds import write_world
    from winset.worlds.importing import Columns, import_world

    data = import_world(
        trade,
        gdp,
        year=year,
        countries=countries,
        unit=unit,
        gdp_unit=gdp_unit,
        columns=Columns(
            exporter_column, importer_column, value_column, year_column, code_column, gdp_column
        ),
        without=[code for code in without.split(",") if code],
        name=out.name,
    )
    data.accounts(1.0 if data.domestic_known else 0.5)  # refuse what could not be solved
    write_world(data, out)
    typer.echo(f"Written: {out}, {len(data)} economies, {data.year}, sha256 {data.sha256}")
