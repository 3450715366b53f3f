"""What made a published set: the program, by a digest of its code, and the libraries, by version.

A visit that finds nothing new compares this with what `datapackage.json` records, and needs no more.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any

# Libraries that the bytes of the tables hang on, and those of the forms beside them.
_LIBRARIES = ("phonenumbers", "pyarrow", "selectolax", "w3lib")
_MORE = {"excel": ("xlsxwriter",), "report": ("jinja2", "matplotlib")}


@cache
def digest_code() -> str:
    """Return one sha256 over the package's code, specs and data, in the order of their paths."""
    digest = hashlib.sha256()
    waiting = [("", resources.files("pipeline"))]
    found: dict[str, bytes] = {}
    while waiting:
        prefix, folder = waiting.pop()
        for entry in folder.iterdir():
            name = f"{prefix}{entry.name}"
            if entry.name.endswith((".py", ".pyi", ".toml", ".csv", ".html", ".css")):
                found[name] = entry.read_bytes()
            elif entry.name != "__pycache__" and entry.is_dir():
                waiting.append((f"{name}/", entry))
    for name in sorted(found):
        digest.update(f"{name}\0{len(found[name])}\0".encode())
        digest.update(found[name])
    return digest.hexdigest()


def list_libraries(switches: dict[str, bool]) -> dict[str, str]:
    """Return the versions of the libraries that the bytes of a set with these settings hang on."""
    more = [name for key, names in _MORE.items() if switches.get(key) for name in names]
    return {name: _find_version(name) for name in (*_LIBRARIES, *more)}


@cache  # read from files
def _find_version(name: str) -> str:
    return version(name)


def is_made_by(made_from: dict[str, Any], spec_digest: str) -> bool:
    """Tell whether this program, with a spec of this digest, made what `made_from` describes."""
    recorded = (made_from["code_sha256"], made_from["spec_sha256"], made_from["libraries"])
    return recorded == (digest_code(), spec_digest, list_libraries(made_from["settings"]))
