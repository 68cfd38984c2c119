"""Members who have united: the Owen and Banzhaf–Owen index against the games, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.errors import DataError
from winset.games import Game, banzhaf_owen, owen
from winset.governance.voting import unions as module
from winset.governance.voting.power_indices import power
from winset.governance.voting.rules import Rule, find_rule, read_rule, weighted
from winset.governance.voting.unions import union_power

if TYPE_CHECKING:
    from pathlib import Path

NAMES = list("abcdefg")


def rules() -> list[Rule]:
    generator = np.random.default_rng(4)
    drawn = [
        weighted(NAMES, [int(w) for w in generator.integers(1, 9, 7)], int(q)) for q in (12, 20)
    ]
    both = {
        "members": NAMES,
        "majority": [
            {"name": "heads", "quota": 4},
            {
                "name": "size",
                "weights": [int(w) for w in generator.integers(1, 30, 7)],
                "quota": 60,
            },
        ],
    }
    return [
        *drawn,
        read_rule(
            {"members": NAMES, "weights": [3, 1, 1, 1, 1, 1, 1], "quota": 4, "veto": ["b"]}
        ).build(),
        read_rule(both | {"combine": "heads and size", "veto": ["c"]}).build(),
        read_rule(both | {"combine": "heads or size"}).build(),
    ]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.combine + str(rule.veto))
@pytest.mark.parametrize(
    "groups", [[], [["a", "d"], ["b", "c", "g"]], [["c", "a"], ["e", "f"]], [NAMES]], ids=str
)
def test_indices_are_those_of_the_game(rule: Rule, groups: list[list[str]]) -> None:
    game = Game.from_function(NAMES, lambda s: float(bool(s) and rule.wins(list(s))))
    found = union_power(rule, groups)
    np.testing.assert_allclose(found.owen, owen(game, groups), atol=1e-14)
    np.testing.assert_allclose(found.banzhaf_owen, banzhaf_owen(game, groups), atol=1e-14)
    assert found.owen.sum() == pytest.approx(1.0)


def test_without_unions_they_are_the_indices_of_the_rule() -> None:
    rule = find_rule("us-electoral-college").build()
    found, alone = union_power(rule, []), power(rule)
    np.testing.assert_allclose(found.owen, alone.column("shapley_shubik"), rtol=1e-9)
    np.testing.assert_allclose(found.banzhaf_owen, alone.column("banzhaf_absolute"), rtol=1e-9)


def test_a_union_has_together_what_it_has_as_one() -> None:
    """Forty members of small weights in six unions: each comes to Shapley's of six."""
    generator = np.random.default_rng(0)
    weights = [int(w) for w in generator.integers(1, 9, 40)]
    names = [f"m{k}" for k in range(40)]
    groups = [names[first : first + 7] for first in range(0, 35, 7)] + [names[35:]]
    quota = sum(weights) * 3 // 5
    found = union_power(weighted(names, weights, quota), groups)
    sums = [sum(weights[names.index(n)] for n in group) for group in groups]
    six = power(weighted(list("ABCDEF"), sums, quota)).column("shapley_shubik")
    together = [found.owen[list(group)].sum() for group in found.unions]
    np.testing.assert_allclose(together, six, atol=1e-12)


def test_command_file_and_server_say_the_same(winset: Any, tmp_path: Path) -> None:
    from winset.web import questions

    file = tmp_path / "unions.csv"
    file.write_text("union,member\ncore,DEU\ncore,FRA\nbenelux,BEL\nbenelux,NLD\nbenelux,LUX\n")
    text = "DEU,FRA;BEL,NLD,LUX"
    said = winset("vote", "eec-1958", "--unions", text, "--json").json
    assert said == winset("vote", "eec-1958", "--unions", str(file), "--json").json
    for unions in (text, [["DEU", "FRA"], ["BEL", "NLD", "LUX"]]):
        assert questions.vote({"rule": "eec-1958", "unions": unions}).answer().to_json() == said
    assert said["unions"][0] == {"members": ["DEU", "FRA"], "shapley_shubik": pytest.approx(2 / 3)}
    assert said["united"][-1] == {"code": "LUX", "owen": 0.0, "banzhaf_owen": 0.0}
    table = winset("vote", "eec-1958", "--unions", text).out
    assert "Where members have united" in table
    page = tmp_path / "unions.html"
    assert (
        winset("vote", "eec-1958", "--unions", text, "--report", str(page), "--lang", "zh").code
        == 0
    )
    assert "欧文指数" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        (["--unions", "DEU,FRX"], "'FRX' is neither a bloc nor an economy"),
        (["--unions", "DEU,FRA;FRA,BEL"], "FRA is in two unions"),
        (["--unions", "DEU,FRA", "--accession", "GBR"], "two questions"),
        (["--unions", "DEU,FRA", "--design", "sqrt"], "two questions"),
        (["--unions", "none.csv"], "none.csv"),
    ],
)
def test_unions_that_are_refused(winset: Any, options: list[str], match: str) -> None:
    said = winset("vote", "eec-1958", *options)
    assert said.code == 2
    assert match in said.err


def test_files_of_unions_that_are_refused(winset: Any, tmp_path: Path) -> None:
    file = tmp_path / "unions.csv"
    for text, match in (
        ("union,member\n", "no rows"),
        ("union,member\na,\n", "row 2: give one union"),
    ):
        file.write_text(text)
        said = winset("vote", "eec-1958", "--unions", str(file))
        assert said.code == 2
        assert match in said.err


def test_totals_and_pairs_have_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = rules()[3]
    monkeypatch.setattr(module, "MOST_PAIRS", 10)
    with pytest.raises(DataError, match="more than 10 totals of unions and members meet"):
        union_power(rule, [["a", "b", "c"]])
    monkeypatch.setattr(module, "MOST_TOTALS", 20)
    with pytest.raises(DataError, match=r"different totals\. Name fewer and larger unions"):
        union_power(rule, [])
    large = {"members": NAMES, "majority": [{"name": f"m{k}", "quota": 10**7} for k in range(3)]}
    for row in large["majority"]:
        row["weights"] = [10**7] * 7  # type: ignore[index]
    with pytest.raises(DataError, match="Round the weights"):
        union_power(read_rule(large).build(), [])
