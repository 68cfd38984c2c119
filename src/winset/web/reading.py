"""From a request's bytes to a scenario, players or a rule: what may come in over HTTP.

Bodies are strict JSON (no NaN, no Infinity) and are checked by the same models as files on the
command line. Over HTTP nothing names a place on the server's disk: worlds, rules and scenarios go
by the names of those that winset embeds, and a change cannot point to a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from winset.errors import DataError, did_you_mean
from winset.places.dates import read_date
from winset.scenario import SCENARIOS, Scenario, bundled_scenarios, parse
from winset.sentences import Sentence, Verbatim
from winset.studies.sharing import checked_resolution
from winset.studies.weighing_poor import checked_epsilon
from winset.trade import capabilities
from winset.worlds import WITH_TARIFFS, WITHOUT_TARIFFS, embedded_worlds

if TYPE_CHECKING:
    from winset.trade.coalitions.problem import Resolution

MOST_CHANGES = 100
MOST_DRAWS = 500  # of the parameters, for intervals
MOST_NAMES = 1_000  # in one list of a change, of players or of members

ONE_SECTOR = (WITH_TARIFFS, WITHOUT_TARIFFS)

#: Keys of a body that wraps a scenario; any other object is the scenario itself.
WRAPPED = ("scenario", "set")


#: What a job is about unless its body says ``study``.
SHARE = "share"


class BodyError(Exception):
    """The body is not a JSON document at all."""


def document(body: bytes) -> Any:
    """Parse strict JSON.

    Raises
    ------
    BodyError
        Not UTF-8, not JSON, nested too deeply, or with a number that JSON does not have.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise BodyError(f"the body is not JSON ({error}).") from None


def fields(raw: Any, known: tuple[str, ...], what: str) -> dict[str, Any]:
    """Return a body's keys, or raise DataError for one that is unknown."""
    if not isinstance(raw, dict):
        raise DataError(f"{what}: the body is {_kind(raw)}; it must be a JSON object.")
    for key in raw:
        if key not in known:
            raise DataError(
                f"{what}: unknown key {_short(key)}.{did_you_mean(key[:80], known)} "
                f"Known: {', '.join(known)}."
            )
    return raw


def text(raw: dict[str, Any], key: str, what: str, *, required: bool = False) -> str | None:
    """Return a string of the body, None where it is missing."""
    value = raw.get(key)
    if value is None:
        if required:
            raise DataError(f"{what}: {key} is missing. Add it.")
        return None
    if not isinstance(value, str) or len(value) > MOST_NAMES * 12:
        raise DataError(f"{what}: {key} = {_short(value)} is wrong: it must be a short string.")
    return value


def truth(raw: dict[str, Any], key: str) -> bool:
    """Return true or false; false where it is missing."""
    value = raw.get(key)
    if value is not None and not isinstance(value, bool):
        raise DataError(f"body: {key} is true or false.")
    return bool(value)


def whole(
    raw: dict[str, Any], key: str, low: int, high: int, *, usual: int | None = None
) -> int | None:
    """Return a whole number of the body, `usual` where it is missing."""
    value = raw.get(key)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise DataError(
            Sentence(
                "body: {key} must be a whole number from {low} to {high}.",
                key=Verbatim(key),
                low=Verbatim(low),
                high=Verbatim(high),
            )
        )
    return value


def number(raw: dict[str, Any], key: str, usual: float = 0.0) -> float:
    """Return a number of the body, `usual` where it is missing."""
    value = raw.get(key)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise DataError(
            Sentence(
                "body: {key} = {said} is wrong: it must be a number.",
                key=Verbatim(key),
                said=Verbatim(_short(value)),
            )
        )
    return float(value)


@dataclass(frozen=True, slots=True)
class Further:
    """What a body asks for beside its scenario: draws, the other deficit rules, one economy."""

    draws: int | None = None
    seed: int = 1
    deficit_rules: bool = False
    economy: str = ""


def further(raw: Any) -> tuple[Any, Further]:
    """Take the keys of `Further`, each of which may be missing, out of a body ``{scenario, set?, …}``."""
    if not (isinstance(raw, dict) and "scenario" in raw):
        return raw, Further()
    draws = whole(raw, "draws", 1, MOST_DRAWS)
    seed = whole(raw, "seed", 0, 2**32 - 1)
    rules = truth(raw, "deficit_rules")
    taken = {field.name for field in dataclass_fields(Further)}
    rest = {key: value for key, value in raw.items() if key not in taken}
    return rest, Further(
        draws, 1 if seed is None else seed, rules, text(raw, "economy", "body") or ""
    )


def scenario(raw: Any) -> Scenario:
    """Return the scenario of a body.

    It is an object as in the TOML files, the name of a bundled one, or
    ``{"scenario": either of them, "set": {"percent": -15}}`` with overrides as ``--set`` takes.

    Raises
    ------
    DataError
        As the command line, and for whatever names a place on the server's disk.
    """
    changed: dict[str, str] = {}
    if isinstance(raw, dict) and "scenario" in raw:
        raw = fields(raw, WRAPPED, "body")
        changed = overrides(raw.get("set"))
        raw = raw["scenario"]
    if isinstance(raw, str):
        known = bundled_scenarios()
        if raw not in known:
            raise DataError(
                f"scenario {_short(raw)} is not bundled ({', '.join(known)})."
                f"{did_you_mean(raw[:80], known)} Over HTTP a scenario is one of these or an object."
            )
        found = Scenario.from_toml(SCENARIOS / f"{raw}.toml", overrides=changed)
    elif isinstance(raw, dict):
        bounded(raw)
        if not _shaped(raw):
            parse(raw)  # says what is wrong; overrides would meet no table to be laid on
        found = parse(raw, overrides=changed)
        without_files(found)
    else:
        raise DataError(f"scenario is {_kind(raw)}; it must be an object or a bundled name.")
    return embedded(found)


def embedded(found: Scenario) -> Scenario:
    """Return a scenario that lies in an embedded world and asks for no search that is long."""
    known_world(found.world)
    _soon(found)
    return found


def known_world(name: str) -> None:
    """Refuse the name of a world that is not embedded."""
    if name not in embedded_worlds():
        raise DataError(
            f"world {_short(name)} is not embedded ({', '.join(embedded_worlds())})."
            f"{did_you_mean(name[:80], embedded_worlds())} Over HTTP no folder is read."
        )


def bounded(raw: dict[str, Any]) -> None:
    """Refuse what would be slow to look at, before anything looks at it."""
    changes = raw.get("change")
    if isinstance(changes, list):
        if len(changes) > MOST_CHANGES:
            raise DataError(
                f"scenario: {len(changes)} changes; over HTTP at most {MOST_CHANGES} are taken. "
                "Join those of the same kind and size."
            )
        for number, change in enumerate(changes, 1):
            for key, value in change.items() if isinstance(change, dict) else ():
                if isinstance(value, list) and len(value) > MOST_NAMES:
                    raise DataError(
                        f"scenario (change {number}): {_short(key)} lists {len(value)} names; at "
                        f"most {MOST_NAMES} are taken."
                    )
    parameters = raw.get("parameters")
    for value in parameters.values() if isinstance(parameters, dict) else ():
        if isinstance(value, dict) and len(value) > MOST_NAMES:
            raise DataError(
                f"scenario (parameters): a table of {len(value)} entries; at most {MOST_NAMES} "
                "are taken."
            )


def _shaped(raw: dict[str, Any]) -> bool:
    changes, parameters = raw.get("change", []), raw.get("parameters", {})
    if not isinstance(changes, list) or not isinstance(parameters, dict):
        return False
    return all(isinstance(change, dict) for change in changes)


def without_files(found: Scenario) -> None:
    for number, change in enumerate(found.changes, 1):
        if getattr(change, "file", None) is not None:
            raise DataError(
                f"scenario (change {number}): file = {_short(change.file)} is refused over HTTP. "  # type: ignore[union-attr]
                "Name the pairs with exporters and importers."
            )


def _soon(found: Scenario) -> None:
    """Refuse a search for best tariffs that would take many equilibria that are dear."""
    searched = [
        number
        for number, change in enumerate(found.changes, 1)
        if getattr(change, "answer", None) == "optimal"
    ]
    if searched and (
        len(searched) > 1
        or not capabilities.can(_model(found), "optimal answer on the page")
        or found.parameters.revenue == "income-tax"
    ):
        raise DataError(
            f'scenario (change {searched[-1]}): answer = "optimal" is one search over HTTP, in worlds '
            f"{' and '.join(ONE_SECTOR)} without entry costs or income-tax relief. Use winset run for "
            'others, or "sufficient".'
        )


def _model(found: Scenario) -> str:
    """Name the model of a scenario without loading its world: all embedded ones but one have sectors."""
    if found.parameters.has_entry_costs:
        return capabilities.ENTRY_COSTS
    return capabilities.ONE_SECTOR if found.world in ONE_SECTOR else capabilities.MANY_SECTORS


def overrides(raw: Any) -> dict[str, str]:
    """Read ``set``: keys and values, as ``--set`` takes them."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping) or len(raw) > MOST_CHANGES:
        raise DataError(f"set is {_kind(raw)}; it must be a short object of keys and values.")
    result = {}
    for key, value in raw.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise DataError(
                f"--set {key[:80]}: the value is {_kind(value)}; write text or a number."
            )
        result[key] = value if isinstance(value, str) else repr(value)
    return result


@dataclass(frozen=True, slots=True)
class ShareOrder:
    """What ``POST /api/share`` and ``POST /api/jobs`` ask for; `players` as ``--players`` has it."""

    scenario: Scenario
    players: str | None
    resolution: Resolution
    aversion: float | None


def share_order(raw: Any) -> ShareOrder:
    """Read ``{scenario, set?, players?, resolution?, aversion?}``; players are a list or text by comma."""
    body = fields(raw, (*WRAPPED, "players", "resolution", "aversion"), "body")
    if "scenario" not in body:
        raise DataError("body: scenario is missing. Add an object or a bundled name.")
    found = scenario({key: body[key] for key in WRAPPED if key in body})
    detail = checked_resolution(text(body, "resolution", "body") or "full")
    return ShareOrder(found, names(body, "players"), detail, aversion(body))


def aversion(body: dict[str, Any]) -> float | None:
    """Return the inequality aversion asked for, within its bounds; None where it is not."""
    if body.get("aversion") is None:
        return None
    return checked_epsilon(number(body, "aversion", 1.0))


def studied(raw: Any) -> tuple[str, Any]:
    """Take ``study``, and ``sections`` beside it, out of the body of a job."""
    if not isinstance(raw, dict) or "study" not in raw:
        return SHARE, raw
    rest = {key: value for key, value in raw.items() if key not in ("study", "sections")}
    return text(raw, "study", "body") or SHARE, rest


def in_parts(raw: Any) -> bool:
    """Tell whether a job shall keep its report in parts as well."""
    if not isinstance(raw, dict) or "study" not in raw or not truth(raw, "sections"):
        return False
    if studied(raw)[0] == SHARE:
        raise DataError(f"body: sections are of other studies than {SHARE}. Leave it out.")
    return True


def names(body: dict[str, Any], key: str) -> str | None:
    """Return a list of names, or text by comma, as the command line takes it."""
    value = body.get(key)
    if isinstance(value, list):
        if not value or len(value) > MOST_NAMES or not all(isinstance(v, str) for v in value):
            raise DataError(f"body: {key} must be a list of 1 to {MOST_NAMES} codes or blocs.")
        return text({key: ",".join(value)}, key, "body")
    return text(body, key, "body")


def date(value: str | None) -> dt.date | None:
    """Read a date as ``--on`` does."""
    return None if value is None else read_date(value)


def _kind(value: Any) -> str:
    kinds = {
        dict: "an object",
        list: "a list",
        str: "text",
        bool: "true or false",
        type(None): "null",
    }
    return kinds.get(type(value), "a number")


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "…'"
