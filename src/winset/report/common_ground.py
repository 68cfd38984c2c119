"""Section and page of common ground: who agrees with whom, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winset.governance.rollcalls.records import ISSUES, member_names
from winset.report.common_ground_charts import (
    MOST_COLORED,
    agreement_frame,
    course,
    course_frame,
    heat_map,
    path_frame,
    paths,
)
from winset.report.common_ground_tables import ROLL_CALLS, flaws, membership, sides, title
from winset.report.page import Sheet
from winset.report.sections import Grid, Section, figure
from winset.report.speech import coded, local, name, say, together

if TYPE_CHECKING:
    from winset.governance.rollcalls.ideal_points import IdealPoints
    from winset.studies.agreement import AgreementStudy, SpanAgreement


def _share(value: float | None) -> str:
    return "–" if value is None else local(f"{100 * value:.0f}")


def _two(value: float | None) -> str:
    return "–" if value is None else local(f"{value:.2f}".replace("-", "−"))


def section(found: SpanAgreement, points: IdealPoints) -> Section:
    """Return the common ground of a bloc as a part of a report."""
    ground, payload = found.ground, found.payload
    own, names = payload["cohesion"], member_names()
    pairs = agreement_frame(ground)
    places = path_frame(points, ground.members, ground.first, ground.last)
    rows = sorted(
        zip(payload["economies"], own["members"], strict=True),
        key=lambda row: (row[0]["ideal_point"] is None, -(row[0]["ideal_point"] or 0.0)),
    )
    members = tuple(
        (
            name(economy["code"], names[economy["code"]]),
            f"{economy['votes']}",
            _two(economy["ideal_point"]),
            _two(economy["standard_error"]),
            _share(role["with_others"]),
            f"{role['lone_dissents']}",
            _share(role["pivotal"]),
        )
        for economy, role in rows
    )
    issues = tuple(
        (
            say(ISSUES[code]),
            f"{part['roll_calls']}",
            _share(part["unanimous"]),
            _two(part["agreement_index"]),
            _two(part["rice"]),
        )
        for code, part in own["by_issue"].items()
    )
    divided = tuple(
        say(
            "{text}: {sides}.",
            text=f"{split.date} {split.resolution} {split.title}",
            sides=sides(split),
        )
        for split in ground.divided
    )
    figures = [
        figure(
            "agreement",
            lambda width: heat_map(pairs, width=width),
            caption=say(
                "Share of roll calls on which two members voted the same way; alike members are neighbors "
                "(hierarchical clustering)."
            ),
            data=pairs,
        )
    ]
    if len(places):
        figures.append(
            figure(
                "positions",
                lambda width: paths(places, width=width),
                caption=together(
                    [
                        say(
                            "Ideal points, comparable over time; the bands are 95 percent. Which end is up "
                            "is a convention: the United States' side of Russia's."
                        ),
                        *(
                            []
                            if len(set(places["code"])) <= MOST_COLORED
                            or ground.first == ground.last
                            else [say("Named are the outermost members and the one in the middle.")]
                        ),
                    ]
                ),
                data=places.drop(columns="run"),
            )
        )
    return Section(
        id="ground",
        title=say("Where they agree, and where they stand"),
        paragraphs=(
            *membership(found),
            *(
                [say("The roll calls that divide the group most stand below the tables.")]
                if divided
                else []
            ),
        ),
        figures=tuple(figures),
        grids=(
            Grid(
                (
                    say("member"),
                    say("votes"),
                    say("ideal point"),
                    "±",
                    say("with the others, %"),
                    say("alone"),
                    say("pivotal, %"),
                ),
                members,
                (0,) * 6,
            ),
            Grid(
                (
                    say("issue"),
                    say("roll calls"),
                    say("unanimous, %"),
                    say("agreement index"),
                    say("Rice"),
                ),
                issues,
                (0,) * 4,
            ),
        ),
        items=divided,
    )


def course_section(payload: list[dict[str, Any]]) -> Section:
    """Return cohesion over the years as a part of a report."""
    table = course_frame(payload)
    return Section(
        id="course",
        title=say("Year by year"),
        figures=(
            figure(
                "course",
                lambda width: course(payload, width=width),
                caption=say(
                    "Agreement index (1 united, 0 evenly split in three) and the share of roll calls on "
                    "which all voted alike."
                ),
                data=table,
            ),
        ),
        grids=(
            Grid(
                (
                    say("year"),
                    say("members"),
                    say("roll calls"),
                    say("unanimous, %"),
                    say("agreement index"),
                    say("median point"),
                ),
                tuple(
                    (
                        part["years"],
                        f"{members}",
                        f"{part['cohesion']['roll_calls']}",
                        _share(part["cohesion"]["unanimous"]),
                        _two(part["cohesion"]["agreement_index"]),
                        _two(part["cohesion"]["common_position"]["median"]),
                    )
                    for part, members in zip(payload, table["members"], strict=True)
                ),
                (0,) * 5,
            ),
        ),
    )


def page(done: AgreementStudy) -> Sheet:
    """Return the page of a study that has the whole span."""
    assert done.whole is not None
    course = [part.payload for part in done.course] if done.last > done.first else None
    return sheet(title(done), done.whole, done.points, course)


def sheet(
    title: str,
    found: SpanAgreement,
    points: IdealPoints,
    by_year: list[dict[str, Any]] | None = None,
) -> Sheet:
    """Return the page of a bloc's common ground; with `by_year`, its course as well."""
    own = found.payload["cohesion"]
    meeting = own["common_position"]
    verdict = [
        say(
            "{n} {n|roll call|roll calls}; the members voted alike on {share} percent. Agreement index "
            "{index}, Rice {rice} (1 is united).",
            n=own["roll_calls"],
            share=_share(own["unanimous"]),
            index=_two(own["agreement_index"]),
            rice=_two(own["rice"]),
        )
    ]
    issues = {k: v["agreement_index"] for k, v in own["by_issue"].items() if v["agreement_index"]}
    if len(issues) > 1:
        best, worst = max(issues, key=issues.__getitem__), min(issues, key=issues.__getitem__)
        verdict.append(
            say(
                "Most united on {best} ({high}), least on {worst} ({low}).",
                best=say(ISSUES[best]).lower(),
                high=_two(issues[best]),
                worst=say(ISSUES[worst]).lower(),
                low=_two(issues[worst]),
            )
        )
    if meeting["median"] is not None:
        low, high = meeting["outermost"]
        verdict.append(
            say(
                "Ideal points run from {low} to {high}; in the middle stands {middle}.",
                low=coded(low),
                high=coded(high),
                middle=coded(meeting["median_member"]),
            )
        )
    sections = [section(found, points)]
    if by_year:
        sections.append(course_section(by_year))
    return Sheet(
        title=title,
        kicker=say("common ground · roll calls of the General Assembly of the United Nations"),
        verdict=tuple(verdict),
        sections=tuple(sections),
        method=(
            say(
                "A pair is compared on the roll calls in which both voted; absence is no vote. Agreement "
                "index: Hix, Noury and Roland (2005). Chance-corrected agreement (κ, π) stands in the "
                "data below the chart and in the JSON."
            ),
            say(
                "Ideal points: dynamic ordinal item response with abstention in the middle, all members "
                "and years together, bridged by repeated resolutions (after Bailey, Strezhnev and Voeten "
                "2017). Unit: a standard deviation over all members and years. A band is 1.96 standard "
                "errors to each side."
            ),
            *(
                say("Flaw of the source: {note}", note=note)
                for note in flaws(found.ground.members, found.ground.first, found.ground.last)
            ),
        ),
        sources=ROLL_CALLS,
        figures=by_year or found.payload,
    )
