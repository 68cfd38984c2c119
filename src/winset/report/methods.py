"""The methods box: what a referee asks of a figure, for the model that a study was solved with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from winset.report.sections import Grid
from winset.report.speech import known, language, name, plain, say, tiny
from winset.report.words import rules
from winset.scenario import Parameters
from winset.trade import capabilities
from winset.trade.equilibrium import TOLERANCE

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study

#: What each parameter is.
MEANING = {
    "trade_elasticity": "θ: by how many percent trade falls when its cost rises by one",
    "value_added_share": "β: value added in gross output; the rest is inputs bought from all economies",
    "deficits": "what trade deficits do when trade changes",
    "labor_supply_elasticity": "κ: response of labor supply to the real wage after tax",
    "scale_elasticity": "ψ: response of productivity to employment",
    "revenue": "what becomes of tariff revenue",
    "elasticities": "set of trade elasticities by sector; blank: the world's own",
    "entry_cost_share": "ν: share of sales in a market that exporters pay there for entry",
    "pass_through": "how much of a tariff firms pass on to prices",
    "objective": "what best tariffs and shares go by",
    "energy": "fuels, ς by which they give way to all else, and elasticities of their supply",
}

#: Which equation is which; hats are ratios of after to before.
ONE_SECTOR = (
    ("unit cost", "ĉᵢ = ŵᵢ^β P̂ᵢ^(1−β) L̂ᵢ^(−ψ) / Âᵢ"),
    ("price index", "P̂ₙ = [Σᵢ πᵢₙ (ĉᵢ d̂ᵢₙ (1+t′ᵢₙ)/(1+tᵢₙ))^(−θ)]^(−1/θ)"),
    ("trade shares", "π′ᵢₙ = πᵢₙ (ĉᵢ d̂ᵢₙ (1+t′ᵢₙ)/(1+tᵢₙ) / P̂ₙ)^(−θ)"),
    ("spending", "E′ₙ = (1−β) Y′ₙ + I′ₙ"),
    ("income", "I′ₙ = ŵₙ L̂ₙ Vₙ + R′ₙ + D′ₙ"),
    ("labor supply", "L̂ₙ = (sₙ ŵₙ/P̂ₙ)^κ"),
    ("market clearing", "Y′ᵢ = Σₙ π′ᵢₙ E′ₙ/(1+t′ᵢₙ), world value added being the numéraire"),
    ("welfare", "EVₙ = (Îₙ/P̂ₙ − 1) Iₙ; with κ > 0 less the cost of working"),
)
SECTORS = (
    ("unit cost", "ĉᵢʲ = ŵᵢ^(γᵢʲ) Πₖ (P̂ᵢᵏ)^(γᵢᵏʲ) L̂ᵢ^(−ψ) / Âᵢ"),
    ("price index", "P̂ₙʲ = [Σᵢ πᵢₙʲ (ĉᵢʲ d̂ᵢₙʲ (1+t′ᵢₙʲ)/(1+tᵢₙʲ))^(−θⱼ)]^(−1/θⱼ)"),
    ("trade shares", "π′ᵢₙʲ = πᵢₙʲ (ĉᵢʲ d̂ᵢₙʲ (1+t′ᵢₙʲ)/(1+tᵢₙʲ) / P̂ₙʲ)^(−θⱼ)"),
    ("spending", "X′ₙʲ = Σₖ γₙʲᵏ Σₘ π′ₙₘᵏ X′ₘᵏ/(1+t′ₙₘᵏ) + αₙʲ I′ₙ"),
    ("income", "I′ₙ = ŵₙ L̂ₙ Vₙ + R′ₙ + D′ₙ"),
    ("market clearing", "sales of all sectors net of tariffs equal output in every economy"),
    ("welfare", "EVₙ = (Îₙ/P̂ₙ − 1) Iₙ, P̂ₙ being the index of final consumption"),
)
#: With fuels: the same in what is not said otherwise.
ENERGY = (
    (
        "fuels to a sector",
        "êᵢʲ = Πₖ (P̂ᵢᵏ + τᵢʲ Bᵢʲ/(aᵢʲYᵢʲ))^(wₖ)",
    ),
    ("all else", "m̂ᵢʲ = [ŵᵢ^(γ−ρ) Πₖ (P̂ᵢᵏ)^(γᵏ)]^(1/(1−ρ−a))"),
    (
        "unit cost",
        "p̂ᵢʲ = {[(1−a/(1−ρ)) m̂^(1−ς) + a/(1−ρ) ê^(1−ς)]^(1/(1−ς))}^(1−ρ) r̂^ρ / Âᵢ + τᵢʲ Oᵢʲ/Yᵢʲ",
    ),
    *SECTORS[1:4],
    ("reserves", "r̂ᵢʲ = ρ′Y′ᵢʲ/(ρYᵢʲ)"),
    ("income", "I′ₙ = ŵₙ wLₙ + Σⱼ r̂ρY + R′ₙ + Σⱼ τE′ₙʲ + D′ₙ"),
    *SECTORS[5:],
)
ENTRY = (
    ("price index", "P̂ₙ = (Êₙ/ŵₙ)^(1−φₙ) Φₙ^(−1/θ), φₙ = pass-through + (1+ψ) νₙ/(1−νₙ)"),
    ("trade shares", "π′ᵢₙ = πᵢₙ (ŵᵢ L̂ᵢ^(−ψ) d̂ᵢₙ/Âᵢ)^(−θ) ((1+t′ᵢₙ)/(1+tᵢₙ))^(−θφₙ) / Φₙ"),
    ("output", "Y′ᵢ = Σₙ (1−νₙ) X′ᵢₙ + νᵢ Σⱼ X′ⱼᵢ, X′ᵢₙ = π′ᵢₙ E′ₙ/(1+t′ᵢₙ)"),
    ("spending", "E′ₙ = Y′ₙ + T′ₙ + R′ₙ, T a transfer that is a fixed share of world output"),
    ("labor supply", "L̂ₙ = (sₙ ŵₙ/P̂ₙ)^κ"),
    ("welfare", "EVₙ = (Êₙ/P̂ₙ − 1) Eₙ; with κ > 0 less the cost of working"),
)
#: The same by the names of the models.
EQUATIONS = {
    capabilities.ONE_SECTOR: ONE_SECTOR,
    capabilities.MANY_SECTORS: SECTORS,
    capabilities.ENERGY: ENERGY,
    capabilities.ENTRY_COSTS: ENTRY,
}
KIND = {
    capabilities.ONE_SECTOR: "one sector and roundabout production (Alvarez & Lucas 2007)",
    capabilities.ENTRY_COSTS: "one sector and entry costs paid in the destination (Ignatenko et al. 2025)",
}
MISSING = (
    "time: how long the change takes, what adjustment costs, and growth",
    "capital, investment and migration; within an economy all income is one household's",
    "uncertainty about the data: see the parameters for what a referee may vary",
    "whatever the scenario does not name: other economies do not retaliate, and no barrier changes but "
    "those listed below",
)


@dataclass(frozen=True, slots=True)
class Methods:
    """What the box says.

    Attributes
    ----------
    model : str
        The model in a paragraph, with its sources.
    equations : tuple of (name, equation)
    parameters : tuple of (name, value, meaning, whether it is the default)
    solved : str
        How, to which tolerance and residual.
    data : tuple of str
        World, hash, what was derived.
    missing : tuple of str
        What is not modelled.
    """

    model: str
    equations: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str, str, bool], ...]
    solved: str
    data: tuple[str, ...]
    missing: tuple[str, ...]
    why: tuple[str, ...]
    closures: Grid | None


#: What each rule on deficits means.
CLOSURES = {
    "world-share": "world-share: an economy's trade deficit stays the same share of the world's value added. "
    "It is the transfer that the data record, neither growing nor shrinking with the economy.",
    "additive": "additive: an economy's trade deficit stays the same amount in units of the numéraire, world "
    "value added; these are the equations of world-share.",
    "multiplicative": "multiplicative: an economy's trade deficit stays the same share of its own output; a "
    "common factor then restores the balance of the world's trade.",
    "balanced": "balanced: no economy has a trade deficit; the world without deficits is solved first, and "
    "gains are over that world.",
}
THETA = (
    "Why θ = 4: Simonovska & Waugh (2014) estimate 4.1, and the estimates that Head & Mayer "
    "(2014) survey have a median near 5. A larger θ makes goods of different origins closer substitutes, so "
    "that the same change of costs moves more trade."
)
BETA = (
    "Why β = 0.5: in the world's input–output tables value added is about half of gross output; the other "
    "half is inputs, through which cheaper trade makes production cheaper as well."
)


def methods(study: Study) -> Methods:
    """Return the methods box of a study."""
    result, world, chosen = study.result, study.world, study.scenario.parameters
    usual = asdict(Parameters())
    model_name = capabilities.model_of(world, chosen)
    sectors = capabilities.can(model_name, "sectors")
    kind = _sectors(study) if sectors else say(KIND[model_name])
    model = say(
        "A general-equilibrium model of world trade with {kind}, solved in exact changes from the "
        "observed flows (Dekle, Eaton & Kortum 2008; Costinot & Rodríguez-Clare 2014). Wages, prices "
        "and trade of all economies adjust together until every economy sells what it makes. Welfare "
        "is the equivalent variation: the money that, at the prices before the change, would do for "
        "an economy what the change does. No figure here is a forecast: it is the long-run "
        "difference that this change alone would make to the year {year}.",
        kind=kind,
        year=str(world.year),
    )
    domestic = say("from the data") if world.domestic_known else say("output (GDP/β) less exports")
    data = (
        say(
            "World {world}, {year}: {n} {n|economy|economies}, {sectors} {sectors|sector|sectors}; "
            "SHA-256 of all figures {hash}.",
            world=world.name,
            year=str(world.year),
            n=len(world),
            sectors=len(world.sectors),
            hash=world.sha256,
        ),
        say("Domestic sales: {known}.", known=domestic),
        say("Members of blocs as of {on}.", on=study.scenario.on.isoformat()),
    )
    every = (*(() if sectors else ("differences between industries",)), *MISSING)
    return Methods(
        model=model,
        equations=tuple((say(label), _equation(text)) for label, text in EQUATIONS[model_name]),
        parameters=tuple(
            (key, _plain(value), say(MEANING[key]), value == usual[key])
            for key, value in chosen.told().items()
        ),
        solved=say(
            "Newton's method with the analytic Jacobian. Accepted at a residual of {tolerance}; this one "
            "holds to {residual} of every economy's {of} after {n} {n|step|steps}.",
            tolerance=tiny(TOLERANCE, 0),
            residual=tiny(result.solver.residual),
            of=say("value added") if sectors else say("output"),
            n=result.solver.iterations,
        ),
        data=data,
        missing=tuple(map(say, every)),
        why=(
            say(CLOSURES[chosen.deficits]),
            *((say(THETA),) if not sectors and chosen.trade_elasticity == 4 else ()),
            *((say(BETA),) if not sectors and chosen.value_added_share == 0.5 else ()),
        ),
        closures=_closures(study),
    )


def _closures(study: Study) -> Grid | None:
    """Return the rules on deficits side by side; None where the others were not solved."""
    if study.others is None:
        return None
    own = study.scenario.parameters.deficits
    rows: list[tuple[str | float | None, ...]] = []
    for label, result in (
        (say("{rule} (this report)", rule=known(own)), study.result),
        *((rules(other), other.result) for other in study.others),
    ):
        if result is None:
            rows.append((label, *[None] * 6))
            continue
        found = result.summary()
        worst = found["worst"]["code"]
        who = name(worst, result.world.names[result.world.index[worst]])
        rows.append(
            (
                label,
                plain(found["members_gaining"]),
                plain(found["outsiders_losing"]),
                who,
                *(found[key] / 1e3 for key in ("members_musd", "outsiders_musd", "world_musd")),
            )
        )
    headings = (
        say("rule on deficits"),
        say("members that gain"),
        say("outsiders that lose"),
        say("worst"),
        say("members, USD billion"),
        say("outsiders, USD billion"),
        say("world, USD billion"),
    )
    return Grid(headings, tuple(rows), (0, 0, 0, 1, 1, 1))


def _equation(text: str) -> str:
    """Return an equation; a word in it, or one in place of it, in the language spoken."""
    formula, comma, words = text.partition(", ")
    return say(text) if not comma or language() == "en" else f"{formula}, {say(words)}"


def _sectors(study: Study) -> str:
    """How many sectors, how many of them traded, and what they buy from each other."""
    assert study.result.sectors is not None
    technology = study.world.technology
    return say(
        "{n} {n|sector|sectors}, {traded} of them traded, {links}, tariffs and their revenue "
        "(Caliendo & Parro 2015)",
        n=len(study.world.sectors),
        traded=len(study.result.sectors.calibrated.base.theta),
        links=say("input–output links among them")
        if technology is not None and technology.inputs is not None
        else say("inputs bought in the composition of final consumption"),
    )


def _plain(value: object) -> str:
    return say("blank") if value == "" else str(value)
