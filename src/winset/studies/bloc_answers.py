"""What ``winset bloc --json`` prints of one bloc, of a ranking and of a claim; over HTTP too."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from winset.errors import DataError
from winset.places.blocs import find_bloc
from winset.places.economies import economies
from winset.studies import claims

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from winset.places.blocs import Bloc
    from winset.worlds import World


def told(
    known: Mapping[str, Bloc],
    on: dt.date,
    data: World,
    *,
    name: str | None = None,
    rank: str | None = None,
    among: str = "all blocs",
    claim: str | None = None,
) -> dict[str, Any]:
    """Return the answer to the one question that is asked, of all blocs where none is.

    Raises
    ------
    DataError
        Two questions at once; no such bloc, measure or list; nobody in the bloc on the day.
    """
    one_question(name, rank, claim)
    if claim is not None:
        return of_claim(claims.check(claim, on=on, world=data, blocs=known), data)
    if rank is not None:
        places = claims.rank(rank, on=on, world=data, blocs=known, among=among)
        return of_ranking(places, rank, among, on)
    if name is not None:
        return of_one(find_bloc(name, known)[0], on, data)
    return claims.listing(known.values(), on, data)


def one_question(name: str | None, rank: str | None, claim: str | None) -> None:
    """Refuse more than one of them."""
    if sum(option is not None for option in (name, rank, claim)) > 1:
        raise DataError("give one of BLOC, --rank and --claim.")


def of_one(bloc: Bloc, on: dt.date, data: World) -> dict[str, Any]:
    """Return one bloc with its members, partners and former members."""
    members, partners = _stays(bloc, on, "member"), _stays(bloc, on, "partner")
    if not members and not partners:
        raise DataError(
            f"bloc {bloc.code} has nobody in it on {on}; it was founded on {bloc.founded}. "
            "Choose another date with --on."
        )
    inside = {m["code"] for m in members}
    former = [
        {"code": m.code, "joined": m.joined.isoformat(), "left": m.left.isoformat(), "note": m.note}
        for m in bloc.memberships
        if m.role == "member" and m.left is not None and m.left <= on and m.code not in inside
    ]
    sizes = {"members": claims.figures([m["code"] for m in members], data)}
    if partners:
        both = dict.fromkeys(m["code"] for m in [*members, *partners])
        sizes["with_partners"] = claims.figures(both, data)
    return (
        claims.about(bloc, on)
        | {"members": members, "partners": partners, "former": former}
        | {"figures": {part: f.to_json() for part, f in sizes.items()}}
        | {"world": {"name": data.name, "year": data.year, "sha256": data.sha256}}
    )


def _stays(bloc: Bloc, on: dt.date, role: str) -> list[dict[str, Any]]:
    known = economies()
    return [
        {
            "code": stay.code,
            "name": known[stay.code].name if stay.code in known else stay.code,
            "joined": None if stay.joined == dt.date.min else stay.joined.isoformat(),
            "left": stay.left.isoformat() if stay.left else None,
            "source": stay.source,
            "note": stay.note,
        }
        for stay in bloc.stays(on, role)
    ]


def of_ranking(
    places: Sequence[claims.RankedBloc], metric: str, among: str, on: dt.date
) -> dict[str, Any]:
    """Return a ranking of blocs by a measure."""
    return {
        "measure": metric,
        "unit": claims.METRICS[metric][0],
        "among": among,
        "on": on.isoformat(),
        "ranking": [
            {
                "rank": p.rank,
                "bloc": p.bloc,
                "kind": p.kind,
                "economies": p.economies,
                "figure": p.figure,
                "missing": list(p.missing),
            }
            for p in places
        ],
    }


def of_claim(claim: claims.Claim, data: World) -> dict[str, Any]:
    """Return a claim with its verdicts."""
    payload = asdict(claim) | {"unit": claims.METRICS[claim.metric][0], "on": claim.on.isoformat()}
    return payload | {"world": {"name": data.name, "sha256": data.sha256}}
