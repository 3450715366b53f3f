"""Rules about numbers: do they fit each other, what is possible, and the official register?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pipeline.listing import MUNICIPALITIES, NUMBERS, FieldSpec, RatioSpec
from pipeline.model import Verdict
from pipeline.page import quote, slug
from pipeline.rules.finding import Finding, Subject
from pipeline.rules.slips import Printed, find_candidates
from pipeline.tables import Reading

_EXPLAINED = 500  # inconsistent rows of a page: each takes some milliseconds
_VERDICTS: dict[str, Verdict] = {"exact": "pass", "within_rounding": "pass", "inconsistent": "fail"}


def check_ratios(subject: Subject) -> Iterator[Finding]:
    """A printed ratio fits the printed numbers; if not, the most likely wrong one is named."""
    inconsistent = 0
    for check in subject.spec.checks:
        for row_id, readings, ratio in subject.normalised.ratios[check.name]:
            record_id = row_id if check.table == subject.spec.table else None
            parts = {n: readings[n] for n in (check.numerator, check.denominator, check.quotient)}
            quotient = parts[check.quotient]
            expected = None
            if ratio.low is not None and ratio.high is not None:
                expected = f"{ratio.low:.6g} to {ratio.high:.6g}"
            if ratio.status == "inconsistent":
                inconsistent += 1
                message = _tell_inconsistent(
                    subject, check, parts, expected or "", explain=inconsistent <= _EXPLAINED
                )
            elif ratio.status == "not_checkable":
                gone = [name for name, reading in parts.items() if reading.state != "value"]
                what = f"{' and '.join(gone)} cannot be used" if gone else "a number is zero"
                message = f"The {check.name} cannot be checked: {what}."
            else:
                how = "exactly" if ratio.status == "exact" else "within rounding"
                message = (
                    f"The printed {check.name} fits {check.numerator} / {check.denominator} {how}."
                )
            yield Finding(check.name, check.table, row_id, check.quotient, record_id,
                          _VERDICTS.get(ratio.status, "not_checkable"),
                          expected, quotient.text or None, message)  # fmt: skip


def _tell_inconsistent(
    subject: Subject, check: RatioSpec, parts: dict[str, Reading], expected: str, *, explain: bool
) -> str:
    spec = subject.spec
    names = (check.numerator, check.denominator, check.quotient)
    printed = [_as_printed(spec.field(name), parts[name]) for name in names]
    numbers = ", ".join(f"{p.name} {quote(p.text)}" for p in printed)
    message = f"The three numbers do not fit ({numbers}; {check.name} should be {expected})."
    if not explain:
        return f"{message} Slips are sought for the first {_EXPLAINED} such rows only."
    candidates = find_candidates(printed[0], printed[1], printed[2], spec.locale)
    if not candidates:
        return f"{message} No single slip explains it."
    by_name: dict[str, dict[str, list[str]]] = {}  # number -> kind of slip -> corrections
    for name, text, kind, _ in candidates:
        by_name.setdefault(name, {}).setdefault(kind, []).append(text)
    told = "; or ".join(f"{name}: {_tell_slips(kinds)}" for name, kinds in by_name.items())
    return f"{message} Most likely wrong is {told}."


def _tell_slips(kinds: dict[str, list[str]]) -> str:
    """Return the first correction of each kind, and how many more there are."""
    return ", ".join(
        f"{quote(texts[0])} ({kind}{f', or {len(texts) - 1} more' if len(texts) > 1 else ''})"
        for kind, texts in kinds.items()
    )


def _as_printed(field: FieldSpec, reading: Reading) -> Printed:
    return Printed(field.name, reading.spans[0].text, field.kind == "integer", field.unit or "")


def check_plausible(subject: Subject) -> Iterator[Finding]:
    """A figure is within the bounds that the spec gives its field."""
    spec, normalised = subject.spec, subject.normalised
    numbers = [field for field in spec.fields if field.kind in NUMBERS]
    shared = [field for field in numbers if field.table == MUNICIPALITIES]
    own = [field for field in numbers if field.table == spec.table]
    for owner in normalised.owners if shared else ():
        row_id = owner.municipality_id
        yield from _compare_bounds(shared, MUNICIPALITIES, row_id, None, owner.readings)
    for item in normalised.items if own else ():
        row_id = item.ids.record_id
        yield from _compare_bounds(own, spec.table, row_id, row_id, item.draft.readings)


def _compare_bounds(
    fields: list[FieldSpec],
    table: str,
    row_id: str,
    record_id: str | None,
    readings: dict[str, Reading],
) -> Iterator[Finding]:
    for field in fields:
        low, high = field.minimum, field.maximum
        number = readings[field.name].number
        if number is None or number.value is None:
            continue
        value, expected = number.value, _tell_bounds(low, high)
        if low is None and value < 0:
            yield Finding("plausible", table, row_id, field.name, record_id, "warn", expected,
                          str(value), f"{value} is negative; if {field.name} may be, write its minimum "
                          "in the listing spec.")  # fmt: skip
            continue
        if low is None and high is None:
            continue
        good = (low is None or low <= value) and (high is None or value <= high)
        yield Finding("plausible", table, row_id, field.name, record_id,
                      "pass" if good else "fail", expected, str(value),
                      f"{value} is a possible {field.name}." if good else
                      f"{value} is no possible {field.name}: expected is {expected}.")  # fmt: skip


def _tell_bounds(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"at least {low}"
    return "at least 0" if high is None else f"at most {high}"


def check_same_municipality(subject: Subject) -> Iterator[Finding]:
    """Records of one municipality print the same figures."""
    for owner in subject.normalised.owners:
        if len(owner.items) < 2:
            continue
        for name, items in owner.conflicts.items():
            told = [f"{quote(i.draft.readings[name].text)} in {i.ids.record_id}" for i in items]
            yield Finding("same_municipality", MUNICIPALITIES, owner.municipality_id, name, None,
                          "fail", "one figure", " | ".join(told),
                          f"The records of the municipality print different figures for {name}: "
                          f"{', '.join(told)}; so it is null.")  # fmt: skip
        if not owner.conflicts:
            yield Finding("same_municipality", MUNICIPALITIES, owner.municipality_id, None, None,
                          "pass", "one figure", f"{len(owner.items)} records",
                          f"The {len(owner.items)} records of the municipality print the same "
                          "figures.")  # fmt: skip


def check_register(subject: Subject) -> Iterator[Finding]:
    """The municipality is known; its area and district are those of the official register."""
    register = subject.register
    for owner in subject.normalised.owners:
        row_id = owner.municipality_id
        town = next((item.ids.town for item in owner.items if item.ids.town), None)
        if town is None:
            yield Finding("municipality", MUNICIPALITIES, row_id, "municipality",
                          owner.items[0].ids.record_id, "fail", "a municipality's name", None,
                          "Nothing in the record tells its municipality.")  # fmt: skip
            continue
        yield Finding("municipality", MUNICIPALITIES, row_id, "municipality", None, "pass", None,
                      town.name, f"The {town.source} tells the municipality.")  # fmt: skip
        key = register.keys.get(row_id)
        if key is None:
            yield Finding("ags", MUNICIPALITIES, row_id, "ags", None, "not_checkable", None,
                          town.name, f"{quote(town.name)} is not in {register.source}, or stands "
                          "there twice; the setting register names a whole register.")  # fmt: skip
            continue
        yield Finding("ags", MUNICIPALITIES, row_id, "ags", None, "pass", key.ags, town.name,
                      f"The official key is that of {key.name}.")  # fmt: skip
        if register.is_official:
            yield from _compare_register(subject, row_id, owner.readings)


def _compare_register(
    subject: Subject, row_id: str, readings: dict[str, Reading]
) -> Iterator[Finding]:
    key, as_of = subject.register.keys[row_id], subject.register.as_of
    area = readings.get("area_km2")
    if area is not None and area.number is not None and area.number.value is not None:
        number, official = area.number, key.area_ha / 100
        good = number.low is not None and number.high is not None and (
            number.low <= Decimal(key.area_ha) / 100 <= number.high
        )  # fmt: skip
        yield Finding("register_area", MUNICIPALITIES, row_id, "area_km2", None,
                      "pass" if good else "fail", f"{official}", area.text,
                      f"The register of {as_of} has {official} km², the page {quote(area.text)}.")  # fmt: skip
    population = readings.get("population")
    if population is not None and population.value is not None and key.population:
        yield Finding("register_population", MUNICIPALITIES, row_id, "population", None, "pass",
                      None, population.text,
                      f"The register of {as_of} has {key.population}, the page "
                      f"{quote(population.text)}, of a date that it does not tell.")  # fmt: skip
    for field in subject.spec.fields:
        if field.kind == "district" and field.table == MUNICIPALITIES:
            district = readings[field.name].value
            if district is not None:
                good = slug(district.name or "") == slug(key.district or "")
                told = district.name or "kreisfrei"
                yield Finding("register_district", MUNICIPALITIES, row_id, field.name, None,
                              "pass" if good else "fail", key.district or "kreisfrei", told,
                              f"The register of {as_of} has {key.district or 'kreisfrei'}, the "
                              f"page {told}.")  # fmt: skip
