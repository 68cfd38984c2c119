"""`winset offer`: what is read, what is refused, lists and packages of a small file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit.lines_at_hand import HEADER, ROWS, written

from winset.errors import DataError, InfeasibleError
from winset.governance.packages.many_lines import Cap, largest_package, nash_package
from winset.studies.offer_general import through
from winset.studies.offer_lists import ranked, reciprocity, to_json
from winset.studies.offer_terms import read_terms
from winset.studies.offers import negotiate
from winset.trade.models.partial.aggregate import (
    free_trade_weights,
    price_rate,
    trade_weighted,
    welfare_rate,
)
from winset.worlds.line_elasticities import line_elasticities, line_sectors, read_file
from winset.worlds.tariff_lines import read_lines

if TYPE_CHECKING:
    from pathlib import Path

FIRST = ROWS[1:]


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        (("10121,IND,CHN,10,0.1,0.1,0.2", *FIRST), HEADER, "leading zero was lost.*Write 010121"),
        ((*ROWS, ROWS[0]), HEADER, "010121 from IND to CHN stands in row 2 already"),
        (
            ("010121,IND,CHN,10,5% + 0.2 USD/kg,0.1,0.2", *FIRST),
            HEADER,
            "no ad-valorem rate.*specific.*unit_value",
        ),
        (
            ("010121,IND,CHN,10,0.3,0.3,0.2", *FIRST),
            HEADER,
            "applies 0.3 on 010121 above its bound",
        ),
        (("010121,IND,CHN,10,12,12,20", *FIRST), HEADER, "1200 percent: are rates in percent"),
        (("010121,IND,CHN,10,12%,0.1,0.2", *FIRST), HEADER, "in percent. Write 0.12"),
        (("010110,IND,CHN,10,0.1,0.1,0.2", *ROWS), HEADER, "revisions.*010110 are of 2007"),
        (("010121,IND,CHN,,0.1,0.1,0.2", *FIRST), HEADER, "value is empty"),
        (("010121,IND,CHN,-4,0.1,0.1,0.2", *FIRST), HEADER, "not below 0"),
        (("010121,IND,CHN,10,,0.1,0.2", *FIRST), HEADER, "applied is empty"),
        (("010121,CHN,CHN,10,0.1,0.1,0.2", *FIRST), HEADER, "trades with itself"),
        (("010121,IND,CHN,10,0.1,0.15,0.2", *FIRST), HEADER, "mfn rate of CHN on 010121"),
        (ROWS, HEADER.replace("hs6", "product"), "hs6, line or heading"),
    ],
)
def test_bad_rows_are_refused(
    tmp_path: Path, rows: tuple[str, ...], header: str, said: str
) -> None:
    with pytest.raises(DataError, match=f"(?s){said}"):
        read_lines(written(tmp_path, rows, header))


def test_mixed_years_and_told_revisions_are_refused(tmp_path: Path) -> None:
    rows = tuple(f"{row},{2019 + k % 2}" for k, row in enumerate(ROWS))
    path = written(tmp_path, rows, HEADER + ",year")
    with pytest.raises(DataError, match="2019, 2020 are mixed"):
        read_lines(path)
    assert read_lines(path, year=2020).year == 2020
    rows = tuple(f"{row},{('HS17', 'HS22')[k % 2]}" for k, row in enumerate(ROWS))
    with pytest.raises(DataError, match="HS17, HS22"):
        read_lines(written(tmp_path, rows, HEADER + ",revision"))


def test_a_specific_duty_becomes_a_rate_and_is_flagged(tmp_path: Path) -> None:
    rows = tuple(f"{row},{'2,50' if k == 0 else ','}" for k, row in enumerate(ROWS))
    found = read_lines(written(tmp_path, rows, HEADER + ",specific,unit_value"))
    assert (
        found.applied[found.codes.index("010121"), found.exporters.index("IND"), 0] == 0.1 + 2 / 50
    )
    assert int(found.equivalent.sum()) == 1
    assert any("unit values" in note for note in found.notes)


def test_rates_in_percent_are_read_where_it_is_said(tmp_path: Path) -> None:
    rows = tuple(
        ",".join([*row.split(",")[:4], *(f"{100 * float(x):g}" for x in row.split(",")[4:])])
        for row in ROWS
    )
    found = read_lines(written(tmp_path, rows), percent=True)
    assert found.applied == pytest.approx(read_lines(written(tmp_path)).applied)
    with pytest.raises(DataError, match="percent"):
        read_lines(written(tmp_path, rows))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("010121,-3,,", "wrong sign"),
        ("010121,3,1.2,", "demand.*wrong sign"),
        ("010121,3,,-1", "supply.*wrong sign"),
        ("10121,3,,", "leading zero"),
        ("010121,many,,", "must be a number"),
    ],
)
def test_bad_elasticities_are_refused(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"hs6,substitution,demand,supply\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=said):
        read_file(path)


def test_missing_elasticities_are_filled_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("hs6,substitution\n870323,7.5\n", encoding="utf-8")
    found = line_elasticities(("010121", "010221", "870323", "9999", "52"), file=path)
    assert found.source[2] == "file"
    assert found.substitution[2] == 7.5
    assert sum(found.counts().values()) == 5
    assert found.source[3] == "all"
    assert found.source[4] == "hs2"
    assert np.isfinite(found.substitution).all()
    assert (found.substitution > 0).all()


def test_cuts_without_trade_are_said(tmp_path: Path) -> None:
    rows = tuple("870323,CHN,IND,0,0.6,0.6,0.6" if r.startswith("870323,CHN") else r for r in ROWS)
    done = negotiate(read_terms(str(written(tmp_path, rows))))
    assert any("1 cuts meet no trade (the first on 870323)" in note for note in done.notes)


def test_lists_rank_by_gain_per_cost(tmp_path: Path) -> None:
    done = negotiate(read_terms(str(written(tmp_path))))
    for party in done.parties:
        for requests in (True, False):
            rows = ranked(done, party, requests=requests)
            ratios = [row["gain_per_cost"] for row in rows if not row["costs_nothing"]]
            assert ratios == sorted(ratios, reverse=True)
            assert all(row["gain"] > 0 for row in rows)
            assert all((row["importer"] == party) is not requests for row in rows)
    horses = next(r for r in to_json(done)["offers"] if r["code"] == "010121")
    assert horses["overhang"] == pytest.approx(0.1)
    assert horses["revenue_at_risk"] == pytest.approx(1.0)


def test_a_lone_supplier_may_cost_nothing(tmp_path: Path) -> None:
    """Above the duty that is best for it (1/E_x where nothing is diverted) an importer gains by a cut."""
    rows = ("010121,IND,CHN,10,0.9,0.9,", "850440,CHN,IND,300,0.2,0.2,")
    terms = read_terms(str(written(tmp_path, rows, HEADER)))
    done = negotiate(replace(terms, every=10.0))
    of = done.concessions
    own = of.gains[np.arange(len(of)), of.importer]
    assert (own > 0).any()
    assert [row["costs_nothing"] for row in ranked(done, "IND", requests=True)] == [True]


def test_reciprocity_counts_by_hand(tmp_path: Path) -> None:
    done = negotiate(read_terms(str(written(tmp_path))))
    china = reciprocity(done)[0]
    assert china["trade_covered_given"] == 210
    assert china["cut_times_trade_given"] == pytest.approx(10 * 0.1 + 200 * 0.4)
    assert china["trade_covered_got"] == 350
    assert china["mercantilist"] == pytest.approx(china["exports_gained"] - china["imports_let_in"])


TERMS = """
lines = "lines.csv"
[[offer]]
importer = "CHN"
exporter = "IND"
{first}
[[offer]]
importer = "IND"
exporter = "CHN"
{second}
"""


def _terms(tmp_path: Path, first: str, second: str = "cut = 50", more: str = "") -> Any:
    written(tmp_path)
    path = tmp_path / "offers.toml"
    path.write_text(TERMS.format(first=first, second=second) + more, encoding="utf-8")
    return read_terms(str(path))


@pytest.mark.parametrize(
    ("first", "code", "rate"),
    [
        ("cut = 25", "520100", 0.3),
        ("to = 0.15", "520100", 0.15),
        ("to = 0.15", "010121", 0.1),  # never raised
        ("swiss = 0.4", "520100", 0.2),
        ('cut = 100\nsensitive = ["52"]', "520100", 0.4),
        ('cut = 100\nsensitive = ["52"]\nsensitive_cut = 50', "520100", 0.2),
        ('cut = 100\nchapters = ["01"]', "520100", 0.4),
        ("cut = 100\nutilization = 0.75", "520100", 0.1),
    ],
)
def test_formulas(tmp_path: Path, first: str, code: str, rate: float) -> None:
    done = negotiate(_terms(tmp_path, first))
    line, seller = done.lines.codes.index(code), done.lines.exporters.index("IND")
    assert done.rates_after[line, seller, 0] == pytest.approx(rate)


def test_staging(tmp_path: Path) -> None:
    terms = _terms(tmp_path, "cut = 100\nstages = 10")
    done = negotiate(replace(terms, after_years=3))
    line, seller = done.lines.codes.index("520100"), done.lines.exporters.index("IND")
    assert done.rates_after[line, seller, 0] == pytest.approx(0.28)


def test_a_quota_lets_in_no_more_than_it_says_and_pays_a_rent(tmp_path: Path) -> None:
    whole = negotiate(_terms(tmp_path, "cut = 100"))
    half = negotiate(_terms(tmp_path, "cut = 100\nquota = 220"))
    kept = negotiate(_terms(tmp_path, 'cut = 100\nquota = 220\nrent = "importer"'))

    def cotton(done: Any) -> int:
        of = done.concessions
        return next(k for k in range(len(of)) if done.lines.codes[of.line[k]] == "520100")

    a, b, c = cotton(whole), cotton(half), cotton(kept)
    assert whole.concessions.exports[a, 1] > 20
    assert half.concessions.exports[b, 1] == pytest.approx(20, abs=1e-6)
    rent = half.concessions.gains[b] - kept.concessions.gains[c]
    assert rent[1] > 0  # the exporter's, where it is not the importer's
    assert rent.sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("", "no formula|none given| given"),
        ("cut = 20\nto = 0.1", "cut and to given"),
        ('cut = 20\nchapters = ["77"]', "no line begins with 77"),
        ('cut = 20\nchapters = ["1"]', "no code"),
        ("cut = 120", "cut"),
        ("cuts = 20", "unknown key"),
    ],
)
def test_bad_offers_are_refused(tmp_path: Path, first: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        negotiate(_terms(tmp_path, first))


def test_two_offers_on_one_duty_are_refused(tmp_path: Path) -> None:
    more = '[[offer]]\nimporter = "CHN"\nexporter = "IND"\ncut = 10\nchapters = ["52"]\n'
    with pytest.raises(DataError, match="stands in offer 1 already"):
        negotiate(_terms(tmp_path, "cut = 50", more=more))


def test_floors_and_caps_hold(tmp_path: Path) -> None:
    more = "[package]\nfloors = { CHN = 1 }\nmost_lines = { IND = 1 }\nrevenue = { IND = 60 }\n"
    done = negotiate(_terms(tmp_path, "cut = 50", more=more))
    assert done.package is not None
    of, taken = done.concessions, done.package.taken
    assert of.gains[taken, 0].sum() >= 1
    assert (taken & (of.importer == 1)).sum() <= 1
    assert -of.revenue[taken & (of.importer == 1)].sum() <= 60
    impossible = negotiate(_terms(tmp_path, "cut = 50"), floors={"IND": 1e6})
    assert impossible.package is None
    assert "Lower a floor" in impossible.impossible


def test_a_party_that_can_only_lose_gives_nothing_at_floor_zero() -> None:
    """Its losses are far below what a solver tells from nothing; others still find their package."""
    rng = np.random.default_rng(5)
    gains = np.zeros((40, 3))
    gains[:20, 0], gains[:20, 2] = -rng.uniform(1e-9, 1e-7, 20), rng.uniform(1, 2, 20)
    gains[5, 0] = -1.0
    gains[20:, 1], gains[20:, 2] = rng.uniform(-1, 1, 20), rng.uniform(1, 2, 20)
    best = largest_package(gains, (0.0, 0.0, 0.0), gap=0.0)
    assert not best.taken[:20].any()
    assert best.taken[20:].any()
    assert (best.gains >= -1e-12).all()
    alone = largest_package(gains[20:, 1:], (0.0, 0.0), gap=0.0)
    assert best.value == pytest.approx(alone.value, abs=1e-9)
    losers = largest_package(gains[:20], (0.0, 0.0, 0.0))
    assert not losers.taken.any()
    assert nash_package(gains, (0.0, 0.0, 0.0)) is None


def test_an_exporter_that_offers_nothing_can_bargain(winset: Any, tmp_path: Path) -> None:
    text = """lines = "lines.csv"
parties = ["VNM"]
[[offer]]
importer = "CHN"
exporter = "VNM"
cut = 50
[[offer]]
importer = "IND"
exporter = "VNM"
to = 0
[package]
floors = { CHN = -5, IND = -5 }
"""
    written(tmp_path, (*ROWS, "520100,VNM,CHN,100,0.4,0.4,0.4", "850440,VNM,IND,30,0.1,0.2,0.25"))
    (tmp_path / "o.toml").write_text(text, "utf-8")
    done = negotiate(read_terms(str(tmp_path / "o.toml")))
    assert (done.parties, done.seats) == (("CHN", "IND", "VNM"), ("VNM", "CHN", "IND"))
    asks = ranked(done, "VNM", requests=True)
    assert {(row["code"], row["importer"]) for row in asks} == {
        ("520100", "CHN"),
        ("850440", "IND"),
    }
    assert ranked(done, "VNM", requests=False) == []
    mine = next(t for t in done.totals if (t.party, t.method) == ("VNM", "exact"))
    assert mine.welfare == mine.producer_surplus > 0
    assert done.package is not None
    assert (done.package.gains >= [-5, -5, 0]).all()
    page = tmp_path / "page.html"
    shown = winset("offer", tmp_path / "o.toml", "--report", page).out
    assert shown.startswith("What VNM would ask")
    assert "VNM" in page.read_text("utf-8")
    (tmp_path / "o.toml").write_text(text.replace('["VNM"]', '["VMN"]'), "utf-8")
    with pytest.raises(DataError, match=r"parties: exporter VMN has no lines. Did you mean VNM"):
        negotiate(read_terms(str(tmp_path / "o.toml")))


def test_five_thousand_lines_are_proved() -> None:
    rng = np.random.default_rng(1)
    worth, cost = rng.lognormal(0, 1.5, 5000), 0.6 * rng.lognormal(0, 1.5, 5000)
    first = np.arange(5000) < 2500
    gains = np.where(
        first[:, None], np.stack([-cost, worth], axis=1), np.stack([worth, -cost], axis=1)
    )
    found = largest_package(gains, (0.0, 0.0), caps=(Cap("lines", first * 1.0, 500.0),), gap=1e-3)
    assert found.gap <= 1e-3
    assert found.gains.min() >= 0
    assert found.taken[first].sum() <= 500
    with pytest.raises(InfeasibleError):
        largest_package(gains, (1e9, 0.0))


def test_means_of_duties() -> None:
    value, rate = np.array([50.0, 30.0, 1.0]), np.array([0.0, 0.1, 1.2])
    weights = free_trade_weights(value, rate, 4.0)
    mean = trade_weighted(value, rate)
    price, welfare = price_rate(weights, rate, 4.0), welfare_rate(weights, rate, 4.0, -1.25)
    assert mean == pytest.approx((3.0 + 1.2) / 81)
    assert mean < price < 1.2
    assert welfare > mean  # a duty that keeps trade out weighs by what it costs
    even = np.full(3, 0.2)
    assert price_rate(weights, even, 4.0) == pytest.approx(0.2)
    assert welfare_rate(weights, even, 4.0, -1.25) == pytest.approx(0.2)


def test_general_equilibrium_stands_beside(tmp_path: Path) -> None:
    del tmp_path
    done = negotiate(read_terms("china-india"))
    general = through(done)
    assert {run.index for run in general.runs} == {"mean", "price", "welfare"}
    assert line_sectors("870323") == {"C29": 1.0}
    by = {(r.index, r.party): r.welfare_musd for r in general.runs}
    assert by["mean", "CHN"] > 0 > by["mean", "IND"]


def test_the_command(winset: Any, tmp_path: Path) -> None:
    out = tmp_path / "offers.xlsx"
    page = tmp_path / "offers.html"
    done = winset("offer", str(written(tmp_path)), "--out", str(out), "--report", str(page))
    assert done.code == 0
    assert "largest package" in done.out
    import openpyxl

    names = openpyxl.load_workbook(out).sheetnames
    assert {"requests", "offers", "reciprocity", "package_parties"} <= set(names)
    assert "<svg" in page.read_text(encoding="utf-8")
    said = json.loads(winset("offer", str(written(tmp_path)), "--json").out)
    assert said["package"]["gap"] <= 1e-3
    for option, text in (("--method", "linear"), ("--demand=2", ""), ("--for", "XXX")):
        bad = winset("offer", str(written(tmp_path)), option, *([text] if text else []))
        assert bad.code == 2
        assert "Traceback" not in bad.err
