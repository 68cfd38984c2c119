"""Common goods: closed forms against own best answers, all coalitions, rules, and what is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from winset.contribution import sizes, wealth
from winset.contribution.center import Center, best_answer, ces, least_cost, play
from winset.contribution.every_coalition import COUNTED, coalitions
from winset.contribution.reading import bundled_centers, read_center
from winset.contribution.spillovers import productivity
from winset.errors import DataError, InfeasibleError
from winset.studies import center_figures, joint_program
from winset.studies.common_goods import CommonGood, common
from winset.studies.cost_rules import lindahl_payments, match_of
from winset.studies.shared_costs import costs
from winset.worlds import world

if TYPE_CHECKING:
    from pathlib import Path

    from winset.numbers import Array

N = 6
RNG = np.random.default_rng(7)
B, C = RNG.uniform(0.5, 2, N), RNG.uniform(0.5, 2, N)
VARIANTS: dict[str, dict[str, Any]] = {
    "sum": {},
    "sum quadratic": {"form": "quadratic", "satiation": 7.0},
    "leader": {"form": "quadratic", "timing": "leader", "satiation": 3.0},
    "weakest": {"kind": "weakest-link"},
    "weakest quadratic": {"kind": "weakest-link", "form": "quadratic", "satiation": 5.0},
    "best": {"kind": "best-shot"},
    "best quadratic": {"kind": "best-shot", "form": "quadratic"},
    "ces 0.5": {"kind": "ces", "rho": 0.5},
    "ces -2": {"kind": "ces", "rho": -2.0, "form": "quadratic", "satiation": 4.0},
    "ces 1.5": {"kind": "ces", "rho": 1.5},
    "ces 3": {"kind": "ces", "rho": 3.0},
    "threshold": {"kind": "threshold", "threshold": 3.0},
    "bounded": {"kind": "threshold", "threshold": 3.0, "capacity": RNG.uniform(0.3, 2, N)},
    "network": {"kind": "network", "weights": RNG.uniform(0, 1, (N, N))},
}
MARGINAL = [name for name in VARIANTS if name not in ("threshold", "bounded")]


def center(name: str, **changes: Any) -> Center:
    asked = {"members": tuple("ABCDEF"), "benefit": B, "cost": C} | VARIANTS[name] | changes
    return Center(**asked)


def group(*positions: int) -> list[bool]:
    return [k in positions for k in range(N)]


@pytest.mark.parametrize("name", [n for n in MARGINAL if "weakest" not in n])
def test_nobody_alone_gains_by_giving_otherwise(name: str) -> None:
    made = center(name)
    found = play(made, group())
    for k in range(N):
        other = best_answer(made, k, found.efforts)
        tried = found.efforts.copy()
        tried[k] = other
        gain = made.outcome(tried).payoffs[k] - found.payoffs[k]
        assert gain <= 1e-9 * abs(found.payoffs).max(), (k, other)


@pytest.mark.parametrize("name", ["sum quadratic", "ces 0.5", "ces -2", "network"])
def test_a_coalition_gives_what_is_best_for_its_members_together(name: str) -> None:
    made, inside = center(name), np.array(group(0, 2, 3))
    found = play(made, inside)

    def loss(own: Array) -> float:
        efforts = found.efforts.copy()
        efforts[inside] = own
        return -float(made.outcome(efforts).payoffs[inside].sum())

    best = minimize(loss, found.efforts[inside] * 0.7, bounds=[(1e-9, None)] * 3, tol=1e-14)
    assert loss(found.efforts[inside]) <= best.fun + 1e-9 * abs(best.fun)
    assert found.efforts[inside] == pytest.approx(best.x, rel=1e-3)


def test_a_coalition_that_moves_first_counts_on_the_answers_of_the_others() -> None:
    made = center("leader")
    inside = np.array(group(1, 2, 4))
    found = play(made, inside)
    out = ~inside

    def together(scale: float) -> float:
        own = np.where(inside, found.efforts * scale, 0.0)
        rest = float((B / C)[out].sum())
        level = (own.sum() + made.satiation * rest) / (1.0 + rest)
        efforts = own + np.where(out, B / C * (made.satiation - level), 0.0)
        return float(made.outcome(efforts).payoffs[inside].sum())

    best = minimize_scalar(lambda s: -together(s), bounds=(0.5, 2.0), method="bounded")
    assert best.x == pytest.approx(1.0, abs=1e-4)
    assert together(1.0) == pytest.approx(float(found.payoffs[inside].sum()), rel=1e-12)


def test_the_ces_has_its_limits() -> None:
    g = np.array([0.3, 1.7, 2.2])
    assert ces(g, 1.0) == pytest.approx(4.2, abs=1e-14)
    assert ces(g, -1e5) == pytest.approx(0.3, rel=1e-4)
    assert ces(g, 1e5) == pytest.approx(2.2, rel=1e-4)
    assert ces(np.array([0.0, 1.0]), -1.0) == 0.0
    everybody = [True] * N
    for rho, limit, rel in ((1.0, "sum", 1e-12), (-1e6, "weakest", 1e-5), (1.99999, "best", 1e-3)):
        near = play(center("ces 0.5", rho=rho), everybody)
        there = play(center(limit), everybody)
        assert near.level[0] == pytest.approx(there.level[0], rel=rel)
        assert near.costs.sum() == pytest.approx(there.costs.sum(), rel=max(rel, 1e-4))
    beyond = play(center("ces 3"), everybody)
    assert beyond.efforts == pytest.approx(play(center("best"), everybody).efforts)


def test_closed_forms_of_linear_benefits() -> None:
    made = center("sum")
    alone, together = play(made, group()), play(made, [True] * N)
    assert alone.efforts == pytest.approx(B / C, rel=1e-14)
    assert together.efforts == pytest.approx(B.sum() / C, rel=1e-14)
    assert alone.level[0] == pytest.approx((B / C).sum(), rel=1e-14)
    weakest = play(center("weakest"), [True] * N)
    assert weakest.level[0] == pytest.approx(B.sum() / C.sum(), rel=1e-14)
    assert play(center("weakest"), group()).level[0] == pytest.approx((B / C).min(), rel=1e-14)
    shot = play(center("best"), [True] * N)
    assert np.flatnonzero(shot.efforts).tolist() == [int(np.argmin(C))]
    assert shot.level[0] == pytest.approx(B.sum() / C.min(), rel=1e-14)


def test_identical_members_are_treated_alike() -> None:
    for name in ("sum quadratic", "ces 0.5", "weakest"):
        made = center(name, benefit=np.full(N, 1.3), cost=np.full(N, 0.7))
        assert made.identical
        for coalition in (group(), [True] * N):
            assert np.ptp(play(made, coalition).efforts) <= 1e-12


def test_the_great_are_exploited_where_efforts_add_up_and_the_small_where_the_weakest_counts() -> (
    None
):
    """Olson and Zeckhauser's ranking, and its reversal; costs alike, benefits not."""
    order = np.linspace(1.0, 3.0, N)
    for name, sign in (("sum quadratic", 1), ("weakest quadratic", -1)):
        found = play(center(name, benefit=order, cost=np.ones(N)), group())
        burden = found.costs / found.benefits
        assert (sign * np.diff(burden) > 0).all()


def test_a_transfer_among_those_who_give_changes_nothing() -> None:
    w, a = np.array([30.0, 20.0, 25.0, 1.0]), np.array([0.3, 0.4, 0.35, 0.2])
    before = wealth.alone(w, a)
    assert (before.given[:3] > 0).all()
    assert before.given[3] == 0.0
    moved = wealth.alone(w + np.array([2.0, -1.5, -0.5, 0.0]), a)
    assert moved.level == pytest.approx(before.level, rel=1e-14)
    assert moved.kept == pytest.approx(before.kept, rel=1e-14)
    assert moved.given - before.given == pytest.approx([2.0, -1.5, -0.5, 0.0], abs=1e-13)
    beyond = wealth.alone(w + np.array([0.9, 0.0, 0.0, -0.9]), a)  # from one who gives nothing
    assert beyond.level > before.level + 1e-3


def test_each_gives_what_is_best_for_itself_of_its_income() -> None:
    w, a = np.array([30.0, 20.0, 9.0]), np.array([0.3, 0.4, 0.35])
    found = wealth.alone(w, a)
    for k in range(3):
        rest = found.level - found.given[k]

        def loss(g: float, k: int = k, rest: float = rest) -> float:
            return -((w[k] - g) ** (1 - a[k]) * (rest + g) ** a[k])

        best = minimize_scalar(loss, bounds=(0, w[k] - 1e-9), method="bounded")
        assert loss(found.given[k]) <= best.fun + 1e-9
    fair = wealth.lindahl(w, a)
    assert fair.price.sum() == pytest.approx(1.0, abs=1e-14)
    assert fair.level == pytest.approx(fair.given.sum(), abs=1e-12)
    assert fair.given == pytest.approx(fair.price * fair.level, abs=1e-12)
    with pytest.raises(DataError, match="between 0 and 1"):
        wealth.alone([1.0], [1.0])
    with pytest.raises(DataError, match="zero or more"):
        wealth.alone([-1.0, 2.0], [0.5, 0.5])


def one_by_one(made: Center) -> tuple[Array, Array, Array]:
    """Gains, counts and best sums, straight from `play`."""
    full = 1 << N
    u = np.array([play(made, [bool(m >> k & 1) for k in range(N)]).payoffs for m in range(full)])
    gains, counts = np.zeros(full), np.zeros((N + 1, 6), dtype=int)
    welfare = np.full((N + 1, 4), -np.inf)
    slack = 1e-11 * max(1.0, np.abs(u).max())
    for m in range(full):
        inside = [k for k in range(N) if m >> k & 1]
        size = len(inside)
        if size > 1:
            gains[m] = sum(u[m, k] - u[0, k] for k in inside)
        holds = all(u[m ^ (1 << k), k] <= u[m, k] + slack for k in inside)
        waits = all(u[m ^ (1 << k), k] <= u[m, k] + slack for k in range(N) if k not in inside)
        gains_some = gains[m] > slack
        paid = sum(u[m, k] - u[m ^ (1 << k), k] for k in inside) >= -slack and gains_some
        nobody_loses = gains_some and all(u[m, k] >= u[0, k] - slack for k in inside)
        stable = holds and waits and gains_some
        counts[size] += [1, holds, waits, stable, paid, nobody_loses]
        for place, flag in enumerate((True, stable, paid, nobody_loses)):
            if flag:
                welfare[size, place] = max(welfare[size, place], u[m].sum())
    return gains, counts, welfare


@pytest.mark.parametrize("name", VARIANTS)
def test_all_coalitions_are_those_of_the_closed_forms_one_by_one(name: str) -> None:
    made = center(name)
    found = coalitions(made)
    gains, counts, welfare = one_by_one(made)
    assert found.gains == pytest.approx(gains, rel=1e-11, abs=1e-11)
    assert found.counts.tolist() == counts.tolist()
    assert np.nan_to_num(found.welfare, neginf=0) == pytest.approx(
        np.nan_to_num(welfare, neginf=0), rel=1e-11
    )
    for size in range(2, N + 1):
        mask = int(found.best[size, 0])
        assert mask.bit_count() == size
        total = play(made, [bool(mask >> k & 1) for k in range(N)]).payoffs.sum()
        assert total == pytest.approx(found.welfare[size, 0], rel=1e-11)


@pytest.mark.parametrize("n", [10, 27])
def test_three_hold_where_benefits_are_linear(n: int) -> None:
    for b, c in ((1.0, 1.0), (0.2, 7.0)):
        found = sizes.by_size(n, benefit=b, cost=c)
        assert max(found.stable) == 3
        k = np.arange(2.0, n + 1)
        closed = -(b**2) / (2 * c) * (k - 1) * (k - 3)
        assert found.inside[2:] - found.outside[1:-1] == pytest.approx(closed, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "cost", "timing", "stable"),
    [
        (10, 0.25, "leader", 4), (10, 0.01, "leader", 10), (10, 2.5, "leader", 3),
        (10, 0.25, "nash", 1), (27, 0.25, "leader", 5), (27, 25.0, "leader", 2),
        (27, 0.25, "nash", 1), (27, 0.01, "leader", 22),
    ],
)  # fmt: skip
def test_sizes_that_hold_with_quadratic_benefits(
    n: int, cost: float, timing: Any, stable: int
) -> None:
    """Each one's benefit is 1/n, as in the games of a shared atmosphere."""
    found = sizes.by_size(
        n, benefit=1 / n, cost=cost, form="quadratic", timing=timing, satiation=100.0
    )
    assert found.stable == (stable,)
    for k in range(1, n + 1):  # by hand: who leaves, who joins
        holds = k == 1 or found.inside[k] >= found.outside[k - 1]
        waits = k == n or found.outside[k] >= found.inside[k + 1]
        assert (holds and waits) == (k == stable)


@pytest.mark.parametrize("timing", ["nash", "leader"])
def test_sizes_are_those_of_all_coalitions(timing: Any) -> None:
    n = 8
    made = Center(
        tuple("ABCDEFGH"), np.full(n, 0.125), np.full(n, 0.25),
        form="quadratic", timing=timing, satiation=100.0,
    )  # fmt: skip
    found = coalitions(made)
    known = sizes.by_size(
        n, benefit=0.125, cost=0.25, form="quadratic", timing=timing, satiation=100.0
    )
    held = [k for k in range(2, n + 1) if found.counts[k, COUNTED.index("stable")]]
    assert held == [k for k in known.stable if k > 1]
    assert found.welfare[2:, 0] == pytest.approx(known.together[2:], rel=1e-11)
    assert known.farsighted[0] == 1
    with pytest.raises(DataError, match="above zero"):
        sizes.by_size(1, benefit=1.0, cost=1.0)


@pytest.mark.parametrize("name", MARGINAL)
def test_lindahls_payments_sum_to_the_costs_and_leave_each_its_own_best_level(name: str) -> None:
    made = replace(center(name), timing="nash")
    together = play(made, [True] * N)
    paid = lindahl_payments(made, together)
    assert paid is not None
    assert paid.sum() == pytest.approx(together.costs.sum(), rel=1e-10)


@pytest.mark.parametrize("name", [n for n in MARGINAL if "weakest" not in n])
def test_with_the_match_each_gives_by_itself_what_is_best_for_all(name: str) -> None:
    made = replace(center(name), timing="nash")
    match = match_of(made)
    assert match is not None
    helped = replace(made, cost=made.cost * (1.0 - match))
    assert play(helped, group()).efforts == pytest.approx(play(made, [True] * N).efforts, rel=1e-10)


def test_charges_and_grants_of_the_weakest_link_cancel_out() -> None:
    made = center("weakest quadratic")
    match = match_of(made)
    together = play(made, [True] * N)
    assert match is not None
    assert (match * together.costs).sum() == pytest.approx(0.0, abs=1e-12)
    helped = replace(made, cost=made.cost * (1.0 - match))
    assert play(helped, group()).level == pytest.approx(together.level, rel=1e-12)


def test_a_threshold_is_reached_at_least_cost() -> None:
    made = center("bounded")
    efforts, cost = least_cost(made, np.ones(N, dtype=bool))
    assert efforts.sum() == pytest.approx(3.0, abs=1e-14)
    assert (efforts <= made.capacity + 1e-14).all()
    free = efforts < made.capacity - 1e-12
    assert np.ptp((made.cost * efforts)[free]) <= 1e-12
    assert cost == pytest.approx(float((made.cost * efforts**2).sum() / 2))
    with pytest.raises(InfeasibleError, match=r"can give 3 together: 2 are missing"):
        center("threshold", threshold=5.0, capacity=np.full(N, 0.5))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"benefit": B * [1, 1, -1, 1, 1, 1]}, "benefit of C is -"),
        ({"cost": np.zeros(N)}, "cost of A is 0"),
        ({"capacity": np.zeros(N)}, "capacity of A is 0"),
        ({"capacity": np.ones(N)}, "capacities are for kind = threshold"),
        ({"members": tuple("AACDEF")}, "named twice"),
        ({"kind": "ces", "rho": 0.001}, "near 0"),
        ({"kind": "weakest-link", "timing": "leader"}, "timing = leader"),
        ({"kind": "network"}, "needs weights"),
        ({"kind": "network", "weights": np.eye(N)}, "out of reach"),
        ({"kind": "network", "weights": np.ones((N, N)), "form": "quadratic"}, "form = linear"),
        ({"form": "quadratic", "satiation": -1.0}, "satiation is -1"),
    ],
)
def test_what_has_no_meaning_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as refused:
        center("sum", **changes)
    assert said in str(refused.value)


def test_31_members_are_too_many() -> None:
    names = tuple(f"m{k}" for k in range(31))
    with pytest.raises(DataError, match=r"31 members have 2\^31 coalitions"):
        Center(names, np.ones(31), np.ones(31))


# --- files ---


ROUTE = '[[route]]\nstart = "a"\nend = "b"\n'
FLOW = '[routes]\nproblem = "max-flow"\n'
TOTALS = "[cost]\ntotal = 1.0\n[benefit]\ntotal = 2.0\n"
HEAD = 'title = "A center"\n[technology]\nkind = "sum"\n'
PAIR = (
    '[[member]]\ncode = "A"\nbenefit = [1.0, 3.0]\ncost = 1.0\n'
    '[[member]]\ncode = "B"\nbenefit = 1.0\ncost = 2.0\n'
)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "center.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_center_from_a_file(winset: Any, tmp_path: Path) -> None:
    done = winset("common", write(tmp_path, HEAD + PAIR), "--json").json
    assert [m["effort_alone"] for m in done["members"]] == [2.0, 0.5]
    assert [m["effort_together"] for m in done["members"]] == [3.0, 1.5]
    assert done["gain"] == pytest.approx(0.5 * 9 * 1.5 - (3 * 2.5 - 2 - 0.25))
    assert [row["case"] for row in done["ranges"]] == ["low", "middle", "high"]
    for rule in {row["rule"] for row in done["payments"]}:
        paid = [row["pays"] for row in done["payments"] if row["rule"] == rule]
        assert sum(paid) == pytest.approx(done["totals"][1]["costs"], rel=1e-9), rule
    assert done["stable_sizes"] is None
    assert winset("common", tmp_path / "center.toml", "--json").json == done


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + PAIR.replace("benefit = 1.0", "benefit = -1.0"), "line 10 (member 2): benefit of B is -1"),
        (HEAD + PAIR.replace("cost = 2.0", "cost = 0.0"), "cost of B is 0"),
        (HEAD + PAIR + "income = -3.0\n", "line 12 (member 2): income of B is -3"),
        (HEAD + PAIR + "share = 1.0\n", "share of B is 1; it must be between 0 and 1"),
        (HEAD + PAIR.replace("[1.0, 3.0]", "[3.0, 1.0]"), "a lower and an upper end"),
        (HEAD.replace('"sum"', '"summ"') + PAIR, "Did you mean sum?"),
        (HEAD + "rho = 0.5\n" + PAIR, "rho belongs to kind = 'ces'"),
        (HEAD.replace('"sum"', '"threshold"') + PAIR, "threshold is missing"),
        (
            HEAD.replace('"sum"', '"threshold"') + "threshold = 9.0\n"
            + PAIR.replace("cost", "capacity = 2.0\ncost"),
            "all members can give 4 together: 5 are missing",
        ),
        (
            HEAD.replace('"sum"', '"network"') + "weights = [[1.0, 0.0], [0.0, 1.0]]\n" + PAIR,
            "out of reach",
        ),
        (HEAD + PAIR + "[benefit]\ntotal = 3.0\n", "Keep one way"),
        (HEAD + "colour = 1\n" + PAIR, "unknown key 'colour'"),
        (HEAD, "no members"),
        (HEAD + PAIR + ROUTE, "[routes] is missing"),
        (
            HEAD + PAIR + FLOW + ROUTE + "capacity = 0.0\n",
            "capacity = 0.0 is wrong",
        ),
        (HEAD + PAIR + FLOW + ROUTE, "no node 'Start'"),
        (
            'members = "CHN,KAZ"\n' + HEAD + '[benefit]\ntotal = -2.0\n[cost]\ntotal = 1.0\n',
            "total = -2",
        ),
        (
            'members = "CHN,AFG"\n' + HEAD + TOTALS + 'proxy = "research"\n',
            "no figure of research for AFG",
        ),
    ],
)  # fmt: skip
def test_what_a_file_cannot_say(winset: Any, tmp_path: Path, text: str, said: str) -> None:
    done = winset("common", write(tmp_path, text))
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_airport_costs_shared_as_a_center(winset: Any, tmp_path: Path) -> None:
    """Littlechild & Owen: each piece of the runway is paid by those who need it, in equal parts."""
    need = {"a": 3.0, "b": 7.5, "c": 8.25, "d": 20.0, "e": 20.0}
    text = 'title = "Runway"\n[technology]\nkind = "facility"\n'
    text += "".join(f'[[member]]\ncode = "{k}"\nneed = {v}\n' for k, v in need.items())
    done = winset("common", write(tmp_path, text), "--json").json
    paid, before = {}, 0.0
    share = 0.0
    for at, (name, cost) in enumerate(need.items()):
        share += (cost - before) / (len(need) - at)
        paid[name], before = share, cost
    for name, amount in paid.items():
        assert done["shapley"][name] == pytest.approx(amount, abs=1e-12)
    assert sum(done["shapley"].values()) == pytest.approx(20.0, abs=1e-12)
    assert sum(m["pays_nucleolus"] for m in done["members"]) == pytest.approx(20.0, abs=1e-9)
    assert costs(tuple(need), np.array(list(need.values())))["ab"] == -7.5
    refused = winset("common", write(tmp_path, text.replace("need = 3.0\n", "")))
    assert refused.code == 2
    assert "no need of a" in refused.err


def test_incomes_from_a_file(winset: Any, tmp_path: Path) -> None:
    text = '[technology]\nkind = "wealth"\n' + "".join(
        f'[[member]]\ncode = "{c}"\nincome = {w}\nshare = 0.5\n' for c, w in (("A", 12), ("B", 8))
    ).replace("income = 12", "income = 12.0").replace("income = 8", "income = 8.0")
    done = winset("common", write(tmp_path, text), "--json").json
    assert done["level_alone"] == pytest.approx(20 / 3)
    assert done["level_lindahl"] == pytest.approx(10.0)
    moved = winset(
        "common",
        write(tmp_path, text.replace("= 12.0", "= 11.0").replace("= 8.0", "= 9.0")),
        "--json",
    ).json
    assert moved["level_alone"] == pytest.approx(done["level_alone"], rel=1e-14)
    for a, b in zip(moved["members"], done["members"], strict=True):
        assert a["kept_alone"] == pytest.approx(b["kept_alone"], rel=1e-14)


@pytest.mark.parametrize("name", bundled_centers())
def test_bundled_centers_say_that_they_are_illustrative(name: str) -> None:
    done = common(name)
    assert isinstance(done.center, CommonGood)
    said = done.to_json()
    assert said["illustrative"] is True
    assert {m["code"] for m in said["members"]} == set(
        "BLR CHN IND IRN KAZ KGZ PAK RUS TJK UZB".split()
    )
    assert said["gain"] > 0
    assert {s["figure"] for s in said["sources"]} == {"benefit", "cost"}
    assert all("assumption" in s["source"] for s in said["sources"])


def test_a_page_has_the_charts_and_the_figures(winset: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = winset("common", "anti-drug", "--report", page)
    assert done.code == 0
    text = page.read_text(encoding="utf-8")
    for said in ("Who pays what", "How one answers", "Which coalitions hold", "assumption"):
        assert said in text
    assert text.count("<svg") >= 8
    listed = winset("common").out
    assert all(name in listed for name in bundled_centers())


# --- spillovers ---


def test_productivity_follows_research() -> None:
    m = np.array([[0.0, 0.6, 0.4], [0.5, 0.0, 0.5], [1.0, 0.0, 0.0]])
    doubled = np.full(3, 2.0)
    assert productivity(doubled, m, own=0.0, foreign=0.0).tolist() == [1.0, 1.0, 1.0]
    assert productivity(doubled, m, own=1.0, foreign=0.0) == pytest.approx(2.0, rel=1e-15)
    assert productivity(doubled, m, own=0.0, foreign=1.0) == pytest.approx(2.0, rel=1e-15)
    only = productivity(np.array([1.0, 2.0, 1.0]), m, own=0.1, foreign=0.2)
    assert only == pytest.approx([2**0.12, 2**0.1, 1.0], rel=1e-14)
    for bad in (np.array([0.0, 1.0, 1.0]), np.array([-1.0, 1.0, 1.0])):
        with pytest.raises(DataError, match="positive factors"):
            productivity(bad, m, own=0.1, foreign=0.1)


def test_no_elasticity_is_no_change_and_a_gain_is_that_of_the_run(
    winset: Any, tmp_path: Path
) -> None:
    codes = ("KAZ", "KGZ")
    assert not joint_program.gains_of("world-2023-free", codes, np.ones(2)).any()
    gains = joint_program.gains_of("world-2023-free", codes, np.array([1.01, 1.0]))
    scenario = tmp_path / "more.toml"
    scenario.write_text(
        'world = "world-2023-free"\n[[change]]\nkind = "productivity"\neconomies = ["KAZ"]\nfactor = 1.01\n'
    )
    run = winset("run", scenario, "--json").json
    known = {row["code"]: row["welfare_musd"] for row in run["economies"]}
    at = world("world-2023-free").index
    assert gains[at["KAZ"]] == pytest.approx(known["KAZ"], rel=1e-12)
    text = (
        'members = "KAZ,KGZ"\n' + HEAD + "[benefit]\ntotal = 2.0\n[cost]\ntotal = 1.0\n"
        "[spillover]\nprogram_musd = 50.0\nown = [0.0, 0.0, 0.1]\nforeign = [0.0, 0.0, 0.0]\n"
    )
    done = winset("common", write(tmp_path, text), "--json").json["program"]
    assert [row["gain_musd"] for row in done["members_gain"][:2]] == [0.0, 0.0]
    assert done["members_gain"][2]["gain_musd"] > 0
    assert all(row["own_return"] == 0.0 and row["alone_musd"] == 0.0 for row in done["economies"])
    refused = winset("common", write(tmp_path, text.replace("[0.0, 0.0, 0.1]", "[0.2, 0.1, 0.3]")))
    assert refused.code == 2
    assert "from low to high" in refused.err


def test_members_of_a_bloc_without_a_figure_are_left_out_with_a_word(winset: Any) -> None:
    """Western Sahara and São Tomé have no GDP here; who is named by code is refused instead."""
    plan = read_center("security-center")
    day = dt.date(2025, 9, 1)
    whole = center_figures.group(plan, "AfCFTA", on=day)
    assert {"ESH", "STP"} == set(whole.absent)
    assert len(whole.codes) == whole.to_json()["chosen"] - 2
    assert center_figures.group(plan, "ESH,KAZ", on=day).codes == ("ESH", "KAZ")
    few = winset("common", "security-center", "--members", "ESH,KAZ")
    assert few.err.startswith(
        "winset: centers/security-center.toml line 15 (benefit): no figure of gdp for ESH."
    )
