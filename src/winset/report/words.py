"""What a run does to trade, in words: one sentence on creation and diversion, one on tariffs.

Apart from the charts of the same figures, because a table in the terminal need not wait for altair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from winset.studies.scenario_run import signed

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study
    from winset.trade.effects.figures import Diversion, Tariffs


def lines(study: Study) -> tuple[str, ...]:
    """Return one sentence on creation and diversion and one on tariffs, where they apply."""
    found = study.result.diversion
    if found is None:
        return ()
    said = []
    if found.reached.any():
        created, diverted = float(found.creation.sum()), float(found.diversion.sum())
        adjusted = float(found.adjustment.sum())
        digits = digits_for(created, diverted)
        instead = " (sales at home replace imports)" if created < 0 else ""
        said.append(
            f"Trade creation {billion(created, digits)}{instead}, diversion "
            f"{billion(diverted, digits)} billion USD at unchanged costs, "
            f"{billion(created + diverted + adjusted, digits)} together once they adjust"
            f"{_most(study, found, digits + 1)}."
        )
    if found.tariffs is not None and found.tariffs.changing.any():
        said.append(_tariffs(study, found, found.tariffs))
    return tuple(said)


def billion(musd: float, digits: int = 1) -> str:
    return signed(musd / 1e3, digits)


def digits_for(*musd: float) -> int:
    """Decimals of billions: fewer where they are many."""
    most = max(abs(figure) for figure in musd)
    return 1 if most >= 10_000 else 2 if most >= 1_000 else 3


def _most(study: Study, found: Diversion, digits: int) -> str:
    """The three outsiders that trade is diverted from most, or to, as the total has it."""
    total = float(found.diversion.sum())
    ranked = found.outsiders() if total >= 0 else found.outsiders()[::-1]
    shown = [(code, musd) for code, musd in ranked[:3] if musd * total > 0]
    if not shown:
        return ""
    names = dict(zip(study.world.codes, study.world.names, strict=True))
    said = ", ".join(
        f"{names[code]} ({billion(abs(musd), digits).lstrip('+')})" for code, musd in shown
    )
    return f"; diverted most {'from' if total >= 0 else 'to'} {said}"


def _tariffs(study: Study, found: Diversion, tariffs: Tariffs) -> str:
    """Tariffs before and after of the importers that change theirs."""
    changing = tariffs.changing
    whose = [name for name, yes in zip(study.world.names, changing, strict=True) if yes]
    who = whose[0] if len(whose) == 1 else f"the {len(whose)} importers that change theirs"
    parts = []
    for words, group in (("members", found.members), ("outsiders", ~found.members)):
        mean = tariffs.mean(group, changing)
        old, new = mean["weighted_percent"], mean["new_weighted_percent"]
        if old is not None and new is not None:
            parts.append(f"on {words} {percent(old)} → {percent(new)} %")
    return f"Tariffs of {who}, weighted by trade: {', '.join(parts)}."


def percent(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
