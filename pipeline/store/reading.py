"""Reads stored files, and says in a person's words what the system refused."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import DamagedFile, StorageError

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


def read_stored(path: Path) -> bytes:
    """Return the bytes of a stored file; DamagedFile if it is gone or no regular file."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        raise DamagedFile(f"{path}: a stored file is missing; restore it from a backup") from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise _not_regular(path) from None
        raise StorageError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _not_regular(path)
        with told("read", path), os.fdopen(handle, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)


def holds(path: Path, content: bytes) -> bool:
    """Tell whether a regular file holds just these bytes."""
    try:
        return read_stored(path) == content
    except DamagedFile:
        return False


def _not_regular(path: Path) -> DamagedFile:
    return DamagedFile(f"{path}: not a regular file, though a stored one should stand here")
