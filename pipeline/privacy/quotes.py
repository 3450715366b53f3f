"""What a message may quote without persons: labels, what is published, and what has no letter."""

from __future__ import annotations

import re
from collections.abc import Collection

from pipeline.listing import ListingSpec
from pipeline.page import WITHHELD, fold
from pipeline.privacy.signs import LETTER, has_sign

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_COUNTED = re.compile(r"[0-9]+ (?:rows|labels|elements?|keys)")


def hide_quotes(text: str, known: Collection[str]) -> str:
    """Return a sentence in which `[withheld]` stands for what it quotes, unless `known` holds it, folded.

    >>> hide_quotes("The address “lena@x.example” is not “E-Mail”.", {"e-mail"})
    'The address “[withheld]” is not “E-Mail”.'
    """

    def hide(match: re.Match[str]) -> str:
        own = match[0][1:-1]
        shown = fold(own)
        is_cut = shown.endswith("…") and any(one.startswith(shown[:-1]) for one in known)
        is_plain = not LETTER.search(own) and not has_sign(own)
        if is_cut or shown.rstrip(":…") in known or is_plain:
            return match[0]
        return f"{match[0][0]}{WITHHELD}{match[0][-1]}"

    return _QUOTED.sub(hide, text)


def list_labels(spec: ListingSpec) -> list[str]:
    """Return the words of a listing spec that a message may quote."""
    return [*(label for field in spec.fields for label in field.labels), spec.title,
            *(field.name for field in spec.fields)]  # fmt: skip


def hide_text(text: str | None, known: set[str]) -> str | None:
    """Return what a check expected or observed, without what is not published."""
    if text is None or _COUNTED.fullmatch(text):
        return text
    parts = text.split(" | ")
    is_plain = not LETTER.search(text) and not has_sign(text)
    return text if is_plain else " | ".join(p if fold(p) in known else WITHHELD for p in parts)
