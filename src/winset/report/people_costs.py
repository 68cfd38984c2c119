"""The table of what was promised to people, with its costs and what studies say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.studies.people_costs import NO_EVIDENCE

if TYPE_CHECKING:
    from winset.studies.people_costs import CostSheet


def cost_tables(sheet: CostSheet) -> list[Table | str]:
    """Return promises with what they cost and bring, where there is evidence."""
    table = Table(f"{sheet.group}: what was promised to people, what it costs and brings (USD)")
    table.names("id", "what")
    table.figures("units", "a unit", "cost", "value per cost")
    for promise in sheet.promises:
        said = promise.to_json()
        ratio = said["value_per_cost_low"]
        table.add_row(
            promise.key,
            promise.unit,
            f"{promise.count:,.0f}",
            _money(said["unit_cost_usd"]),
            _money(said["cost_usd"]),
            ratio if ratio == NO_EVIDENCE else f"{ratio:.2f} – {said['value_per_cost_high']:.2f}",
        )
    return [table]


def cost_notes(sheet: CostSheet) -> list[str]:
    """Return what studies say, and that they say nothing in money."""
    said = []
    for one in sheet.evidence:
        size = "no figure in money" if one.estimate is None else f"{one.estimate:g} {one.unit}"
        said.append(f"{one.kind}, {one.of}: {size} ({one.basis}; {one.source}): {one.note}.")
    if any(promise.cost is None for promise in sheet.promises):
        said.append(
            "No evidence: nobody has published what a unit costs or brings that was read here. Give "
            "yours with "
            "--costs FILE (unit, unit_cost_usd, source)."
        )
    return said


def _money(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else str(value)
