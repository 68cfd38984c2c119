"""What ``winset bank PORTFOLIO --json`` prints."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from winset import __version__
from winset.places.economies import economies

if TYPE_CHECKING:
    from winset.finance.portfolios import Choice
    from winset.numbers import Array
    from winset.studies.bank import Bank, Portfolio
    from winset.studies.bank_projects import Alone

OUTSIDERS = 10  # that gain or lose most, listed for each project


def bank_json(done: Bank) -> dict[str, Any]:
    """Return a study as plain values, USD million of the plan's dollars."""
    plan, own = done.plan, done.own
    recommended = done.exact[done.recommended]
    return {
        "title": plan.title,
        "portfolio": plan.name,
        "source": plan.file.source,
        "note": plan.file.note,
        "world": {
            "name": done.world.name,
            "year": done.world.year,
            "sha256": done.world.sha256,
            "economies": len(done.world),
        },
        "network": plan.file.network,
        "members": list(done.members),
        "counted": done.group.to_json(),
        "dollars_of": plan.file.dollars,
        "budget_musd": plan.bank.budget_musd,
        "interest": plan.bank.interest,
        "payment": plan.bank.payment,
        "decision": plan.bank.decision,
        "overlap": plan.file.overlap,
        "parameters": {
            "trade_elasticity": plan.parameters.trade_elasticity,
            "value_added_share": plan.parameters.value_added_share,
            "deficits": plan.parameters.deficits,
        },
        "projects": [_project(done, k, each) for k, each in enumerate(done.alone)],
        "portfolios": {
            "all": 1 << len(plan.projects),
            "solved": done.gains.solved,
            "method": "exact" if done.gains.order is None else "dividends",
            "order": done.gains.order,
            "checked": done.gains.checked,
            "stated_error_musd_a_year": _named(done, done.gains.errors[:-1]),
            "largest_residual": done.gains.largest_residual,
        },
        "best": {name: _choice(done, choice) for name, choice in own.items()}
        | {"equal_shares": _equal_shares(done)},
        "recommended": _portfolio(done, recommended),
        "neighbors": [_short(done, near) for near in done.neighbors()],
        "unanimity": done.unanimity(),
        "blockers_of_best_sum": done.blockers(),
        "price_of_veto_musd": dict(done.vetoes),
        "payments": {
            rule: _payment(done, mask, paid) for rule, (mask, paid) in done.payments.items()
        },
        "standalone_musd": _standalone(done),
        "outsiders": _outsiders(done, recommended.outside),
        "frontier": [
            {
                "projects": plan.chosen(mask),
                "sum_musd": total,
                "worst_off_percent_of_gdp": worst,
            }
            for mask, total, worst in done.frontier
        ],
        "interaction_musd": _interaction(done),
        "identical": [[plan.names[j], plan.names[k]] for j, k in done.same],
        "idle": done.idle,
        "proofs": {
            name: {
                "projects": plan.chosen(proof.mask or 0),
                "figure": proof.figure if math.isfinite(proof.figure) else None,
                "gap": proof.gap if math.isfinite(proof.figure) else None,
                "solved": proof.solved,
            }
            for name, proof in done.proofs.items()
        },
        "doubt": None if done.doubted is None else done.doubted.to_json(done),
        "cash_flow": done.cash_flow(),
        **_aversion(done),
        "winset": __version__,
    }


def _aversion(done: Bank) -> dict[str, Any]:
    """Return ``aversion``: what portfolios and payments do to welfare and to the gap between members."""
    of, rate = done.averse, done.plan.bank.interest
    if of is None:
        return {}
    net = {name: done.net(done.rule, c.mask) for name, c in done.own.items() if c.mask is not None}
    paid = {rule: done.left(mask, part) for rule, (mask, part) in done.payments.items()}
    nothing = np.zeros(len(done.members))
    return {
        "aversion": {
            "epsilon": of.epsilon,
            "equally_distributed_usd_before": of.welfare(nothing),
            "gini_before": of.spread(nothing),
            "best": {
                name: {"equally_distributed_usd": of.welfare(rate * x), "gini": of.spread(rate * x)}
                for name, x in net.items()
            },
            "payments": {
                rule: {"equally_distributed_usd": of.welfare(rate * x), "gini": of.spread(rate * x)}
                for rule, x in paid.items()
            },
        }
    }


def _named(done: Bank, figures: Array) -> dict[str, float]:
    return {code: float(x) for code, x in zip(done.members, figures, strict=True)}


def _project(done: Bank, k: int, alone: Alone) -> dict[str, Any]:
    project = done.plan.projects[k]
    cost, year = project.stated
    return {
        "name": project.name,
        "title": project.title,
        "stated_cost_musd": cost,
        "stated_in_dollars_of": year,
        "cost_musd": project.cost,
        "other_costs": project.line.other_costs,
        "years_of_building": project.opening,
        "life": project.line.life,
        "upkeep": project.line.upkeep,
        "hosts": list(project.line.hosts),
        "status": project.line.status,
        "source": project.line.source,
        "note": project.line.note,
        "gain_musd_a_year": _named(done, alone.gains[[done.world.index[c] for c in done.members]]),
        "outsiders": _outsiders(done, alone.gains),
        "value_musd": alone.value,
        "present_cost_musd": alone.cost,
        "benefit_cost": alone.value / alone.cost if alone.cost > 0 else None,
        "world_benefit_cost": alone.world_value / alone.cost if alone.cost > 0 else None,
        "irr": alone.irr,
        "world_irr": alone.world_irr,
        "used_by": [
            {"exporter": i, "importer": n, "cost_percent": change, "saved_musd_a_year": saved}
            for i, n, change, saved in alone.pairs
        ],
    }


def _short(done: Bank, found: Portfolio) -> dict[str, Any]:
    net = found.values - done.shares[done.rule] * found.cost
    worst = int(np.argmin(net / done.sizes))
    return {
        "projects": done.plan.chosen(found.mask),
        "sum_musd": found.total,
        "cost_musd": found.cost,
        "outlay_musd": found.outlay,
        "within_budget": bool(found.outlay <= done.plan.bank.budget_musd),
        "worst_off": done.members[worst],
        "worst_off_net_musd": float(net[worst]),
        "losers": [
            done.members[k] for k in np.flatnonzero(net < -1e-9 * max(found.cost, 1.0)).tolist()
        ],
    }


def _portfolio(done: Bank, found: Portfolio) -> dict[str, Any]:
    net = found.values - done.shares[done.rule] * found.cost
    return _short(done, found) | {
        "value_musd": _named(done, found.values),
        "net_musd": _named(done, net),
    }


def _choice(done: Bank, choice: Choice) -> dict[str, Any] | None:
    if choice.mask is None:
        return None
    return _portfolio(done, done.exact[choice.mask]) | {"figure": choice.figure}


def _equal_shares(done: Bank) -> dict[str, Any]:
    mask, purchases = done.equal_shares
    return _portfolio(done, done.exact[mask]) | {
        "purchases": [each.to_json() for each in purchases]
    }


def _payment(done: Bank, mask: int, paid: Array) -> dict[str, Any]:
    found = done.exact[mask]
    net = found.values - paid
    known = economies()
    heads = [float(known[c].population or 0) if c in known else 0.0 for c in done.members]
    return {
        "projects": done.plan.chosen(mask),
        "sum_musd": found.total,
        "pays_musd": _named(done, paid),
        "pays_percent_of_gdp": _named(done, 100.0 * paid / done.sizes),
        "pays_usd_a_head": {
            code: 1e6 * float(x) / count if count else None
            for code, x, count in zip(done.members, paid, heads, strict=True)
        },
        "net_musd": _named(done, net),
        "all_gain": bool(np.all(net >= -1e-9 * max(found.cost, 1.0))),
    }


def _standalone(done: Bank) -> dict[str, float]:
    if done.claims is None:
        return {}
    return {code: float(done.claims[1 << k]) for k, code in enumerate(done.members)}


def _outsiders(done: Bank, every: Array) -> dict[str, Any]:
    """What economies outside have, USD million in the unit of `every`: together, and those of the largest."""
    inside = set(done.members)
    others = [k for k, code in enumerate(done.world.codes) if code not in inside]
    order = sorted(others, key=lambda k: (-abs(float(every[k])), done.world.codes[k]))
    return {
        "together_musd": float(every[others].sum()),
        "largest_musd": {done.world.codes[k]: float(every[k]) for k in order[:OUTSIDERS]},
    }


def _interaction(done: Bank) -> list[dict[str, Any]]:
    """Shapley interaction of projects in the members' gains: above 0 complements, below it substitutes."""
    if done.synergy is None:
        return []
    names = done.plan.names
    rows = [
        {"projects": [names[j], names[k]], "musd": float(done.synergy[j, k])}
        for j in range(len(names))
        for k in range(j + 1, len(names))
    ]
    return sorted(rows, key=lambda row: -abs(float(row["musd"])))
