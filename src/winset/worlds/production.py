"""The files that a world with sectors adds: sectors.csv, value_added.csv, io.csv, final.csv.

| file | columns | meaning |
|---|---|---|
| sectors.csv | sector, elasticity, [name], [theta_SET …] | θ_j; blank: the sector is not traded |
| value_added.csv | economy, sector, share | γ_n^j, value added in gross output |
| io.csv | economy, using, supplying, share | γ_n^{kj}, input of `supplying` in the output of `using` |
| final.csv | economy, sector, share | α_n^j, share of final consumption |

All but sectors.csv may be absent. Absent rows of io.csv and final.csv are zero. For every economy
and using sector, value-added and input shares sum to one (value_added.csv absent: it is what io.csv
leaves); every economy's final shares sum to one. Sums within `TOLERANCE` are scaled to one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean
from winset.tables.problems import MOST_PROBLEMS
from winset.worlds.technology import UNIFORM, Technology

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array
    from winset.worlds.world_data import World


TOLERANCE = 1e-4  # how far shares may be from one by rounding
MENDED = 1e-2  # how far they may be to be rescaled, which is said
SET = "theta_"


def read(
    folder: Path, codes: tuple[str, ...], traded: list[str], problems: tables.Problems
) -> tuple[Technology | None, list[str], list[str]]:
    """Read the technology, the sectors in the order of sectors.csv, and notes on what was rescaled.

    `traded` are trade.csv's sectors.
    """
    if tables.find(folder, "sectors.csv") is None:
        for name in ("value_added.csv", "io.csv", "final.csv"):
            if tables.find(folder, name) is not None:
                problems.add(name, "needs sectors.csv beside it, which names the sectors.")
        return None, traded, []
    notes: list[str] = []
    elasticity, names, sets = _read_sectors(folder, traded, problems)
    sectors = list(elasticity)
    if problems.found or not sectors:
        return None, sectors, []
    index = {code: k for k, code in enumerate(codes)}
    numbers = {sector: j for j, sector in enumerate(sectors)}
    shape = (len(sectors), len(codes))
    value_added = _read_shares(folder, "value_added.csv", index, numbers, problems)
    inputs = _read_inputs(folder, index, numbers, problems)
    final = _read_shares(folder, "final.csv", index, numbers, problems)
    if problems.found:
        return None, sectors, []
    if value_added is not None and np.isnan(value_added).any():
        j, n = np.argwhere(np.isnan(value_added))[0]
        count = int(np.isnan(value_added).sum())
        problems.add(
            "value_added.csv",
            f"no share for {codes[n]}, sector {sectors[j]} ({count} of {shape[0] * shape[1]} are "
            "missing). Add the rows.",
        )
    if final is not None:
        final = np.nan_to_num(final)
        total = final.sum(axis=0)
        for n in np.flatnonzero(np.abs(total - 1.0) > MENDED):
            problems.add("final.csv", f"the shares of {codes[n]} {_off(total[n])}")
        notes += _rescaled("Final shares", [(total[n], codes[n]) for n in range(len(codes))])
        final = final / np.where(total > 0, total, 1.0)
    if inputs is not None:
        bought = inputs.sum(axis=1).T
        if value_added is None:
            for j, n in np.argwhere(bought > 1.0 + MENDED)[:20]:
                problems.add(
                    "io.csv",
                    f"input shares of {codes[n]}, sector {sectors[j]}, sum to {bought[j, n]:.6g}; "
                    "more than one leaves no value added. Mend them, or add value_added.csv.",
                )
            over = np.maximum(bought, 1.0)
            notes += _rescaled("Input shares", _cells_of(over, codes, sectors))
            inputs = inputs / over.T[:, None, :]
            value_added = np.maximum(1.0 - bought, 0.0)
        else:
            total = value_added + bought
            for j, n in np.argwhere(np.abs(total - 1.0) > MENDED)[:MOST_PROBLEMS]:
                problems.add(
                    "io.csv and value_added.csv",
                    f"the shares of {codes[n]}, sector {sectors[j]}, {_off(total[j, n])}",
                )
            notes += _rescaled("Input and value-added shares", _cells_of(total, codes, sectors))
            safe = np.where(total > 0, total, 1.0)
            inputs, value_added = inputs / safe.T[:, None, :], value_added / safe
    if problems.found:
        return None, sectors, []
    return (
        Technology(
            elasticity=np.array(list(elasticity.values())),
            names=tuple(names),
            elasticity_sets={k: np.array(v) for k, v in sets.items()},
            value_added=value_added,
            inputs=inputs,
            final=final,
        ),
        sectors,
        notes,
    )


def _cells_of(total: Array, codes: tuple[str, ...], sectors: list[str]) -> list[tuple[float, str]]:
    return [
        (float(total[j, n]), f"{code}, sector {sector}")
        for j, sector in enumerate(sectors)
        for n, code in enumerate(codes)
    ]


def _rescaled(what: str, sums: list[tuple[float, str]]) -> list[str]:
    """Say which shares were rescaled to sum to one, the farthest first."""
    off = [(abs(total - 1.0), total, who) for total, who in sums if abs(total - 1.0) > TOLERANCE]
    if not off:
        return []
    most = sorted(off, key=lambda one: (-one[0], one[2]))[:3]
    shown = "; ".join(f"{who}: {total:.4f}" for _, total, who in most)
    return [f"{what} that do not sum to one are rescaled, {len(off):,} of {len(sums):,} ({shown})."]


def _off(total: float) -> str:
    return f"sum to {total:.6g}, not 1: {total - 1.0:+.3g}. Mend them."


def _read_sectors(
    folder: Path, traded: list[str], problems: tables.Problems
) -> tuple[dict[str, float], list[str], dict[str, list[float]]]:
    elasticity: dict[str, float] = {}
    names: list[str] = []
    sets: dict[str, list[float]] = {}
    for where, row in tables.checked_rows(
        folder, "sectors.csv", ("sector", "elasticity"), problems, ("elasticity",)
    ):
        sector = row["sector"]
        if not sector:
            problems.add(where, "the sector's name is empty.")
            continue
        if sector in elasticity:
            problems.add(where, f"sector {sector} is declared twice.")
            continue
        elasticity[sector] = _theta(row["elasticity"], f"elasticity of {sector}", where, problems)
        names.append(row.get("name", "") or sector)
        for column in row:
            if not column.startswith(SET):
                continue
            label = column.removeprefix(SET)
            if label.casefold() in ("", UNIFORM):
                problems.add(where, f"column {column}: {label!r} cannot name a set. Rename it.")
            text = row[column]
            if bool(text) != bool(row["elasticity"]):
                problems.add(
                    where,
                    f"sector {sector}: elasticity is {row['elasticity']!r} but {column} is {text!r}. "
                    "A sector is traded in every set (a number) or in none (blank).",
                )
            value = _theta(text, f"{column} of {sector}", where, problems)
            sets.setdefault(label, []).append(value)
        if sector not in traded:
            problems.add(
                where,
                f"sector {sector} has no sales in trade.csv.{did_you_mean(sector, traded)} Add "
                "them, or drop the sector.",
            )
    for sector in traded:
        if elasticity and sector not in elasticity:
            problems.add(
                "sectors.csv",
                f"no elasticity for sector {sector!r} of trade.csv.{did_you_mean(sector, elasticity)}"
                " Add a row (a blank elasticity means: not traded).",
            )
    return elasticity, names, sets


def _theta(text: str, what: str, where: str, problems: tables.Problems) -> float:
    if not text:
        return math.nan
    value = tables.number(text, what, where, problems)
    if value <= 0:
        problems.add(where, f"{what} is {text}; a trade elasticity must be positive.")
    return value


def _read_shares(
    folder: Path,
    name: str,
    index: dict[str, int],
    numbers: dict[str, int],
    problems: tables.Problems,
) -> Array | None:
    """Read economy, sector, share; (J, n) with NaN where a row is missing."""
    if tables.find(folder, name) is None:
        return None
    shares = np.full((len(numbers), len(index)), np.nan)
    for where, row in tables.checked_rows(
        folder, name, ("economy", "sector", "share"), problems, ("share",)
    ):
        n = _known(row["economy"], "economy", index, "economies.csv", where, problems)
        j = _known(row["sector"], "sector", numbers, "sectors.csv", where, problems)
        share = _share(row["share"], f"{row['economy']}, sector {row['sector']}", where, problems)
        if n is None or j is None:
            continue
        if not np.isnan(shares[j, n]):
            problems.add(where, f"{row['economy']}, sector {row['sector']} is given twice.")
        shares[j, n] = share
    return shares


def _read_inputs(
    folder: Path, index: dict[str, int], numbers: dict[str, int], problems: tables.Problems
) -> Array | None:
    """Read io.csv as ``[n, supplying, using]``."""
    if tables.find(folder, "io.csv") is None:
        return None
    inputs = np.full((len(index), len(numbers), len(numbers)), np.nan)
    if not _fast_inputs(folder, index, numbers, inputs):
        inputs[:] = np.nan
        wanted = ("economy", "using", "supplying", "share")
        for where, row in tables.checked_rows(folder, "io.csv", wanted, problems, ("share",)):
            n = _known(row["economy"], "economy", index, "economies.csv", where, problems)
            j = _known(row["using"], "using sector", numbers, "sectors.csv", where, problems)
            k = _known(
                row["supplying"], "supplying sector", numbers, "sectors.csv", where, problems
            )
            what = f"{row['economy']}, sector {row['using']}, input of {row['supplying']}"
            share = _share(row["share"], what, where, problems)
            if n is None or j is None or k is None:
                continue
            if not np.isnan(inputs[n, k, j]):
                problems.add(
                    where,
                    f"{row['economy']}, {row['supplying']} in {row['using']} is given twice.",
                )
            inputs[n, k, j] = share
    return np.asarray(np.nan_to_num(inputs))


def _fast_inputs(
    folder: Path, index: dict[str, int], numbers: dict[str, int], inputs: Array
) -> bool:
    """Fill `inputs` from a file without a mistake; False where rows must be gone through singly."""
    if (path := tables.find(folder, "io.csv")) is None:
        return False
    count = 0
    try:
        for block in tables.blocks(
            path, ("economy", "using", "supplying", "share"), figures=("share",)
        ):
            data = block.columns
            n = np.array([index[code] for code in data["economy"]])
            j = np.array([numbers[sector] for sector in data["using"]])
            k = np.array([numbers[sector] for sector in data["supplying"]])
            share = np.array([float(text) for text in data["share"]])
            if not np.all((share >= 0) & (share <= 1)):
                return False
            inputs[n, k, j] = share
            count += len(share)
    except (DataError, KeyError, ValueError):
        return False
    return int(np.count_nonzero(~np.isnan(inputs))) == count


def _known(
    name: str,
    what: str,
    known: dict[str, int],
    file: str,
    where: str,
    problems: tables.Problems,
) -> int | None:
    if name in known:
        return known[name]
    problems.add(where, f"{what} {name!r} is not in {file}.{did_you_mean(name, known)}")
    return None


def _share(text: str, what: str, where: str, problems: tables.Problems) -> float:
    value = tables.number(text, f"share of {what}", where, problems)
    if value < 0.0:
        problems.add(where, f"{what}: share is {text}, negative by {-value:.6g}. Mend it.")
    elif value > 1.0 + MENDED:
        problems.add(
            where, f"{what}: share is {text}, above 1 by {value - 1.0:.6g}. Shares are fractions."
        )
    return value


def write(target: World, folder: Path, digits: int) -> None:
    """Write the files of a world's technology, if it has one; zero cells are left out."""
    technology = target.technology
    if technology is None:
        return

    def said(value: float) -> str:
        return "" if math.isnan(value) else f"{value:.{digits}g}"

    sets = technology.elasticity_sets
    tables.write_rows(
        folder / "sectors.csv",
        ["sector", "elasticity", "name", *(f"{SET}{label}" for label in sets)],
        (
            [sector, said(theta), name, *map(said, others)]
            for sector, theta, name, *others in zip(
                target.sectors,
                technology.elasticity,
                technology.names,
                *sets.values(),
                strict=True,
            )
        ),
    )
    for name, shares in (
        ("value_added.csv", technology.value_added),
        ("final.csv", technology.final),
    ):
        if shares is not None:
            tables.write_rows(
                folder / name,
                ["economy", "sector", "share"],
                (
                    [code, sector, said(shares[j, n])]
                    for n, code in enumerate(target.codes)
                    for j, sector in enumerate(target.sectors)
                    if shares[j, n] or name == "value_added.csv"
                ),
            )
    if (inputs := technology.inputs) is not None:
        tables.write_rows(
            folder / "io.csv",
            ["economy", "using", "supplying", "share"],
            (
                [target.codes[n], target.sectors[j], target.sectors[k], said(inputs[n, k, j])]
                for n, j, k in np.argwhere(inputs.transpose(0, 2, 1) > 0)
            ),
        )
