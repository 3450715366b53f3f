"""The one way from a page's bytes to what a user would see of it: its verdict and its rows."""

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from pipeline.flow import Judged, build_rows, judge_capture
from pipeline.listing.spec import ListingSpec
from pipeline.listing.spec_reader import read_spec
from pipeline.model import Capture
from pipeline.tables.schema import Table, shape_tables

Cell = tuple[str, str]  # table and column
Rows = list[dict[str, Any]]


class Outcome(NamedTuple):
    """A page that was judged, and the rows of its tables as mappings from column to value."""

    judged: Judged
    tables: dict[str, Rows]

    def column(self, table: str, column: str) -> list[Any]:
        """Give the values of a column, in page order."""
        return [row[column] for row in self.tables[table]]

    def problems(self, *rules: str) -> list[tuple[Any, ...]]:
        """Give rule, verdict, column and message of what is neither `pass` nor not checkable."""
        return [
            (row["rule"], row["verdict"], row["column_name"], row["message"])
            for row in self.tables["checks"]
            if row["verdict"] in ("warn", "fail") and (not rules or row["rule"] in rules)
        ]


@cache
def spec() -> ListingSpec:
    """Give the packaged listing spec."""
    return read_spec("ihk")


@cache
def shapes() -> dict[str, Table]:
    """Give the tables of the packaged listing."""
    return shape_tables(spec())


def capture(body: bytes, media_type: str = "text/html", url: str | None = None) -> Capture:
    """Make a capture of bytes at hand."""
    return Capture(body, hashlib.sha256(body).hexdigest(), media_type, url=url)


def read(
    body: bytes | str,
    media_type: str = "text/html",
    url: str | None = None,
    records_before: int | None = None,
) -> Outcome:
    """Judge a page and build its rows, also those of a suspect one."""
    body = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    judged = judge_capture(capture(body, media_type, url), spec(), records_before)
    rows = build_rows(judged, spec())
    named: Callable[[str], tuple[str, ...]] = lambda name: shapes()[name].names()  # noqa: E731
    return Outcome(
        judged,
        {name: [dict(zip(named(name), row, strict=True)) for row in rows[name]] for name in rows},
    )
