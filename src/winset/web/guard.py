"""What stands before every request: who may call, how much may come, which headers go out.

A page of another site must not be able to use a server on this machine: requests must name this
server in ``Host`` (a rebound DNS name does not), must not come from another ``Origin``, and a write
must be JSON, which a foreign page cannot send without being asked first.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from winset.web.settings import Settings

BODY_SECONDS = 10.0
READS = ("GET", "HEAD", "OPTIONS")
CALLERS = 10_000  # whose rate is remembered

#: Who sent the request that is being answered.
CALLER: ContextVar[str] = ContextVar("CALLER", default="")

HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        b"font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
)


#: The page that other sites may show in a frame where ``winset serve --embed`` says so.
EMBEDDED = ("/embed/", "/embed/index.html")


def headers_of(path: str, embed: tuple[str, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers of an answer; `embed` holds who may show the pages of `EMBEDDED` in a frame."""
    if not embed or path not in EMBEDDED:
        return HEADERS
    policy = dict(HEADERS)
    del policy[b"x-frame-options"]  # knows no list of sites: the policy below says who may
    ancestors = b"frame-ancestors " + " ".join(("'self'", *embed)).encode()
    policy[b"content-security-policy"] = policy[b"content-security-policy"].replace(
        b"frame-ancestors 'none'", ancestors
    )
    policy[b"cross-origin-resource-policy"] = b"cross-origin"
    return tuple(policy.items())


#: What is said of a request that no `WinsetError` tells of, in a word that does not change.
CODES = {
    400: "unreadable",
    403: "other-site",
    404: "not-found",
    405: "not-allowed",
    408: "too-slow",
    413: "too-large",
    415: "not-json",
    429: "busy",
    500: "failed",
    503: "no-answer",
    507: "disk-full",
}


class Refusal(Exception):  # noqa: N818 - a verdict on a request, not a failure
    """A request that is not let in: status, words, further headers."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.hosts, self.origins = settings.hosts, settings.origins
        self.callers: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in with its whole body read, or refuse it; add headers on the way out."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        fresh = scope["path"].startswith("/api/")
        own = headers_of(scope["path"], self.settings.embed)

        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                cache = b"no-store" if fresh else b"no-cache"
                headers = [*message.get("headers", ()), *own]
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", cache))
                message = {**message, "headers": headers}
            await send(message)

        try:
            self._admit(scope)
            body = b"" if scope["method"] in READS else await self._body(scope, receive)
        except Refusal as refusal:
            await _answer(out, refusal)
            return
        first = True

        async def replay() -> Message:
            nonlocal first
            if first:
                first = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        await self.app(scope, replay, out)

    def _admit(self, scope: Scope) -> None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        host = headers.get(b"host", b"").decode("latin-1").casefold()
        if host not in self.hosts:
            raise Refusal(
                403, f"host {host[:80]!r} is not this server. Call it {sorted(self.hosts)[0]}."
            )
        read = scope["method"] in READS
        origin = headers.get(b"origin", b"").decode("latin-1").casefold()
        if origin and origin not in self.origins:
            raise Refusal(
                403, f"origin {origin[:80]!r} is another site. Only this server's page may call."
            )
        site = headers.get(b"sec-fetch-site", b"none")
        navigates = read and headers.get(b"sec-fetch-mode") == b"navigate"
        if site not in (b"same-origin", b"none") and not navigates:
            raise Refusal(403, "the request comes from another site.")
        if not read and scope["method"] != "DELETE":
            media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
            if media != b"application/json":
                raise Refusal(
                    415, f"content-type is {media[:80].decode('latin-1')!r}; send application/json."
                )
        caller = self._caller(scope, headers)
        CALLER.set(caller)
        if self.settings.rate is not None:
            self._count(caller, self.settings.rate)

    def _caller(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Return who calls: the address of the connection or, of a named proxy, what that one says.

        Each proxy appends the address that it was called from, so the last that is no proxy of ours
        is the caller; what stands before it, the caller may have written itself.
        """
        address = str((scope.get("client") or ("",))[0])
        if address in self.settings.proxies:
            said = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
            for item in reversed(said):
                try:
                    found = str(ip_address(item.strip()))
                except ValueError:
                    break
                address = found
                if found not in self.settings.proxies:
                    break
        return _household(address)

    def _count(self, caller: str, rate: float) -> None:
        """Refuse a caller who asks more than `rate` a second after a burst of three seconds' worth."""
        now = time.monotonic()
        left, before = self.callers.pop(caller, (3.0 * rate, now))
        left = min(3.0 * rate, left + rate * (now - before))
        self.callers[caller] = (max(left - 1.0, 0.0), now)
        if len(self.callers) > CALLERS:
            self.callers.popitem(last=False)
        if left < 1.0:
            raise Refusal(429, "too many requests. Come back in a second.", **{"retry-after": "1"})

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        most = self.settings.body
        for name, value in scope["headers"]:
            if name.lower() == b"content-length" and value.isdigit() and int(value) > most:
                raise _too_large(most)
        pieces, size = [], 0
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Refusal(400, "the connection was closed before the body was whole.")
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if size > most:
                        raise _too_large(most)
                    if not message.get("more_body", False):
                        return b"".join(pieces)
        except TimeoutError:
            raise Refusal(
                408, f"the body did not arrive within {BODY_SECONDS:g} seconds."
            ) from None


def _household(address: str) -> str:
    """Return an address, of version 6 the network of 64 bits that one household has."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or IPv6Network((int(known) >> 64 << 64, 64)))


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"the body is larger than {most:,} bytes.", connection="close")


async def _answer(send: Send, refusal: Refusal) -> None:
    said = {"error": refusal.message, "code": CODES[refusal.status]}
    body = json.dumps(said, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *((name.encode(), value.encode()) for name, value in refusal.headers.items()),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
