"""A world that splits economies out of another's rest of the world, kept as what it adds.

``split.npz`` holds the flows of the economies split out, single precision, and their tariffs in
hundredths of a percent; what remains of the rest of the world is the base's less their sum, so that

    Σ_u x_ujn + x_rest,jn = the base's cell of the rest,

for every sector and partner, and every other figure is the base's own. ``economies.csv`` says what each
rests on. `scripts/derive_split_world.py` makes both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError
from winset.tables import embedded_rows
from winset.worlds.world_data import Source, World

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array

NAME = "split.npz"
IMPUTED = "imputed"
MARK = " (imputed)"
RATE_UNIT = 1e-4
MANTISSA = 0xFFFFFE00  # 14 bits of a flow, 6e-5 of it at most, cut towards zero


@dataclass(frozen=True, slots=True)
class Parts:
    """What is added to a base of K economies and its rest, for U economies and J sectors.

    Attributes
    ----------
    exports, imports : (U, J, K) arrays
        Sold to and bought of the base's economies, USD million.
    inside : (U + 1, U + 1, J) array
        Sold among them, at home on the diagonal, and with what remains, last; the last cell is not used.
    by, on : (U, J, K + U) and (U, J, K) arrays
        Tariffs that they charge and face, fractions.
    """

    exports: Array
    imports: Array
    inside: Array
    by: Array
    on: Array


def single(flows: Array) -> Any:
    """Round flows towards zero to what is stored."""
    bits = np.asarray(flows, dtype=np.float32).view(np.uint32) & np.uint32(MANTISSA)
    cut = bits.view(np.float32).copy()
    return np.where(cut > flows, np.float32(0.0), cut)


def write_split(parts: Parts, path: Path) -> None:
    """Write the arrays as one file, the same to the last bit each time."""
    rates = {
        name: np.round(getattr(parts, name) / RATE_UNIT).astype(np.uint16) for name in ("by", "on")
    }
    flows = {name: single(getattr(parts, name)) for name in ("exports", "imports", "inside")}
    np.savez_compressed(path, **flows, **rates)


def base_of(folder: Path) -> str:
    """Return the name of the world that a folder adds to."""
    return str(_about(folder)["base"])


def _about(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


def read_split(folder: Path, base: World) -> World:
    """Rebuild the world of a base and what it adds.

    Raises
    ------
    DataError
        The file is damaged, or does not fit its base.
    """
    try:
        about = _about(folder)
        with (folder / NAME).open("rb") as packed, np.load(packed, allow_pickle=False) as file:
            arrays = {name: file[name].astype(np.float64) for name in file.files}
    except Exception as error:  # what zipfile, zlib and numpy raise is not to be told apart
        raise DataError(f"{folder / NAME}: is damaged ({error}). Install winset again.") from error
    parts = Parts(
        arrays["exports"],
        arrays["imports"],
        arrays["inside"],
        arrays["by"] * RATE_UNIT,
        arrays["on"] * RATE_UNIT,
    )
    return composed(base, parts, list(embedded_rows(folder / "economies.csv")), about)


def composed(base: World, parts: Parts, rows: list[dict[str, str]], about: dict[str, Any]) -> World:
    """Return the base with the economies of `rows` split out of its last economy, which stays last."""
    known, count = len(base) - 1, len(rows)
    new = slice(known, known + count)
    last = known + count
    trade = np.zeros((len(base.sectors), last + 1, last + 1))
    old = [*range(known), last]
    trade[np.ix_(range(len(trade)), old, old)] = base.trade
    trade[:, new, :known] = parts.exports.transpose(1, 0, 2)
    trade[:, :known, new] = parts.imports.transpose(1, 2, 0)
    trade[:, new, new] = parts.inside[:count, :count].transpose(2, 0, 1)
    trade[:, new, last] = parts.inside[:count, count].T
    trade[:, last, new] = parts.inside[count, :count].T
    trade[:, last, :known] -= parts.exports.sum(axis=0)
    trade[:, :known, last] -= parts.imports.sum(axis=0)
    inside = parts.inside.sum(axis=(0, 1)) - parts.inside[count, count]
    trade[:, last, last] -= inside
    tariff = np.zeros_like(trade)
    tariff[np.ix_(range(len(trade)), old, old)] = base.tariff
    tariff[:, :last, new] = parts.by.transpose(1, 2, 0)
    tariff[:, new, :known] = parts.on.transpose(1, 0, 2)
    blank = ("",) * known
    facts = {
        column: (*values[:known], *(row.get(column, "") for row in rows), *values[known:])
        for column, values in base.facts.items()
    }
    facts[IMPUTED] = (*blank, *(row[IMPUTED] for row in rows), about["rest"])
    technology = base.technology
    if technology is not None and any(
        array is not None for array in (technology.value_added, technology.inputs, technology.final)
    ):
        raise DataError(
            f"world {about['name']!r}: its base has an input-output table to be split too."
        )
    return replace(
        base,
        name=about["name"],
        codes=(*base.codes[:known], *(row["code"] for row in rows), base.codes[known]),
        names=(*base.names[:known], *(row["name"] + MARK for row in rows), base.names[known]),
        gdp=np.full(last + 1, np.nan),
        trade=trade,
        tariff=tariff,
        sources=(
            *base.sources,
            *(Source(s["title"], s["license"], s["path"]) for s in about["sources"]),
        ),
        facts=facts,
        notes=tuple(about["notes"]),
        mfn=None,
        tariff_source=None,
    )
