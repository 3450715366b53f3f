"""What `ihk forget` did, in words that name nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.cli.words.phrases import count_things
from pipeline.errors import one_line
from pipeline.privacy import find_key
from pipeline.program import Forgotten
from pipeline.settings import Settings


def describe_forgotten(done: Forgotten) -> dict[str, Any]:
    """Return what was done, as plain data."""
    return {
        "matched": done.matched,
        "captures": [{"old": old, "new": new} for old, new in done.captures],
        "published": done.published,
        "unreachable": list(done.unreachable),
    }


def tell_forgotten(done: Forgotten, settings: Settings) -> list[str]:
    """Return what was done, and what the program cannot reach."""
    contacts = count_things(done.matched, "contact")
    words = [f"{contacts} matched; {count_things(len(done.captures), 'capture')} written anew"]
    words += [f"  {old} is {new} now" for old, new in done.captures]
    if done.published:
        words.append(
            f"published: {settings.out} (set {done.published}), all other sets are removed"
        )
    words.append(
        f"later visits do not bring the texts back; the key to that is {find_key(Path(settings.raw))}"
    )
    words.append("not reached:")
    words += [f"  {place}" for place in done.unreachable]
    return [one_line(word) for word in words]
