"""What agreements and sanctions do to tariffs and trade costs, laid on the present rates t_in.

| kind | what becomes of the rates |
|---|---|
| ``free-trade-area`` | zero between members; every member keeps its rates on others |
| ``customs-union`` | zero between members; on every outsider one rate, stated or the mean of the members' |
| ``accession``, a union | zero both ways with the union; on outsiders the newcomer takes the union's rates |
| ``accession``, the WTO | the newcomer's rates cut or bound, for all; others' on it at most their MFN rate |
| ``sanctions`` | no tariff: trade costs rise by a percent or beyond trade; nobody has revenue of it |

The mean of a union U on an outsider i, by sector, is weighted by what the members buy of it,

    c_i = Σ_{m∈U} F_im t_im / Σ_{m∈U} F_im,

the plain mean where they buy nothing. Article XXIV of GATT asks that a union's rates be on the whole no
higher than before; a mean weighted by trade keeps the revenue at unchanged trade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError
from winset.places.blocs import load_blocs
from winset.scenario.changes import WTO, CustomsUnion, FreeTradeArea, Joining, Sanctions
from winset.scenario.pairs import traded_sectors
from winset.sentences import Sentence

if TYPE_CHECKING:
    from winset.numbers import Array
    from winset.scenario.pairs import Groups
    from winset.worlds import World

    Rows = np.ndarray[tuple[int], np.dtype[np.intp]]

#: Factor on the trade costs of what is prohibited: at an elasticity of 4 a trillionth of it is left.
PROHIBITIVE = 1e3


def lay_agreement(
    change: FreeTradeArea | CustomsUnion | Joining | Sanctions,
    target: World,
    groups: Groups,
    tariff: Array,
    cost: Array,
    where: str,
) -> tuple[Array, Array, tuple[str, ...]]:
    """Return the rates and cost factors that a change leads to in full, and whom it names.

    Raises
    ------
    DataError
        A group of one, or one that is on both sides.
    """
    new, dearer = tariff.copy(), cost.copy()
    if isinstance(change, Sanctions):
        named = _sanction(change, groups, dearer, where)
    elif isinstance(change, Joining):
        named = _accede(change, target, groups, new, where)
    else:
        members = groups.positions(change.among, f"{where}: among")
        if len(members) < 2:
            raise DataError(
                Sentence(
                    "{where}: among = {among} is one economy; it takes two.",
                    where=where,
                    among=repr(change.among),
                )
            )
        if isinstance(change, CustomsUnion):
            outside = np.setdiff1d(np.arange(len(target)), members)
            common = _common(target, tariff, members)
            if change.external is not None:
                common = np.full_like(common, change.external)
            new[..., outside[:, None], members[None, :]] = common[..., outside, None]
        new[..., members[:, None], members[None, :]] = 0.0
        named = members
    sectors = traded_sectors(change, target, where)
    if sectors is not None:
        untouched = np.setdiff1d(np.arange(len(target.sectors)), sectors)
        new[untouched], dearer[untouched] = tariff[untouched], cost[untouched]
    return new, dearer, tuple(target.codes[k] for k in named)


def _common(target: World, tariff: Array, members: Rows) -> Array:
    """The mean rate of a union on every exporter, (..., n), weighted by what its members buy."""
    bought = (target.trade if target.sectored else target.flows)[..., members]
    rates = tariff[..., members]
    total = bought.sum(axis=-1)
    mean = np.divide((bought * rates).sum(axis=-1), total, out=rates.mean(axis=-1), where=total > 0)
    return np.asarray(mean)


def _accede(change: Joining, target: World, groups: Groups, new: Array, where: str) -> Rows:
    """Lay an accession on rates, in place; return who is named."""
    newcomers = groups.positions(change.newcomers, f"{where}: newcomers")
    everyone = np.arange(len(target))
    if change.to == WTO:
        inside = (groups.blocs or load_blocs())[WTO].members(groups.on)
        members = [target.index[code] for code in inside if code in target.index]
        others = np.setdiff1d(members, newcomers)
        mfn = target.mfn_rates if target.sectored else target.mfn_rates[0]
        theirs = (..., newcomers[:, None], others[None, :])
        new[theirs] = np.minimum(new[theirs], mfn[theirs])
        outside = np.setdiff1d(everyone, newcomers)
        own = (..., outside[:, None], newcomers[None, :])
        if change.percent is not None:
            new[own] *= 1.0 + change.percent / 100.0
        if change.bound is not None:
            new[own] = np.minimum(new[own], change.bound)
        return newcomers
    union = groups.positions(change.to, f"{where}: to")
    if len(np.intersect1d(union, newcomers)):
        code = target.codes[int(np.intersect1d(union, newcomers)[0])]
        raise DataError(
            Sentence(
                "{where}: {code} is in {to} already. Name newcomers only.",
                where=where,
                code=code,
                to=repr(change.to),
            )
        )
    outside = np.setdiff1d(everyone, np.union1d(union, newcomers))
    common = _common(target, new, union)
    new[..., outside[:, None], newcomers[None, :]] = common[..., outside, None]
    together = np.union1d(union, newcomers)
    for one, other in ((newcomers, together), (together, newcomers)):
        new[..., one[:, None], other[None, :]] = 0.0
    return together


def _sanction(change: Sanctions, groups: Groups, dearer: Array, where: str) -> Rows:
    """Lay sanctions on cost factors, in place; return who is named."""
    senders = groups.positions(change.senders, f"{where}: senders")
    targets = groups.positions(change.targets, f"{where}: targets")
    if len(np.intersect1d(senders, targets)):
        code = groups.world.codes[int(np.intersect1d(senders, targets)[0])]
        raise DataError(
            Sentence("{where}: {code} is on both sides. Name it on one.", where=where, code=code)
        )
    factor = PROHIBITIVE if change.percent is None else 1.0 + change.percent / 100.0
    if change.trade in ("exports", "both"):
        dearer[..., senders[:, None], targets[None, :]] *= factor
    if change.trade in ("imports", "both"):
        dearer[..., targets[:, None], senders[None, :]] *= factor
    return np.union1d(senders, targets)
