"""Flows of economies split out of a rest of the world: three balanced tables under known margins.

What the rest of the world sells to each known economy, buys of each, and sells within itself is given
by sector, (J, K), (J, K) and (J,). It is shared among units: every economy with bilateral totals, and a
last one for whoever has none. Each table is the one of least cross-entropy to a seed (iterative
proportional fitting, Deming and Stephan 1940) that meets

    Σ_u x_ujn = the rest's cell,  Σ_j x_ujn = the pair's goods total,  Σ_n x_ujn = the unit's sector total.

Totals of pairs are those of 2023, brought to the cell sums of icio-2022 of each partner by one factor, at
most `MOST`: what then remains of a partner's trade with the rest is the last unit's. Sector totals are
the mixes of `scripts.splitting.composition` times the unit's trade, brought by rows and columns to what
the rest has in each sector.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scripts.splitting import composition
from winset.places.geography import borders

if TYPE_CHECKING:
    from scripts.splitting.sources import Sources
    from winset.numbers import Array

MOST = 1.0  # by how much a pair's total of 2023 is raised at most
HOME_MOST = 1.2  # likewise for domestic sales
ROUNDS, CLOSE = 100, 1e-6
BY_PAIRS = 0.5  # weight of fuels by pair in the fuels' share, the rest by the source of the mix
FUELS = ("B05", "B06", "B09", "C19")
REST = "ROW"
TINY, LEAST = 1e-12, 1e-7


@dataclass(frozen=True)
class Known:
    """What is known: economies with accounts by sector, and the rest of the world as one.

    `trade` is (J, K + 1, K + 1), the rest last, domestic sales on the diagonal; services are the
    last sector.
    """

    codes: tuple[str, ...]
    sectors: tuple[str, ...]
    trade: Array


@dataclass(frozen=True)
class Split:
    """Tables of the units: exports (U, J, K), imports (U, J, K), inside (U, U, J); the last unit is the rest.

    `basis` says of every unit which sources gave its exports' mix; `miss` is what the cells miss of
    the pairs' and sectors' totals, in percent of each unit's trade.
    """

    units: tuple[str, ...]
    exports: Array
    imports: Array
    inside: Array
    basis: dict[str, str]
    miss: Array


def proportional(seed: Array, rows: Array, columns: Array) -> Array:
    """Return the table nearest to a seed (U, J) with these row and column sums of one total."""
    table = seed + TINY * seed.sum() / seed.size
    for _ in range(ROUNDS):
        table *= (rows / np.maximum(table.sum(axis=1), TINY))[:, None]
        table *= columns / np.maximum(table.sum(axis=0), TINY)
        if np.abs(table.sum(axis=1) - rows).max() <= CLOSE * rows.sum():
            break
    return np.asarray(table)


def fitted(seed: Array, cells: Array, pairs: Array, sectors: Array) -> Array:
    """Return the cube (U, J, K) nearest to a seed with three margins; `cells` is met exactly."""
    cube = seed.copy()
    for _ in range(ROUNDS):
        cube *= (sectors / np.maximum(cube.sum(axis=2), TINY))[:, :, None]
        cube *= (pairs / np.maximum(cube.sum(axis=1), TINY))[:, None, :]
        cube *= (cells / np.maximum(cube.sum(axis=0), TINY))[None]
        gap = np.abs(cube.sum(axis=2) - sectors).sum() + np.abs(cube.sum(axis=1) - pairs).sum()
        if gap <= CLOSE * cells.sum():
            break
    return np.asarray(cube)


def totals(raw: Array, cells: Array) -> Array:
    """Return pair totals (U, K) of `raw` (U − 1, K), the last unit taking up what remains."""
    whole = cells.sum(axis=0)
    size = np.nansum(raw, axis=1)
    share = size / size.sum()
    raw = np.where(np.isnan(raw), share[:, None] * whole, raw)
    covered = np.maximum(raw.sum(axis=0), TINY)
    # 1 % at least is left to those without data, so that no cell is without an owner
    factor = np.minimum(0.99 * whole / covered, MOST)
    pairs = raw * factor
    return np.vstack([pairs, whole - pairs.sum(axis=0)])


def mixes(
    sources: Sources,
    known: Known,
    units: list[str],
    exporting: bool,
    blind: dict[str, tuple[str, ...]],
) -> tuple[Array, dict[str, str]]:
    """Return the mix of every unit's goods trade, (U, J − 1), and on what it rests."""
    goods = [s for s in known.sectors if s != known.sectors[-1]]
    trade = known.trade[:-1].copy()
    for sheet in trade:
        np.fill_diagonal(sheet, 0.0)
    whole = trade.sum(axis=2 if exporting else 1).T  # (K + 1, J)
    shares = {code: composition.normal(whole[k]) for k, code in enumerate(known.codes)}
    rest = composition.normal(whole[-1])
    result = {}
    basis = {}
    if exporting:
        found = {
            name: composition.mixes(features, shares, goods, name, units)
            for name, features in sources.compositions.items()
        }
        for code in units:
            using = sources_of(sources, code, blind)
            basis[code] = "+".join(using) or "neighbors"
            if using:
                result[code] = np.mean([found[name][code] for name in using], axis=0)
        near = borders()
        for code in units:
            if code not in result:
                result[code] = _neighborly(sources, code, goods, near, {**result, **shares}, rest)
    else:
        usual = np.mean(list(shares.values()), axis=0)
        found_imports = composition.mixes(sources.imported, shares, goods, "imports", units)
        for code in units:
            result[code] = (found_imports[code] + usual) / 2 if code in found_imports else usual
            basis[code] = "MTN" if code in found_imports else "usual"
    return np.array([result.get(code, rest) for code in units] + [rest]), basis


def sources_of(
    sources: Sources, code: str, blind: dict[str, tuple[str, ...]] | None = None
) -> tuple[str, ...]:
    """Return the sources that give an economy's exports by product: two at most, the nearest to sectors.

    `blind` allows an economy only these, to see what others would be worth.
    """
    allowed = (blind or {}).get(code, ("ADB", "HS", "WTO"))
    there = [
        name
        for name in ("ADB", "HS", "WTO")
        if name in allowed and sources.compositions[name].get(code, np.zeros(1)).sum() > 0
    ]
    return ("HS",) if there == ["HS", "WTO"] else tuple(there[:2])


def _neighborly(
    sources: Sources,
    code: str,
    goods: list[str],
    near: frozenset[tuple[str, str]],
    known_mixes: dict[str, Array],
    rest: Array,
) -> Array:
    """Return the mean mix of the bordering economies, with the economy's own share of fuels."""
    beside = [known_mixes[n] for n in sorted(known_mixes) if (code, n) in near or (n, code) in near]
    mix = np.mean(beside, axis=0) if beside else rest.copy()
    k, fuel = sources.codes.index(code), np.array([s in FUELS for s in goods])
    total = sources.goods[k].sum()
    share = min(0.97, float(sources.fuels[k].sum() / total)) if total > 0 else 0.0
    inside = mix[fuel] if mix[fuel].sum() > 0 else rest[fuel]
    result = np.empty_like(mix)
    result[fuel] = share * inside / inside.sum()
    result[~fuel] = (1.0 - share) * mix[~fuel] / mix[~fuel].sum()
    return result


def with_fuels(mix: Array, pairs: Array, fuels: Array, cells: Array, sectors: list[str]) -> Array:
    """Return the mixes with the fuels' share between the source's and that of HS chapter 27 of 2018.

    The latter's odds are raised alike for all units so that fuels sum to what the rest trades of them.
    """
    fuel = np.array([s in FUELS for s in sectors])
    trade, known = pairs.sum(axis=1), fuels.sum(axis=1) > 0
    own = mix[:, fuel].sum(axis=1)
    share = np.where(known, np.clip(fuels.sum(axis=1) / np.maximum(trade, TINY), 1e-4, 0.97), own)
    wanted, low, high = cells[fuel].sum(), 1e-3, 1e3
    for _ in range(50):
        odds = np.sqrt(low * high)
        raised = odds * share / (1.0 - share + odds * share)
        low, high = (odds, high) if (raised * trade).sum() < wanted else (low, odds)
    target = np.where(known, (1.0 - BY_PAIRS) * own + BY_PAIRS * raised, own)
    result = mix.copy()
    result[:, fuel] *= (target / np.maximum(own, TINY))[:, None]
    result[:, ~fuel] *= ((1.0 - target) / np.maximum(1.0 - own, TINY))[:, None]
    return result


def goods_flows(
    cells: Array, pairs: Array, mix: Array, fuel_pairs: Array, sectors: list[str]
) -> tuple[Array, Array]:
    """Return the cube of goods (U, J, K) and the units' gaps to their margins, percent of trade."""
    trade = pairs.sum(axis=1)
    wanted = proportional(mix * trade[:, None], trade, cells.sum(axis=1))
    where = pairs / np.maximum(trade, TINY)[:, None]
    seed = wanted[:, :, None] * where[:, None, :]
    fuel = np.array([s in FUELS for s in sectors])
    known = fuel_pairs.sum(axis=1) > 0
    by_fuel = composition.normal(fuel_pairs + 0.02 * fuel_pairs.sum(axis=1, keepdims=True) * where)
    seed[np.ix_(known, fuel)] = wanted[np.ix_(known, fuel)][:, :, None] * by_fuel[known][:, None, :]
    left = np.maximum(pairs - fuel_pairs, 0.02 * pairs)
    by_other = composition.normal(left)
    seed[np.ix_(known, ~fuel)] = (
        wanted[np.ix_(known, ~fuel)][:, :, None] * by_other[known][:, None, :]
    )
    seed += 1e-9 * trade[:, None, None] * composition.normal(cells.T).T[None]
    cube = fitted(seed, cells, pairs, wanted)
    gaps = np.abs(cube.sum(axis=1) - pairs).sum(axis=1) + np.abs(cube.sum(axis=2) - wanted).sum(
        axis=1
    )
    return cube, 100.0 * (gaps / np.maximum(trade, TINY))


def services_totals(sources: Sources, known: Known, units: list[str], exporting: bool) -> Array:
    """Return services trade of the units with the world, by a regression on the known economies.

    log of services on log GDP, log of services over GDP in the balance of payments, and log of goods.
    """

    def regressors(codes: list[str], goods: Array) -> Array:
        gdp = sources.size(codes)
        ratio = np.array([sources.services.get(code, np.nan) for code in codes])
        ratio = np.where(np.isnan(ratio), np.nanmedian(list(sources.services.values())), ratio)
        return np.column_stack(
            [np.ones(len(codes)), np.log(gdp), np.log(ratio), np.log(np.maximum(goods, 1.0))]
        )

    axis = 1 if exporting else 0
    place = {code: k for k, code in enumerate(sources.codes)}
    sheet = known.trade[-1].copy()
    np.fill_diagonal(sheet, 0.0)
    services = sheet.sum(axis=axis)[:-1]
    inside = [k for k, code in enumerate(known.codes) if code in place]
    learned = [known.codes[k] for k in inside]
    goods = sources.goods.sum(axis=axis)
    x = regressors(learned, goods[[place[c] for c in learned]])
    y = np.log(services[inside])
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    return np.exp(regressors(units, goods[[place[c] for c in units]]) @ beta)


def services_flows(cells: Array, wanted: Array, pairs: Array) -> Array:
    """Return services (U, K): rows as predicted, half by the rest's partners, half by goods."""
    covered = wanted.sum()
    rows = np.append(wanted, max(0.05 * cells.sum(), cells.sum() - covered))
    rows *= cells.sum() / rows.sum()
    where = 0.5 * composition.normal(cells) + 0.5 * composition.normal(pairs)
    return proportional(rows[:, None] * where, rows, cells)


def domestic(
    sources: Sources, known: Known, units: list[str], exports: Array, imports: Array
) -> Array:
    """Return domestic sales of the units by sector, (U, J), before they are balanced.

    By sector, log of sales over GDP on log GDP and the logs of exports and imports over GDP.
    """
    place = {code: k for k, code in enumerate(sources.codes)}
    inside = [k for k, code in enumerate(known.codes) if code in place]
    codes = [known.codes[k] for k in inside]
    gdp, own_gdp = sources.size(codes), sources.size(units)
    result = np.zeros((len(units), len(known.sectors)))
    for j, sheet in enumerate(known.trade):
        away = sheet.copy()
        np.fill_diagonal(away, 0.0)
        sold, bought = away.sum(axis=1)[inside] / gdp, away.sum(axis=0)[inside] / gdp
        x = _logs(gdp, sources.wealth(codes), sold + LEAST, bought + LEAST)
        y = np.log(np.maximum(sheet.diagonal()[inside] / gdp, LEAST))
        ridge = np.diag([0.0, *[1.0] * (x.shape[1] - 1)])
        beta = np.linalg.solve(x.T @ x + ridge, x.T @ y)
        own = _logs(
            own_gdp, sources.wealth(units), exports[:, j] / own_gdp, imports[:, j] / own_gdp
        )
        result[:, j] = own_gdp * np.exp(np.clip(own @ beta, y.min(), y.max()))
    return result


def _logs(*columns: Array) -> Array:
    return np.column_stack([np.ones(len(columns[0])), *(np.log(column) for column in columns)])


def split(
    sources: Sources,
    known: Known,
    units: list[str],
    blind: dict[str, tuple[str, ...]] | None = None,
) -> Split:
    """Split the units out of the rest of the world of `known`; `blind` as in `sources_of`."""
    codes, goods = list(known.codes), list(known.sectors[:-1])
    sold, bought = known.trade[:, -1, :-1], known.trade[:, :-1, -1]
    own = known.trade[:, -1, -1]
    tables, miss, basis = {}, np.zeros(len(units) + 1), {}
    for exporting, cells in ((True, sold), (False, bought)):
        if exporting:
            raw, fuels = sources.total(units, codes), sources.total(units, codes, fuels=True)
        else:
            raw, fuels = sources.total(codes, units).T, sources.total(codes, units, fuels=True).T
        pairs = totals(raw, cells[:-1])
        factor = pairs[:-1] / np.maximum(np.nan_to_num(raw), TINY)
        fuels = np.vstack([np.nan_to_num(fuels * np.minimum(factor, MOST)), np.zeros(len(codes))])
        mix, found = mixes(sources, known, units, exporting, blind or {})
        mix = with_fuels(mix, pairs, fuels, cells[:-1], goods)
        cube, gap = goods_flows(cells[:-1], pairs, mix, fuels, goods)
        wanted = services_totals(sources, known, units, exporting)
        served = services_flows(cells[-1], wanted, pairs)
        tables[exporting] = np.concatenate([cube, served[:, None, :]], axis=1)
        miss = np.maximum(miss, gap)
        if exporting:
            basis, export_mix = found, mix
    inside = _inside(sources, known, units, tables[True], tables[False], own, export_mix)
    return Split((*units, REST), tables[True], tables[False], inside, basis, miss)


def _inside(
    sources: Sources,
    known: Known,
    units: list[str],
    exports: Array,
    imports: Array,
    own: Array,
    mix: Array,
) -> Array:
    """Return what the units sell one another and at home, (U, U, J), by sector summing to `own`."""
    count, size = len(units), len(known.sectors)
    between = np.zeros((count + 1, count + 1, size))
    goods = 0.8 * np.nan_to_num(sources.total(units, units))
    fuels = np.minimum(sources.total(units, units, fuels=True), 0.9 * goods)
    fuel = np.array([s in FUELS for s in known.sectors[:-1]])
    other_mix = composition.normal(mix[:-1] * ~fuel)
    fuel_mix = composition.normal(mix[:-1] * fuel + 1e-9 * fuel)
    between[:-1, :-1, :-1] = (
        fuels[:, :, None] * fuel_mix[:, None, :]
        + (goods - fuels)[:, :, None] * other_mix[:, None, :]
    )
    served = services_totals(sources, known, units, True)
    share = goods / np.maximum(sources.total(units, list(sources.codes)).sum(axis=1), 1.0)[:, None]
    between[:-1, :-1, -1] = 0.5 * served[:, None] * share
    out = exports.sum(axis=2)[:-1] + between[:-1].sum(axis=1)
    into = imports.sum(axis=2)[:-1] + between[:, :-1].sum(axis=0)
    home = domestic(sources, known, units, out, into)
    home = np.vstack([home, np.zeros(size)])
    # trade among units is at most a third of what is sold inside
    among = between.sum(axis=(0, 1))
    between *= np.minimum(1.0, own / 3.0 / np.maximum(among, TINY))
    left = own - between.sum(axis=(0, 1))
    home[:-1] *= np.minimum(HOME_MOST, 0.99 * left / home[:-1].sum(axis=0))
    home[-1] = left - home[:-1].sum(axis=0)
    at = np.arange(count + 1)
    between[at, at] += home
    return between
