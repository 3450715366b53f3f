"""Commands that watch the page: fetch, update, status, accept, reject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import Call
from pipeline.cli.complete import offer_captures
from pipeline.cli.options import PUBLISH, STORE, VISIT, command
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


@command(VISIT)
def fetch(
    call: Call,
) -> None:
    """Visit the page once; keep what came if its bytes are new.

    Each visit adds a line to the visit log.  Nothing is published.

    Example: ihk fetch --contact watch@stadt.example
    """
    from pipeline.cli.words.watch import tell_visit
    from pipeline.history import describe_visit
    from pipeline.listing import read_spec
    from pipeline.program import open_store, pay_visit

    settings = call.settings
    spec = read_spec(settings.listing)
    with (
        open_store(settings, spec) as store,
        call.progress("visit"),
    ):
        visited = pay_visit(settings, spec, store)
    errors, code = _judge(visited, settings.listing)
    words = [] if errors else tell_visit(visited)
    call.show(describe_visit(visited.visit), words, errors=errors, code=code)


@command(f"url contact timeout pause {PUBLISH} report", quiet="Say nothing if nothing changed.")
def update(
    call: Call,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do all but write.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="10 if something changed, 11 if a check fails anew.")
    ] = False,
) -> None:
    """Visit the page, publish, say what changed: the scheduled run.

    Example: ihk update --quiet --exit-code
    """
    from pipeline.cli.words.phrases import tell_flags
    from pipeline.cli.words.watch import describe_update, tell_update
    from pipeline.program import run_update

    settings = call.settings
    write = not dry_run
    with call.progress("update") as progress:
        updated = run_update(settings, write=write, progress=progress)
    news = updated.news
    errors, code = _judge(updated.visited, settings.listing)
    if exit_code and news and (news.fails or news.events or news.is_first):
        code = NEW_FAIL if news.fails else NEWS
    lacking = call.list_lacking() if write and updated.published else []
    words = [] if errors else tell_update(updated, settings.out, write=write)
    words += tell_flags(lacking, call.file)
    data = describe_update(updated, settings.out, write=write) | {"settings_to_add": lacking}
    is_quiet = call.quiet and not updated.has_news()
    call.show(data, words, quiet=is_quiet, errors=errors, code=code)


def _judge(visited: Visited, listing: str) -> tuple[list[str], int]:
    """Return why a visit brought nothing to publish, if so, and the exit code for it."""
    if visited.failure:
        return [str(visited.failure)], visited.failure.exit_code
    if visited.visit.outcome == "suspect":
        from pipeline.cli.words.watch import tell_suspect

        return [tell_suspect(visited, listing)], SuspectPage.exit_code
    return [], 0


@command(f"out {STORE} register")
def status(
    call: Call,
    max_age: Annotated[
        float | None,
        typer.Option("--max-age", metavar="DAYS", help="Exit code 3 if the last success is older."),
    ] = None,
) -> None:
    """Show how the watching goes, and what waits for a verdict.

    Exit code 4 if a suspect capture waits.

    Example: ihk status --max-age 7
    """
    from datetime import timedelta

    from pipeline.cli.words.watch import tell_status
    from pipeline.errors import SpecError
    from pipeline.program import describe_status, read_status

    settings = call.settings
    if max_age is not None and not 0 <= max_age < 1e6:
        raise SpecError(f"--max-age: a number of days is expected, not {max_age}")
    found = read_status(settings)
    code = 0
    if found.waiting:
        code = SuspectPage.exit_code
    elif max_age is not None and found.is_older(timedelta(days=max_age)):
        code = SourceUnavailable.exit_code
    call.show(describe_status(found), tell_status(found, settings.out), code=code)


@command(STORE)
def accept(
    call: Call,
    capture: Capture,
) -> None:
    """Say that a suspect capture is good; the next run publishes it.

    Example: ihk accept 3f2a91c0d4e5
    """
    _give(call, capture, good=True)


@command(STORE)
def reject(
    call: Call,
    capture: Capture,
) -> None:
    """Say that a capture is not the listing; it is never published.

    Example: ihk reject 3f2a91c0d4e5
    """
    _give(call, capture, good=False)


def _give(call: Call, capture: str, *, good: bool) -> None:
    from pipeline.cli.words.watch import tell_verdict
    from pipeline.program import give_verdict

    store, name = give_verdict(call.settings, capture, good=good)
    verdict = store.history.verdicts[name]
    data = {"capture_id": name, "status": verdict.status, "in_force": store.history.in_force()}
    call.show(data, tell_verdict(store, name))
