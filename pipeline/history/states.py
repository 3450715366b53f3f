"""The visit log -> how the page stood when: verdicts, sightings, states.  Pure functions.

A sighting is a time at which a capture's bytes were received.  Sightings are ordered by time, those
without one first; fetched ones never against the order of the log, so that a clock set back turns
nothing round, and imported ones by time and id alone, so that the order of import never matters.
A state is a run of sightings of one accepted capture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pipeline.errors import DamagedFile
from pipeline.history.visits import Visit
from pipeline.model import Status

GOOD = ("accepted", "accepted_by_hand")
SEEN = ("new", "unchanged", "suspect", "imported")  # outcomes of a visit that received bytes
_BY_MACHINE: dict[str, Status] = {"new": "accepted", "imported": "accepted", "suspect": "suspect"}
_BY_HAND: dict[str, Status] = {"accepted": "accepted_by_hand", "rejected": "rejected"}
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Sidecar = Callable[[str], dict[str, Any]]  # a capture's id -> what its sidecar says


class Verdict(NamedTuple):
    """What the log says of a capture."""

    status: Status
    reason: str | None  # null when accepted


class Sighting(NamedTuple):
    """A time at which a capture's bytes were received; `at` is None where unknown."""

    key: tuple[int, datetime, int, int, str]  # what history is ordered by
    at: datetime | None
    capture_id: str
    visit: Visit


class State(NamedTuple):
    """A time through which the page showed one accepted capture."""

    capture_id: str
    first: datetime | None  # when it was seen first
    last: datetime | None  # when it was seen last
    since: datetime  # where it stands in history; long ago where its time is unknown


class History(NamedTuple):
    """What the visits tell, taken together."""

    verdicts: dict[str, Verdict]  # by capture, in the order of their first sightings
    states: tuple[State, ...]
    seen: dict[str, datetime | None]  # when each capture was seen first
    sightings: tuple[Sighting, ...]  # all, in the order of history
    firsts: dict[str, Sighting]  # the first of each capture
    waiting: tuple[str, ...]  # suspect captures that no good one has followed
    news: Visit | None  # the last visit that changed any of this

    def in_force(self) -> str | None:
        """Return the newest accepted capture's id."""
        return self.states[-1].capture_id if self.states else None

    def until(self, end: datetime) -> History:
        """Return the history up to a time."""
        states = tuple(state for state in self.states if state.since <= end)
        kept = {s.capture_id for s in states}
        verdicts = {
            name: verdict
            for name, verdict in self.verdicts.items()
            if name in kept or (verdict.status not in GOOD and (self.seen[name] or LONG_AGO) <= end)
        }
        return self._replace(verdicts=verdicts, states=states)


def read_history(visits: Sequence[Visit], sidecar: Sidecar) -> History:
    """Fold the visits of a log; `sidecar` is asked for captures that the log gives no time of."""
    verdicts, news = _fold(visits)
    sightings = sorted(_iter_sightings(visits, sidecar), key=_order)
    states: list[State] = []
    seen: dict[str, datetime | None] = {}
    suspects: list[str] = []
    for one in sightings:
        if one.capture_id not in verdicts:
            raise DamagedFile(
                f"the visit log sees {one.capture_id} again, but no visit of it brought that "
                "capture; restore the log from a backup"
            )
        if seen.get(one.capture_id) is None:
            seen[one.capture_id] = one.at
        status = verdicts[one.capture_id].status
        if status == "suspect":
            suspects = [*(s for s in suspects if s != one.capture_id), one.capture_id]
        if status not in GOOD:
            continue
        suspects = []
        if states and states[-1].capture_id == one.capture_id:
            states[-1] = states[-1]._replace(last=one.at or states[-1].last)
        else:
            since = one.key[1] if one.key[0] else LONG_AGO
            states.append(State(one.capture_id, one.at, one.at, since))
    return History(
        {name: verdicts[name] for name in seen},
        tuple(states),
        seen,
        tuple(sightings),
        {one.capture_id: one for one in reversed(sightings)},
        tuple(suspects),
        news,
    )


def _order(one: Sighting) -> tuple[Any, ...]:
    """Order sightings by time; two imports of one time by what they are, not by their order."""
    return (one.key, one.visit.url or "", one.visit.content_type or "")


def _fold(visits: Sequence[Visit]) -> tuple[dict[str, Verdict], Visit | None]:
    """Return the verdicts, a person's before the program's, and the last visit that was news."""
    verdicts: dict[str, Verdict] = {}
    by_hand: set[str] = set()
    news = None
    for visit in visits:
        name, outcome = visit.capture_id, visit.outcome
        if name is None or outcome in ("unchanged", "not_modified"):
            continue
        before = verdicts.get(name)
        status = _BY_HAND.get(outcome)
        if status:
            by_hand.add(name)
        elif name not in by_hand:
            status = _BY_MACHINE.get(outcome)
        if status:
            verdicts[name] = Verdict(status, None if status in GOOD else visit.reason)
        if outcome != "suspect" or visit.is_import() or verdicts[name] != before:
            news = visit
    return verdicts, news


def _iter_sightings(visits: Sequence[Visit], sidecar: Sidecar) -> Iterator[Sighting]:
    fetched = LONG_AGO
    for number, visit in enumerate(visits):
        name = visit.capture_id
        if name is None or visit.outcome not in SEEN:
            continue
        if not visit.is_import():
            fetched = max(fetched, visit.at)
            yield Sighting((1, fetched, 1, number, name), visit.at, name, visit)
        elif visit.seen_at:
            yield Sighting((1, visit.seen_at, 0, 0, name), visit.seen_at, name, visit)
        else:
            yield _place(name, visit, sidecar(name))


def _place(name: str, visit: Visit, sidecar: dict[str, Any]) -> Sighting:
    """Place a capture whose sidecar alone may tell its time, or the bounds of it."""
    at, lower, upper = (
        datetime.fromisoformat(told).astimezone(UTC) if (told := sidecar.get(key)) else None
        for key in ("captured_at", "not_before", "not_after")
    )
    if at or lower:
        return Sighting((1, at or lower or LONG_AGO, 0, 0, name), at, name, visit)
    return Sighting((0, upper or LONG_AGO, 0, 0, name), None, name, visit)
