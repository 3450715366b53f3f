"""`--json`: one object on stdout whatever comes, of the shape that docs/json.md tells."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli.app import app
from pipeline.cli.words.drill import describe_drill
from pipeline.drill.run import Result
from pipeline.drill.score import Wrong
from pipeline.verify.run import Report
from tests.archives.test_archives import NEW, OLD, Response, write_archive
from tests.cli.command import call
from tests.fetch.server import answer, serve
from tests.program.story import PAGES
from tests.records.mutations import RECORDS, UNNA, put, render

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
INVENTED = ROOT / "tests" / "fixtures" / "invented.txt"
COMMANDS = [command.callback.__name__ for command in app.registered_commands]
TYPES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    list: "list",
    dict: "object",
    type(None): "null",
}
COMMON = "Every command"
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \|", re.MULTILINE)


def _read_doc() -> dict[str, dict[str, set[str]]]:
    """Give the keys of each command and their types, those of shapes that have a name written out."""
    sections = dict(
        re.findall(r"^## `?(?:ihk )?([^`\n]+)`?\n(.*?)(?=^## |\Z)", DOC, re.MULTILINE | re.DOTALL)
    )
    rows = {
        name: [(key, set(types.strip().split(", "))) for key, types in ROW.findall(text)]
        for name, text in sections.items()
    }
    shapes = {name[0].lower() + name[1:]: rows[name] for name in rows if name.startswith("A ")}
    told: dict[str, dict[str, set[str]]] = {}
    for name in [*COMMANDS, COMMON]:
        told[name] = {}
        for key, types in rows.pop(name):
            whole = key.removeprefix(".")
            told[name][whole] = {"object" if kind in shapes else kind for kind in types}
            for kind in types & set(shapes):
                told[name] |= {f"{whole}.{k}".lstrip("."): t for k, t in shapes[kind]}
        for key in list(told[name]):
            for end in re.finditer(r"\[|\.", key):
                outer = key[: end.start()]
                told[name].setdefault(outer, {"list" if end.group() == "[" else "object"})
        told[name].pop("", None)
    assert set(rows) == {name for name in rows if name.startswith("A ")}, "a section of no command"
    return told


TOLD = _read_doc()
EXAMPLES = re.findall(r"^## `ihk (\w+).*?`\n.*?```json\n(.*?)```", DOC, re.MULTILINE | re.DOTALL)


def flatten(value: Any, known: set[str], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the type of each value; `*` stands for keys that are data."""
    if path:
        yield path, TYPES[type(value)]
    if isinstance(value, dict):
        for key, below in value.items():
            name = "*" if f"{path}.*".lstrip(".") in known else key
            yield from flatten(below, known, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for below in value:
            yield from flatten(below, known, f"{path}[]")


Seen = dict[str, set[tuple[str, str]]]
FAILING = render("dl", put(UNNA, "Einwohner", "98.724")(RECORDS)).encode()
STRANGE = Response("2018-06-01T10:00:00Z", b"<title>Wartung</title><p>Bald wieder da")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The keys and types of the objects that all commands gave over a page's story."""
    folder = tmp_path_factory.mktemp("json")
    (folder / "changed.txt").write_text(
        INVENTED.read_text(encoding="utf-8").replace("88,56", "98,56"), encoding="utf-8"
    )
    (folder / "more.txt").write_text(
        INVENTED.read_text(encoding="utf-8").replace("58.724", "58.724\nWahlkreis 7"),
        encoding="utf-8",
    )
    (folder / "headed.txt").write_text(
        "Hinweis: neu\n" + INVENTED.read_text(encoding="utf-8"), encoding="utf-8"
    )
    (folder / "broken.html").write_text(PAGES["broken"], encoding="utf-8")
    write_archive(folder / "old.warc", OLD)
    write_archive(folder / "strange.warc", STRANGE)
    whole = write_archive(folder / "cut.warc", OLD, NEW).read_bytes()
    (folder / "cut.warc").write_bytes(whole[:-500])
    found: Seen = {name: set() for name in COMMANDS}

    def note(command: str, data: dict[str, Any]) -> None:
        found[command] |= set(flatten(data, {*TOLD[command], *TOLD[COMMON]}))

    def run(code: int, command: str, *args: object) -> dict[str, Any]:
        done = call(command, *args, "--json", cwd=folder)
        assert done.returncode == code, (command, args, done)
        data = json.loads(done.stdout)
        assert data["exit_code"] == code
        note(command, data)
        return data

    def see(page: bytes, code: int, *command: object) -> dict[str, Any]:
        with serve(answer(page)) as server:
            return run(code, *command, "--url", server.url)

    see(PAGES["first"].encode(), 0, "update", "--dry-run")
    see(PAGES["first"].encode(), 0, "update", "--excel")
    see(FAILING, 11, "update", "--exit-code")
    see(PAGES["grown"].encode(), 0, "fetch")
    run(3, "update", "--url", "http://127.0.0.1:1/", "--timeout", "0.1")
    run(0, "status")
    suspect = see(PAGES["broken"].encode(), 4, "update")["visit"]["capture_id"]
    see(PAGES["broken"].encode(), 4, "fetch")
    run(4, "status")
    run(0, "accept", suspect)
    run(0, "reject", suspect)
    run(0, "extract", "--without-people")
    run(0, "extract", INVENTED, "changed.txt")
    run(0, "extract", "broken.html", INVENTED)
    run(0, "report")
    run(0, "changes")
    run(0, "explain", "municipalities", "unna", "area_km2")
    run(0, "explain", "municipalities", "unna", "district_ags")
    run(0, "explain", "municipalities", "bochum", "district")
    run(0, "verify", "--readers")
    run(0, "backfill", "old.warc")
    run(3, "backfill", "cut.warc")
    run(4, "backfill", "strange.warc")
    run(3, "backfill", "--server", "http://127.0.0.1:1", "--timeout", "0.1")
    run(0, "export", "raw.warc.gz")
    run(0, "spec", "ihk", INVENTED)
    run(0, "spec", "ihk", "changed.txt")
    run(0, "spec", "ihk", "more.txt")
    run(4, "spec", "ihk", "broken.html")
    run(0, "draft", INVENTED)
    run(0, "draft", "headed.txt")
    run(0, "drill", INVENTED, "--mutants", 3)
    run(0, "forget", "Max Muster")
    next((folder / "raw" / "ihk" / "captures").glob("*.html")).write_bytes(b"x")
    run(5, "verify")
    note("verify", vars(Report(notes=["a note"], differing=["a line"])))
    wrong = Wrong("silent", "unna", "municipalities", "population", 1, None)
    note("drill", describe_drill([Result(7, "0" * 12, "cut", "dl", "silent", 9, (wrong,), None)]))
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_tells_each_key_of_a_command_and_no_other(seen: Seen, command: str) -> None:
    keys = {path for path, _ in seen[command]}
    assert keys == {*TOLD[command], *TOLD[COMMON]}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_value_is_of_a_type_that_the_page_tells(seen: Seen, command: str) -> None:
    told = {**TOLD[command], **TOLD[COMMON]}
    wrong = [(path, kind) for path, kind in sorted(seen[command]) if kind not in told[path]]
    assert wrong == []


@pytest.mark.parametrize(("command", "text"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_each_example_has_the_keys_and_types_that_the_page_tells(command: str, text: str) -> None:
    told = {**TOLD[command], **TOLD[COMMON]}
    example = json.loads(text)
    for path, kind in flatten(example, set(told)):
        assert kind in told[path], path
    assert {key for key in told if re.fullmatch(r"\w+", key)} == set(example)


def test_each_command_has_its_section_and_example() -> None:
    assert sorted(name for name, _ in EXAMPLES) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--nope", "--settings=wrong.toml"])
def test_an_error_is_one_object_too(tmp_path: Path, command: str, flag: str) -> None:
    (tmp_path / "wrong.toml").write_text('rwa = "raw"\n')
    more = {"explain": "a b c", "accept": "a", "reject": "a", "export": "a.warc", "draft": "a.html",
            "spec": "a.toml", "forget": "ab"}  # fmt: skip
    done = call(command, *more.get(command, "").split(), flag, "--json", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert (data["exit_code"], done.returncode, set(data)) == (2, 2, {"error", "exit_code"})
    assert done.stderr == f"ihk: error: {data['error']}\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize(
    "args", [["spec", "ihk", str(INVENTED)], ["spec", "ihk", "nö\udcff.txt"]], ids=["page", "name"]
)
def test_any_encoding_of_stdout_carries_the_same_object(
    tmp_path: Path, encoding: str, args: list[str]
) -> None:
    """Also a file's name that is no text: Linux lets any bytes name a file."""
    (tmp_path / "nö\udcff.txt").write_bytes(INVENTED.read_bytes())
    command = [sys.executable, "-m", "pipeline", *args, "--json"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.decode(encoding))
    expected = json.loads(call(*args, "--json", cwd=tmp_path).stdout)
    assert told == expected
