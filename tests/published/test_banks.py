"""Votes in the AIIB from its capital table, and what the articles of banks give."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from winset.delivery.incomes import incomes
from winset.finance import capital
from winset.governance.voting.rules import find_rule
from winset.studies.bank_design import articles, design_bank, propose
from winset.studies.capital_rules import capital_shares
from winset.worlds import world as winset_world

if TYPE_CHECKING:
    from pathlib import Path


def test_votes_follow_from_capital_to_the_unit() -> None:
    """92 of 103 members have the votes of the rule; the others have not taken or paid all shares."""
    done = articles("aiib")
    assert done.basic == 1317
    assert len(done.applies) == 92
    gaps = dict(zip(done.codes, (done.stated - done.by_rule).tolist(), strict=True))
    assert gaps["KWT"] == -5360
    assert gaps["IRN"] == -6323
    assert max(gaps.values()) == 0
    votes = dict(zip(done.codes, done.by_rule.tolist(), strict=True))
    assert (votes["CHN"], votes["AUS"], votes["BRA"], votes["DZA"]) == (299721, 38829, 1967, 1367)
    assert int(done.founder.sum()) == 57


#: Shares of votes as the AIIB prints them, percent.
AIIB = {"CHN": 26.522, "IND": 7.574, "RUS": 5.953, "UZB": 0.364}


def test_shares_of_votes_are_those_printed() -> None:
    done = articles("aiib").to_json()
    percent = {row["code"]: row["percent"] for row in done["members"]}
    for code, share in AIIB.items():
        assert percent[code] == pytest.approx(share, abs=6e-3), code
    assert done["votes"] == 1_130_080


def test_basic_votes_are_twelve_percent() -> None:
    shares = np.array([960_229.0] + [0.0] * 102)
    founders = np.array([1.0] * 57 + [0.0] * 46)
    found = capital.votes(shares, founders)
    assert found[-1] == 1317
    assert 103 * 1317 / found.sum() == pytest.approx(0.12, abs=1e-4)


def test_the_rule_has_the_votes_of_the_table() -> None:
    rule = find_rule("aiib").build()
    done = articles("aiib")
    assert rule.members == done.codes
    assert list(rule.majorities[0].weights) == done.stated.tolist()


def test_the_table_is_that_of_the_source(shared_data: Path) -> None:
    path = shared_data / "aiib_ndb" / "aiib_members.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    done = articles("aiib")
    assert done.codes == tuple(row["iso3"] for row in rows)
    assert done.stated.tolist() == [int(row["votes"]) for row in rows]
    assert done.shares.tolist() == [round(10 * float(row["subscription_musd"])) for row in rows]


def test_a_design_reaches_equal_power_by_equal_capital() -> None:
    done = design_bank("equal", "CHN,RUS,KAZ,UZB").to_json()["design"]
    assert done["capital_percent"] == pytest.approx(
        dict.fromkeys(("CHN", "RUS", "KAZ", "UZB"), 25.0)
    )
    assert done["distance"] == pytest.approx(0.0, abs=1e-12)


def test_capital_for_votes_is_the_way_back() -> None:
    """Votes by shares and basic votes of 12 %, and capital from those votes."""
    shares = np.array([0.5, 0.3, 0.2])
    votes = capital.votes(1_000_000 * shares, np.zeros(3), founder_votes=0)
    back = capital.capital_for(votes / votes.sum(), 0.12)
    assert back == pytest.approx(shares, abs=1e-6)
    with pytest.raises(capital.DataError, match="Lower the basic votes"):
        capital.capital_for(np.array([0.97, 0.02, 0.01]), 0.12)


def test_proposals_differ_in_who_can_prevent() -> None:
    done = propose("CHN,RUS,KAZ,KGZ,TJK,UZB", quota="75%").to_json()
    by = {row["rule"]: row for row in done["proposals"]}
    assert by["equal"]["veto"] == []
    assert by["contribution"]["veto"] == ["CHN"]
    with pytest.raises(capital.DataError, match=r"quota|reach"):
        propose("CHN,RUS,KAZ", quota="101%")


def test_capital_by_purchasing_power_and_by_trade() -> None:
    """By hand from the incomes and the flows; and a blend of GDP as the AIIB's."""
    codes = ("CHN", "IND", "KGZ")
    data = incomes(2023)
    at = [data.codes.index(code) for code in codes]
    ppp = data.people[at] * data.gdp[at]
    assert capital_shares("ppp", codes) == pytest.approx(ppp / ppp.sum(), rel=1e-12)
    on = winset_world("world-2023")
    flows = on.trade.sum(axis=0)
    both = [
        sum(
            flows[on.index[c], k] + flows[k, on.index[c]]
            for k in range(len(on))
            if k != on.index[c]
        )
        for c in codes
    ]
    assert capital_shares("trade", codes) == pytest.approx(np.array(both) / sum(both), rel=1e-12)
    blend = 0.6 * capital_shares("contribution", codes) + 0.4 * capital_shares("ppp", codes)
    assert capital_shares("0.6*contribution+0.4*ppp", codes) == pytest.approx(blend, rel=1e-12)
    done = propose("CHN,IND,KGZ", capital_rules=("ppp",)).to_json()["proposals"][0]
    assert done["capital_percent"]["CHN"] == pytest.approx(100 * ppp[0] / ppp.sum())
    with pytest.raises(capital.DataError, match=r"'pp' is no target\..*Known: .*ppp, trade"):
        capital_shares("pp", codes)
    with pytest.raises(capital.DataError, match="no figure for 'XXX'"):
        capital_shares("trade", ("CHN", "XXX"))


def test_the_books_of_a_bank_balance() -> None:
    terms = capital.LoanTerms(
        capital=1000.0, lent_a_year=300.0, gearing=1.0, tenor=6, grace=2, shock_year=4, shock=0.1
    )
    rows = capital.cash_flow(terms, 12)
    loans = paid = reserves = 0.0
    for row in rows:
        paid += row.paid_in
        loans += row.lent - row.repaid - row.lost
        reserves += row.income - row.lost
        assert row.loans == pytest.approx(loans)
        assert row.reserves == pytest.approx(reserves)
        assert row.borrowed == pytest.approx(max(loans - paid - reserves, 0.0))
        assert row.loans <= terms.gearing * (terms.capital + row.reserves) + 1e-9
    assert rows[3].lost == pytest.approx(0.1 * (rows[2].loans - rows[3].repaid))
    assert paid == pytest.approx(200.0)
