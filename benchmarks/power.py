"""`python -m benchmarks.power`: how many planted slips in the known page's figures are noticed.

Every single slip of a typist in area, population and density of the six records is planted, one at
a time, into the capture's text, and the whole program reads that text.  A slip is caught if the
rule `density` fails, or if the number cannot be read (null, rule `readable` fails).

Slips are planted twice: as typed (`58.724` -> `58.24`, which cannot be read), and as a program
would print the wrong number (`5.824`), which is harder to notice.  A slip that leaves the value or
puts a 0 in front is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from benchmarks.measure import ROOT
from pipeline.archives import make_capture
from pipeline.flow import Judged, build_rows, judge_capture
from pipeline.listing import ListingSpec, Locale, read_spec
from pipeline.model import Span
from pipeline.rules.slips import Candidate, Printed, find_candidates
from pipeline.tables import Register, Rows, known_municipalities, read_records
from pipeline.values import parse_number

CAPTURE = ROOT / "raw" / "ihk" / "captures" / "c374c303fdee.txt"
KINDS = ("digit changed", "digit dropped", "digit doubled", "digits swapped", "comma moved",
         "group point as comma", "group dropped")  # fmt: skip
FORMS = ("as typed", "printed anew")
REGISTER_DATE = date(2023, 11, 30)


class Slip(NamedTuple):
    """A wrong text and how it came about."""

    kind: str
    text: str


class Outcome(NamedTuple):
    """What the program made of one slip."""

    slip: Slip
    field: str
    caught: str  # "unreadable", "inconsistent", or "" for missed
    by_register: bool  # the register's area tells it too
    candidates: list[Candidate]
    true_value: bool  # the value of the true number is among the candidates for its field


class Figure(NamedTuple):
    """A printed number of a record."""

    row_id: str
    span: Span
    printed: Printed


def main() -> None:
    """Plant all slips, print what was caught."""
    spec = read_spec("ihk")
    lines = CAPTURE.read_text(encoding="utf-8").split("\n")
    register = known_municipalities(spec.state)._replace(is_official=True, as_of=REGISTER_DATE)
    alarms = [row for row in _read(lines, spec, register)[1]["checks"] if row[5] != "pass"]
    records = _find_figures(lines, spec)
    print(f"The {len(records)} records as they are: {len(alarms)} false alarms.")
    assert not alarms, alarms
    for form in FORMS:
        outcomes = [
            _plant(lines, figures, n, slip, spec, register)
            for figures in records
            for n in range(len(figures))
            for slip in iter_slips(figures[n].printed, spec.locale, form)
        ]
        _print_table(form, outcomes)


def _find_figures(lines: Sequence[str], spec: ListingSpec) -> list[list[Figure]]:
    """Return each record's numerator, denominator and quotient."""
    judged, rows = _read(lines, spec, None)
    (check,) = spec.checks
    owners = [row[1] for row in rows[spec.table]]
    found = []
    drafts = read_records(judged.listing.records, spec, judged.page.lines, spec.url)
    for draft, row_id in zip(drafts, owners, strict=True):
        readings = draft.readings
        figures = []
        for name in (check.numerator, check.denominator, check.quotient):
            (span,), field = readings[name].spans, spec.field(name)
            printed = Printed(name, span.text, field.kind == "integer", field.unit or "")
            figures.append(Figure(row_id, span, printed))
        found.append(figures)
    return found


def _read(
    lines: Sequence[str], spec: ListingSpec, register: Register | None
) -> tuple[Judged, Rows]:
    capture = make_capture("\n".join(lines).encode(), "text/plain", "the known page")
    judged = judge_capture(capture, spec)
    return judged, build_rows(judged, spec, register)


def _plant(
    lines: list[str],
    figures: Sequence[Figure],
    n: int,
    slip: Slip,
    spec: ListingSpec,
    register: Register,
) -> Outcome:
    row_id, span, printed = figures[n]
    line = lines[span.line - 1]
    wrong = line[: span.start] + slip.text + line[span.end :]
    changed = [*lines[: span.line - 1], wrong, *lines[span.line :]]
    rows = _read(changed, spec, register)[1]
    failed = {(row[0], row[3]) for row in rows["checks"] if row[2] == row_id and row[5] == "fail"}
    readable, inconsistent = ("readable", printed.name), ("density", figures[2].printed.name)
    caught = "unreadable" if readable in failed else "inconsistent" * (inconsistent in failed)
    candidates: list[Candidate] = []
    if caught == "inconsistent":
        numbers = [figure.printed for figure in figures]
        numbers[n] = printed._replace(text=slip.text)
        candidates = find_candidates(numbers[0], numbers[1], numbers[2], spec.locale)
    truth = _value(printed.text, printed, spec.locale)
    told = any(
        c.name == printed.name and _value(c.text, printed, spec.locale) == truth for c in candidates
    )
    by_register = ("register_area", printed.name) in failed
    return Outcome(slip, printed.name, caught, by_register, candidates, told)


def iter_slips(printed: Printed, locale: Locale, form: str) -> Iterator[Slip]:
    """Yield every slip in a printed number, once for each kind and wrong text."""
    true = _value(printed.text, printed, locale)
    seen: set[Slip] = set()
    for kind, typed in _iter_wrong(printed.text, locale):
        slip = Slip(kind, typed if form == FORMS[0] else _print_anew(typed, locale))
        if slip in seen or slip.text.startswith("0"):
            continue
        seen.add(slip)
        if _value(slip.text, printed, locale) != true:
            yield slip


def _iter_wrong(text: str, locale: Locale) -> Iterator[tuple[str, str]]:
    places = [i for i, c in enumerate(text) if c.isdigit()]
    for i in places:
        yield from (("digit changed", text[:i] + d + text[i + 1 :]) for d in "0123456789")
        yield "digit dropped", text[:i] + text[i + 1 :]
        yield "digit doubled", text[:i] + text[i] + text[i:]
    for i, j in pairwise(places):
        yield "digits swapped", text[:i] + text[j] + text[i + 1 : j] + text[i] + text[j + 1 :]
    comma = text.find(locale.decimal)
    if comma > 0:
        bare = text[:comma] + text[comma + 1 :]
        for at in (comma - 1, comma + 1):
            if 0 < at <= len(bare):
                yield "comma moved", (bare[:at] + locale.decimal + bare[at:]).rstrip(locale.decimal)
    whole, mark, decimals = text.partition(locale.decimal)
    groups = whole.split(locale.group)
    if len(groups) > 1:
        yield "group point as comma", text.replace(locale.group, locale.decimal, 1)
        for i in range(len(groups)):
            kept = locale.group.join(groups[:i] + groups[i + 1 :])
            yield "group dropped", kept + mark + decimals


def _print_anew(text: str, locale: Locale) -> str:
    """Return a number with its group points where they belong; one with two commas as it is."""
    whole, mark, decimals = text.replace(locale.group, "").partition(locale.decimal)
    if not whole or locale.decimal in decimals:
        return text
    head = len(whole) % 3
    groups = [whole[:head]] * bool(head) + [whole[i : i + 3] for i in range(head, len(whole), 3)]
    return locale.group.join(groups) + (mark + decimals if decimals else "")


def _value(text: str, printed: Printed, locale: Locale) -> object:
    number = parse_number(text, locale, whole=printed.whole, unit=printed.unit)
    return number.problem if number.value is None else number.value


def _print_table(form: str, outcomes: Sequence[Outcome]) -> None:
    columns = "planted unreadable inconsistent missed caught +register names_it true_among".split()
    print(f"\nSlips {form:27}" + "".join(f"{column:>13}" for column in columns))
    fields = list(dict.fromkeys(o.field for o in outcomes))
    if form == FORMS[0]:
        for kind in KINDS:
            for field in fields:
                both = [o for o in outcomes if o.slip.kind == kind and o.field == field]
                _print_row(f"{kind}, {field}", both)
    for name in (*KINDS, *fields):
        _print_row(f"all: {name}", [o for o in outcomes if name in (o.slip.kind, o.field)])
    _print_row("ALL", outcomes)
    if form == FORMS[0]:
        print("+register: with the official area as well.  Of the inconsistent, names_it: the first\n"
              "candidate is for the wrong number; true_among: the true value is a candidate.")  # fmt: skip
    missed = [o for o in outcomes if o.field == "area_km2" and not o.caught]
    more = sum(o.by_register for o in missed)
    print(f"The register's area tells {more} of {len(missed)} missed slips in the area.")


def _print_row(name: str, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    unread = [o for o in outcomes if o.caught == "unreadable"]
    told = [o for o in outcomes if o.caught == "inconsistent"]
    caught = len(unread) + len(told)
    more = [o for o in outcomes if o.caught or o.by_register]
    first = [o for o in told if o.candidates and o.candidates[0].name == o.field]
    true = [o for o in told if o.true_value]
    counts = (len(outcomes), len(unread), len(told), len(outcomes) - caught)
    shares = (_share(caught, len(outcomes)), _share(len(more), len(outcomes)),
              _share(len(first), len(told)), _share(len(true), len(told)))  # fmt: skip
    print(f"{name:33}" + "".join(f"{cell:>13}" for cell in (*counts, *shares)))


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f} %" if total else "-"


if __name__ == "__main__":
    main()
