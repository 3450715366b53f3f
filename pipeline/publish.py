"""Tables -> processed/: one complete set of files, old or new, whatever moment the process dies.

    OUT/.sets/DIGEST/     a set: every table as Parquet and CSV, and datapackage.json
    OUT/.sets/.unfinished while links are made that were not there: missing ones are no damage yet
    OUT/.current          -> .sets/DIGEST, replaced by a rename
    OUT/NAME              -> .current/NAME

DIGEST is the beginning of the sha256 of datapackage.json, which holds the sha256 of every other
file.  The previous set is kept; files of others in OUT are never touched.
"""

from __future__ import annotations

import hashlib
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import feed, package
from pipeline.errors import StorageError
from pipeline.files import iter_csv, iter_parquet, render_csv, render_parquet
from pipeline.published import CURRENT, DIGEST, SETS, UNFINISHED, is_own, read_current
from pipeline.spec import ListingSpec
from pipeline.storage import (
    flush,
    holds,
    lock,
    make_directory,
    point,
    remove,
    remove_leftovers,
    told,
    write_file,
    write_set,
)
from pipeline.tables import Rows, Table


class Published(NamedTuple):
    """What a publication did."""

    digest: str
    is_new: bool  # False: the same set was in place already


def render_set(
    rows: Rows, tables: dict[str, Table], spec: ListingSpec, made_from: dict[str, Any]
) -> dict[str, bytes]:
    """Return the files of a set by name; both forms of a table are read back and compared."""
    about = {"listing": spec.name, "version": package.VERSION}
    files: dict[str, bytes] = {}
    for name, table in tables.items():
        own = [tuple(row) for row in rows[name]]
        files[f"{name}.parquet"] = render_parquet(table, own, about)
        files[f"{name}.csv"] = render_csv(table, own)
        for ending, read in (("csv", iter_csv), ("parquet", iter_parquet)):
            again = read(table, files[f"{name}.{ending}"])
            if any(ours != theirs for ours, theirs in zip_longest(own, again)):
                raise AssertionError(f"{name}.{ending} does not hold the rows it was made from")
    files[feed.NAME] = feed.render_feed(rows, tables, spec)
    files[package.NAME] = package.describe(files, tables, spec, made_from)
    return files


def digest_set(files: dict[str, bytes]) -> str:
    """Return the name of a set."""
    return hashlib.sha256(files[package.NAME]).hexdigest()[:16]


def publish(out: Path, files: dict[str, bytes]) -> Published:
    """Make `files` the published set of the directory `out`."""
    digest = digest_set(files)
    _refuse_strangers(out, files)
    make_directory(out / SETS)
    with lock(out / SETS / ".lock"):
        before = read_current(out)
        remove_leftovers(out / SETS)
        flush(out)  # `.current` as it was read is on the disk before older sets go
        mark = out / SETS / UNFINISHED
        if before is None or not all(is_own(out / name) for name in files):
            write_file(mark, b"")
        if not _is_whole(out / SETS / digest, files):
            write_set(out / SETS / digest, files)
        if before is not None and before != digest:
            _prune(out, {digest, before})
        if before != digest:
            point(out, {CURRENT: f"{SETS}/{digest}"})
        _link(out, files)
        if mark.exists():
            remove(mark)
    return Published(digest, before != digest)


def _is_whole(folder: Path, files: dict[str, bytes]) -> bool:
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError:
        return False
    return (
        not folder.is_symlink()
        and names == set(files)
        and all(holds(folder / name, content) for name, content in files.items())
    )


def _refuse_strangers(out: Path, files: dict[str, bytes]) -> None:
    for name in files:
        path = out / name
        if (path.exists() or path.is_symlink()) and not is_own(path):
            raise StorageError(
                f"{path}: a file that is not this program's stands where a table belongs; "
                "move it away or choose another directory with --out"
            )


def _link(out: Path, files: dict[str, bytes]) -> None:
    missing = {name: f"{CURRENT}/{name}" for name in files if not is_own(out / name)}
    if missing:
        point(out, missing)
    with told("list", out):
        entries = list(out.iterdir())
    for path in entries:
        if path.name not in files and is_own(path):
            remove(path)


def _prune(out: Path, keep: set[str]) -> None:
    """Remove all sets but the new one and the one before it."""
    with told("list", out / SETS):
        entries = [p for p in (out / SETS).iterdir() if DIGEST.fullmatch(p.name)]
    for path in entries:
        if path.name not in keep and path.is_dir() and not path.is_symlink():
            remove(path)
