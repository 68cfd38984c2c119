"""Table and sentences of a joint program of research."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winset.display import Table
from winset.report.significant import signed_figure
from winset.report.speech import coded, local, say

if TYPE_CHECKING:
    from winset.studies.joint_program import ResearchProgram


def program(done: ResearchProgram) -> Table:
    table = Table(
        say(
            "A joint program of USD {cost} million a year (USD million a year)",
            cost=local(f"{done.file.program_musd:,.0f}"),
        )
    )
    table.names(say("member"))
    table.figures(*program_headings())
    for k in np.argsort(-done.gains["middle"], kind="stable"):
        table.add_row(
            coded(done.members[k]),
            local(f"{done.spent[k]:,.1f}"),
            *(signed_figure(float(done.gains[case][k])) for case in ("low", "middle", "high")),
            local(f"{done.own_return[k]:,.2f}"),
            local(f"{done.joint_return[k]:,.2f}"),
        )
    table.add_part()
    totals = (signed_figure(float(done.gains[case].sum())) for case in ("low", "middle", "high"))
    table.add_row(say("together"), local(f"{done.spent.sum():,.1f}"), *totals)
    return table


def program_headings() -> tuple[str, ...]:
    """Return what stands over the figures of a joint program."""
    return (
        say("adds"),
        say("gain, low"),
        say("middle"),
        say("high¦end"),
        say("own return"),
        say("joint return"),
    )


def of_program(done: ResearchProgram) -> list[str]:
    """Say what a program is worth, and who would do it alone."""
    low, high = (float(done.gains[c].sum() - done.spent.sum()) for c in ("low", "high"))
    said = [
        say(
            "Net of its cost the program is worth {low} to {high} to its members together.",
            low=signed_figure(low),
            high=signed_figure(high),
        ),
        say(
            "A return is what the first dollar that a member adds is worth a year, to itself and to all "
            "members."
        ),
    ]
    willing = int((done.alone > 0).sum())
    if willing:
        said.append(
            say(
                "By these elasticities {n} of {all} would gain by adding research alone. That they do not is "
                "a reason to doubt the elasticities, or the years until research works.",
                n=willing,
                all=len(done.members),
            )
        )
    else:
        said.append(say("Alone, nobody would add anything."))
    return said
