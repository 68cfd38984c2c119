"""TradeResult: what a scenario does to every economy, with what it takes to trace each number."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.display import html
from winset.trade.gains import UNMOVED, direction

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from winset.numbers import Array
    from winset.scenario import Scenario, Shock
    from winset.trade.effects.figures import Decomposition, Diversion
    from winset.trade.equilibrium import Equilibrium
    from winset.trade.models.many_sectors.result import SectorResult
    from winset.trade.policy.requested_tariffs import RequestedTariff
    from winset.worlds import World


#: Columns of the table: key, unit, meaning. The JSON keys, the CSV header and the docs use it.
COLUMNS: dict[str, tuple[str, str]] = {
    "welfare_percent": ("%", "equivalent variation in percent of welfare"),
    "welfare_musd": ("USD million", "equivalent variation at initial prices"),
    "real_wage_percent": ("%", "wage over consumer prices, ŵ/P̂ − 1"),
    "wage_percent": ("%", "wage, world value added being the numéraire"),
    "price_percent": ("%", "consumer prices, the world's mean weighted by spending being fixed"),
    "price_numeraire_percent": ("%", "consumer prices, world value added being the numéraire"),
    "employment_percent": ("%", "labor supplied"),
    "exports_percent": ("%", "exports at customs value, world value added being the numéraire"),
    "imports_percent": ("%", "imports at customs value, world value added being the numéraire"),
    "exports_to_gdp_percent": ("%", "exports over value added"),
    "imports_to_gdp_percent": ("%", "imports over value added"),
    "deficit_percent": ("%", "trade deficit over its size before, at world prices"),
    "tariff_revenue_musd": ("USD million", "tariff revenue after the change"),
}

#: The same by utility (`equilibrium.compared`), beside them; not drawn and not swept.
BY_UTILITY: dict[str, tuple[str, str]] = {
    "utility_percent": ("%", "equivalent variation by utility, in percent of it"),
    "utility_musd": ("USD million", "equivalent variation by utility, at initial prices"),
}

#: One more where a change taxes exports; not drawn and not swept.
OF_EXPORT_TAXES: dict[str, tuple[str, str]] = {
    "export_tax_revenue_musd": ("USD million", "revenue of the economy's own export taxes"),
}

#: Columns that a notebook shows, with decimals; members up to MOST_SHOWN, outsiders SHOWN.
DIGITS = {
    "welfare_percent": 2,
    "welfare_musd": 0,
    "real_wage_percent": 2,
    "exports_percent": 1,
    "imports_percent": 1,
    "price_percent": 2,
}
SHOWN, MOST_SHOWN = 10, 60

#: Losses, in percent, above which outsiders are counted.
LOSSES = (0.05, 0.1)

BALANCED = 1e-9  # deficit over exports below which there is none to speak of


@dataclass(frozen=True, slots=True)
class Solver:
    """How the equilibrium was found."""

    iterations: int
    residual: float
    seconds: float


@dataclass(frozen=True, slots=True)
class TradeResult:
    """The equilibrium after a scenario, against the one before.

    `welfare` is Ŵ and `equivalent_variation` is in USD million, (n,) each, by the formula of Ignatenko
    et al. (2025); `utility` and `utility_variation` are the same by the utility of consumption and labor,
    and no other unless tariff revenue lowers the tax on labor (`equilibrium.compared`). The figures of both
    equilibria are in `before` and `after`, and under their own names besides: hats (`wage`, `price`,
    `employment`) are factors, money is USD million, flows are (n, n) with rows exporting.
    `shock` is what the scenario changed, in arrays. `sectors` is there in a world with sectors,
    `decomposition` once `effects.welfare_decomposition.decompose` has made it, `diversion` once
    `effects.creation_diversion.measure` has; `answers` are the tariffs asked for.
    """

    world: World
    scenario: Scenario
    shock: Shock
    floored: tuple[str, ...]
    before: Equilibrium
    after: Equilibrium
    welfare: Array
    equivalent_variation: Array
    utility: Array
    utility_variation: Array
    solver: Solver
    sectors: SectorResult | None = None
    decomposition: Decomposition | None = None
    answers: tuple[RequestedTariff, ...] = ()
    diversion: Diversion | None = None

    @property
    def members(self) -> tuple[str, ...]:
        """The economies that the scenario names."""
        return self.shock.members

    @property
    def absent(self) -> tuple[str, ...]:
        """Members of a named bloc that the world does not have."""
        return self.shock.absent

    @property
    def income(self) -> Array:
        """Income before."""
        return self.before.income

    @property
    def wage(self) -> Array:
        """ŵ, world value added being the numéraire."""
        return self.after.wage

    @property
    def price(self) -> Array:
        """P̂ of consumption."""
        return self.after.price

    @property
    def price_level(self) -> float:
        """The mean of P̂ weighted by initial spending."""
        weight = self.before.spending
        return float((self.price * weight).sum() / weight.sum())

    @property
    def employment(self) -> Array:
        """L̂."""
        return self.after.labor

    @property
    def flows(self) -> Array:
        """Customs value before, (n, n)."""
        return self.before.flows

    @property
    def new_flows(self) -> Array:
        """Customs value after, (n, n)."""
        return self.after.flows

    @property
    def output(self) -> Array:
        """Output before."""
        return self.before.output

    @property
    def new_output(self) -> Array:
        """Output after."""
        return self.after.output

    @property
    def revenue(self) -> Array:
        """Tariff revenue before."""
        return self.before.revenue

    @property
    def new_revenue(self) -> Array:
        """Tariff revenue after."""
        return self.after.revenue

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the economies, in the order of the arrays."""
        return self.world.codes

    def columns(self) -> dict[str, Array]:
        """Return the columns of the table, NaN where a percentage has no base."""
        return columns_of(
            welfare=self.welfare,
            equivalent_variation=self.equivalent_variation,
            wage=self.wage,
            price=self.price,
            price_level=self.price_level,
            employment=self.employment,
            exports=_abroad(self.flows, 1),
            new_exports=_abroad(self.new_flows, 1),
            imports=_abroad(self.flows, 0),
            new_imports=_abroad(self.new_flows, 0),
            new_revenue=self.new_revenue,
            gdp=None
            if self.after.carbon is None
            else self.after.value_added / self.before.value_added,
        )

    def of_export_taxes(self) -> dict[str, Array]:
        """Return the column of `OF_EXPORT_TAXES` where the change taxes exports, else none."""
        raised = self.after.export_revenue
        return {} if raised is None else dict(zip(OF_EXPORT_TAXES, (raised,), strict=True))

    def by_utility(self) -> dict[str, Array]:
        """Return the columns of `BY_UTILITY`."""
        columns = (_percent(self.utility), self.utility_variation)
        return dict(zip(BY_UTILITY, columns, strict=True))

    def table(self) -> pd.DataFrame:
        """Return one row per economy, indexed by code, members first and by gain.

        >>> import winset
        >>> run = winset.solve(winset.world(), winset.Scenario.from_toml("sco-2025"))
        >>> run.table().columns[0]
        'name'
        """
        import pandas as pd

        inside = set(self.members)
        frame = pd.DataFrame(
            {
                "name": self.world.names,
                "role": ["member" if code in inside else "outsider" for code in self.codes],
                **self.columns(),
                **self.by_utility(),
                **self.of_export_taxes(),
            },
            index=pd.Index(self.codes, name="code"),
        )
        return frame.sort_values(["role", "welfare_percent"], ascending=[True, False])

    def _repr_html_(self) -> str:
        """Show the members by gain and the outsiders that lose most."""
        import pandas as pd

        frame = self.table()
        inside = frame[frame["role"] == "member"]
        outside = frame[frame["role"] == "outsider"].nsmallest(SHOWN, "welfare_percent")
        world, solver = self.world, self.solver
        return html(
            self.scenario.title,
            frame=pd.concat([inside.head(MOST_SHOWN), outside])[["name", "role", *DIGITS]],
            digits=DIGITS,
            note=f"The {len(inside)} members by gain, and the {len(outside)} outsiders that lose most, of "
            f"{len(frame)} economies; table() has all. World {world.name}, sha256 "
            f"{world.sha256[:12]}; largest residual {solver.residual:.1e}.",
        )

    def to_xarray(self) -> xr.Dataset:
        """Return every array with named dimensions, units and the manifest."""
        import xarray as xr

        meanings = COLUMNS | BY_UTILITY | OF_EXPORT_TAXES
        economies: dict[str, Any] = {
            key: ("economy", column, {"units": meanings[key][0], "long_name": meanings[key][1]})
            for key, column in (self.columns() | self.by_utility() | self.of_export_taxes()).items()
        }
        pairs: dict[str, Any] = {
            key: (("exporter", "importer"), array, {"units": "USD million"})
            for key, array in (("flows", self.flows), ("new_flows", self.new_flows))
        }
        codes = list(self.codes)
        return xr.Dataset(
            economies | pairs,
            coords={"economy": codes, "exporter": codes, "importer": codes},
            attrs={"title": self.scenario.title, **_flat(self.manifest())},
        )

    def between(self, group: tuple[str, ...]) -> tuple[float, float]:
        """Trade among a group before and after, USD million, at customs value."""
        rows = [self.world.index[code] for code in group]
        before, after = self.flows[np.ix_(rows, rows)], self.new_flows[np.ix_(rows, rows)]
        return float(before.sum() - before.trace()), float(after.sum() - after.trace())

    def summary(self) -> dict[str, Any]:
        """Return who gains and who loses, counted and summed; who is unmoved is neither."""
        inside = np.array([code in set(self.members) for code in self.codes])
        gains, musd = self.welfare - 1.0, self.equivalent_variation
        way = direction(gains)
        worst = int(np.argmin(np.round(gains, 12)))  # not whom rounding puts last
        poorer = int(np.argmin(np.round(musd, 6)))
        return {
            "members_gaining": int((way[inside] > 0).sum()),
            "members_losing": int((way[inside] < 0).sum()),
            "outsiders_gaining": int((way[~inside] > 0).sum()),
            "outsiders_losing": int((way[~inside] < 0).sum()),
            "outsiders_losing_more_than": {
                f"{bound:g}": int((100.0 * gains[~inside] < -bound).sum()) for bound in LOSSES
            },
            "unmoved_below_percent": 100.0 * UNMOVED,
            "members_musd": float(musd[inside].sum()),
            "outsiders_musd": float(musd[~inside].sum()),
            "world_musd": float(musd.sum()),
            "worst": {"code": self.codes[worst], "welfare_percent": float(100 * gains[worst])},
            "worst_in_money": {"code": self.codes[poorer], "welfare_musd": float(musd[poorer])},
        }

    def manifest(self) -> dict[str, Any]:
        """Return what identifies this computation: versions, data, parameters, solver."""
        return {
            "winset": __version__,
            "scenario": {
                "name": self.scenario.name,
                "title": self.scenario.title,
                "on": self.scenario.on.isoformat(),
                "toml": self.scenario.to_toml(),
                "shock_sha256": self.shock.sha256,
            },
            "parameters": self.scenario.parameters.told(),
            "world": {
                "name": self.world.name,
                "year": self.world.year,
                "sha256": self.world.sha256,
                "economies": len(self.world),
                "floored": list(self.floored),
                "unmet": self.world.unmet(self.scenario.parameters.value_added_share),
                "absent": list(self.absent),
                "tariff_sources": self.world.tariff_basis(),
                "services_left_out": self.world.services_left_out(),
            },
            "solver": asdict(self.solver),
        }

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``winset run --json`` prints; its keys are in the CLI reference."""
        manifest = self.manifest()
        inside = set(self.members)
        figures = self.columns() | self.by_utility() | self.of_export_taxes()
        columns = {key: _numbers(column) for key, column in figures.items()}
        economies = [
            {
                "code": code,
                "name": self.world.names[k],
                "role": "member" if code in inside else "outsider",
                **{key: column[k] for key, column in columns.items()},
                **({"imputed": self.world.imputed.get(code, "")} if self.world.imputed else {}),
            }
            for k, code in sorted(enumerate(self.codes), key=lambda pair: pair[1])
        ]
        said = {
            "winset": manifest["winset"],
            "scenario": manifest["scenario"],
            "parameters": manifest["parameters"],
            "world": manifest["world"],
            "solver": manifest["solver"],
            "economies": economies,
            "counted": self.shock.group.to_json(),
            "summary": self.summary(),
        }
        if self.answers:
            said["answers"] = [
                {"change": a.change, "answer": a.how, "rates": dict(a.rates)} for a in self.answers
            ]
        if self.sectors is not None:
            said["sectors"] = self.sectors.to_json()
        if self.decomposition is not None:
            said["decomposition"] = self.decomposition.to_json()
        if self.diversion is not None:
            said |= self.diversion.to_json()
        return said


def columns_of(
    *,
    welfare: Array,
    equivalent_variation: Array,
    wage: Array,
    price: Array,
    price_level: float | Array,
    employment: Array,
    exports: Array,
    new_exports: Array,
    imports: Array,
    new_imports: Array,
    new_revenue: Array,
    gdp: Array | None = None,
) -> dict[str, Array]:
    """Return the columns of the table, by economy (the last axis), for one result or many."""
    if gdp is None:  # where labor is not all that adds value it is told
        gdp = wage * employment
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.where(exports > 0, new_exports / exports, np.nan)
        into = np.where(imports > 0, new_imports / imports, np.nan)
        deficit = imports - exports
        change = (new_imports - new_exports) / price_level - deficit
        widened = np.where(
            np.abs(deficit) > BALANCED * exports, 1.0 + change / np.abs(deficit), np.nan
        )
    return {
        "welfare_percent": _percent(welfare),
        "welfare_musd": equivalent_variation,
        "real_wage_percent": _percent(wage / price),
        "wage_percent": _percent(wage),
        "price_percent": _percent(price / price_level),
        "price_numeraire_percent": _percent(price),
        "employment_percent": _percent(employment),
        "exports_percent": _percent(out),
        "imports_percent": _percent(into),
        "exports_to_gdp_percent": _percent(out / gdp),
        "imports_to_gdp_percent": _percent(into / gdp),
        "deficit_percent": _percent(widened),
        "tariff_revenue_musd": new_revenue,
    }


def _abroad(flows: Array, axis: int) -> Array:
    return np.asarray(flows.sum(axis=axis) - flows.diagonal())


def _percent(factor: Array) -> Array:
    return 100.0 * (factor - 1.0)


def _numbers(column: Array) -> list[float | None]:
    """Return the numbers of a column, None where there is none."""
    known: list[float] = column.tolist()
    if np.all(np.isfinite(column)):
        return list(known)
    return [x if np.isfinite(x) else None for x in known]


def _flat(manifest: dict[str, Any]) -> dict[str, str]:
    import json

    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in manifest.items()
    }
