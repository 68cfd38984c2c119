"""`winset offer --save`: a table line by line from the disk gives what it gives at once, and goes on."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit.lines_at_hand import HEADER, ROWS, written

from winset.errors import DataError
from winset.studies.offer_terms import read_terms
from winset.studies.offers import negotiate
from winset.studies.offers_streamed import negotiate_streamed
from winset.worlds.line_elasticities import concordance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from winset.studies.offer_totals import Total

ECONOMIES = ("CHN", "IND", "KAZ", "RUS", "UZB", "TUR", "BRA")
BUYERS = ECONOMIES[:5]
PARTS = ("welfare", "producer_surplus", "consumer_surplus", "tariff_revenue", "exports", "imports",
         "created", "diverted")  # fmt: skip


def table(folder: Path) -> Path:
    """Thirty lines of five chapters among seven economies, five of them buyers, in no order."""
    rng = np.random.default_rng(3)
    codes = sorted(concordance())
    codes = [*codes[:6], *codes[900:906], *codes[2000:2006], *codes[3500:3506], *codes[5000:5006]]
    rows = []
    for code in codes:
        for buyer in BUYERS:
            mfn = round(float(rng.uniform(0, 0.4)), 3)
            for seller in ECONOMIES:
                if seller != buyer and rng.random() < 0.6:
                    duty = mfn if rng.random() < 0.8 else 0.0
                    rows.append(
                        f"{code},{seller},{buyer},{rng.lognormal(2, 1.5):.4g},{duty},{mfn},"
                    )
    rng.shuffle(rows)
    return written(folder, tuple(rows))


def figures(totals: Sequence[Total]) -> dict[tuple[str, str], list[float]]:
    return {(t.method, t.party): [getattr(t, part) for part in PARTS] for t in totals}


def same(streamed: Sequence[Total], at_once: Sequence[Total]) -> None:
    found, told = figures(streamed), figures(at_once)
    assert set(told) <= set(found)
    scale = max(abs(x) for of in told.values() for x in of)
    for key, of in told.items():
        np.testing.assert_allclose(found[key], of, rtol=1e-10, atol=1e-12 * scale, err_msg=str(key))


@pytest.mark.parametrize("method", ["exact", "smart"])
def test_line_by_line_is_the_same_as_at_once(tmp_path: Path, method: str) -> None:
    terms = replace(read_terms(str(table(tmp_path))), every=40.0)
    done = negotiate_streamed(terms, tmp_path / "out", method=method)
    same(done.totals, negotiate(terms).totals)
    assert (len(done.lines.codes), len(done.parties)) == (30, 7)
    rows = [
        row
        for path in sorted((tmp_path / "out" / "by-line").iterdir())
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    ]
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    for total in done.totals:
        if total.method == method:
            mine = [row for row in rows if row["economy"] == total.party]
            for column, figure in (
                ("welfare", total.welfare),
                ("exports_change", total.exports),
                ("diverted", total.diverted),
            ):
                assert sum(float(row[column]) for row in mine) == pytest.approx(figure, rel=1e-7)


def test_offers_of_a_file_are_laid_line_by_line(tmp_path: Path) -> None:
    path = table(tmp_path)
    first = path.read_text("utf-8").splitlines()[1][:2]
    (tmp_path / "o.toml").write_text(
        f"""lines = "lines.csv"
[[offer]]
importer = "CHN"
exporter = "KAZ,IND"
swiss = 0.2
chapters = ["{first}"]
[[offer]]
importer = "KAZ"
cut = 50
sensitive = ["{first}"]
utilization = 0.7
""",
        "utf-8",
    )
    terms = read_terms(str(tmp_path / "o.toml"))
    same(negotiate_streamed(terms, tmp_path / "out").totals, negotiate(terms).totals)


def test_trade_of_all_with_all_finds_its_duties(tmp_path: Path) -> None:
    number = {"CHN": 156, "IND": 356, "KAZ": 398, "RUS": 643, "UZB": 860, "TUR": 792, "BRA": 76}
    (tmp_path / "country_codes.csv").write_text(
        "country_code,country_name,country_iso3\n"
        + "".join(f"{n},{code},{code}\n" for code, n in number.items()),
        "utf-8",
    )
    read = list(csv.DictReader(table(tmp_path).read_text("utf-8").splitlines()))
    trade = ["t,i,j,k,v,q"]
    duties: dict[str, None] = {"line,importer,exporter,rate": None}
    for row in read:
        trade.append(
            f"2022,{number[row['exporter']]},{number[row['importer']]},{int(row['hs6'])},{row['value']},1"
        )
        if row["hs6"] != read[0]["hs6"]:  # one line has no duty of anybody
            for tail, more in (("10", 0.1), ("90", -0.1)):  # two national lines: their mean counts
                rate = 100 * float(row["mfn"]) + more
                duties[f"{row['hs6']}{tail},{row['importer']},World,{max(rate, 0):.6g}"] = None
                if float(row["applied"]) < float(row["mfn"]):
                    duties[f"{row['hs6']}{tail},{row['importer']},{row['exporter']},0"] = None
    (tmp_path / "BACI.csv").write_text("\n".join((*trade, "")), "utf-8")
    (tmp_path / "duties.csv").write_text("\n".join((*duties, "")), "utf-8")
    terms = replace(
        read_terms(str(tmp_path / "BACI.csv")),
        duties=tmp_path / "duties.csv",
        percent=True,
        every=40.0,
    )
    done = negotiate_streamed(terms, tmp_path / "out")
    at_once = negotiate(replace(terms, importers=BUYERS))
    same(done.totals, at_once.totals)
    assert set(done.lines.notes) == set(at_once.lines.notes)
    assert any(note.startswith("1 lines with") for note in done.notes)


def test_a_run_that_was_ended_goes_on_to_the_last_digit(tmp_path: Path) -> None:
    terms = read_terms(str(table(tmp_path)))
    whole = negotiate_streamed(terms, tmp_path / "whole")

    def ended(done: int, _: int) -> None:
        if done > 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        negotiate_streamed(terms, tmp_path / "out", progress=ended)
    ledger = tmp_path / "out" / "ledger.jsonl"
    assert len(ledger.read_text("utf-8").splitlines()) == 3  # the head and two chapters
    with ledger.open("a", encoding="utf-8") as file:
        file.write('{"chapter": "39", "li')  # as where the machine was switched off
    heard: list[int] = []
    done = negotiate_streamed(
        terms, tmp_path / "out", resume=True, progress=lambda k, _: heard.append(k)
    )
    assert (heard[0], heard[-1], len(heard)) == (13, 30, 18)
    assert done.totals == whole.totals
    for path in (tmp_path / "whole" / "by-line").iterdir():
        assert path.read_bytes() == (tmp_path / "out" / "by-line" / path.name).read_bytes()
    again = negotiate_streamed(terms, tmp_path / "out", resume=True)
    assert again.totals == whole.totals


def test_what_cannot_go_line_by_line_is_refused(tmp_path: Path) -> None:
    terms = read_terms(str(written(tmp_path)))
    out = tmp_path / "out"
    with pytest.raises(DataError, match=r"no unfinished run in .* Start without --resume"):
        negotiate_streamed(terms, out, resume=True)
    with pytest.raises(DataError, match="codes are not converted line by line"):
        negotiate_streamed(replace(terms, revision="2007"), out)
    negotiate_streamed(terms, out)
    with pytest.raises(DataError, match=r"exists and is not empty. Go on .* by --resume"):
        negotiate_streamed(terms, out)
    with pytest.raises(DataError, match="of other tables, offers or options"):
        negotiate_streamed(replace(terms, every=30.0), out, resume=True)
    (tmp_path / "o.toml").write_text(
        'lines = "lines.csv"\n[[offer]]\nimporter = "CHN"\ncut = 50\nquota = 3\n', "utf-8"
    )
    with pytest.raises(DataError, match="quotas need each importer by itself"):
        negotiate_streamed(read_terms(str(tmp_path / "o.toml")), tmp_path / "other")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((*ROWS, ROWS[0]), "010121 from IND to CHN stands in row 2 already"),
        (("10121,IND,CHN,10,0.1,0.1,0.2", *ROWS[1:]), "leading zero was lost"),
        (("010121,IND,CHN,10,0.3,0.3,0.2", *ROWS[1:]), "above its bound"),
        (("010121,IND,CHN,10,12,12,20", *ROWS[1:]), "are rates in percent"),
        (("010110,IND,CHN,10,0.1,0.1,0.2", *ROWS), "revisions"),
        (("010121,IND,CHN,10,0.1,0.15,0.2", *ROWS[1:]), "mfn rate of CHN on 010121"),
    ],
)
def test_rows_are_refused_as_at_once(tmp_path: Path, rows: tuple[str, ...], said: str) -> None:
    path = written(tmp_path, rows, HEADER)
    with pytest.raises(DataError, match=said):
        negotiate_streamed(read_terms(str(path)), tmp_path / "out")
    assert not list(tmp_path.glob("out/by-line/*.csv"))


def test_the_command_line_by_line(winset: Any, tmp_path: Path) -> None:
    path, out = table(tmp_path), tmp_path / "out"
    shown = winset("offer", path, "--save", out, "--for", "BRA", "--top", 2).out
    assert "All offers together, by method" in shown
    assert "BRA" in shown
    assert "30 lines" in shown
    said: Mapping[str, Any] = winset("offer", path, "--save", out, "--resume", "--json").json
    at_once = winset("offer", path, "--json").json
    assert said["lines"] == at_once["lines"] == 30
    assert json.dumps(said["elasticities"]) == json.dumps(at_once["elasticities"])
    for option in (("--world", "icio-2022"), ("--floor", "CHN=1"), ("--report", "r.html")):
        assert winset("offer", path, "--save", tmp_path / "new", *option).code == 2
    assert winset("offer", path, "--resume").code == 2
