"""One economy in a run, for the terminal: what its gain is made of, and its partners before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table, signed
from winset.report.tables import number

if TYPE_CHECKING:
    from winset.studies.economy_view import EconomyView

PARTS = {
    "labor_income_musd": "labor income",
    "tariff_revenue_musd": "tariff revenue",
    "export_tax_revenue_musd": "revenue of export taxes",
    "deficit_musd": "trade deficit",
    "labor_cost_musd": "cost of more labor",
}


def printed(view: EconomyView, *, top: int) -> list[Table]:
    """Return a table of the parts of the gain, and one of the largest partners."""
    name = view.row["name"]
    parts = Table(f"{name}: what its gain is made of")
    parts.names("of")
    parts.figures("USD mn")
    for key, said in PARTS.items():
        if key in view.parts and (key != "labor_cost_musd" or view.parts[key]):
            parts.add_row(said, number(view.parts[key], 0))
    parts.add_part()
    parts.add_row("gain", number(view.row["welfare_musd"], 0))

    partners = Table(f"{name}: partners before and after, USD million")
    partners.names("code", "economy")
    partners.figures("exports", "exports after", "imports", "imports after")
    for one in view.partners[:top]:
        flows = (one.exports_musd, one.new_exports_musd, one.imports_musd, one.new_imports_musd)
        partners.add_row(one.code, one.name, *(signed(flow, 0).lstrip("+") for flow in flows))
    return [parts, partners]
