"""Derive the embedded roll calls: the UN General Assembly voting data, and official votes since.

    python scripts/derive_unvotes.py ../shared/data/unvotes

Reads ``un_votes.rda``, ``un_roll_calls.rda`` and ``un_roll_call_issues.rda`` there, and
``../countries/countries.csv`` for the codes (Voeten, Strezhnev &
Bailey, "United Nations General Assembly Voting Data", Harvard Dataverse, hdl:1902.1/12379) and
writes into ``src/winset/data/unvotes``: ``votes.npz`` (roll call × member), ``roll_calls.csv.gz``
and ``members.csv``. ``estimate_ideal_points.py`` then adds ``ideal_points.csv.gz``.
``../unga_2019_2026`` next to it holds the official votes from November 2019 on, read and joined by
``recent_votes.py``; what they lack is listed in ``missing.csv``.

What is changed: members are keyed by ISO3, one seat one key (see ``SEATS``); titles are cut short;
roll calls that put the same text to the vote again get the same ``item``.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadr

import recent_votes

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "unvotes"
CATEGORIES = {
    "no": 1,
    "abstain": 2,
    "yes": 3,
}  # as in winset.governance.rollcalls.records; 0 is absent
# Names of the source that no current ISO code stands for, or that share a seat with another name.
SEATS = {
    "Czechoslovakia": "CSK",
    "Federal Republic of Germany": "DEU",
    "German Democratic Republic": "DDR",
    "Taiwan": "TWN",
    "Yemen Arab Republic": "YEM",
    "Yemen People's Republic": "YMD",
    "Yugoslavia": "YUG",
    "Zanzibar": "EAZ",
}
NAMES = {
    "CSK": "Czechoslovakia",
    "DDR": "German Democratic Republic",
    "EAZ": "Zanzibar",
    "RUS": "Russia (until 1991 the USSR)",
    "SRB": "Serbia (2000–2006 with Montenegro)",
    "TWN": "Republic of China (held China's seat until 25 October 1971)",
    "YEM": "Yemen (until 1990 the Yemen Arab Republic)",
    "YMD": "Democratic Yemen",
    "YUG": "Yugoslavia (SFRY)",
}
SERBIA_SINCE = 55  # the session in which Yugoslavia (Serbia and Montenegro) entered as a new member
BRIDGE_GAP = 2  # sessions between two votes on the same text; some items come every second year
TITLE_WIDTH = 110
# Some descriptions are taken from the verbatim record, others carry the agenda item's numbers.
VERBATIM = re.compile(
    r"entitled[\s_]+(?P<entitled>.+?)(?:<d3>|_|\.|$)|put (?:to )?the vote,? ?(?P<part>.+?)(?:\.|$)"
)
AGENDA = re.compile(r"A/\d+/\d+\S* \S+ - (?P<title>.+?)\.?(?: - [^a-z]+)?")


def titles(calls: pd.DataFrame) -> list[str]:
    """Return one short title per roll call, from the fuller of the two texts of the source."""
    out = []
    for short, long in zip(calls["short"], calls["descr"], strict=True):
        short_text, long_text = (
            re.sub(r'[\s\\"]+', " ", text if isinstance(text, str) else "").strip(" .")
            for text in (short, long)
        )
        short_text, long_text = (
            re.sub(r"\s*:\s*resolution\s*/.*$", "", text) for text in (short_text, long_text)
        )
        if record := VERBATIM.search(long_text):
            long_text = record["entitled"] or f"Vote on {record['part']}"
        if agenda := AGENDA.fullmatch(long_text):
            long_text = agenda["title"]
        is_title = 0 < len(long_text) <= TITLE_WIDTH and not long_text.isupper()
        text = long_text if is_title or not short_text else short_text
        if text.isupper():
            text = text.capitalize()
        cut = text if len(text) <= TITLE_WIDTH else text[: TITLE_WIDTH - 1].rstrip() + "…"
        out.append(cut)
    return out


def items(calls: pd.DataFrame) -> np.ndarray:
    """Number the items: the same description, at most two sessions apart, is the same item.

    A description that occurs twice in one session (votes on paragraphs and amendments) or is too
    short to identify a text bridges nothing.
    """
    text = calls["descr"].fillna("").str.lower().str.replace(r"[^a-z]+", " ", regex=True)
    text = text.str.replace(" resolution adopted by the general assembly", "").str.strip()
    once = ~calls.assign(text=text).duplicated(["text", "session"], keep=False)
    number = np.arange(len(calls))
    latest: dict[str, int] = {}
    for row, (key, session, usable) in enumerate(
        zip(text, calls["session"], once & (text.str.len() >= 25), strict=True)
    ):
        if not usable:
            continue
        before = latest.get(key)
        if before is not None and session - calls["session"].iloc[before] <= BRIDGE_GAP:
            number[row] = number[before]
        latest[key] = row
    return np.unique(number, return_inverse=True)[1]


def join(
    older: pd.DataFrame,
    older_cells: np.ndarray,
    codes: list[str],
    recent: pd.DataFrame,
    recent_cells: pd.DataFrame,
) -> tuple[pd.DataFrame, np.ndarray]:
    """Append the resolutions that the older source lacks; give subjects to those that both hold."""
    if unknown := set(recent_cells.columns) - set(codes):
        raise SystemExit(f"Members without a column: {sorted(unknown)}.")
    cells = recent_cells.reindex(columns=codes, fill_value=0).to_numpy(dtype=np.uint8)
    row_of = {symbol: row for row, symbol in enumerate(older["resolution"]) if symbol}
    place = recent["resolution"].map(row_of)
    for row, before in place.dropna().astype(int).items():
        if not np.array_equal(cells[row], older_cells[before]):
            raise SystemExit(f"{recent['resolution'][row]}: the two sources differ.")
        older.loc[before, "subjects"] = recent["subjects"][row]
        session, copied = recent_votes.COPIED
        if older["session"][before] == session:
            kept = set(older["issues"][before].split()) - set(copied)
            ours = set(recent["issues"][row].split()) & set(copied)
            older.loc[before, "issues"] = " ".join(sorted(kept | ours))
    added = recent[place.isna()].assign(item=0)
    added["item"] = older["item"].max() + 1 + np.arange(len(added))
    added["title"] = [
        text if len(text) <= TITLE_WIDTH else text[: TITLE_WIDTH - 1].rstrip() + "…"
        for text in added["title"]
    ]
    table = pd.concat([older, added], ignore_index=True)
    bridged = recent_votes.title_items(
        table["session"].to_numpy(), table["title"].tolist(), table["item"].to_numpy()
    )
    table["item"] = np.unique(bridged, return_inverse=True)[1]
    return table, np.vstack([older_cells, cells[place.isna().to_numpy()]])


def write_gzip(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """Write a CSV, compressed without a time stamp so that the same input gives the same bytes."""
    replace(path, gzip.compress(csv_text(header, rows), compresslevel=9, mtime=0))


def write_rows(path: Path, header: list[str], rows: list[list[object]]) -> None:
    """Write a CSV."""
    replace(path, csv_text(header, rows))


def csv_text(header: list[str], rows: list[list[object]]) -> bytes:
    """Lay rows out as a CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def replace(path: Path, content: bytes) -> None:
    """Write to a temporary name and rename."""
    temporary = path.with_suffix(path.suffix + ".part")
    temporary.write_bytes(content)
    temporary.replace(path)


def main(source: Path) -> None:
    """Derive the three files."""
    votes = pyreadr.read_r(source / "un_votes.rda")["un_votes"]
    calls = pyreadr.read_r(source / "un_roll_calls.rda")["un_roll_calls"]
    issues = pyreadr.read_r(source / "un_roll_call_issues.rda")["un_roll_call_issues"]
    for table in (votes, calls, issues):
        table["rcid"] = table["rcid"].astype(int)
    calls["session"] = calls["session"].astype(int)
    calls = calls.sort_values(["session", "date", "rcid"], ignore_index=True)
    row_of = {rcid: row for row, rcid in enumerate(calls["rcid"])}

    iso2 = votes.drop_duplicates("country").set_index("country")["country_code"]
    states = pd.read_csv(source.parent / "countries" / "countries.csv", keep_default_na=False)
    iso3_of = dict(zip(states["iso2"], states["iso3"], strict=True))
    iso3 = {name: iso3_of[iso2[name]] for name in iso2.index if name not in SEATS}
    rows = votes["rcid"].map(row_of).to_numpy()
    code = votes["country"].map({**iso3, **SEATS}).to_numpy(dtype=object)
    session = calls["session"].to_numpy()[rows]
    code[(code == "YUG") & (session >= SERBIA_SINCE)] = "SRB"

    codes = sorted(set(code))
    column_of = {key: column for column, key in enumerate(codes)}
    columns = np.array([column_of[key] for key in code])
    cells = np.zeros((len(calls), len(codes)), dtype=np.uint8)
    if len(np.unique(rows * len(codes) + columns)) != len(rows):
        raise SystemExit("Two votes by one member in one roll call: the table of seats is wrong.")
    cells[rows, columns] = votes["vote"].astype(str).map(CATEGORIES).to_numpy()

    by_call = issues.groupby("rcid")["short_name"].agg(lambda s: " ".join(sorted(s.astype(str))))
    table = pd.DataFrame(
        {
            "session": calls["session"],
            "date": calls["date"].astype(str).str[:10],
            "resolution": calls["unres"].str.replace("^R/", "A/RES/", regex=True),
            "issues": calls["rcid"].map(by_call).fillna(""),
            "item": items(calls),
            "title": titles(calls),
            "subjects": "",
        }
    )
    table, cells = join(table, cells, codes, *recent_votes.read(source.parent / "unga_2019_2026"))

    TARGET.mkdir(parents=True, exist_ok=True)
    packed = np.ascontiguousarray(cells.T)  # a member's votes in a row compress better
    array = io.BytesIO()
    np.save(array, packed)
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(zipfile.ZipInfo("votes.npy"), array.getvalue(), zipfile.ZIP_LZMA)
    replace(TARGET / "votes.npz", bundle.getvalue())

    columns_written = ["session", "date", "resolution", "issues", "item", "title", "subjects"]
    write_gzip(
        TARGET / "roll_calls.csv.gz", columns_written, table[columns_written].to_numpy().tolist()
    )
    write_rows(
        TARGET / "missing.csv",
        ["resolution", "year", "date", "yes", "no", "abstain", "why"],
        recent_votes.missing(source.parent / "unga_2019_2026"),
    )
    names = {**{key: name for name, key in {**SEATS, **iso3}.items()}, **NAMES}
    lines = ["code,name", *(f'{key},"{names[key]}"' for key in codes)]
    replace(TARGET / "members.csv", ("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
