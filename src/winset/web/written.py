"""A brief that a job has kept, as a file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

#: Kinds of file, and the media type of each.
KINDS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
}


def brief(payload: dict[str, Any], kind: str) -> bytes:
    """Return the brief of a JSON as ``winset brief --out`` writes it.

    Raises
    ------
    DataError
        What this kind of file needs is not at hand.
    """
    from winset.report import speech
    from winset.report.brief import pages
    from winset.report.brief.dossier import restored

    with tempfile.TemporaryDirectory() as folder, speech.speaking(payload["lang"]):
        target = Path(folder) / f"brief.{kind}"
        pages.write(restored(payload), target)
        return target.read_bytes()
