"""One listing as the many HTML documents and encodings in which a reader may meet it.

Every document is a reconstruction.  Text is the listing's own in every form; only markup, white
space and invisible characters differ.  Nothing here knows how a page is read, so that what is
written here and read by the pipeline compares two independent views of the same records.
"""

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


Form = Callable[[Sheet], str]


def render_text(sheet: Sheet) -> str:
    """Write the listing as plain text, without a final line end."""
    entries = (entry for record in sheet.records for entry in record)
    return f"{sheet.title}\n\n" + "\n".join(
        f"{entry.label}:{entry.gap}" + "\n".join(entry.lines) for entry in entries
    )


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


def _linked(kind: str, line: str) -> str:
    """Escape a line of a value, its download, mail or site as a link."""
    text = line if kind in ("links", "url") else ""
    if kind == "contacts" and "@" in line:
        text = line.rsplit(maxsplit=1)[-1]
    if not text:
        return escape(line)
    href = escape(link_target(text))
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
        "links": "<br>".join(_linked(entry.kind, line) for line in entry.lines),
    }


def _records(sheet: Sheet, entry: str, start: str = "", end: str = "") -> list[str]:
    """Fill the templates of each record's entries and of its start."""
    return [
        start.format(town=escape(heading), number=number)
        + "\n".join(entry.format(**_parts(item)) for item in record)
        + end
        for number, (record, heading) in enumerate(
            zip(sheet.records, sheet.headings, strict=True), start=1
        )
    ]


def _form(entry: str, start: str = "", end: str = "") -> Form:
    """Make a form of three templates: of an entry, of a record's start and of its end."""
    return lambda sheet: _page(sheet.title, "\n".join(_records(sheet, entry, start, end)))


def _one_table(sheet: Sheet) -> str:
    """All records in one table; a value's further lines are rows without a label."""
    row = "<tr><th>{label}:</th><td>{first}</td></tr>{rest_tr}"
    rows = "\n".join(_records(sheet, row))
    return _page(sheet.title, f"<table><tbody>\n{rows}\n</tbody></table>")


def _minified_unclosed(sheet: Sheet) -> str:
    """One line of source that leaves out every tag HTML lets a writer leave out."""
    body = "".join(_records(sheet, "<dt>{label}{dd_unclosed}", "<dl>", "</dl>"))
    title = escape(sheet.title)
    return (
        f"<!doctype html>{META}<title>{title}</title><nav><ul><li>Startseite<li>Themen"
        f"</ul></nav><main><h1>{title}</h1><p>Die Beispiele zeigen Quartiere.{body}"
        "</main><footer><p>Beispielstraße 1<p>Nach oben</footer>"
    ).replace("\n", "")


_NOISE = """
<!-- {fake} -->
<script>var demo = "{fake_text}";</script>
<style>.demo::before {{ content: "{fake_text}"; }}</style>
<template>{fake}</template>
<noscript>{fake}</noscript>
<div hidden>{fake}</div>
<div style="display:none">{fake}</div>
<div style="color: red; display: none;">{fake}</div>
"""
_BEFORE = """<div class="cookies"><p>Wir verwenden Cookies.</p><button>Zustimmen</button></div>
<ol class="breadcrumb"><li><a href="/">Start</a></li><li><a href="/kontakt">Kontakt</a></li></ol>
"""
_INTRO = f"""<div class="intro">
<p>{{prose}}: so nennen wir einen Teil der Stadt, in dem Menschen einander kennen.</p>
<p>{{opening}} und andere Angaben sind die der ganzen Gemeinde.</p>
{"".join(f"<p>Absatz {number} der Einleitung, ohne Angaben.</p>" for number in range(1, 19))}
</div>
"""
_AFTER = """<aside class="teaser"><h2>Aktuelles</h2><p>Neue Beispiele sind willkommen.</p></aside>
<div class="imprint"><p>Impressum: Projekt Muster</p><p>Beispielstraße 1</p></div>
"""


def _cms_noise(sheet: Sheet) -> str:
    """What a content system puts before, after, between and into the records, none of it data."""
    labels = [escape(entry.label) for entry in sheet.records[0]] if sheet.records else ["Ort"]
    texts = [entry.label for entry in sheet.records[0] if entry.kind == "text"] or ["Ort"]
    fake = [f"{label}:9,99" for label in labels[:2]] + [f"{escape(texts[-1])}:Nirgendwo"]
    noise = _NOISE.format(fake="".join(f"<p>{f}</p>" for f in fake), fake_text=" ".join(fake))
    entry = (
        f'<div class="field"><!-- {fake[0]} --><strong class="label">{{label}}<!-- sic -->:</strong>'
        f"{{gap}}{{br}}<span hidden>{fake[-1]}</span></div>"
    )
    blocks = _records(sheet, entry, '<div id="c{number}" class="frame frame-default">', "</div>")
    intro = _INTRO.format(prose=escape(texts[-1]), opening=labels[0])
    return _page(sheet.title, intro + noise.join(["", *blocks, ""]), _BEFORE, _AFTER)


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
    "minified": lambda sheet: FORMS["p_br_strong"](sheet).replace("\n", ""),
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
