"""The texts of a field in all records -> its kind, with the reason in words.

Kinds are told by values: details of a contact block, links, web addresses, numbers, districts.
Words of the label help only where a text has no markup that would tell (`Download`), and then the
reason says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.contacts import has_sublabel, iter_items, parse_person
from pipeline.draft.figures import Figures, find_unit, looks_like_codes, read_figures
from pipeline.listing import Locale
from pipeline.model import FieldText, Line, Link
from pipeline.values import find_file_type, is_absent, parse_website, resolve

_DETAILS = frozenset(("phone", "mobile", "email"))
_DISTRICT = re.compile(
    r"(?:land)?kreis\b.*|kreisfrei.*|.*[\w-]kreis|.* kreis|städteregion .*|region .*", re.IGNORECASE
)
_DISTRICT_LABEL = re.compile(r"(?:^|[\s/])(?:land)?kreis(?:$|[\s/(])", re.IGNORECASE)
_PERSON_LABEL = re.compile(
    r"meister|ansprech|kontaktperson|leit(?:er|ung)|vorsitz|inhaber|geschäftsführ|mayor|manager|chair|leader",
    re.IGNORECASE,
)
_LINK_WORDS = (
    "download", "dokument", "unterlage", "datei", "links", "pdf", "material", "anlage", "document",
    "file", "attachment",
)  # fmt: skip
_LOOKED_AT = 40  # lines of a block
_COVERED = 0.6  # the share of a text's letters that its links hold
_MOST = 0.5


class Kind(NamedTuple):
    """A field's kind, whether it takes several lines, its numbers, and what tells so."""

    kind: str
    reason: str
    many: bool = False
    figures: Figures | None = None
    uncertain: bool = False
    personal: bool = False  # its texts are persons


class Sample(NamedTuple):
    """A field's texts, one for each record that has the label; `last` ends its record's page."""

    label: str
    texts: tuple[FieldText, ...]
    lines: tuple[Line, ...]
    base: str
    last: FieldText | None  # a text behind which nothing tells where it ends

    def firsts(self) -> list[str]:
        """Return the first line of each text, empty ones too."""
        return [text.texts[0].text if text.texts else "" for text in self.texts]

    def filled(self) -> list[FieldText]:
        """Return the texts that say something."""
        return [
            text
            for text in self.texts
            if text.texts and not (len(text.texts) == 1 and is_absent(text.texts[0].text))
        ]

    def spans_lines(self) -> int:
        """Count the texts of several lines."""
        return sum(
            sum(1 for span in text.texts if span.text) > 1
            for text in self.texts
            if text is not self.last
        )

    def links(self, text: FieldText) -> list[tuple[Link, str]]:
        """Return the links of a text with what they show, but for mail and script."""
        found = []
        for span in text.texts:
            for link in self.lines[span.line - 1].links:
                if link.start < span.end and span.start < link.end:
                    shown = self.lines[span.line - 1].text[link.start : link.end]
                    if resolve(link.href, self.base).url:
                        found.append((link, shown))
        return found


def find_kind(sample: Sample, locale: Locale, *, has_groups: bool, taken: set[str]) -> Kind:
    """Return a field's kind; `taken` are kinds of which a listing has one field at most."""
    filled = sample.filled()
    many = sample.spans_lines()
    if not filled:
        return Kind("text", "no text in any record", uncertain=True)
    if "contacts" not in taken and _is_contacts(filled):
        return Kind("contacts", f"{len(filled)} blocks with phone numbers or e-mail addresses")
    found = _find_web(sample, filled, many, taken)
    if found is not None:
        return found
    if not many:
        figures = read_figures(sample.label, sample.firsts(), locale)
        if figures is not None:
            if figures.whole and looks_like_codes(sample.firsts(), has_groups):
                reason = "digits that read like codes: all of one length, no group marks"
                return Kind("text", reason, uncertain=True)
            return _tell_figures(sample, figures)
        found = _find_district(sample, filled)
        if found is not None:
            return found
        if _is_personal(sample.label, filled):
            return Kind("text", "persons, by the label or their titles", personal=True)
        return Kind("text", "text of one line")
    return Kind("text", f"text of several lines in {print_count(many, 'record')}", many=True)


def _is_personal(label: str, filled: Sequence[FieldText]) -> bool:
    """Tell whether the texts are persons: name-shaped, and a label or titles that say so."""
    persons = [person for text in filled if (person := parse_person(text.texts[0].text))]
    titled = sum(bool(person.salutation or person.academic_title) for person in persons)
    is_said = _PERSON_LABEL.search(label) is not None or titled * 2 > len(filled)
    return is_said and len(persons) * 2 > len(filled)


def _is_contacts(filled: Sequence[FieldText]) -> bool:
    blocks = lines = 0
    for text in filled:
        kinds = {item.kind for item in iter_items(text.texts[:_LOOKED_AT])}
        blocks += bool(kinds & _DETAILS)
        lines += sum(1 for span in text.texts if span.text) > 1
    return blocks * 2 >= len(filled) and lines * 2 >= len(filled)


def _find_web(
    sample: Sample, filled: Sequence[FieldText], many: int, taken: set[str]
) -> Kind | None:
    """Return the kind of a field of links or web addresses."""
    addresses = sum(
        len(text.texts) == 1 and parse_website(text.texts[0].text).url is not None
        for text in filled
    )
    if addresses >= 0.8 * len(filled) and not many:
        doubt = addresses < len(filled)
        return Kind("url", f"{addresses} of {len(filled)} texts are web addresses", uncertain=doubt)
    linked = [text for text in filled if _is_covered(sample, text)]
    if len(linked) > _MOST * len(filled):
        links = [link for text in linked for link in sample.links(text)]
        if many or len(links) > len(linked) or _are_files(sample, links):
            if "links" not in taken:
                return Kind("links", f"{len(links)} links in {print_count(len(linked), 'record')}")
        elif len({shown for _, shown in links}) * 2 <= len(links) and len(links) > 1:
            return Kind("url", "one link in each record, with the same text", uncertain=True)
        return None
    word = next((word for word in _LINK_WORDS if word in sample.label.lower()), None)
    if word and "links" not in taken:
        reason = f"the label has the word “{word}”, the page shows no links"
        return Kind("links", reason, uncertain=True)
    return None


def _is_covered(sample: Sample, text: FieldText) -> bool:
    whole = sum(len(span.text) for span in text.texts)
    return sum(len(shown) for _, shown in sample.links(text)) >= _COVERED * whole


def _are_files(sample: Sample, links: Sequence[tuple[Link, str]]) -> bool:
    files = 0
    for link, _ in links:
        url = resolve(link.href, sample.base).url
        kind = find_file_type(url) if url else None
        files += kind is not None and kind not in ("html", "htm")
    return files > _MOST * len(links)


def _tell_figures(sample: Sample, figures: Figures) -> Kind:
    count = sum(number is not None and number.value is not None for number in figures.numbers)
    what = "whole number" if figures.whole else "number, decimals among them"
    unit = figures.unit
    where = "its label has" if unit and find_unit(sample.label)[1] == unit else "they have"
    what = what if count == 1 else what.replace("number", "numbers")
    reason = f"{count} {what}" + (f"; {where} the unit" if unit else "")
    if figures.doubt:
        reason += f"; {figures.doubt}"
    kind = "integer" if figures.whole else "decimal"
    return Kind(kind, reason, False, figures, bool(figures.doubt))


def _find_district(sample: Sample, filled: Sequence[FieldText]) -> Kind | None:
    texts = [text.texts[0].text for text in filled]
    if any(len(text) > 80 or any(c.isdigit() for c in text) for text in texts):
        return None
    read = sum(_DISTRICT.fullmatch(text) is not None for text in texts)
    if read == len(texts):
        return Kind("district", f"{read} of {read} texts are districts, or say that there is none")
    if _DISTRICT_LABEL.search(sample.label):
        return Kind("district", "the label says so, not every text does", uncertain=True)
    return None


def is_personal(label: str) -> bool:
    """Tell whether a label announces a person, a phone or an address."""
    return has_sublabel(f"{label}:")


def print_count(number: int, what: str) -> str:
    """Return how many there are of what, in words."""
    return f"1 {what}" if number == 1 else f"{number} {what}s"
