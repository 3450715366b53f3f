"""Which municipality a record belongs to, and what the record is called: stable ids.

Ids come from the fewest stable fields: the Quartier's slug, led by the municipality's.  They never
depend on the order of the page.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.listing import ListingSpec
from pipeline.model import Line, Span, new_span
from pipeline.page import slug
from pipeline.tables.readings import Draft
from pipeline.values import find_town


class Town(NamedTuple):
    """A municipality as a record tells it, and where."""

    name: str
    source: str  # one of spec.NAME_SOURCES
    span: Span


class Identity(NamedTuple):
    """A record's ids; `told` is False where its own text gives none."""

    record_id: str
    municipality_id: str
    town: Town | None
    told: bool = True


def identify(
    drafts: Sequence[Draft],
    spec: ListingSpec,
    lines: tuple[Line, ...],
    is_municipality: Callable[[str], bool],
) -> list[Identity | None]:
    """Return each draft's identity, None for a record that repeats an earlier one word by word.

    `is_municipality` tells whether a slug is that of a known municipality.
    """
    towns = _find_towns(drafts, spec, is_municipality) if spec.name_from else [None] * len(drafts)
    bases = [_join(draft, spec.key) for draft in drafts]
    title = (_title_field(spec),)
    names = [
        _lead(base or _join(draft, title), town)
        for base, draft, town in zip(bases, drafts, towns, strict=True)
    ]
    kept = _drop_equal(drafts, names)
    shared = _find_shared(names, kept)
    for i in kept:
        if names[i] in shared and bases[i] and (told := _join(drafts[i], title)):
            names[i] = f"{names[i]}-{told}"
    shared = _find_shared(names, kept)
    identities: list[Identity | None] = [None] * len(drafts)
    for i in kept:
        own = bool(names[i]) and names[i] not in shared
        name = names[i] if own else f"{names[i] or 'record'}-{_digest(drafts[i], lines)}"
        town = towns[i]
        identities[i] = Identity(name, slug(town.name) if town else name, town, own)
    return identities


def _drop_equal(drafts: Sequence[Draft], names: list[str]) -> list[int]:
    """Return the indices of the drafts without those that repeat an earlier one."""
    shared = _find_shared(names, range(len(names)))
    if not shared:
        return list(range(len(names)))
    seen: set[tuple[str, tuple[object, ...]]] = set()
    kept = []
    for i, name in enumerate(names):
        if name in shared:
            key = (name, _list_texts(drafts[i]))
            if key in seen:
                continue
            seen.add(key)
        kept.append(i)
    return kept


def _list_texts(draft: Draft) -> tuple[object, ...]:
    """Return a record's texts by field, however the page prints them."""
    texts = draft.record.texts()
    return tuple(sorted((t.name, tuple(s.text for s in t.texts if s.text)) for t in texts))


def _find_shared(names: list[str], kept: Sequence[int]) -> set[str]:
    own = [names[i] for i in kept]
    if len(set(own)) == len(own):
        return set()
    counts = Counter(own)
    return {name for name, count in counts.items() if count > 1}


def _title_field(spec: ListingSpec) -> str:
    names = [f.name for f in spec.fields if f.table == spec.table and f.kind == "text"]
    return "title" if "title" in names else next((n for n in names if n not in spec.key), "")


def _join(draft: Draft, names: Sequence[str]) -> str:
    parts = []
    for name in names:
        reading = draft.readings.get(name)
        if reading is not None and reading.value is not None:
            parts.append(reading.text)
    return slug(" ".join(parts))


def _lead(name: str, town: Town | None) -> str:
    """Put the municipality's slug in front of a record's, unless it is there."""
    first = slug(town.name) if town else ""
    if not first or not name or name == first or name.startswith(first + "-"):
        return name
    return f"{first}-{name}"


def _digest(draft: Draft, lines: tuple[Line, ...]) -> str:
    record = draft.record
    texts = [text for number in record.line_numbers() if (text := lines[number - 1].text)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]


def _find_towns(
    drafts: Sequence[Draft], spec: ListingSpec, is_municipality: Callable[[str], bool]
) -> list[Town | None]:
    sources = [_SOURCES[source] for source in spec.name_from if source != "quarter"]
    told = [_find_town(draft, spec, sources) for draft in drafts]
    if "quarter" not in spec.name_from:
        return told
    known = {slug(town.name) for town in told if town}
    return [
        town or _from_quarter(draft, spec, lambda name: name in known or is_municipality(name))
        for town, draft in zip(told, drafts, strict=True)
    ]


def _find_town(draft: Draft, spec: ListingSpec, sources: Sequence[_Source]) -> Town | None:
    """Return the town that the first of the sources tells."""
    return next((town for find in sources if (town := find(draft, spec))), None)


def _from_contact(draft: Draft, spec: ListingSpec) -> Town | None:
    for entry in draft.contacts:
        if entry.organisation and (name := find_town(entry.organisation.text)):
            return Town(name, "contact", _within(entry.organisation, name))
    return None


def _from_district(draft: Draft, spec: ListingSpec) -> Town | None:
    for field in spec.fields:
        if field.kind == "district":
            for span in draft.readings[field.name].spans:
                if name := find_town(span.text):
                    return Town(name, "district", _within(span, name))
    return None


def _from_heading(draft: Draft, spec: ListingSpec) -> Town | None:
    heading = draft.record.heading
    if heading is None or not slug(heading.text):
        return None
    name = find_town(heading.text) or heading.text
    return Town(name, "heading", _within(heading, name))


def _from_quarter(
    draft: Draft, spec: ListingSpec, is_municipality: Callable[[str], bool]
) -> Town | None:
    """Return the longest known municipality that the key's text begins with."""
    reading = draft.readings.get(spec.key[0])
    if reading is None or not reading.spans:
        return None
    span = reading.spans[0]
    ends = [i for i, c in enumerate(span.text) if not c.isalnum()] + [len(span.text)]
    for end in reversed(ends[:8]):
        if end and is_municipality(slug(span.text[:end])):
            name = span.text[:end]
            return Town(name, "quarter", _within(span, name))
    return None


_Source = Callable[[Draft, ListingSpec], Town | None]
_SOURCES: dict[str, _Source] = {
    "contact": _from_contact,
    "district": _from_district,
    "heading": _from_heading,
}


def _within(span: Span, part: str) -> Span:
    start = span.start + span.text.index(part)
    return new_span((span.line, start, start + len(part), part))
