"""Voting rules: who is a member, what each one weighs, and what passes; from TOML."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from winset.blocs import find_bloc, load_blocs, resolve
from winset.economies import code_of_name, economies
from winset.errors import DataError, did_you_mean
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.blocs import Bloc

FOLDER = Path(__file__).parent.parent / "data" / "rules"

#: What ``weights = "…"`` may say; the figures are those of 2023 that winset embeds.
MEASURES = ("equal", "population", "gdp", "sqrt-population", "sqrt-gdp")

MOST_BYTES = 5_000_000
MOST_MAJORITIES = 6
MOST_MEMBERS = 600

Number = int | float
Quota = Number | str


@dataclass(frozen=True, slots=True)
class Majority:
    """One count of votes: a coalition has it when its weights add up to the quota or more.

    Attributes
    ----------
    name : str
    weights : n integers
        Weights times `scale`, so that arithmetic is exact.
    quota : int
        Least total that suffices, times `scale`.
    scale : int
        1 when all weights are whole numbers.
    """

    name: str
    weights: tuple[int, ...]
    quota: int
    scale: int = 1

    @property
    def total(self) -> int:
        """Sum of the scaled weights."""
        return sum(self.weights)

    def shown(self, value: int) -> int | float:
        """Return a scaled number in the units of the file."""
        return value // self.scale if value % self.scale == 0 else value / self.scale


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
    """
    return Spec.model_validate(
        {"title": title, "members": list(members), "weights": list(weights), "quota": quota}
    ).build()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class MajoritySpec(_Strict):
    """``[[majority]]`` of a rule file."""

    name: str | None = None
    weights: str | list[Number] | dict[str, Number] = "equal"
    quota: Quota
    strict: bool = False
    otherwise: str | None = None
    basic_share: float = Field(0.0, ge=0, lt=1)


class Spec(_Strict):
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
    otherwise: str | None = None
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

    def codes(
        self, *, on: dt.date | None = None, blocs: Mapping[str, Bloc] | None = None
    ) -> tuple[str, ...]:
        """Return the members that the file names."""
        if self.bloc and self.members is not None:
            raise DataError(f"rule {self.title!r}: bloc and members contradict each other.")
        if self.bloc:
            return resolve(self.bloc, on or self.on or dt.date.today(), blocs)
        if self.members is not None:
            return tuple(self.members)
        tables = self._tables()
        if not tables:
            raise DataError(
                f"rule {self.title or 'of this file'!r} names no members. Give them with "
                "--members SCO or --members CHN,RUS,IND, or add members to the file."
            )
        return tuple(tables[0])

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
        codes = tuple(members) if members is not None else self.codes(on=on, blocs=blocs)
        _check_codes(codes)
        rows = self._majorities(dict(quotas or {}))
        majorities = tuple(_majority(row, codes, self.members) for row in rows)
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


def _exact(value: Number) -> Fraction:
    """Return a number as it was written: 0.1 is one tenth."""
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def measure(name: str, codes: Sequence[str]) -> list[Fraction]:
    """Return the weights that a measure gives: persons, GDP in USD million, square roots.

    Raises
    ------
    DataError
        Unknown measure, unknown economy, or an economy without the figure.
    """
    if name not in MEASURES:
        raise DataError(
            f"weights = {name!r}.{did_you_mean(name, MEASURES)} Known: {', '.join(MEASURES)}; "
            "or a table with a number for each member."
        )
    if name == "equal":
        return [Fraction(1)] * len(codes)
    figures = population(codes) if "population" in name else gdp(codes)
    for code, figure in zip(codes, figures, strict=True):
        if figure is None:
            raise DataError(
                f"no {name.removeprefix('sqrt-')} of {code!r} for 2023."
                f"{did_you_mean(code, economies())} Give its weight in a table, or leave it out."
            )
    known = [figure for figure in figures if figure is not None]
    if name.startswith("sqrt-"):
        # rounded to thousandths of a root, far finer than the figures are known
        return [Fraction(round(1000 * math.sqrt(figure)), 1000) for figure in known]
    return [Fraction(round(figure)) for figure in known]


def population(codes: Sequence[str]) -> list[float | None]:
    """Return persons of 2023, None where there is no figure."""
    known = economies()
    return [float(known[c].population or 0) or None if c in known else None for c in codes]


def gdp(codes: Sequence[str]) -> list[float | None]:
    """Return GDP of 2023 in USD million, None where there is no figure."""
    world = load_world("world-2023")
    return [
        float(world.gdp[world.index[c]])
        if c in world.index and world.gdp[world.index[c]] > 0
        else None
        for c in codes
    ]


def _majority(
    row: MajoritySpec, codes: tuple[str, ...], listed: list[str] | dict[str, Number] | None
) -> Majority:
    name = str(row.name)
    weights = _weights(row, codes, listed)
    for code, weight in zip(codes, weights, strict=True):
        if weight < 0:
            raise DataError(
                f"majority {name!r}: the weight of {code} is {float(weight):g}; "
                "weights must not be negative."
            )
    total = sum(weights, Fraction(0))
    if total == 0:
        raise DataError(f"majority {name!r}: all weights are zero.")
    if row.basic_share:
        # basic votes are a share of all votes, split evenly; in whole votes
        basic = Fraction(repr(row.basic_share))
        each = round(total * basic / (1 - basic) / len(codes))
        weights = [weight + each for weight in weights]
        total = sum(weights, Fraction(0))
    whole = all(weight.denominator == 1 for weight in weights)
    whole = whole or isinstance(row.weights, str)
    quota, strict = _quota(row.quota, weights, whole, name)
    strict = strict or row.strict
    scale = math.lcm(*(weight.denominator for weight in weights))
    scaled = [int(weight * scale) for weight in weights]
    least = math.floor(quota * scale) + 1 if strict else math.ceil(quota * scale)
    if least <= 0:
        raise DataError(
            f"majority {name!r}: quota {_plain(quota)} is reached by nobody at all; "
            "it must be above 0."
        )
    if least > sum(scaled):
        raise DataError(
            f"majority {name!r}: quota {'above ' if strict else ''}{_plain(quota)} is out of "
            f"reach, all weights together are {_plain(total)}. Lower it."
        )
    if sum(scaled) >= 2**62:
        raise DataError(
            f"majority {name!r}: the weights have too many digits to be added up exactly. "
            "Round them."
        )
    return Majority(name, tuple(scaled), least, scale)


def _plain(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):g}"


def _weights(
    row: MajoritySpec, codes: tuple[str, ...], listed: list[str] | dict[str, Number] | None
) -> list[Fraction]:
    if isinstance(row.weights, str):
        return measure(row.weights, codes)
    table: dict[str, Number]
    if isinstance(row.weights, list):
        names = list(listed) if listed is not None else []
        if len(row.weights) != len(names):
            raise DataError(
                f"majority {row.name!r}: {len(row.weights)} weights for {len(names)} members. "
                "Give one for each of members, in the same order."
            )
        table = dict(zip(names, row.weights, strict=True))
    else:
        table = row.weights
        if listed is not None:
            for code in table:
                if code not in listed:
                    raise DataError(
                        f"majority {row.name!r}: weight for {code!r}, which is not a member."
                        f"{did_you_mean(code, listed)}"
                    )
    missing = [code for code in codes if code not in table]
    if missing and row.otherwise is None:
        raise DataError(
            f"majority {row.name!r}: no weight for {', '.join(missing)}."
            f"{did_you_mean(missing[0], table)} Add it to the weights"
            ' (or say otherwise = "population").'
        )
    filled = (
        dict(zip(missing, measure(str(row.otherwise), missing), strict=True)) if missing else {}
    )
    return [filled[c] if c in filled else _exact(table[c]) for c in codes]


def optimal_quota(weights: Sequence[float]) -> float:
    """Return the share q = ½ (1 + √(Σ w²)/Σ w) at which power follows weight most closely.

    Source: Słomczyński & Życzkowski (2006), Penrose Voting System and Optimal Quota, Acta Physica
    Polonica B 37, and (2007) for the form used here; with weights √population it is the
    "Jagiellonian compromise".

    >>> optimal_quota([1, 1, 1, 1])
    0.75
    """
    return (1 + math.sqrt(sum(w * w for w in weights)) / sum(weights)) / 2


def _quota(
    value: Quota, weights: Sequence[Fraction], whole: bool, name: str
) -> tuple[Fraction, bool]:
    """Return a quota in weight, and whether it must be exceeded."""
    total = sum(weights, Fraction(0))
    if isinstance(value, str):
        text = value.replace(" ", "").casefold()
        if match := re.fullmatch(r"all(?:-(\d+(?:\.\d+)?))?", text):
            return total - Fraction(match[1] or 0), False
        if text == "optimal":
            return Fraction(optimal_quota([float(w) for w in weights])) * total, False
        match = re.fullmatch(r"(>=?)?(\d+(?:\.\d+)?|\d+/\d+)(%)?", text)
        if match is None:
            raise DataError(
                f'majority {name!r}: quota {value!r} is not understood. Write 12, 0.55, "55%", '
                '"2/3", ">50%" or "all".'
            )
        number = Fraction(match[2])
        strict = match[1] == ">"
        if match[3]:
            return number / 100 * total, strict
        if number < 1 or (number == 1 and "/" in match[2]):
            return number * total, strict
        return number, strict
    number = _exact(value)
    if 0 < number < 1:
        if not whole and abs(total - 1) > Fraction(1, 10**6):
            raise DataError(
                f"majority {name!r}: quota {value} could be a share or a weight, for the weights "
                f'are not whole numbers. Write quota = "{float(number * 100):g}%" for a share, or '
                "scale the weights."
            )
        return number * total, False
    return number, False


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
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path} is larger than 5 MB; it needs one number per member.")
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: not readable as TOML in UTF-8 ({error}).") from error
    spec = read_rule(raw, path)
    return spec if spec.title else spec.model_copy(update={"title": path.stem})


def read_rule(raw: Mapping[str, Any], place: str | Path = "rule") -> Spec:
    """Make a rule of a TOML (or JSON) object; `place` is what messages call it.

    Raises
    ------
    DataError
        A key that is unknown or has a wrong value.
    """
    document = dict(raw)
    if isinstance(on := document.get("on"), str):
        try:
            document["on"] = dt.date.fromisoformat(on)
        except ValueError:
            raise DataError(
                f"{place}: on = {on!r} is not a date. Write it like 2025-09-01."
            ) from None
    try:
        return Spec.model_validate(document)
    except ValidationError as error:
        raise _explain(error, place) from None


def _explain(error: ValidationError, path: str | Path) -> DataError:
    problem = error.errors()[0]
    spot = [part for part in problem["loc"] if part not in ("str", "int", "float")]
    steps = [f"{part + 1}" if isinstance(part, int) else part for part in spot]
    where = f"{path}: {' '.join(steps)}"
    inside = "majority" in spot[:1] and len(spot) > 1
    if problem["type"] == "extra_forbidden":
        known = list((MajoritySpec if inside else Spec).model_fields)
        key = str(spot[-1])
        return DataError(
            f"{path}: unknown key {key!r}.{did_you_mean(key, known)} Known: {', '.join(known)}."
        )
    if problem["type"] == "missing":
        return DataError(f"{where} is missing. Add it.")
    return DataError(f"{where} = {problem.get('input')!r} is wrong: {problem['msg']}.")


def parse_members(
    text: str, *, on: dt.date | None = None, blocs: Mapping[str, Bloc] | None = None
) -> tuple[str, ...]:
    """Return the codes that ``SCO``, ``SCO+`` or ``CHN,RUS,IND`` stands for.

    Raises
    ------
    DataError
        Neither a bloc nor known codes.
    """
    known = load_blocs() if blocs is None else blocs
    parts = [part.strip() for part in text.split(",") if part.strip()]
    codes: list[str] = []
    for part in parts:
        if part in economies():
            codes.append(part)
            continue
        try:
            find_bloc(part, known)
        except DataError:
            meant = code_of_name(part)
            hint = (
                f" Did you mean {meant}?" if meant else did_you_mean(part, [*known, *economies()])
            )
            raise DataError(
                f"{part!r} is neither a bloc nor the code of an economy.{hint}"
            ) from None
        codes += resolve(part, on or dt.date.today(), known)
    if not codes:
        raise DataError("no members. Name a bloc or codes, for example SCO or CHN,RUS,IND.")
    return tuple(dict.fromkeys(codes))
