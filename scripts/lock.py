"""Write constraints.txt, the versions that were tested, and docs/licences.md, whose they are.

    python scripts/lock.py

Run in the environment of the tests, after they have passed there.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
REQUIRED = re.compile(r"([A-Za-z0-9._-]+)")


def main() -> None:
    """Write both files."""
    found = {
        key_of(d.metadata["Name"]): d
        for d in distributions()
        if key_of(d.metadata["Name"]) != "winset"
    }
    lines = [
        f"{name}=={d.version}"
        for name, d in sorted(found.items())
        if name not in ("pip", "setuptools")
    ]
    head = "# Versions that the tests passed with; written by scripts/lock.py.\n"
    (ROOT / "constraints.txt").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    packages = sorted(needed("winset", set()) - {"winset"})
    rows = [
        f"| {name} | {found[name].version} | {licence(found[name])} |"
        for name in packages
        if name in found
    ]
    (ROOT / "docs" / "licences.md").write_text(page(rows), encoding="utf-8")


def page(rows: list[str]) -> str:
    """Return docs/licences.md, given the rows of the packages."""
    carried = [
        f"| `{folder}` | {about.get('title', '')} | "
        f"{'; '.join(terms(about)) or 'see DATA_LICENSES.md'} |"
        for folder, about in data_packages()
    ]
    return (
        "# Licences\n\n"
        "winset itself is under the MIT licence. What it needs to run, with the versions of "
        "`constraints.txt` and the licence that each package states of itself:\n\n"
        "| package | version | licence |\n|---|---|---|\n" + "\n".join(rows) + "\n\n"
        f"{len(rows)} packages; `make sbom` writes them, and the data, as a bill of materials.\n\n"
        "## Data\n\nWhat each folder of embedded data says of itself; sources and changes stand in "
        "DATA_LICENSES.md and [Data](data.md).\n\n"
        "| folder | holds | licence |\n|---|---|---|\n" + "\n".join(carried) + "\n"
    )


def terms(about: dict[str, Any]) -> list[str]:
    """Return the licences that a folder of data names."""
    named = about.get("licenses", ())
    return [one.get("name") or one.get("title") or one["path"] for one in named]


def data_packages() -> list[tuple[str, dict[str, Any]]]:
    """Return the folders of embedded data with what each says of itself."""
    found = sorted((ROOT / "src" / "winset" / "data").glob("*/datapackage.json"))
    return [(path.parent.name, json.loads(path.read_text(encoding="utf-8"))) for path in found]


def key_of(name: str) -> str:
    """Return a package's name as an index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(name: str, seen: set[str]) -> set[str]:
    """Return a package and all that it needs on this platform, without extras."""
    key = key_of(name)
    if key in seen:
        return seen
    seen.add(key)
    for line in distribution(name).requires or []:
        if "extra ==" in line or not _applies(line):
            continue
        match = REQUIRED.match(line)
        assert match is not None
        needed(match[1], seen)
    return seen


def _applies(line: str) -> bool:
    marker = Requirement(line).marker
    return marker is None or marker.evaluate({"extra": ""})


def licence(found: Distribution) -> str:
    """Return the licence that a package states of itself."""
    about = found.metadata
    said = about.get("License-Expression") or ""
    if not said:
        classes = [
            c.rsplit(" :: ", 1)[1]
            for c in about.get_all("Classifier", [])
            if c.startswith("License ::")
        ]
        said = ", ".join(c for c in classes if c != "OSI Approved")
    if not said:
        said = (about.get("License") or "not stated").splitlines()[0][:60]
    return said


if __name__ == "__main__":
    main()
