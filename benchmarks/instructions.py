"""Instructions of the processor, counted by valgrind: the same on a busy machine and an idle one.

`python -m benchmarks.instructions CONTENDER PAGE …` is the child process that is counted: it calls
each contender once on its page.  Callgrind writes its count anew before each call of `getppid`,
which stands around the calls, so that start-up drops out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pipeline
from benchmarks.contenders import Contender, list_contenders
from benchmarks.measure import ROOT, prepare_call
from benchmarks.pages import make_page, make_text

Task = tuple[str, Path]  # a contender, and its page: `.html` or `.txt`

_MARK = "getppid"
_MEDIA_TYPES = {".html": "text/html", ".txt": "text/plain"}
_TOTAL = re.compile(r"^totals: (\d+)$", re.MULTILINE)


def has_valgrind() -> bool:
    """Tell whether instructions can be counted here."""
    return shutil.which("valgrind") is not None


def count_instructions(tasks: Sequence[Task], tree: Path = ROOT) -> dict[Task, int]:
    """Return the instructions of each task, by the program and the rivals of a tree."""
    words = [word for name, page in tasks for word in (name, str(page))]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "count")
        tool = ["--tool=callgrind", f"--dump-before={_MARK}", f"--callgrind-out-file={out}"]
        line = ["valgrind", *tool, sys.executable, "-m", "benchmarks.instructions", *words]
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(tree)}
        told = subprocess.run(
            line, check=False, cwd=tree, env=environment, capture_output=True, text=True
        )
        assert told.returncode == 0, told.stderr
        assert not Path(f"{out}.{2 * len(tasks) + 1}").exists(), "a mark too many"
        parts = [Path(f"{out}.{n}").read_text() for n in range(2, 2 * len(tasks) + 1, 2)]
    totals = [int(found[1]) for part in parts if (found := _TOTAL.search(part))]
    return dict(zip(tasks, totals, strict=True))


def main() -> None:
    """Call the contenders that the command line names, with a mark before and after each."""
    assert Path(pipeline.__file__).parent.parent == Path.cwd(), pipeline.__file__
    names, files = sys.argv[1::2], [Path(word) for word in sys.argv[2::2]]
    calls = [
        list_contenders(file.read_bytes(), _MEDIA_TYPES[file.suffix])[name]
        for name, file in zip(names, files, strict=True)
    ]
    small = {
        "text/html": list_contenders(make_page(60)),
        "text/plain": list_contenders(make_text(60), "text/plain"),
    }
    for name, suffix in dict.fromkeys(zip(names, (file.suffix for file in files), strict=True)):
        small[_MEDIA_TYPES[suffix]][name]()  # late imports, and what a process reads once
    for call in calls:
        _count(call)


def _count(call: Contender) -> None:
    prepare_call()
    os.getppid()
    call()
    os.getppid()


if __name__ == "__main__":
    main()
