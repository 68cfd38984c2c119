"""The questions that are answered from what winset brings along: tariff lines, pledges; and grouped incomes.

See `winset.web.questions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.web import reading
from winset.web.asked import Asked

if TYPE_CHECKING:
    from winset.studies.offers import Negotiation

MOST_POINTS = 1_000  # of a Lorenz curve


@dataclass(frozen=True, slots=True)
class Offers:
    """What `winset offer` answers, with its JSON."""

    done: Negotiation

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset offer --json`` prints."""
        from winset.studies import offer_lists

        return offer_lists.to_json(self.done)


def offer(raw: Any) -> Asked:
    """Read ``{lines, method?, demand?, supply?, floors?}``; the lines are a bundled example's name."""
    from dataclasses import replace

    from winset.studies import offers
    from winset.studies.offer_terms import examples, read_terms
    from winset.trade.models.partial.methods import METHODS

    body = reading.fields(raw, ("lines", "method", "demand", "supply", "floors"), "body")
    name = reading.text(body, "lines", "body", required=True) or ""
    if name not in examples():
        raise DataError(
            f"lines {name[:80]!r} are not bundled ({', '.join(examples())})."
            f"{did_you_mean(name[:80], examples())} Over HTTP lines are one of these."
        )
    method = reading.text(body, "method", "body")
    if method not in (None, *METHODS):
        raise DataError(
            f"body: method {str(method)[:80]!r} is not known. One of: {', '.join(METHODS)}."
        )
    demand, supply = (
        None if body.get(key) is None else reading.number(body, key) for key in ("demand", "supply")
    )
    if demand is not None and not -100 <= demand < 0:
        raise DataError(f"body: demand = {demand:g} is wrong: it is from -100 to below 0.")
    if supply is not None and not 0 < supply <= 1000:
        raise DataError(f"body: supply = {supply:g} is wrong: it is above 0, up to 1000.")
    floors = body.get("floors")
    if floors is not None and not (
        isinstance(floors, dict)
        and len(floors) <= reading.MOST_NAMES
        and all(isinstance(x, int | float) and abs(x) < 1e15 for x in floors.values())
    ):
        raise DataError("body: floors must be an object of codes and least gains.")

    def answer() -> Offers:
        terms = read_terms(name)
        terms = replace(
            terms,
            demand=terms.demand if demand is None else demand,
            supply=terms.supply if supply is None else supply,
        )
        least = None if floors is None else {str(k): float(x) for k, x in floors.items()}
        return Offers(offers.negotiate(terms, method=method, floors=least))

    return Asked(f"Tariff lines: {name}", (), answer)


def track(raw: Any) -> Asked:
    """Read ``{group}``: who promised, or all."""
    from winset.delivery import pledges

    body = reading.fields(raw, ("group",), "body")
    group = (reading.text(body, "group", "body", required=True) or "")[:200]
    return Asked(f"Pledges of {group}", (), lambda: pledges.account(group, pledges.bundled()))


def gap(raw: Any) -> Asked:
    """Read ``{points, mean, line, form?}``; points are pairs [p, L] of cumulative shares."""
    import numpy as np

    from winset.delivery import lorenz

    body = reading.fields(raw, ("points", "mean", "line", "form"), "body")
    points = body.get("points")
    if not (
        isinstance(points, list)
        and 1 < len(points) <= MOST_POINTS
        and all(
            isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(x, int | float) and x is not True and abs(x) < 1e9 for x in pair)
            for pair in points
        )
    ):
        raise DataError(
            f"body: points must be a list of 2 to {MOST_POINTS} pairs [p, L]: cumulative shares of people "
            "and of income."
        )
    if body.get("mean") is None or body.get("line") is None:
        raise DataError("body: mean and line are needed, in one unit.")
    mean, line = (reading.number(body, key) for key in ("mean", "line"))
    said = reading.text(body, "form", "body") or "best"
    form = next((known for known in lorenz.FORMS if known == said), None)
    if form is None:
        raise DataError(
            f"body: form {said[:80]!r} is not known. One of: {', '.join(lorenz.FORMS)}."
        )
    p, L = np.array(points, dtype=float).T
    return Asked(
        "Poverty and inequality",
        (),
        lambda: lorenz.grouped(p, L, mean=mean, line=line, form=form, where="points"),
    )
