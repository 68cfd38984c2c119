"""The whole brief: its sections in order, what of them opens it, and its JSON."""

from __future__ import annotations

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
from winset.report.brief.leaf import lacking
from winset.report.speech import known, name, say
from winset.studies.brief.answers import CommandError
from winset.worlds.package import DATA

if TYPE_CHECKING:
    from types import ModuleType

    from winset.report.brief.leaf import Leaf
    from winset.studies.brief.desk import Desk

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


def brief(desk: Desk) -> Brief:
    """Write every section in the language spoken; what a command refuses is a lack, said in one line."""
    builders = (seat, *SECTIONS) if desk.seat is not None else SECTIONS
    title = say("Brief: {bloc}", bloc=known(desk.bloc))
    if desk.seat is not None:
        title = say("Brief for {name}: {bloc}", name=name(desk.seat), bloc=known(desk.bloc))
    return Brief(
        desk,
        speech.language(),
        title,
        say(
            "{n} {n|member|members} as of {on} · every figure with the command that computes it",
            n=len(desk.members),
            on=desk.on.isoformat(),
        ),
        tuple(_built(builder, desk) for builder in builders),
    )


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
