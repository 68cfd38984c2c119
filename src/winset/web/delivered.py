"""What was delivered, over HTTP: pledges of a group, the gap under a scenario, back-tests."""

from __future__ import annotations

from typing import Any

from winset.errors import DataError
from winset.web import reading
from winset.web.asked import Asked

MOST_PLACEBOS = 200
MOST_POINTS = 1_000  # of a Lorenz curve


def track(raw: Any) -> Asked:
    """Read ``{group}``: who promised, or all."""
    from winset.delivery import pledges
    from winset.studies import promise_keeping

    body = reading.fields(raw, ("group",), "body")
    who = reading.text(body, "group", "body", required=True) or ""
    pledges.account(who, pledges.bundled())  # over HTTP nobody names a file
    return Asked(f"Pledges of {who}"[:200], (), lambda: promise_keeping.track(who))


def gap(raw: Any) -> Asked:
    """Read ``{scenario, incomes?, year?, lines?, …}``, or grouped data ``{points, mean, line, form?}``.

    Points are pairs [p, L] of cumulative shares of people and of income.
    """
    from winset.delivery.incomes import FIRST, LAST, PPP
    from winset.studies import income_gap, scenario_run

    grouped = ("points", "mean", "line", "form")
    known = ("scenario", "set", "incomes", "year", "lines", "ppp", "north", "south")
    body = reading.fields(raw, (*known, *grouped), "body")
    if body.get("scenario") is None:
        return _grouped({key: value for key, value in body.items() if value is not None})
    if mixed := [key for key in grouped if body.get(key) is not None]:
        raise DataError(f"body: {mixed[0]} is of grouped data. Leave it or the scenario out.")
    asked = {"scenario": body.get("scenario")}
    if body.get("set") is not None:
        asked["set"] = body["set"]
    scenario = reading.scenario(asked)
    lines = reading.text(body, "lines", "body")
    options: dict[str, Any] = {
        "concept": reading.text(body, "incomes", "body") or "household",
        "year": reading.whole(body, "year", FIRST, LAST),
        "lines": income_gap.LINES if lines is None else income_gap.read_lines(lines),
        "ppp": reading.whole(body, "ppp", 2005, PPP, usual=PPP),
        "north": reading.names(body, "north") or income_gap.NORTH,
        "south": reading.names(body, "south") or income_gap.SOUTH,
    }
    return Asked(
        f"Gap: {scenario.title}"[:200],
        (),
        lambda: scenario_run.gap_of(scenario, **options)[0],
        "" if scenario.world in reading.ONE_SECTOR else "Worlds with sectors take seconds.",
    )


def _grouped(body: dict[str, Any]) -> Asked:
    import numpy as np

    from winset.delivery import lorenz

    body = reading.fields(body, ("points", "mean", "line", "form"), "body without a scenario")
    points = body.get("points")
    if not (
        isinstance(points, list)
        and 1 < len(points) <= MOST_POINTS
        and all(
            isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(x, int | float) and x is not True and abs(x) < 1e9 for x in pair)
            for pair in points
        )
    ):
        raise DataError(
            f"body: name a scenario, or points: a list of 2 to {MOST_POINTS} pairs [p, L], cumulative shares "
            "of people and of income."
        )
    if body.get("mean") is None or body.get("line") is None:
        raise DataError("body: mean and line are needed, in one unit and one PPP year.")
    mean, line = (reading.number(body, key) for key in ("mean", "line"))
    said = reading.text(body, "form", "body") or "best"
    form = next((known for known in lorenz.FORMS if known == said), None)
    if form is None:
        raise DataError(
            f"body: form {said[:80]!r} is not known. One of: {', '.join(lorenz.FORMS)}."
        )
    p, L = np.array(points, dtype=np.float64).T
    return Asked(
        "Poverty and inequality",
        (),
        lambda: lorenz.grouped(p, L, mean=mean, line=line, form=form, where="points"),
    )


def backtest(raw: Any) -> Asked:
    """Read ``{test, given?, placebos?, seed?}``; a bundled test's name."""
    from winset.studies import back_test

    body = reading.fields(raw, ("test", "given", "placebos", "seed"), "body")
    test = reading.text(body, "test", "body", required=True) or ""
    back_test.checked(test)
    given = reading.number(body, "given", back_test.GIVEN)
    placebos = reading.whole(body, "placebos", 0, MOST_PLACEBOS, usual=back_test.PLACEBOS)
    seed = reading.whole(body, "seed", 0, 2**32 - 1, usual=1)
    return Asked(
        f"Back-test {test}"[:200],
        (),
        lambda: back_test.back_tests(
            test, given=back_test.checked_given(given), placebos=placebos or 0, seed=seed or 0
        ),
    )
