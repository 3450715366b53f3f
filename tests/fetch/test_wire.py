"""A response's body from its bytes on the wire: whole, or an error; no socket (FAULTS 2 to 7)."""

import gzip
import io
import zlib
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given, strategies as st

from pipeline.fetch.errors import FetchFailed, Refused, Transient
from pipeline.fetch.retry_after import LONGEST, parse_retry_after
from pipeline.fetch.wire import Headers, check_head, gunzip, read_body
from tests.fetch.server import chunk

PAGE = b"<html><p>Musterviertel " + bytes(range(60, 120)) * 2 + b"</html>"
PACKED = gzip.compress(PAGE, mtime=0)
LIMIT = 1000
GZIP = ("Content-Encoding", "gzip")
CHUNKED = ("Transfer-Encoding", "chunked")


def length(body: bytes) -> tuple[str, str]:
    """Write a Content-Length."""
    return ("Content-Length", str(len(body)))


def read(wire: bytes, *headers: tuple[str, str], limit: int = LIMIT) -> bytes:
    """Read a body of which this much arrives."""
    return read_body(io.BytesIO(wire), list(headers), limit).content


FRAMES = {  # name: headers, wire
    "length": ([length(PAGE)], PAGE),
    "chunked": ([CHUNKED], chunk(PAGE, 20, 1)),
    "chunked, zero-padded": ([CHUNKED], chunk(PAGE, 16, 32, digits=6)),
    "chunked, with extension and trailer": (
        [CHUNKED], b"%X;n=v\r\n%s\r\n0\r\nX-T: 1\r\n\r\n" % (len(PAGE), PAGE),
    ),
    "gzip": ([GZIP, length(PACKED)], PACKED),
    "gzip in chunks": ([GZIP, CHUNKED], chunk(PACKED, 20)),
    "gzip of unknown length": ([GZIP], PACKED),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_a_whole_body_is_its_content(name: str) -> None:
    headers, wire = FRAMES[name]
    assert read_body(io.BytesIO(wire), headers, LIMIT) == (PAGE, True)


@pytest.mark.parametrize("name", FRAMES)
def test_no_body_that_was_cut_at_any_byte_is_taken_and_each_is_worth_a_retry(name: str) -> None:
    """Provenance: FAULTS 2; urllib3 2.8.0 may take a size that was cut for the last chunk's."""
    headers, wire = FRAMES[name]
    for offset in range(len(wire)):
        with pytest.raises(Transient, match=r"ended|cut"):
            read(wire[:offset], *headers)


def test_a_gzip_stream_that_was_cut_before_its_length_was_told_is_refused() -> None:
    """Provenance: FAULTS 3, requests returns 200 with 37 % of the body."""
    for offset in range(len(PACKED)):
        cut = PACKED[:offset]
        with pytest.raises(Refused, match="cut: its end is missing"):
            read(cut, GZIP, length(cut))
        with pytest.raises(Refused, match="cut: its end is missing"):
            read(chunk(cut), GZIP, CHUNKED)


def test_a_gzip_stream_with_a_flipped_byte_gives_no_other_content() -> None:
    """The flags that mean nothing, the time and the system in gzip's header may be any."""
    for offset in range(len(PACKED)):
        flipped = bytes(byte ^ (n == offset) for n, byte in enumerate(PACKED))
        if 3 <= offset < 10:
            assert read(flipped, GZIP, length(flipped)) == PAGE
        else:
            with pytest.raises(Refused):
                read(flipped, GZIP, length(flipped))


def test_a_body_of_unknown_length_says_so() -> None:
    assert read_body(io.BytesIO(PAGE), [], LIMIT) == (PAGE, False)


def test_gzip_members_follow_one_another_each_whole() -> None:
    """Provenance: RFC 1952, 2.2."""
    assert read(PACKED + PACKED, GZIP) == PAGE + PAGE
    with pytest.raises(Transient):
        read(PACKED + PACKED[:-1], GZIP)
    assert read(PACKED, ("Content-Encoding", "X-GZIP")) == PAGE
    with pytest.raises(Refused, match="more than 100 members"):
        read(gzip.compress(b"", mtime=0) * 101, GZIP, limit=10_000)


def zeros(size: int) -> bytes:
    """Pack that many zeros."""
    return gzip.compress(bytes(size), mtime=0)


REFUSED = [  # headers, wire, what the error says, provenance
    ([GZIP, length(PAGE)], PAGE, "called gzip and is none", "FAULTS 6"),
    ([GZIP], PACKED + b"tail", "called gzip and is none", "constructed"),
    ([GZIP], zlib.compress(PAGE), "called gzip and is none", "deflate under the name of gzip"),
    ([("Content-Encoding", "gzip, gzip")], gzip.compress(PACKED), "coded as gzip, gzip", "FAULTS 6"),
    ([GZIP, GZIP], gzip.compress(PACKED), "coded as gzip, gzip", "FAULTS 6"),
    ([("Content-Encoding", "br")], PAGE, "coded as br, which was not asked for", "FAULTS 6"),
    ([("Content-Encoding", "deflate")], zlib.compress(PAGE), "coded as deflate", "FAULTS 6"),
    ([("Content-Encoding", "none")], PAGE, "coded as none", "field practice"),
    ([("Content-Length", "5"), ("Content-Length", "6")], PAGE, "Content-Length is '5, 6'", "FAULTS 7"),
    ([("Content-Length", "5"), ("Content-Length", "5")], PAGE, "Content-Length is", "FAULTS 7"),
    ([("Content-Length", "5, 5")], PAGE, "Content-Length is", "RFC 9110, 8.6"),
    *(([("Content-Length", text)], PAGE, "Content-Length is", "constructed")
      for text in ("-1", "+5", "5.0", "0x5", "1_0", "٥", "", "9" * 5000)),
    ([CHUNKED, length(PAGE)], chunk(PAGE), "length in two ways", "RFC 9112, 6.1"),
    ([CHUNKED, CHUNKED], chunk(PAGE), "length in two ways", "constructed"),
    ([("Transfer-Encoding", "gzip, chunked")], chunk(PACKED), "length in two ways", "FAULTS 6"),
    ([("Transfer-Encoding", "")], PAGE, "length in two ways", "constructed"),
    *(([CHUNKED], wire, "chunks are malformed", "constructed") for wire in (
        b"zz\r\n", b"-1\r\n", b"0x5\r\nabcde\r\n0\r\n\r\n", b" 5\r\nabcde\r\n0\r\n\r\n", b"\r\n",
        b"5\r\nabcdefg0\r\n\r\n", b"5\r\nabcde\rX0\r\n\r\n", b"fffffffff\r\n", b"1" * 5000,
        b"5;" + b"x" * 5000)),
    ([CHUNKED], b"0\r\n" + b"X: 1\r\n" * 101 + b"\r\n", "more than 100 lines follow", "constructed"),
    ([length(bytes(LIMIT + 1))], bytes(LIMIT + 1), "more than 1,000 bytes", "FAULTS 5"),
    ([CHUNKED], chunk(bytes(LIMIT + 1), 600), "more than 1,000 bytes", "FAULTS 5"),
    ([], bytes(LIMIT + 1), "more than 1,000 bytes", "FAULTS 5"),
    ([GZIP], zeros(LIMIT + 1), "more than 1,000 bytes", "FAULTS 5"),
    ([GZIP], zeros(100 * LIMIT), "more than 1,000 bytes", "FAULTS 5"),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "wire", "words", "provenance"), REFUSED)
def test_what_must_not_be_taken_is_refused(
    headers: Headers, wire: bytes, words: str, provenance: str
) -> None:
    with pytest.raises(Refused, match=words):
        read(wire, *headers)


def test_no_more_is_unpacked_at_once_than_a_body_may_have() -> None:
    """Provenance: FAULTS 5, requests 2.34.2 unpacks without a bound."""
    pieces = [len(piece) for piece in gunzip([zeros(100 * LIMIT)], LIMIT, True)]
    assert max(pieces) <= LIMIT + 1
    assert sum(pieces) == 100 * LIMIT


def test_more_framing_than_a_page_can_need_is_refused() -> None:
    size = 2**18
    with pytest.raises(Refused, match="chunks have more than 1,048,576 bytes"):
        read(b"0001\r\nx\r\n" * size, CHUNKED, limit=size)
    assert read(b"1\r\nx\r\n" * size + b"0\r\n\r\n", CHUNKED, limit=size) == b"x" * size


def test_as_many_bytes_as_the_limit_are_taken() -> None:
    body = bytes(LIMIT)
    for headers, wire in (
        ([length(body)], body),
        ([], body),
        ([CHUNKED], chunk(body, 7)),
        ([GZIP], zeros(LIMIT)),
    ):
        assert read(wire, *headers) == body


def test_a_body_longer_than_told_is_read_as_far_as_told() -> None:
    assert read(PAGE + b"more", length(PAGE)) == PAGE
    assert read(chunk(PAGE) + b"more", CHUNKED) == PAGE


class Greedy(io.RawIOBase):
    """A source that ends far beyond the limit, and counts what is taken from it."""

    taken = 0

    def read(self, size: int = -1, /) -> bytes:
        self.taken += size
        return bytes(size) if self.taken < 2**20 else b""

    def readline(self, size: int | None = -1, /) -> bytes:
        self.taken += size or 0
        return b"x" * (size or 0) if self.taken < 2**20 else b""


@pytest.mark.parametrize("headers", [[], [CHUNKED], [("Content-Length", "999999999999")]])
def test_a_source_of_too_much_is_left_soon(headers: Headers) -> None:
    source = Greedy()
    with pytest.raises(Refused):
        read_body(source, headers, LIMIT)
    assert source.taken <= (2**16 if headers in ([], [CHUNKED]) else 0)


CONTROLS = [
    ("X", "a\0b"),
    ("X\0", "a"),
    ("X", "a\x1b[31m"),
    ("X", "a\rb"),
    ("X", "a\x7f"),
    ("X", "\n"),
]


@pytest.mark.parametrize("pair", CONTROLS)
def test_a_control_character_in_a_header_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(Refused, match="holds a control character"):
        check_head([("Date", "now"), pair])


def test_a_tab_a_fold_and_bytes_beyond_ascii_in_a_header_are_borne() -> None:
    """Provenance: RFC 9112, 5.2; a folded line was legal until 2014."""
    check_head([("X", "a\tb"), ("Y", "a\r\n b"), ("Z", "Müller")])


NAMES = st.sampled_from(["Content-Length", "Transfer-Encoding", "Content-Encoding", "X"])
VALUES = st.one_of(
    st.sampled_from(["chunked", "gzip", "identity", "0", "5", "163", ""]), st.text(max_size=20)
)
WIRES = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda a, n: a[:n], st.sampled_from([w for _, w in FRAMES.values()]), st.integers(0, 400)
    ),
    st.binary(max_size=60).map(lambda b: chunk(b, 9) + b),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=3), WIRES)
@example([CHUNKED], b"8" * 8 + b"\r\n")
def test_any_bytes_under_any_headers_give_a_bounded_body_or_a_failure(
    headers: Headers, wire: bytes
) -> None:
    try:
        check_head(headers)
        content = read(wire, *headers)
    except FetchFailed as error:
        content = str(error).encode()
    assert len(content) <= LIMIT


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
IN_A_MINUTE = NOW + timedelta(seconds=60)
WISHES = [  # the header, seconds, provenance
    ("60", 60.0, "RFC 9110, 10.2.3"),
    (" 60 ", 60.0, "constructed"),
    ("0", 0.0, "constructed"),
    ("0" * 50 + "60", 60.0, "constructed"),
    ("99999999999", LONGEST, "FAULTS 8"),
    ("9" * 5000, LONGEST, "FAULTS 8: Python reads no int of more than 4,300 digits"),
    ("Sun, 01 Mar 2026 12:01:00 GMT", 60.0, "RFC 9110, 5.6.7: IMF-fixdate"),
    ("Sunday, 01-Mar-26 12:01:00 GMT", 60.0, "RFC 9110, 5.6.7: RFC 850"),
    ("Sun Mar  1 12:01:00 2026", 60.0, "RFC 9110, 5.6.7: asctime"),
    (format_datetime(IN_A_MINUTE.astimezone(timezone(timedelta(hours=5)))), 60.0, "constructed"),
    ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0, "past"),
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0, "past"),
    ("Fri, 01 Jan 9999 00:00:00 GMT", LONGEST, "constructed"),
    ("Fri, 01 Jan 99999 00:00:00 GMT", LONGEST, "FAULTS 8"),
    *((text, None, "FAULTS 8") for text in ("-5", "1.5", "", "٦٠", "+5", "1e3", "1_0", "soon")),
    *((text, None, "constructed") for text in (
        None, "60, 60", "0x10", "Sun, 99 Mar 2026 12:01:00 GMT", "Sun, 01 Foo 2026 12:01:00 GMT",
        "Sun, 01 Mar 2026 99:99:99 GMT", "Sun, 01 Mar 2026", "2026-03-01T12:01:00Z")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "seconds", "provenance"), WISHES)
def test_retry_after_gives_seconds_or_nothing(
    text: str | None, seconds: float | None, provenance: str
) -> None:
    assert parse_retry_after(text, NOW) == seconds


PIECES = st.lists(
    st.sampled_from("Sun Sunday , 01 Mar 2026 12:01:00 GMT +9999 - 9999 1 99999 -0000".split())
)


@given(
    st.one_of(st.text(), PIECES.map(" ".join), st.from_regex(r"[A-Z][a-z]{2}, [0-9: A-Z+-]{5,40}"))
)
@example("Sun, 01 Mar 2026 12:01:00 +99999999999")
@example("Sun, 01 Mar 0000 00:00:00 GMT")
@example("Sun, 01 Jan 0001 00:00:00 +2300")
def test_retry_after_never_raises_and_is_bounded(text: str) -> None:
    seconds = parse_retry_after(text, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST
