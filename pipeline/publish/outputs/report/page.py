"""The listing for readers, as one HTML file: findings, figures, records, history, sources.

It needs no other file, no script and no network.  Page text is hostile: jinja escapes it, and what
a browser would obey or hide is shown as U+FFFD.  The same rows give the same bytes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.listing import CHILDREN, MUNICIPALITIES, ListingSpec, RatioSpec
from pipeline.model import Shown
from pipeline.publish.citation import describe_source, find_capture, tell_time
from pipeline.publish.outputs.report.findings import find_findings, tell_history
from pipeline.publish.outputs.report.lines import Provenance, make_inert
from pipeline.publish.outputs.report.numbers import Compared, iter_compared, print_number
from pipeline.publish.outputs.report.plot import Plot, draw_plot
from pipeline.publish.outputs.report.values import Item, Values, find_action
from pipeline.tables import Column, Rows, Table

if TYPE_CHECKING:
    from jinja2 import Environment

_PLACE = "position"
_CONTACT_HEAD = ("contact_id", _PLACE)


class Ratio(NamedTuple):
    """A ratio check: its rows beside what they allow, and its plot."""

    check: RatioSpec
    compared: dict[str, Compared]
    counts: dict[str, int]
    false_alarms: int  # rows that fit, and that a rounded comparison would call wrong
    naive_alarms: int
    plot: Plot | None
    undrawn: list[Item]
    low: str
    high: str
    computed: str
    status: str


class Figures(NamedTuple):
    """A table of figures: its columns, its rows, and the checks on them."""

    table: str
    columns: list[Column]
    items: list[Item]
    ratios: list[Ratio]


class Record(NamedTuple):
    """A record with what belongs to it."""

    item: Item
    municipality: Item | None
    downloads: list[Item]
    contacts: list[Item]


def render_report(
    rows: Rows,
    tables: dict[str, Table],
    spec: ListingSpec,
    lines: Shown,
    made_from: dict[str, Any],
) -> bytes:
    """Return the report as HTML (UTF-8)."""
    provenance = Provenance(rows["cells"], lines)
    values = Values(rows, tables, spec, provenance)
    capture = find_capture(rows, tables)
    people = made_from["settings"].get("people", True)
    text = _environment().get_template("report.html").render(
        spec=spec,
        tables=tables,
        capture=capture,
        address=find_action("url", capture["url"]),
        when=tell_time(capture["captured_at"]) if capture["captured_at"] else "",
        findings=find_findings(rows, tables, values),
        figures=list(_list_figures(values, spec)),
        records=_list_records(values, spec),
        record_columns=_choose_columns(values.columns[spec.table].values(), spec),
        contact_columns=[
            c for c in values.columns.get(CHILDREN["contacts"], {}).values()
            if c.name not in (*_CONTACT_HEAD, spec.id)
        ],
        children=CHILDREN,
        history=tell_history(rows, tables, spec, capture["capture_id"]),
        source=describe_source(rows, tables, spec),
        lines=list(provenance.iter_lines()),
        people=people,
        language="de" if spec.locale.country == "DE" else "",
        print_number=lambda value, digits=None: print_number(value, spec.locale, digits),
        code=made_from["code_sha256"][:12],
    )  # fmt: skip
    return text.encode()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("pipeline.publish.outputs.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finalize(value: Any) -> Any:
    return value if hasattr(value, "__html__") else make_inert(str(value))


def _list_figures(values: Values, spec: ListingSpec) -> list[Figures]:
    """Return the tables with a ratio check, and the municipalities."""
    names = [name for name in values.columns if name == MUNICIPALITIES]
    names += [c.table for c in spec.checks if c.table not in names]
    made = []
    for name in dict.fromkeys(names):
        checks = [check for check in spec.checks if check.table == name]
        ratios = [_compare(check, values, spec) for check in checks]
        columns = list(values.columns[name].values())[1:]
        if name == MUNICIPALITIES:
            added = {column for check in checks for column in check.columns}
            shown = [c for c in columns if c.name not in ("municipality", *added)]
        else:
            parts = {p for c in checks for p in (c.numerator, c.denominator, c.quotient)}
            shown = [c for c in columns if c.name in parts]
        made.append(Figures(name, shown, values.items[name], ratios))
    return made


def _compare(check: RatioSpec, values: Values, spec: ListingSpec) -> Ratio:
    items = {item.row_id: item for item in values.items[check.table]}
    rows = {row_id: item.row for row_id, item in items.items()}
    compared = {c.row_id: c for c in iter_compared(check, rows, values.provenance.texts, spec)}
    counts = dict.fromkeys(("exact", "within_rounding", "inconsistent", "not_checkable"), 0)
    for one in compared.values():
        counts[one.status] += 1
    alarms = [one for one in compared.values() if one.cries_wolf]
    labels = {row_id: item.name for row_id, item in items.items()}
    computed, low, high, status = check.columns
    return Ratio(
        check=check,
        compared=compared,
        counts=counts,
        false_alarms=sum(one.status != "inconsistent" for one in alarms),
        naive_alarms=len(alarms),
        plot=draw_plot(check.name, list(compared.values()), labels, spec.locale),
        undrawn=[items[one.row_id] for one in compared.values() if one.offset is None],
        low=low,
        high=high,
        computed=computed,
        status=status,
    )


def _choose_columns(columns: Any, spec: ListingSpec) -> list[Column]:
    """Return the columns of a record that stand nowhere else in the report."""
    added = {name for check in spec.checks for name in check.columns}
    return [c for c in columns if c.name not in (spec.id, _PLACE, "municipality_id", *added)]


def _list_records(values: Values, spec: ListingSpec) -> list[Record]:
    own: dict[str, dict[str, list[Item]]] = {name: {} for name in CHILDREN.values()}
    for name, by_record in own.items():
        for item in values.items.get(name, []):
            by_record.setdefault(item.row[spec.id], []).append(item)
    return [
        Record(
            item,
            values.by_id.get((MUNICIPALITIES, item.row.get("municipality_id", ""))),
            own[CHILDREN["links"]].get(item.row_id, []),
            own[CHILDREN["contacts"]].get(item.row_id, []),
        )
        for item in values.items[spec.table]
    ]
