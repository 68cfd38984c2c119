"""Write docs/cli.md from the program itself: ``python -m scripts.write_cli_reference``."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer

from winset.cli import app
from winset.cli.app import QUESTIONS
from winset.files import replacing

TARGET = Path(__file__).parents[1] / "docs" / "cli.md"

HEAD = """# Command line

Written by `scripts/write_cli_reference.py` from the program; `winset COMMAND --help` says the same.

Every command exits with 0, or with 2 and one message on stderr when an input is wrong or a problem
has no solution; nothing is written then. `--debug`, anywhere on the line, shows the traceback.
Commands with `--json` print exactly one JSON value to stdout.

| question | example |
|---|---|
"""


WORDS = {"int": "INTEGER", "float": "NUMBER", "Path": "PATH"}


def reference() -> str:
    """Return the page."""
    text = HEAD + "".join(
        f"| {question} | `{example}` |\n"
        for _, questions in QUESTIONS
        for question, example in questions
    )
    return text + "".join(sorted(_commands(app, "winset")))


def _commands(group: typer.Typer, path: str) -> list[str]:
    found = [_command(f"{path} {_name(c)}", c.callback) for c in group.registered_commands]
    for inner in group.registered_groups:
        found += _commands(inner.typer_instance, f"{path} {inner.name}")
    return found


def _name(command: Any) -> str:
    return str(command.name or command.callback.__name__.replace("_", "-"))


def _command(path: str, function: Any) -> str:
    paragraphs = [" ".join(part.split()) for part in inspect.getdoc(function).split("\n\n")]
    text = f"\n## {path}\n\n" + "\n\n".join(paragraphs) + "\n\n| | |\n|---|---|\n"
    hints = get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        kind, about = get_args(hints[name])[:2]
        kinds = [k for k in (get_args(kind) or (kind,)) if k is not type(None)]
        word = about.metavar or WORDS.get(kinds[0].__name__, "TEXT")
        if isinstance(about, typer.models.ArgumentInfo):
            shown = word
        else:
            # Inside Annotated the first name stands where a default would.
            names = (about.default, *(about.param_decls or ()))
            declared = [d for d in names if isinstance(d, str) and d.startswith("-")]
            shown = ", ".join(declared or ["--" + name.strip("_").replace("_", "-")])
            shown += "" if kinds[0] is bool else f" {word}"
        plain = isinstance(parameter.default, (str, int, float)) and kinds[0] is not bool
        default = f" Default: {parameter.default}." if plain else ""
        said = " ".join((about.help or "").split()).replace("|", "/")
        text += f"| `{shown.replace('|', '/')}` | {said}{default} |\n"
    return text


if __name__ == "__main__":
    with replacing(TARGET) as draft:
        draft.write_text(reference(), encoding="utf-8")
