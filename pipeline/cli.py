"""Arguments -> calls -> words.  No logic; heavy imports stand inside the commands.

Results go to stdout, diagnostics to stderr; an error is one line and has its exit code.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pipeline.errors import PipelineError, SuspectPage, one_line

if TYPE_CHECKING:
    from pipeline.settings import Settings

app = typer.Typer(
    name="ihk",
    help="Turn a page that lists labelled records into checked tables; each cell has its source.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Settings file (default: settings.toml).")
]
Raw = Annotated[str | None, typer.Option("--raw", help="Directory of captures and visit log.")]
Out = Annotated[str | None, typer.Option("--out", help="Directory of the published tables.")]
Listing = Annotated[
    str | None, typer.Option("--listing", help="Name of a listing, or a spec FILE.toml.")
]
RegisterFile = Annotated[
    str | None, typer.Option("--register", help="GV100AD file: official register.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object.")]


_INTERRUPTED = 128 + signal.SIGINT


@app.callback()
def _root() -> None:
    pass


@app.command()
def extract(
    pages: Annotated[
        list[Path] | None, typer.Argument(help="Files: .html, .txt, .warc, .warc.gz.")
    ] = None,
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    register: RegisterFile = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Publish the tables of the newest accepted capture in raw/, or of files.

    Example: ihk extract page.html --out tables
    """
    from pipeline.program import extract_pages, extract_store
    from pipeline.publish import publish, render_set
    from pipeline.words import summarise, tell_extraction

    settings = _read_settings(settings_file, raw=raw, out=out, listing=listing, register=register)
    built = extract_pages(pages, settings) if pages else extract_store(settings)
    published = None
    if not pages or out is not None:
        files = render_set(built.rows, built.tables, built.spec, built.made_from)
        published = publish(Path(settings.out), files)
    where = settings.out if published else None
    for capture in built.captures:
        if capture.status == "suspect" and not quiet:
            _tell(f"ihk: suspect: {capture.name}: {capture.reason}")
    _print(
        summarise(built, where, published), tell_extraction(built, where, published), quiet, as_json
    )


@app.command()
def explain(
    table: Annotated[str, typer.Argument(help="Table, such as municipalities.")],
    row: Annotated[str, typer.Argument(help="Key of the row, such as unna.")],
    column: Annotated[str, typer.Argument(help="Column, such as area_km2.")],
    out: Out = None,
    raw: Raw = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Show where a published cell comes from.

    Example: ihk explain municipalities unna area_km2
    """
    from pipeline.explain import explain as explain_cell
    from pipeline.words import tell_explanation

    told = explain_cell(_read_settings(settings_file, raw=raw, out=out), table, row, column)
    data = told._asdict() | {"sources": [source._asdict() for source in told.sources]}
    _print(data, tell_explanation(told, color=_has_color()), quiet, as_json)


@app.command()
def verify(
    readers: Annotated[
        bool, typer.Option("--readers", help="Read every capture with both HTML readers.")
    ] = False,
    out: Out = None,
    raw: Raw = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check every stored and published file, every cell, and that a rebuild gives the same.

    Example: ihk verify --readers
    """
    from pipeline.verify import verify as verify_all
    from pipeline.words import tell_report

    report = verify_all(_read_settings(settings_file, raw=raw, out=out), readers=readers)
    _print(vars(report), tell_report(report), quiet, as_json)
    for message in report.damaged:
        _tell(f"ihk: error: {message}")
    if report.damaged:
        raise typer.Exit(5)


@app.command()
def spec(
    file: Annotated[str, typer.Argument(help="A listing spec FILE.toml, or a listing's name.")],
    page: Annotated[Path | None, typer.Argument(help="A page to read with it.")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check a listing spec; show lines, records and leftovers of a page.

    Example: ihk spec ihk page.html
    """
    from pipeline.flow import judge_capture
    from pipeline.pages import read_pages
    from pipeline.spec import read_spec
    from pipeline.words import describe_spec, tell_page, tell_spec

    read = read_spec(file)
    data, words = describe_spec(read), tell_spec(read)
    judged = [judge_capture(c, read) for c in read_pages([page], read)] if page else []
    for one in judged:
        told, lines = tell_page(one)
        data["pages"].append(told)
        words += lines
    _print(data, words, quiet, as_json)
    if judged and judged[-1].reason:
        _tell(f"ihk: error: {judged[-1].capture.name}: {judged[-1].reason}")
        raise typer.Exit(SuspectPage.exit_code)


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
    _tell(f"ihk: error: {message}")
    return code


def _tell(message: str) -> None:
    sys.stderr.write(one_line(message) + "\n")


def _print(data: dict[str, Any], words: list[str], quiet: bool, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(data, ensure_ascii=False, default=str) + "\n")
    elif not quiet:
        sys.stdout.write("".join(f"{line}\n" for line in words))


def _has_color() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _read_settings(path: Path | None, **flags: str | None) -> Settings:
    from pipeline.settings import read_settings

    return read_settings(path, **flags)
