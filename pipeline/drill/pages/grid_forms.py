"""Tables in which labels stand above or beside the values of several records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

from pipeline.drill.pages.markup import Entry, Form, Parts, Record, Sheet, page

_Row = Callable[[Record], str]


def _row(cell: str) -> _Row:
    """Make the template of a cell into one of a record's row."""
    return lambda record: (
        "<tr>" + "".join(cell.format_map(Parts(entry)) for entry in record) + "</tr>\n"
    )


def _blocks(records: tuple[Record, ...]) -> Iterator[list[Record]]:
    """Yield the records that follow each other with the same labels: they share a header."""
    for _, block in groupby(records, lambda record: [entry.label for entry in record]):
        yield list(block)


def _grid(
    head: str = "<th>{label}</th>", cell: str = "<td>{br}</td>", table: str = "<table>{}</table>",
    body: str = "{head}{rows}",
) -> Form:  # fmt: skip
    """Make a form of one table, with a header above the records that have its labels."""
    return lambda sheet: page(
        sheet.title,
        table.format(
            "".join(
                body.format(head=_row(head)(block[0]), rows="".join(map(_row(cell), block)))
                for block in _blocks(sheet.records)
            )
        ),
    )


def _grid_each(head: str, cell: str, start: str, end: str) -> Form:
    """Make a form of one table for each record."""
    return lambda sheet: page(
        sheet.title,
        "\n".join(
            start.format(town=escape(town)) + _row(head)(record) + _row(cell)(record) + end
            for record, town in zip(sheet.records, sheet.headings, strict=True)
        ),
    )


def _repeated(sheet: Sheet) -> str:
    """A table that prints its header again above every second record."""
    head, row = _row("<td><b>{label}:</b></td>"), _row("<td>{p}</td>")
    rows = [
        (head(record) if n % 2 == 0 else "") + row(record)
        for block in _blocks(sheet.records)
        for n, record in enumerate(block)
    ]
    return page(sheet.title, f"<table>{''.join(rows)}</table>")


def _folded(sheet: Sheet) -> str:
    """A wide record in two parts below each other: labels, values, labels, values."""
    head, row = _row("<th>{label}</th>"), _row("<td>{br}</td>")
    rows = []
    for record in sheet.records:
        half = (len(record) + 1) // 2
        rows += [head(part) + row(part) for part in (record[:half], record[half:]) if part]
    return page(sheet.title, f"<table>{''.join(rows)}</table>")


def _grouped(sheet: Sheet) -> str:
    """A header of two rows: a title across the first three columns, the other labels beside it."""
    cell = _row("<td>{br}</td>")
    rows = []
    for block in _blocks(sheet.records):
        labels = [escape(entry.label) for entry in block[0]]
        upper = "".join(f'<th rowspan="2">{label}</th>' for label in labels[3:])
        lower = "".join(f"<th>{label}</th>" for label in labels[:3])
        rows.append(
            f'<tr><th colspan="{min(3, len(labels))}">&nbsp;</th>{upper}</tr>'
            f"<tr>{lower}</tr>" + "".join(map(cell, block))
        )
    return page(sheet.title, f"<table>{''.join(rows)}</table>")


def _columns(cell: str, corner: str = "") -> Form:
    """Make a form of a table with a column for each record, if all have the same labels."""

    def render(sheet: Sheet) -> str:
        tables = []
        towns = iter(sheet.headings)
        for block in _blocks(sheet.records):
            names = "".join(f"<th>{escape(next(towns))}</th>" for _ in block)
            rows = f"<tr><th>&nbsp;</th>{names}</tr>" if corner else ""
            for entries in zip(*block, strict=True):
                values = "".join(cell.format_map(Parts(entry)) for entry in entries)
                rows += f"<tr><th>{escape(entries[0].label)}</th>{values}</tr>\n"
            tables.append(f"<table>{rows}</table>")
        return page(sheet.title, "\n".join(tables))

    return render


def _stacked_rows(sheet: Sheet) -> str:
    """A value's further lines in rows of their own; the other cells reach down beside them."""
    rows = []
    for block in _blocks(sheet.records):
        rows.append(_row("<th>{label}</th>")(block[0]))
        for record in block:
            longest = max(record, key=lambda entry: len(entry.lines))
            cells = "".join(_stacked_cell(entry, longest) for entry in record)
            rows.append(f"<tr>{cells}</tr>")
            rows += [f"<tr><td>{escape(line) or '&nbsp;'}</td></tr>" for line in longest.lines[1:]]
    return page(sheet.title, f"<table>{''.join(rows)}</table>")


def _stacked_cell(entry: Entry, longest: Entry) -> str:
    if entry is longest:
        return f"<td>{escape(entry.lines[0])}</td>"
    return f'<td rowspan="{len(longest.lines)}">{Parts(entry)["br"]}</td>'


_MOBILE = '<td data-label="{label}"><span class="mobile">{label}:</span> {br}</td>'
_BODY = "<thead>{head}</thead><tbody>{rows}</tbody>"

GRID_FORMS: dict[str, Form] = {
    "grid": _grid(),
    "grid_td": _grid("<td><strong>{label}</strong></td>"),
    "grid_sections": _grid(
        '<th scope="col">{label}:</th>', "<td><div>{br}</div></td>",
        '<div class="table-responsive"><table class="table">{}</table></div>', _BODY,
    ),
    "grid_wrapped_heads": _grid("<th><div>{head}<b>{tail}</b></div></th>", "<td>{p}</td>"),
    "grid_links": _grid("<th>{label}</th>", "<td>{links}</td>"),
    "grid_mobile_labels": _grid("<th>{label}</th>", _MOBILE),
    "grid_layout": _grid(
        table="<table><tr><td><table>{}</table></td></tr></table>"
    ),
    "grid_each": _grid_each("<th>{label}</th>", "<td>{br}</td>", "<table>", "</table>"),
    "grid_each_td": _grid_each("<td>{label}</td>", "<td>{p}</td>", "<div><table>", "</table></div>"),
    "grid_each_headed": _grid_each(
        "<th>{label}</th>", "<td>{br}</td>", "<h3>{town}</h3><table>", "</table>"
    ),
    "grid_each_captioned": _grid_each(
        "<th>{label}</th>", "<td>{br}</td>", "<table><caption>{town}</caption>", "</table>"
    ),
    "grid_repeated_header": _repeated,
    "grid_folded": _folded,
    "grid_grouped_header": _grouped,
    "grid_stacked_rows": _stacked_rows,
    "grid_columns": _columns("<td>{br}</td>"),
    "grid_columns_headed": _columns("<td>{p}</td>", "corner"),
}  # fmt: skip
