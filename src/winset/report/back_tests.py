"""Tables and sentences of back-tests: what was said, what happened, and how near it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table, signed

if TYPE_CHECKING:
    from winset.studies.back_test_scores import BackTest, Score

POINTS = 100.0
NAIVE = ("no change", "in proportion")
CHANCE = 0.05  # share of made-up agreements as good, above which a forecast is no better than they


def shown(done: BackTest) -> list[Table | str]:
    """Return a test's table and sentences."""
    table = Table(
        f"{done.title}: {done.first} to {done.last}, {done.scored:,} pairs, {done.pairs} of them treated"
    )
    table.names("forecast")
    table.figures("correlation", "slope", "explained")
    table.figures("by trade: correlation", "by trade: slope", "by trade: explained")
    table.figures("treated pairs, %", "openness: correlation", spare=True)
    for forecast in done.forecasts:
        table.add_row(
            forecast.name,
            *_cells(forecast.by_pair),
            *_cells(forecast.by_pair_weighted),
            _percent(forecast.predicted["treated"]),
            _figure(forecast.openness.correlation),
        )
    return [table, *sentences(done)]


def sentences(done: BackTest) -> list[str]:
    """Say what happened, how near the best own forecast came, and what placebos say."""
    best = done.best
    explained = best.by_pair_weighted.explained or 0.0
    said = [
        f"What happened beyond the world's growth of {_percent(done.growth)} percent (log points): "
        f"treated pairs {_percent(done.happened['treated'])}, their parties with others "
        f"{_percent(done.happened['with_others'])}, all others {_percent(done.happened['others'])}."
    ]
    if explained > 0:
        said.append(
            f"winset's best forecast ({best.name}: {best.said}) explains {explained:.1%} of the variance by "
            "trade."
        )
    else:
        said.append(
            f"No forecast of winset's explains any of the variance by trade; the best ({best.name}) is "
            f"{-explained:.1%} worse than to say that nothing changes."
        )
    proportion = next(f for f in done.forecasts if f.name == NAIVE[1])
    said.append(
        f"Growth in proportion to sizes, known only afterwards, explains "
        f"{proportion.by_pair_weighted.explained or 0.0:.1%}."
    )
    for forecast in done.forecasts:
        if forecast.placebo_share is not None:
            good = (
                "no better than chance" if forecast.placebo_share > CHANCE else "better than chance"
            )
            said.append(
                f"{forecast.placebo_share:.0%} of {done.placebos} made-up agreements correlate as well with "
                f"what happened: {good}."
            )
    if done.note:
        said.append(f"{done.note}")
    return said


def footer() -> str:
    """Return what the figures are."""
    return (
        "Changes are of logarithms, beyond the growth of all trade scored. Variance explained: 0 is to say "
        "that nothing changes, 1 is all. A forecast holds all else as it was: it cannot know crises, growth, "
        "or other agreements of the same years."
    )


def _cells(score: Score) -> list[str]:
    return [_figure(score.correlation), _figure(score.slope), _figure(score.explained)]


def _figure(x: float | None) -> str:
    return "–" if x is None else signed(x, 3)


def _percent(x: float | None) -> str:
    return "–" if x is None else signed(POINTS * x, 1)
