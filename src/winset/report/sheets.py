"""A result as sheets: named tables, facts, what it rests on; for CSV, Excel and ``GET …csv`` alike.

A sheet is made of the very object that ``--json`` prints, so that every figure is that of the JSON:

* a list of objects is a sheet, an object inside a row its further columns, a list of objects inside a
  row a sheet of its own whose first columns say to which row they belong;
* an object whose keys are data (codes, rules of division) is a sheet with a row for each key, see `KEYED`;
* what is left are facts: what the computation rests on (`BASIS`), and the summary.

A column is named as the key in the JSON, with its unit behind it where the key does not say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from winset import __version__
from winset.errors import DataError, did_you_mean
from winset.trade.result import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from winset.worlds import World

Cell = str | int | float | bool | None
Rows = dict[str, list[dict[str, Cell]]]

#: Objects whose keys are data: the sheet they are laid in and the column that has the keys.
KEYED = {
    **dict.fromkeys(
        (
            "own_gain_musd", "standalone_musd", "shapley", "nucleolus", "equal", "population", "gdp",
            "banzhaf", "leaving_musd",
        ),
        ("players", "player"),
    ),
    **dict.fromkeys(("joining_musd", "joining_members_musd"), ("outsiders", "outsider")),
    "in_core": ("rules", "rule"),
    "objections": ("objections", "rule"),
    "transfers": ("transfers", "rule"),
    **dict.fromkeys(
        ("gains", "payments", "interaction.gains_together"), ("countries", "country")
    ),
    "bargains": ("bargains", "bargain"),
    "design.shares": ("design", "code"),
    "cohesion.by_issue": ("issues", "issue"),
    "common.rates": ("common_rates", "sector"),
    "intervals.distributions": ("distributions", "figure"),
    "intervals.summary": ("totals", "total"),
    "intervals.drivers": ("drivers", "total"),
}  # fmt: skip

KEYS = {column for _, column in KEYED.values()}

#: Names of sheets where the path of keys, joined, would be longer than a tab of Excel can bear.
NAMED = {
    "cohesion.members": "roles",
    "cohesion.most_divided": "most_divided",
    "complementarity.pairs": "pairs",
    "complementarity.economies": "fits",
    "complementarity.economies.sectors": "sectors",
    "potential.flows": "flows",
    "accounts.corridors": "corridors",
    "accounts.gravity.coefficients": "coefficients",
    "outcomes.destinations": "destinations",
    "science.works_among_members": "works",
    "potential.coefficients": "coefficients",
    "intervals.economies": "intervals",
    "intervals.left_out": "left_out",
    "sweep.economies": "sweep_economies",
    "sectors.economies": "industries",
    "cooperation.players": "bargain",
    "sufficient.players": "by_statistics",
    "certificate.stages": "stages",
    "certificate.stages.coalitions": "stage_coalitions",
    "certificate.balanced": "balanced",
    "with_transfers.largest.economies": "with_transfers",
    "with_transfers.largest.received": "transfers",
    "years.cohesion.members": "roles",
    "years.cohesion.most_divided": "most_divided",
    "years.economies": "economies",
    "years.pairs": "pairs",
}

#: Columns that say which row of a list something belongs to.
IDENTITY = (
    "code", "name", "of", "sector", "key", "value", "years", "excess", "issue", "rule", "avoids",
)  # fmt: skip

#: Facts about what a computation rests on: the first key.
BASIS = (
    "winset", "scenario", "parameters", "world", "worlds", "solver", "on", "resolution", "economies",
    "method", "elasticities", "balanced", "instruments",
)  # fmt: skip

#: The table that a CSV holds unless another is asked for; the first of these that there is.
MAIN = (
    "years", "economies", "players", "accessions", "pairs", "flows", "corridors", "accession", "members",
    "countries", "blocs", "ranking", "verdicts", "destinations", "labor_agreements", "promises",
)  # fmt: skip

ENDS = ("low", "median", "high", "baseline")  # of an interval
RULES = ("shapley", "nucleolus", "equal", "population", "gdp", "banzhaf")  # of division
SHARES = ("banzhaf", "shapley_shubik", "public_good", "deegan_packel", "johnston")
#: The unit behind a column's name where the JSON's key does not say it, by patterns of ``table.column``.
UNITS = {
    **{f"players.{rule}": "musd" for rule in RULES},
    **{f"totals.{end}": "musd" for end in ENDS},
    **dict.fromkeys(("*.tariff", "*.duty", "*.duty_before", "common_rates.rates"), "fraction"),
    **{f"members.{index}": "share" for index in SHARES},
    **dict.fromkeys(("unions.shapley_shubik", "united.owen"), "share"),
    **{f"accession.{i}_{when}": "share" for i in SHARES[:2] for when in ("before", "after")},
    **dict.fromkeys(("intervals.gains", "intervals_by_rule.all_members_gain"), "share_of_draws"),
    **dict.fromkeys(("drivers.*", "intervals.drivers_*"), "share"),
    **{f"*.{key}": "share" for key in ("agreement", "unanimous", "with_others", "pivotal")},
    **{f"members.{key}": "share" for key in ("part_of_*", "match")},
    **{f"*.{key}": "share" for key in ("alike", "both", "same", "expected")},
    **{f"*.{key}": "share" for key in ("centrality", "share_through_it", "grades_*")},
    **{f"{table}.{end}": "share" for table in ("economies", "pairs") for end in ("low", "high")},
    # money in the unit that `unit_of_trade` or `unit` names: offers on lines, common goods
    **{
        f"{table}.{column}": "in_unit"
        for table in ("requests", "offers", "totals", "*reciprocity", "*_parties", "package_solved_*")
        for column in (
            "trade", "revenue_*", "created", "diverted", "others", "welfare", "producer_surplus",
            "consumer_surplus", "tariff_revenue", "exports", "imports", "trade_covered_*",
            "cut_times_trade_*", "exports_gained", "imports_let_in", "mercantilist",
        )
    },
    **{f"gaps.{column}": "in_unit" for column in ("welfare", "exact", "gap")},
    **{f"members.{column}_*": "in_unit" for column in ("payoff", "benefits", "costs")},
    **{f"totals.{column}": "in_unit" for column in ("benefits", "costs", "payoffs")},
    **{f"sizes.{column}_*": "in_unit" for column in ("payoffs", "benefits", "costs")},
    **{f"ranges.{column}_*": "in_unit" for column in ("payoffs", "benefits", "costs")},
    "payments.pays": "in_unit",
    **dict.fromkeys(("*.duty_after", "projects.upkeep", "projects.*irr"), "fraction"),
    "best_equal_shares_purchases.payments_*": "musd",
    **{f"proposals.{index}_*": "share" for index in SHARES},
    **dict.fromkeys(("*.income_before", "*.income_after"), "ppp_usd"),
    **{f"equally_distributed_income.{when}": "ppp_usd_a_day" for when in ("before", "after")},
    "poverty.line": "ppp_usd_a_day",
    "poverty.below_*": "share",
}  # fmt: skip

SUMMARY, PARAMETERS, SOURCES, NOTES, DICTIONARY = (
    "summary",
    "parameters",
    "sources",
    "notes",
    "columns",
)
MOST_IN_NAME = 31  # characters, of a tab in Excel


@dataclass(frozen=True, slots=True)
class Tab:
    """A named table; every row has a cell for each column."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a result, the main one first, with the facts, sources and notes."""

    title: str
    figures: tuple[Tab, ...]
    about: tuple[Tab, ...]

    @property
    def sheets(self) -> tuple[Tab, ...]:
        """All of them, in the order of a workbook."""
        return (*self.figures, *self.about)

    def table(self, name: str | None = None) -> Tab:
        """Return a sheet of figures by name, the main one without.

        Raises
        ------
        DataError
            No such sheet.
        """
        known = {sheet.name: sheet for sheet in self.sheets}
        if name is None:
            return self.figures[0]
        if name not in known:
            raise DataError(
                f"no table {name[:80]!r}.{did_you_mean(name[:80], known)} Tables: {', '.join(known)}."
            )
        return known[name]


def book(
    payload: Any, *, title: str = "", worlds: Iterable[World] = (), notes: Iterable[str] = ()
) -> Book:
    """Return the sheets of what a command prints with ``--json``.

    Parameters
    ----------
    payload : dict or list of dict
        The object of the command; a list, as of ``winset agree --by-year``, is a sheet of years.
    worlds : iterable of World
        The data it rests on, for the sheet of sources.
    notes : iterable of str
        Sentences: the verdict, what was assumed, what was left out.
    """
    whole = {"years": payload} if isinstance(payload, list) else payload
    tables: Rows = {}
    facts = _row(whole, (), (), {}, tables)
    money = "world" in whole  # a game of a file has a unit of its own
    units = {key: unit for key, unit in UNITS.items() if money or unit != "musd"}
    unit = str(whole.get("unit", "")).removeprefix("welfare_")  # of a deal made of scenarios
    if unit in ("musd", "percent"):
        units |= {f"countries.{key}": unit for key in ("gains", "payments", "gains_together")}
        units |= {"deficit_rules.total_of_chosen": unit}
    figures = [_sheet(name, rows, units) for name, rows in tables.items() if rows]
    summary: list[tuple[Cell, ...]] = []
    basis: list[tuple[Cell, ...]] = [("winset", __version__)] if "winset" not in whole else []
    for path, value in facts.items():
        if isinstance(value, str) and "\n" in value:
            lines = tuple((line,) for line in value.splitlines())
            figures.append(Tab("_".join(path)[:MOST_IN_NAME], ("line",), lines))
            continue
        name = _headed(SUMMARY, ".".join(path), units)
        (basis if path[0] in BASIS else summary).append((name, value))
    figures.sort(key=_place)
    known = {world.sha256: world for world in worlds}.values()
    data = "; ".join(f"world {w.name}, sha256 {w.sha256}" for w in known)
    cite = f'Cite as: winset {__version__}, "{title}"{"; " * bool(data)}{data}'
    about = [
        Tab(SUMMARY, ("figure", "value"), tuple(summary)),
        Tab(PARAMETERS, ("parameter", "value"), tuple(basis)),
        Tab(
            SOURCES,
            ("world", "year", "sha256", "source", "license", "url"),
            tuple(
                (w.name, w.year, w.sha256, source.title, source.license, source.path)
                for w in known
                for source in w.sources
            ),
        ),
        Tab(NOTES, ("note",), tuple((line,) for line in (title, *notes, cite) if line)),
    ]
    if not figures:
        figures = [about.pop(0)]
    about = [sheet for sheet in about if sheet.rows]
    about.append(_dictionary([*figures, *about]))
    return Book(title, tuple(figures), tuple(about))


def _row(
    entry: Mapping[str, Any],
    path: tuple[str, ...],
    prefix: tuple[str, ...],
    above: Mapping[str, Cell],
    tables: Rows,
) -> dict[tuple[str, ...], Cell]:
    """Return the cells of an object by path, laying its lists of objects into `tables`.

    `path` leads to the object from the top, `prefix` from the row it is part of; `above` says to which
    rows that row belongs.
    """
    cells: dict[tuple[str, ...], Cell] = {}
    own = dict(above)
    if not prefix and path:
        own |= {_free(key, above): entry[key] for key in IDENTITY if _scalar(entry.get(key))}
    for key, value in entry.items():
        at, name = (*path, key), (*prefix, key)
        where = ".".join(at)
        if isinstance(value, dict) and where in KEYED:
            _by_key(value, at, tables)
        elif isinstance(value, dict):
            cells |= _row(value, at, name, own, tables)
        elif not isinstance(value, list | tuple):
            cells[name] = value
        elif value and isinstance(value[0], dict):
            for item in value:
                _add(tables, _called(at), own | _flat(item, at, own, tables))
        elif value and isinstance(value[0], list | tuple):
            for items in value:
                _add(tables, _called(at), own | {key: _joined(items)})
        elif value and not isinstance(value[0], str):
            cells |= {(*name, str(n)): item for n, item in enumerate(value, 1)}
        else:
            cells[name] = _joined(value)
    return cells


def _flat(
    item: Mapping[str, Any], at: tuple[str, ...], own: Mapping[str, Cell], tables: Rows
) -> dict[str, Cell]:
    return {
        _free("_".join(path), own): cell for path, cell in _row(item, at, (), own, tables).items()
    }


def _by_key(value: Mapping[str, Any], at: tuple[str, ...], tables: Rows) -> None:
    """Lay an object whose keys are data into its sheet: single figures side by side, the rest below."""
    table, column = KEYED[".".join(at)]
    for key, said in value.items():
        of: dict[str, Cell] = {column: key}
        if isinstance(said, dict):
            _add(tables, table, of | _flat(said, at, {}, tables))
        elif isinstance(said, list | tuple) and (not said or isinstance(said[0], dict)):
            for item in said:
                _add(tables, table, of | _flat(item, at, {}, tables))
        else:
            rows = tables.setdefault(table, [])
            found = next((row for row in rows if row[column] == key), None)
            if found is None:
                rows.append(found := of)
            found[at[-1]] = _joined(said) if isinstance(said, list | tuple) else said


def _add(tables: Rows, name: str, row: dict[str, Cell]) -> None:
    tables.setdefault(name, []).append(row)


def _called(at: tuple[str, ...]) -> str:
    return NAMED.get(".".join(at), "_".join(at))


def _free(name: str, taken: Mapping[str, Cell]) -> str:
    """A column of a row and one of the row it belongs to may have the same name."""
    return f"its_{name}" if name in taken else name


def _scalar(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _joined(items: Iterable[Any]) -> str | None:
    return ", ".join(map(str, items)) or None


def _sheet(name: str, rows: list[dict[str, Cell]], units: Mapping[str, str]) -> Tab:
    """Give every row a cell for each column; economies of a scenario stand members first, by gain."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if {"role", "welfare_percent"} <= set(columns):
        rows = sorted(rows, key=lambda row: (str(row["role"]), -_number(row["welfare_percent"])))
    cells = tuple(tuple(row.get(column) for column in columns) for row in rows)
    return Tab(name, tuple(_headed(name, column, units) for column in columns), cells)


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0


def _headed(table: str, column: str, units: Mapping[str, str]) -> str:
    """Write a column's name with its unit, where the JSON's key does not say it."""
    if column in KEYS:
        return column
    where = f"{table}.{column.rpartition('.')[2] if table == SUMMARY else column}"
    unit = next((unit for pattern, unit in units.items() if fnmatchcase(where, pattern)), "")
    return f"{column}_{unit}" if unit else column


def _place(sheet: Tab) -> int:
    return MAIN.index(sheet.name) if sheet.name in MAIN else len(MAIN)


#: What the last words of a column's name say.
WORDS = {
    "percent": "percent",
    "percent_of_income": "percent of income",
    "percent_of_gdp": "percent of GDP",
    "musd": "USD million",
    "musd_a_year": "USD million a year",
    "in_unit": "money, in the unit that unit_of_trade or unit names",
    "ppp_usd": "international dollars a year",
    "ppp_usd_a_day": "international dollars a day",
    "usd": "USD",
    "usd_a_year": "USD a year",
    "usd_per_tonne": "USD a tonne",
    "mt": "million tonnes",
    "per_thousand": "of a thousand inhabitants",
    "points": "percentage points",
    "km2": "square kilometers",
    "fraction": "1 is 100 percent",
    "share": "from 0 to 1",
    "share_of_draws": "from 0 to 1",
    "seconds": "seconds",
    "hours": "hours",
    "days": "days",
    "km": "kilometers",
    "years": "years",
}


def stem(column: str) -> str:
    """Return a column's name without the end of an interval or the economy that it is of.

    >>> stem("welfare_percent_low"), stem("pays_musd_KAZ")
    ('welfare_percent', 'pays_musd')
    """
    name, _, end = column.rpartition("_")
    return name if end in ENDS or (len(end) == 3 and end.isupper()) else column


def unit_of(column: str) -> str | None:
    """Return what the last words of a column's name say of its unit; None where they say nothing."""
    key = f"_{stem(column)}"
    return next((words for end, words in WORDS.items() if key.endswith(f"_{end}")), None)


def _dictionary(sheets: Iterable[Tab]) -> Tab:
    """List the columns with their units, and what those of a scenario's result mean."""
    rows: list[tuple[Cell, ...]] = []
    for sheet in sheets:
        for column in sheet.columns:
            key = stem(column)
            rows.append(
                (sheet.name, column, unit_of(column), COLUMNS[key][1] if key in COLUMNS else None)
            )
    return Tab(DICTIONARY, ("sheet", "column", "unit", "meaning"), tuple(rows))
