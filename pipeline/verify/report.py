"""What a verification looked at and found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from pipeline.extraction import Progress

_T = TypeVar("_T")


@dataclass
class Report:
    """What was looked at, what is damaged, and what is only told."""

    files: int = 0
    cells: int = 0
    rebuilt: bool = False
    damaged: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)  # lines that the two readers see differently


def follow(items: Collection[_T], progress: Progress | None) -> Iterator[_T]:
    """Yield the items, and tell `progress` of each that is done."""
    for done, item in enumerate(items, start=1):
        yield item
        if progress:
            progress(done, len(items))
