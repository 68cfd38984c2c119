"""One economy in a run, for the terminal: what its gain is made of, and its partners before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from winset.display import signed
from winset.report.tables import number

if TYPE_CHECKING:
    from winset.studies.economy_view import EconomyView

PARTS = {
    "labor_income_musd": "labor income",
    "tariff_revenue_musd": "tariff revenue",
    "deficit_musd": "trade deficit",
    "labor_cost_musd": "cost of more labor",
}


def printed(view: EconomyView, *, top: int) -> list[Table | str]:
    """Return the parts of the gain and the largest partners, each table under its title."""
    name = view.row["name"]
    parts = Table()
    parts.add_column("of")
    parts.add_column("USD mn", justify="right")
    for key, said in PARTS.items():
        if key != "labor_cost_musd" or view.parts[key]:
            parts.add_row(said, number(view.parts[key], 0))
    parts.add_section()
    parts.add_row("gain", number(view.row["welfare_musd"], 0))

    partners = Table()
    partners.add_column("code")
    for heading in ("exports", "after", "imports", "after"):
        partners.add_column(heading, justify="right")
    for one in view.partners[:top]:
        partners.add_row(
            one.code,
            *(
                signed(value, 0).lstrip("+")
                for value in (
                    one.exports_musd, one.new_exports_musd, one.imports_musd, one.new_imports_musd
                )
            ),
        )  # fmt: skip
    return [
        f"{name}: what its gain is made of",
        parts,
        f"{name}: partners before and after, USD million",
        partners,
    ]
