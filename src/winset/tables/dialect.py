"""How a table is written: packed or not, its characters, what separates its cells, its line ends.

Nothing is guessed that could be read in two ways. Characters are UTF-8, or what a byte-order mark says;
others are declared, or recognized where each word with letters beyond ASCII can be read in one way only:
wholly Cyrillic (Windows-1251), or accented letters within Latin words (Windows-1252).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import lzma
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Literal, TextIO, cast

from winset.errors import DataError, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEPARATORS = ("\t", ";", ",")  # the first that fits, where several do
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs"}
SNIFFED = 16_000_000  # bytes whose characters are looked at first
LINES = 30  # that tell the separator
MOST_UNPACKED = 4_000_000_000  # bytes of a workbook or of one file in a .zip

ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
    "windows-1251": "cp1251",
    "windows-1252": "cp1252",
    "gb18030": "gb18030",
}

HIGH_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
#: Letters of Windows-1251 and its marks that stand in Russian names; small letters before capitals are
#: how the same bytes look in another Cyrillic code.
CYRILLIC = re.compile(rb"[\xa0\xa8\xab\xb8\xb9\xbb\x96\x97\xc0-\xff]+")
TWISTED = re.compile(rb"[\xe0-\xff][\xc0-\xdf]")
LATIN = re.compile(
    rb"[A-Za-z\xa0\xab\xbb\x8a\x8c\x8e\x92\x96\x97\x9a\x9c\x9e\x9f\xc0-\xd6\xd8-\xf6\xf8-\xff]+"
)


class UnreadableError(DataError):
    """A file that is no table.

    Attributes
    ----------
    row : int
        The last row that could be read.
    reason : str
    """

    def __init__(self, path: Path, row: int, reason: object) -> None:
        self.row, self.reason = row, _plainly(reason)
        after = f" after row {row}" if row else ""
        super().__init__(f"{path}{after}: {self.told}")

    @property
    def told(self) -> str:
        """What is said of the file."""
        return (
            f"not readable as CSV{' in UTF-8' if 'UTF-8' in self.reason else ''} ({self.reason})."
        )


def _plainly(reason: object) -> str:
    if isinstance(reason, UnicodeDecodeError):
        return (
            f"byte 0x{reason.object[reason.start]:02x} is not {reason.encoding.upper()}: save it as CSV "
            "in UTF-8, or declare its characters where the command has --encoding"
        )
    return str(reason)


#: What goes wrong while a file is opened, unpacked, decoded and split; zipfile raises a RuntimeError for
#: what is locked by a password or packed in a way that it does not know.
FAULTS = (
    OSError, UnicodeError, csv.Error, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableFormat:
    """What a caller declares about a file; None lets the file say it.

    Attributes
    ----------
    encoding : str, optional
        One of `ENCODINGS`: the characters of files that are not UTF-8.
    decimal : str, optional
        ``comma`` or ``point``: the decimal mark.
    sheet : str, optional
        Name of the sheet of a workbook; the first one without it.
    """

    encoding: str | None = None
    decimal: Literal["comma", "point"] | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    Attributes
    ----------
    kind : str
        text, gzip, zip or xlsx.
    encoding, separator, newline : str
        Codec, what stands between cells, the end of a line.
    hint : bool
        Whether row 1 is Excel's ``sep=;``.
    """

    kind: Literal["text", "gzip", "zip", "xlsx"]
    encoding: str = "utf-8-sig"
    separator: str = ","
    newline: str = "\n"
    hint: bool = False

    @property
    def told(self) -> str:
        """What a reader of the result should know of it, or nothing."""
        code = next((n for n, codec in ENCODINGS.items() if codec == self.encoding), self.encoding)
        parts = ["characters " + code] if code != "utf-8" else []
        if self.separator != ",":
            parts.append(f"cells between {NAMES.get(self.separator, repr(self.separator))}")
        return ", ".join(parts)


def checked_format(encoding: str | None, decimal: str | None, sheet: str | None) -> TableFormat:
    """Return what options declare; raise DataError for a word that is none of theirs."""
    if encoding is not None and encoding not in ENCODINGS:
        raise DataError(f"--encoding {encoding}: not one of {', '.join(ENCODINGS)}.")
    if decimal not in (None, "comma", "point"):
        raise DataError(f"--decimal {decimal}: not one of comma, point.")
    return TableFormat(encoding, cast("Literal['comma', 'point'] | None", decimal), sheet)


def sniff(path: Path, separator: str | None = None, declared: TableFormat | None = None) -> Dialect:
    """Tell how a file is written.

    Raises
    ------
    UnreadableError
        No such file, not a file, a kind of file that is not read, or characters that are not told.
    """
    declared = declared or TableFormat()
    kind = _kind(path)
    if kind == "xlsx":
        return Dialect("xlsx")
    if declared.sheet is not None:
        raise DataError(f"{path}: --sheet is for an Excel workbook, which this is not. Drop it.")
    try:
        with _bytes(path, kind) as file:
            head = file.read(SNIFFED)
    except FAULTS as error:
        raise UnreadableError(path, 0, error) from error
    whole = len(head) < SNIFFED
    encoding = _encoding(path, head, whole=whole, declared=declared)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head[:400_000])
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    first = text[: text.find(newline)] if newline in text else text
    if match := re.fullmatch(r'"?sep=(.)"?\r?', first):
        return Dialect(kind, encoding, separator or match[1], newline, hint=True)
    return Dialect(kind, encoding, separator or _separator(text, newline), newline)


def _kind(path: Path) -> Literal["text", "gzip", "zip", "xlsx"]:
    try:
        if path.exists() and not path.is_file():
            raise UnreadableError(path, 0, "not a file")
        with path.open("rb") as file:
            head = file.read(512)
    except FileNotFoundError:
        raise UnreadableError(path, 0, "no such file") from None
    except (OSError, ValueError) as error:
        raise UnreadableError(path, 0, getattr(error, "strerror", None) or error) from error
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if path.suffix.casefold() == ".gz":
        raise UnreadableError(path, 0, "not gzip, as its name says")
    if head.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(path) as packed:
                inside = packed.namelist()
        except FAULTS as error:
            raise UnreadableError(path, 0, error) from error
        if "xl/workbook.xml" in inside:
            return "xlsx"
        if "content.xml" in inside:
            raise UnreadableError(path, 0, "an OpenDocument file; save it as .xlsx or CSV")
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableError(path, 0, "an Excel file of before 2007; save it as .xlsx or CSV")
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|table)", head, re.IGNORECASE):
        raise UnreadableError(path, 0, "a web page or XML; save the table as .xlsx or CSV")
    if head.startswith(b"%PDF"):
        raise UnreadableError(path, 0, "a PDF; save the table as .xlsx or CSV")
    return "text"


@contextmanager
def _bytes(path: Path, kind: str) -> Iterator[IO[bytes]]:
    if kind == "gzip":
        with gzip.open(path, "rb") as file:
            yield cast("IO[bytes]", file)
    elif kind == "zip":
        with zipfile.ZipFile(path) as packed:
            inner = [
                item
                for item in packed.infolist()
                if not item.is_dir()
                and not item.filename.startswith("__MACOSX/")
                and not item.filename.rsplit("/", 1)[-1].startswith((".", "Metadata_"))
            ]
            if len(inner) != 1:
                names = listed([item.filename for item in inner]) or "nothing"
                raise UnreadableError(
                    path, 0, f"a .zip is read where it holds one table; it holds {names}; unpack it"
                )
            if inner[0].file_size > MOST_UNPACKED:
                raise UnreadableError(path, 0, "larger than 4 GB unpacked")
            with packed.open(inner[0]) as file:
                yield file
    else:
        with path.open("rb") as file:
            yield file


def _encoding(path: Path, head: bytes, *, whole: bool, declared: TableFormat) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError as error:
        known = ENCODINGS.get(declared.encoding or "") or _legacy(head)
        if known is None:
            raise UnreadableError(
                path,
                head.count(b"\n", 0, error.start),
                f"byte 0x{head[error.start]:02x} is not UTF-8, and its characters can be read in several "
                f"ways; save it as CSV in UTF-8, or declare them with --encoding {'|'.join(ENCODINGS)}",
            ) from None
        return known
    if b"\x00" in head[:4096]:
        if declared.encoding == "utf-16":
            return "utf-16-le" if head[1:2] == b"\x00" else "utf-16-be"
        raise UnreadableError(path, 0, "zero bytes in it: UTF-16 without its mark, or no text")
    return "utf-8-sig"


def _legacy(head: bytes) -> str | None:
    """Return Windows-1251 or -1252 where the words can be nothing else."""
    words = HIGH_WORD.findall(head)
    if all(CYRILLIC.fullmatch(word) and not TWISTED.search(word) for word in words):
        long = any(len(word) > 2 for word in words)
        return "cp1251" if long else None
    if all(re.search(rb"[A-Za-z]", word) and LATIN.fullmatch(word) for word in words):
        return "cp1252"
    return None


def _separator(text: str, newline: str) -> str:
    """Tell the separator by the header, and where several could be, by the rows below it."""
    lines = [line for line in text.split(newline, LINES)[:LINES] if line.strip()]
    possible = []
    for mark in SEPARATORS:
        try:
            head = next(csv.reader(lines[:1], delimiter=mark, skipinitialspace=mark != "\t"))
            body = [len(row) for row in csv.reader(lines[1:], delimiter=mark)]
        except (csv.Error, StopIteration):
            continue
        if len(head) > 1 and all(width >= len(head) for width in body):
            return mark
        if len(head) > 1:
            possible.append(mark)
    return possible[0] if possible else ","


@contextmanager
def opened(path: Path, how: Dialect, *, most_bytes: int | None = None) -> Iterator[TextIO]:
    """Open the text of a file that is no workbook, its line ends as they are.

    Raises
    ------
    UnreadableError
        Larger than `most_bytes`.
    """
    if most_bytes is not None and path.stat().st_size > most_bytes:
        raise UnreadableError(path, 0, f"larger than {most_bytes / 1e6:g} MB")
    with _bytes(path, how.kind) as raw:
        newline = "" if how.newline == "\n" else how.newline
        with io.TextIOWrapper(raw, encoding=how.encoding, newline=newline) as file:
            if how.hint:
                file.readline()
            yield file
