"""Tables and sentences of the gap between rich and poor under a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.speech import coded, known, listed, local, retold, say, signed

if TYPE_CHECKING:
    from winset.studies.income_gap_result import Gap

#: Groups of economies by income; others are called by their own names.
GROUPS = {
    "world": "world¦all economies",
    "low": "low¦income group",
    "lower-middle": "lower-middle¦income group",
    "upper-middle": "upper-middle¦income group",
    "high": "high¦income group",
}
#: Samples in which the poorer may have grown faster.
SAMPLES = {"all": "all¦economies", "without CHN and IND": "without CHN and IND"}
CONCEPTS = {
    "household": "household income or consumption, lognormal by the smoothed Gini (Gapminder): levels of "
    "poverty are those of that curve, not of the surveys; read the changes",
    "wid": "GDP per head by WID's deciles of post-tax national income",
}
INDICES = {
    "theil": "Theil",
    "mld": "mean log deviation",
    "gini": "Gini",
    "atkinson": "Atkinson",
}
KINDS = {
    "unweighted": "between economies, each counting once",
    "by_people": "between economies, by people",
    "persons": "between persons",
}
VERDICTS = {
    "between_unweighted": "between economies, each counting once",
    "between_by_people": "between economies, by their people",
    "persons": "between persons of the world",
}


#: What may be said of a gap.
SAID = {
    "narrows": "narrows",
    "widens": "widens",
    "leaves as it is": "leaves as it is",
    "depends on the index": "depends on the index",
}


def group(name: str) -> str:
    """Return a group's name in the language spoken."""
    return say(GROUPS[name]) if name in GROUPS else known(name)


def printed(done: Gap) -> list[Table | str]:
    """Return what the command line shows."""
    return [
        _groups(done),
        _indices(done),
        *((_poverty(done),) if done.poverty else ()),
        _incidence(done),
        _convergence(done),
        _voice(done),
        _proportion(done),
        *sentences(done),
    ]


def _groups(done: Gap) -> Table:
    table = Table(say("Income per head, dollars of 2021 at purchasing power, by group"))
    table.names(say("group"))
    table.figures(say("economies"), say("people, mn"), say("before"), say("after"))
    table.figures(say("percent"), say("economies that lose"))
    for one in done.groups:
        table.add_row(
            group(one.name),
            str(one.economies),
            local(f"{one.people / 1e6:,.0f}"),
            local(f"{one.before:,.0f}"),
            local(f"{one.after:,.0f}"),
            signed(100.0 * (one.after / one.before - 1.0), 3),
            str(one.losing),
        )
    return table


def _indices(done: Gap) -> Table:
    table = Table(say("Inequality before and after"))
    table.names(say("index"))
    table.figures(say("before"), say("after"), say("change"))
    for kind in KINDS:
        table.add_part(say(KINDS[kind]))
        for index in (*done.between, *done.persons):
            if index.name.endswith(kind):
                name, _, rest = index.name.removesuffix(f"_{kind}").partition("_")
                said = f"{say(INDICES[name])} {local(rest)}".strip()
                table.add_row(
                    said,
                    local(f"{index.before:.5f}"),
                    local(f"{index.after:.5f}"),
                    signed(index.change, 5),
                )
    table.add_part(say("of it between economies, the rest within"))
    for name, before, after in zip(
        ("theil", "mld"), done.parts_before, done.parts_after, strict=True
    ):
        table.add_row(
            say("{index} between", index=say(INDICES[name])),
            local(f"{before.between:.5f}"),
            local(f"{after.between:.5f}"),
            signed(after.between - before.between, 5),
        )
    return table


def _poverty(done: Gap) -> Table:
    table = Table(say("People below a line"))
    table.figures(say("line, dollars a day"), say("PPP year"), say("before, %"), say("after, %"))
    table.figures(say("people, mn"))
    for poor in done.poverty:
        table.add_row(
            local(f"{poor.line:.2f}"),
            str(poor.ppp),
            local(f"{100.0 * poor.before / poor.people:.2f}"),
            local(f"{100.0 * poor.after / poor.people:.2f}"),
            signed((poor.after - poor.before) / 1e6, 2),
        )
    return table


def _incidence(done: Gap) -> Table:
    table = Table(
        say("Growth of income by twentieths of the world's people, the poorest first, percent")
    )
    table.names(say("twentieths"))
    table.figures(*(f"{k}" for k in range(1, 6)))
    for first in range(0, len(done.growth_incidence), 5):
        cells = done.growth_incidence[first : first + 5]
        table.add_row(
            say("{first} to {last}", first=str(first + 1), last=str(first + len(cells))),
            *(signed(float(x), 3) for x in cells),
        )
    return table


def _convergence(done: Gap) -> Table:
    table = Table(
        say("Do the poorer grow faster: β of yearly growth on income, σ of its logarithm")
    )
    table.names(say("years"), say("economies"))
    table.figures("β", say("std. error"), say("σ first"), say("σ last"))
    for sample, found in done.convergence:
        table.add_row(
            say("{first} to {last}", first=str(found.first), last=str(found.last)),
            f"{found.economies}, {say(SAMPLES[sample])}",
            signed(found.beta, 4),
            local(f"{found.std_error:.4f}"),
            local(f"{found.sigma_first:.3f}"),
            local(f"{found.sigma_last:.3f}"),
        )
    return table


def _voice(done: Gap) -> Table:
    table = Table(say("Voice beside income: percent of votes, people and GDP, 2019"))
    table.names(say("group"))
    table.figures(say("people"), say("GDP (PPP)"), say("IMF"), say("IBRD"))
    table.figures(say("General Assembly"))
    for row in done.voice:
        table.add_row(
            group(row["group"]),
            *(
                local(f"{row[key]:.1f}")
                for key in (
                    "people_percent",
                    "gdp_ppp_percent",
                    "imf_percent",
                    "ibrd_percent",
                    "unga_percent",
                )
            ),
        )
    return table


#: Where votes are counted, by what the JSON calls them.
BODIES = {"imf": "IMF", "ibrd": "IBRD", "unga": "General Assembly", "sco": "SCO"}


def _proportion(done: Gap) -> Table:
    table = Table(
        say("Votes over people, and over GDP in brackets (1: in proportion; SCO among its members)")
    )
    table.names(say("group"))
    table.figures(*(say(BODIES[body]) for body in BODIES))
    for row in done.voice:
        table.add_row(
            group(row["group"]),
            *(
                "–"
                if row[f"{body}_votes_over_people"] is None
                else local(
                    f"{row[f'{body}_votes_over_people']:.2f} ({row[f'{body}_votes_over_gdp_ppp']:.2f})"
                )
                for body in BODIES
            ),
        )
    return table


def _one_state_one_vote(done: Gap) -> list[str]:
    """Say how many times the votes of a person count where each state has one."""
    inside = [row for row in done.voice_by_economy if row["sco_percent"] > 0]
    if len(inside) < 2:
        return []
    most = max(inside, key=lambda row: row["sco_votes_over_people"])
    least = min(inside, key=lambda row: row["sco_votes_over_people"])
    times, fund = (
        most[f"{body}_votes_over_people"] / least[f"{body}_votes_over_people"]
        for body in ("sco", "imf")
    )
    return [
        say(
            "In the SCO, where each state has one vote, a person of {most} has {times} times the votes of "
            "one of {least}; in the IMF {fund} times.",
            most=coded(most["code"]),
            least=coded(least["code"]),
            times=local(f"{times:,.0f}"),
            fund=local(f"{fund:,.2f}"),
        )
    ]


def sentences(done: Gap) -> list[str]:
    """Say whether the gap narrows, on which reading, and by how much."""
    before, after = done.ratio
    verdicts = done.verdicts
    parts = (
        say("{between}: {verdict}", between=say(VERDICTS[key]), verdict=_said(verdicts[key]))
        for key in VERDICTS
    )
    said = [say("The gap {parts}.", parts="; ".join(parts))]
    if len(set(verdicts.values())) > 1:
        said.append(say("Whether it narrows depends on who is counted: no one verdict stands."))
    said.append(
        say(
            "{north} has {before} times the income per head of {south} before, {after} times after.",
            north=group(done.north),
            south=group(done.south),
            before=local(f"{before:.3f}"),
            after=local(f"{after:.3f}"),
        )
    )
    slope, error = done.slope, done.slope_error
    tells = say("the poorer gain more") if slope < 0 else say("the richer gain more")
    if abs(slope) < 1.96 * error:
        tells = say("gains cannot be told to go with income")
    said.append(
        say(
            "Over economies {tells}: twice the income, {slope} points of gain (± {error}).",
            tells=tells,
            slope=signed(69.3 * slope, 3),
            error=local(f"{69.3 * error:.3f}"),
        )
    )
    if done.poverty:
        poor = done.poverty[0]
        told = {
            "n": local(f"{abs(poor.after - poor.before) / 1e6:.2f}"),
            "line": local(f"{poor.line:.2f}"),
        }
        said.append(
            say("{n} million people leave poverty at {line} dollars a day.", **told)
            if poor.after < poor.before
            else say("{n} million people enter poverty at {line} dollars a day.", **told)
        )
    return said + _one_state_one_vote(done)


def _said(verdict: str) -> str:
    return say(SAID[verdict])


def notes(done: Gap) -> list[str]:
    """Return what the figures rest on."""
    said = [
        say(
            "Note: incomes of {year}: {concept}.",
            year=str(done.incomes.year),
            concept=say(CONCEPTS[done.incomes.concept]),
        ),
        say("Note: inside an economy the change is {channels}.", channels=retold(done.channels)),
        say(
            "Note: {n} economies with {share} percent of the world's people.",
            n=len(done.codes),
            share=local(f"{100 * done.share_of_people:.1f}"),
        ),
    ]
    if done.absent:
        who = listed(coded(c) for c in done.absent[:12])
        said.append(say("Note: without income at hand: {who}.", who=who))
    if done.incomes.thin:
        who = listed(coded(c) for c in done.incomes.thin)
        said.append(say("Note: little or no survey behind {who}.", who=who))
    return said
