"""`python -m benchmarks.power`: how many planted slips in the known page's figures are noticed.

Every single slip of a typist in area, population and density of the six records is planted, one at
a time, into the capture's text, and the whole program reads that text.  A slip is caught if the
rule `density` fails, or if the number cannot be read (null, rule `readable` fails).

A slip is planted as typed (`58.724` -> `58.24`), and, where that is another text, as a program
would print the wrong number (`5.824`): the first often cannot be read, the second always can.
Slips that leave the value or put a 0 in front are none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from benchmarks.measure import ROOT
from pipeline.flow import Judged, build_rows, judge_capture
from pipeline.keys import Register, known_municipalities
from pipeline.model import Span
from pipeline.pages import make_capture
from pipeline.readings import read_record
from pipeline.slips import Candidate, Printed, find_candidates
from pipeline.spec import ListingSpec, Locale, read_spec
from pipeline.tables import Rows
from pipeline.values.numbers import parse_number

CAPTURE = ROOT / "raw" / "ihk" / "captures" / "c374c303fdee.txt"
KINDS = ("digit changed", "digit dropped", "digit doubled", "digits swapped", "comma moved",
         "group point as comma", "group dropped")  # fmt: skip
FORMS = ("as typed", "printed anew")
REGISTER_DATE = date(2023, 11, 30)


class Slip(NamedTuple):
    """A wrong text and how it came about."""

    kind: str
    form: str
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
    register = known_municipalities()._replace(is_official=True, as_of=REGISTER_DATE)
    alarms = [row for row in _read(lines, spec, register)[1]["checks"] if row[5] != "pass"]
    records = _find_figures(lines, spec)
    print(f"The {len(records)} records as they are: {len(alarms)} false alarms.")
    assert not alarms, alarms
    outcomes = [
        _plant(lines, figures, n, slip, spec, register)
        for figures in records
        for n in range(len(figures))
        for slip in iter_slips(figures[n].printed, spec.locale)
    ]
    for form in FORMS:
        _print_table(form, [o for o in outcomes if o.slip.form == form])
    _print_summary(outcomes)


def _find_figures(lines: Sequence[str], spec: ListingSpec) -> list[list[Figure]]:
    """Return each record's numerator, denominator and quotient."""
    judged, rows = _read(lines, spec, None)
    (check,) = spec.checks
    owners = [row[1] for row in rows[spec.table]]
    found = []
    for record, row_id in zip(judged.listing.records, owners, strict=True):
        readings = read_record(record, spec, judged.page.lines, spec.url).readings
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
        candidates = find_candidates(*numbers, spec.locale)
    truth = _value(printed.text, printed, spec.locale)
    told = any(
        c.name == printed.name and _value(c.text, printed, spec.locale) == truth for c in candidates
    )
    by_register = ("register_area", printed.name) in failed
    return Outcome(slip, printed.name, caught, by_register, candidates, told)


def iter_slips(printed: Printed, locale: Locale) -> Iterator[Slip]:
    """Yield every slip in a printed number once for each form, kind and wrong text."""
    true, seen = _value(printed.text, printed, locale), set()
    for kind, text in _iter_wrong(printed.text, locale):
        anew = _group_anew(text, locale)
        for slip in (Slip(kind, FORMS[0], text), Slip(kind, FORMS[1], anew)):
            if slip in seen or (slip.form == FORMS[1] and anew in ("", text)):
                continue
            seen.add(slip)
            if not _leads_with_zero(slip.text, locale) and true != _value(
                slip.text, printed, locale
            ):
                yield slip


def _iter_wrong(text: str, locale: Locale) -> Iterator[tuple[str, str]]:
    places = [i for i, c in enumerate(text) if c.isdigit()]
    for i in places:
        yield from (("digit changed", text[:i] + d + text[i + 1 :]) for d in "0123456789")
        yield "digit dropped", text[:i] + text[i + 1 :]
        yield "digit doubled", text[:i] + text[i] + text[i:]
    for i, j in zip(places, places[1:], strict=False):
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


def _group_anew(text: str, locale: Locale) -> str:
    """Return a number's digits with group points as they belong; "" if it has two commas."""
    whole, mark, decimals = text.replace(locale.group, "").partition(locale.decimal)
    if not whole or locale.decimal in decimals:
        return ""
    head = len(whole) % 3
    groups = [whole[:head]] * bool(head) + [whole[i : i + 3] for i in range(head, len(whole), 3)]
    return locale.group.join(groups) + (mark + decimals if decimals else "")


def _leads_with_zero(text: str, locale: Locale) -> bool:
    return text.startswith("0") and not text.startswith(f"0{locale.decimal}")


def _value(text: str, printed: Printed, locale: Locale) -> object:
    number = parse_number(text, locale, whole=printed.whole, unit=printed.unit)
    return number.problem if number.value is None else number.value


def _print_table(form: str, outcomes: Sequence[Outcome]) -> None:
    print(f"\nSlips {form:27}{'planted':>8}{'unreadable':>12}{'inconsistent':>14}{'missed':>8}"
          f"{'caught':>9}{'+ register':>12}")  # fmt: skip
    fields = list(dict.fromkeys(o.field for o in outcomes))
    for kind in KINDS:
        for field in fields:
            _print_row(
                f"{kind}, {field}", [o for o in outcomes if o[0].kind == kind and o.field == field]
            )
    for name in (*KINDS, *fields):
        _print_row(f"ALL {name}", [o for o in outcomes if name in (o.slip.kind, o.field)])
    _print_row("ALL", outcomes)


def _print_row(name: str, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    counts = Counter(outcome.caught for outcome in outcomes)
    caught = len(outcomes) - counts[""]
    more = sum(bool(outcome.caught) or outcome.by_register for outcome in outcomes)
    print(f"{name:33}{len(outcomes):8}{counts['unreadable']:12}{counts['inconsistent']:14}"
          f"{counts['']:8}{_share(caught, outcomes):>9}{_share(more, outcomes):>12}")  # fmt: skip


def _print_summary(outcomes: Sequence[Outcome]) -> None:
    told = [o for o in outcomes if o.caught == "inconsistent"]
    first = sum(bool(o.candidates) and o.candidates[0].name == o.field for o in told)
    true = sum(o.true_value for o in told)
    missed_area = [o for o in outcomes if o.field == "area_km2" and not o.caught]
    more = sum(o.by_register for o in missed_area)
    print(f"\nThe register's area tells {more} of {len(missed_area)} missed slips in the area.")
    print(f"Of {len(told):,} inconsistent rows, the first candidate names the wrong number in "
          f"{_share(first, told)}, the true value is a candidate in {_share(true, told)}.")  # fmt: skip
    _print_row("ALL slips of both forms", outcomes)


def _share(count: int, outcomes: Sequence[Outcome]) -> str:
    return f"{100 * count / len(outcomes):.1f} %"


if __name__ == "__main__":
    main()
