"""Make a world of files as they are published: BACI, a long table, or a square matrix.

Trade is read in pieces of 200,000 rows and added up by pair, so that memory is bounded by the
number of pairs, not by the size of the file.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from winset.economies import code_of_name, economies
from winset.errors import DataError, did_you_mean, listed
from winset.worlds.model import Source, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

CHUNK = 200_000  # rows
MOST_GDP_BYTES = 100_000_000
MOST_CELL = 65_536  # bytes of a header; more is not a table
UNITS = {"usd": 1e-6, "thousand-usd": 1e-3, "million-usd": 1.0, "billion-usd": 1e3}
BACI = ("t", "i", "j", "k", "v", "q")
#: BACI's own codes that are not ISO 3166.
BACI_CODES = {"S19": "TWN"}
EXPORTER = ("exporter", "exp", "origin", "iso3_o", "reporter", "from")
IMPORTER = ("importer", "imp", "destination", "iso3_d", "partner", "to")
VALUE = ("value_musd", "value", "trade", "trade_value", "flow", "v")
CODE = ("code", "iso3", "country code", "country_code", "iso", "economy", "country")
GDP = ("gdp_musd", "gdp", "value")
YEAR = ("year", "t", "date")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of a long table; None finds them by their usual names."""

    exporter: str | None = None
    importer: str | None = None
    value: str | None = None
    year: str | None = None
    code: str | None = None
    gdp: str | None = None


@dataclass
class _Flows:
    """Sums by pair, USD million."""

    cells: dict[tuple[str, str], float] = field(default_factory=dict)
    years: set[int] = field(default_factory=set)

    def add(self, exporter: Iterable[str], importer: Iterable[str], value: Iterable[float]) -> None:
        for i, n, x in zip(exporter, importer, value, strict=True):
            self.cells[i, n] = self.cells.get((i, n), 0.0) + float(x)


def import_world(
    trade: str | Path,
    gdp: str | Path | None = None,
    *,
    year: int | None = None,
    countries: str | Path | None = None,
    unit: str = "million-usd",
    gdp_unit: str = "usd",
    columns: Columns | None = None,
    without: Iterable[str] = (),
    name: str = "imported",
) -> World:
    """Read trade and GDP as they are published and make a world of them.

    Parameters
    ----------
    trade : path
        CEPII's BACI (columns ``t,i,j,k,v,q``; thousand USD; summed over products), a long CSV
        (exporter, importer, value and, if there are several, year), or a square matrix whose
        rows export. A file may be gzipped.
    gdp : path, optional
        A CSV of codes and GDP, or the World Bank's table with a column per year. Not needed
        where the trade has domestic sales (exporter = importer).
    year : int, optional
        Which year, where the files hold several.
    countries : path, optional
        BACI's country-code file; sought beside the trade file.
    unit, gdp_unit : str
        usd, thousand-usd, million-usd or billion-usd. BACI's unit is known.
    without : codes
        Economies to leave out; ``"missing"`` leaves out all that trade but have no GDP.

    Raises
    ------
    DataError
        With the file, the row or column, the value and the remedy.
    """
    trade, columns = Path(trade), columns or Columns()
    flows, kind, seen = _read_trade(trade, columns, year, countries, _factor(unit, "--unit"))
    when = year if year is not None else max(seen, default=0)
    if not when:
        raise DataError(f"{trade} does not say of which year it is. Add --year.")
    out = set(without)
    product = (
        {} if gdp is None else _read_gdp(Path(gdp), columns, when, _factor(gdp_unit, "--gdp-unit"))
    )
    codes = sorted({code for pair in flows for code in pair})
    domestic = any(i == n and value > 0 for (i, n), value in flows.items())
    lacking = [c for c in codes if c not in product] if not domestic else []
    if "missing" in out:
        out |= set(lacking)
    if unknown := sorted(out - {"missing"} - set(codes)):
        raise DataError(
            f"--without {unknown[0]}: {trade} has no such economy.{did_you_mean(unknown[0], codes)}"
        )
    if left := [code for code in lacking if code not in out]:
        where = f"{gdp} has no GDP" if gdp is not None else "no --gdp file gives GDP"
        raise DataError(
            f"{where}{f' of {when}' if when else ''} for {listed(left)}, and {trade} has no domestic "
            f"sales to derive it from. Add the rows, or leave these out with --without "
            f"{','.join(left[:3])}{',…' if len(left) > 3 else ''} or --without missing."
        )
    kept = [code for code in codes if code not in out]
    index = {code: k for k, code in enumerate(kept)}
    cube = np.zeros((1, len(kept), len(kept)))
    for (i, n), value in flows.items():
        if i in index and n in index:
            cube[0, index[i], index[n]] = value
    if quiet := [c for c in kept if not (cube[0, index[c]].any() or cube[0, :, index[c]].any())]:
        raise DataError(
            f"{trade}: no trade at all for {listed(quiet)}. Leave it out with --without {quiet[0]}."
        )
    known = economies()
    sources = [_source(trade, kind)] + ([_source(Path(gdp), "GDP")] if gdp is not None else [])
    return World(
        name=name,
        year=when,
        codes=tuple(kept),
        names=tuple(known[c].name if c in known else c for c in kept),
        gdp=np.array([product.get(code, np.nan) for code in kept]),
        sectors=("goods",),
        trade=cube,
        tariff=np.zeros_like(cube),
        domestic_known=domestic,
        sources=tuple(sources),
        notes=(
            "No tariffs: every tariff of the baseline is 0, a change of tariff counts from there.",
        ),
    )


def _factor(unit: str, option: str) -> float:
    if unit not in UNITS:
        raise DataError(
            f"{option} {unit}: not a unit.{did_you_mean(unit, UNITS)} Known: {', '.join(UNITS)}."
        )
    return UNITS[unit]


def _source(path: Path, kind: str) -> Source:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return Source(f"{kind}: file {path.name}, sha256 {digest.hexdigest()}")


def _header(path: Path) -> list[str]:
    """Read the first line of a CSV, and refuse what is not one."""
    import gzip

    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as file:
                line = file.readline(MOST_CELL)
        else:
            with path.open("rb") as file:
                line = file.readline(MOST_CELL)
        text = line.decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error}).") from error
    if len(line) == MOST_CELL and not line.endswith(b"\n"):
        raise DataError(f"{path} row 1: longer than {MOST_CELL} bytes; this is not a CSV table.")
    if not text.strip():
        raise DataError(f"{path}: empty.")
    return [cell.strip() for cell in next(csv.reader([text]))]


def _chunks(path: Path, columns: dict[str, Literal["text", "number"]]) -> Iterator[pd.DataFrame]:
    """Yield the columns in pieces; numbers that are none are named with their row."""
    import pandas as pd

    try:
        with pd.read_csv(
            path,
            usecols=list(columns),
            dtype=dict.fromkeys(columns, "str"),
            chunksize=CHUNK,
            keep_default_na=False,
            encoding="utf-8-sig",
            skipinitialspace=True,
        ) as reader:
            first = 2
            for piece in reader:
                for column, what in columns.items():
                    piece[column] = piece[column].str.strip()
                    if what == "number":
                        piece[column] = _numbers(piece[column], first, path)
                piece.index = pd.RangeIndex(first, first + len(piece))
                first += len(piece)
                yield piece
    except (OSError, UnicodeDecodeError, EOFError, pd.errors.ParserError) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error}).") from error


def _numbers(column: pd.Series[str], first: int, path: Path) -> pd.Series[float]:
    import pandas as pd

    values = pd.to_numeric(column, errors="coerce").astype(float)
    wrong = ~np.isfinite(values.to_numpy())
    if wrong.any():
        k = int(np.argmax(wrong))
        raise DataError(
            f"{path} row {first + k}: {column.name} is {column.iloc[k]!r}; it must be a number."
        )
    return values


def _read_trade(
    path: Path, columns: Columns, year: int | None, countries: str | Path | None, factor: float
) -> tuple[dict[tuple[str, str], float], str, set[int]]:
    header = _header(path)
    if set(BACI) <= set(header) and columns == Columns():
        flows = _baci(path, year, countries)
        return flows.cells, "CEPII BACI, summed over products", flows.years
    named = (columns.exporter, columns.importer, columns.value)
    if any(named) or _found(header, EXPORTER) or _found(header, IMPORTER):
        flows = _long(path, header, columns, year, factor)
        return flows.cells, "Trade", flows.years
    return _matrix(path, header, factor), "Trade matrix", set()


def _found(header: Sequence[str], names: Sequence[str]) -> str | None:
    folded = {cell.casefold(): cell for cell in header}
    return next((folded[name] for name in names if name in folded), None)


def _column(
    header: Sequence[str], given: str | None, usual: Sequence[str], what: str, path: Path
) -> str:
    if given is not None:
        if given not in header:
            raise DataError(
                f"{path} row 1: no column {given!r}.{did_you_mean(given, header)} "
                f"Found: {', '.join(header[:12])}."
            )
        return given
    if (column := _found(header, usual)) is None:
        raise DataError(
            f"{path} row 1: no column for the {what}; found {', '.join(header[:12])}. "
            f"Name it with --{what}-column."
        )
    return column


def _nonnegative(piece: pd.DataFrame, column: str, path: Path) -> None:
    negative = piece[column].to_numpy() < 0
    if negative.any():
        k = int(np.argmax(negative))
        raise DataError(
            f"{path} row {piece.index[k]}: {column} is {piece[column].iloc[k]:g}; a flow cannot be "
            "negative."
        )


def _of_year(years: set[int], year: int | None, path: Path) -> None:
    if year is None and len(years) > 1:
        raise DataError(
            f"{path} holds the years {min(years)} to {max(years)}. Choose one with --year."
        )
    if year is not None and year not in years:
        raise DataError(
            f"{path} has nothing of {year}; it holds {', '.join(map(str, sorted(years)[:12]))}."
        )


def _baci(path: Path, year: int | None, countries: str | Path | None) -> _Flows:
    names = _baci_countries(path, countries)
    flows = _Flows()
    numbers: dict[tuple[int, int], float] = {}
    spec: dict[str, Literal["text", "number"]] = dict.fromkeys(("t", "i", "j", "v"), "number")
    for piece in _chunks(path, spec):
        _nonnegative(piece, "v", path)
        flows.years |= {int(t) for t in piece["t"].unique()}
        if year is not None:
            piece = piece[piece["t"] == year]
        elif len(flows.years) > 1:
            break
        sums = piece.groupby(["i", "j"], sort=False)["v"].sum().reset_index()
        for i, n, value in zip(sums["i"], sums["j"], sums["v"], strict=True):
            pair = (int(i), int(n))
            numbers[pair] = numbers.get(pair, 0.0) + float(value)
    _of_year(flows.years, year, path)
    if unknown := sorted({c for pair in numbers for c in pair} - set(names)):
        raise DataError(
            f"{path}: country code {unknown[0]} is not in the country-code file. Use the file of the "
            "same BACI release with --countries."
        )
    pairs = sorted(numbers)
    flows.add(
        [names[i] for i, _ in pairs],
        [names[n] for _, n in pairs],
        [1e-3 * numbers[pair] for pair in pairs],
    )
    return flows


def _baci_countries(path: Path, countries: str | Path | None) -> dict[int, str]:
    if countries is None:
        beside = sorted(path.parent.glob("country_codes*.csv"))
        if len(beside) != 1:
            raise DataError(
                f"{path} looks like BACI, whose countries are numbers; "
                f"{'no' if not beside else 'more than one'} country_codes*.csv beside it. "
                "Name it with --countries FILE."
            )
        countries = beside[0]
    file = Path(countries)
    header = _header(file)
    if missing := [c for c in ("country_code", "country_iso3") if c not in header]:
        raise DataError(
            f"{file} row 1: no column {', '.join(missing)}; found {', '.join(header[:8])}."
        )
    names: dict[int, str] = {}
    spec: dict[str, Literal["text", "number"]] = {"country_code": "number", "country_iso3": "text"}
    for piece in _chunks(file, spec):
        for number, code in zip(piece["country_code"], piece["country_iso3"], strict=True):
            names[int(number)] = BACI_CODES.get(code, code)
    return names


def _long(
    path: Path, header: Sequence[str], columns: Columns, year: int | None, factor: float
) -> _Flows:
    exporter = _column(header, columns.exporter, EXPORTER, "exporter", path)
    importer = _column(header, columns.importer, IMPORTER, "importer", path)
    value = _column(header, columns.value, VALUE, "value", path)
    when = columns.year or _found(header, YEAR)
    if columns.year is not None:
        when = _column(header, columns.year, YEAR, "year", path)
    spec: dict[str, Literal["text", "number"]] = {
        exporter: "text",
        importer: "text",
        value: "number",
    }
    if when is not None:
        spec[when] = "number"
    flows = _Flows()
    seen: dict[tuple[str, str], int] = {}
    scale = 1.0 if value == "value_musd" else factor
    for piece in _chunks(path, spec):
        _nonnegative(piece, value, path)
        if when is not None:
            flows.years |= {int(t) for t in piece[when].unique()}
            if year is not None:
                piece = piece[piece[when] == year]
            elif len(flows.years) > 1:
                break
        for column in (exporter, importer):
            _coded(piece[column], column, path)
        pairs = list(zip(piece[exporter], piece[importer], strict=True))
        for row, pair in zip(piece.index, pairs, strict=True):
            if pair in seen:
                raise DataError(
                    f"{path} row {row}: the pair {pair[0]} to {pair[1]} is row {seen[pair]} again. "
                    "Keep one row, or add up products first."
                )
            seen[pair] = int(row)
        flows.add(piece[exporter], piece[importer], scale * piece[value].to_numpy(dtype=float))
    if when is not None:
        _of_year(flows.years, year, path)
    if not flows.cells:
        raise DataError(f"{path}: no rows.")
    return flows


def _coded(column: pd.Series[str], name: str, path: Path) -> None:
    """Refuse what cannot be a code, and suggest the code of a name."""
    wrong = ~column.str.fullmatch(r"[A-Za-z0-9_]{2,12}").to_numpy(dtype=bool)
    if wrong.any():
        k = int(np.argmax(wrong))
        text = column.iloc[k]
        hint = code_of_name(text)
        raise DataError(
            f"{path} row {column.index[k]}: {name} is {text!r}; write a code of letters and digits, "
            f"such as {hint or 'KAZ'}."
        )


def _matrix(path: Path, header: Sequence[str], factor: float) -> dict[tuple[str, str], float]:
    codes = [cell for cell in header[1:] if cell]
    if len(codes) < 2 or not all(re.fullmatch(r"[A-Za-z0-9_]{2,12}", code) for code in codes):
        raise DataError(
            f"{path}: neither BACI (t,i,j,k,v,q), nor a table with exporter, importer and value, nor a "
            f"square matrix with codes in its first row and column; row 1 is "
            f"{', '.join(header[:8])}. Name columns with --exporter-column and the like."
        )
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise DataError(f"{path} row 1: column {twice} stands twice. Keep one.")
    cells: dict[tuple[str, str], float] = {}
    rows: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            next(reader)
            for number, row in enumerate(reader, 2):
                if not row:
                    continue
                code = row[0].strip()
                if code not in codes or code in rows:
                    problem = "stands twice" if code in rows else "is not a column"
                    raise DataError(f"{path} row {number}: {code!r} {problem}; rows and columns must "
                                    "hold the same codes.")  # fmt: skip
                rows[code] = number
                if len(row) != len(codes) + 1:
                    raise DataError(f"{path} row {number}: {len(row)} cells, not {len(codes) + 1}.")
                for importer, text in zip(codes, row[1:], strict=True):
                    value = _plain(text, f"{path} row {number}, column {importer}")
                    if value > 0:
                        cells[code, importer] = value * factor
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error}).") from error
    if missing := [code for code in codes if code not in rows]:
        raise DataError(f"{path}: no row for column {missing[0]}; the matrix must be square.")
    return cells


def _plain(text: str, where: str) -> float:
    """Read a cell; an empty one is no trade."""
    if not text.strip():
        return 0.0
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise DataError(f"{where}: {text!r} is not a number.")
    if value < 0:
        raise DataError(f"{where}: {text} is negative; a flow cannot be.")
    return value


def _read_gdp(path: Path, columns: Columns, year: int, factor: float) -> dict[str, float]:
    """Read code → GDP in USD million; empty cells are no figure."""
    import pandas as pd

    skip = _before_header(path)
    try:
        if path.stat().st_size > MOST_GDP_BYTES:
            raise DataError(f"{path} is larger than 100 MB; GDP needs one row per economy.")
        table = pd.read_csv(
            path, skiprows=skip, dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error}).") from error
    header = [str(cell).strip() for cell in table.columns]
    table.columns = pd.Index(header)
    code = _column(header, columns.code, CODE, "code", path)
    wide = next((c for c in header if c == str(year) or c.startswith(f"{year} [YR")), None)
    value = columns.gdp or wide or _found(header, GDP)
    value = _column(header, value, GDP, "gdp", path)
    when = None if value == wide else _found(header, YEAR)
    scale = 1.0 if value == "gdp_musd" else factor
    found: dict[str, float] = {}
    for row, cells in enumerate(table.to_dict("records"), skip + 2):
        name, text = str(cells[code]).strip(), str(cells[value]).strip()
        if when is not None and year and str(cells[when]).strip() != str(year):
            continue
        if text in ("", "..", "NA", "n/a"):
            continue
        try:
            figure = float(text)
        except ValueError:
            figure = float("nan")
        if not (np.isfinite(figure) and figure > 0):
            raise DataError(
                f"{path} row {row}: {value} of {name} is {text!r}; it must be positive."
            )
        if name in found:
            raise DataError(
                f"{path} row {row}: {name} is given twice. Keep one row, or choose with --year."
            )
        found[name] = figure * scale
    if not found:
        raise DataError(f"{path}: no GDP{f' of {year}' if year else ''} in column {value}.")
    return found


def _before_header(path: Path) -> int:
    """Count the lines of title that the World Bank puts above its table."""
    header = _header(path)
    return 4 if header and header[0] == "Data Source" else 0
