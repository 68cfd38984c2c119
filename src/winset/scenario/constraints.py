"""``[constraint]`` of a scenario: a bound on emissions, and by what it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from winset.errors import DataError
from winset.toml_files import Strict, TomlPosition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.scenario.changes import Economies

NOT_ABOVE = "not above"


@dataclass(frozen=True, slots=True)
class Constraint:
    """CO2 is not above what it was, and `percent` of it more.

    Attributes
    ----------
    emissions : str
        ``not above``.
    whose : str
        CO2 of the ``world``, or of the scenario's ``members``.
    by : str
        ``size``: of the change number `change` (all changes where it is None) the largest part is found that
        keeps it; ``carbon-price``: the change is made in full and a carbon price of `economies` (the
        scenario's members where they are None) on all their CO2 is found that compensates.
    percent : float
        How far above what it was CO2 may be.
    """

    emissions: Literal["not above"] = "not above"
    whose: Literal["world", "members"] = "world"
    by: Literal["size", "carbon-price"] = "size"
    percent: float = 0.0
    change: int | None = None
    economies: Economies | None = None

    def given(self) -> dict[str, Any]:
        """Return the table as it is written."""
        found = {key: getattr(self, key) for key in ConstraintFile.model_fields}
        return {key: value for key, value in found.items() if value is not None}


class ConstraintFile(Strict):
    """The table as it is read."""

    emissions: Literal["not above"]
    whose: Literal["world", "members"] = "world"
    by: Literal["size", "carbon-price"] = "size"
    percent: float = Field(0.0, gt=-100, le=1000)
    change: int | None = Field(None, ge=1)
    economies: str | list[str] | None = None


def checked_constraint(
    raw: Mapping[str, Any] | None, changes: Sequence[object], place: TomlPosition
) -> Constraint | None:
    """Check a ``[constraint]`` table; None where there is none.

    Raises
    ------
    DataError
        An unknown key or value, a change that the scenario does not have, or a key that belongs to the other
        way of keeping the bound.
    """
    if raw is None:
        return None
    try:
        found = ConstraintFile.model_validate(dict(raw))
    except ValidationError as error:
        raise place.explain(error, "constraint", ConstraintFile) from None
    if found.change is not None and found.by != "size":
        raise DataError(
            f"{place.at('constraint', 'change')}: change says whose size is found; with by = "
            f"{found.by!r} every change is made in full. Drop it."
        )
    if found.economies is not None and found.by != "carbon-price":
        raise DataError(
            f"{place.at('constraint', 'economies')}: economies says who pays the carbon price; with by = "
            f"{found.by!r} there is none. Drop it."
        )
    if found.change is not None and found.change > len(changes):
        raise DataError(
            f"{place.at('constraint', 'change')}: change = {found.change}, but the scenario has "
            f"{len(changes)}."
        )
    return Constraint(**found.model_dump())
