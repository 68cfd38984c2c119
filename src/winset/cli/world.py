"""``winset world``: what is in a world, whether a folder is sound, and how to make one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import DATA, app
from winset.errors import DataError
from winset.files import check_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winset.worlds import World

worlds_app = typer.Typer(
    help="Worlds: what is in one, whether a folder is sound, how to make your own.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(worlds_app, name="world", rich_help_panel=DATA)


def to_make(folder: Path) -> Path:
    """Refuse, before any work, a folder that cannot be made."""
    check_target(folder, directory=True)
    return folder


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
    from winset.cli.show import console, listing

    sectors = f"{about['sectors']} sector{'s' * (about['sectors'] != 1)}"
    console().print(f"{about['name']}, {about['year']}: {about['economies']} economies, {sectors}")
    listing(list(_rows(about)))


def _rows(about: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Say what is in a world, a label and a text each."""
    yield "trade", f"{about['trade_musd'] / 1e3:,.1f} USD billion in {about['pairs']:,} pairs"
    if about["gdp_musd"] is not None:
        yield "GDP", f"{about['gdp_musd'] / 1e3:,.1f} USD billion"
    known = "from the data" if about["domestic_sales_known"] else "derived from GDP"
    yield "domestic", f"sales {known}"
    if about["unmet"] is not None:
        from winset.worlds.sector_accounts import unmet_note

        yield "unmet", unmet_note(about["unmet"])
    yield "tariffs", _tariffs(about)
    if about["tariff_sources"] is not None:
        from winset.worlds import tariff_sources

        yield "rest on", tariff_sources.said(about["tariff_sources"])
    if about["trade_over_gdp"] is not None:
        yield "openness", f"trade is {100 * about['trade_over_gdp']:.3g} % of GDP"
    if about["floored"]:
        yield "floored", f"at β = 0.5: {', '.join(about['floored'])}"
    yield "largest", ", ".join(about["largest"])
    for source in about["sources"]:
        yield "source", source["title"] + (f" ({source['license']})" if source["license"] else "")
    for note in about["notes"]:
        yield "note", note
    for code, text in about.get("imputed", {}).items():
        yield "imputed", f"{code}: {text}"
    yield "sha256", about["sha256"]


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
    about = data.describe()
    typer.echo(f"tariffs: {_tariffs(about)}")
    if about["trade_over_gdp"] is not None:
        typer.echo(f"trade: {100 * about['trade_over_gdp']:.3g} % of GDP")
    if data.sectored:
        from winset.cli.show import console

        for line in _unbalanced(data):
            console().print(line)


def _tariffs(about: dict[str, Any]) -> str:
    said = f"{about['tariffs']:,} pairs above zero"
    if (levels := about["tariff_percent"]) is None:
        return said
    return said + (
        f": mean {levels['mean']:.2f} %, median {levels['median']:.2f} %, highest {levels['highest']:.2f} %"
    )


def _unbalanced(data: World, most: int = 8) -> list[str]:
    """Say where inputs and consumption are not what is spent, the largest gaps first."""
    import numpy as np

    from winset.worlds.sector_accounts import gaps

    accounts = data.sector_accounts(1.0 if data.domestic_known else 0.5)
    off = gaps(accounts)
    wrong = np.argwhere(np.abs(off) > 1e-6 * accounts.spending.sum(axis=0))
    if not len(wrong):
        return []
    order = np.argsort([-abs(off[j, n]) for j, n in wrong], kind="stable")
    lines = [
        f"The accounts of {len(wrong):,} of {off.size:,} sectors do not balance; the baseline of a run "
        "is the model's own equilibrium at unchanged tariffs. Largest gaps:"
    ]
    for k in order[:most]:
        j, n = wrong[k]
        above = "above" if off[j, n] > 0 else "below"
        lines.append(
            f"  {data.codes[n]}, sector {data.sectors[j]}: inputs and consumption are "
            f"{abs(off[j, n]):,.6g} USD million {above} the {accounts.spending[j, n]:,.6g} spent"
        )
    return lines


@worlds_app.command(name="import")
def import_(
    trade: Annotated[
        Path,
        typer.Option(
            "--trade",
            "--table",
            metavar="FILE",
            help="BACI, a long CSV, a square matrix; or an inter-country table: OECD ICIO, the CSV of "
            "ADB MRIO's sheet, a folder of EORA26.",
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", callback=to_make, help="The world folder to make.")
    ],
    gdp: Annotated[
        Path | None, typer.Option(metavar="FILE", help="GDP by code; the World Bank's table too.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Which year, if there are several.")] = None,
    sectors: Annotated[
        str,
        typer.Option(
            metavar="WAY or FILE",
            help="Of BACI's products: one, sections (21), chapters (97), isic, bec, or a CSV of product and "
            "sector.",
        ),
    ] = "one",
    elasticities: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER or FILE",
            help="Trade elasticities of the sectors: one for all, or a CSV of sector, elasticity.  "
            "[default: 4]",
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="By how much the accounts of a table may be off, 0.01 is 1 %.")
    ] = 1e-3,
    countries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="BACI's country codes [beside the trade].")
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            help="Of the trade: usd, thousand-usd, million-usd or billion-usd.  [default: what its column "
            "says, else million-usd]"
        ),
    ] = None,
    gdp_unit: Annotated[
        str | None, typer.Option(help="Of the GDP, likewise.  [default: usd]")
    ] = None,
    tariffs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Tariffs: exporter, importer, rate; with BACI also by product or sector, as of "
            "WITS/TRAINS, MAcMap, Teti.",
        ),
    ] = None,
    tariff_unit: Annotated[
        str | None, typer.Option(help="Of the tariffs: fraction (0.10 is 10 %) or percent.")
    ] = None,
    reporter: Annotated[
        str | None,
        typer.Option(help="What reporters report, if no column says: exports or imports."),
    ] = None,
    gdp_series: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which series is GDP, if there are several.")
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="Characters of files that are not UTF-8: windows-1251, windows-1252, utf-16, gb18030."
        ),
    ] = None,
    decimal: Annotated[
        str | None,
        typer.Option(help="The decimal mark where figures leave it open: comma or point."),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="Sheet of an Excel workbook  [the first].")
    ] = None,
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
    derive_domestic: Annotated[
        bool,
        typer.Option(
            "--derive-domestic",
            help="Where only some economies have a row for themselves: the others' from GDP.",
        ),
    ] = False,
) -> None:
    """Make a world folder of published files: trade with GDP, or an inter-country table.

    Example: winset world import --trade BACI_HS22_Y2023_V202501.csv --gdp gdp.csv --out world

    Example: winset world import --table 2020.csv --out icio
    """
    from winset.places.groups import names
    from winset.tables import checked_format
    from winset.worlds import write_world
    from winset.worlds.importing import Columns, import_table, import_world, layout

    columns = Columns(
        exporter_column,
        importer_column,
        value_column,
        year_column,
        code_column,
        gdp_column,
        reporter,
        gdp_series,
        checked_format(encoding, decimal, sheet),
    )
    left_out = names(without)
    kind = None if columns.pairs else layout(trade)
    if kind is not None:
        if gdp is not None or sectors != "one":
            raise DataError(
                f"{trade} is an inter-country table, which has its own sectors and value added. Drop "
                f"{'--gdp' if gdp is not None else '--sectors'}."
            )
        data = import_table(
            trade,
            kind=kind,
            year=year,
            elasticities=elasticities,
            tolerance=tolerance,
            without=left_out,
            name=out.name,
        )
    else:
        data = import_world(
            trade,
            gdp,
            year=year,
            countries=countries,
            unit=unit,
            gdp_unit=gdp_unit,
            columns=columns,
            without=left_out,
            sectors=sectors,
            elasticities=elasticities,
            derive_domestic=derive_domestic,
            tariffs=tariffs,
            tariff_unit=tariff_unit,
            name=out.name,
        )
    share = 1.0 if data.domestic_known else 0.5
    (data.sector_accounts if data.sectored else data.accounts)(share)  # could it be solved?
    write_world(data, out, compress=data.sectored)
    split = f", {len(data.sectors)} sectors" if data.sectored else ""
    typer.echo(f"Written: {out}, {len(data)} economies{split}, {data.year}, sha256 {data.sha256}")
    if data.notes:
        from winset.cli.show import listing

        listing([("note", note) for note in data.notes], least=len("Written"))
