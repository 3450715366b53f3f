"""What an extraction gives: the tables, and how each capture was judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pipeline.listing import ListingSpec
from pipeline.model import Shown, Status
from pipeline.tables import Rows, Table

Progress = Callable[[int, int], None]  # called with what is done and of how many


class Told(NamedTuple):
    """A capture as it was judged."""

    capture_id: str
    name: str
    status: Status
    reason: str | None
    records: int


class Extraction(NamedTuple):
    """The tables of the capture in force, and all captures as they were judged."""

    spec: ListingSpec
    tables: dict[str, Table]
    rows: Rows
    captures: tuple[Told, ...]
    capture_id: str  # of the capture in force
    made_from: dict[str, Any]  # as datapackage.json records it
    waiting: tuple[Told, ...]  # suspect captures that no good one has followed; of files, all
    lines: Shown  # of the listing in the capture in force, as they may be shown
