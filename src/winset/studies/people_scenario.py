r"""What changes of rules do to people: a scenario laid on a table, in exact hats, with its doubt.

Corridors and spans are those of `winset.studies.people_laying`; several changes multiply. Where people go is
told by `winset.people.choice`. Who stays at home is counted with the population, so that people can leave
home for a new chance (totals open), or the number of those abroad stays as it is (closed).

**Doubt.** Every β is drawn evenly from its span, in so many strata of equal chance in a random order of
its own
(McKay, Beckman & Conover 1979); intervals are of these draws. They hold what studies disagree on, and
nothing of
what the model leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from winset import __version__
from winset.errors import DataError
from winset.gravity.expectation import rounded
from winset.people import records as tables_of
from winset.people.choice import move
from winset.people.labor import LaborSheet, labor_sheet
from winset.people.records import embedded
from winset.places.blocs import load_blocs
from winset.places.economies import economies
from winset.scenario import Scenario, read_scenario
from winset.scenario.people_changes import (
    LaborAgreement,
    Language,
    OfPeople,
    Scholarships,
    VisaFree,
)
from winset.studies.people import digest
from winset.studies.people_laying import Laid, Laying, scholarships_of
from winset.studies.people_outcome import ENDS, PeopleFigure, PeopleOutcome, Place, ThroughTrade
from winset.trade import solve
from winset.trade.numerics.blas import one_thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winset.numbers import Array
    from winset.people.records import Kind
    from winset.scenario.changes import Change

TOTALS = ("open", "closed")
HELD = "held"
USUAL_DRAWS = 200
MOST_DRAWS = 10_000
MOST_HELD_DRAWS = 1_000
USUAL_YEAR = {"migrants": 2020, "students": 2016}
NOBODY = 1e-3  # persons, of a change that is told
FULLY = 1e-6  # below one, of what a host admits


@dataclass(frozen=True, slots=True)
class PeopleScenario:
    """What `winset people SCENARIO` answers."""

    scenario: Scenario
    totals: str
    capacity: str
    draws: int
    seed: int
    outcomes: tuple[PeopleOutcome, ...]
    sheets: tuple[tuple[int, LaborSheet], ...]
    trade: ThroughTrade | None
    other: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset people SCENARIO --json`` prints."""
        return {
            "winset": __version__,
            "scenario": {
                "name": self.scenario.name,
                "title": self.scenario.title,
                "on": self.scenario.on.isoformat(),
                "changes": [
                    {k: v for k, v in c.model_dump(by_alias=True).items() if v is not None}
                    for c in self.scenario.changes
                ],
            },
            "totals": self.totals,
            "capacity": self.capacity or None,
            "draws": self.draws,
            "seed": self.seed,
            "outcomes": [outcome.to_json() for outcome in self.outcomes],
            "labor_agreements": [
                {"number": number, **sheet.to_json()} for number, sheet in self.sheets
            ],
            "trade": None if self.trade is None else self.trade.to_json(),
            "changes_without_people": list(self.other),
        }


@one_thread()
def people_scenario(
    source: str | Path | Scenario,
    *,
    overrides: Mapping[str, str] | None = None,
    of: str | None = None,
    totals: str = TOTALS[0],
    capacity: str | None = None,
    data: Path | None = None,
    blank: str | None = None,
    remittances: Path | None = None,
    draws: int = USUAL_DRAWS,
    seed: int = 1,
    blocs_file: Path | None = None,
) -> PeopleScenario:
    """Lay a scenario's changes of rules on people.

    `capacity` is ``held`` (hosts take no more than they have) or a table of destination and capacity.

    Raises
    ------
    DataError
        No change is about people; a change without a span of its own and of studies; corridors without
        figures; visas
        that do not exist; a capacity below who is there.
    ConvergenceError
        Capacity cannot be met.
    """
    scenario = read_scenario(source, overrides)
    if totals not in TOTALS:
        raise DataError(f"--totals {totals[:80]}: it is {' or '.join(TOTALS)}.")
    most = MOST_DRAWS if capacity is None else MOST_HELD_DRAWS
    if not 0 < draws <= most:
        raise DataError(f"--draws {draws}: a number from 1 to {most:,}.")
    numbered = [
        (number, change)
        for number, change in enumerate(scenario.changes, 1)
        if isinstance(change, OfPeople)
    ]
    if not numbered:
        kinds = "visa-free, scholarships, recognition, language, labor-agreement or joint-program"
        raise DataError(
            f"scenario {scenario.title!r} changes no rule for people ({kinds}). Use winset run for trade."
        )
    sheets = []
    rows: dict[Kind, list[tuple[int, OfPeople]]] = {}
    for number, change in numbered:
        placed = change.among is not None or change.from_ is not None
        if isinstance(change, LaborAgreement) and None not in (change.gain, change.migrants):
            sheets.append((number, _sheet(change, cast("float", change.migrants))))
        for kind in _kinds(change) if placed else ():
            if of is None or of == kind:
                rows.setdefault(kind, []).append((number, change))
    if of is not None and not rows:
        raise DataError(f"--of {of[:80]}: no change of the scenario is about them.")
    if data is not None and len(rows) > 1:
        raise DataError(
            "--data is one table, and the scenario is about several. Add --of migrants or students."
        )
    outcomes: list[PeopleOutcome] = []
    for kind in sorted(rows):
        table = (
            embedded(kind) if data is None else tables_of.read_records(data, kind=kind, blank=blank)
        )
        year = table.years[-1] if data is not None else USUAL_YEAR[kind]
        lay = Laying(table, year, scenario, blocs_file)
        laid = [lay.on(number, change) for number, change in rows[kind]]
        for one in laid:
            agreed = one.change
            if (
                isinstance(agreed, LaborAgreement)
                and agreed.gain is not None
                and agreed.migrants is None
            ):
                there = float(np.nansum(lay.here[one.corridors]))
                sheets.append((one.number, _sheet(agreed, there, one.spans[0][1].central)))
        outcomes.append(
            _outcome(lay, laid, totals, capacity, data, remittances, draws, seed + len(outcomes))
        )
    return PeopleScenario(
        scenario,
        totals,
        capacity or "",
        draws,
        seed,
        tuple(outcomes),
        tuple(sorted(sheets, key=lambda pair: pair[0])),
        _through_trade(scenario, blocs_file),
        tuple(k for k, c in enumerate(scenario.changes, 1) if not isinstance(c, OfPeople)),
    )


def _kinds(change: OfPeople) -> tuple[Kind, ...]:
    if change.of is not None:
        return (change.of,)
    if isinstance(change, VisaFree):
        return ("migrants", "students")
    return ("migrants",) if isinstance(change, LaborAgreement | Language) else ("students",)


def _sheet(change: LaborAgreement, migrants: float, effect: float | None = None) -> LaborSheet:
    coefficient = change.coefficient if change.coefficient is not None else effect
    return labor_sheet(
        migrants,
        cast("float", coefficient),
        gain=cast("float", change.gain),
        income_usd=cast("float", change.income_usd),
        years=change.years,
        rate=change.rate,
        first_years=change.first_years,
    )


def _outcome(
    lay: Laying,
    laid: Sequence[Laid],
    totals: str,
    capacity: str | None,
    data: Path | None,
    remittances: Path | None,
    draws: int,
    seed: int,
) -> PeopleOutcome:
    codes = lay.table.codes
    n = len(codes)
    abroad = np.nan_to_num(lay.here)
    np.fill_diagonal(abroad, 0.0)
    known = economies()
    population = np.array([float((known[c].population or 0) if c in known else 0) for c in codes])
    home = np.maximum(population - abroad.sum(axis=1), 0.0)
    if totals == "closed":
        home = np.zeros(n)
    people = np.column_stack([abroad, home])
    room = _capacity(capacity, lay)

    def after(quantiles: Sequence[float]) -> tuple[Array, Array, int]:
        logs = np.zeros((n, n))
        for one, quantile in zip(laid, quantiles, strict=True):
            logs += one.logs(quantile)
        moved = move(people, np.column_stack([np.exp(logs), np.ones(n)]), room)
        return moved.people - people, moved.admission, moved.rounds

    treated = np.logical_or.reduce([one.corridors for one in laid])
    nobody = tuple(codes[i] for i in np.flatnonzero(treated.any(axis=1) & (population == 0)))
    central, admission, rounds = after([0.5] * len(laid))
    generator = np.random.default_rng(seed)
    strata = np.array([(generator.permutation(draws) + 0.5) / draws for _ in laid]).T
    drawn_total = np.empty(draws)
    drawn_out, drawn_in = np.empty((draws, n)), np.empty((draws, n))
    for k, row in enumerate(strata):
        more = after(row.tolist())[0][:, :n]
        drawn_total[k] = more[treated].sum()
        drawn_out[k], drawn_in[k] = more.sum(axis=1), more.sum(axis=0)
    more = central[:, :n]

    def figure(middle: float, drawn: Array) -> PeopleFigure:
        ends = {key: float(np.percentile(drawn, q)) for key, q in ENDS.items()}
        return PeopleFigure(float(middle), **ends)

    def places(middle: Array, drawn: Array, before: Array) -> tuple[Place, ...]:
        order = np.argsort(-np.abs(middle), kind="stable")
        return tuple(
            Place(
                codes[k],
                known[codes[k]].name if codes[k] in known else codes[k],
                float(before[k]),
                figure(middle[k], drawn[:, k]),
                1000.0 * float(middle[k]) / population[k] if population[k] else np.nan,
            )
            for k in order
            if max(abs(float(middle[k])), float(np.abs(drawn[:, k]).max())) > NOBODY
        )

    gone = -np.minimum(np.where(treated, 0.0, more), 0.0).sum(axis=0)
    elsewhere = sorted(
        ((codes[k], float(gone[k])) for k in range(n) if gone[k] > NOBODY),
        key=lambda pair: (-pair[1], pair[0]),
    )
    ranked = sorted(
        ((i, j) for i, j in np.argwhere(treated) if abs(more[i, j]) > NOBODY),
        key=lambda at: (-abs(more[at[0], at[1]]), at[0], at[1]),
    )
    held = [] if room is None else [k for k in range(n) if admission[k] < 1.0 - FULLY]
    return PeopleOutcome(
        kind=lay.table.kind,
        year=lay.year,
        title=lay.table.title,
        changes=tuple(laid),
        treated=figure(more[treated].sum(), drawn_total),
        treated_before=float(abroad[treated].sum()),
        origins=places(more.sum(axis=1), drawn_out, abroad.sum(axis=1)),
        destinations=places(more.sum(axis=0), drawn_in, abroad.sum(axis=0)),
        corridors=tuple(
            (codes[i], codes[j], float(abroad[i, j]), float(more[i, j])) for i, j in ranked
        ),
        from_home=float(-central[:, n].sum()),
        diverted=float(gone.sum()),
        from_elsewhere=tuple(elsewhere),
        refused=tuple((codes[k], float(admission[k])) for k in held),
        missing=tuple(lay.missing),
        remittances=_sent(lay, abroad, more, remittances),
        scholarships=tuple(_bought(one, more) for one in laid if one.grant is not None),
        evidence=tuple(lay.evidence),
        without_home=nobody if totals == "open" else (),
        rounds=rounds,
        sha256=digest(lay.table.kind, data),
    )


def _capacity(capacity: str | None, lay: Laying) -> Array | None:
    """Return room by host and, without an end, at home, (n + 1,)."""
    if capacity is None:
        return None
    if capacity == HELD:
        there = np.nansum(lay.here, axis=0)
        return np.append(np.where(there > 0, there, np.inf), np.inf)
    from pathlib import Path

    path = Path(capacity)
    if not path.is_file():
        raise DataError(
            f"--capacity {capacity[:80]}: it is {HELD}, or a table of destination and capacity."
        )
    found = tables_of.read_hosts(path, lay.here, lay.table.codes, "capacity")
    return np.append(found, np.inf)


def _sent(
    lay: Laying, abroad: Array, more: Array, own: Path | None
) -> tuple[tuple[str, float, float], ...]:
    """Return remittances of each origin whose migrants change: before, and what the change brings.

    What a migrant of a corridor sends stays as it is; of a corridor without a figure nothing is known.
    """
    if lay.table.kind != "migrants":
        return ()
    sent = tables_of.remittances() if own is None else tables_of.read_remittances(own)
    index = lay.table.index
    before: dict[str, float] = {}
    change: dict[str, float] = {}
    for (host, origin), musd in sent.items():
        if host not in index or origin not in index:
            continue
        i, j = index[origin], index[host]
        before[origin] = before.get(origin, 0.0) + musd
        if abroad[i, j] > 0:
            change[origin] = change.get(origin, 0.0) + musd * more[i, j] / abroad[i, j]
    touched = [c for c, musd in change.items() if abs(musd) > 1e-6]
    return tuple(
        (code, before[code], change[code])
        for code in sorted(touched, key=lambda c: (-abs(change[c]), c))
    )


def _bought(one: Laid, more: Array) -> dict[str, Any]:
    """Say what scholarships buy: students who would not have come, and what each of them costs."""
    change = cast("Scholarships", one.change)
    count = scholarships_of(change)
    new = float(more[one.corridors].sum())
    cost = None if change.cost_usd is None else count * change.covers * change.cost_usd
    return {
        "number": one.number,
        "scholarships": rounded(count),
        "level": change.level or None,
        "price_cut": rounded(cast("float", one.grant)),
        "more_students": rounded(new),
        "to_those_who_come_anyway": rounded(max(1.0 - new / count, 0.0)),
        "cost_usd_a_year": None if cost is None else rounded(cost),
        "usd_for_one_more_student": None if cost is None or new <= 0 else rounded(cost / new),
    }


def _through_trade(scenario: Scenario, blocs_file: Path | None) -> ThroughTrade | None:
    """Solve the scenario with and without its changes of people, where one of them moves trade."""
    if not any(isinstance(c, OfPeople) and c.trade is not None for c in scenario.changes):
        return None
    blocs = load_blocs(blocs_file) if blocs_file is not None else None
    world = scenario.load_world()
    whole = solve(world, scenario, blocs=blocs)
    members = whole.members
    at = [world.index[code] for code in members]

    def gain(changes: tuple[Change, ...]) -> float:
        if not changes:
            return 0.0
        done = solve(world, replace(scenario, changes=changes), blocs=blocs)
        return float(done.equivalent_variation[at].sum())

    gained = float(whole.equivalent_variation[at].sum())
    ends = [
        gain(tuple(_at_end(change, end) for change in scenario.changes)) for end in ("low", "high")
    ]
    rest = tuple(change for change in scenario.changes if not isinstance(change, OfPeople))
    return ThroughTrade(members, gained, gain(rest), *ends)


def _at_end(change: Change, end: str) -> Change:
    """Return a change with its trade at an end of what studies say."""
    if isinstance(change, OfPeople) and isinstance(change.trade, str):
        return change.model_copy(update={"trade": end})
    return change
