"""Cold starts of commands beside bare imports, and the peak memory of child processes."""

from __future__ import annotations

import contextlib
import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from benchmarks.contenders import Contender
from benchmarks.measure import ROOT, time_rounds

_PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""
_GET = "import hashlib, requests; hashlib.sha256(requests.get({!r}).content).hexdigest()"
_EXTRACT = "import pipeline; tables = pipeline.extract({!r})"
# The least that holds the same: the parsed page, and the tables as they are loaded.
_HOLD = """from pathlib import Path
import pandas
from selectolax.lexbor import LexborHTMLParser
page = LexborHTMLParser(Path({!r}).read_bytes())
tables = [pandas.read_parquet(file) for file in sorted(Path({!r}).glob("*.parquet"))]
assert len(tables) == 9"""


def time_starts(page: Path, folder: Path, rounds: int) -> dict[str, float]:
    """Return the medians in seconds of new processes, by command; visits are of a page not changed."""
    out, raw, watched = (str(folder / name) for name in ("out", "raw", "watched"))
    with _serve(page.read_bytes()) as url:
        return _time_commands(
            {
                "ihk --help": start_program("--help"),
                "import typer": start_code("import typer"),
                "ihk extract": start_program("extract", str(page)),
                "ihk extract --out": start_program("extract", str(page), "--out", out),
                "import pandas, pyarrow.parquet": start_code("import pandas, pyarrow.parquet"),
                "ihk update": start_program("update", "--url", url, "--raw", raw, "--out", watched),
                "requests.get, sha256": start_code(_GET.format(url)),
            },
            rounds,
        )


def _time_commands(commands: Mapping[str, list[str]], rounds: int) -> dict[str, float]:
    run: dict[str, Contender] = {name: partial(_run, line) for name, line in commands.items()}
    for call in run.values():
        call()  # writes byte code, and makes the first visit
    return time_rounds(run, rounds, clock=time.perf_counter)


def find_peaks(page: Path, folder: Path) -> dict[str, int]:
    """Return peak resident memory in bytes: of both ways to extract, and of what must be held."""
    out = folder / "all"
    command = peak_memory(start_program("extract", str(page), "--out", str(out)))
    return {
        "ihk extract --out": command,
        "pipeline.extract": peak_memory(start_code(_EXTRACT.format(str(page)))),
        "parse and tables": peak_memory(start_code(_HOLD.format(str(page), str(out)))),
    }


def peak_memory(line: list[str]) -> int:
    """Return the peak resident memory in bytes of a command.

    A small process in between starts it: on Linux a child begins with the peak of its parent.
    """
    between = [sys.executable, "-c", _PEAK, *line]
    told = subprocess.run(between, check=True, cwd=ROOT, capture_output=True, text=True)
    return int(told.stdout) * (1 if sys.platform == "darwin" else 1024)


def start_program(*arguments: str) -> list[str]:
    """Return the command line that starts the program."""
    return [sys.executable, "-m", "pipeline", *arguments]


def start_code(code: str) -> list[str]:
    """Return the command line that runs some code."""
    return [sys.executable, "-c", code]


def _run(line: list[str]) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # as users have it
    subprocess.run(line, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def _serve(page: bytes) -> Iterator[str]:
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
