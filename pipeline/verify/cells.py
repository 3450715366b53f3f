"""Does each cell of a set stand on its page, and does a rebuild give the same bytes?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.extraction import Progress
from pipeline.flow import read_page
from pipeline.listing import ListingSpec, read_spec
from pipeline.model import Capture, Line
from pipeline.page import WITHHELD, read_with_lexbor
from pipeline.program import extract_store, stored_register
from pipeline.publish import is_made_by, render_set
from pipeline.settings import Settings
from pipeline.store import read_store, read_stored
from pipeline.tables import Row, Table, iter_csv, iter_parquet, shape_tables
from pipeline.verify.report import Report


def check_cells(
    settings: Settings,
    folder: Path,
    made_from: dict[str, Any],
    captures: dict[str, Capture],
    report: Report,
) -> bool:
    """Compare both forms of each table, and each cell with the page; False without its captures."""
    recorded = made_from["settings"]
    spec = read_spec(recorded["listing"])
    tables = shape_tables(spec)
    stored_register(settings, spec, recorded["register_sha256"])
    rows = {
        name: list(iter_csv(t, read_stored(folder / f"{name}.csv"))) for name, t in tables.items()
    }
    report.damaged += _iter_unequal(folder, tables, rows)
    gone = {cell[3] for cell in rows["cells"]} - captures.keys()
    if gone:
        report.notes += [f"{name}: this capture is not in {settings.raw}" for name in sorted(gone)]
        return False
    shown = (c for c in rows["cells"] if c[7] != WITHHELD or recorded.get("people", True))
    report.cells = len(rows["cells"])
    lost = list(_iter_lost(shown, captures, spec))
    if lost and spec.hidden and made_from["spec_sha256"] != spec.digest:
        report.notes.append(f"{folder}: under the listing spec as it is now, the pages have "
                            "other lines, so cells were not compared with them")  # fmt: skip
    else:
        report.damaged += [f"{folder / 'cells.csv'}: {what}" for what in lost]
    return True


def _iter_lost(
    cells: Iterator[Row], captures: dict[str, Capture], spec: ListingSpec
) -> Iterator[str]:
    """Yield each cell whose text does not stand where it says."""
    lines: dict[str, tuple[Line, ...]] = {}
    for table, row_id, column, capture_id, line, start, end, raw_text in cells:
        if capture_id not in lines:
            lines[capture_id] = read_page(captures[capture_id], read_with_lexbor, spec.hidden).lines
        page = lines[capture_id]
        if line > len(page) or page[line - 1].text[start:end] != raw_text:
            yield (
                f"{table} {row_id} {column}: line {line} of {capture_id} does not hold that text "
                f"at {start} to {end}"
            )


def _iter_unequal(folder: Path, tables: dict[str, Table], rows: dict[str, Any]) -> Iterator[str]:
    for name, table in tables.items():
        if list(iter_parquet(table, read_stored(folder / f"{name}.parquet"))) != rows[name]:
            yield f"{folder / name}: the Parquet file and the CSV hold different rows"


def rebuild(
    settings: Settings,
    folder: Path,
    made_from: dict[str, Any],
    report: Report,
    progress: Progress | None,
) -> None:
    """Make the set again, where this program made it from the raw store, and compare the bytes."""
    spec = read_spec(made_from["settings"]["listing"])
    if not made_from["last_visit"] or not is_made_by(made_from, spec.digest):
        return
    digest = made_from["settings"]["register_sha256"]
    made_with = {k: v for k, v in made_from["settings"].items() if k != "register_sha256"}
    recorded = Settings(raw=settings.raw, out=settings.out, **made_with)
    as_of = made_from["as_of"]
    built = extract_store(
        recorded,
        store=read_store(Path(settings.raw), spec.name, made_from["last_visit"]["sha256"]),
        as_of=datetime.fromisoformat(as_of) if as_of else None,
        register=(stored_register(settings, spec, digest), digest),
        progress=progress,
    )
    files = render_set(built)
    report.rebuilt = True
    for name, content in files.items():
        if read_stored(folder / name) != content:
            report.damaged.append(
                f"{folder / name}: a rebuild from {settings.raw} gives other bytes"
            )
