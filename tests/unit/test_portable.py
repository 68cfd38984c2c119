"""Windows has no fcntl, no resource and no nice: nothing may need them to be imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
POSIX = ("fcntl", "resource", "termios", "pwd", "grp")


def test_every_module_is_imported_without_what_only_unix_has() -> None:
    names = [
        ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted((SOURCE / "winset").rglob("*.py"))
        if path.stem != "__main__"
    ]
    own = f"""
import importlib, sys
import numpy, numba, pandas, scipy.optimize, fastapi, uvicorn, altair, rich.console, typer
for name in {POSIX!r}:
    sys.modules[name] = None
for name in {names!r}:
    importlib.import_module(name)
print(len({names!r}))
"""
    done = subprocess.run([sys.executable, "-c", own], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
