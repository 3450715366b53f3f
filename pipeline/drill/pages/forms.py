"""One listing as the many HTML documents in which a reader may meet it.

Every document is a reconstruction.  Text is the listing's own in every form; only markup, white
space and invisible characters differ.  Nothing here knows how a page is read, so that what is
written here and read by the pipeline compares two independent views of the same records.
"""

from __future__ import annotations

from html import escape

from pipeline.drill.pages.cms_forms import CMS_FORMS, FURNITURE
from pipeline.drill.pages.encodings import ENCODINGS
from pipeline.drill.pages.grid_forms import GRID_FORMS
from pipeline.drill.pages.markup import (
    META,
    Entry,
    Form,
    Record,
    Sheet,
    fill_records,
    form,
    link_target,
    page,
)

__all__ = [
    "ENCODINGS",
    "FORMS",
    "FURNITURE",
    "GRID_FORMS",
    "META",
    "Entry",
    "Form",
    "Record",
    "Sheet",
    "link_target",
    "render_text",
]


def render_text(sheet: Sheet) -> str:
    """Write the listing as plain text, without a final line end."""
    entries = (entry for record in sheet.records for entry in record)
    return f"{sheet.title}\n\n" + "\n".join(
        (f"{entry.label}:{entry.gap}" if sheet.colon else f"{entry.label}\n")
        + "\n".join(entry.lines)
        for entry in entries
    )


def _one_table(sheet: Sheet) -> str:
    """All records in one table; a value's further lines are rows without a label."""
    row = "<tr><th>{label}:</th><td>{first}</td></tr>{rest_tr}"
    rows = "\n".join(fill_records(sheet, row))
    return page(sheet.title, f"<table><tbody>\n{rows}\n</tbody></table>")


def _minified_unclosed(sheet: Sheet) -> str:
    """One line of source that leaves out every tag HTML lets a writer leave out."""
    body = "".join(fill_records(sheet, "<dt>{label}{dd_unclosed}", "<dl>", "</dl>"))
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
    blocks = fill_records(
        sheet, entry, '<div id="c{number}" class="frame frame-default">', "</div>"
    )
    intro = _INTRO.format(prose=escape(texts[-1]), opening=labels[0])
    return page(sheet.title, intro + noise.join(["", *blocks, ""]), _BEFORE, _AFTER)


_STRONG = "<strong>{label}:</strong>{gap}{br}<br>"
_SPANS = '<div class="field"><span class="label">%s</span><span class="value">%s</span></div>'
_BUTTON = '<button type="button" aria-expanded="false" aria-controls="p{number}">{town}</button>'
_ROW = "<tr><th>{label}</th><td>{br}</td></tr>"
_RECORD = '<div class="record">'

FORMS: dict[str, Form] = {
    "p_br_strong": form(_STRONG, "<p>", "</p>"),
    "p_per_line": form("<p>{label}:{gap}{first}</p>{rest_p}"),
    "table_rows": form("<tr><th>{label}:</th><td>{br}</td></tr>", "<table>", "</table>"),
    "table_no_colon": form(_ROW, "<table>", "</table>"),
    "one_table": _one_table,
    "dl": form("<dt>{label}</dt>{dd}", "<dl>", "</dl>"),
    "dl_colon": form("<dt>{label}:</dt>{dd}", "<dl>", "</dl>"),
    "div_span": form(_SPANS % ("{label}:", "{br}"), _RECORD, "</div>"),
    "div_span_no_colon": form(_SPANS % ("{label}", "{br}"), _RECORD, "</div>"),
    "div_pairs": form("<div>{label}</div><div>{br}</div>", _RECORD, "</div>"),
    "label_line_value_line": form("<p>{label}:</p>{p}"),
    "accordion": form(
        _STRONG,
        '<div class="accordion-item"><h3>{town}</h3><div class="panel"><p>',
        "</p></div></div>",
    ),
    "details": form(_ROW, "<details><summary>{town}</summary><table>", "</table></details>"),
    "accordion_button": form(
        "<dt>{label}:</dt>{dd}",
        f'<div class="item">{_BUTTON}<div id="p{{number}}"><dl>',
        "</dl></div></div>",
    ),
    "minified": lambda sheet: FORMS["p_br_strong"](sheet).replace("\n", ""),
    "minified_unclosed": _minified_unclosed,
    "pretty": form(
        "    <strong>\n      {label_words}:\n    </strong>\n    {br_words}\n    <br>",
        "<div>\n  <p>\n",
        "\n  </p>\n</div>",
    ),
    "split_labels": form("<b>{head}</b>{tail}<span>:</span>{gap}{br}<br>", "<p>", "</p>"),
    "cms_noise": _cms_noise,
    "list_items": form("<li><b>{label}:</b>{gap}{br}</li>", "<ul>", "</ul>"),
    "links": form(_SPANS % ("{label}:", "{links}"), _RECORD, "</div>"),
    "links_dl": form("<dt>{label}</dt><dd>{links}</dd>", "<dl>", "</dl>"),
    **CMS_FORMS,
    **GRID_FORMS,
}
