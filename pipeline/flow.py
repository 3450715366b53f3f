"""The flow: a capture's bytes -> lines -> records -> typed cells -> checks -> rows of all tables.

Pure functions of values: nothing here opens a file or a socket.
"""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Sequence
from typing import NamedTuple, ParamSpec, TypeVar

from pipeline.errors import SuspectPage
from pipeline.listing import ListingSpec
from pipeline.model import Capture, Leftover, Listing, Page, Status
from pipeline.page import (
    MAX_RECORDS,
    Reader,
    check_bytes,
    decode,
    read_html,
    read_text,
    read_with_lexbor,
)
from pipeline.records import NOTHING, NearestLabels, judge, parse_listing, refuse_bytes
from pipeline.rules import Subject, check_rows
from pipeline.tables import (
    Draft,
    Item,
    Register,
    Row,
    Rows,
    Table,
    identify,
    known_municipalities,
    normalise_records,
    read_records,
    shape_tables,
)
from pipeline.values import resolve

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def without_collector(function: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Let Python's collector of cycles rest while `function` runs.

    What is made of a page is values, which hold no cycles; to look for some among them, again and
    again while they grow, would take a quarter of the time on large pages.
    """

    @functools.wraps(function)
    def run(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made:
        if not gc.isenabled():
            return function(*args, **kwargs)
        gc.disable()
        try:
            return function(*args, **kwargs)
        finally:
            gc.enable()

    return run


class Judged(NamedTuple):
    """A capture with what stands in it and the verdict on it."""

    capture: Capture
    page: Page
    listing: Listing
    status: Status
    reason: str | None


def read_page(
    capture: Capture, reader: Reader = read_with_lexbor, hidden: tuple[str, ...] = ()
) -> Page:
    """Return a capture's lines, without elements of the CSS classes `hidden`.

    Raises SuspectPage if it is no page or beyond a limit.
    """
    check_bytes(capture.body)
    reason = refuse_bytes(capture.body)
    if reason:
        raise SuspectPage(f"{capture.name}: {reason}")
    html = capture.media_type != "text/plain"
    text = decode(capture.body, capture.charset, html=html)
    return read_html(text, reader, hidden) if html else read_text(text)


@without_collector
def judge_capture(capture: Capture, spec: ListingSpec, records_before: int | None = None) -> Judged:
    """Read a capture's records and say whether it is the listing, whole."""
    try:
        page = read_page(capture, read_with_lexbor, spec.hidden)
        listing = parse_listing(page, spec)
        if len(listing.records) > MAX_RECORDS:
            raise SuspectPage(f"more than {MAX_RECORDS:,} records; split the page")
    except SuspectPage as error:
        refused = str(error).removeprefix(f"{capture.name}: ")
        return Judged(capture, Page(()), NOTHING, "suspect", refused)
    reason = judge(page, listing, spec, records_before)
    return Judged(capture, page, listing, "suspect" if reason else "accepted", reason)


def compare_records(judged: Judged, spec: ListingSpec, records_before: int | None) -> str | None:
    """Return why a capture is suspect beside the one before it, or None."""
    return judge(judged.page, judged.listing, spec, records_before)


@without_collector
def build_rows(
    judged: Judged,
    spec: ListingSpec,
    register: Register | None = None,
    tables: dict[str, Table] | None = None,
) -> Rows:
    """Return the rows of all tables but `captures` and `changes`, from one capture."""
    capture, page, listing = judged.capture, judged.page, judged.listing
    tables = tables or shape_tables(spec)
    register = register or known_municipalities(spec.state)
    base = find_base(capture, page, spec)
    drafts = read_records(listing.records, spec, page.lines, base)
    identities = identify(drafts, spec, page.lines, register.keys.__contains__)
    items = [Item(d, ids) for d, ids in zip(drafts, identities, strict=True) if ids is not None]
    repeats = [d for d, ids in zip(drafts, identities, strict=True) if ids is None]
    listing = listing._replace(
        leftovers=_gather_leftovers(listing, page, drafts, repeats, NearestLabels(spec))
    )
    result = normalise_records(items, spec, tables, capture.capture_id, register.find_ags)
    rows = result.rows
    subject = Subject(spec, tables, listing, result, register, capture.capture_id, page)
    rows["checks"] = list(check_rows(subject))
    ids = subject.ids()
    rows["unclaimed"] = [
        (capture.capture_id, ids.get(left.record or 0), *left.span[::3], left.url, left.reason)
        for left in listing.leftovers
    ]
    return rows


def find_base(capture: Capture, page: Page, spec: ListingSpec) -> str:
    """Return the address that links resolve against: `<base href>`, the capture's, the spec's."""
    own = capture.url or spec.url
    return (resolve(page.base, own).url if page.base else None) or own


def _gather_leftovers(
    listing: Listing,
    page: Page,
    drafts: Sequence[Draft],
    repeats: Sequence[Draft],
    nearest: NearestLabels,
) -> tuple[Leftover, ...]:
    """Add what the kinds had no place for, and the lines of records that repeat another."""
    gone = {draft.record.position: draft.record for draft in repeats}
    found = [left for left in listing.leftovers if left.record not in gone]
    for left in listing.leftovers:  # a footer below a repeated record is no line of it
        record = gone.get(left.record or 0)
        if record and left.span.line not in record.line_numbers():
            found.append(left._replace(record=None))
    for draft in drafts:
        record = draft.record
        if record.position in gone:
            found += [
                Leftover(None, line_span, "the record repeats an earlier one word by word", None)
                for number in record.line_numbers()
                if (line_span := page.lines[number - 1].span()).text
            ]
        else:
            found += [
                Leftover(
                    record.position,
                    span,
                    reason,
                    "warn" if warn else None,
                    None,
                    nearest.find(span.text),
                )
                for span, reason, warn in draft.strays
            ]
    return tuple(sorted(found, key=lambda left: left.span[:2]))


def describe_capture(judged: Judged, spec: ListingSpec) -> Row:
    """Return the capture's row of the table `captures`."""
    capture = judged.capture
    return (
        capture.capture_id,
        capture.sha256,
        spec.name,
        capture.url or spec.url,
        capture.captured_at,
        capture.origin,
        capture.media_type,
        len(capture.body),
        judged.status,
        len(judged.listing.records),
        judged.reason,
    )
