"""A small world in which there is all that energy needs: tables of inputs, tariffs, deficits and CO2."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.properties.test_sectors import linked
from tests.properties.worlds import build

from winset.worlds import World


def three_economies() -> World:
    """Three economies and four sectors."""
    random = np.random.default_rng(4)
    size = np.array([900.0, 350.0, 200.0])
    flows = np.outer(size, size) / size.sum() * random.uniform(0.1, 0.4, (3, 3))
    np.fill_diagonal(flows, 2.0 * size)
    tariff = random.uniform(0.0, 0.2, (3, 3))
    np.fill_diagonal(tariff, 0.0)
    world = linked(build(flows, tariff), 4, 9)
    return replace(world, emissions=random.uniform(0.1, 1.0, (4, 3)))
