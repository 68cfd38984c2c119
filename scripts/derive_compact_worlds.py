"""Write the compact binary beside the CSV files of every embedded world.

    python -m scripts.derive_compact_worlds

Run it after a world's own script: a test holds the binary to the CSV files.
"""

from __future__ import annotations

from winset.worlds import embedded_worlds, read_world, split_out
from winset.worlds.compact import NAME, write_compact
from winset.worlds.package import DATA

if __name__ == "__main__":
    for name in embedded_worlds():
        if (DATA / name / split_out.NAME).exists():
            continue  # it adds to another
        write_compact(read_world(DATA / name), DATA / name / NAME)
