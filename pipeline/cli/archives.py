"""Commands about web archives: backfill, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import Call
from pipeline.cli.options import STORE, command
from pipeline.errors import SourceUnavailable, SpecError, SuspectPage

if TYPE_CHECKING:
    from pipeline.program import Imported


@command(f"url contact timeout {STORE}")
def backfill(
    call: Call,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="WARC files, or addresses to look up at the server."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server", metavar="URL", help="Wayback or CDX server (default: the public one)."
        ),
    ] = None,
) -> None:
    """Import captures of the page from WARC files or a web archive.

    They keep their original times.  Without a source it asks the server for the listing's page.
    Run it again to go on.

    Example: ihk backfill old.warc.gz
    """
    from pipeline.archives import PUBLIC
    from pipeline.cli.words.archives import describe_import, tell_import
    from pipeline.program import import_files, import_server

    settings = call.settings
    pages = [source for source in sources or [] if "://" in source]
    files = [Path(source) for source in sources or [] if "://" not in source]
    if files and (pages or server):
        raise SpecError("give either WARC files, or addresses for a server, not both at once")
    if len(pages) > 1:
        raise SpecError("give one address at a time")
    with call.progress("captures") as progress:
        if files:
            result = import_files(settings, files)
        else:
            result = import_server(settings, server or PUBLIC, (pages or [""])[0], progress)
    errors, code = _judge(result)
    call.show(describe_import(result), tell_import(result), errors=errors, code=code)


def _judge(result: Imported) -> tuple[list[str], int]:
    """Return what went wrong in an import, and the exit code for it."""
    if result.unavailable:
        again = f"{result.unavailable}; what came is kept, run the same again to go on"
        return [again, *result.problems], SourceUnavailable.exit_code
    if result.suspect and len(result.suspect) == result.new and not result.seen_again:
        why = f"no page that came is the listing: {result.suspect[0][1]}"
        return [why, *result.problems], SuspectPage.exit_code
    return result.problems, SourceUnavailable.exit_code if result.problems else 0


@command(STORE)
def export(
    call: Call,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to write: .warc or .warc.gz.")
    ],
) -> None:
    """Write the raw store of the listing as a WARC file.

    It is for other tools of web archives.  The same store gives the same bytes.

    Example: ihk export ihk.warc.gz
    """
    from pipeline.cli.words.phrases import count_things
    from pipeline.listing import read_spec
    from pipeline.program import render_archive
    from pipeline.store import read_store, write_file

    settings = call.settings
    if not file.name.endswith((".warc", ".warc.gz")):
        raise SpecError(f"{file}: the name must end in .warc or .warc.gz")
    if file.is_dir():
        raise SpecError(f"{file}: is a directory")
    spec = read_spec(settings.listing)
    store = read_store(Path(settings.raw), spec.name)
    with call.progress("export") as progress:
        content = render_archive(store, spec, compress=file.name.endswith(".gz"), progress=progress)
        write_file(file, content)
    captures, sightings = len(store.history.verdicts), len(store.history.sightings)
    stored = f"{count_things(captures, 'capture')}, seen {count_things(sightings, 'time')}"
    words = [f"{file}: {stored}, {len(content):,} bytes"]
    data = {"file": str(file), "captures": captures, "sightings": sightings, "bytes": len(content)}
    call.show(data, words)
