"""What a job is asked to do: checked before it waits, as far as that can be known without solving."""

from __future__ import annotations

from typing import Any

from winset.errors import DataError, did_you_mean
from winset.web import questions, reading


def job_order(raw: Any, *, most: int) -> dict[str, Any]:
    """Check the body of a job; return what the list of jobs says of it.

    Raises
    ------
    DataError
        As the command line; or shares of more than `most` players.
    """
    study, body = reading.studied(raw)
    reading.in_parts(raw)
    if study == reading.SHARE:
        return {"study": study, **_share(body, most)}
    if study not in questions.QUESTIONS:
        known = (reading.SHARE, *questions.QUESTIONS)
        raise DataError(
            f"body: study {study[:80]!r} is not known ({', '.join(known)})."
            f"{did_you_mean(study[:80], known)}"
        )
    asked = questions.QUESTIONS[study](body)
    return {
        "study": study,
        "title": asked.title,
        "players": list(asked.players),
        "resolution": None,
        "total": asked.steps,
    }


def _share(body: Any, most: int) -> dict[str, Any]:
    from winset.places.blocs import load_blocs
    from winset.studies.sharing import bargainers
    from winset.trade.coalitions.problem import prepare

    order = reading.share_order(body)
    scenario, data = order.scenario, order.scenario.load_world()
    chosen = bargainers(order.players, scenario, data, load_blocs()).codes
    count = len(chosen)
    if count > most:
        raise DataError(
            f"{count} players; jobs on this server take up to {most}. "
            "Name fewer with players, or use winset share."
        )
    problem = prepare(data, scenario, chosen, resolution=order.resolution)
    return {
        "title": scenario.title,
        "players": list(problem.players),
        "resolution": order.resolution,
        "total": problem.units,
    }
