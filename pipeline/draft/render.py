"""A plan of a listing -> its TOML, with a comment for every choice.

Page text stands in strings and comments only, escaped; values of persons stand in neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.draft.kinds import Kind, print_count
from pipeline.draft.names import ID, TABLE
from pipeline.errors import one_line
from pipeline.listing import Locale

_MAX_COMMENT = 300


@dataclass(slots=True)
class FieldPlan:
    """A field of the draft."""

    name: str
    labels: tuple[str, ...]  # none: it is made of the heading over the record
    kind: Kind
    records: int  # in how many records it stands
    required: bool = False
    examples: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """All that a draft says."""

    name: str
    title: str
    url: str
    url_source: str
    colon: bool
    locale: Locale
    locale_reason: str
    records: int
    fields: list[FieldPlan]
    opens_with: str
    key: list[str]
    key_doubt: str = ""
    opener_doubt: str = ""
    ratio: tuple[str, str, str] | None = None
    passed: list[tuple[str, int]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def quote_toml(text: str) -> str:
    """Return a text as a TOML string; what would end it or is invisible is escaped.

    >>> quote_toml('a"b\\\\c\\x7f'), quote_toml("km²")
    ('"a\\\\"b\\\\\\\\c\\\\u007f"', '"km²"')
    """
    quoted = json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
    return quoted.replace("\x7f", "\\u007f")


def render_plan(plan: Plan) -> str:
    """Return the TOML of a plan."""
    return "\n".join(_iter_lines(plan)) + "\n"


def _iter_lines(plan: Plan) -> Iterator[str]:
    yield _comment(
        f"A draft of a listing spec, made from {print_count(plan.records, 'record')} of a page."
    )
    yield _comment(
        "Look at each choice, above all where it says `uncertain`, and rename the columns."
    )
    for note in plan.notes:
        yield _comment(note)
    yield ""
    yield f"name = {quote_toml(plan.name)}"
    yield f"title = {quote_toml(plan.title)}"
    yield _comment(plan.url_source)
    yield f"url = {quote_toml(plan.url)}"
    yield f"table = {quote_toml(TABLE)}"
    yield f"id = {quote_toml(ID)}"
    if plan.key_doubt:
        yield _comment(f"uncertain: {plan.key_doubt}")
    yield f"key = {_list(plan.key)}"
    if plan.opener_doubt:
        yield _comment(f"uncertain: {plan.opener_doubt}")
    yield f"opens_with = {quote_toml(plan.opens_with)}"
    if not plan.colon:
        yield _comment("The labels stand alone on their lines.")
        yield "colon = false"
    yield from ("", "[locale]", _comment(plan.locale_reason))
    yield f"decimal = {quote_toml(plan.locale.decimal)}"
    yield f"group = {quote_toml(plan.locale.group)}"
    if plan.locale.country != "DE":
        yield f"country = {quote_toml(plan.locale.country)}"
    for one in plan.fields:
        yield from _iter_field(one, plan.records)
    if plan.ratio:
        numerator, denominator, quotient = plan.ratio
        yield from (
            "",
            _comment("The numbers fit in every record that has the three."),
            "[[check]]",
        )
        yield 'kind = "ratio"'
        yield f"name = {quote_toml(quotient)}"
        yield f"numerator = {quote_toml(numerator)}"
        yield f"denominator = {quote_toml(denominator)}"
        yield f"quotient = {quote_toml(quotient)}"
    if plan.passed:
        yield from ("", _comment("Left out, as it did not repeat once in each record:"))
        for text, count in plan.passed:
            times = "once" if count == 1 else f"{count} times"
            yield _comment(f"  {quote_toml(text)}: {times}")


def _iter_field(one: FieldPlan, records: int) -> Iterator[str]:
    kind = one.kind
    yield ""
    shown = ""
    if one.examples and not kind.personal:
        shown = "; such as " + ", ".join(quote_toml(text) for text in one.examples)
    yield _comment(f"in {one.records} of {records} records{shown}")
    uncertain = "uncertain: " if kind.uncertain else ""
    yield _comment(f"{uncertain}{kind.kind}: {kind.reason}")
    for note in one.notes:
        yield _comment(note)
    yield "[[field]]"
    yield f"name = {quote_toml(one.name)}"
    yield f"labels = {_list(one.labels)}" if one.labels else "heading = true"
    yield f"kind = {quote_toml(kind.kind)}"
    if kind.many:
        yield "many = true"
    if kind.figures and kind.figures.unit:
        yield f"unit = {quote_toml(kind.figures.unit)}"
    if one.required:
        yield "required = true"
    if kind.personal:
        yield "personal = true"


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(map(quote_toml, texts)) + "]"


def _comment(text: str) -> str:
    shown = one_line(text.encode("utf-8", "replace").decode(), _MAX_COMMENT)
    return f"# {shown}".rstrip()
