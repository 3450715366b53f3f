"""The bytes of an HTTP response's body -> its content: framing, coding and caps, each end proved.

Read here and not by the library, which takes a cut gzip stream of the right length for a whole page
and unpacks without a bound.  Sources: RFC 9112 (message framing), RFC 9110 (content codings),
RFC 1952 (gzip).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from pipeline.fetch.errors import Refused, Transient

ACCEPT_ENCODING = "gzip"  # all that is asked for, so all that is taken
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n]*)?\r?\n")
_BLOCK = 2**16
_MAX_LINE = 4096
_MAX_TRAILERS = 100
_MAX_FRAMING = 2**20  # bytes of chunk sizes: a page in chunks of one byte would take 15 s
_MAX_MEMBERS = 100
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_GZIP = 16 + zlib.MAX_WBITS

Headers = list[tuple[str, str]]


class Source(Protocol):
    """What a body is read from."""

    def read(self, size: int, /) -> bytes:
        """Return that many bytes, fewer only at the end."""
        ...

    def readline(self, size: int, /) -> bytes:
        """Return a line, at most that long."""
        ...


class Body(NamedTuple):
    """The content of a response; `is_delimited` tells whether its end was marked."""

    content: bytes
    is_delimited: bool


def read_body(source: Source, headers: Headers, limit: int) -> Body:
    """Return the decoded body, at most `limit` bytes of it on the wire and as many unpacked.

    Raises Transient if the connection ended early, Refused if the body must not be taken.
    """
    codings = [value.strip().lower() for value in list_values(headers, "content-encoding")]
    codings = [coding for coding in codings if coding not in ("", "identity")]
    if codings not in ([], ["gzip"], ["x-gzip"]):
        raise Refused(f"the body is coded as {', '.join(codings)}, which was not asked for")
    length = _find_length(headers)
    transfer = [value.strip().lower() for value in list_values(headers, "transfer-encoding")]
    if transfer:
        if transfer != ["chunked"] or length is not None:
            raise Refused("the headers give the body's length in two ways, or in an unknown one")
        blocks = _iter_chunks(source)
    elif length is not None:
        if length > limit:
            raise _too_long(limit)
        blocks = _iter_length(source, length)
    else:
        blocks = _iter_rest(source)
    is_delimited = bool(transfer) or length is not None
    blocks = _cap(blocks, limit)
    if codings:
        blocks = _cap(gunzip(blocks, limit, is_delimited), limit)
    content = bytearray()
    for block in blocks:
        content += block
    return Body(bytes(content), is_delimited or bool(codings))


def list_values(headers: Headers, name: str) -> list[str]:
    """Return the values of a header; one that is a list counts as many."""
    return [v for key, value in headers if key.lower() == name for v in value.split(",")]


def check_head(headers: Headers) -> None:
    """Raise Refused if a header holds a control character."""
    for name, value in headers:
        if _CONTROLS.search(name) or _CONTROLS.search(value.replace("\r\n", "")):
            raise Refused(f"the header {name[:40]!r} holds a control character")


def _find_length(headers: Headers) -> int | None:
    values = list_values(headers, "content-length")
    if not values:
        return None
    text = values[0].strip()
    if len(values) > 1 or not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused(f"the header Content-Length is {', '.join(values)[:60]!r}")
    return int(text)


def _iter_length(source: Source, length: int) -> Iterator[bytes]:
    left = length
    while left:
        block = source.read(min(left, _BLOCK))
        if not block:
            raise Transient(f"the connection ended {left:,} bytes before the body's end")
        left -= len(block)
        yield block


def _iter_chunks(source: Source) -> Iterator[bytes]:
    framing = 0
    while True:
        line = source.readline(_MAX_LINE)
        framing += len(line)
        if framing > _MAX_FRAMING:
            raise Refused(f"the sizes of the body's chunks have more than {_MAX_FRAMING:,} bytes")
        match = _CHUNK.fullmatch(line)
        if match is None:
            raise _ended_inside(line)
        size = int(match[1], 16)
        if not size:
            break
        yield from _iter_length(source, size)
        end = source.readline(2)
        if end in (b"", b"\r"):
            raise _ended_inside(end)
        if end not in (b"\r\n", b"\n"):
            raise _malformed(end)
    for _ in range(_MAX_TRAILERS):
        line = source.readline(_MAX_LINE)
        if line in (b"\r\n", b"\n"):
            return
        if not line.endswith(b"\n"):
            raise _ended_inside(line)
    raise Refused(f"more than {_MAX_TRAILERS} lines follow the chunked body")


def _ended_inside(line: bytes) -> Transient | Refused:
    if line.endswith(b"\n") or len(line) >= _MAX_LINE:
        return _malformed(line)
    return Transient("the connection ended inside a chunked body")


def _malformed(line: bytes) -> Refused:
    return Refused(f"the body's chunks are malformed: {line[:30]!r}")


def _iter_rest(source: Source) -> Iterator[bytes]:
    while block := source.read(_BLOCK):
        yield block


def gunzip(blocks: Iterable[bytes], limit: int, is_delimited: bool) -> Iterator[bytes]:
    """Unpack one gzip member after the other; each must have its end, with checksum and length."""
    unpacker = None
    members = 0
    try:
        for block in blocks:
            data = block
            while data:
                if unpacker is None:
                    unpacker = zlib.decompressobj(_GZIP)
                    members += 1
                    if members > _MAX_MEMBERS:
                        raise Refused(f"the gzip body has more than {_MAX_MEMBERS} members")
                if piece := unpacker.decompress(data, limit + 1):
                    yield piece
                data = unpacker.unconsumed_tail
                if unpacker.eof:
                    data, unpacker = unpacker.unused_data, None
    except zlib.error as error:
        raise Refused(f"the body is called gzip and is none, or damaged: {error}") from None
    if unpacker is not None or not members:
        reason = "the gzip stream of the body was cut: its end is missing"
        raise Refused(reason) if is_delimited else Transient(reason)


def _cap(blocks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for block in blocks:
        total += len(block)
        if total > limit:
            raise _too_long(limit)
        yield block


def _too_long(limit: int) -> Refused:
    return Refused(f"the body has more than {limit:,} bytes; no listing is that long")
