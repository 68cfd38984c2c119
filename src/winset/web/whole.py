"""What is made of many questions, over HTTP: a brief of a bloc, and the verdicts on a summit's phrases.

Both ask by lines such as ``winset treaty SCO --on 2025-09-01``. Here a line is never run: it becomes the
body of the endpoint of its name, and is read as any body that comes in is. So it can ask what HTTP can
be asked and nothing else: it names no file, and it writes none.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from winset.errors import DataError, WinsetError, did_you_mean
from winset.studies.brief.answers import Answers, CommandError, words_of
from winset.web import reading
from winset.web.asked import Asked, told
from winset.web.bodies import ASKED
from winset.web.typed import kind, typed

if TYPE_CHECKING:
    from winset.report.brief.dossier import Brief
    from winset.studies.brief.desk import Desk
    from winset.studies.summit import Checked, Phrase, Summit, Verdicts
    from winset.web.asked import Progress

    #: From the name of an endpoint and a body to what is asked.
    Read = Callable[[str, Any], Asked]

MOST_EXACT = 16  # players whose every coalition is solved for a brief or a summit
MOST_TEXT = 100_000  # characters of a summit's file, or of a draft
MOST_COMMANDS = 30  # of a summit, answered at once
TEXT = "your summit"  # its name in messages

#: What a command takes without an option's name, where it is not the first key of its body.
FIRST: Mapping[str, tuple[str, ...]] = {
    "route": ("from", "to"),
    "people": ("bloc",),
    "gap": ("scenario",),
    "offer": ("lines",),
}
#: Options by another name than the key's.
RENAMED = {"club": {"tariff": "penalty"}}


def asked(line: str, read: Read) -> Asked:
    """Read a line as a question.

    Raises
    ------
    CommandError
        It is no question that is answered over HTTP, or is misused.
    WinsetError
        Whatever its endpoint refuses.
    """
    words = words_of(line)
    name = words[0] if words else ""
    known = (*OWN, *(key for key in ASKED if key not in ("solve", "brief", "summit")))
    if name not in known:
        raise CommandError(
            f"{line[:200]}: no command that answers a question over HTTP.{did_you_mean(name[:80], known)} "
            f"There are: {', '.join(known)}."
        )
    if name in OWN:
        kinds, make = OWN[name]
        return make(_body(line, words[1:], kinds, (next(iter(kinds)),)))
    fields = ASKED[name].model_fields
    kinds = {field.alias or key: kind(field.annotation) for key, field in fields.items()}
    body = _body(line, words[1:], kinds, FIRST.get(name, (next(iter(kinds)),)), RENAMED.get(name))
    if name == "people" and isinstance(body.get("bloc"), str):
        from winset.studies.people_laying import bundled_people_scenarios

        if body["bloc"] in bundled_people_scenarios():
            body["scenario"] = body.pop("bloc")
    if name == "backtest" and "test" not in body:
        return _every_back_test(body)
    return read(name, body)


def _body(
    line: str,
    words: list[str],
    kinds: Mapping[str, str],
    first: tuple[str, ...],
    renamed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the words after a command's name as a body."""
    body: dict[str, Any] = {}
    free = list(first)
    left = list(words)

    def put(key: str, value: Any) -> None:
        if key in body:
            raise CommandError(f"{line}: {key} is given twice.")
        body[key] = value

    while left:
        word = left.pop(0)
        if not word.startswith("--"):
            if not free:
                raise CommandError(f"{line}: {word[:80]!r} has no place.")
            put(free.pop(0), word)
            continue
        option, equals, value = word[2:].partition("=")
        key = option.replace("-", "_")
        key = (renamed or {}).get(key, key)
        if key == "json" and not equals:
            continue
        if key not in kinds:
            raise CommandError(
                f"{line}: --{option[:80]} is not asked over HTTP.{did_you_mean(key, tuple(kinds))}"
            )
        if kinds[key] == "boolean" and not equals:
            put(key, True)
            continue
        if not equals:
            if not left:
                raise CommandError(f"{line}: --{option} needs a value.")
            value = left.pop(0)
        if key == "set":
            name, equals, said = value.partition("=")
            if not equals or not name.strip():
                raise CommandError(f"{line}: write --set key=value, for example --set percent=-20.")
            body.setdefault("set", {})[name.strip()] = said.strip()
            continue
        try:
            put(key, typed(f"{line}: --{option}", value, kinds[key]))
        except DataError as error:
            raise CommandError(str(error)) from error
    return body


# ------------------------------------------------------------------ commands without an endpoint


def _scenario(body: dict[str, Any]) -> Any:
    return reading.scenario({key: body[key] for key in reading.WRAPPED if key in body})


def _run(body: dict[str, Any]) -> Asked:
    from winset.studies import scenario_run

    scenario = _scenario(body)

    def answer() -> Any:
        done = scenario_run.under_other_rules(scenario_run.run(scenario))
        return scenario_run.seen_from(done, body["economy"]) if body.get("economy") else done

    return Asked(scenario.title, (), answer)


def _share(body: dict[str, Any]) -> Asked:
    from winset.places.blocs import load_blocs
    from winset.studies import sharing, whole_world

    scenario, players = _scenario(body), reading.names(body, "players")
    resolution = sharing.checked_resolution(body.get("resolution") or "full")
    order, tolerance = body.get("order"), body.get("tolerance")
    way = sharing.checked_method(body.get("method"), order, tolerance)
    chosen = sharing.bargainers(players, scenario, scenario.load_world(), load_blocs()).codes
    sums = way == sharing.DIVIDENDS
    if len(chosen) > MOST_EXACT and not sums:
        raise DataError(
            f"{len(chosen)} players: here every coalition of at most {MOST_EXACT} is solved. Add --method "
            f"{sharing.DIVIDENDS}, or use winset share."
        )

    def answer() -> Any:
        if sums and whole_world.many(scenario, players, dividends=True):
            return whole_world.share_all(
                scenario, players=players, order=order, tolerance=tolerance
            )
        return sharing.share(
            scenario,
            players=players,
            resolution=resolution,
            method=way,
            order=order,
            tolerance=tolerance,
            aversion=reading.aversion(body),
        )

    return Asked(scenario.title, chosen, answer)


def _stable(body: dict[str, Any]) -> Asked:
    from winset.studies import membership

    scenario = _scenario(body)
    ask = partial(
        membership.stable, scenario, players=body.get("players"), outsiders=body.get("outsiders")
    )
    return Asked(scenario.title, (), ask)


def _bloc(body: dict[str, Any]) -> Asked:
    from winset.places.blocs import load_blocs
    from winset.studies import bloc_answers
    from winset.worlds import WITH_TARIFFS, world

    on = reading.date(body.get("on")) or dt.date.today()
    name, rank, claim = body.get("bloc"), body.get("rank"), body.get("claim")
    bloc_answers.one_question(name, rank, claim)

    def answer() -> Any:
        return bloc_answers.told(
            load_blocs(),
            on,
            world(WITH_TARIFFS),
            name=name,
            rank=rank,
            claim=claim,
            among=body.get("among") or "all blocs",
        )

    return Asked(name or "Blocs", (), answer)


def _every_back_test(body: dict[str, Any]) -> Asked:
    from winset.studies import back_test

    given = back_test.checked_given(reading.number(body, "given", back_test.GIVEN))
    placebos = reading.whole(body, "placebos", 0, 200, usual=back_test.PLACEBOS) or 0
    seed = reading.whole(body, "seed", 0, 2**32 - 1, usual=1) or 0
    ask = partial(back_test.back_tests, None, given=given, placebos=placebos, seed=seed)
    return Asked("Every back-test", (), ask, "All back-tests take seconds each.")


_TEXT = "string"
#: Kinds of their keys, the one without an option's name first, and what reads a body.
OWN: Mapping[str, tuple[dict[str, str], Callable[[dict[str, Any]], Asked]]] = {
    "run": ({"scenario": _TEXT, "set": _TEXT, "economy": _TEXT}, _run),
    "share": (
        {
            **dict.fromkeys(("scenario", "set", "players", "resolution", "method"), _TEXT),
            "order": "integer",
            "tolerance": "number",
            "aversion": "number",
        },
        _share,
    ),
    "stable": (dict.fromkeys(("scenario", "set", "players", "outsiders"), _TEXT), _stable),
    "bloc": (dict.fromkeys(("bloc", "on", "rank", "among", "claim"), _TEXT), _bloc),
}


def answers(read: Read) -> Answers:
    """Return what answers lines with the JSON of their commands, each once."""
    return Answers(lambda line: json.loads(json.dumps(told(asked(line, read).answer()))))


# ------------------------------------------------------------------ the brief


@dataclass(frozen=True, slots=True)
class Briefing:
    """A brief that was asked for: written anew in each language, its commands asked once."""

    desk: Desk
    language: Any

    def written(self) -> Brief:
        """Write it in the language spoken."""
        from winset.report.brief import dossier

        return dossier.brief(self.desk)

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset brief --json`` prints."""
        from winset.report import speech

        with speech.speaking(self.language):
            return self.written().to_json()


def brief(raw: Any, read: Read) -> Asked:
    """Read ``{bloc, for?, on?, lang?}``."""
    from winset.report import speech
    from winset.report.brief import dossier
    from winset.studies.brief.desk import desk

    body = reading.fields(raw, ("bloc", "for", "on", "lang"), "body")
    bloc = reading.names({"bloc": body.get("bloc") or ""}, "bloc") or ""
    seat, lang = reading.text(body, "for", "body"), reading.text(body, "lang", "body")
    spoken = speech.checked(lang or "en")
    on = reading.date(reading.text(body, "on", "body")) or dt.date.today()
    whose = desk(bloc, on=on, seat=seat, answers=answers(read))

    def stepped(report: Progress) -> Briefing:
        dossier.brief(whose, report)  # which asks every command; writing it again asks none
        return Briefing(whose, spoken)

    return Asked(
        f"Brief: {whose.bloc}{f' for {whose.seat}' if whose.seat else ''}"[:200],
        whose.members,
        lambda: Briefing(whose, spoken),
        "A brief asks some thirty commands, which takes one to three minutes.",
        len(dossier.builders_of(whose)),
        stepped,
    )


# ------------------------------------------------------------------ a summit


@dataclass(frozen=True, slots=True)
class Judgement:
    """A summit with its verdicts, and a draft held against it."""

    verdicts: Verdicts
    draft: tuple[Checked, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what ``winset summit --json`` prints, with ``--check`` where there is a draft."""
        payload = self.verdicts.to_json()
        if not self.draft:
            return payload
        return {"draft": [line.to_json() for line in self.draft], **payload}


def summit(raw: Any, read: Read) -> Asked:
    """Read ``{summit|text, check?}``: a bundled summit's name, or the text of a TOML file; a draft's text."""
    from winset.studies import summit as study

    body = reading.fields(raw, ("summit", "text", "check"), "body")
    texts = {key: _text(body, key) for key in ("text", "check")}
    name = reading.text(body, "summit", "body", required=texts["text"] is None)
    if name is not None and texts["text"] is not None:
        raise DataError("body: summit and text. Send one of the two.")
    known = study.bundled_summits()
    if name is not None and name not in known:
        raise DataError(
            f"summit {name[:80]!r} is not bundled ({', '.join(known)}).{did_you_mean(name[:80], known)} "
            "Send your own as text."
        )
    found = study.read_summit(name) if name else study.parse_summit(texts["text"] or "", TEXT)
    long = _long(found, read)

    def answer() -> Judgement:
        done = study.judge(found, answers(read))
        draft = texts["check"]
        lines = () if draft is None else study.check_text(draft, done, "body: check")
        return Judgement(done, lines)

    return Asked(found.file.title[:200], (), answer, long)


def _text(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    if value is not None and not (isinstance(value, str) and 0 < len(value) <= MOST_TEXT):
        raise DataError(f"body: {key} must be text of at most {MOST_TEXT:,} characters.")
    return value


def _long(found: Summit, read: Read) -> str:
    """Read every command of a summit before any is answered; say why it is a job, if it is one."""
    commands = {phrase.id: _commands(phrase) for phrase in found.file.phrase}
    count = len({line for lines in commands.values() for line in lines})
    long = f"{count} commands take a while." if count > MOST_COMMANDS else ""
    for at, lines in enumerate(commands.values(), 1):
        for line in lines:
            try:
                long = long or asked(line, read).long
            except CommandError as error:
                raise DataError(f"{found.place.at(f'phrase {at}', 'command')}: {error}") from error
            except WinsetError:  # which makes its phrase one that cannot be computed
                continue
    return long


def _commands(phrase: Phrase) -> list[str]:
    every = [phrase.command, phrase.than_command]
    for other in phrase.other:
        every += [other.command, other.than_command]
    return [line for line in every if line]
