"""Official recorded votes since November 2019, in the layout of the embedded roll calls.

The United Nations publish their resolutions as machine-readable files; ``unga_2019_2026`` holds
what those files say of votes. ``derive_unvotes.py`` joins them to the older source: a resolution
that both hold is taken once, and the two must say the same.

Three rules are winset's own and stand here:

- the *session* of a vote in an emergency special session is the regular session open that day;
- *issue codes* follow the UN's subjects, see ``issue_codes``; on the resolutions that both sources
  hold, ``print_test`` says how many codes agree with the older source's;
- *items*: the same title, at most two sessions apart, is the same item, see ``title_items``.

    python scripts/recent_votes.py ../shared/data/unga_2019_2026      (prints the test of the codes)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd

LETTERS = {"N": 1, "A": 2, "Y": 3, "": 0}
OPENING_MONTH = 9  # regular sessions open in September
BRIDGED_SINCE = 70  # the descriptions of the older source bridge nothing into session 71 and 74
BRIDGE_GAP = 2
KEY_WIDTH = 90  # titles of the older source are cut
SHORTEST_KEY = 12
ISSUES = ("me", "nu", "di", "hr", "co", "ec")
COPIED = (74, ("co", "ec"))
"""In its last session the older source gives these two codes to exactly the roll calls that it codes
as disarmament, and to none on colonies or trade: the rule's codes are taken there instead."""

PALESTINE = re.compile("PALESTIN|OCCUPIED BY ISRAEL|GOLAN|UNRWA|EAST JERUSALEM|GAZA")
ARMS = re.compile("DISARM|ARMS|WEAPON|LANDMINE|MUNITION|ARMAMENT")
RIGHTS = re.compile("RACIAL|NAZI|RIGHT TO |RIGHTS OF |S RIGHTS")
COLONIES = re.compile("DECOLONIZATION|NON-SELF-GOVERNING|COLONIAL|SELF-DETERM")
ECONOMY = re.compile("ECONOMIC|DEVELOPMENT|TRADE|COERCIVE|DEVELOPING COUNTRIES")


def issue_codes(title: str, subjects: str, committee: str) -> str:
    """Return the issue codes of one resolution, by the UN's subjects.

    me: a subject on Palestine, its refugees, or territories occupied by Israel (the Golan too).
    nu: a nuclear subject, and the title says nuclear. di: in the First Committee, a subject on
    disarmament, arms, weapons, mines or ammunition. hr: the title says human rights, or a subject
    is racial discrimination, Nazism or a right; in the Third Committee also any subject on human
    rights. co: decolonization, non-self-governing territories, colonialism, self-determination.
    ec: a subject on the economy, development, trade, coercive measures or developing countries.
    """
    name, said = title.upper(), subjects.upper()
    third = "Third" in committee
    rights = "HUMAN RIGHTS" in name or RIGHTS.search(said) is not None
    found = {
        "me": PALESTINE.search(said) is not None,
        "nu": "NUCLEAR" in said and "NUCLEAR" in name,
        "di": "First" in committee and ARMS.search(said) is not None,
        "hr": rights or (third and "HUMAN RIGHTS" in said),
        "co": COLONIES.search(said) is not None,
        "ec": ECONOMY.search(said) is not None,
    }
    return " ".join(code for code in sorted(ISSUES) if found[code])


def regular_session(session: str, date: str) -> int:
    """Return the number of the regular session; of an emergency session, the one open that day."""
    if session.isdigit():
        return int(session)
    year, month = int(date[:4]), int(date[5:7])
    return year - 1945 if month >= OPENING_MONTH else year - 1946


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the resolutions (symbol, session, date, title, issues, subjects) and their votes.

    The votes have a row per resolution and a column per member, 0 absent to 3 yes.
    """
    calls = pd.read_csv(folder / "roll_calls.csv", dtype=str, keep_default_na=False)
    votes = pd.read_csv(folder / "votes.csv", dtype=str, keep_default_na=False)
    if not (calls["symbol"] == votes["symbol"]).all() or calls["symbol"].duplicated().any():
        raise SystemExit(
            f"{folder}: roll_calls.csv and votes.csv do not list the same resolutions."
        )
    cells = votes.drop(columns="symbol").map(LETTERS.__getitem__).astype(np.uint8)
    title = calls["title"].str.split(" All references to ").str[0]  # a footnote in one title
    table = pd.DataFrame(
        {
            "resolution": calls["symbol"],
            "session": [
                regular_session(*pair) for pair in zip(calls["session"], calls["date"], strict=True)
            ],
            "date": calls["date"],
            "title": title.str.replace("[\u2010\u2011]", "-", regex=True).str.strip(),
            "issues": [
                issue_codes(*row)
                for row in zip(title, calls["subjects"], calls["committee"], strict=True)
            ],
            "subjects": [
                "|".join(part.strip().upper() for part in text.split("|") if part.strip())
                for text in calls["subjects"]
            ],
        }
    )
    order = table.sort_values(["session", "date"], kind="stable").index
    return table.loc[order].reset_index(drop=True), cells.loc[order].reset_index(drop=True)


def missing(folder: Path) -> list[list[object]]:
    """Return what the official files lack: symbol, year, date, tally where a page confirms it, why."""
    rows = []
    for row in pd.read_csv(folder / "missing.csv", dtype=str, keep_default_na=False).to_dict(
        "records"
    ):
        said = row["note"]
        tally = [row[key] for key in ("yes", "no", "abstain")]
        if "memory" in said or "unconfirmed" in said:
            tally, said = ["", "", ""], "not in the official files"
        elif "confirmed by" in said:
            said = "not in the official files; tally by " + said.split("confirmed by ")[1]
        elif "yes and no lists" in said:
            said = "not in the official files; who abstained and who was absent is not known"
        said = said.replace("the extract", "the official files")
        session = row["symbol"].removeprefix("A/RES/").split("/")[0]
        year = regular_session(session, row["date"]) + 1945
        rows.append([row["symbol"], year, row["date"], *tally, said])
    return rows


def title_items(session: np.ndarray, titles: list[str], number: np.ndarray) -> np.ndarray:
    """Give the same item to the same title at most two sessions apart, from session 70 on.

    Letters alone are compared, over the first ninety; a title that occurs twice in a session, or
    is that of a vote on a part, bridges nothing. ``number`` (R,) holds the items found so far.
    """
    keys = [re.sub(r"[^a-z]+", " ", title.lower()).strip()[:KEY_WIDTH].strip() for title in titles]
    frame = pd.DataFrame({"key": keys, "session": session})
    once = ~frame.duplicated(["key", "session"], keep=False).to_numpy()
    out = number.copy()
    latest: dict[str, int] = {}
    for row, key in enumerate(keys):
        whole = not key.startswith(("vote on", "the president")) and len(key) >= SHORTEST_KEY
        if session[row] < BRIDGED_SINCE or not once[row] or not whole:
            continue
        before = latest.get(key)
        if before is not None and session[row] - session[before] <= BRIDGE_GAP:
            out[out == out[row]] = out[before]
        latest[key] = row
    return out


def print_test(folder: Path, older: pd.DataFrame) -> None:
    """Print, for each issue, on how many common resolutions the rule gives the older code."""
    both = read(folder)[0].merge(older, on="resolution", suffixes=("", "_older"))
    print(f"{len(both)} resolutions in both sources")
    for code in ISSUES:
        ours, theirs = (
            both[name].str.split().map(lambda codes, code=code: code in codes)
            for name in ("issues", "issues_older")
        )
        same = int((ours == theirs).sum())
        print(f"{code}: {same} agree; older source {theirs.sum()}, rule {ours.sum()}")


if __name__ == "__main__":
    import pyreadr

    home = Path(sys.argv[1])
    source = home.parent / "unvotes"
    named = pyreadr.read_r(source / "un_roll_calls.rda")["un_roll_calls"]
    coded = pyreadr.read_r(source / "un_roll_call_issues.rda")["un_roll_call_issues"]
    joined = coded.groupby("rcid")["short_name"].agg(lambda s: " ".join(sorted(s.astype(str))))
    named["issues"] = named["rcid"].map(joined).fillna("")
    named["resolution"] = named["unres"].str.replace("^R/", "A/RES/", regex=True)
    print_test(home, named[named["session"] >= 74][["resolution", "issues"]])
