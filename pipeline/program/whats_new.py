"""What a set of tables brings that the published one did not: events, failing checks, readings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import DamagedFile
from pipeline.extraction import Extraction
from pipeline.history import State
from pipeline.listing import CHILDREN, MUNICIPALITIES
from pipeline.program.extract import extract_store
from pipeline.publish import find_set, read_package
from pipeline.settings import Settings
from pipeline.store import Store, cut_store, read_stored
from pipeline.tables import Row, iter_csv_texts, print_value

_Texts = dict[str, list[dict[str, str]]]  # a published set's rows by table, as the CSV prints them


class News(NamedTuple):
    """What is new in a set."""

    is_first: bool  # nothing of this listing was published before
    events: list[Row]  # change events of states that are new, rows of the table `changes`
    fails: list[Row]  # checks that are `fail` now and were not, rows of the table `checks`
    reread: int  # cells of the old set that the new rules read differently


def find_news(settings: Settings, store: Store, built: Extraction) -> News:
    """Compare a set that was built with what is published in the directory of the settings.

    Events count as new by the step between two states, so that new rules or another reading of
    an old capture make none.
    """
    made_from, texts = _read_published(Path(settings.out))
    fails = _iter_fails(built, texts)
    if made_from is None or not _is_of_store(made_from, settings):
        return News(True, [], list(fails), 0)
    last = made_from["last_visit"]
    earlier = cut_store(store, last["sha256"])
    known = set(_list_steps(earlier.history.states))
    steps = [step for step in _list_steps(store.history.states) if step not in known]
    names = built.tables["changes"].names()
    columns = [names.index(name) for name in ("after_capture", "by_capture", "seen_by")]
    events = [row for row in built.rows["changes"] if tuple(row[i] for i in columns) in steps]
    reread = 0
    if _differ(made_from, built.made_from):
        before = built
        if earlier.history.states != store.history.states:
            before = extract_store(settings, store=earlier, write=False)
        reread = count_differing(before, texts)
    return News(False, events, list(fails), reread)


def _is_of_store(made_from: dict[str, Any], settings: Settings) -> bool:
    """Tell whether a set was made from all of this listing's store: not of files, nor as of a time."""
    is_own = made_from["settings"]["listing"] == settings.listing
    return is_own and bool(made_from["last_visit"]) and made_from.get("as_of") is None


def _list_steps(states: tuple[State, ...]) -> list[tuple[str, str, Any]]:
    return [(old.capture_id, new.capture_id, new.first) for old, new in pairwise(states)]


def _differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
    rules = ("code_sha256", "spec_sha256", "libraries", "settings")
    return any(one.get(name) != other[name] for name in rules)


def _read_published(out: Path) -> tuple[dict[str, Any] | None, _Texts]:
    """Read what is published; nothing if there is none, or if it is damaged and will be replaced."""
    try:
        folder = find_set(out)
        if folder is None:
            return None, {}
        package = read_package(folder)
        texts: _Texts = {}
        for resource in package["resources"]:
            name, _, ending = str(resource["path"]).rpartition(".")
            if ending == "csv" and "/" not in name:
                header, *rows = iter_csv_texts(read_stored(folder / f"{name}.csv"))
                texts[name] = [dict(zip(header, row, strict=True)) for row in rows]
        return package["made_from"], texts
    except (DamagedFile, ValueError, KeyError):
        return None, {}


def _iter_fails(built: Extraction, texts: _Texts) -> Iterator[Row]:
    """Yield the checks that are `fail` and were not in the set before."""
    names = built.tables["checks"].names()
    columns = ("rule", "table_name", "row_id", "column_name", "concept_id")
    old = {
        tuple(row.get(column, "") for column in columns)
        for row in texts.get("checks", [])
        if row.get("verdict") == "fail"
    }
    for row in built.rows["checks"]:
        check = dict(zip(names, row, strict=True))
        key = tuple(print_value(check.get(column)) or "" for column in columns)
        if check["verdict"] == "fail" and key not in old:
            yield row


def count_differing(built: Extraction, texts: _Texts) -> int:
    """Count the cells of the data tables in which a new reading and a published set differ."""
    count = 0
    for name in (MUNICIPALITIES, built.spec.table, *CHILDREN.values()):
        table = built.tables.get(name)
        names = table.names() if table else ()
        new = {
            row[0]: {n: print_value(v) or "" for n, v in zip(names, row, strict=True)}
            for row in built.rows.get(name, [])
        }
        old = {next(iter(row.values())): row for row in texts.get(name, [])}
        for key in new.keys() | old.keys():
            ours, theirs = new.get(key, {}), old.get(key, {})
            count += sum(ours.get(c, "") != theirs.get(c, "") for c in ours.keys() | theirs.keys())
    return count
