"""When may a host be asked?  Never two at a time, after a pause, and not before it said.

raw/.hosts/ID is the lock of a host; its time is when the host was asked last, also by a run that
crashed, and also for another listing.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline.fetch.addresses import get_host, is_loopback
from pipeline.fetch.client import Client
from pipeline.fetch.errors import FetchFailed
from pipeline.history import Visit, print_time
from pipeline.settings import Settings
from pipeline.store import HOSTS, clock, lock, mark_time


def obey_wait(url: str, visits: Sequence[Visit], client: Client) -> None:
    """Wait as long as the host asked for the last time, if it fits into this visit."""
    asked = (v for v in reversed(visits) if v.attempts or v.wait_until)
    last = next((v for v in asked if get_host(v.url or "") == get_host(url)), None)
    if last is None or last.wait_until is None:
        return
    wished = last.wait_until - last.at  # at most that: the clock may have been set back
    left = min(last.wait_until - clock.now(), wished).total_seconds()
    wait(left, client, "the server asked for it", last.wait_until)


def wait(seconds: float, client: Client, why: str, until: datetime | None = None) -> None:
    """Sleep, or fail at once if that would take longer than the visit may.

    `until` is the end of a wait that a server asked for, which the log remembers.
    """
    if seconds <= 0:
        return
    if seconds >= client.deadline.left():
        end = until or clock.now() + timedelta(seconds=seconds + 1)
        raise FetchFailed(
            f"told to wait until {print_time(end)}: {why}; no request was sent",
            "waiting",
            wait_until=until,
        )
    time.sleep(seconds)


class Turn(NamedTuple):
    """When the host was visited last, in seconds since 1970."""

    last: float | None


@contextlib.contextmanager
def take_turn(settings: Settings, url: str, client: Client, *, write: bool) -> Iterator[Turn]:
    """Keep other visits to the host out, and the pause since the last one."""
    host = get_host(url)
    if is_loopback(host):
        yield Turn(None)
        return
    mark = Path(settings.raw) / HOSTS / hashlib.sha256(host.encode()).hexdigest()[:12]
    last = mark.stat().st_mtime if mark.exists() else None
    with contextlib.ExitStack() as stack:
        held = stack.enter_context(lock(mark, client.deadline.left())) if write else None
        if last is not None:
            last = min(mark.stat().st_mtime, time.time())
            why = f"the setting pause wants {settings.pause:g} seconds between visits to {host}"
            wait(last + settings.pause - time.time(), client, why)
        if held is not None:
            mark_time(held, time.time())  # before the first request: a crash counts too
        yield Turn(last)
