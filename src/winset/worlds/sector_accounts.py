"""The accounts of a world with sectors, closed as far as the data leave them open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from winset.numbers import Array
    from winset.worlds.world_data import World


NOTHING = 1e-9  # of spending: below it a miss is rounding


@dataclass(frozen=True, slots=True)
class SectorAccounts:
    """Accounts by sector, in USD million; J sectors, n economies.

    Attributes
    ----------
    flows : (J, n, n) array
        Customs value of what the row sells to the column, domestic sales on the diagonal.
    output, spending : (J, n) arrays
        ``Σ_n flows_in`` and ``Σ_i flows_in (1 + t_in)``.
    labor, final : (J, n) arrays
        Shares γ_n^j and α_n^j.
    inputs : (n, J, J) array
        ``inputs[n, k, j]``: input of k in the gross output of j.
    value_added, deficit, revenue, income : (n,) arrays
        ``Σ_j γ output``, ``Σ flows into − output``, ``Σ t flows``, and their sum.
    traded : (J,) array of bool
    floored : tuple of codes
        Economies whose exports exceed what their GDP can hold, see `World.accounts`.
    unmet : (J, n) array
        Output that no final demand of the data explains: where inputs bought exceed spending,
        consumption is set to zero and the rest of the basket scaled down; zero elsewhere.
    """

    flows: Array
    output: Array
    spending: Array
    labor: Array
    final: Array
    inputs: Array
    value_added: Array
    deficit: Array
    revenue: Array
    income: Array
    traded: NDArray[np.bool_]
    floored: tuple[str, ...]
    unmet: Array


def unmet_by_economy(world: World, accounts: SectorAccounts) -> dict[str, Any] | None:
    """Return what consumption is short of because inputs exceed spending, None where nothing is.

    In USD million and in percent of income, which is what is consumed; then by economy, the largest
    first, with the sectors in which it happens.
    """
    total = float(accounts.unmet.sum())
    if total <= NOTHING * float(accounts.spending.sum()):
        return None
    own, spent = accounts.unmet.sum(axis=0), accounts.income
    return {
        "musd": total,
        "percent_of_income": 100.0 * total / float(accounts.income.sum()),
        "economies": [
            {
                "code": world.codes[n],
                "musd": float(own[n]),
                "percent_of_income": 100.0 * float(own[n] / spent[n]),
                "sectors": [
                    {"sector": world.sectors[j], "musd": float(accounts.unmet[j, n])}
                    for j in np.argsort(-accounts.unmet[:, n], kind="stable")
                    if accounts.unmet[j, n] > NOTHING * spent[n]
                ],
            }
            for n in np.argsort(-own, kind="stable")
            if own[n] > NOTHING * spent[n]
        ],
    }


def unmet_note(found: dict[str, Any]) -> str:
    """Say it in a sentence, with the three economies where it is most."""
    most = ", ".join(
        f"{one['code']} ({one['musd']:,.4g}, {one['percent_of_income']:.1f} %, most in "
        f"{one['sectors'][0]['sector']})"
        for one in found["economies"][:3]
    )
    count = len(found["economies"])
    return (
        f"Inputs bought exceed what is spent in some sectors of {count} "
        f"econom{'ies' if count > 1 else 'y'}: consumption there is set to zero and the rest scaled down, "
        f"{found['musd']:,.6g} USD million or {found['percent_of_income']:.2g} % of what is consumed. Most: "
        f"{most}."
    )


def gaps(accounts: SectorAccounts) -> Array:
    """Return by how much inputs and consumption differ from spending, USD million, (J, n).

    Where they do, the data are no equilibrium as they stand, and the model's own at unchanged
    tariffs is the baseline.
    """
    used = np.matmul(accounts.inputs, accounts.output.T[:, :, None])[:, :, 0].T
    return np.asarray(used + accounts.final * accounts.income - accounts.spending)


def sector_accounts(world: World, value_added_share: float, floor: float) -> SectorAccounts:
    """Close the accounts of every sector.

    Value-added, input and final shares come from the world's technology. What it does not give
    is filled in: γ_n^j = `value_added_share`; inputs in the composition of final consumption,
    ``γ_n^{kj} = α_n^k (1 − γ_n^j)``; and ``α_n^j I_n = X_n^j − Σ_k γ_n^{jk} Y_n^k``, negative
    cells set to zero.

    Where the diagonal is not in the data, domestic sales are such that value added is GDP, split
    over sectors as the economy's exports and imports are together, but at least `floor` of output.

    Raises
    ------
    DataError
        An economy without GDP, output or spending, whose income would not be positive, or whose
        inputs leave nothing to consume.
    """
    technology = world.technology
    count, n = len(world.sectors), len(world)
    traded = np.ones(count, dtype=np.bool_) if technology is None else technology.traded
    labor = np.full((count, n), value_added_share)
    if technology is not None and technology.value_added is not None:
        labor = technology.value_added
    flows = world.trade.copy()
    floored: tuple[str, ...] = ()
    if not world.domestic_known:
        floored = _add_domestic_sales(world, flows, labor, floor)
    output = flows.sum(axis=2)
    paid = flows * (1.0 + world.tariff)
    spending = paid.sum(axis=1)
    value_added = (labor * output).sum(axis=0)
    for what, array in (
        ("value added", value_added),
        ("spending", spending.sum(axis=0)),
    ):
        if empty := [c for c, x in zip(world.codes, array, strict=True) if not x > 0]:
            raise DataError(
                f"world {world.name!r}: zero {what} for {', '.join(empty[:8])}. Add its sales to "
                "trade.csv, or leave the economy out."
            )
    revenue = (paid - flows).sum(axis=(0, 1))
    deficit = flows.sum(axis=(0, 1)) - output.sum(axis=0)
    income = value_added + revenue + deficit
    if (income <= 0).any():
        k = int(np.argmin(income / value_added))
        raise DataError(
            f"world {world.name!r}: the income of {world.codes[k]} is not positive (value added "
            f"{value_added[k]:.6g}, trade balance {-deficit[k]:.6g} USD million). Raise its "
            "value-added shares, or leave it out."
        )
    inputs = None if technology is None else technology.inputs
    final = None if technology is None else technology.final
    unmet = np.zeros_like(spending)
    if inputs is None:
        final = spending / spending.sum(axis=0) if final is None else final
        inputs = final.T[:, :, None] * (1.0 - labor.T)[:, None, :]
    elif final is None:
        bought = np.matmul(inputs, output.T[:, :, None])[:, :, 0].T
        left = spending - bought
        unmet = np.maximum(-left, 0.0)
        left = np.maximum(left, 0.0)
        if (left.sum(axis=0) <= 0).any():
            k = int(np.argmin(left.sum(axis=0)))
            raise DataError(
                f"world {world.name!r}: the inputs bought by the sectors of {world.codes[k]} leave "
                "nothing to consume. Lower its shares in io.csv, or give final.csv."
            )
        final = left / left.sum(axis=0)
    _anchored(world, labor, inputs, flows)
    return SectorAccounts(
        flows,
        output,
        spending,
        labor,
        final,
        inputs,
        value_added,
        deficit,
        revenue,
        income,
        traded,
        floored,
        unmet,
    )


def _anchored(world: World, labor: Array, inputs: Array, flows: Array) -> None:
    """Refuse sectors that add no value and buy, at home, only of sectors that add none either.

    Nothing would tie their prices to a wage. A sector that imports is tied to wages abroad.
    """
    tied = labor > 0
    if tied.all():
        return
    tied |= flows.sum(axis=1) > flows.diagonal(axis1=1, axis2=2)
    for _ in world.sectors:
        reached = tied | (np.matmul(tied.T[:, None, :].astype(float), inputs)[:, 0, :].T > 0)
        if (reached == tied).all():
            break
        tied = reached
    if not tied.all():
        j, n = np.argwhere(~tied)[0]
        raise DataError(
            f"world {world.name!r}: {world.codes[n]}, sector {world.sectors[j]} adds no value, and "
            "neither do the sectors that it buys of: no wage stands behind its price. Give it a share "
            "in value_added.csv."
        )


def _add_domestic_sales(world: World, flows: Array, labor: Array, floor: float) -> tuple[str, ...]:
    """Fill the diagonal of `flows` in place; return the economies held at the floor."""
    count = len(flows)
    flows[:, np.arange(len(world)), np.arange(len(world))] = 0.0
    if missing := [c for c, g in zip(world.codes, world.gdp, strict=True) if not g > 0]:
        raise DataError(
            f"world {world.name!r}: no GDP for {', '.join(missing[:8])}, and no domestic sales to "
            "derive output from. Add gdp_musd to economies.csv, or leave the economy out."
        )
    exports = flows.sum(axis=2)
    size = exports + flows.sum(axis=1)
    mix = size / size.sum(axis=0)
    wanted = (world.gdp - (labor * exports).sum(axis=0)) / (labor * mix).sum(axis=0)
    least = exports.sum(axis=0) * floor / (1.0 - floor)
    domestic = np.maximum(wanted, least)
    for j in range(count):
        np.fill_diagonal(flows[j], domestic * mix[j])
    return tuple(world.codes[k] for k in np.flatnonzero(least > wanted))
