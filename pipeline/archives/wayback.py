"""A web archive on the web: its list of captures (CDX), and each as it was received.

Two families of servers are known by where they answer: the public archive and its kin
(`/cdx/search/cdx`, `/web/`), and pywb with the address of a collection (`/cdx`).  Both answer
`output=json`, the first with one array of arrays, the second with one object a line.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from pipeline.errors import one_line
from pipeline.fetch import Answer, Client, FetchFailed, Refused
from pipeline.page import has_whole_end, parse_content_type

PUBLIC = "https://web.archive.org"
PAUSE = 2.5  # seconds between requests: the public archive bears 24 a minute
_KINDS = (("cdx/search/cdx", "web/{at}id_/{url}"), ("cdx", "{at}id_/{url}"))
_STAMP = re.compile(r"[0-9]{14}")
_DIGEST = re.compile(r"[A-Z2-7]{32}")
_REPLAYED = re.compile(r"/([0-9]{14})id_/")
_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_PAGES = ("text/html", "text/plain", "application/xhtml+xml", "warc/revisit", "unk", "-", "")


class Memento(NamedTuple):
    """A capture that an archive lists."""

    at: datetime
    url: str
    digest: str  # of the payload, `sha1:` and base32: the archive's word; empty if it has none
    address: str  # where it is to be had as it was received


class Listed(NamedTuple):
    """What an archive lists for a page; `others` counts answers that are no pages."""

    mementos: tuple[Memento, ...]
    others: int


def list_mementos(client: Client, server: str, url: str) -> Listed:
    """Ask a server for the captures of a page, oldest first.

    Raises FetchFailed if it cannot be had or its answer is no list of captures.
    """
    base = server.rstrip("/")
    for place, replay in _KINDS:
        address = f"{base}/{place}?url={quote(url, safe='')}&output=json"
        answer = client.get(address)
        if answer.status == 404 and (place, replay) != _KINDS[-1]:
            continue
        if answer.status != 200:
            raise FetchFailed(
                f"{address} answers {answer.status}", "refused", http_status=answer.status
            )
        return _read_list(answer, f"{base}/{replay}")
    raise AssertionError("the last kind of server is always tried")


def fetch_memento(client: Client, memento: Memento) -> Answer:
    """Return a capture as the archive received it; FetchFailed if it has none of that time."""
    answer = client.get(memento.address)
    if answer.status != 200:
        raise Refused(f"{memento.address} answers {answer.status}", http_status=answer.status)
    if not answer.is_delimited and not has_whole_end(answer.content):
        raise Refused(f"{memento.address}: the answer may be cut, its length is not told")
    replayed = _REPLAYED.search(urlsplit(answer.url).path)
    told = parse_http_date(answer.header("memento-datetime"))
    if (replayed and replayed[1] != f"{memento.at:%Y%m%d%H%M%S}") or (told and told != memento.at):
        raise Refused(f"{memento.address}: the archive gives another capture instead")
    return answer


def find_content_type(answer: Answer) -> str:
    """Return the media type as the page's own server named it."""
    return answer.header("x-archive-orig-content-type") or answer.header("content-type") or ""


def parse_http_date(text: str | None) -> datetime | None:
    """Return the time that a header gives (RFC 9110, 5.6.7), None if it gives none."""
    try:
        at = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _read_list(answer: Answer, replay: str) -> Listed:
    found: dict[tuple[str, str], Memento] = {}
    others = 0
    for row in _parse_rows(answer):
        stamp, url, digest = (str(row.get(key, "")) for key in ("timestamp", "url", "digest"))
        if not _STAMP.fullmatch(stamp) or urlsplit(url).scheme not in ("http", "https"):
            raise _nonsense(answer, f"{stamp} {url}")
        mime = parse_content_type(str(row.get("mime", "")))[0]
        if str(row.get("status", "")) not in ("200", "-", "") or mime not in _PAGES:
            others += 1
            continue
        try:
            at = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            raise _nonsense(answer, stamp) from None
        digest = f"sha1:{digest}" if _DIGEST.fullmatch(digest) else ""
        address = replay.format(at=stamp, url=url)
        found[stamp, digest] = Memento(at, url, digest, address)  # servers repeat rows
    return Listed(tuple(sorted(found.values())), others)


def _parse_rows(answer: Answer) -> list[dict[str, Any]]:
    text = answer.content.decode("utf-8", "replace").strip()
    try:
        if text.startswith("["):
            head, *rows = json.loads(text) or [[]]
            names = [_NAMES.get(str(name), str(name)) for name in head]
            return [dict(zip(names, row, strict=True)) for row in rows]
        found = [json.loads(line) for line in text.splitlines()]
    except (ValueError, TypeError, RecursionError):
        raise _nonsense(answer, text[:60]) from None
    if not all(isinstance(row, dict) for row in found):
        raise _nonsense(answer, text[:60])
    return found


def _nonsense(answer: Answer, shown: str) -> FetchFailed:
    return FetchFailed(
        f"{answer.url}: the answer is no list of captures: {one_line(shown)!r}; is that the address "
        "of a web archive (--server)?",
        "refused",
        http_status=answer.status,
    )
