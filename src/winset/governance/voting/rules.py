"""Voting rules: who is a member, what each one weighs, and what passes; from TOML."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from winset.errors import DataError, did_you_mean
from winset.governance.voting.majorities import (
    Majority,
    MajoritySpec,
    Number,
    Quota,
    read_majority,
)
from winset.places.blocs import load_blocs, resolve
from winset.places.dates import read_date
from winset.places.groups import Group, later, read_group
from winset.toml_files import Strict, TomlPosition, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.places.blocs import Bloc

FOLDER = Path(__file__).parents[2] / "data" / "rules"

MOST_MAJORITIES = 6
MOST_MEMBERS = 4_000


@dataclass(frozen=True, slots=True)
class Rule:
    """Members and the monotone rule by which coalitions of them win.

    Attributes
    ----------
    title, source : str
    members : n strings
    majorities : tuple of Majority
    combine : str
        How the majorities are joined, such as ``states and population``.
    truth : 2^m booleans
        Whether a coalition wins that has the majorities whose bits are set.
    veto : tuple of positions
        Members without whom nothing passes.
    warnings : tuple of str
        What a reader should know, such as two disjoint coalitions that both win.
    """

    title: str
    source: str
    members: tuple[str, ...]
    majorities: tuple[Majority, ...]
    combine: str
    truth: tuple[bool, ...]
    veto: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.members)

    def wins(self, coalition: Sequence[str]) -> bool:
        """Tell whether a coalition of member codes wins.

        >>> find_rule("eec-1958").build().wins(["DEU", "FRA", "ITA"])
        True
        """
        inside = {self.members.index(code) for code in coalition}
        if not inside.issuperset(self.veto):
            return False
        state = 0
        for k, majority in enumerate(self.majorities):
            if sum(majority.weights[i] for i in inside) >= majority.quota:
                state |= 1 << k
        return self.truth[state]


def weighted(
    members: Sequence[str], weights: Sequence[Number], quota: Quota, *, title: str = ""
) -> Rule:
    """Return the rule of one majority: win with `quota` or more of the weights.

    >>> weighted(["a", "b", "c"], [2, 1, 1], 3).wins(["a", "c"])
    True

    Raises
    ------
    DataError
        A quota that is none, or weights and members that do not go together.
    """
    return read_rule(
        {"title": title, "members": list(members), "weights": list(weights), "quota": quota}
    ).build()


class Spec(Strict):
    """A rule file, before members and figures are filled in; see docs/voting-rules.md."""

    title: str = ""
    source: str = ""
    note: str = ""
    bloc: str | None = None
    on: dt.date | None = None
    members: list[str] | dict[str, Number] | None = None
    weights: str | list[Number] | dict[str, Number] | None = None
    quota: Quota | None = None
    strict: bool = False
    otherwise: str | Number | None = None
    basic_share: float = Field(0.0, ge=0, lt=1)
    majority: list[MajoritySpec] = Field(default_factory=list)
    combine: str = "and"
    veto: list[str] | str = Field(default_factory=list)
    required: list[str] = Field(default_factory=list)
    consensus: bool = False

    @property
    def template(self) -> bool:
        """Whether the rule fits any members."""
        return not self.bloc and self.members is None and not self._tables()

    def _tables(self) -> list[dict[str, Number]]:
        every = [self.weights, *(m.weights for m in self.majority)]
        return [weights for weights in every if isinstance(weights, dict)]

    def group(self, *, on: dt.date | None = None, blocs: Mapping[str, Bloc] | None = None) -> Group:
        """Return the members that the file names, and who joins its bloc later."""
        if self.bloc and self.members is not None:
            raise DataError(f"rule {self.title!r}: bloc and members contradict each other.")
        if self.bloc:
            known = load_blocs() if blocs is None else blocs
            day = on or self.on or dt.date.today()
            return Group(resolve(self.bloc, day, known), later=later(self.bloc, day, known))
        if self.members is not None:
            return Group(tuple(self.members))
        tables = self._tables()
        if not tables:
            raise DataError(
                f"rule {self.title or 'of this file'!r} names no members. Give them with "
                "--members SCO or --members CHN,RUS,IND, or add members to the file."
            )
        return Group(tuple(tables[0]))

    def build(
        self,
        *,
        members: Sequence[str] | None = None,
        quotas: Mapping[str, Quota] | None = None,
        on: dt.date | None = None,
        blocs: Mapping[str, Bloc] | None = None,
    ) -> Rule:
        """Fill in members, weights and quotas.

        Parameters
        ----------
        members : codes
            Instead of those of the file.
        quotas : mapping of majority name to quota
            Instead of those of the file; the name ``""`` stands for the only majority.
        on : date
            For the members of a bloc.

        Raises
        ------
        DataError
            No, one unknown or one double member; a weight that is missing or negative; a quota
            that no coalition or the empty coalition reaches; an expression that names no majority.
        """
        codes = tuple(members) if members is not None else self.group(on=on, blocs=blocs).codes
        _check_codes(codes)
        rows = self._majorities(dict(quotas or {}))
        majorities = tuple(read_majority(row, codes, self.members) for row in rows)
        names = [majority.name for majority in majorities]
        if len(set(names)) != len(names):
            raise DataError(f"two majorities have the same name in {', '.join(names)}.")
        combine = f" {self.combine} ".join(names) if self.combine in ("and", "or") else self.combine
        truth = _truth(combine, names)
        veto = self._vetoes(codes)
        return Rule(
            self.title or "rule",
            self.source,
            codes,
            majorities,
            combine,
            truth,
            veto,
            _warnings(majorities, truth, veto),
        )

    def _majorities(self, quotas: dict[str, Quota]) -> list[MajoritySpec]:
        rows = list(self.majority)
        if rows and (self.weights is not None or self.quota is not None):
            raise DataError(
                "weights and quota stand both at the top and under [[majority]]. Keep one way."
            )
        if len(rows) > MOST_MAJORITIES:
            raise DataError(f"{len(rows)} majorities; at most {MOST_MAJORITIES} are possible.")
        if not rows:
            weights = self.weights
            if weights is None:
                weights = dict(self.members) if isinstance(self.members, dict) else "equal"
            quota = self.quota
            if quota is None:
                if not self.consensus and "" not in quotas:
                    raise DataError(
                        'no quota. Write quota = 9, quota = "55%" or quota = ">50%"; '
                        "or consensus = true."
                    )
                quota = "all"
            rows = [
                MajoritySpec(
                    weights=weights,
                    quota=quota,
                    strict=self.strict,
                    otherwise=self.otherwise,
                    basic_share=self.basic_share,
                )
            ]
        named = []
        for number, row in enumerate(rows, 1):
            name = row.name or (row.weights if isinstance(row.weights, str) else "")
            if not name or (name == "equal" and row.name is None):
                name = "members" if row.weights == "equal" else f"m{number}"
            quota = quotas.pop(name, quotas.pop("", None) if len(rows) == 1 else None)
            update: dict[str, Any] = {"name": name}
            if quota is not None:
                update |= {"quota": quota, "strict": False}
            named.append(row.model_copy(update=update))
        if quotas:
            names = [str(row.name) for row in named]
            left = next(iter(quotas))
            raise DataError(
                f"--quota {left + '=' if left else ''}{quotas[left]}: the majorities are "
                f"{', '.join(names)}; say which, for example --quota {names[0]}={quotas[left]}."
            )
        return named

    def _vetoes(self, codes: tuple[str, ...]) -> tuple[int, ...]:
        if self.consensus or self.veto == "all":
            return tuple(range(len(codes)))
        if isinstance(self.veto, str):
            raise DataError(f'veto = {self.veto!r}: write a list of members, or veto = "all".')
        chosen = []
        for code in dict.fromkeys([*self.veto, *self.required]):
            if code not in codes:
                raise DataError(
                    f"veto or required member {code!r} is not a member.{did_you_mean(code, codes)}"
                )
            chosen.append(codes.index(code))
        return tuple(sorted(chosen))


def _check_codes(codes: Sequence[str]) -> None:
    if not codes:
        raise DataError("a vote needs at least one member.")
    if len(codes) > MOST_MEMBERS:
        raise DataError(f"{len(codes)} members; at most {MOST_MEMBERS} are possible.")
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise DataError(f"member {code!r} is named twice. Keep it once.")
        seen.add(code)


def _truth(expression: str, names: Sequence[str]) -> tuple[bool, ...]:
    """Return whether the expression holds, for every set of the majorities."""
    words = re.findall(r"\(|\)|[^\s()]+", expression)

    def disjunction(held: Mapping[str, bool], left: list[str]) -> bool:
        value = conjunction(held, left)
        while left and left[0].casefold() == "or":
            left.pop(0)
            value = conjunction(held, left) or value
        return value

    def conjunction(held: Mapping[str, bool], left: list[str]) -> bool:
        value = atom(held, left)
        while left and left[0].casefold() == "and":
            left.pop(0)
            value = atom(held, left) and value
        return value

    def atom(held: Mapping[str, bool], left: list[str]) -> bool:
        word = left.pop(0) if left else "its end"
        if word == "(":
            value = disjunction(held, left)
            if not left or left.pop(0) != ")":
                raise DataError(f"combine = {expression!r}: a parenthesis is not closed.")
            return value
        if word not in held:
            raise DataError(
                f"combine = {expression!r}: {word!r} is no majority.{did_you_mean(word, names)} "
                f"Join {', '.join(names)} with and, or, parentheses."
            )
        return held[word]

    truth = []
    for state in range(1 << len(names)):
        held = {name: bool(state >> k & 1) for k, name in enumerate(names)}
        left = list(words)
        truth.append(disjunction(held, left))
        if left:
            raise DataError(f"combine = {expression!r}: {left[0]!r} is not expected there.")
    return tuple(truth)


def _warnings(
    majorities: Sequence[Majority], truth: Sequence[bool], veto: Sequence[int]
) -> tuple[str, ...]:
    half = [2 * m.quota <= m.total for m in majorities]
    state = sum(1 << k for k, low in enumerate(half) if low)
    if veto or not truth[state]:
        return ()
    low = ", ".join(
        f"{m.name}: {m.shown(m.quota)} of {m.shown(m.total)}"
        for m, is_low in zip(majorities, half, strict=True)
        if is_low
    )
    return (
        f"the quota is not above half ({low}): two coalitions without a common member "
        "may both win.",
    )


def bundled_rules() -> tuple[str, ...]:
    """Names of the rules that come with winset."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def find_rule(source: str | Path) -> Spec:
    """Read a bundled rule by its name, or a rule file.

    Raises
    ------
    DataError
        Neither bundled nor a file; not TOML; a key that is unknown or has a wrong value.
    """
    known = bundled_rules()
    path = FOLDER / f"{source}.toml" if str(source) in known else Path(source)
    if not path.is_file():
        raise DataError(
            f"rule {str(source)!r} is neither bundled ({', '.join(known)}) nor a file."
            f"{did_you_mean(str(source), known)}"
        )
    raw, position = read_toml(path)
    spec = read_rule(raw, position)
    return spec if spec.title else spec.model_copy(update={"title": path.stem})


def read_rule(raw: Mapping[str, Any], position: TomlPosition | None = None) -> Spec:
    """Make a rule of a TOML (or JSON) object; `position` finds its lines for messages.

    Raises
    ------
    DataError
        A key that is unknown or has a wrong value.
    """
    place = position or TomlPosition("", "rule")
    document = dict(raw)
    if isinstance(on := document.get("on"), str):
        document["on"] = read_date(on, f"{place.at('on')}: on")
    try:
        return Spec.model_validate(document)
    except ValidationError as error:
        raise place.explain(error, "", Spec) from None


def parse_members(
    text: str, *, on: dt.date | None = None, blocs: Mapping[str, Bloc] | None = None
) -> tuple[str, ...]:
    """Return the codes that ``SCO``, ``SCO+`` or ``CHN,RUS,IND`` stands for, see `parse_group`."""
    return parse_group(text, on=on, blocs=blocs).codes


def parse_group(
    text: str, *, on: dt.date | None = None, blocs: Mapping[str, Bloc] | None = None
) -> Group:
    """Return whom ``SCO``, ``SCO+`` or ``CHN,RUS,IND`` stands for, and who joins only later.

    Raises
    ------
    DataError
        Neither a bloc nor known codes.
    """
    return read_group(text, on=on or dt.date.today(), blocs=blocs, where="members")
