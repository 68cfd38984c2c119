"""What was delivered, over HTTP: pledges of a group, the gap under a scenario, back-tests."""

from __future__ import annotations

from typing import Any

from winset.web import reading
from winset.web.asked import Asked

MOST_PLACEBOS = 200


def track(raw: Any) -> Asked:
    """Read ``{bloc}``: a group with bundled pledges, or all."""
    from winset.delivery import pledges
    from winset.studies import promise_keeping

    body = reading.fields(raw, ("bloc",), "body")
    who = reading.text(body, "bloc", "body", required=True) or ""
    pledges.account(who, pledges.bundled())  # over HTTP nobody names a file
    return Asked(f"Pledges of {who}"[:200], (), lambda: promise_keeping.track(who).to_json())


def gap(raw: Any) -> Asked:
    """Read ``{scenario, incomes?, year?, lines?, ppp?, north?, south?}``."""
    from winset.delivery.incomes import FIRST, LAST, PPP
    from winset.studies import income_gap, scenario_run

    known = ("scenario", "set", "incomes", "year", "lines", "ppp", "north", "south")
    body = reading.fields(raw, known, "body")
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
        lambda: scenario_run.gap_of(scenario, **options)[0].to_json(),
        "" if scenario.world in reading.ONE_SECTOR else "Worlds with sectors take seconds.",
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
        ).to_json(),
    )
