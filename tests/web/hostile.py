"""Hostile requests as bytes on a socket: a number is a request, the same one each time.

What the library of a client would never send is here too: heads that are none, lengths that lie, methods,
paths and headers of every kind, bodies of no shape. `Caller` sends them to a real server and holds each
answer against what must hold of all.
"""

from __future__ import annotations

import json
import random
import re
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

SLOWEST = 5.0  # seconds
PATIENCE = 20.0  # seconds after which an answer is not waited for

NUMBERS = (
    "1e308", "-1e308", "1e400", "1e-400", "-0.0", "NaN", "Infinity", "-Infinity", "9" * 400, "9" * 5_000,
    "01",
    "0x10", "1e", "--1", "2147483648", "9223372036854775808", "0.1" * 30, "true", "null", '"10"', "[10]",
    "{}",
    '"\\u0000"', '"\\ud800"', '"\\u001b[2J"', '"../../../etc/passwd"', '"' + "x" * 50_000 + '"',
    "[" * 300 + "]" * 300,
)  # fmt: skip
BODIES: tuple[tuple[str, Any], ...] = (
    ("solve", {"on": "2025-09-01", "change": [{"kind": "trade-cost", "among": "SCO", "percent": -10}]}),
    ("solve", {"scenario": "sco-2025", "set": {"percent": -5, "trade_elasticity": 4}}),
    ("solve", {"change": [{"kind": "tariff", "exporters": "all", "importers": ["USA"], "rate": 0.1}],
               "parameters": {"deficits": "balanced", "labor_supply_elasticity": 0.5}}),
    ("share", {"scenario": "sco-2025", "players": ["KAZ", "KGZ", "UZB"]}),
    ("vote", {"rule": {"members": ["a", "b", "c"], "weights": [3, 2, 1], "quota": 4}}),
    ("vote", {"rule": "sco", "on": "2025-09-01"}),
    ("deal", {"deal": {"issues": {"x": {"A": 3, "B": -1}, "y": {"A": -1, "B": 3}}}, "floors": {"A": 1}}),
    ("download/csv", {"scenario": "sco-2025", "set": {"percent": -5}}),
    ("download/toml", {"change": [{"kind": "productivity", "economies": ["KAZ"], "factor": 1.01}]}),
    ("agree", {"bloc": "SKO", "years": "2019"}),
    ("match", {"bloc": "SKO"}),
    ("union", {"group": "SKO"}),
    ("war", {"world": "icio-2023"}),
    ("common", {"center": "no-such-center"}),
    ("jobs", {"study": "vote", "rule": "no-such-rule"}),
    ("jobs", {"scenario": "sco-2025", "players": ["KAZ"] * 40}),
)  # fmt: skip
PATHS = (
    "/", "/index.html", "/js/app.js", "/api", "/api/", "/api/solve", "/api/worlds", "/api/blocs",
    "/api/jobs",
    "/api/jobs/0123456789abcdef", "/api/jobs/../../etc/passwd", "/api/jobs/%2e%2e%2f%2e%2e",
    "/api/openapi.json",
    "/../pyproject.toml", "/..%2f..%2fapp.py", "/js/%2e%2e/%2e%2e/app.py", "/%00", "/%ff%fe",
    "//etc/passwd", "/.git/config",
    "/%c0%ae%c0%ae/", "/..;/", "/\\..\\..\\app.py", "/a\tb", "/\x7f", "/" + "a" * 20_000,
    "/" + "../" * 2_000, "/?" + "a=1&" * 5_000,
    "/api/blocs?on=" + "9" * 10_000, "/api/blocs?on=2025-13-45", "/api/blocs?on=%00",
    "/api/blocs?on=1&on=2", "/api/blocs?on[]=1",
    "*", "http://evil.example/", "/#x", "/api/download/..%2fapp", "/api/download/exe", "/api/solve/",
    "/API/SOLVE", "/js/", "/js",
)  # fmt: skip
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "X" * 300,
)
HEADERS = (
    "Host: evil.example", "Host: ", "Host: localhost:1@evil", "Origin: null", "Origin: http://evil.example",
    "Sec-Fetch-Site: cross-site", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: " + "1.2.3.4, " * 1_000,
    "X-Forwarded-Host: evil",
    "X-Forwarded-Proto: javascript", "X-HTTP-Method-Override: DELETE", "Content-Type: text/plain",
    "Content-Type: multipart/form-data",
    "Content-Type: application/json; charset=utf-7", "Content-Encoding: gzip", "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: identity", "Content-Length: -1", "Content-Length: 99999999999999999999",
    "Content-Length: 1e3", "Content-Length: 0",
    "Expect: 100-continue", "Upgrade: websocket", "Upgrade: h2c", "Connection: Upgrade",
    "Range: bytes=0-0,1-1,2-2", "Range: bytes=-99999999999",
    "Range: bytes=" + ",".join(f"{k}-{k}" for k in range(2_000)), "If-Modified-Since: yesterday",
    "If-None-Match: " + '"x",' * 3_000,
    "Accept-Encoding: " + "gzip;q=1," * 2_000, "Cookie: " + "a=b;" * 5_000, "Authorization: Basic Og==",
    "Accept: \xff\xfe", "X: a\x00b", "X: a\rb",
    "X : y", "no colon at all", " folded: yes", ": empty", "X: \x1b[31m", "Referer: javascript:alert(1)",
    "X-Long: " + "y" * 70_000,
    "\n".join(f"X-{k}: {k}" for k in range(300)), "Forwarded: for=1.2.3.4", "TE: trailers",
    "Max-Forwards: 0", "Date: \u0661",
)  # fmt: skip
HEADS = (
    b"\r\n\r\n", b"\n\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /  HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\n\n", b" GET / HTTP/1.1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n",
    b"\x00" * 4_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n",
    b"SSH-2.0-x\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"\xff" * 70_000, b"A" * 100_000, b"GET " + b"/" * 90_000 + b" HTTP/1.1\r\n\r\n",
    b"<policy-file-request/>\x00\r\n\r\n",
)  # fmt: skip


def request(number: int, host: str) -> bytes:
    """Return the request of a number to a server that is called `host`."""
    chance = random.Random(number)
    make: Callable[[random.Random, str], bytes] = chance.choice(
        (_head, _page, _page, _body, _body, _body, _length)
    )
    return make(chance, host)


def _written(method: str, path: str, host: str, headers: list[str], body: bytes) -> bytes:
    named = [] if any(h.startswith("Host") for h in headers) else [f"Host: {host}"]
    lines = [f"{method} {path} HTTP/1.1", *named, *headers, "Connection: close"]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


def _head(chance: random.Random, _: str) -> bytes:
    """No request of HTTP, or hardly."""
    if chance.random() < 0.2:
        return chance.randbytes(chance.randrange(1, 300)) + b"\r\n\r\n"
    return chance.choice(HEADS)


def _page(chance: random.Random, host: str) -> bytes:
    """A method, a path and headers that nobody expects."""
    headers = chance.sample(HEADERS, chance.choice((0, 0, 0, 1, 1, 3)))
    method = chance.choice(METHODS) if chance.random() < 0.5 else "GET"
    return _written(method, chance.choice(PATHS), host, headers, b"")


def _body(chance: random.Random, host: str) -> bytes:
    """A body for an endpoint in which something is wrong."""
    study, said = chance.choice(BODIES)
    text = json.dumps(said)
    for _ in range(chance.choice((1, 1, 2))):
        spots = [*re.finditer(r'"[^"]*"|-?\d[\d.]*', text)]
        spot = chance.choice(spots) if spots else None
        how = chance.randrange(8)
        if how == 0:
            text = text[: chance.randrange(len(text) + 1)]
        elif how == 1:
            where = chance.randrange(len(text) + 1)
            text = (
                text[:where]
                + chance.choice(("\x00", "\ufeff", "}", "[", '"', "\\", ",", "\u2028"))
                + text[where:]
            )
        elif how == 2:
            text = chance.choice(
                (
                    "",
                    "null",
                    "[]",
                    "3",
                    '"sco-2025"',
                    "[" * 100_000,
                    '{"a":' * 20_000,
                    " " * 100_000,
                    text * 2,
                )
            )
        elif spot is not None:
            text = text[: spot.start()] + chance.choice(NUMBERS) + text[spot.end() :]
    body = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        body = chance.choice(
            (b"\xff\xfe" + body, body.replace(b"a", b"\xe9"), chance.randbytes(400))
        )
    headers = chance.sample(HEADERS, chance.choice((0, 0, 0, 1)))
    if not any(h.startswith("Content-Type") for h in headers):
        headers.append("Content-Type: application/json")
    if not any(h.startswith(("Content-Length", "Transfer-Encoding")) for h in headers):
        headers.append(f"Content-Length: {len(body)}")
    method = "POST" if chance.random() < 0.95 else chance.choice(METHODS)
    return _written(method, f"/api/{study}", host, headers, body)


def _length(chance: random.Random, host: str) -> bytes:
    """A body whose length is told wrongly, or that comes in pieces that are none."""
    body = json.dumps(chance.choice(BODIES)[1]).encode()
    how = chance.randrange(5)
    headers = ["Content-Type: application/json"]
    if how == 0:
        headers.append(f"Content-Length: {len(body) - chance.randrange(1, len(body))}")
    elif how == 1:
        headers += [f"Content-Length: {len(body)}", f"Content-Length: {len(body) + 1}"]
    elif how == 2:
        headers += [f"Content-Length: {len(body)}", "Transfer-Encoding: chunked"]
        body = b"5\r\nhello\r\n0\r\n\r\n"
    elif how == 3:
        headers.append("Transfer-Encoding: chunked")
        body = chance.choice(
            (
                b"zz\r\n",
                b"-1\r\n\r\n",
                b"ffffffffffffffffff\r\nx",
                b"0\r\n\r\n",
                b"1;a=b\r\n{\r\n0\r\nX: y\r\n\r\n",
                b"3\r\nabcd\r\n0\r\n\r\n",
            )
        )
    else:
        headers.append("Content-Length: 5000000")
    return _written("POST", "/api/solve", host, headers, body)


@dataclass
class Caller:
    """Sends requests to a server, counts the answers by status, and keeps what is wrong with any."""

    port: int
    secrets: tuple[str, ...] = ()
    count: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def send(self, number: int) -> None:
        """Send the request of a number, and judge the answer."""
        sent = request(number, f"127.0.0.1:{self.port}")
        begun = time.monotonic()
        answer = self.ask(sent)
        seconds = time.monotonic() - begun
        status = answer[9:12].decode("latin-1") if answer.startswith(b"HTTP/1.1 ") else "closed"
        self.count[status] += 1
        self.slowest = max(self.slowest, seconds)
        where = f"request {number} ({sent[:80]!r}): "
        said = answer.decode("utf-8", "replace")
        if status == "500" or "Traceback" in said:
            self.faults.append(f"{where}{said[-300:]}")
        if seconds > (PATIENCE if unfinished(sent) else SLOWEST):
            self.faults.append(f"{where}took {seconds:.1f} s")
        if found := [secret for secret in self.secrets if secret in said]:
            self.faults.append(f"{where}tells {found}")

    def ask(self, sent: bytes) -> bytes:
        """Send bytes, and read one answer whole, or what comes until the connection is closed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            found = b""
            try:
                line.sendall(sent)
                while piece := line.recv(65_536):
                    found = _final(found + piece)
                    if _whole(found, sent):
                        break
            except (
                ConnectionError,
                TimeoutError,
            ):  # it was closed while we were still sending, or never
                pass
            return found


def _final(answer: bytes) -> bytes:
    """Leave out a first answer that says only to go on."""
    return answer.partition(b"\r\n\r\n")[2] if answer.startswith(b"HTTP/1.1 1") else answer


def _whole(answer: bytes, sent: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return bool(end and length) and (sent.startswith(b"HEAD") or len(body) >= int(length[1]))


def unfinished(sent: bytes) -> bool:
    """Whether a server must wait for more of a request: its head or its body is not whole."""
    head, end, body = sent.partition(b"\r\n\r\n")
    length = re.findall(rb"\r\nContent-Length: *(\d+)", head)
    return not end or b"chunked" in head or (bool(length) and int(length[-1]) > len(body))
