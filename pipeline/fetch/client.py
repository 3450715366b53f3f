"""One polite client for a visit: GET requests with one retry policy and one deadline.

Redirects are followed by hand, so that each address is looked at before a byte is sent to it and
no redirect's body is read.  Cookies live as long as the visit; `.netrc` and proxies of the
environment are not asked.
"""

from __future__ import annotations

import contextlib
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import BadStatusLine, HTTPException
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from pipeline.errors import one_line
from pipeline.fetch.connect import Adapter, Deadline, Guard
from pipeline.fetch.errors import FetchFailed, Refused, Transient
from pipeline.fetch.retry_after import parse_retry_after
from pipeline.fetch.wire import ACCEPT_ENCODING, Headers, read_body
from pipeline.page import MAX_BYTES
from pipeline.version import VERSION

AGENT = "ihk-listing"
ATTEMPTS = 5  # at most, of one request in a visit
MAX_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)


class Answer(NamedTuple):
    """What a server answered in the end."""

    url: str
    status: int
    headers: Headers
    content: bytes
    is_delimited: bool  # the body's end was marked
    hops: tuple[str, ...]  # the addresses before `url`

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class Client:
    """Asks for pages; `url` is the operator's own address, which may be any."""

    def __init__(self, url: str, contact: str, seconds: float) -> None:
        self.deadline = Deadline(seconds)
        self.sent: Counter[str] = Counter()  # requests by address
        self._guard = Guard(url, self.deadline, has_contact=bool(contact))
        self._session = _Session()
        self._session.trust_env = False
        self._session.headers.clear()
        self._session.headers.update(
            {
                "User-Agent": f"{AGENT}/{VERSION}" + (f" (+{contact})" if contact else ""),
                "Accept": "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1",
                "Accept-Encoding": ACCEPT_ENCODING,
                "Connection": "close",
            }
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, Adapter(self._guard))

    def get(
        self,
        url: str,
        *,
        conditions: Mapping[str, Mapping[str, str]] | None = None,
        limit: int = MAX_BYTES,
        attempts: int = ATTEMPTS,
        permit: Callable[[str], None] | None = None,
    ) -> Answer:
        """Return the answer to a GET request, whatever its status but 429 and 5xx.

        `conditions` are headers by the address that they are meant for; `permit` is called with
        each address before it is asked, and raises to forbid it.  Raises FetchFailed: Refused at
        once, others after the attempts or the time are used up.
        """
        self.deadline.left()  # Late if there is none
        ask = partial(self._attempt, url, conditions or {}, limit, permit)
        try:
            return ask()
        except Transient as error:
            failed = error
        from pipeline.fetch.again import ask_again

        try:
            return ask_again(failed, ask, attempts, self.deadline.end)
        except Transient as error:
            raise _remember(error, self.sent[url]) from None

    def _attempt(
        self,
        url: str,
        conditions: Mapping[str, Mapping[str, str]],
        limit: int,
        permit: Callable[[str], None] | None,
    ) -> Answer:
        """Follow the redirects from `url` to an answer."""
        hops: list[str] = []
        asked = set()
        while True:
            if permit:
                permit(url)
            asked.add((url, self._list_cookies()))
            answer = self._ask(url, conditions.get(url, {}), limit)._replace(hops=tuple(hops))
            if answer.status not in _REDIRECTS:
                return answer
            hops.append(url)
            url = _find_target(answer)
            if (url, self._list_cookies()) in asked:  # with a new cookie it may end elsewhere
                reason = f"{hops[0]} leads in a circle of redirects"
                raise Refused(reason, http_status=answer.status)
            if len(hops) > MAX_HOPS:
                reason = f"{hops[0]} leads through more than {MAX_HOPS} redirects"
                raise Refused(reason, http_status=answer.status)

    def _list_cookies(self) -> tuple[tuple[str, str, str | None], ...]:
        return tuple(sorted((c.domain, c.name, c.value) for c in self._session.cookies))

    def _ask(self, url: str, headers: Mapping[str, str], limit: int) -> Answer:
        """Send one request and read its answer; a body only if it is the page's."""
        with contextlib.closing(self._guard):
            with _told(url):
                response = self._send(url, headers)
            with contextlib.closing(response), _told(url, response.status_code):
                return self._read(url, response.status_code, limit)

    def _read(self, url: str, status: int, limit: int) -> Answer:
        answer = Answer(url, status, self._guard.read_head(), b"", True, ())
        if status == 429 or status >= 500:
            wait = parse_retry_after(answer.header("retry-after"), datetime.now(UTC))
            raise Transient(f"{url} answers {status}", retry_after=wait)
        if status != 200:
            return answer
        body = read_body(self._guard.begin_body(), answer.headers, limit)
        return answer._replace(content=body.content, is_delimited=body.is_delimited)

    def _send(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        request = self._session.prepare_request(requests.Request("GET", url, headers=dict(headers)))
        patience = self._guard.patience()
        self.sent[url] += 1
        return self._session.send(
            request, stream=True, allow_redirects=False, timeout=(patience, patience)
        )


class _Session(requests.Session):
    """A session that never reads a redirect's body, which the library does even when not told to."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is nothing to follow."""


def _find_target(answer: Answer) -> str:
    """Return where a redirect leads; Refused if that is no address to follow."""
    given = [value for name, value in answer.headers if name.lower() == "location"]
    location = given[0] if len(given) == 1 else ""
    try:
        # the library reads headers as ISO 8859-1; servers send UTF-8
        target = urljoin(answer.url, location.encode("latin-1").decode("utf-8", "replace").strip())
        parts, own = urlsplit(target), urlsplit(location)
        is_whole = own.netloc or not own.scheme  # `http:///b` would be joined to this host
        good = is_whole and parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        target, parts, good = location, urlsplit(""), False
    if not location or not good or parts.username is not None or "\\" in location:
        shown = one_line(", ".join(given), 100)
        raise Refused(
            f"{answer.url} redirects to {shown!r}, which is no http(s) address to follow",
            http_status=answer.status,
        )
    return parts._replace(fragment="").geturl()


def _remember(error: Transient, attempts: int) -> FetchFailed:
    """Return the failure that stands at the end of a visit."""
    tries = f" ({attempts} attempts)" if attempts > 1 else ""
    if error.retry_after:
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=error.retry_after + 1)
        return FetchFailed(
            f"{error} and asks to wait until {until:%Y-%m-%dT%H:%M:%SZ}{tries}",
            "waiting",
            http_status=error.http_status,
            wait_until=until,
        )
    return FetchFailed(f"{error}{tries}", "unreachable", http_status=error.http_status)


@contextlib.contextmanager
def _told(url: str, status: int | None = None) -> Iterator[None]:
    """Turn the library's errors into those of this package, and say in each where it happened."""
    try:
        yield
    except FetchFailed as error:
        raise error.at(url, status) from None
    except (requests.RequestException, OSError, ValueError) as error:
        raise _translate(error).at(url, status) from None


def _translate(error: BaseException) -> FetchFailed:
    causes = list(_iter_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refused(f"the certificate is not good: {cause.verify_message}")
    words = getattr(causes[-1], "strerror", None) or str(causes[-1]) or type(causes[-1]).__name__
    words = one_line(words, 200)
    if isinstance(error, ValueError):  # the address, or a header that the library cannot bear
        return Refused(words)
    for cause in causes:
        if isinstance(cause, HTTPException) and not isinstance(cause, BadStatusLine):
            return Refused(f"the headers of the answer cannot be read: {words}")
    return Transient(words)


def _iter_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it wraps, outermost first."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            yield one
            waiting += [getattr(one, "reason", None), one.__cause__, *one.args]
