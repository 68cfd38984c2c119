"""Tables and sentences of the gap between rich and poor under a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table, signed

if TYPE_CHECKING:
    from winset.studies.income_gap_result import Gap

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
    table = Table("Income per head, dollars of 2021 at purchasing power, by group")
    table.names("group")
    table.figures("economies", "people, mn", "before", "after", "percent", "economies that lose")
    for group in done.groups:
        table.add_row(
            group.name,
            str(group.economies),
            f"{group.people / 1e6:,.0f}",
            f"{group.before:,.0f}",
            f"{group.after:,.0f}",
            signed(100.0 * (group.after / group.before - 1.0), 3),
            str(group.losing),
        )
    return table


def _indices(done: Gap) -> Table:
    table = Table("Inequality before and after")
    table.names("index")
    table.figures("before", "after", "change")
    for kind, label in KINDS.items():
        table.add_part(label)
        for index in (*done.between, *done.persons):
            if index.name.endswith(kind):
                name, _, rest = index.name.removesuffix(f"_{kind}").partition("_")
                said = f"{INDICES[name]} {rest}".strip()
                table.add_row(
                    said, f"{index.before:.5f}", f"{index.after:.5f}", signed(index.change, 5)
                )
    table.add_part("of it between economies, the rest within")
    for name, before, after in zip(
        ("theil", "mld"), done.parts_before, done.parts_after, strict=True
    ):
        table.add_row(
            f"{INDICES[name]} between",
            f"{before.between:.5f}",
            f"{after.between:.5f}",
            signed(after.between - before.between, 5),
        )
    return table


def _poverty(done: Gap) -> Table:
    table = Table("People below a line")
    table.figures("line, dollars a day", "PPP year", "before, %", "after, %", "people, mn")
    for poor in done.poverty:
        table.add_row(
            f"{poor.line:.2f}",
            str(poor.ppp),
            f"{100.0 * poor.before / poor.people:.2f}",
            f"{100.0 * poor.after / poor.people:.2f}",
            signed((poor.after - poor.before) / 1e6, 2),
        )
    return table


def _incidence(done: Gap) -> Table:
    table = Table(
        "Growth of income by twentieths of the world's people, the poorest first, percent"
    )
    table.names("twentieths")
    table.figures(*(f"{k}" for k in range(1, 6)))
    for first in range(0, len(done.growth_incidence), 5):
        cells = done.growth_incidence[first : first + 5]
        table.add_row(f"{first + 1} to {first + len(cells)}", *(signed(float(x), 3) for x in cells))
    return table


def _convergence(done: Gap) -> Table:
    table = Table("Do the poorer grow faster: β of yearly growth on income, σ of its logarithm")
    table.names("years", "economies")
    table.figures("β", "std. error", "σ first", "σ last")
    for sample, found in done.convergence:
        table.add_row(
            f"{found.first} to {found.last}",
            f"{found.economies}, {sample}",
            signed(found.beta, 4),
            f"{found.std_error:.4f}",
            f"{found.sigma_first:.3f}",
            f"{found.sigma_last:.3f}",
        )
    return table


def _voice(done: Gap) -> Table:
    table = Table("Voice beside income: percent of votes, people and GDP, 2019")
    table.names("group")
    table.figures("people", "GDP (PPP)", "IMF", "IBRD", "General Assembly")
    for row in done.voice:
        table.add_row(
            row["group"],
            *(
                f"{row[key]:.1f}"
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


BODIES = {"imf": "IMF", "ibrd": "IBRD", "unga": "General Assembly", "sco": "SCO"}


def _proportion(done: Gap) -> Table:
    table = Table(
        "Votes over people, and over GDP in brackets (1: in proportion; SCO among its members)"
    )
    table.names("group")
    table.figures(*BODIES.values())
    for row in done.voice:
        table.add_row(
            row["group"],
            *(
                "–"
                if row[f"{body}_votes_over_people"] is None
                else f"{row[f'{body}_votes_over_people']:.2f} ({row[f'{body}_votes_over_gdp_ppp']:.2f})"
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
    times = most["sco_votes_over_people"] / least["sco_votes_over_people"]
    return [
        f"In the SCO, where each state has one vote, a person of {most['code']} has {times:,.0f} times the "
        f"votes of one of {least['code']}; in the IMF "
        f"{most['imf_votes_over_people'] / least['imf_votes_over_people']:,.2f} times."
    ]


def sentences(done: Gap) -> list[str]:
    """Say whether the gap narrows, on which reading, and by how much."""
    before, after = done.ratio
    verdicts = done.verdicts
    said = [
        "The gap " + "; ".join(f"{label}: {verdicts[key]}" for key, label in VERDICTS.items()) + "."
    ]
    if len(set(verdicts.values())) > 1:
        said.append("Whether it narrows depends on who is counted: no one verdict stands.")
    said.append(
        f"{done.north} has {before:.3f} times the income per head of {done.south} before, {after:.3f} times "
        "after."
    )
    slope, error = done.slope, done.slope_error
    tells = "the poorer gain more" if slope < 0 else "the richer gain more"
    if abs(slope) < 1.96 * error:
        tells = "gains cannot be told to go with income"
    said.append(
        f"Over economies {tells}: twice the income, {signed(69.3 * slope, 3)} points of gain "
        f"(± {69.3 * error:.3f})."
    )
    if done.poverty:
        poor = done.poverty[0]
        said.append(
            f"{abs(poor.after - poor.before) / 1e6:.2f} million people "
            f"{'leave' if poor.after < poor.before else 'enter'} poverty at {poor.line:.2f} dollars a day."
        )
    return said + _one_state_one_vote(done)


def notes(done: Gap) -> list[str]:
    """Return what the figures rest on."""
    concept = {
        "household": "household income or consumption, lognormal by the smoothed Gini (Gapminder): levels of "
        "poverty are those of that curve, not of the surveys; read the changes",
        "wid": "GDP per head by WID's deciles of post-tax national income",
    }[done.incomes.concept]
    said = [
        f"Note: incomes of {done.incomes.year}: {concept}.",
        f"Note: inside an economy the change is {done.channels}.",
        f"Note: {len(done.codes)} economies with {100 * done.share_of_people:.1f} percent of the world's "
        "people.",
    ]
    if done.absent:
        said.append(f"Note: without income at hand: {', '.join(done.absent[:12])}.")
    if done.incomes.thin:
        said.append(f"Note: little or no survey behind {', '.join(done.incomes.thin)}.")
    return said
