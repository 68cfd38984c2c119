"""Parameters of the model: defaults, bounds, and what contradicts what."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from winset.errors import DataError, did_you_mean
from winset.toml_files import Strict, TomlPosition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

#: Key of `Parameters.entry_cost_share` for the economies not named.
OTHERS = "others"

Deficits = Literal["world-share", "multiplicative", "additive", "balanced"]
Revenue = Literal["lump-sum", "income-tax"]
Objective = Literal["", "utility", "article"]

#: The rules on deficits; those that are the same equations, world value added being the numéraire, stand
#: together, and the first stands for them.
DEFICIT_RULES: tuple[tuple[Deficits, ...], ...] = (
    ("world-share", "additive"),
    ("multiplicative",),
    ("balanced",),
)


@dataclass(frozen=True, slots=True)
class EnergyBlock:
    """Energy as an input: `models.energy` has the equations.

    Attributes
    ----------
    sectors : tuple of str
        The fuels among the world's sectors. Without any a carbon price is a cost by intensity.
    elasticity : float
        ς, by which fuels give way to all else (Farrokhi & Lashkaripour 2025: 0.65).
    supply : mapping of sector to float
        Elasticity of the supply of a fuel to its price; elsewhere it is made at constant cost.
    """

    sectors: tuple[str, ...] = ()
    elasticity: float = 0.65
    supply: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters of the model; the defaults are those of the theory page.

    Attributes
    ----------
    trade_elasticity : float
        θ > 0, elasticity of trade to its cost (Simonovska & Waugh 2014: about 4).
    value_added_share : float
        β in (0, 1], value added in gross output.
    deficits : str
        What trade deficits do, see the theory page.
    labor_supply_elasticity : float
        κ ≥ 0, elasticity of labor supply to the real wage after tax.
    scale_elasticity : float
        ψ ≥ 0, elasticity of productivity to employment.
    revenue : str
        Whether tariff revenue is handed out or lowers the tax on labor income.
    elasticities : str
        In a world with sectors, the set of trade elasticities: one that the world names,
        ``uniform`` (trade_elasticity in every sector), or blank for the world's own.
    entry_cost_share : float or mapping
        ν in [0, 1), the share of its sales in a market that an exporter pays there for entry:
        one number, or by economy with ``others`` for the rest.
    pass_through : float
        How much of a tariff firms pass on to prices (1: all), see `models.entry_costs`.
    objective : str
        What best tariffs, wars and shares go by: ``utility`` of consumption and labor, or the formula
        of the ``article`` (Ignatenko et al. 2025). They differ where revenue lowers the income tax.
        Blank is ``utility``, but ``article`` in the model of entry costs, which is the article's own.
    energy : EnergyBlock, optional
        Fuels as a CES input, their supply, and a carbon price on their use; in a world with sectors.
    """

    trade_elasticity: float = 4.0
    value_added_share: float = 0.5
    deficits: Deficits = "world-share"
    labor_supply_elasticity: float = 0.0
    scale_elasticity: float = 0.0
    revenue: Revenue = "lump-sum"
    elasticities: str = ""
    entry_cost_share: float | dict[str, float] = 0.0
    pass_through: float = 1.0
    objective: Objective = ""
    energy: EnergyBlock | None = None

    def told(self) -> dict[str, Any]:
        """Return the parameters by name, the block of energy only where there is one."""
        found = asdict(self)
        if self.energy is None:
            del found["energy"]
        else:
            found["energy"]["sectors"] = list(self.energy.sectors)
        return found

    @property
    def by_article(self) -> bool:
        """Whether gains that are sought go by the article's formula."""
        return self.objective == "article" or (not self.objective and self.has_entry_costs)

    @property
    def has_entry_costs(self) -> bool:
        """Whether market entry is paid in the destination, or pass-through is incomplete."""
        share = self.entry_cost_share
        values = share.values() if isinstance(share, dict) else [share]
        return self.pass_through != 1.0 or any(value > 0 for value in values)

    def entry_costs(self, codes: Sequence[str]) -> NDArray[np.float64]:
        """Return ν by economy, (n,).

        Raises
        ------
        DataError
            A share is given for an economy that the world does not have.
        """
        share = self.entry_cost_share
        if not isinstance(share, dict):
            return np.full(len(codes), share)
        if unknown := [code for code in share if code not in codes and code != OTHERS]:
            raise DataError(
                f"entry_cost_share: {unknown[0]!r} is not in the world."
                f"{did_you_mean(unknown[0], [*codes, OTHERS])} Write codes, and {OTHERS} for the rest."
            )
        return np.array([share.get(code, share.get(OTHERS, 0.0)) for code in codes])


EntryShare = Annotated[float, Field(ge=0, lt=1)]


class EnergyFile(Strict):
    """``[parameters.energy]`` of a scenario file."""

    sectors: list[str] = Field(default_factory=list)
    elasticity: float = Field(0.65, gt=0, le=20)
    supply: dict[str, Annotated[float, Field(gt=0, le=1000)]] = Field(default_factory=dict)


class ParametersFile(Strict):
    """``[parameters]`` of a scenario file."""

    trade_elasticity: float = Field(4.0, gt=0, le=100)
    value_added_share: float = Field(0.5, gt=0, le=1)
    deficits: Deficits = "world-share"
    labor_supply_elasticity: float = Field(0.0, ge=0, le=10)
    scale_elasticity: float = Field(0.0, ge=0, le=10)
    revenue: Revenue = "lump-sum"
    elasticities: str = ""
    entry_cost_share: EntryShare | dict[str, EntryShare] = 0.0
    pass_through: float = Field(1.0, gt=0, le=1)
    objective: Objective = ""
    energy: EnergyFile | None = None


def checked_parameters(raw: Mapping[str, Any], place: TomlPosition | str) -> Parameters:
    try:
        given = dict(raw)
        if is_dataclass(block := given.get("energy")):
            given["energy"] = asdict(block)  # type: ignore[arg-type]
        if isinstance(block := given.get("energy"), dict) and isinstance(
            block.get("sectors"), tuple
        ):
            given["energy"] = block | {"sectors": list(block["sectors"])}
        values = ParametersFile.model_validate(given)
    except ValidationError as error:
        source = place if isinstance(place, TomlPosition) else TomlPosition("", place)
        raise source.explain(error, "parameters", ParametersFile) from None
    plain = values.model_dump()
    if (block := plain["energy"]) is not None:
        plain["energy"] = EnergyBlock(tuple(block["sectors"]), block["elasticity"], block["supply"])
    result = Parameters(**plain)
    bound = result.value_added_share - result.scale_elasticity * result.labor_supply_elasticity
    if bound <= 0:
        raise DataError(
            f"scale_elasticity × labor_supply_elasticity = "
            f"{result.scale_elasticity * result.labor_supply_elasticity:g} must be less than "
            f"value_added_share = {result.value_added_share:g}: output would explode. Lower one."
        )
    if result.has_entry_costs and result.value_added_share != 1.0:
        raise DataError(
            f"entry_cost_share and pass_through belong to a model without intermediates, but "
            f"value_added_share = {result.value_added_share:g}. Set value_added_share = 1."
        )
    return result
