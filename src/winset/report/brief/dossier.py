"""The whole brief: its sections in order, what of them opens it, and its JSON."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset import __version__
from winset.errors import WinsetError
from winset.report import speech
from winset.report.brief import (
    dependence,
    distance,
    emissions,
    fit,
    foreseen,
    fund,
    gains,
    goods,
    ground,
    law,
    lines,
    persons,
    power,
    promises,
    seat,
    shares,
    standing,
    tariffs,
    ways,
)
from winset.report.brief.leaf import lacking, leaf_of
from winset.report.speech import known, name, say
from winset.studies.brief.answers import Answers, CommandError
from winset.studies.brief.desk import Desk
from winset.worlds.package import DATA

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from winset.report.brief.leaf import Leaf

#: The sections in order; each is a file with `build` and `TITLE`, and asks commands alone.
SECTIONS: tuple[ModuleType, ...] = (
    standing,
    ground,
    gains,
    shares,
    power,
    tariffs,
    fit,
    lines,
    ways,
    fund,
    dependence,
    emissions,
    persons,
    goods,
    law,
    promises,
    distance,
    foreseen,
)
#: Whose sentences open the brief.
OPENING = ("seat", "gains", "shares", "ground", "tariffs", "pledges")


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief in one language."""

    desk: Desk
    language: str
    title: str
    kicker: str
    leaves: tuple[Leaf, ...]

    @property
    def opening(self) -> tuple[str, ...]:
        """The sentences that open it."""
        by = {leaf.id: leaf for leaf in self.leaves}
        return tuple(by[key].sentence for key in OPENING if key in by and by[key].sentence)

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset brief --json`` prints."""
        return {
            "winset": __version__,
            "bloc": self.desk.bloc,
            "members": list(self.desk.members),
            "on": self.desk.on.isoformat(),
            "for": self.desk.seat,
            "lang": self.language,
            "title": self.title,
            "opening": list(self.opening),
            "sections": [leaf.to_json() for leaf in self.leaves],
        }


def builders_of(desk: Desk) -> tuple[ModuleType, ...]:
    """Return what builds each section, in order."""
    return (seat, *SECTIONS) if desk.seat is not None else SECTIONS


def brief(desk: Desk, progress: Callable[[int, int], None] | None = None) -> Brief:
    """Write every section in the language spoken; what a command refuses is a lack, said in one line.

    `progress` is called with sections written and sections in all.
    """
    builders = builders_of(desk)
    title = say("Brief: {bloc}", bloc=known(desk.bloc))
    if desk.seat is not None:
        title = say("Brief for {name}: {bloc}", name=name(desk.seat), bloc=known(desk.bloc))
    leaves = []
    for done, builder in enumerate(builders):
        if progress is not None:
            progress(done, len(builders))
        leaves.append(_built(builder, desk))
    return Brief(desk, speech.language(), title, _kicker(desk), tuple(leaves))


def _kicker(desk: Desk) -> str:
    return say(
        "{n} {n|member|members} as of {on} · every figure with the command that computes it",
        n=len(desk.members),
        on=desk.on.isoformat(),
    )


def restored(payload: dict[str, Any]) -> Brief:
    """Return the brief whose JSON was kept, to be written in its language; it asks nothing any more."""

    def ask(command: str) -> Any:
        raise CommandError(f"{command}: a brief that was kept asks nothing.")

    desk = Desk(
        payload["bloc"],
        tuple(payload["members"]),
        dt.date.fromisoformat(payload["on"]),
        payload["for"],
        Answers(ask),
    )
    with speech.speaking(payload["lang"]):
        kicker = _kicker(desk)
    leaves = tuple(leaf_of(desk, said) for said in payload["sections"])
    return Brief(desk, payload["lang"], payload["title"], kicker, leaves)


def _built(builder: ModuleType, desk: Desk) -> Leaf:
    try:
        leaf: Leaf = builder.build(desk)
    except CommandError:
        raise
    except WinsetError as error:
        key = builder.__name__.rpartition(".")[2]
        heading = say(builder.TITLE, name=name(desk.seat or ""))
        return lacking(desk, key, heading, say("Not computed: {why}", why=_said(error)))
    return leaf


def _said(error: WinsetError) -> str:
    """Return a refusal without the place where winset is installed."""
    return str(error).replace(f"{DATA}{os.sep}", "")
