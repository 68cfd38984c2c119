"""Say which of the packages in constraints.txt have known weaknesses, and of how many nothing is known.

    python scripts/audit.py pip-audit

The argument is the pip-audit to ask with. Ends with 0 where every package was looked up and none has a
weakness that is known, with 1 where one has, and with 2 where packages could not be looked up: an audit
that has asked nobody is no audit.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Ask, and end with the code of what was found."""
    asked = [sys.argv[1], "--requirement", str(ROOT / "constraints.txt"), "--no-deps", "--disable-pip",
             "--format", "json"]  # fmt: skip
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        print(f"No audit: {(done.stderr.strip() or 'pip-audit said nothing').splitlines()[-1]}")
        sys.exit(2)
    code, lines = verdict(json.loads(done.stdout)["dependencies"])
    print("\n".join(lines))
    sys.exit(code)


def verdict(found: list[dict[str, Any]]) -> tuple[int, list[str]]:
    """Return the exit code and what to print of pip-audit's own list of packages."""
    known = [one for one in found if "vulns" in one]
    weak = [one for one in known if one["vulns"]]
    lines = [
        f"{one['name']} {one['version']}: {fault['id']}, "
        f"mended in {', '.join(fault['fix_versions']) or 'no version'}"
        for one in weak
        for fault in one["vulns"]
    ]
    lines.append(
        f"{len(known)} of {len(found)} packages looked up, {len(weak)} with a known weakness."
    )
    if unknown := len(found) - len(known):
        lines.append(
            f"Of {unknown} nothing is known: run it where the package index has their advisories."
        )
    return 1 if weak else 2 if unknown or not found else 0, lines


if __name__ == "__main__":
    main()
