"""How far the parameters and the data of a scenario are in doubt: its ``[doubt]`` table."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from winset.errors import DataError, did_you_mean
from winset.toml_files import Strict, TomlPosition

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal[
    "fixed", "lognormal", "logit-normal", "uniform", "triangular", "standard-errors", "categorical"
]

#: What each distribution needs, and what it may have.
NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "fixed": ((), ()),
    "lognormal": (("sigma",), ("median",)),
    "logit-normal": (("sigma",), ("median",)),
    "uniform": (("low", "high"), ()),
    "triangular": (("low", "mode", "high"), ()),
    "standard-errors": ((), ()),
    "categorical": ((), ()),
}

#: The distributions that each figure can have, the first being the one without a name.
ALLOWED: dict[str, tuple[Kind, ...]] = {
    "trade_elasticity": ("lognormal", "uniform", "triangular", "standard-errors", "fixed"),
    "value_added_share": ("logit-normal", "uniform", "triangular", "fixed"),
    "flows": ("lognormal", "fixed"),
    "deficits": ("categorical", "fixed"),
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """One distribution; what its kind does not need is None.

    Attributes
    ----------
    distribution : str
        ``lognormal`` and ``logit-normal`` (of the logarithm, of the log odds), ``uniform``,
        ``triangular``, ``standard-errors`` (those published with the elasticities), ``categorical``
        (every rule on deficits as likely), ``fixed``.
    sigma : float
        Standard deviation of the logarithm or of the log odds.
    median : float
        The parameter of the scenario where it is not given.
    low, mode, high : float
    """

    distribution: Kind
    sigma: float | None = None
    median: float | None = None
    low: float | None = None
    mode: float | None = None
    high: float | None = None

    def given(self) -> dict[str, Any]:
        """Return what is not None, as the scenario file has it."""
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Doubts:
    """What ``[doubt]`` says; None leaves the default of `uncertainty.sampling` in place."""

    trade_elasticity: Distribution | None = None
    value_added_share: Distribution | None = None
    flows: Distribution | None = None
    deficits: Distribution | None = None

    def given(self) -> dict[str, dict[str, Any]]:
        """Return what is not None, as the scenario file has it."""
        return {
            f.name: getattr(self, f.name).given()
            for f in fields(self)
            if getattr(self, f.name) is not None
        }


class _DistributionFile(Strict):
    distribution: str = ""
    sigma: float | None = Field(None, gt=0, le=3)
    median: float | None = Field(None, gt=0)
    low: float | None = None
    mode: float | None = None
    high: float | None = None


class _DoubtsFile(Strict):
    trade_elasticity: dict[str, Any] | None = None
    value_added_share: dict[str, Any] | None = None
    flows: dict[str, Any] | None = None
    deficits: dict[str, Any] | None = None


def checked_doubts(raw: Mapping[str, Any], place: TomlPosition | str) -> Doubts:
    """Check a ``[doubt]`` table.

    Raises
    ------
    DataError
        An unknown key or distribution, a number that is missing or too many, or a support that
        the figure cannot have.
    """
    source = place if isinstance(place, TomlPosition) else TomlPosition("", place)
    try:
        outer = _DoubtsFile.model_validate(dict(raw))
    except ValidationError as error:
        raise source.explain(error, "doubt", _DoubtsFile) from None
    found = {}
    for name in ALLOWED:
        table = getattr(outer, name)
        if table is not None:
            found[name] = _checked(name, table, source)
    return Doubts(**found)


def _checked(name: str, table: dict[str, Any], source: TomlPosition) -> Distribution:
    at = source.at("doubt", name)
    allowed = ALLOWED[name]
    try:
        values = _DistributionFile.model_validate(table)
    except ValidationError as error:
        problem = error.errors()[0]
        key = str(problem["loc"][0])
        known = list(_DistributionFile.model_fields)
        if problem["type"] == "extra_forbidden":
            raise DataError(
                f"{at}: {name} has an unknown key {key!r}.{did_you_mean(key, known)} "
                f"Known: {', '.join(known)}."
            ) from None
        raise DataError(
            f"{at}: {name}.{key} = {problem.get('input')!r} is wrong: {problem['msg']}."
        ) from None
    kind = values.distribution or allowed[0]
    if kind not in allowed:
        why = ""
        if kind in NEEDS:
            why = f" {kind} does not keep {name} where it must lie ({_where(name)})."
        raise DataError(
            f"{at}: {name} has the distribution {kind!r}.{why}{did_you_mean(kind, allowed)} "
            f"Use one of {', '.join(allowed)}."
        )
    needed, optional = NEEDS[kind]
    numbers = {key: getattr(values, key) for key in ("sigma", "median", "low", "mode", "high")}
    given = {key for key, value in numbers.items() if value is not None}
    if missing := [key for key in needed if key not in given]:
        raise DataError(f"{at}: {name} = {kind} needs {', '.join(missing)}. Add it.")
    if surplus := sorted(given - {*needed, *optional}):
        raise DataError(
            f"{at}: {name} = {kind} does not take {', '.join(surplus)}. It takes "
            f"{', '.join((*needed, *optional)) or 'nothing'}."
        )
    if name == "flows" and values.median is not None:
        raise DataError(f"{at}: flows take sigma alone: the errors have mean one. Drop median.")
    _support(name, kind, values, at)
    result: Any = {"distribution": kind, **{key: numbers[key] for key in given}}
    return Distribution(**result)


def _where(name: str) -> str:
    places = {"value_added_share": "between 0 and 1", "deficits": "one of the rules"}
    return places.get(name, "above 0")


def _support(name: str, kind: str, values: _DistributionFile, at: str) -> None:
    """Raise DataError where the distribution reaches values that the figure cannot have."""
    top = 1.0 if name == "value_added_share" else 100.0
    if values.median is not None and not values.median < top:
        raise DataError(f"{at}: {name}.median = {values.median:g} must lie between 0 and {top:g}.")
    if kind not in ("uniform", "triangular"):
        return
    low, high = values.low or 0.0, values.high or 0.0
    if not 0.0 < low < high <= top:
        raise DataError(
            f"{at}: {name} from low = {values.low:g} to high = {values.high:g}: it must be "
            f"0 < low < high ≤ {top:g}."
        )
    if values.mode is not None and not low <= values.mode <= high:
        raise DataError(
            f"{at}: {name}.mode = {values.mode:g} must lie between low = {low:g} and high = {high:g}."
        )
