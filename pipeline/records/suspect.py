"""Is this page the listing, whole?  Decided once for each capture, against the one before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import attrgetter

from pipeline.listing import ListingSpec
from pipeline.model import Line, Listing, Page
from pipeline.page import fold, quote
from pipeline.records.likeness import count_labels
from pipeline.records.line_references import (
    guess,
    is_mojibake,
    may_be_mojibake,
    name_line,
    name_near,
    name_opening,
)

_SIGNATURES = (
    (b"%PDF-", "a PDF"), (b"PK\x03\x04", "a ZIP or Office file"), (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"), (b"\x1f\x8b", "gzip data"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"), (b"\x7fELF", "a program"), (b"Rar!", "a RAR file"),
    (b"7z\xbc\xaf", "a 7z file"), (b"PAR1", "a Parquet file"), (b"SQLite format 3", "a database"),
)  # fmt: skip
_RUN = 60  # characters: shorter lines hold no record
_DIGITS = 6
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))


def refuse_bytes(body: bytes) -> str | None:
    """Return why `body` cannot be a page, or None."""
    if not body.strip(b" \t\r\n\0"):
        return "the page is empty"
    for signature, name in _SIGNATURES:
        if body.startswith(signature):
            return f"the bytes are {name}, not a page"
    utf16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    head = body[:4096]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if not utf16 and controls > 8 and controls * 100 > len(head):
        return "the bytes are binary, not a page"
    if body.lstrip()[:1] in (b"{", b"[") and b":" in body[:4096] and b"<" not in body[:4096]:
        return "the bytes are JSON, not a page"
    return None


def judge(
    page: Page, listing: Listing, spec: ListingSpec, records_before: int | None = None
) -> str | None:
    """Return why the page is suspect, or None; `records_before` counts those of the one before."""
    return next(_iter_reasons(page, listing, spec, records_before), None)


def _iter_reasons(
    page: Page, listing: Listing, spec: ListingSpec, before: int | None
) -> Iterator[str]:
    count = len(listing.records)
    if not page.is_html and _is_one_line(page, spec):
        yield "the text has no line breaks, so no label can be told from a value"
    if listing.lost is not None:
        lost, reason = listing.lost
        yield f"{name_line(lost.line, lost.text, spec)} {reason}"
    if not count:
        yield f"no record: no line begins with {name_opening(spec)}{guess(page, spec)}"
    region = page.lines[listing.first_line - 1 : listing.last_line]
    whole = "".join([line.text for line in region])
    is_broken = "\ufffd" in whole or may_be_mojibake(whole)
    for line in region if is_broken else ():
        if "\ufffd" in line.text:
            yield (
                f"{name_line(line.number, line.text, spec)} holds U+FFFD: the bytes were not in the "
                "encoding that the page declares"
            )
        if is_mojibake(line.text):
            yield f"{name_line(line.number, line.text, spec)} was decoded twice (Ã¼ for ü)"
    if count < spec.min_records:
        yield f"{_count(count)}, fewer than the listing's minimum of {spec.min_records}"
    if before is not None and count * 2 < before:
        yield f"{_count(count)}, fewer than half of the {before} before"
    yield from _iter_misplaced(listing, spec)
    if count and (run := _find_run_together(page, listing, spec)):
        yield (
            f"{name_line(run.number, run.text, spec)} holds the labels of a record without "
            "a line break between them"
        )
    yield from _iter_absent(listing, spec)
    for record in listing.records:
        if record.fields and not record.repeated:
            continue
        if any(key in record.repeated for key in spec.key):
            label = spec.field(next(k for k in spec.key if k in record.repeated)).title
            yield (
                f"the label {quote(label)} stands twice in the record from line "
                f"{record.first_line}: two records may have run together"
            )
        if len(record.repeated) * 2 >= len(record.fields) + len(record.repeated):
            yield (
                f"half of the labels stand twice in the record from line {record.first_line}: "
                f"two records have run together, {name_opening(spec)} is missing"
                f"{name_near(listing, spec, spec.opens_with)}"
            )


def _iter_absent(listing: Listing, spec: ListingSpec) -> Iterator[str]:
    """Yield each required field that no record has."""
    for field in spec.fields:
        if field.required and not any(
            field.name in record.fields or field.name in record.repeated
            for record in listing.records
        ):
            if field.heading:
                yield f"no record stands under a heading, which {field.name} is made of"
                continue
            yield (
                f"the label {quote(field.title)} is in no record"
                f"{name_near(listing, spec, field.name)}"
            )


def _iter_misplaced(listing: Listing, spec: ListingSpec) -> Iterator[str]:
    """Yield the line that belongs to a record without its first label, or may belong to another."""
    span = listing.misplaced
    if span is not None and span.line > listing.last_line:
        yield (
            f"{name_line(span.line, span.text, spec)} belongs to a record "
            f"whose first label, {name_opening(spec)}, is missing"
        )
    if span is not None:
        yield (
            f"{name_line(span.line, span.text, spec)} stands directly "
            f"before a record's first label, {name_opening(spec)}: records would take their "
            "neighbour's fields"
        )


def _find_run_together(page: Page, listing: Listing, spec: ListingSpec) -> Line | None:
    """Return a line outside the listing that is of a record whose markup was lost, if there is one.

    A sentence may name the labels, but has neither the figures nor labels without a space behind.
    """
    if not page.is_html:
        return None
    outside = [*page.lines[: listing.first_line - 1], *page.lines[listing.last_line :]]
    whole = "\n".join([line.text for line in outside])
    if count_labels(whole, spec.labels) * 2 < spec.labelled:
        return None
    labels = tuple(label for field in spec.fields for label in field.labels)
    for _, group in groupby(outside, key=attrgetter("element")):
        lines = list(group)
        text = "\n".join(line.text for line in lines)
        if len(text) < _RUN or count_labels(text, spec.labels) * 2 < spec.labelled:
            continue
        if len(_glued(labels).findall(text)) > 1:
            return lines[0]
        for line in lines:
            is_few = count_labels(line.text, spec.labels) * 2 < spec.labelled
            if not is_few and sum(map(str.isdigit, line.text)) > _DIGITS:
                return line
    return None


@cache
def _glued(labels: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a label with another one, a capital or a digit directly behind it."""
    either = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    capitals = "".join(c for c in map(chr, range(0x180)) if c.isupper())
    return re.compile(f"(?:{either})(?={either}|[0-9{capitals}])")


def _count(records: int) -> str:
    return "1 record" if records == 1 else f"{records} records"


def _is_one_line(page: Page, spec: ListingSpec) -> bool:
    if sum(1 for line in page.lines if line.text) > 2:
        return False
    text = fold(" ".join(line.text for line in page.lines))
    return sum(f"{label}:" in text for label in spec.labels) > 1
