"""Turns a page that lists labelled records into tables whose every cell is traced to the page.

    import pipeline
    tables = pipeline.extract("page.html")        # a dict of pandas DataFrames; nothing is written
    contacts = pipeline.load("contacts")          # what is published, with the right dtypes
    contacts = pipeline.load("contacts", as_of="2019-01-01")   # rebuilt in memory from raw/

Errors are `PipelineError` and those below it, one for each exit code of the command `ihk`.
"""

from typing import TYPE_CHECKING, Any

from pipeline.errors import (
    DamagedFile,
    Locked,
    PipelineError,
    SourceUnavailable,
    SpecError,
    StorageError,
    SuspectPage,
)

if TYPE_CHECKING:
    from pipeline.notebook import extract, load

__all__ = [
    "DamagedFile",
    "Locked",
    "PipelineError",
    "SourceUnavailable",
    "SpecError",
    "StorageError",
    "SuspectPage",
    "extract",
    "load",
]


def __getattr__(name: str) -> Any:
    """Import the functions of a notebook only when asked: they need pandas, the command does not."""
    if name in ("extract", "load"):
        from pipeline import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
