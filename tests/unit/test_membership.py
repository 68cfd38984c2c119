"""Who would leave, join, and in which order: figures against the solver of single scenarios, and bounds."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import winset as library
from winset.errors import DataError
from winset.games.enlargement import growth
from winset.places.blocs import load_blocs
from winset.report.tables import number
from winset.scenario import Scenario, parse
from winset.studies import membership
from winset.studies.membership import Stability, among, join, stable
from winset.trade.coalitions import compute
from winset.trade.coalitions.problem import prepare
from winset.trade.gains import UNMOVED

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = ("KAZ", "KGZ", "UZB")


def terms(productive: str | list[str] | None = None) -> Scenario:
    """Ten percent off among three, and productivity in some, members or not."""
    changes: list[dict[str, Any]] = [
        {"kind": "trade-cost", "among": list(MEMBERS), "percent": -10.0}
    ]
    if productive is not None:
        changes.append({"kind": "productivity", "economies": productive, "percent": 1.0})
    return parse({"on": "2025-09-01", "change": changes})


def effect(codes: list[str], productive: list[str]) -> dict[str, float]:
    """What everybody gains when `codes` carry it out, by a scenario written for the purpose."""
    changes: list[dict[str, Any]] = [{"kind": "trade-cost", "among": codes, "percent": -10.0}]
    if inside := [code for code in codes if code in productive]:
        changes.append({"kind": "productivity", "economies": inside, "percent": 1.0})
    result = library.solve(library.world(), parse({"on": "2025-09-01", "change": changes}))
    return dict(zip(result.codes, map(float, result.equivalent_variation), strict=True))


@pytest.mark.parametrize("productive", [None, ["KAZ", "KGZ", "MNG", "USA"]])
def test_everybody_is_measured_by_what_those_inside_do(productive: list[str] | None) -> None:
    """A newcomer's productivity rises with its entry and an outsider's not at all."""
    done = stable(terms(productive), players=",".join(MEMBERS), outsiders="MNG,RUS")
    rises = productive or []
    inside = effect(list(MEMBERS), rises)
    for code in MEMBERS:
        assert done.own[code] == pytest.approx(inside[code], rel=1e-8)
        out = effect([c for c in MEMBERS if c != code], rises)
        assert done.leaving[code] == pytest.approx(out[code] - inside[code], rel=1e-8)
    for code in ("MNG", "RUS"):
        after = effect([*MEMBERS, code], rises)
        assert done.joining[code] == pytest.approx(after[code] - inside[code], rel=1e-8)
        together = sum(after[c] - inside[c] for c in MEMBERS)
        assert done.joining_members[code] == pytest.approx(together, rel=1e-7)
    # The surplus: v(N) less what each would have outside, its own gain and what leaving adds to it.
    assert done.surplus == pytest.approx(-sum(done.leaving.values()), rel=1e-9)


def test_accessions_and_the_order_of_growth_rest_on_the_same_equilibria() -> None:
    """With productivity among the candidates this ended in a traceback."""
    rises = ["KAZ", "KGZ", "MNG"]
    done = join(terms(rises), players=",".join(MEMBERS), candidates="MNG,RUS")
    inside = effect(list(MEMBERS), rises)
    for accession in done.accessions:
        after = effect([*MEMBERS, accession.candidate], rises)
        change = {code: after[code] - inside[code] for code in after}
        assert accession.itself == pytest.approx(change[accession.candidate], rel=1e-8)
        assert accession.members == pytest.approx({c: change[c] for c in MEMBERS}, rel=1e-7)
        rest = sum(change.values()) - accession.itself - sum(accession.members.values())
        assert accession.rest == pytest.approx(rest, rel=1e-6)
    players = ["MNG", "RUS", *MEMBERS]
    together = among(terms(rises), players, library.world(), load_blocs())
    problem = prepare(library.world(), together, players, sort=False)
    gains = [compute.coalition_gains(problem, 0b11100 | mask) for mask in range(4)]
    result = library.solve(library.world(), terms())
    income = result.income[[result.world.index[code] for code in players]]
    found = growth(np.array(gains), 2, tolerance=UNMOVED * income)
    assert set(done.order()) == {"MNG", "RUS"}
    assert (done.growth.order, done.growth.open_door) == (found.order, found.open_door)


def test_one_member_and_who_may_join_it() -> None:
    done = join(terms(), players="KAZ", candidates="KGZ")
    both = effect(["KAZ", "KGZ"], [])
    assert done.accessions[0].itself == pytest.approx(both["KGZ"], rel=1e-8)
    assert done.accessions[0].members == pytest.approx({"KAZ": both["KAZ"]}, rel=1e-8)


def test_blocs_of_ones_own_are_known_to_every_step(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("bloc,code,joined,left\nSTEPPE,KAZ,2000-01-01,\nSTEPPE,MNG,2000-01-01,\n")
    named = stable(terms("STEPPE"), players="KAZ,KGZ,UZB", outsiders="MNG", blocs_file=file)
    plain = stable(terms(["KAZ", "MNG"]), players="KAZ,KGZ,UZB", outsiders="MNG")
    assert named.own == plain.own
    assert named.joining == plain.joining
    assert join(terms("STEPPE"), players="KAZ", candidates="MNG", blocs_file=file).order() == (
        "MNG",
    )


def test_what_of_a_scenario_a_group_carries_out() -> None:
    world, blocs = library.world(), load_blocs()
    scenario = terms(["MNG", "KGZ", "KAZ"])
    cost, productivity = among(scenario, ["KGZ", "MNG"], world, blocs).changes
    assert cost.among == ["KGZ", "MNG"]  # type: ignore[union-attr]
    assert productivity.economies == ["KGZ", "MNG"]  # type: ignore[union-attr]
    assert [c.kind for c in among(scenario, ["KAZ"], world, blocs).changes] == ["productivity"]
    assert among(scenario, ["RUS"], world, blocs).changes == ()
    one_way = {"kind": "tariff", "exporters": "KAZ", "importers": "KGZ", "rate": 0.1}
    odd = parse({"on": "2025-09-01", "change": [one_way]})
    with pytest.raises(DataError, match=r"change 1 \(tariff\) is not among a group"):
        among(odd, ["KAZ", "KGZ"], world, blocs)


def made_up(**figures: Any) -> Stability:
    """Two members of income 1,000 and 4,000 and one outsider of income 2,000."""
    defaults: dict[str, Any] = {
        "own": {"A": 1.0, "B": 1.0},
        "leaving": {"A": -1.0, "B": -1.0},
        "joining": {"C": -1.0},
        "joining_members": {"C": 0.0},
        "surplus": 2.0,
        "objections": None,
        "income": {"A": 1000.0, "B": 4000.0, "C": 2000.0},
    }
    return Stability(terms(), library.world(), ("A", "B"), **(defaults | figures))


def below(x: float) -> float:
    return float(np.nextafter(x, 0.0))


def test_who_leaves_gains_as_much_as_counts() -> None:
    at = {"A": 1000.0 * UNMOVED, "B": 4000.0 * UNMOVED}
    assert made_up(leaving=at).leavers == ("B", "A")  # the larger gain first
    assert made_up(leaving={"A": below(at["A"]), "B": 0.0}).leavers == ()
    assert made_up(leaving={"A": -1.0, "B": 1.0}).leavers == ("B",)
    assert made_up(joining={"C": 2000.0 * UNMOVED}).joiners == ("C",)
    assert made_up(joining={"C": below(2000.0 * UNMOVED)}).joiners == ()
    said = made_up(leaving=at, joining={"C": 1.0}).to_json()
    assert (said["internally_stable"], said["externally_stable"]) == (False, False)
    said = made_up().to_json()
    assert (said["internally_stable"], said["externally_stable"]) == (True, True)


def test_transfers_keep_everybody_in_unless_as_much_is_missing_as_counts() -> None:
    """Rounding noise is no lack: a group that nobody leaves can be kept together."""
    missing = 5000.0 * UNMOVED
    assert made_up(surplus=0.0).potentially_stable
    assert made_up(surplus=-1e-9).potentially_stable
    assert made_up(surplus=-below(missing)).potentially_stable
    assert not made_up(surplus=-missing).potentially_stable
    assert made_up(surplus=-1e-9).to_json()["potentially_stable"] is True


def test_every_coalition_is_asked_up_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"players": "KAZ,KGZ,UZB", "outsiders": "MNG"}
    monkeypatch.setattr(membership, "MOST_FOR_CORE", 3)
    assert stable(terms(), **asked).objections is not None
    monkeypatch.setattr(membership, "MOST_FOR_CORE", 4)
    assert stable(terms(), **asked).objections is not None
    monkeypatch.setattr(membership, "MOST_FOR_CORE", 2)
    assert stable(terms(), **asked).objections is None


def test_objections_are_those_of_the_game_of_own_gains() -> None:
    """Without productivity nobody has more alone; where C would, the excess is told."""
    done = stable(terms(), players="KAZ,KGZ,UZB", outsiders="MNG")
    problem = prepare(library.world(), terms(), MEMBERS, sort=False)
    values = compute.compute(problem).values
    own = np.array([done.own[c] for c in MEMBERS])
    excess = {m: values[m] - sum(own[k] for k in range(3) if m >> k & 1) for m in range(1, 7)}
    assert (max(excess.values()) > 0) == bool(done.objections)


def test_candidates_up_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert membership.MOST_CANDIDATES <= 17  # 2^17 full worlds take seconds
    monkeypatch.setattr(membership, "MOST_CANDIDATES", 2)
    two = join(terms(), players="KAZ,KGZ,UZB", candidates="MNG,RUS,KAZ")  # a member is not asked
    assert two.candidates == ("MNG", "RUS")
    for names, count in (("MNG,RUS,BLR", 3), ("KAZ,KGZ", 0)):
        with pytest.raises(DataError, match=f"--candidates: {count} that are not members already"):
            join(terms(), players="KAZ,KGZ,UZB", candidates=names)


def test_partners_are_those_of_the_bloc_on_that_day() -> None:
    eaeu = parse(
        {
            "on": "2025-09-01",
            "change": [{"kind": "trade-cost", "among": "EAEU", "percent": -5.0}],
        }
    )
    done = join(eaeu, candidates="Partners")
    bloc = load_blocs()["EAEU"]
    assert set(done.candidates) == {"MDA", "UZB", "IRN"}
    assert "CUB" in bloc.partners(dt.date(2025, 9, 1))  # which the world does not have
    assert set(done.members) == set(bloc.members(dt.date(2025, 9, 1)))
    with pytest.raises(DataError, match="the scenario names no bloc"):
        join(terms(), candidates="partners")
    early = replace(eaeu, on=dt.date(2015, 6, 1))
    with pytest.raises(DataError, match="EAEU has none on 2015-06-01"):
        join(early, candidates="partners")


@pytest.mark.parametrize("name", ["EAEU", "eaeu"])
def test_partners_are_of_the_first_bloc_named_in_any_case_and_all_is_none(name: str) -> None:
    """Changes among all, and among codes, come before it."""
    cut = {"kind": "trade-cost", "percent": -5.0}
    groups = ["all", ["KAZ", "KGZ"], name, "SCO"]
    given = parse({"on": "2025-09-01", "change": [cut | {"among": one} for one in groups]})
    blocs = load_blocs()
    world: Any = SimpleNamespace(index={"UZB": 0, "KAZ": 1, "IRN": 2, "IND": 3})
    code, partners = membership._partners(given, world, None, blocs)
    assert code == "EAEU"
    assert set(partners.split(",")) == {"UZB", "IRN"}


def test_members_are_not_asked_whether_they_would_join() -> None:
    with pytest.raises(DataError, match="--outsiders: KAZ are members already"):
        stable(terms(), players="KAZ,KGZ", outsiders="KAZ,MNG")


def test_who_is_named_as_blocking_is_one_who_loses() -> None:
    """A large member that is unmoved is not named for a small one that loses."""
    gains = np.array([[0.0, 0.0, 0.0], [5.0, -100.0, -3.0]])  # candidate, large, small
    found = growth(gains, 1, tolerance=np.array([0.1, 500.0, 0.1]))
    assert (found.order, found.blocked) == ((), ((0, 2),))
    assert growth(gains, 1).blocked == ((0, 1),)


def test_the_largest_gain_through_an_open_door_is_by_money_and_ties_go_by_order() -> None:
    gains = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [2, 2, -9]], dtype=float)
    assert growth(gains, 2).open_door == (0, 1)
    assert growth(gains, 2, tolerance=np.array([1.5, 0.0, 0.0])).open_door == (1, 0)


def test_tables_of_the_command_line_hold_the_figures_of_the_json(winset: Any) -> None:
    asked = ("sco-2025", "--players", "EAEU", "--outsiders", "MNG,UZB")
    plain, said = winset("stable", *asked, "--json").json, winset("stable", *asked).out
    for code in plain["members"]:
        line = next(row for row in said.splitlines() if row.startswith(f"{code} "))
        assert f"{plain['own_gain_musd'][code]:+,.0f}" in line
        assert f"{plain['leaving_musd'][code]:+,.0f}".replace("-", "−") in line
    joins = [c for c, gain in plain["joining_musd"].items() if gain > 0]
    assert f"{len(joins)} of 2 outsiders would gain by joining." in said
    assert "Nobody gains by leaving." in said
    assert f"kept in: {plain['transfer_surplus_musd']:+,.0f} USD million are left" in " ".join(
        said.split()
    )
    asked = ("sco-2025", "--players", "EAEU", "--candidates", "MNG,UZB")
    plain, said = winset("join", *asked, "--json").json, winset("join", *asked).out
    for a in plain["accessions"]:
        line = next(row for row in said.splitlines() if row.startswith(f"{a['candidate']} "))
        worst = min(a["members_musd"], key=lambda code: a["members_musd"][code])
        assert f"{a['itself_musd']:+,.0f}" in line
        assert f"{sum(a['members_musd'].values()):+,.0f}" in line
        assert f" {worst} " in line
        assert number(a["members_musd"][worst], 1) in line
        assert number(a["rest_musd"], 0) in line
