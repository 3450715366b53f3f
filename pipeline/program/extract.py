"""What the commands do, as functions: settings in, results out.  No words, no exit codes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.archives import read_pages
from pipeline.errors import SourceUnavailable, SuspectPage
from pipeline.extraction import Extraction, Progress, Told
from pipeline.flow import Judged, build_rows, compare_records, describe_capture, judge_capture
from pipeline.history import LONG_AGO, Standing, State, Verdict, list_changes, print_time
from pipeline.listing import ListingSpec, read_spec
from pipeline.model import Capture
from pipeline.page import fold
from pipeline.privacy import hide_quotes, list_labels, show_lines, withhold_persons
from pipeline.publish import describe_origin, describe_store, read_register_file
from pipeline.settings import Settings
from pipeline.store import REGISTERS, Store, keep_register, read_store, read_stored
from pipeline.tables import (
    Register,
    Row,
    Rows,
    known_municipalities,
    parse_register,
    shape_tables,
)

_AT_ONCE = 8  # captures that are held as parsed: a page may come and go


def extract_store(
    settings: Settings,
    *,
    store: Store | None = None,
    as_of: datetime | None = None,
    register: tuple[Register, str | None] | None = None,
    write: bool = True,
    progress: Progress | None = None,
) -> Extraction:
    """Extract the newest accepted capture of the raw store, or the one of the time `as_of`.

    `store` is one that was read already; `register` replaces the one of the settings, given with
    its sha256; without `write` the store keeps no copy of the latter.
    """
    spec = read_spec(settings.listing)
    keys, recorded = register or read_register(settings, spec, keep=write)
    store = store or read_store(Path(settings.raw), spec.name)
    history = store.history.until(as_of) if as_of else store.history
    if not history.verdicts:
        raise SourceUnavailable(_say_nothing_stored(store, as_of))

    @lru_cache(maxsize=_AT_ONCE)
    def judge(name: str) -> Judged:
        return _obey(store, name, history.verdicts[name], spec)

    made_from = describe_store(store, spec, settings, recorded, as_of)
    names = list(history.verdicts)
    return _finish(names, judge, progress, history.states, history.waiting, spec, keys, made_from)


def _say_nothing_stored(store: Store, as_of: datetime | None) -> str:
    if as_of is None:
        return f"{store.folder}: the store holds no capture yet; fetch the page (ihk fetch)"
    first = min((at for at in store.history.seen.values() if at), default=None)
    return (
        f"{store.folder}: no capture is as old as {print_time(as_of)}, the oldest is of "
        f"{print_time(first) if first else 'an unknown time'}; older ones may be in a web archive "
        "(ihk backfill)"
    )


def extract_pages(
    paths: list[Path], settings: Settings, progress: Progress | None = None
) -> Extraction:
    """Extract files, each a capture, judged one after the other without the raw store."""
    spec = read_spec(settings.listing)
    return extract_captures(read_pages(paths, spec), spec, settings, progress)


def extract_captures(
    captures: Iterable[Capture],
    spec: ListingSpec,
    settings: Settings,
    progress: Progress | None = None,
) -> Extraction:
    """Extract captures at hand, in the order of history."""
    register, recorded = read_register(settings, spec, keep=False)
    known: dict[str, Capture] = {}
    verdicts: dict[str, Verdict] = {}
    states: list[State] = []
    before: int | None = None

    @lru_cache(maxsize=_AT_ONCE)
    def read(name: str) -> Judged:
        return judge_capture(known[name], spec)

    for capture in captures:
        name, at = capture.capture_id, capture.captured_at
        known.setdefault(name, capture)
        one = read(name)
        if name not in verdicts:
            reason = one.reason or compare_records(one, spec, before)
            verdicts[name] = Verdict("suspect" if reason else "accepted", reason)
        if verdicts[name].status == "accepted":
            before = len(one.listing.records)
            if states and states[-1].capture_id == name:
                states[-1] = states[-1]._replace(last=at)
            else:
                states.append(State(name, at, at, at or LONG_AGO))

    def judge(name: str) -> Judged:
        return read(name)._replace(**verdicts[name]._asdict())

    made_from = describe_origin(spec, settings, recorded)
    suspects = [name for name, verdict in verdicts.items() if verdict.status == "suspect"]
    return _finish(list(verdicts), judge, progress, states, suspects, spec, register, made_from)


def _obey(store: Store, name: str, verdict: Verdict, spec: ListingSpec) -> Judged:
    """Read a stored capture again, with the verdict that the visit log holds."""
    judged = judge_capture(store.read(name), spec)
    if verdict.status == "accepted" and not judged.listing.records:
        raise SuspectPage(
            f"{judged.capture.name}: the log calls this capture good, but the present "
            f"listing spec finds no record in it: {judged.reason}"
        )
    return judged._replace(status=verdict.status, reason=verdict.reason)


def _finish(
    names: Sequence[str],
    judge: Callable[[str], Judged],
    progress: Progress | None,
    states: Sequence[State],
    waiting: Sequence[str],
    spec: ListingSpec,
    register: Register,
    made_from: dict[str, Any],
) -> Extraction:
    """Build the tables; of thousands of captures, few are held at once."""
    if not states:
        last = judge(names[-1])
        reason = last.reason or "rejected by hand; ihk accept takes that back"
        raise SuspectPage(f"{last.capture.name}: {reason}")
    tables = shape_tables(spec)
    in_force = states[-1].capture_id
    people = bool(made_from["settings"]["people"])
    described: dict[str, tuple[Row, Told]] = {}

    def look(name: str) -> Judged:
        one = judge(name)
        if one.reason and not people:
            one = one._replace(reason=hide_quotes(one.reason, set(map(fold, list_labels(spec)))))
        told = Told(name, one.capture.name, one.status, one.reason, len(one.listing.records))
        described[name] = (describe_capture(one, spec), told)
        if progress:
            progress(len(described), len(names))
        return one

    @lru_cache(maxsize=_AT_ONCE)
    def build(name: str) -> Rows:
        one = judge(name)
        rows = build_rows(one, spec, register, tables)
        return rows if people else withhold_persons(rows, tables, spec)

    changes = list_changes(_iter_standings(states, look, build), spec, tables)
    for name in names:  # those that never were in force
        if name not in described:
            look(name)
    captures = [described[name][0] for name in names]
    told = tuple(described[name][1] for name in names)
    rows = {**build(in_force), "captures": captures, "changes": changes}
    suspects = tuple(one for one in told if one.capture_id in waiting)
    last = judge(in_force)
    lines = show_lines(last.page, last.listing, rows["cells"], people=people)
    return Extraction(spec, tables, rows, told, in_force, made_from, suspects, lines)


def _iter_standings(
    states: Sequence[State], judge: Callable[[str], Judged], build: Callable[[str], Rows]
) -> Iterator[Standing]:
    """Yield what the page said in each state; where only its markup's insides differ, the same rows."""
    before: Judged | None = None
    rows: Rows = {}
    for state in states:
        one = judge(state.capture_id)
        is_same = (
            before is not None and one.page == before.page and one.capture.url == before.capture.url
        )
        if not is_same:
            rows = build(state.capture_id)
        before = one
        yield Standing(one.capture, rows, state.first, state.last)


def read_register(
    settings: Settings, spec: ListingSpec, *, keep: bool
) -> tuple[Register, str | None]:
    """Return the register of the settings and its sha256; `keep` copies it into the store."""
    content = read_register_file(settings)
    if content is None:
        return known_municipalities(spec.state), None
    register = parse_register(content, settings.register, spec.state)
    if keep:
        keep_register(Path(settings.raw), content)
    return register, hashlib.sha256(content).hexdigest()


def stored_register(settings: Settings, spec: ListingSpec, digest: str | None) -> Register:
    """Return the register with this sha256 from the raw store."""
    if digest is None:
        return known_municipalities(spec.state)
    path = Path(settings.raw) / REGISTERS / f"{digest[:12]}.txt"
    return parse_register(read_stored(path), str(path), spec.state)
