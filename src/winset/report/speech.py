"""In which language a report speaks: sentences, names and figures.

A sentence stands in the code once, in English, where it is made; `locales/ru.toml` and `locales/zh.toml`
have it once more each, by the English one. `{n}` is a value, `{n|gains|gain}` the form that goes with a
number, in the order of the language's plural categories (Unicode CLDR): one, other in English; one, few, many
in Russian; one form in Chinese. The terminal speaks English; `speaking` is what a report is made within.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

from winset import display
from winset.errors import DataError, did_you_mean
from winset.places.codes import names_in
from winset.places.economies import economies
from winset.places.node_names import node_names
from winset.sentences import Listing, Sentence, Verbatim, filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Language = Literal["en", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_SPOKEN: ContextVar[Language] = ContextVar("language of a report", default="en")
APART = "¦"
_NUMBER = re.compile(r"[+−-]?\d[\d,]*(\.\d+)?")
_PAIR = re.compile("([-–>→])")
_FIGURE = str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","})
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Units of money where ten thousand and its square are counted in: USD million, decimals.
_MYRIADS = ((1e6, "万亿", 2), (100.0, "亿", 1), (0.01, "万", 0))


def checked(language: str) -> Language:
    """Return a language that reports are written in.

    Raises
    ------
    DataError
        Another language.
    """
    for known in LANGUAGES:
        if language == known:
            return known
    raise DataError(
        f"no report in {language[:40]!r}.{did_you_mean(language[:40], LANGUAGES)} "
        f"Known: {', '.join(LANGUAGES)}."
    )


def language() -> Language:
    """Return the language that is spoken now."""
    return _SPOKEN.get()


@contextmanager
def speaking(spoken: Language) -> Iterator[None]:
    """Speak a language within a block."""
    before = _SPOKEN.set(spoken)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def say(english: str, /, **values: object) -> str:
    """Return a sentence in the language spoken, its values set in.

    What stands after `APART` is for the catalogs alone: it tells words apart that are one in English.

    >>> say("{n} {n|member gains|members gain}", n=1), say("{n} {n|member gains|members gain}", n=1234)
    ('1 member gains', '1,234 members gain')
    >>> with speaking("ru"):
    ...     say("yes")
    'да'
    >>> say("party¦negotiator")
    'party'
    """
    told = catalog(language()).get(english)
    return _filled(english.partition(APART)[0] if told is None else told, values)


def known(text: str, of: str = "") -> str:
    """Return a text of the data, such as a title, in the language spoken; as it is if there is no other.

    `of` tells what it names, where the catalogs have it by that, see `APART`.
    """
    there = catalog(language())
    return there.get(text + APART + of) or there.get(text, text)


def retold(text: str) -> str:
    """Say what a room or a study says, in the language spoken: a `Sentence` from its parts, or `known`.

    >>> from winset.sentences import Sentence
    >>> with speaking("zh"):
    ...     retold(Sentence("Not in world {world}: {who}.", world="icio-2022", who="KAZ"))
    '不在数据集icio-2022中：哈萨克斯坦。'
    """
    if language() == "en" or isinstance(text, Verbatim):
        return text
    if not isinstance(text, Sentence):
        return _named(text)
    return say(text.template, **{key: _retold(value) for key, value in text.values.items()})


def _retold(value: object) -> object:
    if isinstance(value, Listing):
        items = [retold(item) for item in value.items]
        return few(items, value.most) if value.mark == ", " else say("; ").join(items)
    return retold(value) if isinstance(value, str) else value


def _named(text: str) -> str:
    """Return a figure, a code, a place, a pair of these, or a text of the data as the language has it."""
    if _NUMBER.fullmatch(text):
        return local(text)
    parts = _PAIR.split(text)
    if len(parts) == 3 and all(map(_place, parts[::2])):
        one, other = (_place(part) for part in parts[::2])
        return f"{one} {'–' if parts[1] in '-–' else '→'} {other}"
    return _place(text) or known(text)


def _place(text: str) -> str:
    return names_in(language()).get(text) or node_names(language()).get(text, "")


def node(key: str, english: str) -> str:
    """Return the name of a node of a network in the language spoken, by its id, or else the English one."""
    return english if language() == "en" else node_names(language()).get(key, english)


#: What stands for the economies that a world does not have apart.
REST = {"ROW": "rest of the world"}


def name(code: str, english: str | None = None) -> str:
    """Return an economy's name in the language spoken; in English as the world has it.

    >>> name("KAZ"), name("ROW")
    ('Kazakhstan', 'rest of the world')
    """
    if language() == "en":
        if english is not None:
            return english
        listed = economies().get(code)
        return REST.get(code, code) if listed is None else listed.name
    return names_in(language()).get(code) or known(english or code)


def coded(code: str) -> str:
    """Return the code in an English sentence, as the terminal prints it; the name in other languages."""
    return code if language() == "en" else name(code)


def local(text: str) -> str:
    """Write a figure of English type as the language does: 1 234,5 in Russian."""
    return text.translate(_FIGURE) if language() == "ru" else text


def tiny(value: float, digits: int = 1) -> str:
    """Write a residual by its power of ten: 1.2e-15, as programs do, in English alone.

    >>> tiny(1.25e-15)
    '1.2e-15'
    """
    text = f"{value:.{digits}e}"
    if language() == "en":
        return text
    if not value:
        return "0"
    front, power = text.split("e")
    raised = str(int(power)).translate(_RAISED)
    return f"{local(front)}{'·' if language() == 'ru' else '×'}10{raised}"


def signed(value: float, digits: int) -> str:
    """Write a figure with its sign."""
    return local(display.signed(value, digits))


def plain(value: float, digits: int = 0) -> str:
    """Write a figure without a plus.

    >>> plain(-1234.5, 1)
    '−1,234.5'
    """
    return signed(value, digits).removeprefix("+")


def money(musd: float) -> str:
    """Write USD million with a sign, in the unit that fits; the currency is the sentence's."""
    if language() == "en":
        return display.money(musd)
    if language() == "zh":
        for size, word, digits in _MYRIADS:
            if abs(musd) >= size:
                return f"{signed(musd / size, digits)}{word}"
        return signed(musd * 1e6, 0)
    number, _, unit = display.money(musd).partition(" ")
    return f"{local(number)} {known(unit)}" if unit else local(number)


def many(count: float, digits: int = 0) -> str:
    """Write a count of people or land in millions, whose word is the sentence's; in Chinese by myriads.

    >>> many(3_413_369_186)
    '3,413'
    """
    if language() == "zh":
        return money(count / 1e6).removeprefix("+")
    return plain(count / 1e6, digits)


def percent(value: float, digits: int = 2) -> str:
    """Write percent with a sign."""
    return f"{signed(value, digits)}{'' if language() == 'zh' else ' '}%"


def listed(items: Iterable[str]) -> str:
    """Join the parts of a list."""
    return ("、" if language() == "zh" else ", ").join(items)


def few(items: Iterable[str], most: int) -> str:
    """Join the first few of a list, and say how many more there are.

    >>> few(["A", "B", "C"], most=2)
    'A, B and 1 more'
    """
    every = list(items)
    shown = listed(every[:most])
    return shown + say(" and {n} more", n=len(every) - most) if len(every) > most else shown


def clauses(parts: Iterable[str]) -> str:
    """Join the parts of a sentence that a comma divides."""
    return ("，" if language() == "zh" else ", ").join(parts)


def together(sentences: Iterable[str]) -> str:
    """Join sentences to a paragraph."""
    return ("" if language() == "zh" else " ").join(sentences)


def category(count: int, spoken: Language) -> int:
    """Return which of a language's plural forms goes with a whole number (CLDR, cardinal).

    >>> [category(n, "ru") for n in (1, 2, 5, 11, 14, 21, 22, 111)]
    [0, 1, 2, 2, 2, 0, 1, 2]
    """
    count = abs(count)
    if spoken == "zh":
        return 0
    if spoken == "en":
        return int(count != 1)
    ten, hundred = count % 10, count % 100
    if ten == 1 and hundred != 11:
        return 0
    return 1 if 2 <= ten <= 4 and not 12 <= hundred <= 14 else 2


@lru_cache(maxsize=3)
def catalog(spoken: Language) -> Mapping[str, str]:
    """Return the sentences of a language by the English ones; none for English itself."""
    if spoken == "en":
        return {}
    path = files("winset.report").joinpath("locales", f"{spoken}.toml")
    parts = tomllib.loads(path.read_text(encoding="utf-8"))
    return {english: text for part in parts.values() for english, text in part.items()}


def _filled(text: str, values: Mapping[str, object]) -> str:
    return filled(text, values, form=lambda count: category(count, language()), write=_written)


def _written(value: object) -> str:
    return plain(value) if isinstance(value, int) else str(value)
