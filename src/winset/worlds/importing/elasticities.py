"""Trade elasticities for imported sectors: one number, or a table by sector with further sets."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean, listed
from winset.worlds import production

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from winset.numbers import Array


#: Simonovska & Waugh (2014), the default of the model.
UNIFORM = 4.0


@dataclass(frozen=True, slots=True)
class Elasticities:
    """θ by sector, (J,), NaN where a sector is not traded; `sets` holds the further columns."""

    theta: Array
    sets: dict[str, Array] = field(default_factory=dict)


def choose(
    given: str | Path | None, sectors: Sequence[str], traded: NDArray[np.bool_]
) -> Elasticities:
    """Return the elasticities of sectors: 4, a number given, or the table at a path.

    The table is a CSV with columns ``sector, elasticity`` and, for further sets, ``theta_SET``.
    Sectors without trade between economies get none, whatever is given.

    Raises
    ------
    DataError
        A number that is not positive, a sector of the table that the data do not have, a traded
        sector that it leaves out or blank.
    """
    if given is None:
        return Elasticities(np.where(traded, UNIFORM, math.nan))
    try:
        number = float(str(given))
    except ValueError:
        return _table(Path(given), sectors, traded)
    if not (number > 0 and math.isfinite(number)):
        raise DataError(f"--elasticities {given}: a trade elasticity must be a positive number.")
    return Elasticities(np.where(traded, number, math.nan))


def _table(path: Path, sectors: Sequence[str], traded: NDArray[np.bool_]) -> Elasticities:
    if not path.is_file():
        raise DataError(f"--elasticities {path}: neither a number nor a file.")
    problems = tables.Problems(path.parent)
    columns: dict[str, dict[str, float]] = {}
    for where, row in tables.checked_rows(
        path.parent, path.name, ("sector", "elasticity"), problems, ("elasticity",)
    ):
        sector = row["sector"]
        if sector not in sectors:
            problems.add(
                where, f"the data have no sector {sector!r}.{did_you_mean(sector, sectors)}"
            )
            continue
        for column, text in row.items():
            if column != "elasticity" and not column.startswith(production.SET):
                continue
            known = columns.setdefault(column, {})
            if sector in known:
                problems.add(where, f"sector {sector} is given twice.")
            value = math.nan
            if text:
                value = tables.number(text, f"{column} of {sector}", where, problems)
                if value <= 0:
                    problems.add(where, f"{column} of {sector} is {text}; it must be positive.")
            known[sector] = value
    for column, known in columns.items():
        missing = [
            s
            for s, t in zip(sectors, traded, strict=True)
            if t and math.isnan(known.get(s, math.nan))
        ]
        if missing:
            problems.add(
                path.name,
                f"no {column} for the traded sector{'s' * (len(missing) > 1)} {listed(missing)}. "
                "Add them.",
            )
    if not columns:
        problems.add(path.name, "no sector in it.")
    problems.refuse(f"--elasticities {path}")
    values = {
        column.removeprefix(production.SET): np.where(
            traded, [known.get(s, math.nan) for s in sectors], math.nan
        )
        for column, known in columns.items()
    }
    theta = values.pop("elasticity")
    return Elasticities(theta, values)
