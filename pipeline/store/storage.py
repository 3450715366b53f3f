"""The one module that changes files: whole or not at all, and on the disk before it is told.

A file is written beside its place, flushed with fsync, renamed, and its directory flushed.  Any
refusal of the system becomes a StorageError with the path and what to do.  Every change goes
through a function of `os`, so that a test can refuse, kill or forget each of them in turn.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import Locked
from pipeline.store.reading import holds, told

_PROBE_BYTES = 4096
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW


class Held(NamedTuple):
    """A lock that is held: its open file, and where that lies."""

    handle: int
    path: Path


@contextlib.contextmanager
def lock(path: Path, wait: float = 0) -> Iterator[Held]:
    """Hold the kernel's lock on the file `path`, which is made if needed.

    Locked if another run holds it for longer than `wait` seconds.
    """
    make_directory(path.parent)
    with told("make the lock file", path):
        handle = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        with told("lock", path):
            _await_lock(handle, path, time.monotonic() + wait)
        yield Held(handle, path)
    finally:
        os.close(handle)


def _await_lock(handle: int, path: Path, until: float) -> None:
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= until:
            raise Locked(f"{path}: another run is at work; wait until it has ended")
        time.sleep(0.05)


def mark_time(held: Held, at: float) -> None:
    """Set the time of a lock's file, in seconds since 1970: all that a mark has to hold."""
    with told("set the time", held.path):
        os.utime(held.handle, (at, at))


def make_directory(path: Path) -> None:
    """Make `path` and what is missing above it, each flushed into its parent."""
    with told("make the directory", path):
        missing = []
        while not path.is_dir():
            missing.append(path)
            path = path.parent
        with contextlib.suppress(PermissionError):  # whoever may not read it did not make it
            _flush(path.parent)  # a run may have died between making `path` and this
        for directory in reversed(missing):
            with contextlib.suppress(FileExistsError):  # another run made it
                os.mkdir(directory)
            if not directory.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            _flush(directory.parent)


def check_writable(directory: Path) -> None:
    """Raise StorageError unless a file of a block's size can be written in `directory`, which is there."""
    probe = directory / f".tmp-probe-{os.getpid()}"
    with told("write", directory):
        for left in directory.glob(".tmp-probe-*"):  # a living run's needs its name no longer
            _remove(left)
        handle = os.open(probe, _NEW, 0o644)
        try:
            _remove(probe)  # first, so that a run that dies leaves nothing
            _write_all(handle, b"\0" * _PROBE_BYTES, 0)
            os.fsync(handle)  # where writing is delayed, a full disk is told here
        finally:
            os.close(handle)
        _flush(directory)  # what a run that died has removed or renamed there


def write_set(directory: Path, files: dict[str, bytes]) -> None:
    """Make `directory` with these files and no others, all or nothing; a name may hold one folder.

    One that stands there already is mended file by file: a reader of it never finds it gone.
    """
    with told("write", directory):
        if directory.is_dir() and not directory.is_symlink():
            _mend_set(directory, files)
            return
        _remove(directory)
        with _aside(directory) as aside:
            os.mkdir(aside)
            folders = _list_folders(files)
            for folder in folders:
                os.mkdir(aside / folder)
            for name, content in files.items():
                _write(aside / name, content)
            # After all writes: the first flush takes the others along.
            for name in (*files, *folders, "."):
                _flush(aside / name)
            os.rename(aside, directory)
            _flush(directory.parent)


def _mend_set(directory: Path, files: dict[str, bytes]) -> None:
    folders = _list_folders(files)
    for path in sorted(directory.rglob("*"), reverse=True):  # what is in a folder comes before it
        is_folder = path.is_dir() and not path.is_symlink()
        if str(path.relative_to(directory)) not in (folders if is_folder else files):
            _remove(path)
    for name, content in files.items():
        if not holds(directory / name, content):
            make_directory((directory / name).parent)
            write_file(directory / name, content)
    _flush(directory)


def _list_folders(files: dict[str, bytes]) -> list[str]:
    return sorted({name.partition("/")[0] for name in files if "/" in name})


def write_file(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write one file, whole or not at all."""
    with told("write", path), _aside(path) as aside:
        _write(aside, content, mode)
        _flush(aside)
        os.rename(aside, path)
        _flush(path.parent)


@contextlib.contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """Yield the free name beside `path` under which it is made; nothing stays there on failure."""
    aside = path.with_name(f".tmp-{path.name}")
    _remove(aside)
    try:
        yield aside
    except BaseException:
        with contextlib.suppress(OSError):
            _remove(aside)
        raise


def append_line(path: Path, line: bytes, at: int) -> None:
    """Write `line` into a log from the byte `at` on; what stood behind it, a torn line, goes."""
    with told("write", path):
        is_new = not path.exists()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            if os.fstat(handle).st_size > at:
                os.ftruncate(handle, at)
            try:
                _write_all(handle, line, at)
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, at)  # a full disk leaves no half line
                raise
        finally:
            os.close(handle)
        if is_new:
            _flush(path.parent)


def point(folder: Path, targets: dict[str, str]) -> None:
    """Make links in `folder`, each by a rename: a reader sees the old or the new one."""
    for name, target in targets.items():
        with told("make the link", folder / name), _aside(folder / name) as aside:
            os.symlink(target, aside)
            os.rename(aside, folder / name)
    flush(folder)


def flush(directory: Path) -> None:
    """Flush a directory's entries to the disk, also those that a run that died has renamed."""
    with told("flush", directory):
        _flush(directory)


def remove(path: Path) -> None:
    """Remove a link, a file, or a directory with all that is in it."""
    with told("remove", path):
        if path.is_dir() and not path.is_symlink():
            with _aside(path) as aside:  # half of a directory is never seen under its name
                os.rename(path, aside)
                _flush(path.parent)
            path = aside
        _remove(path)
        _flush(path.parent)


def remove_leftovers(directory: Path) -> None:
    """Remove what a run that died has left under a temporary name; flush what it has renamed."""
    with told("tidy up", directory):
        for path in directory.glob(".tmp-*"):
            _remove(path)
        _flush(directory)


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    handle = os.open(path, _NEW, mode)
    try:
        _write_all(handle, content, 0)
    finally:
        os.close(handle)


def _write_all(handle: int, content: bytes, at: int) -> None:
    view = memoryview(content)
    while view:
        count = os.pwrite(handle, view, at)
        view, at = view[count:], at + count


def _flush(path: Path) -> None:
    """Flush a file or a directory to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for entry in list(path.iterdir()):
            _remove(entry)
        os.rmdir(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
