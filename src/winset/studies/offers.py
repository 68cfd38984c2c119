"""Lines, tariffs and offers → what each concession brings whom, and which packages all can sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from winset.errors import DataError, InfeasibleError, listed
from winset.governance.packages.many_lines import Cap, Chosen, largest_package, nash_package
from winset.sentences import Listing, Sentence
from winset.studies.offer_terms import Offered, OfferTerms, offered
from winset.studies.offer_totals import Total, totals_of
from winset.trade.models.partial.markets import Markets
from winset.trade.models.partial.methods import METHODS, solve
from winset.trade.numerics.blas import one_thread
from winset.worlds.line_elasticities import LineElasticities, line_elasticities
from winset.worlds.tariff_lines import TariffLines, read_lines

if TYPE_CHECKING:
    from winset.numbers import Array, Integers
    from winset.trade.models.partial.markets import LineOutcome

#: What stands for an elasticity of substitution that a line lacks.
MEDIANS = {
    "hs4": "{n} the median of their heading",
    "hs2": "{n} the median of their chapter",
    "all": "{n} the median of all products",
}
BISECTIONS = 40  # of the rate at which a quota is just filled


@dataclass(frozen=True, slots=True)
class Concessions:
    """K concessions: one importer lowers its duties on one line.

    Attributes
    ----------
    line, importer : (K,) positions
    before, after : (K,)
        Duty on the trade covered, weighted by it, as fractions.
    covered : (K,)
        Trade whose duty falls.
    gains : (K, P)
        Welfare of each party if nothing else changes.
    others : (K,)
        Welfare of exporters that are no party.
    revenue : (K,)
        Change of the importer's revenue, and `at_risk` what it collects on the trade covered.
    exports : (K, P)
        Change of each party's exports, at world prices.
    created, diverted : (K,)
        Of the trade covered: what is bought more, and what is bought in place of others'.
    sensitive : (K,) bool
    """

    line: Integers
    importer: Integers
    before: Array
    after: Array
    covered: Array
    gains: Array
    others: Array
    revenue: Array
    at_risk: Array
    exports: Array
    created: Array
    diverted: Array
    sensitive: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

    def __len__(self) -> int:
        return len(self.line)


@dataclass(frozen=True, slots=True)
class Negotiation:
    """What `winset offer` answers; importers are the first of the parties, in the order of the lines."""

    terms: OfferTerms
    lines: TariffLines
    elasticities: LineElasticities
    method: str
    parties: tuple[str, ...]
    concessions: Concessions
    totals: tuple[Total, ...]
    package: Chosen | None
    impossible: str
    together: Array | None  # (P,) the package solved as a whole
    nash: Chosen | None
    rates_after: Array  # (L, N, V), under all offers
    notes: tuple[str, ...]

    @property
    def seats(self) -> tuple[str, ...]:
        """Parties as they are shown: who offers nothing and only asks is first."""
        asks = self.parties[len(self.lines.importers) :]
        return (*asks, *self.lines.importers)


def negotiate(
    terms: OfferTerms,
    *,
    method: str | None = None,
    gap: float = 1e-4,
    floors: dict[str, float] | None = None,
) -> Negotiation:
    """Solve all offers, rank them, and look for the packages that every party gains from.

    Raises
    ------
    DataError
        Whatever is wrong with lines, elasticities or terms.
    """
    lines = read_lines(
        terms.lines,
        percent=terms.percent,
        year=terms.year,
        duties=terms.duties,
        importers=terms.importers,
        to_revision=terms.revision,
        concordance=terms.concordance,
    )
    chosen = method or terms.method
    if chosen not in METHODS:
        solve_unknown(chosen)
    elasticities = line_elasticities(lines.codes, of=lines.revision, file=terms.elasticities)
    on_offer = offered(terms, lines)
    markets = markets_of(lines, elasticities, terms, on_offer.rate)
    parties = (*lines.importers, *(name for name in terms.askers if name not in lines.importers))
    with one_thread():
        concessions = _concessions(markets, lines, parties, on_offer, chosen)
        totals = tuple(
            total
            for name in METHODS
            for total in totals_of(name, solve(markets, name), markets, lines, parties)
        )
        package, nash, impossible = _packages(terms, parties, concessions, gap, floors or {})
        together = (
            None
            if package is None
            else _as_a_whole(package, concessions, markets, lines, parties, on_offer, chosen)
        )
    return Negotiation(
        terms, lines, elasticities, chosen, parties, concessions, totals, package, impossible,
        together, nash, on_offer.rate, _notes(terms, lines, elasticities, on_offer),
    )  # fmt: skip


def solve_unknown(method: str) -> None:
    """Refuse a method that there is not."""
    raise DataError(f"--method {method[:80]}: unknown. Known: {', '.join(METHODS)}.")


def markets_of(
    lines: TariffLines, elasticities: LineElasticities, terms: OfferTerms, rate: Array
) -> Markets:
    _, exporters, importers = lines.value.shape
    demand = np.where(np.isnan(elasticities.demand), terms.demand, elasticities.demand)
    supply = np.where(np.isnan(elasticities.supply), terms.supply, elasticities.supply)
    return Markets(
        lines.value,
        1.0 + lines.applied,
        1.0 + rate,
        np.repeat(demand[:, None], importers, axis=1),
        np.repeat(supply[:, None], exporters, axis=1),
        np.repeat(elasticities.substitution[:, None], importers, axis=1),
    )


def _welfare(
    done: LineOutcome,
    lines: TariffLines,
    parties: tuple[str, ...],
    rents: Array | None = None,
) -> tuple[Array, Array]:
    """Return welfare by line of the parties (L, P) and of all others (L,)."""
    by_name = done.welfare(lines.exporters, lines.importers)
    theirs = np.stack([by_name[name] for name in parties], axis=1)
    rest = [by_name[name] for name in lines.exporters if name not in parties]
    others = np.sum(rest, axis=0) if rest else np.zeros(len(lines.codes))
    return theirs + (0.0 if rents is None else rents), others


def _alone(
    markets: Markets,
    lines: TariffLines,
    parties: tuple[str, ...],
    on_offer: Offered,
    v: int,
    method: str,
) -> tuple[Markets, LineOutcome, Array]:
    """Solve what one importer concedes alone; a quota that is filled leaves the rate that fills it.

    Returns also the rents of quotas by line and party, (L, P): who buys within the quota pays the lower
    duty, and the difference goes to the exporters, or stays with the importer's licence holders.
    """
    factors = markets.before.copy()
    factors[:, :, v] = markets.after[:, :, v]
    quota = on_offer.quota[:, v]
    rents = np.zeros((len(lines.codes), len(parties)))
    bound = np.isfinite(quota)
    if not bound.any():
        changed = markets.with_after(factors)
        return changed, solve(changed, method), rents
    covered = factors < markets.before
    low, high = np.zeros(len(quota)), np.ones(len(quota))

    def at(share: Array) -> Markets:
        step = np.where(bound, share, 1.0)[:, None, None]
        return markets.with_after(markets.before + step * (factors - markets.before))

    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        imports = (solve(at(middle), method).trade * covered).sum(axis=(1, 2))
        over = imports > quota
        high, low = np.where(over, middle, high), np.where(over, low, middle)
    full = (solve(at(np.ones(len(quota))), method).trade * covered).sum(axis=(1, 2)) <= quota
    changed = at(np.where(full, 1.0, low))
    done = solve(changed, method)
    inside = done.trade * covered
    share = np.divide(
        np.minimum(inside.sum(axis=(1, 2)), quota), inside.sum(axis=(1, 2)),
        out=np.zeros(len(quota)), where=inside.sum(axis=(1, 2)) > 0,
    )  # fmt: skip
    rent = ((changed.after - factors) * inside)[:, :, v] * (share * bound)[:, None]  # (L, N)
    abroad = on_offer.rent_abroad[:, v]
    rents[:, v] -= np.where(abroad, rent.sum(axis=1), 0.0)
    for p, name in enumerate(parties):
        if name in lines.exporters:
            rents[:, p] += np.where(abroad, rent[:, lines.exporters.index(name)], 0.0)
    return changed, done, rents


def _concessions(
    markets: Markets,
    lines: TariffLines,
    parties: tuple[str, ...],
    on_offer: Offered,
    method: str,
) -> Concessions:
    parts = []
    for v in range(len(lines.importers)):
        changed, done, rents = _alone(markets, lines, parties, on_offer, v, method)
        gains, others = _welfare(done, lines, parties, rents)
        covered = (on_offer.rate < lines.applied)[:, :, v] * lines.value[:, :, v]
        trade = covered.sum(axis=1)
        which = np.flatnonzero(trade > 0)
        safe = np.where(trade > 0, trade, 1.0)
        more = done.trade - lines.value
        exports = np.stack(
            [
                more[:, lines.exporters.index(name)].sum(axis=1)
                if name in lines.exporters
                else np.zeros(len(trade))
                for name in parties
            ],
            axis=1,
        )
        mine = covered > 0
        fallen = (changed.before - changed.after)[:, :, v]
        parts.append(
            Concessions(
                which,
                np.full(len(which), v),
                ((covered * lines.applied[:, :, v]).sum(axis=1) / safe)[which],
                ((covered * (lines.applied[:, :, v] - fallen)).sum(axis=1) / safe)[which],
                trade[which],
                gains[which],
                others[which],
                (done.tariff_revenue[:, v] + np.minimum(rents[:, v], 0.0))[which],
                (covered * lines.applied[:, :, v]).sum(axis=1)[which],
                exports[which],
                (done.created[:, :, v] * mine).sum(axis=1)[which],
                (done.diverted[:, :, v] * mine).sum(axis=1)[which],
                on_offer.sensitive[which, v],
            )
        )
    return Concessions(
        *(
            np.concatenate([getattr(p, name) for p in parts])
            for name in Concessions.__dataclass_fields__
        )
    )


def _packages(
    terms: OfferTerms,
    parties: tuple[str, ...],
    of: Concessions,
    gap: float,
    extra: dict[str, float],
) -> tuple[Chosen | None, Chosen | None, str]:
    asked = terms.package
    told = {**asked.floors, **extra}
    for table in (told, asked.revenue, asked.most_lines, asked.most_sensitive):
        if unknown := [name for name in table if name not in parties]:
            raise DataError(
                f"{terms.where}: {listed(unknown)} in [package] is no party. Parties: {', '.join(parties)}."
            )
    floors = [told.get(name, 0.0) for name in parties]
    caps = []
    for v, name in enumerate(parties):
        mine = (of.importer == v).astype(np.float64)
        if name in asked.revenue:
            caps.append(Cap(f"revenue of {name}", -of.revenue * mine, asked.revenue[name]))
        if name in asked.most_lines:
            caps.append(Cap(f"lines of {name}", mine, float(asked.most_lines[name])))
        if name in asked.most_sensitive:
            caps.append(
                Cap(
                    f"sensitive lines of {name}",
                    mine * of.sensitive,
                    float(asked.most_sensitive[name]),
                )
            )
    try:
        best = largest_package(of.gains, floors, caps=caps, gap=gap)
    except InfeasibleError as error:
        return None, None, error.args[0]  # a `Sentence`
    nash = nash_package(of.gains, floors, caps=caps, gap=max(gap, 1e-3)) if len(of) else None
    return best, nash, ""


def _as_a_whole(
    package: Chosen,
    of: Concessions,
    markets: Markets,
    lines: TariffLines,
    parties: tuple[str, ...],
    on_offer: Offered,
    method: str,
) -> Array:
    """Solve the package at once: where two importers concede on the same line their gains do not add up."""
    rate = lines.applied.copy()
    at = of.line[package.taken], slice(None), of.importer[package.taken]
    rate[at] = on_offer.rate[at]
    done = solve(markets.with_after(1.0 + rate), method)
    return np.asarray(_welfare(done, lines, parties)[0].sum(axis=0))


def elasticity_notes(elasticities: LineElasticities) -> list[str]:
    """Say how many elasticities were filled in or cut."""
    notes: list[str] = []
    counts = elasticities.counts()
    filled = {k: n for k, n in counts.items() if k in ("hs4", "hs2", "all") and n}
    if filled:
        own = counts["file"] + counts["hs6"]
        said = tuple(Sentence(MEDIANS[k], n=f"{n}") for k, n in filled.items())
        whole = (
            "Elasticities of substitution: {own} lines have their own, {filled}. None was dropped."
            if own
            else "Elasticities of substitution: no lines have their own, {filled}. None was dropped."
        )
        notes.append(Sentence(whole, own=f"{own}", filled=Listing(said)))
    if elasticities.capped:
        notes.append(Sentence("{n} estimates above 30 were cut to 30.", n=f"{elasticities.capped}"))
    return notes


def _notes(
    terms: OfferTerms, lines: TariffLines, elasticities: LineElasticities, on_offer: Offered
) -> tuple[str, ...]:
    notes = [*lines.notes, *elasticity_notes(elasticities)]
    cut = (on_offer.rate < lines.applied).any(axis=1)
    idle = cut & ~((on_offer.rate < lines.applied) & (lines.value > 0)).any(axis=1)
    if count := int(idle.sum()):
        code = lines.codes[int(np.argwhere(idle)[0][0])]
        notes.append(
            Sentence(
                "{n} cuts meet no trade (the first on {code}): a method of percentages says nothing of what "
                "would be traded there, and a duty that keeps all trade out looks worthless.",
                n=f"{count}",
                code=code,
            )
        )
    free = int(((lines.value > 0) & (lines.applied == 0)).any(axis=1).sum())
    if free:
        notes.append(Sentence("{n} lines with trade are free of duty already.", n=f"{free}"))
    if not np.isfinite(lines.bound).any():
        notes.append(Sentence("No bound rates are given: there is no evidence on overhang."))
    if np.isfinite(on_offer.quota).any():
        notes.append(
            Sentence("The table of all offers together takes quotas as if they never filled.")
        )
    if len(lines.importers) == 1:
        notes.append(Sentence("One importer alone: there is nothing that it could get in return."))
    if terms.note:
        notes.append(terms.note)
    return tuple(notes)
