"""A customs union or free-trade area seen from outside: who unites, on which world, at which tariff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from winset import __version__
from winset.errors import DataError
from winset.places.groups import names
from winset.scenario import bundled_scenarios, parse, read_scenario
from winset.studies import deficit_rules
from winset.trade.capabilities import without_export_taxes
from winset.trade.policy.customs_union import Union, form_union
from winset.trade.policy.harmless_tariff import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.numbers import Array
    from winset.places.blocs import Bloc
    from winset.scenario import Scenario, Shock
    from winset.scenario.parameters import Deficits
    from winset.studies.deficit_rules import OtherGains
    from winset.trade.policy.customs_union import Form
    from winset.worlds import World

NO_TARIFFS = ": no tariffs inside"


@dataclass(frozen=True, slots=True)
class UnionStudy:
    """A union, the scenario whose changes it is laid on, and its gains under the other deficit rules."""

    scenario: Scenario
    union: Union
    others: tuple[OtherGains, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset union --json`` prints."""
        head = {
            "name": self.scenario.name,
            "title": self.scenario.title,
            "on": self.scenario.on.isoformat(),
            "toml": self.scenario.to_toml(),
        }
        others = [other.to_json() for other in self.others]
        said = self.union.to_json()
        return {"winset": __version__, "scenario": head, **said, "deficit_rules": others}


def unite(
    group: str | Scenario,
    *,
    overrides: Mapping[str, str] | None = None,
    blocs: Mapping[str, Bloc] | None = None,
    form: Form = "customs-union",
    harmless: bool = False,
    common: bool = False,
    to_all: bool = False,
    instruments: str | None = None,
    least_percent: float = -50.0,
    most_percent: float = 200.0,
    keep: int | None = None,
) -> UnionStudy:
    """Unite the members of a scenario, a bloc, or codes by comma.

    Parameters
    ----------
    group : str or Scenario
        A scenario, its name or file, a bloc or codes.
    overrides : mapping, optional
        As ``--set`` has them, for a group that is not a `Scenario` yet.
    common : bool
        Whether to find the best common external tariff, one rate a sector.
    instruments : str, optional
        Of the harmless tariff: ``partner`` or ``partner-sector``, see `form_union`.
    least_percent, most_percent : float
        Bounds of its rates.
    keep : int, optional
        Keep so many of the largest outsiders; the others are merged into REST.

    Raises
    ------
    DataError
        Unknown names or options, or bounds that leave nothing between them.
    InfeasibleError
        No such tariff within the bounds.
    ConvergenceError
        An equilibrium was not found.
    """
    if instruments not in (None, *get_args(Level)):
        raise DataError(f"--instruments {instruments}: it is partner or partner-sector.")
    if not -100.0 < least_percent < most_percent:
        raise DataError(
            f"--least {least_percent:g} --most {most_percent:g}: percent, above −100, and least below "
            "most."
        )
    scenario = union_scenario(group, overrides or {}) if isinstance(group, str) else group
    data = scenario.load_world()
    shock = without_export_taxes(scenario.resolve(data, blocs), "winset union")
    if keep is not None:
        data = merged(data, scenario.parameters.value_added_share, shock.members, keep)
        shock = scenario.resolve(data, blocs)
    if not data.sectored:
        shock = replace(shock, cost=shock.cost[None], tariff=shock.tariff[None])
    done = form_union(
        data,
        scenario.parameters,
        shock.members,
        shock=shock,
        form=form,
        harmless=harmless,
        common=common,
        to_all=to_all,
        level=next((level for level in get_args(Level) if level == instruments), None),
        least=least_percent / 100.0,
        most=most_percent / 100.0,
    )
    others = deficit_rules.others(scenario.parameters.deficits)
    return UnionStudy(scenario, done, tuple(_under(rules, done, shock) for rules in others))


def _under(rules: tuple[Deficits, ...], done: Union, shock: Shock) -> OtherGains:
    """Form the same union, at its members' tariffs, under another rule on deficits."""
    parameters = replace(done.parameters, deficits=rules[0])

    def solved() -> Array:
        again = form_union(done.world, parameters, done.members, shock=shock, form=done.form)
        return again.plain.welfare

    return deficit_rules.gains_under(
        rules,
        done.world.codes,
        done.plain.welfare,
        solved,
        members=done.inside,
        judged=done.judged,
    )


def union_scenario(group: str, overrides: Mapping[str, str]) -> Scenario:
    """Read a scenario, or make one of a bloc: tariffs among its members go to zero."""
    if group in bundled_scenarios() or group.endswith(".toml") or Path(group).is_file():
        return read_scenario(group, overrides)
    return parse(no_tariffs_inside(group), overrides=overrides)


def no_tariffs_inside(group: str) -> dict[str, Any]:
    """Return a scenario, as in a TOML file, in which tariffs among some blocs and codes go to zero."""
    among = list(names(group))
    return {
        "title": f"{', '.join(among)}{NO_TARIFFS}",
        "world": "icio-2022",
        "change": [{"kind": "tariff", "among": among, "rate": 0.0}],
    }


def merged(data: World, value_added_share: float, members: tuple[str, ...], keep: int) -> World:
    """Keep the members and the largest outsiders; everybody else becomes one economy, REST."""
    inside = set(members)
    accounts = data.sector_accounts(value_added_share)
    order = np.argsort(-accounts.value_added, kind="stable")
    outside = [data.codes[k] for k in order if data.codes[k] not in inside]
    rest = outside[keep:]
    if len(rest) < 2:
        return data
    whole = data if data.domestic_known else data.closed(value_added_share)
    return whole.aggregate({"REST": sorted(rest)})
