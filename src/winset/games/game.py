"""Game: a number for every coalition of named players."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from winset import tables
from winset.errors import DataError, control_character, did_you_mean, listed
from winset.files import replacing
from winset.games import kernels
from winset.numbers import MOST_RANGE
from winset.subsets import moebius

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from winset.numbers import Array


MOST_PLAYERS = 30
MOST_NAMED = 20  # players in a CSV: a row for each of a million coalitions


@dataclass(frozen=True)
class Game:
    """A transferable-utility game.

    Attributes
    ----------
    players : tuple of n strings
    values : (2^n,) array
        ``values[mask]``; bit k of the mask is player k; ``values[0] == 0``. May be mapped from
        a file.

    Raises
    ------
    DataError
        Names that repeat, a wrong length, a value that is not finite, or a worth of nobody.
    """

    players: tuple[str, ...]
    values: Array

    def __post_init__(self) -> None:
        n = len(self.players)
        if n == 0:
            raise DataError("a game needs a player.")
        if len(set(self.players)) != n:
            twice = next(p for p in self.players if self.players.count(p) > 1)
            raise DataError(f"player {twice!r} is named twice. Keep one.")
        if n > MOST_PLAYERS:
            raise DataError(
                f"{n} players: all 2^{n} coalitions take {2.0**n * 8 / 1e9:,.0f} GB. Use at most "
                f"{MOST_PLAYERS}, or winset.games.sampled_shapley with a function."
            )
        if self.values.shape != (1 << n,):
            raise DataError(f"{n} players need {1 << n} values, found {self.values.shape}.")
        if self.values[0] != 0:
            raise DataError(f"the worth of nobody is {self.values[0]:g}; it must be 0.")
        bad = kernels.first_not_finite(self.values)
        if bad >= 0:
            raise DataError(
                f"the worth of {self.name(bad)} is {self.values[bad]}; it must be finite."
            )

    @classmethod
    def from_function(
        cls, players: Sequence[str], worth: Callable[[frozenset[str]], float]
    ) -> Game:
        """Tabulate a function of coalitions.

        >>> game = Game.from_function("ABC", lambda s: float(len(s) ** 2))
        >>> game["AB"]
        4.0
        """
        names = tuple(players)
        values = np.zeros(1 << len(names))
        for mask in range(1, len(values)):
            values[mask] = worth(frozenset(p for k, p in enumerate(names) if mask >> k & 1))
        return cls(names, values)

    @property
    def n(self) -> int:
        """Number of players."""
        return len(self.players)

    @property
    def grand(self) -> float:
        """v(N)."""
        return float(self.values[-1])

    def singles(self) -> Array:
        """v({i}), (n,)."""
        return np.array([self.values[1 << k] for k in range(self.n)])

    def mask(self, coalition: Iterable[str]) -> int:
        """Return the mask of named players."""
        index = {p: k for k, p in enumerate(self.players)}
        result = 0
        for name in coalition:
            if name not in index:
                raise DataError(f"no player {name!r}.{did_you_mean(name, self.players)}")
            result |= 1 << index[name]
        return result

    def name(self, mask: int) -> str:
        """Return the members of a mask joined by ``+``."""
        return "+".join(p for k, p in enumerate(self.players) if mask >> k & 1)

    def __getitem__(self, coalition: Iterable[str]) -> float:
        return float(self.values[self.mask(coalition)])

    def dividends(self) -> Array:
        """Harsanyi dividends Δ(S) = Σ_{T⊆S} (−1)^{|S|−|T|} v(T), (2^n,): a copy, then in place.

        Source: Harsanyi (1963).
        """
        result = np.array(self.values)
        moebius(result, -1.0)
        return result

    @classmethod
    def from_dividends(cls, players: Sequence[str], dividends: Array) -> Game:
        """Return the game with these dividends, v(S) = Σ_{T⊆S} Δ(T)."""
        values = np.array(dividends, dtype=np.float64)
        moebius(values, 1.0)
        return cls(tuple(players), values)

    def counterexample(
        self, to: Literal["monotone", "superadditive", "convex", "essential"]
    ) -> tuple[str, ...] | None:
        """Return coalitions that show the game lacks a property, or None where it has it.

        * monotone: S ⊂ T with v(S) > v(T)
        * superadditive: disjoint S and T with v(S) + v(T) > v(S ∪ T); 3^n pairs, n ≤ 18
        * convex: S and T with v(S) + v(T) > v(S ∪ T) + v(S ∩ T) (Shapley 1971)
        * essential: the single players, where Σ v({i}) ≥ v(N)

        Differences within 1e-12 of the largest value count as none.
        """
        tolerance = 1e-12 * max(1e-300, float(np.max(np.abs(self.values))))
        if to == "essential":
            return None if self.singles().sum() < self.grand - tolerance else self.players
        if to == "superadditive":
            if self.n > 18:
                raise DataError(
                    f"superadditivity of {self.n} players means 3^{self.n} pairs; 18 is the most."
                )
            found = kernels.not_superadditive(self.values, self.n, tolerance)
        elif to == "monotone":
            found = kernels.not_monotone(self.values, self.n, tolerance)
        elif to == "convex":
            found = kernels.not_convex(self.values, self.n, tolerance)
        else:
            raise DataError(f"{to!r} is not monotone, superadditive, convex or essential.")
        return None if found[0] < 0 else (self.name(int(found[0])), self.name(int(found[1])))

    def save(self, path: str | Path, about: dict[str, Any] | None = None) -> None:
        """Write ``game.npy`` and beside it ``game.json`` with the players in bit order."""
        path = Path(path)
        with replacing(path) as draft, draft.open("wb") as file:
            np.save(file, np.asarray(self.values, dtype="<f8"))
        with replacing(path.with_suffix(".json")) as draft:
            text = json.dumps({"players": list(self.players), **(about or {})}, ensure_ascii=False)
            draft.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        players: Sequence[str] | None = None,
        fill: Literal["superadditive"] | None = None,
    ) -> Game:
        """Read ``.npy`` (mapped, with ``.json`` beside it) or a CSV ``coalition,value``.

        Raises
        ------
        DataError
            Unreadable, unknown names, duplicate or missing coalitions, not a number: with the row.
        """
        path = Path(path)
        if not path.is_file():
            raise DataError(f"game {path}: no such file.")
        return _from_npy(path, players) if path.suffix == ".npy" else _from_csv(path, players, fill)


def _from_npy(path: Path, players: Sequence[str] | None) -> Game:
    beside = path.with_suffix(".json")
    if players is None:
        try:
            players = _players(json.loads(beside.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise DataError(
                f"{beside}: not readable ({error}); it names the players in bit order. "
                "Name them with --players."
            ) from error
    try:
        # an array and nothing else: numpy.load would take archives too
        values = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # numpy raises whatever reading the header as Python raises
        raise DataError(f"{path}: not readable as a numpy array ({error}).") from error
    if values.dtype != np.float64:
        raise DataError(f"{path}: holds {values.dtype}; a game is float64.")
    return Game(tuple(players), values)


def _players(about: Any) -> list[str]:
    """Return the players that a description names.

    Raises
    ------
    ValueError
        It names none, or what it names are no names.
    """
    players = about.get("players") if isinstance(about, dict) else None
    if not isinstance(players, list) or not all(isinstance(name, str) for name in players):
        raise ValueError("no list of players in it")
    if found := control_character("".join(players)):
        raise ValueError(f"{found} is a control character")
    return players


def _from_csv(path: Path, players: Sequence[str] | None, fill: str | None) -> Game:
    found: list[tuple[int, list[str], float]] = []
    names = dict.fromkeys(players or ())
    for number, row in tables.rows(path, ("coalition", "value"), figures=("value",)):
        where = f"{path} row {number}"
        members = [m.strip() for m in row["coalition"].split("+") if m.strip()]
        if len(set(members)) != len(members):
            raise DataError(f"{where}: {row['coalition']!r} names a player twice.")
        if players is not None and (unknown := [m for m in members if m not in names]):
            raise DataError(
                f"{where}: {unknown[0]!r} is not a player.{did_you_mean(unknown[0], names)}"
            )
        names |= dict.fromkeys(members)
        try:
            value = float(row["value"])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            said = f"is {row['value']!r}" if row["value"] else "has no figure"
            raise DataError(f"{where}: value {said}; it must be a number.")
        found.append((number, members, value))
        if len(names) > MOST_NAMED:
            raise DataError(f"{path}: more than {MOST_NAMED} players; give larger games as .npy.")
    if not names:
        raise DataError(f"{path}: no coalition in it.")
    _within_range(path, found)
    return _assembled(path, tuple(names), found, fill)


def _within_range(path: Path, rows: Sequence[tuple[int, list[str], float]]) -> None:
    """Refuse worths that differ by more powers of ten than a division can tell apart."""
    sized = sorted((abs(value), number) for number, _, value in rows if value)
    if sized and sized[-1][0] > MOST_RANGE * sized[0][0]:
        (small, a), (large, b) = sized[0], sized[-1]
        raise DataError(
            f"{path}: worths of {small:g} (row {a}) and {large:g} (row {b}) in one game; beyond a factor of "
            f"{MOST_RANGE:g} the small one is lost in rounding. Write 0 for what is nothing, or leave the "
            "giants out."
        )


def _unjoined(names: Sequence[str]) -> str:
    """Return a name that seems to be several members, joined by another mark than + or by none."""
    return next(
        (
            name
            for name in names
            if re.search(r"[,;/&|]", name)
            or (len(name) > 1 and all(mark in names for mark in name))
        ),
        "",
    )


def _assembled(
    path: Path, names: tuple[str, ...], rows: list[tuple[int, list[str], float]], fill: str | None
) -> Game:
    index = {name: k for k, name in enumerate(names)}
    values = np.full(1 << len(names), np.nan)
    values[0] = 0.0
    seen: dict[int, int] = {}
    for number, members, value in rows:
        mask = sum(1 << index[m] for m in members)
        if mask in seen:
            raise DataError(
                f"{path} row {number}: {'+'.join(members) or 'nobody'} is row {seen[mask]} again."
            )
        if mask == 0 and value != 0:
            raise DataError(f"{path} row {number}: the worth of nobody is {value:g}; it must be 0.")
        seen[mask] = number
        values[mask] = value
    if np.isnan(values).any():
        if whole := _unjoined(names):
            raise DataError(
                f"{path}: {whole!r} counts as one player. Members of a coalition are joined by +, such as "
                f"{'+'.join(re.findall(r'[^,;/&| ]', whole)[:4])}."
            )
        if fill != "superadditive":
            lost = np.flatnonzero(np.isnan(values))
            first = ["+".join(p for k, p in enumerate(names) if m >> k & 1) for m in lost[:4]]
            said = listed(first + [""] * (len(lost) - 4), 4)  # of a million, only these need names
            raise DataError(
                f"{path}: {len(lost)} of {len(values)} coalitions are missing: {said}. Add them, or "
                "fill them with the best their parts can do: --fill superadditive."
            )
        kernels.fill_superadditive(values, len(names))
    return Game(names, values)
