"""Is each published file as its set's descriptor tells, and each link the one to the set in force?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.publish import (
    CURRENT,
    DIGEST,
    PACKAGE,
    SETS,
    UNFINISHED,
    hash_bytes,
    is_own,
    list_files,
    list_tops,
    read_package,
)
from pipeline.store import LOCK, read_stored
from pipeline.verify.report import Report


def check_sets(out: Path, report: Report) -> None:
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
    named = {PACKAGE}
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


def check_nothing(out: Path, report: Report) -> None:
    """Tell whether nothing is published, or the link to it is gone."""
    sets = [path for path in (out / SETS).glob("*") if DIGEST.fullmatch(path.name)]
    links = [path for path in out.glob("*") if is_own(path)]
    if (sets or links) and not (out / SETS / UNFINISHED).exists():
        report.damaged.append(
            f"{out / CURRENT}: the link to the published set is missing; run ihk extract"
        )
    else:
        report.notes.append(f"{out}: nothing is published yet")


def check_links(out: Path, names: list[str], report: Report) -> None:
    """Look at the link of each table; a run may have died before it made them all."""
    for link in (out / name for name in sorted(list_tops(names))):
        if is_own(link):
            continue
        if (out / SETS / UNFINISHED).exists() and not link.exists() and not link.is_symlink():
            report.notes.append(f"{link}: not linked yet, as a run died; run ihk extract")
        else:
            report.damaged.append(f"{link}: not the link to the published table; run ihk extract")
