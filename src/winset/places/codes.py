"""Codes of economies as other programs write them: a whole column is read in one way.

Alpha-3 in any case; alpha-2 or numeric (UN M49) where the whole column is so; names in English,
Russian or Chinese; codes of economies that changed theirs, with a note. What stands for many economies
(the world, a union, an income group) is told apart, never taken for one economy. A code that is none of
these is an economy of the file's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from winset.errors import DataError, did_you_mean, listed
from winset.places.economies import FOLDER, economies
from winset.tables import embedded_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

OWN_CODE = re.compile(r"[A-Za-z0-9_]{2,12}")

#: Alpha-3 codes that went out of use, or that one publisher alone uses (from general knowledge).
OLD = {
    "ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "BUR": "MMR", "KSV": "XKX", "XKV": "XKX", "UNK": "XKX",
    "WBG": "PSE", "ADO": "AND", "IMY": "IMN", "OAS": "TWN", "S19": "TWN", "SUD": "SDN",
}  # fmt: skip

#: Numeric codes of UN Comtrade that differ from ISO 3166's (from general knowledge).
COMTRADE = {
    "842": "USA", "251": "FRA", "381": "ITA", "579": "NOR", "699": "IND", "757": "CHE", "490": "TWN",
    "736": "SDN", "841": "USA", "280": "DEU",
}  # fmt: skip
#: Alpha-2 codes that the European Union uses besides ISO's.
EUROPEAN = {"EL": "GRC", "UK": "GBR", "XK": "XKX"}

#: What stands for many economies, or for none (from general knowledge of the publishers' lists).
AGGREGATES = {
    "WLD": "the world", "W00": "the world", "WORLD": "the world", "WORLDTOTAL": "the world",
    "WORLD TOTAL": "the world", "TOTAL": "the world", "W0": "the world", "ВЕСЬ МИР": "the world",
    "МИР": "the world", "世界": "the world", "WXD": "the world", "_T": "the world",
    "EUN": "the European Union", "EUU": "the European Union", "EU27": "the European Union",
    "EU28": "the European Union", "EU27_2020": "the European Union", "EU": "the European Union",
    "EUROPEAN UNION": "the European Union", "EU15": "the European Union", "EU25": "the European Union",
    "EMU": "the euro area", "EA19": "the euro area", "EA20": "the euro area", "EURO AREA": "the euro area",
    "OED": "members of the OECD", "OECD": "members of the OECD", "G20": "the G20", "G7": "the G7",
    "NONOECD": "the others than the OECD",
    "AFE": "Eastern and Southern Africa", "AFW": "Western and Central Africa", "ARB": "the Arab world",
    "CEB": "Central Europe and the Baltics", "CSS": "small states of the Caribbean",
    "EAP": "East Asia and Pacific", "EAR": "early-demographic dividend", "EAS": "East Asia and Pacific",
    "ECA": "Europe and Central Asia", "ECS": "Europe and Central Asia", "FCS": "fragile situations",
    "HIC": "high income", "HPC": "heavily indebted poor countries", "IBD": "IBRD only",
    "IBT": "IDA and IBRD", "IDA": "IDA", "IDB": "IDA blend", "IDX": "IDA only", "INX": "not classified",
    "LAC": "Latin America and Caribbean", "LCN": "Latin America and Caribbean",
    "LDC": "least developed countries", "LIC": "low income", "LMC": "lower middle income",
    "LMY": "low and middle income", "LTE": "late-demographic dividend",
    "MEA": "Middle East and North Africa", "MIC": "middle income", "MNA": "Middle East and North Africa",
    "NAC": "North America", "OSS": "other small states", "PRE": "pre-demographic dividend",
    "PSS": "small states of the Pacific", "PST": "post-demographic dividend", "SAS": "South Asia",
    "SSA": "Sub-Saharan Africa", "SSF": "Sub-Saharan Africa", "SST": "small states",
    "TEA": "East Asia and Pacific", "TEC": "Europe and Central Asia", "TLA": "Latin America",
    "TMN": "Middle East and North Africa", "TSA": "South Asia", "TSS": "Sub-Saharan Africa",
    "UMC": "upper middle income",
    "UNS": "unspecified", "SPE": "special categories", "FRE": "free zones", "BUN": "bunkers",
    "E19": "the rest of Europe", "XX": "areas not specified", "_X": "areas not specified",
    "AREAS, NES": "areas not specified", "UNSPECIFIED": "unspecified", "FREE ZONES": "free zones",
    "BUNKERS": "bunkers", "SPECIAL CATEGORIES": "special categories",
}  # fmt: skip
NUMERIC_AGGREGATES = {
    "0": "the world", "97": "the European Union", "899": "areas not specified", "838": "free zones",
    "837": "bunkers", "839": "special categories", "568": "the rest of Europe", "577": "the rest of Africa",
    "636": "the rest of America", "527": "the rest of Oceania", "473": "the rest of Latin America",
    "637": "the rest of North and Central America", "492": "the rest of Europe", "879": "Western Asia",
    "711": "the Southern African Customs Union", "810": "the former Soviet Union",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeColumn:
    """How the texts of a column are read.

    Attributes
    ----------
    codes : mapping of str to str
        Text → code, without aggregates and without what is `unknown`.
    aggregates : mapping of str to str
        Text → what it stands for.
    unknown : tuple of str
        Texts that are nothing known and cannot be codes of the file's own.
    notes : tuple of str
    """

    codes: Mapping[str, str]
    aggregates: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Return code by name, names without capitals: English, Russian, Chinese and aliases.

    >>> names()["кыргызстан"], names()["türkiye"]
    ('KGZ', 'TUR')
    """
    found: dict[str, str] = {}
    for row in embedded_rows(FOLDER / "names.csv"):
        for language in ("en", "ru", "zh"):
            found.setdefault(_folded(row[language]), row["code"])
    for row in embedded_rows(FOLDER / "aliases.csv"):
        found.setdefault(_folded(row["alias"]), row["code"])
    return found


@lru_cache(maxsize=3)
def names_in(language: str) -> dict[str, str]:
    """Return name by code in ``en``, ``ru`` or ``zh``.

    >>> names_in("zh")["KAZ"]
    '哈萨克斯坦'
    """
    return {row["code"]: row[language] for row in embedded_rows(FOLDER / "names.csv")}


@lru_cache(maxsize=1)
def _numeric() -> dict[str, str]:
    return {
        str(int(row["numeric"])): row["code"]
        for row in embedded_rows(FOLDER / "names.csv")
        if row["numeric"]
    } | COMTRADE


@lru_cache(maxsize=1)
def _alpha2() -> dict[str, str]:
    rows = embedded_rows(FOLDER / "economies.csv")
    return {row["iso2"]: row["code"] for row in rows if row["iso2"]} | EUROPEAN


def code_of_name(name: str) -> str | None:
    """Return the code of a name in English, Russian or Chinese, or None.

    >>> code_of_name("kazakhstan")
    'KAZ'
    """
    return names().get(_folded(name))


def _folded(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())


def read_codes(texts: Iterable[str], where: object = "") -> CodeColumn:
    """Read the distinct texts of a column, or of the two columns of a table of pairs.

    `where` is what messages begin with, such as the file.

    Raises
    ------
    DataError
        Codes of several kinds in one column.

    >>> read_codes(["kaz", "UZB", "ROM", "WLD"]).codes
    {'kaz': 'KAZ', 'UZB': 'UZB', 'ROM': 'ROU'}
    """
    distinct = tuple(dict.fromkeys(texts))
    start = f"{where}: " if where else ""
    if distinct and all(re.fullmatch(r"[0-9]{1,3}", text) for text in distinct):
        return _whole(distinct, {t: str(int(t)) for t in distinct}, _numeric(), NUMERIC_AGGREGATES,
                      "numeric (UN M49)")  # fmt: skip
    short = {t: t.upper() for t in distinct}
    two = _alpha2()
    if any(u in two for u in short.values()) and all(
        u in two or u in AGGREGATES for u in short.values()
    ):
        return _whole(distinct, short, two, AGGREGATES, "alpha-2")
    known = economies()
    codes: dict[str, str] = {}
    aggregates: dict[str, str] = {}
    unknown: list[str] = []
    own: list[str] = []
    notes: list[str] = []
    named: list[str] = []
    for text in distinct:
        upper = text.upper()
        if upper in known:
            codes[text] = upper
        elif upper in OLD:
            codes[text] = OLD[upper]
            notes.append(f"{text} is read as {OLD[upper]}, its code today.")
        elif (code := names().get(_folded(text))) is not None:
            codes[text] = code
            named.append(text)
        elif upper in AGGREGATES:
            aggregates[text] = AGGREGATES[upper]
        elif OWN_CODE.fullmatch(text):
            codes[text] = text
            own.append(text)
        else:
            unknown.append(text)
    alpha3 = [t for t in codes if t.upper() in known]
    for what, other in (
        ("alpha-2", [t for t in own if t.upper() in two]),
        ("numeric", [t for t in own if t.isdigit()]),
    ):
        if other and alpha3:
            raise DataError(
                f"{start}codes of several kinds in one column: {alpha3[0]} is alpha-3, {other[0]} {what}. "
                "Write all in one way."
            )
    if aggregates and 2 * len(own) > len(codes):
        what = next(iter(aggregates))
        raise DataError(
            f"{start}{what} is {aggregates[what]}, and most other codes ({listed(own)}) are no ISO 3166 "
            "codes: is it an economy of this table? Give it a code of its own, or drop its rows."
        )
    if named:
        notes.append(f"Names read as codes: {listed([f'{n} ({codes[n]})' for n in named], 6)}.")
    return CodeColumn(codes, aggregates, tuple(unknown), tuple(notes))


def _whole(
    texts: Collection[str],
    keys: Mapping[str, str],
    known: Mapping[str, str],
    many: Mapping[str, str],
    kind: str,
) -> CodeColumn:
    codes = {t: known[keys[t]] for t in texts if keys[t] in known}
    aggregates = {t: many[keys[t]] for t in texts if keys[t] not in known and keys[t] in many}
    rest = tuple(t for t in texts if t not in codes and t not in aggregates)
    return CodeColumn(codes, aggregates, rest, (f"Codes are {kind}, read as alpha-3.",))


def remedy(text: str) -> str:
    """Say what to write in place of a text that is no code."""
    near = did_you_mean(text, [*economies(), *(e.name for e in economies().values())])
    return f"write the code of an economy, such as KAZ.{near}"
