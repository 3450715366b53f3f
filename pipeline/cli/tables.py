"""Commands about tables, cells, pages and specs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import (
    AsJson,
    Listing,
    Out,
    Quiet,
    Raw,
    RegisterFile,
    SettingsFile,
    command,
    has_color,
    read_settings,
    show,
    tell,
)
from pipeline.errors import SpecError, SuspectPage


@command()
def extract(
    pages: Annotated[
        list[Path] | None, typer.Argument(help="Files: .html, .txt, .warc, .warc.gz.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The tables as of then.")
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
    from pipeline.dates import parse_date
    from pipeline.program import extract_pages, extract_store
    from pipeline.publish import publish, render_set
    from pipeline.words.tables import summarise, tell_extraction

    settings = read_settings(settings_file, raw=raw, out=out, listing=listing, register=register)
    if pages and as_of:
        raise SpecError("--as-of looks into raw/; it cannot be given together with files")
    if pages:
        built = extract_pages(pages, settings)
    else:
        built = extract_store(settings, as_of=parse_date(as_of, end=True) if as_of else None)
    published = None
    if not (pages or as_of) or out is not None:
        files = render_set(built.rows, built.tables, built.spec, built.made_from)
        published = publish(Path(settings.out), files)
    where = settings.out if published else None
    for capture in built.waiting:
        if not quiet:
            tell(f"ihk: suspect: {capture.name}: {capture.reason}")
    show(
        summarise(built, where, published), tell_extraction(built, where, published), quiet, as_json
    )


@command()
def changes(
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Only those seen from then on.")
    ] = None,
    out: Out = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Show the published change events, oldest first.

    Example: ihk changes --since 2026-11-01
    """
    from pipeline.dates import parse_date
    from pipeline.events import read_published
    from pipeline.words.watch import tell_events

    settings = read_settings(settings_file, out=out)
    start = parse_date(since, end=False) if since else None
    events = read_published(Path(settings.out), start)
    show({"changes": events}, tell_events(events), quiet, as_json)


@command()
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
    from pipeline.words.tables import tell_explanation

    told = explain_cell(read_settings(settings_file, raw=raw, out=out), table, row, column)
    data = told._asdict() | {"sources": [source._asdict() for source in told.sources]}
    show(data, tell_explanation(told, color=has_color()), quiet, as_json)


@command()
def verify(
    readers: Annotated[
        bool, typer.Option("--readers", help="Read every capture with both HTML readers.")
    ] = False,
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Check every stored and published file, every cell, and that a rebuild gives the same.

    Example: ihk verify --readers
    """
    from pipeline.verify import verify as verify_all
    from pipeline.words.tables import tell_report

    report = verify_all(
        read_settings(settings_file, raw=raw, out=out, listing=listing), readers=readers
    )
    show(vars(report), tell_report(report), quiet, as_json)
    for message in report.damaged:
        tell(f"ihk: error: {message}")
    if report.damaged:
        raise typer.Exit(5)


@command()
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
    from pipeline.words.tables import describe_spec, tell_page, tell_spec

    read = read_spec(file)
    data, words = describe_spec(read), tell_spec(read)
    judged = [judge_capture(c, read) for c in read_pages([page], read)] if page else []
    for one in judged:
        told, lines = tell_page(one, read)
        data["pages"].append(told)
        words += lines
    show(data, words, quiet, as_json)
    if judged and judged[-1].reason:
        tell(f"ihk: error: {judged[-1].capture.name}: {judged[-1].reason}")
        raise typer.Exit(SuspectPage.exit_code)
