"""FAULTS 19, 20, 22: a disk that refuses, many runs at once, and who may change a file at all."""

import ast
import contextlib
import errno
import http.server
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline.errors import StorageError
from tests.cli.command import call
from tests.program.runs import (
    EACH_KIND,
    FIRST,
    ROOT,
    SECOND,
    World,
    describe,
    find_refusal,
    fork,
    hooked,
    is_change,
    open_workshop,
    shows_one,
    snapshot,
    verify,
    visit,
)

shop = pytest.fixture(scope="module")(open_workshop)

ERRORS = [
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EACCES, errno.EROFS, errno.EMFILE,
]  # fmt: skip
SWEEPS = pytest.mark.parametrize(
    "step", [pytest.param(1, marks=pytest.mark.slow, id="all"), pytest.param(149, id="some")]
)


def refuse_at(moment: int, number: int, *, for_good: bool) -> Any:
    """Make a hook that refuses the call number `moment`, also one that opens a file to read.

    `for_good`: and each later one that would make anything.
    """
    left = moment

    def hook(name: str, call: Any, args: tuple[Any, ...]) -> Any:
        nonlocal left
        left -= 1
        makes = is_change(name, args) and name not in ("unlink", "rmdir", "ftruncate")
        if left == -1 or (left < 0 and for_good and makes):
            raise OSError(number, os.strerror(number))
        return call()

    return hook


@SWEEPS
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("name", EACH_KIND)
def test_a_disk_that_refuses_any_call_leaves_the_old_set_and_no_half_file(
    shop, name, for_good, step, record_property
):
    known, count = shop.know(name), 0
    calls: list[str] = []

    def note(name: str, call: Any, args: tuple[Any, ...]) -> Any:
        calls.append(name)
        return call()

    with hooked(note):
        known.kind.act(known.copy(shop.new()))
    cases = [(m, e) for m in range(len(calls)) for e in ERRORS]
    for moment, number in cases[::step]:
        root = known.copy(shop.new())
        told = f"{name}: {calls[moment]} ({moment} of {len(calls)}): {errno.errorcode[number]}"
        with hooked(refuse_at(moment, number, for_good=for_good)):
            refusal = find_refusal(lambda root=root: known.kind.act(root))
        assert refusal is None or os.strerror(number) in refusal, told
        assert shows_one(root, known.before, known.after), told
        assert verify(root).damaged == [], told
        if calls[moment] not in ("unlink", "rmdir"):  # else it is the tidying that was refused
            assert not list(root.rglob(".tmp-*")), told
        known.kind.act(root)
        assert describe(root) == known.end, told
        shutil.rmtree(root)
        count += 1
    record_property("refusals", count)
    print(f"{name}: {count} of {len(cases)} refusals")


@pytest.mark.parametrize("place", ["raw", "processed"])
def test_a_directory_that_cannot_be_written_is_refused_before_the_first_request(shop, place):
    known = shop.know("changed")
    root = known.copy(shop.new())

    def refuse(name: str, call: Any, args: tuple[Any, ...]) -> Any:
        if name == "pwrite" and f"/{place}/" in str(Path(f"/proc/self/fd/{args[0]}").readlink()):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return call()

    asked = World.asked
    with hooked(refuse), pytest.raises(StorageError, match="read-only"):
        known.kind.act(root)
    assert World.asked == asked
    assert describe(root) == describe(known.start)
    known.kind.act(root)
    assert World.asked == asked + 1


def _is_open(place: Path) -> bool:
    """Tell whether any user may look into a directory."""
    return all(path.stat().st_mode & 0o001 for path in (place, *place.parents))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.skipif(
    not _is_open(Path(pipeline.__file__).parent), reason="no other user can read this clone"
)
@pytest.mark.parametrize(
    ("place", "mode"),
    [("raw", 0), ("raw/ihk", 0), ("raw/ihk", 0o555), ("raw/ihk/captures", 0), ("processed", 0),
     ("processed", 0o555), ("processed/.sets", 0), ("processed/.sets", 0o555)],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_user_without_the_right_to_write_is_told_so(shop, place, mode):
    known = shop.know("changed")
    root = known.copy(shop.new())
    shop.place.chmod(0o755)
    for path in (root, *root.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    (root / place).chmod(mode)
    asked = World.asked

    def run() -> None:
        os.setgid(65534)
        os.setuid(65534)
        refusal = find_refusal(lambda: known.kind.act(root))
        assert refusal is not None
        assert "give this user the right" in refusal
        assert World.asked == asked

    assert fork(run) is None
    (root / place).chmod(0o755)
    assert describe(root) == describe(known.start)


def test_a_set_that_is_damaged_is_mended_and_never_gone(shop):
    """A reader of the damaged set finds each file old or new at every change."""
    known = shop.know("changed")
    start = known.copy(shop.new())
    current = start / "processed" / ".current"
    (current / "cells.csv").write_bytes(b"x")
    (current / "checks.csv").unlink()
    (current / "checks.csv").mkdir()
    (current / "stray").write_bytes(b"")
    whole = known.before
    damaged = {**whole, "cells.csv": b"x"}

    def look(name: str, call: Any, args: tuple[Any, ...]) -> Any:
        for file in whole.keys() - {"checks.csv"}:
            assert (current / file).read_bytes() in (whole[file], damaged[file])
        return call()

    with hooked(look):
        visit(start, SECOND, 3)
    assert snapshot(start) == whole


def command(*args: object, cwd: Path, **env: str) -> subprocess.Popen[str]:
    """Start `ihk`."""
    full = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", *map(str, args)],
        cwd=cwd, env=full, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a run: exit code, output, errors."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kB."""
    place = tmp_path / "tiny"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def list_files(place: Path) -> dict[str, bytes]:
    """Give the files below a directory."""
    return {str(p.relative_to(place)): p.read_bytes() for p in place.rglob("*") if p.is_file()}


def is_one_line(err: str, word: str) -> bool:
    """Tell whether an error is one line, and holds a word."""
    return err.startswith("ihk: error: ") and err.count("\n") == 1 and word in err


FULL = "No space left on device; free some space and run again"


def test_a_full_disk_takes_no_half_set(tiny, tmp_path):
    out = tiny / "processed"
    code, _, err = call("extract", "--raw", ROOT / "tests/fixtures/raw", "--out", out, cwd=tmp_path)
    assert (code, is_one_line(err, FULL)) == (7, True), err
    assert set(list_files(out)) <= {".sets/.lock", ".sets/.unfinished"}
    subprocess.run(["mount", "-o", "remount,size=4M", tiny], check=True)
    code, _, err = call("extract", "--raw", ROOT / "tests/fixtures/raw", "--out", out, cwd=tmp_path)
    assert code == 0, err
    code, text, _ = call("verify", "--raw", ROOT / "tests/fixtures/raw", "--out", out, cwd=tmp_path)
    assert (code, "note" in text) == (0, False), text


def test_a_full_disk_takes_no_half_capture(tiny, tmp_path):
    with serve(FIRST + b"<!--" + b"x" * 70_000 + b"-->") as server:
        args = ["--url", server.url, "--raw", tiny / "raw", "--out", tmp_path / "processed"]
        code, _, err = finish(command("update", *args, cwd=tmp_path))
        assert (code, is_one_line(err, FULL)) == (7, True), err
        assert {name for name, content in list_files(tiny).items() if content} == set()
        with contextlib.suppress(OSError), (tiny / "zeros").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        requests = len(server.requests)
        code, _, err = finish(command("update", *args, cwd=tmp_path))
        assert (code, is_one_line(err, FULL)) == (7, True), err
        assert len(server.requests) == requests, "it asked, though nothing could be written"
        (tiny / "zeros").unlink()
        subprocess.run(["mount", "-o", "remount,size=4M", tiny], check=True)
        code, _, err = finish(command("update", *args, cwd=tmp_path))
        assert code == 0, err


class Server(http.server.HTTPServer):
    """Answers one request after another, slowly; counts connections that wait meanwhile."""

    def __init__(self, body: bytes, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body, self.seconds = body, seconds
        self.requests: list[str] = []
        self.overlaps = 0

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.server_port}/page"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        """Answer after a while, unless another connection came meanwhile."""
        self.server.requests.append(self.path)
        time.sleep(self.server.seconds)
        if select.select([self.server.socket], [], [], 0)[0]:
            self.server.overlaps += 1
        is_page = self.path == "/page"
        body = self.server.body if is_page else b""
        self.send_response(200 if is_page else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve(body: bytes, seconds: float = 0.0) -> Iterator[Server]:
    """Serve one page on loopback."""
    server = Server(body, seconds)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("count", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_many_runs_at_once_make_one_connection_at_a_time(tmp_path, count):
    """The later ones leave at once, or come after the first and find nothing new."""
    with serve(FIRST, 0.3) as server:
        args = ["update", "--url", server.url, "--json"]
        ended = [finish(p) for p in [command(*args, cwd=tmp_path) for _ in range(count)]]
        assert server.overlaps == 0
    codes = [code for code, _, _ in ended]
    assert set(codes) <= {0, 6}, ended
    assert all(is_one_line(err, "another run is at work") for code, _, err in ended if code)
    lines = (tmp_path / "raw/ihk/visits.jsonl").read_text().splitlines()
    outcomes = [json.loads(line)["outcome"] for line in lines]
    assert outcomes == ["new", *["unchanged"] * (len(lines) - 1)]
    assert codes.count(0) == len(lines)
    code, text, err = call("verify", cwd=tmp_path)
    assert (code, "note" in text) == (0, False), text + err
    print(f"{count} runs: {codes.count(0)} succeeded, {codes.count(6)} left at once")


@pytest.mark.slow
def test_many_extractions_at_once_publish_one_set(tmp_path):
    shutil.copytree(ROOT / "tests/fixtures/raw", tmp_path / "raw")
    args = ["extract", "--register", ROOT / "tests/fixtures/gv100ad_sample.txt"]
    ended = [finish(p) for p in [command(*args, cwd=tmp_path) for _ in range(3)]]
    assert {code for code, _, _ in ended} <= {0, 6}, ended
    code, text, err = call("verify", cwd=tmp_path)
    assert (code, "note" in text) == (0, False), text + err


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_a_run_that_is_told_to_stop_while_it_waits_for_the_page_lets_the_next_one_in(
    tmp_path, number
):
    with serve(FIRST, 1.5) as server:
        first = command("update", "--url", server.url, cwd=tmp_path)
        while not server.requests:
            assert first.poll() is None, finish(first)
            time.sleep(0.01)
        code, _, err = finish(command("update", "--url", server.url, cwd=tmp_path))
        assert (code, is_one_line(err, "another run is at work")) == (6, True), err
        first.send_signal(number)
        assert finish(first) == (130, "", "ihk: error: interrupted\n")
        server.seconds = 0.0
        code, _, err = finish(command("update", "--url", server.url, cwd=tmp_path))
        assert code == 0, err
    code, text, err = call("verify", cwd=tmp_path)
    assert (code, "note" in text) == (0, False), text + err


PLACES = [  # environment, umask
    ({"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}, 0o022),
    ({"TZ": "America/St_Johns", "LC_NUMERIC": "de_DE.UTF-8", "LANG": "tr_TR", "PYTHONHASHSEED": "2"}, 0o077),
    ({"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX", "PYTHONHASHSEED": "3"}, 0o002),
]  # fmt: skip


def test_the_same_store_gives_the_same_bytes_anywhere(tmp_path):
    """Time zone, language, hash seed, working directory and umask are no part of a set."""
    shutil.copytree(ROOT / "tests/fixtures/raw", tmp_path / "raw")
    seen = []
    for number, (env, umask) in enumerate(PLACES):
        cwd = tmp_path / f"Verzeichnis {number}"
        cwd.mkdir()
        old = os.umask(umask)
        try:
            started = command("extract", "--raw", "../raw", "--out", "out", cwd=cwd, **env)
        finally:
            os.umask(old)
        code, _, err = finish(started)
        assert code == 0, err
        seen.append({**list_files(cwd / "out"), "": str((cwd / "out" / ".current").readlink())})
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) > 20


# Names whose call changes a file or hands the change to another program.
OS_CALLS = frozenset(
    "chmod chown copy_file_range fchmod fchown fdatasync fsync ftruncate lchown link makedirs mkdir "
    "mkfifo mknod posix_fallocate putenv pwrite pwritev remove removedirs rename renames replace "
    "rmdir sendfile setxattr symlink system truncate unlink utime write writev".split()
)
PATH_CALLS = frozenset(
    "chmod hardlink_to lchmod link_to mkdir rename rmdir symlink_to touch unlink write_bytes "
    "write_text".split()
)
MODULES = frozenset("shutil tempfile subprocess sqlite3 shelve dbm mmap".split())
READS = {"r", "rb", "rt"}
READS_OR_NOTHING = re.compile(r"os\.O_RDONLY|os\.open\(os\.devnull, ").search


def iter_writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of each call or import of a module by which a file could be changed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name.partition(".")[0] for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                module = (node.module or "").partition(".")[0]
                names = names if module == "os" else [module]
                wrong = OS_CALLS | {"open"} if module == "os" else MODULES
            else:
                wrong = MODULES
            yield from ((node.lineno, name) for name in names if name in wrong)
        if not isinstance(node, ast.Call):
            continue
        function, text = node.func, ast.unparse(node)
        owner = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
        name = getattr(function, "attr", getattr(function, "id", ""))
        is_system = owner == "os" and (name != "open" or not READS_OR_NOTHING(text))
        if (is_system and name in OS_CALLS | {"open"}) or (
            owner not in ("", "os") and name in PATH_CALLS
        ):
            yield node.lineno, text
        elif name == "open" and owner != "os":
            at = 1 if not owner else 0
            modes = [k.value for k in node.keywords if k.arg == "mode"] or node.args[at : at + 1]
            if any(not isinstance(m, ast.Constant) or m.value not in READS for m in modes):
                yield node.lineno, text


def test_no_other_module_could_change_a_file():
    found = {
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in (ROOT / "pipeline").rglob("*.py")
        if path != ROOT / "pipeline/store/storage.py"
        for line, text in iter_writes(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        "open('x', 'w')", "open('x', mode='ab')", "open('x', mode)", "path.open('r+b')", "os.open('x', flags)",
        "os.replace(a, b)", "Path('x').write_text('')", "from os import rename", "import shutil",
        "from tempfile import mkdtemp", "import subprocess as s", "path.touch()",
    ],
)  # fmt: skip
def test_a_call_that_changes_a_file_is_seen(code):
    assert list(iter_writes(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["open('x')", "path.open('rb')", "text.replace('a', 'b')", "os.open('x', os.O_RDONLY)"]
)
def test_a_call_that_only_reads_is_not(code):
    assert not list(iter_writes(ast.parse(code)))
