"""The known and the invented listing, split by an independent reader, in the forms of the drill.

Every document is a reconstruction: no HTML of the known page exists. Nothing here reads with the
pipeline, so a test that compares both compares two independent readings of the same records.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeline.drill.pages import forms
from pipeline.drill.pages.cms_forms import CMS_FORMS
from pipeline.drill.pages.forms import ENCODINGS, FURNITURE, GRID_FORMS, Entry, Record, Sheet

__all__ = ["ENCODINGS", "FURNITURE", "GRID_FORMS", "Entry", "Record"]

ROOT = Path(__file__).resolve().parents[2]
KNOWN_ID = "c374c303fdee"
BASE = "https://www.nrw-projektsoziales.de"
OPENING, DOWNLOAD, QUARTER, CONTACT = "Fläche (km²)", "Download", "Quartier", "Kontakt"
SITE = "Ergänzende Informationen"
FIGURES = (OPENING, "Einwohner", "Einwohner je km²")
LABELS = (*FIGURES, "Kreis/kreisfrei", "Bezeichnung IHK", DOWNLOAD, QUARTER, CONTACT, SITE)
KINDS = {DOWNLOAD: "links", SITE: "url", CONTACT: "contacts"}


def known_capture() -> bytes:
    """Give the known capture's bytes; zero or two files of its name are an error."""
    (path,) = (ROOT / "tests/fixtures/raw/ihk/captures").glob(f"{KNOWN_ID}*.txt")
    return path.read_bytes()


def read_listing(text: str) -> tuple[str, list[Record]]:
    """Split a plain-text listing into its title and its records, blank lines in a value kept."""
    head: list[str] = []
    records: list[list[Entry]] = []
    for line in text.removesuffix("\n").split("\n"):
        found = [label for label in LABELS if line.startswith(f"{label}:")]
        if found:
            label = max(found, key=len)
            if label == OPENING or not records:
                records.append([])
            value = line[len(label) + 1 :]
            gap = " " if value.startswith(" ") else ""
            kind = KINDS.get(label, "text")
            records[-1].append(Entry(label, (value.removeprefix(gap),), gap, kind))
        elif records:
            last = records[-1][-1]
            records[-1][-1] = replace(last, lines=(*last.lines, line))
        else:
            head.append(line)
    return "\n".join(head).strip("\n"), [tuple(record) for record in records]


def town(record: Record) -> str:
    """Name a record's town: the contact's without the word before it, else the Quartier's."""
    first = {entry.label: entry.lines[0] for entry in record}
    from_contact = first.get(CONTACT, "").partition(" ")[2]
    return from_contact or re.split(r"[ -]", first.get(QUARTER, ""))[0] or "Ohne Ort"


def _sheet(title: str, records: Sequence[Record]) -> Sheet:
    return Sheet(title, tuple(records), tuple(map(town, records)))


def _render(form: forms.Form, title: str, records: Sequence[Record]) -> str:
    return form(_sheet(title, records))


FORMS: dict[str, Callable[[str, Sequence[Record]], str]] = {
    name: partial(_render, form) for name, form in forms.FORMS.items()
}
LINE_FORMS = [name for name in FORMS if name not in {**CMS_FORMS, **GRID_FORMS}]


def _pair(is_quick: Callable[[str, int, int], bool]) -> list[Any]:
    """Pair forms and encodings; the pairs that are not quick belong to the slow run."""
    return [
        pytest.param(form, encoding, marks=() if is_quick(form, n, k) else pytest.mark.slow)
        for n, form in enumerate(FORMS)
        for k, encoding in enumerate(ENCODINGS)
    ]


# Quickly: each form as it is and in one more encoding; the ways to read a line in all encodings.
EACH_FORM = _pair(lambda form, n, k: k in (0, 1 + n % (len(ENCODINGS) - 1)))
EACH_LINE_FORM = _pair(
    lambda form, n, k: form in LINE_FORMS or k in (0, 1 + n % (len(ENCODINGS) - 1))
)


def render_text(title: str, records: Sequence[Record]) -> str:
    """Write the plain text that `read_listing` reads, without a final line end."""
    return forms.render_text(_sheet(title, records))


def link_target(entry_text: str) -> str:
    """Give the absolute address to which a printed mail, site or download line is linked."""
    href = forms.link_target(entry_text)
    return BASE + href if href.startswith("/") else href
