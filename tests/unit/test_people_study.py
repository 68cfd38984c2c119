"""Accounts of a group, scenarios of rules for people, promises: from the command line and by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from winset.errors import DataError
from winset.gravity.expectation import Coefficient
from winset.people.choice import move
from winset.people.records import Records, embedded
from winset.report import people_pages
from winset.scenario import Scenario
from winset.studies import people_gravity
from winset.studies.people import people
from winset.studies.people_costs import cost_sheet
from winset.studies.people_laying import bundled_people_scenarios, find_people_scenario
from winset.studies.people_scenario import people_scenario

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from winset.studies.people import PeopleStudy

ON = dt.date(2025, 9, 1)
SCHOLARSHIPS = (
    'kind = "scholarships"\nfrom = "KAZ,UZB"\nto = "RUS"\nnumber = 1000\ncost_usd = 5000\n'
)


def scenario(folder: Path, *changes: str, head: str = "") -> Path:
    path = folder / "own.toml"
    body = "\n".join(f"[[change]]\n{change}" for change in changes)
    path.write_text(f'title = "own"\non = 2025-09-01\n{head}\n{body}\n', "utf-8")
    return path


# --- accounts


@pytest.fixture(scope="module")
def study() -> PeopleStudy:
    return people("SCO", on=ON, of="students")


@pytest.fixture(scope="module")
def students(study: PeopleStudy) -> Any:
    return study.to_json()


def test_students_of_a_bloc(students: Any) -> None:
    (account,) = students["accounts"]
    assert (account["of"], account["year"]) == ("students", 2016)
    by = {side["code"]: side for side in account["members"]}
    assert by["CHN"]["from_abroad"] is None
    assert account["no_breakdown"] == [
        {"code": "CHN", "year": 2017, "from_abroad": 157108.0},
    ]
    known = {(c["origin"], c["destination"]): c for c in account["corridors"]}
    assert known["KAZ", "RUS"]["count"] == 69895
    missing = {(c["origin"], c["destination"]) for c in account["missing"]}
    assert ("KAZ", "CHN") in missing
    assert not missing & set(known)
    assert len(missing) + len(known) == 90
    for one in known.values():
        if one["tie"] is not None:
            low, high = one["expected_count_low"], one["expected_count_high"]
            assert low <= one["expected_count"] <= high
            said = "weaker" if one["count"] < low else "stronger" if one["count"] > high else None
            assert one["tie"] == (said or "as expected")
    side = by["KAZ"]
    assert side["balance"] == side["from_abroad"] - side["abroad"]
    inside = [c["count"] for c in known.values() if c["origin"] == "KAZ"]
    assert side["abroad_inside"] == sum(inside)
    assert side["abroad_concentration"] > (69895 / side["abroad"]) ** 2


def test_first_order_conditions_hold_by_origin_and_destination() -> None:
    """What is fitted adds up to what is there, by origin and by destination, to 1e-10."""
    found = people_gravity.people_gravity(embedded("students"), 2015)
    actual = np.where(found.pairs, found.actual, 0.0)
    for axis in (0, 1):
        there = found.pairs.any(axis=axis)
        sums = found.found.expected.sum(axis=axis)[there], actual.sum(axis=axis)[there]
        assert sums[0] == pytest.approx(sums[1], rel=1e-10)
    slopes = {c.name: c for c in found.found.coefficients}
    assert slopes["ln_distance"].estimate < 0 < slopes["ln_past"].estimate
    left = actual - found.found.expected
    for name, z in people_gravity.regressors(found.codes).items():
        assert abs((z * left)[found.pairs].sum()) < 1e-8 * np.abs(z * actual).sum(), name


def test_a_table_of_ones_own_is_accounted_for(tmp_path: Path, winset: Any) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        "origin,destination,year,persons\nKAZ,RUS,2015,10\nKAZ,RUS,2020,30\nRUS,KAZ,2020,0\n"
    )
    said = winset("people", "KAZ,RUS", "--data", own, "--on", ON, "--json").json
    (account,) = said["accounts"]
    assert account["gravity"] is None
    assert any("gravity takes at least 10 origins" in note for note in account["notes"])
    assert {(c["origin"], c["count"]) for c in account["corridors"]} == {
        ("KAZ", 30.0),
        ("RUS", 0.0),
    }
    assert account["members"][0]["abroad_growth_percent"] == 200.0
    hosts = tmp_path / "hosts.csv"
    hosts.write_text("destination,total\nRUS,29\n")
    refused = winset("people", "KAZ,RUS", "--data", own, "--of", "migrants", "--hosts", hosts)
    assert (refused.code, refused.out) == (2, "")
    assert "below the 30 who are there by origin" in refused.err


def test_pairs_without_anybody_in_their_row_or_column_are_not_observed() -> None:
    actual = np.array([[np.nan, 1.0, 0.0], [0.0, np.nan, 0.0], [2.0, 3.0, np.nan]])
    pairs = people_gravity.observed(actual)
    assert not pairs[1].any()  # nobody goes
    assert not pairs[:, 2].any()  # nobody comes
    assert pairs[[0, 2, 2], [1, 0, 1]].all()


def test_being_in_a_group_is_told_apart_from_the_union(monkeypatch: pytest.MonkeyPatch) -> None:
    """Works made by gravity with a known effect of each: both are found again."""
    codes = tuple("CHN RUS KAZ UZB IND PAK DEU FRA ITA ESP POL NLD USA JPN BRA ZAF AUS CAN".split())
    members, n = codes[:6], len(codes)
    rng = np.random.default_rng(2)
    size = rng.normal(4.0, 1.0, n)
    inside = np.array([c in members for c in codes])
    union = np.array([c in codes[6:12] for c in codes])
    z = people_gravity.regressors(codes, with_visas=False)
    made = np.exp(
        size[:, None] + size[None, :] - 0.4 * (z["ln_distance"] - 8.0)
        + 0.7 * np.outer(inside, inside) + 0.3 * np.outer(union, union)
    )  # fmt: skip
    np.fill_diagonal(made, np.nan)
    works = Records("works", "made", codes, people_gravity.SNAPSHOTS, np.array([made] * 3))
    monkeypatch.setattr(people_gravity, "embedded", lambda _: works)
    for effect in people_gravity.science(members, ON):
        assert effect.bloc is not None
        assert effect.union is not None
        assert effect.bloc.estimate == pytest.approx(0.7, abs=1e-7)
        assert effect.union.estimate == pytest.approx(0.3, abs=1e-7)
        assert effect.at_union == pytest.approx(effect.works * np.exp(-0.4), rel=1e-6)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("SKO --on 2025-09-01", "'SKO' is neither a bloc nor"),
        ("SCO --of pupils", "--of pupils: it is migrants, students or works"),
        ("SCO --of students --year 1999", "students: no figures of 1999. Years: 2012"),
        ("SCO --year 2015", "go with one table. Add --of"),
        ("SCO --of students --blank zero", "--blank is about a table of your own"),
        ("SCO --draws 5", "--draws is about a scenario, not about a group"),
        ("SCO --costs x.csv", "--costs is about --promises"),
        ("SCO --promises --of students", "--of does not go with --promises"),
        ("sco-visa-free --forecast", "--forecast is about a group, not about a scenario"),
        ("sco-visa-free --totals half", "--totals half: it is open or closed"),
        ("sco-visa-free --draws 0", "--draws 0: a number from 1 to 10,000"),
        ("sco-visa-free --capacity held --draws 5000", "a number from 1 to 1,000"),
        ("sco-visa-free --capacity none.csv", "it is held, or a table of destination"),
        ("sco-visa-free --data none.csv", "Add --of migrants or students"),
        ("russia-scholarships --of migrants", "no change of the scenario is about them"),
        ("sco-2025", "changes no rule for people"),
        ("no-such.toml", "is no file. Examples: labor-agreement, russia-scholarships"),
        ("labor-agreement --set rate=3", "rate"),
        ("labor-agreement --set first_years=26", "first_years = 26 is more than years = 25"),
        ("IMO --promises", "no pledge of that group is bundled"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_said_at_once(winset: Any, line: str, said: str) -> None:
    refused = winset("people", *line.split())
    assert (refused.code, refused.out) == (2, ""), refused
    assert said in " ".join(refused.err.split())


# --- scenarios


def test_a_scenario_is_the_choice_of_its_factors_laid_by_hand(tmp_path: Path) -> None:
    """An effect of one's own, one corridor: what comes, from home and from elsewhere."""
    own = scenario(tmp_path, 'kind = "recognition"\nfrom = "KAZ"\nto = "RUS"\neffect = 0.25\n')
    done = people_scenario(own, draws=4).to_json()["outcomes"][0]
    table = embedded("students")
    here, at = np.nan_to_num(table.of(2016)), table.index
    k, r = at["KAZ"], at["RUS"]
    population = 20_330_104.0
    row = np.append(here[k], population - here[k].sum())[None, :]
    factor = np.ones_like(row)
    factor[0, r] = np.exp(0.25)
    change = (move(row, factor).people - row)[0]
    assert done["treated"]["before"] == 69895
    assert done["treated"]["change"] == pytest.approx(change[r], rel=1e-7)
    assert done["treated"]["low95"] == done["treated"]["high95"] == done["treated"]["change"]
    assert done["diversion"]["from_home"] == pytest.approx(-change[-1], rel=1e-7)
    gone = -(change[:-1].sum() - change[r])
    assert done["diversion"]["from_elsewhere"] == pytest.approx(gone, rel=1e-6)
    origin = done["origins"][0]
    assert (origin["code"], len(done["origins"])) == ("KAZ", 1)
    assert origin["per_thousand"] == pytest.approx(1000 * change[:-1].sum() / population, rel=1e-6)


def test_closed_totals_keep_everybody_abroad(tmp_path: Path) -> None:
    own = scenario(tmp_path, 'kind = "recognition"\nfrom = "KAZ"\nto = "RUS"\neffect = 0.25\n')
    done = people_scenario(own, totals="closed", draws=4).to_json()["outcomes"][0]
    assert not done["origins"]
    assert done["diversion"]["from_home"] == 0.0
    assert done["diversion"]["from_elsewhere"] == pytest.approx(done["treated"]["change"], rel=1e-6)


def test_hosts_that_are_full_take_nobody_more() -> None:
    held = people_scenario(bundled_people_scenarios()["sco-visa-free"],
                           of="students", capacity="held", totals="closed", draws=3)  # fmt: skip
    done = held.to_json()["outcomes"][0]
    assert not done["destinations"]  # every host has as many as before
    assert done["treated"]["change"] > 0  # but of other origins
    assert all(one["factor"] < 1.0 for one in done["admission"])


def test_scholarships_are_a_lower_price_and_bring_no_more_than_their_number(tmp_path: Path) -> None:
    done = people_scenario(scenario(tmp_path, SCHOLARSHIPS), draws=50).to_json()["outcomes"][0]
    table = embedded("students")
    going = sum(table.of(2016)[table.index[c], table.index["RUS"]] for c in ("KAZ", "UZB"))
    (one,) = done["scholarships"]
    assert one["price_cut"] == pytest.approx(1000 / going)
    # Nearly all stay at home, so that people go as the price falls: (1 − g)^−0.4 at the middle of 0 and 0.8.
    assert one["more_students"] == pytest.approx(going * ((1 - 1000 / going) ** -0.4 - 1), rel=0.01)
    assert one["to_those_who_come_anyway"] == pytest.approx(1 - one["more_students"] / 1000)
    assert one["cost_usd_a_year"] == 5e6
    assert one["usd_for_one_more_student"] == pytest.approx(5e6 / one["more_students"], rel=1e-6)
    assert 0 < done["treated"]["low95"] < done["treated"]["low80"] < one["more_students"]
    assert one["more_students"] < done["treated"]["high80"] < done["treated"]["high95"] < 1000
    many = scenario(tmp_path, SCHOLARSHIPS.replace("1000", "1000000"))
    flooded = people_scenario(many, draws=5).to_json()["outcomes"][0]
    assert flooded["treated"]["high95"] < 1_000_000
    money = scenario(tmp_path, SCHOLARSHIPS.replace("number = 1000", "budget_musd = 5.0"))
    same = people_scenario(money, draws=50).to_json()["outcomes"][0]
    assert same["treated"] == done["treated"]


def test_the_same_seed_the_same_figures_and_another_others() -> None:
    path = bundled_people_scenarios()["russia-scholarships"]
    one, same, other = (people_scenario(path, draws=9, seed=s).to_json() for s in (1, 1, 2))
    assert one == same
    assert other["outcomes"][0]["treated"] == pytest.approx(one["outcomes"][0]["treated"], rel=0.01)


def test_agreements_on_labor_are_known_by_corridor(tmp_path: Path) -> None:
    text = 'kind = "labor-agreement"\nfrom = "PAK,NGA"\nto = "ARE,DEU"\ngain = 2.0\nincome_usd = 100.0\n'
    done = people_scenario(scenario(tmp_path, text), draws=3).to_json()
    evidence = {(e["where"], e["estimate"]) for e in done["outcomes"][0]["evidence"]}
    assert {("GCC", 2.239), ("Africa", 0.021), (None, 0.569)} <= evidence
    (sheet,) = done["labor_agreements"]
    table = embedded("migrants")
    here = np.nan_to_num(table.of(2020))
    at = [[table.index[c] for c in codes] for codes in (("PAK", "NGA"), ("ARE", "DEU"))]
    assert sheet["migrants"] == here[np.ix_(*at)].sum()
    sent = {one["code"]: one for one in done["outcomes"][0]["remittances"]}
    assert sent["PAK"]["change_musd"] > 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('kind = "visa-free"\nfrom = "UZB"\nto = "RUS"\n', "no passport needs a visa"),
        ('kind = "visa-free"\namong = "EAEU"\n', "no passport needs a visa"),
        ('kind = "recognition"\namong = "SCO"\n', "no study at hand has a figure of what recognition"),
        ('kind = "joint-program"\namong = "SCO"\n', "no study at hand has a figure of what joint-"),
        (SCHOLARSHIPS.replace('"RUS"', '"CHN"'), r"CHN: no breakdown by origin.* --data"),
        ('kind = "labor-agreement"\nfrom = "UZB"\nto = "ARE"\n', "a factor on nobody is nobody"),
        ('kind = "recognition"\nfrom = "KAZ"\neffect = 0.1\n', "to is missing"),
        ('kind = "recognition"\nfrom = "KAZ"\nto = "RUS"\namong = "SCO"\n', "in one way"),
        ('kind = "recognition"\neffect = 0.1\n', "among whom"),
        ('kind = "recognition"\namong = "KAZ"\neffect = 0.1\n', "no pair of different"),
        (SCHOLARSHIPS + "budget_musd = 2.0\n", r"give number or budget_musd \(found both\)"),
        (SCHOLARSHIPS.replace("number = 1000\n", ""), r"found none"),
        (SCHOLARSHIPS.replace("number = 1000\ncost_usd = 5000", "budget_musd = 1.0"), "cost_usd is missing"),
        (SCHOLARSHIPS + "covers = 1.5\n", "covers = 1.5"),
        (SCHOLARSHIPS + 'trade = "central"\n', "no study at hand says what scholarships does to trade"),
        ('kind = "labor-agreement"\nmigrants = 5.0\n', "coefficient is missing"),
        ('kind = "labor-agreement"\nmigrants = 5.0\ncoefficient = 0.1\n', "without gain and income_usd"),
        ('kind = "labor-agreement"\nmigrants = 5.0\ncoefficient = 0.1\ngain = 1.0\n', "income_usd is"),
        ('kind = "recognition"\namong = "SCO"\neffect = 900.0\n', "effect"),
        ('kind = "recognition"\namong = "SCO"\neffect = [0.1, 30.0]\n', "effect"),
        ('kind = "visa-fre"\namong = "SCO"\n', "Did you mean visa-free"),
        ('kind = "visa-free"\namng = "SCO"\n', "unknown key 'amng'. Did you mean among"),
        ('kind = "visa-free"\nfrm = "SCO"\n', "unknown key 'frm'. Did you mean from"),
    ],
)  # fmt: skip
def test_changes_that_say_nothing_or_what_is_not(tmp_path: Path, change: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        people_scenario(scenario(tmp_path, change), draws=2)


def test_a_capacity_below_who_is_there_is_refused(tmp_path: Path) -> None:
    room = tmp_path / "room.csv"
    room.write_text("destination,capacity\nRUS,100\n")
    with pytest.raises(DataError, match="capacity of RUS is 100, below the 228,331"):
        people_scenario(scenario(tmp_path, SCHOLARSHIPS), capacity=str(room), draws=2)
    room.write_text("destination,capacity\nRUS,228500\n")
    done = people_scenario(scenario(tmp_path, SCHOLARSHIPS), capacity=str(room), draws=2).to_json()
    outcome = done["outcomes"][0]
    assert outcome["destinations"][0]["change"] == pytest.approx(228500 - 228331, rel=1e-6)
    assert outcome["admission"][0]["code"] == "RUS"


def test_through_trade_only_where_it_is_asked_for(tmp_path: Path, winset: Any) -> None:
    cut = 'kind = "trade-cost"\namong = "CHN,IND"\npercent = -1.0\n'
    free = 'kind = "visa-free"\namong = "CHN,IND"\n'
    quiet = scenario(tmp_path, cut, free)
    assert people_scenario(quiet, draws=2).to_json()["trade"] is None
    said = winset("run", quiet, "--json").json
    alone = winset("run", scenario(tmp_path, cut), "--json").json
    assert said["summary"] == alone["summary"]
    loud = scenario(tmp_path, cut, free + 'trade = "high"\n')
    trade = people_scenario(loud, draws=2).to_json()["trade"]
    whole = winset("run", loud, "--json").json
    gains = [e["welfare_musd"] for e in whole["economies"] if e["code"] in ("CHN", "IND")]
    assert trade["gain_musd"] == pytest.approx(sum(gains), rel=1e-6)
    gains = [e["welfare_musd"] for e in alone["economies"] if e["code"] in ("CHN", "IND")]
    assert trade["gain_without_people_musd"] == pytest.approx(sum(gains), rel=1e-6)
    share = 1 - trade["gain_without_people_musd"] / trade["gain_musd"]
    assert trade["share_through_people"] == pytest.approx(share, rel=1e-6)
    refused = winset("run", scenario(tmp_path, free))
    assert refused.code == 2
    assert "moves trade where it says so" in refused.err


def test_what_a_visa_costs_trade_is_that_of_the_study(tmp_path: Path) -> None:
    """Both need one: trade 1/0.72 at the upper end, so that the cost is 0.72^(1/4); one way 0.81^(1/4)."""
    for who, ratio in (("CHN,IND", 0.72), ("RUS,KAZ", None), ("RUS,CHN", 0.72)):
        text = f'kind = "visa-free"\namong = "{who}"\ntrade = "high"\n'
        own = Scenario.from_toml(scenario(tmp_path, text))
        world = own.load_world()
        if ratio is None:
            with pytest.raises(DataError, match="none to lift"):
                own.resolve(world)
            continue
        cost = own.resolve(world).cost
        i, k = (world.index[code] for code in who.split(","))
        assert cost[i, k] == cost[k, i] == pytest.approx(ratio**0.25, rel=1e-12)
        assert np.count_nonzero(cost != 1.0) == 2
    one = 'kind = "visa-free"\nfrom = "IND"\nto = "CHN"\ntrade = "high"\n'
    own = Scenario.from_toml(scenario(tmp_path, one))
    cost = own.resolve(own.load_world()).cost
    assert cost[cost != 1.0] == pytest.approx([0.81**0.25] * 2, rel=1e-12)
    more = 'kind = "labor-agreement"\nfrom = "UZB"\nto = "RUS"\ncoefficient = 0.5\ntrade = "high"\n'
    own = Scenario.from_toml(scenario(tmp_path, more))
    cost = own.resolve(own.load_world()).cost
    assert cost[cost != 1.0] == pytest.approx([np.exp(0.5 * 0.2) ** -0.25] * 2, rel=1e-12)
    text = 'kind = "joint-program"\namong = "KAZ,UZB"\ntrade = 4.0\n'
    own = Scenario.from_toml(scenario(tmp_path, text))
    back = Scenario.from_toml(scenario(tmp_path, text)).to_toml()
    assert 'among = "KAZ,UZB"' in back
    cost = own.resolve(own.load_world()).cost
    assert cost[cost != 1.0] == pytest.approx([1.04**-0.25] * 2, rel=1e-12)


def test_a_scenario_with_from_and_to_comes_back_from_toml(tmp_path: Path) -> None:
    one = Scenario.from_toml(scenario(tmp_path, SCHOLARSHIPS))
    path = tmp_path / "again.toml"
    path.write_text(one.to_toml(), "utf-8")
    assert Scenario.from_toml(path).changes == one.changes


# --- promises


def test_no_evidence_is_said_to_be_none() -> None:
    said = cost_sheet("SCO").to_json()
    assert {p["id"] for p in said["promises"]} >= {"sco25-luban", "sco25-training"}
    for promise in said["promises"]:
        assert promise["unit_cost_usd"] == promise["value_per_cost_high"] == "no evidence"


def test_costs_of_ones_own(tmp_path: Path) -> None:
    costs = tmp_path / "costs.csv"
    costs.write_text(
        "unit,unit_cost_usd,source,return_low_usd,return_high_usd,years,rate\n"
        "places,5000,budget of a ministry,100,900,10,0.05\nworkshops,2000000,tender,,,,\n"
    )
    found = {p["id"]: p for p in cost_sheet("SCO", costs).to_json()["promises"]}
    places = found["sco25-training"]
    assert places["cost_usd"] == 10_000 * 5000
    factor = sum(1.05**-t for t in range(10))
    assert places["value_low_usd"] == pytest.approx(10_000 * 100 * factor)
    assert places["value_per_cost_high"] == pytest.approx(900 * factor / 5000)
    assert found["sco25-luban"]["cost_usd"] == 20_000_000
    assert found["sco25-luban"]["value_low_usd"] == "no evidence"
    for row, said in (
        ("seats,5,x,,,,", "row 2: unit is 'seats'"),
        ("places,0,x,,,,", "above zero"),
        ("places,5,,,,,", "Who says what a unit costs"),
        ("places,5,x,1,,,", "return_low_usd and return_high_usd, or neither"),
        ("places,5,x,3,2,4,", "return_low_usd is above"),
        ("places,5,x,1,2,,", "years is missing"),
        ("places,5,x,1,2,2.5,", "a whole number up to 100"),
        ("places,5,x,1,2,3,5", "Divide a percentage"),
        ("places,5,x,-1,2,3,", "return_low_usd is '-1'"),
        ("places,5,x,,,,\nplaces,6,x,,,,", "row 3: places stands in an earlier row"),
    ):
        costs.write_text(
            f"unit,unit_cost_usd,source,return_low_usd,return_high_usd,years,rate\n{row}\n"
        )
        with pytest.raises(DataError, match=said):
            cost_sheet("SCO", costs)


# --- said


def test_the_sheet_of_the_example_on_the_terminal(winset: Any) -> None:
    said = winset("people", "labor-agreement")
    for figure in ("5,130.3547", "219,223,123.8", "3,931,885,571.27", "1,034,097,047.20"):
        assert figure in said.out


def test_a_page_of_a_scenario_and_one_of_a_group(
    tmp_path: Path, winset: Any, study: PeopleStudy
) -> None:
    page = tmp_path / "page.html"
    said = winset("people", "russia-scholarships", "--draws", "9", "--report", page)
    assert said.code == 0, said.err
    text = page.read_text("utf-8")
    assert "more students" in text
    assert "<svg" in text
    slope = Coefficient("bloc", 0.1, 0.05)
    effect = people_gravity.ScienceEffect(2023, slope, slope, 40.0, 44.0, 30.0, 60.0)
    tried = people_gravity.Forecast(9, 100.0, (0.5, 9.0, 0.6), (0.2, 3.0, 0.4), (0.3, 4.0, 0.5))
    whole = replace(study, science=(effect,), works=((2000, 5.0), (2023, 40.0)), forecast=tried)
    people_pages.write_study(whole, page)
    text = page.read_text("utf-8")
    for said in (
        "Writing together", "1.11 (1.00–1.22)", "5 works together in 2000 and 40 in 2023", "CC BY-SA 3.0",
        "worse than the naive forecast that it stays as it is", "does not say from where its students come",
        "stroke-width",
    ):  # fmt: skip
        assert said in text, said


def test_names_of_examples_files_and_groups(tmp_path: Path) -> None:
    assert find_people_scenario("SCO") is None
    assert find_people_scenario("sco-2025") == "sco-2025"
    assert find_people_scenario("labor-agreement") == bundled_people_scenarios()["labor-agreement"]
    assert find_people_scenario(str(scenario(tmp_path, SCHOLARSHIPS))) == tmp_path / "own.toml"
