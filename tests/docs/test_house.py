"""The house as it is described: files that exist, floors without circles, files of a readable length."""

from __future__ import annotations

import ast
import re
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from tests.docs.blocks import REPOSITORY

SOURCE = REPOSITORY / "src"
PAGE = REPOSITORY / "docs" / "development.md"
MOST_LINES = 450


def modules() -> dict[str, Path]:
    """Every module of the package, by name."""
    found = {}
    for path in (SOURCE / "winset").rglob("*.py"):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


def imports() -> dict[str, set[str]]:
    """Who imports whom, at the top and inside functions; names for the type checker are no imports."""
    known = modules()
    graph: dict[str, set[str]] = {}
    for name, path in known.items():
        graph[name] = set()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        typed = {
            inner
            for block in ast.walk(tree)
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
            for inner in ast.walk(block)
        }
        for node in ast.walk(tree):
            if node in typed:
                continue
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("winset"):
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    graph[name].add(inner if inner in known else str(node.module))
            elif isinstance(node, ast.Import):
                graph[name] |= {a.name for a in node.names if a.name in known}
        graph[name].discard(name)
    return graph


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = imports()
    graph.pop("winset")  # the public names, loaded when first used
    for names in graph.values():
        names.discard("winset")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_long_files_say_why() -> None:
    """Over 450 lines, the first lines give the reason."""
    for name, path in modules().items():
        text = path.read_text(encoding="utf-8")
        count = len(text.splitlines())
        if count > MOST_LINES:
            doc = ast.get_docstring(ast.parse(text)) or ""
            assert "one file because" in " ".join(doc.split()), f"{name}: {count} lines"


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"\]\((\.\./[^)#]+)\)", PAGE.read_text(encoding="utf-8"))))
)
def test_what_the_newcomer_is_led_to_exists(target: str) -> None:
    assert (PAGE.parent / target).exists()


def test_every_folder_of_the_package_is_in_the_drawing_or_the_table() -> None:
    shown = PAGE.read_text(encoding="utf-8")
    for folder in (SOURCE / "winset").iterdir():
        if (folder / "__init__.py").exists():
            assert re.search(rf"\b{folder.name}\b", shown), folder.name
    for folder in (SOURCE / "winset" / "trade").iterdir():
        if (folder / "__init__.py").exists():
            assert f"trade/{folder.name}" in shown, folder.name


def test_a_scenario_takes_ten_steps() -> None:
    walk = PAGE.read_text(encoding="utf-8").partition("## One scenario")[2]
    assert re.findall(r"^(\d+)\. ", walk, re.MULTILINE) == [str(k) for k in range(1, 11)]


#: Each model has these, and each draw's kernel those: the same word for the same thing of another model.
OF_EACH_MODEL = {"Baseline", "State", "Target"}
OF_EACH_KERNEL = {"Reference", "Space"}


def test_a_name_of_a_class_is_one_thing() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE):
            places.setdefault(name, []).append(str(path.relative_to(SOURCE)))
    twice = {name: found for name, found in places.items() if len(found) > 1}
    for name in OF_EACH_MODEL:
        assert all(place.startswith("winset/trade/models/") for place in twice.pop(name))
    for name in OF_EACH_KERNEL:
        assert all(place.startswith("winset/trade/uncertainty/") for place in twice.pop(name))
    assert twice == {}


def test_every_mutant_by_hand_changes_a_line_that_there_is() -> None:
    """A list that has fallen behind its kernels guards nothing."""
    stale = []
    for path in sorted((REPOSITORY / "tests" / "mutants").glob("*.toml")):
        if path.name == "rooms.toml":
            continue
        for one in tomllib.loads(path.read_text("utf-8"))["mutant"]:
            file = REPOSITORY / one["file"]
            times = file.read_text("utf-8").count(one["before"]) if file.exists() else 0
            if times == 0 or (times > 1 and path.name != "survivors.toml"):
                stale.append((path.name, one["before"], times))
    assert stale == []
