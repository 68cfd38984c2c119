"""The question of people: a group's accounts, what it was promised, or what changes of rules do."""

from __future__ import annotations

from typing import Any

from winset.errors import DataError
from winset.web import reading
from winset.web.asked import Asked


def people(raw: Any) -> Asked:
    """Read ``{bloc, of?, year?, on?, forecast?, promises?}`` or ``{scenario, set?, of?, totals?, …}``.

    The scenario is an example of `winset people`, a bundled scenario's name, or the object of one.
    """
    known = (
        "bloc", "scenario", "set", "of", "year", "on", "forecast", "promises", "totals", "capacity",
        "draws", "seed",
    )  # fmt: skip
    body = reading.fields(raw, known, "body")
    if body.get("scenario") is not None:
        return _of_scenario(body)
    for key in ("set", "totals", "capacity", "draws"):
        if body.get(key) is not None:
            raise DataError(f"body: {key} is about a scenario. Name one with scenario, or drop it.")
    import datetime as dt

    from winset.studies import people as study
    from winset.studies import people_costs

    bloc = reading.names({"bloc": body.get("bloc") or ""}, "bloc") or ""
    of, year = reading.text(body, "of", "body"), reading.whole(body, "year", 1900, 2200)
    on = reading.date(reading.text(body, "on", "body")) or dt.date.today()
    forecast, promises = reading.truth(body, "forecast"), reading.truth(body, "promises")
    if promises:
        for key in ("of", "year", "on", "forecast"):
            if body.get(key) is not None:
                raise DataError(f"body: {key} does not go with promises. Drop it.")
        return Asked(f"Promised to people: {bloc}"[:200], (), lambda: people_costs.cost_sheet(bloc))
    study.read_kinds(of)
    return Asked(
        f"People of {bloc}"[:200],
        (),
        lambda: study.people(bloc, on=on, of=of, year=year, forecast=forecast),
        "" if of else "All tables together take up to half a minute; name one with of.",
    )


def _of_scenario(body: dict[str, Any]) -> Asked:
    from winset.scenario import Scenario
    from winset.studies import people_laying, people_scenario

    for key in ("bloc", "year", "on", "forecast", "promises"):
        if body.get(key) is not None:
            raise DataError(f"body: {key} and scenario are two questions. Ask one at a time.")
    examples = people_laying.bundled_people_scenarios()
    source, changes = body["scenario"], dict(reading.overrides(body.get("set")))
    if isinstance(source, str) and source in examples:
        scenario = reading.embedded(Scenario.from_toml(examples[source], overrides=changes))
    else:
        scenario = reading.scenario({"scenario": source, "set": changes})
    of, totals = reading.text(body, "of", "body"), reading.text(body, "totals", "body")
    capacity = reading.text(body, "capacity", "body")
    if capacity not in (None, people_scenario.HELD):
        raise DataError(f"body: over HTTP capacity is {people_scenario.HELD}.")
    most = people_scenario.USUAL_DRAWS
    draws = reading.whole(body, "draws", 1, most, usual=most)
    seed = reading.whole(body, "seed", 0, 2**32 - 1, usual=1)
    return Asked(
        scenario.title,
        (),
        lambda: people_scenario.people_scenario(
            scenario,
            of=of,
            totals=totals or people_scenario.TOTALS[0],
            capacity=capacity,
            draws=draws or most,
            seed=seed or 0,
        ),
        "Hosts that are full take a search in every draw." if capacity else "",
    )
