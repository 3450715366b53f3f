"""What is published in processed/, read: the set in force, its descriptor, whether it is whole."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.errors import DamagedFile, PipelineError
from pipeline.store import read_stored, told

CURRENT = ".current"
SETS = ".sets"
UNFINISHED = ".unfinished"  # in SETS while the first set is published: a run may die there
PACKAGE = "datapackage.json"
DIGEST = re.compile(r"[0-9a-f]{16}")


def read_current(out: Path) -> str | None:
    """Return the digest of the set in force; None if nothing is published."""
    try:
        target = str((out / CURRENT).readlink())
    except FileNotFoundError:
        return None
    except OSError:
        raise DamagedFile(f"{out / CURRENT}: not the link to a set; move it away") from None
    folder, _, digest = target.partition("/")
    if folder != SETS or not DIGEST.fullmatch(digest):
        raise DamagedFile(f"{out / CURRENT}: leads to {target!r}, not to a set; move it away")
    return digest


def find_set(out: Path) -> Path | None:
    """Return the directory of the set in force, resolved once; None if nothing is published."""
    digest = read_current(out)
    return None if digest is None else out / SETS / digest


def read_package(folder: Path) -> dict[str, Any]:
    """Return the descriptor of a set; its digest must be the name of the directory."""
    path = folder / PACKAGE
    content = read_stored(path)
    if hashlib.sha256(content).hexdigest()[:16] != folder.name:
        raise DamagedFile(f"{path}: not as it was published; delete {folder} and extract again")
    data: dict[str, Any] = json.loads(content)
    return data


def is_current(out: Path, made_from: dict[str, Any]) -> bool:
    """Tell whether `out` holds the set made from this, each file and link of it whole."""
    try:
        folder = find_set(out)
        if folder is None:
            return False
        data = read_package(folder)
        hashes = {str(r["path"]): r["hash"] for r in data["resources"]}
        return (
            data["made_from"] == made_from
            and not (out / SETS / UNFINISHED).exists()
            and list_files(folder) == {PACKAGE, *hashes}
            and list_own(out) == set(list_tops((PACKAGE, *hashes)))
            and all(
                may_stand_beside(path, read_stored(folder / PACKAGE))
                for path in (out / SETS).iterdir()
                if DIGEST.fullmatch(path.name)
            )
            and all(hash_bytes(read_stored(folder / n)) == h for n, h in hashes.items())
        )
    except (PipelineError, OSError, ValueError, KeyError, TypeError):
        return False


def list_files(folder: Path) -> set[str]:
    """Return the names of a set's files; what is neither a file nor a folder of files counts as one."""
    names: set[str] = set()
    try:
        for path in folder.iterdir():
            inner = list(path.iterdir()) if path.is_dir() and not path.is_symlink() else []
            names |= {f"{path.name}/{entry.name}" for entry in inner} or {path.name}
    except OSError:
        return set()
    return names


def list_tops(names: Iterable[str]) -> list[str]:
    """Return what stands in the published directory for these files of a set.

    >>> list_tops(["a.csv", "de/a.csv", "de/b.csv"])
    ['a.csv', 'de']
    """
    return list(dict.fromkeys(name.partition("/")[0] for name in names))


def may_stand_beside(folder: Path, package: bytes) -> bool:
    """Tell whether another set may be left beside the one of this descriptor.

    It may not if it shows persons and this one does not.
    """
    if _shows_people(package):
        return True
    try:
        return not _shows_people(read_stored(folder / PACKAGE))
    except PipelineError:
        return False


def _shows_people(package: bytes) -> bool:
    settings: dict[str, Any] = json.loads(package)["made_from"]["settings"]
    return bool(settings.get("people", True))


def hash_bytes(content: bytes) -> str:
    """Return a digest as `datapackage.json` prints it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def is_own(path: Path) -> bool:
    """Tell whether a path is a link that a publication made, also one that leads nowhere now."""
    return path.is_symlink() and str(path.readlink()) == f"{CURRENT}/{path.name}"


def list_own(out: Path) -> set[str]:
    """Return the names of the links that publications made."""
    with told("list", out):
        return {path.name for path in out.iterdir() if is_own(path)}
