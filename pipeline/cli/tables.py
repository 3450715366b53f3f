"""Commands about tables and cells: extract, report, changes, explain, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import (
    AsJson,
    AsReport,
    Excel,
    GermanCsv,
    Listing,
    Out,
    People,
    Quiet,
    Raw,
    RegisterFile,
    SettingsFile,
    command,
    read_settings,
    show,
    tell,
)
from pipeline.cli.complete import offer_columns, offer_rows, offer_tables
from pipeline.cli.progress import show_progress
from pipeline.errors import DamagedFile, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType


@command()
def extract(
    pages: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PAGE", help="Files: .html, .txt, .warc, .warc.gz."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The tables as of then.")
    ] = None,
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    register: RegisterFile = None,
    people: People = None,
    excel: Excel = None,
    csv_de: GermanCsv = None,
    report: AsReport = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Publish the tables of the newest accepted capture, or of files.

    Of files it prints a summary and writes nothing unless --out names a directory.

    Example: ihk extract page.html --out tables
    """
    from pipeline.cli.words.tables import summarise, tell_extraction
    from pipeline.program import extract_pages, extract_store
    from pipeline.publish import publish, render_set
    from pipeline.store import parse_date

    settings = read_settings(
        settings_file, raw=raw, out=out, listing=listing, register=register, people=people,
        excel=excel, csv_de=csv_de, report=report,
    )  # fmt: skip
    if pages and as_of:
        raise SpecError("--as-of looks into raw/; it cannot be given together with files")
    published = None
    with show_progress("captures", quiet=quiet, as_json=as_json) as progress:
        if pages:
            built = extract_pages(pages, settings, progress)
        else:
            until = parse_date(as_of, end=True) if as_of else None
            built = extract_store(settings, as_of=until, progress=progress)
        if not (pages or as_of) or out is not None:
            published = publish(Path(settings.out), render_set(built))
    where = settings.out if published else None
    for capture in built.waiting:
        if not quiet:
            tell(f"ihk: suspect: {capture.name}: {capture.reason}")

    def draw() -> Iterable[RenderableType]:
        from pipeline.cli.words.drawings import draw_extraction

        return draw_extraction(built, where, published)

    words = tell_extraction(built, where, published)
    show(summarise(built, where, published), words, quiet, as_json, draw=draw)


@command()
def report(
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    register: RegisterFile = None,
    people: People = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Publish report.html, now and in later runs.

    For later runs it writes report = true into the settings file.

    Example: ihk report
    """
    from pipeline.cli.words.tables import tell_report_file
    from pipeline.program import extract_store
    from pipeline.publish import REPORT, publish, render_set
    from pipeline.settings import turn_on

    settings = read_settings(
        settings_file, raw=raw, out=out, listing=listing, register=register, people=people,
        report=True,
    )  # fmt: skip
    with show_progress("captures", quiet=quiet, as_json=as_json) as progress:
        built = extract_store(settings, progress=progress)
        published = publish(Path(settings.out), render_set(built))
    changed = turn_on(settings_file, "report")
    place = Path(settings.out) / REPORT
    data = {"report": str(place), "set": published.digest, "is_new": published.is_new,
            "settings": changed and str(changed)}  # fmt: skip
    show(data, tell_report_file(place, changed), quiet, as_json)


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
    from pipeline.cli.words.watch import tell_events
    from pipeline.publish import read_published
    from pipeline.store import parse_date

    settings = read_settings(settings_file, out=out)
    start = parse_date(since, end=False) if since else None
    events = read_published(Path(settings.out), start)

    def draw() -> Iterable[RenderableType]:
        from pipeline.cli.words.drawings import draw_events

        return draw_events(events)

    show({"changes": events}, tell_events(events), quiet, as_json, draw=draw)


@command()
def explain(
    table: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", help="Table, such as municipalities.", autocompletion=offer_tables
        ),
    ],
    row: Annotated[
        str,
        typer.Argument(
            metavar="ROW", help="Key of the row, such as unna.", autocompletion=offer_rows
        ),
    ],
    column: Annotated[
        str,
        typer.Argument(
            metavar="COLUMN", help="Column, such as area_km2.", autocompletion=offer_columns
        ),
    ],
    out: Out = None,
    raw: Raw = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Show where a published cell comes from.

    Example: ihk explain municipalities unna area_km2
    """
    from pipeline.cli.words.tables import tell_explanation
    from pipeline.program import explain_cell

    told = explain_cell(read_settings(settings_file, raw=raw, out=out), table, row, column)
    sources = [source._asdict() for source in told.sources]
    checks = [{name: text or None for name, text in check.items()} for check in told.checks]
    data = told._asdict() | {"sources": sources, "checks": checks}

    def draw() -> Iterable[RenderableType]:
        from pipeline.cli.words.drawings import draw_explanation

        return draw_explanation(told)

    show(data, tell_explanation(told), quiet, as_json, draw=draw)


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
    """Check all that is stored and published; repair nothing.

    Every file is hashed, every cell is read again, and a rebuild must give the same bytes.

    Example: ihk verify --readers
    """
    from pipeline.cli.words.tables import tell_report
    from pipeline.verify import verify as verify_all

    settings = read_settings(settings_file, raw=raw, out=out, listing=listing)
    with show_progress("verify", quiet=quiet, as_json=as_json) as progress:
        report = verify_all(settings, readers=readers, progress=progress)

    def draw() -> Iterable[RenderableType]:
        from pipeline.cli.words.drawings import draw_report

        return draw_report(report)

    code = DamagedFile.exit_code if report.damaged else 0
    words = tell_report(report)
    show(vars(report), words, quiet, as_json, draw=draw, errors=report.damaged, code=code)
