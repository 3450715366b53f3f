"""A checkout as its user leaves it: the tests are the developer's, and stay green in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fetch.server import answer, serve

ROOT = Path(__file__).parents[2]
PYTHON = (sys.executable, "-m")
# Those that once read the checkout's own settings, store, pages or ways to deploy.
CHOSEN = """
tests/program/test_settings.py tests/program/test_notebook.py tests/cli/test_cli.py tests/cli/test_terminal.py
tests/house/test_docs.py tests/tables/test_pages.py tests/drill/test_forms.py tests/publish/test_publish.py
""".split()
FEW = """
tests/drill/test_forms.py::test_the_known_capture_has_six_records_with_every_label_once
tests/tables/test_pages.py::test_the_known_capture_gives_the_tables_typed_off_it
tests/publish/test_publish.py::test_a_set_has_each_table_twice_and_a_descriptor
tests/house/test_docs.py::test_every_page_is_linked_from_the_index
tests/house/test_docs.py::test_every_file_of_deploy_is_told
""".split()


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in a checkout, with that checkout's program."""
    env = {**os.environ, "PYTHONPATH": str(root)}
    env.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        [*PYTHON, *command], cwd=root, env=env, capture_output=True, text=True, check=False
    )


def write_settings(root: Path, *lines: str) -> None:
    (root / "settings.toml").write_text("\n".join((*lines, "")), encoding="utf-8")


def turn_all_on(root: Path) -> None:
    write_settings(root, "report = true", "excel = true", "csv_de = true")
    assert run(root, "pipeline", "extract").returncode == 0


def withhold(root: Path) -> None:
    write_settings(root, "people = false")
    assert run(root, "pipeline", "extract").returncode == 0


def visit_a_changed_page(root: Path) -> None:
    page = (ROOT / "tests/fixtures/invented.txt").read_bytes()
    with serve(answer(page, "200 OK", ("Content-Type", "text/plain"))) as server:
        write_settings(root, 'contact = "ops@town.example"', f'url = "{server.url}"')
        done = run(root, "pipeline", "update")
    assert done.returncode == 0, done.stderr


def list_something_else(root: Path) -> None:
    for path in (ROOT / "tests/fixtures").glob("baths.*"):
        shutil.copy(path, root)
    write_settings(root, 'listing = "baths.toml"', 'raw = "mine"', 'out = "tables"')


def keep_notes(root: Path) -> None:
    (root / "docs/our-towns.md").write_text("# Ours\n\n[gone](nowhere.md), `ihk nonsense`\n")
    (root / "deploy/ours.sh").write_text("ihk update --settings watch.toml\n")
    (root / "watch.toml").write_text("people = false\n")
    (root / "raw/ihk/notes.txt").write_text("a stray file\n")


def spoil(root: Path) -> None:
    """Leave settings that are wrong, and a store that is damaged."""
    write_settings(root, "peeple = false")
    (root / "raw/ihk/visits.jsonl").write_bytes(b"{}\n")


STATES: list[Callable[[Path], None]] = [
    turn_all_on, withhold, visit_a_changed_page, list_something_else, keep_notes, spoil,
]  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The repository's own files as they are now, in a folder of their own."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode:
        pytest.skip("not a git checkout")
    root = tmp_path / "checkout"
    for name in filter(None, told.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("raw/", "tests/fuzz/")):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "tests/fixtures/raw", root / "raw")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


def run_tests(root: Path, chosen: list[str]) -> None:
    done = run(root, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *chosen)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    assert " passed" in done.stdout.splitlines()[-1]


@pytest.mark.slow
@pytest.mark.parametrize("leave", STATES, ids=lambda leave: leave.__name__)
def test_the_tests_stay_green_however_a_user_leaves_the_checkout(checkout, leave):
    leave(checkout)
    run_tests(checkout, CHOSEN)


def test_a_few_tests_stay_green_in_a_checkout_with_all_of_that(checkout):
    keep_notes(checkout)
    visit_a_changed_page(checkout)
    list_something_else(checkout)
    spoil(checkout)
    run_tests(checkout, FEW)
