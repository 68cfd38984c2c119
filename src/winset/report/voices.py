"""What a chart says to a screen reader: Vega words axes, legends and kinds of marks in English alone."""

from __future__ import annotations

import re

from winset.report.speech import say

AXIS = re.compile(r"([XY])-axis(?: titled '(.*?)')? for an? .*? scale with (.*)")
LEGEND = re.compile(r"\w+ legend(?: titled '(.*?)')? for .*? with (.*)")
HEADING = re.compile("Title text '(.*)'")
ENDS = re.compile("(?:values|boundaries) from (.*) to (.*)")
LISTED = re.compile(r"\d+ values?: (.*?)(?:, ending with (.*))?")
#: The name of a column before its value, where a mark has no words of its own.
FIELD = re.compile(r"(^|; )[a-z][a-z0-9_ ]*: ")
#: What each part of a chart is.
ROLES = {
    "geoshape": "area¦of a map",
    "circle": "point¦of a chart",
    "point": "point¦of a chart",
    "symbol": "point¦of a chart",
    "bar": "bar¦of a chart",
    "rect": "cell¦of a chart",
    "rule": "line¦of a chart",
    "line": "line¦of a chart",
    "area": "area¦of a chart",
    "shape": "area¦of a map",
    "tick": "mark¦of a chart",
    "text": "text¦of a chart",
    "group": "chart",
    "axis": "axis¦of a chart",
    "legend": "legend¦of a chart",
    "title": "heading¦of a chart",
}


def voiced(picture: str) -> str:
    """Return SVG with the labels of axes, legends and headings, and the kinds of marks, said again."""
    picture = re.sub('(?<=aria-label=")[^"]*', lambda label: _label(label[0]), picture)
    return re.sub(
        '(?<=aria-roledescription=")([a-z]+)([^"]*)',
        lambda role: say(ROLES[role[1]]) if role[1] in ROLES else role[0],
        picture,
    )


def _label(text: str) -> str:
    if found := AXIS.fullmatch(text):
        axis, title, values = found.groups()
        told = say("axis {axis}: {title}", axis=axis, title=title or "").rstrip(" :：")
        return say("{what}; {values}", what=told, values=_values(values))
    if found := LEGEND.fullmatch(text):
        title, values = found.groups()
        told = say("legend: {title}", title=title or "").rstrip(" :：")
        return say("{what}; {values}", what=told, values=_values(values))
    if found := HEADING.fullmatch(text):
        return found[1]
    return FIELD.sub(r"\1", text)


def _values(text: str) -> str:
    if found := ENDS.fullmatch(text):
        return say("from {low} to {high}", low=found[1], high=found[2])
    if found := LISTED.fullmatch(text):
        return (
            found[1] if found[2] is None else say("{first} … {last}", first=found[1], last=found[2])
        )
    return text
