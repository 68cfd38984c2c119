"""The brief as a page, on paper, as a document and as Markdown: the same leaves, the same figures."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import vl_convert
from markupsafe import Markup

from winset import __version__
from winset.errors import DataError
from winset.files import check_target, replacing
from winset.report import charts, speech
from winset.report.labels import folded
from winset.report.page import Sheet, render_sheet
from winset.report.sections import WIDE, Figure, Grid, Section, figure
from winset.report.speech import known, language, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.report.brief.dossier import Brief
    from winset.report.brief.leaf import Leaf
    from winset.report.charts import Picture

#: Browsers that print to PDF, by the names of their programs; WINSET_BROWSER names another.
BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "msedge",
)  # fmt: skip
PRINTING = 120.0  # seconds
#: Each section names its own; this is of the whole.
CITED = f"winset {__version__}; each section names its own sources, DATA_LICENSES.md their terms"


def write(done: Brief, path: Path) -> None:
    """Write a brief as its suffix says: .html, .pdf, .docx or .md.

    Raises
    ------
    DataError
        Another suffix, a place that cannot be written, or what a kind of file needs is not at hand.
    """
    writer = writer_of(path)
    with replacing(path) as draft:
        writer(done, draft)


def writer_of(path: Path) -> Callable[[Brief, Path], None]:
    """Return what writes a kind of file, before anything is computed.

    Raises
    ------
    DataError
        As for `write`.
    """
    check_target(path)
    writers = {".html": _html, ".pdf": _pdf, ".docx": _docx, ".md": _markdown}
    suffix = path.suffix.casefold()
    if suffix not in writers:
        raise DataError(f"--out {path}: a brief is written as {', '.join(writers)}.")
    if suffix == ".pdf":
        _browser()
    if suffix == ".docx":
        _documents()
    return writers[suffix]


def _html(done: Brief, path: Path) -> None:
    path.write_text(page(done), encoding="utf-8")


def page(done: Brief) -> str:
    """Return the brief as one self-contained page."""
    return render_sheet(sheet(done))


def sheet(done: Brief) -> Sheet:
    """Return what the page says; each section has its id as its anchor."""
    return Sheet(
        title=done.title,
        kicker=done.kicker,
        verdict=done.opening,
        sections=tuple(_section(leaf) for leaf in done.leaves),
        method=(_method(),),
        sources=(CITED,),
        figures=done.to_json(),
        large=True,
    )


def _method() -> str:
    return speech.together(
        (
            say(
                "Every figure is taken as it is from the answer of a command, to the last digit; the command "
                "stands below its section. What a bloc lacks is said in one line."
            ),
            say(
                "All is computed in this run from the data that come with winset: no answer is read from a "
                "store. One estimate made beforehand goes in, the effect of an agreement in the back-tests."
            ),
        )
    )


def paragraphs(leaf: Leaf) -> tuple[str, ...]:
    """Return what a section says in sentences."""
    if leaf.lack:
        return (leaf.lack,)
    told = [leaf.sentence, leaf.seat]
    told.append(say("Doubt: {doubt}", doubt=leaf.doubt))
    told.append(say("What would change our mind: {change}", change=leaf.change))
    return tuple(each for each in told if each)


def _section(leaf: Leaf) -> Section:
    drawn: tuple[Figure, ...] = ()
    if leaf.bars:
        frame = _frame(leaf)
        drawn = (
            figure(
                leaf.id,
                partial(_bars, frame),
                caption=leaf.axis,
                data=frame.drop(columns="label"),
            ),
        )
    grids: tuple[Grid, ...] = ()
    if leaf.rows:
        digits = (0,) * (len(leaf.headings) - 1)
        grids = (Grid(leaf.headings, tuple(leaf.rows), digits),)
    items = (
        *(Markup("<code>{}</code>").format(command) for command in leaf.commands()),
        *(_source(source) for source in leaf.sources),
    )
    return Section(leaf.id, leaf.title, paragraphs(leaf), drawn, grids, items)


def _source(source: str) -> Markup | str:
    """Return a source in the language spoken; one that has no other words is marked as English."""
    told = known(source)
    return Markup('<span lang="en">{}</span>').format(source) if told == source else told


def _frame(leaf: Leaf) -> pd.DataFrame:
    frame = pd.DataFrame([(bar.name, bar.value) for bar in leaf.bars], columns=["name", "value"])
    frame["label"] = [f"{n}: {v:,.4g}" for n, v in zip(frame["name"], frame["value"], strict=True)]
    return frame


def _bars(frame: pd.DataFrame, width: int) -> Picture:
    """Bars by name; a name that is long runs over lines, and the bars then stand further apart."""
    room = charts.side(width) - 14
    shown = frame.assign(name=[folded(text, room, size=11.0) for text in frame["name"]])
    lines = max(text.count("\n") + 1 for text in shown["name"])
    chart: Picture = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=None, axis=alt.Axis(tickCount=max(3, width // 140))),
            y=charts.named("name", None, width, lines=True),
            color=alt.condition("datum.value < 0", alt.value(charts.LOSS), alt.value(charts.GAIN)),
            description=alt.Description("label:N"),
        )
        .properties(width=width - charts.side(width), height=alt.Step(3 + 13 * lines))
    )
    return chart


# ------------------------------------------------------------------ paper


def _browser() -> str:
    named = os.environ.get("WINSET_BROWSER")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        where = f"WINSET_BROWSER={named}" if named else "no Chromium, Chrome or Edge on the path"
        raise DataError(
            f"--out FILE.pdf is printed by a browser: {where} is not to be found. Name one by "
            "WINSET_BROWSER, or write FILE.html and print it."
        )
    return found


def _pdf(done: Brief, path: Path) -> None:
    browser = _browser()
    with tempfile.TemporaryDirectory(prefix="winset-print-") as made:
        source = Path(made) / "brief.html"
        _html(done, source)
        line = [
            browser,
            "--headless",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            f"--user-data-dir={made}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={path}",
            source.as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            line.insert(1, "--no-sandbox")  # as root it starts in no other way; the page is ours
        try:
            ended = subprocess.run(line, capture_output=True, timeout=PRINTING, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise DataError(
                f"{browser} could not print the brief ({error}). Write .html."
            ) from error
    if ended.returncode or not path.is_file() or not path.stat().st_size:
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1][:300] if said else f"exit code {ended.returncode}"
        raise DataError(f"{browser} could not print the brief ({why}). Write .html and print it.")


# ------------------------------------------------------------------ a document


def _documents() -> None:
    try:
        import docx  # noqa: F401
    except ImportError as error:
        raise DataError(
            "--out FILE.docx needs python-docx. Install it: pip install 'winset[docx]', or write .html, .pdf "
            "or .md."
        ) from error


def _docx(done: Brief, path: Path) -> None:
    from docx import Document
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    book = Document()
    plain = book.styles["Normal"]
    plain.font.size = Pt(10)
    plain.font.name = "Calibri"
    if language() == "zh":  # the font of letters that the one above has not
        plain.element.rPr.rFonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    for edge in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(book.sections[0], edge, Cm(2))
    book.core_properties.title = done.title
    book.core_properties.author = f"winset {__version__}"
    book.add_heading(done.title, 0)
    book.add_paragraph(done.kicker)
    for sentence in done.opening:
        book.add_paragraph(sentence, style="List Bullet")
    for leaf in done.leaves:
        book.add_heading(leaf.title, 1)
        for paragraph in paragraphs(leaf):
            book.add_paragraph(paragraph)
        if leaf.bars:
            chart = charts.svg(_bars(_frame(leaf), WIDE), name=leaf.id)
            picture = vl_convert.svg_to_png(chart, scale=2.0)
            book.add_picture(BytesIO(picture), width=Cm(16))
            book.add_paragraph(leaf.axis, style="Caption")
        if leaf.rows:
            table = book.add_table(rows=1, cols=len(leaf.headings), style="Light Grid Accent 1")
            table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # on every page
            for cells in (leaf.headings, *leaf.rows):
                row = table.rows[0] if cells is leaf.headings else table.add_row()
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
                    for run in cell.paragraphs[0].runs:
                        run.font.size = Pt(8.5)
        for line in (*leaf.commands(), *map(known, leaf.sources)):
            book.add_paragraph(style="List Bullet").add_run(line).font.size = Pt(8)
    book.save(str(path))


# ------------------------------------------------------------------ Markdown


def _markdown(done: Brief, path: Path) -> None:
    path.write_text(markdown(done), encoding="utf-8")


def markdown(done: Brief) -> str:
    """Return the brief as Markdown: what the charts show stands in the tables, or in a list of bars."""
    lines = [f"# {done.title}", "", done.kicker, ""]
    lines += [f"- {sentence}" for sentence in done.opening]
    for leaf in done.leaves:
        lines += ["", f"## {leaf.title}", ""]
        for paragraph in paragraphs(leaf):
            lines += [paragraph, ""]
        if leaf.rows:
            lines += [_row(leaf.headings), "|---" + "|---:" * (len(leaf.headings) - 1) + "|"]
            lines += [_row(cells) for cells in leaf.rows] + [""]
        lines += [f"- `{command}`" for command in leaf.commands()]
        lines += [f"- {known(source)}" for source in leaf.sources]
    return "\n".join(lines) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
