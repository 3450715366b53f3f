"""Arguments -> calls -> words.  No logic; heavy imports stand inside the commands.

Results go to stdout, diagnostics to stderr; an error is one line and has its exit code.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from typing import NoReturn

import typer

from pipeline.cli import archives, drafts, drills, tables, watch
from pipeline.cli.app import app, tell
from pipeline.errors import PipelineError, one_line

__all__ = ["archives", "drafts", "drills", "main", "tables", "watch"]

_INTERRUPTED = 128 + signal.SIGINT


def main() -> NoReturn:
    """Run the command line; never a traceback."""
    gc.disable()  # a short run leaves no cycles worth looking for
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an orderly stop, as by Ctrl-C
    as_json = "--json" in sys.argv[1:]
    try:
        code = app(sys.argv[1:] or ["--help"], prog_name="ihk", standalone_mode=False) or 0
        if code == _INTERRUPTED:  # typer swallows KeyboardInterrupt
            raise KeyboardInterrupt
        sys.stdout.flush()
    except PipelineError as error:
        code = _fail(str(error), error.exit_code, as_json)
    except typer.Exit as error:
        code = error.exit_code
    except typer.TyperException as error:
        code = _fail(error.format_message(), 2, as_json)
    except (typer.Abort, KeyboardInterrupt):
        code = _fail("interrupted", _INTERRUPTED, as_json)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except MemoryError:
        code = _fail("the memory does not suffice; cut the page down to the listing", 7, as_json)
    except Exception as error:  # noqa: BLE001  # a bug is told in one line too, with its own code
        code = _fail(f"a bug in this program: {type(error).__name__}: {error}", 1, as_json)
    sys.exit(code)


def _fail(message: str, code: int, as_json: bool) -> int:
    message = one_line(message)
    if as_json:
        sys.stdout.write(json.dumps({"error": message, "exit_code": code}) + "\n")
    tell(f"ihk: error: {message}")
    return code
