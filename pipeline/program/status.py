"""How the watching goes: the last visit, the last success, what is in force, what waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import SpecError
from pipeline.flow import judge_capture
from pipeline.history import Visit, describe_visit, plain
from pipeline.listing import ListingSpec, read_spec
from pipeline.publish import describe_store, hash_register, is_current, read_current
from pipeline.settings import Settings
from pipeline.store import (
    CAPTURES,
    Store,
    append_visit,
    clock,
    lock,
    read_log,
    read_log_as_store,
    read_store,
)

GOOD_VISITS = ("new", "unchanged", "not_modified")
_VERDICTS = ("accepted", "rejected")


class Status(NamedTuple):
    """What an operator wants to know."""

    listing: str
    last_visit: Visit | None
    last_success: Visit | None
    in_force: str | None  # the capture that the tables come from
    in_force_since: datetime | None
    published: str | None  # the digest of the set
    is_current: bool  # it is what would be built now
    failures: int  # in a row, up to now
    failing_since: datetime | None
    waiting: tuple[tuple[str, str], ...]  # suspect captures and why, oldest first
    wait_until: datetime | None

    def is_older(self, age: timedelta) -> bool:
        """Tell whether the last success is older than `age`, or there is none."""
        return self.last_success is None or clock.now() - self.last_success.at > age


def read_status(settings: Settings) -> Status:
    """Read the state of the store and of what is published; SourceUnavailable without a store."""
    spec = read_spec(settings.listing)
    store = read_store(Path(settings.raw), spec.name)
    visits = [v for v in store.log.visits if v.outcome not in _VERDICTS and not v.is_import()]
    good = [visit for visit in visits if visit.outcome in GOOD_VISITS]
    failures = visits[visits.index(good[-1]) + 1 :] if good else visits
    states, verdicts = store.history.states, store.history.verdicts
    made_from = describe_store(store, spec, settings, hash_register(settings))
    return Status(
        spec.name,
        visits[-1] if visits else None,
        good[-1] if good else None,
        states[-1].capture_id if states else None,
        states[-1].first if states else None,
        read_current(Path(settings.out)),
        is_current(Path(settings.out), made_from),
        len(failures),
        failures[0].at if failures else None,
        tuple((name, verdicts[name].reason or "") for name in store.history.waiting),
        visits[-1].wait_until if visits else None,
    )


def give_verdict(settings: Settings, wanted: str, *, good: bool) -> tuple[Store, str]:
    """Write a person's verdict on a capture into the log; return the store then, and its id.

    Raises SpecError if there is no such capture, or nothing in it that could be published.
    """
    spec = read_spec(settings.listing)
    folder = read_store(Path(settings.raw), spec.name).folder
    with lock(folder / ".lock"):
        store = read_log_as_store(folder, read_log(folder))
        name = store.find(wanted)
        if good:
            _refuse_empty(store, name, spec)
        capture = store.read(name)
        visit = Visit(clock.now(), capture.url, "accepted" if good else "rejected", capture_id=name)
        return read_log_as_store(folder, append_visit(folder, store.log, visit)), name


def _refuse_empty(store: Store, name: str, spec: ListingSpec) -> None:
    judged = judge_capture(store.read(name), spec)
    if not judged.listing.records:
        raise SpecError(
            f"{store.folder / CAPTURES / name}: there is no record in it, so nothing could be "
            f"published: {judged.reason}"
        )


def describe_status(status: Status) -> dict[str, Any]:
    """Return a status as plain data."""
    told = {name: plain(value) for name, value in status._asdict().items()}
    return told | {
        "last_visit": status.last_visit and describe_visit(status.last_visit),
        "last_success": status.last_success and describe_visit(status.last_success),
        "waiting": [{"capture_id": name, "reason": reason} for name, reason in status.waiting],
    }
