"""Unions, wars and deals under the other deficit rules: the figures of a question asked under them."""

from __future__ import annotations

import numpy as np
import pytest

from winset.report import deals, unions, words
from winset.scenario.parameters import DEFICIT_RULES
from winset.studies import scenario_deal
from winset.studies.customs_union import unite
from winset.studies.deficit_rules import OtherGains, gains_under
from winset.studies.scenario_run import run
from winset.studies.tariff_war import fight

NAMES = {"AAA": "Aland", "BBB": "Bland"}


def percent(entry: dict[str, object]) -> list[float]:
    return [one["welfare_percent"] for one in entry["economies"]]  # type: ignore[attr-defined]


def test_a_union_under_another_rule_is_the_union_asked_for_under_it() -> None:
    done = unite("KAZ,RUS", keep=6)
    said = done.to_json()["deficit_rules"]
    assert [entry["rules"] for entry in said] == [["multiplicative"], ["balanced"]]
    for entry in said:
        asked = unite("KAZ,RUS", keep=6, overrides={"deficits": entry["rule"]}).union
        gains = dict(zip(asked.world.codes, 100.0 * (asked.plain.welfare - 1.0), strict=True))
        assert percent(entry) == pytest.approx([gains[code] for code in sorted(gains)], abs=1e-7)
        assert entry["losing"] == len(asked.losing(asked.plain))
    assert unions.other_rules(done).startswith("Under the other deficit rules")


def test_a_war_by_statistics_knows_two_rules() -> None:
    done = fight("icio-2022", players="USA,CHN", balanced=True)
    shared, multiplied = done.to_json()["deficit_rules"]
    asked = fight("icio-2022", players="USA,CHN").statistics
    assert asked is not None
    gains = dict(zip(asked.world.codes, 100.0 * (asked.welfare - 1.0), strict=True))
    assert shared["rules"] == ["world-share", "additive"]
    assert percent(shared) == pytest.approx([gains[code] for code in sorted(gains)])
    assert "--method exact" in multiplied["refused"]
    assert multiplied["economies"] == []


def test_a_deal_under_another_rule_adds_up_its_scenarios_under_it() -> None:
    proposal = scenario_deal.propose("sco-summit-2025")
    done = scenario_deal.strike(proposal)
    agenda = done.agenda
    assert agenda is not None
    entries = done.to_json()["deficit_rules"]
    assert [entry["rule"] for entry in entries] == [r[0] for r in DEFICIT_RULES[1:]]
    chosen = done.deal.optimal[0].issues
    for entry in entries:
        total = 0.0
        for name, scenario in zip(agenda.issues.names, agenda.scenarios, strict=True):
            if name in chosen:
                given = scenario.with_parameters(deficits=entry["rule"])
                result = run(given).result
                at = [result.world.index[code] for code in agenda.issues.countries]
                total += float(result.equivalent_variation[at].sum())
        assert entry["total_of_chosen"] == pytest.approx(total, abs=0.1)
    (line,) = deals.other_rules(done)
    assert line.startswith("Under the other deficit rules: multiplicative: ")
    table = scenario_deal.strike(scenario_deal.propose("silk-road-example"))
    assert deals.other_rules(table) == []
    assert "deficit_rules" not in table.to_json()


def against(other: list[float]) -> OtherGains:
    both = np.array([True, True])
    own = np.array([1.01, 0.99])
    return gains_under(
        ("balanced",), list(NAMES), own, lambda: np.array(other), members=both, judged=both
    )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ([1.01, 0.991], "(balanced) nobody inside changes sides"),
        ([1.01, 1.004], "balanced: 0 lose, Bland +0.40 % instead of −1.00 %"),
        ([1.03, 0.99], "balanced: Aland +3.00 % instead of +1.00 %"),
    ],
)
def test_what_another_rule_overturns_is_said(other: list[float], said: str) -> None:
    sentence = words.gains_by_rule(NAMES, [against(other)], {"AAA": 1.0, "BBB": -1.0})
    assert said in sentence
