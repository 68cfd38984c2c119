"""A section of a brief while it is written: every figure that it says is noted with where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from winset.errors import WinsetError
from winset.report import speech
from winset.report.speech import name, say
from winset.studies.brief.answers import CommandError, Stated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from winset.studies.brief.answers import Reply
    from winset.studies.brief.desk import Desk

NONE = "–"
MOST_ROWS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: its figure, in the unit of the axis."""

    name: str
    value: float
    figure: Stated


@dataclass(slots=True)
class Leaf:
    """A section: one sentence, one chart, one table, one doubt, what would change our mind, sources.

    Attributes
    ----------
    lack : str
        Why there is no such section for this bloc, in one line; all else is blank then.
    said : list of (str, Stated)
        Every figure as it is written, in order.
    seat : str
        What the section says to the economy from whose desk the brief is written.
    """

    desk: Desk
    id: str
    title: str
    sentence: str = ""
    seat: str = ""
    axis: str = ""
    bars: list[Bar] = field(default_factory=list)
    headings: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)
    doubt: str = ""
    change: str = ""
    sources: tuple[str, ...] = ()
    lack: str = ""
    said: list[tuple[str, Stated]] = field(default_factory=list)

    # ------------------------------------------------------------ asking

    def ask(self, command: str) -> Reply:
        """Return the answer to a command.

        Raises
        ------
        WinsetError
            The command refuses.
        """
        return self.desk.answers(command)

    def try_(self, command: str) -> Reply | None:
        """Return the answer to a command, None where it refuses."""
        try:
            return self.ask(command)
        except CommandError:
            raise
        except WinsetError:
            return None

    # ------------------------------------------------------------ figures, written and noted

    def write(self, answer: Reply | None, path: str, how: Callable[[Any], str]) -> str:
        """Write a figure and note it; a dash where the answer has none."""
        if answer is None or answer.find(path) is None:
            return NONE
        figure = answer.figure(path)
        text = how(figure.value)
        self.said.append((text, figure))
        return text

    def count(self, answer: Reply, path: str) -> int:
        """Return a whole number, for a sentence whose forms go with it."""
        figure = answer.figure(path)
        assert isinstance(figure.value, int)
        self.said.append((speech.plain(figure.value), figure))
        return figure.value

    def whole(self, answer: Reply | None, path: str) -> str:
        """Write a whole number."""
        return self.write(answer, path, speech.plain)

    def plain(self, answer: Reply | None, path: str, digits: int = 2) -> str:
        """Write a figure without a plus."""
        return self.write(answer, path, lambda x: speech.plain(x, digits))

    def percent(self, answer: Reply | None, path: str, digits: int = 2) -> str:
        """Write a percentage with its sign."""
        return self.write(answer, path, lambda x: speech.percent(x, digits))

    def share(self, answer: Reply | None, path: str, digits: int = 0) -> str:
        """Write a share as a percentage, without a plus."""
        return self.write(
            answer, path, lambda x: speech.percent(100.0 * x, digits).removeprefix("+")
        )

    def money(self, answer: Reply | None, path: str) -> str:
        """Write USD million in the unit that fits, with a sign."""
        return self.write(answer, path, speech.money)

    def sum(self, answer: Reply | None, path: str) -> str:
        """Write USD million in the unit that fits, without a plus."""
        return self.write(answer, path, lambda x: speech.money(x).removeprefix("+"))

    def bar(self, label: str, answer: Reply, path: str, times: float = 1.0) -> None:
        """Add a bar to the chart."""
        if answer.find(path) is not None:
            figure = answer.figure(path)
            self.bars.append(Bar(label, float(figure.value) * times, figure))

    # ------------------------------------------------------------ names and rows

    def named(self, code: str) -> str:
        """Name an economy in a table, with a mark where it is the seat."""
        return f"▸ {name(code)}" if code == self.desk.seat else name(code)

    def chosen(self, codes: Sequence[str]) -> list[str]:
        """Return whom a table shows of a list in order: all, or both ends and the seat."""
        if len(codes) <= MOST_ROWS:
            return list(codes)
        first = codes[: MOST_ROWS - 5]
        last = codes[-5:]
        seat = self.desk.seat
        between = [seat] if seat is not None and seat in codes[len(first) : -5] else []
        return [*first, *between, *last]

    def left_out(self, codes: Sequence[str]) -> str:
        """Say that a table shows both ends of a list only."""
        if len(codes) <= MOST_ROWS:
            return ""
        return say("The table shows both ends of {n}.", n=len(codes))

    def to_json(self) -> dict[str, Any]:
        """Return an entry of ``sections``."""
        return {
            "id": self.id,
            "title": self.title,
            "lack": self.lack,
            "sentence": self.sentence,
            "for_seat": self.seat,
            "table": {"headings": list(self.headings), "rows": [list(row) for row in self.rows]},
            "chart": {
                "axis": self.axis,
                "bars": [{"name": b.name, "value": b.value} | _place(b.figure) for b in self.bars],
            },
            "doubt": self.doubt,
            "change": self.change,
            "sources": list(self.sources),
            "figures": [{"text": text} | figure.to_json() for text, figure in self.said],
            "commands": self.commands(),
        }

    def commands(self) -> list[str]:
        """Return the commands that its figures are from, each once."""
        every = [figure for _, figure in self.said] + [bar.figure for bar in self.bars]
        return list(dict.fromkeys(figure.command for figure in every))


def _place(figure: Stated) -> dict[str, str]:
    return {"command": figure.command, "path": figure.path}


def leaf_of(desk: Desk, said: dict[str, Any]) -> Leaf:
    """Return the section whose `Leaf.to_json` this is."""
    return Leaf(
        desk,
        said["id"],
        said["title"],
        sentence=said["sentence"],
        seat=said["for_seat"],
        axis=said["chart"]["axis"],
        bars=[
            Bar(bar["name"], bar["value"], Stated(bar["command"], bar["path"], bar["value"]))
            for bar in said["chart"]["bars"]
        ],
        headings=tuple(said["table"]["headings"]),
        rows=[tuple(row) for row in said["table"]["rows"]],
        doubt=said["doubt"],
        change=said["change"],
        sources=tuple(said["sources"]),
        lack=said["lack"],
        said=[
            (one["text"], Stated(one["command"], one["path"], one["value"]))
            for one in said["figures"]
        ],
    )


def joined(sentences: Sequence[str]) -> str:
    """Set sentences one behind the other, with a space where the language ends them with a point."""
    return "".join(
        one + " " * (one.endswith(".") and k + 1 < len(sentences))
        for k, one in enumerate(sentences)
    )


def lacking(desk: Desk, id_: str, title: str, why: str) -> Leaf:
    """Return a section that a bloc has not, in one line."""
    return Leaf(desk, id_, title, lack=why)
