"""Does it narrow the gap: a scenario's gains laid on incomes per head, of economies and of persons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from winset.delivery import inequality as measure
from winset.delivery.incomes import (
    HOUSEHOLD,
    INCOME_GROUPS,
    LAST,
    OLDER,
    PPP,
    IncomePanel,
    gdp_of,
    incomes,
    votes,
)
from winset.errors import DataError, listed
from winset.places.blocs import load_blocs
from winset.places.groups import names, read_group
from winset.studies.income_channels import channels
from winset.studies.income_gap_result import Gap, GroupGap, Index, Poor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winset.delivery.inequality import Convergence
    from winset.numbers import Array, Mask
    from winset.trade.result import TradeResult

NORTH, SOUTH = "OECD", "G77"
SCO = "SCO"
GROUPS = ("OECD", "DAC", "G77", "LDC", "LLDC", "SIDS", "SCO")
LINES = (3.00, 4.20, 8.30)
PERIODS = ((1990, 2000), (2000, 2010), (2010, 2019), (1990, 2024))
GIANTS = ("CHN", "IND")
#: Lines that belong to older PPP years, by the World Bank's practice (general knowledge).
OUTDATED = {1.90: 2011, 3.20: 2011, 5.50: 2011, 2.15: 2017, 3.65: 2017, 6.85: 2017}
VENTILES = 20


def gap(
    result: TradeResult,
    *,
    concept: str = HOUSEHOLD,
    year: int | None = None,
    lines: Sequence[float] = LINES,
    ppp: int = PPP,
    north: str = NORTH,
    south: str = SOUTH,
    channel: Path | None = None,
    spending: Path | None = None,
    earnings: Path | None = None,
    blocs_file: Path | None = None,
) -> Gap:
    """Lay the gains of a solved scenario on incomes.

    Parameters
    ----------
    lines : poverty lines in dollars a day of the PPP year `ppp`
        2021, or an older line of which the panel has the people below it (2.15, 6.85 of 2017).
    channel, spending, earnings : files, optional
        What deciles gain beside their economy, see `winset.studies.income_channels`. Without one every
        decile of an economy gains alike.

    Raises
    ------
    DataError
        PPP years are mixed, no economy of the world has an income, or a bad channel file.
    """
    data = incomes(min(result.world.year, LAST) if year is None else year, concept)
    gains = dict(zip(result.codes, result.equivalent_variation / result.before.income, strict=True))
    known = np.isfinite(data.people) & np.isfinite(data.gdp) & np.isfinite(data.mean)
    known &= np.isfinite(data.deciles).all(axis=1) & np.array([c in gains for c in data.codes])
    if not known.any():
        raise DataError(
            f"world {result.world.name!r} has no economy with an income per head: its codes must be ISO "
            "3166 alpha-3."
        )
    absent = tuple(c for c in result.codes if c not in np.array(data.codes)[known])
    codes = tuple(np.array(data.codes)[known].tolist())
    people, gdp, mean = data.people[known], data.gdp[known], data.mean[known]
    growth = np.array([gains[c] for c in codes])
    extra, by = channels(
        result, codes, data.deciles[known], channel=channel, spending=spending, earnings=earnings
    )
    neutral = channel is None and spending is None and earnings is None
    persons = mean[:, None] * data.deciles[known] * 10.0
    after = persons * (1.0 + growth[:, None]) * (1.0 + extra)
    for y in (after.min(), (gdp * (1.0 + growth)).min()):
        if not y > 0:
            raise DataError("an income per head falls to zero or below: no index is defined.")
    w = np.repeat(people / 10.0, 10)
    of = np.repeat(np.arange(len(codes)), 10)
    blocs = load_blocs(blocs_file)
    fit = measure.convergence(0, 1, gdp, gdp * (1.0 + growth))
    found_before, found_after = (measure.parts(y.ravel(), w, of) for y in (persons, after))
    named = tuple(dict.fromkeys((north, south, *GROUPS)))
    groups = [_world_group("world", np.ones(len(codes), dtype=bool), people, gdp, growth)]
    told = np.array(data.group)[known]
    groups += [
        _world_group(g, told == g, people, gdp, growth) for g in INCOME_GROUPS if (told == g).any()
    ]
    for name in named:
        inside = _members(name, codes, blocs)
        if not inside.any() and name in (north, south):
            raise DataError(f"{name}: no member of it has an income here. Choose another group.")
        if inside.any():
            groups.append(_world_group(name, inside, people, gdp, growth))
    groups_voice, economies_voice = _voice(named, blocs)
    return Gap(
        title=result.scenario.title,
        world=result.world.name,
        incomes=data,
        codes=codes,
        growth=growth,
        income=gdp,
        people=people,
        absent=absent,
        share_of_people=float(people.sum() / np.nansum(data.people)),
        north=north,
        south=south,
        groups=tuple(groups),
        between=_between(gdp, growth, people),
        persons=_persons(persons.ravel(), after.ravel(), w),
        parts_before=found_before,
        parts_after=found_after,
        equal_before={
            e: measure.equally_distributed(persons.ravel(), w, epsilon=e) for e in measure.EPSILONS
        },
        equal_after={
            e: measure.equally_distributed(after.ravel(), w, epsilon=e) for e in measure.EPSILONS
        },
        growth_incidence=measure.incidence(persons.ravel(), after.ravel(), w, VENTILES),
        poverty=tuple(
            _poor(data, known, growth, people, line, ppp, by_channel=not neutral) for line in lines
        )
        if concept == HOUSEHOLD
        else (),
        convergence=_convergence(),
        slope=fit.beta,
        slope_error=fit.std_error,
        voice=groups_voice,
        voice_by_economy=economies_voice,
        channels=by,
    )


def read_lines(text: str) -> tuple[float, ...]:
    """Read ``--lines``: figures by comma, or none.

    Raises
    ------
    DataError
        One is no number above 0.
    """
    if text.strip().casefold() == "none":
        return ()
    found = []
    for part in names(text):
        try:
            value = float(part)
        except ValueError:
            value = np.nan
        if not (np.isfinite(value) and value > 0):
            raise DataError(
                f"--lines: {part!r} is no line. Write dollars a day as 3.00,4.20,8.30, or none."
            )
        found.append(value)
    return tuple(found)


def read_ppp(text: str) -> int:
    """Read ``--ppp``, the year of the lines' dollars.

    Raises
    ------
    DataError
        It is no year.
    """
    if not (text.isdigit() and len(text) == 4):
        raise DataError(f"--ppp: {text!r} is no year. Write 2021.")
    return int(text)


def _between(gdp: Array, growth: Array, people: Array) -> tuple[Index, ...]:
    after = gdp * (1.0 + growth)
    return tuple(
        Index(f"{name}_{kind}", of(gdp, w), of(after, w))
        for kind, w in (("unweighted", None), ("by_people", people))
        for name, of in (("theil", measure.theil), ("mld", measure.mld), ("gini", measure.gini))
    )


def _persons(before: Array, after: Array, w: Array) -> tuple[Index, ...]:
    found = [
        Index(f"{name}_persons", of(before, w), of(after, w))
        for name, of in (("theil", measure.theil), ("mld", measure.mld), ("gini", measure.gini))
    ]
    found += [
        Index(
            f"atkinson_{e:g}_persons",
            measure.atkinson(before, w, epsilon=e),
            measure.atkinson(after, w, epsilon=e),
        )
        for e in measure.EPSILONS
    ]
    return tuple(found)


def _world_group(name: str, inside: Mask, people: Array, gdp: Array, growth: Array) -> GroupGap:
    w = people[inside] / people[inside].sum()
    return GroupGap(
        name,
        int(inside.sum()),
        float(people[inside].sum()),
        float(w @ gdp[inside]),
        float(w @ (gdp * (1.0 + growth))[inside]),
        int((growth[inside] < -5e-5).sum()),
    )


def _members(name: str, codes: Sequence[str], blocs: Mapping[str, Any]) -> Mask:
    members = read_group(
        names(name), on=dt.date(LAST, 12, 31), codes=None, blocs=blocs, where="group"
    ).codes
    return np.array([code in members for code in codes])


def _poor(
    data: IncomePanel, known: Mask, growth: Array, people: Array, line: float, ppp: int, *,
    by_channel: bool,
) -> Poor:  # fmt: skip
    if by_channel:
        raise DataError(
            "poverty below a line is computed with the same gain for all deciles: leave --lines out with "
            "a channel file by --lines none."
        )
    mean, gini = data.mean[known], data.gini[known]
    if ppp == PPP and line in OUTDATED:
        raise DataError(
            f"{line:.2f} is a line of {OUTDATED[line]} PPP, incomes are in {PPP} PPP: PPP years cannot be "
            f"mixed. Take 3.00, 4.20 or 8.30, or 2.15 and 6.85 with --ppp 2017."
        )
    if ppp == PPP:
        z = np.full(len(mean), float(line))
        before = measure.lognormal_below(mean, gini, z)
    elif (ppp, line) in OLDER:
        before = data.older[ppp, line][known]
        if not np.isfinite(before).any():
            raise DataError(
                f"the share below {line:g} of {ppp} PPP is not at hand for {data.year}."
            )
        # Rates of exactly 0 or 1 have no line: nobody crosses it.
        z = measure.lognormal_line(mean, gini, np.clip(before, 1e-9, 1.0 - 1e-9))
    else:
        raise DataError(
            f"a line of {line:g} in {ppp} PPP beside incomes in {PPP} PPP: PPP years cannot be mixed. "
            f"Write the line in {PPP} dollars (3.00, 4.20, 8.30), or take one of the older lines that "
            f"the panel has people for: {listed(f'{z:g} of {y}' for y, z in OLDER)}."
        )
    if not (np.isfinite(line) and line > 0):
        raise DataError(f"a poverty line of {line:g}; it must be above 0.")
    after = measure.lognormal_below(mean * (1.0 + growth), gini, z)
    inside = np.isfinite(before)
    return Poor(
        line,
        ppp,
        float(people[inside] @ before[inside]),
        float(people[inside] @ after[inside]),
        float(people[inside].sum()),
    )


def _convergence() -> tuple[tuple[str, Convergence], ...]:
    found = []
    for first, last in PERIODS:
        start, end = gdp_of(first), gdp_of(last)
        both = sorted(set(start) & set(end))
        for sample, codes in (
            ("all", both),
            ("without CHN and IND", [c for c in both if c not in GIANTS]),
        ):
            y0 = np.array([start[c] for c in codes])
            y1 = np.array([end[c] for c in codes])
            found.append((sample, measure.convergence(first, last, y0, y1)))
    return tuple(found)


def _voice(
    groups: Sequence[str], blocs: Mapping[str, Any]
) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]:
    """Votes of groups, and of every economy, in institutions beside their people and GDP, percent.

    In the General Assembly and the SCO each state has one vote. Shares of people and GDP are of all economies
    with votes, and for the SCO of its members: who has nobody in it has neither there.
    """
    cast = votes()
    data = incomes(2019)
    codes = tuple(c for c in data.codes if c in cast)
    at = [data.codes.index(c) for c in codes]
    people, gdp = data.people[at], data.people[at] * data.gdp[at]
    sco = _members(SCO, codes, blocs)
    body_votes = {
        body: np.array([cast[code][body] for code in codes]) for body in ("imf", "ibrd", "unga")
    } | {"sco": 100.0 * sco / max(sco.sum(), 1)}

    def row(key: str, name: str, inside: Mask) -> dict[str, Any]:
        told: dict[str, Any] = {
            key: name,
            "people_percent": float(100.0 * people[inside].sum() / people.sum()),
            "gdp_ppp_percent": float(100.0 * np.nansum(gdp[inside]) / np.nansum(gdp)),
            "sco_people_percent": float(100.0 * people[inside & sco].sum() / people[sco].sum()),
            "sco_gdp_ppp_percent": float(
                100.0 * np.nansum(gdp[inside & sco]) / np.nansum(gdp[sco])
            ),
        }
        for body, figures in body_votes.items():
            told[f"{body}_percent"] = float(figures[inside].sum())
            start = "sco_" if body == "sco" else ""
            for what in ("people", "gdp_ppp"):
                size = told[f"{start}{what}_percent"]
                told[f"{body}_votes_over_{what}"] = (
                    told[f"{body}_percent"] / size if size > 0 else None
                )
        return told

    each = np.eye(len(codes), dtype=bool)
    return (
        tuple(row("group", name, _members(name, codes, blocs)) for name in groups),
        tuple(row("code", code, each[k]) for k, code in enumerate(codes)),
    )
