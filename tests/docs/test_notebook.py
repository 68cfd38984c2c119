"""The tutorial notebook runs from top to bottom, and its results show themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from winset import solve, world
from winset.games import Game, share
from winset.scenario import parse
from winset.studies import sharing

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial.ipynb"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_notebook_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ":".join(filter(None, sys.path)))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit it without outputs"
    done = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [
        output["data"].get("text/html", output["data"]["text/plain"])
        for cell in done.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert len(shown) == sum(cell.cell_type == "code" for cell in done.cells)
    for part, text in (
        (0, "<td>Kazakhstan</td>"),
        (1, "members gain"),
        (4, "core is"),
        (6, "shapley_shubik"),
        (7, "ideal_point"),
    ):
        assert text in shown[part], shown[part][:500]
    assert shown[-1] == "True"
    assert (tmp_path / "sco-2025.html").is_file()


def test_titles_cannot_smuggle_markup() -> None:
    scenario = parse(
        {
            "title": "<script>alert(1)</script>",
            "change": [{"kind": "trade-cost", "among": ["KAZ", "UZB"], "percent": -1}],
        }
    )
    for result in (solve(world(), scenario), sharing.share(scenario)):
        assert "<script>alert" not in result._repr_html_()
        assert "&lt;script&gt;" in result._repr_html_()


def test_a_small_game_shows_its_decimals() -> None:
    shown = share(Game(("a", "b"), np.array([0.0, 0.1, 0.2, 1.0])))._repr_html_()
    assert "0.450" in shown
    assert "<th>b</th>" in shown
