"""Package deals: which issues to bundle so that everybody can sign."""

from __future__ import annotations

import csv
import math
import tomllib
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from winset.errors import ConvergenceError, DataError, InfeasibleError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

FOLDER = Path(__file__).parent.parent / "data" / "deals"

MOST_BYTES = 5_000_000
#: Equally good packages beyond this number are not listed.
MOST_TIES = 100


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


@dataclass(frozen=True, slots=True)
class Package:
    """One package: the issues in it, the gain of each country, and their sum."""

    issues: tuple[str, ...]
    gains: tuple[float, ...]
    total: float

    @property
    def worst(self) -> float:
        """Gain of the country that gains least."""
        return min(self.gains)


@dataclass(frozen=True, slots=True)
class Veto:
    """What the floor of one country costs: the total without it, less the total with it."""

    country: str
    cost: float
    package: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concession:
    """A country does not count one loss against its floor, and the total rises by `rise`."""

    country: str
    issue: str
    loss: float
    rise: float
    package: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deal:
    """The best packages and what stands in the way of better ones.

    Attributes
    ----------
    issues : Issues
    optimal : tuple of Package
        All packages with the largest total, to `MOST_TIES`.
    payments : tuple of float | None
        With side payments: what each country receives in the first optimal package, so that all
        stand equally far above their floors.
    frontier : tuple of Package
        Every combination of total and worst gain that no admissible package betters in both;
        from the largest total on. Floors are not asked here.
    bargains : mapping of name to Package or None
        ``nash``, ``kalai_smorodinsky``, ``egalitarian``.
    vetoes : tuple of Veto
        Floors that cost something, the costliest first.
    concession : Concession | None
        The single one that raises the total most.
    """

    issues: Issues
    optimal: tuple[Package, ...]
    payments: tuple[float, ...] | None
    frontier: tuple[Package, ...]
    bargains: Mapping[str, Package | None]
    vetoes: tuple[Veto, ...]
    concession: Concession | None

    def to_json(self) -> dict[str, Any]:
        """Return the documented JSON."""
        countries = self.issues.countries
        best = self.optimal[0]
        after = best.gains
        if self.payments is not None:
            after = tuple(g + p for g, p in zip(best.gains, self.payments, strict=True))
        payload: dict[str, Any] = {
            "package": list(best.issues),
            "total": best.total,
            "gains": dict(zip(countries, after, strict=True)),
            "optimal_packages": [list(package.issues) for package in self.optimal],
            "frontier": [_point(countries, package) for package in self.frontier],
            "bargains": {
                name: None if package is None else _point(countries, package)
                for name, package in self.bargains.items()
            },
            "vetoes": [
                {"country": v.country, "cost": v.cost, "package": list(v.package)}
                for v in self.vetoes
            ],
            "concession": None,
        }
        if self.concession is not None:
            c = self.concession
            payload["concession"] = {
                "country": c.country,
                "issue": c.issue,
                "loss": c.loss,
                "rise": c.rise,
                "package": list(c.package),
            }
        if self.payments is not None:
            payload["payments"] = dict(zip(countries, self.payments, strict=True))
        return payload


def _point(countries: Sequence[str], package: Package) -> dict[str, Any]:
    return {
        "package": list(package.issues),
        "total": package.total,
        "worst": package.worst,
        "gains": dict(zip(countries, package.gains, strict=True)),
    }


# --- reading -------------------------------------------------------------------------------------


class _Terms(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    title: str = ""
    source: str = ""
    note: str = ""
    table: str | None = None
    exclude: list[list[str]] = Field(default_factory=list)
    need: dict[str, list[str]] = Field(default_factory=dict)
    floors: dict[str, int | float] = Field(default_factory=dict)
    issues: dict[str, dict[str, int | float]] = Field(default_factory=dict)


def bundled_deals() -> tuple[str, ...]:
    """Names of the deals that come with winset."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


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
    path = FOLDER / f"{source}.toml" if str(source) in bundled_deals() else Path(source)
    if not path.is_file():
        known = bundled_deals()
        raise DataError(
            f"deal {str(source)!r} is neither bundled ({', '.join(known)}) nor a file."
            f"{did_you_mean(str(source), known)}"
        )
    if path.suffix.casefold() != ".toml":
        issues = _read_table(path)
        return issues if terms is None else _apply(issues, _read_terms(Path(terms)), Path(terms))
    if terms is not None:
        raise DataError(f"{path} is a TOML and holds its own terms. Leave out --terms.")
    read = _read_terms(path)
    if (read.table is None) == (not read.issues):
        raise DataError(f'{path}: give either table = "file.csv" or [issues.NAME] tables.')
    if read.table is not None:
        issues = _read_table(path.parent / read.table)
    else:
        countries = list(dict.fromkeys(c for row in read.issues.values() for c in row))
        issues = _table(
            countries,
            [(name, [row.get(c) for c in countries]) for name, row in read.issues.items()],
            str(path),
        )
    return _apply(issues, read, path)


def _read_terms(path: Path) -> _Terms:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path} is larger than 5 MB.")
        return _Terms.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: not readable as TOML in UTF-8 ({error}).") from error
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"])
        known = list(_Terms.model_fields)
        hint = did_you_mean(key, known) if problem["type"] == "extra_forbidden" else ""
        raise DataError(
            f"{path}: {key} = {problem.get('input')!r}: {problem['msg']}.{hint}"
        ) from None


def _read_table(path: Path) -> Issues:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path} is larger than 5 MB; it needs one row per issue.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: not readable as CSV in UTF-8 ({error}).") from error
    if not rows or rows[0][0].strip().casefold() != "issue":
        raise DataError(f"{path} row 1: the first column must be headed issue, then the countries.")
    header = [cell.strip() for cell in rows[0][1:]]
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header) + 1:
            raise DataError(
                f"{path} row {number} ({row[0]}): {len(row) - 1} figures for {len(header)} "
                "countries. Fill every cell; 0 where nothing changes."
            )
    return _table(header, [(row[0].strip(), row[1:]) for row in rows[1:]], str(path))


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
    return Issues(tuple(name for name, _ in rows), tuple(countries), tuple(gains))


def _number(text: str, where: str) -> Fraction:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e15:
        raise DataError(f"{where}: {text!r} is not a number that can be added up.")
    return Fraction(text.strip().replace("_", ""))


def _apply(issues: Issues, terms: _Terms, path: Path) -> Issues:
    def position(name: str, key: str) -> int:
        if name not in issues.names:
            raise DataError(
                f"{path}: {key} names {name!r}, which is no issue.{did_you_mean(name, issues.names)}"
            )
        return issues.names.index(name)

    result = replace(
        issues,
        title=terms.title,
        exclude=tuple(tuple(position(n, "exclude") for n in group) for group in terms.exclude),
        need=tuple(
            (position(a, "need"), position(b, "need"))
            for a, many in terms.need.items()
            for b in many
        ),
    )
    return result.with_floors(terms.floors)


# --- solving -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Program:
    """Maximize over packages (0 or 1 for each issue) and a few free variables, by HiGHS."""

    issues: Issues
    extra: int = 0
    rows: list[tuple[NDArray[np.float64], float]] = field(default_factory=list)
    value: float = math.nan

    def __post_init__(self) -> None:
        for group in self.issues.exclude:
            row = self._row()
            row[list(group)] = -1
            self.rows.append((row, -1.0))
        for a, b in self.issues.need:
            row = self._row()
            row[a] -= 1
            row[b] += 1
            self.rows.append((row, 0.0))

    def _row(self) -> NDArray[np.float64]:
        return np.zeros(len(self.issues.names) + self.extra)

    def at_least(
        self, values: Sequence[Fraction], least: float, extra: Sequence[float] = ()
    ) -> None:
        """Ask Σ values_k x_k + extra · free ≥ least; the row is scaled to 1."""
        row = self._row()
        row[: len(values)] = [float(v) for v in values]
        row[len(values) :] = extra if len(extra) else 0.0
        scale = max(1e-300, float(np.abs(row).max()))
        self.rows.append((row / scale, least / scale))

    def forbid(self, package: Sequence[int]) -> None:
        """Rule out one package."""
        row = np.ones(len(self.issues.names) + self.extra)
        row[len(self.issues.names) :] = 0
        row[list(package)] = -1
        self.rows.append((row, 1.0 - len(package)))

    def solve(
        self, objective: Sequence[float], free: Sequence[float] = ()
    ) -> tuple[int, ...] | None:
        """Return the best package, or None when there is none."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        count = len(self.issues.names)
        cost = -np.array([*objective, *free], dtype=np.float64)
        scale = float(np.abs(cost).max()) or 1.0
        low, high = np.zeros(count + self.extra), np.ones(count + self.extra)
        low[count:], high[count:] = -np.inf, np.inf
        constraints = []
        if self.rows:
            matrix = np.array([row for row, _ in self.rows])
            constraints = [LinearConstraint(matrix, np.array([b for _, b in self.rows]), np.inf)]
        integrality = np.ones(count + self.extra, dtype=np.int64)
        integrality[count:] = 0
        found = milp(
            cost / scale,
            integrality=integrality,
            bounds=Bounds(low, high),
            constraints=constraints,
            options={"mip_rel_gap": 0.0},
        )
        if found.status == 2:
            return None
        if found.x is None or found.status != 0:
            raise ConvergenceError(
                f"the integer programme ended without an answer: {found.message}", residual=math.nan
            )
        self.value = -float(found.fun) * scale
        return tuple(int(k) for k in np.flatnonzero(found.x[:count] > 0.5))


def _column(issues: Issues, i: int) -> list[Fraction]:
    return [row[i] for row in issues.gains]


def _totals(issues: Issues) -> list[Fraction]:
    return [sum(row, Fraction(0)) for row in issues.gains]


def _largest(
    issues: Issues,
    floors: Mapping[int, Fraction],
    *,
    waived: tuple[int, int] | None = None,
    side_payments: bool = False,
    forbidden: Iterable[Sequence[int]] = (),
    objective: Sequence[Fraction] | None = None,
) -> tuple[int, ...] | None:
    """Return a package of the largest total that keeps the floors exactly, or None.

    The solver keeps constraints to within a tolerance; a package that it lets pass and that
    misses a floor in exact arithmetic is ruled out, and the search goes on.
    """
    totals = _totals(issues)
    aim = list(totals if objective is None else objective)
    program = _Program(issues)
    columns = {i: _column(issues, i) for i in floors}
    if waived is not None and waived[1] in columns:
        columns[waived[1]][waived[0]] = Fraction(0)
    asked = [(columns[i], floor) for i, floor in floors.items()]
    if side_payments:
        asked = [(totals, sum(floors.values(), Fraction(0)))]
    for values, floor in asked:
        program.at_least(values, float(floor))
    for package in forbidden:
        program.forbid(package)
    while True:
        found = program.solve([float(v) for v in aim])
        if found is None:
            return None
        if all(sum((v[k] for k in found), Fraction(0)) >= floor for v, floor in asked):
            return found
        program.forbid(found)


def _package(issues: Issues, chosen: Sequence[int]) -> Package:
    gains = issues.of(chosen)
    return Package(
        tuple(issues.names[k] for k in chosen),
        tuple(float(g) for g in gains),
        float(sum(gains, Fraction(0))),
    )


def deal(issues: Issues, *, side_payments: bool = False) -> Deal:
    """Return the packages of the largest total gain that keep every floor, and their rivals.

    max Σ_k x_k Σ_i g_ki subject to Σ_k x_k g_ki ≥ floor_i for every country i (with side
    payments: Σ_i Σ_k x_k g_ki ≥ Σ_i floor_i), `exclude` and `need`, x binary.

    Raises
    ------
    InfeasibleError
        No package keeps the floors; names the countries whose floors cannot hold together.
    """
    floors = dict(enumerate(issues.floors))
    first = _largest(issues, floors, side_payments=side_payments)
    if first is None:
        raise _infeasible(issues, floors, side_payments)
    totals = _totals(issues)
    ties = _ties(issues, floors, first, side_payments)
    optimal = tuple(_package(issues, chosen) for chosen in ties)
    best = sum((totals[k] for k in ties[0]), Fraction(0))
    payments = None
    bargains: dict[str, Package | None]
    if side_payments:
        gains = issues.of(ties[0])
        each = (best - sum(issues.floors, Fraction(0))) / len(issues.countries)
        owed = [f + each - g for f, g in zip(issues.floors, gains, strict=True)]
        payments = tuple(float(x) for x in owed)
        after = tuple(float(f + each) for f in issues.floors)
        # with transferable gains the three coincide: the surplus over the floors in equal parts
        shared = Package(optimal[0].issues, after, float(best))
        bargains = {"nash": shared, "kalai_smorodinsky": shared, "egalitarian": shared}
    else:
        bargains = bargaining(issues)
    return Deal(
        issues,
        optimal,
        payments,
        frontier(issues),
        bargains,
        () if side_payments else vetoes(issues, best),
        None if side_payments else best_concession(issues, best),
    )


def _ties(
    issues: Issues, floors: Mapping[int, Fraction], first: tuple[int, ...], side_payments: bool
) -> list[tuple[int, ...]]:
    """Return all packages as good as the first, smaller ones first."""
    totals = _totals(issues)
    best = sum((totals[k] for k in first), Fraction(0))
    found = [first]
    while len(found) < MOST_TIES:
        other = _largest(issues, floors, side_payments=side_payments, forbidden=found)
        if other is None:
            break
        value = sum((totals[k] for k in other), Fraction(0))
        if value < best:
            break
        if value > best:  # the solver's gap hid it
            best, found = value, []
        found.append(other)
    return sorted(found, key=lambda chosen: (len(chosen), chosen))


def _infeasible(
    issues: Issues, floors: Mapping[int, Fraction], side_payments: bool
) -> InfeasibleError:
    if side_payments:
        most = _largest(issues, {})
        value = float(sum(issues.of(most or ()), Fraction(0)))
        return InfeasibleError(
            f"no package is worth the floors together ({float(sum(floors.values())):g}); the most "
            f"that any brings is {value:g}. Lower the floors."
        )
    needed = dict(floors)
    for i in floors:  # leave out what is not needed to make it impossible
        fewer = {j: f for j, f in needed.items() if j != i}
        if _largest(issues, fewer) is None:
            needed = fewer
    names = ", ".join(f"{issues.countries[i]} (floor {float(f):g})" for i, f in needed.items())
    if len(needed) == 1:
        (i,) = needed
        most = _largest(issues, {}, objective=_column(issues, i)) or ()
        return InfeasibleError(
            f"no package gives {names} what it asks; the most it can get is "
            f"{float(issues.of(most)[i]):g}. Lower its floor."
        )
    return InfeasibleError(f"no package keeps these floors together: {names}. Lower one of them.")


def vetoes(issues: Issues, best: Fraction | None = None) -> tuple[Veto, ...]:
    """Return what each country's floor costs the others, the costliest first."""
    floors = dict(enumerate(issues.floors))
    if best is None:
        best = sum(issues.of(_largest(issues, floors) or ()), Fraction(0))
    result = []
    for i in floors:
        without = _largest(issues, {j: f for j, f in floors.items() if j != i})
        assert without is not None
        cost = sum(issues.of(without), Fraction(0)) - best
        if cost > 0:
            names = tuple(issues.names[k] for k in without)
            result.append(Veto(issues.countries[i], float(cost), names))
    return tuple(sorted(result, key=lambda veto: (-veto.cost, veto.country)))


def best_concession(issues: Issues, best: Fraction | None = None) -> Concession | None:
    """Return the loss that, not counted against its country's floor, raises the total most."""
    floors = dict(enumerate(issues.floors))
    if best is None:
        best = sum(issues.of(_largest(issues, floors) or ()), Fraction(0))
    found: tuple[Fraction, int, int, tuple[int, ...]] | None = None
    for i in floors:
        for k in range(len(issues.names)):
            if issues.gains[k][i] >= 0:
                continue
            chosen = _largest(issues, floors, waived=(k, i))
            assert chosen is not None
            rise = sum(issues.of(chosen), Fraction(0)) - best
            if rise > 0 and (found is None or rise > found[0]):
                found = (rise, k, i, chosen)
    if found is None:
        return None
    rise, k, i, chosen = found
    return Concession(
        issues.countries[i],
        issues.names[k],
        float(issues.gains[k][i]),
        float(rise),
        tuple(issues.names[j] for j in chosen),
    )


def frontier(issues: Issues) -> tuple[Package, ...]:
    """Return every pair of total and worst gain that no admissible package betters in both.

    By the ε-constraint method (Haimes, Lasdon & Wismer 1971): the largest total with a worst gain
    above that of the last point, then the best worst gain with that total. Floors are not asked.
    """
    points: list[tuple[int, ...]] = []
    unit = Fraction(1, math.lcm(*(g.denominator for row in issues.gains for g in row)))
    totals = _totals(issues)
    above: Fraction | None = None
    while True:
        n = len(issues.countries)
        floors = {} if above is None else dict.fromkeys(range(n), above + unit)
        found = _largest(issues, floors)
        if found is None:
            return tuple(_package(issues, chosen) for chosen in points)
        best = sum((totals[k] for k in found), Fraction(0))
        while True:  # as good in total, better for the worst off
            worst = min(issues.of(found))
            better = _largest_of_total(issues, best, worst + unit)
            if better is None:
                break
            found = better
        points.append(found)
        above = min(issues.of(found))


def _largest_of_total(issues: Issues, total: Fraction, floor: Fraction) -> tuple[int, ...] | None:
    chosen = _largest(issues, dict.fromkeys(range(len(issues.countries)), floor))
    if chosen is None or sum(issues.of(chosen), Fraction(0)) < total:
        return None
    return chosen


def bargaining(issues: Issues) -> dict[str, Package | None]:
    """Return three bargaining solutions over the packages that keep every floor.

    With u_i the gain above the floor, and b_i the most that i gets in any such package:

    * ``nash``: max Π u_i (Nash 1950); None when no package leaves all who can gain above 0;
    * ``kalai_smorodinsky``: max min u_i/b_i, then Σ u_i/b_i (Kalai & Smorodinsky 1975);
    * ``egalitarian``: max min u_i, then Σ u_i (Kalai 1977).

    Packages are whole: there are no lotteries. Countries with b_i = 0 are left out of product and
    minimum.

    Raises
    ------
    InfeasibleError
        No package keeps the floors.
    """
    floors = dict(enumerate(issues.floors))
    if _largest(issues, floors) is None:
        raise _infeasible(issues, floors, side_payments=False)
    ideal = {}
    for i in floors:
        chosen = _largest(issues, floors, objective=_column(issues, i))
        assert chosen is not None
        ideal[i] = issues.of(chosen)[i] - issues.floors[i]
    gaining = {i: b for i, b in ideal.items() if b > 0}
    if not gaining:
        nothing = _package(issues, _largest(issues, floors) or ())
        return dict.fromkeys(("nash", "kalai_smorodinsky", "egalitarian"), nothing)
    nash = _nash(issues, floors, gaining)
    return {
        "nash": None if nash is None else _package(issues, nash),
        "kalai_smorodinsky": _package(issues, _evenly(issues, floors, gaining)),
        "egalitarian": _package(
            issues, _evenly(issues, floors, dict.fromkeys(gaining, Fraction(1)))
        ),
    }


def _evenly(
    issues: Issues, floors: Mapping[int, Fraction], unit: Mapping[int, Fraction]
) -> tuple[int, ...]:
    """Maximize the least u_i/unit_i, then their sum; exactly, by raising the floors."""

    def least(chosen: Sequence[int]) -> Fraction:
        gains = issues.of(chosen)
        return min((gains[i] - issues.floors[i]) / unit[i] for i in unit)

    objective = [sum((row[i] / unit[i] for i in unit), Fraction(0)) for row in issues.gains]
    program = _Program(issues, extra=1)
    for i, floor in floors.items():
        program.at_least(_column(issues, i), float(floor))
        if i in unit:
            values = [g / unit[i] for g in _column(issues, i)]
            program.at_least(values, float(floor / unit[i]), [-1.0])
    best: tuple[int, ...] | None = None
    while best is None:
        found = program.solve([0.0] * len(issues.names), [1.0])
        assert found is not None
        gains = issues.of(found)
        if all(gains[i] >= floor for i, floor in floors.items()):
            best = found
        program.forbid(found)
    while True:
        level = least(best)
        raised = {
            i: issues.floors[i] + level * unit[i] if i in unit else floor
            for i, floor in floors.items()
        }
        chosen = _largest(issues, raised, objective=objective)
        assert chosen is not None
        if least(chosen) <= level:
            return chosen
        best = chosen


def _nash(
    issues: Issues, floors: Mapping[int, Fraction], gaining: Mapping[int, Fraction]
) -> tuple[int, ...] | None:
    """Maximize Σ log u_i by tangents: log u ≤ log a + (u − a)/a, a new one at every package met."""
    who = list(gaining)
    program = _Program(issues, extra=len(who))
    scaled = {i: [g / gaining[i] for g in _column(issues, i)] for i in who}

    def tangent(place: int, at: float) -> None:
        i = who[place]
        row = [0.0] * len(who)
        row[place] = -1.0
        offset = math.log(at) - 1.0 - float(issues.floors[i] / gaining[i]) / at
        program.at_least([g / Fraction(at) for g in scaled[i]], -offset, row)

    for i, floor in floors.items():
        program.at_least(_column(issues, i), float(floor))
    for place in range(len(who)):
        for at in (1.0, 0.1, 0.001):
            tangent(place, at)
    best: tuple[int, ...] | None = None
    value = -math.inf
    while True:
        found = program.solve([0.0] * len(issues.names), [1.0] * len(who))
        # every package met is ruled out: what is left cannot exceed the tangents' optimum
        if found is None or program.value <= value - 1e-9:
            return best
        gains = issues.of(found)
        shares = [(gains[i] - issues.floors[i]) / gaining[i] for i in who]
        kept = all(gains[i] >= floor for i, floor in floors.items())
        if kept and min(shares) > 0:
            reached = math.fsum(math.log(s) for s in shares)
            if reached > value + 1e-12:
                best, value = found, reached
            for place, share in enumerate(shares):
                tangent(place, float(share))
        program.forbid(found)
