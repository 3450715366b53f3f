"""Which texts may stand in a draft's comments: none that may name or reach a person."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.contacts import is_office, parse_person
from pipeline.draft.kinds import is_personal

_REACH = re.compile(r"@|[\[(](?:at|ät)[\])]|(?<!\d)(?:\+|00?)\d[\d ()/.–-]{5,}", re.IGNORECASE)
_ADDRESSED = re.compile(r"\b(?:Frau|Herrn?|Ms|Mrs|Mr|Dr|Prof)\b")
_LONGEST = 60
_LOOKED_AT = 300  # values
_MOST = 1_000  # characters of one


def may_be_person(text: str) -> bool:
    """Tell whether a text may name a person, or hold a phone number or an e-mail address.

    >>> [may_be_person(t) for t in ("Fon 02303/123", "Frau Muster", "Lena Beispiel", "88,56 km²")]
    [True, True, True, False]
    """
    if _REACH.search(text) or _ADDRESSED.search(text):
        return True
    person = parse_person(text[:200], 0)
    return person is not None and person.given_name is not None and not is_office(text)


def choose_examples(label: str, values: Sequence[str | None]) -> tuple[str, ...]:
    """Return up to two different values to show, none where most may be persons."""
    if is_personal(label):
        return ()
    texts = [text[:_MOST] for text in values[:_LOOKED_AT] if text]
    harmless = [text for text in texts if not may_be_person(text)]
    if len(harmless) * 2 < len(texts):
        return ()
    shown: list[str] = []
    for text in harmless:
        cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        if cut not in shown:
            shown.append(cut)
        if len(shown) == 2:
            break
    return tuple(shown)
