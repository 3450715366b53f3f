"""The raw store: captures as received, and the log of visits.  It is only ever added to.

raw/LISTING/visits.jsonl             one JSON line for each visit or verdict
raw/LISTING/captures/ID.html|.txt    a capture's bytes; ID: first 12 hex digits of their sha256
raw/LISTING/captures/ID.json         its sidecar: how the bytes came
raw/registers/ID.txt                 a copy of each register that was used
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import DamagedFile, SourceUnavailable
from pipeline.model import Capture, Origin, Status
from pipeline.storage import make_directory, read_stored, write_file

SUFFIXES = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt"}
_ID = re.compile(r"[0-9a-f]{12}")
_STATUS: dict[str, Status] = {
    "new": "accepted",
    "imported": "accepted",
    "suspect": "suspect",
    "accepted": "accepted_by_hand",
    "rejected": "rejected",
}


class Visit(NamedTuple):
    """A line of the visit log that could be read."""

    at: datetime
    outcome: str
    capture_id: str | None
    reason: str | None
    sha256: str


class Stored(NamedTuple):
    """A capture of the store with the verdict of the log."""

    capture: Capture
    status: Status
    reason: str | None


class Store(NamedTuple):
    """What the store holds: captures in the order of history, and the visits."""

    captures: tuple[Stored, ...]
    visits: tuple[Visit, ...]
    torn: bool = False  # the log's last line was not written to its end

    def in_force(self) -> Stored | None:
        """Return the newest accepted capture."""
        good = [c for c in self.captures if c.status in ("accepted", "accepted_by_hand")]
        return good[-1] if good else None


def read_store(raw: Path, listing: str, until: str | None = None) -> Store:
    """Read the captures and visits of a listing; raises DamagedFile if a byte is not as stored.

    `until` is the sha256 of the last visit to look at, None for all.
    """
    folder = raw / listing
    if not (folder / "visits.jsonl").exists():
        raise SourceUnavailable(
            f"{folder}: no visit log, so there is no capture; give files: ihk extract PAGE --out DIR"
        )
    visits, torn = read_visits(folder / "visits.jsonl")
    if until is not None:
        ends = [n for n, visit in enumerate(visits, start=1) if visit.sha256 == until]
        if not ends:
            raise DamagedFile(f"{folder / 'visits.jsonl'}: the visit {until[:12]}… is gone from it")
        visits = visits[: ends[0]]
    verdicts: dict[str, Visit] = {}
    for visit in visits:
        if visit.capture_id and visit.outcome in _STATUS:
            verdicts[visit.capture_id] = visit
    stored = [
        Stored(read_capture(folder / "captures", name), _STATUS[v.outcome], _reason(v))
        for name, v in verdicts.items()
    ]
    undated = [c for c in stored if c.capture.captured_at is None]
    dated = [c for c in stored if c.capture.captured_at is not None]
    dated.sort(key=lambda c: (c.capture.captured_at, c.capture.capture_id))
    return Store((*undated, *dated), visits, torn)


def _reason(visit: Visit) -> str | None:
    return visit.reason if visit.outcome in ("suspect", "rejected") else None


def read_visits(path: Path) -> tuple[tuple[Visit, ...], bool]:
    """Read the visit log, and tell whether its last line is torn; another bad line is damage."""
    content = read_stored(path)
    lines = content.split(b"\n")
    torn = lines.pop()  # what stands behind the last line break: nothing, or a torn line
    visits = []
    for number, line in enumerate(lines, start=1):
        visit = parse_visit(line)
        if visit is None:
            raise DamagedFile(
                f"{path}, line {number}: not as it was written; restore the log from a backup"
            )
        visits.append(visit)
    whole = parse_visit(torn) if torn else None
    return (*visits, whole) if whole else tuple(visits), bool(torn) and whole is None


def parse_visit(line: bytes) -> Visit | None:
    """Read a line of the visit log; None if it is not what was written."""
    try:
        data = json.loads(line)
        digest = data.pop("sha256")
        if hashlib.sha256(canonical(data)).hexdigest() != digest:
            return None
        at = datetime.fromisoformat(data["at"])
        return Visit(at, data["outcome"], data.get("capture_id"), data.get("reason"), digest)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def canonical(data: dict[str, Any]) -> bytes:
    """Return the bytes that a visit's own sha256 is taken over: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def render_visit(data: dict[str, Any]) -> bytes:
    """Return a visit as a line of the log, with its own sha256."""
    return canonical({**data, "sha256": hashlib.sha256(canonical(data)).hexdigest()}) + b"\n"


def read_capture(folder: Path, capture_id: str) -> Capture:
    """Read a stored capture; its bytes must have the digest that its name and sidecar tell."""
    if not _ID.fullmatch(capture_id):
        raise DamagedFile(f"{folder}: {capture_id!r} in the visit log is no capture's id")
    sidecar = folder / f"{capture_id}.json"
    try:
        data = json.loads(read_stored(sidecar))
        media_type, declared = str(data["media_type"]), str(data["sha256"])
        at = data.get("captured_at")
        captured_at = datetime.fromisoformat(at).astimezone(UTC) if at else None
        origin: Origin = data["origin"]
        charset, url = data.get("charset"), data.get("url")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedFile(f"{sidecar}: not a sidecar as it was written: {error}") from None
    path = folder / f"{capture_id}{SUFFIXES.get(media_type, '.bin')}"
    body = read_stored(path)
    digest = hashlib.sha256(body).hexdigest()
    if digest != declared or not digest.startswith(capture_id):
        raise DamagedFile(
            f"{path}: the bytes have the sha256 {digest[:12]}…, not {declared[:12]}…; "
            "restore the file from a backup"
        )
    return Capture(body, digest, media_type, charset, url, captured_at, origin, str(path))


def keep_register(raw: Path, content: bytes) -> Path:
    """Copy a register into the store, once; return where it lies."""
    path = raw / "registers" / f"{hashlib.sha256(content).hexdigest()[:12]}.txt"
    if not path.exists():
        make_directory(path.parent)
        write_file(path, content)
    return path


def iter_strangers(raw: Path, listing: str) -> list[Path]:
    """Return files of the listing's folder that no visit names."""
    folder = raw / listing
    named = {"visits.jsonl", ".lock"}
    for visit in read_visits(folder / "visits.jsonl")[0]:
        if visit.capture_id:
            named |= {f"{visit.capture_id}{end}" for end in (".json", ".html", ".txt", ".bin")}
    return sorted(
        path for path in folder.rglob("*") if not path.is_dir() and path.name not in named
    )
