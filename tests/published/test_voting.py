"""Published indices of well-known bodies."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations, pairwise

import pytest

from winset.governance.voting.power_indices import power
from winset.governance.voting.rules import Spec, find_rule, weighted


def test_un_security_council() -> None:
    """Shapley & Shubik (1954): 421/2145 and 4/2145 for the 15 members of today, as in Straffin
    (1993), Game Theory and Strategy; swings 848 and 84 of 5080, ibid.; 848 winning coalitions."""
    found = power(find_rule("un-security-council").build())
    for member in found.members[:5]:
        assert member.shapley_shubik == float(Fraction(421, 2145))
        assert member.banzhaf == float(Fraction(848, 5080))
        assert member.veto
        assert member.coleman_prevent == 1
    for member in found.members[5:]:
        assert member.shapley_shubik == float(Fraction(4, 2145))
        assert member.banzhaf == float(Fraction(84, 5080))
        assert not member.veto
    assert found.winning_coalitions == 848
    assert found.minimal_winning_coalitions == 210  # four of ten elected members


def test_six_of_the_treaty_of_rome() -> None:
    """Brams & Affuso (1976), Power and Size, Theory and Decision 7: Luxembourg had no power."""
    found = power(find_rule("eec-1958").build())
    by_code = {member.code: member for member in found.members}
    for code in ("DEU", "FRA", "ITA"):
        assert by_code[code].banzhaf == pytest.approx(5 / 21, abs=1e-15)
        assert by_code[code].shapley_shubik == pytest.approx(14 / 60, abs=1e-15)
    for code in ("BEL", "NLD"):
        assert by_code[code].banzhaf == pytest.approx(3 / 21, abs=1e-15)
        assert by_code[code].shapley_shubik == pytest.approx(9 / 60, abs=1e-15)
    assert by_code["LUX"].banzhaf == 0
    assert by_code["LUX"].dummy
    assert found.winning_coalitions == 14


#: Votes, members and quota of the Council; normalized Banzhaf and Shapley–Shubik in percent.
COUNCILS = {
    1973: (41, {10: (4, 16.7, 17.9), 5: (2, 9.1, 8.1), 3: (2, 6.6, 5.7), 2: (1, 1.6, 1.0)}),
    1981: (45, {10: (4, 15.8, 17.4), 5: (3, 8.2, 7.1), 3: (2, 4.1, 3.0), 2: (1, 4.1, 3.0)}),
    1986: (
        54,
        {
            10: (4, 12.9, 13.4),
            8: (1, 10.9, 11.1),
            5: (4, 6.7, 6.4),
            3: (2, 4.6, 4.3),
            2: (1, 1.8, 1.2),
        },
    ),
    1995: (
        62,
        {
            10: (4, 11.2, 11.7),
            8: (1, 9.2, 9.5),
            5: (4, 5.9, 5.5),
            4: (2, 4.8, 4.5),
            3: (3, 3.6, 3.5),
            2: (1, 2.3, 2.1),
        },
    ),
}


@pytest.mark.parametrize("year", COUNCILS)
def test_councils_from_nine_to_fifteen(year: int) -> None:
    """Felsenthal & Machover (1998), The Measurement of Voting Power, chapter 5: to one decimal.

    In 1981 Luxembourg's two votes weighed as much as Denmark's three.
    """
    quota, sizes = COUNCILS[year]
    weights = [votes for votes, (many, _, _) in sizes.items() for _ in range(many)]
    found = power(weighted([f"m{k}" for k in range(len(weights))], weights, quota))
    for member in found.members:
        _, banzhaf, shapley = sizes[int(member.weights[0])]
        assert round(100 * member.banzhaf, 1) == banzhaf
        assert round(100 * member.shapley_shubik, 1) == shapley


def test_congress_and_president() -> None:
    """Shapley & Shubik (1954): bodies share power 5 : 5 : 2, persons "nearly" 350 : 9 : 2.

    Both houses and the president, or two thirds of both houses; 96 senators and the vice
    president's casting vote, as in that year.
    """
    house = [f"house{k}" for k in range(435)]
    senate = [f"senate{k}" for k in range(96)]
    bodies = (
        ("house", dict.fromkeys(house, 1), "218"),
        ("senate", dict.fromkeys(senate, 2) | {"vice": 1}, "97"),
        ("president", {"president": 1}, "1"),
        ("two-thirds-house", dict.fromkeys(house, 1), "290"),
        ("two-thirds-senate", dict.fromkeys(senate, 1), "64"),
    )
    rule = {
        "members": [*house, *senate, "vice", "president"],
        "combine": "(house and senate and president) or (two-thirds-house and two-thirds-senate)",
        "majority": [
            {"name": name, "weights": weights, "otherwise": 0, "quota": quota}
            for name, weights, quota in bodies
        ],
    }
    found = power(Spec.model_validate(rule).build())
    assert found.method == "kinds"
    by_code = {member.code: member.shapley_shubik for member in found.members}
    assert math.fsum(by_code.values()) == pytest.approx(1, abs=1e-12)
    share = {
        part: math.fsum(by_code[c] for c in by_code if c.startswith(part))
        for part in ("house", "senate", "president")
    }
    assert [round(12 * share[part]) for part in share] == [5, 5, 2]
    assert by_code["president"] / by_code["house0"] == pytest.approx(350 / 2, rel=0.1)
    assert by_code["senate0"] / by_code["house0"] == pytest.approx(9 / 2, rel=0.1)


def test_eu_council_as_the_treaty_says() -> None:
    """Article 16(4) TEU read coalition by coalition at its three edges."""
    rule = find_rule("eu-council").build()
    by_name = {majority.name: majority for majority in rule.majorities}
    assert (by_name["states"].quota, by_name["all-but-three"].quota) == (15, 24)
    population = dict(zip(rule.members, by_name["population"].weights, strict=True))
    large = sorted(population, key=lambda code: -population[code])
    people = sum(population.values())
    # three of the four largest cannot block, though they are more than 35 % of the people
    three = set(large[:3])
    assert sum(population[code] for code in three) > 0.35 * people
    assert rule.wins([code for code in rule.members if code not in three])
    assert not rule.wins([code for code in rule.members if code not in {*three, "POL"}])
    assert not rule.wins(large[:14])  # 14 states, whatever their people
    found = power(rule)
    assert sum(member.shapley_shubik for member in found.members) == pytest.approx(1, abs=1e-14)
    # with 24 or more states a proposal always passes: 1 + 27 + 351 + 2925 coalitions
    assert found.winning_coalitions is not None
    assert found.winning_coalitions > sum(1 for k in range(4) for _ in combinations(range(27), k))


def test_electoral_college_in_seconds() -> None:
    """538 electors; the indices of a member grow with its electors, and all are in power."""
    found = power(find_rule("us-electoral-college").build())
    assert found.winning_coalitions is not None
    assert found.power_to_act < 0.5  # a tie of 269 to 269 elects nobody
    ordered = sorted(found.members, key=lambda member: member.weights[0])
    for index in ("banzhaf", "shapley_shubik", "public_good", "deegan_packel"):
        values = [getattr(member, index) for member in ordered]
        assert all(b >= a - 1e-15 for a, b in pairwise(values)), index
        assert sum(values) == pytest.approx(1, abs=1e-12)


def test_consensus_gives_everybody_the_same() -> None:
    found = power(find_rule("sco").build())
    assert found.winning_coalitions == found.minimal_winning_coalitions == 1
    for member in found.members:
        assert member.veto
        assert member.banzhaf == member.shapley_shubik == pytest.approx(0.1, abs=1e-15)
