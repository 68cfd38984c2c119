"""``winset bloc``: who belongs to what, how large it is, and whether a claim about it is true."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winset.cli.app import DATA, app
from winset.cli.run import BlocsOption, CsvOption, JsonOption, OutOption

if TYPE_CHECKING:
    from winset.display import Table
    from winset.places.blocs import Bloc
    from winset.studies.claims import Claim, GroupSize, RankedBloc
    from winset.worlds import World


@app.command(rich_help_panel=DATA)
def bloc(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[BLOC]", help="A bloc's short name; SCO+ adds partners."),
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The date, like 2025-09-01 [today].")
    ] = None,
    rank: Annotated[
        str | None,
        typer.Option(metavar="MEASURE", help="Rank blocs by population, area, gdp or trade."),
    ] = None,
    among: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="With --rank: all blocs, regional organizations, forums …, or SCO,BRICS,EU.",
        ),
    ] = "all blocs",
    claim: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help='Check a claim, such as "SCO largest population".'),
    ] = None,
    blocs: BlocsOption = None,
    world: Annotated[
        str, typer.Option(metavar="WORLD", help="World for GDP and trade: a name or a folder.")
    ] = "world-2023",
    out: OutOption = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Who belongs to what: list blocs, show one on a date, rank them, check a claim.

    Example: winset bloc SCO --on 2025-09-01
    """
    from winset.cli.show import deliver
    from winset.places.blocs import find_bloc, load_blocs
    from winset.places.dates import read_date
    from winset.report.outputs import output
    from winset.studies import bloc_answers, claims
    from winset.worlds import world as load_world

    bloc_answers.one_question(name, rank, claim)
    where = output(out, csv)
    date = dt.date.today() if on is None else read_date(on)
    known = load_blocs(blocs)
    data = load_world(world)
    if claim is not None:
        found = _claim(claims.check(claim, on=date, world=data, blocs=known), data)
    elif rank is not None:
        places = claims.rank(rank, on=date, world=data, blocs=known, among=among)
        found = _ranking(places, rank, among, date, data)
    elif name is not None:
        found = _one(*find_bloc(name, known), date, data)
    else:
        found = _all(list(known.values()), date, data)
    deliver(
        where, found.payload, found.shown, found.dim, title=found.title, worlds=(data,), json=json
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is printed: the JSON, or tables and sentences and what they rest on."""

    title: str
    payload: dict[str, Any]
    shown: list[Table | str]
    dim: list[str]


def _one(bloc: Bloc, wide: bool, on: dt.date, data: World) -> _Answer:
    """Return one bloc; its former members last."""
    from winset.display import Table
    from winset.studies import bloc_answers
    from winset.studies.claims import figures

    payload = bloc_answers.of_one(bloc, on, data)
    members, partners = payload["members"], payload["partners"]
    sizes = {"members": figures([m["code"] for m in members], data)}
    if partners:
        sizes["with_partners"] = figures(
            dict.fromkeys(m["code"] for m in [*members, *partners]), data
        )
    title = f"{bloc.name} ({bloc.code}), {on}"
    table = Table(title)
    table.names("code", "economy", "joined", "left", "note")
    for part, rows in (("members", members), ("partners", partners)):
        if rows:
            table.add_part(f"{len(rows)} {part}")
        for row in rows:
            cells = [row["code"], row["name"], row["joined"] or "", row["left"] or "", row["note"]]
            table.add_row(*cells)
    shown: list[Table | str] = [table]
    shown += [
        f"Former member: {former_member['code']} ({former_member['joined']} to "
        f"{former_member['left']}{', ' * bool(former_member['note'])}{former_member['note']})"
        for former_member in payload["former"]
    ]
    for part, size in sizes.items():
        if part == "members" or wide or partners:
            shown.append(f"{part.replace('_', ' ').capitalize()}: {_sentence(size)}")
            shown += [f"  no {m} for {', '.join(codes)}" for m, codes in size.missing.items()]
    dim = [f"{bloc.kind}, founded {bloc.founded}; {bloc.source}", bloc.note, _sources(data)]
    return _Answer(title, payload, shown, [line for line in dim if line])


def _sentence(size: GroupSize) -> str:
    return (
        f"{size.population / 1e9:.2f} billion people, {size.area_km2 / 1e6:.1f} million km², "
        f"GDP {size.gdp_musd / 1e6:.2f} USD trillion, "
        f"trade inside {size.trade_inside_musd / 1e3:,.0f} USD billion"
    )


def _sources(data: World) -> str:
    return (
        "Population 2023: World Bank; area: mledoze/countries; GDP and goods trade: "
        f"world {data.name} ({data.year}), sha256 {data.sha256[:12]}"
    )


def _all(blocs: list[Bloc], on: dt.date, data: World) -> _Answer:
    from winset.display import Table
    from winset.studies.claims import figures, listing

    table = Table(f"Blocs on {on}")
    table.names("bloc", "kind")
    table.figures("members")
    table.figures("partners", "mn people", "1,000 km²", "GDP bn", "trade bn", spare=True)
    table.names("name", spare=True)
    for bloc in blocs:
        size = figures(bloc.members(on), data)
        table.add_row(
            bloc.code,
            bloc.kind,
            str(len(bloc.members(on))),
            str(len(bloc.partners(on)) or ""),
            f"{size.population / 1e6:,.0f}",
            f"{size.area_km2 / 1e3:,.0f}",
            f"{size.gdp_musd / 1e3:,.0f}",
            f"{size.trade_inside_musd / 1e3:,.0f}",
            bloc.name,
        )
    basis = f"GDP and trade inside in USD billion. {_sources(data)}"
    return _Answer(table.title, listing(blocs, on, data), [table], [basis])


def _ranking(
    places: tuple[RankedBloc, ...], metric: str, among: str, on: dt.date, data: World
) -> _Answer:
    from winset.display import Table
    from winset.studies import bloc_answers
    from winset.studies.claims import METRICS

    unit, definition = METRICS[metric]
    payload = bloc_answers.of_ranking(places, metric, among, on)
    table = Table(f"Largest {metric} among {among} on {on}")
    table.figures("")
    table.names("bloc", "kind")
    table.figures("members", unit)
    table.names("no figure for")
    for p in places:
        table.add_row(
            str(p.rank), p.bloc, p.kind, str(p.economies), f"{p.figure:,.0f}", " ".join(p.missing)
        )
    return _Answer(table.title, payload, [table], [f"Measure: {definition}. {_sources(data)}"])


def _claim(claim: Claim, data: World) -> _Answer:
    from winset.studies import bloc_answers
    from winset.studies.claims import METRICS, REGIONAL

    unit, definition = METRICS[claim.metric]
    payload = bloc_answers.of_claim(claim, data)
    title = f"Claim: {claim.text} (on {claim.on})"
    shown: list[Table | str] = [title]
    for v in claim.verdicts:
        answer = "TRUE " if v.holds else "FALSE"
        rival = ""
        if v.rival is not None:
            word = "runner-up" if v.holds else "ahead of it"
            rival = f"; {word}: {v.rival.bloc} ({v.rival.kind}) with {v.rival.figure:,.0f}"
        shown.append(
            f"{answer} among {v.among} ({v.blocs} on winset's list): {claim.bloc} has "
            f"{v.figure:,.0f} {unit}, place {v.rank}{rival}"
        )
    if (bound := claim.threshold) is not None:
        answer = "TRUE " if bound.holds else "FALSE"
        shown.append(
            f"{answer}: {claim.bloc} has {bound.figure:,.0f} {unit}, "
            f"{bound.share_percent:.1f} % of the world"
        )
    if claim.missing:
        shown.append(f"no figure for {', '.join(claim.missing)}")
    dim = []
    if any(v.among == REGIONAL for v in claim.verdicts):
        dim.append(
            "Regional organizations: organizations, unions and alliances of one region with a "
            "founding treaty and a permanent secretariat. Name another list with "
            "`among forums`, `among SCO,BRICS,EU`, `among all blocs`."
        )
    dim.append(f"Measure: {definition}. {_sources(data)}")
    return _Answer(title, payload, shown, dim)
