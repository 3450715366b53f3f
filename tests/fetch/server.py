"""A scripted server on loopback: it cuts, resets, drips and goes on too long, and notes what it was asked.

A reply is the bytes to send, or a function that is given the socket.  Behind a reply the server ends
its side and waits until the client has ended its own, so that it knows at each new connection which
of the others the client still holds open.
"""

import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

Reply = bytes | Callable[[socket.socket], None]
Pairs = Iterable[tuple[str, str]]
HTML = ("Content-Type", "text/html; charset=utf-8")
ROBOTS, RIGHTS = "/robots.txt", "/.well-known/tdmrep.json"
ENOUGH = 2**26  # bytes of a reply that goes on: more than any cap
_stopped = threading.Event()


class Request(NamedTuple):
    """What a client asked for; the names of headers are in lower case."""

    path: str
    headers: dict[str, str]


class Server:
    """Answers each path with its replies, one after the other; the last one stays."""

    def __init__(self, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.most_open = 0  # connections that the client held at once
        self.accepted = 0
        self.sent = 0  # bytes, by replies that count them
        self._routes: dict[str, list[Reply]] = {}
        self._tls = tls
        self._open: list[socket.socket] = []
        self._guard = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._socket = socket.create_server((host, 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://{host}:{self.port}/"
        self._start(self._accept)

    def on(self, path: str, *replies: Reply) -> "Server":
        """Set the replies of a path; the server itself is returned."""
        self._routes[path] = list(replies)
        return self

    def paths(self) -> list[str]:
        """Give the paths that were asked for, in their order."""
        return [request.path for request in self.requests]

    def pages(self) -> list[Request]:
        """Give the requests but those for permission."""
        return [request for request in self.requests if request.path not in (ROBOTS, RIGHTS)]

    def close(self) -> None:
        """End all connections and threads."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._guard:
                self.accepted += 1
                held = sum(_is_held(other) for other in self._open)
                self.most_open = max(self.most_open, held + 1)
                self._open.append(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        talk = connection
        try:
            if self._tls:
                talk = self._tls.wrap_socket(connection, server_side=True)
                with self._guard:
                    self._open.append(talk)
            request = _read_request(talk)
            if request is None:
                return
            self.requests.append(request)
            replies = self._routes.get(request.path, [answer(b"", "404 Not Found")])
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
            if isinstance(reply, bytes):
                talk.sendall(reply)
            else:
                reply(talk)
            talk.shutdown(socket.SHUT_WR)
            while talk.recv(2**16):
                pass
        except (OSError, ValueError):  # the client left, or the reply has closed the socket
            pass
        finally:
            with self._guard:
                self._open = [one for one in self._open if one not in (connection, talk)]
            talk.close()
            connection.close()

    def endless(self, head: bytes, block: bytes) -> Reply:
        """Make a reply that goes on far beyond each cap; what was sent is counted."""

        def reply(connection: socket.socket) -> None:
            connection.sendall(head)
            end = self.sent + ENOUGH
            while self.sent < end:
                connection.sendall(block)
                self.sent += len(block)

        return reply


def _is_held(connection: socket.socket) -> bool:
    """Tell whether the client has not yet ended its side of an accepted connection."""
    try:
        return socket.socket.recv(connection, 1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except (OSError, ValueError):
        return False


def _read_request(connection: socket.socket) -> Request | None:
    data = b""
    while b"\r\n\r\n" not in data:
        block = connection.recv(2**16)
        if not block:
            return None
        data += block
    first, *lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Request(first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs})


@contextmanager
def serve(
    page: Reply = b"", host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """Run a server whose path `/` gives this reply; no client may hold two connections to it."""
    server = Server(host, tls).on("/", page)
    try:
        yield server
        assert tls or server.most_open <= 1, "the client held several connections at once"
    finally:
        server.close()


def answer(
    body: bytes = b"", status: str = "200 OK", *headers: tuple[str, str], length: bool = True
) -> bytes:
    """Write a response; without other headers it is HTML."""
    pairs = [*(headers or [HTML]), *([("Content-Length", str(len(body)))] if length else [])]
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in pairs), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunk(body: bytes, *sizes: int, digits: int = 1) -> bytes:
    """Write a body in chunks of these sizes, the last of them for what is left."""
    chunks = []
    while body:
        size = sizes[len(chunks)] if len(chunks) < len(sizes) else len(body)
        chunks.append(b"%0*x\r\n%s\r\n" % (digits, len(body[:size]), body[:size]))
        body = body[size:]
    return b"".join(chunks) + b"0" * digits + b"\r\n\r\n"


def chunked(body: bytes, *sizes: int, digits: int = 1) -> bytes:
    """Write a response in chunks."""
    head = answer(b"", "200 OK", HTML, ("Transfer-Encoding", "chunked"), length=False)
    return head + chunk(body, *sizes, digits=digits)


def gzipped(body: bytes) -> bytes:
    """Write a response packed with gzip."""
    return answer(gzip.compress(body, mtime=0), "200 OK", HTML, ("Content-Encoding", "gzip"))


def redirect(to: str, status: str = "302 Found") -> bytes:
    """Write a redirect."""
    return answer(b"", status, ("Location", to))


def reset(data: bytes) -> Reply:
    """Make a reply that sends this much and then resets the connection."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return reply


def drip(fast: bytes, slow: bytes, pause: float = 0.03) -> Reply:
    """Make a reply that sends one part at once and the other byte for byte, with pauses."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(fast)
        for byte in slow:
            connection.sendall(bytes([byte]))
            _stopped.wait(pause)

    return reply


def hold(data: bytes = b"") -> Reply:
    """Make a reply that sends this much and then nothing more, until the client leaves."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.recv(1)

    return reply


class Names:
    """Stands in for the resolver: these names have these addresses, others none; no network is asked."""

    def __init__(self, **addresses: str) -> None:
        self.asked: list[str] = []
        self._addresses = {f"{name}.example": address for name, address in addresses.items()}
        self._resolve = socket.getaddrinfo

    def __call__(self, host: str, port: int, *args: int, **more: int) -> list[tuple[object, ...]]:
        self.asked.append(host)
        address = self._addresses.get(host.lower().rstrip("."), host)
        return list(
            self._resolve(address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        )


class Naps(list[float]):
    """Stands in for the module `time` where the pipeline sleeps: notes for how long, and does not."""

    time = staticmethod(time.time)

    def sleep(self, seconds: float) -> None:
        """Sleep no time at all."""
        self.append(seconds)
