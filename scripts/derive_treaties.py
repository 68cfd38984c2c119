"""Derive the embedded table of who signed and joined which treaty.

    python scripts/derive_treaties.py ../shared/data/treaties

Three sources, facts of the public record: treaties deposited with the UN Secretary-General to March
2015 (UN Treaty Collection, through zmjones/untreaties), human-rights treaties to August 2022
(world-politics-datalab), and agreements on the environment, arms and health that others keep as
well (Global Governance data, globalgov/manytreaties, CC BY 4.0). Writes into
``src/winset/data/treaties``: ``treaties.csv`` and ``parties.csv.gz``.

Taken are the Secretary-General's treaties, amendments and constitutions left out, that thirty states
or more had joined, and those of ``ELSEWHERE``. A later source adds a consent that the earlier one
lacks, never replaces one: the file of 2022 has years alone, and is known to give the year of
signature for some older consents.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd

from derive_unvotes import write_gzip, write_rows

TARGET = Path(__file__).parents[1] / "src" / "winset" / "data" / "treaties"
LEAST_PARTIES = 30
MOST_TOGETHER = 2  # states that leave a treaty on one day
LEFT_OUT = re.compile(
    r"^(?:Amendment|Declaration|Protocol amending|Protocol to amend|Protocol signed at Lake|Constitution"
    r"|Agreement establishing|Annex|Revised text|Second revised|Third revised|European)"
)
CHAPTERS_LEFT_OUT = ("1-", "19-")  # the Charter itself, and commodity agreements that ran out
COLLECTION_END, RIGHTS_END, GOVERNANCE_END = "2015-03", "2022-08", "2019-12"
FIELDS = {
    "2": "disputes", "3": "diplomacy", "4": "human rights", "5": "refugees", "6": "narcotics",
    "7": "traffic in persons", "8": "traffic in persons", "9": "health", "10": "trade",
    "11": "transport", "12": "navigation", "13": "statistics", "14": "culture", "16": "women",
    "17": "information", "18": "penal matters", "20": "maintenance", "21": "law of the sea",
    "22": "arbitration", "23": "law of treaties", "24": "outer space", "25": "telecommunications",
    "26": "disarmament", "27": "environment", "28": "taxation", "29": "succession",
}  # fmt: skip
#: Treaties that others than the Secretary-General keep: code in the data, field, title.
ELSEWHERE = {
    "TRTPNW_1968A": ("disarmament", "Treaty on the Non-Proliferation of Nuclear Weapons. 1 July 1968"),
    "PD05WD_1972A": ("disarmament", "Biological Weapons Convention. 10 April 1972"),
    "TB06SW_1963A": ("disarmament", "Partial Nuclear-Test-Ban Treaty. 5 August 1963"),
    "TP11ST_1971A": ("disarmament", "Seabed Arms Control Treaty. 11 February 1971"),
    "PW05MW_1925P": ("disarmament", "Geneva Protocol on gas warfare. 17 June 1925"),
    "TP09CB_1967A": ("outer space", "Outer Space Treaty. 27 January 1967"),
    "PHYPNM_1979A": ("nuclear safety", "Convention on Physical Protection of Nuclear Material. 1979"),
    "ERLNNA_1986A": ("nuclear safety", "Convention on Early Notification of a Nuclear Accident. 1986"),
    "CITES_1973A": ("environment", "Trade in Endangered Species (CITES). 3 March 1973"),
    "RAMSA_1971A": ("environment", "Ramsar Convention on Wetlands. 2 February 1971"),
    "CNMSWA_1979A": ("environment", "Convention on Migratory Species. 23 June 1979"),
    "PRWCNH_1972A": ("culture", "World Heritage Convention. 23 November 1972"),
    "ITPGRFA_2001A": ("environment", "Plant Genetic Resources for Food. 3 November 2001"),
    "INTSLS_1974A": ("navigation", "Safety of Life at Sea (SOLAS). 1 November 1974"),
    "MARPOL_1973A": ("environment", "Pollution from Ships (MARPOL). 2 November 1973"),
}  # fmt: skip
#: The Secretary-General's treaties whose later consents the Global Governance data have.
LATER = {
    "27-8": "CBD_1992A", "27-3": "CTMHWD_1989A", "27-15": "PRSSOP_2001A", "27-14": "PIC_1998A",
    "27-17": "MNMTMR_2013A", "27-7": "UNFCCC_1992A", "27-2": "VIENNA_1985A",
    "26-3": "PD04WD_1992A", "26-4": "CMNTBT_1996A", "9-4": "WHOFTC_2003A",
    "27-8-b": "NA09BD_2010P:CBD_1992A",
}  # fmt: skip
KINDS = {
    "": "ratification", "a": "accession", "A": "acceptance", "AA": "approval", "d": "succession",
    "P": "ratification", "s": "definitive signature", "n": "notification", "c": "confirmation",
    "p": "ratification",
}  # fmt: skip


def governance(source: Path) -> pd.DataFrame:
    """Return the Global Governance rows of states that have a code of ISO 3166."""
    table = pd.read_csv(source / "ggo_parties.csv.gz", dtype=str, keep_default_na=False)
    known = set(pd.read_csv(source.parent / "countries" / "countries.csv")["iso3"])
    table = table[table["state"].isin(known)].copy()
    for column in ("signed", "ratified", "in_force", "ended"):  # doubtful days are marked by ?
        table[column] = table[column].str.extract(r"^(\d{4}(?:-\d\d(?:-\d\d)?)?)")[0].fillna("")
    joined = table["ratified"].where(table["ratified"] != "", table["in_force"])
    table = table.assign(joined=joined)
    early = (table["signed"] > joined) & (joined != "")
    table.loc[early, "signed"] = ""
    # An end before the beginning, or one that many states share, is no withdrawal.
    shared = table.groupby(["treatyID", "ended"])["state"].transform("size") > MOST_TOGETHER
    table.loc[shared | (table["ended"] <= joined), "ended"] = ""
    return table


def main(source: Path) -> None:
    """Derive both files."""
    listed = pd.read_csv(source / "mtdsg_2015_treaties.csv", dtype=str, keep_default_na=False)
    taken = listed[
        (listed["with_consent"].astype(int) >= LEAST_PARTIES)
        & ~listed["title"].str.contains(LEFT_OUT)
        & ~listed["treaty"].str.startswith(CHAPTERS_LEFT_OUT)
    ]
    found = pd.read_csv(
        source / "mtdsg_2015_participation.csv", dtype=str, keep_default_na=False
    ).query("code != '' and code != 'EU'")
    rights = pd.read_csv(source / "human_rights_2022.csv", dtype=str, keep_default_na=False)
    others = governance(source)
    treaties: list[list[object]] = []
    parties: dict[tuple[str, str], list[object]] = {}
    for row in taken.to_dict("records"):
        treaty = row["treaty"]
        end = COLLECTION_END
        for part in found[found["treaty"] == treaty].to_dict("records"):
            if not part["signed"] and not part["consent_date"]:
                continue
            kind = KINDS[part["consent_kind"]] if part["consent_date"] else ""
            parties[treaty, part["code"]] = [part["signed"], part["consent_date"], "", kind]
        if treaty in set(rights["mtdsg"]):
            end = RIGHTS_END
            for part in rights[rights["mtdsg"] == treaty].to_dict("records"):
                late = part["status"] == "state party" and int(part["year"] or 0) >= 2015
                own = parties.get((treaty, part["code"]))
                if late and (own is None or not own[1]):
                    signed = own[0] if own else ""
                    parties[treaty, part["code"]] = [signed, part["year"], "", "year alone"]
        if treaty in LATER:
            end = GOVERNANCE_END
            _add(parties, treaty, others[others["treatyID"] == LATER[treaty]])
        title = re.sub(r"\s+", " ", row["title"]).strip(" *.")
        treaties.append([treaty, title[:160], FIELDS[treaty.split("-")[0]], end])
    for code, (field, title) in ELSEWHERE.items():
        key = code.split("_")[0]
        _add(parties, key, others[others["treatyID"] == code])
        treaties.append([key, title, field, GOVERNANCE_END])
    TARGET.mkdir(parents=True, exist_ok=True)
    write_rows(TARGET / "treaties.csv", ["treaty", "title", "field", "known_to"], treaties)
    write_gzip(
        TARGET / "parties.csv.gz",
        ["treaty", "code", "signed", "joined", "left", "how"],
        [[*key, *value] for key, value in sorted(parties.items())],
    )
    print(f"{len(treaties)} treaties, {len(parties)} states and treaties")


def _add(parties: dict[tuple[str, str], list[object]], treaty: str, rows: pd.DataFrame) -> None:
    """Add what the Global Governance rows know beyond what is there."""
    for part in rows.to_dict("records"):
        if not part["joined"] and not part["signed"]:
            continue
        own = parties.get((treaty, part["state"]))
        if own is None:
            how = "Global Governance data" if part["joined"] else ""
            values = [part["signed"], part["joined"], part["ended"], how]
            parties[treaty, part["state"]] = values
        elif not own[1] and part["joined"]:
            own[1:] = [part["joined"], part["ended"], "Global Governance data"]
        elif part["ended"]:
            own[2] = part["ended"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
