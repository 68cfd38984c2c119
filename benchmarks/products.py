"""A world of 194 economies × 97 chapters from downloads of full size: time and peak memory.

Made-up figures in BACI's layout (230 economies, 5,000 products, eleven million flows of a year) and a
table of tariffs by product; the import and a run are processes of their own, so that the peak is theirs
alone.

Limits: 2 GB for the import, a minute for the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from winset.places.economies import economies

ECONOMIES, WITH_GDP, PRODUCTS, FLOWS = 230, 194, 5_000, 11_000_000
CHAPTERS = list(range(1, 98))


def products() -> np.ndarray:
    """Made-up codes of six digits, every chapter of them with its share."""
    per = -(-PRODUCTS // len(CHAPTERS))
    made = [chapter * 10_000 + 100 + 10 * k for chapter in CHAPTERS for k in range(per)]
    return np.array(made[: PRODUCTS - len(CHAPTERS)] + made[-len(CHAPTERS) :])


def downloads(folder: Path, goods: np.ndarray | None = None) -> dict[str, Path]:
    """Write trade, country codes, GDP and tariffs by product, and say where."""
    random = np.random.default_rng(14)
    known = list(economies())[:ECONOMIES]
    weight = np.exp(random.normal(0, 2.0, len(known)))
    weight /= weight.sum()
    paths = {name: folder / f"{name}.csv" for name in ("gdp", "tariffs")}
    paths["trade"] = folder / "BACI_HS22_Y2023_V202501.csv"
    paths["countries"] = folder / "country_codes_V202501.csv"
    numbers = np.arange(len(known)) + 4
    paths["countries"].write_text(
        "country_code,country_name,country_iso2,country_iso3\n"
        + "".join(f"{k},{code},,{code}\n" for k, code in zip(numbers, known, strict=True))
    )
    goods = np.unique(products() if goods is None else goods)
    # Each pair trades some of the products: the larger the two, the more of them.
    reach = np.minimum(0.02 + 3.0 * np.sqrt(np.outer(weight, weight) * len(known)), 0.95)
    np.fill_diagonal(reach, 0.0)
    reach *= FLOWS / (reach.sum() * len(goods))
    reach = np.minimum(reach, 1.0)
    income = weight * 1e14 / weight[:WITH_GDP].sum()
    with paths["trade"].open("w") as out, paths["tariffs"].open("w") as duties:
        out.write("t,i,j,k,v,q\n")
        duties.write("exporter,importer,product,rate\n")
        for n in range(len(known)):
            mfn = np.round(random.uniform(0, 20, len(goods)), 1)
            duties.writelines(
                f"World,{known[n]},{k:06d},{rate}\n" for k, rate in zip(goods, mfn, strict=True)
            )
            for i in range(len(known)):
                kept = np.flatnonzero(random.uniform(size=len(goods)) < reach[i, n])
                if not len(kept):
                    continue
                value = np.round(np.exp(random.normal(0, 2, len(kept))), 3)
                value *= 0.2e-3 * np.sqrt(income[i] * income[n]) / len(goods) / 1e3
                head, mid = f"2023,{numbers[i]},{numbers[n]},", goods[kept]
                out.writelines(
                    f"{head}{k:06d},{v:.3f},1.0\n" for k, v in zip(mid, value, strict=True)
                )
                if (i + n) % 7 == 0:  # an agreement
                    duties.writelines(f"{known[i]},{known[n]},{k:06d},0\n" for k in mid)
    paths["gdp"].write_text(
        "code,gdp\n" + "".join(f"{known[k]},{income[k]:.0f}\n" for k in range(WITH_GDP))
    )
    return paths


def timed(*words: str) -> tuple[float, float]:
    """Run the command line; return seconds and the peak in GB."""
    begun = time.perf_counter()
    done = subprocess.Popen([sys.executable, "-m", "winset.cli", *words], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(done.pid, 0)
    if status:
        sys.exit(f"winset {' '.join(words)}: failed")
    return time.perf_counter() - begun, usage.ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    ) / 1e9


def main() -> None:
    """Print seconds and gigabytes of the import and of a run."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made = downloads(folder)
        for name, path in made.items():
            print(f"{name}: {path.stat().st_size / 1e6:,.0f} MB")
        world = folder / "world"
        seconds, peak = timed(
            "world", "import", "--trade", str(made["trade"]), "--gdp", str(made["gdp"]),
            "--sectors", "chapters", "--tariffs", str(made["tariffs"]), "--tariff-unit", "percent",
            "--without", "missing", "--out", str(world),
        )  # fmt: skip
        print(f"import: {seconds:.1f} s, peak {peak:.2f} GB (limit 2 GB)")
        seconds, peak = timed("run", "sco-2025", "--set", f"world={world}", "--set", "among=SCO")
        print(f"run: {seconds:.1f} s, peak {peak:.2f} GB (limit a minute)")


if __name__ == "__main__":
    main()
