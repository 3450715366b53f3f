"""Connections under guard: one deadline for all that is sent and read, and no forbidden address.

A timeout of the library holds for one read, so a server that drips could keep a visit for hours.
Here each read gets what is left of the visit's time.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from pipeline.errors import SpecError
from pipeline.fetch.addresses import get_host, is_public, is_same_host
from pipeline.fetch.errors import Late, Refused, Transient
from pipeline.fetch.wire import Headers, Source, check_head
from pipeline.page import MAX_BYTES

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAX_HEAD = 2**16  # bytes of status line and headers
_MAX_WIRE = MAX_BYTES + 2**20  # of a whole response, with its framing
_SILENCE = 0.25  # of the visit's time may pass without a byte before a connection is given up


class Deadline:
    """A point of time that a whole visit must not pass."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = time.monotonic() + seconds  # by the monotonic clock

    def left(self) -> float:
        """Return the seconds that are left; Late if there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise Late(f"no whole answer within the {self.seconds:g} seconds of a visit (timeout)")
        return left


class Guard:
    """What a visit's connections may do."""

    def __init__(self, url: str, deadline: Deadline, *, has_contact: bool) -> None:
        self.host = get_host(url)  # the operator's own: it may be any address
        self.deadline, self.has_contact = deadline, has_contact
        self.response: http.client.HTTPResponse | None = None  # the one received last
        self.received = 0  # its bytes so far
        self.in_body = False

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a socket connected to an address that may be asked."""
        addresses = _resolve(host, port, self.deadline)
        if not is_same_host(host, self.host):
            hidden = [address[0] for _, address in addresses if not is_public(address[0])]
            if hidden:
                raise Refused(
                    f"{host} is {hidden[0]}, an address of a private network, and another host "
                    "led there"
                )
        if not self.has_contact and any(is_public(address[0]) for _, address in addresses):
            raise SpecError(
                "the setting contact is empty; put an e-mail or web address there, so that the "
                "publisher of the page can reach whoever runs this"
            )
        return self._connect_to_one(addresses, host)

    def _connect_to_one(self, addresses: list[_Address], host: str) -> socket.socket:
        problem: OSError | None = None
        for family, address in addresses:
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.settimeout(self.patience())
            try:
                sock.connect(address)
            except OSError as error:
                problem = error
                sock.close()
            else:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.received, self.in_body = 0, False
                return sock
        self.deadline.left()
        raise Transient(f"{host} cannot be reached: {problem and (problem.strerror or problem)}")

    def patience(self) -> float:
        """Return for how many seconds silence is borne now."""
        return min(self.deadline.left(), self.deadline.seconds * _SILENCE)

    def read_head(self) -> Headers:
        """Return the headers of the answer; Refused if they are not all well formed."""
        message = self._last().headers
        if message.defects:  # the library drops a line that is no header, with all below it
            raise Refused("a line among the headers of the answer is no header")
        headers = list(message.items())
        check_head(headers)
        return headers

    def begin_body(self) -> Source:
        """Return what the answer's body is read from."""
        self.in_body = True
        return self._last().fp

    def close(self) -> None:
        """End the connection of the answer received last, also where the library forgot it."""
        if self.response is not None:
            self.response.close()
            self.response = None

    def _last(self) -> http.client.HTTPResponse:
        if self.response is None:
            raise AssertionError("an answer that did not come through the guard")
        return self.response

    def count(self, size: int) -> None:
        """Count bytes that came; Refused if they are more than any listing's page has."""
        self.received += size
        if not self.in_body and self.received > MAX_HEAD + io.DEFAULT_BUFFER_SIZE:
            raise Refused(f"the headers of the answer have more than {MAX_HEAD:,} bytes")
        if self.received > _MAX_WIRE:
            raise Refused(f"the answer has more than {_MAX_WIRE:,} bytes; no listing is that long")


_Address = tuple[socket.AddressFamily, Any]


def _resolve(host: str, port: int, deadline: Deadline) -> list[_Address]:
    """Resolve a name in a thread of its own: the system's resolver knows no deadline."""
    found: list[_Address] = []
    problems: list[OSError | ValueError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
            found.extend((family, address) for family, _, _, _, address in answers)
        except (OSError, ValueError) as error:
            problems.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if problems:
        reason = getattr(problems[0], "strerror", None) or problems[0]
        raise Transient(f"the name {host} cannot be resolved: {reason}")
    if not found:
        deadline.left()
        raise Transient(f"the name {host} cannot be resolved: it has no address")
    return found


class _Wire(io.RawIOBase):
    """A socket's bytes, each read within what is left of the visit's time."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, guard: Guard) -> None:
        self._raw, self._sock, self._guard = raw, sock, guard

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int | None:
        patience = self._guard.patience()
        self._sock.settimeout(patience)
        try:
            count: int | None = self._raw.readinto(buffer)
        except TimeoutError:
            self._guard.deadline.left()
            raise Transient(f"the server was silent for {patience:.3g} seconds") from None
        self._guard.count(count or 0)
        return count

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Lines(io.BufferedReader):
    """Remembers the line read last, and whether a CR stood inside of one."""

    last = b""
    is_odd = False

    def readline(self, size: int | None = -1, /) -> bytes:
        self.last = super().readline(size)
        self.is_odd |= b"\r" in self.last.removesuffix(b"\n").removesuffix(b"\r")
        return self.last


class _Response(http.client.HTTPResponse):
    """A response that reads through `_Wire`, and whose head has its end."""

    def __init__(self, guard: Guard, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        raw = self.fp.detach()
        self.fp = self._lines = _Lines(_Wire(raw, sock, guard))
        guard.response = self

    def begin(self) -> None:
        super().begin()
        if self._lines.last not in (b"\r\n", b"\n"):  # the library takes any end for the head's
            raise Transient("the connection ended inside the headers")
        if self._lines.is_odd:  # the library takes it for a line's end
            raise Refused("a header holds a control character")


class Adapter(HTTPAdapter):
    """The library's transport, with the connections of a guard."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Make the pools open guarded connections."""
        super().init_poolmanager(*args, **more)
        guard = self._guard

        class Plain(HTTPConnection):
            response_class = staticmethod(partial(_Response, guard))  # type: ignore[assignment]

            def _new_conn(self) -> socket.socket:
                return guard.connect(self.host, self.port or 80)

        class Secure(HTTPSConnection):
            response_class = staticmethod(partial(_Response, guard))  # type: ignore[assignment]

            def _new_conn(self) -> socket.socket:
                return guard.connect(self.host, self.port or 443)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
