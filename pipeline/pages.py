"""Files that a person has -> captures: HTML, text, and web archives (WARC)."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.errors import SpecError, SuspectPage
from pipeline.limits import MAX_ARCHIVE_BYTES, MAX_BYTES
from pipeline.media import parse_content_type
from pipeline.model import Capture
from pipeline.spec import ListingSpec

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".txt": "text/plain",
}
ARCHIVES = (".warc", ".warc.gz")


def read_pages(paths: list[Path], spec: ListingSpec) -> list[Capture]:
    """Read files into captures, undated ones first in the order given, then by time."""
    captures = [capture for path in paths for capture in _read_file(path, spec)]
    undated = [c for c in captures if c.captured_at is None]
    dated = [c for c in captures if c.captured_at is not None]
    dated.sort(key=lambda c: (c.captured_at, c.capture_id))
    return undated + dated


def make_capture(body: bytes, media_type: str, name: str) -> Capture:
    """Return the capture of bytes at hand; `media_type` may carry a charset.

    Raises SpecError if the media type is not one of a page.
    """
    bare, charset = parse_content_type(media_type)
    if bare not in ("text/html", "text/plain", "application/xhtml+xml"):
        raise SpecError(f"{name}: the media type {bare!r} is neither text/html nor text/plain")
    bare = "text/plain" if bare == "text/plain" else "text/html"
    return Capture(body, hashlib.sha256(body).hexdigest(), bare, charset, name=name)


def _read_file(path: Path, spec: ListingSpec) -> Iterator[Capture]:
    name = path.name.lower()
    archive = name.endswith(ARCHIVES)
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    if path.is_dir():
        raise SpecError(f"{path}: is a directory; give a page's file")
    if not archive and media_type is None:
        known = ", ".join((*MEDIA_TYPES, *ARCHIVES))
        raise SpecError(f"{path}: the ending of the name is none of {known}; rename the file")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SpecError(f"{path}: there is no such file") from None
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from None
    with open(handle, "rb", closefd=False) as file:
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise SpecError(f"{path}: is no regular file; give a page's file")
            if archive:
                yield from _read_archive(file, str(path), spec)
            else:
                body = file.read(MAX_BYTES + 1)
                yield make_capture(body, media_type or "", str(path))
        finally:
            os.close(handle)


def _read_archive(file: object, name: str, spec: ListingSpec) -> Iterator[Capture]:
    """Yield the listing's pages of a WARC file; all pages if none has the listing's address."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    own: list[Capture] = []
    others: list[Capture] = []
    size = 0
    try:
        for record in ArchiveIterator(file):
            if record.rec_type not in ("response", "resource"):
                continue
            headers = record.http_headers
            if headers is not None and headers.get_statuscode() != "200":
                continue
            source = headers if headers is not None else record.rec_headers
            media_type = source.get_header("Content-Type") or ""
            if media_type.partition(";")[0].strip().lower() not in (
                "text/html", "text/plain", "application/xhtml+xml"
            ):  # fmt: skip
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            is_own = _same_page(url, spec.url)
            if own and not is_own:
                continue
            body = record.content_stream().read(MAX_BYTES + 1)
            if record.raw_stream.limit and len(body) <= MAX_BYTES:  # bytes that should still come
                raise SuspectPage(
                    f"{name}: not a whole WARC file: it ends inside the record of {url}"
                )
            size += len(body)
            if size > MAX_ARCHIVE_BYTES:
                raise SuspectPage(
                    f"{name}: the pages of the archive have more than {MAX_ARCHIVE_BYTES:,} bytes; "
                    "cut it down to those of the listing"
                )
            at = record.rec_headers.get_header("WARC-Date")
            capture = _dated(make_capture(body, media_type, f"{name} ({url})"), url, at)
            (own if is_own else others).append(capture)
    except (ArchiveLoadFailed, OSError, ValueError, EOFError) as error:
        raise SuspectPage(f"{name}: not a whole WARC file: {error}") from None
    if not own and not others:
        raise SuspectPage(f"{name}: the archive holds no page that was answered with 200")
    yield from own or others


def _dated(capture: Capture, url: str | None, at: str | None) -> Capture:
    captured_at = datetime.fromisoformat(at).astimezone(UTC).replace(microsecond=0) if at else None
    return Capture(
        capture.body, capture.sha256, capture.media_type, capture.charset, url, captured_at,
        "archive", capture.name,
    )  # fmt: skip


def _same_page(url: str | None, other: str) -> bool:
    return url is not None and _bare(url) == _bare(other)


def _bare(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
