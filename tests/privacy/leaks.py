"""What would show a person of a page, to be sought in all that is made of it without people."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.flow import build_rows, judge_capture, read_page
from pipeline.listing.spec import CHILDREN, ListingSpec
from pipeline.model import Capture
from pipeline.tables.schema import Rows, shape_tables

_SHORTEST = 4


def list_secrets(capture: Capture, spec: ListingSpec) -> set[str]:
    """Give what must not be shown: names, mailboxes, numbers, but no word that the listing has elsewhere."""
    tables = shape_tables(spec)
    rows = build_rows(judge_capture(capture, spec), spec, None, tables)
    secrets = set()
    names = tables[CHILDREN["contacts"]].names() if CHILDREN["contacts"] in tables else ()
    for row in rows.get(CHILDREN["contacts"], []):
        told = dict(zip(names, row, strict=True))
        secrets.update((told["family_name"] or "").split())
        secrets.update((told["given_name"] or "").split())
        secrets.add((told["email"] or "").partition("@")[0])
        secrets |= {told["phone_text"] or "", told["phone"] or ""}
    for field in spec.fields:
        if field.personal:
            at = tables[field.table].names().index(field.name)
            secrets |= {word for row in rows[field.table] for word in (row[at] or "").split()}
    elsewhere = " ".join((read_page(capture).title, *_iter_elsewhere(rows, spec)))
    return {one for one in secrets if len(one) >= _SHORTEST and not _stands_in(one, elsewhere)}


def _iter_elsewhere(rows: Rows, spec: ListingSpec) -> Iterator[str]:
    personal = {field.name for field in spec.fields if field.personal}
    for table, _, column, *_, text in rows["cells"]:
        is_person = table == CHILDREN["contacts"] and column not in ("organisation", "department")
        if not is_person and column not in personal:
            yield text
    yield from (label for field in spec.fields for label in field.labels)


def find_leaks(shown: Iterable[Any], secrets: set[str]) -> list[str]:
    """Give each text among `shown` that holds a secret."""
    return [
        text for text in _iter_texts(shown) if any(_stands_in(secret, text) for secret in secrets)
    ]


def _iter_texts(shown: Iterable[Any]) -> Iterator[str]:
    for one in shown:
        if isinstance(one, str):
            yield one
        elif isinstance(one, (list, tuple)):
            yield from _iter_texts(one)


def _stands_in(secret: str, text: str) -> bool:
    return secret in text and re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text) is not None
