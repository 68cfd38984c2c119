"""What a center's file leaves to be filled in: who its members are, their benefits, costs and weights."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.contribution.center import Center
from winset.errors import DataError, listed
from winset.governance.voting.majorities import gdp, population
from winset.places import geography
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.places.groups import Group, read_group
from winset.sentences import Sentence
from winset.tables import embedded_rows
from winset.worlds import WITH_TARIFFS, world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.contribution.reading import CenterPlan, MemberFile, SizedFile
    from winset.numbers import Array
    from winset.places.blocs import Bloc

FOLDER = Path(__file__).parents[1] / "data" / "common-goods"
#: What a total is spread by, and where it comes from.
SOURCES = {
    "equal": "the same for each",
    "gdp": "in proportion to GDP of 2023 (World Bank)",
    "population": "in proportion to population of 2023 (World Bank)",
    "research": "in proportion to research spending: its percentage of GDP in 2017 or 2018 (UN SDG database) "
    "times GDP of 2023",
    "internet": "in proportion to persons who use the internet: the latest percentage (ITU) times population",
}


def group(
    plan: CenterPlan,
    members: str | None,
    *,
    on: dt.date | None = None,
    blocs: Mapping[str, Bloc] | None = None,
) -> Group:
    """Return the members of a center: those named, else the file's own.

    Members of a bloc without a figure that the file goes by are `Group.absent`, unless that is most of them;
    who is named by code, and has none, is refused when figures are asked for.
    """
    file = plan.file
    named = members if members is not None else file.members
    listed_codes = tuple(m.code for m in file.member)
    if named is None:
        if not listed_codes:
            raise DataError(
                f"{plan.place.name}: no members. Add members, or a [[member]] for each."
            )
        return Group(listed_codes)
    known = load_blocs() if blocs is None else blocs
    day = on or file.on or dt.date.today()
    found = read_group(named, on=day, blocs=known, where="members")
    able = _with_figures(plan, found.codes)
    if len(found.codes) / 2 < len(able) < len(found.codes):
        found = read_group(
            named, on=day, codes=economies(), present=able, blocs=known, where="members"
        )
    for number, member in enumerate(file.member, 1):
        if member.code not in found.codes and members is None:
            at = plan.place.at(f"member {number}", "code")
            raise DataError(f"{at}: {member.code} is not among members {listed(found.codes, 30)}.")
    return found


def _with_figures(plan: CenterPlan, codes: Sequence[str]) -> tuple[str, ...]:
    """Return those of whom there is a figure of every proxy of the file."""
    sized = [one for one in (plan.file.benefit, plan.file.cost) if one is not None]
    lacking = {code for one in sized for code in _lacking(one.proxy, codes)}
    return tuple(code for code in codes if code not in lacking)


def center_of(plan: CenterPlan, codes: Sequence[str]) -> tuple[Center, dict[str, str]]:
    """Return a center with all figures, and where they come from.

    With totals: ``[benefit] total`` is what the whole of the good is worth to all (what a unit is worth where
    benefits are linear), ``[cost] total`` the least that it costs them; costs fall with the proxy: who is
    twice as large gives twice the effort at the same marginal cost.

    Raises
    ------
    DataError
        A figure is missing or not positive, or there is none of a proxy.
    """
    found = plan.file.technology
    about = _about(plan, codes)
    whole = found.satiation if found.satiation is not None else 100.0
    sources: dict[str, str] = {}
    if plan.file.benefit is not None:
        unit = whole**2 / 2.0 if plan.form == "quadratic" else 1.0
        benefit = (
            _shares(plan, "benefit", plan.file.benefit, codes) * plan.file.benefit.total / unit
        )
        sources["benefit"] = _source(plan.file.benefit)
    else:
        benefit = np.array([_middle(plan, m) for m in about])
        sources |= {f"benefit of {m.code}": m.source for m in about if m.source}
    cost = np.array([1.0 if m.cost is None else m.cost for m in about])
    if plan.file.cost is not None:
        cost = 1.0 / _shares(plan, "cost", plan.file.cost, codes)
        sources["cost"] = _source(plan.file.cost)
    elif missing := [m.code for m in about if m.cost is None]:
        raise DataError(
            f"{plan.place.name}: no cost of {listed(missing)}. Add it, or a [cost] total."
        )
    weights = _weights(plan, codes)
    center = Center(
        tuple(codes),
        benefit,
        cost,
        kind=plan.kind,  # type: ignore[arg-type]  # facility and wealth went elsewhere
        form=plan.form,
        timing=plan.timing,
        satiation=whole if plan.form == "quadratic" else 1.0,
        rho=1.0 if found.rho is None else found.rho,
        threshold=0.0 if found.threshold is None else found.threshold,
        capacity=np.array([np.inf if m.capacity is None else m.capacity for m in about]),
        weights=weights,
    )
    if plan.file.cost is not None:
        goal = whole if plan.form == "quadratic" else found.threshold or 1.0
        factor = plan.file.cost.total / _least_cost(center, goal)
        center = _costing(center, cost * factor)
    return center, sources


def _costing(center: Center, cost: Array) -> Center:
    from dataclasses import replace

    return replace(center, cost=cost)


def _least_cost(center: Center, level: float) -> float:
    """What a level costs at least: G²/2 times (Σ c^−e)^(−1/e), or Σc (weakest link), or min c (best shot).

    Of a network, what a unit of effort from all together costs; capacities are left aside.
    """
    c, e = center.cost, center.exponent
    if center.kind == "weakest-link":
        unit = float(c.sum())
    elif np.isinf(e):
        unit = float(c.min())
    else:
        e = 1.0 if np.isnan(e) else e
        unit = float((c**-e).sum() ** (-1.0 / e))
    return level**2 / 2.0 * unit


def ends(plan: CenterPlan, center: Center) -> tuple[Array, Array, Array] | None:
    """Return benefits at their lower ends, in the middle and at their upper ends; None without ranges."""
    sized = plan.file.benefit
    if sized is not None:
        if sized.low == sized.high == 1.0:
            return None
        return center.benefit * sized.low, center.benefit, center.benefit * sized.high
    about = _about(plan, center.members)
    if not any(isinstance(m.benefit, list) for m in about):
        return None
    low, high = (
        np.array([m.benefit[k] if isinstance(m.benefit, list) else m.benefit for m in about])
        for k in (0, 1)
    )
    return low, center.benefit, high


def keys(plan: CenterPlan, codes: Sequence[str]) -> Array | None:
    """Return the members' capital keys, None where the file has none.

    Raises
    ------
    DataError
        Some have one and others not.
    """
    given = [m.key for m in _about(plan, codes)]
    known = [key for key in given if key is not None]
    if not known:
        return None
    if len(known) < len(given):
        missing = [code for code, key in zip(codes, given, strict=True) if key is None]
        raise DataError(f"{plan.place.name}: no key of {listed(missing)}. Give all one, or none.")
    return np.array(known)


def _about(plan: CenterPlan, codes: Sequence[str]) -> list[MemberFile]:
    """Return what the file says of each member; nothing but the code where it says nothing."""
    from winset.contribution.reading import MemberFile

    known = {m.code: m for m in plan.file.member}
    if len(known) < len(plan.file.member):
        codes_given = [m.code for m in plan.file.member]
        twice = next(c for c in codes_given if codes_given.count(c) > 1)
        raise DataError(f"{plan.place.name}: member {twice} stands twice. Keep it once.")
    return [known.get(code) or MemberFile(code=code) for code in codes]


def _middle(plan: CenterPlan, member: MemberFile) -> float:
    if member.benefit is None:
        raise DataError(
            f"{plan.place.name}: no benefit of {member.code}. Add benefit to its [[member]], or a [benefit] "
            "total with a proxy."
        )
    if isinstance(member.benefit, list):
        return sum(member.benefit) / 2.0
    return member.benefit


def _source(sized: SizedFile) -> str:
    return Sentence(
        "{source}; spread {how}",
        source=sized.source or "an assumption",
        how=SOURCES[sized.proxy],
    )


def _shares(plan: CenterPlan, key: str, sized: SizedFile, codes: Sequence[str]) -> Array:
    try:
        return shares(sized.proxy, codes)
    except DataError as error:
        raise DataError(f"{plan.place.at(key, 'proxy')}: {error}") from None


def shares(proxy: str, codes: Sequence[str]) -> Array:
    """Return each one's part by a proxy, summing to 1, (n,).

    Raises
    ------
    DataError
        No figure of somebody.
    """
    if proxy == "equal":
        return np.full(len(codes), 1.0 / len(codes))
    figures = amounts(proxy, codes)
    return np.asarray(figures / figures.sum())


def amounts(proxy: str, codes: Sequence[str]) -> Array:
    """Return figures by member: gdp and research in USD million, persons for the others.

    Raises
    ------
    DataError
        No figure of somebody.
    """
    found = _found(proxy, codes)
    if missing := _lacking(proxy, codes):
        raise DataError(
            f"no figure of {proxy} for {listed(missing, 30)}. Leave them out, or give each member its own."
        )
    return np.array(found, dtype=np.float64)


def _found(proxy: str, codes: Sequence[str]) -> list[float | None]:
    """Return the figures of `amounts`, None where there is none."""
    columns: dict[str, Any] = {"gdp": gdp, "population": population}
    base = columns.get(proxy) or (gdp if proxy == "research" else population)
    found: list[float | None] = list(base(codes))
    if proxy in ("research", "internet"):
        column = "research_percent_of_gdp" if proxy == "research" else "internet_percent"
        percent = [_figures().get(code, {}).get(column, "") for code in codes]
        found = [
            None if x is None or not p else x * float(p) / 100.0
            for x, p in zip(found, percent, strict=True)
        ]
    return found


def _lacking(proxy: str, codes: Sequence[str]) -> list[str]:
    """Return those of whom there is no figure above zero."""
    if proxy == "equal":
        return []
    return [c for c, x in zip(codes, _found(proxy, codes), strict=True) if x is None or not x > 0]


@lru_cache(maxsize=1)
def _figures() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in embedded_rows(FOLDER / "figures.csv")}


@lru_cache(maxsize=1)
def _coauthored() -> dict[tuple[str, str], float]:
    return {
        (row["code"], row["partner"]): float(row["works"])
        for row in embedded_rows(FOLDER / "coauthorship.csv")
    }


def partners(through: str, codes: Sequence[str]) -> Array:
    """Return each one's partners among the members, (n, n): j's part in i's imports, or in its joint works.

    Imports are of all origins, so that rows sum to less than one; works are those written with members of
    the table, which holds the SCO's 27.

    Raises
    ------
    DataError
        No figures of somebody.
    """
    if through == "trade":
        data = world(WITH_TARIFFS)
        if missing := [c for c in codes if c not in data.index]:
            raise DataError(f"no trade of {listed(missing)} in {data.name}. Leave them out.")
        at = [data.index[c] for c in codes]
        flows = data.flows.copy()
        np.fill_diagonal(flows, 0.0)
        bought = flows[np.ix_(at, at)] / flows[:, at].sum(axis=0)
        return np.asarray(bought.T)
    works = _coauthored()
    known = sorted({code for pair in works for code in pair})
    if missing := [c for c in codes if c not in known]:
        raise DataError(f"no co-authored works of {listed(missing)} are counted. Leave them out.")
    every = {c: sum(works.get((min(c, o), max(c, o)), 0.0) for o in known if o != c) for c in codes}
    return np.array(
        [
            [works.get((min(a, b), max(a, b)), 0.0) / every[a] if a != b else 0.0 for b in codes]
            for a in codes
        ]
    )


def _weights(plan: CenterPlan, codes: Sequence[str]) -> Array | None:
    """What reaches each member of every one's effort; 1 of its own."""
    how = plan.file.technology.weights
    if how is None:
        return None
    at = plan.place.at("technology", "weights")
    if isinstance(how, list):
        if len(how) != len(codes) or any(len(row) != len(codes) for row in how):
            raise DataError(
                f"{at}: {len(codes)} members need {len(codes)} rows of {len(codes)} weights each."
            )
        return np.array(how, dtype=np.float64)
    if how in ("distance", "borders"):
        if missing := [c for c in codes if c not in geography.points()]:
            raise DataError(f"{at}: where {listed(missing)} lies is not known. Write weights out.")
        if how == "borders":
            return np.asarray(geography.contiguity(codes) + np.eye(len(codes)))
        half = plan.file.technology.half_distance_km
        return np.asarray(0.5 ** (geography.distances(codes) / half))
    try:
        return partners(how, codes) + np.eye(len(codes))
    except DataError as error:
        raise DataError(f"{at}: {error}") from None
