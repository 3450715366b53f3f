"""Commands about listing specs: spec checks one, draft proposes one for an unknown page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import Call, tell
from pipeline.cli.complete import offer_listings
from pipeline.cli.options import command
from pipeline.errors import SuspectPage


@command()
def spec(
    call: Call,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="A listing spec FILE.toml, or a listing's name.",
            autocompletion=offer_listings,
        ),
    ],
    page: Annotated[
        Path | None, typer.Argument(metavar="PAGE", help="A page to read with it.")
    ] = None,
) -> None:
    """Check a listing spec; show what it makes of a page.

    Each line of the page is told with what it was taken for, then leftovers and findings.

    Example: ihk spec ihk page.html
    """
    from pipeline.archives import read_pages
    from pipeline.cli.words.tables import describe_spec, tell_page, tell_spec
    from pipeline.flow import judge_capture
    from pipeline.listing import read_spec

    read = read_spec(file)
    data, words = describe_spec(read), tell_spec(read)
    with call.progress("page"):
        judged = [judge_capture(c, read) for c in read_pages([page], read)] if page else []
        for one in judged:
            told, lines = tell_page(one, read)
            data["pages"].append(told)
            words += lines
    bad = [f"{one.capture.name}: {one.reason}" for one in judged[-1:] if one.reason]
    call.show(data, words, errors=bad, code=SuspectPage.exit_code if bad else 0)


@command(quiet="Print the draft, no more.")
def draft(
    call: Call,
    page: Annotated[
        Path, typer.Argument(metavar="PAGE", help="A page: .html, .txt, .warc, .warc.gz.")
    ],
) -> None:
    """Propose a listing spec for an unknown page.

    It finds the labels that repeat, the one that opens a record, and what their values are, and
    says why in a comment.

    Example: ihk draft page.html > new.toml
    """
    from pipeline.cli.words.draft import describe_draft, tell_draft
    from pipeline.draft import draft_listing, read_unknown

    with call.progress("draft"):
        drafted = draft_listing(read_unknown(page))
    lines = drafted.toml.removesuffix("\n").split("\n")
    reason = drafted.judged.reason
    code = SuspectPage.exit_code if reason else 0
    why = f"{page}: the page is suspect under its draft, so change it: {reason}"
    errors = [why] if reason else []
    call.show(describe_draft(drafted), lines, quiet=False, errors=errors, code=code)
    if not call.quiet and not call.as_json:
        tell(tell_draft(drafted, str(page)))
