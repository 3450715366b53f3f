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
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import tenacity

from pipeline.errors import one_line
from pipeline.fetch.connect import Adapter, Deadline, Guard
from pipeline.fetch.errors import FetchFailed, Refused, Transient
from pipeline.fetch.retry_after import parse_retry_after
from pipeline.fetch.wire import ACCEPT_ENCODING, Headers, check_head, read_body
from pipeline.limits import MAX_BYTES
from pipeline.package import VERSION

AGENT = "ihk-listing"
ATTEMPTS = 5  # at most, of one request in a visit
MAX_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0  # seconds between attempts, with jitter


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
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Transient),
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(attempts),
                tenacity.stop_before_delay(self.deadline.left()),
            ),
            wait=_wait,
            reraise=True,
        )
        try:
            return retrying(self._attempt, url, conditions or {}, limit, permit)
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
        while True:
            if permit:
                permit(url)
            with _told(url):
                response = self._send(url, conditions.get(url, {}))
            try:
                target = _find_target(response, url)
                if target is None:
                    return self._read(response, url, limit, tuple(hops))
            finally:
                response.close()
            hops.append(url)
            if len(hops) > MAX_HOPS or target in hops:
                raise Refused(
                    f"{hops[0]} leads round in redirects, or more than {MAX_HOPS} of them",
                    http_status=response.status_code,
                )
            url = target

    def _send(self, url: str, headers: Mapping[str, str]) -> requests.Response:
        request = self._session.prepare_request(requests.Request("GET", url, headers=dict(headers)))
        patience = self._guard.patience()
        self.sent[url] += 1
        return self._session.send(
            request, stream=True, allow_redirects=False, timeout=(patience, patience)
        )

    def _read(
        self, response: requests.Response, url: str, limit: int, hops: tuple[str, ...]
    ) -> Answer:
        status, source = response.status_code, self._guard.response
        if source is None or source.fp is None:
            raise AssertionError("a response that did not come through the guard")
        headers = list(source.headers.items())
        check_head(headers)
        if status == 429 or status >= 500:
            wait = parse_retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
            raise Transient(f"{url} answers {status}", http_status=status, retry_after=wait)
        if status != 200:
            return Answer(url, status, headers, b"", True, hops)
        self._guard.in_body = True
        with _told(url):
            body = read_body(source.fp, headers, limit)
        return Answer(url, status, headers, *body, hops)


class _Session(requests.Session):
    """A session that never reads a redirect's body, which the library does even when not told to."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is nothing to follow."""


def _find_target(response: requests.Response, url: str) -> str | None:
    """Return where a redirect leads; None if the answer is none."""
    if response.status_code not in _REDIRECTS:
        return None
    location = response.headers.get("Location", "")
    try:
        # the library reads headers as ISO 8859-1; servers send UTF-8
        target = urljoin(url, location.encode("latin-1").decode("utf-8", "replace").strip())
        parts = urlsplit(target)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        target, parts, good = location, urlsplit(""), False
    if not location or not good or parts.username is not None or "\\" in location:
        raise Refused(
            f"{url} redirects to {one_line(location, 100)!r}, which is no http(s) address to follow",
            http_status=response.status_code,
        )
    return parts._replace(fragment="").geturl()


def _wait(state: tenacity.RetryCallState) -> float:
    """Return the seconds before the next attempt: the server's wish, or a growing pause."""
    error = state.outcome.exception() if state.outcome else None
    wish = error.retry_after if isinstance(error, Transient) else None
    pause = tenacity.wait_exponential_jitter(_FIRST_PAUSE, _LONGEST_PAUSE, jitter=_FIRST_PAUSE)
    return max(wish or 0.0, pause(state))


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
def _told(url: str) -> Iterator[None]:
    """Turn the library's errors into those of this package."""
    try:
        yield
    except (requests.RequestException, OSError, ValueError) as error:
        raise _translate(error, url) from None


def _translate(error: BaseException, url: str) -> FetchFailed:
    causes = list(_iter_causes(error))
    for cause in causes:
        if isinstance(cause, FetchFailed):
            return cause
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refused(f"{url}: the certificate is not good: {cause.verify_message}")
    last = causes[-1]
    words = getattr(last, "strerror", None) or str(last) or type(last).__name__
    if isinstance(error, requests.exceptions.InvalidURL | UnicodeError | ValueError) and not any(
        isinstance(cause, OSError) and not isinstance(cause, requests.RequestException)
        for cause in causes
    ):
        return Refused(f"{url}: {one_line(words, 200)}")
    if any(type(c).__name__ in ("LineTooLong", "HTTPException") for c in causes):
        return Refused(f"{url}: the headers of the answer cannot be read: {words}")
    return Transient(f"{url}: {one_line(words, 200)}")


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
