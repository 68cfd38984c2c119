"""winset effect on an indicator: what was put in is found, and where the data cannot tell it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from winset.delivery.treatment import staggered, synthetic, table_of

if TYPE_CHECKING:
    from pathlib import Path

YEARS = range(2000, 2016)


def made(
    path: Path, effect: float, *, drift: float = 0.0, noise: float = 0.3, seed: int = 4
) -> Path:
    """Thirty economies with levels and a common path; eight treated in 2007 or 2010, effect by cohort."""
    rng = np.random.default_rng(seed)
    common = np.cumsum(rng.normal(0, 1, len(YEARS)))
    rows = ["economy,year,value,since"]
    for k in range(30):
        since = (2007, 2010)[k % 2] if k < 8 else 0
        level = rng.normal(0, 5)
        for j, year in enumerate(YEARS):
            value = level + common[j] + rng.normal(0, noise) + drift * (k < 8) * j
            if since and year >= since:
                value += effect * (2.0 if since == 2007 else 1.0)
            rows.append(f"E{k:02d},{year},{value:.6f},{since or ''}")
    path.write_text("\n".join(rows) + "\n")
    return path


def test_staggered_effects_are_found_whole_though_they_differ(winset: Any, tmp_path: Path) -> None:
    path = made(tmp_path / "panel.csv", 3.0)
    said = winset("effect", path, "--method", "did", "--draws", "60", "--json").json
    assert said["effect"] == pytest.approx(4.5, abs=0.4)  # the mean of 6 and 3
    assert said["told"]
    assert said["pre_trend_p"] > 0.05
    assert said["placebo_share"] < 0.05
    assert said["treated"] == 8
    assert said["controls"] == 22
    study = winset("effect", path, "--method", "event-study", "--json").json
    assert study["coefficients"]["event_0"]["estimate"] == pytest.approx(4.5, abs=0.5)
    shown = winset("effect", path, "--method", "did", "--draws", "0").out
    assert "Verdict: the effect is told from none" in " ".join(shown.split())


def test_where_nothing_happened_or_paths_differed_the_data_cannot_tell(
    winset: Any, tmp_path: Path
) -> None:
    none = winset("effect", made(tmp_path / "a.csv", 0.0, noise=1.5), "--method", "did", "--json")
    assert not none.json["told"]
    drifting = winset(
        "effect", made(tmp_path / "b.csv", 0.0, drift=1.0), "--method", "did", "--json"
    )
    assert drifting.json["pre_trend_p"] < 0.05
    assert "moved apart before" in drifting.json["verdict"]


def test_two_groups_two_periods_by_hand() -> None:
    values = {"A": (1.0, 5.0), "B": (2.0, 7.0), "C": (1.0, 2.0), "D": (3.0, 5.0)}
    rows = [
        (c, y, v) for c, pair in values.items() for y, v in zip((2000, 2001), pair, strict=True)
    ]
    panel = table_of(*map(list, zip(*rows, strict=True)), {"A": 2001, "B": 2001})  # type: ignore[arg-type]
    done = staggered(panel, 2)
    assert done.effect == pytest.approx((4 + 5) / 2 - (1 + 2) / 2)
    assert done.std_error == pytest.approx(np.sqrt(4 * 0.25**2))


def test_a_synthetic_control_finds_the_mixture_and_the_effect(winset: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    paths = {f"D{k:02d}": np.cumsum(rng.normal(0.5, 1.0, 16)) + 20 for k in range(24)}
    paths["T"] = 0.3 * paths["D03"] + 0.7 * paths["D07"] + 5.0 * (np.arange(16) >= 10)
    rows = ["economy,year,value,since"]
    rows += [
        f"{c},{2000 + j},{v:.9f},{2010 if c == 'T' else ''}"
        for c, line in paths.items()
        for j, v in enumerate(line)
    ]
    path = tmp_path / "panel.csv"
    path.write_text("\n".join(rows) + "\n")
    said = winset("effect", path, "--method", "synthetic", "--json").json
    weights = {row["code"]: row["weight"] for row in said["synthetic"]["weights"]}
    assert weights["D03"] == pytest.approx(0.3, abs=1e-3)
    assert weights["D07"] == pytest.approx(0.7, abs=1e-3)
    assert said["effect"] == pytest.approx(5.0, abs=0.05)
    assert said["placebo_share"] == pytest.approx(1 / 25)
    assert said["told"]
    panel = table_of(
        [c for c in paths for _ in range(16)], [2000 + j for _ in paths for j in range(16)],
        [float(v) for line in paths.values() for v in line], {"D00": 2010},
    )  # fmt: skip
    assert synthetic(panel, "D00").p_value > 1 / 25  # nothing happened to it


@pytest.mark.parametrize(
    ("rows", "asked", "said"),
    [
        ("A,2000,1,", ("did",), "no economy of it is treated"),
        ("A,2000,1,2001\nA,2000,2,2001", ("did",), "stands twice"),
        ("A,2000,1,2001\nA,2001,2,2002", ("did",), "Give it one year"),
        ("A,2000,1,2001\nA,2001,2,2001\nB,2000,1,", ("did",), "takes two or more"),
        ("A,20,1,2001", ("did",), "four digits"),
        ("A,2000,x,2001", ("did",), "must be a number"),
        ("A,2000,1,2001", ("guess",), "not known"),
        ("A,2000,1,2001\nB,2000,1,2001", ("synthetic",), "--economy A"),
        ("A,2000,1,2001\nB,2000,1,", ("synthetic", "--economy", "B"), "never treated"),
        ("A,2000,1,2001\nA,2001,1,2001", ("synthetic",), "synthetic control takes 3"),
    ],
)
def test_what_cannot_be_estimated_is_refused(
    winset: Any, tmp_path: Path, rows: str, asked: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(f"economy,year,value,since\n{rows}\n")
    done = winset("effect", path, "--method", *asked)
    assert done.code == 2
    assert not done.out
    assert said in " ".join(done.err.split())


def test_a_bloc_tells_who_joined_when(winset: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    codes = ("IND", "PAK", "IRN", "TUR", "EGY", "THA", "VNM", "IDN", "MYS")
    rows = ["economy,year,value"]
    rows += [f"{c},{y},{rng.normal():.4f}" for c in codes for y in range(2010, 2025)]
    path = tmp_path / "panel.csv"
    path.write_text("\n".join(rows) + "\n")
    said = winset("effect", path, "--method", "did", "--treated", "SCO", "--json").json
    assert said["treated"] == 3  # India, Pakistan 2017, Iran 2023
    assert said["controls"] == 6
