"""The guard of the speed: instructions of this tree beside those of an earlier commit.

`baseline.txt` names that commit.  Both read the same pages, with one interpreter and one set of
libraries; all that comes after the commit may add a tenth.
"""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.instructions import Task
from benchmarks.measure import ROOT

LIMIT = 1.1
BASELINE = (ROOT / "benchmarks/baseline.txt").read_text().strip()
_CONTENDERS = ("core", "extract")
_READ = ("pipeline", "benchmarks", "pyproject.toml")


def list_tasks(pages: Sequence[Path]) -> list[Task]:
    """Return what is compared on each page."""
    return [(name, page) for page in pages for name in _CONTENDERS]


def check_out(folder: Path) -> bool:
    """Write the earlier commit's program into a folder; tell whether this clone has that commit."""
    archive = folder / "baseline.tar"
    line = ["git", "archive", f"--output={archive}", BASELINE, *_READ]
    if subprocess.run(line, check=False, cwd=ROOT, stderr=subprocess.DEVNULL).returncode:
        return False
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="data")
    return True


def print_growth(then: Mapping[Task, int], now: Mapping[Task, int]) -> None:
    """Print what each task took then and takes now."""
    print(f"\nGrowth since {BASELINE[:7]}, in millions of instructions (at most {LIMIT:g} times)")
    print(f"{'':24}{'then':>10}{'now':>10}{'times':>8}")
    for task, before in then.items():
        name, page = task
        ratio = now[task] / before
        told = "beyond a tenth: MISSED" if ratio > LIMIT else "grown" if ratio > 1.005 else ""
        shown = f"  {name:10}{page.name:12}{before / 1e6:10.1f}{now[task] / 1e6:10.1f}{ratio:8.3f}"
        print(f"{shown}   {told}".rstrip())
