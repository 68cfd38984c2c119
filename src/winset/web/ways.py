"""Ways between places over HTTP: from a body to what is asked of the embedded network."""

from __future__ import annotations

from typing import Any

from winset.errors import DataError
from winset.web import reading
from winset.web.asked import Asked
from winset.worlds import WITH_TARIFFS


def route(raw: Any) -> Asked:
    """Read ``{from?, to?, map?, close?, open?, faster_borders?, speed?, mode?, day?, value?, theta?, …}``.

    Two ends ask for a way, ``map`` for the whole embedded network, neither for what the changes are worth.
    """
    from winset.studies import route_answers

    known = (
        "from", "to", "map", "close", "open", "faster_borders", "speed", "mode", "day", "value", "theta",
        "alternatives", "world",
    )  # fmt: skip
    body = reading.fields(raw, known, "body")
    ends = [reading.text(body, key, "body") for key in ("from", "to")]
    whole, world = (
        reading.truth(body, "map"),
        reading.text(body, "world", "body") or WITH_TARIFFS,
    )
    reading.known_world(world)
    theta = None if body.get("theta") is None else reading.number(body, "theta")
    others = reading.whole(body, "alternatives", 0, 50, usual=3)
    closed = [name for name in (reading.names(body, "close") or "").split(",") if name]
    speed = None if body.get("speed") is None else reading.number(body, "speed")
    value = body.get("value")
    if value is not None and value != "none":
        value = reading.number(body, "value")
    if (ends[0] is None) != (ends[1] is None):
        raise DataError("body: name both ends, from and to.")
    way = ends[0] is not None
    if way and whole:
        raise DataError("body: from and to, or map: ask one of the two.")
    if theta is not None and not way:
        raise DataError("body: theta is of a way. Name from and to.")
    question = route_answers.asked_in_percent(
        day=reading.number(body, "day", 1.35),
        value=value,
        modes=reading.text(body, "mode", "body") or "",
        closed=closed,
        opened_status=reading.text(body, "open", "body") or "",
        faster=reading.number(body, "faster_borders", 0.0),
        speed=speed,
    )
    if not (way or whole or question.changes):
        raise DataError("body: name from and to, or map, or what is closed or opened (close).")

    def answer() -> Any:
        if way:
            return route_answers.journey(
                question, str(ends[0]), str(ends[1]), theta=theta, alternatives=others or 0
            )
        if whole:
            return route_answers.view(question, world=world)
        return route_answers.worth(question, world=world)

    title = f"{ends[0]} to {ends[1]}" if way else question.said or question.network.title
    sectored = not way and not whole and world not in reading.ONE_SECTOR
    return Asked(
        title[:200],
        (),
        answer,
        "Five equilibria of a world with sectors take up to a minute." if sectored else "",
    )
