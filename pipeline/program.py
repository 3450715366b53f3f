"""What the commands do, as functions: settings in, results out.  No words, no exit codes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import package
from pipeline.changes import list_changes
from pipeline.errors import SourceUnavailable, SpecError, SuspectPage
from pipeline.flow import Judged, build_rows, describe_capture, judge_capture
from pipeline.keys import MAX_REGISTER_BYTES, Register, known_municipalities, parse_register
from pipeline.model import Capture, Status
from pipeline.pages import read_pages
from pipeline.raw import Store, keep_register, read_store
from pipeline.settings import Settings
from pipeline.spec import ListingSpec, read_spec
from pipeline.storage import read_stored
from pipeline.tables import Rows, Table, shape_tables


class Told(NamedTuple):
    """A capture as it was judged."""

    capture_id: str
    name: str
    status: Status
    reason: str | None


class Extraction(NamedTuple):
    """The tables of the capture in force, and all captures as they were judged."""

    spec: ListingSpec
    tables: dict[str, Table]
    rows: Rows
    captures: tuple[Told, ...]
    capture_id: str  # of the capture in force
    made_from: dict[str, Any]  # as datapackage.json records it


def extract_store(
    settings: Settings,
    *,
    until: str | None = None,
    register: tuple[Register, str | None] | None = None,
) -> Extraction:
    """Extract the newest accepted capture of the raw store.

    `until` is the sha256 of the last visit to look at, None for all; `register` replaces the one
    of the settings, given with its sha256.
    """
    spec = read_spec(settings.listing)
    raw = Path(settings.raw)
    keys, recorded = register or read_register(settings, keep=True)
    store = read_store(raw, spec.name, until)
    if not store.captures:
        raise SourceUnavailable(f"{raw / spec.name}: the store holds no capture yet")
    judged = tuple(_obey(store, spec))
    last = store.visits[-1]
    made_from = describe_origin(spec, settings, recorded)
    made_from["last_visit"] = {
        "at": last.at.isoformat().replace("+00:00", "Z"),
        "sha256": last.sha256,
    }
    return _finish(judged, spec, keys, made_from)


def extract_pages(paths: list[Path], settings: Settings) -> Extraction:
    """Extract files, each a capture, judged one after the other without the raw store."""
    spec = read_spec(settings.listing)
    return extract_captures(read_pages(paths, spec), spec, settings)


def extract_captures(
    captures: Iterable[Capture], spec: ListingSpec, settings: Settings
) -> Extraction:
    """Extract captures at hand, in the order of history."""
    register, recorded = read_register(settings, keep=False)
    judged: list[Judged] = []
    before: int | None = None
    for capture in captures:
        judged.append(judge_capture(capture, spec, before))
        if judged[-1].status == "accepted":
            before = len(judged[-1].listing.records)
    made_from = describe_origin(spec, settings, recorded)
    made_from["last_visit"] = None
    return _finish(tuple(judged), spec, register, made_from)


def _obey(store: Store, spec: ListingSpec) -> Iterable[Judged]:
    """Read each stored capture again, with the verdict that the visit log holds."""
    for stored in store.captures:
        judged = judge_capture(stored.capture, spec)
        if stored.status == "accepted" and not judged.listing.records:
            raise SuspectPage(
                f"{stored.capture.name}: the log calls this capture good, but the present "
                f"listing spec finds no record in it: {judged.reason}"
            )
        yield judged._replace(status=stored.status, reason=stored.reason)


def _finish(
    judged: tuple[Judged, ...],
    spec: ListingSpec,
    register: Register,
    made_from: dict[str, Any],
) -> Extraction:
    tables = shape_tables(spec)
    good = [j for j in judged if j.status in ("accepted", "accepted_by_hand")]
    if not good:
        last = judged[-1]
        raise SuspectPage(f"{last.capture.name}: {last.reason}")
    states = [(j, build_rows(j, spec, register, tables)) for j in good]
    rows = states[-1][1]
    described = {j.capture.capture_id: describe_capture(j, spec) for j in judged}
    rows["captures"] = list(described.values())
    rows["changes"] = list_changes([(j.capture, state) for j, state in states], spec, tables)
    told = tuple(Told(j.capture.capture_id, j.capture.name, j.status, j.reason) for j in judged)
    return Extraction(spec, tables, rows, told, good[-1].capture.capture_id, made_from)


def read_register(settings: Settings, *, keep: bool) -> tuple[Register, str | None]:
    """Return the register of the settings and its sha256; `keep` copies it into the store."""
    if not settings.register:
        return known_municipalities(), None
    path = Path(settings.register)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_REGISTER_BYTES + 1)
    except OSError as error:
        raise SpecError(f"{path}: the register cannot be read: {error.strerror}") from None
    register = parse_register(content, str(path))
    if keep:
        keep_register(Path(settings.raw), content)
    return register, hashlib.sha256(content).hexdigest()


def stored_register(settings: Settings, digest: str | None) -> Register:
    """Return the register with this sha256 from the raw store."""
    if digest is None:
        return known_municipalities()
    path = Path(settings.raw) / "registers" / f"{digest[:12]}.txt"
    return parse_register(read_stored(path), str(path))


def describe_origin(spec: ListingSpec, settings: Settings, register: str | None) -> dict[str, Any]:
    """Return what a set is made from, for datapackage.json; `out` and `raw` are no part of it."""
    return {
        "code_sha256": package.digest_code(),
        "spec_sha256": spec.digest,
        "settings": {"listing": settings.listing, "register_sha256": register},
        "libraries": package.list_libraries(),
    }
