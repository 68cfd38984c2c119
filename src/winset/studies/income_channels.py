"""What a scenario does to each tenth of an economy's people, beside what it does to the economy.

Without a channel all deciles of an economy gain alike. Three files can say otherwise: percentages by decile
(`by_decile`), what each decile buys (`by_prices`), in which sector each decile earns (`by_earnings`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset import tables
from winset.errors import DataError, did_you_mean
from winset.sentences import Listing, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from winset.numbers import Array, Mask
    from winset.trade.result import TradeResult

DECILES = tuple(f"d{k}" for k in range(1, 11))
WHOLE = 0.5  # percent by which a decile's shares may miss 100


def channels(
    result: TradeResult,
    codes: Sequence[str],
    deciles: Array,
    *,
    channel: Path | None = None,
    spending: Path | None = None,
    earnings: Path | None = None,
) -> tuple[Array, Sentence]:
    """Return what each decile gains beside its economy, as a fraction (n, 10), and by what.

    Parameters
    ----------
    deciles : (n, 10) array
        Each decile's part of its economy's income.

    Raises
    ------
    DataError
        A bad file; prices or earnings by sector in a world without sectors.
    """
    extra, said = np.zeros((len(codes), 10)), []
    if channel is not None:
        extra = by_decile(channel, codes)
        said.append(Sentence("by decile, from {file}", file=channel.name))
    if spending is not None:
        extra = (1.0 + extra) * (1.0 + by_prices(spending, result, codes, deciles)) - 1.0
        said.append(
            Sentence("by the prices of what each decile buys, from {file}", file=spending.name)
        )
    if earnings is not None:
        extra = (1.0 + extra) * (1.0 + by_earnings(earnings, result, codes, deciles)) - 1.0
        said.append(
            Sentence(
                "by the sector in which each decile earns, from {file}, as long as nobody moves to another",
                file=earnings.name,
            )
        )
    if not said:
        return extra, Sentence("neutral: every decile of an economy gains alike")
    return extra, Sentence("{channels}", channels=Listing(tuple(said), mark="; "))


def by_decile(path: Path, codes: Sequence[str]) -> Array:
    """Read percentages, columns economy, d1 … d10, as fractions (n, 10); economies left out have none."""
    found = np.zeros((len(codes), 10))
    for row, k, cells in _rows(path, codes, ("economy", *DECILES)):
        found[k] = _figures(path, row, cells)
    return found


def by_prices(path: Path, result: TradeResult, codes: Sequence[str], deciles: Array) -> Array:
    r"""Cost of living by decile, each with its own Cobb-Douglas basket of sectors.

    Π_s P̂_s^{−(b_ds − b̄_s)} − 1, b being shares of spending and b̄ the mean of the deciles' weighted by
    income.

    Columns of the file: economy, sector, d1 … d10, percent of the decile's spending.
    """
    shares, at = _by_sector(path, result, codes)
    prices = _columns(result, "price_percent", codes)
    beside = shares - _mean(shares, deciles)
    _refuse_nan(path, result, codes, shares, prices, "price")
    moved = np.einsum("nsd,ns->nd", beside, np.log1p(np.nan_to_num(prices) / 100.0))
    return np.where(at[:, None], np.expm1(-moved), 0.0)


def by_earnings(path: Path, result: TradeResult, codes: Sequence[str], deciles: Array) -> Array:
    r"""Earnings by decile if everybody stays in their sector, whose value added moves with its output.

    Σ_s a_ds Ŷ_s / Σ_s ā_s Ŷ_s − 1, a being shares of earnings and ā the mean of the deciles' weighted by
    income.

    In the model labor is mobile and has one wage in an economy; this is the short run, before anybody moves,
    at the outputs of the long run. Columns of the file: economy, sector, d1 … d10, percent of the decile's
    earnings.
    """
    shares, at = _by_sector(path, result, codes)
    outputs = _columns(result, "output_percent", codes)
    _refuse_nan(path, result, codes, shares, outputs, "output")
    hats = 1.0 + np.nan_to_num(outputs) / 100.0
    each = np.einsum("nsd,ns->nd", shares, hats)
    mean = np.einsum("nsd,ns->nd", _mean(shares, deciles), hats)
    return np.where(at[:, None], each / np.where(at[:, None], mean, 1.0) - 1.0, 0.0)


def _mean(shares: Array, deciles: Array) -> Array:
    """The economy's own shares, (n, s, 1): those of its deciles weighted by their income."""
    own: Array = np.einsum("nsd,nd->ns", shares, deciles / deciles.sum(axis=1, keepdims=True))
    return own[:, :, None]


def _columns(result: TradeResult, name: str, codes: Sequence[str]) -> Array:
    """A column of the sectors' table for these economies, (n, s)."""
    assert result.sectors is not None
    place = {code: k for k, code in enumerate(result.world.codes)}
    column = result.sectors.columns()[name]
    return column[:, [place[code] for code in codes]].T


def _by_sector(path: Path, result: TradeResult, codes: Sequence[str]) -> tuple[Array, Mask]:
    """Shares by economy, sector and decile (n, s, 10), and which economies the file has, (n,)."""
    sectors = result.world.sectors
    if result.sectors is None:
        raise DataError(
            f"{path}: world {result.world.name!r} has no sectors. Take one that has, as --set "
            "world=world-2022-sectors."
        )
    place = {sector: k for k, sector in enumerate(sectors)}
    shares = np.zeros((len(codes), len(sectors), 10))
    seen: set[tuple[int, str]] = set()
    for row, k, cells in _rows(path, codes, ("economy", "sector", *DECILES)):
        sector = cells["sector"]
        if sector not in place:
            raise DataError(
                f"{path} row {row}: world {result.world.name!r} has no sector {sector!r}."
                f"{did_you_mean(sector, sectors)}"
            )
        if (k, sector) in seen:
            raise DataError(f"{path} row {row}: {codes[k]} has sector {sector} twice.")
        seen.add((k, sector))
        shares[k, place[sector]] = _figures(path, row, cells)
        if (shares[k, place[sector]] < 0).any():
            raise DataError(f"{path} row {row}: a share is below zero.")
    at = np.isin(np.arange(len(codes)), [k for k, _ in seen])
    sums = 100.0 * shares.sum(axis=1)
    for k in np.flatnonzero(at).tolist():
        d = int(np.argmax(np.abs(sums[k] - 100.0)))
        if abs(sums[k, d] - 100.0) > WHOLE:
            raise DataError(
                f"{path}: the shares of {codes[k]} in {DECILES[d]} sum to {sums[k, d]:.6g} percent; all "
                "sectors together must be 100."
            )
    shares[at] /= shares[at].sum(axis=1, keepdims=True)
    return shares, at


def _refuse_nan(
    path: Path, result: TradeResult, codes: Sequence[str], shares: Array, column: Array, what: str
) -> None:
    bad = np.argwhere((shares.max(axis=2) > 0) & ~np.isfinite(column))
    if len(bad):
        k, s = bad[0]
        raise DataError(
            f"{path}: sector {result.world.sectors[s]} of {codes[k]} has no {what} in world "
            f"{result.world.name!r}, so that nothing can move with it."
        )


def _rows(
    path: Path, codes: Sequence[str], columns: tuple[str, ...]
) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Rows of a file with the position of their economy."""
    at = {code: k for k, code in enumerate(codes)}
    for row, cells in tables.rows(path, columns, figures=DECILES):
        if cells["economy"] not in at:
            raise DataError(f"{path} row {row}: {cells['economy']!r} has no income here.")
        yield row, at[cells["economy"]], cells


def _figures(path: Path, row: int, cells: dict[str, str]) -> Array:
    """The ten figures of a row, as fractions of one."""
    found = np.zeros(10)
    for d, column in enumerate(DECILES):
        try:
            found[d] = float(cells[column] or 0.0) / 100.0
        except ValueError as error:
            raise DataError(
                f"{path} row {row}: {column} is {cells[column]!r}; it must be a number."
            ) from error
    return found
