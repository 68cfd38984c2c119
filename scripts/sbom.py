"""Write what winset is made of, as CycloneDX 1.5: packages it needs to run, and data it carries.

    python -m scripts.sbom out/winset-sbom.json

Packages with the versions installed here and the licence that each states of itself; data with the
licences and sources of their packages. The same run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from scripts.lock import ROOT, data_packages, key_of, licence, needed, terms
from winset import __version__
from winset.files import replacing


def bill() -> dict[str, Any]:
    """Return the bill of materials."""
    packages = sorted(needed("winset", set()) - {"winset"})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "winset",
                "name": "winset",
                "version": __version__,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [*map(_package, packages), *map(_data, data_packages())],
        "dependencies": [{"ref": "winset", "dependsOn": packages}],
    }


def _package(name: str) -> dict[str, Any]:
    found = distribution(name)
    return {
        "type": "library",
        "bom-ref": key_of(name),
        "name": key_of(name),
        "version": found.version,
        "purl": f"pkg:pypi/{key_of(name)}@{found.version}",
        "licenses": [{"license": {"name": licence(found)}}],
    }


def _data(package: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    folder, about = package
    digest = hashlib.sha256()
    for path in sorted((ROOT / "src" / "winset" / "data" / folder).iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return {
        "type": "data",
        "bom-ref": f"data/{folder}",
        "name": f"winset/data/{folder}",
        "version": __version__,
        "description": about.get("title", ""),
        "hashes": [{"alg": "SHA-256", "content": digest.hexdigest()}],
        "licenses": [{"license": {"name": name}} for name in terms(about)],
    }


def main() -> None:
    """Write the bill to the file named, or print it."""
    text = json.dumps(bill(), indent=1, ensure_ascii=False) + "\n"
    if len(sys.argv) < 2:
        sys.stdout.write(text)
        return
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as draft:
        draft.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
