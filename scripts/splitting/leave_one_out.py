"""The method's error: every economy of icio-2022 put into the rest of the world and split out again.

Each is split out with all others at once, from the sources that it has and again from each set of sources
that it could have had, and compared with its flows of icio-2022. Gains are those of three scenarios, once in
icio-2022 and once with the economy as split out: 10 % off the costs of trade in its main bloc, its own
tariffs to zero, and a tariff of 25 % of all others against it; its tariffs are its own in both.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

import winset
from scripts.splitting import method
from winset.places.blocs import load_blocs
from winset.scenario import parse

if TYPE_CHECKING:
    from scripts.splitting.sources import Sources
    from winset.numbers import Array
    from winset.worlds import World

ON = "2022-12-31"
#: The main bloc of an economy is that of these with which it trades most; else its five first partners.
BLOCS = ("EU", "USMCA", "RCEP", "ASEAN", "EAEU", "SCO", "MERCOSUR", "AfCFTA", "GCC", "CPTPP")
CLASSES = (("ADB", "HS"), ("ADB", "WTO"), ("HS",), ("WTO",), ())
GAINS = ("bloc", "own", "against")


def known_of(world: World) -> method.Known:
    """Return icio-2022 as what is known."""
    return method.Known(world.codes[:-1], world.sectors, world.trade)


def without(world: World, code: str) -> tuple[method.Known, Array]:
    """Return what is known once an economy is in the rest, and the positions that stay."""
    k, rest = world.index[code], len(world) - 1
    keep = np.array([q for q in range(rest) if q != k])
    count = len(keep)
    trade = np.zeros((len(world.sectors), count + 1, count + 1))
    trade[:, :-1, :-1] = world.trade[:, keep][:, :, keep]
    trade[:, -1, :-1] = world.trade[:, rest][:, keep] + world.trade[:, k][:, keep]
    trade[:, :-1, -1] = world.trade[:, keep, rest] + world.trade[:, keep, k]
    trade[:, -1, -1] = world.trade[:, [rest, k]][:, :, [rest, k]].sum(axis=(1, 2))
    return method.Known(tuple(world.codes[q] for q in keep), world.sectors, trade), keep


def misallocated(found: Array, truth: Array) -> float:
    """Return the share of flows in the wrong cells, once both have one total."""
    return float(0.5 * np.abs(found / found.sum() - truth / truth.sum()).sum())


def correlation(found: Array, truth: Array) -> float:
    """Return the correlation of logs over the cells above a million USD in both."""
    both = (found > 1.0) & (truth > 1.0)
    if both.sum() < 3:
        return float("nan")
    return float(np.corrcoef(np.log(found[both]), np.log(truth[both]))[0, 1])


def flows(
    sources: Sources, world: World, code: str, using: tuple[str, ...]
) -> tuple[dict[str, Any], Any]:
    """Return the errors of one economy's flows, and its split."""
    known, keep = without(world, code)
    outside = [c for c in sources.codes if c not in world.index]
    split = method.split(sources, known, [*outside, code], {code: using})
    u, k = len(outside), world.index[code]
    sold, bought = world.trade[:, k][:, keep], world.trade[:, keep, k]
    out, into, home = split.exports[u], split.imports[u], split.inside[u, u]
    true_home = world.trade[:, k, k]
    goods = slice(0, -1)

    def open_(away: Array, at_home: Array) -> Array:
        return np.asarray(away.sum(axis=1) / (away.sum(axis=1) + at_home))[goods]

    gap = np.abs(open_(out, home) - open_(sold, true_home)) + np.abs(
        open_(into, home) - open_(bought, true_home)
    )
    weight = (sold.sum(axis=1) + bought.sum(axis=1))[goods]
    errors = {
        "exports_misallocated": misallocated(out[goods], sold[goods]),
        "imports_misallocated": misallocated(into[goods], bought[goods]),
        "exports_mix": misallocated(out[goods].sum(axis=1), sold[goods].sum(axis=1)),
        "imports_mix": misallocated(into[goods].sum(axis=1), bought[goods].sum(axis=1)),
        "exports_partners": misallocated(out[goods].sum(axis=0), sold[goods].sum(axis=0)),
        "imports_partners": misallocated(into[goods].sum(axis=0), bought[goods].sum(axis=0)),
        "log_correlation": correlation(out[goods], sold[goods]),
        "exports_ratio": float(out[goods].sum() / sold[goods].sum()),
        "imports_ratio": float(into[goods].sum() / bought[goods].sum()),
        "services_ratio": float(
            (out[-1].sum() + into[-1].sum()) / (sold[-1].sum() + bought[-1].sum())
        ),
        "output_ratio": float((home.sum() + out.sum()) / (true_home.sum() + sold.sum())),
        "openness_gap": float((gap / 2.0 * weight).sum() / weight.sum()),
    }
    return errors, (split, keep)


def plainly(sources: Sources, world: World, code: str) -> tuple[float, float]:
    """Return the shares of exports and imports misallocated by bilateral totals alone.

    The rest's cells are shared among its economies by their totals with each partner: every one of them
    then has the rest's mix of goods.
    """
    known, keep = without(world, code)
    outside = [*(c for c in sources.codes if c not in world.index), code]
    k, goods = world.index[code], slice(0, -1)
    shares = []
    for raw, cells, truth in (
        (
            sources.total(outside, list(known.codes)),
            known.trade[goods, -1, :-1],
            world.trade[goods, k][:, keep],
        ),
        (
            sources.total(list(known.codes), outside).T,
            known.trade[goods, :-1, -1],
            world.trade[goods][:, keep, k],
        ),
    ):
        totals = np.nan_to_num(raw)
        part = totals[-1] / np.maximum(totals.sum(axis=0), method.TINY)
        shares.append(misallocated(cells * part, truth))
    return shares[0], shares[1]


def as_split(world: World, code: str, split: method.Split, keep: Array) -> World:
    """Return icio-2022 with the economy's flows as split out, its tariffs as they are."""
    k, rest, u = world.index[code], len(world) - 1, len(split.units) - 2
    others = [q for q in range(len(split.units)) if q != u]
    trade = world.trade.copy()
    trade[:, k, keep], trade[:, keep, k] = split.exports[u], split.imports[u]
    trade[:, rest, keep] = split.exports[others].sum(axis=0)
    trade[:, keep, rest] = split.imports[others].sum(axis=0)
    trade[:, k, k] = split.inside[u, u]
    trade[:, k, rest] = split.inside[u, others].sum(axis=0)
    trade[:, rest, k] = split.inside[others, u].sum(axis=0)
    trade[:, rest, rest] = split.inside[np.ix_(others, others)].sum(axis=(0, 1))
    return replace(world, trade=trade)


def scenarios(world: World, code: str) -> dict[str, Any]:
    """Return the three scenarios of an economy."""
    known, on = load_blocs(), dt.date.fromisoformat(ON)
    k = world.index[code]
    trade = world.flows[k] + world.flows[:, k]
    trade[[k, len(world) - 1]] = 0.0
    best, size = [world.codes[q] for q in np.argsort(-trade)[:5]], 0.0
    for name in BLOCS:
        members = (
            [m for m in known[name].codes(on, partners=False) if m in world.index]
            if name in known
            else []
        )
        among = float(trade[[world.index[m] for m in members]].sum())
        if code in members and among > size:
            best, size = members, among
    group = sorted({code, *best})
    others = [c for c in world.codes if c != code]
    changes = {
        "bloc": {"kind": "trade-cost", "among": group, "percent": -10},
        "own": {"kind": "tariff", "exporters": others, "importers": [code], "rate": 0.0},
        "against": {"kind": "tariff", "exporters": [code], "importers": others, "rate": 0.25},
    }
    return {
        name: parse({"on": ON, "world": world.name, "change": [change]})
        for name, change in changes.items()
    }


def gains(world: World, twin: World, code: str) -> dict[str, float]:
    """Return the economy's gain of each scenario in percent, true and as split out."""
    k, found = world.index[code], {}
    for name, scenario in scenarios(world, code).items():
        for label, one in (("true", world), ("split", twin)):
            result = winset.solve(one, scenario)
            found[f"{name}_{label}"] = 100.0 * float(result.welfare[k] - 1.0)
    return found


def measured(
    sources: Sources,
    world: World,
    codes: list[str] | None = None,
    *,
    full: bool = True,
) -> list[dict[str, Any]]:
    """Return a row for every economy and set of sources, with gains for the set that it has.

    Without `full` only flows, and only for that set.
    """
    rows = []
    for code in codes or [c for c in world.codes if c in sources.codes]:
        own = method.sources_of(sources, code)
        there = {
            n
            for n in ("ADB", "HS", "WTO")
            if sources.compositions[n].get(code, np.zeros(1)).sum() > 0
        }
        for using in CLASSES:
            if not set(using) <= there or (not full and using != own):
                continue
            errors, (split, keep) = flows(sources, world, code, using)
            row = {
                "code": code,
                "sources": "+".join(using) or "neighbors",
                "own": int(using == own),
                **errors,
            }
            if full and using == own:
                row |= gains(world, as_split(world, code, split, keep), code)
            rows.append(row)
    return rows
