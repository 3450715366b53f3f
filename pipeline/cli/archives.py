"""Commands about web archives: backfill, export."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import (
    AsJson,
    Contact,
    Listing,
    Quiet,
    Raw,
    SettingsFile,
    Timeout,
    Url,
    command,
    read_settings,
    show,
    tell,
)
from pipeline.errors import SourceUnavailable, SpecError, SuspectPage


@command()
def backfill(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="WARC files, or addresses to look up at the server."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option("--server", help="Wayback or CDX server (default: the public one)."),
    ] = None,
    url: Url = None,
    contact: Contact = None,
    timeout: Timeout = None,
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Import captures of the page from WARC files or a web archive, under their original times.

    Without a source it asks the server for the listing's page.  Run it again to go on.

    Example: ihk backfill old.warc.gz
    """
    from pipeline.backfill import import_files, import_server
    from pipeline.fetch.wayback import PUBLIC
    from pipeline.words.archives import describe_import, tell_import

    settings = read_settings(
        settings_file, url=url, contact=contact, timeout=timeout, raw=raw, listing=listing
    )
    pages = [source for source in sources or [] if "://" in source]
    files = [Path(source) for source in sources or [] if "://" not in source]
    if files and (pages or server):
        raise SpecError("give either WARC files, or addresses for a server, not both at once")
    if len(pages) > 1:
        raise SpecError("give one address at a time")
    if files:
        result = import_files(settings, files)
    else:
        with _show_progress(quiet) as progress:
            result = import_server(settings, server or PUBLIC, (pages or [""])[0], progress)
    for problem in result.problems:
        tell(f"ihk: error: {problem}")
    show(describe_import(result), tell_import(result), quiet, as_json)
    if result.unavailable:
        tell(f"ihk: error: {result.unavailable}; what came is kept, run the same again to go on")
        raise typer.Exit(SourceUnavailable.exit_code)
    if result.suspect and len(result.suspect) == result.new and not result.seen_again:
        tell(f"ihk: error: no page that came is the listing: {result.suspect[0][1]}")
        raise typer.Exit(SuspectPage.exit_code)
    if result.problems:
        raise typer.Exit(SourceUnavailable.exit_code)


def _show_progress(quiet: bool) -> AbstractContextManager[Callable[[int, int], None] | None]:
    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from pipeline.cli.progress import Bar

    return Bar("captures")


@command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write: .warc or .warc.gz.")],
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the raw store of the listing as a WARC file, for other tools of web archives.

    Example: ihk export ihk.warc.gz
    """
    from pipeline.export import render_archive
    from pipeline.spec import read_spec
    from pipeline.storage import write_file
    from pipeline.store import read_store

    settings = read_settings(settings_file, raw=raw, listing=listing)
    if not file.name.endswith((".warc", ".warc.gz")):
        raise SpecError(f"{file}: the name must end in .warc or .warc.gz")
    if file.is_dir():
        raise SpecError(f"{file}: is a directory")
    spec = read_spec(settings.listing)
    store = read_store(Path(settings.raw), spec.name)
    content = render_archive(store, spec, compress=file.name.endswith(".gz"))
    write_file(file, content)
    captures, sightings = len(store.history.verdicts), len(store.history.sightings)
    words = [f"{file}: {captures} captures, seen {sightings} times, {len(content):,} bytes"]
    data = {"file": str(file), "captures": captures, "sightings": sightings, "bytes": len(content)}
    show(data, words, quiet, as_json)
