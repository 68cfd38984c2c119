"""The report's section on fair shares: every rule, who objects, who pays whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import money
from winset.errors import listed
from winset.report import charts
from winset.report.sections import Grid, Section, figure
from winset.report.words import counted, refusal, rules

if TYPE_CHECKING:
    from winset.studies.sharing import Shares


def opening(shares: Shares) -> tuple[str, ...]:
    """Say who bargains over what, whether anybody need pay, and what the other deficit rules say."""
    done = shares.sharing
    said = []
    if left_out := counted(shares.group, f"world {shares.world.name}"):
        said.append(left_out)
    without = [code for code in shares.members if code not in shares.group.codes]
    if without:
        said.append(
            f"This is another game than the scenario's: {len(without)} of its {len(shares.members)} members "
            f"take no part ({listed(without, most=6)}), and neither does what they would change."
        )
    if done.in_core.get("own"):
        said.append(
            "Nobody objects to what each gains by itself: no payment is needed to keep all in."
        )
    said.append(_other_rules(shares))
    return tuple(said)


def _other_rules(shares: Shares) -> str:
    """What the agreement is worth under the other deficit rules, and who then loses by it."""
    own, grand = shares.sharing.own, shares.sharing.game.grand
    parts = []
    for other in shares.others:
        if other.refused:
            parts.append(f"{rules(other)}: {refusal(other)}")
            continue
        part = f"{rules(other)} {money(other.grand)} USD"
        if own is not None:
            turned = [
                code
                for code, one, two in zip(shares.sharing.game.players, own, other.own, strict=True)
                if one * two < 0
            ]
            part += f" ({listed(turned, most=4)} changes sides)" if turned else ""
        parts.append(part)
    return f"All together gain {money(grand)} USD a year; under the other deficit rules: {', '.join(parts)}."


def section(shares: Shares) -> Section:
    """Return the division of a bloc's gain as a part of the report."""
    done, lattice = shares.sharing, shares.lattice
    frame = charts.shares_frame(shares)
    net = charts.transfers_frame(shares, "nucleolus")
    columns = ({} if done.own is None else {"own": done.own}) | dict(done.divisions)
    held = ("nobody objects", *("yes" if done.in_core[rule] else "no" for rule in columns))
    rows: list[tuple[str | float | None, ...]] = [
        (code, *(float(x[k]) for x in columns.values())) for k, code in enumerate(done.game.players)
    ]
    objections = tuple(
        f"{_said(rule)}: "
        + "; ".join(
            f"{'+'.join(o.coalition)} would have {o.excess:,.0f} USD million more alone"
            for o in done.objections[rule][:3]
        )
        + "."
        for rule in columns
        if done.objections[rule]
    )
    payments = tuple(
        f"{p.payer} pays {p.receiver} {p.amount:,.0f} USD million."
        for p in done.transfers.get("nucleolus", ())
    )
    return Section(
        id="shares",
        title="How the gain can be shared",
        paragraphs=(
            *opening(shares),
            f"Each of the {len(done.game.values):,} coalitions of {done.game.n} players was solved on "
            f"its own ({len(lattice.problem.codes)} economies, {lattice.problem.about['resolution']}): "
            "its members carry out the change among themselves, all others stay as they are. The "
            "core, the divisions to which no coalition objects, is "
            f"{'empty' if done.core.empty else 'not empty'}.",
            f"The nucleolus is certified: {len(done.nucleolus.stages)} levels, checked on every "
            f"coalition; largest residual of an equilibrium {lattice.max_residual:.1e}. Below the "
            "table: who objects to which rule, and who pays whom to get from what each gains by "
            "itself to the nucleolus, with the fewest payments.",
        ),
        figures=(
            figure(
                "dots",
                lambda width: charts.shares_dots(frame, width=width),
                caption="Share of each player under each rule, percent of its GDP; the scale is "
                "logarithmic.",
                data=frame.drop(columns="label"),
            ),
            figure(
                "transfers",
                lambda width: charts.world_map(net, width=width, title="received, percent of GDP"),
                caption="What each player receives (or pays) on balance under the nucleolus. "
                + charts.DISCLAIMER,
                data=net.drop(columns="label").rename(
                    columns={"welfare_percent": "percent_of_gdp"}
                ),
            ),
        ),
        grids=(
            Grid(
                ("USD million", *map(_said, columns)),
                (*rows, held),
                (0,) * len(columns),
            ),
        ),
        items=objections + payments,
    )


def _said(rule: str) -> str:
    return "own gain" if rule == "own" else rule
