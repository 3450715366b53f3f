"""One request and its answer over a real socket: cuts, drips, caps, redirects, certificates, secrets."""

import gzip
import http.client
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import pipeline.fetch.connect
from pipeline.errors import SpecError
from pipeline.fetch.addresses import is_public
from pipeline.fetch.client import ATTEMPTS, MAX_HOPS, Answer, Client
from pipeline.fetch.connect import MAX_HEAD
from pipeline.fetch.errors import FetchFailed, Late, Refused
from pipeline.page.limits import MAX_BYTES
from pipeline.version import VERSION
from tests.fetch.server import (
    HTML,
    Names,
    Naps,
    Reply,
    Server,
    answer,
    chunked,
    drip,
    gzipped,
    hold,
    redirect,
    reset,
    serve,
)

PAGE = b"<html><p>Musterviertel " + bytes(range(60, 120)) + b"</html>"
PUBLIC = "127.0.0.9"  # an address of this machine that stands in for one of the internet
SOON = 0.3  # seconds for a visit to a server that drips
BUFFERS = 24 * 2**20  # what the kernel may hold of a connection besides what is read


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> Naps:
    """No waiting between attempts; and no name is resolved."""
    naps = Naps()
    monkeypatch.setattr("tenacity.nap.time", naps)
    monkeypatch.setattr(
        socket, "getaddrinfo", Names(listing=PUBLIC, other=PUBLIC, inner="127.0.0.1")
    )
    monkeypatch.setattr(pipeline.fetch.connect, "is_public", lambda a: a == PUBLIC or is_public(a))
    return naps


def get(url: str, seconds: float = 20, attempts: int = ATTEMPTS, **more: object) -> Answer:
    """Ask once, as a visit does."""
    return Client(url, "watch@stadt.example", seconds).get(url, attempts=attempts, **more)


def sweep(step: int) -> Iterator[tuple[str, bytes, int]]:
    """Give responses of each kind, and the offsets to cut them at."""
    responses = {"length": answer(PAGE), "chunked": chunked(PAGE, 20), "gzip": gzipped(PAGE)}
    for name, whole in responses.items():
        for offset in range(0, len(whole), step):
            yield name, whole, offset


STEPS = [pytest.param(11), pytest.param(1, marks=pytest.mark.slow)]


@pytest.mark.parametrize("step", STEPS)
def test_no_answer_that_ends_early_at_any_byte_is_taken(step: int) -> None:
    """Provenance: FAULTS 2.  Ended by FIN, then by RST; the whole answer after it is taken."""
    with serve() as server:
        for name, whole, offset in sweep(step):
            for end in (whole[:offset], reset(whole[:offset])):
                server.on("/", end, whole)
                try:
                    content = get(server.url, attempts=1).content
                except FetchFailed:
                    content = None
                assert content is None, (name, offset, end)
                assert get(server.url, attempts=1).content == PAGE


@pytest.mark.parametrize("whole", [answer(PAGE), chunked(PAGE, 20), gzipped(PAGE)])
def test_a_body_that_came_whole_at_the_second_attempt_is_taken(whole: bytes, naps: Naps) -> None:
    with serve() as server:
        server.on("/", whole[:-1], reset(whole[:-3]), whole)
        client = Client(server.url, "", 20)
        assert client.get(server.url).content == PAGE
        assert client.sent[server.url] == len(server.requests) == 3
    assert len(naps) == 2
    assert 0.5 <= naps[0] <= 1.0 <= naps[1] <= 1.5


def test_a_whole_answer_over_a_connection_that_stays_open_is_taken_at_once() -> None:
    for whole in (answer(PAGE), chunked(PAGE, 20), gzipped(PAGE)):
        with serve(hold(whole)) as server:
            began = time.monotonic()
            assert get(server.url).content == PAGE
            assert time.monotonic() - began < 2


DRIPS: list[tuple[str, Callable[[], Reply]]] = [
    ("headers", lambda: drip(b"HTTP/1.1 200 OK\r\n", b"X-Padding: 1\r\n" * 99)),
    ("one header", lambda: drip(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 999)),
    ("the status line", lambda: drip(b"", answer(PAGE) * 9)),
    ("a body", lambda: drip(answer(PAGE)[:-100], PAGE * 9)),
    ("a body of unknown length", lambda: drip(answer(length=False), PAGE * 9)),
    ("a chunk's size", lambda: drip(chunked(b"")[:-5], b"0" * 999)),
    ("chunks", lambda: drip(chunked(b"")[:-5], b"1\r\nx\r\n" * 99)),
    ("trailers", lambda: drip(chunked(b"")[:-2], b"X: 1\r\n" * 99)),
    ("100 Continue", lambda: drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99)),
]


@pytest.mark.parametrize(("what", "reply"), DRIPS)
def test_a_server_that_drips_does_not_outlast_the_deadline(
    what: str, reply: Callable[[], Reply]
) -> None:
    """Provenance: FAULTS 1, a timeout for each read let a server drip for 5 s."""
    with serve(reply()) as server:
        began = time.monotonic()
        with pytest.raises(Late, match=r"no whole answer within the 0\.3 seconds of a visit"):
            get(server.url, SOON)
        assert time.monotonic() - began < SOON + 1
        assert len(server.requests) == 1


@pytest.mark.parametrize("data", [b"", b"HTTP/1.1 200 OK\r\n", answer(PAGE)[:-1]])
def test_silence_is_borne_for_a_while_and_never_beyond_the_deadline(data: bytes) -> None:
    with serve(hold(data)) as server:
        began = time.monotonic()
        with pytest.raises(FetchFailed, match=r"silent for 0\.075 seconds"):
            get(server.url, SOON)
        assert time.monotonic() - began < SOON + 1
        assert len(server.requests) == 1


def test_after_silence_the_request_is_sent_again() -> None:
    with serve() as server:
        server.on("/", hold(), answer(PAGE))
        assert get(server.url, 2).content == PAGE
        assert len(server.requests) == 2


def test_a_handshake_that_drips_or_never_comes_ends_at_the_deadline() -> None:
    """A server that takes the connection, says a little of TLS, and no more."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(FetchFailed):
            get(url, SOON)
        assert time.monotonic() - began < SOON + 1


def test_a_name_without_address_is_asked_for_again_and_then_told(naps: Naps) -> None:
    names = socket.getaddrinfo
    url = "http://nowhere.invalid/"
    with pytest.raises(FetchFailed) as caught:
        get(url)
    assert caught.value.outcome == "unreachable"
    assert str(caught.value).startswith(f"{url}: the name nowhere.invalid cannot be resolved: ")
    assert names.asked == ["nowhere.invalid"] * ATTEMPTS
    assert len(naps) == ATTEMPTS - 1


def test_a_resolver_that_hangs_does_not_outlast_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1) or [])
    began = time.monotonic()
    with pytest.raises(Late):
        get("http://listing.example/", SOON)
    assert time.monotonic() - began < SOON + 1


def test_a_refused_connection_is_tried_again_and_then_told(naps: Naps) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with pytest.raises(FetchFailed) as caught:
        get(url)
    assert (
        str(caught.value) == f"{url}: 127.0.0.1 cannot be reached: Connection refused (5 attempts)"
    )
    assert len(naps) == ATTEMPTS - 1


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
BAD_HEADS = [  # what arrives, what the error says, provenance
    (HEAD + b"X: 1\r\n" * 20_000 + b"\r\n", "headers", "FAULTS 7"),
    (HEAD + b"X: " + b"x" * 2**20 + b"\r\n\r\n", "header", "FAULTS 7"),
    (HEAD + b"".join(b"X%d: %s\r\n" % (n, b"x" * 900) for n in range(99)) + b"\r\n",
     "headers of the answer have more than 65,536 bytes", "constructed"),
    (HEAD + b"X: a\0b\r\n\r\n", "'X' holds a control character", "FAULTS 7"),
    (HEAD + b"X: a\rb\r\n\r\nabcd", "a header holds a control character",
     "http.client of Python 3.11 takes CR for a line's end"),
    (HEAD + b"X: a\x1b[2Jb\r\n\r\n", "'X' holds a control character", "constructed"),
    (HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "Content-Length", "FAULTS 7"),
    (HEAD + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", "Content-Length is '4, 4'", "FAULTS 7"),
    (HEAD + b"Content-Length: 3, 4\r\n\r\nabcd", "Content-Length", "RFC 9110, 8.6"),
    (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nabcd", "Content-Length", "constructed"),
    (HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
     "length in two ways", "RFC 9112, 6.1"),
    (HEAD + b"no header\r\n\r\nabcd", "is no header",
     "http.client of Python 3.11 drops such a line and all below it"),
    (HEAD + b"X : 1\r\n\r\nabcd", "is no header", "RFC 9112, 5.1"),
    (b"HTTP/1.1 200 OK\r\n Folded: 1\r\nContent-Length: 4\r\n\r\nabcd", "is no header", "RFC 9112, 2.2"),
    (b"HTTP/3.0 200 OK\r\n\r\nabcd", "headers of the answer cannot be read", "constructed"),
    (HEAD + b"Content-Encoding: br\r\nContent-Length: 4\r\n\r\nabcd", "coded as br", "FAULTS 6"),
    (HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", "is none", "FAULTS 6"),
    (HEAD + b"Content-Encoding: gzip, gzip\r\n\r\nabcd", "coded as gzip, gzip", "FAULTS 6"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words", "provenance"), BAD_HEADS)
def test_odd_headers_are_refused_at_once(data: bytes, words: str, provenance: str) -> None:
    with serve(data) as server:
        with pytest.raises(Refused, match=words) as caught:
            get(server.url)
        assert str(caught.value).startswith(server.url)
        assert str(caught.value).isprintable()
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "data", [b"SSH-2.0-OpenSSH_9\r\n", b"abcd", b"HTTP/1.1 OK\r\n\r\n", b"\r\n" * 9]
)
def test_what_is_no_http_is_a_failure(data: bytes) -> None:
    with serve(data) as server, pytest.raises(FetchFailed) as caught:
        get(server.url, attempts=2)
    assert caught.value.outcome == "unreachable"


def test_an_endless_body_is_left_at_the_cap() -> None:
    for head in (answer(length=False), chunked(b"")[:-5] + b"3fffffff\r\n"):
        with serve() as server:
            server.on("/", server.endless(head, bytes(2**20)))
            with pytest.raises(Refused, match="no listing is that long"):
                get(server.url)
            assert len(server.requests) == 1
        assert server.sent <= MAX_BYTES + BUFFERS


def test_a_body_whose_length_is_beyond_the_cap_is_not_begun() -> None:
    head = answer(b"", "200 OK", HTML, ("Content-Length", str(2**40)), length=False)
    with serve() as server:
        server.on("/", server.endless(head, bytes(2**20)))
        with pytest.raises(Refused, match=f"more than {MAX_BYTES:,} bytes"):
            get(server.url)
    assert server.sent <= BUFFERS


def test_a_packed_body_that_is_too_long_unpacked_is_left_at_the_cap() -> None:
    """Provenance: FAULTS 5, a small packed body took requests 2.34.2 to gigabytes (measured)."""
    with serve(gzipped(bytes(MAX_BYTES + 1))) as server:
        with pytest.raises(Refused, match="no listing is that long"):
            get(server.url)
        assert len(server.requests) == 1


ENDLESS_HEADS = [b"X: 1\r\n", b"x" * 2**10, b"\r\nHTTP/1.1 100 Continue\r\n"]


@pytest.mark.parametrize("block", ENDLESS_HEADS)
def test_endless_headers_are_left_at_their_cap(block: bytes) -> None:
    status = b"HTTP/1.1 100 Continue\r\n" if b"100" in block else b"HTTP/1.1 200 OK\r\nX: "
    with serve() as server:
        server.on("/", server.endless(status, block))
        with pytest.raises(Refused, match="headers"):
            get(server.url)
        assert len(server.requests) == 1
    assert server.sent <= MAX_HEAD + BUFFERS


@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "500 Oops", "304 Not Modified"])
def test_the_body_of_what_is_no_page_is_never_read(status: str) -> None:
    """Provenance: FAULTS 5, a gigabyte inside a redirect."""
    head = answer(b"", status, ("Location", "/page"), ("Content-Length", str(2**30)), length=False)
    with serve() as server:
        server.on("/page", answer(PAGE))
        server.on("/", server.endless(head, bytes(2**20)))
        if "500" in status:
            with pytest.raises(FetchFailed, match="answers 500"):
                get(server.url, attempts=1)
        else:
            assert get(server.url).content == (PAGE if "302" in status else b"")
    assert server.sent <= BUFFERS


def test_the_client_names_itself_and_asks_for_what_it_can_read() -> None:
    with serve(answer(PAGE)) as server:
        get(server.url)
        Client(server.url, "", 20).get(server.url)
        named, unnamed = (request.headers for request in server.requests)
    assert named == {
        "host": server.url[7:-1],
        "user-agent": f"ihk-listing/{VERSION} (+watch@stadt.example)",
        "accept": "text/html, application/xhtml+xml, text/plain;q=0.9, */*;q=0.1",
        "accept-encoding": "gzip",
        "connection": "close",
    }
    assert unnamed["user-agent"] == f"ihk-listing/{VERSION}"


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "410", "418", "451"])
def test_a_4xx_is_an_answer_and_is_not_asked_for_again(status: str, naps: Naps) -> None:
    with serve(answer(b"secret", f"{status} No")) as server:
        got = get(server.url)
        assert (got.status, got.content, len(server.requests), naps) == (int(status), b"", 1, [])


@pytest.mark.parametrize("status", ["429", "500", "502", "503", "504", "599"])
def test_a_5xx_is_asked_for_a_fixed_number_of_times(status: str, naps: Naps) -> None:
    with serve(answer(b"", f"{status} Oops")) as server:
        with pytest.raises(FetchFailed) as caught:
            get(server.url)
        assert str(caught.value) == f"{server.url} answers {status} (5 attempts)"
        assert caught.value.http_status == int(status)
        assert len(server.requests) == ATTEMPTS
    pauses = [0.5, 1.0, 2.0, 4.0]
    assert all(low <= nap <= low + 0.5 for low, nap in zip(pauses, naps, strict=True))


def test_a_wait_that_fits_is_waited_for(naps: Naps) -> None:
    busy = answer(b"", "503 Busy", ("Retry-After", "7"))
    with serve() as server:
        server.on("/", busy, answer(PAGE))
        assert get(server.url).content == PAGE
        assert len(server.requests) == 2
    assert naps == [7.0]


@pytest.mark.parametrize("told", ["20", "21", "3600", "9" * 5000])
def test_a_wait_that_does_not_fit_ends_the_visit_at_once(told: str, naps: Naps) -> None:
    with serve(answer(b"", "429 Slow down", ("Retry-After", told))) as server:
        with pytest.raises(
            FetchFailed, match=r"answers 429 and asks to wait until 2\S+Z$"
        ) as caught:
            get(server.url, seconds=20)
        assert (caught.value.outcome, len(server.requests), naps) == ("waiting", 1, [])
    assert caught.value.wait_until is not None


# Redirects.


def test_redirects_are_followed_up_to_their_number_and_the_way_is_told() -> None:
    with serve(redirect("/1")) as server:
        for n in range(1, MAX_HOPS):
            server.on(f"/{n}", redirect(str(n + 1), "307 Elsewhere"))
        server.on(f"/{MAX_HOPS}", answer(PAGE))
        got = get(server.url)
        assert got.content == PAGE
        assert got.url == f"{server.url}{MAX_HOPS}"
        assert got.hops == (server.url, *(f"{server.url}{n}" for n in range(1, MAX_HOPS)))


def test_one_redirect_more_is_refused() -> None:
    with serve(redirect("/1")) as server:
        for n in range(1, MAX_HOPS + 2):
            server.on(f"/{n}", redirect(str(n + 1)))
        with pytest.raises(Refused) as caught:
            get(server.url)
        assert str(caught.value) == f"{server.url} leads through more than 5 redirects"
        assert caught.value.http_status == 302
        assert len(server.requests) == MAX_HOPS + 1


@pytest.mark.parametrize("way", [["/"], ["/a", "/"], ["/a", "/b", "/a"], ["/#part"]])
def test_a_circle_is_left_where_it_closes(way: list[str]) -> None:
    with serve(redirect(way[0])) as server:
        for here, there in pairwise(way):
            server.on(here, redirect(there))
        with pytest.raises(Refused) as caught:
            get(server.url)
        assert str(caught.value) == f"{server.url} leads in a circle of redirects"
        assert len(server.requests) == len(set(server.paths()))


def test_a_page_that_sets_a_cookie_and_leads_back_to_itself_is_no_circle() -> None:
    """Provenance: field practice of consent and balancing servers."""
    first = answer(b"", "302 Found", ("Location", "/"), ("Set-Cookie", "seen=1; Path=/"))
    with serve() as server:
        server.on("/", first, answer(PAGE))
        assert get(server.url).content == PAGE
        assert [request.headers.get("cookie") for request in server.requests] == [None, "seen=1"]


def test_a_page_that_sets_ever_new_cookies_ends_at_the_number_of_redirects() -> None:
    replies = [
        answer(b"", "302 Found", ("Location", "/"), ("Set-Cookie", f"n={n}")) for n in range(9)
    ]
    with serve() as server:
        server.on("/", *replies)
        with pytest.raises(Refused, match="more than 5 redirects"):
            get(server.url)
        assert len(server.requests) == MAX_HOPS + 1


def test_a_retry_follows_the_whole_way_afresh() -> None:
    with serve(redirect("/a")) as server:
        server.on("/a", answer(b"", "503 Busy"), redirect("/b"))
        server.on("/b", answer(PAGE)[:-1], answer(PAGE))
        got = get(server.url)
        assert got.hops == (server.url, f"{server.url}a")
        assert server.paths() == ["/", "/a", "/", "/a", "/b", "/", "/a", "/b"]


NOWHERE = [  # Location headers, provenance
    [], [""], [" "], ["/a", "/b"], ["http://"], ["http:///path"], ["http:path"], ["http:"], ["http://[::1"], ["http://h:99999/"],
    ["http://h:x/"], ["http://h:0/"], ["https:\\\\listing.example/"], ["\\\\listing.example\\share"],
    ["http://user:secret@listing.example/"], ["http://user@listing.example/"], ["//:pw@listing.example/"],
    ["file:///etc/passwd"], ["FILE:/etc/passwd"], ["ftp://listing.example/"], ["data:text/html,x"],
    ["javascript:alert(1)"], ["gopher://listing.example/"], ["about:blank"], ["mailto:a@b.example"],
]  # fmt: skip


@pytest.mark.parametrize("locations", NOWHERE)
def test_a_redirect_to_what_is_no_address_is_refused(locations: list[str]) -> None:
    """Provenance: FAULTS 10."""
    pairs = [("Location", location) for location in locations]
    with serve(answer(b"", "302 Found", *pairs, HTML)) as server:
        with pytest.raises(Refused, match=r"is no http\(s\) address to follow") as caught:
            get(server.url)
        assert caught.value.http_status == 302
        assert str(caught.value).isprintable()
        assert server.accepted == 1


@pytest.mark.parametrize(
    "location", ["http://ü" + "x" * 99 + ".example/", "http://a..b/", "http://%00/"]
)
def test_a_redirect_to_a_host_that_cannot_be_is_a_failure(location: str) -> None:
    with serve(answer(b"", "302 Found", ("Location", location))) as server:
        with pytest.raises(FetchFailed):
            get(server.url, attempts=1)
        assert server.accepted == 1


def test_an_address_beyond_ascii_in_a_redirect_is_followed() -> None:
    """Provenance: field practice; the header holds UTF-8, which the library reads as ISO 8859-1."""
    with serve(redirect("/für".encode().decode("latin-1"))) as server:
        server.on("/f%C3%BCr", answer(PAGE))
        assert get(server.url).content == PAGE


@pytest.fixture
def inner() -> Iterator[Server]:
    """A server that no public host may lead to."""
    with serve(answer(b"secret")) as server:
        yield server


PRIVATE = [  # a host, in one of the spellings of 127.0.0.1 or of another private address
    "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0", "0.0.0.0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "inner.example", "INNER.example.", "10.0.0.1", "192.168.1.1", "172.16.0.1",
    "169.254.169.254", "100.64.0.1", "[fe80::1]", "[fd00::1]", "[fec0::1]", "224.0.0.1",
    "[64:ff9b:1::a00:1]", "255.255.255.255", "127.0.0.2",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_no_redirect_leads_to_a_private_address_in_any_spelling(host: str, inner: Server) -> None:
    """Provenance: FAULTS 10; refused before a connection is made."""
    with serve(redirect(f"http://{host}:{inner.port}/"), PUBLIC) as server:
        with pytest.raises(Refused, match="an address of a private network"):
            get(f"http://listing.example:{server.port}/")
        assert len(server.requests) == 1
    assert inner.accepted == 0


@pytest.mark.parametrize(
    "host", ["127.0.0.1.", "127.0.0.1%00", "localhost.", "[fe80::1%25lo]", "127。0。0。1"]
)
def test_a_host_that_cannot_be_resolved_is_not_connected_to(host: str, inner: Server) -> None:
    location = f"http://{host}:{inner.port}/".encode().decode("latin-1")
    with serve(redirect(location), PUBLIC) as server, pytest.raises(FetchFailed):
        get(f"http://listing.example:{server.port}/", attempts=1)
    assert inner.accepted == 0


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch, inner: Server
) -> None:
    names = socket.getaddrinfo

    def resolve(host: str, port: int, *args: int, **more: int) -> list[tuple[object, ...]]:
        both = (PUBLIC, "127.0.0.1") if host == "both.example" else (host,)
        return [found for address in both for found in names(address, port)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    to = redirect(f"http://both.example:{inner.port}/")
    with serve(to, PUBLIC) as server, pytest.raises(Refused, match="address of a private network"):
        get(f"http://listing.example:{server.port}/")
    assert inner.accepted == 0


def test_a_redirect_to_another_public_host_is_followed() -> None:
    with serve(answer(PAGE), PUBLIC) as other, serve(b"", PUBLIC) as server:
        server.on("/", redirect(f"http://other.example:{other.port}/"))
        assert get(f"http://listing.example:{server.port}/").content == PAGE
        assert len(other.requests) == 1


def test_the_operators_own_address_may_be_private_and_lead_on_there(inner: Server) -> None:
    inner.on("/", redirect(f"http://inner.example:{inner.port}/page"))
    inner.on("/page", answer(PAGE))
    assert get(f"http://inner.example:{inner.port}/").content == PAGE


def test_without_a_contact_no_public_host_is_asked() -> None:
    with serve(answer(PAGE), PUBLIC) as server:
        with pytest.raises(SpecError, match="the setting contact is empty; put an e-mail"):
            Client("", "", 20).get(f"http://listing.example:{server.port}/")
        assert server.accepted == 0


# Secrets.


def test_neither_netrc_nor_a_proxy_of_the_environment_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inner: Server
) -> None:
    """Provenance: FAULTS 11; requests sends what .netrc holds for a host."""
    netrc = tmp_path / ".netrc"
    netrc.write_text(
        "machine 127.0.0.1 login max password secret\ndefault login max password secret\n"
    )
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, inner.url)
    with serve(answer(PAGE)) as server:
        assert get(server.url).content == PAGE
        assert "authorization" not in server.requests[0].headers
    assert inner.accepted == 0


def test_what_is_meant_for_one_address_does_not_go_to_another() -> None:
    """Cookies and conditions stay at the host and the address that they belong to."""
    with serve(answer(PAGE), PUBLIC) as other, serve(b"", PUBLIC) as server:
        url = f"http://other.example:{other.port}/"
        away = answer(b"", "302 Found", ("Location", url), ("Set-Cookie", "session=secret"))
        server.on("/", away)
        own = f"http://listing.example:{server.port}/"
        client = Client(own, "watch@stadt.example", 20)
        client.get(own, conditions={own: {"If-None-Match": '"1"'}})
        client.get(own)
        assert server.requests[0].headers["if-none-match"] == '"1"'
        assert server.requests[1].headers["cookie"] == "session=secret"
        for request in other.requests:
            assert not {"cookie", "authorization", "if-none-match", "referer"} & set(
                request.headers
            )


# Certificates.


class Authority:
    """A certificate authority of this test run, trusted by the client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root.pem"
        (folder / "index.txt").write_text("")
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index.txt\nnew_certs_dir={folder}\n"
            f"certificate={self.root}\nprivate_key={folder}/root.key\nrand_serial=yes\n"
            "default_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n"
            "x509_extensions=x\n[p]\ncommonName=supplied\n"
            "[x]\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"  # RFC 5280
        )
        usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")  # Python 3.13 asks for it
        self._run(
            "req", "-x509", *self._key("root"), "-out", str(self.root), "-subj", "/CN=root", *usage
        )

    def _run(self, *args: str) -> None:
        subprocess.run(["openssl", *args], check=True, capture_output=True)

    def _key(self, name: str) -> list[str]:
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        return [*kind, "-keyout", f"{self.folder}/{name}.key"]

    def issue(self, name: str, host: str, until: str = "20990101000000Z") -> ssl.SSLContext:
        """Give a server's context with a certificate for a host; empty `until`: signed by itself."""
        stem = f"{self.folder}/{name}"
        subject = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
        if until:
            self._run("req", *self._key(name), "-out", f"{stem}.csr", *subject)
            self._run(
                "ca", "-batch", "-config", f"{self.folder}/ca.cnf", "-in", f"{stem}.csr",
                "-out", f"{stem}.pem", "-startdate", "20200101000000Z", "-enddate", until,
            )  # fmt: skip
        else:
            self._run("req", "-x509", *self._key(name), "-out", f"{stem}.pem", *subject)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{stem}.pem", f"{stem}.key")
        return context


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    try:
        return Authority(tmp_path_factory.mktemp("authority"))
    except FileNotFoundError:
        pytest.skip("openssl, which makes the certificates, is not installed")


CERTIFICATES = [  # name, host, valid until, what the error says
    ("expired", "listing.example", "20210101000000Z", "certificate has expired"),
    ("foreign", "other.example", "20990101000000Z", "Hostname mismatch"),
    ("own", "listing.example", "", "self-signed certificate"),
]


@pytest.mark.parametrize(("name", "host", "until", "words"), CERTIFICATES)
def test_a_bad_certificate_is_refused_and_not_tried_again(
    name: str,
    host: str,
    until: str,
    words: str,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Provenance: FAULTS 11."""
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(authority.root))
    with serve(answer(PAGE), PUBLIC, authority.issue(name, host, until)) as server:
        url = f"https://listing.example:{server.port}/"
        with pytest.raises(Refused, match=words) as caught:
            get(url)
        assert str(caught.value).startswith(f"{url}: the certificate is not good: ")
        assert (server.accepted, server.requests) == (1, [])


def test_a_good_certificate_is_taken(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(authority.root))
    for whole in (answer(PAGE), chunked(PAGE, 20), gzipped(PAGE)):
        with serve(whole, PUBLIC, authority.issue("good", "listing.example")) as server:
            assert get(f"https://listing.example:{server.port}/").content == PAGE


def test_a_cut_inside_tls_is_not_taken(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(authority.root))
    context = authority.issue("cut", "listing.example")
    for cut in (answer(PAGE)[:-1], reset(answer(PAGE)[:-1]), answer(gzip.compress(PAGE)[:-1],
                "200 OK", ("Content-Encoding", "gzip"), length=False)):  # fmt: skip
        with serve(cut, PUBLIC, context) as server, pytest.raises(FetchFailed):
            get(f"https://listing.example:{server.port}/", attempts=2)
        assert len(server.requests) == 2


def test_the_library_refuses_more_headers_than_a_hundred() -> None:
    """What the bound on the number of headers rests on."""
    assert http.client._MAXHEADERS == 100
