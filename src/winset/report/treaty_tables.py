"""What `winset treaty` prints: who has joined how much, who is alike, what all share, what some lack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.tables import share
from winset.report.words import counted

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
    return f"Treaties of {done.bloc} on {done.on}"


def shown(done: Commitments, *, top: int) -> Iterator[Table | str]:
    """Yield what ``winset treaty`` prints."""
    common, gaps = done.common(), done.gaps()
    yield (
        f"{done.bloc}, {done.on}: {len(done.members)} states, {len(done.treaties)} treaties. All have "
        f"joined {len(common)}, some {len(gaps)}, none {len(done.treaties) - len(common) - len(gaps)}."
    )
    table = Table("Joined, by state")
    table.names("state")
    table.figures("party", "signed only", "neither", "share", "95 % from", "to")
    table.figures("place", "years to ratify")
    for row in done.economies():
        wait = row["ratified_after_years"]
        table.add_row(
            f"{row['code']} {row['name']}",
            str(row["party"]), str(row["signed_only"]), str(row["neither"]),
            share(row["share"]), share(row["low"]), share(row["high"]),
            place(row["best_place"], row["worst_place"]),
            "–" if wait is None else f"{wait:.1f}",
        )  # fmt: skip
    yield table
    pairs = done.pairs()
    few = len(pairs) <= 2 * PAIRS_SHOWN
    table = Table(
        "Commitments of two states, alike"
        if few
        else f"The {PAIRS_SHOWN} pairs whose commitments are most, and least, alike"
    )
    table.names("pair")
    table.figures("alike", "95 % from", "to", "place", "both of either's")
    for row in pairs if few else pairs[:PAIRS_SHOWN] + pairs[-PAIRS_SHOWN:]:
        table.add_row(
            f"{row['a']}–{row['b']}", share(row["alike"]), share(row["low"]),
            share(row["high"]), place(row["best_place"], row["worst_place"]), share(row["both"]),
        )  # fmt: skip
    yield table
    table = Table("By field")
    table.names("field")
    table.figures("treaties", "all joined", "none joined", "mean share")
    for row in done.fields():
        table.add_row(
            row["field"], str(row["treaties"]), str(row["all"]), str(row["none"]),
            share(row["mean_share"]),
        )  # fmt: skip
    yield table
    if gaps:
        table = Table(f"Joined by nearly all: the {min(top, len(gaps))} gaps that fewest make")
        table.names("treaty", "missing", "of them signed")
        for gap in gaps[:top]:
            name = f"{gap['treaty']} {short(gap['title'])}"
            table.add_row(name, " ".join(gap["missing"]), " ".join(gap["signed_only"]))
        yield table


def notes(done: Commitments) -> list[str]:
    """Return who is counted, and what is not measured."""
    ranked = "A place is a range where 95 % intervals overlap: within it nobody is ranked."
    return [line for line in (counted(done.group, "the record of treaties"), ranked) if line] + (
        done.notes()
    )
