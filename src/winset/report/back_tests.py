"""Tables, sentences and page of back-tests: what was said, what happened, and how near it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report import told
from winset.report.speech import known, local, retold, say, signed

if TYPE_CHECKING:
    from winset.report.page import Sheet
    from winset.studies.back_test import BackTests
    from winset.studies.back_test_scores import BackTest, Score

POINTS = 100.0
NAIVE = ("no change", "in proportion")
CHANCE = 0.05  # share of made-up agreements as good, above which a forecast is no better than they
#: What forecasts are called.
NAMES = {
    "estimated": "estimated¦forecast",
    "given": "given¦forecast",
    "tariffs": "tariffs¦forecast",
    "scenario": "scenario¦forecast",
    "no change": "no change¦forecast",
    "in proportion": "in proportion¦forecast",
}


def shown(done: BackTest) -> list[Table | str]:
    """Return a test's table and sentences."""
    table = Table(
        say(
            "{title}: {first} to {last}, {scored} pairs, {pairs} of them treated",
            title=known(done.title),
            first=str(done.first),
            last=str(done.last),
            scored=done.scored,
            pairs=done.pairs,
        )
    )
    table.names(say("forecast"))
    table.figures(say("correlation"), say("slope"), say("explained"))
    table.figures(say("by trade: correlation"), say("by trade: slope"), say("by trade: explained"))
    table.figures(say("treated pairs, %"), say("openness: correlation"), spare=True)
    for forecast in done.forecasts:
        table.add_row(
            say(NAMES[forecast.name]),
            *_cells(forecast.by_pair),
            *_cells(forecast.by_pair_weighted),
            _percent(forecast.predicted["treated"]),
            _figure(forecast.openness.correlation),
        )
    return [table, *sentences(done)]


def sentences(done: BackTest) -> list[str]:
    """Say what happened, how near the best own forecast came, and what placebos say."""
    proportion = next(f for f in done.forecasts if f.name == NAIVE[1])
    said = [
        say(
            "What happened beyond the world's growth of {growth} percent (log points): treated pairs "
            "{treated}, their parties with others {beside}, all others {others}.",
            growth=_percent(done.growth),
            treated=_percent(done.happened["treated"]),
            beside=_percent(done.happened["with_others"]),
            others=_percent(done.happened["others"]),
        ),
        best(done),
        say(
            "Growth in proportion to sizes, known only afterwards, explains {share} %.",
            share=_share(proportion.by_pair_weighted.explained or 0.0),
        ),
    ]
    for forecast in done.forecasts:
        if forecast.placebo_share is not None:
            said.append(
                say(
                    "{share} % of {n} made-up agreements correlate as well with what happened: no better "
                    "than chance."
                    if forecast.placebo_share > CHANCE
                    else "{share} % of {n} made-up agreements correlate as well with what happened: "
                    "better than chance.",
                    share=local(f"{100 * forecast.placebo_share:.0f}"),
                    n=done.placebos,
                )
            )
    if done.note:
        said.append(known(done.note))
    return said


def best(done: BackTest) -> str:
    """Say how much of the variance the best of winset's own forecasts explains."""
    forecast = done.best
    explained = forecast.by_pair_weighted.explained or 0.0
    if explained > 0:
        return say(
            "winset's best forecast ({name}: {said}) explains {share} % of the variance by trade.",
            name=say(NAMES[forecast.name]),
            said=retold(forecast.said),
            share=_share(explained),
        )
    return say(
        "No forecast of winset's explains any of the variance by trade; the best ({name}) is {share} % "
        "worse than to say that nothing changes.",
        name=say(NAMES[forecast.name]),
        share=_share(-explained),
    )


def footer() -> str:
    """Return what the figures are."""
    return say(
        "Changes are of logarithms, beyond the growth of all trade scored. Variance explained: 0 is to say "
        "that nothing changes, 1 is all. A forecast holds all else as it was: it cannot know crises, growth, "
        "or other agreements of the same years."
    )


def sheet(done: BackTests) -> Sheet:
    """Return the page of back-tests: the best forecast of each as its verdict."""
    only = len(done.tests) == 1
    return told.sheet(
        say("Would winset have foreseen it?"),
        say("agreements of the past in the world before"),
        [item for one in done.tests for item in shown(one)],
        verdict=[
            best(one) if only else say("{rule}: {said}", rule=known(one.title), said=best(one))
            for one in done.tests
        ],
        method=(footer(),),
        sources=tuple(dict.fromkeys(text for one in done.tests for text in one.sources)),
        figures=done.to_json(),
    )


def _cells(score: Score) -> list[str]:
    return [_figure(score.correlation), _figure(score.slope), _figure(score.explained)]


def _figure(x: float | None) -> str:
    return "–" if x is None else signed(x, 3)


def _percent(x: float | None) -> str:
    return "–" if x is None else signed(POINTS * x, 1)


def _share(x: float) -> str:
    return local(f"{100 * x:.1f}")
