"""The command that proposes a listing spec for an unknown page: draft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import AsJson, command, show, tell
from pipeline.cli.progress import show_progress
from pipeline.errors import SuspectPage


@command()
def draft(
    page: Annotated[
        Path, typer.Argument(metavar="PAGE", help="A page: .html, .txt, .warc, .warc.gz.")
    ],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the draft, no more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose a listing spec for an unknown page.

    It finds the labels that repeat, the one that opens a record, and what their values are, and
    says why in a comment.

    Example: ihk draft page.html > new.toml
    """
    from pipeline.draft.propose import draft_listing, read_unknown
    from pipeline.words.draft import describe_draft, tell_draft

    with show_progress("draft", quiet=quiet, as_json=as_json):
        drafted = draft_listing(read_unknown(page))
    lines = drafted.toml.removesuffix("\n").split("\n")
    reason = drafted.judged.reason
    code = SuspectPage.exit_code if reason else 0
    why = f"{page}: the page is suspect under its draft, so change it: {reason}"
    errors = [why] if reason else []
    show(describe_draft(drafted), lines, quiet=False, as_json=as_json, errors=errors, code=code)
    if not quiet and not as_json:
        tell(tell_draft(drafted, str(page)))
