"""One majority: what each member weighs and how much it takes; measures and quotas."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pydantic import Field

from winset.errors import DataError, did_you_mean
from winset.places.economies import economies
from winset.toml_files import Strict
from winset.worlds import world as load_world

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What ``weights = "…"`` may say; the figures are those of 2023 that winset embeds.
MEASURES = ("equal", "population", "gdp", "sqrt-population", "sqrt-gdp")

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


class MajoritySpec(Strict):
    """``[[majority]]`` of a rule file."""

    name: str | None = None
    weights: str | list[Number] | dict[str, Number] = "equal"
    quota: Quota
    strict: bool = False
    otherwise: str | Number | None = None
    basic_share: float = Field(0.0, ge=0, lt=1)


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


def read_majority(
    row: MajoritySpec, codes: tuple[str, ...], listed: list[str] | dict[str, Number] | None
) -> Majority:
    """Fill in the weights and the quota of one majority; `listed` are the file's own members.

    Raises
    ------
    DataError
        A weight that is missing, negative or too long; a quota that everybody or nobody reaches.
    """
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
            f"{did_you_mean(missing[0], table)} Add it to the weights, or say otherwise = 0 "
            '(or "population").'
        )
    filled: dict[str, Fraction] = {}
    if isinstance(row.otherwise, str):
        filled = dict(zip(missing, measure(row.otherwise, missing), strict=True))
    elif row.otherwise is not None:
        filled = dict.fromkeys(missing, _exact(row.otherwise))
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
            # a share such as 6/7 as it is meant, not as a float that misses it by a rounding
            share = Fraction(optimal_quota([float(w) for w in weights])).limit_denominator(10**9)
            return share * total, False
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
