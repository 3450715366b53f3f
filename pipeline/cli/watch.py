"""Commands that watch the page: fetch, update, status, accept, reject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import (
    AsJson,
    AsReport,
    Contact,
    Excel,
    GermanCsv,
    Listing,
    Out,
    Pause,
    People,
    Quiet,
    Raw,
    RegisterFile,
    SettingsFile,
    Timeout,
    Url,
    command,
    read_settings,
    show,
)
from pipeline.cli.complete import offer_captures
from pipeline.cli.progress import show_progress
from pipeline.errors import SourceUnavailable, SuspectPage

if TYPE_CHECKING:
    from pipeline.program import Visited

NEWS, NEW_FAIL = 10, 11  # exit codes of --exit-code
Capture = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="The capture's id, or how it begins.", autocompletion=offer_captures
    ),
]


@command()
def fetch(
    url: Url = None,
    contact: Contact = None,
    timeout: Timeout = None,
    pause: Pause = None,
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Visit the page once; keep what came if its bytes are new.

    Each visit adds a line to the visit log.  Nothing is published.

    Example: ihk fetch --contact watch@stadt.example
    """
    from pipeline.cli.words.watch import tell_visit
    from pipeline.history import describe_visit
    from pipeline.listing import read_spec
    from pipeline.program import open_store, pay_visit

    settings = read_settings(
        settings_file, url=url, contact=contact, timeout=timeout, pause=pause, raw=raw,
        listing=listing,
    )  # fmt: skip
    spec = read_spec(settings.listing)
    with (
        open_store(settings, spec) as store,
        show_progress("visit", quiet=quiet, as_json=as_json),
    ):
        visited = pay_visit(settings, spec, store)
    errors, code = _judge(visited, settings.listing)
    words = [] if errors else tell_visit(visited)
    show(describe_visit(visited.visit), words, quiet, as_json, errors=errors, code=code)


@command()
def update(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do all but write.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="10 if something changed, 11 if a check fails anew.")
    ] = False,
    url: Url = None,
    contact: Contact = None,
    timeout: Timeout = None,
    pause: Pause = None,
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    register: RegisterFile = None,
    people: People = None,
    excel: Excel = None,
    csv_de: GermanCsv = None,
    report: AsReport = None,
    settings_file: SettingsFile = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing if nothing changed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Visit the page, publish, say what changed: the scheduled run.

    Example: ihk update --quiet --exit-code
    """
    from pipeline.cli.words.watch import describe_update, tell_update
    from pipeline.program import run_update

    settings = read_settings(
        settings_file, url=url, contact=contact, timeout=timeout, pause=pause, out=out, raw=raw,
        listing=listing, register=register, people=people, excel=excel, csv_de=csv_de,
        report=report,
    )  # fmt: skip
    write = not dry_run
    with show_progress("update", quiet=quiet, as_json=as_json) as progress:
        updated = run_update(settings, write=write, progress=progress)
    news = updated.news
    errors, code = _judge(updated.visited, settings.listing)
    if exit_code and news and (news.fails or news.events or news.is_first):
        code = NEW_FAIL if news.fails else NEWS
    words = [] if errors else tell_update(updated, settings.out, write=write)
    data = describe_update(updated, settings.out, write=write)
    is_quiet = quiet and not updated.has_news()
    show(data, words, is_quiet, as_json, errors=errors, code=code)


def _judge(visited: Visited, listing: str) -> tuple[list[str], int]:
    """Return why a visit brought nothing to publish, if so, and the exit code for it."""
    if visited.failure:
        return [str(visited.failure)], visited.failure.exit_code
    if visited.visit.outcome == "suspect":
        from pipeline.cli.words.watch import tell_suspect

        return [tell_suspect(visited, listing)], SuspectPage.exit_code
    return [], 0


@command()
def status(
    max_age: Annotated[
        float | None,
        typer.Option("--max-age", metavar="DAYS", help="Exit code 3 if the last success is older."),
    ] = None,
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    register: RegisterFile = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Show how the watching goes, and what waits for a verdict.

    Exit code 4 if a suspect capture waits.

    Example: ihk status --max-age 7
    """
    from datetime import timedelta

    from pipeline.cli.words.watch import tell_status
    from pipeline.errors import SpecError
    from pipeline.program import describe_status, read_status

    settings = read_settings(settings_file, out=out, raw=raw, listing=listing, register=register)
    if max_age is not None and not 0 <= max_age < 1e6:
        raise SpecError(f"--max-age: a number of days is expected, not {max_age}")
    found = read_status(settings)
    code = 0
    if found.waiting:
        code = SuspectPage.exit_code
    elif max_age is not None and found.is_older(timedelta(days=max_age)):
        code = SourceUnavailable.exit_code
    show(describe_status(found), tell_status(found, settings.out), quiet, as_json, code=code)


@command()
def accept(
    capture: Capture,
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say that a suspect capture is good; the next run publishes it.

    Example: ihk accept 3f2a91c0d4e5
    """
    _give(capture, raw, listing, settings_file, good=True, quiet=quiet, as_json=as_json)


@command()
def reject(
    capture: Capture,
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say that a capture is not the listing; it is never published.

    Example: ihk reject 3f2a91c0d4e5
    """
    _give(capture, raw, listing, settings_file, good=False, quiet=quiet, as_json=as_json)


def _give(
    capture: str, raw: Raw, listing: Listing, file: SettingsFile, *,
    good: bool, quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    from pipeline.cli.words.watch import tell_verdict
    from pipeline.program import give_verdict

    settings = read_settings(file, raw=raw, listing=listing)
    store, name = give_verdict(settings, capture, good=good)
    verdict = store.history.verdicts[name]
    data = {"capture_id": name, "status": verdict.status, "in_force": store.history.in_force()}
    show(data, tell_verdict(store, name), quiet, as_json)
