"""The one module that changes files: whole or not at all, and on the disk before it is told.

A file is written beside its place, flushed with fsync, renamed, and its directory flushed.  Any
refusal of the system becomes a StorageError with the path and what to do.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import DamagedFile, Locked, StorageError

_ADVICE = {
    errno.ENOSPC: "free some space and run again",
    errno.EDQUOT: "the quota is used up; free some space and run again",
    errno.EROFS: "the file system is read-only; choose another directory",
    errno.EACCES: "give this user the right to write there, or choose another directory",
    errno.EPERM: "give this user the right to write there, or choose another directory",
    errno.ENOTDIR: "a file stands where a directory is needed; choose another directory",
    errno.EEXIST: "something else stands there; move it away",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
}


@contextlib.contextmanager
def told(action: str, path: Path) -> Iterator[None]:
    """Turn an OSError into a StorageError that says what could not be done, where, and what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        advice = _ADVICE.get(error.errno or 0, "look at the disk and run again")
        raise StorageError(f"{path}: cannot {action}: {reason}; {advice}") from None


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the kernel's lock on the file `path`, which is made if needed; Locked if another does."""
    with told("make the lock file", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(f"{path}: another run is at work; wait until it has ended") from None
        except OSError as error:
            raise StorageError(f"{path}: cannot lock: {error.strerror}") from None
        yield
    finally:
        os.close(handle)


def make_directory(path: Path) -> None:
    """Make `path` and what is missing above it, each flushed into its parent."""
    with told("make the directory", path):
        missing = []
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        for directory in reversed(missing):
            directory.mkdir(exist_ok=True)
            _flush(directory.parent)


def write_set(directory: Path, files: dict[str, bytes]) -> None:
    """Make `directory` with these files, all or nothing; what stood there before goes."""
    aside = directory.with_name(f".tmp-{directory.name}")
    with told("write", directory):
        _remove(aside)
        aside.mkdir()
        for name, content in files.items():
            with (aside / name).open("xb") as file:
                file.write(content)
        for name in files:  # after all writes: the first flush takes the others along
            _flush(aside / name)
        _flush(aside)
        old = directory.with_name(f".tmp-old-{directory.name}")
        _remove(old)
        if directory.exists():
            directory.rename(old)
        aside.rename(directory)
        _flush(directory.parent)
        _remove(old)


def write_file(path: Path, content: bytes) -> None:
    """Write one file, whole or not at all."""
    with told("write", path):
        aside = path.with_name(f".tmp-{path.name}")
        _remove(aside)
        with aside.open("xb") as file:
            file.write(content)
        _flush(aside)
        aside.rename(path)
        _flush(path.parent)


def point(folder: Path, targets: dict[str, str]) -> None:
    """Make links in `folder`, each by a rename: a reader sees the old or the new one."""
    for name, target in targets.items():
        with told("make the link", folder / name):
            aside = folder / f".tmp-{name}"
            _remove(aside)
            aside.symlink_to(target)
            aside.rename(folder / name)
    with told("flush", folder):
        _flush(folder)


def remove(path: Path) -> None:
    """Remove a link, a file, or a directory with all that is in it."""
    with told("remove", path):
        _remove(path)
        _flush(path.parent)


def remove_leftovers(directory: Path) -> None:
    """Remove what a run that died has left under a temporary name."""
    with told("tidy up", directory):
        for path in directory.glob(".tmp-*"):
            _remove(path)


def read_stored(path: Path) -> bytes:
    """Return the bytes of a stored file; DamagedFile if it is gone or no regular file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise DamagedFile(f"{path}: a stored file is missing; restore it from a backup") from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise _not_regular(path) from None
        raise StorageError(f"{path}: cannot be read: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _not_regular(path)
        with told("read", path):
            return file.read()


def _not_regular(path: Path) -> DamagedFile:
    return DamagedFile(f"{path}: not a regular file, though a stored one should stand here")


def _flush(path: Path) -> None:
    """Flush a file or a directory to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
