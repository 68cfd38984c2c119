"""Tables for the terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from winset.display import signed

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study

#: Shown columns: key, heading, decimals.
SHOWN = (
    ("welfare_percent", "welfare %", 2),
    ("welfare_musd", "USD mn", 0),
    ("real_wage_percent", "real wage %", 2),
    ("exports_percent", "exports %", 1),
    ("imports_percent", "imports %", 1),
    ("price_percent", "prices %", 2),
)


def gains(study: Study, *, outsiders: int) -> Table:
    """Return the members by gain, then the outsiders that lose most."""
    frame = study.result.table()
    members = frame[frame["role"] == "member"]
    outside = frame[frame["role"] == "outsider"].nsmallest(outsiders, "welfare_percent")
    table = Table(title=study.scenario.title, title_justify="left", title_style="bold")
    table.add_column("code")
    table.add_column("economy")
    for _, heading, _ in SHOWN:
        table.add_column(heading, justify="right")
    for part, rows in (("members", members), (f"outsiders losing most ({outsiders})", outside)):
        if rows.empty:
            continue
        table.add_section()
        table.add_row("", Text(part, style="italic"))
        for code, row in rows.iterrows():
            cells = [number(float(row[key]), digits) for key, _, digits in SHOWN]
            table.add_row(str(code), str(row["name"]), *cells)
    return table


def number(value: float, digits: int) -> Text:
    """Return a signed number, losses in red, a dash where there is none."""
    if value != value:  # NaN
        return Text("–", style="dim")
    text = signed(value, digits)
    return Text(text, style="red" if text.startswith("−") else "")


def footer(study: Study) -> str:
    """Return the line that makes the figures traceable."""
    result = study.result
    parameters = ", ".join(f"{k} = {v}" for k, v in asdict(study.scenario.parameters).items())
    return (
        f"{parameters}\n"
        f"world {result.world.name}, {len(result.world)} economies, sha256 "
        f"{result.world.sha256[:12]}; residual {result.solver.residual:.1e} after "
        f"{result.solver.iterations} Newton steps"
    )
