"""What each endpoint answers: pure functions from a checked request to a JSON object or a file.

They call what the command line calls, so that the figures are the same to the last bit.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.places.blocs import load_blocs
from winset.scenario import SCENARIOS, Scenario, bundled_scenarios
from winset.studies.claims import listing
from winset.studies.scenario_run import Study, doubted, run
from winset.web import reading
from winset.worlds import embedded_worlds, world

if TYPE_CHECKING:
    from winset.governance.voting.rules import Spec
    from winset.worlds import World

#: Players of ``POST /api/share``; larger groups are jobs.
MOST_AT_ONCE = 12
#: Members of a rule: beyond, large weights can take minutes.
MOST_VOTERS = 100


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
    return listing(load_blocs().values(), day, world())


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


def solve(raw: Any) -> bytes:
    """Return what ``winset run --json`` prints; with ``draws``, what ``--draws`` and ``--seed`` add."""
    raw, draws, seed = reading.doubt(raw)
    done = study(raw)
    if draws is not None:
        if done.world.sectored:
            raise DataError(
                f"draws = {draws}: over HTTP only worlds with one sector are drawn. Use winset run."
            )
        done = doubted(done, draws, seed=seed)
    return dumps(done.to_json())


def sectored(raw: Any) -> bool:
    """Whether a body's scenario is solved for many sectors, which takes a hundred times longer."""
    return reading.scenario(raw).world != reading.ONE_SECTOR


def study(raw: Any) -> Study:
    """Solve the scenario of a body."""
    return run(reading.scenario(raw))


def share(raw: Any) -> bytes:
    """Return what ``winset share --json`` prints, for a few players at once."""
    from winset.studies import sharing

    order = reading.share_order(raw)
    data = order.scenario.load_world()
    count = len(players(order, data))
    if count > MOST_AT_ONCE:
        raise DataError(
            f"{count} players: POST /api/share answers at once and takes up to {MOST_AT_ONCE}. "
            "Name fewer with players, or send the same body to POST /api/jobs."
        )
    done = sharing.share(
        order.scenario, players=order.players, resolution=order.resolution, workers=1
    )
    return dumps(done.to_json())


def players(order: reading.ShareOrder, data: World) -> tuple[str, ...]:
    """Return who bargains: those named, or the members of the scenario."""
    from winset.studies.sharing import named_players

    chosen = named_players(order.players, order.scenario.on, data, load_blocs())
    return order.scenario.resolve(data).members if chosen is None else chosen


def vote(raw: Any) -> bytes:
    """Return what ``winset vote RULE --json`` prints.

    The body is ``{rule, members?, on?, quota?}``: a bundled rule's name or an object as in the
    rule files, members as ``--members`` takes them or a list, and a quota or one for each majority.
    """
    from winset.governance.voting import rules
    from winset.governance.voting.power_indices import power

    body = reading.fields(raw, ("rule", "members", "on", "quota"), "body")
    day = reading.date(reading.text(body, "on", "body"))
    spec = _rule(body.get("rule"))
    known = load_blocs()
    members = reading.names(body, "members")
    codes = (
        rules.parse_members(members, on=day or spec.on, blocs=known)
        if members is not None
        else spec.codes(on=day, blocs=known)
    )
    built = spec.build(members=codes, quotas=_quotas(body.get("quota")), on=day, blocs=known)
    if len(built) > MOST_VOTERS:
        raise DataError(
            f"{len(built)} members; over HTTP the power of at most {MOST_VOTERS} is computed. "
            "Use winset vote."
        )
    return dumps(power(built).to_json())


def _rule(raw: Any) -> Spec:
    from winset.governance.voting import rules

    if isinstance(raw, dict):
        return rules.read_rule(raw)
    known = rules.bundled_rules()
    if raw not in known:
        said = raw[:80] if isinstance(raw, str) else ""
        raise DataError(
            f"rule {said!r} is not bundled ({', '.join(known)}).{did_you_mean(said, known)} "
            "Over HTTP a rule is one of these or an object."
        )
    return rules.find_rule(str(raw))


def _quotas(raw: Any) -> dict[str, Any]:
    if raw is None:
        return {}
    if isinstance(raw, dict):
        return raw
    return {"": raw}


def agree(raw: Any) -> bytes:
    """Return what ``winset agree BLOC --years … --json`` prints.

    The body is ``{bloc, years, issue?, against?, on?, by_year?}``.
    """
    known = ("bloc", "years", "issue", "against", "on", "by_year")
    body = reading.fields(raw, known, "body")
    by_year = body.get("by_year", False)
    if not isinstance(by_year, bool):
        raise DataError("body: by_year is true or false.")
    return _agree(
        reading.names({"bloc": body.get("bloc") or ""}, "bloc") or "",
        reading.text(body, "years", "body", required=True) or "",
        reading.text(body, "issue", "body"),
        reading.text(body, "against", "body"),
        reading.text(body, "on", "body"),
        by_year,
    )


@lru_cache(maxsize=64)
def _agree(
    bloc: str, years: str, issue: str | None, against: str | None, on: str | None, by_year: bool
) -> bytes:
    """Keep the last answers: the data never change, and a decade takes a second."""
    from winset.studies.agreement import agreement

    found = agreement(bloc, years, issue=issue, against=against, on=on, by_year=by_year)
    payload = [part.payload for part in found]
    return dumps(payload if by_year else payload[0])
