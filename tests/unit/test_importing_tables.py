"""Worlds from inter-country tables: OECD ICIO, ADB MRIO, EORA26; what does not balance, negatives."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.unit import layouts

from winset.errors import DataError
from winset.scenario import Parameters
from winset.trade.models.many_sectors.solve import MODEL
from winset.trade.models.model import calibrate
from winset.worlds import World, read_world
from winset.worlds.importing import import_table, layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CODES, SECTORS = ("KAZ", "UZB", "CHN"), ("c1", "c2", "c3")
WRITERS: dict[str, Callable[[layouts.Table, Path], Path]] = {
    "icio": lambda table, place: layouts.icio(table, place / "2020.csv"),
    "adb": lambda table, place: layouts.adb(table, place / "adb-mrio.csv"),
    "eora": lambda table, place: layouts.eora(table, place / "eora"),
}


def table(**options: Any) -> layouts.Table:
    return layouts.balanced(CODES, SECTORS, **options)


def expected(of: layouts.Table) -> dict[str, np.ndarray]:
    """What a table without negative cells says, straight from its definition."""
    n, count = len(of.codes), len(of.sectors)
    cube = of.use.reshape(n, count, n, count)
    final = of.final.sum(axis=2).reshape(n, count, n)
    bought = final.sum(axis=0)
    output = of.output.reshape(n, count)
    return {
        "trade": (cube.sum(axis=3) + final).transpose(1, 0, 2),
        "value_added": (of.paid.sum(axis=0) / of.output).reshape(n, count).T,
        "inputs": (cube.sum(axis=0) / output).transpose(1, 0, 2),
        "final": bought / bought.sum(axis=0),
    }


def same(world: World, wanted: dict[str, np.ndarray], **near: float) -> None:
    technology = world.technology
    assert technology is not None
    near = near or {"rtol": 1e-8}
    np.testing.assert_allclose(world.trade, wanted["trade"], **near)
    for name in ("value_added", "inputs", "final"):
        np.testing.assert_allclose(getattr(technology, name), wanted[name], **near)


@pytest.mark.parametrize("kind", WRITERS)
def test_every_layout_gives_the_same_world(kind: str, tmp_path: Path) -> None:
    of = table()
    path = WRITERS[kind](of, tmp_path)
    assert layout(path) == kind
    world = import_table(path)
    same(world, expected(of))
    assert world.codes == CODES
    assert world.year == {"icio": 2020, "adb": 2023, "eora": 2017}[kind]
    assert world.names[0] == ("The KAZ" if kind == "eora" else "Kazakhstan")
    assert world.technology is not None
    np.testing.assert_array_equal(world.technology.elasticity, 4.0)
    # The data are an equilibrium as they stand: nothing has to be solved for.
    assert calibrate(MODEL, world, Parameters()).iterations == 0


@pytest.mark.parametrize("kind", WRITERS)
def test_the_command_makes_a_folder_that_runs(kind: str, tmp_path: Path, winset: Any) -> None:
    path = WRITERS[kind](table(drawn=0.3), tmp_path)
    said = winset("world", "import", "--table", path, "--out", tmp_path / "w")
    assert said.code == 0, said.err
    assert "3 economies, 3 sectors" in said.out
    assert "stocks drawn down" in said.out
    assert winset("world", "check", tmp_path / "w").code == 0
    (tmp_path / "s.toml").write_text(
        'world = "w"\n[[change]]\nkind = "trade-cost"\namong = ["KAZ", "UZB"]\npercent = -10\n',
        "utf-8",
    )
    run = winset("run", tmp_path / "s.toml", "--json")
    assert run.code == 0, run.err
    assert all(e["welfare_percent"] > 0 for e in run.json["economies"] if e["code"] != "CHN")
    assert len(run.json["sectors"]) == 3
    assert "sha256" in read_world(tmp_path / "w").sources[0].title


def test_what_is_drawn_from_stock_is_produced(tmp_path: Path) -> None:
    """x̃ = (I − A)⁻¹ f⁺ with the input shares of the table (Costinot & Rodríguez-Clare 2014)."""
    of = table(drawn=0.5)
    world = import_table(layouts.icio(of, tmp_path / "2020.csv"))
    shares = of.use / of.output
    used = np.maximum(of.final, 0.0)
    output = np.linalg.solve(np.eye(len(shares)) - shares, used.sum(axis=(1, 2)))
    assert (output > 1.01 * of.output).all()
    made = replace(of, use=shares * output, final=used, paid=of.paid / of.output * output)
    np.testing.assert_allclose(made.output, output)
    same(world, expected(made))
    assert "9 negative cells of final use" in " ".join(world.notes)


def test_the_parts_of_china_and_mexico_are_merged(tmp_path: Path) -> None:
    """Extended tables: CHN sells nothing of its own, CN1 and CN2 do, CHN alone consumes."""
    parts = ("CHN", "CN1", "CN2", "KAZ", "MEX", "MX1", "MX2")
    split = layouts.balanced(parts, SECTORS)
    whole = np.array([0, 0, 0, 1, 2, 2, 2])
    final = np.zeros((len(split.use), 3, 5))
    np.add.at(final.transpose(1, 0, 2), whole, split.final.transpose(1, 0, 2))
    path = layouts.icio(
        replace(split, final=final), tmp_path / "2020.csv", final_codes=("CHN", "KAZ", "MEX")
    )
    world = import_table(path)
    assert world.codes == ("CHN", "KAZ", "MEX")
    rows = (whole[:, None] * 3 + np.arange(3)).ravel()
    use, sold, paid = np.zeros((9, 9)), np.zeros((9, 3, 5)), np.zeros((2, 9))
    np.add.at(use, (rows[:, None], rows[None, :]), split.use)
    np.add.at(sold, rows, final)
    np.add.at(paid.T, rows, split.paid.T)
    same(world, expected(layouts.Table(world.codes, SECTORS, use, sold, paid)))
    assert "CN1, CN2, MX1, MX2 merged into CHN, MEX." in world.notes


def test_labels_of_older_releases(tmp_path: Path) -> None:
    of = table()
    same(import_table(layouts.icio(of, tmp_path / "ICIO2021_2018.csv", old=True)), expected(of))


def test_codes_of_adb_become_iso(tmp_path: Path) -> None:
    of = replace(table(), codes=("PRC", "UKG", "RoW"))
    world = import_table(layouts.adb(of, tmp_path / "x.csv"))
    assert world.codes == ("CHN", "GBR", "ROW")
    assert world.technology is not None
    assert world.technology.names[0] == "Making, selling of c1"


def test_the_rest_of_the_world_of_eora_stays_outside(tmp_path: Path) -> None:
    of = table()
    rest = 0.5
    # What sellers sell to the rest is output too, and what producers buy there is a cost.
    path = layouts.eora(of, tmp_path / "e", rest=rest)
    world = import_table(path)
    size = len(of.use)
    shares = of.use / (of.output + rest)
    output = np.linalg.solve(np.eye(size) - shares, of.final.sum(axis=(1, 2)))
    made = replace(of, use=shares * output, paid=np.array([output - (shares * output).sum(axis=0)]))
    same(world, expected(made))
    assert any("rest of the world has no sectors" in note for note in world.notes)


def test_eora_without_years_in_its_names(tmp_path: Path) -> None:
    folder = layouts.eora(table(), tmp_path / "eora-2015")
    for part in ("T", "FD", "VA"):
        (folder / f"Eora26_2017_bp_{part}.txt").rename(folder / f"{part}.txt")
    assert import_table(folder).year == 2015
    plain = import_table(folder.rename(tmp_path / "eora"), year=2014)
    assert plain.year == 2014
    same(plain, expected(table()))
    assert "file T.txt" in plain.sources[0].title


def test_one_year_of_several_of_eora(tmp_path: Path) -> None:
    layouts.eora(table(), tmp_path / "e", year=2016)
    folder = layouts.eora(table(seed=1), tmp_path / "e", year=2017)
    with pytest.raises(DataError, match=r"more than one file .* choose with --year"):
        import_table(folder)
    world = import_table(folder, year=2017)
    same(world, expected(table(seed=1)))
    assert "Eora26_2017_bp_T.txt" in world.sources[0].title


def test_an_economy_left_out_is_outside(tmp_path: Path) -> None:
    of = layouts.balanced(("KAZ", "UZB", "KGZ", "CHN"), SECTORS)
    world = import_table(layouts.icio(of, tmp_path / "2020.csv"), without=["KGZ"])
    assert world.codes == CODES
    accounts = world.sector_accounts(1.0)
    assert accounts.deficit.sum() == pytest.approx(0, abs=1e-9)
    assert calibrate(MODEL, world, Parameters()).iterations == 0


def test_a_sector_that_is_not_made_and_one_without_trade(tmp_path: Path) -> None:
    of = table()
    use, final, paid = of.use.copy(), of.final.copy(), of.paid.copy()
    gone = 4  # UZB, c2: neither made nor sold
    use[gone], use[:, gone], final[gone], paid[:, gone] = 0.0, 0.0, 0.0, 0.0
    for n in range(3):  # c3 stays at home
        row = 3 * n + 2
        use[row, [k for k in range(9) if k // 3 != n]] = 0.0
        final[row, [k for k in range(3) if k != n]] = 0.0
    paid[1] = use.sum(axis=1) + final.sum(axis=(1, 2)) - use.sum(axis=0) - paid[0]
    world = import_table(
        layouts.icio(replace(of, use=use, final=final, paid=paid), tmp_path / "2020.csv")
    )
    assert world.technology is not None
    assert world.technology.traded.tolist() == [True, True, False]
    assert world.trade[1, 1].sum() == 0
    shares = world.technology.value_added[1]
    assert shares[0] > 0
    assert min(shares[0], shares[2]) <= shares[1] <= max(shares[0], shares[2])
    assert calibrate(MODEL, world, Parameters()).iterations == 0


def test_inputs_beyond_output_are_final_use(tmp_path: Path) -> None:
    of = table()
    use, paid = of.use.copy(), of.paid.copy()
    use[:, 0] *= 4.0 * of.output[0] / use[:, 0].sum()
    paid[1] = use.sum(axis=1) + of.final.sum(axis=(1, 2)) - use.sum(axis=0) - paid[0]
    world = import_table(layouts.icio(replace(of, use=use, paid=paid), tmp_path / "2020.csv"))
    assert world.technology is not None
    assert world.technology.value_added[0, 0] == 0
    assert "KAZ, sector c1" in " ".join(world.notes)
    assert world.trade.sum() == pytest.approx(use.sum() + of.final.sum())
    assert calibrate(MODEL, world, Parameters()).iterations == 0


def cell(path: Path, row: int, column: int, text: str) -> Path:
    """Change one cell of a CSV, rows and columns from 1."""
    with path.open(encoding="utf-8", newline="") as file:
        cells = list(csv.reader(file))
    cells[row - 1][column - 1] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(cells)
    return path


def test_unbalanced_accounts_say_which_country_sector_and_how_much(
    tmp_path: Path, winset: Any
) -> None:
    of = table()
    paid = of.paid.copy()
    paid[1, 4] *= 1.5
    path = layouts.icio(replace(of, paid=paid), tmp_path / "2020.csv")
    said = winset("world", "import", "--table", path, "--out", tmp_path / "w")
    gap = 100 * (of.paid[1, 4] * 0.5) / (of.output[4] + 0.5 * of.paid[1, 4])
    assert said.code == 2
    plain = " ".join(said.err.split())
    assert f"UZB, sector c2 sells {of.output[4]:,.6g} but spends" in plain
    assert f"{-gap:+.3g} %" in plain
    assert "in all 1 of 9 sellers" in plain
    assert not (tmp_path / "w").exists()
    said = winset("world", "import", "--table", path, "--out", tmp_path / "w", "--tolerance", "0.5")
    assert said.code == 0, said.err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: cell(p, 3, 5, "many"), "row 3, column 5: 'many' is not a number"),
        (lambda p: cell(p, 3, 5, "nan"), "row 3, column 5: 'nan' is not a number"),
        (lambda p: cell(p, 3, 1, "KAZ_c9"), "row 3: 'KAZ_c9' is no column of row 1"),
        (lambda p: cell(p, 3, 1, "KAZ_c1"), "row 3: KAZ_c1 stands twice"),
        (lambda p: cell(p, 1, 3, "elsewhere"), "row 1: column 'elsewhere' is neither"),
        (lambda p: cell(p, 3, 5, "9999"), "sales of KAZ, sector c2 add up to"),
        (lambda p: cell(p, 13, 4, "9999"), "costs of KAZ, sector c3 add up to"),
        (
            lambda p: p.write_text("\n".join(p.read_text("utf-8").splitlines()[:9]), "utf-8"),
            "no row for CHN_c3; every industry needs one",
        ),
        (
            lambda p: p.write_text(
                p.read_text("utf-8").replace("\nKAZ_c2,", "\nKAZ_c2,1,"), "utf-8"
            ),
            "cells where row 1 has",
        ),
    ],
)
def test_what_is_refused(
    change: Callable[[Path], object], message: str, tmp_path: Path, winset: Any
) -> None:
    path = layouts.icio(table(), tmp_path / "2020.csv")
    change(path)
    said = winset("world", "import", "--table", path, "--out", tmp_path / "w")
    assert said.code == 2, said.out
    assert message in " ".join(said.err.split())
    assert not (tmp_path / "w").exists()


def test_what_is_refused_of_other_layouts(tmp_path: Path, winset: Any) -> None:
    def message(path: Path, *options: object) -> str:
        said = winset("world", "import", "--table", path, "--out", tmp_path / "w", *options)
        assert said.code == 2, said.out
        return " ".join(said.err.split())

    sheet = layouts.adb(table(), tmp_path / "adb.csv", title="A table")
    assert "neither title nor name say of which year" in message(sheet)
    cell(sheet, 8, 5, "1,234")
    assert "row 8, column 5: '1,234' is not a number" in message(sheet, "--year", 2020)
    cell(sheet, 9, 4, "c9")
    cell(sheet, 8, 5, "1")
    assert "code 'c9' of economy 'KAZ' is none" in message(sheet, "--year", 2020)
    folder = layouts.eora(table(), tmp_path / "eora")
    assert "no file *2018*_T.txt" in message(folder, "--year", 2018)
    labels = (folder / "labels_FD.txt").read_text("utf-8").splitlines(keepends=True)
    (folder / "labels_FD.txt").write_text("".join(labels[1:]), "utf-8")
    assert "cells, but" in message(folder)
    (folder / "labels_FD.txt").unlink()
    assert "labels_FD.txt is missing" in message(folder)
    (tmp_path / "empty").mkdir()
    assert "folder without labels_T.txt" in message(tmp_path / "empty")
    table_ = layouts.icio(table(), tmp_path / "2020.csv")
    assert "has its own sectors and value added" in message(table_, "--sectors", "sections")
    assert "must lie between 0 and 1" in message(table_, "--tolerance", 2)
    assert "--without KAX" in message(table_, "--without", "KAX")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("5.5", []),
        ("-1", ["must be a positive number"]),
        ("0", ["must be a positive number"]),
        ("none.csv", ["neither a number nor a file"]),
        ("sector,elasticity\nc1,5\nc2,0\nc3,4\n", ["row 3", "elasticity of c2 is 0", "positive"]),
        ("sector,elasticity\nc1,5\nc9,6\nc2,4\n", ["no sector 'c9'", "sector c3"]),
        ("sector,elasticity\nc1,5\nc2,\nc3,4\n", ["no elasticity for the traded sector c2"]),
        ("sector,elasticity,theta_low\nc1,5,2\nc2,6,3\nc3,7,\n", ["no theta_low", "c3"]),
        ("sector,elasticity,theta_low\nc1,5,2\nc2,6,3\nc3,7,4\n", []),
    ],
)
def test_elasticities(text: str, words: list[str], tmp_path: Path, winset: Any) -> None:
    path = layouts.icio(table(), tmp_path / "2020.csv")
    given: str | Path = text
    if "\n" in text:
        given = tmp_path / "theta.csv"
        given.write_text(text, "utf-8")
    said = winset(
        "world", "import", "--table", path, "--out", tmp_path / "w", "--elasticities", given
    )
    assert said.code == (2 if words else 0), said.err
    for word in words:
        assert word in " ".join(said.err.split())
    if not words:
        technology = read_world(tmp_path / "w").technology
        assert technology is not None
        assert technology.elasticity[0] == (5.5 if text == "5.5" else 5.0)
        assert list(technology.elasticity_sets) == ([] if text == "5.5" else ["low"])
