"""For whom a brief is written: a bloc on a date, or one economy's desk beside it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from winset.errors import DataError
from winset.places.blocs import bloc_of, load_blocs
from winset.places.codes import code_of_name
from winset.places.economies import economies
from winset.places.groups import read_group
from winset.worlds import WITH_TARIFFS

if TYPE_CHECKING:
    import datetime as dt

    from winset.studies.brief.answers import Answers

#: Blocs whose own voting rule is bundled.
OWN_RULES = {"SCO": "sco", "EU": "eu-council", "ASEAN": "asean"}
MOST_EXACT = 16  # members up to which every coalition is solved; above, sums of dividends
YEARS = "2010-2025"  # of roll calls


@dataclass(frozen=True, slots=True)
class Desk:
    """A bloc, its members on a date, whose desk it is, and what answers questions.

    Attributes
    ----------
    bloc : str
        As it is asked for: SCO, SCO+, or codes by comma.
    seat : str or None
        The economy from whose desk the brief is written.
    """

    bloc: str
    members: tuple[str, ...]
    on: dt.date
    seat: str | None
    answers: Answers

    @property
    def group(self) -> str:
        """The bloc as a word of a command line."""
        return shlex.quote(self.bloc)

    @property
    def with_seat(self) -> str:
        """The bloc, with the seat where it is no member."""
        if self.seat is None or self.seat in self.members:
            return self.group
        return shlex.quote(f"{self.bloc},{self.seat}")

    @property
    def closer(self) -> str:
        """The scenario of closer trade, as options of a command: what is asked of every bloc alike."""
        return f"sco-2025 --set world={WITH_TARIFFS} --set among={self.group} --set on={self.on}"

    @property
    def shares(self) -> str:
        """The command that divides the gain."""
        many = " --method dividends" if len(self.members) > MOST_EXACT else ""
        return f"winset share {self.closer} --players {self.group}{many}"

    @property
    def rule(self) -> str:
        """The bloc's own voting rule; that of consensus where none is bundled."""
        own = OWN_RULES.get(self.bloc.upper())
        return own if own else f"consensus --members {self.group} --on {self.on}"


def desk(bloc: str, *, on: dt.date, seat: str | None, answers: Answers) -> Desk:
    """Read whom a brief is for.

    Raises
    ------
    DataError
        No such bloc or economy, or fewer than two members.
    """
    group = read_group(bloc, on=on, where="BLOC")
    if len(group.codes) < 2:
        raise DataError(f"{bloc} on {on}: {len(group.codes)} member. A brief is of two or more.")
    found = bloc_of(bloc, load_blocs())
    if (
        found is not None
    ):  # as its list writes it, so that a command is the same however it is asked
        bloc = found[0].code + ("+" if found[1] else "")
    code = None
    if seat is not None:
        code = seat.strip().upper()
        if code not in economies():
            meant = code_of_name(seat)
            hint = f"Write {meant}." if meant else "Write a code such as KAZ."
            raise DataError(f"--for {seat[:80]}: no economy. {hint}")
    return Desk(bloc, group.codes, on, code, answers)
