"""A group of economies → on whom it depends, who depends on it, and what a stop would cost either side.

It is one file because what is looked at and what is printed of it have one shape.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.environment import dependence
from winset.environment.dependence import FUEL_YEARS, MINERAL_YEARS, Suppliers
from winset.errors import DataError
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.places.groups import Group, read_group
from winset.scenario import Scenario
from winset.scenario.changes import TradeCost
from winset.sentences import Sentence
from winset.trade.solver import solve_shock
from winset.worlds import world as load_world

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winset.numbers import Array
    from winset.worlds import World


WORLD = "world-2022-sectors"
SHORT = (
    1.0  # trade elasticity while nobody can be replaced: of the order of estimates within a year
)
SHUT = 1e12  # factor on the cost of what is no longer sold
LISTED = 5  # suppliers of a market in JSON
YEAR = MINERAL_YEARS[-1]
FUEL_YEAR = FUEL_YEARS[-1]
#: Said with every list.
CAVEAT = (
    "A dependence is a picture of one year: one in five dependent products is not so a year later (CEPII, "
    "working paper 2023-41, as reported)."
)


@dataclass(frozen=True, slots=True)
class Mineral:
    """A raw material seen from a group.

    Attributes
    ----------
    own : float
        The group's part of the world's output.
    world, outside : Suppliers
        All who make it, and those of them outside the group.
    """

    material: dependence.Material
    own: float
    world: Suppliers
    outside: Suppliers


@dataclass(frozen=True, slots=True)
class Goods:
    """Goods of one sector (or all fuels) seen from a group taken as one market, USD million.

    `use` is what it spends on them (NaN where domestic sales are not known), `imported` what comes from
    outside, `suppliers` from whom; `sold` what it sells outside, `customers` to whom, `power` the largest
    part that it has in the imports of one of them, and whose.
    """

    sector: str
    name: str
    use: float
    imported: float
    suppliers: Suppliers
    sold: float
    customers: Suppliers
    power: tuple[str, float] | None

    @property
    def share(self) -> float:
        """Imports from outside in use; NaN where use is not known."""
        return self.imported / self.use if self.use > 0 else float("nan")

    @property
    def exposure(self) -> float:
        """The share of use that is imported from the largest supplier."""
        top = self.suppliers.largest
        return self.share * top[1] if top else 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """What it costs when some stop to sell to others: equivalent variation, USD million and percent."""

    sellers_musd: float
    sellers_percent: float
    buyers_musd: float
    buyers_percent: float


@dataclass(frozen=True, slots=True)
class StopPartner:
    """A partner: what is bought from it and sold to it, and what a stop of either would cost.

    `by_them` and `by_us` hold the ``short`` and the ``long`` run.
    """

    code: str
    name: str
    bought: float
    sold: float
    by_them: Mapping[str, Stop]
    by_us: Mapping[str, Stop]


@dataclass(frozen=True, slots=True)
class Dependence:
    """What ``winset depend`` answers."""

    group: str
    on: dt.date
    chosen: Group
    world: World
    inside: tuple[str, ...]
    minerals: tuple[Mineral, ...]
    fuels: Goods
    fuels_by_member: tuple[tuple[str, Suppliers], ...]
    goods: tuple[Goods, ...]
    partners: tuple[StopPartner, ...]
    short: float
    sector: str | None
    turnover: tuple[int, int]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset depend --json`` prints."""
        held, left = self.turnover
        return {
            "winset": __version__,
            "group": self.group,
            "on": self.on.isoformat(),
            "members": list(self.chosen.codes),
            "counted": self.chosen.to_json(),
            "caveat": CAVEAT,
            "concentrated_above_hhi": dependence.CONCENTRATED,
            "minerals_concentrated": {
                "from_year": YEAR - 1, "minerals": held, "no_longer_a_year_later": left
            },
            "minerals": [_mineral(m) for m in self.minerals],
            "fuels": {
                "year": FUEL_YEAR,
                **_goods(self.fuels),
                "members": [
                    {"code": code, **_market(found)} for code, found in self.fuels_by_member
                ],
            },
            "goods": [_goods(g) for g in self.goods],
            "world": {
                "name": self.world.name,
                "year": self.world.year,
                "sha256": self.world.sha256,
                "members": list(self.inside),
            },
            "short_run_elasticity": self.short,
            "stopped_sector": self.sector,
            "partners": [
                {
                    "code": p.code,
                    "name": p.name,
                    "imports_musd": p.bought,
                    "exports_musd": p.sold,
                    "if_they_stop": {run: _stop(s, ours=False) for run, s in p.by_them.items()},
                    "if_we_stop": {run: _stop(s, ours=True) for run, s in p.by_us.items()},
                }
                for p in self.partners
            ],
        }  # fmt: skip


def _mineral(seen: Mineral) -> dict[str, Any]:
    about = seen.material
    return {
        "mineral": about.name,
        "year": YEAR,
        "unit": about.unit,
        "world_output": seen.world.total,
        "own_percent": 100.0 * seen.own,
        **_market(seen.world),
        "outside": _market(seen.outside),
        "recycling_percent": about.recycling_percent,
        "stage": about.stage or None,
        "category": about.category,
        "hs6": about.hs6 or None,
    }


def _market(found: Suppliers) -> dict[str, Any]:
    top = found.largest
    return {
        "hhi": found.hhi,
        "hhi_weighted_by_governance": found.risk,
        "without_governance_percent": 100.0 * found.untold,
        "largest": top[0] if top else None,
        "largest_percent": 100.0 * top[1] if top else None,
        "suppliers": [
            {"code": code, "share_percent": 100.0 * share}
            for code, share in list(found.shares.items())[:LISTED]
        ],
    }


def _goods(seen: Goods) -> dict[str, Any]:
    top = seen.power
    known = seen.use > 0
    return {
        "sector": seen.sector,
        "name": seen.name,
        "use_musd": seen.use if known else None,
        "imports_musd": seen.imported,
        "imported_percent": 100.0 * seen.share if known else None,
        "exposure_percent": 100.0 * seen.exposure if known else None,
        **_market(seen.suppliers),
        "exports_musd": seen.sold,
        "customers": _market(seen.customers)["suppliers"],
        "customers_hhi": seen.customers.hhi,
        "most_dependent_on_us": top[0] if top else None,
        "most_dependent_on_us_percent": 100.0 * top[1] if top else None,
    }


def _stop(done: Stop, *, ours: bool) -> dict[str, float]:
    sellers, buyers = ("ours", "theirs") if ours else ("theirs", "ours")
    return {
        f"{sellers}_musd": done.sellers_musd,
        f"{sellers}_percent": done.sellers_percent,
        f"{buyers}_musd": done.buyers_musd,
        f"{buyers}_percent": done.buyers_percent,
    }


def depend(
    group: str,
    *,
    on: dt.date,
    world: str | Path = WORLD,
    stop: str | None = None,
    short: float = SHORT,
    sector: str | None = None,
    top: int = 5,
    blocs_file: Path | None = None,
) -> Dependence:
    """Say on whom a group depends for minerals, fuels and goods, and what a stop would cost.

    Parameters
    ----------
    world : str or path
        Whose trade by sector is looked at, and in whose equilibria suppliers stop.
    stop : str, optional
        Codes or blocs by comma whose stop is asked for, one by one; else the `top` suppliers.
    short : float
        Trade elasticity of every sector in the short run; the long run has the world's own.
    sector : str, optional
        Suppliers stop to sell goods of this sector alone, and the largest are those of it.

    Raises
    ------
    DataError
        An unknown bloc or code, nobody of it in the world, or a partner that is a member.
    """
    if not 0.0 < short <= 100.0:
        raise DataError(f"--short {short:g}: a trade elasticity is above 0 and at most 100.")
    blocs = load_blocs(blocs_file)
    target = load_world(world)
    if sector is not None:
        target.sector(sector)
    known = dict.fromkeys((*target.codes, *economies()))
    chosen = read_group(group, on=on, codes=known, blocs=blocs)
    members = chosen.codes
    inside = tuple(code for code in members if code in target.index)
    if not inside:
        raise DataError(
            Sentence(
                "{group}: nobody of it is an economy of world '{world}'. Name another with --world.",
                group=group,
                world=target.name,
            )
        )
    if len(inside) == len(target):
        raise DataError(
            f"{group} is the whole world {target.name!r}: there is nobody to depend on."
        )
    pooled = _goods_of(target, inside)
    if stop is None:
        others = _largest(target, inside, top, sector)
    else:
        asked = read_group(
            stop, on=on, codes=target.codes, blocs=blocs, where="--stop",
            of=Sentence("world '{world}'", world=target.name),
        )  # fmt: skip
        if both := [code for code in asked.codes if code in members]:
            raise DataError(f"--stop: {both[0]} is a member of {group}. Name others.")
        others = asked.codes
    return Dependence(
        group=group,
        on=on,
        chosen=chosen,
        world=target,
        inside=inside,
        minerals=_minerals(members),
        fuels=_fuels(members),
        fuels_by_member=tuple(
            (m, dependence.market(_suppliers(dependence.fuels(FUEL_YEAR), (m,)))) for m in members
        ),
        goods=pooled,
        partners=tuple(_partner(target, inside, code, short, sector) for code in others),
        short=short,
        sector=sector,
        turnover=dependence.changed(YEAR - 1, YEAR),
    )


def _minerals(members: Sequence[str]) -> tuple[Mineral, ...]:
    """Return every raw material, the largest outsider's part of the world's output first."""
    found = []
    for material in dependence.materials():
        made = material.in_year(YEAR)
        whole = dependence.market(made)
        own = sum(whole.shares.get(code, 0.0) for code in members)
        found.append(Mineral(material, own, whole, dependence.outside(made, members)))

    def most(seen: Mineral) -> float:
        top = seen.outside.largest
        return top[1] * (1.0 - seen.own) if top else 0.0

    return tuple(sorted(found, key=lambda seen: (-most(seen), seen.material.name)))


def _suppliers(pairs: Mapping[tuple[str, str], float], buyers: Sequence[str]) -> dict[str, float]:
    """Sum by exporter what some buy of others."""
    bought: dict[str, float] = {}
    for (seller, buyer), amount in pairs.items():
        if buyer in buyers and seller not in buyers:
            bought[seller] = bought.get(seller, 0.0) + amount
    return bought


def _fuels(members: Sequence[str]) -> Goods:
    pairs = dependence.fuels(FUEL_YEAR)
    back = {(buyer, seller): amount for (seller, buyer), amount in pairs.items()}
    bought, sold = _suppliers(pairs, members), _suppliers(back, members)
    return Goods(
        sector="HS 27",
        name="coal, oil, gas and electricity",
        use=float("nan"),
        imported=float(sum(bought.values())),
        suppliers=dependence.market(bought),
        sold=float(sum(sold.values())),
        customers=dependence.market(sold),
        power=_power(sold, _bought(pairs)),
    )


def _bought(pairs: Mapping[tuple[str, str], float]) -> dict[str, float]:
    whole: dict[str, float] = {}
    for (_, buyer), amount in pairs.items():
        whole[buyer] = whole.get(buyer, 0.0) + amount
    return whole


SMALL = 1e-3  # of what is imported by all: importers below are not named


def _power(sold: Mapping[str, float], imports: Mapping[str, float]) -> tuple[str, float] | None:
    """Return the customer, not a tiny one, in whose imports the group has most, and how much."""
    least = SMALL * sum(imports.values())
    parts = {c: amount / imports[c] for c, amount in sold.items() if imports.get(c, 0.0) > least}
    if not parts:
        return None
    who = min(parts, key=lambda c: (-parts[c], c))
    return who, parts[who]


def _goods_of(target: World, inside: Sequence[str]) -> tuple[Goods, ...]:
    """Return every sector, the most exposed first."""
    rows = np.array([target.index[code] for code in inside])
    others = np.setdiff1d(np.arange(len(target)), rows)
    names = target.sectors if target.technology is None else target.technology.names
    found = []
    for j, sector in enumerate(target.sectors):
        flows = target.trade[j]
        abroad = flows * ~np.eye(len(target), dtype=np.bool_)
        bought, sold = (
            flows[np.ix_(others, rows)].sum(axis=1),
            flows[np.ix_(rows, others)].sum(axis=0),
        )
        imports = abroad.sum(axis=0)
        use = float(flows[:, rows].sum()) if target.domestic_known else float("nan")
        customers = _named(target, others, sold)
        found.append(
            Goods(
                sector=sector,
                name=names[j],
                use=use,
                imported=float(bought.sum()),
                suppliers=dependence.market(_named(target, others, bought)),
                sold=float(sold.sum()),
                customers=dependence.market(customers),
                power=_power(customers, _named(target, others, imports[others])),
            )
        )

    def exposed(seen: Goods) -> float:
        return -seen.exposure if target.domestic_known else -seen.imported

    return tuple(sorted(found, key=lambda seen: (exposed(seen), seen.sector)))


def _named(target: World, rows: Array, amounts: Array) -> dict[str, float]:
    return {target.codes[k]: float(x) for k, x in zip(rows, amounts, strict=True)}


def _largest(target: World, inside: Sequence[str], top: int, sector: str | None) -> tuple[str, ...]:
    rows = [target.index[code] for code in inside]
    flows = target.flows if sector is None else target.trade[target.sector(sector)]
    bought = flows[:, rows].sum(axis=1)
    bought[rows] = -1.0
    return tuple(target.codes[k] for k in np.argsort(-bought, kind="stable")[:top])


def _partner(
    target: World, inside: Sequence[str], code: str, short: float, sector: str | None
) -> StopPartner:
    ours = [target.index[c] for c in inside]
    flows = target.flows if sector is None else target.trade[target.sector(sector)]
    runs = {"short": short, "long": None}
    return StopPartner(
        code=code,
        name=target.names[target.index[code]],
        bought=float(flows[target.index[code], ours].sum()),
        sold=float(flows[ours, target.index[code]].sum()),
        by_them={
            run: stopped(target, (code,), inside, theta, sector) for run, theta in runs.items()
        },
        by_us={run: stopped(target, inside, (code,), theta, sector) for run, theta in runs.items()},
    )


def stopped(
    target: World,
    sellers: Sequence[str],
    buyers: Sequence[str],
    elasticity: float | None = None,
    sector: str | None = None,
) -> Stop:
    """Return what it costs both sides when `sellers` no longer sell anything to `buyers`.

    The equilibrium of `winset.solve` with the cost of those pairs times 10¹²; under `elasticity` in every
    sector, or the world's own; of one `sector`, or of all. Nothing is solved, and nothing lost, where
    nothing was sold.

    Raises
    ------
    ConvergenceError, DataError
        There is no such equilibrium.
    """
    pairs = np.ix_([target.index[c] for c in sellers], [target.index[c] for c in buyers])
    sold = target.flows if sector is None else target.trade[target.sector(sector)]
    if not sold[pairs].any():
        return Stop(0.0, 0.0, 0.0, 0.0)
    scenario = Scenario(
        title="a stop",
        changes=(TradeCost(kind="trade-cost", among="all", percent=None, factor=1.0),),
    )
    if elasticity is not None:
        scenario = scenario.with_parameters(
            trade_elasticity=elasticity, elasticities="uniform" if target.sectored else ""
        )
    shock = scenario.resolve(target)
    cost = np.ones_like(shock.cost)
    here = (...,) if sector is None or not target.sectored else (target.sector(sector),)
    cost[(*here, *pairs)] = SHUT
    done = solve_shock(target, scenario, replace(shock, cost=cost))

    def lost(codes: Sequence[str]) -> tuple[float, float]:
        rows = [target.index[c] for c in codes]
        money = float(done.equivalent_variation[rows].sum())
        return money, 100.0 * money / float(done.before.income[rows].sum())

    return Stop(*lost(sellers), *lost(buyers))
