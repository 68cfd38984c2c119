"""What goes with a release: citation, bill of materials, methods, container."""

from __future__ import annotations

import re

import pytest
from scripts import lock, sbom, write_methods
from tests.docs.blocks import REPOSITORY

from winset import __version__

METHODS = (REPOSITORY / "docs" / "methods.md").read_text("utf-8")


def test_the_citation_names_this_version() -> None:
    text = (REPOSITORY / "CITATION.cff").read_text("utf-8")
    assert f"version: {__version__}\n" in text


def test_the_bill_of_materials_holds_every_package_and_all_data() -> None:
    parts = sbom.bill()["components"]
    names = [part["name"] for part in parts]
    assert len(names) == len(set(names))
    needed = lock.needed("winset", set()) - {"winset"}
    assert needed <= set(names)
    folders = {folder for folder, _ in lock.data_packages()}
    assert {f"winset/data/{folder}" for folder in folders} <= set(names)
    assert all(part["licenses"] for part in parts if part["type"] == "library")


def test_every_folder_of_data_is_in_the_table_of_licences() -> None:
    page = (REPOSITORY / "docs" / "licences.md").read_text("utf-8")
    for folder, _ in lock.data_packages():
        assert f"| `{folder}` |" in page, folder


@pytest.mark.parametrize("name", ["votes", "games", "markets"])
def test_quick_tables_of_the_methods_are_what_is_computed(name: str) -> None:
    rows, embedded = write_methods.TABLES[name]
    assert embedded
    assert write_methods.replaced(METHODS, name, write_methods.table(rows())) == METHODS


@pytest.mark.parametrize("name", write_methods.TABLES)
def test_no_table_of_the_methods_is_empty(name: str) -> None:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", METHODS, re.DOTALL)
    assert found is not None
    assert found[1].count("\n| ") >= 4


def test_the_container_is_built_of_what_is_there() -> None:
    text = (REPOSITORY / "Containerfile").read_text("utf-8")
    for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (REPOSITORY / source).exists(), source
    assert 'ENTRYPOINT ["winset"]' in text
    assert re.search(r"^USER winset$", text, re.MULTILINE)
