"""The command that erases a person: forget."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipeline.cli.app import Call
from pipeline.cli.options import STORE, command


@command(f"out {STORE}")
def forget(
    call: Call,
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="A name, e-mail address or telephone number; - reads it from stdin.",
        ),
    ],
) -> None:
    """Erase a person from all that is stored and published.

    Later visits do not bring the person back.

    Example: ihk forget "Erika Mustermann"
    """
    from pipeline.cli.words.people import describe_forgotten, tell_forgotten
    from pipeline.program import forget_person

    wanted = sys.stdin.readline() if text == "-" else text  # a shell's history keeps arguments
    done = forget_person(call.settings, wanted.strip())
    call.show(describe_forgotten(done), tell_forgotten(done, call.settings))
