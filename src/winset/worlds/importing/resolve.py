r"""From the books of an inter-country table to a world: what is done with what a model cannot hold.

1. Negative cells of use are set to zero.
2. Negative cells of final use, most of them stocks drawn down, are set to zero: what was drawn from stock
   is produced instead. Positive changes of stocks are final use like any other. Output follows from

       x̃ = A x̃ + f,      A = use / output,      f = final use, zero where it was negative,

   so that every producer keeps its input shares (Costinot & Rodríguez-Clare 2014, online appendix).
3. A producer whose inputs exceed its output has a value-added share of zero; what its inputs exceed
   output by is final use of its economy.
4. Taxes on products, margins, adjustments and whatever the accounts were off by are value added, which
   is what inputs leave of output.
5. A sector that an economy does not produce has the world's mean shares (they carry no weight);
   sectors that nobody sells, economies that neither sell nor buy, are left out.

Sums over sellers then balance exactly: spending on a sector is what producers and final users buy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, listed

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.worlds.importing.io_table import Books


CONVERGED = 1e-15  # of world output
MOST_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class TableAccounts:
    """The accounts of a world: J sectors, n economies, in the order of `codes` and `sectors`.

    `trade` is (J, n, n), `value_added` and `final` are shares (J, n), `inputs` (n, J, J).
    """

    codes: tuple[str, ...]
    sectors: tuple[str, ...]
    trade: Array
    value_added: Array
    inputs: Array
    final: Array
    notes: tuple[str, ...]


def table_accounts(books: Books) -> TableAccounts:
    """Turn checked books into accounts; uses up `books.use`.

    Raises
    ------
    DataError
        An economy buys nothing for final use, or outputs do not exist.
    """
    notes = list(books.notes)
    n, count = len(books.codes), len(books.sectors)
    sales = books.sales()
    use, bought = books.use, books.bought
    negative = use < 0
    if negative.any():
        notes.append(
            f"{_cells(int(negative.sum()))} of intermediate use set to zero: "
            f"{-use[negative].sum():,.6g} USD million in all."
        )
        use[negative] = 0.0
    shares, moved = _shares(books, sales)
    outputs = sales
    drawn = float(books.drawn.sum())
    if drawn or moved or negative.any() or books.beyond.any():
        outputs = _outputs(shares, bought.sum(axis=1), sales)
    if drawn:
        notes.append(
            f"{_cells(int((books.drawn > 0).sum()))} of final use ({drawn:,.6g} USD million, stocks "
            "drawn down): produced in the year, with the inputs that it takes."
        )
    if moved:
        worst = sorted(moved, key=lambda k: -moved[k])
        notes.append(
            "Inputs exceed output, value added set to zero and the excess counted as final use: "
            + listed([f"{books.seller(k)} ({moved[k]:,.4g})" for k in worst], 6)
            + " USD million."
        )
    cube = shares.reshape(n, count, n, count)
    levels = outputs.reshape(n, count)
    trade = np.einsum("ijnk,nk->jin", cube, levels)
    trade += bought.reshape(n, count, n).transpose(1, 0, 2)
    inputs = cube.sum(axis=0).transpose(1, 0, 2)
    final = bought.reshape(n, count, n).sum(axis=0)
    if empty := [c for c, x in zip(books.codes, trade.sum(axis=(0, 1)), strict=True) if not x > 0]:
        notes.append(f"No purchases, left out: {listed(empty)}.")
    return _trimmed(books, trade, inputs, final, levels.T, notes)


def _cells(count: int) -> str:
    return f"{count:,} negative cell{'s' * (count != 1)}"


def _shares(books: Books, sales: Array) -> tuple[Array, dict[int, float]]:
    """Turn `use` into input shares in place; move what exceeds output to final use."""
    use = books.use
    count = len(books.sectors)
    spent = use.sum(axis=0)
    excess = np.where(spent > np.maximum(sales, 0.0), spent - np.maximum(sales, 0.0), 0.0)
    excess[excess <= 1e-9 * np.maximum(spent, 1.0)] = 0.0
    moved = {int(k): float(excess[k]) for k in np.flatnonzero(excess)}
    for k in moved:
        part = use[:, k] * (excess[k] / spent[k])
        books.bought[:, k // count] += part
        use[:, k] -= part
    base = np.where(sales > 0, np.maximum(sales, spent - excess), 1.0)
    use /= base
    use[:, sales <= 0] = 0.0
    return use, moved


def _outputs(shares: Array, final: Array, start: Array) -> Array:
    """Solve x = shares·x + final by repeated substitution: shares add up to at most one."""
    outputs = np.maximum(start, 0.0)
    near = CONVERGED * max(float(final.sum()), 1.0)
    for _ in range(MOST_ROUNDS):
        new = np.einsum("rs,s->r", shares, outputs) + final  # no threads: the same last bits
        gap = float(np.abs(new - outputs).max())
        outputs = new
        if gap <= near + 4e-16 * float(outputs.max()):
            return np.asarray(outputs)
    raise DataError(
        "the outputs that the table needs without negative final use do not exist: some sectors buy "
        "only of each other and add no value. Mend their value added."
    )


def _trimmed(
    books: Books, trade: Array, inputs: Array, final: Array, output: Array, notes: list[str]
) -> TableAccounts:
    """Fill the shares of what is not produced; leave out empty sectors and economies."""
    sold = trade.sum(axis=(1, 2)) > 0
    alive = (trade.sum(axis=(0, 1)) > 0) | (trade.sum(axis=(0, 2)) > 0)
    if not sold.all():
        gone = [s for s, there in zip(books.sectors, sold, strict=True) if not there]
        notes.append(f"Sectors without sales, left out: {listed(gone)}.")
    if idle := [
        c for c, x, there in zip(books.codes, final.sum(axis=0), alive, strict=True)
        if there and not x > 0
    ]:  # fmt: skip
        raise DataError(
            f"{books.path}: {listed(idle)} buys nothing for final use. Leave it out with --without."
        )
    trade = trade[sold][:, alive][:, :, alive]
    inputs = inputs[alive][:, sold][:, :, sold]
    output, final = output[sold][:, alive], final[sold][:, alive]
    weight = output / output.sum(axis=1, keepdims=True)
    mean = np.einsum("nkj,jn->kj", inputs, weight)
    idle_cells = output <= 0
    for j, k in np.argwhere(idle_cells):
        inputs[k, :, j] = mean[:, j]
    if idle_cells.any():
        notes.append(
            f"{int(idle_cells.sum()):,} sectors of an economy produce nothing; their shares are the "
            "world's and carry no weight."
        )
    value_added = 1.0 - inputs.sum(axis=1).T
    value_added[np.abs(value_added) < 1e-12] = 0.0
    return TableAccounts(
        codes=tuple(c for c, there in zip(books.codes, alive, strict=True) if there),
        sectors=tuple(s for s, there in zip(books.sectors, sold, strict=True) if there),
        trade=trade,
        value_added=value_added,
        inputs=inputs,
        final=final / final.sum(axis=0),
        notes=tuple(notes),
    )
