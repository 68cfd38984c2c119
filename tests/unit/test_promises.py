"""Pledges followed in series: four methods, arrival, break of trend, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.delivery.pace import arrival, trend_break
from winset.delivery.series import Line
from winset.delivery.status import AWAY, ON_TRACK, REACHED, TOO_SLOW, Course, four, growth_ratio

if TYPE_CHECKING:
    from pathlib import Path as FilePath

NONE = np.zeros(0)
HEAD = "id,who,date,pledge,indicator,unit,baseline,baseline_year,target,deadline,direction,bound"
SERIES = "economy,year,indicator,value"


def line(values: dict[int, float], name: str = "A") -> Line:
    return Line(name, "x", np.array(list(values), dtype=float), np.array(list(values.values())))


def test_the_exact_path_is_ratio_one_and_a_hundred() -> None:
    promised = Course(2015.0, 10.0, 40.0, 2030.0, up=True)
    grown = line({y: 10.0 * 4.0 ** ((y - 2015) / 15) for y in range(2015, 2024)})
    done = four(promised, grown, NONE)
    assert done is not None
    assert done.growth_ratio == pytest.approx(1.0, abs=1e-12)
    assert done.open_sdg.status == ON_TRACK
    straight = four(promised, line({y: 10.0 + 2.0 * (y - 2015) for y in range(2015, 2024)}), NONE)
    assert straight is not None
    assert straight.linear_ratio == pytest.approx(1.0, abs=1e-12)
    assert straight.escap.figure == 100.0
    assert straight.distance.status == ON_TRACK
    assert straight.sdg_index.status == ON_TRACK


@pytest.mark.parametrize(
    ("base", "target", "value"), [(10.0, 0.0, 5.0), (0.0, 10.0, 5.0), (-5.0, 5.0, 0.0)]
)
def test_nothing_is_divided_by_zero(base: float, target: float, value: float) -> None:
    """Open SDG's faults: a target of 0 replaced, a base of 0 refused, a change of sign no number."""
    promised = Course(2015.0, base, target, 2025.0, up=target > base)
    done = four(promised, line({2015: base, 2020: value}), NONE)
    assert done is not None
    assert done.growth_ratio is None
    assert done.linear_ratio == pytest.approx(1.0, abs=1e-12)
    assert done.agreed == ON_TRACK


def test_turning_sign_and_direction_leaves_every_status_alone() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        base, target = rng.uniform(1.0, 100.0, 2)
        values = base + np.concatenate([[0.0], rng.normal(0.0, 20.0, 8)])
        others = rng.uniform(1.0, 100.0, 30)
        promised = Course(2010.0, float(values[0]), float(target), 2030.0, up=bool(target > base))
        turned = replace(promised, base=-promised.base, target=-promised.target, up=not promised.up)
        years = np.arange(2010.0, 2019.0)
        one = four(promised, Line("A", "x", years, values), others)
        other = four(turned, Line("A", "x", years, -values), -others)
        assert one is not None
        assert other is not None
        assert [s.status for s in one.said] == [s.status for s in other.said]
        assert one.escap.figure == pytest.approx(other.escap.figure, abs=1e-9)


def test_the_bounds_of_the_methods() -> None:
    def said(value: float) -> list[str | None]:
        done = four(
            Course(2010.0, 0.0, 100.0, 2020.0, up=True), line({2010: 0.0, 2015: value}), NONE
        )
        assert done is not None
        return [s.status for s in done.said]

    assert said(100.0) == [REACHED] * 4
    assert said(50.0) == [ON_TRACK] * 4
    assert said(48.0) == [ON_TRACK, ON_TRACK, TOO_SLOW, TOO_SLOW]
    assert said(46.0) == [TOO_SLOW, ON_TRACK, TOO_SLOW, TOO_SLOW]
    assert said(20.0) == [TOO_SLOW] * 4
    assert said(-20.0)[0] == AWAY


def test_growth_ratio_by_hand() -> None:
    promised = Course(2000.0, 100.0, 400.0, 2010.0, up=True)
    expected = (2.0 ** (1 / 5) - 1) / (4.0 ** (1 / 10) - 1)
    assert growth_ratio(promised, 2005.0, 200.0) == pytest.approx(expected, abs=1e-12)


def test_arrival_of_an_exact_line_is_a_point_and_of_noise_has_no_end() -> None:
    exact = arrival(line({y: 2.0 * (y - 2000) for y in range(2000, 2010)}), 30.0)
    assert exact is not None
    assert exact.year == pytest.approx(2015.0, abs=1e-9)
    assert exact.low == exact.high == exact.year
    noise = arrival(line({2000 + k: v for k, v in enumerate([1, -1, 1, -1, 1.2, -1])}), -30.0)
    assert noise is not None
    assert noise.high is None
    leaving = arrival(line({2000 + k: -float(k) for k in range(6)}), 30.0)
    assert leaving is not None
    assert leaving.year is None


def test_fiellers_interval_by_its_definition() -> None:
    rng = np.random.default_rng(3)
    made = line({2000 + k: 3.0 * k + e for k, e in enumerate(rng.normal(0, 2, 12))})
    done = arrival(made, 60.0)
    assert done is not None
    assert done.low is not None
    assert done.high is not None
    from scipy import stats

    away = made.years - made.years.mean()
    fit = stats.linregress(away, made.values)
    left = made.values - fit.intercept - fit.slope * away
    variance = left @ left / 10
    for end in (done.low, done.high):
        tau = end - made.years.mean()
        t = (fit.intercept + fit.slope * tau - 60.0) / np.sqrt(
            variance * (1 / 12 + tau**2 / (away @ away))
        )
        assert abs(t) == pytest.approx(stats.t.ppf(0.975, 10), abs=1e-9)
    assert done.low < (done.year or 0.0) < done.high


def test_a_known_break_is_found_and_none_where_there_is_none() -> None:
    rng = np.random.default_rng(11)
    years = np.arange(2000.0, 2025.0)
    steady = 50.0 + 0.5 * (years - 2000)

    def made(change: float) -> Line:
        y = steady + change * np.maximum(years - 2015, 0.0) + rng.normal(0, 1, len(years))
        return Line("A", "x", years, y)

    placebos = [made(0.0) for _ in range(20)]
    broken = trend_break(made(2.0), 2015.0, 2.5, up=True, placebos=placebos)
    none = trend_break(made(0.0), 2015.0, 2.5, up=True, placebos=placebos)
    assert broken is not None
    assert broken.found
    assert broken.placebo_share == 0.0
    assert broken.change == pytest.approx(2.0, abs=0.5)
    assert none is not None
    assert not none.found
    assert none.power is not None
    assert none.power > 0.9
    idle = trend_break(made(0.0), 2015.0, 0.1, up=True)
    assert idle is not None
    assert idle.power is None  # the pace before was enough
    assert trend_break(made(0.0), 2001.0, 1.0, up=True) is None


def folder(path: FilePath, pledges: str, series: str) -> FilePath:
    (path / "pledges.csv").write_text(f"{HEAD}\n{pledges}\n")
    (path / "series.csv").write_text(f"{SERIES}\n{series}\n")
    return path


def rows(economy: str, start: float, step: float, first: int = 2010, last: int = 2020) -> str:
    return "\n".join(
        f"{economy},{y},trade,{start + step * (y - first)}" for y in range(first, last + 1)
    )


GOOD = 'a,"KAZ,KGZ,UZB",2015-05-01,Raise trade,trade,index,,2015,100,2025,up,each'


def test_members_are_followed_and_a_rank_needs_all_methods(winset: Any, tmp_path: FilePath) -> None:
    series = "\n".join([rows("KAZ", 10, 6), rows("KGZ", 10, 1), rows("TUR", 5, 1)])
    said = winset("track", folder(tmp_path, GOOD, series), "--json").json
    (pledge,) = said["pledges"]
    assert pledge["checkable"]
    assert pledge["series"] == "series.csv"
    tracked = pledge["tracked"]
    assert [line["economy"] for line in tracked["economies"]] == ["KAZ", "KGZ"]
    assert tracked["gaps"] == {"UZB": "no series of trade"}
    assert tracked["best"] == "KAZ"
    assert tracked["worst"] == "KGZ"
    fast, slow = tracked["economies"]
    assert fast["base"] == 40.0
    assert fast["agreed"] == "on-track"
    assert slow["agreed"] == "too-slow"
    assert fast["arrival"]["year"] == pytest.approx(2025.0)
    assert said["methods_disagree_on"] == 0
    assert said["scores"][0] == {
        "economy": "KAZ", "lines": 1, "good_by_all": 1, "good_by_any": 1, "good_by_open_sdg": 1,
        "good_by_escap": 1, "good_by_sdg_index": 1, "good_by_distance": 1, "depends_on_method": False,
    }  # fmt: skip
    shown = winset("track", str(tmp_path)).out
    assert "the best member by all methods is KAZ" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("pledge", "series", "said"),
    [
        (GOOD.replace("100,2025,up", "5,2025,up").replace(",,2015", ",10,2015"), "", "wrong side"),
        (GOOD, "KAZ,2015,trade,4", "a pace takes two"),
        (GOOD.replace("2025,up", "2014,up"), rows("KAZ", 1, 1), "before the pledge"),
        (GOOD.replace(",each", ","), rows("SCO", 1, 1).replace("SCO", "KAZ"), None),
        (GOOD.replace('"KAZ,KGZ,UZB"', "SCO"), rows("KAZ", 1, 1), "members of SCO changed"),
        (GOOD.replace('"KAZ,KGZ,UZB"', "SCO").replace(",each", ","), rows("KAZ", 1, 1), "bound"),
        (GOOD.replace('"KAZ,KGZ,UZB"', "Mates"), rows("KAZ", 1, 1), "neither a bloc"),
        (GOOD, "KAZ,2015,trade,4\nKAZ,2015,trade,5", "stands twice"),
        (GOOD, "KAZ,15,trade,4", "four digits"),
        (GOOD, "KAZ,2015,trade,much", "must be a number"),
        (GOOD.replace("up,each", "sideways,each"), rows("KAZ", 1, 1), "Write up"),
        (GOOD.replace("up,each", "up,some"), rows("KAZ", 1, 1), "Write each"),
        (GOOD.replace(",2015,100", ",15,100"), rows("KAZ", 1, 1), "four digits"),
        (GOOD.replace(",2015,100", ",2025,100"), rows("KAZ", 1, 1), "not before the deadline"),
    ],
)
def test_what_is_wrong_is_refused(
    winset: Any, tmp_path: FilePath, pledge: str, series: str, said: str | None
) -> None:
    done = winset("track", folder(tmp_path, pledge, series or rows("KAZ", 1, 1)))
    if said is None:
        assert done.code == 0
        return
    assert done.code == 2
    assert not done.out
    assert said in " ".join(done.err.split())


def test_a_unit_that_changes_is_refused(winset: Any, tmp_path: FilePath) -> None:
    path = folder(tmp_path, GOOD, "")
    (path / "series.csv").write_text(
        "economy,year,indicator,value,unit\nKAZ,2015,trade,4,index\nKAZ,2016,trade,5,bn USD\n"
    )
    done = winset("track", path)
    assert done.code == 2
    assert "turn all values into one" in " ".join(done.err.split())
    (path / "series.csv").write_text(
        "economy,year,indicator,value,unit\nKAZ,2015,trade,4,bn USD\nKAZ,2016,trade,5,bn USD\n"
    )
    assert "its series in 'bn USD'" in " ".join(winset("track", path).err.split())


def test_the_date_of_membership_may_be_told(winset: Any, tmp_path: FilePath) -> None:
    path = folder(tmp_path, GOOD.replace('"KAZ,KGZ,UZB"', "SCO"), rows("KAZ", 1, 1))
    said = winset("track", path, "--on", "2015-05-01", "--json").json
    assert set(said["pledges"][0]["tracked"]["gaps"]) == {"CHN", "KGZ", "RUS", "TJK", "UZB"}


def test_the_bundled_panel_follows_what_it_can(winset: Any) -> None:
    said = winset("track", "all", "--json").json
    assert said["pledges_counted"] == 92
    assert said["with_series_at_hand"] == 9
    assert said["measured_since_the_pledge"] == 4
    apec = next(p for p in said["pledges"] if p["id"] == "apec-ei45")["tracked"]["economies"][0]
    assert apec["agreed"] == "on-track"
    assert abs(apec["break"]["needed_change"]) < 0.05  # the pace before was all but enough
    assert apec["break"]["power"] < 0.1
    solar = next(p for p in said["pledges"] if p["id"] == "sco25-pv")["tracked"]
    assert not solar["economies"]
    assert solar["pace_before"] > 40 * solar["pace_needed"]


def test_a_draft_is_told_which_series_might_measure_it(winset: Any, tmp_path: FilePath) -> None:
    path = tmp_path / "draft.csv"
    path.write_text(
        f"{HEAD}\nb,SCO,2026,More people on the internet,internet users,%,,,90,2030,,\n"
    )
    said = winset("track", "--check", path, "--json").json
    assert said["pledges"][0]["candidates"] == ["internet_users_pct"]
