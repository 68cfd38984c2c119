"""The application object and the options that every command shares."""

from __future__ import annotations

from typing import Annotated

import typer

#: What winset answers, and one command for each; a test runs every one of them.
QUESTIONS = (
    ("Who gains, who loses?", "winset run sco-2025"),
    ("Which industries?", "winset run nafta"),
    (
        "Where does trade fit, and where is it below what it could be?",
        "winset match SCO --on 2025-09-01",
    ),
    ("How sure are we?", "winset run sco-2025 --draws 500"),
    ("What if they retaliate?", "winset war icio-2022 --balanced"),
    ("Does the club harm outsiders?", "winset union SCO --world icio-2022"),
    ("How can the gain be shared?", "winset share sco-2025 --players SCO"),
    ("Would anybody leave, or join?", "winset stable sco-2025 --players SCO --outsiders MNG,TUR"),
    (
        "In which order can a group grow?",
        "winset join sco-2025 --players SCO --candidates MNG,TUR,ARE",
    ),
    ("Who decides?", "winset vote eu-council"),
    ("Where is the common ground?", "winset agree SCO --years 2010-2019"),
    ("What could all of them sign?", "winset deal silk-road-example"),
    ("Show it on one page.", "winset report sco-2025"),
    ("On which figures?", "winset world show"),
    ("Who belongs to what, and is it the largest?", 'winset bloc --claim "SCO largest population"'),
)

app = typer.Typer(
    name="winset",
    help="The open laboratory for international cooperation: who gains, who loses, how to share.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def questions(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """List the questions that winset answers, with one example of each."""
    del debug  # taken off the line by main(), which sits outside typer; here for --help
    if version:
        from winset import __version__

        typer.echo(f"winset {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        width = max(len(question) for question, _ in QUESTIONS)
        for question, example in QUESTIONS:
            typer.echo(f"{question:<{width}}  {example}")
        typer.echo("\nwinset --help lists all commands, winset COMMAND --help says what one takes.")
