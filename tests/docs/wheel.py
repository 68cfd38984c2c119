"""winset as its users have it: a wheel, built and installed into an environment of its own.

What winset needs comes from the environment that this runs in, so that no package index is asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def built(folder: Path) -> Path:
    """Build the wheel into a folder and return it."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.resolve())],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("winset-*.whl")
    return wheel


def installed(folder: Path) -> Path:
    """Install the wheel into an empty environment and return the folder of its programs."""
    folder = folder.resolve()
    wheel = built(folder / "dist")
    venv.create(folder, with_pip=False)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install", "--quiet"]
    alone = ["--no-index", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*pip, *alone, str(wheel)], check=True)
    base = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", vars=base))
    needed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "needed.pth").write_text("\n".join(sorted(needed)) + "\n", encoding="utf-8")
    where = subprocess.run(
        [programs / "python", "-I", "-c", "import winset; print(winset.__file__)"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    if not Path(where.strip()).is_relative_to(packages):
        raise RuntimeError(f"winset is {where.strip()}, not that of the wheel")
    return programs
