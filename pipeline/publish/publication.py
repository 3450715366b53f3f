"""Tables -> processed/: one complete set of files, old or new, whatever moment the process dies.

    OUT/.sets/DIGEST/     a set: every table as Parquet and CSV, and datapackage.json
    OUT/.sets/.unfinished while the first set is published: that `.current` is missing is no damage
    OUT/.current          -> .sets/DIGEST, replaced by a rename
    OUT/NAME              -> .current/NAME, a file or a folder of files

A NAME that leads nowhere counts as absent.  Those of a set are made before `.current` leads to it,
those that it lacks are removed after: one rename shows or hides all of them.
DIGEST is the beginning of the sha256 of datapackage.json, which holds the sha256 of every other
file.  The previous set is kept, unless it shows persons and the new one does not; files of others in
OUT are never touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipeline.errors import StorageError
from pipeline.publish.published import (
    CURRENT,
    DIGEST,
    PACKAGE,
    SETS,
    UNFINISHED,
    is_own,
    list_files,
    list_own,
    list_tops,
    may_stand_beside,
    read_current,
)
from pipeline.publish.render import digest_set
from pipeline.store import (
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


class Published(NamedTuple):
    """What a publication did."""

    digest: str
    is_new: bool  # False: the same set was in place already


def publish(out: Path, files: dict[str, bytes], *, keep_previous: bool = True) -> Published:
    """Make `files` the published set of the directory `out`.

    Without `keep_previous` no other set is left there.
    """
    digest, tops = digest_set(files), list_tops(files)
    _refuse_strangers(out, tops)
    make_directory(out / SETS)
    with lock(out / SETS / ".lock"):
        before = read_current(out)
        remove_leftovers(out / SETS)
        mark = out / SETS / UNFINISHED
        if before is None:
            write_file(mark, b"")
        if not _is_whole(out / SETS / digest, files):
            write_set(out / SETS / digest, files)
        # Flushes `.current` too, as it was read: it is on the disk before older sets go.
        point(out, {name: f"{CURRENT}/{name}" for name in tops if not is_own(out / name)})
        if before is not None and before != digest:
            _prune(out, {digest, before})
        if before != digest:
            point(out, {CURRENT: f"{SETS}/{digest}"})
        for name in sorted(list_own(out).difference(tops)):
            remove(out / name)
        _prune(out, {digest, *_list_keepers(out, files, keep_previous=keep_previous)})
        if mark.exists():
            remove(mark)
    return Published(digest, before != digest)


def withdraw(out: Path) -> None:
    """Publish nothing any more: `.current` goes first, and with it all that its links show."""
    with lock(out / SETS / ".lock"):
        for name in (CURRENT, *sorted(list_own(out))):
            if (out / name).is_symlink():
                remove(out / name)
        _prune(out, set())
        remove_leftovers(out / SETS)


def _is_whole(folder: Path, files: dict[str, bytes]) -> bool:
    return (
        not folder.is_symlink()
        and list_files(folder) == set(files)
        and all(holds(folder / name, content) for name, content in files.items())
    )


def _refuse_strangers(out: Path, names: list[str]) -> None:
    for name in names:
        path = out / name
        if (path.exists() or path.is_symlink()) and not is_own(path):
            raise StorageError(
                f"{path}: a file that is not this program's stands where a table belongs; "
                "move it away or choose another directory with --out"
            )


def _list_keepers(out: Path, files: dict[str, bytes], *, keep_previous: bool) -> list[str]:
    """Return the sets that may be left beside the new one."""
    if not keep_previous:
        return []
    sets = [path for path in (out / SETS).iterdir() if DIGEST.fullmatch(path.name)]
    return [path.name for path in sets if may_stand_beside(path, files[PACKAGE])]


def _prune(out: Path, keep: set[str]) -> None:
    """Remove all sets but these."""
    with told("list", out / SETS):
        entries = [p for p in (out / SETS).iterdir() if DIGEST.fullmatch(p.name)]
    for path in entries:
        if path.name not in keep and path.is_dir() and not path.is_symlink():
            remove(path)
