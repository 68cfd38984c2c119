"""The one reading of "SCO+,KAZ": blocs and codes by comma, on a date, and who of them is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.places.blocs import bloc_of, load_blocs, resolve
from winset.places.codes import code_of_name
from winset.places.economies import economies
from winset.sentences import Sentence, Verbatim, meant

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from winset.places.blocs import Bloc, Blocs

#: The word that stands for every economy of a world, a record or a list.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Later:
    """A member of a named bloc that joins only after the date that counts."""

    code: str
    bloc: str
    joined: dt.date

    def to_json(self) -> dict[str, str]:
        """Return an entry of ``later``."""
        return {"code": self.code, "bloc": self.bloc, "joined": self.joined.isoformat()}


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a text such as "SCO+,KAZ" names.

    Attributes
    ----------
    codes : tuple of str
        In the order named, members of a bloc by date of joining; nobody twice.
    absent : tuple of str
        Members of the named blocs that are left out, for the world (or record) has them not; and codes, where
        these may be absent too.
    later : tuple of Later
        Those that the named blocs have today, or will have, but had not on the date.
    """

    codes: tuple[str, ...]
    absent: tuple[str, ...] = ()
    later: tuple[Later, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return who was chosen and who is counted: ``counted`` of a command's JSON."""
        return {
            "chosen": len(self.codes) + len(self.absent) + len(self.later),
            "counted": len(self.codes),
            "later": [member.to_json() for member in self.later],
            "absent": list(self.absent),
        }


def names(text: str | Iterable[str]) -> tuple[str, ...]:
    """Split at commas, without blanks.

    >>> names("SCO+, KAZ,")
    ('SCO+', 'KAZ')
    >>> names(["SCO+", "KAZ,UZB"])
    ('SCO+', 'KAZ', 'UZB')
    """
    parts = [text] if isinstance(text, str) else text
    return tuple(name for part in parts for cell in part.split(",") if (name := cell.strip()))


def read_group(
    text: str | Iterable[str],
    *,
    on: dt.date,
    codes: Collection[str] | None = None,
    present: Collection[str] | None = None,
    blocs: Blocs | None = None,
    where: str = "",
    of: str = "",
    absent_codes: bool = False,
) -> Group:
    """Return the economies that blocs and codes by comma stand for, on a date.

    A name is a code of `codes` (exactly, else in any case), else a bloc in any case; ``SCO+`` adds
    a bloc's partners, ``all`` means all of `codes`.

    Parameters
    ----------
    codes : collection of str, optional
        What may be named by code: the economies of a world, for example. Without it, any economy
        may be, and members of blocs are taken as their list has them.
    present : collection of str, optional
        The codes that members of blocs must be among, others being `absent`; as `codes`.
    where : str
        What the messages begin with, such as ``--players``.
    of : str
        Whose codes they are, for messages: "world 'x'".
    absent_codes : bool
        Whether the code of an economy that is not among `codes` is `absent`, as a bloc's member is, and no
        error.

    Raises
    ------
    DataError
        A name that is neither bloc nor code; a bloc with nobody in it on that date, or with a
        member that is no economy at all; nobody named.

    >>> import datetime as dt
    >>> read_group("EAEU,UZB", on=dt.date(2025, 1, 1), codes=["RUS", "KAZ", "UZB"])
    Group(codes=('KAZ', 'RUS', 'UZB'), absent=('BLR', 'ARM', 'KGZ'), later=())
    """
    known = load_blocs() if blocs is None else blocs
    known_codes: Collection[str] = economies() if codes is None else codes
    inside = known_codes if present is None else present
    start = f"{where}: " if where else ""
    kind = Sentence("an economy of {of}", of=of) if of else Sentence("the code of an economy")
    found: dict[str, None] = {}
    absent: dict[str, None] = {}
    for name in (asked := names(text)):
        if name in known_codes:
            found[name] = None
        elif bloc_of(name, known) is not None:
            members = resolve(name, on, known)
            for code in members:
                if codes is None or code in inside:
                    found[code] = None
                elif code in known_codes or code in economies():
                    absent[code] = None
                else:
                    raise DataError(
                        f"{start}bloc {name} holds {code!r}, which is neither ISO 3166 nor {kind}."
                        f"{did_you_mean(code, economies())}"
                    )
        elif name.upper() in known_codes:
            found[name.upper()] = None
        elif absent_codes and name in economies():
            absent[name] = None
        elif name.casefold() == ALL and codes is not None:
            found |= dict.fromkeys(code for code in codes if code in inside)
        else:
            named = code_of_name(name)
            hint: str = (
                Sentence(" Write {code}.", code=Verbatim(named))
                if named
                else meant(name[:80], [*known, *known_codes], mark="")
            )
            raise DataError(
                Sentence(
                    "{start}{said} is neither a bloc nor {kind}.{hint} `winset bloc` lists all blocs.",
                    start=start,
                    said=_short(name),
                    kind=kind,
                    hint=hint,
                ),
                code="unknown-name",
            )
    if not found:
        what = _short(", ".join(asked)) if asked else Sentence("nothing")
        raise DataError(
            Sentence(
                "{start}{what} names no economy{of}. Name a bloc, or codes by comma such as CHN,KAZ.",
                start=start,
                what=what,
                of=Sentence(" of {of}", of=of) if of else "",
            ),
            code="nobody",
        )
    return Group(
        tuple(found),
        tuple(code for code in absent if code not in found),
        tuple(who for who in later(asked, on, known) if who.code not in {*found, *absent}),
    )


def later(text: str | Iterable[str], on: dt.date, known: Blocs) -> tuple[Later, ...]:
    """Return who joins the blocs of a text only after a date; partners where ``+`` asks for them.

    Nobody twice: the first joining counts.
    """
    joining: dict[str, Later] = {}
    for name in names(text):
        found = bloc_of(name, known)
        for who in [] if found is None else _joining(*found, on):
            joining.setdefault(who.code, who)
    return tuple(joining.values())


def _joining(bloc: Bloc, wide: bool, on: dt.date) -> list[Later]:
    stays = [m for m in bloc.memberships if m.joined > on and (wide or m.role == "member")]
    return [
        Later(m.code, bloc.code, m.joined) for m in sorted(stays, key=lambda m: (m.joined, m.code))
    ]


def _short(name: str) -> str:
    shown = repr(name)
    return shown if len(shown) <= 80 else f"{shown[:77]}…'"
