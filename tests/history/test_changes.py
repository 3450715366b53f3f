"""Change events: an edit gives exactly its fields, and what is no change gives none."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest

from pipeline.flow import build_rows, judge_capture
from pipeline.history.changes import compare
from pipeline.tables.schema import Rows
from tests.records.forms import CONTACT, DOWNLOAD, QUARTER, Record
from tests.records.mutations import ALL, BOCHUM, DORSTEN, RECORDS, UNNA, WHOLE, edit, put, render
from tests.records.outcomes import capture, shapes, spec

NAMES = shapes()["changes"].names()[4:]
DATA = ("municipalities", "concepts", "downloads", "contacts")


def rows_of(form: str, records: list[Record]) -> Rows:
    """Give the rows of a listing as text or as one of the HTML forms."""
    return rows_in(render(form, records), "text/plain" if form == "text" else "text/html")


def rows_in(page: str, media_type: str = "text/plain") -> Rows:
    """Give the rows of a page."""
    return build_rows(judge_capture(capture(page.encode(), media_type), spec()), spec())


def events(old: Rows, new: Rows, *, linked: bool = True) -> list[dict[str, Any]]:
    """Give the events as mappings."""
    found = compare(old, new, spec(), shapes(), linked=linked)
    return [dict(zip(NAMES, event, strict=True)) for event in found]


SAME: list[tuple[str, list[Record], str]] = [  # form, records, provenance
    ("text", RECORDS[::-1], "constructed"),
    ("dl", RECORDS, "constructed"),
    ("cms_noise", RECORDS, "constructed"),
    ("text", put(UNNA, "Einwohner", "58724")(RECORDS), "field practice"),
    ("text", edit(ALL, CONTACT, lambda e: [replace(e, lines=tuple(
        line.replace("Fon: 02303/123 456", "Tel.: (02303) 123456") for line in e.lines))])(RECORDS),
     "field practice"),
    ("text", edit(ALL, DOWNLOAD, lambda e: [replace(e, lines=e.lines[::-1])])(RECORDS), "constructed"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "records", "provenance"), SAME)
def test_order_markup_and_spelling_are_no_change(
    form: str, records: list[Record], provenance: str
) -> None:
    new = rows_of(form, records)
    old = rows_of("text", RECORDS)
    assert events(old, new) == events(new, old) == []


def test_links_that_a_text_cannot_carry_are_no_change() -> None:
    old, new = rows_of("text", RECORDS), rows_of("links", RECORDS)
    assert events(old, new, linked=False) == []
    assert {event["column_name"] for event in events(old, new)} == {"url", "file_type"}


def test_an_edit_gives_exactly_its_fields() -> None:
    new = put(BOCHUM, "Bezeichnung IHK", "Neu")(RECORDS)
    (event,) = events(rows_of("text", RECORDS), rows_of("text", new))
    assert event == {
        "table_name": "concepts", "row_id": "bochum-vorlagenpark", "column_name": "title",
        "concept_id": "bochum-vorlagenpark", "kind": "value_changed",
        "old": "IHK Vorlagenpark", "new": "Neu", "related_row_id": None,
    }  # fmt: skip


def test_a_renamed_quartier_is_a_removal_and_an_addition_that_name_each_other() -> None:
    """FAULTS 49."""
    new = rows_of("text", put(DORSTEN, QUARTER, "Dorsten Neuplatz")(RECORDS))
    found = [e for e in events(rows_of("text", RECORDS), new) if e["table_name"] == "concepts"]
    assert [(e["kind"], e["row_id"], e["related_row_id"]) for e in found] == [
        ("row_removed", "dorsten-blindtextplatz", "dorsten-neuplatz"),
        ("row_added", "dorsten-neuplatz", "dorsten-blindtextplatz"),
    ]
    assert json.loads(found[1]["new"])["quarter"] == "Dorsten Neuplatz"


def test_a_download_put_first_is_one_event() -> None:
    """Its siblings only moved (FAULTS 49)."""
    new = edit(UNNA, DOWNLOAD, lambda e: [replace(e, lines=("Neues Blatt", *e.lines))])(RECORDS)
    (event,) = events(rows_of("text", RECORDS), rows_of("text", new))
    assert (event["kind"], json.loads(event["new"])["label"]) == ("row_added", "Neues Blatt")


def apply(old: Rows, told: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Change the old rows by events; positions and ids of downloads and contacts may differ."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for name in DATA:
        names = shapes()[name].names()
        tables[name] = {row[0]: dict(zip(names, map(show, row), strict=True)) for row in old[name]}
    moved: dict[tuple[str, str], dict[str, Any]] = {}
    for event in told:
        table, key = tables[event["table_name"]], event["row_id"]
        if event["kind"] == "row_removed":
            del table[key]
        elif event["kind"] == "row_added":
            moved[event["table_name"], key] = json.loads(event["new"])
        else:
            table[key][event["column_name"]] = event["new"]
    for (name, key), row in moved.items():
        tables[name][key] = row
    return {name: list(rows.values()) for name, rows in tables.items()}


def show(value: Any) -> str | None:
    """Give a value as events print it."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("seed", range(20))
def test_the_events_applied_to_the_old_municipalities_and_concepts_give_the_new(seed: int) -> None:
    """As sets of rows in the told columns (FAULTS 51)."""
    draw = random.Random(seed)
    records = list(RECORDS)
    draw.shuffle(records)
    for label, text in (("Einwohner", "60.000"), (QUARTER, "Unna Neu"), ("Bezeichnung IHK", "Neu")):
        records = put(draw.randrange(4), label, text)(records)
    old, new = rows_of("text", RECORDS), rows_of("text", records[draw.randrange(2) :])
    after = apply(old, events(old, new))
    for name in ("municipalities", "concepts"):
        columns = [c for c in ("title", "quarter", "website", "population", "area_km2", "district")
                   if c in shapes()[name].names()]  # fmt: skip
        names = shapes()[name].names()
        expected = {tuple(show(row[names.index(c)]) for c in columns) for row in new[name]}
        assert {tuple(row[c] for c in columns) for row in after[name]} == expected


def test_thousands_of_renamed_rows_are_compared_in_time() -> None:
    """Each pair of removed and added rows was once compared."""
    old, new = (rows_in("".join(WHOLE.format(n) for n in range(a, a + 1_500))) for a in (0, 1_500))
    assert len(events(old, new)) == 3 * 2 * 1_500
