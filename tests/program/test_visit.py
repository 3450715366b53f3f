"""A visit from its request to its line in the log: what is kept, what is told, and what is never asked."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, strategies as st
from protego import Protego

import pipeline.fetch.addresses
import pipeline.fetch.connect
import pipeline.fetch.pacing
import pipeline.program.visit
import pipeline.store.clock
from pipeline.errors import DamagedFile, Locked, SpecError
from pipeline.fetch.addresses import is_public
from pipeline.fetch.permission import MAX_RULES, Permission, check_reserved
from pipeline.fetch.retry_after import LONGEST
from pipeline.flow import read_page
from pipeline.history.visits import print_time
from pipeline.listing.spec_reader import read_spec
from pipeline.page.limits import MAX_BYTES
from pipeline.program.visit import TRUSTED_304, Visited, open_store, pay_visit
from pipeline.settings import Settings
from pipeline.store.sightings import Store, read_log_as_store
from pipeline.store.storage import lock
from pipeline.store.visit_log import read_log
from pipeline.version import VERSION
from tests.fetch.server import (
    HTML,
    RIGHTS,
    ROBOTS,
    Names,
    Naps,
    Reply,
    Server,
    answer,
    chunked,
    gzipped,
    redirect,
    reset,
    serve,
)
from tests.records.mutations import RECORDS, UNNA, put, render
from tests.records.outcomes import read

ROOT = Path(__file__).parents[2]
LISTING = render("dl", RECORDS)
PAGE = LISTING.encode()
OTHER = render("dl", put(UNNA, "Einwohner", "58.725")(RECORDS)).encode()
PUBLIC = "127.0.0.9"  # an address of this machine that stands in for one of the internet
START = datetime(2026, 1, 1, 3, tzinfo=UTC)
MISSING = answer(b"", "404 Not Found")


class Clock:
    """The time by which visits are written down."""

    now = START


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> Naps:
    """No waiting, a clock that stands, and no name resolved."""
    naps = Naps()
    Clock.now = START
    monkeypatch.setattr("tenacity.nap.time", naps)
    monkeypatch.setattr(pipeline.fetch.pacing, "time", naps)
    monkeypatch.setattr(pipeline.store.clock, "now", lambda: Clock.now)
    monkeypatch.setattr(
        "socket.getaddrinfo", Names(listing=PUBLIC, other=PUBLIC, inner="127.0.0.1")
    )
    monkeypatch.setattr(pipeline.fetch.connect, "is_public", lambda a: a == PUBLIC or is_public(a))
    return naps


def visit(server: Server | str, root: Path, **more: Any) -> Visited:
    """Visit a server's page, or an address."""
    url = server if isinstance(server, str) else server.url
    write = more.pop("write", True)
    told = {"contact": "watch@stadt.example", "timeout": 20, "pause": 0, **more}
    settings = Settings(raw=str(root / "raw"), url=url, **told)
    spec = read_spec("ihk")
    with open_store(settings, spec, write=write) as store:
        return pay_visit(settings, spec, store, write=write)


def stored(root: Path) -> Store:
    """Read the store as another run would."""
    folder = root / "raw" / "ihk"
    return read_log_as_store(folder, read_log(folder))


def kept(root: Path) -> list[str]:
    """Give the names of the stored captures' files, without sidecars."""
    folder = root / "raw" / "ihk" / "captures"
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".json")


def told(root: Path) -> tuple[str, int | None, int, str | None]:
    """Give the last line of the log: outcome, status, attempts, reason."""
    last = stored(root).log.visits[-1]
    return last.outcome, last.http_status, last.attempts, last.reason


def test_a_visit_keeps_the_bytes_and_how_they_came(tmp_path: Path) -> None:
    with serve(gzipped(PAGE)) as server:
        visited = visit(server, tmp_path)
        assert server.paths() == [ROBOTS, RIGHTS, "/"]
    store = stored(tmp_path)
    name = store.history.in_force()
    assert visited.records == 4
    assert visited.store.log.visits == store.log.visits
    assert told(tmp_path) == ("new", 200, 1, None)
    assert kept(tmp_path) == [f"{name}.html"]
    assert store.read(str(name)).body == PAGE
    sidecar = json.loads((store.folder / "captures" / f"{name}.json").read_text())
    assert sidecar["url"] == sidecar["requested_url"] == server.url
    assert (sidecar["status"], sidecar["redirects"], sidecar["attempts"]) == (200, [], 1)
    assert sidecar["visit_begun_at"] <= sidecar["captured_at"]
    assert ["Content-Encoding", "gzip"] in sidecar["headers"]


def test_the_same_bytes_again_are_a_line_and_no_capture(tmp_path: Path) -> None:
    with serve(answer(PAGE)) as server:
        server.on("/", answer(PAGE), chunked(PAGE, 99))
        visit(server, tmp_path)
        visit(server, tmp_path)
    assert told(tmp_path) == ("unchanged", 200, 1, None)
    assert len(kept(tmp_path)) == 1


def test_a_visit_without_writing_leaves_nothing(tmp_path: Path) -> None:
    for page in (answer(PAGE), MISSING, answer(b"%PDF-1.7")):
        with serve(page) as server:
            visited = visit(server, tmp_path, write=False)
        assert visited.visit.outcome in ("new", "gone", "suspect")
        assert list(tmp_path.iterdir()) == []


def busy(told_wait: str, status: str = "503 Busy") -> bytes:
    """Write an answer that asks to wait."""
    return answer(b"", status, ("Retry-After", told_wait))


PAST = "; if the page is gone for good, its past may be in a web archive (ihk backfill)"

FAILURES: list[tuple[Reply, str, int | None, int, str, str]] = [
    # what the server does, outcome, http_status, attempts, reason, provenance
    (MISSING, "gone", 404, 1, "{url} answers 404" + PAST, "FAULTS 9"),
    (answer(PAGE, "410 Gone"), "gone", 410, 1, "{url} answers 410" + PAST, "FAULTS 9"),
    (answer(PAGE, "401 Who"), "refused", 401, 1, "{url} answers 401", "constructed"),
    (answer(PAGE, "403 No"), "refused", 403, 1, "{url} answers 403", "FAULTS 9"),
    (answer(PAGE, "451 Law"), "refused", 451, 1, "{url} answers 451", "FAULTS 9"),
    (answer(PAGE, "206 Part"), "refused", 206, 1, "{url} answers 206", "constructed"),
    (answer(PAGE, "300 Many"), "refused", 300, 1, "{url} answers 300", "constructed"),
    (answer(b"", "304 Not Modified"), "refused", 304, 1, "{url} answers 304", "FAULTS 12: unasked"),
    (answer(PAGE, "500 Oops"), "unreachable", 500, 5, "{url} answers 500 (5 attempts)", "FAULTS 9"),
    (answer(PAGE, "429 Slow"), "unreachable", 429, 5, "{url} answers 429 (5 attempts)", "FAULTS 8"),
    (answer(PAGE)[:-5], "unreachable", 200, 5,
     "{url}: the connection ended 5 bytes before the body's end (5 attempts)", "FAULTS 2"),
    (chunked(PAGE)[:-1], "unreachable", 200, 5,
     "{url}: the connection ended inside a chunked body (5 attempts)", "FAULTS 2"),
    (answer(PAGE)[:60], "unreachable", None, 5,
     "{url}: the connection ended inside the headers (5 attempts)", "http.client raises nothing"),
    (b"", "unreachable", None, 5,
     "{url}: Remote end closed connection without response (5 attempts)", "FAULTS 1"),
    (reset(answer(PAGE)[:-5]), "unreachable", 200, 5,
     "{url}: Connection reset by peer (5 attempts)", "FAULTS 2"),
    (answer(PAGE[:99], "200 OK", HTML, ("Content-Encoding", "gzip")), "refused", 200, 1,
     ("{url}: the body is called gzip and is none, or damaged: Error -3 while decompressing data: "
      "incorrect header check"), "FAULTS 6"),
    (answer(PAGE, "200 OK", HTML, ("Content-Length", "3")), "refused", None, 1,
     "{url}: Content-Length contained multiple unmatching values (3, {length})", "FAULTS 7"),
    (redirect("ftp://listing.example/"), "refused", 302, 1,
     "{url} redirects to 'ftp://listing.example/', which is no http(s) address to follow", "FAULTS 10"),
    (redirect("/"), "refused", 302, 1, "{url} leads in a circle of redirects", "FAULTS 10"),
    (answer(PAGE, "200 OK", HTML, ("X", "a\0b")), "refused", 200, 1,
     "{url}: the header 'X' holds a control character", "FAULTS 7"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "outcome", "status", "attempts", "reason", "provenance"), FAILURES
)
def test_a_failure_is_a_line_of_the_log_and_keeps_nothing(
    reply: Reply, outcome: str, status: int | None, attempts: int, reason: str, provenance: str,
    tmp_path: Path,
) -> None:  # fmt: skip
    with serve(reply) as server:
        visited = visit(server, tmp_path)
        reason = reason.format(url=server.url, length=len(PAGE))
        assert len(server.pages()) == attempts
        assert server.most_open == 1
    assert told(tmp_path) == (outcome, status, attempts, reason)
    assert str(visited.failure) == reason
    assert visited.failure is not None
    assert visited.failure.exit_code == 3
    assert kept(tmp_path) == []


@pytest.mark.parametrize("reply", [answer(PAGE)[:-5], b"", answer(b"", "503 Busy"), busy("3")])
def test_a_failure_that_passes_is_a_success_with_its_attempts(reply: Reply, tmp_path: Path) -> None:
    with serve() as server:
        server.on("/", reply, reply, answer(PAGE))
        visit(server, tmp_path)
    assert told(tmp_path) == ("new", 200, 3, None)


def test_a_redirect_is_noted_and_the_page_belongs_to_its_end(tmp_path: Path) -> None:
    with serve(redirect("/listing")) as server:
        server.on("/listing", answer(PAGE, "200 OK", HTML, ("ETag", '"1"')))
        for _ in range(2):
            visit(server, tmp_path)
        last = server.pages()
    store = stored(tmp_path)
    name = str(store.history.in_force())
    assert store.log.visits[-1].url == f"{server.url}listing"
    assert store.read(name).url == f"{server.url}listing"
    sidecar = json.loads((store.folder / "captures" / f"{name}.json").read_text())
    assert sidecar["redirects"] == [server.url]
    assert [request.headers.get("if-none-match") for request in last] == [None, None, None, '"1"']


# Waiting.


def test_a_wait_that_does_not_fit_is_remembered_and_cleared_afterwards(
    tmp_path: Path, naps: Naps
) -> None:
    """Provenance: FAULTS 8."""
    with serve() as server:
        server.on("/", busy("100"), answer(PAGE))
        first = visit(server, tmp_path)
        until = first.visit.wait_until
        assert until is not None
        wait = (until - datetime.now(UTC)).total_seconds()
        assert 98 < wait <= 101
        Clock.now = datetime.now(UTC).replace(microsecond=0)
        asked = len(server.requests)
        for _ in range(3):
            visit(server, tmp_path)
            assert told(tmp_path) == (
                "waiting", None, 0,
                f"told to wait until {print_time(until)}: the server asked for it; no request was sent",
            )  # fmt: skip
            Clock.now += timedelta(seconds=20)
        assert (len(server.requests), naps) == (asked, [])
        Clock.now = until - timedelta(seconds=15)  # now it fits
        visit(server, tmp_path)
        assert (naps, told(tmp_path)) == ([15.0], ("new", 200, 1, None))
        visit(server, tmp_path)
        assert (naps, told(tmp_path)[0]) == ([15.0], "unchanged")


def test_a_clock_that_was_set_back_does_not_lengthen_a_wait(tmp_path: Path, naps: Naps) -> None:
    with serve() as server:
        server.on("/", busy("3600"), answer(PAGE))
        Clock.now = datetime.now(UTC).replace(microsecond=0)
        visit(server, tmp_path)
        Clock.now -= timedelta(days=300)
        visit(server, tmp_path, timeout=4000)
    assert told(tmp_path) == ("new", 200, 1, None)
    assert len(naps) == 1
    assert 3599 <= naps[0] <= 3602


def test_a_wait_of_another_host_does_not_hold_this_one_back(tmp_path: Path) -> None:
    Clock.now = datetime.now(UTC).replace(microsecond=0)
    with serve(busy("3600")) as server, serve(answer(PAGE), "127.0.0.2") as other:
        visit(server, tmp_path)
        asked = len(server.requests)
        assert visit(other, tmp_path).visit.outcome == "new"
        assert visit(server, tmp_path).visit.outcome == "waiting"
        assert len(server.requests) == asked


@pytest.mark.parametrize(
    "wish", ["-5", "1.5", "", "9" * 5000, "\u0663", "Fri, 01 Jan 99999 00:00:00 GMT"]
)
def test_no_form_of_a_wish_is_a_bug(wish: str, tmp_path: Path) -> None:
    """Provenance: FAULTS 8."""
    wish = wish.encode().decode("latin-1")
    with serve(busy(wish)) as server:
        visited = visit(server, tmp_path)
        until = visited.visit.wait_until
        assert visited.visit.outcome == ("waiting" if until else "unreachable")
        if until:
            assert until <= datetime.now(UTC) + timedelta(seconds=LONGEST + 2)
            Clock.now = datetime.now(UTC).replace(microsecond=0)
            asked = len(server.requests)
            visit(server, tmp_path)
            assert len(server.requests) == asked


def test_a_wish_of_the_robots_file_s_server_is_remembered_too(tmp_path: Path) -> None:
    Clock.now = datetime.now(UTC).replace(microsecond=0)
    with serve(answer(PAGE)) as server:
        server.on(ROBOTS, busy("100"))
        visit(server, tmp_path)
        outcome, status, attempts, reason = told(tmp_path)
        assert (outcome, status, attempts) == ("waiting", 503, 0)
        assert reason is not None
        assert reason.startswith(f"{server.url}robots.txt cannot be had, so nothing may be read: ")
        visit(server, tmp_path)
        assert server.paths() == [ROBOTS]


def at_public(server: Server, path: str = "") -> str:
    """Give a server's address under a name that is not this machine's."""
    return f"http://listing.example:{server.port}/{path}"


def test_between_visits_to_a_host_there_is_a_pause_also_across_runs(
    tmp_path: Path, naps: Naps
) -> None:
    with serve(answer(PAGE), PUBLIC) as server:
        visit(at_public(server), tmp_path, pause=10)
        assert naps == []
        visit(at_public(server), tmp_path, pause=10)
        assert len(naps) == 1
        assert 8 < naps[0] <= 10
        asked = len(server.requests)
        visit(at_public(server), tmp_path, pause=60)
        assert told(tmp_path)[:3] == ("waiting", None, 0)
        assert "the setting pause wants 60 seconds between visits to listing.example" in str(
            told(tmp_path)[3]
        )
        assert (len(server.requests), len(naps)) == (asked, 1)


def test_each_visit_begins_the_pause_anew(tmp_path: Path) -> None:
    with serve(answer(PAGE), PUBLIC) as server:
        visit(at_public(server), tmp_path)
        (mark,) = (tmp_path / "raw" / ".hosts").iterdir()
        os.utime(mark, (1e9, 1e9))
        visit(at_public(server), tmp_path, pause=60)
        assert told(tmp_path)[0] == "unchanged"
        visit(at_public(server), tmp_path, pause=60)
        assert told(tmp_path)[0] == "waiting"


def test_this_machine_is_exempt_from_the_pause(tmp_path: Path, naps: Naps) -> None:
    with serve(answer(PAGE)) as server:
        for _ in range(3):
            visit(server, tmp_path, pause=60)
    assert naps == []
    assert told(tmp_path)[0] == "unchanged"


def test_a_run_that_died_counts_for_the_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Provenance: FAULTS 16, a crash loop."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with serve(answer(PAGE), PUBLIC) as server:
        with monkeypatch.context() as patch:
            patch.setattr(pipeline.program.visit, "_ask", die)
            with pytest.raises(KeyboardInterrupt):
                visit(at_public(server), tmp_path, pause=60)
        visit(at_public(server), tmp_path, pause=60)
        assert told(tmp_path)[0] == "waiting"
        assert server.accepted == 0


def test_a_mark_from_the_future_holds_no_longer_than_the_pause(tmp_path: Path, naps: Naps) -> None:
    with serve(answer(PAGE), PUBLIC) as server:
        visit(at_public(server), tmp_path)
        (mark,) = (tmp_path / "raw" / ".hosts").iterdir()
        os.utime(mark, (time.time() + 1e6, time.time() + 1e6))
        visit(at_public(server), tmp_path, pause=10)
    assert told(tmp_path)[0] == "unchanged"
    assert len(naps) == 1
    assert naps[0] <= 10


def test_two_runs_at_once_never_visit_at_once(tmp_path: Path) -> None:
    """Provenance: FAULTS 16: neither for one listing nor, for two, at one host."""
    with serve(answer(PAGE), PUBLIC) as server:
        settings = Settings(raw=str(tmp_path / "raw"))
        with open_store(settings, read_spec("ihk")), pytest.raises(Locked):
            visit(at_public(server), tmp_path)
        assert server.accepted == 0
        visit(at_public(server), tmp_path)
        asked = server.accepted
        (mark,) = (tmp_path / "raw" / ".hosts").iterdir()
        with lock(mark), pytest.raises(Locked):
            visit(at_public(server), tmp_path, timeout=0.2)
        assert server.accepted == asked


def test_without_a_contact_a_public_page_is_not_visited(tmp_path: Path) -> None:
    with serve(answer(PAGE), PUBLIC) as server:
        with pytest.raises(SpecError, match="the setting contact is empty"):
            visit(at_public(server), tmp_path, contact="")
        assert server.accepted == 0
        visit(server.url.replace(PUBLIC, "listing.example"), tmp_path)
        for request in server.requests:
            assert request.headers["user-agent"] == f"ihk-listing/{VERSION} (+watch@stadt.example)"


@pytest.mark.parametrize(
    "url",
    ["", "listing.example", "ftp://listing.example/", "file:///etc/passwd", "http://", "http://[::1",
     "http://h:99999/", "http://max:secret@listing.example/", "http://listing.example/\n"],
)  # fmt: skip
def test_an_address_that_cannot_be_visited_is_an_error_of_the_settings(
    url: str, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match="setting url"):
        pipeline.fetch.addresses.check_url(url)


# Conditions, and answers of 304.

NOT_MODIFIED = answer(b"", "304 Not Modified", ("ETag", '"1"'))
TAGGED = answer(PAGE, "200 OK", HTML, ("ETag", '"1"'), ("Last-Modified", "yesterday"))
DATED = answer(PAGE, "200 OK", HTML, ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"))


def conditions(server: Server) -> list[str | None]:
    """Give what each request for the page asked on the condition of."""
    return [
        request.headers.get("if-none-match") or request.headers.get("if-modified-since")
        for request in server.pages()
    ]


@pytest.mark.parametrize(
    ("first", "condition"), [(TAGGED, '"1"'), (DATED, "Thu, 01 Jan 2026 00:00:00 GMT")]
)
def test_the_next_visit_asks_for_news_only(first: bytes, condition: str, tmp_path: Path) -> None:
    with serve() as server:
        server.on("/", first, NOT_MODIFIED)
        for _ in range(2):
            visited = visit(server, tmp_path)
        assert conditions(server) == [None, condition]
    assert told(tmp_path) == ("not_modified", 304, 1, None)
    assert visited.visit.capture_id == visited.store.history.in_force()
    assert len(kept(tmp_path)) == 1


def test_a_304_is_not_believed_more_than_nine_times_in_a_row(tmp_path: Path) -> None:
    """Provenance: FAULTS 12.  The hash decides what is new: the page had changed all the time."""
    other = answer(OTHER, "200 OK", HTML, ("ETag", '"1"'))
    with serve() as server:
        server.on("/", TAGGED, *[NOT_MODIFIED] * TRUSTED_304, other, NOT_MODIFIED)
        for _ in range(12):
            visit(server, tmp_path)
        assert conditions(server) == [None, *['"1"'] * TRUSTED_304, None, '"1"']
    visits = stored(tmp_path).log.visits
    assert [v.outcome for v in visits] == ["new", *["not_modified"] * 9, "new", "not_modified"]
    assert len(kept(tmp_path)) == 2


@pytest.mark.parametrize(
    ("later", "asks"),
    [(timedelta(days=6, hours=23), True), (timedelta(days=7), False), (timedelta(days=-1), False)],
)
def test_a_304_is_not_believed_for_more_than_a_week_nor_after_the_clock_was_set_back(
    later: timedelta, asks: bool, tmp_path: Path
) -> None:
    with serve() as server:
        server.on("/", TAGGED)
        visit(server, tmp_path)
        Clock.now += later
        visit(server, tmp_path)
        assert conditions(server) == [None, '"1"' if asks else None]
    assert told(tmp_path)[0] == "unchanged"


@pytest.mark.parametrize("damage", ["missing", "cut", "other", "sidecar"])
def test_no_condition_rests_on_a_capture_that_is_gone_or_damaged(
    damage: str, tmp_path: Path
) -> None:
    """Provenance: FAULTS 12.  What comes is stored again."""
    with serve(TAGGED) as server:
        name = visit(server, tmp_path).visit.capture_id
        path = tmp_path / "raw" / "ihk" / "captures" / f"{name}.html"
        if damage == "missing":
            path.unlink()
        elif damage == "sidecar":
            path.with_suffix(".json").write_text("{}")
        else:
            path.write_bytes(PAGE[:-1] if damage == "cut" else OTHER)
        visit(server, tmp_path)
        assert conditions(server) == [None, None]
    assert told(tmp_path) == ("unchanged", 200, 1, None)
    assert stored(tmp_path).read(str(name)).body == PAGE


def test_what_came_is_not_judged_against_a_damaged_capture(tmp_path: Path) -> None:
    with serve(TAGGED) as server:
        name = visit(server, tmp_path).visit.capture_id
        (tmp_path / "raw" / "ihk" / "captures" / f"{name}.html").unlink()
        server.on("/", answer(OTHER))
        with pytest.raises(DamagedFile, match="is missing; restore it from a backup"):
            visit(server, tmp_path)
    assert told(tmp_path)[:2] == ("refused", 200)
    assert kept(tmp_path) == []


def test_a_suspect_page_is_asked_for_whole_at_every_visit(tmp_path: Path) -> None:
    login = answer(b"<title>Login</title>", "200 OK", HTML, ("ETag", '"2"'))
    with serve() as server:
        server.on("/", TAGGED, login)
        for _ in range(3):
            visit(server, tmp_path)
        assert conditions(server) == [None, '"1"', None]
    assert told(tmp_path)[0] == "suspect"


def test_an_unasked_304_is_refused(tmp_path: Path) -> None:
    with serve(NOT_MODIFIED) as server:
        visit(server, tmp_path)
    assert told(tmp_path)[:3] == ("refused", 304, 1)


@pytest.mark.parametrize("tag", ['"' + "x" * 2000 + '"', '"\u00a0"', '"\t"'])
def test_an_etag_that_cannot_be_sent_back_is_forgotten(tag: str, tmp_path: Path) -> None:
    with serve(answer(PAGE, "200 OK", HTML, ("ETag", tag))) as server:
        visit(server, tmp_path)
        visit(server, tmp_path)
        assert conditions(server) == [None, None]
    assert told(tmp_path)[0] == "unchanged"


def test_an_etag_beyond_ascii_is_sent_back_as_it_came(tmp_path: Path) -> None:
    with serve() as server:
        server.on("/", answer(PAGE, "200 OK", HTML, ("ETag", 'W/"für"')), NOT_MODIFIED)
        visit(server, tmp_path)
        visit(server, tmp_path)
        assert conditions(server) == [None, 'W/"für"']


# robots.txt and reservations.

ALLOW, DENY = "allow", "deny"
ROBOTS_FILES = [  # robots.txt, verdict on the page `/`, provenance
    (b"", ALLOW, "RFC 9309, 2.2.1"),
    (b"User-agent: *\nDisallow: /\n", DENY, "RFC 9309"),
    (b"User-agent: *\r\nDisallow: /\r\n", DENY, "constructed"),
    (b"User-agent: *\rDisallow: /\r", DENY, "constructed"),
    (b"User-agent: ihk-listing\nDisallow: /\n\nUser-agent: *\nAllow: /\n", DENY, "RFC 9309, 2.2.1"),
    (b"User-agent: IHK-Listing\nAllow: /\n\nUser-agent: *\nDisallow: /\n", ALLOW, "RFC 9309, 2.2.1"),
    (b"User-agent: other\nDisallow: /\n", ALLOW, "constructed"),
    (b"User-agent: *\nDisallow: /private\n", ALLOW, "constructed"),
    (b"User-agent: *\nDisallow: /*\n", DENY, "RFC 9309, 2.2.3"),
    (b"User-agent: *\nDisallow: /$\n", DENY, "RFC 9309, 2.2.3"),
    (b"User-agent: *\nDisallow: /*.pdf$\n", ALLOW, "RFC 9309, 2.2.3"),
    (b"User-agent: *\nDisallow: /\nAllow: /$\n", ALLOW, "RFC 9309, 2.2.2: the longest match"),
    (b"User-agent: *\nDisallow:\n", ALLOW, "RFC 9309"),
    (b"<html><title>404</title></html>", ALLOW, "field practice: a soft 404"),
    (bytes(range(256)) * 9, ALLOW, "constructed"),
    (b"User-agent: *\nDisallow: /\n" + b"#" * MAX_RULES, DENY, "RFC 9309, 2.5"),
    (b"User-agent: *\nDisallow: /" + b"*a" * 9 + b"\n", ALLOW, "constructed"),
    (b"User-agent: *\n" + b"Disallow: /x\n" * 9000 + b"Disallow: /\n", DENY, "constructed"),
    (b"User-agent: *\n" + b"#" * MAX_RULES + b"\nDisallow: /\n", ALLOW, "RFC 9309, 2.5: not read"),
    # the limit stands inside of a rule: what is left of it would be `Allow: /`
    ((b"User-agent: *\nDisallow: /\n#").ljust(MAX_RULES - 9, b"#") + b"\nAllow: /private", DENY,
     "RFC 9309, 2.5"),
]  # fmt: skip


@pytest.mark.parametrize(("robots", "verdict", "provenance"), ROBOTS_FILES)
def test_robots_txt_is_obeyed(robots: bytes, verdict: str, provenance: str, tmp_path: Path) -> None:
    with serve(answer(PAGE)) as server:
        server.on(ROBOTS, answer(robots, "200 OK", ("Content-Type", "text/plain")))
        visit(server, tmp_path)
        if verdict == ALLOW:
            assert told(tmp_path) == ("new", 200, 1, None)
        else:
            reason = f"{server.url}robots.txt does not allow ihk-listing to read {server.url}"
            assert told(tmp_path) == ("refused", None, 0, reason)
            assert server.paths() == [ROBOTS]
            assert kept(tmp_path) == []


def test_a_robots_txt_is_parsed_without_its_mark_of_unicode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Provenance: FAULTS 15.  protego 0.7.0 takes the mark for text (measured)."""
    parsed, parse = [], Protego.parse
    monkeypatch.setattr(Protego, "parse", lambda text: parsed.append(text) or parse(text))
    with serve(answer(PAGE)) as server:
        server.on(ROBOTS, answer("\ufeff# a comment\nUser-agent: *\nAllow: /\n".encode()))
        visit(server, tmp_path)
    assert parsed[0] == "# a comment\nUser-agent: *\nAllow: /\n"


def test_a_rule_of_too_many_characters_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.fetch.permission, "_LONGEST_RULE", 20)
    for folder, is_allowed in (("abcdefghi", False), ("abcdefghij", True)):
        rules = Canned(f"User-agent: *\nDisallow: /{folder}\n".encode())
        permission = Permission(rules)  # type: ignore[arg-type]
        if is_allowed:
            permission.check(f"http://listing.example/{folder}")
        else:
            with pytest.raises(pipeline.program.visit.FetchFailed, match="does not allow"):
                permission.check(f"http://listing.example/{folder}")


ROBOTS_REPLIES: list[tuple[Reply, str, int | None, str]] = [
    # how robots.txt is answered, outcome of the visit, http_status, provenance
    (MISSING, "new", 200, "RFC 9309, 2.3.1.3: 4xx allows"),
    (answer(b"", "401 Who"), "new", 200, "RFC 9309, 2.3.1.3"),
    (answer(b"", "403 No"), "new", 200, "RFC 9309, 2.3.1.3"),
    (answer(b"", "500 Oops"), "refused", 500, "RFC 9309, 2.3.1.4: 5xx disallows"),
    (answer(b"", "503 Busy"), "refused", 503, "RFC 9309, 2.3.1.4"),
    (answer(b"", "304 Not Modified"), "refused", 304, "nothing that was asked for"),
    (answer(b"", "204 Nothing"), "refused", 204, "not told apart from a fault"),
    (b"", "unreachable", None, "RFC 9309, 2.3.1.4: unreachable disallows"),
    (answer(b"User-agent: *\nAllow: /\n")[:-3], "refused", 200, "FAULTS 2: half of the rules"),
    (
        answer(b"User-agent: *\nAllow: /\n")[:40],
        "unreachable",
        None,
        "FAULTS 2: half of the headers",
    ),
    (answer(b"x" * (4 * MAX_RULES + 1)), "refused", 200, "constructed"),
    (gzipped(bytes(4 * MAX_RULES + 1)), "refused", 200, "FAULTS 5"),
    (redirect("/elsewhere"), "refused", 404, "see below"),
    (redirect(ROBOTS), "refused", 302, "constructed: a circle"),
]


@pytest.mark.parametrize(("reply", "outcome", "status", "provenance"), ROBOTS_REPLIES)
def test_a_robots_txt_that_cannot_be_had_forbids_and_one_that_is_not_there_allows(
    reply: Reply, outcome: str, status: int | None, provenance: str, tmp_path: Path
) -> None:
    with serve(answer(PAGE)) as server:
        server.on(ROBOTS, reply)
        if status == 404:  # a redirect to a robots.txt that forbids
            server.on("/elsewhere", answer(b"User-agent: *\nDisallow: /\n"))
            status = None
        visit(server, tmp_path)
        assert told(tmp_path)[:2] == (outcome, status)
        assert len(server.requests) <= 6
        assert (server.pages() == []) == (outcome != "new") or "/elsewhere" in server.paths()
        assert "/" not in server.paths() or outcome == "new"


def test_a_redirect_to_another_host_asks_its_robots_txt_too(tmp_path: Path) -> None:
    with serve(answer(PAGE), PUBLIC) as other, serve(b"", PUBLIC) as server:
        server.on("/", redirect(f"http://other.example:{other.port}/page"))
        other.on("/page", answer(PAGE))
        other.on(ROBOTS, answer(b"User-agent: *\nDisallow: /page\n"))
        visit(at_public(server), tmp_path)
        assert told(tmp_path)[0] == "refused"
        assert other.paths() == [ROBOTS]
        other.on(ROBOTS, MISSING)
        visit(at_public(server), tmp_path)
        assert told(tmp_path)[0] == "new"
        assert other.paths() == [ROBOTS, ROBOTS, RIGHTS, "/page"]


def test_a_redirect_within_a_host_is_held_against_its_robots_txt(tmp_path: Path) -> None:
    with serve(redirect("/private")) as server:
        server.on(ROBOTS, answer(b"User-agent: *\nDisallow: /private\n"))
        visit(server, tmp_path)
        assert told(tmp_path)[0] == "refused"
        assert server.paths() == [ROBOTS, RIGHTS, "/"]


def test_a_redirect_to_a_private_host_sends_nothing_there_not_even_for_robots_txt(
    tmp_path: Path,
) -> None:
    with serve(answer(PAGE)) as inner, serve(b"", PUBLIC) as server:
        server.on("/", redirect(f"http://2130706433:{inner.port}/"))
        visit(at_public(server), tmp_path)
        assert told(tmp_path)[0] == "refused"
        assert "127.0.0.1, an address of a private network" in str(told(tmp_path)[3])
        assert inner.accepted == 0


@pytest.mark.parametrize(
    ("delay", "nap"),
    [("7", 7), ("0", None), ("1e3", 0), ("1e400", None), ("nan", None), ("-3", None)],
)
def test_a_crawl_delay_is_kept_to_between_visits(
    delay: str, nap: int | None, tmp_path: Path, naps: Naps
) -> None:
    robots = answer(f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    with serve(answer(PAGE), PUBLIC) as server:
        server.on(ROBOTS, robots)
        visit(at_public(server), tmp_path)
        assert naps == []
        visit(at_public(server), tmp_path)
        if nap == 0:
            assert told(tmp_path)[:3] == ("waiting", None, 0)
            assert len(server.pages()) == 1
        else:
            assert [round(n) for n in naps] == ([nap] if nap else [])
            assert len(server.pages()) == 2


@pytest.mark.parametrize("delay", ["9" * 15, "1e300"])
def test_no_crawl_delay_is_beyond_reckoning(delay: str, tmp_path: Path) -> None:
    with serve(answer(PAGE), PUBLIC) as server:
        server.on(ROBOTS, answer(f"User-agent: *\nCrawl-delay: {delay}\n".encode()))
        for _ in range(2):
            visit(at_public(server), tmp_path)
        assert told(tmp_path)[0] == "waiting"


def rights(*rules: object) -> bytes:
    """Write a tdmrep.json."""
    return answer(json.dumps(rules).encode(), "200 OK", ("Content-Type", "application/json"))


def rule(location: str, value: object = 1) -> dict[str, object]:
    """Write a rule of a tdmrep.json."""
    return {"location": location, "tdm-reservation": value}


RESERVATIONS: list[tuple[Reply, bytes, str | None, str]] = [
    # tdmrep.json, page, how the reason ends, provenance: TDMRep, 2024
    (MISSING, answer(PAGE, "200 OK", HTML, ("tdm-reservation", "1")),
     " carries the header tdm-reservation: 1", "header"),
    (MISSING, answer(PAGE, "200 OK", HTML, ("TDM-Reservation", "0")), None, "header"),
    (MISSING, answer(PAGE, "200 OK", HTML, ("tdm-reservation", "0"), ("tdm-reservation", "1")),
     " carries the header tdm-reservation: 1", "constructed"),
    (MISSING, answer(PAGE.replace(b"<head>", b'<head><meta name="tdm-reservation" content="1">')),
     ' reserves the rights to mine it: <meta name="tdm-reservation" content="1">', "meta"),
    (MISSING, answer(PAGE.replace(b"<head>", b"<head><META content=1 name=TDM-Reservation>")),
     " reserves the rights to mine it: <META content=1 name=TDM-Reservation>", "meta"),
    (MISSING, answer(PAGE.replace(b"<head>", b'<head><meta name="tdm-reservation" content="0">')),
     None, "meta"),
    (MISSING, answer(PAGE.replace(b"<head>", b'<head><meta name="tdm-policy" content="1">')),
     None, "meta"),
    (rights(rule("/")), answer(PAGE), "tdmrep.json reserves the rights to mine {url}", "file"),
    (rights(rule("/*", "1")), answer(PAGE), "tdmrep.json reserves the rights to mine {url}", "file"),
    (rights(rule("*")), answer(PAGE), "tdmrep.json reserves the rights to mine {url}", "file"),
    (answer(b"\xef\xbb\xbf" + json.dumps([rule("/")]).encode()), answer(PAGE),
     "tdmrep.json reserves the rights to mine {url}", "a BOM"),
    (rights(rule("/private")), answer(PAGE), None, "file"),
    (rights(rule("/", 0)), answer(PAGE), None, "file"),
    (rights(rule("/"), rule("/$", 0)), answer(PAGE), None, "file: the longest match"),
    (rights(None, [], 1, {}, {"location": 3}, rule("/\n")), answer(PAGE), None, "constructed"),
    (answer(b"<html>"), answer(PAGE), None, "field practice: a soft 404"),
    (answer(b'{"location": "/"}'), answer(PAGE), None, "constructed"),
    (answer(json.dumps([rule("/")]).encode().ljust(4 * MAX_RULES + 1)), answer(PAGE), None,
     "more than is read"),
    (answer(b"", "500 Oops"), answer(PAGE), None, "it reserves nothing that can be read"),
    (b"", answer(PAGE), None, "it reserves nothing that can be read"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "page", "end", "provenance"), RESERVATIONS)
def test_a_reservation_of_rights_is_obeyed_and_quoted(
    file: Reply, page: bytes, end: str | None, provenance: str, tmp_path: Path
) -> None:
    with serve(page) as server:
        server.on(RIGHTS, file)
        visit(server, tmp_path)
        outcome, _, attempts, reason = told(tmp_path)
        assert server.paths().count(RIGHTS) == 1
        if end is None:
            assert (outcome, reason) == ("new", None)
        else:
            assert outcome == "refused"
            assert str(reason).endswith(end.format(url=server.url))
            assert len(server.pages()) == attempts == ("json" not in end)
            assert kept(tmp_path) == []


def test_only_so_many_rules_of_reservation_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.fetch.permission, "MAX_RULES", 300)
    for others, is_allowed in ((2, False), (3, True)):
        rules = [*[rule("/other")] * others, rule("/page")]
        file = {ROBOTS: b"", RIGHTS: json.dumps(rules).encode()}
        permission = Permission(Canned(file))  # type: ignore[arg-type]
        if is_allowed:
            permission.check("http://listing.example/page")
        else:
            with pytest.raises(pipeline.program.visit.FetchFailed, match="reserves the rights"):
                permission.check("http://listing.example/page")


def test_rules_of_reservation_that_nest_too_deep_reserve_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr(pipeline.fetch.permission, "json", SimpleNamespace(loads=fail))
    permission = Permission(Canned({ROBOTS: b"", RIGHTS: b"[[]]"}))  # type: ignore[arg-type]
    assert permission.check("http://listing.example/") == 0


def test_a_304_that_carries_a_reservation_is_refused(tmp_path: Path) -> None:
    with serve() as server:
        server.on("/", TAGGED, answer(b"", "304 Not Modified", ("tdm-reservation", "1")))
        visit(server, tmp_path)
        visit(server, tmp_path)
    assert told(tmp_path)[:2] == ("refused", 304)


class Canned:
    """A client whose every answer has this body, or the one for its path."""

    def __init__(self, content: bytes | dict[str, bytes]) -> None:
        self.content = content

    def get(self, url: str, **more: object) -> Any:
        """Answer."""
        content = self.content
        if isinstance(content, dict):
            content = content[urlsplit(url).path]
        return pipeline.program.visit.Answer(url, 200, [], content, True, ())


LINES = st.lists(
    st.builds(
        "{}: {}".format,
        st.sampled_from(["User-agent", "Disallow", "Allow", "Crawl-delay", "Sitemap", "x"]),
        st.one_of(st.text(max_size=9), st.sampled_from(["*", "/", "/*a*$", "%", "%zz", "1e999"])),
    )
).map(lambda lines: "\n".join(lines).encode())


@given(st.one_of(st.binary(max_size=300), LINES, st.from_regex(rb"\[\{\"location\": .{0,40}\}\]")))
def test_any_bytes_as_rules_give_a_delay_or_a_refusal(content: bytes) -> None:
    try:
        delay = Permission(Canned(content)).check("http://listing.example/a?b=%zz")  # type: ignore[arg-type]
    except pipeline.program.visit.FetchFailed:
        return
    assert 0 <= delay <= LONGEST


def test_the_search_for_a_reservation_is_linear() -> None:
    """Provenance: FAULTS 44.  Four times the page takes four times the time, not sixteen times."""

    def measure(content: bytes) -> float:
        page = pipeline.program.visit.Answer("u", 200, [], content, True, ())
        began = time.thread_time()
        check_reserved(page)
        return time.thread_time() - began

    words = b" tdm-reservation"
    for part in (b"<meta ", b"<meta tdm-reservation ", b"<meta" + words * 30, words):
        page = part * (2**15 // len(part))
        small = min(measure(b"<meta" + page) for _ in range(3))
        assert min(measure(b"<meta" + page * 4) for _ in range(3)) < 8 * small + 0.02


# What came.


def typed(body: bytes, content_type: str | None) -> bytes:
    """Write an answer of this type."""
    return answer(body, "200 OK", ("Content-Type", content_type) if content_type else ("X", "1"))


NO_META = LISTING.replace('<meta charset="utf-8">', "")
LATIN = NO_META.replace('<html lang="de">', '<html lang="de"><meta charset="iso-8859-1">')
CHARSETS = [  # page, Content-Type, provenance: WHATWG, BOM first (FAULTS 14)
    (PAGE, "text/html; charset=utf-8"),
    (PAGE, "text/html"),
    (PAGE, None),
    (PAGE, "html"),
    (PAGE, "text/html; charset=x-nonsense"),
    (PAGE, "text/html; charset=unicode_escape"),
    (PAGE, 'Text/HTML; Charset="UTF-8"; charset=iso-8859-1'),
    (NO_META.encode(), "text/html"),
    (NO_META.encode("cp1252"), "text/html"),
    (NO_META.encode("cp1252"), "text/html; charset=iso-8859-1"),
    (NO_META.encode("utf-8-sig"), "text/html; charset=iso-8859-1"),
    (NO_META.encode("utf-16"), "text/html; charset=iso-8859-1"),
    (LATIN.encode("cp1252"), "text/html"),
    (LATIN.encode("utf-8"), "text/html; charset=utf-8"),
    (LISTING.encode("cp1252"), "text/html; charset=windows-1252"),
    (LISTING.encode("utf-8-sig"), "text/html"),
]


@pytest.mark.parametrize(("body", "content_type"), CHARSETS)
def test_a_page_in_any_encoding_reads_as_the_same_text(
    body: bytes, content_type: str | None, tmp_path: Path
) -> None:
    with serve(typed(body, content_type)) as server:
        visited = visit(server, tmp_path)
    assert told(tmp_path) == ("new", 200, 1, None)
    capture = stored(tmp_path).read(str(visited.visit.capture_id))
    assert capture.body == body
    assert kept(tmp_path) == [f"{capture.capture_id}.html"]
    text = [line.text for line in read_page(capture).lines]
    assert text == [line.text for line in read(LISTING).judged.page.lines]


def test_a_plain_text_is_a_listing_too(tmp_path: Path) -> None:
    text = render("text", RECORDS).encode()
    for n, content_type in enumerate(("text/plain; charset=utf-8", None)):
        with serve(typed(text, content_type)) as server:
            visit(server, tmp_path / str(n))
        assert told(tmp_path / str(n)) == ("new", 200, 1, None)
        assert [Path(name).suffix for name in kept(tmp_path / str(n))] == [".txt"]


SUSPECTS = [  # body, Content-Type, words of the reason, provenance
    (b"", "text/html", "the page is empty", "FAULTS 13"),
    (b"x", "text/html", "no record", "FAULTS 13: one byte"),
    (b"\0", "text/html", "the page is empty", "constructed"),
    (b"%PDF-1.7\n" + bytes(99), "application/pdf", "the bytes are a PDF", "FAULTS 13"),
    (b"%PDF-1.7\n", "text/html", "the bytes are a PDF", "FAULTS 13"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "the bytes are a PNG image", "FAULTS 13"),
    (b"PK\x03\x04" + bytes(99), "text/html", "the bytes are a ZIP", "FAULTS 13"),
    (b'{"ok": true}', "application/json", "the bytes are JSON", "FAULTS 13"),
    (b"<title>404</title><p>Seite nicht gefunden", "text/html", "a page that was not found", "FAULTS 13"),
    (b"<title>Anmelden</title><p>Passwort", "text/html", "a login page", "FAULTS 13"),
    (b"<title>Just a moment</title>", "text/html", "a captcha", "FAULTS 13"),
    (b"<title>Wartung</title>", "text/html", "a maintenance page", "FAULTS 13"),
    (b"<p>Wir verwenden Cookies", "text/html", "a consent wall", "FAULTS 13"),
    (PAGE.replace(b"Stadt Unna", b"Stadt U\xfcnna"), "text/html; charset=utf-8", "holds U+FFFD", "FAULTS 14"),
    (PAGE, "text/html; charset=iso-8859-1", "no record", "FAULTS 14: the header is wrong"),
    (LISTING.replace("Musterstraße", "MusterstraÃŸe für fÃ¼r").encode(), "text/html",
     "was decoded twice", "FAULTS 14"),
    (render("text", RECORDS).replace("\n", " ").encode(), "text/plain", "no line breaks", "FAULTS 32"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "content_type", "words", "provenance"), SUSPECTS)
def test_what_is_not_the_listing_is_kept_as_suspect_and_never_in_force(
    body: bytes, content_type: str, words: str, provenance: str, tmp_path: Path
) -> None:
    with serve(typed(body, content_type)) as server:
        for _ in range(2):
            visited = visit(server, tmp_path)
            outcome, status, attempts, reason = told(tmp_path)
            assert (outcome, status, attempts) == ("suspect", 200, 1)
            assert words in str(reason)
    store = stored(tmp_path)
    assert store.history.in_force() is None
    assert store.read(str(visited.visit.capture_id)).body == body
    assert len(kept(tmp_path)) == 1


def test_a_page_of_unknown_length_needs_its_end(tmp_path: Path) -> None:
    """Provenance: FAULTS 4, HTTP cannot tell a cut from an end."""
    cut = PAGE.rpartition(b"<footer>")[0]
    for n, (body, length, outcome) in enumerate(
        [(PAGE, False, "new"), (cut, False, "suspect"), (cut, True, "new")]
    ):
        with serve(answer(body, length=length)) as server:
            visit(server, tmp_path / str(n))
        assert told(tmp_path / str(n))[0] == outcome
    assert told(tmp_path / "1")[3] == (
        "the server did not say how long the page is, and it does not end with </html>"
    )


def test_a_gzip_page_of_unknown_length_has_its_end(tmp_path: Path) -> None:
    cut = PAGE.rpartition(b"<footer>")[0]
    whole = gzipped(cut)
    head, _, body = whole.partition(b"\r\n\r\n")
    head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(b"Content-Len"))
    with serve(head + b"\r\n\r\n" + body) as server:
        visit(server, tmp_path)
    assert told(tmp_path)[0] == "new"


# The command.


def run(*args: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `ihk` in a directory."""
    command = [sys.executable, "-m", "pipeline", *map(str, args)]
    full = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **env}
    return subprocess.run(command, cwd=cwd, env=full, capture_output=True, text=True, check=False)


COMMANDS: list[tuple[Reply, int, str]] = [
    (answer(PAGE), 0, ""),
    (answer(b"%PDF-1.7"), 4, "the bytes are a PDF, not a page"),
    (b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", 3, "is no header"),
    (answer(PAGE, "200 OK", HTML, ("Transfer-Encoding", "chunked")), 3, "in two ways"),
]


@pytest.mark.parametrize(("reply", "code", "words"), COMMANDS)
def test_the_command_has_its_exit_code_and_one_line_on_stderr(
    reply: Reply, code: int, words: str, tmp_path: Path
) -> None:
    with serve(reply) as server:
        server.on(ROBOTS, answer(b"\xff\xfe garbage: \x85 %\n" * 99))
        done = run("fetch", "--url", server.url, "--raw", tmp_path / "raw", cwd=tmp_path)
        assert len(server.pages()) == 1
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == (1 if code else 0)
    assert done.stderr.startswith("ihk: error: " if code else "")
    assert words in done.stderr
    assert stored(tmp_path).log.visits[-1].attempts == 1


def hostile() -> Iterator[tuple[str, Any]]:
    """Give servers that mean to use up memory; what they send is not far beyond the limits."""
    yield "gzip", lambda server: server.on("/", gzipped(bytes(MAX_BYTES + 1)))
    yield "endless", lambda s: s.on("/", s.endless(answer(length=False), b"<p>" * 2**18))
    yield "headers", lambda s: s.on("/", s.endless(b"HTTP/1.1 200 OK\r\nX: ", bytes(2**20)))
    yield "continue", lambda s: s.on("/", s.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 999))
    yield "chunks", lambda s: s.on("/", s.endless(chunked(b"")[:-5], b"1\r\nx\r\n" * 2**16))
    yield (
        "redirect",
        lambda s: s.on(
            "/", s.endless(answer(b"", "302 Go", ("Location", "/x"), length=False), bytes(2**20))
        ),
    )
    yield "robots", lambda s: s.on(ROBOTS, gzipped(bytes(4 * MAX_RULES + 1)))
    yield "rights", lambda s: s.on(RIGHTS, answer(json.dumps([rule("/a")] * 50_000).encode()))
    yield "full", lambda server: server.on("/", answer(b"<p>x</p>" * (MAX_BYTES // 8)))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read the peak from")
@pytest.mark.parametrize(("name", "prepare"), list(hostile()))
def test_no_server_takes_more_than_256_mebibytes_of_memory(
    name: str, prepare: Any, tmp_path: Path
) -> None:
    """Provenance: FAULTS 5."""
    program = (
        "import sys, re, pathlib, pipeline.cli.entry\n"
        "try:\n    pipeline.cli.entry.main()\n"
        "finally:\n"
        "    status = pathlib.Path('/proc/self/status').read_text()\n"
        "    pathlib.Path('peak').write_text(re.search(r'VmHWM:\\s+(\\d+)', status)[1])\n"
    )
    with serve(answer(PAGE)) as server:
        prepare(server)
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", program, "fetch", "--url", server.url, "--timeout", "60"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert time.monotonic() - began < 62
    assert done.returncode in ((0,) if name == "rights" else (3, 4)), done.stderr
    assert int((tmp_path / "peak").read_text()) < 256 * 1024
