"""A negotiation as lists: requests, offers, reciprocity, and the object that ``--json`` prints."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winset.governance.packages.many_lines import Chosen
    from winset.studies.offer_terms import OfferTerms
    from winset.studies.offer_totals import Total
    from winset.studies.offers import Negotiation
    from winset.worlds.line_elasticities import LineElasticities
    from winset.worlds.line_stream import LineStream
    from winset.worlds.tariff_lines import TariffLines

TINY = 1e-9  # of the largest gain: a loss below it costs nothing


def ranked(done: Negotiation, party: str, *, requests: bool) -> list[dict[str, Any]]:
    """Return a party's requests of its partners, or what it could offer them, the best for it first.

    Requests are ranked by the party's gain per unit of the giver's loss, offers by the partners' gain per
    unit of the party's own loss. Where the giver does not lose, it costs nothing and stands first.
    """
    of, me = done.concessions, done.parties.index(party)
    tiny = TINY * float(np.abs(of.gains).max(initial=0.0))
    mine = of.importer == me
    made = []
    for k in np.flatnonzero(~mine if requests else mine):
        giver = int(of.importer[k])
        cost = -float(of.gains[k, giver])
        gain = float(of.gains[k, me]) if requests else float(of.gains[k].sum() - of.gains[k, giver])
        if gain <= tiny:
            continue
        free = cost <= tiny
        made.append(
            {
                "code": done.lines.codes[int(of.line[k])],
                "importer": done.parties[giver],
                "gain": gain,
                "cost": cost,
                "gain_per_cost": None if free else gain / cost,
                "costs_nothing": free,
                **_of_line(done, int(k)),
            }
        )
    return sorted(
        made,
        key=lambda row: (
            not row["costs_nothing"],
            -row["gain"] if row["costs_nothing"] else -row["gain_per_cost"],
            row["code"],
        ),
    )


def _of_line(done: Negotiation, k: int) -> dict[str, Any]:
    of = done.concessions
    line, v = int(of.line[k]), int(of.importer[k])
    bound, mfn = float(done.lines.bound[line, v]), float(done.lines.mfn[line, v])
    overhang = bound - (mfn if math.isfinite(mfn) else float(of.before[k]))
    return {
        "trade": float(of.covered[k]),
        "duty_before": float(of.before[k]),
        "duty_after": float(of.after[k]),
        "revenue_at_risk": float(of.at_risk[k]),
        "revenue_change": float(of.revenue[k]),
        "overhang": overhang if math.isfinite(overhang) else None,
        "created": float(of.created[k]),
        "diverted": float(of.diverted[k]),
        "others": float(of.others[k]),
        "sensitive": bool(of.sensitive[k]),
        "substitution": float(done.elasticities.substitution[line]),
        "elasticity_from": done.elasticities.source[line],
        "in_package": bool(done.package is not None and done.package.taken[k]),
    }


def reciprocity(done: Negotiation, taken: Any = None) -> list[dict[str, Any]]:
    """Return the measures that negotiators count concessions by: of all offers, or of those `taken`.

    ``trade_covered``: trade whose duty falls; ``cut_times_trade``: Σ fall of the duty × trade;
    ``mercantilist``: what a party's exports rise by through others' concessions, less what its own let in;
    ``welfare``: its gain. Each for what a party gives and gets.
    """
    of = done.concessions
    which = np.ones(len(of), dtype=bool) if taken is None else taken
    made = []
    for p, name in enumerate(done.parties):
        gives, gets = which & (of.importer == p), which & (of.importer != p)
        cut = (of.before - of.after) * of.covered
        let_in = (of.exports.sum(axis=1) - of.exports[:, p])[gives].sum()
        made.append(
            {
                "party": name,
                "lines": int(gives.sum()),
                "trade_covered_given": float(of.covered[gives].sum()),
                "cut_times_trade_given": float(cut[gives].sum()),
                "trade_covered_got": float(of.covered[gets].sum()),
                "cut_times_trade_got": float(cut[gets].sum()),
                "exports_gained": float(of.exports[gets, p].sum()),
                "imports_let_in": float(let_in),
                "mercantilist": float(of.exports[gets, p].sum() - let_in),
                "revenue_at_risk": float(of.at_risk[gives].sum()),
                "revenue_change": float(of.revenue[gives].sum()),
                "welfare": float(of.gains[which, p].sum()),
            }
        )
    return made


def _package(done: Negotiation, found: Chosen | None, *, named: bool) -> dict[str, Any] | None:
    if found is None:
        return None
    of = done.concessions
    made: dict[str, Any] = {
        "concessions": int(found.taken.sum()),
        "of": len(of),
        "total": float(found.gains.sum()),
        "parties": [
            {
                "party": name,
                "gain": float(found.gains[p]),
                "lines": int((found.taken & (of.importer == p)).sum()),
                "revenue_change": float(of.revenue[found.taken & (of.importer == p)].sum()),
            }
            for p, name in enumerate(done.parties)
        ],
        "others": float(of.others[found.taken].sum()),
        "reciprocity": reciprocity(done, found.taken),
    }
    if named:
        made["bound"], made["gap"] = found.bound, found.gap
    return made


def gaps(totals: Sequence[Total]) -> list[dict[str, Any]]:
    """Return how far GSIM's and SMART's welfare are from the exact one, by party, of all offers together."""
    exact = {t.party: t.welfare for t in totals if t.method == "exact"}
    return [
        {
            "method": t.method,
            "party": t.party,
            "welfare": t.welfare,
            "exact": exact[t.party],
            "gap": t.welfare - exact[t.party],
            "gap_percent": 100.0 * (t.welfare / exact[t.party] - 1.0) if exact[t.party] else None,
        }
        for t in totals
        if t.method != "exact"
    ]


def described(
    terms: OfferTerms,
    method: str,
    lines: TariffLines | LineStream,
    elasticities: LineElasticities,
    parties: tuple[str, ...],
) -> dict[str, Any]:
    """Return what every answer says of its table and its options."""
    return {
        "winset": __version__,
        "title": terms.title,
        "method": method,
        "unit_of_trade": terms.unit,
        "year": lines.year,
        "revision": lines.revision or None,
        "parties": list(parties),
        "lines": len(lines.codes),
        "elasticities": {
            "demand": terms.demand,
            "supply": terms.supply if math.isfinite(terms.supply) else None,
            "filled": elasticities.counts(),
            "capped": elasticities.capped,
        },
    }


def to_json(done: Negotiation) -> dict[str, Any]:
    """Return the object that ``winset offer --json`` prints; money in the unit of trade."""
    nash = _package(done, done.nash, named=False)
    package = _package(done, done.package, named=True)
    if package is not None and done.together is not None:
        package["solved_as_a_whole"] = [
            {"party": name, "welfare": float(x)}
            for name, x in zip(done.parties, done.together, strict=True)
        ]
    return {
        **described(done.terms, done.method, done.lines, done.elasticities, done.parties),
        "concessions": len(done.concessions),
        "requests": [
            {"party": p, **row} for p in done.parties for row in ranked(done, p, requests=True)
        ],
        "offers": [
            {"party": p, **row} for p in done.parties for row in ranked(done, p, requests=False)
        ],
        "totals": [asdict(total) for total in done.totals],
        "gaps": gaps(done.totals),
        "reciprocity": reciprocity(done),
        "package": package,
        "nash": nash,
        "impossible": done.impossible or None,
        "notes": list(done.notes),
    }
