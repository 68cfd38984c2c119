"""Run the application with uvicorn until it is told to stop."""

from __future__ import annotations

import socket
import threading
import webbrowser
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from winset.errors import DataError
from winset.web.app import create
from winset.web.connections import Bounded, Gate, room_for
from winset.web.logs import bounded_logs

if TYPE_CHECKING:
    from collections.abc import Callable

    from winset.web.settings import Settings


def serve(
    settings: Settings, *, open_browser: bool = False, say: Callable[[str], None] = print
) -> None:
    """Listen and answer.

    Raises
    ------
    DataError
        The address cannot be taken.
    """
    bounded_logs()
    application = create(settings)
    address = f"http://{_shown(settings.host)}:{settings.port}/"
    config = uvicorn.Config(
        application,
        http=partial(Bounded, gate=_gate(settings)),  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `winset.web.guard` believes the proxies that are named, and no others
        backlog=32,  # so many are accepted before the gate counts them: fewer than `RESERVED`
        timeout_keep_alive=round(settings.idle_seconds),
        timeout_graceful_shutdown=5,
        ws="none",
    )
    with _listen(settings) as listener:
        application.state.jobs.open()  # before the server, so that a folder in use is one message
        say(f"winset answers at {address} (Ctrl-C stops it)")
        if open_browser:
            threading.Timer(1.0, webbrowser.open, [address]).start()
        uvicorn.Server(config).run(sockets=[listener])


def _gate(settings: Settings) -> Gate:
    return Gate(
        room_for(settings.connections),
        settings.connections_each,
        settings.head_seconds,
        settings.proxies,
    )


def _listen(settings: Settings) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise DataError(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}). Choose another "
            "--port, or stop what listens there."
        ) from error
    return listener


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "localhost"
    return f"[{host}]" if ":" in host else host
