"""FAULTS 18: what a loss of power leaves is one whole set, old or new, and the next run mends all.

What is told as done is on the disk.  Each flush is needed: without it the model finds a loss.
"""

import shutil
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.program.runs import (
    EACH_KIND,
    KINDS,
    Known,
    Workshop,
    describe,
    hooked,
    is_change,
    list_calls,
    open_workshop,
    shows_one,
    verify,
)
from tests.store.disk_model import Disk, Tree, digest, materialise

shop = pytest.fixture(scope="module")(open_workshop)

AT_RANDOM = 4  # trees for each moment, besides the four extremes

# Each kind of flush that the model has to miss, by the kinds of run that need it.
NEEDED = {
    "write_file: file": ["first"],
    "write_file: directory": ["first"],
    "write_set: file": ["changed"],
    "write_set: set": ["changed"],
    "write_set: folder of sets": ["extract"],
    "append_line: file": ["accept"],
    "append_line: directory": ["first"],
    "point: names": ["first"],
    "point: .current": ["changed"],
    "make_directory: new": ["first"],
    "remove: directory": ["changed"],
}
LATE = {"append_line: directory"}  # whose loss is among the last trees that are looked at
# Those that only a run after one that was killed needs.
NEEDED_LATER = {
    "make_directory: old": ["first", "changed"],
    "remove_leftovers: directory": ["first"],
    "flush": ["first"],
    "check_writable: directory": ["first"],
}
ENTRIES = ("rename", "mkdir", "unlink")
NO_PROMISE = {"check_writable: file"}  # asks whether the disk takes it; nothing of it is kept


class Killed(BaseException):
    """The process is gone: every further call raises this too."""


def iter_crashes(
    shop: Workshop, known: Known, drop: str = "", seed: int = 1
) -> Iterator[tuple[str, Tree, bool]]:
    """Do a kind of run; give the trees of each moment, and whether the run had been told as done."""
    root = known.copy(shop.new())
    disk, random, seen = Disk(root, drop), Random(seed), set[str]()
    found: list[tuple[str, Tree, bool]] = []

    def gather(moment: str, *, done: bool) -> None:
        for tree in disk.crash(random, AT_RANDOM):
            name = digest(tree)
            if name not in seen or done:
                seen.add(name)
                found.append((moment, tree, done))

    def hook(name: str, call: Any, args: tuple[Any, ...]) -> Any:
        result = disk.follow(name, call, args)
        if is_change(name, args):
            gather(f"after {name} {args[0]}", done=False)
        return result

    with hooked(hook):
        known.kind.act(root)
    gather("at the end", done=True)
    shutil.rmtree(root)
    assert not drop or drop in disk.flushes, f"no {drop} in {sorted(disk.flushes)}"
    return iter(found)


def find_loss(shop: Workshop, known: Known, tree: Tree, *, done: bool, again: bool = True) -> str:
    """Say what is wrong with what is left; nothing if all is as promised."""
    root = materialise(tree, shop.new())
    try:
        if not shows_one(root, known.after, *([] if done else [known.before])):
            return "a reader sees neither the old set nor the new one"
        if damaged := verify(root).damaged:
            return f"verify: {damaged}"
        if again:
            known.kind.act(root)
        left = describe(root)
        return ", ".join(name for name in left if left[name] != known.end[name])
    except Exception as error:  # noqa: BLE001  # a run that fails on what is left is a loss
        return repr(error)
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow, id="all"), 47])
@pytest.mark.parametrize("name", EACH_KIND)
def test_a_loss_of_power_leaves_one_whole_set(shop, name, step, record_property):
    known = shop.know(name)
    trees = list(iter_crashes(shop, known))
    looked_at = [tree for tree in trees[:-8] if not tree[2]][::step] + trees[-8:]
    for moment, tree, done in looked_at:
        loss = find_loss(shop, known, tree, done=done)
        assert not loss, f"{name}, {moment}: {loss}"
    record_property("trees", len(looked_at))
    print(f"{name}: {len(looked_at)} of {len(trees)} trees looked at")
    assert len(trees) > 15, f"only {len(trees)} trees"


def iter_second_runs(
    shop: Workshop, known: Known, step: int = 1, drop: str = ""
) -> Iterator[tuple[str, Tree]]:
    """Kill a run at each change, do it again, and give what was flushed of both.

    With a step, or a kind of flush to drop, only where an entry was made that is not flushed yet.
    """
    calls = list_calls(known, shop.new())
    moments = [
        n
        for n in range(len(calls))
        if (step == 1 and not drop) or (n and calls[n] == "fsync" and calls[n - 1] in ENTRIES)
    ]
    for moment in moments[::step]:
        root, left = known.copy(shop.new()), moment
        disk = Disk(root, drop)

        def hook(name: str, call: Any, args: tuple[Any, ...], disk: Disk = disk) -> Any:
            nonlocal left
            if is_change(name, args):
                left -= 1
                if left < 0:
                    raise Killed
            return disk.follow(name, call, args)

        with hooked(hook), pytest.raises(Killed):
            known.kind.act(root)
        with hooked(disk.follow):
            known.kind.act(root)
        shutil.rmtree(root)
        yield f"killed at {calls[moment]} ({moment})", disk.lose()


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow, id="all"), 5])
@pytest.mark.parametrize("name", EACH_KIND)
def test_a_run_after_one_that_was_killed_flushes_for_both(shop, name, step, record_property):
    known, count = shop.know(name), 0
    for moment, tree in iter_second_runs(shop, known, step):
        loss = find_loss(shop, known, tree, done=True, again=False)
        assert not loss, f"{name}, {moment}: {loss}"
        count += 1
    record_property("runs", count)
    print(f"{name}: {count} runs after one that was killed")


@pytest.mark.parametrize(
    "drop", [pytest.param(drop, marks=[pytest.mark.slow] * (drop in LATE)) for drop in NEEDED]
)
def test_without_a_flush_the_model_finds_a_loss(shop, drop):
    for name in NEEDED[drop]:
        known = shop.know(name)
        trees = list(iter_crashes(shop, known, drop))
        trees = [tree for pair in zip(trees, trees[::-1], strict=True) for tree in pair]
        trees.sort(key=lambda tree: not tree[2])  # most losses show at the end of a run: quicker
        if any(find_loss(shop, known, tree, done=done) for _, tree, done in trees):
            return
    pytest.fail(
        f"nothing is lost without {drop!r}, so either it is not needed or the model is blind"
    )


@pytest.mark.parametrize("drop", NEEDED_LATER)
def test_without_a_flush_for_a_run_that_was_killed_the_model_finds_a_loss(shop, drop):
    for name in NEEDED_LATER[drop]:
        known = shop.know(name)
        for _, tree in iter_second_runs(shop, known, drop=drop):
            if find_loss(shop, known, tree, done=True, again=False):
                return
    pytest.fail(
        f"nothing is lost without {drop!r}, so either it is not needed or the model is blind"
    )


def test_every_kind_of_flush_is_taken_out_once(shop):
    found = set[str]()
    for name in KINDS:
        known = shop.know(name)
        root = known.copy(shop.new())
        disk = Disk(root)
        with hooked(disk.follow):
            known.kind.act(root)
        found |= disk.flushes
    assert found == set(NEEDED) | set(NEEDED_LATER) | NO_PROMISE
