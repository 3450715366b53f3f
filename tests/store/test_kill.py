"""FAULTS 17: a run that is killed at any change of a file leaves one whole set, and the next mends all."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import pipeline.verify.run
from pipeline.settings import Settings
from tests.program.runs import (
    EACH_KIND,
    ROOT,
    Known,
    Workshop,
    describe,
    fork,
    hooked,
    is_change,
    list_calls,
    list_seen,
    open_workshop,
    shows_one,
    verify,
)

shop = pytest.fixture(scope="module")(open_workshop)

# Arrow keeps threads; the child does nothing with them but die.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


def kill_at(moment: int, *, half: bool) -> Any:
    """Make a hook that kills the process before its call number `moment`, or amid that write."""
    left = moment

    def hook(name: str, call: Any, args: tuple[Any, ...]) -> Any:
        nonlocal left
        if is_change(name, args):
            if left == 0:
                if half:
                    os.pwrite(args[0], args[1][: len(args[1]) // 2], args[2])
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
        return call()

    return hook


def sweep(shop: Workshop, known: Known, step: int) -> tuple[int, int]:
    """Kill a kind of run at each `step`th moment; give how often it died, and of how many."""
    calls = list_calls(known, shop.new())
    moments = [(n, half) for n, name in enumerate(calls) for half in {False, name == "pwrite"}]
    for moment, half in moments[::step]:
        root = known.copy(shop.new())

        def run(root=root, moment=moment, half=half):
            with hooked(kill_at(moment, half=half)):
                known.kind.act(root)

        told = f"{known.kind.name}, killed at {calls[moment]} ({moment} of {len(calls)}, {half=})"
        assert fork(run) == signal.SIGKILL, told
        assert shows_one(root, known.before, known.after), told
        assert verify(root).damaged == [], told
        known.kind.act(root)
        assert describe(root) == known.end, told
        shutil.rmtree(root)
    return len(moments[::step]), len(moments)


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow, id="all"), 31])
@pytest.mark.parametrize("name", EACH_KIND)
def test_a_run_that_is_killed_at_any_change_leaves_one_whole_set(shop, name, step, record_property):
    died, moments = sweep(shop, shop.know(name), step)
    record_property("kills", died)
    print(f"{name}: killed at {died} of {moments} moments")
    assert moments > 10, f"only {moments} moments to die at"


@pytest.mark.parametrize("name", ["first", "changed", "gains names", "loses names", "extract"])
def test_before_each_change_all_names_of_one_set_are_there_and_no_others(shop, name):
    """What a run shows is what it leaves if it is killed there: of a first set, nothing or all."""
    known = shop.know(name)
    root, torn, moments = known.copy(shop.new()), list[str](), 0

    def look(name: str, call: Any, args: tuple[Any, ...]) -> Any:
        nonlocal moments
        if is_change(name, args):
            moments += 1
            if not shows_one(root, known.before, known.after):
                torn.append(f"{name} {args[0]}")
        return call()

    with hooked(look):
        known.kind.act(root)
    assert not torn, f"{len(torn)} of {moments} moments, the first before {torn[0]}"
    assert shows_one(root, known.after)


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow, id="all"), 47])
@pytest.mark.parametrize("name", EACH_KIND)
def test_a_run_that_is_told_to_stop_leaves_one_whole_set_and_nothing_half(shop, name, step):
    """SIGTERM and SIGINT both raise KeyboardInterrupt (FAULTS 21): here before each change."""
    known = shop.know(name)
    calls = list_calls(known, shop.new())
    for moment in range(0, len(calls), step):
        root, left = known.copy(shop.new()), moment

        def stop(name: str, call: Any, args: tuple[Any, ...]) -> Any:
            nonlocal left
            left -= is_change(name, args)
            if left == -1 and is_change(name, args):
                raise KeyboardInterrupt
            return call()

        told = f"{name}, stopped at {calls[moment]} ({moment} of {len(calls)})"
        with hooked(stop), pytest.raises(KeyboardInterrupt):
            known.kind.act(root)
        assert shows_one(root, known.before, known.after), told
        assert verify(root).damaged == [], told
        if calls[moment] not in ("unlink", "rmdir"):  # else it was tidying up
            assert not list(root.rglob(".tmp-*")), told
        known.kind.act(root)
        assert describe(root) == known.end, told
        shutil.rmtree(root)


def look(out: Path) -> dict[str, bytes] | None:
    """Give what a reader of a directory sees who resolves `.current` once."""
    link = out / ".current"
    return {p.name: p.read_bytes() for p in link.resolve().iterdir()} if link.is_symlink() else None


def trace(place: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `ihk extract` under strace, which may kill it at a system call."""
    return subprocess.run(
        ["strace", "-f", "-o", str(place / "trace"), *options,
         sys.executable, "-m", "pipeline", "extract", "--raw", "raw", "--out", "out"],
        cwd=place, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


SYSTEM_CALLS = "pwrite64 fsync rename symlink mkdir unlink rmdir".split()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_the_real_command_killed_at_system_calls_leaves_one_whole_set(tmp_path, record_property):
    """The kernel's view of `ihk extract`: every third call of each kind that changes files."""
    shutil.copytree(ROOT / "tests/fixtures/raw", tmp_path / "raw")
    done = trace(tmp_path, "-e", f"trace={','.join(SYSTEM_CALLS)}")
    if "ptrace" in done.stderr or not (tmp_path / "trace").exists():
        pytest.skip(f"processes may not be traced here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "trace").read_text().splitlines()
    counts = Counter(line.split()[1].partition("(")[0] for line in lines)
    whole = look(tmp_path / "out")
    assert whole
    killed = 0
    for call in SYSTEM_CALLS:
        for when in range(1, counts[call] + 1, 3):
            shutil.rmtree(tmp_path / "out", ignore_errors=True)
            options = f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={when}"
            trace(tmp_path, "-e", *options)
            seen = look(tmp_path / "out")
            assert seen in (None, whole), (call, when)
            assert list_seen(tmp_path / "out") == set(seen or ()), (call, when)
            report = pipeline.verify.run.verify(
                Settings(raw=str(tmp_path / "raw"), out=str(tmp_path / "out"))
            )
            assert report.damaged == [], (call, when)
            killed += 1
    assert trace(tmp_path, "-e", "trace=rename").returncode == 0
    assert look(tmp_path / "out") == whole
    record_property("kills", killed)
    print(f"the real command: killed {killed} times")
    assert killed > 30
