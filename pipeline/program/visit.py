"""One polite visit: ask for the page, judge what came, and write it down.

Every visit leaves a line in the log, also one that found nothing new, failed, or sent no request
because it was told to wait: "no news" can be proved.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import DamagedFile
from pipeline.fetch import (
    Answer,
    Client,
    FetchFailed,
    Permission,
    Refused,
    Turn,
    check_reserved,
    check_url,
    obey_wait,
    take_turn,
    wait,
)
from pipeline.history import GOOD, SEEN, Outcome, Visit, print_time
from pipeline.listing import ListingSpec
from pipeline.model import Capture
from pipeline.page import has_whole_end, receive
from pipeline.settings import Settings
from pipeline.store import (
    CAPTURES,
    FORGOTTEN,
    Store,
    append_visit,
    check_writable,
    clock,
    is_stored,
    keep_capture,
    lock,
    make_directory,
    read_log,
    read_log_as_store,
    remove_leftovers,
)

TRUSTED_304 = 9  # in a row; the next visit asks without conditions
TRUSTED_FOR = timedelta(days=7)
_GONE = (404, 410)
_LONGEST_MARK = 1000  # characters of an ETag


class Visited(NamedTuple):
    """A visit, and the store as it is after it."""

    visit: Visit
    store: Store
    before: str | None  # the capture in force before the visit
    records: int | None = None  # of a capture that was judged now
    records_before: int | None = None
    failure: FetchFailed | None = None


@contextlib.contextmanager
def open_store(settings: Settings, spec: ListingSpec, *, write: bool = True) -> Iterator[Store]:
    """Hold the listing's lock and yield its store, which may be empty.

    Raises Locked if another run is at work, StorageError if nothing could be written.  Without
    `write` nothing is, not even a lock file.
    """
    folder = Path(settings.raw) / spec.name
    with contextlib.ExitStack() as stack:
        if write or (folder / ".lock").exists():
            stack.enter_context(lock(folder / ".lock"))
        if write:
            make_directory(folder / CAPTURES)  # the lock has made the folder itself
            for place in (folder, folder / CAPTURES):
                remove_leftovers(place)
            check_writable(folder)
        yield read_log_as_store(folder, read_log(folder))


def pay_visit(
    settings: Settings, spec: ListingSpec, store: Store, *, write: bool = True
) -> Visited:
    """Visit the page once; a failure is returned and not raised.

    Raises SpecError if the settings are wrong, DamagedFile or StorageError for the store.
    """
    url = check_url(settings.url or spec.url)
    client = Client(url, settings.contact, settings.timeout)
    before, begun = store.history.in_force(), clock.now()
    try:
        obey_wait(url, store.log.visits, client)
        with take_turn(settings, url, client, write=write) as turn:
            answer = _ask(url, client, store, turn)
    except FetchFailed as error:
        visit = Visit(
            clock.now(), url, error.outcome, error.http_status, client.sent[url], None, str(error),
            wait_until=error.wait_until,
        )  # fmt: skip
        return Visited(visit, _write(store, visit, None, write=write), before, failure=error)
    return _receive(answer, client.sent[url], begun, spec, store, write=write)


def _ask(url: str, client: Client, store: Store, turn: Turn) -> Answer:
    """Return an answer of 200 or 304."""
    permission = Permission(client)

    def permit(address: str) -> None:
        delay = permission.check(address)
        if turn.last is not None:
            wait(turn.last + delay - time.time(), client, "robots.txt wants that crawl delay")

    conditions = _find_conditions(store)
    answer = client.get(url, conditions=conditions, permit=permit)
    if answer.status == 200 or (answer.status == 304 and answer.url in conditions):
        check_reserved(answer)
        return answer
    if answer.status in _GONE:
        raise FetchFailed(
            f"{answer.url} answers {answer.status}; if the page is gone for good, its past may be "
            "in a web archive (ihk backfill)",
            "gone",
            http_status=answer.status,
        )
    raise Refused(f"{answer.url} answers {answer.status}", http_status=answer.status)


def _find_conditions(store: Store) -> dict[str, dict[str, str]]:
    """Return the headers that ask for news only, if the last answers can be trusted that far."""
    quiet = 0
    for visit in reversed(store.log.visits):
        if visit.outcome == "not_modified":
            quiet += 1
        if visit.outcome not in SEEN or visit.is_import():
            continue
        capture_id = visit.capture_id or ""
        fresh = quiet < TRUSTED_304 and timedelta(0) <= clock.now() - visit.at < TRUSTED_FOR
        known = capture_id == store.history.in_force() and is_stored(store.folder, capture_id)
        if not visit.url or not fresh or not known:
            return {}
        if visit.etag:
            return {visit.url: {"If-None-Match": visit.etag}}
        if visit.last_modified:
            return {visit.url: {"If-Modified-Since": visit.last_modified}}
        return {}
    return {}


def _receive(
    answer: Answer,
    attempts: int,
    begun: datetime,
    spec: ListingSpec,
    store: Store,
    *,
    write: bool,
) -> Visited:
    """Judge the page that came, and write it down."""
    at = clock.now()
    before = store.history.in_force()
    if answer.status == 304:
        visit = Visit(at, answer.url, "not_modified", 304, attempts, before)
        return Visited(visit, _write(store, visit, None, write=write), before)
    content_type = answer.header("content-type") or ""
    capture = receive(answer.content, content_type, answer.url, at, "fetch", answer.url)
    if (store.folder / FORGOTTEN).exists():  # else nothing of it is imported
        from pipeline.privacy import suppress_new

        capture = suppress_new(capture, store.folder)
    name = capture.capture_id
    verdict = store.history.verdicts.get(name)
    outcome: Outcome = "new"
    records = records_before = reason = None
    if verdict and verdict.status in GOOD:
        if name == before:
            outcome = "unchanged"
    elif verdict and verdict.status == "rejected":
        outcome, reason = "unchanged", "these bytes were rejected by hand"
    else:
        from pipeline.flow import judge_capture  # costs time, and most visits bring nothing new

        if before:
            records_before = _count_records(before, spec, store, attempts, answer, write=write)
        judged = judge_capture(capture, spec, records_before)
        records = len(judged.listing.records)
        reason = judged.reason or _doubt_end(answer)
        outcome = "suspect" if reason else "new"
    visit = Visit(
        at, answer.url, outcome, 200, attempts, name, reason,
        content_type=content_type, etag=_keep(answer.header("etag")),
        last_modified=_keep(answer.header("last-modified")),
    )  # fmt: skip
    new = None if is_stored(store.folder, name) else capture
    if new and write:
        keep_capture(store.folder, capture, _describe(answer, attempts, begun))
    after = _write(store, visit, new, write=write)
    return Visited(visit, after, before, records, records_before)


def _count_records(
    name: str, spec: ListingSpec, store: Store, attempts: int, answer: Answer, *, write: bool
) -> int:
    """Return how many records the capture in force has, by the present rules."""
    from pipeline.flow import judge_capture

    try:
        return len(judge_capture(store.read(name), spec).listing.records)
    except DamagedFile as error:  # so what came cannot be judged; it stays on the page
        visit = Visit(clock.now(), answer.url, "refused", 200, attempts, None, str(error))
        _write(store, visit, None, write=write)
        raise


def _keep(mark: str | None) -> str | None:
    """Return an ETag or a date if it can be sent back at the next visit."""
    return mark if mark and mark.isprintable() and len(mark) <= _LONGEST_MARK else None


def _doubt_end(answer: Answer) -> str | None:
    """Return why a page may have been cut without anybody being able to tell (HTTP/1.0)."""
    if answer.is_delimited or has_whole_end(answer.content):
        return None
    return "the server did not say how long the page is, and it does not end with </html>"


def _describe(answer: Answer, attempts: int, begun: datetime) -> dict[str, object]:
    """Return what else is known of how a capture came, for its sidecar."""
    return {
        "status": answer.status,
        "requested_url": (*answer.hops, answer.url)[0],
        "redirects": list(answer.hops),
        "visit_begun_at": print_time(begun),
        "attempts": attempts,
        "headers": [list(pair) for pair in answer.headers],
    }


def _write(store: Store, visit: Visit, capture: Capture | None, *, write: bool) -> Store:
    if not write:
        return store.add(visit, capture)
    return read_log_as_store(store.folder, append_visit(store.folder, store.log, visit))
