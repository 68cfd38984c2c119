"""A command line run in this process, for what is made of other commands' answers."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import typer

from winset.cli.app import app
from winset.errors import WinsetError
from winset.studies.brief.answers import CommandError, words_of

#: Options that write files or stop before an answer; a command that is asked only answers.
WRITING = ("--out", "--chart", "--report", "--save", "--jobs", "--help", "--resume", "--cluster")
#: Commands without an answer of their own, or that ask others themselves.
SILENT = ("serve", "report", "brief", "summit", "world")


def ask(line: str) -> Any:
    """Run a command line such as ``winset treaty SCO`` and return what it prints with ``--json``.

    Raises
    ------
    CommandError
        The line is no command that answers, it writes files, or it is misused.
    WinsetError
        Whatever the command itself refuses.
    """
    words = words_of(line)
    if not words or words[0] in SILENT or words[0].startswith("-"):
        raise CommandError(
            f"{line}: no command that answers a question, such as: winset treaty SCO."
        )
    command = typer.main.get_command(app)
    if words[0] not in getattr(command, "commands", {}):
        raise CommandError(f"{line}: there is no command {words[0]!r}. winset --help lists them.")
    writes = [w for w in words if w.split("=")[0] in WRITING]
    if writes:
        raise CommandError(
            f"{line}: {writes[0]} has no place here; the command is asked for its JSON."
        )
    if "--json" not in words:
        words.append("--json")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            command.main(words, "winset", standalone_mode=False)
    except WinsetError:
        raise
    except Exception as error:  # click's, which typer has of its own or not, by its version
        said = getattr(error, "format_message", None)
        if said is None:
            raise
        raise CommandError(f"{line}: {said()}") from error
    try:
        return json.loads(printed.getvalue())
    except ValueError as error:
        raise CommandError(f"{line}: its answer is no JSON.") from error
