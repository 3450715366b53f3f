"""Measures: medians of interleaved rounds, cold starts of child processes, a child's peak memory.

A round calls every contender once, so that a slow moment of the machine meets all of them.  The
collector runs before each call and not during it.  What the program remembers of a page's texts
is forgotten before each call: a run reads a page once.
"""

from __future__ import annotations

import contextlib
import gc
import http.server
import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import pandas as pd
from selectolax.lexbor import LexborHTMLParser

from benchmarks import notebook, plain
from pipeline import flow
from pipeline.archives import make_capture
from pipeline.listing import ListingSpec, read_spec
from pipeline.tables import Rows

ROOT = Path(__file__).resolve().parent.parent
COLD_ROUNDS = 7
_PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""

Contender = Callable[[], object]


def list_contenders(page: bytes, text: bytes) -> dict[str, Contender]:
    """Return what is compared on one page, by name; `extract` is missing where it does not exist."""
    listing = read_spec("ihk")
    contenders: dict[str, Contender] = {
        "parse": partial(LexborHTMLParser, page),
        "core": lambda: run_core(page, "text/html", listing),
        "core of text": lambda: run_core(text, "text/plain", listing),
        "notebook": lambda: notebook.extract(page),
        "plain": lambda: plain.extract(page),
    }
    extract = find_extract()
    if extract is not None:
        contenders["extract"] = lambda: extract(page, media_type="text/html")
    return contenders


def run_core(body: bytes, media_type: str, listing: ListingSpec) -> Rows:
    """Return the rows of all nine tables of one capture; `changes` is empty for the first one."""
    capture = make_capture(body, media_type, "the page")
    judged = flow.judge_capture(capture, listing)
    assert judged.status == "accepted", judged.reason
    rows = flow.build_rows(judged, listing)
    rows["captures"], rows["changes"] = [flow.describe_capture(judged, listing)], []
    return rows


def find_extract() -> Callable[..., dict[str, pd.DataFrame]] | None:
    """Return `pipeline.extract`, None while there is none."""
    import pipeline

    try:
        return pipeline.extract
    except (AttributeError, ImportError):
        return None


def has_command() -> bool:
    """Tell whether there is a command line to start."""
    return importlib.util.find_spec("pipeline.cli") is not None


def compare_tables(page: bytes) -> int:
    """Assert that both rivals and the program give the same four tables; return their cells.

    The plain rival gives no types, so its values are compared as Python objects.
    """
    from pipeline.program.notebook import to_frame
    from pipeline.tables import shape_tables

    listing = read_spec("ihk")
    rows, tables = run_core(page, "text/html", listing), shape_tables(listing)
    cells, simple = 0, plain.extract(page)
    for name, theirs in notebook.extract(page).items():
        ours = to_frame(tables[name], rows[name])
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-12, obj=name)
        cells += ours.size
        bare = simple[name]
        pd.testing.assert_frame_equal(_untyped(ours), _untyped(bare), rtol=1e-12, obj=name)
    return cells


def _untyped(frame: pd.DataFrame) -> pd.DataFrame:
    values = {
        str(name): [None if pd.isna(value) else value for value in frame[name]] for name in frame
    }
    return pd.DataFrame(values, dtype=object)


def time_rounds(
    contenders: Mapping[str, Contender], rounds: int, once: Sequence[str] = ()
) -> dict[str, float]:
    """Return each contender's median in seconds, those named in `once` from the first round."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for round_number in range(rounds):
        for name, call in contenders.items():
            if round_number and name in once:
                continue
            forget_texts()
            gc.collect()
            gc.disable()
            begin = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - begin)
            gc.enable()
    return {name: median(taken) for name, taken in times.items()}


def forget_texts() -> None:
    """Empty the program's bounded caches; unbounded ones hold what a process reads once."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "pipeline":
            for value in vars(module).values():
                info = getattr(value, "cache_info", None)
                if info is not None and info().maxsize is not None:
                    value.cache_clear()


def start_program(*arguments: str) -> list[str]:
    """Return the command line that starts the program."""
    return [sys.executable, "-m", "pipeline", *arguments]


def start_import(modules: str) -> list[str]:
    """Return the command line that only imports modules."""
    return [sys.executable, "-c", f"import {modules}"]


def time_starts(commands: Mapping[str, list[str]], rounds: int = COLD_ROUNDS) -> dict[str, float]:
    """Return the medians in seconds of commands run as new processes, byte-compiled before."""
    run: dict[str, Contender] = {name: partial(_run, line) for name, line in commands.items()}
    for call in run.values():
        call()
    return time_rounds(run, rounds)


def _run(line: list[str]) -> None:
    subprocess.run(line, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def serve(page: bytes) -> Iterator[str]:
    """Serve a page on loopback, and yield its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page if self.path == "/page" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/page"
        server.shutdown()


def peak_memory(line: list[str]) -> int:
    """Return the peak resident memory in bytes of a command.

    A small process in between starts it: on Linux a child begins with the peak of its parent.
    """
    between = [sys.executable, "-c", _PEAK, *line]
    told = subprocess.run(between, check=True, cwd=ROOT, capture_output=True, text=True)
    return int(told.stdout) * (1 if sys.platform == "darwin" else 1024)


def describe_machine() -> str:
    """Return what a reader needs to compare figures of two runs."""
    load = os.getloadavg()[0]
    version = ".".join(map(str, sys.version_info[:3]))
    return f"Python {version}, {os.cpu_count()} CPUs, load average {load:.1f}"
