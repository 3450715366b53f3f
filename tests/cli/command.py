"""The command line in this process: what a user sees, without the cost of a new interpreter."""

import contextlib
import gc
import io
import signal
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import typer.main

from pipeline.cli import archives, drafts, drills, people, tables, watch  # noqa: F401
from pipeline.cli.entry import main

# Each of these modules adds its commands to the app; a call by itself imports its own alone.
typer.main.get_command = cache(typer.main.get_command)  # built anew it takes half of a call


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def call(*args: object, cwd: Path | None = None) -> Done:
    """Run `ihk` with these arguments in a directory."""
    out, err = io.StringIO(), io.StringIO()
    before, handler = sys.argv, signal.getsignal(signal.SIGTERM)
    sys.argv = ["ihk", *map(str, args)]
    code = None
    try:
        with (
            contextlib.chdir(cwd or Path.cwd()),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.argv = before
        signal.signal(signal.SIGTERM, handler)
        gc.unfreeze()
        gc.enable()
    assert isinstance(code, int)
    return Done(code, out.getvalue(), err.getvalue())
