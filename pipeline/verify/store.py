"""Is the raw store as it was written: the log, the captures that it names, copies of registers?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import DamagedFile, PipelineError
from pipeline.extraction import Progress
from pipeline.model import Capture
from pipeline.store import (
    CAPTURES,
    HOSTS,
    LOCK,
    LOG,
    REGISTERS,
    SEAL,
    Log,
    has_log,
    list_strangers,
    read_capture,
    read_log,
    read_stored,
)
from pipeline.verify.report import Report, follow

_REGISTER = re.compile(r"[0-9a-f]{12}\.txt")
_MARK = re.compile(r"[0-9a-f]{12}")  # of a host


def iter_captures(
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
    for name in follow(sorted(names), progress):
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


def check_registers(raw: Path, report: Report) -> None:
    """Look at each copy of a register: its name tells the digest of its bytes."""
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


def tell_strangers(raw: Path, listing: str, report: Report) -> None:
    """Tell of what stands in `raw` itself or among the marks of hosts and is no part of a store."""
    hosts = raw / HOSTS
    for path in sorted(raw.glob("*")):
        is_known = path.name in (listing, REGISTERS, hosts.name) or has_log(path)
        if not (path.is_dir() and is_known):
            report.notes.append(f"{path}: no part of the store")
    for path in sorted(hosts.glob("*")):
        if not _MARK.fullmatch(path.name):
            report.notes.append(f"{path}: no part of the store")
