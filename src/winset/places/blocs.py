"""Blocs: who belongs to what, in which role, from which date on, and who says so."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from winset.errors import DataError, did_you_mean
from winset.places.codes import code_of_name
from winset.places.economies import economies
from winset.sentences import Sentence
from winset.tables import embedded_rows, rows

FOLDER = Path(__file__).parents[1] / "data" / "blocs"

Kind = Literal["organization", "union", "alliance", "forum", "grouping", "agreement", "list"]
KINDS: tuple[Kind, ...] = (
    "organization",
    "union",
    "alliance",
    "forum",
    "grouping",
    "agreement",
    "list",
)
ROLES = ("member", "partner")
MOST_BYTES = 5_000_000

Blocs = Mapping[str, "Bloc"]


@dataclass(frozen=True, slots=True)
class Membership:
    """One stay of an economy in a bloc: from `joined` on, up to and without `left`."""

    code: str
    role: str
    joined: dt.date
    left: dt.date | None
    source: str
    note: str

    def holds(self, on: dt.date) -> bool:
        """Tell whether the economy is in on that day."""
        return self.joined <= on and (self.left is None or on < self.left)


@dataclass(frozen=True, slots=True)
class Bloc:
    """A group of economies.

    Attributes
    ----------
    code, name : str
        Short and full name.
    kind : str
        organization, union, alliance, forum, grouping, agreement, or list (a category, not a club).
    regional : bool
        Whether geography decides who may join.
    treaty, secretariat : bool
        Whether a founding treaty binds the members, and whether a permanent secretariat serves.
    founded : datetime.date
    memberships : tuple of Membership
    source, note : str
    """

    code: str
    name: str
    kind: str
    regional: bool
    treaty: bool
    secretariat: bool
    founded: dt.date
    memberships: tuple[Membership, ...]
    source: str
    note: str

    def stays(self, on: dt.date, role: str = "member") -> tuple[Membership, ...]:
        """Return the stays in a role that hold on a date, by date of joining, then by code."""
        inside = [m for m in self.memberships if m.role == role and m.holds(on)]
        return tuple(sorted(inside, key=lambda m: (m.joined, m.code)))

    def members(self, on: dt.date) -> tuple[str, ...]:
        """Return the codes of the members on a date."""
        return tuple(m.code for m in self.stays(on))

    def partners(self, on: dt.date) -> tuple[str, ...]:
        """Return the codes of partners, observers and associates on a date."""
        return tuple(m.code for m in self.stays(on, "partner"))

    def codes(self, on: dt.date, *, partners: bool) -> tuple[str, ...]:
        """Return members, and partners after them if asked for, nobody twice."""
        return tuple(dict.fromkeys(self.members(on) + (self.partners(on) if partners else ())))


def load_blocs(extra: str | Path | None = None) -> dict[str, Bloc]:
    """Return the blocs that come with winset, and those of a file of your own.

    `extra` is a CSV with the columns ``bloc,code`` and, if you like, ``name,kind,role,joined,
    left,source,note``: a row for each economy. Without ``joined`` an economy is always in.

    >>> len(load_blocs()["EU"].members(dt.date(2025, 9, 1)))
    27

    Raises
    ------
    DataError
        The file is unreadable, or a row of it is wrong (with row, value and remedy).
    """
    blocs = dict(_embedded())
    if extra is not None:
        for code, bloc in _own(Path(extra)).items():
            if (twin := _key(code, blocs)) is not None:
                raise DataError(
                    f"{extra}: bloc {code!r} has the name of winset's own {twin}. Choose another."
                )
            blocs[code] = bloc
    return blocs


def find_bloc(name: str, blocs: Blocs | None = None) -> tuple[Bloc, bool]:
    """Return a bloc by its short name (in any case), and whether ``+`` asks for its partners too.

    Raises
    ------
    DataError
        No such bloc; the message suggests one.
    """
    known = load_blocs() if blocs is None else blocs
    if (found := bloc_of(name, known)) is not None:
        return found
    raise DataError(
        f"no bloc {name!r}.{did_you_mean(name, known)} `winset bloc` lists all; "
        "--blocs FILE adds your own."
    )


def bloc_of(name: str, blocs: Blocs) -> tuple[Bloc, bool] | None:
    """Return a bloc as `find_bloc` does, or None where there is no such bloc."""
    name = name.strip()
    key = _key(name, blocs)
    if key is not None:
        return blocs[key], False
    key = _key(name.removesuffix("+"), blocs)
    return (blocs[key], True) if key is not None and name.endswith("+") else None


def resolve(name: str, on: dt.date, blocs: Blocs | None = None) -> tuple[str, ...]:
    """Return the codes of a bloc's members on a date; ``SCO+`` adds the partners.

    >>> resolve("SCO", dt.date(2016, 1, 1))
    ('CHN', 'KAZ', 'KGZ', 'RUS', 'TJK', 'UZB')

    Raises
    ------
    DataError
        No such bloc, or nobody in it on that date.
    """
    bloc, wide = find_bloc(name, blocs)
    codes = bloc.codes(on, partners=wide)
    if not codes:
        raise DataError(
            Sentence(
                "bloc {bloc} has no member or partner on {on}; it was founded on {founded}. Choose another "
                "date with on = or --on."
                if wide
                else "bloc {bloc} has no member on {on}; it was founded on {founded}. Choose another date "
                "with on = or --on.",
                bloc=bloc.code,
                on=on.isoformat(),
                founded=str(bloc.founded),
            )
        )
    return codes


def _key(name: str, known: Mapping[str, object]) -> str | None:
    folded = name.strip().casefold()
    return next((code for code in known if code.casefold() == folded), None)


@lru_cache(maxsize=1)
def _embedded() -> dict[str, Bloc]:
    stays: dict[str, list[Membership]] = {}
    for row in embedded_rows(FOLDER / "memberships.csv"):
        stays.setdefault(row["bloc"], []).append(_membership(row, "memberships.csv"))
    result = {}
    for row in embedded_rows(FOLDER / "blocs.csv"):
        where = f"blocs.csv, {row['bloc']}"
        result[row["bloc"]] = Bloc(
            row["bloc"],
            row["name"],
            _kind(row["kind"], where),
            row["scope"] == "regional",
            row["treaty"] == "yes",
            row["secretariat"] == "yes",
            _date(row["founded"], where, "founded"),
            tuple(stays[row["bloc"]]),
            row["source"],
            row["note"],
        )
    return result


def _own(path: Path) -> dict[str, Bloc]:
    """Read a user's blocs."""
    stays: dict[str, list[Membership]] = {}
    about: dict[str, dict[str, str]] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for number, row in rows(path, ("bloc", "code"), most_bytes=MOST_BYTES):
        where = f"{path} row {number}"
        name = row["bloc"].strip()
        if not name or name.endswith("+") or "," in name:
            raise DataError(f"{where}: bloc is {row['bloc']!r}; give it a name without + or comma.")
        key = (name, row["code"].strip(), row.get("joined", ""))
        if key in seen:
            raise DataError(f"{where}: {key[1]} in {name} is row {seen[key]} again. Keep one row.")
        seen[key] = number
        stays.setdefault(name, []).append(_membership(row, where))
        first = about.setdefault(name, row)
        if row.get("kind") and first.get("kind") and row["kind"] != first["kind"]:
            raise DataError(f"{where}: kind of {name} is {row['kind']!r} here, {first['kind']!r} "
                            "in its first row. Give one.")  # fmt: skip
    if not stays:
        raise DataError(f"{path}: no rows. Give one row per bloc and economy.")
    return {
        name: Bloc(
            name,
            about[name].get("name") or name,
            _kind(about[name].get("kind") or "grouping", str(path)),
            regional=True,
            treaty=False,
            secretariat=False,
            founded=min(m.joined for m in members),
            memberships=tuple(members),
            source=about[name].get("source") or path.name,
            note=about[name].get("note") or "",
        )
        for name, members in stays.items()
    }


def _membership(row: Mapping[str, str], where: str) -> Membership:
    code = row["code"].strip()
    if not re.fullmatch(r"[A-Z0-9_]{2,12}", code):
        hint = code_of_name(code)
        remedy = f" Write {hint}." if hint else did_you_mean(code, economies())
        raise DataError(f"{where}: {code!r} is not a code such as KAZ.{remedy}")
    role = row.get("role") or "member"
    if role not in ROLES:
        raise DataError(f"{where}: role is {role!r}; it is member or partner.")
    joined = _date(row["joined"], where, "joined") if row.get("joined") else dt.date.min
    left = _date(row["left"], where, "left") if row.get("left") else None
    if left is not None and left <= joined:
        raise DataError(f"{where}: left {left} is not after joined {joined}. Mend one of them.")
    return Membership(code, role, joined, left, row.get("source", ""), row.get("note", ""))


def _date(text: str, where: str, column: str) -> dt.date:
    """Read YYYY-MM-DD; YYYY-MM and YYYY stand for their first day."""
    parts = text.split("-")
    try:
        if not 1 <= len(parts) <= 3:
            raise ValueError(text)
        year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
        return dt.date(year, month, day)
    except ValueError:
        raise DataError(
            f"{where}: {column} is {text!r}; write a date like 2025-09-01 (or 2025-09, or 2025)."
        ) from None


def _kind(text: str, where: str) -> str:
    if text not in KINDS:
        raise DataError(
            f"{where}: kind is {text!r}.{did_you_mean(text, KINDS)} Known: {', '.join(KINDS)}."
        )
    return text
