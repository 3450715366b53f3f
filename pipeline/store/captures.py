"""The raw store: captures as received, with their sidecars.  It is only ever added to.

raw/LISTING/visits.jsonl, .seal      the log of visits (visits.py)
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
from typing import Any

from pipeline.errors import DamagedFile, PipelineError
from pipeline.model import Capture, Origin
from pipeline.store.reading import read_stored
from pipeline.store.storage import flush, lock, make_directory, remove_leftovers, write_file
from pipeline.store.visit_log import FORGETTING, FORGOTTEN, LOG, SEAL, Log, canonical

CAPTURES, REGISTERS = "captures", "registers"
LOCK = ".lock"
HOSTS = ".hosts"  # when each host was asked last
_PATIENCE = 10.0  # seconds that a run waits for another that copies a register
SUFFIXES = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt"}
OTHER = ".bin"  # what is no page is kept too
_ID = re.compile(r"[0-9a-f]{12}")


def is_stored(folder: Path, capture_id: str) -> bool:
    """Tell whether a capture of a listing's folder is there and whole."""
    try:
        read_capture(folder / CAPTURES, capture_id)
    except DamagedFile:
        return False
    return True


def read_capture(folder: Path, capture_id: str) -> Capture:
    """Read a capture from a folder `captures`; DamagedFile unless each byte is as it was stored."""
    if not _ID.fullmatch(capture_id):
        raise DamagedFile(f"{folder}: {capture_id!r} in the visit log is no capture's id")
    data = read_sidecar(folder, capture_id)
    try:
        media_type, declared = str(data["media_type"]), str(data["sha256"])
        at = data.get("captured_at")
        captured_at = datetime.fromisoformat(at).astimezone(UTC) if at else None
        origin: Origin = data["origin"]
        charset, url = data.get("charset"), data.get("url")
    except (ValueError, KeyError, TypeError) as error:
        raise _no_sidecar(folder / f"{capture_id}.json", str(error)) from None
    path = folder / f"{capture_id}{SUFFIXES.get(media_type, OTHER)}"
    body = read_stored(path)
    digest = hashlib.sha256(body).hexdigest()
    if digest != declared or not digest.startswith(capture_id):
        raise DamagedFile(
            f"{path}: the bytes have the sha256 {digest[:12]}…, not {declared[:12]}…; "
            "restore the file from a backup"
        )
    return Capture(body, digest, media_type, charset, url, captured_at, origin, str(path))


def read_sidecar(folder: Path, capture_id: str) -> dict[str, Any]:
    """Return what is known of how a capture came; DamagedFile unless it is as it was written."""
    path = folder / f"{capture_id}.json"
    content = read_stored(path)
    try:
        data: dict[str, Any] = json.loads(content)
        own = {name: value for name, value in data.items() if name != "sidecar_sha256"}
        if render_sidecar(own) != content:
            raise ValueError("its own sha256 is another")
    except (ValueError, AttributeError, RecursionError) as error:
        raise _no_sidecar(path, str(error)) from None
    return own


def _no_sidecar(path: Path, why: str) -> DamagedFile:
    return DamagedFile(
        f"{path}: not a sidecar as it was written: {why}; restore the file from a backup"
    )


def render_sidecar(data: dict[str, Any]) -> bytes:
    """Return a sidecar: JSON for people, with the sha256 of its own data at the end."""
    digest = hashlib.sha256(canonical(data)).hexdigest()
    text = json.dumps({**data, "sidecar_sha256": digest}, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def keep_capture(folder: Path, capture: Capture, more: dict[str, Any]) -> None:
    """Write a capture and its sidecar into a listing's folder; `more` is told in the sidecar."""
    own: dict[str, Any] = {
        "sha256": capture.sha256,
        "bytes": len(capture.body),
        "media_type": capture.media_type,
        "charset": capture.charset,
        "url": capture.url,
        "captured_at": capture.captured_at and capture.captured_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "origin": capture.origin,
    }
    place = folder / CAPTURES
    make_directory(place)
    write_file(
        place / f"{capture.capture_id}{SUFFIXES.get(capture.media_type, OTHER)}", capture.body
    )
    write_file(place / f"{capture.capture_id}.json", render_sidecar({**own, **more}))


def keep_register(raw: Path, content: bytes) -> Path:
    """Copy a register into the store, once; return where it lies."""
    path = raw / REGISTERS / f"{hashlib.sha256(content).hexdigest()[:12]}.txt"
    if path.exists():
        flush(path.parent)  # the run that copied it may have died before
        return path
    with lock(path.parent / LOCK, _PATIENCE):
        remove_leftovers(path.parent)
        if not path.exists():
            write_file(path, content)
    return path


def list_strangers(folder: Path, log: Log) -> list[Path]:
    """Return files of a listing's folder that no visit names."""
    named = {folder / name for name in (LOG, SEAL, LOCK, FORGOTTEN, FORGETTING)}
    for name in {visit.capture_id for visit in log.visits if visit.capture_id}:
        stem = folder / CAPTURES / name
        try:
            media_type = read_sidecar(folder / CAPTURES, name).get("media_type")
            ends = [SUFFIXES.get(str(media_type), OTHER)]
        except PipelineError:
            ends = [*SUFFIXES.values(), OTHER]
        named |= {stem.with_suffix(end) for end in (".json", *ends)}
    return sorted(path for path in folder.rglob("*") if not path.is_dir() and path not in named)
