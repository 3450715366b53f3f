"""Mutations of labels, and of whole fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from pipeline.drill.copies import Copied, Copy, Mutation, NotHere, say_lines
from pipeline.drill.pages.markup import Entry
from pipeline.page import fold

_WORDS = "Förderkulisse Projektgebiet Stadtteilbüro Sachstand Baubeginn Zielgruppe Träger".split()
_NEW = ("1.000 €", "2018", "ja", "in Vorbereitung", "Frau Erika Beispiel", "www.neu.example",
        "siehe Anlage 3")  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def rename_label(copy: Copy, draw: Random) -> None:
    """Print a label that the spec does not know: a typo, another word, a longer one."""
    record, n, entry, _ = copy.one(draw)
    new = draw.choice(
        (
            _typo(entry.label, draw),
            draw.choice(_WORDS),
            f"{entry.label} {draw.choice(('neu', '2019', '(ca.)', 'gesamt'))}",
            f"{draw.choice(_WORDS)} {entry.label}",
            _respell(entry.label),
        )
    )
    if fold(new) in copy.spec.labels or not new.strip():
        raise NotHere
    spread = draw.choice((0, 0, 1))
    for other in copy.records if spread else [record]:
        for i, own in enumerate(other.entries):
            if own.label == entry.label and (spread or i == n):
                other.entries[i] = replace(own, label=new)


def drop_label(copy: Copy, draw: Random) -> None:
    """Print a value without its label."""
    for record, n in list(copy.pick(draw)):
        strip_label(copy, record, n, lambda entry: entry.lines)


def lose_colon(copy: Copy, draw: Random) -> None:
    """Print a label without its colon, on the value's line or on one of its own."""
    apart = draw.random() < 0.3
    for record, n in list(copy.pick(draw)):
        strip_label(
            copy, record, n,
            lambda entry: (entry.label, *entry.lines) if apart
            else (f"{entry.label} {entry.lines[0]}".strip(), *entry.lines[1:]),
        )  # fmt: skip


def double_label(copy: Copy, draw: Random) -> None:
    """Print a field twice in a record, the second time with its own text or another record's."""
    record, n, entry, own = copy.one(draw)
    others = [e for r in copy.records for e in r.entries if copy.field_of(e) == own]
    again = entry if draw.random() < 0.5 else replace(draw.choice(others), label=entry.label)
    record.entries.insert(draw.choice((n + 1, len(record.entries))), again)


def merge_labels(copy: Copy, draw: Random) -> None:
    """Lose the line break in front of a label."""
    glue, mark = draw.choice((" ", "", ", ", "; ", " – ")), ":" if copy.spec.colon else " "
    for record, n in list(copy.pick(draw)):
        before = copy.before if n == 0 and record is copy.records[0] else None
        if n == 0 or before is not None:
            raise NotHere
        first, entry = record.entries[n - 1], record.entries.pop(n)
        joined = f"{first.lines[-1]}{glue}{entry.label}{mark}{entry.gap}{entry.lines[0]}"
        lines = (*first.lines[:-1], joined, *entry.lines[1:])
        record.entries[n - 1] = replace(first, lines=lines)


def swap_labels(copy: Copy, draw: Random) -> None:
    """Print two labels of a record in each other's place."""
    record, n, entry, own = copy.one(draw)
    m = draw.randrange(len(record.entries))
    other = copy.field_of(record.entries[m])
    if m == n or other is None or other == own or copy.spec.opens_with in (own.name, other.name):
        raise NotHere
    back = record.entries[m]
    record.entries[n] = replace(entry, label=back.label)
    record.entries[m] = replace(back, label=entry.label)
    for one, lines in ((own, back.lines), (other, entry.lines)):
        say_lines(copy, record, one, lines)


def respell_label(copy: Copy, draw: Random) -> None:
    """Print a label in other letters' case or spacing: it is the same label."""
    style = draw.choice((str.upper, str.lower, str.swapcase, lambda t: t.replace(" ", "  "),
                         lambda t: f"{t} ", lambda t: t.replace(" ", "\u00a0")))  # fmt: skip
    for record, n in list(copy.pick(draw)):
        entry = record.entries[n]
        if copy.field_of(replace(entry, label=style(entry.label))) is None:
            raise NotHere  # `ß` in upper case is another word
        record.entries[n] = replace(entry, label=style(entry.label))


def drop_field(copy: Copy, draw: Random) -> None:
    """Leave a label and its value out."""
    for record, n in list(copy.pick(draw)):
        del record.entries[n]


def drop_value(copy: Copy, draw: Random) -> None:
    """Print a label with nothing behind it, or with a word for nothing."""
    word = draw.choice(("", "", "-", "–", "k.A.", "k. A.", "keine Angabe", "n/a"))
    for record, n in list(copy.pick(draw)):
        record.entries[n] = replace(record.entries[n], lines=(word,))


def add_field(copy: Copy, draw: Random) -> None:
    """Print a label that the spec does not know, with a value."""
    words = [word for word in _WORDS if fold(word) not in copy.spec.labels]
    label = f"{draw.choice(words)}{draw.choice(('', ' 2019', ' (Stand)'))}"
    value = draw.choice(_NEW)
    where = draw.random()
    for record in copy.records if draw.random() < 0.4 else [draw.choice(copy.records)]:
        at = min(int(where * len(record.entries)) + 1, len(record.entries))
        record.entries.insert(at, Entry(label, (value,), draw.choice(("", " "))))
        before = copy.field_of(record.entries[at - 1])
        if copy.is_text and not copy.spec.colon and before and before.many:
            say_lines(copy, record, before, (*record.entries[at - 1].lines, label, value))
        elif label not in copy.told:
            copy.told.append(label)


def strip_label(
    copy: Copy, record: Copied, n: int, lines_of: Callable[[Entry], tuple[str, ...]]
) -> None:
    """Take a label away and let its lines stand behind the field before it, as a page would."""
    place = copy.records.index(record)
    entry = record.entries[n]
    lines = lines_of(entry)
    if n:
        holder, at = record.entries, n - 1
    elif place:
        holder, at = copy.records[place - 1].entries, -1
    else:
        raise NotHere
    del record.entries[n]
    holder[at] = replace(holder[at], lines=(*holder[at].lines, *lines))


def _typo(text: str, draw: Random) -> str:
    at = [i for i, c in enumerate(text) if c.isalpha()]
    i = draw.choice(at)
    kind = draw.randrange(4)
    if kind == 0:
        return text[:i] + text[i + 1 :]
    if kind == 1:
        return text[:i] + text[i] + text[i:]
    if kind == 2:
        return text[:i] + text[i : i + 2][::-1] + text[i + 2 :]
    return text[:i] + draw.choice(_LETTERS) + text[i + 1 :]


def _respell(text: str) -> str:
    """Write a label as one does who has no umlauts or superscripts, or likes other brackets."""
    table: dict[str, str | int | None] = {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "²": "2",
        "(": "[",
        ")": "]",
        "-": " ",
    }
    return text.translate(str.maketrans(table))


MUTATIONS: dict[str, Mutation] = {
    "label_renamed": rename_label,
    "label_dropped": drop_label,
    "colon_lost": lose_colon,
    "label_doubled": double_label,
    "labels_merged": merge_labels,
    "labels_swapped": swap_labels,
    "label_respelled": respell_label,
    "field_dropped": drop_field,
    "value_dropped": drop_value,
    "field_added": add_field,
}
