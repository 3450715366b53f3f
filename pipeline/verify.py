"""Is every stored and published byte as it was written, and every cell as the page has it?

Repairs nothing.  Stale is not damage, and neither is nothing published yet.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pipeline import package
from pipeline.errors import DamagedFile, PipelineError
from pipeline.files import iter_csv, iter_parquet
from pipeline.flow import read_page
from pipeline.model import Capture, Line
from pipeline.program import Progress, extract_store, stored_register
from pipeline.published import (
    CURRENT,
    DIGEST,
    SETS,
    UNFINISHED,
    find_set,
    hash_bytes,
    is_own,
    list_files,
    list_tops,
    read_package,
)
from pipeline.raw import CAPTURES, HOSTS, LOCK, REGISTERS, list_strangers, read_capture
from pipeline.readers import compare_readers
from pipeline.render import render_set
from pipeline.settings import Settings
from pipeline.spec import read_spec
from pipeline.storage import read_stored
from pipeline.store import read_store
from pipeline.tables import Table, shape_tables
from pipeline.text import WITHHELD
from pipeline.trees import read_with_lexbor
from pipeline.visits import LOG, SEAL, Log, has_log, read_log

_REGISTER = re.compile(r"[0-9a-f]{12}\.txt")
_MARK = re.compile(r"[0-9a-f]{12}")  # of a host
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


def verify(
    settings: Settings, *, readers: bool = False, progress: Progress | None = None
) -> Report:
    """Look at all that is stored and published; `readers` reads captures with both readers."""
    report = Report()
    spec = read_spec(settings.listing)
    raw, out = Path(settings.raw), Path(settings.out)
    captures = dict(_iter_captures(raw / spec.name, report, progress))
    _check_registers(raw, report)
    _tell_strangers(raw, spec.name, report)
    _check_sets(out, report)
    if readers:
        report.differing += compare_readers(_follow(captures.values(), progress), spec.hidden)
    return _check_current(settings, captures, report, progress)


def _follow(items: Collection[_T], progress: Progress | None) -> Iterator[_T]:
    """Yield the items, and tell `progress` of each that is done."""
    for done, item in enumerate(items, start=1):
        yield item
        if progress:
            progress(done, len(items))


def _iter_captures(
    folder: Path, report: Report, progress: Progress | None
) -> Iterator[tuple[str, Capture]]:
    """Look at the log and at each capture that it names, or that lies there if the log is bad."""
    try:
        log = read_log(folder)
    except DamagedFile as error:
        report.damaged.append(str(error))
        names = {path.stem for path in (folder / CAPTURES).glob("*") if path.name[0] != "."}
    else:
        names = {visit.capture_id for visit in log.visits if visit.capture_id}
        _tell_of_log(folder, log, report)
    for name in _follow(sorted(names), progress):
        try:
            yield name, read_capture(folder / CAPTURES, name)
        except PipelineError as error:
            report.damaged.append(str(error))
        else:
            report.files += 2


def _tell_of_log(folder: Path, log: Log, report: Report) -> None:
    if not has_log(folder):
        report.notes.append(f"{folder}: no captures are stored")
    else:
        report.files += 1 + log.is_sealed
        if not log.is_sealed:
            report.damaged.append(
                f"{folder / SEAL}: a stored file is missing, so the log may have been cut; "
                "restore it from a backup"
            )
    if log.is_torn:
        report.notes.append(f"{folder / LOG}: its last line is torn; the next visit drops it")
    for path in list_strangers(folder, log):
        report.notes.append(f"{path}: no visit names this file")


def _check_registers(raw: Path, report: Report) -> None:
    for path in sorted((raw / REGISTERS).glob("*")):
        if path.name == LOCK:
            continue
        if not _REGISTER.fullmatch(path.name):
            report.notes.append(f"{path}: no copy of a register")
            continue
        report.files += 1
        try:
            whole = hashlib.sha256(read_stored(path)).hexdigest().startswith(path.stem)
        except PipelineError as error:
            report.damaged.append(str(error))
        else:
            if not whole:
                report.damaged.append(f"{path}: the bytes are not those its name tells")


def _tell_strangers(raw: Path, listing: str, report: Report) -> None:
    """Tell of what stands in `raw` itself or among the marks of hosts and is no part of a store."""
    hosts = raw / HOSTS
    for path in sorted(raw.glob("*")):
        is_known = path.name in (listing, REGISTERS, hosts.name) or has_log(path)
        if not (path.is_dir() and is_known):
            report.notes.append(f"{path}: no part of the store")
    for path in sorted(hosts.glob("*")):
        if not _MARK.fullmatch(path.name):
            report.notes.append(f"{path}: no part of the store")


def _check_sets(out: Path, report: Report) -> None:
    """Hash every file of every set that stands under .sets."""
    if not (out / SETS).is_dir():
        return
    for folder in sorted((out / SETS).iterdir()):
        if folder.name in (LOCK, UNFINISHED):
            continue
        if not DIGEST.fullmatch(folder.name):
            report.notes.append(f"{folder}: no set; a run that died may have left it")
            continue
        report.damaged += _iter_set_damage(folder, report)


def _iter_set_damage(folder: Path, report: Report) -> Iterator[str]:
    if folder.is_symlink() or not folder.is_dir():
        yield f"{folder}: not a directory, though a set should stand here; delete it"
        return
    try:
        resources = read_package(folder)["resources"]
    except (PipelineError, ValueError, KeyError) as error:
        yield str(error)
        return
    report.files += 1
    named = {package.NAME}
    for resource in resources:
        path = folder / str(resource["path"])
        named.add(str(resource["path"]))
        report.files += 1
        if damage := find_file_damage(path, resource["hash"]):
            yield damage
    for name in sorted(list_files(folder) - named):
        report.notes.append(f"{folder / name}: the set does not name this file")


def find_file_damage(path: Path, expected: str) -> str | None:
    """Return what is wrong with a file of a set, whose digest its descriptor tells."""
    try:
        if hash_bytes(read_stored(path)) != expected:
            return f"{path}: not as it was published; delete {path.parent} and extract again"
    except PipelineError as error:
        return str(error)
    return None


def _check_current(
    settings: Settings, captures: dict[str, Capture], report: Report, progress: Progress | None
) -> Report:
    out = Path(settings.out)
    try:
        folder = find_set(out)
        if folder is None:
            _check_nothing(out, report)
            return report
        data = read_package(folder)
    except DamagedFile as error:
        if str(error) not in report.damaged:
            report.damaged.append(str(error))
        return report
    made_from = data["made_from"]
    _check_links(out, [package.NAME, *(str(r["path"]) for r in data["resources"])], report)
    if report.damaged:
        return report
    try:
        _check_cells(settings, folder, made_from, captures, report, progress)
    except DamagedFile as error:
        report.damaged.append(str(error))
    except (KeyError, TypeError, ValueError):  # what a descriptor or a table lacks that others have
        if made_from.get("code_sha256") == package.digest_code():
            raise
        report.notes.append(
            f"{folder}: another version of this program published it; checked by its hashes alone"
        )
    return report


def _check_cells(
    settings: Settings,
    folder: Path,
    made_from: dict[str, Any],
    captures: dict[str, Capture],
    report: Report,
    progress: Progress | None,
) -> None:
    """Compare both forms of each table, each cell with the page, and all with a rebuild."""
    recorded = made_from["settings"]
    spec = read_spec(recorded["listing"])
    tables = shape_tables(spec)
    stored_register(settings, spec, recorded["register_sha256"])
    rows = {
        name: list(iter_csv(t, read_stored(folder / f"{name}.csv"))) for name, t in tables.items()
    }
    report.damaged += _iter_unequal(folder, tables, rows)
    lines: dict[str, tuple[Line, ...]] = {}
    for cell in rows["cells"]:
        capture_id, line, start, end, raw_text = cell[3:]
        if capture_id not in captures:
            report.notes.append(f"{capture_id}: this capture is not in {settings.raw}")
            return
        if capture_id not in lines:
            page = read_page(captures[capture_id], read_with_lexbor, spec.hidden)
            lines[capture_id] = page.lines
        report.cells += 1
        if raw_text == WITHHELD and not recorded.get("people", True):
            continue
        if line > len(lines[capture_id]) or lines[capture_id][line - 1].text[start:end] != raw_text:
            if spec.hidden and made_from["spec_sha256"] != spec.digest:
                report.notes.append(f"{folder}: under the listing spec as it is now, the pages have "
                                    "other lines, so cells were not compared with them")  # fmt: skip
                break
            report.damaged.append(
                f"{folder / 'cells.csv'}: {cell[0]} {cell[1]} {cell[2]}: line {line} of "
                f"{capture_id} does not hold that text at {start} to {end}"
            )
    last = made_from["last_visit"]
    if last and package.is_made_by(made_from, spec.digest):
        _rebuild(settings, folder, made_from, report, progress)


def _check_nothing(out: Path, report: Report) -> None:
    """Tell whether nothing is published, or the link to it is gone."""
    sets = [path for path in (out / SETS).glob("*") if DIGEST.fullmatch(path.name)]
    links = [path for path in out.glob("*") if is_own(path)]
    if (sets or links) and not (out / SETS / UNFINISHED).exists():
        report.damaged.append(
            f"{out / CURRENT}: the link to the published set is missing; run ihk extract"
        )
    else:
        report.notes.append(f"{out}: nothing is published yet")


def _check_links(out: Path, names: list[str], report: Report) -> None:
    """Look at the link of each table; a run may have died before it made them all."""
    for link in (out / name for name in sorted(list_tops(names))):
        if is_own(link):
            continue
        if (out / SETS / UNFINISHED).exists() and not link.exists() and not link.is_symlink():
            report.notes.append(f"{link}: not linked yet, as a run died; run ihk extract")
        else:
            report.damaged.append(f"{link}: not the link to the published table; run ihk extract")


def _iter_unequal(folder: Path, tables: dict[str, Table], rows: dict[str, Any]) -> Iterator[str]:
    for name, table in tables.items():
        if list(iter_parquet(table, read_stored(folder / f"{name}.parquet"))) != rows[name]:
            yield f"{folder / name}: the Parquet file and the CSV hold different rows"


def _rebuild(
    settings: Settings,
    folder: Path,
    made_from: dict[str, Any],
    report: Report,
    progress: Progress | None,
) -> None:
    digest = made_from["settings"]["register_sha256"]
    made_with = {k: v for k, v in made_from["settings"].items() if k != "register_sha256"}
    recorded = Settings(raw=settings.raw, out=settings.out, **made_with)
    spec = read_spec(recorded.listing)
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
