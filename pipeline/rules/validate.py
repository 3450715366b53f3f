"""Runs every rule.  README and docs/checks.md list them by the names in their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.rules.blocks import check_blocks
from pipeline.rules.figures import (
    check_plausible,
    check_ratios,
    check_register,
    check_same_municipality,
)
from pipeline.rules.finding import Finding, Subject
from pipeline.rules.keys import check_foreign_keys, check_identity, check_unique_keys
from pipeline.rules.labels import check_labels
from pipeline.rules.people import (
    check_area_code,
    check_details,
    check_email_person,
    check_organisation,
)
from pipeline.rules.shapes import check_elements, check_headings, check_shapes
from pipeline.rules.texts import (
    check_contact_texts,
    check_qualifiers,
    check_readable,
    check_unclaimed,
)

RULES: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    check_identity,
    check_labels,
    check_readable,
    check_contact_texts,
    check_qualifiers,
    check_unclaimed,
    check_blocks,
    check_register,
    check_same_municipality,
    check_plausible,
    check_shapes,
    check_elements,
    check_headings,
    check_ratios,
    check_email_person,
    check_details,
    check_area_code,
    check_organisation,
    check_unique_keys,
    check_foreign_keys,
)


def check_rows(subject: Subject) -> list[Finding]:
    """Return the findings of all rules, in the order of the rules and of the page."""
    return [finding for rule in RULES for finding in rule(subject)]
