"""What the fuzzer calls: bytes in, nothing out; an exception or a broken promise is a finding.

Each target takes any bytes.  What the contract allows to be raised is caught, all else is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from itertools import chain

from pipeline.archives.files import make_capture
from pipeline.contacts.emails import names_person, parse_email, parse_mailto
from pipeline.contacts.entries import parse_contacts
from pipeline.contacts.persons import parse_person
from pipeline.errors import PipelineError, SpecError, SuspectPage
from pipeline.flow import build_rows, judge_capture
from pipeline.listing.spec import ListingSpec, Locale
from pipeline.listing.spec_reader import parse_spec, read_spec
from pipeline.model import Span
from pipeline.page.lines import read_html
from pipeline.page.text import clean, clean_pieces, fold, slug
from pipeline.page.trees import read_with_soup
from pipeline.records.likeness import find_inner_label, is_label_like, is_lone_label, nearest_label
from pipeline.values.districts import find_town, parse_district
from pipeline.values.links import find_file_type, parse_website, resolve
from pipeline.values.numbers import parse_number
from pipeline.values.phones import parse_phone
from tests.records.rebuild import check_rebuilt

LONGEST = 1.0  # seconds of work that one input may take
GERMAN, ENGLISH = Locale(",", "."), Locale(".", ",")


@cache
def spec() -> ListingSpec:
    """Return the packaged listing spec."""
    return read_spec("ihk")


def fuzz_values(data: bytes) -> None:
    """A text is read by every kind: each gives a value or says why not, in valid Unicode."""
    text = clean(data.decode("utf-8", "surrogateescape"))
    text.encode("utf-8")
    assert clean(text) == text, "cleaning is not idempotent"
    for locale in (GERMAN, ENGLISH):
        for whole in (True, False):
            number = parse_number(text, locale, whole=whole, unit="km²")
            if number.value is not None:
                assert number.value.is_finite()
                assert number.half >= 0
    phone = parse_phone(text)
    if phone.e164 is not None:
        assert phone.e164.isascii()
        assert phone.e164[1:].isdigit()
    email = parse_email(text)
    if email.address is not None:
        assert email.address.count("@") == 1
        names_person(email.address, text)
    person = parse_person(text, 3)
    if person is not None:
        for part in (person.person, person.salutation, person.given_name, person.family_name):
            assert part is None or text[part.start - 3 : part.end - 3] == part.text
    parse_district(text)
    town = find_town(text)
    assert town is None or town in text
    for address in (parse_website(text), resolve(text, "https://www.muster.example/a/b")):
        assert address.url is None or address.url.lower().startswith(("http://", "https://"))
        if address.url:
            find_file_type(address.url)
    parse_mailto(text)
    slug(text).encode("ascii")


def fuzz_labels(data: bytes) -> None:
    """A line is compared with labels, and cleaned in pieces as it is cleaned whole."""
    text = data.decode("utf-8", "surrogateescape")
    pieces = text.split("|")
    whole, starts = clean_pieces(pieces)
    assert whole == clean("".join(pieces))
    assert starts == sorted(starts)
    assert len(starts) == len(pieces)
    for line in map(clean, pieces[:3]):
        is_label_like(line)
        is_lone_label(line)
        inner = find_inner_label(line, spec().labels)
        assert inner is None or fold(inner) in spec().labels
        nearest_label(line, spec())


def fuzz_contacts(data: bytes) -> None:
    """Each line of a contact block stands in an entry or is a stray, and no text is made up."""
    lines = [clean(line) for line in data.decode("utf-8", "surrogateescape").split("\n")[:60]]
    spans = [Span(n, 0, len(line), line) for n, line in enumerate(lines, start=1)]
    entries, strays = parse_contacts(spans)
    texts = [*strays]
    for entry in entries:
        texts += [*entry.department, *entry.address, *chain(*entry.other)]
        texts += [text for _, _, text in entry.phones] + [text for _, text, _ in entry.emails]
        texts += [span for span in (entry.organisation, entry.person_line) if span]
    for span in texts:
        assert lines[span.line - 1][span.start : span.end] == span.text
    used = {span.line for span in texts}
    for span in spans:
        has_words = sum(map(str.isalpha, span.text)) > 20 and ":" not in span.text
        assert span.line in used or not has_words, span


def fuzz_text(data: bytes) -> None:
    """A plain text gives tables, or is suspect; no character of the region is lost."""
    _read(data, "text/plain")


def fuzz_html(data: bytes) -> None:
    """A page gives tables, or is suspect; no character of the region is lost."""
    _read(data, "text/html")


def fuzz_readers(data: bytes) -> None:
    """The second HTML reader gives lines, or says why not."""
    try:
        read_html(data.decode("utf-8", "replace"), read_with_soup)
    except SuspectPage:
        return


def _read(data: bytes, media_type: str) -> None:
    judged = judge_capture(make_capture(data, media_type, "fuzz"), spec())
    if not judged.listing.records:
        return
    check_rebuilt(judged.page, judged.listing)
    rows = build_rows(judged, spec())
    lines = judged.page.lines
    for table, _, _, _, line, start, end, raw_text in rows["cells"]:
        assert lines[line - 1].text[start:end] == raw_text, table
    for row in (*rows["checks"], *rows["unclaimed"]):
        "".join(str(value) for value in row).encode("utf-8")


def fuzz_spec(data: bytes) -> None:
    """Bytes are a listing spec, or the error is one line that names the file."""
    told = "fuzz.toml"
    try:
        parse_spec.__wrapped__(data, "fuzz.toml")
    except SpecError as error:
        told = str(error)
    assert told.startswith("fuzz.toml"), told


TARGETS: dict[str, Callable[[bytes], None]] = {
    "values": fuzz_values,
    "labels": fuzz_labels,
    "contacts": fuzz_contacts,
    "text": fuzz_text,
    "html": fuzz_html,
    "readers": fuzz_readers,
    "spec": fuzz_spec,
}


def call(name: str, data: bytes) -> None:
    """Call a target; what the contract allows is no finding, a slow run is one."""
    begun, told = time.process_time(), ""
    try:
        TARGETS[name](data)
    except PipelineError as error:
        told = str(error)
    assert "\n" not in told
    took = time.process_time() - begun
    assert took < LONGEST, f"{name} took {took:.1f} s for {len(data)} bytes"
