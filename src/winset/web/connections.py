"""Connections within bounds: how many there are, in all and of one address, and how long one may dawdle.

uvicorn gives a connection as long as it likes to send its first request, and none is too many. Here a
connection beyond the bound is answered 503 and closed, one whose head is not whole in time is closed,
and so is one that does not read its answer. Where the system grants few open files, there are fewer.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection

READ_SECONDS = 30.0  # in which a caller must take up some of what it is sent
RESERVED = 40  # open files of the server itself: data, pipes of a job, its log
FEWEST = 8

FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n"
    b"connection: close\r\ncontent-length: 58\r\n\r\n"
    b'{"error": "too many connections. Come back in a second."}\n'
)


class Gate:
    """Counts connections.

    Parameters
    ----------
    most : int
        In all.
    each : int or None
        Of one address, but for those in `proxies`.
    head_seconds : float
        In which the head of a request must be whole.
    """

    def __init__(
        self, most: int, each: int | None, head_seconds: float, proxies: Collection[str] = ()
    ) -> None:
        self.most, self.each, self.head_seconds = most, each, head_seconds
        self.proxies = frozenset(proxies)
        self.inside: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Let a connection in, or not."""
        bounded = self.each is not None and address not in self.proxies
        if self.inside.total() >= self.most or (bounded and self.inside[address] >= self.each):  # type: ignore[operator]
            return False
        self.inside[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Forget a connection that was let in."""
        self.inside[address] -= 1
        if not self.inside[address]:
            del self.inside[address]


class Bounded(H11Protocol):
    """uvicorn's protocol behind a `Gate`; `functools.partial` hands it over."""

    def __init__(self, *arguments: Any, gate: Gate, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.gate = gate
        self.address: str | None = None  # of a connection that was let in
        self.late: asyncio.TimerHandle | None = None
        self.stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in and wait for its head, or close it."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if not self.gate.enter(address):
            transport.write(FULL)
            transport.close()
            return
        self.address = address
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room for another."""
        for timer in (self.late, self.stuck):
            if timer is not None:
                timer.cancel()
        if self.address is not None:
            self.gate.leave(self.address)
            self.address = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; the time for a head runs from its first byte."""
        if self.address is None:
            return
        super().data_received(data)
        if self.late is not None and self._busy():
            self.late.cancel()
            self.late = None
        elif self.late is None and not self._busy():
            self._wait()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also where the last answer was never read."""
        super().timeout_keep_alive_handler()
        self._watch()

    def pause_writing(self) -> None:
        """Give a caller that does not read a while."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """It reads again."""
        if self.stuck is not None:
            self.stuck.cancel()
        super().resume_writing()

    def _watch(self, before: int | None = None) -> None:
        """Look whether anything is read; `before` is what was still to be sent at the last look."""
        left = self.transport.get_write_buffer_size()
        if before is not None and left >= before:
            self.transport.abort()
        else:
            self.stuck = self.loop.call_later(READ_SECONDS, self._watch, left)

    def _busy(self) -> bool:
        """Whether a request is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self.late = self.loop.call_later(self.gate.head_seconds, self._close_late)

    def _close_late(self) -> None:
        self.late = None
        if not self._busy():
            self.transport.abort()


def room_for(connections: int) -> int:
    """Return how many connections the system has open files for; asks for more where it may."""
    if sys.platform == "win32":
        return connections
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return connections
    wanted = connections + RESERVED
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard > soft):
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(FEWEST, min(connections, soft - RESERVED))
