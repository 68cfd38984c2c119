"""What each model can do, in one table: a model that does not declare a thing does not do it.

Whoever refuses (the solver, the lattice, tariff games, the page) asks `can`; the documentation shows
the same table (`docs/theory/models.md`), and a test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.scenario import Parameters, Shock
    from winset.worlds import World

ONE_SECTOR, MANY_SECTORS, ENTRY_COSTS = "one sector", "many sectors", "entry costs"
ENERGY = "many sectors and energy"

#: What a scenario may ask of a model, then what can be done with the model; and what each means.
MEANING: Mapping[str, str] = {
    "deficits": "every rule of `deficits`",
    "revenue": "tariff revenue handed out or lowering the income tax",
    "tariffs": "tariffs before and after",
    "export tax": "`export-tax`, whose revenue is the exporter's",
    "labor supply": "`labor_supply_elasticity` above 0",
    "scale": "`scale_elasticity` above 0",
    "intermediates": "`value_added_share` below 1",
    "entry costs": "`entry_cost_share` above 0, `pass_through` below 1",
    "sectors": "a world with sectors",
    "sets of elasticities": "`elasticities`",
    "energy": "`energy`: fuels as a CES input; carbon prices with their revenue",
    "run": "`winset run`, and `--sweep`",
    "draws": "`--draws`",
    "draws by kernel": "draws by a compiled kernel, microseconds to milliseconds each",
    "optimal answer": '`answer = "optimal"`',
    "sufficient answer": '`answer = "sufficient"`, with `value_added_share = 1`',
    "lattice": "every coalition: `winset share`, `stable`, `join`",
    "war": "`winset war --method exact`",
    "union": "`winset union`",
    "parts of welfare": "welfare taken apart",
    "page": "`winset serve`",
    "optimal answer on the page": '`answer = "optimal"` over HTTP',
}

_ALL = frozenset(
    "deficits, revenue, tariffs, labor supply, scale, run, draws, optimal answer, page".split(", ")
)

CAPABILITIES: Mapping[str, frozenset[str]] = {
    ONE_SECTOR: _ALL
    | {"intermediates", "draws by kernel", "sufficient answer", "lattice", "war", "union"}
    | {"export tax"}
    | {"optimal answer on the page"},
    MANY_SECTORS: _ALL
    | {
        "intermediates",
        "sectors",
        "sets of elasticities",
        "draws by kernel",
        "lattice",
        "war",
        "union",
    }
    | {"parts of welfare", "export tax"},
    ENERGY: frozenset(
        {"deficits", "tariffs", "intermediates", "sectors", "sets of elasticities", "energy", "run"}
    ),
    ENTRY_COSTS: _ALL | {"entry costs", "sufficient answer"},
}


def can(model: str, thing: str) -> bool:
    """Tell whether a model declares a thing.

    >>> can(ENTRY_COSTS, "lattice")
    False
    """
    if thing not in MEANING:
        raise KeyError(f"{thing!r} is not in the table of what models can do")
    return thing in CAPABILITIES[model]


def model_of(world: World, parameters: Parameters) -> str:
    """Return the name of the model that a world and parameters call for.

    Raises
    ------
    DataError
        No model does what they ask for together.
    """
    if parameters.energy is not None:
        return _with_energy(world, parameters)
    if world.sectored:
        name = MANY_SECTORS
        if parameters.has_entry_costs and not can(name, "entry costs"):
            raise DataError(
                f"entry_cost_share and pass_through belong to the model of one sector, but world "
                f"{world.name!r} has {len(world.sectors)}. Drop them, or use another world."
            )
        return name
    name = ENTRY_COSTS if parameters.has_entry_costs else ONE_SECTOR
    if parameters.elasticities and not can(name, "sets of elasticities"):
        raise DataError(
            f"elasticities = {parameters.elasticities!r}: world {world.name!r} has no sectors and so "
            "no sets of elasticities. Use trade_elasticity."
        )
    return name


def _with_energy(world: World, parameters: Parameters) -> str:
    """Return the model with energy, or say what does not go with it."""
    if not world.sectored:
        raise DataError(
            f"a carbon price and a block of energy act on sectors, but world {world.name!r} has none. Use "
            "world = 'icio-2022'."
        )
    asked = {
        "entry_cost_share and pass_through": parameters.has_entry_costs,
        "labor_supply_elasticity": parameters.labor_supply_elasticity > 0,
        "scale_elasticity": parameters.scale_elasticity > 0,
        "revenue = 'income-tax'": parameters.revenue == "income-tax",
    }
    if wrong := [key for key, given in asked.items() if given]:
        raise DataError(
            f"{wrong[0]} and a carbon price or block of energy do not go together: the model with energy has "
            "a fixed supply of labor and hands revenue out. Drop one of them."
        )
    return ENERGY


def needed(world: World, parameters: Parameters, thing: str, doing: str) -> str:
    """Return the name of the model of a world and parameters if it can do a thing, else raise.

    Raises
    ------
    DataError
        It cannot; `doing` says in the message what was tried.
    """
    name = model_of(world, parameters)
    if not can(name, thing):
        raise DataError(
            f"{doing} is not for the model of {name}. Drop the block of energy and the carbon price, or "
            "compare single runs (winset run)."
        )
    return name


def without_export_taxes(shock: Shock, doing: str) -> Shock:
    """Return a shock that taxes no exports, else raise.

    Raises
    ------
    DataError
        It does; `doing` says in the message what was tried.
    """
    if shock.export_tax is not None:
        raise DataError(
            f"{doing} is not for an export-tax, whose revenue only single runs hand to the exporter. Drop "
            "the change, or compare single runs (winset run)."
        )
    return shock
