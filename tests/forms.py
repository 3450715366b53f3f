"""One listing as the many HTML documents and encodings a reader may meet.

Every document is a reconstruction: no HTML of the known page exists. Nothing here imports the
pipeline, so a test that compares both compares two independent readings of the same records.
Text is the listing's own in every form; only markup, white space and invisible characters differ.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KNOWN_ID = "c374c303fdee"
BASE = "https://www.nrw-projektsoziales.de"
META = '<meta charset="utf-8">'
OPENING, DOWNLOAD, QUARTER, CONTACT = "Fläche (km²)", "Download", "Quartier", "Kontakt"
SITE = "Ergänzende Informationen"
FIGURES = (OPENING, "Einwohner", "Einwohner je km²")
LABELS = (*FIGURES, "Kreis/kreisfrei", "Bezeichnung IHK", DOWNLOAD, QUARTER, CONTACT, SITE)


@dataclass(frozen=True)
class Entry:
    """A label, the lines of its value, and the text between its colon and the first of them."""

    label: str
    lines: tuple[str, ...]
    gap: str


Record = tuple[Entry, ...]
Form = Callable[[str, list[Record]], str]


def known_capture() -> bytes:
    """Give the known capture's bytes; zero or two files of its name are an error."""
    (path,) = (ROOT / "raw" / "ihk" / "captures").glob(f"{KNOWN_ID}*.txt")
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
            records[-1].append(Entry(label, (value.removeprefix(gap),), gap))
        elif records:
            last = records[-1][-1]
            records[-1][-1] = replace(last, lines=(*last.lines, line))
        else:
            head.append(line)
    return "\n".join(head).strip("\n"), [tuple(record) for record in records]


def render_text(title: str, records: list[Record]) -> str:
    """Write the plain text that `read_listing` reads, without a final line end."""
    entries = (entry for record in records for entry in record)
    return f"{title}\n\n" + "\n".join(
        f"{entry.label}:{entry.gap}" + "\n".join(entry.lines) for entry in entries
    )


def link_target(entry_text: str) -> str:
    """Give the absolute address to which a printed mail, site or download line is linked."""
    if "@" in entry_text:
        return "mailto:" + entry_text.rsplit(maxsplit=1)[-1]
    if entry_text.startswith(("http://", "https://")):
        return entry_text
    if entry_text.startswith("www."):
        return "http://" + entry_text
    plain = unicodedata.normalize("NFKD", entry_text.lower()).encode("ascii", "ignore").decode()
    return f"{BASE}/fileadmin/" + re.sub(r"[^a-z0-9]+", "-", plain).strip("-") + ".pdf"


def town(record: Record) -> str:
    """Name a record's town: the contact's without the word before it, else the Quartier's."""
    first = {entry.label: entry.lines[0] for entry in record}
    from_contact = first.get(CONTACT, "").partition(" ")[2]
    return from_contact or re.split(r"[ -]", first.get(QUARTER, ""))[0] or "Ohne Ort"


# --- Documents ---------------------------------------------------------------------------------


def _page(title: str, body: str, before: str = "", after: str = "") -> str:
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


def _linked(label: str, line: str) -> str:
    """Escape a line of a value, its download, mail or site as a link."""
    text = line if label in (DOWNLOAD, SITE) else ""
    if label == CONTACT and "@" in line:
        text = line.rsplit(maxsplit=1)[-1]
    if not text:
        return escape(line)
    href = escape(link_target(text).removeprefix(BASE))
    return f'{escape(line.removesuffix(text))}<a href="{href}">{escape(text)}</a>'


def _parts(entry: Entry) -> dict[str, str]:
    """Give what an entry's template may name: its label and its value in several markups."""
    label, lines = escape(entry.label), [escape(line) for line in entry.lines]
    return {
        "label": label,
        "head": escape(entry.label[:3]),
        "tail": escape(entry.label[3:]),
        "label_words": label.replace(" ", "\n      "),
        "gap": entry.gap,
        "first": lines[0],
        "br": "<br>".join(lines),
        "br_words": "\n    <br>\n    ".join(line.replace(" ", "\n    ") for line in lines),
        "p": "".join(f"<p>{line or '&nbsp;'}</p>" for line in lines),
        "rest_p": "".join(f"<p>{line or '&nbsp;'}</p>" for line in lines[1:]),
        "rest_tr": "".join(f"<tr><th></th><td>{line or '&nbsp;'}</td></tr>" for line in lines[1:]),
        "dd": "".join(f"<dd>{line or '&nbsp;'}</dd>" for line in lines),
        "dd_unclosed": "".join(f"<dd>{line or '&nbsp;'}" for line in lines),
        "links": "<br>".join(_linked(entry.label, line) for line in entry.lines),
    }


def _record(record: Record, number: int, entry: str, start: str = "", end: str = "") -> str:
    """Fill the templates of a record's entries and of its start."""
    opening = start.format(town=escape(town(record)), number=number)
    return opening + "\n".join(entry.format(**_parts(item)) for item in record) + end


def _form(entry: str, start: str = "", end: str = "") -> Form:
    """Make a form of three templates: of an entry, of a record's start and of its end."""
    return lambda title, records: _page(
        title,
        "\n".join(_record(record, n, entry, start, end) for n, record in enumerate(records, 1)),
    )


def _one_table(title: str, records: list[Record]) -> str:
    """All records in one table; a value's further lines are rows without a label."""
    row = "<tr><th>{label}:</th><td>{first}</td></tr>{rest_tr}"
    rows = "\n".join(_record(record, n, row) for n, record in enumerate(records, 1))
    return _page(title, f"<table><tbody>\n{rows}\n</tbody></table>")


def _minified_unclosed(title: str, records: list[Record]) -> str:
    """One line of source that leaves out every tag HTML lets a writer leave out."""
    body = "".join(
        _record(record, n, "<dt>{label}{dd_unclosed}", "<dl>", "</dl>")
        for n, record in enumerate(records, 1)
    )
    return (
        f"<!doctype html>{META}<title>{escape(title)}</title><nav><ul><li>Startseite<li>Themen"
        f"</ul></nav><main><h1>{escape(title)}</h1><p>Die Beispiele zeigen Quartiere.{body}"
        "</main><footer><p>Beispielstraße 1<p>Nach oben</footer>"
    ).replace("\n", "")


_FAKE = "<p>Fläche (km²):9,99</p><p>Einwohner:1</p><p>Quartier:Nirgendwo</p>"
_NOISE = f"""
<!-- {_FAKE} -->
<script>var demo = "Fläche (km²):9,99 Einwohner:1 Quartier:Nirgendwo";</script>
<style>.demo::before {{ content: "Einwohner:1"; }}</style>
<template>{_FAKE}</template>
<noscript>{_FAKE}</noscript>
<div hidden>{_FAKE}</div>
<div style="display:none">{_FAKE}</div>
<div style="color: red; display: none;">{_FAKE}</div>
"""
_BEFORE = """<div class="cookies"><p>Wir verwenden Cookies.</p><button>Zustimmen</button></div>
<ol class="breadcrumb"><li><a href="/">Start</a></li><li><a href="/kontakt">Kontakt</a></li></ol>
"""
_INTRO = f"""<div class="intro">
<p>Quartier: so nennen wir einen Teil der Stadt, in dem Menschen einander kennen.</p>
<p>Fläche und Einwohner sind die der ganzen Gemeinde.</p>
{"".join(f"<p>Absatz {number} der Einleitung, ohne Angaben.</p>" for number in range(1, 19))}
</div>
"""
_AFTER = """<aside class="teaser"><h2>Aktuelles</h2><p>Neue Beispiele sind willkommen.</p></aside>
<div class="imprint"><p>Impressum: Projekt Muster</p><p>Beispielstraße 1</p></div>
"""


def _cms_noise(title: str, records: list[Record]) -> str:
    """What a content system puts before, after, between and into the records, none of it data."""
    entry = (
        '<div class="field"><!-- Einwohner:1 --><strong class="label">{label}<!-- sic -->:</strong>'
        "{gap}{br}<span hidden>Quartier:Nirgendwo</span></div>"
    )
    start = '<div id="c{number}" class="frame frame-default">'
    blocks = [_record(r, n, entry, start, "</div>") for n, r in enumerate(records, 1)]
    return _page(title, _INTRO + _NOISE.join(["", *blocks, ""]), _BEFORE, _AFTER)


_STRONG = "<strong>{label}:</strong>{gap}{br}<br>"
_SPANS = '<div class="field"><span class="label">%s</span><span class="value">%s</span></div>'
_BUTTON = '<button type="button" aria-expanded="false" aria-controls="p{number}">{town}</button>'
_ROW = "<tr><th>{label}</th><td>{br}</td></tr>"
_RECORD = '<div class="record">'

FORMS: dict[str, Form] = {
    "p_br_strong": _form(_STRONG, "<p>", "</p>"),
    "p_per_line": _form("<p>{label}:{gap}{first}</p>{rest_p}"),
    "table_rows": _form("<tr><th>{label}:</th><td>{br}</td></tr>", "<table>", "</table>"),
    "table_no_colon": _form(_ROW, "<table>", "</table>"),
    "one_table": _one_table,
    "dl": _form("<dt>{label}</dt>{dd}", "<dl>", "</dl>"),
    "dl_colon": _form("<dt>{label}:</dt>{dd}", "<dl>", "</dl>"),
    "div_span": _form(_SPANS % ("{label}:", "{br}"), _RECORD, "</div>"),
    "div_span_no_colon": _form(_SPANS % ("{label}", "{br}"), _RECORD, "</div>"),
    "div_pairs": _form("<div>{label}</div><div>{br}</div>", _RECORD, "</div>"),
    "label_line_value_line": _form("<p>{label}:</p>{p}"),
    "accordion": _form(
        _STRONG,
        '<div class="accordion-item"><h3>{town}</h3><div class="panel"><p>',
        "</p></div></div>",
    ),
    "details": _form(_ROW, "<details><summary>{town}</summary><table>", "</table></details>"),
    "accordion_button": _form(
        "<dt>{label}:</dt>{dd}",
        f'<div class="item">{_BUTTON}<div id="p{{number}}"><dl>',
        "</dl></div></div>",
    ),
    "minified": lambda title, records: FORMS["p_br_strong"](title, records).replace("\n", ""),
    "minified_unclosed": _minified_unclosed,
    "pretty": _form(
        "    <strong>\n      {label_words}:\n    </strong>\n    {br_words}\n    <br>",
        "<div>\n  <p>\n",
        "\n  </p>\n</div>",
    ),
    "split_labels": _form("<b>{head}</b>{tail}<span>:</span>{gap}{br}<br>", "<p>", "</p>"),
    "cms_noise": _cms_noise,
    "list_items": _form("<li><b>{label}:</b>{gap}{br}</li>", "<ul>", "</ul>"),
    "links": _form(_SPANS % ("{label}:", "{links}"), _RECORD, "</div>"),
    "links_dl": _form("<dt>{label}</dt><dd>{links}</dd>", "<dl>", "</dl>"),
}

# --- Encodings of a document -------------------------------------------------------------------

_MARKUP = re.compile(
    r"(<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[^>]+>|&#?\w+;)", re.DOTALL
)


def _in_text(pattern: str, replacement: str) -> Callable[[str], bytes]:
    """Replace in text only: never in tags, comments, scripts, styles or character references."""

    def encode(document: str) -> bytes:
        parts = _MARKUP.split(document)
        parts[::2] = [re.sub(pattern, replacement, part) for part in parts[::2]]
        return "".join(parts).encode()

    return encode


def _cp1252(meta: str) -> Callable[[str], bytes]:
    return lambda document: document.replace(META, meta).encode("cp1252", "xmlcharrefreplace")


_LONG_WORD = r"([^\W\d_]{3})(?=[^\W\d_]{3})"

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf8": lambda document: document.encode(),
    "utf8_bom": lambda document: document.encode("utf-8-sig"),
    "cp1252": _cp1252('<meta charset="windows-1252">'),
    "cp1252_undeclared": _cp1252(""),
    "utf16": lambda document: ("\ufeff" + document).encode("utf-16-le"),
    "nfd": lambda document: unicodedata.normalize("NFD", document).encode(),
    "nbsp": _in_text(r"(?<![\n ]) ", "\u00a0"),
    "soft_hyphen": _in_text(_LONG_WORD, "\\1\u00ad"),
    "zero_width": _in_text(_LONG_WORD, "\\1\u200b"),
    "crlf": lambda document: document.replace("\n", "\r\n").encode(),
}
