"""What `winset treaty` prints: who has joined how much, who is alike, what all share, what some lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.speech import known, local, name, say
from winset.report.tables import share
from winset.report.words import counted
from winset.studies.commitments import LIMITS, STALE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winset.studies.commitments import Commitments

PAIRS_SHOWN = 5
WIDEST_TITLE = 70


def place(best: int, worst: int) -> str:
    """Write the places that an interval allows: one, or a range within which nobody is ranked."""
    return str(best) if best == worst else f"{best}–{worst}"


def short(title: str) -> str:
    """Return a title that fits."""
    return title if len(title) <= WIDEST_TITLE else title[: WIDEST_TITLE - 1].rstrip() + "…"


def title(done: Commitments) -> str:
    """Name the group and the day."""
    return say("Treaties of {bloc} on {on}", bloc=known(done.bloc), on=done.on.isoformat())


def shown(done: Commitments, *, top: int) -> Iterator[Table | str]:
    """Yield what ``winset treaty`` prints."""
    common, gaps = done.common(), done.gaps()
    yield say(
        "{bloc}, {on}: {n} states, {treaties} treaties. All have joined {all}, some {some}, none {none}.",
        bloc=known(done.bloc),
        on=done.on.isoformat(),
        n=len(done.members),
        treaties=len(done.treaties),
        all=len(common),
        some=len(gaps),
        none=len(done.treaties) - len(common) - len(gaps),
    )
    table = Table(say("Joined, by state"))
    table.names(say("state"))
    table.figures(say("party"), say("signed only"), say("neither"), say("share"))
    table.figures(say("95 % from"), say("to"), say("place"), say("years to ratify"))
    for row in done.economies():
        wait = row["ratified_after_years"]
        table.add_row(
            f"{row['code']} {name(row['code'], row['name'])}",
            str(row["party"]), str(row["signed_only"]), str(row["neither"]),
            share(row["share"]), share(row["low"]), share(row["high"]),
            place(row["best_place"], row["worst_place"]),
            "–" if wait is None else local(f"{wait:.1f}"),
        )  # fmt: skip
    yield table
    pairs = done.pairs()
    few = len(pairs) <= 2 * PAIRS_SHOWN
    table = Table(
        say("Commitments of two states, alike")
        if few
        else say("The {n} pairs whose commitments are most, and least, alike", n=PAIRS_SHOWN)
    )
    table.names(say("pair"))
    table.figures(say("alike"), say("95 % from"), say("to"), say("place"), say("both of either's"))
    for row in pairs if few else pairs[:PAIRS_SHOWN] + pairs[-PAIRS_SHOWN:]:
        table.add_row(
            f"{row['a']}–{row['b']}", share(row["alike"]), share(row["low"]),
            share(row["high"]), place(row["best_place"], row["worst_place"]), share(row["both"]),
        )  # fmt: skip
    yield table
    table = Table(say("By field"))
    table.names(say("field"))
    table.figures(say("treaties"), say("all joined"), say("none joined"), say("mean share"))
    for row in done.fields():
        table.add_row(
            known(row["field"]), str(row["treaties"]), str(row["all"]), str(row["none"]),
            share(row["mean_share"]),
        )  # fmt: skip
    yield table
    if gaps:
        table = Table(
            say("Joined by nearly all: the {n} gaps that fewest make", n=min(top, len(gaps)))
        )
        table.names(say("treaty"), say("missing"), say("of them signed"))
        for gap in gaps[:top]:
            called = f"{gap['treaty']} {short(gap['title'])}"
            table.add_row(called, " ".join(gap["missing"]), " ".join(gap["signed_only"]))
        yield table


def notes(done: Commitments) -> list[str]:
    """Return who is counted, and what is not measured."""
    ranked = say("A place is a range where 95 % intervals overlap: within it nobody is ranked.")
    who = counted(done.group, say("the record of treaties"))
    told = [line for line in (who, ranked) if line] + [known(limit) for limit in LIMITS]
    if stale := done.stale:
        told.append(
            say(
                STALE,
                n=len(stale),
                all=len(done.treaties),
                month=f"{done.on:%Y-%m}",
                early=min(t.known_to for t in stale),
            )
        )
    return told
