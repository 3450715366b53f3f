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
        typer.Argument(help="A name, an e-mail address or a telephone number; - reads it."),
    ],
    out: Out = None,
    raw: Raw = None,
    listing: Listing = None,
    settings_file: SettingsFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person from the stored captures and all that is published, and keep them out.

    Example: ihk forget "Erika Mustermann"
    """
    from pipeline.privacy.forget import forget as forget_person
    from pipeline.words.people import describe_forgotten, tell_forgotten

    settings = read_settings(settings_file, raw=raw, out=out, listing=listing)
    wanted = sys.stdin.readline() if text == "-" else text  # a shell's history keeps arguments
    done = forget_person(settings, wanted.strip())
    show(describe_forgotten(done), tell_forgotten(done, settings), quiet, as_json)
