"""The markup that content systems and editors give a record, in lines, lists, cards and tables."""

from __future__ import annotations

import re
from html import escape

from pipeline.drill.pages.markup import Form, Sheet, fill_records, form, page

_STRONG = "<strong>{label}:</strong>{gap}{br}<br>"
_P = "<p><strong>{label}:</strong> {br}</p>"
_ROW = "<tr><th>{label}</th><td>{br}</td></tr>"
_DIVS = "<div>{label}</div><div>{br}</div>"
_UP = '<p class="csc-linkToTop"><a href="#top">nach oben</a></p>'

# The texts that a form prints between its records, which are no data.
FURNITURE: dict[str, frozenset[str]] = {
    "top_links": frozenset({"nach oben"}),
    "top_links_outside": frozenset({"nach oben"}),
    "ruled_print": frozenset({"Seite drucken"}),
    "thead_of_titles": frozenset({"Merkmal", "Angabe"}),
}


def _upper(sheet: Sheet) -> str:
    """Tags in upper case, as editors of the nineties wrote them."""
    document = form(_STRONG, "<p>", "</p>")(sheet)
    return re.sub(r"</?(?!meta)\w+", lambda tag: tag[0].upper(), document)


def _one_paragraph(sheet: Sheet) -> str:
    """All records in one paragraph."""
    return page(sheet.title, "<p>" + "\n".join(fill_records(sheet, _STRONG)) + "</p>")


def _preformatted(sheet: Sheet) -> str:
    """The plain text in one element, as a print version shows it."""
    lines = (
        f"{entry.label}:{entry.gap}" + "\n".join(entry.lines)
        for record in sheet.records
        for entry in record
    )
    return page(sheet.title, f"<pre>\n{escape(chr(10).join(lines))}\n</pre>")


def _tabs(sheet: Sheet) -> str:
    """A list of tab titles, then a panel for each record."""
    titles = "".join(
        f'<li role="presentation"><a href="#p{n}" role="tab" aria-controls="p{n}">{escape(town)}</a></li>'
        for n, town in enumerate(sheet.headings, start=1)
    )
    start = '<div role="tabpanel" id="p{number}" class="tab-pane"><p>'
    panels = "".join(fill_records(sheet, _STRONG, start, "</p></div>"))
    tabs = f'<ul class="nav nav-tabs" role="tablist">{titles}</ul>'
    return page(sheet.title, f'{tabs}<div class="tab-content">{panels}</div>')


def _nested(outer: str, entry: str, start: str = "", end: str = "") -> Form:
    """Make a form whose records stand in one outer element."""
    return lambda sheet: page(
        sheet.title, outer.format("\n".join(fill_records(sheet, entry, start, end)))
    )


def _two_a_row(sheet: Sheet) -> str:
    """A layout table with two records in each row, each in its cell."""
    cells = fill_records(sheet, _STRONG, "<td valign=top><p>", "</p></td>")
    rows = "\n".join(f"<tr>{''.join(cells[n : n + 2])}</tr>" for n in range(0, len(cells), 2))
    return page(sheet.title, f'<table width="100%" border="0">{rows}</table>')


def _pairs(sheet: Sheet) -> str:
    """A table for each record, with two labels and their values in a row."""
    records = []
    for cells in fill_records(sheet, "<td>{label}</td><td>{br}</td>"):
        pairs = cells.split("\n")
        rows = ("".join(pairs[n : n + 2]) for n in range(0, len(pairs), 2))
        records.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
    return page(sheet.title, "\n".join(records))


def _ruled_print(sheet: Sheet) -> str:
    """A print version: rules and a line without a use between the records."""
    records = fill_records(sheet, _STRONG, "<div><p>", "</p></div>")
    between = '<hr><p class="noprint"><a href="javascript:window.print()">Seite drucken</a></p>\n'
    return page(sheet.title, between.join(records))


_DRUPAL = (
    '<div class="field field--name-x field--label-above"><div class="field__label">{label}</div>'
    '<div class="field__items">{items}</div></div>'
)
_DRUPAL_ONE = (
    '<div class="field field--label-inline"><div class="field__label">{label}</div>'
    '<div class="field__item">{br}</div></div>'
)
_ARTICLE = '<article class="node node--type-example">'
_CARD = (
    '<div class="col-md-6"><div class="card"><div class="card-body"><h5 class="card-title">{town}'
    '</h5><p class="card-text">'
)
_ARIA = (
    '<tr class="odd" role="row"><th scope="row" role="rowheader">{label}</th>'
    '<td role="cell" class="zebra">{br}</td></tr>'
)
_CAPTION = (
    '<div id="c{number}" class="frame frame-default"><table class="contenttable">'
    "<caption>{town}</caption><colgroup><col><col></colgroup><tbody>"
)
_TITLES = (
    '<table><thead><tr><th scope="col">Merkmal</th><th scope="col">Angabe</th></tr></thead><tbody>'
)
_ICON = '<a name="r{number}"></a><a id="e{number}"></a><p>'

CMS_FORMS: dict[str, Form] = {
    "nbsp_gap": form("<strong>{label}:</strong>&nbsp;{br}<br />", "<p>", "</p>"),
    "colon_outside": form("<b>{label}</b>: {br}<br/>", "<p>", "</p>"),
    "colon_apart": form("<strong>{label}</strong> : {br}<br>", "<p>", "</p>"),
    "upper_case": _upper,
    "one_paragraph": _one_paragraph,
    "em_values": form("<p><strong>{label}:</strong> <em>{br}</em></p>", "<div>", "</div>"),
    "p_spans": form('<p><span class="label">{label}</span> <span class="value">{br}</span></p>'),
    "p_label_p_value": form(
        '<p><span class="label">{label}</span></p><p><span class="value">{br}</span></p>'
    ),
    "label_br_value": form("<p><strong>{label}:</strong><br>{br}</p>", "<section>", "</section>"),
    "comments": form(
        "<!-- w --><b>{label}<!-- x -->:</b><!-- y -->{gap}<!-- z -->{br}<br>", "<p>", "</p>"
    ),
    "icons": form('<i class="icon"></i> <strong>{label}:</strong> {br}<br>', _ICON, "</p>"),
    "linked_labels": form(
        '<p><a href="/glossar#l"><strong>{label}</strong></a>: {br}</p>', "<div>", "</div>"
    ),
    "preformatted": _preformatted,
    "top_links": form(_STRONG, "<p>", f"</p>{_UP}"),
    "top_links_outside": form(_STRONG, "<div><p>", f"</p></div>{_UP}"),
    "ruled_print": _ruled_print,
    "sections": form(_P, "<section><h2>{town}</h2>", "</section>"),
    "articles": form(_P, "<article><header><h4>{town}</h4></header><div>", "</div></article>"),
    "flat_headings": form(_P, "<h3>{town}</h3>"),
    "label_headings": form("<h4>{label}</h4><p>{br}</p>", "<section><h3>{town}</h3>", "</section>"),
    "strong_then_block": form("<div><strong>{label}</strong><p>{br}</p></div>", "<div>", "</div>"),
    "fieldsets": form(_P, "<fieldset><legend>{town}</legend>", "</fieldset>"),
    "cards": _nested('<div class="row">{}</div>', _STRONG, _CARD, "</p></div></div></div>"),
    "tab_panels": _tabs,
    "nested_lists": _nested("<ul>{}</ul>", "<li><b>{label}:</b> {br}</li>", "<li><ul>", "</ul></li>"),
    "nested_ordered": _nested(
        '<ol class="list">{}</ol>', "<li><span>{label}</span> <span>{br}</span></li>",
        "<li><h3>{town}</h3><ul>", "</ul></li>",
    ),
    "dl_wrapped": form("<div><dt>{label}</dt>{dd}</div>", "<dl>", "</dl>"),
    "drupal": form(_DRUPAL, _ARTICLE, "</article>"),
    "drupal_one_item": form(_DRUPAL_ONE, _ARTICLE, "</article>"),
    "drupal_in_a_view": _nested(
        '<div class="view-content">{}</div>', _DRUPAL,
        '<div class="views-row"><article>', "</article></div>",
    ),
    "bootstrap_rows": form(
        '<div class="row"><div class="col-4">{label}</div><div class="col-8">{br}</div></div>',
        '<div class="box">', "</div>",
    ),
    "plone": form('<div class="field"><label>{label}</label>: <span>{br}</span></div>', "<div>", "</div>"),
    "wordpress_table": form(
        "<tr><td><strong>{label}</strong></td><td>{br}</td></tr>",
        '<!-- wp:table --><figure class="wp-block-table"><table><tbody>',
        "</tbody></table></figure><!-- /wp:table -->",
    ),
    "figures": form(_P, "<figure><img src='a.png' alt='Plan'>", "</figure>"),
    "typo3_table": form(_ROW, _CAPTION, "</tbody></table></div>"),
    "thead_of_titles": form(_ROW, _TITLES, "</tbody></table>"),
    "one_cell_rows": form("<tr><td><strong>{label}:</strong> {br}</td></tr>", "<table>", "</table>"),
    "stacked_cells": form("<tr><th>{label}</th></tr><tr><td>{br}</td></tr>", "<table>", "</table>"),
    "aria_table": form(_ARIA, '<table role="table">', "</table>"),
    "label_value_pairs": _pairs,
    "layout_table": _nested(
        '<table width="100%">{}</table>', _ROW, "<tr><td><table>", "</table></td></tr>"
    ),
    "layout_cells": _two_a_row,
    "div_pairs_in_li": _nested("<ul>{}</ul>", _DIVS, '<li class="item">', "</li>"),
}  # fmt: skip
