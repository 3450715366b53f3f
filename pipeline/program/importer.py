"""Pages of web archives -> captures and lines of the log, judged in the order of history.

The history is the same whatever the order of import.  A capture that archives alone have shown is
therefore judged against the one before it in time, and judged again when an import puts another one
there; a verdict on what was fetched, or a person's, stands.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.archives import (
    PAUSE,
    Archived,
    Broken,
    Memento,
    fetch_memento,
    find_content_type,
)
from pipeline.fetch import Client, Late, Refused, get_host, is_loopback
from pipeline.flow import judge_capture
from pipeline.history import GOOD, Outcome, Sighting, Visit
from pipeline.listing import ListingSpec
from pipeline.page import receive
from pipeline.privacy import suppress_new
from pipeline.settings import Settings
from pipeline.store import (
    CAPTURES,
    Store,
    append_visit,
    clock,
    keep_capture,
    read_log_as_store,
    read_sidecar,
)


@dataclass
class Imported:
    """What an import did; `problems` are sentences on what could not be had or read."""

    found: int = 0  # pages of the listing that the archives hold
    new: int = 0  # captures that the store did not have
    seen_again: int = 0  # times at which a capture that it had stood on the page
    known: int = 0  # times that it knew
    others: int = 0  # answers of a server that were no pages
    suspect: list[tuple[str, str]] = field(default_factory=list)  # new ones, and why
    problems: list[str] = field(default_factory=list)
    unavailable: str | None = None  # why a server was given up; the same command goes on


def connect(server: str, settings: Settings) -> Client:
    """Return a client for one request to an archive's server."""
    return Client(server, settings.contact, settings.timeout)


class Importer:
    """Puts pages of archives into a store, each with its line in the log at once."""

    def __init__(self, store: Store, spec: ListingSpec, result: Imported) -> None:
        self.store, self.spec, self.result = store, spec, result
        self.by_digest = {
            digest: name
            for name in store.history.verdicts
            if (digest := read_sidecar(store.folder / CAPTURES, name).get("archive_digest"))
        }
        self.added: set[str] = set()
        seen = [visit for visit in store.log.visits if visit.seen_at]
        self.times = {(visit.seen_at, visit.url) for visit in seen}
        self.sightings = {(visit.seen_at, visit.capture_id, visit.url) for visit in seen}

    def take(self, found: Archived | Broken) -> None:
        """Take what stands in a WARC file."""
        if isinstance(found, Broken):
            self.result.problems.append(f"{found.place}: {found.reason}")
            return
        self.result.found += 1
        if found.body is not None:
            self._keep(found)
        elif found.digest in self.by_digest:
            self._note(self.by_digest[found.digest], found.at, found.url, found.content_type, None)
        else:
            self.result.problems.append(
                f"{found.place}: the page that this revisit means is neither in the file before "
                "it nor in the store"
            )

    def take_memento(self, memento: Memento, server: str, settings: Settings) -> None:
        """Take what a server lists: asked for only if neither its time nor its bytes are known."""
        self.result.found += 1
        if (memento.at, memento.url) in self.times:
            self.result.known += 1
            return
        name = self.by_digest.get(memento.digest)
        if name is not None:
            first = self.store.history.firsts[name].visit.content_type
            self._note(name, memento.at, memento.url, first, None)
            return
        if not is_loopback(get_host(server)):
            time.sleep(PAUSE)
        try:
            answer = fetch_memento(connect(server, settings), memento)
        except Late:
            raise
        except Refused as error:  # this one cannot be had; others may
            self.result.problems.append(str(error))
            return
        self._keep(
            Archived(
                memento.url,
                memento.at,
                find_content_type(answer),
                answer.content,
                memento.digest,
                memento.address,
                tuple(answer.headers),
            )
        )

    def _keep(self, page: Archived) -> None:
        """Store a page's bytes, if they are new, and note that it stood there then."""
        body = page.body or b""
        capture = receive(body, page.content_type, page.url, page.at, "archive", page.place)
        capture = suppress_new(capture, self.store.folder)
        name = capture.capture_id
        if page.digest:  # two that have none are not the same page
            self.by_digest[page.digest] = name
        reason = None
        if name not in self.store.history.verdicts:
            reason = judge_capture(capture, self.spec).reason
            more = {
                "archive": page.place,
                "archive_digest": page.digest,
                "headers": [list(pair) for pair in page.headers],
            }
            keep_capture(self.store.folder, capture, more)
        self._note(name, page.at, page.url, page.content_type, reason)

    def _note(
        self,
        name: str,
        at: datetime | None,
        url: str,
        content_type: str | None,
        reason: str | None,
    ) -> None:
        """Write down that a capture stood on the page at a time, unless that is known."""
        verdict = self.store.history.verdicts.get(name)
        if (at, name, url) in self.sightings or (at is None and verdict):
            self.result.known += 1
            return
        if verdict is None:
            self.result.new += 1
            self.added.add(name)
        else:
            self.result.seen_again += 1
            reason = verdict.reason if verdict.status == "suspect" else None
        outcome: Outcome = "suspect" if reason else "imported"
        self._append(Visit(
            clock.now(), url, outcome, 200, 0, name, reason, seen_at=at, content_type=content_type,
        ))  # fmt: skip
        self.sightings.add((at, name, url))
        self.times.add((at, url))

    def judge_again(self) -> None:
        """Judge what only archives have shown against what stands before it now."""
        history = self.store.history
        fetched = {one.capture_id for one in history.sightings if not one.visit.is_import()}
        counts: dict[str, int] = {}
        good: dict[str, bool] = {}
        before: int | None = None
        for one in history.sightings:
            name = one.capture_id
            if name not in good:
                status = history.verdicts[name].status
                judged = judge_capture(self.store.read(name), self.spec, before)
                counts[name] = len(judged.listing.records)
                by_hand = status in ("accepted_by_hand", "rejected")
                if name in fetched or by_hand or one.at is None:
                    good[name] = status in GOOD
                else:
                    good[name] = judged.reason is None
                    self._correct(one, judged.reason)
            if good[name]:
                before = counts[name]
        self.result.suspect = [
            (name, verdict.reason or "")
            for name, verdict in self.store.history.verdicts.items()
            if name in self.added and verdict.status == "suspect"
        ]

    def _correct(self, sighting: Sighting, reason: str | None) -> None:
        """Write down a verdict that differs from the one in the log."""
        verdict = self.store.history.verdicts[sighting.capture_id]
        if (verdict.status == "suspect") != (reason is not None) or verdict.reason != reason:
            outcome: Outcome = "suspect" if reason else "imported"
            self._append(sighting.visit._replace(at=clock.now(), outcome=outcome, reason=reason))

    def _append(self, visit: Visit) -> None:
        log = append_visit(self.store.folder, self.store.log, visit)
        self.store = read_log_as_store(self.store.folder, log)
