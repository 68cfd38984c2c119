"""Tables and sentences of `winset offer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from winset.display import Table
from winset.report.speech import (
    coded,
    known,
    language,
    listed,
    local,
    plain,
    retold,
    say,
    signed,
)
from winset.studies.offer_lists import gaps, ranked, reciprocity
from winset.worlds.line_names import line_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.governance.packages.many_lines import Chosen
    from winset.studies.offer_general import General
    from winset.studies.offer_totals import Total
    from winset.studies.offers import Negotiation
    from winset.studies.offers_streamed import StreamedOffers

INDEX_NAMES = {
    "mean": "mean duties",
    "price": "duties of equal price",
    "welfare": "of equal welfare",
}
SMALL = 1e-3  # of the trade covered: smaller lines are not named in lists
METHOD_NAMES = {"exact": "exact CES", "gsim": "GSIM (first order)", "smart": "SMART"}


def figure(value: float) -> str:
    """Write money in the unit of trade, with as many decimals as its size can bear.

    >>> figure(1234.5), figure(-12.34), figure(0.1234)
    ('+1,235', '−12.3', '+0.12')
    """
    size = abs(value)
    return signed(value, 0 if size >= 100 else 1 if size >= 10 else 2)


def called(code: str) -> str:
    """Name a line by what its chapter is."""
    return known(line_name(code))


def method(name: str) -> str:
    """Name a method."""
    return say(METHOD_NAMES[name])


def tables(
    done: Negotiation, *, party: str, top: int, general: General | None = None
) -> list[Table]:
    """Return requests, offers, the methods side by side, reciprocity and packages."""
    made = []
    for requests, title in (
        (
            True,
            say("What {party} would ask: gain per unit of the giver's loss", party=coded(party)),
        ),
        (
            False,
            say(
                "What {party} could offer: partners' gain per unit of its loss", party=coded(party)
            ),
        ),
    ):
        if rows := worth_naming(done, ranked(done, party, requests=requests)):
            made.append(_list(title, rows[:top], whose=requests and len(done.parties) > 2))
    made += [_methods(done, done.parties, general), _reciprocity(done), _packages(done)]
    return made


def streamed_tables(done: StreamedOffers, *, party: str | None, top: int) -> list[Table]:
    """Return the methods side by side of one party, and of those that gain or lose most."""
    size = {of.party: abs(of.welfare) for of in done.totals if of.method == done.method}
    first = () if party is None else (party,)
    most = sorted(done.parties, key=lambda name: (-size[name], name))[:top]
    return [_methods(done, tuple(dict.fromkeys((*first, *most))), None)]


def streamed_sentences(done: StreamedOffers) -> tuple[str, ...]:
    """Say how many gain and lose, and where the results by line are."""
    welfare = [of.welfare for of in done.totals if of.method == done.method]
    return (
        f"{len(done.lines.codes):,} lines, {done.rows:,} rows: of {len(welfare)} economies "
        f"{sum(x > 0 for x in welfare)} gain and {sum(x < 0 for x in welfare)} lose, together "
        f"{figure(sum(welfare))}.",
        f"What each line brings whom is in {done.folder}, folder by-line, a file for each chapter.",
    )


def worth_naming(done: Negotiation, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out of a list lines of less than a thousandth of the trade that its importers concede on."""
    of = done.concessions
    givers = {row["importer"] for row in rows}
    mine = np.array([done.parties[v] in givers for v in of.importer], dtype=bool)
    least = SMALL * float(of.covered[mine].sum())
    return [row for row in rows if row["trade"] >= least]


def _list(title: str, rows: Sequence[Mapping[str, Any]], *, whose: bool) -> Table:
    table = Table(title)
    table.names(say("line¦tariff"), "", *([say("of¦partner")] if whose else []))
    table.figures(
        say("trade"),
        say("duty, %"),
        say("to, %¦duty"),
        say("gain¦of a concession"),
        say("cost¦of a concession"),
        say("ratio"),
    )
    table.figures(say("revenue"), say("overhang, points"), spare=True)
    for row in rows:
        over = row["overhang"]
        table.add_row(
            row["code"],
            called(row["code"]) + (say(" (sensitive)") if row["sensitive"] else ""),
            *([coded(row["importer"])] if whose else []),
            figure(row["trade"]).removeprefix("+"),
            plain(100 * row["duty_before"], 1),
            plain(100 * row["duty_after"], 1),
            figure(row["gain"]),
            say("nothing") if row["costs_nothing"] else figure(row["cost"]).removeprefix("+"),
            "–" if row["costs_nothing"] else plain(row["gain_per_cost"], 2),
            figure(row["revenue_change"]),
            "–" if over is None else plain(100 * over, 1),
        )
    return table


def _methods(
    done: Negotiation | StreamedOffers, parties: Sequence[str], general: General | None
) -> Table:
    table = Table(say("All offers together, by method ({unit})", unit=known(done.terms.unit)))
    table.names(say("party¦negotiator"), say("method"))
    table.figures(
        say("welfare"),
        say("as seller"),
        say("as buyer"),
        say("revenue"),
        say("exports"),
        say("imports"),
    )
    table.figures(say("created¦trade"), say("diverted¦trade"), say("off the exact, %"), spare=True)
    off = {(g["party"], g["method"]): g["gap_percent"] for g in gaps(done.totals)}
    by_party: dict[str, list[Total]] = {party: [] for party in parties}
    for total in done.totals:
        if total.party in by_party:
            by_party[total.party].append(total)
    for party, totals in by_party.items():
        for total in totals:
            gap = off.get((party, total.method))
            table.add_row(
                coded(party),
                method(total.method),
                *map(
                    figure,
                    (
                        total.welfare,
                        total.producer_surplus,
                        total.consumer_surplus,
                        total.tariff_revenue,
                        total.exports,
                        total.imports,
                        total.created,
                        total.diverted,
                    ),
                ),
                "" if gap is None else signed(gap, 0),
            )
        for run in () if general is None else general.runs:
            if run.party == party:
                table.add_row(
                    coded(party),
                    say("general equilibrium, {index}", index=say(INDEX_NAMES[run.index])),
                    figure(run.welfare_musd),
                    "",
                    "",
                    figure(run.revenue_musd),
                    figure(run.exports_musd),
                    figure(run.imports_musd),
                )
    return table


def _reciprocity(done: Negotiation) -> Table:
    table = Table(say("What each gives, as negotiators count"))
    table.names(say("party¦negotiator"))
    table.figures(
        say("lines¦tariff"),
        say("trade covered"),
        say("cut × trade"),
        say("exports less imports let in"),
        say("welfare"),
    )
    table.figures(say("revenue at risk"), spare=True)
    for row in reciprocity(done):
        table.add_row(
            coded(row["party"]),
            plain(row["lines"]),
            *(
                figure(row[key]).removeprefix("+")
                for key in ("trade_covered_given", "cut_times_trade_given")
            ),
            figure(row["mercantilist"]),
            figure(row["welfare"]),
            figure(row["revenue_at_risk"]).removeprefix("+"),
        )
    return table


def _packages(done: Negotiation) -> Table:
    table = Table(say("Packages that every party gains from"))
    table.names(say("package"))
    table.figures(
        say("lines¦tariff"), *map(coded, done.parties), say("total"), say("others¦third countries")
    )
    gains = done.concessions.gains.sum(axis=0)
    table.add_row(
        say("all offers"),
        plain(len(done.concessions)),
        *map(figure, (*gains, float(gains.sum()), float(done.concessions.others.sum()))),
    )
    for name, found in ((say("largest¦package"), done.package), (say("Nash bargain"), done.nash)):
        if found is not None:
            _package(table, name, found, done)
    return table


def _package(table: Table, name: str, found: Chosen, done: Negotiation) -> None:
    others = float(done.concessions.others[found.taken].sum())
    table.add_row(
        name,
        plain(int(found.taken.sum())),
        *map(figure, (*found.gains, float(found.gains.sum()), others)),
    )


def sentences(done: Negotiation) -> tuple[str, ...]:
    """Say what can be signed, and how sure that is."""
    gains = done.concessions.gains.sum(axis=0)
    losers = [name for name, gain in zip(done.parties, gains, strict=True) if gain < 0]
    said = []
    if not len(done.concessions):
        return (say("No duty falls on any trade: there is nothing to bargain about."),)
    if losers:
        who = " and ".join(losers) if language() == "en" else listed(map(coded, losers))
        said.append(say("All offers together leave {who} worse off.", who=who))
    else:
        said.append(say("All offers together leave no party worse off."))
    if done.package is None:
        said.append(retold(done.impossible))
    elif not done.package.taken.any():
        said.append(
            say(
                "No package of these concessions leaves every party at its floor and any better off."
            )
        )
    else:
        said.append(
            say(
                "The largest package that keeps every floor has {n} of {all} concessions: {parts}; no "
                "package is worth more than {gap} % above it.",
                n=int(done.package.taken.sum()),
                all=len(done.concessions),
                parts=_each(done, done.package),
                gap=local(f"{100 * done.package.gap:.2g}"),
            )
        )
    if done.nash is not None:
        said.append(
            say("The Nash bargain shares more evenly: {parts}.", parts=_each(done, done.nash))
        )
    return tuple(said)


def _each(done: Negotiation, found: Chosen) -> str:
    return listed(
        say("{name} {figure}", name=coded(name), figure=figure(float(gain)))
        for name, gain in zip(done.parties, found.gains, strict=True)
    )


def footer(done: Negotiation | StreamedOffers) -> str:
    """Return the lines that make the figures traceable."""
    terms = done.terms
    unit = known(terms.unit)
    if done.lines.year is not None:
        unit = say("{unit}, year {year}", unit=unit, year=str(done.lines.year))
    return say(
        "{method}, partial equilibrium: every line by itself, incomes and wages fixed; demand {demand}, "
        "supply {supply}, substitution by line; money in {unit}; gains are one year's",
        method=method(done.method),
        demand=_elasticity(terms.demand),
        supply=_elasticity(terms.supply),
        unit=unit,
    )


def _elasticity(value: float) -> str:
    return f"{value:g}" if language() == "en" else local(f"{value:g}".replace("-", "−"))


def market_tables(payload: Mapping[str, Any]) -> list[Table]:
    """Return prices and welfare of one market; all methods beside each other where asked."""
    if "methods" in payload:
        return [_market(METHOD_NAMES[name], of) for name, of in payload["methods"].items()]
    return [_market(METHOD_NAMES[payload["method"]], payload)]


def _market(title: str, of: Mapping[str, Any]) -> Table:
    table = Table(title)
    table.names("economy")
    table.figures(
        "world price, %", "composite price, %", "producers", "consumers", "revenue", "welfare"
    )
    for name in of["world_price"]:
        table.add_row(
            name,
            signed(100 * of["world_price"][name], 2),
            signed(100 * of["composite_price"][name], 2),
            *(
                signed(of[key][name], 2)
                for key in ("producer_surplus", "consumer_surplus", "tariff_revenue", "welfare")
            ),
        )
    return table
