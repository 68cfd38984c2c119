"""Tariff lines over HTTP, of an example that winset brings along or of a table that is sent and not kept.

See `winset.web.questions`.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.web import reading
from winset.web.asked import Asked

if TYPE_CHECKING:
    from winset.studies.offer_terms import OfferTerms
    from winset.studies.offers import Negotiation

MOST_TABLE = 1_000_000  # characters of a table that is sent
TABLE = "your table"  # its name in messages


@dataclass(frozen=True, slots=True)
class Offers:
    """What `winset offer` answers, with its JSON."""

    done: Negotiation

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset offer --json`` prints."""
        from winset.studies import offer_lists

        return offer_lists.to_json(self.done)


def offer(raw: Any) -> Asked:
    """Read ``{lines|table, cut?, percent?, method?, demand?, supply?, floors?}``.

    `lines` is a bundled example's name; `table` is the text of a table of lines, whose importers bargain.
    """
    from dataclasses import replace

    from winset.studies import offers
    from winset.studies.offer_terms import examples, read_terms
    from winset.trade.models.partial.methods import METHODS

    known = ("lines", "table", "cut", "percent", "method", "demand", "supply", "floors")
    body = reading.fields(raw, known, "body")
    table = body.get("table")
    if table is not None and not (isinstance(table, str) and 0 < len(table) <= MOST_TABLE):
        raise DataError(f"body: table must be text of at most {MOST_TABLE:,} characters.")
    cut = 100.0 if body.get("cut") is None else reading.number(body, "cut")
    if not 0 <= cut <= 100:
        raise DataError(f"body: cut = {cut:g} is wrong: it is a percentage, 0 to 100.")
    percent = reading.truth(body, "percent") if "percent" in body else None
    name = reading.text(body, "lines", "body", required=table is None) or ""
    if table is not None and name:
        raise DataError("body: lines and table. Send one of the two.")
    if table is None and (body.get("cut") is not None or percent is not None):
        raise DataError("body: cut and percent are of a table; the example has its own.")
    if table is None and name not in examples():
        raise DataError(
            f"lines {name[:80]!r} are not bundled ({', '.join(examples())})."
            f"{did_you_mean(name[:80], examples())} Send your own as table."
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

    def negotiated(terms: OfferTerms) -> Offers:
        terms = replace(
            terms,
            demand=terms.demand if demand is None else demand,
            supply=terms.supply if supply is None else supply,
        )
        least = None if floors is None else {str(k): float(x) for k, x in floors.items()}
        return Offers(offers.negotiate(terms, method=method, floors=least))

    def answer() -> Offers:
        if table is None:
            return negotiated(read_terms(name))
        with tempfile.TemporaryDirectory() as folder:  # nothing of it stays
            path = Path(folder) / TABLE
            path.write_text(table, encoding="utf-8")
            terms = replace(
                read_terms(str(path)), every=cut, percent=percent, title=TABLE, where=TABLE
            )
            try:
                return negotiated(terms)
            except DataError as error:
                raise DataError(str(error).replace(str(path), TABLE)) from None

    return Asked(f"Tariff lines: {name or TABLE}", (), answer)
