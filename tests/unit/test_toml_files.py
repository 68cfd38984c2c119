"""One reader of TOML: strict models, and messages that name the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from winset import toml_files
from winset.errors import DataError
from winset.toml_files import Strict, TomlPosition, read_toml

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """title = "t"
# change = 1
[parameters]
rate = 1

[[change]]
kind = "a"
rate = 2

[[change]]
kind = "b"
  rate = 3
rates = 4
"""


@pytest.mark.parametrize(
    ("section", "key", "said"),
    [
        ("title", "", "f.toml line 1 (title)"),
        ("parameters", "rate", "f.toml line 4 (parameters)"),
        ("parameters", "", "f.toml line 3 (parameters)"),
        ("parameters", "gone", "f.toml line 3 (parameters)"),
        ("change 1", "rate", "f.toml line 8 (change 1)"),
        ("change 2", "rate", "f.toml line 12 (change 2)"),
        ("change 2", "rates", "f.toml line 13 (change 2)"),
        ("change 2", "", "f.toml line 10 (change 2)"),
        ("change 3", "", "f.toml line 1 (change 3)"),
        ("rates", "", "f.toml line 13 (rates)"),
        ("", "kind", "f.toml line 7"),
        ("", "", "f.toml line 1"),
    ],
)
def test_lines_are_found(section: str, key: str, said: str) -> None:
    assert TomlPosition(TEXT, "f.toml").at(section, key) == said


def test_without_a_text_only_the_name_is_said() -> None:
    assert TomlPosition("", "scenario").at("change 1", "rate") == "scenario (change 1)"


class A(Strict):
    kind: Literal["a"]
    rate: float = Field(0.0, gt=0)


class B(Strict):
    kind: Literal["b"]
    who: str | list[str] = "all"
    rates: dict[str, int | float] = Field(default_factory=dict)


class File(Strict):
    title: str
    change: list[A] = Field(default_factory=list)


def explained(
    model: type[Strict], raw: object, section: str = "", *models: type[Strict], text: str = TEXT
) -> str:
    kind = TypeAdapter(A | B) if models else TypeAdapter(model)
    if models:
        from typing import Annotated

        kind = TypeAdapter(Annotated[A | B, Field(discriminator="kind")])
    with pytest.raises(ValidationError) as failure:
        kind.validate_python(raw)
    position = TomlPosition(text, "f.toml")
    return str(position.explain(failure.value, section, *(models or (model,))))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            {"title": 1},
            "f.toml line 1 (title): title = 1 is wrong: Input should be a valid string.",
        ),
        ({}, "f.toml line 1 (title): title is missing. Add it."),
        ({"title": "t", "tilte": 1}, "unknown key 'tilte'. Did you mean title? Known: title, ch"),
        (
            {"title": "t", "change": [{"kind": "a"}, {"kind": "a", "rate": 0}]},
            "f.toml line 12 (change 2): rate = 0 is wrong",
        ),
        (
            {"title": "t", "change": [{"kind": "a", "rte": 1.0}]},
            "(change 1): unknown key 'rte'. Did you mean rate? Known: kind, rate.",
        ),
        ({"title": "t", "change": [{}]}, "(change 1): kind is missing. Add it."),
        ({"title": "t", "change": [5]}, "(change 1): change 1 = 5 is wrong"),
        ({"title": "t", "change": 5}, "change = 5 is wrong"),
    ],
)
def test_what_is_wrong_is_explained_by_line(raw: object, said: str) -> None:
    assert said in explained(File, raw)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"kind": "b", "rates": {"KAZ": "x"}}, "(change 2): rates KAZ = 'x' is wrong"),
        ({"kind": "b", "who": [1]}, "(change 2): who = 1 is wrong"),
        ({"kind": "c"}, "unknown kind 'c'. Known: a, b."),
        ({}, "kind is missing. It is one of a, b."),
        ({"kind": "a", "who": "x"}, "unknown key 'who'. Known: kind, rate."),
    ],
)
def test_one_of_several_models_is_told_by_its_kind(raw: object, said: str) -> None:
    assert said in explained(A, raw, "change 2", A, B)


@pytest.mark.parametrize(
    "content",
    [b"a = \n", b"\xff\xfe", b"a = 1\na = 2\n", b"a = " + b"[" * 100_000],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"f\.toml: not readable as TOML in UTF-8 \("):
        read_toml(path)


def test_a_file_that_is_missing_or_too_large(tmp_path: Path, monkeypatch: object) -> None:
    with pytest.raises(DataError, match="not readable as TOML"):
        read_toml(tmp_path / "gone.toml")
    path = tmp_path / "f.toml"
    path.write_text("a = 1\n" + "#" * 94, "utf-8")
    monkeypatch.setattr(toml_files, "MOST_BYTES", 100)  # type: ignore[attr-defined]
    assert read_toml(path)[0] == {"a": 1}
    path.write_text("a = 1\n" + "#" * 95, "utf-8")
    with pytest.raises(DataError, match=r"larger than 0\.0001 MB"):
        read_toml(path)


@pytest.mark.parametrize("where", ["a = {}", "[b]\na = {}", "a = [1, {}]", "[[b]]\na = {{x = {}}}"])
def test_a_number_beyond_all_numbers_is_refused(tmp_path: Path, where: str) -> None:
    path = tmp_path / "a.toml"
    for number, fits in (("0x" + "f" * 255, True), ("0x" + "f" * 5000, False), ("9" * 400, False)):
        path.write_text(where.format(number))
        if fits:
            read_toml(path)
            continue
        with pytest.raises(DataError, match="beyond 1e308"):
            read_toml(path)


def test_a_byte_order_mark_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text("\ufeffa = 1\n", "utf-8")
    raw, position = read_toml(path)
    assert raw == {"a": 1}
    assert position.at("a") == f"{path} line 1 (a)"


@pytest.mark.parametrize(("length", "shown"), [(78, "x" * 78), (79, "x" * 76 + "…")])
def test_a_wrong_value_is_shown_in_eighty_characters(length: int, shown: str) -> None:
    """With its quotes; a longer one is cut."""
    assert f"rate = '{shown}" in explained(A, {"kind": "a", "rate": "x" * length})
