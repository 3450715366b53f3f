"""A listing's part of the raw store as one value: the visit log, its history, the captures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import DamagedFile, SourceUnavailable, SpecError
from pipeline.history import History, Visit, read_history
from pipeline.model import Capture
from pipeline.page import parse_content_type, sniff
from pipeline.store.captures import CAPTURES, read_capture, read_sidecar
from pipeline.store.visit_log import LOG, Log, add_visit, has_log, read_log

_SHORTEST = 4  # digits of an id that a person may give


class Store(NamedTuple):
    """What is known of a listing.  `unwritten` holds captures that a dry run would add."""

    folder: Path
    log: Log
    history: History
    unwritten: tuple[Capture, ...] = ()

    def read(self, capture_id: str) -> Capture:
        """Return a capture as it was seen first: the order in which it was imported never matters."""
        for capture in self.unwritten:
            if capture.capture_id == capture_id:
                return capture
        capture = read_capture(self.folder / CAPTURES, capture_id)
        capture = replace(capture, captured_at=self.history.seen.get(capture_id))
        first = self.history.firsts.get(capture_id)
        if first is None or first.visit.content_type is None:  # the sidecar alone tells
            return capture
        media_type, charset = parse_content_type(first.visit.content_type)
        return replace(
            capture,
            url=first.visit.url,
            media_type=media_type or sniff(capture.body),
            charset=charset,
            origin="archive" if first.visit.seen_at else "fetch",
        )

    def add(self, visit: Visit, capture: Capture | None = None) -> Store:
        """Return the store as it would be after a visit; nothing is written."""
        log = add_visit(self.log, visit)
        more = (capture,) if capture else ()
        return read_log_as_store(self.folder, log)._replace(unwritten=(*self.unwritten, *more))

    def find(self, wanted: str) -> str:
        """Return the id of the one capture that begins with `wanted`; SpecError if none does."""
        found = [name for name in self.history.verdicts if name.startswith(wanted)]
        if len(found) == 1 and len(wanted) >= _SHORTEST:
            return found[0]
        known = ", ".join(self.history.verdicts) or "none"
        raise SpecError(f"{self.folder}: no single capture begins with {wanted!r}; give at "
                        f"least {_SHORTEST} digits of one of: {known}")  # fmt: skip


def read_store(raw: Path, listing: str, until: str | None = None) -> Store:
    """Read the visit log of a listing; captures are read when asked for.

    `until` is the sha256 of the last visit to look at, None for all.  Raises SourceUnavailable if
    there is no log, DamagedFile if it is not as it was written.
    """
    folder = raw / listing
    if not has_log(folder):
        raise SourceUnavailable(
            f"{folder}: no visit log, so there is no capture; fetch the page (ihk fetch) or give "
            "files: ihk extract PAGE --out DIR"
        )
    store = read_log_as_store(folder, read_log(folder))
    return cut_store(store, until) if until else store


def cut_store(store: Store, until: str) -> Store:
    """Return the store as it was after the visit with this sha256."""
    ends = [n for n, visit in enumerate(store.log.visits, start=1) if visit.sha256 == until]
    if not ends:
        raise DamagedFile(
            f"{store.folder / LOG}: the visit {until[:12]}… that the published tables were made "
            "after is gone from it; restore the log from a backup, or delete the published tables"
        )
    cut = read_log_as_store(store.folder, store.log._replace(visits=store.log.visits[: ends[0]]))
    return cut._replace(unwritten=store.unwritten)


def read_log_as_store(folder: Path, log: Log) -> Store:
    """Return the store that a log tells of."""

    def sidecar(capture_id: str) -> dict[str, Any]:
        return read_sidecar(folder / CAPTURES, capture_id)

    return Store(folder, log, read_history(log.visits, sidecar))
