"""Web archives as input: each page of the listing is a capture of its own time."""

import gzip
import uuid
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.archives.files import read_pages
from pipeline.errors import SuspectPage
from pipeline.listing.spec_reader import read_spec
from pipeline.program.extract import extract_pages
from pipeline.settings import Settings
from tests.records.mutations import RECORDS, UNNA, put, render

SPEC = read_spec("ihk")


class Response(NamedTuple):
    """A record of an archive."""

    date: str
    body: bytes
    url: str = SPEC.url
    status: str = "200 OK"
    media_type: str = "text/html; charset=utf-8"


OLD = Response("2016-05-01T10:00:00Z", render("dl", RECORDS[:3]).encode())
NEW = Response(
    "2017-06-01T10:00:00Z", render("dl", put(UNNA, "Einwohner", "58.725")(RECORDS)).encode()
)
STRANGERS = [
    Response("2017-01-01T00:00:00Z", b"<p>nothing</p>", url="https://other.example/"),
    Response("2017-01-01T00:00:00Z", b"gone", status="404 Not Found"),
    Response("2017-01-01T00:00:00Z", b"\x89PNG", media_type="image/png"),
]


def write_archive(path: Path, *responses: Response) -> Path:
    """Write a WARC file (ISO 28500), each record a gzip member if its name says so."""
    content = b""
    for response in responses:
        head = f"HTTP/1.1 {response.status}\r\nContent-Type: {response.media_type}\r\n\r\n"
        block = head.encode() + response.body
        record = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid.UUID(int=1)}>\r\n"
            f"WARC-Date: {response.date}\r\nWARC-Target-URI: {response.url}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
        ).encode() + block + b"\r\n\r\n"  # fmt: skip
        content += gzip.compress(record) if path.suffix == ".gz" else record
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_each_page_of_an_archive_is_a_capture_of_its_time(name: str, tmp_path: Path) -> None:
    path = write_archive(tmp_path / name, NEW, *STRANGERS, OLD)
    captures = read_pages([path], SPEC)
    assert [capture.body for capture in captures] == [OLD.body, NEW.body]
    assert [f"{capture.captured_at:%Y-%m-%d}" for capture in captures] == [
        "2016-05-01",
        "2017-06-01",
    ]
    assert {(c.origin, c.url, c.media_type, c.charset) for c in captures} == {
        ("archive", SPEC.url, "text/html", "utf-8")
    }
    built = extract_pages([path], Settings())
    assert next(row[4:6] for row in built.rows["changes"]) == ("municipalities", "unna")
    assert len(built.rows["captures"]) == 2


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
@pytest.mark.parametrize("left", [0.4, 0.9, 0.99])
def test_an_archive_that_ends_inside_a_page_is_refused(
    left: float, name: str, tmp_path: Path
) -> None:
    """A part of a page may look like a page with fewer records."""
    path = write_archive(tmp_path / name, NEW)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * left)])
    with pytest.raises(SuspectPage, match="not a whole WARC file"):
        read_pages([path], SPEC)


def test_an_archive_without_the_listings_address_gives_all_its_pages(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.warc", OLD._replace(url="https://copy.example/ihk"))
    assert [capture.body for capture in read_pages([path], SPEC)] == [OLD.body]


def test_an_archive_without_a_page_is_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.warc", *STRANGERS[1:])
    with pytest.raises(SuspectPage, match="holds no page that was answered with 200"):
        read_pages([path], SPEC)


def test_an_archive_of_too_many_strangers_is_refused(tmp_path: Path) -> None:
    """All pages are held at once where none has the listing's address."""
    large = STRANGERS[0]._replace(body=b"<p>" + b"x" * 10_000_000)
    path = write_archive(tmp_path / "a.warc.gz", *[large] * 6)
    with pytest.raises(SuspectPage, match="cut it down to those of the listing"):
        read_pages([path], SPEC)
    path = write_archive(tmp_path / "b.warc.gz", OLD, *[large] * 6)
    assert [capture.body for capture in read_pages([path], SPEC)] == [OLD.body]
