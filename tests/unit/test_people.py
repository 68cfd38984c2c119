"""Choice with capacity, the labor sheet, tables of people and what is refused of them, ties, evidence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from winset.errors import ConvergenceError, DataError
from winset.people import choice
from winset.people.choice import move, shares
from winset.people.labor import annuity_due, labor_sheet
from winset.people.records import (
    FULL,
    embedded,
    read_hosts,
    read_records,
    read_remittances,
    remittances,
    totals_of_students,
    works_by_year,
)
from winset.places.ties import requirements, tied, visas
from winset.scenario.people_effects import Span, about, evidence, span

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from winset.numbers import Array


def made(n: int = 12, m: int = 12, seed: int = 3) -> tuple[Array, Array]:
    """People with nobody in some places, and attraction."""
    rng = np.random.default_rng(seed)
    people = rng.pareto(1.0, (n, m)) * 100.0 * (rng.random((n, m)) < 0.8)
    people[:, -1] += 1000.0
    return people, np.exp(rng.normal(0.0, 0.4, (n, m)))


def test_shares_sum_to_one_and_a_row_of_nobody_stays_nobody() -> None:
    people, _ = made()
    people[4] = 0.0
    found = shares(people)
    assert found.sum(axis=1) == pytest.approx(
        [0.0 if i == 4 else 1.0 for i in range(12)], abs=1e-15
    )
    moved = move(people, np.exp(people / 1e5)).people
    assert not moved[4].any()


@pytest.mark.parametrize("factor", [0.2, 1.0, 7.5])
def test_the_same_factor_everywhere_changes_nothing(factor: float) -> None:
    people, _ = made()
    assert move(people, np.full_like(people, factor)).people == pytest.approx(people, rel=1e-14)


def test_rows_keep_their_sums_and_are_in_exact_hats() -> None:
    people, attraction = made()
    moved = move(people, attraction)
    assert moved.people.sum(axis=1) == pytest.approx(people.sum(axis=1), rel=1e-14)
    there = people > 0
    hats = attraction / (shares(people) * attraction).sum(axis=1, keepdims=True)
    assert (moved.people[there] / people[there]) == pytest.approx(hats[there], rel=1e-13)
    assert (moved.rounds, moved.admission.tolist()) == (0, [1.0] * 12)


def test_two_destinations_against_the_closed_form() -> None:
    """One resident of whom the share s is abroad: s' = s φ / (1 − s + s φ)."""
    for s, factor in ((0.1, 1.5), (0.9, 0.3), (0.5, 4.0)):
        moved = move(np.array([[s, 1.0 - s]]), np.array([[factor, 1.0]])).people
        assert moved[0, 0] == pytest.approx(s * factor / (1.0 - s + s * factor), rel=1e-15)


def test_capacity_of_two_hosts_against_the_closed_form() -> None:
    """One origin, one host with room for 120 of its 100: λ solves 1000 · aλ/(aλ + 1 − s) = 120, a = sφ."""
    people, attraction = np.array([[100.0, 900.0]]), np.array([[3.0, 1.0]])
    moved = move(people, attraction, np.array([120.0, np.inf]))
    assert moved.people[0] == pytest.approx([120.0, 880.0], rel=1e-12)
    assert moved.admission[0] == pytest.approx(0.12 * 0.9 / (0.88 * 0.3), rel=1e-11)
    free = move(people, attraction, np.array([300.0, np.inf]))
    assert free.people[0, 0] == pytest.approx(250.0, rel=1e-15)
    assert free.admission[0] == 1.0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("room", [1.0, 1.05])
def test_capacity_is_met_to_the_last_digits(seed: int, room: float) -> None:
    people, attraction = made(30, 31, seed)
    capacity = np.append(people[:, :-1].sum(axis=0) * room, np.inf)
    moved = move(people, attraction, capacity)
    arrived = moved.people.sum(axis=0)[:-1]
    full = moved.admission[:-1] < 1.0
    assert full.any()
    assert arrived[full] == pytest.approx(capacity[:-1][full], rel=1e-12)
    assert (arrived <= capacity[:-1] * (1.0 + 1e-12)).all()
    assert moved.people.sum(axis=1) == pytest.approx(people.sum(axis=1), rel=1e-12)
    # What is left is of the form that a factor a host makes.
    open_ = people * attraction * moved.admission
    form = open_ / open_.sum(axis=1, keepdims=True) * people.sum(axis=1, keepdims=True)
    assert moved.people == pytest.approx(form, rel=1e-12)


def test_everybody_abroad_and_every_host_full() -> None:
    people, attraction = made(20, 20, 5)
    moved = move(people, attraction, people.sum(axis=0))
    assert moved.people.sum(axis=0) == pytest.approx(people.sum(axis=0), rel=1e-12)


@pytest.mark.parametrize(
    ("people", "attraction", "capacity", "said"),
    [
        ([[-1.0, 2.0]], [[1.0, 1.0]], None, "negative or no number"),
        ([[np.nan, 2.0]], [[1.0, 1.0]], None, "negative or no number"),
        ([[1.0, 2.0]], [[0.0, 1.0]], None, "every factor is a positive number"),
        ([[1.0, 2.0]], [[np.inf, 1.0]], None, "every factor is a positive number"),
        ([[1.0, 2.0]], [[1.0, 1.0]], [0.0, np.inf], "capacity is a positive number"),
        ([[1.0, 2.0]], [[1.0, 1.0]], [1.0, 1.0], "less room than people"),
        ([[5.0, 0.0]], [[1.0, 1.0]], [2.0, np.inf], "less room than people"),
    ],
)
def test_what_cannot_be_placed(people: Any, attraction: Any, capacity: Any, said: str) -> None:
    room = None if capacity is None else np.array(capacity)
    with pytest.raises(DataError, match=said):
        move(np.array(people), np.array(attraction), room)


def test_capacity_that_is_not_met_in_time_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    people, attraction = made(30, 31, 1)
    monkeypatch.setattr(choice, "MOST_ROUNDS", 2)
    with pytest.raises(ConvergenceError, match="not met in 2 rounds"):
        move(people, attraction, np.append(people[:, :-1].sum(axis=0), np.inf))


def test_an_annuity_due_is_the_sum_of_its_years() -> None:
    for rate in (-0.2, 0.0, 1e-9, 0.03, 0.5):
        for years in (0, 1, 7, 40):
            plain = sum((1.0 + rate) ** -t for t in range(years))
            assert annuity_due(rate, years) == pytest.approx(plain, rel=1e-12)


def test_a_sheet_of_other_figures() -> None:
    """Nothing but the formulae: other migrants, coefficient, gain, income, years, rate."""
    sheet = labor_sheet(1200.0, -0.1, gain=1.5, income_usd=900.0, years=3, rate=0.1, first_years=1)
    more = 1200.0 * (math.exp(-0.1) - 1.0)
    yearly = more * 1.5 * 900.0
    assert sheet.more_migrants == pytest.approx(more, rel=1e-13)
    assert sheet.gain_usd_a_year == pytest.approx(yearly, rel=1e-13)
    assert sheet.present_value_usd == pytest.approx(yearly * (1 + 1 / 1.1 + 1 / 1.21), rel=1e-13)
    assert sheet.first_years_usd == pytest.approx(yearly, rel=1e-13)
    assert sheet.after_first_years_usd == pytest.approx(sheet.present_value_usd - yearly, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"migrants": -1.0}, "migrants = -1: it is zero or more"),
        ({"gain": -0.1}, "gain = -0.1: it is zero or more"),
        ({"income_usd": math.inf}, "income_usd = inf"),
        ({"coefficient": math.nan}, "coefficient = nan"),
        ({"coefficient": 1e4}, "beyond all numbers"),
        ({"coefficient": 709.0, "migrants": 1e30}, "beyond all numbers"),
        ({"rate": -1.0}, "above −1"),
        ({"rate": 3.0}, "In percent"),
        ({"years": -1}, "years = -1"),
        ({"years": 1001}, "from 0 to 1,000"),
        ({"first_years": 26}, "more than years = 25"),
    ],
)
def test_a_sheet_that_says_nothing(change: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"migrants": 10.0, "coefficient": 0.5, "gain": 1.0, "income_usd": 5.0}
    given |= change
    with pytest.raises(DataError, match=said):
        labor_sheet(given.pop("migrants"), given.pop("coefficient"), **given)


# --- tables


def table(folder: Path, text: str, name: str = "own.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_long_and_wide_tables_say_the_same(tmp_path: Path) -> None:
    long = table(
        tmp_path,
        "origin,destination,year,persons\nKAZ,RUS,2015,10\nKAZ,RUS,2020,12\nRUS,KAZ,2015,7\n"
        "RUS,KAZ,2020,0\n",
    )
    wide = table(
        tmp_path,
        "iso3_origin;iso3_dest;stock_2015;stock_2020\nKAZ;RUS;10;12\nRUS;KAZ;7;0\n",
        "wide.csv",
    )
    one, other = read_records(long), read_records(wide)
    assert one.codes == other.codes == ("KAZ", "RUS")
    assert one.years == other.years == (2015, 2020)
    np.testing.assert_array_equal(one.people, other.people)
    assert one.of(2020)[1, 0] == 0.0
    assert np.isnan(one.of(2020)[0, 0])
    with pytest.raises(DataError, match=r"no figures of 2010\. Years: 2015, 2020"):
        one.of(2010)


def test_the_layouts_of_the_sources_are_read(shared_data: Path, tmp_path: Path) -> None:
    stocks = read_records(shared_data / "migrants_undesa2020" / "migrant_stock_bilateral.csv")
    path = shared_data / "students_uis" / "students_bilateral_2012_2018.csv"
    with pytest.raises(DataError, match=r"row 355: COD → ARE of 2014 stands in row 354 too"):
        read_records(path, kind="students")  # both Congos under one code
    lines = path.read_text("utf-8").splitlines()
    kept = [x for x in lines if x.find(",") == 3 and not x.startswith("COD,")]  # no states of old
    kept.insert(0, lines[0])
    students = read_records(table(tmp_path, "\n".join(kept)), kind="students")
    assert stocks.of(2020)[stocks.index["IND"], stocks.index["ARE"]] == 3471300
    assert students.of(2016)[students.index["CHN"], students.index["USA"]] == 309837


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "origin,destination,stock_2015,flow_2015\nKAZ,RUS,1,2\n",
            "stocks beside columns of flows",
        ),
        (
            "origin,destination,year,persons,measure\nKAZ,RUS,2015,1,stock\nKAZ,CHN,2015,2,flow\n",
            r"row 3: measure is flow, and stock in row 2: who lives there is not who came",
        ),
        (
            "origin,destination,year,persons,basis\nKAZ,RUS,2015,1,birth\nKAZ,CHN,2015,2,citizenship\n",
            r"row 3: basis is citizenship, and birth in row 2: those born abroad are not those",
        ),
        (
            "origin,destination,year,persons,basis\nKAZ,RUS,2015,1,brith\n",
            r"row 2: basis is 'brith'; it is birth or citizenship\. Did you mean birth",
        ),
        (
            "origin,destination,2015,2020\nKAZ,RUS,0,3\nKAZ,CHN,,4\n",
            r"zeros \(row 2\) beside empty cells \(row 3\)\. .* --blank zero or --blank missing",
        ),
        ("origin,destination,year,persons\nKAZ,RUS,2015,-1\n", "row 2: persons is '-1'"),
        ("origin,destination,year,persons\nKAZ,RUS,2015,many\n", "row 2: persons is 'many'"),
        ("origin,destination,year,persons\nKAZ,RUS,15,1\n", "row 2: year is '15'"),
        ("origin,destination,persons\nKAZ,RUS,1\n", "no column year"),
        ("origin,year,persons\nKAZ,2015,1\n", "no column destination"),
        ("origin,destination,year\nKAZ,RUS,2015\n", "no column persons"),
        ("origin,destination,year,persons,stock\nKAZ,RUS,2015,1,2\n", "say the same"),
        (
            "origin,destination,year,persons\nKAZ,RUS,2015,1\nKAZ,RUS,2015,2\n",
            "row 3: KAZ → RUS of 2015 stands in row 2 too",
        ),
        ("origin,destination,year,persons\nKAZ,,2015,1\n", "row 2: destination is empty"),
        ("origin,destination,year,persons\nKAZ,RUS,2015,\n", "no figures in it"),
        ("origin,destination,year,persons\nKAZ,a place far away,2015,1\n", "row 2: .* is no code"),
    ],
)
def test_tables_that_mix_or_miss(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_records(table(tmp_path, text))


def test_what_an_empty_cell_is_may_be_said(tmp_path: Path) -> None:
    own = table(tmp_path, "origin,destination,2015,2020\nKAZ,RUS,0,3\nKAZ,CHN,,4\nWLD,RUS,5,6\n")
    missing, zero = (read_records(own, blank=blank) for blank in ("missing", "zero"))
    at = missing.index["KAZ"], missing.index["CHN"]
    assert np.isnan(missing.of(2015)[at])
    assert zero.of(2015)[at] == 0.0
    assert any("many economies: WLD" in note for note in zero.notes)
    with pytest.raises(DataError, match="--blank none: it is missing or zero"):
        read_records(own, blank="none")


def test_a_host_with_less_than_its_people_is_refused(tmp_path: Path) -> None:
    records = read_records(
        table(tmp_path, "origin,destination,year,persons\nKAZ,RUS,2015,10\nUZB,RUS,2015,5\n")
    )
    here = records.of(2015)
    for text, said in (
        ("destination,total\nRUS,14\n", "row 2: total of RUS is 14, below the 15 who are there"),
        ("destination,total\nRUS,20\nRUS,20\n", "row 3: RUS stands in row 2 too"),
        ("destination,total\nCHN,20\n", "row 2: 'CHN' is no host"),
        ("destination,total\nRUS,-3\n", "row 2: total is '-3'"),
        ("destination\nRUS\n", "no column total"),
    ):
        with pytest.raises(DataError, match=said):
            read_hosts(table(tmp_path, text, "hosts.csv"), here, records.codes)
    found = read_hosts(
        table(tmp_path, "destination,total\nRUS,15\n", "hosts.csv"), here, records.codes
    )
    assert found.tolist() == [np.inf, 15.0, np.inf]


def test_remittances_of_ones_own(tmp_path: Path) -> None:
    own = table(tmp_path, "sender,receiver,musd\nRUS,UZB,12.5\n")
    assert read_remittances(own) == {("RUS", "UZB"): 12.5}
    for text, said in (
        ("sender,receiver,musd\nRUS,UZB,1\nRUS,UZB,2\n", "row 3: RUS → UZB stands in an earlier"),
        ("sender,receiver,musd\nRUS,nowhere at all,1\n", "row 2: 'nowhere at all' is no code"),
        ("sender,receiver,musd\nRUS,UZB,-1\n", "row 2: musd is '-1'"),
        ("sender,receiver,musd\n", "no rows"),
    ):
        with pytest.raises(DataError, match=said):
            read_remittances(table(tmp_path, text))


def test_what_the_embedded_tables_know_and_do_not() -> None:
    stocks, students, works = (embedded(kind) for kind in ("migrants", "students", "works"))
    china = students.index["CHN"]
    assert np.isnan(students.people[:, :, china]).all()
    assert totals_of_students()["CHN", 2017][1] == 157108
    here = stocks.of(2020)
    russia, iran = here[:, stocks.index["RUS"]], here[:, stocks.index["IRN"]]
    assert np.isnan(russia).sum() == 1  # its own
    assert np.isfinite(iran).sum() < FULL
    three = works.of(2023)
    np.testing.assert_array_equal(three, three.T)
    years, cells = works_by_year()
    assert cells["CHN", "PAK"][years.index(2023)] == three[works.index["CHN"], works.index["PAK"]]
    assert remittances()["ARE", "IND"] > 19_000
    found, when = students.latest()
    assert when[students.index["KAZ"], students.index["RUS"]] in students.years
    assert found[students.index["KAZ"], students.index["RUS"]] > 0


def test_ties_and_visas() -> None:
    codes = ["CHN", "UZB", "RUS", "IND", "USA"]
    needed = visas(codes)
    assert not needed[1, 2]  # ninety days
    assert needed[3, 0]
    assert needed[4, 3]  # an e-visa is had before
    assert not needed.diagonal().any()
    assert requirements()["RUS", "KAZ"] == "90"
    np.testing.assert_array_equal(tied(codes, "colony"), tied(codes, "colony").T)
    assert tied(["IND", "GBR"], "colony")[0, 1] == 1.0


def test_studies_that_disagree_are_both_there() -> None:
    assert span(about("scholarships", "students")) == Span(0.0, 0.8)
    assert span(about("labor-agreement", "migrants", "GCC")) == Span(0.874, 2.239)
    assert span(about("recognition", "students")) is None
    assert about("recognition", "students")
    assert span(about("joint-program", "students")) is None
    assert all(one.source and one.basis for one in evidence())
    ends = Span(0.2, 0.6)
    assert (ends.at(0.0), ends.central, ends.at(1.0)) == pytest.approx((0.2, 0.4, 0.6))
