"""``winset union``: does the club harm outsiders, and which tariff would not?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from winset.cli.app import app
from winset.cli.run import BlocsOption, ElasticitiesOption, JsonOption, SetOption, pairs
from winset.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.scenario import Scenario
    from winset.worlds import World


@app.command()
def union(
    group: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|BLOC", help="A scenario, a bloc, or codes by comma: who unites."
        ),
    ],
    world: Annotated[
        str | None,
        typer.Option(help="An embedded world, or a folder [of the scenario; a bloc: icio-2022]."),
    ] = None,
    harmless: Annotated[
        bool,
        typer.Option(
            "--harmless", "--nobody-harmed", help="Find the tariff that harms nobody (Kemp & Wan)."
        ),
    ] = False,
    mfn: Annotated[
        bool, typer.Option("--mfn", help="Compare with the same cut given to everybody.")
    ] = False,
    free_trade: Annotated[
        bool,
        typer.Option("--free-trade", help="A free-trade area: no common tariff on outsiders."),
    ] = False,
    instruments: Annotated[
        str | None,
        typer.Option(
            help="Of the harmless tariff: partner, one rate for each outsider's goods, or "
            "partner-sector, the union's tariff by sector moved by one factor for each.",
        ),
    ] = None,
    least: Annotated[
        float, typer.Option(metavar="PERCENT", help="Least harmless rate; below zero: a subsidy.")
    ] = -50.0,
    most: Annotated[float, typer.Option(metavar="PERCENT", help="Highest harmless rate.")] = 200.0,
    keep: Annotated[
        int | None,
        typer.Option(
            help="Keep so many of the largest outsiders; merge the others into REST.", min=1
        ),
    ] = None,
    set_: SetOption = None,
    elasticities: ElasticitiesOption = None,
    top: Annotated[int, typer.Option(help="How many outsiders to list.", min=0)] = 10,
    blocs: BlocsOption = None,
    json: JsonOption = False,
) -> None:
    """Does the club harm outsiders: a customs union or free-trade area, seen from outside.

    Inside, tariffs go to zero, on top of what the scenario changes; outside, members of a customs
    union share one tariff by sector, the mean of their own.

    Example: winset union SCO --world icio-2022 --harmless
    """
    from dataclasses import replace

    from winset.places.blocs import load_blocs
    from winset.trade.policy.customs_union import form_union

    if instruments not in (None, "partner", "partner-sector"):
        raise DataError(f"--instruments {instruments}: it is partner or partner-sector.")
    if not -100.0 < least < most:
        raise DataError(
            f"--least {least:g} --most {most:g}: percent, above −100, and least below most."
        )
    overrides = pairs(set_)
    if elasticities is not None:
        overrides["elasticities"] = elasticities
    if world is not None:
        overrides["world"] = world
    known = load_blocs(blocs)
    scenario = _scenario(group, overrides)
    data = scenario.load_world()
    shock = scenario.resolve(data, known)
    if keep is not None:
        data = merged(data, scenario.parameters.value_added_share, shock.members, keep)
        shock = scenario.resolve(data, known)
    if not data.sectored:
        shock = replace(shock, cost=shock.cost[None], tariff=shock.tariff[None])
    done = form_union(
        data,
        scenario.parameters,
        shock.members,
        shock=shock,
        form="free-trade-area" if free_trade else "customs-union",
        harmless=harmless,
        to_all=mfn,
        level="partner" if instruments == "partner" else None if instruments is None
        else "partner-sector",
        least=least / 100.0,
        most=most / 100.0,
    )  # fmt: skip
    if json:
        from winset import __version__
        from winset.cli.show import print_json

        head = {
            "name": scenario.name,
            "title": scenario.title,
            "on": scenario.on.isoformat(),
            "toml": scenario.to_toml(),
        }
        print_json({"winset": __version__, "scenario": head, **done.to_json()})
        return
    from winset.cli.show import console
    from winset.report import unions

    terminal = console()
    for item in unions.shown(done, scenario.title, top=top):
        terminal.print(item)
    terminal.print(unions.footer(done), style="dim")


def _scenario(group: str, overrides: Mapping[str, str]) -> Scenario:
    """Read a scenario, or make one of a bloc: tariffs among its members go to zero."""
    from winset.scenario import bundled_scenarios, parse, read_scenario

    if group in bundled_scenarios() or group.endswith(".toml") or Path(group).is_file():
        return read_scenario(group, overrides)
    among = [part.strip() for part in group.split(",") if part.strip()]
    raw = {
        "title": f"{', '.join(among)}: no tariffs inside",
        "world": "icio-2022",
        "change": [{"kind": "tariff", "among": among, "rate": 0.0}],
    }
    return parse(raw, overrides=overrides)


def merged(data: World, value_added_share: float, members: tuple[str, ...], keep: int) -> World:
    """Keep the members and the largest outsiders; everybody else becomes one economy, REST."""
    import numpy as np

    inside = set(members)
    accounts = data.sector_accounts(value_added_share)
    order = np.argsort(-accounts.value_added, kind="stable")
    outside = [data.codes[k] for k in order if data.codes[k] not in inside]
    rest = outside[keep:]
    if len(rest) < 2:
        return data
    whole = data if data.domestic_known else data.closed(value_added_share)
    return whole.aggregate({"REST": sorted(rest)})
