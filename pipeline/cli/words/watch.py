"""Visits, updates and the state of the watch in words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from pipeline.cli.words.phrases import count_things, find_step, tell_check, tell_step
from pipeline.errors import one_line
from pipeline.history import describe_visit, plain, print_time
from pipeline.store import CAPTURES

if TYPE_CHECKING:
    from pipeline.program import News, Status, Updated, Visited
    from pipeline.store import Store

_STALE = "not what would be built now; ihk extract publishes that"
_LINES = 50  # of events on a terminal; the table has all


def tell_visit(visited: Visited) -> list[str]:
    """Return what a visit found."""
    visit = visited.visit
    tries = f" after {visit.attempts} attempts" if visit.attempts > 1 else ""
    if visit.outcome == "new":
        count = "" if visited.records is None else f", {count_things(visited.records, 'record')}"
        was = f"; before it was {visited.before}" if visited.before else ""
        return [f"new: capture {visit.capture_id}{count}{was}{tries}"]
    if visit.outcome == "suspect":
        return []
    seen = {"unchanged": "the same bytes", "not_modified": "not modified, says the server"}
    why = f" ({visit.reason})" if visit.reason else ""
    return [f"unchanged: capture {visit.capture_id}, {seen[visit.outcome]}{why}{tries}"]


def tell_suspect(visited: Visited, listing: str) -> str:
    """Return the one line that says what was expected, what came, why, and what to do."""
    visit, store = visited.visit, visited.store
    before = visited.before
    expected = ""
    if before and visited.records_before is not None:
        wanted = count_things(visited.records_before, "record")
        expected = (
            f"; expected was the listing, {wanted} in capture {before}, and {visited.records} came"
        )
    kept = [
        p for p in (store.folder / CAPTURES).glob(f"{visit.capture_id}.*") if p.suffix != ".json"
    ]
    if not kept:
        return f"suspect: {visit.reason}{expected}; nothing is kept or published in a dry run"
    near = " is near " in (visit.reason or "")
    mend = f", or add the new label to the listing spec ({listing}) and visit again" if near else ""
    return (
        f"suspect: {visit.reason}{expected}; what came is kept as {kept[0]}, nothing is published; "
        f"look at it, then: ihk accept {visit.capture_id}, or ihk reject {visit.capture_id}{mend}; "
        "if the page is gone for good, ihk backfill looks for it in a web archive"
    )


def describe_update(updated: Updated, out: str, *, write: bool) -> dict[str, Any]:
    """Return what a run did, as plain data."""
    news, published, built = updated.news, updated.published, updated.built
    return {
        "visit": describe_visit(updated.visited.visit),
        "in_force": updated.visited.store.history.in_force(),
        "rebuilt": built is not None,
        "dry_run": not write,
        "out": out,
        "set": published.digest if published else None,
        "first_publication": bool(news and news.is_first),
        "changes": _list(news, built, "changes"),
        "new_fails": _list(news, built, "checks"),
        "cells_read_differently": news.reread if news else 0,
    }


def _list(news: News | None, built: Any, table: str) -> list[dict[str, Any]]:
    if news is None:
        return []
    names = built.tables[table].names()
    rows = news.events if table == "changes" else news.fails
    return [{n: plain(v) for n, v in zip(names, row, strict=True)} for row in rows]


def tell_update(updated: Updated, out: str, *, write: bool) -> list[str]:
    """Return what a run did: the visit, what changed, what is wrong now, what was published."""
    words = tell_visit(updated.visited)
    news, built, published = updated.news, updated.built, updated.published
    if news is None or built is None or published is None:
        return words
    from pipeline.publish import read_events, tell_event

    events = read_events(news.events, built.spec)
    if events:
        words.append(f"{count_things(len(events), 'change')} in the listing")
    elif updated.visited.visit.outcome == "new" and not news.is_first:
        words.append("nothing in the listing changed")
    words += [f"  {tell_event(event)}" for event in events[:_LINES]]
    if len(events) > _LINES:
        words.append(f"  and {len(events) - _LINES} more: ihk changes")
    if news.reread:
        words.append(f"because of new rules: {count_things(news.reread, 'cell')}")
    if news.fails:
        words.append(f"{count_things(len(news.fails), 'check')} that did not fail before:")
        words += [f"  {tell_check(row)}" for row in news.fails[:_LINES]]
    done = "published" if write else "would publish"
    words.append(f"{done}: {out} (set {published.digest})")
    return [one_line(word) for word in words]


def tell_events(events: list[dict[str, Any]]) -> list[str]:
    """Return change events under the times between which they happened."""
    from pipeline.publish import tell_event

    words: list[str] = []
    for step, group in groupby(events, find_step):
        words.append(f"{tell_step(step)}:")
        words += [f"  {tell_event(event)}" for event in group]
    return words or ["no changes"]


def tell_status(status: Status, out: str) -> list[str]:
    """Return the state of the watch."""
    last, good = status.last_visit, status.last_success
    words = [
        f"last visit: {print_time(last.at)}, {last.outcome}" if last else "last visit: none yet",
        f"last success: {print_time(good.at)}" if good else "last success: none yet",
    ]
    since = f" since {print_time(status.in_force_since)}" if status.in_force_since else ""
    words.append(
        f"in force: capture {status.in_force}{since}" if status.in_force else "in force: none"
    )
    if status.published:
        stale = _STALE if status.in_force else "no capture is in force that could replace it"
        stale = "untouched since a suspect capture came" if status.waiting else stale
        state = "current" if status.is_current else stale
        words.append(f"published: {out} (set {status.published}), {state}")
    else:
        words.append("published: nothing yet")
    if status.failures and status.failing_since:
        words.append(
            f"failures: {status.failures} in a row since {print_time(status.failing_since)}"
            + (f": {last.reason}" if last and last.reason else "")
        )
    if status.wait_until:
        words.append(f"wait until: {print_time(status.wait_until)}")
    words += [f"suspect: capture {name} waits: {reason}" for name, reason in status.waiting]
    return [one_line(word) for word in words]


def tell_verdict(store: Store, name: str) -> list[str]:
    """Return what a person's verdict leads to."""
    status = store.history.verdicts[name].status.replace("_", " ")
    force = store.history.in_force()
    then = "no capture is in force, so what is published stays as it is"
    if force:
        then = f"in force is {force}; ihk extract publishes it"
    return [f"capture {name} is {status} now; {then}"]
