"""Agreements of the past: what winset would have said of them, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from winset.report.back_tests import CHANCE, NAIVE
from winset.report.brief.leaf import Leaf
from winset.report.speech import listed, say, signed

if TYPE_CHECKING:
    from winset.studies.brief.desk import Desk

TITLE = "Would winset have foreseen it?"
COMMAND = "winset backtest --placebos 20"
AGREEMENTS = {
    "eu-2004": "enlargement of the EU",
    "eaeu-2015": "EAEU",
    "china-korea-2015": "China and Korea",
    "eu-vietnam-2020": "EU and Viet Nam",
    "rcep-2022": "RCEP, new pairs",
    "nafta-1993": "NAFTA",
}


def build(desk: Desk) -> Leaf:
    """Write the section."""
    leaf = Leaf(desk, "foreseen", say(TITLE))
    done = leaf.ask(COMMAND)
    tests = done.payload["tests"]
    better = [test for test in tests if _beats_chance(test)]
    if better:
        leaf.sentence = say(
            "Of {n} {n|agreement|agreements} of the past winset foresaw better than chance only: {which}.",
            n=leaf.count(done, "count(tests)"),
            which=listed(say(AGREEMENTS[test["id"]]) for test in better),
        )
    else:
        leaf.sentence = say(
            "Of {n} {n|agreement|agreements} of the past winset foresaw none better than chance.",
            n=leaf.count(done, "count(tests)"),
        )
    leaf.headings = (
        say("agreement"),
        say("trade of its pairs beyond the world's, log points"),
        say("winset's best forecast of it"),
        say("variance explained by it"),
        say("by sizes, known only afterwards"),
        say("made-up agreements as good"),
    )
    leaf.axis = say("variance of trade explained by winset's best forecast, %")
    for test in tests:
        place = f"tests[id={test['id']}]"
        best = f"{place}.forecasts[forecast={_best(test)}]"
        sizes = f"{place}.forecasts[forecast={NAIVE[1]}]"
        years = "–".join(leaf.write(done, f"{place}.{end}", str) for end in ("first", "last"))
        label = f"{say(AGREEMENTS[test['id']])} {years}"
        chance = "–"
        if _placebos(test):
            chance = leaf.share(
                done, f"{place}.forecasts[forecast=estimated].placebo_share_as_good"
            )
        leaf.rows.append(
            (
                label,
                leaf.write(done, f"{place}.happened.treated", _points),
                leaf.write(done, f"{best}.predicted.treated", _points),
                leaf.share(done, f"{best}.pairs_weighted.variance_explained", 1),
                leaf.share(done, f"{sizes}.pairs_weighted.variance_explained", 1),
                chance,
            )
        )
        leaf.bar(label, done, f"{best}.pairs_weighted.variance_explained", 100.0)
    leaf.doubt = say(
        "The best forecast is chosen knowing what happened, which flatters it, and what agreements do is "
        "small beside oil, quarrels and the pandemic of the same years. No made-up agreement stands beside "
        "NAFTA."
    )
    leaf.change = say(
        "Forecasts written down before an agreement and scored after it. Until then every change of trade in "
        "this brief says what a change does while all else stays, and is no forecast."
    )
    leaf.sources = (
        "OECD ICIO Extended 2023; WIOD 2016; Teti (2024); Yotov et al. (2016), on whose panel the effect of "
        "an agreement was estimated beforehand (a stored figure); Caliendo & Parro (2015)",
    )
    return leaf


def _placebos(test: dict[str, Any]) -> list[float]:
    shares = (each["placebo_share_as_good"] for each in test["forecasts"])
    return [share for share in shares if share is not None]


def _beats_chance(test: dict[str, Any]) -> bool:
    return any(share <= CHANCE for share in _placebos(test))


def _best(test: dict[str, Any]) -> str:
    """Return winset's own forecast that explains most."""
    own = [each for each in test["forecasts"] if each["forecast"] not in NAIVE]
    best: str = max(own, key=lambda each: each["pairs_weighted"]["variance_explained"])["forecast"]
    return best


def _points(change: float) -> str:
    return signed(100.0 * change, 1)
