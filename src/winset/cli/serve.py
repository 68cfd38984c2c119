"""``winset serve``: the page and the HTTP API on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from winset.cli.app import DATA, app


@app.command(rich_help_panel=DATA)
def serve(
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8008,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Beyond this machine only with --public.")
    ] = "127.0.0.1",
    public: Annotated[
        bool, typer.Option("--public", help="Let other machines call; turns on limits.")
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A host name that callers of --public use. Repeatable."),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="A proxy of --public, whose X-Forwarded-For says who calls. Repeatable.",
        ),
    ] = None,
    embed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SITE",
            help="A site that may show /embed/ in a frame, as https://paper.example.org, or any. "
            "Repeatable.",
        ),
    ] = None,
    jobs: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where jobs are kept [the user's cache folder]."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """See it: a page where the world answers while you drag, and the same answers over HTTP.

    Example: winset serve --open
    """
    from winset.web.serving import serve as run
    from winset.web.settings import configure

    settings = configure(
        host=host,
        port=port,
        public=public,
        names=tuple(name or ()),
        proxies=tuple(proxy or ()),
        embed=tuple(embed or ()),
        jobs=jobs,
    )
    run(settings, open_browser=open_, say=typer.echo)
