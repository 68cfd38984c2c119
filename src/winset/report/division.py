"""The report's section on fair shares: every rule, who objects, who pays whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.report import charts
from winset.report.sections import Grid, Section, figure
from winset.report.speech import clauses, coded, few, known, money, name, plain, say, tiny, together
from winset.report.words import counted, refusal, rules

if TYPE_CHECKING:
    from winset.studies.sharing import Shares


def opening(shares: Shares) -> tuple[str, ...]:
    """Say who bargains over what, whether anybody need pay, and what the other deficit rules say."""
    done = shares.sharing
    said = []
    if left_out := counted(shares.group, say("world {name}", name=shares.world.name)):
        said.append(left_out)
    without = [code for code in shares.members if code not in shares.group.codes]
    if without:
        said.append(
            say(
                "This is another game than the scenario's: {n} of its {all} members take no part ({who}), "
                "and neither does what they would change.",
                n=len(without),
                all=len(shares.members),
                who=few(map(coded, without), most=6),
            )
        )
    if done.in_core.get("own"):
        said.append(
            say("Nobody objects to what each gains by itself: no payment is needed to keep all in.")
        )
    said.append(_other_rules(shares))
    return tuple(said)


def _other_rules(shares: Shares) -> str:
    """What the agreement is worth under the other deficit rules, and who then loses by it."""
    own, grand = shares.sharing.own, shares.sharing.game.grand
    parts = []
    for other in shares.others:
        if other.refused:
            parts.append(say("{rule}: {said}", rule=rules(other), said=refusal(other)))
            continue
        part = say("{rule} {musd} USD", rule=rules(other), musd=money(other.grand))
        if own is not None:
            turned = [
                code
                for code, one, two in zip(shares.sharing.game.players, own, other.own, strict=True)
                if one * two < 0
            ]
            if turned:
                part += say(" ({who} changes sides)", who=few(map(coded, turned), most=4))
        parts.append(part)
    return say(
        "All together gain {musd} USD a year; under the other deficit rules: {parts}.",
        musd=money(grand),
        parts=clauses(parts),
    )


def section(shares: Shares) -> Section:
    """Return the division of a bloc's gain as a part of the report."""
    done, lattice = shares.sharing, shares.lattice
    frame = charts.shares_frame(shares)
    net = charts.transfers_frame(shares, "nucleolus")
    columns = ({} if done.own is None else {"own": done.own}) | dict(done.divisions)
    held = (
        say("nobody objects"),
        *(say("yes") if done.in_core[rule] else say("no") for rule in columns),
    )
    rows: list[tuple[str | float | None, ...]] = [
        (name(code), *(float(x[k]) for x in columns.values()))
        for k, code in enumerate(done.game.players)
    ]
    objections = tuple(
        say(
            "{rule}: {who}.",
            rule=_said(rule),
            who=say("; ").join(
                say(
                    "{who} would have {musd} USD million more alone",
                    who="+".join(name(code) for code in o.coalition),
                    musd=plain(o.excess),
                )
                for o in done.objections[rule][:3]
            ),
        )
        for rule in columns
        if done.objections[rule]
    )
    payments = tuple(
        say(
            "{payer} pays {receiver} {musd} USD million.",
            payer=name(p.payer),
            receiver=name(p.receiver),
            musd=plain(p.amount),
        )
        for p in done.transfers.get("nucleolus", ())
    )
    return Section(
        id="shares",
        title=say("How the gain can be shared"),
        paragraphs=(
            *opening(shares),
            say(
                "Each of the {n} coalitions of {players} players was solved on its own ({economies} "
                "economies, {resolution}): its members carry out the change among themselves, all "
                "others stay as they are. The core, the divisions to which no coalition objects, is "
                "{core}.",
                n=len(done.game.values),
                players=done.game.n,
                economies=len(lattice.problem.codes),
                resolution=known(lattice.problem.about["resolution"]),
                core=say("empty") if done.core.empty else say("not empty"),
            ),
            say(
                "The nucleolus is certified: {n} {n|level|levels}, checked on every coalition; largest "
                "residual of an equilibrium {residual}. Below the table: who objects to which rule, and "
                "who pays whom to get from what each gains by itself to the nucleolus, with the fewest "
                "payments.",
                n=len(done.nucleolus.stages),
                residual=tiny(lattice.max_residual),
            ),
        ),
        figures=(
            figure(
                "dots",
                lambda width: charts.shares_dots(frame, width=width),
                caption=say(
                    "Share of each player under each rule, percent of its GDP; the scale is logarithmic."
                ),
                data=frame.drop(columns="label"),
            ),
            figure(
                "transfers",
                lambda width: charts.world_map(
                    net, width=width, title=say("received, percent of GDP")
                ),
                caption=together(
                    (
                        say("What each player receives (or pays) on balance under the nucleolus."),
                        charts.map_key(),
                        say(charts.DISCLAIMER),
                    )
                ),
                data=net.drop(columns="label").rename(
                    columns={"welfare_percent": "percent_of_gdp"}
                ),
            ),
        ),
        grids=(
            Grid(
                (say("USD million"), *map(_said, columns)),
                (*rows, held),
                (0,) * len(columns),
            ),
        ),
        items=objections + payments,
    )


def _said(rule: str) -> str:
    return known("own gain" if rule == "own" else rule)
