"""Tables and sentences of `winset depend`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.display import Table, signed
from winset.errors import listed
from winset.studies.dependence import CAVEAT, FUEL_YEAR, YEAR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winset.environment.dependence import Suppliers
    from winset.studies.dependence import Dependence, Stop


def _share(value: float) -> str:
    return "–" if value != value else f"{100 * value:.0f}"


def _hhi(found: Suppliers) -> str:
    return "–" if found.hhi is None else f"{found.hhi:.2f}"


def _risk(found: Suppliers) -> str:
    return "–" if found.risk is None else f"{found.risk:.2f}"


def _largest(found: Suppliers) -> tuple[str, str]:
    top = found.largest
    return ("–", "–") if top is None else (top[0], _share(top[1]))


def tables(done: Dependence, *, top: int) -> list[Table]:
    """Return minerals, fuels, goods and partners, the strongest dependence first."""
    return [_minerals(done, top), _fuels(done), _goods(done, top), _partners(done)]


def _minerals(done: Dependence, top: int) -> Table:
    made = Table(f"Minerals {YEAR}: of the world's output, suppliers outside {done.group}")
    made.names("mineral", "largest")
    made.figures("its %", "own %", "HHI")
    made.figures("HHI by governance", "recycled %", spare=True)
    for seen in done.minerals[:top]:
        first = seen.outside.largest
        share = first[1] * (1.0 - seen.own) if first else 0.0
        recycled = seen.material.recycling_percent
        made.add_row(
            seen.material.name,
            first[0] if first else "–",
            _share(share),
            _share(seen.own),
            _hhi(seen.world),
            _risk(seen.world),
            "–" if recycled is None else f"{recycled:.0f}",
        )
    return made


def _fuels(done: Dependence) -> Table:
    made = Table(
        f"Fuels {FUEL_YEAR}: imports of each member, members' own sales among them included"
    )
    made.names("member", "largest")
    made.figures("its %", "HHI", "USD bn")
    made.figures("HHI by governance", spare=True)
    for code, found in sorted(done.fuels_by_member, key=lambda pair: (-pair[1].total, pair[0])):
        made.add_row(code, *_largest(found), _hhi(found), f"{found.total / 1e3:,.1f}", _risk(found))
    return made


def _goods(done: Dependence, top: int) -> Table:
    made = Table(f"Goods {done.world.year}: {done.group} as one market, the most exposed first")
    made.names("sector", "largest")
    made.figures("its %", "imported %", "exposed %")
    made.figures("HHI", spare=True)
    made.names("needs us most", spare=True)
    made.figures("our %", spare=True)
    for seen in done.goods[:top]:
        who, part = seen.power or ("–", float("nan"))
        made.add_row(
            seen.name,
            *_largest(seen.suppliers),
            _share(seen.share),
            "–" if seen.share != seen.share else f"{100 * seen.exposure:.1f}",
            _hhi(seen.suppliers),
            who,
            _share(part),
        )
    return made


def _partners(done: Dependence) -> Table:
    what = "" if done.sector is None else f" {done.sector}"
    made = Table(
        f"If one stops to sell{what} to the other (percent of income, short run; long run)"
    )
    made.names("partner")
    made.figures("they stop: we", "they", "we stop: we", "they")
    for partner in done.partners:
        here, there = partner.by_them, partner.by_us
        made.add_row(
            partner.name,
            _both(here, ours="buyers"),
            _both(here, ours="sellers"),
            _both(there, ours="sellers"),
            _both(there, ours="buyers"),
        )
    return made


def _both(runs: Mapping[str, Stop], *, ours: str) -> str:
    return "; ".join(signed(getattr(done, f"{ours}_percent"), 2) for done in runs.values())


def sentences(done: Dependence) -> list[str]:
    """Say what is concentrated, and who has more to lose from whom."""
    strong = [
        m.material.name
        for m in done.minerals
        if (m.outside.largest or ("", 0.0))[1] * (1 - m.own) > 0.5
    ]
    said = [
        f"Of {len(done.minerals)} minerals one outsider makes more than half of the world's output in "
        f"{len(strong)}" + (f": {listed(strong, 6)}." if strong else ".")
    ]
    own = [m.material.name for m in done.minerals if m.own > 0.5]
    said.append(
        f"{done.group} itself makes more than half of {len(own)}"
        + (f": {listed(own, 6)}." if own else ".")
    )
    worse = [
        p.name for p in done.partners
        if p.by_them["short"].buyers_percent < p.by_us["short"].buyers_percent
    ]  # fmt: skip
    if done.partners and not worse:
        said.append(
            f"Each partner listed loses more of its income if {done.group} stops to sell to it than "
            f"{done.group} does if the partner stops."
        )
    elif done.partners:
        said.append(
            f"{done.group} loses more of its income by a stop than the partner would by the same of "
            f"{done.group}'s: {listed(worse, 6)}."
        )
    return said


def notes(done: Dependence) -> list[str]:
    """Return what the figures count, and what they do not."""
    held, left = done.turnover
    no_longer = "was no longer so" if left == 1 else "were no longer so"
    said = [
        CAVEAT,
        f"Of the {held} minerals concentrated in {YEAR - 1} (HHI above 0.25), {left} {no_longer} in "
        f"{YEAR}.",
        "Minerals are counted where they are mined or first refined, as the data have them; later refining, "
        "in which China's share is larger, is not.",
        f"Fuels are of {FUEL_YEAR}, before the sanctions of 2022; some pairs are known to be far too low.",
        "Governance is the World Bank's, which is in dispute; without it, HHI stands beside.",
        f"Short run: a trade elasticity of {done.short:g} in every sector; long run: the world's own. Nobody "
        "else joins the stop, and stocks are not counted.",
    ]
    estimated = [code for code in done.inside if code in done.world.imputed]
    if estimated:
        said.append(
            f"Goods by sector of {listed(estimated, 8)} are estimates, see winset world show "
            f"{done.world.name}."
        )
    missing = [code for code in done.chosen.codes if code not in done.inside]
    if missing:
        said.append(
            f"Not in world {done.world.name}, so not among goods and stops: {listed(missing, 8)}."
        )
    return said
