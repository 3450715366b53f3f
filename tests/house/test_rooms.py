"""The rooms of pipeline/: what import-linter cannot see, and that its contracts can fail."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "pipeline"
ROOMS = sorted(path.parent.name for path in HOUSE.glob("*/__init__.py"))
MODULES = sorted(HOUSE.rglob("*.py"))
NETWORK = {"http", "urllib.request", "asyncio", "socket", "ssl", "ftplib", "requests", "urllib3"}
SHORT = {"__init__.py", "__main__.py", "version.py"}  # any module else has 30 lines or more


def iter_imports(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield each import's module and name; `importlib` and `__import__` as what they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
            "__import__",
            "import_module",
        ):
            yield (ast.unparse(node), None)


def list_exports(room: str) -> list[str]:
    """Return what a room's door exports; nothing for what is no room."""
    return importlib.import_module(f"pipeline.{room}").__all__ if room in ROOMS else []


def find_trespass(path: str, code: str) -> list[str]:
    """Return what a module of pipeline/, by its path there, may not import."""
    room = path.split("/", maxsplit=1)[0]
    wrong = []
    for module, name in iter_imports(ast.parse(code)):
        told = f"{module}.{name}" if name else module
        top, _, rest = module.partition(".")
        if module.startswith(".") or "import_" in module:
            wrong.append(told)
        elif top != "pipeline":
            is_network = any(f"{told}.".startswith(f"{each}.") for each in NETWORK)
            wrong += [told] * (is_network and room != "fetch")
        elif (rest or name or "").split(".")[0] in {*ROOMS} - {room}:
            wrong += [told] * (name not in list_exports(rest))
    return wrong


def test_a_room_is_entered_through_its_door_and_only_fetch_has_a_network():
    wrong = {
        path.relative_to(HOUSE).as_posix(): found
        for path in MODULES
        if (found := find_trespass(path.relative_to(HOUSE).as_posix(), path.read_text("utf-8")))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("from pipeline.page.text import fold", True),
        ("from pipeline import page", True),
        ("def f():\n    from pipeline.page.text import fold", True),
        ("from pipeline.page import text", True),
        ("from .other import x", True),
        ("import importlib\nimportlib.import_module('pipeline.cli')", True),
        ("import http.client", True),
        ("from urllib import request", True),
        ("import urllib.request as r", True),
        ("import asyncio", True),
        ("from pipeline.page import fold", False),
        ("from pipeline.tables.schema import Row", False),
        ("from urllib.parse import urlsplit", False),
        ("from pipeline.errors import SpecError", False),
    ],
)
def test_a_trespass_is_seen(code, wrong):
    assert bool(find_trespass("tables/any.py", code)) is wrong


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_does_and_its_door_opens(room):
    """A name that is a module's too would be that module as soon as somebody imports it."""
    door = importlib.import_module(f"pipeline.{room}")
    assert re.search(r"\n\nIn: .*(Out): .*\nNever: ", door.__doc__ or "", re.DOTALL)
    modules = {path.stem for path in (HOUSE / room).iterdir()}
    assert door.__all__, room
    for name in door.__all__:
        entry = getattr(door, name)
        is_module = isinstance(entry, type(ast))
        assert is_module or name not in modules, f"{room}.{name}"


def test_every_export_of_a_room_is_used_by_another():
    used: dict[str, set[str]] = {room: set() for room in ROOMS}
    for path in (*MODULES, *(ROOT / "benchmarks").rglob("*.py")):
        for module, name in iter_imports(ast.parse(path.read_text(encoding="utf-8"))):
            room = module.removeprefix("pipeline.")
            if room in used and name:
                used[room].add(name)
    unused = {
        room: left for room, names in used.items() if (left := set(list_exports(room)) - names)
    }
    assert unused == {}


def test_the_tree_is_small_enough_to_read():
    assert len([p for p in HOUSE.iterdir() if not p.name.startswith(("__", "py.typed"))]) <= 30
    for folder in {path.parent for path in MODULES}:
        assert (folder / "__init__.py").exists(), f"import-linter does not see {folder}"
        assert len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) <= 16, folder
    for path in MODULES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 250, path
        assert lines >= 30 or path.name in SHORT, path


def test_the_tests_have_the_same_rooms():
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert folders - set(ROOMS) == {"fuzz", "house"}
    assert set(ROOMS) - folders == set()


BREACHES = [  # where a line is added, and what import-linter says of it
    ("page/text.py", "def f():\n    from pipeline.cli import main", "pipeline.page.text -> pipeline.cli ("),
    ("tables/schema.py", "from pipeline.rules import Subject", "pipeline.tables.schema -> pipeline.rules ("),
    ("store/attic/__init__.py", "import pipeline.publish", "pipeline.store.attic -> pipeline.publish ("),
    ("attic/__init__.py", "", "- pipeline.attic\n"),
    ("page/text.py", "import pipeline.page.lines", "- .text -> .lines ("),
    ("records/grids/cells.py", "import pipeline.records.grids.find", "- .cells -> .find ("),
    ("tables/files.py", "import socket", "pipeline.tables.files -> socket ("),
    ("publish/render.py", "def f():\n    import requests.x", "pipeline.publish.render -> requests ("),
    ("fetch/permission.py", "from urllib3 import util", "pipeline.fetch.permission -> urllib3 ("),
    ("archives/warc.py", "import ssl", "pipeline.archives.warc -> ssl ("),
]  # fmt: skip


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts of pyproject.toml on a copy of the house."""
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_each_breach_of_the_order_is_found(tmp_path):
    shutil.copytree(HOUSE, tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint(tmp_path).returncode == 0
    for place, line, _ in BREACHES:
        path = tmp_path / "pipeline" / place
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert [told for *_, told in BREACHES if told not in done.stdout] == []


def test_the_page_on_the_architecture_names_what_there_is():
    """A module, folder or table by its path; a function by its door, or anywhere in its room."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`([\w/]+/(?:\w+\.py)?)`", text)) - {"raw/", "processed/", "pipeline/"}
    assert len(paths) > 25
    assert [p for p in paths if not (HOUSE / p).exists() and not (ROOT / p).exists()] == []
    names = set(re.findall(r"`(\w+)\.(\w+)`", text))
    names = {(room, name) for room, name in names if name not in ("py", "pyi", "toml")}
    assert len(names) > 15
    for room, name in names:
        assert hasattr(importlib.import_module(f"pipeline.{room}"), name), f"{room}.{name}"
    explained = re.findall(r"\((\w+/\w+\.py)\)", (HOUSE / "program/explain.py").read_text("utf-8"))
    assert len(explained) >= 8
    assert [path for path in explained if not (HOUSE / path).exists()] == []
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    for name in set(re.findall(r"`(_?[A-Za-z_]{4,})`", text)):
        assert re.search(rf"\b{name}\b", code), name
    diagram = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    shown = re.findall(r"^(\w+)/", diagram[1] if diagram else "", re.MULTILINE)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    order = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    assert [r for r in reversed(order) if r in ROOMS] == shown
