"""A model of a disk: what a loss of power may leave of the changes that storage.py made.

A file's data is durable when the file was flushed; an entry of a directory (made, renamed, removed)
when the directory was.  Of what is not, anything may survive: nothing, all, or any part of it, data
without their entry and entries without their data (POSIX promises no more; ext4 and XFS have done
each of these).
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from pipeline.store import storage
from tests.program.runs import is_change

Tree = dict[str, Any]  # name -> bytes (a file), str (a link's target), or Tree


class Inode:
    """A file, link or directory as programs see it, and as it is on the disk."""

    def __init__(self, content: bytes | str | None = None) -> None:
        self.data = content  # None: a directory
        self.durable: bytes = b""
        self.entries: dict[str, Inode] = {}
        self.settled: dict[str, Inode] = {}
        self.pending: list[tuple[str, Inode | None, str | None]] = []  # set name; and drop name

    def change(self, name: str, inode: Inode | None, gone: str | None = None) -> None:
        """Change an entry, and with it drop another that a rename took it from."""
        self.pending.append((name, inode, gone))
        _apply(self.entries, [self.pending[-1]])

    def settle(self) -> None:
        """Flush."""
        if self.data is None:
            self.settled, self.pending = dict(self.entries), []
        elif isinstance(self.data, bytes):
            self.durable = self.data


def _apply(entries: dict[str, Inode], changes: list[tuple[str, Inode | None, str | None]]) -> None:
    for name, inode, gone in changes:
        if gone is not None:
            entries.pop(gone, None)
        if inode is None:
            entries.pop(name, None)
        else:
            entries[name] = inode


def name_flush(path: Path, changed: set[str], *, follows_mkdir: bool) -> str:
    """Name the kind of a flush by the functions of storage.py that ask for it, and what it flushes."""
    public, frame = [], sys._getframe()
    while frame := frame.f_back:
        code = frame.f_code
        if code.co_filename == storage.__file__ and code.co_name[0] != "_":
            public.append(code.co_name)
    if public == ["flush", "point"]:
        return f"point: {'.current' if '.current' in changed else 'names'}"
    if public[0] == "flush":
        return "flush"
    if public[0] == "make_directory":
        return "make_directory: new" if follows_mkdir else "make_directory: old"
    what = "directory" if path.is_dir() else "file"
    if public[0] == "write_set" and what == "directory":
        what = "set" if path.name.startswith(".tmp-") else "folder of sets"
    return f"{public[0]}: {what}"


class Disk:
    """Follows what storage.py does below `root`; `drop` is the kind of flush that the disk ignores."""

    def __init__(self, root: Path, drop: str = "") -> None:
        self.root, self.drop = root, drop
        self.flushes: set[str] = set()
        self.last = ""  # the last call
        self._top = self._load(root)
        self._open: dict[int, tuple[Inode, Path]] = {}

    def _load(self, path: Path) -> Inode:
        """Take what stands in a directory as durable."""
        top = Inode()
        for entry in path.iterdir():
            if entry.is_symlink():
                inode = Inode(str(entry.readlink()))
            elif entry.is_dir():
                inode = self._load(entry)
            else:
                inode = Inode(entry.read_bytes())
            inode.settle()
            top.entries[entry.name] = inode
        top.settle()
        return top

    def _find(self, path: Path) -> Inode:
        inode = self._top
        for part in path.relative_to(self.root).parts:
            inode = inode.entries[part]
        return inode

    def follow(self, name: str, call: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        """Do a call of storage.py, on the real disk and in the model."""
        before = self.last
        result = call()
        if is_change(name, args):
            self.last = name
        if name == "open":
            path = Path(args[0])
            if not path.is_relative_to(self.root):
                return result
            parent = self._find(path.parent) if path != self.root else None
            if parent is not None and path.name not in parent.entries:
                parent.change(path.name, Inode(b""))
            self._open[result] = (self._find(path), path)
        elif name == "pwrite":
            inode, content = self._open[args[0]][0], bytes(args[1])
            assert isinstance(inode.data, bytes)
            inode.data = inode.data[: args[2]] + content + inode.data[args[2] + len(content) :]
        elif name == "ftruncate":
            inode = self._open[args[0]][0]
            assert isinstance(inode.data, bytes)
            inode.data = inode.data[: args[1]]
        elif name == "fsync" and args[0] in self._open:
            inode, path = self._open[args[0]]
            changed = {entry for entry, _, _ in inode.pending}
            kind = name_flush(path, changed, follows_mkdir=before == "mkdir")
            self.flushes.add(kind)
            if kind != self.drop:
                inode.settle()
        elif name == "rename":
            old, new = Path(args[0]), Path(args[1])
            assert old.parent == new.parent, "a rename between directories is not modelled"
            self._find(old.parent).change(new.name, self._find(old), old.name)
        elif name in ("mkdir", "symlink"):
            path = Path(args[-1])
            self._find(path.parent).change(path.name, Inode(args[0] if name == "symlink" else None))
        elif name in ("unlink", "rmdir"):
            path = Path(args[0])
            self._find(path.parent).change(path.name, None)
        return result

    def lose(self) -> Tree:
        """Give the tree if nothing survives but what was flushed."""
        return _build(self._top, lambda i: i.settled, lambda i: i.durable)

    def crash(self, random: Random, count: int) -> Iterator[Tree]:
        """Give trees that a loss of power now may leave: four extremes, and `count` at random."""
        yield self.lose()
        yield _build(self._top, lambda i: i.entries, lambda i: i.data)
        yield _build(self._top, lambda i: i.entries, lambda i: i.durable)
        yield _build(self._top, lambda i: i.entries, lambda i: _spoil(i, random, "noise"))
        for _ in range(count):
            yield _build(
                self._top,
                lambda i: _choose(i, random),
                lambda i: _spoil(
                    i, random, random.choice(["none", "all", "noise", "zeros", "cut"])
                ),
            )


def _build(
    inode: Inode, entries: Callable[[Inode], dict[str, Inode]], data: Callable[[Inode], Any]
) -> Tree:
    tree: Tree = {}
    for name, child in entries(inode).items():
        if child.data is None:
            tree[name] = _build(child, entries, data)
        else:
            tree[name] = child.data if isinstance(child.data, str) else data(child)
    return tree


def _choose(inode: Inode, random: Random) -> dict[str, Inode]:
    entries = dict(inode.settled)
    _apply(entries, [change for change in inode.pending if random.random() < 0.5])
    return entries


def _spoil(inode: Inode, random: Random, how: str) -> bytes:
    """Give what may be left of data that were not flushed; what was flushed before stays."""
    old, new = inode.durable, inode.data
    assert isinstance(new, bytes)
    if old == new or how == "all":
        return new
    if how == "none":
        return old
    kept = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    kept = min(len(old), len(new)) if kept is None else kept
    lost = len(new) - kept
    if how == "cut":
        return new[: kept + lost // 2]
    return new[:kept] + (random.randbytes(lost) if how == "noise" else bytes(lost))


def digest(tree: Tree) -> str:
    """Give a digest by which equal trees are known."""
    sha = hashlib.sha256()
    for name, content in sorted(tree.items()):
        sha.update(f"{name}\0{type(content).__name__}\0".encode())
        sha.update(
            digest(content).encode()
            if isinstance(content, dict)
            else content.encode()
            if isinstance(content, str)
            else hashlib.sha256(content).digest()
        )
    return sha.hexdigest()


def materialise(tree: Tree, path: Path) -> Path:
    """Write a tree."""
    path.mkdir()
    for name, content in tree.items():
        if isinstance(content, dict):
            materialise(content, path / name)
        elif isinstance(content, str):
            (path / name).symlink_to(content)
        else:
            (path / name).write_bytes(content)
    return path
