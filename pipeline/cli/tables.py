"""Commands about tables and cells: extract, report, changes, explain, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import Call, tell
from pipeline.cli.complete import offer_columns, offer_rows, offer_tables
from pipeline.cli.options import PUBLISH, STORE, command
from pipeline.errors import DamagedFile, SpecError


@command(f"{PUBLISH} report")
def extract(
    call: Call,
    pages: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PAGE", help="Files: .html, .txt, .warc, .warc.gz."),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The tables as of then.")
    ] = None,
) -> None:
    """Publish the tables of the newest accepted capture, or of files.

    Of files it prints a summary and writes nothing unless --out names a directory.

    Example: ihk extract page.html --out tables
    """
    from pipeline.cli.words.phrases import tell_flags
    from pipeline.cli.words.tables import summarise, tell_extraction
    from pipeline.program import extract_pages, extract_store
    from pipeline.store import parse_date

    settings = call.settings
    if pages and as_of:
        raise SpecError("--as-of looks into raw/; it cannot be given together with files")
    published = shown = None
    with call.progress("captures") as progress:
        if pages:
            built = extract_pages(pages, settings, progress)
        else:
            until = parse_date(as_of, end=True) if as_of else None
            built = extract_store(settings, as_of=until, progress=progress)
        if not (pages or as_of) or call.flags["out"] is not None:
            from pipeline.publish import REPORT, publish, render_set

            published = publish(Path(settings.out), render_set(built))
            shown = str(Path(settings.out, REPORT)) if settings.report else None
    where = settings.out if published else None
    lacking = call.list_lacking() if published else []
    notes = tell_flags(lacking, call.file, shown if call.flags["report"] else None)
    for capture in built.waiting:
        if not call.quiet:
            tell(f"ihk: suspect: {capture.name}: {capture.reason}")

    words = tell_extraction(built, where, published)
    data = summarise(built, where, published) | {"report": shown, "settings_to_add": lacking}
    call.show(
        data, [*words, *notes], draw=lambda d: d.draw_extraction(built, where, published, notes)
    )


@command(PUBLISH, report=True)
def report(call: Call) -> None:
    """Publish the tables and report.html: ihk extract --report.

    Later runs remove it, unless report = true stands in the settings file.

    Example: ihk report
    """
    extract(call)


@command("out")
def changes(
    call: Call,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Only those seen from then on.")
    ] = None,
) -> None:
    """Show the published change events, oldest first.

    Example: ihk changes --since 2026-11-01
    """
    from pipeline.cli.words.watch import tell_events
    from pipeline.publish import read_published
    from pipeline.store import parse_date

    start = parse_date(since, end=False) if since else None
    events = read_published(Path(call.settings.out), start)

    call.show({"changes": events}, tell_events(events), draw=lambda d: d.draw_events(events))


@command("out raw")
def explain(
    call: Call,
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
) -> None:
    """Show where a published cell comes from.

    Example: ihk explain municipalities unna area_km2
    """
    from pipeline.cli.words.tables import tell_explanation
    from pipeline.program import explain_cell

    told = explain_cell(call.settings, table, row, column)
    sources = [source._asdict() for source in told.sources]
    checks = [{name: text or None for name, text in check.items()} for check in told.checks]
    data = told._asdict() | {"sources": sources, "checks": checks}

    call.show(data, tell_explanation(told), draw=lambda d: d.draw_explanation(told))


@command(f"out {STORE}")
def verify(
    call: Call,
    readers: Annotated[
        bool, typer.Option("--readers", help="Read every capture with both HTML readers.")
    ] = False,
) -> None:
    """Check all that is stored and published; repair nothing.

    Every file is hashed, every cell is read again, and a rebuild must give the same bytes.

    Example: ihk verify --readers
    """
    from pipeline.cli.words.tables import tell_report
    from pipeline.verify import verify as verify_all

    with call.progress("verify") as progress:
        report = verify_all(call.settings, readers=readers, progress=progress)

    code = DamagedFile.exit_code if report.damaged else 0
    words = tell_report(report)
    call.show(
        vars(report), words, draw=lambda d: d.draw_report(report), errors=report.damaged, code=code
    )
