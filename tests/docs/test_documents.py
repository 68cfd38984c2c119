"""Every command and code block of README and docs runs, and prints what is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scripts.write_cli_reference import reference
from tests.docs.blocks import REPOSITORY, documents, execute, matches

import winset
from winset.trade.result import COLUMNS


@pytest.mark.parametrize("page", documents(), ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_blocks_run(page: Path, tmp_path: Path) -> None:
    assert execute(page, tmp_path) == []


@pytest.mark.parametrize("page", documents(), ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_links_to_files_hold(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


def test_the_comparison_itself() -> None:
    assert matches("a\n…\nd\n", "a\nb\nc\nd\n")
    assert matches("a\n", "a\n")
    assert not matches("a\n…\nd\n", "a\nb\n")
    assert not matches("a\n", "a\nb\n")


def test_the_command_reference_is_the_programs_own() -> None:
    shown = (REPOSITORY / "docs" / "cli.md").read_text(encoding="utf-8")
    assert shown == reference(), "run python -m scripts.write_cli_reference"


def test_every_public_name_is_documented() -> None:
    shown = (REPOSITORY / "docs" / "python.md").read_text(encoding="utf-8")
    for name in winset.__all__:
        assert f"`{name}" in shown or f"winset.{name}" in shown, name


def test_every_json_key_of_run_is_documented() -> None:
    shown = (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8")
    for key in COLUMNS:
        assert f"`{key}`" in shown, key


def test_every_page_is_in_the_navigation() -> None:
    navigation = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    for page in documents()[1:]:
        assert str(page.relative_to(REPOSITORY / "docs")) in navigation, page


def test_every_decision_is_listed() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    listed = (folder / "index.md").read_text(encoding="utf-8")
    for page in folder.glob("0*.md"):
        assert f"({page.name})" in listed, page.name
