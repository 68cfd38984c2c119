"""Tables and sentences of `winset depend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table
from winset.report.speech import (
    coded,
    few,
    known,
    language,
    local,
    name,
    plain,
    retold,
    say,
    signed,
)
from winset.studies.dependence import CAVEAT, FUEL_YEAR, YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.environment.dependence import Material, Suppliers
    from winset.studies.dependence import Dependence, Stop


def _share(value: float) -> str:
    return "–" if value != value else f"{100 * value:.0f}"


def _hhi(found: Suppliers) -> str:
    return "–" if found.hhi is None else plain(found.hhi, 2)


def _risk(found: Suppliers) -> str:
    return "–" if found.risk is None else plain(found.risk, 2)


def _largest(found: Suppliers) -> tuple[str, str]:
    top = found.largest
    return ("–", "–") if top is None else (coded(top[0]), _share(top[1]))


def tables(done: Dependence, *, top: int) -> list[Table]:
    """Return minerals, fuels, goods and partners, the strongest dependence first."""
    return [_minerals(done, top), _fuels(done), _goods(done, top), _partners(done)]


def _minerals(done: Dependence, top: int) -> Table:
    made = Table(
        say(
            "Minerals {year}: of the world's output, suppliers outside {group}",
            year=str(YEAR),
            group=called(done),
        )
    )
    made.names(say("mineral"), say("largest¦supplier"))
    made.figures(say("its %"), say("own %"), say("HHI"))
    made.figures(say("HHI by governance"), say("recycled %"), spare=True)
    for seen in done.minerals[:top]:
        first = seen.outside.largest
        share = first[1] * (1.0 - seen.own) if first else 0.0
        recycled = seen.material.recycling_percent
        made.add_row(
            mineral(seen.material),
            coded(first[0]) if first else "–",
            _share(share),
            _share(seen.own),
            _hhi(seen.world),
            _risk(seen.world),
            "–" if recycled is None else f"{recycled:.0f}",
        )
    return made


def _fuels(done: Dependence) -> Table:
    made = Table(
        say(
            "Fuels {year}: imports of each member, members' own sales among them included",
            year=str(FUEL_YEAR),
        )
    )
    made.names(say("member"), say("largest¦supplier"))
    made.figures(say("its %"), say("HHI"), say("USD bn"))
    made.figures(say("HHI by governance"), spare=True)
    for code, found in sorted(done.fuels_by_member, key=lambda pair: (-pair[1].total, pair[0])):
        made.add_row(
            coded(code), *_largest(found), _hhi(found), plain(found.total / 1e3, 1), _risk(found)
        )
    return made


def _goods(done: Dependence, top: int) -> Table:
    made = Table(
        say(
            "Goods {year}: {group} as one market, the most exposed first",
            year=str(done.world.year),
            group=called(done),
        )
    )
    made.names(say("sector¦industry"), say("largest¦supplier"))
    made.figures(say("its %"), say("imported %"), say("exposed %"))
    made.figures(say("HHI"), spare=True)
    made.names(say("needs us most"), spare=True)
    made.figures(say("our %"), spare=True)
    for seen in done.goods[:top]:
        who, part = (coded(seen.power[0]), seen.power[1]) if seen.power else ("–", float("nan"))
        made.add_row(
            known(seen.name, "sector"),
            *_largest(seen.suppliers),
            _share(seen.share),
            "–" if seen.share != seen.share else plain(100 * seen.exposure, 1),
            _hhi(seen.suppliers),
            who,
            _share(part),
        )
    return made


def _partners(done: Dependence) -> Table:
    made = Table(
        say("If one stops to sell to the other (percent of income, short run; long run)")
        if done.sector is None
        else say(
            "If one stops to sell {sector} to the other (percent of income, short run; long run)",
            sector=sector(done),
        )
    )
    made.names(say("partner¦in trade"))
    made.figures(
        say("they stop: we"),
        say("they¦they stop"),
        say("we stop: we"),
        say("they¦we stop"),
    )
    for partner in done.partners:
        here, there = partner.by_them, partner.by_us
        made.add_row(
            name(partner.code, partner.name),
            _both(here, ours="buyers"),
            _both(here, ours="sellers"),
            _both(there, ours="sellers"),
            _both(there, ours="buyers"),
        )
    return made


def _both(runs: Mapping[str, Stop], *, ours: str) -> str:
    return say("; ").join(signed(getattr(done, f"{ours}_percent"), 2) for done in runs.values())


def called(done: Dependence) -> str:
    """Name the group, or the economies that it is written as."""
    return ", ".join(retold(part) for part in done.group.split(","))


def mineral(material: Material) -> str:
    """Name a raw material."""
    return known(material.name, "mineral")


def sector(done: Dependence) -> str:
    """Name the sector whose goods alone are stopped; its code where the world says no more."""
    if language() == "en" or done.sector is None:
        return str(done.sector)
    return next(
        (known(seen.name, "sector") for seen in done.goods if seen.sector == done.sector),
        done.sector,
    )


def sentences(done: Dependence) -> list[str]:
    """Say what is concentrated, and who has more to lose from whom."""
    strong = [
        mineral(m.material)
        for m in done.minerals
        if (m.outside.largest or ("", 0.0))[1] * (1 - m.own) > 0.5
    ]
    own = [mineral(m.material) for m in done.minerals if m.own > 0.5]
    group = called(done)
    said = [
        say(
            "Of {all} minerals one outsider makes more than half of the world's output in {n}: {minerals}.",
            all=len(done.minerals),
            n=len(strong),
            minerals=few(strong, 6),
        )
        if strong
        else say(
            "Of {all} minerals one outsider makes more than half of the world's output in 0.",
            all=len(done.minerals),
        ),
        say(
            "{group} itself makes more than half of {n}: {minerals}.",
            group=group,
            n=len(own),
            minerals=few(own, 6),
        )
        if own
        else say("{group} itself makes more than half of 0.", group=group),
    ]
    worse = [
        name(p.code, p.name) for p in done.partners
        if p.by_them["short"].buyers_percent < p.by_us["short"].buyers_percent
    ]  # fmt: skip
    if done.partners and not worse:
        said.append(
            say(
                "Each partner listed loses more of its income if {group} stops to sell to it than {group} "
                "does if the partner stops.",
                group=group,
            )
        )
    elif done.partners:
        said.append(
            say(
                "{group} loses more of its income by a stop than the partner would by the same of {group}'s: "
                "{partners}.",
                group=group,
                partners=few(worse, 6),
            )
        )
    return said


def notes(done: Dependence) -> list[str]:
    """Return what the figures count, and what they do not."""
    held, left = done.turnover
    said = [
        say(CAVEAT),
        say(
            "Of the {all} minerals concentrated in {before} (HHI above 0.25), {n} {n|was|were} no longer "
            "so in {year}.",
            all=held,
            before=str(YEAR - 1),
            n=left,
            year=str(YEAR),
        ),
        say(
            "Minerals are counted where they are mined or first refined, as the data have them; later "
            "refining, in which China's share is larger, is not."
        ),
        say(
            "Fuels are of {year}, before the sanctions of 2022; some pairs are known to be far too low.",
            year=str(FUEL_YEAR),
        ),
        say("Governance is the World Bank's, which is in dispute; without it, HHI stands beside."),
        say(
            "Short run: a trade elasticity of {elasticity} in every sector; long run: the world's own. "
            "Nobody else joins the stop, and stocks are not counted.",
            elasticity=local(f"{done.short:g}"),
        ),
    ]
    estimated = [coded(code) for code in done.inside if code in done.world.imputed]
    if estimated:
        said.append(
            say(
                "Goods by sector of {who} are estimates, see winset world show {world}.",
                who=few(estimated, 8),
                world=done.world.name,
            )
        )
    missing = [coded(code) for code in done.chosen.codes if code not in done.inside]
    if missing:
        said.append(
            say(
                "Not in world {world}, so not among goods and stops: {who}.",
                world=done.world.name,
                who=few(missing, 8),
            )
        )
    return said
