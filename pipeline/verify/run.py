"""Is every stored and published byte as it was written, and every cell as the page has it?

Repairs nothing.  Stale is not damage, and neither is nothing published yet.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import DamagedFile
from pipeline.extraction import Progress
from pipeline.listing import read_spec
from pipeline.model import Capture
from pipeline.publish import PACKAGE, digest_code, find_set, read_package
from pipeline.settings import Settings
from pipeline.verify.cells import check_cells, rebuild
from pipeline.verify.readers import compare_readers
from pipeline.verify.report import Report, follow
from pipeline.verify.sets import check_links, check_nothing, check_sets
from pipeline.verify.store import check_registers, iter_captures, tell_strangers

__all__ = ["Report", "verify"]


def verify(
    settings: Settings, *, readers: bool = False, progress: Progress | None = None
) -> Report:
    """Look at all that is stored and published; `readers` reads captures with both readers."""
    report = Report()
    spec = read_spec(settings.listing)
    raw, out = Path(settings.raw), Path(settings.out)
    captures = dict(iter_captures(raw / spec.name, report, progress))
    check_registers(raw, report)
    tell_strangers(raw, spec.name, report)
    check_sets(out, report)
    if readers:
        report.differing += compare_readers(follow(captures.values(), progress), spec.hidden)
    _check_current(settings, captures, report, progress)
    return report


def _check_current(
    settings: Settings, captures: dict[str, Capture], report: Report, progress: Progress | None
) -> None:
    """Look at the set in force: its links, its cells, and what a rebuild gives."""
    out = Path(settings.out)
    try:
        folder = find_set(out)
        if folder is None:
            check_nothing(out, report)
            return
        data = read_package(folder)
    except DamagedFile as error:
        if str(error) not in report.damaged:
            report.damaged.append(str(error))
        return
    made_from = data["made_from"]
    check_links(out, [PACKAGE, *(str(r["path"]) for r in data["resources"])], report)
    if report.damaged:
        return
    try:
        if check_cells(settings, folder, made_from, captures, report):
            rebuild(settings, folder, made_from, report, progress)
    except DamagedFile as error:
        report.damaged.append(str(error))
    except (KeyError, TypeError, ValueError):  # what a descriptor or a table lacks that others have
        if made_from.get("code_sha256") == digest_code():
            raise
        report.notes.append(
            f"{folder}: another version of this program published it; checked by its hashes alone"
        )
