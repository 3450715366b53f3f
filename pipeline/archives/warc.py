"""Web archives (WARC, ISO 28500) -> the pages in them, each with its time; and back.

A record that cannot be read is yielded as what is wrong with it, never skipped.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader

from pipeline.errors import SpecError
from pipeline.fetch import FetchFailed, gunzip
from pipeline.page import MAX_BYTES, parse_content_type

PAGE_TYPES = ("text/html", "text/plain", "application/xhtml+xml")
TIME_UNKNOWN = "Capture-Time"  # a header of this program's own exports: `unknown`
_BLOCK = 2**16
_GZIP_MAGIC = b"\x1f\x8b"


class Archived(NamedTuple):
    """A page in an archive; `body` is None in a revisit, whose bytes had this digest before."""

    url: str
    at: datetime | None
    content_type: str | None  # None in a revisit that does not tell
    body: bytes | None
    digest: str  # of the payload as it was sent: `sha1:` and base32, or as the archive has it
    place: str  # where a person finds it
    headers: tuple[tuple[str, str], ...] = ()


class Broken(NamedTuple):
    """A record, or the rest of a file, that cannot be read."""

    place: str
    reason: str


def iter_archive(
    file: BinaryIO, name: str, is_wanted: Callable[[str], bool]
) -> Iterator[Archived | Broken]:
    """Yield the pages of a WARC file that were answered with 200 and whose address is wanted.

    Raises SpecError if the file is no WARC file at all.
    """
    records = 0
    noise = io.StringIO()  # the library prints warnings
    try:
        iterator = ArchiveIterator(file, check_digests=True)
        while True:
            with contextlib.redirect_stderr(noise):
                record = next(iterator, None)
            if record is None:
                break
            records += 1
            if iterator.err_count:
                iterator.err_count = 0
                yield Broken(name, f"record {records - 1} is longer than its header says")
            with contextlib.redirect_stderr(noise):
                found = _read_record(record, name, is_wanted)
            if found is not None:
                yield found
    except Exception as error:  # noqa: BLE001  # what a library raises on arbitrary bytes
        why = type(error).__name__  # its text may quote the file, so persons too
        if not records:
            raise SpecError(
                f"{name}: not a WARC file that can be read ({why}); a page goes to ihk extract"
            ) from None
        yield Broken(name, f"it cannot be read beyond record {records}: {why}")
        return
    if not records:
        raise SpecError(f"{name}: not a WARC file: there is no record in it")


def is_same_page(url: str | None, other: str) -> bool:
    """Tell whether two addresses are one page's: with and without TLS, `www.`, a last slash.

    >>> is_same_page("http://www.a.example/b/", "https://a.example/b")
    True
    """
    return url is not None and _bare(url) == _bare(other)


def _bare(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{port}{parts.path.rstrip('/')}?{parts.query}"


def _read_record(
    record: Any, name: str, is_wanted: Callable[[str], bool]
) -> Archived | Broken | None:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type not in ("response", "resource", "revisit") or not is_wanted(url):
        return None
    place = f"{name} ({url})"
    http = record.http_headers
    if http is not None and http.get_statuscode() != "200":
        return None
    is_bare = http is None and record.rec_type == "revisit"  # it names its payload and no more
    headers = http if http is not None else record.rec_headers
    content_type = None if is_bare else headers.get_header("Content-Type") or ""
    if content_type is not None and parse_content_type(content_type)[0] not in PAGE_TYPES:
        return None
    unknown = record.rec_headers.get_header(TIME_UNKNOWN) is not None
    at = None if unknown else _parse_date(record.rec_headers.get_header("WARC-Date"))
    if at is None and not unknown:
        return Broken(place, "its WARC-Date is no time")
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    pairs = tuple(headers.headers) if http is not None else ()
    if record.rec_type == "revisit":
        if not digest:
            return Broken(place, "a revisit that does not name the digest of its payload")
        return Archived(url, at, content_type, None, digest, place, pairs)
    payload = _read_payload(record, http)
    if isinstance(payload, str):
        return Broken(place, payload)
    body = _unpack(payload, http)
    if isinstance(body, str):
        return Broken(place, body)
    return Archived(url, at, content_type, body, digest or hash_payload(payload), place, pairs)


def hash_payload(payload: bytes) -> str:
    """Return the digest that web archives name a payload by: SHA-1 in base32 (ISO 28500)."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload).digest()).decode()  # noqa: S324


def _read_payload(record: Any, http: Any) -> bytes | str:
    """Return the body as it was sent, without the chunks' marks; or what is wrong with it."""
    stream = record.raw_stream
    is_chunked = http is not None and http.get_header("Transfer-Encoding") == "chunked"
    reader = ChunkedDataReader(stream, decomp_type=None) if is_chunked else stream
    payload = bytearray()
    while len(payload) <= MAX_BYTES and (block := reader.read(_BLOCK)):
        payload += block
    if len(payload) > MAX_BYTES:
        return f"the page has more than {MAX_BYTES:,} bytes"
    while stream.read(_BLOCK):  # so that its end and its digest are looked at
        pass
    if getattr(stream, "limit", 0):
        return "the file ends inside this record"
    if record.digest_checker.passed is False:
        return f"its bytes are not those it was written with: {record.digest_checker.problems[0]}"
    return bytes(payload)


def _unpack(payload: bytes, http: Any) -> bytes | str:
    coding = ((http.get_header("Content-Encoding") if http is not None else "") or "").lower()
    if coding in ("", "identity"):
        return payload
    if coding not in ("gzip", "x-gzip"):
        return f"its body is coded as {coding}, which is not read here"
    if not payload.startswith(_GZIP_MAGIC):  # the archive unpacked it and kept the header
        return payload
    try:
        return b"".join(gunzip([payload], MAX_BYTES, True))
    except (FetchFailed, zlib.error) as error:
        return str(error)


def _parse_date(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
