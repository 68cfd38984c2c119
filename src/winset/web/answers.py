"""What each endpoint answers: pure functions from a checked request to a JSON object or a file.

They call what the command line calls, so that the figures are the same to the last bit.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from winset.errors import DataError
from winset.places.blocs import load_blocs
from winset.scenario import SCENARIOS, Scenario, bundled_scenarios
from winset.sentences import Sentence, Verbatim
from winset.studies.claims import listing
from winset.studies.scenario_run import Study, doubted, run, seen_from, under_other_rules
from winset.web import questions, reading
from winset.worlds import WITH_TARIFFS, embedded_worlds, world

#: Players of ``POST /api/share``; larger groups are jobs.
MOST_AT_ONCE = 12


def dumps(payload: Any) -> bytes:
    """Write JSON; floats as Python prints them, which is exact, and a NaN is a bug and raises."""
    text = json.dumps(payload, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


@lru_cache(maxsize=1)
def worlds() -> dict[str, Any]:
    """Return every embedded world as ``winset world show --json`` has it, with names and sectors."""
    found = []
    for name in embedded_worlds():
        data = world(name)
        technology = data.technology
        found.append(
            data.describe()
            | {
                "names": list(data.names),
                "sector_names": list(data.sectors),
                "elasticities": [] if technology is None else sorted(technology.elasticity_sets),
            }
        )
    return {"worlds": found}


def blocs(on: str | None) -> dict[str, Any]:
    """Return what ``winset bloc --on DATE --json`` prints."""
    day = reading.date(on) or dt.date.today()
    return listing(load_blocs().values(), day, world(WITH_TARIFFS))


@lru_cache(maxsize=1)
def scenarios() -> dict[str, Any]:
    """Return the bundled scenarios as JSON objects, ready for ``POST /api/solve``.

    ``files`` tells of a scenario whose changes stand in a file of winset's own: over HTTP it goes
    by its name.
    """
    found = []
    for name in bundled_scenarios():
        text = (SCENARIOS / f"{name}.toml").read_text(encoding="utf-8")
        scenario = Scenario.from_toml(name)
        raw = tomllib.loads(scenario.to_toml())
        about = [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]
        files = any(getattr(change, "file", None) for change in scenario.changes)
        found.append({"name": name, "about": " ".join(about), "files": files, "scenario": raw})
    return {"scenarios": found}


def solve(raw: Any) -> Any:
    """Return what ``winset run --json`` prints, `reading.Further` of it where it is asked for."""
    raw, asked = reading.further(raw)
    done, draws = study(raw), asked.draws
    if asked.deficit_rules:
        done = under_other_rules(done)
    if asked.economy:
        done = seen_from(done, asked.economy)
    if draws is not None:
        if done.world.sectored:
            raise DataError(
                Sentence(
                    "draws = {draws}: over HTTP only worlds with one sector are drawn. Use winset run.",
                    draws=Verbatim(draws),
                )
            )
        done = doubted(done, draws, seed=asked.seed)
    return done.to_json()


def slow(raw: Any) -> bool:
    """Whether a body's scenario takes seconds: one for many sectors, or a search for a tariff."""
    found = reading.scenario(reading.further(raw)[0])
    return found.world not in reading.ONE_SECTOR or any(
        getattr(change, "answer", None) for change in found.changes
    )


def study(raw: Any) -> Study:
    """Solve the scenario of a body."""
    return run(reading.scenario(raw))


def share(raw: Any) -> Any:
    """Return what ``winset share --json`` prints, for a few players at once."""
    from winset.studies import sharing

    order = reading.share_order(raw)
    data = order.scenario.load_world()
    count = len(sharing.bargainers(order.players, order.scenario, data, load_blocs()).codes)
    if count > MOST_AT_ONCE:
        raise DataError(
            f"{count} players: POST /api/share answers at once and takes up to {MOST_AT_ONCE}. "
            "Name fewer with players, or send the same body to POST /api/jobs.",
            code="for-a-job",
        )
    done = sharing.share(
        order.scenario,
        players=order.players,
        resolution=order.resolution,
        aversion=order.aversion,
        workers=1,
    )
    return done.to_json()


#: What each endpoint answers: from a body to the object of its command.
ANSWERS: Mapping[str, Callable[[Any], Any]] = {
    "solve": solve,
    "share": share,
    **{study: partial(questions.at_once, study) for study in questions.QUESTIONS},
}


def answer(study: str, raw: Any) -> bytes:
    """Return what the command of a study prints with ``--json``."""
    return dumps(ANSWERS[study](raw))
