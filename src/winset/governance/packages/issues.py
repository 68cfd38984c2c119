"""What is on the table: issues × countries, and the terms around them; from CSV and TOML."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import Field, ValidationError

from winset.errors import DataError, did_you_mean
from winset.numbers import MOST_RANGE
from winset.tables import header, rows
from winset.toml_files import Strict, read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from winset.toml_files import TomlPosition

FOLDER = Path(__file__).parents[2] / "data" / "deals"

MOST_BYTES = 5_000_000
MOST_DECIMALS = 60  # of a figure


@dataclass(frozen=True, slots=True)
class Issues:
    """What each issue brings to each country, and how issues hang together.

    Attributes
    ----------
    names : K strings
    countries : n strings
    gains : K tuples of n fractions
        In one unit, exact as written; negative is a loss.
    exclude : tuple of groups of positions
        At most one issue of each group.
    need : tuple of pairs of positions
        The first issue only with the second.
    floors : n fractions
        Least gain with which each country signs; 0 unless said.
    """

    names: tuple[str, ...]
    countries: tuple[str, ...]
    gains: tuple[tuple[Fraction, ...], ...]
    exclude: tuple[tuple[int, ...], ...] = ()
    need: tuple[tuple[int, int], ...] = ()
    floors: tuple[Fraction, ...] = ()
    title: str = ""
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.floors:
            object.__setattr__(self, "floors", (Fraction(0),) * len(self.countries))

    def of(self, package: Iterable[int]) -> tuple[Fraction, ...]:
        """Return the gain of each country from a package."""
        chosen = list(package)
        return tuple(
            sum((self.gains[k][i] for k in chosen), Fraction(0)) for i in range(len(self.countries))
        )

    def admits(self, package: Iterable[int]) -> bool:
        """Tell whether a package keeps to `exclude` and `need`; floors are not asked."""
        chosen = set(package)
        return all(len(chosen.intersection(group)) <= 1 for group in self.exclude) and all(
            b in chosen for a, b in self.need if a in chosen
        )

    def with_floors(self, floors: Mapping[str, float | str]) -> Issues:
        """Return the same issues with other floors for some countries."""
        values = list(self.floors)
        for code, floor in floors.items():
            if code not in self.countries:
                raise DataError(
                    f"floor for {code!r}, which is no column of the issues."
                    f"{did_you_mean(code, self.countries)}"
                )
            values[self.countries.index(code)] = _number(str(floor), f"floor of {code}")
        return replace(self, floors=tuple(values))


class Terms(Strict):
    """A TOML of a deal: a table or where it is, and the terms around it; see docs/deals.md."""

    title: str = ""
    source: str = ""
    note: str = ""
    table: str | None = None
    exclude: list[list[str]] = Field(default_factory=list)
    need: dict[str, list[str]] = Field(default_factory=dict)
    floors: dict[str, int | float] = Field(default_factory=dict)
    issues: dict[str, dict[str, int | float]] = Field(default_factory=dict)


Kind = TypeVar("Kind", bound=Terms)


def bundled_deals() -> tuple[str, ...]:
    """Names of the deals that come with winset."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def find_deal(source: str | Path) -> Path:
    """Return the file of a bundled deal's name or of a path."""
    path = FOLDER / f"{source}.toml" if str(source) in bundled_deals() else Path(source)
    if not path.is_file():
        known = bundled_deals()
        raise DataError(
            f"deal {str(source)!r} is neither bundled ({', '.join(known)}) nor a file."
            f"{did_you_mean(str(source), known)}"
        )
    return path


def read_issues(source: str | Path, terms: str | Path | None = None) -> Issues:
    """Read a bundled deal, a CSV of issues × countries, or a TOML with terms around one.

    A CSV has the column ``issue`` and one column for each country. A TOML has ``table =
    "file.csv"`` or ``[issues.NAME]`` tables, and ``exclude``, ``need``, ``[floors]``. `terms` is
    a TOML with only those, for a CSV.

    Raises
    ------
    DataError
        No such file; an issue or country twice; a cell that is missing or no number; a term that
        names an unknown issue or country.
    """
    path = find_deal(source)
    if path.suffix.casefold() != ".toml":
        issues = _read_table(path)
        return (
            issues
            if terms is None
            else apply_terms(issues, read_terms(Path(terms), Terms), Path(terms))
        )
    if terms is not None:
        raise DataError(f"{path} is a TOML and holds its own terms. Leave out --terms.")
    read = read_terms(path, Terms)
    if (read.table is None) == (not read.issues):
        raise DataError(f'{path}: give either table = "file.csv" or [issues.NAME] tables.')
    if read.table is not None:
        return apply_terms(_read_table(path.parent / read.table), read, path)
    return written_out(read, path)


def written_out(terms: Terms, where: str | Path) -> Issues:
    """Return the issues that terms hold themselves, ``[issues.NAME]``."""
    countries = list(dict.fromkeys(code for row in terms.issues.values() for code in row))
    rows = [(name, [row.get(code) for code in countries]) for name, row in terms.issues.items()]
    return apply_terms(_table(countries, rows, str(where)), terms, where)


def read_terms(path: Path, kind: type[Kind]) -> Kind:
    """Read a TOML file as terms of a deal."""
    raw, position = read_toml(path)
    return checked_terms(raw, kind, position)


def checked_terms(raw: Mapping[str, Any], kind: type[Kind], position: TomlPosition) -> Kind:
    """Check what a TOML file, or an object of the same keys, says."""
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise position.explain(error, "", kind) from None


def _read_table(path: Path) -> Issues:
    titles = header(path)
    table = rows(path, figures=titles[1:], most_bytes=MOST_BYTES)
    if titles[0].casefold() != "issue":
        raise DataError(f"{path} row 1: the first column must be headed issue, then the countries.")
    found = [list(row.values()) for _, row in table if any(row.values())]
    return _table(titles[1:], [(cells[0], cells[1:]) for cells in found], str(path))


def _table(
    countries: Sequence[str], rows: Sequence[tuple[str, Sequence[Any]]], where: str
) -> Issues:
    if not countries or not rows:
        raise DataError(f"{where}: no {'issues' if countries else 'countries'}.")
    for what, names in (("country", countries), ("issue", [name for name, _ in rows])):
        seen: set[str] = set()
        for name in names:
            if not name:
                raise DataError(f"{where}: a {what} without a name.")
            if name in seen:
                raise DataError(f"{where}: {what} {name!r} is given twice. Keep it once.")
            seen.add(name)
    gains = []
    for name, cells in rows:
        values = []
        for code, cell in zip(countries, cells, strict=True):
            if cell is None or not str(cell).strip():
                raise DataError(
                    f"{where}: issue {name!r} has no figure for {code}. Write 0 if nothing changes."
                )
            values.append(_number(str(cell), f"{where}: issue {name!r}, {code}"))
        gains.append(tuple(values))
    sized = sorted(abs(value) for row in gains for value in row if value)
    if sized and sized[-1] > MOST_RANGE * sized[0]:
        raise DataError(
            f"{where}: gains of {float(sized[0]):g} and {float(sized[-1]):g} in one table; beyond a factor "
            f"of {MOST_RANGE:g} the small one is lost in rounding. Write 0 for what is nothing."
        )
    return Issues(tuple(name for name, _ in rows), tuple(countries), tuple(gains))


def _number(text: str, where: str) -> Fraction:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    # the exact fraction of 1e-9999999 would have ten million digits
    if not math.isfinite(value) or abs(value) > 1e15 or decimals(text) > MOST_DECIMALS:
        raise DataError(f"{where}: {text[:80]!r} is not a number that can be added up.")
    return Fraction(text.strip().replace("_", ""))


def decimals(text: str) -> int:
    """Count the decimals of a number.

    >>> decimals("12.50"), decimals("3e-7"), decimals("4e3")
    (2, 7, 0)
    """
    exponent = Decimal(text).as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def apply_terms(issues: Issues, terms: Terms, path: str | Path) -> Issues:
    """Lay title, exclude, need and floors on a table."""

    def position(name: str, key: str) -> int:
        if name not in issues.names:
            raise DataError(
                f"{path}: {key} names {name!r}, which is no issue.{did_you_mean(name, issues.names)}"
            )
        return issues.names.index(name)

    result = replace(
        issues,
        title=terms.title,
        source=terms.source,
        note=terms.note,
        exclude=tuple(tuple(position(n, "exclude") for n in group) for group in terms.exclude),
        need=tuple(
            (position(a, "need"), position(b, "need"))
            for a, many in terms.need.items()
            for b in many
        ),
    )
    return result.with_floors(terms.floors)
