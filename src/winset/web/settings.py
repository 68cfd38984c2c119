"""How a server is set up: where it listens, who may call it, and what it will carry."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from winset.errors import DataError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
WILDCARDS = (
    "0.0.0.0",
    "::",
    "",
)  # every address of the machine: the name that callers use is another
MEGABYTE = 1_000_000
#: A site as ``--embed`` names it: what a policy of frames takes, and nothing that could end it.
ORIGIN = re.compile(r"https?://([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-f:]+\])(:\d{1,5})?")
ANYBODY = "any"


def cache_folder(port: int) -> Path:
    """Where the server on a port keeps its jobs unless ``--jobs`` names another folder."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "winset" / f"jobs-{port}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that distinguishes one server from another.

    Attributes
    ----------
    jobs : path
        Folder of jobs and their results.
    host, port : str, int
        Where it listens.
    public : bool
        Whether others than this machine may call; turns on the limits below.
    names : tuple of str
        Host names under which callers reach a public server.
    body : int
        Most bytes of a request.
    waiting : int
        Quick requests that may wait for a thread before the next is told to come back.
    slow, slow_each : int, int or None
        The same for those that take seconds, in all and of one caller.
    connections, connections_each : int, int or None
        Open at once, in all and of one address.
    head_seconds, idle_seconds : float
        In which the head of a request must have come, and the next request.
    proxies : tuple of str
        Addresses whose ``X-Forwarded-For`` is believed.
    seconds : float
        Longest time for an answer.
    rate : float or None
        Requests per second of one caller, on average.
    embed : tuple of str
        Sites that may show ``/embed/`` in a frame, as a content security policy names them; none: nobody.
    queue, queue_each, job_players, job_seconds, job_bytes : int
        Jobs waiting, in all and of one caller, players of one, and its limits of time and memory.
    """

    jobs: Path
    host: str = "127.0.0.1"
    port: int = 8008
    public: bool = False
    names: tuple[str, ...] = ()
    body: int = MEGABYTE
    waiting: int = 256
    slow: int = 256
    slow_each: int | None = None
    connections: int = 512
    connections_each: int | None = None
    head_seconds: float = 10.0
    idle_seconds: float = 30.0
    proxies: tuple[str, ...] = ()
    seconds: float = 60.0
    rate: float | None = None
    embed: tuple[str, ...] = ()
    queue: int = 8
    queue_each: int = 8
    job_players: int = 27
    job_seconds: int = 24 * 3600
    job_bytes: int = 8_000_000_000

    @property
    def hosts(self) -> frozenset[str]:
        """What the ``Host`` of a request may say."""
        own = {"localhost", "127.0.0.1", "[::1]"}
        if self.public:
            own |= {_bracketed(name) for name in (self.host, *self.names) if name not in WILDCARDS}
        allowed = {f"{name}:{self.port}" for name in own}
        # without a port: port 80, or a proxy that takes the port off
        return frozenset(allowed | (own if self.port == 80 else set()) | set(self.names))

    @property
    def origins(self) -> frozenset[str]:
        """What the ``Origin`` of a request may say."""
        schemes = ("http", "https") if self.public else ("http",)
        return frozenset(f"{scheme}://{host}" for scheme in schemes for host in self.hosts)


def configure(
    *,
    host: str = "127.0.0.1",
    port: int = 8008,
    public: bool = False,
    names: tuple[str, ...] = (),
    proxies: tuple[str, ...] = (),
    embed: tuple[str, ...] = (),
    jobs: Path | None = None,
) -> Settings:
    """Return the settings of ``winset serve``.

    Raises
    ------
    DataError
        A host beyond this machine without ``--public``, a public one that has no name, a proxy
        that is no address, or a site to embed in that is none.
    """
    if host not in LOOPBACK and not public:
        raise DataError(
            f"--host {host}: is reached by other machines. Add --public, which turns on limits on "
            "rate, size and jobs, or leave --host out."
        )
    if names and not public:
        raise DataError(f"--name {names[0]}: belongs to a server with --public.")
    if proxies and not public:
        raise DataError(f"--proxy {proxies[0]}: belongs to a server with --public.")
    if host in WILDCARDS and not names:
        raise DataError(
            f"--host {host!r}: listens on every address; say with --name under which host name it "
            "is called, so that requests for others can be refused."
        )
    framing = tuple(_site(site) for site in embed)
    folder = jobs if jobs is not None else cache_folder(port)
    if not public:
        return Settings(host=host, port=port, jobs=folder, embed=framing)
    return Settings(
        host=host,
        port=port,
        public=True,
        names=tuple(_bracketed(name) for name in names),
        jobs=folder,
        body=MEGABYTE // 4,
        waiting=32,
        slow=16,
        slow_each=2,
        connections=256,
        connections_each=16,
        head_seconds=5.0,
        idle_seconds=10.0,
        proxies=tuple(_address(proxy) for proxy in proxies),
        seconds=20.0,
        rate=20.0,
        embed=framing,
        queue=2,
        queue_each=1,
        job_players=16,
        job_seconds=600,
        job_bytes=2_000_000_000,
    )


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise DataError(
            f"--proxy {text}: is no address. Write the one from which the proxy connects, such as "
            "127.0.0.1."
        ) from None


def _site(text: str) -> str:
    if text == ANYBODY:
        return "*"
    if ORIGIN.fullmatch(text) is None:
        raise DataError(
            f"--embed {text[:80]}: is no site. Write scheme and host alone, such as "
            f"https://paper.example.org, or {ANYBODY}."
        )
    return text.casefold()


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name.casefold()
