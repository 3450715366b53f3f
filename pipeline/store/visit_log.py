"""The visit log: one JSON line for each visit or verdict, each with its own sha256.

raw/LISTING/visits.jsonl    only ever added to
raw/LISTING/visits.seal     how many bytes the log has at least, and their sha256

The seal comes before the log, and is renewed after each line, so that a log that was cut at a
line's end is known to be cut.  What stands behind the sealed part is one whole line (the run died
before it sealed), or a torn one, which the next visit drops.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pipeline.errors import DamagedFile, SpecError
from pipeline.history import MORE, OWN, Outcome, Visit, plain
from pipeline.store.reading import read_stored
from pipeline.store.storage import append_line, remove, write_file

LOG, SEAL = "visits.jsonl", "visits.seal"
FORGOTTEN = "forgotten.json"  # hashes of what must not be stored again (privacy/suppressions.py)
FORGETTING = "forgetting.json"  # while `ihk forget` is at work, and after a run of it that died
_FORMAT = 1  # of the raw store; a later program may write a later one
_OUTCOMES = frozenset(get_args(Outcome))
_TIMES = ("at", "seen_at", "wait_until")


class Log(NamedTuple):
    """The visit log as it was read."""

    visits: tuple[Visit, ...] = ()
    content: bytes = b""  # of the lines that are whole
    is_torn: bool = False  # more stands behind them
    is_sealed: bool = False


def has_log(folder: Path) -> bool:
    """Tell whether there is a visit log in a listing's folder."""
    return (folder / LOG).exists() or (folder / LOG).is_symlink()


def read_log(folder: Path, *, forgetting: bool = False) -> Log:
    """Read the visit log of a listing's folder; DamagedFile if a sealed byte is not as written.

    While a person is being forgotten it is read for that alone (`forgetting`).
    """
    path = folder / LOG
    if (folder / FORGETTING).exists() and not forgetting:
        raise DamagedFile(
            f"{folder / FORGETTING}: a run of ihk forget did not end; give the same command again"
        )
    sealed = _read_seal(folder)  # before the log: a run may add to both meanwhile
    if not has_log(folder):
        if sealed and sealed[0]:
            raise DamagedFile(f"{path}: a stored file is missing; restore it from a backup")
        return Log(is_sealed=sealed is not None)
    content = read_stored(path)
    length, digest = sealed or (0, hashlib.sha256(b"").hexdigest())
    visits, end = _parse_lines(content, path, length)
    if len(content) < length or hashlib.sha256(content[:length]).hexdigest() != digest:
        raise DamagedFile(f"{path}: not as it was written; restore the log from a backup")
    return Log(visits, content[:end], len(content) > end, sealed is not None)


def _parse_lines(content: bytes, path: Path, length: int) -> tuple[tuple[Visit, ...], int]:
    """Return the visits, and where the last whole line ends.

    A line of which only a part reached the disk may hold anything, line ends too; what stands
    behind the sealed part is torn from its first bad line on, unless a good one follows.
    """
    visits: list[Visit] = []
    end = bad = 0
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        visit = parse_visit(line)
        if visit is not None and not bad:
            visits.append(visit)
            end += len(line) + 1
        elif visit is not None or end < length:
            raise DamagedFile(
                f"{path}, line {bad or number}: not as it was written; "
                "restore the log from a backup"
            )
        else:
            bad = bad or number
    return tuple(visits), end


def _read_seal(folder: Path) -> tuple[int, str] | None:
    path = folder / SEAL
    if not path.exists() and not path.is_symlink():
        return None
    content = read_stored(path)
    try:
        data = json.loads(content)
        own = {name: value for name, value in data.items() if name != "seal_sha256"}
        version = int(own["format"])
        if content != _render_seal(own):
            raise ValueError
        if version > _FORMAT:
            raise SpecError(
                f"{folder}: the store has format {version}, this program knows {_FORMAT}; "
                "install a newer ihk-listing"
            )
        return int(own["bytes"]), str(own["sha256"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedFile(f"{path}: not as it was written; restore it from a backup") from None


def _render_seal(data: dict[str, Any]) -> bytes:
    """Return a seal with its own sha256, by which a damaged one is told from one of a newer format."""
    own = hashlib.sha256(canonical(data)).hexdigest()
    return canonical({**data, "seal_sha256": own}) + b"\n"


def _seal(folder: Path, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    seal = {"format": _FORMAT, "bytes": len(content), "sha256": digest}
    write_file(folder / SEAL, _render_seal(seal))


def append_visit(folder: Path, log: Log, visit: Visit) -> Log:
    """Write a visit behind those of `log`, seal it, and return the log as it is then."""
    line = render_visit(visit)
    if not log.is_sealed:
        _seal(folder, log.content)  # so that a log without a seal is one that lost it
    append_line(folder / LOG, line, len(log.content))
    _seal(folder, log.content + line)
    return add_visit(log, visit)


def rewrite_log(folder: Path, visits: Sequence[Visit]) -> None:
    """Write the whole log anew, each line with its own sha256; until the end it has no seal."""
    content = b"".join(render_visit(visit) for visit in visits)
    remove(folder / SEAL)
    write_file(folder / LOG, content)
    _seal(folder, content)


def add_visit(log: Log, visit: Visit) -> Log:
    """Return the log with one more visit; nothing is written."""
    line = render_visit(visit)
    whole = parse_visit(line[:-1])
    if whole is None:
        raise AssertionError(f"a visit that cannot be read back: {visit}")
    return Log((*log.visits, whole), log.content + line, is_sealed=True)


def parse_visit(line: bytes) -> Visit | None:
    """Read a line of the visit log; None if it is not, byte for byte, what was written."""
    try:
        data = json.loads(line)
        if canonical(data) != line:
            return None
        digest = data.pop("sha256")
        if hashlib.sha256(canonical(data)).hexdigest() != digest:
            return None
        known = {name: data.get(name) for name in (*OWN, *MORE)}
        for name in _TIMES:
            known[name] = datetime.fromisoformat(known[name]) if known[name] else None
        visit = Visit(**known, sha256=digest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if visit.outcome not in _OUTCOMES:
        raise SpecError(
            f"the visit log holds the outcome {visit.outcome!r}, which this program does not know; "
            "install a newer ihk-listing"
        )
    return visit


def render_visit(visit: Visit) -> bytes:
    """Return a visit as a line of the log, with its own sha256."""
    data = {name: plain(getattr(visit, name)) for name in OWN}
    data |= {n: plain(v) for n in MORE if (v := getattr(visit, n)) is not None}
    return canonical({**data, "sha256": hashlib.sha256(canonical(data)).hexdigest()}) + b"\n"


def canonical(data: dict[str, Any]) -> bytes:
    """Return the bytes that a digest is taken over: JSON, sorted keys, no spaces, ASCII."""
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
