"""The application object and the options that every command shares."""

from __future__ import annotations

import shutil
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

GAIN, SHARE, DECIDE, PAY, DELIVERED, DATA = (
    "Who gains?",
    "How to share?",
    "Who decides?",
    "Who pays?",
    "What was delivered?",
    "Data and pages",
)

#: What winset answers, by the panel of ``--help``, and one command for each; a test runs every one.
QUESTIONS = (
    (
        GAIN,
        (
            ("Who gains, who loses?", "winset run sco-2025"),
            ("Which industries?", "winset run nafta"),
            ("How sure are we?", "winset run sco-2025 --draws 500"),
            (
                "Where does trade fit, and where is it below what it could be?",
                "winset match SCO --on 2025-09-01",
            ),
            ("What if they retaliate?", "winset war icio-2022 --balanced"),
            ("Does the club harm outsiders?", "winset union SCO --world icio-2022"),
            ("On whom do we depend?", "winset depend SCO --on 2025-09-01"),
            ("Who studies where?", "winset people SCO --of students --on 2025-09-01"),
        ),
    ),
    (
        SHARE,
        (
            ("How can the gain be shared?", "winset share sco-2025 --players SCO"),
            (
                "Would anybody leave, or join?",
                "winset stable sco-2025 --players SCO --outsiders MNG,TUR",
            ),
            (
                "In which order can a group grow?",
                "winset join sco-2025 --players SCO --candidates MNG,TUR",
            ),
        ),
    ),
    (
        DECIDE,
        (
            ("What does one vote weigh?", "winset vote eu-council"),
            ("Where is the common ground?", "winset agree SCO --years 2010-2025"),
            ("Who is bound by which treaty?", "winset treaty SCO"),
            ("Do they vote alike on like cases?", "winset even SCO"),
            ("What could all of them sign?", "winset deal silk-road-example"),
            ("Line by line: what do I ask, what do I offer?", "winset offer china-india"),
        ),
    ),
    (
        PAY,
        (
            ("Who pays for what helps all?", "winset common anti-drug"),
            ("Whose emissions are in whose goods?", "winset carbon icio-2022"),
            ("Which club holds?", "winset club free-trade-example"),
            ("How long does a container take?", "winset route Tashkent Karachi"),
            ("What does a closed border cost?", "winset route --close KAZ-UZB"),
            ("Which projects would all sign?", "winset bank two-islands"),
            ("Whose bank is it?", "winset bank --capital proposals --members SCO"),
        ),
    ),
    (
        DELIVERED,
        (
            ("What became of the promises?", "winset track SCO"),
            ("Does it narrow the gap?", "winset gap sco-2025"),
            ("Would winset have foreseen it?", "winset backtest eu-2004"),
        ),
    ),
    (
        DATA,
        (
            ("Show it on one page.", "winset report sco-2025"),
            ("On which figures?", "winset world show"),
            (
                "Who belongs to what, and is it the largest?",
                'winset bloc --claim "SCO largest population"',
            ),
        ),
    ),
)


def _line(question: str, example: str) -> str:
    longest = max(len(other) for _, asked in QUESTIONS for other, _ in asked)
    return f"  {question:<{longest}}  {example}"


class ByQuestion(TyperGroup):
    """A program whose ``--help`` lists commands under the questions they answer, in plain text."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, a section for each panel in the order of `QUESTIONS`."""
        panels: dict[str, list[tuple[str, str]]] = {panel: [] for panel, _ in QUESTIONS}
        first = [example.split()[1] for _, asked in QUESTIONS for _, example in asked]
        last = len(first)
        order = {name: k for k, name in enumerate(dict.fromkeys(first))}
        for name in sorted(self.list_commands(ctx), key=lambda name: order.get(name, last)):
            command = self.get_command(ctx, name)
            panel = getattr(command, "rich_help_panel", None)
            if command is not None and not command.hidden:
                said = (name, command.get_short_help_str(limit=10_000))
                panels.setdefault(panel if isinstance(panel, str) else "Commands", []).append(said)
        for panel, rows in panels.items():
            if rows:
                formatter.write(f"\n{panel}\n")
                with formatter.indentation():
                    formatter.write_dl(rows)


app = typer.Typer(
    name="winset",
    cls=ByQuestion,
    help="The open laboratory for international cooperation: who gains, who loses, how to share.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def alone(
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
        from winset.display import folded

        widest = max(len(_line(*pair)) for _, asked in QUESTIONS for pair in asked)
        width = shutil.get_terminal_size(fallback=(120, 24)).columns
        narrow = width < widest
        for panel, asked in QUESTIONS:
            typer.echo(panel)
            for question, example in asked:
                if narrow:
                    for line in (*folded(question, width - 2), f"  {example}"):
                        typer.echo(f"  {line}")
                else:
                    typer.echo(_line(question, example))
        more = "winset --help lists all commands, winset COMMAND --help says what one takes."
        typer.echo("\n".join(("", *folded(more, width))))
