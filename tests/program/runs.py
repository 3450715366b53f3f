"""Runs of the pipeline on invented pages: no network, a clock that stands, and what they leave.

What is a pure function of its arguments (reading pages, making tables, rendering them) is
remembered, so that thousands of runs differ in what they do to the disk alone.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import pipeline.flow
import pipeline.program.extract
import pipeline.program.update
import pipeline.program.visit
import pipeline.publish.render
import pipeline.store.clock
import pipeline.verify.cells
from pipeline.errors import StorageError
from pipeline.fetch.client import Answer, Client
from pipeline.program.status import give_verdict
from pipeline.publish.publication import publish
from pipeline.publish.published import CURRENT, SETS, list_tops
from pipeline.publish.render import render_set
from pipeline.settings import Settings
from pipeline.store import reading as stored, storage
from pipeline.store.visit_log import canonical, parse_visit
from pipeline.verify.run import Report
from tests.records.mutations import RECORDS, UNNA, put, render

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "tests" / "fixtures" / "gv100ad_sample.txt"
FIRST, SECOND, THIRD = (
    render("dl", put(UNNA, "Einwohner", population)(RECORDS)).encode()
    for population in ("58.724", "58.725", "58.726")
)
SHORT = render("dl", RECORDS[:1]).encode()  # fewer than half of the records: suspect
FOLDER, WORKBOOK = "with a folder", "with a workbook"  # each marks a tree whose sets have one
DAY = datetime(2026, 1, 1, 3, tzinfo=UTC)
CHANGING = "open pwrite fsync rename symlink mkdir unlink rmdir ftruncate utime".split()
SETTLED = ("registers", "captures")  # folders of raw/ that are compared byte for byte

Hook = Callable[[str, Callable[[], Any], tuple[Any, ...]], Any]


class Proxy:
    """Stands in for `os` where files are stored and read: each change, and each opening, goes to a hook."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CHANGING:
            return real
        return lambda *args: self._hook(name, lambda: real(*args), args)


def is_change(name: str, args: tuple[Any, ...]) -> bool:
    """Tell whether a call changes files; opening one to read does not."""
    return name != "open" or bool(args[1] & os.O_CREAT)


@contextlib.contextmanager
def hooked(hook: Hook) -> Iterator[None]:
    """Send what is done to stored files through a hook."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (storage, stored):
            patch.setattr(module, "os", Proxy(hook))
        yield


def settings(root: Path) -> Settings:
    """Give the settings of a run in the directory `root`."""
    return Settings(
        raw=str(root / "raw"),
        out=str(root / "processed"),
        url="http://listing.example/",
        register=str(REGISTER),
        pause=0,
        timeout=5,
        csv_de=(root / FOLDER).exists(),
        excel=(root / WORKBOOK).exists(),
    )


class World:
    """The page as it stands on the web, and the time."""

    body = b""
    now = DAY
    asked = 0


def _ask(url: str, client: Client, *_: object) -> Answer:
    World.asked += 1
    client.sent[url] += 1
    headers = [("Content-Type", "text/html; charset=utf-8"), ("ETag", '"1"')]
    return Answer("http://listing.example/", 200, headers, World.body, True, ())


def visit(root: Path, body: bytes, day: int) -> None:
    """Do a scheduled run while the page has this body."""
    World.body, World.now = body, DAY + timedelta(days=day)
    pipeline.program.update.run_update(settings(root))


def extract(root: Path) -> None:
    """Do what `ihk extract` does."""
    built = pipeline.program.extract.extract_store(settings(root))
    publish(root / "processed", pipeline.publish.render.render_set(built))


def judge(root: Path, *, good: bool) -> None:
    """Give the verdict on the short page."""
    name = next(v.capture_id for v in read_visits(root) if v.outcome == "suspect")
    World.now = DAY + timedelta(days=9)
    give_verdict(settings(root), name, good=good)


def find_refusal(act: Callable[[], None]) -> str | None:
    """Do something; give what the StorageError says that refuses it."""
    try:
        act()
    except StorageError as error:
        return str(error)
    return None


def verify(root: Path) -> Report:
    """Do what `ihk verify` does."""
    return pipeline.verify.run.verify(settings(root))


def read_visits(root: Path) -> list[Any]:
    """Give the lines of the log as far as they are whole."""
    path = root / "raw" / "ihk" / "visits.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [visit for line in lines if (visit := parse_visit(line))]


class Kind(NamedTuple):
    """A kind of run: what is there before it, and what it does."""

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path], None]


def _prepare_two(root: Path) -> None:
    visit(root, FIRST, 1)
    visit(root, SECOND, 2)


def _prepare_folder(root: Path) -> None:
    (root / FOLDER).touch()
    _prepare_two(root)


def _prepare_gain(root: Path) -> None:
    _prepare_two(root)
    for name in (FOLDER, WORKBOOK):
        (root / name).touch()


def _prepare_loss(root: Path) -> None:
    _prepare_gain(root)
    visit(root, SECOND, 3)
    for name in (FOLDER, WORKBOOK):
        (root / name).unlink()


def _prepare_suspect(root: Path) -> None:
    visit(root, FIRST, 1)
    visit(root, SHORT, 2)


def _prepare_raw(root: Path) -> None:
    visit(root, FIRST, 1)
    for name in ("processed", "raw/registers"):
        shutil.rmtree(root / name)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("first", lambda root: None, lambda root: visit(root, FIRST, 1)),
        Kind("changed", _prepare_two, lambda root: visit(root, THIRD, 3)),
        Kind("folder", _prepare_folder, lambda root: visit(root, THIRD, 3)),
        Kind("gains names", _prepare_gain, lambda root: visit(root, SECOND, 4)),
        Kind("loses names", _prepare_loss, lambda root: visit(root, SECOND, 4)),
        Kind("unchanged", _prepare_two, lambda root: visit(root, SECOND, 3)),
        Kind("accept", _prepare_suspect, lambda root: judge(root, good=True)),
        Kind("reject", _prepare_suspect, lambda root: judge(root, good=False)),
        Kind("extract", _prepare_raw, extract),
    )
}


# Sets with a folder have more files, so more calls to refuse; few of them are of another kind.
LARGE = ("folder", "gains names", "loses names")
EACH_KIND = [pytest.param(n, marks=pytest.mark.slow) if n in LARGE else n for n in KINDS]


class Known(NamedTuple):
    """A kind of run, and what is there before and after it if nothing disturbs it."""

    kind: Kind
    start: Path  # a tree to copy
    before: dict[str, bytes] | None
    after: dict[str, bytes] | None
    end: dict[str, Any]

    def copy(self, to: Path) -> Path:
        """Give a fresh tree in which the kind of run can begin."""
        shutil.copytree(self.start, to, symlinks=True)
        return to


class Workshop:
    """A place for trees, in memory where that is possible: each run flushes some fifty times."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._count = 0
        self._known: dict[str, Known] = {}

    def new(self) -> Path:
        """Give the path of a tree that is not there yet."""
        self._count += 1
        return self.place / str(self._count)

    def know(self, name: str) -> Known:
        """Do a kind of run undisturbed, once."""
        if name not in self._known:
            kind, start, root = KINDS[name], self.new(), self.new()
            start.mkdir()
            kind.prepare(start)
            shutil.copytree(start, root, symlinks=True)
            kind.act(root)
            assert verify(root).damaged == []
            before, after = snapshot(start), snapshot(root)
            self._known[name] = Known(kind, start, before, after, describe(root))
        return self._known[name]


def snapshot(root: Path) -> dict[str, bytes] | None:
    """Give what a reader sees who resolves `.current` once."""
    link = root / "processed" / CURRENT
    if not link.exists():
        return None
    folder = link.parent / link.readlink()
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def list_seen(out: Path) -> set[str]:
    """Give the links of tables in a published directory that lead to something."""
    return {p.name for p in out.glob("[!.]*") if p.is_symlink() and p.exists()}


def shows_one(root: Path, *sets: dict[str, bytes] | None) -> bool:
    """Tell whether a reader sees just one of these sets, by `.current` and by the names alike."""
    seen = snapshot(root)
    return seen in sets and list_seen(root / "processed") == set(list_tops(seen or ()))


def describe(root: Path) -> dict[str, Any]:
    """Give all that must not depend on whether an earlier run died.

    That is everything but locks, marks of hosts, and further visits that found nothing new.
    """
    out, raw = root / "processed", root / "raw"
    lines = [v for v in read_visits(root) if v.outcome != "unchanged"]
    return {
        "set": snapshot(root),
        "links": {p.name: str(p.readlink()) for p in out.glob("*") if p.is_symlink()},
        "sets": {p.name for p in (out / SETS).glob("*") if p.name != ".lock"},
        "visits": list(dict.fromkeys(lines)),
        "stored": {
            str(path.relative_to(raw)): path.read_bytes()
            for path in raw.rglob("*")
            if path.parent.name in SETTLED and path.name != ".lock"
        },
        "left over": [str(p.relative_to(root)) for p in root.rglob(".tmp-*")],
    }


def list_calls(known: Known, root: Path) -> list[str]:
    """Do a kind of run and give the names of the calls that change files, in their order."""
    calls: list[str] = []

    def note(name: str, call: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if is_change(name, args):
            calls.append(name)
        return call()

    with hooked(note):
        known.kind.act(known.copy(root))
    return calls


def _remember(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    results: dict[Any, Any] = {}

    def recall(*args: Any) -> Any:
        at = key(*args)
        if at not in results:
            results[at] = function(*args)
        return results[at]

    return recall


def open_workshop() -> Iterator[Workshop]:
    """A workshop whose runs meet no network and remember what is pure."""
    memory = Path("/dev/shm")
    place = Path(
        tempfile.mkdtemp(prefix="ihk-", dir=memory if os.access(memory, os.W_OK) else None)
    )
    key: Callable[..., Any] = lambda c, *more: (c.sha256, c.captured_at, *more[1:])  # noqa: E731
    judge_once = _remember(pipeline.flow.judge_capture, key)
    finish = _remember(pipeline.program.extract._finish, lambda *args: canonical(args[-1]))
    rendered = _remember(render_set, lambda built: canonical(built.made_from))
    listed: Callable[[Any], Any] = lambda read: _remember(  # noqa: E731
        lambda table, content: list(read(table, content)),
        lambda table, content: (table.name, content),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline.program.visit, "_ask", _ask)
        patch.setattr(pipeline.store.clock, "now", lambda: World.now)
        patch.setattr(pipeline.flow, "judge_capture", judge_once)
        patch.setattr(pipeline.program.extract, "judge_capture", judge_once)
        patch.setattr(pipeline.program.extract, "_finish", finish)
        patch.setattr(pipeline.publish.render, "render_set", rendered)
        cells = pipeline.verify.cells
        patch.setattr(cells, "render_set", rendered)
        patch.setattr(cells, "read_page", _remember(cells.read_page, key))
        for name in ("iter_csv", "iter_parquet"):
            patch.setattr(cells, name, listed(getattr(cells, name)))
        patch.setattr(
            pipeline.program.extract,
            "parse_register",
            cache(pipeline.program.extract.parse_register),
        )
        try:
            yield Workshop(place)
        finally:
            shutil.rmtree(place)


def fork(act: Callable[[], None]) -> int | None:
    """Do something in a child; give the signal that killed it, None if it ended well."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # the child must not come back into pytest
            sys.stderr.write(f"in the child: {error!r}\n")
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    assert os.WEXITSTATUS(status) == 0, "the child failed; see above"
    return None
