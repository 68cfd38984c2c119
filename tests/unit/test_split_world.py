"""world-2022-sectors: what is split out of the rest of the world of icio-2022, and what stays as it was."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks import known as benchmark
from scripts.derive_split_world import parts_of
from scripts.splitting.leave_one_out import measured
from scripts.splitting.report import laid
from scripts.splitting.sources import read
from tests.docs.blocks import REPOSITORY
from typer.testing import CliRunner

import winset
from winset.cli import app
from winset.errors import DataError
from winset.places.blocs import load_blocs
from winset.scenario import parse
from winset.worlds import read_world, write_world
from winset.worlds.package import DATA
from winset.worlds.split_out import NAME, Parts, composed, read_split, single, write_split

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = DATA / "world-2022-sectors"
BASE, SPLIT = winset.world("icio-2022"), winset.world("world-2022-sectors")
K = len(BASE) - 1
NEW = list(range(K, len(SPLIT)))  # the split-out and what remains
SCO_KNOWN = "CHN RUS IND KAZ PAK BLR ARE EGY KHM LAO MMR SAU TUR".split()
FULL = {"on": "2022-12-31", "world": "icio-2022"}
SCO = parse({**FULL, "change": [{"kind": "trade-cost", "among": SCO_KNOWN, "percent": -10}]})
EUROPE = parse(
    {
        **FULL,
        "change": [{"kind": "trade-cost", "among": ["DEU", "FRA", "ITA", "POL"], "percent": -10}],
    }
)


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_parts_sum_to_the_old_rest_cell_by_cell() -> None:
    new = np.array(NEW)
    for found, old in (
        (SPLIT.trade[:, new][:, :, :K].sum(axis=1), BASE.trade[:, K, :K]),
        (SPLIT.trade[:, :K][:, :, new].sum(axis=2), BASE.trade[:, :K, K]),
        (SPLIT.trade[:, new][:, :, new].sum(axis=(1, 2)), BASE.trade[:, K, K]),
    ):
        np.testing.assert_allclose(found, old, rtol=1e-9, atol=1e-9)


def test_all_other_figures_are_the_base_s() -> None:
    assert SPLIT.codes[:K] == BASE.codes[:K]
    assert SPLIT.codes[-1] == "ROW"
    np.testing.assert_array_equal(SPLIT.trade[:, :K, :K], BASE.trade[:, :K, :K])
    np.testing.assert_array_equal(SPLIT.tariff[:, :K, :K], BASE.tariff[:, :K, :K])
    assert (SPLIT.trade >= 0).all()
    assert SPLIT.technology is not None
    assert SPLIT.technology.elasticity_sets.keys() == BASE.technology.elasticity_sets.keys()  # type: ignore[union-attr]


def test_accounts_balance() -> None:
    accounts = SPLIT.sector_accounts(0.5)
    assert abs(accounts.deficit.sum()) < 1e-9 * accounts.output.sum()
    used = np.matmul(accounts.inputs, accounts.output.T[:, :, None])[:, :, 0].T
    # what a sector takes in is what is used and consumed of it: spending, for every economy together
    gap = used.sum(axis=0) + accounts.income - accounts.spending.sum(axis=0)
    assert np.abs(gap / accounts.income).max() < 1e-9
    assert (accounts.income > 0).all()


def test_every_member_and_partner_of_the_sco_is_in_it() -> None:
    bloc = load_blocs()["SCO"]
    assert set(bloc.codes(dt.date(2025, 9, 1), partners=True)) <= set(SPLIT.codes)
    assert {"MNG", "UZB", "KGZ", "TJK", "IRN", "TKM"} <= set(SPLIT.imputed)


def test_customs_unions_are_free_inside() -> None:
    union = [SPLIT.index[code] for code in ("ARM", "BLR", "KAZ", "KGZ", "RUS")]
    assert not SPLIT.tariff[np.ix_(range(27), union, union)].any()
    usa, kgz = SPLIT.index["USA"], SPLIT.index["KGZ"]
    assert SPLIT.tariff[:27, usa, kgz].mean() > 0.02
    assert not SPLIT.tariff[27][NEW].any()  # services


def test_a_split_into_like_parts_changes_no_gain() -> None:
    """What changes the known economies' gains is that the parts differ, not that they are parts."""
    shares = np.array([0.2, 0.3, 0.5])
    rest = BASE.trade[:, K]
    parts = Parts(
        exports=shares[:2, None, None] * rest[None, :, :K],
        imports=shares[:2, None, None] * BASE.trade[None, :, :K, K],
        inside=np.outer(shares, shares)[:, :, None] * rest[:, K],
        by=np.zeros((2, len(rest), K + 2)),
        on=np.zeros((2, len(rest), K)),
    )
    about = {"name": "like", "sources": [], "notes": [], "rest": "rest"}
    alike = [
        {"code": code, "name": code, "region": "", "imputed": "a part"} for code in ("AAA", "BBB")
    ]
    twin = composed(BASE, parts, alike, about)
    before, after = winset.solve(BASE, SCO).welfare, winset.solve(twin, SCO).welfare
    np.testing.assert_allclose(after[:K], before[:K], atol=1e-9)
    np.testing.assert_allclose(after[K:], before[K], atol=1e-9)


@pytest.mark.parametrize(
    ("scenario", "most", "usual"), [(EUROPE, 0.005, 0.001), (SCO, 0.05, 0.005)]
)
def test_gains_of_the_known_hardly_change(scenario: object, most: float, usual: float) -> None:
    """In points; ten percent off the costs of thirteen known economies is felt by whoever sells them oil."""
    free = SPLIT.tariff.copy()
    free[:, NEW], free[:, :, NEW] = 0.0, 0.0
    split = replace(SPLIT, tariff=free)
    before, after = (100.0 * winset.solve(w, scenario).welfare[:K] for w in (BASE, split))  # type: ignore[arg-type]
    assert np.abs(after - before).max() < most
    assert np.median(np.abs(after - before)) < usual


def test_parts_put_together_again_are_the_base() -> None:
    """With the tariffs that the base has: what a split changes is from wages and tariffs that part."""
    free = SPLIT.tariff.copy()
    free[:, NEW], free[:, :, NEW] = 0.0, 0.0
    whole = replace(SPLIT, tariff=free).aggregate({"ROW": [SPLIT.codes[k] for k in NEW]})
    order = [whole.codes.index(code) for code in BASE.codes]
    found = winset.solve(whole, SCO).welfare[order]
    np.testing.assert_allclose(found, winset.solve(BASE, SCO).welfare, rtol=1e-9)


def test_the_page_says_what_the_benchmark_measures() -> None:
    page = (REPOSITORY / "docs" / "world-2022-sectors.md").read_text("utf-8")
    known = [code for code in BASE.codes if code != "ROW"]
    names = dict(zip(BASE.codes, BASE.names, strict=True))
    title, change = benchmark.CASES[0]
    gap = benchmark.measured(BASE, SPLIT, known, change)
    assert benchmark.row(title, gap, known, names) in page
    for other, _ in benchmark.CASES:
        assert f"| {other} |" in page


def test_results_say_who_is_imputed() -> None:
    scenario = parse(
        {
            **FULL,
            "world": SPLIT.name,
            "change": [{"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -10}],
        }
    )
    result = winset.solve(SPLIT, scenario)
    assert result.table().loc["UZB", "name"] == "Uzbekistan (imputed)"
    assert result.table().loc["KAZ", "name"] == "Kazakhstan"
    said = {row["code"]: row["imputed"] for row in result.to_json()["economies"]}
    assert "misallocated" in said["UZB"]
    assert said["KAZ"] == ""
    assert "imputed" not in winset.solve(BASE, EUROPE).to_json()["economies"][0]


def test_the_error_is_printed_with_the_world() -> None:
    text = " ".join(CliRunner().invoke(app, ["world", "show", SPLIT.name]).stdout.split())
    assert "TJK: exports by the mix of its neighbors" in text
    assert "put back and split out again" in text
    said = json.loads(CliRunner().invoke(app, ["world", "show", SPLIT.name, "--json"]).stdout)
    assert said["imputed"] == SPLIT.imputed


def test_a_class_above_half_says_so_in_its_row() -> None:
    errors: dict[str, list[float]] = {}
    for row in rows("errors.csv"):
        errors.setdefault(row["sources"], []).append(float(row["exports_misallocated"]))
    for row in rows("economies.csv"):
        bad = np.median(errors[row["sources"]]) > 0.5
        assert ("above 50 %" in row["imputed"]) == bad


def test_margins_are_met() -> None:
    """Totals of pairs and sectors, in percent of each economy's trade; cells of the rest are met exactly."""
    missed = [float(row["margins_missed_percent"]) for row in rows("economies.csv")]
    assert np.median(missed) < 2.0
    assert max(missed) < 15.0


def test_flows_are_cut_towards_zero() -> None:
    flows = np.array([0.0, 1e-30, 1.0, 123456.789, 9.99999e9])
    kept = single(flows).astype(np.float64)
    assert (kept <= flows).all()
    np.testing.assert_allclose(kept, flows, rtol=1e-4, atol=1e-20)


def test_what_is_imputed_survives_a_folder(tmp_path: Path) -> None:
    small = SPLIT.select(["KAZ", "RUS", "UZB"])
    write_world(small, tmp_path / "w")
    assert read_world(tmp_path / "w").imputed == small.imputed != {}


def test_a_damaged_split_is_refused(tmp_path: Path) -> None:
    sound = (FOLDER / NAME).read_bytes()
    for name in ("datapackage.json", "economies.csv"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    chance = random.Random(7)
    for k in range(20):
        place = chance.randrange(len(sound))
        flipped = bytes([sound[place] ^ 1 << chance.randrange(8)])
        cut = sound[:place] if k % 2 else sound[:place] + flipped + sound[place + 1 :]
        (tmp_path / NAME).write_bytes(cut)
        try:
            assert read_split(tmp_path, BASE) == SPLIT
        except DataError as error:
            assert "Install winset again" in str(error)  # noqa: PT017 - not always refused


def test_the_same_parts_are_written_to_the_same_bytes(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    parts = Parts(
        *(
            chance.uniform(size=shape)
            for shape in ((1, 2, 3), (1, 2, 3), (2, 2, 2), (1, 2, 4), (1, 2, 3))
        )
    )
    for name in ("a.npz", "b.npz"):
        write_split(parts, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_the_documents_show_the_errors_that_the_world_comes_with() -> None:
    page = (REPOSITORY / "docs" / "world-2022-sectors.md").read_text(encoding="utf-8")
    assert page == laid(page, rows("errors.csv"))
    assert "as each has them" in page


def test_it_is_what_its_script_makes_of_the_sources(shared_data: Path) -> None:
    sources = read(shared_data)
    parts, split, _, _ = parts_of(shared_data, sources)
    with np.load(FOLDER / NAME) as file:
        for name in ("exports", "imports", "inside"):
            np.testing.assert_allclose(file[name], getattr(parts, name), rtol=1e-3, atol=1e-6)
    said = {row["code"]: row["sources"] for row in rows("economies.csv")}
    assert {code: split.basis[code] for code in said} == said


def test_an_error_measured_anew_is_the_embedded_one(shared_data: Path) -> None:
    embedded = {(row["code"], row["sources"]): row for row in rows("errors.csv")}
    for row in measured(read(shared_data), BASE, ["KAZ"], full=False):
        for key in ("exports_misallocated", "imports_misallocated", "openness_gap"):
            assert row[key] == pytest.approx(float(embedded["KAZ", row["sources"]][key]), rel=1e-2)
