"""The raw store -> a WARC file (ISO 28500) that other tools of web archives read.

Each capture is a `response` at the time it was seen first, each later sighting a `revisit`.  The
same store gives the same bytes.  What people said of captures stays in the visit log.
"""

from __future__ import annotations

import io
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.archives import TIME_UNKNOWN, hash_payload
from pipeline.errors import SourceUnavailable
from pipeline.history import Sighting, print_time
from pipeline.listing import ListingSpec
from pipeline.model import Capture
from pipeline.store import CAPTURES, Store, read_sidecar
from pipeline.version import VERSION

if TYPE_CHECKING:
    from pipeline.extraction import Progress

_FRAMING = ("content-length", "content-encoding", "transfer-encoding", "connection", "content-type")


def render_archive(
    store: Store, spec: ListingSpec, *, compress: bool, progress: Progress | None = None
) -> bytes:
    """Return the store as a WARC file, each record a gzip member if `compress`."""
    buffer = io.BytesIO()
    writer = WARCWriter(buffer, gzip=compress, warc_version="WARC/1.1")
    sightings = store.history.sightings
    if not sightings:
        raise SourceUnavailable(f"{store.folder}: the store holds no capture yet")
    last = sightings[-1].at or sightings[-1].visit.at
    about = {"software": f"ihk-listing/{VERSION}", "format": "WARC File Format 1.1",
             "isPartOf": spec.name, "description": spec.title}  # fmt: skip
    writer.write_record(_describe(writer, about, last, spec.name))
    seen: dict[str, tuple[str, str]] = {}
    for number, one in enumerate(sightings):
        capture = store.read(one.capture_id)
        url = one.visit.url or capture.url or spec.url
        names = _name_record(one, url, number)
        http = _describe_answer(store, capture)
        digest = hash_payload(capture.body)
        if one.capture_id in seen:
            target, at = seen[one.capture_id]
            record = writer.create_revisit_record(url, digest, target, at, http, names)
        else:
            seen[one.capture_id] = (url, names["WARC-Date"])
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(capture.body),
                length=len(capture.body),
                http_headers=http,
                warc_headers_dict={**names, "WARC-Payload-Digest": digest},
            )
        writer.write_record(record)
        if progress:
            progress(number + 1, len(sightings))
    return buffer.getvalue()


def _describe(writer: Any, about: dict[str, str], at: datetime, name: str) -> Any:
    """Return the record that says what the file is."""
    record = writer.create_warcinfo_record(None, about)
    record.rec_headers.replace_header("WARC-Date", print_time(at))
    record.rec_headers.replace_header("WARC-Record-ID", _make_id(name, print_time(at)))
    return record


def _name_record(one: Sighting, url: str, number: int) -> dict[str, str]:
    """Return the record's time and id; a capture of unknown time gets that of its import."""
    at = print_time(one.at or one.visit.at)
    names = {"WARC-Record-ID": _make_id(one.capture_id, url, at, str(number)), "WARC-Date": at}
    return names if one.at else {**names, TIME_UNKNOWN: "unknown"}


def _make_id(*parts: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(parts))}>"


def _describe_answer(store: Store, capture: Capture) -> StatusAndHeaders:
    """Return the answer's headers as they came, but for those that told how it was sent."""
    told = read_sidecar(store.folder / CAPTURES, capture.capture_id).get("headers", [])
    charset = f"; charset={capture.charset}" if capture.charset else ""
    headers = [
        ("Content-Type", f"{capture.media_type}{charset}"),
        ("Content-Length", str(len(capture.body))),
        *((name, value) for name, value in told if name.lower() not in _FRAMING),
    ]
    return StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
