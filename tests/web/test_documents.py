"""What docs/web.md shows of Excel, R and curl is answered as it says; its Python is run by tests/docs."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any
from urllib.parse import urlsplit

from tests.docs.blocks import REPOSITORY, blocks

from winset.web.guard import CODES

SOURCE = REPOSITORY / "src" / "winset"
PAGE = (REPOSITORY / "docs" / "web.md").read_text(encoding="utf-8")


def texts(language: str) -> list[str]:
    return [block.text for block in blocks(PAGE) if block.language == language]


def test_every_curl_is_answered(client: Any) -> None:
    lines = [row[2:] for text in texts("console") for row in text.splitlines() if "curl" in row]
    assert len(lines) == 12
    for line in lines:
        words = shlex.split(line)
        headers = dict(re.split(r":\s*", words[k + 1]) for k, w in enumerate(words) if w == "-H")
        url = next(word for word in words if word.startswith("http"))
        asked = urlsplit(url)
        if "-d" in words:
            body = words[words.index("-d") + 1]
            answer = client.request("POST", asked.path, content=body, headers=headers)
        else:
            answer = client.get(f"{asked.path}?{asked.query}")
        assert answer.status_code == 200, answer.text


def test_every_address_of_a_table_is_answered(client: Any) -> None:
    page = (REPOSITORY / "docs" / "spreadsheets.md").read_text(encoding="utf-8")
    addresses = re.findall(r"http://127\.0\.0\.1:8008(/api/[^\s\"]+)", page)
    assert len(addresses) == 12
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_every_code_is_documented_and_said_in_every_language() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    codes = {*re.findall(r'\bcode ?= ?"([a-z-]+)"', sources), *CODES.values()}
    assert {"wrong-input", "changes-nothing", "for-a-job", "busy"} <= codes
    catalogs = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (SOURCE / "web" / "static" / "locales").glob("*.json")
    ]
    assert len(catalogs) == 3
    for code in codes:
        assert f"`{code}`" in PAGE, code
        assert all(f"error.{code}" in texts for texts in catalogs), code
    for texts in catalogs:
        said = {key.partition(".")[2] for key in texts if key.startswith("error.")}
        assert said == codes


def test_excel_and_r_ask_for_the_same(client: Any) -> None:
    (excel,), (r,) = texts("powerquery"), texts("r")
    quoted = re.search(r'Body = "((?:[^"]|"")+)"', excel)
    raw = re.search(r"req_body_raw\('([^']+)'", r)
    assert quoted is not None
    assert raw is not None
    body = quoted[1].replace('""', '"')
    assert json.loads(body) == json.loads(raw[1])
    answer = client.post("/api/solve", json.loads(body)).json()
    assert {"code", "welfare_percent"} <= set(answer["economies"][0])
    assert "percent = -20" in answer["scenario"]["toml"]
    for text in (excel, r):
        assert "http://127.0.0.1:8008/api/solve" in text


def test_every_endpoint_is_listed(client: Any) -> None:
    for path in client.get("/api/openapi.json").json()["paths"]:
        shown = path.replace("{kind}", "KIND").replace("{job}", "ID").replace("{study}", "STUDY")
        shown = re.sub(r"^/api/\w+\.csv$", "/api/STUDY.csv", shown)
        assert f"{shown}`" in PAGE or f"{shown}?" in PAGE, path
