"""Mutations of the texts behind labels."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from pipeline.drill.copies import TEXTS, Copy, Mutation, NotHere, say_lines, say_number
from pipeline.drill.score import ANYTHING
from pipeline.listing import CHILDREN, NUMBERS
from pipeline.page import fold

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def swap_values(copy: Copy, draw: Random) -> None:
    """Print a field's value in another record, and the other way round."""
    record, n, entry, own = copy.one(draw, (*TEXTS, *NUMBERS))
    other = draw.choice(copy.records)
    places = [i for i, e in enumerate(other.entries) if copy.field_of(e) == own]
    if other is record or not places or other.entries[places[0]].lines == entry.lines:
        raise NotHere
    back = other.entries[places[0]]
    record.entries[n] = replace(entry, lines=back.lines)
    other.entries[places[0]] = replace(back, lines=entry.lines)
    say_lines(copy, record, own, back.lines)
    say_lines(copy, other, own, entry.lines)


def slip_number(copy: Copy, draw: Random) -> None:
    """Print a number with a typist's slip: a digit changed, dropped, doubled, swapped, a mark moved."""
    record, n, entry, own = copy.one(draw, NUMBERS)
    text = entry.lines[0]
    digits = [i for i, c in enumerate(text) if c in "0123456789"]
    if not digits:
        raise NotHere
    i = draw.choice(digits)
    marks = [
        j for j, c in enumerate(text) if c in (copy.spec.locale.decimal, copy.spec.locale.group)
    ]
    kind = draw.randrange(6)
    if kind == 0:
        new = text[:i] + draw.choice("0123456789") + text[i + 1 :]
    elif kind == 1:
        new = text[:i] + text[i + 1 :]
    elif kind == 2:
        new = text[:i] + text[i] + text[i:]
    elif kind == 3 and i + 1 in digits:
        new = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    elif kind == 4 and marks:
        mark = draw.choice(marks)
        bare = text[:mark] + text[mark + 1 :]
        at = draw.randrange(len(bare) + 1)
        new = bare[:at] + text[mark] + bare[at:]
    elif kind == 5 and marks:
        mark = draw.choice(marks)
        new = text[:mark] + text[mark + 1 :]
    else:
        raise NotHere
    if new == text:
        raise NotHere
    record.entries[n] = replace(entry, lines=(new, *entry.lines[1:]))
    say_number(copy, record, own)


def reformat_number(copy: Copy, draw: Random) -> None:
    """Print a number in another notation; what it states is the same, or cannot be told."""
    decimal, group = copy.spec.locale.decimal, copy.spec.locale.group
    style = draw.randrange(16)
    for record, n in list(copy.pick(draw, NUMBERS)):
        entry = record.entries[n]
        own = copy.field_of(entry)
        text = entry.lines[0]
        if own is None or not text[:1].isdigit():
            raise NotHere
        plain = text.replace(group, "")
        other = text.replace(decimal, "|").replace(group, decimal).replace("|", group)
        unit = own.unit or "Stück"
        new = (
            plain, text.replace(group, " "), text.replace(group, "'"), other, f"{text} {unit}",
            f"ca. {text}", f"rd. {text}", f"{text} (2014)", f"{text}.", f"{text}*", f"{text} 1)",
            f"+{text}", f"0{text}", f"{plain.replace(decimal, '.')}e0", f"{text} ha",
            text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        )[style]  # fmt: skip
        if new == text:
            raise NotHere
        record.entries[n] = replace(entry, lines=(new, *entry.lines[1:]))
        say_number(copy, record, own)


def absurd_number(copy: Copy, draw: Random) -> None:
    """Print a number that cannot be: nothing, less than nothing, far too much, no number."""
    for record, n in list(copy.pick(draw, NUMBERS)):
        entry = record.entries[n]
        if not entry.lines[0][:1].isdigit():
            raise NotHere
        new = draw.choice(("0", "-" + entry.lines[0], "999.999.999.999", "nan", "1e5", "9" * 5000,
                           "unbekannt", "siehe oben", "12.34.567", "1_000", "½", "1/2"))  # fmt: skip
        record.entries[n] = replace(entry, lines=(new, *entry.lines[1:]))
        say_lines(copy, record, copy.spec.field(copy.spec.labels[fold(entry.label)]), (new,))


def change_text(copy: Copy, draw: Random) -> None:
    """Print a text with a letter changed, dropped or doubled, or without its end."""
    record, n, entry, own = copy.one(draw, TEXTS)
    line = draw.randrange(len(entry.lines))
    text = entry.lines[line]
    new = change_letters(text, draw)
    lines = (*entry.lines[:line], new, *entry.lines[line + 1 :])
    record.entries[n] = replace(entry, lines=lines)
    say_lines(copy, record, own, lines)


def change_download(copy: Copy, draw: Random) -> None:
    """Print a document's label with a letter changed, or leave it out."""
    record, n, entry, _ = copy.one(draw, ("links",))
    rows = record.facts.children[CHILDREN["links"]]
    line = draw.randrange(len(entry.lines))
    text = entry.lines[line]
    at = [i for i, row in enumerate(rows) if row[0] == text]
    if len(at) != 1:
        raise NotHere
    if draw.random() < 0.3 and len(entry.lines) > 1:
        lines = (*entry.lines[:line], *entry.lines[line + 1 :])
        said = (*rows[: at[0]], *rows[at[0] + 1 :])
    else:
        new = change_letters(text, draw)
        lines = (*entry.lines[:line], new, *entry.lines[line + 1 :])
        said = (*rows[: at[0]], (new, ANYTHING, ANYTHING), *rows[at[0] + 1 :])
    record.entries[n] = replace(entry, lines=lines)
    record.says.children[CHILDREN["links"]] = said


def change_letters(text: str, draw: Random) -> str:
    """Change a letter inside a word, drop it, double it, or cut the text's last word short."""
    at = [m.start() + 1 for m in re.finditer(r"[^\W\d_]{3}", text)]
    if not at:
        raise NotHere
    i = draw.choice(at)
    new = draw.choice(
        (
            text[:i] + draw.choice(_LETTERS) + text[i + 1 :],
            text[:i] + text[i + 1 :],
            text[:i] + text[i] + text[i:],
            text[: max(i + 1, len(text) - 3)].rstrip(" ,;|/-–—"),
        )
    )
    if new == text:
        raise NotHere
    return new


MUTATIONS: dict[str, Mutation] = {
    "values_swapped": swap_values,
    "number_slipped": slip_number,
    "number_reformatted": reformat_number,
    "number_absurd": absurd_number,
    "text_changed": change_text,
    "download_changed": change_download,
}
