"""A page that no listing spec describes -> a draft of one, tried on the page itself.

    layouts -> labels -> a provisional spec, all text -> records -> kinds -> TOML -> tried

The grammar that reads listings reads the records here, too: what a draft says of a page is what
`ihk extract` will make of it.  Of the layouts the first is taken under which the page is accepted.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from pipeline.archives import read_pages
from pipeline.draft.figures import find_locale, find_ratio
from pipeline.draft.headings import find_headings
from pipeline.draft.kinds import Kind, find_kind
from pipeline.draft.layouts import Layout, find_layouts
from pipeline.draft.names import (
    Column,
    find_key,
    find_title,
    find_url,
    name_columns,
    to_name,
)
from pipeline.draft.persons import choose_examples, may_be_person
from pipeline.draft.render import FieldPlan, Plan, render_plan
from pipeline.draft.samples import (
    SOURCE,
    lacks_end,
    list_texts,
    list_values,
    read_roughly,
    take_samples,
)
from pipeline.errors import SuspectPage
from pipeline.flow import Judged, build_rows, read_page
from pipeline.listing import CHILDREN, ListingSpec, knows_country, parse_spec
from pipeline.model import Capture, Listing, Page
from pipeline.page import MAX_RECORDS, fold
from pipeline.records import judge, parse_listing
from pipeline.tables import Rows

_MOST_TRIED = 3  # layouts
_MOST_TOLD = 15  # texts that were left out
_LANGUAGE = re.compile(rb"<html\b[^>]{0,300}?\blang\s*=\s*[\"']?[a-z]{2,3}-([A-Z]{2})\b")
_HEAD = 5_000
_HEADING = Kind("text", "the heading over each record, which no label's text holds")
_ONE_RECORD = "uncertain: the page has one record only, so nothing shows which labels repeat"
_BLANK = (  # what `read_pages` asks of a spec: the address that tells the listing's pages apart
    b'name = "draft"\ntitle = "A page"\nurl = "https://example.org/"\ntable = "records"\n'
    b'key = ["x"]\nopens_with = "x"\n[[field]]\nname = "x"\nlabels = ["x"]\nkind = "text"\n'
)


class Drafted(NamedTuple):
    """A draft: its TOML, the spec that it is read as, and the page judged by it."""

    toml: str
    plan: Plan
    spec: ListingSpec
    judged: Judged
    rows: Rows


def read_unknown(path: Path) -> Capture:
    """Read a page's file, of a web archive its newest page. Raises SpecError or SuspectPage."""
    return read_pages([path], parse_spec(_BLANK, SOURCE))[-1]


def draft_listing(capture: Capture) -> Drafted:
    """Propose a listing spec for a page.

    Raises SuspectPage if no labels repeat on it, or it is no page.  A draft under which the page is
    suspect says so in `judged`.
    """
    try:
        page = read_page(capture)
    except SuspectPage as error:
        reason = str(error).removeprefix(f"{capture.name}: ")
        raise SuspectPage(f"{capture.name}: {reason}") from None
    best: Drafted | None = None
    layouts = find_layouts(page)[:_MOST_TRIED]
    for layout in layouts:
        if layout.score * 2 < layouts[0].score:
            break
        plan = _make_plan(capture, page, layout)
        if plan is None:
            continue
        toml = render_plan(plan)
        spec = parse_spec(toml.encode(), SOURCE)
        judged = _judge(capture, page, spec)
        if best is None or not judged.reason:
            best = Drafted(toml, plan, spec, judged, build_rows(judged, spec))
        if not judged.reason:
            break
    if best is None:
        raise SuspectPage(
            f"{capture.name}: no repeated labels: looked for texts before a colon at the start of "
            "lines, alone in a cell, term or block, heads of a table, and whole lines, that stand "
            "once in each of several records, or three different ones of one record"
        )
    return best


def _judge(capture: Capture, page: Page, spec: ListingSpec) -> Judged:
    """Judge a page that is read already, as `flow.judge_capture` does."""
    listing = parse_listing(page, spec)
    reason = judge(page, listing, spec)
    return Judged(capture, page, listing, "suspect" if reason else "accepted", reason)


def _make_plan(capture: Capture, page: Page, layout: Layout) -> Plan | None:
    """Read the page with the layout's labels, and choose kinds and names."""
    url, source = find_url(capture, page)
    listing = read_roughly(page, layout)
    if not listing.records:
        return None
    if len(listing.records) > MAX_RECORDS:
        raise SuspectPage(f"{capture.name}: more than {MAX_RECORDS:,} records; split the page")
    samples = take_samples(page, listing, layout, url)
    told = [(sample.label, sample.firsts()) for sample in samples if not sample.spans_lines()]
    locale, reason = find_locale(told)
    locale = locale._replace(country=_find_country(capture))
    groups = re.compile(rf"\d{re.escape(locale.group)}\d{{3}}")
    has_groups = any(groups.search(text) for _, texts in told for text in texts[:1000])
    taken: set[str] = set()
    columns: list[Column] = []
    for n, sample in enumerate(samples, start=1):
        kind = find_kind(sample, locale, has_groups=has_groups, taken=taken)
        if kind.kind in CHILDREN:
            taken.add(kind.kind)
        columns.append(Column(sample.label, kind, list_values(listing, n), len(sample.texts)))
    count = len(listing.records)
    headings = find_headings(listing)
    first = [Column("Name", _HEADING, headings, count)] if headings else []
    key, doubt = ([0], "") if headings else find_key(columns)
    if not key:
        return None
    names = name_columns([*first, *columns])
    fields = [
        FieldPlan(name, labels, column.kind, column.records, column.records == count > 1)
        for name, labels, column in zip(
            names, [*((),) * len(first), *layout.labels], [*first, *columns], strict=True
        )
    ]
    own = names[len(first) :]
    for field, column in zip(fields, [*first, *columns], strict=True):
        if column.kind.kind != "contacts":
            field.examples = choose_examples(column.label, column.values)
        if len(field.labels) > 1:
            field.notes.append("spellings that never stand in one record together")
    title = find_title(page, [listing.first_line - 1], capture.name)
    name = to_name(title)
    plan = Plan(
        name if len(name) > 1 else "listing", title, url, source, layout.colon, locale, reason,
        count, fields, own[0], [names[i] for i in key], doubt,
    )  # fmt: skip
    plan.ratio = _find_ratio(columns, own, listing)
    for field in fields:
        if plan.ratio and field.name == plan.ratio[2] and field.kind.kind == "integer":
            reason = f"{field.kind.reason}, rounded: the quotient of two others"
            field.kind = field.kind._replace(kind="decimal", reason=reason)
    if count == 1:
        plan.notes.append(_ONE_RECORD)
    elif listing.records[-1].fields and lacks_end(listing):
        plan.opener_doubt = (
            "the last record has no text for the last of the labels; if records begin with it, "
            "the first one lacks it, and each has taken its neighbour's"
        )
    plan.passed = _list_passed(layout, listing, columns)
    return plan


def _find_country(capture: Capture) -> str:
    """Return the country that an HTML page's language names: `en-GB`."""
    match = _LANGUAGE.search(capture.body[:_HEAD]) if capture.media_type == "text/html" else None
    code = match[1].decode() if match else "DE"
    return code if code == "DE" or knows_country(code) else "DE"


def _find_ratio(
    columns: list[Column], names: list[str], listing: Listing
) -> tuple[str, str, str] | None:
    fields = {}
    for n, (column, name) in enumerate(zip(columns, names, strict=True), start=1):
        figures = column.kind.figures
        if figures is None:
            continue
        read = iter(figures.numbers)
        whole = tuple(next(read) if text else None for text in list_texts(listing, n))
        fields[name] = (column.label, figures._replace(numbers=whole))
    return find_ratio(fields)


def _list_passed(layout: Layout, listing: Listing, columns: list[Column]) -> list[tuple[str, int]]:
    """Return texts that look like labels but were left out; none of a contact block."""
    inside: set[int] = set()
    for n, column in enumerate(columns, start=1):
        if column.kind.kind == "contacts":
            for text in filter(None, list_texts(listing, n)):
                inside.update(span.line - 1 for span in text.texts)
    own = {fold(label) for labels in layout.labels for label in labels}
    return [
        (text, count)
        for text, count, line in layout.passed
        if line not in inside and fold(text) not in own and not may_be_person(text)
    ][:_MOST_TOLD]
