r"""Changes of rules for people, and what they do to trade where a scenario asks for it.

| kind | what changes |
|---|---|
| ``visa-free`` | no visa for short visits, among a group or of one side at the other's |
| ``scholarships`` | a number of students, or money, from one side to the other |
| ``recognition`` | degrees of each are those of the other |
| ``language`` | the language of one side is taught at the other |
| ``labor-agreement`` | work abroad by agreement of both states |
| ``joint-program`` | programs that both sides teach together |

What becomes of people is told by `winset.studies.people_scenario`. Trade is left alone unless a change says
``trade``: then trade x̂ of the pairs that it touches rises as cited studies have it (``low``, ``central`` or
``high`` of their span) or by a percentage of one's own, and the iceberg cost that does it is

    d̂_in = x̂_in^(−1/θ)

with the scenario's trade elasticity θ, before prices and incomes answer. A visa counts once a pair of
states, however
many ways: trade of both directions with one visa less differs from that with two.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import numpy as np
from pydantic import ConfigDict, Field

from winset.errors import DataError
from winset.places.ties import visas
from winset.scenario.people_effects import Span, about, span
from winset.toml_files import Strict

if TYPE_CHECKING:
    from winset.numbers import Array, Mask
    from winset.scenario.pairs import Groups
    from winset.worlds import World

Economies = str | list[str]
#: Log points; beyond 20 a factor is half a billion.
Log = Annotated[float, Field(ge=-20, le=20)]
Effect = Log | Annotated[list[Log], Field(min_length=2, max_length=2)]
Trade = Literal["low", "central", "high"] | Annotated[float, Field(gt=-100, le=1000)]
GULF = frozenset(("ARE", "BHR", "KWT", "OMN", "QAT", "SAU"))


class OfPeople(Strict):
    """Who may go where under what: among a group, or from one side to the other.

    `effect` is the log of the factor on a destination's attraction (0.1: about ten percent more likely
    against
    any other place), or its two ends, in place of what studies say; `of` whom it is about.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, populate_by_name=True
    )

    among: Economies | None = None
    from_: Economies | None = Field(None, alias="from")
    to: Economies | None = None
    of: Literal["students", "migrants"] | None = None
    effect: Effect | None = None
    trade: Trade | None = None
    phase: None = None

    def span_of_user(self) -> Span | None:
        """What the change itself says of its effect."""
        if self.effect is None:
            return None
        ends = self.effect if isinstance(self.effect, list) else [self.effect, self.effect]
        return Span(min(ends), max(ends))


class VisaFree(OfPeople):
    """No visa where there was one."""

    kind: Literal["visa-free"]


class Scholarships(OfPeople):
    """So many scholarships at a time (`number`, or `budget_musd` a year), each for `covers` of `cost_usd`."""

    kind: Literal["scholarships"]
    number: float | None = Field(None, gt=0, le=1e9)
    budget_musd: float | None = Field(None, gt=0)
    cost_usd: float | None = Field(None, gt=0)
    covers: float = Field(1.0, gt=0, le=1)
    level: str = ""


class Recognition(OfPeople):
    """Degrees count on both sides."""

    kind: Literal["recognition"]


class Language(OfPeople):
    """A language is taught."""

    kind: Literal["language"]


class LaborAgreement(OfPeople):
    """Two states agree on work; with `gain` and `income_usd` there is a sheet, `winset.people.labor`."""

    kind: Literal["labor-agreement"]
    migrants: float | None = Field(None, ge=0)
    coefficient: Log | None = None
    gain: float | None = Field(None, ge=0)
    income_usd: float | None = Field(None, ge=0)
    years: int = Field(25, ge=0, le=1000)
    rate: float = Field(0.03, gt=-1, lt=1)
    first_years: int = Field(5, ge=0, le=1000)

    def span_of_user(self) -> Span | None:
        """The coefficient of the sheet is the effect, where there is no other."""
        if self.effect is None and self.coefficient is not None:
            return Span(self.coefficient, self.coefficient)
        return OfPeople.span_of_user(self)


class JointTeaching(OfPeople):
    """Both teach together."""

    kind: Literal["joint-program"]


PEOPLE_KINDS = (VisaFree, Scholarships, Recognition, Language, LaborAgreement, JointTeaching)
PeopleChange = VisaFree | Scholarships | Recognition | Language | LaborAgreement | JointTeaching


def consistent_people(change: OfPeople, at: str) -> None:
    """What does not go together in a change of rules for people."""
    ends = change.from_ is not None or change.to is not None
    sheet = isinstance(change, LaborAgreement) and change.migrants is not None
    if change.among is not None and ends:
        raise DataError(f"{at}: name the pairs in one way: among, or from and to.")
    if ends and (change.from_ is None or change.to is None):
        raise DataError(f"{at}: {'from' if change.from_ is None else 'to'} is missing. Add it.")
    if change.among is None and not ends and not sheet:
        raise DataError(f"{at}: among whom? Name among, or from and to.")
    if isinstance(change, Scholarships):
        if (change.number is None) == (change.budget_musd is None):
            found = "none" if change.number is None else "both"
            raise DataError(f"{at}: give number or budget_musd (found {found}).")
        if change.budget_musd is not None and change.cost_usd is None:
            raise DataError(
                f"{at}: cost_usd is missing: how many does the money pay for? Write what a student "
                "costs a year."
            )
    if isinstance(change, LaborAgreement):
        if (change.gain is None) != (change.income_usd is None):
            missing = "gain" if change.gain is None else "income_usd"
            raise DataError(f"{at}: {missing} is missing: a sheet takes gain and income_usd.")
        if sheet and change.coefficient is None:
            raise DataError(
                f"{at}: coefficient is missing: by how many log points do migrants rise?"
            )
        if sheet and change.gain is None and not (ends or change.among):
            raise DataError(f"{at}: a sheet without gain and income_usd says nothing. Add both.")
        if change.first_years > change.years:
            raise DataError(
                f"{at}: first_years = {change.first_years} is more than years = {change.years}."
            )
    if isinstance(change.trade, str) and not isinstance(change, VisaFree | LaborAgreement):
        raise DataError(
            f"{at}: trade = {change.trade!r}: no study at hand says what {_kind(change)} does to "
            "trade. Write a "
            "percentage of your own, or drop the key."
        )
    if change.trade is not None and change.among is None and not ends:
        raise DataError(f"{at}: trade of whom? Name among, or from and to.")


def _kind(change: OfPeople) -> str:
    return str(getattr(change, "kind", ""))


def labor_where(origin_in_africa: bool, destination: str) -> str:
    """Return the name under which the effect of an agreement on a corridor stands."""
    if destination in GULF:
        return "GCC"
    return "Africa" if origin_in_africa else ""


def lay_people(
    change: OfPeople, target: World, groups: Groups, cost: Array, elasticity: float, where: str
) -> tuple[Array, tuple[str, ...]]:
    """Return the cost factors that a change leads to, and whom it names; the same ones without ``trade``.

    Raises
    ------
    DataError
        A visa is lifted where there is none.
    """
    if change.trade is None or (change.among is None and change.from_ is None):
        return cost, ()
    if change.among is not None:
        one = other = groups.positions(change.among, f"{where}: among")
    else:
        one = groups.positions(cast("Economies", change.from_), f"{where}: from")
        other = groups.positions(cast("Economies", change.to), f"{where}: to")
    mask = np.zeros((len(target), len(target)), dtype=np.bool_)
    mask[np.ix_(one, other)] = True
    np.fill_diagonal(mask, val=False)
    growth = _trade_growth(change, target, mask, where)
    factor = growth ** (-1.0 / elasticity)
    new = cost.copy()
    if target.sectored:
        traded = (
            np.ones(len(target.sectors), np.bool_)
            if target.technology is None
            else target.technology.traded
        )
        new[traded] *= factor
    else:
        new *= factor
    return new, tuple(target.codes[k] for k in np.union1d(one, other))


def _trade_growth(change: OfPeople, target: World, mask: Mask, where: str) -> Array:
    """x̂ of every pair, symmetric: people's ways open trade both ways."""
    if isinstance(change, VisaFree):
        needed = visas(target.codes)
        lifted = mask & needed
        if not lifted.any():
            raise DataError(no_visa(change, where))
        ways = lifted.astype(int) + lifted.T.astype(int)
        logs = np.zeros(mask.shape)
        for count, name in ((1, "one way"), (2, "both ways")):
            logs[ways == count] = _logs(change, about("visa-free", "trade", name))
        return np.asarray(np.exp(logs))
    pairs = mask | mask.T
    if isinstance(change, LaborAgreement) and isinstance(change.trade, str):
        found = change.span_of_user() or span(about("labor-agreement", "migrants"))
        more = getattr(cast("Span", found), change.trade)
        logs_ = more * getattr(cast("Span", span(about("labor-agreement", "trade"))), change.trade)
        return np.asarray(np.where(pairs, math.exp(logs_), 1.0))
    return np.asarray(np.where(pairs, 1.0 + cast("float", change.trade) / 100.0, 1.0))


def _logs(change: OfPeople, found: Any) -> float:
    if isinstance(change.trade, str):
        return float(getattr(cast("Span", span(found)), change.trade))
    return math.log1p(cast("float", change.trade) / 100.0)


def no_visa(change: OfPeople, where: str) -> str:
    """Say that there is no visa to lift."""
    who = (
        f"among {change.among!r}"
        if change.among is not None
        else f"for {change.from_!r} in {change.to!r}"
    )
    return (
        f"{where}: no passport needs a visa before the journey {who} (January 2025), so that there is "
        "none to lift. "
        "Drop the change, or name others."
    )
