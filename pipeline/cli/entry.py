"""Arguments -> calls -> words.  No logic; heavy imports stand inside the commands.

Results go to stdout, diagnostics to stderr; an error is one line and has its exit code.  The
collector of cycles rests from before the first import to the end of the process: a short run leaves
nothing worth looking for, and looking takes a tenth of it.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    import typer

_INTERRUPTED = 128 + signal.SIGINT


def main() -> NoReturn:
    """Run the command line; never a traceback."""
    gc.disable()
    # numpy comes with pyarrow; nothing here multiplies matrices, and threads for that take time to start
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal of another encoding is no error
        sys.stdout.reconfigure(errors="backslashreplace")
    code = _run(sys.argv[1:])
    gc.freeze()  # else the interpreter looks once more before it ends; every file is closed by now
    sys.exit(code)


def _run(args: list[str]) -> int:
    """Run one command; return its exit code."""
    import typer

    from pipeline.cli.app import app, fail

    _add_commands(args[0] if args else "")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an orderly stop, as by Ctrl-C
    end = partial(fail, as_json="--json" in args)
    try:
        code = app(args or ["--help"], prog_name="ihk", standalone_mode=False) or 0
        if code == 1:  # the library's, for a shell that it cannot complete in
            code = 2
        if code == _INTERRUPTED:  # typer swallows KeyboardInterrupt
            raise KeyboardInterrupt
        sys.stdout.flush()
    except PipelineError as error:
        code = end(str(error), error.exit_code)
    except typer.TyperException as error:
        code = end(_tell_call(error), 2)
    except (typer.Abort, KeyboardInterrupt):
        code = end("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except MemoryError:
        code = end("the memory does not suffice; cut the page down to the listing", 7)
    except Exception as error:  # noqa: BLE001  # a bug is told in one line too, with its own code
        code = end(_tell_bug(error), 1)
    return code


def _add_commands(called: str) -> None:
    """Import the module with the command that is called: each module adds its commands to the app.

    All are imported where help, a shell's completion or a wrong name needs all.
    """
    from pipeline.cli.app import TABLES, WATCH

    if called in TABLES:
        from pipeline.cli import tables
    elif called in WATCH:
        from pipeline.cli import watch
    else:
        from pipeline.cli import archives, drafts, drills, people, tables, watch  # noqa: F401


def _tell_call(error: typer.TyperException) -> str:
    """Say what is wrong with a call, in this program's style, and where it is told how it is right."""
    message = error.format_message().rstrip(".").replace(". Did", "; did")
    if message.startswith("Got unexpected extra argument"):  # it quotes them: parts of a name
        message = "there are more arguments than the command takes; a text with spaces needs quotes"
    message = message[:1].lower() + message[1:]
    context = getattr(error, "ctx", None)
    help_of = context.command_path if context else "ihk"
    return message if message.endswith("?") else f"{message}; see {help_of} --help"


def _tell_bug(error: Exception) -> str:
    """Say what broke and where, without the error's text: it may quote a page, and so a person."""
    package = Path(__file__).parent.parent
    place = "outside of this package"
    step = error.__traceback__
    while step:
        path = Path(step.tb_frame.f_code.co_filename)
        if path.is_relative_to(package):
            place = f"{path.relative_to(package.parent).as_posix()}:{step.tb_lineno}"
        step = step.tb_next
    return (
        f"a bug in this program: {type(error).__name__} at {place}; keep the page that it happened "
        "with, and report this line"
    )
