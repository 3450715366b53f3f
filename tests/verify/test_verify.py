"""FAULTS 22 to 25: `verify` names each stored file that is not as it was written, and what is no part."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipeline.errors import DamagedFile, SpecError
from pipeline.program.update import run_update
from pipeline.publish.published import PACKAGE, SETS, read_package
from pipeline.store.captures import CAPTURES, read_capture
from pipeline.store.visit_log import canonical, read_log
from pipeline.verify.run import Report
from pipeline.verify.sets import find_file_damage
from pipeline.verify.store import check_registers
from tests.program.runs import (
    SECOND,
    Workshop,
    open_workshop,
    settings,
    snapshot,
    verify,
    visit,
)

shop = pytest.fixture(scope="module")(open_workshop)
EVERY = pytest.mark.parametrize(
    "step", [pytest.param(1, marks=pytest.mark.slow, id="all"), pytest.param(0, id="some")]
)
MARKS = (".lock",)  # empty files that only carry a lock


@pytest.fixture(scope="module")
def root(shop: Workshop) -> Path:
    """A store with a register, a suspect capture and two others, and two sets."""
    root = shop.know("changed").copy(shop.new())
    visit(root, b"<p>A page without a record</p></html>", 4)
    visit(root, SECOND, 5)
    report = verify(root)
    assert (report.damaged, report.notes, report.rebuilt) == ([], [], True)
    assert report.files == len(list_stored(root))
    return root


def list_stored(root: Path) -> list[Path]:
    """Give every file that is stored or published."""
    found = [
        path
        for folder in ("raw", "processed/.sets")
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and not path.is_symlink() and path.name not in MARKS
        and path.parent.name != ".hosts"
    ]  # fmt: skip
    assert len(found) == 2 + 2 * 3 + 1 + 2 * len(snapshot(root) or ())
    return found


@cache
def find_hash(path: Path) -> str:
    """Give the digest of a published file that its descriptor tells."""
    folder = next(parent for parent in path.parents if parent.parent.name == SETS)
    name = str(path.relative_to(folder))
    return next(str(r["hash"]) for r in read_package(folder)["resources"] if r["path"] == name)


def find_damage(root: Path, path: Path) -> str:
    """Give what the level of `verify` says that has to notice a damage of `path`.

    It is what `verify` calls for that file; the whole of it takes twenty times as long.
    """
    report = Report()
    raw, out = root / "raw", root / "processed"
    try:
        if path.parent.name == CAPTURES:
            read_capture(path.parent, path.stem)
        elif path.parent.name == "registers":
            check_registers(raw, report)
        elif path.is_relative_to(raw):
            report.notes = [str(read_log(raw / "ihk").is_sealed)]
        elif path.name == PACKAGE:
            read_package(path.parent)
        else:
            return find_file_damage(path, find_hash(path)) or ""
    except DamagedFile as error:
        return str(error)
    assert out.is_dir()
    return "\n".join(report.damaged)


def iter_flips(length: int, step: int) -> Iterator[tuple[int, int]]:
    """Yield byte and bit: all, or one bit of a few bytes at the ends and between them."""
    if step:
        yield from ((at, bit) for at in range(length) for bit in range(8))
        return
    places = {0, 1, length - 2, length - 1, *range(0, length, max(1, length // 9))}
    yield from ((at, at * 5 % 8) for at in sorted(places) if 0 <= at < length)


@EVERY
def test_each_flipped_bit_is_found(root, step, record_property):
    count = 0
    for path in list_stored(root):
        content = path.read_bytes()
        assert find_damage(root, path) == ""
        flips = list(iter_flips(len(content), step))
        if step and len(content) > 4000:  # every byte, its bits in turn
            flips = [(at, at % 8) for at in range(len(content))]
        handle = os.open(path, os.O_WRONLY)
        for at, bit in flips:
            os.pwrite(handle, bytes([content[at] ^ 1 << bit]), at)
            assert path.stem.partition(".")[0] in find_damage(root, path), (path, at, bit)
            os.pwrite(handle, content[at : at + 1], at)
            count += 1
        os.close(handle)
        assert path.read_bytes() == content
    record_property("flips", count)
    print(f"{count} flips found")


@EVERY
def test_each_truncation_is_found(root, step, record_property):
    count = 0
    for path in list_stored(root):
        content = path.read_bytes()
        every = 1 if step else max(1, len(content) // 9)
        for length in sorted({*range(0, len(content), every), len(content) - 1}, reverse=True):
            os.truncate(path, length)
            assert find_damage(root, path), (path, length)
            count += 1
        path.write_bytes(content)
    record_property("truncations", count)
    print(f"{count} truncations found")


def put_other(path: Path, how: str) -> None:
    """Put something else in a file's place."""
    content = path.read_bytes()
    if how == "append":
        path.write_bytes(content + b"\n")
        return
    path.unlink()
    if how == "empty":
        path.touch()
    elif how == "fifo":
        os.mkfifo(path)
    elif how == "directory":
        path.mkdir()
    elif how == "link":  # to the very bytes, but outside
        outside = path.parents[len(path.parents) - 4] / "outside"
        outside.write_bytes(content)
        path.symlink_to(outside)
    elif how == "dangling":
        path.symlink_to("nowhere")


HOWS = ["delete", "empty", "append", "fifo", "directory", "link", "dangling"]


@pytest.mark.parametrize("how", HOWS)
def test_each_file_that_is_gone_or_something_else_is_named(shop, root, how):
    for number, path in enumerate(list_stored(root)):
        if number % len(HOWS) != HOWS.index(how) and path.suffix in (".csv", ".parquet"):
            continue  # all files of a set are read by the same lines
        copy = shop.new()
        shutil.copytree(root, copy, symlinks=True)
        there = copy / path.relative_to(root)
        put_other(there, how)
        damaged = verify(copy).damaged
        if there.name == "visits.jsonl" and how == "append":
            assert damaged == []
            assert verify(copy).notes == [
                f"{there}: its last line is torn; the next visit drops it"
            ]
        elif path.parent.name == "registers" and how == "delete":
            assert damaged or snapshot(copy), "an old set needs it no more than the new one"
        else:
            assert any(str(there) in line for line in damaged), (there, damaged)
        shutil.rmtree(copy)


@pytest.fixture
def copy(shop: Workshop, root: Path) -> Path:
    """A store and what is published, to damage."""
    place = shop.new()
    shutil.copytree(root, place, symlinks=True)
    return place


def test_a_log_that_was_cut_at_a_lines_end_is_damaged(copy):
    log = copy / "raw/ihk/visits.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert any(str(log) in line for line in verify(copy).damaged)
    with pytest.raises(DamagedFile, match="restore the log from a backup"):
        run_update(settings(copy))


def test_a_seal_that_is_gone_is_damage(copy):
    seal = copy / "raw/ihk/visits.seal"
    seal.unlink()
    assert verify(copy).damaged == [
        f"{seal}: a stored file is missing, so the log may have been cut; restore it from a backup"
    ]


@pytest.mark.parametrize("tail", [b'{"at":', b"\0" * 300, b"a\nb\nc", b"\xff\n\n\n"])
def test_a_torn_tail_of_the_log_is_told_and_dropped_by_the_next_visit(copy, tail):
    log = copy / "raw/ihk/visits.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + tail)
    report = verify(copy)
    assert report.damaged == []
    assert report.notes == [f"{log}: its last line is torn; the next visit drops it"]
    visit(copy, SECOND, 6)
    assert log.read_bytes().startswith(whole + b'{"at":"2026-01-07')
    assert verify(copy).notes == []


def test_a_good_line_behind_a_bad_one_is_damage(copy):
    log = copy / "raw/ihk/visits.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + b"x\n" + whole.splitlines(keepends=True)[-1])
    assert any("line 5: not as it was written" in line for line in verify(copy).damaged)


@pytest.mark.parametrize(
    "name",
    [
        "raw/stray", "raw/ihk/stray", "raw/ihk/captures/stray.html", "raw/registers/stray",
        "raw/.hosts/stray", "processed/.sets/stray", "processed/.current/stray",
    ],
)  # fmt: skip
@pytest.mark.parametrize("what", ["file", "fifo"])
def test_a_file_that_nothing_names_is_told_and_no_damage(copy, name, what):
    path = copy / name
    os.mkfifo(path) if what == "fifo" else path.write_bytes(b"x")
    report = verify(copy)
    assert report.damaged == []
    stray = path.parent.resolve() / path.name
    assert [note.partition(": ")[0] for note in report.notes] == [str(stray)]


def test_a_second_body_beside_a_capture_is_told(copy):
    body = next((copy / "raw/ihk/captures").glob("*.html"))
    body.with_suffix(".bin").write_bytes(b"x")
    report = verify(copy)
    assert report.damaged == []
    assert report.notes == [f"{body.with_suffix('.bin')}: no visit names this file"]


def test_each_link_that_is_gone_or_leads_elsewhere_is_named(copy):
    out = copy / "processed"
    links = sorted(path for path in out.iterdir() if path.is_symlink())
    assert len(links) == 1 + len({name.partition("/")[0] for name in snapshot(copy)})
    for link in links:
        target = link.readlink()
        for other in (None, "elsewhere", str(out / target), f"../processed/{target}"):
            link.unlink()
            if other:
                link.symlink_to(other)
            damaged = verify(copy).damaged
            assert any(str(link) in line for line in damaged), (link, other, damaged)
            if other:
                link.unlink()
            link.symlink_to(target)
    assert verify(copy).damaged == []


def test_a_set_that_is_a_link_leading_out_is_damage(copy):
    folder = (copy / "processed" / ".current").resolve()
    shutil.move(folder, copy / "outside")
    folder.symlink_to(copy / "outside")
    assert verify(copy).damaged == [
        f"{folder}: not a directory, though a set should stand here; delete it"
    ]


def test_nothing_published_yet_is_no_damage(copy):
    shutil.rmtree(copy / "processed")
    report = verify(copy)
    assert (report.damaged, report.notes) == (
        [], [f"{copy / 'processed'}: nothing is published yet"]
    )  # fmt: skip


def seal(data: dict[str, object]) -> bytes:
    """Give a seal as a program of some format writes it."""
    own = {"seal_sha256": hashlib.sha256(canonical(data)).hexdigest()}
    return canonical(data | own) + b"\n"


def test_a_store_of_a_newer_format_is_refused_in_one_line(copy):
    path = copy / "raw/ihk/visits.seal"
    path.write_bytes(seal({"format": 2, "more": "than this program knows"}))
    for act in (lambda: verify(copy), lambda: run_update(settings(copy))):
        with pytest.raises(SpecError) as told:
            act()
        assert str(told.value) == (
            f"{path.parent}: the store has format 2, this program knows 1; "
            "install a newer ihk-listing"
        )


def test_a_log_without_a_seal_is_read_and_the_next_visit_seals_it(copy):
    """As a store from before there was a seal; `verify` calls it damaged until then."""
    path = copy / "raw/ihk/visits.seal"
    path.unlink()
    visit(copy, SECOND, 6)
    assert verify(copy).damaged == []


def test_each_flipped_bit_of_a_seal_is_found(copy):
    path = copy / "raw/ihk/visits.seal"
    content = path.read_bytes()
    for at in range(len(content)):
        for bit in range(8):
            path.write_bytes(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])
            with pytest.raises(DamagedFile):
                read_log(path.parent)


def test_a_set_that_another_version_published_is_checked_by_its_hashes(copy):
    """Its tables may have other columns, and its descriptor may tell other things."""
    old = (copy / "processed" / ".current").resolve()
    files = snapshot(copy)
    package = json.loads(files["datapackage.json"])
    package["made_from"] = {"something": "else"}
    content = json.dumps(package).encode()
    new = old.with_name(hashlib.sha256(content).hexdigest()[:16])
    shutil.copytree(old, new)
    (new / "datapackage.json").write_bytes(content)
    (copy / "processed" / ".current").unlink()
    (copy / "processed" / ".current").symlink_to(f".sets/{new.name}")
    report = verify(copy)
    assert report.damaged == []
    assert report.notes == [
        f"{new}: another version of this program published it; checked by its hashes alone"
    ]
    (new / "cells.csv").write_bytes(b"x")
    assert any(str(new / "cells.csv") in line for line in verify(copy).damaged)


def test_a_log_and_a_seal_that_are_both_gone_leave_captures_that_are_told(copy):
    for name in ("visits.jsonl", "visits.seal"):
        (copy / "raw/ihk" / name).unlink()
    notes = verify(copy).notes
    assert f"{copy / 'raw/ihk'}: no captures are stored" in notes
    assert sum("no visit names this file" in note for note in notes) == 6


def test_a_damaged_register_is_named(copy):
    register = next((copy / "raw/registers").glob("*.txt"))
    register.write_bytes(register.read_bytes() + b"\n")
    assert verify(copy).damaged == [f"{register}: the bytes are not those its name tells"]


def test_an_unfinished_publication_is_told_and_ended_by_the_next_run(copy):
    (copy / "processed/.sets/.unfinished").touch()
    (copy / "processed/cells.csv").unlink()
    report = verify(copy)
    assert report.damaged == []
    assert report.notes == [
        f"{copy / 'processed/cells.csv'}: not linked yet, as a run died; run ihk extract"
    ]
    visit(copy, SECOND, 6)
    assert not (copy / "processed/.sets/.unfinished").exists()
    assert verify(copy).notes == []
