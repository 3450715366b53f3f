"""What is compared on one page: the program, its rivals and a bare parse, by name.

`core` is bytes to the rows of all nine tables, cells among them; `extract` is DataFrames too.  The
rivals give four tables: `selectolax` and `parsel` rows, `notebook` DataFrames.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial

import pandas as pd
from selectolax.lexbor import LexborHTMLParser

import pipeline
from benchmarks import notebook, parsel_program, plain, selectolax_program
from pipeline import flow
from pipeline.archives import make_capture
from pipeline.listing import read_spec
from pipeline.tables import Rows

Contender = Callable[[], object]

RIVALS: dict[str, Callable[[bytes], object]] = {
    "selectolax": selectolax_program.extract,
    "parsel": parsel_program.extract,
    "notebook": notebook.extract,
}


def list_contenders(body: bytes, media_type: str = "text/html") -> dict[str, Contender]:
    """Return the calls that read one page; plain text is read by the program alone."""
    calls: dict[str, Contender] = {
        "core": partial(run_core, body, media_type),
        "extract": partial(pipeline.extract, body, media_type=media_type),
    }
    if media_type == "text/html":
        calls["parse"] = partial(LexborHTMLParser, body)
        calls |= {name: partial(rival, body) for name, rival in RIVALS.items()}
    return calls


@flow.without_collector  # as the commands and `pipeline.extract`
def run_core(body: bytes, media_type: str) -> Rows:
    """Return the rows of all nine tables of one capture; `changes` is empty for the first one."""
    listing = read_spec("ihk")
    capture = make_capture(body, media_type, "the page")
    judged = flow.judge_capture(capture, listing)
    assert judged.status == "accepted", judged.reason
    rows = flow.build_rows(judged, listing)
    rows["captures"], rows["changes"] = [flow.describe_capture(judged, listing)], []
    return rows


def compare_tables(page: bytes) -> int:
    """Assert that the program and each rival give the same four tables; return their cells.

    The lean rivals give no types, so their values are compared as Python objects.
    """
    ours, rows, cells = (
        pipeline.extract(page, media_type="text/html"),
        run_core(page, "text/html"),
        0,
    )
    assert {name: len(rows[name]) for name in ours} == {name: len(ours[name]) for name in ours}
    for name, theirs in notebook.extract(page).items():
        pd.testing.assert_frame_equal(ours[name], theirs, rtol=1e-12, obj=name)
        cells += theirs.size
    for lean in (selectolax_program, parsel_program):
        for name, found in lean.extract(page).items():
            bare = pd.DataFrame(found, columns=plain.COLUMNS[name])
            pd.testing.assert_frame_equal(_untype(ours[name]), _untype(bare), rtol=1e-12, obj=name)
    return cells


def _untype(frame: pd.DataFrame) -> pd.DataFrame:
    values = {
        str(name): [None if pd.isna(value) else value for value in frame[name]] for name in frame
    }
    return pd.DataFrame(values, dtype=object)


def list_caches() -> list[Callable[[], None]]:
    """Return what empties the program's bounded caches: a run reads a page once.

    Unbounded ones hold what a process reads once, whatever the page.
    """
    modules = [module for name, module in sys.modules.items() if name.startswith("pipeline.")]
    return list(_iter_clears(value for module in modules for value in list(vars(module).values())))


def _iter_clears(values: Iterable[object]) -> Iterable[Callable[[], None]]:
    for value in values:
        info = getattr(value, "cache_info", None)
        if info is not None and info().maxsize is not None:
            yield value.cache_clear  # type: ignore[attr-defined]
