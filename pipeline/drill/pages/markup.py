"""What the forms of a listing are made of: its records, a page around them, templates of entries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

META = '<meta charset="utf-8">'


@dataclass(frozen=True, slots=True)
class Entry:
    """A label, the lines of its value, the text between its colon and the first of them.

    `kind` is the field's kind in the listing spec; it tells which lines are printed as links.
    """

    label: str
    lines: tuple[str, ...]
    gap: str = ""
    kind: str = "text"


Record = tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a listing prints: its title, its records, and the heading that each may stand under."""

    title: str
    records: tuple[Record, ...]
    headings: tuple[str, ...]
    colon: bool = (
        True  # whether a text prints one behind its labels, which begin their value's line
    )


Form = Callable[[Sheet], str]


def link_target(text: str) -> str:
    """Return the address to which a printed mail, site or download line is linked.

    >>> link_target("Kurzversion/Broschüre"), link_target("www.unna.example")
    ('/fileadmin/kurzversion-broschure.pdf', 'http://www.unna.example')
    """
    if "@" in text:
        return "mailto:" + text.rsplit(maxsplit=1)[-1]
    if text.startswith(("http://", "https://")):
        return text
    if text.startswith("www."):
        return "http://" + text
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return "/fileadmin/" + re.sub(r"[^a-z0-9]+", "-", plain).strip("-") + ".pdf"


# --- Documents ---------------------------------------------------------------------------------


def page(title: str, body: str, before: str = "", after: str = "") -> str:
    """Write a whole document whose `main` holds the title, some prose and all records."""
    return f"""<!DOCTYPE html>
<html lang="de">
<head>
{META}
<title>{escape(title)} | Projekt Muster</title>
</head>
<body>
<header><p>Projekt Muster</p></header>
<nav><ul><li><a href="/">Startseite</a></li><li><a href="/themen">Themen</a></li></ul></nav>
{before}<main>
<h1>{escape(title)}</h1>
<p>Die Beispiele zeigen, wie Quartiere geplant werden.</p>
{body}
</main>
{after}<footer><p>Beispielstraße 1, 40213 Düsseldorf</p><p>Nach oben</p></footer>
</body>
</html>
"""


def linked(kind: str, line: str) -> str:
    """Escape a line of a value, its download, mail or site as a link."""
    text = line if kind in ("links", "url") else ""
    if kind == "contacts" and "@" in line:
        text = line.rsplit(maxsplit=1)[-1]
    if not text:
        return escape(line)
    href = escape(link_target(text))
    return f'{escape(line.removesuffix(text))}<a href="{href}">{escape(text)}</a>'


class Parts(dict[str, str]):
    """What an entry's template may name: its label and its value in several markups, made if asked for."""

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry, self.lines = entry, [escape(line) for line in entry.lines]

    def __missing__(self, name: str) -> str:
        return _PARTS[name](self.entry, self.lines)


_PARTS: dict[str, Callable[[Entry, list[str]], str]] = {
    "label": lambda entry, _: escape(entry.label),
    "head": lambda entry, _: escape(entry.label[:3]),
    "tail": lambda entry, _: escape(entry.label[3:]),
    "label_words": lambda entry, _: escape(entry.label).replace(" ", "\n      "),
    "gap": lambda entry, _: entry.gap,
    "first": lambda _, lines: lines[0],
    "br": lambda _, lines: "<br>".join(lines),
    "br_words": lambda _, lines: "\n    <br>\n    ".join(
        line.replace(" ", "\n    ") for line in lines
    ),
    "p": lambda _, lines: _wrap("<p>{}</p>", lines),
    "rest_p": lambda _, lines: _wrap("<p>{}</p>", lines[1:]),
    "rest_tr": lambda _, lines: _wrap("<tr><th></th><td>{}</td></tr>", lines[1:]),
    "dd": lambda _, lines: _wrap("<dd>{}</dd>", lines),
    "dd_unclosed": lambda _, lines: _wrap("<dd>{}", lines),
    "items": lambda _, lines: _wrap('<div class="field__item">{}</div>', lines),
    "links": lambda entry, _: "<br>".join(linked(entry.kind, line) for line in entry.lines),
}


def _wrap(template: str, lines: list[str]) -> str:
    return "".join(template.format(line or "&nbsp;") for line in lines)


def fill_records(sheet: Sheet, entry: str, start: str = "", end: str = "") -> list[str]:
    """Fill the templates of each record's entries and of its start."""
    return [
        start.format(town=escape(heading), number=number)
        + "\n".join(entry.format_map(Parts(item)) for item in record)
        + end
        for number, (record, heading) in enumerate(
            zip(sheet.records, sheet.headings, strict=True), start=1
        )
    ]


def form(entry: str, start: str = "", end: str = "") -> Form:
    """Make a form of three templates: of an entry, of a record's start and of its end."""
    return lambda sheet: page(sheet.title, "\n".join(fill_records(sheet, entry, start, end)))
