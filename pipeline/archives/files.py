"""Files that a person has -> captures: HTML, text, and web archives (WARC)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import SpecError, SuspectPage
from pipeline.listing import ListingSpec
from pipeline.model import Capture
from pipeline.page import MAX_ARCHIVE_BYTES, MAX_BYTES, parse_content_type

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
    with open_input(path) as file:
        if archive:
            yield from _read_archive(file, str(path), spec)
        else:
            yield make_capture(file.read(MAX_BYTES + 1), media_type or "", str(path))


@contextlib.contextmanager
def open_input(path: Path) -> Iterator[BinaryIO]:
    """Open a file that a person gave; SpecError if there is none, or it is no regular file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SpecError(f"{path}: there is no such file") from None
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise SpecError(f"{path}: is a directory; give a page's file")
        if not stat.S_ISREG(mode):
            raise SpecError(f"{path}: is no regular file; give a page's file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(handle)


def _read_archive(file: BinaryIO, name: str, spec: ListingSpec) -> Iterator[Capture]:
    """Yield the listing's pages of a WARC file; all pages if none has the listing's address."""
    from pipeline.archives.warc import Archived, Broken, is_same_page, iter_archive

    own: list[Capture] = []
    others: list[Capture] = []
    seen: dict[str, Archived] = {}
    size = 0
    for found in iter_archive(file, name, lambda _: True):
        is_own = not isinstance(found, Broken) and is_same_page(found.url, spec.url)
        if own and not is_own and not isinstance(found, Broken):
            continue
        if isinstance(found, Broken):
            raise SuspectPage(f"{found.place}: not a whole WARC file: {found.reason}")
        known = found if found.body is not None else seen.get(found.digest)
        if known is None or known.body is None:
            raise SuspectPage(f"{found.place}: the page that this revisit means is not in the file")
        seen[found.digest] = known
        size += len(known.body)
        if size > MAX_ARCHIVE_BYTES:
            raise SuspectPage(
                f"{name}: the pages of the archive have more than {MAX_ARCHIVE_BYTES:,} bytes; "
                "cut it down to those of the listing"
            )
        capture = make_capture(known.body, known.content_type or "", found.place)
        capture = replace(capture, url=found.url, captured_at=found.at, origin="archive")
        (own if is_own else others).append(capture)
    if not own and not others:
        raise SuspectPage(f"{name}: the archive holds no page that was answered with 200")
    yield from own or others
