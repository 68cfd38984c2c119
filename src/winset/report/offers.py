"""Tables and sentences of `winset offer`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winset.display import Table, signed
from winset.studies.offer_lists import gaps, ranked, reciprocity
from winset.worlds.line_names import line_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.governance.packages.many_lines import Chosen
    from winset.studies.offer_general import General
    from winset.studies.offers import Negotiation

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


def tables(
    done: Negotiation, *, party: str, top: int, general: General | None = None
) -> list[Table]:
    """Return requests, offers, the methods side by side, reciprocity and packages."""
    made = []
    for requests, title in (
        (True, f"What {party} would ask: gain per unit of the giver's loss"),
        (False, f"What {party} could offer: partners' gain per unit of its loss"),
    ):
        if rows := worth_naming(done, ranked(done, party, requests=requests)):
            made.append(_list(title, rows[:top]))
    made += [_methods(done, general), _reciprocity(done), _packages(done)]
    return made


def worth_naming(done: Negotiation, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out of a list lines of less than a thousandth of the trade that its importer concedes on."""
    of = done.concessions
    least = {
        name: SMALL * float(of.covered[of.importer == v].sum())
        for v, name in enumerate(done.parties)
    }
    return [row for row in rows if row["trade"] >= least[row["importer"]]]


def _list(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title)
    table.names("line", "")
    table.figures("trade", "duty, %", "to, %", "gain", "cost", "ratio")
    table.figures("revenue", "overhang, points", spare=True)
    for row in rows:
        over = row["overhang"]
        table.add_row(
            row["code"],
            line_name(row["code"]) + (" (sensitive)" if row["sensitive"] else ""),
            figure(row["trade"]).removeprefix("+"),
            f"{100 * row['duty_before']:.1f}",
            f"{100 * row['duty_after']:.1f}",
            figure(row["gain"]),
            "nothing" if row["costs_nothing"] else figure(row["cost"]).removeprefix("+"),
            "–" if row["costs_nothing"] else f"{row['gain_per_cost']:.2f}",
            figure(row["revenue_change"]),
            "–" if over is None else f"{100 * over:.1f}",
        )
    return table


def _methods(done: Negotiation, general: General | None) -> Table:
    table = Table(f"All offers together, by method ({done.terms.unit})")
    table.names("party", "method")
    table.figures("welfare", "as seller", "as buyer", "revenue", "exports", "imports")
    table.figures("created", "diverted", "off the exact, %", spare=True)
    off = {(g["party"], g["method"]): g["gap_percent"] for g in gaps(done)}
    for party in done.parties:
        for total in done.totals:
            if total.party == party:
                gap = off.get((party, total.method))
                table.add_row(
                    party,
                    METHOD_NAMES[total.method],
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
                    party,
                    f"general equilibrium, {INDEX_NAMES[run.index]}",
                    figure(run.welfare_musd),
                    "",
                    "",
                    figure(run.revenue_musd),
                    figure(run.exports_musd),
                    figure(run.imports_musd),
                )
    return table


def _reciprocity(done: Negotiation) -> Table:
    table = Table("What each gives, as negotiators count")
    table.names("party")
    table.figures("lines", "trade covered", "cut × trade", "exports less imports let in", "welfare")
    table.figures("revenue at risk", spare=True)
    for row in reciprocity(done):
        table.add_row(
            row["party"],
            f"{row['lines']:,}",
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
    table = Table("Packages that every party gains from")
    table.names("package")
    table.figures("lines", *done.parties, "total", "others")
    for name, found in (
        ("all offers", None),
        ("largest", done.package),
        ("Nash bargain", done.nash),
    ):
        if found is not None:
            _package(table, name, found, done)
        elif name == "all offers":
            gains = done.concessions.gains.sum(axis=0)
            table.add_row(
                name,
                f"{len(done.concessions):,}",
                *map(figure, (*gains, float(gains.sum()), float(done.concessions.others.sum()))),
            )
    return table


def _package(table: Table, name: str, found: Chosen, done: Negotiation) -> None:
    others = float(done.concessions.others[found.taken].sum())
    table.add_row(
        name,
        f"{int(found.taken.sum()):,}",
        *map(figure, (*found.gains, float(found.gains.sum()), others)),
    )


def sentences(done: Negotiation) -> tuple[str, ...]:
    """Say what can be signed, and how sure that is."""
    gains = done.concessions.gains.sum(axis=0)
    losers = [name for name, gain in zip(done.parties, gains, strict=True) if gain < 0]
    said = []
    if not len(done.concessions):
        return ("No duty falls on any trade: there is nothing to bargain about.",)
    if losers:
        said.append(f"All offers together leave {' and '.join(losers)} worse off.")
    else:
        said.append("All offers together leave no party worse off.")
    if done.package is None:
        said.append(done.impossible)
    elif not done.package.taken.any():
        said.append(
            "No package of these concessions leaves every party at its floor and any better off."
        )
    else:
        parts = ", ".join(
            f"{name} {figure(float(gain))}"
            for name, gain in zip(done.parties, done.package.gains, strict=True)
        )
        said.append(
            f"The largest package that keeps every floor has {int(done.package.taken.sum()):,} of "
            f"{len(done.concessions):,} concessions: {parts}; no package is worth more than "
            f"{100 * done.package.gap:.2g} % above it."
        )
    if done.nash is not None:
        parts = ", ".join(
            f"{name} {figure(float(gain))}"
            for name, gain in zip(done.parties, done.nash.gains, strict=True)
        )
        said.append(f"The Nash bargain shares more evenly: {parts}.")
    return tuple(said)


def footer(done: Negotiation) -> str:
    """Return the lines that make the figures traceable."""
    terms = done.terms
    return (
        f"{METHOD_NAMES[done.method]}, partial equilibrium: every line by itself, incomes and wages fixed; "
        f"demand {terms.demand:g}, supply {terms.supply:g}, substitution by line; money in {terms.unit}"
        f"{'' if done.lines.year is None else f', year {done.lines.year}'}; gains are one year's"
    )


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
