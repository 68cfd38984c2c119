"""What `winset even` prints: votes alike on like texts, by state, and the countries named."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from winset.display import Table, signed
from winset.report.speech import clauses, known, listed, local, name, say
from winset.report.tables import share
from winset.report.treaty_tables import place
from winset.report.words import counted
from winset.studies.agreement import label
from winset.studies.evenhandedness import FEWEST_CLUSTERS, LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winset.studies.evenhandedness import EvenHandedness

NAMED_SHOWN = 3


def title(done: EvenHandedness) -> str:
    """Name the group and the years."""
    said = say(
        "Even-handedness of {bloc}, {years}",
        bloc=known(done.bloc),
        years=label(done.first, done.last),
    )
    return said if done.family is None else clauses([said, known(done.family)])


def shown(done: EvenHandedness) -> Iterator[Table | str]:
    """Yield what ``winset even`` prints."""
    families = Counter(pair.family for pair in done.pairs)
    told = listed(
        say("{n} on {family}", n=count, family=known(family))
        for family, count in sorted(families.items())
    )
    yield say(
        "{bloc}, {years}: {n} pairs of like texts that name different countries ({told}), "
        "{clusters} pairs of countries.",
        bloc=known(done.bloc),
        years=label(done.first, done.last),
        n=len(done.pairs),
        told=told,
        clusters=len({pair.named for pair in done.pairs}),
    )
    table = Table(say("Same vote on both texts"))
    table.names(say("state"))
    table.figures(say("pairs"), say("same"), say("95 % from"), say("to"), say("place"))
    table.figures(say("by chance"))
    table.names(say("firmer on"), say("milder on"))
    for row in done.economies():
        leaning = sorted(row["leaning"], key=lambda one: (-one["firmer"], one["names"]))
        firm = [one for one in leaning if one["firmer"] > 0][:NAMED_SHOWN]
        mild = [one for one in reversed(leaning) if one["firmer"] < 0][:NAMED_SHOWN]
        where = "–" if row["best_place"] is None else place(row["best_place"], row["worst_place"])
        table.add_row(
            f"{row['code']} {name(row['code'], row['name'].split(' (')[0])}", str(row["pairs"]),
            share(row["same"]), share(row["low"]), share(row["high"]), where,
            share(row["expected"]),
            " ".join(f"{one['names']} {local(signed(one['firmer'], 2))}" for one in firm),
            " ".join(f"{one['names']} {local(signed(one['firmer'], 2))}" for one in mild),
        )  # fmt: skip
    yield table


def notes(done: EvenHandedness) -> list[str]:
    """Return how to read it, and what it does not see."""
    told = [counted(done.group, say("the record of votes"))]
    told.append(
        say(
            "A place is a range where 95 % intervals overlap: within it nobody is ranked. Without an "
            "interval there is no place: fewer than {n} pairs of countries.",
            n=FEWEST_CLUSTERS,
        )
    )
    told.append(
        say(
            "Firmer on: mean vote (yes 1, abstention ½, no 0) on texts naming a country, less that on their "
            "twins."
        )
    )
    return [line for line in told if line] + [known(limit) for limit in LIMITS]
