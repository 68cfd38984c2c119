"""Tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table, signed

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
NEEDED = 2  # of them in the narrowest table


def gains(study: Study, *, outsiders: int) -> Table:
    """Return the members by gain, then the outsiders that lose most."""
    frame = study.result.table()
    members = frame[frame["role"] == "member"]
    outside = frame[frame["role"] == "outsider"].nsmallest(outsiders, "welfare_percent")
    table = Table(study.scenario.title)
    table.names("code", "economy")
    headings = [heading for _, heading, _ in SHOWN]
    table.figures(*headings[:NEEDED])
    table.figures(*headings[NEEDED:], spare=True)
    for part, rows in (("members", members), (f"outsiders losing most ({outsiders})", outside)):
        if rows.empty:
            continue
        table.add_part(part)
        for code, row in rows.iterrows():
            cells = [number(float(row[key]), digits) for key, _, digits in SHOWN]
            table.add_row(str(code), str(row["name"]), *cells)
    return table


def number(value: float, digits: int) -> str:
    """Return a signed number, a dash where there is none."""
    return "–" if value != value else signed(value, digits)


def share(value: float | None) -> str:
    """Write a share as a whole percentage, a dash where there is none."""
    return "–" if value is None else f"{100 * value:.0f} %"


def footer(study: Study) -> str:
    """Return the line that makes the figures traceable."""
    result = study.result
    parameters = ", ".join(f"{k} = {v}" for k, v in study.scenario.parameters.told().items())
    return (
        f"{parameters}\n"
        f"world {result.world.name}, {len(result.world)} economies, sha256 "
        f"{result.world.sha256[:12]}; residual {result.solver.residual:.1e} after "
        f"{result.solver.iterations} Newton steps"
    )
