"""`ihk forget`: a person's texts go from the stored captures, the visit log and what is published.

    1  hashes of the texts into forgotten.json     from now on no visit brings them back
    2  each capture that holds one is written anew, under the id of its new bytes
    3  forgetting.json says that the rest is due   until it is gone, no other command trusts the store
    4  the visit log is written anew, with the new ids
    5  the old captures go
    6  what is published is built again, and all other sets go
    7  forgetting.json goes

A run that died is ended by the same command given again: each step does nothing where it was done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.contacts import is_office
from pipeline.errors import PipelineError, SourceUnavailable, SpecError
from pipeline.flow import build_rows, judge_capture
from pipeline.history import Visit
from pipeline.listing import CHILDREN, MUNICIPALITIES, ListingSpec, read_spec
from pipeline.model import Capture
from pipeline.privacy import (
    Suppressions,
    check_text,
    erase,
    erase_text,
    find_contacts,
    list_texts,
    make_key,
    read_key,
    read_suppressions,
    spell_words,
    suppress,
    write_suppressions,
)
from pipeline.publish import SETS, publish, withdraw
from pipeline.settings import Settings
from pipeline.store import (
    CAPTURES,
    FORGETTING,
    OTHER,
    SUFFIXES,
    Store,
    canonical,
    has_log,
    keep_capture,
    list_strangers,
    lock,
    read_capture,
    read_log,
    read_log_as_store,
    read_sidecar,
    read_stored,
    remove,
    remove_leftovers,
    rewrite_log,
    write_file,
)
from pipeline.tables import shape_tables
from pipeline.values import find_town

_OWN = ("sha256", "bytes", "media_type", "charset", "url", "captured_at", "origin")


class Forgotten(NamedTuple):
    """What was done; it names nobody."""

    matched: int  # rows of contacts, over all captures
    captures: tuple[tuple[str, str], ...]  # the old and the new id of each that was written anew
    published: str | None  # the digest of the set, None if nothing is published
    unreachable: tuple[str, ...]  # where the texts may stand still


def forget_person(settings: Settings, text: str) -> Forgotten:
    """Erase a person whom a name, an e-mail address or a telephone number means.

    Raises SpecError if the text does not mean one person, SourceUnavailable if nothing is stored,
    Locked if another run is at work.
    """
    check_text(text)
    spec, raw = read_spec(settings.listing), Path(settings.raw)
    folder = raw / spec.name
    if not has_log(folder):
        raise SourceUnavailable(f"{folder}: no visit log, so there is nothing to erase")
    with lock(folder / ".lock"):
        remove_leftovers(folder)
        remove_leftovers(folder / CAPTURES)
        log = read_log(folder, forgetting=True)
        store = read_log_as_store(folder, log)
        due = _read_due(folder)
        suppressions, matched = _suppress_more(raw, store, spec, text, due)
        renamed = dict(_iter_renamed(store, suppressions, due))
        due |= set(renamed)
        _write_due(folder, due)
        if renamed:
            rewrite_log(folder, [_rename(visit, renamed, suppressions) for visit in log.visits])
        for old in due:
            _remove_capture(folder / CAPTURES, old)
        _remove_strangers(folder, suppressions)
        store = read_log_as_store(folder, read_log(folder, forgetting=True))
        digest, left = _publish_again(settings, store)
        remove(folder / FORGETTING)
    return Forgotten(matched, tuple(renamed.items()), digest, (*left, *_iter_unreachable(store)))


def _suppress_more(
    raw: Path, store: Store, spec: ListingSpec, text: str, due: set[str]
) -> tuple[Suppressions, int]:
    """Add the texts that name a person to the list of suppressions; count the contacts that do."""
    rows = [_build(capture, spec) for capture in _iter_captures(store, due)]
    contacts = [contact for tables in rows for contact in tables.get(CHILDREN["contacts"], [])]
    found = find_contacts(text, contacts)
    if not found:
        _refuse_data(text, rows, spec)
    before = read_suppressions(raw, spec.name)
    key = before.key or read_key(raw) or make_key()
    texts = list_texts(text, found, contacts)
    suppressions = before._replace(key=key).add(texts.words, texts.numbers)
    write_suppressions(raw, spec.name, suppressions)
    return suppressions, len(found)


_Tables = dict[str, list[dict[str, Any]]]  # rows by table, their columns as keys


def _build(capture: Capture, spec: ListingSpec) -> _Tables:
    tables = shape_tables(spec)
    rows = build_rows(judge_capture(capture, spec), spec, None, tables)
    return {
        name: [dict(zip(tables[name].names(), row, strict=True)) for row in rows[name]]
        for name in (MUNICIPALITIES, spec.table, *CHILDREN.values())
        if name in tables
    }


def _refuse_data(text: str, rows: list[_Tables], spec: ListingSpec) -> None:
    """Raise SpecError if a text that is no contact's name is a label, a place or an office.

    Erased everywhere, it would take others' data along.
    """
    wanted = spell_words(text)[1]
    labels = [label for field in spec.fields for label in field.labels]
    towns = [row["municipality"] for tables in rows for row in tables.get(MUNICIPALITIES, [])]
    if (
        any(spell_words(label)[1] == wanted for label in labels)
        or any(town and f" {spell_words(town)[1]} " in f" {wanted} " for town in towns)
        or is_office(text)
        or find_town(text)
    ):
        raise SpecError(
            "no stored contact has that name, and it is a label, a place or an office of the "
            "listing; give the whole name, an e-mail address or a telephone number of a person"
        )


def _iter_captures(store: Store, due: set[str]) -> Iterator[Capture]:
    """Yield the captures of the log, but for those that a run which died has removed already."""
    for name in store.history.verdicts:
        if name not in due or (store.folder / CAPTURES / f"{name}.json").exists():
            yield store.read(name)


def _iter_renamed(
    store: Store, suppressions: Suppressions, due: set[str]
) -> Iterator[tuple[str, str]]:
    """Write each capture anew that holds a text to be forgotten; yield its old id and its new one."""
    place = store.folder / CAPTURES
    for capture in _iter_captures(store, due):
        stored = read_capture(place, capture.capture_id)
        new = suppress(stored, suppressions)
        if new is stored:
            continue
        told = read_sidecar(place, stored.capture_id)
        more = {name: value for name, value in told.items() if name not in _OWN}
        keep_capture(store.folder, new, {**more, "edited": "texts of a person were erased"})
        yield stored.capture_id, new.capture_id


def _rename(visit: Visit, renamed: dict[str, str], suppressions: Suppressions) -> Visit:
    name = renamed.get(visit.capture_id or "", visit.capture_id)
    reason = visit.reason and erase_text(visit.reason, suppressions, html=False)
    return visit._replace(capture_id=name, reason=reason)


def _read_due(folder: Path) -> set[str]:
    """Return the captures that a run which died was to remove."""
    path = folder / FORGETTING
    return set(json.loads(read_stored(path))["remove"]) if path.exists() else set()


def _write_due(folder: Path, due: set[str]) -> None:
    write_file(folder / FORGETTING, canonical({"remove": sorted(due)}) + b"\n")


def _remove_capture(place: Path, name: str) -> None:
    for ending in sorted({*SUFFIXES.values(), OTHER, ".json"}):
        path = place / f"{name}{ending}"
        if path.exists() or path.is_symlink():
            remove(path)


def _remove_strangers(folder: Path, suppressions: Suppressions) -> None:
    """Remove captures that no visit names, as a run died, if they hold a text to be forgotten."""
    for path in list_strangers(folder, read_log(folder, forgetting=True)):
        if path.parent.name == CAPTURES and path.suffix in SUFFIXES.values():
            body = read_stored(path)
            if erase(body, None, suppressions, html=path.suffix == ".html") != body:
                _remove_capture(path.parent, path.stem)


def _publish_again(settings: Settings, store: Store) -> tuple[str | None, list[str]]:
    """Build what is published anew; where nothing can be built, nothing stays published."""
    from pipeline.program.extract import extract_store
    from pipeline.publish import render_set

    out = Path(settings.out)
    if not (out / SETS).exists():
        return None, []
    try:
        files = render_set(extract_store(settings, store=store))
    except PipelineError as error:
        withdraw(out)
        return None, [
            f"{out}: nothing is published there any more, as nothing can be built: {error}"
        ]
    return publish(out, files, keep_previous=False).digest, []


def _iter_unreachable(store: Store) -> Iterator[str]:
    """Yield where texts of the person may stand still."""
    for name in store.history.verdicts:
        media_type = store.read(name).media_type
        if media_type not in SUFFIXES:
            yield f"capture {name}: {media_type} is no page and was not searched"
    home = store.folder.resolve()
    if any((parent / ".git").exists() for parent in home.parents):
        yield "the git history, if captures or tables were committed; rewrite it (git filter-repo)"
    yield "files of ihk export and tables written elsewhere with --out; delete or write them anew"
    yield "backups, and copies, mails, feeds and reports that others have"
    yield "texts that the page's scripts put together, and pictures"
