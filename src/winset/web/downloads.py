"""``POST /api/download/KIND``: the same scenario as a file to keep."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, did_you_mean
from winset.studies.scenario_run import under_other_rules
from winset.web import answers, reading

if TYPE_CHECKING:
    from winset.studies.scenario_run import Study

#: Kind: media type, suffix.
KINDS = {
    "toml": ("application/toml", "toml"),
    "json": ("application/json", "json"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "svg": ("image/svg+xml", "svg"),
    "png": ("image/png", "png"),
    "report": ("text/html; charset=utf-8", "html"),
}
#: Those that hold a verdict, or all that the JSON does.
JUDGED = ("json", "xlsx", "report")
#: Those that speak the reader's language.
SPOKEN = ("report", "svg", "png")


def download(kind: str, raw: Any, lang: str = "en") -> tuple[bytes, str, str]:
    """Return the file's content, its media type and a name for it; report and pictures in a language.

    Raises
    ------
    DataError
        An unknown kind or language, or anything wrong with the scenario.
    """
    if kind not in KINDS:
        raise DataError(
            f"no download {kind[:80]!r}.{did_you_mean(kind[:80], KINDS)} Known: {', '.join(KINDS)}."
        )
    from winset.report import speech

    spoken = speech.checked(lang)
    media, suffix = KINDS[kind]
    if kind == "toml":
        scenario = reading.scenario(raw)
        return scenario.to_toml().encode(), media, f"{_stem(scenario.title)}.toml"
    study = answers.study(raw)
    if kind in JUDGED:
        study = under_other_rules(study)
    with speech.speaking(spoken if kind in SPOKEN else "en"):
        return MAKERS[kind](study), media, f"{_stem(study.scenario.title)}.{suffix}"


def _stem(title: str) -> str:
    """A file name that every system takes: letters, digits and hyphens of the title."""
    return re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")[:60].lower() or "winset"


def _json(study: Study) -> bytes:
    return answers.dumps(study.to_json())


def _csv(study: Study) -> bytes:
    from winset.report.sections import economies_csv
    from winset.tables import BOM

    return (BOM + economies_csv(study)).encode()


def _xlsx(study: Study) -> bytes:
    from winset.report.files import write_all
    from winset.report.outputs import output

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "result.xlsx"
        write_all(study, output(target, "comma"))
        return target.read_bytes()


def _report(study: Study) -> bytes:
    from winset.report.page import render

    return render(study).encode()


def _chart(suffix: str) -> Callable[[Study], bytes]:
    def make(study: Study) -> bytes:
        from winset.report import charts

        frame = charts.gains_frame(study)
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / f"map.{suffix}"
            charts.write(lambda width: charts.world_map(frame, width=width), target)
            return target.read_bytes()

    return make


MAKERS: dict[str, Callable[[Study], bytes]] = {
    "json": _json,
    "csv": _csv,
    "xlsx": _xlsx,
    "svg": _chart("svg"),
    "png": _chart("png"),
    "report": _report,
}
