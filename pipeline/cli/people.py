"""The command that erases a person: forget."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipeline.cli.app import (
    AsJson,
    Listing,
    Out,
    Quiet,
    Raw,
    SettingsFile,
    command,
    read_settings,
    show,
)


@command()
def forget(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="A name, e-mail address or telephone number; - reads it from stdin.",
        ),
    ],
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person from all that is stored and published.

    Later visits do not bring the person back.

    Example: ihk forget "Erika Mustermann"
    """
    from pipeline.cli.words.people import describe_forgotten, tell_forgotten
    from pipeline.program import forget_person

    settings = read_settings(settings_file, raw=raw, out=out, listing=listing)
    wanted = sys.stdin.readline() if text == "-" else text  # a shell's history keeps arguments
    done = forget_person(settings, wanted.strip())
    show(describe_forgotten(done), tell_forgotten(done, settings), quiet, as_json)
