"""Records in the rows and columns of tables: read where each cell's place is sure, told where not."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any, NamedTuple

import pytest

from pipeline.flow import build_rows, judge_capture, read_page
from pipeline.listing.spec_reader import parse_spec
from pipeline.page.trees import read_with_lexbor, read_with_soup
from pipeline.tables.schema import shape_tables
from tests.records.forms import FORMS, GRID_FORMS, LINE_FORMS, OPENING
from tests.records.mutations import ALL, RECORDS, drop, move_first, render, rows
from tests.records.outcomes import capture, read
from tests.records.rebuild import check_rebuilt

SPEC_TEXT = """
name = "towns"
title = "Orte"
url = "https://www.towns.example/"
table = "towns"
key = ["town"]
opens_with = "area"
[[field]]
name = "area"
labels = ["Fläche"]
kind = "decimal"
[[field]]
name = "town"
labels = ["Ort"]
kind = "text"
[[field]]
name = "people"
labels = ["Einwohner"]
kind = "integer"
[[field]]
name = "remark"
labels = ["Bemerkung"]
kind = "text"
many = true
"""
SPEC = parse_spec(SPEC_TEXT.encode(), "towns.toml")
TABLES = shape_tables(SPEC)


class Seen(NamedTuple):
    """What a user sees of a page."""

    rows: list[tuple[Any, ...]]  # town, area, people, remark
    reason: str | None = None  # why it is suspect
    problems: list[tuple[str, str]] = []  # noqa: RUF012  # verdict and message; never changed
    left: list[tuple[str, str]] = []  # noqa: RUF012  # texts and reasons in unclaimed


def look(html: str) -> Seen:
    """Read a page, prove that its region is rebuilt, and that both readers give the same lines."""
    page = capture(html.encode())
    lines = [read_page(page, reader).lines for reader in (read_with_lexbor, read_with_soup)]
    assert [line[:3] for line in lines[0]] == [line[:3] for line in lines[1]]
    judged = judge_capture(page, SPEC)
    if judged.listing.records:
        check_rebuilt(judged.page, judged.listing)
    built = build_rows(judged, SPEC)
    named = [dict(zip(TABLES["towns"].names(), row, strict=True)) for row in built["towns"]]
    verdicts = [(row[5], row[8]) for row in built["checks"] if row[5] in ("warn", "fail")]
    return Seen(
        [(row["town"], row["area"], row["people"], row["remark"]) for row in named],
        judged.reason,
        verdicts,
        [(row[3], row[5]) for row in built["unclaimed"]],
    )


def tr(*cells: str, tag: str = "td") -> str:
    """Write a row of cells; one that begins with `<` is written as it is."""
    return f"<tr>{''.join(c if c.startswith('<t') else f'<{tag}>{c}</{tag}>' for c in cells)}</tr>"


def table(*rows: str) -> str:
    """Write a page with one table."""
    return f"<main><h1>Orte</h1><table>{''.join(rows)}</table></main>"


HEAD = tr("Fläche", "Ort", "Einwohner", "Bemerkung", tag="th")
AU, BERG, TAL = (
    tr("1,5", "Au", "100", "klein"),
    tr("2,5", "Berg", "200", "hoch<br>kalt"),
    tr("3,5", "Tal", "300", ""),
)
READ = [("Au", 1.5, 100, "klein"), ("Berg", 2.5, 200, "hoch kalt")]
REPEATED = (
    "repeats an earlier one word by word, so it is in unclaimed; where a page prints records again "
    "for small screens or paper, name the CSS class of these elements in the listing spec: "
    'hidden = ["…"].'
)
MISSPELT = (
    "its header is “Einwoner”, no label of the listing; the nearest known label is “Einwohner”"
)
TWICE = (
    "The label “Einwohner” stands 2 times in the record, so people is null and each text is in "
    "unclaimed."
)
NO_OPENING = "stands in a row of labels without the one that opens a record"
LONE = "is a label alone in its row, so what stands below it has no record"
ABSENT = ("warn", "The label “Bemerkung” is not in the record, so remark is null.")
EMPTY = ("warn", "The label “Bemerkung” has no text, so remark is null.")


def leave(line: int, verdict: str | None, reason: str, *texts: str) -> Any:
    """Give what is seen of a row whose texts are left over."""
    message = f"Line {line}, “{texts[0]}”, is in unclaimed: {reason}."
    left = [(text, reason) for text in texts]
    return {"problems": [(verdict, message)] if verdict else [], "left": left}


def lose(line: int, reason: str, *texts: str, before: Sequence[tuple[str, str]] = ()) -> Any:
    """Give what is seen of a row that makes the page suspect, behind other problems."""
    seen = leave(line, "fail", f"it {reason}", *texts)
    first = f"line {line} {reason}"  # which names no text: it may be a person
    return {**seen, "reason": first, "problems": [*before, *seen["problems"]]}


GRIDS = {
    "each row below a row of labels is a record": (table(HEAD, AU, BERG), Seen(READ)),
    "an empty cell is an empty field": (
        table(HEAD, AU, TAL),
        Seen([("Au", 1.5, 100, "klein"), ("Tal", 3.5, 300, None)], problems=[EMPTY]),
    ),
    "labels may have colons, and markup": (
        table(
            tr("Fläche:", "Ort :", "<td><b>Einwohner</b>:</td>", "<td><p>Bemerkung:</p></td>"),
            AU,
            BERG,
        ),
        Seen(READ),
    ),
    "a label may stand in two lines": (
        table(HEAD.replace("Einwohner", "Ein<br>wohner"), AU, BERG),
        Seen(READ),
    ),
    "columns may have any order": (
        table(tr("Ort", "Bemerkung", "Fläche", "Einwohner"), tr("Au", "klein", "1,5", "100")),
        Seen(READ[:1]),
    ),
    "the order may change below other labels": (
        table(
            HEAD,
            AU,
            tr("Ort", "Fläche", "Einwohner", "Bemerkung"),
            tr("Berg", "2,5", "200", "hoch<br>kalt"),
        ),
        Seen(READ),
    ),
    "the labels printed again are no record": (table(HEAD, AU, HEAD, BERG), Seen(READ)),
    "the labels printed again below all records": (
        table(
            tr("Fläche", "Ort", "Einwohner", "Bemerkung", "Fax"),
            tr("1,5", "Au", "100", "klein", ""),
            tr("Fläche", "Ort", "Einwohner", "Bemerkung", "Fax"),
        ),
        Seen(READ[:1], left=[("Fax", "a header that is no label of the listing")] * 2),
    ),
    "a value may be a label's text": (
        table(HEAD, tr("1,5", "Au", "100", "Bemerkung")),
        Seen([("Au", 1.5, 100, "Bemerkung")]),
    ),
    "a cell may print the label of its column": (
        table(HEAD, tr("Fläche: 1,5", "Ort: Au", "Einwohner:<br>100", "Bemerkung:<br>klein")),
        Seen(READ[:1]),
    ),
    "a record may go on below further labels": (
        table(
            tr("Fläche", "Ort"), tr("1,5", "Au"), tr("Einwohner", "Bemerkung"), tr("100", "klein")
        ),
        Seen(READ[:1]),
    ),
    "labels with their values beside them are no header": (
        table(tr("Fläche", "1,5", "Ort", "Au"), tr("Einwohner", "100", "Bemerkung", "klein")),
        Seen(READ[:1]),
    ),
    "a hidden column is no data": (
        table(HEAD.replace("<th>Bem", "<th hidden>Bem"), AU.replace("<td>kl", "<td hidden>kl")),
        Seen(
            [("Au", 1.5, 100, None)],
            problems=[("warn", "The label “Bemerkung” is not in the record, so remark is null.")],
        ),
    ),
    "a record may stand outside of the table": (
        table(HEAD, AU)
        + "<p>Fläche: 2,5</p><p>Ort: Berg</p><p>Einwohner: 200</p><p>Bemerkung: tief</p>",
        Seen([("Au", 1.5, 100, "klein"), ("Berg", 2.5, 200, "tief")]),
    ),
    "a record may stand between two tables": (
        table(HEAD, AU)
        + "<p>Fläche: 2,5</p><p>Ort: Berg</p><p>Einwohner: 200</p><p>Bemerkung: hoch<br>kalt</p>"
        + f"<table>{HEAD}{tr('3,5', 'Tal', '300', 'tief')}</table>",
        Seen([*READ, ("Tal", 3.5, 300, "tief")]),
    ),
    "a legend is no record": (
        f"<main>{table(HEAD, AU)}<p>Fläche: ohne Gewässer</p><p>Einwohner: 2014</p></main>",
        Seen(READ[:1]),
    ),
    "a cell may reach into several records": (
        table(
            HEAD,
            tr("1,5", "Au", "100", "<td rowspan=2>klein</td>"),
            tr("2,5", "Berg", "200"),
            tr("3,5", "Tal", "300", "x"),
        ),
        Seen([("Au", 1.5, 100, "klein"), ("Berg", 2.5, 200, "klein"), ("Tal", 3.5, 300, "x")]),
    ),
    "so may the opening one, where the key is new": (
        table(HEAD, tr("<td rowspan=2>1,5</td>", "Au", "100", "klein"), tr("Berg", "200", "x")),
        Seen([("Au", 1.5, 100, "klein"), ("Berg", 1.5, 200, "x")]),
    ),
    "a record may have several rows": (
        table(
            HEAD,
            tr(
                "<td rowspan=2>1,5</td>", "<td rowspan=2>Au</td>", "<td rowspan=2>100</td>", "klein"
            ),
            tr("fein"),
            BERG,
        ),
        Seen([("Au", 1.5, 100, "klein fein"), ("Berg", 2.5, 200, "hoch kalt")]),
    ),
    "a cell reaches to the end of its section": (
        "<table><tbody>"
        + HEAD
        + tr("1,5", "Au", "100", "<td rowspan=0>klein</td>")
        + "</tbody><tbody>"
        + BERG
        + "</tbody></table>",
        Seen(READ),
    ),
    "an empty cell may reach across two columns": (
        table(HEAD, AU, tr("3,5", "Tal", "<td colspan=2></td>")),
        Seen(
            [("Au", 1.5, 100, "klein"), ("Tal", 3.5, None, None)],
            problems=[("warn", "The label “Einwohner” has no text, so people is null."), EMPTY],
        ),
    ),
    "a row may have one cell": (
        table(HEAD, AU, tr("<td colspan=4>Quelle unbekannt</td>"), BERG),
        Seen(READ, **leave(0, None, "it stands alone in its row", "Quelle unbekannt")),
    ),
    "a row with one text among cells is told": (
        table(HEAD, AU, tr("", "", "Quelle unbekannt", "")),
        Seen(READ[:1], **leave(12, "warn", "it stands alone in its row", "Quelle unbekannt")),
    ),
    "a sum names no record": (
        table(HEAD, AU, tr("Summe", "", "100", "")),
        Seen(READ[:1], **leave(10, "warn", "it names no record", "Summe", "100")),
    ),
    "a foot holds no record": (
        table(HEAD, AU, "<tfoot>" + tr("Summe", "", "", "") + "</tfoot>"),
        Seen(READ[:1], **leave(0, None, "it stands in the foot of a table", "Summe")),
    ),
    "a foot that is like a record is told": (
        table(HEAD, AU, "<tfoot>" + tr("2,5", "Berg", "200", "tief") + "</tfoot>"),
        Seen(
            READ[:1],
            **leave(10, "warn", "it stands in the foot of a table", "2,5", "Berg", "200", "tief"),
        ),
    ),
    "a cell too few": (
        table(HEAD, AU, tr("2,5", "200", "tief")),
        Seen(
            READ[:1],
            **lose(
                10,
                "stands in a row of 3 columns below a header of 4, so no field of the row can be told",
                "2,5",
                "200",
                "tief",
            ),
        ),
    ),
    "a cell too many": (
        table(HEAD, AU, tr("2,5", "Berg", "neu", "200", "tief")),
        Seen(
            READ[:1],
            **lose(
                10,
                "stands in a row of 5 columns below a header of 4, so no field of the row can be told",
                "2,5",
                "Berg",
                "neu",
                "200",
                "tief",
            ),
        ),
    ),
    "a short row that is not like a record": (
        table(HEAD, AU, tr("<td colspan=3></td>", "").replace("></td>", ">x</td>", 1)),
        Seen(READ[:1], **leave(0, None, "it stands alone in its row", "x")),
    ),
    "a text across two columns": (
        table(HEAD, AU, tr("2,5", "<td colspan=2>Berg</td>", "tief")),
        Seen(
            READ[:1],
            **lose(
                10,
                "stands in a row with a text across two columns, so no field of the row can be told",
                "2,5",
                "Berg",
                "tief",
            ),
        ),
    ),
    "a cell that reaches too far": (
        table(
            HEAD,
            tr("1,5", "Au", "100", "<td rowspan=9>klein</td>"),
            tr("2,5", "Berg", "200", "tief"),
        ),
        Seen(
            READ[:1],
            **lose(
                10,
                "stands in a row of 5 columns below a header of 4, so no field of the row can be told",
                "2,5",
                "Berg",
                "200",
                "tief",
            ),
        ),
    ),
    "an unknown label": (
        table(
            tr("Fläche", "Ort", "Einwohner", "Bemerkung", "Fax"),
            tr("1,5", "Au", "100", "klein", "12"),
        ),
        Seen(
            READ[:1],
            problems=[
                (
                    "warn",
                    "Line 11, “12”, is in unclaimed: its header is “Fax”, no label of the listing.",
                )
            ],
            left=[
                ("Fax", "a header that is no label of the listing"),
                ("12", "its header is “Fax”, no label of the listing"),
            ],
        ),
    ),
    "a misspelt label": (
        table(HEAD.replace("Einwohner", "Einwoner"), AU),
        Seen(
            [("Au", 1.5, None, "klein")],
            problems=[
                ("warn", "The label “Einwohner” is not in the record, so people is null."),
                ("warn", f"Line 8, “100”, is in unclaimed: {MISSPELT}."),
            ],
            left=[("Einwoner", "a header that is no label of the listing"), ("100", MISSPELT)],
        ),
    ),
    "a column without a label": (
        table(
            tr("Fläche", "Ort", "Einwohner", "Bemerkung", ""), tr("1,5", "Au", "100", "klein", "12")
        ),
        Seen(READ[:1], **leave(11, "warn", "it has no header", "12")),
    ),
    "a label twice": (
        table(
            tr("Fläche", "Ort", "Einwohner", "Einwohner", "Bemerkung"),
            tr("1,5", "Au", "100", "99", "klein"),
        ),
        Seen(
            [("Au", 1.5, None, "klein")],
            problems=[
                (
                    "fail",
                    TWICE,
                )
            ],
            left=[
                ("100", "the label “Einwohner” stands twice in the record"),
                ("99", "the label “Einwohner” stands twice in the record"),
            ],
        ),
    ),
    "a second line of a one-line field": (
        table(HEAD, tr("1,5", "Au", "100<br>99", "klein")),
        Seen(READ[:1], **leave(9, "warn", "no field takes this line", "99")),
    ),
    "another column's label in a cell": (
        table(HEAD, tr("1,5", "Au", "Bemerkung: 100", "klein")),
        Seen(
            [("Au", 1.5, None, "klein")],
            problems=[
                ("warn", "The label “Einwohner” has no text, so people is null."),
                (
                    "fail",
                    "Line 8, “Bemerkung: 100”, is in unclaimed: it begins with a label, in a cell of “Einwohner”.",
                ),
            ],
            left=[("Bemerkung: 100", "it begins with a label, in a cell of “Einwohner”")],
        ),
    ),
    "more rows than a record has": (
        table(
            tr("Fläche", "Ort"),
            tr("1,5", "Au"),
            tr("Einwohner", "Bemerkung"),
            tr("100", "klein"),
            tr("200", "tief"),
        ),
        Seen(
            READ[:1], **lose(10, "stands in a second row below labels of one record", "200", "tief")
        ),
    ),
    "labels without the opening one, below": (
        table(
            HEAD, AU, BERG, tr("Ort", "Einwohner", "Bemerkung", ""), tr("Tal", "300", "tief", "")
        ),
        Seen(
            READ,
            reason=f"line 15, “Ort”, {NO_OPENING}",
            problems=[
                (
                    "fail",
                    f"Line 15, “Ort”, is in unclaimed: it {NO_OPENING}.",
                ),
                ("fail", "Line 19, “Tal”, is in unclaimed: it stands below labels of no record."),
            ],
            left=[
                ("Ort", f"it {NO_OPENING}"),
                ("Einwohner", f"it {NO_OPENING}"),
                ("Bemerkung", f"it {NO_OPENING}"),
                ("Tal", "it stands below labels of no record"),
                ("300", "it stands below labels of no record"),
                ("tief", "it stands below labels of no record"),
            ],
        ),
    ),
    "the opening label alone": (
        table(HEAD, AU, tr("Fläche"), tr("2,5")),
        Seen(
            READ[:1],
            reason="line 10, “Fläche”, is a label alone in its row, so what stands below it has no record",
            problems=[
                ("fail", f"Line 10, “Fläche”, is in unclaimed: it {LONE}."),
                ("fail", "Line 11, “2,5”, is in unclaimed: it stands below labels of no record."),
            ],
            left=[("Fläche", f"it {LONE}"), ("2,5", "it stands below labels of no record")],
        ),
    ),
    "the opening label alone, above": (
        table(tr("Fläche"), tr("2,5"), HEAD, AU),
        Seen(READ[:1], reason=f"line 2, “Fläche”, {LONE}"),
    ),
    "a header of two rows": (
        table(
            tr("<th rowspan=2>Ort</th>", "<th colspan=3>Angaben</th>"),
            tr("Fläche", "Einwohner", "Bemerkung", tag="th"),
            tr("Au", "1,5", "100", "klein"),
        ),
        Seen(READ[:1], left=[("Angaben", "between records")]),
    ),
    "a header of two rows, the opening label in the first": (
        table(
            tr("<th rowspan=2>Fläche</th>", "<th colspan=3>Angaben</th>"),
            tr("Ort", "Einwohner", "Bemerkung", tag="th"),
            tr("1,5", "Au", "100", "klein"),
        ),
        Seen(READ[:1], left=[("Angaben", "between records")]),
    ),
    "a value may be another label's text": (
        table(HEAD, tr("1,5", "Au", "100", "Ort"), BERG),
        Seen([("Au", 1.5, 100, "Ort"), READ[1]]),
    ),
    "a value beside its label may be the opening label's text": (
        table(
            tr("Fläche", "1,5"),
            tr("Ort", "Au"),
            tr("Einwohner", "100"),
            tr("Bemerkung", "Fläche"),
            tr("Fax", "12"),
        ),
        Seen(
            [("Au", 1.5, 100, "Fläche")],
            problems=[
                ("warn", "Line 10, “Fax”, is in unclaimed: no field takes this line."),
                ("warn", "Line 11, “12”, is in unclaimed: no field takes this line."),
            ],
            left=[("Fax", "no field takes this line"), ("12", "no field takes this line")],
        ),
    ),
    "a cell does not reach beyond its section": (
        table(
            *("<tbody>", HEAD, tr("1,5", "Au", "100", "<td rowspan=9>klein</td>"), "</tbody>"),
            *("<tbody>", BERG, "</tbody>"),
        ),
        Seen(READ),
    ),
    "a cell of a row with one text may belong to the record below": (
        table(HEAD, tr("", "", "", "<td rowspan=2>klein</td>"), tr("1,5", "Au", "100")),
        Seen(READ[:1]),
    ),
    "a column with one number is no record": (
        table(
            tr("Fläche", "1,5", "2014"),
            tr("Ort", "Au", ""),
            tr("Einwohner", "100", ""),
            tr("Bemerkung", "klein", ""),
        ),
        Seen(READ[:1], **leave(4, "warn", "no field takes this line", "2014")),
    ),
    "a column of notes is no record": (
        table(
            tr("Fläche", "1,5", "amtlich"),
            tr("Ort", "Au", "Name"),
            tr("Einwohner", "100", "Zahl"),
            tr("Bemerkung", "klein", ""),
        ),
        Seen(
            READ[:1],
            problems=[
                ("warn", f"Line {line}, “{text}”, is in unclaimed: no field takes this line.")
                for line, text in ((4, "amtlich"), (7, "Name"), (10, "Zahl"))
            ],
            left=[(text, "no field takes this line") for text in ("amtlich", "Name", "Zahl")],
        ),
    ),
    "labels without the opening one, above": (
        table(tr("Ort", "Einwohner", "Bemerkung", ""), tr("Tal", "300", "tief", ""), HEAD, AU),
        Seen(
            READ[:1],
            reason=f"line 2, “Ort”, {NO_OPENING}",
        ),
    ),
    "labels without the opening one, beside": (
        f"<main>{table(HEAD.replace('Fläche', 'Flaeche'), BERG)}{table(HEAD, AU)}</main>",
        Seen(
            READ[:1],
            reason=f"line 3, “Ort”, {NO_OPENING}",
        ),
    ),
    "labels without values": (
        table(HEAD),
        Seen([], reason="no record: no line begins with “Fläche”; line 2, “Fläche”, has no text"),
    ),
    "equal records": (
        table(HEAD, AU, AU),
        Seen(
            READ[:1],
            problems=[("fail", f"The record in lines 10 to 13 {REPEATED}")],
            left=[
                (text, "the record repeats an earlier one word by word")
                for text in ("1,5", "Au", "100", "klein")
            ],
        ),
    ),
    "each column beside labels is a record": (
        table(
            tr("", "A", "B", tag="th"),
            tr("Fläche", "1,5", "2,5"),
            tr("Ort", "Au", "Berg"),
            tr("Einwohner", "100", "200"),
            tr("Bemerkung", "klein", "hoch<br>kalt"),
        ),
        Seen(READ),
    ),
    "equal columns": (
        table(
            tr("Fläche", "1,5", "1,5"),
            tr("Ort", "Au", "Au"),
            tr("Einwohner", "100", "100"),
            tr("Bemerkung", "klein", "klein"),
        ),
        Seen(
            READ[:1],
            problems=[("fail", f"The record in lines 4 to 13 {REPEATED}")],
            left=[
                (text, "the record repeats an earlier one word by word")
                for text in ("1,5", "Au", "100", "klein")
            ],
        ),
    ),
    "a column of units is no record": (
        table(
            tr("Fläche", "1,5", "km²"),
            tr("Ort", "Au", ""),
            tr("Einwohner", "100", ""),
            tr("Bemerkung", "klein", ""),
        ),
        Seen(READ[:1], **leave(4, "warn", "no field takes this line", "km²")),
    ),
    "a column too few": (
        table(
            tr("Ort", "Au", "Berg"),
            tr("Fläche", "1,5", "2,5"),
            tr("Einwohner", "100", "200"),
            tr("Bemerkung", "klein"),
        ),
        Seen(
            [("Au", 1.5, 100, None), ("Berg", 2.5, 200, None)],
            **lose(
                12,
                "stands in a row of 2 columns, not 3 as the first label's, so no record of the row can be told",
                "klein",
                before=[ABSENT, ABSENT],
            ),
        ),
    ),
    "a text across two records": (
        table(
            tr("Fläche", "1,5", "2,5"),
            tr("Ort", "Au", "Berg"),
            tr("Einwohner", "100", "200"),
            tr("Bemerkung", "<td colspan=2>beide</td>"),
        ),
        Seen(
            [("Au", 1.5, 100, None), ("Berg", 2.5, 200, None)],
            **lose(
                12,
                "stands in a row with a text across two columns, so no record of the row can be told",
                "beide",
                before=[ABSENT, ABSENT],
            ),
        ),
    ),
    "an unknown label beside records": (
        table(
            tr("Fläche", "1,5", "2,5"),
            tr("Ort", "Au", "Berg"),
            tr("Einwohner", "100", "200"),
            tr("Fax", "12", ""),
            tr("Bemerkung", "klein", "tief"),
        ),
        Seen(
            [("Au", 1.5, 100, "klein"), ("Berg", 2.5, 200, "tief")],
            problems=[
                (
                    "warn",
                    "Line 12, “12”, is in unclaimed: its header is “Fax”, no label of the listing.",
                )
            ],
            left=[
                ("Fax", "a header that is no label of the listing"),
                ("12", "its header is “Fax”, no label of the listing"),
            ],
        ),
    ),
    "a row without a label": (
        table(
            tr("Fläche", "1,5", "2,5"),
            tr("Ort", "Au", "Berg"),
            tr("Einwohner", "100", "200"),
            tr("Bemerkung", "klein", "tief"),
            tr("", "x", "y"),
            tr("<td colspan=3>Quelle unbekannt</td>"),
        ),
        Seen(
            [("Au", 1.5, 100, "klein"), ("Berg", 2.5, 200, "tief")],
            **leave(15, "warn", "it stands in a row without a label", "x", "y", "Quelle unbekannt"),
        ),
    ),
}


@pytest.mark.parametrize("name", GRIDS)
def test_a_table_of_records_is_read_or_told(name: str) -> None:
    page, seen = GRIDS[name]
    assert look(page) == seen


@pytest.mark.parametrize("form", [form for form in FORMS if form not in LINE_FORMS])
@pytest.mark.parametrize(("number", "count"), [(0, 2), (1, 2), (0, 4), (2, 4)])
def test_a_record_without_its_opening_label_is_never_lost(
    number: int, count: int, form: str
) -> None:
    """Else one typo would remove it, or overwrite a good row (FAULTS 27)."""
    judged = read(render(form, drop(number, OPENING)(RECORDS[:count]))).judged
    assert judged.status == "suspect"


@pytest.mark.parametrize("form", GRID_FORMS)
def test_a_label_may_stand_before_the_opening_one_where_its_column_tells_its_record(
    form: str,
) -> None:
    as_typed = read(render(form, RECORDS))
    moved = read(render(form, move_first(ALL, "Quartier")(RECORDS)))
    assert moved.judged.reason is None
    assert rows(moved) == rows(as_typed)


@pytest.mark.parametrize("classes", [("d-md-none",), ("d-md-none", "print-only"), ('a"]b',)])
def test_an_element_of_a_hidden_class_is_no_data(classes: tuple[str, ...]) -> None:
    spec = replace(SPEC, hidden=classes)
    shown = "Fläche: 1,5<br>Ort: Au<br>Einwohner: 100<br>Bemerkung: klein"
    inside = (
        f'A<a class="x {escape(classes[-1])}" href="/">weg</a>u<br class="{escape(classes[0])}">'
    )
    html = (
        f"<div><p>{shown.replace('Au', inside)}</p></div>"
        + "".join(f'<div class="x {escape(name)} y"><p>{shown}</p></div>' for name in classes)
        + f'<p class="{escape(classes[0].upper())}">Ende</p>'
    ).replace("<br><br>", "<br>")
    page = capture(html.encode())
    pages = [read_page(page, reader, classes) for reader in (read_with_lexbor, read_with_soup)]
    assert pages[0].lines == pages[1].lines
    assert [line.text for line in pages[0].lines] == [*shown.split("<br>"), "Ende"]
    judged = judge_capture(page, spec)
    assert [len(judged.listing.records), judged.reason] == [1, None]


@pytest.mark.parametrize("first", ["table", "p"])
def test_the_same_records_again_for_small_screens_are_one_row_and_the_remedy_is_told(
    first: str,
) -> None:
    """They repeat each other also where one is a table and the other is not."""
    lines = "Fläche: 1,5<br>Ort: Au<br>Einwohner: 100<br>Bemerkung: klein"
    parts = [table(HEAD, AU), f"<p>{lines}</p>"][:: 1 if first == "table" else -1]
    seen = look("".join(f"<div>{part}</div>" for part in parts))
    assert (seen.rows, seen.reason) == (READ[:1], None)
    ((verdict, message),) = seen.problems
    assert verdict == "fail"
    assert message.endswith(REPEATED)


INTO_PAGE = "the line is a link that stays on the page, unlike the one before."
TOP = '<p class="top"><a href="#top">nach oben</a></p>'
LINKS = [  # what stands below each record, is it told?
    (TOP, False),
    (TOP.replace("#top", "#"), False),
    (TOP.replace("#top", " JavaScript:window.print()"), False),
    (TOP.replace("#top", "/oben"), True),
    (TOP.replace("nach oben", "nach oben 1"), True),
    (TOP.replace("nach oben</a>", "nach</a> oben"), True),
    ("<p>nach oben</p>", True),
]


@pytest.mark.parametrize(("below", "is_told"), LINKS)
def test_a_link_into_the_page_below_several_records_is_no_text_of_theirs(
    below: str, is_told: bool
) -> None:
    record = "<p>Fläche: {}</p><p>Bemerkung: klein</p><p>Einwohner: 1</p><p>Ort: {}</p>" + below
    seen = look(f"<main>{record.format(1, 'Au')}{record.format(2, 'Berg')}</main>")
    assert [row[0] for row in seen.rows] == ["Au", "Berg"]
    assert len(seen.left) == 2
    assert [message for _, message in seen.problems] == [
        f"Line {n}, “{seen.left[0][0]}”, is in unclaimed: no field takes this line."
        for n in ((5, 10) if is_told else ())
    ]


def test_such_a_link_is_no_line_of_a_text_either_and_told_where_one_record_stands_alone() -> None:
    record = "<p>Fläche: {}</p><p>Ort: {}</p><p>Einwohner: 1</p><p>Bemerkung: klein</p>" + TOP
    two = look(f"<main>{record.format(1, 'Au')}{record.format(2, 'Berg')}</main>")
    assert [row[3] for row in two.rows] == ["klein", "klein"]
    one = look(f"<main>{record.format(1, 'Au')}</main>")
    assert one.rows[0][3] == "klein nach oben"
    assert [message for _, message in one.problems] == [
        f"Line 5, “nach oben”, was kept in remark: {INTO_PAGE}"
    ]


UNDER = "<hr><p>Alle Angaben ohne Gewähr</p>"
RULES = [  # between the records, in the first one's text, behind the last; the text; is it told?
    ("<hr>", "", UNDER, "klein", False),
    ("", "", UNDER, "klein", True),
    ("", "<hr><p>und fein</p>", UNDER, "klein Alle Angaben ohne Gewähr", False),
    ("<hr>", "", "<p>und fein</p>" + UNDER, "klein und fein", False),
    ("<hr>", "", "", "klein", False),
    ("<hr><p>Drucken</p>", "", "", "klein", False),
]


@pytest.mark.parametrize(("between", "inside", "below", "text", "is_told"), RULES)
def test_a_rule_ends_the_last_record_if_no_other_has_one_inside(
    between: str, inside: str, below: str, text: str, is_told: bool
) -> None:
    record = "<p>Fläche: {}</p><p>Ort: {}</p><p>Einwohner: 1</p><p>Bemerkung: klein</p>"
    first, second = record.format(1, "Au"), record.format(2, "Berg")
    seen = look(f"<main>{first}{inside}{between}{second}{below}</main>")
    assert seen.rows[1][3] == text
    assert [message for _, message in seen.problems] == (
        ["Line 9, “Alle Angaben ohne Gewähr”, is in unclaimed: between records."] if is_told else []
    )


def test_a_rule_in_the_text_of_a_record_alone_ends_it_and_is_told() -> None:
    record = "<p>Fläche: 1</p><p>Ort: Au</p><p>Einwohner: 1</p><p>Bemerkung: klein</p>"
    seen = look(f"<main>{record}<hr><p>und fein</p></main>")
    assert [row[3] for row in seen.rows] == ["klein"]
    assert seen.problems == [("warn", "Line 5, “und fein”, is in unclaimed: between records.")]


def in_pairs(pair: str, record: str = "{}") -> str:
    """Write two records of labels, each beside its value; some values are like labels."""
    labels = ("Fläche", "Ort", "Einwohner", "Bemerkung")
    texts = [("1,5", "Au: am Hang", "100", "klein"), ("2,5", "Fläche", "200", "hoch")]
    records = [
        "".join(pair.format(label=n, value=v) for n, v in zip(labels, values, strict=True))
        for values in texts
    ]
    return f"<main>{''.join(map(record.format, records))}</main>"


PAIRS = {
    "two_divs": in_pairs("<div><div>{label}</div><div>{value}</div></div>", "<div>{}</div>"),
    "two_divs_and_a_colon": in_pairs(
        "<div><div>{label}:</div><div>{value}</div></div>", "<div>{}</div>"
    ),
    "a_div_in_a_div": in_pairs(
        "<div><div>{label}</div><div><div>{value}</div></div></div>", "<div>{}</div>"
    ),
    "inline_then_block": in_pairs(
        "<div><strong>{label}</strong><p>{value}</p></div>", "<div>{}</div>"
    ),
    "a_cell_below_another": in_pairs(
        "<tr><th>{label}</th></tr><tr><td>{value}</td></tr>", "<table>{}</table>"
    ),
    "cells_in_a_row": in_pairs("<tr><th>{label}</th><td>{value}</td></tr>", "<table>{}</table>"),
    "terms": in_pairs("<dt>{label}</dt><dd>{value}</dd>", "<dl>{}</dl>"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_value_whose_place_tells_it_may_be_a_label_or_like_one(name: str) -> None:
    seen = look(PAIRS[name])
    assert (seen.reason, seen.problems, seen.left) == (None, [], [])
    assert seen.rows == [("Au: am Hang", 1.5, 100, "klein"), ("Fläche", 2.5, 200, "hoch")]


def test_a_value_beside_its_label_may_be_like_a_label_where_another_label_has_its_text_behind_it() -> (
    None
):
    html = PAIRS["two_divs_and_a_colon"].replace("Bemerkung:</div><div>", "Bemerkung: ")
    seen = look(html)
    assert (seen.reason, seen.problems, seen.left) == (None, [], [])
    assert seen.rows[0] == ("Au: am Hang", 1.5, 100, "klein")


def test_a_value_in_an_element_that_seldom_holds_the_opening_label_is_no_label() -> None:
    """Labels stand in headings here, so a paragraph that says “Fläche” is a value."""
    html = in_pairs("<h4>{label}</h4><p>{value}</p>").replace("Au: am Hang", "Au")
    assert [row[0] for row in look(html).rows] == ["Au", "Fläche"]


def test_a_text_goes_on_in_the_second_of_three_cells_below_an_empty_label() -> None:
    head = [tr("<th>Fläche</th>", "1,5", ""), tr("<th>Ort</th>", "Au", "")]
    text = [tr("<th>Bemerkung</th>", "klein", ""), tr("<th></th>", "fein", "")]
    seen = look(table(*head, tr("<th>Einwohner</th>", "100", ""), *text))
    assert seen == Seen([("Au", 1.5, 100, "klein fein")])


def test_a_link_into_the_page_below_a_field_of_links_is_told() -> None:
    source = SPEC_TEXT.replace('kind = "text"\nmany = true', 'kind = "links"')
    record = "<p>Fläche: {}</p><p>Ort: {}</p><p>Einwohner: 1</p><p>Bemerkung: Plan</p>" + TOP
    html = f"<main>{record.format(1, 'Au')}{record.format(2, 'Berg')}</main>"
    spec = parse_spec(source.encode(), "links.toml")
    rows = build_rows(judge_capture(capture(html.encode()), spec), spec)
    assert [row[3] for row in rows["downloads"]] == ["Plan", "nach oben"] * 2
    told = [row[8] for row in rows["checks"] if row[5] == "warn"]
    assert told == [f"Line {n}, “nach oben”, was kept in remark: {INTO_PAGE}" for n in (5, 10)]


def test_a_small_table_cut_to_its_opening_label_is_a_record_like_the_others() -> None:
    source = SPEC_TEXT.replace('opens_with = "area"', 'opens_with = "town"')
    assert source != SPEC_TEXT
    spec = parse_spec(source.encode(), "towns.toml")
    labels, texts = ("Ort", "Fläche", "Einwohner", "Bemerkung"), ("Au", "1,5", "100", "klein")
    whole = table(tr(*labels, tag="th"), tr(*texts))
    cut = "<table><caption>Nr. 1</caption><tr><th>Ort</th></tr><tr><td>Berg</td></tr></table>"
    for html in (cut + whole, whole + cut):
        rows = build_rows(judge_capture(capture(html.encode()), spec), spec)
        at = shape_tables(spec)["towns"].names().index("town")
        assert {row[at] for row in rows["towns"]} == {"Au", "Berg"}
        told = [row[8] for row in rows["checks"] if row[5] == "warn"]
        assert "The label “Fläche” is not in the record, so area is null." in told


def test_no_line_is_the_heading_of_a_record_and_a_text_of_another() -> None:
    """An unclosed heading in a cell, and a comparison's head below a record of lines."""
    one = table(HEAD, AU).replace("klein", "klein<h2>fein")
    seen = look(f"<div>{one}</div><div>{table(HEAD, AU.replace('Au', 'Berg'))}</div>")
    assert len(seen.rows) == 2
    columns = table(tr("<th></th>", "<th>Au</th>", "<th>Berg</th>"), tr("Fläche", "1", "2"),
                    tr("Ort", "Au", "Berg"), tr("Einwohner", "3", "4"))  # fmt: skip
    seen = look(f"<p>Fläche: 5</p><p>Ort: Tal</p>{columns}")
    assert [row[0] for row in seen.rows] == ["Tal", "Au", "Berg"]


def test_a_line_beside_the_paragraphs_of_a_cell_is_of_the_same_cell() -> None:
    """The start tag of its paragraph is lost."""
    text = "<td><p>klein</p>fein</p></td>"
    seen = look(
        table(
            tr("<th>Fläche</th>", "1,5"), tr("<th>Ort</th>", "Au"), tr("<th>Bemerkung</th>", text)
        )
    )
    assert [row[3] for row in seen.rows] == ["klein fein"]


def test_a_comparison_may_hold_words_that_are_labels_elsewhere_but_no_pairs() -> None:
    rows = [("Fläche", "1,5", "2,5"), ("Ort", "Au", "Berg"), ("Einwohner", "100", "200"),
            ("Bemerkung", "Ort", "hoch")]  # fmt: skip
    seen = look(table(*(tr(f"<th>{label}</th>", *texts) for label, *texts in rows)))
    assert (seen.rows, seen.reason) == ([("Au", 1.5, 100, "Ort"), ("Berg", 2.5, 200, "hoch")], None)
    pairs = table(tr("Fläche", "1,5", "Ort", "Au"), tr("Einwohner", "100", "Bemerkung", "klein"))
    assert look(pairs).rows == [("Au", 1.5, 100, "klein")]


def test_the_opening_label_among_further_labels_of_a_record_makes_the_page_suspect() -> None:
    """It would open another record there, with the texts of the one above."""
    more = tr("Einwohner", "Bemerkung", "Fläche", tag="th"), tr("100", "klein", "2,5")
    seen = look(table(tr("Fläche", "Ort", tag="th"), tr("1,5", "Au"), *more))
    assert seen.reason == (
        "line 8, “Fläche”, stands among further labels of the record above, which it opens too"
    )
