"""The command that proposes a listing spec for an unknown page: draft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import AsJson, command, show, tell
from pipeline.errors import SuspectPage


@command()
def draft(
    page: Annotated[Path, typer.Argument(help="A page: .html, .txt, .warc, .warc.gz.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the draft, no more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Propose a listing spec for an unknown page, with a comment for each choice.

    It finds the labels that repeat, the one that opens a record, and what their values are.

    Example: ihk draft page.html > new.toml
    """
    from pipeline.draft.propose import draft_listing, read_unknown
    from pipeline.words.draft import describe_draft, tell_draft

    drafted = draft_listing(read_unknown(page))
    lines = drafted.toml.removesuffix("\n").split("\n")
    show(describe_draft(drafted), lines, quiet=False, as_json=as_json)
    reason = drafted.judged.reason
    if reason:
        tell(f"ihk: error: {page}: the page is suspect under its draft, so change it: {reason}")
        raise typer.Exit(SuspectPage.exit_code)
    if not quiet and not as_json:
        tell(tell_draft(drafted, str(page)))
