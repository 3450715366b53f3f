"""Imports from web archives: original times, one history whatever the order, nothing lost in silence."""

import base64
import hashlib
import http.server
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from pipeline.archives.warc import iter_archive
from pipeline.errors import SpecError
from pipeline.history.visits import Visit
from pipeline.listing.spec_reader import read_spec
from pipeline.model import Capture
from pipeline.program.backfill import import_files, import_server
from pipeline.program.export import render_archive
from pipeline.program.extract import extract_store
from pipeline.settings import Settings
from pipeline.store.captures import keep_capture
from pipeline.store.sightings import read_store
from pipeline.store.visit_log import Log, append_visit
from pipeline.verify.run import verify
from tests.archives.test_archives import Response, write_archive
from tests.cli.command import call
from tests.records.mutations import RECORDS, UNNA, put, render

ROOT = Path(__file__).parents[2]
SPEC = read_spec("ihk")


def page(records: list[Any]) -> bytes:
    return render("dl", records).encode()


WHOLE = page(RECORDS)
EDITED = page(put(UNNA, "Einwohner", "58.725")(RECORDS))
HALF = page(RECORDS[:1])  # suspect where more than two stood before it
LESS = page(RECORDS[:3])
LOST = b"<title>404</title><p>Die Seite wurde nicht gefunden.</p>"
HISTORY = {  # name of the file -> its pages, each with its time
    "a.warc": [Response("2015-03-01T00:00:00Z", WHOLE), Response("2016-03-01T00:00:00Z", EDITED)],
    "b.warc.gz": [Response("2015-09-01T00:00:00Z", HALF), Response("2017-03-01T00:00:00Z", WHOLE)],
    "c.warc": [
        Response("2014-03-01T00:00:00Z", LESS),
        Response("2018-03-01T00:00:00Z", LOST),
        Response("2015-06-01T00:00:00Z", WHOLE, url=SPEC.url.replace("https", "http")),
    ],
    "d.warc.gz": [
        Response("2018-03-02T00:00:00Z", EDITED),
        Response("2013-01-01T00:00:00Z", EDITED, media_type="text/html"),
    ],
}


def write(folder: Path, name: str) -> Path:
    return write_archive(folder / name, *HISTORY[name])


def tables(raw: Path) -> dict[str, Any]:
    """Give all rows that a store leads to."""
    return extract_store(Settings(raw=str(raw))).rows


def test_captures_enter_under_their_original_times(tmp_path):
    result = import_files(Settings(raw=str(tmp_path / "raw")), [write(tmp_path, "a.warc")])
    assert (result.found, result.new, result.problems) == (2, 2, [])
    rows = tables(tmp_path / "raw")
    captured = [(row[4].isoformat(), row[5], row[8]) for row in rows["captures"]]
    assert captured == [
        ("2015-03-01T00:00:00+00:00", "archive", "accepted"),
        ("2016-03-01T00:00:00+00:00", "archive", "accepted"),
    ]
    assert {row[:2] for row in rows["changes"]} == {
        (datetime.fromisoformat("2015-03-01T00:00Z"), datetime.fromisoformat("2016-03-01T00:00Z"))
    }
    (sidecar,) = (tmp_path / "raw/ihk/captures").glob(f"{rows['captures'][0][0]}.json")
    assert json.loads(sidecar.read_bytes())["archive"] == f"{tmp_path / 'a.warc'} ({SPEC.url})"
    assert verify(Settings(raw=str(tmp_path / "raw"), out=str(tmp_path / "out"))).damaged == []


def test_the_history_is_the_same_whatever_the_order_of_import(tmp_path):
    """Half a page is suspect after a whole one and good before the first; both are found late."""
    seen: list[dict[str, Any]] = []
    for number, order in enumerate(itertools.permutations(HISTORY)):
        folder = tmp_path / str(number)
        folder.mkdir()
        settings = Settings(raw=str(folder / "raw"))
        for name in order:
            import_files(settings, [write(folder, name)])
        seen.append(tables(folder / "raw"))
        assert seen[-1] == seen[0], order
    assert [(row[4].year, row[8]) for row in seen[0]["captures"]] == [
        (2013, "accepted"),
        (2014, "accepted"),
        (2015, "accepted"),
        (2015, "suspect"),
        (2018, "suspect"),
    ]
    steps = list(dict.fromkeys((row[0].year, row[1].year) for row in seen[0]["changes"]))
    assert steps == [(2013, 2014), (2014, 2015), (2015, 2016), (2016, 2017), (2017, 2018)]


def test_links_are_those_of_the_address_even_where_the_page_is_the_same(tmp_path):
    """Only an attribute that no line shows differs, and the address the page was had from."""
    linked = render("links", RECORDS)
    path = write_archive(
        tmp_path / "l.warc",
        Response("2015-01-01T00:00:00Z", linked.encode(), url=SPEC.url.replace("https", "http")),
        Response("2016-01-01T00:00:00Z", linked.replace("<body", "<body data-n='1'").encode()),
        Response("2017-01-01T00:00:00Z", linked.replace("<body", "<body data-n='2'").encode()),
    )
    import_files(Settings(raw=str(tmp_path / "raw")), [path])
    changes = tables(tmp_path / "raw")["changes"]
    assert {(row[1].year, row[6], row[9][:5], row[10][:6]) for row in changes} == {
        (2016, "url", "http:", "https:")
    }


def test_an_import_twice_adds_nothing(tmp_path):
    settings = Settings(raw=str(tmp_path / "raw"))
    paths = [write(tmp_path, name) for name in HISTORY]
    import_files(settings, paths)
    log = (tmp_path / "raw/ihk/visits.jsonl").read_bytes()
    again = import_files(settings, paths)
    assert (again.found, again.known, again.new, again.seen_again) == (9, 9, 0, 0)
    assert (tmp_path / "raw/ihk/visits.jsonl").read_bytes() == log


def test_an_import_does_not_overrule_a_person(tmp_path):
    settings = Settings(raw=str(tmp_path / "raw"))
    import_files(settings, [write(tmp_path, "c.warc")])
    lost = hashlib.sha256(LOST).hexdigest()[:12]
    whole = hashlib.sha256(WHOLE).hexdigest()[:12]
    assert call("reject", whole, "--raw", tmp_path / "raw").returncode == 0
    import_files(settings, [write(tmp_path, "b.warc.gz")])
    verdicts = read_store(tmp_path / "raw", "ihk").history.verdicts
    assert (verdicts[whole].status, verdicts[lost].status) == ("rejected", "suspect")


def test_an_import_does_not_overrule_a_visit(tmp_path):
    """Half a page was suspect when it was fetched; that an archive has it makes it no better."""
    folder = tmp_path / "raw" / "ihk"
    folder.mkdir(parents=True)
    log = Log()
    for day, body, outcome in ((1, WHOLE, "new"), (2, HALF, "suspect")):
        at = datetime(2026, 1, day, tzinfo=UTC)
        digest = hashlib.sha256(body).hexdigest()
        keep_capture(folder, Capture(body, digest, "text/html", None, SPEC.url, at, "fetch"), {})
        log = append_visit(
            folder,
            log,
            Visit(at, SPEC.url, outcome, 200, 1, digest[:12], "half", content_type="text/html"),
        )
    before = read_store(tmp_path / "raw", "ihk").history
    path = write_archive(tmp_path / "h.warc", Response("2026-01-03T00:00:00Z", HALF))
    assert import_files(Settings(raw=str(tmp_path / "raw")), [path]).seen_again == 1
    after = read_store(tmp_path / "raw", "ihk").history
    assert (after.verdicts, after.states) == (before.verdicts, before.states)


def revisit(date: str, digest: str) -> bytes:
    """Write a record that says: the same bytes as before."""
    return (
        f"WARC/1.0\r\nWARC-Type: revisit\r\nWARC-Record-ID: <urn:uuid:{'0' * 32}>\r\n"
        f"WARC-Date: {date}\r\nWARC-Target-URI: {SPEC.url}\r\nWARC-Payload-Digest: {digest}\r\n"
        "Content-Type: application/http; msgtype=response\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    ).encode()


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


BROKEN: list[tuple[str, Callable[[bytes], bytes], str]] = [  # what, how it comes, what is said
    ("cut", lambda warc: warc[:-900], "the file ends inside this record"),
    ("a flipped byte", lambda warc: warc.replace(
        b"WARC-Type: response", b"WARC-Payload-Digest: sha1:" + b"A" * 32
        + b"\r\nWARC-Type: response", 1), "its bytes are not those it was written with"),
    ("no date", lambda warc: warc.replace(b"2015-03-01T", b"2015-03-99T"), "WARC-Date is no time"),
    ("a coding", lambda warc: warc.replace(b"charset=utf-8\r\n", b"\r\nContent-Encoding: br\r\n"),
     "coded as br, which is not read here"),
    ("a revisit of what is not there", lambda warc: warc + revisit("2017-01-01T00:00:00Z", sha1(b"")),
     "is neither in the file before it nor in the store"),
    ("junk behind", lambda warc: warc + b"junk\r\n" * 9, "cannot be read beyond record"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "spoil", "message"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_broken_record_is_reported_and_the_others_come(what, spoil, message, tmp_path):
    path = write(tmp_path, "a.warc")
    path.write_bytes(spoil(path.read_bytes()))
    done = call("backfill", path, "--raw", tmp_path / "raw")
    assert done.returncode == 3, done.stderr
    assert message in done.stderr
    assert all(line.startswith("ihk: error: ") for line in done.stderr.splitlines())
    assert list((tmp_path / "raw/ihk/captures").glob("*.html")) or what == "a coding"


def test_a_revisit_is_a_sighting_of_what_stood_before_it(tmp_path):
    path = write(tmp_path, "a.warc")
    path.write_bytes(path.read_bytes() + revisit("2017-01-01T00:00:00Z", sha1(WHOLE)))
    result = import_files(Settings(raw=str(tmp_path / "raw")), [path])
    assert (result.new, result.seen_again, result.problems) == (2, 1, [])
    states = read_store(tmp_path / "raw", "ihk").history.states
    assert [state.first.year for state in states if state.first] == [2015, 2016, 2017]


WRONG: list[tuple[str, bytes | None, str]] = [
    ("text.warc", b"no archive\n", "not a WARC file"),
    ("empty.warc", b"", "not a WARC file: there is no record in it"),
    ("page.warc.gz", b"\x1f\x8b\x08junk", "not a WARC file"),
    ("missing.warc", None, "there is no such file"),
]


@pytest.mark.parametrize(("name", "content", "message"), WRONG, ids=lambda v: str(v)[:20])
def test_what_is_no_archive_is_a_wrong_call(name, content, message, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    good = write(tmp_path, "a.warc")
    done = call("backfill", tmp_path / name, good, "--raw", tmp_path / "raw")
    assert done.returncode == 2
    assert done.stderr.startswith(f"ihk: error: {tmp_path / name}: {message}")
    assert done.stderr.count("\n") == 1
    assert len(read_store(tmp_path / "raw", "ihk").history.states) == 2  # the good one came in


def test_an_archive_without_the_page_says_so(tmp_path):
    path = write_archive(
        tmp_path / "o.warc", Response("2015-01-01T00:00:00Z", WHOLE, url="https://other.example/")
    )
    with pytest.raises(SpecError, match="no page of https://www"):
        import_files(Settings(raw=str(tmp_path / "raw")), [path])
    settings = Settings(raw=str(tmp_path / "raw"), url="http://other.example")
    assert import_files(settings, [path]).new == 1


def test_only_pages_that_are_none_are_suspect(tmp_path):
    path = write_archive(tmp_path / "l.warc", Response("2015-01-01T00:00:00Z", LOST))
    done = call("backfill", path, "--raw", tmp_path / "raw")
    assert done.returncode == 4
    assert "it may be a page that was not found" in done.stderr


# --- Export ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["e.warc", "e.warc.gz"])
def test_an_export_is_a_valid_archive_that_gives_the_same_tables(name, tmp_path):
    settings = Settings(raw=str(tmp_path / "raw"))
    import_files(settings, [write(tmp_path, other) for other in HISTORY])
    done = call("export", name, "--raw", "raw", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    checked = subprocess.run(
        [Path(sys.executable).parent / "warcio", "check", "-v", tmp_path / name],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") == 6  # warcinfo, five captures
    assert call("backfill", name, "--raw", "again", cwd=tmp_path).returncode == 0
    assert tables(tmp_path / "again") == tables(tmp_path / "raw")
    first = (tmp_path / name).read_bytes()
    call("export", name, "--raw", "again", cwd=tmp_path)
    assert (tmp_path / name).read_bytes() == first


def test_a_capture_of_unknown_time_stays_one(tmp_path):
    """The known capture, a text whose time nobody knows."""
    store = read_store(ROOT / "tests/fixtures/raw", "ihk")
    (tmp_path / "e.warc").write_bytes(render_archive(store, SPEC, compress=False))
    import_files(Settings(raw=str(tmp_path / "raw")), [tmp_path / "e.warc"])
    ours, theirs = tables(tmp_path / "raw"), tables(ROOT / "tests/fixtures/raw")
    assert ours["captures"][0][4] is None
    assert {k: v for k, v in ours.items() if k != "captures"} == {
        k: v for k, v in theirs.items() if k != "captures"
    }
    with (tmp_path / "e.warc").open("rb") as file:
        assert len(list(iter_archive(file, "e", lambda _: True))) == 1


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["export", "out.zip"], 2, "out.zip: the name must end in .warc or .warc.gz"),
        (["export", "d.warc"], 2, "d.warc: is a directory"),
        (["export", "out.warc", "--raw", "nothing"], 3, "nothing/ihk: no visit log"),
        (["backfill", "pipe.warc"], 2, "pipe.warc: is no regular file"),
        (["backfill", "d.warc"], 2, "d.warc: is a directory; give a page's file"),
        (["backfill", "a.warc", "--server", "http://127.0.0.1:1"], 2, "give either WARC files"),
        (
            ["backfill", "--server", "ftp://x"],
            2,
            "'ftp://x' is not an absolute http or https address",
        ),
        (["backfill", "--server", "http://127.0.0.1:1", "--timeout", "0.2"], 3, "127.0.0.1"),
    ],
)
def test_wrong_calls_are_one_line(args, code, message, tmp_path):
    (tmp_path / "d.warc").mkdir()
    os.mkfifo(tmp_path / "pipe.warc")
    done = call(*args, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


# --- Servers -----------------------------------------------------------------------------------


class Archive:
    """A web archive on loopback, in the manner of the public one; `asked` are the paths it was asked for."""

    def __init__(self) -> None:
        self.mementos: dict[str, bytes] = {}
        self.extra: list[list[str]] = []  # more rows of the list
        self.answer: bytes | None = None  # in place of the list
        self.fails_after = 10**9
        self.moved: dict[str, str] = {}  # a time that leads to another
        self.asked: list[str] = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def list(self) -> bytes:
        head = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
        rows = [
            ["k", stamp, SPEC.url, "text/html", "200", sha1(body)[5:], "1"]
            for stamp, body in self.mementos.items()
        ]
        return json.dumps([head, *rows, *rows[-1:], *self.extra]).encode()

    def _make_handler(archive: "Archive") -> type:  # noqa: N805
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                archive.asked.append(self.path)
                parts = urlsplit(self.path)
                status, body = 404, b""
                if len(archive.asked) > archive.fails_after:
                    status = 403
                elif parts.path == "/cdx/search/cdx":
                    assert parse_qs(parts.query)["url"] == [SPEC.url]
                    status, body = 200, archive.list() if archive.answer is None else archive.answer
                elif (stamp := parts.path[5:19]) in archive.moved:
                    self.send_response(302)
                    self.send_header("Location", self.path.replace(stamp, archive.moved[stamp]))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                elif parts.path.startswith("/web/"):
                    body = archive.mementos.get(parts.path[5:19], b"")
                    status = 200 if body else 404
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        return Handler


@pytest.fixture
def archive() -> Iterator[Archive]:
    made = Archive()
    made.mementos = {
        "20150301000000": WHOLE, "20160301000000": EDITED, "20170301000000": WHOLE,
        "20180301000000": LOST,
    }  # fmt: skip
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_server_is_asked_once_for_each_page_and_for_none_it_has_twice(archive, tmp_path):
    archive.extra = [
        ["k", "20190301000000", SPEC.url, "text/html", "301", "-", "1"],
        ["k", "20190401000000", SPEC.url, "application/pdf", "200", "-", "1"],
    ]
    settings = Settings(raw=str(tmp_path / "raw"))
    result = import_server(settings, archive.url, "")
    assert (result.found, result.new, result.seen_again, result.others) == (4, 3, 1, 2)
    replays = [path for path in archive.asked if path.startswith("/web/")]
    assert [path[5:22] for path in replays] == [
        "20150301000000id_", "20160301000000id_", "20180301000000id_",
    ]  # fmt: skip
    before = len(archive.asked)
    again = import_server(settings, archive.url, "")
    assert (again.known, again.new) == (4, 0)
    assert len(archive.asked) == before + 1  # the list
    steps = {(row[0].year, row[1].year) for row in tables(tmp_path / "raw")["changes"]}
    assert steps == {(2015, 2016), (2016, 2017)}


def test_an_import_that_broke_off_goes_on(archive, tmp_path):
    settings = Settings(raw=str(tmp_path / "raw"))
    archive.fails_after = 2
    done = call("backfill", "--server", archive.url, "--raw", tmp_path / "raw")
    assert done.returncode == 3
    assert len(read_store(tmp_path / "raw", "ihk").history.verdicts) == 1
    archive.fails_after = 10**9
    asked = len(archive.asked)
    result = import_server(settings, archive.url, "")
    assert (result.known, result.new, result.problems) == (2, 2, [])
    assert len(archive.asked) == asked + 3  # the list, and two that were missing
    archive.fails_after = 10**9
    whole = import_server(Settings(raw=str(tmp_path / "whole")), archive.url, "")
    assert whole.new == 3
    assert tables(tmp_path / "whole") == tables(tmp_path / "raw")


def test_captures_without_a_digest_are_all_asked_for(archive, tmp_path, monkeypatch):
    """Servers print `-` where they know none; two such are not the same page."""
    listed = archive.list().replace(sha1(WHOLE)[5:].encode(), b"-")
    archive.answer = listed.replace(sha1(EDITED)[5:].encode(), b"-")
    assert import_server(Settings(raw=str(tmp_path / "raw")), archive.url, "").new == 3
    assert len([path for path in archive.asked if "/web/" in path]) == 4
    before = len(archive.asked)
    assert import_server(Settings(raw=str(tmp_path / "raw")), archive.url, "").known == 4
    assert len(archive.asked) == before + 1  # the list


def test_another_capture_than_the_one_asked_for_is_not_taken(archive, tmp_path):
    """Wayback servers lead to the nearest one they have; its time would be false."""
    archive.extra = [["k", "20200101000000", SPEC.url, "text/html", "200", "A" * 32, "1"]]
    archive.moved = {"20200101000000": "20160301000000"}
    result = import_server(Settings(raw=str(tmp_path / "raw")), archive.url, "")
    assert (result.new, len(result.problems)) == (3, 1)
    assert result.problems[0].endswith("the archive gives another capture instead")


def test_a_page_that_the_server_lists_and_has_not_is_reported(archive, tmp_path):
    archive.extra = [["k", "20200101000000", SPEC.url, "text/html", "200", "A" * 32, "1"]]
    result = import_server(Settings(raw=str(tmp_path / "raw")), archive.url, "")
    assert result.new == 3
    assert [problem.endswith("answers 404") for problem in result.problems] == [True]


NONSENSE = [
    b"<html>no archive</html>", b"{", b"[1,2,3]", b'[["timestamp"],["x"]]', b"[[]]\n[[]]", b'"text"',
    b'[["timestamp","original"],["20151399000000","http://a.example/"]]', b"\xff\xfe\x00", b"[" * 9999,
    b'[["timestamp","original"],["20150101000000","file:///etc/passwd"]]', b'{"timestamp": {}}',
]  # fmt: skip


@pytest.mark.parametrize("answer", NONSENSE, ids=lambda v: repr(v)[:30])
def test_a_server_that_answers_nonsense_is_one_line(answer, archive, tmp_path):
    archive.answer = answer
    done = call("backfill", "--server", archive.url, "--raw", tmp_path / "raw")
    assert done.returncode == 3, done.stderr
    assert "the answer is no list of captures" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("answer", [b"", b"[]", b'[["timestamp","original","digest"]]'])
def test_a_server_that_has_nothing_says_so(answer, archive, tmp_path):
    archive.answer = answer
    done = call("backfill", "--server", archive.url, "--raw", tmp_path / "raw")
    assert (done.returncode, done.stderr) == (0, "")
    assert "found 0 sightings of the page" in done.stdout


@pytest.mark.slow
def test_a_real_pywb_serves_an_export_and_gives_it_back(tmp_path):
    scripts = ROOT / ".venv" / "pywb" / "bin"
    if not (scripts / "wayback").exists():
        pytest.skip("pywb is not there; make test-all installs it in .venv/pywb")
    settings = Settings(raw=str(tmp_path / "raw"))
    import_files(settings, [write(tmp_path, other) for other in HISTORY])
    export = tmp_path / "e.warc.gz"
    export.write_bytes(render_archive(read_store(tmp_path / "raw", "ihk"), SPEC, compress=True))
    work = tmp_path / "pywb"
    work.mkdir()
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    for args in (["init", "listing"], ["add", "listing", str(export)]):
        subprocess.run(
            [scripts / "wb-manager", *args], cwd=work, env=env, check=True, capture_output=True
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [scripts / "wayback", "--port", str(port), "--bind", "127.0.0.1"],
        cwd=work, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        result = import_server(
            Settings(raw=str(tmp_path / "again")), f"http://127.0.0.1:{port}/listing", ""
        )
        assert (result.problems, result.unavailable) == ([], None)
        assert result.new == 5
        ours, theirs = tables(tmp_path / "again"), tables(tmp_path / "raw")
        assert ours["changes"] == theirs["changes"]
        assert ours["concepts"] == theirs["concepts"]
    finally:
        server.terminate()
        server.wait(10)
    shutil.rmtree(work)
