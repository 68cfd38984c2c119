"""``winset vote``: what it prints, the rule files it reads, and the mistakes it explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.governance.voting.design import target_shares
from winset.governance.voting.majorities import optimal_quota
from winset.governance.voting.rules import bundled_rules, find_rule

if TYPE_CHECKING:
    from pathlib import Path

SIMPLE = 'title = "t"\nquota = 3\n[weights]\nA = 2\nB = 1\nC = 1\n'


def test_json_has_the_documented_keys(winset: Any) -> None:
    said = winset("vote", "eec-1958", "--json").json
    assert set(said) == {
        "members",
        "power_to_act",
        "quota",
        "winning_coalitions",
        "minimal_winning_coalitions",
        "counted",
    }
    assert set(said["members"][0]) == {
        "code",
        "weights",
        "banzhaf",
        "banzhaf_absolute",
        "shapley_shubik",
        "coleman_prevent",
        "coleman_initiate",
        "public_good",
        "deegan_packel",
        "johnston",
        "rae",
        "konig_brauninger",
        "nevison",
        "veto",
        "dummy",
    }
    assert said["quota"] == 12
    assert said["members"][0]["weights"] == [4]


def test_alone_it_lists_the_rules(winset: Any) -> None:
    said = winset("vote")
    for name in bundled_rules():
        assert name in said.out


def test_every_bundled_rule_has_a_source_and_runs(winset: Any) -> None:
    for name in bundled_rules():
        spec = find_rule(name)
        assert spec.source, name
        extra = ["--members", "SCO", "--on", "2025-09-01"] if spec.template else []
        assert winset("vote", name, *extra).code == 0, name


def test_the_ways_to_write_a_rule_mean_the_same(winset: Any, tmp_path: Path) -> None:
    ways = [
        SIMPLE,
        "quota = 3\n[members]\nA = 2\nB = 1\nC = 1\n",
        'members = ["A", "B", "C"]\nweights = [2, 1, 1]\nquota = "75%"\n',
        'members = ["A", "B", "C"]\nweights = [2, 1, 1]\nquota = 0.75\n',
        'members = ["A", "B", "C"]\n[[majority]]\nquota = "3/4"\nweights = {A = 2, B = 1, C = 1}\n',
        'members = ["A", "B", "C"]\n[[majority]]\nquota = 2\nstrict = true\n'
        "weights = {A = 2, B = 1, C = 1}\n",
        'members = ["A", "B", "C"]\nveto = ["A"]\nquota = 2\n',
        'members = ["A", "B", "C"]\nweights = [0.2, 0.1, 0.1]\nquota = "75%"\n',
    ]
    answers = []
    for number, text in enumerate(ways):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        said = winset("vote", path, "--json")
        assert said.code == 0, said.err
        answers.append([m["banzhaf"] for m in said.json["members"]])
    assert all(answer == [0.6, 0.2, 0.2] for answer in answers)


def test_the_weight_of_those_left_out(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "rule.toml"
    path.write_text(
        'members = ["P", "A", "B"]\n[[majority]]\nname = "head"\nweights = {P = 1}\n'
        'otherwise = 0\nquota = 1\n[[majority]]\nname = "house"\nweights = {A = 1, B = 1}\n'
        "otherwise = 0\nquota = 1\n",
        encoding="utf-8",
    )
    said = winset("vote", path, "--json").json
    assert [m["weights"] for m in said["members"]] == [[1, 0], [0, 1], [0, 1]]
    assert said["winning_coalitions"] == 3


def test_majorities_joined_by_an_expression(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "rule.toml"
    path.write_text(
        'members = ["A", "B", "C"]\ncombine = "heads and (money or all)"\n'
        '[[majority]]\nname = "heads"\nquota = 2\n'
        '[[majority]]\nname = "money"\nweights = {A = 5, B = 1, C = 1}\nquota = 6\n'
        '[[majority]]\nname = "all"\nquota = "all"\n',
        encoding="utf-8",
    )
    said = winset("vote", path, "--json").json
    assert said["winning_coalitions"] == 3  # AB, AC, ABC
    assert said["quota"] == [2, 6, 3]
    assert said["members"][0]["weights"] == [1, 5, 1]
    assert said["members"][0]["veto"]


def test_the_quota_on_the_command_line(winset: Any) -> None:
    for text, quota in (("13", 13), (">50%", 9), ("0.8", 14), ("2/3", 12), ("all", 17)):
        assert winset("vote", "eec-1958", "--quota", text, "--json").json["quota"] == quota
    said = winset("vote", "eu-council", "--quota", "states=72%", "--json").json
    assert said["quota"][0] == 20


def test_lists_of_coalitions(winset: Any) -> None:
    said = winset("vote", "eec-1958", "--list", "10", "--json").json
    assert ["DEU", "FRA", "ITA"] in said["minimal_winning"]
    assert len(said["minimal_winning"]) == 4
    assert ["DEU", "FRA"] in said["minimal_blocking"]


def test_accession(winset: Any) -> None:
    said = winset("vote", "population", "--members", "CHN,RUS", "--accession", "IND", "--json").json
    rows = {row["code"]: row for row in said["accession"]}
    assert rows["CHN"]["banzhaf_before"] == 1
    assert rows["IND"]["banzhaf_before"] is None
    assert sum(row["banzhaf_after"] for row in rows.values()) == pytest.approx(1)


def test_a_quota_of_half_is_warned_of(winset: Any) -> None:
    said = winset("vote", "eec-1958", "--quota", "8", "--json")
    assert said.code == 0
    assert "two coalitions without a common member may both win" in said.err
    assert said.json["quota"] == 8
    assert winset("vote", "eec-1958", "--quota", "9", "--json").err == ""


def test_an_equal_design_is_exact(winset: Any) -> None:
    said = winset("vote", "population", "--members", "SCO", "--design", "equal", "--json").json
    assert said["design"]["distance"] < 1e-12
    assert {round(m["banzhaf"], 12) for m in said["members"]} == {0.1}


def test_a_design_comes_close_to_the_square_root(winset: Any) -> None:
    said = winset("vote", "population", "--members", "EU", "--design", "sqrt", "--json").json
    assert said["design"]["distance"] < 0.002
    shares = said["design"]["shares"]
    for member in said["members"]:
        assert abs(member["banzhaf"] - shares[member["code"]]) < 0.002


def test_blended_targets() -> None:
    codes = ["CHN", "KGZ"]
    half = target_shares("0.5*equal+0.5*population", codes)
    want = (target_shares("equal", codes) + target_shares("population", codes)) / 2
    np.testing.assert_allclose(half, want)


def test_optimal_quota_of_equal_weights() -> None:
    assert optimal_quota([1] * 100) == pytest.approx(0.55)


def test_the_optimal_quota_makes_power_follow_weight(winset: Any) -> None:
    """Słomczyński & Życzkowski: with their quota, power is nearly proportional to weight."""
    arguments = ("vote", "square-root", "--members", "EU", "--on", "2025-09-01", "--json")
    gaps = {}
    for quota in ("optimal", ">50%", "75%"):
        members = winset(*arguments, "--quota", quota).json["members"]
        weight = np.array([m["weights"][0] for m in members])
        gaps[quota] = np.abs(np.array([m["banzhaf"] for m in members]) - weight / weight.sum())
    assert gaps["optimal"].max() < 5e-4
    assert gaps["optimal"].max() < min(gaps[">50%"].max(), gaps["75%"].max()) / 5


def test_standard_errors_are_stated(winset: Any) -> None:
    once, twice = (
        winset("vote", "eu-council", "--samples", "500", "--seed", "3", "--json").json
        for _ in range(2)
    )
    assert once == twice
    assert len(once["standard_errors"]["shapley_shubik"]) == 27
    assert once["winning_coalitions"] is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SIMPLE.replace("quota = 3", "quota = 5"), "quota 5 is out of reach"),
        (SIMPLE.replace("quota = 3", "quota = 0"), "reached by nobody"),
        (SIMPLE.replace("quota = 3", 'quota = "most"'), "not understood"),
        (SIMPLE.replace("quota = 3", ""), "no quota"),
        (SIMPLE.replace("B = 1", "B = -1"), "the weight of B is -1"),
        (SIMPLE.replace("quota = 3", 'quota = 3\nveto = ["D"]'), "'D' is not a member"),
        (SIMPLE.replace("quota", "qouta"), "unknown key 'qouta'. Did you mean quota?"),
        (SIMPLE.replace("B = 1", "B = nan"), "weights B = nan is wrong: Input should be a finite"),
        (SIMPLE.replace("B = 1", 'B = "one"'), "weights B = 'one' is wrong: Input should be a val"),
        (SIMPLE.replace("quota = 3", "quota = [3]"), "quota = [3] is wrong"),
        ('members = ["A", "A"]\nquota = 1\n', "'A' is named twice"),
        ('members = ["A", "B"]\nweights = [1]\nquota = 1\n', "1 weights for 2 members"),
        ('members = ["A", "B"]\nquota = 1\n[weights]\nA = 1\n', "no weight for B"),
        ('members = ["A"]\nquota = 1\n[weights]\nA = 1\nB = 1\n', "'B', which is not a member"),
        ('members = ["A"]\nquota = 1\nweights = "populaton"\n', "Did you mean population"),
        ('members = ["A"]\nquota = 1\nweights = "population"\n', "no population of 'A'"),
        (
            'members = ["A"]\ncombine = "x or y"\n[[majority]]\nname = "x"\nquota = 1\n',
            "no majority",
        ),
        ('members = ["A"]\ncombine = "(x"\n[[majority]]\nname = "x"\nquota = 1\n', "not closed"),
        ("members = [\n", "not readable as TOML"),
        ("quota = 1\n", "names no members"),
        ("members = []\nquota = 1\n", "at least one member"),
        ("quota = 0.5\n[weights]\nA = 0.3\nB = 0.4\n", "could be a share or a weight"),
    ],
)
def test_a_wrong_rule_is_explained(winset: Any, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "rule.toml"
    path.write_text(text, encoding="utf-8")
    said = winset("vote", path)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["eu-counsil"], "Did you mean eu-council?"),
        (["population"], "names no members"),
        (["population", "--members", "SCOO"], "neither a bloc nor the code"),
        (["population", "--members", "Kazakhstan"], "Write KAZ."),
        (["eu-council", "--quota", "0.6"], "say which"),
        (["eec-1958", "--accession", "DEU"], "is a member already"),
        (["eec-1958", "--accession", "GBR"], "no weight for GBR"),
        (["eec-1958", "--design", "squareroot"], "is no target"),
        (["eec-1958", "--samples", "5"], "cannot be stated from so few"),
        (["eec-1958", "--on", "yesterday"], "not a date"),
        (["us-electoral-college", "--list", "3"], "listed for at most 30"),
    ],
)
def test_a_wrong_option_is_explained(winset: Any, arguments: list[str], message: str) -> None:
    said = winset("vote", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_too_large_to_be_exact(winset: Any, tmp_path: Path) -> None:
    path = tmp_path / "rule.toml"
    path.write_text(
        '[[majority]]\nquota = "55%"\n[[majority]]\nweights = "population"\nquota = 0.6\n'
    )
    said = winset("vote", path, "--members", "NATO", "--on", "2025-09-01")
    assert (said.code, said.out) == (2, "")
    assert "ask for an estimate with --samples" in said.err
    said = winset("vote", path, "--members", "NATO", "--samples", "200", "--json")
    assert len(said.json["members"]) == 32
