"""The inferred MFN rates against the MFN rates of UNCTAD TRAINS, 37 economies of 2017."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from winset.worlds.mfn import inferred

if TYPE_CHECKING:
    from pathlib import Path


def test_inferred_from_applied_rates_they_are_the_published_ones(shared_data: Path) -> None:
    table = pd.read_csv(shared_data / "eora2017" / "tariffs_2017.csv.gz")
    codes = sorted(table["Importer"].unique())
    cells = table.set_index(["Sector", "Exporter", "Importer"])

    def cube(column: str) -> np.ndarray:
        wide = cells[column].unstack("Importer").sort_index() / 100  # in percent, codes sorted
        return wide.to_numpy().reshape(-1, len(codes), len(codes))

    applied, published = cube("tariff"), cube("mfn")
    home = np.eye(len(codes), dtype=bool)
    # By sector and importer: the rate of those without a preference is the highest.
    published_rate = np.where(home, 0.0, published).max(axis=1)
    gap = np.abs(inferred(applied) - published_rate)[published_rate > 0]
    assert len(gap) > 500
    assert (gap < 0.001).mean() > 0.96  # within a tenth of a point
    assert gap.mean() < 0.0005
    # What a plain median of applied rates would miss: most of the European Union's.
    median = np.median(applied, axis=1)
    assert (np.abs(median - published_rate)[published_rate > 0] < 0.001).mean() < 0.5
