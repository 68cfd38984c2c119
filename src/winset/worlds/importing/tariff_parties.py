"""Whom the exporters and importers of a table of tariffs stand for: an economy, a union, the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from winset.places.blocs import load_blocs, resolve
from winset.places.codes import read_codes
from winset.worlds.importing.tariff_table import UNION, january

if TYPE_CHECKING:
    from pathlib import Path

WORLD = "the world"


@dataclass(slots=True)
class TariffParties:
    """Which economies the texts of a table stand for, read once each."""

    path: Path
    year: int
    index: dict[str, int]
    told: dict[str, tuple[int, ...]] = field(default_factory=dict)
    world: set[str] = field(default_factory=set)
    united: set[str] = field(default_factory=set)
    aside: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def learn(self, texts: set[str]) -> None:
        """Read what is new."""
        if not texts - set(self.told):
            return
        column = read_codes(sorted(texts | set(self.told)), self.path)
        self.notes = list(column.notes)
        for text, what in column.aggregates.items():
            self.told[text] = ()
            if what == WORLD:
                self.world.add(text)
            elif what == UNION:
                members = resolve("EU", january(self.year), load_blocs())
                self.told[text] = tuple(self.index[c] for c in members if c in self.index)
                self.united.add(text)
            else:
                self.aside.add(text)
        for text, code in column.codes.items():
            self.told[text] = (self.index[code],) if code in self.index else ()
        for text in column.unknown:
            self.told[text] = ()
            self.aside.add(text)
