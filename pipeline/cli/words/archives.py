"""Imports from web archives in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.cli.words.phrases import count_things
from pipeline.errors import one_line

if TYPE_CHECKING:
    from pipeline.program import Imported


def describe_import(result: Imported) -> dict[str, Any]:
    """Return what an import did, as plain data."""
    suspect = [{"capture_id": name, "reason": reason} for name, reason in result.suspect]
    return {**vars(result), "suspect": suspect}


def tell_import(result: Imported) -> list[str]:
    """Return what an import did, and what to do next."""
    new = count_things(result.new, "new capture")
    found = count_things(result.found, "sighting")
    again = f"{result.seen_again} of captures that were there, {result.known} known before"
    words = [f"found {found} of the page: {new}, {again}"]
    if result.others:
        words.append(f"{result.others} answers in the archive are no pages (errors, redirects)")
    words += [f"suspect: capture {name}: {reason}" for name, reason in result.suspect]
    if result.new or result.seen_again:
        words.append("ihk extract publishes them")
    return [one_line(word) for word in words]
